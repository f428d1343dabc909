"""The buttons of a letter: each opens a reply that is filled in already (mailto, RFC 6068). Pure.

A link that acts when it is followed is followed by scanners of mail; these only begin a draft,
which its reader completes and sends: what decides is still a mail of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Button:
    """What stands on a button, the draft it opens, and its colour."""

    label: str
    href: str
    colour: str


_COLOURS: Mapping[str, str] = {
    "APROBAR": "#2e7d32",
    "RECHAZAR": "#b3261e",
    "OBSERVAR": "#8a5a00",
    "CONFIRMO": "#2e7d32",
}
_GOES_ON: Mapping[str, str] = {"RECHAZAR": ": ", "OBSERVAR": ": "}
"""What follows the word where its reader has to go on: the reason, what is lacking."""
_WITH_CODE = ("APROBAR", "CONFIRMO")
_CODE = " CÓDIGO: "


def buttons(words: Sequence[str], address: str, subject: str, *, code: bool) -> tuple[Button, ...]:
    """A button for each word; `code` when a yes wants six digits beside it.

    «APROBAR N» is answered with numbers of a list: the draft ends where they are typed.

    The label opens with «Responder»: as a line of a letter sent back to us it is no answer.
    """
    return tuple(_button(word, address, subject, code=code) for word in words)


def _button(word: str, address: str, subject: str, *, code: bool) -> Button:
    word, _, numbered = word.partition(" ")
    if numbered:
        label, body = f"Responder {word} y los números…", f"{word} "
        return Button(label, _draft(address, subject, body), _COLOURS[word])
    wants_code = code and word in _WITH_CODE
    body = word + (_CODE if wants_code else _GOES_ON.get(word, ""))
    label = f"Responder {word}" + (" con el código" if wants_code else "")
    label += "…" if word in _GOES_ON else ""
    return Button(label, _draft(address, subject, body), _COLOURS[word])


def _draft(address: str, subject: str, body: str) -> str:
    fields = f"subject={_escaped(f'Re: {subject}')}&body={_escaped(body)}"
    return f"mailto:{_escaped(address)}?{fields}"


def _escaped(text: str) -> str:
    """Every sign but letters and digits by its code: «+» too, which some programs read as blank."""
    return quote(text, safe="@")
