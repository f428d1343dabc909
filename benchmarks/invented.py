"""Requests to measure with: as many different ones as are wanted, made by the tests' generator."""

from collections.abc import Iterator
from email import message_from_bytes
from email.utils import parseaddr

import generator
from drafts import Medium

FIRST_SEED = 61_000


def requests(
    most: int, medium: Medium = "digital", first: int = FIRST_SEED
) -> Iterator[tuple[str, bytes]]:
    """Each with who sends it."""
    for seed in range(first, first + most):
        raw = generator.generate(seed, medium).raw
        yield parseaddr(str(message_from_bytes(raw)["From"]))[1], raw
