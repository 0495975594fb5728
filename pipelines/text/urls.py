"""URLs: their normal form, when two of them are the same page, and what they say of a date or a picture.

Pure text operations that never raise and look nothing up. Knows no site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from urllib.parse import unquote, urljoin

from pipelines.text.hosts import normal_host

MAX_URL = 2000
"""Characters; longer URLs are refused, before and after encoding. Browsers and sitemaps allow about as many."""

_BLANKS = " \t\r\n\f\v\u00a0\u200b\u2060\ufeff"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_SPLIT = re.compile(r"(https?)://([^/?]*)([^?]*)\??(.*)", re.IGNORECASE | re.DOTALL)
_HOST_PORT = re.compile(r"(\[[^\]@]*\]|[^:@\[\]]+)(?::([0-9]{0,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE_OR_ODD = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_SESSION = re.compile(r"(?<![./]);(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING = _words(
    """
    _branch_match_id _ga _gl _hsenc _hsmi _openstat amp amp_gsa amp_js_v cmp cmpid criteo dclid dicbo epik fbclid gad
    gad_campaignid gad_source gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig hsctatracking icid igsh
    igshid ito jsessionid mbid mc_cid mc_eid mkt_tok msclkid ncid obref ocid oly_anon_id oly_enc_id origreferrer
    phpsessid print printable printview rb_clickid ref ref_src ref_url replytocom rss_id rssfeed s_cid s_kwcid sc_cid
    share smid source spm srsltid tblci trk trkcampaign ttclid twclid usqp vero_conv vero_id wbraid wpsrc wt.mc_id wt_mc
    wt_zmc xtor yclid ysclid
    """
)
"""Parameters that say where a reader came from or how the page is displayed, never which page it is. Short names that some
publishers use as article ids (`cid`, `sid`, `s`, `id`, `type`, `format`) are not here and are kept."""
_OTHER_FORM = re.compile(r"outputtype=(?:amp|print)|(?:view|output|mode|format|display)=print")
_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "hsa_", "pk_", "piwik_", "mtm_", "matomo_", "fb_", "itm_", "__hs")


def absolute(url: str, base: str | None = None) -> str | None:
    """The normal form with every query parameter kept: for feeds, sitemaps, anything whose parameters may matter.

    RFC 3986 syntax-based normalisation; `http` and `https`, and a final slash, are kept as given. None for other
    schemes, no host, a user name, control characters, or more than MAX_URL characters.
    """
    try:
        match = _SPLIT.fullmatch(_joined(url, base) or "")
        if match is None:
            return None
        scheme, authority = match[1].lower(), _authority(match[2])
        path = _without_dot_segments(_escaped(match[3]) or "/")
        query = _escaped(match[4])
    except ValueError:  # urljoin on bad brackets, and text that is not Unicode (lone surrogates)
        return None
    if authority is None:
        return None
    host, port = authority
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    result = f"{scheme}://{host}{path}"
    if query:
        query = "&".join(_parameters(query))
        result = f"{result}?{query}" if query else result
    return result if len(result) <= MAX_URL else None


def canonicalize(url: str, base: str | None = None) -> str | None:
    """`absolute`, without the parameters that only track the reader or request the AMP page.

    The other parameters keep their order: some publishers' servers read the query by position ("?articleshow,3412544"), some
    repeat a name, and some redirect to their own order, so a sorted query could name a page that does not exist.
    """
    result = absolute(url, base)
    if result is None:
        return None
    page, _, query = result.partition("?")
    page = _SESSION.sub("", page) if ";" in page else page
    if not query:
        return page
    kept = "&".join(parameter for parameter in query.split("&") if not _is_tracking(parameter))
    return f"{page}?{kept}" if kept else page


def _joined(url: str, base: str | None) -> str | None:
    """The URL joined with its base, without its fragment; None if either is no URL."""
    text = url.strip(_BLANKS)
    if not text or len(text) > MAX_URL or _CONTROL.search(text):
        return None
    if "\\" in text:  # browsers read a backslash before the query as a slash
        head, mark, tail = text.partition("?")
        text = head.replace("\\", "/") + mark + tail
    text = text.partition("#")[0]
    if base is None or _HTTP.match(text):
        return text
    if len(base) > MAX_URL or _CONTROL.search(base.strip(_BLANKS)):
        return None
    return urljoin(base.strip(_BLANKS), text)


@lru_cache(maxsize=4096)
def _authority(text: str) -> tuple[str, int | None] | None:
    match = _HOST_PORT.fullmatch(text)  # "@" is refused: a user name and a password in a URL are a trap or a leak
    host = normal_host(match[1]) if match else None
    if match is None or host is None:
        return None
    port = int(match[2]) if match[2] else None
    return (host, port) if port is None or port <= 65535 else None


def _escaped(text: str) -> str:
    """Percent-encoding in one form: unreserved characters unescaped, hex in upper case, all other characters escaped as UTF-8."""
    return _ESCAPE_OR_ODD.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if code is None:  # "%" without two hex digits after it, a space, a letter of another alphabet
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8"))
    character = chr(int(code, 16))
    return character if character in _UNRESERVED else f"%{code.upper()}"


def _without_dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        if segment not in {".", ".."}:
            kept.append(segment)
            continue
        if segment == ".." and kept:
            kept.pop()
        if position == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _parameters(query: str) -> Iterator[str]:
    """The parts of a query without empty ones; "a=1&amp;b=2", escaped once too often, has two."""
    for parameter in query.split("&") if query else ():
        while parameter.startswith("amp;"):
            parameter = parameter[4:]
        if parameter:
            yield parameter


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or _OTHER_FORM.fullmatch(parameter.lower()) is not None


# --- AMP, and the same page under other names

_AMP_CACHE = re.compile(r"https?://(?:[a-z0-9-]+\.cdn\.ampproject\.org/[cv]|www\.google\.[a-z.]{2,6}/amp)/(s/)?(.+)")
_AMP_PATHS = (
    re.compile(r"(?P<page>.*/(?![0-9]+\.amp/?$)[^/]+)\.amp(?P<extension>\.html?)?(?P<slash>/?)"),  # /slug-123.amp
    re.compile(r"(?P<page>/.*[^/])/amp(?P<extension>)(?P<slash>/?)"),  # /slug/amp, /slug/amp/
    re.compile(r"/amp(?:html)?(?P<page>/[^/].*)(?P<extension>)(?P<slash>)"),  # /amp/section/slug
)
_MIRROR_LABELS = re.compile(r"^(?:(?:www[0-9]?|m|mobile|amp)\.)+(?=[^.]+\.)")
_REGISTERED = re.compile(r"[^.]+(?:\.(?:ac|co|com|gob|gov|net|or|org))?\.[a-z-]+(?::\d+)?")


def amp_to_article(url: str) -> str | None:
    """The URL of the article of an AMP URL; None if it is no AMP URL or does not contain the article's.

    "/news/12345.amp/" does not contain it: the article's slug replaces "amp", and only the page's canonical link has it.
    "amp.example.com" is read as "www.example.com", "amp.city.example.com" as "city.example.com".
    """
    address = absolute(url) if "amp" in url.lower() else None
    if address is None:
        return None
    cached = _AMP_CACHE.fullmatch(address)
    if cached is not None:
        inner = f"http{'s' if cached[1] else ''}://{cached[2]}"
        return amp_to_article(inner) or canonicalize(inner)
    scheme, host_given, path, query = _split(address)
    host = host_given
    article = _path_without_amp(path)
    asked = any(re.fullmatch(r"amp(=(?!0|false).*)?|outputtype=amp", part) for part in query.lower().split("&"))
    if host.startswith("amp."):
        bare = _MIRROR_LABELS.sub("", host)
        host = f"www.{bare}" if bare != host and _REGISTERED.fullmatch(bare) else bare
    if (host, article) == (host_given, path) and not asked:
        return None
    return canonicalize(f"{scheme}://{host}{article}?{query}")


def _split(address: str) -> tuple[str, str, str, str]:
    """Scheme, host with port, path and query of a URL in normal form."""
    match = _SPLIT.fullmatch(address)
    return (match[1], match[2], match[3], match[4]) if match else ("", "", address, "")


def _path_without_amp(path: str) -> str:
    for form in _AMP_PATHS:
        match = form.fullmatch(path)
        if match is not None:
            return f"{match['page']}{match['extension'] or ''}{match['slash']}"
    return path


@lru_cache(maxsize=4096)
def article_key(url: str) -> str:
    """The common key of all URLs of one page: no scheme, no `www.`/`m.`/`amp.`, no final slash, no AMP form.

    A key for look-ups, not a URL. A text that is no URL is its own key.
    """
    address = amp_to_article(url) or canonicalize(url)
    if address is None:
        return url.strip(_BLANKS)[:MAX_URL]
    _, host, path, query = _split(address)
    host, path = _MIRROR_LABELS.sub("", host), path.rstrip("/")
    return f"{host}{path or '/'}?{query}" if query else host + path


# --- what a path tells

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = (
    re.compile(r"/(\d{4})/(\d{1,2}|[a-z]{3})/(\d{1,2})(?![^/\-_.])", re.IGNORECASE),  # /2025/03/07/, /2025/mar/7/
    re.compile(r"(?<!\d)(\d{4})([-_.])(\d{1,2})\2(\d{1,2})(?!\d)"),  # /2025-03-07/, slug-2025-03-07
    # A whole segment or one end of a slug: "/20250307/", "/20250307-slug", "slug-20250307.html". Before a dot that
    # starts no file type the digits are an owner's number: "/news/20110523.some-slug/".
    re.compile(r"(?<![^/\-_])(\d{4})(\d{2})(\d{2})(?=[/\-_]|$|\.(?:s?html?|php|aspx?|jsp)$)"),
)


def date_in_path(url: str) -> date | None:
    """The calendar day in a URL's path: year first, 1990 to 2100. Slashes are preferred to dashes, dashes to a compact form."""
    path = url[:MAX_URL].partition("#")[0].partition("?")[0]
    for form in _DATES:
        for match in form.finditer(path):
            found = _day(match[1], match[match.re.groups - 1], match[match.re.groups])
            if found is not None:
                return found
    return None


