"""Accounts in a SCIM 2.0 server (RFC 7643, 7644). The home of scim2-client and -models, httpx2.

An account is a User: its key is the externalId, the DNI the employeeNumber and the seat the
department of the enterprise extension. What changes an account looks it up by its key first: said
twice it does the same. SCIM knows no temporary password: that it has to be changed, and when it
lapses, is the server's own policy.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from ssl import SSLContext, create_default_context
from typing import Any
from urllib.parse import urlsplit

from httpx2 import Client, Response
from pydantic import SecretStr
from scim2_client import SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    EnterpriseUser,
    Group,
    ListResponse,
    PatchOp,
    ResourceType,
    SCIMException,
    ScimProvider,
    ServiceProviderConfig,
    User,
)

from mailbot import secrecy
from mailbot.actions.directory import Busy, Capabilities, Denied, Entry, Held, the_one
from mailbot.config import LOOPBACK, Settings
from mailbot.errors import ConfigError, Refused, Unreachable
from mailbot.masking import reason
from mailbot.sections import Scim

Person = User[EnterpriseUser]
_MODELS = (User, EnterpriseUser, Group)
_TYPES = (ResourceType.from_resource(Person), ResourceType.from_resource(Group))
_EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_DNI, _SEAT = f"{_EXTENSION}:employeeNumber", f"{_EXTENSION}:department"
_PAGE = 100
_OURS = "mailbot-"
_LONGEST_REST = timedelta(hours=6)


class ScimDirectory:
    """A SCIM server as a directory of accounts."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings.directory.scim
        self.wire = _wire(self.settings)

    def close(self) -> None:
        """Hang up."""
        self.wire.client.close()

    @property
    def can(self) -> Capabilities:
        """What the server says it can do."""
        said = self._config
        return Capabilities(
            finds=_supported(said.filter), passwords=_supported(said.change_password), expires=True
        )

    @cached_property
    def _config(self) -> ServiceProviderConfig:
        with _told():
            said: ServiceProviderConfig = _answer(
                self.wire.query(ServiceProviderConfig), ServiceProviderConfig
            )
        self.wire.provider = ScimProvider(models=_MODELS, resource_types=_TYPES, config=said)
        return said

    def check(self) -> Sequence[str]:
        """Whether it lets us in, can do what the bot needs, and has the groups."""
        said = self._config
        needed = {
            "filtrar (filter)": said.filter,
            "cambiar parte de un usuario (patch)": said.patch,
            "poner contraseñas (changePassword)": said.change_password,
        }
        lacking = [
            f"su servidor SCIM dice que no sabe {what}: el bot lo necesita"
            for what, able in needed.items()
            if not _supported(able)
        ]
        self._search(Person, _equals("externalId", "-"))
        return lacking + [
            f"no existe el grupo «{name}» de «{role}», o el bot no puede verlo: créelo, o revise "
            "directory.scim.groups"
            for role, name in self.settings.groups.items()
            if not self._search(Group, _equals("displayName", name))
        ]

    # ---------------------------------------------------------- what is there

    def find(self, entry: Entry) -> Held | None:
        """The account with a key; Denied when the person has one that is not the bot's."""
        if found := self._by_key(entry):
            return _held(found)
        for other in self._search(Person, _equals(_DNI, entry.dni)):
            if not _held(other).key:
                raise Denied(
                    f"en el directorio hay una cuenta de esa persona que el bot no hizo "
                    f"(«{other.user_name}»): regístrela como suya, o retírela"
                )
        return None

    def holders(self, seat: str) -> Sequence[Held]:
        """Who is active in a seat."""
        found = map(_held, self._search(Person, _equals(_SEAT, seat)))
        return [held for held in found if held.enabled]

    def everybody(self) -> Iterator[Held]:
        """Every user of the server."""
        return map(_held, self._search(Person, ""))

    def _by_key(self, entry: Entry) -> Any:  # noqa: ANN401  a model made at run time
        """The user with an account's key; Denied when it is not that person's, or not the one."""
        every = self._search(Person, _equals("externalId", entry.key))
        found = the_one(every, lambda one: f"«{one.user_name}»")
        if found is not None and _held(found).dni != entry.dni:
            raise Denied(
                f"la cuenta «{found.user_name}» lleva la clave del bot y otro DNI: revísela"
            )
        return found

    def _existing(self, entry: Entry) -> Any:  # noqa: ANN401
        found = self._by_key(entry)
        if found is None:
            raise Denied(f"desapareció del directorio la cuenta de «{entry.username}»")
        return found

    def _search(self, model: Any, words: str) -> list[Any]:  # noqa: ANN401
        """Every resource a filter finds, page after page."""
        found: list[Any] = []
        while True:
            asked: dict[str, Any] = {"startIndex": len(found) + 1, "count": _PAGE}
            asked |= {"filter": words} if words else {}
            with _told():
                said = self.wire.query(model, query_parameters=asked)
            page = _answer(said, ListResponse)
            found += page.resources or []
            if not page.resources or len(found) >= (page.total_results or 0):
                return found

    # ---------------------------------------------------------- a new account

    def create(self, entry: Entry) -> str:
        """Make a user that is not active and has no password."""
        found = self._by_key(entry)
        if found is None:
            found = self._add(entry)
        if found.active is not False:
            self._change(found, ("replace", "active", False))
            if self._existing(entry).active is not False:
                raise Denied("el servidor SCIM no deja crear una cuenta inactiva (active)")
        return str(found.user_name)

    def _add(self, entry: Entry) -> Any:  # noqa: ANN401
        """Make a user; a password of the bot's kind that nobody knows tries the server's policy."""
        secret = secrecy.password() if self.can.passwords else None
        user = _person(entry, self._free_name(entry), secret)
        with _hidden(secret), _told():
            return _answer(self.wire.create(user), User)

    def _free_name(self, entry: Entry) -> str:
        """The user name: the DNI; where the same person has an account, a name beside it."""
        taken = self._search(Person, _equals("userName", entry.username))
        if any(_held(found).dni != entry.dni for found in taken):
            raise Denied(
                f"el usuario «{entry.username}» del directorio es de otra persona, con otro DNI: "
                "corrija allí el dato que esté mal"
            )
        return entry.beside if taken else entry.username

    def claim(self, entry: Entry, username: str) -> None:
        """Give a user that was there before the bot its key and its seat."""
        found = self._search(Person, _equals("userName", username))
        if len(found) != 1 or _held(found[0]).dni != entry.dni:
            raise Denied(f"«{username}» no es en el directorio la cuenta de esa persona")
        if _held(found[0]).key not in ("", entry.key):
            raise Denied(f"«{username}» lleva en el directorio otra clave del bot")
        self._change(found[0], ("replace", _SEAT, entry.seat))
        self._change(
            self._search(Person, _equals("userName", username))[0],
            ("replace", "externalId", entry.key),
        )

    # ---------------------------------------------------------- active and not

    def enable(self, entry: Entry) -> None:
        """Put a user into its role's group and make it active."""
        found = self._existing(entry)
        self._into_group(entry, found)
        if found.active is not True:
            self._change(found, ("replace", "active", True))

    def disable(self, entry: Entry) -> None:
        """Make a user inactive and take it out of its role's group."""
        found = self._by_key(entry)
        if found is None:
            return
        if found.active is not False:
            self._change(found, ("replace", "active", False))
        group = self._group(entry)
        if group is not None and found.id in _members(group):
            self._change(group, ("remove", f"members[value eq {json.dumps(found.id)}]", None))

    def _into_group(self, entry: Entry, found: Any) -> None:  # noqa: ANN401
        group = self._group(entry)
        if group is not None and found.id not in _members(group):
            self._change(group, ("add", "members", [{"value": found.id}]))

    def _group(self, entry: Entry) -> Any:  # noqa: ANN401
        """The group of an account's role; None where none is wanted."""
        name = self.settings.groups.get(entry.post.role)
        if name is None:
            return None
        found = self._search(Group, _equals("displayName", name))
        if len(found) != 1:
            raise Denied(
                f"hay {len(found)} grupos «{name}» en el directorio y debe haber uno: revise "
                "directory.scim.groups"
            )
        return found[0]

    # ---------------------------------------------------------- passwords

    def set_password(self, entry: Entry, password: SecretStr, until: datetime) -> None:  # noqa: ARG002  the server's policy
        """Give an active user a password."""
        found = self._by_key(entry)
        if found is None or found.active is not True:
            raise Denied("la cuenta ya no está activa en el directorio")
        if not self.can.passwords:
            raise Denied("el servidor SCIM no deja poner contraseñas (changePassword)")
        self._give(found, password)

    def _give(self, found: Any, password: SecretStr) -> None:  # noqa: ANN401
        with _hidden(password):
            self._change(found, ("replace", "password", password.get_secret_value()))

    def void_password(self, entry: Entry) -> bool:
        """Put a password nobody knows: whoever was sent the last one did not get it."""
        found = self._by_key(entry)
        if found is not None and found.active is True:
            self._give(found, secrecy.password())
        return True

    def _change(self, resource: Any, operation: tuple[str, str, Any]) -> None:  # noqa: ANN401
        """Change one thing of a resource, if nobody changed that meanwhile."""
        name, path, value = operation
        one = {"op": name, "path": path, **({} if value is None else {"value": value})}
        kind: Any = Person if isinstance(resource, User) else Group
        _ = self._config  # whether versions count is known from here on
        with _told():
            self.wire.modify(resource, PatchOp[kind].model_validate({"Operations": [one]}))


