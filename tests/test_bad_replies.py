"""Replies that must not approve, as raw mails through gate, verdict, parsers and decision.

Without mail servers: what `ingest` would store is stored, and `pipeline` takes it from there.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import mails
import pytest
from chamber import ASKER, SECOND, Chamber
from house import ADMINISTRATOR
from letters import example
from mails import File, Quoted, as_html, compose, file_part, multipart, text_part

from mailbot import pipeline, resolve
from mailbot.store import cases
from mailbot.store.tables import Case, Letter, Question

DNI = "42871359"
QUESTION = example("decider-question")[1]
NOON = "mar, 31 mar 2026 a las 12:00"
ASKED = Quoted("Usuarios SIAGIE <siagie@mailbot.example>", NOON, "x", QUESTION)
YES = Quoted("Luis Paz <luis.paz@minedu.example>", NOON, "Re: x", "APROBAR")


@pytest.fixture
def chamber(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chamber]:
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    made = Chamber(tmp_path / "config")
    made.configure()
    made.ask()
    yield made
    made.store.close()


def address(chamber: Chamber, number: int = -1) -> str:
    """The address a question is answered to."""
    return chamber.address(chamber.all(Question)[number].nonce)


Build = Callable[[str], bytes]
"""The mail an approver sends to an address."""


def says(text: str | None = None, html: str | None = None, **how: object) -> Build:
    """A mail with some words."""
    subject, sender = str(how.pop("subject", "Re: x")), str(how.pop("sender", ADMINISTRATOR))
    return lambda to: compose(sender, to, subject, text=text, html=html, **how)  # type: ignore[arg-type]


def of_parts(*parts: bytes, kind: str = "mixed") -> Build:
    """A mail made of parts."""
    top = [*mails.trace("minedu.example", "ab12" * 8, date=mails.DATE, authenticated=True)]
    return lambda to: (
        mails.head([
            *top, ("From", ADMINISTRATOR), ("To", to), ("Subject", "Re: x"), ("Date", mails.DATE),
            ("Message-ID", "<p@minedu.example>"), ("MIME-Version", "1.0"),
        ])
        + multipart(kind, parts, "=_x")
    )  # fmt: skip


NESTED = compose("Luis Paz <luis.paz@minedu.example>", ADMINISTRATOR, "Re: x", text="APROBAR")
AWAY = "Estoy de vacaciones hasta el lunes."
NOT_YES: Mapping[str, Build] = {
    "yes, but": says("Sí, pero falta la firma"),
    "yes, to another case": says("Apruebo el caso 12"),
    "yes, to another case besides": says("Apruebo\nApruebo SIAGIE-12"),
    "yes, to another case, folded": says("Apruebo la creación de la cuenta para el caso\n12"),
    "yes, to a baja": says("Apruebo la baja"),
    "yes, if": says("Apruebo si el director firma"),
    "out of office that quotes the question": says(mails.answered_gmail(AWAY, ASKED)),
    "out of office that quotes without a mark": says(f"{AWAY}\n\n{QUESTION}"),
    "out of office of the question alone": says(mails.answered_gmail("", ASKED)),
    "out of office below the question": says(mails.answered_below(AWAY, ASKED)),
    "out of office that says so": lambda to: mails.out_of_office(
        ADMINISTRATOR, to, "Respuesta automática: x", "APROBAR", answers="<x@mailbot.example>"
    ),
    "forwarded by Gmail": says(mails.forwarded_gmail("", YES)),
    "forwarded by Outlook": says(mails.forwarded_outlook("", YES), subject="RV: x"),
    "forwarded by Outlook in HTML": says(html=as_html(mails.forwarded_outlook("", YES))),
    "forwarded with a word": says(mails.forwarded_gmail("Para su atención", YES)),
    "forwarded by an iPhone": says(f"Inicio del mensaje reenviado:\n\nDe: {YES.sender}\n\nAPROBAR"),
    "in a nested message": says("", attachments=[File("m.eml", NESTED, "message/rfc822")]),
    "in a nested message, unnamed": of_parts(b"Content-Type: message/rfc822\r\n\r\n" + NESTED),
    "in a text file": says("", attachments=[File("r.txt", b"APROBAR", "text/plain")]),
    "in a text file shown inline": of_parts(
        file_part(File("r.txt", b"APROBAR", "text/plain", "inline"))
    ),
    "in a page": says("", attachments=[File("r.html", b"<p>APROBAR</p>", "text/html")]),
    "in an invitation": of_parts(text_part("APROBAR", "calendar")),
    "in the subject": says("Gracias", subject="APROBAR"),
    "in the name": says("Gracias", sender=f"APROBAR <{ADMINISTRATOR}>"),
    "hidden": says(html="<p style='display:none'>APROBAR</p><p>Lo veo luego</p>"),
    "hidden alone": says(html="<p style='display:none'>APROBAR</p>"),
    "white": says(html="<p><font color=white>APROBAR</font></p><p>Lo veo luego</p>"),
    "by a style sheet": says(html="<style>.x{font-size:0}</style><p class=x>APROBAR</p>"),
    "struck": says(html="<p><s>APROBAR</s></p>"),
    "of which a no is hidden": says(html="<p><span style='color:#fff'>No</span> apruebo</p>"),
    "in a remark": says(html="<!-- APROBAR --><p>Lo veo luego</p>"),
    "between quoted lines": says("> uno\nAPROBAR\n> dos\n\nAna"),
    "beside a no": of_parts(text_part("Apruebo"), text_part("No, esperen")),
}  # fmt: skip


def test_what_looks_like_a_yes_and_is_none_leaves_all_as_it_was(chamber: Chamber) -> None:
    """T17, T18, T19: each in turn to one question: none opens, uses up or decides anything."""
    for name, build in NOT_YES.items():
        chamber.receive(build(address(chamber)))
        assert chamber.active() == [], name
        assert str(chamber.case().status) == "pending", name
        assert [status for _, status, _ in chamber.questions()] == ["open"], name
    chamber.receive(says("APROBAR")(address(chamber)))
    assert chamber.active() == [DNI]


def test_a_no_is_no_yes(chamber: Chamber) -> None:
    """T19: «No apruebo» rejects."""
    chamber.receive(says("No apruebo")(address(chamber)))
    assert (str(chamber.case().status), chamber.active()) == ("rejected", [])


@pytest.mark.parametrize("who", [SECOND, "luis.paz@minedu.example", ASKER, "nadie@correo.example"])
def test_a_yes_of_who_was_not_asked_kills_the_token(chamber: Chamber, who: str) -> None:
    """T15: a colleague in copy, another decider, the asker: proven, and still not who was asked."""
    old = address(chamber)
    row = chamber.receive(compose(who, f"{old}, {ADMINISTRATOR}", "Re: x", text="APROBAR"))
    assert (str(row.status), chamber.active()) == ("set_aside", [])
    assert [status for _, status, _ in chamber.questions()] == ["revoked", "open"]
    chamber.receive(says("APROBAR")(old))
    assert chamber.active() == []
    chamber.receive(says("APROBAR")(address(chamber)))
    assert chamber.active() == [DNI]


@pytest.mark.parametrize("vouched", [None, "Ana Operadora"])
def test_a_yes_nobody_proves_decides_nothing(chamber: Chamber, vouched: str | None) -> None:
    """T14: nor when an operator vouches for the mail: a person's word is no proof of a decision."""
    row = chamber.receive(says("APROBAR", authenticated=False)(address(chamber)))
    assert str(row.status) == "set_aside"
    if vouched:
        assert pipeline.retry(chamber.desk, [row.id], vouched) == 1
        chamber.take(row.id)
    assert chamber.active() == []
    assert [status for _, status, _ in chamber.questions()] == ["open"]
    assert set(chamber.letters()) == {("decider-unproven", ADMINISTRATOR)}


