"""What becomes of the mails that are not simply complete, over the real mail servers."""

import mails
import pytest
from house import ADMINISTRATOR, BOT, NOON, SAMPLES, House, files_of, kind_of, text_of

from mailbot import pipeline
from mailbot.mailbox import open_mailbox
from mailbot.model import Post as Place
from mailbot.store.tables import Letter, LetterStatus, Mail
from mailbot.store.tables import Mail as StoredMail

UGEL = "mesadepartes@ugelchota.example"
ALTA = "5.1-alta-especialista-ugel"
POST = Place("especialista-ugel", "060004")


def statuses(house: House) -> list[tuple[str, str | None, str | None]]:
    """Status, kind and reason of every mail."""
    with house.store.read() as tx:
        return [(m.status, m.kind, m.reason) for m in tx.query(Mail).order_by(Mail.id)]


def without(sample: str, name: str) -> bytes:
    """A sample with one attachment left out."""
    files = [f for f in files_of(sample) if name not in str(f.filename)]
    return mails.compose(UGEL, BOT, "Alta de usuario SIAGIE", text="Remito.", attachments=files)


def only(sample: str, name: str, in_reply_to: str) -> bytes:
    """An answer with one attachment of a sample."""
    files = [f for f in files_of(sample) if name in str(f.filename)]
    text = "Adjunto lo que faltaba."
    return mails.compose(
        UGEL, BOT, "Re: Alta", text=text, attachments=files, in_reply_to=in_reply_to
    )


def test_what_is_missing_is_told_once_and_completed_by_a_reply(house: House) -> None:
    """One letter with the mend; the reply with the missing paper completes the case."""
    house.send(without(ALTA, "RD"), UGEL)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    assert kind_of(observed) == "asker-observed"
    assert "Adjunte la Resolución Directoral de designación." in text_of(observed)
    assert house.received(ADMINISTRATOR) == []
    house.send(only(ALTA, "RD", in_reply_to=str(observed["Message-ID"])), UGEL)
    house.poll()
    (case,) = house.cases()
    assert (case.status, case.revision) == ("pending", 2)
    house.decide(ADMINISTRATOR, "APROBAR")
    assert [a.dni for a in house.active()] == ["42871359"]


def test_a_colleague_of_the_same_office_cannot_be_told_from_a_stranger_by_the_thread(
    house: House,
) -> None:
    """A reply in the thread from an address of another office completes nothing."""
    house.send(without(ALTA, "RD"), UGEL)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    stranger = "mesadepartes@ugeljaen.example"
    raw = only(ALTA, "RD", in_reply_to=str(observed["Message-ID"])).replace(
        UGEL.encode(), stranger.encode()
    )
    house.send(raw, stranger)
    house.poll()
    assert house.cases()[0].status == "observed"


def test_a_word_of_thanks_is_not_answered(house: House) -> None:
    """«Gracias» in the thread changes nothing and makes no letter."""
    house.send(without(ALTA, "RD"), UGEL)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    thanks = mails.compose(
        UGEL,
        BOT,
        "Re: Alta",
        text="Gracias, lo enviaremos.",
        in_reply_to=str(observed["Message-ID"]),
    )
    house.send(thanks, UGEL)
    house.poll()
    assert house.received(UGEL) == ["asker-observed"]
    assert house.cases()[0].revision == 1


def test_an_observed_case_is_reminded_of_once_and_then_lapses(house: House) -> None:
    """Two working days, one reminder, two more, then closed as not presented."""
    house.send(without(ALTA, "RD"), UGEL)
    house.poll()
    for _ in range(6):
        house.clock.forward(days=2)
        house.poll()
    assert house.received(UGEL) == ["asker-observed", "asker-reminder", "asker-lapsed"]
    assert house.cases()[0].status == "expired"


def test_the_same_person_asked_for_again_is_told_so(house: House) -> None:
    """An alta for who holds the account already needs no decision."""
    house.seat("QUISPE MAMANI, Rosa Elena", "42871359", None, POST)
    house.send_sample(ALTA)
    house.poll()
    (letter,) = house.post.wait_for(UGEL)
    assert kind_of(letter) == "asker-refused"
    assert "ya tiene un usuario activo" in text_of(letter)
    assert house.received(ADMINISTRATOR) == []


def test_the_baja_of_nobody_is_told_so(house: House) -> None:
    """A baja for who has no account needs no decision."""
    sender = house.send_sample("5.2-baja-especialista-ugel")
    house.poll()
    (letter,) = house.post.wait_for(sender)
    assert "no tiene un usuario activo" in text_of(letter)


def test_a_pronoei_gets_no_further_users(house: House) -> None:
    """V.9 is refused for a PRONOEI, with the guide's section (IV.8.f)."""
    sender = house.send_sample("pronoei-pide-personal")
    house.poll()
    (letter,) = house.post.wait_for(sender)
    assert "PRONOEI" in text_of(letter)
    assert "IV.8.f" in text_of(letter)
    assert house.cases()[0].status == "rejected"


