"""What may stand under a decision and say nothing: thanks, signatures, small print. Pure.

Everything else under a yes may take it back, and makes it unclear. A signature is known by how it
is built: it begins with a closing, the sender's own name or a name written like one, and goes on
with capitals, posts and telephone numbers.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from mailbot.parsers.text import fold, tidy

CLOSING = frozenset("atte atentamente cordialmente saludos cordiales slds gracias muchas".split())
_DEVICE = re.compile(
    r"\W*(?:enviado (?:desde|con|por)|sent (?:from|with)|obtener outlook|get outlook)\b"
    r"[\w ,.()-]{2,60}"
)
_SMALL_PRINT = re.compile(
    r"\W*(?:(?:aviso|nota) (?:legal|de confid)|advertencia|est[ea] (?:mensaje|correo)"
    r"|la informacion contenida|el contenido de este|antes de imprimir|no imprima|piense antes"
    r"|por favor,? (?:considere|no imprima)|cuidemos|confidencial|si usted no)"
)
_LEGALESE = re.compile(
    r"confidencial|destinatari|privilegiad|imprim|divulg|difund|medio ambiente|planeta"
)
_TAKES_BACK = re.compile(
    r"\b(?:no|ni|nunca|jamas|tampoco|ningun\w*|nadie|nada|sin|solo|si|pero|salvo|excepto|aunque|embargo"
    r"|rechaz\w*|observ\w*|apr[uo]e?b\w*|siempre|cuando|condicion\w*|falt\w+|esper\w+|antes|todavia|aun"
    r"|corr[ei][cgj]\w*|cambi\w*|modific\w*|pendiente\w*|previ[oa]|debe\w*|lugar|hasta|anul\w*|suspend\w*"
    r"|cancel\w*|deten\w*|desist\w*|retir\w*|revis\w*|verific\w*|manana|luego|despues|mejor|equivo\w*"
    r"|error\w*|otr[oa]s?|creo|dud\w*|pd|ps|pausa\w*|improcedente|deni?eg\w*|desaprob\w*|dni|ojo"
    r"|rechac\w*|desapr\w*|arrep\w*|ignor\w*|olvid\w*|descart\w*|dev[uo]\w*lv\w*|desautor\w*"
    r"|fals[oa]s?|mal[oa]?s?|mentira|nul[oa]s?|invalid\w*|errad[oa]s?|posterg\w*|aplaz\w*|casi)\b"
)
_JOB = frozenset(
    """
    de del la las los y e en a para unidad oficina area direccion sub subdireccion gestion
    especialista estadistica estadistico director directora jefe jefa administrador administradora
    coordinador coordinadora responsable analista asistente secretaria secretario tecnico tecnica
    siagie ugel dre gre minedu ministerio educacion anexo cel celular telf telefono tel fax cuadra
    piso av jr urb mz lt int oficial encargado encargada sistemas informacion educativa local
    regional institucion ie lic ing mg dr dra prof sr sra cargo correo email web www lima peru
    """.split()
)
_PIECE = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|\S")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")


def without_small_print(text: str) -> str:
    """The text without what programs and institutions add under every mail."""
    lines = [line for line in text.split("\n") if not _DEVICE.fullmatch(fold(tidy(line)))]
    first, rest = lines[:1], "\n".join(lines[1:])
    kept = (p for p in _paragraphs(rest) if not _is_small_print(p))
    return "\n".join([*first, "\n\n".join(kept)])


def _paragraphs(text: str) -> Iterator[str]:
    """Blocks of lines; a line that opens small print opens a block."""
    block: list[str] = []
    for line in text.split("\n"):
        opens = bool(_SMALL_PRINT.match(fold(line)))
        if block and (opens or not line.strip()):
            yield "\n".join(block)
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield "\n".join(block)


def _is_small_print(paragraph: str) -> bool:
    folded = fold(paragraph)
    return bool(_SMALL_PRINT.match(folded) and _LEGALESE.search(folded))


def says_nothing(lines: Sequence[str], names: Collection[str]) -> bool:
    """Whether the lines under a decision are thanks and a signature, and nothing besides.

    `names` are the words of the sender's own name, folded: a line of them opens a signature.
    """
    signing = False
    for line in lines:
        signing = signing or _opens(line, names)
        if _takes_back(line) or not (_thanks(line) or (signing and _is_plate(line))):
            return False
    return True


def _takes_back(line: str) -> bool:
    return bool(_TAKES_BACK.search(fold(line)) or re.search(r"[?¿]", line))


def _thanks(line: str) -> bool:
    words = re.findall(r"[a-z]+", fold(line))
    return set(words) <= CLOSING and not re.search(r"[^\W\d_]", re.sub("[a-z]+", "", fold(line)))


def _opens(line: str, names: Collection[str]) -> bool:
    """Whether a signature begins here: dashes, a closing, the sender's name, or two names."""
    words = re.findall(r"[^\W\d_]+", line)
    own = {fold(w) for w in words} & set(names)
    named = [w for w in words if fold(w) not in _JOB]
    titled = len(named) >= 2 and all(w.istitle() for w in named)
    return bool(own) or titled or _thanks(line)


def _is_plate(line: str) -> bool:
    """Whether a line is made of capitals, posts, numbers and addresses: what signatures hold."""
    pieces = _PIECE.findall(_ADDRESS.sub("", line))
    return len(line) <= 100 and all(_fits(piece) for piece in pieces)


def _fits(piece: str) -> bool:
    plain = not piece[0].isalpha()
    return plain or piece[0].isupper() or fold(piece) in _JOB or piece.isdigit()
