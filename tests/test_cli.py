"""The command line as an operator and other programs meet it."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from house import ADMINISTRATOR, HERE, SAMPLES, House, write_config

from mailbot import cli
from mailbot.model import Post as Place

ALTA = "5.1-alta-especialista-ugel"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_config(tmp_path / "config", None)
    monkeypatch.setenv("MAILBOT_CONFIG", str(folder))
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    return folder


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    """Run a command in this process: exit code, output, errors."""
    monkeypatch.setattr(sys, "argv", ["mailbot", *words])
    code = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return lambda *words: run(capsys, monkeypatch, *words)


@pytest.mark.usefixtures("config")
def test_help_names_every_command_in_spanish(bot: Run) -> None:
    """What a newcomer sees first."""
    code, out, _ = bot("--help")
    assert code == 0
    for command in (
        "run",
        "poll",
        "check",
        "pending",
        "case",
        "accounts",
        "procedures",
        "doctor",
        "offices",
        "demo",
        "retry",
        "set-aside",
        "ask",
    ):
        assert f"  {command}" in out
    assert "usuarios del SIAGIE" in out


def test_help_is_quick() -> None:
    """The stages are imported by the commands that need them."""
    began = time.monotonic()
    program = Path(sys.executable).with_name("mailbot")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("config")
def test_procedures_prints_the_18(bot: Run) -> None:
    """One row a procedure, in Spanish."""
    code, out, _ = bot("procedures", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["§"] for row in rows] == [f"V.{r}.{a}" for r in range(1, 10) for a in (1, 2)]


@pytest.mark.usefixtures("config")
def test_check_prints_one_json_object_a_line_in_the_contracts_shape(bot: Run) -> None:
    """The shape other programs read (design: contracts)."""
    code, out, _ = bot("check", "--json", str(SAMPLES / f"{ALTA}.eml"), str(SAMPLES / "rebote.eml"))
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert set(first) >= {"file", "kind", "sender", "requests"}
    assert first["sender"] == {
        "address": "mesadepartes@ugelchota.example",
        "authenticated": True,
        "office": "060004",
    }
    (request,) = first["requests"]
    assert set(request) == {
        "procedure",
        "role",
        "action",
        "office",
        "nivel",
        "holder",
        "findings",
        "complete",
    }
    assert request["holder"]["dni"] == "42871359"
    assert {"requirement", "outcome", "value", "source"} <= set(request["findings"][0])
    assert second["kind"] == "automatic"


def test_check_works_with_the_configuration_as_shipped(
    bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mailbox, no database, no secret: reading a file needs none of them."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(HERE.parent / "config"))
    code, out, _ = bot("check", "--json", str(SAMPLES / f"{ALTA}.eml"))
    assert code == 0
    assert json.loads(out)["requests"][0]["complete"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "no-existe.eml"), "no-existe.eml: no existe"),
        (("--config", "/no/hay", "procedures"), "/no/hay"),
        (("pending", "--nada"), "--nada"),
        (("desconocido",), "desconocido"),
        (("case", "7"), "No hay un caso 7"),
        (("poll",), "falta dar valor a imap.host"),
        (("run",), "falta dar valor a imap.host"),
    ],
)
@pytest.mark.usefixtures("config")
def test_wrong_usage_or_configuration_is_2_with_a_clear_word(
    bot: Run, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, the thing and the mend, no traceback."""
    code, out, err = bot(*words)
    assert code == 2
    assert said in err + out
    assert "Traceback" not in err


@pytest.mark.usefixtures("config")
def test_an_empty_register_says_so(bot: Run) -> None:
    """Nothing pending and no accounts are sentences, not empty tables."""
    assert "Ningún caso espera." in bot("pending")[1]
    assert "No hay cuentas." in bot("accounts")[1]
    assert json.loads(bot("accounts", "--json")[1]) == []


