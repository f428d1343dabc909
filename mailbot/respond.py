"""What to tell whom: causes → letters in the outbox → mails. The home of jinja2.

A letter is decided in the transaction of its cause and kept as its kind and what its template is
filled with. It becomes text when it leaves; a token or a password comes into being only then.
Subject and text stand in ``templates/<kind>.txt.j2`` (the subject on the first line), the HTML
in ``templates/<kind>.html.j2``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup
from pydantic import SecretStr

from mailbot import oficio, pictures, secrecy, shadow
from mailbot.buttons import Button, buttons
from mailbot.config import Settings, shipped
from mailbot.envelope import check_sound, inert
from mailbot.masking import masked
from mailbot.parsers.quotes import MARKER
from mailbot.parsers.text import tidy
from mailbot.report import paper
from mailbot.store import Tx, letters
from mailbot.store.tables import Letter, LetterStatus
from mailbot.workdays import LIMA


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of letter carries besides its words.

    `typed`: a password a person typed, read where that was kept until the letter has left.
    `counted`: it answers a mail by itself, so that one address gets only so many a day. `answers`:
    the words it has buttons for.
    """

    token: bool = False
    password: bool = False
    typed: bool = False
    originals: bool = False
    counted: bool = False
    answers: tuple[str, ...] = ()


_DECISIONS = ("APROBAR", "RECHAZAR", "OBSERVAR")
KINDS: Mapping[str, Kind] = {
    "decider-question": Kind(token=True, originals=True, answers=_DECISIONS),
    "decider-reminder": Kind(token=True, answers=_DECISIONS),
    "decider-unclear": Kind(token=True, counted=True, answers=_DECISIONS),
    "decider-lacking": Kind(token=True, counted=True, answers=("OBSERVAR",)),
    "decider-unproven": Kind(counted=True),
    "decider-code": Kind(token=True, counted=True, answers=("APROBAR",)),
    "decider-half": Kind(counted=True),
    "decider-busy": Kind(token=True, counted=True),
    "decider-settled": Kind(counted=True),
    "decider-paused": Kind(counted=True),
    "decider-receipt": Kind(),
    "decider-digest": Kind(
        token=True, counted=True, answers=("APROBAR N", "RECHAZAR N", "OBSERVAR N")
    ),
    "decider-confirm": Kind(token=True, counted=True, answers=("CONFIRMO",)),
    "decider-note": Kind(counted=True),
    "decider-help": Kind(counted=True),
    "decider-credentials": Kind(password=True),
    "asker-received": Kind(counted=True),
    "asker-observed": Kind(counted=True),
    "asker-reminder": Kind(),
    "asker-lapsed": Kind(),
    "asker-rejected": Kind(),
    "asker-opened": Kind(),
    "asker-closed": Kind(),
    "asker-refused": Kind(counted=True),
    "asker-status": Kind(counted=True),
    "asker-unrelated": Kind(counted=True),
    "asker-too-large": Kind(counted=True),
    "holder-credentials": Kind(password=True),
    "displaced-closed": Kind(),
    "holder-account": Kind(typed=True),
    "decider-account": Kind(typed=True),
    "worker-order": Kind(token=True),
    "worker-reminder": Kind(token=True),
    "worker-unclear": Kind(token=True, counted=True),
    "worker-noted": Kind(token=True, counted=True),
    "office-challenge": Kind(token=True),
    "administrator-unconfirmed": Kind(),
    "administrator-vacant": Kind(),
    "administrator-alert": Kind(),
    "administrator-misused": Kind(),
    "administrator-unanswered": Kind(),
    "administrator-term": Kind(),
    "office-term": Kind(),
    "administrator-returned": Kind(),
    "administrator-change": Kind(),
    "administrator-digest": Kind(),
    "administrator-health": Kind(),
    "administrator-report": Kind(),
    "administrator-shadow": Kind(),
}
COUNTED = tuple(name for name, kind in KINDS.items() if kind.counted)


@dataclass(frozen=True)
class Thread:
    """The mail a letter answers, and those before it."""

    answers: str | None = None
    before: tuple[str, ...] = ()
    subject: str = ""

    @property
    def references(self) -> list[str]:
        """The References field (RFC 5322, 3.6.4), oldest first."""
        own = [self.answers] if self.answers else []
        return list(dict.fromkeys([*self.before, *own]))[-20:]


