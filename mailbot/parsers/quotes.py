"""A mail's text cut in two: the sender's own words, and what they quote or forward.

Pure. The patterns are those of the programs people use here: Gmail, Outlook, Apple Mail, Zimbra,
Thunderbird and phones, in Spanish, English and Portuguese.
"""

import re

MARKER = "##- Responda por encima de esta línea -##"
"""The bot writes this on top of every mail it wants answered."""

_WEEKDAY = r"(?:lun|mar|mi[eé]|jue|vie|s[aá]b|dom|mon|tue|wed|thu|fri|sat|sun)\w*\.?,?\s"
_MARK = r"^[ \t>*]*"
_FROM = r"\*?(?:De|From|Von|Desde)\s?:"
_SENT = r"\*?(?:Enviad[oa]s?|Sent)(?:\s(?:el|em))?\s?:"
_DATE = r"\*?(?:Fecha|Date)\s?:"
_UP_TO_TWO_LINES = r"(?:[^\n]*\n){0,2}?"
_BREAKS = (
    re.escape(MARKER),
    # Gmail, Apple Mail, Thunderbird: "El mar, 3 mar 2026 a las 10:15, Ana (<ana@…>) escribió:"
    (
        _MARK + r"(?:El|On|Em|Le)\s(?=[^\n]{0,60}[0-9])[^\n]{0,250}(?:\n[^\n]{0,250}){0,2}?"
        r"(?:escribi[óo]|wrote|escreveu):[ \t]*$"
    ),
    _MARK + _WEEKDAY + r"[^\n]{5,120}(?:escribi[óo]|wrote):[ \t]*$",
    # Gmail's newer form: "2026-03-03 10:15 GMT-05:00 Ana <ana@…>:"
    _MARK + r"[0-9]{4}-[0-9]{2}-[0-9]{2} [^\n]{0,120}<[^\n<>]+@[^\n<>]+>:[ \t]*$",
    # Outlook and its relatives; a memorandum has a «De:» too, but no address and no «Enviado:»
    (
        r"^[ \t>*]*-{2,}[ \t]*(?:Mensaje|Message|Correo|Original|Forwarded|Reenviado|Mail)"
        r"[^\n]*-{2,}"
    ),
    r"^[ \t>*]*_{8,}[ \t]*\n(?=[ \t>*]*" + _FROM + ")",
    _MARK + _FROM + r"[^\n]+\n" + _UP_TO_TWO_LINES + r"[ \t>*]*" + _SENT,
    _MARK + _FROM + r"[^\n@]*@[^\n]*\n" + _UP_TO_TWO_LINES + r"[ \t>*]*" + _DATE,
    _MARK + _DATE + r"[^\n]*\n[ \t>*]*" + _FROM + r"[^\n@]*@",
    # Lotus Notes: "Ana Ruiz ---03/03/2026 10:15:00---Alta de usuario"
    r"^[^\n]{1,80} ---?[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9:]{5,8}---",
    # Apple Mail's forward
    r"^[ \t>*]*(?:Inicio del mensaje reenviado|Begin forwarded message)\s*:",
    r"^[ \t]*>",
)
_BREAK = re.compile("|".join(f"(?:{p})" for p in _BREAKS), re.MULTILINE | re.IGNORECASE)
_FORWARDED = re.compile(
    r"(?<!-)-{2,}[ \t]*(?:Mensaje reenviado|Forwarded message|Reenviado)"
    r"|Inicio del mensaje reenviado|Begin forwarded message",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"\s*(?:rv|fw|fwd|reenv[íi](?:o|a|ad[oa])?|enc)\s*:", re.IGNORECASE)
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


_GROUPWISE = re.compile(r">>> [^\n]*>>>[ \t]*$", re.MULTILINE)


def _below(quoted: str) -> str:
    """The lines between and after those marked with ``>``; nothing when none is marked so."""
    lines = quoted.split("\n")
    marked = [n for n, line in enumerate(lines) if _is_marked(line)]
    if not marked or _GROUPWISE.match(quoted):
        return ""
    after = lines[marked[0] :]
    return "\n".join(line for line in after if not _is_marked(line)).strip()


def _is_marked(line: str) -> bool:
    return line.lstrip(" \t").startswith(">")


def is_scattered(text: str) -> bool:
    """Whether own words stand between quoted lines: answers point by point, or broken ends.

    Programs that fold a long quoted line leave its end unmarked: it looks like an answer.
    """
    own, quoted = cut(text)
    if not own or own != _below(quoted):
        return False
    unmarked = [not _is_marked(line) for line in quoted.split("\n") if line.strip()]
    first, last = unmarked.index(False), len(unmarked) - unmarked[::-1].index(False)
    return any(unmarked[first:last])


def is_forward(subject: str, text: str) -> bool:
    """Whether a mail passes on somebody else's."""
    return bool(_FORWARD_SUBJECT.match(subject) or _FORWARDED.search(text))


def is_reply(subject: str) -> bool:
    """Whether a subject says that the mail answers another."""
    return bool(_REPLY_SUBJECT.match(subject))
