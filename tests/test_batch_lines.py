"""What the lines of an answer to a digest, or to an order, are read as. Pure: no store."""

from typing import Any

import pytest
from house import ADMINISTRATOR, BOT
from mails import File, compose

from mailbot.model import Mail
from mailbot.parsers.batch import batch, read_batch
from mailbot.parsers.mail import read_mail
from mailbot.parsers.orders import confirms, order, read_order, says_nothing

YES, NO, OBSERVED = "aprobar", "rechazar", "observar"


def mail(text: str, sender: str = ADMINISTRATOR) -> Mail:
    return read_mail(compose(sender, BOT, "Re: x", text=text))


# ------------------------------------------------------------------ a digest


@pytest.mark.parametrize(
    ("said", "decided", "code"),
    [
        ("APROBAR 1", [(1, YES, "")], None),
        ("aprobar: 1 \u2013 2\n123 456", [(1, YES, ""), (2, YES, "")], "123456"),
        ("APROBAR 2 123456.", [(2, YES, "")], "123456"),
        ("APROBAR 2,1-2", [(2, YES, ""), (1, YES, "")], None),
        ("APROBAR 1\nAPROBAR 1", [(1, YES, "")], None),
        ("APROBAR 3-3", [(3, YES, "")], None),
        ("APROBAR 10", [(10, YES, "")], None),
        (
            "Hola\nBuenos días,\nAPRUEBO los n° 1, 3-4 y 7 123456",
            [(1, YES, ""), (3, YES, ""), (4, YES, ""), (7, YES, "")],
            "123456",
        ),
        (
            "RECHAZAR 1: falta RD\nOBSERVO 2 y 3, falta firma",
            [(1, NO, "falta RD"), (2, OBSERVED, "falta firma"), (3, OBSERVED, "falta firma")],
            None,
        ),
        (
            "APROBAR 1 123456\nRECHAZAR 2 falta\ncodigo: 123-456",
            [(1, YES, ""), (2, NO, "falta")],
            "123456",
        ),
        ("RECHAZAR 1 se paga en 123456", [(1, NO, "se paga en 123456")], None),
        ("Rechazo la 2 por 3 razones", [(2, NO, "por 3 razones")], None),
    ],
)
def test_every_line_decides_of_its_own_numbers(
    said: str, decided: list[tuple[int, str, str]], code: str | None
) -> None:
    """In the order they stand; the same thing twice is once; six digits stand for all of them."""
    read = batch(said)
    assert [(n, d.verb.value, d.text) for n, d in read.decisions] == decided
    assert all(d.code is None for _, d in read.decisions)
    assert (read.conflicts, read.code, read.problem) == (frozenset(), code, "")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("APROBAR 1 111111\nAPROBAR 2 222222", "Trae dos códigos distintos"),
        ("123456", "No dice qué decide"),
        ("Hola\nBuenos días", "No dice qué decide"),
        ("", "No dice qué decide"),
        ("APROBAR 1\u200b", "No dice qué decide"),
        ("APROBAR 1\nespere, el 3 no", "No se entendió «espere, el 3 no»"),
        ("APROBAR 1-3-5", "No se entendió «APROBAR 1-3-5»"),
        ("RECHAZAR 1-100", "No se entendió «RECHAZAR 1-100»"),
        ("APROBAR 2-1", "No se entendió «APROBAR 2-1»"),
        ("APROBAR 4, 2 - 1", "No se entendió «APROBAR 4, 2 - 1»"),
        ("APROBAR 00", "No se entendió «APROBAR 00»"),
        ("APROBAR 1 nivel 2", "No se entendió «APROBAR 1 nivel 2»"),
        ("APROBAR 1 3 123456", "No se entendió «APROBAR 1 3 123456»"),
        ("APROBAR 1 12.123456", "No se entendió «APROBAR 1 12.123456»"),
        ("CORREGIR 1 dni 12345678", "No se entendió «CORREGIR 1 dni 12345678»"),
        ("y" * 90, f"No se entendió «{'y' * 80}»"),
    ],
)
def test_a_line_that_says_nothing_certain_has_the_whole_say_nothing(
    said: str, problem: str
) -> None:
    """T19: and the first such line is told, as much of it as fits."""
    read = batch(said)
    assert (read.decisions, read.conflicts, read.code) == ((), frozenset(), None)
    assert read.problem == problem


def test_numbers_of_which_two_things_are_said_are_conflicts() -> None:
    """However often each is said; the others are not."""
    read = batch("APROBAR 1-2\nRECHAZAR 1 no\nAPROBAR 1\nRECHAZAR 3 no")
    assert read.conflicts == {1}
    assert [n for n, _ in read.decisions] == [1, 2, 3]


