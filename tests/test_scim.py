"""Accounts in a SCIM server: whatever it does, the end is what was approved, and said once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import scim_server
from chamber import Chamber, record
from pydantic import SecretStr
from scim2_models import Group, User
from scim_server import GROUP, TOKEN, Scim

from mailbot import decide, doctor, fulfil, lockout
from mailbot.actions import steps
from mailbot.actions.directory import Busy, Denied, Entry, Held, opened
from mailbot.actions.scim import ScimDirectory
from mailbot.errors import ConfigError, Refused, Unreachable
from mailbot.model import Post
from mailbot.store import accounts
from mailbot.store.tables import Account, Change

OLD, NEW = "40000001", "42871359"
SEAT = "especialista-ugel/060004/"
LATER = Unreachable


@pytest.fixture(scope="module")
def server() -> Iterator[Scim]:
    with scim_server.running() as made:
        yield made


@pytest.fixture(scope="module")
def address(server: Scim) -> Iterator[str]:
    with server.serving() as where:
        yield where


@pytest.fixture
def chamber(
    tmp_path: Path, server: Scim, address: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Chamber]:
    """A bot whose accounts live in a server with one group and nobody in it."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    for name, value in {
        "KIND": "scim",
        "SCIM__URL": address,
        "SCIM__TOKEN": TOKEN,
        "SCIM__CAFILE": str(server.cafile),
        "SCIM__TIMEOUT_SECONDS": "10",  # a busy machine is no slow server
        "SCIM__GROUPS": f'{{"especialista-ugel": "{GROUP}"}}',
    }.items():
        monkeypatch.setenv(f"MAILBOT_DIRECTORY__{name}", value)
    server.fresh()
    made = Chamber(tmp_path / "config")
    made.configure()
    with there(made) as elsewhere:
        elsewhere.wire.create(Group(display_name=GROUP))
    yield made
    made.store.close()


def there(chamber: Chamber) -> Any:  # noqa: ANN401
    return opened(chamber.rules.settings)


def entry(key: str = "mailbot-1", dni: str = NEW, **changed: Any) -> Entry:  # noqa: ANN401
    given = {"names": "QUISPE MAMANI, Rosa", "correo": "rosa@correo.example", "seat": SEAT}
    return Entry(
        key, dni, dni=dni, post=Post("especialista-ugel", "060004"), **{**given, **changed}
    )


def members(server: Scim) -> set[str]:
    """The names of who is in the group."""
    group: Any
    (group,) = (r for r in server.storage.resources if not hasattr(r, "user_name"))
    names = {user.id: name for name, user in server.held().items()}
    return {names[member.value] for member in group.members or ()}


def replacement(chamber: Chamber) -> int:
    """An approved replacement, its old holder active in the server; the case's number."""
    old = chamber.seat("HUAMÁN CONDORI, Luis", OLD)
    with chamber.store.read() as tx:
        row, holder = tx.get_one(Account, old), accounts.get(tx, old)
    with there(chamber) as elsewhere:
        elsewhere.create(steps.entry(row))
        elsewhere.enable(steps.entry(row))
    procedure = chamber.rules.guide.procedures["5.1"]
    case = chamber.ask(record(closes=decide.closes(procedure, decide.Facts(holder=holder))))
    assert chamber.hear("APROBAR") is None
    return case


def passes(chamber: Chamber, count: int = 1) -> None:
    for _ in range(count):
        with suppress(Unreachable):
            fulfil.fulfil_due(chamber.desk)
        chamber.clock.forward(hours=1)


# ------------------------------------------------------------------ what it does


