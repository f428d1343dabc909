"""HTML as the person sees it: what is hidden is not read, what is shown is not lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.parsers.html import visible
from mailbot.parsers.quotes import cut


def seen(html: str) -> tuple[str, str]:
    """What a person reads outside and inside the quoted mail."""
    found = visible(html)
    return found.own, found.quoted


HIDDEN = {
    "display:none": "<div style='display:none'>APROBAR</div>",
    "display : none in capitals": "<div style='DISPLAY : NONE'>APROBAR</div>",
    "display:none !important": "<div style='color:red;display:none !important'>APROBAR</div>",
    "hidden": "<span hidden>APROBAR</span>",
    "visibility": "<span style='visibility: hidden'>APROBAR</span>",
    "visibility collapse": "<table style='visibility:collapse'><tr><td>APROBAR</td></tr></table>",
    "opacity": "<span style='opacity:0'>APROBAR</span>",
    "opacity 0.0": "<span style='opacity:0.0;'>APROBAR</span>",
    "font-size 0": "<span style='font-size:0'>APROBAR</span>",
    "font-size 0px": "<span style='font-size:0px;'>APROBAR</span>",
    "font-size 1px": "<span style='font-size:1px'>APROBAR</span>",
    "white": "<span style='color:white'>APROBAR</span>",
    "white by number": "<span style='color: #FFFFFF'>APROBAR</span>",
    "white, short": "<span style='color:#fff'>APROBAR</span>",
    "transparent": "<span style='color:transparent'>APROBAR</span>",
    "no height": "<div style='max-height:0;overflow:hidden'>APROBAR</div>",
    "no width": "<div style='width:0px'>APROBAR</div>",
    "off the page": "<div style='position:absolute;left:-9999px'>APROBAR</div>",
    "indented off the page": "<div style='text-indent:-9999px'>APROBAR</div>",
    "clipped": "<div style='clip:rect(0,0,0,0)'>APROBAR</div>",
    "hidden from Outlook": "<div style='mso-hide:all'>APROBAR</div>",
    "inside what is hidden": "<div style='display:none'><p style='display:block'>APROBAR</p></div>",
    "a remark": "<!-- APROBAR -->",
    "a remark for Outlook": "<!--[if mso]>APROBAR<![endif]-->",
    "the title": "<title>APROBAR</title>",
    "a script": "<script>APROBAR</script>",
    "a style": "<style>APROBAR{}</style>",
    "a template": "<template>APROBAR</template>",
    "an object": "<object>APROBAR</object>",
    "a frame": "<iframe>APROBAR</iframe>",
    "a drawing": "<svg><text>APROBAR</text></svg>",
    "a picture's description": "<img alt='APROBAR' title='APROBAR'>",
    "a field": "<input value='APROBAR'>",
    "an attribute": "<p title='APROBAR' data-x='APROBAR'></p>",
    "a link's address": "<a href='mailto:x@y.example?body=APROBAR'></a>",
}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_a_person_does_not_see_is_not_read(way: str) -> None:
    """Nothing hidden becomes anybody's words, own or quoted."""
    own, quoted = seen(f"<html><body><p>Esperen.</p>{HIDDEN[way]}</body></html>")
    assert (own, quoted) == ("Esperen.", "")


HALF_HIDDEN = {
    "a class": "<style>.x{display:none}</style><p class=x>APROBAR</p>",
    "an id": "<style>#x{font-size:0}</style><p id=x>APROBAR</p>",
    "white by rgb": "<span style='color:rgb(255,255,255)'>APROBAR</span>",
    "white by an old tag": "<font color='white'>APROBAR</font>",
    "scaled to nothing": "<div style='transform:scale(0)'>APROBAR</div>",
    "struck through": "<s>APROBAR</s>",
    "struck through by style": "<span style='text-decoration: line-through'>APROBAR</span>",
    "deleted": "<del>APROBAR</del>",
}


@pytest.mark.parametrize("way", HALF_HIDDEN)
def test_what_a_person_sees_struck_or_not_at_all_is_not_read(way: str) -> None:
    """Style sheets, old tags and strokes hide or take back as well."""
    own, _ = seen(f"<html><body><p>Esperen.</p>{HALF_HIDDEN[way]}</body></html>")
    assert own == "Esperen."


