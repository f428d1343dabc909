"""The names a person is asked for by, and whether all who write them spell them alike.

Pure.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from mailbot.check.papers import SURE
from mailbot.check.stated import compared, page_of, undisputed
from mailbot.check.subject import ASKING, Subject
from mailbot.lexicon import Lexicon
from mailbot.model import Finding, Outcome, Reading
from mailbot.parsers.claims import agree, compatible
from mailbot.parsers.names import PARTICLES, alike_but_one, tokens
from mailbot.parsers.text import fold


def names(subject: Subject) -> Finding:
    """The names: a shorter form contradicts nothing."""
    told = tuple(_mended(r, subject) for r in subject.claim.names)
    asked = [r for r in told if r.kind in ASKING] or list(told)
    acts = (r for r in told if r not in asked and r.doubt is None)
    backing = [r for r in acts if any(agree(r, one) for one in asked)]
    finding = undisputed(subject, "nombres", [*asked, *backing], compatible)
    finding = _spelled(subject, finding) if finding.outcome is Outcome.MET else finding
    if finding.value and _of_another_alphabet(finding.value):
        note = "tiene letras de otro alfabeto, que se ven como las nuestras y no lo son"
        return replace(finding, outcome=Outcome.CONFLICT, note=note)
    return finding


def _mended(name: Reading, subject: Subject) -> Reading:
    """A name a narrow cell broke, as another source writes it: the same letters, one by one.

    Or as it was put together, if each of its words is a frequent name then.
    """
    if "partido" not in (name.doubt or ""):
        return name
    surnames, given = ("".join(_letters(part)) for part in name.value.partition(",")[::2])
    orders = (surnames + given, given + surnames)
    told = (r for r in subject.claim.names if not r.doubt)
    if whole := next((r for r in told if "".join(_letters(r.value)) in orders), None):
        return replace(whole, kind=name.kind)
    words = {*re.findall("[a-z]+", fold(name.value))} - PARTICLES
    known = bool(words) and all(map(subject.rules.lexicon.knows, words))
    return replace(name, doubt=None) if known else name


def _of_another_alphabet(name: str) -> bool:
    """Whether a letter is not Latin: a name that no register holds, however it looks."""
    return any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in name)


_WHOLE_NAME = 3
"""Two surnames, perhaps alike, and a given name: of a shorter one a word may be lost."""
_FIRM = 0.8
"""What every word of a short name that stands in one picture alone is surer than.

It is what two models make a word, and the most a word is beside ink that nobody can read.
"""
_FOREIGN = re.compile(r"[^A-Za-zÁÉÍÓÚÜÑáéíóúüñÄÖäö\s,.'’´`-]")


def _spelled(subject: Subject, finding: Finding) -> Finding:
    """The names as typed somewhere; read only in pictures, they must be spelled alike in all."""
    lead = finding.readings[0]
    alike = [r for r in subject.claim.names if agree(lead, r)]
    typed = [r for r in subject.claim.names if r.typed and _holds(r, lead)]
    if lead.typed:
        return finding
    told = subject.claim.names
    apart = [r for r in told if _otherwise_spelled(lead, r)]
    if not (apart or typed):
        apart = [r for r in told if _has_a_word_more(r, lead)]
    if apart:
        return replace(finding, outcome=Outcome.UNREADABLE, note=compared(lead, *apart))
    if typed:
        best = next((r for r in typed if r.kind in ASKING), typed[0])
        longer = len(tokens(best.value)) >= len(tokens(lead.value)) or lead.doubt
        other = sorted(_letters(best.value)) != sorted(_letters(lead.value))
        return replace(finding, value=best.value) if longer and other else finding
    alike = [r for r in alike if r.doubt is None] or alike  # a row of several people names none
    alike = [r for r in alike if r.evidence.confidence >= SURE] or alike or [lead]
    alike = _not_outvoted(lead, alike)
    longest = max(alike, key=lambda r: len(_letters(r.value)))
    held = Counter(_letters(longest.value)) <= Counter(_letters(lead.value))
    shown = lead if held else longest
    if not _surely_spelled(longest, alike) or _has_scrawl(shown, alike):
        note = f"se lee con dificultad; {compared(*alike)}"
        return replace(finding, outcome=Outcome.UNREADABLE, note=note)
    if not _stands_twice(shown, alike) and (asked := unlikely(subject.rules.lexicon, shown.value)):
        return replace(finding, outcome=Outcome.UNREADABLE, note=asked)
    return finding if held else replace(finding, value=longest.value)


def _holds(whole: Reading, part: Reading) -> bool:
    """Whether a name is another as well, or all of it and more."""
    more = len(tokens(whole.value)) >= len(tokens(part.value))
    return agree(part, whole) or (more and compatible(part, whole))


def _otherwise_spelled(lead: Reading, other: Reading) -> bool:
    """Whether a paper about the same person surely spells the name so that a word differs.

    Another name altogether is another person's: that is told of the paper.
    """
    sure = other.doubt is None and other.evidence.confidence >= SURE
    return sure and alike_but_one(lead.value, other.value) and not compatible(lead, other)


def _has_a_word_more(one: Reading, other: Reading) -> bool:
    """Whether a reading nobody is sure of has a word more: a scan may have lost it in the other.

    Not in one of two surnames and a given name; a scrawl beside a name may be read with it.
    """
    if one.doubt or one.evidence.confidence >= SURE or _is_whole(other):
        return False
    longer, shorter = _long_words(one), _long_words(other)
    letters = len("".join(longer)) - len("".join(shorter))
    return len(longer) > len(shorter) and letters >= _LONG


def _long_words(name: Reading) -> list[str]:
    return [word for word in _letters(name.value) if len(word) >= _LONG]


_LONG = 4
"""Letters of a word that is no speck beside a name."""


def _not_outvoted(lead: Reading, alike: list[Reading]) -> list[Reading]:
    """The readings but for a lone one with a letter for another, where two pages spell as `lead`.

    If it is the leading one that stands alone, who is asked for is a question for a person.
    """
    pages = Counter(letters for letters, _ in {(_spelling(r), page_of(r)) for r in alike})
    own = _spelling(lead)
    return [
        r
        for r in alike
        if pages[own] < 2 or pages[_spelling(r)] > 1 or not _one_for_another(own, _spelling(r))
    ]


def _spelling(name: Reading) -> tuple[str, ...]:
    return tuple(sorted(_letters(name.value)))


def _one_for_another(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two spellings have the same letters, one at most for another."""
    mine, theirs = Counter("".join(one)), Counter("".join(other))
    return (mine - theirs).total() <= 1 and mine.total() == theirs.total()