def test_a_replacement_ends_with_one_active_and_in_the_group(
    chamber: Chamber, server: Scim
) -> None:
    """The old one stays, inactive and out of the group; the new one has its key and its seat."""
    case = replacement(chamber)
    assert (server.enabled(), members(server)) == ({OLD}, {OLD})
    passes(chamber)
    assert (server.enabled(), members(server)) == ({NEW}, {NEW})
    assert (chamber.case(case).status, chamber.active()) == ("done", [NEW])
    with there(chamber) as elsewhere:
        (held,) = elsewhere.holders(SEAT)
    (row,) = [row for row in chamber.all(Account) if row.dni == NEW]
    assert held == Held(NEW, "QUISPE MAMANI, Rosa", NEW, True, f"mailbot-{row.id}", SEAT)  # noqa: FBT003


@pytest.mark.parametrize(("method", "count"), [("POST", 1), ("PATCH", 3), ("GET", 2)])
def test_what_was_done_and_its_answer_lost_is_done_once(
    chamber: Chamber, server: Scim, method: str, count: int
) -> None:
    """Whatever the request: the next pass finds it done and goes on; nobody is told."""
    case = replacement(chamber)
    server.be(*[("lost", method)] * count)
    passes(chamber, count + 1)
    assert (server.enabled(), members(server)) == ({NEW}, {NEW})
    assert len(server.held()) == 2
    assert chamber.case(case).status == "done"
    assert "administrator-change" not in dict(chamber.letters())


def test_every_call_may_be_repeated(chamber: Chamber, server: Scim) -> None:
    """Said twice it is done once, also what takes back; a user that is gone is closed."""
    with there(chamber) as elsewhere:
        for _ in range(2):
            assert elsewhere.create(entry()) == NEW
            assert not server.enabled()
        for _ in range(2):
            elsewhere.enable(entry())
            assert (server.enabled(), members(server)) == ({NEW}, {NEW})
        for _ in range(2):
            elsewhere.disable(entry())
            assert (server.enabled(), members(server)) == (set(), set())
        elsewhere.disable(entry("mailbot-99"))
        with pytest.raises(Denied, match="desapareció del directorio"):
            elsewhere.enable(entry("mailbot-99"))


def test_a_password_is_set_where_the_server_can(chamber: Chamber, server: Scim) -> None:
    """An active account only; a refusal does not tell the password on."""
    secret, until = SecretStr("Xyz1-abcd"), chamber.clock()
    with there(chamber) as elsewhere:
        elsewhere.create(entry())
        with pytest.raises(Denied, match="ya no está activa"):
            elsewhere.set_password(entry(), secret, until)
        elsewhere.enable(entry())
        elsewhere.set_password(entry(), secret, until)
        first = server.held()[NEW].password
        assert first is not None
        assert elsewhere.void_password(entry())
        assert server.held()[NEW].password != first
        assert (elsewhere.can.passwords, elsewhere.can.expires) == (True, True)
    server.config.change_password.supported = False  # type: ignore[union-attr]
    with there(chamber) as elsewhere, pytest.raises(Denied, match="changePassword"):
        elsewhere.set_password(entry(), secret, until)


# ------------------------------------------------------------------ what stands in the way


def test_the_user_name_of_somebody_else_stops_it(chamber: Chamber, server: Scim) -> None:
    """Another DNI under it, or the same person's account that the bot did not make."""
    with there(chamber) as elsewhere:
        elsewhere.wire.create(User(user_name=NEW))
        with pytest.raises(Denied, match="es de otra persona"):
            elsewhere.create(entry())
    server.fresh()
    with there(chamber) as elsewhere:
        elsewhere.create(entry("suya"))
        with pytest.raises(Denied, match="que el bot no hizo"):
            elsewhere.find(entry())


def test_of_two_users_with_one_key_none_is_taken_for_closed(chamber: Chamber) -> None:
    """Nothing in SCIM keeps an externalId from standing twice: then none of them is closed."""
    with there(chamber) as elsewhere:
        elsewhere.create(entry())
        elsewhere.enable(entry())
        elsewhere.wire.create(User(user_name="copia", external_id=entry().key, active=True))
        with pytest.raises(Denied, match="la misma clave del bot"):
            elsewhere.disable(entry())


