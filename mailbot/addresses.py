"""Which addresses are one mailbox. Pure."""

_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Providers who leave dots out of account, and the domain they are all one with."""


def mailbox(address: str) -> str:
    """The mailbox an address leads to, as far as its form tells: no tag, no case.

    >>> mailbox("Ana.Ruiz+siagie@Gmail.com") == mailbox("anaruiz@googlemail.com")
    True
    """
    local, _, domain = address.lower().rpartition("@")
    bare = local.partition("+")[0]
    if domain in _DOTLESS:
        return f"{bare.replace('.', '')}@{_DOTLESS[domain]}"
    return f"{bare}@{domain}"
