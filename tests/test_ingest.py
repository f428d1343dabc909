"""Mail comes from Dovecot into the store once, whatever the server does."""

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mails
import pytest
from house import BOT, House, write_config
from hypothesis import given
from hypothesis import strategies as st
from proxy import Fault, Proxy, between, imap
from sqlalchemy.exc import OperationalError

from mailbot import health, ingest, pipeline, schedule
from mailbot.errors import Refused, Unreachable
from mailbot.mailbox import open_mailbox
from mailbot.rules import read_rules
from mailbot.store import pulse
from mailbot.store.pulse import Work
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
    with open_mailbox(house.rules.settings) as mailbox:
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


def test_a_mail_moved_and_not_noted_before_the_folder_was_renumbered_is_done_with(
    house: House,
) -> None:
    """Killed after the move, then a new UIDVALIDITY: its row waits for nothing in the inbox."""
    send(house, 2)
    fetch(house)
    pipeline.process(house.desk)
    with open_mailbox(house.rules.settings) as mailbox:
        mailbox.move(mailbox.uids()[:1], mailbox.settings.processed)
    house.post.renumber(BOT)
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.tidy_inbox(house.desk, mailbox)
        assert [mail.moved_at for mail in stored(house)] == [None, None], "one of them lies there"
    house.poll()
    assert all(mail.moved_at for mail in stored(house))
    assert len(house.post.folder(BOT, "Procesados")) == 2


def test_a_mail_that_vanishes_meanwhile_is_no_trouble(house: House) -> None:
    """Somebody deletes a mail between the listing and the fetching."""
    send(house, 2)
    with open_mailbox(house.rules.settings) as mailbox:
        first, second = mailbox.uids()
        with house.post._login(BOT) as imap:  # noqa: SLF001  the tests' own
            imap.select("INBOX")
            imap.uid("STORE", str(first), "+FLAGS", "(\\Deleted)")
            imap.expunge()
        assert list(mailbox.fetch([first, second])) == [second]
        assert list(mailbox.sizes([first, second])) == [second]


@pytest.mark.both_databases
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
    with open_mailbox(house.rules.settings) as mailbox:
        assert mailbox.client._imap.debug == 0  # noqa: SLF001  the trap itself


def test_a_wrong_password_names_the_setting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback: the server, the user, and what to look at."""
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "equivocada")
    with (
        pytest.raises(Unreachable, match=r"imap\.user y MAILBOT_IMAP__PASSWORD"),
        open_mailbox(house.rules.settings),
    ):
        pass


def test_an_unknown_authority_is_not_trusted(house: House) -> None:
    """Certificates are verified; without the configured authority there is no connection."""
    path = house.folder / "mailbot.toml"
    path.write_text("\n".join(x for x in path.read_text().splitlines() if "cafile" not in x))
    with (
        pytest.raises(Unreachable, match="certificate verify failed"),
        open_mailbox(house.rules.settings),
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
        with open_mailbox(house.rules.settings) as mailbox:
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
        with pytest.raises(Unreachable), open_mailbox(rules.settings):
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


# ------------------------------------------------------------------ a mailbox that misbehaves


@pytest.fixture
def wire(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The bot's way to its mailbox, which may fail."""
    with between(house.post.servers.imap_port, imap) as proxy:
        told = {"HOST": "127.0.0.1", "PORT": str(proxy.port), "TLS": "none", "TIMEOUT_SECONDS": "3"}
        for key, value in told.items():
            monkeypatch.setenv(f"MAILBOT_IMAP__{key}", value)
        house.reconfigure()
        yield proxy


def test_a_number_given_again_to_another_mail_hides_nothing(house: House) -> None:
    """A mailbox rebuilt under the same UIDVALIDITY counts from 1 again: the new mail is fetched."""
    send(house, 2)
    house.poll()
    house.post.renumber(BOT, by=0)
    send(house, 3)
    assert fetch(house) == 3
    house.poll()
    assert len(stored(house)) == 5
    assert house.post.inbox(BOT) == []


