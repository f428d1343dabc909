"""Who a text asks for: labelled lines, rows and prose → the people seen, in order.

Pure. Only the part of a document where people are asked for or named counts: an oficio between its
asunto and its closing, a resolution after SE RESUELVE. Signatories and people of the VISTO are not
seen.
"""

import re
from dataclasses import replace

from mailbot.model import Method
from mailbot.parsers import entries, identity, names, prose
from mailbot.parsers.identity import Found
from mailbot.parsers.mention import Seen, named
from mailbot.parsers.text import Passage


def in_passage(main: Passage, *, tabled: bool = False) -> tuple[Seen, ...]:
    """The people a passage names: by labels, else in rows, else in prose, else by a title.

    Rows whose people were read cell by cell (`tabled`) are not read again as lines.
    """
    in_rows = () if tabled else listed(main)
    return entries.labelled(main) or in_rows or prose.told(main) or prose.titled(main)


# ------------------------------------------------------------------ rows without rulings

_HEADING = re.compile(
    r"^.{0,300}(?:apellidos|nombres).{0,300}\b(?:d\.?n\.?i|documento)\b[^0-9\n]{0,300}$"
    r"|^.{0,300}\b(?:d\.?n\.?i|documento)\b[^0-9\n]{0,300}(?:apellidos|nombres)[^0-9\n]{0,300}$",
    re.MULTILINE,
)


def listed(main: Passage) -> tuple[Seen, ...]:
    """People in rows under a heading that names the columns, with or without rulings."""
    heading = _HEADING.search(main.text.folded, main.start, main.end)
    if heading is None:
        return ()
    rows = list(identity.bare_dnis(main.text, heading.end(), main.end, main.kind))
    return tuple(_row(main, heading.end(), rows, n) for n in range(len(rows)))


_WIDEST = 1_000
"""Letters of a row on either side of its number: a line may be as long as a mail."""


def _row(main: Passage, top: int, rows: list[Found], index: int) -> Seen:
    string = main.text.string
    start = max(string.rfind("\n", 0, rows[index].start) + 1, top)
    line_end = string.find("\n", rows[index].end)
    end = main.end if line_end < 0 else line_end
    if index + 1 < len(rows):
        end = max(end, string.rfind("\n", 0, rows[index + 1].start))
    start = max(start, rows[index].start - _WIDEST)
    end = min(end, rows[index].end + _WIDEST)
    line = replace(main, start=start, end=end)
    where = (main.text, start, end, main.kind)
    return Seen(
        names=named(main, _beside(string, line, rows[index])),
        dnis=(rows[index].reading,),
        correos=tuple(f.reading for f in identity.correos(*where)),
        context=line,
        at=start,
        listed=True,
        mixed=main.text.method is Method.OCR and "\n" in line.string.strip(),
    )


def _beside(string: str, line: Passage, dni: Found) -> tuple[int, int] | None:
    """The span of the name left of a number, or else right of it."""
    plain = re.sub(r"[|;]", " ", string[line.start : line.end])
    left = names.before(plain, 0, dni.start - line.start)
    span = left or names.after(plain, dni.end - line.start, len(plain))
    return (line.start + span[0], line.start + span[1]) if span else None
