"""A request that nobody can prove: the office it names is asked whether it is its own.

The registered address, never the one that wrote, gets one letter with a token. CONFIRMO from that
address, proven, takes the mail up as the office's own; NO, or silence, leaves it aside and an
administrator is told. Nothing of the doubtful mail's own words stands in the letter.
"""

from collections.abc import Sequence
from datetime import timedelta

from mailbot import secrecy, tell
from mailbot.check import Case, check
from mailbot.desk import Visit
from mailbot.model import Mail
from mailbot.parsers import nameplate
from mailbot.parsers.parse import Reply, Request, Unrelated
from mailbot.parsers.reply import names_of
from mailbot.parsers.text import fold, tidy
from mailbot.procedures import SPECIAL_ASKERS, OfficeType
from mailbot.respond import About, key
from mailbot.rules import Rules
from mailbot.store import challenges, mails
from mailbot.store.tables import Challenge, ChallengeStatus
from mailbot.store.tables import Mail as StoredMail

_WORDS = {
    "confirmo": ChallengeStatus.CONFIRMED,
    "confirmamos": ChallengeStatus.CONFIRMED,
    "si confirmo": ChallengeStatus.CONFIRMED,
    "no": ChallengeStatus.DENIED,
    "no confirmo": ChallengeStatus.DENIED,
    "no confirmamos": ChallengeStatus.DENIED,
}
REFUSED = "confirmación que no viene de la dirección a la que se le pidió"
UNCLEAR = "respuesta a una confirmación que no dice CONFIRMO ni NO"


# ------------------------------------------------------------------ asking


def ask(visit: Visit, mail_id: int, mail: Mail, parsed: Request | Unrelated) -> str:
    """Ask the office an unproven request names, if it can be asked; what to add to the reason."""
    if isinstance(parsed, Unrelated) or not mail.sender.address:
        return ""
    cases = check(parsed, visit.rules)
    found = _whom(cases, mail.sender.address, visit.rules)
    if found is None or challenges.of_mail(visit.tx, mail_id):
        return ""
    office, address = found
    if address == visit.rules.settings.bot.address.lower():
        return ""
    if _too_many(visit, office, address):
        visit.note("challenge_capped", "bot", mail=mail_id, detail=office)
        return "; hoy ya se pidieron demasiadas confirmaciones"
    _put(visit, _challenge(visit, mail_id, office, address), mail, cases)
    return f"; se pidió confirmarlo a {address}"


def _too_many(visit: Visit, office: str, address: str) -> bool:
    """Whether an office, or all of them together, were asked often enough in a day."""
    limits, day_ago = visit.rules.settings.limits, visit.now - timedelta(days=1)
    asked = challenges.since(visit.tx, day_ago, office, address)
    everybody = challenges.since(visit.tx, day_ago)
    return asked >= limits.challenges_per_day or everybody >= limits.challenges_in_all


def _whom(cases: Sequence[Case], sender: str, rules: Rules) -> tuple[str, str] | None:
    """The one office that all cases name, and the registered address that speaks for it."""
    named = {c.claim.office.value for c in cases if c.claim.office and not c.claim.office.doubt}
    if len(named) != 1 or not all(c.claim.office for c in cases):
        return None
    (office,) = named
    addresses = _registered(cases, office, rules)
    if not addresses:
        return None
    return office, sender if sender in addresses else addresses[0]


def _registered(cases: Sequence[Case], code: str, rules: Rules) -> tuple[str, ...]:
    """The addresses that may ask: the ministry's own, the office's, or for a school its UGEL's."""
    asks = {case.procedure.asks for case in cases if case.procedure}
    if asks & set(SPECIAL_ASKERS):
        (first, *others) = asks
        listed = () if others else rules.settings.askers.get(first, ())
        return tuple(address.lower() for address in listed)
    office = rules.offices.get(code)
    if office is None:
        return ()
    if not office.emails and office.type is OfficeType.IE and office.parent:
        above = rules.offices.get(office.parent)
        return above.emails if above else ()
    return office.emails


def _challenge(visit: Visit, mail_id: int, office: str, address: str) -> Challenge:
    settings = visit.rules.settings
    nonce, token_hash = secrecy.issued(key(settings))
    made = Challenge(
        mail_id=mail_id,
        office=office,
        address=address.lower(),
        nonce=nonce,
        token_hash=token_hash,
        created_at=visit.now,
        expires_at=visit.now + timedelta(hours=settings.policy.challenge_hours),
    )
    visit.tx.add(made)
    visit.tx.flush()
    return made


