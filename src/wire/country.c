#include "wire/country.h"

#include "base/span.h"

#include <string.h>

#define KEY_BYTES 64U

/* Names in English, adjectives and codes of three letters; only their letters, small, in order. */
/* clang-format off */
static const struct country_row {
    const char *key;
    char code[3];
} country_rows[] = {
    {"abw", "AW"}, {"afg", "AF"}, {"afghan", "AF"}, {"afghanistan", "AF"}, {"ago", "AO"},
    {"aia", "AI"}, {"ala", "AX"}, {"alandislands", "AX"}, {"alb", "AL"}, {"albania", "AL"},
    {"albanian", "AL"}, {"algeria", "DZ"}, {"algerian", "DZ"}, {"american", "US"},
    {"americansamoa", "AS"}, {"and", "AD"}, {"andorra", "AD"}, {"andorran", "AD"},
    {"angola", "AO"}, {"angolan", "AO"}, {"anguilla", "AI"}, {"antarctica", "AQ"},
    {"antiguaandbarbuda", "AG"}, {"antiguan", "AG"}, {"arabrepublicofegypt", "EG"}, {"are", "AE"},
    {"arg", "AR"}, {"argentina", "AR"}, {"argentine", "AR"}, {"argentinian", "AR"}, {"arm", "AM"},
    {"armenia", "AM"}, {"armenian", "AM"}, {"aruba", "AW"}, {"asm", "AS"}, {"ata", "AQ"},
    {"atf", "TF"}, {"atg", "AG"}, {"aus", "AU"}, {"australia", "AU"}, {"australian", "AU"},
    {"austria", "AT"}, {"austrian", "AT"}, {"aut", "AT"}, {"aze", "AZ"}, {"azerbaijan", "AZ"},
    {"azerbaijani", "AZ"}, {"bahamas", "BS"}, {"bahamasthe", "BS"}, {"bahamian", "BS"},
    {"bahrain", "BH"}, {"bahraini", "BH"}, {"bangladesh", "BD"}, {"bangladeshi", "BD"},
    {"barbadian", "BB"}, {"barbados", "BB"}, {"bdi", "BI"}, {"bel", "BE"}, {"belarus", "BY"},
    {"belarusian", "BY"}, {"belarussian", "BY"}, {"belgian", "BE"}, {"belgium", "BE"},
    {"belize", "BZ"}, {"belizean", "BZ"}, {"ben", "BJ"}, {"benin", "BJ"}, {"beninese", "BJ"},
    {"bermuda", "BM"}, {"bermudian", "BM"}, {"bes", "BQ"}, {"bfa", "BF"}, {"bgd", "BD"},
    {"bgr", "BG"}, {"bhr", "BH"}, {"bhs", "BS"}, {"bhutan", "BT"}, {"bhutanese", "BT"},
    {"bih", "BA"}, {"blm", "BL"}, {"blr", "BY"}, {"blz", "BZ"}, {"bmu", "BM"}, {"bol", "BO"},
    {"bolivarianrepublicofvenezuela", "VE"}, {"bolivia", "BO"}, {"bolivian", "BO"},
    {"boliviaplurinationalstateof", "BO"}, {"bonairesinteustatiusandsaba", "BQ"}, {"bosnia", "BA"},
    {"bosniaandherzegovina", "BA"}, {"bosniaherzegovina", "BA"}, {"bosnian", "BA"},
    {"botswana", "BW"}, {"bouvetisland", "BV"}, {"bra", "BR"}, {"brazil", "BR"},
    {"brazilian", "BR"}, {"brb", "BB"}, {"british", "GB"}, {"britishindianoceanterritory", "IO"},
    {"britishvirginislands", "VG"}, {"brn", "BN"}, {"brunei", "BN"}, {"bruneian", "BN"},
    {"bruneidarussalam", "BN"}, {"btn", "BT"}, {"bulgaria", "BG"}, {"bulgarian", "BG"},
    {"burkinabe", "BF"}, {"burkinafaso", "BF"}, {"burma", "MM"}, {"burmamyanmar", "MM"},
    {"burmese", "MM"}, {"burundi", "BI"}, {"burundian", "BI"}, {"bvt", "BV"}, {"bwa", "BW"},
    {"caboverde", "CV"}, {"caf", "CF"}, {"cambodia", "KH"}, {"cambodian", "KH"},
    {"cameroon", "CM"}, {"cameroonian", "CM"}, {"can", "CA"}, {"canada", "CA"}, {"canadian", "CA"},
    {"capeverde", "CV"}, {"caribbeannetherlands", "BQ"}, {"caymanislands", "KY"}, {"cck", "CC"},
    {"centralafrican", "CF"}, {"centralafricanrepublic", "CF"}, {"chad", "TD"}, {"chadian", "TD"},
    {"che", "CH"}, {"chile", "CL"}, {"chilean", "CL"}, {"china", "CN"}, {"chinahongkong", "HK"},
    {"chinapeoplesrepublicof", "CN"}, {"chinese", "CN"}, {"chl", "CL"}, {"chn", "CN"},
    {"christmasisland", "CX"}, {"civ", "CI"}, {"cmr", "CM"}, {"cocoskeelingislands", "CC"},
    {"cod", "CD"}, {"cog", "CG"}, {"cok", "CK"}, {"col", "CO"}, {"colombia", "CO"},
    {"colombian", "CO"}, {"com", "KM"}, {"comoran", "KM"}, {"comorian", "KM"}, {"comoros", "KM"},
    {"congo", "CG"}, {"congobrazzaville", "CG"}, {"congodemocraticrepublic", "CD"},
    {"congodemocraticrepublicofthe", "CD"}, {"congodemrep", "CD"}, {"congokinshasa", "CD"},
    {"congolesedemocraticrepublic", "CD"}, {"congorepublicofthe", "CG"},
    {"congothedemocraticrepublicofthe", "CD"}, {"cookislands", "CK"}, {"costarica", "CR"},
    {"costarican", "CR"}, {"cotedivoire", "CI"}, {"cpv", "CV"}, {"cri", "CR"}, {"croatia", "HR"},
    {"croatian", "HR"}, {"cub", "CU"}, {"cuba", "CU"}, {"cuban", "CU"}, {"curacao", "CW"},
    {"cuw", "CW"}, {"cxr", "CX"}, {"cym", "KY"}, {"cyp", "CY"}, {"cypriot", "CY"},
    {"cyprus", "CY"}, {"cze", "CZ"}, {"czech", "CZ"}, {"czechia", "CZ"}, {"czechrepublic", "CZ"},
    {"danish", "DK"}, {"democraticpeoplesrepublicofkorea", "KP"},
    {"democraticrepublicofcongo", "CD"}, {"democraticrepublicofthecongo", "CD"}, {"denmark", "DK"},
    {"deu", "DE"}, {"dji", "DJ"}, {"djibouti", "DJ"}, {"djiboutian", "DJ"}, {"dma", "DM"},
    {"dnk", "DK"}, {"dom", "DO"}, {"dominica", "DM"}, {"dominican", "DO"},
    {"dominicanrepublic", "DO"}, {"dprk", "KP"}, {"drc", "CD"}, {"drcongo", "CD"}, {"dutch", "NL"},
    {"dza", "DZ"}, {"easttimor", "TL"}, {"ecu", "EC"}, {"ecuador", "EC"}, {"ecuadorean", "EC"},
    {"ecuadorian", "EC"}, {"egy", "EG"}, {"egypt", "EG"}, {"egyptian", "EG"}, {"elsalvador", "SV"},
    {"emirati", "AE"}, {"england", "GB"}, {"equatorialguinea", "GQ"}, {"equatorialguinean", "GQ"},
    {"eri", "ER"}, {"eritrea", "ER"}, {"eritrean", "ER"}, {"esh", "EH"}, {"esp", "ES"},
    {"est", "EE"}, {"estonia", "EE"}, {"estonian", "EE"}, {"eswatini", "SZ"}, {"eth", "ET"},
    {"ethiopia", "ET"}, {"ethiopian", "ET"}, {"falklandislands", "FK"},
    {"falklandislandsislasmalvinas", "FK"}, {"falklandislandsmalvinas", "FK"},
    {"faroeislands", "FO"}, {"federalrepublicofgermany", "DE"},
    {"federatedstatesofmicronesia", "FM"}, {"fiji", "FJ"}, {"fijian", "FJ"}, {"filipino", "PH"},
    {"fin", "FI"}, {"finland", "FI"}, {"finnish", "FI"}, {"fji", "FJ"}, {"flk", "FK"},
    {"formeryugoslavrepublicofmacedonia", "MK"}, {"fra", "FR"}, {"france", "FR"}, {"french", "FR"},
    {"frenchguiana", "GF"}, {"frenchpolynesia", "PF"}, {"frenchsouthernterritories", "TF"},
    {"fro", "FO"}, {"fsm", "FM"}, {"gab", "GA"}, {"gabon", "GA"}, {"gabonese", "GA"},
    {"gambia", "GM"}, {"gambian", "GM"}, {"gambiathe", "GM"}, {"gbr", "GB"}, {"geo", "GE"},
    {"georgia", "GE"}, {"georgian", "GE"}, {"german", "DE"}, {"germany", "DE"}, {"ggy", "GG"},
    {"gha", "GH"}, {"ghana", "GH"}, {"ghanaian", "GH"}, {"gib", "GI"}, {"gibraltar", "GI"},
    {"gin", "GN"}, {"glp", "GP"}, {"gmb", "GM"}, {"gnb", "GW"}, {"gnq", "GQ"}, {"grc", "GR"},
    {"grd", "GD"}, {"greatbritain", "GB"}, {"greece", "GR"}, {"greek", "GR"}, {"greenland", "GL"},
    {"grenada", "GD"}, {"grenadian", "GD"}, {"grl", "GL"}, {"gtm", "GT"}, {"guadeloupe", "GP"},
    {"guam", "GU"}, {"guatemala", "GT"}, {"guatemalan", "GT"}, {"guernsey", "GG"}, {"guf", "GF"},
    {"guinea", "GN"}, {"guineabissau", "GW"}, {"guinean", "GN"}, {"gum", "GU"}, {"guy", "GY"},
    {"guyana", "GY"}, {"guyanese", "GY"}, {"haiti", "HT"}, {"haitian", "HT"},
    {"heardislandandmcdonaldislands", "HM"}, {"hkg", "HK"}, {"hmd", "HM"}, {"hnd", "HN"},
    {"holysee", "VA"}, {"honduran", "HN"}, {"honduras", "HN"}, {"hongkong", "HK"},
    {"hongkongchina", "HK"}, {"hongkongsar", "HK"}, {"hrv", "HR"}, {"hti", "HT"}, {"hun", "HU"},
    {"hungarian", "HU"}, {"hungary", "HU"}, {"iceland", "IS"}, {"icelandic", "IS"}, {"idn", "ID"},
    {"imn", "IM"}, {"ind", "IN"}, {"india", "IN"}, {"indian", "IN"}, {"indonesia", "ID"},
    {"indonesian", "ID"}, {"iot", "IO"}, {"iran", "IR"}, {"iranian", "IR"},
    {"iranislamicrepublicof", "IR"}, {"iraq", "IQ"}, {"iraqi", "IQ"}, {"ireland", "IE"},
    {"irish", "IE"}, {"irl", "IE"}, {"irn", "IR"}, {"irq", "IQ"}, {"isl", "IS"},
    {"islamicrepublicofafghanistan", "AF"}, {"islamicrepublicofiran", "IR"}, {"isleofman", "IM"},
    {"isr", "IL"}, {"israel", "IL"}, {"israeli", "IL"}, {"ita", "IT"}, {"italian", "IT"},
    {"italy", "IT"}, {"ivorian", "CI"}, {"ivorycoast", "CI"}, {"jam", "JM"}, {"jamaica", "JM"},
    {"jamaican", "JM"}, {"japan", "JP"}, {"japanese", "JP"}, {"jersey", "JE"}, {"jey", "JE"},
    {"jor", "JO"}, {"jordan", "JO"}, {"jordanian", "JO"}, {"jpn", "JP"}, {"kaz", "KZ"},
    {"kazakh", "KZ"}, {"kazakhstan", "KZ"}, {"kazakhstani", "KZ"}, {"ken", "KE"}, {"kenya", "KE"},
    {"kenyan", "KE"}, {"kgz", "KG"}, {"khm", "KH"}, {"kingdomofsaudiarabia", "SA"}, {"kir", "KI"},
    {"kiribati", "KI"}, {"kna", "KN"}, {"kor", "KR"}, {"koreademocraticpeoplesrepublicof", "KP"},
    {"koreanorth", "KP"}, {"korearepublicof", "KR"}, {"koreasouth", "KR"}, {"kosovan", "XK"},
    {"kosovar", "XK"}, {"kosovo", "XK"}, {"kuwait", "KW"}, {"kuwaiti", "KW"}, {"kwt", "KW"},
    {"kyrgyz", "KG"}, {"kyrgyzrepublic", "KG"}, {"kyrgyzstan", "KG"}, {"lao", "LA"},
    {"laopeoplesdemocraticrepublic", "LA"}, {"laos", "LA"}, {"laotian", "LA"}, {"latvia", "LV"},
    {"latvian", "LV"}, {"lbn", "LB"}, {"lbr", "LR"}, {"lby", "LY"}, {"lca", "LC"},
    {"lebanese", "LB"}, {"lebanon", "LB"}, {"lesotho", "LS"}, {"liberia", "LR"},
    {"liberian", "LR"}, {"libya", "LY"}, {"libyan", "LY"}, {"libyanarabjamahiriya", "LY"},
    {"lie", "LI"}, {"liechtenstein", "LI"}, {"lithuania", "LT"}, {"lithuanian", "LT"},
    {"lka", "LK"}, {"lso", "LS"}, {"ltu", "LT"}, {"lux", "LU"}, {"luxembourg", "LU"},
    {"lva", "LV"}, {"mac", "MO"}, {"macao", "MO"}, {"macau", "MO"}, {"macauchina", "MO"},
    {"macedonia", "MK"}, {"macedonian", "MK"}, {"macedoniatheformeryugoslavrepublicof", "MK"},
    {"madagascar", "MG"}, {"maf", "MF"}, {"mainlandchina", "CN"}, {"malagasy", "MG"},
    {"malawi", "MW"}, {"malawian", "MW"}, {"malaysia", "MY"}, {"malaysian", "MY"},
    {"maldives", "MV"}, {"maldivian", "MV"}, {"mali", "ML"}, {"malian", "ML"}, {"malta", "MT"},
    {"maltese", "MT"}, {"manisleof", "IM"}, {"mar", "MA"}, {"marshallese", "MH"},
    {"marshallislands", "MH"}, {"martinique", "MQ"}, {"mauritania", "MR"}, {"mauritanian", "MR"},
    {"mauritian", "MU"}, {"mauritius", "MU"}, {"mayotte", "YT"}, {"mco", "MC"}, {"mda", "MD"},
    {"mdg", "MG"}, {"mdv", "MV"}, {"mex", "MX"}, {"mexican", "MX"}, {"mexico", "MX"},
    {"mhl", "MH"}, {"micronesia", "FM"}, {"micronesiafederatedstatesof", "FM"}, {"mkd", "MK"},
    {"mli", "ML"}, {"mlt", "MT"}, {"mmr", "MM"}, {"mne", "ME"}, {"mng", "MN"}, {"mnp", "MP"},
    {"moldova", "MD"}, {"moldovan", "MD"}, {"moldovarepublicof", "MD"}, {"monaco", "MC"},
    {"monegasque", "MC"}, {"mongolia", "MN"}, {"mongolian", "MN"}, {"montenegrin", "ME"},
    {"montenegro", "ME"}, {"montserrat", "MS"}, {"moroccan", "MA"}, {"morocco", "MA"},
    {"moz", "MZ"}, {"mozambican", "MZ"}, {"mozambique", "MZ"}, {"mrt", "MR"}, {"msr", "MS"},
    {"mtq", "MQ"}, {"mus", "MU"}, {"mwi", "MW"}, {"myanmar", "MM"}, {"myanmarburma", "MM"},
    {"mys", "MY"}, {"myt", "YT"}, {"nam", "NA"}, {"namibia", "NA"}, {"namibian", "NA"},
    {"nauru", "NR"}, {"ncl", "NC"}, {"nepal", "NP"}, {"nepalese", "NP"}, {"ner", "NE"},
    {"netherlands", "NL"}, {"netherlandsthe", "NL"}, {"newcaledonia", "NC"}, {"newzealand", "NZ"},
    {"newzealander", "NZ"}, {"nfk", "NF"}, {"nga", "NG"}, {"nic", "NI"}, {"nicaragua", "NI"},
    {"nicaraguan", "NI"}, {"niger", "NE"}, {"nigeria", "NG"}, {"nigerian", "NG"},
    {"nigerien", "NE"}, {"niu", "NU"}, {"niue", "NU"}, {"nld", "NL"}, {"nor", "NO"},
    {"norfolkisland", "NF"}, {"northernmarianaislands", "MP"}, {"northkorea", "KP"},
    {"northkorean", "KP"}, {"northmacedonia", "MK"}, {"northmacedoniatherepublicof", "MK"},
    {"norway", "NO"}, {"norwegian", "NO"}, {"npl", "NP"}, {"nru", "NR"}, {"nzl", "NZ"},
    {"occupiedpalestinianterritories", "PS"}, {"occupiedpalestinianterritory", "PS"},
    {"oman", "OM"}, {"omani", "OM"}, {"omn", "OM"}, {"pak", "PK"}, {"pakistan", "PK"},
    {"pakistani", "PK"}, {"palau", "PW"}, {"palauan", "PW"}, {"palestine", "PS"},
    {"palestinestateof", "PS"}, {"palestinian", "PS"}, {"palestinianterritories", "PS"},
    {"palestinianterritory", "PS"}, {"palestinianterritoryoccupied", "PS"}, {"pan", "PA"},
    {"panama", "PA"}, {"panamanian", "PA"}, {"papuanewguinea", "PG"}, {"paraguay", "PY"},
    {"paraguayan", "PY"}, {"pcn", "PN"}, {"peoplesrepublicofchina", "CN"}, {"per", "PE"},
    {"peru", "PE"}, {"peruvian", "PE"}, {"philippine", "PH"}, {"philippines", "PH"}, {"phl", "PH"},
    {"pitcairn", "PN"}, {"plw", "PW"}, {"png", "PG"}, {"pol", "PL"}, {"poland", "PL"},
    {"polish", "PL"}, {"portugal", "PT"}, {"portuguese", "PT"}, {"prc", "CN"}, {"pri", "PR"},
    {"prk", "KP"}, {"prt", "PT"}, {"pry", "PY"}, {"pse", "PS"}, {"puertorico", "PR"},
    {"pyf", "PF"}, {"qat", "QA"}, {"qatar", "QA"}, {"qatari", "QA"}, {"republicofbelarus", "BY"},
    {"republicofcyprus", "CY"}, {"republicofireland", "IE"}, {"republicofkorea", "KR"},
    {"republicofmoldova", "MD"}, {"republicofsouthsudan", "SS"}, {"republicofsudan", "SD"},
    {"republicofthecongo", "CG"}, {"republicofyemen", "YE"}, {"reu", "RE"}, {"reunion", "RE"},
    {"romania", "RO"}, {"romanian", "RO"}, {"rou", "RO"}, {"rus", "RU"}, {"russia", "RU"},
    {"russian", "RU"}, {"russianfederation", "RU"}, {"rwa", "RW"}, {"rwanda", "RW"},
    {"rwandan", "RW"}, {"saintbarthelemy", "BL"}, {"sainthelena", "SH"},
    {"saintkittsandnevis", "KN"}, {"saintlucia", "LC"}, {"saintmartin", "MF"},
    {"saintpierreandmiquelon", "PM"}, {"saintvincentandthegrenadines", "VC"}, {"salvadoran", "SV"},
    {"salvadorean", "SV"}, {"samoa", "WS"}, {"samoan", "WS"}, {"sanmarino", "SM"},
    {"saotomeandprincipe", "ST"}, {"sau", "SA"}, {"saudi", "SA"}, {"saudiarabia", "SA"},
    {"saudiarabian", "SA"}, {"scotland", "GB"}, {"sdn", "SD"}, {"sen", "SN"}, {"senegal", "SN"},
    {"senegalese", "SN"}, {"serbia", "RS"}, {"serbian", "RS"}, {"seychelles", "SC"},
    {"seychellois", "SC"}, {"sgp", "SG"}, {"sgs", "GS"}, {"shn", "SH"}, {"sierraleone", "SL"},
    {"sierraleonean", "SL"}, {"singapore", "SG"}, {"singaporean", "SG"}, {"sintmaarten", "SX"},
    {"sjm", "SJ"}, {"slb", "SB"}, {"sle", "SL"}, {"slovak", "SK"}, {"slovakia", "SK"},
    {"slovakrepublic", "SK"}, {"slovene", "SI"}, {"slovenia", "SI"}, {"slovenian", "SI"},
    {"slv", "SV"}, {"smr", "SM"}, {"solomonislands", "SB"}, {"som", "SO"}, {"somali", "SO"},
    {"somalia", "SO"}, {"southafrica", "ZA"}, {"southafrican", "ZA"},
    {"southgeorgiaandthesouthsandwichislands", "GS"}, {"southkorea", "KR"}, {"southkorean", "KR"},
    {"southsudan", "SS"}, {"southsudanese", "SS"}, {"spain", "ES"}, {"spanish", "ES"},
    {"spm", "PM"}, {"srb", "RS"}, {"srilanka", "LK"}, {"srilankan", "LK"}, {"ssd", "SS"},
    {"stateoflibya", "LY"}, {"stateofpalestine", "PS"}, {"stkittsandnevis", "KN"},
    {"stlucia", "LC"}, {"stp", "ST"}, {"stvincent", "VC"}, {"stvincentandthegrenadines", "VC"},
    {"sudan", "SD"}, {"sudanese", "SD"}, {"sur", "SR"}, {"suriname", "SR"}, {"surinamese", "SR"},
    {"svalbardandjanmayen", "SJ"}, {"svk", "SK"}, {"svn", "SI"}, {"swazi", "SZ"},
    {"swaziland", "SZ"}, {"swe", "SE"}, {"sweden", "SE"}, {"swedish", "SE"}, {"swiss", "CH"},
    {"switzerland", "CH"}, {"swz", "SZ"}, {"sxm", "SX"}, {"syc", "SC"}, {"syr", "SY"},
    {"syria", "SY"}, {"syrian", "SY"}, {"syrianarabrepublic", "SY"}, {"taiwan", "TW"},
    {"taiwanchina", "TW"}, {"taiwanese", "TW"}, {"taiwanprovinceofchina", "TW"}, {"tajik", "TJ"},
    {"tajikistan", "TJ"}, {"tajikistani", "TJ"}, {"tanzania", "TZ"}, {"tanzanian", "TZ"},
    {"tanzaniaunitedrepublicof", "TZ"}, {"tca", "TC"}, {"tcd", "TD"}, {"tgo", "TG"}, {"tha", "TH"},
    {"thai", "TH"}, {"thailand", "TH"}, {"thebahamas", "BS"},
    {"theformeryugoslavrepublicofmacedonia", "MK"}, {"thegambia", "GM"}, {"thenetherlands", "NL"},
    {"thephilippines", "PH"}, {"thesudan", "SD"}, {"timorleste", "TL"}, {"tjk", "TJ"},
    {"tkl", "TK"}, {"tkm", "TM"}, {"tls", "TL"}, {"togo", "TG"}, {"togolese", "TG"},
    {"tokelau", "TK"}, {"ton", "TO"}, {"tonga", "TO"}, {"tongan", "TO"},
    {"trinidadandtobago", "TT"}, {"trinidadian", "TT"}, {"tto", "TT"}, {"tun", "TN"},
    {"tunisia", "TN"}, {"tunisian", "TN"}, {"tur", "TR"}, {"turkey", "TR"}, {"turkish", "TR"},
    {"turkiye", "TR"}, {"turkmen", "TM"}, {"turkmenistan", "TM"}, {"turksandcaicosislands", "TC"},
    {"tuv", "TV"}, {"tuvalu", "TV"}, {"twn", "TW"}, {"tza", "TZ"}, {"uae", "AE"}, {"uga", "UG"},
    {"uganda", "UG"}, {"ugandan", "UG"}, {"uk", "GB"}, {"ukr", "UA"}, {"ukraine", "UA"},
    {"ukrainian", "UA"}, {"umi", "UM"}, {"unitedarabemirates", "AE"}, {"unitedkingdom", "GB"},
    {"unitedkingdomofgreatbritainandnorthernireland", "GB"}, {"unitedrepublicoftanzania", "TZ"},
    {"unitedstates", "US"}, {"unitedstatesminoroutlyingislands", "UM"},
    {"unitedstatesofamerica", "US"}, {"uruguay", "UY"}, {"uruguayan", "UY"}, {"ury", "UY"},
    {"usa", "US"}, {"usvirginislands", "VI"}, {"uzb", "UZ"}, {"uzbek", "UZ"}, {"uzbekistan", "UZ"},
    {"uzbekistani", "UZ"}, {"vanuatu", "VU"}, {"vat", "VA"}, {"vatican", "VA"},
    {"vaticancity", "VA"}, {"vct", "VC"}, {"ven", "VE"}, {"venezuela", "VE"},
    {"venezuelabolivarianrepublicof", "VE"}, {"venezuelan", "VE"}, {"vgb", "VG"},
    {"vietnam", "VN"}, {"vietnamese", "VN"}, {"vir", "VI"}, {"virginislandsbritish", "VG"},
    {"virginislandsus", "VI"}, {"vnm", "VN"}, {"vut", "VU"}, {"wallisandfutuna", "WF"},
    {"westernsahara", "EH"}, {"wlf", "WF"}, {"wsm", "WS"}, {"xkx", "XK"}, {"yem", "YE"},
    {"yemen", "YE"}, {"yemeni", "YE"}, {"yemenrepublicof", "YE"}, {"zaf", "ZA"}, {"zaire", "CD"},
    {"zambia", "ZM"}, {"zambian", "ZM"}, {"zimbabwe", "ZW"}, {"zimbabwean", "ZW"}, {"zmb", "ZM"},
    {"zwe", "ZW"},
};
/* clang-format on */

