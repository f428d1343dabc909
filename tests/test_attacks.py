"""Attacks that were tried against the whole program, by mail, and what stops each of them.

Over the real mail servers.
"""

import faulthandler
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from email import message_from_bytes
from email.policy import SMTP
from itertools import combinations
from pathlib import Path

import mails
import pytest
from house import ADMINISTRATOR, BOT, SAMPLES, House, files_of, kind_of, text_of, write_config
from names import serving
from pydantic import SecretStr
from pyotp import TOTP
from rich.text import Text

from mailbot import console, pipeline
from mailbot.envelope import check_sound
from mailbot.errors import ConfigError
from mailbot.examine import Examined, Source
from mailbot.model import Post as Place
from mailbot.model import Word
from mailbot.offices import Offices
from mailbot.parsers import identity
from mailbot.parsers.mail import MAX_WORDS, Malformed, read_mail
from mailbot.parsers.parse import MAX_LETTERS, Request, parse
from mailbot.parsers.reply import Verb, decide
from mailbot.parsers.text import Leaf, lines_of, typed
from mailbot.resolver import Resolver
from mailbot.respond import About
from mailbot.rules import Rules, read_rules
from mailbot.store import authenticators, cases
from mailbot.store.tables import Mail
from mailbot.trust import NotNow

UGEL = "mesadepartes@ugelchota.example"
ALTA = "5.1-alta-especialista-ugel"
EVIL = "mala@ataque.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def configure(house: House, **more: str) -> None:
    """Change the bot's configuration, as an operator would."""
    write_config(house.folder, house.post, **more)
    house.reconfigure()


def ask_something_else(house: House, sender: str, n: object = 1, **more: object) -> None:
    """Send a mail that is answered by a letter of ours."""
    given = {"subject": "Consulta", "text": f"¿Cómo registro nóminas? {n}", **more}
    house.send(mails.compose(sender, BOT, **given), sender)  # type: ignore[arg-type]


def coded(text: str) -> str:
    """Some text as an encoded word: what it says may itself look like one."""
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


# ------------------------------------------------------------------ headers of our letters

LINES = "=?utf-8?q?=0AX-Puesto:_si=0A=0AApruebe?="
"""An encoded word that holds line ends: decoded and written as it is, it ends a header."""


def is_broken(raw: bytes) -> bool:
    """Whether a header of somebody else's making, or the end of all, stands among ours."""
    return b"\nX-Puesto" in raw or b"\nApruebe" in raw


