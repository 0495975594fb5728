"""Which elements of a page contain one of its pictures, by their tag, by their names, or by their form alone."""

from __future__ import annotations

import re
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role, names_on
from crawler.extraction.printed.picture_files import file_of, size_of
from pipelines.text.captions import split_caption
from pipelines.text.captions.credits import COPYRIGHT, LABEL

_BOXES = frozenset(("div", "p", "span", "td", "table", "dl", "li", "aside", "section", "a"))
TO_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif)\b|^#|attachment|galler|galeri|bilder|foto|photo", re.IGNORECASE)
NO_PICTURE = re.compile(
    r"logo|default|placeholder|fallback|favicon|avatar|no-?image|(?:social|share|og)[-_]?(?:share|image|img|card|thumb)",
    re.IGNORECASE,
)


FIGURES = frozenset(("figure", "figcaption"))
PICTURED = Role.CAPTION | Role.PICTURE
_MIN_WIDTH, _MIN_HEIGHT = 300, 150
_LARGE = re.compile(r"\bsize-(?:large|full|medium_large)\b|\bwp-image-\d|\balign(?:center|none)\b")
_DECORATION = re.compile(r"divider|separator|spacer|pixel|icon|badge|button|banner", re.IGNORECASE)
_INLINE = frozenset(("a", "span", "strong", "em", "b", "i", "picture"))


def stands_in_text(page: Page, image: Element, known: set[str | None]) -> bool:
    """Whether a picture without a box of its own belongs to the article: large, or alone in a paragraph, and not a link to
    another page."""
    box = next((above for above in image.iterancestors() if above.tag not in _INLINE), None)
    width, height = size_of(image)
    if box is None or 0 < width < _MIN_WIDTH or 0 < height < _MIN_HEIGHT or leads_away(image):
        return False
    is_large = width >= _MIN_WIDTH or _LARGE.search(image.get("class") or "") is not None
    if _length_of(box):
        is_large = is_large and (box.tag == "p" or len(list(islice(box.iterchildren("p"), 2))) > 1)
    else:
        is_large = is_large or box.tag == "p"
    address = file_of(page, image)
    if address is None or address in known or _DECORATION.search(address):
        return False
    around = Role.BYLINE | Role.ELSEWHERE | Role.COMMENTS | Role.FURNITURE
    return (
        is_large
        and not NO_PICTURE.search(address)
        and not any(page.role(one) & around for one in (image, *islice(image.iterancestors(), 4)))
    )


def unnamed_box(page: Page, image: Element, container: Element | None) -> Element | None:
    """The div that contains only a picture and a line or two, beside paragraphs of the text: a figure by its form."""
    width, height = size_of(image)
    if 0 < width < _MIN_WIDTH or 0 < height < _MIN_HEIGHT or leads_away(image):
        return None
    box = next(
        (above for above in islice(image.iterancestors(), _MAX_BOX_DEPTH) if above is container or _length_of(above)), None
    )
    around = None if box is None or box is container or box.tag != "div" else box.getparent()
    if (
        box is None
        or around is None
        or _length_of(box) > _MAX_UNNAMED
        or page.role(box) & _NO_BOX
        or sum(1 for _ in islice(box.iter("img"), 2)) > 1
    ):
        return None
    beside = (one for one in islice(around.iterchildren("p"), _MAX_PARTS) if len(text_of(one)) > 100)
    return box if len(list(islice(beside, 2))) > 1 and not any(text_of(one) for one in box.iter(*_NO_LINES)) else None


def credited_box(page: Page, image: Element) -> Element | None:
    """The smallest box around a picture, or the paragraph after the one that contains only the picture, if it is short and names
    who made the picture: a caption by its form."""
    width, height = size_of(image)
    if 0 < width < _MIN_WIDTH or 0 < height < _MIN_HEIGHT or leads_away(image):
        return None
    box, length = image.getparent(), 0
    for _ in range(_MAX_BOX_DEPTH):
        if box is None or box.tag not in _FORMS or (length := _length_of(box)):
            break
        box = box.getnext() if box.tag == "p" else box.getparent()
    if box is None or box.tag not in _FORMS or not 0 < length <= _MAX_UNNAMED or page.role(box) & _NO_BOX:
        return None
    if sum(1 for _ in islice(box.iter("img"), 2)) > 1 or any(_length_of(one) for one in box.iter(*_NO_LINES)):
        return None
    text = "\n".join(text for text in box.itertext() if not text.isspace())
    is_named = any(page.role(inner) & Role.CREDIT for inner in box.iter())
    return box if is_named or ((LABEL.search(text) or COPYRIGHT.search(text)) and split_caption(text).credit) else None


