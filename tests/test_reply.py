"""What a decider's reply means: a yes only when every word of it says yes.

A reply that is not understood is asked again; that costs a mail. A false yes opens an account.
"""

from collections.abc import Callable, Mapping
from textwrap import dedent

import mails
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import Quoted, as_html, compose

from mailbot.model import Mail, Sender
from mailbot.parsers import reply
from mailbot.parsers.mail import read_mail
from mailbot.parsers.reply import Decision, Verb, read_decision

DECIDER, BOT = "administrador@minedu.example", "siagie@mailbot.example"
NAMES = frozenset({"ana", "ruiz", "soto"})


def decide(text: str) -> Decision:
    """What Ana Ruiz Soto decides with a text."""
    return reply.decide(text, NAMES)


# ------------------------------------------------------------------ what is understood, to the word

APPROVE = """
    APROBAR|Aprobar|aprobar|aprobar.|APROBAR!|Aprobar!!!|*APROBAR*|"APROBAR"|  Aprobar  |APROBAR;
    Apruebo|apruebo|APRUEBO|Apruebo.|Apruebo, gracias|Apruebo. Gracias.|apruebo muchas gracias
    Aprobado|Aprobada|aprobado.|APROBADO|Aprobado, gracias.|Aprobado por favor|Aprobamos
    Sí|Si|sí|SÍ|SI.|Sí.|Sí, gracias|Sí, conforme|Sí, apruebo|Sí apruebo|Sí, aprobado|Sí, procede
    Conforme|conforme|CONFORME|Conforme.|Conforme, gracias|Todo conforme|Conforme con el alta
    Procede|procede|Procedente|Sí procede|Procede el alta|Procede la solicitud
    De acuerdo|de acuerdo.|De acuerdo, gracias|De acuerdo con la solicitud|Se aprueba
    Se aprueba la solicitud|Apruebo la solicitud|Apruebo el alta|Apruebo la creación del usuario
    Apruebo el alta del usuario SIAGIE|Apruebo el reemplazo|Apruebo la solicitud N° 12
    Apruebo la solicitud nro 12, gracias|Estimados, apruebo el alta|Hola, apruebo|Apruebo todo
    Buenos días, apruebo la solicitud. Saludos cordiales|Apruebo. Saludos|Apruebo, atte.
    Doy mi conformidad|Autorizo|Autorizado, gracias|Se autoriza el alta|Apruebo lo solicitado
    Señores, conforme|Apruebo su solicitud|APRUEBO EL TRÁMITE|Apruebo :)|Aprobado ✅|✅ Aprobado
    Si gracias|- Si|APROBADO POR FAVOR
    Apruebo…|- Apruebo|«Apruebo»|Apruebo la creación de la cuenta de usuario para el SIAGIE
"""
APPROVE_LONG = [
    "Estimados:\nApruebo.\nAtte.\nAna Ruiz",
    "Buenos días\n\nConforme.\n\nSaludos",
    "Buenas tardes\nEstimados señores:\n\nSí, apruebo.\n\nAna",
    "Hola\n\nAprobado",
    "Apruebo\n\nEnviado desde mi iPhone",
    "Apruebo\n\nEnviado desde mi Samsung Mobile de Claro",
    "Apruebo\n\nSent from my iPad",
    "Apruebo\n\nObtener Outlook para Android",
    "Apruebo\n\nGet Outlook for iOS",
    "Apruebo\n\nEnviado con Aqua Mail",
    "Apruebo\n\n-- \nAna Ruiz Soto\nUnidad de Estadística\nCel. 999 999 999",
    "Apruebo\n\nAna Ruiz Soto\nAdministradora SIAGIE\nMINEDU\nAnexo 21234",
    "Apruebo\n\nAntes de imprimir este correo, piense si es necesario.",
    "Apruebo\n\nNo imprima este correo si no es necesario.",
    "Apruebo\n\nAVISO LEGAL: si usted no es el destinatario, no lo use.",
    "Apruebo\n\nEste mensaje es confidencial. Si no es para usted, bórrelo.",
    "Apruebo\n\nEste correo y sus adjuntos son confidenciales; no los difunda.",
    "Apruebo\n\nLa información contenida en este correo no debe divulgarse.",
    "Apruebo\n\nPiense antes de imprimir",
    "Apruebo\n\nCuidemos el planeta: no imprima",
    "Apruebo\n\n-- \nLic. Ana Ruiz Soto\nEspecialista en Estadística\nT. 615-5800 anexo 21",
    "Procede.\nAtentamente\nMg. Rosa Elena Díaz Vda. de Soto\nDirectora de la I.E. 10420",
    "APROBAR\nAtte,\nANA RUIZ",
    "Sí,\napruebo",
    "Apruebo\r\n\r\nAna\r\n",
    "\n\n  Apruebo\n",
    "Apruebo\u00a0",
]
REJECT = """
    RECHAZAR|Rechazar|rechazar.|Rechazo|RECHAZO|Rechazado|Rechazada|Se rechaza|Rechazo la solicitud
    No|no|NO|No.|NO!|No apruebo|no apruebo|NO APRUEBO|No, apruebo|no-apruebo|No se aprueba
    No aprobar|No aprobado|No aprobada|No aprobamos|No procede|no procede|NO PROCEDE.
    No procedente|No conforme|No corresponde|No se procede|No de acuerdo|No estoy de acuerdo
    Denegado|Denegada|Denegar|Desaprobado|Desapruebo|Desaprobar|Improcedente|IMPROCEDENTE
    Estimados, no apruebo|Buenos días, rechazo|Hola, no procede|No autorizo
"""
REJECT_LONG = [
    ("Rechazar: la RD es de otra persona", "la RD es de otra persona"),
    ("RECHAZAR falta la firma", "falta la firma"),
    ("Rechazo porque no corresponde a la UGEL", "porque no corresponde a la UGEL"),
    ("No apruebo, falta la firma", "falta la firma"),
    ("No procede.\nEl oficio no está firmado.", "El oficio no está firmado."),
    ("Buenos días\nNo corresponde: es otra UGEL", "es otra UGEL"),
    ("Denegado – ya tiene usuario", "ya tiene usuario"),
    ("Improcedente; la encargatura venció", "la encargatura venció"),
    ("No se aprueba.\n\nAna\n\nEnviado desde mi iPhone", "Ana"),
]
OBSERVE_LONG = [
    ("Observar: la RD no tiene número", "la RD no tiene número"),
    ("OBSERVAR la firma no es del director", "la firma no es del director"),
    ("Observado: falta el sello", "falta el sello"),
    ("Observada, el DNI no se lee", "el DNI no se lee"),
    ("Observo que falta la segunda página", "que falta la segunda página"),
    ("Observación: falta el correo", "falta el correo"),
    ("Observaciones:\n1. Falta la RD\n2. Falta el correo", "1. Falta la RD\n2. Falta el correo"),
    ("Estimados\nObservar: que vuelvan a escanear", "que vuelvan a escanear"),
]
CORRECT_LONG = [
    ("DNI: 12345678", {"dni": "12345678"}),
    ("dni 12345678", {"dni": "12345678"}),
    ("DNI = 12345678", {"dni": "12345678"}),
    ("DNI N° 12345678", {"dni": "12345678"}),
    ("correo: ana.ruiz@x.example", {"correo": "ana.ruiz@x.example"}),
    ("Correo ana.ruiz@x.example", {"correo": "ana.ruiz@x.example"}),
    ("nombres: RUIZ SOTO, Ana", {"nombres": "RUIZ SOTO, Ana"}),
    ("nivel: EBR Primaria", {"nivel": "EBR Primaria"}),
    ("Hola\ndni: 12345678", {"dni": "12345678"}),
    (
        "DNI: 12345678\nCorreo: ana@x.example\n\nGracias",
        {"dni": "12345678", "correo": "ana@x.example"},
    ),
]


