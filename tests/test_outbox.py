"""The outbox is honest: what it does not know it calls uncertain, and whose fault it was it tells.

Over the real servers, and a wire between that fails.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import servers
from house import ADMINISTRATOR, House, text_of
from hypothesis import given
from hypothesis import strategies as st
from proxy import Fault, Proxy, between, smtp

from mailbot import backoff, send
from mailbot.delivery import Fate, meaning, queue_id
from mailbot.errors import Refused, Unreachable
from mailbot.store import letters
from mailbot.store.tables import Event, Letter, LetterStatus

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"


@pytest.fixture
def wire(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The bot's way to its server, which may fail."""
    with between(house.post.servers.bare_port, smtp) as proxy:
        told = {"HOST": "127.0.0.1", "PORT": str(proxy.port), "TLS": "none", "TIMEOUT_SECONDS": "3"}
        for key, value in told.items():
            monkeypatch.setenv(f"MAILBOT_SMTP__{key}", value)
        house.reconfigure()
        yield proxy


def letter(house: House, number: int = 1) -> Letter:
    """A letter as it stands now."""
    return next(x for x in house.letters() if x.id == number)


def events(house: House, name: str) -> int:
    """How often something was written into the journal."""
    with house.store.read() as tx:
        return tx.query(Event).filter(Event.name == name).count()


def queue(house: House, count: int) -> None:
    """Have some letters wait: each answers a question about something else."""
    with house.store.begin() as tx:
        for n in range(count):
            made = Letter(
                message_id=f"<{n}@mailbot.example>",
                kind="asker-unrelated",
                recipient=f"persona{n}@correo.example",
                context={"bot_name": "x", "asks_other": False, "elsewhere": "", "subject": ""},
                created_at=house.clock(),
                due_at=house.clock(),
            )
            assert letters.add(tx, made)


# ------------------------------------------------------------------ what an answer means


@pytest.mark.parametrize(
    ("stage", "code", "said", "fate"),
    [
        ("mail", 421, "4.3.2 shutting down", Fate.LATER),
        ("mail", 451, "4.3.0 try again", Fate.HELD),
        ("mail", 553, "5.7.1 sender not yours", Fate.HELD),
        ("mail", 530, "5.7.0 authentication required", Fate.HELD),
        ("mail", 552, "5.3.4 message size exceeds limit", Fate.TOO_BIG),
        ("rcpt", 450, "4.2.0 greylisted", Fate.LATER),
        ("rcpt", 452, "4.2.2 mailbox full", Fate.LATER),
        ("rcpt", 550, "5.1.1 no such user", Fate.REFUSED),
        ("rcpt", 552, "5.2.2 mailbox full", Fate.REFUSED),
        ("rcpt", 550, "5.7.1 blocked by policy", Fate.REFUSED),
        ("rcpt", 554, "5.7.1 <a@b>: Relay access denied", Fate.HELD),
        ("rcpt", 550, "5.7.1 Unable to relay", Fate.HELD),
        ("data", 554, "5.5.1 no valid recipients", Fate.REFUSED),
        ("text", 421, "4.3.2 shutting down", Fate.LATER),
        ("text", 451, "4.3.0 queue file write error", Fate.LATER),
        ("text", 552, "5.3.4 message too big", Fate.TOO_BIG),
        ("text", 554, "5.3.4 Message too big for system", Fate.TOO_BIG),
        ("text", 552, "5.2.2 mailbox full", Fate.REFUSED),
        ("text", 554, "5.7.1 spam", Fate.REFUSED),
    ],
)
def test_a_refusal_means_what_it_means_when_it_is_said(
    stage: str, code: int, said: str, fate: Fate
) -> None:
    """Of us, of the reader, of the letter, for now or for good."""
    assert meaning(stage, code, said) is fate


@given(
    st.sampled_from(["mail", "rcpt", "data", "text"]),
    st.integers(400, 599),
    st.text(max_size=40),
)
def test_every_refusal_means_something_and_a_4xx_is_never_final(
    stage: str, code: int, said: str
) -> None:
    """The table has an answer for all there is."""
    fate = meaning(stage, code, said)
    assert fate not in (Fate.TAKEN, Fate.DOUBT)
    assert code >= 500 or fate in (Fate.LATER, Fate.HELD)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("2.0.0 Ok: queued as 4b2F1x0abcz", "4b2F1x0abcz"),
        ("OK id=1tFxyz-0001ab-2C", "1tFxyz-0001ab-2C"),
        ("2.6.0 <a@b> [InternalId=1234567, Hostname=x] Queued mail for delivery", "1234567"),
        ("2.0.0 OK  1764012345 d9443c01a7336 - gsmtp", "2.0.0 OK 1764012345 d9443c01a7336 - gsmtp"),
        ("", ""),
    ],
)
def test_the_name_a_server_gives_a_letter_is_found(said: str, name: str) -> None:
    """Postfix, Exim, Exchange; what others say is kept as it is."""
    assert queue_id(said) == name