def test_words_coded_twice_end_no_header_of_a_letter(house: House) -> None:
    """T32: a subject whose decoded text is an encoded word with line ends in it stays one line."""
    ask_something_else(house, EVIL, subject=coded(LINES))
    house.poll()
    (letter,) = house.post.raw(EVIL)
    assert not is_broken(letter)
    assert message_from_bytes(letter)["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize("field", ["References", "In-Reply-To", "Message-ID"])
def test_ids_that_hold_words_end_no_header_of_a_letter(house: House, field: str) -> None:
    """T32: what is no Message-ID is not repeated in our References."""
    id_ = f"<{LINES}@ataque.example>"
    raw = mails.compose(EVIL, BOT, "Consulta", text="¿Cómo registro nóminas?")
    raw = re.sub(rb"(?mi)^message-id: .*\r\n", b"", raw)
    house.send(f"{field}: {id_}\r\n".encode() + raw, EVIL)
    house.poll()
    (letter,) = house.post.raw(EVIL)
    assert not is_broken(letter)


def test_a_file_name_ends_no_header_of_the_question(house: House) -> None:
    """T32: nor the header of a paper enclosed in what the decider reads."""
    raw = (SAMPLES / f"{ALTA}.eml").read_bytes()
    parts = re.findall(rb"Content-Disposition: attachment;[^\n]*\n(?: [^\n]*\n)*", raw)
    assert parts
    named = f'Content-Disposition: attachment; filename="{coded(LINES + ".pdf")}"\r\n'
    house.send(raw.replace(parts[0], named.encode()), UGEL)
    house.poll()
    (question,) = house.post.raw(ADMINISTRATOR)
    assert b"application/pdf" in question
    assert not is_broken(question)


@pytest.mark.parametrize("name", ["Subject", "References", "Content-Disposition"])
def test_a_mail_whose_header_would_break_is_not_sent(name: str) -> None:
    """T32: whatever we overlook, a header that breaks is noticed before the mail leaves."""
    mail = message_from_bytes(b"To: a@b.example\r\n\r\nhola", policy=SMTP)
    check_sound(mail)
    mail[name] = f"<{LINES}@x>"
    with pytest.raises(ValueError, match=name):
        check_sound(mail)


# ------------------------------------------------------------------ mails that stop the bot


@pytest.mark.parametrize("sender", ["a..b@ataque.example", ".ab@ataque.example"])
def test_an_address_nobody_can_write_to_holds_nobody_up(house: House, sender: str) -> None:
    """T72: a letter that cannot be written is given up; the next one leaves in the same pass."""
    context = {"bot_name": "x", "asks_other": False, "elsewhere": ""}
    with house.desk.store.begin() as tx:
        house.desk.at(tx).outbox.put("asker-unrelated", sender, "first", context, About())
    ask_something_else(house, UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-unrelated"]
    assert [letter.status for letter in house.letters()][:2] == ["failed", "sent"]


@pytest.mark.parametrize(
    "id_", [b"<a\xf1@b>", b"<a@b>\r\n <c@d>", b"nada"], ids=["8-bit", "folded", "no id"]
)
def test_the_header_of_a_mail_too_large_holds_nobody_up(house: House, id_: bytes) -> None:
    """T72: it is read where nothing catches what breaks: strictly."""
    configure(house, mail_bytes="15_000")
    raw = mails.compose(EVIL, BOT, "Grande", text="hola " * 5000, message_id="<marca@x>")
    assert raw.count(b"<marca@x>") == 1
    house.send(raw.replace(b"<marca@x>", id_), EVIL)
    house.send_sample("9.1-alta-personal-ie")
    house.poll()
    assert house.received(EVIL) == ["asker-too-large"]
    assert len(house.cases()) == 1


# ------------------------------------------------------------------ a decision nobody took


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "Resent-To"])
def test_genuine_words_sent_on_to_another_address_decide_nothing(house: House, field: str) -> None:
    """T06, T14: an approver's «De acuerdo» to a colleague, with the token added on the way.

    The colleague has the token, say, from a question passed on for advice. What servers add to a
    header is signed by nobody: only To and Cc tell whom an approver wrote to.
    """
    house.send_sample(ALTA)
    house.poll()
    found = re.search(r"\S+\+[a-z2-7]{32}@[a-z.]+", str(house.question(ADMINISTRATOR)["Reply-To"]))
    assert found
    said = mails.compose(
        *(ADMINISTRATOR, "colega@minedu.example", "Re: reunión"),
        text="De acuerdo, gracias.",
        authenticated=False,
    )
    address = found[0].strip("<>")
    house.post.deliver(f"{field}: {address}\r\n".encode() + said, ADMINISTRATOR, [BOT])
    house.poll()
    assert house.active() == []
    assert house.cases()[0].status == "pending"


# ------------------------------------------------------------------ answers used up


