"""The silence detector: what the bot writes to itself comes back, or somebody hears of it."""

import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from house import ADMINISTRATOR, BOT, House, kind_of
from imapclient import IMAPClient
from mails import compose

from mailbot import health, heartbeat, ingest, pipeline, schedule, vigil
from mailbot.errors import Unreachable
from mailbot.mailbox import open_mailbox
from mailbot.store import pulse
from mailbot.store.pulse import Heartbeat, Inbox
from mailbot.store.tables import Letter, Mail, MailStatus

SUBJECT = "Latido de mailbot"


@pytest.fixture
def house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house where the bot writes to itself every half hour."""
    monkeypatch.setenv("MAILBOT_HEALTH__HEARTBEAT_MINUTES", "30")
    house.reconfigure()
    return house


def heart(house: House) -> Heartbeat:
    """What is noted of the letters to ourselves."""
    with house.store.read() as tx:
        return pulse.heartbeat(tx)


def state(house: House, code: str) -> health.Check:
    """How one row of health stands."""
    facts = health.gather(house.store, house.rules.settings, house.clock())
    return next(check for check in health.examine(facts) if check.code == code)


def subjects(house: House, folder: str = "INBOX") -> list[str]:
    """The subjects of the mails in a folder of the bot's."""
    house.post._drain()  # noqa: SLF001  the tests' own
    return [str(mail["Subject"]) for mail in house.post.folder(BOT, folder)]


def test_a_beat_arrives_is_timed_and_leaves_nothing(house: House) -> None:
    """It gets no row, no letter, no answer, and lies in no folder once it was seen."""
    house.poll()
    assert subjects(house) == [SUBJECT]
    house.clock.forward(seconds=75)
    house.poll()
    assert heart(house).seconds == 75
    assert heart(house).pending == ()
    assert subjects(house) == subjects(house, "Procesados") == subjects(house, "Apartados") == []
    with house.store.read() as tx:
        assert tx.query(Mail).count() == 0
        assert tx.query(Letter).count() == 0
    assert state(house, "heartbeat").words == "llegó hace 0 s; tardó 75 s"


def test_a_beat_leaves_when_it_is_time_and_not_before(house: House) -> None:
    """Every thirty minutes one, however often the bot polls."""
    sent = set()
    for _ in range(7):
        house.poll()
        sent.add(heart(house).sent)
        house.clock.forward(minutes=10)
    assert len(sent) == 3
    assert heart(house).missed == 0


def test_no_beats_when_they_are_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 minutes: nobody writes to himself, and health says that silence would go unnoticed."""
    monkeypatch.setenv("MAILBOT_HEALTH__HEARTBEAT_MINUTES", "0")
    house.reconfigure()
    house.poll()
    assert subjects(house) == []
    assert state(house, "heartbeat").state == health.State.NOTE


def test_a_beat_is_marked_as_written_by_a_machine(house: House) -> None:
    """Nobody's automatic answer is provoked, and no two beats are alike."""
    house.poll()
    (mail,) = house.post.wait_for(BOT, SUBJECT)
    assert isinstance(mail, EmailMessage)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(
        r"<bot-heartbeat\.[0-9a-f]{32}\.[0-9a-f]{16}@mailbot\.example>", mail["Message-ID"]
    )


def lose(house: House) -> None:
    """Take the beat out of the inbox as a filter would."""
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        mailbox.move(mailbox.uids(), "Apartados")


def test_a_lost_beat_is_noticed_and_the_next_one_ends_the_alarm(house: House) -> None:
    """Past its bound the row turns bad; when the way is open again it is well."""
    house.poll()
    lose(house)
    house.clock.forward(minutes=14)
    house.poll()
    assert state(house, "heartbeat").state == health.State.GOOD
    house.clock.forward(minutes=2)
    house.poll()
    check = state(house, "heartbeat")
    assert check.state == health.State.BAD
    assert "hace 16 min no ha llegado" in check.words
    house.clock.forward(minutes=20)
    house.poll()  # another beat leaves
    assert state(house, "heartbeat").state == health.State.BAD
    house.clock.forward(minutes=1)
    house.poll()
    assert state(house, "heartbeat").state == health.State.GOOD
    assert heart(house).missed == 1


def test_only_the_very_beat_that_is_awaited_is_deleted(house: House) -> None:
    """A mail that looks like one, or is an old one again, goes the way of any mail."""
    house.poll()
    (mail,) = house.post.wait_for(BOT, SUBJECT)
    house.poll()
    for message_id in (mail["Message-ID"], "<bot-heartbeat.0.0@mailbot.example>"):
        again = compose(
            "alguien@correo.example", BOT, "Solicito alta", text="Por favor.", authenticated=False
        )
        again = re.sub(rb"(?im)^Message-ID:.*\r?\n", b"", again)
        house.send(b"Message-ID: %s\r\n" % message_id.encode() + again, "alguien@correo.example")
    house.poll()
    with house.store.read() as tx:
        assert tx.query(Mail).filter(Mail.status != MailStatus.NEW).count() == 2
    assert len(subjects(house, "Procesados") + subjects(house, "Apartados")) == 2


