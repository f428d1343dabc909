"""Alarms: each said once where it is heard, again at most daily, and once more when it is over."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import failpoints
import pytest
from failpoints import Killed
from house import ADMINISTRATOR, House, kind_of, text_of
from test_cli import Run, bot
from test_send import Moody, moody

from mailbot import schedule, second_way
from mailbot.alarm import Watch
from mailbot.errors import Unreachable
from mailbot.store.tables import Letter, LetterStatus

__all__ = ["bot"]

TOKEN = "clave del aviso"


@dataclass
class Listener:
    """A little web server that keeps what it is told, and answers as it was told."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    @property
    def turns(self) -> list[str]:
        """What was heard, as ``turn code``."""
        return [f"{news['turn']} {news['code']}" for news in self.heard]


@contextmanager
def listening(*answers: int) -> Iterator[Listener]:
    """A web server on a free port of this machine."""
    told = Listener(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = told.answers.pop(0) if told.answers else 204
            if answer < 300:
                told.heard.append(body)
                told.tokens.append(self.headers["Authorization"])
            self.send_response(answer)
            if answer == 302:
                self.send_header("Location", f"http://127.0.0.1:{told.port}/otro")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """The second way out is a web address."""
    with listening() as told:
        use(house, monkeypatch, told)
        yield told


def use(house: House, monkeypatch: pytest.MonkeyPatch, told: Listener) -> None:
    """Have the bot tell a listener."""
    monkeypatch.setenv("MAILBOT_ALARM__WEBHOOK_URL", f"http://127.0.0.1:{told.port}/secreto")
    monkeypatch.setenv("MAILBOT_ALARM__WEBHOOK_TOKEN", TOKEN)
    house.reconfigure()


def away(house: House, monkeypatch: pytest.MonkeyPatch, *servers: str) -> None:
    """Have some of the mail servers not answer; none named: all are back."""
    for name in ("IMAP", "SMTP"):
        if name in servers:
            monkeypatch.setenv(f"MAILBOT_{name}__PORT", "1")
        else:
            monkeypatch.delenv(f"MAILBOT_{name}__PORT", raising=False)
    house.reconfigure()


def live(house: House, watch: Watch, **time: float) -> None:
    """Let time pass minute by minute, passes and looks as in the service."""
    for _ in range(round(timedelta(**time) / timedelta(minutes=4))):
        house.clock.forward(minutes=4)
        for work in (schedule.one_pass, schedule.do_chores):
            with suppress(Unreachable):
                work(house.desk)
        watch.review(house.desk)


def test_an_outage_is_told_when_it_has_lasted_and_when_it_is_over(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once, not twice; what it is, since when, what to do; then that it is over."""
    watch = Watch()
    live(house, watch, minutes=4)
    away(house, monkeypatch, "IMAP", "SMTP")
    live(house, watch, minutes=12)
    assert web.heard == []
    live(house, watch, minutes=60)
    assert sorted(web.turns) == ["began poll", "began send"]
    (poll,) = [news for news in web.heard if news["code"] == "poll"]
    assert poll["label"] == "Lectura del correo"
    assert "127.0.0.1" in poll["words"]
    assert poll["mend"]
    assert poll["text"].startswith("SIAGIE: el buzón necesita atención: Lectura del correo")
    away(house, monkeypatch)
    back = house.clock() + timedelta(minutes=4)
    live(house, watch, minutes=40)
    assert sorted(web.turns[2:]) == ["ended poll", "ended send"]
    assert {news["at"] for news in web.heard[2:]} == {back.isoformat()}
    live(house, watch, minutes=40)
    assert len(web.heard) == 4
    assert web.tokens == [f"Bearer {TOKEN}"] * 4


def test_a_standing_alarm_is_recalled_once_a_day(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two days of outage: the beginning and a reminder a day, under names of their own."""
    watch = Watch()
    live(house, watch, minutes=4)
    away(house, monkeypatch, "IMAP")
    for _ in range(49):
        house.clock.forward(hours=1)
        live(house, watch, minutes=4)
    turns = [turn for turn in web.turns if turn.endswith(" poll")]
    assert turns == ["began poll", "lasts poll", "lasts poll"]
    names = [news["id"] for news in web.heard if news["code"] == "poll"]
    assert len(set(names)) == 3


def test_a_restart_repeats_nothing(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was told is in the store: another watch, another process, says nothing anew."""
    live(house, Watch(), minutes=4)
    away(house, monkeypatch, "IMAP")
    for _ in range(15):
        live(house, Watch(), minutes=4)
    assert web.turns == ["began poll"]


@pytest.mark.parametrize("dies", ["after alarm._mail", "before alarm.Watch._keep"])
def test_who_dies_while_telling_tells_the_same_news(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Dead between the letter and the last note: no second letter, the web hears the same `id`."""
    live(house, Watch(), minutes=4)
    away(house, monkeypatch, "IMAP")
    reached: list[str] = []

    def reach(when: str, site: str) -> None:
        reached.append(f"{when} {site}")
        if "after alarm._mail" in reached and reached[-1] == dies:
            raise Killed

    with monkeypatch.context() as patch:
        failpoints.install(reach, patch.setattr)
        with pytest.raises(Killed):
            live(house, Watch(), minutes=60)
    live(house, Watch(), minutes=40)
    letters = [x for x in house.letters() if x.kind == second_way.KIND]
    assert len({x.recipient for x in letters}) == len(letters) > 0
    assert len({news["id"] for news in web.heard}) == 1


def test_a_trouble_that_comes_and_goes_is_one_trouble(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is over only once it has been gone for a while."""
    watch = Watch()
    live(house, watch, minutes=4)
    for _ in range(4):
        away(house, monkeypatch, "IMAP")
        live(house, watch, minutes=20)
        away(house, monkeypatch)
        live(house, watch, minutes=4)
    assert web.turns == ["began poll"]
    live(house, watch, minutes=36)
    assert web.turns == ["began poll", "ended poll"]


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_what_nobody_heard_is_said_again(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: int
) -> None:
    """A web address that fails, or leads elsewhere, has heard nothing; no log holds it."""
    with listening(answer, answer) as told:
        use(house, monkeypatch, told)
        watch = Watch()
        live(house, watch, minutes=4)
        away(house, monkeypatch, "IMAP")
        live(house, watch, minutes=40)
        assert told.turns == ["began poll"]
        assert told.answers == []
    said = capsys.readouterr()
    assert f"HTTP {answer}" in said.out + said.err
    assert "secreto" not in said.out + said.err


def test_a_refused_login_is_told_at_once_and_by_the_mail_that_works(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting mends no password; the account's name is masked."""
    watch = Watch()
    live(house, watch, minutes=4)
    monkeypatch.setenv("MAILBOT_SMTP__PASSWORD", house.post.servers.password)
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "equivocada")
    house.reconfigure()
    live(house, watch, minutes=4)
    assert web.turns == ["began login"]
    assert "***@mailbot.example" in web.heard[0]["words"]
    assert "siagie@" not in json.dumps(web.heard)
    live(house, watch, minutes=4)
    (mail,) = house.post.wait_for(ADMINISTRATOR)
    assert kind_of(mail) == "administrator-health"
    assert "Contraseñas del correo" in str(mail["Subject"])


def test_letters_that_fail_are_told_by_mail_without_naming_anybody(
    house: House, web: Listener
) -> None:
    """How many, and where to look; whose they were stands in the store only."""
    watch = Watch()
    house.send_sample("5.1-alta-especialista-ugel")
    live(house, watch, minutes=4)
    with house.store.begin() as tx:
        for letter in tx.query(Letter).all():
            letter.status, letter.due_at = LetterStatus.FAILED, house.clock()
            letter.error = "550 rosa.quispe@correo.example 42871359 no such user"
    live(house, watch, minutes=8)
    assert web.turns == ["began letters"]
    told = json.dumps(web.heard)
    mail = house.post.wait_for(ADMINISTRATOR, "Cartas que no llegaron")[0]
    for words in (told, text_of(mail)):
        assert "mailbot pending" in words
        assert "rosa" not in words.lower()
        assert "42871359" not in words
    house.clock.forward(hours=24)
    live(house, watch, minutes=36)
    assert web.turns == ["began letters", "ended letters"]


def test_a_database_that_does_not_answer_is_told_once_and_ends_no_other_alarm(
    house: House, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was told is remembered in memory meanwhile; afterwards in the store again."""
    watch = Watch()
    live(house, watch, minutes=4)
    away(house, monkeypatch, "IMAP")
    live(house, watch, minutes=24)
    assert web.turns == ["began poll"]
    with house.store.engine.begin() as raw:
        raw.exec_driver_sql("ALTER TABLE marks RENAME TO elsewhere")
    for _ in range(5):
        house.clock.forward(minutes=4)
        watch.review(house.desk)
    assert web.turns == ["began poll", "began database-down"]
    with house.store.engine.begin() as raw:
        raw.exec_driver_sql("ALTER TABLE elsewhere RENAME TO marks")
    away(house, monkeypatch)
    live(house, watch, minutes=40)
    assert sorted(web.turns[2:]) == ["ended database-down", "ended poll"]


# ------------------------------------------------------------------ another mail server


def other_server(
    house: House, monkeypatch: pytest.MonkeyPatch, *answers: str
) -> AbstractContextManager[Moody]:
    """The second way out is a mail server of somebody else."""
    to = '["guardia@otro.example", "jefa@otro.example"]'
    sender = "avisos@otro.example"
    return moody(house, monkeypatch, *answers, way="ALARM", SENDER=sender, TO=to)


def test_the_other_mail_server_carries_what_the_own_one_cannot(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4xx: it is said again; then once, in text and HTML, from its own address."""
    with other_server(house, monkeypatch, "451 later") as server:
        watch = Watch()
        live(house, watch, minutes=4)
        away(house, monkeypatch, "IMAP", "SMTP")
        live(house, watch, minutes=40)
        mails = [message_from_bytes(raw, policy=policy.default) for raw in server.taken]
    assert sorted(str(mail["Subject"]) for mail in mails) == [
        "SIAGIE: el buzón necesita atención: Envío de cartas",
        "SIAGIE: el buzón necesita atención: Lectura del correo",
    ]
    assert mails[0]["From"].addresses[0].addr_spec == "avisos@otro.example"
    assert str(mails[0]["To"]) == "guardia@otro.example, jefa@otro.example"
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    assert "Qué hacer:" in text_of(mails[0])
    assert mails[0].get_body(("html",)) is not None


def test_the_bots_own_password_is_never_offered_to_another_server(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-ins of [smtp] are for the bot's own server only."""
    with other_server(house, monkeypatch) as server:
        monkeypatch.setenv("MAILBOT_ALARM__AUTH", "password")
        monkeypatch.setenv("MAILBOT_ALARM__USER", "avisos")
        monkeypatch.setenv("MAILBOT_ALARM__PASSWORD", "otra clave")
        house.reconfigure()
        instead = second_way._instead(house.rules.settings)  # noqa: SLF001
        assert instead.smtp.user == "avisos"
        assert instead.smtp.password is not None
        assert instead.smtp.password.get_secret_value() == "otra clave"
        assert server.taken == []


# ------------------------------------------------------------------ commands


def test_doctor_tries_the_second_way(
    house: House, bot: Run, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heard: ✔. Not heard: ✘, and where to look."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    _, out, _ = bot("doctor", "--probe")
    assert "✔ Segundo aviso (webhook): aceptó la prueba" in out
    assert web.turns == ["began test"]
    web.answers.append(500)
    code, out, _ = bot("doctor", "--probe")
    assert code == 1
    assert "✘ Segundo aviso (webhook)" in out


def test_a_pass_from_cron_tells_too(
    house: House, bot: Run, web: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mailbot poll` looks at the health at its end, whether or not the pass succeeded."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    monkeypatch.setenv("MAILBOT_HEALTH__DISK_FREE_MB", "1000000000")
    monkeypatch.setenv("MAILBOT_IMAP__PORT", "1")
    code, _, err = bot("poll")
    assert code == 1
    assert "IMAP" in err
    assert "began disk" in web.turns
    heard = len(web.heard)
    bot("poll")
    assert len(web.heard) == heard
