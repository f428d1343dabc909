"""Real Dovecot and Postfix for the tests, on free ports of 127.0.0.1, gone when the tests are.

Postfix plays two parts. It is the bot's submission server, and it is the border server that finds
out who sent a mail: ``smtp_port``, ``forged_port`` and ``bare_port`` differ only in the verdict
they stamp. Stamping is a ``PREPEND`` for the envelope's sender, stripping a line of Postfix
``header_checks``: no process of ours stands in the mail's way, so none can hang. The stamp stands
above the border's own Received field, as RFC 8601 wants it, and is about the domain of the
envelope: that is the domain SPF would have proven. Everything else arrives byte for byte.

Every address of every domain is a local mailbox; its user name is the whole address in lower case
without its plus-part. Nothing leaves the machine: there is no route that goes anywhere else. The
one address that does not exist is one that starts with ``ghost``: the next server refuses it with
550, and Postfix sends a real bounce.
"""

import grp
import hmac
import imaplib
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from string import Template

import trustme

HOST = "127.0.0.1"
DOMAIN = "mailbot.example"
AUTHSERV_ID = "mx.mailbot.example"
PASSWORD = "clave-de-prueba"
OAUTH_USER = f"oauth@{DOMAIN}"
OAUTH_KEY = b"la clave con que se firman los tokens de prueba"
STARTS_WITHIN = 10.0
_SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where the running servers are, and what opens them.

    Every address is a mailbox: its user name is the address, its password is ``password``. Over
    XOAUTH2 and OAUTHBEARER there is one user, ``oauth_user``, and ``oauth_token`` is the token.
    """

    host: str
    imap_port: int  # STARTTLS offered, not required
    imaps_port: int  # TLS from the start
    smtp_port: int  # the internet delivers here; senders are verified: dmarc=pass
    forged_port: int  # the same, and the sender is an impostor: dmarc=fail
    bare_port: int  # the same, and nothing was checked: no verdict
    submission_port: int  # the bot sends here: STARTTLS and a login, both required
    leaky_port: int  # the same, and forged verdicts are let through
    cafile: Path
    domain: str
    authserv_id: str
    password: str
    oauth_user: str
    oauth_token: str
    root: Path

    def address(self, name: str = "alguien") -> str:
        """An address nobody has used, and with it a mailbox: it comes to be when first used."""
        return f"{name}.{secrets.token_hex(4)}@{self.domain}"

    def log(self, lines: int = 15) -> str:
        """The last lines of both servers' logs, for a failing test to show."""
        logs = (self.root / "postfix" / "data" / "postfix.log", self.root / "dovecot.log")
        return "\n".join(_tail(path, lines) for path in logs)


