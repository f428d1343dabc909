"""What was approved → the directory where the accounts live, step by step.

The decision's transaction writes a change; here it is advanced. Each step is taken by one worker,
done outside any transaction, and written down only by who has it still. Every call to a directory
may be repeated, so that after a crash the same step is simply taken again.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from mailbot import backoff, decide, orders, patience, pause, recovery, tell
from mailbot.actions.directory import Awaited, Busy, Denied, Directory, is_embedded
from mailbot.actions.saga import ENDS, Result, Step, after
from mailbot.actions.steps import DONE, TAKE, Task, Tried, entry
from mailbot.desk import Desk, Visit
from mailbot.errors import Refused, Unreachable
from mailbot.resolve.anew import as_of_now
from mailbot.resolve.finish import finish, hand_over
from mailbot.store import accounts, cases, changes
from mailbot.store import orders as refusals
from mailbot.store.tables import Case, CaseStatus, Change

log = structlog.get_logger()

MOST_TRIES = 6
"""So often a step is tried before an administrator is told; it is tried on after that."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)


@recovery.watched
def fulfil_due(desk: Desk) -> int:
    """Advance every change that is due; how many ended. Unreachable when the directory is."""
    if is_embedded(desk.rules.settings):
        return 0
    let_lapse(desk)
    with desk.store.read() as tx:
        due = changes.due(tx, desk.clock())
    ended = 0
    for change_id in due:
        if patience.stopping():
            break
        tried = advance(desk, change_id)
        ended += tried.result is Result.TAKEN
        if tried.result is Result.LATER:
            raise (Refused if tried.refused else Unreachable)(tried.words)
    return ended


def let_lapse(desk: Desk) -> None:
    """Temporary passwords nobody changed in time have to go."""
    with desk.store.read() as tx:
        if not changes.outlived(tx, desk.clock()):
            return
    with orders.opened(desk) as directory:
        lapses = directory.can.expires
    with desk.store.begin() as tx:
        for account in changes.outlived(tx, desk.clock()):
            if lapses:
                accounts.password_over(tx, account.id, used=False)
            else:
                changes.void(tx, account.id, account.opened_by, desk.clock())


def advance(desk: Desk, change_id: int) -> Tried:
    """Take a change as far as it goes now; what came of the last step that was tried.

    May be called by anybody at any time: what another has in hand, or has ended, is left alone.
    """
    tried, moved = DONE, True
    with orders.opened(desk) as directory:
        while moved and (task := _take(desk, change_id)):
            tried = _try(desk, directory, task)
            with desk.store.begin() as tx:
                moved = _settle(desk.at(tx), task, tried)
    return tried


def _take(desk: Desk, change_id: int) -> Task | None:
    with desk.store.begin() as tx:
        if _held_back(desk.at(tx), change_id):
            return None
        change = changes.take(tx, change_id, desk.clock())
        if change is None:
            return None
        found = {
            row.id: entry(row)
            for row in accounts.by_id(tx, [*change.closes, change.account_id or 0])
        }
    closing = {number: found[number] for number in change.closes}
    return Task(change, found.get(change.account_id or 0), closing)


_FORWARD = (Step.PREPARE, Step.CLOSE, Step.ENABLE)


def _held_back(visit: Visit, change_id: int) -> bool:
    """Whether the brake is on: then nothing is opened or closed; what goes back may go back."""
    change = visit.tx.get_one(Change, change_id)
    return change.step in _FORWARD and pause.since(visit) is not None


# ------------------------------------------------------------------ a step, in the directory


def _try(desk: Desk, directory: Directory, task: Task) -> Tried:
    try:
        return TAKE[task.step](directory, task)
    except Denied as error:
        return Tried(Result.DENIED, str(error))
    except Awaited as error:
        return Tried(Result.AWAITED, str(error), again=error.again)
    except Unreachable as error:
        rest = error.rest if isinstance(error, Busy) else timedelta()
        return Tried(Result.LATER, str(error), refused=isinstance(error, Refused), rest=rest)
    except patience.Stopped:
        with desk.store.begin() as tx:
            changes.move(tx, task.change, due_at=desk.clock())
        raise


# ------------------------------------------------------------------ what follows, in the store


def _settle(visit: Visit, task: Task, tried: Tried) -> bool:
    """Write down what came of a step, if the change is still ours; whether it has another now."""
    step = after(task.step, tried.result, opens=task.opens is not None)
    if step is task.step:
        _put_off(visit, task, tried)
        return False
    reason = tried.words if tried.result is Result.DENIED else task.change.reason
    learnt = {"standing": list(tried.standing)} if task.step is Step.PREPARE else {}
    if not changes.move(
        visit.tx,
        task.change,
        step=step,
        attempts=0,
        due_at=visit.now,
        error=None,
        told_at=None,
        reason=reason,
        **learnt,
    ):
        return False
    log.info("change_advanced", change=task.change.id, to=step)
    if tried.result is Result.TAKEN:
        _FOLLOWS[task.step](visit, task, tried)
    if step in ENDS:
        changes.let_go(visit.tx, task.change)
    return True


