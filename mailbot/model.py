"""The values that travel between the stages. Frozen: a stage adds by building a new value."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points (1/72 inch) from the page's upper left corner."""


class Action(StrEnum):
    """What is asked for: an account is opened or closed."""

    ALTA = "alta"
    BAJA = "baja"


class Outcome(StrEnum):
    """What the check of one requirement found."""

    MET = "met"
    MISSING = "missing"  # for certain: the asker is told, with the mend
    UNREADABLE = "unreadable"  # it may be there: a person has to look
    CONFLICT = "conflict"  # two sources disagree: a person has to judge


class Method(StrEnum):
    """How words were read."""

    BODY = "body"  # typed in the mail
    TEXT = "text"  # a document's text layer
    OCR = "ocr"  # recognised in a picture
    PICTURE = "picture"  # a picture still to be recognised: no stage after the opening sees it


class PageKind(StrEnum):
    """What a page of an attachment is."""

    OFICIO = "oficio"
    RD = "rd"  # a Resolución Directoral or another act that names somebody
    S09 = "s09"
    DNI = "copia-dni"
    SOLICITUD = "solicitud"
    OTHER = "otro"


class Verdict(StrEnum):
    """What a digital signature is worth."""

    VALID = "valid"  # intact, by somebody a trusted root vouches for, nothing changed since
    INVALID = "invalid"  # for certain: what was signed is not what the file shows
    UNPROVEN = "cannot-tell"  # neither; `reason` says what is lacking


