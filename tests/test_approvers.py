"""Enrolling those who decide, as an operator does it."""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from house import ADMINISTRATOR, House
from test_cli import Run, bot

__all__ = ["bot"]

SECRET = re.compile(r"clave en la aplicación: ([A-Z2-7]{32})")
Listed = Callable[[], list[str]]
MAILBOT = [sys.executable, "-c", "from mailbot.cli import main; main()"]


@pytest.fixture
def environment(house: House) -> dict[str, str]:
    return {**os.environ, "MAILBOT_CONFIG": str(house.folder)}


def enrol(environment: dict[str, str], *, right: bool) -> tuple[int, str]:
    """Enrol the administrator, typing the code an app would show, or another one."""
    command = [*MAILBOT, "approver", "enrol", ADMINISTRATOR]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as program:
        assert program.stdin
        assert program.stdout
        shown = ""
        while not (found := SECRET.search(shown)):
            shown += program.stdout.readline()
        code = pyotp.TOTP(found[1]).now()
        program.stdin.write(f"{code if right else '000000'}\n")
        program.stdin.flush()
        shown += program.stdout.read()
        return program.wait(), shown


@pytest.fixture
def approver(house: House, bot: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process: exit code, output, errors."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    return lambda *words: bot("approver", *words)


@pytest.fixture
def listed(approver: Run) -> Listed:
    """The addresses of those who are enrolled."""
    return lambda: [row["address"] for row in json.loads(approver("list", "--json")[1])]


def test_enrolment_shows_a_picture_and_wants_the_first_code(
    environment: dict[str, str], listed: Listed
) -> None:
    """The QR code fits a terminal; the code proves that the app has taken it."""
    status, shown = enrol(environment, right=True)
    assert status == 0
    picture = [line for line in shown.splitlines() if "▀" in line or "█" in line]
    assert len(picture) > 15
    assert max(map(len, picture)) <= 80
    assert listed() == [ADMINISTRATOR]


def test_a_wrong_first_code_enrols_nobody(environment: dict[str, str], listed: Listed) -> None:
    """A slip must not lock an approver out."""
    status, shown = enrol(environment, right=False)
    assert status == 2
    assert "no se inscribió a nadie" in shown
    assert listed() == []


def test_a_lost_phone_is_reset(environment: dict[str, str], approver: Run, listed: Listed) -> None:
    """The operator takes the second factor away; what was never there is said so."""
    enrol(environment, right=True)
    assert approver("reset", ADMINISTRATOR)[0] == 0
    assert listed() == []
    code, _, said = approver("reset", ADMINISTRATOR)
    assert (code, "no está inscrita" in said) == (2, True)


def allow_cores() -> None:
    """What a careless shell does before it starts a program."""
    resource.setrlimit(resource.RLIMIT_CORE, (4096, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def test_the_program_leaves_no_core(tmp_path: Path) -> None:
    """T52: a process that dies with a password in it writes no memory to disk."""
    limit = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    program = (
        "import sys; from mailbot import cli; sys.argv = ['mailbot', 'procedures', '--json']\n"
        f"try: cli.main()\nexcept SystemExit: pass\n{limit}"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=allow_cores,
    )
    assert found.stdout.splitlines()[-1] == "0"
