"""Domains made to be taken for registered ones are flagged, and never matched (T05)."""

import csv
from pathlib import Path

import idna
import pytest
from mails import BOT, compose

from mailbot.check import check
from mailbot.model import Sender
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules
from mailbot.trust.lookalike import alike

HERE = Path(__file__).parent


def registered() -> frozenset[str]:
    with (HERE / "config" / "offices.csv").open(encoding="utf-8") as file:
        cells = [row["emails"] for row in csv.DictReader(file)]
    return frozenset(a.strip().rpartition("@")[2] for c in cells for a in c.split(";") if a.strip())


DOMAINS = registered()
TWINS = {"a": "а", "e": "е", "o": "о", "c": "с", "i": "і", "p": "р", "u": "ս", "g": "ɡ"}
STROKES = dict(zip("abcdghlopt", "ⱥƀȼđǥħłøᵽŧ", strict=True))
SMALL_CAPITALS = dict(zip("abdeghklmnprt", "ᴀʙᴅᴇɢʜᴋʟᴍɴᴘʀᴛ", strict=True))


def confusables(domain: str) -> set[str]:
    """Domains that a hurried reader takes for one: other scripts, figures, slips of a finger."""
    name, _, rest = domain.partition(".")
    made = {f"{name.replace(a, b)}.{rest}" for a, b in (("l", "1"), ("o", "0"), ("m", "rn"))}
    made |= {f"{name[:n]}{name[n + 1 :]}.{rest}" for n in range(len(name))}
    made |= {f"{name[:n]}{name[n]}{name[n:]}.{rest}" for n in range(len(name))}
    made |= {
        f"{name}-.{rest}".replace("-.", "-"),
        f"{domain}.ataque.example",
        f"{domain}-pe.example",
    }
    for latin, other in TWINS.items():
        if latin in name:
            label = idna.encode(name.replace(latin, other, 1), uts46=True).decode()
            made.add(f"{label}.{rest}")
    return made - {domain}


def test_there_are_domains_to_imitate() -> None:
    """The table below would say nothing of an empty register."""
    assert len(DOMAINS) > 5
    assert all(len(confusables(domain)) > 10 for domain in DOMAINS)


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_every_confusable_of_a_registered_domain_is_flagged_and_not_matched(domain: str) -> None:
    """T05: flagged by look, matched only letter by letter."""
    rules = read_rules(HERE.parent / "config")
    for twin in confusables(domain) - DOMAINS:
        assert alike(twin, DOMAINS), twin
        assert rules.offices.of_address(f"mesadepartes@{twin}") == ()


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_a_domain_written_in_other_alphabets_throughout_is_flagged(domain: str) -> None:
    """T05: not by one slip of a letter: every letter that has a twin is another alphabet's."""
    name, _, rest = domain.partition(".")
    twin = f"{''.join(TWINS.get(sign, sign) for sign in name)}.{rest}"
    assert alike(twin, DOMAINS) == domain
    assert alike(f"{name}中.{rest}", DOMAINS) == domain
    assert alike(f"{name}中文字.{rest}", DOMAINS) is None


@pytest.mark.parametrize("domain", sorted(DOMAINS))
@pytest.mark.parametrize("twins", [STROKES, SMALL_CAPITALS])
def test_a_domain_with_its_letters_changed_throughout_is_flagged(
    domain: str, twins: dict[str, str]
) -> None:
    """T05: a stroke, a hook, small capitals; a sign that Unicode gives no name is no letter."""
    name, _, rest = domain.partition(".")
    twin = "".join(twins.get(sign, sign) for sign in name)
    assert alike(f"{idna.encode(twin).decode()}.{rest}", DOMAINS) == domain
    assert alike(f"{twin}\ue000\ue001.{rest}", DOMAINS) is None


@pytest.mark.parametrize("domain", sorted(DOMAINS))
@pytest.mark.parametrize("tail", [".ataque.example", "-pe.ataque.example"])
def test_a_look_alike_in_front_of_another_domain_is_flagged(domain: str, tail: str) -> None:
    """T05: spelled exactly or not, whole labels of it; not what only goes on the same way."""
    twin = domain.replace("o", "0").replace("l", "1")
    other_script = idna.encode(domain.replace("e", TWINS["e"])).decode()
    for spelled in (domain, twin, domain.replace(".", "-"), other_script):
        assert alike(f"{spelled}{tail}", DOMAINS) == domain, spelled
    assert alike(f"{twin}x{tail}", DOMAINS) is None


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_a_registered_domain_imitates_nobody(domain: str) -> None:
    """T05: in whatever case it is written, though others nearly have its name."""
    assert alike(domain, DOMAINS) is None
    assert alike(domain.upper(), DOMAINS) is None


@pytest.mark.parametrize("domain", ["gmail.com", "correo.example", "ugelquispicanchi.gob.pe", ""])
def test_a_domain_that_looks_like_none_is_not_flagged(domain: str) -> None:
    """T05: an unknown sender is not suspected for being unknown."""
    assert alike(domain, {"ugelchota.gob.pe", "minedu.gob.pe"}) is None


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    from house import write_config  # noqa: PLC0415  only here

    return read_rules(write_config(tmp_path_factory.mktemp("alike") / "config", None))


@pytest.mark.parametrize(
    ("domain", "flagged"),
    [("ugelchota.example", False), ("ugelch0ta.example", True), ("correo.example", False)],
)
def test_the_question_points_the_look_alike_out(
    domain: str,
    flagged: bool,  # noqa: FBT001  a column of the table
    rules: Rules,
) -> None:
    """T05: whoever decides reads that the domain is nearly a registered one, and is not."""
    text = "Solicito el alta del Especialista SIAGIE de la UGEL Chota: Ana Ruiz Vega, DNI 45678912."
    sender = Sender(f"mesadepartes@{domain}", authenticated=True, reason="x")
    mail = read_mail(compose(f"M <{sender.address}>", BOT, "Alta SIAGIE", text=text), sender)
    parsed = parse((mail,), rules)
    assert isinstance(parsed, Request)
    notes = [
        f.note
        for case in check(parsed, rules)
        for f in case.findings
        if f.requirement == "solicitante"
    ]
    assert len(notes) == 1
    assert ("se parece a ugelchota.example" in (notes[0] or "")) == flagged
