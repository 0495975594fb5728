"""News agencies and newspapers' names as bylines print them: whom a piece was bought from, and what is no person.

Data and word tests only. An agency's name here is the short one that newsrooms use; a broadcaster counts as one where
others run its writers under its name (BBC). Outlets are recognised by the words their names end in, never one by one.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.vocabulary.given_names import is_given_name
from pipelines.vocabulary.lexicon import word_set
from pipelines.vocabulary.places import is_place, is_place_opening

_PRINTED: Mapping[str, str] = {
    "PA": "pa|pa media|pa news|pa news agency|pa agency|pa wire|press association|the press association|pa sport"
    "|pa entertainment|pa scotland|pa ireland|pa wales|press association ireland|press association scotland|pa images"
    "|press association sport|the pa news agency|pa media agency",
    "AP": "ap|associated press|the associated press|ap news|ap wire|a.p.",
    "LDRS": "ldrs|local democracy reporting service|the local democracy reporting service|bbc ldrs"
    "|local democracy reporters service|ldr service|ldr",
    "BBC": "bbc|the bbc",
    "AFP": "afp|agence france-presse|agence france presse|l'afp|afp.com|afp news agency",
    "AFP-JIJI": "afp-jiji",
    "Reuters": "reuters|reuters news agency|thomson reuters|reuters agency|agencia reuters|ロイター|ロイター通信|رويترز",
    "SWNS": "swns|south west news service|swns.com",
    "UPI": "upi|united press international",
    "AAP": "aap|australian associated press|aapnewswire|aap newswire",
    "PTI": "pti|press trust of india|pti news",
    "ANI": "ani news|asian news international",
    "IANS": "ians|indo-asian news service",
    "The Canadian Press": "the canadian press|canadian press|la presse canadienne|presse canadienne",
    "Bloomberg": "bloomberg|bloomberg news|bloomberg opinion",
    "Dow Jones": "dow jones|dow jones newswires",
    "Tribune News Service": "tribune news service|tns|tribune content agency",
    "KFF Health News": "kff health news|kaiser health news|khn",
    "States Newsroom": "states newsroom",
    "CNN Newsource": "cnn newsource|cnn wire|cnn wires",
    "Nexstar Media Wire": "nexstar media wire",
    "NJ Advance Media": "nj advance media",
    "Advance Media": "advance local|advance media|advance local media",
    "Newsflash": "newsflash",
    "Cover Media": "cover media",
    "Bang Showbiz": "bang showbiz|bang showbiz|bang bizarre",
    "Caters": "caters news|caters news agency",
    "Kennedy News": "kennedy news|kennedy news and media|kennedy news & media",
    "South Beach": "south beach photo agency",
    "Newsquest Data": "newsquest data investigations unit",
    "Central News": "central news|central news agency",
    "Court News UK": "court news uk",
    "RNZ": "rnz|radio new zealand",
    "dpa": "dpa|deutsche presse-agentur|deutsche presse agentur|dpa-infocom|dpa-afx|dpa-tmn|dpa infocom|dpa regio",
    "epd": "epd|evangelischer pressedienst",
    "KNA": "kna|katholische nachrichten-agentur",
    "SID": "sid|sport-informations-dienst|sport-informations-dienst (sid)",
    "dts": "dts|dts nachrichtenagentur",
    "APA": "apa|austria presse agentur",
    "Keystone-SDA": "sda|keystone-sda|ats|keystone-ats|awp",
    "ANSA": "ansa|agenzia ansa",
    "Adnkronos": "adnkronos",
    "AGI": "agenzia agi|agenzia italia",
    "LaPresse": "lapresse",
    "Italpress": "italpress",
    "EFE": "efe|agencia efe|efe agencia",
    "Europa Press": "europa press|agencia europa press",
    "ACN": "acn|agència catalana de notícies",
    "Télam": "télam|telam",
    "Notimex": "notimex",
    "Prensa Latina": "prensa latina",
    "Lusa": "lusa|agência lusa",
    "Agência Brasil": "agência brasil",
    "Estadão Conteúdo": "estadão conteúdo|estadao conteudo",
    "Folhapress": "folhapress",
    "ANP": "anp|algemeen nederlands persbureau",
    "Belga": "belga|agence belga|belga news agency",
    "TT": "tt|tt-nyhetsbyrån|tt nyhetsbyrån|tidningarnas telegrambyrå",
    "NTB": "ntb|norsk telegrambyrå",
    "Ritzau": "ritzau|/ritzau/|ritzaus bureau",
    "STT": "stt|suomen tietotoimisto",
    "PAP": "pap|polska agencja prasowa",
    "ČTK": "čtk|ctk|česká tisková kancelář",
    "TASR": "tasr",
    "MTI": "mti",
    "Agerpres": "agerpres",
    "Hina": "hina",
    "Tanjug": "tanjug",
    "BTA": "бта",
    "TASS": "tass|тасс|itar-tass|итар-тасс",
    "RIA Novosti": "ria novosti|риа новости",
    "Interfax": "interfax|интерфакс|interfax-ukraine|интерфакс-украина",
    "Ukrinform": "ukrinform|укринформ|укрінформ",
    "UNIAN": "униан|уніан",
    "Anadolu": "anadolu|anadolu agency|anadolu ajansı|aa",
    "DHA": "dha",
    "İHA": "iha|i̇ha",
    "Xinhua": "xinhua|xinhua news agency|新华社|新華社",
    "CNS": "中新社|中新网",
    "CNA": "中央社",
    "Kyodo": "kyodo|kyodo news|共同|共同通信|共同通信社",
    "Jiji": "jiji|jiji press|時事|時事通信|時事通信社",
    "Yonhap": "yonhap|yonhap news agency|연합뉴스",
    "Newsis": "newsis|뉴시스",
    "Bernama": "bernama",
    "Antara": "antara",
    "WAM": "wam",
    "Ghana News Agency": "gna|ghana news agency",
    "NAN": "news agency of nigeria",
    "SAnews": "sanews",
    "African News Agency": "african news agency|ana reporter",
}

_AGENCIES: Mapping[str, str] = {form: name for name, forms in _PRINTED.items() for form in forms.split("|")}
_LONGEST_FORM = max(form.count(" ") + 1 for form in _AGENCIES)

_ALSO_NAMES = frozenset(("pa", "ap", "sid", "aa", "tt", "ansa", "efe", "tass", "hina", "lusa", "ats", "ana", "wam", "uni", "pap"))
"""Forms that are words or given names as well; only capitals, or standing alone or before a job title, make them agencies."""


def agency_name(phrase: str) -> str | None:
    """The newsroom's short name of the agency a case-folded phrase is, or None."""
    return _AGENCIES.get(phrase)


