#include "role/screen/name_words.h"

/* Groups: legal forms below 100, one meaning each; translations of company words from 100; names
 * that are one name from 1000. A row without a group whose words should be one gets its own. */
enum legal_group { LEGAL_LIMITED = 1, LEGAL_STOCK, LEGAL_PARTNERS, LEGAL_STATE, LEGAL_COMPANY };

#define LEGAL(group, words)                                            \
    {                                                                  \
        ROLE_LEGAL_FORM, 3, WORD_ENTITY, WORD_BY_LETTERS, group, words \
    }
#define GENERIC(weight, words)                                       \
    {                                                                \
        ROLE_GENERIC, weight, WORD_ENTITY, WORD_BY_LETTERS, 0, words \
    }
#define ONE(weight, group, words)                                        \
    {                                                                    \
        ROLE_GENERIC, weight, WORD_ENTITY, WORD_BY_LETTERS, group, words \
    }
#define PLACE(group, words)                                        \
    {                                                              \
        ROLE_PLACE, 24, WORD_ENTITY, WORD_BY_LETTERS, group, words \
    }
#define PARTICLE(where, words)                             \
    {                                                      \
        ROLE_PARTICLE, 1, where, WORD_BY_LETTERS, 0, words \
    }
#define TITLE(words)                                          \
    {                                                         \
        ROLE_TITLE, 2, WORD_PERSON, WORD_BY_LETTERS, 0, words \
    }
#define NAME(weight, words)                                         \
    {                                                               \
        ROLE_ORDINARY, weight, WORD_PERSON, WORD_BY_SOUND, 0, words \
    }
#define NAMES(weight, group, words)                                     \
    {                                                                   \
        ROLE_ORDINARY, weight, WORD_PERSON, WORD_BY_SOUND, group, words \
    }

