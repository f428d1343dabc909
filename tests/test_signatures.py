"""Digital signatures: three verdicts, told to people, never a gate."""

import io
import json
import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import mails
import pki
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from documents import Person, Signatory, oficio, rd, scan, ugel
from golden import said
from house import House, text_of, write_config
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field

from mailbot import contracts, doctor
from mailbot.errors import ConfigError
from mailbot.model import NO_ANCHORS, Anchors, Outcome, Signature, Verdict
from mailbot.parsers import sandbox
from mailbot.parsers.signatures import read_signatures
from mailbot.roots import read_roots
from mailbot.rules import Rules, read_rules

UGEL = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra Tafur", "DIRECTOR"))
ROSA = Person("De la Cruz Mamani", "Rosa Elena", "41234567", "rosa@correo.example")

Change = Callable[[IncrementalPdfFileWriter], None]


@lru_cache
def letter() -> bytes:
    return oficio(people=(ROSA,), office=UGEL)


@lru_cache
def signed() -> bytes:
    return pki.sign(letter(), pki.staff())


def anchors() -> Anchors:
    return Anchors((pki.root().der,), (pki.root().der,))


def only(pdf: bytes, roots: Anchors | None = None) -> Signature:
    found = read_signatures(pdf, anchors() if roots is None else roots)
    assert len(found) == 1
    return found[0]


def changed(pdf: bytes, change: Change) -> bytes:
    """The file after an incremental update, the way editors add to it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _rectangle(*sides: int) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.NumberObject, sides))


def content(writer: IncrementalPdfFileWriter) -> None:
    """Something black drawn over the page."""
    box = generic.StreamObject(stream_data=b"0 0 0 rg 100 400 200 20 re f")
    writer.add_stream_to_page(0, writer.add_object(box))


def comment(writer: IncrementalPdfFileWriter, flags: int = 4) -> None:
    """A red stamp on the page, as an annotation."""
    page = writer.find_page_for_modification(0)[0].get_object()
    look = generic.StreamObject(stream_data=b"1 0 0 rg 0 0 100 100 re f")
    form = {"/Type": "/XObject", "/Subtype": "/Form"}
    look.update({pdf_name(k): pdf_name(v) for k, v in form.items()})
    look[pdf_name("/BBox")] = _rectangle(0, 0, 100, 100)
    appearance = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/F"): generic.NumberObject(flags),
            pdf_name("/Rect"): _rectangle(100, 400, 200, 500),
            pdf_name("/AP"): appearance,
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    writer.update_container(page)


def hidden(writer: IncrementalPdfFileWriter) -> None:
    comment(writer, flags=2)


def new_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Otra", box=(50, 50, 300, 300)))


# ------------------------------------------------------------------ the verdicts


def test_a_signature_that_holds_says_who_for_whom_and_when() -> None:
    """Name, entity and RUC as Peru's profile writes them; the clock is the signer's own."""
    found = only(signed())
    assert found.verdict is Verdict.VALID
    assert (found.signer, found.entity, found.ruc) == (pki.SIGNER, pki.ENTITY, pki.RUC)
    assert found.changed_after is False
    assert found.signed_at is not None
    assert not found.timestamped
    assert "revocado" in (found.reason or "")


def test_a_citizen_has_no_entity() -> None:
    """Profile FIR: the DNI in the certificate is nobody's RUC."""
    found = only(pki.sign(letter(), pki.citizen()))
    assert (found.verdict, found.signer) == (Verdict.VALID, "QUISPE ÑAHUI José")
    assert (found.entity, found.ruc) == (None, None)


def test_an_unsigned_file_has_no_signatures() -> None:
    """Neither typed nor scanned: a picture of a signature is none."""
    assert read_signatures(letter(), anchors()) == ()
    assert read_signatures(scan(letter()), anchors()) == ()


UNPROVEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "stranger": (lambda: pki.sign(letter(), pki.stranger()), "se emitió a sí mismo"),
    "expired": (
        lambda: pki.sign(letter(), pki.staff(period=pki.LAPSED)),
        "el certificado venció el 31/12/2023",
    ),
    "not for signing": (
        lambda: pki.sign(letter(), pki.staff(authentication=True)),
        "no es para firmar",
    ),
    "weak digest": (lambda: pki.sign(letter(), pki.staff(), algorithm="sha1"), "ya no es seguro"),
    "hidden note": (lambda: changed(signed(), hidden), "sin cambiar sus páginas"),
    "new field": (lambda: changed(signed(), new_field), "casillas"),
    "bytes behind it": (lambda: signed() + b"\n% 1 0 obj null endobj\n", "se añadió algo"),
    "certified, comments allowed": (
        lambda: changed(pki.sign(letter(), pki.staff(), certify=MDPPerm.ANNOTATE), comment),
        "sin cambiar sus páginas",
    ),
}


