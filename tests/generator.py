"""Realistic requests at random, each with what is true of it: ``generate(seed, medium)``.

The truth has the shape of ``mailbot check --json``: a request for each person asked for, with the
requirements that are not met (``missing|unreadable`` where either would be honest). `values` are
what the papers say of themselves. The same seed makes the same mail, byte for byte.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import documents as d
import mails
import pikepdf
from drafts import Draft, Json, Medium
from house import BOT
from office_requests import by_office
from own_requests import by_director, by_holder, by_mail
from phrasing import farewell, html_table

MEDIA: Sequence[Medium] = (
    *("digital", "mixed", "scan300", "scan200", "scan150", "scan100", "photo"),
)
SECTIONS = tuple(f"{n}.{m}" for n in range(1, 10) for m in (1, 2))
_WRITERS: Mapping[str, Callable[[Random, str], Draft]] = {
    "1": by_mail,
    "2": by_mail,
    **dict.fromkeys("34567", by_office),
    "8": by_director,
    "9": by_holder,
}


@dataclass(frozen=True)
class Generated:
    """A mail and what is true of it."""

    seed: int
    medium: Medium
    raw: bytes = field(repr=False)
    requests: tuple[Json, ...]


def generate(seed: int, medium: Medium, section: str | None = None) -> Generated:
    """Return a request of some procedure, its papers as a medium leaves them."""
    rng = Random(f"{seed}/{medium}")
    section = section or rng.choice(SECTIONS)
    draft = _WRITERS[section[0]](rng, section)
    text = "\n\n".join(x for x in (draft.text, farewell(rng, draft.office)) if x)
    html = mails.as_html(text).replace("@@", html_table(draft.table)) if draft.table else None
    raw = mails.compose(
        draft.sender,
        BOT,
        draft.subject,
        text=None if html else text,
        html=html,
        attachments=_attachments(rng, draft, medium),
    )
    return Generated(seed, medium, raw, tuple(a.truth() for a in draft.asked))


# ------------------------------------------------------------------ what becomes of papers


def _attachments(rng: Random, draft: Draft, medium: Medium) -> list[mails.File]:
    papers = draft.papers
    if draft.merged and len(papers) > 1:
        name = rng.choice(("CamScanner 01-03-2026 09.12.pdf", "EXPEDIENTE.pdf", "scan0001.pdf"))
        papers = [(name, d.merge(*(data for _, data in papers)))]
    return [file for n, paper in enumerate(papers) for file in _file(rng, paper, medium, n)]


def _file(rng: Random, paper: tuple[str, bytes], medium: Medium, index: int) -> list[mails.File]:
    name, data = paper
    if medium == "mixed":
        medium = "scan200" if index or rng.random() < 0.3 else "digital"
    if medium == "photo":
        pages = [d.photo(page, rng.randrange(10**6), 62, 1800) for page in _pages(data)]
        names = [f"IMG_2026{rng.randint(1000, 9999)}.jpg" for _ in pages]
        return [mails.File(n, p, "image/jpeg") for n, p in zip(names, pages, strict=True)]
    return [mails.File(name, data if medium == "digital" else _scanned(rng, data, medium))]


def _scanned(rng: Random, data: bytes, medium: Medium) -> bytes:
    if not data.startswith(b"%PDF") or b"/Encrypt" in data:
        return data
    return d.scan(
        data,
        int(medium.removeprefix("scan")),
        skew=round(rng.uniform(-1.6, 1.6), 2),
        noise=round(rng.uniform(2.0, 5.5), 1),
        seed=rng.randrange(10**6),
        jpeg_quality=rng.randint(30, 70),
        bilevel=rng.random() < 0.12,
    )


def _pages(data: bytes) -> list[bytes]:
    """Return each page as a PDF of its own."""
    if b"/Encrypt" in data:
        return []
    with pikepdf.open(io.BytesIO(data)) as whole:
        found = []
        for page in whole.pages:
            one = pikepdf.new()
            one.pages.append(page)
            buffer = io.BytesIO()
            one.save(buffer, deterministic_id=True)
            found.append(buffer.getvalue())
        return found
