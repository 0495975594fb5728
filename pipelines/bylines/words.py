"""The words that stand around names in bylines: "by" in many languages, labels, kinds of writing, the word for "and".

Data only, all case-folded.
"""

from __future__ import annotations

from pipelines.vocabulary.lexicon import word_set

BY_ANYWHERE = word_set("by berichtet")
"""These open a byline wherever it stands in a line, what came before was a label or a breadcrumb."""

BY_FIRST = word_set(
    " by von vom par por de di da dal dalla dai do door van av af af: fra från from od przez от από του της ο η מאת بقلم"
    " oleh przygotował przygotowała oprac opracował opracowała opr vonseiten napisał napisała autorka napsal napsala írta"
    " kirjoittaja yazan γράφει scris ditulis skrifar tekstas bởi viết via"
)
"""These open a byline only at the start of a line or after a label: elsewhere they are part of names or sentences."""

BY_ALSO_NAMES = word_set("von van di da de do del via by della av")
"""Openers that begin names as well; they are taken off only where a full name or an agency is left."""

WRITER_LABELS = word_set(
    """
    text texte texts textes texto textos testo testi tekst tekster words word story stories report reports reporting reported
    written writing writes writer's article articles author authors autor autores autorin autoren auteur auteurs autora autore
    autrice autori forfatter författare skribenten published posted publicado publicada publié publiée veröffentlicht erstellt
    geschrieben verfasst created compiled additional extra exclusive special bericht protokoll interview interviews
    interviewed as told to artikel beitrag ein eine einen der die das propos recueillis recueilli a cura un una articolo
    scritto escrito escrita redigé rédigé reportage reportaje reportagem guest feature opracowanie źródło autorzy автор авторы
    текст автори كتب كتبت تقرير إعداد أعده σύνταξη κείμενο ρεπορτάζ teks penulis haber über about meet kirjoittanut
    kirjoittaja teksti skrevet skriven skrevs skriver geschreven bylines byline contributed contribution contributor
    contributors information informations from our by news full original bearbeitet material mit mehr more tekstas parašė
    napsal contact aufgezeichnet notiert nachgefragt crónica cronaca notizia noticia nota entrevista entretien intervista intervju
    haastattelu samtale gesprek verslag récit enquête publisert publicerat skrivet rozmawiał rozmawiała rozmawiali
    gastautor gastautorin gastkolumnist gastkolumnistin
    """
)
"""Labels of those who wrote it."""

OTHER_LABELS = word_set(
    """
    photo photos photograph photographs photography photographer picture pictures pics pic image images video videos graphic
    graphics illustration illustrations illustrated foto fotos fotó fotografía fotografías fotografie fotografia fotografias
    bild bilder illustrationen beeld beelden kuva kuvat edited editing editor's edit translated translation übersetzt
    übersetzung traduction traduit traducción traducido traduzione tłumaczenie foto's camera kamera produced production design
    designed layout grafik infografik infographic artwork fact-checked checked fotocredit bearbeitung redigiert redigering
    zdjęcia zdjęcie fot фото συνεργάστηκε tags topics kategorie ressort schlagwörter quelle source credit credits fonte fuente
    bron
    """
)
"""Labels of those who did not: pictures, editing, translation. What they label is left out."""

TEXTS = word_set("words text texte texto testo tekst story report")
PICTURES = word_set("pictures photos photographs photography pics fotos foto foto's bilder")
"""Labels that part writer and photographer without a sign: "Words Ann Lee Pictures Bob Kay"."""

GENRES = word_set(
    """
    kommentar kommentare analyse analysen glosse kolumne leitartikel essay essays gastbeitrag gastkommentar meinung rezension
    kritik nachruf porträt analysis comment commentary opinion review sketch column op-ed perspective viewpoint obituary
    krönika kronikk ledare leder kommentaar opinie recensie recensione commento editoriale analisi opinión análisis opinião
    análise chronique éditorial édito billet critique felieton komentarz opinia komentář glosa анализ мнение
    комментарий колонка kommentti arvio anmeldelse anmälan recension pagellona crítica
    """
)
"""Kinds of writing that stand where a job title would: "Kommentar von", "Analysis by"."""

ARTICLES = word_set(
    " a an the our your unser unsere unserer unserem unseren nostro nostra nostri notre nos nuestro nuestra onze ons el la"
    " le les die der das il lo i vår våra meidän nasz nasza naszego vom dal dalla del da do"
)
"""Small words before a desk or a job title: "a Local Democracy Reporter", "dal nostro inviato"."""

ANDS = word_set("and & und et y e og och en i a with mit avec con met med sowie plus + ja и та ve və dan és και și si ir un com")
"""Between people. Single letters and prepositions count only in lower case and between two names."""

HOUSE_OPENERS = word_set("for für pour para per voor för")
"""Before the house somebody writes for: "For Dailymail.Com"."""

LOCATIVES = word_set("in at à au aux en i på aus from uit z w nahe near outside reporting bei v на в om ze")
"""Before the place somebody writes from."""

BIO_VERBS = word_set(
    " says said sagt sagte dice is was are has have writes covers joined works worked lives leads ist war schreibt arbeitet"
    " est écrit es escribe è jest"
)
"""A sentence about the writer starts here: the byline is over."""

DROPPED = word_set(
    """
    bookmark share shares shared comments comment-icon save follow following unfollow facebook twitter whatsapp email e-mail
    mail: reddit linkedin pinterest instagram print subscribe subscriptions bio advertisement sponsored teilen merken folgen
    drucken partager compartir condividi lesedauer lesezeit updated published posted bookmarked name uhr
    フォロー すべて見る この記事の筆者 ago icon tel phone photo
    """
)
"""Toolbar words; a line is cut at them."""

NOBODY = word_set(
    """
    admin administrator webmaster web editor1 user guest anonymous unknown anonym unbekannt none null n/a undefined default
    test system root wordpress super superuser press-release sponsored advertorial partner content home author autor autorin
    verfasser forfatter agencies agenturen agences agencias agenzie agency agentur various combined reports wire wires
    services dispatches name nome nom nombre byline writer false true copy rss feed
    """
)
"""What systems and houses print where no one is named."""

MONTHS = word_set(
    """
    jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october
    november december sept januar jänner februar märz mai juni juli oktober dezember janvier février mars avril juin
    juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro gennaio febbraio
    aprile maggio giugno luglio settembre ottobre dicembre januari februari maart mei augustus stycznia lutego marca
    kwietnia maja czerwca lipca sierpnia września października listopada grudnia okt dez janv févr avr juil déc ene dic
    gen mag giu lug set ott marts augusti maj tammikuuta ledna února března dubna května června července srpna září října
    listopadu prosince января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    """
)
DAYS = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado sabado domingo mon
    tue tues wed thu thur thurs fri sat sun mo di mi do fr sa so
    """
)
