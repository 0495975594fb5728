"""The one form of an article: what its content hash covers beside the body, and what the form drops or bounds.

White space, quotation marks, digits and negations of the body: tests/pipelines/text/test_unicode.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.article import Article, Author, Image
from pipelines.text.normalise import MAX_AUTHORS, MAX_IMAGES, MAX_LINE, content_hash, normalise
from tests.factories import URL, article
from tests.table import table

PICTURE = Image("https://paper.example/1.jpg", "Fire", "Smoke over the mill at 4am", "Ann Other")


@table(
    ("field", "text", "other"),
    [
        ("headline", "Mill fire kills 4", "Mill fire kills 5"),
        ("headline", "Mayor will resign", "Mayor will not resign"),
        ("headline", "Mayor: 'no comment'", "Mayor: ‘no comment’"),
        ("description", "It cost £1.5m.", "It cost £15m."),
        ("description", "He is “guilty”.", "He is guilty."),
        ("description", "Nobody was hurt", None),
    ],
)
def test_digits_negations_and_quotation_marks_are_content(field: str, text: str, other: str | None) -> None:
    fields: list[dict[str, Any]] = [{field: text}, {field: other}]
    assert article(**fields[0]).content_hash != article(**fields[1]).content_hash


@table(
    "image",
    [
        replace(PICTURE, caption="Smoke over the mill at 5am"),
        replace(PICTURE, caption=None),
        replace(PICTURE, credit="PA"),
        replace(PICTURE, credit=None),
    ],
)
def test_captions_and_credits_are_content(image: Image) -> None:
    assert article(images=(image,)).content_hash != article(images=(PICTURE,)).content_hash


@table(
    "images",
    [
        (replace(PICTURE, url="https://cdn.example/w_400,h_300/1.jpg?quality=60"),),
        (replace(PICTURE, url=None),),
        (replace(PICTURE, alt="A mill"),),
        (replace(PICTURE, caption="Smoke\u00a0over  the mill\nat 4am"),),
        (PICTURE, replace(PICTURE, url="https://cdn.example/thumb/1.jpg")),
        (PICTURE, Image("https://paper.example/logo.png", "The Paper")),
    ],
)
def test_addresses_of_pictures_and_pictures_without_words_are_no_content(images: tuple[Image, ...]) -> None:
    assert article(images=images).content_hash == article(images=(PICTURE,)).content_hash


def test_names_and_agencies_are_content_and_roles_are_not() -> None:
    ann = article(authors=(Author("Ann Other"),)).content_hash
    assert article(authors=(Author("Ann Other", "Chief Reporter"),), byline="Words by Ann Other").content_hash == ann
    assert article(authors=(Author("Ann Other"), Author("ANN OTHER", None, "PA"))).content_hash == ann, "one person, named twice"
    others = [(Author("Anne Other"),), (Author("Ann Other", None, "PA"),), (Author("Ann Other"), Author("Bo Field")), ()]
    assert len({ann, *(article(authors=authors).content_hash for authors in others)}) == 5


def test_the_same_words_in_another_field_are_another_content() -> None:
    swapped = [("Fire", "Smoke"), ("Smoke", "Fire"), ("Fire Smoke", None), (None, "Fire Smoke")]
    assert len({article(headline=headline, description=text).content_hash for headline, text in swapped}) == 4


def test_unicode_form_is_no_content_and_the_empty_is_the_missing() -> None:
    assert article(headline="Caf\u00e9 fire").content_hash == article(headline="Cafe\u0301 fi\u00adre\u200b").content_hash
    assert article(description="").content_hash == article(description=" \u00a0\n").content_hash
    assert article(description="").content_hash == article(description=None).content_hash


def test_the_hash_is_set_anew_and_is_its_own() -> None:
    clean = article()
    assert normalise(replace(clean, content_hash="0" * 64)) == clean
    assert clean.content_hash == content_hash(replace(clean, content_hash=None, url="https://paper.example/moved", topics=("a",)))


def test_a_hostile_page_is_bounded_and_stable() -> None:
    names = tuple(Author(f"Ann Number{number}") for number in range(MAX_AUTHORS + 9))
    images = tuple(Image(f"https://paper.example/{number}.jpg", None, f"Caption {number}") for number in range(MAX_IMAGES + 9))
    clean = normalise(Article(URL, headline="word" * MAX_LINE, authors=names, images=images))
    assert clean.headline == ("word" * MAX_LINE)[:MAX_LINE]
    assert (len(clean.authors), len(clean.images)) == (MAX_AUTHORS, MAX_IMAGES)
    assert normalise(clean) == clean


@table(
    ("declared", "language"),
    [("en_gb", "en-GB"), (" ZH-hans ", "zh-Hans"), ("cy", "cy"), ("x", None), ("english language", None), ("", None)],
)
def test_languages_have_one_case(declared: str, language: str | None) -> None:
    assert article(language=declared).language == language
