"""Places as bylines name them: where a reporter stands ("in Seoul"), or what a job title covers ("China Correspondent").

Data and one test. A place here is only a hint against taking it for a person; most places of the world are missing, and
places that are more often surnames or given names (Milton, Chester, Georgia, Jordan) are left out on purpose.
"""

from __future__ import annotations

from pipelines.vocabulary.lexicon import phrase_set, word_set

_UK_AND_IRELAND = """
england scotland wales britain ulster cymru london birmingham manchester liverpool leeds sheffield bristol newcastle
nottingham leicester coventry bradford wolverhampton plymouth southampton portsmouth derby stoke-on-trent sunderland
brighton hull swansea cardiff newport wrexham belfast derry londonderry lisburn newry armagh bangor glasgow edinburgh
aberdeen dundee inverness perth stirling paisley falkirk dunfermline oxford cambridge norwich ipswich peterborough
exeter gloucester cheltenham swindon bournemouth poole salisbury winchester canterbury maidstone medway dover hastings
eastbourne worthing crawley guildford woking basingstoke slough luton bedford northampton telford shrewsbury shropshire
hereford herefordshire worcester worcestershire warwick warwickshire staffordshire stafford walsall dudley sandwell
solihull tamworth lichfield burton redditch derbyshire nottinghamshire lincolnshire leicestershire rutland
northamptonshire cambridgeshire norfolk suffolk essex kent sussex surrey hampshire dorset devon cornwall somerset
wiltshire gloucestershire oxfordshire buckinghamshire berkshire hertfordshire bedfordshire yorkshire lancashire cumbria
cheshire merseyside teesside tyneside wearside tyne teesdale durham northumberland cleveland middlesbrough hartlepool
darlington stockton york harrogate scarborough whitby wakefield huddersfield halifax barnsley doncaster rotherham
chesterfield lincoln grimsby scunthorpe blackpool preston blackburn burnley bolton bury rochdale oldham stockport
tameside trafford salford wigan warrington widnes runcorn crewe macclesfield carlisle barrow kendal lancaster morecambe
southport wirral birkenhead anglesey gwynedd conwy denbighshire flintshire powys ceredigion pembrokeshire
carmarthenshire monmouthshire torfaen caerphilly merthyr rhondda bridgend glamorgan antrim tyrone fermanagh ayrshire
lanarkshire renfrewshire fife angus moray highland highlands borders galloway orkney shetland hebrides argyll lothian
midlands anglia humberside humber thames wessex mersey croydon bromley bexley greenwich lewisham southwark lambeth
wandsworth hackney islington camden haringey enfield waltham newham ealing hounslow hillingdon westminster holyrood
stormont whitehall wm dublin cork galway limerick waterford kilkenny wexford wicklow kildare meath louth cavan monaghan
donegal sligo leitrim roscommon mayo offaly laois westmeath longford tipperary clare kerry carlow drogheda dundalk
athlone munster leinster connacht ireland stoke kilmarnock dumfries ayr motherwell livingston greenock arbroath alloa
elgin forfar montrose peterhead oban stornoway thurso galashiels hawick kelso selkirk dumbarton clydebank airdrie
coatbridge cumbernauld kirkcaldy glenrothes cowdenbeath bathgate watford stevenage gillingham southend colchester
chelmsford braintree clacton harlow basildon brentwood romford ilford twickenham bromsgrove kidderminster malvern
evesham ludlow oswestry bridgnorth whitchurch nantwich northwich buxton matlock ilkeston mansfield newark worksop
retford gainsborough skegness spalding grantham stamford corby kettering wellingborough daventry banbury bicester
abingdon witney didcot newbury bracknell windsor maidenhead aylesbury wycombe amersham letchworth hitchin bideford
barnstaple torquay paignton truro falmouth penzance taunton yeovil bridgwater bath chippenham trowbridge devizes
weymouth dorchester lymington fareham gosport havant chichester horsham eastleigh andover farnborough aldershot farnham
epsom reigate dartford gravesend chatham sittingbourne faversham whitstable margate ramsgate folkestone ashford
tonbridge sevenoaks naas navan ennis tralee killarney clonmel thurles nenagh tullamore letterkenny ballina castlebar
tuam
"""

