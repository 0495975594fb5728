"""Given names common in newsrooms, to tell "Neil Marsh" from "Florida Today" and two people from one in a run of words.

A hint only: a person with no name on this list is still a person. Words that are more often something else in a byline
(Will, May, Pa, Sid in capitals) are judged by the caller.
"""

from __future__ import annotations

from pipelines.vocabulary.lexicon import word_set

_ENGLISH = """
una aaron abbie abby abigail adam adele adrian aidan aimee alan alana alasdair alastair albert alec aled alex alexander alexandra
alexis alfie alfred ali alice alicia alison alistair allan allen allison alyssa amanda amber amelia amy andrea andrew andy
angela angus ann anna annabel annabelle anne annette annie anthony antonia april archie arlene arthur ashleigh ashley ashlie
audrey austin ava barbara barney barry beatrice becca becky belinda ben benedict benjamin bernadette bernard bernie beth
bethan bethany betty beverley bill billy bob bobbie bobby bonnie brad bradley brandon brenda brendan brian bridget bronwyn
bruce bryan bryony caitlin callum calum cameron camilla candice cara carl carla carly carmen carol carole caroline carolyn
carrie casey cassandra catherine cathy catriona cecilia ceri chad charles charley charlie charlotte chelsea cheryl chloe chris
chrissie christian christie christina christine christopher cindy claire clara clare claudia clifford clive clodagh colette
colin colleen connor conor courtney craig cristina curtis cynthia daisy dale damian damien dan dana daniel daniella danielle
danny darren dave david davina dawn dean debbie deborah declan deirdre denis denise dennis derek diana diane dianne dominic
don donald donna dorothy doug douglas duncan dylan eamonn ed eddie edith edward edwin eileen elaine eleanor elena elisabeth
elise elizabeth ella ellen ellie elliot elliott emer emily emma emmanuel eric erica erik erin ernest esther ethan eva eve
evelyn ewan faith faye felicity felix fergal fergus finlay finn fiona florence frances francesca francis frank frankie fred
freddie frederick freya gabriel gabriella gareth garry gary gavin gemma geoff geoffrey george georgia georgie georgina gerald
geraldine gerard gerry giles gillian gina glen glenn gordon grace graeme graham grainne grant greg gregory greta gwen hamish
hannah harold harriet harry harvey hayley hazel heather hector heidi helen henry hilary hillary holly howard hugh hugo iain
ian imogen india ines iona irene iris isaac isabel isabella isabelle isla isobel ivan ivy jack jackie jackson jacob jacqueline
jacqui jade jake james jamie jan jane janet janice janie jared jasmine jason jay jayne jean jeff jeffrey jemima jemma jennifer
jenny jeremy jerry jess jessica jessie jill jillian jim jimmy jo joan joanna joanne jocelyn jodie joe joel john johnny jon
jonathan jonny jordan joseph josephine josh joshua josie joy joyce juanita judith judy julia julian julie juliet june justin
kara karen karl kasia kat kate katharine katherine kathleen kathryn kathy katie katrina katy kay kayleigh keeley keira keith
kelly ken kenneth kenny kerry kevin kieran kim kimberly kirsten kirsty kristen kristin kyle lachlan lara larry laura lauren
laurence lawrence leah leanne lee leigh lena leo leon leonard leonie lesley leslie lewis liam lily linda lindsay lindsey lisa
liv liz lizzie lois loretta lorna lorraine louis louisa louise lucie lucinda lucy luis luke lydia lynda lyndsay lynn lynne
madeleine madeline madison maeve maggie mairead malcolm mandy marc marcia marcus margaret maria marianne marie marilyn marina
marion marisa marissa marjorie mark marta martha martin martina martyn mary mason mathew matt matthew maureen maurice max
maxine maya megan mel melanie melinda melissa meredith mia michael michaela michele michelle mick miguel mike miles millie
milo miranda miriam mitchell moira molly monica morgan muriel myles nadia nadine naomi natalie natasha nathan neal neil niall
niamh nicholas nick nicky nicola nicole nigel nikki nina noah noel nora norman oisin oliver olivia oscar orla owen paddy paige
pamela patricia patrick patsy paul paula pauline peggy penelope penny percy pete peter petra phil philip philippa phillip
phoebe pip polly poppy priscilla rachael rachel ralph ray raymond rebecca rebekah reece regan renee rex rhian rhiannon rhys
richard rick ricky rita rob robbie robert roberta robin robyn rod roger roisin roland ron ronald ronan rory rosalind rose
rosemary rosie ross rowan roy ruby rupert russell ruth ryan sabrina sadie sally sam samantha samuel sandra sara sarah saoirse
scott sean sebastian selina shane shannon sharon shaun shauna sheila shelley sheryl shirley shona sian sid sidney simon sinead
siobhan sonia sophia sophie spencer stacey stan stanley stella steph stephanie stephen steve steven stewart stuart sue susan
susanna susie suzanne sylvia tamara tamsin tania tara ted terence teresa terri terry tess tessa thea theo theresa therese
thomas tiffany tim timothy tina toby todd tom tommy toni tony tracey tracy travis trevor tricia trish troy tyler ursula
valerie vanessa vera verity veronica vicki vicky victor victoria vincent viola violet virginia vivian vivienne walter warren
wayne wendy wesley whitney wilfred will william willie xanthe yasmin yasmine yvette yvonne zach zachary zara zoe
"""

