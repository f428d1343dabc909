"""The answer to an order becomes what it says, if everything about it holds.

As with decisions: the token belongs to an order, the mail comes from that very person's address,
proven, in words understood one by one. What is in doubt changes nothing and is answered. The mail
of an answer is forgotten as soon as it is used: people type passwords.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailbot.desk import Visit, thread_of
from mailbot.model import Mail
from mailbot.orders.directory import Verb
from mailbot.orders.writing import alert, put
from mailbot.parsers.parse import Reply
from mailbot.parsers.report import Report, Said, mentions_secret, read_report
from mailbot.store import accounts, orders
from mailbot.store.tables import Change, ItemStatus, OrderItem, OrderStatus, WorkOrder

REFUSED = "respuesta a una orden de trabajo que no viene de la persona a la que se le pidió"


@dataclass(frozen=True)
class Heard:
    """An answer that may be listened to: the order, what is left of it, and the mail."""

    order: WorkOrder
    items: Sequence[OrderItem]
    mail_id: int
    mail: Mail

    @property
    def left(self) -> Mapping[int, OrderItem]:
        """What was not answered yet, by number."""
        wanted = (item for item in self.items if item.status == ItemStatus.WANTED)
        return {item.number or 0: item for item in wanted}


def answers(visit: Visit, reply: Reply) -> bool:
    """Whether a reply's token belongs to an order."""
    return _of(visit, reply) is not None


def _of(visit: Visit, reply: Reply) -> WorkOrder | None:
    return orders.by_token(visit.tx, visit.hash_of(reply.token))


def hear(visit: Visit, mail_id: int, reply: Reply) -> tuple[str, str | None]:
    """Act on an answer: the kind its mail is kept as, and why a person has to look, if one has."""
    order, sender = _of(visit, reply), reply.mail.sender
    if order is None or sender.address != order.worker:
        visit.note("work_refused", sender.address or "?", mail=mail_id)
        if order is not None:
            _token_leaked(visit, order, sender.named)
        return _kept(visit, mail_id, reply.mail), REFUSED
    heard = Heard(order, orders.of_order(visit.tx, order.id), mail_id, reply.mail)
    if not sender.may_decide:
        _unclear(visit, heard, f"No se pudo comprobar que viniera de usted: {sender.reason}")
        kind = _kept(visit, mail_id, reply.mail)
        return kind, f"respuesta a una orden sin comprobar: {sender.reason}"
    return _listen(visit, heard), None


def _kept(visit: Visit, mail_id: int, mail: Mail) -> str:
    """A mail that somebody has to look at is kept, unless a password may stand in it."""
    if not mentions_secret(mail):
        return "reply"
    orders.forget_mail(visit.tx, mail_id)
    return orders.PURGED


def _token_leaked(visit: Visit, order: WorkOrder, who: str) -> None:
    """Somebody else holds a live token: it dies, people are told, what is left is asked anew."""
    left = [i for i in orders.of_order(visit.tx, order.id) if i.status == ItemStatus.WANTED]
    if orders.end(visit.tx, order, OrderStatus.REVOKED):
        visit.note("work_revoked", "bot", detail=str(order.id))
        alert(visit, order, left, "order-leaked", who)


def answered_without_token(visit: Visit, mail_id: int, mail: Mail) -> bool:
    """Who works on an order answers it, and the token got lost on the way: say so."""
    order = orders.written(visit.tx, mail.references)
    if order is None or not mail.sender.authenticated or mail.sender.address != order.worker:
        return False
    heard = Heard(order, orders.of_order(visit.tx, order.id), mail_id, mail)
    _unclear(visit, heard, "Llegó sin el código: responda sin cambiar el destinatario")
    orders.forget_mail(visit.tx, mail_id)
    return True


# ------------------------------------------------------------------ what was said


def _listen(visit: Visit, heard: Heard) -> str:
    order, report = heard.order, read_report(heard.mail)
    visit.note("work_heard", order.worker, mail=heard.mail_id, detail=str(order.id))
    held = False
    if order.status != OrderStatus.OPEN or order.expires_at <= visit.now:
        _answer(visit, heard, "worker-noted", noted=[], over=True)
    elif problem := report.problem or _problem(heard, report, typing=_typing(visit)):
        _unclear(visit, heard, problem)
    else:
        held = _note_all(visit, heard, report)
    if not held:
        orders.forget_mail(visit.tx, heard.mail_id)
    return orders.HELD if held else orders.PURGED


def _typing(visit: Visit) -> bool:
    return visit.rules.settings.directory.workorder.credentials == "reply"


