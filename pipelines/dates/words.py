"""The words around a printed date, each turned into one letter: "Published 3rd Nov 2023, 08:08 GMT" -> "B 3 k 2023, 08:08 ¤".

After `code` no words are left, only figures, punctuation and code letters, so that the forms in `pipelines.dateforms`
can be short patterns over one small alphabet whatever the language. Knows no date and no zone but its abbreviation.

Code letters: a-l January to December; A P am and pm; Q R the same written before the hour; H hour mark or unit; K a word
before a time ("kl.", "ore"); B U labels (published, updated); O V J today, yesterday, now; G "ago"; s m o t w second,
minute, hour, day, week; Y N D the year, month and day signs of East Asia; x any other word. Private characters from
ZONE_BASE on are zone abbreviations. Words that say nothing become blanks.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.dates.months import CROATIAN_ZONES, MONTHS, WEEKDAYS
from pipelines.zones import LETTERS, UNMISTAKABLE

WORDS: dict[str, str] = {
    "A": "am ص صباحا πμ",
    "P": "pm م مساء μμ",
    "Q": "午前 上午 早上 凌晨 오전",
    "R": "午後 下午 晚上 中午 오후",
    "H": "h uhr uur heure heures hs hrs hr hod hodin ур год 時 时 點 点 시",
    "K": "at um kl klo klokken klockan om ore ora alle às as a à o ó godz godzina godzinie v о об ob saat ώρα στις las hora"
    " les lúc pukul jam awr",
    "B": "published posted publication publish created issued uploaded added pub"
    " veröffentlicht veroeffentlicht veröffentlichung erstellt publiziert erschienen erscheinungsdatum"
    " publié publiée publication créé ligne paru parution"
    " publicado publicada publicación publicação creado criado pubblicato pubblicata pubblicazione"
    " gepubliceerd geplaatst publicatie publicatiedatum gepubliseer geplaas"
    " publicerad publicerat publicerades skapad publisert publiseret opprettet publiceret offentliggjort oprettet udgivet"
    " julkaistu luotu opublikowano opublikowany publikacja publikacji dodano utworzono"
    " publikováno vydáno zveřejněno vytvořeno publikované zverejnené vydané objavljeno objavljen objava"
    " megjelent közzétéve létrehozva publikálva publicat publicată postat"
    " yayın yayınlanma yayımlanma yayınlandı giriş eklenme oluşturulma"
    " опубликовано опубликована создано размещено публикация публикации опубліковано публікації створено публикувано"
    " δημοσίευση δημοσιεύτηκε δημοσιεύθηκε argitaratua cyhoeddwyd foilsithe foilsíodh"
    " diterbitkan dipublikasikan tayang terbit diterbit đăng نشر نشرت النشر פורסם प्रकाशित"
    " 公開日 公開 掲載 配信 発行 发布 發布 发表 發表 發佈 刊登 입력 등록 게시 발행",
    "U": "updated update modified revised amended"
    " aktualisiert aktualisierung geändert änderung stand bearbeitet überarbeitet"
    " mis mise jour màj  actualisé actualisée modifié modifiée"
    " actualizado actualizada actualización modificado modificada aggiornato aggiornata aggiornamento modifica"
    " atualizado atualizada atualização modificação bijgewerkt gewijzigd aangepast opgedateer bygewerk"
    " uppdaterad uppdaterat uppdaterades ändrad oppdatert endret opdateret ændret redigeret päivitetty muokattu"
    " aktualizacja aktualizacji zaktualizowano zmodyfikowano"
    " aktualizováno aktualizace upraveno aktualizované upravené posodobljeno ažurirano izmijenjeno"
    " frissítve frissítés módosítva actualizat actualizată modificat"
    " güncelleme güncellendi güncellenme обновлено обновление обновлена изменено оновлено змінено обновена"
    " ενημέρωση ενημερώθηκε actualitzat actualitzada eguneratua diweddarwyd diwygiwyd nuashonraithe"
    " diperbarui diupdate dikemaskini nhật تحديث عدل עודכן अपडेट अपडेटेड"
    " 更新日 更新 修改 최종수정 수정 업데이트",
    "O": "today heute aujourdhui hoy oggi hoje vandaag vandag idag tänään dziś dzisiaj dnes danes danas azi bugün"
    " сегодня сьогодні днес σήμερα avui gaur heddiw inniu hariini اليوم היום आज 今日 今天 本日 오늘",
    "V": "yesterday gestern hier ayer ieri ontem gisteren igår eilen wczoraj včera včeraj jučer tegnap dün"
    " вчера вчора χθες χτες ahir atzo ddoe inné kemarin semalam أمس אתמול 昨日 昨天 어제",
    "J": "justnow 刚刚 剛剛 방금",
    "G": "ago vor ilya hace há atrás fa prije prieš pirms geleden sedan siden sitten temu před pred ezelőtt acum önce"
    " назад тому преди πριν ynôl óshin lalu trước منذ قبل पहले לפני 前 전",
    "s": "s second seconds sec secs sekunde sekunden seconde secondes segundo segundos secondi sekunder sekund sekunda 秒 초",
    "m": "m minute minutes min mins minuten minuti minuto minutos minuut minuter minutt minutter minuuttia minuta minuty"
    " minut minutami perc perccel dakika dk мин минут минуты минуту хвилин хвилини хв λεπτά minuts munud minit menit phút"
    " دقيقة دقائق मिनट 分钟 分鐘 分 분",
    "o": "hours hour std stunde stunden horas timme timmar tim time timer tuntia tunti godzin godziny godzinę hodinami hodiny"
    " hodinou óra órával часов часа час годин години годину ώρες hores uair uaire giờ ساعة ساعات val घंटे 時間 小时 小時 시간",
    "t": "d day days tag tage tagen jours día dia días dias giorno giorni dag dagen dagar dager dage päivä päivää"
    " dni dzień den dny nap nappal zi zile gün день дня дней дні днів ημέρες μέρες dies diwrnod lá hari ngày"
    " يوم أيام दिन 天 일",
    "w": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken vecka veckor uke uker uger"
    " viikko viikkoa tydzień tygodnie týdny hafta неделю недели недель minggu 週間 주",
    "Y": "年 년",
    "N": "月 월",
    "D": "日 号 號",
    " ": "on of the and first last date time times local original originally online edition read reading mean"
    " den der dem am im vom zum letzte letztes letzter zuletzt datum zeit ortszeit lesezeit lesedauer"
    " le la l de du en et il y dernière lecture el del al los lo última último fecha i ultima ultimo data por em no"
    " ngay op het te laatst laatste senast sist sidst viimeksi dnia r roku rok dne ostatnia ostatnio poslední leta ev"
    " г года році рік року р время мск в во από την τις στις τελευταία η tarihi tarih son gada t eko"
    " för for one an ein eine einem einer eines una uma uno un une een ett egy en pada yang wib wita tahun năm ngày"
    " في الساعة dé ar dydd mí na",
}  # fmt: skip
"""Code letter -> words as they are written. A word under two letters belongs to the first."""

ZONE_BASE = 0xE000
ZONE_NAMES = tuple(LETTERS)
"""The abbreviation at position n is coded as the private character ZONE_BASE + n."""
_ZONE_CHARS = {name: chr(ZONE_BASE + n) for n, name in enumerate(ZONE_NAMES)} | {"Z": chr(ZONE_BASE)}

PHRASES: dict[str, str] = {
    "il y a": "ilya",
    "just now": "justnow",
    "right now": "justnow",
    "moments ago": "justnow",
    "gerade eben": "justnow",
    "a l'instant": "justnow",
    "aujourd'hui": "aujourdhui",
    "i dag": "idag",
    "i gar": "igar",
    "hari ini": "hariini",
    "yn ol": "ynol",
    "o shin": "oshin",
    "mean fomhair": "meanfomhair",
    "deireadh fomhair": "deireadhfomhair",
    "كانون الثاني": "كانونالثاني",
    "كانون الاول": "كانونالاول",
    "تشرين الاول": "تشرينالاول",
    "تشرين الثاني": "تشرينالثاني",
    "ساعتين": "2 ساعة",
    "دقيقتين": "2 دقيقة",
    "يومين": "2 يوم",
    "12 noon": "12:00",
    "noon": "12:00",
    "midday": "12:00",
    "12 midnight": "00:00",
    "midnight": "00:00",
    **{
        f"{name}{season} time": chr(ZONE_BASE + ZONE_NAMES.index(letters))
        for name, letters in {"eastern": "ET", "central": "CT", "mountain": "MT", "pacific": "PT"}.items()
        for season in ("", " standard", " daylight")
    },
}
"""Words that belong together, folded, and what they are read as."""

_LOOKALIKES = str.maketrans("ıłøđðى’‘ʼ´`−‐‑‒", "iloddي'''''----", "ـ") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u093c\u3099\u309a]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\ufeff\ue000-\uf8ff]")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"


def normalise(text: str) -> str:
    """Compatibility forms resolved, figures of every script as 0-9, nothing invisible, each run of blanks as one."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Lower case without accents: what every look-up compares."""
    text = text.casefold()
    if not text.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text.translate(_LOOKALIKES)))
        text = unicodedata.normalize("NFC", bare)
    return text


