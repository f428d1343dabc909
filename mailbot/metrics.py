"""Numbers for Prometheus. The home of prometheus_client.

Two kinds: what this process has done since it started (counters, times), and what the store says
when it is asked (`Vitals`), which any process can tell. Labels hold kinds, states and stages only.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailbot import health
from mailbot.config import Settings
from mailbot.errors import ConfigError
from mailbot.health import Facts, State
from mailbot.model import Document, Method
from mailbot.store import BROKEN_WIRE, Store, vitals
from mailbot.store.calls import KINDS
from mailbot.store.leases import Crew
from mailbot.store.tables import MailStatus
from mailbot.store.vitals import Queue

log = structlog.get_logger()

LIVE = CollectorRegistry()
FETCHED = Counter("mailbot_mails_fetched", "Mails brought into the store.", registry=LIVE)
PROCESSED = Counter(
    "mailbot_mails_processed", "Mails taken to their end, by kind.", ["kind"], registry=LIVE
)
SET_ASIDE = Counter(
    "mailbot_mails_set_aside", "Mails set aside for a person, by kind.", ["kind"], registry=LIVE
)
OCR_PAGES = Counter("mailbot_ocr_pages", "Pages recognised in pictures.", registry=LIVE)
STAGE = Histogram(
    "mailbot_stage_seconds",
    "Seconds a stage of a pass took.",
    ["stage"],
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900),
    registry=LIVE,
)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Time a stage, whether or not it succeeds."""
    began = time.perf_counter()
    try:
        yield
    finally:
        STAGE.labels(name).observe(time.perf_counter() - began)


def count_mail(status: MailStatus, kind: str) -> None:
    """One mail more was taken as far as it goes; one that waits is not counted yet."""
    if status is not MailStatus.NEW:
        PROCESSED.labels(kind).inc()
    if status is MailStatus.SET_ASIDE:
        SET_ASIDE.labels(kind).inc()


def count_pages(documents: Iterable[Document]) -> None:
    """The pages of some documents that had to be recognised."""
    pages = [page for document in documents for page in document.pages]
    OCR_PAGES.inc(sum(page.method is Method.OCR for page in pages))


# ------------------------------------------------------------------ what the store says


