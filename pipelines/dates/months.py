"""Names of months and weekdays in the languages of the press: data, as they are written, accents and all.

A month has its forms parted by blanks (nominative, genitive, abbreviations without the dot), twelve of them parted by
commas. Nothing here parses; `pipelines.dates.words` folds case and accents and builds the look-up.
"""

from __future__ import annotations

MONTHS: dict[str, str] = {
    "en": "january jan, february feb febr, march mar, april apr, may, june jun, july jul, august aug,"
    "september sept sep, october oct, november nov, december dec",
    "de": "januar jänner jaenner jän, februar feber, märz maerz mär mrz, april, mai, juni, juli, august,"
    "september, oktober okt, november, dezember dez",
    "fr": "janvier janv, février fév févr, mars, avril avr, mai, juin, juillet juil juill, août aoû,"
    "septembre, octobre, novembre, décembre déc",
    "es": "enero ene, febrero, marzo, abril abr, mayo, junio, julio, agosto ago, septiembre setiembre set,"
    "octubre, noviembre, diciembre dic",
    "it": "gennaio genn gen, febbraio febbr, marzo, aprile, maggio magg mag, giugno giu, luglio lug, agosto,"
    "settembre sett, ottobre ott, novembre, dicembre",
    "pt": "janeiro, fevereiro fev, março, abril, maio, junho, julho, agosto, setembro, outubro out,novembro, dezembro",
    "nl": "januari, februari, maart mrt, april, mei, juni, juli, augustus, september, oktober, november, december",
    "af": "januarie, februarie, maart, april, mei, junie, julie, augustus, september, oktober, november, desember des",
    "sv": "januari, februari, mars, april, maj, juni, juli, augusti, september, oktober, november, december",
    "da": "januar, februar, marts, april, maj, juni, juli, august, september, oktober, november, december",
    "no": "januar, februar, mars, april, mai, juni, juli, august, september, oktober, november, desember",
    "is": "janúar, febrúar, mars, apríl, maí, júní, júlí, ágúst ágú, september, október, nóvember, desember",
    "fi": "tammikuu tammikuuta tammi, helmikuu helmikuuta helmi, maaliskuu maaliskuuta maalis,"
    "huhtikuu huhtikuuta huhti, toukokuu toukokuuta touko, kesäkuu kesäkuuta kesä, heinäkuu heinäkuuta heinä,"
    "elokuu elokuuta elo, syyskuu syyskuuta syys, lokakuu lokakuuta loka, marraskuu marraskuuta marras,"
    "joulukuu joulukuuta joulu",
    "et": "jaanuar, veebruar, märts, aprill, mai, juuni, juuli, august, september, oktoober, november, detsember",
    "lv": "janvāris janvārī janvāra, februāris februārī februāra, marts martā marta, aprīlis aprīlī aprīļa,"
    "maijs maijā maija, jūnijs jūnijā jūnija, jūlijs jūlijā jūlija, augusts augustā augusta,"
    "septembris septembrī septembra, oktobris oktobrī oktobra, novembris novembrī novembra,"
    "decembris decembrī decembra",
    "lt": "sausis sausio, vasaris vasario, kovas kovo, balandis balandžio, gegužė gegužės, birželis birželio,"
    "liepa liepos, rugpjūtis rugpjūčio, rugsėjis rugsėjo, spalis spalio, lapkritis lapkričio, gruodis gruodžio",
    "pl": "styczeń stycznia sty, luty lutego lut, marzec marca, kwiecień kwietnia kwi, maj maja,"
    "czerwiec czerwca cze, lipiec lipca lip, sierpień sierpnia sie, wrzesień września wrz,"
    "październik października paź, listopad listopada lis, grudzień grudnia gru",
    "cs": "leden ledna, únor února, březen března, duben dubna, květen května, červen června, červenec července,"
    "srpen srpna, září, říjen října, listopad listopadu, prosinec prosince",
    "sk": "január januára, február februára, marec marca, apríl apríla, máj mája, jún júna, júl júla,"
    "august augusta, september septembra, október októbra, november novembra, december decembra",
    "sl": "januar januarja, februar februarja, marec marca, april aprila, maj maja, junij junija, julij julija,"
    "avgust avgusta avg, september septembra, oktober oktobra, november novembra, december decembra",
    "hr": "siječanj siječnja, veljača veljače, ožujak ožujka, travanj travnja, svibanj svibnja, lipanj lipnja,"
    "srpanj srpnja, kolovoz kolovoza, rujan rujna,, studeni studenog studenoga, prosinac prosinca",
    "sr": "januar јануар јан, februar фебруар феб, mart март, april април, maj мај, jun јун, jul јул,"
    "avgust август, septembar септембар, oktobar октобар, novembar новембар, decembar децембар",
    "sq": "janar, shkurt, mars, prill, maj, qershor, korrik, gusht, shtator, tetor, nëntor, dhjetor",
    "hu": "január, február, március márc, április ápr, május, június, július, augusztus, szeptember szept, október,"
    "november, december",
    "ro": "ianuarie ian, februarie, martie, aprilie, mai, iunie iun, iulie iul, august, septembrie, octombrie,"
    "noiembrie noi, decembrie",
    "tr": "ocak oca, şubat şub, mart, nisan nis, mayıs, haziran haz, temmuz tem, ağustos ağu, eylül eyl,"
    "ekim eki, kasım kas, aralık ara",
    "ru": "январь января янв, февраль февраля фев февр, март марта мар, апрель апреля апр, май мая, июнь июня июн,"
    "июль июля июл, август августа авг, сентябрь сентября сен сент, октябрь октября окт, ноябрь ноября ноя нояб,"
    "декабрь декабря дек",
    "uk": "січень січня січ, лютий лютого лют, березень березня бер, квітень квітня квіт кві, травень травня трав,"
    "червень червня черв чер, липень липня лип, серпень серпня серп сер, вересень вересня вер,"
    "жовтень жовтня жовт жов, листопад листопада лист, грудень грудня груд гру",
    "bg": "януари, февруари, март, април, май, юни, юли, август, септември, октомври, ноември, декември",
    "el": "ιανουάριος ιανουαρίου ιαν, φεβρουάριος φεβρουαρίου φεβ φεβρ, μάρτιος μαρτίου μαρ, απρίλιος απριλίου απρ,"
    "μάιος μαΐου μαϊ, ιούνιος ιουνίου ιουν, ιούλιος ιουλίου ιουλ, αύγουστος αυγούστου αυγ,"
    "σεπτέμβριος σεπτεμβρίου σεπ σεπτ, οκτώβριος οκτωβρίου οκτ, νοέμβριος νοεμβρίου νοε νοεμ,"
    "δεκέμβριος δεκεμβρίου δεκ",
    "ca": "gener, febrer, març, abril, maig, juny, juliol, agost, setembre, octubre, novembre, desembre",
    "gl": "xaneiro xan, febreiro, marzo, abril, maio, xuño, xullo, agosto, setembro, outubro, novembro, decembro",
    "eu": "urtarrila urtarrilaren, otsaila otsailaren, martxoa martxoaren, apirila apirilaren, maiatza maiatzaren,"
    "ekaina ekainaren, uztaila uztailaren, abuztua abuztuaren, iraila irailaren, urria urriaren,"
    "azaroa azaroaren, abendua abenduaren",
    "cy": "ionawr, chwefror chwe, mawrth, ebrill ebr, mai, mehefin meh, gorffennaf gorff, awst, medi, hydref hyd,"
    "tachwedd tach, rhagfyr rhag",
    "ga": "eanáir ean, feabhra feabh, márta, aibreán aib, bealtaine beal, meitheamh meith, iúil, lúnasa,"
    "meánfómhair, deireadhfómhair, samhain samhna samh, nollaig nollag noll",
    "gd": "faoilleach fhaoilleach, gearran ghearran, màrt mhàrt, giblean ghiblean, cèitean chèitean, ògmhios,"
    "iuchar, lùnastal, sultain, dàmhair, samhain, dùbhlachd",
    "id": "januari, februari, maret, april, mei, juni, juli, agustus agu agt ags, september, oktober,"
    "november nop nopember, desember des",
    "ms": "januari, februari, mac, april, mei, jun, julai, ogos, september, oktober, november, disember dis",
    "tl": "enero, pebrero, marso, abril, mayo, hunyo, hulyo, agosto, setyembre, oktubre, nobyembre, disyembre",
    "sw": "januari, februari, machi, aprili, mei, juni, julai, agosti, septemba, oktoba, novemba, desemba",
    "ar": "يناير جانفي كانونالثاني, فبراير فيفري شباط, مارس آذار, أبريل إبريل ابريل أفريل نيسان, مايو ماي أيار,"
    "يونيو يونية جوان حزيران, يوليو يولية جويلية تموز, أغسطس أوت غشت آب, سبتمبر شتنبر أيلول,"
    "أكتوبر تشرينالأول, نوفمبر نونبر تشرينالثاني, ديسمبر دجنبر كانونالأول",
    "he": "ינואר בינואר, פברואר בפברואר, מרץ במרץ, אפריל באפריל, מאי במאי, יוני ביוני, יולי ביולי, אוגוסט באוגוסט,"
    "ספטמבר בספטמבר, אוקטובר באוקטובר, נובמבר בנובמבר, דצמבר בדצמבר",
    "hi": "जनवरी, फरवरी फ़रवरी, मार्च, अप्रैल, मई, जून, जुलाई, अगस्त, सितंबर सितम्बर, अक्टूबर अक्तूबर, नवंबर नवम्बर,दिसंबर दिसम्बर",
}

