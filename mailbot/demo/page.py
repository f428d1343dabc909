"""The story as one HTML page that needs nothing from elsewhere.

Whatever stood in a mail is escaped; a letter's own HTML stands in a frame where no script runs.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from mailbot.demo.chronicle import INDEX, AccountLine, Chapter, Chronicle, Entry
from mailbot.demo.narrator import kilobytes
from mailbot.demo.town import BOT, Person
from mailbot.workdays import LIMA

_TEMPLATE = Path(__file__).with_name("page.html")


def write(story: Chronicle, cases: int) -> None:
    """Write the page beside the mails."""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    chapters = [chapter for chapter in story.chapters if chapter.entries]
    html = template.substitute(
        numbers=_numbers(story.entries, cases),
        contents="".join(_link(n, chapter) for n, chapter in enumerate(chapters, start=1)),
        chapters="\n".join(_chapter(n, chapter) for n, chapter in enumerate(chapters, start=1)),
    )
    (story.out / INDEX).write_text(html, encoding="utf-8")


def _numbers(entries: Sequence[Entry], cases: int) -> str:
    letters = sum(entry.by_bot for entry in entries)
    counted = (
        (len(entries) - letters, "correos recibidos"),
        (cases, "casos"),
        (letters, "cartas enviadas"),
    )
    return "".join(f"<li><b>{count}</b>{words}</li>" for count, words in counted)


def _link(number: int, chapter: Chapter) -> str:
    return f'<li><a href="#escena-{number}">{escape(chapter.title)}</a></li>'


def _chapter(number: int, chapter: Chapter) -> str:
    entries = "\n".join(map(_entry, chapter.entries))
    return (
        f'<section id="escena-{number}"><h2>{number}. {escape(chapter.title)}</h2>'
        f'<p class="soft">{escape(chapter.intro)}</p>{_accounts(chapter.before, "antes")}'
        f'<div class="thread">{entries}</div>{_accounts(chapter.after, "después")}</section>'
    )


def _accounts(lines: Sequence[AccountLine], when: str) -> str:
    if not lines:
        return ""
    rows = "".join(
        f'<li{"" if line.active else " class=closed"}><span class="state">{line.state}</span> '
        f"{escape(line.text)}</li>"
        for line in lines
    )
    return f'<div class="accounts small"><p>Cuentas del SIAGIE, {when}</p><ul>{rows}</ul></div>'


# ------------------------------------------------------------------ one mail


def _entry(entry: Entry) -> str:
    return "\n".join(
        (
            f'<article class="{"bot" if entry.by_bot else "person"}">',
            _way(entry),
            f"<h3>{escape(entry.subject)}</h3>",
            _letter(entry) if entry.html else _text(*entry.words),
            _attachments(entry),
            f'<a class="small" href="{escape(entry.file)}">Correo completo (.eml)</a>',
            "</article>",
        )
    )


def _way(entry: Entry) -> str:
    """From whom to whom, when, and what the server found out about the sender."""
    sender, recipient = entry.arrived.sender, entry.arrived.recipient
    moment = entry.arrived.at.astimezone(LIMA)
    proven = "" if entry.by_bot else f" · {escape(entry.verdict)}"
    return (
        f'<p class="way"><span class="soft">{entry.number:02d}</span> '
        f"{_party(sender, _capital(sender.name))} → {_party(recipient, recipient.name)} "
        f'<span class="kind">{escape(entry.kind)}</span></p>'
        f'<p class="soft small">{escape(sender.address)} → {escape(recipient.address)}<br>'
        f"{moment:%d/%m/%Y, %H:%M:%S}{proven}</p>"
    )


def _party(person: Person, name: str) -> str:
    return f"<b{' class=bot' if person is BOT else ''}>{escape(name)}</b>"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _letter(entry: Entry) -> str:
    """A letter as a mail program shows it, and its text for programs without HTML."""
    own, _ = entry.words
    return (
        f'<iframe sandbox="allow-same-origin" title="Correo {entry.number:02d}" '
        f'srcdoc="{escape(entry.html)}"></iframe>'
        f"<details><summary>La misma carta en texto simple</summary><pre>{escape(own)}</pre>"
        "</details>"
    )


def _text(own: str, quoted: str) -> str:
    folded = (
        f"<details><summary>Texto citado</summary><pre>{escape(quoted.strip())}</pre></details>"
    )
    return f"<pre>{escape(own)}</pre>{folded if quoted.strip() else ''}"


def _attachments(entry: Entry) -> str:
    rows = "".join(
        f"<li>{escape(name)} · {kilobytes(size)}</li>" for name, size in entry.attachments
    )
    return f'<ul class="files" aria-label="Adjuntos">{rows}</ul>' if rows else ""
