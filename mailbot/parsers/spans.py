"""Whether spans of a text lie in others: asked quickly, however many there are. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

Span = tuple[int, int]


class Reach:
    """Some spans, in order, and how far those up to each reach."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def covers(self, span: Span) -> bool:
        """Whether a span lies within one of them, or is one."""
        upto = bisect_right(self._starts, span[0])
        return upto > 0 and self._ends[upto - 1] >= span[1]

    def exceeds(self, span: Span) -> bool:
        """Whether a span lies within a longer one."""
        start, end = span
        before = bisect_left(self._starts, start)
        return (before > 0 and self._ends[before - 1] >= end) or self.covers((start, end + 1))
