"""Files that hold files → what is in them. The home of libarchive and of the mail containers.

Nothing is written to disk and no name is used as a path. What an archive says of its sizes is
not believed: bytes are counted as they come. Runs inside the sandbox.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import oxmsg
import tnefparse

try:  # here and not later: looking for a shared library starts programs, which a child may not
    import libarchive
except (ImportError, OSError, TypeError, AttributeError):  # the system has no libarchive
    libarchive = None

from mailbot.parsers import smime
from mailbot.parsers.mail import Malformed, files_in
from mailbot.parsers.opened import File
from mailbot.parsers.problems import DAMAGED, LOCKED, Unopenable

MAX_FILES = 60
MAX_BYTES = 50_000_000
MAX_RATIO = 200
"""Above a megabyte, a file that shrank to less than this part of itself is a bomb."""
_LOOSE = "envíe los documentos sueltos, en PDF"
_TOO_MANY = f"tiene más de {MAX_FILES} archivos: envíe solo los del pedido"
_TOO_LARGE = "ocupa demasiado al descomprimirlo: envíe los documentos sueltos, en PDF"
_EMPTY = "no contiene ningún documento: envíe el documento en PDF"
_DOS = "cp850"
"""What Windows writes names in, in Western Europe and Latin America, where they are not UTF-8."""
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def kept(files: Iterable[tuple[str, bytes]]) -> tuple[File, ...]:
    """The files of a container within its limits, each with the last part of its name."""
    found: list[File] = []
    size = 0
    for path, data in files:
        if not data:
            continue
        size += len(data)
        if len(found) == MAX_FILES:
            raise Unopenable(_TOO_MANY)
        if size > MAX_BYTES:
            raise Unopenable(_TOO_LARGE)
        found.append(File(path.replace("\\", "/").rpartition("/")[2], data))
    if not found:
        raise Unopenable(_EMPTY)
    return tuple(found)


def _is_litter(path: str) -> bool:
    return path.startswith(_LITTER) or path.endswith(_LITTER)


# ------------------------------------------------------------------ archives


def unzip(data: bytes) -> tuple[File, ...]:
    """The files of a ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(data), metadata_encoding=_DOS) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if any(m.flag_bits & 1 for m in members):
                raise Unopenable(LOCKED)
            wanted = [m for m in members if not _is_litter(m.filename)][: MAX_FILES + 1]
            return kept((m.filename, _member(archive, m)) for m in wanted)
    except NotImplementedError as error:
        raise Unopenable(f"está comprimido de un modo poco común: {_LOOSE}") from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
        raise Unopenable(DAMAGED) from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    most = min(MAX_BYTES, max(MAX_RATIO * member.compress_size, 1_000_000))
    with archive.open(member) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Unopenable(_TOO_LARGE)
    return data


def unpack(data: bytes) -> tuple[File, ...]:
    """The files of a RAR or 7z; libarchive has to be on the machine."""
    if libarchive is None:
        raise Unopenable(f"es un archivo comprimido que este buzón no abre: {_LOOSE}")
    try:
        with libarchive.memory_reader(data) as archive:
            return kept(_entries(archive, MAX_RATIO * len(data)))
    except libarchive.ArchiveError as error:
        raise Unopenable(_why(str(error))) from error


def _entries(archive: Iterable[Any], most: int) -> Iterator[tuple[str, bytes]]:
    left = min(MAX_BYTES, max(most, 1_000_000))
    for entry in archive:
        path = entry.pathname or b""
        path = path if isinstance(path, str) else path.decode(_DOS, "replace")
        if not entry.isfile or _is_litter(path):
            continue
        if _is_encrypted(entry._entry_p):  # noqa: SLF001  the binding does not offer it
            raise Unopenable(LOCKED)
        data = bytearray()
        for block in entry.get_blocks():
            data += block
            if len(data) > left:
                raise Unopenable(_TOO_LARGE)
        left -= len(data)
        yield path, bytes(data)


def _is_encrypted(entry: Any) -> bool:  # noqa: ANN401  a pointer
    from libarchive.ffi import c_archive_entry_p, c_int, ffi  # noqa: PLC0415  as above

    return bool(ffi("entry_is_encrypted", [c_archive_entry_p], c_int)(entry))


def _why(said: str) -> str:
    locked = any(word in said.lower() for word in ("encrypt", "passphrase", "password"))
    return LOCKED if locked else DAMAGED


# ------------------------------------------------------------------ mails


def of_mail(data: bytes) -> tuple[File, ...]:
    """The files attached to a mail that is itself a file; its words are nobody's here."""
    try:
        return kept((a.name, a.data) for a in files_in(data))
    except Malformed as error:
        raise Unopenable(DAMAGED) from error


def of_outlook(data: bytes) -> tuple[File, ...]:
    """The files attached to a mail saved by Outlook (MSG)."""
    try:
        attached = oxmsg.Message.load(io.BytesIO(data)).attachments
        return kept((a.file_name or "", a.file_bytes) for a in attached if a.file_bytes)
    except (OSError, KeyError, ValueError, AssertionError, struct.error, IndexError) as error:
        raise Unopenable(DAMAGED) from error


def of_tnef(data: bytes) -> tuple[File, ...]:
    """The files in a winmail.dat."""
    try:
        parsed = tnefparse.TNEF(data, do_checksum=False)
        if 6 + sum(part.length for part in parsed.objects) > len(data):
            raise Unopenable(DAMAGED)
        attached = parsed.attachments
        return kept((a.long_filename() or a.name or "", bytes(a.data)) for a in attached)
    except (ValueError, TypeError, AttributeError, struct.error, IndexError, KeyError) as error:
        raise Unopenable(DAMAGED) from error


def of_signed(data: bytes) -> tuple[File, ...]:
    """What a signature (P7M) encloses."""
    return kept((("", smime.signed_content(data)),))