def _surely_spelled(longest: Reading, alike: list[Reading]) -> bool:
    """Whether the longest form in pictures holds all others letter by letter, and is whole.

    A short one is whole when two places give it, or one in which no word of it can be lost.
    """
    spelled = Counter(_letters(longest.value))
    twice = sum(Counter(_letters(r.value)) == spelled for r in alike) > 1
    forms = [spelled, _untilded(spelled)] if twice else [spelled]
    held = all(any(Counter(_letters(r.value)) <= form for form in forms) for r in alike)
    sure = longest.evidence.confidence
    whole = _is_whole(longest) and sure >= SURE
    framed = longest.framed and sure > _FIRM
    return held and (twice or whole or framed) and not _FOREIGN.search(longest.value)


def _untilded(spelled: Counter[str]) -> Counter[str]:
    """A name's words without the tilde of an Ñ, which a scan may lose."""
    return Counter(word.replace("0", "n") for word in spelled.elements())


def _is_whole(name: Reading) -> bool:
    words = [w for w in _letters(name.value) if len(w) > 1 and w not in PARTICLES]
    return len(words) >= _WHOLE_NAME


def _has_scrawl(shown: Reading, alike: list[Reading]) -> bool:
    """Whether a form nobody is sure of has more words than a surer one, and stands alone with them.

    What stands above a name, a signature or a word that leads to it, may be read as a part of it.
    """
    sure, words = shown.evidence.confidence, len(_letters(shown.value))
    again = _stands_twice(shown, alike)
    surer = (r for r in alike if r.evidence.confidence > sure)
    return sure <= _FIRM and not again and any(len(_letters(r.value)) < words for r in surer)


def _stands_twice(shown: Reading, alike: list[Reading]) -> bool:
    return sum(_spelling(r) == _spelling(shown) for r in alike) > 1


def unlikely(lexicon: Lexicon, name: str) -> str | None:
    """What to ask about a word that one place alone shows; None if they all may be names.

    One may be a frequent name but for a letter, or two names; of one in two letters («EH» for ELÍ)
    some are lost.
    """
    words = sorted(re.findall(r"[^\W\d_]+", name))
    if meant := next(filter(None, map(lexicon.meant, words)), None):
        likely = meant.upper()
        if " " in meant:
            return f"¿son dos, «{likely}»?"
        return f"¿será «{likely}»? Se aparta en una letra"
    rest = next((w for w in words if _is_rest(lexicon, w)), None)
    return f"¿está completo «{rest}»?" if rest else None


def _is_rest(lexicon: Lexicon, word: str) -> bool:
    """Whether a word is so short that it is what is left of a name, or none («INI», a label)."""
    if fold(word) in PARTICLES:
        return False
    rare = bool(lexicon.names) and not lexicon.knows(word)
    return len(word) == _REST or (len(word) == _SHORTEST and rare)


_REST, _SHORTEST = 2, 3
"""Letters of a word that is a particle, or else what is left of a name; and of the shortest names.

Of these the frequent ones are known: PAZ, ANA.
"""


def _letters(name: str) -> list[str]:
    """The words of a name as compared, ñ kept apart from n; a scan loses the blank of «de los»."""
    parted = re.sub(r"\bde(l[ao]s?)\b", r"de \1", name.lower())
    return [fold(w.replace("ñ", "0")) for w in re.findall(r"[^\W\d_]+", parted)]