def _length_of(element: Element) -> int:
    """The length of an element's text; counted up to the longest that a box without a name can have, in at most so many parts."""
    if sum(1 for _ in islice(element.iter(), _MAX_PARTS + 1)) > _MAX_PARTS:
        return _MAX_UNNAMED + 1
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > _MAX_UNNAMED:
            break
    return length


_FORMS = frozenset(("div", "p", "span", "a", "picture", "center", "td", "li", "section"))
_MAX_BOX_DEPTH, _MAX_UNNAMED = 6, 400
_MAX_PARTS, _MAX_SIBLINGS = 100, 20
"""Maximum elements of a box without a name, and siblings from a caption to its picture. Without them, thousands of empty
elements beside as many pictures are read for minutes."""
_NO_BOX = Role.BYLINE | Role.ELSEWHERE | Role.COMMENTS | Role.FURNITURE
_NO_LINES = ("h1", "h2", "h3", "h4", "h5", "h6", "button", "ul", "table", "time")


def leads_away(image: Element) -> bool:
    """Whether a picture is a link to another page."""
    link = next((above for above in islice(image.iterancestors(), 6) if above.tag == "a"), None)
    return link is not None and not TO_PICTURE.search(link.get("href") or "#")


def is_picture_box(page: Page, element: Element, role: int) -> bool:
    """Whether an element is a figure, or a box named for a picture with one picture and little text. A box around several
    pictures is not; the elements inside it are examined."""
    if element.tag == "figure":
        is_table = element.find(".//table") is not None and element.find(".//img") is None
        return not is_table and element.find(".//figure") is None and element.find(".//blockquote") is None
    if element.tag == "figcaption":
        return not _is_under_quotation(element)
    if element.tag not in _BOXES or role & (Role.BYLINE | Role.TIME):
        return False
    if role & Role.CAPTION and not role & Role.BODY:
        held = sum(1 for _ in islice(element.iter("img", "amp-img"), 2))
        if not held:
            boxes = islice(element.iterancestors(), 2)
            return _is_beside_picture(page, element) or any(_awaits_picture(page, box) for box in boxes)
        if held == 1 and element.tag in ("p", "div") and not any(True for _ in element.iter("h1", "h2")):
            # <p class="caption"><img><span>What it shows</span></p>
            return len(text_of(element)) <= 800
    if role & Role.PICTURE:
        pictures = sum(1 for _ in islice(element.iter("img", "amp-img"), 3))
        named = pictures == 1 or any(page.role(inner) & Role.CAPTION for inner in element.iter())
        return pictures < 2 and named and element.find(".//figure") is None and len(text_of(element)) <= 800
    return False


def _is_under_quotation(caption: Element) -> bool:
    """Whether a line is below a quotation: it names the speaker and is not a caption."""
    figure = next(caption.iterancestors("figure"), None)
    if figure is not None:
        return figure.find(".//blockquote") is not None
    return any("quote" in names_on(above).lower() for above in islice(caption.iterancestors(), 3))


def _is_beside_picture(page: Page, caption: Element) -> bool:
    """Whether a picture, or an empty box named for one, is next to a caption or to the box around it, with at most a label
    between them."""
    for element in (caption, *islice(caption.iterancestors(), 1)):
        for following in (element.itersiblings(preceding=True), element.itersiblings()):
            between = 0
            for beside in islice(following, _MAX_SIBLINGS):
                length = len(text_of(beside))
                if next(beside.iter("img", "amp-img"), None) is not None or (not length and page.role(beside) & Role.PICTURE):
                    return True
                between += length
                if between > MAX_BETWEEN:
                    break
    return False


MAX_BETWEEN = 100


def _awaits_picture(page: Page, box: Element) -> bool:
    """Whether a small box is named for a picture whose img a script adds."""
    return bool(page.role(box) & Role.PICTURE) and len(text_of(box)) <= 800