_GERMANIC = """
achim alexa alfons amelie andreas angelika anja anke annalena anne-kathrin annegret antje armin arne arno astrid axel bärbel
barbara bastian beate benedikt bernd bernhard bert bettina birgit bjarne björn brigitte britta burkhard carina carolin carsten
christiane christin christof christoph claus clemens conrad corinna cornelia dagmar detlef dieter dietmar dirk doris eberhard
eckhard egon ekkehard elke ellen elsa erich ernst eugen ewald fabian falk ferdinand florian frauke friederike friedrich fritz
gabi gabriele georg gerd gerhard gerold gisela gregor gudrun guido gunnar günter günther gustav hanna hannah hannes hanno hans
hans-jürgen hans-peter harald hartmut hauke heike heiko heiner heinrich heinz helena helga helmut henning henrik herbert
hermann holger horst hubert inga ingo ingrid inka irmgard isabell jannik jan-philipp jana janina jens joachim jochen johanna
johannes jonas jörg jost judith jürgen jutta kai karin karl-heinz karolina karoline karsten katharina kathrin katja katrin
kerstin klara klaus konrad konstantin kristina kurt lars leonhard lennart lorenz lothar lukas lutz mads maik maike manfred
manuel manuela maren margit margot marius marko markus marlene matthias maximilian mechthild meike melchior michaela mirko
monika moritz nadja nele nicolas niels niklas nils norbert olaf ole ortwin otto pascal patrizia philipp pia raimund rainer
ralf raphael regina reinhard reiner renate rolf roman rüdiger rudolf sabine sandro sascha severin siegfried sigrid silja silke
silvia simone sina sonja stefan stefanie steffen susanne sven svenja swantje tanja thilo thorsten till tilman timo tobias
torben torsten udo ulf uli ulrich ulrike ursula ute uwe valentin verena viktor viktoria volker walther wanda werner wibke
wiebke wilhelm willi winfried wolf wolfgang yannick steffi uschi conny moni sigi rudi toni basti lilli lotta resi vroni anders
andre annika arvid bengt birgitta bjorn bo camilla carl-johan christer dag einar elin emil erik erika eskil espen fredrik
freja frida geir gitte göran gunilla gustaf håkan halvor hanne hans-christian helle henriette ida ingeborg inger ingvild jakob
jeppe jesper johan jørgen kåre kasper kjell kjersti knut kristian kristoffer lasse leif line lise lotte magnus maja malin
malte mathias mette mia mikael mikkel morten ola olof ove oskar peder pelle pernille per pernilla petter rasmus rikke rune
sander signe siri søren solveig stian stig susanna tine tor tore torkel trine trond ulla ulrik vibeke anouk arjan bas bram
bart caroline cees daan dennis edwin els erwin femke frans frits gert gerrit hein hendrik henk hugo ilse inge jaap jacco
jan-willem janneke jasper jelle jeroen jesse jolanda joost joris karel kees klaas koen lieke loes maaike maarten machteld
marieke marijke marijn marjolein mark mathijs menno merel nynke paulien peter-jan piet pieter rens rik robbert roelof ruben
sanne sietse sjoerd stijn teun thijs tijs tineke toon willem wim wouter
"""

