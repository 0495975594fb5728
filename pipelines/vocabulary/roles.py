"""What people of a newsroom are called, in the languages of the catalogue: the words that job titles are made of.

A job title is composed, never listed: modifiers and places before a head noun ("Deputy Political Editor", "Leitender
Wirtschaftsredakteur"). Data and word tests only: this module knows no byline and no person.
"""

from __future__ import annotations

from pipelines.vocabulary.lexicon import word_set
from pipelines.vocabulary.places import is_place

AUTHORS = word_set("author authors autor autorin autoren auteur autrice autore autora auteurs")
"""Heads only behind a modifier ("Freier Autor"); else they label a name ("Autor: Jo Kerr")."""

ENGLISH_HEADS = word_set("reporter correspondent editor writer journalist columnist critic presenter producer")


HEADS = word_set(
    # English
    " anchor creator creators reporter reporters correspondent correspondents editor editors writer writers journalist"
    " journalists columnist"
    " columnists critic critics producer producers photographer photographers photojournalist videographer presenter"
    " presenters forecaster forecasters meteorologist meteorologists contributor contributors broadcaster commentator"
    " commentators analyst analysts blogger reviewer reviewers director manager intern interns newsreader cartoonist"
    " illustrator sub-editor subeditor cameraman researcher researchers essayist trainee specialist"
    " coordinator co-ordinator publisher strategist curator multimedia-journalist executive"
    " newsletter-editor storyteller advisor adviser lecturer professor"
    # German, Luxembourgish
    " redakteur redakteurin redakteure redakteurinnen korrespondent korrespondentin korrespondenten volontär volontärin"
    " volontärinnen volontäre journalistin reporterin ressortleiter ressortleiterin leiterin mitarbeiter"
    " mitarbeiterin kolumnist kolumnistin kritiker kritikerin praktikant praktikantin fotograf fotografin moderator"
    " moderatorin experte expertin chefin chefreporter chefreporterin chefredakteur chefredakteurin hospitant hospitantin"
    " kommentatorin freelancer redaktorin redaktor"
    # French
    " journaliste journalistes correspondant correspondante correspondants rédacteur rédactrice rédacteurs envoyé envoyée"
    " envoyés chroniqueur chroniqueuse éditorialiste photographe pigiste localier localière reportrice secrétaire"
    # Spanish, Catalan, Portuguese
    " periodista periodistas redactor redactora redactores corresponsal corresponsales reportero reportera editora"
    " columnista enviado enviada colaborador colaboradora jefa cronista analista becario becaria fotógrafo fotógrafa"
    " articulista escritor escritora jornalista jornalistas repórter correspondente colunista redator redatora estagiário"
    " estagiária subeditor subeditora enviados enviats periodistes"
    # Italian
    " giornalista giornalisti redattore redattrice corrispondente inviato inviata inviati direttore direttrice caporedattore"
    " caporedattrice collaboratore collaboratrice editorialista vicedirettore vicedirettrice"
    # Dutch
    " verslaggever verslaggevers verslaggeefster redacteur redacteuren redactrice correspondente hoofdredacteur medewerker"
    " recensent"
    # Nordic
    " redaktör redaktør skribent krönikör kommentator ledarskribent kulturskribent nyhetschef nyhetsredaktør nyhedsredaktør"
    " journalisten toimittaja toimittajat kirjeenvaihtaja päätoimittaja kolumnisti uutispäällikkö blaðamaður fréttamaður"
    " ritstjóri"
    # Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Serbian, Slovene, Baltic
    " dziennikarz dziennikarka redaktorka korespondent korespondentka reporterka publicysta publicystka wydawca felietonista"
    " komentator komentatorka reportér reportérka zpravodaj zpravodajka komentátor komentátorka šéfredaktor novinář"
    " novinářka novinár novinárka újságíró szerkesztő tudósító főszerkesztő munkatárs jurnalist jurnalistă corespondent"
    " corespondentă novinar novinarka dopisnik urednik urednica reporteris žurnalists korespondentas žurnalistas žurnalistė"
    # Turkish, Greek, Albanian
    " muhabir muhabiri editör editörü yazarı gazeteci δημοσιογράφος ανταποκριτής συντάκτης συντάκτρια gazetar gazetare"
    # Russian, Ukrainian, Bulgarian
    " корреспондент корреспонденты журналист журналистка обозреватель редактор спецкор собкор репортер репортёр"
    " фотокорреспондент колумнист кореспондент кореспондентка журналіст журналістка редакторка оглядач шеф-редактор"
    # Arabic, Hebrew, Hindi, Indonesian
    " مراسل مراسلة محرر محررة صحفي صحفية كاتب كاتبة כתב כתבת עורך עורכת संवाददाता jurnalis wartawan"
)
"""Nouns that make a phrase a job title wherever they stand."""

