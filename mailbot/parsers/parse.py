"""Raw mails → what they are: parse(mails) → Request | Reply | Automatic | Unrelated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.model import Claim, Document, Mail, PageKind, Sender
from mailbot.parsers import intent
from mailbot.parsers.claims import claims
from mailbot.parsers.documents import open_documents
from mailbot.parsers.inquiry import inquiry
from mailbot.parsers.mail import Malformed
from mailbot.parsers.material import Material, Source
from mailbot.parsers.pieces import Piece, pieces
from mailbot.parsers.reply import Decision, read_decision
from mailbot.parsers.text import Text, typed
from mailbot.rules import Rules

BODY = "cuerpo del correo"
MAX_LETTERS = 600_000
"""Of all documents of a mail together: some 200 pages full of text."""
TOKEN = r"[a-z2-7]{32}"  # noqa: S105  the shape of one
_IN_SUBJECT = re.compile(rf"\[SIAGIE(?:-[0-9]+)?\s+({TOKEN})\]", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """A mail (with those that complete it) that asks for altas or bajas.

    `completed_by` are the other addresses that wrote any of it.
    """

    sender: Sender
    claims: tuple[Claim, ...]
    documents: tuple[Document, ...]
    pieces: tuple[Piece, ...]
    body: Text
    forwarded: bool
    completed_by: tuple[str, ...] = ()

    @property
    def names_somebody(self) -> bool:
        """Whether it gives anybody's name or DNI."""
        return any(claim.dnis or claim.names for claim in self.claims)


@dataclass(frozen=True)
class Reply:
    """The answer of somebody who decides. `token` says to which question."""

    mail: Mail
    token: str
    decision: Decision


@dataclass(frozen=True)
class Automatic:
    """A mail written by a machine: never answered. `sign` is the header that says so."""

    mail: Mail
    sign: str


@dataclass(frozen=True)
class Unrelated:
    """A mail that asks for no account.

    `asks_other` when it asks for something else of SIAGIE, `asks_state` how a request stands.
    """

    mail: Mail
    asks_other: bool
    asks_state: bool = False


Parsed = Request | Reply | Automatic | Unrelated


def parse(mails: Sequence[Mail], rules: Rules) -> Parsed:
    """Tell what the last of some mails is; the earlier ones are those it completes.

    Malformed for one that holds more than a person would send.
    """
    mail = mails[-1]
    if mail.automatic:
        return Automatic(mail, mail.automatic)
    if token := read_token(mail, rules.settings.bot.address):
        return Reply(mail, token, read_decision(mail))
    if len(mails) == 1 and (unrelated := _unrelated(mail, rules)):
        return unrelated
    request = _request(mails, rules)
    return (
        request
        if len(mails) > 1 or _asks(mail, request, rules)
        else Unrelated(mail, asks_other=False, asks_state=_asks_state(mail, rules))
    )


def read_token(mail: Mail, bot_address: str) -> str | None:
    """The one token a mail carries: in the address it was sent to, or in its subject."""
    local, _, domain = bot_address.lower().partition("@")
    mine = (
        rf"{re.escape(local)}\+({TOKEN})@{re.escape(domain)}" if local else rf"[^@]*\+({TOKEN})@.*"
    )
    found = {m[1] for a in mail.recipients if (m := re.fullmatch(mine, a))}
    found = found or {m[1].lower() for m in _IN_SUBJECT.finditer(mail.subject)}
    return next(iter(found)) if len(found) == 1 else None


def _unrelated(mail: Mail, rules: Rules) -> Unrelated | None:
    """A mail that asks for something else in so many words, and for no account besides."""
    said = typed("", "\n".join((mail.subject, *mail.own))).folded
    if not intent.other_request(rules.wording, said):
        return None
    left = intent.without_other(rules.wording, said)
    if intent.asks_for_account(rules.wording, left):
        return None
    return Unrelated(mail, asks_other=True, asks_state=_asks_state(mail, rules))


def _asks_state(mail: Mail, rules: Rules) -> bool:
    return inquiry(mail, rules.wording) is not None


def _asks(mail: Mail, request: Request, rules: Rules) -> bool:
    """Whether a mail asks for an account: in its words, or by papers nobody sends otherwise."""
    said = typed(
        "", "\n".join((mail.subject, *mail.own, mail.quoted if mail.forwarded else ""))
    ).folded
    formal = {PageKind.OFICIO, PageKind.RD, PageKind.S09, PageKind.SOLICITUD}
    papers = any(piece.kind in formal for piece in request.pieces)
    scans = any(d.problem or d.pages for d in request.documents)
    return intent.asks_for_account(rules.wording, said) or papers or (scans and not said.strip())


def _request(mails: Sequence[Mail], rules: Rules) -> Request:
    attachments = tuple(a for mail in mails for a in mail.attachments)
    documents = open_documents(attachments, rules.roots.anchors)
    found = pieces(documents)
    if sum(len(piece.text.string) for piece in found) > MAX_LETTERS:
        raise Malformed("los adjuntos tienen demasiado texto")
    material = _material(mails, found)
    return Request(
        sender=mails[0].sender,
        claims=claims(material, rules),
        documents=documents,
        pieces=found,
        body=material.body.text,
        forwarded=mails[0].forwarded,
        completed_by=tuple(sorted({m.sender.address for m in mails} - {mails[0].sender.address})),
    )


def _material(mails: Sequence[Mail], found: tuple[Piece, ...]) -> Material:
    own = "\n\n".join(text for mail in mails for text in mail.own)
    passed_on = "\n\n".join(mail.quoted for mail in mails if mail.forwarded)
    return Material(
        sender=mails[0].sender,
        subject=typed("asunto del correo", mails[0].subject),
        body=Source(typed(BODY, own), None, raw=own),
        forwarded=Source(typed("mensaje reenviado", passed_on), None, raw=passed_on),
        pieces=tuple(Source(piece.text, piece.kind, piece) for piece in found),
    )
