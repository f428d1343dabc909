"""Past mails read again by other rules: what changes is shown, and nothing is touched."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from house import ADMINISTRATOR, SAMPLES, House, write_config
from test_cli import Run, bot

from mailbot.hindsight import Kind, Outcome, Step, differ

__all__ = ["bot"]

ALTA, LACKING, BOUNCE = "5.1-alta-especialista-ugel", "sin-rd", "rebote"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rules of today; no server is named in them."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    folder = write_config(tmp_path / "config", None)
    monkeypatch.setenv("MAILBOT_CONFIG", str(folder))
    return folder


def without_rd(folder: Path, to: Path) -> Path:
    """The same rules, but an alta in a UGEL needs no resolution."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("mailbot.db*", "copias"))
    csv = to / "procedures.csv"
    rows = csv.read_text(encoding="utf-8").splitlines()
    changed = [
        row.replace("oficio rd", "oficio") if row.startswith("5.1,") else row for row in rows
    ]
    assert changed != rows
    csv.write_text("\n".join(changed) + "\n", encoding="utf-8")
    return to


def past(folder: Path) -> Path:
    folder.mkdir()
    for name in (LACKING, BOUNCE):
        shutil.copy(SAMPLES / f"{name}.eml", folder)
    return folder


def test_files_are_read_by_the_rules_of_today_and_by_those_tried(
    bot: Run, rules: Path, tmp_path: Path
) -> None:
    """One mail would be asked about instead of observed; the other stays what it is."""
    tried = without_rd(rules, tmp_path / "tried")
    code, out, _ = bot("replay", str(past(tmp_path / "past")), "--against", str(tried), "--json")
    (found,) = json.loads(out)
    assert code == 0
    assert (found["mail"], found["differs"]) == ("sin-rd.eml", True)
    assert found["before"]["steps"] == [{"procedure": "5.1", "course": "observe", "why": ["rd"]}]
    assert found["after"]["steps"] == [{"procedure": "5.1", "course": "ask", "why": []}]
    _, out, _ = bot("replay", str(tmp_path / "past"), "--against", str(tried), "--all")
    assert "V.5.1: se observa (resolución de designación)" in " ".join(out.split())
    assert "automático: no se contesta" in " ".join(out.split())
    assert "2 correos leídos de nuevo; 1 con diferencias." in out
    assert not (rules / "mailbot.db").exists()


def test_what_was_done_is_held_against_what_would_be(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the same rules nothing changes, whatever was decided since; the store stays as it was."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    for name in (ALTA, LACKING, BOUNCE):
        house.send_sample(name)
    house.poll()
    house.decide(ADMINISTRATOR, "RECHAZAR no corresponde")
    before = prints(house)
    same = bot("replay", "--from-store", "--against", str(house.folder), "--all", "--json")
    rows = {row["mail"]: row for row in json.loads(same[1])}
    assert not any(row["differs"] for row in rows.values())
    kinds = [row["after"]["kind"] for row in rows.values()]
    assert sorted(kinds) == ["automatic", "reply", "request", "request"]
    tried = without_rd(house.folder, tmp_path / "tried")
    (found,) = json.loads(bot("replay", "--from-store", "--against", str(tried), "--json")[1])
    assert (found["before"]["steps"][0]["course"], found["after"]["steps"][0]["course"]) == (
        "observe",
        "ask",
    )
    assert prints(house) == before
    late = bot("replay", "--from-store", "--since", "2099-01-01", "--against", str(tried), "--json")
    assert json.loads(late[1]) == []


def prints(house: House) -> list[str]:
    """What every table holds."""
    return [hashlib.sha256(house.held()).hexdigest(), str(len(house.letters()))]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay",), "Indique archivos o carpetas"),
        (("replay", "x.eml", "--from-store"), "Indique archivos o carpetas"),
        (("replay", "x.eml"), "Indique --against CARPETA una vez"),
        (("replay", "--from-store", "--against", "config"), "la base de datos no existe todavía"),
        (("replay", "x.eml", "--against", "config"), "x.eml: no existe"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_what_cannot_be_compared_is_told_with_the_mend(
    bot: Run, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, and no database is made by looking for one."""
    code, _, err = bot(*words)
    assert code == 2
    assert said in err


def test_outcomes_differ_only_in_what_both_know() -> None:
    """The journal does not say what was lacking; two sets of rules do."""
    known = Outcome(Kind.REQUEST, (Step("5.1", "observe", ("rd",)),))
    other = Outcome(Kind.REQUEST, (Step("5.1", "observe", ("dni",)),))
    done = Outcome(Kind.REQUEST, (Step("5.1", "observe"),), detailed=False)
    assert differ(known, other)
    assert not differ(known, done)
    assert differ(done, Outcome(Kind.REQUEST, (Step("5.1", "ask"),)))
    assert differ(done, Outcome(Kind.UNRELATED))
