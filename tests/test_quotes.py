"""A mail's own words end where the quoted ones begin, whatever program drew the line."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.parsers.quotes import MARKER, cut, is_reply, is_scattered

ANA = "Usuarios SIAGIE <siagie@mailbot.example>"

BELOW = {
    "Gmail": f"El mar, 3 mar 2026 a las 10:15, {ANA} escribió:\n\n> APROBAR",
    "Gmail without accent": f"El mar, 3 mar 2026 a las 10:15, {ANA} escribio:\n> APROBAR",
    "Gmail on two lines": "El mar, 3 mar 2026 a las 10:15, X\n<s@x.example> escribió:\n\n> A",
    "Gmail on three lines": "El 3 mar 2026 a las 10:15,\nUsuarios\n<s@x.example> escribió:\n> A",
    "Gmail before its verb": f"El mar, 3 mar 2026 a las 10:15, {ANA}\nescribió:\n> APROBAR",
    "Gmail in English": f"On Tue, Mar 3, 2026 at 10:15 AM {ANA} wrote:\n> APROBAR",
    "Gmail in Portuguese": f"Em ter., 3 de mar. de 2026 às 10:15, {ANA} escreveu:\n> APROBAR",
    "Android": f"El mar., 3 de mar. de 2026 10:15 a. m., {ANA} escribió:\n\n> APROBAR",
    "iPhone": f"> El 3 mar. 2026, a la(s) 10:15 a. m., {ANA} escribió:\n> \n> APROBAR",
    "iPhone in English": f"> On Mar 3, 2026, at 10:15 AM, {ANA} wrote:\n> \n> APROBAR",
    "Yahoo": f"El martes, 3 de marzo de 2026, 10:15:00 a. m. GMT-5, {ANA} escribió: \n\nAPROBAR",
    "Thunderbird": "El 3/3/26 a las 10:15, Usuarios escribió:\n> APROBAR",
    "Roundcube": f"El 2026-03-03 10:15, {ANA} escribió:\n> APROBAR",
    "a weekday first": f"mar, 3 mar 2026 10:15 {ANA} escribió:\n> APROBAR",
    "Outlook": f"De: {ANA}\nEnviado el: martes, 3 de marzo de 2026\nPara: y\nAsunto: z\n\nAPROBAR",
    "Outlook on the web": f"{'_' * 32}\nDe: {ANA}\nEnviado: martes\nPara: y\n\nAPROBAR",
    "Outlook on a phone": f"{'_' * 32}\nFrom: {ANA}\nSent: Tuesday\nTo: y\nSubject: z\n\nAPROBAR",
    "Outlook in English": f"From: {ANA}\nSent: Tuesday\nTo: y\nSubject: z\n\nAPROBAR",
    "Outlook in bold": f"*De:* {ANA}\n*Enviado:* martes\n*Para:* y\n\nAPROBAR",
    "Outlook in capitals": f"DE: {ANA}\nENVIADO: martes\nPARA: y\n\nAPROBAR",
    "Outlook with Para first": f"De: {ANA}\nPara: y\nEnviado: martes\nAsunto: z\n\nAPROBAR",
    "Outlook with Para and CC first": f"De: {ANA}\nPara: y\nCC: z\nEnviado: martes\n\nAPROBAR",
    "Mac": f"De: {ANA}\nFecha: martes, 3 de marzo\nPara: y\nAsunto: z\n\nAPROBAR",
    "old Outlook": f"-----Mensaje original-----\nDe: {ANA}\nAPROBAR",
    "Samsung": f"-------- Mensaje original --------\nDe: {ANA}\nFecha: 3/3/26\nAPROBAR",
    "Zimbra": f"----- Mensaje original -----\nDe: {ANA}\nPara: y\nEnviados: Martes\n\nAPROBAR",
    "a Gmail forward": f"---------- Forwarded message ---------\nDe: {ANA}\n\nAPROBAR",
    "a Spanish forward": f"---------- Mensaje reenviado ---------\nDe: {ANA}\n\nAPROBAR",
    "an Apple forward": f"Inicio del mensaje reenviado:\n\nDe: {ANA}\nAPROBAR",
    "GroupWise": f">>> {ANA} 3/3/2026 10:15 >>>\nAPROBAR",
    "the bot's own line": f"{MARKER}\nAPROBAR",
    "the bot's own line, quoted": f"> {MARKER}\n> APROBAR",
    "bare quotation": "> APROBAR\n> RECHAZAR",
}
OWN = ["No, esperen.", "Apruebo\n\nAna Ruiz\nDirectora", "DNI: 12345678\nCorreo: a@b.example"]


@pytest.mark.parametrize("program", BELOW)
@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_own_words_end_above_the_quote(program: str, own: str, end: str) -> None:
    """Whatever stands above the line a program draws is own, and nothing below it is."""
    text = f"{own}\n\n{BELOW[program]}".replace("\n", end)
    found, quoted = cut(text)
    assert found == own
    assert quoted == BELOW[program]


MARKED = [p for p in BELOW if BELOW[p].replace(ANA, "").count(">")]
UNMARKED = [p for p in BELOW if p not in MARKED]


@pytest.mark.parametrize("program", [*UNMARKED, "GroupWise"])
def test_a_mail_that_only_quotes_says_nothing(program: str) -> None:
    """An empty answer above a quote has no words, though the quote has."""
    assert cut(BELOW[program]) == ("", BELOW[program])


OPEN = {
    "Zimbra without a ruler": f"De: {ANA}\nPara: y\nEnviados: Martes\nAsunto: z\n\nAPROBAR",
    "Hotmail": f"Fecha: Tue, 3 Mar 2026\nDe: {ANA}\nPara: y\nAsunto: z\n\nAPROBAR",
    "Lotus Notes": "Usuarios SIAGIE ---03/03/2026 10:15:00---Alta\nAPROBAR",
    "an indented quote": "  > APROBAR",
    "Gmail's new form": f"2026-03-03 10:15 GMT-05:00 {ANA}:\n> APROBAR",
}


@pytest.mark.parametrize("program", OPEN)
def test_own_words_end_above_rarer_quotes(program: str) -> None:
    """The bot's own line guards its letters; other mails have only these."""
    assert cut(f"Conforme\n\n{OPEN[program]}")[0] == "Conforme"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> Alta de Ana\n\nApruebo", "Apruebo"),
        ("> uno\n> dos\n\nApruebo\n\nAna", "Apruebo\n\nAna"),
        (f"El 3/3/26 a las 10:15, {ANA} escribió:\n> uno\n\nApruebo", "Apruebo"),
        ("> uno\n>\n> dos\nApruebo", "Apruebo"),
    ],
)
def test_an_answer_below_the_quote_is_own(text: str, own: str) -> None:
    """Who writes under the quote has said something too."""
    assert cut(text)[0] == own


