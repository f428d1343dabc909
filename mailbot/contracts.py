"""The shapes other programs read: what ``--json`` prints. Changing one is breaking somebody."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from mailbot.check import Case
from mailbot.examine import NOBODY, Examined, Source, examine_one
from mailbot.model import Document, Finding, Sender
from mailbot.parsers.parse import Automatic, Parsed, Reply, Request, Unrelated
from mailbot.procedures import SPECIAL_ASKERS, OfficeType
from mailbot.rules import Rules
from mailbot.store import tables
from mailbot.store.journal import Told

Json = dict[str, object]

KINDS: Mapping[type, str] = {
    Request: "request",
    Reply: "reply",
    Automatic: "automatic",
    Unrelated: "unrelated",
}


def checked_file(path: Path, rules: Rules) -> tuple[Json, Parsed | str, tuple[Case, ...]]:
    """Read one file: the contract's object, what it is (or why nothing), its cases."""
    seen = examine_one(Source(str(path), path), rules=rules)
    return checked(seen, rules), seen.parsed or seen.problem or "", seen.cases


def checked(seen: Examined, rules: Rules) -> Json:
    """What one file turned out to be; all keys are there even when nothing was read."""
    return {
        "file": seen.source.name,
        "kind": KINDS[type(seen.parsed)] if seen.parsed else "unreadable",
        "sender": sender(seen.mail.sender if seen.mail else NOBODY, rules),
        "requests": [request(case) for case in seen.cases],
        **({"pictures": [str(path) for path in seen.pictures]} if seen.pictures else {}),
        **(_detail(seen.parsed) if seen.parsed else {"reason": seen.problem}),
    }


def _detail(parsed: Parsed) -> Json:
    if isinstance(parsed, Request):
        return {"signatures": signatures(parsed.documents)}
    if isinstance(parsed, Reply):
        return {"decision": parsed.decision.verb.value, "text": parsed.decision.text}
    if isinstance(parsed, Automatic):
        return {"sign": parsed.sign}
    return {}


def signatures(documents: Iterable[Document]) -> list[Json]:
    """The digital signatures of the attachments: three verdicts, and what they rest on."""
    return [
        {
            "document": document.name,
            "verdict": s.verdict.value,
            "reason": s.reason,
            "signer": s.signer,
            "entity": s.entity,
            "ruc": s.ruc,
            "signed_at": s.signed_at,
            "timestamped": s.timestamped,
            "changed_after": s.changed_after,
        }
        for document in documents
        for s in document.signatures
    ]


def sender(found: Sender, rules: Rules) -> Json:
    """Who sent a mail, and for which office its address speaks."""
    return {
        "address": found.address,
        "authenticated": found.authenticated,
        "office": office_of(found.address, rules),
    }


def office_of(address: str, rules: Rules) -> str | None:
    """The code of the office an address is registered for."""
    if any(address in rules.settings.askers.get(name, ()) for name in SPECIAL_ASKERS):
        return OfficeType.MINEDU.value
    registered = rules.offices.of_address(address)
    return registered[0].code if registered else None


def request(case: Case) -> Json:
    """One person × one action, with every finding."""
    claim, procedure = case.claim, case.procedure
    office = claim.office if claim.office and claim.office.doubt is None else None
    nivel = claim.nivel if claim.nivel and claim.nivel.doubt is None else None
    return {
        "procedure": procedure.section if procedure else None,
        "role": claim.role.value if claim.role else None,
        "action": claim.action.value if claim.action else None,
        "office": office.value if office else None,
        "nivel": nivel.value if nivel and _wants_nivel(case) else None,
        "holder": holder(case),
        "findings": [finding(f) for f in case.findings],
        "complete": case.complete,
    }


def _wants_nivel(case: Case) -> bool:
    """Whether the seat depends on the nivel."""
    return case.procedure is not None and case.procedure.role.seat.value == "office-nivel"


