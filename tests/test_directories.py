"""Each directory does what the protocol says, on a real server; and says plainly what is amiss."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import slapd as ldap_server
from chamber import Chamber
from house import ADMINISTRATOR, House, text_of, write_config
from ldap3 import MODIFY_DELETE, MODIFY_REPLACE
from pydantic import SecretStr
from slapd import Slapd, Tree

from mailbot import doctor, schedule
from mailbot.actions import wire
from mailbot.actions.directory import Denied, Directory, Entry
from mailbot.actions.ldap import LdapDirectory
from mailbot.actions.wire import Wire
from mailbot.config import Settings
from mailbot.errors import ConfigError, Refused, Unreachable
from mailbot.model import Post
from mailbot.rules import read_rules
from mailbot.sections import DirectoryChoice, Ldap
from mailbot.store import accounts
from mailbot.store.tables import Change

POST = Post("especialista-ugel", "060004")
SEAT = "especialista-ugel/060004/"
PASSWORD = SecretStr("CjWu-qqfG-umUv-sRW4")
ANOTHER = SecretStr("Kp3x-WWhG-ttUv-aaQ7")
LATER = datetime(2026, 4, 1, tzinfo=UTC)
_keys = count(1)


def entry(dni: str = "40000001", **changed: Any) -> Entry:  # noqa: ANN401
    """An account to be made, with a key of its own."""
    made = Entry(
        f"mailbot-{next(_keys)}", dni, "ÑAUPARI (VDA.) DE QUISPE, Rosa", dni, None, POST, SEAT
    )
    return replace(made, **changed)


def settings(tree: Tree, base: str, **more: Any) -> Settings:  # noqa: ANN401
    """The configuration that means a place in a tree of the server."""
    model = "active-directory" if tree.suffix.startswith("dc=ad") else "openldap"
    given = {
        "url": f"ldap://127.0.0.1:{tree.server.port}",
        "cafile": tree.server.cafile,
        "bind_dn": f"cn=mailbot,{tree.suffix}",
        "password": SecretStr(ldap_server.PASSWORD),
        "base": base,
        "model": model,
        **more,
    }
    return Settings(directory=DirectoryChoice(kind="ldap", ldap=Ldap(**given)))


Open = Callable[..., LdapDirectory]


@pytest.fixture
def opened() -> Iterator[Open]:
    """What opens directories; they are closed at the end."""
    made: list[LdapDirectory] = []

    def open_one(tree: Tree, base: str = "", **more: Any) -> LdapDirectory:  # noqa: ANN401
        made.append(LdapDirectory(settings(tree, base or tree.fresh(), **more)))
        return made[-1]

    yield open_one
    for directory in made:
        directory.close()


@pytest.fixture(params=["policy", "ad"])
def tree(request: pytest.FixtureRequest, slapd: Slapd) -> Tree:
    """OpenLDAP with a password policy, and what looks like Active Directory."""
    found: Tree = getattr(slapd, request.param)
    return found


# ------------------------------------------------------------------ what the protocol says


def test_an_account_lives_as_the_protocol_says(tree: Tree, opened: Open) -> None:
    """Made disabled, enabled, closed, opened again: each said twice, and read back each time."""
    directory: Directory = opened(tree)
    one = entry()
    assert directory.find(one) is None
    for _ in range(2):
        assert directory.create(one) == one.username
    held = directory.find(one)
    assert held is not None
    assert (held.enabled, held.dni, held.key, held.seat) == (False, one.dni, one.key, SEAT)
    assert held.names == one.names
    for enabled in (True, False, True):
        for _ in range(2):
            (directory.enable if enabled else directory.disable)(one)
        assert [h.key for h in directory.holders(SEAT)] == ([one.key] if enabled else [])
    assert [h.key for h in directory.everybody()] == [one.key]
    directory.disable(entry("40000002"))  # not there: nothing


def test_an_account_that_was_there_is_claimed_for_the_register(tree: Tree, opened: Open) -> None:
    """It gets the key and the seat; one of another person or with another key does not."""
    directory = opened(tree)
    before, ours = entry(), entry(seat="otro/060004/")
    directory.create(before)
    directory.enable(before)
    with pytest.raises(Denied, match="otra clave del bot"):
        directory.claim(ours, before.username)
    (dn,) = tree.found(directory.settings.base)
    tree.change(dn, {directory.map.key: [(MODIFY_DELETE, [])]})
    with pytest.raises(Denied, match="no es en el directorio la cuenta de esa persona"):
        directory.claim(entry("40000002"), before.username)
    for _ in range(2):
        directory.claim(ours, before.username)
    held = directory.find(ours)
    assert held is not None
    assert (held.key, held.seat, held.enabled) == (ours.key, ours.seat, True)


def test_of_two_accounts_with_one_key_none_is_taken_for_closed(tree: Tree, opened: Open) -> None:
    """Somebody copied an entry: while both are there, a baja is not done, and says why."""
    directory, one = opened(tree), entry()
    directory.create(one)
    directory.enable(one)
    copy = wire.under(directory.settings.base, directory.map.rdn, "copia")
    values = directory.map.values(one, "copia")
    assert directory.wire.add(copy, directory.map.classes.split(), values)
    for ask in (directory.disable, directory.enable, directory.find):
        with pytest.raises(Denied, match="la misma clave del bot"):
            ask(one)


class Overtaken(Wire):
    """A wire on which somebody else does something just before a change, the n-th."""

    def __init__(self, settings: Ldap, quicker: Callable[[], None], turn: int = 1) -> None:
        super().__init__(settings)
        self.quicker, self.turn = quicker, turn

    def modify(self, dn: str, changes: Any, *besides: int, password: bool = False) -> None:  # noqa: ANN401
        """Do it, after somebody else."""
        self.turn -= 1
        if self.turn == 0:
            self.quicker()
        super().modify(dn, changes, *besides, password=password)


def overtake(directory: LdapDirectory, act: Callable[[], None], turn: int = 1) -> None:
    """Have somebody act just before the directory's n-th change from now."""
    directory.close()
    directory.wire = Overtaken(directory.settings, act, turn)