def _day(year: str, month: str, day: str) -> date | None:
    if not 1990 <= int(year) <= 2100:
        return None
    number = int(month) if month.isdecimal() else (*_MONTHS, month.lower()).index(month.lower()) + 1
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


# --- pictures

_PICTURE_NOISE = _words(
    """
    auto blur crop cropper dpr enlarge fit fm format gravity h height imheight impolicy imwidth ixid ixlib max-h max-w
    op_sharpen output-quality q quality rect resize rt scale sharp sharpen smart stripall tr trim type upscale usm v w
    wid width
    """
)
_PICTURE = re.compile(r"^(?:https?:)?/|\.(?:jpe?g|png|gif|webp|avif)\b", re.IGNORECASE)
_SIZE_SEGMENT = re.compile(
    r"(?:[wh][_=-]?\d{2,4}|\d{1,4}x\d{1,4}|tr:.*|fit-in|smart|unsafe|filters:.*|[a-z]{1,2}_[\w.:]+(?:,[a-z]{1,2}_[\w.:]+)+"
    r"|[A-Za-z0-9_-]{20,}=)"
)
_SIZE_SUFFIX = re.compile(r"(?:[-_](?:\d{2,4}x\d{2,4}|scaled)|@[23]x)(?=\.[a-z]{3,4}$)", re.IGNORECASE)
_DRUPAL_STYLE = re.compile(r"/styles/[^/]+/(?=(?:public|s3)/)")


