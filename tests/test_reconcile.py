"""The accounts that exist are taken in; where register and directory differ, it shows."""

import json
from pathlib import Path
from typing import Any

import notebook
import pytest
from chamber import Chamber
from scim2_models import Group
from scim_server import GROUP, TOKEN, Scim
from test_cli import Run, run
from test_scim import address, entry, server

from mailbot import reconcile
from mailbot.actions import steps
from mailbot.actions.directory import Claims, Denied, Held, opened
from mailbot.reconcile import Kind, compare
from mailbot.store import accounts
from mailbot.store.tables import Account, AccountStatus

__all__ = ["address", "server"]
OLD, NEW = "40000001", "42871359"
SEAT = "especialista-ugel/060004/"
HEAD = "dni,names,role,office,nivel,correo,username\n"
ROSA = f'{NEW},"QUISPE MAMANI, Rosa",especialista-ugel,060004,,Rosa@correo.example,\n'


@pytest.fixture
def chamber(chamber: Chamber, monkeypatch: pytest.MonkeyPatch) -> Chamber:
    assert chamber.store  # before the command line opens the same file
    monkeypatch.setenv("MAILBOT_CONFIG", str(chamber.folder))
    return chamber


@pytest.fixture
def bot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return lambda *words: run(capsys, monkeypatch, *words)


@pytest.fixture
def scim(chamber: Chamber, server: Scim, address: str, monkeypatch: pytest.MonkeyPatch) -> Chamber:
    """The same bot, its accounts in a SCIM server with one group."""
    for name, value in {
        "KIND": "scim",
        "SCIM__URL": address,
        "SCIM__TOKEN": TOKEN,
        "SCIM__CAFILE": str(server.cafile),
        "SCIM__GROUPS": f'{{"especialista-ugel": "{GROUP}"}}',
    }.items():
        monkeypatch.setenv(f"MAILBOT_DIRECTORY__{name}", value)
    server.fresh()
    chamber.configure()
    with opened(chamber.rules.settings) as elsewhere:
        elsewhere.wire.create(Group(display_name=GROUP))  # type: ignore[attr-defined]
    return chamber


def csv(chamber: Chamber, rows: str) -> str:
    path = chamber.folder / "cuentas.csv"
    path.write_text(rows, encoding="utf-8")
    return str(path)


# ------------------------------------------------------------------ import


def test_what_exists_is_registered_and_again_changes_nothing(chamber: Chamber, bot: Run) -> None:
    """A dry run writes nothing; the second time all are known; it stands in the journal once."""
    path = csv(chamber, HEAD + ROSA + f"{OLD},EVA RUIZ,estadistico-ugel,060004,,,eruiz\n")
    assert bot("accounts", "import", path, "--dry-run")[0] == 0
    assert chamber.all(Account) == []
    code, out, _ = bot("accounts", "import", path, "--json")
    assert (code, json.loads(out)) == (
        0,
        {"new": 2, "known": 0, "dry_run": False, "kept": 2, "problems": []},
    )
    rosa, eva = chamber.all(Account)
    assert (rosa.username, rosa.correo, rosa.seat) == (NEW, "rosa@correo.example", SEAT)
    assert (eva.username, eva.status, eva.opened_by) == ("eruiz", "active", None)
    assert json.loads(bot("accounts", "import", path, "--json")[1])["known"] == 2
    assert len(chamber.all(Account)) == 2
    assert [name for name, _ in chamber.noted()].count("accounts_imported") == 1