def test_a_mail_dragged_back_is_put_away_again_and_answered_once(house: House) -> None:
    """Somebody moves a mail from the processed folder into the inbox."""
    house.send_sample("pregunta-por-nominas")
    house.poll()
    with house.post._login(BOT) as mailbox:  # noqa: SLF001  the tests' own
        mailbox.select("Procesados")
        mailbox.uid("MOVE", "1:*", "INBOX")
    assert len(house.post.inbox(BOT)) == 1
    house.poll()
    assert house.post.inbox(BOT) == []
    assert len(stored(house)) == len(house.letters()) == 1


def test_a_mailbox_that_was_renamed_is_told_by_its_setting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configured inbox is not there: its name, and where it is set."""
    monkeypatch.setenv("MAILBOT_IMAP__INBOX", "Entrada")
    house.reconfigure()
    with pytest.raises(Unreachable, match=r"Entrada.*imap\.inbox"):
        fetch(house)


def test_a_mail_the_server_cannot_give_keeps_no_other_back(house: House, wire: Proxy) -> None:
    """The batch is asked for one by one; what is missing is asked for again in the next poll."""
    send(house, 3)
    wire.fault = Fault(r"(?i)UID FETCH (1,2,3|2) .*BODY.*", "answer", "NO [SERVERBUG] x", times=2)
    assert fetch(house) == 2
    assert fetch(house) == 1
    assert [m.uid for m in stored(house)] == [1, 3, 2]


def test_what_is_known_is_never_asked_for_again(house: House, wire: Proxy) -> None:
    """Of 2,000 mails in the inbox a poll says one SEARCH that lists none of them, and no FETCH."""
    fill(house, 2_000)
    assert fetch(house) == 2_000
    wire.heard.clear()
    assert fetch(house) == 0
    assert [said for said in wire.heard if said.startswith("UID")] == ["UID SEARCH UID 2001:*"]
    send(house, 1)
    wire.heard.clear()
    assert fetch(house) == 1
    fetched = [said for said in wire.heard if said.startswith("UID FETCH")]
    assert fetched == ["UID FETCH 2001 (RFC822.SIZE)", "UID FETCH 2001 (BODY.PEEK[])"]


def test_a_claim_of_two_gibibytes_is_not_believed() -> None:
    """A literal larger than anything we asked for ends the connection before it is read."""
    from imapclient.exceptions import IMAPClientAbortError  # noqa: PLC0415

    from mailbot.mailbox import _read_bounded  # noqa: PLC0415

    asked: list[int] = []

    def read(size: int) -> bytes:
        asked.append(size)
        return b"x" * size

    assert _read_bounded(read, 10, 10) == b"x" * 10
    with pytest.raises(IMAPClientAbortError):
        _read_bounded(read, 10, 2**31)
    assert asked == [10]


def bad(house: House) -> set[str]:
    """What health calls bad."""
    facts = health.gather(house.store, house.rules.settings, house.clock())
    return {check.code for check in health.examine(facts) if check.state is health.State.BAD}


def test_a_login_refused_three_times_is_not_tried_until_the_account_is_locked(
    house: House, wire: Proxy
) -> None:
    """Three tries, health says so; after six hours one more; then all is well again."""
    wire.fault = Fault(r"(?i)LOGIN .*", "answer", "NO [AUTHENTICATIONFAILED] no", times=99)
    for _ in range(8):
        with pytest.raises(Unreachable):
            house.poll()
        house.clock.forward(minutes=10)
    assert wire.hits == 3
    assert "login" in bad(house)
    house.clock.forward(hours=6)
    with pytest.raises(Unreachable):
        house.poll()
    assert wire.hits == 4
    wire.heal()
    house.clock.forward(hours=7)
    house.poll()
    assert "login" not in bad(house)


def test_an_expired_secret_is_a_refused_login(house: House) -> None:
    """invalid_grant is not an outage that passes."""
    from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415

    from mailbot import oauth  # noqa: PLC0415

    assert OAuthError("invalid_grant").error in oauth._REFUSALS  # noqa: SLF001  the table itself
    with pytest.raises(Unreachable) as caught:
        oauth.access_token(house.rules.settings.oauth)
    assert not isinstance(caught.value, Refused)


def test_nothing_is_fetched_when_the_disk_is_nearly_full(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail waits on the server, and health knows why; all goes on once there is room."""
    send(house, 1)
    monkeypatch.setenv("MAILBOT_LIMITS__FREE_BYTES", str(2**62))
    house.reconfigure()
    for _ in range(2):
        with pytest.raises(Unreachable, match="Libere espacio"):
            house.poll()
    assert stored(house) == []
    assert house.letters() == []
    with house.store.read() as tx:
        assert "Libere espacio" in pulse.last(tx, Work.POLL).reason
    monkeypatch.setenv("MAILBOT_LIMITS__FREE_BYTES", "0")
    house.reconfigure()
    house.poll()
    assert len(stored(house)) == 1


