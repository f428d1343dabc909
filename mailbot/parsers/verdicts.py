"""What a digital signature is worth, by what was found of it. Pure: one table, read downwards.

Three verdicts: what is altered is invalid for certain, whoever signed; what lacks a proof is said
to lack it, never accused; valid is what is left.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Signature, Verdict
from mailbot.workdays import LIMA


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found of a signature over bytes that are the ones signed."""

    whole: bool  # it covers all there was when it was made
    untouched: bool  # it covers all there is
    orderly: bool  # the file's structure can be read in one way only
    trailing: bool  # bytes follow that belong to no update
    suspicious: bool  # something changed that is neither a signature nor a form field
    looks_other: bool  # the pages show something else than when it was made
    forbidden: bool  # a change that whoever certified the file ruled out
    filled: bool  # form fields were filled afterwards
    permitted: bool  # … as whoever certified the file permits
    added_to: bool  # signatures were added afterwards
    followed_by_sound: bool  # … all of them valid
    anchored: bool  # there are roots to hold it against
    self_made: bool  # the signer gave themselves the certificate
    trouble: str | None  # what is wrong with the certificate: a name of ETSI EN 319 102-1
    since: datetime | None  # … and since when
    revoked_before: bool  # it was revoked by the time a timestamp proves
    conforms: bool  # it obeys what the field it stands in demands
    revocation_known: bool  # the file proves that nothing was revoked

    @property
    def changed_after(self) -> bool | None:
        """Whether the file changed after it was signed; None when that cannot be told."""
        unclear = not self.whole or self.trailing or not (self.untouched or self.orderly)
        return None if unclear else self.suspicious or self.filled


_Rule = tuple[Callable[[Facts], bool], Verdict, str]
_RULES: tuple[_Rule, ...] = (
    (
        lambda f: not f.whole,
        Verdict.INVALID,
        "no cubre todo lo que contenía el archivo",
    ),
    (
        lambda f: f.trailing or not (f.untouched or f.orderly),
        Verdict.UNPROVEN,
        "se añadió algo al archivo y no se puede saber qué",
    ),
    (
        lambda f: f.forbidden,
        Verdict.INVALID,
        "el documento cambió después de firmado y quien lo certificó no lo permite",
    ),
    (
        lambda f: f.looks_other,
        Verdict.INVALID,
        "lo que muestra el documento cambió después de firmado",
    ),
    (
        lambda f: f.suspicious,
        Verdict.UNPROVEN,
        "al archivo se le añadió algo después de firmado, sin cambiar sus páginas",
    ),
    (
        lambda f: f.filled and not f.permitted,
        Verdict.UNPROVEN,
        "después de firmado se añadieron o llenaron casillas: lo escrito en ellas no está firmado",
    ),
    (
        lambda f: f.added_to and f.anchored and not f.followed_by_sound,
        Verdict.UNPROVEN,
        "después se añadió otra firma que no es válida o no se pudo comprobar",
    ),
    (
        lambda f: not f.anchored,
        Verdict.UNPROVEN,
        "este buzón no tiene certificados raíz con qué comprobarla",
    ),
    (
        lambda f: f.self_made,
        Verdict.UNPROVEN,
        "quien firma se emitió a sí mismo el certificado: no prueba quién es",
    ),
    (lambda f: f.revoked_before, Verdict.INVALID, "se firmó con un certificado ya revocado"),
    (lambda f: f.trouble is not None, Verdict.UNPROVEN, "{trouble}"),
    (lambda f: not f.conforms, Verdict.UNPROVEN, "no es la firma que el documento exige"),
)
"""The first that applies is the verdict; when none does, the signature is valid."""

_TROUBLES: Mapping[str, str] = {
    "NO_CERTIFICATE_CHAIN_FOUND": "no se reconoce a quien emitió el certificado",
    "OUT_OF_BOUNDS_NO_POE": (
        "el certificado venció{since} y ningún sello de tiempo prueba que se firmó antes"
    ),
    "CHAIN_CONSTRAINTS_FAILURE": "el certificado no es para firmar documentos",
    "CRYPTO_CONSTRAINTS_FAILURE": "usa un algoritmo que ya no es seguro",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "usa un algoritmo que ya no es seguro",
    "REVOKED_NO_POE": (
        "el certificado fue revocado{since} y ningún sello de tiempo prueba que se firmó antes"
    ),
    "REVOKED_CA_NO_POE": "el certificado de quien lo emitió fue revocado{since}",
}
_UNKNOWN = "no se pudo comprobar el certificado"


def judge(facts: Facts) -> tuple[Verdict, str | None]:
    """The verdict, and in Spanish its reason; of a valid one, what else to know."""
    for applies, verdict, reason in _RULES:
        if applies(facts):
            return verdict, reason.format(trouble=_trouble(facts))
    return Verdict.VALID, "; ".join(note for note in _besides(facts) if note) or None


def _trouble(facts: Facts) -> str:
    since = f" el {facts.since.astimezone(LIMA):%d/%m/%Y}" if facts.since else ""
    return _TROUBLES.get(facts.trouble or "", _UNKNOWN).format(since=since)


def _besides(facts: Facts) -> Iterator[str]:
    if facts.filled:
        yield "después se llenaron casillas, como permite quien lo certificó"
    elif facts.added_to:
        yield "después solo se añadieron otras firmas"
    if not facts.revocation_known:
        yield "no se consultó si el certificado fue revocado"


# ------------------------------------------------------------------ what is covered


def fills_gap(data: bytes, byte_range: Sequence[int], contents: bytes) -> bool:
    """Whether what a signature leaves out is the signature itself and nothing else."""
    first, length, second, _ = (int(n) for n in byte_range)
    gap = data[length:second]
    hexadecimal = first == 0 and gap[:1] == b"<" and gap[-1:] == b">"
    return hexadecimal and bytes.fromhex(gap[1:-1].decode("ascii")) == contents


def end(byte_range: Sequence[int]) -> int:
    """The offset at which what a signature covers ends."""
    _, _, start, length = (int(n) for n in byte_range)
    return start + length


# ------------------------------------------------------------------ who signed

_PROFILE = re.compile(r"\s+(?:FAU|FIR|AUT)\s+[0-9]{8,11}\b.*$")
_RUC = re.compile(r"(?<![0-9])((?:10|15|16|17|20)[0-9]{9})(?![0-9])")
_RUC_STANDS_IN = (
    *("common_name", "organization_identifier", "serial_number"),
    "organizational_unit_name",
)
_LONGEST = 120


def signer(subject: Mapping[str, object], moment: datetime | None) -> Signature:
    """The signer as the certificate says: ``APELLIDOS Nombres FAU <RUC> soft`` in Peru's.

    FAU is the profile of an entity's staff, FIR that of a citizen's DNIe.
    """
    rucs = (m for key in _RUC_STANDS_IN for m in _RUC.findall(_clean(subject.get(key))))
    return Signature(
        verdict=Verdict.UNPROVEN,
        signer=_PROFILE.sub("", _clean(subject.get("common_name"))) or None,
        entity=_clean(subject.get("organization_name")) or None,
        ruc=next(rucs, None),
        signed_at=moment.isoformat() if moment else None,
    )


def _clean(value: object) -> str:
    """A name of a certificate as one short line of visible signs."""
    words = " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_LONGEST]