LAST_HEADS = word_set(
    " chief staff team teams desk newsroom newsdesk webdesk bureau chef cheffe chefs jefe head lead unit department"
    " officer assistant expert leader collective committee board redaktion redaktionen redaktionsteam nachrichtenredaktion"
    " online-redaktion onlineredaktion sportredaktion lokalredaktion rédaction redacción redazione redactie redakcja"
    " redação redaccion redaccio redacció redakce redakcia szerkesztőség redakcija redacția toimitus redaksjonen redaksjon"
    " редакция редакція redaksi redacao sportsdesk sportdesk newsteam stringer stringers host hosts champion "
    " fellow leiter yazar"
)
"""Nouns that make one only as the last word ("Bureau Chief") or before "of" ("Head of Sport")."""

DESKS = word_set(
    " newsroom newsdesk webdesk desk staff team redaktion redaktionen redaktionsteam rédaction redacción redazione redactie"
    " redakcja redação redaccion redacció redakce redakcia szerkesztőség redakcija redacția toimitus redaksjonen redaksjon"
    " редакция редакція redaksi redacao sportsdesk sportdesk newsteam editorial redactia bureau department unit committee"
    " collective teams desks nachrichtenredaktion online-redaktion onlineredaktion sportredaktion lokalredaktion"
)
"""Nouns that name many people or none: a phrase with one of them and no person is a desk."""

HARD_MODIFIERS = word_set(
    " political politics deputy assistant associate managing acting former news sport sports crime education"
    " educational health healthcare business economics economic economy environment environmental science technology tech"
    " digital online features feature lifestyle showbiz showbusiness entertainment entertainments celebrity trending trends"
    " breaking investigations investigative investigation community communities local regional national international"
    " foreign global diplomatic defence defense security legal courts affairs social multimedia video audio visual staff"
    " contributing special freelance overnight football cricket racing tennis boxing motorsport transport"
    " motoring consumer consumers finance financial personal property farming agriculture agricultural rural drink"
    " music film films arts culture cultural theatre theater tv television religious religion parliamentary parliament"
    " brexit climate energy housing planning council councils metro statehouse congressional supreme lobby audience"
    " engagement content hub seo weather nostalgia assignment editorial magistrates magistrates'"
    " inquest inquests coroner coroners tribunal tribunals railway maritime shipping mining resources waste"
    " infrastructure construction urban suburban indigenous gender lgbt lgbtq disability children welfare poverty"
    " homelessness ethics charity voluntary rights human-rights intelligence cyber cybersecurity drugs senedd"
    " welsh-language gaelic language soaps soap reality celeb celebs viral retro archive events event listings gaa hurling"
    " camogie shinty netball ufc mma wrestling wwe f1 formula fc afc rfc consumer-rights solutions spotlight"
    " obits advertising commissioning interim geopolitics homes multi-media outreach cops careers emerging"
    " reports presidential equity k-12 copy-editing broadcast newsroom-wide afternoon evenings weekends breakfast drivetime"
    " bulletin bulletins agenda agendas"
    " public safety watchdog government accountability enterprise growth development equality equalities leading"
    " group trainee apprentice intern student roving part-time award-winning commercial commerce shopping deals"
    " wellness fashion gaming games books literary media retail banking industry industrial labour labor"
    " employment workplace pensions insurance aviation automotive automobile cars wildlife outdoors heritage"
    " history archaeology medical mental family parenting relationships opinion comment letters obituaries obituary picture"
    " pictures photo photos graphics design production website homepage newsletter podcast radio ugc fact-check"
    " verify disinformation misinformation liveblog statistics democracy investigates live-blog general-assignment"
    " breaking-news what's whats on-call police policing courts-and-crime immigration migration refugees"
    " countryside district borough county-wide area city-region academic university"
    " universities schools school higher tourism hospitality restaurant restaurants nightlife pub pubs gardening"
    " classical soccer baseball basketball hockey nfl nba mlb nhl nrl afl preps collegiate college"
    " athletics olympic olympics cycling running swimming snooker horseracing puzzles crossword"
    " horoscope agony aunt biotech pharma startups startup crypto cryptocurrency bitcoin markets stocks"
    " investing investment personal-finance living cost-of-living consumer-affairs home-affairs policy politicians"
    " elections election campaign campaigns voting white-house capitol pentagon nhs uk usa gb u.s."
    " u.k. real-time estate premium platforms partnerships communications marketing copy night-shift world-news"
    " real-life interest conflict conflicts military veterans terrorism"
    # German
    " freie freier freies leitender leitende stellvertretender stellvertretende stellv stv politischer politische lokales"
    " politik wirtschaft kultur panorama gesellschaft wissen wissenschaft feuilleton ausland inland reise gastronomie"
    " bildung verkehr polizei gericht lokalsport digitales netzwelt nachrichten regionales verantwortlicher verantwortliche"
    " chef- ehemaliger ehemalige ständige ständiger lokaler"
    # French, Spanish, Portuguese, Italian
    " adjoint adjointe spécial spéciale spéciaux politique économique sportif permanent permanente especial"
    " especiais speciale speciali político política deportivo deportes económico cultura sociedad sucesos nacional"
    " internacional local economía esportes repórteres politico economico cronaca"
    # Dutch, Nordic
    " politiek economie politisk utrikes inrikes økonomi kultur sport udenrigskorrespondent politiikan ulkomaan utenriks"
    " innenriks sjef- freelancejournalist vastaava"
    # Polish, Czech, Russian, Turkish
    " starszy starsza polityczny sportowy zahraniční sportovní politický специальный собственный политический главный"
    " спортивный spor ekonomi siyaset"
    # Arabic, Hebrew: beats follow the noun there and are taken as its tail
)
"""Words that are no one's name in a byline and qualify a head noun."""

