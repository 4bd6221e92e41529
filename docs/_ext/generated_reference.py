"""The reference pages, written from docstrings, hook specifications, catalogs and the command line itself.

Each build writes them anew into docs/reference/generated/, so that no name can be missing or out of date.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import importlib.util
import inspect
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# The rooms of the host that have public names, in the order in which a reader meets them.
HOST = (
    "program.program",
    "program.circuit",
    "program.operations",
    "program.capabilities",
    "program.openqasm",
    "program.remote_gates",
    "values",
    "errors",
    "channels",
    "states",
    "network",
    "placement",
    "simulation",
    "tasks",
    "experiment",
    "experiment.store",
    "experiment.sweep",
    "report",
    "plugins",
    "api",
    "hookspecs",
    "testing",
)


def setup(app: Any) -> dict[str, bool]:
    """Write the pages before Sphinx reads any."""
    app.connect("builder-inited", lambda app: write_pages(Path(app.srcdir) / "reference" / "generated"))
    app.connect("autodoc-process-docstring", _escape)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _escape(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Escape what reStructuredText would read as markup: docstrings have kets, products and ``code``."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = re.split(r"(``.*?``)", line)
            lines[i] = "".join(
                part if k % 2 else re.sub(r"([|*]|(?<=\w)_(?!\w))", r"\\\1", part)
                for k, part in enumerate(parts)
            )


def write_pages(folder: Path) -> None:
    """Write every generated page into ``folder``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = {
        "api": _api_index,
        "plugins": _plugin_index,
        "hooks": _hooks,
        "catalog": _catalog,
        "commands": _commands,
    }
    for name, page in pages.items():
        (folder / f"{name}.md").write_text("\n".join(page(folder)) + "\n", encoding="utf-8")


# ---- names -----------------------------------------------------------------------------------------


def public_modules() -> list[str]:
    """Return the host's rooms with public names, each with the modules below it that have ``__all__``."""
    return [f"qnetframe.{room}" for room in HOST if _exists(f"qnetframe.{room}")]


def plugin_modules() -> list[str]:
    """Return the modules of the plugins of this repository that have public names, packages first."""
    found = []
    for package in sorted(ROOT.glob("plugins/*/qnetframe_*/__init__.py")):
        for path in [package, *sorted(package.parent.rglob("*.py"))]:
            if path != package or path not in found:
                parts = path.relative_to(package.parents[1]).with_suffix("").parts
                name = ".".join(p for p in parts if p != "__init__")
                if (
                    name not in found
                    and not any(p.startswith("_") for p in name.split("."))
                    and _has_all(path)
                ):
                    found.append(name)
    return found


