"""How people put a request: sentences, labels, cargos and the noise around them, at random.

The wordings are those seen in real papers and in the guide; whom they name is the caller's.
"""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from documents import NameOrder, Office, Person
from invention import ORDERS, dni, person, written_dni

Wordings = Sequence[str]

GREETINGS: Wordings = (
    "Es grato dirigirme a usted para saludarlo cordialmente y, a la vez, ",
    "Tengo el agrado de dirigirme a usted para expresarle mi cordial saludo y ",
    "Mediante el presente me dirijo a su despacho, con la más alta consideración, a fin de ",
    "Por intermedio del presente, y en el marco de la Guía de altas y bajas de usuarios, se pide ",
    "Me es grato dirigirme a su digno despacho para ",
)
ALTA: Wordings = (
    "solicitar la creación de usuario en el SIAGIE {a}.",
    "solicitar se dé de alta en el SIAGIE {a}.",
    "solicitar se sirva asignar usuario y contraseña de acceso al SIAGIE {a}.",
    "solicitar tenga a bien generar usuario y contraseña del SIAGIE {a}.",
    "solicitar la generación de credenciales de acceso al SIAGIE {a}.",
    "solicitar se sirva habilitar el acceso al sistema SIAGIE {a}.",
    "solicitar se sirva otorgar acceso al SIAGIE {a}.",
    "solicitar la apertura de usuario del SIAGIE {a}.",
    "solicitar se proporcione usuario y clave del SIAGIE {a}.",
    "solicitar la asignación de usuario SIAGIE {a}.",
)
BAJA: Wordings = (
    "solicitar se sirva dar de baja en el SIAGIE el usuario asignado {a}.",
    "solicitar la baja de usuario del SIAGIE correspondiente {a}, por rotación de personal.",
    "solicitar la inactivación de la cuenta SIAGIE otorgada {a}, por término de contrato.",
    "solicitar la desactivación de los accesos al SIAGIE {a}, quien ya no labora en esta sede.",
    "solicitar la anulación de usuario y contraseña del SIAGIE {a}, por cese.",
    "solicitar el cierre de usuario SIAGIE {a}, por haber culminado su contrato.",
    "solicitar se sirva cancelar la cuenta del SIAGIE {a}, por reasignación.",
    "solicitar se sirva retirar los accesos al SIAGIE {a}, por renuncia.",
)
SUBJECTS: Mapping[str, Wordings] = {
    "alta": (
        *("SOLICITO CREACIÓN DE USUARIO SIAGIE", "ALTA DE USUARIO SIAGIE"),
        *("Solicita usuario y contraseña del SIAGIE", "SOLICITO ACCESO AL SIAGIE"),
        "Solicito alta de usuario en el SIAGIE",
    ),
    "baja": (
        *("SOLICITO BAJA DE USUARIO SIAGIE", "BAJA DE USUARIO DEL SIAGIE"),
        *("Inactivación de usuario SIAGIE", "Solicita dar de baja usuario del SIAGIE"),
    ),
}
BOTH: Wordings = (
    *("ALTA Y BAJA DE USUARIOS SIAGIE", "Solicito alta y baja de usuarios del SIAGIE"),
    "Usuarios del SIAGIE",
)
"""Subjects of an oficio that asks for altas and bajas at once."""
ALL_OF_THEM: Wordings = (
    "al personal que se detalla a continuación",
    "para el personal que se indica en el cuadro siguiente",
    "conforme al detalle siguiente",
)
REPLACING: Wordings = ("en reemplazo de", "en lugar de", "en sustitución de", "reemplazando a")
LABELS: Wordings = (
    *("DNI N°", "DNI Nº", "D.N.I. N°", "DNI", "DNI N.°", "DNI Nro."),
    *("Documento Nacional de Identidad N°", "documento de identidad N°"),
)
CARGOS: Mapping[str, Wordings] = {
    "1": ("Especialista SIAGIE MINEDU", "Especialista funcional SIAGIE", "Analista SIAGIE"),
    "2": (
        *("Agente de la Central de Atención SIAGIE", "Operador de la Central de Atención"),
        *("Especialista de la Central de Atención SIAGIE", "Agente de mesa de ayuda"),
    ),
    "3": (
        *("Especialista SIAGIE DRE", "Responsable Regional del SIAGIE", "Especialista SIAGIE"),
        *("Coordinador Regional SIAGIE", "Encargado del SIAGIE", "Responsable SIAGIE de la DRE"),
    ),
    "4": (
        *("Estadístico DRE", "Estadístico II", "Especialista en Estadística"),
        *("Responsable de Estadística", "Técnico en Estadística", "Estadístico de la DRE"),
    ),
    "5": (
        *("Especialista SIAGIE UGEL", "Responsable SIAGIE", "Responsable del SIAGIE"),
        *("Encargado de SIAGIE", "Coordinador SIAGIE UGEL", "Técnico SIAGIE", "Operador SIAGIE"),
    ),
    "6": (
        *("Especialista del nivel educativo", "Especialista por nivel educativo"),
        *("Especialista en Educación", "Especialista AGP"),
    ),
    "7": (
        *("Estadístico UGEL", "Estadístico I", "Especialista en Estadística"),
        *("Responsable de Estadística UGEL", "Especialista en Planificación y Estadística"),
    ),
    "8": ("Director", "Directora", "Director encargado", "Directora designada"),
    "9": (
        *("docente de aula", "docente contratado", "auxiliar de educación", "secretaria"),
        *("subdirectora", "personal administrativo", "profesora de aula"),
    ),
}
NIVELES: Mapping[str, Wordings] = {
    "EBR Inicial": ("Inicial", "Educación Inicial", "EBR Inicial"),
    "EBR Primaria": ("Primaria", "Educación Primaria", "EBR – Primaria"),
    "EBR Secundaria": ("Secundaria", "Educación Secundaria"),
    "EBE Inicial": ("EBE Inicial", "Educación Básica Especial – Inicial"),
    "EBE Primaria": ("EBE Primaria", "Educación Básica Especial – Primaria"),
}
ACTS: Wordings = (
    "DESIGNAR",
    "ENCARGAR",
    "ASIGNAR FUNCIONES",
    "RECONOCER",
    "RATIFICAR",
    "CONTRATAR",
)
KINDS: Wordings = (
    *(("Resolución Directoral",) * 4),
    *("Resolución Directoral Regional", "Resolución Gerencial Regional"),
    "Resolución Jefatural",
)
DISCLAIMERS: Wordings = (
    (
        "Este mensaje y sus anexos son confidenciales. Si usted no es el destinatario, dé aviso "
        "al remitente y elimínelo."
    ),
    (
        "AVISO: La información contenida en este correo es de uso exclusivo de la entidad. "
        "Su reenvío a terceros puede dar lugar al retiro de los accesos otorgados."
    ),
    "Antes de imprimir este correo piense en el medio ambiente.",
)


