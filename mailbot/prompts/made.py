"""A prompt is made: what an answer will be held against, and a token of its own."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mailbot import secrecy
from mailbot.desk import Visit
from mailbot.respond import key
from mailbot.store.tables import Prompt, PromptKind


def make(
    visit: Visit, kind: PromptKind, approver: str, content: Mapping[str, Any], life: timedelta
) -> Prompt:
    """A prompt for an approver, that can be answered for a time."""
    nonce, token_hash = secrecy.issued(key(visit.rules.settings))
    made = Prompt(
        kind=kind,
        approver=approver,
        content=dict(content),
        digest=fingerprint(content),
        nonce=nonce,
        token_hash=token_hash,
        created_at=visit.now,
        expires_at=visit.now + life,
    )
    visit.tx.add(made)
    visit.tx.flush()
    return made


def fingerprint(content: Mapping[str, Any]) -> str:
    """The sha-256 of plain values as canonical JSON (sorted keys, UTF-8)."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