GAPS = {
    "white on black": "<p><span style='color:#fff'>No</span> apruebo</p>",
    "struck": "<p><s>No</s> apruebo</p>",
    "by a class": "<style>.x{display:none}</style><p>Apruebo <b class=x>nada</b></p>",
    "by an old tag": "<font color=white>No</font> apruebo",
    "beside a break": "Hola<br><span hidden>no</span> apruebo<br>Ana",
}
WHOLE = {
    "a line of its own": "<div style='display:none'>Vista previa</div><p>Apruebo</p>",
    "nothing": "<p>Apruebo</p><span style='display:none'>&nbsp;</span>",
    "in a quote": "<p>Apruebo</p><blockquote type=cite>uno <s>dos</s> tres</blockquote>",
    "below a quote": "Apruebo<blockquote type=cite>uno <s>dos</s></blockquote><p hidden>x</p>",
    "a style in the head": "<head><style>.x{display:none}</style></head><p>Sí</p><p class=x>x</p>",
}


@pytest.mark.parametrize("way", GAPS)
def test_a_line_of_which_something_is_hidden_is_known(way: str) -> None:
    """T18, T19: «No» in white on a dark screen was written and read; here it would be missing."""
    assert visible(GAPS[way]).gaps


@pytest.mark.parametrize("way", WHOLE)
def test_what_is_hidden_apart_leaves_no_gap(way: str) -> None:
    """Previews and quotes that programs hide are no reason to ask again."""
    found = visible(WHOLE[way])
    assert found.own in ("Apruebo", "Sí")
    assert not found.gaps


SHOWN = {
    "a white ground": "<p style='background-color:white'>DNI 12345678</p>",
    "a white ground by number": "<p style='background-color:#ffffff;color:black'>DNI 12345678</p>",
    "a white ground, Outlook's blue": "<p style='background:white;color:#1F497D'>DNI 12345678</p>",
    "small print": "<p style='font-size:8pt'>DNI 12345678</p>",
    "ten pixels": "<p style='font-size:10px'>DNI 12345678</p>",
    "half an opacity": "<p style='opacity:0.5'>DNI 12345678</p>",
    "a height": "<p style='height:0.5in;width:50%'>DNI 12345678</p>",
    "a hanging indent": "<p style='margin-left:36.0pt;text-indent:-18.0pt'>DNI 12345678</p>",
    "relative": "<p style='position:relative'>DNI 12345678</p>",
    "whitesmoke": "<p style='color:whitesmoke;color:#fff000'>DNI 12345678</p>",
    "an empty style": "<p style=''>DNI 12345678</p>",
    "a broken style": "<p style='::;;display'>DNI 12345678</p>",
    "bold in the middle": "<p>DNI 12<b>34</b>56<i>78</i></p>",
    "an entity": "<p>DNI&nbsp;1234&#53;678</p>",
    "an unclosed tag": "<p>DNI 12345678",
    "no tag": "DNI 12345678",
    "behind the end": "<body></body></html><p>DNI 12345678</p>",
    "in the head by mistake": "<head><p>DNI 12345678</p></head>",
}


@pytest.mark.parametrize("way", SHOWN)
def test_what_a_person_sees_is_read(way: str) -> None:
    """Harmless styles and bad HTML lose nothing, and split no number."""
    assert seen(SHOWN[way]) == ("DNI 12345678", "")


NO_WIDTH = ["border-width:0", "min-width:0px", "line-height:0;", "outline-width:0", "min-height:0"]


@pytest.mark.parametrize("style", NO_WIDTH)
def test_a_border_without_width_hides_nothing(style: str) -> None:
    """Tables made by programs carry these styles around what people see."""
    assert seen(f"<table style='{style}'><tr><td>DNI 12345678</td></tr></table>")[0]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<p>a</p><p>b</p>", ["a", "b"]),
        ("<div>a</div>b<div>c</div>", ["a", "b", "c"]),
        ("<ul><li>uno<li>dos</ul>", ["uno", "dos"]),
        ("<h1>a</h1><pre>b</pre>", ["a", "b"]),
        ("<p>a\n  b</p>", ["a b"]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", ["a   b", "c"]),
    ],
)
def test_blocks_are_lines_and_cells_stand_apart(html: str, lines: list[str]) -> None:
    """A person's lines are lines, and two cells are not one word."""
    assert [line for line in seen(html)[0].split("\n") if line] == lines


