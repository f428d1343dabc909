"""Who sent a mail, as it was found out once; and what the receiving server was proven to do."""

from datetime import datetime

from mailbot.model import Sender
from mailbot.store import Tx, marks
from mailbot.store.tables import Verdict


def of_mail(tx: Tx, mail_id: int) -> Sender | None:
    """The verdict on a mail's sender; None when there is none yet."""
    row = tx.get(Verdict, mail_id)
    if row is None:
        return None
    return Sender(
        row.address,
        authenticated=row.authenticated,
        reason=row.reason,
        whole=row.whole,
        with_token=row.with_token,
    )


def keep(tx: Tx, mail_id: int, sender: Sender, now: datetime) -> None:
    """Keep a verdict; one that is not final is a bug."""
    if sender.pending:
        raise ValueError("a verdict that is not known yet")
    tx.merge(
        Verdict(
            mail_id=mail_id,
            at=now,
            address=sender.address,
            authenticated=sender.authenticated,
            whole=sender.whole,
            with_token=sender.with_token,
            reason=sender.reason,
        )
    )


def forget(tx: Tx, mail_id: int) -> None:
    """Have a mail's sender found out anew."""
    if row := tx.get(Verdict, mail_id):
        tx.delete(row)


# ------------------------------------------------------------------ what doctor found out


def strips(tx: Tx, authserv_id: str) -> bool | None:
    """Whether a server removes foreign results in its name, as last probed; None when never."""
    found = marks.get(tx, _strips(authserv_id))
    return None if found is None else found.startswith("yes")


def note_strips(tx: Tx, authserv_id: str, now: datetime, *, strips: bool) -> None:
    """Note what a probe of a server found."""
    value = f"{'yes' if strips else 'no'} {now.isoformat()}"
    marks.put(tx, _strips(authserv_id), value)


def _strips(authserv_id: str) -> str:
    return f"strips:{authserv_id.strip().lower()}"
