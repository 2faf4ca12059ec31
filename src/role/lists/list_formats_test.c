/* Aim: each format beside OFAC's csv and the US consolidated list comes out in the normal form with
 * every fact in its place, and is told from its content. Method: one small invented file a format,
 * whole entries compared as lines; then what may be wrong with it. */
#include "role/lists/list_formats.h"

#include "tests/support/list_scene.h"
#include "tests/support/test.h"

#include <string.h>

static struct list_scene scene;

static void reads(const char *text, const char *format, u64 rows, u64 entries)
{
    enum fault fault = list_scene_text(&scene, text);
    if (fault != FAULT_NONE) {
        print_error("%s\n", fault_text());
    }
    assert_int_equal(fault, FAULT_NONE);
    assert_string_equal(scene.report.header.format, format);
    assert_int_equal(scene.report.header.rows_in, rows);
    assert_int_equal(scene.report.header.entries_count, entries);
}

static const char uk_header[] =
    "Last Updated,12/02/2016\n"
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,DOB,Town of Birth,Country of "
    "Birth,Nationality,Passport Details,NI Number,Position,Address 1,Address 2,Address 3,Address "
    "4,Address 5,Address 6,Post/Zip Code,Country,Other Information,Group Type,Alias Type,Regime,"
    "Listed On,Last Updated,Group ID\n";

static void uk_rows_are_grouped(void **state)
{
    (void)state;
    char text[4096];
    (void)snprintf(text, sizeof(text),
                   "%sDOE,John,Q,,,,Dr,05/02/1969,(1) Tripoli (2) Tunis,(1) Libya (2) Tunisia,(1) "
                   "Tunisian (2) -,\"W374031, Tunisian, issued 2011.\",,,1 Road,,,,,,AB 1,Tunisia,"
                   "Notes.,Individual,AKA,Al-Qaida,24/04/2002,20/01/2015,7087\n"
                   "INVENTED TRADING,,,,,,,,,,,,,,,,,,,,,,,Entity,Prime Alias,Libya,01/02/2011,"
                   "01/02/2011,12\n"
                   "ROE,John,,,,,,00/00/1970,,,,,,,,,,,,,,,Notes.,Individual,Prime Alias,Al-Qaida,"
                   "24/04/2002,20/01/2015,7087\n"
                   "NOBODY,,,,,,,,,,,,,,,,,,,,,,,Entity,AKA,Libya,01/02/2011,01/02/2011,\n",
                   uk_header);
    reads(text, "uk-csv", 4, 2);
    assert_int_equal(scene.report.header.rows_merged, 1);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_NO_ID], 1);
    assert_int_equal(scene.report.header.published.month, 2);
    assert_string_equal(
        list_scene_line(&scene, "7087"),
        "{\"id\":\"7087\",\"kind\":\"person\",\"names\":[{\"text\":\"John ROE\",\"quality\":"
        "\"primary\",\"family\":\"ROE\",\"given\":\"John\"},{\"text\":\"John Q DOE\",\"quality\":"
        "\"strong\",\"family\":\"DOE\",\"given\":\"John Q\"}],\"births\":[{\"from\":\"1969-02-05\"}"
        ",{\"from\":\"1970\"}],\"birth_places\":[{\"text\":\"Tripoli\",\"country\":\"LY\"},{\"text\""
        ":\"Tunis\",\"country\":\"TN\"}],\"countries\":[{\"country\":\"TN\",\"tie\":\"nationality\"}"
        "],\"programmes\":[\"Al-Qaida\"],\"listed\":\"2002-04-24\",\"titles\":[\"Dr\"],"
        "\"identifiers\":[{\"type\":\"Passport\",\"number\":\"W374031\"}],\"addresses\":[{\"text\":"
        "\"1 Road, AB 1\",\"country\":\"TN\"}],\"remarks\":\"Notes.; Passport: W374031, Tunisian, "
        "issued 2011.\"}\n");
    assert_int_equal(list_scene_find(&scene, "12")->kind, LIST_KIND_ENTITY);
    struct span windows = span_of(text, strlen(text));
    strstr(text, "NOBODY")[0] = (char)0x92;
    strstr(text, "INVENTED")[0] = (char)0x92;
    assert_int_equal(list_scene_texts(&scene, &windows, 1, LIST_FORMAT_AUTO), FAULT_NONE);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_UTF8], 2);
    assert_int_equal(list_scene_texts(&scene, &windows, 1, LIST_FORMAT_UK_CSV_1252), FAULT_NONE);
    assert_true(span_equal(list_scene_find(&scene, "12")->names[0].text,
                           span_of_text("\xe2\x80\x99NVENTED TRADING")));
    list_scene_refuses(&scene, "Last Updated,soon\nName 6,Group ID\nx,1\n", "no date");
    list_scene_refuses(&scene, "Last Updated,12/02/2016\nName 6,Group ID\nx,1\n", "no column");
}

