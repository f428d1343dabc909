"""Names in the DNS. The home of dnspython."""

from collections.abc import Sequence
from functools import cached_property

import dns.exception
import dns.nameserver
import dns.resolver

from mailbot.trust import NotNow


class Resolver:
    """Asks the system's name servers, or those named (``address`` or ``address:port``)."""

    def __init__(self, servers: Sequence[str], timeout_seconds: float) -> None:
        self._servers = [_nameserver(server) for server in servers]
        self._timeout = timeout_seconds

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
        """The one TXT record of a name; None when there is none, or several; NotNow on trouble."""
        try:
            answer = self._resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise NotNow(name) from error
        except (UnicodeError, ValueError):
            return None  # a name that is no name
        records = [b"".join(record.strings) for record in answer]
        return records[0] if len(records) == 1 else None


def _nameserver(server: str) -> dns.nameserver.Nameserver:
    address, _, port = server.partition(":") if server.count(":") == 1 else (server, "", "")
    return dns.nameserver.Do53Nameserver(address, int(port or 53))
