"""The demonstration does what it tells, and tells no secret."""

import contextlib
import imaplib
import io
import re
import signal
import smtplib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest

from mailbot.demo import papers, story
from mailbot.demo.town import ADMINISTRATOR
from mailbot.errors import ConfigError
from mailbot.parsers import ocr
from mailbot.store.tables import Account, Case

PASSWORD = re.compile(r"Contraseña temporal: (\S+)")
STAY = """
import sys
from pathlib import Path
from mailbot.demo import story
story.SCENES = ()
story.tell(Path(sys.argv[1]), stay=True)
"""


class Told(NamedTuple):
    """What is left once the story was told."""

    out: Path
    said: str
    accounts: list[Account]
    cases: list[Case]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    out = tmp_path_factory.mktemp("demo") / "out"
    said = io.StringIO()
    with contextlib.redirect_stdout(said), story.opened(out) as opened:
        story.play(opened)
        return Told(out, said.getvalue(), opened.town.accounts(), opened.town.cases())


def _letters(told: Told) -> list[EmailMessage]:
    """The bot's letters, in the order they were told."""
    found = [
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        for path in sorted(told.out.glob("*-el-bot-*.eml"))
    ]
    return [mail for mail in found if "siagie@mailbot.example" in str(mail["From"])]


def _kinds(told: Told) -> list[tuple[str, str]]:
    """To whom each letter went, and its kind."""
    kinds = (re.match(r"<([a-z]+-[a-z-]+)\.", str(m["Message-ID"])) for m in _letters(told))
    return [
        (str(mail["To"]), kind[1] if kind else "?")
        for mail, kind in zip(_letters(told), kinds, strict=True)
    ]


def test_one_account_was_closed_and_two_opened(told: Told) -> None:
    """The former holder's account is closed; those of the two who were approved are active."""
    assert {(a.dni, a.status) for a in told.accounts} == {
        ("27415896", "closed"),
        ("42871359", "active"),
        ("31045829", "active"),
    }


def test_each_case_ended_as_told(told: Told) -> None:
    """Two requests were approved, the scanned one was not."""
    assert [case.status for case in told.cases] == ["done", "done", "rejected"]
    assert "Caso 3: alta de Estadístico UGEL, UGEL CAMANÁ: rechazado" in told.said


def test_everybody_got_their_letters_and_nobody_elses(told: Told) -> None:
    """The letters are those of the three stories, in order; credentials reach the holder only."""
    administrator = (ADMINISTRATOR.address, "decider-question")
    receipt = (ADMINISTRATOR.address, "decider-receipt")
    assert _kinds(told) == [
        administrator,
        ("mesadepartes@ugelchota.example", "asker-received"),
        ("rosa.quispe@correo.example", "holder-credentials"),
        ("mesadepartes@ugelchota.example", "asker-opened"),
        ("wilmer.diaz@correo.example", "displaced-closed"),
        receipt,
        ("mesavirtual@ugelandahuaylas.example", "asker-observed"),
        administrator,
        ("mesavirtual@ugelandahuaylas.example", "asker-received"),
        ("percy.altamirano@correo.example", "holder-credentials"),
        ("mesavirtual@ugelandahuaylas.example", "asker-opened"),
        receipt,
        administrator,
        ("tramite@ugelcamana.example", "asker-received"),
        ("tramite@ugelcamana.example", "asker-rejected"),
        receipt,
    ]


def test_the_lines_that_matter_are_told(told: Told) -> None:
    """The terminal shows what a yes means, what is missing, and why it was a no."""
    said = " ".join(told.said.replace("│", " ").split())
    for line in (
        "ACTIVA DÍAZ BUSTAMANTE, Wilmer (usuario 27415896)",
        "- se cerrará la cuenta de DÍAZ BUSTAMANTE, Wilmer, DNI 27415896",
        "- el usuario y la contraseña irán a rosa.quispe@correo.example",
        "CERRADA DÍAZ BUSTAMANTE, Wilmer (usuario 27415896)",
        "Adjunte la Resolución Directoral de designación.",
        "(EXP 1847.pdf, págs. 1, 2, 3)",
        "Motivo: La firma del oficio no es la del director registrado.",
        "7 correos recibidos · 16 cartas enviadas",
    ):
        assert line in said


def test_no_password_is_shown(told: Told) -> None:
    """Passwords stand in the mails of their holders, not on the terminal, not on the page."""
    page = (told.out / "index.html").read_text(encoding="utf-8")
    texts = [mail.get_body(("plain",)) for mail in _letters(told)]
    found = [PASSWORD.search(text.get_content()) for text in texts if text]
    passwords = [match[1] for match in found if match]
    assert len(passwords) == 2
    for password in passwords:
        assert password not in told.said
        assert password not in page
        assert password[:4] in told.said


