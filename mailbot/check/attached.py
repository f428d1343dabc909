"""Papers that must be attached: there, readable, and about the person. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailbot.check import signed
from mailbot.check.broken import found_in
from mailbot.check.papers import Paper, may_be
from mailbot.check.requirements import REQUIREMENTS, found, missing
from mailbot.check.stated import page_of
from mailbot.check.subject import ASKING, Subject
from mailbot.model import Finding, Outcome, PageKind, Reading
from mailbot.parsers.claims import agree
from mailbot.parsers.names import nearly, tokens


def oficio(subject: Subject) -> Finding:
    """The oficio, and that it names the person."""
    had = subject.papers(PageKind.OFICIO)
    if not had:
        return _no_paper(subject, "oficio")
    if names_person := _naming(subject):
        return _paper("oficio", Outcome.MET, _bearing(names_person, had))
    if not subject.claim.names:
        return _paper("oficio", Outcome.MET, had[0])
    note = "no nombra a la persona" if had[0].typed else "no se pudo leer a quién nombra"
    outcome = Outcome.CONFLICT if had[0].typed else Outcome.UNREADABLE
    return _paper("oficio", outcome, had[0], note=note)


def _naming(subject: Subject) -> list[Reading]:
    """Where oficios name the person."""
    found = (*subject.claim.names, *subject.claim.dnis)
    return [reading for reading in found if reading.kind is PageKind.OFICIO]


def rd(subject: Subject) -> Finding:
    """The act that names the person to the post."""
    return _proof(subject, "rd", PageKind.RD)


def s09(subject: Subject) -> Finding:
    """The formulario S09 of the person."""
    return _proof(subject, "s09", PageKind.S09)


def dni_copy(subject: Subject) -> Finding:
    """The copy of the DNI of the person."""
    return _proof(subject, "copia-dni", PageKind.DNI)


def _proof(subject: Subject, name: str, kind: PageKind) -> Finding:
    """A paper that has to be about the person: unread is unreadable, another's is a conflict."""
    had = subject.papers(kind)
    if not had:
        return _no_paper(subject, name)
    named = [r for r in subject.claim.names if r.kind is kind]
    numbers = [r for r in subject.claim.dnis if r.kind is kind]
    paper = _bearing((*named, *numbers), had)
    own = subject.name
    unproven = own is not None and own.kind is kind and _of_another(subject, numbers)
    if own and not unproven and any(agree(own, r) for r in named):
        return _paper(name, Outcome.MET, paper, note=paper.remark)
    if named and not _damaged(subject, paper, named):
        note = f"nombra a {named[0].value}"
        return _paper(name, Outcome.CONFLICT, paper, note=note, shown=named)
    return _unnamed(subject, name, paper, numbers)


def _of_another(subject: Subject, numbers: Iterable[Reading]) -> bool:
    """Whether the sure numbers of a paper are others than those of what asks."""
    asked, told = _asked(subject), {r.value for r in numbers if r.doubt is None}
    return bool(asked and told) and not asked & told


def _asked(subject: Subject) -> set[str]:
    """The numbers that are surely stated where the person is asked for."""
    return {r.value for r in subject.claim.dnis if r.kind in ASKING and r.doubt is None}


def _made_out(subject: Subject) -> set[str]:
    """The numbers a picture shows there, read in two ways: of eight figures none is another's."""
    told = (r for r in subject.claim.dnis if r.kind in ASKING and not r.typed and r.rival)
    return {r.value for r in told if len(r.value) == _DNI}


_DNI = 8


def _bearing(readings: Iterable[Reading], had: tuple[Paper, ...]) -> Paper:
    """The paper the readings stand in: of several resolutions, the person's own."""
    where = {page_of(r) for r in readings}
    return next((p for p in had if where & {*p.piece.leaves}), had[0])


def _damaged(subject: Subject, paper: Paper, named: list[Reading]) -> bool:
    """Whether names in a picture are only a poor reading of the person's."""
    if paper.typed or subject.name is None:
        return False
    mine = tokens(subject.name.value)
    return any(nearly(a, b) for r in named for a in tokens(r.value) for b in mine)


def _unnamed(subject: Subject, name: str, paper: Paper, numbers: list[Reading]) -> Finding:
    """A paper on which no name of the person was read: its number may still tell."""
    asked = _asked(subject) | _made_out(subject)
    if any(r.value in asked for r in numbers) or any(
        found_in(paper.piece, "dni", value) for value in asked
    ):
        return _paper(name, Outcome.MET, paper)
    if any(r.doubt is None for r in numbers) and paper.typed:
        note = f"lleva el DNI {numbers[0].value}"
        return _paper(name, Outcome.CONFLICT, paper, note=note, shown=numbers)
    if paper.typed and paper.names_somebody:
        return _paper(name, Outcome.CONFLICT, paper, note="no nombra a la persona")
    return _paper(name, Outcome.UNREADABLE, paper, note="no se pudo leer a quién nombra")


def _paper(
    name: str,
    outcome: Outcome,
    paper: Paper,
    note: str | None = None,
    shown: Sequence[Reading] = (),
) -> Finding:
    """A finding about a paper; `shown` is what to look at there, else all of its first page."""
    doubtful = () if outcome is Outcome.MET else (paper.sight,)
    return Finding(
        name,
        outcome,
        value=paper.number,
        places=(paper.place,),
        note=note,
        readings=tuple(shown) or doubtful,
    )


def _no_paper(subject: Subject, name: str) -> Finding:
    """No such paper among what was read; perhaps it is what could not be."""
    closed = [d for d in subject.request.documents if d.problem and may_be(d.name, name)]
    if closed:
        note = "; ".join(f"{d.name}: {d.problem}" for d in closed)
        places = tuple(d.name for d in closed)
        mend = REQUIREMENTS[name].mend
        return Finding(name, Outcome.UNREADABLE, places=places, note=note, mend=mend)
    dim = [p for p in subject.request.pieces if p.kind is PageKind.OTHER and not p.legible]
    if dim:
        note = "hay páginas que no se pudieron reconocer"
        return _paper(name, Outcome.UNREADABLE, Paper(dim[0]), note=note)
    return missing(name)


def signatory(subject: Subject) -> Finding:
    """The oficio must be signed by a post the guide allows (VI); whether it is, a person sees."""
    had, named = subject.papers(PageKind.OFICIO), _naming(subject)
    own = _bearing(named, had)
    near = (p for p in had if not named or p.piece.source == own.piece.source)
    paper = next((p for p in (own, *near) if p.signatory), own)
    return signed.told(_signatory(paper), paper, subject.request.documents)


def _signatory(paper: Paper) -> Finding:
    if paper.signatory is None and paper.typed:
        return missing("firmante")
    if paper.signatory is None:
        return _paper("firmante", Outcome.UNREADABLE, paper, note="no se pudo leer quién firma")
    finding = found("firmante", Outcome.MET, paper.signatory)
    if paper.signatory.doubt:
        return replace(finding, outcome=Outcome.CONFLICT, note=paper.signatory.doubt)
    return finding