static void the_uk_sanctions_list_is_read(void **state)
{
    (void)state;
    reads(
        "Report Date: 13-Feb-2026\n"
        "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name "
        "4,Name 5,Name type,Alias strength,Title,Name non-latin script,Regime Name,Designation "
        "Type,Other Information,UK Statement of Reasons,Address Line 1,Address Line 2,Address Line "
        "3,Address Line 4,Address Line 5,Address Line 6,Address Postal Code,Address "
        "Country,Website,Date Designated,D.O.B,Nationality(/ies),National Identifier "
        "number,Passport number,Position,Gender,Town of birth,Country of birth,Parent company,IMO "
        "number,Current believed flag of ship\n"
        "04/08/2026,RUS0001,7,,Doe,John,,,,,Primary Name,,,Джон,Russia,Individual,Notes,Because,1 "
        "Road,,,,,,,Russia,,01/01/2020,00/03/1975,(1) Russia (2) Cuba,(1) 77 (2) 78,AB "
        "1,Clerk,Male,Town,Russia,,,\n"
        "04/08/2026,RUS0001,7,,JD,,,,,,Alias,Low quality a.k.a,,,Russia,Individual,Notes,Because,,,,"
        ",,,,,,01/01/2020,,,,,,,,,,,\n"
        "04/08/2026,RUS0002,8,,TUG,,,,,,Primary Name,,,,Russia,Ship,,,,,,,,,,,,01/01/2020,,,,,,,,,"
        "Works,9123456,Cuba\n",
        "uk-csv", 3, 2);
    assert_int_equal(scene.report.header.published.day, 13);
    assert_string_equal(
        list_scene_line(&scene, "RUS0001"),
        "{\"id\":\"RUS0001\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"John "
        "Doe\",\"quality\":\"primary\",\"family\":\"Doe\",\"given\":\"John\"},{\"text\":\"Джон\","
        "\"quality\":\"primary\",\"script\":\"Cyrl\"},{\"text\":\"JD\",\"quality\":\"weak\"}],"
        "\"births\":[{\"from\":\"1975-03\"}],\"birth_places\":[{\"text\":\"Town\",\"country\":"
        "\"RU\"}],\"countries\":[{\"country\":\"CU\",\"tie\":\"nationality\"},{\"country\":\"RU\","
        "\"tie\":\"nationality\"}],\"programmes\":[\"Russia\"],\"listed\":\"2020-01-01\",\"titles\":"
        "[\"Clerk\"],\"identifiers\":[{\"type\":\"National identity\",\"number\":\"77\"},{\"type\":"
        "\"National identity\",\"number\":\"78\"},{\"type\":\"Passport\",\"number\":\"AB 1\"}],"
        "\"addresses\":[{\"text\":\"1 Road\",\"country\":\"RU\"}],\"remarks\":\"Notes; "
        "Because\"}\n");
    assert_int_equal(list_scene_find(&scene, "RUS0002")->kind, LIST_KIND_VESSEL);
    assert_int_equal(scene.entry.links_count, 1);
    assert_int_equal(scene.entry.countries[0].tie, LIST_TIE_FLAG);
}

static void eu_rows_are_grouped(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf"
        "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_DesignationDate;"
        "Entity_SubjectType;Entity_Regulation_Programme;Entity_Regulation_NumberTitle;NameAlias_"
        "LastName;NameAlias_FirstName;NameAlias_WholeName;NameAlias_Gender;BirthDate_BirthDate;"
        "BirthDate_Year;BirthDate_Circa;BirthDate_City;BirthDate_CountryIso2Code;Identification_"
        "Number;Identification_TypeDescription;Citizenship_CountryIso2Code\r\n"
        "2025-03-01;13;EU.27.28;;P;IRQ;1210/2003 (OJ L169);Doe;John;John "
        "Doe;M;1937-04-28;1937;false;Tikrit;IQ;;;\r\n"
        "2025-03-01;13;EU.27.28;;P;IRQ;1210/2003 (OJ L169);;;Абу Али;;;;;;;;;\r\n"
        "2025-03-01;13;EU.27.28;;P;IRQ;1210/2003 (OJ L169);;;;;;1938;true;;00;;;\r\n"
        "2025-03-01;13;EU.27.28;;P;IRQ;1210/2003 (OJ L169);;;;;;;;;;A1 2;National passport;IQ\r\n"
        "2025-03-01;14;;2022-04-20;E;UKR;269/2014;;;Invented Works;;;;;;;;;\r\n";
    reads(text, "eu-csv", 5, 2);
    assert_int_equal(scene.report.header.published.year, 2025);
    assert_string_equal(
        list_scene_line(&scene, "EU.27.28"),
        "{\"id\":\"EU.27.28\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"John "
        "Doe\",\"quality\":\"primary\",\"family\":\"Doe\",\"given\":\"John\"},{\"text\":\"Абу "
        "Али\",\"quality\":\"strong\",\"script\":\"Cyrl\"}],\"births\":[{\"from\":\"1937-04-28\"},{"
        "\"from\":\"1938\",\"circa\":true}],\"birth_places\":[{\"text\":\"Tikrit\",\"country\":"
        "\"IQ\"}],\"countries\":[{\"country\":\"IQ\",\"tie\":\"citizenship\"}],\"programmes\":["
        "\"IRQ\"],\"act\":\"1210/2003 (OJ L169)\",\"identifiers\":[{\"type\":\"National passport\","
        "\"number\":\"A1 2\"}]}\n");
    assert_int_equal(list_scene_find(&scene, "14")->listed.day, 20);
    list_scene_refuses(&scene, "Entity_LogicalId;NameAlias_WholeName\n1;x\n", "no column");
}

