"""A directory: where the accounts live for those who use them.

`Directory` is all that the bot asks of one. Every call may be repeated: a call that was applied and
whose answer was lost, said again, changes nothing and says so again. What makes that possible is
the account's key, which the directory keeps with the account.

A call that cannot be done says why with one of three exceptions, their words in Spanish:
``Unreachable`` (try later: down, slow, lost), ``Denied`` (no repetition helps: somebody has to mend
something first) and ``Awaited`` (a person is at it: look again later).

A directory of somebody else's comes in through the entry point ``mailbot.directories``: a callable
that takes the settings and gives a `Directory`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Protocol, TypeVar, runtime_checkable

from pydantic import SecretStr

from mailbot.config import Settings
from mailbot.errors import ConfigError, Unreachable
from mailbot.model import Post

T = TypeVar("T")
EMBEDDED = "sql"
WORK_ORDER = "workorder"
GROUP = "mailbot.directories"
BUILT_IN: Mapping[str, str] = {
    "ldap": "mailbot.actions.ldap:LdapDirectory",
    "scim": "mailbot.actions.scim:ScimDirectory",
    WORK_ORDER: "mailbot.orders.directory:unattended",
}
"""The directories that come with the bot: where their factories are."""


class Denied(Exception):
    """The directory refuses, and would again: the message says what, and the mend."""


def the_one(found: Sequence[T], name: Callable[[T], str]) -> T | None:
    """What bears an account's key, if anything does; Denied where several do.

    Closing one of them would leave the others open.
    """
    if len(found) > 1:
        names = ", ".join(map(name, found))
        raise Denied(
            f"en el directorio llevan la misma clave del bot {names}: deje una y quítesela a "
            "las demás"
        )
    return found[0] if found else None


class Busy(Unreachable):
    """It asks to be left alone for a while: `rest`, at least."""

    def __init__(self, words: str, rest: timedelta) -> None:
        super().__init__(words)
        self.rest = rest


class Awaited(Exception):
    """A person has to do it and has not yet; `again` is when to look (None: when told)."""

    def __init__(self, words: str, again: datetime | None = None) -> None:
        super().__init__(words)
        self.again = again


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a directory can do.

    `finds`: tell who holds a seat, and list its accounts. `passwords`: set a temporary one that has
    to be changed; else whoever opens the account hands over the credentials. `expires`: such a
    password lapses by itself; else the bot takes it away when its time has come.
    """

    finds: bool = True
    passwords: bool = True
    expires: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An account as the register has it; `key` is what the directory keeps to know it again."""

    key: str
    username: str
    names: str
    dni: str
    correo: str | None
    post: Post
    seat: str

    @property
    def beside(self) -> str:
        """A user name for who has an account under their own already."""
        return f"{self.username}-{self.key.rpartition('-')[2]}"


@dataclass(frozen=True, slots=True)
class Held:
    """An account as the directory has it; empty `key`: the bot did not make it."""

    username: str
    names: str
    dni: str
    enabled: bool
    key: str = ""
    seat: str = ""


class Directory(Protocol):
    """Where accounts live. Each call may raise Unreachable, Denied or Awaited."""

    @property
    def can(self) -> Capabilities:
        """What it can do."""

    def check(self) -> Sequence[str]:
        """What is wrong with it, each with its mend; nothing when all is well. Changes nothing."""

    def find(self, entry: Entry) -> Held | None:
        """An account of the bot's, by its key. None when there is none, nor one that might be it.

        Denied when there is one that might be: of that person, and not made by the bot.
        """

    def holders(self, seat: str) -> Sequence[Held]:
        """The enabled accounts that hold a seat."""

    def everybody(self) -> Iterator[Held]:
        """Every account, enabled or not."""

    def create(self, entry: Entry) -> str:
        """Create an account, disabled and with no password anybody knows; its user name.

        Denied when the user name is somebody else's. An account with this key is left as it is.
        """

    def enable(self, entry: Entry) -> None:
        """Enable an account that `create` made; one that is enabled is left as it is."""

    def disable(self, entry: Entry) -> None:
        """Disable an account; one that is disabled, or not there any more, is left as it is."""

    def set_password(self, entry: Entry, password: SecretStr, until: datetime) -> None:
        """Give a temporary password that has to be changed; the one before it is dead."""

    def void_password(self, entry: Entry) -> bool:
        """Take a temporary password away; False when its holder had changed it already."""

    def close(self) -> None:
        """Hang up."""


@runtime_checkable
class Claims(Protocol):
    """What a directory may do besides: take accounts it had before the bot."""

    def claim(self, entry: Entry, username: str) -> None:
        """Give an account that is there the key and seat of one of the register's.

        Denied when it is not that person's, or carries another key of the bot's.
        """


Factory = Callable[[Settings], Directory]


def key_of(account_id: int) -> str:
    """The key of an account of the register."""
    return f"mailbot-{account_id}"


def account_of(key: str) -> int:
    """The account of the register a key is of; 0 for a key that is none of the bot's."""
    number = key.removeprefix("mailbot-")
    return int(number) if number != key and number.isascii() and number.isdigit() else 0


def is_embedded(settings: Settings) -> bool:
    """Whether the register itself is the directory."""
    return settings.directory.kind == EMBEDDED


def is_by_hand(settings: Settings) -> bool:
    """Whether a person does it, and answers (see ``orders``)."""
    return settings.directory.kind == WORK_ORDER


def kinds() -> tuple[str, ...]:
    """What `directory.kind` may be."""
    return (EMBEDDED, *BUILT_IN, *sorted(entry_points(group=GROUP).names))


@cache
def _factory(kind: str) -> Factory:
    """What makes a directory; ConfigError when there is none of that kind."""
    if kind in BUILT_IN:
        return resolve_name(BUILT_IN[kind])  # type: ignore[no-any-return]
    for found in entry_points(group=GROUP, name=kind):
        return found.load()  # type: ignore[no-any-return]
    raise ConfigError(
        f"directory.kind: no hay un directorio «{kind}»; hay: {', '.join(kinds())}. "
        "Uno de terceros se instala antes, con pip."
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Directory]:
    """The configured directory, for some work; ConfigError when there is none of that kind."""
    directory = _factory(settings.directory.kind)(settings)
    try:
        yield directory
    finally:
        directory.close()
