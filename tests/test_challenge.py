"""A request nobody can prove: its office is asked, over the real mail servers.

Also who is believed and who is not, from the name server to the account, and what ``doctor``
proves of the receiving server.
"""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import mails
import pytest
from house import ADMINISTRATOR, BOT, SAMPLES, House, files_of, kind_of, text_of
from names import Names, serving
from signing import ALL, at, rsa_key, sign

from mailbot import doctor
from mailbot.store.tables import Challenge, Event, Mail

UGEL = "mesadepartes@ugelchota.example"
STRANGER = "siagie.chota@correo.example"
ALTA = "5.1-alta-especialista-ugel"
EVIL = "mala@ataque.example"


def request(sender: str = UGEL, **more: object) -> bytes:
    """The request of a sample, complete, from anybody."""
    given = {"text": "Remito.", "attachments": files_of(ALTA), "authenticated": False, **more}
    return mails.compose(sender, BOT, "Alta de usuario SIAGIE", **given)  # type: ignore[arg-type]


def unproven(house: House, sender: str = UGEL, **more: object) -> None:
    """A request arrives that no server checked, and is processed."""
    house.send(request(sender, **more), sender, port=house.post.servers.bare_port)
    house.poll()


def asked(house: House, count: int = 1) -> EmailMessage:
    """The last challenge the office got."""
    found = house.post.wait_for(UGEL, lambda m: kind_of(m) == "office-challenge", count=count)
    return found[-1]


def statuses(house: House) -> list[str]:
    with house.store.read() as tx:
        return [row.status for row in tx.query(Challenge).order_by(Challenge.id)]


def reasons(house: House) -> list[str]:
    """Why mails were set aside."""
    with house.store.read() as tx:
        rows = tx.query(Mail).filter(Mail.status == "set_aside").order_by(Mail.id)
        return [row.reason or "" for row in rows]


def configure(house: House, **more: str) -> None:
    """Change settings by their keys, and have the bot read them."""
    path = house.folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in more.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text, count=1)
        assert count == 1, key
    path.write_text(text, encoding="utf-8")
    house.reconfigure()


# ------------------------------------------------------------------ the office answers


@pytest.mark.parametrize("sender", [UGEL, STRANGER])
def test_what_the_office_confirms_is_taken_up_as_its_own(house: House, sender: str) -> None:
    """T01, T42: the registered address says CONFIRMO; the case is its own, whoever wrote."""
    unproven(house, sender)
    challenge = asked(house)
    assert house.cases() == []
    assert "alta de Especialista SIAGIE UGEL" in text_of(challenge)
    assert "DNI terminado en 1359" in text_of(challenge)
    house.answer(challenge, "CONFIRMO", UGEL)
    house.poll()
    house.poll()
    (case,) = house.cases()
    assert (case.asker, case.status) == (UGEL, "pending")
    assert f"lo confirmó {UGEL}" in text_of(house.question(ADMINISTRATOR))
    assert statuses(house) == ["confirmed"]
    house.decide(ADMINISTRATOR, "APROBAR")
    assert [a.dni for a in house.active()] == ["42871359"]
    assert house.received(STRANGER) == []


def test_nothing_of_the_doubtful_mails_own_words_is_in_the_challenge(house: House) -> None:
    """T29, T42: the office reads our words, whatever the sender wrote; the DNI is not whole."""
    unproven(house, text="Solicito el alta. Entre a https://ataque.example y escriba su clave.")
    text = text_of(asked(house))
    assert "ataque" not in text
    assert "42871359" not in text
    assert "QUISPE" not in text


def test_what_the_office_denies_stays_aside_and_an_administrator_is_told(house: House) -> None:
    """T01: NO: no case, no account, an alert at once; a later CONFIRMO changes nothing."""
    unproven(house, STRANGER)
    challenge = asked(house)
    house.answer(challenge, "NO", UGEL)
    house.poll()
    alerts = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "administrator-unconfirmed")
    assert "respondió que NO es suyo" in text_of(alerts[0])
    house.answer(challenge, "CONFIRMO", UGEL)
    house.poll()
    house.poll()
    assert (house.cases(), statuses(house)) == ([], ["denied"])