def test_a_full_database_loses_no_mail(house: House) -> None:
    """SQLITE_FULL in the middle: nothing half-kept, the mail still in the inbox; later all goes."""
    house.send_sample("5.1-alta-especialista-ugel")
    house.post._drain()  # noqa: SLF001  the tests' own
    limit(house, "max_page_count = 1")
    with pytest.raises(OperationalError, match="full"):
        schedule.one_pass(house.desk)
    assert stored(house) == []
    assert len(house.post.inbox(BOT)) == 1
    limit(house, "max_page_count = 1000000")
    house.poll()
    assert len(stored(house)) == 1
    assert house.cases()[0].status == "pending"


def test_a_locked_database_is_an_outage_that_passes(house: House) -> None:
    """Another program holds the lock: the pass ends, the mail waits; then it is read once."""
    send(house, 1)
    limit(house, "busy_timeout = 50")
    other = sqlite3.connect(house.folder / "mailbot.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError, match="locked"):
        schedule.one_pass(house.desk)
    other.execute("ROLLBACK")
    other.close()
    house.poll()
    assert len(stored(house)) == 1
    assert house.post.inbox(BOT) == []


def limit(house: House, pragma: str) -> None:
    """Set something on the store's one idle connection."""
    with house.store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")


def fill(house: House, count: int) -> None:
    """Put mails into the inbox, faster than anybody could mail them."""
    send(house, 1)
    inbox = house.post.servers.root / "mail" / BOT / "maildir"
    owner = inbox.stat()
    (first,) = (inbox / "new").iterdir()
    text = first.read_bytes()
    for number in range(count - 1):
        file = inbox / "new" / f"{1_700_000_000 + number}.P{number}.fill"
        file.write_bytes(text + b"%d\r\n" % number)
        os.chown(file, owner.st_uid, owner.st_gid)


def test_a_server_that_dribbles_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then is no silence; the verb is cut all the same."""
    monkeypatch.setenv("MAILBOT_IMAP__HOST", "127.0.0.1")
    monkeypatch.setenv("MAILBOT_IMAP__TLS", "none")
    monkeypatch.setenv("MAILBOT_IMAP__TIMEOUT_SECONDS", "0.2")
    with dribbling() as port:
        monkeypatch.setenv("MAILBOT_IMAP__PORT", str(port))
        rules = read_rules(write_config(tmp_path / "config", None))
        with pytest.raises(Unreachable), open_mailbox(rules.settings):
            pass


@contextmanager
def dribbling() -> Iterator[int]:
    """A server that greets, says what it can, and then answers a sign at a time, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"* OK hello\r\n")
                asked = connection.recv(1000)
                connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + asked.split()[0] + b" OK\r\n")
                while True:
                    connection.sendall(b"*")
                    time.sleep(0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join()
