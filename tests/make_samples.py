"""Writes the sample mails and, beside each, what is true of it: ``python tests/make_samples.py``.

Offices are real; people, schools, numbers and addresses are invented. A second run changes no
byte. ``NAME.truth.json`` has the shape of ``mailbot check --json``, limited to what is certain:

- a key left out is not claimed; ``kind`` may name alternatives: ``automatic|unrelated``;
- ``findings`` are the requirements NOT met, with their outcome; all others are met, save those
  in ``open``, about which nothing is claimed (``*``: nothing about any of them);
- ``reply`` says what the person who decides meant: ``approve``, ``reject``, ``observe``,
  ``correct``, or ``unclear`` where the bot has to ask again;
- ``note`` is for the reader.
"""

import base64
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import mails
from documents import (
    S09,
    DniCopy,
    Font,
    Layout,
    NameOrder,
    Office,
    Oficio,
    Person,
    Rd,
    Signatory,
    Solicitud,
    check_digit,
    dre,
    encrypt,
    fecha,
    merge,
    photo,
    scan,
    school,
    truncate,
    ugel,
)
from drafts import ROLES
from mails import BOT, File, Quoted, address, compose
from office_files import Letter, as_docx, winmail, zipped

FOLDER = Path(__file__).parent / "sample_mails"
FILES = Path(__file__).parent / "files"
DECENIO = "Decenio de la Igualdad de Oportunidades para Mujeres y Hombres"
MOTTO_2025 = "Año de la Recuperación y Consolidación de la Economía Peruana"
LIMA = timezone(timedelta(hours=-5))
Json = dict[str, Any]

ACTIONS = {"1": "alta", "2": "baja"}


# ------------------------------------------------------------------ what a sample is


class Attach(NamedTuple):
    """An attachment that is written only when its mail is."""

    filename: str | None
    make: Callable[[], bytes]
    content_type: str = "application/pdf"
    disposition: str | None = "attachment"
    encoding: mails.Encoding = "rfc2231"

    def file(self) -> File:
        """Return the attachment with its bytes."""
        return File(self.filename, self.make(), *self[2:])


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One person × one action that a mail asks for.

    `amiss` are the requirements not met with their outcome, `open` those about which nothing
    is claimed, `silent` the holder's data about which nothing is claimed. A `refused` one
    cannot be complete, whatever it brings.
    """

    procedure: str
    holder: Person
    office: str | None
    nivel: str | None = None
    amiss: Mapping[str, str] = field(default_factory=dict)
    open: Sequence[str] = ()
    silent: Sequence[str] = ()
    refused: bool = False

    def truth(self) -> Json:
        """Return the request as JSON, in the contract's order."""
        number, action = self.procedure.split(".")
        who = self.holder
        holder = {"apellidos_y_nombres": who.apellidos_nombres, "dni": who.dni}
        holder |= {"correo": who.correo} if who.correo else {"correo": None}  # type: ignore[dict-item]
        known: Json = {
            "procedure": self.procedure,
            "role": ROLES[number],
            "action": ACTIONS[action],
            "office": self.office,
            **({} if number in {"8", "9"} else {"nivel": self.nivel}),
            "holder": {key: value for key, value in holder.items() if key not in self.silent},
            "findings": [{"requirement": r, "outcome": o} for r, o in self.amiss.items()],
        }
        known |= {"open": list(self.open)} if self.open else {}
        if self.open and not self.amiss and not self.refused:
            return known
        return known | {"complete": not (self.amiss or self.refused)}


class Options(TypedDict, total=False):
    """What else `compose` takes."""

    html: str
    in_reply_to: str
    references: Sequence[str]
    headers: mails.Headers
    charset: str
    transfer: mails.Transfer
    authenticated: bool


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One mail and what is true of it.

    `registered` is the code the sender's address is registered for, None if for none, ``?`` if
    nothing is claimed. `raw` stands instead of what `compose` would make of the rest.
    """

    name: str
    sender: str
    to: str = BOT
    subject: str = ""
    text: str | None = None
    at: str = "2026-03-03T10:15"
    files: Sequence[Attach] = ()
    options: Options = field(default_factory=Options)
    raw: Callable[[], bytes] | None = None
    kind: str | None = "request"
    registered: str | None = "?"
    asks: Sequence[Ask] | None = ()
    reply: Json | None = None
    note: str = ""

    def mail(self) -> bytes:
        """Return the mail's bytes."""
        if self.raw is not None:
            return self.raw()
        files = [f.file() for f in self.files]
        sent = format_datetime(datetime.fromisoformat(self.at).replace(tzinfo=LIMA))
        return compose(
            self.sender,
            self.to,
            self.subject,
            text=self.text,
            attachments=files,
            date=sent,
            **self.options,
        )

    def truth(self) -> Json:
        """Return what is true of the mail, as JSON."""
        proven = self.options.get("authenticated", self.kind != "automatic")
        sender: Json = {"address": address(self.sender)} if self.sender else {}
        sender |= {"authenticated": proven}
        sender |= {} if self.registered == "?" else {"office": self.registered}
        known: Json = {"kind": self.kind} if self.kind else {}
        known |= {"sender": sender}
        known |= {} if self.asks is None else {"requests": [a.truth() for a in self.asks]}
        known |= {"reply": self.reply} if self.reply else {}
        return known | ({"note": self.note} if self.note else {})


def from_office(office: Office, who: str = "Mesa de Partes") -> str:
    """Return the sender of an office's mail."""
    return f"{who} - {office.name} <{office.correo}>"


# ------------------------------------------------------------------ the offices

