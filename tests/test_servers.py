"""What the other tests may take for granted about the mail servers they talk to."""

import imaplib
import shutil
import smtplib
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from servers import MailServers, Post, accepts

# All that a mail server might be tempted to touch: eight bits, a line of 5,400 bytes, lines that
# begin with a dot or with "From ", blanks at the end, a mail inside with a verdict of its own, no
# Date and no Message-ID.
RAW = (
    b"Received: from lejos.example by cerca.example; Mon, 2 Mar 2026 08:00:00 -0500\r\n"
    b"Subject: solicitud\r\n"
    b"From: =?utf-8?q?Ana_Quispe?= <ana@ugelchota.example>\r\n"
    b"To: bot@minedu.example\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=corte\r\n"
    b"\r\n"
    b"--corte\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b".\r\n..\r\nFrom aqu\xc3\xad: \xf1 \t \r\n\r\n" + b"largo " * 900 + b"\r\n"
    b"--corte\r\n"
    b"Content-Type: message/rfc822\r\n"
    b"\r\n"
    b"Authentication-Results: mx.mailbot.example; dmarc=none header.from=otra.example\r\n"
    b"From: otra@otra.example\r\n"
    b"\r\n"
    b"reenviado\r\n"
    b"--corte--\r\n"
    b"\r\n\r\n"
)
FORGED = (
    b"Authentication-Results: mx.mailbot.example;\r\n dmarc=pass header.from=minedu.example\r\n"
)
PASS = "mx.mailbot.example; dmarc=pass header.from=ugelchota.example"
FAIL = "mx.mailbot.example; dmarc=fail header.from=ugelchota.example"
_A_TEST_RUN = """
import servers
with servers.running() as started:
    print(started.imap_port, started.smtp_port, started.root, flush=True)
    input()
"""
BORDER_PORTS = ("smtp_port", "forged_port", "bare_port")


def _verdicts(mail: EmailMessage) -> list[str]:
    return [str(value) for value in mail.get_all("Authentication-Results", [])]


@contextmanager
def _submission(servers: MailServers) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=servers.cafile)
    with smtplib.SMTP(servers.host, servers.submission_port, timeout=10) as smtp:
        smtp.starttls(context=context)
        yield smtp


@contextmanager
def _imap(servers: MailServers) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4(servers.host, servers.imap_port, timeout=10) as imap:
        yield imap


def _xoauth2(user: str, token: str) -> str:
    return f"user={user}\1auth=Bearer {token}\1\1"


@pytest.mark.parametrize(
    ("port", "stamped"), [("smtp_port", PASS), ("forged_port", FAIL), ("bare_port", "")]
)
def test_a_mail_arrives_byte_for_byte_but_for_its_stamp(
    post: Post, port: str, stamped: str
) -> None:
    """A mail arrives byte for byte; the stamp stands above the border's own Received."""
    post.deliver(RAW, "ana@ugelchota.example", ["bot@x.example"], port=getattr(post.servers, port))
    post.wait_for("bot@x.example", "solicitud")
    [arrived] = post.raw("bot@x.example")
    assert arrived.endswith(b"\r\n" + RAW)
    above, _, below = arrived.removesuffix(RAW).rpartition(b"by mx.mailbot.example (Postfix)")
    assert below
    stamp = f"\r\nAuthentication-Results: {stamped}\r\nReceived: from ".encode()
    assert (stamp in above) == bool(stamped)


@pytest.mark.parametrize(
    ("port", "left"), [("smtp_port", [PASS]), ("forged_port", [FAIL]), ("bare_port", [])]
)
def test_a_forged_verdict_is_stripped(post: Post, port: str, left: list[str]) -> None:
    """Whatever verdicts a mail brings along, only the border server's own is there in the end."""
    forged = FORGED + FORGED.replace(b"Authentication-Results", b"AUTHENTICATION-results ") + RAW
    sender = "ana@ugelchota.example"
    post.deliver(forged, sender, ["bot@x.example"], port=getattr(post.servers, port))
    [mail] = post.wait_for("bot@x.example", "solicitud")
    assert _verdicts(mail) == left


