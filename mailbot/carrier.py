"""Calls to any number of machines, over PostgreSQL. The home of procrastinate.

It carries a kind and a number, nothing else: the rows are the truth, whoever is called looks at the
row. So nothing in its tables has to last: they lie in a schema of their own, which an upgrade makes
anew, and what a crash left out of it the next sweep puts in again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from sqlalchemy import Engine, text

from mailbot.errors import ConfigError, Unreachable
from mailbot.store import Store, Tx, leases
from mailbot.store.calls import SCHEMA, name
from mailbot.store.schema import alone

log = structlog.get_logger()

VERSION = version("procrastinate")
"""Written on the schema: another version makes it anew."""
_TASK = "advance"
_FIRST = {"letter": 10, "change": 5}
"""What goes before the mails, which take long to read."""
_WHOSE = text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')")
_OUR_PATH = text(
    "SELECT set_config('search_path', current_setting('search_path') || :ours, true)"
).bindparams(ours=f", {SCHEMA}")

Advance = Callable[[str, int], None]


# ------------------------------------------------------------------ its schema


def upgrade(store: Store) -> bool:
    """Make the carrier's schema if it is not there, or is another version's; whether it was made.

    Nothing is lost with the old one: every row that has work to do is called for again.
    """
    with alone(store.engine):
        if _standing(store) == VERSION:
            return False
        with store.beside() as tx:
            tx.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            tx.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            tx.execute(text(f"SET LOCAL search_path = {SCHEMA}"))
            tx.connection().exec_driver_sql(_app().schema_manager.get_schema().replace("%", "%%"))
            tx.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{VERSION}'"))
    return True


def require(store: Store) -> None:
    """ConfigError when the carrier's schema is not there, or another version's."""
    if _standing(store) != VERSION:
        raise ConfigError(
            "workers.elsewhere: a la base de datos le falta la cola de los trabajadores, o es de "
            "otra versión. Ejecute: mailbot db upgrade"
        )


def _standing(store: Store) -> str | None:
    with store.read() as tx:
        found: str | None = tx.scalar(_WHOSE, {"name": SCHEMA})
    return found


# ------------------------------------------------------------------ calling


def _app() -> App:
    """The caller's side: it needs no connection of its own."""
    return App(connector=SyncPsycopgConnector())


_caller = _app()


def carry(tx: Tx, kind: str, row_id: int) -> None:
    """Call for a row's work in the transaction that gives it work; once is enough."""
    if not tx.info.get("carried"):
        tx.execute(_OUR_PATH)
        tx.info["carried"] = True
    try:
        with tx.begin_nested():
            _caller.configure_task(
                _TASK,
                queue=kind,
                priority=_FIRST.get(kind, 0),
                queueing_lock=name(kind, row_id),
                connection=tx.connection().connection.driver_connection,
            ).defer(kind=kind, row_id=row_id)
    except AlreadyEnqueued:
        log.debug("called_already", kind=kind, row=row_id)


# ------------------------------------------------------------------ being called


class Ear:
    """Listens for calls and does them one at a time; `stop` may be called from any thread."""

    def __init__(self, engine: Engine, kinds: Sequence[str], advance: Advance) -> None:
        _, named = engine.dialect.create_connect_args(engine.url)
        options = f"{named.get('options', '')} -c search_path={SCHEMA}".strip()
        named = {**named, "options": options}
        self.app = App(connector=PsycopgConnector(kwargs=named, min_size=1, max_size=4))
        self.app.task(name=_TASK)(advance)
        self.kinds = list(kinds)  # psycopg makes an array of a list only
        self.asked = False
        self._end: Callable[[], Any] = lambda: None

    def listen(self) -> None:
        """Until it is stopped; Unreachable when the database is lost before that."""
        try:
            with asyncio.Runner() as runner:
                runner.run(self._listen())
        except (ConnectorException, OSError, TimeoutError) as error:
            cause = type(error.__cause__ or error).__name__
            raise Unreachable(f"la base de datos no responde: {cause}") from None
        if not self.asked:
            raise Unreachable("se perdió la conexión con la base de datos")

    def stop(self) -> None:
        """Take no more calls; the one at hand ends first."""
        self.asked = True
        with suppress(RuntimeError):  # it has just ended by itself
            self._end()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        async with self.app.open_async():
            work = asyncio.create_task(
                self.app.run_worker_async(
                    queues=self.kinds,
                    concurrency=1,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            self._end = lambda: loop.call_soon_threadsafe(work.cancel)
            if self.asked:
                work.cancel()
            with suppress(asyncio.CancelledError):
                await work


def tidy(store: Store) -> None:
    """Do away with the calls of workers that died over them, and with old leases.

    Their rows are called for anew.
    """
    dead = text(
        f"DELETE FROM {SCHEMA}.procrastinate_jobs WHERE status = 'doing' AND "  # noqa: S608  ours
        f"(worker_id IS NULL OR worker_id NOT IN (SELECT id FROM {SCHEMA}.procrastinate_workers "
        "WHERE last_heartbeat > now() - interval '2 minutes'))"
    )
    with store.beside() as tx:
        tx.execute(_OUR_PATH)  # its triggers name its tables without their schema
        tx.execute(dead)
        leases.tidy(tx)
