"""A name that looks like a frequent one and is none is asked about, if one picture alone has it."""

from dataclasses import replace
from pathlib import Path

import pytest
from accuracy import rules
from test_doubts import alta, checked, reading

from mailbot.errors import ConfigError
from mailbot.lexicon import read_lexicon
from mailbot.model import Method, Outcome, PageKind


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("TEÓTILO", "teófilo"),
        ("Qmar", "omar"),
        ("ELORES", "flores"),
        ("PREDDY", "freddy"),
        ("Wisa", "luisa"),
        ("TORR", "torre"),
        ("SALDANA", "saldaña"),
        ("SALDAÑA", None),
        ("Naupari", "ñaupari"),
        ("MARINO", None),  # Mariño is another
        ("LLARIOS", "llanos"),
        ("Miñez", "núñez"),
        ("JOS", "josé"),
        ("JOSÉMARÍA", "josé maría"),
        ("Luzmarina", "luz marina"),
        ("MARISOL", None),
        ("Palacio", None),
        ("ÁGUILA", None),
        ("TEÓFILO", None),
        ("Saturnine", None),
        ("Xolott", None),
        ("Xyz", None),
        ("", None),
    ],
)
def test_a_word_one_letter_off_a_frequent_name_may_be_that(read: str, meant: str | None) -> None:
    """The last vowel of a name is its owner's: Saturnina, Saturnino, Saturnine."""
    assert rules().lexicon.meant(read) == meant


def test_what_one_picture_alone_spells_so_is_asked() -> None:
    """What somebody typed, and what two papers show, is as it is."""
    read = reading("TEÓTILO PAZ LUNA", PageKind.OFICIO)
    again = replace(read, kind=PageKind.RD, evidence=replace(read.evidence, source="rd.pdf"))
    typed = replace(read, evidence=replace(read.evidence, method=Method.TEXT))
    other = reading("TEÓFILO PAZ LUNA", PageKind.OFICIO)
    for names, outcome in (
        ((read,), Outcome.UNREADABLE),
        ((read, again), Outcome.MET),
        ((typed,), Outcome.MET),
        ((other,), Outcome.MET),
    ):
        assert checked(alta(names))["nombres"][0] is outcome


def test_a_name_is_asked_though_what_is_asked_for_is_not_known() -> None:
    """Whoever completes the request would find a wrong name ticked off."""
    read = reading("QUISPE NUNEZ, ROSA", PageKind.OFICIO)
    typed = replace(read, evidence=replace(read.evidence, method=Method.TEXT))
    for name, outcome in ((read, Outcome.UNREADABLE), (typed, Outcome.MET)):
        assert checked(replace(alta((name,)), role=None))["nombres"][0] is outcome


def test_an_operator_adds_the_names_of_the_region(tmp_path: Path) -> None:
    """Without the file no name is frequent: a folder of an earlier version goes on working."""
    assert read_lexicon(tmp_path).meant("TEÓTILO") is None
    file = tmp_path / "names.toml"
    file.write_text('nombres = "Teótilo"\napellidos = """\nTeófila\n"""\n', encoding="utf-8")
    assert read_lexicon(tmp_path).names == {"teotilo": "Teótilo", "teofila": "Teófila"}
    for wrong in ('apodos = "Pepe"', 'nombres = ["Ana"]'):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"names\.toml: «(apodos|nombres)» no vale"):
            read_lexicon(tmp_path)
