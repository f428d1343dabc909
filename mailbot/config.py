"""Typed settings: `mailbot.toml` in the configuration folder, each with a twin in the environment.

Secrets come from the environment alone, or from `mailbot.env` beside it, for its owner alone.
An unknown key, a wrong type or a secret in the file is a ConfigError naming file, key and mend.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mailbot import shadow
from mailbot.addresses import mailbox
from mailbot.errors import ConfigError
from mailbot.procedures import ADMINISTRATORS, SPECIAL_ASKERS, Guide, read_toml
from mailbot.sections import (
    Address,
    Alarm,
    Bot,
    Decisions,
    DirectoryChoice,
    Health,
    Imap,
    Limits,
    Log,
    OAuth,
    Policy,
    Report,
    Retention,
    Schedule,
    Serves,
    Signatures,
    Smtp,
    Storage,
    Workers,
)
from mailbot.trust import Way
from mailbot.trust.settings import Trust

FILE = "mailbot.toml"
ENV_FILE = "mailbot.env"
PREFIX = "MAILBOT_"
SECRETS = (
    *("secret", "data_key", "imap.password", "smtp.password"),
    *("oauth.client_secret", "oauth.refresh_token"),
    *("alarm.password", "alarm.webhook_url", "alarm.webhook_token"),
    *("directory.ldap.password", "directory.scim.token"),
)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """All settings. Built by `read_settings`, which turns every error into a ConfigError."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    folder: Path = Path("config")
    mode: Literal["live", "shadow"] = "live"
    secret: SecretStr | None = None
    data_key: SecretStr | None = None
    bot: Bot = Bot()
    imap: Imap = Imap()
    smtp: Smtp = Smtp()
    oauth: OAuth = OAuth()
    store: Storage = Storage()
    directory: DirectoryChoice = DirectoryChoice()
    workers: Workers = Workers()
    trust: Trust = Trust()
    signatures: Signatures = Signatures()
    approvers: dict[str, tuple[Address, ...]] = {}
    askers: dict[str, tuple[Address, ...]] = {}
    deputies: dict[Address, Address] = {}
    serves: Serves = Serves()
    policy: Policy = Policy()
    decisions: Decisions = Decisions()
    limits: Limits = Limits()
    retention: Retention = Retention()
    schedule: Schedule = Schedule()
    health: Health = Health()
    alarm: Alarm = Alarm()
    report: Report = Report()
    log: Log = Log()

    @property
    def data_keys(self) -> tuple[SecretStr, ...]:
        """The keys that encrypt what is stored: the first writes, all read.

        The bot's own key is always the last, so that a database begun with it alone can be read.
        """
        listed = self.data_key.get_secret_value().split(",") if self.data_key else []
        own = [SecretStr(name.strip()) for name in listed if name.strip()]
        return (*own, *([self.secret] if self.secret and self.secret not in own else []))

    @property
    def administrators(self) -> tuple[str, ...]:
        """The addresses of all who decide by configuration, each once."""
        listed = (address for group in self.approvers.values() for address in group)
        return tuple(dict.fromkeys(address.lower() for address in listed))

    @property
    def database(self) -> str:
        """The database's URL; a relative SQLite file lies in the configuration folder."""
        file = self.store.url.removeprefix("sqlite:///")
        relative = file != self.store.url and file and not file.startswith(("/", ":"))
        return f"sqlite:///{self.folder.resolve() / file}" if relative else self.store.url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic passes them all
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over `mailbot.env`, and that over the values of `mailbot.toml`."""
        return env_settings, dotenv_settings, init_settings


def default_folder() -> Path:
    """The configuration folder: MAILBOT_CONFIG, else ./config, else the one shipped."""
    if named := os.environ.get("MAILBOT_CONFIG"):
        return Path(named)
    here = Path("config")
    return here if (here / FILE).exists() else shipped("config")


def shipped(name: str) -> Path:
    """A folder that comes with the program: beside the package, or inside an installed one."""
    package = Path(__file__).parent
    beside = package.parent / name
    return beside if beside.is_dir() else package / "data" / name


def read_settings(folder: Path, guide: Guide) -> Settings:
    """Read `folder`/mailbot.toml and the environment; ConfigError names file, key and mend."""
    path = folder / FILE
    values = read_toml(path)
    _refuse_secrets(path, values)
    settings = settings_of(values, folder, _env_file(folder))
    _check_names(path, settings, guide)
    _check_pairs(path, settings, guide)
    _check_tls(path, settings)
    _check_orders(path, settings)
    _check_alarm(path, settings.alarm)
    _check_workers(path, settings)
    if problem := settings.trust.problem():
        raise ConfigError(f"{path}: {problem}")
    return shadow.quiet(settings)


def settings_of(
    values: Mapping[str, object], folder: Path, env_file: Path | None = None
) -> Settings:
    """The settings that some values and the environment amount to; ConfigError names each error."""
    try:
        return Settings(**{**values, "folder": folder, "_env_file": env_file})  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError(_in_words(folder / FILE, error)) from None


def _env_file(folder: Path) -> Path | None:
    """The file of secrets beside the configuration, where there is one for us alone.

    Who may not read it (a service whose manager read it first) goes by the environment.
    """
    path = folder / ENV_FILE
    if not os.access(path, os.R_OK):
        return None
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"{path}: guarda secretos y otros usuarios alcanzan a leerlo: chmod 600")
    return path


def _refuse_secrets(path: Path, values: Mapping[str, object]) -> None:
    for name in SECRETS:
        *sections, key = name.split(".")
        table: object = values
        for section in sections:
            table = table.get(section) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping) and key in table:
            raise ConfigError(
                f"{path}: {name}: los secretos no van en el archivo. "
                f"Bórrelo de ahí y defina la variable {variable(name)}."
            )
    store = values.get("store", {})
    if isinstance(store, Mapping) and urlsplit(str(store.get("url", ""))).password:
        raise ConfigError(
            f"{path}: store.url: la contraseña no va en el archivo. Bórrela de ahí y póngala en "
            "~/.pgpass o PGPASSWORD, o defina la dirección entera en MAILBOT_STORE__URL."
        )


def variable(name: str) -> str:
    """The environment twin of a setting: ``imap.host`` is ``MAILBOT_IMAP__HOST``."""
    return PREFIX + name.upper().replace(".", "__")


def _check_names(path: Path, settings: Settings, guide: Guide) -> None:
    """Refuse approvers, askers and roles the guide does not know."""
    for place, names, known in (
        ("approvers", settings.approvers, ADMINISTRATORS),
        ("askers", settings.askers, SPECIAL_ASKERS),
        ("serves.roles", settings.serves.roles, tuple(guide.roles)),
        ("directory.workorder.by_role", settings.directory.workorder.by_role, tuple(guide.roles)),
        ("decisions.code_for", settings.decisions.code_for, tuple(guide.procedures)),
        (
            "decisions.two_approvers_for",
            settings.decisions.two_approvers_for,
            tuple(guide.procedures),
        ),
    ):
        for name in names:
            if name not in known:
                raise ConfigError(f"{path}: {place}: «{name}» no existe{_hint(name, known)}.")


def _check_pairs(path: Path, settings: Settings, guide: Guide) -> None:
    """Two approvers can only be asked for where at least two are configured."""
    for section in settings.decisions.two_approvers_for:
        decides = guide.procedures[section].decides
        if len(set(map(mailbox, settings.approvers.get(decides, ())))) < 2:
            raise ConfigError(
                f"{path}: decisions.two_approvers_for: V.{section} la decide «{decides}» y ahí no "
                "hay dos direcciones. Agregue otra en [approvers] o quite el procedimiento."
            )


def _check_tls(path: Path, settings: Settings) -> None:
    servers = {"imap": settings.imap, "smtp": settings.smtp, "alarm": settings.alarm}
    for name, server in servers.items():
        if server.tls == "none" and server.host not in LOOPBACK:
            raise ConfigError(
                f"{path}: {name}.tls: «none» solo se admite con un servidor de esta misma "
                "máquina; use implicit o starttls."
            )


def _check_orders(path: Path, settings: Settings) -> None:
    if settings.directory.kind == "workorder" and not settings.directory.workorder.to:
        raise ConfigError(
            f'{path}: directory.workorder.to: con directory.kind = "workorder" falta la dirección '
            "de la persona que hace en SIAGIE lo aprobado."
        )


def _check_alarm(path: Path, alarm: Alarm) -> None:
    """The second way out must be whole: it is needed when nothing else works."""
    url = urlsplit(alarm.webhook_url.get_secret_value() if alarm.webhook_url else "https://-")
    if not url.hostname or (url.scheme != "https" and url.hostname not in LOOPBACK):
        mend = "debe empezar con https://"
        raise ConfigError(f"{path}: alarm.webhook_url: {mend} ({variable('alarm.webhook_url')}).")
    if not alarm.host:
        return
    lacking = [name for name in ("sender", "to") if not getattr(alarm, name)]
    if alarm.auth == "password":
        lacking += [name for name in ("user", "password") if not getattr(alarm, name)]
    if lacking:
        listed = ", ".join(f"alarm.{name}" for name in lacking)
        raise ConfigError(f"{path}: alarm.host: falta dar valor a {listed}.")


def _check_workers(path: Path, settings: Settings) -> None:
    if settings.workers.elsewhere and not settings.store.url.startswith("postgresql"):
        raise ConfigError(
            f"{path}: workers.elsewhere: los trabajadores necesitan PostgreSQL: cambie store.url "
            f"({variable('store.url')}), o quite la línea."
        )


_MENDS: Mapping[str, str] = {
    "extra_forbidden": "no existe esa clave",
    "missing": "falta",
    "int_parsing": "se esperaba un número entero",
    "int_type": "se esperaba un número entero",
    "float_parsing": "se esperaba un número",
    "bool_parsing": "se esperaba true o false",
    "bool_type": "se esperaba true o false",
    "string_type": "se esperaba un texto entre comillas",
    "string_too_short": "no puede quedar vacío",
    "tuple_type": 'se esperaba una lista: ["a", "b"]',
    "dict_type": "se esperaba una sección",
    "model_type": "se esperaba una sección",
    "string_pattern_mismatch": "no es una dirección de correo",
    "literal_error": "solo se admite {expected}",
    "date_from_datetime_parsing": 'se esperaba una fecha: "2026-12-07"',
    "date_parsing": 'se esperaba una fecha: "2026-12-07"',
    "date_type": 'se esperaba una fecha: "2026-12-07"',
    "enum": "solo se admite {expected}",
    "too_short": "no puede quedar vacía",
    "greater_than_equal": "debe ser {ge} o más",
    "less_than_equal": "debe ser {le} o menos",
    "greater_than": "debe ser mayor que {gt}",
}


def _in_words(path: Path, error: ValidationError) -> str:
    return "\n".join(dict.fromkeys(_one_in_words(path, e) for e in error.errors()))


def _one_in_words(path: Path, error: Mapping[str, object]) -> str:
    loc = error["loc"]
    where = [str(part) for part in loc if isinstance(part, str)] if isinstance(loc, tuple) else []
    key = ".".join(part for part in where if not part.startswith(("literal", "constrained")))
    context = error.get("ctx") or {}
    mend = _MENDS.get(str(error["type"]), str(error["msg"]))
    words = mend.format(**context) if isinstance(context, Mapping) else mend
    hint = _hint(key, _all_keys()) if error["type"] == "extra_forbidden" else ""
    return f"{path}: {key}: {words}{hint} (o en el entorno: {variable(key)})."


def _all_keys() -> tuple[str, ...]:
    fields = Settings.model_fields.items()
    sections = {n: f.annotation for n, f in fields if isinstance(f.annotation, type)}
    inner = (
        f"{name}.{key}"
        for name, section in sections.items()
        if issubclass(section, BaseModel)
        for key in section.model_fields
    )
    return (*Settings.model_fields, *inner)


def _hint(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; ¿quiso decir «{close[0]}»?" if close else f"; existen: {', '.join(known)}"


def require_service(settings: Settings) -> None:
    """Refuse to start the service while something it cannot do without is empty."""
    needed = {
        "bot.address": settings.bot.address,
        "imap.host": settings.imap.host,
        "imap.user": settings.imap.user,
        "smtp.host": settings.smtp.host,
        "trust.authserv_id": settings.trust.authserv_id or Way.DKIM in settings.trust.accept,
    }
    lacking = [name for name, value in needed.items() if not value]
    lacking += [f"approvers.{name}" for name in ADMINISTRATORS if not settings.approvers.get(name)]
    if lacking:
        path = settings.folder / FILE
        raise ConfigError(f"{path}: falta dar valor a {', '.join(lacking)}.")
    if settings.secret is None or len(settings.secret.get_secret_value()) < 32:
        raise ConfigError(
            "MAILBOT_SECRET: falta o es corta. Defina en el entorno una clave de 32 caracteres "
            "o más; por ejemplo, la que da: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
