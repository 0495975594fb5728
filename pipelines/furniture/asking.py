"""What a page asks of its reader: to sign up, follow, pay, comment, accept."""

from __future__ import annotations

from pipelines.furniture.rule import CHANNEL, NO_QUOTE, REST, Rule

ASKING: tuple[Rule, ...] = (
    Rule(
        "comments-closed",
        r"(?:die )?kommentarfunktion (?:ist|wurde|zu|für)\b.{0,80}|(?:los )?comentarios (?:están )?cerrados\.?"
        r"|(?:les )?commentaires (?:sont )?(?:fermés|clos|désactivés)\.?|(?:i )?commenti (?:sono )?chiusi\.?"
        r"|(?:de )?reacties zijn gesloten\.?|os comentários (?:estão )?(?:encerrados|fechados)\.?",
        "Die Kommentarfunktion ist geschlossen.",
        "de",
    ),
    Rule(
        "follow",
        r"(?:síguenos|seguinos|seguici|siga-nos|suivez-nous|retrouvez-nous|folgen sie uns|folge uns|volg ons|följ oss"
        r"|følg oss?"
        r"|obserwuj nas|śledź nas|следите за нами|читайте нас) (?:en|su|no|na|nas|nos|sur|auf|bei|op|på|w|в"
        r"|во)\b" + CHANNEL + REST + r"|(?:تابعونا|تابعنا) على .{3,80}",
        "Síguenos en Facebook e Instagram.",
        "es",
    ),
    Rule(
        "comments-closed",
        r"(?:sorry,? )?(?:we are not accepting comments|comments (?:are|have been) (?:closed|disabled|turned off))"
        r"(?: on| for)?(?: this (?:article|story|post))?\.?",
        "Sorry, we are not accepting comments on this article.",
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
        r"(?:share (?:this|on)(?: \w+){0,4}|share|bookmark|copy link|link copied|print|e-?mail)(?: ?(?:article|story"
        r"|page))?",
        "Share this article",
    ),
    Rule(
        "follow",
        r"follow (?:us|\S+(?: \S+){0,4}) on (?:facebook|twitter|x|instagram|whatsapp|google news|tiktok"
        r"|bluesky)\b.{0,100}",
        "Follow us on Facebook for all the latest",
    ),
    Rule(
        "meter",
        r"you(?:'ve|’ve| have)(?: read| used)? (?:\d{1,3}|one|two|three|four|five|no)(?: more| of your"
        r"| of)?(?: \w{1,8}){0,2} "
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
        r"(?:il vous reste|te quedan|le quedan|ti restano|ti rimangono|você (?:ainda )?tem|restam-lhe|je hebt nog"
        r"|du har)"
        r" (?:encore |ainda )?\d{1,3} (?:(?:articles?|art[ií]culos?|articoli|artigos|matérias) (?:gratuits?|offerts?"
        r"|gratis"
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
        "plug",
        r"(?=(?:(?:click|tap) here to |to )?(?:join (?:our|us|the|over|thousands|millions)|sign up|subscribe|(?:download|install)"
        r" (?:our|the)|get (?:our|the (?:latest|best|top|day)|all (?:the|our)|breaking|daily|a (?:daily|weekly|free)|free)"
        r"|follow (?:us|our)|like us|support (?:our|us|local|independent|quality)|receive (?:our|the|breaking|daily)"
        r"|register (?:for|with|to)|become an?|listen to|keep up|stay (?:up|informed|connected|in touch|ahead)|help us)\b)"
        r"(?=.*\b(?:our|us)\b)" + CHANNEL + REST,
        "Join our WhatsApp community and have the day's stories sent to your phone",
    ),
    Rule(
        "plug",
        r"(?:jetzt |hier )?(?:(?:folgen|abonnieren|laden|unterstützen|melden|erhalten|holen|werden|besuchen|testen|lesen) sie"
        r"|folgt?e?|abonniere?|lade?|unterstützt?e?|melde|hol dir|werde|besuche?|teste?)\b"
        r"(?=.*\b(?:uns|unser(?:e[mnrs]?)?)\b)"
        + CHANNEL
        + REST
        + r"|(?:jetzt |hier )unser(?:e[mnrs]?)?\b"
        + CHANNEL
        + NO_QUOTE
        + r"{0,200}\babonnieren\b.{0,60}",
        "Folgen Sie uns auf WhatsApp und lesen Sie das Wichtigste zuerst",
        "de",
    ),
    Rule(
        "plug",
        r"(?:únete|unite|suscr[ií]bete|suscribite|descarga|recibe|apoya|síguenos|seguinos|entra|regístrate|hazte)\b"
        r"(?=.*(?:\bnuestr[oa]s?\b|\bnos\b|nos en\b))" + CHANNEL + REST,
        "Únete a nuestro canal de WhatsApp y entérate antes que nadie",
        "es",
    ),
    Rule(
        "plug",
        r"(?:rejoignez|rejoins|téléchargez|abonnez-vous|inscrivez-vous|soutenez|suivez|recevez"
        r"|retrouvez)(?=.*\b(?:notre|nos|nous)\b)" + CHANNEL + REST,
        "Abonnez-vous à notre newsletter du matin",
        "fr",
    ),
    Rule(
        "plug",
        r"(?:iscriviti|scarica|sostieni|seguici|unisciti|ricevi|entra|abbonati)\b(?=.*(?:\bnostr[oaie]\b|\bseguici\b))"
        + CHANNEL
        + REST
        + r"|(?:inscreva-se|baixe|assine|apoie|siga|entre|receba|participe|clique|acompanhe|subscreva)\b"
        r"(?=.*\b(?:noss[oa]s?|nos)\b)" + CHANNEL + REST,
        "Iscriviti alla nostra newsletter del mattino",
        "it",
    ),
    Rule(
        "plug",
        r"(?:word|download|steun|schrijf|volg|meld|abonneer|ontvang|installeer)\b(?=.*\b(?:ons|onze)\b)"
        + CHANNEL
        + REST
        + r"|(?:gå med|ladda (?:ner|ned)|hent|last ned|stöd|støt|støtt|prenumerera|abonner|tilmeld|följ|følg|få|meld)\b"
        r"(?=.*\b(?:oss|os|vår[at]?|våre|vores)\b)" + CHANNEL + REST,
        "Volg ons ook op WhatsApp",
        "nl",
    ),
    Rule(
        "plug",
        r"(?:dołącz|pobierz|wesprzyj|zapisz|obserwuj|śledź|subskrybuj|polub)\w{0,3}\b(?=.*\b(?:nas\b|nasz))"
        + CHANNEL
        + REST
        + r"|(?:подпи(?:сывайтесь|шитесь)|скачайте|поддержите|следите|читайте|присоединяйтесь"
        r"|установите)(?=.*\b(?:нас\b|наш|нам))" + CHANNEL + REST,
        "Dołącz do naszego kanału na WhatsAppie",
        "pl",
    ),
    Rule(
        "plug",
        r"(?=.*(?:uygulamamız|kanalımız|bültenimiz|sayfamız|gazeteciliğimiz|\bbizi\b))(?=.*(?:indir|katıl|abone|takip"
        r"|destek))" + REST,
        "Kanalımıza katılın, haberler cebinize gelsin.",
        "tr",
        ("mız", "miz", "bizi"),
    ),
    Rule(
        "plug",
        r"(?:(?:無料|公式)アプリ|(?:公式)?LINE(?:で|の)|メールマガジン|メルマガ|ニュースレター|(?:Facebook|Twitter|X|Instagram)で|月額[\d,]{1,7}円)"
        r"[^「」『』]{0,40}(?:登録|ダウンロード|フォロー|友だち|支援)[^「」『』]{0,40}",
        "無料アプリをダウンロードして最新ニュースをチェック。",
        "ja",
    ),
    Rule(
        "plug",
        r"(?:اشترك|انضم|تابعونا|تابعنا|تابع|حم[ّ]?ل|ادعم)[وا]{0,2}\b(?=.*(?:قناتنا|تطبيقنا|نشرتنا|صفحتنا|صحافتنا"
        r"|تابعونا|تابعنا))" + REST,
        "انضم إلى قناتنا على واتساب",
        "ar",
    ),
    Rule(
        "inbox",
        r"(?=.*(?:news|headline|stories|nachricht|noticia|titular|titres|actualité|notizi|titoli|manchete|notícia|tytuł|wiadomo|koppen"
        r"|nieuws|rubriker|nyhete|новост|haber|başlık|ニュース|عناوين|أخبار))"
        r"[^\"“”„«»]{0,160}(?:(?:in|into|to|i) (?:your|ihr(?:em)?"
        r"|dein(?:em)?|je|uw|din) (?:e-?mail[- ]?)?(?:inbox|mailbox|postfach|posteingang|inkorg|innboks|indbakke)"
        r"|(?:en|a) (?:tu|su) (?:correo|e-?mail|bandeja)|dans votre boîte|nella tua (?:casella|mail|e-mail)|no seu e-?mail"
        r"|w (?:twojej|swojej) skrzynce|на вашу почту|e-posta kutunuzda|メールでお届けします|في بريدك|إلى بريدك).{0,80}",
        "Die wichtigsten Nachrichten jeden Morgen in Ihrem Postfach",
        "de",
        (
            "box",
            "postfach",
            "posteingang",
            "inkorg",
            "innboks",
            "indbakke",
            "correo",
            "mail",
            "bandeja",
            "boîte",
            "casella",
            "skrzynce",
            "на вашу почту",
            "e-posta",
            "メール",
            "بريدك",
        ),
    ),
    Rule(
        "donate",
        r"(?:apoya|soutenez|sostieni|apoie|steun|wesprzyj|поддержите|ادعم|stöd|unterstützen sie)\b.{0,80}"
        r"(?:periodismo|journalism|giornalismo|jornalismo|journalis|dziennikarstwo|журналистику|صحافتنا).{0,120}",
        "Apoya nuestro periodismo desde cinco euros al mes.",
        "es",
    ),
    Rule(
        "tip-off",
        r"(?:have you got|do you have|got|have you) (?:an? |any |some )?(?:story|stories|news|tip|tips"
        r"|information)\b[^?\"“”]{0,80}"
        r"\b(?:us|share)\b[^?\"“”]{0,40}\?.{0,160}",
        "Have you got a story for us? Write to the newsdesk.",
    ),
    Rule(
        "tip-off",
        r"(?:haben sie|hast du) (?:einen?|noch) (?:hinweise?|tipps?|fehler|themen?|geschichte)\b[^?]{0,80}\?.{0,160}",
        "Haben Sie einen Hinweis für uns? Schreiben Sie der Redaktion.",
        "de",
    ),
    Rule(
        "affiliate",
        r"(?:this (?:article|story|page|post) (?:contains|may contain|includes)|we (?:may|might|can)? ?(?:earn"
        r"|receive|get)|when you (?:buy|"
        r"purchase)|if you (?:buy|purchase)).{0,120}\b(?:affiliate|commission)\b.{0,160}",
        "This article contains affiliate links; we may earn a commission on what you buy.",
    ),
    Rule("premium", r"plus|premium|subscriber only|subscribers? only", "Plus"),
)
