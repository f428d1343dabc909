"""A letter that did not arrive: what follows, and how credentials are sent again."""

from datetime import timedelta

from mailbot import tell
from mailbot.actions.directory import is_by_hand, is_embedded
from mailbot.desk import Visit
from mailbot.respond import KINDS
from mailbot.store import accounts, changes, letters
from mailbot.store.tables import Case, Letter

MOST_A_DAY = 3
"""How often the credentials of one account may be sent again in a day."""


def undelivered(visit: Visit, letter: Letter, why: str) -> None:
    """A letter was refused or returned: a password in it dies, and an administrator is told."""
    detail = f"{letter.id} {letter.kind}"  # not why: a server's words may name anybody
    visit.note("letter_undelivered", "bot", case=letter.case_id, detail=detail)
    kind = KINDS[letter.kind]
    if not (kind.password or kind.typed) or letter.case_id is None:
        return
    _void(visit, letter)
    case = visit.tx.get_one(Case, letter.case_id)
    tell.returned(visit, case, letter, why)


def _void(visit: Visit, letter: Letter) -> None:
    """The password of a letter dies, here and where the account lives."""
    account_id = letter.account_id or 0
    if accounts.void_password(visit.tx, account_id) and not is_embedded(visit.rules.settings):
        changes.void(visit.tx, account_id, letter.case_id, visit.now)


NOT_OURS = "las contraseñas las pone quien crea la cuenta en SIAGIE: pídale otra a esa persona"


def resend(visit: Visit, case: Case, operator: str) -> str | None:
    """Send a case's credentials again, with another password; why not, in Spanish."""
    account_id = accounts.opened_by(visit.tx, case.id)
    if is_by_hand(visit.rules.settings):
        return NOT_OURS
    if account_id is None:
        return f"el caso {case.id} no creó ninguna cuenta que siga activa"
    kinds = [kind for kind, made in KINDS.items() if made.password or made.typed]
    since = visit.now - timedelta(days=1)
    sent = letters.about_account(visit.tx, account_id, kinds)
    if sum(1 for letter in sent if letter.created_at > since) > MOST_A_DAY:
        return f"ya se envió {MOST_A_DAY} veces más en un día; espere a mañana"
    procedure = visit.rules.guide.procedures[case.section or ""]
    tell.credentials(visit, case, procedure, account_id, case.decided_by or "", again=len(sent))
    visit.note("credentials_again", operator, case=case.id)
    return None