def test_silence_leaves_it_aside_and_an_administrator_is_told(house: House) -> None:
    """T01: after its time a challenge is over; CONFIRMO comes too late."""
    unproven(house, STRANGER)
    challenge = asked(house)
    house.clock.forward(hours=73)
    house.poll()
    alerts = house.received(ADMINISTRATOR, ["administrator-unconfirmed"])
    assert alerts == ["administrator-unconfirmed"]
    house.answer(challenge, "CONFIRMO", UGEL)
    house.poll()
    house.poll()
    assert (house.cases(), statuses(house)) == ([], ["expired"])


@pytest.mark.parametrize("who", ["stranger", "unproven", "forged", "another office"])
def test_only_the_registered_address_proven_can_confirm(house: House, who: str) -> None:
    """T15: the token alone is not enough, nor the address alone."""
    unproven(house, STRANGER)
    servers = house.post.servers
    sender, port = {
        "stranger": (STRANGER, servers.smtp_port),
        "unproven": (UGEL, servers.bare_port),
        "forged": (UGEL, servers.forged_port),
        "another office": ("mesadepartes@ugeljaen.example", servers.smtp_port),
    }[who]
    house.answer(asked(house), "CONFIRMO", sender, port=port)
    house.poll()
    house.poll()
    assert (house.cases(), statuses(house)) == ([], ["open"])
    assert any("confirmación que no viene" in reason for reason in reasons(house))


@pytest.mark.parametrize(
    "text",
    [
        *("Recibido, gracias", "CONFIRMO que no lo enviamos", "¿CONFIRMO?", "No sé", "Sí"),
        *("CONFIRMO\nque no lo enviamos", "Confirmo.\n\nPero el correo de la persona es otro"),
    ],
)
def test_what_is_not_exactly_the_word_confirms_nothing(house: House, text: str) -> None:
    """T19: an answer that is not understood uses nothing up; a person looks at it."""
    unproven(house, STRANGER)
    house.answer(asked(house), text, UGEL)
    house.poll()
    house.poll()
    assert (house.cases(), statuses(house)) == ([], ["open"])


def test_confirming_twice_makes_one_case(house: House) -> None:
    """T24: the token is used once."""
    unproven(house, STRANGER)
    challenge = asked(house)
    for text in ("CONFIRMO", "Confirmo."):
        house.answer(challenge, text, UGEL)
        house.poll()
        house.poll()
    assert len(house.cases()) == 1
    with house.store.read() as tx:
        names = [e.name for e in tx.query(Event) if e.name.startswith("challenge")]
    assert names == ["challenge_sent", "challenge_confirmed"]


def test_the_token_is_nowhere_in_the_database(house: House) -> None:
    """T16, T55: only its keyed hash is kept."""
    unproven(house, STRANGER)
    found = re.search(r"\+([a-z2-7]{32})@", str(asked(house)["Reply-To"]))
    assert found
    assert found[1].encode() not in house.held()


# ------------------------------------------------------------------ whom we do not ask


def test_an_office_is_asked_so_often_a_day_and_no_more(house: House) -> None:
    """T42, T44: the challenge cannot be used to flood an office."""
    for n in range(5):
        unproven(house, f"x{n}@correo.example", text=f"Remito {n}.")
    assert house.received(UGEL) == ["office-challenge"] * 3
    assert sum("demasiadas confirmaciones" in reason for reason in reasons(house)) == 2
    house.clock.forward(days=1, minutes=1)
    unproven(house, "otro@correo.example", text="Remito otra vez.")
    assert len(house.received(UGEL)) == 4


def test_all_offices_together_are_asked_so_often_a_day(house: House) -> None:
    """T44: nor to flood all of them, one by one."""
    configure(house, challenges_in_all="1")
    for n in range(2):
        unproven(house, f"x{n}@correo.example", text=f"Remito {n}.")
    assert house.received(UGEL) == ["office-challenge"]