static const char eu_xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<export xmlns=\"http://eu.europa.ec/fpi/fsd/export\" "
    "generationDate=\"2025-03-01T10:00:00.000+01:00\" globalFileId=\"1\">\n"
    "<sanctionEntity designationDate=\"\" unitedNationId=\"UN1\" euReferenceNumber=\"EU.27.28\" "
    "logicalId=\"13\"><remark>Of an invented case</remark>"
    "<regulation programme=\"IRQ\" entryIntoForceDate=\"2003-07-07\" numberTitle=\"1210/2003\">"
    "<publicationUrl>http://x</publicationUrl></regulation>"
    "<subjectType code=\"person\" classificationCode=\"P\"/>"
    "<nameAlias firstName=\"John\" middleName=\"Q\" lastName=\"Doe\" wholeName=\"John Q Doe\" "
    "gender=\"M\" function=\"Clerk\" strong=\"true\"><regulationSummary "
    "numberTitle=\"x\"/></nameAlias>"
    "<nameAlias wholeName=\"Abu Ali\" strong=\"false\"/>"
    "<citizenship countryIso2Code=\"IQ\" countryDescription=\"IRAQ\"/>"
    "<birthdate circa=\"false\" city=\"Tikrit\" birthdate=\"1937-04-28\" year=\"1937\" "
    "countryIso2Code=\"00\" countryDescription=\"UNKNOWN\"/>"
    "<birthdate circa=\"true\" yearRangeFrom=\"1935\" yearRangeTo=\"1936\" countryIso2Code=\"00\"/>"
    "<address city=\"Town\" street=\"1 Road\" countryIso2Code=\"IQ\"/>"
    "<identification number=\"A1\" identificationTypeDescription=\"National passport\" "
    "countryIso2Code=\"IQ\"/></sanctionEntity>\n"
    "<sanctionEntity logicalId=\"14\"><subjectType classificationCode=\"E\"/><nameAlias "
    "wholeName=\"Invented Works\"/></sanctionEntity>"
    "<sanctionEntity logicalId=\"15\"><subjectType classificationCode=\"E\"/></sanctionEntity>"
    "</export>\n";

static void eu_entities_are_read(void **state)
{
    (void)state;
    reads(eu_xml, "eu-xml", 3, 2);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_NO_NAME], 1);
    assert_string_equal(
        list_scene_line(&scene, "EU.27.28"),
        "{\"id\":\"EU.27.28\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"John Q "
        "Doe\",\"quality\":\"primary\",\"family\":\"Doe\",\"given\":\"John\",\"patronymic\":\"Q\"},{"
        "\"text\":\"Abu Ali\",\"quality\":\"weak\"}],\"births\":[{\"from\":\"1935\",\"to\":\"1936\","
        "\"circa\":true},{\"from\":\"1937-04-28\"}],\"birth_places\":[{\"text\":\"Tikrit\"}],"
        "\"countries\":[{\"country\":\"IQ\",\"tie\":\"citizenship\"}],\"programmes\":[\"IRQ\"],"
        "\"listed\":\"2003-07-07\",\"act\":\"1210/2003\",\"titles\":[\"Clerk\"],\"identifiers\":[{"
        "\"type\":\"National passport\",\"number\":\"A1\",\"country\":\"IQ\"},{\"type\":\"UN "
        "reference\",\"number\":\"UN1\"}],\"addresses\":[{\"text\":\"1 Road, Town\",\"country\":"
        "\"IQ\"}],\"remarks\":\"Of an invented case\"}\n");
}

static void xml_damage_is_refused(void **state)
{
    (void)state;
    char text[sizeof(eu_xml)];
    for (size_t size = 60; size < sizeof(eu_xml) - 2; size += 37) {
        memcpy(text, eu_xml, size);
        text[size] = 0;
        assert_int_equal(list_scene_text(&scene, text), FAULT_INPUT);
    }
    memcpy(text, eu_xml, sizeof(eu_xml));
    text[sizeof(eu_xml) - 12] = 0;
    list_scene_refuses(&scene, text, "cut off");
    memcpy(text, eu_xml, sizeof(eu_xml));
    strstr(text, "Clerk")[0] = (char)0xff;
    list_scene_refuses(&scene, text, "not well-formed");
    list_scene_refuses(&scene,
                       "<!DOCTYPE export [<!ENTITY a \"b\">]><export generationDate=\"2025-01-01\">"
                       "</export>",
                       "document type");
    list_scene_refuses(&scene, "<export><sanctionEntity/></export>", "generationDate");
    static char deep[4096];
    size_t used = (size_t)snprintf(deep, sizeof(deep), "<export generationDate=\"2025-01-01\">");
    for (u32 i = 0; i < 70; i += 1) {
        used += (size_t)snprintf(deep + used, sizeof(deep) - used, "<a>");
    }
    list_scene_refuses(&scene, deep, "deep");
}

static void old_eu_entities_are_read(void **state)
{
    (void)state;
    reads("<?xml version=\"1.0\"?>\n<!-- GENERATED -->\n<WHOLE Date=\"11/02/2016\">"
          "<ENTITY Id=\"13\" Type=\"P\" legal_basis=\"1210/2003\" reg_date=\"2003-07-07\" "
          "programme=\"IRQ\" remark=\"(x)\"><NAME><LASTNAME>Doe</LASTNAME><FIRSTNAME>John"
          "</FIRSTNAME><MIDDLENAME/><WHOLENAME>John Doe</WHOLENAME><GENDER>M</GENDER><TITLE/>"
          "<FUNCTION>Clerk</FUNCTION></NAME><NAME><WHOLENAME>Abu Ali</WHOLENAME></NAME>"
          "<BIRTH><DATE>1937 - 1938 (approximative)</DATE><PLACE>Town</PLACE><COUNTRY>IRQ</COUNTRY>"
          "</BIRTH><BIRTH><DATE>1939-01-02</DATE></BIRTH><CITIZEN><COUNTRY>IRQ</COUNTRY></CITIZEN>"
          "<PASSPORT><NUMBER>AD1 (passport-National passport) ((x))</NUMBER><COUNTRY/></PASSPORT>"
          "<ADDRESS><STREET>1 Road</STREET><CITY>Town</CITY><COUNTRY>IRQ</COUNTRY></ADDRESS>"
          "</ENTITY></WHOLE>",
          "eu-xml-old", 1, 1);
    assert_string_equal(
        list_scene_line(&scene, "13"),
        "{\"id\":\"13\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"John "
        "Doe\",\"quality\":\"primary\",\"family\":\"Doe\",\"given\":\"John\"},{\"text\":\"Abu "
        "Ali\",\"quality\":\"strong\"}],\"births\":[{\"from\":\"1937\",\"to\":\"1938\",\"circa\":"
        "true},{\"from\":\"1939-01-02\"}],\"birth_places\":[{\"text\":\"Town\",\"country\":\"IQ\"}],"
        "\"countries\":[{\"country\":\"IQ\",\"tie\":\"citizenship\"}],\"programmes\":[\"IRQ\"],"
        "\"listed\":\"2003-07-07\",\"act\":\"1210/2003\",\"titles\":[\"Clerk\"],\"identifiers\":[{"
        "\"type\":\"National passport\",\"number\":\"AD1\"}],\"addresses\":[{\"text\":\"1 Road, "
        "Town\",\"country\":\"IQ\"}],\"remarks\":\"Document: AD1 (passport-National passport) "
        "((x)); (x)\"}\n");
}

