"""The command line's language: Spanish, or English where the locale says so. The home of gettext.

What people get by mail is Spanish always. Messages are written in Spanish where they are said and
looked up in ``cli/locale/en/…/mailbot.po``; click's own words are English and looked up in
``cli/locale/es/…/click.po``. What other modules have found and said — stored, mailed, raised — is
Spanish until it reaches a terminal: `retold` reads it by the templates in ``…/en/…/said.po``. What
is read are the ``.mo`` files that ``make catalogue`` makes.
"""

import gettext
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mailbot.phrasebook import Phrasebook

LOCALE = Path(__file__).parent / "cli" / "locale"
CLICK, OURS, SAID = "click", "mailbot", "said"
_ASKED = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a locale is looked for (POSIX): the first that is set decides."""


def wanted(environment: Mapping[str, str]) -> str:
    """``en`` where the locale is an English one, else ``es``.

    >>> wanted({"LANG": "en_GB.UTF-8"}), wanted({"LANG": "C.UTF-8"}), wanted({})
    ('en', 'es', 'es')
    """
    said = next((value for name in _ASKED if (value := environment.get(name))), "")
    return "en" if said.lower().startswith("en") else "es"


def _english() -> gettext.NullTranslations:
    return gettext.translation(OURS, LOCALE, ["en"], fallback=True)


_SPEAKS = wanted(os.environ)
_TOLD = _english() if _SPEAKS == "en" else gettext.NullTranslations()


def _(text: str) -> str:
    """A message in the language of the command line."""
    return _TOLD.gettext(text) if text else text


def retold(text: object) -> str:
    """What was said in Spanish elsewhere, in the language of the command line."""
    return str(text) if _SPEAKS == "es" else english().say(str(text))


@cache
def english() -> Phrasebook:
    """The English of what the program says outside the command line."""
    found = gettext.translation(SAID, LOCALE, ["en"], fallback=True)
    told = getattr(found, "_catalog", {})  # nothing public lists it
    return Phrasebook({spanish: words for spanish, words in told.items() if spanish})


def clicks(text: str) -> str:
    """What click says, for the few words it looks up before `speak` was called."""
    return gettext.gettext(text)


def speak() -> None:
    """Have click say its own words in that language, too."""
    if _SPEAKS == "es":
        os.environ["LANGUAGE"] = "es"  # where gettext looks first
        gettext.bindtextdomain(CLICK, LOCALE)
        gettext.textdomain(CLICK)