def test_a_forged_verdict_is_stripped_from_what_is_submitted(post: Post) -> None:
    """Nor does a user of this server get a verdict past it."""
    with _submission(post.servers) as smtp:
        smtp.login("ana@x.example", post.servers.password)
        smtp.sendmail("ana@x.example", ["bot@x.example"], FORGED + RAW)
    [mail] = post.wait_for("bot@x.example", "solicitud")
    assert _verdicts(mail) == []


def test_the_stamp_names_the_domain_of_the_envelope(post: Post) -> None:
    """The verdict is about the domain that could have been proven: whatever From says."""
    post.deliver(
        b"From: ana@ugelchota.example\nSubject: x\n\nx\n", "a@otra.example", ["b@x.example"]
    )
    [mail] = post.wait_for("b@x.example", "x")
    assert _verdicts(mail) == ["mx.mailbot.example; dmarc=pass header.from=otra.example"]


@pytest.mark.parametrize("domain", ["gmail.com", "minedu.example", "ugel01.minedu.example"])
def test_every_domain_is_delivered_here(post: Post, domain: str) -> None:
    """No mail leaves the machine: every address of every domain has its mailbox here."""
    post.deliver(RAW, "ana@x.example", [f"Quien.Sea@{domain.upper()}", f"otra@{domain}"])
    assert len(post.wait_for(f"quien.sea@{domain}", "solicitud")) == 1
    assert len(post.wait_for(f"otra@{domain}", "solicitud")) == 1


def test_the_part_after_a_plus_is_dropped(post: Post) -> None:
    """Mail for bot+token@ is delivered to bot@, and the address it was for stays readable."""
    for recipient in ("bot@x.example", "bot+a1-B2@x.example"):
        post.deliver(RAW, "ana@x.example", [recipient])
    mails = post.wait_for("bot@x.example", "solicitud", count=2)
    assert {mail["Delivered-To"] for mail in mails} == {"bot@x.example", "bot+a1-B2@x.example"}


@pytest.mark.parametrize("port", ["submission_port", *BORDER_PORTS])
def test_a_ghost_bounces(post: Post, port: str) -> None:
    """Mail for an address that does not exist comes back as a real delivery report."""
    if port == "submission_port":
        with _submission(post.servers) as smtp:
            smtp.login("bot@x.example", post.servers.password)
            smtp.sendmail("bot+aviso@x.example", ["ghost.ana@gmail.com"], RAW)
    else:
        post.deliver(
            RAW, "bot+aviso@x.example", ["ghost.ana@gmail.com"], port=getattr(post.servers, port)
        )
    [report] = post.wait_for("bot@x.example", "Undelivered")
    assert report["Return-Path"] == "<>"
    assert report.get_content_type() == "multipart/report"
    assert "Status: 5.1.1" in report.as_string()
    assert "550 5.1.1 <ghost.ana@gmail.com>" in report.as_string()


def test_imap_over_tls_verifies_with_the_authority_only(servers: MailServers) -> None:
    """A client that knows our authority connects over TLS; one that does not, refuses."""
    ours = ssl.create_default_context(cafile=servers.cafile)
    with imaplib.IMAP4_SSL(servers.host, servers.imaps_port, ssl_context=ours) as imap:
        assert imap.login(servers.address("ana"), servers.password)[0] == "OK"
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(
            servers.host, servers.imaps_port, ssl_context=ssl.create_default_context()
        )