@pytest.mark.parametrize("case", UNPROVEN)
def test_what_lacks_a_proof_is_said_to_lack_it(case: str) -> None:
    """Cannot tell, with the reason; the signer is shown all the same."""
    make, reason = UNPROVEN[case]
    found = only(make())
    assert found.verdict is Verdict.UNPROVEN
    assert reason in (found.reason or "")
    assert found.signer == pki.SIGNER


def test_an_unknown_root_is_no_accusation() -> None:
    """A root that issued nothing here, and no root at all, are two reasons."""
    other = Anchors((pki.stranger().der,))
    assert only(signed(), other).verdict is Verdict.UNPROVEN
    assert "no se reconoce a quien emitió" in (only(signed(), other).reason or "")
    none = only(signed(), NO_ANCHORS)
    assert none.verdict is Verdict.UNPROVEN
    assert "no tiene certificados raíz" in (none.reason or "")


INVALID: dict[str, tuple[Callable[[], bytes], str]] = {
    "tampered": (lambda: tampered(signed()), "fue alterado"),
    "drawn over": (lambda: changed(signed(), content), "lo que muestra"),
    "stamped over": (lambda: changed(signed(), comment), "lo que muestra"),
    "certified against any change": (
        lambda: changed(pki.sign(letter(), pki.staff(), certify=MDPPerm.NO_CHANGES), hidden),
        "quien lo certificó no lo permite",
    ),
    "certified, comments allowed": (
        lambda: changed(pki.sign(letter(), pki.staff(), certify=MDPPerm.ANNOTATE), content),
        "lo que muestra",
    ),
}


def tampered(pdf: bytes) -> bytes:
    """One bit of a date turned."""
    at = pdf.index(b"/CreationDate") + 20
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


@pytest.mark.parametrize("case", INVALID)
@pytest.mark.parametrize("roots", ["known", "none"])
def test_what_changed_is_invalid_whoever_signed(case: str, roots: str) -> None:
    """Tampering needs no root to be seen."""
    make, reason = INVALID[case]
    found = only(make(), anchors() if roots == "known" else NO_ANCHORS)
    assert found.verdict is Verdict.INVALID
    assert reason in (found.reason or "")
    assert found.changed_after is True


def test_a_signature_that_leaves_something_out_is_not_valid() -> None:
    """The gap for the signature made larger, and filled: wrapping attacks do that."""
    pdf = signed()
    at = pdf.index(b"/Contents <")
    wrapped = pdf[: at + 11] + b"00" * 40 + pdf[at + 11 :]
    assert only(wrapped).verdict is not Verdict.VALID


def test_certified_documents_hold_until_changed() -> None:
    """Whatever the certification permits, an untouched file is valid."""
    for permission in MDPPerm:
        assert only(pki.sign(letter(), pki.staff(), certify=permission)).verdict is Verdict.VALID


def test_a_timestamp_outlives_the_certificate() -> None:
    """Signed, as an authority proves, while the certificate was good; its time is the one shown."""
    found = only(pki.sign(letter(), pki.staff(period=pki.LAPSED), stamped_at=pki.BEFORE_LAPSE))
    assert found.verdict is Verdict.VALID
    assert (found.timestamped, found.signed_at) == (True, pki.BEFORE_LAPSE.isoformat())


def test_a_timestamp_nobody_trusts_proves_nothing() -> None:
    """The signer's root does not vouch for who stamps the time."""
    pdf = pki.sign(letter(), pki.staff(period=pki.LAPSED), stamped_at=pki.BEFORE_LAPSE)
    found = only(pdf, Anchors(signing=(pki.root().der,)))
    assert (found.verdict, found.timestamped) == (Verdict.UNPROVEN, False)


def test_two_signatures_are_two_lines() -> None:
    """The first holds although the second was added; that is said."""
    first, second = read_signatures(pki.sign(signed(), pki.citizen(), number=2), anchors())
    assert (first.verdict, second.verdict) == (Verdict.VALID, Verdict.VALID)
    assert (first.signer, second.signer) == (pki.SIGNER, "QUISPE ÑAHUI José")
    assert "solo se añadieron otras firmas" in (first.reason or "")
    assert first.changed_after is False


def test_a_stranger_who_signs_after_casts_doubt_on_the_first() -> None:
    """A signature's picture may cover the page: who put it there has to be known."""
    pdf = pki.sign(signed(), pki.stranger(), number=2)
    assert [s.verdict for s in read_signatures(pdf, anchors())] == [Verdict.UNPROVEN] * 2


def test_garbage_for_a_signature_is_said_to_be_damaged() -> None:
    """What cannot be read is no accusation either."""
    pdf = signed()
    at = pdf.index(b"/Contents <") + 11
    found = only(pdf[:at] + b"ff" * 100 + pdf[at + 200 :])
    assert (found.verdict, found.signer) == (Verdict.UNPROVEN, None)
    assert "dañad" in (found.reason or "")


