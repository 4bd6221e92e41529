"""Plugins that are broken, slow, hanging, disabled or in files: each is named, and nobody else suffers."""

import json
import logging
import time

import pytest

from qnetframe import api
from qnetframe.cli import main
from qnetframe.errors import PluginError
from qnetframe.plugins import Plugins, discovery
from qnetframe.plugins.discovery import DISABLE, FILES, installed
from qnetframe.plugins.probe import probe

from .test_discovery import CODE, ours

GOOD = CODE.format(name="made-up")


def test_a_disabled_plugin_is_not_imported(install, monkeypatch):
    install("made-up-bomb", "raise SystemExit('imported')")
    install("made-up-good", GOOD)
    monkeypatch.setenv(DISABLE, "made-up-bomb, made_up_g*")
    assert [(p.name, p.reason) for p in ours(Plugins())] == [
        ("made_up_bomb", f"disabled by {DISABLE}"), ("made_up_good", f"disabled by {DISABLE}"),
    ]  # fmt: skip
    monkeypatch.setenv(DISABLE, "all")
    plugins = Plugins()
    assert list(plugins.backends) == ["reference"] and "made-up" not in plugins.channels
    assert {p.reason for p in plugins.broken} == {f"disabled by {DISABLE}"}


def test_a_plugin_for_another_version_of_the_host_is_not_imported(install):
    metadata = "Metadata-Version: 2.1\nName: made-up-new\nVersion: 2.0\nRequires-Dist: {}\n"
    install("made-up-new", "raise SystemExit", version="2.0", metadata=metadata.format("qnetframe>=99,<100"))
    (broken,) = ours(Plugins())
    assert (
        broken.reason.startswith("it needs qnetframe")
        and ">=99" in broken.reason
        and "upgrade" in broken.reason
    )


@pytest.mark.parametrize("requirement", [
    "qnetframe>=0.0.1", "qnetframe", "qnetframe-other>=99", "qnetframe>=99; extra == 'later'", "qnetframe not a requirement >=",
])  # fmt: skip
def test_a_requirement_that_is_met_or_not_on_the_host_is_no_obstacle(install, requirement):
    metadata = f"Metadata-Version: 2.1\nName: made-up-good\nVersion: 2.0\nRequires-Dist: {requirement}\n"
    install("made-up-good", GOOD, version="2.0", metadata=metadata)
    assert "made-up" in Plugins().channels


def test_a_slow_import_is_named_with_its_time(install, monkeypatch):
    monkeypatch.setattr(discovery, "SLOW_SECONDS", 0.2)
    install("made-up-slow", f"import time; time.sleep(0.3)\n{GOOD}")
    plugins = Plugins()
    (notice,) = [n for n in plugins.notices if n.distribution == "made-up-slow"]
    assert notice.reason.startswith("its import takes 0.3 s") and "made-up" in plugins.channels
    assert 0.3 <= plugins.import_seconds["made_up_slow"] < 5


def test_an_import_that_lasts_is_spoken_of_while_it_lasts(install, monkeypatch, caplog):
    monkeypatch.setattr(discovery, "_STILL_IMPORTING_SECONDS", 0.05)
    install("made-up-slow", f"import time; time.sleep(0.3)\n{GOOD}")
    with caplog.at_level(logging.WARNING):
        Plugins()
    (text,) = [r.getMessage() for r in caplog.records if "made-up-slow" in r.getMessage()]
    assert "--probe" in text and f"{DISABLE}=made_up_slow" in text


PROBED = {
    "made-up-crash": ("import os; os._exit(7)", "its import ends the interpreter (exit code 7)"),
    "made-up-fails": ("import no_such_sdk", "ModuleNotFoundError: No module named 'no_such_sdk'"),
    "made-up-good": ("print('noise on stdout')\n" + GOOD, ""),
    "made-up-hangs": ("import time; time.sleep(600)", "its import hangs: no end after 6 s"),
}


def test_probing_finds_what_hangs_and_what_crashes(install, monkeypatch, capsys):
    monkeypatch.setenv(DISABLE, "qnetframe-*")
    monkeypatch.setattr("qnetframe.plugins.probe.TIMEOUT_SECONDS", 6.0)
    for distribution, (code, _) in PROBED.items():
        install(distribution, code)
    start = time.perf_counter()
    found = {p.source.distribution: p for p in probe(6.0)}
    assert time.perf_counter() - start < 60
    for distribution, (_, problem) in PROBED.items():
        assert problem in found[distribution].problem, found[distribution]
    assert (
        found["made-up-good"] == found["made-up-good"]._replace(problem="")
        and found["made-up-good"].seconds < 5
    )
    assert found["qnetframe-aer"].problem == f"disabled by {DISABLE}"


def test_the_probe_of_the_command_line_imports_nothing_itself(install, monkeypatch, capsys):
    monkeypatch.setenv(DISABLE, "qnetframe-*")
    install("made-up-crash", "import os; os._exit(7)")
    with pytest.raises(SystemExit) as left:
        main(["plugins", "--probe", "--json"])
    assert left.value.code == 1
    probes = {p["name"]: p for p in json.loads(capsys.readouterr().out)["probes"]}
    assert "exit code 7" in probes["made_up_crash"]["problem"]
    with pytest.raises(SystemExit):
        main(["plugins", "--probe"])
    assert "made_up_crash" in capsys.readouterr().out


