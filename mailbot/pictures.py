"""Which places of the documents a person is shown as pictures, and the taking of them.

The choice is pure. A picture is taken when it is needed, from the document as received: nothing of
it is stored, and the same document always gives the same picture.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from mailbot.check import Case
from mailbot.check.requirements import REQUIREMENTS
from mailbot.model import Attachment, Box, Document, Finding, Method, Outcome, Reading, Region
from mailbot.parsers import sandbox
from mailbot.parsers.documents import named
from mailbot.parsers.text import fold, surround

MOST = 8
"""Pictures in one letter."""

_LOOKED_AT = ("dni", "nombres", "correo", "firmante")
"""What a decider sees with their own eyes whenever only recognition has read it."""
_ASKED_FOR = (Outcome.CONFLICT, Outcome.UNREADABLE)
_MARGINS: Mapping[str, Box] = {"firmante": (80.0, 110.0, 80.0, 24.0)}
"""A signature stands above its post."""
_MARGIN = Region(1).margin
_TALLEST, _WIDEST = 130.0, 230.0
"""Points: places further apart on a page than this are two pictures, legible on a telephone."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One place to picture: what was read there for which requirement. No box: the whole page."""

    requirement: str
    source: str
    sha256: str
    page: int
    box: Box | None
    turns: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture to take: places close together; `said` is what was read, by requirement."""

    source: str
    sha256: str
    page: int
    turns: int | None
    marks: tuple[Box, ...]
    margin: Box
    said: tuple[tuple[str, str], ...]

    @property
    def region(self) -> Region:
        """What the sandbox is asked for."""
        return Region(self.page, self.marks, self.margin, self.turns)


# ------------------------------------------------------------------ what to picture


def shots(finding: Finding, documents: Sequence[Document]) -> tuple[Shot, ...]:
    """The places of a finding's readings, in their order, each once."""
    found = (_shot(finding.requirement, r, documents) for r in finding.readings)
    return tuple(dict.fromkeys(shot for shot in found if shot))


def _shot(requirement: str, reading: Reading, documents: Sequence[Document]) -> Shot | None:
    """None for what was typed in the mail, and where two files have one name."""
    seen = reading.evidence
    named = {d.sha256: d for d in documents if d.name == seen.source}
    document = next(iter(named.values())) if len(named) == 1 else None
    page = next((p for p in document.pages if p.number == seen.page), None) if document else None
    if document is None or page is None:
        return None
    turns = page.turns if page.method is Method.OCR else None
    words = seen.words
    return Shot(requirement, seen.source, document.sha256, page.number, seen.box, turns, words)


def for_decider(case: Case, documents: Sequence[Document]) -> tuple[Shot, ...]:
    """What a decider has to see: all that is doubtful, then the data only a scan shows."""
    doubtful = [f for f in case.findings if f.outcome in _ASKED_FOR]
    scanned = sorted(
        (f for f in case.findings if f.requirement in _LOOKED_AT and f not in doubtful),
        key=lambda f: _LOOKED_AT.index(f.requirement),
    )
    first = [shot for f in doubtful for shot in shots(f, documents)]
    return (*first, *(shot for f in scanned for shot in _only_scanned(f, documents)))


def _only_scanned(finding: Finding, documents: Sequence[Document]) -> tuple[Shot, ...]:
    """The first place of a finding, if nothing but recognition has read it there."""
    return tuple(s for s in shots(finding, documents)[:1] if s.turns is not None)


def sights(chosen: Iterable[Shot]) -> tuple[Sight, ...]:
    """Shots as pictures, those close together as one, no more than a letter may carry."""
    made: list[Sight] = []
    for shot in chosen:
        new = alone(shot)
        near = next((n for n, sight in enumerate(made) if _close(sight, new)), None)
        if near is None:
            made.append(new)
        else:
            made[near] = _together(made[near], new)
    return tuple(made[:MOST])


def _close(one: Sight, other: Sight) -> bool:
    """Whether two pictures of one page are better one; a whole page shows nothing but itself."""
    if (one.sha256, one.page) != (other.sha256, other.page) or bool(one.marks) != bool(other.marks):
        return False
    left, top, right, bottom = surround((*one.marks, *other.marks)) or (0.0, 0.0, 0.0, 0.0)
    near = right - left <= _WIDEST and bottom - top <= _TALLEST
    return near and one.margin == other.margin


