"""Own words between quoted lines may be ends of what is quoted: no reader of orders takes them."""

import pytest
from house import ADMINISTRATOR, BOT
from mails import compose

from mailbot.model import Mail
from mailbot.parsers.batch import read_batch
from mailbot.parsers.mail import read_mail
from mailbot.parsers.orders import confirms, read_order
from mailbot.parsers.reply import Verb, read_decision
from mailbot.parsers.report import read_report


def mixed(said: str, between: str = "> lo que se citaba\n") -> Mail:
    """What an approver says, between lines of what they quote."""
    text = f"> 1. Caso 7\n{said}\n{between}{said}\n> hasta pronto\n"
    return read_mail(compose(ADMINISTRATOR, BOT, "Re: x", text=text))


@pytest.mark.parametrize("said", ["APROBAR", "APROBAR 1", "CONFIRMO", "PAUSA", "HECHO 1"])
def test_what_is_mixed_with_a_quote_neither_decides_nor_orders(said: str) -> None:
    """Not a question, not a digest, not an order, not its confirmation."""
    mail = mixed(said)
    assert mail.patchy
    assert read_decision(mail).verb is Verb.UNCLEAR
    assert read_batch(mail).problem
    assert not read_batch(mail).decisions
    assert confirms(mail) == (False, None)
    assert read_order(mail) is None
    assert read_report(mail).problem
    assert not read_report(mail).said


def test_the_same_words_above_the_quote_do() -> None:
    """It is the mixing, not the quoting."""
    above = read_mail(compose(ADMINISTRATOR, BOT, "Re: x", text="APROBAR 1\n\n> 1. Caso 7\n"))
    assert [n for n, _ in read_batch(above).decisions] == [1]