def holder(case: Case) -> Json:
    """The person a case is about."""
    shown = case.holder
    return {
        "apellidos_y_nombres": shown.apellidos_y_nombres,
        "dni": shown.dni,
        "correo": shown.correo,
    }


def finding(found: Finding) -> Json:
    """One requirement's outcome and where it was read."""
    return {
        "requirement": found.requirement,
        "outcome": found.outcome.value,
        "value": found.value,
        "source": " · ".join(found.places) or None,
        "note": found.note,
    }


# ------------------------------------------------------------------ what the store holds


def pending(  # noqa: PLR0913  each is a table of its own
    cases: Iterable[tables.Case],
    set_aside: Iterable[tables.Mail],
    failed: Iterable[tables.Letter],
    unsettled: Iterable[tables.Letter] = (),
    alarms: Mapping[str, datetime] = MappingProxyType({}),
    *,
    changes: Iterable[tables.Change] = (),
) -> Json:
    """What waits for a person; `unsettled` letters are tried again by themselves."""
    return {
        "cases": [_case(row) for row in cases],
        "set_aside": list(map(aside, set_aside)),
        "letters": [_letter(x) for x in failed],
        "letters_waiting": [_letter(x) for x in unsettled],
        "changes": list(map(change, changes)),
        "alarms": [{"name": name, "since": since} for name, since in alarms.items()],
    }


def aside(row: tables.Mail) -> Json:
    """A mail that was set aside."""
    received, sender = row.received_at, row.sender
    return {"mail": row.id, "received": received, "sender": sender, "reason": row.reason}


def _letter(row: tables.Letter) -> Json:
    return {
        "letter": row.id,
        "kind": row.kind,
        "to": row.recipient,
        "status": row.status,
        "error": row.error,
        "queue_id": row.queue_id,
        "due": row.due_at,
        "attempts": row.attempts,
    }


def _case(row: tables.Case) -> Json:
    return {
        "case": row.id,
        "status": row.status,
        "revision": row.revision,
        "created": row.created_at,
        "due": row.due_at,
        "asker": row.asker,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
        "procedure": row.section,
        "role": row.record["role"],
        "action": row.record["action"],
        "office": row.record["office"],
        "nivel": row.record["nivel"],
        "holder": {
            "apellidos_y_nombres": row.names,
            "dni": row.dni,
            "correo": row.record["correo"],
        },
    }


def change(row: tables.Change) -> Json:
    """What a directory elsewhere has to do, has done, or could not do about a case."""
    return {
        "change": row.id,
        "case": row.case_id,
        "step": row.step,
        "attempts": row.attempts,
        "due": row.due_at,
        "error": row.error or row.reason,
        "told": row.told_at,
    }


def case(
    row: tables.Case,
    events: Iterable[Told],
    sent: Iterable[tables.Letter],
    changes: Iterable[tables.Change] = (),
) -> Json:
    """Everything about one case."""
    return {
        **_case(row),
        "findings": row.record["findings"],
        "closes": row.record["closes"],
        "changes": list(map(change, changes)),
        "events": [
            {
                "at": e.at,
                "name": e.name,
                "actor": e.actor,
                "detail": e.detail or None,
                "mail": e.mail,
                "mail_sha256": e.mail_sha256,
            }
            for e in events
        ],
        "letters": [
            {
                "kind": x.kind,
                "to": x.recipient,
                "status": x.status,
                "message_id": x.message_id,
                "queue_id": x.queue_id,
            }
            for x in sent
        ],
    }


def account(row: tables.Account) -> Json:
    """An account, without anything secret."""
    return {
        "username": row.username,
        "apellidos_y_nombres": row.names,
        "dni": row.dni,
        "correo": row.correo,
        "role": row.role,
        "office": row.office,
        "nivel": row.nivel,
        "status": row.status,
        "opened": row.opened_at,
        "closed": row.closed_at,
        "must_change": row.must_change,
        "password_expires": row.password_expires_at,
    }
