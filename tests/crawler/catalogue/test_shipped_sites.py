"""The shipped catalogue: what it holds, what its patterns know, and what docs/sites.md promises of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site
from tests.table import table

ROOT = Path(__file__).resolve().parents[3]
FACTS = ROOT / "../shared/facts/catalogue.csv"


@pytest.fixture(scope="module")
def shipped() -> tuple[Site, ...]:
    return load_sites(None)


def test_shipped_counts(shipped: tuple[Site, ...]) -> None:
    home = [site for site in shipped if site.country in ("GB", "IE")]
    assert len(home) >= 100
    assert len({site.platform for site in home}) >= 6
    assert len(shipped) - len(home) >= 25
    assert Counter(site.platform for site in shipped)["bbc"] == 53


def test_shipped_counts_are_those_of_the_docs(shipped: tuple[Site, ...]) -> None:
    home = [site for site in shipped if site.country in ("GB", "IE")]
    platforms = {site.platform for site in home}
    said = (
        f"As shipped: {len(shipped)} sites, {sum(site.enabled for site in shipped)} of them enabled; "
        f"{len(home)} in Great Britain and Ireland on {len(platforms)} platforms, {len(shipped) - len(home)} elsewhere"
    )
    assert said in (ROOT / "docs" / "sites.md").read_text(encoding="utf-8").replace("\n", " ")


def test_shipped_ids_and_front_pages_are_unique(shipped: tuple[Site, ...]) -> None:
    assert Counter(site.id for site in shipped).most_common(1)[0][1] == 1
    assert Counter(site.url for site in shipped).most_common(1)[0][1] == 1


def test_shipped_sites_have_somewhere_to_look_and_say_who_and_where_they_are(shipped: tuple[Site, ...]) -> None:
    assert [site.id for site in shipped if not (site.feeds or site.sitemaps or site.sections)] == []
    assert [site.id for site in shipped if not (site.country and site.region and site.language)] == []
    assert [site.id for site in shipped if re.search(r"[A-Z]\d{8}|\?", site.region)] == []


def test_shipped_sites_lie_in_the_folder_of_their_country() -> None:
    for file in sorted((ROOT / "data" / "sites").rglob("*.toml")):
        assert {site.country.lower() for site in load_sites(file)} == {file.parent.name}


def test_shipped_zones_are_of_the_place_not_of_the_country(shipped: tuple[Site, ...]) -> None:
    zones = {site.id: site.timezone for site in shipped}
    expected = {
        "west-australian": "Australia/Perth",
        "indaily": "Australia/Adelaide",
        "hawaii-news-now": "Pacific/Honolulu",
        "anchorage-daily-news": "America/Anchorage",
        "arizona-republic": "America/Phoenix",
        "denver-post": "America/Denver",
        "chicago-tribune": "America/Chicago",
        "mlive": "America/Detroit",
        "calgary-herald": "America/Edmonton",
        "cork-beo": "Europe/Dublin",
        "isle-of-man-today": "Europe/Isle_of_Man",
        "shropshire-star": "Europe/London",
    }
    assert {site_id: zones[site_id] for site_id in expected} == expected


def test_regions_of_one_host_share_its_patience_and_shun_its_sitemaps(shipped: tuple[Site, ...]) -> None:
    bbc = [site for site in shipped if site.platform == "bbc"]
    assert {site.politeness_group for site in bbc} == {"www.bbc.co.uk"}
    assert round(sum(site.rechecks_an_hour for site in bbc)) == 360, "as many as one site of that host may have"
    crowded = Counter(site.politeness_group for site in shipped)
    assert [site.id for site in shipped if crowded[site.politeness_group] > 1 and site.robots_sitemaps] == []


@table(
    ("site_id", "path", "external_id"),
    [
        ("shropshire-star", "/news/local-hubs/telford/2025/03/07/bridge-reopens", None),
        ("shropshire-star", "/uk-news/2025/03/07/bridge-reopens/", None),
        ("express-and-star", "/news/bridge-reopens-5123456", "5123456"),
        ("yorkshire-post", "/news/transport/bridge-reopens-5123456", "5123456"),
        ("oxford-mail", "/news/24512345.bridge-reopens-two-years/", "24512345"),
        ("oxford-mail", "/news/24512345.amp/", "24512345"),
        ("oxford-mail", "/news/24512345.bridge-reopens?ref=rss", "24512345"),
        ("birmingham-mail", "/news/midlands-news/bridge-reopens-31234567", "31234567"),
        ("birmingham-mail", "/black-country/bridge-reopens-31234567.amp", "31234567"),
        ("bbc-shropshire", "/news/articles/c1abc2defg3o", "c1abc2defg3o"),
        ("bbc-shropshire", "/news/live/c1abc2defg3t", "c1abc2defg3t"),
        ("bbc-shropshire", "/news/uk-england-shropshire-61234567", "61234567"),
        ("cambrian-news", "/news/bridge-reopens-712345", "712345"),
        ("press-and-journal", "/fp/news/highlands/6123456/bridge-reopens/", "6123456"),
        ("belfast-telegraph", "/news/northern-ireland/bridge-reopens/a1234567890.html", "1234567890"),
        ("irish-independent", "/regionals/kerry/news/bridge-reopens-42160079.html", "42160079"),
        ("limerick-leader", "/news/home/1712345/bridge-reopens.html", "1712345"),
        ("itv-news-granada", "/news/granada/2025-03-07/bridge-reopens", None),
        ("waz", "/staedte/essen/article409961272/bruecke-wieder-offen.html", "409961272"),
        ("waz", "/staedte/essen/bruecke-wieder-offen-id238819313.html", "238819313"),
        ("frankfurter-rundschau", "/frankfurt/bruecke-wieder-offen-93036630.html", "93036630"),
        ("rheinische-post", "/nrw/bruecke-wieder-offen_aid-107992075", "107992075"),
        ("west-australian", "/news/wa/bridge-reopens-c-16879335", "16879335"),
        ("cleveland-com", "/news/2026/09/bridge-reopens.html", None),
        ("hawaii-news-now", "/2026/09/23/bridge-reopens/", None),
        ("houston-chronicle", "/news/article/Bridge-reopens-14848253.php", "14848253"),
        ("florida-today", "/story/news/2026/09/23/bridge-reopens/4246736002/", "4246736002"),
        ("eyethu-news", "/119166/ibhuloho-livuliwe/", "119166"),
    ],
)
def test_shipped_patterns_know_an_article(shipped: tuple[Site, ...], site_id: str, path: str, external_id: str | None) -> None:
    site = next(site for site in shipped if site.id == site_id)
    url = f"https://{site.host}{path}"
    assert (site.looks_like_article(url), site.external_id(url)) == (True, external_id)


@table(
    "path",
    [
        "/",
        "/news/",
        "/news",
        "/news/rss/",
        "/sport/football/",
        "/tag/police/",
        "/author/2025",
        "/news/uk-england-shropshire",
    ],
)
def test_shipped_patterns_know_what_is_none(shipped: tuple[Site, ...], path: str) -> None:
    assert [site.id for site in shipped if site.looks_like_article(f"https://{site.host}{path}")] == []


def test_a_site_of_another_region_is_not_ours(shipped: tuple[Site, ...]) -> None:
    granada = next(site for site in shipped if site.id == "itv-news-granada")
    assert granada.looks_like_article("https://www.itv.com/news/anglia/2025-03-07/bridge-reopens") is False


def checked_feeds() -> dict[str, str]:
    """Feed -> the day on which it was seen to answer with items; a site's feed stands here before the site is enabled."""
    with (Path(__file__).parent / "checked_feeds.csv").open(encoding="utf-8", newline="") as file:
        return {row["feed"]: row["checked"] for row in csv.DictReader(file)}


def test_only_sites_whose_feed_was_seen_to_work_are_switched_on(shipped: tuple[Site, ...]) -> None:
    checked = checked_feeds()
    assert [feed for feed, day in checked.items() if not re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", day)] == []
    assert [site.id for site in shipped if site.enabled and not checked.keys() & set(site.feeds)] == []


def test_the_evidence_says_so_too(shipped: tuple[Site, ...]) -> None:
    if not FACTS.is_file():
        pytest.skip("the evidence for the catalogue is not beside this checkout")
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    verified = {row["feed_urls"].split()[0] for row in rows if re.search(r"(^|; )(first )?feed verified", row["evidence"])}
    named = {feed for row in rows for feed in row["feed_urls"].split()[:1]}
    assert checked_feeds().keys() & named <= verified
    doubtful = {row["url"] for row in rows if row["confidence"] == "low"}
    assert [site.id for site in shipped if site.url in doubtful] == []