def test_a_digest_is_read_from_the_senders_own_words() -> None:
    """With their name under it, and small print; not from between quoted lines."""
    read = read_batch(mail("APROBAR 1\n\nQuispe", "Rosa Quispe <rosa@minedu.example>"))
    assert [n for n, _ in read.decisions] == [1]
    assert read_batch(mail("APROBAR 1\n\nsalvo el otro")).problem
    mixed = read_batch(mail("> uno\nAPROBAR 1\n> dos\n"))
    assert mixed.problem == "Su respuesta está mezclada con el correo que cita"
    assert mixed.decisions == ()


# ------------------------------------------------------------------ an order and its confirmation


@pytest.mark.parametrize(
    ("said", "confirmed"),
    [
        ("CONFIRMO", (True, None)),
        ("Sí, confirmo.", (True, None)),
        ("Confirmo 123456", (True, "123456")),
        ("CONFIRMO código 123 456", (True, "123456")),
        ("CONFIRMO\n123-456", (True, "123456")),
        ("Buenos días\nConfirmo\n\nGracias", (True, None)),
        ("CONFIRMO\n\nQuispe", (True, None)),
        ("CONFIRMO?", (False, None)),
        ("¿confirmo?", (False, None)),
        ("No confirmo", (False, None)),
        ("CONFIRMO 12", (False, None)),
        ("CONFIRMO 12 123456", (False, "123456")),
        ("CONFIRMO si es de hoy", (False, None)),
        ("CONFIRMO\npero mañana", (False, None)),
        ("123456", (False, "123456")),
        ("CONFIRMO\u200b", (False, None)),
        ("> uno\nCONFIRMO\n> dos\n", (False, None)),
        ("", (False, None)),
    ],
)
def test_a_confirmation_is_the_word_and_at_most_a_code(
    said: str, confirmed: tuple[bool, str | None]
) -> None:
    """T19: a doubt confirms nothing."""
    assert confirms(mail(said, "Rosa Quispe <rosa@minedu.example>")) == confirmed


@pytest.mark.parametrize(
    ("said", "name", "given"),
    [
        ("PAUSA", "PAUSA", {}),
        ("  *Pausa.*  ", "PAUSA", {}),
        ("Hola,\nestimados:\nREPORTE de 10/2026\n\nAna", "REPORTE", {"month": "10/2026"}),
        ("Informe", "REPORTE", {}),
        ("Estado,  caso 12;", "ESTADO", {"case": "12"}),
    ],
)
def test_an_order_is_the_first_line_that_is_no_greeting(
    said: str, name: str, given: dict[str, str]
) -> None:
    """Signs, blanks and capitals apart."""
    read = read_order(mail(said))
    assert read is not None
    assert (read.row.name, read.given, read.whole) == (name, given, True)


@pytest.mark.parametrize(
    ("said", "name"),
    [("Estado civil", "ESTADO"), ("Pausa, por favor", "PAUSA"), ("delego mañana", "DELEGAR")],
)
def test_an_order_of_which_only_the_word_is_understood_says_so(said: str, name: str) -> None:
    """It is answered with how to write it; nothing of it is taken."""
    read = order(said)
    assert read is not None
    assert (read.row.name, read.given, read.whole) == (name, {}, False)


@pytest.mark.parametrize(
    "said", ["", "Hola", "Gracias por todo", "PAUSA\u200b", "> a\nPAUSA\n> b", "la pausa", "pausas"]
)
def test_what_begins_with_no_orders_word_is_none(said: str) -> None:
    """Nor what may not be all there."""
    assert read_order(mail(said)) is None


def test_thanks_and_a_signature_say_nothing() -> None:
    """Such a mail is not answered with the list of orders."""
    who = "Rosa Quispe <rosa@minedu.example>"
    for said in ("Muchas gracias\n\nQuispe", "Gracias"):
        assert says_nothing(mail(said, who)), said
    for said in ("Gracias, ¿y el otro?", "Quiero saber del caso 3"):
        assert not says_nothing(mail(said, who)), said


@pytest.mark.parametrize(
    ("text", "more", "nothing"),
    [
        (" ", {}, False),
        (" ", {"references": ["<q@x.example>"]}, True),
        ("Gracias", {"attachments": [File("oficio.txt", b"x", "text/plain")]}, False),
        ("> a\nGracias\n> b", {"references": ["<q@x.example>"]}, False),
    ],
)
def test_a_mail_without_words_says_nothing_only_as_an_answer(
    text: str, more: dict[str, Any], *, nothing: bool
) -> None:
    """What begins a thread, has papers, or is mixed with a quote may say all it has to there."""
    read = read_mail(compose(ADMINISTRATOR, BOT, "Re: x", text=text, **more))
    assert says_nothing(read) is nothing