def test_every_mail_is_a_file_on_the_page(told: Told) -> None:
    """The mails are numbered without a gap, and the page shows each and links to it."""
    files = sorted(path.name for path in told.out.glob("*.eml"))
    page = (told.out / "index.html").read_text(encoding="utf-8")
    assert [name[:2] for name in files] == [f"{n:02d}" for n in range(1, 24)]
    assert re.findall(r'href="([^"#]+)"', page) == files
    assert page.count("<iframe sandbox=") == 16


def test_the_page_needs_nothing_from_elsewhere(told: Told) -> None:
    """No resource, no link leads out of the folder."""
    page = (told.out / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|src=(?!(?:&#34;|&quot;)data:image/)|@import|url\(", page)


def test_only_proven_senders_were_heard(told: Told) -> None:
    """The server vouches for every mail the bot got."""
    mails = [path for path in told.out.glob("*.eml") if "-el-bot-" not in path.name]
    verdicts = Counter(b"; dmarc=pass " in path.read_bytes().splitlines()[0] for path in mails)
    assert verdicts == {True: 7}


def test_without_language_data_the_scan_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what is missing and how to get it."""

    def missing() -> Path:
        raise ocr.NoLanguageData("faltan los datos; instale tesseract-ocr-spa")

    monkeypatch.setattr(ocr, "language_data", missing)
    monkeypatch.setattr(story, "SCENES", story.SCENES[2:])
    story.tell(tmp_path / "out", stay=False)
    assert "Se omite esta parte: faltan los datos; instale" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.html"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Only what an earlier story left is cleared away."""
    (tmp_path / "01-carta.eml").write_text("de antes")
    (tmp_path / "tesis.doc").write_text("de otro")
    with pytest.raises(ConfigError, match=r"tesis\.doc"):
        story.tell(tmp_path, stay=False)
    assert len(list(tmp_path.iterdir())) == 2


def test_without_samples_it_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed program has no samples: the demonstration says where it can be run."""
    monkeypatch.setattr(papers, "SAMPLES", tmp_path / "nada")
    with pytest.raises(ConfigError, match="copia completa del repositorio"):
        story.tell(tmp_path / "out", stay=False)


# ------------------------------------------------------------------ staying


@pytest.fixture
def staying(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", STAY, str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the process says, up to the line with some words (or to its end)."""
    assert process.stdout is not None
    said = ""
    while words not in said and (line := process.stdout.readline()):
        said += line
    return said


def _invitation(process: subprocess.Popen[str]) -> dict[str, str]:
    """User, password, server and ports as printed."""
    said = _read_until(process, "Ctrl-C")
    found = re.search(
        r"usuario: (?P<user>\S+)\s+Contraseña: (?P<password>\S+)\s+"
        r"IMAP: servidor (?P<host>\S+), puerto (?P<imap>\d+)\s+"
        r"SMTP: servidor \S+, puerto (?P<smtp>\d+)",
        said,
    )
    assert found, said
    return found.groupdict()


def _question(at: dict[str, str]) -> EmailMessage:
    """The one mail in the inbox."""
    with imaplib.IMAP4(at["host"], int(at["imap"]), timeout=10) as imap:
        imap.login(at["user"], at["password"])
        assert imap.select("INBOX", readonly=True) == ("OK", [b"1"])
        _, [part, *_] = imap.fetch("1", "(BODY.PEEK[])")
        assert isinstance(part, tuple)
        return message_from_bytes(part[1], _class=EmailMessage, policy=policy.default)


def _approve(at: dict[str, str], question: EmailMessage) -> None:
    """Answer from a mail program that writes no Date and an unheard-of charset."""
    raw = (
        f"From: {at['user']}\r\nTo: {question['Reply-To']}\r\nSubject: Re: pregunta\r\n"
        "Content-Type: text/plain; charset=x-nadie\r\n\r\nAPROBAR\r\n"
    )
    with smtplib.SMTP(at["host"], int(at["smtp"]), timeout=10) as smtp:
        smtp.login(at["user"], at["password"])
        smtp.sendmail(at["user"], [str(question["Reply-To"].addresses[0].addr_spec)], raw.encode())


def test_staying_leaves_a_question_to_answer(staying: subprocess.Popen[str]) -> None:
    """Whoever logs in as printed can answer, and sees what follows; Ctrl-C ends it cleanly."""
    at = _invitation(staying)
    _approve(at, _question(at))
    assert "El bot → Wilber Apaza" in _read_until(staying, "(usuario y contraseña)")
    staying.send_signal(signal.SIGINT)
    said, errors = staying.communicate(timeout=20)
    assert (staying.returncode, errors) == (0, "")
    assert "se apagaron" in said