class Post:
    """What the people around the bot do by mail: deliver, wait, look into a mailbox."""

    def __init__(self, servers: MailServers) -> None:
        self.servers = servers

    def deliver(
        self, raw: bytes, sender: str, recipients: list[str], *, port: int | None = None
    ) -> None:
        """Hand a mail to the border server, as the internet would; line ends become CRLF.

        Without ``port`` the sender is verified; ``forged_port`` and ``bare_port`` say otherwise.
        """
        with smtplib.SMTP(self.servers.host, port or self.servers.smtp_port, timeout=30) as smtp:
            smtp.sendmail(sender, recipients, re.sub(rb"(?<!\r)\n", b"\r\n", raw))

    def wait_for(
        self,
        address: str,
        matching: str | Callable[[EmailMessage], bool] = "",
        timeout: float = 45,
        *,
        count: int = 1,
    ) -> list[EmailMessage]:
        """The matching mails in an inbox, as soon as there are ``count``.

        ``matching`` is a piece of the subject, or a test on the mail. TimeoutError says what came
        instead, and shows the servers' logs.
        """
        deadline = time.monotonic() + timeout
        with self._login(address) as imap:
            while True:
                found = [_parse(raw) for raw in _fetch(imap, "INBOX")]
                hits = [mail for mail in found if _matches(mail, matching)]
                if len(hits) >= count:
                    return hits
                if time.monotonic() > deadline:
                    raise TimeoutError(self._nothing_came(address, matching, found))
                time.sleep(0.02)

    def _nothing_came(self, address: str, matching: object, found: list[EmailMessage]) -> str:
        subjects = [str(mail["Subject"]) for mail in found]
        return f"{address}: no mail with {matching!r}, but {subjects}\n{self.servers.log()}"

    def inbox(self, address: str) -> list[EmailMessage]:
        """Every mail in an inbox, oldest first."""
        return self.folder(address, "INBOX")

    def folder(self, address: str, name: str) -> list[EmailMessage]:
        """Every mail in a folder, oldest first; none when there is no such folder."""
        return [_parse(raw) for raw in self.raw(address, name)]

    def raw(self, address: str, name: str = "INBOX") -> list[bytes]:
        """The same, byte for byte."""
        with self._login(address) as imap:
            return _fetch(imap, name)

    def clear(self) -> None:
        """Let everything under way arrive, then put all mailboxes out of sight.

        They are moved, not removed: a session that is just ending may still write into one.
        """
        self._drain()
        cleared = Path(tempfile.mkdtemp(prefix="cleared-", dir=self.servers.root))
        for home in (self.servers.root / "mail").iterdir():
            home.rename(cleared / home.name)

    def renumber(self, address: str, by: int = 1) -> None:
        """Have the server number an inbox anew from 1, under another UIDVALIDITY (`by` 0: not)."""
        inbox = self.servers.root / "mail" / address / "maildir"
        uids = inbox / "dovecot-uidlist"
        first = uids.read_text().partition("\n")[0]
        for file in inbox.glob("dovecot*"):
            file.unlink()
        anew = re.sub(r" V(\d+) N\d+", lambda old: f" V{int(old[1]) + by} N1", first)
        uids.write_text(f"{anew}\n")
        shutil.chown(uids, inbox.stat().st_uid, inbox.stat().st_gid)

    def _drain(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while waiting := _queued(self.servers.root / "postfix" / "spool"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{waiting} mails stuck in the queue\n{self.servers.log()}")
            time.sleep(0.01)

    @contextmanager
    def _login(self, address: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(self.servers.host, self.servers.imap_port, timeout=30) as imap:
            imap.login(address, self.servers.password)
            yield imap


def _matches(mail: EmailMessage, matching: str | Callable[[EmailMessage], bool]) -> bool:
    if isinstance(matching, str):
        return matching in str(mail["Subject"] or "")
    return matching(mail)


def _parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def _fetch(imap: imaplib.IMAP4, folder: str) -> list[bytes]:
    status, [count] = imap.select(f'"{folder}"', readonly=True)
    if status != "OK" or count == b"0":
        return []
    _, answer = imap.fetch("1:*", "(BODY.PEEK[])")
    return [part[1] for part in answer if isinstance(part, tuple)]


def _queued(spool: Path) -> int:
    """How many mails Postfix still has to deliver; a bounce is queued before its cause is gone."""
    queues = ("maildrop", "incoming", "active", "deferred")
    return sum(len(files) for queue in queues for _, _, files in os.walk(spool / queue))


# --- starting and stopping ------------------------------------------------------------------------


def missing() -> str:
    """Why the servers cannot run on this machine; empty when they can."""
    absent = [name for name in ("dovecot", "postfix") if not shutil.which(name, path=_SBIN)]
    if absent:
        return f"not installed: {', '.join(absent)}"
    return "" if os.geteuid() == 0 else "Postfix runs only as root"


@contextmanager
def running() -> Iterator[MailServers]:
    """Both servers, from the first connection they accept until the block is left."""
    with temporary_root() as root, ExitStack() as stack:
        servers = describe(root)
        write_files(servers, write_dovecot, write_postfix)
        imap = stack.enter_context(dovecot(servers))
        smtp = stack.enter_context(postfix(servers))
        await_port(imap, servers.imap_port, servers)
        await_port(smtp, servers.submission_port, servers)
        yield servers


@contextmanager
def temporary_root() -> Iterator[Path]:
    """A directory the servers' own users may enter, with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(
        prefix="mailbot-",
        dir="/tmp",  # wherever TMPDIR points, those users may not follow
        ignore_cleanup_errors=True,
    ) as name:
        root = Path(name)
        root.chmod(0o755)
        yield root


def describe(root: Path) -> MailServers:
    """The servers that will live in ``root``, on ports nobody uses."""
    first = first_port()
    return MailServers(
        host=HOST,
        imap_port=first,
        imaps_port=first + 1,
        smtp_port=first + 2,
        forged_port=first + 3,
        bare_port=first + 4,
        submission_port=first + 5,
        leaky_port=first + 9,
        cafile=root / "ca.pem",
        domain=DOMAIN,
        authserv_id=AUTHSERV_ID,
        password=PASSWORD,
        oauth_user=OAUTH_USER,
        oauth_token=signed_token(OAUTH_USER),
        root=root,
    )


def first_port() -> int:
    """The first of ten free ports in a row.

    They lie below the range from which the kernel hands out ports, and where the search begins
    depends on the process, so that two test runs at once do not reach for the same ten.
    """
    begin = os.getpid() % 2000
    blocks = (10_240 + (begin + step) % 2000 * 10 for step in range(2000))
    return next(first for first in blocks if all(_free(first + n) for n in range(10)))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((HOST, port))
            return True
    return False


def write_files(servers: MailServers, *writers: Callable[[MailServers], None]) -> None:
    """All that the servers will read, readable by their own users whatever our umask is."""
    previous = os.umask(0o022)
    try:
        for write in (_write_certificates, _write_oauth_files, *writers):
            write(servers)
    finally:
        os.umask(previous)


def _write_certificates(servers: MailServers) -> None:
    """A certificate for 127.0.0.1 and localhost, and the authority that vouches for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(servers.cafile)
    certificate = authority.issue_cert(servers.host, "localhost", servers.domain)
    certificate.private_key_pem.write_to_path(servers.root / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(servers.root / "cert.pem")


def _write_oauth_files(servers: MailServers) -> None:
    """What Dovecot 2.3 compares the token with, and the key with which 2.4 verifies it."""
    (servers.root / "tokens").write_text(f"{servers.oauth_user}:{servers.oauth_token}\n")
    key = servers.root / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(b64encode(OAUTH_KEY))


def signed_token(user: str) -> str:
    """A JSON Web Token (RFC 7519) for one user: Dovecot 2.4 reads it, to 2.3 it is a password."""
    claims = {"sub": user, "iat": 0, "exp": 2**32}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = b".".join(_base64url(part) for part in parts)
    signature = hmac.digest(OAUTH_KEY, signed, "sha256")
    return b".".join([signed, _base64url(signature)]).decode()


def _base64url(value: bytes) -> bytes:
    return urlsafe_b64encode(value).rstrip(b"=")


def write_dovecot(servers: MailServers) -> None:
    """Dovecot's configuration, and the directory where it keeps everybody's mail."""
    values = _dovecot_values(servers)
    text = Template(_dovecot_template()).substitute(values)
    (servers.root / "dovecot.conf").write_text(text)
    mail = servers.root / "mail"
    mail.mkdir()
    os.chown(mail, int(values["uid"]), int(values["gid"]))


def _dovecot_template() -> str:
    """The configuration in the language of the installed version: 2.4 broke with 2.3's."""
    asked = subprocess.run([_find("dovecot"), "--version"], capture_output=True, check=True)
    version = tuple(int(part) for part in re.findall(rb"\d+", asked.stdout)[:2])
    return (_DOVECOT_2_4 if version >= (2, 4) else _DOVECOT_2_3) + _DOVECOT_SERVICES


def _dovecot_values(servers: MailServers) -> dict[str, str]:
    """Root must lend Dovecot three users, none of them root; anybody else is all three."""
    me, mine = pwd.getpwuid(os.geteuid()), grp.getgrgid(os.getegid())
    users = (me.pw_name, mine.gr_name, me.pw_name)
    owner = me
    if me.pw_uid == 0:
        users = ("dovecot", "dovecot", "dovenull")
        owner = pwd.getpwnam("nobody")
    return _common_values(servers) | {
        "internal_user": users[0],
        "internal_group": users[1],
        "login_user": users[2],
        "uid": str(owner.pw_uid),
        "gid": str(owner.pw_gid),
    }


def _common_values(servers: MailServers) -> dict[str, str]:
    spare = servers.submission_port
    return {
        "root": str(servers.root),
        "domain": servers.domain,
        "authserv_id": servers.authserv_id,
        "password": servers.password,
        "imap": str(servers.imap_port),
        "imaps": str(servers.imaps_port),
        "smtp": str(servers.smtp_port),
        "forged": str(servers.forged_port),
        "bare": str(servers.bare_port),
        "submission": str(servers.submission_port),
        "leaky": str(servers.leaky_port),
        "lmtp": str(spare + 1),
        "sasl": str(spare + 2),
        "ghost": str(spare + 3),
    }


def write_postfix(servers: MailServers) -> None:
    """Postfix's configuration and queue."""
    home = servers.root / "postfix"
    _make_spool(home)
    values = _common_values(servers)
    for name, text in _POSTFIX_FILES.items():
        (home / name).write_text(Template(text).substitute(values))
    # A main.cf younger than two seconds makes every daemon wait and read it again.
    a_minute_ago = time.time() - 60
    os.utime(home / "main.cf", (a_minute_ago, a_minute_ago))


def _make_spool(home: Path) -> None:
    """The directories ``postfix check`` would make, in a hundredth of its time."""
    spool = home / "spool"
    for name in _QUEUES:
        _directory(spool / name, 0o700, "postfix")
    _directory(spool / "pid", 0o755, "root")
    _directory(spool / "maildrop", 0o730, "postfix", "postdrop")
    _directory(spool / "public", 0o710, "postfix", "postdrop")
    _directory(home / "data", 0o755, "postfix")


def _directory(path: Path, mode: int, user: str, group: str | None = None) -> None:
    path.mkdir(parents=True)
    path.chmod(mode)
    shutil.chown(path, user, group)


def dovecot(servers: MailServers) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Dovecot, as root or as anybody else."""
    return _process(servers, _find("dovecot"), "-F", "-c", f"{servers.root}/dovecot.conf")


def postfix(servers: MailServers) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Postfix, which runs only as root."""
    asked = [_find("postconf"), "-d", "-h", "daemon_directory"]
    daemons = subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip()
    return _process(servers, f"{daemons}/master", "-c", f"{servers.root}/postfix", "-d")


def _find(program: str) -> str:
    found = shutil.which(program, path=_SBIN)
    if found is None:
        raise FileNotFoundError(program)
    return found


# Whichever comes first ends the whole family: the server's own end, or ours, which closes the pipe.
_GUARD = '("$@" </dev/null; kill -KILL 0) & read -r _; kill -KILL 0'


@contextmanager
def _process(servers: MailServers, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that dies with us, all its children too, even when we are killed ourselves.

    Neither server keeps anything worth a slow goodbye.
    """
    with (
        (servers.root / "out.log").open("ab") as output,
        subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env={**os.environ, "MAIL_CONFIG": f"{servers.root}/postfix"},
            umask=0o022,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def await_port(process: subprocess.Popen[bytes], port: int, servers: MailServers) -> None:
    """Return when a server accepts connections; RuntimeError, with its log, when it does not."""
    deadline = time.monotonic() + STARTS_WITHIN
    while not accepts(port):
        if process.poll() is not None or time.monotonic() > deadline:
            output = _tail(servers.root / "out.log", 15)
            raise RuntimeError(f"{process.args!r} did not start\n{output}\n{servers.log()}")
        time.sleep(0.002)


def accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def _tail(path: Path, lines: int) -> str:
    with suppress(FileNotFoundError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


# --- the configurations ---------------------------------------------------------------------------
# Dovecot wants one setting a line. Its failed logins cost two seconds each unless told otherwise,
# and more for every failure before; what is on its disk lives for one test, so nothing is synced.

_DOVECOT_2_3 = """\
ssl_cert = <$root/cert.pem
ssl_key = <$root/key.pem
disable_plaintext_auth = no
auth_username_format = %Lu
mail_location = maildir:~/maildir
passdb {
  driver = static
  mechanisms = plain login
  args = password=$password
}
passdb {
  driver = passwd-file
  mechanisms = xoauth2 oauthbearer
  args = scheme=PLAIN username_format=%u $root/tokens
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$root/mail/%u allow_all_users=yes
}
service imap-login {
  service_count = 0
}
"""

_DOVECOT_2_4 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
ssl_server_cert_file = $root/cert.pem
ssl_server_key_file = $root/key.pem
auth_allow_cleartext = yes
auth_username_format = %{user | lower}
mail_driver = maildir
mail_path = ~/maildir
passdb static {
  password = $password
  mechanisms_filter = plain login
}
oauth2 {
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {
    dict fs {
      fs posix {
        prefix = $root/keys/
      }
    }
  }
}
userdb static {
  fields {
    uid = $uid
    gid = $gid
    home = $root/mail/%{user}
  }
  allow_all_users = yes
}
service imap-login {
  restart_request_count = unlimited
}
"""

_DOVECOT_SERVICES = """\
base_dir = $root/run
state_dir = $root/state
log_path = $root/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = $internal_user
default_internal_group = $internal_group
default_login_user = $login_user
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
recipient_delimiter = +
mail_fsync = never
mail_max_userip_connections = 50
namespace inbox {
  inbox = yes
  separator = /
}
protocol lmtp {
  postmaster_address = postmaster@$domain
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service lmtp {
  chroot =
  inet_listener lmtp {
    port = $lmtp
  }
}
service auth {
  inet_listener sasl {
    port = $sasl
  }
}
"""

_QUEUES = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)

# Every domain is a virtual mailbox domain, so no other route is taken, and each of the others is an
# error. Mails are left as they come: no address completed, no Date or Message-ID added, no long
# line split, and mails attached to a mail are not searched for what the border strips.
_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = $root/postfix/spool
data_directory = $root/postfix/data
maillog_file = $root/postfix/data/postfix.log
maillog_file_prefixes = $root
mail_owner = postfix
setgid_group = postdrop
myhostname = $authserv_id
myorigin = $domain
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_transport = lmtp:inet:127.0.0.1:$lmtp
transport_maps = regexp:$root/postfix/transport
local_transport = error:no mail for this machine
relay_transport = error:no mail leaves this machine
default_transport = error:no mail leaves this machine
alias_maps =
alias_database =
local_recipient_maps =
notify_classes =
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_cert_file = $root/cert.pem
smtpd_tls_key_file = $root/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$sasl
local_header_rewrite_clients =
header_checks = regexp:$root/postfix/bare
mime_header_checks =
nested_header_checks =
disable_mime_output_conversion = yes
lmtp_line_length_limit = 0
message_size_limit = 67108864
mailbox_size_limit = 0
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""

_MASTER_CF = """\
127.0.0.1:$smtp inet n - n - - smtpd
  -o cleanup_service_name=cleanup-stamped
  -o { smtpd_sender_restrictions = check_sender_access regexp:$root/postfix/pass }
127.0.0.1:$forged inet n - n - - smtpd
  -o cleanup_service_name=cleanup-stamped
  -o { smtpd_sender_restrictions = check_sender_access regexp:$root/postfix/fail }
127.0.0.1:$bare inet n - n - - smtpd
127.0.0.1:$submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$leaky inet n - n - - smtpd
  -o cleanup_service_name=cleanup-leaky
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$ghost inet n - n - - smtpd
  -o myhostname=mx.elsewhere.example
  -o { smtpd_relay_restrictions =
       check_recipient_access static:{550 5.1.1 No such user here}, reject }
cleanup unix n - n - 0 cleanup
cleanup-leaky unix n - n - 0 cleanup
  -o header_checks=
cleanup-stamped unix n - n - 0 cleanup
  -o header_checks=regexp:$root/postfix/stamped
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

_STRIP = "/^Authentication-Results[[:space:]]*:/ IGNORE\n"
# What a mail brings along is stripped before the border's own stamp, which comes under a name
# nobody can guess, takes its own.
_SEAL = f"X-Sello-{secrets.token_hex(8)}"
_STAMPED = f"/^{_SEAL}: (.*)$$/ REPLACE Authentication-Results: $$1\n"
_STAMP = f"/@([[:alnum:].-]+)$$/ PREPEND {_SEAL}: $authserv_id; dmarc={{}} header.from=$$1\n"
_POSTFIX_FILES = {
    "main.cf": _MAIN_CF,
    "master.cf": _MASTER_CF,
    "transport": "/^ghost/ smtp:[127.0.0.1]:$ghost\n",
    "bare": _STRIP,
    "stamped": _STRIP + _STAMPED,
    "pass": _STAMP.format("pass"),
    "fail": _STAMP.format("fail"),
}
