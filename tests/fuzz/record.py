"""The digest of a record: equal if and only if what a decider is shown is equal."""

import copy
import json
import unicodedata
from typing import Any

from hypothesis import strategies as st

from mailbot import decide

RECORD: decide.Record = {
    "section": "5.1",
    "role": "especialista-ugel",
    "role_name": "Especialista SIAGIE de UGEL",
    "action": "alta",
    "office": "060004",
    "office_name": "UGEL Chota",
    "nivel": None,
    "names": "RUIZ ÑAHUI, Ana",
    "dni": "42871359",
    "correo": "ana@correo.example",
    "asker": "mesadepartes@ugelchota.example",
    "asker_verdict": "comprobado",
    "forwarded": False,
    "previous": None,
    "documents": [{"name": "OFICIO 12.pdf", "sha256": "0" * 64, "signatures": []}],
    "findings": [
        {"requirement": "dni", "outcome": "met", "value": "42871359", "places": ["RD, pág. 1"]}
    ],
    "closes": [{"id": 1, "names": "Otra", "dni": "1", "correo": None, "opened": "2026-03-12"}],
    "signals": [],
    "shots": [{"requirement": "dni", "page": 1}],
}
WORDS = (
    *(b'"', b",", b":", b"[", b"]", b"{", b"}", b"null", b"true", b"1", b"1.0", b"\\n", b"\\u0301"),
    *(
        "é".encode(),
        b"e\xcc\x81",
        b'"shots"',
        b'"dni"',
        b'"closes"',
        b"\\u0000",
        b"\\\\",
        b"-0",
        b"0",
    ),
)


def seeds() -> list[bytes]:
    """Pairs of records that differ in one value, and one that does not."""
    return [
        _pair(RECORD, RECORD),
        *(_pair(RECORD, {**RECORD, key: "otro"}) for key in RECORD),
        *(_pair(RECORD, {**RECORD, key: None}) for key in RECORD),
    ]


def _pair(one: object, other: object) -> bytes:
    return json.dumps([one, other], ensure_ascii=False).encode("utf-8", "surrogatepass")


def check(data: bytes) -> None:
    """Two records as JSON: digests agree exactly when the values do; storing changes nothing."""
    try:
        pair = json.loads(data.decode(), parse_constant=_no_json)
        json.dumps(pair, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(r, dict) for r in pair):
        return
    one, other = pair
    assert (decide.digest(one) == decide.digest(other)) == _same(_shown(one), _shown(other))
    for record in pair:
        again = json.loads(json.dumps(record))
        backwards = dict(reversed(list(record.items())))
        assert decide.digest(record) == decide.digest(again) == decide.digest(backwards)
    _told(one, other)


def _no_json(name: str) -> None:
    raise ValueError(name)


def _told(one: decide.Record, other: decide.Record) -> None:
    """What a person is told has changed has changed the digest."""
    try:
        told = decide.difference(one, other)
    except (KeyError, TypeError):
        return  # not of a record's shape
    normal = [_normal(record) for record in (one, other)]
    if told and decide.difference(*normal):
        assert decide.digest(one) != decide.digest(other), told


def _normal(record: decide.Record) -> decide.Record:
    found: decide.Record = json.loads(
        unicodedata.normalize("NFC", json.dumps(record, ensure_ascii=False))
    )
    return found


def _shown(record: decide.Record) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "shots"}


def _same(one: object, other: object) -> bool:
    """Whether two JSON values are one: NFC or not, but true is not 1, and 1 is not 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    return type(one) is type(other) and repr(one) == repr(other)


# ------------------------------------------------------------------ records that differ a little

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


@st.composite
def _pairs(draw: st.DrawFn) -> bytes:
    """A record and the same with some values replaced, its texts perhaps decomposed."""
    one = {**RECORD, draw(st.sampled_from(sorted(RECORD))): draw(_VALUES)}
    other = copy.deepcopy(one)
    for key in draw(st.lists(st.sampled_from(sorted(RECORD)), max_size=2)):
        other[key] = draw(_VALUES)
    texts = [json.dumps(record, ensure_ascii=False) for record in (one, other)]
    if draw(st.booleans()):
        texts[1] = unicodedata.normalize("NFD", texts[1])
    return f"[{texts[0]},{texts[1]}]".encode()


INPUTS = _pairs()