# ------------------------------------------------------------------ a person as a user


def _person(entry: Entry, username: str, secret: SecretStr | None) -> Any:  # noqa: ANN401
    given: dict[str, Any] = {
        **({"password": secret.get_secret_value()} if secret else {}),
        "userName": username,
        "externalId": entry.key,
        "displayName": entry.names,
        "name": {"formatted": entry.names, "familyName": entry.names.partition(",")[0]},
        "active": False,
        "emails": [{"value": entry.correo, "primary": True}] if entry.correo else [],
        _EXTENSION: {"employeeNumber": entry.dni, "department": entry.seat},
    }
    return Person.model_validate({"schemas": [*_SCHEMAS], **given})


_SCHEMAS = ("urn:ietf:params:scim:schemas:core:2.0:User", _EXTENSION)


def _held(user: Any) -> Held:  # noqa: ANN401
    extra = user[EnterpriseUser]
    key = user.external_id or ""
    return Held(
        username=user.user_name or "",
        names=user.display_name or (user.name.formatted if user.name else "") or "",
        dni=(extra.employee_number if extra else "") or "",
        enabled=user.active is not False,
        key=key if key.startswith(_OURS) else "",
        seat=(extra.department if extra else "") or "",
    )


def _members(group: Any) -> set[str]:  # noqa: ANN401
    return {member.value for member in group.members or ()}


