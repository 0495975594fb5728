"""What a page prints of itself: labels over advertising and other articles, counters, notices of its player."""

from __future__ import annotations

from pipelines.furniture.rule import Rule

LABELS: tuple[Rule, ...] = (
    Rule(
        "clock",
        r"(?:(?:опубликовано|обновлено|последнее обновление|آخر تحديث|محدث|نشر|最終更新|更新|公開)\s?[:：]?\s?)?"
        r"(?:منذ \d{1,3} \w{2,8}|\d{1,3} \w{2,8} назад|\d{1,3}(?:分|時間|日)前(?:に(?:公開|更新))?)",
        "Последнее обновление: 5 минут назад",
        "ru",
    ),
    Rule(
        "shots",
        r"(?:watch more of our videos on|visit|.{0,80} on) shots!?(?:tv\.com)?(?: now"
        r"| and (?:live )?on freeview.{0,80})?\.?",
        "Watch more of our videos on Shots! and live on Freeview channel 276",
        hints=("shots",),
    ),
    Rule(
        "shots-tv",
        r".{0,120}\bon shotstv\.com\b.{0,80}",
        "Catch our programmes on ShotsTV.com and on Freeview 262 or Freely 565",
        hints=("shots",),
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
        r"|läs (?:också|även)|les også|læs også|lue myös|powiązane artykuły|související články"
        r"|[iİ]̇?lgili (?:haberler|konular)"
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
        "counter",
        r"\d[\d,.]{0,6} ?(?:comments?|shares?|views?|likes?|reads?|kommentare?|commentaires?|comentarios?)",
        "12 comments",
    ),
    Rule(
        "counter",
        r"\d[\d,.]{0,6} ?(?:comentários?|commenti|commento|komentarzy|komentarze|komentarz|komentář[eů]?|kommentarer"
        r"|reacties?"
        r"|комментари(?:ев|я|й)|yorum|σχόλια|hozzászólás|件のコメント|条评论|تعليقا?)",
        "12 comentários",
        "pt",
    ),
    Rule(
        "counter",
        r"\d[\d,.]{0,6} ?(?:mal geteilt|aufrufe|partages?|veces compartido|compartidos?|condivisioni|compartilhamentos?"
        r"|partilhas?|visualizações|visualizzazioni|udostępni(?:eń|enia|enie)|wyświetleń|keer gedeeld|delningar"
        r"|delinger"
        r"|просмотр(?:ов|а)?|paylaşım|シェア|مشاركة)",
        "12 partages",
        "fr",
    ),
    Rule(
        "counter",
        r"(?:comments?|kommentare?|kommentarer|commentaires?|comentarios?|comentários?|commenti|komentarze|reacties"
        r"|комментарии"
        r"|yorumlar|コメント|shares?|partages|поделились)(?: ?: ?|\s?\(?\s?)\d[\d,.]{0,6}\s?(?:\)|件)?",
        "Kommentare (12)",
        "de",
    ),
    Rule(
        "reading-time",
        r"-? ?\d{1,3} ?-?(?:min(?:ute)?s?|minuten|minutes)\.? (?:read|lesezeit|de lecture|de lectura)",
        "3 min read",
    ),
    Rule(
        "video-player",
        r"(?:video|audio) (?:player )?(?:loading|unavailable)\.{0,3}|loading\.{0,3}|play video"
        r"|your browser does not support.{0,80}",
        "Video loading...",
    ),
    Rule(
        "continues",
        r"(?:the )?(?:article|story|text) continues (?:below|after)(?: (?:the|this) \w+)?\.?|scroll down for (?:more"
        r"|the |a )?.{0,60}",
        "Story continues below",
    ),
    Rule(
        "continues",
        r"(?:(?:der |dieser )?(?:artikel|text|beitrag) (?:wird|geht) )?(?:weiter )?(?:nach|unter|unterhalb) (?:der"
        r"|dieser) (?:anzeige|werbung)"
        r"(?: (?:fortgesetzt|weiter|weiterlesen))?\.?|weiter(?:lesen)? (?:nach|unter) der (?:anzeige|werbung)\.?",
        "Artikel wird nach der Anzeige fortgesetzt",
        "de",
    ),
    Rule(
        "continues",
        r"(?:(?:la noticia|el artículo|la nota|el texto) )?(?:continúa|sigue)(?: leyendo)? (?:debajo|después|tras"
        r"|abajo).{0,40}"
        r"|(?:la suite|l.article continue) après (?:la|cette) (?:publicité|pub)"
        r"|(?:l.articolo )?continua(?: a leggere)? (?:dopo|sotto) la"
        r" pubblicità|(?:a matéria |o artigo )?continua (?:após|depois d?a|a seguir à) (?:a )?publicidade\.?",
        "La noticia continúa después de la publicidad",
        "es",
    ),
    Rule(
        "continues",
        r"(?:dalszy ciąg|dalsza część|ciąg dalszy)(?: \w+)? (?:pod|poniżej) .{3,40}|(?:het |de )?(?:artikel"
        r"|tekst) (?:gaat (?:verder|door)|loopt door)"
        r" (?:onder|na) (?:de|het|deze) \w+\.?|(?:artikeln|texten|artiklen|teksten|artikkelen|saken) (?:fortsätter"
        r"|fortsætter|fortsetter)"
        r" (?:efter|under|etter|nedanför|nedenfor) \w+\.?",
        "Artikel gaat verder onder de advertentie",
        "nl",
    ),
    Rule(
        "continues",
        r"продолжение (?:после|под|ниже)(?: \w+)?\.?|(?:haberin|yazının) devamı.{0,40}|(?:この)?記事は(?:この)?広告の(?:下|後"
        r"|あと)に続きます。?"
        r"|يستمر المقال بعد الإعلان|تابع القراءة بعد الإعلان",
        "Продолжение после рекламы",
        "ru",
    ),
    Rule(
        "related-link",
        r"(?:lee también|te puede interesar|no te pierdas|à lire également|à ne pas manquer|potrebbe interessarti|da non perdere"
        r"|veja também|não perca|zobacz (?:też|także|również)|przeczytaj (?:też|także|również)|polecamy|lees meer|läs mer"
        r"|lue myös|читать далее|смотрите также|ayrıca okuyun|ilginizi çekebilir"
        r"|あわせて読みたい|関連記事|次に読む|こちらもおすすめ"
        r"|mehr (?:dazu|zum thema)|auch interessant|don['’]t miss|related(?: stories)?|most read)\s?[:：|]\s*\S.{0,200}",
        "Te puede interesar: Diez planes para este fin de semana en la ciudad",
        "es",
    ),
    Rule(
        "readers",
        r"\d[\d,.]{0,6} (?:people|readers|others|visitors) (?:are |have )?(?:now |currently )?(?:reading|viewing"
        r"|watching|read)"
        r"(?: (?:this|here|now|right|story|article|page)){0,5}\.?",
        "312 people are reading this story right now",
    ),
    Rule(
        "readers",
        r"\d[\d,.]{0,6} (?:menschen|leser|nutzer|personen) (?:lesen|sehen) (?:gerade |jetzt )?(?:diesen|diese"
        r"|dieses) \w{4,10}(?: gerade)?\.?"
        r"|\d[\d,.]{0,6} personas están (?:leyendo|viendo) est[ae] \w{4,10}|\d[\d,.]{0,6} (?:personnes"
        r"|lecteurs) lisent cet article.{0,20}"
        r"|\d[\d,.]{0,6} persone stanno leggendo.{0,30}|\d[\d,.]{0,6} pessoas (?:estão lendo|estão a ler).{0,30}"
        r"|\d[\d,.]{0,6} osób czyta.{0,30}|\d[\d,.]{0,6} mensen lezen (?:nu )?dit.{0,20}"
        r"|\d[\d,.]{0,6} (?:personer )?läser den här.{0,30}"
        r"|\d[\d,.]{0,6} человек (?:сейчас )?читают эту.{0,20}|\d[\d,.]{0,6} kişi (?:şu anda )?bu .{0,20}okuyor"
        r"|(?:現在)?\d[\d,.]{0,6}人がこの記事を.{0,10}"
        r"|\d[\d,.]{0,6} شخصا? يقرأون هذا.{0,20}",
        "25 Menschen lesen gerade diesen Artikel",
        "de",
    ),
    Rule(
        "most-read",
        r"(?:most|top) (?:read|viewed|popular|shared|stories)(?: .{0,20})?|trending(?: now)?|latest (?:news|stories"
        r"|headlines)|editors?['’]s? picks?"
        r"|meistgelesen(?:e artikel)?|(?:am )?meisten gelesen|lo más (?:leído|visto)|(?:las )?más leídas"
        r"|(?:les )?plus lus|les articles les plus lus"
        r"|(?:i )?più letti|mais lidas|najczęściej czytane|meest gelezen|mest l(?:äst|est|æst)a?|самое читаемое"
        r"|en çok okunanlar"
        r"|アクセスランキング|よく読まれている記事|最多人閱讀|الأكثر قراءة",
        "Most read",
    ),
    Rule(
        "read-more",
        r"(?:watch|don['’]t miss(?: this)?|must read|videos?|vídeos?|vidéos?|wideo|видео|動画|فيديو|you (?:may"
        r"|might) (?:also )?like|mehr (?:dazu|aus \w{3,20})"
        r"|auch interessant|te puede interesar|lee también|más información|no te pierdas|à ne pas manquer"
        r"|à lire également|sur le même thème"
        r"|notre dossier|potrebbe interessarti.{0,10}|approfondisci|approfondimenti|da non perdere|veja (?:também"
        r"|mais)|leia mais|não perca"
        r"|zobacz (?:też|także|również)|przeczytaj (?:też|także|również)|polecamy|mer från \w{3,20}|lees meer"
        r"|meer over dit onderwerp|mis niet|läs mer|missa inte"
        r"|читать далее|смотрите также|не пропустите|ayrıca okuyun|ilginizi çekebilir|devamını oku|kaçırmayın"
        r"|次に読む|こちらもおすすめ|قد يهمك أيضا|لا يفوتك|المزيد)\s*[:>»-]?",
        "Don't miss",
    ),
    Rule("since", r"news you can trust since \d{4}", "News you can trust since 1877"),
)
