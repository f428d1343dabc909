"""The questions of the first run, in order; each server is tried as soon as it is known.

What a flag, the environment or the provider's row says is not asked. Whom to ask and what to try
are passed in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from mailbot.config import SECRETS, Settings, settings_of
from mailbot.doctor import Check
from mailbot.errors import ConfigError
from mailbot.setup.presets import Preset
from mailbot.setup.questions import AUTH, CHAPTERS, PORTS, TENANT, Chapter, Kind, Question

Answer = str | int | list[str]
PATIENCE = 15
"""Seconds a server has to answer while somebody waits at the keyboard."""


class Choice(StrEnum):
    """What to do about a server that did not work."""

    MEND = "corregir"
    GO_ON = "seguir"
    STOP = "salir"


class Respondent(Protocol):
    """Who answers: a person at a terminal, or nobody, for scripts."""

    def begin(self, title: str) -> None:
        """A chapter begins."""

    def ask(self, question: Question, offered: str) -> str:
        """The answer in words; the one offered is taken by saying nothing."""

    def told(self, check: Check) -> None:
        """Show what became of a trial."""

    def choose(self, check: Check) -> Choice:
        """What to do about it."""


Try = Callable[[str, Settings], Check]


@dataclass
class Interview:
    """One first run. `given` needs no question; `answers` is what has been settled so far."""

    preset: Preset
    given: Mapping[str, Answer]
    respondent: Respondent
    attempt: Try | None  # None: nothing is tried
    answers: dict[str, Answer] = field(default_factory=dict)

    def hold(self) -> dict[str, Answer]:
        """Ask everything; the answers by key, secrets among them. Abort leaves nothing behind."""
        self.answers = dict(self.given)
        for chapter in CHAPTERS:
            if chapter.only in ("", self._login()):
                self._chapter(chapter)
        self.answers.pop(TENANT, None)
        return self.answers

    def _chapter(self, chapter: Chapter) -> None:
        self.respondent.begin(chapter.title)
        for question in chapter.questions:
            self._settle(question)
        if chapter.trial and self.attempt:
            self._try(chapter, self.attempt)

    # ---------------------------------------------------------- one question

    def _settle(self, question: Question) -> None:
        """Find the answer without asking, or ask."""
        key = question.key
        if key in self.answers or question.only not in ("", self._login()):
            return
        if key == TENANT and not self.preset.needs_tenant:
            return
        if key in self.preset.fixed:
            self.answers[key] = self._completed(self.preset.fixed[key])
        elif key == AUTH and len(self.preset.auth) == 1:
            self.answers[key] = self.preset.auth[0]
        elif question.later:
            if question.like in self.answers:
                self.answers[key] = self.answers[question.like]
        else:
            self._ask(question)

    def _ask(self, question: Question) -> None:
        said = self.respondent.ask(self._complete(question), self._offered(question)).strip()
        self.answers[question.key] = _value(question, said)

    def _complete(self, question: Question) -> Question:
        """The question with this provider's choices."""
        if question.key != AUTH:
            return question
        return Question(question.key, question.words, question.kind, choices=self.preset.auth)

    def _offered(self, question: Question) -> str:
        key = question.key
        if question.kind is Kind.HIDDEN:
            return ""
        if key in self.answers:
            return _words(self.answers[key])
        if question.kind is Kind.PORT:
            section = key.partition(".")[0]
            return str(PORTS[section, str(self.answers[f"{section}.tls"])])
        if key in self.preset.offered:
            return str(self._completed(self.preset.offered[key]))
        if question.like in self.answers:
            return _words(self.answers[question.like])
        return self.preset.auth[0] if key == AUTH else question.usual

    def _completed(self, value: str | int) -> str | int:
        if isinstance(value, int):
            return value
        domain = str(self.answers.get("bot.address", "")).rpartition("@")[2]
        return value.format(domain=domain, tenant=self.answers.get(TENANT, ""))

    def _login(self) -> str:
        return str(self.answers.get(AUTH, ""))

    # ---------------------------------------------------------- one server

    def _try(self, chapter: Chapter, attempt: Try) -> None:
        while True:
            check = attempt(chapter.trial, self._settings())
            self.respondent.told(check)
            if check.works:
                return
            choice = self.respondent.choose(check)
            if choice is Choice.STOP:
                raise ConfigError("No se escribió nada.")
            if choice is Choice.GO_ON:
                return
            for question in self._suspects(chapter, check):
                self._ask(question)

    def _suspects(self, chapter: Chapter, check: Check) -> Iterator[Question]:
        """The questions of the chapter that the error is about; all of them when it names none."""
        wanted = [q for q in chapter.questions if q.only in ("", self._login())]
        named = [q for q in wanted if q.key.rpartition(".")[2] in check.keys]
        return iter(named or [q for q in wanted if not q.later])

    def _settings(self) -> Settings:
        values = nested(k_v for k_v in self.answers.items() if k_v[0] != TENANT)
        for section in ("imap", "smtp"):
            values.setdefault(section, {})["timeout_seconds"] = PATIENCE
        return settings_of(values, Path())


def nested(answers: Iterator[tuple[str, Answer]]) -> dict[str, dict[str, Answer]]:
    """Answers by dotted key as sections; what stayed empty is left to its default."""
    sections: dict[str, dict[str, Answer]] = {}
    for key, value in answers:
        section, _, name = key.partition(".")
        if name and value not in ("", []):
            sections.setdefault(section, {})[name] = value
    return sections


def is_secret(key: str) -> bool:
    """Whether an answer must never stand in mailbot.toml."""
    return key in SECRETS


def _value(question: Question, said: str) -> Answer:
    match question.kind:
        case Kind.PORT:
            return int(said)
        case Kind.ADDRESSES:
            return [part.strip() for part in said.split(",") if part.strip()]
        case Kind.FILE:
            return str(Path(said).expanduser().resolve()) if said else ""
        case _:
            return said


def _words(value: Answer) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