def test_no_damage_raises_or_becomes_valid() -> None:
    """Two hundred files damaged at random inside what was signed; the seed is fixed."""
    rng, pdf, verdicts = random.Random(11), signed(), []
    gap = range(pdf.index(b"/Contents <"), pdf.index(b"/ByteRange"))
    for _ in range(200):
        damaged = bytearray(pdf)
        for at in rng.sample([n for n in range(len(pdf)) if n not in gap], 4):
            damaged[at] ^= rng.randrange(1, 256)
        verdicts += [s.verdict for s in read_signatures(bytes(damaged), anchors())]
    assert len(verdicts) > 100
    assert Verdict.VALID not in verdicts


def test_signatures_come_through_the_sandbox() -> None:
    """The child gets the roots and hands back the verdict with the pages."""
    answer = sandbox.read("pdf", signed(), anchors=anchors())
    assert len(answer.pages) == 1
    assert answer.signatures == (only(signed()),)


# ------------------------------------------------------------------ the roots


def test_a_folder_may_hold_pem_der_and_notes(tmp_path: Path) -> None:
    """Certificates in either form, several in a file, each counted once."""
    (tmp_path / "raices.pem").write_bytes(pki.root().pem + pki.issuing().pem)
    (tmp_path / "raiz.crt").write_bytes(pki.root().der)
    (tmp_path / "LEAME.txt").write_text("Descargado el lunes.", encoding="utf-8")
    found = read_roots(tmp_path)
    assert found.certificates == 2
    assert found.anchors.signing == found.anchors.stamping == (pki.root().der, pki.issuing().der)
    assert only(signed(), found.anchors).verdict is Verdict.VALID


def test_a_certificate_whose_bytes_look_like_a_tag_is_a_certificate(tmp_path: Path) -> None:
    """A serial number is any bytes: one of them may be the «<» a trust list begins with."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Raíz")])
    made = (
        x509.CertificateBuilder(name, name, pki.root().key.public_key())
        .serial_number(int.from_bytes(b"<<<<", "big"))
        .not_valid_before(pki.ALWAYS[0])
        .not_valid_after(pki.ALWAYS[1])
        .sign(pki.root().key, hashes.SHA256())
    )
    (tmp_path / "raiz.crt").write_bytes(made.public_bytes(serialization.Encoding.DER))
    assert read_roots(tmp_path).certificates == 1


def test_a_trust_list_counts_service_by_service(tmp_path: Path) -> None:
    """Peru's status counts, a ceased one does not; who stamps the time vouches for no signer."""
    services = (
        ("CA/QC", "undersupervision", pki.issuing().der),
        ("CA/QC", "supervisionceased", pki.root().der),
        ("TSA", "undersupervision", pki.clock().der),
        ("CA/QC", "undersupervision", b"no es un certificado"),
    )
    list_ = pki.trust_list(*services, issued="2026-01-05T10:00:00Z", until="2026-07-05T10:00:00Z")
    (tmp_path / "tsl-pe.xml").write_bytes(list_)
    found = read_roots(tmp_path)
    assert found.anchors == Anchors((pki.issuing().der,), (pki.clock().der,))
    assert [(x.name, x.services) for x in found.lists] == [("tsl-pe.xml", 3)]
    pdf = pki.sign(letter(), pki.staff(period=pki.LAPSED), stamped_at=pki.BEFORE_LAPSE)
    assert only(pdf, found.anchors).verdict is Verdict.VALID


def test_no_folder_is_no_roots(tmp_path: Path) -> None:
    """Signatures are optional: their folder is too."""
    assert read_roots(tmp_path / "confianza").anchors == NO_ANCHORS


@pytest.mark.parametrize("data", [b"hola", b"<a/>", b"<a", b"-----BEGIN X-----\n-----END X-----\n"])
def test_a_file_that_is_neither_is_named(tmp_path: Path, data: bytes) -> None:
    """The operator learns which file to take away."""
    (tmp_path / "raro.crt").write_bytes(data)
    with pytest.raises(ConfigError, match=r"raro\.crt: no es un certificado"):
        read_roots(tmp_path)


def test_a_list_names_no_other_file(tmp_path: Path) -> None:
    """Entities are not followed: a list cannot read what lies on the machine."""
    (tmp_path / "secreto").write_text("clave", encoding="utf-8")
    text = pki.trust_list(issued="2026-01-05T10:00:00Z", until="2026-07-05T10:00:00Z").decode()
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secreto">]>'
    folder = tmp_path / "confianza"
    folder.mkdir()
    text = text.replace('UTF-8"?>', f'UTF-8"?>{entity}').replace("<tsl:SchemeTerritory>PE", "&e;")
    text = text.replace("</tsl:SchemeTerritory>", "")
    (folder / "tsl.xml").write_text(text, encoding="utf-8")
    assert read_roots(folder).lists[0].services == 0


