"""Folding: which spellings are one word, in the index and in marks, and that SQLite's replacements are the same as Python's."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from pipelines.store.schema import statements
from pipelines.text import folding
from tests.table import table


@table(
    ("written", "typed"),
    [
        ("Weißwurst", "weisswurst"), ("GROẞE", "grosse"), ("Smørrebrød", "smorrebrod"), ("Wałęsa", "walesa"), ("Đorđe", "dorde"),
        ("Færøerne", "faeroerne"), ("œuvre", "oeuvre"), ("ﬁnance", "finance"), ("ＮＨＫ", "nhk"), ("ﾆｭｰｽ", "ニュース"),
        ("İzmir", "izmir"), ("Diyarbakır", "diyarbakir"), ("Θεσσαλονίκης", "θεσσαλονικησ"), ("Ёлкин", "елкин"),
        ("O\u02bcBrien", "O'Brien"), ("cafe\u0301", "café"), ("مُحَمَّد", "محمد"), ("شِمْشُون", "شمشون"), ("מִצְרַיִם", "מצרים"),
        ("Ge\u00adsetz", "gesetz"), ("Guðrún Þóra", "gudrun thora"),
        ("أحمد", "احمد"), ("ĳsland", "ijsland"), ("Ħamrun", "hamrun"),
    ],
)  # fmt: skip
def test_spellings_of_one_word(written: str, typed: str) -> None:
    assert folding.key(written) == folding.key(typed)


@table(("one", "other"), [("Musse", "Muße "), ("もも", "もーも"), ("weiß", "weis"), ("กลาง", "กลวง"), ("हिन्दी", "हिन्दू")])
def test_words_that_are_not_one(one: str, other: str) -> None:
    assert folding.key(one) != folding.key(other)


@table(
    ("text", "indexed"),
    [
        ("東京", "東京 京"),
        ("東京都、大阪。", "東京 京都 都 、 大阪 阪 。"),
        ("NHKは言う", "NHK は言 言う う"),
        ("ＮＨＫの", "NHK の"),
        ("서울에서 본", "서울 울에 에서 서   본"),
        ("Straße", "Strasse"),
        ("plain", "plain"),
    ],
)
def test_how_texts_are_indexed(text: str, indexed: str) -> None:
    assert folding.spelled(text).split() == indexed.split()


@table(
    ("url", "words"),
    [
        ("https://paper.example/news/swing-bridge-shut", "swing-bridge-shut"),
        ("https://paper.example/news/swing-bridge/20260302/", "swing-bridge"),
        ("https://paper.example/stra%C3%9Fe?x=1", "straße"),
        ("https://paper.example/", ""),
        ("http://[bad", ""),
    ],
)
def test_the_words_of_an_address(url: str, words: str) -> None:
    assert folding.slug(url) == words


@given(text=st.text(alphabet="".join(folding.LETTERS) + "abz 東กé'", max_size=40))
def test_sqlite_replaces_letters_as_python_does(text: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE revisions (id INTEGER PRIMARY KEY, headline, description, body, byline)")
    for statement in list(statements("m023_search_in_every_script"))[4:6]:
        db.execute(statement)
    db.execute("INSERT INTO revisions VALUES (1, NULL, '', ?, 'x')", (text,))
    db.execute("INSERT INTO search_texts (revision_id, letters) VALUES (1, 'some')")
    (body,) = db.execute("SELECT body FROM search_documents").fetchone()
    assert body == "".join(folding.LETTERS.get(char, char) for char in text)
    db.close()


@given(text=st.text(max_size=80))
def test_any_text_folds_and_stays_folded(text: str) -> None:
    assert folding.key(folding.key(text)) == folding.key(text)
    assert folding.letters(folding.letters(text)) == folding.letters(text)