def test_a_file_is_a_plugin(tmp_path, monkeypatch, plugins):
    file = tmp_path / "made_up_file.py"
    file.write_text(GOOD)
    monkeypatch.setenv(FILES, str(file))
    found = plugins(entry_points=True)
    assert found.source(found.channels["made-up"]).distribution == "made_up_file.py"
    assert "made-up" not in plugins().channels


def test_a_folder_is_a_plugin_with_its_modules(tmp_path, capsys):
    folder = tmp_path / "made_up_package"
    folder.mkdir()
    (folder / "inner.py").write_text("from qnetframe.channels import dephasing as made\n")
    (folder / "__init__.py").write_text(
        GOOD.replace(
            "from qnetframe.channels import dephasing", "from made_up_package.inner import made as dephasing"
        )
    )
    main_and_leave(["plugins", "made-up", "--plugin", str(folder)])
    assert "from made_up_package" in capsys.readouterr().out
    main_and_leave(["check", "made-up", "--set", "p=0.1", "--plugin", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["failed"] == 0


@pytest.mark.parametrize("name, code, reason", [
    ("made_up_broken.py", "import no_such_sdk", "No module named 'no_such_sdk'"),
    ("json.py", GOOD, "there is a module 'json' already"),
    ("made_up_gone.py", None, "is no python file and no package"),
])  # fmt: skip
def test_a_file_that_is_no_plugin_is_left_out(tmp_path, monkeypatch, name, code, reason):
    if code is not None:
        (tmp_path / name).write_text(code)
    monkeypatch.setenv(FILES, str(tmp_path / name))
    (broken,) = [p for p in Plugins().broken if p.distribution == name]
    assert reason in broken.reason
    monkeypatch.setenv(DISABLE, name)
    (broken,) = [p for p in Plugins().broken if p.distribution == name]
    assert broken.reason == f"disabled by {DISABLE}"


def test_the_command_line_takes_a_file_before_and_after_the_command(tmp_path, capsys):
    file = tmp_path / "made_up_option.py"
    file.write_text(GOOD)
    for arguments in (
        ["--plugin", str(file), "plugins", "made-up"],
        ["plugins", "made-up", f"--plugin={file}"],
    ):
        main_and_leave(arguments)
        assert "from made_up_option.py" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["plugins", "made-up"])
    assert "unknown name 'made-up'" in capsys.readouterr().err


def main_and_leave(arguments):
    try:
        main(arguments)
    except SystemExit as left:
        assert not left.code


def test_every_call_of_a_hook_is_traced(install, capsys):
    install(
        "made-up-bad",
        CODE.format(name="x").replace("yield ChannelSpec", "raise RuntimeError('no'); yield 1, (") + ")",
    )
    install("made-up-good", GOOD)
    plugins = Plugins()
    calls = {(c.distribution, c.hook): c for c in plugins.calls}
    assert calls["made-up-good 1.2", "qnetframe_channels"].result == "1 result"
    assert calls["made-up-bad 1.2", "qnetframe_channels"].result == "RuntimeError: no"
    assert all(c.seconds >= 0 for c in plugins.calls)
    main_and_leave(["plugins", "--trace"])
    assert "qnetframe_channels" in capsys.readouterr().out
    main_and_leave(["plugins", "--trace", "--json"])
    assert {"plugin", "hook", "seconds"} <= json.loads(capsys.readouterr().out)["calls"][0].keys()


def test_an_older_plugin_api_is_taken_with_a_notice_until_it_is_dropped(install, monkeypatch, capsys):
    install("made-up-old", GOOD.replace('"made up")', '"made up", api_version=1)'))
    install("made-up-new", CODE.format(name="newer").replace('"made up")', '"made up", api_version=2)'))
    assert [p.distribution for p in ours(Plugins())] == ["made-up-new"]
    monkeypatch.setattr(api, "API_VERSION", 2)
    plugins = Plugins()
    assert ours(plugins) == [] and "made-up" in plugins.channels
    assert [n.reason for n in plugins.notices if n.distribution == "made-up-old"] == [
        "channel 'made-up' is for plugin API 1; this qnetframe has 2 and will drop older ones"
    ]
    from qnetframe.plugins import discover

    discover.cache_clear()
    main_and_leave(["plugins", "--kind", "channel"])
    assert (
        "notice: made_up_old (made-up-old 1.2): channel 'made-up' is for plugin API 1"
        in capsys.readouterr().out.replace("\n", " ")
    )
    monkeypatch.setattr(api, "OLDEST_API_VERSION", 2)
    assert "upgrade the plugin" in {p.distribution: p for p in ours(Plugins())}["made-up-old"].reason


def test_a_factory_that_raises_is_named_with_its_plugin(install):
    code = GOOD.replace("dephasing,", "explode,") + "\ndef explode():\n    raise ZeroDivisionError('boom')\n"
    install("made-up-good", code)
    with pytest.raises(
        PluginError, match=r"channel 'made-up' of made-up-good 1\.2 failed: ZeroDivisionError: boom"
    ):
        Plugins().make("channel", "made-up")


def test_listing_what_is_installed_imports_nothing(install):
    install("made-up-bomb", "raise SystemExit('imported')")
    found = {f.source.distribution: f for f in installed()}
    assert found["made-up-bomb"].problem == "" and found["made-up-bomb"].target == "made_up_bomb"