@pytest.mark.parametrize("what", ["key", "dni"])
def test_a_claim_gives_way_to_whoever_was_quicker(tree: Tree, opened: Open, what: str) -> None:
    """Another bot's key, or another person's DNI, written between the look and the claim."""
    directory, one = opened(tree), entry()
    directory.create(one)
    (dn,) = tree.found(directory.settings.base)
    tree.change(dn, {directory.map.key: [(MODIFY_DELETE, [])]})
    theirs = {"key": "ffffffff:99", "dni": "40000009"}[what]
    name = getattr(directory.map, what)
    quicker = {name: [(MODIFY_REPLACE, [theirs])]}
    overtake(directory, lambda: tree.change(dn, quicker))
    with pytest.raises(Denied, match=r"mientras tanto|cannot have multiple values"):
        directory.claim(one, one.username)
    assert directory.wire.read(dn, name) == [theirs]
    if what == "dni":
        assert not directory.wire.read(dn, directory.map.key)


def test_a_closed_account_is_not_taken_over_from_whoever_was_quicker(
    tree: Tree, opened: Open
) -> None:
    """Another bot made it its own between the look and the change: that stays."""
    directory, before = opened(tree), entry()
    directory.create(before)
    (dn,) = tree.found(directory.settings.base)
    quicker = {directory.map.key: [(MODIFY_REPLACE, ["ffffffff:99"])]}
    overtake(directory, lambda: tree.change(dn, quicker), turn=2)
    with pytest.raises(Denied, match="cambió en el directorio mientras tanto"):
        directory.create(entry(seat="director-ie/1234567/"))
    assert directory.wire.read(dn, directory.map.key) == ["ffffffff:99"]
    assert directory.wire.read(dn, directory.map.seat) == [before.seat]


