"""What the stages that act work with: the rules, the store, the clock, and what they share."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from mailbot import decide, secrecy, trust, workdays
from mailbot.actions import Register
from mailbot.decide import Facts, Record
from mailbot.masking import masked
from mailbot.model import Account, Approver, Post, Sender, Verdict
from mailbot.procedures import Procedure, Seat
from mailbot.resolver import Resolver
from mailbot.respond import Outbox, Thread, key
from mailbot.rules import Rules
from mailbot.store import Store, Tx, deputations, journal, verdicts
from mailbot.store.tables import Case, Event


@dataclass(frozen=True)
class Desk:
    """The bot's desk: everything a stage needs that is not the mail itself."""

    rules: Rules
    store: Store
    clock: Callable[[], datetime]

    @cached_property
    def resolver(self) -> Resolver:
        """Who answers where the keys of signatures are."""
        settings = self.rules.settings.trust
        return Resolver(settings.dns_servers, settings.dns_timeout_seconds)

    def verify(self, raw: bytes) -> Sender:
        """Who sent a mail, by what is configured and what a probe has proven; asks the DNS."""
        authserv_id = self.rules.settings.trust.authserv_id
        with self.store.read() as tx:
            proven = bool(verdicts.strips(tx, authserv_id))
        policy = self.rules.settings.trust.policy(proven=proven)
        return trust.verify(raw, policy, self.resolver.txt, self.clock())

    def over(self, store: Store) -> "Desk":
        """The same desk over a view of its store; what is known of the DNS stays known."""
        other = replace(self, store=store)
        vars(other)["resolver"] = self.resolver
        return other

    def at(self, tx: Tx) -> "Visit":
        """Sit down for one transaction, at one moment."""
        return Visit(self.rules, tx, self.clock())


