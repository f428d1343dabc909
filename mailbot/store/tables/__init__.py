"""What the bot remembers, as tables. Times are UTC; secrets stand here only as hashes.

Letters hold what they are about, never a token or a password: those come into being when the
letter leaves. Everything that speaks of a person is encrypted: sealed, or veiled where it has to be
found by equality (see ``seal``).

A module for each kind of thing, all on ``base``.
"""

from mailbot.store.tables.accounts import (
    Account,
    AccountStatus,
    Change,
    ItemStatus,
    OrderItem,
    OrderStatus,
    WorkOrder,
)
from mailbot.store.tables.cases import (
    OPEN,
    UNDECIDED,
    Authenticator,
    Case,
    CaseStatus,
    Deputation,
    Paper,
    Prompt,
    PromptKind,
    Question,
    QuestionStatus,
)
from mailbot.store.tables.journal import Alias, Event
from mailbot.store.tables.letters import Letter, LetterStatus
from mailbot.store.tables.mails import Challenge, ChallengeStatus, Mail, MailStatus, Verdict
from mailbot.store.tables.rest import Lease, Mark, School, SchoolAddress
from mailbot.store.tables.table import NAMES, Table

__all__ = [
    "NAMES",
    "OPEN",
    "UNDECIDED",
    "Account",
    "AccountStatus",
    "Alias",
    "Authenticator",
    "Case",
    "CaseStatus",
    "Challenge",
    "ChallengeStatus",
    "Change",
    "Deputation",
    "Event",
    "ItemStatus",
    "Lease",
    "Letter",
    "LetterStatus",
    "Mail",
    "MailStatus",
    "Mark",
    "OrderItem",
    "OrderStatus",
    "Paper",
    "Prompt",
    "PromptKind",
    "Question",
    "QuestionStatus",
    "School",
    "SchoolAddress",
    "Table",
    "Verdict",
    "WorkOrder",
]