def listed(table: str) -> list[str]:
    return [text for line in dedent(table).strip().split("\n") for text in line.split("|")]


APPROVALS = [*listed(APPROVE), *APPROVE_LONG]
REJECTIONS = [*listed(REJECT), *(text for text, _ in REJECT_LONG)]


@pytest.mark.parametrize("text", APPROVALS)
def test_a_yes_is_understood(text: str) -> None:
    """Each of the ways in which deciders say yes and nothing else."""
    assert decide(text).verb is Verb.APPROVE


@pytest.mark.parametrize("text", REJECTIONS)
def test_a_no_is_understood(text: str) -> None:
    """Each of the ways in which deciders say no."""
    assert decide(text).verb is Verb.REJECT


@pytest.mark.parametrize(("text", "reason"), REJECT_LONG)
def test_a_no_keeps_its_reason(text: str, reason: str) -> None:
    """The asker is told why in the decider's words, without the verb and the small print."""
    assert decide(text).text == reason


@pytest.mark.parametrize(("text", "said"), OBSERVE_LONG)
def test_an_observation_is_understood_and_kept(text: str, said: str) -> None:
    """What has to be mended reaches the asker in the decider's words."""
    decision = decide(text)
    assert (decision.verb, decision.text) == (Verb.OBSERVE, said)