_EUROPE = """
europe france germany spain italy portugal netherlands holland belgium luxembourg switzerland austria poland czechia
slovakia hungary romania bulgaria greece turkey russia ukraine belarus sweden norway denmark finland iceland estonia
latvia lithuania serbia croatia slovenia bosnia albania kosovo moldova cyprus malta paris lyon marseille toulouse nice
bordeaux lille strasbourg nantes rennes berlin hamburg münchen munich köln cologne frankfurt stuttgart düsseldorf
leipzig dresden hannover nürnberg bremen bonn dortmund essen kassel mainz wiesbaden potsdam erfurt magdeburg rostock
schwerin kiel lübeck augsburg würzburg regensburg freiburg karlsruhe mannheim saarbrücken sachsen thüringen bayern
hessen brandenburg sachsen-anhalt niedersachsen nrw westfalen wien vienna graz linz salzburg innsbruck zürich zurich
bern basel genf geneva genève lausanne luzern madrid barcelona valencia sevilla bilbao zaragoza málaga mallorca rome
roma milan milano naples napoli torino turin venezia venice firenze florence bologna palermo lisbon lisboa porto
amsterdam rotterdam utrecht hague eindhoven groningen brussels bruxelles brussel antwerp antwerpen gent warsaw warszawa
kraków krakow gdańsk poznań wrocław prague praha brno bratislava budapest bucharest sofia athens istanbul ankara moscow
kyiv kiev kharkiv minsk stockholm göteborg gothenburg malmö oslo bergen copenhagen københavn aarhus helsinki reykjavik
tallinn riga vilnius belgrade zagreb ljubljana sarajevo tirana skopje warschau moskau prag athen rom mailand lissabon
brüssel kopenhagen varsovie moscou londres berlín bruselas moscú varsavia mosca berlino londra parigi bruxelas kiew
kairo peking tokio jerusalem moskva москва киев львов минск париж берлин
"""

_WORLD = """
asia africa america americas australia oceania china japan korea india pakistan bangladesh nepal afghanistan iran iraq
syria lebanon israel palestine gaza yemen egypt libya tunisia algeria morocco sudan ethiopia kenya uganda tanzania
rwanda nigeria ghana senegal cameroon congo angola zambia zimbabwe mozambique botswana namibia thailand vietnam cambodia
laos myanmar malaysia singapore indonesia philippines taiwan mongolia kazakhstan uzbekistan armenia azerbaijan qatar
kuwait bahrain oman uae mexico guatemala honduras nicaragua panama cuba haiti jamaica brazil argentina uruguay paraguay
bolivia peru ecuador colombia venezuela canada usa beijing shanghai tokyo osaka kyoto seoul pyongyang delhi mumbai
kolkata chennai bengaluru bangalore hyderabad karachi lahore islamabad dhaka kathmandu kabul tehran baghdad damascus
beirut jerusalem tel-aviv amman cairo tripoli tunis algiers rabat khartoum nairobi kampala dodoma mwanza arusha lagos
abuja accra dakar johannesburg durban pretoria bangkok hanoi manila jakarta taipei riyadh dubai doha sydney melbourne
brisbane adelaide canberra hobart darwin queensland tasmania auckland wellington christchurch dunedin ottawa toronto
montreal montréal vancouver calgary edmonton winnipeg halifax québec quebec ontario alberta manitoba saskatchewan havana
caracas bogotá bogota lima quito santiago montevideo brasília medellín washington chicago boston philadelphia pittsburgh
baltimore detroit cleveland cincinnati columbus milwaukee minneapolis atlanta miami orlando tampa nashville memphis
dallas houston phoenix denver seattle portland sacramento oakland honolulu anchorage albuquerque tucson omaha tulsa
louisville california texas florida ohio michigan illinois pennsylvania oregon arizona colorado nevada utah montana
idaho wyoming kansas nebraska iowa missouri arkansas louisiana mississippi alabama tennessee kentucky indiana wisconsin
minnesota massachusetts connecticut vermont maine maryland delaware oklahoma hawaii alaska manhattan brooklyn harlem
queens hollywood d.c. dc nyc calif fla ariz mich minn wis okla n.y n.j n.c s.c fresno spokane tacoma boise reno wichita
toledo dayton akron buffalo syracuse albany hartford providence springfield peoria lansing knoxville chattanooga raleigh
greensboro jacksonville tallahassee pensacola lubbock amarillo laredo
"""