SOFT_MODIFIERS = word_set(
    " young high time notes hall water beat jersey law court field home world city crown rugby travel food art state house"
    " white life lives live race royal space nature green black head chief work word west east north south county car town"
    " bridge church land sea wood hill lake park rose sun day night morning evening sunday saturday weekend book game golf"
    " english french irish scottish welsh german page price best love sharp film power waters street lane spurs arsenal"
    " chelsea everton wolves hibs hearts saints gunners magpies hornets eagles lakers knicks yankees mets dodgers broncos"
    " cowboys packers patriots jets steelers ravens browns bengals colts titans texans chiefs raiders chargers rams"
    " seahawks cardinals falcons panthers buccaneers dolphins celtics nets sixers raptors pacers pistons cavaliers bulls"
    " hawks mavericks rockets grizzlies pelicans nuggets warriors clippers blazers cubs sox astros mariners padres rockies"
    " braves phillies orioles brewers bruins sabres leafs canadiens penguins flyers islanders blackhawks predators canucks"
    " oilers sharks reds blues united rovers albion wanderers villa athletic hotspur celtic rangers palace forest queens"
    " castle king bishop executive publisher host auto beauty beer care chess cost dance darts data ed faith fast fri"
    " garden general grand grande guest horse human justice junior lead league marine market money motor motors ne nw oil"
    " opera patch pets pop prep principal print quiz rail real rock royals se senior sheriff steel style sub sw tax towns"
    " trial un union us vice village villages war web wine youth ai ni eu baş"
)
"""Beats that are surnames as well: they qualify a head noun, unless the name before them would be left too short."""

CONNECTORS = word_set("and & of for the in at on to und et y e og och en i de des du der für del della & / + ja และ")
"""Words that may stand between two modifiers."""

TAIL_OPENERS = word_set(
    "der  of for in at on to from based covering für im aus bei am vom zum des der pour à au aux chez en de du del della dal per"
    " a por para da do voor uit bij te van på i fra till z w we od ve"
)
"""Lower-case words that carry a job title on to the right: "Editor at large", "Redakteur in der Wirtschaft"."""

_COMPOUND_HEADS = (
    "redakteur",
    "redakteurin",
    "redakteure",
    "redaktion",
    "redaktør",
    "redaktör",
    "redaktor",
    "redacteur",
    "redactie",
    "reporter",
    "reporterin",
    "korrespondent",
    "korrespondentin",
    "correspondent",
    "journalist",
    "journalistin",
    "volontär",
    "volontärin",
    "kolumnist",
    "kolumnistin",
    "verslaggever",
    "chef",
    "chefin",
    "leiter",
    "leiterin",
    "experte",
    "expertin",
    "mitarbeiter",
    "mitarbeiterin",
    "skribent",
    "toimittaja",
    "kirjeenvaihtaja",
    "editor",
    "writer",
    "kritiker",
    "kritikerin",
    "team",
    "desk",
    "staff",
)
"""Germanic heads are written together with what they govern: "Wirtschaftsredakteur", "dpa-Korrespondentin"."""

_SHORTEST_COMPOUND = 3


def is_head(word: str) -> bool:
    """Whether a case-folded word makes a job title wherever it stands."""
    if word in HEADS or word.partition("-")[0] in HEADS:
        return True
    if not word.endswith(_COMPOUND_HEADS):
        return False
    for head in _COMPOUND_HEADS:
        if word.endswith(head) and len(word) >= len(head) + _SHORTEST_COMPOUND:
            return head not in ("chef", "leiter", "team", "desk", "staff", "editor", "writer") or "-" in word
    return False


def is_last_head(word: str) -> bool:
    """Whether a case-folded word makes a job title as its last word only."""
    return word in LAST_HEADS


def is_desk(word: str) -> bool:
    """Whether a case-folded word names a desk, a team or nobody in particular."""
    return word in DESKS or word.endswith(("redaktion", "-redactie", "-team", "-staff", "-desk"))


def is_modifier(word: str) -> bool:
    """Whether a case-folded word may stand before a head noun: a beat, a rank or a place."""
    return word in HARD_MODIFIERS or word in SOFT_MODIFIERS or is_place(word)