CHOTA = ugel(
    "060004",
    "Chota",
    "Cajamarca",
    Signatory("Mg. Julio César Becerra Tafur", "DIRECTOR DE LA UGEL CHOTA"),
    address="Jr. Fray José Arana Nº 620 - Chota",
    correo="mesadepartes@ugelchota.example",
    style="boxes",
)
LAMPA = ugel(
    "210009",
    "Lampa",
    "Puno",
    Signatory("Prof. Hermógenes Larico Sucari", "DIRECTOR DE PROGRAMA SECTORIAL III"),
    address="Plaza de Armas s/n - Lampa",
    correo="tramite@ugellampa.example",
    style="left",
)
TARMA = ugel(
    "120008",
    "Tarma",
    "Junín",
    Signatory("Dra. Sonia Amparo Galarza Baldeón", "DIRECTORA DE LA UGEL TARMA"),
    address="Av. Vienrich 220 - Tarma",
    correo="mesadepartes@ugeltarma.example",
    style="boxes",
)
PISCO = ugel(
    "110005",
    "Pisco",
    "Ica",
    Signatory("Lic. Óscar Cabezudo Farfán", "JEFE DEL ÁREA DE GESTIÓN PEDAGÓGICA"),
    address="Calle Ayacucho 335 - Pisco",
    correo="agp@ugelpisco.example",
)
ANDAHUAYLAS = ugel(
    "030002",
    "Andahuaylas",
    "Apurímac",
    Signatory("Mg. Hipólito Ccoicca Quispe", "DIRECTOR (e) DE LA UGEL ANDAHUAYLAS"),
    address="Av. Perú 425 - Andahuaylas",
    correo="mesavirtual@ugelandahuaylas.example",
)
UGEL05 = Office(
    "150106",
    "UGEL N° 05",
    (
        "MINISTERIO DE EDUCACIÓN",
        "DIRECCIÓN REGIONAL DE EDUCACIÓN DE LIMA METROPOLITANA",
        "UNIDAD DE GESTIÓN EDUCATIVA LOCAL N° 05",
    ),
    "San Juan de Lurigancho",
    Signatory("Mg. Patricia Lévano Chumpitaz", "DIRECTORA DE LA UGEL N° 05"),
    "Av. Perú s/n, Urb. Caja de Agua",
    "atencion@ugel05.example",
    "boxes",
)
AYACUCHO = dre(
    "050000",
    "Ayacucho",
    Signatory("Dr. Wílber Máximo Infante Oré", "DIRECTOR REGIONAL DE EDUCACIÓN AYACUCHO"),
    address="Jr. 28 de Julio 383 - Ayacucho",
    correo="oficina@dreayacucho.example",
)
LA_LIBERTAD = dre(
    "130000",
    "La Libertad",
    Signatory("Mg. Rosa Esther Plasencia Latour", "GERENTE REGIONAL DE EDUCACIÓN"),
    city="Trujillo",
    parent="GERENCIA REGIONAL DE EDUCACIÓN LA LIBERTAD",
    address="Av. América Sur 2870 - Trujillo",
    correo="gerencia@grelalibertad.example",
    style="boxes",
)
PUNO = dre(
    "210000",
    "Puno",
    Signatory("Dr. Luis Alberto Coaquira Apaza", "DIRECTOR REGIONAL DE EDUCACIÓN PUNO"),
    address="Jr. Bustamante Dueñas 881 - Puno",
    correo="mesadepartes@drepuno.example",
    style="left",
)
TACNA = dre(
    "230000",
    "Tacna",
    Signatory("Econ. Jesús Ticona Chata", "DIRECTOR DE GESTIÓN INSTITUCIONAL"),
    address="Calle Blondell s/n - Tacna",
    correo="dgi@dretacna.example",
)
CUTERVO = ugel(
    "060006",
    "Cutervo",
    "Cajamarca",
    Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CUTERVO"),
    address="Jr. La Merced 715 - Cutervo",
    correo="mesadepartes@ugelcutervo.example",
)
HUANTA = ugel(
    "050004",
    "Huanta",
    "Ayacucho",
    Signatory("Mg. Rufina Ayala Ochoa", "DIRECTORA DE LA UGEL HUANTA"),
    correo="mesadepartes@ugelhuanta.example",
)
SANTA = ugel(
    "020018",
    "Santa",
    "Áncash",
    Signatory("Dr. Ítalo Robles Mejía", "DIRECTOR DE LA UGEL SANTA"),
    city="Chimbote",
    correo="mesadepartes@ugelsanta.example",
)
ABANCAY = ugel(
    "030001",
    "Abancay",
    "Apurímac",
    Signatory("Mg. Zoraida Truyenque Luna", "DIRECTORA DE LA UGEL ABANCAY"),
    correo="mesadepartes@ugelabancay.example",
)
HUANCAYO = ugel(
    "120001",
    "Huancayo",
    "Junín",
    Signatory("Dr. Teófilo Meza Cangalaya", "DIRECTOR DE LA UGEL HUANCAYO"),
    address="Jr. Pachitea 345 - Huancayo",
    correo="mesadepartes@ugelhuancayo.example",
)
CAMANA = ugel(
    "040003",
    "Camaná",
    "Arequipa",
    Signatory("Lic. Rafael Rosado Chávez", "DIRECTOR DE LA UGEL CAMANÁ"),
    parent="GERENCIA REGIONAL DE EDUCACIÓN AREQUIPA",
    address="Jr. Sebastián Barranca 236 - Camaná",
    correo="tramite@ugelcamana.example",
)
BAGUA = ugel(
    "010002",
    "Bagua",
    "Amazonas",
    Signatory("Mg. Elmer Huangal Díaz", "DIRECTOR DE LA UGEL BAGUA"),
    address="Jr. Comercio 480 - Bagua",
    correo="ugelbagua@ugelbagua.example",
    style="left",
)
JAEN = ugel(
    "060008",
    "Jaén",
    "Cajamarca",
    Signatory("Dra. Nancy Elera Saavedra", "DIRECTORA DE LA UGEL JAÉN"),
    address="Calle Mariscal Ureta 1210 - Jaén",
    correo="mesadepartes@ugeljaen.example",
    style="boxes",
)
PAITA = ugel(
    "200009",
    "Paita",
    "Piura",
    Signatory("Mg. Eduardo Antón Fiestas", "DIRECTOR DE LA UGEL PAITA"),
    address="Av. Víctor Raúl s/n - Paita",
    correo="direccion@ugelpaita.example",
)
MOYOBAMBA = ugel(
    "220001",
    "Moyobamba",
    "San Martín",
    Signatory("Lic. Adán Pinchi Tafur", "DIRECTOR DE LA UGEL MOYOBAMBA"),
    address="Jr. Varacadillo 237 - Moyobamba",
    correo="mesadepartes@ugelmoyobamba.example",
)
TALARA = ugel(
    "200011",
    "Talara",
    "Piura",
    Signatory("Mg. Jesús Ordinola Zapata", "DIRECTOR DE LA UGEL TALARA"),
    address="Av. Ignacio Merino s/n - Talara",
    correo="mesadepartes@ugeltalara.example",
    style="left",
)
AZANGARO = ugel(
    "210002",
    "Azángaro",
    "Puno",
    Signatory("Prof. Nazario Mayta Huaracha", "DIRECTOR DE LA UGEL AZÁNGARO"),
    address="Jr. Lima 340 - Azángaro",
    correo="mesadepartes@ugelazangaro.example",
)
CHINCHA = ugel(
    "110002",
    "Chincha",
    "Ica",
    Signatory("Mg. Carmen Rosa Almeyda Magallanes", "DIRECTORA DE LA UGEL CHINCHA"),
    address="Calle Lima 190 - Chincha Alta",
    correo="mesadepartes@ugelchincha.example",
    style="boxes",
)
ILO = ugel(
    "180003",
    "Ilo",
    "Moquegua",
    Signatory("Prof. Ana María Cuayla Valdez", "DIRECTORA DE LA UGEL ILO"),
    address="Calle 28 de Julio s/n - Ilo",
    correo="mesadepartes@ugelilo.example",
)
ATE = Office(
    "150107",
    "UGEL N° 06",
    (
        "MINISTERIO DE EDUCACIÓN",
        "DIRECCIÓN REGIONAL DE EDUCACIÓN DE LIMA METROPOLITANA",
        "UNIDAD DE GESTIÓN EDUCATIVA LOCAL N° 06",
    ),
    "Ate",
    Signatory("Mg. Gloria Saldaña Usco", "JEFA DE ASGESE"),
    "Av. Parque Principal s/n - Vitarte",
    "asgese@ugel06.example",
    "boxes",
)
MARANON = ugel(
    "100009",
    "Marañón",
    "Huánuco",
    Signatory("Lic. Hildebrando Peña Ñope", "DIRECTOR DE LA UGEL MARAÑÓN"),
    city="Huacrachuco",
    correo="mesadepartes@ugelmaranon.example",
)
CONCEPCION = ugel(
    "120003",
    "Concepción",
    "Junín",
    Signatory("Mg. Rolando Maraví Aliaga", "DIRECTOR DE LA UGEL CONCEPCIÓN"),
    correo="mesadepartes@ugelconcepcion.example",
    style="left",
)
OXAPAMPA = ugel(
    "190003",
    "Oxapampa",
    "Pasco",
    Signatory("Mg. Gustavo Schuler Randolph", "DIRECTOR DE LA UGEL OXAPAMPA"),
    correo="mesadepartes@ugeloxapampa.example",
)
TAMBOPATA = ugel(
    "170001",
    "Tambopata",
    "Madre de Dios",
    Signatory("Lic. Percy Dueñas Mouzully", "DIRECTOR DE LA UGEL TAMBOPATA"),
    city="Puerto Maldonado",
    correo="mesadepartes@ugeltambopata.example",
    style="boxes",
)
YUNGAY = ugel(
    "020020",
    "Yungay",
    "Áncash",
    Signatory("Mg. Marcelina Rurush Tinoco", "DIRECTORA DE LA UGEL YUNGAY"),
    correo="mesadepartes@ugelyungay.example",
)
SIHUAS = ugel(
    "020019",
    "Sihuas",
    "Áncash",
    Signatory("Prof. Eladio Vidal Flores", "DIRECTOR DE LA UGEL SIHUAS"),
    correo="mesadepartes@ugelsihuas.example",
)
ZARUMILLA = ugel(
    "240003",
    "Zarumilla",
    "Tumbes",
    Signatory("Mg. Jorge Luis Dioses Guerrero", "DIRECTOR DE LA UGEL ZARUMILLA"),
    correo="mesadepartes@ugelzarumilla.example",
    style="left",
)
AYMARAES = ugel(
    "030004",
    "Aymaraes",
    "Apurímac",
    Signatory("Mg. Moisés Huachaca Sierra", "DIRECTOR DE LA UGEL AYMARAES"),
    city="Chalhuanca",
    correo="mesadepartes@ugelaymaraes.example",
)
REQUENA = ugel(
    "160006",
    "Requena",
    "Loreto",
    Signatory("Lic. Tercero Pacaya Manihuari", "DIRECTOR DE LA UGEL REQUENA"),
    correo="mesadepartes@ugelrequena.example",
)
CONDORCANQUI = ugel(
    "010004",
    "Condorcanqui",
    "Amazonas",
    Signatory("Prof. Fermín Apikai Chijip", "DIRECTOR DE LA UGEL CONDORCANQUI"),
    city="Santa María de Nieva",
    correo="mesadepartes@ugelcondorcanqui.example",
)
LUCANAS = ugel(
    "050006",
    "Lucanas",
    "Ayacucho",
    Signatory("Mg. Félix Canales Poma", "DIRECTOR DE LA UGEL LUCANAS"),
    city="Puquio",
    correo="mesadepartes@ugellucanas.example",
    style="boxes",
)
PARURO = ugel(
    "080010",
    "Paruro",
    "Cusco",
    Signatory("Mg. Efraín Sallo Ccahuana", "DIRECTOR DE LA UGEL PARURO"),
    address="Plaza de Armas s/n - Paruro",
    correo="mesadepartes@ugelparuro.example",
)
PORTILLO = ugel(
    "250001",
    "Coronel Portillo",
    "Ucayali",
    Signatory("Mg. Lesly Ríos Del Águila", "DIRECTORA DE LA UGEL CORONEL PORTILLO"),
    city="Pucallpa",
    correo="mesadepartes@ugelcoronelportillo.example",
)
ACOBAMBA = ugel(
    "090002",
    "Acobamba",
    "Huancavelica",
    Signatory("Mg. Wilfredo Ñahui Belito", "DIRECTOR DE LA UGEL ACOBAMBA"),
    correo="mesadepartes@ugelacobamba.example",
    style="left",
)
FERRENAFE = ugel(
    "140002",
    "Ferreñafe",
    "Lambayeque",
    Signatory("Dra. Betty Barandiarán Manayay", "DIRECTORA DE LA UGEL FERREÑAFE"),
    parent="GERENCIA REGIONAL DE EDUCACIÓN LAMBAYEQUE",
    correo="mesadepartes@ugelferrenafe.example",
)
CASMA = ugel(
    "020008",
    "Casma",
    "Áncash",
    Signatory("Mg. Elizabeth Loli Cerna", "DIRECTORA DE LA UGEL CASMA"),
    correo="mesadepartes@ugelcasma.example",
)
URUBAMBA = ugel(
    "080013",
    "Urubamba",
    "Cusco",
    Signatory("Mg. Sergio Auccapuri Huamán", "DIRECTOR DE LA UGEL URUBAMBA"),
    correo="mesadepartes@ugelurubamba.example",
)
LEONCIO_PRADO = ugel(
    "100008",
    "Leoncio Prado",
    "Huánuco",
    Signatory("Mg. Dámaso Tucto Inocente", "DIRECTOR DE LA UGEL LEONCIO PRADO"),
    city="Tingo María",
    correo="mesadepartes@ugelleoncioprado.example",
    style="left",
)
CANDARAVE = ugel(
    "230004",
    "Candarave",
    "Tacna",
    Signatory("Prof. Toribio Copaja Huanca", "DIRECTOR DE LA UGEL CANDARAVE", "00428917"),
    correo="mesadepartes@ugelcandarave.example",
)
MARISCAL_NIETO = ugel(
    "180001",
    "Mariscal Nieto",
    "Moquegua",
    Signatory("Mg. Javier Cuayla Coaila", "DIRECTOR (e) DE LA UGEL MARISCAL NIETO"),
    city="Moquegua",
    correo="mesadepartes@ugelmariscalnieto.example",
)
UCAYALI = dre(
    "250000",
    "Ucayali",
    Signatory("Mg. Raúl Panduro Shupingahua", "DIRECTOR REGIONAL DE EDUCACIÓN UCAYALI"),
    city="Pucallpa",
    correo="mesadepartes@dreucayali.example",
    style="boxes",
)
LA_UNION = ugel(
    "200003",
    "La Unión",
    "Piura",
    Signatory("Mg. Segundo Yarlequé Sandoval", "DIRECTOR DE LA UGEL LA UNIÓN"),
    correo="mesadepartes@ugellaunion-piura.example",
)
LA_UNION_SOLA = Office(
    "",
    "UGEL La Unión",
    ("MINISTERIO DE EDUCACIÓN", "UNIDAD DE GESTIÓN EDUCATIVA LOCAL LA UNIÓN"),
    "La Unión",
    Signatory("Mg. Eugenia Benavides Postigo", "DIRECTORA DE LA UGEL LA UNIÓN"),
    correo="ugellaunion.siagie@correo.example",
)
PORVENIR = Office(
    "130014",
    "UGEL N° 01",
    ("MINISTERIO DE EDUCACIÓN", "UNIDAD DE GESTIÓN EDUCATIVA LOCAL N° 01"),
    "El Porvenir",
    Signatory("Mg. Nelson Rodríguez Polo", "DIRECTOR DE LA UGEL N° 01"),
    correo="mesadepartes@ugel01elporvenir.example",
)
AYABACA = ugel(
    "200005",
    "Ayabaca",
    "Piura",
    Signatory("Mg. Florencio Jaramillo Chinchay", "DIRECTOR DE LA UGEL AYABACA"),
    correo="mesadepartes@ugelayabaca.example",
)
SULLANA = ugel(
    "200010",
    "Sullana",
    "Piura",
    Signatory("Dr. Armando Timaná Gallo", "DIRECTOR DE LA UGEL SULLANA"),
    correo="mesadepartes@ugelsullana.example",
)
ANTA = ugel(
    "080003",
    "Anta",
    "Cusco",
    Signatory("Mg. Vidal Pumayalli Quispitupa", "DIRECTOR DE LA UGEL ANTA"),
    correo="mesadepartes@ugelanta.example",
    style="left",
)
SAN_BORJA = Office(
    "150108",
    "UGEL N° 07",
    (
        "MINISTERIO DE EDUCACIÓN",
        "DIRECCIÓN REGIONAL DE EDUCACIÓN DE LIMA METROPOLITANA",
        "UNIDAD DE GESTIÓN EDUCATIVA LOCAL N° 07",
    ),
    "San Borja",
    Signatory("Mg. Milagros Ugarteche Boluarte", "JEFA DE AGEBRE"),
    "Av. Álvarez Calderón 492 - San Borja",
    "mesadepartes@ugel07.example",
    "boxes",
)
VENTANILLA = ugel(
    "070102",
    "Ventanilla",
    "Callao",
    Signatory("Mg. Fernando Bazalar Chunga", "DIRECTOR DE LA UGEL VENTANILLA"),
    correo="mesadepartes@ugelventanilla.example",
    style="boxes",
)
CANGALLO = ugel(
    "050002",
    "Cangallo",
    "Ayacucho",
    Signatory("Mg. Alejandrina Najarro Tacas", "DIRECTORA DE LA UGEL CANGALLO"),
    correo="mesadepartes@ugelcangallo.example",
)
PUERTO_INCA = ugel(
    "100011",
    "Puerto Inca",
    "Huánuco",
    Signatory("Lic. Roger Shapiama Tello", "DIRECTOR DE LA UGEL PUERTO INCA"),
    correo="mesadepartes@ugelpuertoinca.example",
)
PURUS = ugel(
    "250004",
    "Purús",
    "Ucayali",
    Signatory("Prof. Nicolás Pinedo Meza", "DIRECTOR DE LA UGEL PURÚS"),
    city="Puerto Esperanza",
    correo="ugelpurus@ugelpurus.example",
)
HUALLAGA = ugel(
    "220003",
    "Huallaga",
    "San Martín",
    Signatory("Mg. Elvis Isuiza Amasifuén", "DIRECTOR DE LA UGEL HUALLAGA"),
    city="Saposoa",
    correo="mesadepartes@ugelhuallaga.example",
)
CONTUMAZA = ugel(
    "060005",
    "Contumazá",
    "Cajamarca",
    Signatory("Mg. Carlos Deza León", "DIRECTOR DE LA UGEL CONTUMAZÁ"),
    correo="mesadepartes@ugelcontumaza.example",
)
PATAZ = ugel(
    "130009",
    "Pataz",
    "La Libertad",
    Signatory("Lic. Fortunato Laiza Caballero", "DIRECTOR DE LA UGEL PATAZ"),
    city="Tayabamba",
    parent="GERENCIA REGIONAL DE EDUCACIÓN LA LIBERTAD",
    correo="mesadepartes@ugelpataz.example",
)
CANAS = ugel(
    "080005",
    "Canas",
    "Cusco",
    Signatory("Mg. Ciriaco Ccasa Mayhua", "DIRECTOR DE LA UGEL CANAS"),
    city="Yanaoca",
    correo="mesadepartes@ugelcanas.example",
)
PASCO = dre(
    "190000",
    "Pasco",
    Signatory("Mg. Flor de María Atencio Rivera", "DIRECTORA REGIONAL DE EDUCACIÓN PASCO"),
    city="Cerro de Pasco",
    correo="mesadepartes@drepasco.example",
)
SATIPO = ugel(
    "120007",
    "Satipo",
    "Junín",
    Signatory("Mg. Adelina Shareva Campos", "DIRECTORA DE LA UGEL SATIPO"),
    correo="mesadepartes@ugelsatipo.example",
    style="left",
)
HUARI = ugel(
    "020010",
    "Huari",
    "Áncash",
    Signatory("Prof. Antolín Espinoza Trejo", "DIRECTOR DE LA UGEL HUARI"),
    correo="mesadepartes@ugelhuari.example",
)
YAULI = ugel(
    "120009",
    "Yauli",
    "Junín",
    Signatory("Mg. Gladys Porras Lazo", "DIRECTORA DE LA UGEL YAULI"),
    city="La Oroya",
    correo="mesadepartes@ugelyauli.example",
)
PICHANAKI = ugel(
    "120011",
    "Pichanaki",
    "Junín",
    Signatory("Mg. Ulises Vílchez Untiveros", "DIRECTOR DE LA UGEL PICHANAKI"),
    correo="mesadepartes@ugelpichanaki.example",
    style="left",
)
MINEDU_UE = "Coordinador SIAGIE <coordinador.siagie@minedu.example>"
USAU = "USAU - OTIC <usau.otic@minedu.example>"

# ------------------------------------------------------------------ the schools

IE_CUTERVO = school(
    "0453217",
    "I.E. N° 10384 San Juan Bautista",
    CUTERVO,
    Signatory("Prof. Segundo Wilmer Vásquez Delgado", "DIRECTOR DE LA I.E. N° 10384", "27430985"),
    correo="ie10384@correo.example",
)
IE_HUANTA = school(
    "0568493",
    "I.E. Los Libertadores de América",
    HUANTA,
    Signatory("Prof. Víctor Raúl Huamán Gutiérrez", "DIRECTOR"),
)
IE_ABANCAY = school(
    "0935528",
    "I.E. Micaela Bastidas",
    ABANCAY,
    Signatory("Mg. Ronald Carrión Oscco", "DIRECTOR DE LA I.E. MICAELA BASTIDAS"),
)
IE_HUARI = school(
    "0386219",
    "I.E. N° 86321 Santa Rosa de Viterbo",
    HUARI,
    Signatory("Prof. Haydée Solís Ames", "DIRECTORA"),
)

# ------------------------------------------------------------------ the invented people

