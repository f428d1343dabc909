"""The sections of `mailbot.toml`: each key with its kind, its bounds and its default."""

from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

Address = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Tls = Literal["implicit", "starttls", "none"]


class Section(BaseModel):
    """A section: no key but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bot(Section):
    """The bot's own name and address."""

    name: str = "Usuarios SIAGIE"
    address: Address | Literal[""] = ""
    plus_addressing: bool = True


class Server(Section):
    """A mail server and how to log in; `timeout_seconds` bounds every wait for it."""

    host: str = ""
    port: Port
    tls: Tls = "implicit"
    cafile: Path | None = None
    user: str = ""
    auth: Literal["password", "xoauth2", "none"] = "password"
    password: SecretStr | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 30


class Imap(Server):
    """The mailbox, and the folders mail is moved to."""

    port: Port = 993
    inbox: str = "INBOX"
    processed: str = "Procesados"
    set_aside: str = "Apartados"


class Smtp(Server):
    """Where letters leave."""

    port: Port = 465


class OAuth(Section):
    """The token endpoint for XOAUTH2: client credentials, or a refresh token when one is given.

    `secret_expires` is the day the client's secret ends, for a warning in time.
    """

    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    warn_days: Annotated[int, Field(ge=1, le=365)] = 30
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    secret_expires: date | None = None


class Storage(Section):
    """The database, as an SQLAlchemy URL; where its daily copies go, and how many are kept."""

    url: str = "sqlite:///mailbot.db"
    backup_folder: str = "copias"
    backup_keep: Annotated[int, Field(ge=1, le=366)] = 7


class Ldap(Section):
    """An LDAP directory: where it is, who we are there, and how it writes down an account.

    `groups` are DN by role; `attributes` change lines of the model's mapping.
    """

    url: str = ""
    starttls: bool = True
    cafile: Path | None = None
    bind_dn: str = ""
    password: SecretStr | None = None
    base: str = ""
    model: Literal["openldap", "active-directory"] = "openldap"
    timeout_seconds: Annotated[float, Field(gt=0, le=20)] = 10
    groups: dict[str, str] = {}
    attributes: dict[str, str] = {}


class Scim(Section):
    """A SCIM 2.0 server; `groups` are names of groups by role."""

    url: str = ""
    token: SecretStr | None = None
    cafile: Path | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    groups: dict[str, str] = {}


class WorkOrders(Section):
    """Work orders: who does in SIAGIE what was approved, and when they are reminded.

    `credentials`: ``apart``, SIAGIE or the person gives them to the holder; ``reply``, the person
    may type them in the answer, and they go on to the holder.
    """

    to: Address | Literal[""] = ""
    by_role: dict[str, Address] = {}
    remind_working_days: Annotated[int, Field(ge=1, le=30)] = 1
    reminders: Annotated[int, Field(ge=0, le=20)] = 3
    credentials: Literal["apart", "reply"] = "apart"

    def worker(self, role: str) -> str:
        """Who works on the accounts of a role."""
        return (self.by_role.get(role) or self.to).lower()


class DirectoryChoice(Section):
    """Where the accounts live; `options` are for a directory of somebody else's."""

    kind: Annotated[str, Field(min_length=1)] = "sql"
    options: dict[str, str] = {}
    ldap: Ldap = Ldap()
    scim: Scim = Scim()
    workorder: WorkOrders = WorkOrders()


class Workers(Section):
    """Whether `mailbot worker` does the work, and after how long a silent one is given up."""

    elsewhere: bool = False
    lease_seconds: Annotated[int, Field(ge=2, le=3600)] = 60


class Signatures(Section):
    """The folder of root certificates and trust lists, beside the configuration file."""

    roots: Annotated[str, Field(min_length=1)] = "confianza"


class Serves(Section):
    """The roles this mailbox serves (none named: all), and where the others go."""

    roles: tuple[str, ...] = ()
    elsewhere: str = ""