_ROMANCE = """
adeline adrien agathe agnès alain alban alexandre alexia alexis aline amandine amélie anaïs anne-laure anne-marie anne-sophie
antoine arnaud arthur audrey aurélie aurélien baptiste bastien bénédicte benoît bertrand blandine brigitte bruno capucine
cécile cédric céline chantal charlène chloé christelle christophe claire claude clément clémence clotilde colette corentin
corinne coline cyril damien danièle delphine denis didier dominique édouard élise élisabeth élodie éloïse emeline emilie
émilie emmanuelle eric éric étienne eugénie fabien fabrice fanny florent florian franck françois françoise frédéric gaël
gaëlle geneviève geoffroy gérard ghislain gilles grégoire grégory guillaume guy hélène hervé hugues isabelle jacques
jean-baptiste jean-christophe jean-claude jean-françois jean-louis jean-luc jean-marc jean-marie jean-michel jean-philippe
jean-pierre jérémie jérémy jérôme joël joëlle julien juliette justine laetitia laure laurence laurent léa léo loïc lionel
louis luc lucas lucie ludovic lydie magali manon marc-antoine margaux marguerite marie-claude marie-ève marie-hélène marine
marion mathieu mathilde matthieu maud maxime mélanie mélissa mickaël michel mireille morgane mylène nadège nathalie nicolas
odile olivier pascal pascale patrice philippe pierre pierre-yves quentin raphaël raphaëlle rémi rémy renaud roxane sabrina
samuel sandrine ségolène sébastien serge séverine solène solenn stanislas stéphane stéphanie sylvain sylvie tanguy théo
thibault thierry thomas tristan valentine valérie véronique victor vincent virginie xavier yann yannick yves yvon zoé abel
adolfo adrián agustín aitana aitor alberto alejandra alejandro alfonso alfredo alicia almudena álvaro amparo ana andrés ángel
ángela ángeles antonio araceli arturo asier beatriz belén benito bernardo blanca borja camila camilo candela carlos carlota
carmen carolina catalina césar clara concha consuelo cristian cristina cristóbal daniela diego dolores edgar eduardo elena
elisa eloy elvira emilio enrique ernesto esteban esther eugenia eva fabián federico felipe félix fernanda fernando fidel
francisca francisco gabriela gema gerardo germán gonzalo guadalupe guillermo gustavo héctor hernán hugo ignacio iker inés
irene isabel isidro iván jacinto jaime javier jesús jimena joaquín jordi jorge josé josefina josep juan juan-carlos julián
juliana julio laia laura leandro leonardo leticia lola lorena lorenzo lourdes lucía luciana luciano luis luisa luz macarena
magdalena manolo manuel manuela marcela marcelo marcos margarita maría mariana mariano marina mario marisol marta martín mateo
matías mauricio mercedes miguel miquel míriam mónica montse montserrat natalia nerea nicolás noelia norma nuria olga oriol
óscar pablo paco paloma paola patricia paulina pedro pepe pilar rafael ramiro ramón raquel raúl rebeca ricardo roberto rocío
rodrigo rogelio romina rosa rosana rosario rubén salvador santiago sara sebastián sergio silvia sofía sol soledad sonia susana
teresa tomás trinidad valentina valeria vanesa verónica vicente víctor virginia ximena xavi yolanda adriana afonso agostinho
alessandra américo andré andreia antónio armando artur augusto bárbara benedita bruna caio carina catarina cátia célia cláudia
cláudio cristiano danilo débora diana diogo duarte edson eduarda fábio fabiana fátima filipa filipe flávia flávio gilberto
giovanna guilherme helena henrique igor inês isabela ivo joana joão joaquim jéssica larissa leonor letícia lídia lígia luana
lúcia luís luísa luiz márcia márcio marco marília mário marisa mateus matheus maurício nádia natália nélson nuno otávio
patrícia paula paulo rafaela raimundo renata renato rita roberta rogério rui sandra sérgio silvana sílvia simão sofia sónia
tânia tatiana telmo thiago tiago valéria vanessa vasco vera vinícius vítor agnese aldo alessandro alessia alessio andrea
angela angelo anna annalisa antonella arianna attilio aurora barbara beatrice benedetta bianca carla carlo carlotta carmelo
caterina chiara cinzia claudia claudio concetta corrado cosimo cristiana daniele dario davide debora denise domenico donatella
donato edoardo eleonora elisabetta emanuela emanuele emilia enrica enrico enzo ettore eugenio fabio fabiola fabrizio federica
ferdinando ferruccio filippo fiorella flavia flavio francesca francesco franco fulvio gabriella gaetano gennaro giacomo gian
giancarlo gianfranco gianluca gianmarco gianni gino gioacchino giorgia giorgio giovanni giulia giuliano giulio giuseppe
giuseppina grazia guido ilaria ivana letizia lidia livia lorenza luca lucia ludovica luigi mara marcella marcello margherita
maria mariangela massimiliano massimo matteo maurizio mauro michela michele milena mirella monica nadia nicola nicoletta nino
nunzia ornella osvaldo paolo pasquale patrizia piero pietro raffaele raffaella renzo riccardo rino romano rosanna rossella
salvatore sandro sebastiano serena simona simone stefania stefano tiziana tommaso ugo umberto valerio vincenzo vito vittoria
vittorio viviana walter
"""

