"""Names in the DNS. The home of dnspython."""

from collections.abc import Sequence
from functools import cached_property

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from mailbot.trust import NotNow


class Resolver:
    """Asks the system's name servers, or those named (``address`` or ``address:port``)."""

    def __init__(self, servers: Sequence[str], timeout_seconds: float) -> None:
        self._servers = [_nameserver(server) for server in servers]
        self._timeout = timeout_seconds
        self._mute: set[str] = set()

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        """Made when first asked: a machine without name servers can still read mail."""
        made = dns.resolver.Resolver(configure=not self._servers)
        if self._servers:
            made.nameservers = list(self._servers)
        made.lifetime = self._timeout
        made.cache = dns.resolver.LRUCache()
        return made

    def txt(self, name: str) -> bytes | None:
        """The one TXT record of a name; None when there is none, or several; NotNow on trouble.

        Who did not answer is not waited for again before `ask_again`: a thousand mails of a domain
        whose name server is mute would hold up everybody's.
        """
        if zone(name) in self._mute:
            raise NotNow(name)
        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return None  # a name that is no name, by whoever wrote it: no trouble of its zone's
        try:
            answer = self._resolver.resolve(asked, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.exception.DNSException, OSError) as error:
            self._mute.add(zone(name))
            raise NotNow(name) from error
        records = [b"".join(record.strings) for record in answer]
        return records[0] if len(records) == 1 else None

    def ask_again(self) -> None:
        """Forget who was mute: a new round begins."""
        self._mute.clear()


_SHORTEST_NAME = 4


def zone(name: str) -> str:
    """The part of a name somebody registered, as far as its form tells.

    >>> zone("s1._domainkey.correo.ugelchota.gob.pe"), zone("s1._domainkey.x1.ataque.example")
    ('ugelchota.gob.pe', 'ataque.example')
    """
    labels = name.lower().rstrip(".").split(".")
    under = 3 if len(labels) > 2 and len(labels[-2]) < _SHORTEST_NAME else 2  # gob.pe, com.pe
    return ".".join(labels[-under:])


def _nameserver(server: str) -> dns.nameserver.Nameserver:
    address, _, port = server.partition(":") if server.count(":") == 1 else (server, "", "")
    return dns.nameserver.Do53Nameserver(address, int(port or 53))
