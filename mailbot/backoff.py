"""How long to wait before something is tried again. Pure.

Twice as long each time, up to a bound, and spread: what failed together does not come back
together. The spread is a hash of what is tried, so that a time can be foretold.
"""

from datetime import timedelta
from zlib import crc32

_LARGEST_POWER = 20


def wait(tries: int, what: str, first: timedelta, longest: timedelta) -> timedelta:
    """The wait after some tries (1 or more): between half and all of what doubling gives."""
    factor: int = 2 ** min(tries - 1, _LARGEST_POWER)
    whole = min(first * factor, longest)
    spread = crc32(f"{what} {tries}".encode()) / 2**32
    return whole / 2 + whole / 2 * spread
