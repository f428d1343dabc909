"""What `check` shows of one file: what it is, who sent it, what was found about each person."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailbot.check import Case, signed
from mailbot.check.requirements import REQUIREMENTS
from mailbot.examine import Examined
from mailbot.model import Finding, Method, Outcome, Verdict
from mailbot.offices import Offices
from mailbot.parsers.parse import Automatic, Parsed, Reply, Request, Unrelated
from mailbot.parsers.pieces import Piece
from mailbot.procedures import Seat
from mailbot.tongue import _

SIGNS = {
    Outcome.MET: ("✔", "green", ""),
    Outcome.MISSING: ("✘", "red", "falta"),
    Outcome.UNREADABLE: ("?", "yellow", "no se puede leer con certeza"),
    Outcome.CONFLICT: ("≠", "magenta", "no coincide"),
}
_COLOURS = {Verdict.VALID: "green", Verdict.INVALID: "bold red", Verdict.UNPROVEN: "yellow"}


def show_examined(out: Console, seen: Examined, offices: Offices) -> None:
    """What was read from one file."""
    parsed = seen.parsed or seen.problem or ""
    show_checked(out, seen.source.title, parsed, seen.cases, offices)
    for path in seen.pictures:
        out.print(Text(_("Imagen: {path}").format(path=path)))


def show_checked(
    out: Console, name: str, parsed: Parsed | str, cases: Sequence[Case], offices: Offices
) -> None:
    """What was read from one mail: what it is, who sent it, and each person's findings."""
    out.rule(Text(name, "bold"), align="left")
    match parsed:
        case str():
            out.print(_("No se puede leer: {parsed}").format(parsed=parsed))
        case Automatic():
            out.print(_("Correo automático ({sign}): no se contesta.").format(sign=parsed.sign))
        case Unrelated() if parsed.asks_state:
            out.print(_("Pregunta cómo va lo que pidió: se le contesta."))
        case Unrelated():
            what = _("Pide otra cosa") if parsed.asks_other else _("No pide un alta ni una baja")
            out.print(_("{what}: se le indica a dónde acudir.").format(what=what))
        case Reply():
            _show_reply(out, parsed)
        case Request():
            _show_request(out, parsed, cases, offices)


def _show_reply(out: Console, reply: Reply) -> None:
    out.print(_("Respuesta de quien decide: {value}.").format(value=reply.decision.verb.value))
    if reply.decision.text:
        out.print(f"  {reply.decision.text}")
    for field, value in reply.decision.corrections.items():
        out.print(f"  {field}: {value}")
    _show_sender(out, reply.mail.sender.address, reply.mail.sender.reason)


def _show_sender(out: Console, address: str, reason: str) -> None:
    out.print(
        _("Remitente: {value} ({reason})").format(
            value=address or _("no se puede saber"), reason=reason
        )
    )


def _show_request(out: Console, request: Request, cases: Sequence[Case], offices: Offices) -> None:
    _show_sender(out, request.sender.address, request.sender.reason)
    if request.forwarded:
        out.print(_("Reenvía el pedido de otra persona."))
    for document in request.documents:
        kinds = [name for piece in request.pieces if (name := _paper_name(piece, document.name))]
        out.print(
            _("Adjunto: {name}: {value}").format(
                name=document.name, value=document.problem or " + ".join(kinds) or _("sin páginas")
            )
        )
        for signature in document.signatures:
            out.print(Text(f"  {signed.words(signature)}", _COLOURS[signature.verdict]))
    for case in cases:
        out.print()
        _show_case(out, case, offices)


def _paper_name(piece: Piece, file: str) -> str:
    """What of a paper lies in a file: ``oficio (pág. 1, escaneado)``; nothing where none does."""
    pages = [leaf.number for leaf in piece.leaves if leaf.file == file]
    if not pages:
        return ""
    span = f"pág. {pages[0]}" if len(pages) == 1 else f"págs. {pages[0]}-{pages[-1]}"
    begun = "" if piece.source == file else "sigue, "
    way = "escaneado" if piece.pages[0].method is Method.OCR else "texto"
    return f"{piece.kind.value} ({begun}{span}, {way})"


def _show_case(out: Console, case: Case, offices: Offices) -> None:
    out.print(Text(_heading(case, offices), "bold"))
    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(width=1)
    grid.add_column(width=25)
    grid.add_column(overflow="fold")
    for finding in case.findings:
        grid.add_row(*_finding(finding, offices))
    out.print(grid)
    if case.claim.previous:
        out.print(
            _("Deja el cargo: {value}").format(
                value=" · ".join(r.value for r in case.claim.previous)
            )
        )
    verdict = _("Cumple todos los requisitos.") if case.complete else _what_next(case)
    out.print(Text(f"→ {verdict}", "bold"))


def _heading(case: Case, offices: Offices) -> str:
    if case.procedure is None:
        action = case.claim.action.value if case.claim.action else "no se sabe qué se pide"
        return f"{action.capitalize()}: no se sabe para qué cargo"
    office = case.claim.office.value if case.claim.office and not case.claim.office.doubt else None
    place = f", {offices.name(office)}" if office and office != "MINEDU" else ""
    nivel = f", {case.claim.nivel.value}" if _by_nivel(case) and case.claim.nivel else ""
    name = case.procedure.role.name
    action = case.procedure.action.value.capitalize()
    return f"{action} (V.{case.procedure.section}): {name}{place}{nivel}"


def _by_nivel(case: Case) -> bool:
    return case.procedure is not None and case.procedure.role.seat is Seat.OFFICE_NIVEL


def _finding(finding: Finding, offices: Offices) -> tuple[Text, str, Text]:
    sign, colour, word = SIGNS[finding.outcome]
    row = REQUIREMENTS.get(finding.requirement)
    value = finding.value
    if finding.requirement == "oficina" and value:
        value = offices.full_name(value)
    said = Text(": ".join(part for part in (_(word), value) if part) or _("se adjunta"))
    if finding.places and finding.outcome is not Outcome.CONFLICT:
        said.append(f" — {' · '.join(finding.places)}", "dim")
    if finding.note:
        said.append(f"\n{finding.note}", "italic")
    return Text(sign, colour), row.label if row else finding.requirement, said


def _what_next(case: Case) -> str:
    if case.excluded:
        return _("No se atiende: {note}.").format(note=case.excluded.note)
    if case.to_mend:
        return _("Se observa: ") + " ".join(dict.fromkeys(f.mend or "" for f in case.to_mend))
    return _("Pasa a quien decide, con lo que hay que mirar.")


# ------------------------------------------------------------------ many files


def counted_as(seen: Examined) -> str:
    """What a file counts as in the totals."""
    match seen.parsed:
        case None:
            return "no se pudo leer"
        case Automatic() | Unrelated():
            return "otro correo"
        case Reply():
            return "respuesta de quien decide"
        case Request() if all(case.complete for case in seen.cases):
            return "pedido que cumple todos los requisitos"
        case Request() if any(case.to_mend or case.excluded for case in seen.cases):
            return "pedido que se observa o no se atiende"
    return "pedido con algo que debe mirar quien decide"


def show_totals(out: Console, totals: Counter[str]) -> None:
    """How many files turned out to be what, the most first."""
    title = _("{count} archivos").format(count=totals.total())
    out.rule(Text(title, "bold"), align="left")
    for words, count in totals.most_common():
        out.print(f"{count:>5} × {_(words)}")
