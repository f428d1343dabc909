"""No text approves unless its first line is made of a yes, and nothing in it takes that back."""

import re
import unicodedata

from test_reply import APPROVALS, REJECTIONS, UNCLEAR, VOCABULARY

from fuzz.inputs import mixed
from mailbot.parsers.reply import Decision, Verb, decide

NAMES = frozenset({"ana", "ruiz"})
YES = frozenset(
    "aprobar apruebo aprobado aprobada aprobamos aprueba conforme conformidad procede procedente "
    "acuerdo autorizo autorizar autorizado autorizada autoriza aprobacion si".split()
)
MORE = frozenset("doy mi conformidad aprobacion solicitado tramite codigo".split())
NO = frozenset("no ni nunca jamas tampoco pero salvo excepto aunque rechazo rechazar".split())
SMALL_PRINT = re.compile(
    r"confiden|destinatari|privilegiad|imprim|divulg|difund|medio ambiente|planeta|enviado|sent "
    r"|obtener|get "
)
"""What may hide a paragraph from the bot, which people add under every mail."""
WORDS = (
    *(word.encode() for word in sorted(YES | NO | MORE)),
    *(b"\n", b"\n\n", b" ", b", ", b". ", b"?", "sí".encode(), b"123456", b"codigo 123 456", b"si"),
    *(b"Atte.\nAna Ruiz", b"DNI 12345678", b"correo: a@b.example", b"nivel inicial"),
    *(b"\xe2\x80\x8b", "ñ".encode(), b"n\xcc\x83", "ｎｏ".encode(), "Аprobar".encode(), b"\0"),
    *(b"Enviado desde mi iPhone", b"Aviso legal: confidencial", b"observar: ", b"-", b"_", b"1."),
)


def seeds() -> list[bytes]:
    """Every reply the suite knows, plain and with a signature."""
    texts = [*APPROVALS, *REJECTIONS, *UNCLEAR]
    return [t.encode() for t in texts] + [f"{t}\n\nAtte.\nAna Ruiz".encode() for t in APPROVALS]


def check(data: bytes) -> None:
    """Any text has a decision; a yes only from what a second reader takes for one."""
    text = data.decode("utf-8", "replace")
    sound(decide(text, NAMES), text)


def sound(decision: Decision, own: str) -> None:
    """What must hold of any decision, given the sender's own words."""
    assert len(decision.text) <= 1000
    assert decision.code is None or re.fullmatch("[0-9]{6}", decision.code)
    assert set(decision.corrections) <= {"dni", "correo", "nombres", "nivel"}
    assert decision.verb is Verb.APPROVE or decision.code is None
    assert decision.verb is Verb.CORRECT or not decision.corrections
    if decision.verb is Verb.APPROVE:
        assert _is_yes(own), own


def _is_yes(own: str) -> bool:
    lines = [words for line in re.split(r"[\n\r]+", own) if (words := _words(line))]
    said = next((words for words in lines if set(words) & YES), [])
    below = set() if SMALL_PRINT.search(_plain(own)) else {w for words in lines for w in words}
    known = {w for w in said if not w.isdigit()} <= VOCABULARY | MORE | YES
    return bool(said) and known and not NO & (below | set(said))


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text)
    return "".join(c for c in bare if not unicodedata.combining(c)).lower()


def _words(line: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(line))


INPUTS = mixed(seeds(), WORDS)
