"""A wire that fails on demand: between the bot and Dovecot or Postfix, at a chosen verb.

It understands just enough of IMAP and SMTP to know which verb is under way, whether the server has
acted on it, and where an answer ends. Postfix's plain port knows no login: the proxy offers one of
its own, so that logins can fail too.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a verb: the first `times` times that it is said.

    `how`: ``drop`` (the wire is cut before the server hears), ``mute`` (nobody answers), ``slow``
    (a while passes), ``truncate`` (half of the answer, then the end), ``drop-after`` and
    ``mute-after`` (the server acts, its answer is lost), or ``answer`` (`said` in its place).
    """

    verb: str  # a pattern of the line said; "connect" and "." are the greeting and an SMTP text
    how: str
    said: str = ""
    times: int = 1


@dataclass
class Proxy:
    """A listening wire; `fault` is what happens next, `hits` how often it did.

    `heard` is every verb that was said.
    """

    upstream: int
    serve: Callable[["Proxy", "Ends"], None]
    listener: socket.socket = field(init=False)
    fault: Fault | None = None
    hits: int = 0
    heard: list[str] = field(default_factory=list)
    open: set[socket.socket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def port(self) -> int:
        """Where the bot connects."""
        return int(self.listener.getsockname()[1])

    def strikes(self, verb: str) -> Fault | None:
        """The fault that befalls a verb now."""
        self.heard.append(verb)
        fault = self.fault
        if fault is None or self.hits >= fault.times or not re.fullmatch(fault.verb, verb):
            return None
        self.hits += 1
        return fault

    def heal(self) -> None:
        """Nothing fails any more."""
        self.fault, self.hits = None, 0

    def accept(self) -> None:
        """Serve every connection in a thread of its own, until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            ends = {client, server}
            self.open |= ends
            with suppress(OSError, Cut):
                self.serve(self, Ends(client, client.makefile("rb"), server, server.makefile("rb")))
            self.open -= ends


class Cut(Exception):
    """This connection is over."""


@dataclass
class Ends:
    """The two ends of a connection, and how to read lines from each."""

    client: socket.socket
    client_lines: BinaryIO
    server: socket.socket
    server_lines: BinaryIO

    def from_client(self) -> bytes:
        """A line the bot says."""
        return _line(self.client_lines)

    def from_server(self) -> bytes:
        """A line the server says."""
        return _line(self.server_lines)

    def mute(self) -> None:
        """Say nothing until the other side gives up."""
        with suppress(OSError):
            while self.client.recv(65536):
                pass
        raise Cut


def _line(lines: BinaryIO) -> bytes:
    line = lines.readline()
    if not line:
        raise Cut
    return line


# ------------------------------------------------------------------ what befalls any verb


def befall(
    ends: Ends, fault: Fault, said: bytes, answer: Callable[[], bytes], instead: bytes
) -> None:
    """Let a fault befall a verb: `said` would go to the server, `answer` reads what it says."""
    if fault.how == "drop":
        raise Cut
    if fault.how == "mute":
        ends.mute()
    if fault.how == "answer":
        ends.client.sendall(instead)
        return
    ends.server.sendall(said)
    whole = answer()
    if fault.how == "slow":
        time.sleep(0.15)
        ends.client.sendall(whole)
    elif fault.how == "truncate":
        # of an SMTP answer not even the code; of IMAP's, the middle of a mail
        ends.client.sendall(whole[: 2 if whole[:3].isdigit() else len(whole) // 2])
        raise Cut
    elif fault.how == "mute-after":
        ends.mute()
    else:
        assert fault.how == "drop-after", fault
        raise Cut


# ------------------------------------------------------------------ IMAP


def imap(proxy: Proxy, ends: Ends) -> None:
    """Command by command; the greeting is the verb "connect"."""
    greeting = ends.from_server()
    if fault := proxy.strikes("connect"):
        befall(ends, fault, b"", lambda: greeting, f"* {fault.said}\r\n".encode())
        _end_after_goodbye(fault)
    else:
        ends.client.sendall(greeting)
    while True:
        line = ends.from_client()
        tag, _, verb = line.decode("latin-1").strip().partition(" ")
        fault = proxy.strikes(verb)

        def answer(tag: str = tag) -> bytes:
            return _until_tagged(ends, tag.encode())

        if fault:
            befall(ends, fault, line, answer, _in_imap(fault, tag))
            _end_after_goodbye(fault)
        else:
            ends.server.sendall(line)
            _relay_literals(ends, line)
            ends.client.sendall(answer())


def _in_imap(fault: Fault, tag: str) -> bytes:
    goodbye = fault.said.startswith("BYE")
    return f"{'*' if goodbye else tag} {fault.said}\r\n".encode()


def _end_after_goodbye(fault: Fault) -> None:
    if fault.how == "answer" and fault.said.startswith(("BYE", "421")):
        raise Cut


def _relay_literals(ends: Ends, line: bytes) -> None:
    """A command that ends in {n} goes on once the server says so."""
    while found := re.search(rb"\{(\d+)\}\r\n$", line):
        ends.client.sendall(ends.from_server())
        text = ends.client_lines.read(int(found[1]))
        line = ends.from_client()
        ends.server.sendall(text + line)


def _until_tagged(ends: Ends, tag: bytes) -> bytes:
    """The whole answer to a command, literals read over."""
    whole = b""
    while True:
        line = ends.from_server()
        whole += line
        if found := re.search(rb"\{(\d+)\}\r\n$", line):
            whole += ends.server_lines.read(int(found[1]))
        elif line.startswith((tag + b" ", b"+")):
            return whole


# ------------------------------------------------------------------ SMTP


def smtp(proxy: Proxy, ends: Ends) -> None:
    """Command by command; the greeting is "connect", the text of a mail is "."."""
    greeting = _reply(ends)
    if fault := proxy.strikes("connect"):
        befall(ends, fault, b"", lambda: greeting, f"{fault.said}\r\n".encode())
        if fault.how == "answer":
            raise Cut
    else:
        ends.client.sendall(greeting)
    while True:
        line = ends.from_client()
        verb = line.decode("latin-1").strip()
        said = verb.upper()
        if said.startswith("DATA") and _holds_text(proxy):
            _swallow_text(proxy, ends)
        elif fault := proxy.strikes(verb):
            befall(ends, fault, line, lambda: _reply(ends), f"{fault.said}\r\n".encode())
            _end_after_goodbye(fault)
        elif said.startswith("AUTH"):
            ends.client.sendall(b"235 2.7.0 ok\r\n")
        else:
            ends.server.sendall(line)
            _continue(proxy, ends, said)


def _continue(proxy: Proxy, ends: Ends, said: str) -> None:
    answer = _reply(ends)
    if said.startswith("EHLO"):
        answer = answer.replace(b"\r\n", b"\r\n250-AUTH PLAIN\r\n", 1)
    ends.client.sendall(answer)
    if not (said.startswith("DATA") and answer.startswith(b"354")):
        return
    text = _text(ends)
    if fault := proxy.strikes("."):
        befall(ends, fault, text, lambda: _reply(ends), b"")
    else:
        ends.server.sendall(text)
        ends.client.sendall(_reply(ends))


def _holds_text(proxy: Proxy) -> bool:
    """Whether the next text is to be answered in the server's place, which then never sees it."""
    fault = proxy.fault
    waits = fault is not None and fault.verb == r"\." and proxy.hits < fault.times
    return waits and fault is not None and fault.how == "answer"


def _swallow_text(proxy: Proxy, ends: Ends) -> None:
    fault = proxy.strikes(".")
    assert fault is not None
    ends.client.sendall(b"354 go on\r\n")
    _text(ends)
    ends.client.sendall(f"{fault.said}\r\n".encode())
    _end_after_goodbye(fault)


def _text(ends: Ends) -> bytes:
    lines = [ends.from_client()]
    while lines[-1] != b".\r\n":
        lines.append(ends.from_client())
    return b"".join(lines)


def _reply(ends: Ends) -> bytes:
    lines = [ends.from_server()]
    while lines[-1][3:4] == b"-":
        lines.append(ends.from_server())
    return b"".join(lines)


# ------------------------------------------------------------------ opening


_LDAP = {
    0x60: "bind",
    0x63: "search",
    0x66: "modify",
    0x68: "add",
    0x4A: "delete",
    0x77: "extended",
}
_LDAP_GOES_ON = (0x64, 0x73)  # an entry or a reference: more of the answer follows


def ldap(proxy: Proxy, ends: Ends) -> None:
    """Request by request, named by the operation (RFC 4511, 4.2 to 4.12); in clear only."""
    while True:
        request, kind = _message(ends.client_lines)
        fault = proxy.strikes(_LDAP.get(kind, "other"))
        if fault:
            befall(ends, fault, request, lambda: _ldap_answer(ends), b"")
        elif kind in _LDAP:
            ends.server.sendall(request)
            ends.client.sendall(_ldap_answer(ends))
        else:
            ends.server.sendall(request)  # a goodbye, which has no answer


def _ldap_answer(ends: Ends) -> bytes:
    found, kind = _message(ends.server_lines)
    while kind in _LDAP_GOES_ON:
        more, kind = _message(ends.server_lines)
        found += more
    return found


def _message(lines: BinaryIO) -> tuple[bytes, int]:
    """One message and the tag of its operation: a sequence of a number and that (X.690)."""
    head = _exactly(lines, 2)
    if head[1] & 0x80:
        head += _exactly(lines, head[1] & 0x7F)
    length = int.from_bytes(head[2:], "big") if len(head) > 2 else head[1]
    body = _exactly(lines, length)
    return head + body, body[2 + body[1]]


def _exactly(lines: BinaryIO, count: int) -> bytes:
    data = lines.read(count)
    if len(data) < count:
        raise Cut
    return data


@contextmanager
def between(upstream: int, serve: Callable[[Proxy, Ends], None]) -> Iterator[Proxy]:
    """A proxy before a port of this machine, speaking ``imap``, ``smtp`` or ``ldap``."""
    proxy = Proxy(upstream, serve)
    thread = threading.Thread(target=proxy.accept, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
        for end in tuple(proxy.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        thread.join()
