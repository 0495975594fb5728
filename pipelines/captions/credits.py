"""What a picture credit looks like: the sources of pictures, and the shapes of a credit with and without a label.

A credit is known by its label (`credit_labels`), by a source that pictures are bought from ("Getty Images", "PA"), or by
a shape that only credits have ("Jane Doe/AFP"), never by its place alone. Data and tests of words; cuts no caption.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.captions.labels import LABEL
from pipelines.vocabulary.agencies import agency_name
from pipelines.vocabulary.given_names import is_given_name
from pipelines.vocabulary.lexicon import phrase_set, word_set

_SOURCES = phrase_set(
    """
    getty|getty images|getty image|alamy|alamy stock photo|shutterstock|istock|istockphoto|imago|imago images
    picture alliance|picture-alliance|keystone|scanpix|ritzau scanpix|ntb scanpix|lehtikuva|epa|epa-efe|epa images
    zuma|zuma press|zuma wire|zuma press wire|wireimage|filmmagic|redferns|sipa|sipa usa|abaca|abacapress|maxppp
    hans lucas|bestimage|rex|rex features|rex/shutterstock|bloomberg|sns|sns group|inpho|sportsfile|press eye
    presseye|pacemaker|pacemaker press|pa images|pa archive|pa wire|pa media|pa features archive|ap photo|ap images
    ap file|ap|reuters file|reuters handout|nurphoto|cuartoscuro|unsplash|pixabay|pexels|adobe stock|adobe
    dreamstime|depositphotos|fotolia|wikimedia|wikimedia commons|wikipedia|creative commons|flickr|geograph|google
    google maps|google street view|google streetview|google earth|google map|apple maps|instagram|facebook|twitter
    tiktok|youtube|snapchat|linkedin|whatsapp|handout|supplied|submitted|contributed|provided|courtesy photo
    submitted photo|contributed photo|family handout|family photo|handout photo|supplied image|supplied photo
    file photo|uncredited|nasa|esa|noaa|usgs|anadolu|anadolu agency|ddp|witters|eibner|postmedia|postmedia news
    postmedia network|national world|archant|newsquest|reach plc|jpimedia|johnston press|itv|itv news|sky news
    channel 4|cnn|nbc|cbs|abc news|cbc|ctv|fox news|popperfoto|action images|news images|focus images|camerasport
    propaphoto|collins|collins dublin|collins photos|rollingnews|rollingnews.ie|photocall ireland
    julien behal photography|cp|the canadian press|aapimage|aap image|nca newswire|newswire|fairfax|usa today sports
    usatsi|imagn|mct|tns|eyevine|camera press|splash|backgrid|mega|splash news|north news and pictures
    the associated press|associated press|cuartoscuro.com|télam|andina|agência brasil|ep|lusa|reprodução|divulgação
    cortesía|cortesia|archivo|archiv|pool|pool photo|reddit|x via|afp photo|afptv|gcis|belga image|belgaimage
    anp foto|hollandse hoogte|nieuwsbeeld|visum|laif|ostkreuz|bpi|picturedesk|picturedesk.com|apa-picturedesk
    apa-images|zvg|z.v.g|zur verfügung gestellt|symbolfoto|police handout|met police|metropolitan police
    national highways|traffic england|traffic scotland|rnli|mod|crown copyright|uk parliament|house of commons
    parliament tv|oireachtas tv|maxar|maxar technologies|planet labs|planet labs pbc|copernicus|european union
    european parliament|getty images/istockphoto|screengrab|screenshot|disney|netflix|pixar|warner bros
    universal pictures|sony pictures|paramount|lionsgate|marvel|hbo|amazon|apple tv+|shutter stock|forum|east news
    agencja wyborcza.pl|ctk photo|profimedia|cpa media|mti|agerpres|inquam photos|fena|hina|pixsell|cropix|tanjug
    fonet|beta|ukrinform|depo photos|dha|iha|aa|getty images europe|press association images|press association
    swns.com|pic courtesy|sourced|bbc|bbc news|bbc ldrs|ldrs|sky|sky sports|talksport|gb news|stv|rte|rté|tg4
    press|nordphoto|firo|kessler-sportfotografie|sven simon|opokupix|osnapix|pressefoto baumann|hmb-media|efe
    xinhua|tass|sputnik|ria novosti|panoramic|icon sport|dppi|presse sports|offside|le pictorium|divergence
    signatures|gamma-rapho|magnum|magnum photos|vii|redux
    """
)
_LOWER_SOURCES = word_set("supplied submitted contributed provided handout archiv archive archivo dpa afp epa iha mti zvg privat")
_AMBIGUOUS_SOURCES = word_set(
    "press mega rex splash sky mod beta forum visum signatures offside collins focus adobe amazon google disney marvel"
)
"""Sources that are ordinary words or firms in the news as well: credits only where nothing else stands beside them."""

_ENDINGS = tuple(
    phrase_set(
        """
        images|pictures|photography|photos|photo|fotografie|press agency|news agency|news service
        picture agency|stock photo|newswire|wire|police|constabulary|fotos|fotografía|foto|news group|handout
        street view|studios|scanpix|newspapers|ambulance service|fire and rescue service|fire service
        forest service|weather service|coastguard|lifeboat station|shimbun
        """
    )
)
"""What names of picture agencies and of those who hand out pictures end in, two words and more."""

_PROVIDED = ("cung cấp", "提供")
"""What stands behind the name of who gave a picture, where the language puts it there: "Bệnh viện cung cấp"."""
_ARTICLES = word_set("the la el los las le les il lo der die das den de het o a os as")
_COUNT = re.compile(r"^(?:view|see|show|all|más|voir|alle)\b|^\d+ ", re.IGNORECASE)
_PARTS = re.compile(r"\s*(?:/{1,2}|\||;|,|·|\s(?:via|for|für|with|and|und|et|–|-)\s|\bby\b|:)\s*", re.IGNORECASE)
_DOMAIN = re.compile(
    r"@?(?:[\w-]{1,40}\.){1,3}(?:com|net|org|uk|ie|de|fr|es|it|nl|pl|at|ch|eu|tv|io|au|ca|nz|us|info|news|co)", re.IGNORECASE
)
_DIVIDER = re.compile(r"/|\||;| - | – |, | via ")
_NAME_AND_HOUSE = re.compile(r"[^/]+[^/\s]/[^/\s][^/]*")
_HANDLE = re.compile(r"@[\w.]{2,40}")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{2,6}(?:-[A-Z]{2})?(?: \d{1,2}(?: [A-Z][A-Za-z]{1,12}){0,2})?")
_CONNECTING = word_set(
    "of the and & de la le du des von van der den di da del y e und et i for via für zu o' al el bin file photo collection"
    " wire at on by x c a"
)
_NO_CREDITS = word_set("""
    left right centre center middle top bottom above below front back inset pictured file stock archive symbolbild symbolfoto
    archivbild archivfoto l r m li re mi g d c links rechts mitte who eu uk us usa un nato nhs video photo picture image audio
    foto bild illustration labour conservative tory lib dem snp dup sdlp green reform independent sinn féin fine gael fianna
    fáil cdu csu spd fdp afd grüne linke bsw democrat republican d r
    """)
_STRAY = " ,;:|·-–—"
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:inc|ltd|co|jr|sr|bros|corp|st|v))\.$", re.IGNORECASE)
_LONGEST_CREDIT = 120
_LONGEST_SOURCE = 4
_LONGEST_NAME = 4
_MOST_LABELS = 2
_MOST_WORDS = 14


@lru_cache(maxsize=4_000)  # the words of a caption are asked about again for each place a credit may stand at
def is_source(phrase: str) -> bool:
    """Whether a phrase, in any case, is a known source of pictures."""
    folded = " ".join(unicodedata.normalize("NFKC", phrase).casefold().strip(" .()[]").split())
    return folded in _SOURCES or agency_name(folded) is not None


def _has_capital(word: str) -> bool:
    first = word.lstrip("@#(\"'“„‘’.©")[:1]
    return bool(first) and (first.isupper() or first.isdigit() or (first.isalpha() and first.lower() == first.upper()))


def is_capitalised(phrase: str) -> bool:
    """Whether every word but the small connecting ones starts with a capital."""
    words = [word for word in re.split(r"[\s/|,;:]+", phrase) if any(char.isalnum() for char in word)]
    return (
        bool(words)
        and all(_has_capital(word) or word.casefold().strip(".,") in _CONNECTING or is_source(word) for word in words)
        and _has_capital(words[0])
    ) or (len(words) > 0 and is_source(words[0]) and all(map(_has_capital, words[1:])))


def is_bare_credit(text: str) -> bool:
    """Whether a text without a label has a shape that only credits have."""
    text = text.strip(" .")
    if not text or len(text) > _LONGEST_CREDIT or len(text.split()) > _MOST_WORDS:
        return False
    if is_source(text):
        return text[:1].isupper() or text.casefold() in _LOWER_SOURCES or agency_name(text.casefold()) is not None
    if _DOMAIN.fullmatch(text) or _HANDLE.fullmatch(text):
        return True
    parts = [part for part in (part.strip(" ()[]") for part in _PARTS.split(text)) if part]
    if len(parts) > 1 and all(map(is_source, parts)):
        return True
    if not is_capitalised(text) or (len(text.split()) == 1 and text.casefold() in _NO_CREDITS):
        return False
    if len(parts) > 1 and any(is_source(part) or _DOMAIN.fullmatch(part) for part in parts):
        return True
    if len(parts) > 1 and "/" in text and len(parts[0].split()) in (2, 3, 4) and not any(char.isdigit() for char in parts[0]):
        return True
    lower = text.casefold()
    return (
        len(text.split()) > 1
        and lower.endswith(_ENDINGS)
        and not lower.endswith(("stock photo", "file photo", "stock photos"))
        and not _COUNT.search(text)  # "View 6 Images"
    )


def is_commissioned(text: str) -> bool:
    """ "Mina Hale for City Weekly": a credit behind a full stop; alone it may be a slogan ("Justice for Emily")."""
    name, between, house = text.strip(" .").partition(" for ")
    return (
        bool(between)
        and 1 <= len(name.split()) <= 4
        and is_capitalised(name)
        and is_capitalised(house)
        and len(text) < _LONGEST_CREDIT
    )


def is_credit_alone(text: str) -> bool:
    """Whether a text that is all there is, without label, is a credit and not a caption with its credit behind it."""
    if not is_bare_credit(text) or is_source(text):
        return is_bare_credit(text)
    first = _DIVIDER.split(text, maxsplit=1)[0].strip()
    words = text.split()
    if first == text and any(is_source(" ".join(words[-length:])) for length in (2, 3) if length < len(words)):
        return False  # "Mary Lou Ames Getty Images"
    if len(first.split()) > _LONGEST_NAME or (text[len(first) :].startswith(", ") and "/" in text):
        return False
    if _NAME_AND_HOUSE.fullmatch(text) or ("/" in text and any(is_source(part) for part in _PARTS.split(text))):
        return True
    return is_source(first) or is_given_name(first.partition(" ")[0].casefold()) or first == text


def is_labelled_credit(text: str) -> bool:
    """Whether what stands behind a label is a credit and not a sentence ("Image: The new manager has arrived")."""
    text = text.strip(" .")
    words = text.split()
    if not words or len(text) > _LONGEST_CREDIT or len(words) > _MOST_WORDS:
        return False
    if is_bare_credit(text) or len(words) == 1 or (len(words) < 7 and text.endswith(_PROVIDED)):
        return True
    if words[0].casefold() in _ARTICLES and words[0][0].islower() and _has_capital(words[1]):
        words = words[1:]  # "Cedida por la Plataforma del Barrio"
    small = [word for word in words if word[:1].islower() and word.casefold() not in _CONNECTING and not is_source(word)]
    if not _has_capital(words[0]) and not text.startswith("@"):
        return len(words) <= 3 or any(is_source(part) for part in _PARTS.split(text))
    return len(small) * 4 <= len(words) or (len(words) <= 3 and len(small) <= 1)


def is_acronym(text: str) -> bool:
    """Whether a text is letters for a house ("KWCH", "SRF", "FOX 5 DC"): a credit only where no sentence can hold it."""
    return bool(_ACRONYM.fullmatch(text)) and text.casefold() not in _NO_CREDITS


def is_ambiguous_source(text: str) -> bool:
    """Whether a source's name is an ordinary word or a firm in the news."""
    return text.casefold() in _AMBIGUOUS_SOURCES


def source_in_front(text: str) -> str | None:
    """The longest known source that a text begins with, as printed."""
    words = text.split(" ", _LONGEST_SOURCE)
    for length in range(min(_LONGEST_SOURCE, len(words)), 0, -1):
        phrase = " ".join(words[:length])
        if phrase[-1:].isalnum() and is_source(phrase):
            return phrase
    return None


def cleaned_credit(credit: str) -> str:
    """The credit without further labels ("Foto: Bild: X"), stray signs and the sentence's full stop."""
    credit = credit.strip(_STRAY)
    for _ in range(_MOST_LABELS):
        label = LABEL.match(credit)
        if label and credit[label.end() :].strip():
            credit = credit[label.end() :].strip(_STRAY)
    credit = credit.lstrip("/ ")
    if credit.endswith(".") and not _ABBREVIATED.search(credit):
        credit = credit.rstrip(".")
    if credit.count("(") < credit.count(")"):
        credit = credit.rstrip(")")
    return credit.strip()