def _table() -> dict[str, str]:
    table = {letters: _ZONE_CHARS[letters.upper()] for letters in UNMISTAKABLE}
    for months in MONTHS.values():
        for letter, forms in zip("abcdefghijkl", months.split(","), strict=True):
            for form in forms.split():
                table.setdefault(fold(form), letter)
    for letter, words in WORDS.items():
        for word in words.split():
            table.setdefault(fold(word), letter)
    for names in WEEKDAYS.values():
        for name in names.split():
            table.setdefault(fold(name), " ")
    return table


_TABLE = _table()
_TABLE_CROATIAN = _TABLE | {"listopad": "j", "listopada": "j"}
_EAST_ASIAN = sorted((w for w in _TABLE if re.search(f"[{_IDEOGRAPHS}]", w)), key=len, reverse=True)
_WORD = re.compile(
    rf"(?:(?![{_IDEOGRAPHS}])[^\W\d_]|[\u0900-\u0963])+|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?"
    rf"|\([月火水木金土日]\)|{'|'.join(_EAST_ASIAN)}|[{_IDEOGRAPHS}々]"
)
_CAPITALS = re.compile(r"\b(?!AWST \d)[A-Z]{2,5}\b|(?<=\d)[Zz]\b")  # "9 AWST 2024" is Welsh
_HALF_DAY = re.compile(r"(?<=[\d ])([apπμ]) ?\. ?[mμ]\b\.?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ere|eme|ste|ko|de|e|o|a|°|ain|fed|eg|ydd|mh|го)(?!\w)")
_ENGLISH_MONTHS = [forms.split()[0] for forms in MONTHS["en"].split(",")]
_VIETNAMESE_MONTH = re.compile(r"\bthang (1[0-2]|0?[1-9])\b")
_REIWA = re.compile(r"令和(\d{1,2})年")
"""Japan's era that began in 2019."""
_PHRASE = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})(?!\w)")
_GLUED = re.compile(
    "(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])"  # PublishedMar 7
    "|(?<=[A-Z][A-Z])(?=[A-Z][a-z])"  # 08:08 GMTUpdated
    r"|(?<=[^\d]20\d\d)(?=\d{1,2}:\d\d)"  # Mar 7, 20258:30
    r"|(?<=:\d\d)(?=20\d\d-\d\d)"  # 08:302025-03-07
)
_UNKNOWN, _BLANKS = re.compile("xx+"), re.compile("  +")
_TWO_NAMES = re.compile("([a-l]) ?/ ?\\1")