def test_a_temporary_password_opens_until_it_is_changed_or_over(slapd: Slapd, opened: Open) -> None:
    """Only the last one opens, and nothing but a new one can be done with it."""
    tree, one = slapd.policy, entry()
    directory = opened(tree)
    directory.create(one)
    (dn,) = tree.found(directory.settings.base)
    with pytest.raises(Denied, match="ya no está activa"):
        directory.set_password(one, PASSWORD, LATER)
    directory.enable(one)
    for password in (ANOTHER, PASSWORD):
        directory.set_password(one, password, LATER)
    assert not tree.may_enter(dn, ANOTHER.get_secret_value())
    with tree.bound(dn, PASSWORD.get_secret_value()) as holder:
        assert holder.bound
        assert not holder.search(tree.suffix, "(objectClass=*)")
        assert "modify password" in holder.result["message"]
    assert directory.void_password(one)
    assert not tree.may_enter(dn, PASSWORD.get_secret_value())
    directory.set_password(one, PASSWORD, LATER)
    own = "una-Clave-Propia-77"
    with tree.bound(dn, PASSWORD.get_secret_value()) as holder:
        holder.extend.standard.modify_password(dn, PASSWORD.get_secret_value(), own)
    assert not directory.void_password(one)
    assert tree.may_enter(dn, own)


def test_active_directory_is_told_in_its_own_words(slapd: Slapd, opened: Open) -> None:
    """UTF-16 in quotes, the bit of disabled accounts and no other, must change at next logon."""
    tree, one = slapd.ad, entry()
    directory = opened(tree)
    directory.create(one)
    (dn,) = tree.found(directory.settings.base)

    def value(name: str) -> bytes:
        return bytes(tree.found(directory.settings.base)[dn][name][0])

    assert value("userAccountControl") == b"514"
    tree.change(dn, {"userAccountControl": [(MODIFY_REPLACE, [str(0x10202)])]})
    directory.enable(one)
    assert value("userAccountControl") == str(0x10200).encode()
    directory.set_password(one, PASSWORD, LATER)
    assert value("unicodePwd").decode("utf-16-le") == f'"{PASSWORD.get_secret_value()}"'
    assert value("pwdLastSet") == b"0"
    directory.disable(one)
    assert value("userAccountControl") == str(0x10202).encode()


def test_a_role_has_its_group(tree: Tree, opened: Open) -> None:
    """In it while enabled, out of it when closed; the last one may go."""
    base = tree.fresh()
    group = f"cn=especialistas,{base}"
    with tree.root() as wire:
        assert wire.add(group, "groupOfNames", {"member": group})
    directory, one = opened(tree, base, groups={POST.role: group}), entry()
    directory.create(one)
    (dn,) = tree.found(base)
    for _ in range(2):
        directory.enable(one)
    assert dn.encode() in tree.found(base, "(cn=especialistas)")[group]["member"]
    tree.change(group, {"member": [(MODIFY_DELETE, [group])]})
    for _ in range(2):
        directory.disable(one)
    assert tree.found(base, "(cn=especialistas)")[group]["member"] == [group.encode()]


# ------------------------------------------------------------------ who is there already


def test_somebody_elses_user_name_is_left_alone(tree: Tree, opened: Open) -> None:
    """The name is taken by another DNI: refused, and told which entry."""
    directory = opened(tree)
    directory.create(entry("40000001"))
    before = tree.found(directory.settings.base)
    with pytest.raises(Denied, match=r"es de otra persona .*con otro DNI"):
        directory.create(entry("40000002", username="40000001"))
    assert tree.found(directory.settings.base) == before


