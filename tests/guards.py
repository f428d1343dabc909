"""The guards the promises rest on, each broken on purpose, and what notices.

A guard is some words of the program that are put otherwise in the running process (no file is
changed). What has to notice is a short history of the simulation, or a test. A guard whose absence
nothing notices would be no guard: this says so and fails.

    python tests/guards.py [NAME…]    all guards, or those whose names begin so
    python tests/guards.py --histories    only those that histories notice
"""

import ast
import importlib
import inspect
import os
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import simulation
import trust_guards
from simulation import Stage, Step


@dataclass(frozen=True, slots=True)
class Guard:
    """Words of a function, what stands in their place, and what notices: histories or a test."""

    name: str
    place: str
    old: str
    new: str
    history: tuple[Step, ...] = ()
    test: str = ""


def asks(name: str) -> tuple[Step, ...]:
    """A request arrives and is read."""
    return (Step("request", word=name, way="right"), Step("poll"))


def says(text: str, pick: float = 0.0, way: str = "right") -> tuple[Step, ...]:
    """A question (0: the first, 0.99: the last) is answered, and the answer read."""
    return (Step("reply", pick, text, way), Step("poll"))


YES = "APROBAR"
NOT_SURE = "Sí, pero falta la firma"
_SECOND = "test_races::test_a_claim_holds_only_in_time_and_for_what_was_shown"

GUARDS = (
    Guard(
        "a question is used once",
        "mailbot.store.cases:claim",
        "Question.status == QuestionStatus.OPEN,",
        "",
        test="test_races::test_of_many_claims_at_once_one_wins",
    ),
    Guard(
        "a question is used in time",
        "mailbot.store.cases:claim",
        "Question.expires_at > now,",
        "",
        test=_SECOND,
    ),
    Guard(
        "a question is used for what it showed",
        "mailbot.store.cases:claim",
        "Question.digest == digest,",
        "",
        test=_SECOND,
    ),
    Guard(
        "what is done is recomputed and compared with what was shown",
        "mailbot.resolve.approve:_unchanged",
        "decide.digest(current) == heard.question.digest",
        "True",
        test="test_decisions::test_what_changed_since_it_was_shown_is_not_executed",
    ),
    Guard(
        "a case is moved only from where it was read",
        "mailbot.store.cases:move",
        "Case.status == case.status, ",
        "",
        test="test_broken_guards::test_a_case_that_moved_meanwhile_is_not_moved_again",
    ),
    Guard(
        "only the person asked can answer",
        "mailbot.resolve:resolve",
        "question is None or reply.mail.sender.address != question.approver",
        "question is None",
        (*asks("chota-ana"), *says(YES, way="stranger")),
    ),
    Guard(
        "only a proven answer counts",
        "mailbot.resolve:resolve",
        "if not reply.mail.sender.may_decide:",
        "if False:",
        (*asks("chota-ana"), *says(YES, way="unproven")),
    ),
    Guard(
        "nobody decides on their own account",
        "mailbot.decide:may_decide",
        "mailbox(approver.address) not in own and ",
        "",
        test="test_races::test_nobody_decides_for_themselves",
    ),
    Guard(
        "only the office asked can confirm",
        "mailbot.challenge:hear",
        "made is None or sender.address != made.address or not sender.may_decide",
        "made is None",
        (
            Step("request", word="chota-ana", way="unproven"),
            Step("poll"),
            Step("confirm", 0.0, "CONFIRMO", "stranger"),
            Step("poll"),
        ),
    ),
    Guard(
        "the holder goes before the next one comes",
        "mailbot.decide:plan",
        "return (*closing, opening)",
        "return (opening, *closing)",
        (*asks("chota-ana"), *says(YES), *asks("chota-eva"), *says(YES, 0.99)),
    ),
    Guard(
        "the holder who is replaced goes at all",
        "mailbot.actions:perform",
        "register.close(step.account_id, case_id)",
        "pass",
        (*asks("chota-ana"), *says(YES), *asks("chota-eva"), *says(YES, 0.99)),
    ),
    Guard(
        "a closed account's password is dead",
        "mailbot.store.accounts:close_account",
        "password_hash=None,",
        "",
        (*asks("chota-ana"), *says(YES), *asks("chota-eva"), *says(YES, 0.99)),
    ),
    Guard(
        "each attempt at credentials has a Message-ID of its own",
        "mailbot.send:_new_password",
        "if letter.attempts > 1:",
        "if False:",
        (*asks("minedu-ida"), Step("reply", 0.0, YES, "right"), Step("smtp", word="lost")),
    ),
    Guard(
        "a letter is taken by one sender",
        "mailbot.store.letters:begin",
        "Letter.status.in_(_WAITING), ",
        "",
        test="test_broken_guards::test_of_many_senders_at_once_one_takes_a_letter",
    ),
    Guard(
        "a letter a crash left in the middle is found again",
        "mailbot.store.letters:interrupted",
        "Letter.status == LetterStatus.SENDING, ",
        "Letter.id < 0, ",
        (Step("request", word="minedu-ida", way="right"), Step("kill", 17 / 60)),
    ),
    Guard(
        "a mail is stored once, by its bytes",
        "mailbot.store.mails:add",
        "seen = tx.scalar(select(Mail).where(Mail.sha256 == mail.sha256))",
        "seen = None",
        (Step("thanks"), Step("poll"), Step("again"), Step("poll")),
    ),
    Guard(
        "an attempt is counted before the mail is read",
        "mailbot.store.mails:begin_attempt",
        ".values(attempts=Mail.attempts + 1)",
        ".values(attempts=Mail.attempts)",
        (Step("poison"), Step("poll")),
    ),
    Guard(
        "a mail is moved only when it is in the store",
        "mailbot.ingest:ingest",
        "_keep(desk, mailbox, mailbox.fetch(batch))",
        "mailbox.move(batch, mailbox.settings.processed)",
        (Step("thanks"), Step("poll")),
    ),
    Guard(
        "a mail that was brought back is moved again",
        "mailbot.store.mails:add",
        "seen.moved_at = None",
        "pass",
        (Step("thanks"), Step("poll"), Step("drag"), Step("poll")),
    ),
    Guard(
        "one address gets only so many answers",
        "mailbot.respond:Outbox.may_answer",
        "return theirs < limits.answers_per_day and",
        "return",
        (*asks("chota-ana"), *(says(NOT_SURE) * (simulation.CAP + 1))),
    ),
    Guard(
        "the journal is one chain",
        "mailbot.store.journal:append",
        "before.count + 1, before.hash",
        "before.count + 1, f'{before.count:064d}'",
        asks("chota-ana"),
    ),
    *(Guard(name, place, old, new, test=test) for name, place, old, new, test in trust_guards.ROWS),
)
"""The words stand once in their function, or breaking fails: a guard that is rewritten is seen."""


