"""A certification authority of our own, and hands that sign PDFs with it the way ReFirma does.

Certificates follow the profiles of Peru's state authority (FAU: staff of an entity, with its RUC;
FIR: a citizen's DNIe). Everybody is invented. Keys are made anew in each run.
"""

import base64
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, ImageDraw
from pyhanko import stamp
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

RUC = "20453744168"
ENTITY = "UNIDAD DE GESTION EDUCATIVA LOCAL CHOTA"
SIGNER = "BECERRA TAFUR Julio"
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC))
LAPSED = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC))
BEFORE_LAPSE = datetime(2023, 6, 1, 15, 30, tzinfo=UTC)
STAMP_SIZE = (192, 61)  # points, as ReFirma draws it

Period = tuple[datetime, datetime]


@lru_cache
def _key(number: int) -> RSAPrivateKey:
    """Some keys, made once a run: making one takes a good part of a second."""
    assert number < 6
    return generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Holder:
    """A certificate, its key and the certificates above it, nearest first."""

    certificate: x509.Certificate
    key: RSAPrivateKey = field(repr=False)
    above: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        """The certificate as bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    der = certificate.public_bytes(serialization.Encoding.DER)
    return asn1_x509.Certificate.load(der)


def _asn1_key(key: RSAPrivateKey) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return asn1_keys.PrivateKeyInfo.load(der)


def _name(common: str, *, entity: str | None = None, **more: str) -> x509.Name:
    known = {
        "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "organization_identifier": NameOID.ORGANIZATION_IDENTIFIER,
        "serial": NameOID.SERIAL_NUMBER,
    }
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "PE")]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, entity)] if entity else []
    parts += [x509.NameAttribute(known[key], value) for key, value in more.items()]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, authority: bool, repudiable: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority and not repudiable,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _issue(  # noqa: PLR0913  a certificate has as many parts
    subject: x509.Name,
    key: RSAPrivateKey,
    issuer: Holder | None,
    usage: x509.KeyUsage,
    period: Period = ALWAYS,
    *,
    stamps: bool = False,
) -> Holder:
    begins, ends = period
    draft = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=usage.key_cert_sign, path_length=None), True)  # noqa: FBT003
        .add_extension(usage, critical=True)
    )
    if stamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        draft = draft.add_extension(purpose, critical=True)
    above = (issuer.certificate, *issuer.above) if issuer else ()
    return Holder(draft.sign(issuer.key if issuer else key, hashes.SHA256()), key, above)


@lru_cache
def root() -> Holder:
    """The root of the state's authority."""
    return _issue(_name("Raiz de Prueba"), _key(0), None, _usage(authority=True))


@lru_cache
def issuing() -> Holder:
    """The authority that issues to the staff of entities."""
    subject = _name("Autoridad Emisora de Prueba", entity="Registro de Prueba")
    return _issue(subject, _key(1), root(), _usage(authority=True))


def staff(name: str = SIGNER, period: Period = ALWAYS, *, authentication: bool = False) -> Holder:
    """Somebody of an entity: profile FAU."""
    subject = _name(
        f"{name} FAU {RUC} soft",
        entity=ENTITY,
        organization_identifier=f"NTRPE-{RUC}",
        ou="PE_AREA-DE-GESTION",
        serial="PNOPE-41234567",
    )
    usage = _usage(authority=False, repudiable=authentication)
    return _issue(subject, _key(2), issuing(), usage, period)


def citizen(name: str = "QUISPE ÑAHUI José") -> Holder:
    """Somebody with a DNIe: profile FIR, no entity."""
    subject = _name(f"{name} FIR 01234567 hard", serial="PNOPE-01234567")
    return _issue(subject, _key(3), issuing(), _usage(authority=False))


def stranger(name: str = SIGNER) -> Holder:
    """Somebody who gave themselves a certificate that says what the director's would."""
    subject = _name(f"{name} FAU {RUC} soft", entity=ENTITY, ou=RUC)
    return _issue(subject, _key(4), None, _usage(authority=False))


@lru_cache
def clock() -> Holder:
    """The authority that stamps the time."""
    usage = _usage(authority=False, repudiable=True)
    return _issue(_name("Sello de Tiempo de Prueba"), _key(5), root(), usage, stamps=True)