CROATIAN_ZONES = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
"""Where "listopad" is October; for Poles, Czechs and Ukrainians it is November."""

YEAR_FIRST_ZONES = frozenset({"Asia/Tokyo", "Asia/Seoul", "Asia/Shanghai", "Asia/Taipei", "Europe/Budapest", "Europe/Vilnius"})
"""Where the year stands first, so that of "5/3" without a year the month does."""

WEEKDAYS: dict[str, str] = {
    "en": "monday mon tuesday tue tues wednesday wed weds thursday thu thur thurs friday fri saturday sat sunday sun",
    "de": "montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so",
    "fr": "lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim",
    "es": "lunes martes miércoles mié jueves jue viernes vie sábado sáb domingo dom",
    "it": "lunedì martedì mercoledì giovedì gio venerdì sabato sab domenica",
    "pt": "segunda terça ter quarta qua quinta qui sexta sex feira seg",
    "nl": "maandag ma dinsdag woensdag wo woe donderdag don vrijdag vr vrij zaterdag za zat zondag zo zon",
    "af": "maandag dinsdag woensdag donderdag vrydag saterdag sondag",
    "sv": "måndag mån tisdag tis onsdag ons torsdag tors tor fredag fre lördag lör söndag sön",
    "da": "mandag man tirsdag tirs lørdag lør søndag søn",
    "is": "mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur laugardagur sunnudagur",
    "fi": "maanantai maanantaina tiistai tiistaina ti keskiviikko keskiviikkona ke torstai torstaina to perjantai"
    " perjantaina pe lauantai lauantaina la sunnuntai sunnuntaina su",
    "pl": "poniedziałek pon wtorek wt środa śr czwartek czw piątek pt sobota sob niedziela nd",
    "cs": "pondělí po úterý út středa čtvrtek čt pátek pá neděle ne",
    "sk": "pondelok utorok streda štvrtok piatok nedeľa",
    "sl": "ponedeljek torek sreda četrtek petek nedelja ponedjeljak utorak srijeda četvrtak petak subota nedjelja",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "ro": "luni marți miercuri joi vineri sâmbătă duminică",
    "tr": "pazartesi pzt salı sal çarşamba çar perşembe per cuma cum cumartesi cmt pazar paz",
    "ru": "понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс",
    "uk": "понеділок вівторок середа четвер п'ятниця пятниця субота неділя нд",
    "el": "δευτέρα δευ τρίτη τρι τετάρτη τετ πέμπτη πεμ παρασκευή παρ σάββατο σαβ κυριακή κυρ",
    "ca": "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "eu": "astelehena asteartea asteazkena osteguna ostirala larunbata igandea",
    "cy": "dydd llun mercher iau gwener sadwrn sul",
    "ga": "dé luan máirt céadaoin déardaoin aoine satharn domhnach luain máirt sathairn domhnaigh",
    "id": "senin selasa rabu kamis jumat sabtu minggu",
    "ms": "isnin selasa rabu khamis jumaat sabtu ahad",
    "vi": "thứ hai ba tư năm sáu bảy chủ nhật",
    "ar": "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "hi": "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार",
    "ko": "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
}
"""Read over, never checked: a printed weekday is as often wrong as the date, and the date is what we keep."""
