"""Plugins: discovery, catalogs, and objects made by name. There is no global manager: build ``Plugins()``."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, cast

from qnetframe import api
from qnetframe.api import (
    BackendSpec,
    ChannelSpec,
    CommandSpec,
    ExecutorSpec,
    HardwareSpec,
    Kind,
    LinkSpec,
    ProtocolSpec,
    Spec,
    TaskSpec,
    TopologySpec,
)
from qnetframe.errors import PluginError, QnetframeError, UnknownNameError
from qnetframe.plugins import discovery, parameters
from qnetframe.plugins.catalog import Catalog
from qnetframe.plugins.contract import HookCall, assemble, declared_hooks, noted
from qnetframe.plugins.discovery import BrokenPlugin, Source
from qnetframe.plugins.parameters import REQUIRED, Parameter

__all__ = ["REQUIRED", "BrokenPlugin", "Catalog", "Parameter", "Plugins", "Source", "discover"]


class Plugins:
    """What is installed: the host's own offers, those of entry points, and those of ``modules``.

    A plugin is kept whole or not at all; the ones left out are in ``broken`` with the reason. Listing what
    there is loads no SDK: factories are called by ``make`` only. With ``entry_points=False`` nothing
    installed is looked at.

    >>> plugins = Plugins(entry_points=False)
    >>> plugins.make("channel", "dephasing", {"p": "0.25"}).pauli_probabilities["Z"]
    0.25
    """

    def __init__(self, entry_points: bool = True, modules: Iterable[Any] = ()) -> None:
        candidates = [discovery.builtin_candidate()]
        unread: list[BrokenPlugin] = []
        for found in discovery.outside_candidates() if entry_points else ():
            (unread if isinstance(found, BrokenPlugin) else candidates).append(found)  # type: ignore[arg-type]
        candidates.extend(discovery.module_candidates(modules))
        self._calls: list[HookCall] = []
        self._manager, self._kinds, self._offers, broken = assemble(candidates, self._calls)
        self._candidates = tuple(candidates)
        self.broken: tuple[BrokenPlugin, ...] = (*unread, *broken)
        self._catalogs = {
            kind: Catalog(kind, {name: spec for name, (spec, _) in offers.items()}, self.broken)
            for kind, offers in self._offers.items()
        }

    @staticmethod
    def default() -> Plugins:
        """Return the installed plugins, looked for once in a process."""
        return discover()

    @property
    def calls(self) -> tuple[HookCall, ...]:
        """Every call of a hook so far, in order: which plugin, how long it took, what it gave."""
        return tuple(self._calls)

    @property
    def notices(self) -> tuple[BrokenPlugin, ...]:
        """What works but should be mended: plugins slow to import, and specs for an older plugin API."""
        found = [
            c.broken(f"its import takes {c.import_seconds:.1f} s; import the SDK inside the factory")
            for c in self._candidates
            if c.import_seconds > discovery.SLOW_SECONDS
        ]
        for kind, offers in self._offers.items():
            found += [
                c.broken(
                    f"{kind} {spec.name!r} is for plugin API {spec.api_version}; this qnetframe has "
                    f"{api.API_VERSION} and will drop older ones"
                )
                for spec, c in offers.values()
                if spec.api_version < api.API_VERSION
            ]
        return tuple(found)

    @property
    def import_seconds(self) -> dict[str, float]:
        """How long each plugin took to import, by the name of its entry point or file."""
        return {c.name: c.import_seconds for c in self._candidates if c.import_seconds}

    @property
    def backends(self) -> Catalog[BackendSpec]:
        """The engines that run circuits."""
        return cast("Catalog[BackendSpec]", self.catalog("backend"))

    @property
    def channels(self) -> Catalog[ChannelSpec]:
        """The noise channels."""
        return cast("Catalog[ChannelSpec]", self.catalog("channel"))

    @property
    def protocols(self) -> Catalog[ProtocolSpec]:
        """The protocols."""
        return cast("Catalog[ProtocolSpec]", self.catalog("protocol"))

    @property
    def topologies(self) -> Catalog[TopologySpec]:
        """The networks."""
        return cast("Catalog[TopologySpec]", self.catalog("topology"))

    @property
    def hardware(self) -> Catalog[HardwareSpec]:
        """The devices."""
        return cast("Catalog[HardwareSpec]", self.catalog("hardware"))

    @property
    def links(self) -> Catalog[LinkSpec]:
        """The link models."""
        return cast("Catalog[LinkSpec]", self.catalog("link"))

    @property
    def executors(self) -> Catalog[ExecutorSpec]:
        """The places where tasks run."""
        return cast("Catalog[ExecutorSpec]", self.catalog("executor"))

    @property
    def tasks(self) -> Catalog[TaskSpec]:
        """The kinds of tasks that packs define for sweeps and stores."""
        return cast("Catalog[TaskSpec]", self.catalog("task"))

    @property
    def commands(self) -> Catalog[CommandSpec]:
        """The groups of commands that plugins add to the command line."""
        return cast("Catalog[CommandSpec]", self.catalog("command"))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of things that there are: those of the host, then those that packs declared."""
        return tuple(self._kinds)

    def catalog(self, kind: str) -> Catalog[Spec]:
        """Return the catalog of a kind, one of ``kinds``; UnknownNameError if it is none of them."""
        return self._catalogs[self.kind(kind).name]

    def kind(self, name: str) -> Kind:
        """Return a kind by its name, one of ``kinds``; UnknownNameError if it is none of them."""
        if name not in self._kinds:
            raise UnknownNameError("kind of plugin", name, self._kinds)
        return self._kinds[name]

    def source(self, spec: Spec) -> Source:
        """Return the distribution and version that a spec comes from."""
        for kind in self._kinds.values():
            offer = self._offers[kind.name].get(spec.name) if isinstance(spec, kind.spec) else None
            if offer is not None and offer[0] == spec:
                return offer[1].source
        raise PluginError(f"{spec!r} is not offered by any of these plugins")

    def parameters_of(self, spec: Spec) -> tuple[Parameter, ...]:
        """Return what the factory of a spec takes, from its typed signature."""
        return parameters.parameters_of(spec.factory)

    def validated(self, kind: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters converted to what the factory takes, as ``make`` would, without calling it."""
        spec = self.catalog(kind)[name]
        return parameters.validated(spec.factory, params, f"{kind} {name!r}")

    def make(self, kind: str, name: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return what the factory of a name makes: the only place where an SDK is loaded.

        Raises UnknownNameError for an unknown kind, name or parameter, InvalidInputError for a value of a
        wrong type, and PluginError, which names the plugin, where the factory fails or returns a wrong type.
        """
        spec = self.catalog(kind)[name]
        values = self.validated(kind, name, params or {})
        where = f"{kind} {name!r} of {self.source(spec)}"
        try:
            made = spec.factory(**values)
        except QnetframeError:
            raise
        except Exception as error:
            raise PluginError(f"{where} failed: {discovery.reason_of(error)}") from error
        wanted = self.kind(kind)
        if not wanted.fits(made):
            raise PluginError(
                f"{where}: its factory returned {type(made).__name__}; it must return {wanted.returns}"
            )
        return made

    def hook(self, name: str, **arguments: Any) -> list[Any]:
        """Call a hook, such as one that a pack declared, and return one result for each plugin that has it.

        Results are in the order of the plugins; None is left out. Raises UnknownNameError for a hook that
        nobody declared, and PluginError, which names the plugin, where one fails.
        """
        known = declared_hooks(self._manager)
        if name not in known:
            raise UnknownNameError("hook", name, known)
        results = []
        for implementation in getattr(self._manager.hook, name).get_hookimpls():
            distribution, _, plugin = implementation.plugin_name.partition(":")
            try:
                results.append(
                    noted(
                        self._calls, plugin, Source(distribution, ""), name,
                        lambda i=implementation: i.function(*(arguments[a] for a in i.argnames)),  # type: ignore[misc]
                    )
                )  # fmt: skip
            except QnetframeError:
                raise
            except Exception as error:
                where = f"hook {name} of {implementation.plugin_name}"
                raise PluginError(f"{where} failed: {discovery.reason_of(error)}") from error
        return [result for result in results if result is not None]


@functools.cache
def discover() -> Plugins:
    """Return the installed plugins, looked for once in a process."""
    return Plugins()
