"""What the demonstration may take for granted about its embedded mail servers."""

import gc
import imaplib
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailbot.demo.servers import EmbeddedServers, stamp

USERS = {"bot@demo.local": "clave-bot", "ana@demo.local": "clave-ana"}
RAW = (
    b"Received: from lejos.example by cerca.example; Mon, 2 Mar 2026 08:00:00 -0500\r\n"
    b"From: Ana <Ana@demo.local>\r\n"
    b"Subject: =?utf-8?q?petici=C3=B3n?=\r\n"
    b"\r\n"
    b".\r\n..\r\nFrom aqu\xc3\xad: \xf1 \t \r\n\r\n"
    b"Authentication-Results: mx.demo.local; dmarc=pass\r\n\r\n\r\n"
)
PASS = b"Authentication-Results: mx.demo.local; dmarc=pass header.from=demo.local\r\n"
FAIL = b"Authentication-Results: mx.demo.local; dmarc=fail header.from=demo.local\r\n"


@pytest.fixture(scope="module")
def servers() -> Iterator[EmbeddedServers]:
    with EmbeddedServers(USERS) as started:
        yield started


@contextmanager
def _imap(servers: EmbeddedServers, user: str = "bot@demo.local") -> Iterator[IMAPClient]:
    with IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=10) as imap:
        imap.login(user, USERS[user])
        yield imap


@pytest.fixture
def inbox(servers: EmbeddedServers) -> Iterator[IMAPClient]:
    """The bot's empty INBOX, selected."""
    with _imap(servers) as imap:
        imap.select_folder("INBOX")
        if old := imap.search():
            imap.delete_messages(old)
            imap.expunge()
        yield imap


def _send(servers: EmbeddedServers, raw: bytes, *recipients: str, user: str = "") -> None:
    with smtplib.SMTP(servers.host, servers.smtp_port, timeout=10) as smtp:
        if user:
            smtp.login(user, USERS[user])
        smtp.sendmail("ana@demo.local", recipients or ["bot@demo.local"], raw)


def _fetch(inbox: IMAPClient) -> list[bytes]:
    inbox.noop()
    found = inbox.fetch(inbox.search(), ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in sorted(found)]


def test_a_mail_arrives_byte_for_byte_below_its_verdict(
    servers: EmbeddedServers, inbox: IMAPClient
) -> None:
    """A delivered mail is what was sent, below one added line."""
    _send(servers, RAW, user="ana@demo.local")
    assert _fetch(inbox) == [PASS + RAW]


def test_size_and_flags_are_those_of_a_mail_nobody_read(
    servers: EmbeddedServers, inbox: IMAPClient
) -> None:
    """The size is known before the mail is fetched, and fetching it leaves it unread."""
    _send(servers, RAW)
    inbox.noop()
    [uid] = inbox.search(["UNSEEN"])
    assert inbox.fetch([uid], ["RFC822.SIZE"])[uid][b"RFC822.SIZE"] == len(FAIL + RAW)
    assert _fetch(inbox) == [FAIL + RAW]
    assert inbox.search(["UNSEEN"]) == [uid]


@pytest.mark.parametrize("user", ["", "bot@demo.local"])
def test_only_the_sender_himself_passes(
    servers: EmbeddedServers, inbox: IMAPClient, user: str
) -> None:
    """The verdict is pass for the user in the From field, fail for anybody else and for nobody."""
    _send(servers, RAW, user=user)
    assert _fetch(inbox) == [FAIL + RAW]


@pytest.mark.parametrize(
    "claim",
    [
        PASS,
        b"AUTHENTICATION-results : MX.demo.local 1;\r\n\tdmarc=pass\r\n header.from=demo.local\r\n",
        PASS.replace(b"\r\n", b"\n") * 2,
    ],
)
def test_a_verdict_in_our_name_is_stripped(claim: bytes) -> None:
    """A mail that brings along a verdict in this server's name loses it, however it is written."""
    assert stamp(claim + RAW, "mx.demo.local", "") == FAIL + RAW
    assert stamp(b"Subject: x\r\n" + claim, "mx.demo.local", "").count(b"dmarc=") == 1


def test_a_verdict_in_another_name_stays() -> None:
    """What other servers found out is not ours to remove."""
    others = b"Authentication-Results: mx.otra.example; dkim=pass\r\n"
    assert stamp(others + RAW, "mx.demo.local", "") == FAIL + others + RAW


