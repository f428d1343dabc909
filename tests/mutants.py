"""How well the tests guard the guards: ``make mutants`` (ONLY=module).

mutmut changes one thing at a time in a module of TESTS and runs that module's tests; a mutant that
no test notices survives. Survivors stand in ``mutants.toml``, each with the reason why it changes
nothing that matters; any other makes this fail. Everything happens in a copy (``.mutants``).
"""

import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
SCRATCH = ROOT / ".mutants"
MUTMUT = Path(sys.executable).with_name("mutmut")
TESTS: Mapping[str, str] = {
    "trust/gate": "gate trust espoofer",
    "trust/shape": "gate shape",
    "trust/results": "server_word dkim",
    "trust/verdict": "verdict dkim trust",
    "trust/policy": "verdict trust",
    "trust/lookalike": "lookalike",
    "trust/signatures": "verdict dkim",
    "parsers/reply": "reply patchy",
    "parsers/nameplate": "reply",
    "secrecy": "secrets",
    "second_factor": "secrets",
    "store/cases": "claims guards",
    "store/challenges": "claims",
    "decide": "record course",
    "resolve/__init__": "guards urge",
    "resolve/heard": "guards",
    "resolve/approve": "guards",
    "resolve/said": "guards",
    "resolve/anew": "guards",
    "resolve/codes": "guards digest",
    "challenge": "confirmations",
    "parsers/orders": "batch_lines patchy",
    "parsers/spoken": "batch_lines patchy",
    "parsers/batch": "batch_lines patchy",
    "prompts/confirmed": "orders",
    "prompts/batch": "digest",
    "store/changes": "changes fulfil",
}
"""Which tests a module's mutants are run against: quick ones, and all that say something of it.

Those called ``…by_mail`` and those on PostgreSQL are left out: they want servers, started anew for
every mutant.
"""
COPIED = "tests config templates docs README.md SECURITY.md CHANGELOG.md Makefile .ci".split()
KILLED, SURVIVED, UNREACHED, TIMEOUT = "killed", "survived", "no test", "killed (time)"
NOT_RUN = "not run"
_ENDS = {0: SURVIVED, 1: KILLED, 3: KILLED, 5: UNREACHED, 33: UNREACHED}
_STRING = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True)
class Mutant:
    """A mutant of a module: the line that changed, before and after, and how it ended."""

    module: str
    function: str
    before: str
    after: str
    end: str

    @property
    def words_only(self) -> bool:
        """Whether it only writes a sentence otherwise: letters' tests hold what people are told."""
        sentence = any(" " in text.strip('" ') for text in _STRING.findall(self.before))
        plain = [line.replace("XX", "").lower() for line in (self.before, self.after)]
        return sentence and plain[0] == plain[1]


def run(module: str) -> list[Mutant]:
    """Every mutant of a module, as it ended."""
    place = SCRATCH / module.replace("/", ".")
    shutil.rmtree(place, ignore_errors=True)
    _copy(module, place)
    log = place / "log"
    with log.open("wb") as out:
        command = [str(MUTMUT), "run", "--max-children", "1"]
        subprocess.run(command, cwd=place, env=_environment(), stdout=out, stderr=out, check=False)
    found = last(module)
    if not found or any(m.end == NOT_RUN for m in found):
        sys.exit(f"{module}: mutmut did not finish; see {log}")
    return found


def last(module: str) -> list[Mutant]:
    """Every mutant of a module as the last run left it."""
    return list(_mutants(module, SCRATCH / module.replace("/", ".")))


def _environment() -> dict[str, str]:
    """Ours, but the copy's own mailbot is imported, and hypothesis tries the same every time."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"CI": "1"}


def _copy(module: str, place: Path) -> None:
    shutil.copytree(ROOT / "mailbot", place / "mailbot")
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, place / name)
    tests = [f"tests/test_{name}.py" for name in TESTS[module].split()]
    config = f"""