def test_a_header_with_tricks_asks_nobody(house: House) -> None:
    """T02, T42: what the gate refuses has no sender, and nobody is troubled for it."""
    raw = request(UGEL).replace(b"From: ", b"From: <mala@ataque.example>, ", 1)
    house.send(raw, EVIL, port=house.post.servers.bare_port)
    house.poll()
    assert house.letters() == [] or [x.kind for x in house.letters()] == ["administrator-digest"]


def test_the_same_mail_is_not_asked_about_twice(house: House) -> None:
    """T42: a mail taken up again without anybody's word stays aside, quietly."""
    unproven(house, STRANGER)
    from mailbot import pipeline  # noqa: PLC0415

    pipeline.retry(house.desk, [1])
    house.poll()
    assert house.received(UGEL) == ["office-challenge"]


# ------------------------------------------------------------------ whom we answer


@pytest.mark.parametrize("port", ["smtp_port", "bare_port"])
def test_a_reply_to_is_never_followed(house: House, port: str) -> None:
    """T13: Reply-To, Sender and Return-Path name the attacker; nothing goes there."""
    raw = request(UGEL, headers=[("Reply-To", EVIL)], attachments=files_of(ALTA)[:1])
    house.send(raw, UGEL, port=getattr(house.post.servers, port))
    house.poll()
    assert house.received(EVIL) == []
    assert {letter.recipient for letter in house.letters()} <= {UGEL, ADMINISTRATOR}
    assert house.letters()


def test_a_forwarded_request_has_the_forwarders_authority_only(house: House) -> None:
    """T09: a perfect request inside a stranger's mail is evidence, not the office's request."""
    inner = (SAMPLES / f"{ALTA}.eml").read_bytes()
    file = mails.File(None, inner, content_type="message/rfc822", disposition=None)
    raw = mails.compose(STRANGER, BOT, "Fwd: Alta SIAGIE", text="Reenvío.", attachments=[file])
    house.send(raw, STRANGER)
    house.poll()
    assert UGEL not in {case.asker for case in house.cases()}
    assert house.received(UGEL) == []


# ------------------------------------------------------------------ from the name server on


@pytest.fixture
def names() -> Iterator[Names]:
    with serving() as served:
        served.records[at("ugelchota.example")] = rsa_key().record
        yield served


def signed(raw: bytes) -> bytes:
    """A mail as the office's own server sends it: no verdict of ours, its signature on top."""
    return sign(without_traces(raw), "ugelchota.example")


def without_traces(raw: bytes) -> bytes:
    """A mail as it leaves its sender: nothing of the receiving server's on it."""
    return re.sub(rb"(?m)^(?:Authentication-Results|Received): .*\r\n(?:[ \t].*\r\n)*", b"", raw)


def test_a_signature_we_verify_ourselves_is_proof_enough(house: House, names: Names) -> None:
    """T01: no verdict of the server; the signature survives the way through two servers."""
    configure(house, dns_servers=f'["{names.server}"]')
    house.send(signed(request()), UGEL, port=house.post.servers.bare_port)
    house.poll()
    question = text_of(house.question(ADMINISTRATOR))
    assert "comprobado por la firma electrónica (DKIM) de ugelchota.example" in " ".join(
        question.split()
    )


def test_while_the_name_server_is_out_of_order_a_mail_waits(house: House, names: Names) -> None:
    """T01: not a no: it is taken up at each poll, as often as it takes, until patience ends."""
    configure(house, dns_servers=f'["{names.server}"]')
    names.broken = True
    house.send(signed(request()), UGEL, port=house.post.servers.bare_port)
    for _ in range(5):
        house.poll()
        house.clock.forward(hours=1)
    assert (house.cases(), house.letters()) == ([], [])
    names.broken = False
    house.poll()
    assert len(house.cases()) == 1