@pytest.mark.usefixtures("config")
def test_a_server_that_is_away_is_1_and_named(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention, not a traceback; the next pass tries again."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    for name in ("IMAP", "SMTP"):
        monkeypatch.setenv(f"MAILBOT_{name}__HOST", "127.0.0.1")
        monkeypatch.setenv(f"MAILBOT_{name}__PORT", "1")
    monkeypatch.setenv("MAILBOT_IMAP__USER", "bot")
    code, _, err = bot("poll")
    assert code == 1
    assert "127.0.0.1:1" in err


# ------------------------------------------------------------------ with a bot at work


def test_the_program_itself_polls_and_shows_what_it_did(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mailbot poll`, `pending`, `case`, `accounts`: one life of a case by the command line."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    house.seat("PÉREZ GARCÍA, Juan", "10203040", None, Place("especialista-ugel", "060004"))
    house.send_sample(ALTA)
    house.post._drain()  # noqa: SLF001  the tests' own
    assert json.loads(bot("poll", "--json")[1]) == {"fetched": 1, "processed": 1, "sent": 1}
    assert "espera la decisión" in bot("pending")[1]
    (waiting,) = json.loads(bot("pending", "--json")[1])["cases"]
    assert (waiting["status"], waiting["procedure"]) == ("pending", "5.1")
    house.answer(house.question(ADMINISTRATOR), "APROBAR")
    house.post._drain()  # noqa: SLF001  the tests' own
    assert "1 correos nuevos, 1 procesados, 2 cartas enviadas." in bot("poll")[1]
    code, out, _ = bot("case", "1")
    assert code == 0
    assert "case_done" in out
    story = json.loads(bot("case", "1", "--json")[1])
    assert story["status"] == "done"
    assert [a["dni"] for a in json.loads(bot("accounts", "--json")[1])] == ["42871359"]
    assert len(json.loads(bot("accounts", "--all", "--json")[1])) == 2
    assert "password" not in json.dumps(story)


def test_the_service_stops_when_it_is_told(house: House) -> None:
    """SIGTERM: the pass at hand ends, the exit code is 0, within seconds."""
    house.send_sample(ALTA)
    program = Path(sys.executable).with_name("mailbot")
    environment = {**os.environ, "MAILBOT_CONFIG": str(house.folder)}
    service = subprocess.Popen([program, "run"], env=environment, stderr=subprocess.PIPE)
    try:
        house.question(ADMINISTRATOR)
        service.terminate()
        assert service.wait(timeout=30) == 0
    finally:
        service.kill()
        service.wait()
        assert service.stderr is not None
        assert b"service_stopped" in service.stderr.read()
        service.stderr.close()


def test_doctor_finds_a_working_house_in_order(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything tried, everything works: 0."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    code, out, _ = bot("doctor", "--probe")
    assert "✘" not in out
    assert "siagie+prueba@mailbot.example" in out
    assert "mx.mailbot.example borra los veredictos ajenos" in out
    assert code == 0


@pytest.mark.usefixtures("config")
def test_doctor_says_in_one_line_each_what_is_wrong_and_how_to_mend_it(bot: Run) -> None:
    """Nothing configured: each thing named, exit code 1."""
    code, out, _ = bot("doctor", "--json")
    checks = {c["name"]: c for c in json.loads(out)}
    assert code == 1
    assert not checks["IMAP"]["works"]
    assert "imap.host" in checks["Configuración"]["detail"]
    assert checks["Plantillas"]["works"]
    assert checks["Base de datos"]["works"]


# ------------------------------------------------------------------ the register of schools


@pytest.mark.usefixtures("config")
def test_schools_are_imported_and_bad_rows_named_with_line_and_reason(
    bot: Run, tmp_path: Path
) -> None:
    """Good rows are kept, each bad one told."""
    file = tmp_path / "ie.csv"
    file.write_text(
        "codigo_modular,anexo,name,nivel,ugel,emails\n"
        "0453217,0,I.E. 10384,EBR Primaria,060006,ie@correo.example;otra@correo.example\n"
        "453217,0,I.E. sin cero,EBR Primaria,060006,\n"
        "0453218,0,,EBR Primaria,060006,\n"
        "0453219,0,I.E. X,EBR Primaria,999999,\n"
        "0453220,0,I.E. Y,EBR Primaria,060006,no es un correo\n",
        encoding="utf-8",
    )
    code, out, err = bot("offices", "import", str(file))
    assert code == 1
    assert "1 IE registradas; 4 filas con error." in out
    for line, word in ((3, "453217"), (4, "name"), (5, "999999"), (6, "no es un correo")):
        assert f"línea {line}: " in err
        assert word in err


@pytest.mark.usefixtures("config")
def test_a_hundred_thousand_schools_are_imported(bot: Run, tmp_path: Path) -> None:
    """The whole padrón goes in, twice without doubling."""
    file = tmp_path / "padron.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(("codigo_modular", "anexo", "name", "nivel", "ugel", "emails"))
        for n in range(100_000):
            rows.writerow(
                (f"{n:07d}", 0, f"I.E. {n}", "EBR Primaria", "060006", f"ie{n}@correo.example")
            )
    for _ in range(2):
        code, said, _ = bot("offices", "import", str(file), "--json")
        assert code == 0
        assert json.loads(said) == {"kept": 100_000, "bad": []}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\xff\xfe"])
@pytest.mark.usefixtures("config")
def test_a_file_that_is_no_register_is_refused(bot: Run, tmp_path: Path, text: str) -> None:
    """The expected columns are named."""
    file = tmp_path / "x.csv"
    file.write_bytes(text.encode("latin-1"))
    code, _, err = bot("offices", "import", str(file))
    assert code == 2
    assert "x.csv" in err
