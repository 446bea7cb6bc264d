"""Saved pages: what they say is taken as a reader would see it, hostile pages cost little, and selectors find cells."""

import time
import weakref

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crossbearing.domain.errors import BadConfiguration, UnreadableSource
from crossbearing.intake.pages.markup import parsed, shown
from crossbearing.intake.pages.page_cost import MOST_NODES, MOST_STEPS, estimate, is_too_tangled
from crossbearing.intake.pages.page_words import PageCell, cells_in, spelled, taken
from crossbearing.intake.readers import web_page
from crossbearing.intake.readers.web_page import WebPage
from crossbearing.store.records import transformer
from reading import read, rows_of, spoiled, unaccounted

PAGE = (
    b'<!DOCTYPE html>\n<!-- saved from url=(0027)http://one.invalid/vendor/x -->\n<html><head><meta charset="utf-8">'
    b"<title> Alder\n shop </title><style>p{}</style></head><body><h1>Alder</h1><p>5 g<br>10 g</p></body></html>"
)


def test_a_saved_page_is_one_row_with_the_address_that_the_browser_wrote() -> None:
    batches, refused = read(WebPage(), PAGE)
    assert rows_of(batches) == [
        {
            "url": "http://one.invalid/vendor/x", "fetched_at": None, "status": None, "media_type": "text/html",
            "charset": "utf-8", "title": "Alder shop", "text": "Alder\n5 g\n10 g", "html": PAGE.decode(), "sha1": None,
            "file": None,
        }
    ]  # fmt: skip
    assert not refused
    assert not unaccounted(PAGE, batches, refused)


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ('<link rel="Canonical" href="http://one.invalid/c">', "http://one.invalid/c"),
        ("<!-- saved from url=(0014)about:internet -->", "about:internet"),
        ('<link rel=canonical href="">', None),
        ("<p>http://one.invalid/</p>", None),
    ],
)
def test_the_address_is_what_the_page_itself_names(page: str, url: str | None) -> None:
    assert shown(page).url == url


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<html><p>", True),
        (b"\xef\xbb\xbf \r\n<!doctype HTML>", True),
        (b'<?xml version="1.0"?><!-- a - b --><!DOCTYPE html PUBLIC "x">', True),
        ("<html>".encode("utf-16"), True),
        (b"<!DOCTYPE svg><svg>", False),
        (b"<htmlx>", False),
        (b"<p>no page of its own", False),
        (b"text <html>", False),
        (b"<!-- " + b"-" * 4_000, False),
    ],
)
def test_a_page_is_known_by_its_beginning(head: bytes, is_page: bool) -> None:
    assert WebPage().recognises(head) == is_page


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<b>b</b> c", "ab c"),
        ("<p>a</p>\n  <p>b</p>", "a\nb"),
        ("a<br><br>b<div>c</div>d", "a\n\nb\nc\nd"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc"),
        ("<pre>  a\n\n  b </pre>", "  a\n\n  b"),
        ("a<script>x</script><style>y</style><template>z</template>b", "ab"),
        ("<ul><li>a\n<li> b</ul>", "a\nb"),
        ("&lt;p&gt; &amp; \xa0 &#0;&#xD800;", "<p> & \xa0 \ufffd\ufffd"),
        ("", ""),
    ],
)
def test_visible_text_has_a_line_for_each_block(html: str, text: str) -> None:
    assert shown(html).text == text


def test_a_page_without_a_stated_charset_is_read_as_the_profile_says() -> None:
    for data, encoding in (("<html>ж".encode("cp1251"), "cp1251"), ("<html>ж".encode("utf-16"), "utf-8")):
        assert rows_of(read(WebPage(), data, encoding)[0])[0]["text"] == "ж"
    assert rows_of(read(WebPage(), b"<html>\xff\x80")[0])[0]["text"] == "\\xff\\x80"


def test_a_page_that_is_too_large_is_one_clear_error(monkeypatch) -> None:
    monkeypatch.setattr(web_page, "LARGEST_FILE", 1_000)
    with pytest.raises(UnreadableSource):
        read(WebPage(), b"<html>" + b"a" * 1_000)


@given(st.binary(max_size=300) | spoiled(PAGE))
def test_no_bytes_make_the_reader_fail_and_all_of_them_are_in_the_row(content: bytes) -> None:
    batches, refused = read(WebPage(), content)
    assert len(rows_of(batches)) == bool(content)
    assert not unaccounted(content, batches, refused)


