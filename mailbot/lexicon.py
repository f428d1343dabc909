"""The names frequent in Peru: a word that looks like one of them and is none may be misread. Pure.

Two models that were taught alike take the f of TEÓFILO for a t, and no other paper of the mail may
say its name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mailbot.errors import ConfigError
from mailbot.parsers.addresses import SHAPES
from mailbot.parsers.text import fold
from mailbot.procedures import read_toml

SECTIONS = frozenset({"nombres", "apellidos"})


@dataclass(frozen=True)
class Lexicon:
    """Given names and surnames as they are written, by their folded form."""

    names: Mapping[str, str]

    def knows(self, word: str) -> bool:
        """Whether a word is a frequent name."""
        return fold(word) in self.names

    def meant(self, word: str) -> str | None:
        """The frequent name a word that is none may be, as written; None if it looks like none.

        A lost tilde makes another word of it: SALDANA. Two names whose blank was lost are told with
        it.

        >>> known = Lexicon({"teofilo": "teófilo", "jose": "josé", "maria": "maría"})
        >>> known.meant("TEÓTILO"), known.meant("JOSÉMARÍA")
        ('teófilo', 'josé maría')
        """
        read = fold(word)
        if read in self.names:
            written = self.names[read]
            return written if "ñ" in written and "ñ" not in word.lower() else None
        if len(read) < _SHORT:
            return self.names.get(self._cut.get(read, ""))
        nearly = (known for key in _gapped(read) for known in self._gaps.get(key, ()))
        alike = (known for known in nearly if _looks_like(read, known))
        meant = next(alike, None) or self._blurs.get(_blurred(read)) or self._cut.get(read)
        return self.names[meant] if meant else self._both(read)

    def _both(self, read: str) -> str | None:
        """The two frequent names a word is made of, with a blank between them."""
        halves = ((read[:n], read[n:]) for n in range(_PART, len(read) - _PART + 1))
        both = next((pair for pair in halves if set(pair) <= self.names.keys()), None)
        return both and " ".join(self.names[name] for name in both)

    @cached_property
    def _gaps(self) -> Mapping[str, list[str]]:
        gaps: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names):
            for key in _gapped(name):
                gaps[key].append(name)
        return gaps

    @cached_property
    def _blurs(self) -> Mapping[str, str]:
        return {_blurred(name): name for name in sorted(self.names) if len(name) >= _SHORT}

    @cached_property
    def _cut(self) -> Mapping[str, str]:
        """The names without the vowel they end in; other ends are people's own, Roja and Rojas."""
        long = (name for name in sorted(self.names) if len(name) >= _SHORT)
        return {name[:-1]: name for name in long if name[-1] in _GENDERS}


_SHORT = 4
"""Letters of a word that is not taken for another by chance."""
_PART = 3
"""Letters of a name that another one may be joined to: ANA, LUZ."""
_GENDERS = frozenset("aoe")
"""Letters a given name ends in as people please: Saturnina, Saturnino."""
_JOINED = (("lu", "w"), ("li", "u"), ("ii", "u"), ("rn", "m"), ("cl", "d"), ("ri", "n"))
"""Letters that stand together like another one."""
_STROKES = str.maketrans({"i": "|", "n": "||", "u": "||", "m": "|||"})
"""Letters made of short strokes: «Mi» has as many as «Nú»."""


def _gapped(word: str) -> Iterator[str]:
    """A word with each of its letters left open."""
    return (f"{word[:n]}?{word[n + 1 :]}" for n in range(len(word)))


def _looks_like(read: str, known: str) -> bool:
    """Whether two words of one length differ in a letter that looks like the other's.

    In a long one in any letter that does not sound like it: Valdez, Valdes.
    """
    place = next(n for n, (a, b) in enumerate(zip(read, known, strict=True)) if a != b)
    pair = {read[place], known[place]}
    ends = place == len(read) - 1 and pair <= _GENDERS
    shapes = any(pair <= shape for shape in (*SHAPES, *_CAPITALS))
    long = len(read) >= _LONG and not any(pair <= sound for sound in _SOUNDS)
    return not ends and (shapes or long)


_LONG = 7
"""Letters of a word that no other name is so near to."""
_SOUNDS = tuple(map(frozenset, ("szc", "vb", "yij", "kcq", "gj")))
"""Letters people write for each other."""
_CAPITALS = (frozenset("efpbr"), frozenset("hnmk"), frozenset("eil"))
"""Letters whose capitals look alike, if they do not."""


def _blurred(word: str) -> str:
    for letters, one in _JOINED:
        word = word.replace(letters, one)
    return word.translate(_STROKES)


def read_lexicon(folder: Path) -> Lexicon:
    """Read `folder`/names.toml; ConfigError names what is wrong. Without it no name is frequent."""
    path = folder / "names.toml"
    lists = read_toml(path) if path.exists() else {}
    words = (word for section in lists for word in _words(path, section, lists[section]).split())
    return Lexicon({fold(word): word for word in sorted(words, key=lambda word: "ñ" not in word)})


def _words(path: Path, section: str, words: object) -> str:
    if section not in SECTIONS or not isinstance(words, str):
        raise ConfigError(f"{path}: «{section}» no vale; use nombres y apellidos, dos textos.")
    return words
