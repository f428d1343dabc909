"""What was read of a request against what is true of it. Pure.

A *silent error* is the one thing that must not happen: a value shown as sure that is wrong, a
requirement shown as met that is not, a request called complete that is not, or one passed over
while all others of its mail are called complete.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]


class Verdict(StrEnum):
    """How one field fared."""

    RIGHT = "right"  # shown as sure, and so it is
    HELD = "held"  # amiss, and said to be
    ASKED = "asked"  # good, but put to a person
    DENIED = "denied"  # good, but said to be missing
    SILENT = "silent"  # wrong, and shown as sure


GOOD = (Verdict.RIGHT, Verdict.HELD)


@dataclass(frozen=True)
class Score:
    """One field of one request."""

    field: str
    verdict: Verdict
    true: object = None
    read: object = None

    def __str__(self) -> str:
        """The field, what is true and what was read."""
        return f"{self.field} ({self.verdict}): true {self.true!r}, read {self.read!r}"


def score(truth: Sequence[Json], read: Sequence[Json]) -> list[list[Score]]:
    """Score every request that is true, and under the last what was read besides."""
    pairs = [(_likeness(t, r), i, j) for i, t in enumerate(truth) for j, r in enumerate(read)]
    mine: dict[int, int] = {}
    for (likeness, _), i, j in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        alike = likeness > 0 or len(truth) == len(read) == 1
        if alike and i not in mine and j not in mine.values():
            mine[i] = j
    scored = [
        list(_request(true, read[mine[i]])) if i in mine else [_lost(read)]
        for i, true in enumerate(truth)
    ]
    scored[-1] += [_extra(one) for j, one in enumerate(read) if j not in mine.values()]
    return scored


def _lost(read: Sequence[Json]) -> Score:
    """A request nobody saw: silent where nothing else in the mail makes a person look at it."""
    silent = bool(read) and all(one["complete"] for one in read)
    return Score("solicitud", Verdict.SILENT if silent else Verdict.ASKED, "asked for", None)


def _extra(one: Json) -> Score:
    """A request nobody made: silent only when it could be approved as it stands."""
    verdict = Verdict.SILENT if one["complete"] else Verdict.ASKED
    return Score("solicitud", verdict, None, one["holder"])


def _likeness(true: Json, read: Json) -> tuple[int, bool]:
    mine, theirs = true["holder"], read["holder"]
    names = tokens(mine["apellidos_y_nombres"]) & tokens(theirs["apellidos_y_nombres"])
    same = bool(mine["dni"]) and mine["dni"] == theirs["dni"]
    return len(names) + 3 * same, bool(true["procedure"] == read["procedure"])


def _request(true: Json, read: Json) -> Iterator[Score]:
    yield _value("trámite", true["procedure"], read["procedure"], sure=True)
    if true["nivel"] and read["nivel"]:
        yield _value("nivel", true["nivel"], read["nivel"], sure=True)
    amiss = {f["requirement"]: f["outcome"] for f in true["findings"]}
    found = {f["requirement"]: f for f in read["findings"]}
    for name in dict.fromkeys((*found, *amiss)):
        yield _finding(name, name in amiss, found.get(name), _expected(true, name))
    for name, number in true["values"].items():
        if shown := (found.get(name) or {}).get("value"):
            yield _value(f"n.º {name}", numbered(number), numbered(shown), sure=True)
        else:
            yield Score(f"n.º {name}", Verdict.ASKED, number, None)
    silent = read["complete"] and not true["complete"]
    if read["complete"] != true["complete"]:
        verdict = Verdict.SILENT if silent else Verdict.ASKED
        yield Score("completa", verdict, true["complete"], read["complete"])
    else:
        yield Score("completa", Verdict.RIGHT, true["complete"], read["complete"])


def _expected(true: Json, name: str) -> object:
    holder = true["holder"]
    match name:
        case "nombres":
            return tokens(holder["apellidos_y_nombres"])
        case "dni" | "correo":
            return holder[name]
        case "oficina":
            return true["office"]
        case "nivel":
            return true["nivel"]
    return None


def _finding(name: str, amiss: bool, found: Json | None, expected: object) -> Score:  # noqa: FBT001
    outcome = found["outcome"] if found else "not looked for"
    shown = found["value"] if found else None
    if amiss:
        verdict = Verdict.SILENT if outcome == "met" else Verdict.HELD
        return Score(name, verdict, "amiss", (outcome, shown))
    if outcome != "met":
        verdict = Verdict.DENIED if outcome == "missing" else Verdict.ASKED
        return Score(name, verdict, expected, (outcome, shown, (found or {}).get("note")))
    value = tokens(shown) if name == "nombres" else shown
    return _value(name, expected, value if expected is not None else None, sure=True)


def _value(name: str, true: object, read: object, *, sure: bool) -> Score:
    if read is None and true is not None:
        return Score(name, Verdict.ASKED, true, read)
    wrong = Verdict.SILENT if sure else Verdict.ASKED
    return Score(name, Verdict.RIGHT if read == true else wrong, true, read)


def tokens(name: str | None) -> frozenset[str]:
    """Return a name as it is compared: its words without accents, ñ kept, in any order."""
    kept = (name or "").upper().replace("Ñ", "\0")
    apart = unicodedata.normalize("NFD", kept)
    bare = "".join(c for c in apart if not unicodedata.combining(c)).replace("\0", "Ñ")
    return frozenset(re.findall(r"[A-ZÑ]+", bare))


def numbered(number: str) -> tuple[int, str] | None:
    """Return what tells a paper from others: its number and its year."""
    found = re.search(r"(\d+)\s*[-–]*\s*(20\d\d)", number)
    return (int(found[1]), found[2]) if found else None
