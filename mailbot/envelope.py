"""The headers of a mail that leaves: nobody's words in them end a line. Pure."""

import re
from email.message import EmailMessage


def inert(words: str) -> str:
    """Other people's words for a header, without what a library would decode (RFC 2047).

    Python's decodes «=?…?=» in what it is given, and writes a line end found inside as it is.
    """
    return words.replace("=?", "= ?")


def check_sound(mail: EmailMessage) -> None:
    """Make sure that no header, of a mail or of a part, ends before it should; else ValueError."""
    for part in mail.walk():
        for name, value in part.items():
            _, *rest = re.split(r"\r\n|\r|\n", part.policy.fold(name, value).removesuffix("\r\n"))
            if not all(line[:1] in (" ", "\t") and line.strip() for line in rest):
                raise ValueError(name)
