"""Files → what the bot reads in each, several at once, told in order. What `check` does.

A file is a mail, or a bare document: that is read as a request with an empty body and no sender.
Touches no mailbox and no database.
"""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailbot import pictures, trust
from mailbot.check import Case, check
from mailbot.errors import ConfigError
from mailbot.model import Attachment, Mail, Sender
from mailbot.parsers.documents import IGNORED
from mailbot.parsers.kinds import sniff
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.parsers.parse import Parsed, Request, parse
from mailbot.resolver import Resolver
from mailbot.rules import Rules

STDIN = "-"
AT_ONCE = 3
"""Files taken at once. The sandbox has two children at most: while one file is thought over, the
documents of two others can be opened."""

NOBODY = Sender("", authenticated=False, reason="es un documento suelto, sin correo")

_NAME = rb"[\x21-\x39\x3b-\x7e]+[ \t]*:"
_HEADERS = re.compile(rb"\s*(?:From [^\n]*\n)?" + _NAME + rb"[^\n]*\n(?:[ \t]|" + _NAME + rb")")
"""How a mail begins: two lines of headers (RFC 5322, 2.2). No kind of document does."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, under the name it was given; `path` is None for standard input."""

    name: str
    path: Path | None

    @property
    def title(self) -> str:
        """The name people see."""
        return self.path.name if self.path else "entrada estándar"

    def read(self) -> bytes:
        """All its bytes; OSError as it comes."""
        return self.path.read_bytes() if self.path else sys.stdin.buffer.read()


@dataclass(frozen=True, slots=True)
class Examined:
    """What one file turned out to be; `problem` says in Spanish why nothing was read."""

    source: Source
    mail: Mail | None = None
    parsed: Parsed | None = None
    cases: tuple[Case, ...] = ()
    problem: str | None = None
    pictures: tuple[Path, ...] = ()


# ------------------------------------------------------------------ which files


def sources(names: Iterable[Path]) -> tuple[Source, ...]:
    """The files to read: those named, and the mails and documents in the folders named.

    ConfigError names every one that does not exist.
    """
    listed = tuple(names)
    absent = [str(p) for p in listed if not (p.exists() or str(p) == STDIN)]
    if absent:
        raise ConfigError("\n".join(f"{name}: no existe o no es un archivo." for name in absent))
    return tuple(source for path in listed for source in _sources(path))


def _sources(path: Path) -> Sequence[Source]:
    if str(path) == STDIN:
        return (Source(STDIN, None),)
    if not path.is_dir():
        return (Source(str(path), path),)
    inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    found = [Source(str(p), p) for p in inside if _looks_readable(p)]
    if not found:
        raise ConfigError(f"{path}: la carpeta no tiene correos ni documentos.")
    return found


def _looks_readable(path: Path) -> bool:
    """Whether a file in a folder is worth opening: other files lie about there too."""
    with path.open("rb") as file:
        start = file.read(8192)
    return is_mail(path.name, start) or sniff(start) not in ("bin", *IGNORED)


def is_mail(name: str, data: bytes) -> bool:
    """Whether a file is a mail, by its name or else by how it begins."""
    return name.lower().endswith(".eml") or bool(_HEADERS.match(data[:8192]))


# ------------------------------------------------------------------ reading them


def examine(
    files: Sequence[Source], rules: Rules, gallery: Path | None = None
) -> Iterator[Examined]:
    """Every file in the order given, read a few at a time; pictures go into the gallery.

    Where there are several files, each has a folder of its own in it.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    folders = _folders(files, gallery)
    try:
        yield from pool.map(partial(examine_one, rules=rules), files, folders)
    finally:
        pool.shutdown(cancel_futures=True)


def _folders(files: Sequence[Source], gallery: Path | None) -> Iterator[Path | None]:
    used: Counter[str] = Counter()
    for file in files:
        stem = pictures.slug(Path(file.title).stem)
        used[stem] += 1
        name = stem if used[stem] == 1 else f"{stem}-{used[stem]}"
        yield gallery / name if gallery and len(files) > 1 else gallery


def examine_one(source: Source, gallery: Path | None = None, *, rules: Rules) -> Examined:
    """Read one file; whatever is wrong with the file is told, never raised."""
    try:
        data = source.read()
        mail = _mail(source, data, rules)
        parsed = parse((mail,), rules)
    except OSError as error:
        return Examined(source, problem=f"no se puede abrir: {error.strerror}")
    except Malformed as error:
        return Examined(source, problem=str(error))
    if mail.sender is NOBODY and (problem := _closed(parsed)):
        return Examined(source, problem=problem)
    cases = check(parsed, rules) if isinstance(parsed, Request) else ()
    shown = _pictured(mail, parsed, cases, gallery) if gallery else ()
    return Examined(source, mail, parsed, cases, pictures=shown)


def _pictured(mail: Mail, parsed: Parsed, cases: Sequence[Case], gallery: Path) -> tuple[Path, ...]:
    """Write a picture of every place a finding rests on."""
    if not isinstance(parsed, Request):
        return ()
    findings = (finding for case in cases for finding in case.findings)
    shots = [shot for f in findings for shot in pictures.shots(f, parsed.documents)]
    return tuple(pictures.write(shots, mail.attachments, gallery)) if shots else ()


def _closed(parsed: Parsed) -> str | None:
    """Why nothing of a bare document could be opened; None when something could."""
    problems = [d.problem for d in parsed.documents] if isinstance(parsed, Request) else []
    return "; ".join(p for p in problems if p) if all(problems) else None


def _mail(source: Source, data: bytes, rules: Rules) -> Mail:
    if not data.strip():
        raise Malformed("el archivo está vacío")
    if is_mail(source.title, data):
        return read_mail(data, sender_of(data, rules))
    if sniff(data) in ("bin", *IGNORED):
        raise Malformed("no es un correo ni un documento que se pueda leer")
    return bare(source.title, data)


def sender_of(raw: bytes, rules: Rules) -> Sender:
    """Who sent a mail; without the store, the server is taken to strip foreign results."""
    settings = rules.settings.trust
    resolver = Resolver(settings.dns_servers, settings.dns_timeout_seconds)
    return trust.verify(raw, settings.policy(proven=True), resolver.txt, datetime.now(UTC))


def bare(name: str, data: bytes) -> Mail:
    """A document without a mail, as a mail that says nothing and comes from nobody."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Mail(
        sha256=sha256,
        message_id="",
        subject="",
        sender=NOBODY,
        recipients=(),
        references=(),
        own=(),
        quoted="",
        forwarded=False,
        automatic=None,
        attachments=(Attachment(name, sniff(data), data, sha256),),
    )
