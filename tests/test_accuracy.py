"""A slice of ``make accuracy``: whatever is read wrong is never shown as sure.

The seed is fixed, so that a change is judged and not its luck; ``make accuracy`` takes fresh ones.
"""

import pytest
from accuracy import Measured, measure, measure_all
from generator import MEDIA, generate
from scoring import GOOD, Verdict, score

SEED = 20_260_331
TYPED, SCANNED = 24, 3


@pytest.fixture(scope="module")
def measured() -> tuple[Measured, ...]:
    typed = measure_all(["digital"], SEED, TYPED)
    return (*typed, *measure_all(["scan200"], SEED, SCANNED))


def test_no_wrong_value_is_shown_as_sure(measured: tuple[Measured, ...]) -> None:
    """Zero silent errors; a failure says how to read the request again."""
    assert len(measured) == TYPED + SCANNED
    silent = [
        f"make accuracy ONLY={one.medium}:{one.seed}: {found}"
        for one in measured
        for person in one.people
        for found in person
        if found.verdict is Verdict.SILENT
    ]
    assert silent == []


def test_typed_requests_are_mostly_read_whole(measured: tuple[Measured, ...]) -> None:
    """Of the born-digital requests most are right in every field (the aim is 97 %)."""
    people = [p for one in measured if one.medium == "digital" for p in one.people]
    assert len(people) >= TYPED
    wrong = [str(s) for p in people for s in p if s.verdict not in GOOD]
    right = sum(all(s.verdict in GOOD for s in p) for p in people)
    assert right >= 0.75 * len(people), (SEED, wrong)


@pytest.mark.parametrize("seed", [900_020, 900_047, 900_101])
def test_an_oficio_may_ask_for_altas_and_bajas_at_once(seed: int) -> None:
    """In tables, in sentences, under labels: each person gets what is asked for them."""
    assert {r["action"] for r in generate(seed, "digital").requests} == {"alta", "baja"}
    read = measure("digital", seed)
    assert read.right == len(read.people), read


def test_an_oficio_photographed_sheet_by_sheet_is_read_whole() -> None:
    """Who signs it stands on the second one."""
    made = generate(39_110_038, "photo")
    assert made.raw.count(b"Content-Type: image/jpeg") == 2
    read = measure("photo", 39_110_038)
    assert (read.right, len(read.people)) == (3, 3), read


@pytest.mark.parametrize("medium", MEDIA)
def test_the_same_seed_makes_the_same_mail(medium: str) -> None:
    """So that every error that is printed can be seen again."""
    kind = next(m for m in MEDIA if m == medium)
    one, other = generate(17, kind), generate(17, kind)
    assert one.raw == other.raw
    assert one.requests == other.requests
    assert one.requests


def test_a_request_passed_over_without_a_word_is_silent() -> None:
    """Nobody looks at a mail whose only request read is complete."""
    (one, other, *_) = (r for seed in range(60) for r in generate(seed, "digital").requests)
    for complete, verdict in ((True, Verdict.SILENT), (False, Verdict.ASKED)):
        read = {**one, "findings": (), "complete": complete}
        lost = score((one, other), (read,))[1][0]
        assert (lost.field, lost.verdict) == ("solicitud", verdict)
    assert score((one,), ())[0][0].verdict is Verdict.ASKED