def agency_length(words: list[str]) -> int:
    """How many of the case-folded words make the longest agency's name they open with; 0 if they open with none."""
    for length in range(min(len(words), _LONGEST_FORM), 0, -1):
        if " ".join(words[:length]) in _AGENCIES:
            return length
    return 0


def is_ambiguous_agency(form: str) -> bool:
    """Whether a case-folded agency's form is a word or a person's name as well ("sid", "pa")."""
    return form in _ALSO_NAMES


_OUTLET_WORDS = word_set("""
    news times gazette chronicle tribune telegraph observer guardian journal nachrichten zeitung anzeiger tageblatt kurier
    rundschau tagblatt tageszeitung morgenpost wochenblatt presse diario periódico giornale corriere gazzetta dagblad
    dagbladet dziennik gazeta magazine magazin media medien online radio tv television broadcasting network press wire
    live today daily weekly editorial studio studios ltd inc gmbh ag limited university agency shimbun newspaper newspapers
    publications publishing digital herald echo nieuwsblad krant avisen posten tidningen tidende bladet sanomat
    noticias noticiero jornal folha notizie resto quotidiano sentinel examiner inquirer dispatch bulletin tidings advertiser
    mailonline dailymail.com oregonlive huffpost buzzfeed newsweek forbes wirecutter timesofindia.com newsnet newswire fm
    nouvelles libération figaro monde dépêche dauphiné ouest-france actu parisien semaine wochenzeitung spiegel
    tagesspiegel tagesschau nachrichtenagentur deutschlandfunk rundfunk fernsehen sender verlag redaktionsnetzwerk
    новости новостей газета известия правда 新聞 新聞社 通信社 日报 晚报 网
    association federation council police university institute foundation society committee service services company
    corporation group trust authority department ministry office centre center school college team
    hospital hospice nhs ambassador paid notes council councils party charity museum library festival
    stadt stadtverwaltung landkreis landratsamt gemeinde gemeindeverwaltung ministerium feuerwehr polizeipräsidium
    polizeidirektion universität hochschule klinikum verein mairie préfecture ministère ayuntamiento gobierno ministerio
    universidad prefeitura governo comune regione ministero università gemeente politie veiligheidsregio universiteit
    kommune kommun politidistrikt polisen policja urząd uniwersytet
    """)
