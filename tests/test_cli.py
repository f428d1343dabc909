"""The command line as an operator and other programs meet it."""

import csv
import gettext
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from house import ADMINISTRATOR, HERE, SAMPLES, House, write_config

from mailbot import cli, tongue
from mailbot.model import Post as Place

ALTA = "5.1-alta-especialista-ugel"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Path:
    assert database
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


@pytest.mark.parametrize("name", ["", *sorted(cli.commands.commands)])
def test_no_help_has_a_word_of_english(bot: Run, name: str) -> None:
    """Usage, headings, placeholders: what click says by itself is in Spanish too."""
    code, out, _ = bot(*name.split(), "--help")
    assert code == 0
    assert "Uso: mailbot" in out
    assert not re.search(
        r"Usage|Options|Commands|OPTIONS|COMMAND|ARGS|Show |default|NUMBER|FILE", out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pendin",), "No existe la orden 'pendin'. ¿Quiso decir 'pending'?"),
        (("pending", "--jsn"), "No existe la opción '--jsn'. ¿Quiso decir '--json'?"),
        (("case",), "Falta el argumento 'NÚMERO'."),
        (("case", "uno"), "Valor no admitido en 'NÚMERO': 'uno' no es un número."),
        (("completion", "csh"), "'csh' no es ninguna de estas: 'bash', 'zsh', 'fish'."),
        (("procedures", "x"), "Sobra el argumento (x)"),
    ],
)
def test_a_mistyped_command_is_told_in_spanish_with_what_was_meant(
    bot: Run, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, the mend, and where the help is."""
    code, _, err = bot(*words)
    assert code == 2
    assert said in err
    assert "La ayuda está en: mailbot" in err


def test_the_compiled_words_are_those_of_the_text() -> None:
    """`click.mo` was made from `click.po`, and every sentence in it is one that click says."""
    folder = tongue.LOCALE / "es" / "LC_MESSAGES"
    with (folder / "click.po").open("rb") as text, (folder / "click.mo").open("rb") as read:
        catalogue, compiled = [m for m in read_po(text) if m.id], gettext.GNUTranslations(read)
    for message in catalogue:
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        else:
            one, many = message.id
            assert tuple(compiled.ngettext(one, many, n) for n in (1, 2)) == message.string
    source = "".join(
        p.read_text(encoding="utf-8") for p in Path(click.__file__).parent.glob("*.py")
    )
    joined = re.sub(r'"\s+"', "", source)
    singular = [m.id if isinstance(m.id, str) else m.id[0] for m in catalogue]
    assert len(singular) > 35
    assert [each for each in singular if f'"{each}"' not in joined] == []


def test_help_is_quick() -> None:
    """The stages are imported by the commands that need them."""
    began = time.monotonic()
    program = Path(sys.executable).with_name("mailbot")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    assert "Uso: mailbot [OPCIONES] ORDEN" in done.stdout
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
    told = {"MAILBOT_CONFIG": str(house.folder), "PYTHONFAULTHANDLER": "1"}
    service = subprocess.Popen(
        [program, "run"], env={**os.environ, **told}, stderr=subprocess.PIPE, text=True
    )
    try:
        house.question(ADMINISTRATOR)
        service.terminate()
        service.wait(timeout=30)
    except subprocess.TimeoutExpired:
        service.send_signal(signal.SIGABRT)  # it says then where it stands
    _, said = service.communicate()
    assert (service.returncode, "service_stopped" in said) == (0, True), said


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


def test_every_command_that_tells_facts_tells_them_as_json_too(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What changes something says in JSON what it changed; nothing else on standard output."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    house.send_sample(ALTA)
    house.poll()
    told: dict[tuple[str, ...], dict[str, object] | set[str]] = {
        ("ask", "1"): {"case": 1},
        ("retry", "99"): {"asked": 1, "retried": 0},
        ("keys", "rotate"): {"rotated"},
        ("purge", "--yes"): {"due": [], "forgotten": 0},
        ("export", "42871359", str(tmp_path / "x")): {"directory", "cases", "mails", "others"},
    }
    for words, facts in told.items():
        _, out, err = bot(*words, "--json")
        said = json.loads(out)
        assert said == facts if isinstance(facts, dict) else facts <= {*said}, err


SILENT = {"run", "worker", "init", "completion", "demo", "approver enrol", "approver reset"}


def test_json_is_an_option_of_every_command_but_those_without_facts() -> None:
    """A new command either tells its facts to programs or is named here."""
    without = set()
    for name, command in cli.commands.commands.items():
        inner = getattr(command, "commands", None)
        for each, leaf in (
            {f"{name} {k}": v for k, v in inner.items()} if inner else {name: command}
        ).items():
            if not any("--json" in p.opts for p in leaf.params):
                without.add(each)
    assert without == SILENT


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(bot: Run, shell: str) -> None:
    """The script names the program and the variable that click listens to."""
    code, out, _ = bot("completion", shell)
    assert code == 0
    assert "_MAILBOT_COMPLETE" in out


def test_a_shell_is_told_the_commands(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tabulator after «mailbot pro»."""
    monkeypatch.setenv("_MAILBOT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "mailbot pro")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert bot()[1] == "plain,procedures\n"


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


@pytest.mark.usefixtures("config")
def test_what_is_done_to_the_database_is_told_as_json_too(bot: Run, tmp_path: Path) -> None:
    """A copy, the schema, a stop, a restoration, going on: one JSON value each."""
    copy = str(tmp_path / "copia.db")
    told: list[tuple[tuple[str, ...], set[str]]] = [
        (("backup", copy), {"file", "rows", "hash"}),
        (("db", "upgrade"), {"database"}),
        (("resume",), {"reason"}),
        (("hold",), {"held"}),
        (("resume", "--yes"), {"reason", "letters", "mails", "cases"}),
        (("restore", copy, "--yes"), {"database", "rows", "before"}),
    ]
    for words, facts in told:
        code, out, err = bot(*words, "--json")
        assert (code, facts <= {*json.loads(out)}) == (0, True), (words, out, err)
