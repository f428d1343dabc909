"""Copies of the database: on demand, and one a day."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from mailbot import workdays
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.errors import ConfigError
from mailbot.store import Store, copies, engine, journal, marks

log = structlog.get_logger()

_DAY = "backup_day"
_NAMES = "mailbot-*.db"
_OLD = timedelta(days=2)
ELSEWHERE = (
    "La base es PostgreSQL: cópiela con sus propias herramientas, por ejemplo: pg_dump -Fc BASE > "
    "ARCHIVO. Después de restaurarla con pg_restore y antes de arrancar el servicio: mailbot hold"
)


def make(desk: Desk, to: Path) -> journal.Head:
    """Copy the database to a file and read it back; the head of the journal in it."""
    file = engine.file_of(desk.store.engine)
    if file is None:
        raise ConfigError(ELSEWHERE)
    copies.write(file, to, desk.clock())
    with closing(Store(f"sqlite:///{to.resolve()}", desk.rules.settings.data_keys)) as copy:
        return examine(copy, to)


def examine(store: Store, file: Path) -> journal.Head:
    """The head of a copy's journal; ConfigError when that is not whole."""
    with store.read() as tx:
        broken, end = journal.verify(tx), journal.head(tx)
    if broken:
        raise ConfigError(f"{file}: la bitácora de la copia no está íntegra: {broken.reason}.")
    return end


def _folder(settings: Settings, file: Path | None) -> Path | None:
    """Where the daily copies go: beside the database unless it is a whole path; None when off."""
    named = settings.store.backup_folder
    return file.parent / named if file and named else None


def standing(settings: Settings, now: datetime) -> tuple[bool, str]:
    """Whether there are copies as there should be, in words."""
    file = engine.file_of(engine.opened(settings.database))
    if file is None:
        return True, "de PostgreSQL se ocupa quien la administra (pg_dump)"
    where = _folder(settings, file)
    if where is None:
        return True, "no se hacen: store.backup_folder está vacío"
    made = [datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in where.glob(_NAMES)]
    if not made:
        return True, f"todavía ninguna en {where}; el servicio hace una al día"
    recent = now - max(made) < _OLD
    mend = "" if recent else ": vea por qué no se hacen (backup_failed en el registro del servicio)"
    return recent, f"{len(made)} en {where}, la última del {max(made):%d/%m/%Y}{mend}"


def daily(desk: Desk) -> None:
    """One copy a day; the oldest beyond those to keep go. A failure is told, and tried again."""
    where = _folder(desk.rules.settings, engine.file_of(desk.store.engine))
    today = desk.clock().astimezone(workdays.LIMA).date().isoformat()
    with desk.store.read() as tx:
        done = marks.get(tx, _DAY) == today
    if where is None or done:
        return
    try:
        _copy(desk, where, desk.clock())
    except (ConfigError, OSError) as error:
        log.error("backup_failed", reason=str(error))  # noqa: TRY400  an outage, no bug
        return
    with desk.store.begin() as tx:
        marks.put(tx, _DAY, today)


def _copy(desk: Desk, where: Path, now: datetime) -> None:
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    to = where / f"mailbot-{now.astimezone(workdays.LIMA):%Y%m%d}.db"
    end = make(desk, to)
    for old in sorted(where.glob(_NAMES))[: -desk.rules.settings.store.backup_keep]:
        old.unlink()
    log.info("backup_made", file=str(to), rows=end.count)
