"""A plain, complete request for each of the 18 procedures — or one that lacks a single thing."""

from dataclasses import dataclass, replace

import documents as d
import mails
from house import BOT, COORDINATOR, USAU

HEAD = d.Signatory("Mg. Pedro Vásquez Rojas", "DIRECTOR DE LA UGEL CHOTA")
CHOTA = d.ugel("060004", "Chota", "Cajamarca", HEAD)
PUNO = d.dre(
    "210000", "Puno", d.Signatory("Dr. Luis Calla Apaza", "DIRECTOR REGIONAL DE EDUCACIÓN")
)
CUTERVO = d.ugel(
    "060006", "Cutervo", "Cajamarca", replace(HEAD, post="DIRECTOR DE LA UGEL CUTERVO")
)
SCHOOL = d.school(
    "0453217",
    "I.E. N° 10384 San Juan Bautista",
    CUTERVO,
    d.Signatory("Prof. Rosa Elena Quispe Mamani", "DIRECTORA DE LA I.E. N° 10384"),
    city="Cutervo",
)
PERSON = d.Person("Quispe Mamani", "Rosa Elena", "42871359", "rosa.quispe@correo.example")

UGEL_ADDRESS = "mesadepartes@ugelchota.example"
DRE_ADDRESS = "mesadepartes@drepuno.example"
SCHOOL_ADDRESS = "ie10384@correo.example"
OWN_ADDRESS = "rosa.quispe@correo.example"


@dataclass(frozen=True)
class Plea:
    """A procedure, who writes, and everything the guide requires of it."""

    section: str
    role: str
    sender: str
    requirements: tuple[str, ...]
    office: d.Office = CHOTA
    nivel: str | None = None

    @property
    def action(self) -> d.Action:
        """``alta`` for x.1, ``baja`` for x.2."""
        return "alta" if self.section.endswith(".1") else "baja"


STATED = ("nombres", "dni")
FULL = (*STATED, "correo")
PAPERS = ("oficio", "rd", "firmante")
_OFFICES = (
    ("3", "Especialista SIAGIE DRE", DRE_ADDRESS, PUNO),
    ("4", "Estadístico DRE", DRE_ADDRESS, PUNO),
    ("5", "Especialista SIAGIE UGEL", UGEL_ADDRESS, CHOTA),
    ("7", "Estadístico UGEL", UGEL_ADDRESS, CHOTA),
)
_LEVEL = "Especialista en Educación Primaria"
PLEAS = (
    Plea("1.1", "Especialista SIAGIE MINEDU", COORDINATOR, FULL),
    Plea("1.2", "Especialista SIAGIE MINEDU", COORDINATOR, STATED),
    Plea("2.1", "Agente de la Central de Atención SIAGIE", USAU, (*FULL, "s09")),
    Plea("2.2", "Agente de la Central de Atención SIAGIE", USAU, (*STATED, "s09")),
    *(Plea(f"{n}.1", role, sender, (*FULL, *PAPERS), at) for n, role, sender, at in _OFFICES),
    *(Plea(f"{n}.2", role, sender, (*STATED, "oficio"), at) for n, role, sender, at in _OFFICES),
    Plea("6.1", _LEVEL, UGEL_ADDRESS, (*FULL, "nivel", *PAPERS), nivel="Primaria"),
    Plea("6.2", _LEVEL, UGEL_ADDRESS, (*STATED, "oficio"), nivel="Primaria"),
    Plea("8.1", "Director de la I.E.", SCHOOL_ADDRESS, (*STATED, "oficina", *PAPERS), SCHOOL),
    Plea("8.2", "Director de la I.E.", OWN_ADDRESS, (*STATED, "oficina", "copia-dni"), SCHOOL),
    Plea("9.1", "docente", OWN_ADDRESS, (*STATED, "oficina"), SCHOOL),
    Plea("9.2", "docente", OWN_ADDRESS, (*STATED, "oficina"), SCHOOL),
)


def mail(plea: Plea, lacking: str | None = None) -> bytes:
    """The request as a mail, complete or without one thing."""
    write = {"1": _by_mail, "2": _by_mail, "8": _school, "9": _own}.get(plea.section[0], _office)
    text, files = write(plea, lacking)
    kept = [mails.File(name, data) for name, data in files]
    asks = {"alta": "Alta", "baja": "Baja"}[plea.action]
    return mails.compose(plea.sender, BOT, f"{asks} de usuario SIAGIE", text=text, attachments=kept)


