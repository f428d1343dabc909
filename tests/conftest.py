"""The fixtures every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers as mail_servers
from house import House, write_config
from hypothesis import settings


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


@pytest.fixture
def house(
    post: mail_servers.Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A bot over the real servers, with a store and a clock of its own."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    made = House(write_config(tmp_path / "config", post), post)
    yield made
    made.store.close()


# A build says the same of the same commit; people's own runs look for more.
settings.register_profile("build", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("build")