class Vitals(Collector):
    """What stands, waits and failed, counted when it is asked for."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings

    def collect(self) -> Iterable[Metric]:
        """Every number; only that the database is down, when it is."""
        try:
            facts = health.gather(self.store, self.settings, datetime.now(UTC))
            with self.store.read() as tx:
                letters, cases = vitals.letters_by_kind(tx), vitals.cases_by_status(tx)
        except BROKEN_WIRE as error:
            log.warning("metrics_without_database", reason=type(error).__name__)
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        sent = _family("letters", "Letters, by kind and status.", ["kind", "status"])
        for kind, status, count in letters:
            sent.add_metric([kind, status], count)
        yield sent
        yield from _cases(facts, cases)
        for part in (_checks, _works, _heart, _queues, _crew, _rests):
            yield from part(facts)


def _checks(facts: Facts) -> Iterable[Metric]:
    found = _family("health", "1: well, 0: not well; as `mailbot health` says.", ["check"])
    for check in health.examine(facts):
        found.add_metric([check.code], check.state is not State.BAD)
    yield found


def _works(facts: Facts) -> Iterable[Metric]:
    good = _family("last_success_timestamp_seconds", "When a work last succeeded.", ["work"])
    bad = _family("failures_in_a_row", "How often a work has failed since.", ["work"])
    for work, last in facts.works.items():
        bad.add_metric([work], last.failures)
        if last.succeeded:
            good.add_metric([work], last.succeeded.timestamp())
    yield from (good, bad)


def _heart(facts: Facts) -> Iterable[Metric]:
    heart = facts.heart
    yield _gauge("heartbeat_pending", "Letters to ourselves under way.", len(heart.pending))
    yield CounterMetricFamily(
        "mailbot_heartbeat_missed", "Letters to ourselves that never came.", value=heart.missed
    )
    if heart.seconds is not None and heart.arrived is not None:
        words = "Seconds the last letter to ourselves took, until it was seen."
        yield _gauge("heartbeat_round_trip_seconds", words, heart.seconds)
        arrived = heart.arrived.timestamp()
        yield _gauge("heartbeat_arrived_timestamp_seconds", "When it came.", arrived)


def _queues(facts: Facts) -> Iterable[Metric]:
    counts = facts.counts
    sizes = _family("waiting", "What waits, by queue.", ["queue"])
    ages = _family("waiting_oldest_seconds", "How long the oldest has waited.", ["queue"])
    for name, queue in (
        ("mails", counts.waiting),
        ("unmoved", counts.unmoved),
        ("set_aside", counts.aside),
        ("questions", counts.questions),
        ("letters", counts.unsent),
        ("changes", counts.changes),
    ):
        sizes.add_metric([name], queue.count)
        ages.add_metric([name], _age(facts, queue))
    yield from (sizes, ages)
    lost = sum(n >= health.STRANGER_PASSES for n in facts.inbox.strangers.values())
    yield _gauge("inbox_mails", "Mails in the inbox.", facts.inbox.count)
    yield _gauge("inbox_unknown_mails", "Mails in the inbox that were never stored.", lost)
    yield _gauge("inbox_stayed_mails", "Mails moved that lie there still.", facts.inbox.stayed)


def _crew(facts: Facts) -> Iterable[Metric]:
    """Who works on what, where workers do the work; nobody, where one process does it all."""
    crew = facts.crew or Crew()
    yield _gauge("workers", "Workers seen of late.", len(crew.workers))
    yield _gauge("workers_busy", "Works under way.", crew.busy)
    age = (facts.now - crew.oldest).total_seconds() if crew.oldest else 0
    yield _gauge("lease_oldest_seconds", "How long the longest work has been under way.", age)
    calls = _family("calls_waiting", "Calls that no worker has taken, by kind.", ["kind"])
    for kind in KINDS:
        calls.add_metric([kind], crew.calls.get(kind, 0))
    yield calls


def _cases(facts: Facts, counts: Mapping[str, int]) -> Iterable[Metric]:
    sizes = _family("cases", "Cases, by status.", ["status"])
    ages = _family("cases_oldest_seconds", "How long the oldest open one has waited.", ["status"])
    for status, count in counts.items():
        sizes.add_metric([status], count)
    for status, queue in facts.counts.cases.items():
        ages.add_metric([status], _age(facts, queue))
    yield from (sizes, ages)


def _rests(facts: Facts) -> Iterable[Metric]:
    """What everything rests on, and the brake that stops it."""
    on = (facts.now - facts.brake.since).total_seconds() if facts.brake else 0
    yield _gauge("paused_seconds", "How long decisions have been on hold; 0: they are not.", on)
    words = "Active accounts whose temporary password ran out unused."
    yield _gauge("accounts_unused", words, facts.counts.unused)
    if facts.disk_free is not None:
        yield _gauge("disk_free_bytes", "Free where the database lies.", facts.disk_free)
    if facts.counts.database_bytes is not None:
        yield _gauge("database_bytes", "The size of the database.", facts.counts.database_bytes)
    if facts.journal is not None:
        at = facts.journal.at.timestamp()
        yield _gauge("journal_verified_timestamp_seconds", "When it was last walked.", at)
        yield _gauge("journal_whole", "Whether it was whole.", not facts.journal.broken)


def _age(facts: Facts, queue: Queue) -> float:
    return (facts.now - queue.oldest).total_seconds() if queue.oldest else 0


def _family(name: str, words: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mailbot_{name}", words, labels=labels)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mailbot_{name}", words, value=float(value))


# ------------------------------------------------------------------ telling


def exposition(store: Store, settings: Settings) -> str:
    """What the store says, in the text format: for a textfile collector, from any process."""
    registry = CollectorRegistry()
    registry.register(Vitals(store, settings))
    return generate_latest(registry).decode()


@contextmanager
def served(store: Store, settings: Settings) -> Iterator[None]:
    """Both kinds over HTTP, while the block lasts; nothing without a port."""
    where = settings.health
    if not where.metrics_port:
        yield
        return
    try:
        server, thread = start_http_server(where.metrics_port, where.metrics_host, LIVE)
    except OSError as error:
        raise ConfigError(f"health.metrics_port: {where.metrics_port}: {error.strerror}.") from None
    vital = Vitals(store, settings)
    LIVE.register(vital)
    try:
        yield
    finally:
        LIVE.unregister(vital)
        server.shutdown()
        server.server_close()
        thread.join()
