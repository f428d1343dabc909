"""The model of the paper that is missing: filled with what is certain, and good for an answer."""

import io
import json
from email.message import EmailMessage

import docx
import mails
import pytest
from house import BOT, SAMPLES, House, files_of, write_config

from mailbot import oficio
from mailbot.check import check
from mailbot.decide import Record
from mailbot.examine import sender_of
from mailbot.model import Outcome
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules

UGEL = "mesadepartes@ugelchota.example"
ALTA = "5.1-alta-especialista-ugel"
ASKED = sorted(p.stem for p in SAMPLES.glob("[3-9].[12]-*.eml"))
BLANK = "_" * 24


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return read_rules(write_config(tmp_path_factory.mktemp("rules") / "config", None))


def truth(sample: str) -> Record:
    """What a sample asks."""
    text = (SAMPLES / f"{sample}.truth.json").read_text(encoding="utf-8")
    (request,) = json.loads(text)["requests"]
    return dict(request)


def record(sample: str, rules: Rules, **outcomes: str) -> Record:
    """A case of a sample in which all is met but what is named."""
    asked, holder = truth(sample), truth(sample)["holder"]
    procedure = rules.guide.procedures[asked["procedure"]]
    findings = [
        {"requirement": name, "outcome": outcomes.get(name.replace("-", "_"), "met")}
        for name in (*procedure.requirements, procedure.where)
    ]
    return {
        "section": procedure.section,
        "findings": findings,
        "office_name": rules.offices.name(asked["office"]),
        "names": holder["apellidos_y_nombres"],
        "dni": holder["dni"],
        "correo": holder.get("correo"),
        "nivel": asked.get("nivel"),
    }


def model(sample: str, rules: Rules, **outcomes: str) -> bytes:
    """The model for a case of a sample."""
    given = oficio.wanted(record(sample, rules, **outcomes), rules.guide)
    assert given is not None
    return oficio.write(given)


def completed(data: bytes, signed_by: str) -> bytes:
    """The model as a person sends it back: numbered, dated and signed."""
    paper = docx.Document(io.BytesIO(data))
    for paragraph in paper.paragraphs:
        for run in paragraph.runs:
            run.text = (
                run.text.replace(f"N.° {BLANK}", "N.° 123-2026")
                .replace(f"fecha: {BLANK}", "fecha: Lima, 30 de marzo de 2026")
                .replace(BLANK * 2, signed_by)
                .replace("(membrete de la oficina)", "")
            )
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def words(data: bytes) -> str:
    """All the text of a DOCX file."""
    paper = docx.Document(io.BytesIO(data))
    cells = [c.text for t in paper.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


def test_the_samples_ask_for_every_procedure_with_a_paper() -> None:
    """Fourteen procedures are asked for with an oficio or a solicitud."""
    assert len(ASKED) == 14


@pytest.mark.parametrize("sample", ASKED)
def test_a_model_sent_back_meets_what_it_states(sample: str, rules: Rules) -> None:
    """Completed and attached as it is, our own check finds in it all that the guide wants there."""
    procedure = rules.guide.procedures[truth(sample)["procedure"]]
    own = {procedure.where: "missing", "firmante": "missing"}
    paper = completed(model(sample, rules, **own), "MARÍA LUISA TORRES VEGA")
    others = [f for f in files_of(sample) if (f.filename or "").startswith(("RD", "DNI"))]
    asker = read_mail((SAMPLES / f"{sample}.eml").read_bytes()).sender.address
    raw = mails.compose(
        asker,
        BOT,
        "Remito lo solicitado",
        text="Se adjunta.",
        attachments=[mails.File("modelo.docx", paper), *others],
    )
    parsed = parse((read_mail(raw, sender_of(raw, rules)),), rules)
    assert isinstance(parsed, Request)
    (case,) = check(parsed, rules)
    assert case.procedure is procedure
    stated = {f.requirement: f.outcome for f in case.findings}
    wanted = {*procedure.states, *({"oficio", "firmante"} & set(procedure.requirements))}
    assert {name: stated[name] for name in wanted} == dict.fromkeys(wanted, Outcome.MET)


def test_what_is_not_certain_is_left_blank(rules: Rules) -> None:
    """A DNI that was not read for sure is for the asker to write, not for us to suggest."""
    holder = truth(ALTA)["holder"]
    text = words(model(ALTA, rules, dni="unreadable", oficio="missing"))
    assert holder["apellidos_y_nombres"] in text
    assert holder["dni"] not in text


@pytest.mark.parametrize(
    ("sample", "outcomes"),
    [
        (ALTA, {"rd": "missing"}),
        (ALTA, {}),
        ("2.1-alta-central-atencion", {"nombres": "missing"}),
    ],
)
def test_no_model_where_no_paper_of_the_askers_is_amiss(
    sample: str, outcomes: dict[str, str], rules: Rules
) -> None:
    """Nobody can write a Resolución Directoral from our model; a mail needs no oficio."""
    assert oficio.wanted(record(sample, rules, **outcomes), rules.guide) is None


def test_strange_values_stay_text(rules: Rules) -> None:
    """Control characters and markup of a hostile name neither break the file nor reach it."""
    hostile = {**record(ALTA, rules, oficio="missing"), "names": "A\x00B\u202eC</w:t>\ufffe D"}
    given = oficio.wanted(hostile, rules.guide)
    assert given is not None
    assert "A B C</w:t> D" in words(oficio.write(given))


def test_the_observation_brings_the_model(house: House) -> None:
    """The office that forgot the oficio gets one to sign; of what is complete nothing is sent."""
    files = [f for f in files_of(ALTA) if "RD" in (f.filename or "")]
    text = "Solicito el alta del Especialista SIAGIE de la UGEL Chota. Adjunto la RD."
    house.send(mails.compose(UGEL, BOT, "Alta de usuario", text=text, attachments=files), UGEL)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    (attached,) = _attachments(observed)
    name, data = attached
    assert name == "oficio-modelo-SIAGIE-1.docx"
    assert "UGEL CHOTA" in words(data)


def _attachments(mail: EmailMessage) -> list[tuple[str | None, bytes]]:
    found = ((p.get_filename(), p.get_payload(decode=True)) for p in mail.iter_attachments())
    return [(name, data) for name, data in found if isinstance(data, bytes)]
