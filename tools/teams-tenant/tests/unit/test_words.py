"""Laws of mentions and of the HTML made from what people type."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_teams_tenant.cards.markdown import blocks
from haveri_teams_tenant.people.words import activity_html, activity_text, find_mentions, graph_html, page_html
from haveri_teams_tenant.state.records import Mention

HAVERI, ANNA, ANNA_MARIA = (
    Mention(id="28:x", name="Haveri"),
    Mention(id="29:a", name="Anna"),
    Mention(id="29:m", name="Anna Maria"),
)
EVERYBODY = [HAVERI, ANNA, ANNA_MARIA]
ALLOWED = {"p", "br", "strong", "em", "s", "code", "ul", "ol", "li", "a"}
NAMES = ["@Haveri", "@anna", "@Anna Maria"]
MARKS = ["<b>", "&", "**", "_", "`", "[x](http://y)", "[", "](https://", ")", "\x00", "- ", "\n", "\\", " "]
typed = st.text() | st.lists(st.sampled_from([*NAMES, *MARKS])).map("".join)


@given(typed)
@settings(deadline=None)
def test_nothing_a_person_typed_is_lost(text: str) -> None:
    parts = find_mentions(text, EVERYBODY).parts
    again = "".join(part.text if part.mention is None else f"@{part.text}" for part in parts)
    assert again.casefold() == text.casefold()


@given(typed)
@settings(deadline=None)
def test_what_a_person_typed_never_becomes_markup(text: str) -> None:
    words = find_mentions(text, EVERYBODY)
    for html in (activity_html(words.parts), graph_html(words.parts), str(page_html(words.parts, "", words.mentions))):
        tags = {tag.strip("/") for tag in re.findall(r"<(/?\w+)", html)}
        assert tags <= {"div", "span", "at", "br"}


@given(typed)
@settings(deadline=None)
def test_markdown_makes_only_the_tags_it_knows(text: str) -> None:
    html = str(blocks(text))
    assert {tag.strip("/") for tag in re.findall(r"<(/?\w+)", html)} <= ALLOWED
    assert not re.search(r"<[^>]*\son\w+=", html)
    assert all(url.startswith(("http://", "https://", "mailto:", "/t/")) for url in re.findall(r'href="([^"]*)"', html))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Haveri go", ["Haveri"]),
        ("@haveri go", ["Haveri"]),
        ("@Anna Maria and @Anna", ["Anna Maria", "Anna"]),
        ("mail@Anna", []),
        ("@Annabel", []),
        ("@@Anna!", ["Anna"]),
        ("@Nobody", []),
    ],
)
def test_the_longest_name_that_stands_alone_is_mentioned(text: str, names: list[str]) -> None:
    assert [mention.name for mention in find_mentions(text, EVERYBODY).mentions] == names


def test_a_mention_is_marked_in_the_text_of_an_activity() -> None:
    assert activity_text(find_mentions("@Haveri /incident <x>", EVERYBODY).parts) == "<at>Haveri</at> /incident <x>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and _italic_", "<p><strong>bold</strong> and <em>italic</em></p>"),
        ("inc_1_x stays", "<p>inc_1_x stays</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("\\*\\_a\\> 1\\. x", "<p>*_a&gt; 1. x</p>"),
        (
            "[#inc](https://teams.microsoft.com/l/channel/19%3Aa%40thread.tacv2/inc?groupId=g&tenantId="
            "11111111-1111-4111-8111-111111111111)",
            '<p><a href="/t/11111111-1111-4111-8111-111111111111/c/19%3Aa%40thread.tacv2">#inc</a></p>',
        ),
        (
            "[a **b**](https://x.example/?a=1&b=2_3_)",
            '<p><a href="https://x.example/?a=1&amp;b=2_3_" target="_blank" rel="noopener noreferrer">'
            "a <strong>b</strong></a></p>",
        ),
        ("{{DATE(2026-11-23T09:12:00Z,SHORT)}} {{TIME(2026-11-23T09:12:00Z)}}", "<p>23 November 2026 09:12 UTC</p>"),
    ],
)
def test_the_markdown_of_teams_is_shown(text: str, html: str) -> None:
    assert str(blocks(text)) == html
