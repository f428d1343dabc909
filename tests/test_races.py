"""Two decisions at once: the first wins, the second is told so, nothing is done twice."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from house import ADMINISTRATOR, NOON, House, kind_of, write_config
from pydantic import SecretStr

from mailbot import ingest, pipeline, send
from mailbot.decide import may_decide
from mailbot.mailbox import open_mailbox
from mailbot.model import Approver
from mailbot.store import Store, cases
from mailbot.store.tables import Case, CaseStatus, Mail, Question

pytestmark = pytest.mark.both_databases

ALTA = "5.1-alta-especialista-ugel"
SECOND = "segunda.persona@minedu.example"


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Do some work in as many threads, all let go at the same moment; what each returned."""
    gate = threading.Barrier(len(works))
    results: list[object] = []

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        results.append(work())

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(works), "a thread died"
    return results


def asked(store: Store, number: int) -> tuple[int, int]:
    """A case with one open question; the ids of both and of a reply."""
    with store.begin() as tx:
        mail = Mail(
            sha256=f"{number:064d}",
            raw=b"",
            size=0,
            folder="INBOX",
            uidvalidity=1,
            uid=number,
            received_at=NOON,
        )
        tx.add(mail)
        tx.flush()
        case = Case(
            dossier_id=mail.id,
            status=CaseStatus.PENDING,
            asker="a@x.example",
            record={},
            digest="d",
            created_at=NOON,
            updated_at=NOON,
        )
        tx.add(case)
        tx.flush()
        question = Question(
            case_id=case.id,
            revision=1,
            approver="b@x.example",
            nonce=f"{number}",
            token_hash=f"{number:064d}",
            digest="d",
            created_at=NOON,
            expires_at=NOON + timedelta(hours=1),
        )
        tx.add(question)
        tx.flush()
        return question.id, mail.id


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    made = Store(database, [SecretStr("clave de prueba " * 3)])
    yield made
    made.close()


def test_of_many_claims_at_once_one_wins(store: Store) -> None:
    """T66: a read-then-act check lost 294 of 300 such races; the conditional update loses none."""

    def claim(question: int, reply: int) -> bool:
        with store.begin() as tx:
            return cases.claim(tx, question, "d", reply, NOON)

    winners = Counter[int]()
    for number in range(30):
        question, reply = asked(store, number)
        works = [lambda q=question, r=reply: claim(q, r)] * 6
        winners[sum(map(bool, at_once(works)))] += 1
    assert winners == {1: 30}


@pytest.mark.parametrize(
    ("digest", "late", "wins"),
    [
        ("d", timedelta(minutes=59), True),
        ("d", timedelta(hours=1), False),
        ("d", timedelta(hours=2), False),
        ("e", timedelta(0), False),
    ],
    ids=["in time", "at the very moment", "late", "other content"],
)
def test_a_claim_holds_only_in_time_and_for_what_was_shown(
    store: Store, digest: str, late: timedelta, *, wins: bool
) -> None:
    """T25, T26: expiry and content are conditions of the same statement that uses the token up."""
    question, reply = asked(store, 1)
    with store.begin() as tx:
        assert cases.claim(tx, question, digest, reply, NOON + late) is wins


def test_a_case_is_moved_once(store: Store) -> None:
    """T66: approve and reject at once: one terminal state."""
    asked(store, 1)

    def move(to: CaseStatus) -> bool:
        with store.begin() as tx:
            case = tx.get_one(Case, 1)
            return cases.move(tx, case, to, NOON) if case.status == CaseStatus.PENDING else False

    works = [lambda: move(CaseStatus.APPROVED), lambda: move(CaseStatus.REJECTED)]
    assert sorted(map(bool, at_once(works))) == [False, True]


def test_two_administrators_at_the_same_moment_open_one_account(house: House) -> None:
    """T66: over the real servers and two workers: one account, one letter, one told it is late."""
    administrators = f'["{ADMINISTRATOR}", "{SECOND}"]'
    write_config(house.folder, house.post, **{"administrador-ue": administrators})
    house.reconfigure()
    house.send_sample(ALTA)
    house.poll()
    for who in (ADMINISTRATOR, SECOND):
        house.answer(house.question(who), "APROBAR")
    house.post._drain()  # noqa: SLF001  the tests' own
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
    with house.store.read() as tx:
        replies = [m.id for m in tx.query(Mail).where(Mail.status == "new")]
    assert len(replies) == 2
    at_once([lambda n=n: pipeline.handle(house.desk, n) for n in replies])  # type: ignore[misc]
    send.send_due(house.desk)
    assert len(house.active()) == 1
    kinds = Counter(letter.kind for letter in house.letters())
    assert kinds["holder-credentials"] == kinds["asker-opened"] == 1
    late = [kind_of(m) for who in (ADMINISTRATOR, SECOND) for m in house.post.inbox(who)]
    assert late.count("decider-settled") == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_reply_delivered_again_does_nothing_more(house: House, times: int) -> None:
    """T24: the same bytes, or the same words in a fresh mail, are told what became of the case."""
    house.send_sample(ALTA)
    house.poll()
    question = house.question(ADMINISTRATOR)
    house.answer(question, "APROBAR")
    house.poll()
    for n in range(times):
        house.answer(question, "APROBAR" + " " * n)
        house.poll()
    assert len(house.active()) == 1
    assert [x.kind for x in house.letters()].count("holder-credentials") == 1


PEOPLE = {"ana": ("ana@x.example", "11111111"), "eva": ("eva@x.example", "22222222")}


@pytest.mark.parametrize("approver", PEOPLE)
@pytest.mark.parametrize("asker", PEOPLE)
@pytest.mark.parametrize("holder", PEOPLE)
def test_nobody_decides_for_themselves(approver: str, asker: str, holder: str) -> None:
    """T59: not what one asks for, not one's own account: by address, in any case, and by DNI."""
    address, dni = PEOPLE[approver]
    mine = (PEOPLE[asker][0].upper(), PEOPLE[holder][1], None)
    allowed = approver not in (asker, holder)
    assert may_decide(Approver(address, dni), *mine) is allowed
    by_address = (PEOPLE[asker][0], None, PEOPLE[holder][0].title())
    assert may_decide(Approver(address), *by_address) is allowed
