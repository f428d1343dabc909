"""Files made to hurt: each ends in bounded time and memory, with true words about what is wrong."""

import gzip
import io
import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import active_children, forkserver
from multiprocessing.connection import Connection
from pathlib import Path

import captives
import hostile
import pytest
from hostile import MIB
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from mailbot import doctor
from mailbot.model import Attachment
from mailbot.parsers import children, documents, glance, pdf, problems, sandbox
from mailbot.parsers.confine import Fence
from mailbot.parsers.opened import Answer

QUICK = sandbox.Limits(cpu_seconds=5, wall_seconds=4.0)
"""Enough for every file that can be read; the rest is cut off soon."""


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def left() -> int:
    """Children of the server that opens files, besides the one that waits for the next file."""
    children.settle()
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001
    return len(Path(f"/proc/{server}/task/{server}/children").read_text().split()) - 1


def stop_server() -> None:
    """End the server that opens files: it lives as long as a child of it does."""
    children.settle()
    for child in active_children():
        child.kill()
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001


def read(data: bytes, kind: str = "pdf", limits: sandbox.Limits = QUICK) -> Answer:
    """What is read of a file; afterwards this process is as it was before."""
    children.settle()
    before, threads = resident(), threading.active_count()
    answer = sandbox.read(kind, data, limits)
    assert resident() - before < 64 * MIB
    assert threading.active_count() == threads
    assert left() == len(active_children()) - 1 == 0
    return answer


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "flate-bomb": (hostile.flate_bomb, problems.BOMB),
    "nested-bomb": (hostile.nested_bomb, problems.BOMB),
    "many-filters": (hostile.many_filters, problems.BOMB),
    "font-bomb": (hostile.font_bomb, problems.BOMB),
    "xref-bomb": (hostile.xref_bomb, problems.DAMAGED),
    "picture-bomb": (
        hostile.picture_bomb,
        problems.too_large_picture(60_000, 60_000),
    ),
    "page-tree-loop": (hostile.page_tree_loop, problems.DAMAGED),
    "10000-pages": (
        hostile.many_pages,
        "tiene 10000 páginas y el máximo es 40: envíe solo los documentos del pedido",
    ),
    "giant-page": (
        hostile.giant_page,
        "su página 1 mide 5,1 × 5,1 metros: guárdelo otra vez en tamaño A4",
    ),
    "giant-unit": (
        hostile.scaled_page,
        "su página 1 mide 21,0 × 29,7 metros: guárdelo otra vez en tamaño A4",
    ),
    "many-words": (hostile.many_words, problems.SLOW),
    "form-tree": (hostile.form_tree, problems.SLOW),
    "deep-catalogue": (hostile.deep_catalogue, problems.DAMAGED),
    "locked": (lambda: hostile.encrypted("clave"), problems.LOCKED),
    "noise": (lambda: hostile.noise(50 * MIB), problems.DAMAGED),
    "png-first": (lambda: b"\x89PNG\r\n\x1a\n" + hostile.oficio(), problems.TWO_KINDS),
    "empty": (lambda: b"", problems.EMPTY),
    "no-pdf": (lambda: b"%PDF-1.7 y nada mas", problems.DAMAGED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_pdf_is_refused_for_what_it_is(name: str) -> None:
    """Every bomb, loop and giant ends soon, with the words for it and no pages."""
    write, problem = REFUSED[name]
    assert read(write()) == Answer(problem=problem)


@pytest.mark.parametrize("kind", ["png", "jpg", "tif"])
def test_a_picture_is_judged_by_the_size_it_declares(kind: str) -> None:
    """Nothing of a picture of 60,000 by 60,000 points is decoded."""
    write = {
        "png": hostile.declared_png,
        "jpg": hostile.declared_jpeg,
        "tif": hostile.declared_tiff,
    }[kind]
    problem = problems.too_large_picture(60_000, 60_000)
    assert "(60000 × 60000 puntos)" in problem
    assert read(write(60_000, 60_000), kind) == Answer(problem=problem)


READABLE: dict[str, Callable[[], bytes]] = {
    "plain": hostile.oficio,
    "empty-password": lambda: hostile.encrypted(""),
    "orders-to-the-viewer": hostile.active,
    "zip-behind": lambda: hostile.oficio() + b"PK\x05\x06" + bytes(18),
    "self-drawing-form": hostile.recursive_form,
    "deep-arrays": lambda: hostile.deep_arrays(20_000),
    "deep-states": lambda: hostile.deep_states(40_000),
    "rulings": lambda: hostile.rulings(10_000),
}


@pytest.mark.parametrize("name", READABLE)
def test_an_odd_pdf_is_read_all_the_same(name: str) -> None:
    """What viewers show is read: odd is not hostile."""
    answer = read(READABLE[name](), limits=sandbox.Limits(wall_seconds=30))
    assert answer.problem is None
    assert [" ".join(w.text for w in page.words) for page in answer.pages] == [hostile.WORDS]


def _white(sheet: Canvas) -> None:
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(72, 500, "DNI 07891234")


def _covered(sheet: Canvas) -> None:
    sheet.drawString(72, 500, "DNI 07891234")
    sheet.setFillColorRGB(1, 1, 1)
    sheet.rect(60, 490, 300, 30, stroke=0, fill=1)


def _inkless(sheet: Canvas) -> None:
    written = sheet.beginText(72, 500)
    written.setTextRenderMode(3)
    written.textOut("DNI 07891234")
    sheet.drawText(written)


def _beside(sheet: Canvas) -> None:
    sheet.drawString(-300, 500, "DNI 07891234")


def _tiny(sheet: Canvas) -> None:
    sheet.setFont("Helvetica", 0.05)
    sheet.drawString(72, 500, "DNI 07891234")


@pytest.mark.parametrize("hides", [_white, _covered, _inkless, _beside, _tiny])
def test_what_nobody_sees_on_a_page_is_not_read(hides: Callable[[Canvas], None]) -> None:
    """T18: who signs a paper, and who decides by it, must see every word that is read there."""
    made = io.BytesIO()
    sheet = Canvas(made, pagesize=A4)
    for row, line in enumerate(
        ("OFICIO N° 12-2026", "Asunto: alta de usuario", "de Ana Ruiz Soto")
    ):
        sheet.drawString(72, 760 - 20 * row, line)
    hides(sheet)
    sheet.save()
    (page,) = pdf.read_pdf(made.getvalue())
    assert " ".join(w.text for w in page.words).endswith("usuario de Ana Ruiz Soto")


def test_30000_rulings_end_in_time() -> None:
    """A page full of rulings is read or given up within the child's limits."""
    answer = read(hostile.rulings())
    assert answer.problem == problems.SLOW or len(answer.pages) == 1


@pytest.mark.parametrize("codec", ["JBIG2Decode", "JPXDecode"])
def test_a_picture_of_garbage_reads_as_a_page_without_words(codec: str) -> None:
    """A page nobody can see is a page, and nothing is made up for it."""
    answer = read(hostile.garbage_picture(codec), limits=sandbox.Limits(wall_seconds=30))
    assert answer.problem is None
    assert [page.words for page in answer.pages] == [()]


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("pages", [1, 3])
@pytest.mark.parametrize("form", ["plain", "linear", "packed"])
def test_a_file_cut_short_is_damaged(tenths: int, pages: int, form: str) -> None:
    """Wherever a PDF ends too early it is said to be damaged: no part of it passes for it all."""
    whole = hostile.saved(hostile.oficio(pages), form)
    with pytest.raises(problems.Unopenable, match=re.escape(problems.DAMAGED)):
        pdf.read_pdf(whole[: len(whole) * tenths // 10])


def test_a_map_named_by_the_file_is_not_loaded(tmp_path: Path) -> None:
    """CVE-2025-64512: a font that names a pickle of this machine runs nothing."""

    class Order:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "taken"),)

    (tmp_path / "map.pickle.gz").write_bytes(gzip.compress(pickle.dumps(Order())))
    data = hostile.charmap_of(f"{tmp_path}/map")
    with suppress(problems.Unopenable):
        pdf.read_pdf(data)  # without the sandbox: the library itself must not
    assert read(data).problem in (None, problems.DAMAGED, problems.DIED)
    assert [p.name for p in tmp_path.iterdir()] == ["map.pickle.gz"]


def test_a_file_of_too_many_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are counted page by page, and the first page too many ends it."""
    monkeypatch.setattr(pdf, "MAX_WORDS", 11)
    with pytest.raises(problems.Unopenable, match=re.escape(problems.WORDY)):
        pdf.read_pdf(hostile.oficio(2))


def test_a_file_of_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects are counted whatever the pages say."""
    monkeypatch.setattr(glance, "MAX_OBJECTS", 5)
    with pytest.raises(problems.Unopenable, match=re.escape(problems.TOO_MANY_OBJECTS)):
        glance.pdf(hostile.oficio(2))


# ------------------------------------------------------------------ the child


def test_an_answer_longer_than_agreed_is_not_taken() -> None:
    """A child cannot flood its parent."""
    assert read(hostile.oficio(), limits=sandbox.Limits(answer=300)).problem == problems.WORDY


def test_a_child_without_memory_ends() -> None:
    """Too little memory for a picture is an ordinary end, with a problem and no pages."""
    few = sandbox.Limits(memory=64 * MIB, wall_seconds=30)
    answer = read(hostile.noise_picture(3000), "png", few)
    assert answer in [Answer(problem=p) for p in (problems.MEMORY, problems.DIED)]


def test_processor_time_is_limited_apart_from_wall_time() -> None:
    """A child that computes for ever is ended by the kernel and said to be slow."""
    limits = sandbox.Limits(cpu_seconds=1, wall_seconds=60)
    assert read(hostile.form_tree(), limits=limits).problem == problems.SLOW


@pytest.mark.parametrize(
    ("work", "problem"), [(captives.die, problems.DIED), (captives.dally, problems.SLOW)]
)
def test_a_child_that_dies_or_dallies_is_told_apart(
    work: Callable[[Connection, sandbox.Limits], None], problem: str
) -> None:
    """Death and delay have words of their own, even in the middle of an answer."""
    limits = sandbox.Limits(wall_seconds=1.0 if work is captives.dally else 60.0)
    with pytest.raises(sandbox._Ended, match=re.escape(problem)):  # noqa: SLF001
        sandbox._converse(work, (), limits)  # noqa: SLF001
    assert left() == 0


def test_a_child_holds_no_secret_and_no_open_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A child that is taken over finds neither passwords nor the database of the bot."""
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "secreta")
    monkeypatch.setenv("DATABASE_PASSWORD", "secreta")
    stop_server()
    with (tmp_path / "mailbot.db").open("w") as database:
        os.set_inheritable(database.fileno(), True)  # noqa: FBT003
        seen = sandbox._converse(captives.look_around, (), QUICK)  # noqa: SLF001
    assert seen == b"([], [])"
    assert os.environ["MAILBOT_IMAP__PASSWORD"] == "secreta"
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001
    assert b"secreta" not in Path(f"/proc/{server}/environ").read_bytes()


def test_the_page_that_children_are_warmed_with_is_read_whole() -> None:
    """Words and a table of two rows: what a usual page needs has then been loaded and cached."""
    code = (
        "from mailbot.parsers.nursery import READ; (page,) = READ.pages;"
        "print(READ.problem, len(page.words), [len(table.rows) for table in page.tables])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("None 4 [2]", "")


def test_a_child_is_fenced_in_and_doctor_says_so() -> None:
    """No network, no programs, no files of the bot, no writing: tried from inside."""
    held = sandbox.fences()
    assert {Fence.NETWORK, Fence.PROCESSES, Fence.WRITING} <= set(held)
    check = doctor._fences()  # noqa: SLF001
    assert check.works is (set(held) == set(Fence))
    assert all(fence.value in check.detail for fence in Fence if check.works)


# ------------------------------------------------------------------ the mail


def attachment(name: str, kind: str, data: bytes) -> Attachment:
    return Attachment(name, kind, data, "0" * 64)


def test_the_files_of_a_mail_share_one_budget() -> None:
    """What a mail's files may take in all is bounded; what is over is said, and not the file's."""
    slow = attachment("lento.pdf", "pdf", hostile.form_tree())
    opened = documents.open_documents((slow, slow, slow), seconds=2)
    assert [d.problem for d in opened] == [problems.BUDGET] * 3


def test_a_file_that_lies_about_its_kind_is_called_so() -> None:
    """A name that says PDF over bytes that are none is named for it; an empty file is empty."""
    lies = attachment("OFICIO.PDF", "bin", hostile.noise(1000))
    void = attachment("RD.pdf", "bin", b"")
    true = attachment("hoja.xyz", "bin", hostile.noise(1000))
    unknown = "no se reconoce qué archivo es: envíe el documento en PDF"
    opened = documents.open_documents((lies, void, true))
    assert [d.problem for d in opened] == [
        f"no es lo que su nombre dice: {unknown}",
        problems.EMPTY,
        unknown,
    ]