"""Words that no person is called by; a capitalised phrase ending in one is an outlet or another body."""

_OUTLET_SURNAMES = word_set("""
    post star sun mail bell mercury argus world page hall day independent express courier record mirror globe standard
    citizen leader reporter visitor enquirer ledger bee union advocate register republic banner beacon pilot eagle
    messenger pioneer digest democrat oregonian patriot statesman spectator scotsman welt bild zeit blick presse voice
    stern focus church courant business west east north south
    mundo país vanguardia razón repubblica stampa nazione sole volkskrant telegraaf wyborcza insider plus week sport
    """)
"""Words that end outlets' names ("Denver Post") and are surnames as well ("Emily Post")."""

_COMPOUND_OUTLETS = ("zeitung", "blatt", "nachrichten", "anzeiger", "bladet", "posten", "avisen", "tidningen", "nytt", "dagblad")


_AGENCY_ENDINGS = (
    "news service", "news agency", "news group", "wire service", "newswire", "press agency", "media wire", "news network",
)  # fmt: skip


def is_agency_by_shape(words: list[str]) -> bool:
    """Whether words end as agencies' names do: "City News Service"."""
    return " ".join(words).casefold().endswith(_AGENCY_ENDINGS) and len(words) > 2


def is_outlet_word(word: str) -> bool:
    """Whether a case-folded word is in the name of an outlet or another body, and in no one's name."""
    return word in _OUTLET_WORDS or (len(word) > 9 and word.endswith(_COMPOUND_OUTLETS))


def is_outlet_ending(word: str) -> bool:
    """Whether an outlet's name can end in the word, as printed: "Globe", "Times"."""
    return is_outlet_word(word.casefold()) or word.casefold() in _OUTLET_SURNAMES


def is_outlet(words: list[str]) -> bool:
    """Whether capitalised words, as printed, are an outlet: "Florida Today", "The West Australian", "CBS Detroit"."""
    folded = [word.casefold().strip(".,") for word in words]
    if not folded:
        return False
    if is_outlet_word(folded[-1]):
        return len(folded) > 1 or folded[-1] not in ("live", "today", "press", "team", "group")
    if folded[0] in ("the", "le", "la", "el", "il", "die", "der", "das", "de", "l'") and len(folded) > 1:
        return folded[0] == "the" or is_outlet_word(folded[1]) or folded[-1] in _OUTLET_SURNAMES
    if len(folded) > 1 and folded[-1] in _OUTLET_SURNAMES:
        return not is_given_name(folded[0]) and (_is_places(folded[:-1]) or folded[-2] in _OUTLET_SURNAMES)
    return len(words) > 1 and _is_acronym(words[0]) and _is_places(folded[1:])


def _is_places(folded: list[str]) -> bool:
    """Whether the words are a place, place by place or as a phrase, or open like one ("new", "san")."""
    return is_place(" ".join(folded)) or all(is_place(word) or is_place_opening(word) for word in folded)


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()
