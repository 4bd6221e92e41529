"""The contract, enforced: a plugin that keeps it is taken whole, one that breaks it is left out whole."""

from __future__ import annotations

import difflib
import inspect
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pluggy

from qnetframe import api, hookspecs
from qnetframe.api import Kind, Spec
from qnetframe.errors import PluginError
from qnetframe.plugins.discovery import BrokenPlugin, Candidate, Source, reason_of
from qnetframe.plugins.kinds import KINDS

Offers = dict[str, dict[str, tuple[Spec, Candidate]]]
Kinds = dict[str, Kind]


class HookCall(NamedTuple):
    """One call of a plugin's hook: what it took in seconds, and what came of it, in words."""

    plugin: str
    distribution: str
    hook: str
    seconds: float
    result: str


def assemble(
    candidates: Iterable[Candidate], calls: list[HookCall]
) -> tuple[pluggy.PluginManager, Kinds, Offers, list[BrokenPlugin]]:
    """Return a manager of the plugins that keep the contract, all kinds, the offers by kind, and the rest.

    Leaving one out can break another (a hook that it declared is gone), so it starts again without the
    broken ones until none is left. Every call of a hook is added to ``calls``.
    """
    kept = list(candidates)
    broken: list[BrokenPlugin] = []
    while True:
        manager, kinds, offers, faults = _attempt(kept, calls)
        if not faults:
            return manager, kinds, offers, broken
        broken += [kept[i].broken(reason) for i, reason in sorted(faults.items())]
        kept = [c for i, c in enumerate(kept) if i not in faults]


def _attempt(
    candidates: list[Candidate], calls: list[HookCall]
) -> tuple[pluggy.PluginManager, Kinds, Offers, dict[int, str]]:
    manager = _manager()
    kinds = dict(KINDS)
    offers: Offers = {}
    faults: dict[int, str] = {}

    def declare(module: Any) -> None:
        manager.add_hookspecs(module)
        for kind in _declared_kinds(module, kinds):
            kinds[kind.name] = kind

    def each(step: Callable[[Candidate], None]) -> None:
        for i, candidate in enumerate(candidates):
            if i not in faults:
                try:
                    step(candidate)
                except (Exception, SystemExit) as error:
                    faults[i] = str(error) if isinstance(error, PluginError) else reason_of(error)

    # Hooks are declared before any is used, and names are claimed only by plugins that pass all the rest.
    each(lambda c: _declare(c, declare, calls))
    offers.update((kind, {}) for kind in kinds)
    each(lambda c: _register(c, manager))
    each(lambda c: _claim(c, kinds, offers, calls))
    return manager, kinds, offers, faults


def _declared_kinds(module: object, known: Mapping[str, Kind]) -> tuple[Kind, ...]:
    """Return the kinds that a pack's module of hookspecs adds; PluginError for one that cannot be."""
    found = tuple(getattr(module, "KINDS", ()))
    taken = {kind.name for kind in known.values()} | {kind.hook for kind in known.values()}
    for kind in found:
        if not isinstance(kind, Kind):
            raise PluginError(f"KINDS has {_short(kind)}; it must hold Kinds (from qnetframe.api)")
        if not hasattr(module, kind.hook):
            raise PluginError(f"kind {kind.name!r}: the module that declares it has no hookspec {kind.hook}")
        if kind.name in taken or kind.hook in taken:
            raise PluginError(f"kind {kind.name!r} of hook {kind.hook} is already declared")
        taken |= {kind.name, kind.hook}
    return found


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("qnetframe")
    manager.add_hookspecs(hookspecs)
    return manager


def _alone(candidate: Candidate) -> pluggy.PluginManager:
    """Return a manager with this plugin only, so that whatever goes wrong is its own."""
    module = candidate.module
    for name in dir(module):
        function = inspect.getattr_static(module, name)
        marked = hasattr(function, "qnetframe_impl") or hasattr(function, "qnetframe_spec")
        if name.startswith("qnetframe_") and inspect.isfunction(function) and not marked:
            raise PluginError(f"{name} is not marked with @hookimpl (from qnetframe.hookspecs)")
    manager = _manager()
    manager.register(module)
    if not manager.get_hookcallers(module):
        raise PluginError("it has no function marked with @hookimpl (from qnetframe.hookspecs)")
    return manager