_ADJECTIVES = """
british english scottish welsh irish european american african asian australian canadian french german spanish italian
dutch russian ukrainian chinese japanese korean indian israeli arab latin caribbean pacific arctic northern southern
eastern western north-west north-east south-west south-east northwest northeast southwest southeast mid north south east
west central midland metropolitan coastal baltic nordic scandinavian balkan commonwealth
"""

_DIRECTIONS = word_set(
    """
    northern southern eastern western north-west north-east south-west south-east northwest northeast southwest southeast mid
    north south east west central midland greater
    """
)

_PHRASES = """
new york|los angeles|san francisco|san diego|san antonio|san jose|las vegas|new orleans|new jersey|new mexico
new hampshire|north carolina|south carolina|north dakota|south dakota|west virginia|rhode island|salt lake city
kansas city|st louis|st paul|st. louis|st. paul|fort worth|el paso|santa fe|long island|washington dc|washington d.c.
south africa|south korea|north korea|saudi arabia|sri lanka|hong kong|new zealand|new delhi|middle east|far east
latin america|south america|central america|north america|puerto rico|costa rica|el salvador|mexico city|panama city
buenos aires|rio de janeiro|são paulo|sao paulo|cape town|addis ababa|tel aviv|kuala lumpur|ho chi minh city|abu dhabi
frankfurt am main|den haag|the hague|northern ireland|west midlands|east midlands|east anglia|south wales|north wales
mid wales|west wales|west yorkshire|south yorkshire|north yorkshire|east yorkshire|greater manchester|greater london
tyne and wear|milton keynes|stoke on trent|black country|home counties|isle of wight|isle of man|st helens|st albans
county durham|new south wales|papua new guinea|united states|united kingdom|south east|south west|north east|north west
st. gallen|sankt petersburg|st petersburg|la paz|san juan|santo domingo|wales and west|the gambia|ivory coast
sierra leone|south sudan|czech republic|west bank|east africa|west africa|southern africa|southeast asia|south asia
"""

_SINGLE = word_set(_UK_AND_IRELAND, _EUROPE, _WORLD, _ADJECTIVES)
_MULTIPLE = phrase_set(_PHRASES)

_FIRST_PARTS = frozenset(("county", "co", "co.", "st", "st.", "new", "san", "los", "las", "port", "fort", "mount", "lake"))


def is_place(phrase: str) -> bool:
    """Whether a case-folded word or phrase is a place or the adjective of one, or is built like one ("county clare")."""
    phrase = phrase.rstrip(".,")
    if phrase in _SINGLE or phrase in _MULTIPLE:
        return True
    first, _, rest = phrase.partition(" ")
    return bool(rest) and first in ("county", "co", "co.", "port", "fort", "greater", "mount")


def is_direction(word: str) -> bool:
    """Whether a case-folded word tells one end of a place from another ("northern", "mid"): names do not begin so."""
    return word in _DIRECTIONS


def is_place_opening(word: str) -> bool:
    """Whether a case-folded word opens a place of two words ("new", "san")."""
    return word in _FIRST_PARTS