def test_every_problem_of_every_row_is_told_and_nothing_kept(chamber: Chamber, bot: Run) -> None:
    """With the line; good rows wait for the others."""
    chamber.seat("VIEJA GUARDIA, Ana", OLD)
    bad = (
        ROSA
        + "123,,director,999999,,no,\n"
        + f"{NEW},ROSA,especialista-nivel,060004,EBR Media,,\n"
        + "43333333,OTRA,especialista-dre,060004,EBR Primaria,,\n"
        + "44444444,LUZ,estadistico-ugel,060004,,,\n45555555,SOL,estadistico-ugel,060004,,,\n"
    )
    code, _, err = bot("accounts", "import", csv(chamber, HEAD + bad))
    assert code == 1
    for words in (
        "línea 2: ese cargo ya lo ocupa VIEJA GUARDIA, Ana",
        "línea 3: dni «123» no tiene 8 cifras",
        "línea 3: falta names",
        "línea 3: correo «no» no es una dirección",
        "línea 3: role «director» no existe",
        "línea 4: nivel «EBR Media» no existe",
        "línea 5: office «060004» no es de la clase que pide el cargo (DRE)",
        "línea 5: nivel sobra",
        "línea 7: ese cargo ya lo ocupa otra fila (línea 6)",
    ):
        assert words in err
    assert [row.dni for row in chamber.all(Account)] == [OLD]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "ARCHIVO.csv, o bien --from-directory"),
        (("--from-directory",), "el registro es el directorio"),
        (("no-esta.csv",), "no se puede leer"),
    ],
)
def test_what_cannot_be_imported_says_why(
    chamber: Chamber,
    bot: Run,
    argv: tuple[str, ...],
    words: str,
) -> None:
    """Wrong usage: exit code 2 and the mend."""
    code, _, err = bot("accounts", "import", *argv)
    assert (code, words in err, chamber.all(Account)) == (2, True, [])


def test_a_file_with_other_columns_is_refused(chamber: Chamber, bot: Run) -> None:
    """The columns are named."""
    code, _, err = bot("accounts", "import", csv(chamber, "dni,nombre\n1,2\n"))
    assert (code, "las columnas deben ser dni,names,role" in err) == (2, True)


def test_what_the_directory_has_is_registered_and_gets_its_key(
    scim: Chamber,
    server: Scim,
    bot: Run,
) -> None:
    """From then on it is the bot's: a change finds it, and nothing differs."""
    stranger = entry("de antes", dni=OLD, names="EVA RUIZ")
    with opened(scim.rules.settings) as elsewhere:
        elsewhere.create(stranger)
        elsewhere.enable(stranger)
    said = bot("accounts", "import", "--from-directory")
    assert (said[0], said[2]) == (0, ""), said
    (row,) = scim.all(Account)
    assert (row.dni, row.seat, server.held()[OLD].external_id) == (OLD, SEAT, f"mailbot-{row.id}")
    assert reconcile.look(scim.desk) == ()
    with opened(scim.rules.settings) as elsewhere:
        assert elsewhere.find(steps.entry(row)) is not None


# ------------------------------------------------------------------ comparing


def row(number: int, dni: str = NEW, status: str = "active", **more: Any) -> Account:  # noqa: ANN401
    given = {"username": dni, "names": "R", "seat": SEAT, "change_id": None, **more}
    return Account(id=number, dni=dni, status=AccountStatus(status), **given)


def held(key: str = "mailbot-1", dni: str = NEW, *, enabled: bool = True, **more: str) -> Held:
    return Held(**{"username": dni, "names": "R", "dni": dni, "key": key, "seat": SEAT, **more},
                enabled=enabled)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "there", "kinds"),
    [
        ([row(1)], [held()], []),
        ([row(1)], [held(enabled=False)], [Kind.CLOSED]),
        ([row(1)], [], [Kind.MISSING]),
        ([row(1, status="closed")], [held()], [Kind.OPEN]),
        ([row(1, status="closed")], [held(enabled=False)], []),
        ([row(1, status="closed")], [], []),
        ([row(1, status="prepared")], [held(enabled=False)], []),
        ([], [held("")], [Kind.UNKNOWN]),
        ([], [held("", enabled=False)], []),
        ([], [held("mailbot-9")], [Kind.UNKNOWN]),
        ([row(1)], [held(names="X")], [Kind.DIFFERS]),
        ([row(1)], [held("")], [Kind.DIFFERS]),
        ([row(1)], [held(), held("", dni=OLD)], [Kind.UNKNOWN]),
        ([row(1, change_id=3)], [held(enabled=False)], []),
    ],
)
def test_each_difference_has_its_name(
    rows: list[Account], there: list[Held], kinds: list[Kind]
) -> None:
    """And what is as it should be, or in the hands of a change, is none."""
    assert [drift.kind for drift in compare(rows, there)] == kinds


