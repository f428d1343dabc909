"""A login that is refused is not repeated until the account is locked.

After three refusals nobody knocks again for six hours, across restarts, unless the password or the
user in the configuration has changed: `health` tells of it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

from pydantic import SecretStr

from mailbot import secrecy
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.errors import Refused
from mailbot.respond import key
from mailbot.store import Tx, marks

MOST = 3
REST = timedelta(hours=6)

Wire = Literal["imap", "smtp", "directory"]
WIRES: tuple[Wire, ...] = ("imap", "smtp", "directory")


@contextmanager
def guarded(desk: Desk, wire: Wire) -> Iterator[None]:
    """Log in inside: Refused when it was so too often; a refusal is counted."""
    _knock(desk, wire)
    try:
        yield
    except Refused:
        _count(desk, wire)
        raise
    with desk.store.read() as tx:
        counted = marks.get(tx, _name(wire)) is not None
    if counted:
        let_in(desk, wire)


def let_in(desk: Desk, wire: Wire) -> None:
    """The server let us in: what was counted is forgotten."""
    with desk.store.begin() as tx:
        marks.drop(tx, _name(wire))


def _refused(desk: Desk, tx: Tx, wire: Wire) -> tuple[int, datetime]:
    """How often this login was refused in a row, and when last."""
    kept = marks.get(tx, _name(wire))
    count, at, who = json.loads(kept) if kept else (0, "", "")
    if who != _who(desk.rules.settings, wire):
        return 0, desk.clock()
    return int(count), datetime.fromisoformat(at)


def _knock(desk: Desk, wire: Wire) -> None:
    """Refused while a login rests."""
    with desk.store.read() as tx:
        count, at = _refused(desk, tx, wire)
    rests_until = at + REST
    if count >= MOST and desk.clock() < rests_until:
        raise Refused(
            f"{wire}: el servidor rechazó la entrada {count} veces; para no bloquear la cuenta no "
            "se vuelve a probar hasta que cambie la contraseña o pasen 6 horas. "
            "Si ya lo arregló: mailbot doctor"
        )


def _count(desk: Desk, wire: Wire) -> None:
    """One refusal more, on top of those that others met meanwhile."""
    who = _who(desk.rules.settings, wire)
    with desk.store.begin() as tx:
        count, _ = _refused(desk, tx, wire)
        value = json.dumps([count + 1, desk.clock().isoformat(), who])
        marks.put(tx, _name(wire), value)


def _name(wire: Wire) -> str:
    return f"refused.{wire}"


def _who(settings: Settings, wire: Wire) -> str:
    """A mark of what we log in with: another password is another try."""
    if wire == "directory":
        there = settings.directory.ldap
        parts = [wire, there.url, there.bind_dn]
        scim = settings.directory.scim
        parts += [scim.url]
        parts += [s.get_secret_value() for s in (there.password, scim.token) if s]
        return secrecy.mark(key(settings), "\0".join(parts))
    server = settings.imap if wire == "imap" else settings.smtp
    secrets = (server.password, settings.imap.password, settings.oauth.client_secret)
    told = [s.get_secret_value() if isinstance(s, SecretStr) else "" for s in secrets]
    token = settings.oauth.refresh_token
    told.append(token.get_secret_value() if token else "")
    return secrecy.mark(key(settings), "\0".join([wire, server.host, server.user, *told]))
