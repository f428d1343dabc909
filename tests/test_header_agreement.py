"""Thousands of generated From and Authentication-Results headers, and every reader we have (T02).

Seeded, so that a failure comes again. The gate may refuse whatever it likes, as long as it accepts
what honest programs write; what it accepts every reader has to read alike.
"""

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from readers import READERS

from mailbot import trust
from mailbot.trust import Policy, Untrustworthy, fields_of, from_address

SEED = 20260303
COUNT = 6_000
NOW = datetime(2026, 3, 3, 15, 15, tzinfo=UTC)
VICTIM, EVIL = "admin@minedu.example", "mala@ataque.example"
NAMES = (
    *("Ana Ruiz", '"Ruiz, Ana"', "José Ñahui", "=?utf-8?q?Ana_Ruiz?=", "=?utf-8?b?QW5h?=", ""),
    *('"Ana \\"x\\" Ruiz"', "Ana (UGEL)", "Ana.Ruiz", "=?utf-8?q?Ana=40x?=", f'"{VICTIM}"'),
    *("Mesa de Partes - UGEL 01", "O'Higgins", "a\tb", "=?utf-8?q?=3C?=", VICTIM, "Ana;", "x:"),
)
PIECES = (
    *(VICTIM, f"<{VICTIM}>", EVIL, f"<{EVIL}>", "<", ">", ",", ";", ":", '"', "\\", "(", ")", "@"),
    *(" ", "\t", "\r\n ", "\r\n\t", ".", "'", "=?utf-8?q?admin?=", "=?utf-8?b?PA==?=", "=?x?q?y?="),
    *("é", "\u200b", "\x0b", "\x0c", "\x1c", "\x85", "Oficina:", "@x:", "\r\nFrom: ", "\0", "\r"),
)


def honest(chance: random.Random) -> str:
    """A From of a form that people's programs write, perhaps with a twist."""
    name, address = chance.choice(NAMES), chance.choice((VICTIM, EVIL))
    gap = chance.choice((" ", "", "\r\n ", "\t", "  "))
    return f"{name}{gap}<{address}>" if name else chance.choice((address, f"<{address}>"))


def twisted(chance: random.Random) -> str:
    """An honest From with a piece of something somewhere in it."""
    text = honest(chance)
    for _ in range(chance.randint(1, 2)):
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(PIECES) + text[place:]
    return text


def rubbish(chance: random.Random) -> str:
    """Pieces in any order."""
    return "".join(chance.choices(PIECES, k=chance.randint(1, 7)))


FORMS: tuple[Callable[[random.Random], str], ...] = (honest, twisted, twisted, rubbish)


def mails() -> list[bytes]:
    """The same mails every time."""
    chance = random.Random(SEED)
    made = []
    for _ in range(COUNT):
        from_ = chance.choice(FORMS)(chance)
        made.append(f"To: a@b.example\r\nFrom: {from_}\r\nSubject: x\r\n\r\nhola\r\n".encode())
    return made


def test_what_the_gate_accepts_every_reader_reads_alike() -> None:
    """T02: 6,000 From headers; of those accepted, no two readers see another address."""
    accepted, disagreed = [], []
    for raw in mails():
        try:
            address = from_address(fields_of(raw))
        except Untrustworthy:
            continue
        accepted.append(raw)
        if any(reader(raw) != {address} for reader in READERS):
            disagreed.append((raw, address, [reader(raw) for reader in READERS]))
    assert disagreed == []
    assert COUNT // 10 < len(accepted) < COUNT  # neither everything nor nothing is refused


def test_the_readers_do_disagree_where_the_gate_is_not_asked() -> None:
    """T02: the counterpart: without the gate there would be something to exploit."""
    found = [{frozenset(reader(raw)) for reader in READERS} for raw in mails()[:1500]]
    assert sum(len(readings) > 1 for readings in found) > 100


# ------------------------------------------------------------------ Authentication-Results

MX, D = "mx.mailbot.example", "minedu.example"
WORDS = (
    *("; ", ";", " ", "(", ")", '"', "'", "\\", "=", "\r\n\t", "/1", " 2", ".", "a@", "reason="),
    *("dmarc", "dkim", "=pass", "=fail", "=none", "spf=pass", "smtp.mailfrom=", f"header.d={D}"),
    *(f"header.from={D}", "header.from=ataque.example", f"dmarc=pass header.from={D}", "none"),
    *(f"dkim=pass header.d={D}", "(dmarc=pass)", f'"; dmarc=pass header.from={D}"', "policy.from="),
)
IDS = (
    MX,
    MX,
    MX,
    f"{MX} 1",
    f"{MX} 2",
    f"{MX}.x",
    f"x{MX}",
    f"x ({MX})",
    f'"{MX}"',
    "",
    MX.upper(),
)


def plain_results(value: str) -> list[str]:
    """A second reader: the results outside remarks, each as one line; none in doubt."""
    kept, depth, quoted = "", 0, False
    signs = iter(value)
    for sign in signs:
        if sign == "\\" and (quoted or depth):
            next(signs, "")
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign in "()" and not quoted:
            depth += 1 if sign == "(" else -1
            if depth < 0:
                return []
        elif not depth:
            kept += "_" if quoted and sign in ";= \t\r\n" else sign
    return [] if quoted or depth else [" ".join(part.split()).lower() for part in kept.split(";")]


def proves(value: str) -> bool:
    """Whether the second reader finds a literal pass for the domain."""
    bare = [result.replace(" ", "") for result in plain_results(value)[1:]]
    return any(
        re.match(rf"{method}(?:/1)?=pass", result) and f"header.{name}={D}" in result
        for result in bare
        for method, name in (("dmarc", "from"), ("dkim", "d"))
    )


def test_a_generated_result_proves_only_what_stands_there_literally() -> None:
    """T04: 6,000 fields; each that proves holds a literal pass, as a second reader finds it."""
    chance = random.Random(SEED)
    accepted, believed = 0, []
    for _ in range(COUNT):
        value = f"{chance.choice(IDS)}; " + "".join(chance.choices(WORDS, k=chance.randint(1, 7)))
        raw = f"Authentication-Results: {value}\r\nFrom: <{VICTIM}>\r\n\r\nx".encode()
        sender = trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW)
        accepted += sender.authenticated
        if sender.authenticated and not proves(value):
            believed.append(value)
    assert believed == []
    assert accepted > 30


@pytest.mark.parametrize(
    "value",
    [
        f"spf=pass smtp.mailfrom=any@{D}(.attack.example",
        f"dkim=pass header.d={D}'a.attack.example",
        f"dkim=pass header.d={D}(.attack.example",
        f'dmarc=fail reason="x; dmarc=pass header.from={D}" header.from={D}',
        f'spf=pass smtp.mailfrom="dmarc=pass header.from={D}"@attack.example',
        f"dmarc=fail (dmarc=pass header.from={D}) header.from={D}",
        f"dmarc=fail header.from={D}\r\nAuthentication-Results: {MX}; dmarc=pass header.from={D}",
    ],
)
def test_the_seven_strings_that_fool_a_search(value: str) -> None:
    """T04: four of these seven were measured to fool a search for dmarc=pass."""
    raw = f"Authentication-Results: {MX}; {value}\r\nFrom: <{VICTIM}>\r\n\r\nx".encode()
    sender = trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW)
    assert not sender.authenticated
