"""What the guide may require: what people call it, and how the asker mends it. One table. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbot.model import Finding, Outcome, Reading


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of the table."""

    label: str
    mend: str


REQUIREMENTS: Mapping[str, Requirement] = {
    "accion": Requirement("qué se solicita", "Indique si solicita el alta o la baja del usuario."),
    "rol": Requirement(
        "cargo",
        "Indique para qué cargo es el usuario (por ejemplo: Especialista SIAGIE UGEL).",
    ),
    "nombres": Requirement(
        "apellidos y nombres", "Consigne los apellidos y nombres completos de la persona."
    ),
    "dni": Requirement(
        "número de DNI", "Consigne el número de DNI de la persona, con sus 8 cifras."
    ),
    "correo": Requirement(
        "correo electrónico",
        "Consigne el correo electrónico de la persona, a donde se enviará su usuario.",
    ),
    "nivel": Requirement(
        "nivel educativo",
        "Indique el nivel: EBR Inicial, EBR Primaria, EBR Secundaria, EBE Inicial o EBE Primaria.",
    ),
    "oficio": Requirement("oficio", "Adjunte el oficio escaneado, completo y legible."),
    "rd": Requirement(
        "resolución de designación", "Adjunte la Resolución Directoral de designación."
    ),
    "s09": Requirement("formulario S09", "Adjunte el formulario S09."),
    "copia-dni": Requirement("copia del DNI", "Adjunte una copia legible del DNI."),
    "firmante": Requirement(
        "firma autorizada",
        "El oficio debe llevar la firma y el cargo del Director o del Jefe del área.",
    ),
    "oficina": Requirement(
        "oficina",
        "Indique la DRE o UGEL con su región o, si es una IE, su código modular de 7 cifras.",
    ),
    "solicitante": Requirement(
        "quién solicita", "La solicitud debe venir de la oficina a la que corresponde."
    ),
}


def found(
    requirement: str,
    outcome: Outcome,
    reading: Reading | None = None,
    *more: Reading,
    note: str | None = None,
    mend: str | None = None,
) -> Finding:
    """A finding with the value of its first reading and the places of all."""
    readings = (reading, *more) if reading else more
    return Finding(
        requirement=requirement,
        outcome=outcome,
        value=reading.value if reading else None,
        places=places(readings),
        note=note,
        mend=mend,
        readings=readings,
    )


def missing(requirement: str, note: str | None = None, *places: str) -> Finding:
    """The finding that something is missing for certain: it carries the mend."""
    mend = REQUIREMENTS[requirement].mend
    return Finding(requirement, Outcome.MISSING, places=places, note=note, mend=mend)


def places(readings: Iterable[Reading]) -> tuple[str, ...]:
    """The sources of some readings as people name them, pages of one file together.

    ``OFICIO 12.pdf, pág. 1`` or ``EXP 7.pdf, págs. 1, 2``.
    """
    pages: dict[str, list[int]] = {}
    for evidence in (r.evidence for r in readings):
        listed = pages.setdefault(evidence.source, [])
        if evidence.page is not None and evidence.page not in listed:
            listed.append(evidence.page)
    return tuple(_place(source, listed) for source, listed in pages.items())


def _place(source: str, pages: list[int]) -> str:
    if not pages:
        return source
    return f"{source}, {'pág.' if len(pages) == 1 else 'págs.'} {', '.join(map(str, pages))}"