@pytest.mark.parametrize(
    "header",
    [b"", b"From: \r\n", b"From: a@demo.local\r\nFrom: b@demo.local\r\n", b"From: a@[1.2.3.4]\r\n"],
)
def test_a_mail_without_one_sender_fails(header: bytes) -> None:
    """Without exactly one plain address in From there is nobody to vouch for."""
    assert stamp(header + b"\r\n", "mx.demo.local", "a@demo.local").startswith(
        b"Authentication-Results: mx.demo.local; dmarc=fail\r\n"
    )


def test_the_part_after_a_plus_is_dropped(servers: EmbeddedServers, inbox: IMAPClient) -> None:
    """Mail for bot+token@ arrives at bot@, once, even when both are addressed."""
    _send(servers, RAW, "bot+a1B2@demo.local", "Bot@Demo.local")
    assert len(_fetch(inbox)) == 1


def test_an_unknown_recipient_is_refused(servers: EmbeddedServers) -> None:
    """Only the given users have a mailbox."""
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="550"):
        _send(servers, RAW, "nadie@demo.local")


@pytest.mark.parametrize("user", ["bot@demo.local", "nadie@demo.local"])
def test_a_wrong_password_opens_nothing(servers: EmbeddedServers, user: str) -> None:
    """Neither server lets anyone in without the password."""
    with (
        IMAPClient(servers.host, servers.imap_port, ssl=False) as imap,
        pytest.raises((LoginError, imaplib.IMAP4.error)),
    ):
        imap.login(user, "")
    with (
        smtplib.SMTP(servers.host, servers.smtp_port) as smtp,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        smtp.login(user, "")


def test_a_mail_moves_into_a_new_folder(servers: EmbeddedServers, inbox: IMAPClient) -> None:
    """The bot can make its own folders, and a mail moved there is whole, and gone from INBOX."""
    for folder in ("Procesados", "Dañados"):
        if not inbox.folder_exists(folder):
            inbox.create_folder(folder)
        _send(servers, RAW)
        inbox.noop()
        inbox.move(inbox.search(), folder)
        assert inbox.search() == []
        with _imap(servers) as other:
            other.select_folder(folder)
            assert _fetch(other)[-1] == FAIL + RAW


def test_a_waiting_client_is_woken(servers: EmbeddedServers, inbox: IMAPClient) -> None:
    """IDLE ends as soon as a mail arrives."""
    inbox.idle()
    _send(servers, RAW)
    assert inbox.idle_check(timeout=5)
    inbox.idle_done()


def test_a_quiet_connection_outlives_a_garbage_collection(inbox: IMAPClient) -> None:
    """A connection on which nobody says anything is still held by something (on Python 3.13)."""
    gc.collect()
    assert inbox.noop()


def test_each_user_has_a_mailbox_of_his_own(servers: EmbeddedServers, inbox: IMAPClient) -> None:
    """A mail to two users is in both mailboxes; what one deletes, the other still has."""
    _send(servers, RAW, "ana@demo.local", "bot@demo.local")
    inbox.noop()
    inbox.delete_messages(inbox.search())
    inbox.expunge()
    with _imap(servers, "ana@demo.local") as anas:
        anas.select_folder("INBOX")
        assert _fetch(anas)[-1] == FAIL + RAW


def test_a_port_that_cannot_be_had_is_an_error() -> None:
    """A port that cannot be had is an error at the start, not a server that hangs."""
    with EmbeddedServers(USERS) as first, pytest.raises(OSError, match="in use"):
        EmbeddedServers(USERS, imap_port=first.imap_port).__enter__()
    with EmbeddedServers(USERS) as first, pytest.raises(OSError, match="in use"):
        EmbeddedServers(USERS, smtp_port=first.smtp_port).__enter__()
    with pytest.raises(OverflowError):
        EmbeddedServers(USERS, smtp_port=70_000).__enter__()


def test_stopping_cuts_off_whoever_is_connected() -> None:
    """The end of the block is the end of both servers, connected clients or not."""
    with EmbeddedServers(USERS) as servers:
        imap = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=10)
        smtp = smtplib.SMTP(servers.host, servers.smtp_port, timeout=10)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        imap.noop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtp.noop()
    imap.shutdown()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(servers.host, servers.smtp_port)


@pytest.mark.parametrize("package", ["pymap", "aiosmtpd"])
def test_without_the_extra_the_mend_is_named(package: str) -> None:
    """Without the optional packages the error says, in Spanish, how to install them."""
    code = f"import sys; sys.modules[{package!r}] = None; import mailbot.demo.servers"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"falta «{package}" in run.stderr
    assert "pip install 'mailbot[demo]'" in run.stderr