# ------------------------------------------------------------------ in papers


def clause(
    rng: Random, who: Person, cargo: str | None, order: NameOrder, omit: Collection[str]
) -> str:
    """Return a person as a sentence tells of them; `omit` leaves out nombres, dni or correo."""
    name = who.name(order) if "nombres" not in omit else ""
    lead = f"{who.don} {name}" if name else "la persona designada"
    label = rng.choice(LABELS)
    number = written_dni(rng, who.dni) if "dni" not in omit and who.dni else ""
    joint = rng.choice((f", {who.identificado} con", ", con", f", {who.identificado}(a) con", " –"))
    parts = [f"{lead}{joint} {label} {number}" if number else lead]
    if cargo:
        parts.append(rng.choice(("{}", "en calidad de {}", "como {}", "en el cargo de {}")))
        parts[-1] = parts[-1].format(cargo)
    if who.correo and "correo" not in omit:
        said = ("correo electrónico {}", "con correo {}", "correo: {}", "e-mail: {}")
        parts.append(rng.choice(said).format(who.correo))
    return ", ".join(parts)


# ------------------------------------------------------------------ in mails


def labelled(rng: Random, rows: Sequence[tuple[str, str]]) -> str:
    """Return rows as people type them, one to a line."""
    sign = rng.choice((": ", ": ", " : ", " - ", ":\t"))
    bullet = rng.choice(("", "", "- ", "• ", "* "))
    return "\n".join(f"{bullet}{label}{sign}{value}" for label, value in rows)


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table pasted from a spreadsheet."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table border=1>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def farewell(rng: Random, office: Office | None) -> str:
    """Return what stands below a mail: who sends it, telephone numbers, RUC, a disclaimer."""
    who = person(rng)
    mobile, wire = rng.randint(10_000_000, 99_999_999), rng.randint(300_000, 799_999)
    phone = f"Cel. 9{mobile} - Telf. 0{rng.randint(41, 84)}-{wire}"
    lines = [
        rng.choice(("Atentamente,", "Saludos cordiales", "Cordialmente,", "Atte.")),
        "",
        who.name(rng.choice(ORDERS[4:])),
        rng.choice(("Mesa de Partes", "Secretaría de Dirección", "Trámite Documentario")),
        office.name if office else "",
        phone if rng.random() < 0.6 else "",
        f"RUC 20{rng.randint(100_000_000, 999_999_999)}" if rng.random() < 0.3 else "",
        f"DNI {dni(rng)}" if rng.random() < 0.1 else "",
        rng.choice(DISCLAIMERS) if rng.random() < 0.5 else "",
    ]
    return "\n".join(line for n, line in enumerate(lines) if line or n == 1)


def expediente(rng: Random) -> str:
    """Return a line about a file, its number of eight digits."""
    number = rng.randint(10_000_000, 29_999_999)
    return rng.choice(
        (
            f"Expediente N° {number}-2026",
            f"Expediente: MPD2026-EXT-{number % 10_000_000:07d}",
            f"Reg. {number}",
            f"SINAD N° {number}",
        )
    )