@dataclass(frozen=True)
class Visit:
    """One transaction at the desk. Time stands still in it."""

    rules: Rules
    tx: Tx
    now: datetime

    @property
    def outbox(self) -> Outbox:
        """Where letters go."""
        return Outbox(self.tx, self.rules.settings, self.now)

    @property
    def register(self) -> Register:
        """Who holds which seat, as was approved."""
        return Register(self.tx, self.now)

    def note(
        self,
        name: str,
        actor: str,
        *,
        case: int | None = None,
        mail: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Write into the journal who did what. Ids and codes only: no row of it is ever purged."""
        event = Event(
            at=self.now, name=name, actor=actor, case_id=case, mail_id=mail, detail=detail
        )
        journal.append(self.tx, event)

    def hash_of(self, token: str) -> str:
        """What is stored of a token of ours."""
        return secrecy.token_hash(key(self.rules.settings), token)

    def deadline(self) -> datetime:
        """When something observed now has to be completed."""
        policy = self.rules.settings.policy
        return workdays.after(self.now, policy.observed_working_days, policy.holidays)

    def knows(self, address: str) -> bool:
        """Whether an address is registered: an office's, an asker's or an administrator's."""
        settings = self.rules.settings
        listed = (*settings.askers.values(), *settings.approvers.values())
        configured = any(address.lower() == a.lower() for group in listed for a in group)
        return configured or bool(self.rules.offices.of_address(address))

    def may_answer(self, address: str) -> bool:
        """Whether an asker may be answered once more today."""
        return self.outbox.may_answer(address, known=self.knows(address))

    # ---------------------------------------------------------- what the register says

    def facts(self, procedure: Procedure | None, place: Post | None, record: Record) -> Facts:
        """What the register says about a case now."""
        if procedure is None or place is None:
            return Facts()
        dni = record["dni"]
        single = procedure.role.seat is not Seat.MANY
        taken = self.register.holder(decide.seat(procedure, place, "")) if single else None
        own = self.register.of_person(dni, place) if dni else ()
        holder = taken if taken and taken.dni != dni else None
        return Facts(holder, own, self.approvers(procedure, place, record))

    def approvers(self, procedure: Procedure, place: Post, record: Record) -> tuple[Approver, ...]:
        """Who may decide a case now; nobody, when the post that decides is vacant."""
        deciding = decide.decided_by(procedure, place, self.rules)
        if deciding is None:
            listed = self.rules.settings.approvers.get(procedure.decides, ())
            found = [Approver(address.lower()) for address in listed]
        else:
            found = list(self._holding(self.register.holders(deciding)))
        wrote = (record["asker"], *record.get("completed_by", ()))
        own = (record["dni"], record["correo"])

        def may(approver: Approver) -> bool:
            return all(decide.may_decide(approver, who, *own) for who in wrote)

        first = tuple(filter(may, found))
        beside = self._deputies(procedure, {a.address for a in first})
        return (*first, *filter(may, beside))

    def _deputies(self, procedure: Procedure, approvers: set[str]) -> Iterable[Approver]:
        """Who decides in the place of some who may: nobody, where two people have to.

        There a deputy's yes and that of who named them would be one person's will.
        """
        if procedure.section in self.rules.settings.decisions.two_approvers_for:
            return
        known = set(approvers)
        for found in deputations.in_force(self.tx, approvers, self.now):
            if found.deputy not in known and self.is_registered(found.deputy):
                known.add(found.deputy)
                yield Approver(found.deputy)

    def is_registered(self, address: str) -> bool:
        """Whether an operator has named an address as one that decides, or as a deputy."""
        settings = self.rules.settings
        deputies = (deputy.lower() for deputy in settings.deputies.values())
        return address in settings.administrators or address in deputies

    def _holding(self, accounts: Iterable[Account]) -> Iterable[Approver]:
        """The holders of a post by their address, else by the one address of their school."""
        for account in accounts:
            office = self.rules.offices.get(account.post.office)
            registered = office.emails if office else ()
            address = account.correo or (registered[0] if len(registered) == 1 else None)
            if address:
                yield Approver(address.lower(), account.dni)


_ASKER = "solicitante"


def _to_look_at(finding: Record) -> bool:
    """What a decider has to see first: all that is not met, and an asker nobody registered."""
    stranger = finding["requirement"] == _ASKER and finding["note"] is not None
    return finding["outcome"] != "met" or stranger


def letter_context(case: Case, settings_name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    """What every letter about a case may say."""
    record = case.record
    return {
        "bot_name": settings_name,
        "number": case.id,
        **{k: record[k] for k in _SHOWN},
        **_signatures(record),
        "unmet": [f for f in record["findings"] if _to_look_at(f)],
        "met": [f for f in record["findings"] if not _to_look_at(f) and f["requirement"] != _ASKER],
        **more,
    }


def _signatures(record: Record) -> dict[str, list[str]]:
    """What the record says of digital signatures: those that do not hold apart from the others."""
    told = [(d["name"], s) for d in record["documents"] for s in d.get("signatures", ())]
    broken = [f"{name}: {s['words']}" for name, s in told if s["verdict"] == Verdict.INVALID]
    others = [f"{name}: {s['words']}" for name, s in told if s["verdict"] != Verdict.INVALID]
    return {"broken_signatures": broken, "signatures": others}


_SHOWN = (
    *("section", "role_name", "action", "office_name", "nivel", "names", "dni", "correo"),
    *("asker", "asker_verdict", "forwarded", "previous", "closes", "signals"),
)


def thread_of(message_id: str | None, references: Iterable[str], subject: str) -> Thread:
    """The thread a mail of theirs stands in; our own number in its subject is not kept twice.

    A DNI in a subject is masked: subjects are shown in lists and on locked screens.
    """
    bare = re.sub(r"\s*\[SIAGIE-[^\]]*\]", "", subject).strip()
    while bare[:3].lower() in ("re:", "rv:", "fw:"):
        bare = bare[3:].strip()
    return Thread(message_id or None, tuple(references), masked(bare)[:120])
