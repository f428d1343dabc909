"""A mail that kills us delays nobody; asked to stop, the program stops; killed, it loses nothing.

Real processes over the real servers.
"""

import io
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import mails
import pypdfium2
import pytest
from house import ADMINISTRATOR, BOT, House, files_of
from test_cli import run

from mailbot import pipeline
from mailbot.store.tables import Event, Mail

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"
PROGRAM = Path(sys.executable).with_name("mailbot")


def long_scan() -> bytes:
    """A PDF of twelve scanned pages: recognising it takes far longer than a grace."""
    (file, *_) = files_of("oficio-y-rd-escaneados")
    page = pypdfium2.PdfDocument(file.data)[0].render(scale=200 / 72).to_pil().convert("L")
    out = io.BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page] * 11, resolution=200)
    return out.getvalue()


def send_long(house: House) -> None:
    """Mail the bot something that is read for a long time."""
    scan = mails.File("oficio.pdf", long_scan())
    raw = mails.compose(UGEL, BOT, "Alta de usuario", text="Adjunto.", attachments=[scan])
    house.send(raw, UGEL)
    house.post._drain()  # noqa: SLF001  the tests' own
    house.store.close()


def start(house: House, command: str) -> subprocess.Popen[bytes]:
    """The program, as an operator starts it."""
    environment = {**os.environ, "MAILBOT_CONFIG": str(house.folder)}
    return subprocess.Popen([PROGRAM, command], env=environment, stderr=subprocess.DEVNULL)


def attempts(house: House) -> int:
    """How often the first mail was begun, as its file says."""
    with sqlite3.connect(house.folder / "mailbot.db") as database:
        row = database.execute("SELECT attempts FROM mails WHERE id = 1").fetchone()
    database.close()
    return int(row[0]) if row else 0


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def status(house: House, number: int) -> tuple[str, str | None, int]:
    """Status, kind and attempts of a mail."""
    with house.store.read() as tx:
        mail = tx.get_one(Mail, number)
        return mail.status, mail.kind, mail.attempts


def test_asked_to_stop_in_the_middle_of_a_long_scan_it_stops_and_leaves_the_mail(
    house: House,
) -> None:
    """SIGTERM: 0 within the grace and a little; the mail is new, its attempt taken back."""
    send_long(house)
    service = start(house, "run")
    try:
        wait_until(lambda: attempts(house) == 1)
        service.terminate()
        assert service.wait(timeout=60) == 0
    finally:
        service.kill()
        service.wait()
    assert status(house, 1) == ("new", None, 0)
    assert house.letters() == []
    assert len(house.post.inbox(BOT)) == 1


@pytest.mark.timeout(240)
def test_a_mail_in_which_the_bot_was_killed_three_times_is_set_aside_and_the_next_goes_on(
    house: House,
) -> None:
    """SIGKILL in the middle of reading, three times: the count was committed before."""
    send_long(house)
    house.send_sample(ALTA)
    house.post._drain()  # noqa: SLF001  the tests' own
    for time_ in range(1, 4):
        bot = start(house, "poll")
        wait_until(lambda n=time_: attempts(house) == n)  # type: ignore[misc]
        bot.send_signal(signal.SIGKILL)
        bot.wait()
    house.poll()
    assert status(house, 1) == ("set_aside", "broken", 3)
    assert status(house, 2)[0] == "done"
    assert [case.status for case in house.cases()] == ["pending"]
    assert house.received(ADMINISTRATOR, ["decider-question"]) == ["decider-question"]
    assert len(house.post.folder(BOT, "Apartados")) == 1
    assert pipeline.retry(house.desk, [1]) == 1
    assert status(house, 1) == ("new", "broken", 0)


def test_set_aside_lists_and_puts_aside(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mailbot set-aside`: what lies there; with numbers, a mail nobody has dealt with yet."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    assert "Ningún correo apartado." in run(capsys, monkeypatch, "set-aside")[1]
    send_long(house)
    from test_ingest import fetch  # noqa: PLC0415

    assert fetch(house) == 1
    code, out, _ = run(capsys, monkeypatch, "set-aside", "1", "--reason", "tarda demasiado")
    assert (code, out) == (0, "1 de 1 correos quedaron apartados.\n")
    house.poll()
    assert status(house, 1)[:2] == ("set_aside", "by_hand")
    assert len(house.post.folder(BOT, "Apartados")) == 1
    out = run(capsys, monkeypatch, "set-aside")[1]
    assert "tarda demasiado" in out
    assert "mailbot retry N" in out
    assert run(capsys, monkeypatch, "set-aside", "1", "7")[0] == 1, "it lies there already"
    with house.store.read() as tx:
        (event,) = tx.query(Event).filter(Event.name == "mail_set_aside").all()
    assert event.detail == "by hand"


def test_a_child_killed_in_the_middle_harms_only_its_file(house: House) -> None:
    """SIGKILL to whoever reads the attachment: the mail is dealt with, the bot lives."""
    send_long(house)
    bot = start(house, "poll")
    try:
        wait_until(lambda: attempts(house) == 1 and bool(readers(bot.pid)))
        while bot.poll() is None:
            for pid in readers(bot.pid):
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        assert bot.returncode == 0
    finally:
        bot.kill()
        bot.wait()
    assert status(house, 1)[0] in ("done", "set_aside")
    assert house.post.inbox(BOT) == []


def readers(bot: int) -> list[int]:
    """The children of the server of children: processes whose grandparent is the bot."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(folder.name)] = int(fields[1])
    return [pid for pid, parent in parents.items() if parents.get(parent) == bot]


def test_a_server_of_children_that_is_still_loading_holds_nobody_up(tmp_path: Path) -> None:
    """Asked to stop before the first child was made: the program ends with its grace."""
    (tmp_path / "slow_to_load.py").write_text("import time\ntime.sleep(60)\n")
    program = tmp_path / "program.py"
    program.write_text(
        "import threading\n"
        "from mailbot import patience\n"
        "from mailbot.parsers import children, sandbox\n"
        "children._LOADED = ('slow_to_load',)\n"
        "if __name__ == '__main__':\n"
        "    def read():\n"
        "        try:\n"
        "            sandbox.read('pdf', b'x')\n"
        "        except patience.Stopped:\n"
        "            print('stopped', flush=True)\n"
        "    readers = [threading.Thread(target=read) for _ in range(3)]\n"
        "    [reader.start() for reader in readers]\n"
        "    patience.ask_to_stop(0.5)\n"
        "    [reader.join() for reader in readers]\n"
    )
    place = os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)])
    done = subprocess.run(
        [sys.executable, program],
        env={**os.environ, "PYTHONPATH": place},
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert (done.returncode, done.stdout.count("stopped")) == (0, 3), done.stderr
