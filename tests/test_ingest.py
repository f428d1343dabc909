"""Mail comes from Dovecot into the store once, whatever the server does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mails
import pytest
from house import BOT, House, write_config
from hypothesis import given
from hypothesis import strategies as st

from mailbot import ingest
from mailbot.errors import Unreachable
from mailbot.rules import read_rules
from mailbot.store.tables import Mail


def stored(house: House) -> list[Mail]:
    """Every mail in the store."""
    with house.store.read() as tx:
        return tx.query(Mail).order_by(Mail.id).all()


def send(house: House, count: int) -> None:
    """Mail the bot some words of thanks, which it reads and leaves alone."""
    for number in range(count):
        raw = mails.compose(
            "alguien@correo.example", BOT, f"hola {number}", text=f"gracias {number}"
        )
        house.send(raw, "alguien@correo.example")
    house.post._drain()  # noqa: SLF001  the tests' own


def fetch(house: House) -> int:
    """Only bring mail into the store."""
    with ingest.open_mailbox(house.rules.settings) as mailbox:
        return ingest.ingest(house.desk, mailbox)


def test_every_mail_is_stored_once_and_stays_until_it_is_done(house: House) -> None:
    """Fetching moves nothing; a second fetch brings nothing new."""
    send(house, 5)
    assert fetch(house) == 5
    assert fetch(house) == 0
    assert len(house.post.inbox(BOT)) == 5
    house.poll()
    assert house.post.inbox(BOT) == []
    assert len(house.post.folder(BOT, "Procesados")) == 5


def test_fetching_marks_nothing_as_read(house: House) -> None:
    """BODY.PEEK: what a person has not read stays unread."""
    send(house, 1)
    fetch(house)
    with house.post._login(BOT) as imap:  # noqa: SLF001  the tests' own
        imap.select("INBOX")
        assert imap.search(None, "UNSEEN")[1] != [b""]


def test_the_bytes_are_those_the_server_has(house: House) -> None:
    """Raw and whole, to the last byte."""
    send(house, 1)
    fetch(house)
    with house.store.read() as tx:
        assert tx.get_one(Mail, 1).raw == house.post.raw(BOT)[0]


def test_renumbered_mail_is_recognised_by_its_bytes(house: House) -> None:
    """A new UIDVALIDITY renumbers everything; nothing is stored twice, everything is moved."""
    send(house, 3)
    assert fetch(house) == 3
    before = {mail.uidvalidity for mail in stored(house)}
    house.post.renumber(BOT)
    assert fetch(house) == 3
    assert {mail.uidvalidity for mail in stored(house)}.isdisjoint(before)
    house.poll()
    assert len(stored(house)) == 3
    assert house.post.inbox(BOT) == []
    assert len(house.post.folder(BOT, "Procesados")) == 3


def test_a_mail_that_vanishes_meanwhile_is_no_trouble(house: House) -> None:
    """Somebody deletes a mail between the listing and the fetching."""
    send(house, 2)
    with ingest.open_mailbox(house.rules.settings) as mailbox:
        first, second = mailbox.uids()
        with house.post._login(BOT) as imap:  # noqa: SLF001  the tests' own
            imap.select("INBOX")
            imap.uid("STORE", str(first), "+FLAGS", "(\\Deleted)")
            imap.expunge()
        assert list(mailbox.fetch([first, second])) == [second]
        assert list(mailbox.sizes([first, second])) == [second]


def test_two_pollers_at_once_store_each_mail_once(house: House) -> None:
    """Races end in the store: one row a mail, an empty inbox, no error."""
    send(house, 12)
    house.desk  # noqa: B018  built before the threads begin
    threads = [threading.Thread(target=house.poll) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.poll()
    assert len(stored(house)) == 12
    assert house.post.inbox(BOT) == []
    assert len(house.post.folder(BOT, "Procesados")) == 12


def test_no_literal_is_formatted_for_a_debugger(house: House) -> None:
    """Imapclient sets debug = 5: mails would be formatted, and logged with their passwords."""
    with ingest.open_mailbox(house.rules.settings) as mailbox:
        assert mailbox.client._imap.debug == 0  # noqa: SLF001  the trap itself


def test_a_wrong_password_names_the_setting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback: the server, the user, and what to look at."""
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "equivocada")
    with (
        pytest.raises(Unreachable, match=r"imap\.user y MAILBOT_IMAP__PASSWORD"),
        ingest.open_mailbox(house.rules.settings),
    ):
        pass


def test_an_unknown_authority_is_not_trusted(house: House) -> None:
    """Certificates are verified; without the configured authority there is no connection."""
    path = house.folder / "mailbot.toml"
    path.write_text("\n".join(x for x in path.read_text().splitlines() if "cafile" not in x))
    with (
        pytest.raises(Unreachable, match="certificate verify failed"),
        ingest.open_mailbox(house.rules.settings),
    ):
        pass


def test_xoauth2_logs_in_with_a_token(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """imap.auth = "xoauth2": the token endpoint is asked, the token logs in."""
    servers = house.post.servers
    with token_endpoint(servers.oauth_token) as url:
        monkeypatch.setenv("MAILBOT_IMAP__AUTH", "xoauth2")
        monkeypatch.setenv("MAILBOT_IMAP__USER", servers.oauth_user)
        monkeypatch.setenv("MAILBOT_OAUTH__TOKEN_URL", url)
        monkeypatch.setenv("MAILBOT_OAUTH__CLIENT_ID", "bot")
        monkeypatch.setenv("MAILBOT_OAUTH__CLIENT_SECRET", "secreto")
        monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with ingest.open_mailbox(house.rules.settings) as mailbox:
            assert mailbox.uids() == []


@contextmanager
def token_endpoint(token: str) -> Iterator[str]:
    """An OAuth token endpoint that gives one token."""
    import json  # noqa: PLC0415
    from http.server import BaseHTTPRequestHandler, HTTPServer  # noqa: PLC0415

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert b"grant_type=client_credentials" in asked
            body = json.dumps({"access_token": token, "token_type": "Bearer"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()


def test_a_mute_server_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and says nothing costs the timeout, not for ever."""
    monkeypatch.setenv("MAILBOT_IMAP__HOST", "127.0.0.1")
    monkeypatch.setenv("MAILBOT_IMAP__TLS", "none")
    monkeypatch.setenv("MAILBOT_IMAP__TIMEOUT_SECONDS", "0.3")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("MAILBOT_IMAP__PORT", str(mute.getsockname()[1]))
        rules = read_rules(write_config(tmp_path / "config", None))
        began = time.monotonic()
        with pytest.raises(Unreachable), ingest.open_mailbox(rules.settings):
            pass
        assert time.monotonic() - began < 5


SIZES = st.dictionaries(st.integers(1, 10**6), st.integers(1, 30_000_000), max_size=300)


@given(SIZES)
def test_batches_hold_every_mail_once_in_order_and_within_bounds(sizes: dict[int, int]) -> None:
    """Bounded by bytes and by number; only a mail that is too large alone exceeds the bytes."""
    batches = list(ingest.batches(sizes))
    assert [uid for batch in batches for uid in batch] == sorted(sizes)
    for batch in batches:
        assert len(batch) <= ingest.BATCH_MAILS
        assert len(batch) == 1 or sum(sizes[uid] for uid in batch) <= ingest.BATCH_BYTES