@pytest.mark.parametrize("program", UNMARKED)
def test_what_follows_an_unmarked_quote_is_not_own(program: str) -> None:
    """Where lines carry no mark nobody can tell where the quote ends."""
    assert cut(f"{BELOW[program]}\n\nApruebo")[0] == ""


@pytest.mark.parametrize(
    "text",
    ["> Alta de Ana\nNo apruebo\n> Cuenta de Ana\nConforme", "> uno\nEsperen\n> dos\nSí\n> tres"],
)
def test_answers_between_quoted_lines_are_all_own(text: str) -> None:
    """Who answers point by point has said each point: no answer may drop out."""
    said = [line for line in text.split("\n") if not line.startswith(">")]
    assert [line for line in cut(text)[0].split("\n") if line] == said


@pytest.mark.parametrize(
    ("text", "scattered"),
    [
        ("> uno\nApruebo\n> dos", True),
        ("El 3/3/26, Ana escribió:\n\n> uno\nApruebo\n\n> dos\n\nConforme", True),
        ("> uno\n> dos\n\nApruebo\n\nAna", False),
        ("> uno\n\n>\n> dos\nApruebo", False),
        ("Apruebo\n\n> uno\nfin de uno\n> dos", False),
        ("> uno\n> dos", False),
        ("Apruebo", False),
        ("De: Ana\nEnviado: martes\n\nApruebo", False),
    ],
)
def test_words_between_quoted_lines_are_known(text: str, *, scattered: bool) -> None:
    """They may be the ends of quoted lines that a program folded."""
    assert is_scattered(text) is scattered


