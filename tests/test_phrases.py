"""The wordings people use, each read as what it asks: alta, baja or neither; its role; its office.

They were seen in the guide, in public papers of offices, or are general usage; nobody is named.
"""

import tempfile
from pathlib import Path

import mails
import pytest
from house import BOT, write_config

from mailbot.check import check
from mailbot.model import Action
from mailbot.offices import Offices
from mailbot.parsers import intent
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, Unrelated, parse
from mailbot.parsers.text import typed, whole
from mailbot.procedures import OfficeType
from mailbot.rules import Rules, read_rules

ALTA = """
creación de usuario en el SIAGIE
creación del usuario
alta de usuario del SIAGIE
crear usuario
asignar usuario
proporcionar usuario y contraseña
se le asignará usuario
solicitando creación de usuario y contraseña
solicito usuario y contraseña SIAGIE
usuario y clave
asignación de usuario
solicito alta de usuario
solicito se dé de alta
dar de alta al usuario
generar usuario y contraseña
generación de credenciales
generación de accesos
habilitar usuario
habilitación de usuario y clave
habilitar el acceso al SIAGIE
activar usuario
activación de cuenta
acceso al sistema SIAGIE
otorgar acceso
brindar acceso
accesos al SIAGIE en calidad de
facilitar usuario y clave
apertura de usuario
registro de usuario
acreditar como responsable del SIAGIE
acreditación de responsable SIAGIE
permisos de acceso al SIAGIE
solicito código de usuario
credenciales de acceso
reactivar usuario
restituir el acceso
"""
BAJA = """
dar de baja en el SIAGIE al usuario
dar de baja el usuario
baja de usuario del SIAGIE
dar de baja (inactiva) al usuario
revocar usuarios
solicito baja de usuario
inactivar usuario
inactivación de cuenta
desactivar usuario
desactivación de accesos
desactivación de los accesos al SIAGIE
anular usuario
anulación de usuario y contraseña
eliminar usuario
eliminación de acceso
inhabilitar usuario
suspender acceso
bloquear usuario
cancelar la cuenta
retirar los accesos
cierre de usuario
quitar permisos
"""
NEITHER = """
Guía de altas y bajas de usuarios del SIAGIE
asignar y revocar usuarios
alta y baja de usuario
la más alta consideración
dar de baja a un estudiante
"""
OTHER = """
reseteo de clave
reset de contraseña
rectificación de acta
rectificación de nómina
aprobación de talleres
olvido de contraseña
restablecer contraseña
desbloqueo de usuario
cambio de correo del usuario
traslado de matrícula
duplicidad de estudiante
habilitar fase
usuario PASSPORT
usuario SIGIED
usuario NEXUS
"""
ROLES = {
    OfficeType.MINEDU: {
        "especialista-minedu": """Especialista SIAGIE MINEDU|Especialista SIAGIE|Analista SIAGIE|
            Especialista SIAGIE de la Unidad de Estadística|Especialista funcional SIAGIE""",
        "central-atencion": """Especialista o Agente de la Central de Atención SIAGIE MINEDU|
            Agente de mesa de ayuda|Operador de Central de Atención|Gestor de atención USAU|
            Agente de call center SIAGIE""",
    },
    OfficeType.DRE: {
        "especialista-dre": """Especialista SIAGIE DRE|responsable del SIAGIE - DRE|
            Responsable SIAGIE de la DRE|Responsable Regional del SIAGIE|Especialista SIAGIE GRE|
            Coordinador Regional SIAGIE|Encargado del SIAGIE DRE|Administrador SIAGIE DRE|
            Especialista SIAGIE de la DGP|Especialista SIAGIE - DRELM""",
        "estadistico-dre": """Estadístico DRE|Estadístico de la DRE|Estadístico II|Estadístico III|
            Especialista en Estadística|Especialista en Estadística II|Responsable de Estadística|
            Técnico en Estadística|Estadígrafo""",
    },
    OfficeType.UGEL: {
        "especialista-ugel": """Especialista SIAGIE UGEL|Responsable SIAGIE|Encargado de SIAGIE|
            Responsable del SIAGIE UGEL|Coordinador SIAGIE UGEL|Administrador SIAGIE UGEL|
            Técnico SIAGIE|Especialista en SIAGIE - ASGESE|Especialista SIAGIE - AGP|
            Responsable de Actas y Certificados y SIAGIE|Operador SIAGIE""",
        "especialista-nivel": """Especialista del nivel educativo|Especialista en Educación|
            Especialista por nivel educativo|Especialista de Primaria|Especialista EBE|
            Especialista en Educación Primaria|Especialista de Educación Inicial|Especialista AGP|
            Especialista de Educación Básica Especial|Especialista AGEBRE""",
        "estadistico-ugel": """Estadístico UGEL|Estadístico de la UGEL|Estadístico I|Estadístico II|
            Especialista en Estadística - AGI|Responsable de Estadística UGEL|
            Técnico en Estadística|Especialista en Planificación y Estadística""",
    },
    OfficeType.IE: {
        "director-ie": """Director IE|Director de la Institución Educativa|ex Director de la IE|
            Director encargado|Directora de la I.E.|Directora designada|Director (e)|
            Director unidocente|Profesor con cargo de director|Directora de la I.E.I.""",
        "personal-ie": """Personal de la IE|Profesor de aula|Docente tutor|Docente contratado|
            Auxiliar de educación|Secretaria|Sub Director|Subdirectora|Coordinador académico|
            Digitador|Personal administrativo""",
    },
}
OFFICES = {
    "DRE Amazonas": "010000",
    "GRE La Libertad": "130000",
    "Dirección Regional de Educación Lima Metropolitana": "150101",
    "Gerencia Regional de Educación de Loreto": "160000",
    "DREMO": "180000",
    "GEREDU Cusco": "080000",
    "UGEL N° 07": "150108",
    "UGEL 07": "150108",
    "UGEL.07": "150108",
    "UGEL Nº 06": "150107",
    "UGEL07": "150108",
    "UGEL IBIR-IMAZA": "010009",
    "Unidad de Gestión Educativa Local de Andahuaylas": "030002",
    "Unidad de Gestion Educativa Local Chota": "060004",
    "U.G.E.L. Chota": "060004",
    "Dirección de la UGEL Melgar": "210010",
}