def test_strangers_do_not_use_up_the_answers_of_the_known(house: House) -> None:
    """T44: an avalanche of strangers, each proven, and an office is still told what is missing."""
    configure(house, answers_per_hour="4")
    for n in range(7):
        ask_something_else(house, f"x{n}@ataque.example", n)
    raw = mails.compose(UGEL, BOT, "Alta", text="Remito.", attachments=files_of(ALTA)[:1])
    house.send(raw, UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-observed"]
    assert sum(letter.kind == "asker-unrelated" for letter in house.letters()) == 4


def test_refusals_are_counted_too(house: House) -> None:
    """T44: a stranger's requests that the register rules out make no storm of letters."""
    configure(house, answers_per_day="3", roles='["director-ie"]')
    for n in range(5):
        who = f"PÉREZ GARCÍA, Juan con DNI 1020304{n}"
        text = f"Solicito la baja del usuario de docente de {who}, IE 0742106."
        house.send(mails.compose(EVIL, BOT, "Baja", text=text), EVIL)
    house.poll()
    assert {case.status for case in house.cases()} == {"rejected"}
    assert house.received(EVIL) == ["asker-refused"] * 3


# ------------------------------------------------------------------ look-alikes


def test_a_name_in_another_alphabet_is_not_taken_for_read(house: House) -> None:
    """T35: letters that only look like ours make a name nobody holds; a yes cannot heal it."""
    director = Place("director-ie", "0742106")
    house.seat("ROJAS PONCE, Katherine", "44210999", "kathy@correo.example", director)
    raw = (SAMPLES / "9.1-alta-personal-ie.eml").read_bytes()
    body = message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(body, bytes)
    name = "Katherine Paola Melgarejo Cruz"
    lines = f"Apellidos y nombres: {name.replace('o', 'о')}\n"
    text = body.decode().replace(f"Yo, {name}, identificada con", f"{lines}Soy")
    assert lines in text
    house.send(mails.compose(EVIL, BOT, "Alta", text=text), EVIL)
    house.poll()
    (case,) = house.cases()
    assert case.status == "pending"
    house.decide("kathy@correo.example", "APROBAR")
    assert [a.role for a in house.active()] == ["director-ie"]
    assert "decider-lacking" in house.received("kathy@correo.example")


# ------------------------------------------------------------------ one person as two


@pytest.mark.parametrize(
    "asker", ["kathy+otra@correo.example", "KATHY@correo.example"], ids=["tag", "case"]
)
def test_another_form_of_ones_own_address_does_not_decide(house: House, asker: str) -> None:
    """T59: the Director asks for a colleague's account from her mailbox under another name."""
    director = Place("director-ie", "0742106")
    house.seat("ROJAS PONCE, Katherine", "44210999", "kathy@correo.example", director)
    raw = (SAMPLES / "9.1-alta-personal-ie.eml").read_bytes()
    house.send(re.sub(rb"(?m)^From: .*$", f"From: {asker}\r".encode(), raw, count=1), asker)
    house.poll()
    (case,) = house.cases()
    assert case.asker == asker.lower()
    assert house.received("kathy@correo.example") == []
    assert house.received(ADMINISTRATOR) == ["administrator-vacant"]


def test_two_forms_of_one_address_are_not_two_approvers(tmp_path: Path) -> None:
    """T59: nor does one mailbox under two names make a pair."""
    folder = write_config(tmp_path / "config", None, two_approvers_for='["5.1"]')
    path = folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    local, _, domain = ADMINISTRATOR.partition("@")
    pair = f'["{ADMINISTRATOR}", "{local}+2@{domain}"]'
    path.write_text(text.replace(f'["{ADMINISTRATOR}"]', pair), encoding="utf-8")
    with pytest.raises(ConfigError, match="dos direcciones"):
        read_rules(folder)


# ------------------------------------------------------------------ guessing


def test_new_questions_bring_no_new_tries_without_end(house: House) -> None:
    """T21: who reads an approver's mail corrects a datum, is asked anew, and guesses again.

    After fifteen wrong codes to whichever questions not even the right one serves, and people are
    told; enrolling the approver anew opens the way.
    """
    with house.store.begin() as tx:
        authenticators.enrol(tx, ADMINISTRATOR, SecretStr(SECRET), 0, house.clock())
    house.send_sample(ALTA)
    house.poll()
    for turn in range(1, 5):
        question = house.question(ADMINISTRATOR, turn)
        for n in range(4):
            house.answer(question, f"APROBAR 00{turn}{n}00")
        house.poll()
        house.answer(question, f"correo: rosa{turn}@correo.example")
        house.poll()
    house.clock.forward(seconds=60)
    house.answer(house.question(ADMINISTRATOR, 4), f"APROBAR {TOTP(SECRET).at(house.clock())}")
    house.poll()
    assert house.active() == []
    assert "administrator-alert" in house.received(ADMINISTRATOR)


# ------------------------------------------------------------------ the operator's terminal

ODD_NAMES = ["oficio[/b].pdf", "[link=https://ataque.example]x[/link]", ":warning:.pdf"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_are_shown_letter_by_letter(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T35, T36: what looks like the terminal library's own markup is words, and breaks nothing."""
    monkeypatch.setenv("COLUMNS", "200")
    out = console.console()
    out.print(f"Adjunto: {name}")
    console.show_rows(out, "Correos", [("Por qué",), (name,)], "")
    console.show_examined(out, Examined(Source(name, None), problem=name), Offices(()))
    said = capsys.readouterr().out
    assert said.count(name) == 3


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x1b]0;x\x07", "\x9b2J", "\u202e", "\r", "\x08"])
@pytest.mark.parametrize("watched", [True, False])
def test_no_words_move_the_cursor(
    sign: str, *, watched: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T35, T36: signs that clear a screen or name a window are shown as a point."""
    if watched:
        monkeypatch.setenv("FORCE_COLOR", "1")
    out = console.console()
    out.print(f"Motivo: a{sign}b", Text(f"a{sign}b"))
    console.show_rows(out, "Correos", [("Por qué",), (f"a{sign}b",)], "")
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert said.count("b") >= 3
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)


def test_a_reason_in_brackets_shows_with_its_case(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """T72: the story of a case tells what a decider wrote, whatever it looks like."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "RECHAZAR: falta [/RD] de [bold]designación")
    with house.store.read() as tx:
        console.show_story(console.console(), house.cases()[0], *cases.story(tx, 1))
    assert "falta [/RD] de [bold]designación" in capsys.readouterr().out


# ------------------------------------------------------------------ threads


def test_a_strangers_mail_under_a_known_id_takes_no_thread_over(house: House) -> None:
    """T22: who sends under an id of somebody's does not part a dossier from what completes it.

    Unproven, or proven and asking something of their own.
    """
    known = "<pedido@ugelchota.example>"
    for sender, port in ((UGEL, house.post.servers.bare_port), (EVIL, None)):
        raw = mails.compose(
            *(sender, BOT, "Alta"), text="Remito.", attachments=files_of(ALTA)[1:],
            message_id=known, authenticated=False,
        )  # fmt: skip
        house.send(raw, sender, port=port)
    house.poll()
    first = mails.compose(
        *(UGEL, BOT, "Alta"), text="Remito.", attachments=files_of(ALTA)[:1], message_id=known
    )
    house.send(first, UGEL)
    house.poll()
    rest = mails.compose(
        *(UGEL, BOT, "Re: Alta"), text="Adjunto lo que faltaba.",
        attachments=files_of(ALTA)[1:], references=[known],
    )  # fmt: skip
    house.send(rest, UGEL)
    house.poll()
    mine = [case for case in house.cases() if case.asker == UGEL]
    assert [(case.status, case.revision) for case in mine] == [("pending", 2)]


# ------------------------------------------------------------------ mails without end

HEAD = b"From: a@b.example\r\nTo: siagie@mailbot.example\r\nMIME-Version: 1.0\r\n"
ENDLESS = {
    "a text that says one thing for ever": ("plain", "DNI 12345678 " * 20_000),
    "a style sheet without a rule": ("html", f"<style>{'a' * 400_000}</style><p>hola</p>"),
    "a style sheet of rules": ("html", f"<style>{'.a{display:none}' * 4_000}</style><p>hola</p>"),
    "struck words after many others": ("html", "<p>a</p>" * 30_000 + "<s>x</s>" * 8_000),
    "quotes after many others": (
        "html",
        "<p>a</p>" * 30_000 + "<blockquote>x</blockquote>" * 8_000,
    ),
    "more HTML than anybody writes": ("html", "<p>hola</p>" * 150_000),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_a_mail_without_end_is_read_or_refused_at_once(what: str) -> None:
    """T45: what took from seconds to hours, and every other mail waited meanwhile."""
    kind, text = ENDLESS[what]
    typed = f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n".encode()
    with ended_after(30):
        try:
            mail = read_mail(HEAD + typed + text.encode())
        except Malformed:
            return
    assert all(len(words) < MAX_WORDS for words in mail.own)


MANY = {
    "people": "DNI 12345678 ",
    "roles": "especialista siagie de la ",
    "actions": "alta de usuario ",
    "labels": "nombres: ",
    "headings": "apellidos y nombres dni ",
    "offices": "ugel de la ",
}


@pytest.mark.parametrize("what", MANY)
def test_as_much_text_as_is_read_is_read_in_time(what: str, rules: Rules) -> None:
    """T45: a mail full of one thing, read in seconds; more than anybody writes is not read."""
    text = "Solicito la creación de usuario SIAGIE para docente.\n" + MANY[what] * 100_000
    typed = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    with ended_after(30):
        found = parse((read_mail(HEAD + typed + text[:20_000].encode()),), rules)
    assert isinstance(found, Request)
    with pytest.raises(Malformed, match="demasiado largo"):
        read_mail(HEAD + typed + text[:160_000].encode())


LONG = {
    "empty lines below a label": ("DNI" + "\n" * 99_000, True),
    "one labelled name after another": ("nombres:\n" * 11_000, False),
    "lines of signs": ("-\n" * 49_000, True),
    "a row that never ends": ("apellidos nombres dni\n" + "(" * 98_000 + "x 12345678", True),
    "addresses on one line": ("a@b.pe " * 14_000, True),
    "a list without its line ends": ("apellidos nombres dni\n" + "12345678 " * 10_000, False),
}


@pytest.mark.parametrize("what", LONG)
def test_a_mail_as_long_as_any_is_read_or_refused_in_time(what: str, rules: Rules) -> None:
    """T45: anybody can send it, proven or not, and it took up to half an hour."""
    text, is_read = LONG[what]
    said = f"Solicito la creación de usuario SIAGIE para docente.\n{text} x"
    typed = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    mail = read_mail(HEAD + typed + said.encode())
    with ended_after(3), nullcontext() if is_read else pytest.raises(Malformed):
        assert isinstance(parse((mail,), rules), Request)


def test_a_page_of_signs_is_read_in_time() -> None:
    """T45: dots and dashes tell no line's height: it is not looked for among all of them."""
    dots = tuple(Word(".", (4.0 * n, 10.0, 4.0 * n + 2, 12.0)) for n in range(50_000))
    with ended_after(3):
        assert [len(line) for line in lines_of(dots, Leaf("x.pdf", 1))] == [50_000]


def test_a_word_as_long_as_a_paper_is_looked_through_in_time() -> None:
    """T45: an address begins where its word does, not at each of its letters."""
    paper = typed("x.docx", "a" * MAX_LETTERS)
    with ended_after(3):
        assert list(identity.correos(paper, 0, MAX_LETTERS, None)) == []


def test_signs_before_a_code_are_read_in_time() -> None:
    """T45: whoever has a shape like a token can have words read as a decision's."""
    with ended_after(3):
        assert decide("apruebo " + "no -" * 24_000).verb is Verb.UNCLEAR
        assert decide("apruebo " + "." * 99_000 + "x").verb is Verb.UNCLEAR


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """The shipped rules and the tests' offices."""
    return read_rules(write_config(tmp_path / "config", None))


def test_documents_of_more_text_than_anybody_sends_wait_for_a_person(rules: Rules) -> None:
    """T45: their words are read by us, not in a child."""
    rtf = b"{\\rtf1 " + b"OFICIO 12 alta de usuario \\par " * 30_000 + b"}"
    part = mails.compose(
        *(EVIL, BOT, "Alta"), text="Solicito el alta.",
        attachments=[mails.File("oficio.rtf", rtf, "application/rtf")],
    )  # fmt: skip
    with pytest.raises(Malformed, match="demasiado texto"):
        parse((read_mail(part),), rules)


@contextmanager
def ended_after(seconds: int) -> Iterator[None]:
    """End the whole run when something takes minutes: nothing gentler ends a pattern."""
    faulthandler.dump_traceback_later(seconds * 10, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


SURNAMES = (
    "QUISPE MAMANI HUAMÁN FLORES ROJAS VARGAS CASTILLO MENDOZA CÓNDOR PAREDES SALAZAR TELLO "
    "ZEVALLOS IPARRAGUIRRE"
).split()
GIVEN = "Ana Beatriz Carlos Dora Efraín Gladys Hugo".split()


def test_one_mail_asks_for_so_many_people_and_no_more(house: House) -> None:
    """T44: a list of hundreds is no hundreds of questions; the mail waits for a person."""
    surnames = combinations(SURNAMES, 2)
    rows = "\n".join(
        f"{n}. {one} {other}, {GIVEN[n % 7]}, DNI {10_203_040 + n}"
        for n, (one, other) in enumerate(surnames, start=1)
    )
    text = f"Solicito el alta de usuario SIAGIE de docente, IE 0742106, para:\n{rows}"
    house.send(mails.compose(EVIL, BOT, "Alta de docentes", text=text), EVIL)
    house.poll()
    assert house.cases() == []
    with house.store.read() as tx:
        (row,) = tx.query(Mail)
        assert (row.status, row.reason) == ("set_aside", "pide 91 cuentas en un solo correo")


def test_a_mail_that_holds_the_program_ends_it(tmp_path: Path) -> None:
    """T72: a mail that never ends ends the program, which counts its attempts; another goes on."""
    script = (
        "import re\nfrom mailbot import pipeline\npipeline.MAIL_SECONDS = 1\n"
        "with pipeline._patience():\n    re.match('(a+)+$', 'a' * 40 + 'b')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=os.environ,
    )
    assert ended.returncode == 1
    assert b"Timeout" in ended.stderr


# ------------------------------------------------------------------ floods


def test_an_address_asks_so_often_a_day_and_no_more(house: House) -> None:
    """T44: who decides is not buried in questions; what is too much waits for an administrator."""
    configure(house, requests_per_day="2")
    papers = files_of(ALTA)[:1]
    for n in range(4):
        raw = mails.compose(UGEL, BOT, f"Alta {n}", text=f"Remito {n}.", attachments=papers)
        house.send(raw, UGEL)
    house.poll()
    assert len(house.cases()) == 2
    with house.store.read() as tx:
        aside = [row.reason for row in tx.query(Mail).filter(Mail.status == "set_aside")]
    assert aside == [pipeline.TOO_MANY] * 2
    assert pipeline.retry(house.desk, [3], "Ana Operadora") == 1
    house.poll()
    assert len(house.cases()) == 3


def test_a_flood_hides_no_office_from_the_daily_word(house: House) -> None:
    """T78: sixty unproven mails before an office's, and the administrator still reads of that."""
    bare = house.post.servers.bare_port
    for n in range(60):
        raw = mails.compose(f"x{n}@ataque.example", BOT, f"Hola {n}", text="Hola.")
        house.send(raw, f"x{n}@ataque.example", port=bare)
    house.send(mails.compose(UGEL, BOT, "Consulta", text="¿Y mi pedido?"), UGEL, port=bare)
    house.poll()
    (digest,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "administrator-digest")
    said = text_of(digest)
    assert "***@ugelchota.example" in said
    assert "y 11 más" in said


def test_a_name_that_is_none_is_no_trouble_of_its_zones() -> None:
    """T72: a forged signature with an endless selector does not hold up its domain's mails."""
    with serving() as names:
        resolver = Resolver([names.server], 1)
        assert resolver.txt(f"{'a' * 70}._domainkey.ugelchota.example") is None
        names.records["s1._domainkey.ugelchota.example"] = "v=DKIM1"
        assert resolver.txt("s1._domainkey.ugelchota.example") == b"v=DKIM1"


def test_a_mute_name_server_is_waited_for_once_in_a_round() -> None:
    """T72: however many mails a domain sends, and whatever names it makes up below its own."""
    with serving() as names:
        names.broken = True
        resolver = Resolver([names.server], 1)
        for n in range(50):
            with pytest.raises(NotNow):
                resolver.txt(f"s{n}._domainkey.x{n}.ataque.example")
        assert len(set(names.asked)) == 1  # asked more than once, perhaps, within its time
        names.broken = False
        names.records["s1._domainkey.x1.ataque.example"] = "v=DKIM1"
        resolver.ask_again()
        assert resolver.txt("s1._domainkey.x1.ataque.example") == b"v=DKIM1"