class Policy(Section):
    """Deadlines, days off besides the national holidays, and what is acknowledged."""

    acknowledge: bool = True
    receipts: bool = True
    holidays: tuple[date, ...] = ()
    observed_working_days: Annotated[int, Field(ge=1, le=30)] = 2
    question_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    question_rounds: Annotated[int, Field(ge=1, le=10)] = 3
    remind_working_days: Annotated[int, Field(ge=1, le=30)] = 1
    escalate_working_days: Annotated[int, Field(ge=1, le=30)] = 2
    absence_days: Annotated[int, Field(ge=1, le=60)] = 7
    challenge_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    password_hours: Annotated[int, Field(ge=1, le=72)] = 24


class Decisions(Section):
    """What a yes needs besides a proven reply, by procedure: ``["1.1", "2.1"]``."""

    code_for: tuple[str, ...] = ()
    two_approvers_for: tuple[str, ...] = ()


class Limits(Section):
    """Bounds on what one mail or one address can make the bot do."""

    mail_bytes: Annotated[int, Field(ge=10_000)] = 26_214_400
    answers_per_day: Annotated[int, Field(ge=1)] = 20
    answers_per_hour: Annotated[int, Field(ge=1)] = 120
    challenges_per_day: Annotated[int, Field(ge=0)] = 3
    challenges_in_all: Annotated[int, Field(ge=0)] = 60
    requests_per_day: Annotated[int, Field(ge=1)] = 100
    free_bytes: Annotated[int, Field(ge=0)] = 200_000_000


SHORTEST_AUDIT = 730
Days = Annotated[int, Field(ge=1, le=36_500)]


class Retention(Section):
    """How many days personal data is kept after its use has ended; `audit_days` 0: for ever."""

    mails_days: Days = 90
    set_aside_days: Days = 30
    letters_days: Days = 90
    cases_days: Days = 730
    audit_days: Annotated[int, Field(ge=0, le=36_500)] = 0

    @field_validator("audit_days")
    @classmethod
    def _long_enough(cls, days: int) -> int:
        if 0 < days < SHORTEST_AUDIT:
            raise PydanticCustomError("short_audit", "debe ser 0 (para siempre) o 730 o más")
        return days


class Schedule(Section):
    """How often the service does what."""

    poll_seconds: Annotated[int, Field(ge=1)] = 60
    chores_seconds: Annotated[int, Field(ge=1)] = 300
    digest_hours: tuple[Annotated[int, Field(ge=0, le=23)], ...] = (8,)


class Health(Section):
    """What counts as ill; `heartbeat_minutes` 0: no mail to oneself, `metrics_port` 0: none."""

    heartbeat_minutes: Annotated[int, Field(ge=0, le=1440)] = 60
    heartbeat_limit_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    silence_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    waiting_minutes: Annotated[int, Field(ge=1)] = 120
    disk_free_mb: Annotated[int, Field(ge=0)] = 500
    pause_working_days: Annotated[int, Field(ge=1, le=30)] = 3
    metrics_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0


class Alarm(Server):
    """The second way out, for when mail itself is down: a web address, a mail server, or both."""

    webhook_url: SecretStr | None = None
    webhook_token: SecretStr | None = None
    port: Port = 465
    auth: Literal["password", "none"] = "password"
    sender: Address | Literal[""] = ""
    to: tuple[Address, ...] = ()
    remind_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24


class Report(Section):
    """The monthly report: whether and to whom it is mailed, and when offices work (Lima time).

    `to` empty: every administrator. `page`: the page is attached to the letter, too.
    """

    monthly: bool = True
    to: tuple[Address, ...] = ()
    page: bool = True
    opens: time = time(8, 30)
    closes: time = time(17, 30)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise PydanticCustomError("hours", "opens debe ser antes que closes")
        return self


class Log(Section):
    """How the log is written: ``auto`` is text on a terminal and JSON elsewhere."""

    format: Literal["auto", "json", "text"] = "auto"