/* clang-format off */
const struct word_row name_word_rows[] = {
    LEGAL(LEGAL_LIMITED, "ltd limited ltda limitada llc gmbh mbh sarl srl bv ooo too tov sprl "
        "eurl pte pvt pty proprietary sdn bhd berhad doo ood eood kft spzoo uab sia fze fzc "
        "fzco fzllc dmcc jlt wll lda sl slu sas sasu ohu mchj cyf unlimited ltdsti mmc osoo "
        "tdoo spolka shpk dooel"),
    LEGAL(LEGAL_STOCK, "jsc ojsc cjsc pjsc oao ao zao pao ag sa spa nv ab as asa oyj oy plc inc "
        "incorporated corp corporation kk tbk psc saog saoc se sae sal aktiengesellschaft "
        "aksjeselskap aktiebolag qsc pjscl prjsc ad eaad ead akc sadecv cv psu pat vat "
        "corporacion"),
    LEGAL(LEGAL_PARTNERS, "lp llp lllp kg ohg kgaa gp komandit"),
    LEGAL(LEGAL_STATE, "fgup gup mup fgbu fgku fgbou fsue"),
    LEGAL(LEGAL_COMPANY, "co company companies cie comp compania companhia compagnie kompaniya "
        "kompania sherkat sirketi firma na nvsa pt cv ip ooh tic san kaisha kabushiki "
        "gesellschaft mit beschrankter haftung societe anonyme sociedad sociedade societa "
        "obshchestvo aktsionernoe aktsionernoye obschestvo otkrytoe zakrytoe publichnoe "
        "ogranichennoi otvetstvennostyu otvetstvennostiu limitirovannoe"),
    PARTICLE(WORD_ENTITY, "the of and for in on to de del da do dos des du la le les el al el "
        "der die das und et y e i s a an at by with von van po na im fur para con ir al ul iz u"),
    PARTICLE(WORD_PERSON, "al el ul ur ud il de da do dos das del della di du der den van von "
        "ter ten la le los las y of the and bin ben ibn bn bnt bint binti binte ould wuld uld "
        "ag bou na zu af av dos san e"),
    TITLE("mr mrs ms miss dr prof professor sir lord lady dame sheikh shaykh shaikh sheik shekh "
        "cheikh haji hajji hadji hajj haj alhaj alhaji mullah mulla molla maulvi mawlawi "
        "maulawi mawlavi maulana qari sayyid sayed seyyed seyed sayyed said seyid general gen "
        "colonel col major brigadier admiral captain capt lieutenant president praesident "
        "prasident monsieur madame herr frau senor senora don dona hojjatoleslam ayatollah imam "
        "ustad pir qazi commander comrade jr sr mme dipl ing begum hafiz sid shikh dktr hj hji "
        "mla mulwi qadi mulla qazi podpolkovnik plukovnik polkovnik"),

    /* ---- general words of companies ---- */
    ONE(9, 100, "group gruppa grupo groupe gruppe gruppo"),
    ONE(9, 101, "holding holdings kholding"),
    ONE(10, 102, "international internacional internationale internationals mezhdunarodnyi "
        "mezhdunarodnaya mezhdunarodny intl beynelmilel uluslararasi"),
    ONE(14, 103, "bank banco banque banka banking banken bankas"),
    ONE(12, 104, "factory plant zavod fabrika works fabrik karkhane karkhaneh usine"),
    ONE(12, 105, "ministry ministerstvo ministere ministerio vezarat wizarat"),
    ONE(12, 106, "university universitet universidad universite daneshgah universitat "
        "universitaet"),
    ONE(12, 107, "institute institut instituto institution"),
    ONE(12, 108, "center centre tsentr centro markaz zentrum centr"),
    ONE(12, 109, "foundation fond fondation bonyad vakfi stiftung fundacion fundacao foundations"),
    ONE(9, 110, "trading torgovyi torgovaya comercializadora tijara trade trades torgovy"),
    ONE(12, 111, "shipping sudokhodnaya navigation shipmanagement"),
    ONE(12, 112, "research nauchnoissledovatelskii issledovatelskii issledovanii"),
    ONE(12, 113, "scientific nauchnyi nauchno science nauka"),
    ONE(12, 114, "production proizvodstvo proizvodstvennoe manufacturing mfg proizvodstvennaya"),
    ONE(12, 115, "national natsionalnyi nacional natsionalnaya nationale nazionale"),
    ONE(12, 116, "state gosudarstvennyi gosudarstvennoe gosudarstvennaya estatal"),
    ONE(12, 117, "construction stroitelstvo construccion constructions stroitelnaya insaat"),
    ONE(12, 118, "insurance strakhovaya seguros bimeh sigorta assurance"),
    ONE(12, 119, "technology technologies tech tekhnologii tecnologia teknoloji tekhnologiya"),
    ONE(9, 120, "enterprise enterprises predpriyatie empresa entreprise unternehmen "
        "establishment est"),
    ONE(12, 121, "association assotsiatsiya asociacion verein jamiat jamiyat assoc"),
    ONE(12, 122, "organization organisation organizatsiya organizacion sazman sazeman "
        "organisations"),
    ONE(12, 123, "industrial promyshlennyi promyshlennaya industriel sanaye sanayi"),
    ONE(10, 124, "brothers bros kardesler"),
    ONE(12, 125, "saint st sankt santa"),
    ONE(12, 126, "party partiya partido parti hizb hezb"),
    ONE(12, 127, "joint sovmestnoe"),
    ONE(12, 128, "office buro bureau daftar ofis"),
    ONE(12, 129, "house dom casa khaneh"),
    ONE(12, 130, "military voennyi voenno"),
    ONE(12, 131, "department departament upravlenie directorate"),
    ONE(12, 132, "engineering injiniring inzhiniring muhandisi mohandesi"),
    ONE(12, 133, "labor labour"),
    ONE(12, 134, "investment investments invest investitsii inversiones inversion"),
    ONE(12, 135, "charity charitable blagotvoritelnyi"),
    ONE(12, 136, "islamic islami islamiya islamiyya"),
    ONE(12, 137, "kombinat combine combinat"),
    GENERIC(9, "services service servicios servis general business businesses products product "
        "supply supplies commercial commerce solutions systems system global industries "
        "industry import export imports exports impex management consulting consultants agency "
        "agencies associates"),
    GENERIC(12, "society committee council union federation development developments capital "
        "fund funds trust partners finance financial oil petroleum gas energy power electric "
        "electronics aviation airlines airways air marine maritime transport transportation "
        "logistics branch school college academy hospital medical media news television club "
        "league movement front army brigade battalion forces security defense defence steel "
        "metal metals mining minerals chemical chemicals pharmaceutical pharmaceuticals food "
        "foods textile textiles motor motors auto equipment machinery real estate property "
        "properties asset backed securities loan mortgage lease exchange market brokers broker "
        "money financiera hotel hotels travel tourism tours design studio digital data software "
        "network networks telecom telecommunications communications communication space "
        "aerospace naval port ports railway railways road roads water agriculture agricultural "
        "farm farms relief aid humanitarian welfare support people peoples popular new central "
        "united"),

    /* ---- places ---- */
    PLACE(200, "russia russian rossiya rossii rossiiskii rossiyskiy rossiiskaya rossiiskoi"),
    PLACE(201, "usa us america american"),
    PLACE(202, "uk britain british england"),
    PLACE(203, "iran iranian"),
    PLACE(204, "china chinese zhongguo"),
    PLACE(205, "syria syrian"),
    PLACE(206, "ukraine ukrainian ukraina"),
    PLACE(207, "belarus belarusian belarussian belorusskii byelorussian"),
    PLACE(208, "germany german deutschland deutsche"),
    PLACE(209, "france french francaise"),
    PLACE(210, "turkey turkish turkiye"),
    PLACE(211, "iraq iraqi"),
    PLACE(212, "lebanon lebanese liban"),
    PLACE(213, "mexico mexican mexicana"),
    PLACE(214, "brazil brasil"),
    PLACE(215, "spain espana"),
    PLACE(216, "italy italia italiana"),
    PLACE(217, "switzerland suisse schweiz swiss"),
    PLACE(218, "kazakhstan kazakh"),
    PLACE(219, "myanmar burma"),
    PLACE(0, "afghanistan albania algeria angola argentina armenia australia austria azerbaijan "
        "bahrain bangladesh belgium bolivia bosnia bulgaria cambodia canada chad chile colombia "
        "congo croatia cuba cyprus denmark ecuador egypt estonia ethiopia finland gabon georgia "
        "ghana greece guatemala haiti honduras hungary iceland india indonesia ireland israel "
        "jamaica japan jordan kenya korea kosovo kuwait kyrgyzstan laos latvia liberia libya "
        "lithuania luxembourg malaysia mali malta moldova monaco mongolia montenegro morocco "
        "mozambique namibia nepal netherlands nicaragua niger nigeria norway oman pakistan "
        "palestine panama paraguay peru philippines poland portugal qatar romania rwanda "
        "senegal serbia singapore slovakia slovenia somalia sudan sweden taiwan tajikistan "
        "tanzania thailand tunisia turkmenistan uganda uruguay uzbekistan venezuela vietnam "
        "yemen zambia zimbabwe crimea asia africa europe pacific"),
    PLACE(0, "moscow london paris berlin madrid rome vienna tokyo osaka beijing shanghai "
        "shenzhen guangzhou dubai sharjah abu dhabi istanbul ankara tehran isfahan baghdad "
        "damascus aleppo beirut cairo tripoli tunis algiers delhi mumbai karachi lahore kabul "
        "kandahar islamabad dhaka manila jakarta bangkok hanoi saigon seoul pyongyang taipei "
        "sydney melbourne toronto york angeles chicago dallas phoenix houston miami havana "
        "caracas bogota lima santiago buenos aires paulo lagos nairobi khartoum minsk kiev kyiv "
        "kharkiv sevastopol simferopol donetsk luhansk petersburg kazan novosibirsk irkutsk "
        "vladivostok rostov hongkong hong kong macau hamburg frankfurt munich zurich geneva "
        "limassol nicosia athens sofia belgrade zagreb sarajevo warsaw prague budapest"),

    /* ---- names that are one name ---- */
    NAMES(26, 1000, "vladimir uladzimir volodymyr wladimir uladzimer vladymyr"),
    NAMES(22, 1001, "alexander aleksandr alexandr aliaksandr oleksandr aleksander alyaksandr "
        "alieksandr aliaxandr sasha alexandre alexandros"),
    NAMES(22, 1002, "sergei sergey siarhei serhiy sergiy syarhey serguei serhii sjarhej siarhej"),
    NAMES(22, 1003, "nikolai nikolay mikalai mykola nikola mikola mikalay nicolas nicholas "
        "nikolas"),
    NAMES(24, 1004, "dmitri dmitry dzmitry dmytro dimitri dmitrii dzmitryi dmitriy dimitry "
        "zmitser dzmitri zmicier"),
    NAMES(24, 1005, "andrei andrey andrii andriy andrej"),
    NAMES(24, 1006, "alexei alexey aleksei aliaksei oleksiy aleksey oleksii alyaksey alexej "
        "aliaksiej"),
    NAMES(24, 1007, "yevgeny evgeny yauhen yevhen evgenii yevgeniy jewgeni yauhenii eugene "
        "evgeniy yauheni yauhenii yaugen jevgeni jewgenij"),
    NAMES(24, 1008, "mikhail mikhailo mykhailo mihail michail mikhael mykhaylo"),
    NAMES(24, 1009, "pavel pavlo paval"),
    NAMES(24, 1010, "ivan ivans"),
    NAMES(24, 1011, "igor ihar ihor"),
    NAMES(24, 1012, "oleg aleh oleh"),
    NAMES(24, 1013, "viktor victor viktar"),
    NAMES(24, 1014, "vasily vasili vasil vasyl vasiliy wassili"),
    NAMES(24, 1015, "grigory grigori ryhor hryhoriy grigoriy hryhorii grigorii gregory"),
    NAMES(24, 1016, "yuri yury juri iury yuriy iurii yurii"),
    NAMES(24, 1017, "natalia natalya natallia nataliya natalja natalie"),
    NAMES(24, 1018, "elena yelena alena olena jelena helena"),
    NAMES(24, 1019, "olga volha olha"),
    NAMES(24, 1020, "tatiana tatyana tatsiana tetiana tatsyana tetyana tacciana taciana tatjana"),
    NAMES(24, 1021, "svetlana sviatlana svitlana"),
    NAMES(24, 1022, "irina iryna"),
    NAMES(24, 1023, "ekaterina yekaterina katsiaryna kateryna catherine katerina"),
    NAMES(24, 1024, "anna hanna ganna"),
    NAMES(24, 1025, "maria mariya maryia marya mariia"),
    NAMES(24, 1026, "konstantin kanstantsin kostiantyn kostyantyn constantin"),
    NAMES(24, 1027, "anatoly anatoli anatol anatoliy anatolii anatolij"),
    NAMES(24, 1028, "valery valeri valeriy valeryi valerii"),
    NAMES(24, 1029, "gennady henadz hennadiy gennadiy henadzi gennadii hienadz"),
    NAMES(24, 1030, "leonid leanid"),
    NAMES(24, 1031, "maxim maksim maksym"),
    NAMES(24, 1032, "nikita mikita mykyta"),
    NAMES(24, 1033, "petr pyotr piotr petro peter pjotr"),
    NAMES(24, 1034, "stepan sciapan stsiapan stephan"),
    NAMES(24, 1035, "vyacheslav viacheslav viachaslau vyachaslau viacheslau vjaceslav"),
    NAMES(24, 1036, "artem artyom artsiom artiom"),
    NAMES(24, 1037, "fyodor fedor fiodar fedir"),
    NAMES(24, 1038, "vadim vadzim vadym"),
    NAMES(24, 1039, "georgy georgi heorhi heorhiy georgiy georgii"),
    NAMES(24, 1040, "vitaly vitali vital vitaliy vitalii"),
    NAMES(24, 1041, "roman raman"),
    NAMES(24, 1042, "ruslan"),
    NAMES(24, 1043, "denis dzianis denys"),
    NAMES(24, 1044, "kirill kiryl kyrylo cyril"),
    NAMES(24, 1045, "timofei tsimafei tymofiy"),
    NAMES(24, 1046, "lyudmila ludmila liudmila lyudmyla ljudmila"),
    NAMES(24, 1047, "marina maryna"),
    NAMES(24, 1048, "ilya illia illya ilia"),
    NAMES(24, 1049, "afanasy apanas"),
    NAMES(24, 1050, "semyon semen siamion"),
    NAMES(24, 1051, "bogdan bahdan bohdan"),
    NAMES(24, 1052, "yegor egor yahor"),
    NAMES(24, 1053, "aleksandra alexandra aliaksandra oleksandra"),
    NAMES(24, 1054, "galina halina halyna"),
    NAMES(24, 1055, "oksana aksana"),
    NAMES(24, 1056, "vera vira"),
    NAMES(24, 1057, "anastasia nastassia anastasiya anastasiia"),
    NAMES(24, 1058, "pyotrovich petrovich piatrovich"),
    NAMES(24, 1059, "larisa larysa"),
    NAMES(24, 1060, "eduard eduards edward"),
    NAMES(24, 1061, "matvei matsvei matviy"),
    NAMES(24, 1062, "arkady arkadi arkadz arkadiy arkadii"),
    NAMES(24, 1063, "valentin valiantsin valentyn"),
    NAMES(24, 1064, "vladislav uladzislau vladyslav wladislaw"),
    NAMES(24, 1065, "stanislav stanislau"),
    NAMES(24, 1066, "yaroslav yaraslau jaroslav"),
    NAMES(24, 1067, "rostislav rastsislau"),
    NAMES(12, 1100, "mohammed muhammad mohamed mohammad muhammed mohamad mahomed muhamad "
        "muhamed muhammet mehmed mohd mamad mahamat mohammod"),
    NAMES(14, 1101, "ahmed ahmad ahmet ahmad akhmed achmed ahamed"),
    NAMES(14, 1102, "hussein husain hussain husayn hossein hosein husein hoseyn hussayn huseyin "
        "khusein houssein hocine"),
    NAMES(14, 1103, "hassan hasan hasen"),
    NAMES(16, 1104, "mahmoud mahmud mahmood mehmood makhmud mahmut"),
    NAMES(16, 1105, "yusuf yousef youssef yusif joseph yousuf yosef yousif yussuf josef yusef"),
    NAMES(16, 1106, "ibrahim ebrahim brahim ibragim abraham"),
    NAMES(16, 1107, "omar umar omer umer"),
    NAMES(16, 1108, "osman uthman othman usman ousmane"),
    NAMES(16, 1109, "khalid khaled halid khaleed"),
    NAMES(16, 1110, "said saeed sayeed saied saed"),
    NAMES(16, 1111, "suleiman sulayman solaiman suleyman soleiman sulaiman souleymane soliman "
        "solomon"),
    NAMES(16, 1112, "ismail esmail ismael esmaeil ismayil"),
    NAMES(16, 1113, "mustafa mostafa moustafa mustapha"),
    NAMES(16, 1114, "jamal gamal djamal cemal djamel"),
    NAMES(16, 1115, "tariq tarek tareq tarik"),
    NAMES(14, 1116, "abdullah abdallah abdulla abdollah abdalla abdoullah abdellah"),
    NAMES(16, 1117, "qasim qasem kassem kasim ghassem qassem kasem qassim kacem"),
    NAMES(16, 1118, "hamid hameed hamed"),
    NAMES(16, 1119, "rashid rasheed rachid rashed raschid"),
    NAMES(16, 1120, "walid waleed oualid"),
    NAMES(16, 1121, "ali aly"),
    NAMES(16, 1122, "salih saleh salah salih"),
    NAMES(16, 1123, "nasir nasser naser nasr"),
    NAMES(16, 1124, "karim kareem kerim"),
    NAMES(16, 1125, "rahman rehman rahmane rahaman"),
    NAMES(16, 1126, "aziz azeez"),
    NAMES(16, 1127, "yahya yahia yehya yehia"),
    NAMES(16, 1128, "isa issa eissa aissa"),
    NAMES(16, 1129, "musa moussa mousa moses"),
    NAMES(16, 1130, "bashar bachar"),
    NAMES(16, 1131, "bakr bakar bekr"),
    NAMES(16, 1132, "jafar jaafar djaffar cafer"),
    NAMES(16, 1133, "habib habeeb"),
    NAMES(16, 1134, "sharif shareef cherif sherif"),
    NAMES(16, 1135, "reza rida ridha"),
    NAMES(16, 1136, "fatima fatemeh fatma fatimah"),
    NAMES(16, 1137, "mahdi mehdi"),
    NAMES(8, 1138, "abd abdul abdel abdal abdol abdu abdur abder abdus abdoul"),
    NAMES(8, 1139, "abu abou abi aboo"),
    NAMES(7, 1140, "din deen dine eddine uddin eddin uddine uddeen aldin aldeen addin oddin "
        "iddin eldin udeen udin edin"),
    NAMES(7, 1141, "allah ullah ollah ulla"),
    NAMES(26, 1200, "john johnny jon jhon"),
    NAMES(26, 1201, "william bill will willie"),
    NAMES(26, 1202, "robert bob bobby rob"),
    NAMES(26, 1203, "michael mike"),
    NAMES(26, 1204, "james jim jimmy"),
    NAMES(26, 1205, "thomas tom tommy tomas"),
    NAMES(26, 1206, "richard dick rick ricky"),
    NAMES(26, 1207, "charles charlie chuck carlos"),
    NAMES(26, 1208, "barack barry barak"),
    NAMES(26, 1209, "anthony tony antonio"),
    NAMES(26, 1210, "elizabeth liz beth elisabeth"),
    NAMES(26, 1211, "margaret maggie peggy"),
    NAMES(26, 1212, "jose pepe"),
    NAMES(26, 1213, "francisco paco pancho"),
    NAMES(26, 1214, "stephen steven steve stefan"),
    NAMES(26, 1215, "jonathan johnathan"),

    /* ---- common names: little told by one of them ---- */
    NAME(22, "mary patricia jennifer linda barbara susan jessica sarah karen lisa nancy betty "
        "sandra ashley kimberly emily donna michelle carol amanda melissa deborah stephanie "
        "rebecca sharon laura cynthia kathleen amy angela shirley brenda pamela emma nicole "
        "samantha christine debra rachel carolyn janet ruth olivia heather diane virginia julie "
        "joyce victoria kelly christina joan evelyn lauren judith megan cheryl andrea hannah "
        "jacqueline martha gloria teresa ann sara madison frances kathryn janice jean abigail "
        "alice julia judy sophia grace denise amber doris marilyn danielle beverly isabella "
        "theresa diana brittany charlotte marie kayla alexis david joseph daniel matthew mark "
        "donald paul andrew joshua kenneth kevin brian george timothy ronald edward jason "
        "jeffrey ryan jacob gary eric larry justin scott brandon benjamin samuel frank raymond "
        "patrick jack dennis jerry tyler aaron adam nathan henry zachary douglas kyle noah "
        "ethan jeremy walter christian keith roger terry austin sean gerald carl harold dylan "
        "arthur lawrence jordan jesse bryan billy bruce gabriel joe logan albert willie alan "
        "eugene russell vincent philip louis harry ralph roy christopher simon martin"),
    NAME(24, "smith johnson williams brown jones davis miller wilson anderson taylor thomas "
        "moore jackson martin thompson white harris clark lewis robinson walker young allen "
        "king wright scott hill green adams nelson baker hall campbell mitchell carter roberts "
        "phillips evans turner parker edwards collins stewart morris murphy cook rogers morgan "
        "cooper peterson reed bailey bell kelly howard ward cox richardson wood watson brooks "
        "bennett gray james hughes price myers long foster sanders ross powell sullivan russell "
        "fisher henderson cole west jordan graham wallace"),
    NAME(20, "garcia rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez torres "
        "flores rivera gomez diaz reyes morales cruz ortiz gutierrez chavez ramos ruiz alvarez "
        "mendoza castillo jimenez vasquez romero herrera medina aguilar vargas castro fernandez "
        "guzman munoz rojas silva santos oliveira souza pereira costa ferreira rodrigues "
        "almeida suarez molina delgado leon salazar soto vega cortes nunez mejia contreras "
        "guerrero pena rios navarro campos sandoval valencia lozano"),
    NAME(22, "jose juan luis maria carlos jorge pedro manuel miguel antonio francisco alejandro "
        "rafael fernando ricardo eduardo roberto javier mario sergio raul alberto jesus oscar "
        "hector enrique victor ramon cesar guillermo arturo pablo ana rosa carmen guadalupe "
        "julio alfredo armando jaime felipe diego gustavo andres ruben salvador joao paulo "
        "marcos luiz lucas isabel gabriela claudia adriana veronica leticia silvia alicia "
        "monica sofia elena lucia marta beatriz esteban ignacio gerardo rodrigo hugo ivan "
        "gilberto rogelio marco angel edgar omar"),
    NAME(18, "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao "
        "luo zheng liang xie song tang han feng deng cao peng zeng xiao tian dong pan yuan cai "
        "jiang yu du ye cheng su wei lu ding ren yao shen kim lee park choi jung kang cho yoon "
        "chang lim oh seo shin kwon hwang ahn ryu hong pak ri choe jong kwak jang yun nguyen "
        "tran le pham hoang phan vu dang bui do ho ngo duong chan wong ng cheung lau leung ho "
        "yip chong tan ong teo"),
    NAME(22, "ming hong ping jun wei jie xin yan hua lei qiang yong feng bin tao hui chao gang "
        "sung chul chol yong jin min ho hyun su hyok nam song il un myong kyong sun hui chun "
        "hak suk kwang thanh van thi minh anh tuan duc"),
    NAME(22, "tanaka suzuki sato takahashi watanabe ito yamamoto nakamura kobayashi kato "
        "yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi singh kumar sharma "
        "patel shah khan gupta verma das reddy rao devi kaur ram lal prasad begum akhtar bibi "
        "malik iqbal raza akbar gul jan shah"),
    NAME(20, "petrov ivanov sidorov smirnov kuznetsov popov volkov sokolov mikhailov fedorov "
        "morozov alekseev lebedev semenov egorov pavlov kozlov stepanov nikolaev orlov andreev "
        "makarov nikitin zakharov soloviev vasiliev zaitsev romanov vorobiev frolov medvedev"),
    NAME(22, "hans peter klaus wolfgang thomas michael andreas stefan christian martin werner "
        "karl heinz horst jurgen uwe bernd dieter gerhard friedrich heinrich muller schmidt "
        "schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein "
        "wolf schroder neumann schwarz zimmermann braun kruger hofmann lange werner krause "
        "lehmann jean pierre michel andre philippe jacques francois bernard alain louis claude "
        "giovanni giuseppe marco luca paolo francesco rossi russo ferrari bianchi jan anna eva "
        "lars erik anders nils ole per hansen johansen olsen larsen andersen nielsen jensen "
        "pedersen kristensen johansson andersson karlsson nilsson eriksson"),
    NAME(16, "mohsen hadi jawad javad kazem kadhim abbas akbar asghar amir amin anwar ashraf "
        "atif ayman ayub aziz badr bilal daud dawood faisal faysal farid farooq faruq fahd fuad "
        "ghulam hafiz hakim haidar hamza hani haroon hashim imran iqbal jalil jabir jibril "
        "junaid kamal latif majid malik mansour mansur marwan masoud masud mubarak munir murad "
        "muslim mujahid nabil nadir naim najib nazir nur noor omran osama usama qadir rafiq "
        "rahim rajab ramadan ramzi rauf riyad riad sabir sadiq safi salam salim salman sami "
        "samir sattar shafiq shakir siddiq siraj sultan tahir talib taha wahid wali yasin "
        "yassin younis yunus yaqub zaid zayd zakaria zaki ziad ziyad zubair khan agha mirza "
        "haji gul jan zarif zahir maryam zahra aisha khadija layla"),
    NAME(14, "haq haqq jabbar ghani ghafar ghafoor wahab razzaq razak salam satar majid malik "
        "qader kader kadir"),
};
/* clang-format on */
const u32 name_word_rows_count = ARRAY_COUNT(name_word_rows);

