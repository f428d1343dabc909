"""What is given for running the bot: it names what exists, and the bot works inside it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from house import HERE, SAMPLES
from pydantic import BaseModel

from mailbot import cli
from mailbot.config import Settings, variable
from mailbot.parsers.confine import Fence

DEPLOY = HERE.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
ANALYZE = shutil.which("systemd-analyze")


def known_variables() -> set[str]:
    """Every setting's name in the environment, and where the settings are."""
    names = {"MAILBOT_CONFIG"}
    for section, field in Settings.model_fields.items():
        kind = field.annotation
        inner = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
        names |= {variable(f"{section}.{key}") for key in inner} or {variable(section)}
    return names


def unit(path: Path) -> dict[str, list[str]]:
    """A unit's [Service] section: each key with all its values."""
    found: dict[str, list[str]] = {}
    text = path.read_text(encoding="utf-8").partition("[Service]")[2].partition("\n[")[0]
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


# ------------------------------------------------------------------ what is named exists


def test_every_variable_that_is_set_is_a_setting() -> None:
    """A misspelt name would be ignored in silence: none is."""
    of_units = [v for path in UNITS for v in unit(path)["Environment"]]
    of_image = re.findall(r"(MAILBOT_\w+)=", DOCKERFILE)
    services = [compose()["services"][name] for name in ("bot", "worker")]
    of_compose = [name for service in services for name in service["environment"]]
    named = {name.partition("=")[0] for name in (*of_units, *of_image, *of_compose)}
    assert len(named) >= 3
    assert named <= known_variables()


def test_every_command_that_is_run_is_one() -> None:
    """The units, the image and the compose file run commands that there are."""
    words = [unit(path)["ExecStart"][0].partition("/mailbot ")[2] for path in UNITS]
    words += [" ".join(compose()["services"][name]["command"]) for name in ("bot", "worker")]
    for found in re.findall(r'CMD \[("[^\]]+)\]', DOCKERFILE):
        words.append(found.replace('"', "").replace(",", "").removeprefix("mailbot "))
    assert len(words) == len(UNITS) + 4
    assert {w.split()[0] for w in words} <= set(cli.commands.commands)


def test_no_secret_is_in_them_and_none_enters_the_image() -> None:
    """Secrets come from files that stay outside; the image takes named things only."""
    assert (
        compose()["services"]["bot"]["environment"]
        .keys()
        .isdisjoint({"MAILBOT_SECRET", "MAILBOT_DATA_KEY", "MAILBOT_IMAP__PASSWORD"})
    )
    ignored = (HERE.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    assert "*" in ignored
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    named = {name for line in copied for name in line.split()}
    assert named == {name.partition("/")[0] for name in let_in}
    assert not any(name.endswith("env") for name in let_in)


def test_the_containers_have_no_privilege() -> None:
    """Neither root, nor a writable image, nor a way to more."""
    for name in ("bot", "worker"):
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("USER ") > DOCKERFILE.index("apt-get")
    assert ":latest" not in DOCKERFILE


# ------------------------------------------------------------------ systemd


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say, once the program is where they say."""
    for path in (*UNITS, *(DEPLOY / "systemd").glob("*.timer")):
        text = path.read_text(encoding="utf-8").replace("/opt/mailbot/bin/mailbot", "/bin/true")
        named = path.name.replace("@.", "@1.")  # of a template, one that would run
        (tmp_path / named).write_text(text, encoding="utf-8")
    names = sorted(map(str, tmp_path.iterdir()))
    assert len(names) == 4
    done = subprocess.run(
        [str(ANALYZE), "verify", *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_little_exposed(path: Path) -> None:
    """`systemd-analyze security`: below 2.5 of 10."""
    command = [str(ANALYZE), "security", "--offline=true", "--threshold=25", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]


_UNDER_THE_FILTER = """
import errno, sys
import pyseccomp
rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
for name in sys.argv.pop(1).split():
    try:
        rules.add_rule(pyseccomp.ALLOW, name)
    except OSError:
        pass  # another machine's
rules.load()
from mailbot.parsers import sandbox
print(len(sandbox.fences()))
from mailbot.cli import main
main()
"""


def allowed(names: list[str]) -> set[str]:
    """The system calls of systemd's groups, groups inside groups opened."""
    done = subprocess.run(
        [str(ANALYZE), "syscall-filter", *names], capture_output=True, text=True, check=True
    )
    lines = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    found = {line for line in lines if not line.startswith(("#", "@"))}
    groups = [line for line in lines if line.startswith("@")]
    return found | (allowed(groups) if groups else set())


def test_all_units_have_the_same_fences() -> None:
    """The timer's pass and a worker are held as the service is."""
    own = {
        "Type",
        "NotifyAccess",
        "WatchdogSec",
        "ExecStart",
        "Restart",
        "RestartSec",
        "TimeoutStopSec",
        "TimeoutStartSec",
    }
    held = [{k: v for k, v in unit(path).items() if k not in own} for path in UNITS]
    assert len(held) == 3
    assert held[0] == held[1] == held[2]
    assert len(held[0]) > 25


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
def test_the_bot_reads_scans_behind_all_fences_with_the_units_system_calls() -> None:
    """What the units forbid, neither the bot nor its sandboxed readers need."""
    wanted = " ".join(unit(UNITS[0])["SystemCallFilter"]).split()
    calls = allowed([w for w in wanted if w.startswith("@")])
    calls |= {w for w in wanted if not w.startswith("@")}
    assert len(calls) > 200
    sample = SAMPLES / "un-solo-pdf-escaneado-oficio-rd-dni.eml"
    command = [sys.executable, "-c", _UNDER_THE_FILTER, " ".join(calls), "check", str(sample)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    fences, _, said = done.stdout.partition("\n")
    assert fences == str(len(Fence)), "a fence is not raised under the unit's filter"
    assert "Resolución Directoral N°" in said or "resolución" in said
    assert "no se puede abrir" not in said