def code(text: str, zone_name: str) -> str:
    """The coded form of normalised text; the zone only tells which country's "listopad" it is."""
    table = _TABLE_CROATIAN if zone_name in CROATIAN_ZONES else _TABLE
    text = fold(_CAPITALS.sub(_mark_zone, _GLUED.sub(" ", text)))
    text = _HALF_DAY.sub(lambda match: "am " if match[1] in "aπ" else "pm ", text)
    if "令和" in text:
        text = _REIWA.sub(lambda match: f"{2018 + int(match[1])}年", text)
    if "thang" in text:
        text = _VIETNAMESE_MONTH.sub(lambda match: _ENGLISH_MONTHS[int(match[1]) - 1], text)
    text = _PHRASE.sub(lambda match: PHRASES[match[0]], _ORDINAL.sub("", text))
    text = _WORD.sub(lambda match: table.get(match[0]) or _unlisted(match[0]), text)
    text = _TWO_NAMES.sub(r"\1", text)
    return _UNKNOWN.sub("x", _BLANKS.sub(" ", text)).strip()


def _mark_zone(match: re.Match[str]) -> str:
    """A zone abbreviation in capitals as its private character; "est", "ist" or "et" in small letters are prose."""
    return _ZONE_CHARS.get(match[0].upper(), match[0])


def _unlisted(word: str) -> str:
    """A weekday in Han characters says nothing; any other unlisted word is unknown."""
    return " " if word[0] in "星周週(" or "曜" in word else "x"


def zone_letters(char: str | None) -> str | None:
    """The abbreviation a private character stands for."""
    return ZONE_NAMES[ord(char) - ZONE_BASE] if char else None
