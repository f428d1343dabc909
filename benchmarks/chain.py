"""The whole chain, stage by stage, beside the bare libraries doing as little as can be done.

Real Dovecot and Postfix. Bare: imapclient fetches the same mails, mail-parser and pdfplumber (the
tesseract command for scans) read them, smtplib sends one short mail for each. Ours stores them,
reads them behind the fence, checks them, asks who decides and moves them away. Turn about.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import imapclient
import pypdfium2 as pdfium
from drafts import Medium
from house import ADMINISTRATOR, BOT, House, write_config
from rich.console import Console
from servers import Post, running

from benchmarks.born_digital import Timed, tell, with_bare_libraries
from benchmarks.invented import requests
from mailbot import ingest, pipeline, send
from mailbot.delivery import open_smtp
from mailbot.mailbox import open_mailbox
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import parse

ROUNDS = 3
SIZES: dict[Medium, int] = {"digital": 12, "scan200": 2}
STAGES = ("traer", "leer y comprobar", "enviar", "ordenar")
Seconds = Sequence[float]
"""Of each stage, for one mail."""


@dataclass(frozen=True)
class Way:
    """One way through the chain: its stages in order, for mails that lie in the inbox."""

    stages: Sequence[Callable[[], object]]

    def timed(self, mails: int) -> list[float]:
        """Seconds of each stage, for one mail."""
        found = []
        for stage in self.stages:
            began = time.perf_counter()
            stage()
            found.append((time.perf_counter() - began) / mails)
        return found


def ours(house: House) -> Way:
    """The bot's own stages."""
    desk, settings = house.desk, house.rules.settings

    def fetch() -> None:
        with open_mailbox(settings) as mailbox:
            ingest.ingest(desk, mailbox)

    def tidy() -> None:
        with open_mailbox(settings) as mailbox:
            ingest.tidy_inbox(desk, mailbox)

    return Way((fetch, lambda: pipeline.process(desk), lambda: send.send_due(desk), tidy))


def bare(house: House) -> Way:
    """The libraries alone."""
    taken: list[bytes] = []
    servers = house.post.servers

    def fetch() -> None:
        with imapclient.IMAPClient(servers.host, servers.imap_port, ssl=False) as client:
            client.login(BOT, servers.password)
            client.select_folder("INBOX")
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            taken.extend(values[b"BODY[]"] for values in found.values())

    def read() -> None:
        for raw in taken:
            with_bare_libraries(raw)
            _recognise(raw)

    def deliver() -> None:
        with open_smtp(house.rules.settings) as server:
            for _ in taken:
                server.send_message(_short())

    def move() -> None:
        with imapclient.IMAPClient(servers.host, servers.imap_port, ssl=False) as client:
            client.login(BOT, servers.password)
            client.select_folder("INBOX")
            client.create_folder("Vistos") if not client.folder_exists("Vistos") else None
            client.move(client.search(), "Vistos")

    return Way((fetch, read, deliver, move))


def _short() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BOT, ADMINISTRATOR, "Llegó un pedido"
    mail.set_content("Llegó un pedido.")
    return mail


def _recognise(raw: bytes) -> None:
    """The plain tesseract command on every page that is a scan."""
    for attached in read_mail(raw).attachments:
        if b"/DCTDecode" not in attached.data and b"/CCITTFax" not in attached.data:
            continue
        with tempfile.TemporaryDirectory() as folder, pdfium.PdfDocument(attached.data) as pdf:
            picture = Path(folder, "page.png")
            for page in pdf:
                page.render(scale=200 / 72, grayscale=True).to_pil().save(picture, dpi=(200, 200))
                command = ["tesseract", picture, "-", "-l", "spa"]
                subprocess.run(command, check=True, capture_output=True)


# ------------------------------------------------------------------ measuring


def measured(post: Post, folder: Path, medium: Medium) -> Iterator[tuple[Seconds, Seconds]]:
    """Pairs: what each stage took the bare libraries and us, for one mail."""
    for turn in range(ROUNDS):
        house = House(write_config(folder / f"{medium}{turn}", post), post)
        warm(house)
        pair = [_once(house, bare(house), medium, turn), _once(house, ours(house), medium, turn)]
        house.store.close()
        yield pair[0], pair[1]


def warm(house: House) -> None:
    """The store is opened and the first child has loaded its libraries: once in the bot's life."""
    house.store  # noqa: B018
    for _sender, raw in requests(1, first=1):
        parse((read_mail(raw),), house.rules)


def _once(house: House, way: Way, medium: Medium, turn: int) -> Seconds:
    house.post.clear()
    most = SIZES[medium]
    for sender, raw in requests(most, medium, 61_000 + turn * most):
        house.send(raw, sender)
    house.post._drain()  # noqa: SLF001  the tests' own
    return way.timed(most)


def main() -> None:
    """Measure both kinds and print a table."""
    os.environ.setdefault("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory() as folder, running() as servers:
        for way in ("IMAP", "SMTP"):
            os.environ[f"MAILBOT_{way}__PASSWORD"] = servers.password
        for medium in SIZES:
            _print(medium, list(measured(Post(servers), Path(folder), medium)))


def _print(medium: Medium, pairs: list[tuple[Seconds, Seconds]]) -> None:
    """Each stage, and all of them."""
    title = f"La cadena entera, {SIZES[medium]} correos ({medium})"
    rows = [
        Timed(name, tuple(b[n] for b, _ in pairs), tuple(o[n] for _, o in pairs))
        for n, name in enumerate(STAGES)
    ]
    rows.append(Timed("todo", tuple(sum(b) for b, _ in pairs), tuple(sum(o) for _, o in pairs)))
    tell(Console(), title, ("bibliotecas", "mailbot"), rows, alike=False)
