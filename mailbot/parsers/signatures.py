"""Digital signatures in a PDF: who signed, when, and whether it still holds.

The home of pyHanko and cryptography. Runs inside the sandbox and offline: whether a certificate was
revoked is known only where the file brings the proof along. `verdicts` says what the facts found
here are worth.
"""

import io
import logging
import struct
import zlib
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import validation as pades
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, PdfSignatureStatus
from pyhanko.sign.validation import SignatureCoverageLevel as Coverage
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext, errors
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from mailbot.model import Anchors, Signature, Verdict
from mailbot.parsers import pdf, verdicts
from mailbot.parsers.verdicts import Facts

for _noisy in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)

_MARK = b"/ByteRange"
"""Stands in every signed file as it is: a signature cannot lie in a compressed object."""
_MOST = 12
"""Signatures looked at in one file; an oficio has one to four."""

BROKEN = (
    *(PdfError, UnsupportedAlgorithm, InvalidSignature, errors.PathError, errors.ValidationError),
    *(errors.CRLValidationError, errors.OCSPValidationError),
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError),
    *(NotImplementedError, RecursionError, EOFError, OSError, struct.error, zlib.error),
)
"""What pyHanko, asn1crypto and cryptography raise for files that are not what they should be.

The last two rows because asn1crypto parses lazily: any access may meet a value of another type.
"""

_REVISION = Coverage.ENTIRE_REVISION
_DAMAGED = "la firma o el archivo están dañados"
_ALTERED = "lo que se firmó no es lo que contiene el archivo: fue alterado"
_FOREIGN = "usa un algoritmo que este programa no conoce"

T = TypeVar("T")


class _UnknownAlgorithm(ValueError):
    """Not to be taken for a wrong signature, as pyHanko would."""


