"""What a decider sees of the documents, in a question that arrived over the real mail servers."""

import io
import re
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import numpy as np
import pytest
from house import ADMINISTRATOR, House, files_of, text_of
from PIL import Image

from mailbot import decide, pictures
from mailbot.parsers import recognise
from mailbot.parsers.crops import MOST_BYTES

SCANNED = "oficio-y-rd-escaneados"
DISPUTED = "dni-del-cuerpo-distinto"


def asked(house: House, sample: str) -> EmailMessage:
    """The question a sample leads to, as the administrator got it."""
    house.send_sample(sample)
    house.poll()
    return house.question(ADMINISTRATOR)


def html_of(mail: EmailMessage) -> str:
    """A letter's HTML."""
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def shown(mail: EmailMessage) -> dict[str, bytes]:
    """The pictures enclosed in a letter, by their Content-ID."""
    found = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert all(part.get_content_disposition() == "inline" for part in found)
    return {str(p["Content-ID"]).strip("<>"): p.get_payload(decode=True) for p in found}  # type: ignore[misc]


def read(png: bytes) -> str:
    """What recognition reads in a picture."""
    with Image.open(io.BytesIO(png)) as picture:
        gray = np.asarray(picture.convert("RGB"))[:, :, 0]
    words = recognise.read_page(np.ascontiguousarray(gray), 200)
    return " ".join(word.text for word in words)


def test_a_disputed_number_is_shown_where_it_stands(house: House) -> None:
    """The picture of the disputed DNI is in the mail, its alternative text says what was read."""
    mail = asked(house, DISPUTED)
    html, enclosed = html_of(mail), shown(mail)
    ((cid, alt),) = re.findall(r'<img src="cid:([^"]+)" alt="([^"]+)"', html)
    assert set(enclosed) == {cid}
    assert "20958213" in alt
    assert "oficio_0233-2026.pdf, pág. 1" in alt
    assert "20958213" in read(enclosed[cid])
    assert len(enclosed[cid]) <= MOST_BYTES


def test_what_only_a_scan_says_is_shown_even_when_all_is_well(house: House) -> None:
    """DNI, name and address of a scanned oficio, and its signature; none that is met twice."""
    mail = asked(house, SCANNED)
    html, enclosed = html_of(mail), shown(mail)
    cids = re.findall(r'src="cid:([^"]+)"', html)
    assert sorted(cids) == sorted(enclosed)
    assert 1 <= len(cids) <= pictures.MOST
    text = "".join(read(png) for png in enclosed.values())
    assert "19857320" in text
    assert "DIRECTOR DE LA UGEL HUANCAYO" in text


@pytest.mark.parametrize("sample", [DISPUTED, SCANNED])
def test_the_plain_text_says_the_same_and_nothing_is_fetched(house: House, sample: str) -> None:
    """Each reading stands in the text too; the HTML loads nothing but what it brings along."""
    mail = asked(house, sample)
    html, text = html_of(mail), text_of(mail)
    said = re.findall(r"(?m)^  - [^:\n]+: «([^»]+)» \(", text)
    assert said
    assert all(words in html for words in said)
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?!cid:|mailto:)\w+:", html)


def test_the_originals_are_still_attached_as_received(house: House) -> None:
    """Byte for byte and after the letter itself: pictures replace nothing."""
    mail = asked(house, DISPUTED)
    attached = [p.get_content() for p in mail.iter_attachments()]
    assert attached == [file.data for file in files_of(DISPUTED)]


def test_a_question_sent_twice_shows_the_same(house: House) -> None:
    """Pictures are taken when the letter leaves, always the same from the same document."""
    asked(house, DISPUTED)
    (letter,) = house.letters()
    sights = pictures.of_letter(letter.context)
    with house.store.read() as tx:
        from mailbot.send import _attachments  # noqa: PLC0415

        attached = _attachments(tx, letter)
    once, again = (pictures.take(sights, attached) for _ in range(2))
    assert once == again
    assert len([png for png in once if png]) == 1


def test_a_corrected_value_is_not_shown_with_the_picture_of_the_wrong_one(house: House) -> None:
    """The decider's own number needs no picture."""
    question = asked(house, DISPUTED)
    house.answer(question, "dni 20958231")
    house.poll()
    mail = house.question(ADMINISTRATOR, count=2)
    assert "20958231" in html_of(mail)
    assert shown(mail) == {}


def _record(shots: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"names": "X", "dni": "20958213", "shots": shots}


def test_where_the_words_stand_is_no_part_of_what_is_decided() -> None:
    """A reading that comes out a hair to the left asks nobody anew; another value does."""
    shot = {"requirement": "dni", "box": [1.0, 2.0, 3.0, 4.0]}
    moved = {**shot, "box": [1.1, 2.0, 3.0, 4.0]}
    assert decide.digest(_record([shot])) == decide.digest(_record([moved]))
    assert decide.digest(_record([shot])) != decide.digest({**_record([shot]), "dni": "20958231"})


def _shot(page: int, top: float) -> pictures.Shot:
    box = (100.0, top, 150.0, top + 10)
    return pictures.Shot("dni", "OFICIO.pdf", "ab", page, box, None, f"{page}-{top}")


def test_no_letter_carries_more_than_eight_pictures() -> None:
    """Places close together are one picture; what is too many is left to the documents."""
    chosen = [_shot(page, top) for page in range(1, 12) for top in (100.0, 120.0)]
    made = pictures.sights(chosen)
    assert len(made) == pictures.MOST == 8
    assert all(len(sight.marks) == 2 for sight in made)
    assert len(pictures.sights([_shot(1, 100.0), _shot(1, 600.0)])) == 2