PLAIN = [
    "Se remite el oficio N° 12.\n\nAtentamente,\nAna",
    "Enviado: ayer por mesa de partes.",
    "El oficio lo firmó el director; él escribió de su puño.",
    "De acuerdo.\nFecha: 3 de marzo",
    "-- \nAna Ruiz\nEspecialista",
    "Va la RD.\n\nEnviado desde mi iPhone",
    "a > b",
    "El alta la pide la UGEL\npor el cese del anterior\ny va el oficio: gracias.",
    "Desde la UGEL Chota se pide el alta.",
    "",
]


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_that_quotes_nothing_is_all_own(text: str) -> None:
    """Ordinary words may begin like a quote and are none."""
    assert cut(text) == (text.strip(), "")


MEMOS = {
    "a memorandum": "DE: Director de la UGEL Chota\nFECHA: 3 de marzo\nSolicito el alta de Ana",
    "a colon after writing": "El director escribió: solicito el alta de Ana Ruiz, DNI 12345678.",
}


@pytest.mark.parametrize("name", MEMOS)
def test_a_request_written_like_a_quote_is_own(name: str) -> None:
    """What the sender typed must not vanish because it resembles a program's line."""
    assert cut(MEMOS[name])[0] == MEMOS[name]


@pytest.mark.parametrize(
    "subject", ["Re: x", "RE: x", "re : x", "Rpta: x", "Respuesta: x", "AW: x"]
)
def test_an_answers_subject_tells(subject: str) -> None:
    """The marks of an answer."""
    assert is_reply(subject)


@pytest.mark.parametrize("subject", ["RV: x", "Alta", "Remito: x", "Respuesta del director", ""])
def test_another_subject_is_no_answer(subject: str) -> None:
    """A forward or a fresh mail is none."""
    assert not is_reply(subject)


@given(st.text(st.sampled_from("ab >\n\rDe:El_-é*"), max_size=80))
@example(">\n:\n>\n:")
@settings(max_examples=200, deadline=None)
def test_cutting_loses_and_invents_nothing(text: str) -> None:
    """Every word of the text is own or quoted, and nothing else is; own lines keep their order."""
    own, quoted = cut(text)
    whole = re.sub(r"\r\n?", "\n", text)
    lines = iter([line.strip() for line in whole.split("\n")])
    assert all(line.strip() in lines for line in own.split("\n") if line)
    assert whole.endswith(quoted) or not quoted
    assert set(whole.split()) <= set((own + " " + quoted).split())


@given(st.lists(st.sampled_from(("no", "> si", "de acuerdo", "", ">", "pero")), max_size=8))
@settings(max_examples=200, deadline=None)
def test_no_marked_line_is_ever_own(lines: list[str]) -> None:
    """A line that begins with the mark of quotation is never the sender's."""
    own, _ = cut("\n".join(lines))
    assert not any(line.startswith(">") for line in own.split("\n"))


@pytest.mark.parametrize("line", ["El martes", "De: x", "_" * 70, "--", "> x", "Enviado:", "\t*>"])
def test_long_texts_are_cut_in_time(line: str) -> None:
    """Twenty thousand lines that begin like a quote take no second each."""
    start = time.process_time()
    cut(f"{line}\n" * 20_000)
    assert time.process_time() - start < 2