def test_a_role_this_mailbox_does_not_serve_is_sent_elsewhere(house: House) -> None:
    """The roles served are configuration; others are told where to go."""
    path = house.folder / "mailbot.toml"
    text = path.read_text().replace("roles = []", 'roles = ["director-ie", "personal-ie"]')
    path.write_text(
        text.replace('elsewhere = ""', 'elsewhere = "Escriba a usuarios@minedu.example."')
    )
    house.send_sample(ALTA)
    house.poll()
    (letter,) = house.post.wait_for(UGEL)
    assert "Escriba a usuarios@minedu.example." in text_of(letter)


def test_several_people_make_several_cases_each_decided_alone(house: House) -> None:
    """Three people in a table: three questions, one yes opens one account."""
    house.send_sample("tres-personas-en-una-tabla")
    house.poll()
    questions = house.post.wait_for(ADMINISTRATOR, count=3)
    assert len({q["Reply-To"] for q in questions}) == 3
    house.answer(questions[1], "APROBAR")
    house.poll()
    assert sorted(c.status for c in house.cases()) == ["done", "pending", "pending"]
    assert len(house.active()) == 1


def test_alta_and_baja_in_one_oficio_are_two_cases(house: House) -> None:
    """One oficio may mix both; each runs its own procedure."""
    house.seat("ROJAS VELA, Doris", "40158296", None, Place("estadistico-ugel", "220001"))
    house.send_sample("alta-y-baja-en-un-oficio")
    house.poll()
    assert sorted(c.section or "" for c in house.cases()) == ["5.1", "7.2"]


@pytest.mark.parametrize("sample", ["pide-resetear-contrasena", "pregunta-por-nominas"])
def test_another_request_is_told_where_to_go_once(house: House, sample: str) -> None:
    """A password reset or a question about nóminas gets one kind answer and no case."""
    sender = house.send_sample(sample)
    house.poll()
    house.poll()
    assert house.received(sender) == ["asker-unrelated"]
    assert house.cases() == []


@pytest.mark.parametrize("sample", ["fuera-de-oficina", "boletin-con-list-id", "rebote"])
def test_a_machine_is_never_answered(house: House, sample: str) -> None:
    """Automatic mail makes no letter."""
    house.send_sample(sample)
    house.poll()
    assert house.letters() == []
    assert [status for status, _, _ in statuses(house)] == ["done"]


@pytest.mark.parametrize("port", ["bare_port", "forged_port"])
def test_an_unproven_sender_is_not_answered_but_shown(house: House, port: str) -> None:
    """No verdict: no answer and no case; the mail is set aside, and the daily word tells of it.

    What the office's registered address gets is a question of ours, not an answer.
    """
    raw = (SAMPLES / f"{ALTA}.eml").read_bytes()
    house.send(raw, UGEL, port=getattr(house.post.servers, port))
    house.poll()
    assert house.received(UGEL) == ["office-challenge"]
    assert house.cases() == []
    ((status, kind, reason),) = statuses(house)
    assert (status, kind) == ("set_aside", "unproven")
    assert "sin comprobar" in (reason or "")
    assert len(house.post.folder(BOT, "Apartados")) == 1
    (digest,) = house.post.wait_for(ADMINISTRATOR)
    assert kind_of(digest) == "administrator-digest"


def test_an_operator_can_vouch_for_a_sender(house: House) -> None:
    """«mailbot retry N --vouch» takes the mail as proven, and says who did."""
    raw = (SAMPLES / f"{ALTA}.eml").read_bytes()
    house.send(raw, UGEL, port=house.post.servers.bare_port)
    house.poll()
    assert pipeline.retry(house.desk, [1], "Ana Operadora") == 1
    house.poll()
    assert "Ana Operadora" in text_of(house.question(ADMINISTRATOR))


def test_the_same_mail_twice_acts_once(house: House) -> None:
    """Dragged back into the inbox or delivered again byte for byte: one case, one question."""
    house.send_sample(ALTA)
    house.poll()
    raw = house.post.raw(BOT, "Procesados")[0]
    with house.post._login(BOT) as imap:  # noqa: SLF001  the tests' own
        imap.append("INBOX", None, None, raw)
    house.poll()
    assert len(house.cases()) == 1
    assert house.received(ADMINISTRATOR) == ["decider-question"]
    assert house.post.inbox(BOT) == []


