"""Every template of what the program says outside the command line: what `retold` has to know.

Taken from the program's own text: all words of the modules that judge, and everywhere what an error
that a person can mend is made with. ``{1}``, ``{2}``… stand for what is filled in.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from house import HERE

PROGRAM = HERE.parent / "mailbot"
JUDGES = ("health.py", "doctor.py", "diagnosis.py", "spans.py")
"""Modules all of whose words reach the terminal."""

INSIDE: Mapping[str, tuple[str, ...]] = {
    "actions/ldap.py": ("check",),
    "actions/scim.py": ("check", "_busy", "_ailing", "_FAILED"),
    "actions/wire.py": ("_DENIED", "_POLICY"),
    "backup.py": ("standing", "ELSEWHERE"),
    "config.py": ("_check_alarm", "_check_names", "_MENDS", "_one_in_words", "_hint"),
    "daily.py": ("UNTOLD",),
    "delivery.py": ("_refused", "bounded"),
    "offices.py": ("read_offices",),
    "parsers/confine.py": ("Fence",),
    "recovery.py": ("_account",),
    "procedures.py": ("_read_procedures", "_procedure", "_words"),
    "sections.py": ("_long_enough", "_in_order"),
    "shadow.py": ("WORDS",),
    "store/epoch.py": ("doubt", "_behind"),
    "store/journal.py": ("verify", "_wrong", "_wrong_end"),
    "store/seal.py": ("ABSENT", "LOST", "Unsealed"),
    "trust/settings.py": ("problem",),
    "vigil.py": ("note_verified",),
}
"""Functions, classes and constants elsewhere whose words do."""

ERRORS = (
    *("ConfigError", "Denied", "Held", "IMAPClientAbortError", "NoLanguageData", "Refused"),
    *("SMTPServerDisconnected", "Unreachable", "Unsealed", "Unwritable", "Withheld", "kind"),
)
"""What is raised with words for a person (`kind`: one of several)."""

_SAID_BY_THE_COMMAND_LINE = ("cli", "console")  # see sayings.py
_ONE_WORD = frozenset(("aceptadas", "falta", "nadie", "ninguna", "ninguno", "registrados"))
"""Words that are said alone: all other single words in lower case are keys and codes."""

_UNSAID = (
    *("Auto-Submitted", "From", "Message-ID", "Subject", "To", "Authentication-Results"),
    *("Prueba de mailbot doctor", "Este correo lo envió el bot a sí mismo. Puede borrarlo."),
    *("{1}; dmarc=pass header.from={2}.invalid", "{1}+prueba@{2}", "NO_CERTIFICATE|NO_START_LINE"),
    *("^OAuth ", "MAILBOT_DIRECTORY__LDAP__PASSWORD", "(!(objectClass=*))", "objectClass"),
    *("displayName", "externalId", "Retry-After", "https://-", "alarm.{1}", "Correos"),
    *('trust.domains."{1}"', "mailbot audit verify"),
)
"""What is written into the probe, looked for in an error or a label, or the name of a thing."""


def overheard() -> set[str]:
    """Every template, in Spanish."""
    found = (text for file in sorted(PROGRAM.rglob("*.py")) for text in _of(file))
    return {text for text in found if _is_words(text)}


def _is_words(text: str) -> bool:
    if text in _UNSAID or not re.search(r"[^\W\d_]{2}", re.sub(r"\{\d+\}", "", text)):
        return False
    return text in _ONE_WORD or not re.fullmatch(r"(?!\{)[a-z0-9_.*\[\]-]+|\(\?i\).*", text)


def _of(file: Path) -> Iterator[str]:
    name = str(file.relative_to(PROGRAM))
    if name.startswith(_SAID_BY_THE_COMMAND_LINE):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in [tree] if name in JUDGES else _speaking(tree, INSIDE.get(name, ())):
        yield from _texts(node, constants)


def _speaking(tree: ast.Module, named: tuple[str, ...]) -> Iterator[ast.AST]:
    """The parts of a module that are said: what is named, and the words of errors."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name in named:
                yield from node.body
            case ast.Assign(targets=[ast.Name(id=name)]) if name in named:
                yield node.value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.AST() as value) if name in named:
                yield value
            case ast.Call(func=function) if _called(function) in ERRORS:
                yield from node.args


def _called(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _texts(node: ast.AST, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """The texts of a part, docstrings left out; a constant of the module stands for its own."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom():
            return
        case ast.JoinedStr(values=values):
            yield _template("".join(v.value if _fixed(v) else "{}" for v in values))  # type: ignore[attr-defined]
            for value in values:
                if isinstance(value, ast.FormattedValue):
                    yield from _texts(value.value, constants)
        case ast.Constant(value=str() as text):
            yield _template(text)
        case ast.Name(id=name) if name in constants and isinstance(constants[name], ast.Constant):
            yield from _texts(constants[name], constants)
        case _:
            for inner in ast.iter_child_nodes(node):
                yield from _texts(inner, constants)


def _fixed(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant)


def _template(text: str) -> str:
    """Its holes by number; joints at the begin of a fragment are the phrasebook's own."""
    count = iter(range(1, 20))
    holes = re.sub(r"(?<!\$)\{[^{}]*\}", lambda _: f"{{{next(count)}}}", text)
    return re.sub(r"^[;:,] |[;:,] $", "", holes)
