"""How an LDAP directory writes down an account: which attribute holds what. Pure.

Two mappings come with the bot, for OpenLDAP and for Active Directory; each of their lines can be
changed in ``[directory.ldap.attributes]``.
"""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from mailbot.actions.directory import Entry, Held
from mailbot.errors import ConfigError

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Mapping:
    """The attributes of an account; an empty one is not written.

    `lock` says that an account is disabled: by its value `locked` (else it has `unlocked`, or no
    value where that is empty), or by the bit `locked` of a number when that begins with ``bit:``.
    `password` is ``userPassword`` (RFC 3062) or ``unicodePwd``. `change` with `must_change` makes
    its holder change it at once.
    """

    classes: str
    rdn: str
    username: str
    names: str
    surnames: str
    given: str
    correo: str
    dni: str
    key: str
    seat: str
    lock: str
    locked: str
    unlocked: str
    password: str
    change: str
    must_change: str

    def read(self) -> list[str]:
        """Every attribute an account is known by."""
        named = (self.username, self.names, self.dni, self.key, self.seat, self.lock, self.change)
        return list(dict.fromkeys(name for name in named if name))

    def written(self) -> list[str]:
        """Every attribute that has to exist."""
        more = (self.rdn, self.surnames, self.given, self.correo, self.password)
        return list(dict.fromkeys(name for name in (*self.read(), *more) if name))

    # ---------------------------------------------------------- whether it is disabled

    @property
    def bit(self) -> int:
        """The bit that disables; 0 where a value does."""
        return int(self.locked.removeprefix("bit:")) if self.locked.startswith("bit:") else 0

    def is_locked(self, values: Sequence[str]) -> bool:
        """Whether the values of `lock` say that an account is disabled."""
        if self.bit:
            return any(int(value) & self.bit for value in values)
        return self.locked in values

    def lock_values(self, before: Sequence[str], *, locked: bool) -> list[str]:
        """What `lock` has to be, given what it is; other bits stay."""
        if self.bit:
            number = int(next(iter(before), self.unlocked or "0"))
            return [str(number | self.bit if locked else number & ~self.bit)]
        return [self.locked] if locked else [self.unlocked] if self.unlocked else []

    # ---------------------------------------------------------- an account

    def values(self, entry: Entry, username: str) -> Values:
        """What is written of an account, but for its lock and its password."""
        surnames, _, given = (part.strip() for part in entry.names.partition(","))
        pairs = (
            (self.names, entry.names),
            (self.surnames, surnames),
            (self.given, given),
            (self.correo, entry.correo or ""),
            (self.dni, entry.dni),
            (self.key, entry.key),
            (self.seat, entry.seat),
            (self.rdn, username),
            (self.username, username),
        )
        return {name: [value] for name, value in pairs if name and value}

    def held(self, found: Table[str, Sequence[str]]) -> Held:
        """An account as it was read; attributes' names in lower case."""

        def one(name: str) -> str:
            return next(iter(found.get(name.lower(), ())), "")

        return Held(
            username=one(self.username),
            names=one(self.names),
            dni=one(self.dni),
            enabled=not self.is_locked(found.get(self.lock.lower(), ())),
            key=one(self.key),
            seat=one(self.seat),
        )


OPENLDAP = Mapping(
    classes="inetOrgPerson",
    rdn="uid",
    username="uid",
    names="cn",
    surnames="sn",
    given="givenName",
    correo="mail",
    dni="employeeNumber",
    key="employeeType",
    seat="departmentNumber",
    lock="pwdAccountLockedTime",
    locked="000001010000Z",
    unlocked="",
    password="userPassword",  # noqa: S106  the name of an attribute
    change="pwdReset",
    must_change="TRUE",
)
"""inetOrgPerson (RFC 2798) and the password policy of slapo-ppolicy(5)."""

ACTIVE_DIRECTORY = Mapping(
    classes="user",
    rdn="cn",
    username="sAMAccountName",
    names="displayName",
    surnames="sn",
    given="givenName",
    correo="mail",
    dni="employeeID",
    key="employeeNumber",
    seat="department",
    lock="userAccountControl",
    locked="bit:2",
    unlocked="512",
    password="unicodePwd",  # noqa: S106  the name of an attribute
    change="pwdLastSet",
    must_change="0",
)
"""User objects of Active Directory: 512 is NORMAL_ACCOUNT, bit 2 ACCOUNTDISABLE (MS-ADTS)."""

_COME_WITH = {"openldap": OPENLDAP, "active-directory": ACTIVE_DIRECTORY}


def mapping_of(model: str, changed: Table[str, str]) -> Mapping:
    """A mapping that comes with the bot, with some of its lines changed; ConfigError names them."""
    known = [field.name for field in fields(Mapping)]
    for name in changed:
        if name not in known:
            raise ConfigError(
                f"directory.ldap.attributes: «{name}» no existe; existen: {', '.join(known)}."
            )
    return replace(_COME_WITH[model], **changed)
