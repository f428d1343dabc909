"""How fast we are beside the bare libraries, on the same bytes, in one run.

``make bench`` takes every born-digital mail of the samples and times,
turn about: the bare library calls (mail-parser takes the mail apart; pdfplumber opens each PDF,
extracts words and finds tables), and ours (parse and check, attachments opened in the sandbox).
Medians and ratios of pairs: the machine's other work strikes both alike. Then it runs the other
benchmarks of this folder.
"""

import argparse
import base64
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import mailparser
import pdfplumber
from house import SAMPLES, write_config
from pdfplumber.utils.exceptions import PdfminerException
from rich.console import Console
from rich.table import Table

from mailbot.check import check
from mailbot.examine import sender_of
from mailbot.model import Attachment, Mail
from mailbot.parsers import reader, sandbox
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules

HERE = Path(__file__).resolve().parent
MIB = 1024


_OURS = ("__init__.py", "__main__.py", "born_digital.py", "scale.py")

Sample = tuple[str, bytes, Mail]
"""The name of a sample, its bytes, and what it is taken apart."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What was timed turn about: seconds of one way and of the other, in pairs."""

    name: str
    bare: tuple[float, ...]
    ours: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of ours ÷ bare over the pairs."""
        return statistics.median(o / b for b, o in zip(self.bare, self.ours, strict=True))


def pair(name: str, bare: Callable[[], object], ours: Callable[[], object], rounds: int) -> Timed:
    """Time two ways turn about, the first of each unmeasured, who begins changing."""
    bare(), ours()
    seconds: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 else (1, 0):
            began = time.perf_counter()
            (bare, ours)[which]()
            seconds[which].append(time.perf_counter() - began)
    return Timed(name, tuple(seconds[0]), tuple(seconds[1]))


# ------------------------------------------------------------------ the two ways


def with_bare_libraries(raw: bytes) -> int:
    """The library calls on a mail's bytes and nothing else; how many words there were."""
    parsed = mailparser.parse_from_bytes(raw)
    words = 0
    for attached in parsed.attachments:
        data = base64.b64decode(attached["payload"]) if attached["binary"] else b""
        if data.startswith(b"%PDF-"):
            with pdfplumber.open(io.BytesIO(data)) as pdf:
                for page in pdf.pages:
                    words += len(page.extract_words())
                    page.find_tables()
    return words


def with_mailbot(raw: bytes, rules: Rules) -> int:
    """The same mail as the bot takes it: parsed and held against the guide; how many cases."""
    parsed = parse((read_mail(raw, sender_of(raw, rules)),), rules)
    return len(check(parsed, rules)) if isinstance(parsed, Request) else 0


def born_digital() -> Iterator[Sample]:
    """The samples whose attachments are PDFs that all have their text."""
    for path in sorted(SAMPLES.glob("*.eml")):
        raw = path.read_bytes()
        mail = read_mail(raw)
        if mail.attachments and all(_has_text(a) for a in mail.attachments):
            yield path.stem, raw, mail


def _has_text(file: Attachment) -> bool:
    if file.type != "pdf":
        return False
    try:
        with pdfplumber.open(io.BytesIO(file.data)) as pdf:
            return all(len(page.chars) > 100 for page in pdf.pages)
    except PdfminerException:
        return False


# ------------------------------------------------------------------ telling


def tell(
    out: Console, title: str, names: tuple[str, str], rows: Sequence[Timed], *, alike: bool = True
) -> None:
    """A table of pairs; of those that are alike the median of all below."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in ("", *(f"{name}, ms" for name in names), "razón"):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows:
        table.add_row(row.name, _ms(row.bare), _ms(row.ours), f"{row.ratio:.2f}")
    if alike and len(rows) > 1:
        bare = [statistics.median(r.bare) for r in rows]
        ours = [statistics.median(r.ours) for r in rows]
        middle = statistics.median(r.ratio for r in rows)
        table.add_section()
        table.add_row(
            f"mediana de {len(rows)}", _ms(bare), _ms(ours), f"{middle:.2f}", style="bold"
        )
    out.print(table)


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f}"


def memory(out: Console, scan: bytes) -> None:
    """The most memory this process had, and a process that reads one scan."""
    code = (  # getrusage would count what forked us
        "import sys; from mailbot.parsers import reader;"
        "reader.open_file('pdf', sys.stdin.buffer.read());"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], input=scan, capture_output=True, check=True
    )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = Table(title="Memoria, lo más que se tuvo", title_justify="left", header_style="bold")
    table.add_column("")
    table.add_column("MiB", justify="right")
    table.add_row("el programa, tras leer todo lo de arriba", str(own // MIB))
    table.add_row("un proceso que lee una página escaneada", str(int(child.stdout) // MIB))
    out.print(table)


def others(out: Console) -> None:
    """Run the other benchmarks of this folder, each in a process of its own."""
    for path in sorted(HERE.glob("*.py")):
        if path.name not in _OURS and "def main(" in path.read_text(encoding="utf-8"):
            out.rule(path.name, align="left")
            start = f"from benchmarks.{path.stem} import main; main()"  # as in __main__
            subprocess.run([sys.executable, "-c", start], check=False)


def main() -> None:
    """Time everything and tell it."""
    options = argparse.ArgumentParser(prog="python -m benchmarks")
    options.add_argument("--rounds", type=int, default=7, help="pairs for each mail")
    options.add_argument("--mails", type=int, default=10, help="how many mails at most")
    options.add_argument("--only", action="store_true", help="leave the other benchmarks out")
    wanted = options.parse_args()
    out = Console(width=None if sys.stdout.isatty() else 100)
    with tempfile.TemporaryDirectory() as folder:
        rules = read_rules(write_config(Path(folder) / "config", None))
    mails = list(islice(born_digital(), wanted.mails))
    out.print(f"{os.cpu_count()} núcleos, {wanted.rounds} pares de cada uno, en mediana.\n")
    beside_the_libraries(out, mails, rules, wanted.rounds)
    inside_the_sandbox(out, mails[:3], wanted.rounds)
    scanned = read_mail((SAMPLES / "oficio-y-rd-escaneados.eml").read_bytes())
    memory(out, scanned.attachments[0].data)
    if not wanted.only:
        others(out)


def beside_the_libraries(out: Console, mails: Sequence[Sample], rules: Rules, rounds: int) -> None:
    """A mail by the libraries alone, and by the bot."""
    rows = [
        pair(
            name,
            partial(with_bare_libraries, raw),
            partial(with_mailbot, raw, rules),
            rounds,
        )
        for name, raw, _ in mails
    ]
    tell(out, "Correos con texto: analizar y comprobar", ("bibliotecas", "mailbot"), rows)


def inside_the_sandbox(out: Console, mails: Sequence[Sample], rounds: int) -> None:
    """A document opened in this process, and in a child of the sandbox."""
    rows = []
    for name, _, mail in mails:
        data = mail.attachments[0].data
        here, there = partial(reader.open_file, "pdf", data), partial(sandbox.read, "pdf", data)
        rows.append(pair(name, here, there, rounds))
    tell(out, "Encierro: abrir un PDF con texto", ("sin él", "con él"), rows)
