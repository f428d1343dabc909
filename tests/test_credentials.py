"""A password lives between its making and its letter: once, nowhere else, and not after a bounce.

Over the real mail servers.
"""

import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from house import ADMINISTRATOR, House, kind_of, text_of
from imapclient import IMAPClient

from mailbot import backup, doctor
from mailbot.errors import Unreachable
from mailbot.mailbox import APART, open_mailbox
from mailbot.store import cases, mails
from mailbot.store.tables import Account, Mail
from mailbot.undelivered import MOST_A_DAY, resend

ALTA = "5.1-alta-especialista-ugel"
ROSA = "rosa.quispe@correo.example"
GHOST = "ghost@correo.example"


def opened(house: House) -> None:
    """Have the account opened and its credentials sent."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")


def bounced(house: House) -> None:
    """Have the credentials sent to an address that does not exist, and come back."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, f"correo {GHOST}")
    house.decide(ADMINISTRATOR, "APROBAR", count=2)
    house.poll()


def passwords(house: House) -> list[str]:
    """The passwords that reached the holder, oldest first."""
    arrived = [m for m in house.post.wait_for(ROSA) if kind_of(m) == "holder-credentials"]
    return [re.findall(r"Contraseña temporal: (\S+)", text_of(mail))[0] for mail in arrived]


def account(house: House) -> Account:
    (found,) = house.active()
    return found


def opens(house: House, password: str) -> bool:
    """Whether a password is the account's."""
    hashed = account(house).password_hash
    try:
        return hashed is not None and PasswordHasher().verify(hashed, password)
    except VerifyMismatchError:
        return False


def send_again(house: House) -> str | None:
    with house.store.begin() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        return resend(house.desk.at(tx), case, "operador de prueba")


def test_the_password_stands_in_its_letter_and_nowhere_else(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """T52: not in the database, its journal, the log, another letter, or any file of the bot's."""
    opened(house)
    (password,) = passwords(house)
    assert opens(house, password)
    files = [p for folder in (house.folder, tmp_path) for p in folder.rglob("*") if p.is_file()]
    assert len(files) > 5
    assert password.encode() not in house.held()
    assert [p for p in files if password.encode() in p.read_bytes()] == []
    shown = capsys.readouterr()
    assert password not in shown.out + shown.err
    for address in (ADMINISTRATOR, "mesadepartes@ugelchota.example"):
        assert all(password not in text_of(mail) for mail in house.post.inbox(address))


def test_sending_again_makes_another_password_and_kills_the_last(house: House) -> None:
    """P09: of all that were ever mailed, one opens the account."""
    opened(house)
    assert send_again(house) is None
    house.poll()
    first, second = passwords(house)
    assert first != second
    assert (opens(house, first), opens(house, second)) == (False, True)


def test_credentials_are_sent_again_only_so_often(house: House) -> None:
    """D.3: a slip or a stolen session cannot mail passwords without end."""
    opened(house)
    assert [send_again(house) for _ in range(MOST_A_DAY)] == [None] * MOST_A_DAY
    assert "espere a mañana" in (send_again(house) or "")
    house.clock.forward(days=2)
    assert send_again(house) is None


def test_a_case_without_an_account_has_no_credentials_to_send(house: House) -> None:
    """Nothing was opened yet: the operator is told so."""
    house.send_sample(ALTA)
    house.poll()
    assert "no creó ninguna cuenta" in (send_again(house) or "")


def test_credentials_that_come_back_are_void_and_told(house: House) -> None:
    """T43: the address does not exist: the password dies, an administrator hears why."""
    bounced(house)
    assert account(house).password_hash is None
    told = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "administrator-returned")
    assert f"no llegó a {GHOST}" in text_of(told[-1])


def test_the_bounce_does_not_bring_the_password_back(house: House) -> None:
    """T43: a returned letter comes as headers only, so the mailbox never holds a secret."""
    bounced(house)
    with house.store.read() as tx:
        kept = [mails.raw(tx, row.id) for row in tx.query(Mail)]
    (report,) = [raw for raw in kept if b"multipart/report" in raw]
    assert b"Contrase=C3=B1a temporal" not in report


# ------------------------------------------------------------------ typed by who works in SIAGIE

WORKER = "ana.vera@minedu.example"
TYPED = "Tecl3ada-por=Ana"


