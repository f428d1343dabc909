"""How letters look: on a telephone and on a desk, in a real browser, and in plain text."""

import os
import re
from collections import Counter

import pytest
from browser import Measured, browser, measure
from letters import CASE, example
from test_letters import commands_nothing

from mailbot.parsers.html import visible
from mailbot.parsers.text import fold
from mailbot.respond import KINDS

WIDTHS = (360, 800)
KIND = pytest.mark.parametrize("kind", KINDS)
LONG = {
    "names": "QUISPE MAMANI DE LA TORRE UGARTE, Rosa Elena del Carmen Milagros",
    "correo": "rosa.elena.del.carmen.quispe.mamani.de.la.torre@dirregionaldeeducacion.example",
    "office_name": "DIRECCIÓN REGIONAL DE EDUCACIÓN DE LIMA METROPOLITANA Y PROVINCIAS",
    "asker": "mesa.de.partes.virtual.institucional@direccionregionaldeeducacion.example",
}
"""What is long in one piece is where pages become too wide."""

TABLES = ("administrator-report",)
"""Tables in HTML, lists in text: the same numbers, each with fewer words around it."""


@pytest.fixture(scope="module")
def shown() -> dict[tuple[str, int], Measured]:
    """Every letter, with ordinary and with long words, at both widths."""
    if browser() is None and os.environ.get("MAILBOT_REQUIRE_SERVERS") != "1":
        pytest.skip("there is no Chromium")
    pages = {kind: example(kind)[2] for kind in KINDS}
    pages |= {f"{kind} long": example(kind, **LONG)[2] for kind in KINDS}
    return measure(pages, WIDTHS)


@pytest.mark.parametrize("width", WIDTHS)
@KIND
def test_no_letter_is_wider_than_its_screen(
    shown: dict[tuple[str, int], Measured], kind: str, width: int
) -> None:
    """Nobody has to push a letter from side to side."""
    for name in (kind, f"{kind} long"):
        assert shown[name, width].scroll_width <= width, name


@pytest.mark.parametrize("kind", [k for k, made in KINDS.items() if made.answers])
def test_every_button_is_large_enough_for_a_thumb(
    shown: dict[tuple[str, int], Measured], kind: str
) -> None:
    """44 pixels each way (WCAG 2.5.5)."""
    for width in WIDTHS:
        taps = shown[kind, width].taps
        assert len(taps) == len(KINDS[kind].answers)
        assert min(min(tap) for tap in taps) >= 44


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", fold(text)))


def without_buttons(html: str) -> str:
    return re.sub(r"<a\s.*?</a>", "", html, flags=re.DOTALL)


@KIND
def test_html_and_text_say_the_same(kind: str) -> None:
    """Word for word, whatever stands first: who reads only one of them misses nothing."""
    _, text, html = example(kind)
    if "<ol" in html:  # a browser counts its items by itself
        text = re.sub(r"(?m)^[0-9]\. ", "", text)
    plain, dressed = words(text), words(visible(without_buttons(html)).own)
    if kind in TABLES:
        plain, dressed = (Counter({w for w in found if w.isdigit()}) for found in (plain, dressed))
    assert set(plain - dressed) | set(dressed - plain) == set()


@KIND
def test_no_line_of_the_html_is_a_command(kind: str) -> None:
    """A letter sent back as HTML, its buttons with it, decides nothing."""
    html = example(kind)[2]
    labels = re.findall(r"<a\s[^>]*>(.*?)</a>", html)
    for line in (*labels, *visible(html).own.splitlines()):
        assert commands_nothing(line), line


@pytest.mark.parametrize("kind", ["decider-question", "decider-reminder", "decider-unclear"])
def test_whose_account_it_is_stands_before_how_to_decide(kind: str) -> None:
    """Nobody presses a button above what it decides about."""
    _, text, html = example(kind)
    for said in (text, html):
        facts, word = said.index(CASE["dni"]), said.index("APROBAR")
        assert facts < word
    assert html.index(CASE["dni"]) < html.index('href="mailto:')
    assert "alta" in text


def test_the_doubtful_stands_before_all_that_was_found_in_order() -> None:
    """Who reads only the first screen sees what to look at."""
    for said in (example("decider-question")[1], visible(example("decider-question")[2]).own):
        doubt, fine = CASE["unmet"][0]["label"], CASE["met"][-1]["value"]
        assert said.index(doubt) < said.index(fine)
        assert fold(said).index("revise antes de decidir") < fold(said).index("si aprueba")
