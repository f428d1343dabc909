"""Whatever a mail says, it becomes cases, and each a record that can be stored and shown again."""

import json
import tempfile
from functools import lru_cache
from pathlib import Path

from house import write_config

from fuzz.inputs import mixed, sample_mails
from mailbot import decide
from mailbot.check import check as checked
from mailbot.model import Mail, Outcome, Sender
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules

SENDER = Sender("mesadepartes@ugelchota.example", authenticated=True, reason="comprobado")
WORDS = (
    *(b"DNI ", b"42871359", b"4287135", b"UGEL Chota", b"UGEL 01", b"DRE Lima", b"alta de usuario"),
    *(b"baja", b"Especialista SIAGIE", b"Director", b"I.E. 10384", b"nivel primaria", b"correo: "),
    *(
        b"rosa.quispe@correo.example",
        b"QUISPE MAMANI, Rosa",
        b"\n",
        b" ",
        b",",
        b":",
        b"n.\xc2\xba 12",
    ),
    *(
        b"R.D. 0123-2026",
        b"\n\n",
        b"apellidos y nombres: ",
        b"estad\xc3\xadstico",
        b"reemplazo",
        b"|",
    ),
    *(
        b"\xc2\xa0",
        b"\xef\xbf\xbd",
        b"\xe2\x80\xa8",
        b"\x0c",
        b"\x1e",
        b"n\xcc\x83",
        b"1",
        b".",
        b"(",
    ),
)


@lru_cache(maxsize=1)
def _rules() -> Rules:
    with tempfile.TemporaryDirectory() as folder:
        return read_rules(write_config(Path(folder) / "config", None))


def seeds() -> list[bytes]:
    """The own words of the sample mails."""
    found = []
    for raw in sample_mails(4_000):
        try:
            found.append("\n".join(read_mail(raw).own).encode()[:1_500])
        except Malformed:
            continue
    return [words for words in found if words]


def check(data: bytes) -> None:
    """Read the words as a mail without attachments; every case has a record with one digest."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    parsed = parse((_mail(text),), _rules())
    if not isinstance(parsed, Request):
        return
    for case in checked(parsed, _rules()):
        record = decide.record(case, parsed, _rules())
        again = json.loads(json.dumps(record))
        assert again == record
        assert decide.digest(again) == decide.digest(record)
        assert decide.difference(record, again) == []
        certain = [f for f in case.findings if f.requirement == "dni" and f.outcome is Outcome.MET]
        assert all(f.value and f.value.isascii() and f.value.isalnum() for f in certain)


def _mail(text: str) -> Mail:
    return Mail("0" * 64, "", "Solicitud", SENDER, (), (), (text,), "", False, None, ())  # noqa: FBT003


INPUTS = mixed(seeds(), WORDS)
