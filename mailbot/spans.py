"""Lengths of time and counts as people say them. Pure."""

from datetime import timedelta

_UNITS = ((172_800, 86_400, "{} días"), (7200, 3600, "{} h"), (120, 60, "{} min"))
"""From so many seconds on, the seconds of one, and how many of it are said."""


def span(time: timedelta) -> str:
    """A length of time in the largest unit that fits: ``45 s``, ``12 min``, ``3 h``, ``5 días``.

    >>> [span(timedelta(seconds=s)) for s in (-5, 45, 750, 90_000, 260_000)]
    ['0 s', '45 s', '12 min', '25 h', '3 días']
    """
    seconds = max(int(time.total_seconds()), 0)
    for least, size, words in _UNITS:
        if seconds >= least:
            return words.format(seconds // size)
    return f"{seconds} s"


def ago(time: timedelta) -> str:
    """``hace 12 min``."""
    return f"hace {span(time)}"


def times(count: int) -> str:
    """``1 vez``, ``2 veces``."""
    return "1 vez" if count == 1 else f"{count} veces"


def thousands(number: int) -> str:
    """``12 345``: the space people in Peru separate thousands with."""
    return f"{number:,}".replace(",", " ")