def _register(candidate: Candidate, manager: pluggy.PluginManager) -> None:
    manager.register(candidate.module, name=f"{candidate.source.distribution}:{candidate.name}")
    for caller in manager.get_hookcallers(candidate.module) or ():
        optional = all(i.optionalhook for i in caller.get_hookimpls() if i.plugin is candidate.module)
        if not caller.has_spec() and not optional:
            # Without the prefix that all share, else everything is near.
            names = {name.removeprefix("qnetframe_"): name for name in declared_hooks(manager)}
            near = difflib.get_close_matches(caller.name.removeprefix("qnetframe_"), names, n=1)
            raise PluginError(
                f"there is no hook {caller.name}; {f'did you mean {names[near[0]]}? ' if near else ''}"
                "Mark it @hookimpl(optionalhook=True) if another pack declares it."
            )


def declared_hooks(manager: pluggy.PluginManager) -> list[str]:
    """Return the names of all hooks that the host or a pack declared."""
    callers = [c for c in vars(manager.hook).values() if isinstance(c, pluggy.HookCaller)]
    return [c.name for c in callers if c.has_spec()]


def _declare(candidate: Candidate, declare: Callable[[Any], None], calls: list[HookCall]) -> None:
    hook = _alone(candidate).hook.qnetframe_hooks
    if hook.get_hookimpls():
        noted(calls, candidate.name, candidate.source, "qnetframe_hooks", lambda: hook(declare=declare))


def noted(calls: list[HookCall], plugin: str, source: Source, hook: str, call: Callable[[], Any]) -> Any:
    """Call a hook and add to ``calls`` how long it took and what it gave, also where it fails."""
    start, result = time.perf_counter(), "done"
    try:
        given = call()
        if isinstance(given, list):
            result = "1 result" if len(given) == 1 else f"{len(given)} results"
        return given
    except BaseException as error:
        result = reason_of(error)
        raise
    finally:
        calls.append(HookCall(plugin, str(source), hook, time.perf_counter() - start, result))


def _claim(candidate: Candidate, kinds: Mapping[str, Kind], offers: Offers, calls: list[HookCall]) -> None:
    """Add every spec of a plugin to ``offers``, or none if one of them is wrong."""
    alone = _alone(candidate)
    found: dict[tuple[str, str], Spec] = {}
    for kind in kinds.values():
        # A pack's hook is there only if the plugin has it: the manager of one plugin knows no pack.
        hook = getattr(alone.hook, kind.hook, None)
        if hook is None or not hook.get_hookimpls():
            continue

        def offers_of(hook: Any = hook, kind: Kind = kind) -> list[Any]:
            return [spec for offered in hook() for spec in _iterated(offered, kind)]

        for spec in noted(calls, candidate.name, candidate.source, kind.hook, offers_of):
            _check(spec, kind)
            taken = offers[kind.name].get(spec.name)
            if taken or (kind.name, spec.name) in found:
                owner = taken[1].source if taken else "this plugin itself"
                raise PluginError(f"{kind.name} {spec.name!r} is already offered by {owner}")
            found[kind.name, spec.name] = spec
    for (kind_name, name), spec in found.items():
        offers[kind_name][name] = (spec, candidate)


def _iterated(offered: Any, kind: Kind) -> Iterable[Any]:
    if isinstance(offered, (str, Spec)) or not hasattr(offered, "__iter__"):
        raise PluginError(f"{kind.hook} gave {_short(offered)}; it must yield {kind.spec.__name__}s")
    result: Iterable[Any] = offered
    return result


def _check(spec: Any, kind: Kind) -> None:
    if not isinstance(spec, kind.spec):
        raise PluginError(f"{kind.hook} yielded {_short(spec)}; it must yield {kind.spec.__name__}s")
    if not api.OLDEST_API_VERSION <= spec.api_version <= api.API_VERSION:
        older = "plugin" if spec.api_version < api.API_VERSION else "qnetframe"
        raise PluginError(
            f"{kind.name} {spec.name!r} is for plugin API {spec.api_version}, this qnetframe has "
            f"{api.API_VERSION}; upgrade the {older}"
        )


def _short(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) < 60 else text[:57] + '...'}"