static void un_parties_are_read(void **state)
{
    (void)state;
    reads("<CONSOLIDATED_LIST dateGenerated=\"2026-02-27T00:00:09.554Z\"><INDIVIDUALS><INDIVIDUAL>"
          "<DATAID>69</DATAID><FIRST_NAME>JOHN</FIRST_NAME><SECOND_NAME>DOE</SECOND_NAME>"
          "<UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER>"
          "<LISTED_ON>2012-12-31</LISTED_ON><GENDER>Male</GENDER><COMMENTS1>He left.</COMMENTS1>"
          "<NAME_ORIGINAL_SCRIPT>صدام</NAME_ORIGINAL_SCRIPT><DESIGNATION><VALUE>Clerk</VALUE>"
          "</DESIGNATION><NATIONALITY><VALUE>Democratic Republic of the Congo</VALUE></NATIONALITY>"
          "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Eagle</ALIAS_NAME>"
          "</INDIVIDUAL_ALIAS><INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>J. "
          "Doe</ALIAS_NAME></INDIVIDUAL_ALIAS><INDIVIDUAL_ADDRESS><CITY>Goma</CITY><COUNTRY>Rwanda"
          "</COUNTRY></INDIVIDUAL_ADDRESS><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN"
          "</TYPE_OF_DATE><FROM_YEAR>1973</FROM_YEAR><TO_YEAR>1974</TO_YEAR>"
          "</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY"
          "</TYPE_OF_DATE><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_PLACE_OF_BIRTH>"
          "<CITY>Town</CITY><COUNTRY>Iraq</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>"
          "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>OB "
          "1</NUMBER><ISSUING_COUNTRY>Rwanda</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT><SORT_KEY/>"
          "</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>7</DATAID><FIRST_NAME>INVENTED "
          "AIR</FIRST_NAME><REFERENCE_NUMBER>CDe.002</REFERENCE_NUMBER><LISTED_ON>2007-03-29"
          "</LISTED_ON><ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD AIR</ALIAS_NAME>"
          "</ENTITY_ALIAS></ENTITY></ENTITIES></CONSOLIDATED_LIST>",
          "un-xml", 2, 2);
    assert_string_equal(
        list_scene_line(&scene, "CDi.001"),
        "{\"id\":\"CDi.001\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"JOHN "
        "DOE\",\"quality\":\"primary\"},{\"text\":\"صدام\",\"quality\":\"primary\",\"script\":"
        "\"Arab\"},{\"text\":\"J. Doe\",\"quality\":\"strong\"},{\"text\":\"Eagle\",\"quality\":"
        "\"weak\"}],\"births\":[{\"from\":\"1971\",\"circa\":true},{\"from\":\"1973\",\"to\":"
        "\"1974\"}],\"birth_places\":[{\"text\":\"Town\",\"country\":\"IQ\"}],\"countries\":[{"
        "\"country\":\"CD\",\"tie\":\"nationality\"}],\"programmes\":[\"DRC\"],\"listed\":"
        "\"2012-12-31\",\"titles\":[\"Clerk\"],\"identifiers\":[{\"type\":\"Passport\",\"number\":"
        "\"OB 1\",\"country\":\"RW\"}],\"addresses\":[{\"text\":\"Goma\",\"country\":\"RW\"}],"
        "\"remarks\":\"He left.\"}\n");
    assert_true(list_scene_find(&scene, "CDe.002")->names[1].former);
}

