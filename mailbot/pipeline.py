"""The route of one mail, stage after stage.

Reading is slow and happens outside any transaction; what follows from it is one transaction. A mail
that breaks us is set aside with its reason, raw and whole, and the next one goes on: here stands
the program's only blanket ``except``.
"""

import faulthandler
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from mailbot import (
    challenge,
    deputies,
    inquiry,
    intake,
    metrics,
    orders,
    patience,
    prompts,
    resolve,
)
from mailbot.desk import Desk, Visit, thread_of
from mailbot.intake import Dossier
from mailbot.model import Mail, Sender
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.parsers.parse import Automatic, Parsed, Reply, Request, Unrelated, parse
from mailbot.respond import About
from mailbot.store import BROKEN_WIRE, Tx, cases, challenges, letters, mails, pulse, verdicts
from mailbot.store.orders import PURGED
from mailbot.store.tables import UNDECIDED, MailStatus
from mailbot.store.tables import Mail as StoredMail
from mailbot.undelivered import undelivered

log = structlog.get_logger()

UNPROVEN = "remitente sin comprobar"
TOO_MANY = "hoy ya llegaron demasiados pedidos de esta dirección"


def process(desk: Desk, told: Callable[[int], None] = lambda _mail_id: None) -> int:
    """Take every new mail as far as it can go today; how many there were. `told` hears of each."""
    desk.resolver.ask_again()
    with desk.store.read() as tx:
        waiting = mails.to_process(tx)
    done = 0
    for mail_id in waiting:
        if patience.stopping():
            break
        handle(desk, mail_id)
        told(mail_id)
        done += 1
    return done


def handle(desk: Desk, mail_id: int) -> None:
    """Take one mail as far as it can go today; whatever it does to us, the next one goes on."""
    with desk.store.begin() as tx:
        if not mails.begin_attempt(tx, mail_id):
            _set_aside(desk.at(tx), mail_id, "broken", "hizo fallar al programa varias veces")
            return
        if not desk.rules.settings.workers.elsewhere:  # there who reads says itself that it lives
            pulse.note_progress(tx, pulse.Work.POLL, desk.clock())
    try:
        with _patience():
            _take(desk, mail_id)
    except Malformed as error:
        _put_aside(desk, mail_id, str(error))
    except patience.Stopped:
        with desk.store.begin() as tx:
            mails.postpone(tx, mail_id)  # we were stopped, it did us no harm
        raise
    except BROKEN_WIRE:
        raise
    except Exception as error:
        log.exception("mail_broke_us", mail=mail_id)
        _put_aside(desk, mail_id, f"error del programa: {type(error).__name__}")


MAIL_SECONDS = 900
"""Three times what its documents may take in all: whoever takes longer never ends."""


