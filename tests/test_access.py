"""What a person may ask for, and what the authority must be told: one command each."""

import hashlib
import json
import re
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from house import ADMINISTRATOR, BOT, HERE, SAMPLES, House
from lives import Play
from mails import compose
from sqlalchemy import select
from test_cli import Run, bot, config

from mailbot import access, incident
from mailbot.cli.opening import operator
from mailbot.model import Post
from mailbot.store import journal
from mailbot.store.tables import Event, Mail

__all__ = ["bot", "config"]

pytestmark = pytest.mark.both_databases

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"
ROSA = "rosa.quispe@correo.example"
DNI, OTHER = "42871359", "10203040"
JUAN, STRANGER = "juan.perez@correo.example", "consulta@otro.example"


@pytest.fixture
def lived(begin: Callable[[Play], House], monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot that replaced Juan's account by Rosa's; a stranger asked something about Rosa."""
    house = begin(replaced)
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    return house


def replaced(house: House) -> None:
    """Play it."""
    house.seat("PÉREZ GARCÍA, Juan", OTHER, JUAN, Post("especialista-ugel", "060004"))
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    house.send(compose(STRANGER, BOT, "consulta", text=f"¿Ya atendieron {DNI}?"), STRANGER)
    house.poll()


def events(house: House, name: str) -> list[journal.Told]:
    """The events of a name."""
    with house.store.read() as tx:
        return [e for e in journal.told(tx, select(Event)) if e.name == name]


# ------------------------------------------------------------------ access


def test_an_export_holds_everything_about_a_dni_and_no_secret(
    lived: House, bot: Run, tmp_path: Path
) -> None:
    """Cases, accounts, letters, mails as they came, their papers; the journal says who exported."""
    out = tmp_path / "rosa"
    code, said, _ = bot("export", DNI, str(out))
    assert code == 0
    assert "1 casos, 1 cuentas" in said
    shape = json.loads((out / "datos.json").read_text(encoding="utf-8"))
    assert [c["dni"] for c in shape["casos"]] == [DNI]
    assert [c["correo"] for c in shape["cuentas"]] == [ROSA]
    kinds = {x["kind"] for x in shape["cartas"]}
    assert kinds == {"decider-question", "holder-credentials", "asker-opened", "displaced-closed"}
    assert {e["que"] for e in shape["bitacora"]} >= {"case_approved", "letter_sent", "exported"}
    assert not re.search(r"password_hash|token_hash|nonce|argon2", json.dumps(shape))
    with lived.store.read() as tx:
        stored = {row.sha256 for row in tx.query(Mail)}
    kept = {hashlib.sha256(f.read_bytes()).hexdigest() for f in (out / "correos").iterdir()}
    assert len(kept) == 3  # the request, the decision, and the stranger's question
    assert kept == stored
    message = message_from_bytes((SAMPLES / f"{ALTA}.eml").read_bytes())
    papers = {p.get_payload(decode=True) for p in message.walk() if p.get_filename()}
    assert len(papers) > 0
    assert {f.read_bytes() for f in (out / "documentos").iterdir()} == papers
    assert out.stat().st_mode & 0o077 == 0
    (noted,) = events(lived, "exported")
    assert noted.actor == operator()
    assert DNI not in noted.detail


def test_the_export_of_who_was_displaced_finds_the_case_that_did_it(
    lived: House, tmp_path: Path
) -> None:
    """Juan's DNI stands only in his account and in what the decider was shown."""
    written = access.export(lived.desk, OTHER, tmp_path / "juan")
    assert (written.cases, written.accounts) == (1, 1)
    shape = json.loads((tmp_path / "juan" / "datos.json").read_text(encoding="utf-8"))
    assert shape["cuentas"][0]["status"] == "closed"
    assert "displaced-closed" in {x["kind"] for x in shape["cartas"]}


def test_an_export_into_a_folder_of_everybodys_is_its_owners(lived: House, tmp_path: Path) -> None:
    """Mails and papers of a person are not left for whoever uses the machine."""
    (out := tmp_path / "rosa").mkdir(mode=0o755)
    access.export(lived.desk, DNI, out)
    assert out.stat().st_mode & 0o077 == 0


def test_the_export_of_nobody_is_empty(lived: House, tmp_path: Path) -> None:
    """A DNI the bot never saw."""
    written = access.export(lived.desk, "99999999", tmp_path / "nadie")
    assert written == access.Written(0, 0, 0, 0, 0, others=False)


def test_a_sender_cannot_choose_where_a_document_is_written(house: House, tmp_path: Path) -> None:
    """Files are named by their fingerprints; nothing is written beside the folder."""
    raw = (SAMPLES / f"{ALTA}.eml").read_bytes()
    names = re.findall(rb'name="?([^";\r\n]+)', raw)
    assert names
    for name in names:
        raw = raw.replace(name, b"../../../fuera.pdf")
    house.send(raw, UGEL)
    house.poll()
    out = tmp_path / "a" / "b"
    written = access.export(house.desk, DNI, out)
    assert written.documents > 0
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["b"]
    for path in (out / "documentos").iterdir():
        assert re.fullmatch(r"[0-9]+-[0-9a-f]{16}\.[a-z0-9]+", path.name)


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("dni", ["1234567", "٤٢٨٧١٣٥٩", "4287135a", ""])
def test_what_is_no_dni_is_refused(bot: Run, tmp_path: Path, dni: str) -> None:
    """Eight ASCII digits, nothing else."""
    code, _, err = bot("export", dni, str(tmp_path / "x"))
    assert code == 2
    assert "no es un DNI" in err


@pytest.mark.usefixtures("config")
def test_an_export_never_mixes_with_what_is_there(bot: Run) -> None:
    """The folder must be new or empty."""
    code, _, err = bot("export", DNI, str(HERE))
    assert code == 2
    assert "carpeta vacía" in err


# ------------------------------------------------------------------ incidents


def test_an_incident_report_says_whose_data_and_who_decided_from_which_mail(
    lived: House, bot: Run
) -> None:
    """Persons, accounts, letters to whom, decisions with the mail's fingerprint: as JSON."""
    code, said, _ = bot("incident", "--since", "2026-03-31", "--until", "2026-04-01", "--json")
    assert code == 0
    shape = json.loads(said.splitlines()[-1])
    assert {p["dni"] for p in shape["persons"]} == {DNI, OTHER}
    assert [(a["dni"], a["status"]) for a in shape["accounts"]] == [
        (OTHER, "cerrada"),
        (DNI, "activa"),
    ]
    assert {x["to"] for x in shape["letters"]} == {ADMINISTRATOR, ROSA, UGEL, JUAN, STRANGER}
    (approved,) = [e for e in shape["events"] if e["name"] == "case_approved"]
    assert approved["actor"] == ADMINISTRATOR
    with lived.store.read() as tx:
        assert approved["mail_sha256"] == tx.get_one(Mail, approved["mail"]).sha256
    assert len(events(lived, "incident_reported")) == 1


@pytest.mark.parametrize(
    ("words", "persons", "events"),
    [
        (("--case", "1"), {DNI, OTHER}, True),
        (("--mail", "1"), {DNI, OTHER}, True),
        (("--address", ROSA.upper()), {DNI, OTHER}, True),
        (("--address", JUAN), {DNI, OTHER}, True),
        (("--case", "99"), set(), False),
        (("--address", "nadie@correo.example"), set(), False),
    ],
)
def test_a_report_can_be_about_one_thing(
    lived: House, words: tuple[str, ...], bot: Run, persons: set[str], *, events: bool
) -> None:
    """One case, one mail's dossier, one address; nothing about others."""
    assert lived.cases()
    code, said, _ = bot("incident", "--since", "2026-03-30", "--json", *words)
    assert code == 0
    shape = json.loads(said.splitlines()[-1])
    assert {p["dni"] for p in shape["persons"]} == persons
    assert any(e["name"] == "case_approved" for e in shape["events"]) is events


def test_what_lies_outside_the_span_is_left_out(lived: House) -> None:
    """A day later nothing happened."""
    later = lived.clock().replace(day=1, month=4)
    made = incident.report(lived.desk, incident.Scope(later, later.replace(day=2)))
    assert [made.shape[k] for k in ("persons", "accounts", "letters", "events")] == [[]] * 4


def test_the_report_is_a_page_that_needs_nothing_else(
    lived: House, bot: Run, tmp_path: Path
) -> None:
    """Text and HTML in Spanish, whole, without links or scripts; what people wrote is escaped."""
    with lived.store.begin() as tx:
        lived.desk.at(tx).note("reply_refused", "<script>x</script>", case=1)
    code, said, _ = bot("incident", "--since", "2026-03-31", "--out", str(tmp_path / "informe"))
    assert code == 0
    assert "Personas" in said
    text = (tmp_path / "informe" / "informe-incidente.txt").read_text(encoding="utf-8")
    page = (tmp_path / "informe" / "informe-incidente.html").read_text(encoding="utf-8")
    for words in (text, page):
        for part in (DNI, OTHER, ADMINISTRATOR, ROSA, "aprobó", "Ley 29733", "DS 016-2024-JUS"):
            assert part in words, part
    assert not re.search(r"<script|href=|src=|@import|url\(", page)
    assert "&lt;script&gt;" in page
    assert (tmp_path / "informe").stat().st_mode & 0o077 == 0


_NOTED = r'(?:\b|_)note(?:_look)?\((?:\s*desk,)?(?:\s*tx,)?\s*"([a-z_]+)"'


def test_every_kind_of_event_has_words(lived: House) -> None:
    """No code of ours reaches the authority untranslated."""
    names = set()
    for path in (HERE.parent / "mailbot").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        names |= set(
            re.findall(r'(?:\b|_)note(?:_look)?\((?:\s*desk,)?(?:\s*tx,)?\s*"([a-z_]+)"', source)
        )
    assert {"case_read", "case_seen", "letter_sent", "purged", "exported"} <= names
    assert names - set(incident.WHAT) == set()
    with lived.store.read() as tx:
        assert {e.name for e in tx.query(Event)} - set(incident.WHAT) == set()