NAMES = [
         "a",     "b",     "i",     "font",     "nobr",     "p",     "div",     "span",     "table",     "tr",
    "td",     "th",     "tbody",     "caption",     "li",     "ul",     "dd",     "dt",     "svg",     "math",
    "mi",     "foreignobject",     "br",     "input",     "img",     "select",     "option",     "optgroup",
    "button",     "h1",     "form",     "textarea",     "script",     "style",     "title",     "template",
    "rt",     "ruby",     "body",     "html",     "head",     "frameset",     "marquee",     "object",
]  # fmt: skip
names = st.sampled_from(NAMES)
tags = st.one_of(
    names.map("<{}>".format),
    st.tuples(names, st.integers(0, 5)).map(lambda tag: f"<{tag[0]} a={tag[1]}>"),
    names.map("</{}>".format),
    names.map("<{}/>".format),
    st.sampled_from(["x", " ", "<!--", "-->", "<![CDATA[", "]]>", '<i title="', "'", '"', ">", "<", "</", " a="]),
)
soups = st.lists(tags, max_size=60).map("".join)
soups |= st.tuples(soups, st.integers(1, 30), soups, st.integers(1, 30)).map(lambda s: s[0] * s[1] + s[2] * s[3])


def size_of(html: str) -> tuple[int, int]:
    """Nodes and depth of the tree that the parser makes."""
    node = top = LexborHTMLParser(html).root
    nodes, level, depth = 0, 0, 0
    while True:
        nodes, depth = nodes + 1, max(depth, level)
        if node.first_child is not None:
            node, level = node.first_child, level + 1
            continue
        while node.mem_id != top.mem_id and node.next is None:
            node, level = node.parent, level - 1
        if node.mem_id == top.mem_id:
            return nodes, depth
        node = node.next


@settings(max_examples=400)
@given(soups)
@example("<p><b a=1><b a=2><b a=3></p>" + "<p>x</p>" * 9)
@example("<a><![CDATA[<a><b>" * 20)
def test_the_estimate_is_never_below_what_the_parser_makes(html: str) -> None:
    nodes, _, depth = estimate(html)
    made, deep = size_of(html)
    assert made <= nodes + 10  # the frame of every page: html, head, body
    assert deep <= 3 * depth + 6  # a table brings body and row


BOMBS = {
    "formatting opened again in each paragraph": "<p>" + "".join(f"<b a={n}>" for n in range(9_000)) + "</p>"
    + "<p>x</p>" * 9_000,
    "formatting that tables hide": "".join(f"<b a={n}><table><td></b></table>" for n in range(9_000))
    + "<p>x</p>" * 9_000,
    "unclosed blocks": "<div>" * 500_000,
    "unclosed lists": "<ul><li>x" * 100_000,
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    "foreign rows": "<svg>" + "<tr>" * 500_000,
    "ends of nothing": "<span>" * 100_000 + "</b>" * 100_000,
    "an attribute without end": "<p>" * 100 + '<a title="' + "<b>" * 500_000,
    "a comment without end": "<!--" + "<b>" * 500_000,
    "quotes": "<a " + "a='" * 500_000,
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_page_made_to_cost_much_is_not_parsed_and_says_so_soon(bomb: str) -> None:
    begun = time.process_time()
    found = shown(BOMBS[bomb])
    assert time.process_time() - begun < 10  # seconds; parsing some of them takes hours, or all memory
    assert found.text is None or bomb in {"quotes", "a comment without end"}
    assert bool(found.problem) == (found.text is None)


def test_large_pages_as_people_write_them_are_parsed() -> None:
    rows = "<tr><td><a href=x>1</a><td><font size=1>2</font><br>"
    sloppy = "<tr><td><font size=1>2</tr>"
    for page in ("<p>abc<br>" * 100_000, f"<table>{rows * 20_000}</table>", f"<table>{sloppy * 20_000}</table>"):
        assert not is_too_tangled(page)
        assert parsed(page).body is not None


def test_the_limits_hold_on_the_short_way_too() -> None:
    for tag in ("<b a={}>", "<a a={}><p>", "<a {}=1 b=2 c=3>"):
        page = "".join(tag.format(n) for n in range(1_199))[:40_000]
        nodes, steps, _ = estimate(page)
        assert nodes <= MOST_NODES
        assert steps <= MOST_STEPS


LIST = (
    '<div class="r"><a href="/l/1">One  <b>1</b></a><i>5</i></div><div class="r"><a href="/l/2">Two</a></div>'
    "<pre>BEGIN\n\nkey</pre><pre>other</pre><p>Ships From: Moon<br>now</p>"
)


def asked(query: str, *pages: str | bytes | None) -> list[object]:
    cells = {cell: f"_cell_{number}" for number, cell in enumerate(dict.fromkeys(cells_in(query)))}
    found = dict(zip(cells.values(), taken(pages or (LIST,), list(cells)), strict=True))
    with transformer() as engine:
        return engine.apply(pa.table(found), f"SELECT {spelled(query, cells)} AS v FROM raw")[0]["v"].to_pylist()


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("css_text(html, '.r a')", "One 1"),
        ("css_text(html, '.none')", None),
        ("css_texts(html, '.r a')", ["One 1", "Two"]),
        ("css_texts(html, '.none')", []),
        ("css_attr(html, '.r:last-of-type a', 'href')", "/l/2"),
        ("css_attr(html, '.r a', 'title')", None),
        ("css_lines(html, 'pre')", "BEGIN\n\nkey\nother"),
        ("css_lines(html, '.none')", None),
        ("css_cells(html, '.r', 'i')", ["5", None]),
        ("css_cell_attrs(html, '.r', 'a', 'href')", ["/l/1", "/l/2"]),
        ("css_cells_around(html, 'i, b', '.r', 'a')", ["One 1", "One 1"]),
        ("css_cells_around(html, 'pre, i', '.r', 'a')", ["One 1", None, None]),
        ("css_cells_around(html, '.r', '.r', 'i')", ["5", None]),
        ("css_text(html, 'p:lexbor-contains(\"Ships\")')", "Ships From: Moonnow"),
        ("CSS_Attr (\"html\" , '.r a','href' ) || 'css_text(html, ''i'')'", "/l/1css_text(html, 'i')"),
        ("css_text(html, 'a[href=''/l/2'']')", "Two"),
    ],
)
def test_a_selector_takes_a_cell_out_of_a_page(query: str, answer: object) -> None:
    assert asked(query) == [answer]