def test_a_person_with_two_posts_has_two_accounts(chamber: Chamber) -> None:
    """The second one under a name beside the DNI."""
    with there(chamber) as elsewhere:
        assert elsewhere.create(entry("mailbot-1")) == NEW
        assert elsewhere.create(entry("mailbot-7", seat="otro/060004/")) == f"{NEW}-7"
        assert elsewhere.create(entry("mailbot-7", seat="otro/060004/")) == f"{NEW}-7"
        with pytest.raises(Denied, match="lleva la clave del bot y otro DNI"):
            elsewhere.find(entry("mailbot-7", dni=OLD))


def test_words_that_end_a_filter_stay_words(chamber: Chamber, server: Scim) -> None:
    """T38: quotes, brackets and backslashes in a seat find just that seat."""
    evil = 'x" or active eq true or userName eq "\\'
    with there(chamber) as elsewhere:
        elsewhere.create(entry("mailbot-1"))
        elsewhere.enable(entry("mailbot-1"))
        assert elsewhere.holders(evil) == []
        elsewhere.create(entry("mailbot-2", dni="43333333", seat=evil))
        elsewhere.enable(entry("mailbot-2", dni="43333333", seat=evil))
        assert [held.dni for held in elsewhere.holders(evil)] == ["43333333"]
    assert server.enabled() == {NEW, "43333333"}


def test_a_policy_that_refuses_our_passwords_stops_it_before_anything_is_closed(
    chamber: Chamber, server: Scim
) -> None:
    """The server's words are told on, the password in them is not."""
    replacement(chamber)
    server.policy = lambda secret: f"la clave «{secret}» es débil"
    passes(chamber)
    assert (server.enabled(), chamber.active()) == ({OLD}, [OLD])
    why = chamber.said("administrator-change")["why"]
    assert "la clave «…» es débil" in why