ZEGARRA = Person("Zegarra Pinto", "Renzo Alonso", "70245518")
NAUPARI = Person("Ñaupari Tello", "Carla Milagros", "43718205", "cnaupari@minedu.example")
HUAPAYA = Person("Huapaya Ríos", "Diego Armando", "46190327", "dhuapaya@minedu.example")
CASTILLO = Person("Castillo Ventocilla", "Nadia Lisset", "72903416")
CCORAHUA = Person("Ccorahua Palomino", "Edgar", "28314709", "edgar.ccorahua@correo.example")
FLORIAN = Person("Florián Rengifo", "Marita del Pilar", "18094512")
APAZA = Person("Apaza Coila", "Wilber Néstor", "01318842", "wilber.apaza@correo.example")
VIZCARRA = Person("Mamani Vizcarra", "Lourdes", "00491837")
ROSA = Person("Quispe Mamani", "Rosa Elena", "42871359", "rosa.quispe@correo.example")
CONDORI = Person("Condori Ticona", "Fredy", "02436178")
YAURI = Person("Yauri Ccorimanya", "Yeny", "20091847", "yeny.yauri@correo.example")
HERNANDEZ = Person("Hernández Uribe", "Luis Enrique", "21884306")
PERCY = Person("Altamirano Rojas", "Percy", "31045829", "percy.altamirano@correo.example")
TERESA = Person("Palacios Ñique", "Teresa de Jesús", "09183746")
VASQUEZ = Person("Vásquez Delgado", "Segundo Wilmer", "27430985")
HUAMAN = Person("Huamán Gutiérrez", "Víctor Raúl", "28561094")
MELGAREJO = Person("Melgarejo Cruz", "Katherine Paola", "44210967")
PEREZ = Person("Pérez Sota", "Ángel Gabriel", "31007764")
CARDENAS = Person("Cárdenas Inga", "Miriam Soledad", "19857320", "miriam.cardenas@correo.example")
LLERENA = Person("Llerena Salas", "Óscar Humberto", "29476031", "oscar.llerena@correo.example")
TSAMAJAIN = Person("Tsamajain Puanchig", "Irma", "33586214", "irma.tsamajain@correo.example")
JAEN_TRES = (
    Person("Troya Cieza", "Magaly", "27748135", "magaly.troya@correo.example", nivel="Inicial"),
    Person(
        "De la Cruz Burga",
        "Ana Cecilia",
        "16709248",
        "ac.delacruz@correo.example",
        nivel="Primaria",
    ),
    Person(
        "Segura Montenegro", "Alexander", "43095871", "h.segura@correo.example", nivel="Secundaria"
    ),
)
PAITA_DOS = (
    Person(
        "Chunga Panta",
        "José Mercedes",
        "02871946",
        "jm.chunga@correo.example",
        "Especialista SIAGIE",
    ),
    Person("Querevalú Ruiz", "Lucía", "47602183", "lucia.qr@correo.example", "Estadístico I"),
)
TUESTA = Person("Tuesta Grández", "Jorge Luis", "00837412", "jorge.tuesta@correo.example")
ROJAS_V = Person("Rojas Vela", "Doris", "40158296")
PURIZACA = Person("Purizaca Lachira", "Edwin", "03892657", "edwin.purizaca@correo.example")
IMAN = Person("Imán Saldarriaga", "Rocío del Carmen", "44716920")
TUPAC = Person("Túpac Huaracha", "Saturnina", "01542389", "s.tupac@correo.example")
CHAVEZ = Person(
    "Chávez Ñaupas", "Guillermina", "20073164", "guillermina.chavez.naupas@correo.example"
)
MATTA = Person("Magallanes Matta", "César Augusto", "21793548", "cesar.magallanes@correo.example")
CUTIPA = Person("Cutipa Flores", "Mirian Yaneth", "04647183", "mirian.cutipa@correo.example")
SAAVEDRA = Person("Saavedra Camac", "Rubén Darío", "10428635", "ruben.saavedra@correo.example")
NOPE = Person("Ñope Cotrina", "Begoña", "22719804", "begona.nope@correo.example")
ORE = Person("Oré Munguía", "Ivonne", "20438197", "ivonne.ore@correo.example")
KOHEL = Person("Köhel Verde", "Erick", "04328716", "erick.kohel@correo.example")
MANUARES = Person("Manuares Cachique", "Eliseo", "05071348", "eliseo.manuares@correo.example")
COCHACHIN = Person("Cochachin Huerta", "Faustina", "33347102", "faustina.ch@correo.example")
VALVERDE = Person("Valverde Acuña", "Gilmer Iván", "41986573", "gilmer.valverde@correo.example")
DIOSES = Person("Dioses Infante", "Karina Lisbeth", "43.507.218", "karina.dioses@correo.example")
SIERRA = Person("Sierra Contreras", "Beltrán", "3124567", "beltran.sierra@correo.example")
MURAYARI = Person("Murayari Tamani", "Lidia", "05344127", "lidia.murayari@correo.example")
KANTUASH = Person("Kantuash Wisum", "Rogelio", "80346192", "rogelio.kantuash@correo.example")
HUAMANI = Person("Huamaní Tito", "Nélida", "28847105", "nelida.huamani@correo.example")
SOTO = Person("Del Carpio Soto", "Juan de Dios", "23967410")
PANAIFO = Person("Panaifo Vargas", "Milena", "70618294", "milena.panaifo@correo.example")
BELITO = Person("Belito Taipe", "Zósimo", "23541970", "zosimo.belito@correo.example")
SANTISTEBAN = Person("Santisteban Cajo", "María Inés", "17428039", "mi.santisteban@correo.example")
MEJIA = Person("Mejía Shuán", "Pablo César", "32126748", "pablo.mejia@correo.example")
GARRO = Person("Garro Lomparte", "Elvira", "41376209")
HUILLCA = Person("Huillca Mayta", "Grimaldo", "24679813", "grimaldo.huillca@correo.example")
INOCENTE = Person("Inocente Ramos", "Flor Amelia", "22993647", "flor.inocente@correo.example")
TELLO = Person("Tello Espíritu", "Hugo Marcelo", "22481063")
ROQUE = Person("Roque Aranda", "Delia Rosario", "40917352")
CHAMBILLA = Person("Chambilla Mamani", "Elmer", "44583016", "elmer.chambilla@correo.example")
PAREDES = Person("Paredes Cuayla", "Lizeth Vanessa", "46802957", "lizeth.paredes@correo.example")
VASQUEZ_P = Person("Vásquez Pezo", "Manuel Antonio", "00123946", "manuel.vasquez@correo.example")
SERNAQUE = Person("Sernaqué Ipanaqué", "Juana", "02768315", "juana.sernaque@correo.example")
BENAVIDES = Person("Benavides Cáceres", "Gonzalo", "30674192", "gonzalo.b@correo.example")
REYNA = Person("Reyna Alcántara", "Sandra Paola", "45291863", "sandra.reyna@correo.example")
CORDOVA = Person("Córdova Merino", "Máximo", "03127485", "maximo.cordova@correo.example")
CCORI = Person("Ccori Huallpa", "Martha", "24471938", "martha.ccori@correo.example")
UGARTE = Person("Ugarte Santillana", "Ximena", "41705286", "ximena.ugarte@correo.example")
MORA = Person("Mora Linares", "Yusmary Carolina", "001284637", "yusmary.mora@correo.example")
RUIZ = Person("Briones Ruiz", "Luzmila", "26963158")
TACURI = Person("Tacuri Ochante", "Bertha", "28293571", "bertha.tacuri@correo.example")
SHUPINGAHUA = Person("Shupingahua Ruiz", "Neptalí", "00184523", "neptali.sr@correo.example")
PINEDO = Person("Meléndez Chumo", "Abner", "00168397", "abner.melendez@correo.example")
TAPULLIMA = Person("Tapullima Sangama", "Clotilde", "00953618", "clotilde.ts@correo.example")
ALVA = Person("Alva Plasencia", "Renato", "27142680", "renato.alva@correo.example")
LAIZA = Person("Marquina Domínguez", "Julia", "19526403", "julia.marquina@correo.example")
CCASA = Person("Ccasa Merma", "Agripina", "24283907", "agripina.ccasa@correo.example")
ATENCIO = Person("Cornelio Huaynate", "Isaac", "04072956", "isaac.cornelio@correo.example")
SHAREVA = Person("Mahuanca Quintori", "Edith", "20958213", "edith.mahuanca@correo.example")
ESPINOZA = Person("Asencios Blas", "Cirilo", "32284519")
PORRAS = Person("Ricaldi Capcha", "Wendy", "47310825", "wendy.ricaldi@correo.example")
SALCEDO = Person("Salcedo Neyra", "Joel Martín", "71846302")

# ------------------------------------------------------------------ one mail for each procedure