_SLAVIC_AND_MORE = """
adam agata agnieszka aleksander aleksandra andrzej anita anna arkadiusz artur barbara bartek bartłomiej bartosz beata bogdan
bożena cezary czesław damian danuta daria dariusz dawid dominik dominika dorota edyta elżbieta emil ewa ewelina filip
franciszek gabriela grażyna grzegorz halina hanna henryk iwona izabela jacek jadwiga jakub jan janusz jarosław jerzy joanna
jolanta józef julia justyna kacper kamil kamila karol karolina katarzyna kazimierz kinga konrad krystian krystyna krzysztof
leszek maciej magda magdalena małgorzata marcin marek maria mariusz marta mateusz michał mieczysław mirosław monika natalia
norbert oliwia patryk paulina paweł piotr przemysław radosław rafał renata robert roman ryszard sebastian sławomir stanisław
stefan sylwia szymon tadeusz tomasz urszula wacław waldemar wiesław wiktor witold włodzimierz wojciech zbigniew zdzisław zofia
zuzanna adéla alena aleš alžběta barbora blanka bohumil david dita dušan eliška eva hana helena ivana iveta jana jarmila
jaroslav jindřich jiří jitka josef kateřina klára kristýna lenka libor lubomír lucie luboš ludvík lukáš markéta martin martina
matěj michaela michal milan miloslav miloš miroslav ondřej pavel pavla petr petra radek radim radka richard šárka soňa
stanislav štěpán tereza tomáš václav veronika vít vladimír vojtěch zdeněk zuzana ádám ágnes andrás anikó attila balázs béla
csaba dániel dóra éva ferenc gábor györgy gyula ildikó imre istván jános józsef judit károly katalin krisztina lászló levente
márta máté mihály miklós nóra orsolya pál péter réka sándor tamás tibor zoltán zsófia zsolt adrian alexandru alina andreea
călin cătălin ciprian claudiu corina cosmin cristian dan dorin dragoş elena florin george gheorghe horia ioan ioana ion ionuț
iulia laurențiu lavinia liviu lucian marian mihaela mihai mircea nicolae oana octavian ovidiu petru radu răzvan remus sorin
ştefan teodora tiberiu tudor valeriu vasile viorel vlad aleksandar ana boris bojan dejan dragan dragana duško goran igor ivica
jasna jelena jovan jovana ljubica luka marija marko milica mladen mirjana nebojša nemanja nenad nikola predrag saša slavica
slobodan snežana srđan stipe tanja tatjana vesna vuk zoran željko aino antti eero eeva elina esa hannu harri heikki heli ilkka
jaakko janne jari johanna juha jukka juhani kaisa kalle kari kimmo kirsi laura lauri leena marja markku markus matti mika
mikko minna mirja olli outi paavo päivi pasi pekka petri pirjo riikka riitta sami sanna satu seppo teemu tero tiina timo
tuomas tuula veikko ville abdul abdullah abdelaziz ahmad ahmed ahmet aisha ali amina amir amira aziz bilal burak cem deniz
ebru elif emine emre erdal erdoğan esra fahad farah faisal fatima fatma ferhat fikret gökhan gülay hakan hamza hasan hassan
hatice hussein hüseyin huda ibrahim imran ismail jamal kamal karim kemal khalid khaled layla leila mahmoud mahmut majid mariam
maryam mehmet mohamed mohammad mohammed muhammad murat musa mustafa nadia nasser nour nur omar ömer osman özgür rania rashid
sabah saeed said salim salma samir samira selim selin serkan sevgi sibel süleyman tahir tamer tarek tarık tariq usman volkan
yasser yousef yusuf zainab zeynep ziad aarti abhishek aditi aditya ajay akash akshay alok amit amitabh amol anand anil anjali
ankit anshuman anurag arjun arun arvind ashish ashok deepak deepika devika dinesh divya gaurav girish harish isha jyoti kavita
kiran krishna kumar lakshmi lalit mahesh manish manoj meera mohan mukesh naveen neeraj neha nikhil nirmala nisha nitin pankaj
pooja prabhash pradeep prakash pramod pranav prashant praveen preeti priya priyanka puja rahul raj rajeev rajesh rajiv rakesh
ram ramesh ranjit rashmi ravi rishi ritu rohan rohit sachin sandeep sangeeta sanjay sanjeev santosh satish saurabh shalini
shashi shikha shilpa shreya shruti shubham smita sneha subhash sudhir sumit sunil sunita suresh swati tanvi uma varun vijay
vikas vikram vinay vinod vishal vivek akira ayako daisuke haruka haruki hideki hiroko hiroshi jun kaori kazuo keiko kenji
kenta koji mai makoto mari masahiro masato mayumi megumi michiko naoko naoki natsuki rei rie ryo sachiko sakura satoshi shinji
shota sora takashi takeo takeshi taro tatsuya tomoko tomohiro toru yasuhiro yoko yoshiko yui yuka yuki yuko yumi yusuke thabo
sipho nomsa lerato themba nthabiseng mpho tshepo kagiso bongani sibusiso thandi zanele chidi chinedu emeka ngozi obinna
chiamaka adebayo oluwaseun kwame kofi ama kojo wanjiru kamau otieno mwangi njeri tendai tafadzwa rudo fouzia éamon éanna aoife
áine bríd cian ciara ciarán cormac daithí darragh deirbhile donal donnacha eimear eoghan eoin fearghal fionn fionnuala gráinne
liam máire mairéad máirtín micheál muireann nessa noirín nuala oisín pádraig pádraic proinsias róisín ruairí saoirse seán
séamus seamus sinéad síle sorcha tadhg tomás úna cathal dara enda feargal marese alun aneurin angharad bleddyn branwen carwyn
siobhán caoimhe padraig cillian ruairi eilish mairi euan eilidh morag carys cerys gwyn hettie elsie evie finley barnaby piers
crispin gladys ethel edna hilda mavis beryl maisie gracie deepa asha ayesha amara abena efua tunde segun iñaki ginevra øystein
lovisa szabolcs
catrin dafydd dewi elen eleri elin eluned emyr ffion geraint gethin glyn gruffydd guto gwenllian gwilym haf heledd huw hywel
ieuan ifan iestyn iolo iwan llinos lowri mair meinir meirion menna nerys owain rhodri rhun rhydian sioned siân steffan tomos
"""

_NAMES = word_set(_ENGLISH, _GERMANIC, _ROMANCE, _SLAVIC_AND_MORE)


def is_given_name(word: str) -> bool:
    """Whether a case-folded word is a common given name; of a hyphenated one ("anne-kathrin") the first half counts."""
    return word in _NAMES or word.partition("-")[0] in _NAMES
