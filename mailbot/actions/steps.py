"""The steps of a change, taken in a directory: each may be taken again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.actions.directory import Denied, Directory, Entry, key_of
from mailbot.actions.saga import Result, Step
from mailbot.model import Post
from mailbot.store.tables import Account, Change


@dataclass(frozen=True)
class Task:
    """A change that was taken, and the accounts it is about as the directory is told of them."""

    change: Change
    opens: Entry | None
    closes: Mapping[int, Entry]

    @property
    def step(self) -> Step:
        """What is to be done now."""
        return Step(self.change.step)


@dataclass(frozen=True)
class Tried:
    """What came of trying a step, and what was learnt by it."""

    result: Result
    words: str = ""
    again: datetime | None = None
    username: str = ""
    standing: tuple[int, ...] = ()
    used: bool = False
    refused: bool = False
    rest: timedelta = timedelta()


DONE = Tried(Result.TAKEN)


def entry(row: Account) -> Entry:
    """An account of the register as a directory is told of it."""
    return Entry(
        key=key_of(row.id),
        username=row.username,
        names=row.names,
        dni=row.dni,
        correo=row.correo,
        post=Post(row.role, row.office, row.nivel),
        seat=row.seat,
    )


def _prepare(directory: Directory, task: Task) -> Tried:
    """See that the seat is as the register says, and make the new account, disabled."""
    found = {number: directory.find(entry) for number, entry in task.closes.items()}
    standing = tuple(number for number, held in found.items() if held and held.enabled)
    if task.opens is None:
        return Tried(Result.TAKEN, standing=standing)
    _refuse_strangers(directory, task)
    username = directory.create(task.opens)
    return Tried(Result.TAKEN, username=username, standing=standing)


def _close(directory: Directory, task: Task) -> Tried:
    for leaving in task.closes.values():
        directory.disable(leaving)
    return DONE


def _enable(directory: Directory, task: Task) -> Tried:
    """Enable the new account, once nobody else is found in its seat."""
    if task.opens is not None:
        _close(directory, task)  # somebody may have opened it again by hand
        _refuse_strangers(directory, task)
        directory.enable(task.opens)
    return DONE


def _withdraw(directory: Directory, task: Task) -> Tried:
    if task.opens is not None:
        directory.disable(task.opens)
    return DONE


def _reopen(directory: Directory, task: Task) -> Tried:
    """Enable again what this change closed, and nothing that was closed before it."""
    coming_back = [task.closes[number] for number in task.change.standing]
    if coming_back:
        _refuse_strangers(directory, task)
    for back in coming_back:
        directory.enable(back)
    return DONE


def _void(directory: Directory, task: Task) -> Tried:
    if task.opens is None:
        return DONE
    return Tried(Result.TAKEN, used=not directory.void_password(task.opens))


def _refuse_strangers(directory: Directory, task: Task) -> None:
    """Denied while somebody the register does not know of holds the seat."""
    if task.opens is None or not directory.can.finds:
        return
    known = {task.opens.key, *(entry.key for entry in task.closes.values())}
    for held in directory.holders(task.opens.seat):
        if held.key not in known:
            raise Denied(
                f"en el directorio ya ocupa ese cargo otra cuenta activa, «{held.username}», que "
                "el bot no registró: desactívela, o regístrela como suya"
            )


TAKE: Mapping[Step, Callable[[Directory, Task], Tried]] = {
    Step.PREPARE: _prepare,
    Step.CLOSE: _close,
    Step.ENABLE: _enable,
    Step.WITHDRAW: _withdraw,
    Step.REOPEN: _reopen,
    Step.VOID: _void,
}