@contextmanager
def _patience() -> Iterator[None]:
    """End the program when a mail holds it for too long: it is taken up again, three times.

    Nothing gentler ends a pattern that runs on: Python is not asked in between.
    """
    faulthandler.dump_traceback_later(MAIL_SECONDS, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _put_aside(desk: Desk, mail_id: int, reason: str) -> None:
    with desk.store.begin() as tx:
        _set_aside(desk.at(tx), mail_id, "unreadable", reason)


def _set_aside(visit: Visit, mail_id: int, kind: str, reason: str) -> None:
    if mails.finish(visit.tx, mail_id, MailStatus.SET_ASIDE, kind, reason):
        visit.note("mail_set_aside", "bot", mail=mail_id, detail=reason)
        log.info("mail_set_aside", mail=mail_id, reason=reason)


# ------------------------------------------------------------------ one mail


def _take(desk: Desk, mail_id: int) -> None:
    with desk.store.read() as tx:
        raw, known = mails.raw(tx, mail_id), verdicts.of_mail(tx, mail_id)
    sender = known or desk.verify(raw)  # it may ask the DNS: outside any transaction
    if sender.pending and _waits(desk, mail_id):
        return
    mail = read_mail(raw, replace(sender, pending=False))
    with desk.store.begin() as tx:
        stored = tx.get_one(StoredMail, mail_id)
        verdicts.keep(tx, mail_id, mail.sender, desk.clock())
        mail = _vouched(tx, stored, mail)
        _remember(stored, mail)
        if _ended_at_once(desk.at(tx), stored, mail):
            return
        dossier_id, earlier = _completes(desk.at(tx), mail) or (mail_id, ())
    parsed = parse((*earlier, mail), desk.rules)
    metrics.count_pages(parsed.documents if isinstance(parsed, Request) else ())
    with desk.store.begin() as tx:
        _act(desk.at(tx), mail_id, mail, parsed, dossier_id)


def _waits(desk: Desk, mail_id: int) -> bool:
    """Whether a mail whose sender is not known yet is left for the next poll."""
    patience = timedelta(hours=desk.rules.settings.trust.dns_patience_hours)
    with desk.store.begin() as tx:
        if desk.clock() - tx.get_one(StoredMail, mail_id).received_at > patience:
            return False
        mails.postpone(tx, mail_id)
    log.info("mail_waits_for_dns", mail=mail_id)
    return True


def _vouched(tx: Tx, stored: StoredMail, mail: Mail) -> Mail:
    """The mail with its sender taken as proven, when an operator or the office vouched for it.

    What an office confirmed is the office's own from there on: the address that was not proven
    gets no letter. A person's word makes a request, never a decision: that wants proof.
    """
    office = challenges.confirmed_by(tx, stored.id)
    if office is None and stored.vouched_by is None:
        return mail
    address, reason = mail.sender.address, f"lo dio por bueno {stored.vouched_by}"
    if office:
        address, reason = office, f"lo confirmó {office}"
        if mail.sender.address != office:
            reason += f"; había llegado sin comprobar desde {mail.sender.address}"
    if not address:
        return mail
    return mail.sent_by(Sender(address, authenticated=True, reason=reason, whole=False))


def _remember(stored: StoredMail, mail: Mail) -> None:
    stored.message_id, stored.sender = mail.message_id or None, mail.sender.address or None
    stored.authenticated = mail.sender.authenticated


def _ended_at_once(visit: Visit, stored: StoredMail, mail: Mail) -> bool:
    """Mails that need no reading: written by us, or by a machine."""
    own = visit.rules.settings.bot.address.lower()
    if mail.sender.address == own or letters.is_ours(visit.tx, mail.message_id):
        return mails.finish(visit.tx, stored.id, MailStatus.DONE, "own")
    if mail.automatic is None:
        return False
    deputies.perhaps_away(visit, mail)
    for letter in letters.bounced(visit.tx, mail.bounced):
        letter.error = "la devolvió el servidor del destinatario"
        undelivered(visit, letter, letter.error)
    return mails.finish(visit.tx, stored.id, MailStatus.DONE, "automatic", mail.automatic)


def _completes(visit: Visit, mail: Mail) -> tuple[int, tuple[Mail, ...]] | None:
    """The dossier a mail completes, and its mails so far; None when it begins one."""
    if not mail.sender.authenticated:
        return None
    asked = mails.dossiers_of(visit.tx, mail.references)
    found = ((id_, _earlier(visit, id_, mail)) for id_ in asked)
    return next(((id_, earlier) for id_, earlier in found if earlier), None)


def _earlier(visit: Visit, dossier_id: int, mail: Mail) -> tuple[Mail, ...]:
    """The mails of a dossier, if that is open and the sender's."""
    rows = cases.of_dossier(visit.tx, dossier_id)
    if not any(row.status in UNDECIDED for row in rows):
        return ()
    if not any(_belongs(visit, row.asker, mail.sender.address) for row in rows):
        return ()
    known = (_read_again(visit.tx, row) for row in mails.of_dossier(visit.tx, dossier_id))
    return tuple(m for m in known if m.sha256 != mail.sha256)


def _read_again(tx: Tx, row: StoredMail) -> Mail:
    """A mail of a dossier with the verdict it had when it came."""
    before = Sender(
        row.sender or "", authenticated=bool(row.authenticated), reason="se comprobó al llegar"
    )
    sender = verdicts.of_mail(tx, row.id) or before
    return _vouched(tx, row, read_mail(row.raw or b"", sender))


def _belongs(visit: Visit, asker: str, sender: str) -> bool:
    """Whether a sender may complete what an asker began: the same address, or the same office."""
    if sender == asker:
        return True
    theirs = {o.code for o in visit.rules.offices.of_address(asker)}
    return bool(theirs & {o.code for o in visit.rules.offices.of_address(sender)})


def _act(visit: Visit, mail_id: int, mail: Mail, parsed: Parsed, dossier_id: int) -> None:
    stored = visit.tx.get_one(StoredMail, mail_id)
    if stored.status != MailStatus.NEW:
        return  # another process was faster
    match parsed:
        case Reply():
            _finish(visit, mail_id, *_heard(visit, mail_id, parsed))
        case Automatic():
            _finish(visit, mail_id, "automatic", None)
        case _ if kind := _lost_its_token(visit, mail_id, mail):
            _finish(visit, mail_id, kind, None)
        case Request() | Unrelated() if _is_order(visit, stored, mail, parsed):
            _finish(visit, mail_id, "order", None)
        case Request() | Unrelated() if not mail.sender.authenticated:
            asked = challenge.ask(visit, mail_id, mail, parsed)
            _finish(visit, mail_id, "unproven", f"{UNPROVEN}: {mail.sender.reason}{asked}")
        case Request() | Unrelated() if inquiry.alone(
            visit, mail, parsed, fresh=dossier_id == mail_id
        ):
            inquiry.answer(visit, mail_id, mail)
            _finish(visit, mail_id, "inquiry", None)
        case Unrelated():
            _decline(visit, mail_id, mail, parsed)
        case Request():
            _finish(visit, mail_id, "request", _receive(visit, stored, mail, parsed, dossier_id))


def _receive(
    visit: Visit, stored: StoredMail, mail: Mail, parsed: Request, dossier_id: int
) -> str | None:
    """Take a request in, unless its sender has asked for enough today; then why not."""
    if _too_many(visit, stored, mail):
        return TOO_MANY
    stored.dossier_id = dossier_id
    intake.receive(visit, Dossier(dossier_id, stored.id, parsed))
    inquiry.answer_besides(visit, stored.id, mail)
    return None


def _heard(visit: Visit, mail_id: int, reply: Reply) -> tuple[str, str | None]:
    """Who asked for a reply acts on it: what its mail is kept as, and why it is set aside."""
    if challenge.answers(visit, reply):
        return "reply", challenge.hear(visit, mail_id, reply)
    if prompts.answers(visit, reply):
        return "reply", prompts.hear(visit, mail_id, reply)
    if orders.answers(visit, reply):
        return orders.hear(visit, mail_id, reply)
    return "reply", resolve.resolve(visit, mail_id, reply)


def _is_order(visit: Visit, stored: StoredMail, mail: Mail, parsed: Request | Unrelated) -> bool:
    """Whether an approver orders something, or says what is neither that nor about a request.

    What a person vouched for is a request: nobody vouches for an order. So is what names somebody
    or brings papers, whatever stands in its first line.
    """
    in_thread = bool(mails.dossiers_of(visit.tx, mail.references))
    asks = isinstance(parsed, Request) and bool(mail.attachments or parsed.names_somebody)
    if stored.vouched_by is not None or in_thread or asks:
        return False
    words = isinstance(parsed, Unrelated) and not parsed.asks_other
    return prompts.hear_order(visit, stored.id, mail, else_help=words)


def _lost_its_token(visit: Visit, mail_id: int, mail: Mail) -> str:
    """A reply to a letter of ours whose token is gone: answered, and what its mail is kept as."""
    if resolve.answered_without_token(visit, mail_id, mail):
        return "reply"
    return PURGED if orders.answered_without_token(visit, mail_id, mail) else ""


def _too_many(visit: Visit, stored: StoredMail, mail: Mail) -> bool:
    """Whether an address asked for enough in a day; what an operator takes up again is not asked.

    Each request is a question to somebody: nobody is to be tired into saying yes.
    """
    day_ago = visit.now - timedelta(days=1)
    asked = mails.requests_since(visit.tx, mail.sender.address, day_ago)
    most = visit.rules.settings.limits.requests_per_day
    return stored.vouched_by is None and asked >= most


def _finish(visit: Visit, mail_id: int, kind: str, reason: str | None) -> None:
    if reason:
        _set_aside(visit, mail_id, kind, reason)
    else:
        mails.finish(visit.tx, mail_id, MailStatus.DONE, kind)


def _decline(visit: Visit, mail_id: int, mail: Mail, parsed: Unrelated) -> None:
    """A mail that asks for no account is told so once; a word of thanks in a thread is not."""
    in_thread = bool(mails.dossiers_of(visit.tx, mail.references))
    if not in_thread and visit.may_answer(mail.sender.address):
        context = {
            "bot_name": visit.rules.settings.bot.name,
            "asks_other": parsed.asks_other,
            "elsewhere": visit.rules.settings.serves.elsewhere,
        }
        thread = thread_of(mail.message_id, mail.references, mail.subject)
        about = About(mail=mail_id, thread=thread)
        visit.outbox.put("asker-unrelated", mail.sender.address, str(mail_id), context, about)
    _finish(visit, mail_id, "unrelated", None)


def lay_aside(desk: Desk, mail_ids: Sequence[int], reason: str, operator: str) -> int:
    """Set mails aside that have not been dealt with, at an operator's word; how many were."""
    with desk.store.begin() as tx:
        laid = [mail_id for mail_id in mail_ids if mails.lay_aside(tx, mail_id, reason)]
        for mail_id in laid:
            desk.at(tx).note("mail_set_aside", operator, mail=mail_id, detail="by hand")
    return len(laid)


def retry(
    desk: Desk, mail_ids: Sequence[int], vouched_by: str | None = None, operator: str = "operador"
) -> int:
    """Make mails that were set aside new again, perhaps vouched for; how many were."""
    with desk.store.begin() as tx:
        renewed = [mail_id for mail_id in mail_ids if mails.renew(tx, mail_id, vouched_by)]
        for mail_id in renewed:
            verdicts.forget(tx, mail_id)
            name = "mail_vouched" if vouched_by else "mail_retried"
            desk.at(tx).note(name, operator, mail=mail_id)
    return len(renewed)
