"""Nothing personal where it need not stand: numbers and addresses, masked. Pure.

The last line of defence for logs, subjects and digests, whose authors write ids only.
"""

import re
from collections.abc import Callable

_DNI = re.compile(r"(?<![0-9])[0-9]{2}([. \u00a0]?)[0-9]{3}\1[0-9]{3}(?![0-9])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@([\w-]+(?:\.[\w-]+)*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def masked(text: str) -> str:
    """The text with every DNI as ``*****678`` and every address as ``***@dominio``."""
    return _ADDRESS.sub(r"***@\1", _DNI.sub(lambda found: f"*****{found[0][-3:]}", text))


def one_line(text: str) -> str:
    """The text without anything that moves a cursor or begins a line."""
    return _CONTROL.sub("·", text)


_HALF = 400
"""More than any sentence of ours has: what is longer carries the words of somebody else within."""


def reason(error: Exception) -> str:
    """An error in words that may be kept and told: masked, on one line, and not for ever.

    What is too much is taken out of the middle: at both ends stands our own sentence, whole, by
    which it is known again (see ``phrasebook``).
    """
    words = one_line(masked(str(error)))
    return words if len(words) <= 2 * _HALF else f"{words[:_HALF]} … {words[-_HALF:]}"


def replaced(text: str, name: Callable[[str], str]) -> str:
    """The text with every DNI and address replaced by what `name` calls it."""
    by_dni = _DNI.sub(lambda found: name(re.sub("[^0-9]", "", found[0])), text)
    return _ADDRESS.sub(lambda found: name(found[0]), by_dni)
