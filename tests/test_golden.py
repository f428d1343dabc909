"""Reading the golden files is reading the product."""

from pathlib import Path

import golden
import pytest
from house import SAMPLES, write_config

from mailbot.rules import Rules, read_rules

MAILS = sorted(SAMPLES.glob("*.eml"))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return read_rules(write_config(tmp_path_factory.mktemp("golden") / "config", None))


def test_there_is_a_golden_file_for_every_sample() -> None:
    """None is missing and none is left over."""
    assert len(MAILS) >= 90
    assert {p.stem for p in MAILS} == {p.stem for p in SAMPLES.glob("*.txt")}


@pytest.mark.parametrize("path", MAILS, ids=lambda p: p.stem)
def test_the_command_says_what_the_golden_file_says(path: Path, rules: Rules) -> None:
    """`mailbot check` prints exactly this; `python tests/golden.py` writes it anew."""
    assert golden.said(path, rules) == path.with_suffix(".txt").read_text(encoding="utf-8")