# ------------------------------------------------------------------ what a document holds


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands; `second` is what another reading made of it, if it differs."""

    text: str
    box: Box
    confidence: float = 1.0
    second: str | None = None

    @property
    def lettered(self) -> bool:
        """Whether it has a letter or a figure, and is not a sign alone."""
        return any(map(str.isalnum, self.text))


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: rows of cells, each cell the words in it (perhaps none)."""

    box: Box
    rows: tuple[tuple[tuple[Word, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as words with their places. `number` counts from 1.

    Words of a picture stand on its sheet as it was recognised: turned by `turns` quarters to the
    left, level, `width` by `height` points.
    """

    number: int
    width: float
    height: float
    method: Method
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """A digital signature in a file, as far as it could be verified; `reason` is Spanish.

    `signer`, `entity` and `ruc` are as the certificate says, whoever issued it. `signed_at` is
    ISO 8601: proven by a trusted timestamp when `timestamped`, else what the signer's clock said.
    `changed_after` is None when it cannot be told; signatures added later are no change.
    """

    verdict: Verdict
    reason: str | None = None
    signer: str | None = None
    entity: str | None = None
    ruc: str | None = None
    signed_at: str | None = None
    timestamped: bool = False
    changed_after: bool | None = None


@dataclass(frozen=True, slots=True)
class Anchors:
    """The certificates (DER) signatures are traced back to: issuers of signers, of timestamps."""

    signing: tuple[bytes, ...] = ()
    stamping: tuple[bytes, ...] = ()


NO_ANCHORS = Anchors()


@dataclass(frozen=True, slots=True)
class Document:
    """An attachment that was opened, or the reason in Spanish why it could not be."""

    name: str
    sha256: str
    pages: tuple[Page, ...] = ()
    problem: str | None = None
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A place of a page to picture: the boxes to mark there, or the whole page without any.

    `margin` is what to show around them, in points: left, top, right, bottom. Boxes of a page that
    was recognised stand on the page as it was then: turned by `turns` quarters to the left and
    straightened; None for a page with a text layer.
    """

    page: int
    marks: tuple[Box, ...] = ()
    margin: Box = (70.0, 16.0, 36.0, 16.0)
    turns: int | None = None


# ------------------------------------------------------------------ what a mail holds


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as received. `type` is sniffed from its bytes, never believed from its label."""

    name: str
    type: str
    data: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a mail, and whether that was proven; `reason` says how, or why not.

    `whole`: what proves it covers all that a decision rests on. `with_token`: not provable, but
    the operator accepts it for a reply that brings its token. `pending`: not known yet.
    """

    address: str
    authenticated: bool
    reason: str
    whole: bool = True
    with_token: bool = False
    pending: bool = False

    @property
    def may_decide(self) -> bool:
        """Whether a reply with the right token counts as this sender's."""
        return self.with_token or (self.authenticated and self.whole)

    @property
    def named(self) -> str:
        """The address, or that there is none, in Spanish."""
        return self.address or "un remitente que no se puede saber"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, its words told apart by whose they are.

    `own` are the sender's words above any quote, one text for each inline text part;
    `quoted` is what stands below them (a forwarded or answered mail): never the sender's words.
    `shown` is the name the sender goes by: it proves nothing. `patchy`: own words stand between
    quoted lines, or in a line of which something is hidden or struck: they may not be all there.
    `absent`: a program answers for somebody who is away.
    """

    sha256: str
    message_id: str
    subject: str
    sender: Sender
    recipients: tuple[str, ...]
    references: tuple[str, ...]
    own: tuple[str, ...]
    quoted: str
    forwarded: bool
    automatic: str | None
    attachments: tuple[Attachment, ...]
    bounced: tuple[str, ...] = ()
    shown: str = ""
    patchy: bool = False
    absent: bool = False

    def sent_by(self, sender: Sender) -> "Mail":
        """The same mail, its sender found out otherwise."""
        return replace(self, sender=sender)


# ------------------------------------------------------------------ what was read


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read: the source as people call it, the page, the words themselves."""

    source: str
    page: int | None
    box: Box | None
    words: str
    method: Method
    confidence: float = 1.0

    @property
    def place(self) -> str:
        """The source in words: ``OFICIO 12.pdf, pág. 2``."""
        return self.source if self.page is None else f"{self.source}, pág. {self.page}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as read once.

    `kind` tells in what it was read (None: in the mail itself); `doubt` says in Spanish why not
    to rely on the value, `rival` is another reading of the same place, where that is the reason.
    `framed`: by what stands around it in a picture, no word of it can have been lost.
    """

    value: str
    kind: PageKind | None
    evidence: Evidence
    doubt: str | None = None
    rival: str | None = None
    framed: bool = False

    @property
    def typed(self) -> bool:
        """Whether it was typed, and not read in a picture."""
        return self.evidence.method is not Method.OCR

    @property
    def paper(self) -> tuple[PageKind | None, str]:
        """The document it was read in: two may be in one file."""
        return self.kind, self.evidence.source

    def doubted(self, why: str | None) -> "Reading":
        """The reading with a doubt, if there is one and it had none."""
        return replace(self, doubt=self.doubt or why)


@dataclass(frozen=True, slots=True)
class Claim:
    """One person × one action, with every reading of each datum. Nothing is judged here."""

    action: Reading | None = None
    role: Reading | None = None
    office: Reading | None = None
    nivel: Reading | None = None
    names: tuple[Reading, ...] = ()
    dnis: tuple[Reading, ...] = ()
    correos: tuple[Reading, ...] = ()
    previous: tuple[Reading, ...] = ()


# ------------------------------------------------------------------ what was found out


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one requirement: the value found, the places it was read, a note in Spanish.

    `mend` says what the asker has to do; without one, a person who decides has to look.
    """

    requirement: str
    outcome: Outcome
    value: str | None = None
    places: tuple[str, ...] = ()
    note: str | None = None
    mend: str | None = None
    readings: tuple[Reading, ...] = ()


# ------------------------------------------------------------------ accounts and who decides


@dataclass(frozen=True, slots=True)
class Post:
    """What an account is for: a role in an office, for one nivel where the guide says so."""

    role: str
    office: str
    nivel: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the directory knows it. `opened` is a date: ``2026-03-12``."""

    id: int
    username: str
    names: str
    dni: str
    correo: str | None
    post: Post
    opened: str


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may decide: the registered address, and the DNI where the register has it."""

    address: str
    dni: str | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """A step: close an account."""

    account_id: int


@dataclass(frozen=True, slots=True)
class Open:
    """A step: open an account for a person, in a seat only one active account may hold."""

    names: str
    dni: str
    correo: str | None
    post: Post
    seat: str


Step = Close | Open