def _has_all(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    return any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def public_names(module: str) -> list[str]:
    """Return the public names of a module: ``__all__``, or without it what is defined there."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    if names is None:
        names = [
            name
            for name, value in vars(loaded).items()
            if not name.startswith("_") and getattr(value, "__module__", None) == module
        ]
    return list(names)


def _documented(modules: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each module with the names that no module before it has documented."""
    seen: set[int] = set()
    for module in modules:
        loaded = importlib.import_module(module)
        names = []
        for name in public_names(module):
            value = getattr(loaded, name)
            if inspect.ismodule(value) or (id(value) in seen and callable(value)):
                continue
            seen.add(id(value))
            names.append(name)
        yield module, names


def _directive(module: str, name: str) -> list[str]:
    value = getattr(importlib.import_module(module), name)
    if inspect.isclass(value):
        return [f".. autoclass:: {module}.{name}", "   :members:", ""]
    if inspect.isroutine(value):
        return [f".. autofunction:: {module}.{name}", ""]
    # A value has the docstring of its type, which says nothing of it: its comment does.
    typed = [f".. py:data:: {name}", f"   :module: {module}", f"   :type: {type(value).__name__}", ""]
    return [*typed, f"   {_comment(module, name)}", ""]


def _comment(module: str, name: str) -> str:
    """Return the comment above the line that defines a name, in the module where that is."""
    source = inspect.getsource(importlib.import_module(module))
    found = re.search(rf"((?:^#.*\n)*)^{name}\b[^=\n]*=", source, re.M)
    if found:
        return " ".join(line.lstrip("#: ") for line in found[1].splitlines())
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and name in {a.name for a in node.names}:
            return _comment(node.module, name)
    return ""


def _module_pages(folder: Path, modules: Iterable[str]) -> Iterator[str]:
    for module, names in _documented(modules):
        loaded = importlib.import_module(module)
        lines = [f"# `{module}`", "", "```{eval-rst}", f".. automodule:: {module}", "   :no-members:", ""]
        for name in names:
            lines += _directive(module, name)
        (folder / f"{module}.md").write_text("\n".join([*lines, "```", ""]), encoding="utf-8")
        listed = ", ".join(f"`{name}`" for name in names)
        yield f"| [`{module}`]({module}.md) | {_first_line(loaded.__doc__)} | {listed} |"


def _first_line(text: str | None) -> str:
    paragraph = " ".join((text or "").strip().split("\n\n")[0].split())
    return paragraph.replace("|", "\\|").replace("``", "`")


def _index(folder: Path, title: str, text: str, modules: list[str]) -> Iterator[str]:
    yield from (f"# {title}", "", text, "", "| module | what it is | names |", "|---|---|---|")
    yield from _module_pages(folder, modules)
    yield from ("", "```{toctree}", ":hidden:", "", *modules, "```")


def _api_index(folder: Path) -> Iterator[str]:
    import qnetframe

    yield from _index(
        folder,
        "Python: the host",
        "What `import qnetframe as qn` gives is `qn.` plus: "
        + ", ".join(f"`{name}`" for name in qnetframe.__all__)
        + ". Each is documented in the module where it lives.",
        public_modules(),
    )


def _plugin_index(folder: Path) -> Iterator[str]:
    yield from _index(
        folder, "Python: the plugins", "Public names of the plugins of this repository.", plugin_modules()
    )


# ---- hooks -----------------------------------------------------------------------------------------


def hook_modules() -> list[str]:
    """Return the modules that declare hooks: the host's and those of packs."""
    from qnetframe.plugins import discover

    declared = ["qnetframe.hookspecs"]
    manager = discover()._manager
    for caller in vars(manager.hook).values():
        spec = getattr(caller, "spec", None)
        if spec is not None:
            module = spec.function.__module__
            declared += [module] if module not in declared else []
    return declared


def _hooks(folder: Path) -> Iterator[str]:
    yield from (
        "# Hooks",
        "",
        "What a plugin may implement. Each hook yields frozen specs; none loads an SDK.",
        "",
    )
    for module in hook_modules():
        loaded = importlib.import_module(module)
        yield from (f"## Declared by `{module.partition('.')[0]}`", "", _first_line(loaded.__doc__), "")
        for name, function in vars(loaded).items():
            if hasattr(function, "qnetframe_spec"):
                yield from (
                    f"### `{name}`",
                    "",
                    f"`{name}{inspect.signature(function)}`".replace("'", ""),
                    "",
                )
                yield inspect.getdoc(function) or ""
                yield ""
        yield from _spec_table(loaded)


def _spec_table(module: Any) -> Iterator[str]:
    from qnetframe.api import Spec

    specs = [v for v in vars(module).values() if inspect.isclass(v) and issubclass(v, Spec) and v is not Spec]
    if specs:
        yield from ("| spec | what it is | fields |", "|---|---|---|")
        for spec in specs:
            fields = ", ".join(f"`{f.name}`" for f in dataclasses.fields(spec))
            yield f"| `{spec.__name__}` | {_first_line(spec.__doc__)} | {fields} |"
        yield ""


# ---- what is installed -----------------------------------------------------------------------------

MANY = 20


def _catalog(folder: Path) -> Iterator[str]:
    from qnetframe.plugins import discover

    plugins = discover()
    yield from (
        "# Catalog",
        "",
        "What this repository offers by name; `qnetframe plugins NAME` says the same.",
        "",
    )
    for kind in plugins.kinds:
        specs = list(plugins.catalog(kind).values())
        if not specs:
            continue
        yield from (
            f"## {kind.capitalize()}",
            "",
            "| name | what it is | parameters | from |",
            "|---|---|---|---|",
        )
        for source in dict.fromkeys(plugins.source(spec).distribution for spec in specs):
            group = [spec for spec in specs if plugins.source(spec).distribution == source]
            for spec in group if len(group) <= MANY else group[:3]:
                parameters = ", ".join(f"`{p.name}`" for p in plugins.parameters_of(spec))
                yield f"| `{spec.name}` | {_first_line(spec.summary)} | {parameters} | {source} |"
            if len(group) > MANY:
                yield f"| … | {len(group)} in all: `qnetframe plugins --kind {kind} --all` | | {source} |"
        yield ""


# ---- commands --------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command of the command line with the words that call it, those of plugins included."""
    import typer.main

    from qnetframe.cli.app import app
    from qnetframe.plugins import discover

    group = typer.main.get_group(app)
    for name, command in sorted(group.commands.items()):
        yield from _below(f"qnetframe {name}", command)
    for name in discover().commands:
        yield from _below(f"qnetframe {name}", typer.main.get_group(discover().make("command", name)))


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for name, inner in sorted(command.commands.items()):
            yield from _below(f"{words} {name}", inner)
    else:
        yield words, command


def _commands(folder: Path) -> Iterator[str]:
    yield from ("# Commands", "", "Every command, its arguments and its options, as `--help` says them.", "")
    for words, command in commands():
        yield from (f"## `{words}`", "", *_help_text(command.help or ""), "")
        yield from ("| argument or option | what it is | default |", "|---|---|---|")
        for parameter in command.params:
            names = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts))
            names = names if names.startswith("`-") else f"`{(parameter.metavar or parameter.name).upper()}`"
            text = _first_line(getattr(parameter, "help", "") or "")
            yield f"| {names} | {text} | {_default(parameter)} |"
        yield ""


def _help_text(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.lstrip().startswith("\b"):
            yield from ("```text", *(line for line in paragraph.splitlines() if line.strip("\b ")), "```", "")
        else:
            yield from (paragraph, "")


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    return "" if value is None or callable(value) or value == () else f"`{value}`"