def test_an_account_the_bot_did_not_make_is_not_touched(tree: Tree, opened: Open) -> None:
    """The same DNI and no key of ours: a person has to say whose it is."""
    directory, one = opened(tree), entry()
    directory.create(one)
    (dn,) = tree.found(directory.settings.base)
    tree.change(dn, {directory.map.key: [(MODIFY_REPLACE, [])]})
    for ask in (directory.find, directory.create):
        with pytest.raises(Denied, match="que el bot no hizo"):
            ask(one)


def test_who_comes_back_gets_the_closed_account_again(tree: Tree, opened: Open) -> None:
    """Under the same name, disabled, and the password of before opens nothing."""
    directory, before = opened(tree), entry()
    directory.create(before)
    directory.enable(before)
    directory.set_password(before, PASSWORD, LATER)
    directory.disable(before)
    again = entry(seat="director-ie/1234567/")
    assert directory.create(again) == before.username
    (dn,) = tree.found(directory.settings.base)
    held = directory.find(again)
    assert held is not None
    assert (held.enabled, held.seat) == (False, again.seat)
    directory.enable(again)
    assert not tree.may_enter(dn, PASSWORD.get_secret_value())
    directory.disable(before)  # its key is gone: nothing
    assert len(directory.holders(again.seat)) == 1


def test_a_second_post_of_the_same_person_is_another_account(tree: Tree, opened: Open) -> None:
    """Both are enabled, each under a name of its own."""
    directory, first, second = opened(tree), entry(), entry(seat="director-ie/1234567/")
    directory.create(first)
    directory.enable(first)
    name = directory.create(second)
    assert name == f"{second.dni}-{second.key.rpartition('-')[2]}"
    directory.enable(second)
    assert len(list(directory.everybody())) == 2


@pytest.mark.parametrize(
    "hostile", [")(uid=*", "*", "\\2a", "a\x00b", "ou=x,dc=y+cn=z", "#0401", " a ", '"<>;=,+\\']
)
def test_no_name_is_read_as_a_question(tree: Tree, opened: Open, hostile: str) -> None:
    """Signs of filters and of DN are signs of a name: nobody else is found or changed by them."""
    directory, bystander = opened(tree), entry("40000009")
    directory.create(bystander)
    directory.enable(bystander)
    odd = entry(seat=hostile, key=hostile, dni=hostile, names=f"{hostile}, {hostile}")
    assert directory.holders(hostile) == []
    assert directory.find(odd) is None
    odd = replace(odd, key="mailbot-odd", username=f"x{hostile}"[:20])
    try:
        directory.create(odd)
    except Denied as refused:
        assert "directorio no admite" in str(refused)  # noqa: PT017  either will do
    directory.disable(odd)
    assert [h.key for h in directory.holders(SEAT)] == [bystander.key]


# ------------------------------------------------------------------ what is amiss


def test_a_policy_that_refuses_our_passwords_is_named(slapd: Slapd, opened: Open) -> None:
    """Found out when the account is prepared, before anything else has changed."""
    tree = slapd.policy
    base = tree.fresh()
    with tree.root() as wire:
        wire.modify(f"cn=normas,{tree.suffix}", {"pwdMinLength": [(MODIFY_REPLACE, ["40"])]})
    try:
        with pytest.raises(Denied, match="la política de contraseñas del directorio no acepta"):
            opened(tree, base).create(entry())
    finally:
        tree.change(f"cn=normas,{tree.suffix}", {"pwdMinLength": [(MODIFY_REPLACE, ["10"])]})
    assert tree.found(base) == {}