def test_a_row_without_a_page_and_a_page_that_is_not_parsed_have_no_cells() -> None:
    assert asked("css_text(html, 'p')", None, "<p>a", BOMBS["unclosed blocks"], None) == [None, "a", None, None]
    assert asked("css_texts(html, 'p')", None, "<p>a") == [[], ["a"]]


def test_cells_of_a_list_stay_side_by_side() -> None:
    names, prices = "unnest(css_cells(html, '.r', 'a'))", "unnest(css_cells(html, '.r', 'i'))"
    assert asked(f"{names} || '=' || coalesce({prices}, '?')") == ["One 1=5", "Two=?"]


@pytest.mark.parametrize("selector", ["p[[", "", ":nope(x)", ">>>"])
def test_a_selector_that_is_none_is_one_clear_error_and_the_next_one_is_asked(selector: str) -> None:
    with pytest.raises(BadConfiguration, match="is not a CSS selector"):
        asked(f"css_text(html, '{selector}')")
    assert asked("css_text(html, 'i')") == ["5"]


@pytest.mark.parametrize(
    "expression",
    ["css_text(html)", "css_text(html, selector)", "css_text(html, 'a', 'b')", "css_text(folded(html), 'a')",
     "css_text(html, NULL)", "css_text('html', 'a')", "css_text()", "css_words(html, 'a')", "1 + css_attr(html, 'a' "],
)  # fmt: skip
def test_a_word_that_does_not_stand_before_a_column_and_texts_is_one_clear_error(expression: str) -> None:
    with pytest.raises(BadConfiguration, match="css_"):
        list(cells_in(expression))


def test_what_stands_in_texts_and_names_is_no_cell() -> None:
    plain = "'css_text(html, ''a'')' || \"css_text(html, 'a')\" || my.css_text(html) || css_text || xcss_text(html)"
    assert not list(cells_in(plain))
    assert spelled(plain, {}) == plain


def test_each_page_is_parsed_once_for_all_cells_and_alone(monkeypatch) -> None:
    from crossbearing.intake.pages import page_words

    alive: weakref.WeakSet[object] = weakref.WeakSet()
    most = []

    class Tree:
        def __init__(self, html: str) -> None:
            self._tree = parsed(html)
            alive.add(self)
            most.append(len(alive))

        def __getattr__(self, name: str) -> object:
            return getattr(self._tree, name)

    monkeypatch.setattr(page_words, "parsed", Tree)
    cells = [PageCell("css_text", "html", ("p",)), PageCell("css_texts", "html", ("i",))]
    texts, lists = taken((f"<p>{number}</p><i>x</i>" for number in range(500)), cells)
    assert texts.to_pylist() == [str(number) for number in range(500)]
    assert lists.to_pylist() == [["x"]] * 500
    assert len(most) == 500
    assert set(most) == {1}


def test_a_page_that_is_held_as_bytes_is_decoded_as_it_says_itself() -> None:
    page = '<meta charset="windows-1251"><p>чай</p>'
    assert asked("css_text(html, 'p')", page.encode("cp1251"), "<p>чай".encode()) == ["чай", "чай"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), min_size=1, max_size=6))
def test_texts_in_cells_come_back_folded(texts: list[str]) -> None:
    import html as escaping

    page = "".join(f"<li>{escaping.escape(text)}</li>" for text in texts)
    wanted = [" ".join(text.split()) or None for text in texts]
    assert asked("css_texts(html, 'li')", page) == [wanted]
