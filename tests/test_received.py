"""Who asks is told at once that the request arrived, under which number, and what comes next."""

from pathlib import Path

import mails
import pytest
from house import ADMINISTRATOR, BOT, SAMPLES, House, files_of, kind_of, text_of

UGEL = "mesadepartes@ugelchota.example"
ALTA = "5.1-alta-especialista-ugel"


@pytest.fixture
def house(house: House) -> House:
    """A bot that acknowledges, as it is shipped."""
    path = house.folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count("acknowledge = false") == 1
    path.write_text(text.replace("acknowledge = false", "acknowledge = true"), encoding="utf-8")
    return house


def sample(name: str) -> bytes:
    """A sample as it was sent."""
    return Path(SAMPLES / f"{name}.eml").read_bytes()


def test_a_complete_request_is_acknowledged_in_its_thread(house: House) -> None:
    """One letter with the case's number, who is told later, and nothing that commands."""
    house.send(sample(ALTA), UGEL)
    house.poll()
    (letter,) = house.post.wait_for(UGEL)
    assert kind_of(letter) == "asker-received"
    assert "[SIAGIE-1]" in letter["Subject"]
    assert "Caso 1: alta de Especialista SIAGIE UGEL" in text_of(letter)
    assert letter["In-Reply-To"]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert house.received(ADMINISTRATOR) == ["decider-question"]


def test_a_mail_sent_again_is_not_acknowledged_again(house: House) -> None:
    """Its sender is told that the same request waits already."""
    house.send(sample(ALTA), UGEL)
    house.poll()
    house.send(sample(ALTA), UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-received", "asker-refused"]


def test_what_is_observed_needs_no_other_letter_until_it_is_complete(house: House) -> None:
    """The observation says that the mail arrived; what completes it is acknowledged."""
    files = files_of(ALTA)
    oficio = [f for f in files if "OFICIO" in (f.filename or "")]
    rd = [f for f in files if "RD" in (f.filename or "")]
    first = mails.compose(UGEL, BOT, "Alta de usuario", text="Remito.", attachments=oficio)
    house.send(first, UGEL)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    ident = str(observed["Message-ID"])
    answer = mails.compose(
        UGEL, BOT, "Re: Alta", text="Adjunto.", attachments=rd, in_reply_to=ident
    )
    house.send(answer, UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-observed", "asker-received"]


def test_an_operator_may_leave_it_out(house: House) -> None:
    """With ``acknowledge = false`` the office hears of the result only."""
    path = house.folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8").replace("acknowledge = true", "acknowledge = false")
    path.write_text(text, encoding="utf-8")
    house.send(sample(ALTA), UGEL)
    house.poll()
    assert house.received(ADMINISTRATOR) == ["decider-question"]
    assert house.received(UGEL) == []


def test_too_many_mails_are_not_all_acknowledged(house: House) -> None:
    """The letter counts among those one address gets in a day."""
    path = house.folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("answers_per_day = 20", "answers_per_day = 1"), encoding="utf-8")
    house.send(sample(ALTA), UGEL)
    house.poll()
    files = files_of("7.1-alta-estadistico-ugel")
    house.send(mails.compose(UGEL, BOT, "Alta", text="Remito.", attachments=files), UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-received"]
    assert len(house.cases()) == 2