def test_a_lock_that_locks_nobody_out_is_found_out(slapd: Slapd, opened: Open) -> None:
    """Without a policy the attribute is only written down: the account may enter, and is gone."""
    with pytest.raises(Denied, match=r"deja entrar a una cuenta desactivada .*pwdLockout TRUE"):
        opened(slapd.bare, base := slapd.bare.fresh()).create(entry())
    assert slapd.bare.found(base) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"attributes": {"seat": "siagieSeat"}}, "no conoce un atributo"),
        ({"attributes": {"seat": "memberUid"}}, "no conoce un atributo|no admite la cuenta"),
        ({"base": "ou=nada,dc=policy,dc=example"}, "no existe en el directorio"),
        ({"bind_dn": "cn=lector,dc=policy,dc=example"}, "no tiene permiso"),
    ],
)
def test_what_is_set_up_wrong_is_named(
    slapd: Slapd, opened: Open, given: dict[str, Any], said: str
) -> None:
    """Each with the setting to look at, and the same found by doctor where it can be."""
    tree = slapd.policy
    directory = opened(tree, given.pop("base", ""), **given)
    with pytest.raises(Denied, match=said) as refused:
        directory.create(entry())
    assert "directory.ldap" in str(refused.value)


def test_doctor_finds_what_the_schema_lacks(slapd: Slapd, opened: Open) -> None:
    """An attribute and a group that are not there, each by its name; else nothing."""
    assert opened(slapd.policy).check() == []
    assert opened(slapd.ad).check() == []
    wrong = opened(
        slapd.policy, attributes={"seat": "siagieSeat"}, groups={"x": "cn=no,dc=policy,dc=example"}
    ).check()
    assert len(wrong) == 2
    assert "«siagieSeat»" in wrong[0]
    assert "el grupo de «x»" in wrong[1]


def test_one_that_takes_no_changes_is_asked_again_later(slapd: Slapd, opened: Open) -> None:
    """Read only (upkeep) and full: no refusal for good, and its words are told."""
    with pytest.raises(Unreachable, match="operation restricted"):
        opened(slapd.frozen, f"ou=cuentas,{slapd.frozen.suffix}").create(entry())
    base = f"ou=cuentas,{slapd.full.suffix}"
    with slapd.full.root() as wire:
        more = (wire.add(f"cn={number},{base}", "device") for number in count())
        assert not all(more)
    with pytest.raises(Unreachable, match="no lo hizo"):
        opened(slapd.full, base).create(entry())


def test_nothing_is_said_to_whoever_is_not_the_server(slapd: Slapd, opened: Open) -> None:
    """Another name, another authority, no TLS at all: the password stays here."""
    tree = slapd.policy
    port, tls_port = slapd.port, slapd.tls_port
    for url, more, said in (
        (f"ldaps://localhost.localdomain:{tls_port}", {}, "."),
        (
            f"ldaps://127.0.0.1:{tls_port}",
            {"cafile": slapd.other_cafile},
            "certificate verify failed",
        ),
        (f"ldap://127.0.0.1:{port}", {"cafile": slapd.other_cafile}, "certificate|TLS"),
    ):
        with pytest.raises(Unreachable, match=said):
            opened(tree, url=url, **more).find(entry())
    with pytest.raises(ConfigError, match="sin TLS solo se admite"):
        opened(tree, url="ldap://ldap.example", starttls=False).find(entry())
    assert opened(tree, url=f"ldaps://127.0.0.1:{tls_port}").find(entry()) is None


def test_a_login_that_is_refused_is_told_apart(slapd: Slapd, opened: Open) -> None:
    """It is the password, or the name: both are named."""
    with pytest.raises(Refused, match="MAILBOT_DIRECTORY__LDAP__PASSWORD"):
        opened(slapd.policy, password=SecretStr("otra")).find(entry())


def test_a_mapping_line_that_does_not_exist_is_named(slapd: Slapd, opened: Open) -> None:
    """With those that do."""
    with pytest.raises(ConfigError, match=r"«sede» no existe; existen: .*seat"):
        opened(slapd.policy, attributes={"sede": "l"})


# ------------------------------------------------------------------ how it is set up


