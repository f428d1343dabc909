"""`mailbot check` as a person and as other programs run it, on real files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import SAMPLES, files_of, write_config
from PIL import Image
from test_cli import Run, bot

__all__ = ["bot"]

SCANNED = "oficio-y-rd-escaneados"
DISPUTED = "dni-del-cuerpo-distinto"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(tmp_path_factory.mktemp("check") / "config", None)


@pytest.fixture
def check(config: Path, bot: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process: exit code, output, errors."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(config))
    return lambda *words: bot("check", *map(str, words))


def piped(config: Path, given: bytes, *words: str) -> tuple[int, str]:
    """Run the program itself, with something piped in: exit code, output."""
    done = subprocess.run(
        [Path(sys.executable).with_name("mailbot"), "check", "-", *words],
        input=given,
        capture_output=True,
        check=False,
        timeout=100,
        env={**os.environ, "MAILBOT_CONFIG": str(config)},
    )
    return done.returncode, done.stdout.decode()


def sample(name: str) -> Path:
    """The file of a sample."""
    return SAMPLES / f"{name}.eml"


def attachment(name: str, folder: Path) -> Path:
    """The first attachment of a sample as a file of its own."""
    file = files_of(name)[0]
    path = folder / f"OFICIO N° 12{Path(str(file.filename)).suffix}"
    path.write_bytes(file.data)
    return path


@pytest.mark.parametrize(
    ("name", "dni", "correo"),
    [
        (DISPUTED, "20958213", "edith.mahuanca@correo.example"),
        (SCANNED, "19857320", "miriam.cardenas@correo.example"),
        ("foto-del-oficio", "00168397", "abner.melendez@correo.example"),
    ],
)
def test_a_bare_document_is_a_request_from_nobody(
    check: Run, tmp_path: Path, name: str, dni: str, correo: str
) -> None:
    """PDF, scan or photograph: read as what it holds, with no sender and never complete."""
    path = attachment(name, tmp_path)
    code, out, _ = check(path, "--json")
    read = json.loads(out)
    assert code == 0
    assert (read["file"], read["kind"]) == (str(path), "request")
    assert read["sender"] == {"address": "", "authenticated": False, "office": None}
    (request,) = read["requests"]
    assert (request["holder"]["dni"], request["holder"]["correo"]) == (dni, correo)
    assert not request["complete"]


def test_standard_input_is_a_file_called_dash(config: Path) -> None:
    """A mail piped in is read like any other, and so is a document."""
    raw = sample("rebote").read_bytes()
    code, out = piped(config, raw, "--json")
    assert (code, json.loads(out)["file"], json.loads(out)["kind"]) == (0, "-", "automatic")
    pdf = files_of(DISPUTED)[0].data
    code, out = piped(config, pdf)
    assert code == 0
    assert "entrada estándar" in out
    assert "20958213" in out


def test_a_folder_stands_for_its_mails_and_documents(check: Run, tmp_path: Path) -> None:
    """In the order of their names; other files that lie there are passed over."""
    (tmp_path / "b.eml").write_bytes(sample("rebote").read_bytes())
    (tmp_path / "a").write_bytes(sample("boletin-con-list-id").read_bytes())
    (tmp_path / "c.pdf").write_bytes(files_of(DISPUTED)[0].data)
    (tmp_path / "notas.txt").write_text("recordar: llamar a la UGEL\n", encoding="utf-8")
    (tmp_path / ".oculto.eml").write_bytes(sample("rebote").read_bytes())
    code, out, _ = check(tmp_path, "--json")
    read = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [Path(r["file"]).name for r in read] == ["a", "b.eml", "c.pdf"]
    assert [r["kind"] for r in read] == ["automatic", "automatic", "request"]


def test_many_files_are_told_in_the_order_given_and_summed_up(check: Run) -> None:
    """However long each takes; the bar is not shown where nobody watches."""
    names = [SCANNED, "rebote", DISPUTED, "boletin-con-list-id"]
    code, out, err = check(*map(sample, names))
    assert code == 0
    assert err == ""
    titles = [line.split(".eml")[0] for line in out.splitlines() if ".eml ──" in line]
    assert titles == names
    assert "4 archivos ──" in out
    assert "2 × otro correo" in out


def test_an_unreadable_file_stops_no_other_and_is_named(check: Run, tmp_path: Path) -> None:
    """Exit code 1; each is told with its reason, in the contract's shape."""
    files = {"vacio.eml": b"", "ruido.pdf": bytes(range(256)) * 9, "corto.pdf": b"%PDF-1.4\n%nada"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    good = sample("rebote")
    code, out, err = check(*(tmp_path / name for name in files), good, "--json")
    read = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [r["kind"] for r in read] == ["unreadable"] * 3 + ["automatic"]
    assert all(r["reason"] and r["requests"] == [] and "sender" in r for r in read[:3])
    assert all(name in err for name in files)
    assert good.name not in err


def test_a_missing_file_is_wrong_usage_before_anything_is_read(check: Run) -> None:
    """Exit code 2; every one that is missing is named at once."""
    code, out, err = check("no-esta.eml", sample("rebote"), "tampoco.pdf")
    assert (code, out) == (2, "")
    assert "no-esta.eml: no existe" in err
    assert "tampoco.pdf: no existe" in err


def test_a_folder_with_nothing_to_read_is_wrong_usage(check: Run, tmp_path: Path) -> None:
    """Better than to say nothing."""
    code, _, err = check(tmp_path)
    assert code == 2
    assert "no tiene correos ni documentos" in err


def test_pictures_are_written_and_named_after_what_they_show(check: Run, tmp_path: Path) -> None:
    """One a place a finding rests on: file, page and requirement in the name."""
    mail = tmp_path / "pedido.eml"
    mail.write_bytes(sample(DISPUTED).read_bytes())
    code, out, _ = check(mail, "--pictures", tmp_path / "recortes", "--json")
    listed = [Path(name) for name in json.loads(out)["pictures"]]
    assert code == 0
    assert tmp_path / "recortes" / "oficio-0233-2026-p1-dni.png" in listed
    assert sorted(listed) == sorted((tmp_path / "recortes").iterdir())
    assert len(listed) >= 4
    for path in listed:
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.width > 100
    _, said, _ = check(mail, "--pictures", tmp_path / "recortes")
    assert "oficio-0233-2026-p1-dni.png" in "".join(said.split())  # however it is wrapped


def test_pictures_of_several_files_do_not_get_mixed_up(check: Run, tmp_path: Path) -> None:
    """Each file has a folder of its own; two of one name have two."""
    paths = [tmp_path / "uno" / "pedido.eml", tmp_path / "dos" / "pedido.eml"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(sample(DISPUTED).read_bytes())
    check(*paths, "--pictures", tmp_path / "recortes")
    assert {p.name for p in (tmp_path / "recortes").iterdir()} == {"pedido", "pedido-2"}
    assert len(list((tmp_path / "recortes").glob("*/*-dni.png"))) == 2