@pytest.mark.parametrize(("text", "values"), CORRECT_LONG)
def test_a_correction_is_understood(text: str, values: Mapping[str, str]) -> None:
    """One datum a line, with or without a colon."""
    decision = decide(text)
    assert (decision.verb, dict(decision.corrections)) == (Verb.CORRECT, values)


# ------------------------------------------------------------------ what is asked again

UNCLEAR = [
    *("", "   ", "\n\n", "Gracias", "Saludos", "Recibido", "Lo veo luego", "?", "...", "👍", "ok?"),
    *("Hola", "Buenos días", "Estimados señores", "¿Aprobar?", "APROBAR?", "Apruebo?", "¿Sí?"),
    *("Sí, pero falta la firma", "Sí pero no", "Apruebo, pero corrijan el DNI", "Apruebo si firma"),
    *("Apruebo solo si adjunta la RD", "Apruebo siempre y cuando firme", "Apruebo con reservas"),
    *("Apruebo excepto el correo", "Apruebo salvo el nivel"),
    *("Apruebo en parte", "Aprobado a medias"),
    *("Todavía no", "Aún no apruebo", "Todavía no apruebo", "Por ahora no", "Luego apruebo"),
    *("Mañana apruebo", "Apruebo mañana", "Quizás apruebe", "Podría aprobar", "No sé si aprobar"),
    *("Aprobar o rechazar", "APROBAR / RECHAZAR", "Aprobar, rechazar, observar"),
    *("Sí/No", "Sí o no"),
    *("Rechazar, perdón, aprobar", "Apruebo no", "Apruebo. No, rechazo", "Conforme, rechazo"),
    *("Apruebo y observo", "Conforme con lo observado", "Aprobado con observaciones", "Sí y no"),
    *("No rechazar", "No rechazo", "No observar", "No observo", "no gracias", "No, falta la RD"),
    *("No es conforme", "No lo apruebo", "No puedo aprobar", "No me opongo"),
    *("Esto lo aprueba mi jefe", "Que apruebe el director", "¿Quién aprueba?", "Ya lo aprobé ayer"),
    *("Reenvío para aprobar", "Se solicita aprobar", "Pendiente de aprobar", "Sin aprobar"),
    *("Aprobado el 1, rechazado el 2", "Aprobar el 1, rechazar el 2", "Apruebo el primero"),
    *("Im procedente", "in procedente", "dis conforme", "des apruebo", "Des-\naprobado"),
    *("Disconforme", "Inconforme", "Inprocedente", "In conforme", "Noapruebo", "Noo apruebo"),
    *("aprovado", "apruevo", "aporbar", "aprobra", "Aprb", "APROVAR", "Conforma", "Prosede"),
    *("Observar", "Observado.", "OBSERVAR", "Sin observaciones", "No tengo observaciones"),
    *("Aprobar DNI 12345678", "El DNI es 12345678", "Apruebo\u200b"),
    *("\u202eoburpA", "Ap\u200bruebo"),
    *("Apruebo\nNo, esperen", "Apruebo\n\nMejor no", "Apruebo\npero corrijan el correo"),
    *("Apruebo\nFalta la firma", "Apruebo\n¿Está bien el DNI?", "Sí\nRechazo el segundo"),
    *("Apruebo\nEsperen mi confirmación", "Conforme\nCorregir el DNI", "Sí\nCambiar el correo"),
    *("Apruebo\nSalvo que haya otro", "Apruebo\nCon la condición de que firme", "Apruebo\nAún no"),
    *("Aprobar\nRechazar", "Aprobar\nRechazar\nObservar", "APROBAR\nNO"),
    *("Sí\nNo", "Conforme\nNi hablar"),
    *("Aprobar: si está conforme\nRechazar: con su motivo", "1. Aprobar\n2. Rechazar"),
    *("Se le agradece responder", "Favor su atención", "Por favor", "N° 12", "12", "la solicitud"),
    *("No hay motivo para rechazar", "No se debe rechazar"),
    *("Retiro mi rechazo", "Levanto el rechazo"),
    *("Yes", "Approved", "Aprovo", "I approve", "Not approved", "Nope", "Nel", "Jamás", "Nunca"),
]  # fmt: skip


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_not_a_plain_answer_is_asked_again(text: str) -> None:
    """Doubts, conditions, questions, two answers at once, and words nobody taught the bot."""
    assert decide(text).verb is Verb.UNCLEAR


