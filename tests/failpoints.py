"""Where the bot may be killed: before and after every commit and every remote effect.

The list is derived from the program's own text, so that a new one is on it by itself: each
``with ….begin()`` of a store, each call that changes what a mail server, a directory of accounts or
the database's files hold. `install` has the running program tell when it gets to one. No line of
the program knows of this.
"""

import ast
import smtplib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from ldap3 import Connection as LdapConnection
from ldap3.extend import StandardExtendedOperations
from scim2_client.engines.httpx2 import SyncSCIMClient

from mailbot.actions import Register
from mailbot.store import Store
from mailbot.store.tables import Table

PROGRAM = Path(__file__).parent.parent / "mailbot"
LEFT_OUT = ("demo",)
"""The demonstration holds nothing that anybody relies on."""

_IMAP_TALK = frozenset(
    "capabilities close_folder fetch folder_exists folder_status get_quota has_capability"
    " idle idle_check idle_done list_folders login logout namespace noop oauth2_login"
    " oauthbearer_login search select_folder shutdown socket sort starttls"
    " thread xlist_folders".split()
)
_SMTP_TALK = frozenset(
    "auth close connect ehlo ehlo_or_helo_if_needed getreply has_extn helo help login mail noop"
    " quit rcpt rset set_debuglevel starttls verify".split()
)
"""Calls that change nothing that lasts; every other one to a server is an effect."""
_COMMITS = ("begin", "beside")
_ENGINE = frozenset(("create_all", "drop_all", "scrub"))
_REGISTER = frozenset(("open", "close"))
_SCIM = frozenset(("create", "modify", "replace", "delete"))

_LDAP = frozenset(("add", "delete", "modify", "modify_dn", "modify_password"))
_LDAP_HOMES = (LdapConnection, StandardExtendedOperations)

Reach = Callable[[str, str], None]
"""Hears of each point that is reached: ``before`` or ``after``, and the name of the site."""


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A commit or a remote effect: ``pipeline._take.2``, ``ingest.Mailbox._move:copy``."""

    name: str
    path: str
    first: int
    last: int
    effect: str = ""

    @property
    def is_commit(self) -> bool:
        """Whether it is a transaction of the store."""
        return not self.effect


# ------------------------------------------------------------------ from the program's text


@cache
def sites() -> tuple[Site, ...]:
    """Every site of the program, in the order of its text."""
    files = sorted(PROGRAM.rglob("*.py"))
    files = [p for p in files if p.relative_to(PROGRAM).parts[0] not in LEFT_OUT]
    return tuple(s for file in files for s in sites_of(file, file.read_text(encoding="utf-8")))


def sites_of(path: Path, text: str) -> Iterator[Site]:
    """The sites in the text of one module."""
    tree = ast.parse(text)
    module = ".".join(path.relative_to(PROGRAM).with_suffix("").parts).removesuffix(".__init__")
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    seen = Counter[str]()
    for owner, call in _calls(tree, ()):
        effect = _effect(call, imported)
        if effect is None:
            continue
        name = ".".join((module, *owner)) + (f":{effect}" if effect else "")
        seen[name] += 1
        numbered = name if seen[name] == 1 else f"{name}.{seen[name]}"
        yield Site(numbered, str(path), call.lineno, call.end_lineno or call.lineno, effect)


def _calls(node: ast.AST, owner: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ast.Call]]:
    """Every call of a method, with the names of the functions and classes it stands in."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inner = (*owner, child.name) if named else owner  # type: ignore[attr-defined]
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            yield owner, child
        yield from _calls(child, inner)


def _effect(call: ast.Call, imported: set[str]) -> str | None:
    """What a call changes: empty for a commit, None for nothing."""
    assert isinstance(call.func, ast.Attribute)
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    if name in _COMMITS and not call.args:  # of a store; what takes a letter is called so too
        return None if receiver == "session" else ""  # the session's own is how the store does it
    if name in _ENGINE and not receiver.startswith("super"):
        return name
    if receiver == "register" and name in _REGISTER:
        return name
    return _remote(name, receiver, imported)


def _remote(name: str, receiver: str, imported: set[str]) -> str | None:
    """What a call changes on a server, by the library that its module knows."""
    if "imapclient" in imported and receiver.endswith("client"):
        return name if hasattr(IMAPClient, name) and name not in _IMAP_TALK else None
    if "ldap3" in imported and receiver.startswith("wire"):
        return name if name in _LDAP else None
    if "scim2_client.engines.httpx2" in imported and receiver.endswith("wire"):
        return name if name in _SCIM else None
    if "smtplib" in imported and receiver != "smtplib":
        return name if hasattr(smtplib.SMTP, name) and name not in _SMTP_TALK else None
    return None


# ------------------------------------------------------------------ in the running program


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it, and every transaction is undone."""


def install(reach: Reach, put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Have every point told to `reach` as it is reached; `put` is what sets an attribute."""
    effects = {site.effect for site in sites() if site.effect}
    homes: list[tuple[Any, str]] = [(Store, name) for name in (*_COMMITS, "scrub")]
    homes += [(Register, name) for name in sorted(_REGISTER)]
    homes += [(owner, n) for owner in (IMAPClient, smtplib.SMTP) for n in effects & set(dir(owner))]
    homes += [(owner, n) for owner in _LDAP_HOMES for n in effects & _LDAP & set(dir(owner))]
    homes += [(SyncSCIMClient, name) for name in effects & _SCIM]
    homes += [(Table.metadata, "create_all")]
    for owner, name in homes:
        wrapped = _told_commit if name in _COMMITS else _told
        put(owner, name, wrapped(getattr(owner, name), reach))


def _here(frame: Any, effect: str) -> str | None:  # noqa: ANN401  the interpreter's own
    """The site a call is made from; None when it is made by a library, or by a test."""
    known = _by_place().get((frame.f_code.co_filename, effect), ())
    return next((s.name for s in known if s.first <= frame.f_lineno <= s.last), None)


@cache
def _by_place() -> dict[tuple[str, str], list[Site]]:
    found: dict[tuple[str, str], list[Site]] = {}
    for site in sites():
        found.setdefault((site.path, site.effect), []).append(site)
    return found


def _told(method: Callable[..., Any], reach: Reach) -> Callable[..., Any]:
    @wraps(method)
    def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the method takes
        here = _here(sys._getframe(1), method.__name__)  # noqa: SLF001
        if here is None:
            return method(*args, **named)
        reach("before", here)
        result = method(*args, **named)
        reach("after", here)
        return result

    return call


def _told_commit(
    method: Callable[[Store], AbstractContextManager[Any]], reach: Reach
) -> Callable[[Store], AbstractContextManager[Any]]:
    @contextmanager
    def told(store: Store, here: str | None) -> Iterator[Any]:
        with method(store) as tx:
            yield tx
            if here:
                reach("before", here)
        if here:
            reach("after", here)

    @wraps(method)
    def begin(store: Store) -> AbstractContextManager[Any]:
        return told(store, _here(sys._getframe(1), ""))  # noqa: SLF001

    return begin
