"""What opening a file gives: pages, the files inside it, or the reason in Spanish why neither."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from mailbot.model import Page, Signature


@dataclass(frozen=True, slots=True)
class File:
    """A file inside another. `name` is its own, without folders."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read of one file; `problem` says in Spanish why nothing was."""

    pages: tuple[Page, ...] = ()
    problem: str | None = None
    signatures: tuple[Signature, ...] = ()
    files: tuple[File, ...] = ()