static void ofac_xml_is_read(void **state)
{
    (void)state;
    static const char classic[] =
        "<sdnList xmlns=\"x\"><publshInformation><Publish_Date>03/28/2025</Publish_Date>"
        "<Record_Count>%u</Record_Count></publshInformation><sdnEntry><uid>9639</uid><firstName>"
        "John Q</firstName><lastName>DOE</lastName><title>Clerk</title><sdnType>Individual"
        "</sdnType><remarks>(Linked To: OTHER)</remarks><programList><program>SDGT</program>"
        "</programList><idList><id><uid>1</uid><idType>Digital Currency Address - XBT</idType>"
        "<idNumber>1Invented</idNumber></id><id><idType>Passport</idType><idNumber>A 1</idNumber>"
        "<idCountry>Iran</idCountry></id><id><idType>Gender</idType><idNumber>Female</idNumber>"
        "</id></idList><akaList><aka><type>a.k.a.</type><category>weak</category><lastName>JD"
        "</lastName></aka></akaList><addressList><address><address1>1 Road</address1><city>Town"
        "</city><country>Iran</country></address></addressList><nationalityList><nationality>"
        "<country>Iran</country></nationality></nationalityList><dateOfBirthList><dateOfBirthItem>"
        "<dateOfBirth>circa 1962</dateOfBirth></dateOfBirthItem></dateOfBirthList>"
        "<placeOfBirthList><placeOfBirthItem><placeOfBirth>Town, Iran</placeOfBirth>"
        "</placeOfBirthItem></placeOfBirthList></sdnEntry></sdnList>";
    static const char expected[] =
        "{\"id\":\"9639\",\"kind\":\"person\",\"gender\":\"female\",\"names\":[{\"text\":\"DOE, "
        "John Q\",\"quality\":\"primary\",\"family\":\"DOE\",\"given\":\"John Q\"},{\"text\":\"JD\""
        ",\"quality\":\"weak\"}],\"births\":[{\"from\":\"1962\",\"circa\":true}],\"birth_places\":[{"
        "\"text\":\"Town, Iran\",\"country\":\"IR\"}],\"countries\":[{\"country\":\"IR\",\"tie\":"
        "\"nationality\"}],\"programmes\":[\"SDGT\"],\"titles\":[\"Clerk\"],\"identifiers\":[{"
        "\"type\":\"Passport\",\"number\":\"A 1\",\"country\":\"IR\"}],\"wallets\":[{\"asset\":"
        "\"XBT\",\"address\":\"1Invented\"}],\"links\":[{\"name\":\"OTHER\"}],\"addresses\":[{"
        "\"text\":\"1 Road, Town\",\"country\":\"IR\"}],\"remarks\":\"(Linked To: OTHER)\"}\n";
    char text[sizeof(classic) + 16];
    (void)snprintf(text, sizeof(text), classic, 1U);
    reads(text, "ofac-xml", 1, 1);
    assert_string_equal(list_scene_line(&scene, "9639"), expected);
    (void)snprintf(text, sizeof(text), classic, 2U);
    list_scene_refuses(&scene, text, "it says it has 2 parties");

    reads("<sanctionsData xmlns=\"x\"><publicationInfo><dataAsOf>2025-01-10T00:00:00</dataAsOf>"
          "</publicationInfo><entities><entity id=\"9639\"><generalInfo><entityType>Individual"
          "</entityType><title>Clerk</title><remarks>Notes</remarks></generalInfo><sanctionsLists>"
          "<sanctionsList datePublished=\"2014-10-10\">Consolidated List</sanctionsList>"
          "<sanctionsList datePublished=\"2006-04-12\">PLC</sanctionsList></sanctionsLists>"
          "<sanctionsPrograms><sanctionsProgram>SDGT</sanctionsProgram></sanctionsPrograms>"
          "<legalAuthorities><legalAuthority>EO 1</legalAuthority></legalAuthorities><names><name>"
          "<isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>"
          "<translation><formattedFirstName>John</formattedFirstName><formattedLastName>DOE"
          "</formattedLastName><formattedFullName>DOE, John</formattedFullName><nameParts>"
          "<namePart><type>Patronymic</type><value>Ilyich</value></namePart></nameParts>"
          "</translation><translation><formattedFullName>ДОУ Джон</formattedFullName>"
          "</translation></translations></name><name><isPrimary>false</isPrimary><aliasType>F.K.A."
          "</aliasType><isLowQuality>true</isLowQuality><translations><translation>"
          "<formattedFullName>JD</formattedFullName></translation></translations></name></names>"
          "<features><feature><type>Birthdate</type><value>12 Feb 1961</value></feature></features>"
          "<identityDocuments><identityDocument><type>Passport</type><documentNumber>A 1"
          "</documentNumber><issuingCountry>Iran</issuingCountry></identityDocument>"
          "</identityDocuments><relationships><relationship><type>Owned or Controlled By</type>"
          "<relatedEntity entityId=\"17013\">OTHER</relatedEntity></relationship></relationships>"
          "</entity></entities></sanctionsData>",
          "ofac-enhanced", 1, 1);
    assert_string_equal(
        list_scene_line(&scene, "9639"),
        "{\"id\":\"9639\",\"kind\":\"person\",\"names\":[{\"text\":\"DOE, John\",\"quality\":"
        "\"primary\",\"family\":\"DOE\",\"given\":\"John\",\"patronymic\":\"Ilyich\"},{\"text\":"
        "\"ДОУ Джон\",\"quality\":\"primary\",\"script\":\"Cyrl\"},{\"text\":\"JD\",\"quality\":"
        "\"weak\",\"former\":true}],\"births\":[{\"from\":\"1961-02-12\"}],\"programmes\":["
        "\"SDGT\"],\"listed\":\"2006-04-12\",\"act\":\"EO 1\",\"titles\":[\"Clerk\"],"
        "\"identifiers\":[{\"type\":\"Passport\",\"number\":\"A 1\",\"country\":\"IR\"}],\"links\":"
        "[{\"id\":\"17013\",\"name\":\"OTHER\",\"how\":\"Owned or Controlled By\"}],\"remarks\":"
        "\"Notes\"}\n");
}