/* A letter with a mark, in UTF-8, as the letter it is without. */
static const struct {
    const char *bytes;
    char letter;
} marked[] = {
    {"\xc3\xa7", 'c'}, {"\xc3\xb4", 'o'}, {"\xc3\x94", 'o'}, {"\xc3\xbc", 'u'},
    {"\xc3\xa9", 'e'}, {"\xc3\xa3", 'a'}, {"\xc3\xad", 'i'},
};

/* The letters of the text, small, and a zero; 0: too many, or a letter that no name has. */
static size_t key_of(struct span text, char key[KEY_BYTES])
{
    size_t used = 0;
    for (size_t at = 0; at < text.size; at += 1) {
        u8 byte = text.data[at];
        char letter = byte >= 'A' && byte <= 'Z'   ? (char)(byte - 'A' + 'a')
                      : byte >= 'a' && byte <= 'z' ? (char)byte
                                                   : 0;
        if (byte >= 0x80) {
            for (u32 i = 0; i < ARRAY_COUNT(marked); i += 1) {
                if (span_equal(span_piece(text, at, 2), span_of(marked[i].bytes, 2))) {
                    letter = marked[i].letter;
                }
            }
            bool is_quote = span_equal(span_piece(text, at, 3), span_of("\xe2\x80\x99", 3));
            if (letter == 0 && !is_quote) {
                return 0;
            }
            at += is_quote ? 2 : 1;
        }
        bool is_and = byte == '&';
        if (used + (is_and ? 3 : 1) >= KEY_BYTES) {
            return 0;
        }
        if (is_and) {
            memcpy(key + used, "and", 3);
            used += 3;
        } else if (letter != 0) {
            key[used] = letter;
            used += 1;
        }
    }
    key[used] = 0;
    return used;
}

static bool is_code(const char *letters)
{
    for (u32 i = 0; i < ARRAY_COUNT(country_rows); i += 1) {
        if (memcmp(country_rows[i].code, letters, 2) == 0) {
            return true;
        }
    }
    return false;
}

bool country_find(struct span text, char code_out[3])
{
    char key[KEY_BYTES];
    memset(code_out, 0, 3);
    size_t size = key_of(text, key);
    if (size == 2) {
        char code[3] = {(char)(key[0] - 'a' + 'A'), (char)(key[1] - 'a' + 'A'), 0};
        if (text.size == 2 && is_code(code)) {
            memcpy(code_out, code, sizeof(code));
            return true;
        }
    }
    size_t low = 0;
    size_t high = size == 0 ? 0 : ARRAY_COUNT(country_rows);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(key, country_rows[middle].key);
        if (order == 0) {
            memcpy(code_out, country_rows[middle].code, sizeof(country_rows[middle].code));
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}
