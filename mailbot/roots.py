"""Whom digital signatures are traced back to: root certificates and trust lists in a folder.

The home of asn1crypto and lxml. A certificate in PEM or DER counts for signers and timestamps
alike. A trust list (ETSI TS 119 612; INDECOPI publishes Peru's) counts service by service. Nothing
here verifies the list's own signature: whoever puts a file into the folder answers for it.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from asn1crypto import pem, x509
from lxml import etree

from mailbot.errors import ConfigError
from mailbot.model import NO_ANCHORS, Anchors

_MOST = 20_000_000  # bytes; the list of a country has a few hundred thousand
_TSL = "{http://uri.etsi.org/02231/v2#}"
_TRUSTED = ("undersupervision", "accredited", "granted")
"""The statuses of a service that counts. Peru's list still says ``undersupervision``, as the
European ones did before 2016; libraries made for those keep ``granted`` alone."""
_SIGNING = ("CA/QC", "CA/PKC")
_STAMPING = ("TSA", "TSA/QTST", "TSA/TSS-QC", "TSA/TSS-AdESQCandQES")


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list as published: the file's name, how many services count, when issued, until when."""

    name: str
    services: int
    issued: datetime | None
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Roots:
    """What a folder holds: certificates of its own, and those of its lists."""

    certificates: int = 0
    lists: tuple[TrustList, ...] = ()
    anchors: Anchors = NO_ANCHORS


@dataclass(frozen=True, slots=True)
class _Found:
    """What one file gave."""

    own: tuple[bytes, ...] = ()
    signing: tuple[bytes, ...] = ()
    stamping: tuple[bytes, ...] = ()
    list: TrustList | None = None


def read_roots(folder: Path) -> Roots:
    """Read a folder, if it is there; ConfigError for a file that is neither of both kinds."""
    if not folder.is_dir():
        return Roots()
    files = [p for p in sorted(folder.iterdir()) if p.is_file() and not _aside(p)]
    found = [_read(path) for path in files]
    own = _once(f.own for f in found)
    return Roots(
        certificates=len(own),
        lists=tuple(f.list for f in found if f.list),
        anchors=Anchors(
            signing=_once([own, *(f.signing for f in found)]),
            stamping=_once([own, *(f.stamping for f in found)]),
        ),
    )


def _aside(path: Path) -> bool:
    """Notes that may lie beside the certificates."""
    return path.name.startswith(".") or path.suffix.lower() in (".txt", ".md")


def _once(
    several: "Sequence[tuple[bytes, ...]] | Iterator[tuple[bytes, ...]]",
) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(several)))


_DER = b"\x30"
"""How every certificate in DER begins; the bytes that follow may be any, a ``<`` among them."""


def _read(path: Path) -> _Found:
    try:
        if path.stat().st_size > _MOST:
            raise ConfigError(f"{path}: es demasiado grande para ser un certificado o una lista.")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: no se puede leer: {error.strerror}.") from None
    try:
        if not data.startswith(_DER) and b"<" in data[:200]:
            return _read_list(path.name, data)
        return _Found(own=_certificates(data))
    except (ValueError, etree.XMLSyntaxError):
        raise ConfigError(
            f"{path}: no es un certificado (PEM o DER) ni una lista de confianza (XML). "
            "Quítelo de la carpeta o vuelva a descargarlo."
        ) from None


def _certificates(data: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM or DER file; ValueError for anything else."""
    if not pem.detect(data):
        return (_checked(data),)
    parts = pem.unarmor(data, multiple=True)
    found = tuple(_checked(der) for kind, _, der in parts if kind == "CERTIFICATE")
    if not found:
        raise ValueError
    return found


def _checked(der: bytes) -> bytes:
    """A certificate that can be read to the end; ValueError for another."""
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.native
    return der


# ------------------------------------------------------------------ trust lists


def _read_list(name: str, data: bytes) -> _Found:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    if root.tag != f"{_TSL}TrustServiceStatusList":
        raise ValueError
    services = [s for s in root.iter(f"{_TSL}ServiceInformation") if _last(s, "Status") in _TRUSTED]
    signing = [s for s in services if _type(s) in _SIGNING]
    stamping = [s for s in services if _type(s) in _STAMPING]
    scheme = f"{_TSL}SchemeInformation/{_TSL}"
    return _Found(
        signing=_once(_identities(s) for s in signing),
        stamping=_once(_identities(s) for s in stamping),
        list=TrustList(
            name,
            len(signing) + len(stamping),
            _moment(root.findtext(f"{scheme}ListIssueDateTime")),
            _moment(root.findtext(f"{scheme}NextUpdate/{_TSL}dateTime")),
        ),
    )


def _last(service: etree._Element, field: str) -> str:
    """The last part of a URI: lists differ in what stands before it."""
    return str(service.findtext(f"{_TSL}Service{field}") or "").strip().rpartition("/")[2]


def _type(service: etree._Element) -> str:
    uri = str(service.findtext(f"{_TSL}ServiceTypeIdentifier") or "").strip()
    return uri.partition("/Svctype/")[2]


def _identities(service: etree._Element) -> tuple[bytes, ...]:
    """The certificates of a service; one that cannot be read counts for nothing."""
    return tuple(der for node in service.iter(f"{_TSL}X509Certificate") for der in _decoded(node))


def _decoded(node: etree._Element) -> Iterator[bytes]:
    try:
        yield _checked(base64.b64decode("".join((node.text or "").split()), validate=True))
    except (binascii.Error, ValueError):
        return


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