def test_a_server_that_cannot_delete_one_mail_moves_the_beat_like_any_own_mail(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without UIDPLUS nothing is expunged: it ends as our own, unanswered."""
    able = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name != "UIDPLUS" and able(self, name)
    )
    house.poll()
    house.poll()
    assert heart(house).seconds == 0
    assert subjects(house, "Procesados") == [SUBJECT]
    assert house.letters() == []


def test_a_beat_its_search_did_not_find_counts_once_it_is_stored(house: House) -> None:
    """A slow index makes no false alarm: stored is arrived."""
    house.poll()
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
    house.poll()
    house.poll()
    assert heart(house).pending == ()
    assert house.letters() == []


def test_a_beat_is_tried_again_when_the_server_was_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What never left is not waited for."""
    monkeypatch.setenv("MAILBOT_SMTP__PORT", "1")
    house.reconfigure()
    with pytest.raises(Unreachable):
        heartbeat.send(house.desk)
    assert heart(house) == Heartbeat()
    monkeypatch.delenv("MAILBOT_SMTP__PORT")
    house.reconfigure()
    assert heartbeat.send(house.desk)


# ------------------------------------------------------------------ the inbox beside the store


def test_a_mail_that_is_never_stored_is_found_after_some_passes(house: House) -> None:
    """A newcomer is no trouble, a mail that stays without a row is; storing it mends it."""
    house.send_sample("rebote")
    house.post._drain()  # noqa: SLF001  the tests' own
    for passes in range(1, health.STRANGER_PASSES + 1):
        with open_mailbox(house.rules.settings) as mailbox:
            vigil.compare_inbox(house.desk, mailbox)
        bad = state(house, "inbox").state == health.State.BAD
        assert bad == (passes == health.STRANGER_PASSES)
    house.poll()
    assert "todo registrado" in state(house, "inbox").words


def test_a_mail_noted_as_moved_that_lies_there_is_found(house: House) -> None:
    """A server that says it moved and did not."""
    house.send_sample("rebote")
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
        with house.store.begin() as tx:
            (mail,) = tx.query(Mail).all()
            mail.status, mail.moved_at = MailStatus.DONE, house.clock()
        vigil.compare_inbox(house.desk, mailbox)
    check = state(house, "inbox")
    assert check.state == health.State.BAD
    assert "1 ya movidos" in check.words


def test_the_inbox_is_listed_only_while_it_does_not_add_up_and_once_an_hour(house: House) -> None:
    """As many mails as rows: their number is enough; one too many and one too few are found."""

    def compared() -> Inbox:
        house.post._drain()  # noqa: SLF001  the tests' own
        with open_mailbox(house.rules.settings) as mailbox:
            ingest.ingest(house.desk, mailbox)
            vigil.compare_inbox(house.desk, mailbox)
        with house.store.read() as tx:
            return pulse.inbox(tx)

    house.send_sample("rebote")
    house.poll()
    first = compared()
    house.clock.forward(minutes=30)
    assert compared() == replace(first, at=house.clock())
    house.send_sample("5.1-alta-especialista-ugel")
    compared()
    house.clock.forward(minutes=1)
    assert compared().count == len(house.post.inbox(BOT))
    with house.store.begin() as tx:  # its row stands for another mail, and nobody knows it
        tx.query(Mail).order_by(Mail.id.desc()).limit(1).one().uid += 1000
    house.clock.forward(minutes=1)
    assert not compared().strangers
    house.clock.forward(hours=1)
    assert [list(compared().strangers.values()) for _ in range(2)] == [[1], [2]]


def test_strangers_of_a_renumbered_folder_begin_anew(house: House) -> None:
    """UIDs of before say nothing once the folder has other numbers."""
    with house.store.begin() as tx:
        pulse.keep_inbox(tx, Inbox(house.clock(), 1, 1, {1: 50}))
    house.send_sample("rebote")
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        vigil.compare_inbox(house.desk, mailbox)
    with house.store.read() as tx:
        assert list(pulse.inbox(tx).strangers.values()) == [1]


# ------------------------------------------------------------------ passes


def test_letters_leave_while_the_inbox_cannot_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mailbox that is away holds no letter back."""
    house.send_sample("5.1-alta-especialista-ugel")
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
    pipeline.process(house.desk)
    monkeypatch.setenv("MAILBOT_IMAP__PORT", "1")
    house.reconfigure()
    with pytest.raises(Unreachable, match="IMAP"):
        schedule.one_pass(house.desk)
    assert [kind_of(m) for m in house.post.wait_for(ADMINISTRATOR)] == ["decider-question"]