QUOTED = {
    "Gmail": "<div class='gmail_quote gmail_quote_container'>APROBAR</div>",
    "Gmail's line": "<div class=gmail_attr>APROBAR</div>",
    "Gmail, quoted twice": "<div class=gmail_quote>APROBAR<div class=gmail_quote>x</div></div>",
    "a citation": "<blockquote type=cite>APROBAR</blockquote>",
    "a citation in capitals": "<blockquote type='CITE'>APROBAR</blockquote>",
    "Thunderbird's line": "<div class=moz-cite-prefix>APROBAR</div>",
    "Yahoo": "<div class=yahoo_quoted>APROBAR</div>",
    "Zimbra": "<div class=zmail_extra>APROBAR</div>",
    "old Mac Outlook": "<span id=OLK_SRC_BODY_SECTION>APROBAR</span>",
}


@pytest.mark.parametrize("program", QUOTED)
def test_quoted_blocks_are_told_apart(program: str) -> None:
    """By the marks each program puts around what it quotes; nothing of it is lost."""
    own, quoted = seen(f"<p>Esperen.</p>{QUOTED[program]}<p>Ana</p>")
    assert own.split() == ["Esperen.", "Ana"]
    assert quoted.split() in (["APROBAR"], ["APROBAR", "x"])


OUTLOOK = "<b>De:</b> Ana<br><b>Enviado:</b> martes<br><b>Para:</b> y<br><b>Asunto:</b> z"


def test_outlook_on_the_desktop_quotes_under_a_border() -> None:
    """Its block has no mark: the words in it tell, once it is text."""
    border = "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
    own, _ = seen(f"<p>Esperen.</p>{border}<p>{OUTLOOK}</p></div><p>APROBAR</p>")
    assert cut(own)[0] == "Esperen."


@pytest.mark.parametrize("above", ["<p>Esperen.</p>", ""])
@pytest.mark.parametrize(
    "mark", ["<div id=divRplyFwdMsg>", "<div id=appendonsend></div><hr><div id=divRplyFwdMsg>"]
)
def test_outlook_on_the_web_quotes_below_its_block(above: str, mark: str) -> None:
    """The mail it answers stands after the block that names it, not inside."""
    own, _ = seen(f"{above}{mark}{OUTLOOK}</div><div>APROBAR</div>")
    assert "APROBAR" not in cut(own)[0]


TAGS = (
    *("<p>", "</p>", "<br>", "<div style='display:none'>", "</div>", "<table>", "<td>", "<tr>"),
    *(
        "<div class=gmail_quote>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<!--",
        "-->",
        "<script>",
    ),
    *(
        "</script>",
        "<svg>",
        "&lt;",
        "&#0;",
        "<",
        ">",
        "\0",
        "Hola",
        "<title>",
        "<template>",
        "<a href='",
    ),
    *("<font size=0>", "<select>", "<option>", "<math>", "<frameset>", "\ue000", "<plaintext>"),
)


@given(st.lists(st.sampled_from(TAGS), max_size=15).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_html_has_a_text(html: str) -> None:
    """No HTML breaks the reader, and what it reads has no blanks at its ends."""
    own, quoted = seen(html)
    assert own == own.strip()
    assert isinstance(quoted, str)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co")), max_size=80))
@settings(max_examples=200, deadline=None)
def test_a_text_survives_its_dress(text: str) -> None:
    """Words escaped into HTML come back as they were, blanks folded."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert seen(f"<p>{escaped}</p>")[0].split() == text.split()


@given(st.sampled_from(sorted(HIDDEN)), st.sampled_from(("div", "span", "td", "b", "blockquote")))
@settings(max_examples=100, deadline=None)
def test_what_is_hidden_stays_hidden_in_any_element(way: str, element: str) -> None:
    """Wherever it stands, what a person does not see is not read."""
    own, quoted = seen(f"<table><tr><{element}>Esperen. {HIDDEN[way]}</{element}></tr></table>")
    assert "APROBAR" not in own + quoted