def test_a_mail_over_the_limit_is_answered_and_not_fetched(house: House) -> None:
    """Only its header comes over; the asker learns the limit, the mail is set aside."""
    path = house.folder / "mailbot.toml"
    path.write_text(path.read_text().replace("mail_bytes = 26_214_400", "mail_bytes = 15_000"))
    house.send_sample(ALTA)
    house.poll()
    (letter,) = house.post.wait_for(UGEL)
    assert kind_of(letter) == "asker-too-large"
    with house.store.read() as tx:
        assert len(tx.get_one(StoredMail, 1).raw or b"") < 3_000
    assert len(house.post.folder(BOT, "Apartados")) == 1


def test_a_header_alone_is_not_taken_for_a_mail(house: House) -> None:
    """What was too large cannot be retried from what was kept; back in the inbox it is read."""
    path = house.folder / "mailbot.toml"
    path.write_text(path.read_text().replace("mail_bytes = 26_214_400", "mail_bytes = 15_000"))
    house.send_sample(ALTA)
    house.poll()
    assert pipeline.retry(house.desk, [1]) == 0
    path.write_text(path.read_text().replace("mail_bytes = 15_000", "mail_bytes = 26_214_400"))
    house.reconfigure()
    (raw,) = house.post.raw(BOT, "Apartados")
    with house.post._login(BOT) as imap:  # noqa: SLF001  the tests' own
        imap.append("INBOX", None, None, raw)
    house.poll()
    assert [case.status for case in house.cases()] == ["pending"]


def test_a_mail_that_breaks_us_is_set_aside_whole_and_the_next_goes_on(house: House) -> None:
    """A mail nobody can take apart lies in the set-aside folder; its neighbour is asked about."""
    head = f"From: {UGEL}\r\nTo: {BOT}\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(40)
    )
    bomb = f"{head}{nested}\r\nhola\r\n".encode()
    house.send(bomb, UGEL)
    house.send_sample(ALTA)
    house.poll()
    assert [s for s, _, _ in statuses(house)] == ["set_aside", "done"]
    assert len(house.cases()) == 1
    assert house.post.raw(BOT, "Apartados")[0].endswith(bomb[-40:])


def test_a_mail_that_killed_us_three_times_is_not_tried_again(house: House) -> None:
    """The attempts are counted before the mail is read."""
    house.send_sample(ALTA)
    house.post._drain()  # noqa: SLF001  the tests' own
    from mailbot import ingest  # noqa: PLC0415

    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
    with house.store.begin() as tx:
        tx.get_one(StoredMail, 1).attempts = 3
    house.poll()
    ((status, kind, _),) = statuses(house)
    assert (status, kind) == ("set_aside", "broken")


def test_a_bounced_letter_is_known_to_have_come_back(house: House) -> None:
    """A real DSN is tied to the letter it returned, and shown to a person."""
    house.seat("FANTASMA RÍOS, Ana", "40000003", "ghost@correo.example", POST)
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    house.post.wait_for(BOT, lambda mail: "report" in mail.get_content_type())
    house.poll()
    states = {letter.kind: letter.status for letter in house.letters()}
    assert states["displaced-closed"] == LetterStatus.BOUNCED
    assert states["holder-credentials"] == LetterStatus.SENT


def test_one_address_is_answered_a_bounded_number_of_times_a_day(house: House) -> None:
    """A storm of requests for something else makes no storm of answers."""
    path = house.folder / "mailbot.toml"
    path.write_text(path.read_text().replace("answers_per_day = 20", "answers_per_day = 2"))
    for number in range(5):
        raw = mails.compose(
            "alguien@correo.example",
            BOT,
            f"clave {number}",
            text="Por favor resetear mi contraseña",
        )
        house.send(raw, "alguien@correo.example")
    house.poll()
    assert house.received("alguien@correo.example") == ["asker-unrelated"] * 2
    house.clock.now = NOON.replace(day=30)
    assert len(statuses(house)) == 5


def test_every_letter_is_threaded_and_marked_as_automatic(house: House) -> None:
    """In-Reply-To, References, Auto-Submitted, a Message-ID of ours, text and HTML."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    (letter,) = house.post.wait_for(UGEL)
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] in str(letter["References"])
    assert letter.get_body(("html",)) is not None
    (credentials,) = house.post.wait_for("rosa.quispe@correo.example")
    assert credentials["Auto-Submitted"] == "auto-generated"
    assert "cc" not in credentials


def test_the_password_is_in_one_letter_and_nowhere_else(house: House) -> None:
    """Neither the database nor any other letter holds the temporary password."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    (letter,) = house.post.wait_for("rosa.quispe@correo.example")
    lines = [line for line in text_of(letter).splitlines() if "Contraseña temporal" in line]
    password = lines[0].partition(":")[2].strip()
    assert len(password) == 19
    assert password.encode() not in house.held()
    for address in (ADMINISTRATOR, UGEL):
        assert all(password not in mail.as_string() for mail in house.post.inbox(address))
    with house.store.read() as tx:
        assert tx.query(Letter).count() == 3
