"""What digital signatures say, in words: for who decides, never a verdict on the request. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.check.papers import Paper
from mailbot.model import Document, Finding, Method, Signature, Verdict
from mailbot.parsers import names
from mailbot.workdays import LIMA

_WORDS: Mapping[Verdict, str] = {
    Verdict.VALID: "Firma digital válida",
    Verdict.INVALID: "Firma digital NO VÁLIDA",
    Verdict.UNPROVEN: "Firma digital que no se pudo comprobar",
}


def words(signature: Signature) -> str:
    """A signature in one line: the verdict, who signed, for whom, when; then why, what changed."""
    who = ", ".join(part for part in (_who(signature), _when(signature)) if part)
    why = "; ".join(part for part in (_change(signature), signature.reason) if part)
    return f"{_WORDS[signature.verdict]}{f': {who}' if who else ''}{f' — {why}' if why else ''}"


def _who(signature: Signature) -> str:
    """The name and the entity: by its RUC as Peru's certificates do, else by its name."""
    entity = f"FAU {signature.ruc}" if signature.ruc else signature.entity
    return ", ".join(part for part in (signature.signer, entity) if part)


def _when(signature: Signature) -> str:
    if signature.signed_at is None:
        return ""
    moment = datetime.fromisoformat(signature.signed_at)
    local = moment.astimezone(LIMA) if moment.tzinfo else moment
    clock = "con sello de tiempo" if signature.timestamped else "según el reloj de quien firma"
    return f"{local:%d/%m/%Y %H:%M} ({clock})"


def _change(signature: Signature) -> str:
    """That nothing changed, where that is known; what did change is the reason already."""
    return "el documento no cambió después de firmado" if signature.changed_after is False else ""


# ------------------------------------------------------------------ the signatory of an oficio


def told(finding: Finding, paper: Paper, documents: Iterable[Document]) -> Finding:
    """The finding on who signs, with what the signatures of the paper's file say.

    Its outcome stays as it is: a signature is evidence, no gate (guide, VI).
    """
    notes = [finding.note, *(_remark(s, paper) for s in _signatures(paper, documents))]
    return replace(finding, note="; ".join(note for note in notes if note) or None)


def _signatures(paper: Paper, documents: Iterable[Document]) -> tuple[Signature, ...]:
    """Those of the paper's file; none when two files go by its name."""
    files = [d for d in documents if d.name == paper.piece.source]
    return files[0].signatures if len(files) == 1 else ()


def _remark(signature: Signature, paper: Paper) -> str:
    line = words(signature)
    said = line[0].lower() + line[1:]
    if not signature.signer or _names(paper, signature.signer):
        return said
    if not paper.legible or paper.piece.pages[0].method is Method.OCR:
        return f"{said}. No se pudo leer si es quien firma el oficio"
    return f"{said}. El oficio no nombra a esa persona al pie"


def _names(paper: Paper, signer: str) -> bool:
    """Whether the paper names somebody below its closing words."""
    wanted = names.tokens(signer)
    recognised = paper.piece.pages[0].method is Method.OCR
    enough = 1 < len(wanted) <= len(names.tokens(paper.tail))
    return enough and names.compatible(signer, paper.tail, recognised=recognised)