def _together(one: Sight, other: Sight) -> Sight:
    marks = tuple(dict.fromkeys((*one.marks, *other.marks)))
    return replace(one, marks=marks, said=tuple(dict.fromkeys((*one.said, *other.said))))


def alone(shot: Shot) -> Sight:
    """A shot as a picture of its own."""
    row = REQUIREMENTS.get(shot.requirement)
    return Sight(
        shot.source,
        shot.sha256,
        shot.page,
        shot.turns,
        (shot.box,) if shot.box else (),
        _MARGINS.get(shot.requirement, _MARGIN),
        ((row.label if row else shot.requirement, shot.words),),
    )


# ------------------------------------------------------------------ as plain values

_SHOTS = TypeAdapter(tuple[Shot, ...])
_SIGHTS = TypeAdapter(tuple[Sight, ...])


def from_record(record: Mapping[str, Any]) -> tuple[Shot, ...]:
    """The shots a record holds."""
    return _SHOTS.validate_python(record.get("shots", ()))


def as_json(chosen: Sequence[Sight]) -> Any:  # noqa: ANN401  JSON
    """Sights as a letter keeps them."""
    return _SIGHTS.dump_python(tuple(chosen), mode="json")


def of_letter(context: Mapping[str, Any]) -> tuple[Sight, ...]:
    """The sights a letter holds."""
    return _SIGHTS.validate_python(context.get("sights", ()))


# ------------------------------------------------------------------ taking them


def take(wanted: Sequence[Sight], attachments: Iterable[Attachment]) -> tuple[bytes | None, ...]:
    """A PNG for each sight; None where its document is not there or cannot be pictured."""
    by_hash = {a.sha256: a for a in named({sight.source for sight in wanted}, attachments)}
    taken: dict[Sight, bytes] = {}
    for sha256 in dict.fromkeys(sight.sha256 for sight in wanted):
        if sha256 in by_hash:
            taken.update(_of_one(by_hash[sha256], [s for s in wanted if s.sha256 == sha256]))
    return tuple(taken.get(sight) for sight in wanted)


def _of_one(file: Attachment, wanted: Sequence[Sight]) -> Iterator[tuple[Sight, bytes]]:
    made = sandbox.crop(file.type, file.data, tuple(sight.region for sight in wanted))
    return zip(wanted, made, strict=False)


# ------------------------------------------------------------------ in a letter


def shown(
    context: Mapping[str, Any], message_id: str, taken: Sequence[bytes | None]
) -> list[dict[str, Any]]:
    """A letter's sights as its templates see them; `cid` (RFC 2392) where there is a picture."""
    sights_ = context.get("sights", ())
    has = [png is not None for png in taken] or [False] * len(sights_)
    ids = (f"{n}.{message_id.strip('<>')}" for n in itertools.count(1))
    return [{**s, "cid": c if h else None} for s, c, h in zip(sights_, ids, has, strict=False)]


def enclose(
    mail: EmailMessage, sights_: Sequence[Mapping[str, Any]], taken: Sequence[bytes | None]
) -> None:
    """Put the pictures beside the HTML that shows them (RFC 2387)."""
    page = mail.get_body(("related", "html"))
    for number, (sight, png) in enumerate(zip(sights_, taken, strict=False), start=1):
        if png is not None and isinstance(page, EmailMessage):
            name = f"recorte-{number}.png"
            cid = f"<{sight['cid']}>"
            page.add_related(png, "image", "png", cid=cid, filename=name, disposition="inline")


# ------------------------------------------------------------------ in files


def write(wanted: Sequence[Shot], attachments: Iterable[Attachment], folder: Path) -> list[Path]:
    """Write a picture of each shot into a folder: ``oficio-12-p1-dni.png``; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    unique = tuple(dict.fromkeys(wanted))
    taken = take([alone(shot) for shot in unique], attachments)
    written: list[Path] = []
    for shot, png in zip(unique, taken, strict=True):
        if png:
            written.append(_free(folder, shot, written))
            written[-1].write_bytes(png)
    return written


def _free(folder: Path, shot: Shot, used: Sequence[Path]) -> Path:
    """The first name of a picture that no other one has: two people share many a page."""
    stem = f"{slug(Path(shot.source).stem)}-p{shot.page}-{shot.requirement}"
    names = (f"{stem}{f'-{n}' if n > 1 else ''}.png" for n in itertools.count(1))
    return next(folder / name for name in names if folder / name not in used)


def slug(name: str) -> str:
    """A name as files have it everywhere: ``OFICIO N° 12`` → ``oficio-n-12``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-") or "documento"
