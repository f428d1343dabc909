"""Domains made to be taken for registered ones. The home of confusable-homoglyphs. Pure."""

import re
import unicodedata
from collections.abc import Iterable

import idna
from confusable_homoglyphs import confusables
from rapidfuzz.distance import Levenshtein

_SAME_TO_THE_EYE = (
    *(("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u")),
    *(("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"), ("2", "z"), ("q", "g")),
    *(("-", ""), (".", ""), ("_", "")),
)
"""What a hurried reader takes for each other, in the order it is put right."""
_CHANGED_LETTER = re.compile(r"^LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL) ([A-Z])(?: WITH .+)?$")
"""Unicode's name of a letter with a stroke, a hook or a tail (ł, ø, ɖ), or of a small capital."""


def alike(domain: str, known: Iterable[str]) -> str | None:
    """The known domain another looks like; None when it is known itself, or looks like none."""
    registered = sorted({name.lower() for name in known})
    domain = domain.lower()
    if not domain or domain in registered:
        return None
    shown = _decoded(domain)
    seen = {skeleton(head) for head in _heads(shown)}
    for other in registered:
        if Levenshtein.distance(shown, other) <= 1 or skeleton(other) in seen:
            return other
    return None


def _heads(domain: str) -> list[str]:
    """All that a domain begins with, up to a dot or a hyphen, and itself: what is read first."""
    return [domain[: mark.start()] for mark in re.finditer(r"[.-]|$", domain)]


def skeleton(domain: str) -> str:
    """What an eye keeps of a domain: Latin letters without accents, look-alikes made one.

    >>> skeleton("ugeI-chota.gob.pe") == skeleton("uge1chota.g0b.pe")
    True
    """
    plain = "".join(_latin(sign) for sign in _decoded(domain))
    for twin, one in _SAME_TO_THE_EYE:
        plain = plain.replace(twin, one)
    return plain


def _decoded(domain: str) -> str:
    """A domain as a mail program shows it: A-labels decoded where they can be."""
    return ".".join(_label(label) for label in domain.lower().split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        return label


def _latin(sign: str) -> str:
    """The Latin letter a sign is taken for; the sign itself when it is taken for none."""
    bare = unicodedata.normalize("NFKD", sign)[0]
    if bare.isascii():
        return bare.lower()
    found = confusables.is_confusable(bare) or ()
    twins = [twin["c"] for entry in found for twin in entry["homoglyphs"]]
    twins += _CHANGED_LETTER.findall(unicodedata.name(bare, bare))
    return next((twin.lower() for twin in twins if twin.isascii()), bare)
