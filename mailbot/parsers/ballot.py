"""What several models read of one address → the one they choose, or a doubt.

Runs inside the sandbox.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mailbot.model import Word
from mailbot.parsers import identity, ocr
from mailbot.parsers.identity import PROVIDER
from mailbot.parsers.ocr import ENGLISH, LATIN, SPANISH
from mailbot.parsers.opinion import CERTAIN, CLOSE, OTHER, ROOMY, WIDE, View
from mailbot.parsers.spots import AGREED, DISPUTED, Spot, plain

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}")
Votes = Counter[tuple[str, str]]
"""How often a model read an address: (address, model)."""


def settled(word: Word, spot: Spot) -> Word:
    """An address that two models agree about; else the word as it was, with another reading."""
    quick = [spot.spelled(SPANISH, 1.0)]
    first = _alone(word.text)
    if "@" in first and says(quick[0], first) and word.confidence >= AGREED:
        read = frank(replace(word, text=plain(word.text)))  # accents in it are specks
        return _unless_heard(read, first, spot)
    quick.append(spot.spelled(SPANISH, 1.6))
    counts = "@" in first and word.confidence >= DISPUTED
    votes: Votes = Counter([(first, LATIN)] if counts else ())
    votes += _other_make(spot)
    votes += _without_sign(first, votes)
    if sure := _chosen(first, spot, votes, quick):
        after = re.search(r"[.,;:()<>-]*$", word.text)
        text = sure + (after[0] if after else "")
        read = frank(replace(word, text=text, confidence=max(word.confidence, AGREED)))
        return _unless_heard(read, sure, spot)
    if "@" not in word.text:
        return _of_other_make(word, spot)
    different = next((text for text, _ in votes if text != first), quick[0])
    return replace(word, second=different or "?", confidence=min(word.confidence, DISPUTED))


def _closed(text: str, spot: Spot) -> str:
    """An address without a blank that the model of another make twice does not see."""
    one = text.replace(" ", "")
    heard = (spot.opinion(view).text for view in (CLOSE, ROOMY))
    return one if one != text and all(said == one for said in heard) else text


def _unless_heard(word: Word, address: str, spot: Spot) -> Word:
    """An address two models read alike, in doubt where that of another make twice reads another.

    «cl» is a d for both; an l with a speck beside it is nothing.
    """
    close, roomy = (spot.opinion(view) for view in (CLOSE, ROOMY))
    other = as_address(close.text)
    certain = min(close.sure, roomy.sure) > CERTAIN and as_address(roomy.text) == other
    if not certain or other == address or not identity.is_address(other):
        return word
    return replace(word, second=other, confidence=min(word.confidence, DISPUTED))


def _of_other_make(word: Word, spot: Spot) -> Word:
    """A word whose @ the first model may have taken for a letter, as another make reads it."""
    heard = [text for text, _ in _other_make(spot)]
    doubted = replace(word, second=word.text, confidence=min(word.confidence, DISPUTED))
    if heard:
        return replace(doubted, text=heard[0])
    views = [spot.opinion(view).text for view in (CLOSE, WIDE, ROOMY)]
    others = [spot.spelled(m, by) for m in (LATIN, ENGLISH, SPANISH) for by in (1.0, 1.6)]
    if address := signless(views, [word.text, *others]):
        return frank(replace(word, text=address, confidence=max(word.confidence, AGREED)))
    return word


def signless(heard: Sequence[str], others: Sequence[str]) -> str | None:
    """The address at a great provider whose @ each model takes for something else, or drops.

    All readings but one, of either make, must have the same letters around that sign, and not agree
    about it.
    """
    found = [[way for text in make if (way := _unsigned(text))] for make in (heard, others)]
    if min(map(len, found)) < FEW:
        return None
    ways = [way for make in found for way in make]
    counted = Counter(address for way in ways for address in way)
    (address, most), *_ = counted.most_common(1)
    signs = {way[address] for way in ways if address in way}
    sure = most >= len(ways) - 1 and list(counted.values()).count(most) == 1
    return address if sure and len(signs) >= FEW else None


FEW = 2
"""Readings of each make, and what they take the sign for, at least."""


def _unsigned(text: str) -> dict[str, str]:
    """The addresses a reading may mean whose @ it lacks, and what it has in its place."""
    said = _PROVIDED.fullmatch(plain(text).lower().replace(" ", ""))
    if said is None:
        return {}
    local, domain = said.groups()
    return {f"{local}@{domain}": "", f"{local[:-1]}@{domain}": local[-1]}


_PROVIDED = re.compile(rf"([a-z0-9][a-z0-9._-]{{3,}}[^@]?)({PROVIDER}\.(?:com|es))\W?")


def _other_make(spot: Spot) -> Votes:
    """The address the model of another make reads; of two, that which it reads wide as well.

    From near it may miss a letter beside a dot, with room around it an i.
    """
    told = {text for view in (CLOSE, ROOMY) if (text := _heard(spot, view))}
    if len(told) > 1:
        told &= {_heard(spot, WIDE)}
    return Counter((text, OTHER) for text in told)


def _without_sign(first: str, votes: Votes) -> Votes:
    """The first model's voice for an address it read but for the @: «ana.paz#hotmail.com».

    A letter alone in that place may be one of the address that the other make lost.
    """
    return Counter((text, LATIN) for text in {text for text, _ in votes} if _but_sign(first, text))


def _but_sign(first: str, address: str) -> bool:
    """Whether a reading is an address with a sign for its @; `says` allows letters and figures."""
    local, _, domain = map(re.escape, address.partition("@"))
    return bool(re.fullmatch(rf"{local}[^\w.@ -][a-z]?{domain}", plain(first)))


def _heard(spot: Spot, view: View) -> str | None:
    text = _alone(ocr.without_blanks(spot.opinion(view).text))
    return text if _ADDRESS.fullmatch(text) else None


def _chosen(first: str, spot: Spot, votes: Votes, quick: list[str]) -> str | None:
    """The address the models choose, at first or, asked at more scales, in the end."""
    if (sure := elected(votes, quick)) and not dissent(votes, sure):
        return sure
    for scales in ((1.6,), (1.0, 1.2)):
        votes += _cast(first, spot, scales)
        sure = elected(votes, quick)
        if sure and not any(m == ENGLISH and text != sure for text, m in votes):
            return sure
    return sure if sure and not dissent(votes, sure) else None


def dissent(votes: Votes, address: str) -> bool:
    """Whether the English model twice, or that of another make, read another address.

    Two poor models may miss a letter. One that ends like none in Peru is no address.
    """
    others = (t for (t, m), n in votes.items() if n >= _TELLING.get(m, 9) and t != address)
    return any(map(identity.is_address, others))


_TELLING = {ENGLISH: 2, OTHER: 1}
"""How often a model must read another address to be believed."""


def _cast(first: str, spot: Spot, scales: tuple[float, ...]) -> Votes:
    """What the models that know the @ make of an address, enlarged; blanks seen once are none."""
    ways = [(model, by) for by in scales for model in (LATIN, ENGLISH)]
    read = ((_closed(_alone(spot.spelled(model, by)), spot), model) for model, by in ways)
    better = not _ADDRESS.fullmatch(first)
    return Counter((t, m) for t, m in read if _ADDRESS.fullmatch(t) or ("@" in t and better))


def elected(votes: Votes, quick: Sequence[str]) -> str | None:
    """The address most models read, two at least; a tie is none.

    `quick` is what the Spanish model read, which has no @.
    """
    models = {text: {m for t, m in votes if t == text} for text, _ in votes}
    for text, seen in models.items():
        seen.update(SPANISH for said in quick if says(said, text))
    ranked = sorted(models, key=lambda text: -len(models[text]))
    counts = [len(models[text]) for text in ranked] + [0]
    return ranked[0] if counts[0] > 1 and counts[0] > counts[1] else None


def frank(word: Word) -> Word:
    """An address with an l beside a digit, or an I: every model takes a one for it, or it for one.

    ``perez1964`` is as often read ``perezl964``, whatever the type; only a person can tell. No
    Spanish word ends in ll. A capital behind small letters may be a digit: ``pdeS`` for ``pde5``.
    """
    local, at, domain = word.text.partition("@")
    if not _L_OR_ONE.search(local):
        return word
    other = _L_OR_ONE.sub(lambda m: _DIGIT_LIKE.get(m[0], "1"), local) + at + domain
    return replace(word, second=other, confidence=min(word.confidence, DISPUTED))


_L_OR_ONE = re.compile(r"l(?=[0-9])|(?<=[0-9])l|I|l(?=l$)|(?<=l)l$|(?<=[a-z0-9])[BGOSZ](?![a-z])")
_DIGIT_LIKE = {"I": "l", "B": "8", "G": "6", "O": "0", "S": "5", "Z": "2"}


def says(quick: str, address: str) -> bool:
    """Whether what the Spanish model read is an address, but for its @."""
    local, _, domain = address.partition("@")
    pattern = rf"\W*{re.escape(local)} ?[^. ]{{0,2}} ?{re.escape(domain)}\W*"
    return bool(local + domain) and bool(re.fullmatch(pattern, plain(quick)))


def is_address(text: str) -> bool:
    """Whether a text is an address and nothing else."""
    return _ADDRESS.fullmatch(as_address(text)) is not None


def as_address(text: str) -> str:
    """An address as read, without what stands around it; accents in it are specks."""
    return identity.provided(plain(text).strip(".,;:()<>-"))


def _alone(text: str) -> str:
    """An address that is one word, without a semicolon behind it read as an i.

    No address in Peru ends in «.comi».
    """
    whole = as_address(text)
    longer = whole.endswith(("i", "j", "l", "1")) and not identity.is_address(whole)
    return whole[:-1] if longer and identity.is_address(whole[:-1]) else whole