def _put_off(visit: Visit, task: Task, tried: Tried) -> None:
    """Try again later; tell an administrator when that has not helped, or cannot."""
    change = task.change
    attempts = change.attempts + (tried.result is not Result.AWAITED)
    wait = backoff.wait(max(attempts, 1), f"change {change.id}", _FIRST_WAIT, _LONGEST_WAIT)
    again = tried.again if tried.result is Result.AWAITED else visit.now + max(wait, tried.rest)
    hopeless = tried.result is Result.DENIED or attempts >= MOST_TRIES
    tells = hopeless and change.told_at is None
    told_at = visit.now if tells else change.told_at
    if changes.move(
        visit.tx, change, attempts=attempts, due_at=again, error=tried.words, told_at=told_at
    ):
        log.warning("change_put_off", change=change.id, step=task.step, result=tried.result)
        if tells:
            _tell(visit, task, task.step, tried.words)


def _tell(visit: Visit, task: Task, step: Step, why: str) -> None:
    """Tell an administrator what stands and what to do."""
    change = task.change
    visit.note("change_stuck", "bot", case=change.case_id, detail=f"{change.id} {step}")
    case = cases.get(visit.tx, change.case_id) if change.case_id else None
    if case is not None:
        closing = [leaving.names for leaving in task.closes.values()]
        ident = f"{change.id}.{step}.{change.fence}"
        tell.change(visit, case, ident, step=step, why=why, closing=closing)


def _prepared(visit: Visit, task: Task, tried: Tried) -> None:
    if task.change.account_id is not None:
        accounts.rename(visit.tx, task.change.account_id, tried.username)


def _closed(visit: Visit, task: Task, _tried: Tried) -> None:
    for number in task.closes:
        accounts.close_account(visit.tx, number, task.change.case_id or 0, visit.now)


def _enabled(visit: Visit, task: Task, _tried: Tried) -> None:
    """All is done: the register says so, the case ends, people are told."""
    if task.change.account_id is not None:
        accounts.activate(visit.tx, task.change.account_id, visit.now)
    case = cases.get(visit.tx, task.change.case_id or 0)
    if case is not None:
        finish(visit, case, task.change.account_id)


def _withdrawn(_visit: Visit, _task: Task, _tried: Tried) -> None:
    """Nothing yet: the register forgets the new account when the old one is back."""


def _undone(visit: Visit, task: Task, _tried: Tried) -> None:
    """The register is as before, and an administrator told why."""
    change, case_id = task.change, task.change.case_id or 0
    if change.account_id is not None:
        accounts.discard(visit.tx, change.account_id, case_id, visit.now)
    for number in task.closes:
        accounts.reopen(visit.tx, number, case_id)
    _tell(visit, task, Step.UNDONE, change.reason or "")


def _voided(visit: Visit, task: Task, tried: Tried) -> None:
    accounts.password_over(visit.tx, task.change.account_id or 0, used=tried.used)


_FOLLOWS: Mapping[Step, Callable[[Visit, Task, Tried], None]] = {
    Step.PREPARE: _prepared,
    Step.CLOSE: _closed,
    Step.ENABLE: _enabled,
    Step.WITHDRAW: _withdrawn,
    Step.REOPEN: _undone,
    Step.VOID: _voided,
}


# ------------------------------------------------------------------ at an operator's word


def insist(visit: Visit, case: Case, operator: str) -> str | None:
    """Try a case's change again, at once; why not, in Spanish."""
    last = next(iter(changes.of_case(visit.tx, case.id)[::-1]), None)
    if last is None or last.step == Step.DONE:
        return f"el caso {case.id} no espera nada del directorio"
    if last.step == Step.UNDONE:
        if problem := _begin_anew(visit, case):
            return problem
    else:
        last.due_at, last.attempts, last.told_at = visit.now, 0, None
        refusals.forget_refusals(visit.tx, last.id)
    visit.note("change_insisted", operator, case=case.id)
    return None


def _begin_anew(visit: Visit, case: Case) -> str | None:
    """Begin once more what was undone, if it would still do what was approved."""
    current, _ = as_of_now(visit, case)
    closing = [account["id"] for account in current["closes"]]
    if changes.busy(visit.tx, case.seat or "", closing):
        return "en ese cargo se está ejecutando otro cambio; espere a que termine"
    if decide.digest(current) != case.digest or case.status != CaseStatus.APPROVED:
        return "desde que se aprobó, el cargo cambió: la oficina tiene que pedirlo otra vez"
    hand_over(visit, case)
    return None
