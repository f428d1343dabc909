"""Addresses in pictures held against the name of whose they are. Pure.

No recognition tells ``perezl964`` from ``perez1964``. Who is called Pérez has the second; a name
that tells neither, or both, leaves the doubt. And one letter off the name is a doubt of its own.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from mailbot.model import Reading

_ALIKE = str.maketrans("1i|!", "llll")
_BLURRED = str.maketrans("1i|!eq0", "llllcgo")
_TOLD = 0.8
"""What a reading the name settles is worth at least, as two equal readings are."""
_LONG_ENOUGH = 4
"""Letters of a name that cannot stand in an address by chance."""


def settled(reading: Reading, names: Collection[str]) -> Reading:
    """A doubted reading of an address without its doubt, where the name settles it.

    `names` are the words of the person's name, folded.
    """
    if reading.rival is None:
        return reading
    begun = reading.value.removesuffix(reading.rival)
    if begun != reading.value:  # the word before it, which may be its begin
        own = {*begun.rstrip(".").split(".")} <= {*names}
        return replace(reading, doubt=None, rival=None) if own else reading
    candidates = (reading.value, _completed(reading.rival, reading.value))
    if _differ_in_ones(*candidates):
        pairs = (candidates, candidates[::-1])
        told = [one for one, other in pairs if _explained(one, other, names)]
        told = told or [one for one in candidates if _is_of(one, frozenset(names))]
    elif _differ_in_a_letter(*candidates):
        told = [one for one in candidates if _is_of(one, frozenset(names))]
    else:
        return reading
    if len(told) != 1:
        return reading
    evidence = replace(reading.evidence, confidence=max(reading.evidence.confidence, _TOLD))
    return replace(reading, value=told[0], evidence=evidence, doubt=None, rival=None)


def _differ_in_a_letter(one: str, other: str) -> bool:
    """Whether two addresses have one letter of their begin for another that looks like it."""
    (mine, _, domain), (theirs, _, its) = one.partition("@"), other.partition("@")
    apart = [{*pair} for pair in zip(mine, theirs, strict=False) if len({*pair}) > 1]
    alike = len(apart) == 1 and any(apart[0] <= shape for shape in SHAPES)
    return len(mine) == len(theirs) and domain == its and alike


def _is_of(address: str, names: frozenset[str]) -> bool:
    """Whether all letters before the @ are begins of words of a name, no word of it twice."""
    runs = re.findall(r"[a-z]+", address.partition("@")[0])
    return bool(runs) and all(_is_begins(run, names) for run in runs)


def near_name(reading: Reading, names: Collection[str]) -> Reading:
    """An address of a picture, doubted when it has a word of the name but for one letter.

    A speck makes the same other letter for every model. `names` as in `settled`.
    """
    local = reading.value.partition("@")[0]
    if reading.doubt or reading.typed:
        return reading
    if _ends_in_a_one(local, names):
        return replace(reading, doubt=f"¿termina en un uno? «{local[:-1]}1»")
    if _TWICE.search(local):
        return replace(reading, doubt="¿es de verdad un uno lo que está ante una «l»?")
    own = frozenset(names)
    if _is_of(local, own):
        return reading
    nearly = (n for n in names if _nearly_in(n, local) or _joined_in(n, local))
    meant = next(nearly, None) or next(_made_of(local, own), None)
    if meant:
        return replace(reading, doubt=f"¿será «{meant}»? Se aparta del nombre en una letra")
    letter = next(_unexplained(local, own), None)
    return reading.doubted(letter and f"¿es de verdad una «{letter}»? Ningún nombre empieza así")


_TWICE = re.compile(r"(?<![0-9])1(?=l)")
"""A lone 1 before an l, which may be one stroke read twice: ``huaman-1lizeth``."""


def _unexplained(local: str, names: frozenset[str]) -> Iterator[str]:
    """The letter beside a word of the name that begins no other: ``imendoza`` of Hugo Mendoza."""
    for run in re.findall(r"[a-z]{5,}", local):
        for name in _telling(names):
            beside = run.removeprefix(name) if run.startswith(name) else run.removesuffix(name)
            if len(beside) == 1 and not any(n.startswith(beside) for n in names - {name}):
                yield beside


def _made_of(local: str, names: frozenset[str]) -> Iterator[str]:
    """What letters of an address may be: begins of the name's words, but for one of them.

    ``carculq53`` of Carmen Culqui Quispe, read with a g for its q. The last letter of a whole word
    is nobody's slip: mario, maria. Of few letters one may be two: ``da1`` of Carmen La Torre.
    """
    for run in re.findall(r"[a-z]{5,}", local):
        left = names - {name for name in names if name in local.replace(run, " ")}
        if not _is_begins(run, names) and not any(
            run[:-1].endswith(n[:-1]) for n in _telling(names)
        ):
            yield from (other for other in _one_other(run) if _is_begins(other, left))
    for run in re.findall(r"(?<![a-z])[a-z]{2,4}(?![a-z])", local):
        if not _is_begins(run, names):
            yield from (other for other in _two_for_one(run) if _is_begins(other, names))


def _is_begins(run: str, names: frozenset[str]) -> bool:
    """Whether letters are the begins of words of a name, each word's once.

    Of a word of three letters its first or all: nobody cuts «del» short to «de».
    """
    return not run or any(
        _is_begins(run[size:], names - {name})
        for name in names
        for size in (range(1, len(name) + 1) if len(name) > _SHORT else (1, len(name)))
        if run.startswith(name[:size])
    )


_SHORT = 3
"""Letters of a word that is not cut shorter, but for its first."""


def _one_other(run: str) -> Iterator[str]:
    """Letters with one of them as another that looks like it, or as two that do together."""
    for n, letter in enumerate(run):
        yield from (f"{run[:n]}{other}{run[n + 1 :]}" for other in _shaped(letter))
    yield from _two_for_one(run)


def _two_for_one(run: str) -> Iterator[str]:
    """Letters with two in place of one of them that looks like both: ``cla`` for ``da``."""
    return (
        f"{run[:n]}{two}{run[n + 1 :]}"
        for n, letter in enumerate(run)
        for two, one in _JOINED
        if one == letter
    )


def _shaped(letter: str) -> Iterator[str]:
    return (other for shape in SHAPES if letter in shape for other in sorted(shape - {letter}))


def _ends_in_a_one(local: str, names: Collection[str]) -> bool:
    """Whether the l at the end may be a one: no word of the name, nor its begin, ends there."""
    ends = (n[:k] for n in names for k in range(3, len(n) + 1) if n[k - 1] == "l")
    return local.endswith("l") and not any(map(local.endswith, ends))


def _nearly_in(name: str, local: str) -> bool:
    """Whether a word stands in an address with one letter for another, and nowhere whole.

    A short one between two signs only.
    """
    every = (local[n : n + len(name)] for n in range(len(local) - len(name) + 1))
    apart = (part for part in re.split(r"[^a-z0-9]+", local) if len(part) == len(name) > 2)
    spans = every if len(name) > _LONG_ENOUGH else apart
    return name not in local and any(_but_for_one(name, span) for span in spans)


def _joined_in(name: str, local: str) -> bool:
    """Whether a word stands in an address with an m for its rn or the like, and nowhere whole.

    A short one between signs and figures only: ``ins20`` of Iris.
    """
    joined = (name.replace(two, one) for two, one in _JOINED if two in name)
    inside = local if len(name) > _LONG_ENOUGH else re.findall("[a-z]+", local)
    return name not in local and any(one in inside for one in joined if len(one) > 2)


_JOINED = (("rn", "m"), ("ri", "n"), ("li", "u"), ("ti", "n"), ("cl", "d"), ("ci", "a"))
"""Letters that stand together like another one."""


def _but_for_one(name: str, span: str) -> bool:
    """Whether one letter differs that looks alike, not the last: a name cut short runs on."""
    apart = [pair for pair in zip(name, span, strict=True) if pair[0] != pair[1]]
    return (
        span[:-1].isalpha()
        and span[-1] == name[-1]
        and len(apart) == 1
        and any(set(apart[0]) <= shape for shape in SHAPES)
    )


SHAPES = tuple(map(frozenset, ("aceoqgsd", "ilftjr", "nhumrv", "vyxwuz", "bhkdl", "gqypj", "szx")))
"""Letters a speck or a lost stroke makes of each other."""


def looks_alike(one: str, other: str) -> bool:
    """Whether two addresses differ only in what recognition confuses, and have one domain.

    >>> looks_alike("siagic.angelrios@yahoo.es", "siagie.angel.rios@yahoo.es")
    True
    """
    (mine, _, domain), (theirs, _, its) = one.partition("@"), other.partition("@")
    return domain == its and bool(mine) and _blurred(mine) == _blurred(theirs)


def _blurred(local: str) -> str:
    """An address as one sees it without glasses: an l and a dot are an L."""
    return local.translate(_BLURRED).replace("rn", "m").replace("l.", "l")


def _completed(rival: str, value: str) -> str:
    """The other reading with its domain to the end: recognition may have cut it."""
    local, _, domain = rival.partition("@")
    whole = value.partition("@")[2]
    return f"{local}@{whole}" if whole.startswith(domain) else rival


def _differ_in_ones(one: str, other: str) -> bool:
    (mine, at, domain), (theirs, _, its) = one.partition("@"), other.partition("@")
    alike = mine.translate(_ALIKE) == theirs.translate(_ALIKE)
    return bool(at) and mine != theirs and domain == its and alike


def _explained(one: str, other: str, names: Collection[str]) -> bool:
    """Whether the name accounts for every place where an address differs from its rival.

    A letter there belongs to a word of the name; a digit follows a whole word of it.
    """
    local = one.partition("@")[0]
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    covered = [m.span() for word in _telling(names) for m in re.finditer(word, local)]
    return all(
        _follows_name(local, n, covered)
        if local[n].isdigit()
        else any(a <= n < b for a, b in covered)
        for n in places
    )


def _follows_name(local: str, place: int, covered: Collection[tuple[int, int]]) -> bool:
    start = len(local[: place + 1].rstrip("0123456789"))
    return local[start:].isdigit() and any(end == start for _, end in covered)


def _telling(names: Collection[str]) -> list[str]:
    return sorted(name for name in names if len(name) >= _LONG_ENOUGH)
