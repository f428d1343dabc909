"""Bytes made of seeds and words: what no program writes, near what programs do write."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

SAMPLES = Path(__file__).parent.parent / "sample_mails"


def sample_mails(at_most: int = 12_000) -> list[bytes]:
    """The sample mails, cut where attachments make them long."""
    return [path.read_bytes()[:at_most] for path in sorted(SAMPLES.glob("*.eml"))]


def mixed(seeds: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Words in any order, or a seed with a few of its places overwritten, cut or filled."""
    word = st.one_of(st.sampled_from(words), st.binary(max_size=4))
    change = st.tuples(st.floats(0, 1), st.integers(0, 12), word)
    return st.one_of(
        st.lists(word, max_size=12).map(b"".join),
        st.builds(_changed, st.sampled_from(seeds), st.lists(change, max_size=5)),
    )


def _changed(seed: bytes, changes: Sequence[tuple[float, int, bytes]]) -> bytes:
    for where, gone, new in changes:
        place = round(where * len(seed))
        seed = seed[:place] + new + seed[place + gone :]
    return seed