def test_the_queue_id_is_kept_and_found_in_the_servers_own_log(house: House) -> None:
    """Whoever runs the server can be told which letter it was."""
    house.send_sample(ALTA)
    house.poll()
    kept = letter(house).queue_id
    assert kept
    assert f"{kept}: from=" in servers.MailServers.log(house.post.servers, 500)


@given(st.integers(1, 60), st.text(min_size=1, max_size=20))
def test_waits_grow_to_a_bound_and_are_spread(tries: int, what: str) -> None:
    """Between half and all of what doubling gives, always the same for the same letter."""
    first, longest = timedelta(minutes=1), timedelta(hours=2)
    whole = min(first * 2 ** min(tries - 1, 20), longest)
    wait = backoff.wait(tries, what, first, longest)
    assert whole / 2 <= wait <= whole
    assert wait == backoff.wait(tries, what, first, longest)


def test_letters_that_failed_together_do_not_come_back_together() -> None:
    """A hundred letters are spread over the wait."""
    waits = {backoff.wait(5, f"<{n}>", timedelta(minutes=1), timedelta(hours=2)) for n in range(99)}
    assert len(waits) > 90


# ------------------------------------------------------------------ the states


def test_an_answer_lost_after_the_text_leaves_a_letter_in_doubt_and_sends_it_again(
    house: House, wire: Proxy
) -> None:
    """The server had it: it arrives twice, under one Message-ID, word for word."""
    house.send_sample(ALTA)
    wire.fault = Fault(r"\.", "drop-after")
    with pytest.raises(Unreachable):
        house.poll()
    assert letter(house).status == LetterStatus.UNCERTAIN
    assert events(house, "letter_uncertain") == 1
    house.clock.forward(minutes=5)
    house.poll()
    assert letter(house).status == LetterStatus.SENT
    first, second = house.post.wait_for(ADMINISTRATOR, count=2)
    for field in ("Message-ID", "Date", "Subject", "Reply-To"):
        assert first[field] == second[field]
    assert text_of(first) == text_of(second)


def test_a_letter_found_on_its_way_after_a_crash_is_uncertain(house: House) -> None:
    """Not before its sender must be dead; then it is told, and sent again."""
    house.send_sample(ALTA)
    house.poll()
    with house.store.begin() as tx:
        tx.get_one(Letter, 1).status = LetterStatus.SENDING
    house.clock.forward(minutes=9)
    house.poll()
    assert letter(house).status == LetterStatus.SENDING
    house.clock.forward(minutes=2)
    house.poll()
    assert (letter(house).status, letter(house).attempts) == (LetterStatus.SENT, 2)
    assert events(house, "letter_uncertain") == 1


def test_who_was_thought_dead_changes_nothing_any_more(house: House) -> None:
    """The attempt is the fence: a late sender's word on a letter somebody else has is void."""
    queue(house, 1)
    now = house.clock()
    with house.store.begin() as tx:
        slow = letters.begin(tx, 1, now)
    assert slow is not None
    tx_now = now + timedelta(minutes=11)
    with house.store.begin() as tx:
        assert [x.id for x in letters.interrupted(tx, tx_now)] == [1]
        assert letters.put_back(tx, slow, LetterStatus.UNCERTAIN, tx_now, "x")
        quick = letters.begin(tx, 1, tx_now)
    assert quick is not None
    slow_view = Letter(id=1, attempts=1)
    with house.store.begin() as tx:
        assert not letters.sent(tx, slow_view, tx_now, "late")
        assert not letters.fail(tx, slow_view, "late")
    with house.store.begin() as tx:
        assert letters.sent(tx, Letter(id=1, attempts=2), tx_now, "A1")
    assert letter(house).queue_id == "A1"


