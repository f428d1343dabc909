"""What the program says while it works. The home of structlog.

One line an event: JSON unless somebody watches a terminal, or as `[log] format` wants it. Events
name things by their ids; should anything that looks like a DNI or an address get into one all the
same, it leaves masked. Of an error its type and the places it passed are told, never its words or
variables: those may hold a person's. What libraries log goes the same way.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from mailbot.masking import masked, one_line

Event = MutableMapping[str, Any]


def configure(*, verbose: bool = False) -> None:
    """Log to standard error; libraries only when something is wrong."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    write_as("auto")
    for noisy in ("mailparser", "pdfminer", "apscheduler", "imapclient"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def write_as(form: str) -> None:
    """From here on write ``json``, ``text``, or ``auto``: text where somebody watches."""
    shown = sys.stderr.isatty()
    plain = form == "text" or (form == "auto" and shown)
    renderer = (
        structlog.dev.ConsoleRenderer(colors=shown)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(processors=[*_PREPARE, renderer])
    logging.basicConfig(level=logging.ERROR, handlers=[_handler(renderer)], force=True)


def _handler(renderer: Any) -> logging.Handler:  # noqa: ANN401  structlog's own
    """What libraries log, in our shape."""
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PREPARE, processors=[remove, _mask, renderer]
        )
    )
    return handler


def _mask(_logger: Any, _name: str, event: Event) -> Event:  # noqa: ANN401  structlog's own
    for key, value in event.items():
        event[key] = _clean(value)
    return event


def _clean(value: Any) -> Any:  # noqa: ANN401  whatever an event holds
    """A value without a DNI, an address or a sign that begins a line, at any depth."""
    if isinstance(value, str):
        return one_line(masked(value))
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else _clean(str(value))


def _places(_logger: Any, _name: str, event: Event) -> Event:  # noqa: ANN401  structlog's own
    """An error as its types and places: its words and variables may hold a person's data."""
    for stack in event.get("exception") or ():
        event["error"] = stack["exc_type"]
        event["at"] = [f"{f['filename']}:{f['lineno']} {f['name']}" for f in stack["frames"]]
    event.pop("exception", None)
    return event


_PREPARE: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    ),
    _places,
    _mask,
]