@pytest.fixture
def paper_house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot whose accounts a person makes, who may type the password."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__KIND", "workorder")
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__TO", WORKER)
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__CREDENTIALS", "reply")
    house.reconfigure()
    return house


@pytest.mark.both_databases
def test_a_password_somebody_typed_stands_in_its_letter_and_nowhere_else(
    paper_house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """T52: neither sealed nor in clear in the database, a copy, the log, the mailbox's folders."""
    house = paper_house
    opened(house)
    (order,) = house.post.wait_for(WORKER, lambda m: kind_of(m) == "worker-order")
    house.answer(order, f"HECHO usuario rosaq clave {TYPED}")
    house.poll()
    assert not [x.error for x in house.letters() if x.error]
    (letter,) = house.post.wait_for(ROSA)
    assert f"Contraseña: {TYPED}" in text_of(letter)
    assert [row.username for row in house.active()] == ["rosaq"]
    assert house.cases()[0].status == "done"
    with house.store.read() as tx:
        kept = [mails.raw(tx, row.id) for row in tx.query(Mail)]
    assert not any(TYPED.encode() in raw for raw in kept)
    assert TYPED.encode() not in house.held()
    if house.store.engine.dialect.name == "sqlite":
        backup.make(house.desk, tmp_path / "copy.db")
    places = [p for folder in (house.folder, tmp_path) for p in folder.rglob("*") if p.is_file()]
    assert [p for p in places if TYPED.encode() in p.read_bytes()] == []
    with open_mailbox(house.rules.settings) as mailbox:
        for folder in ("INBOX", "Procesados", "Apartados"):
            mailbox.client.select_folder(folder)
            assert mailbox.client.search(["TEXT", TYPED]) == [], folder
    shown = capsys.readouterr()
    assert TYPED not in shown.out + shown.err
    for address in (ADMINISTRATOR, WORKER, "mesadepartes@ugelchota.example"):
        assert all(TYPED not in text_of(mail) for mail in house.post.inbox(address))


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have the mail server lack what it really has."""
    able = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name not in names and able(self, name)
    )


def lying(house: House, folder: str) -> int:
    """How many mails lie in a folder of the bot's; -1 when there is no such folder."""
    with open_mailbox(house.rules.settings) as mailbox:
        if not mailbox.client.folder_exists(folder):
            return -1
        mailbox.client.select_folder(folder, readonly=True)
        return len(mailbox.client.search("ALL"))


def test_a_typed_password_leaves_the_mailbox_of_a_server_that_cannot_delete_one_mail(
    paper_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T52: by way of a folder of the bot's own; what somebody else has marked stays."""
    house = paper_house
    opened(house)
    (order,) = house.post.wait_for(WORKER, lambda m: kind_of(m) == "worker-order")
    with open_mailbox(house.rules.settings) as mailbox:
        mailbox.client.append("INBOX", b"Subject: de otra persona\r\n\r\nx", [b"\\Deleted"])
        mailbox.client.create_folder(APART)  # a program was killed before it emptied it
        mailbox.client.append(APART, f"Subject: Re\r\n\r\n{TYPED}".encode())
    without(monkeypatch, "UIDPLUS")
    house.answer(order, f"HECHO usuario rosaq clave {TYPED}")
    house.poll()
    assert [row.username for row in house.active()] == ["rosaq"]
    assert lying(house, APART) == -1
    with open_mailbox(house.rules.settings) as mailbox:
        found = 0
        for folder in ("INBOX", "Procesados", "Apartados"):
            mailbox.client.select_folder(folder, readonly=True)
            assert mailbox.client.search(["TEXT", TYPED]) == [], folder
            found += len(mailbox.client.search(["SUBJECT", "de otra persona"]))
    assert found == 1


def test_a_server_that_can_move_nothing_is_told_of_and_gets_no_copies(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither MOVE nor UIDPLUS: doctor says so, and no pass leaves a copy more."""
    without(monkeypatch, "UIDPLUS", "MOVE")
    check = doctor.attempt("imap", house.rules.settings)
    assert (check.works, "MOVE ni UIDPLUS" in check.detail) == (False, True)
    house.send_sample(ALTA)
    for _ in range(2):
        with pytest.raises(Unreachable, match="MOVE ni UIDPLUS"):
            house.poll()
    assert lying(house, "Procesados") == 0
