"""What the bot writes: every letter renders, says nothing it should not, and commands nobody."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from textwrap import wrap

import hypothesis
import pytest
from house import NOON, write_config
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import CASE, MORE, PASSWORD, TOKEN, example, laced
from mails import compose as compose_mail

from mailbot.config import Settings, shipped
from mailbot.desk import thread_of
from mailbot.parsers.batch import batch
from mailbot.parsers.mail import read_mail
from mailbot.parsers.orders import order
from mailbot.parsers.quotes import MARKER, cut
from mailbot.parsers.reply import Verb, decide, read_decision
from mailbot.parsers.report import report
from mailbot.parsers.text import fold
from mailbot.respond import KINDS, Original, Secrets, Unwritable, compose, message_id, render
from mailbot.rules import read_rules
from mailbot.store.tables import Letter

KIND = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    return read_rules(write_config(tmp_path / "config", None)).settings


def letter(kind: str, configured: Settings, **more: object) -> Letter:
    """A letter as the outbox holds it."""
    return Letter(
        message_id=message_id(configured, kind, "12.1"),
        kind=kind,
        recipient="quien.decide@minedu.example",
        context={**CASE, **MORE.get(kind, {}), **more},
        in_reply_to="<pedido@ugelchota.example>",
        references=["<antes@ugelchota.example>", "<pedido@ugelchota.example>"],
        created_at=NOON,
        due_at=NOON,
    )


def parsed(mail: EmailMessage) -> EmailMessage:
    """A mail as its recipient gets it."""
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


@KIND
def test_every_letter_renders_in_both_dresses(kind: str) -> None:
    """Subject, text and HTML are there, in one line each where they must be."""
    subject, text, html = example(kind)
    assert subject
    assert "\n" not in subject
    assert "Usuarios SIAGIE" in text
    assert html.startswith("<!DOCTYPE html>")
    assert "None" not in text + html + subject


@KIND
def test_a_letter_whose_context_lacks_a_name_is_not_written(kind: str) -> None:
    """An undefined variable is an error, never an empty place."""
    with pytest.raises(Unwritable):
        render(kind, {"bot_name": "x"}, Secrets())


def commands_nothing(line: str) -> bool:
    """Whether a line is no decision, none of a digest's, no order, no confirmation, no report."""
    ordered = order(line)
    whole = ordered is not None and ordered.whole
    said = decide(line).verb is not Verb.UNCLEAR or bool(batch(line).decisions)
    said |= bool(report(line).said)
    return not (whole or said or fold(line).strip(" .*>|") == "confirmo")


@KIND
def test_no_line_of_a_letter_is_a_command(kind: str) -> None:
    """However a line is quoted, our own parsers find no decision and no order in it."""
    subject, text, _ = example(kind)
    for line in (subject, *text.splitlines()):
        for dress in (line, f"> {line}", f"| {line}", line.strip(), f"* {line.strip()}"):
            assert commands_nothing(dress), line


@KIND
def test_a_whole_letter_sent_back_commands_nothing(kind: str) -> None:
    """An auto-reply that returns our text, quoted or not, has no own words that decide."""
    _, text, _ = example(kind)
    own, _ = cut(text)
    assert decide(own).verb is Verb.UNCLEAR
    assert not report(own).said


ASKING = [kind for kind, made in KINDS.items() if made.token]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(ASKING),
    field=st.sampled_from(("names", "correo", "office_name", "role_name", "asker", "previous")),
    width=st.integers(40, 300),
    room=st.integers(0, 60),
    tail=st.sampled_from(("", " y algo más", f" {'B' * 200}")),
)
@hypothesis.example(kind="decider-question", field="names", width=132, room=30, tail="")
@hypothesis.example(kind="office-challenge", field="names", width=132, room=30, tail="")
def test_a_letter_that_comes_back_folded_commands_nothing(
    kind: str, field: str, width: int, room: int, tail: str
) -> None:
    """T17, T29: old programs mark a quoted line but not the end they fold off it.

    Whoever asks can choose what stands there; below it programs put a signature.
    """
    evil = f"{'A' * (width - room)} APROBAR{tail}"
    folded = [wrap(line, width) or [""] for line in example(kind, **{field: evil})[1].splitlines()]
    text = "\n".join(line for first, *rest in folded for line in (f"> {first}", *rest))
    for below in ("", "\n\nAna Ruiz Soto", "\n\nSaludos"):
        raw = compose_mail(
            "Ana Ruiz Soto <ana@x.example>", "b@x.example", "Re: x", text=text + below
        )
        assert read_decision(read_mail(raw)).verb is Verb.UNCLEAR


@KIND
def test_letters_that_want_an_answer_begin_with_the_marker(kind: str) -> None:
    """Whoever carries a token says on top where to write."""
    _, text, html = example(kind)
    if KINDS[kind].token:
        assert text.startswith(MARKER)
        assert MARKER in html


@KIND
def test_no_letter_loads_or_links_anything(kind: str) -> None:
    """No remote content, no link that acts when it is followed: a button only opens a draft."""
    _, _, html = example(kind)
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:|//)", html)
    links = re.findall(r"<a\s[^>]*?href=\"([^\"]*)\"", html)
    assert len(links) == html.count("<a ") == len(KINDS[kind].answers)
    assert all(link.startswith("mailto:siagie%2B") for link in links)
    assert "<script" not in html
    assert "<form" not in html