def _equals(attribute: str, value: str) -> str:
    """A filter; the value is a JSON string (RFC 7644, 3.4.2.2): nothing in it ends it."""
    return f"{attribute} eq {json.dumps(value)}"


def _supported(feature: Any) -> bool:  # noqa: ANN401
    return bool(feature and feature.supported)


# ------------------------------------------------------------------ the wire


class _Wire(SyncSCIMClient):
    """The client; what HTTP says of the whole request is told before anybody reads the answer."""

    def request(self, method: str, url: str, **kwargs: Any) -> Response:  # noqa: ANN401
        """Send a request; Refused, Busy, Unreachable or Denied by the answer's status."""
        response = super().request(method, url, **kwargs)
        status = response.status_code
        if status in _SAID or status >= 500:
            raise _SAID.get(status, _ailing)(response)
        return response


def _ailing(response: Response) -> Exception:
    return Unreachable(f"el servidor SCIM no pudo ahora (HTTP {response.status_code})")


def _busy(response: Response) -> Exception:
    """429 (RFC 6585): it says when to come again, or we ask as after any failure."""
    said = response.headers.get("Retry-After", "")
    rest = timedelta()
    if said.isascii() and said.isdigit():
        rest = timedelta(seconds=min(int(said), _LONGEST_REST.total_seconds()))
    return Busy("el servidor SCIM pide esperar (HTTP 429)", rest)


_SAID: Mapping[int, Any] = {
    401: lambda _: Refused(
        "SCIM: no deja entrar (HTTP 401): revise MAILBOT_DIRECTORY__SCIM__TOKEN"
    ),
    403: lambda _: Denied("el servidor SCIM no permite esto al bot (HTTP 403): dele permiso"),
    408: _ailing,
    409: lambda _: Unreachable("en el directorio apareció otra cuenta igual; se vuelve a mirar"),
    412: lambda _: Unreachable("alguien cambió la cuenta en este momento; se vuelve a mirar"),
    429: _busy,
}


def _wire(settings: Scim) -> _Wire:
    url = urlsplit(settings.url)
    if not url.hostname or (url.scheme != "https" and url.hostname not in LOOPBACK):
        raise ConfigError("directory.scim.url: debe empezar con https://")
    token = settings.token.get_secret_value() if settings.token else ""
    client = Client(
        base_url=settings.url.rstrip("/") + "/",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        verify=_authorities(settings),
        timeout=settings.timeout_seconds,
        trust_env=False,
    )
    return _Wire(client, provider=ScimProvider(models=_MODELS, resource_types=_TYPES))


def _authorities(settings: Scim) -> SSLContext:
    return create_default_context(cafile=str(settings.cafile) if settings.cafile else None)


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong, as a directory says it: a wire that broke, or a no that stays one."""
    try:
        yield
    except SCIMException as error:
        raise Denied(f"el servidor SCIM no lo acepta: {reason(error)}") from None
    except SCIMClientException as error:
        notes = "; ".join(getattr(error, "__notes__", ()))
        raise Unreachable(f"SCIM: {reason(Exception(f'{error} {notes}'.strip()))}") from None


@contextmanager
def _hidden(secret: SecretStr | None) -> Iterator[None]:
    """What a refusal says does not tell a password on."""
    try:
        yield
    except (Denied, Unreachable) as error:
        known = secret.get_secret_value() if secret else "\0"
        error.args = (str(error).replace(known, "…"), *error.args[1:])
        raise error from None


def _answer(said: Any, model: Any) -> Any:  # noqa: ANN401
    """An answer of the kind that was asked for."""
    if not isinstance(said, model):
        raise Unreachable("el servidor SCIM respondió otra cosa que lo que se le preguntó")
    return said
