"""What is unusual about a case, told to whom decides before anything else. Pure.

A request that is genuine to the last byte may still come from a stolen mailbox (threats T10, T11,
T23): nothing here stops a case, it makes a person look twice. One row a sign, in the order they are
told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

NEW_HOLDER_DAYS = 30
"""Replacing somebody this soon is unusual."""
OLD_OFICIO_DAYS = 60
"""An oficio older than this may have been sent before."""
MANY_CASES = 5


@dataclass(frozen=True, slots=True)
class Past:
    """What the store knows that bears on a case. Cases are told by number, people by name.

    `reused` are documents seen in other requests (name, case), `same_number` the case in which an
    oficio of that number was used, `holder_since` when the account to be closed was opened,
    `other_posts` what else the person holds, `rivals` cases that wait for the same seat,
    `shared_address` whose account uses the same address, `named_otherwise` the name under which an
    account holds the same DNI, `together` the cases of the same mail.
    """

    today: date
    first_from_sender: bool = False
    reused: tuple[tuple[str, int], ...] = ()
    same_number: int | None = None
    oficio_date: date | None = None
    holder_since: date | None = None
    other_posts: tuple[str, ...] = ()
    rivals: tuple[int, ...] = ()
    shared_address: str | None = None
    named_otherwise: str | None = None
    together: int = 1


def signals(past: Past) -> list[str]:
    """The sentences to tell, in order; none for an ordinary case."""
    return [said for row in _ROWS if (said := row(past))]


def _first(past: Past) -> str | None:
    return "es la primera solicitud que llega de esta dirección" if past.first_from_sender else None


def _reused(past: Past) -> str | None:
    told = (f"{name} (caso {number})" for name, number in past.reused)
    return f"ya se presentó en otro pedido: {', '.join(told)}" if past.reused else None


def _same_number(past: Past) -> str | None:
    if past.same_number is None:
        return None
    return f"un oficio con el mismo número ya se usó en el caso {past.same_number}"


def _old_oficio(past: Past) -> str | None:
    age = (past.today - past.oficio_date).days if past.oficio_date else 0
    return f"el oficio tiene fecha de hace {age} días" if age > OLD_OFICIO_DAYS else None


def _from_the_future(past: Past) -> str | None:
    ahead = past.oficio_date and (past.oficio_date - past.today).days > 1
    return "el oficio tiene una fecha que todavía no llega" if ahead else None


def _new_holder(past: Past) -> str | None:
    days = (past.today - past.holder_since).days if past.holder_since else NEW_HOLDER_DAYS
    if days >= NEW_HOLDER_DAYS:
        return None
    since = "hoy" if days < 1 else "hace un día" if days == 1 else f"hace {days} días"
    return f"la cuenta que se cerraría se creó {since}"


def _other_posts(past: Past) -> str | None:
    if not past.other_posts:
        return None
    return f"la persona ya tiene otra cuenta: {'; '.join(past.other_posts)}"


def _rivals(past: Past) -> str | None:
    numbers = ", ".join(map(str, past.rivals))
    return f"otro pedido espera para el mismo puesto: caso {numbers}" if past.rivals else None


def _shared_address(past: Past) -> str | None:
    if past.shared_address is None:
        return None
    return f"el correo indicado es el de la cuenta de {past.shared_address}"


def _named_otherwise(past: Past) -> str | None:
    if past.named_otherwise is None:
        return None
    return f"el DNI es el de una cuenta a nombre de {past.named_otherwise}"


def _together(past: Past) -> str | None:
    return f"el mismo correo pide {past.together} cuentas" if past.together > MANY_CASES else None


_ROWS: tuple[Callable[[Past], str | None], ...] = (
    _reused,
    _same_number,
    _old_oficio,
    _from_the_future,
    _new_holder,
    _rivals,
    _named_otherwise,
    _shared_address,
    _other_posts,
    _first,
    _together,
)