/* clang-format off */
const struct word_phrase name_word_phrases[] = {
    {LEGAL_LIMITED, "limited liability company"},
    {LEGAL_LIMITED, "private limited company"},
    {LEGAL_LIMITED, "with limited liability"},
    {LEGAL_LIMITED, "gesellschaft mit beschrankter haftung"},
    {LEGAL_LIMITED, "obshchestvo s ogranichennoi otvetstvennostyu"},
    {LEGAL_LIMITED, "tavarystva z abmezhavanai adkaznastsiu"},
    {LEGAL_LIMITED, "tovarystvo z obmezhenoyu vidpovidalnistyu"},
    {LEGAL_LIMITED, "sociedad de responsabilidad limitada"},
    {LEGAL_LIMITED, "societe a responsabilite limitee"},
    {LEGAL_LIMITED, "societa a responsabilita limitata"},
    {LEGAL_LIMITED, "spolka z ograniczona odpowiedzialnoscia"},
    {LEGAL_LIMITED, "sdn bhd"},
    {LEGAL_LIMITED, "co ltd"},
    {LEGAL_LIMITED, "company limited"},
    {LEGAL_LIMITED, "limited sirketi"},
    {LEGAL_STOCK, "joint stock company"},
    {LEGAL_STOCK, "open joint stock company"},
    {LEGAL_STOCK, "closed joint stock company"},
    {LEGAL_STOCK, "public joint stock company"},
    {LEGAL_STOCK, "private joint stock company"},
    {LEGAL_STOCK, "public limited company"},
    {LEGAL_STOCK, "aktsionernoe obshchestvo"},
    {LEGAL_STOCK, "otkrytoe aktsionernoe obshchestvo"},
    {LEGAL_STOCK, "zakrytoe aktsionernoe obshchestvo"},
    {LEGAL_STOCK, "publichnoe aktsionernoe obshchestvo"},
    {LEGAL_STOCK, "sociedad anonima"},
    {LEGAL_STOCK, "sociedad anonima de capital variable"},
    {LEGAL_STOCK, "sa de cv"},
    {LEGAL_STOCK, "s a de c v"},
    {LEGAL_STOCK, "societe anonyme"},
    {LEGAL_STOCK, "anonim sirketi"},
    {LEGAL_STOCK, "kabushiki kaisha"},
    {LEGAL_PARTNERS, "limited partnership"},
    {LEGAL_PARTNERS, "limited liability partnership"},
    {LEGAL_STATE, "federal state unitary enterprise"},
    {LEGAL_STATE, "federalnoe gosudarstvennoe unitarnoe predpriyatie"},
    {LEGAL_STATE, "state unitary enterprise"},
};
/* clang-format on */
const u32 name_word_phrases_count = ARRAY_COUNT(name_word_phrases);
