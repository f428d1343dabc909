"""Why a file could not be read, each with its mend, in the words people receive.

Every text continues «file name:». Pure.
"""

EMPTY = "está vacío: adjúntelo otra vez"
DAMAGED = "está dañado o incompleto: envíelo de nuevo"
LOCKED = "está protegido con contraseña: envíelo sin ella"
AS_PDF = "guárdelo como PDF y envíelo de nuevo"
TWO_KINDS = "es a la vez un PDF y otra clase de archivo: guárdelo otra vez como PDF"
BOMB = (
    "se expande sin medida al abrirlo, como los archivos hechos para hacer daño: "
    "imprímalo de nuevo como PDF y envíe esa copia"
)
TOO_MANY_OBJECTS = (
    "está hecho de demasiadas piezas para un documento: "
    "imprímalo de nuevo como PDF y envíe esa copia"
)
MEMORY = "exige demasiada memoria para abrirlo: envíe una copia más ligera, escaneada a 200 dpi"
SLOW = "tarda demasiado en leerse: envíe una copia más sencilla, escaneada a 200 dpi"
DIED = (
    "hizo fallar al programa que lo lee: está dañado o mal hecho: "
    "imprímalo de nuevo como PDF o escanéelo, y envíe esa copia"
)
WORDY = "tiene demasiadas palabras para un documento: envíe solo los documentos del pedido"
BUDGET = (
    "no se abrió: los adjuntos de este correo exigen demasiado: "
    "envíe solo los documentos del pedido, en archivos más ligeros"
)


class Unopenable(Exception):
    """The file cannot be read; the message says why, in Spanish."""


def too_many_pages(count: int, most: int) -> str:
    """More pages than a request has."""
    return f"tiene {count} páginas y el máximo es {most}: envíe solo los documentos del pedido"


def impossible_page(number: int, width: float, height: float) -> str:
    """A page of so many points that it is no sheet of paper."""
    size = " × ".join(f"{side * 0.0254 / 72:.1f}".replace(".", ",") for side in (width, height))
    return f"su página {number} mide {size} metros: guárdelo otra vez en tamaño A4"


def too_large_picture(width: int, height: int) -> str:
    """A picture of more points than any scan has."""
    return (
        f"contiene una imagen demasiado grande ({width} × {height} puntos); "
        "envíe una foto normal o un escaneo a 200 dpi"
    )


def unknown_kind(kind: str) -> str:
    """A file of a kind that is not read."""
    if kind == "bin":
        return "no se reconoce qué archivo es: envíe el documento en PDF"
    return f"es un archivo «{kind}»: envíe el documento en PDF"


_DOCUMENTS = frozenset({"pdf", "jpg", "png", "tif"})
_SPELLINGS = {"jpeg": "jpg", "tiff": "tif"}


def under_name(problem: str, name: str, kind: str) -> str:
    """A file's problem, and whether it is of another kind than its name says."""
    ending = name.rpartition(".")[2].lower()
    said = _SPELLINGS.get(ending, ending)
    lies = said in _DOCUMENTS and said != kind and problem != EMPTY
    return f"no es lo que su nombre dice: {problem}" if lies else problem
