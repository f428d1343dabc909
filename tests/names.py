"""A name server on loopback: it knows the TXT records it is given, and can be out of order."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.message
import dns.rcode
import dns.rrset

HOST = "127.0.0.1"


@dataclass
class Names:
    """What the server answers: records by name; `broken` makes every answer SERVFAIL."""

    port: int
    records: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def server(self) -> str:
        """The server as trust.dns_servers names it."""
        return f"{HOST}:{self.port}"

    def answer(self, query: bytes) -> bytes:
        """The answer to one question, as bytes."""
        asked = dns.message.from_wire(query)
        name = asked.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        said = dns.message.make_response(asked)
        if self.broken:
            said.set_rcode(dns.rcode.SERVFAIL)
        elif name in self.records:
            value = self.records[name]
            pieces = " ".join(f'"{value[n : n + 250]}"' for n in range(0, len(value), 250))
            said.answer.append(dns.rrset.from_text(f"{name}.", 0, "IN", "TXT", pieces))
        else:
            said.set_rcode(dns.rcode.NXDOMAIN)
        return said.to_wire()


@contextmanager
def serving() -> Iterator[Names]:
    """The server, from its first answer until the block is left."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        names = Names(sock.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(sock, names), daemon=True)
        thread.start()
        try:
            yield names
        finally:
            sock.sendto(b"", (HOST, names.port))
            thread.join(timeout=5)


def _serve(sock: socket.socket, names: Names) -> None:
    """Answer until an empty packet comes."""
    while True:
        query, sender = sock.recvfrom(4096)
        if not query:
            return
        sock.sendto(names.answer(query), sender)