static void simple_tables_are_read(void **state)
{
    (void)state;
    reads("id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,"
          "emails,dataset,first_seen\n"
          "NK-1,Person,John Doe,\"J. Doe;Джон\",1961;1962,ru;us,\"1 Road, Town\",A1,\"EO 1\",,,"
          "Invented list,2021-01-01\n"
          "NK-2,Security,Share,,,,,,,,,,\n"
          "NK-3,CryptoWallet,1Invented,,,,,,,,,,\n",
          "opensanctions-csv", 3, 2);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_NO_PARTY], 1);
    assert_string_equal(
        list_scene_line(&scene, "NK-1"),
        "{\"id\":\"NK-1\",\"source\":\"Invented list\",\"kind\":\"person\",\"names\":[{\"text\":"
        "\"John Doe\",\"quality\":\"primary\"},{\"text\":\"J. Doe\",\"quality\":\"strong\"},{"
        "\"text\":\"Джон\",\"quality\":\"strong\",\"script\":\"Cyrl\"}],\"births\":[{\"from\":"
        "\"1961\"},{\"from\":\"1962\"}],\"countries\":[{\"country\":\"RU\"},{\"country\":\"US\"}],"
        "\"identifiers\":[{\"number\":\"A1\"}],\"addresses\":[{\"text\":\"1 Road, Town\"}],"
        "\"remarks\":\"EO 1; First seen: 2021-01-01\"}\n");
    assert_int_equal(list_scene_find(&scene, "NK-3")->wallets_count, 1);

    reads("Name,Alias,Nationality,Designation,Sanction Type,Source\n"
          "\"Doe, John\",\"Doe, John, Johnny Doe, Jo\",\"IRAQ, Iran\",person,regulation,Europe\n"
          "\"Doe, John\",\"Doe, John, Johnny Doe, Jo\",\"IRAQ, Iran\",person,regulation,Europe\n"
          "Works,Factory,,enterprise,regulation,Europe\n",
          "names-csv", 3, 2);
    assert_int_equal(scene.report.header.rows_merged, 1);
    assert_int_equal(list_entry_read(&scene.entry, span_of_text(scene.lines[0])), LIST_LINE_OK);
    assert_int_equal(scene.entry.names_count, 3);
    assert_int_equal(scene.entry.names[2].quality, LIST_QUALITY_WEAK);
    assert_int_equal(scene.entry.countries_count, 2);
}

static const char values[] =
    "<Sanctions xmlns=\"x\"><DateOfIssue CalendarTypeID=\"1\"><Year>2024</Year><Month>5</Month>"
    "<Day>3</Day></DateOfIssue><ReferenceValueSets><AliasTypeValues><AliasType "
    "ID=\"1400\">A.K.A.</AliasType><AliasType ID=\"1401\">F.K.A.</AliasType><AliasType "
    "ID=\"1403\">Name</AliasType></AliasTypeValues><CountryValues><Country "
    "ID=\"11059\">Cuba</Country></CountryValues><DetailReferenceValues><DetailReference "
    "ID=\"91526\">Male</DetailReference></DetailReferenceValues><FeatureTypeValues>"
    "<FeatureType ID=\"8\">Birthdate</FeatureType><FeatureType "
    "ID=\"25\">Location</FeatureType><FeatureType ID=\"224\">Gender</FeatureType><FeatureType "
    "ID=\"10\">Nationality Country</FeatureType><FeatureType ID=\"344\">Digital Currency "
    "Address - XBT</FeatureType></FeatureTypeValues><IDRegDocTypeValues><IDRegDocType "
    "ID=\"1571\">Passport</IDRegDocType></IDRegDocTypeValues><LegalBasisValues><LegalBasis "
    "ID=\"1735\">EO 1</LegalBasis></LegalBasisValues><NamePartTypeValues><NamePartType "
    "ID=\"1520\">Last Name</NamePartType><NamePartType ID=\"1521\">First "
    "Name</NamePartType><NamePartType ID=\"1523\">Patronymic</NamePartType>"
    "</NamePartTypeValues><PartySubTypeValues><PartySubType ID=\"4\" "
    "PartyTypeID=\"1\">Unknown</PartySubType><PartySubType ID=\"1\" "
    "PartyTypeID=\"4\">Vessel</PartySubType></PartySubTypeValues><PartyTypeValues><PartyType "
    "ID=\"1\">Individual</PartyType><PartyType ID=\"4\">Transport</PartyType>"
    "</PartyTypeValues><RelationTypeValues><RelationType ID=\"15003\">Owned or Controlled "
    "By</RelationType></RelationTypeValues></ReferenceValueSets><Locations><Location "
    "ID=\"25\"><LocationCountry CountryID=\"11059\"/><LocationPart LocPartTypeID=\"1451\">"
    "<LocationPartValue><Value>1 Road</Value></LocationPartValue></LocationPart><LocationPart>"
    "<LocationPartValue><Value>Havana</Value></LocationPartValue></LocationPart></Location>"
    "<Location ID=\"26\"><LocationCountry CountryID=\"11059\"/></Location></Locations>"
    "<IDRegDocuments><IDRegDocument IDRegDocTypeID=\"1571\" IdentityID=\"61\" "
    "IssuedBy-CountryID=\"11059\"><IDRegistrationNo>A 1</IDRegistrationNo></IDRegDocument>";

