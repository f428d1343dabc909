"""What a reply meets, without a mail server: a store, a case that was asked about, and replies.

Everything from the token on is the bot's own; letters stay in the outbox. Hundreds of times faster
than the house, for what has to be tried in every way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from house import ADMINISTRATOR, Clock, open_store, write_config
from pydantic import SecretStr
from sqlalchemy import select

from mailbot import decide, intake, pipeline, prompts, resolve, secrecy
from mailbot.decide import Record
from mailbot.desk import Desk, Visit
from mailbot.model import Approver, Open, Sender
from mailbot.model import Mail as Read
from mailbot.model import Post as Place
from mailbot.parsers.parse import Reply
from mailbot.parsers.reply import decide as understood
from mailbot.prompts import digest
from mailbot.respond import key
from mailbot.rules import Rules, read_rules
from mailbot.store import Store, accounts, journal, mails
from mailbot.store.tables import (
    Case,
    CaseStatus,
    Event,
    Letter,
    Mail,
    Prompt,
    Question,
    Table,
)

Row = TypeVar("Row", bound=Table)
SECOND = "segunda.persona@minedu.example"
ASKER = "mesadepartes@ugelchota.example"
MET = ("oficina", "nombres", "dni", "correo", "nivel")


def record(section: str = "5.1", **changed: Any) -> Record:  # noqa: ANN401  JSON
    """What is shown of a complete request for the post of a UGEL, its values changed as named."""
    found = {"value": None, "outcome": "met", "places": ["RD, pág. 1"], "note": None, "mend": None}
    return {
        "section": section,
        "role": "especialista-ugel",
        "role_name": "Especialista SIAGIE",
        "action": "baja" if section.endswith("2") else "alta",
        "office": "060004",
        "office_name": "UGEL Chota",
        "nivel": None,
        "names": "QUISPE MAMANI, Rosa",
        "dni": "42871359",
        "correo": "rosa.quispe@correo.example",
        "asker": ASKER,
        "asker_verdict": "comprobado",
        "forwarded": False,
        "previous": None,
        "documents": [],
        "closes": [],
        "signals": [],
        "shots": [],
        "findings": [{"requirement": name, "label": name, **found} for name in MET],
        **changed,
    }


@dataclass
class Chamber:
    """A bot that has read its mail and waits for decisions."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    written: int = 0

    def configure(self, **more: str) -> None:
        """Write the configuration, its lines changed as named, and have it read."""
        write_config(self.folder, None, **more)
        for name in ("rules", "desk"):
            self.__dict__.pop(name, None)

    @cached_property
    def rules(self) -> Rules:
        """What the configuration says."""
        return read_rules(self.folder)

    @cached_property
    def store(self) -> Store:
        """The bot's memory."""
        return open_store(self.rules.settings)

    @cached_property
    def desk(self) -> Desk:
        """The bot's desk."""
        return Desk(self.rules, self.store, self.clock)

    # ---------------------------------------------------------- what happens

    def mail(self) -> int:
        """A mail that was taken in; its number."""
        self.written += 1
        number = self.written
        raw = f"From: {ASKER}\nSubject: Alta\nMessage-ID: <{number}@x.example>\n\nx".encode()
        with self.store.begin() as tx:
            row = Mail(
                sha256=f"{number:064d}",
                raw=raw,
                size=len(raw),
                folder="INBOX",
                uidvalidity=1,
                uid=number,
                received_at=self.clock(),
                sender=ASKER,
                authenticated=True,
            )
            tx.add(row)
            tx.flush()
            row.dossier_id = row.id
            return row.id

    def ask(self, shown: Record | None = None, of: Iterable[str] = (ADMINISTRATOR,)) -> int:
        """A case about a record, asked of some approvers; its number."""
        shown, dossier = shown or record(), self.mail()
        procedure = self.rules.guide.procedures[shown["section"]]
        place = Place(shown["role"], shown["office"], shown["nivel"])
        with self.store.begin() as tx:
            case = Case(
                dossier_id=dossier,
                status=CaseStatus.OBSERVED,
                asker=shown["asker"],
                section=shown["section"],
                dni=shown["dni"],
                names=shown["names"],
                seat=decide.seat(procedure, place, shown["dni"]),
                record=shown,
                digest=decide.digest(shown),
                created_at=self.clock(),
                updated_at=self.clock(),
            )
            tx.add(case)
            tx.flush()
            intake.ask(self.desk.at(tx), case, [Approver(address) for address in of])
            return case.id

    def hear(  # noqa: PLR0913  a reply has many sides
        self,
        said: str,
        by: str = ADMINISTRATOR,
        *,
        sender: str | None = None,
        proven: bool = True,
        token: str | None = None,
        number: int = -1,
        **more: bool,
    ) -> str | None:
        """A reply to an approver's last question (or another); what `resolve` says of it."""
        asked = [q for q in self.all(Question) if q.approver == by][number]
        secret: SecretStr = key(self.rules.settings)
        heard = Sender(
            by if sender is None else sender, authenticated=proven, reason="la razón", **more
        )
        mail = Read("", "<r@x.example>", "", heard, (), (), (said,), "", False, None, ())  # noqa: FBT003
        reply = Reply(mail, token or secrecy.token(secret, asked.nonce), understood(said))
        mail_id = self.mail()
        with self.store.begin() as tx:
            return resolve.resolve(self.desk.at(tx), mail_id, reply)

    def address(self, nonce: str) -> str:
        """Where an answer to the question or challenge of a nonce goes."""
        return f"siagie+{secrecy.token(key(self.rules.settings), nonce)}@mailbot.example"

    def receive(self, raw: bytes) -> Mail:
        """A raw mail is stored, as if it were fetched, and goes as far as it goes today."""
        number = len(self.all(Mail)) + 1
        place = {"folder": "INBOX", "uidvalidity": 9, "uid": number, "received_at": self.clock()}
        with self.store.begin() as tx:
            row = Mail(sha256=f"{number:064x}", raw=raw, size=len(raw), **place)
            mail_id = mails.add(tx, row).id
        return self.take(mail_id)

    def take(self, mail_id: int) -> Mail:
        """A stored mail goes as far as it goes today; what became of it."""
        pipeline.handle(self.desk, mail_id)
        return next(row for row in self.all(Mail) if row.id == mail_id)

    def order(
        self,
        said: str,
        by: str = ADMINISTRATOR,
        *,
        proven: bool = True,
        else_help: bool = True,
        **more: bool,
    ) -> bool:
        """A mail without a token; whether it was taken for an order."""
        heard = Sender(by, authenticated=proven, reason="la razón", **more)
        mail = Read("", "<o@x.example>", "", heard, (), (), (said,), "", False, None, ())  # noqa: FBT003
        mail_id = self.mail()
        with self.store.begin() as tx:
            return prompts.hear_order(self.desk.at(tx), mail_id, mail, else_help=else_help)

    def respond(
        self,
        said: str,
        by: str = ADMINISTRATOR,
        *,
        sender: str | None = None,
        proven: bool = True,
        number: int = -1,
        **more: bool,
    ) -> str | None:
        """A reply to an approver's last digest or order (or another); what comes of it."""
        asked = [p for p in self.all(Prompt) if p.approver == by][number]
        token = secrecy.token(key(self.rules.settings), asked.nonce)
        heard = Sender(by if sender is None else sender, authenticated=proven, reason="x", **more)
        mail = Read("", "<r@x.example>", "", heard, (), (), (said,), "", False, None, ())  # noqa: FBT003
        mail_id = self.mail()
        with self.store.begin() as tx:
            reply = Reply(mail, token, understood(said))
            return prompts.hear(self.desk.at(tx), mail_id, reply)

    def digest(self, of: str = ADMINISTRATOR) -> bool:
        """Put a digest for an approver; whether anything waits for them."""
        with self.store.begin() as tx:
            return digest.put(self.desk.at(tx), of)

    def chores(self, *which: Callable[[Visit], None]) -> None:
        """Let time do what it brings."""
        for chore in which:
            with self.store.begin() as tx:
                chore(self.desk.at(tx))

    def seat(self, names: str, dni: str, place: str = "especialista-ugel") -> int:
        """Have somebody hold the post of the UGEL already."""
        post = Place(place, "060004")
        opening = Open(names, dni, f"{dni}@correo.example", post, f"{place}/060004/")
        with self.store.begin() as tx:
            return accounts.open_account(tx, opening, None, self.clock())

    # ---------------------------------------------------------- what is so

    def all(self, kind: type[Row]) -> list[Row]:
        """Every row of a table, oldest first."""
        with self.store.read() as tx:
            return list(tx.scalars(select(kind).order_by(kind.id)))  # type: ignore[attr-defined]

    def case(self, number: int = 1) -> Case:
        """A case by its number."""
        return self.all(Case)[number - 1]

    def questions(self) -> list[tuple[str, str, int]]:
        """Approver, status and revision of every question."""
        return [(q.approver, str(q.status), q.revision) for q in self.all(Question)]

    def letters(self) -> list[tuple[str, str]]:
        """Kind and recipient of every letter but the questions."""
        letters = [x for x in self.all(Letter) if x.kind != "decider-question"]
        return [(letter.kind, letter.recipient) for letter in letters]

    def said(self, kind: str) -> dict[str, Any]:
        """What the last letter of a kind is to say."""
        return dict([letter for letter in self.all(Letter) if letter.kind == kind][-1].context)

    def events(self) -> list[Event]:
        """Every event but the questions', its people under their names."""
        events = [e for e in self.all(Event) if e.name != "question_asked"]
        with self.store.read() as tx:
            names = journal.aliases(tx, {e.actor for e in events})
        for event in events:
            event.actor = names.get(event.actor, event.actor)
        return events

    def noted(self) -> list[tuple[str, str]]:
        """Name and actor of every event."""
        return [(e.name, e.actor) for e in self.events()]

    def active(self) -> list[str]:
        """The DNI of every active account."""
        with self.store.read() as tx:
            return [account.dni for account in accounts.everybody(tx)]
