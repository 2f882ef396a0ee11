"""Markdown becomes HTML, and nothing in it becomes more than text."""

from html.parser import HTMLParser

import pytest

from emviz.markdown import first_heading, to_html

ALLOWED = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "a", "br",
           "hr", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "div"}


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.all, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.all.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)


def test_what_a_lesson_needs():
    html = to_html("# One\n\nA *b* **c** `d` [e](https://example.org \"f\")\n\n1. g\n\n- h\n\n> i\n\n"
                   "```python\nj<k\n```\n\n---\n")
    for part in ("<h1>One</h1>", "<em>b</em>", "<strong>c</strong>", "<code>d</code>",
                 '<a href="https://example.org" title="f">e</a>', "<ol>\n<li>g</li>", "<ul>\n<li>h</li>",
                 "<blockquote>\n<p>i</p>", "j&lt;k", "<hr />"):
        assert part in html


def test_a_table_is_aligned_without_a_style():
    html = to_html("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |")
    assert '<th>a</th>\n<th class="center">b</th>\n<th class="right">c</th>' in html
    assert '<td>1</td>\n<td class="center">2</td>\n<td class="right">3</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(("level", "tags"), [(1, ["h1", "h2", "h6"]), (2, ["h2", "h3", "h6"])])
def test_headings_may_begin_lower(level, tags):
    assert [tag for tag, _ in Tags(to_html("# a\n\n## b\n\n###### c", level)).all] == tags


def test_the_first_heading_is_found_without_its_tags():
    assert first_heading(to_html("## no\n\n# A *b* & `<c>`\n\n# later")) == "A b &amp; &lt;c&gt;"
    assert first_heading(to_html("## no")) is None


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>",
    "words <img src=x onerror=alert(1)> words",
    "</script></style><b>",
    "<!-- --> <iframe src='https://example.org'>",
    "# <u onclick=alert(1)>",
    "| <script> |\n|---|\n| <img src=x> |",
    "```\"><script>\n</code></pre><script>\n```",
    "``` x\" onload=\"alert(1)\ncode\n```",
    "[words](https://example.org/\"onclick=\"alert(1))",
    "[words](https://example.org '\" onclick=\"alert(1)')",
    "<https://example.org/\"onclick=alert(1)>",
])
def test_html_stays_text(text):
    tags = Tags(to_html(text)).all
    assert {tag for tag, _ in tags} <= ALLOWED
    assert {name for _, attributes in tags for name in attributes} <= {"href", "title", "class", "tabindex", "start"}


@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "JavaScript:alert(1)", "&#106;avascript:alert(1)", "javascript&colon;alert(1)",
    "vbscript:x", "data:text/html,x", "file:///etc/passwd", "<java\tscript:alert(1)>",
])
def test_links_that_run_or_read_something_are_refused(address):
    with pytest.raises(ValueError, match="a link leads to .*: give an address that begins with https:"):
        to_html(f"[words]({address})")


def test_links_that_are_written_otherwise_are_refused_too():
    for text in ("<javascript:alert(1)>", "[words][1]\n\n[1]: javascript:alert(1)"):
        with pytest.raises(ValueError, match="a link leads to 'javascript:alert"):
            to_html(text)


@pytest.mark.parametrize("address", ["https://example.org/a:b", "http://example.org", "mailto:a@example.org", "#part",
                                     "other.html", "folder/a:b.html", "?a=b:c"])
def test_other_links_are_links(address):
    tags = Tags(to_html(f"[words]({address})")).all
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == [address]


@pytest.mark.parametrize("text", ["![a cat](cat.png)", "![a cat][1]\n\n[1]: cat.png"])
def test_images_are_refused_with_the_reason(text):
    with pytest.raises(ValueError, match="an image is wanted from 'cat.png', but the page loads nothing"):
        to_html(text)