static const char parties[] =
    "<IDRegDocument IDRegDocTypeID=\"1571\" IdentityID=\"99\"><IDRegistrationNo>B</"
    "IDRegistrationNo></IDRegDocument></IDRegDocuments><DistinctParties><DistinctParty "
    "FixedRef=\"36\"><Comment>Notes</Comment><Profile ID=\"36\" PartySubTypeID=\"4\"><Identity "
    "ID=\"61\"><Alias AliasTypeID=\"1403\" Primary=\"true\" LowQuality=\"false\">"
    "<DocumentedName><DocumentedNamePart><NamePartValue NamePartGroupID=\"1\">DOE"
    "</NamePartValue></DocumentedNamePart><DocumentedNamePart><NamePartValue "
    "NamePartGroupID=\"2\">John</NamePartValue></DocumentedNamePart><DocumentedNamePart>"
    "<NamePartValue NamePartGroupID=\"3\">Ilyich</NamePartValue></DocumentedNamePart>"
    "</DocumentedName></Alias><Alias AliasTypeID=\"1401\" Primary=\"false\" "
    "LowQuality=\"true\"><DocumentedName><DocumentedNamePart><NamePartValue>JD"
    "</NamePartValue></DocumentedNamePart></DocumentedName></Alias><NamePartGroups>"
    "<MasterNamePartGroup><NamePartGroup ID=\"1\" NamePartTypeID=\"1520\"/>"
    "</MasterNamePartGroup><MasterNamePartGroup><NamePartGroup ID=\"2\" "
    "NamePartTypeID=\"1521\"/></MasterNamePartGroup><MasterNamePartGroup><NamePartGroup "
    "ID=\"3\" NamePartTypeID=\"1523\"/></MasterNamePartGroup></NamePartGroups></Identity>"
    "<Feature FeatureTypeID=\"8\"><FeatureVersion><DatePeriod><Start Approximate=\"true\">"
    "<From><Year>1962</Year><Month>1</Month><Day>1</Day></From></Start><End><To><Year>1962"
    "</Year><Month>12</Month><Day>31</Day></To></End></DatePeriod></FeatureVersion></Feature>"
    "<Feature FeatureTypeID=\"8\"><FeatureVersion><DatePeriod><Start><From><Year>1963</Year>"
    "<Month>2</Month><Day>3</Day></From></Start><End><To><Year>1963</Year><Month>2</Month>"
    "<Day>3</Day></To></End></DatePeriod></FeatureVersion></Feature><Feature "
    "FeatureTypeID=\"25\"><FeatureVersion><VersionLocation LocationID=\"25\"/>"
    "</FeatureVersion></Feature><Feature FeatureTypeID=\"10\"><FeatureVersion>"
    "<VersionLocation LocationID=\"26\"/></FeatureVersion></Feature><Feature "
    "FeatureTypeID=\"224\"><FeatureVersion><VersionDetail DetailReferenceID=\"91526\"/>"
    "</FeatureVersion></Feature><Feature FeatureTypeID=\"344\"><FeatureVersion><VersionDetail>"
    "1Invented</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty>"
    "<DistinctParty FixedRef=\"37\"><Profile ID=\"37\" PartySubTypeID=\"1\"><Identity "
    "ID=\"62\"><Alias Primary=\"true\"><DocumentedName><DocumentedNamePart><NamePartValue>TUG"
    "</NamePartValue></DocumentedNamePart></DocumentedName></Alias></Identity></Profile>"
    "</DistinctParty></DistinctParties><ProfileRelationships><ProfileRelationship "
    "From-ProfileID=\"36\" To-ProfileID=\"37\" RelationTypeID=\"15003\"/>"
    "</ProfileRelationships><SanctionsEntries><SanctionsEntry ProfileID=\"36\" "
    "ListID=\"1550\"><EntryEvent LegalBasisID=\"1735\"><Date><Year>2022</Year><Month>4</Month>"
    "<Day>20</Day></Date></EntryEvent><SanctionsMeasure SanctionsTypeID=\"1\"><Comment>CUBA"
    "</Comment></SanctionsMeasure><SanctionsMeasure SanctionsTypeID=\"1\"><Comment>SDGT"
    "</Comment></SanctionsMeasure><SanctionsMeasure SanctionsTypeID=\"2\"><Comment>Block"
    "</Comment></SanctionsMeasure></SanctionsEntry></SanctionsEntries></Sanctions>";

static void ofac_advanced_is_joined(void **state)
{
    (void)state;
    static char text[sizeof(values) + sizeof(parties)];
    (void)snprintf(text, sizeof(text), "%s%s", values, parties);
    reads(text, "ofac-advanced", 6, 2);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_ORPHAN], 1);
    assert_int_equal(scene.report.header.published.day, 3);
    assert_string_equal(
        list_scene_line(&scene, "36"),
        "{\"id\":\"36\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"DOE, John "
        "Ilyich\",\"quality\":\"primary\",\"family\":\"DOE\",\"given\":\"John\",\"patronymic\":"
        "\"Ilyich\"},{\"text\":\"JD\",\"quality\":\"weak\",\"former\":true}],\"births\":[{\"from\":"
        "\"1962\",\"circa\":true},{\"from\":\"1963-02-03\"}],\"countries\":[{\"country\":\"CU\","
        "\"tie\":\"nationality\"}],\"programmes\":[\"CUBA\",\"SDGT\"],\"listed\":\"2022-04-20\","
        "\"act\":\"EO 1\",\"identifiers\":[{\"type\":\"Passport\",\"number\":\"A 1\",\"country\":"
        "\"CU\"}],\"wallets\":[{\"asset\":\"XBT\",\"address\":\"1Invented\"}],\"links\":[{\"id\":"
        "\"37\",\"how\":\"Owned or Controlled By\"}],\"addresses\":[{\"text\":\"1 Road, Havana\","
        "\"country\":\"CU\"}],\"remarks\":\"Notes\"}\n");
    assert_int_equal(list_scene_find(&scene, "37")->kind, LIST_KIND_VESSEL);
}

