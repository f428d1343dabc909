"""What a holder is to enter with, where the person at work typed it in the answer.

It stands in that answer's mail alone, sealed, and nowhere else: it is read there when its letter
leaves, and the mail is forgotten once that has left.
"""

from pydantic import SecretStr

from mailbot.config import Settings
from mailbot.parsers.mail import read_mail
from mailbot.parsers.report import Said, read_report
from mailbot.respond import Secrets, message_id
from mailbot.store import Tx, mails, orders
from mailbot.store.tables import Letter


def typed(tx: Tx, letter: Letter, settings: Settings) -> Secrets:
    """What was typed for a letter's reader; without it the letter says who hands it over."""
    report = letter.context.get("report_mail")
    if report is None:
        return Secrets()
    secret = _read(tx, report, letter.context["item_number"])
    if secret is None and letter.context["typed"]:
        letter.context = {**letter.context, "typed": False}
        if letter.attempts > 1:  # another content must not hide behind the same Message-ID
            ident = f"{letter.account_id}.{letter.id}.{letter.attempts}"
            letter.message_id = message_id(settings, letter.kind, ident)
    return Secrets(password=secret)


def _read(tx: Tx, report: int, number: int) -> SecretStr | None:
    raw = mails.raw(tx, report)
    if raw in (b"", orders.FORGOTTEN):
        return None
    said = [one for one in read_report(read_mail(raw)).said if one.secret]
    return next((one.secret for one in said if _is_for(one, number, len(said))), None)


def _is_for(said: Said, number: int, count: int) -> bool:
    return number in said.numbers or (not said.numbers and count == 1)


def forget(tx: Tx, letter: Letter) -> None:
    """A letter has left, or never will: what it carried is forgotten, all of it with the last."""
    report = letter.context.get("report_mail")
    if report is not None and orders.handed_over(tx, letter.context["item"], report):
        orders.forget_mail(tx, report)
