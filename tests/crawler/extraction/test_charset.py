"""Charsets that are declared wrongly, or not at all."""

from __future__ import annotations

import pytest

from crawler.extraction.markup.charset import decode
from tests.table import table

LATIN = "Die Gärtnerei – „größer als je“ – öffnet für Café-Gäste. L’été déjà fêté à Nîmes."
RUSSIAN = "Городской совет решил открыть новый мост весной, сообщила администрация района."
CHINESE = "市议会决定明年春天重新开放这座老桥，工程将于三月开始，预计需要十一个星期。"
JAPANESE = "市議会は来年の春に橋を再び開くことを決めた。工事は三月に始まる。"


def page(text: str, head: str = "", html: str = "<html>") -> str:
    return f"<!doctype html>{html}<head>{head}<title>News</title></head><body><p>{text}</p></body></html>"


@table(
    "text,charset,head,html,header",
    [
        (LATIN, "cp1252", "<meta charset=utf-8>", "<html>", None),
        (LATIN, "cp1252", "", "<html>", "text/html; charset=UTF-8"),
        (LATIN, "cp1252", "<meta charset=windows-1252>", "<html>", "text/html; charset=UTF-8"),
        (LATIN, "cp1252", "<meta charset=utf-16>", "<html>", None),
        (LATIN, "utf-8", "<meta charset=utf-16>", "<html>", None),
        (LATIN, "utf-8", "<meta charset=iso-8859-1>", "<html>", "text/html; charset=iso-8859-1"),
        (LATIN, "utf-8", "<meta charset=gb2312>", "<html>", None),
        (LATIN, "utf-8", "", "<html>", "text/html; charset=utf-16"),
        (LATIN, "utf-16-le", "", "<html>", None),
        (LATIN, "utf-16-be", "<meta charset=utf-8>", "<html>", None),
        (RUSSIAN, "cp1251", "", "<html>", None),
        (RUSSIAN, "cp1251", "<meta charset=utf-8>", '<html class="a" lang="ru-RU">', None),
        (RUSSIAN, "cp1251", "", "<html>", "text/html; charset=iso-8859-1"),
        (RUSSIAN, "cp1251", "<meta charset=windows-1251>", "<html>", "text/html; charset=utf-8"),
        (RUSSIAN, "cp1251", f"<style>{'p{margin:0}' * 800}</style><meta charset=windows-1251>", "<html>", None),
        (RUSSIAN, "koi8-r", '<meta http-equiv=Content-Type content="text/html; charset=koi8-r">', "<html>", None),
        (CHINESE, "gb18030", "", "<html>", None),
        (CHINESE, "gb18030", "<meta charset=utf-8>", "<html lang=zh>", None),
        (CHINESE, "gb18030", "", "<html>", "text/html; charset=iso-8859-1"),
        (JAPANESE, "cp932", "<meta charset=utf-8>", "<html lang=ja>", None),
        (JAPANESE, "euc_jp", "", "<html lang=ja>", None),
        ("Żółta łódź płynęła w górę rzeki – mówią świadkowie", "cp1250", "<meta charset=utf-8>", "<html lang=pl>", None),
        ("Żółta łódź płynęła w górę rzeki, mówią świadkowie", "iso-8859-2", "<meta charset=utf-8>", "<html lang=pl>", None),
        (RUSSIAN, "koi8-r", "<meta charset=utf-8>", "<html lang=ru>", None),
        (LATIN, "cp1252", "<!-- <meta charset=iso-8859-2> --><meta charset=windows-1252>", "<html>", None),
        ("Ο δήμος αποφάσισε να ανοίξει τη γέφυρα", "cp1253", "<meta charset=utf-8>", "<html lang=el>", None),
        (LATIN, "cp1252", "<script charset=utf-8></script><meta charset=windows-1252>", "<html>", None),
        ("caf\u00e9", "cp1252", "", "<html>", None),
    ],
)
def test_the_bytes_decide(text: str, charset: str, head: str, html: str, header: str | None) -> None:
    assert text in decode(page(text, head, html).encode(charset), header)


@pytest.mark.parametrize("broken", [b"\x96", b"\xff", b"\xc3"])
def test_a_few_broken_bytes_make_no_other_charset(broken: bytes) -> None:
    data = page(LATIN, "<meta charset=utf-8>").encode().replace(b"Die ", b"Die " + broken)
    assert "größer als je" in decode(data)


def test_a_page_cut_within_a_character_is_utf8() -> None:
    assert "größer" in decode("<p>größer als je, fêt".encode() + "é".encode()[:1])
