"""The fixtures every test may ask for."""

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres as postgresql
import pytest
import servers as mail_servers
import slapd as ldap_server
import structlog
from chamber import Chamber
from house import House, write_config
from hypothesis import settings
from lives import Lives, Play

_PLAIN = structlog.dev.ConsoleRenderer(
    colors=False, exception_formatter=structlog.dev.plain_traceback
)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])
"""Where logs are not what is tested: drawing a traceback with its locals takes seconds."""


@pytest.fixture(scope="session")
def servers() -> Iterator[mail_servers.MailServers]:
    """Dovecot and Postfix, one pair for the whole run.

    Where they cannot run the test is skipped, and the reason said; with MAILBOT_REQUIRE_SERVERS=1
    it fails, so that a build that should have them cannot pass without them.
    """
    reason = mail_servers.missing()
    if reason and os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
        pytest.fail(f"MAILBOT_REQUIRE_SERVERS=1, but the mail servers cannot run: {reason}")
    if reason:
        pytest.skip(f"the mail servers cannot run: {reason}")
    with mail_servers.running() as started:
        yield started


@pytest.fixture
def post(servers: mail_servers.MailServers) -> mail_servers.Post:
    """The mail of one test: nothing under way and every mailbox empty when it begins."""
    office = mail_servers.Post(servers)
    office.clear()
    return office


_EVERY = {
    "test_refusals.py": 8,
    "test_formats.py": 8,
    "test_faults.py": 15,
    "test_hostile.py": 7,
    "test_golden.py": 5,
    "test_ocr.py": 3,
    "test_check_command.py": 5,
    "test_attacks.py": 4,
    "test_language.py": 5,
    "test_letters.py": 5,
    "test_letters_shown.py": 3,
    "test_crops.py": 3,
    "test_work_orders.py": 2,
    "test_question_pictures.py": 3,
    "test_documents.py": 4,
    "test_decisions.py": 3,
    "test_challenge.py": 3,
    "test_second_factor.py": 2,
    "test_signatures.py": 2,
}
"""Of the long lists of cases in these files every so manieth is always tried."""
_EVERY_ON_POSTGRESQL = {
    "test_privacy.py": 4,
    "test_access.py": 4,
    "test_signals.py": 4,
    "test_report.py": 2,
    "test_digest.py": 2,
    "test_orders.py": 2,
    "test_urge.py": 2,
}
"""Of what these files try on both databases every so manieth is always tried on PostgreSQL."""


_LONGEST = "test_simulation.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most cases of the long lists to ``make test WHOLE=1``, the first of each aside.

    What takes longest begins first: else a worker is at it alone when all others are done.
    """
    items.sort(key=lambda item: item.path.name != _LONGEST)
    if os.environ.get("WHOLE"):
        return
    seen: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        again = "[postgresql" in item.nodeid and item.path.name in _EVERY_ON_POSTGRESQL
        name = item.path.name if again else item.nodeid.partition("[")[0]
        every = (_EVERY_ON_POSTGRESQL if again else _EVERY).get(item.path.name, 1)
        (left if seen[name] % every else kept).append(item)
        seen[name] += 1
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules live until the end: no collection looks at them again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``both_databases`` runs on SQLite and on PostgreSQL, the rest on SQLite.

    MAILBOT_TEST_DATABASE=postgresql has the rest run on PostgreSQL.
    """
    if "backend" in metafunc.fixturenames:
        alone = os.environ.get("MAILBOT_TEST_DATABASE", "sqlite")
        both = metafunc.definition.get_closest_marker("both_databases")
        names = ["sqlite", "postgresql"] if both else [alone]
        metafunc.parametrize("backend", names, indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Postgres]:
    """A PostgreSQL for the whole run; skipped, or failed, like the mail servers."""
    missing = postgresql.folder() is None
    if missing and os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
        pytest.fail("MAILBOT_REQUIRE_SERVERS=1, but there is no PostgreSQL")
    if missing:
        pytest.skip("there is no PostgreSQL")
    with postgresql.running() as started:
        yield started


@pytest.fixture(scope="session")
def slapd() -> Iterator[ldap_server.Slapd]:
    """An OpenLDAP for the whole run; skipped, or failed, like the mail servers."""
    reason = ldap_server.missing()
    if reason and os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
        pytest.fail(f"MAILBOT_REQUIRE_SERVERS=1, but {reason}")
    if reason:
        pytest.skip(reason)
    with ldap_server.running() as started:
        yield started


@pytest.fixture
def chamber(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chamber]:
    """A bot that has read its mail, and waits for decisions."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    made = Chamber(tmp_path / "config")
    made.configure()
    yield made
    made.store.close()


@pytest.fixture
def database(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The URL of a database of the test's own; the bot's configuration means it too."""
    if backend == "sqlite":
        (tmp_path / "config").mkdir()
        return f"sqlite:///{tmp_path}/config/mailbot.db"
    started: postgresql.Postgres = request.getfixturevalue("postgres")
    url = started.fresh()
    monkeypatch.setenv("MAILBOT_STORE__URL", url)
    return url


@pytest.fixture
def house(
    post: mail_servers.Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> Iterator[House]:
    """A bot over the real servers, with a store and a clock of its own."""
    assert database
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    made = House(write_config(tmp_path / "config", post), post)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def lives() -> Lives:
    """The lives that tests begin with."""
    return Lives()


@pytest.fixture
def begin(
    house: House, lives: Lives, backend: str, request: pytest.FixtureRequest
) -> Callable[[Play], House]:
    """Gives the test's house a past: played by the first test that asks, copied for the others."""

    def begun(play: Play) -> House:
        server = request.getfixturevalue("postgres") if backend == "postgresql" else None
        lives.begin(house, play, server)
        return house

    return begun


# A build says the same of the same commit; people's own runs look for more.
settings.register_profile("build", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("build")