# ------------------------------------------------------------------ breaking one


def break_(guard: Guard) -> None:
    """Put a guard's words otherwise, in this process: every caller sees it."""
    found, code = rewritten(guard)
    found.__code__ = code


def rewritten(guard: Guard) -> tuple[types.FunctionType, types.CodeType]:
    """The function a guard stands in, and its code with the words put otherwise."""
    module_name, _, path = guard.place.partition(":")
    module = importlib.import_module(module_name)
    found: object = module
    for name in path.split("."):
        found = getattr(found, name)
    found = inspect.unwrap(found)  # type: ignore[arg-type]  # what is cached is wrapped
    assert isinstance(found, types.FunctionType), guard.place
    assert module.__file__
    source = Path(module.__file__).read_text(encoding="utf-8")
    node = next(n for n in ast.walk(ast.parse(source)) if _is(n, path.rpartition(".")[2]))
    lines = source.splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno or 0  # type: ignore[attr-defined]
    words = "".join(lines[first:last])
    assert words.count(guard.old) == 1, f"{guard.name}: «{guard.old}» is not in {guard.place}"
    lines[first:last] = [words.replace(guard.old, guard.new)]
    code = compile("".join(lines), module.__file__, "exec", dont_inherit=True)
    return found, _inside(code, path.split("."))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == name


def _inside(code: types.CodeType, path: Sequence[str]) -> types.CodeType:
    """The code of a function or method by its name, as it was compiled."""
    for name in path:
        code = next(
            c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name
        )
    return code


def noticed(guard: Guard, stage: Stage | None) -> bool:
    """Whether what has to notice does, in a child of this process where the guard is broken."""
    child = os.fork()
    if child == 0:
        os._exit(_notice(guard, stage))
    return os.waitpid(child, 0)[1] == 0


def _notice(guard: Guard, stage: Stage | None) -> int:
    break_(guard)
    if guard.history:
        assert stage
        words = simulation.broken_by(stage, guard.history)
        print(f"    {words}", flush=True)  # noqa: T201
        return int(not words)
    name, _, test = guard.test.partition("::")
    node = str(Path(__file__).parent / f"{name}.py") + f"::{test}"
    return int(pytest.main(["-q", "-x", "--no-header", "-p", "no:cacheprovider", node]) != 1)


def main(names: Sequence[str]) -> int:
    """Break every guard in turn; 1 when one of them is not missed."""
    only = "--histories" in names
    chosen = [g for g in GUARDS if not only or g.history]
    chosen = [g for g in chosen if only or not names or g.name.startswith(tuple(names))]
    quiet = [g.name for g in chosen if g.test and not _tell(g, noticed(g, None))]
    with TemporaryDirectory() as folder, Stage.set_up(Path(folder)) as stage:
        for guard in (g for g in chosen if g.history):
            whole = simulation.broken_by(stage, guard.history)
            assert not whole, f"{guard.name}: broken before it was broken: {whole}"
            if not _tell(guard, noticed(guard, stage)):
                quiet.append(guard.name)
    print(f"{len(chosen)} guards, {len(quiet)} not missed: {quiet}")  # noqa: T201
    return int(bool(quiet))


def _tell(guard: Guard, seen: bool) -> bool:  # noqa: FBT001  said, not switched
    by = guard.test or "the simulation"
    print(f"{'missed' if seen else 'NOT MISSED'}: {guard.name} ({by})", flush=True)  # noqa: T201
    return seen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