def image_key(url: str) -> str | None:
    """The common key of all sizes and crops of one picture: for comparing, not a URL. None if it is no http URL.

    Only parts that resizers are known to add are removed; in doubt two pictures stay two.
    """
    address = absolute(url)
    if address is None:
        return None
    _, host, path, query = _split(address)
    parameters = query.split("&") if query else []
    for parameter in parameters:  # a resizer whose parameter is the picture: /_next/image?url=https%3A%2F%2F...&w=640
        name, _, value = parameter.partition("=")
        picture = unquote(value) if name in {"url", "src", "image"} else ""
        inner = absolute(picture, address) if _PICTURE.search(picture) else None
        if inner is not None and len(inner) < len(address):
            return image_key(inner)
    segments = [segment for segment in path.split("/") if not _SIZE_SEGMENT.fullmatch(segment)]
    path = _DRUPAL_STYLE.sub("/", _SIZE_SUFFIX.sub("", "/".join(segments)))
    kept = [part for part in parameters if part.partition("=")[0].lower() not in _PICTURE_NOISE]
    return host + path + ("?" + "&".join(kept) if kept else "")


_FILE_TYPE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
TELLING_NAME = 8
"""A file name with fewer letters ("1.jpg", "main.png") may be another picture in another folder."""


def same_picture(a: str, b: str) -> bool:
    """Whether two URLs are probably one picture: the same `image_key` except for the file type, or the same distinctive file
    name.

    After a file name the query contains only sizes, versions and tokens.
    """
    (path, _, query), (other, _, other_query) = ((image_key(url) or url).partition("?") for url in (a, b))
    stem, other_stem = _FILE_TYPE.sub("", path), _FILE_TYPE.sub("", other)
    are_files = stem != path and other_stem != other
    if stem == other_stem:
        return are_files or query == other_query
    name = stem.rpartition("/")[2]
    return are_files and name == other_stem.rpartition("/")[2] and len(name) >= TELLING_NAME
