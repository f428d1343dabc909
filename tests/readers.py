"""Every reader of From that we have, each as the set of addresses it finds."""

import re
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.utils import getaddresses, parseaddr

import mailparser


def by_parseaddr(raw: bytes) -> set[str]:
    """The standard library of old, every address it finds; unfolded, as RFC 5322 (2.2.3) wants."""
    folded = [str(v) for v in message_from_bytes(raw).get_all("From", [])]
    values = [re.sub(r"\r?\n", "", v) for v in folded]
    return {parseaddr(v)[1].lower() for v in values} | {
        a.lower() for _, a in getaddresses(values) if a
    }


def by_default_policy(raw: bytes) -> set[str]:
    """The standard library of today; what it breaks on it does not accept."""
    try:
        values = message_from_bytes(raw, policy=policy.default).get_all("From", [])
        return {a.addr_spec.lower() for v in values for a in v.addresses}
    except (HeaderParseError, AttributeError, IndexError, ValueError, TypeError):
        return {"no se pudo leer"}


def by_mail_parser(raw: bytes) -> set[str]:
    """mail-parser, which undoes the standard library's strictness on purpose."""
    return {address.lower() for _, address in mailparser.parse_from_bytes(raw).from_ if address}


READERS = (by_parseaddr, by_default_policy, by_mail_parser)
