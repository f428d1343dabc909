"""Attacks that were tried against the whole program, by mail, and what stops each of them.

Over the real mail servers.
"""

import re
from base64 import b64encode
from email import message_from_bytes
from email.policy import SMTP

import mails
import pytest
from house import ADMINISTRATOR, BOT, SAMPLES, House, files_of, write_config

from mailbot.envelope import check_sound

UGEL = "mesadepartes@ugelchota.example"
ALTA = "5.1-alta-especialista-ugel"
EVIL = "mala@ataque.example"


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
    check_sound(mail)  # type: ignore[arg-type]
    mail[name] = f"<{LINES}@x>"
    with pytest.raises(ValueError, match=name):
        check_sound(mail)  # type: ignore[arg-type]


# ------------------------------------------------------------------ mails that stop the bot


@pytest.mark.parametrize("sender", ["a..b@ataque.example", ".ab@ataque.example"])
def test_an_address_nobody_can_write_to_holds_nobody_up(house: House, sender: str) -> None:
    """T72: a letter that cannot be written is given up; the next one leaves in the same pass."""
    ask_something_else(house, sender)
    ask_something_else(house, UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-unrelated"]
    assert [letter.status for letter in house.letters()] == ["failed", "sent"]


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
    configure(house, answers_per_day="3")
    for n in range(5):
        text = f"Solicito la baja de mi usuario de docente. DNI 1020304{n}. IE 0742106"
        raw = mails.compose(
            *(EVIL, BOT, "Baja"), text=text, attachments=files_of("9.2-baja-personal-ie")
        )
        house.send(raw, EVIL)
    house.poll()
    assert {case.status for case in house.cases()} == {"rejected"}
    assert house.received(EVIL) == ["asker-refused"] * 3