class _Validator(DefaultSignatureValidator):
    def validate_signature(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  passed on
        try:
            super().validate_signature(*args, **more)
        except (errors.AlgorithmNotSupported, UnsupportedAlgorithm) as error:
            raise _UnknownAlgorithm from error


def read_signatures(data: bytes, anchors: Anchors) -> tuple[Signature, ...]:
    """Every signature in a PDF, oldest first; none for a file without."""
    if _MARK not in data:
        return ()
    try:
        file = _File(data, anchors)
    except BROKEN:
        return (Signature(Verdict.UNPROVEN, _DAMAGED),)
    found: list[Signature] = []
    for signed in reversed(file.signed):
        sound = all(later.verdict is Verdict.VALID for later in found)
        found.append(_judged(file, signed, followed_by_sound=sound))
    damaged = Signature(Verdict.UNPROVEN, _DAMAGED)
    return (*reversed(found), *[damaged] * file.damaged)


# ------------------------------------------------------------------ the file


class _File:
    """A signed file: its signatures, its timestamps, and what it brings along about revocation."""

    def __init__(self, data: bytes, anchors: Anchors) -> None:
        self.data = data
        self.anchors = anchors
        self.reader, self.orderly = _opened(data)
        fields = list(islice(enumerate_sig_fields(self.reader, filled_status=True), 0, _MOST))
        self.names = {name for name, _, _ in fields}
        kept: list[EmbeddedPdfSignature] = []
        for name, _, field in fields:
            with suppress(*BROKEN):
                kept.append(EmbeddedPdfSignature(self.reader, field, name))
        kept.sort(key=lambda signed: signed.signed_revision)
        self.damaged = len(fields) - len(kept)
        self.signed = [e for e in kept if e.sig_object_type == "/Sig"]
        self.stamps = [e for e in kept if e.sig_object_type == "/DocTimeStamp"]

    def context(
        self, roots: Iterable[bytes], moment: datetime | None = None, mode: str = "soft-fail"
    ) -> ValidationContext:
        """What certificates are held against; fetches nothing."""
        return self.revocations.as_validation_context(
            {
                "trust_roots": [c for der in roots for c in load_certs_from_pemder_data(der)],
                "allow_fetching": False,
                "moment": moment,
                "revocation_mode": mode,
                "retroactive_revinfo": True,
                "signature_validator": _Validator(),
            }
        )

    @cached_property
    def revocations(self) -> pades.DocumentSecurityStore:
        """What the file says about revocation, for validation long after (PAdES-LT)."""
        try:
            return pades.DocumentSecurityStore.read_dss(self.reader)
        except NoDSSFoundError:
            return pades.DocumentSecurityStore(None)

    def stamped_after(self, revision: int) -> datetime | None:
        """When a trusted authority saw the file, a revision in it: the earliest such time."""
        later = (s for s in self.stamps if s.signed_revision > revision)
        return min((moment for s in later if (moment := self._stamp(s))), default=None)

    def trails(self, signed: EmbeddedPdfSignature) -> bool:
        """Whether bytes follow the last revision, a signed one, that are part of no other."""
        last = signed.signed_revision == self.reader.xrefs.total_revisions - 1
        return last and bool(self.data[verdicts.end(signed.byte_range) :].strip())

    def looks_other(self, signed: EmbeddedPdfSignature) -> bool:
        """Whether the file shows something else than when it was signed.

        Comments count, unless whoever certified the file lets others comment.
        """
        comments = signed.docmdp_level is not MDPPerm.ANNOTATE
        return pdf.look_different(
            self.data[: verdicts.end(signed.byte_range)], self.data, comments=comments
        )

    def _stamp(self, stamp: EmbeddedPdfSignature) -> datetime | None:
        context = self.context(self.anchors.stamping)
        status = _at_once(pades.async_validate_pdf_timestamp(stamp, context))
        whole = (status.coverage or Coverage.UNCLEAR) >= _REVISION
        return status.timestamp if status.trusted and whole and _own_gap(self.data, stamp) else None


def _opened(data: bytes) -> tuple[PdfFileReader, bool]:
    """The file, and whether it can be read in one way only.

    Word writes files with two cross-reference tables at once; others have slips. A signature over
    the whole of such a file counts; one that was added to afterwards cannot be judged.
    """
    try:
        reader = PdfFileReader(io.BytesIO(data))
        orderly = not reader.xrefs.hybrid_xrefs_present
    except BROKEN:
        orderly = False
    reader = reader if orderly else PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        reader.decrypt(b"")
    return reader, orderly


def _own_gap(data: bytes, signed: EmbeddedPdfSignature) -> bool:
    return verdicts.fills_gap(data, signed.byte_range, signed.pkcs7_content)


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing: no loop, no sockets in the sandbox."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise NotImplementedError


# ------------------------------------------------------------------ one signature


def _judged(file: _File, signed: EmbeddedPdfSignature, *, followed_by_sound: bool) -> Signature:
    told = Signature(Verdict.UNPROVEN, _DAMAGED)
    try:
        subject = signed.signer_cert.subject.native
        told = replace(verdicts.signer(subject, signed.self_reported_timestamp), reason=_DAMAGED)
        first = _validate(file, signed, skip_diff=True)
        if not (first.intact and first.valid):
            return replace(told, verdict=Verdict.INVALID, reason=_ALTERED, changed_after=True)
        proven = _proven(file, signed, first)
        status = _validate(file, signed, proven)
        facts = _facts(file, signed, status, proven, followed_by_sound=followed_by_sound)
    except _UnknownAlgorithm:
        return replace(told, reason=_FOREIGN)
    except BROKEN:
        return told
    verdict, reason = verdicts.judge(facts)
    return replace(
        told,
        verdict=verdict,
        reason=reason,
        signed_at=proven.isoformat() if proven else told.signed_at,
        timestamped=proven is not None,
        changed_after=facts.changed_after,
    )


def _proven(
    file: _File, signed: EmbeddedPdfSignature, status: PdfSignatureStatus
) -> datetime | None:
    """The time by which, on the word of a trusted authority, it was signed."""
    stamp = status.timestamp_validity
    if stamp and stamp.trusted:
        return stamp.timestamp
    return file.stamped_after(signed.signed_revision)


def _validate(
    file: _File,
    signed: EmbeddedPdfSignature,
    moment: datetime | None = None,
    *,
    mode: str = "soft-fail",
    skip_diff: bool = False,
) -> PdfSignatureStatus:
    """Validate as of a moment, else as of now."""
    signing = file.context(file.anchors.signing, moment, mode)
    stamping = file.context(file.anchors.stamping)
    return _at_once(
        pades.async_validate_pdf_signature(signed, signing, stamping, skip_diff=skip_diff)
    )


def _facts(
    file: _File,
    signed: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    proven: datetime | None,
    *,
    followed_by_sound: bool,
) -> Facts:
    found = status.diff_result
    analysed = isinstance(found, DiffResult)
    fields = found.changed_form_fields - file.names if isinstance(found, DiffResult) else set()
    coverage = status.coverage or Coverage.UNCLEAR
    allowed, revoked = signed.docmdp_level, status.revocation_details
    whole = coverage >= _REVISION and _own_gap(file.data, signed)
    return Facts(
        whole=whole,
        untouched=whole and coverage == Coverage.ENTIRE_FILE,
        orderly=file.orderly,
        trailing=coverage == _REVISION and file.trails(signed),
        suspicious=not analysed,
        looks_other=not analysed and whole and file.looks_other(signed),
        forbidden=status.docmdp_ok is False and allowed in _CLOSED,
        filled=bool(fields),
        permitted=allowed in (MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE),
        added_to=isinstance(found, DiffResult) and found.modification_level > _UPKEEP,
        followed_by_sound=followed_by_sound,
        anchored=bool(file.anchors.signing),
        self_made=not status.trusted and signed.signer_cert.self_signed != "no",
        trouble=_trouble(status),
        since=status.error_time_horizon,
        revoked_before=bool(proven and revoked and revoked.revocation_date <= proven),
        conforms=status.seed_value_ok,
        revocation_known=status.trusted and _unrevoked(file, signed, proven),
    )


_UPKEEP = ModificationLevel.LTA_UPDATES
_CLOSED = (MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS)


def _trouble(status: PdfSignatureStatus) -> str | None:
    """What is wrong with the certificate, by the name ETSI EN 319 102-1 gives it."""
    if status.trust_problem_indic is not None:
        return str(status.trust_problem_indic.standard_name)
    return None if status.trusted else "NO_CERTIFICATE_CHAIN_FOUND"


def _unrevoked(file: _File, signed: EmbeddedPdfSignature, moment: datetime | None) -> bool:
    """Whether the file proves of every certificate that it was not revoked."""
    brought = file.revocations.crls or file.revocations.ocsps
    return bool(brought) and _validate(file, signed, moment, mode="require").trusted
