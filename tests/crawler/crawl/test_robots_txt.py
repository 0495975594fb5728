"""Which lines of a robots.txt are ours, whatever stands around them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.crawl.robots_txt import MAX_BYTES, read_robots
from tests.table import table

RULES = "User-agent: *\nDisallow: /drafts/\n"

AGENTS = {
    "Newsledger": True,
    "NEWSLEDGER": True,
    "newsledger/0.1": True,
    "Newsledger/1.0 (+https://ledger.example/bot; desk@ledger.example)": True,
    "Newsledger*": True,
    "newsledger (all versions)": True,
    "News": False,
    "Newsledgerbot": False,
    "Newsledger-Images": False,
    "newsledger_test": False,
    "ledger": False,
    "Mozilla/5.0 (compatible; Newsledger/0.1)": False,
    "OtherBot, Newsledger": False,
    "": False,
    "*": True,
    "* # everybody": True,
    "*bot": False,
}
"""A name in a group -> whether the group is ours."""

DRAFTS_FORBIDDEN = {
    "an HTML comment": f"<!-- kept by hand -->\n{RULES}",
    "an HTML comment of several lines": f"<!--\n  Kept by hand: ask the desk\n  before you change it\n-->\n\n{RULES}",
    "words": f"Welcome to our robots file\n=====\n{RULES}",
    "a script's warning": f"<br />\n<b>Warning</b>:  Undefined variable in <b>/srv/robots.php</b>\n{RULES}",
    "a byte order mark": f"\ufeff{RULES}",
    "two of them": f"\ufeff\ufeff{RULES}",
    "one that was encoded twice": f"ï»¿{RULES}",
    "one behind a blank": f" \t\ufeff{RULES}",
    "blanks that are none": f"\u200b\u00a0{RULES}",
    "an empty line in the group": "User-agent: *\n\n# rules\n\nDisallow: /drafts/\n",
    "ends of lines as they once were": RULES.replace("\n", "\r"),
    "a wall of lines that mean nothing": "x: y\n" * 5_000 + RULES,
    "an unknown line between agents": "User-agent: Newsledger\nContent-Usage: none\nUser-agent: Elsebot\nDisallow: /drafts/\n",
    "a sitemap between agents": "User-agent: Newsledger\nSitemap: /s.xml\nUser-agent: Elsebot\nDisallow: /drafts/\n",
    "a delay between agents": "User-agent: Newsledger\nCrawl-delay: 3\nUser-agent: Elsebot\nDisallow: /drafts/\n",
    "an unknown line between rules": "User-agent: *\nDisallow: /old/\nNoindex: /x\nDisallow: /drafts/\n",
    "a word between agents": "User-agent: Newsledger\nPlease be gentle\nUser-agent: Elsebot\nDisallow: /drafts/\n",
    "two groups of ours": "User-agent: Newsledger\nAllow: /\nUser-agent: a\nAllow: /\nUser-agent: newsledger\nDisallow: /drafts",
    "no colon": "User-agent *\nDisallow /drafts/ # not yet\n",
    "a slip of the pen": "Useragent: *\nDissallow: /drafts/\n",
    "capitals": "USER-AGENT: *\nDISALLOW: /drafts/\n",
}

DRAFTS_ALLOWED = {
    "nothing": "",
    "a web page": "<!doctype html><html><head><title>Not found</title></head>\n<body><p>Disallow is a word</p>\n</body></html>",
    "our group, and it is empty": f"User-agent: Newsledger\nDisallow:\n\n{RULES}",
    "rules before any agent": "Disallow: /drafts/\nUser-agent: *\nDisallow: /old/\n",
    "a comment": "User-agent: *\n# Disallow: /drafts/\nDisallow: /old/\n",
    "another's group": "User-agent: *\nDisallow: /old/\nUser-agent: Elsebot\nDisallow: /drafts/\n",
    "a rule behind a strange end of line": "User-agent: *\nDisallow: /old/\x0bDisallow: /drafts/\u2028Disallow: /drafts/\n",
    "the longer rule": f"{RULES}Allow: /drafts/open\n",
}


def drafts_allowed(robots: str | bytes) -> bool:
    body = robots if isinstance(robots, bytes) else robots.encode()
    return read_robots(body, "Newsledger").can_fetch("https://paper.example/drafts/open", "*")


@table(("agent", "ours"), AGENTS.items())
def test_a_group_is_ours_by_its_token(agent: str, ours: bool) -> None:
    assert drafts_allowed(f"User-agent: {agent}\nDisallow: /drafts/\n") is not ours


@table("text", DRAFTS_FORBIDDEN.values(), ids=DRAFTS_FORBIDDEN)
def test_rules_hold_whatever_stands_around_them(text: str) -> None:
    assert not drafts_allowed(text)


@table("text", DRAFTS_ALLOWED.values(), ids=DRAFTS_ALLOWED)
def test_what_is_no_rule_for_us_forbids_nothing(text: str) -> None:
    assert drafts_allowed(text)


def test_other_encodings() -> None:
    assert not drafts_allowed(RULES.encode("utf-16"))
    assert not drafts_allowed(f"# größer\n{RULES}".encode("latin-1"))


def test_a_file_that_is_too_long_is_read_to_its_last_whole_line() -> None:
    begun = RULES + "#" * (MAX_BYTES - len(RULES) - 11)
    assert not drafts_allowed(f"{begun}\nDisallow: /old/")
    cut = "User-agent: *\n" + "#" * (MAX_BYTES - 14 - 12) + "\nDisallow: /drafts/closed\n"
    assert len(cut) > MAX_BYTES
    assert drafts_allowed(cut), "not as the /drafts/ or / at which the bound cuts it"
    assert drafts_allowed("x" * 2 * MAX_BYTES)
    whole = "User-agent: *\n" + "#" * (MAX_BYTES - 14 - 19) + "\nDisallow: /drafts/"
    assert len(whole) == MAX_BYTES
    assert not drafts_allowed(whole), "just as long as may be"


def test_sitemaps_and_the_delay_of_our_group() -> None:
    groups = b"User-agent: Slow\nCrawl-delay: 30\nUser-agent: *\nCrawl-delay: 2.5\nAllow: /\n"
    rules = read_robots(b"Sitemap: https://paper.example/a.xml\n" + groups + b"Sitemap: /b.xml", "Newsledger")
    assert list(rules.sitemaps) == ["https://paper.example/a.xml", "/b.xml"]
    assert rules.crawl_delay("*") == 2.5


PIECES = st.sampled_from((
    "User-agent: *", "Newsledger", "Disallow:", "Allow: /", "Crawl-delay:", "Sitemap", ":", " ",
    "\n", "\r", "$", "*", "%", "[", "//", "#", "\ufeff", "ä",
))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200), st.binary(max_size=40))
def test_nothing_raises(text: str, noise: bytes) -> None:
    rules = read_robots(noise + text.encode("utf-8", "surrogatepass"), "Newsledger")
    rules.can_fetch("https://paper.example/drafts/open?a=%C3%A4#b", "*")
    rules.crawl_delay("*")
