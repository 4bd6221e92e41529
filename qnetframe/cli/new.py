"""``qnetframe new``: a distribution of a plugin that installs, lints, passes its tests and runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from qnetframe.errors import InvalidInputError, UnknownNameError

# What each kind stands for in words, and a command that shows the new one at work.
_SUMMARIES = {
    "backend": "An engine that runs circuits as density matrices",
    "channel": "Bit and phase flips, each with half of a probability",
    "protocol": "How often two measurements of one pair agree",
    "topology": "Nodes around a centre, at the ends of equal fibres",
    "hardware": "A row of qubits, each coupled to its neighbours",
}
_EXAMPLES = {
    "backend": "qnetframe compare teleportation --backends reference,{name}",
    "channel": "qnetframe plugins {name}",
    "protocol": "qnetframe run {name} --topology chain --set topology.fidelity=0.9",
    "topology": "qnetframe run teleportation --topology {name}",
    "hardware": "qnetframe run teleportation --hardware {name}",
}
# Longer ones would break lines of the templates that are laid out to be left alone by a formatter.
_LONGEST_NAME = 24
_TEMPLATES = Path(__file__).with_name("templates")


def new(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="backend, channel, protocol, topology or hardware.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: small letters, digits and hyphens.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to write it. Default: a new folder qnetframe-NAME here.")
    ] = None,
) -> None:
    """Write a plugin of a kind: packaging, README, typed code, tests and a CI script, ready to be changed.

    \b
    qnetframe new backend my-engine
    cd qnetframe-my-engine && pip install -e '.[dev]' && ./ci.sh
    """
    target = write_plugin(kind, name, folder)
    typer.echo(f"{target} holds a {kind} {name!r} that works; its README says what to do with it:")
    typer.echo(f"  cd {target} && pip install -e '.[dev]' && ./ci.sh")


def write_plugin(kind: str, name: str, folder: Path | None = None) -> Path:
    """Write the distribution and return its folder.

    Raises UnknownNameError for a kind that there is no template of, and InvalidInputError for a name that is
    no name of a package and for a folder that is not empty.
    """
    from string import Template

    if kind not in _SUMMARIES:
        raise UnknownNameError("kind of plugin", kind, _SUMMARIES)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > _LONGEST_NAME:
        raise InvalidInputError(
            f"name is {name!r:.60}; it must be small letters, digits and single hyphens, "
            f"{_LONGEST_NAME} at most"
        )
    bare = name.removeprefix("qnetframe-")
    target = folder or Path(f"qnetframe-{bare}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInputError(f"folder {str(target)!r} is there already; give another with --folder")
    values = _values(kind, bare)
    for template, file in _files(kind, values["module"]):
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (_TEMPLATES / template).read_text("utf-8") if template else ""
        path.write_text(Template(text).substitute(values), "utf-8")
    (target / "ci.sh").chmod(0o755)
    return target


def _values(kind: str, name: str) -> dict[str, str]:
    import qnetframe

    return {
        "name": name,
        "distribution": f"qnetframe-{name}",
        "module": f"qnetframe_{name.replace('-', '_')}",
        "summary": f"{_SUMMARIES[kind]}.",
        "example": _EXAMPLES[kind].format(name=name),
        "host": qnetframe.__version__,
    }


def _files(kind: str, module: str) -> list[tuple[str, str]]:
    return [
        ("pyproject.toml.txt", "pyproject.toml"),
        ("README.md.txt", "README.md"),
        ("ci.sh.txt", "ci.sh"),
        (f"{kind}.py.txt", f"{module}/__init__.py"),
        ("", f"{module}/py.typed"),
        (f"test_{kind}.py.txt", f"tests/test_{module}.py"),
    ]