def test_starttls_verifies_with_the_authority_only(servers: MailServers) -> None:
    """The same holds for STARTTLS, on both servers."""
    ours = ssl.create_default_context(cafile=servers.cafile)
    with _imap(servers) as imap:
        assert imap.starttls(ours)[0] == "OK"
    with _submission(servers) as smtp:
        assert smtp.noop()[0] == 250
    with (
        smtplib.SMTP(servers.host, servers.submission_port) as smtp,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        smtp.starttls(context=ssl.create_default_context())


def test_submission_requires_tls_and_a_login(post: Post) -> None:
    """The submission port accepts a mail over TLS from one who logged in, and no other."""
    servers = post.servers
    with (
        smtplib.SMTP(servers.host, servers.submission_port) as smtp,
        pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"),
    ):
        smtp.sendmail("ana@x.example", ["bot@x.example"], RAW)
    with _submission(servers) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="Access denied"):
            smtp.sendmail("ana@x.example", ["bot@x.example"], RAW)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login("ana@x.example", "otra-clave")
        smtp.login("ana@x.example", servers.password)
        smtp.sendmail("ana@x.example", ["bot@x.example"], RAW)
    assert len(post.wait_for("bot@x.example", "solicitud")) == 1


def test_a_wrong_password_is_refused(servers: MailServers) -> None:
    """Any user name logs in, but only with the password."""
    with _imap(servers) as imap, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap.login("ana@x.example", "otra-clave")


def test_xoauth2_takes_the_right_token(post: Post) -> None:
    """The token opens its user's mailbox, and lets that user send."""
    user, token = post.servers.oauth_user, post.servers.oauth_token
    with _submission(post.servers) as smtp:
        smtp.ehlo()
        smtp.auth("XOAUTH2", lambda _=None: _xoauth2(user, token))
        smtp.sendmail(user, [user], RAW)
    assert len(post.wait_for(user, "solicitud")) == 1
    with _imap(post.servers) as imap:
        imap.authenticate("XOAUTH2", lambda _: _xoauth2(user, token).encode())
        assert imap.select("INBOX") == ("OK", [b"1"])


@pytest.mark.parametrize("mistake", ["token", "user", "password"])
def test_xoauth2_refuses_another_token(servers: MailServers, mistake: str) -> None:
    """No other token opens it, nor the password, nor does the token open another mailbox."""
    user = "ana@x.example" if mistake == "user" else servers.oauth_user
    token = {
        "token": f"{servers.oauth_token[:-6]}AAAAAA",
        "user": servers.oauth_token,
        "password": servers.password,
    }[mistake]
    with _imap(servers) as imap, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap.authenticate("XOAUTH2", lambda _: _xoauth2(user, token).encode())


def test_a_test_begins_with_empty_mailboxes(post: Post) -> None:
    """Clearing waits for what is under way, then leaves nothing, in no folder."""
    with _imap(post.servers) as imap:
        imap.login("bot@x.example", post.servers.password)
        imap.create("Procesados")
        imap.append("Procesados", "", "", RAW)
    assert len(post.folder("bot@x.example", "Procesados")) == 1
    post.deliver(RAW, "bot@x.example", ["bot@x.example", "ghost@x.example"])
    post.clear()
    assert post.inbox("bot@x.example") == []
    assert post.folder("bot@x.example", "Procesados") == []


def test_waiting_in_vain_says_what_there_was(post: Post) -> None:
    """When the expected mail does not come, the error names what did, and shows the log."""
    post.deliver(RAW, "ana@x.example", ["bot@x.example"])
    post.wait_for("bot@x.example")
    with pytest.raises(TimeoutError, match=r"'respuesta'.*\['solicitud'\](?s:.*)status=sent"):
        post.wait_for("bot@x.example", "respuesta", timeout=0)


def test_the_servers_die_with_a_killed_test_run() -> None:
    """A test run that is killed outright leaves no server behind."""
    with subprocess.Popen(
        [sys.executable, "-c", _A_TEST_RUN],
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        imap_port, smtp_port, root = run.stdout.readline().split()
        assert accepts(int(imap_port))
        run.kill()
    deadline = time.monotonic() + 5
    while accepts(int(imap_port)) or accepts(int(smtp_port)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    shutil.rmtree(root)
