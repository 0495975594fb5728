"""Lines that a page prints among an article's paragraphs and that are no part of it: recorded rules, as data.

A rule matches one whole paragraph. Each carries an example that a test runs; a rule without one is not accepted.
Patterns are anchored, case-insensitive, and only ever see paragraphs of at most `MAX_LENGTH` characters: furniture is short,
and a long paragraph is never thrown away by a pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of furniture."""

    name: str
    pattern: str
    """Matched with `fullmatch` on a squashed paragraph."""
    example: str
    language: str = "en"


RULES: tuple[Rule, ...] = (
    Rule(
        "comments-closed",
        r"(?:sorry,? )?(?:we are not accepting comments|comments (?:are|have been) (?:closed|disabled|turned off))"
        r"(?: on| for)?(?: this (?:article|story|post))?\.?",
        "Sorry, we are not accepting comments on this article.",
    ),
    Rule(
        "shots",
        r"(?:watch more of our videos on|visit|.{0,80} on) shots!?(?:tv\.com)?(?: now| and (?:live )?on freeview.{0,80})?\.?",
        "Watch more of our videos on Shots! and live on Freeview channel 276",
    ),
    Rule(
        "shots-tv",
        r".{0,120}\bon shotstv\.com\b.{0,80}",
        "Catch our programmes on ShotsTV.com and on Freeview 262 or Freely 565",
    ),
    Rule("ad-label", r"(?:advertisement|advertising|sponsored content|ad)(?: ?hide ad)?|hide ad", "Advertisement Hide Ad"),
    Rule("ad-label", r"anzeige|werbung", "Anzeige", "de"),
    Rule("ad-label", r"publicité|publicidad|pubblicità|publicidade|advertentie|reklama|reklam", "Publicité", "fr"),
    Rule(
        "ad-label",
        r"annons|annonse|annonce|реклама|広告|إعلان|广告|광고|διαφήμιση|mainos|hirdetés|publicitate|quảng cáo",
        "Annons",
        "sv",
    ),
    Rule(
        "ad-skip",
        r"(?:article|story) continues (?:below|after) (?:the )?(?:ad|advertisement|sponsor.{0,20})\.?",
        "Story continues below advertisement",
    ),
    Rule(
        "read-more",
        r"(?:read (?:more|next|also|this)|more (?:on this|from|like this)"
        r"|related(?: (?:articles?|stor(?:y|ies)|topics?|content|news))?"
        r"|see also|don't miss|in case you missed it|recommended(?: reading)?)\s*[:>»-]?",
        "READ MORE:",
    ),
    Rule(
        "read-more",
        r"(?:lesen sie (?:auch|mehr|dazu)|mehr zum thema|(?:das )?könnte sie auch interessieren)\s*[:>»-]?",
        "Lesen Sie auch:",
        "de",
    ),
    Rule(
        "read-more",
        r"(?:lire aussi|à lire aussi|lea también|leia também|leggi anche|lees ook|czytaj także|czytaj też)\s*[:>»-]?",
        "À lire aussi :",
        "fr",
    ),
    Rule(
        "related",
        r"(?:noticias|notas|artículos|contenidos?|temas) relacionad[oa]s?|(?:notícias|matérias|artigos) relacionad[oa]s"
        r"|articles (?:liés|similaires|connexes)|sur le même sujet|articoli correlati|notizie correlate"
        r"|verwandte (?:artikel|themen)|ähnliche artikel|gerelateerd(?:e artikelen| nieuws)?|relaterade artiklar"
        r"|läs (?:också|även)|les også|læs også|lue myös|powiązane artykuły|související články|[iİ]̇?lgili (?:haberler|konular)"
        r"|(?:читайте также|похожие новости|по теме)\s*[:>»-]?|関連記事|相关(?:新闻|文章|阅读)|관련 ?기사"
        r"|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة",
        "Noticias relacionadas",
        "es",
    ),
    Rule(
        "read-more-link",
        r"read (?:more|next|also)\s*[:>»|-]\s*\S.{0,200}",
        "READ MORE: Ten things to do in town this weekend",
    ),
    Rule(
        "related-link",
        r"(?:lesen sie (?:auch|mehr|dazu)|(?:à )?lire aussi|lea también|leia (?:também|mais)|leggi anche|lees ook"
        r"|czytaj (?:także|też)|noticias relacionadas|läs också|les også|læs også|читайте также|ilgili haber(?:ler)?)"
        r"\s*[:>»|]\s*\S.{0,200}",
        "Lea también: Diez planes para este fin de semana en la ciudad",
        "es",
    ),
    Rule(
        "newsletter",
        r"(?:sign up (?:to|for|here)|subscribe to|get|join) (?:our|the|all the)\b.{0,160}"
        r"\b(?:newsletters?|inbox|alerts?|emails?|whatsapp.{0,40}|updates?)\b.{0,60}",
        "Sign up to our free daily newsletter to get the latest news straight to your inbox",
    ),
    Rule(
        "newsletter-thanks",
        r"sign up thank you for signing up!?|thank you for (?:signing up|subscribing)!?|submitting\.{0,3}",
        "Thank you for signing up!",
    ),
    Rule(
        "share",
        r"(?:share (?:this|on)(?: \w+){0,4}|share|bookmark|copy link|link copied|print|e-?mail)(?: ?(?:article|story|page))?",
        "Share this article",
    ),
    Rule(
        "follow",
        r"follow (?:us|\S+(?: \S+){0,4}) on (?:facebook|twitter|x|instagram|whatsapp|google news|tiktok|bluesky)\b.{0,100}",
        "Follow us on Facebook for all the latest",
    ),
    Rule(
        "counter",
        r"\d[\d,.]{0,6} ?(?:comments?|shares?|views?|likes?|reads?|kommentare?|commentaires?|comentarios?)",
        "12 comments",
    ),
    Rule(
        "counter",
        r"\d[\d,.]{0,6} ?(?:comentários?|commenti|commento|komentarzy|komentarze|komentarz|komentář[eů]?|kommentarer|reacties?"
        r"|комментари(?:ев|я|й)|yorum|σχόλια|hozzászólás|件のコメント|条评论|تعليقا?)",
        "12 comentários",
        "pt",
    ),
    Rule(
        "counter",
        r"\d[\d,.]{0,6} ?(?:mal geteilt|aufrufe|partages?|veces compartido|compartidos?|condivisioni|compartilhamentos?"
        r"|partilhas?|visualizações|visualizzazioni|udostępni(?:eń|enia|enie)|wyświetleń|keer gedeeld|delningar|delinger"
        r"|просмотр(?:ов|а)?|paylaşım|シェア|مشاركة)",
        "12 partages",
        "fr",
    ),
    Rule(
        "counter",
        r"(?:comments?|kommentare?|kommentarer|commentaires?|comentarios?|comentários?|commenti|komentarze|reacties|комментарии"
        r"|yorumlar|コメント|shares?|partages|поделились)(?: ?: ?|\s?\(?\s?)\d[\d,.]{0,6}\s?(?:\)|件)?",
        "Kommentare (12)",
        "de",
    ),
    Rule(
        "meter",
        r"you(?:'ve|’ve| have)(?: read| used)? (?:\d{1,3}|one|two|three|four|five|no)(?: more| of your| of)?(?: \w{1,8}){0,2} "
        r"(?:free (?:articles?|stories|story)(?: (?:left|remaining))?|(?:articles?|stories|story) (?:left|remaining))"
        r"(?: (?:this|for this|for the) (?:week|month))?\.?",
        "You have 3 free articles left this month.",
    ),
    Rule(
        "meter",
        r"(?:sie können|du kannst)(?: (?:heute|diese woche|diesen monat))? noch \d{1,3} (?:artikel|texte|beiträge)"
        r" (?:kostenlos|gratis|kostenfrei) lesen\.?|noch \d{1,3} (?:kostenlose|freie) artikel(?: diesen monat)?\.?",
        "Sie können diesen Monat noch 3 Artikel kostenlos lesen.",
        "de",
    ),
    Rule(
        "meter",
        r"(?:il vous reste|te quedan|le quedan|ti restano|ti rimangono|você (?:ainda )?tem|restam-lhe|je hebt nog|du har)"
        r" (?:encore |ainda )?\d{1,3} (?:(?:articles?|art[ií]culos?|articoli|artigos|matérias) (?:gratuits?|offerts?|gratis"
        r"|gratuitos?|gratuiti|grátis)|(?:gratis|fria) (?:artikelen|artiklar)(?: kvar)?)(?: [\w’'-]{1,8}){0,4}\.?",
        "Il vous reste 3 articles gratuits ce mois-ci.",
        "fr",
    ),
    Rule(
        "meter",
        r"je kunt (?:deze maand )?nog \d{1,3} artikelen gratis lezen\.?|pozostało ci \d{1,3} (?:bezpłatnych|darmowych)"
        r" artykułów(?: w tym miesiącu)?\.?|(?:в этом месяце )?вам осталось \d{1,3} бесплатных стат(?:ей|ьи)\.?"
        r"|bu ay \d{1,3} ücretsiz (?:haberiniz|makaleniz) kaldı\.?|今月は?(?:あと|残り)\d{1,3}本.{0,20}"
        r"|بقي لك \d{1,3} مقالات مجانية.{0,20}",
        "Je kunt deze maand nog 3 artikelen gratis lezen.",
        "nl",
    ),
    Rule(
        "reading-time",
        r"-? ?\d{1,3} ?-?(?:min(?:ute)?s?|minuten|minutes)\.? (?:read|lesezeit|de lecture|de lectura)",
        "3 min read",
    ),
    Rule(
        "settings",
        r"notification settings|cookie settings|privacy settings|comment guidelines.{0,260}",
        "Notification Settings",
    ),
    Rule(
        "cookies",
        r"(?:to (?:view|see) this content|this (?:content|video) (?:is|isn't)).{0,160}\bcookies?\b.{0,80}",
        "To view this content you need to accept cookies",
    ),
    Rule(
        "video-player",
        r"(?:video|audio) (?:player )?(?:loading|unavailable)\.{0,3}|loading\.{0,3}|play video"
        r"|your browser does not support.{0,80}",
        "Video loading...",
    ),
    Rule("premium", r"plus|premium|subscriber only|subscribers? only", "Plus"),
    Rule("since", r"news you can trust since \d{4}", "News you can trust since 1877"),
)


@cache
def _compiled() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule.pattern})" for rule in RULES), re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Whether a squashed paragraph is furniture by a recorded rule."""
    return len(line) <= MAX_LENGTH and _compiled().fullmatch(line) is not None
