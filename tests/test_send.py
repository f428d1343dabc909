"""Letters leave through real servers: once when all is well, again when it is not."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from house import ADMINISTRATOR, House, text_of

from mailbot import delivery, schedule
from mailbot.delivery import open_smtp
from mailbot.errors import Unreachable
from mailbot.model import Post as Place
from mailbot.store.tables import Account, LetterStatus

ALTA = "5.1-alta-especialista-ugel"
ROSA = "rosa.quispe@correo.example"


@dataclass
class Moody:
    """An SMTP server that answers DATA as it was told, and keeps what it took."""

    answers: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer; a 2xx answer and a promise broken afterwards both mean that it was taken."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
            self.options += envelope.mail_options
        return answer


@contextmanager
def moody(
    house: House, monkeypatch: pytest.MonkeyPatch, *answers: str, way: str = "SMTP", **more: str
) -> Iterator[Moody]:
    """Have the bot send one way through a moody server; `more` of that way's settings."""
    handler = Moody(list(answers))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    for key, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", str(port)),
        ("TLS", "none"),
        ("AUTH", "none"),
        *more.items(),
    ):
        monkeypatch.setenv(f"MAILBOT_{way}__{key}", value)
    house.reconfigure()
    try:
        yield handler
    finally:
        controller.stop()


def passwords(mails: list[bytes]) -> list[str]:
    """The temporary passwords of some credential mails."""
    texts = [text_of(message_from_bytes(raw, policy=policy.default)) for raw in mails]
    found = [re.search(r"Contraseña temporal: (\S+)", text) for text in texts]
    return [match[1] for match in found if match]


def valid(house: House, password: str) -> bool:
    """Whether a password is the one the directory would accept now."""
    from argon2 import PasswordHasher  # noqa: PLC0415
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415

    with house.store.read() as tx:
        (account,) = tx.query(Account).all()
    try:
        return PasswordHasher().verify(account.password_hash or "", password)
    except VerifyMismatchError:
        return False


def approved(house: House) -> None:
    """Bring a case to where its last letters are due."""
    house.send_sample(ALTA)
    house.poll()
    house.answer(house.question(ADMINISTRATOR), "APROBAR")
    house.post._drain()  # noqa: SLF001  the tests' own


def test_a_temporary_refusal_is_tried_again_under_the_same_message_id(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4xx: the question waits, and goes later as the same mail."""
    house.send_sample(ALTA)
    with moody(house, monkeypatch, "451 try later") as server:
        house.poll()
        assert server.taken == []
        assert house.letters()[0].status == LetterStatus.QUEUED
        house.clock.forward(minutes=5)
        house.poll()
        (raw,) = server.taken
    assert house.letters()[0].message_id.encode() in raw
    assert house.letters()[0].attempts == 2


def test_a_final_refusal_is_shown_to_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5xx: the letter is given up with the server's words; nothing is sent again."""
    house.send_sample(ALTA)
    with moody(house, monkeypatch, "554 no thanks") as server:
        house.poll()
        house.clock.forward(hours=1)
        house.poll()
        assert not any(b"[SIAGIE-1]" in raw for raw in server.taken)
    assert house.letters()[0].status == LetterStatus.FAILED
    assert "no thanks" in (house.letters()[0].error or "")


def test_each_attempt_at_credentials_makes_another_password(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever became of the first attempt, only the last password is valid."""
    approved(house)
    with moody(house, monkeypatch, "451 later") as server:
        house.poll()
        for _ in range(3):
            house.clock.forward(minutes=30)
            house.poll()
    (password,) = passwords(server.taken)
    assert valid(house, password)
    credentials = [x for x in house.letters() if x.kind == "holder-credentials"]
    assert [x.attempts for x in credentials] == [2]


def test_a_crash_between_sending_and_noting_sends_again_with_a_new_password(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter is found in `sending`: it leaves again, the first password is dead by then."""
    approved(house)
    with moody(house, monkeypatch) as server:
        house.poll()
        with house.store.begin() as tx:
            for letter in tx.query(type(house.letters()[0])):
                if letter.kind == "holder-credentials":
                    letter.status = LetterStatus.SENDING
        house.clock.forward(minutes=11)
        house.poll()
    first, second = passwords(server.taken)
    assert first != second
    assert not valid(house, first)
    assert valid(house, second)
    ids = {m["Message-ID"] for m in map(message_from_bytes, server.taken) if "contrase" in str(m)}
    assert len(ids) == len(
        [m for m in map(message_from_bytes, server.taken) if "contrase" in str(m)]
    )


def test_credentials_of_an_account_closed_meanwhile_are_not_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No password is made for who has no account any more."""
    approved(house)
    with moody(house, monkeypatch, "451 later", "451 later") as server:
        house.poll()
        with house.store.begin() as tx:
            tx.query(Account).one().status = "closed"  # type: ignore[assignment]
        house.clock.forward(hours=1)
        house.poll()
        assert passwords(server.taken) == []


def test_bounces_are_asked_to_bring_back_headers_only(house: House) -> None:
    """RET=HDRS (RFC 3461), where the server knows it: a bounce must not return a password."""
    house.seat("NADIE, Ana", "40000003", None, Place("especialista-ugel", "060004"))
    with open_smtp(house.rules.settings) as server:
        assert delivery._dsn(server) == (["RET=HDRS"], ["NOTIFY=FAILURE"])  # noqa: SLF001


def test_a_dead_server_is_unreachable_and_the_letter_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost and nothing is marked as sent."""
    house.send_sample(ALTA)
    monkeypatch.setenv("MAILBOT_SMTP__PORT", "1")
    with pytest.raises(Unreachable):
        house.poll()
    assert house.letters()[0].status == LetterStatus.QUEUED


def test_a_connection_lost_in_the_middle_leaves_the_letter_in_the_queue(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server hangs up at DATA; the next pass sends the letter."""
    house.send_sample(ALTA)
    with hanging_up() as port:
        for key, value in (
            ("HOST", "127.0.0.1"),
            ("PORT", str(port)),
            ("TLS", "none"),
            ("AUTH", "none"),
        ):
            monkeypatch.setenv(f"MAILBOT_SMTP__{key}", value)
        with pytest.raises(Unreachable):
            house.poll()
    assert house.letters()[0].status == LetterStatus.QUEUED


@contextmanager
def hanging_up() -> Iterator[int]:
    """A server that says hello and hangs up on the first command after it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"220 hello\r\n")
                connection.recv(1000)
                connection.sendall(b"250 hello\r\n")
                connection.recv(1000)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_wrong_password_names_the_setting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server, the user, and what to look at; not the password."""
    monkeypatch.setenv("MAILBOT_SMTP__PASSWORD", "equivocada")
    with (
        pytest.raises(Unreachable, match=r"smtp\.user y MAILBOT_SMTP__PASSWORD") as caught,
        open_smtp(house.rules.settings),
    ):
        pass
    assert "equivocada" not in str(caught.value)


def test_an_outage_is_said_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told when it begins and when it ends, and the servers are left alone meanwhile."""
    from datetime import timedelta  # noqa: PLC0415

    calls: list[Any] = []

    def broken() -> None:
        calls.append(1)
        if len(calls) < 4:
            raise Unreachable("no hay nadie")

    outage = schedule.Outage("correo", house.clock, timedelta(seconds=60))
    for _ in range(40):
        outage.guard(broken)
        house.clock.forward(seconds=60)
    said = capsys.readouterr()
    assert (said.out + said.err).count("outage_began") == 1
    assert (said.out + said.err).count("outage_ended") == 1
    assert 4 < len(calls) < 40