def _problem(heard: Heard, report: Report, *, typing: bool) -> str:
    """Why what was said cannot be so, or cannot be told apart; nothing when it can."""
    left = heard.left
    strange = [n for said in report.said for n in said.numbers if n not in left]
    if strange:
        return f"El punto {strange[0]} no está en la orden o ya no espera respuesta"
    if any(not said.done and not said.numbers for said in report.said) and len(left) > 1:
        return "Diga con su número qué punto no se pudo"
    if any(said.secret for said in report.said) and not typing:
        return (
            "Este buzón no recibe contraseñas: la que escribió se borró y no se envió a nadie. "
            "Responda otra vez sin ella y entréguela usted a la persona"
        )
    return _out_of_order(left, report) or _whose(left, report)


def _numbers(said: Said, left: Mapping[int, OrderItem]) -> Iterable[int]:
    return said.numbers or left


def _out_of_order(left: Mapping[int, OrderItem], report: Report) -> str:
    """Nobody opens the new account while the old one is open."""
    done = {n for said in report.said if said.done for n in _numbers(said, left)}
    closing = {i.change_id: n for n, i in left.items() if i.verb == Verb.CLOSE and n not in done}
    for number in sorted(done):
        item = left[number]
        if item.verb == Verb.OPEN and item.change_id in closing:
            first = closing[item.change_id]
            return (
                f"El punto {number} va después del punto {first}: si creó la cuenta nueva, cierre "
                f"ahora la anterior y responda por los dos"
            )
    return ""


def _whose(left: Mapping[int, OrderItem], report: Report) -> str:
    """A user name and a password are one account's."""
    for said in report.said:
        opening = [n for n in _numbers(said, left) if left[n].verb == Verb.OPEN]
        if said.username and len(opening) != 1:
            return "Ponga el usuario y la clave en la línea del punto de su cuenta, con su número"
    return ""


def _note_all(visit: Visit, heard: Heard, report: Report) -> bool:
    """End the items, wake what waits for them, answer; whether a password has still to leave."""
    left, held = heard.left, False
    for said in report.said:
        for number in _numbers(said, left):
            held |= _settle(visit, heard, left[number], said)
    touched = {item.change_id for item in left.values()}
    orders.wake(visit.tx, sorted(touched), visit.now)
    _drop_the_rest(visit, heard)
    items = orders.of_order(visit.tx, heard.order.id)
    for item in items:
        visit.tx.refresh(item)
    over = all(item.status != ItemStatus.WANTED for item in items)
    if over:
        orders.end(visit.tx, heard.order, OrderStatus.DONE)
    noted = [_noted(item) for item in items if item.number in left]
    _answer(visit, heard, "worker-noted", noted=noted, over=over)
    return held


def _noted(item: OrderItem) -> dict[str, object]:
    return {"number": item.number, "status": str(item.status)}


def _settle(visit: Visit, heard: Heard, item: OrderItem, said: Said) -> bool:
    """End one item; whether a password came with it."""
    status = ItemStatus.DONE if said.done else ItemStatus.REFUSED
    typed = said.secret is not None and item.verb == Verb.OPEN
    reason = said.reason or None
    settled = orders.settle(
        visit.tx, item, status, visit.now, heard.mail_id, reason=reason, typed=typed
    )
    visit.tx.refresh(item)
    if settled and said.username and item.verb == Verb.OPEN:
        accounts.rename(visit.tx, item.account_id, said.username)
    if settled:
        case = visit.tx.get_one(Change, item.change_id).case_id
        visit.note(f"item_{status}", heard.order.worker, case=case, mail=heard.mail_id)
    return settled and typed


def _drop_the_rest(visit: Visit, heard: Heard) -> None:
    """Where one thing of a replacement could not be done, the other is not wanted any more."""
    refused = {i.change_id for i in heard.items if i.status == ItemStatus.REFUSED}
    for item in heard.items:
        change = visit.tx.get_one(Change, item.change_id)
        waits = item.status == ItemStatus.WANTED
        if waits and item.change_id in refused and change.account_id is not None:
            orders.settle(visit.tx, item, ItemStatus.DROPPED, visit.now)


# ------------------------------------------------------------------ the short answers


def _unclear(visit: Visit, heard: Heard, problem: str) -> None:
    _answer(visit, heard, "worker-unclear", problem=problem)


def _answer(visit: Visit, heard: Heard, kind: str, **more: object) -> None:
    """A short answer, if the address may be answered once more today."""
    if visit.outbox.may_answer(heard.order.worker, known=True):
        thread = thread_of(heard.mail.message_id, heard.mail.references, "")
        put(visit, heard.order, kind, f"{heard.order.id}.{heard.mail_id}", thread, **more)
