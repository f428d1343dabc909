"""The text a person sees in an HTML mail. The home of selectolax. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_NO_TEXT = "script, template, noscript, object, embed, iframe, svg"
_UNSEEN = "[hidden], s, strike, del"
_QUOTES = (
    ".gmail_quote, .gmail_attr, blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted, "
    ".zmail_extra, #OLK_SRC_BODY_SECTION"
)
_QUOTES_FOLLOW = "#appendonsend, #divRplyFwdMsg"
"""Outlook on the web marks where the answered mail begins: all that follows is quoted."""
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:;|$)|mso-hide\s*:\s*all"
    r"|(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)|text-indent\s*:\s*-\d{3,}"
    r"|position\s*:\s*absolute|clip\s*:|scale\(\s*0|line-through"
    r"|(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?|transparent"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255\b)(?![\w])",
    re.IGNORECASE,
)
_WHITE = "font[color=white i], font[color='#ffffff' i], font[color='#fff' i]"
_BLOCKS = "p, div, tr, li, h1, h2, h3, h4, h5, h6, table, ul, ol, pre, section, article, header"


_OPENS = re.compile(r"<(?!/|!|(?:br|img|hr|meta|input|link|wbr|col|p|li|t[dhr])\b)")
_DEEPEST = 2_000
_MOST_QUOTES = re.compile(
    r"(?:gmail_(?:quote|attr)|blockquote|moz-cite|yahoo_quoted|zmail_extra)\b"
)
_MOST = 1_000
"""Quotes in a mail, each of which is looked for anew; twice as many rules of style sheets."""


def is_bottomless(html: str) -> bool:
    """Whether elements, quotes or rules go on without end: their time grows with the square."""
    deep = len(_OPENS.findall(html)) - html.count("</") > _DEEPEST
    return deep or len(_MOST_QUOTES.findall(html)) > _MOST or html.count("{") > 2 * _MOST


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person reads in an HTML mail: outside and inside the quoted mail.

    `gaps`: a line outside reads otherwise when what is hidden or struck in it is read too. What
    is white to us may have been written on black.
    """

    own: str
    quoted: str
    gaps: bool


def visible(html: str) -> Seen:
    """What a person reads."""
    tree = _without_code(html)
    hidden = _drop_unseen(tree)
    own, quoted = _apart(tree)
    everything = _apart(_without_code(html))[0] if hidden else own
    return Seen(own, quoted, gaps=not set(everything.split("\n")).issuperset(own.split("\n")))


def _without_code(html: str) -> LexborHTMLParser:
    """The tree of a text without what is never shown, style sheets excepted."""
    tree = LexborHTMLParser(html)
    _drop(_all(tree, _NO_TEXT))
    return tree


def _apart(tree: LexborHTMLParser) -> tuple[str, str]:
    """The text outside and inside the quoted mail; the tree is taken apart."""
    _drop(_all(tree, "head, title, style"))
    quoted = [_text(node) for node in _taken(tree, _QUOTES)]
    quoted += _taken_after(tree)
    return (_text(tree.body) if tree.body else ""), "\n".join(quoted)


def _drop_unseen(tree: LexborHTMLParser) -> bool:
    """Drop what is hidden or struck; whether there was any."""
    found = [_drop(_all(tree, rule)) for rule in (*_hiding_rules(tree), _UNSEEN, _WHITE)]
    styled = tree.css("[style]")
    found.append(
        _drop([n for n in styled if _HIDDEN_STYLE.search(n.attributes.get("style") or "")])
    )
    return any(found)


def _drop(nodes: list[LexborNode]) -> bool:
    """Take nodes out of their tree, the inner ones first: a node that is gone is not touched."""
    unique = {node.mem_id: node for node in nodes}
    for node in reversed(unique.values()):
        node.decompose()
    return bool(nodes)


def _all(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except SelectolaxError:
        return []  # a selector that no parser knows hides nothing a person can tell


def _hiding_rules(tree: LexborHTMLParser) -> Iterator[str]:
    """The selectors of the style sheets' rules that hide or strike."""
    for sheet in tree.css("style"):
        for rule in sheet.text().split("}"):
            before, brace, style = rule.rpartition("{")
            selector = before.rpartition("{")[2].strip()
            if brace and selector and _HIDDEN_STYLE.search(style):
                yield selector


def _taken(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """Each node a selector finds, outermost first; it is gone from the tree once looked at."""
    while node := tree.css_first(selector):
        yield node
        node.decompose()


def _taken_after(tree: LexborHTMLParser) -> Iterator[str]:
    """The texts that stand at and after the place where Outlook says the answered mail begins."""
    mark = tree.css_first(_QUOTES_FOLLOW)
    at = mark
    while at is not None and at.tag not in ("body", "html"):
        while follower := at.next:
            yield _text(follower) if follower.is_element_node else follower.text()
            follower.decompose()
        at = at.parent
    if mark:
        yield _text(mark)
        mark.decompose()


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
