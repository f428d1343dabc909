"""A mail's text cut in two: the sender's own words, and what they quote or forward.

Pure. The patterns are those of the programs people use here: Gmail, Outlook, Apple Mail, Zimbra,
Thunderbird and phones, in Spanish, English and Portuguese.
"""

import re

MARKER = "##- Responda por encima de esta línea -##"
"""The bot writes this on top of every mail it wants answered."""

_WEEKDAY = r"(?:lun|mar|mi[eé]|jue|vie|s[aá]b|dom|mon|tue|wed|thu|fri|sat|sun)\w*\.?,?\s"
_HEADERS = r"(?:De|From|Von|Desde)\s?:"
_BREAKS = (
    re.escape(MARKER),
    # Gmail, Apple Mail, Thunderbird: "El mar, 3 mar 2026 a las 10:15, Ana (<ana@…>) escribió:"
    (
        r"^[ \t>*]*(?:El|On|Em|Le)\s[^\n]{0,250}(?:\n[^\n]{0,250}){0,2}?"
        r"(?:escribi[óo]|wrote|escreveu):"
    ),
    rf"^[ \t>*]*{_WEEKDAY}[^\n]{{5,120}}(?:escribi[óo]|wrote):",
    # Outlook and its relatives
    (
        r"^[ \t>*]*-{2,}\s*(?:Mensaje|Message|Correo|Original|Forwarded|Reenviado|Mail|Messaggio)"
        r"[^\n]*-{2,}"
    ),
    r"^[ \t>*]*_{8,}[ \t]*\r?\n(?=[ \t>*]*" + _HEADERS + ")",
    (
        rf"^[ \t>*]*\*?{_HEADERS}\*?[^\n]+\n(?:[^\n]*\n){{0,2}}?[ \t>*]*\*?"
        r"(?:Enviado|Sent|Date|Fecha|Enviada)(?:\s(?:el|em))?\s?:"
    ),
    # Apple Mail's forward
    r"^[ \t>*]*(?:Inicio del mensaje reenviado|Begin forwarded message)\s*:",
    r"^>",
)
_BREAK = re.compile("|".join(f"(?:{p})" for p in _BREAKS), re.MULTILINE | re.IGNORECASE)
_FORWARDED = re.compile(
    r"-{2,}\s*(?:Mensaje reenviado|Forwarded message|Reenviado)|Inicio del mensaje reenviado"
    r"|Begin forwarded message",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"\s*(?:rv|fw|fwd|reenv[íi]a?do?|enc)\s*:", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|rpta|respuesta|aw)\s*:", re.IGNORECASE)


def cut(text: str) -> tuple[str, str]:
    """The sender's own words, and everything from the first quoted line on.

    Someone who answers below the quote still has own words: the unquoted lines after it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _BREAK.search(text)
    if match is None:
        return text.strip(), ""
    own, quoted = text[: match.start()], text[match.start() :]
    if own.strip():
        return own.strip(), quoted
    return _below(quoted), quoted


def _below(quoted: str) -> str:
    """The lines after a block of ``>`` lines; nothing when the quote is not marked so."""
    lines = quoted.split("\n")
    marked = [n for n, line in enumerate(lines) if line.startswith(">")]
    return "\n".join(lines[marked[-1] + 1 :]).strip() if marked else ""


def is_forward(subject: str, text: str) -> bool:
    """Whether a mail passes on somebody else's."""
    return bool(_FORWARD_SUBJECT.match(subject) or _FORWARDED.search(text))


def is_reply(subject: str) -> bool:
    """Whether a subject says that the mail answers another."""
    return bool(_REPLY_SUBJECT.match(subject))