[tool.mutmut]
source_paths = ["mailbot"]
only_mutate = ["mailbot/{module}.py"]
also_copy = {json.dumps([n for n in COPIED if n != "tests"])}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-k", "not by_mail and not postgresql"]
pytest_add_cli_args_test_selection = {json.dumps(tests)}
use_git_change_detection = false
"""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (place / "pyproject.toml").write_text(text + config, encoding="utf-8")


def _mutants(module: str, place: Path) -> Iterator[Mutant]:
    """What mutmut noted, and its file with every mutant beside the original."""
    file = place / "mutants" / "mailbot" / f"{module}.py"
    if not file.exists():
        return
    notes = file.with_name(f"{file.name}.meta")
    ends = json.loads(notes.read_text())["exit_code_by_key"] if notes.exists() else {}
    functions = _functions(file)
    for key, code in ends.items():
        name = key.rpartition(".")[2]
        function = name.rpartition("__mutmut_")[0]
        before, after = _changed(functions[f"{function}__mutmut_orig"], functions[name])
        end = NOT_RUN if code is None else _ENDS.get(code, TIMEOUT)
        yield Mutant(module, function, before, after, end)


def _functions(file: Path) -> Mapping[str, Sequence[str]]:
    """Every function of a file by its name, as lines without that name."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef))
    return {
        n.name: [line.replace(n.name, "_") for line in lines[n.lineno - 1 : n.end_lineno]]
        for n in found
    }


def _changed(one: Sequence[str], other: Sequence[str]) -> tuple[str, str]:
    told = list(difflib.unified_diff(one, other, n=0, lineterm=""))[2:]
    sides = [[line[1:].strip() for line in told if line[0] == sign] for sign in "-+"]
    return " ".join(sides[0]), " ".join(sides[1])


# ------------------------------------------------------------------ what survived, and why it may


def explained() -> Mapping[tuple[str, str], str]:
    """(module, mutated line) → why that mutant may survive."""
    listed = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text(encoding="utf-8"))
    return {
        (module, after): group["why"]
        for module, groups in listed.items()
        for group in groups
        for after in group["mutants"]
    }


def told(mutants: Sequence[Mutant], console: Console) -> int:
    """Print what happened; how many survivors nobody explained."""
    reasons = explained()
    table = Table(
        "módulo",
        "mutantes",
        "muertos",
        "solo palabras",
        "equivalentes",
        "sin explicar",
        "sin probar",
    )
    unexplained = [m for m in mutants if _kind(m, reasons) == "open"]
    for module in dict.fromkeys(m.module for m in mutants):
        count = Counter(_kind(m, reasons) for m in mutants if m.module == module)
        row = (
            count.total(),
            *(count[k] for k in ("dead", "words", "explained", "open", "untried")),
        )
        table.add_row(module, *map(str, row))
    for m in unexplained:
        console.print(f"{m.module} {m.function} ({m.end})", style="bold", markup=False)
        console.print(f"  - {m.before}\n  + {m.after}", markup=False, highlight=False)
    console.print(table)
    return len(unexplained)


def _kind(mutant: Mutant, reasons: Mapping[tuple[str, str], str]) -> str:
    if mutant.end in (KILLED, TIMEOUT, NOT_RUN):
        return "untried" if mutant.end == NOT_RUN else "dead"
    if (mutant.module, mutant.after) in reasons:
        return "explained"
    return "words" if mutant.words_only else "open"


def main() -> None:
    """Run the modules whose names begin with ONLY; TOLD=1: only tell of the last run."""
    only = os.environ.get("ONLY", "")
    modules = [module for module in TESTS if module.startswith(only)]
    if not modules:
        sys.exit(f"ONLY={only}: " + ", ".join(TESTS))
    found = [
        m for module in modules for m in (last(module) if "TOLD" in os.environ else run(module))
    ]
    sys.exit(bool(told(found, Console(width=140))))


if __name__ == "__main__":
    main()
