"""JSON that no parser accepts: what is whole of it is read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.declared import lenient_json
from crawler.extraction.declared.jsonld import loads
from tests.table import table

WHOLE = {"@type": "Article", "headline": "Ferry delayed", "author": {"name": "Ida Lund"}, "dateModified": "2024-02-03"}


@table(
    "text,expected",
    [
        (
            '{"headline":"The "Gull" sinks","author":{"name":"Ida Lund"}}',
            {"headline": 'The "Gull" sinks', "author": {"name": "Ida Lund"}},
        ),
        ('{"headline":"He said "no", then "yes" again","n":1}', {"headline": 'He said "no", then "yes" again', "n": 1}),
        ('{"headline":"He said "no", adding: never","n":1}', {"headline": 'He said "no", adding: never', "n": 1}),
        ('{"d":"She said "no"}","headline":"H"}', {"d": 'She said "no"}', "headline": "H"}),
        ('{\\"a\\":\\"one\\",\\"b\\":2}', {"a": "one", "b": 2}),
        ('{"headline":"Sold as "new"","n":1}', {"headline": 'Sold as "new"', "n": 1}),
        ('{"a":"one"\n"b":"two"}', {"a": "one", "b": "two"}),
        ('{"a":{"c":1}\n"b":"two"}', {"a": {"c": 1}, "b": "two"}),
        ('{"a":1,"b":"whole","c":"cut o', {"a": 1, "b": "whole"}),
        ('{"a":1,"b":["x","y', {"a": 1, "b": ["x"]}),
        ('{"a":1,"b":{"c":2,"d":"cut', {"a": 1, "b": {"c": 2}}),
        ('{"a":1,"b":', {"a": 1}),
        ('{"a":1,"b', {"a": 1}),
        ('var data = {"a":"one", b: "two"};', {"a": "one", "b": "two"}),
        ("{'a':'one','b':'it's two'}", {"a": "one", "b": "it's two"}),
        ('{"a":"one", // the first\n"b":"two" /* the last */}', {"a": "one", "b": "two"}),
        ("{“a”:“one”,“b”:“two”}", {"a": "one", "b": "two"}),
        ('{"a":,"b":"two","c":undefined}', {"a": None, "b": "two", "c": None}),
        ('{"a":"one","b":"no end,\n"c":"three"}', {"a": "one", "b": "no end", "c": "three"}),
        ('{"a":{"b":"two"}},"c":"three"}', {"a": {"b": "two"}, "c": "three"}),
        ('{"a":["one" "two", "three"}', {"a": ["one", "two", "three"]}),
        ('{"a":"one\\u00e9\\/ "x"}', {"a": 'oneé/ "x'}),
        ('{"a"="one","b"={"c":"two"},"d":3}', {"a": "one", "b": {"c": "two"}, "d": 3}),
        ('{"a":"one","b"{"c":"two"},"d"["x","y"],"e":3}', {"a": "one", "b": {"c": "two"}, "d": ["x", "y"], "e": 3}),
        ('{"a":{"b":"two"],"c":"three"}', {"a": {"b": "two"}, "c": "three"}),
        ('{"a":[{"b":"two"],"c":"three"}', {"a": [{"b": "two"}], "c": "three"}),
        ("{&quot;a&quot;:&quot;one&quot;", {"a": "one"}),
    ],
)
def test_what_is_whole_is_read(text: str, expected: dict[str, Any]) -> None:
    assert {key: value for key, value in (loads(text) or {}).items() if value is not None} == {
        key: value for key, value in expected.items() if value is not None
    }


@given(st.integers(1, len(json.dumps(WHOLE)) - 1))
def test_a_cut_loses_nothing_before_it(length: int) -> None:
    read = lenient_json.read(json.dumps(WHOLE)[:length])
    for key, value in (read[0] if read else {}).items():
        assert value == WHOLE[key] or (isinstance(value, dict) and not value)


@given(st.text(alphabet="{}[]\"',:ab1 \n\\/*“”<!-", max_size=200))
def test_any_text_is_read_or_passed_over(text: str) -> None:
    assert isinstance(lenient_json.read(text), list)
    assert isinstance(lenient_json.read('{"a":' * 200 + text), list)