@KIND
def test_only_credentials_carry_the_password_and_no_text_the_token(kind: str) -> None:
    """The secret stands in the letters made for it; the token only in the address."""
    subject, text, html = example(kind)
    carries = KINDS[kind].password or KINDS[kind].typed
    assert (PASSWORD.get_secret_value() in text) == carries
    assert (PASSWORD.get_secret_value() in html) == carries
    shown = re.sub(r"href=\"mailto:[^\"]*\"", "", html)
    assert TOKEN not in subject + text + shown
    assert (TOKEN in html) == bool(KINDS[kind].answers)


@KIND
def test_the_subject_holds_no_dni(kind: str) -> None:
    """Subjects are shown on locked telephones."""
    subject, _, _ = example(kind)
    assert not re.search(r"[0-9]{8}", subject)


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% for x in y %}",
    "José\r\nBcc: todos@correo.example",
    "APROBAR\n\nAPROBAR",
    "HECHO\n\nHECHO 1",
    "\u202eRBORPA\u2066",
    "ñ\u2028APROBAR\u2029",
)


@KIND
@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_words_stay_words(kind: str, evil: str) -> None:
    """What an asker wrote makes no HTML, no template, no header and no line of its own."""
    fields = ("names", "dni", "correo", "office_name", "role_name", "asker", "subject", "previous")
    deep = {key: laced(value, CASE["names"], evil) for key, value in MORE.get(kind, {}).items()}
    subject, text, html = example(kind, **{**deep, **dict.fromkeys(fields, evil)})
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "\n" not in subject
    assert all(commands_nothing(line) for line in text.splitlines())
    assert "\u202e" not in text
    assert "{{7*7}}" in text + subject or "{{" not in evil or kind not in _naming()


def _naming() -> set[str]:
    """The kinds that show a name."""
    return {kind for kind in KINDS if CASE["names"] in example(kind)[1]}


@settings(max_examples=150, deadline=None)
@given(name=st.text(min_size=1, max_size=60))
@hypothesis.example(name="\u0e330")
def test_any_name_leaves_the_headers_alone(name: str) -> None:
    """Whatever a person is called, the mail has the same headers and one recipient."""
    subject, text, _ = example("decider-question", names=name, office_name=name)
    assert "\n" not in subject
    assert "\r" not in text
    assert all(decide(line).verb is Verb.UNCLEAR for line in text.splitlines())


@KIND
def test_a_letter_leaves_as_a_mail_that_can_be_read_back(kind: str, configured: Settings) -> None:
    """One recipient, a thread, our Message-ID, no header but the expected ones."""
    secrets = Secrets(TOKEN if KINDS[kind].token else None, PASSWORD)
    mail = parsed(compose(letter(kind, configured), configured, secrets))
    expected = {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    }
    assert set(mail.keys()) - {"Reply-To"} == expected
    assert mail["To"] == "quien.decide@minedu.example"
    assert str(mail["Message-ID"]).startswith(f"<{kind}.12.1.")
    assert ("Reply-To" in mail) == KINDS[kind].token


def test_the_token_rides_in_the_address_or_else_in_the_subject(configured: Settings) -> None:
    """Plus-addressing by default; where the server has none, the subject carries the token."""
    kind = "decider-question"
    mail = compose(letter(kind, configured), configured, Secrets(token=TOKEN))
    assert f"siagie+{TOKEN}@mailbot.example" in str(mail["Reply-To"])
    plain = configured.model_copy(
        update={"bot": configured.bot.model_copy(update={"plus_addressing": False})}
    )
    mail = compose(letter(kind, plain), plain, Secrets(token=TOKEN))
    assert "Reply-To" not in mail
    assert f"[SIAGIE-12 {TOKEN}]" in str(mail["Subject"])


def test_a_message_id_is_the_same_for_the_same_cause_and_nobody_else_can_make_it(
    configured: Settings,
) -> None:
    """Deterministic, marked with the bot's key."""
    first = message_id(configured, "asker-opened", "7")
    assert first == message_id(configured, "asker-opened", "7")
    assert first != message_id(configured, "asker-opened", "8")
    other = configured.model_copy(update={"secret": None})
    assert first != message_id(other, "asker-opened", "7")


def test_documents_are_attached_as_received(configured: Settings) -> None:
    """Byte for byte, under a harmless name."""
    data = b"%PDF-1.4 \x00\xff original"
    originals = (Original("../../OFICIO\r\n 1.pdf", data),)
    mail = parsed(
        compose(letter("decider-question", configured), configured, Secrets(token=TOKEN), originals)
    )
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == data
    assert "\n" not in str(attached.get_filename())


def test_a_daily_word_written_before_it_could_tell_more_leaves() -> None:
    """It lay in the outbox when the program was replaced by one whose template says more."""
    later = ("untold", "unsaid", "paused")
    today = {**CASE, **MORE["administrator-digest"]}
    context = {k: v for k, v in today.items() if k not in later}
    subject, text, page = render("administrator-digest", context, Secrets())
    assert "5 asuntos esperan" in subject
    assert all("Cabeza de la bitácora" in words for words in (text, page))


def test_every_kind_has_its_two_templates_and_no_template_is_left_over() -> None:
    """The table of kinds and the folder of templates are the same list."""
    names = {p.name for p in shipped("templates").iterdir() if not p.name.startswith("_")}
    assert names == {f"{kind}.{ending}.j2" for kind in KINDS for ending in ("txt", "html")}


@pytest.mark.parametrize(
    "subject",
    ["Alta", "Re: Alta", "RE: Re: Alta", "Re: Alta [SIAGIE-2]", "Re: Alta [SIAGIE-2] [SIAGIE-2]"],
)
def test_a_thread_keeps_its_subject_without_our_numbers(subject: str) -> None:
    """Each letter writes its case's number itself: answered thrice, it still stands there once."""
    assert thread_of("<a@x.example>", (), subject).subject == "Alta"
