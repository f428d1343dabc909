"""Accounts in an LDAP directory: OpenLDAP, Active Directory and their like.

One entry is one account. What changes an account names the key it expects there: said twice it does
the same, and said too late, after the account has got another key, it does nothing. A disabled
account's password is never set: a password policy takes that for a reason to unlock the account.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from mailbot import secrecy
from mailbot.actions import wire
from mailbot.actions.directory import Capabilities, Denied, Entry, Held, the_one
from mailbot.actions.mapping import mapping_of
from mailbot.actions.wire import Change, Found, Wire
from mailbot.config import Settings
from mailbot.errors import Unreachable

_HASHED = "userPassword"
"""The attribute that servers set themselves, hashed; any other one is written."""


class LdapDirectory:
    """An LDAP server as a directory of accounts."""

    can = Capabilities()

    def __init__(self, settings: Settings) -> None:
        self.settings = settings.directory.ldap
        self.map = mapping_of(self.settings.model, self.settings.attributes)
        self.wire = Wire(self.settings)

    def close(self) -> None:
        """Hang up."""
        self.wire.close()

    def check(self) -> Sequence[str]:
        """Whether it lets us in, and has the base, the groups and every attribute we write."""
        self._search("(!(objectClass=*))")
        known = self._attributes()
        lacking = [name for name in self.map.written() if known and name.lower() not in known]
        wrong = [
            f"su esquema no tiene el atributo «{name}»: cárguelo (los de contraseñas: ppolicy), o "
            "ponga otro en directory.ldap.attributes"
            for name in lacking
        ]
        return wrong + [
            f"no existe el grupo de «{role}», {group}, o el bot no puede leerlo: revise "
            "directory.ldap.groups"
            for role, group in self.settings.groups.items()
            if self.wire.read(group, "objectClass") is None
        ]

    def _attributes(self) -> set[str]:
        """The names of every attribute of the schema, in lower case; none where it is hidden."""
        (where, *_) = self.wire.read("", "subschemaSubentry") or [""]
        defined = self.wire.read(where, "attributeTypes") or [] if where else []
        found = (re.search(r"NAME\s+(?:\([^)]*\)|'[^']*')", words) for words in defined)
        return {name.lower() for m in found if m for name in re.findall("'([^']*)'", m[0])}

    # ---------------------------------------------------------- what is there

    def find(self, entry: Entry) -> Held | None:
        """The account with a key; Denied when the person has one that is not the bot's."""
        if found := self._by_key(entry):
            return self.map.held(found.values)
        for other in self._search(wire.equals(self.map.dni, entry.dni)):
            if not other.of(self.map.key):
                raise Denied(
                    f"en el directorio hay una cuenta de esa persona que el bot no hizo "
                    f"({other.dn}): regístrela como suya, o retírela"
                )
        return None

    def holders(self, seat: str) -> Sequence[Held]:
        """Who is enabled in a seat."""
        found = (self.map.held(f.values) for f in self._search(wire.equals(self.map.seat, seat)))
        return [held for held in found if held.enabled]

    def everybody(self) -> Iterator[Held]:
        """Every account under the base."""
        return (self.map.held(found.values) for found in self._search(""))

    def _by_key(self, entry: Entry) -> Found | None:
        """The entry with an account's key; Denied when it is not that person's, or not the one."""
        found = the_one(self._search(wire.equals(self.map.key, entry.key)), lambda one: one.dn)
        if found and found.of(self.map.dni) != [entry.dni]:
            raise Denied(f"la cuenta {found.dn} lleva la clave del bot y otro DNI: revísela")
        return found

    def _search(self, words: str) -> list[Found]:
        kind = self.map.classes.split()[-1]
        return self.wire.search(f"(&(objectClass={kind}){words})", self.map.read())

    # ---------------------------------------------------------- a new account

    def create(self, entry: Entry) -> str:
        """Make an account, disabled from its first moment, and see that nobody gets in with it."""
        found = self._by_key(entry) or self._reuse(entry) or self._add(entry)
        return found.of(self.map.username)[0]

    def _reuse(self, entry: Entry) -> Found | None:
        """The disabled account of the same person, made ours again; None when there is none."""
        theirs = self._search(wire.equals(self.map.dni, entry.dni))
        if any(not found.of(self.map.key) for found in theirs):
            self.find(entry)  # says so
        closed = (found for found in theirs if self._is_locked(found))
        return next((self._take_over(found, entry) for found in closed), None)

    def _take_over(self, found: Found, entry: Entry) -> Found:
        """Give a disabled account another key and seat; its old password opens nothing."""
        if self.map.password == _HASHED:
            # A deletion unlocks as well, so before there is a new seat to it; but there is
            # nothing left to get in with.
            self._modify(found, entry, {_HASHED: wire.replaced([])})
        else:
            self._set(found, entry, secrecy.password())
        username = found.of(self.map.username)[0]
        values = self.map.values(entry, username)
        kept = (self.map.rdn, self.map.username)
        changes = {n: wire.replaced(v) for n, v in values.items() if n not in kept}
        lock = self.map.lock_values(found.of(self.map.lock), locked=True)
        changes[self.map.key] = wire.instead(found.of(self.map.key), [entry.key])
        self.wire.modify(found.dn, {**changes, self.map.lock: wire.replaced(lock)})
        return self._proven(entry)

    def _add(self, entry: Entry) -> Found:
        """Add an entry that is locked, with a password nobody knows."""
        username, password = self._free_name(entry), secrecy.password()
        dn = wire.under(self.settings.base, self.map.rdn, username)
        values: dict[str, Sequence[object]] = {
            **self.map.values(entry, username),
            self.map.lock: self.map.lock_values([], locked=True),
            self.map.password: [self._coded(password)],
        }
        if not self.wire.add(dn, self.map.classes.split(), values):
            raise Unreachable(f"{dn} apareció en este momento; se vuelve a mirar")
        if self.wire.lets_in(dn, password):
            self.wire.remove(dn)
            raise Denied(
                f"el directorio deja entrar a una cuenta desactivada ({dn}): el atributo "
                f"{self.map.lock} no bloquea. En OpenLDAP la política (ppolicy) de estas cuentas "
                "debe tener pwdLockout TRUE"
            )
        return self._proven(entry)

    def claim(self, entry: Entry, username: str) -> None:
        """Give an entry that was there before the bot its key and its seat."""
        found = self._search(wire.equals(self.map.username, username))
        if len(found) != 1 or found[0].of(self.map.dni) != [entry.dni]:
            raise Denied(f"«{username}» no es en el directorio la cuenta de esa persona")
        if self.map.held(found[0].values).key not in ("", entry.key):
            raise Denied(f"«{username}» lleva en el directorio otra clave del bot")
        if len(found[0].of(self.map.key)) > 1:
            raise Denied(wire.CHANGED.format(said=found[0].dn))
        if not found[0].of(self.map.key):
            self._mark(found[0], entry)
        ours = Found(found[0].dn, {self.map.key.lower(): [entry.key]})
        self._modify(ours, entry, {self.map.seat: wire.replaced([entry.seat])})

    def _mark(self, found: Found, entry: Entry) -> None:
        """Give an entry its key, unless it became another person's or somebody else's meanwhile.

        An attribute of several values takes a second key as well: then neither stays.
        """
        key, dni = {self.map.key: wire.added(entry.key)}, {}
        if self.map.dni.lower() != self.map.rdn.lower():  # a name is changed to nothing, not itself
            dni = {self.map.dni: wire.expected([entry.dni])}
        self.wire.modify(found.dn, {**dni, **key})
        if (self.wire.read(found.dn, self.map.key) or [entry.key]) != [entry.key]:
            self.wire.modify(found.dn, {self.map.key: wire.deleted(entry.key)})
            raise Denied(wire.CHANGED.format(said=found.dn))

    def _free_name(self, entry: Entry) -> str:
        """The user name: the DNI; where the same person has an account in use, a name beside it."""
        taken = self._search(wire.equals(self.map.username, entry.username))
        for found in taken:
            if found.of(self.map.dni) != [entry.dni]:
                raise Denied(
                    f"el usuario «{entry.username}» del directorio es de otra persona "
                    f"({found.dn}, con otro DNI): corrija allí el dato que esté mal"
                )
        return entry.beside if taken else entry.username

    def _proven(self, entry: Entry) -> Found:
        """The account as it is read back; Denied when it is not seen as it was written."""
        found = self._by_key(entry)
        if found is None or not self._is_locked(found) or found.of(self.map.seat) != [entry.seat]:
            raise Denied(
                f"el bot no puede leer en el directorio lo que escribe ({self.map.key}, "
                f"{self.map.seat}, {self.map.lock}): dé permiso de lectura a directory.ldap.bind_dn"
            )
        return found

    # ---------------------------------------------------------- enabled and disabled

    def enable(self, entry: Entry) -> None:
        """Put an account into its role's group and unlock it."""
        found = self._by_key(entry)
        if found is None:
            raise Denied(f"desapareció del directorio la cuenta de «{entry.username}»")
        if group := self.settings.groups.get(entry.post.role):
            self.wire.modify(group, {"member": wire.added(found.dn)}, wire.VALUE_EXISTS)
        self._lock(found, entry, locked=False)

    def disable(self, entry: Entry) -> None:
        """Lock an account and take it out of its role's group."""
        found = self._by_key(entry)
        if found is None:
            return
        self._lock(found, entry, locked=True)
        if group := self.settings.groups.get(entry.post.role):
            # A group may not be empty: it becomes a member of itself, which means nothing.
            self.wire.modify(group, {"member": wire.added(group)}, wire.VALUE_EXISTS)
            self.wire.modify(group, {"member": wire.deleted(found.dn)}, wire.NO_SUCH_ATTRIBUTE)

    def _is_locked(self, found: Found) -> bool:
        return self.map.is_locked(found.of(self.map.lock))

    def _lock(self, found: Found, entry: Entry, *, locked: bool) -> None:
        if self._is_locked(found) is not locked:
            after = self.map.lock_values(found.of(self.map.lock), locked=locked)
            self._modify(found, entry, {self.map.lock: wire.replaced(after)})

    # ---------------------------------------------------------- passwords

    def set_password(self, entry: Entry, password: SecretStr, until: datetime) -> None:  # noqa: ARG002  the bot keeps its time
        """Give an enabled account a password that its holder has to change."""
        found = self._by_key(entry)
        if found is None or self._is_locked(found):
            raise Denied("la cuenta ya no está activa en el directorio")
        self._set_to_be_changed(found, entry, password)

    def void_password(self, entry: Entry) -> bool:
        """Put a password nobody knows where one was not changed yet."""
        found = self._by_key(entry)
        if found is None or self._is_locked(found):
            return True
        if self.map.must_change not in found.of(self.map.change):
            return False
        self._set_to_be_changed(found, entry, secrecy.password())
        return True

    def _set_to_be_changed(self, found: Found, entry: Entry, password: SecretStr) -> None:
        self._set(found, entry, password)
        self._modify(found, entry, {self.map.change: wire.replaced([self.map.must_change])})

    def _set(self, found: Found, entry: Entry, password: SecretStr) -> None:
        if self.map.password == _HASHED:
            self.wire.set_password(found.dn, password)
        else:
            coded = {self.map.password: wire.replaced([self._coded(password)])}
            self._modify(found, entry, coded, password=True)

    def _coded(self, password: SecretStr) -> bytes:
        """A password as the attribute wants it (MS-ADTS 3.1.1.3.1.5 for unicodePwd)."""
        secret = password.get_secret_value()
        return (
            secret.encode() if self.map.password == _HASHED else f'"{secret}"'.encode("utf-16-le")
        )

    def _modify(
        self, found: Found, entry: Entry, changes: Mapping[str, Change], *, password: bool = False
    ) -> None:
        """Change an entry only while it has the key it was found by."""
        key = found.of(self.map.key) or [entry.key]
        guarded = {self.map.key: wire.expected(key), **changes}
        self.wire.modify(found.dn, guarded, password=password)