# ------------------------------------------------------------------ what people are told


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    folder = write_config(tmp_path / "config", None)
    (folder / "confianza").mkdir()
    (folder / "confianza" / "raiz.pem").write_bytes(pki.root().pem)
    return read_rules(folder)


def mail(pdf: bytes, name: str = "OFICIO 012-2026[R].pdf") -> bytes:
    act = rd(people=(ROSA,), office=UGEL)
    return mails.compose(
        "mesadepartes@ugelchota.example",
        "siagie@mailbot.example",
        "Solicito alta",
        text="Solicito el alta. Adjunto oficio y RD.",
        attachments=[mails.File(name, pdf), mails.File("RD.pdf", act)],
    )


def told(pdf: bytes, rules: Rules, folder: Path) -> tuple[str, dict[str, object], str, Outcome]:
    """What check prints, its JSON, and the note and outcome of the finding on who signs."""
    file = folder / "pedido.eml"
    file.write_bytes(mail(pdf))
    shape, _, cases = contracts.checked_file(file, rules)
    finding = next(f for f in cases[0].findings if f.requirement == "firmante")
    return said(file, rules), shape, finding.note or "", finding.outcome


def test_check_says_what_a_signature_says(rules: Rules, tmp_path: Path) -> None:
    """A line under the attachment, a key in the JSON, a note beside who signs."""
    text, shape, note, outcome = told(signed(), rules, tmp_path)
    flat = " ".join(text.split())
    assert f"Firma digital válida: {pki.SIGNER}, FAU {pki.RUC}, " in flat
    assert "el documento no cambió después de firmado" in flat
    found = shape["signatures"]
    assert isinstance(found, list)
    assert [(s["document"], s["verdict"]) for s in found] == [("OFICIO 012-2026[R].pdf", "valid")]
    assert json.dumps(shape, default=str)
    assert note.startswith("firma digital válida")
    assert "no nombra" not in note
    assert outcome is Outcome.MET


def test_a_signature_never_changes_the_outcome(rules: Rules, tmp_path: Path) -> None:
    """Unsigned, valid, altered: the finding on who signs is what the paper says."""
    outcomes = [
        told(pdf, rules, tmp_path)[3]
        for pdf in (letter(), signed(), changed(signed(), content), tampered(signed()))
    ]
    assert outcomes == [Outcome.MET] * 4


def test_a_signer_the_oficio_does_not_name_is_remarked(rules: Rules, tmp_path: Path) -> None:
    """A valid signature of somebody else is worth knowing."""
    pdf = pki.sign(letter(), pki.staff("ROJAS LEÓN Marta Inés"))
    assert "no nombra a esa persona al pie" in told(pdf, rules, tmp_path)[2]


def test_the_decider_sees_an_altered_oficio_first(house: House) -> None:
    """NO VÁLIDA stands among what to look at; the file's name with brackets is whole."""
    folder = house.folder / "confianza"
    folder.mkdir()
    (folder / "raiz.pem").write_bytes(pki.root().pem)
    house.reconfigure()
    house.send(mail(changed(signed(), content)), "mesadepartes@ugelchota.example")
    house.poll()
    text = text_of(house.question(_asked(house)))
    look, checked = text.split("REVISE ANTES DE DECIDIR")[1].split("LO QUE SE COMPROBÓ")
    assert "OFICIO 012-2026[R].pdf: Firma digital NO VÁLIDA" in " ".join(look.split())
    assert "una firma digital es un indicio" in " ".join(checked.split())


def _asked(house: House) -> str:
    return next(x.recipient for x in house.letters() if x.kind == "decider-question")


def test_doctor_says_how_many_roots_and_how_old_the_list(tmp_path: Path) -> None:
    """None is allowed and said; a list past its date is a thing to mend."""
    folder = write_config(tmp_path / "config", None)
    assert _doctor(folder) == (True, "sin certificados raíz")
    (folder / "confianza").mkdir()
    service = ("CA/QC", "undersupervision", pki.issuing().der)
    old = pki.trust_list(service, issued="2020-01-05T10:00:00Z", until="2020-07-05T10:00:00Z")
    (folder / "confianza" / "tsl-pe.xml").write_bytes(old)
    works, detail = _doctor(folder)
    assert not works
    assert "lista tsl-pe.xml del 05/01/2020, 1 servicios; venció tsl-pe.xml" in detail


def _doctor(folder: Path) -> tuple[bool, str]:
    check = doctor.roots(read_rules(folder))
    detail = check.detail
    return check.works, detail.partition(" en ")[0] if "sin certificados" in detail else detail