@pytest.fixture(scope="module")
def rules() -> Rules:
    with tempfile.TemporaryDirectory() as folder:
        return read_rules(write_config(Path(folder) / "config", None))


@pytest.fixture(scope="module")
def offices(rules: Rules) -> Offices:
    return rules.offices


def said(phrases: str) -> list[str]:
    """The phrases of a text, one to a line."""
    return [line for line in map(str.strip, phrases.splitlines()) if line]


def asked(rules: Rules, phrase: str) -> str | None:
    """The action a phrase asks for."""
    found = intent.action(rules.wording, [whole(typed("", phrase))])
    return found.value if found else None


@pytest.mark.parametrize("phrase", said(ALTA))
def test_an_alta_is_asked_for_in_many_ways(rules: Rules, phrase: str) -> None:
    """Each wording alone is an alta."""
    assert asked(rules, phrase) == Action.ALTA


@pytest.mark.parametrize("phrase", said(BAJA))
def test_a_baja_is_asked_for_in_many_ways(rules: Rules, phrase: str) -> None:
    """Each wording alone is a baja, though it may hold the words of an alta."""
    assert asked(rules, phrase) == Action.BAJA


@pytest.mark.parametrize("phrase", said(NEITHER))
def test_what_asks_for_neither_is_neither(rules: Rules, phrase: str) -> None:
    """Titles and courtesies hold the words and ask for nothing; both at once decide nothing."""
    assert asked(rules, phrase) is None


@pytest.mark.parametrize("phrase", said(OTHER))
def test_other_requests_are_known(rules: Rules, phrase: str) -> None:
    """What else arrives is no alta and no baja."""
    assert intent.other_request(rules.wording, typed("", phrase).folded)