def test_everybody_is_listed_page_after_page(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when they are more than one answer brings."""
    monkeypatch.setattr("mailbot.actions.scim._PAGE", 2)
    with there(chamber) as elsewhere:
        for number in range(5):
            elsewhere.create(entry(f"mailbot-{number}", dni=f"4000000{number}"))
        listed = [held.username for held in elsewhere.everybody()]
    assert sorted(listed) == [f"4000000{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("mood", "error", "words"),
    [
        (("status", 401), Refused, "MAILBOT_DIRECTORY__SCIM__TOKEN"),
        (("status", 403), Denied, "dele permiso"),
        (("status", 409), LATER, "se vuelve a mirar"),
        (("status", 412), LATER, "se vuelve a mirar"),
        (("status", 429), Busy, "pide esperar"),
        (("status", 500), LATER, "HTTP 500"),
        (("status", 503), LATER, "HTTP 503"),
        (("status", 302), LATER, "302"),
        (("status", 200), LATER, "SCIM"),
    ],
)
def test_what_the_server_says_has_its_outcome(
    chamber: Chamber, server: Scim, mood: tuple[str, Any], error: type[Exception], words: str
) -> None:
    """Tried again, left alone for a while, or told to a person: by what it said."""
    server.be(mood)
    with there(chamber) as elsewhere, pytest.raises(error, match=words) as told:
        elsewhere.create(entry())
    assert type(told.value) is error
    with there(chamber) as elsewhere:
        assert elsewhere.create(entry()) == NEW


def test_a_server_that_takes_too_long_is_asked_again(
    chamber: Chamber, server: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it may have done meanwhile is found by the next call."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__TIMEOUT_SECONDS", "1")
    chamber.configure()
    server.be(("slow", 1.5))
    with there(chamber) as elsewhere, pytest.raises(Unreachable, match="SCIM"):
        elsewhere.create(entry())
    monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__TIMEOUT_SECONDS", "10")
    chamber.configure()
    with there(chamber) as elsewhere:
        assert elsewhere.create(entry()) == NEW


def test_who_asks_to_be_left_alone_is(chamber: Chamber, server: Scim) -> None:
    """429 with half an hour: the change is due then, not in a minute."""
    replacement(chamber)
    server.be(("status", 429))
    with pytest.raises(Unreachable, match="429"):
        fulfil.fulfil_due(chamber.desk)
    (change,) = chamber.all(Change)
    assert change.due_at == chamber.clock() + timedelta(minutes=30)


def test_a_name_taken_in_this_moment_is_looked_at_again(chamber: Chamber, server: Scim) -> None:
    """What another just made: the look before says whose it is, and all goes back."""
    case = replacement(chamber)
    with there(chamber) as elsewhere:
        elsewhere.wire.create(User(user_name=NEW))
    passes(chamber)
    assert (server.enabled() - {NEW}, chamber.active()) == ({OLD}, [OLD])
    assert "es de otra persona" in chamber.said("administrator-change")["why"]
    assert chamber.case(case).status == "approved"


def test_what_somebody_changed_meanwhile_is_looked_at_again(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """412: what is changed names the version it was read in."""
    with there(chamber) as elsewhere:
        elsewhere.create(entry())
        read = elsewhere._by_key(entry())  # noqa: SLF001
        elsewhere.enable(entry())
        monkeypatch.setattr(elsewhere, "_by_key", lambda _entry: read)
        with pytest.raises(Unreachable, match="alguien cambió la cuenta"):
            elsewhere.enable(entry())


def test_a_certificate_of_another_name_is_not_trusted(
    chamber: Chamber, server: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS: nothing is asked of it."""
    with server.serving("otro.example") as where:
        monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__URL", where)
        chamber.configure()
        server.asked.clear()
        with there(chamber) as elsewhere, pytest.raises(Unreachable, match=r"(?i)certificate"):
            elsewhere.create(entry())
        assert server.asked == []


def test_plain_http_is_refused_but_on_this_machine(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token would be there for anybody to read."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__URL", "http://identidad.example/scim")
    chamber.configure()
    with pytest.raises(ConfigError, match="debe empezar con https://"), there(chamber):
        raise AssertionError


# ------------------------------------------------------------------ doctor


def test_doctor_says_what_the_server_lacks(chamber: Chamber, server: Scim) -> None:
    """All at once: what it cannot do, and the groups that are not there."""
    assert _checked(chamber) == (True, "scim: se entra y tiene lo que el bot escribe")
    server.fresh(change_password=False)
    works, words = _checked(chamber)
    assert not works
    assert "changePassword" in words
    assert f"no existe el grupo «{GROUP}»" in words


def test_a_wrong_token_is_named_and_not_tried_on(
    chamber: Chamber, server: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused: after three times nobody knocks until the token is another."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__TOKEN", "otra")
    chamber.configure()
    works, words = _checked(chamber)
    assert (works, "MAILBOT_DIRECTORY__SCIM__TOKEN" in words) == (False, True)
    for _ in range(lockout.MOST):
        with (
            pytest.raises(Refused),
            lockout.guarded(chamber.desk, "directory"),
            there(chamber) as elsewhere,
        ):
            elsewhere.create(entry())
    server.asked.clear()
    with pytest.raises(Refused, match="6 horas"), lockout.guarded(chamber.desk, "directory"):
        raise AssertionError
    monkeypatch.setenv("MAILBOT_DIRECTORY__SCIM__TOKEN", TOKEN)
    chamber.configure()
    with lockout.guarded(chamber.desk, "directory"), there(chamber) as elsewhere:
        assert isinstance(elsewhere, ScimDirectory)


def _checked(chamber: Chamber) -> tuple[bool, str]:
    """What doctor says of the directory."""
    found = next(c for c in doctor.examine(chamber.rules) if c.name == doctor.DIRECTORY)
    return found.works, found.detail
