"""The words that click says by itself, in Spanish: usage, help, errors. The home of gettext.

Everything else that a command says is written in Spanish where it is said. `click.po` is the text;
`click.mo`, which is read, is made from it by ``make catalogue``.
"""

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).with_name("locale")
_DOMAIN = "click"


def speak_spanish() -> None:
    """From here on click speaks Spanish, whatever the locale is: it is the operators' language."""
    os.environ["LANGUAGE"] = "es"  # where gettext looks first
    gettext.bindtextdomain(_DOMAIN, LOCALE)
    gettext.textdomain(_DOMAIN)