@pytest.mark.parametrize(
    ("type_", "role", "cargo"),
    [
        (type_, role, " ".join(cargo.split()))
        for type_, roles in ROLES.items()
        for role, cargos in roles.items()
        for cargo in cargos.split("|")
    ],
)
def test_a_cargo_means_a_role(rules: Rules, type_: OfficeType, role: str, cargo: str) -> None:
    """Each way to write a cargo, asked for by an office of its type."""
    found = intent.role(rules.guide, [whole(typed("", cargo))], frozenset({type_}))
    assert found is not None
    assert found.value == role


@pytest.mark.parametrize("name", OFFICES)
def test_an_office_is_known_by_many_names(offices: Offices, name: str) -> None:
    """Each way to write an office means the one office."""
    codes = [mention.codes for mention in offices.mentions(name)]
    assert frozenset({OFFICES[name]}) in codes


@pytest.mark.parametrize("name", ["UGEL La Unión", "UGEL N° 02", "UGEL.03"])
def test_twins_stay_two(offices: Offices, name: str) -> None:
    """A name that two offices share is never one of them by itself."""
    assert [len(mention.codes) for mention in offices.mentions(name)] == [2]


# ------------------------------------------------------------------ whole mails


def read(rules: Rules, subject: str, text: str, sender: str = "mesa@correo.example") -> object:
    """What a mail without papers is taken for."""
    raw = mails.compose(sender, BOT, subject, text=text)
    return parse((read_mail(raw),), rules)


def test_a_mail_that_states_all_but_attaches_nothing(rules: Rules) -> None:
    """The data are read; the papers are missing."""
    text = (
        "Buenos días Sr. Administrador SIAGIE, por encargo del Director de la UGEL Chota remito el "
        "Oficio N° 0123-2026-GR.CAJ/DRE-UGEL-CHOTA/D y la R.D. N° 0456-2026-UGEL-CHOTA, para la "
        "creación de usuario en el SIAGIE:\nApellidos y Nombres: QUISPE MAMANI, Rosa Elena\n"
        "DNI N° 12345678\nCorreo: rosa.ejemplo@correo.example\nCargo: Especialista SIAGIE UGEL\n"
        "Agradeceré confirmar la recepción."
    )
    request = read(rules, "SOLICITO ALTA DE USUARIO SIAGIE - UGEL CHOTA", text)
    assert isinstance(request, Request)
    (case,) = check(request, rules)
    assert case.procedure is not None
    assert case.procedure.section == "5.1"
    assert (case.holder.dni, case.holder.correo) == ("12345678", "rosa.ejemplo@correo.example")
    assert {f.requirement for f in case.to_mend} == {"oficio", "rd"}


def test_a_change_of_holder_is_two_requests(rules: Rules) -> None:
    """A baja and an alta in one sentence, each with its own person."""
    text = (
        "Estimados, solicito dar de baja al usuario del Sr. JUAN PEREZ GARCIA DNI 01234567 y "
        "generar usuario y contraseña a doña María Ñahui De la Cruz con D.N.I. Nº 87654321, nueva "
        "Estadístico II de la UGEL Chota. Se adjunta escaneado."
    )
    request = read(rules, "CAMBIO DE ESTADÍSTICO", text)
    assert isinstance(request, Request)
    people = [(c.action.value if c.action else None, c.dnis[0].value) for c in request.claims]
    assert people == [("baja", "01234567"), ("alta", "87654321")]


def test_seven_digits_are_never_made_eight(rules: Rules) -> None:
    """A DNI that lost its zero is asked about."""
    text = "Solicito usuario SIAGIE. Especialista de Primaria. DNI N° 1234567. Saludos."
    request = read(rules, "usuario siagie", text)
    assert isinstance(request, Request)
    (reading,) = request.claims[0].dnis
    assert reading.value == "1234567"
    assert reading.doubt is not None


def test_a_reset_of_a_password_is_no_request(rules: Rules) -> None:
    """It is told where to go."""
    text = "Por favor resetear la contraseña del director de la I.E. N° 80123, cód. 0403691."
    found = read(rules, "Reseteo de clave SIAGIE", text)
    assert isinstance(found, Unrelated)
    assert found.asks_other