# ------------------------------------------------------------------ signing


def sign(  # noqa: PLR0913  what ReFirma asks, and what goes wrong
    pdf: bytes,
    by: Holder,
    *,
    number: int = 1,
    stamped_at: datetime | None = None,
    certify: fields.MDPPerm | None = None,
    subfilter: fields.SigSeedSubFilter = fields.SigSeedSubFilter.PADES,
    algorithm: str = "sha256",
    strict: bool = True,
) -> bytes:
    """Sign a PDF: CAdES detached, a picture for a stamp, a timestamp only when one is given."""
    name = f"Firma{number}"
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=strict)
    box = (330, 90 * number, 330 + STAMP_SIZE[0], 90 * number + STAMP_SIZE[1])
    fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    wanted = signers.PdfSignatureMetadata(
        field_name=name,
        reason="Soy el autor del documento",
        md_algorithm=algorithm,
        subfilter=subfilter,
        certify=certify is not None,
        docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
    )
    signer = signers.PdfSigner(
        wanted, _hand(by), timestamper=_watch(stamped_at), stamp_style=_look()
    )
    signed: io.BytesIO = signer.sign_pdf(writer)
    return signed.getvalue()


def _hand(by: Holder) -> signers.SimpleSigner:
    above = SimpleCertificateStore()
    above.register_multiple(map(_asn1, by.above))
    return signers.SimpleSigner(
        signing_cert=_asn1(by.certificate), signing_key=_asn1_key(by.key), cert_registry=above
    )


def _watch(moment: datetime | None) -> timestamps.DummyTimeStamper | None:
    if moment is None:
        return None
    return timestamps.DummyTimeStamper(
        _asn1(clock().certificate), _asn1_key(clock().key), fixed_dt=moment
    )


@lru_cache
def _picture() -> Image.Image:
    """The stamp as a picture: its words are in no text layer."""
    picture = Image.new("RGB", (2 * STAMP_SIZE[0], 2 * STAMP_SIZE[1]), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((1, 1, 2 * STAMP_SIZE[0] - 2, 2 * STAMP_SIZE[1] - 2), outline="navy")
    draw.text((10, 40), "Firmado digitalmente por:", fill="navy")
    return picture


def _look() -> stamp.StaticStampStyle:
    return stamp.StaticStampStyle(
        background=PdfImage(_picture()), background_opacity=1, border_width=0
    )


# ------------------------------------------------------------------ a trust list


def trust_list(*services: tuple[str, str, bytes], issued: str, until: str) -> bytes:
    """A list in the shape of Peru's: services as (type, status, certificate)."""
    rows = "".join(
        f"""<tsl:TSPService><tsl:ServiceInformation>
        <tsl:ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{kind}</tsl:ServiceTypeIdentifier>
        <tsl:ServiceDigitalIdentity><tsl:DigitalId>
        <tsl:X509Certificate>{base64.b64encode(der).decode()}</tsl:X509Certificate>
        </tsl:DigitalId><tsl:DigitalId><tsl:X509SubjectName>CN=x</tsl:X509SubjectName></tsl:DigitalId>
        </tsl:ServiceDigitalIdentity>
        <tsl:ServiceStatus>http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/{status}</tsl:ServiceStatus>
        </tsl:ServiceInformation></tsl:TSPService>"""
        for kind, status, der in services
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <tsl:TrustServiceStatusList xmlns:tsl="http://uri.etsi.org/02231/v2#">
    <tsl:SchemeInformation><tsl:SchemeTerritory>PE</tsl:SchemeTerritory>
    <tsl:ListIssueDateTime>{issued}</tsl:ListIssueDateTime>
    <tsl:NextUpdate><tsl:dateTime>{until}</tsl:dateTime></tsl:NextUpdate></tsl:SchemeInformation>
    <tsl:TrustServiceProviderList><tsl:TrustServiceProvider><tsl:TSPServices>{rows}</tsl:TSPServices>
    </tsl:TrustServiceProvider></tsl:TrustServiceProviderList></tsl:TrustServiceStatusList>
    """.strip().encode()