def _put(visit: Visit, made: Challenge, mail: Mail, cases: Sequence[Case]) -> None:
    """The letter: all that is asked in our own words, for all of it is confirmed; DNI cut short."""
    stored = visit.tx.get_one(StoredMail, made.mail_id)
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "office_name": visit.rules.offices.name(made.office),
        "claimed": mail.sender.address,
        "received": stored.received_at.isoformat(),
        "asked": [_asked(case) for case in cases],
        "expires": made.expires_at.isoformat(),
    }
    visit.note("challenge_sent", "bot", mail=made.mail_id, detail=f"to {made.address}")
    about = About(mail=made.mail_id)
    visit.outbox.put("office-challenge", made.address, str(made.id), context, about)


def _asked(case: Case) -> str:
    action = case.claim.action.value if case.claim.action else "alta o baja"
    role = case.procedure.role.name if case.procedure else "usuario SIAGIE"
    dni = case.holder.dni
    ending = f" (DNI terminado en {dni[-4:]})" if dni else ""
    return f"{action} de {role}{ending}"


# ------------------------------------------------------------------ the answer


def answers(visit: Visit, reply: Reply) -> bool:
    """Whether a reply's token belongs to a challenge."""
    return _of(visit, reply) is not None


def _of(visit: Visit, reply: Reply) -> Challenge | None:
    return challenges.by_token(visit.tx, visit.hash_of(reply.token))


def hear(visit: Visit, mail_id: int, reply: Reply) -> str | None:
    """Act on the answer to a challenge; a reason in Spanish when a person has to look instead."""
    made, sender = _of(visit, reply), reply.mail.sender
    if made is None or sender.address != made.address or not sender.may_decide:
        visit.note("challenge_refused", sender.address or "?", mail=mail_id, detail=sender.reason)
        return f"{REFUSED}: {sender.reason}"
    said = None if reply.mail.patchy else _WORDS.get(first_line(reply.mail))
    if said is None or (said is ChallengeStatus.CONFIRMED and _goes_on(reply.mail)):
        return UNCLEAR
    if not challenges.settle(visit.tx, made.id, said, visit.now, mail_id):
        return "confirmación que llegó tarde o repetida"
    visit.note(f"challenge_{said.value}", made.address, mail=made.mail_id)
    if said is ChallengeStatus.CONFIRMED:
        mails.renew(visit.tx, made.mail_id, made.address)
    else:
        _alert(visit, made, denied=True)
    return None


def first_line(mail: Mail) -> str:
    """The first line of the sender's own words, folded, without what surrounds it."""
    lines = (line for text in mail.own[:1] for line in text.splitlines())
    words = next((fold(line) for line in lines if line.strip()), "")
    return " ".join(words.replace(",", " ").strip(" .!*_\"'").split())


def _goes_on(mail: Mail) -> bool:
    """Whether anything but thanks and a signature stands under the first line."""
    text = nameplate.without_small_print("\n\n".join(mail.own).strip())
    lines = [line for line in map(tidy, text.split("\n")) if line]
    return not nameplate.says_nothing(lines[1:], names_of(mail))


def expire(visit: Visit) -> None:
    """Challenges nobody answered: the mail stays aside, an administrator is told."""
    for made in challenges.overdue(visit.tx, visit.now):
        if challenges.settle(visit.tx, made.id, ChallengeStatus.EXPIRED, visit.now, None):
            visit.note("challenge_expired", "bot", mail=made.mail_id, detail=made.address)
            _alert(visit, made, denied=False)


def _alert(visit: Visit, made: Challenge, *, denied: bool) -> None:
    stored = visit.tx.get_one(StoredMail, made.mail_id)
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "office_name": visit.rules.offices.name(made.office),
        "address": made.address,
        "claimed": stored.sender,
        "received": stored.received_at.isoformat(),
        "mail": made.mail_id,
        "folder": visit.rules.settings.imap.set_aside,
        "denied": denied,
    }
    about = About(mail=made.mail_id)
    for address in tell.administrators(visit):
        visit.outbox.put("administrator-unconfirmed", address, str(made.id), context, about)
