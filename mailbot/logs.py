"""What the program says while it works. The home of structlog.

One line an event, JSON unless somebody watches a terminal; no raw header text, and eight digits in
a row never leave unmasked, whatever they were.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_DNI = re.compile(r"(?<![0-9])[0-9]{5}([0-9]{3})(?![0-9])")


def configure(*, verbose: bool = False) -> None:
    """Log to standard error; libraries only when something is wrong."""
    terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if terminal else [structlog.processors.dict_tracebacks]),
            _mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    for noisy in ("mailparser", "pdfminer", "apscheduler", "imapclient"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def _mask(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _DNI.sub(r"*****\1", value)
    return event