@pytest.fixture
def folder(slapd: Slapd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that means the directory."""
    tree = slapd.policy
    for name, value in {
        "KIND": "ldap",
        "LDAP__URL": f"ldap://127.0.0.1:{slapd.port}",
        "LDAP__CAFILE": str(slapd.cafile),
        "LDAP__BIND_DN": f"cn=mailbot,{tree.suffix}",
        "LDAP__PASSWORD": ldap_server.PASSWORD,
        "LDAP__BASE": tree.fresh(),
    }.items():
        monkeypatch.setenv(f"MAILBOT_DIRECTORY__{name}", value)
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    return write_config(tmp_path / "config", None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LDAP__GROUPS", "{}", ""),
        ("LDAP__PASSWORD", "otra", "MAILBOT_DIRECTORY__LDAP__PASSWORD"),
        ("LDAP__URL", "ldap://127.0.0.1:1", "LDAP ldap://127.0.0.1:1: "),
        ("LDAP__BASE", "ou=nada,dc=policy,dc=example", "directory.ldap"),
        ("LDAP__BASE", "", "directory.ldap.base"),
        ("LDAP__ATTRIBUTES", '{"seat": "siagieSeat"}', "«siagieSeat»"),
        ("KIND", "ldpa", "no hay un directorio «ldpa»; hay: sql, ldap"),
    ],
)
def test_doctor_says_what_is_wrong_and_the_mend(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """One line of its own, which names the setting; all well when nothing is said."""
    monkeypatch.setenv(f"MAILBOT_DIRECTORY__{name}", value)
    checks = doctor.examine(read_rules(folder))
    found = next(check for check in checks if check.name == doctor.DIRECTORY)
    assert (found.works, said in found.detail) == (not said, True)


def test_the_directorys_password_is_refused_in_the_file(folder: Path) -> None:
    """As every secret is, with the variable to put it in."""
    path = folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[directory.ldap] ", '[directory.ldap]\npassword = "x"\n#'))
    with pytest.raises(ConfigError, match="MAILBOT_DIRECTORY__LDAP__PASSWORD"):
        read_rules(folder)


def test_a_password_that_is_refused_is_not_tried_until_the_account_is_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times, then nobody knocks for six hours; the letters and the rest go on."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__LDAP__PASSWORD", "otra")
    chamber = Chamber(folder)
    chamber.ask()
    chamber.hear("APROBAR")
    for _ in range(5):
        with pytest.raises(Refused):
            schedule._fulfil(chamber.desk)  # noqa: SLF001  the stage as a pass takes it
        chamber.clock.forward(hours=1)
    (change,) = chamber.all(Change)
    assert (change.step, change.attempts) == ("prepare", 3)
    chamber.store.close()


def test_from_a_mail_to_an_account_its_holder_can_use(
    house: House, slapd: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request, a yes, and in the directory's group somebody whom the mailed password lets in."""
    tree = slapd.policy
    base = tree.fresh()
    group = f"cn=especialistas,{base}"
    with tree.root() as wire:
        assert wire.add(group, "groupOfNames", {"member": group})
    for name, value in {
        "KIND": "ldap",
        "LDAP__URL": f"ldaps://localhost:{slapd.tls_port}",
        "LDAP__CAFILE": str(slapd.cafile),
        "LDAP__BIND_DN": f"cn=mailbot,{tree.suffix}",
        "LDAP__PASSWORD": ldap_server.PASSWORD,
        "LDAP__BASE": base,
        "LDAP__GROUPS": json.dumps({POST.role: group}),
    }.items():
        monkeypatch.setenv(f"MAILBOT_DIRECTORY__{name}", value)
    house.send_sample("5.1-alta-especialista-ugel")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    (case,) = house.cases()
    letter = house.post.wait_for(case.record["correo"], lambda m: "Contraseña" in text_of(m))[-1]
    (dn,) = tree.found(base)
    (password,) = re.findall(r"Contraseña temporal: (\S+)", text_of(letter))
    assert tree.may_enter(dn, password)
    assert dn.encode() in tree.found(base, "(cn=especialistas)")[group]["member"]
    (account,) = house.active()
    assert f"uid={account.username}," in dn
    assert account.password_hash == accounts.ELSEWHERE
