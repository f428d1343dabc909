"""What the receiving server's word comes to, field by field, with the reason an operator reads."""

from dataclasses import replace

import pytest

from mailbot.trust import Field, Policy
from mailbot.trust.results import Said, Word, by_host, sealed_pass, word_on

MX, D = "mx.mailbot.example", "minedu.example"
POLICY = Policy(MX, stripped=True)
OURS = "nuestro servidor de correo"
PASS = Word(Said.PASS, f"comprobado por {OURS}")
FAIL = Word(Said.FAIL, f"{OURS} comprobó que no viene de {D}")
UNABLE = Word(Said.NOTHING, f"{OURS} no pudo comprobar {D}")
UNREADABLE = Word(Said.NOTHING, "el veredicto de nuestro servidor no se entiende")
UNSAID = Word(Said.NOTHING, "nuestro servidor no comprobó el dominio")
SILENT = Word(Said.NOTHING, "nuestro servidor no dio su veredicto")


def word(*values: str, policy: Policy = POLICY) -> Word:
    """The word on the domain, of some results on top of a mail."""
    return word_on(D, [Field("authentication-results", value) for value in values], policy)


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [
        (f"dmarc=pass header.from={D}", PASS),
        (f"dmarc=pass header.from={D.upper()}", PASS),
        (f"dkim=pass header.d={D}", PASS),
        (f"spf=pass smtp.mailfrom=x@y.example; dkim=pass header.d={D}", PASS),
        (f"dkim=fail header.d={D}; dmarc=pass header.from={D}", PASS),
        (f"dmarc=fail header.from={D}", FAIL),
        (f"dkim=pass header.d={D}; dmarc=fail header.from={D}", FAIL),
        (f"dmarc=pass header.from={D}; dmarc=fail header.from={D}", FAIL),
        (f"dmarc=none header.from={D}", UNABLE),
        (f"dkim=fail header.d={D}", UNABLE),
        (f"dkim=pass header.d={D}; dkim=fail header.d={D}", UNABLE),
        ("dmarc=pass header.from=ataque.example", UNABLE),
        (f"dmarc=pass header.d={D}", UNABLE),
        (f"dmarc=pass smtp.from={D}", UNABLE),
        (f"dmarc=pass header.from={D} header.from=otro.example", UNABLE),
        ("spf=pass smtp.mailfrom=a@minedu.example", UNSAID),
        ("none", UNSAID),
        ("=", UNREADABLE),
    ],
)
def test_one_field_of_our_server(said: str, comes_to: Word) -> None:
    """T03: DMARC decides where it was checked, else DKIM; a clear no only of DMARC."""
    assert word(f"{MX}; {said}") == comes_to
    assert word(f"{MX.upper()} 1; {said}") == comes_to


@pytest.mark.parametrize(
    ("spf", "direct"),
    [
        (f"spf=pass smtp.mailfrom=a@{D}", True),
        (f"spf=pass smtp.mailfrom={D.upper()}", True),
        (f"spf=pass smtp.helo={D}", False),
        (f"spf=pass smtp.mailfrom=a@otro.example smtp.mailfrom=a@{D}", False),
        (f"spf=fail smtp.mailfrom=a@{D}", False),
        (f"iprev=pass smtp.mailfrom=a@{D}", False),
        (f"spf=pass smtp.mailfrom=a@x.{D}", False),
    ],
)
def test_who_handed_a_mail_over(spf: str, direct: bool) -> None:  # noqa: FBT001
    """T06: a server of that very domain, by one sender the server saw, or it is not known."""
    assert word(f"{MX}; dmarc=pass header.from={D}; {spf}") == replace(PASS, direct=direct)


@pytest.mark.parametrize(
    ("values", "comes_to"),
    [
        ((), SILENT),
        ((f"otro.example; dmarc=pass header.from={D}",), SILENT),
        ((f"otro.example; x={MX}; dmarc=pass header.from={D}",), SILENT),
        ((f"{MX} 2; dmarc=pass header.from={D}",), UNREADABLE),
        ((f"x{MX}; dmarc=pass header.from={D}",), UNREADABLE),
        ((f"{MX}; dmarc=pass header.from={D}", f"{MX}.x; none"), UNREADABLE),
        ((f"{MX}; dmarc=pass header.from={D}", f"{MX}; dmarc=fail header.from={D}"), FAIL),
        ((f"{MX}; dmarc=pass header.from={D}", f"{MX}; dmarc=pass header.from={D}"), PASS),
        ((f"{MX}; dmarc=pass header.from={D}", f"otro.example; dmarc=fail header.from={D}"), PASS),
    ],
)
def test_several_fields(values: tuple[str, ...], comes_to: Word) -> None:
    """T03: all that may be our server's must be readable and of one mind; others' is nothing."""
    assert word(*values) == comes_to