Files = list[tuple[str, bytes]]


def _data(plea: Plea, lacking: str | None) -> str:
    lines = [f"Cargo: {plea.role}"]
    if lacking != "nombres":
        lines.insert(0, f"Apellidos y nombres: {PERSON.apellidos_nombres}")
    if lacking != "dni":
        lines.append(f"DNI N° {PERSON.dni}")
    if lacking != "correo" and "correo" in plea.requirements:
        lines.append(f"Correo electrónico: {PERSON.correo}")
    if lacking != "oficina" and "oficina" in plea.requirements:
        lines.append(f"{plea.office.name}, código modular {plea.office.code}")
    return "\n".join(lines)


def _by_mail(plea: Plea, lacking: str | None) -> tuple[str, Files]:
    asks = {"alta": "la creación de usuario", "baja": "la baja de usuario"}[plea.action]
    text = f"Solicito {asks} en el SIAGIE:\n\n{_data(plea, lacking)}\n\nSaludos,\nLa oficina"
    form = d.s09(person=PERSON, action=plea.action, omit=[o for o in (lacking,) if o in FULL])
    wanted = "s09" in plea.requirements and lacking != "s09"
    return text, [("Formulario S09.pdf", form)] if wanted else []


def _office(plea: Plea, lacking: str | None) -> tuple[str, Files]:
    role = "Especialista del nivel educativo" if lacking == "nivel" else plea.role
    omit = {"firmante": ["puesto"]}.get(lacking or "", [o for o in (lacking,) if o in FULL])
    oficio = d.oficio(
        office=plea.office,
        people=[PERSON],
        action=plea.action,
        role=role,
        omit=omit,
        layout="labels",
    )
    act = d.rd(
        office=plea.office, people=[PERSON], role=role, omit=[o for o in omit if o == "nombres"]
    )
    files = [("OFICIO 123.pdf", oficio), ("RD 456.pdf", act)]
    wanted = [
        (name, data)
        for (name, data), paper in zip(files, ("oficio", "rd"), strict=True)
        if paper in plea.requirements and lacking != paper
    ]
    text = _data(plea, None) if lacking == "oficio" else "Remito lo indicado en el asunto."
    return text, wanted


def _school(plea: Plea, lacking: str | None) -> tuple[str, Files]:
    if plea.action == "baja":
        text, _ = _own(plea, lacking)
        copy = [] if lacking == "copia-dni" else [("DNI.pdf", d.dni_copy(person=PERSON))]
        return text.replace("docente", "ex Director"), copy
    me = "" if lacking == "nombres" else f"{PERSON.nombres_apellidos}, "
    number = "" if lacking == "dni" else f"identificada con DNI N° {PERSON.dni}, "
    code = "" if lacking == "oficina" else f" con código modular {plea.office.code}"
    paragraph = (
        "Tengo el agrado de dirigirme a usted para solicitar la creación de mi usuario en el "
        f"SIAGIE: "
        f"{me}{number}Directora de la I.E. N° 10384{code}."
    )
    oficio = d.oficio(
        office=plea.office,
        people=[PERSON],
        paragraphs=[paragraph],
        omit=["puesto"] if lacking == "firmante" else [],
        asunto="SOLICITO USUARIO SIAGIE",
        number="OFICIO N° 04-2026-DIR/I.E. 10384",
        signatory=replace(plea.office.head, name="La que suscribe")
        if lacking == "nombres"
        else None,
    )
    act = d.rd(
        office=CUTERVO,
        people=[PERSON],
        role="Directora de la I.E. N° 10384",
        omit=["nombres"] if lacking == "nombres" else [],
    )
    papers = {"oficio": ("OFICIO 04.pdf", oficio), "rd": ("RD 456.pdf", act)}
    text = _data(plea, None) if lacking == "oficio" else "Adjunto mis documentos."
    return text, [file for paper, file in papers.items() if paper != lacking]


def _own(plea: Plea, lacking: str | None) -> tuple[str, Files]:
    asks = {"alta": "la creación de mi usuario", "baja": "dar de baja mi usuario"}[plea.action]
    me = "" if lacking == "nombres" else f"soy {PERSON.nombres_apellidos}, "
    number = "" if lacking == "dni" else f"DNI N° {PERSON.dni}, "
    code = "" if lacking == "oficina" else f", código modular {plea.office.code}"
    who = f"{me}{number}docente de la I.E. N° 10384{code}"
    return f"Buenos días, {who}. Solicito {asks} en el SIAGIE.", []
