"""Lengths of time and counts as people say them. Pure."""

from datetime import timedelta

_UNIT = {"días": 86_400, "h": 3600, "min": 60}


def span(time: timedelta) -> str:
    """A length of time in the largest unit that fits: ``45 s``, ``12 min``, ``3 h``, ``5 días``.

    >>> [span(timedelta(seconds=s)) for s in (-5, 45, 750, 90_000, 260_000)]
    ['0 s', '45 s', '12 min', '25 h', '3 días']
    """
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in ((172_800, "días"), (7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds // _UNIT[unit]} {unit}"
    return f"{seconds} s"


def ago(time: timedelta) -> str:
    """``hace 12 min``."""
    return f"hace {span(time)}"


def times(count: int) -> str:
    """``1 vez``, ``2 veces``."""
    return f"{count} {'vez' if count == 1 else 'veces'}"


def thousands(number: int) -> str:
    """``12 345``: the space people in Peru separate thousands with."""
    return f"{number:,}".replace(",", " ")