def test_whose_word_cannot_be_relied_on() -> None:
    """T03: no server configured, or one that was not seen to strip foreign results."""
    good = f"{MX}; dmarc=pass header.from={D}"
    nobody = Word(Said.NOTHING, "no hay servidor de confianza configurado")
    assert word(good, policy=Policy(" ", stripped=True)) == nobody
    unproven = Word(Said.NOTHING, "falta probar que el servidor borra los veredictos ajenos")
    assert word(good, policy=Policy(MX)) == unproven
    assert word(good, policy=Policy(f" {MX.upper()} ", stripped=True)) == PASS


# ------------------------------------------------------------------ where it stands

RESULT = Field("authentication-results", f"{MX}; dmarc=pass header.from={D}")
OTHER = Field("authentication-results", f"{MX}; dmarc=fail header.from={D}")
BORDER = Field("received", f"from a by {MX} with ESMTP; Tue, 3 Mar 2026")
FOREIGN = Field("received", "from a by b.example; Tue, 3 Mar 2026")
SPF, X_SPF = Field("received-spf", "pass"), Field("x-received-spf", "pass")


@pytest.mark.parametrize(
    ("fields", "comes_to"),
    [
        ((RESULT, BORDER, OTHER), PASS),
        ((SPF, RESULT, BORDER, OTHER), PASS),
        ((BORDER, RESULT, FOREIGN, OTHER), PASS),
        ((BORDER, SPF, X_SPF, RESULT, Field("x", "y"), OTHER), PASS),
        ((FOREIGN, BORDER, RESULT), PASS),
        ((FOREIGN, RESULT), SILENT),
        ((BORDER, Field("x", "y"), RESULT), SILENT),
        ((BORDER, FOREIGN, RESULT), SILENT),
        ((RESULT, FOREIGN, OTHER), PASS),
        ((Field("x", "y"), RESULT, Field("subject", "z"), OTHER), PASS),
    ],
)
def test_the_place_of_a_field_tells_who_wrote_it(fields: tuple[Field, ...], comes_to: Word) -> None:
    """T03: above our border's own Received, or right below it; all else came with the mail."""
    assert word_on(D, fields, POLICY) == comes_to


@pytest.mark.parametrize(
    "name", "received from sender to cc subject date message-id mime-version content-type".split()
)
def test_what_the_sender_writes_ends_what_the_server_wrote(name: str) -> None:
    """T03: below any field of the mail itself nothing counts."""
    assert word_on(D, [Field(name, "x"), RESULT], POLICY) == SILENT


@pytest.mark.parametrize(
    ("received", "host"),
    [
        ("from x by mx.example with ESMTP; Tue", "mx.example"),
        ("by MX.example; Tue", "mx.example"),
        ("from by evil.example by mx.example; Tue", "mx.example"),
        ("from x (by evil.example) by mx.example; by late.example", "mx.example"),
        ("from x by mx.example; a; by late.example", "mx.example"),
        ("from x by mx.example", "mx.example"),
        ("from x by mx.example (by evil.example) with ESMTP; Tue", "mx.example"),
        ("from x by (evil.example) mx.example; Tue", "mx.example"),
        ("from x;y by mx.example; Tue", "mx.example"),
        ("from x (by evil.example) via y; Tue", ""),
        ("from x goodby mx.example; Tue", ""),
    ],
)
def test_a_received_field_names_its_writer_last(received: str, host: str) -> None:
    """T03: the sender chooses the first words and may write remarks."""
    assert by_host(received) == host


# ------------------------------------------------------------------ a sealer's word


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        (f"i=1; mx.lista.example; dmarc=pass header.from={D}", True),
        (f" i = 12 ; MX.lista.example 1; dmarc=pass header.from={D}", True),
        (f"mx.lista.example; dkim=pass header.d={D}", True),
        (f"i=1; mx.lista.example; dmarc=fail header.from={D}", False),
        ("i=1; mx.lista.example; dmarc=pass header.from=otro.example", False),
        (f"i=1; mx.lista.example y z; dmarc=pass header.from={D}", False),
        ("i=1; mx.lista.example; none", False),
        ("i=1;", False),
        ("", False),
    ],
)
def test_what_a_sealer_saw(value: str, passes: bool) -> None:  # noqa: FBT001
    """T09: the same reading as of our own server's field, its instance number aside."""
    assert sealed_pass(value, D) is passes
