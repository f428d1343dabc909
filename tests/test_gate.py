"""The gate's every refusal, by the words it gives, and every bound, to the last one allowed."""

from collections.abc import Callable, Mapping

import pytest

from mailbot.trust import Untrustworthy, bounded, fields_of, from_address
from mailbot.trust.gate import (
    MAX_ENCODED_WORDS,
    MAX_FIELDS,
    MAX_HEADER_BYTES,
    MAX_LINE_BYTES,
    MAX_REMARKS,
)
from mailbot.trust.shape import MAX_FIELD_BYTES, MAX_MULTIPARTS, MAX_PARAMETERS, MAX_PARTS

FROM = b"From: Ana <a@b.example>"


def address(*lines: bytes) -> str:
    """The one address of a header of some lines."""
    return from_address(fields_of(b"\r\n".join(lines) + b"\r\n\r\nhola"))


def refusal(*lines: bytes) -> str:
    """The words a header of some lines is refused with."""
    with pytest.raises(Untrustworthy) as refused:
        address(*lines)
    return str(refused.value)


# ------------------------------------------------------------------ what is no honest header

REFUSED = {
    "NUL": ((FROM, b"X: \0"), "la cabecera tiene caracteres prohibidos"),
    "a bare CR": ((FROM, b"X: a\rb"), "la cabecera tiene caracteres prohibidos"),
    "hidden": ((b"X: y", b" From: e@f.example", FROM), "la cabecera esconde un campo From"),
    "no field": ((FROM, b"hola"), "la cabecera tiene una línea que no es un campo"),
    "no name": ((FROM, b": hola"), "la cabecera tiene una línea que no es un campo"),
    "a blank name": ((FROM, b"X : hola"), "la cabecera tiene una línea que no es un campo"),
    "no From": ((b"To: a@b.example",), "tiene 0 campos From"),
    "two From": ((FROM, FROM), "tiene 2 campos From"),
    "a list": ((b"From: a@b.example, c@d.example",), "el campo From no es una sola dirección"),
    "a Sender that is a list": (
        (FROM, b"Sender: a@b.example, c@d.example"),
        "el campo Sender no es una sola dirección",
    ),
    "a second Sender": (
        (FROM, b"Sender: a@b.example", b"Sender: a@b.example"),
        "tiene más de un campo Sender",
    ),
    "an open remark": (
        (b"From: Ana (x <a@b.example>",),
        "el campo From tiene un comentario sin cerrar",
    ),
    "a broken word": (
        (b"From: =?utf-8?x?Ana?= <a@b.example>",),
        "el campo From tiene una palabra codificada rota",
    ),
    "a blank of another kind": (
        (b"From: Ana <a@b.example>\xa0",),
        "el campo From no es una sola dirección",
    ),
    "a dot first": ((b"From: <.a@b.example>",), "el campo From no es una sola dirección"),
    "two dots": ((b"From: <a..c@b.example>",), "el campo From no es una sola dirección"),
    "a dot alone": ((b"From: <.@b.example>",), "el campo From no es una sola dirección"),
    "a long local part": (
        (b"From: <" + b"a" * 65 + b"@b.example>",),
        "el campo From no es una sola dirección",
    ),
    "a bracket": ((b"From: [x] <a@b.example>",), "el campo From no es una sola dirección"),
    "another address shown": (
        (b'From: "c@d.example" <a@b.example>',),
        "el nombre del remitente muestra otra dirección",
    ),
    "a like address shown": (
        (b'From: "Xa@b.example" <a@b.example>',),
        "el nombre del remitente muestra otra dirección",
    ),
    "another address coded": (
        (b"From: =?utf-8?q?c=40d.example?= <a@b.example>",),
        "el nombre del remitente muestra otra dirección",
    ),
    "a word of no charset": (
        (b"From: =?utf-8?b?AAA=A?= <a@b.example>",),
        "el nombre del remitente muestra otra dirección",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_says_why(name: str) -> None:
    """T02: the words an operator reads, each for its own reason."""
    lines, why = REFUSED[name]
    assert refusal(*lines) == why


@pytest.mark.parametrize(
    "name",
    "to cc reply-to subject date message-id in-reply-to references mime-version content-type "
    "content-transfer-encoding".split(),
)
def test_what_may_stand_once_stands_once(name: str) -> None:
    """T02: of two, each reader would pick its own; twice is twice, whoever writes it how."""
    line = name.encode() + b": x"
    assert address(FROM, line) == "a@b.example"
    assert refusal(FROM, line, line.upper()) == f"tiene más de un campo {name.title()}"
    assert refusal(FROM, line, line, line) == f"tiene más de un campo {name.title()}"


@pytest.mark.parametrize(
    "from_",
    [
        b"a@b.example",
        b" \t<A@B.example> ",
        b'"Ruiz (UGEL" <a@b.example>',
        b"Ana (UGEL) <a@b.example>",
        b'"a@b.example" <a@b.example>',
        b"=?utf-8?q?Ana_Ruiz?= <a@b.example>",
        b"=?utf-8?q?Ana Ruiz?= <a@b.example>",
        b"Jos\xc3\xa9 <a@b.example>",
        b"Jos\xe9 <a@b.example>",
        b"\x90 <a@b.example>",
    ],
)
def test_what_honest_programs_write_is_read(from_: bytes) -> None:
    """The same address in lower case, whatever name stands beside it."""
    assert address(b"From: " + from_, b"Sender: a@b.example") == "a@b.example"


def test_a_local_part_has_64_signs_at_most() -> None:
    """RFC 5321, 4.5.3.1.1: to the last one."""
    assert address(b"From: " + b"a" * 32 + b"." + b"b" * 31 + b"@b.example").endswith("@b.example")


def test_a_field_is_kept_letter_by_letter() -> None:
    """Blanks around a value go, nothing else does; names are told in lower case."""
    (field,) = fields_of(b"Subject: \t X  y\xe9X \t\r\n\r\nhola")
    assert (field.name, field.value) == ("subject", "X  yéX")


# ------------------------------------------------------------------ bounds


def header_of(size: int) -> bytes:
    """A header of so many bytes, no line of which is long."""
    line = b"X: " + b"y" * 4_000 + b"\n"
    left = size - (size // len(line)) * len(line)
    return (line * (size // len(line)) + b"Z: " + b"z" * (left - 3))[:size]


BOUNDS: Mapping[str, tuple[Callable[[int], bytes], int]] = {
    "es demasiado larga": (header_of, MAX_HEADER_BYTES),
    "tiene demasiados campos": (lambda n: b"\n".join([b"X: y"] * n), MAX_FIELDS),
    "tiene una línea demasiado larga": (lambda n: b"X: y\nX: " + b"y" * (n - 3), MAX_LINE_BYTES),
    "tiene demasiadas palabras codificadas": (lambda n: b"X: " + b"=?" * n, MAX_ENCODED_WORDS),
    "tiene demasiados comentarios": (lambda n: b"X: y\nX: " + b"(" * n, MAX_REMARKS),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_a_header_may_be_as_large_as_its_bound_and_no_larger(what: str) -> None:
    """T45: to the last byte, field, word and remark."""
    made, most = BOUNDS[what]
    assert fields_of(made(most) + b"\n\nhola")
    for size in (most + 1, most + 2, most * 2):
        with pytest.raises(Untrustworthy) as refused:
            fields_of(made(size) + b"\n\nhola")
        assert str(refused.value) == f"la cabecera {what}"


def test_brackets_in_a_subject_are_no_remarks() -> None:
    """However many: free text is not read for remarks, in no header, not even one without more."""
    assert len(fields_of(b"Subject: " + b"(" * 500 + b"\n\nhola")) == 1


def test_lines_are_measured_one_by_one() -> None:
    """Many short lines are no long one, and what stands below the header is not measured."""
    assert len(fields_of(b"X: y\n" * 150 + b"X: " + b"y" * 8_000 + b"\n\n" + b"z" * 9_000)) == 151


# ------------------------------------------------------------------ how much there is to take apart


def refused_as(raw: bytes) -> str:
    with pytest.raises(Untrustworthy) as refused:
        bounded(raw)
    return str(refused.value)


def multipart(lines: int, boundary: bytes = b"b", end: bytes = b"\n") -> bytes:
    """A mail whose body has so many lines that begin a part."""
    head = b"Content-Type: multipart/mixed; boundary=" + boundary + end
    return head + end + (b"--" + boundary + end) * lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_parts_are_counted_to_the_last_one(end: bytes) -> None:
    """T45: one closing line for each boundary is not a part; however lines end."""
    bounded(multipart(MAX_PARTS + 1, end=end))
    assert refused_as(multipart(MAX_PARTS + 2, end=end)) == "el correo tiene demasiadas partes"


@pytest.mark.parametrize("first", [b"b", b"other"])
def test_the_parts_of_every_boundary_count(first: bytes) -> None:
    """T45: the outer one's, the inner one's, and both together."""
    second = b"other" if first == b"b" else b"b"
    few = multipart(2, second)
    bounded(multipart(MAX_PARTS, first) + few)
    assert refused_as(multipart(MAX_PARTS + 1, first) + few) == "el correo tiene demasiadas partes"
    assert refused_as(few + multipart(MAX_PARTS + 1, first)) == "el correo tiene demasiadas partes"


def test_multiparts_are_counted_to_the_last_one() -> None:
    """T45: what holds parts may stand in another so often and no more."""
    one = b"Content-Type: message/rfc822\n\n"
    bounded(one * MAX_MULTIPARTS)
    nested = "el correo tiene demasiadas partes anidadas"
    assert refused_as(one * (MAX_MULTIPARTS + 1)) == nested
    bounded(b"Content-Type: text/plain\n\n" * 200)


MANY = "una parte del correo tiene demasiados parámetros"
PART_BOUNDS: Mapping[str, tuple[int, str, Callable[[int], bytes]]] = {
    "bytes": (MAX_FIELD_BYTES, MANY, lambda n: b"Content-Type: " + b"a" * (n - 14)),
    "parameters": (MAX_PARAMETERS, MANY, lambda n: b"Content-Type: a" + b";" * n),
    "words": (
        MAX_ENCODED_WORDS,
        "una parte del correo tiene demasiadas palabras codificadas",
        lambda n: b"Content-Type: a" + b"=?" * n,
    ),
}


@pytest.mark.parametrize("what", PART_BOUNDS)
def test_the_fields_of_a_part_have_bounds(what: str) -> None:
    """T45: below the header too, where no bound of the header's holds."""
    most, why, made = PART_BOUNDS[what]
    bounded(b"X: y\n\n" + made(most) + b"\n\n")
    assert refused_as(b"X: y\n\n" + made(most + 1) + b"\n\n") == why


def test_a_boundary_that_hides_is_refused() -> None:
    """In pieces (RFC 2231), or of signs no program uses; an empty one is none."""
    pieces = "el separador de las partes está escrito en pedazos"
    odd = "el separador de las partes tiene caracteres prohibidos"
    assert refused_as(b"Content-Type: multipart/mixed; boundary*0=a\n\n") == pieces
    assert refused_as(b'Content-Type: multipart/mixed; boundary="a\\"\n\n') == odd
    bounded(b'Content-Type: multipart/mixed; boundary=""\n\n')
