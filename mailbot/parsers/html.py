"""The text a person sees in an HTML mail. The home of selectolax. Pure."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = "script, style, head, title, template, noscript, object, embed, iframe, svg, [hidden]"
_QUOTES = (
    ".gmail_quote, .gmail_attr, #divRplyFwdMsg, #appendonsend, blockquote[type=cite], "
    ".moz-cite-prefix, .yahoo_quoted, .zmail_extra, #OLK_SRC_BODY_SECTION"
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:;|$)|mso-hide\s*:\s*all"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)|text-indent\s*:\s*-\d{3,}"
    r"|position\s*:\s*absolute|clip\s*:|(?<!-)color\s*:\s*(?:white|#fff(?:fff)?|transparent)\b",
    re.IGNORECASE,
)
_BLOCKS = "p, div, tr, li, h1, h2, h3, h4, h5, h6, table, ul, ol, pre, section, article, header"


def visible(html: str) -> tuple[str, str]:
    """What a person reads, in two parts: outside and inside the quoted mail."""
    tree = LexborHTMLParser(html)
    _drop_unseen(tree)
    quoted = "\n".join(_text(node) for node in _outermost(tree))
    for node in tree.css(_QUOTES):
        node.decompose()
    return (_text(tree.body) if tree.body else ""), quoted


def _drop_unseen(tree: LexborHTMLParser) -> None:
    for node in tree.css(_UNSEEN):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()


def _outermost(tree: LexborHTMLParser) -> list[LexborNode]:
    """The quoted blocks that stand in no other quoted block."""
    found = tree.css(_QUOTES)
    inner = {node.mem_id for block in found for node in block.css(_QUOTES)[1:]}
    return [node for node in found if node.mem_id not in inner]


_LINE, _GAP = "\ue000", "\ue001"
"""Stand-ins for a line end and for the space between cells while white space is folded."""


def _text(node: LexborNode) -> str:
    """The text of a node, a line for each block and a wide blank between cells."""
    copy = LexborHTMLParser(node.html or "")
    for line_break in copy.css("br"):
        line_break.replace_with(_LINE)
    for cell in copy.css("td, th"):
        cell.insert_after(_GAP)
    for block in copy.css(_BLOCKS):
        block.insert_before(_LINE)
        block.insert_after(_LINE)
    text = " ".join((copy.body.text() if copy.body else "").split())
    lines = (line.strip() for line in text.replace(_GAP, "   ").split(_LINE))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
