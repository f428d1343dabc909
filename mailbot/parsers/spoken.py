"""An approver's own words, line by line, as those read them who take orders and decisions. Pure."""

import re

from mailbot.parsers import nameplate
from mailbot.parsers.reply import GREETING, UNSEEN
from mailbot.parsers.text import fold, tidy


def spoken(own: str) -> list[str]:
    """The lines from the first that is no greeting; none where signs stand that nobody sees."""
    text = "" if UNSEEN.search(own) else nameplate.without_small_print(own.strip())
    lines = [line for line in map(tidy, text.split("\n")) if line]
    while lines and set(re.findall(r"\w+", fold(lines[0]))) <= GREETING:
        lines.pop(0)
    return lines