def differing(chamber: Chamber) -> dict[str, int]:
    """One closed there by hand, one gone, one open still, one unknown; the numbers by DNI."""
    made = {}
    places = {"1": "especialista-ugel", "2": "estadistico-ugel", "3": "central-atencion"}
    for end, place in places.items():
        made[f"4000000{end}"] = chamber.seat(f"PERSONA {end}", f"4000000{end}", place)
    with chamber.store.begin() as tx:
        accounts.close_account(tx, made["40000003"], None, chamber.clock())
    with opened(chamber.rules.settings) as elsewhere:
        for known in chamber.all(Account)[::2]:
            elsewhere.create(steps.entry(known))
        elsewhere.enable(steps.entry(chamber.all(Account)[2]))
        unknown = entry("de antes", dni="49999999", seat="especialista-ugel/060005/")
        elsewhere.create(unknown)
        elsewhere.enable(unknown)
    return made


def test_what_differs_is_shown_and_adopted(scim: Chamber, bot: Run) -> None:
    """The register takes the directory's word; what it cannot take is told."""
    made = differing(scim)
    code, out, _ = bot("accounts", "reconcile", "--json")
    assert code == 1
    assert {(d["kind"], d["dni"]) for d in json.loads(out)} == {
        ("closed", "40000001"),
        ("missing", "40000002"),
        ("open", "40000003"),
        ("unknown", "49999999"),
    }
    shown = bot("accounts", "reconcile")[1]
    assert "desactivada allí" in shown
    code, _, err = bot("accounts", "reconcile", "--adopt", "--yes")
    assert (code, "ciérrela allí con --repair" in err) == (1, True)
    assert scim.active() == ["49999999"]
    assert [(d.kind, d.account) for d in reconcile.look(scim.desk)] == [
        (Kind.OPEN, made["40000003"])
    ]
    assert [name for name, _ in scim.noted()].count("account_adopted") == 3


def test_what_differs_is_repaired(scim: Chamber, server: Scim, bot: Run) -> None:
    """The directory is as the register says; an account the bot did not make is left alone."""
    differing(scim)
    code, out, _ = bot("accounts", "reconcile", "--repair", "--yes", "--json")
    assert (code, sum(1 for o in json.loads(out) if o["problem"])) == (1, 1)
    assert server.enabled() == {"40000001", "40000002", "49999999"}
    (left,) = reconcile.look(scim.desk)
    assert (left.kind, left.dni) == (Kind.UNKNOWN, "49999999")


def test_a_directory_that_cannot_be_asked_says_so(
    chamber: Chamber,
    bot: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A person's work has no list; the CSV is named as the way."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__KIND", "workorder")
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__TO", "ana@minedu.example")
    for argv in (("reconcile",), ("import", "--from-directory")):
        code, _, err = bot("accounts", *argv)
        assert (code, "mailbot accounts import ARCHIVO.csv" in err) == (2, True)
    assert chamber.all(Account) == []


def test_a_directory_that_takes_no_keys_says_so(
    chamber: Chamber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of the docs: an unknown account is registered, and who has to mark it is told."""
    kept = notebook.install(tmp_path, "notebook", monkeypatch)
    chamber.configure()
    there = {"username": "x", "names": "EVA", "dni": OLD, "enabled": True, "key": "", "seat": SEAT}
    kept.write_text(json.dumps({"a": there}))
    drifts = reconcile.look(chamber.desk)
    (outcome,) = reconcile.adopt(chamber.desk, drifts, "eva")
    assert "no admite darle la clave" in outcome.problem
    assert chamber.active() == [OLD]
    (left,) = reconcile.look(chamber.desk)
    assert (left.kind, "todavía no lleva la clave" in left.detail) == (Kind.DIFFERS, True)


def test_an_account_of_somebody_else_is_not_claimed(scim: Chamber) -> None:
    """Another DNI, another key of the bot's, or none of that name."""
    with opened(scim.rules.settings) as elsewhere:
        assert isinstance(elsewhere, Claims)
        elsewhere.create(entry("mailbot-5", dni=OLD))
        for wrong in (entry("mailbot-1"), entry("mailbot-1", dni=OLD)):
            with pytest.raises(Denied):
                elsewhere.claim(wrong, OLD)
        with pytest.raises(Denied):
            elsewhere.claim(entry("mailbot-1"), "nadie")
