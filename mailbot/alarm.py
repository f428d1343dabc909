"""Telling what is not well: to the administrators by mail, and by a second way when mail is down.

An alarm is what `health` calls bad. It is told once to each channel, again at most daily, and once
more when it is over (for some minutes: a trouble that comes and goes is one trouble). What was told
is kept in the store, so that a restart repeats nothing; while the store itself is broken, in
memory. Words hold counts, ages and host names, never a person's data.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from mailbot import health, second_way, tell
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.health import Check, State
from mailbot.masking import reason
from mailbot.respond import About
from mailbot.second_way import News, Turn
from mailbot.store import BROKEN_WIRE, pulse
from mailbot.store.pulse import Standing

log = structlog.get_logger()

CALM = timedelta(minutes=30)
"""So long a trouble has to be gone before it counts as over: longer than any silence is allowed."""
_DOWN = "database-down"
_NO_MAIL = ("send", "unsent", _DOWN)
"""Troubles no letter can tell of: it would not leave, or could not even be written."""


# ------------------------------------------------------------------ what to say (pure)


def renewed(
    standing: Mapping[str, Standing], bad: Mapping[str, Check], now: datetime
) -> dict[str, Standing]:
    """The alarms after another look: those that began, those that are gone for now."""
    after = {code: Standing(code, c.label, now) for code, c in bad.items()} | dict(standing)
    return {
        code: replace(alarm, gone=None if code in bad else alarm.gone or now)
        for code, alarm in after.items()
    }


def turn_for(alarm: Standing, channel: str, now: datetime, remind: timedelta) -> Turn | None:
    """What a channel is to hear of an alarm now."""
    told = alarm.told.get(channel)
    if alarm.gone is not None:
        return Turn.ENDED if told and now - alarm.gone >= CALM else None
    if told is None:
        return Turn.BEGAN
    return Turn.LASTS if now - told >= remind else None


# ------------------------------------------------------------------ the watch


@dataclass
class Watch:
    """Looks at the health from time to time, and says what is new."""

    alarms: dict[str, Standing] = field(default_factory=dict)
    kept: bool = True  # whether the store knows all that memory does

    def review(self, desk: Desk) -> int:
        """Look, and tell what is new; how many things were told."""
        now = desk.clock()
        bad = self._look(desk)
        self.alarms = renewed(before := self.alarms, bad, now)
        if self.alarms.keys() != before.keys():
            self._keep(desk)  # since when: who is killed while telling tells the same news again
        said = [self._tell(desk, code, bad.get(code), now) for code in list(self.alarms)]
        self._keep(desk)
        return sum(said)

    def _look(self, desk: Desk) -> dict[str, Check]:
        """What is bad now; the database itself, and all that was so before, when it is down."""
        try:
            checks = health.examine(health.gather(desk.store, desk.rules.settings, desk.clock()))
            with desk.store.read() as tx:
                self.alarms = pulse.standing(tx) | ({} if self.kept else self.alarms)
        except BROKEN_WIRE as error:
            log.error("health_unknown", reason=type(error).__name__)  # noqa: TRY400  an outage
            before = {a.code: Check(a.code, a.label, State.BAD, "") for a in self.alarms.values()}
            return before | {_DOWN: _database_down(error)}
        return {check.code: check for check in checks if check.state is State.BAD}

    def _tell(self, desk: Desk, code: str, check: Check | None, now: datetime) -> int:
        remind = timedelta(hours=desk.rules.settings.alarm.remind_hours)
        alarm, ways = self.alarms[code], channels(desk.rules.settings, code)
        told = {name: at for name, at in alarm.told.items() if name in ways}
        alarm, said = replace(alarm, told=told), 0
        for channel in ways:
            turn = turn_for(alarm, channel, now, remind)
            if turn is None:
                continue
            after = _noted(alarm, channel, turn, now)
            if _say(desk, channel, _news(alarm, turn, check, now), after):
                alarm, said = after, said + 1
        self.alarms[code] = alarm
        return said

    def _keep(self, desk: Desk) -> None:
        """Alarms that are over, and were told so to all who knew, are forgotten."""
        self.kept = False
        over = [a.code for a in self.alarms.values() if a.gone is not None and not a.told]
        for code in over:
            del self.alarms[code]
        with suppress(*BROKEN_WIRE):
            with desk.store.begin() as tx:
                for code in over:
                    pulse.drop_standing(tx, code)
                for alarm in self.alarms.values():
                    pulse.keep_standing(tx, alarm)
            self.kept = True


def _database_down(error: Exception) -> Check:
    mend = "mire el disco y los permisos; pruebe: mailbot doctor"
    words = reason(getattr(error, "orig", error))
    return Check(_DOWN, "Base de datos", State.BAD, f"no responde: {words}", mend)


def _news(alarm: Standing, turn: Turn, check: Check | None, now: datetime) -> News:
    words, mend = (check.words, check.mend) if check else ("", "")
    at = alarm.gone if turn is Turn.ENDED and alarm.gone else now
    return News(turn, alarm.code, alarm.label, alarm.since, at, words, mend)


def _noted(alarm: Standing, channel: str, turn: Turn, now: datetime) -> Standing:
    """The alarm with a channel that has heard of it; one that heard of its end is left out."""
    others = {name: at for name, at in alarm.told.items() if name != channel}
    return replace(alarm, told=others if turn is Turn.ENDED else {**others, channel: now})


# ------------------------------------------------------------------ the channels


def channels(settings: Settings, code: str) -> list[str]:
    """The ways an alarm can be told."""
    mail = [] if code in _NO_MAIL else ["mail"]
    return ["log", *mail, *second_way.ways(settings)]


def _say(desk: Desk, channel: str, news: News, after: Standing) -> bool:
    """Say one thing through a channel; whether it was heard, and the alarm is `after`."""
    match channel:
        case "log":
            return _log(news)
        case "mail":
            return _mail(desk, news, after)
        case _:
            return second_way.tell(desk.rules.settings, channel, news)


def _log(news: News) -> bool:
    say = log.info if news.turn is Turn.ENDED else log.error
    say("alarm", turn=news.turn, code=news.code, since=news.since.isoformat(), words=news.words)
    return True


def _mail(desk: Desk, news: News, after: Standing) -> bool:
    """A letter to the administrators, in the outbox; that they were told is noted with it."""
    context = second_way.context(desk.rules.settings, news)
    try:
        with desk.store.begin() as tx:
            visit = desk.at(tx)
            for address in tell.administrators(visit):
                visit.outbox.put(second_way.KIND, address, news.ident, context, About())
            pulse.keep_standing(tx, after)
    except BROKEN_WIRE:
        log.warning("alarm_not_told", channel="mail", code=news.code, reason="database")
        return False
    return True