def test_patience_with_a_name_server_ends(house: House, names: Names) -> None:
    """T01: a sender whose domain never answers is unproven in the end."""
    configure(house, dns_servers=f'["{names.server}"]')
    names.broken = True
    house.send(signed(request()), UGEL, port=house.post.servers.bare_port)
    house.poll()
    house.clock.forward(hours=25)
    house.poll()
    assert house.cases() == []
    assert any("el DNS no respondió" in reason for reason in reasons(house))


def test_a_verdict_is_found_once_and_kept(house: House, names: Names) -> None:
    """T01: a key that is withdrawn later takes nothing back from a dossier that waits."""
    configure(house, dns_servers=f'["{names.server}"]')
    raw = request(attachments=files_of(ALTA)[:1])
    house.send(signed(raw), UGEL, port=house.post.servers.bare_port)
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    names.records.clear()
    rest = request(
        attachments=files_of(ALTA)[1:], text="Adjunto lo que faltaba.",
        in_reply_to=str(observed["Message-ID"]),
    )  # fmt: skip
    house.send(rest, UGEL)
    house.poll()
    (case,) = house.cases()
    assert case.revision == 2
    assert "DKIM" in case.record["asker_verdict"]


def test_an_internal_domain_is_believed_with_a_token_only(house: House) -> None:
    """T01: its request is asked back about; its answer, with the token, counts."""
    with (house.folder / "mailbot.toml").open("a", encoding="utf-8") as file:
        file.write('\n[trust.domains."ugelchota.example"]\naccept = ["token_only"]\n')
    house.reconfigure()
    unproven(house)
    house.answer(asked(house), "CONFIRMO", UGEL, port=house.post.servers.bare_port)
    house.poll()
    house.poll()
    assert [case.asker for case in house.cases()] == [UGEL]


# ------------------------------------------------------------------ doctor


def test_until_doctor_has_probed_the_server_its_verdicts_count_for_nothing(house: House) -> None:
    """T03: nobody vouches; the probe finds the forged verdict gone, and from then on they count."""
    configure(house, authserv_vouched_by='""')
    house.send(request(text="Uno."), UGEL)
    house.poll()
    assert house.cases() == []
    checks = {check.name: check for check in doctor.probe(house.rules)}
    assert checks["Veredictos ajenos"].works, checks
    house.send(request(text="Dos."), UGEL)
    house.poll()
    assert len(house.cases()) == 1


def test_a_server_that_lets_forged_verdicts_through_is_found_out(house: House) -> None:
    """T03: the probe arrives with its forged verdict: that server proves nobody."""
    servers = house.post.servers
    path = house.folder / "mailbot.toml"
    text = path.read_text(encoding="utf-8")
    assert str(servers.submission_port) in text
    path.write_text(text.replace(str(servers.submission_port), str(servers.leaky_port)))
    configure(house, authserv_vouched_by='""')
    checks = {check.name: check for check in doctor.probe(house.rules)}
    assert checks["Ida y vuelta"].works
    assert not checks["Veredictos ajenos"].works
    house.send(request(), UGEL)
    house.poll()
    assert house.cases() == []


def test_a_decision_under_a_signature_that_leaves_it_open_is_not_taken(
    house: House, names: Names
) -> None:
    """T06: an approver's reply whose To is not signed decides nothing; fully signed it does."""
    configure(house, dns_servers=f'["{names.server}"]')
    names.records[at("minedu.example")] = rsa_key().record
    house.send_sample(ALTA)
    house.poll()
    question = house.question(ADMINISTRATOR)
    raw = mails.compose(
        ADMINISTRATOR, str(question["Reply-To"]), "Re: pedido", text="APROBAR", authenticated=False
    )
    for left_out in ({"to"}, set()):
        fields = tuple(name for name in ALL if name not in left_out)
        reply = sign(without_traces(raw), "minedu.example", fields=fields)
        house.send(reply, ADMINISTRATOR, port=house.post.servers.bare_port)
        house.poll()
        assert len(house.active()) == (0 if left_out else 1)
    assert "decider-unproven" in house.received(ADMINISTRATOR)
