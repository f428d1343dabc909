"""Every letter with an example of what it says, for the tests and for people who look at them.

``python tests/letters.py FOLDER`` writes each as HTML and text.
"""

import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from reports import REPORT

from mailbot.buttons import buttons
from mailbot.parsers.orders import ROWS
from mailbot.report import paper
from mailbot.respond import KINDS, Secrets, render

FINDINGS = [
    ("apellidos y nombres", "QUISPE MAMANI, Rosa Elena", "OFICIO 123[R].pdf, pág. 1"),
    ("número de DNI", "42871359", "OFICIO 123[R].pdf, pág. 1"),
    ("correo electrónico", "rosa.quispe@correo.example", "OFICIO 123[R].pdf, pág. 1"),
    ("oficio", "OFICIO N° 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "OFICIO 123[R].pdf, pág. 1"),
    ("firma autorizada", "DIRECTOR DE LA UGEL CHOTA", "OFICIO 123[R].pdf, pág. 1"),
    ("oficina", "UGEL CHOTA (060004)", "OFICIO 123[R].pdf, pág. 1"),
]
MET = [
    {"label": label, "value": value, "places": [place], "note": None, "mend": None}
    for label, value, place in FINDINGS
]
UNMET = [
    {
        "label": "resolución de designación",
        "value": "Resolución Directoral N° 456-2026",
        "places": ["RD 456.pdf, pág. 1"],
        "note": "nombra a Garro Lomparte Elvira",
        "mend": None,
    },
    {
        "label": "quién solicita",
        "value": "siagie.chota@correo.example",
        "places": [],
        "note": "siagie.chota@correo.example no está en el registro",
        "mend": None,
    },
]
MEND = [
    {
        "label": "resolución de designación",
        "mend": "Adjunte la Resolución Directoral de designación.",
        "note": None,
    },
    {
        "label": "número de DNI",
        "mend": "Consigne el número de DNI de la persona, con sus 8 cifras.",
        "note": "tiene 7 cifras y un DNI tiene 8",
    },
]
CASE: dict[str, Any] = {
    "bot_name": "Usuarios SIAGIE",
    "number": 12,
    "subject": "SOLICITO ALTA DE USUARIO SIAGIE",
    "section": "5.1",
    "action": "alta",
    "role_name": "Especialista SIAGIE UGEL",
    "office_name": "UGEL CHOTA",
    "nivel": None,
    "names": "QUISPE MAMANI, Rosa Elena",
    "dni": "42871359",
    "correo": "rosa.quispe@correo.example",
    "asker": "mesadepartes@ugelchota.example",
    "asker_verdict": "comprobado por nuestro servidor de correo",
    "forwarded": False,
    "previous": None,
    "closes": [
        {"names": "PÉREZ GARCÍA, Juan", "dni": "10203040", "opened": "2025-03-12", "correo": None}
    ],
    "signals": ["un oficio con el mismo número ya se usó en el caso 9"],
    "met": MET,
    "broken_signatures": ["OFICIO 123[R].pdf: firma digital inválida: cambió después de firmado"],
    "signatures": ["RD 456.pdf: firma digital válida: ANA RUIZ SOTO"],
    "unmet": UNMET,
}
MODEL = {
    "where": "oficio",
    "to": "Administrador SIAGIE de la Unidad de Estadística del MINEDU",
    "action": "alta",
    "role": "Especialista SIAGIE UGEL",
    "office": "UGEL CHOTA",
    "section": "5.1",
    "rows": [
        ["Apellidos y nombres", "QUISPE MAMANI, Rosa Elena"],
        ["N.° de DNI", None],
        ["Correo electrónico", "rosa.quispe@correo.example"],
    ],
    "attached": ["Resolución Directoral de designación"],
    "signs": "Director de la UGEL, o director o jefe del área que solicita",
}
TAKEN = [
    {
        "number": 13,
        "action_words": "Alta",
        "role_name": "Estadístico UGEL",
        "names": "HUAMÁN CONDORI, Luis Alberto",
        "office_name": "UGEL CHOTA",
        "section": "7.1",
        "tells": "asker",
    },
    {
        "number": 14,
        "action_words": "Baja",
        "role_name": "Director de IE",
        "names": None,
        "office_name": "IE 10423 CHOTA",
        "section": "8.2",
        "tells": "",
    },
]
ITEM = {
    "names": "QUISPE MAMANI, Rosa Elena",
    "dni": "42871359",
    "username": "42871359",
    "correo": "rosa.quispe@correo.example",
    "role_name": "Especialista SIAGIE UGEL",
    "office": "060004",
    "office_name": "UGEL CHOTA",
    "nivel": None,
    "case": 12,
}
LEAVING = {"names": "PÉREZ GARCÍA, Juan", "dni": "10203040", "username": "10203040"}
ITEMS = [
    {**ITEM, **LEAVING, "number": 1, "verb": "close", "after": []},
    {**ITEM, "number": 2, "verb": "open", "after": [1]},
    {**ITEM, **LEAVING, "number": 3, "verb": "reopen", "after": [], "case": None},
]
ORDER = {
    "order": 7,
    "items": ITEMS,
    "opens": True,
    "typing": True,
    "written": "2026-03-31T17:00:00Z",
}
HOLDER = {"typed": True, "username": "42871359", "worker": "ana.vera@minedu.example"}
EXPIRES = "2026-04-03T17:00:00+00:00"
TOKEN = "j5sh5gbhk5jhgshcjs3speg5cqysefgg"
REPLY_TO = f"siagie+{TOKEN}@mailbot.example"
PASSWORD = SecretStr("CjWu-qqfG-umUv-sRW4")
_OF_A_CASE = (
    *("section", "action", "role_name", "office_name", "nivel"),
    *("names", "dni", "correo", "asker"),
)
MORE: dict[str, dict[str, Any]] = {
    "decider-question": {
        "asker_name": "UGEL CHOTA",
        "expires": EXPIRES,
        "changes": ["número de DNI: antes «42871350», ahora «42871359»"],
        "code": True,
        "pair": True,
    },
    "decider-reminder": {
        "asked": "2026-03-31T17:00:00+00:00",
        "expires": EXPIRES,
        "code": True,
        "pair": True,
    },
    "decider-unclear": {"problem": "«1234567» no es un DNI: son 8 cifras"},
    "decider-lacking": {"lacking": ["número de DNI"]},
    "decider-unproven": {
        "reason": "nuestro servidor de correo comprobó que no viene de minedu.example",
        "recipient": "a@minedu.example",
    },
    "decider-code": {
        "problem": "El código no es correcto o ya se usó (2 de 5 intentos)",
        "code": True,
    },
    "decider-settled": {
        "state": "done",
        "state_words": "fue aprobado y ejecutado",
        "decided_by": "otra.persona@minedu.example",
        "decided_at": EXPIRES,
        "expired": False,
    },
    "decider-paused": {"since": EXPIRES},
    "decider-receipt": {
        "title": "[SIAGIE] Lo que se hizo con su respuesta",
        "lines": [
            {
                "number": 1,
                "case": 12,
                "about": "alta de QUISPE MAMANI, Rosa Elena (Especialista SIAGIE UGEL, UGEL CHOTA)",
                "words": "aprobado y ejecutado: se creó la cuenta",
                "done": True,
            },
            {
                "number": 9,
                "case": None,
                "about": "",
                "words": "no se hizo: el resumen no tiene ese número",
                "done": False,
            },
        ],
    },
    "decider-digest": {
        "items": [
            {
                "number": number,
                "case": 11 + number,
                "asked": EXPIRES,
                **{name: CASE[name] for name in _OF_A_CASE},
                "closes": [{"names": "PÉREZ GARCÍA, Juan", "dni": "10203040"}],
                "own": own,
            }
            for number, own in ((1, ""), (2, "hay que revisar número de DNI"))
        ],
        "more": 3,
        "code": True,
        "paused": EXPIRES,
        "expires": EXPIRES,
    },
    "decider-confirm": {
        "order": "DELEGAR",
        "says": [
            "otra.persona@minedu.example decidirá también lo que a usted se le pregunta.",
            "No vale para lo que deciden dos personas, ni para lo que esa persona misma pidió.",
        ],
        "code": True,
        "expires": EXPIRES,
    },
    "decider-note": {
        "title": "Estado del caso 12",
        "paragraphs": [
            "Caso 12: alta de QUISPE MAMANI, Rosa Elena (Especialista SIAGIE UGEL, UGEL CHOTA).",
            "Espera su decisión.",
        ],
    },
    "decider-help": {
        "problem": "Así no se entiende DELEGAR.",
        "orders": [{"example": r.example, "does": r.does, "changes": r.changes} for r in ROWS],
    },
    "administrator-misused": {
        "what": "leaked",
        "who": "otra.persona@minedu.example",
        "approver": "quien.decide@minedu.example",
        "digest": True,
    },
    "administrator-unanswered": {
        "approver": "quien.decide@minedu.example",
        "deputy": "otra.persona@minedu.example",
        "cases": [{"number": 12, "about": "alta de QUISPE MAMANI, Rosa Elena", "since": EXPIRES}],
        "more": 2,
    },
    "administrator-term": {"ends": "2026-12-31", "left": 30},
    "office-term": {"ends": "2026-12-31", "left": 1},
    "decider-credentials": {"username": "42871359", "expires": EXPIRES, "attempt": 1},
    "holder-credentials": {"username": "42871359", "expires": EXPIRES, "attempt": 2},
    "holder-account": HOLDER,
    "decider-account": HOLDER,
    "worker-order": ORDER,
    "worker-reminder": {**ORDER, "items": ITEMS[1:2], "typing": False},
    "worker-unclear": {**ORDER, "problem": "El punto 9 no está en la orden"},
    "worker-noted": {
        **ORDER,
        "noted": [
            {"number": 1, "status": "done"},
            {"number": 2, "status": "refused"},
            {"number": 3, "status": "dropped"},
        ],
        "over": False,
    },
    "asker-received": {"numbers": "[SIAGIE-13, SIAGIE-14]", "taken": TAKEN},
    "asker-observed": {
        "numbers": "[SIAGIE-12]",
        "taken": TAKEN[:1],
        "models": [{"name": "oficio-modelo-SIAGIE-12.docx", "given": MODEL}],
        "due": EXPIRES,
        "cases": [
            {
                "action_words": "Alta",
                "role_name": "Especialista SIAGIE UGEL",
                "names": "QUISPE MAMANI, Rosa Elena",
                "section": "5.1",
                "said": None,
                "mend": MEND,
            }
        ],
    },
    "asker-reminder": {"due": EXPIRES, "mend": MEND, "said": None},
    "asker-lapsed": {"due": EXPIRES},
    "asker-rejected": {"said": "la RD es de otra persona"},
    "asker-refused": {"reason": "already", "elsewhere": "", "twin": None},
    "asker-status": {
        "cases": [
            {
                "number": 12,
                "action_words": "Alta",
                "role_name": "Especialista SIAGIE UGEL",
                "office_name": "UGEL CHOTA",
                "who": "Q. M., R. E. (DNI *****359)",
                "received": "2026-03-30T17:00:00+00:00",
                "state_words": "Falta completarla. Responda al correo en que se lo pedimos",
                "when": ["hasta el", EXPIRES],
                "mend": ["Adjunte la Resolución Directoral de designación."],
            },
            {
                "number": 13,
                "action_words": "Baja",
                "role_name": "Estadístico UGEL",
                "office_name": "UGEL CHOTA",
                "who": "H. C., L. A. (DNI *****105)",
                "received": "2026-03-20T17:00:00+00:00",
                "state_words": "Está hecha: el usuario se dio de baja",
                "when": ["el", "2026-03-23T20:00:00+00:00"],
                "mend": [],
            },
        ],
        "more": 2,
        "unknown": [99],
    },
    "asker-unrelated": {"asks_other": True, "elsewhere": ""},
    "asker-too-large": {"megabytes": 31.4, "limit": 26},
    "administrator-alert": {"what": "leaked", "who": "otra.persona@minedu.example"},
    "administrator-returned": {"address": "rosa@correo.example", "why": "550 no such user"},
    "administrator-change": {
        "step": "enable",
        "why": "la política de contraseñas no acepta las que hace el bot",
        "closing": ["HUAMÁN CONDORI, Luis Alberto"],
    },
    "administrator-vacant": {"decider": "Especialista SIAGIE UGEL"},
    "office-challenge": {
        "claimed": "siagie.chota@correo.example",
        "received": "2026-03-31T17:00:00+00:00",
        "asked": ["alta de Especialista SIAGIE UGEL (DNI terminado en 1359)"],
        "expires": EXPIRES,
    },
    "administrator-unconfirmed": {
        "address": "mesadepartes@ugelchota.example",
        "claimed": "siagie.chota@correo.example",
        "received": "2026-03-31T17:00:00+00:00",
        "mail": 31,
        "folder": "Apartados",
        "denied": True,
    },
    "administrator-report": paper.said(REPORT),
    "administrator-shadow": {
        "mails": [
            {
                "id": 31,
                "received": "2026-03-31T17:00:00+00:00",
                "sender": "UGEL CHOTA",
                "would": [
                    "V.5.1: se observa (resolución de designación)",
                    "V.5.2: se pregunta a quien decide",
                ],
                "people": "una persona ya lo contestó",
            },
            {
                "id": 32,
                "received": "2026-03-31T18:10:00+00:00",
                "sender": "***@correo.example",
                "would": ["remitente sin comprobar: se aparta"],
                "people": "nadie lo ha contestado",
            },
        ],
        "more": 4,
    },
    "administrator-health": {
        "turn": "began",
        "label": "Ida y vuelta del correo",
        "words": "lo que el bot se escribió hace 25 min no ha llegado",
        "mend": "mire la cola y los filtros del servidor de correo: puede que nada llegue al buzón",
        "since": "2026-03-31T17:00:00+00:00",
        "at": "2026-03-31T18:30:00+00:00",
    },
    "administrator-digest": {
        "head": f"12:{'ab' * 32}",
        "folder": "Apartados",
        "more": 3,
        "mails": [
            {
                "id": 31,
                "received": EXPIRES,
                "sender": "alguien@correo.example",
                "reason": "remitente sin comprobar: nuestro servidor no dio su veredicto",
            }
        ],
        "letters": [
            {
                "id": 7,
                "kind": "holder-credentials",
                "recipient": "rosa@correo.example",
                "error": "550 no such user",
            }
        ],
        "untold": [
            {
                "case": 12,
                "mail": None,
                "words": "termina una encargatura",
                "about": "cuenta 3: 28/04/2026",
            },
            {
                "case": None,
                "mail": 9,
                "words": "nadie confirmó que el correo fuera suyo",
                "about": "",
            },
        ],
        "unsaid": 2,
        "paused": EXPIRES,
    },
}


def laced(value: Any, old: str, new: str) -> Any:  # noqa: ANN401  JSON
    """A context in which some words stand for others, however deep they lie."""
    if isinstance(value, dict):
        return {key: laced(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [laced(inner, old, new) for inner in value]
    return value.replace(old, new) if isinstance(value, str) else value


def example(kind: str, **more: Any) -> tuple[str, str, str]:  # noqa: ANN401
    """Subject, text and HTML of a kind of letter."""
    context: dict[str, Any] = {**CASE, **MORE.get(kind, {}), **more}
    made = KINDS[kind]
    secret = Secrets(
        TOKEN if made.token else None, PASSWORD if made.password or made.typed else None
    )
    words, code = KINDS[kind].answers, bool(context.get("code"))
    return render(kind, context, secret, lambda title: buttons(words, REPLY_TO, title, code=code))


def main(folder: Path) -> None:
    """Write every letter into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        subject, text, html = example(kind)
        (folder / f"{kind}.html").write_text(html, encoding="utf-8")
        (folder / f"{kind}.txt").write_text(f"{subject}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
