"""Decoding and parsing of strangers' bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.markup import MAX_TAGS, decode, html_tree, root_name, xml_source, xml_tree
from tests.table import table

TEXT = "Grüße aus Łódź – „déja vů“"


@table(
    ("body", "content_type", "text"),
    [
        (TEXT.encode(), None, TEXT),
        (TEXT.encode(), "text/html; charset=iso-8859-1", TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), None, TEXT),
        (TEXT.encode("utf-16"), None, TEXT),
        ("<p>a</p>".encode("utf-16-le"), None, "<p>a</p>"),
        ("<p>a</p>".encode("utf-16-be"), None, "<p>a</p>"),
        (TEXT.encode("cp1250"), "text/html; charset=windows-1250", TEXT),
        (b"<meta charset='windows-1250'>" + TEXT.encode("cp1250"), None, f"<meta charset='windows-1250'>{TEXT}"),
        ("déjà “vu”".encode("cp1252"), None, "déjà “vu”"),
        ("déjà “vu”".encode("cp1252"), "text/html; charset=utf-8", "déjà “vu”"),
        ("déjà “vu”".encode("cp1252"), "text/html; charset=latin-1", "déjà “vu”"),
        ("日本の新聞".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本の新聞"),
        ("新闻报道".encode("gbk"), "text/html; charset=gb2312", "新闻报道"),
        ("日本の新聞".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "日本の新聞"),
        ("Новости".encode("koi8_r"), "text/html; charset=koi8-r", "Новости"),
        (TEXT.encode()[:-1], None, TEXT[:-1] + "\ufffd"),
        (b"caf\xe9", "text/html; charset=hex", "café"),
        (b"caf\xe9", "text/html; charset=utf-16", "café"),
        (b"caf\xe9", "text/html; charset=unicode_escape", "café"),
        (b"", None, ""),
    ],
)
def test_decode(body: bytes, content_type: str | None, text: str) -> None:
    assert decode(body, content_type) == text


@table(
    ("body", "text"),
    [
        ("<?xml version='1.0' encoding='iso-8859-1'?><p>größe</p>", "größe"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?><p>gr\xf6\xdfe</p>", "größe"),
        ("<p>a\x00b\ud800</p>", "ab?"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("plain", "plain"),
        ("<!DOCTYPE p [<!ENTITY x 'y'>]><p>&x;</p>", "&x;"),
    ],
)
def test_html_tree(body: bytes | str, text: str) -> None:
    tree = html_tree(body)
    assert tree is not None
    assert "".join(tree.itertext()).removeprefix("]>") == text


@table("body", ["", b"", " \n", "<!-- -->", "<p>" * (MAX_TAGS + 1)])
def test_no_html_tree(body: bytes | str) -> None:
    assert html_tree(body) is None


def test_attributes_by_the_thousand_are_dropped_and_nothing_else_is() -> None:
    swarm = " ".join(f"a{number}" for number in range(100_000))
    tree = html_tree(f"<script>if (a<b) c = ' > \" '</script><div {swarm}><a href='/x' title=it's>link</a></div>")
    assert tree is not None
    assert [(one.tag, dict(one.attrib)) for one in tree.iter("div", "a")] == [
        ("div", {}),
        ("a", {"href": "/x", "title": "it's"}),
    ]


@table(
    ("body", "source"),
    [
        (b"<?xml version='1.0'?><!-- a --><?pi?><rss/>", b"<rss/>"),
        (b"junk <b>x</b> <rss/>", b"<b>x</b> <rss/>"),
        (b"junk <b>x</b> <rss >", b"<rss >"),
        (b"<rss>&nbsp;&amp;&unknown;&&#0;&#65;&#x41;&#xD800;</rss>", b"<rss>&#160;&amp;&amp;unknown;&amp;&#65;&#65;</rss>"),
        (b"<rss><![CDATA[a & b &nbsp;]]></rss>", b"<rss><![CDATA[a & b &nbsp;]]></rss>"),
        (b"<rss>\x00\x08\xef\xbf\xbf</rss>", b"<rss></rss>"),
        (b"<!doctype html><html>", b"<html>"),
        (b"<!-- never closed <rss/>", b""),
        (b"no markup", b""),
        (b"", b""),
    ],
)
def test_xml_source(body: bytes, source: bytes) -> None:
    assert xml_source(body) == (source, ())


def test_document_types_go() -> None:
    source, problems = xml_source(b"<!DOCTYPE rss [ <!ENTITY a '1'> ]  ><rss>&a;</rss>")
    assert (source, problems) == (
        b"<rss>&amp;a;</rss>",
        ("document type declares entities: they are not expanded",),
    )


def test_root_name() -> None:
    assert [root_name(data) for data in (b"<RSS a='1'>", b"<rdf:RDF>", b"<a/>", b"x", b"")] == ["rss", "rdf", "a", "", ""]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.none() | st.text(max_size=30).map("text/html; charset={}".format))
def test_any_bytes_are_text_and_no_tree_or_one_without_scripts_and_entities(body: bytes, content_type: str | None) -> None:
    text = decode(body, content_type)
    for one in (body, text):
        tree = html_tree(one, content_type)
        assert tree is None or not tree.xpath("//script | //style | //comment()")
    source, _ = xml_source(body, content_type)
    assert source == b"" or source.startswith(b"<")
    for recover in (True, False):
        root = xml_tree(source, recover=recover)
        assert root is None or not (root.getroottree().docinfo.doctype or root.xpath("//comment()"))
