"""The log: one line an event, in the form that is wanted, without anybody's data."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from house import write_config

from mailbot import logs
from mailbot.cli.opening import read

PERSONAL = "ana.quispe@ugelchota.example pide por 42871359\notra línea"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    logs.configure(verbose=False)


@pytest.mark.parametrize("form", ["json", "text", "auto"])
def test_the_log_is_written_in_the_form_that_is_wanted(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """JSON for collectors, text for people; `auto` is JSON where nobody watches. Masked in all."""
    logs.configure(verbose=False)
    logs.write_as(form)
    structlog.get_logger().info("case_done", case=7, note=PERSONAL)
    logging.getLogger("una biblioteca").error(PERSONAL)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "ana.quispe" not in line
        assert "42871359" not in line
        assert "***@ugelchota.example" in line
        assert "*****359" in line
    if form != "text":
        ours, theirs = map(json.loads, lines)
        assert (ours["event"], ours["case"], ours["level"]) == ("case_done", 7, "info")
        assert theirs["level"] == "error"
    else:
        assert "case_done" in lines[0]
        assert "case=7" in lines[0]
        assert "\x1b" not in lines[0]


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_tells_its_type_and_no_words(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """What an error says may be somebody's."""
    logs.configure(verbose=False)
    logs.write_as(form)
    try:
        int(PERSONAL)
    except ValueError:
        structlog.get_logger().exception("mail_failed", mail=3)
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError" in line
    assert "pide por" not in line


def test_the_form_comes_from_the_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`[log] format`, or MAILBOT_LOG__FORMAT."""
    folder = write_config(tmp_path / "config", None)
    monkeypatch.setenv("MAILBOT_LOG__FORMAT", "text")
    logs.configure(verbose=False)
    read(folder)
    structlog.get_logger().info("case_done", case=7)
    assert not capsys.readouterr().err.startswith("{")
