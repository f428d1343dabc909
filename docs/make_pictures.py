"""Takes the pictures of the bot's main mails that stand in docs/pictures, from a demonstration.

``make pictures`` runs the demonstration and this script. Each letter is shown by Chromium as a mail
program would show it, 800 and 360 pixels wide, and its margin cut off. Needs ``chromium``.
"""
# ruff: noqa: INP001  a script

import base64
import re
import shutil
import subprocess
import sys
import tempfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

from PIL import Image, ImageChops

LETTERS = {
    "question": ("decider-question", 0),
    "question-scanned": ("decider-question", -1),
    "observation": ("asker-observed", 0),
    "credentials": ("holder-credentials", 0),
    "received": ("asker-received", 0),
}
"""Each picture's letter: its kind, and which of that kind."""
EXAMPLES = {
    "refusal": "asker-refused",
    "status": "asker-status",
    "wrong-channel": "asker-unrelated",
    "report": "administrator-report",
}
"""Letters that the demonstration does not write: the tests have an example of each."""
WIDTHS = (800, 360)
TALL = 4000
COLOURS = 48
OUT = Path(__file__).with_name("pictures")


def html_of(mail: EmailMessage) -> str:
    """A letter's HTML, its pictures inside."""
    body = mail.get_body(("html",))
    if body is None:
        raise SystemExit(f"{mail['Subject']}: no HTML")
    html = str(body.get_content())
    for part in mail.walk():
        if name := str(part.get("Content-ID", "")).strip("<>"):
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{data}")
    return html


def example(kind: str) -> str:
    """The HTML of a letter from the tests' examples, its charts inside."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from letters import example as letter  # noqa: PLC0415  found by the line above
    from reports import REPORT  # noqa: PLC0415  the same

    from mailbot.report import paper  # noqa: PLC0415  for the one letter that has charts

    report = {"report": paper.as_json(REPORT)} if kind == "administrator-report" else {}
    charts = paper.drawn(report, "<example>")
    html = letter(kind, charts=charts)[2]
    for chart in charts:
        data = base64.b64encode(chart.png).decode()
        html = html.replace(f"cid:{chart.cid}", f"data:image/png;base64,{data}")
    return html


def take(browser: str, html: str, width: int, path: Path) -> None:
    """Show the letter in a frame of that width, so that its rules for telephones apply."""
    frame = (
        f'<body style="margin:0;background:#fff"><iframe srcdoc="{escape(html)}" '
        f'style="border:0;width:{width}px;height:{TALL}px" scrolling="no"></iframe>'
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{frame}", encoding="utf-8")
        shot = Path(folder) / "shot.png"
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder}/profile", f"--window-size={max(width, 500)},{TALL}"),
            *(f"--screenshot={shot}", page.as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603  our own words
        whole = Image.open(shot).convert("RGB").crop((0, 0, width, TALL))
        trimmed(whole).quantize(COLOURS).save(path, optimize=True)


def trimmed(picture: Image.Image) -> Image.Image:
    """The picture without the empty space below."""
    ground = Image.new("RGB", picture.size, picture.getpixel((1, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    bottom = min(picture.height, (box[3] if box else picture.height) + 16)
    return picture.crop((0, 0, picture.width, bottom))


def main(mails: Path) -> None:
    """Take every picture from a folder that the demonstration left."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Falta chromium: apt-get install chromium")
    OUT.mkdir(exist_ok=True)
    shown = {name: _from(mails, *letter) for name, letter in LETTERS.items()}
    shown |= {name: example(kind) for name, kind in EXAMPLES.items()}
    for name, html in shown.items():
        for width in WIDTHS:
            path = OUT / f"{name}-{width}.png"
            take(browser, html, width, path)
            print(f"{path.name}: {path.stat().st_size // 1024} kB")  # noqa: T201  its purpose


def _from(mails: Path, kind: str, which: int) -> str:
    file = sorted(mails.glob(f"*-{kind}.eml"))[which]
    mail = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
    return re.sub(r"<!--.*?-->", "", html_of(mail), flags=re.DOTALL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