def test_a_yes_said_twice_is_done_once(chamber: Chamber) -> None:
    """T24: in another mail of the same words, and in the same mail found again."""
    to = address(chamber)
    first = chamber.receive(says("APROBAR")(to))
    chamber.take(first.id)
    chamber.receive(says("APROBAR", date="Tue, 31 Mar 2026 12:30:00 -0500")(to))
    assert chamber.active() == [DNI]
    kinds = [kind for kind, _ in chamber.letters()]
    assert kinds == ["holder-credentials", "asker-opened", "decider-settled"]


def test_a_yes_after_its_time_is_told_so(chamber: Chamber) -> None:
    """T25: to the second, and nothing is opened."""
    chamber.clock.forward(hours=72)
    chamber.receive(says("APROBAR")(address(chamber)))
    assert chamber.active() == []
    assert chamber.said("decider-settled")["expired"] is True


def test_a_yes_to_what_has_changed_since_is_none(chamber: Chamber) -> None:
    """T26: the old token is of the old content; only what is shown last is done."""
    old = address(chamber)
    chamber.receive(says("DNI 12345678")(old))
    chamber.receive(says("APROBAR")(old))
    assert chamber.active() == []
    chamber.receive(says("APROBAR")(address(chamber)))
    assert chamber.active() == ["12345678"]


@pytest.mark.parametrize("by", ["address", "Message-ID"])
def test_what_the_bot_wrote_is_not_read_though_its_marks_are_gone(
    chamber: Chamber, by: str
) -> None:
    """T41: a list took Auto-Submitted off; the sender or the id still tell."""
    question = chamber.all(Letter)[0].message_id
    sender, ident = (mails.BOT, None) if by == "address" else (ADMINISTRATOR, question)
    raw = compose(sender, address(chamber), "Re: x", text="APROBAR", message_id=ident)
    row = chamber.receive(raw)
    assert (str(row.status), row.kind) == ("done", "own")
    assert (chamber.active(), chamber.letters()) == ([], [])


def test_who_completes_a_request_does_not_decide_on_it(chamber: Chamber) -> None:
    """T59: an approver writes for the office that began it: it is their request as well."""
    own = "ana.ruiz@ugelchota.example"
    table = chamber.folder / "offices.csv"
    text = table.read_text(encoding="utf-8")
    chamber.configure(**{"administrador-ue": f'["{own}", "{ADMINISTRATOR}"]'})
    table.write_text(text.replace(ASKER, f"{ASKER};{own}"), encoding="utf-8")
    begun = "<begun@ugelchota.example>"
    asks = "Solicito el alta del Especialista SIAGIE de la UGEL Chota: Ana Ruiz Vega"
    chamber.receive(compose(ASKER, mails.BOT, "Alta", text=asks, message_id=begun))
    more = f"{asks}, DNI 45678912, correo ana@correo.example"
    chamber.receive(compose(own, mails.BOT, "Re: Alta", text=more, in_reply_to=begun))
    case = chamber.case(2)
    assert (case.asker, case.dni) == (ASKER, "45678912")
    assert case.record["asker_verdict"].endswith(f"; también escribió {own}")
    with chamber.store.read() as tx:
        resolve.ask_again(chamber.desk.at(tx), tx.get_one(Case, case.id))
        asked = [q.approver for q in cases.open_questions(tx, case.id)]
    assert asked == [ADMINISTRATOR]