@dataclass(frozen=True)
class About:
    """What a letter is about, by the ids of the rows, and the thread it stands in."""

    case: int | None = None
    mail: int | None = None
    question: int | None = None
    account: int | None = None
    order: int | None = None
    thread: Thread = Thread()


@dataclass(frozen=True)
class Outbox:
    """Puts letters into the outbox, inside the caller's transaction."""

    tx: Tx
    settings: Settings
    now: datetime

    def put(
        self,
        kind: str,
        recipient: str,
        ident: str,
        context: Mapping[str, Any],
        about: About,
    ) -> bool:
        """Put a letter; `ident` names its cause: the same cause never makes a second letter."""
        letter = Letter(
            message_id=message_id(self.settings, kind, ident),
            kind=kind,
            recipient=recipient.lower(),
            context={**context, "subject": about.thread.subject},
            in_reply_to=about.thread.answers,
            references=about.thread.references,
            case_id=about.case,
            mail_id=about.mail,
            question_id=about.question,
            account_id=about.account,
            order_id=about.order,
            status=self._status(kind),
            created_at=self.now,
            due_at=self.now,
        )
        return letters.add(self.tx, letter)

    def _status(self, kind: str) -> LetterStatus:
        """A shadow's letters never leave, but for the comparison."""
        withheld = shadow.on(self.settings) and kind != shadow.KIND
        return LetterStatus.WITHHELD if withheld else LetterStatus.QUEUED

    def may_answer(self, recipient: str, *, known: bool = False) -> bool:
        """Whether an address may be answered once more today, and anybody in this hour.

        Strangers, who can be as many as somebody likes, cannot use up what is for the known: these
        have as much again.
        """
        limits, day, hour = self.settings.limits, timedelta(days=1), timedelta(hours=1)
        theirs = letters.written(self.tx, self.now - day, COUNTED, recipient.lower())
        everybodys = letters.written(self.tx, self.now - hour, COUNTED)
        most = limits.answers_per_hour * (2 if known else 1)
        return theirs < limits.answers_per_day and everybodys < most


def message_id(settings: Settings, kind: str, ident: str) -> str:
    """The one Message-ID of a letter: its kind and cause, and a mark nobody else can make."""
    name = f"{kind}.{ident}"
    return f"<{name}.{secrecy.mark(key(settings), name)}@{domain(settings)}>"


def key(settings: Settings) -> SecretStr:
    """The bot's key; the configuration check made sure there is one."""
    return settings.secret or SecretStr("")


def domain(settings: Settings) -> str:
    """The domain the bot writes from."""
    return settings.bot.address.partition("@")[2] or "localhost"


# ------------------------------------------------------------------ a letter becomes a mail


@dataclass(frozen=True)
class Secrets:
    """What a letter carries that stands nowhere else."""

    token: str | None = None
    password: SecretStr | None = None


@dataclass(frozen=True)
class Original:
    """A document attached as received."""

    name: str
    data: bytes


def compose(
    letter: Letter,
    settings: Settings,
    secrets: Secrets,
    originals: Sequence[Original] = (),
    taken: Sequence[bytes | None] = (),
) -> EmailMessage:
    """The mail a letter leaves as; `taken` are the pictures of its sights. Unwritable, if none."""
    shown = pictures.shown(letter.context, letter.message_id, taken)
    charts = paper.drawn(letter.context, letter.message_id)
    context = {**letter.context, "sights": shown, "charts": charts}
    said = render(letter.kind, context, secrets, _answers(letter, settings, secrets))
    try:
        mail = _addressed(letter, settings, secrets, said)
        pictures.enclose(mail, shown, taken)
        paper.enclose(mail, charts)
        if letter.context.get("page"):
            _attach_page(mail, letter)
        for original in originals:
            _attach(mail, original)
        for model in letter.context.get("models", ()):
            _attach_model(mail, model["name"], oficio.write(model["given"]))
        check_sound(mail)
    except (MessageError, ValueError) as error:
        raise Unwritable(f"{letter.kind}: {type(error).__name__}") from error
    return mail