PROCEDURES = (
    Sample(
        name="1.1-alta-especialista-minedu",
        sender=MINEDU_UE,
        at="2026-03-02T08:47",
        subject="Usuario SIAGIE para la nueva especialista",
        text=(
            "Estimado administrador:\n\n"
            "Desde hoy se incorpora a la Unidad de Estadística la especialista SIAGIE Carla "
            "Milagros Ñaupari Tello (DNI 43718205). Agradeceré crear su usuario en el SIAGIE; "
            "su correo es cnaupari@minedu.example.\n\n"
            "Saludos,\n\nGiancarlo Velarde Cossío\nCoordinador SIAGIE\nUnidad de Estadística - "
            "MINEDU\nAnexo 22193\n"
        ),
        asks=(Ask(procedure="1.1", holder=NAUPARI, office="MINEDU"),),
    ),
    Sample(
        name="1.2-baja-especialista-minedu",
        sender=MINEDU_UE,
        at="2026-03-30T17:52",
        subject="baja usuario RZegarra",
        text=(
            "Buenas tardes, el Sr. Renzo Alonso ZEGARRA PINTO, DNI 70245518, trabajó con nosotros "
            "como Especialista SIAGIE MINEDU hasta el viernes 27. Por favor dar de baja su usuario "
            "del SIAGIE en cuanto puedan.\n\nGracias\nG. Velarde\nCoordinador SIAGIE\n\n"
            "Enviado desde mi iPhone\n"
        ),
        asks=(Ask(procedure="1.2", holder=ZEGARRA, office="MINEDU"),),
    ),
    Sample(
        name="2.1-alta-central-atencion",
        sender=USAU,
        at="2026-03-04T11:20",
        subject="Solicitud de alta SIAGIE - Central de Atención - S09 adjunto",
        text=(
            "Estimados señores de la Unidad de Estadística:\n\n"
            "Se solicita la creación de usuario en el SIAGIE para el siguiente agente de la "
            "Central de Atención:\n\n"
            "  Apellidos y nombres : HUAPAYA RÍOS, DIEGO ARMANDO\n"
            "  N° de DNI           : 46190327\n"
            "  Correo electrónico  : dhuapaya@minedu.example\n\n"
            "Se adjunta el formulario S09 debidamente llenado.\n\n"
            "Atentamente,\nUnidad de Servicios de Atención al Usuario\nUSAU - OTIC\n"
        ),
        files=(Attach("S09_HUAPAYA.pdf", S09(person=HUAPAYA).pdf),),
        asks=(Ask(procedure="2.1", holder=HUAPAYA, office="MINEDU"),),
    ),
    Sample(
        name="2.2-baja-central-atencion",
        sender=USAU,
        at="2026-06-01T09:05",
        subject="Desactivar accesos de agente - Formulario S09",
        text=(
            "Buenos días:\n\nLa señorita Nadia Lisset Castillo Ventocilla, identificada con D.N.I. "
            "N° 72903416, dejó la Central de Atención SIAGIE el 29 de mayo. Sírvanse desactivar "
            "su usuario; va el formato S-09.\n\nUSAU\n"
        ),
        files=(
            Attach(
                "Formato S-09 Castillo.pdf",
                S09(
                    person=CASTILLO, action="baja", date="01 de junio de 2026", omit=("correo",)
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="2.2", holder=CASTILLO, office="MINEDU"),),
    ),
    Sample(
        name="3.1-alta-especialista-dre",
        sender=from_office(AYACUCHO, "Trámite Documentario"),
        registered="050000",
        at="2026-03-10T12:31",
        subject="OFICIO N° 0215-2026-GRA/GG-GRDS-DREA-DIR",
        text=(
            "Señores\nUnidad de Estadística - MINEDU\n\nPor encargo del Director Regional remito "
            "el oficio de la referencia y la RDR que lo sustenta, para su atención.\n\n"
            "Cordialmente,\nNilda Prado Cárdenas\nSecretaria - DRE Ayacucho\n"
        ),
        files=(
            Attach(
                "OFICIO 215[R].pdf",
                Oficio(
                    people=(CCORAHUA,),
                    office=AYACUCHO,
                    number="OFICIO N° 0215-2026-GRA/GG-GRDS-DREA-DIR",
                    date="10 de marzo de 2026",
                    asunto="SOLICITO CREACIÓN DE USUARIO SIAGIE PARA RESPONSABLE REGIONAL",
                    referencia=("R.D.R. N° 00623-2026-DREA",),
                    paragraphs=(
                        (
                            "Tengo el agrado de dirigirme a usted para expresarle mi cordial "
                            "saludo y, a la vez, comunicarle que mediante la resolución de la "
                            "referencia se ha designado como Especialista SIAGIE de la Dirección "
                            "Regional de Educación de Ayacucho al profesor EDGAR CCORAHUA "
                            "PALOMINO, identificado con D.N.I. Nº 28314709; en tal sentido, "
                            "solicito se le asigne usuario y contraseña para el acceso al SIAGIE, "
                            "los que agradeceré remitir a su correo electrónico "
                            "edgar.ccorahua@correo.example."
                        ),
                    ),
                    ink="digital",
                ).pdf,
            ),
            Attach(
                "RDR 00623-2026.pdf",
                Rd(
                    people=(CCORAHUA,),
                    office=AYACUCHO,
                    kind="Resolución Directoral Regional",
                    number="N° 00623-2026-DREA",
                    role="Especialista SIAGIE",
                    padding=3,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="3.1", holder=CCORAHUA, office="050000"),),
    ),
    Sample(
        name="3.2-baja-especialista-dre",
        sender=from_office(LA_LIBERTAD, "Gerencia"),
        registered="130000",
        at="2026-01-12T16:08",
        subject="OFICIO N° 000321-2026-GRLL-GGR-GRE - BAJA DE USUARIO SIAGIE",
        text="Se remite oficio para conocimiento y fines.\n\nGRE La Libertad\n",
        files=(
            Attach(
                "oficio_000321.pdf",
                Oficio(
                    people=(FLORIAN,),
                    office=LA_LIBERTAD,
                    action="baja",
                    number="OFICIO N° 000321-2026-GRLL-GGR-GRE",
                    date="12 de enero de 2026",
                    asunto="Baja de usuario SIAGIE",
                    font="helvetica",
                    size=10.5,
                    motto=(DECENIO, MOTTO_2025),
                    paragraphs=(
                        (
                            "Me dirijo a usted, en relación al usuario del SIAGIE asignado a la "
                            "Especialista SIAGIE de esta Gerencia Regional de Educación, doña "
                            "Marita del Pilar FLORIÁN Rengifo, con DNI N° 18094512, quien dejó de "
                            "laborar el 31 de diciembre de 2025 por término de contrato."
                        ),
                        (
                            "En ese sentido, solicito se sirva disponer la baja del referido "
                            "usuario a partir de la fecha."
                        ),
                    ),
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="3.2", holder=FLORIAN, office="130000"),),
    ),
    Sample(
        name="4.1-alta-estadistico-dre",
        sender=from_office(PUNO),
        registered="210000",
        at="2026-03-05T10:02",
        subject="Remito oficio y RD - Estadístico DRE Puno",
        text=(
            "Buenos días.\n\nSe adjunta el Oficio N° 412 y la resolución de designación del "
            "Estadístico de la DRE Puno, solicitando usuario y clave del SIAGIE.\n\nPor favor "
            "acusar recibo.\n"
        ),
        files=(
            Attach(
                "OFICIO N° 412.pdf",
                Oficio(
                    people=(APAZA,),
                    office=PUNO,
                    layout="labels",
                    role="Estadístico II",
                    order="apellidos_nombres_mayusculas",
                    dni_label="N° DE DNI",
                    number="Oficio Nº 412 -2026-ME/GR-PUNO/DREP-DGI",
                    date="04 de marzo de 2026",
                    asunto="SOLICITA USUARIO Y CLAVE DEL SIAGIE PARA ESTADÍSTICO DE LA DRE PUNO",
                    referencia=("Guía de altas y bajas de usuarios del SIAGIE",),
                    wording=1,
                ).pdf,
            ),
            Attach(
                "RD 1102.pdf",
                Rd(
                    people=(APAZA,),
                    office=PUNO,
                    kind="Resolución Directoral Regional",
                    number="Nº 1102-2026-DREP",
                    role="Estadístico II",
                    layout="labels",
                    order="apellidos_nombres_mayusculas",
                    act="ENCARGAR",
                    ordinals=True,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="4.1", holder=APAZA, office="210000"),),
    ),
    Sample(
        name="4.2-baja-estadistico-dre",
        sender=from_office(TACNA, "Dirección de Gestión Institucional"),
        registered="230000",
        at="2026-04-15T15:40",
        subject="Baja usuario estadística DRE Tacna",
        text="Estimados:\nAdjunto oficio.\nSaludos cordiales\n",
        files=(
            Attach(
                "OFICIO 077-DGI.pdf",
                Oficio(
                    people=(VIZCARRA,),
                    office=TACNA,
                    action="baja",
                    layout="table",
                    role="Estadístico DRE",
                    order="apellidos_nombres",
                    number="OFICIO Nº 077-2026-DGI-DRET/GOB.REG.TACNA",
                    date="15 de abril de 2026",
                    wording=1,
                    salutation="De mi especial consideración:",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="4.2", holder=VIZCARRA, office="230000"),),
    ),
    Sample(
        name="5.1-alta-especialista-ugel",
        sender=from_office(CHOTA),
        registered="060004",
        at="2026-03-03T10:15",
        subject="SOLICITO ALTA DE USUARIO SIAGIE - UGEL CHOTA",
        text=(
            "Buenos días Sr. Administrador SIAGIE, por encargo del Director de la UGEL Chota "
            "remito el Oficio N° 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR y la R.D. de designación de "
            "la nueva responsable.\n\nAgradeceré confirmar la recepción.\n\nElser Tarrillo "
            "Idrogo\nMesa de Partes\nUGEL Chota\n"
        ),
        files=(
            Attach(
                "OFICIO N° 123.pdf",
                Oficio(
                    people=(ROSA,),
                    office=CHOTA,
                    number="OFICIO N° 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR",
                    date="03 de marzo de 2026",
                    referencia=("R.D. N° 000456-2026-UGEL-CHOTA",),
                    role="Especialista SIAGIE",
                    folio=1,
                ).pdf,
            ),
            Attach(
                "RD 456.pdf",
                Rd(
                    people=(ROSA,),
                    office=CHOTA,
                    number="N° 000456-2026-UGEL-CHOTA",
                    role="Especialista SIAGIE",
                    folio=2,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="5.1", holder=ROSA, office="060004"),),
    ),
    Sample(
        name="5.2-baja-especialista-ugel",
        sender=from_office(LAMPA, "Trámite"),
        registered="210009",
        at="2026-01-08T09:12",
        subject="OFICIO 045 UGEL LAMPA",
        text="Se remite el oficio de la referencia para su atención.\n\nUGEL Lampa - Puno\n",
        files=(
            Attach(
                "Scan0001.pdf",
                Oficio(
                    people=(CONDORI,),
                    office=LAMPA,
                    action="baja",
                    layout="labels",
                    role="Responsable del SIAGIE",
                    order="apellidos_sello",
                    dni_label="D.N.I. Nº",
                    number="OFICIO Nº 045 - 2026 - UGEL-LAMPA/D-AGP",
                    date="08 de enero de 2026",
                    asunto="BAJA DE USUARIO DEL RESPONSABLE SIAGIE UGEL LAMPA",
                    wording=2,
                    font="courier",
                    size=10,
                    motto=(MOTTO_2025,),
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="5.2", holder=CONDORI, office="210009"),),
    ),
    Sample(
        name="6.1-alta-especialista-nivel",
        sender=from_office(TARMA),
        registered="120008",
        at="2026-03-12T14:55",
        subject="Usuario SIAGIE especialista de primaria",
        text=(
            "Señores MINEDU:\n\nSe envía el oficio y la resolución de la Especialista en "
            "Educación Primaria de AGP para que se le genere su usuario.\n\nAtte.\nUGEL Tarma\n"
        ),
        files=(
            Attach(
                "OFICIO 0456 AGP.pdf",
                Oficio(
                    people=(YAURI,),
                    office=TARMA,
                    layout="table",
                    role="Especialista en Educación Primaria",
                    order="apellidos_nombres",
                    number="OFICIO N° 0456-2026-GR.JUNIN/DREJ-UGEL.T/AGP",
                    date="12 de marzo de 2026",
                    asunto="SOLICITA ALTA DE USUARIO SIAGIE - ESPECIALISTA DE PRIMARIA",
                    referencia=("R.D. N° 00789-2026-UGEL.T",),
                    font="helvetica",
                    size=10.5,
                ).pdf,
            ),
            Attach(
                "RD_00789.pdf",
                Rd(
                    people=(YAURI,),
                    office=TARMA,
                    number="N° 00789-2026-UGEL.T",
                    role="Especialista en Educación Primaria",
                    act="ENCARGAR",
                    since="con eficacia anticipada al 02 de enero de 2026",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="6.1", holder=YAURI, office="120008", nivel="EBR Primaria"),),
    ),
    Sample(
        name="6.2-baja-especialista-nivel",
        sender=from_office(PISCO, "AGP"),
        registered="110005",
        at="2026-05-20T08:30",
        subject="Comunico rotación de especialista de secundaria",
        text="Buenos días, adjunto oficio para la baja del usuario. Gracias.\n",
        files=(
            Attach(
                "oficio 201-2026 agp.pdf",
                Oficio(
                    people=(HERNANDEZ,),
                    office=PISCO,
                    action="baja",
                    number="OFICIO Nro. 201-2026-GORE.ICA-DREI/UGEL-P/JAGP",
                    date="20 de mayo de 2026",
                    asunto="El que se indica",
                    paragraphs=(
                        (
                            "Por intermedio del presente hago de su conocimiento que el Prof. "
                            "Luis Enrique Hernández Uribe (DNI Nro. 21884306), Especialista de "
                            "Educación Secundaria del Área de Gestión Pedagógica de la UGEL "
                            "Pisco, ha sido rotado a la Dirección Regional de Educación de Ica; "
                            "por lo que corresponde inactivar el usuario que tiene en el SIAGIE."
                        ),
                    ),
                    salutation="De mi consideración:",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="6.2", holder=HERNANDEZ, office="110005", nivel="EBR Secundaria"),),
    ),
    Sample(
        name="7.1-alta-estadistico-ugel",
        sender=from_office(ANDAHUAYLAS, "Mesa Virtual"),
        registered="030002",
        at="2026-02-18T11:44",
        subject="REMITO INFORMACIÓN DE ESTADÍSTICO UGEL 2026",
        text=(
            "Sr. Administrador SIAGIE:\nRemito adjunto el oficio y la RD con que se designa al "
            "estadístico de nuestra UGEL. Favor de enviar usuario y contraseña.\n\nMesa virtual "
            "UGEL Andahuaylas\n"
        ),
        files=(
            Attach(
                "OFICIO 98.pdf",
                Oficio(
                    people=(PERCY,),
                    office=ANDAHUAYLAS,
                    number="OFICIO N° 0098-2026-ME/GRA/DREA/UGEL-AND/D",
                    date="17 de febrero de 2026",
                    asunto="SOLICITO ACCESO AL SIAGIE PARA EL ESTADÍSTICO DE LA UGEL",
                    layout="labels",
                    role="Estadístico UGEL",
                    order="nombres_paterno_mayuscula",
                    dni_label="Documento Nacional de Identidad N°",
                    wording=2,
                    after=("Se adjunta copia fedateada de la resolución de designación.",),
                ).pdf,
            ),
            Attach(
                "RD 0311.pdf",
                Rd(
                    people=(PERCY,),
                    office=ANDAHUAYLAS,
                    number="N° 0311-2026-UGEL-AND",
                    role="Estadístico I",
                    date="16 de febrero de 2026",
                    fedatario=ROQUE,
                    padding=2,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="7.1", holder=PERCY, office="030002"),),
    ),
    Sample(
        name="7.2-baja-estadistico-ugel",
        sender=from_office(UGEL05, "Atención al usuario"),
        registered="150106",
        at="2026-03-31T13:27",
        subject="OFICIO N° 0184-2026-MINEDU/VMGI-DRELM-UGEL.05-DIR",
        text="Se notifica el documento indicado en el asunto.\n\nNo responder a este correo.\n",
        files=(
            Attach(
                "OFICIO-00184-2026-DIR[R].pdf",
                Oficio(
                    people=(TERESA,),
                    office=UGEL05,
                    action="baja",
                    role="Estadística",
                    order="nombres_apellidos_mayusculas",
                    dni_label="DNI Nº",
                    number="OFICIO N° 0184-2026-MINEDU/VMGI-DRELM-UGEL.05-DIR",
                    date="31 de marzo de 2026",
                    asunto="Baja de usuario del SIAGIE del Estadístico UGEL",
                    paragraphs=(
                        (
                            "Es grato dirigirme a usted para saludarlo cordialmente y hacer de su "
                            "conocimiento que la señora TERESA DE JESÚS PALACIOS ÑIQUE, "
                            "identificada con DNI Nº 09183746, quien se desempeñaba como "
                            "Estadístico de la UGEL N° 05, ha cesado por límite de edad."
                        ),
                        (
                            "Por tal motivo, se solicita dar de baja el usuario del SIAGIE que le "
                            "fue asignado."
                        ),
                    ),
                    ink="digital",
                    font="helvetica",
                    size=10.5,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="7.2", holder=TERESA, office="150106"),),
    ),
    Sample(
        name="8.1-alta-director-ie",
        sender="I.E. 10384 Cutervo <ie10384@correo.example>",
        at="2026-03-16T19:21",
        subject="usuario siagie director 10384 cutervo",
        text=(
            "Buenas noches señor especialista SIAGIE de la UGEL Cutervo, le hago llegar mi oficio "
            "y mi RD para que me genere mi usuario de director, ya estamos en matrícula. Gracias."
            "\n\nProf. Wilmer Vásquez\n"
        ),
        files=(
            Attach(
                "OFICIO 04 - IE 10384.pdf",
                Oficio(
                    people=(VASQUEZ,),
                    office=IE_CUTERVO,
                    number="OFICIO Nro. 04-2026-DIR/I.E. N° 10384-SJB",
                    date="16 de marzo de 2026",
                    addressee=(
                        "SEÑOR:",
                        "<b>Mg. Gonzalo Olivera Requejo</b>",
                        "Director de la UGEL Cutervo",
                        "<u>CIUDAD.-</u>",
                    ),
                    asunto="SOLICITO USUARIO Y CONTRASEÑA DEL SIAGIE COMO DIRECTOR",
                    referencia=("R.D. N° 01377-2026-UGEL-CUTERVO",),
                    paragraphs=(
                        (
                            "Es sumamente grato dirigirme a su digno despacho para saludarlo y a "
                            "la vez comunicarle que he sido designado Director de la Institución "
                            "Educativa N° 10384 “San Juan Bautista”, nivel primaria, con código "
                            "modular 0453217, del distrito de Cutervo."
                        ),
                        (
                            "Por lo expuesto solicito a usted ordene a quien corresponda se me "
                            "otorgue usuario y contraseña del SIAGIE. Mis datos son: VÁSQUEZ "
                            "DELGADO, Segundo Wilmer, DNI Nº 27430985."
                        ),
                    ),
                    closing="Dios guarde a Ud.",
                    salutation="De mi mayor consideración.",
                    font="courier",
                    size=10,
                ).pdf,
            ),
            Attach(
                "RD designacion.pdf",
                Rd(
                    people=(VASQUEZ,),
                    office=CUTERVO,
                    number="N° 01377-2026-UGEL-CUTERVO",
                    role="Director de la I.E. N° 10384 “San Juan Bautista”",
                    until="31 de diciembre de 2026",
                    act="ENCARGAR",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="8.1", holder=VASQUEZ, office="0453217", nivel=None),),
        note="The address speaks for two services of the school; the oficio names the primaria.",
    ),
    Sample(
        name="8.2-baja-director-ie",
        sender="Víctor Huamán <vraul.huaman@correo.example>",
        registered=None,
        at="2026-03-09T20:03",
        subject="Solicito baja de mi usuario de director",
        text=(
            "Señor especialista SIAGIE UGEL Huanta:\n\nHasta el 28 de febrero fui director de la "
            "I.E. Los Libertadores de América. Adjunto mi solicitud y copia de mi DNI para que den "
            "de baja mi usuario.\n\nProf. Víctor Raúl Huamán Gutiérrez\nCel. 966 000 111\n"
        ),
        files=(
            Attach(
                "Solicitud.pdf",
                Solicitud(
                    person=HUAMAN,
                    office=IE_HUANTA,
                    action="baja",
                    role="ex director",
                    addressee=(
                        "SEÑORA DIRECTORA DE LA UNIDAD DE GESTIÓN EDUCATIVA LOCAL DE HUANTA",
                        "Atención: <b>Especialista SIAGIE UGEL</b>",
                    ),
                    sumilla="SOLICITO: Baja de usuario SIAGIE",
                    expone=(
                        (
                            "Que, desde marzo de 2023 hasta el 28 de febrero de 2026 estuve "
                            "designado como director de la I.E. Los Libertadores de América, con "
                            "código modular N° 0568493, de la jurisdicción de la UGEL Huanta."
                        ),
                        (
                            "Que, habiendo concluido mi periodo de designación, solicito se dé de "
                            "baja en el SIAGIE a mi usuario como Director de la mencionada "
                            "institución."
                        ),
                    ),
                    attached=("Copia de DNI",),
                ).pdf,
            ),
            Attach("DNI.pdf", DniCopy(person=HUAMAN).pdf),
        ),
        asks=(Ask(procedure="8.2", holder=HUAMAN, office="0568493", silent=("correo",)),),
    ),
    Sample(
        name="9.1-alta-personal-ie",
        sender="Kathy Melgarejo <kathy.melgarejo@correo.example>",
        registered=None,
        at="2026-03-18T21:36",
        subject="Solicito acceso al SIAGIE",
        text=(
            "Señora directora de la I.E. N° 88013 Eleazar Guzmán Barrón:\n\n"
            "Yo, Katherine Paola Melgarejo Cruz, identificada con DNI N° 44210967, docente "
            "contratada del 3° grado B de primaria (código modular 0742106, UGEL Santa), le "
            "solicito me cree mi usuario en el SIAGIE para poder registrar las evaluaciones de "
            "mis estudiantes.\n\nGracias de antemano.\n\nProf. Katherine Melgarejo\n"
        ),
        asks=(Ask(procedure="9.1", holder=MELGAREJO, office="0742106", silent=("correo",)),),
        note="The request is the mail itself: the guide asks for no attachment.",
    ),
    Sample(
        name="9.2-baja-personal-ie",
        sender="angel perez <angelgps@correo.example>",
        registered=None,
        at="2026-07-24T10:10",
        subject="solicitud",
        text="buenos dias adjunto mi solicitud para el director gracias\n",
        files=(
            Attach(
                "Documento sin título.pdf",
                Solicitud(
                    person=PEREZ,
                    office=IE_ABANCAY,
                    action="baja",
                    role="auxiliar de educación",
                    order="nombres_apellidos_mayusculas",
                    addressee=("SEÑOR DIRECTOR DE LA I.E. MICAELA BASTIDAS", "<b>S. D.</b>"),
                    expone=(
                        (
                            "Que, he sido reasignado a otra institución, por lo que pido que se "
                            "dé de baja a mi usuario en el SIAGIE de la I.E. Micaela Bastidas, "
                            "cód. modular 0935528, UGEL Abancay, nivel secundaria."
                        ),
                    ),
                    date="24 de julio de 2026",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="9.2", holder=PEREZ, office="0935528", silent=("correo",)),),
    ),
)

# ------------------------------------------------------------------ odd papers: scans, groups


def _scanned(*papers: Callable[[], bytes], **how: Any) -> Callable[[], bytes]:  # noqa: ANN401
    """Return what writes the papers as one scan; `how` is for `scan`."""
    return lambda: scan(merge(*(write() for write in papers)), **how)


SCANS = (
    Sample(
        name="oficio-y-rd-escaneados",
        sender=from_office(HUANCAYO),
        registered="120001",
        at="2026-03-04T16:40",
        subject="Remito oficio y RD responsable SIAGIE",
        text="Buenas tardes, se adjunta oficio y RD escaneados.\n\nMesa de partes UGEL Huancayo\n",
        files=(
            Attach(
                "CamScanner 04-03-2026 16.31.pdf",
                _scanned(
                    Oficio(
                        people=(CARDENAS,),
                        office=HUANCAYO,
                        number="OFICIO N° 0317-2026-GRJ/DREJ/UGEL-HYO/D",
                        date="04 de marzo de 2026",
                        role="Especialista SIAGIE UGEL",
                        order="nombres_apellidos_mayusculas",
                        dni_label="DNI Nº",
                        size=11.5,
                        received="04 MAR 2026  Reg. 02871",
                        folio=1,
                    ).pdf,
                    skew=0.8,
                    seed=11,
                ),
            ),
            Attach(
                "CamScanner 04-03-2026 16.33.pdf",
                _scanned(
                    Rd(
                        people=(CARDENAS,),
                        office=HUANCAYO,
                        number="N° 00951-2026-UGEL-HYO",
                        role="Especialista SIAGIE UGEL",
                        script=True,
                        size=11.5,
                        folio=2,
                    ).pdf,
                    skew=-0.7,
                    seed=12,
                ),
            ),
        ),
        asks=(Ask(procedure="5.1", holder=CARDENAS, office="120001"),),
    ),
    Sample(
        name="un-solo-pdf-escaneado-oficio-rd-dni",
        sender=from_office(CAMANA, "Trámite"),
        registered="040003",
        at="2026-03-11T12:18",
        subject="EXP. 1847 usuario SIAGIE estadístico",
        text="Se remite expediente escaneado (03 folios).\n",
        files=(
            Attach(
                "EXP 1847.pdf",
                _scanned(
                    Oficio(
                        people=(LLERENA,),
                        office=CAMANA,
                        layout="labels",
                        role="Estadístico UGEL",
                        order="apellidos_nombres",
                        number="OFICIO N° 254-2026-GRA/GREA/UGEL-C/DIR",
                        date="10 de marzo de 2026",
                        asunto="ALTA DE USUARIO SIAGIE – ESTADÍSTICO UGEL CAMANÁ",
                        wording=1,
                        size=12,
                        folio=1,
                    ).pdf,
                    Rd(
                        people=(LLERENA,),
                        office=CAMANA,
                        number="N° 0733-2026-UGEL-C",
                        role="Estadístico",
                        size=11.5,
                        folio=2,
                    ).pdf,
                    DniCopy(person=LLERENA, folio=3).pdf,
                    bilevel=True,
                    skew=0.5,
                    noise=3.0,
                    seed=21,
                ),
            ),
        ),
        asks=(Ask(procedure="7.1", holder=LLERENA, office="040003"),),
    ),
    Sample(
        name="oficio-con-texto-y-rd-escaneada-en-un-archivo",
        sender=from_office(BAGUA, "Sede"),
        registered="010002",
        at="2026-03-13T09:58",
        subject="Alta especialista SIAGIE UGEL Bagua",
        text="Cordial saludo. Adjunto lo solicitado en un solo archivo.\n",
        files=(
            Attach(
                "oficio 110 y resolucion.pdf",
                lambda: merge(
                    Oficio(
                        people=(TSAMAJAIN,),
                        office=BAGUA,
                        number="OFICIO N° 000110-2026-G.R.AMAZONAS/UGEL-BAGUA/DIR",
                        date="13 de marzo de 2026",
                        wording=3,
                        correo_label="e-mail",
                        ink="digital",
                    ).pdf(),
                    scan(
                        Rd(
                            people=(TSAMAJAIN,),
                            office=BAGUA,
                            number="N° 000402-2026-UGEL-BAGUA",
                            size=11.5,
                        ).pdf(),
                        seed=31,
                    ),
                ),
            ),
        ),
        asks=(Ask(procedure="5.1", holder=TSAMAJAIN, office="010002"),),
    ),
    Sample(
        name="foto-del-oficio",
        sender=from_office(PURUS, "UGEL"),
        registered="250004",
        at="2026-03-19T18:05",
        subject="usuario siagie ugel purus",
        text=(
            "Buenas tardes, por la señal no podemos escanear, le mando foto del oficio y la RD en "
            "PDF. Saludos desde Puerto Esperanza.\n"
        ),
        files=(
            Attach(
                "WhatsApp Image 2026-03-19 at 17.52.10.jpeg",
                lambda: photo(
                    Oficio(
                        people=(PINEDO,),
                        office=PURUS,
                        layout="labels",
                        order="apellidos_nombres",
                        number="OFICIO N° 031-2026-GRU-DREU-UGEL-PURUS/D",
                        date="19 de marzo de 2026",
                        size=13,
                    ).pdf(),
                    seed=41,
                ),
                "image/jpeg",
            ),
            Attach(
                "RD 118.pdf",
                Rd(people=(PINEDO,), office=PURUS, number="N° 0118-2026-UGEL-PURUS").pdf,
            ),
        ),
        asks=(Ask(procedure="5.1", holder=PINEDO, office="250004"),),
        note="A telephone's picture: what cannot be read well is unreadable, never wrong.",
    ),
)

PEOPLE = (
    Sample(
        name="tres-personas-en-una-tabla",
        sender=from_office(JAEN),
        registered="060008",
        at="2026-03-06T11:11",
        subject="Especialistas de nivel - usuarios SIAGIE - UGEL Jaén",
        text="Se remite oficio y resolución de los tres especialistas de AGP.\n",
        files=(
            Attach(
                "OFICIO 0511-AGP.pdf",
                Oficio(
                    people=JAEN_TRES,
                    office=JAEN,
                    layout="table",
                    role="Especialista en Educación",
                    order="apellidos_nombres",
                    number="OFICIO N° 0511-2026-GR.CAJ/DRE/UGEL-J/AGP",
                    date="06 de marzo de 2026",
                    asunto="SOLICITO USUARIOS SIAGIE PARA ESPECIALISTAS POR NIVEL EDUCATIVO",
                    font="helvetica",
                    size=10.5,
                ).pdf,
            ),
            Attach(
                "RD 2208.pdf",
                Rd(
                    people=JAEN_TRES,
                    office=JAEN,
                    number="N° 002208-2026-UGEL-J",
                    role="Especialista en Educación",
                    layout="table",
                    padding=2,
                ).pdf,
            ),
        ),
        asks=tuple(
            Ask(procedure="6.1", holder=p, office="060008", nivel=f"EBR {p.nivel}")
            for p in JAEN_TRES
        ),
    ),
    Sample(
        name="dos-personas-en-prosa",
        sender=from_office(PAITA, "Dirección"),
        registered="200009",
        at="2026-03-17T15:22",
        subject="Acreditación de responsables ante el SIAGIE",
        text="Buenas tardes: se adjuntan los documentos de la UGEL Paita.\n",
        files=(
            Attach(
                "OFICIO 388-2026.pdf",
                Oficio(
                    people=PAITA_DOS,
                    office=PAITA,
                    number="OFICIO N° 388-2026-GOB.REG.PIURA-DREP-UGEL.P-D",
                    date="17 de marzo de 2026",
                    asunto="Acreditación de responsables del SIAGIE y de Estadística",
                    referencia=("R.D. N° 001904-2026-UGEL.P",),
                    wording=2,
                ).pdf,
            ),
            Attach(
                "RD 1904.pdf",
                Rd(people=PAITA_DOS, office=PAITA, number="N° 001904-2026-UGEL.P").pdf,
            ),
        ),
        asks=(
            Ask(procedure="5.1", holder=PAITA_DOS[0], office="200009"),
            Ask(procedure="7.1", holder=PAITA_DOS[1], office="200009"),
        ),
    ),
    Sample(
        name="alta-y-baja-en-un-oficio",
        sender=from_office(MOYOBAMBA),
        registered="220001",
        at="2026-02-02T10:49",
        subject="Alta y baja de usuarios SIAGIE - UGEL Moyobamba",
        text="Señores: remito oficio con el alta y la baja que se indica, más la RD del alta.\n",
        files=(
            Attach(
                "OFICIO 1534.pdf",
                Oficio(
                    people=(TUESTA,),
                    office=MOYOBAMBA,
                    number="OFICIO N° 1534-2026-GRSM/DRE-UGEL-M/DIR",
                    date="02 de febrero de 2026",
                    asunto="Solicito alta y baja de usuarios del SIAGIE",
                    paragraphs=(
                        (
                            "Es grato dirigirme a usted para saludarlo cordialmente y, a la vez, "
                            "solicitar la creación de usuario en el SIAGIE para don Jorge Luis "
                            "TUESTA Grández, identificado con DNI N° 00837412, correo electrónico "
                            "jorge.tuesta@correo.example, nuevo Especialista SIAGIE de esta UGEL."
                        ),
                        (
                            "Asimismo, solicito dar de baja el usuario de la Estadística de la "
                            "UGEL, doña Doris ROJAS Vela, con DNI N° 40158296, por término de "
                            "contrato."
                        ),
                    ),
                ).pdf,
            ),
            Attach(
                "RD 0207.pdf",
                Rd(
                    people=(TUESTA,),
                    office=MOYOBAMBA,
                    number="N° 0207-2026-UGEL-M",
                    date="30 de enero de 2026",
                ).pdf,
            ),
        ),
        asks=(
            Ask(procedure="5.1", holder=TUESTA, office="220001"),
            Ask(procedure="7.2", holder=ROJAS_V, office="220001"),
        ),
    ),
    Sample(
        name="reemplazo-nombra-al-anterior",
        sender=from_office(TALARA),
        registered="200011",
        at="2026-03-02T09:09",
        subject="Cambio de responsable SIAGIE",
        text="Buenos días, remito oficio sobre cambio de responsable y RD. Gracias.\n",
        files=(
            Attach(
                "OFICIO 176.pdf",
                Oficio(
                    people=(PURIZACA,),
                    office=TALARA,
                    action="reemplazo",
                    previous=IMAN,
                    number="OFICIO N° 176-2026/GRP-DREP-UGEL.T-D",
                    date="02 de marzo de 2026",
                    asunto="Cambio de Especialista SIAGIE UGEL",
                    wording=1,
                ).pdf,
            ),
            Attach(
                "RD 0388.pdf",
                Rd(
                    people=(PURIZACA,),
                    office=TALARA,
                    outgoing=IMAN,
                    number="N° 0388-2026-UGEL.T",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="5.1", holder=PURIZACA, office="200011"),),
        note="One request: the guide closes the previous holder's account with the alta itself.",
    ),
    Sample(
        name="nombres-en-columnas-separadas",
        sender=from_office(AZANGARO),
        registered="210002",
        at="2026-03-20T08:15",
        subject="Usuario para estadístico UGEL Azángaro",
        text="Se adjunta oficio N° 061 y resolución.\n",
        files=(
            Attach(
                "Oficio 061.pdf",
                Oficio(
                    people=(TUPAC,),
                    office=AZANGARO,
                    layout="separate-columns",
                    role="Estadístico UGEL",
                    number="OFICIO N° 061-2026-ME-DREP-UGEL-A/D",
                    date="19 de marzo de 2026",
                    wording=3,
                ).pdf,
            ),
            Attach(
                "RD 0274.pdf",
                Rd(
                    people=(TUPAC,),
                    office=AZANGARO,
                    number="N° 0274-2026-UGEL-A",
                    role="Estadístico I",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="7.1", holder=TUPAC, office="210002"),),
    ),
    Sample(
        name="correo-partido-en-dos-lineas",
        sender=from_office(PICHANAKI),
        registered="120011",
        at="2026-03-24T15:05",
        subject="Alta de usuario especialista SIAGIE UGEL Pichanaki",
        text="Se adjunta oficio y resolución.\n",
        files=(
            Attach(
                "OFICIO 133.pdf",
                Oficio(
                    people=(CHAVEZ,),
                    office=PICHANAKI,
                    layout="separate-columns",
                    number="OFICIO N° 133-2026-GRJ/DREJ/UGEL-P/D",
                    date="24 de marzo de 2026",
                ).pdf,
            ),
            Attach(
                "RD 0290.pdf",
                Rd(people=(CHAVEZ,), office=PICHANAKI, number="N° 0290-2026-UGEL-P").pdf,
            ),
        ),
        asks=(Ask(procedure="5.1", holder=CHAVEZ, office="120011"),),
        note="The column is too narrow for the address: it goes on in the next line of its cell.",
    ),
)

# ------------------------------------------------------------------ odd mails, whole requests


ORDERS: tuple[NameOrder, ...] = (
    "nombres_apellidos",
    "apellidos_nombres",
    "nombres_apellidos_mayusculas",
    "nombres_paterno_mayuscula",
    "apellidos_nombres_llano",
    "apellidos_sello",
)
LABELS = ("DNI N°", "D.N.I. Nº", "DNI Nro.", "DNI", "Documento Nacional de Identidad N°")
LAYOUTS: tuple[Layout, ...] = ("prose", "labels", "table", "prose")
FONTS: tuple[Font, ...] = ("times", "helvetica")


LETTER_NAMES = ("OFICIO {}.pdf", "oficio_{}-2026.pdf", "OFICIO N° {}[R].pdf", "Scan{}.pdf")
ACT_NAMES = ("RD {}.pdf", "RESOLUCION {}.pdf", "img2026_{}.pdf")


def _two(  # noqa: PLR0913 - what the samples say of their papers
    office: Office, person: Person, number: str, role: str, day: str, *, wording: int = 0
) -> tuple[Attach, Attach]:
    """Return the oficio and the RD of one person, for samples that are about something else.

    Its number decides what a paper looks like, so that no two are alike. `day` is the oficio's.
    """
    n, on = int(number), date.fromisoformat(day)
    series = f"{number}-2026-{office.name.replace(' ', '-').upper()}"
    letter = partial(Oficio, people=(person,), office=office, role=role)
    act = partial(Rd, people=(person,), office=office, role=role, number=f"N° 00{series}")
    return (
        Attach(
            LETTER_NAMES[n % 4].format(number),
            _varied_letter(letter, n, on, number=f"OFICIO N° {series}/DIR", wording=wording).pdf,
        ),
        Attach(ACT_NAMES[n % 3].format(number), _varied_act(act, n, on).pdf),
    )


def _varied_letter(
    letter: Callable[..., Oficio], n: int, on: date, *, number: str, wording: int
) -> Oficio:
    return letter(
        number=number,
        date=fecha(on.day, on.month, on.year),
        layout=LAYOUTS[wording],
        wording=wording,
        order=ORDERS[n % 6],
        dni_label=LABELS[n % 5],
        font=FONTS[n % 2],
        size=(11, 10.5, 11.5)[n % 3],
        ink="digital" if n % 7 == 0 else "ink",
    )


def _varied_act(act: Callable[..., Rd], n: int, on: date) -> Rd:
    before = on - timedelta(days=1 + n % 5)
    return act(
        date=fecha(before.day, before.month, before.year),
        act=("DESIGNAR", "ENCARGAR", "DESIGNAR")[n % 3],
        wording=n % 3,
        order=ORDERS[2 if n % 2 else n % 6],
        dni_label=LABELS[(n + 2) % 5],
        padding=n % 4,
        ordinals=n % 5 == 0,
    )


def _labelled(files: Sequence[Attach], **labels: Any) -> tuple[Attach, ...]:  # noqa: ANN401
    """Return the attachments with other labels on them."""
    return tuple(f._replace(**labels) for f in files)


MAILS = (
    Sample(
        name="reenviado-por-mesa-de-partes-outlook",
        sender=from_office(CHINCHA),
        registered="110002",
        at="2026-03-05T17:33",
        subject="RV: SOLICITO ALTA DE USUARIO SIAGIE",
        text=mails.forwarded_outlook(
            "Se reenvía para su atención.\n\nMesa de Partes\nUGEL Chincha",
            Quoted(
                "César Magallanes <cesar.magallanes@correo.example>",
                "jueves, 5 de marzo de 2026 16:58",
                "SOLICITO ALTA DE USUARIO SIAGIE",
                "Estimados, adjunto el oficio firmado y mi RD para el trámite del usuario SIAGIE "
                "ante el MINEDU.\n\nCésar Augusto Magallanes Matta\nEspecialista SIAGIE\n"
                "Cel. 956 000 222",
                "mesadepartes@ugelchincha.example",
            ),
        ),
        files=_two(CHINCHA, MATTA, "0641", "Responsable SIAGIE", "2026-03-05"),
        asks=(Ask(procedure="5.1", holder=MATTA, office="110002"),),
    ),
    Sample(
        name="reenviado-desde-gmail",
        sender=from_office(YAULI),
        registered="120009",
        at="2026-03-23T08:20",
        subject="Fwd: oficio estadistico",
        text=mails.forwarded_gmail(
            "Atender por favor.",
            Quoted(
                "Wendy Ricaldi <wendy.ricaldi@correo.example>",
                "vie, 20 mar 2026 a las 17:41",
                "oficio estadistico",
                "Señores de mesa de partes, alcanzo el oficio y la RD de estadístico para que lo "
                "envíen al MINEDU.\n\nWendy Ricaldi Capcha\n",
                "mesadepartes@ugelyauli.example",
            ),
        ),
        files=_two(YAULI, PORRAS, "0119", "Estadístico UGEL", "2026-03-23", wording=1),
        asks=(Ask(procedure="7.1", holder=PORRAS, office="120009"),),
    ),
    Sample(
        name="reenviado-como-message-rfc822",
        sender=from_office(ILO),
        registered="180003",
        at="2026-03-09T11:00",
        subject="RV: Alta de usuario SIAGIE especialista de inicial",
        text="Se deriva el mensaje adjunto con el oficio y la RD.\n\nMesa de Partes UGEL Ilo\n",
        files=(
            Attach(
                None,
                lambda: compose(
                    "Mirian Cutipa <mirian.cutipa@correo.example>",
                    "mesadepartes@ugelilo.example",
                    "Alta de usuario SIAGIE especialista de inicial",
                    text="Buenos días, adjunto oficio y RD. Gracias.\n\nMirian Cutipa\n",
                    attachments=[
                        f.file()
                        for f in _two(
                            ILO,
                            CUTIPA,
                            "0352",
                            "Especialista de Educación Inicial",
                            "2026-03-09",
                            wording=3,
                        )
                    ],
                    date="Mon, 09 Mar 2026 09:12:00 -0500",
                    authenticated=False,
                ),
                "message/rfc822",
            ),
        ),
        asks=(Ask(procedure="6.1", holder=CUTIPA, office="180003", nivel="EBR Inicial"),),
        note="The papers are inside the attached mail; its forwarder speaks for the office.",
    ),
    Sample(
        name="solo-html",
        sender=from_office(ATE, "ASGESE"),
        registered="150107",
        at="2026-03-24T12:12",
        subject="Alta SIAGIE UGEL 06",
        options={
            "html": (
                "<html><body style='font-family:Calibri'><p>Estimados,</p><p>Se solicita la "
                "creaci&oacute;n de usuario para el <b>Especialista SIAGIE</b> de la UGEL "
                "N&deg; 06. Se adjunta oficio y RD.</p><p>&nbsp;</p><p><i>ASGESE &ndash; UGEL "
                "06</i></p></body></html>"
            )
        },
        files=_two(ATE, SAAVEDRA, "0733", "Especialista SIAGIE - ASGESE", "2026-03-24", wording=1),
        asks=(Ask(procedure="5.1", holder=SAAVEDRA, office="150107"),),
    ),
    Sample(
        name="cuerpo-latin-1",
        sender=from_office(MARANON),
        registered="100009",
        at="2026-03-25T07:55",
        subject="Creación de usuario – señorita Ñope",
        text=(
            "Señor Administrador:\n\nLa señorita Begoña Ñope Cotrina es la nueva Especialista "
            "SIAGIE de la UGEL Marañón. Adjunto oficio y resolución.\n\nAtención: año 2026\n"
        ),
        options={"charset": "iso-8859-1", "transfer": "8bit"},
        files=_two(MARANON, NOPE, "0082", "Responsable del SIAGIE", "2026-03-25", wording=2),
        asks=(Ask(procedure="5.1", holder=NOPE, office="100009"),),
    ),
    Sample(
        name="nombre-de-archivo-rfc2231-con-tildes",
        sender=from_office(CONCEPCION),
        registered="120003",
        at="2026-03-26T10:26",
        subject="Estadístico UGEL Concepción",
        text="Adjunto los documentos.\n",
        files=tuple(
            a._replace(filename=name)
            for a, name in zip(
                _two(CONCEPCION, ORE, "0087", "Especialista en Estadística", "2026-03-26"),
                ("OFICIO N° 087 – Estadística (Concepción).pdf", "Resolución de designación.pdf"),
                strict=True,
            )
        ),
        asks=(Ask(procedure="7.1", holder=ORE, office="120003"),),
    ),
    Sample(
        name="pdf-como-octet-stream",
        sender=from_office(OXAPAMPA),
        registered="190003",
        at="2026-03-26T15:15",
        subject="Usuario SIAGIE",
        text="Se adjunta.\n",
        files=_labelled(
            _two(OXAPAMPA, KOHEL, "0205", "Especialista SIAGIE UGEL", "2026-03-26", wording=1),
            content_type="application/octet-stream",
        ),
        asks=(Ask(procedure="5.1", holder=KOHEL, office="190003"),),
    ),
    Sample(
        name="pdf-sin-nombre",
        sender=from_office(TAMBOPATA),
        registered="170001",
        at="2026-03-27T09:31",
        subject="Oficio alta especialista SIAGIE Tambopata",
        text="Buen día, adjunto oficio y RD.\n",
        files=_labelled(
            _two(TAMBOPATA, MANUARES, "0449", "Especialista SIAGIE UGEL", "2026-03-27", wording=3),
            filename=None,
            disposition=None,
        ),
        asks=(Ask(procedure="5.1", holder=MANUARES, office="170001"),),
    ),
    Sample(
        name="pdf-inline",
        sender=from_office(YUNGAY),
        registered="020020",
        at="2026-03-27T16:02",
        subject="Alta estadístico UGEL Yungay",
        text="Ver documentos.\n",
        files=_labelled(
            _two(YUNGAY, COCHACHIN, "0163", "Estadístico UGEL", "2026-03-27", wording=2),
            disposition="inline",
        ),
        asks=(Ask(procedure="7.1", holder=COCHACHIN, office="020020"),),
    ),
    Sample(
        name="cuerpo-vacio-solo-adjuntos",
        sender=from_office(SIHUAS),
        registered="020019",
        at="2026-03-30T11:37",
        subject="",
        text="",
        files=_two(SIHUAS, VALVERDE, "0091", "Coordinador SIAGIE UGEL", "2026-03-30", wording=1),
        asks=(Ask(procedure="5.1", holder=VALVERDE, office="020019"),),
    ),
    Sample(
        name="dos-cabeceras-from",
        sender="",
        at="2026-03-31T10:00",
        subject="Alta de usuario SIAGIE",
        kind=None,
        asks=None,
        raw=lambda: compose(
            from_office(HUALLAGA),
            BOT,
            "Alta de usuario SIAGIE",
            text="Adjunto oficio y RD de la nueva especialista SIAGIE.\n",
            date="Tue, 31 Mar 2026 10:00:00 -0500",
            attachments=[
                f.file()
                for f in _two(HUALLAGA, TAPULLIMA, "0222", "Especialista SIAGIE UGEL", "2026-03-31")
            ],
        ).replace(b"\r\nTo: ", b"\r\nFrom: <soporte@otra-parte.example>\r\nTo: ", 1),
        options={"authenticated": False},
        note="Nobody knows which of the two wrote it: the sender is never proven.",
    ),
    Sample(
        name="sin-authentication-results",
        sender=from_office(CONTUMAZA),
        registered="060005",
        at="2026-04-01T09:48",
        subject="Alta especialista SIAGIE Contumazá",
        text="Se remite oficio y RD.\n",
        options={"authenticated": False},
        files=_two(CONTUMAZA, ALVA, "0140", "Especialista SIAGIE UGEL", "2026-04-01"),
        asks=(Ask(procedure="5.1", holder=ALVA, office="060005", open=("solicitante",)),),
    ),
    Sample(
        name="authentication-results-de-otro-servidor",
        sender=from_office(PATAZ),
        registered="130009",
        at="2026-04-01T12:01",
        subject="Alta especialista SIAGIE Pataz",
        text="Se remite oficio y RD.\n",
        options={
            "authenticated": False,
            "headers": (
                (
                    "Authentication-Results",
                    "mx.otro-servidor.example; dmarc=pass header.from=ugelpataz.example",
                ),
            ),
        },
        files=_two(PATAZ, LAIZA, "0057", "Especialista SIAGIE UGEL", "2026-04-01", wording=2),
        asks=(Ask(procedure="5.1", holder=LAIZA, office="130009", open=("solicitante",)),),
        note="The header came with the mail: its identifier is not that of the bot's own relay.",
    ),
)

# ------------------------------------------------------------------ odd data: DNI, what is missing


DNIS = (
    Sample(
        name="dni-con-puntos",
        sender=from_office(ZARUMILLA),
        registered="240003",
        at="2026-03-04T08:44",
        subject="Alta especialista SIAGIE Zarumilla",
        text="Se adjunta oficio y RD.\n",
        files=(
            Attach(
                "oficio 92.pdf",
                Oficio(
                    people=(DIOSES,),
                    office=ZARUMILLA,
                    number="OFICIO N° 092-2026-GRT-DRET-UGEL-Z/D",
                    date="04 de marzo de 2026",
                    dni_label="D.N.I.",
                    layout="labels",
                    order="apellidos_nombres_llano",
                    font="helvetica",
                ).pdf,
            ),
            Attach(
                "RD 92.pdf",
                Rd(people=(DIOSES,), office=ZARUMILLA, number="N° 0231-2026-UGEL-Z").pdf,
            ),
        ),
        asks=(
            Ask(
                procedure="5.1",
                holder=replace(DIOSES, dni=DIOSES.dni.replace(".", "")),
                office="240003",
            ),
        ),
    ),
    Sample(
        name="dni-de-siete-digitos",
        sender=from_office(AYMARAES),
        registered="030004",
        at="2026-03-04T12:20",
        subject="Estadístico UGEL Aymaraes",
        text="Adjunto oficio y RD del estadístico.\n",
        files=_two(AYMARAES, SIERRA, "0048", "Estadístico UGEL", "2026-03-04", wording=2),
        asks=(
            Ask(
                procedure="7.1",
                holder=SIERRA,
                office="030004",
                amiss={"dni": "unreadable"},
                silent=("dni",),
            ),
        ),
    ),
    Sample(
        name="dni-con-cero-a-la-izquierda",
        sender=from_office(REQUENA),
        registered="160006",
        at="2026-03-05T10:51",
        subject="Especialista SIAGIE UGEL Requena",
        text=(
            "Buenos días.\nRemito la documentación de la especialista SIAGIE, Sra. Lidia Murayari "
            "Tamani, DNI 05344127.\n"
        ),
        files=_two(REQUENA, MURAYARI, "0066", "Especialista SIAGIE UGEL", "2026-03-05", wording=1),
        asks=(Ask(procedure="5.1", holder=MURAYARI, office="160006"),),
    ),
    Sample(
        name="dni-con-digito-verificador",
        sender=from_office(CONDORCANQUI),
        registered="010004",
        at="2026-03-06T07:30",
        subject="Alta usuario SIAGIE UGEL Condorcanqui",
        text="Adjunto documentos de la UGEL Condorcanqui - Nieva.\n",
        files=_two(
            CONDORCANQUI,
            replace(KANTUASH, dni=f"{KANTUASH.dni}-{check_digit(KANTUASH.dni)}"),
            "0037",
            "Especialista SIAGIE UGEL",
            "2026-03-06",
        ),
        asks=(Ask(procedure="5.1", holder=KANTUASH, office="010004"),),
    ),
    Sample(
        name="carne-de-extranjeria",
        sender=from_office(VENTANILLA),
        registered="070102",
        at="2026-03-10T16:45",
        subject="Alta de usuario estadística UGEL Ventanilla",
        text="Se remite oficio y RD de la estadística de la UGEL Ventanilla.\n",
        files=(
            Attach(
                "OFICIO 0702.pdf",
                Oficio(
                    people=(MORA,),
                    office=VENTANILLA,
                    role="Estadístico UGEL",
                    dni_label="Carné de Extranjería N°",
                    number="OFICIO N° 0702-2026-GRC/DREC/UGEL-V/DIR",
                    date="10 de marzo de 2026",
                    wording=1,
                ).pdf,
            ),
            Attach(
                "RD 0702.pdf",
                Rd(
                    people=(MORA,),
                    office=VENTANILLA,
                    role="Estadístico UGEL",
                    dni_label="Carné de Extranjería N°",
                    number="N° 0833-2026-UGEL-V",
                ).pdf,
            ),
        ),
        asks=(
            Ask(
                procedure="7.1",
                holder=MORA,
                office="070102",
                amiss={"dni": "unreadable"},
                silent=("dni",),
            ),
        ),
    ),
)

MISSING = (
    Sample(
        name="sin-rd",
        sender=from_office(LUCANAS),
        registered="050006",
        at="2026-01-20T09:17",
        subject="Alta especialista SIAGIE - la RD está en trámite",
        text="Se adjunta el oficio; la resolución se alcanzará en cuanto se emita.\n",
        files=_two(LUCANAS, HUAMANI, "0014", "Responsable SIAGIE UGEL", "2026-01-20", wording=1)[
            :1
        ],
        asks=(Ask(procedure="5.1", holder=HUAMANI, office="050006", amiss={"rd": "missing"}),),
    ),
    Sample(
        name="sin-correo-en-ninguna-parte",
        sender=from_office(PARURO),
        registered="080010",
        at="2026-03-11T14:14",
        subject="Alta usuario SIAGIE - Paruro",
        text="Se adjunta oficio y RD. Cualquier consulta a esta mesa de partes.\n",
        files=_two(PARURO, SOTO, "0103", "Responsable de Estadística", "2026-03-11", wording=1),
        asks=(Ask(procedure="7.1", holder=SOTO, office="080010", amiss={"correo": "missing"}),),
        note="The only addresses are those of the mesa de partes: nobody's account address.",
    ),
    Sample(
        name="correo-solo-en-el-cuerpo",
        sender=from_office(PORTILLO),
        registered="250001",
        at="2026-03-12T10:33",
        subject="Alta de especialista SIAGIE UGEL Coronel Portillo",
        text=(
            "Estimados, adjunto oficio y RD de la Prof. Milena Panaifo Vargas. Su correo es "
            "milena.panaifo@correo.example, se omitió en el oficio.\n"
        ),
        files=_two(
            PORTILLO,
            replace(PANAIFO, correo=None),
            "0610",
            "Especialista SIAGIE UGEL",
            "2026-03-12",
        ),
        asks=(
            Ask(
                procedure="5.1",
                holder=PANAIFO,
                office="250001",
                amiss={"correo": "missing"},
                silent=("correo",),
            ),
        ),
    ),
    Sample(
        name="oficio-sin-dni",
        sender=from_office(ACOBAMBA),
        registered="090002",
        at="2026-03-13T15:50",
        subject="Alta SIAGIE Acobamba",
        text=(
            "Señores: remito oficio y RD del Prof. Zósimo Belito Taipe (DNI 23541970), "
            "Especialista SIAGIE.\n"
        ),
        files=(
            Attach(
                "OFICIO 55.pdf",
                Oficio(
                    people=(BELITO,),
                    office=ACOBAMBA,
                    number="OFICIO N° 055-2026-UGEL-A/D",
                    omit=("dni",),
                    wording=2,
                ).pdf,
            ),
            Attach(
                "RD 130.pdf",
                Rd(
                    people=(BELITO,), office=ACOBAMBA, number="N° 0130-2026-UGEL-A", omit=("dni",)
                ).pdf,
            ),
        ),
        asks=(
            Ask(
                procedure="5.1",
                holder=BELITO,
                office="090002",
                amiss={"dni": "missing"},
                silent=("dni",),
            ),
        ),
    ),
    Sample(
        name="oficio-no-adjunto",
        sender=from_office(FERRENAFE),
        registered="140002",
        at="2026-03-16T11:29",
        subject="OFICIO 0299 - alta de estadística",
        text=(
            "Se remite el Oficio N° 0299-2026-GR.LAMB/GRED-UGEL.FERR, en que se solicita crear "
            "usuario SIAGIE para la Estadística de la UGEL, María Inés Santisteban Cajo, DNI "
            "17428039, correo mi.santisteban@correo.example.\n"
        ),
        files=_two(FERRENAFE, SANTISTEBAN, "0299", "Estadístico UGEL", "2026-03-16")[1:],
        asks=(
            Ask(
                procedure="7.1",
                holder=SANTISTEBAN,
                office="140002",
                amiss={"oficio": "missing", "correo": "missing"},
                open=("nombres", "dni", "firmante"),
                silent=("correo",),
            ),
        ),
        note="The oficio is announced, the RD is attached: its name and DNI stand there.",
    ),
    Sample(
        name="firmante-sin-cargo",
        sender=from_office(CANAS),
        registered="080005",
        at="2026-03-17T09:40",
        subject="Alta especialista SIAGIE Canas",
        text="Adjunto oficio y RD.\n",
        files=(
            Attach(
                "oficio 39.pdf",
                Oficio(
                    people=(CCASA,),
                    office=CANAS,
                    number="OFICIO N° 039-2026-UGEL-CANAS",
                    omit=("puesto",),
                    ink="pen",
                    initials=("C.c. Archivo",),
                    wording=3,
                ).pdf,
            ),
            Attach("RD 77.pdf", Rd(people=(CCASA,), office=CANAS, number="N° 0077-2026").pdf),
        ),
        asks=(Ask(procedure="5.1", holder=CCASA, office="080005", amiss={"firmante": "missing"}),),
    ),
    Sample(
        name="sin-s09",
        sender=USAU,
        at="2026-03-20T17:01",
        subject="Alta de agente Central de Atención SIAGIE",
        text=(
            "Estimados: solicitamos crear usuario SIAGIE para el Agente de la Central de Atención "
            "Joel Martín Salcedo Neyra, DNI N° 71846302, correo jsalcedo@minedu.example.\n\nUSAU "
            "- OTIC\n"
        ),
        asks=(
            Ask(
                procedure="2.1",
                holder=replace(SALCEDO, correo="jsalcedo@minedu.example"),
                office="MINEDU",
                amiss={"s09": "missing"},
            ),
        ),
    ),
    Sample(
        name="sin-copia-de-dni",
        sender="Cirilo Asencios <cirilo.asencios@correo.example>",
        registered=None,
        at="2026-03-21T13:10",
        subject="baja de mi usuario de director ie 86321",
        text="Señores UGEL Huari, adjunto solicitud de baja. Ya no soy director.\n",
        files=(
            Attach(
                "solicitud baja.pdf",
                Solicitud(
                    person=ESPINOZA,
                    office=IE_HUARI,
                    action="baja",
                    role="ex director",
                    addressee=("SEÑOR DIRECTOR DE LA UNIDAD DE GESTIÓN EDUCATIVA LOCAL DE HUARI",),
                    expone=(
                        (
                            "Que, habiendo cesado el 1 de marzo de 2026 como director de la I.E. "
                            "N° 86321 Santa Rosa de Viterbo, código modular 0386219, UGEL Huari, "
                            "pido se dé de baja mi usuario de Director en el SIAGIE."
                        ),
                    ),
                    date="21 de marzo de 2026",
                ).pdf,
            ),
        ),
        asks=(
            Ask(
                procedure="8.2",
                holder=ESPINOZA,
                office="0386219",
                amiss={"copia-dni": "missing"},
                silent=("correo",),
            ),
        ),
    ),
    Sample(
        name="especialista-de-nivel-sin-nivel",
        sender=from_office(ANTA),
        registered="080003",
        at="2026-03-23T10:10",
        subject="Alta especialista de nivel UGEL Anta",
        text="Se adjunta oficio y RD de la especialista del nivel educativo.\n",
        files=_two(
            ANTA, CCORI, "0207", "Especialista del nivel educativo", "2026-03-23", wording=1
        ),
        asks=(Ask(procedure="6.1", holder=CCORI, office="080003", amiss={"nivel": "missing"}),),
    ),
    Sample(
        name="pdf-truncado",
        sender=from_office(CANGALLO),
        registered="050002",
        at="2026-03-24T09:02",
        subject="Alta especialista SIAGIE Cangallo",
        text="Se adjunta oficio y resolución escaneada.\n",
        files=(
            _two(CANGALLO, TACURI, "0095", "Especialista SIAGIE UGEL", "2026-03-24", wording=2)[0],
            Attach(
                "RD 0095-2026.pdf",
                lambda: truncate(
                    scan(
                        Rd(people=(TACURI,), office=CANGALLO, number="N° 0095-2026").pdf(),
                        bilevel=True,
                        seed=51,
                    )
                ),
            ),
        ),
        asks=(Ask(procedure="5.1", holder=TACURI, office="050002", amiss={"rd": "unreadable"}),),
    ),
    Sample(
        name="pdf-cifrado",
        sender=from_office(PUERTO_INCA),
        registered="100011",
        at="2026-03-24T17:27",
        subject="OFICIO Nº 045-2026 alta de usuario SIAGIE",
        text=(
            "Remito el oficio para el alta del usuario del Especialista SIAGIE UGEL Puerto Inca, "
            "Neptalí Shupingahua Ruiz, DNI 00184523, neptali.sr@correo.example, y su RD.\n"
        ),
        files=(
            Attach(
                "OFICIO 045-2026.pdf",
                lambda: encrypt(
                    Oficio(
                        people=(SHUPINGAHUA,),
                        office=PUERTO_INCA,
                        number="OFICIO Nº 045-2026-GRH/DREH/UGEL-PI/D",
                    ).pdf(),
                    "ugel2026",
                ),
            ),
            _two(PUERTO_INCA, SHUPINGAHUA, "0120", "Especialista SIAGIE UGEL", "2026-03-24")[1],
        ),
        asks=(
            Ask(
                procedure="5.1",
                holder=SHUPINGAHUA,
                office="100011",
                amiss={"oficio": "unreadable"},
                open=("nombres", "dni", "correo", "firmante"),
                silent=("correo",),
            ),
        ),
        note="What the oficio says cannot be known: its data may be called missing or unreadable.",
    ),
)

# ------------------------------------------------------------------ other files than PDF


def _packed(container: Callable[[Sequence[tuple[str, bytes]]], bytes], n: int) -> bytes:
    """A request's papers in one file, as an archive or Outlook holds them."""
    letter, act = _FILED[n]
    return container([(letter, _letter(n).pdf()), (act, _act(n).pdf())])


_FILED = {
    1: ("EXPEDIENTE/OFICIO N° 0311.pdf", "EXPEDIENTE/Resolución 0311.pdf"),
    2: ("OFICIO 0312.pdf", "RD 0312.pdf"),
}


def _letter(n: int) -> Oficio:
    number = f"OFICIO N° 031{n}-2026-UGEL-CHOTA/DIR"
    return Oficio(people=(BAUTISTA,), office=CHOTA, order="apellidos_nombres", number=number)


def _act(n: int) -> Rd:
    return Rd(people=(BAUTISTA,), office=CHOTA, number=f"N° 031{n}-2026-UGEL-CHOTA")


BAUTISTA = Person("Bautista Cieza", "Elmer Iván", "07654321", "elmer.bautista@correo.example")
_WRITTEN = Letter(office=CHOTA, people=(BAUTISTA,), number="OFICIO N° 0310-2026-UGEL-CHOTA/DIR")
_OTHER_FILES: Mapping[str, tuple[str, tuple[Attach, ...]]] = {
    "oficio-en-docx": (
        "El oficio va en Word.",
        (
            Attach(
                "OFICIO 0310.docx",
                lambda: as_docx(_WRITTEN),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            Attach("RD 0310.pdf", _act(0).pdf),
        ),
    ),
    "todo-en-un-zip": (
        "Van el oficio y la resolución comprimidos.",
        (Attach("EXPEDIENTE.zip", lambda: _packed(zipped, 1), "application/zip"),),
    ),
    "winmail-dat": (
        "Van el oficio y la resolución.",
        (Attach("winmail.dat", lambda: _packed(winmail, 2), "application/ms-tnef"),),
    ),
    "oficio-en-doc-antiguo": (
        "El oficio está en Word antiguo.",
        (
            Attach("OFICIO 0310.doc", (FILES / "oficio-0310.doc").read_bytes, "application/msword"),
            Attach("RD 0310.pdf", _act(0).pdf),
        ),
    ),
    "foto-heic": (
        "La foto del oficio es de mi teléfono.",
        (
            Attach("IMG_2041.HEIC", (FILES / "oficio-0310.heic").read_bytes, "image/heic"),
            Attach("RD 0310.pdf", _act(0).pdf),
        ),
    ),
}
OTHER_FILES = tuple(
    Sample(
        name=name,
        sender=from_office(CHOTA),
        registered="060004",
        at="2026-03-26T09:40",
        subject="Alta de usuario SIAGIE UGEL Chota",
        text=f"Buenos días, solicito el alta del usuario SIAGIE. {text}\n",
        files=files,
        asks=(Ask(procedure="5.1", holder=BAUTISTA, office="060004"),),
    )
    for name, (text, files) in _OTHER_FILES.items()
)

# ------------------------------------------------------------------ papers that disagree, traps


CONFLICTS = (
    Sample(
        name="rd-nombra-a-otra-persona",
        sender=from_office(CASMA),
        registered="020008",
        at="2026-03-05T08:08",
        subject="Alta especialista SIAGIE UGEL Casma",
        text="Se adjunta oficio y RD.\n",
        files=(
            _two(CASMA, MEJIA, "0076", "Especialista SIAGIE UGEL", "2026-03-05")[0],
            _two(CASMA, GARRO, "0076", "Especialista SIAGIE UGEL", "2026-03-05")[1],
        ),
        asks=(Ask(procedure="5.1", holder=MEJIA, office="020008", amiss={"rd": "conflict"}),),
    ),
    Sample(
        name="dni-de-la-rd-distinto",
        sender=from_office(URUBAMBA),
        registered="080013",
        at="2026-03-06T16:16",
        subject="Alta estadístico Urubamba",
        text="Oficio y RD adjuntos.\n",
        files=(
            _two(URUBAMBA, HUILLCA, "0181", "Estadístico UGEL", "2026-03-06", wording=1)[0],
            _two(
                URUBAMBA, replace(HUILLCA, dni="24678913"), "0181", "Estadístico UGEL", "2026-03-06"
            )[1],
        ),
        asks=(
            Ask(
                procedure="7.1",
                holder=HUILLCA,
                office="080013",
                amiss={"dni": "conflict"},
                silent=("dni",),
            ),
        ),
        note="24679813 in the oficio, 24678913 in the RD.",
    ),
    Sample(
        name="dni-del-cuerpo-distinto",
        sender=from_office(SATIPO),
        registered="120007",
        at="2026-03-09T10:21",
        subject="Alta Especialista SIAGIE UGEL Satipo",
        text=(
            "Remito oficio y RD de la Lic. Edith Mahuanca Quintori, DNI N° 20958231, Especialista "
            "SIAGIE de la UGEL Satipo.\n"
        ),
        files=_two(SATIPO, SHAREVA, "0233", "Especialista SIAGIE UGEL", "2026-03-09", wording=1),
        asks=(
            Ask(
                procedure="5.1",
                holder=SHAREVA,
                office="120007",
                amiss={"dni": "conflict"},
                silent=("dni",),
            ),
        ),
        note="20958213 in the oficio and the RD, 20958231 in the body.",
    ),
    Sample(
        name="rd-visto-nombra-a-otros",
        sender=from_office(LEONCIO_PRADO),
        registered="100008",
        at="2026-03-10T09:35",
        subject="Alta especialista SIAGIE Leoncio Prado",
        text="Adjunto oficio y RD (02 páginas).\n",
        files=(
            _two(
                LEONCIO_PRADO, INOCENTE, "0418", "Especialista SIAGIE UGEL", "2026-03-10", wording=3
            )[0],
            Attach(
                "RD 0418.pdf",
                Rd(
                    people=(INOCENTE,),
                    office=LEONCIO_PRADO,
                    others=(TELLO, ROQUE),
                    number="N° 000418-2026-UGEL-LP",
                    padding=6,
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="5.1", holder=INOCENTE, office="100008"),),
    ),
    Sample(
        name="dni-del-director-en-la-firma",
        sender=from_office(CANDARAVE),
        registered="230004",
        at="2026-03-11T17:18",
        subject="Alta especialista SIAGIE Candarave",
        text="Se adjunta oficio y resolución.\n\nToribio Copaja Huanca\nDNI 00428917\n",
        files=_two(
            CANDARAVE, CHAMBILLA, "0029", "Especialista SIAGIE UGEL", "2026-03-11", wording=3
        ),
        asks=(Ask(procedure="5.1", holder=CHAMBILLA, office="230004"),),
    ),
    Sample(
        name="encargatura-con-fecha-de-fin",
        sender=from_office(MARISCAL_NIETO),
        registered="180001",
        at="2026-01-15T12:00",
        subject="Encargatura estadística UGEL Mariscal Nieto",
        text="Se remite oficio y resolución de encargatura.\n",
        files=(
            _two(MARISCAL_NIETO, PAREDES, "0011", "Estadístico UGEL", "2026-01-15", wording=1)[0],
            Attach(
                "RD encargatura.pdf",
                Rd(
                    people=(PAREDES,),
                    office=MARISCAL_NIETO,
                    number="N° 00111-2026-UGEL-MN",
                    role="Estadístico UGEL",
                    act="ENCARGAR",
                    since="con eficacia anticipada a partir del 02 de enero de 2026",
                    until="31 de diciembre de 2026",
                    date="12 de enero de 2026",
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="7.1", holder=PAREDES, office="180001"),),
    ),
    Sample(
        name="resolucion-ejecutiva-regional",
        sender=from_office(UCAYALI),
        registered="250000",
        at="2026-02-24T11:05",
        subject="Responsable SIAGIE de la DRE Ucayali",
        text="Se remite oficio y la Resolución Ejecutiva Regional de designación.\n",
        files=(
            _two(UCAYALI, VASQUEZ_P, "0265", "Responsable del SIAGIE", "2026-02-24")[0],
            Attach(
                "RER 0155-2026.pdf",
                Rd(
                    people=(VASQUEZ_P,),
                    office=replace(
                        UCAYALI,
                        name="Dirección Regional de Educación de Ucayali",
                        letterhead=("GOBIERNO REGIONAL DE UCAYALI", "GOBERNACIÓN REGIONAL"),
                    ),
                    kind="Resolución Ejecutiva Regional",
                    number="N.° 0155-2026-GRU-GR",
                    date="20 de febrero de 2026",
                    role="Responsable del SIAGIE",
                    signatory=Signatory("Abog. Manuel Gambini Vela", "GOBERNADOR REGIONAL"),
                    initials=("MGV/GR",),
                ).pdf,
            ),
        ),
        asks=(Ask(procedure="3.1", holder=VASQUEZ_P, office="250000"),),
    ),
    Sample(
        name="especialista-ebe-inicial",
        sender=from_office(SAN_BORJA),
        registered="150108",
        at="2026-03-18T15:37",
        subject="OFICIO 0590 - especialista EBE",
        text="Se adjunta oficio y RD de la especialista de Educación Básica Especial - Inicial.\n",
        files=_two(
            SAN_BORJA,
            UGARTE,
            "0590",
            "Especialista de Educación Básica Especial – Inicial",
            "2026-03-18",
            wording=1,
        ),
        asks=(Ask(procedure="6.1", holder=UGARTE, office="150108", nivel="EBE Inicial"),),
    ),
)

OFFICES = (
    Sample(
        name="ugel-la-union-con-region",
        sender=from_office(LA_UNION),
        registered="200003",
        at="2026-03-12T09:00",
        subject="Alta especialista SIAGIE UGEL La Unión",
        text="Se adjunta oficio y RD.\n\nUGEL La Unión - Piura\n",
        files=_two(LA_UNION, SERNAQUE, "0144", "Especialista SIAGIE UGEL", "2026-03-12"),
        asks=(Ask(procedure="5.1", holder=SERNAQUE, office="200003"),),
    ),
    Sample(
        name="ugel-la-union-sin-region",
        sender=from_office(LA_UNION_SOLA, "SIAGIE"),
        registered=None,
        at="2026-03-12T19:30",
        subject="Alta especialista SIAGIE UGEL La Unión",
        text="Se adjunta oficio y RD.\n\nUGEL La Unión\n",
        files=_two(LA_UNION_SOLA, BENAVIDES, "0051", "Especialista SIAGIE UGEL", "2026-03-12"),
        asks=(
            Ask(
                procedure="5.1",
                holder=BENAVIDES,
                office=None,
                amiss={"oficina": "missing"},
                open=("solicitante",),
            ),
        ),
        note="Arequipa or Piura: nothing says which, and the address is registered for neither.",
    ),
    Sample(
        name="ugel-01-lima-o-la-libertad",
        sender=from_office(PORVENIR),
        registered="130014",
        at="2026-03-13T11:11",
        subject="Alta especialista SIAGIE UGEL 01",
        text="Se remite oficio y RD de la UGEL N° 01.\n",
        files=_two(PORVENIR, REYNA, "0377", "Especialista SIAGIE UGEL", "2026-03-13", wording=1),
        asks=(Ask(procedure="5.1", holder=REYNA, office="130014"),),
        note="Only the sender's address tells it from UGEL 01 of Lima.",
    ),
    Sample(
        name="remitente-de-otra-ugel",
        sender=from_office(SULLANA),
        registered="200010",
        at="2026-03-16T16:06",
        subject="Alta estadístico",
        text="Se adjunta oficio y RD.\n",
        files=_two(AYABACA, CORDOVA, "0119", "Estadístico I", "2026-03-16"),
        asks=(
            Ask(
                procedure="7.1",
                holder=CORDOVA,
                office="200005",
                amiss={"solicitante": "conflict"},
                open=("oficina",),
            ),
        ),
    ),
    Sample(
        name="remitente-no-registrado",
        sender="SIAGIE DRE PASCO <siagie.drepasco@correo.example>",
        registered=None,
        at="2026-03-18T08:29",
        subject="Solicito usuario SIAGIE Estadístico DRE Pasco",
        text="Buenos días, por falla del correo institucional envío por este medio.\n",
        files=_two(PASCO, ATENCIO, "0420", "Estadístico DRE", "2026-03-18", wording=1),
        asks=(Ask(procedure="4.1", holder=ATENCIO, office="190000", open=("solicitante",)),),
        note="Offices write from free mail too: whether that will do is for a person.",
    ),
    Sample(
        name="pronoei-pide-personal",
        sender="Luzmila Briones <luzmila.briones@correo.example>",
        registered=None,
        at="2026-04-06T18:48",
        subject="usuario siagie para pronoei",
        text=(
            "Profesora coordinadora, soy la promotora Luzmila Briones Ruiz, DNI 26963158, del "
            "PRONOEI Estrellitas del Saber (código modular 3918274, UGEL Cajabamba). Le pido que "
            "me cree un usuario SIAGIE como personal para registrar a mis niños.\n"
        ),
        asks=(
            Ask(
                procedure="9.1",
                holder=RUIZ,
                office="3918274",
                open=("*",),
                silent=("correo",),
                refused=True,
            ),
        ),
        note="A PRONOEI gets no further users (guide IV.8.f, IV.9): it cannot be complete.",
    ),
)

# ------------------------------------------------------------------ no request for an account

NEWSLETTER = (
    ("List-Id", "Boletin Educa <boletin.educa-noticias.example>"),
    ("List-Unsubscribe", "<https://educa-noticias.example/baja>"),
    ("Precedence", "bulk"),
)
OTHERS = (
    Sample(
        name="pide-resetear-contrasena",
        sender="Norma Paredes <norma.paredes@correo.example>",
        registered=None,
        at="2026-03-20T07:15",
        subject="Reseteo de clave SIAGIE",
        text=(
            "Buenos días, por favor resetear la contraseña de mi usuario SIAGIE, soy directora de "
            "la I.E. N° 88013, código modular 0742106. Me sale usuario bloqueado. DNI 32968417.\n"
        ),
        kind="unrelated",
        note="Answered, kindly, once: the guide knows no password reset.",
    ),
    Sample(
        name="pregunta-por-nominas",
        sender="I.E. 10384 Cutervo <ie10384@correo.example>",
        at="2026-06-10T11:50",
        subject="Consulta nómina de matrícula",
        text=(
            "Estimados, no puedo aprobar la nómina de matrícula del 2° grado porque me falta dar "
            "de baja a un estudiante trasladado. ¿Cómo rectifico la nómina en el SIAGIE?\n"
        ),
        kind="unrelated",
        note="“Dar de baja” is said of a pupil, not of a user.",
    ),
    Sample(
        name="boletin-con-list-id",
        sender="Educa Noticias <boletin@educa-noticias.example>",
        registered=None,
        at="2026-03-21T05:00",
        subject="¡Dale de alta a tu carrera! Especializaciones 2026",
        text="Diplomados para directores y especialistas. Si desea darse de baja haga clic aquí.\n",
        options={"headers": NEWSLETTER},
        kind="automatic|unrelated",
    ),
    Sample(
        name="fuera-de-oficina",
        sender=from_office(CHOTA),
        subject="Respuesta automática: Usuario del SIAGIE creado",
        kind="automatic",
        options={"authenticated": True},
        raw=lambda: mails.out_of_office(
            from_office(CHOTA),
            BOT,
            "Respuesta automática: Usuario del SIAGIE creado",
            "Me encuentro de vacaciones hasta el 16 de marzo. Para trámites urgentes escribir a "
            "direccion@ugelchota.example.\n",
            answers="<siagie-9.notice@mailbot.example>",
        ),
        registered="060004",
    ),
    Sample(
        name="rebote",
        sender="MAILER-DAEMON@mail.correo.example",
        kind="automatic",
        raw=lambda: mails.bounce(
            "rosa.qispe@correo.example",
            BOT,
            mails.head(
                (
                    ("From", f"Usuarios SIAGIE <{BOT}>"),
                    ("To", "rosa.qispe@correo.example"),
                    ("Subject", mails.encoded_words("Su usuario del SIAGIE – código")),
                    ("Message-ID", "<siagie-9.holder@mailbot.example>"),
                )
            ),
        ),
    ),
)

# ------------------------------------------------------------------ answers of a person who decides

ADMIN = "Administrador SIAGIE UE <administrador.siagie@minedu.example>"
QUESTION = (
    "##- Responda por encima de esta línea -##\n\n"
    "Solicitud SIAGIE-{case}\n\n"
    "La UGEL Chota pide el alta del usuario Especialista SIAGIE UGEL.\n\n"
    "Apellidos y nombres: QUISPE MAMANI, Rosa Elena\n"
    "DNI: 42871359\n"
    "Correo: rosa.quispe@correo.example\n"
    "Usuario actual, que se daría de baja: TARRILLO IDROGO, Elser\n\n"
    "Responda a este correo con una de estas palabras:\n"
    "  APROBAR\n  RECHAZAR: motivo\n  OBSERVAR: lo que falta\n"
)
SUBJECT = "[SIAGIE-{case}] Alta de usuario: Especialista SIAGIE UGEL, UGEL Chota"


def _question(case: int, when: str) -> Quoted:
    """Return the bot's question as an answer quotes it."""
    text = QUESTION.format(case=case)
    asked = SUBJECT.format(case=case)
    return Quoted(f"Usuarios SIAGIE <{BOT}>", when, asked, text, address(ADMIN))


def _token_address(name: str) -> str:
    """Return the address that the bot's question asks to answer to."""
    token = base64.b32encode(sha256(name.encode()).digest())[:32].decode().lower()
    return f"siagie+{token}@mailbot.example"


def _reply(  # noqa: PLR0913 - what varies
    name: str,
    case: int,
    text: str | None,
    decision: str,
    *,
    files: Sequence[Attach] = (),
    html: str | None = None,
    re: str = "Re",
    note: str = "",
    **meant: Json | str,
) -> Sample:
    """Return an answer to the question of one case."""
    asked = f"<siagie-{case}.question@mailbot.example>"
    options = Options(in_reply_to=asked, references=(asked,))
    return Sample(
        name=f"respuesta-{name}",
        sender=ADMIN,
        to=_token_address(name),
        at=f"2026-03-04T{8 + case % 10:02d}:{case}",
        subject=f"{re}: {SUBJECT.format(case=case)}",
        text=text,
        files=files,
        options=options | Options(html=html) if html else options,
        kind="reply",
        reply={"case": case, "decision": decision, **meant},
        note=note,
    )


GMAIL = "mar, 3 mar 2026 a las 10:16"
OUTLOOK = "martes, 3 de marzo de 2026 10:16"
IPHONE = "3 mar. 2026, a la(s) 10:16 a. m."
REPLIES = (
    _reply(
        "aprobar-desde-el-telefono",
        12,
        mails.answered_iphone("aprobar", _question(12, IPHONE)),
        "approve",
    ),
    _reply(
        "apruebo-desde-outlook",
        13,
        mails.answered_outlook("Apruebo.\n\nSaludos", _question(13, OUTLOOK)),
        "approve",
        re="RE",
    ),
    _reply(
        "apruebo-debajo-de-la-cita",
        14,
        mails.answered_below("Apruebo", _question(14, GMAIL)),
        "approve",
    ),
    _reply(
        "si-conforme", 15, mails.answered_gmail("Sí, conforme", _question(15, GMAIL)), "approve"
    ),
    _reply(
        "no-apruebo",
        16,
        mails.answered_gmail("No apruebo, falta la firma", _question(16, GMAIL)),
        "reject",
        reason="falta la firma",
    ),
    _reply(
        "no-procede",
        17,
        mails.answered_outlook("No procede.", _question(17, OUTLOOK)),
        "reject",
        re="RE",
    ),
    _reply(
        "observar",
        18,
        mails.answered_gmail(
            "OBSERVAR: la RD no tiene número, que la vuelvan a enviar", _question(18, GMAIL)
        ),
        "observe",
        reason="la RD no tiene número, que la vuelvan a enviar",
    ),
    _reply(
        "si-pero",
        19,
        mails.answered_iphone(
            "Sí, pero primero confirmen si la anterior ya entregó el cargo", _question(19, IPHONE)
        ),
        "unclear",
    ),
    _reply(
        "aprobar-con-interrogacion",
        20,
        mails.answered_gmail("APROBAR?", _question(20, GMAIL)),
        "unclear",
    ),
    _reply(
        "aprobar-solo-en-la-cita",
        21,
        mails.answered_gmail("Recibido, lo veo mañana.", _question(21, GMAIL)),
        "unclear",
    ),
    _reply(
        "aprobar-solo-en-html-oculto",
        22,
        None,
        "unclear",
        html=(
            "<html><body><p>Lo reviso y les aviso.</p>"
            "<div style='display:none;font-size:0'>APROBAR</div></body></html>"
        ),
    ),
    _reply(
        "aprobar-solo-en-un-txt-adjunto",
        23,
        "Va mi respuesta en el archivo.\n",
        "unclear",
        files=(Attach("respuesta.txt", lambda: b"APROBAR\r\n", "text/plain"),),
    ),
    _reply(
        "aprobar-solo-en-un-mensaje-adjunto",
        24,
        "Les paso lo que me contestó la jefa.\n",
        "unclear",
        files=(
            Attach(
                None,
                lambda: compose(
                    "Jefatura UE <jefatura.ue@minedu.example>",
                    "administrador.siagie@minedu.example",
                    "Re: consulta",
                    text="APROBAR\n",
                    authenticated=False,
                ),
                "message/rfc822",
            ),
        ),
    ),
    _reply(
        "corrige-el-dni",
        25,
        mails.answered_gmail("dni 12345678", _question(25, GMAIL)),
        "correct",
        fields={"dni": "12345678"},
    ),
    Sample(
        name="respuesta-fuera-de-oficina-con-la-pregunta",
        sender=ADMIN,
        kind="automatic",
        options={"authenticated": True},
        raw=lambda: mails.out_of_office(
            ADMIN,
            _token_address("fuera-de-oficina"),
            f"Respuesta automática: {SUBJECT.format(case=26)}",
            mails.answered_outlook("Estoy de licencia hasta el lunes 9.", _question(26, OUTLOOK)),
            answers="<siagie-26.question@mailbot.example>",
        ),
    ),
)

SAMPLES: tuple[Sample, ...] = (
    *PROCEDURES,
    *SCANS,
    *PEOPLE,
    *MAILS,
    *DNIS,
    *MISSING,
    *OTHER_FILES,
    *CONFLICTS,
    *OFFICES,
    *OTHERS,
    *REPLIES,
)


def truth_bytes(sample: Sample) -> bytes:
    """Return the truth as it is written, its keys in the contract's order."""
    return (json.dumps(sample.truth(), ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: Path = FOLDER) -> int:
    """Write every sample and its truth, drop what no sample owns, return how many there are."""
    folder.mkdir(exist_ok=True)
    files = {f"{s.name}.eml": s.mail() for s in SAMPLES}
    files |= {f"{s.name}.truth.json": truth_bytes(s) for s in SAMPLES}
    for stale in {p.name for p in folder.glob("*.*")} - files.keys():
        (folder / stale).unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return len(SAMPLES)


if __name__ == "__main__":
    sys.stdout.write(f"{write()} samples\n")