static void ftm_entities_are_joined(void **state)
{
    (void)state;
    static const char text[] =
        "{\"id\":\"s1\",\"schema\":\"Sanction\",\"properties\":{\"entity\":[\"p1\"],"
        "\"program\":[\"RUSSIA\"],\"startDate\":[\"2022-04-20\"],\"authority\":[\"OFAC\"],"
        "\"reason\":[\"Because\"]}}\n"
        "{\"id\":\"p1\",\"caption\":\"John Doe\",\"schema\":\"Person\",\"datasets\":["
        "\"us_sdn\",\"x\"],\"properties\":{\"name\":[\"John Doe\",\"\\u0414\\u043e\\u0443\"],"
        "\"weakAlias\":[\"JD\"],\"previousName\":[\"J Roe\"],\"firstName\":[\"John\"],"
        "\"lastName\":[\"Doe\"],\"birthDate\":[\"1962-03\"],\"nationality\":[\"ru\"],"
        "\"addressEntity\":[\"a1\"],\"passportNumber\":[\"A1\"],\"gender\":[\"male\"],"
        "\"position\":[\"Clerk\"],\"topics\":[\"sanction\"]},\"target\":true,\"n\":[1,{}]}\n"
        "{\"id\":\"a1\",\"schema\":\"Address\",\"properties\":{\"full\":[\"1 Road\"],"
        "\"country\":[\"ru\"]}}\n"
        "{\"id\":\"w1\",\"schema\":\"CryptoWallet\",\"properties\":{\"holder\":[\"p1\"],"
        "\"publicKey\":[\"1Invented\"],\"currency\":[\"XBT\"]}}\n"
        "{\"id\":\"w2\",\"schema\":\"CryptoWallet\",\"properties\":{\"publicKey\":["
        "\"1Other\"]}}\n"
        "{\"id\":\"o1\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"p1\"],\"asset\":["
        "\"c1\"]}}\n"
        "{\"id\":\"c1\",\"caption\":\"Works\",\"schema\":\"Company\",\"properties\":{\"name\":["
        "\"Works\"],\"jurisdiction\":[\"ru\"],\"innCode\":[\"77\"]}}\n"
        "{\"id\":\"s2\",\"schema\":\"Sanction\",\"properties\":{\"entity\":[\"gone\"]}}\n"
        "{\"id\":\"n1\",\"caption\":\"Aunt\",\"schema\":\"Person\",\"target\":false,"
        "\"properties\":{}}\n"
        "{\"id\":\"t1\",\"schema\":\"Security\",\"properties\":{}}\n"
        "{\"id\":\"x\",\"schema\":\"Person\"\n";
    reads(text, "ftm", 11, 3);
    assert_int_equal(scene.report.header.rows_merged, 4);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_ORPHAN], 1);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_NO_PARTY], 2);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_SHAPE], 1);
    assert_string_equal(
        list_scene_line(&scene, "p1"),
        "{\"id\":\"p1\",\"source\":\"us_sdn\",\"kind\":\"person\",\"gender\":\"male\","
        "\"names\":[{\"text\":\"John Doe\",\"quality\":\"primary\",\"family\":\"Doe\",\"given\":"
        "\"John\"},{\"text\":\"J Roe\",\"quality\":\"strong\",\"former\":true},{\"text\":\"Доу\","
        "\"quality\":\"strong\",\"script\":\"Cyrl\"},{\"text\":\"JD\",\"quality\":\"weak\"}],"
        "\"births\":[{\"from\":\"1962-03\"}],\"countries\":[{\"country\":\"RU\",\"tie\":"
        "\"nationality\"}],\"programmes\":[\"RUSSIA\"],\"listed\":\"2022-04-20\",\"act\":"
        "\"OFAC\",\"titles\":[\"Clerk\"],\"identifiers\":[{\"type\":\"passportNumber\","
        "\"number\":\"A1\"}],\"wallets\":[{\"asset\":\"XBT\",\"address\":\"1Invented\"}],"
        "\"addresses\":[{\"text\":\"1 Road\",\"country\":\"RU\"}],\"remarks\":\"Because\"}\n");
    assert_true(span_equal(list_scene_find(&scene, "c1")->links[0].id, span_of_text("p1")));
    assert_true(span_equal(scene.entry.links[0].how, span_of_text("Ownership")));
    assert_int_equal(list_scene_find(&scene, "w2")->wallets_count, 1);
}

static void addresses_are_read(void **state)
{
    (void)state;
    reads("# invented\n1InventedAddressInvented1\n1InventedAddressInvented2\n\nx\n"
          "1InventedAddressInvented1\n",
          "addresses", 4, 2);
    assert_int_equal(scene.report.header.rows_merged, 1);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_VALUE], 1);
    reads("asset\taddress\tfirst_recorded\nXBT\t1InventedAddressInvented1\t2022-09-03T10:53:24\n"
          "ETH\t0xInventedAddressInvented\t\n"
          "XBT\t1InventedAddressInvented1\t2023-09-03\n",
          "addresses", 3, 2);
    assert_int_equal(scene.report.header.rows_merged, 1);
    assert_string_equal(list_scene_line(&scene, "XBT:1InventedAddressInvented1"),
                        "{\"id\":\"XBT:1InventedAddressInvented1\",\"kind\":\"unknown\","
                        "\"listed\":\"2022-09-03\",\"wallets\":[{\"asset\":\"XBT\",\"address\":"
                        "\"1InventedAddressInvented1\"}],\"remarks\":\"2022-09-03T10:53:24\"}\n");
}

static void the_normal_form_is_read(void **state)
{
    (void)state;
    static const char entry[] = "{\"number\":7,\"id\":\"a\",\"kind\":\"entity\",\"names\":[{"
                                "\"text\":\"A\",\"quality\":\"primary\"}],\"remarks\":\"x\"}\n";
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "{\"list\":\"a\",\"published\":\"2022-04-20\",\"entries\":2}\n%s{\"id\":1}\n",
                   entry);
    reads(text, "normal", 2, 1);
    assert_string_equal(scene.lines[0], entry);
    assert_int_equal(scene.report.header.published.day, 20);
    (void)snprintf(text, sizeof(text), "{\"list\":\"a\",\"entries\":3}\n%s", entry);
    list_scene_refuses(&scene, text, "cut off");
    list_scene_refuses(&scene, "{\"list\":\"a\",\"colour\":1}\n", "header");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uk_rows_are_grouped),     cmocka_unit_test(the_uk_sanctions_list_is_read),
        cmocka_unit_test(eu_rows_are_grouped),     cmocka_unit_test(eu_entities_are_read),
        cmocka_unit_test(xml_damage_is_refused),   cmocka_unit_test(old_eu_entities_are_read),
        cmocka_unit_test(un_parties_are_read),     cmocka_unit_test(ofac_xml_is_read),
        cmocka_unit_test(simple_tables_are_read),  cmocka_unit_test(ofac_advanced_is_joined),
        cmocka_unit_test(ftm_entities_are_joined), cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(the_normal_form_is_read),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    list_scene_clear(&scene);
    return failed;
}
