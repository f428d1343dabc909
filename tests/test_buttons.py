"""The buttons of a letter: a draft that says what its button says, to the right place."""

from email.headerregistry import Address
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import REPLY_TO, TOKEN
from test_letters import configured, letter

from mailbot.buttons import buttons
from mailbot.config import Settings
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import read_token
from mailbot.parsers.reply import Verb, decide
from mailbot.respond import KINDS, Secrets, compose

__all__ = ["configured"]
SAYS = {"APROBAR": Verb.APPROVE, "RECHAZAR": Verb.REJECT}


def draft(href: str) -> tuple[str, str, str]:
    """What a mail program makes of a link: to whom, subject, body."""
    parts = urlsplit(href)
    assert parts.scheme == "mailto"
    fields = parse_qs(parts.query, strict_parsing=True, keep_blank_values=True)
    assert set(fields) == {"subject", "body"}
    return unquote(parts.path), fields["subject"][0], fields["body"][0]


@pytest.mark.parametrize("word", SAYS)
def test_a_draft_says_what_its_button_says(word: str) -> None:
    """On the line the parser reads, and a telephone's own line under it takes nothing back."""
    (button,) = buttons([word], REPLY_TO, "[SIAGIE-12] Alta", code=False)
    _, _, body = draft(button.href)
    assert decide(f"{body}\n\nEnviado desde mi iPhone").verb is SAYS[word]


def test_an_observation_sent_as_it_is_says_nothing_yet() -> None:
    """OBSERVAR alone would reach the office empty: it has to go on."""
    (button,) = buttons(["OBSERVAR"], REPLY_TO, "x", code=False)
    body = draft(button.href)[2]
    assert decide(body).verb is Verb.UNCLEAR
    assert decide(body + "falta la RD").text == "falta la RD"


def test_a_code_is_typed_where_the_draft_asks_for_it() -> None:
    """The button says that it is wanted; the digits behind it are read, without them none are."""
    (button,) = buttons(["APROBAR"], REPLY_TO, "x", code=True)
    assert "código" in button.label
    body = draft(button.href)[2]
    assert (decide(body).verb, decide(body).code) == (Verb.APPROVE, None)
    assert (decide(f"{body}123 456").verb, decide(f"{body}123456").code) == (
        Verb.APPROVE,
        "123456",
    )


@given(subject=st.text(max_size=60), word=st.sampled_from(("APROBAR", "RECHAZAR", "OBSERVAR")))
def test_any_subject_stays_the_subject_of_the_draft(subject: str, word: str) -> None:
    """Nobody's words add a field, a recipient or a line to the draft."""
    (button,) = buttons([word], REPLY_TO, subject, code=False)
    to, shown, body = draft(button.href)
    assert (to, shown) == (REPLY_TO, f"Re: {subject}")
    assert body.startswith(word)
    assert "\n" not in button.href


@pytest.mark.parametrize("plus", [True, False])
@pytest.mark.parametrize("kind", [k for k, made in KINDS.items() if made.answers])
def test_a_draft_reaches_its_question(kind: str, configured: Settings, *, plus: bool) -> None:
    """By the address, or by the subject where addresses carry nothing."""
    bot = configured.bot.model_copy(update={"plus_addressing": plus})
    settings = configured.model_copy(update={"bot": bot})
    mail = compose(letter(kind, settings), settings, Secrets(token=TOKEN))
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    hrefs = [x.partition('"')[0].replace("&amp;", "&") for x in html.split('href="')[1:]]
    assert len(hrefs) == len(KINDS[kind].answers)
    for href in hrefs:
        to, subject, body = draft(href)
        raw = f"From: a@b.example\nTo: {Address(addr_spec=to)}\nSubject: {subject}\n\n{body}"
        assert read_token(read_mail(raw.encode()), bot.address) == TOKEN