def test_a_dead_connection_is_opened_once_more_and_the_next_letters_go_on(
    house: House, wire: Proxy
) -> None:
    """One letter waits; the others leave in the same cycle."""
    queue(house, 3)
    wire.fault = Fault(r"(?i)MAIL .*", "drop")
    assert send.send_due(house.desk) == 2
    assert [x.status for x in house.letters()] == [LetterStatus.QUEUED, *[LetterStatus.SENT] * 2]


def test_a_connection_that_dies_twice_ends_the_cycle(house: House, wire: Proxy) -> None:
    """No third try; what was not begun has lost no attempt."""
    queue(house, 5)
    wire.fault = Fault(r"(?i)MAIL .*", "drop", times=99)
    with pytest.raises(Unreachable):
        send.send_due(house.desk)
    assert [x.attempts for x in house.letters()] == [1, 1, 0, 0, 0]
    assert wire.hits == 2


def test_a_server_that_takes_none_of_our_letters_fails_none(house: House, wire: Proxy) -> None:
    """Three refusals and the cycle ends, as a login that is refused; no letter pays for it."""
    queue(house, 6)
    wire.fault = Fault(r"(?i)MAIL .*", "answer", "553 5.7.1 sender not allowed", times=99)
    for _ in range(4):
        with pytest.raises(Refused, match="sender not allowed"):
            send.send_due(house.desk)
        house.clock.forward(hours=1)
    assert wire.hits == 4 * 3
    assert {x.status for x in house.letters()} == {LetterStatus.QUEUED}
    assert {x.attempts for x in house.letters()} == {0}
    wire.heal()
    assert send.send_due(house.desk) == 6


def test_a_letter_too_big_for_the_server_keeps_no_other_back(house: House, wire: Proxy) -> None:
    """It is tried again now and then, and given up in the end; the others leave."""
    queue(house, 2)
    wire.fault = Fault(r"(?i)MAIL .*", "answer", "552 5.3.4 message size exceeds limit")
    assert send.send_due(house.desk) == 1
    first, second = house.letters()
    assert (first.status, second.status) == (LetterStatus.QUEUED, LetterStatus.SENT)
    wire.heal()
    for _ in range(20):
        wire.fault = Fault(r"(?i)RCPT TO:<persona0.*", "answer", "452 4.3.1 no", times=99)
        send.send_due(house.desk)
        house.clock.forward(hours=2)
    assert letter(house).status == LetterStatus.FAILED
    assert letter(house).attempts == send.MAX_ATTEMPTS


def test_a_wrong_password_is_tried_three_times_and_then_rested_from(
    house: House, wire: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock-out loop; another password is another try."""
    queue(house, 1)
    wire.fault = Fault(r"(?i)AUTH .*", "answer", "535 5.7.8 no", times=99)
    for _ in range(3):
        with pytest.raises(Refused):
            send.send_due(house.desk)
    for _ in range(3):
        with pytest.raises(Unreachable, match="mailbot doctor"):
            send.send_due(house.desk)
    assert wire.hits == 3
    wire.heal()
    monkeypatch.setenv("MAILBOT_SMTP__PASSWORD", house.post.servers.password)
    house.reconfigure()
    assert send.send_due(house.desk) == 1


def test_a_passing_trouble_at_login_is_no_wrong_password(house: House, wire: Proxy) -> None:
    """454: as often as it takes."""
    queue(house, 1)
    wire.fault = Fault(r"(?i)AUTH .*", "answer", "454 4.7.0 later", times=5)
    for _ in range(5):
        with pytest.raises(Unreachable):
            send.send_due(house.desk)
    assert send.send_due(house.desk) == 1


def test_an_operator_sees_what_waits_and_why(
    house: House,
    wire: Proxy,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`mailbot pending`, `mailbot case N`: states in words, the server's name for a letter."""
    from test_cli import run  # noqa: PLC0415

    house.send_sample(ALTA)
    wire.fault = Fault(r"\.", "drop-after")
    with pytest.raises(Unreachable):
        house.poll()
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    assert "Cartas que se intentan de nuevo" in run(capsys, monkeypatch, "pending")[1]
    (waiting,) = json.loads(run(capsys, monkeypatch, "pending", "--json")[1])["letters_waiting"]
    assert (waiting["status"], waiting["attempts"]) == ("uncertain", 1)
    house.clock.forward(minutes=5)
    house.poll()
    out = "".join(run(capsys, monkeypatch, "case", "1")[1].split())
    assert f"enviada(enelservidor:{letter(house).queue_id})" in out, "lines may break anywhere"