ASKED_AGAIN = {
    Verb.APPROVE: [
        *("ok", "OK.", "Okey", "Vale", "Dale", "Visto bueno", "V°B°", "VB"),
        *("Autorizo", "Autorizado"),
        *("Adelante", "Proceder", "Procédase", "Apruébese", "Queda aprobado", "Doy mi conformidad"),
        *("Está bien", "Todo ok, apruebo", "Conforme a ley", "Conforme, proceder", "Correcto"),
        *("Crear el usuario", "Procedan", "Acepto", "Aceptado", "Doy mi aprobación", "Afirmativo"),
        *("Apruebo. Gracias por su atención", "Apruebo la solicitud de la UGEL Chota"),
        *("Apruebo\n\nAtención: lunes a viernes hasta las 5 pm", "Apruebo\n\nAnexo 12, no celular"),
    ],
    Verb.REJECT: [
        *("No, gracias", "No estoy de acuerdo", "No autorizo", "Rechacen"),
        *("No aceptado", "Negativo"),
        *("No cumple", "No cumple los requisitos", "Se deniega", "Anular", "No, es de otra UGEL"),
    ],
    Verb.OBSERVE: [
        *("Falta la RD", "Devolver", "Que adjunten la RD", "Subsanar la firma", "Incompleto"),
    ],
    Verb.CORRECT: [
        *("DNI Nº 12345678", "DNI Nro. 12345678"),
        *("El DNI correcto es 12345678", "DNI número 12345678"),
        *("Corregir DNI 12345678", "CORREGIR\nDNI 12345678", "Correo electrónico: a@x.example"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("meant", "text"), [(verb, text) for verb, texts in ASKED_AGAIN.items() for text in texts]
)
def test_what_is_not_understood_is_never_misunderstood(meant: Verb, text: str) -> None:
    """Other ways to say it may be asked again; they never mean another thing."""
    assert decide(text).verb in (meant, Verb.UNCLEAR)


@pytest.mark.parametrize("text", ["DNI Nº 12345678", "DNI Nro. 12345678"])
def test_a_number_sign_before_a_dni_is_understood(text: str) -> None:
    """The sign on every Spanish keyboard is º, not °."""
    assert dict(decide(text).corrections) == {"dni": "12345678"}


# ------------------------------------------------------------------ false approvals

CONDITION = "«si» without its accent is a condition, but folds into a yes"
TYPO = "«n» and digits are fillers: a no with a slip of the finger is left out"
LATER = "words after the first line are searched for a few second thoughts only"
FALSE = {
    CONDITION: [
        *("Si procede, crear la cuenta", "Si procede el alta", "Si todo conforme, aprobar"),
        *("Si está conforme, crear usuario", "si de acuerdo, aprobar", "Crear usuario si procede"),
        *("Si procede", "Conforme, si procede", "Apruebo si\nprocede"),
        "Conforme, todo si\nprocede",
    ],
    "«por» and «para» are fillers: what still has to be approved is taken for approved": [
        *("Por aprobar", "Está por aprobar", "Solicitud por aprobar"),
        *("Para aprobar", "Todo por aprobar"),
    ],
    TYPO: ["N0 apruebo", "n0 procede", "N apruebo", "N conforme", "Nо apruebo", "Nø procede"],
    "only the closing question mark is a question": ["¿Apruebo", "¿Procede", "Apruebo\n¿Ya firmó"],
    "signs that are no letters say nothing": [
        *("❌ Apruebo", "Apruebo 👎", "👎\nApruebo", "🚫 Procede"),
    ],
    "a datum below the first line is not seen": [
        *("Apruebo\nDNI: 12345678", "Apruebo\ndni 12345678", "Conforme\nCorreo: otra@x.example"),
        *("Sí\nnombres: RUIZ SOTO, Ana", "Apruebo\nnivel: EBR Secundaria"),
    ],
    LATER: [
        "Apruebo\nTampoco corresponde",
        *("Apruebo\nEn ningún caso", "Apruebo\nNunca lo pidió la UGEL"),
        "Conforme\nAnular",
        *("Apruebo\nMejor déjenlo en pausa", "Apruebo\nRevisar primero la firma"),
        "Apruebo\nSolo el alta del director",
        *("Apruebo\nCuando llegue la RD", "Apruebo\nSi firman"),
        *("Conforme\nSin el correo", "Apruebo\nMañana"),
        *("Apruebo\nMe equivoqué", "Sí\nSuspender el trámite"),
        *("Apruebo\nPD: que el correo sea otro", "Apruebo\nCreo que es otra persona"),
    ],
    "in capitals, or with some, any words look like a signature": [
        *("APRUEBO\nGRACIAS\nRECHACE EL ALTA", "APRUEBO\nSALUDOS\nDENIEGO LA BAJA"),
        *("APRUEBO\nGRACIAS\nIGNORE ESTE CORREO", "APRUEBO\nAna Ruiz Soto\nME ARREPIENTO"),
        *("APRUEBO\nGRACIAS\nES FALSO", "Apruebo\nEstá Mal", "APRUEBO\nATTE\nDEVUELVA"),
    ],
    "what looks like small print is cut off with all below it": [
        *("Apruebo\nEste correo es un error", "Apruebo\nEste mensaje era para otro, esperen"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [(text, why) for why, texts in FALSE.items() for text in texts],
)
def test_what_takes_a_yes_back_is_no_yes(text: str, why: str) -> None:
    """Conditions, slips, signs and second lines: none of these people approved."""
    assert decide(text).verb is not Verb.APPROVE, why


@pytest.mark.parametrize(
    "text", ["Observaciones: ninguna", "Observación levantada", "Observado: nada"]
)
def test_no_observation_is_no_observation(text: str) -> None:
    """«Observaciones: ninguna» asks nobody to mend anything."""
    assert decide(text).verb is not Verb.OBSERVE


@pytest.mark.parametrize(
    "text", ["No corresponde rechazar", "No procede el rechazo", "No procede denegar"]
)
def test_a_no_to_a_no_is_no_rejection(text: str) -> None:
    """Who refuses to reject has not rejected."""
    assert decide(text).verb is not Verb.REJECT


@pytest.mark.parametrize("text", ["Nombre completo conforme", "Nombres y apellidos correctos"])
def test_a_remark_on_a_name_is_no_correction(text: str) -> None:
    """«Nombre completo conforme» does not rename anybody."""
    assert decide(text).verb is not Verb.CORRECT


# ------------------------------------------------------------------ through the programs people use

ASKED = Quoted(
    "Usuarios SIAGIE <siagie@mailbot.example>",
    "mar, 3 mar 2026 a las 10:16",
    "[SIAGIE-12] Alta",
    "##- Responda por encima de esta línea -##\n\nResponda con una palabra:\nAPROBAR\nRECHAZAR",
)
PROGRAMS: Mapping[str, Callable[[str], bytes]] = {
    "Gmail": lambda own: _mail(text=mails.answered_gmail(own, ASKED)),
    "Outlook": lambda own: _mail(text=mails.answered_outlook(own, ASKED)),
    "iPhone": lambda own: _mail(text=mails.answered_iphone(own, ASKED)),
    "Outlook in HTML only": lambda own: _mail(html=as_html(mails.answered_outlook(own, ASKED))),
    "Gmail in both dresses": lambda own: _mail(
        text=mails.answered_gmail(own, ASKED),
        html=f"{as_html(own)}<div class=gmail_quote>APROBAR</div>",
    ),
    "below the quote": lambda own: _mail(text=mails.answered_below(own, ASKED)),
    "base64": lambda own: _mail(text=mails.answered_gmail(own, ASKED), transfer="base64"),
}


def _mail(**how: str) -> bytes:
    return compose(f"Ana Ruiz Soto <{DECIDER}>", BOT, f"Re: {ASKED.subject}", **how)  # type: ignore[arg-type]


KNOWN = [*APPROVALS, *REJECTIONS, *(t for t, _ in OBSERVE_LONG), *(t for t, _ in CORRECT_LONG)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_carries_the_answer(program: str) -> None:
    """Quoted above, below or in a block, in plain text or HTML: the answer is the same."""
    for text in KNOWN:
        assert read_decision(read_mail(PROGRAMS[program](text))).verb is decide(text).verb, text


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_quote_alone_decides_nothing(program: str) -> None:
    """Sent back without a word, the words the question holds are not said."""
    assert read_decision(read_mail(PROGRAMS[program](""))).verb is Verb.UNCLEAR


def test_a_second_text_can_take_the_first_back() -> None:
    """Programs split a reply around a pasted picture: both halves were said."""
    parts = [mails.text_part("Apruebo"), mails.text_part("No, esperen")]
    raw = mails.head([("From", DECIDER), ("To", BOT)]) + mails.multipart("mixed", parts, "=_b")
    assert read_decision(read_mail(raw)).verb is not Verb.APPROVE


def test_there_are_as_many_replies_as_we_think() -> None:
    """A list that lost its lines would otherwise pass every claim."""
    counts = [len(APPROVALS), len(REJECTIONS), len(UNCLEAR)]
    assert counts[0] > 100
    assert counts[1] > 50
    assert counts[2] >= 140
    assert len(OBSERVE_LONG) + len(CORRECT_LONG) == 18


# ------------------------------------------------------------------ whatever is written

NEGATIONS = (
    "no",
    "No",
    "NO",
    "ni",
    "nunca",
    "jamás",
    "tampoco",
    "ningún",
    "ninguna",
    "nadie",
    "sin",
)
YES = ("Apruebo", "aprobar", "sí", "Conforme", "procede", "de acuerdo", "se aprueba", "APROBADO")
FILLERS = (
    "la",
    "el",
    "gracias",
    "por favor",
    "solicitud",
    "usuario",
    "todo",
    "alta",
    "12",
    ",",
    ".",
)
words = st.lists(st.sampled_from((*YES, *FILLERS)), max_size=5)


@given(words, st.sampled_from(NEGATIONS), words)
@settings(max_examples=200, deadline=None)
def test_a_line_with_a_negation_is_never_a_yes(
    before: list[str], negation: str, after: list[str]
) -> None:
    """Wherever in the line the no stands."""
    assert decide(" ".join((*before, negation, *after))).verb is not Verb.APPROVE


@given(words, words, st.sampled_from(("no", "No", "NO", "ni", "pero")), words)
@settings(max_examples=200, deadline=None)
def test_a_text_with_a_negation_is_never_a_yes(
    first: list[str], before: list[str], negation: str, after: list[str]
) -> None:
    """Wherever in the text the no stands."""
    below = " ".join((*before, negation, *after))
    assert decide(f"{' '.join(first)}\n{below}").verb is not Verb.APPROVE


@pytest.mark.parametrize("negation", [n for n in NEGATIONS if n.lower() not in ("no", "ni")])
def test_any_negation_below_takes_the_yes_back(negation: str) -> None:
    """Every word that denies, not the shortest two only."""
    assert decide(f"Apruebo\n{negation} lo vio").verb is not Verb.APPROVE


VOCABULARY = frozenset(
    """
    aprobar apruebo aprobado aprobada aprobamos conforme procede procedente acuerdo de si aprueba se
    la el los las lo le del al a y en con para por favor su esta este solicitud pedido tramite alta
    baja usuario usuaria cuenta creacion crear reemplazo cambio caso numero nro n siagie gracias
    muchas saludos cordiales atte atentamente cordialmente estimado estimados estimada estimadas
    buenos buenas buen dia dias tardes noches senor senora senores sr sra sres hola todo que
    """.split()
)
"""The words a first line may hold and still be a yes; a list of its own, not the bot's."""
letters = st.text(st.sampled_from("abcdefinoprstuvzáéíóúñ ?¿\n.,0"), min_size=1, max_size=40)
typed = st.lists(
    st.one_of(st.sampled_from((*YES, *FILLERS, "n", "pero", "rechazo", "observo")), letters),
    min_size=1,
    max_size=6,
).map(" ".join)


def plain(line: str) -> list[str]:
    table = str.maketrans("áéíóúñ", "aeioun")
    kept = "".join(c if c.isalnum() else " " for c in line.lower().translate(table))
    return [word for word in kept.split() if not word.isdigit()]


@given(typed)
@settings(max_examples=200, deadline=None)
def test_arbitrary_text_is_no_yes_unless_made_of_its_words(text: str) -> None:
    """A first line with any other word in it does not approve."""
    if decide(text).verb is Verb.APPROVE:
        greeting = ("hola", "buenos", "buenas", "buen", "dia", "dias", "tardes", "noches")
        said = [w for line in text.split("\n") if (w := plain(line)) and set(w) - set(greeting)]
        assert set(said[0]) <= VOCABULARY


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_decision(text: str) -> None:
    """No text breaks the reader, and none without its words approves."""
    decision = decide(text)
    spoken = any(word in VOCABULARY for line in text.split("\n") for word in plain(line))
    assert decision.verb is not Verb.APPROVE or spoken
    assert len(decision.text) <= 1000


# ------------------------------------------------------------------ what may stand under a yes

LEGAL = "AVISO LEGAL: si usted no es el destinatario, no lo use."
SIGNED = [
    f"Apruebo\n\nAna Ruiz Soto\n\n{LEGAL}",
    f"Apruebo\nAna Ruiz Soto\n{LEGAL}",
    "Apruebo\n\nEste mensaje es confidencial y\nno debe difundirse.",
    "Apruebo\n\nPedro Suárez",
    "Apruebo\nAtte atentamente cordialmente saludos cordiales slds muchas gracias",
    f"Apruebo\nAna Ruiz Soto\n{'A' * 100}",
]
TAKEN_BACK = [
    f"Apruebo\n\n{LEGAL}\n\nNadie lo pidió",
    "Apruebo\nAna Ruiz Soto\nNo",
    "Apruebo\nAna Ruiz Soto\nMINEDU ?",
    "Apruebo\nAna Ruiz Soto\npausen",
    "Apruebo\nGracias нет",
    "Apruebo\nUnidad Local",
    f"Apruebo\nAna Ruiz Soto\n{'A' * 101}",
]


@pytest.mark.parametrize("text", SIGNED)
def test_a_signature_and_small_print_take_no_yes_back(text: str) -> None:
    """T19: a name, a closing, what institutions add: on lines of their own or one below another."""
    assert decide(text).verb is Verb.APPROVE


@pytest.mark.parametrize("text", TAKEN_BACK)
def test_a_signature_hides_nothing_that_takes_a_yes_back(text: str) -> None:
    """T19: between small print and signature every line is still read by itself."""
    assert decide(text).verb is Verb.UNCLEAR


# ------------------------------------------------------------------ codes, names, several texts

CODES = {
    "APROBAR 123456": "123456",
    "apruebo 123-456": "123456",
    "Sí. Código: 123 456.": "123456",
    "APROBAR 123456\n654321": "123456",
    "Apruebo\n123456\nGracias": "123456",
    "Apruebo\nAtte 123456": None,
    "Apruebo\nAtte. 123456": None,
    "Apruebo\nGracias\n123456": None,
}


@pytest.mark.parametrize("text", CODES)
def test_a_code_stands_behind_the_word_or_alone_below_it(text: str) -> None:
    """T21: at the end of the first line, or all of the second; no other number is one."""
    decision = decide(text)
    assert (decision.verb, decision.code) == (Verb.APPROVE, CODES[text])


NAMED = {
    "Apruebo, gracias": "",
    "Apruebo el alta": "alta",
    "Apruebo crear la cuenta\nAna Ruiz Soto": "alta",
    "Apruebo la creación y la baja": "alta baja",
    "Apruebo el caso 012": "12",
    "Apruebo la solicitud N° 120": "120",
    "Conforme\nApruebo la baja del caso 7": "baja 7",
    "Apruebo la creación de la cuenta de usuario en el SIAGIE para el caso\n13.": "alta 13",
    "Apruebo el caso 12 123456": "12",
    "Apruebo el caso 12\n123456": "12",
    "Apruebo\nAna Ruiz Soto\nAnexo 21234\n615-5800\n999 999 999": "",
}


@pytest.mark.parametrize("text", NAMED)
def test_a_yes_names_what_it_is_to(text: str) -> None:
    """T19: alta, baja, numbers in every line that says yes, or alone; not codes, not telephones."""
    decision = decide(text)
    assert (decision.verb, decision.named) == (Verb.APPROVE, frozenset(NAMED[text].split()))


@pytest.mark.parametrize("coded", ["Apruebo 123456", "Apruebo\n123456"])
@pytest.mark.parametrize("below", ["mañana", "mañana\nGracias", "Gracias\nmañana"])
def test_a_code_hides_nothing_that_stands_below(coded: str, below: str) -> None:
    """T19: whatever takes a yes back takes it back, code or no code, on every line."""
    assert decide(f"{coded}\n{below}").verb is Verb.UNCLEAR


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("abc", Verb.UNCLEAR),
        ("abcd", Verb.OBSERVE),
        (
            "ninguna ninguno ningun nada levantada levantado subsanada no hay",
            Verb.UNCLEAR,
        ),
    ],
)
def test_an_observation_says_something(said: str, verb: Verb) -> None:
    """Three letters are a slip, and so many words for nothing are nothing."""
    assert decide(f"Observar: {said}").verb is verb


def from_whom(address: str, *own: str) -> Verb:
    """What some texts of a sender's decide, no name shown."""
    sender = Sender(address, authenticated=True, reason="")
    mail = Mail("", "", "", sender, (), (), own, "", False, None, ())  # noqa: FBT003
    return read_decision(mail).verb


def test_a_name_alone_signs_when_it_is_the_senders() -> None:
    """From the address, where none is shown: of anybody else's it may be «Suspende», say."""
    assert from_whom("rosaura@minedu.example", "Apruebo\n\nRosaura") is Verb.APPROVE
    assert from_whom("jefe@minedu.example", "Apruebo\n\nRosaura") is Verb.UNCLEAR
    assert from_whom("jefe@rosaura.example", "Apruebo\n\nRosaura") is Verb.UNCLEAR


def test_several_texts_are_one_answer() -> None:
    """A yes and thanks in another part; a yes and a doubt in another part."""
    assert from_whom("a@b.example", "Apruebo", "Gracias") is Verb.APPROVE
    assert from_whom("a@b.example", "Apruebo", "mañana") is Verb.UNCLEAR
