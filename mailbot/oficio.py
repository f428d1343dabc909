"""A model of the oficio or solicitud that a case lacks (DOCX), filled with what is certain.

Whoever is observed gets it with the observation: to be completed, signed, scanned and sent back.
Written with python-docx, whose other home, ``parsers.docx``, reads what strangers send.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from mailbot.decide import Record
from mailbot.parsers.text import tidy
from mailbot.procedures import Guide, Procedure

_BLANK = "_" * 24
_TITLES: Mapping[str, str] = {
    "administrador-minedu": "Administrador SIAGIE del Ministerio de Educación",
    "administrador-ue": "Administrador SIAGIE de la Unidad de Estadística del MINEDU",
}
_STATED: Mapping[str, tuple[str, str]] = {
    "nombres": ("Apellidos y nombres", "names"),
    "dni": ("N.° de DNI", "dni"),
    "correo": ("Correo electrónico", "correo"),
    "nivel": ("Nivel educativo", "nivel"),
}
_ATTACHED: Mapping[str, str] = {
    "rd": "Resolución Directoral de designación",
    "copia-dni": "copia del DNI",
}
_SIGNS: Mapping[str, str] = {
    "DRE": "Director de la DRE, o director o jefe del área que solicita",
    "UGEL": "Director de la UGEL, o director o jefe del área que solicita",
    "IE": "Director de la institución educativa",
    "titular": "La persona que solicita",
}
"""Who signs, by who asks (guide, VI)."""


def wanted(record: Record, guide: Guide) -> Record | None:
    """What the model for a case is filled with; None when no paper of the asker's own is amiss."""
    procedure = guide.procedures.get(record["section"] or "")
    if procedure is None or procedure.where not in ("oficio", "solicitud"):
        return None
    outcomes = {f["requirement"]: f["outcome"] for f in record["findings"]}
    own = {procedure.where, "firmante", *procedure.states} & set(outcomes)
    if all(outcomes[name] == "met" for name in own):
        return None
    certain = {name for name in procedure.states if outcomes.get(name) == "met"}
    rows = [
        (label, record[key] if name in certain else None) for name, label, key in _rows(procedure)
    ]
    decider = guide.roles.get(procedure.decides)
    return {
        "where": procedure.where,
        "to": _TITLES.get(procedure.decides) or (decider.name if decider else procedure.decides),
        "action": procedure.action.value,
        "role": procedure.role.name,
        "office": record["office_name"] if outcomes.get("oficina") == "met" else None,
        "section": procedure.section,
        "rows": rows,
        "attached": [_ATTACHED[name] for name in procedure.attaches if name in _ATTACHED],
        "signs": _SIGNS[procedure.asks],
    }


def _rows(procedure: Procedure) -> list[tuple[str, str, str]]:
    return [(name, *_STATED[name]) for name in procedure.states]


def write(given: Mapping[str, Any]) -> bytes:
    """The model as a DOCX file; `given` is what `wanted` made."""
    paper = docx.Document()
    paper.styles["Normal"].font.name, paper.styles["Normal"].font.size = "Arial", Pt(11)
    for section in paper.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
    oficio = given["where"] == "oficio"
    _head(paper, given, oficio=oficio)
    _text(paper, _body(given, oficio=oficio))
    _grid(paper, given["rows"])
    if given["attached"]:
        _text(paper, f"Se adjunta: {', '.join(given['attached'])}.")
    _text(paper, "Atentamente,")
    _text(
        paper,
        f"\n\n{_BLANK}{_BLANK}\n(firma, sello, apellidos y nombres)\n{given['signs']}",
        middle=True,
    )
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _head(paper: Document, given: Mapping[str, Any], *, oficio: bool) -> None:
    what = f"Solicito {given['action']} de usuario SIAGIE: {given['role']}"
    if oficio:
        _text(paper, "(membrete de la oficina)", middle=True)
        _text(paper, f"OFICIO N.° {_BLANK}", bold=True)
    _text(paper, "Lugar y fecha: " + _BLANK)
    _text(paper, f"Señor(a):\n{_shown(given['to'])}\nPresente.-")
    _text(paper, f"Asunto: {_shown(what)}", bold=True)


def _body(given: Mapping[str, Any], *, oficio: bool) -> str:
    greeting = (
        "Tengo el agrado de dirigirme a usted para solicitar" if oficio else "Solicito a usted"
    )
    article = {"alta": "el alta", "baja": "la baja"}[given["action"]]
    return (
        f"{greeting} {article} del usuario SIAGIE de {_shown(given['role'])} de "
        f"{_shown(given['office'])} (guía de altas y bajas de usuarios, V.{given['section']}), "
        "que corresponde a:"
    )


def _shown(value: str | None) -> str:
    return tidy(value)[:200] if value else _BLANK


def _text(paper: Document, words: str, *, bold: bool = False, middle: bool = False) -> None:
    paragraph = paper.add_paragraph()
    paragraph.add_run(words).bold = bold
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _grid(paper: Document, rows: Sequence[Sequence[str | None]]) -> None:
    grid = paper.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in rows:
        cells = grid.add_row().cells
        cells[0].text, cells[1].text = label or "", _shown(value)
    paper.add_paragraph()
