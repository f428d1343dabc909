"""Letters as a browser shows them: their measures in Chromium, all of them in one run."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

_MEASURE = """
<script>
window.onload = () => {
  const told = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument;
    const taps = [...page.querySelectorAll("a")].map((a) => {
      const box = a.getBoundingClientRect();
      return [box.width, box.height];
    });
    return [frame.title, page.documentElement.scrollWidth, page.body.innerText, taps];
  });
  document.body.innerHTML = "<pre></pre>";
  document.body.firstChild.textContent = JSON.stringify(told);
};
</script>
"""


@dataclass(frozen=True)
class Measured:
    """A letter at one width: how wide it really is, what is read, its buttons' sizes (pixels)."""

    scroll_width: int
    words: str
    taps: Sequence[tuple[float, float]]


def browser() -> str | None:
    """Chromium, where it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def measure(pages: Mapping[str, str], widths: Sequence[int]) -> dict[tuple[str, int], Measured]:
    """Show each page at each width and measure it."""
    found = browser()
    assert found
    frames = "".join(
        f'<iframe title="{name} {width}" srcdoc="{escape(html)}" '
        f'style="border:0;width:{width}px;height:900px" scrolling="no"></iframe>'
        for name, html in pages.items()
        for width in widths
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{_MEASURE}<body>{frames}", "utf-8")
        command = [
            *(found, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder}/profile", "--window-size=1000,1000"),
            *("--virtual-time-budget=10000", "--dump-dom", page.as_uri()),
        ]
        done = subprocess.run(command, check=True, capture_output=True, timeout=90)
    told = re.search(r"<body><pre>(.*)</pre>", done.stdout.decode(), re.DOTALL)
    assert told, done.stdout[:500]
    return dict(_measured(row) for row in json.loads(unescape(told[1])))


def _measured(row: Sequence[object]) -> tuple[tuple[str, int], Measured]:
    title, scroll, words, taps = row
    name, _, width = str(title).rpartition(" ")
    assert isinstance(scroll, int)
    assert isinstance(taps, list)
    return (name, int(width)), Measured(scroll, str(words), [(w, h) for w, h in taps])