def _addressed(
    letter: Letter, settings: Settings, secrets: Secrets, said: tuple[str, str, str]
) -> EmailMessage:
    subject, text, html = said
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.bot.name, addr_spec=settings.bot.address)
    mail["To"] = Address(addr_spec=letter.recipient)
    mail["Subject"] = _with_token(subject, settings, secrets)
    mail["Date"] = format_datetime(letter.created_at.astimezone(LIMA))
    mail["Message-ID"] = letter.message_id
    _thread(mail, letter)
    mail["Auto-Submitted"] = "auto-replied" if letter.in_reply_to else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if secrets.token and settings.bot.plus_addressing:
        mail["Reply-To"] = Address(settings.bot.name, addr_spec=_reply_to(settings, secrets.token))
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def _answers(
    letter: Letter, settings: Settings, secrets: Secrets
) -> Callable[[str], tuple[Button, ...]]:
    """The buttons of a letter once its subject is known: to where a reply by hand would go."""
    words, token = KINDS[letter.kind].answers, secrets.token
    code = bool(letter.context.get("code"))
    if token is None:
        return _no_buttons
    plus = settings.bot.plus_addressing
    address = _reply_to(settings, token) if plus else settings.bot.address
    return lambda subject: buttons(
        words, address, _with_token(subject, settings, secrets), code=code
    )


def _no_buttons(_subject: str) -> tuple[Button, ...]:
    return ()


def _thread(mail: EmailMessage, letter: Letter) -> None:
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        mail["References"] = " ".join(letter.references)


def _reply_to(settings: Settings, token: str) -> str:
    local, _, host = settings.bot.address.partition("@")
    return f"{local}+{token}@{host}"


def _with_token(subject: str, settings: Settings, secrets: Secrets) -> str:
    """Where addresses carry no token, the subject does: ``[SIAGIE-12 abc…]``."""
    if secrets.token is None or settings.bot.plus_addressing:
        return subject
    return subject.replace("]", f" {secrets.token}]", 1)


def _attach(mail: EmailMessage, original: Original) -> None:
    pdf = original.data.startswith(b"%PDF-")
    mail.add_attachment(
        original.data,
        maintype="application",
        subtype="pdf" if pdf else "octet-stream",
        filename=inert(tidy(original.name)) or "documento",
    )


def _attach_model(mail: EmailMessage, name: str, data: bytes) -> None:
    kind = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    mail.add_attachment(data, maintype="application", subtype=kind, filename=inert(tidy(name)))


def _attach_page(mail: EmailMessage, letter: Letter) -> None:
    """The report a letter carries, as a page to print or show."""
    made = paper.from_json(letter.context["report"])
    page = render("_report", paper.page_context(made, letter.context["bot_name"]), Secrets())[2]
    mail.add_attachment(page, subtype="html", filename=paper.name(made, "html"))


class Unwritable(Exception):
    """A letter that cannot be written: its template or its context is wrong."""


def load(kind: str) -> None:
    """Make sure that a letter's templates are there and can be read."""
    try:
        for ending in ("txt", "html"):
            _environment().get_template(f"{kind}.{ending}.j2")
    except TemplateError as error:
        raise Unwritable(f"{kind}: {error}") from error


def render(
    kind: str,
    context: Mapping[str, Any],
    secrets: Secrets,
    answers: Callable[[str], tuple[Button, ...]] = _no_buttons,
) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter; an undefined name in a template is an error."""
    password = secrets.password.get_secret_value() if secrets.password else None
    values = {"sights": (), "charts": (), **context, "password": password, "marker": MARKER}
    try:
        text = _environment().get_template(f"{kind}.txt.j2").render(values)
        first, _, body = text.partition("\n")
        subject = inert(tidy(first)[:160])
        values["answers"] = answers(subject)
        html = _environment().get_template(f"{kind}.html.j2").render(values)
    except (TemplateError, TypeError, ValueError) as error:
        raise Unwritable(f"{kind}: {error}") from error
    return subject, body.strip() + "\n", html


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Templates come from our folder only; HTML is escaped by our word, not by a file's ending."""
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=lambda name: ".html" in (name or ""),  # noqa: S701  all HTML, no text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_one_line,
    )
    environment.filters["lima"] = lima
    environment.filters["fecha"] = fecha
    environment.filters["tapado"] = masked
    return environment


def _one_line(value: object) -> object:
    """A value on one line without control characters: nobody's words can pretend to be ours."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    lead, trail = (" " if end.isspace() else "" for end in (value[:1], value[-1:]))
    return f"{lead}{tidy(value)[:1000]}{trail}"


def lima(moment: str) -> str:
    """A time as people in Peru write it: ``12/03/2026 a las 10:15``."""
    return f"{datetime.fromisoformat(moment).astimezone(LIMA):%d/%m/%Y a las %H:%M}"


def fecha(day: str) -> str:
    """A date as people in Peru write it: ``12/03/2026``."""
    return f"{date.fromisoformat(day):%d/%m/%Y}"
