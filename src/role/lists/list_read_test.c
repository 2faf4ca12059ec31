/* Aim: OFAC's csv family and the US consolidated list come out in the normal form, each row is
 * counted, and what is damaged is refused with its place. Method: small invented files by name, one
 * for each thing a file may hold or lack; the real files are in list_real_test. */
#include "role/lists/list_read.h"

#include "tests/support/list_scene.h"
#include "tests/support/test.h"

#include <string.h>

static struct list_scene scene;

#define NULLS6 "-0- ,-0- ,-0- ,-0- ,-0- ,-0- "

static const char sdn[] =
    "36,\"AERO INVENTED\",-0- ,\"CUBA] [SDGT\",-0- ," NULLS6 ",-0- \r\n"
    "40,\"DOE, John Q.\",\"individual\",\"SDGT\",\"Captain\"," NULLS6
    ",\"DOB 27 Dec 1981; alt. DOB circa 1962; POB Uzlovaya, Russia; nationality Russia; citizen "
    "Cuba; Gender Male; National ID No. 7003 0297 (Russia); Passport AB-1 (Iran) issued 01 Jan 2001 "
    "expires 2 Feb 2011; a.k.a. 'JD'; Digital Currency Address - XBT 1Invented7address; Linked To: "
    "OTHER; Secondary sanctions risk: none of 13; SWIFT/BIC INVENTED.\"\r\n"
    "41,\"TUG\",\"vessel\",\"CUBA\",-0- ,\"CL2192\",\"Tug\",-0- ,\"212\",\"Cuba\",\"Owner S.A.\","
    "\"Vessel Registration Identification IMO 7406784; f.k.a. 'ANA I'.\"\r\n"
    "\x1a\r\n";

static void ofac_rows_become_entries(void **state)
{
    (void)state;
    assert_int_equal(list_scene_text(&scene, sdn), FAULT_NONE);
    assert_string_equal(scene.report.header.format, "ofac-csv");
    assert_int_equal(scene.report.header.rows_in, 3);
    assert_string_equal(
        list_scene_line(&scene, "36"),
        "{\"id\":\"36\",\"kind\":\"entity\",\"names\":[{\"text\":\"AERO INVENTED\",\"quality\":"
        "\"primary\"}],\"programmes\":[\"CUBA\",\"SDGT\"]}\n");
    assert_string_equal(
        list_scene_line(&scene, "40"),
        "{\"id\":\"40\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":\"DOE, John "
        "Q.\",\"quality\":\"primary\",\"family\":\"DOE\",\"given\":\"John Q.\"},{\"text\":\"JD\","
        "\"quality\":\"weak\"}],\"births\":[{\"from\":\"1962\",\"circa\":true},{\"from\":\"1981-12-"
        "27\"}],\"birth_places\":[{\"text\":\"Uzlovaya, Russia\",\"country\":\"RU\"}],"
        "\"countries\":[{\"country\":\"RU\",\"tie\":\"nationality\"},{\"country\":\"CU\",\"tie\":"
        "\"citizenship\"}],\"programmes\":[\"SDGT\"],\"titles\":[\"Captain\"],\"identifiers\":[{"
        "\"type\":\"National ID No.\",\"number\":\"7003 0297\",\"country\":\"RU\"},{\"type\":"
        "\"Passport\",\"number\":\"AB-1\",\"country\":\"IR\"},{\"type\":\"SWIFT/BIC\",\"number\":"
        "\"INVENTED\"}],\"wallets\":[{\"asset\":\"XBT\",\"address\":\"1Invented7address\"}],"
        "\"links\":[{\"name\":\"OTHER\"}],\"remarks\":\"DOB 27 Dec 1981; alt. DOB circa 1962; POB "
        "Uzlovaya, Russia; nationality Russia; citizen Cuba; Gender Male; National ID No. 7003 0297 "
        "(Russia); Passport AB-1 (Iran) issued 01 Jan 2001 expires 2 Feb 2011; a.k.a. 'JD'; "
        "Digital Currency Address - XBT 1Invented7address; Linked To: OTHER; Secondary sanctions "
        "risk: none of 13; SWIFT/BIC INVENTED.\"}\n");
    const struct list_entry *tug = list_scene_find(&scene, "41");
    assert_int_equal(tug->kind, LIST_KIND_VESSEL);
    assert_true(tug->names[1].former);
    assert_int_equal(tug->countries[0].tie, LIST_TIE_FLAG);
    assert_int_equal(tug->identifiers_count, 2);
    assert_true(span_equal(tug->identifiers[1].number, span_of_text("IMO 7406784")));
    assert_true(span_equal(tug->links[0].name, span_of_text("Owner S.A.")));
}

static void ofac_files_are_joined(void **state)
{
    (void)state;
    static const char names[] =
        "36,\"AERO\",-0- ,\"CUBA\",-0- ," NULLS6 ",\"Passport 1 (Ir\"\r\n\x1a\r\n";
    static const char aliases[] = "36,12,\"aka\",\"AERO-TWO\",-0- \r\n"
                                  "36,13,\"fka\",\"AERO-OLD\",-0- \r\n"
                                  "37,14,\"aka\",\"NOBODY\",-0- \r\n\x1a\r\n";
    static const char addresses[] = "36,25,\"1 Street\",\"Havana\",\"Cuba\",-0- \r\n\x1a\r\n";
    static const char comments[] = "36,\"an); a.k.a. 'A'.\"\r\n\x1a\r\n";
    struct span texts[] = {span_of_text(comments), span_of_text(names), span_of_text(aliases),
                           span_of_text(addresses)};
    assert_int_equal(list_scene_texts(&scene, texts, 4, LIST_FORMAT_AUTO), FAULT_NONE);
    assert_int_equal(scene.report.header.rows_in, 6);
    assert_int_equal(scene.report.header.entries_count, 1);
    assert_int_equal(scene.report.header.rows_merged, 4);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_ORPHAN], 1);
    assert_int_equal(scene.report.first[0].file, 2);
    assert_int_equal(scene.report.first[0].line, 3);
    const struct list_entry *entry = list_scene_find(&scene, "36");
    assert_int_equal(entry->names_count, 4);
    assert_true(entry->names[1].former);
    assert_int_equal(entry->names[3].quality, LIST_QUALITY_WEAK);
    assert_string_equal(entry->identifiers[0].country.code, "IR");
    assert_true(span_equal(entry->addresses[0].text, span_of_text("1 Street, Havana")));

    /* Without the comments the remarks are cut: half a number is no number. */
    assert_int_equal(list_scene_texts(&scene, texts + 1, 3, LIST_FORMAT_AUTO), FAULT_NONE);
    assert_int_equal(list_scene_find(&scene, "36")->identifiers_count, 0);
    assert_int_equal(list_scene_find(&scene, "36")->remarks.size, strlen("Passport 1 (Ir"));

    struct span twice[] = {span_of_text(names), span_of_text(names)};
    assert_int_equal(list_scene_texts(&scene, twice, 2, LIST_FORMAT_AUTO), FAULT_INPUT);
    assert_int_equal(list_scene_texts(&scene, texts + 2, 2, LIST_FORMAT_AUTO), FAULT_INPUT);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    list_scene_refuses(&scene, "", "empty");
    list_scene_refuses(&scene, " \r\n", "empty");
    list_scene_refuses(&scene, "\xef\xbb\xbf", "empty");
    list_scene_refuses(&scene, "Dear Sirs,\nno list today.\n", "none of the formats");
    list_scene_refuses(&scene, "<html><body>503</body></html>", "a page of HTML and no list");
    list_scene_refuses(&scene, "<!DOCTYPE html>\n<html>", "a page of HTML and no list");
    list_scene_refuses(&scene, "\xff\xfe<", "UTF-16");
    list_scene_refuses(&scene, "<other/>", "none of the formats");
    list_scene_refuses(&scene, "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n", "1A");
    list_scene_refuses(&scene, "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",\"cut o", "within a quoted");
    list_scene_refuses(&scene, "36,\"A\",-0- \r\n\x1a\r\n", "3 columns");
    list_scene_refuses(&scene, "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n\x1a\r\n37,more\r\n",
                       "after the mark");
    const char *const nowhere = "/tmp/cambist-no-such-list";
    assert_int_equal(list_scene_files(&scene, &nowhere, 1, LIST_FORMAT_AUTO), FAULT_MISSING);
}

static void bad_rows_are_refused_one_by_one(void **state)
{
    (void)state;
    static const char text[] = "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "37,\"B\xff\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "38,\"C,\"x,-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "39,\"D\",-0- \r\n"
                               "x,\"E\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "36,\"F\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "42,-0- ,-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                               "43,G \"H\" J,-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n\x1a\r\n";
    static const struct {
        u64 line;
        enum list_refusal refusal;
    } expected[] = {
        {2, LIST_REFUSAL_UTF8},  {3, LIST_REFUSAL_SHAPE},    {4, LIST_REFUSAL_SHAPE},
        {5, LIST_REFUSAL_NO_ID}, {6, LIST_REFUSAL_REPEATED}, {8, LIST_REFUSAL_NO_NAME},
    };
    assert_int_equal(list_scene_text(&scene, text), FAULT_NONE);
    assert_int_equal(scene.report.header.rows_in, 9);
    assert_int_equal(scene.count, 2);
    assert_int_equal(scene.report.header.rows_merged, 1);
    assert_int_equal(scene.report.first_count, ARRAY_COUNT(expected));
    for (u32 i = 0; i < ARRAY_COUNT(expected); i += 1) {
        assert_int_equal(scene.report.first[i].line, expected[i].line);
        assert_int_equal(scene.report.first[i].refusal, expected[i].refusal);
    }
    assert_true(
        span_equal(list_scene_find(&scene, "43")->names[0].text, span_of_text("G \"H\" J")));
    const char *path = "sdn.csv";
    struct list_source source = {.list = "a", .paths = &path, .paths_count = 1};
    char shown[128];
    list_refused_print(&source, &scene.report.first[0], shown, sizeof(shown));
    assert_non_null(strstr(shown, "sdn.csv:2: row \"37B?"));
    assert_non_null(strstr(shown, "bytes that are not UTF-8"));
}

/* A quote that is opened and not closed swallows lines until the next one: they are counted, and
 * the line where it shows is read as what it is. */
static void a_stray_quote_is_contained(void **state)
{
    (void)state;
    assert_int_equal(list_scene_text(&scene, "36,\"A\",-0- ,\"CUBA\",-0- ," NULLS6 ",-0- \r\n"
                                             "37,\"B,-0- ,-0- ,-0- ," NULLS6 ",-0- \r\n"
                                             "38,C,-0- ,-0- ,-0- ," NULLS6 ",-0- \r\n"
                                             "39,\"D\",-0- ,-0- ,-0- ," NULLS6 ",-0- \r\n"
                                             "\x1a\r\n"),
                     FAULT_NONE);
    assert_int_equal(scene.report.header.rows_in, 4);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_SHAPE], 2);
    assert_int_equal(scene.report.first[0].line, 2);
    assert_int_equal(scene.report.first[1].line, 3);
    assert_true(span_equal(list_scene_find(&scene, "39")->names[0].text, span_of_text("D")));
    /* A return within a line ends no row, and does not hide what stands behind it. */
    assert_int_equal(list_scene_text(&scene, "36,A,-0- ,-0- ,-0- ," NULLS6 ",-0- \r\n"
                                             "37,B,-0- ,-0- ,-0- ," NULLS6 ",-0- \r38,\xb0,-0- \r\n"
                                             "\x1a\r\n"),
                     FAULT_NONE);
    assert_int_equal(scene.report.header.rows_in, 2);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_UTF8], 1);
}

static const char csl_header[] =
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,"
    "start_date,end_date,standard_order,license_requirement,license_policy,call_sign,vessel_type,"
    "gross_tonnage,gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,"
    "alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,"
    "ids\n";

static void csl_rows_become_entries(void **state)
{
    (void)state;
    char text[4096];
    (void)snprintf(
        text, sizeof(text),
        "%s21944,Specially Designated Nationals (SDN) - Treasury Department,21944,Individual,SYRIA; "
        "SDGT,\"'DOE, Rim\",Clerk,\"1 Road, Town, SY; CU\",,,,,,,,,,,,,,http://x,\"DOE, Rima; ROE, "
        "R\",,1973-03-25; circa 1971,SY,\"Town, Syria\",http://y,\"RU, 2019-01-02, 71 8, Passport; "
        "Female, Gender; 1Invented, Digital Currency Address - XBT; See more, Note:\"\n"
        "21944,Capta List (CAP) - Treasury Department,21944,Entity,X,SAME BANK,,,,,,,,,,,,,,,,,,,,,"
        ",,\n"
        "ab12,Entity List (EL) - Bureau of Industry and Security,,,,Invented Works,,,87 FR "
        "1,2022-04-07,,,All items,Denial. ,,,,,,,,,,,,,,,\n",
        csl_header);
    assert_int_equal(list_scene_text(&scene, text), FAULT_NONE);
    assert_string_equal(scene.report.header.format, "us-csl");
    assert_string_equal(
        list_scene_line(&scene, "21944"),
        "{\"id\":\"21944\",\"source\":\"Specially Designated Nationals (SDN) - Treasury "
        "Department\",\"kind\":\"person\",\"gender\":\"female\",\"names\":[{\"text\":\"'DOE, "
        "Rim\",\"quality\":\"primary\",\"family\":\"'DOE\",\"given\":\"Rim\"},{\"text\":\"DOE, "
        "Rima\",\"quality\":\"strong\",\"family\":\"DOE\",\"given\":\"Rima\"},{\"text\":\"ROE, "
        "R\",\"quality\":\"strong\",\"family\":\"ROE\",\"given\":\"R\"}],\"births\":[{\"from\":"
        "\"1971\",\"circa\":true},{\"from\":\"1973-03-25\"}],\"birth_places\":[{\"text\":\"Town, "
        "Syria\",\"country\":\"SY\"}],\"countries\":[{\"country\":\"SY\",\"tie\":\"nationality\"}],"
        "\"programmes\":[\"SDGT\",\"SYRIA\"],\"titles\":[\"Clerk\"],\"identifiers\":[{\"type\":"
        "\"Passport\",\"number\":\"71 8\",\"country\":\"RU\"}],\"wallets\":[{\"asset\":\"XBT\","
        "\"address\":\"1Invented\"}],\"addresses\":[{\"text\":\"1 Road, Town, SY\",\"country\":"
        "\"SY\"},{\"text\":\"CU\",\"country\":\"CU\"}],\"remarks\":\"Note: See more\"}\n");
    assert_int_equal(list_scene_find(&scene, "CAP-21944")->kind, LIST_KIND_ENTITY);
    const struct list_entry *works = list_scene_find(&scene, "ab12");
    assert_int_equal(works->kind, LIST_KIND_UNKNOWN);
    assert_int_equal(works->listed.day, 7);
    assert_true(span_equal(
        works->remarks, span_of_text("Licence requirement: All items; Licence policy: Denial.")));
    list_scene_refuses(&scene, "_id,source,alt_names\n1,2,3\n", "no column");
    list_scene_refuses(&scene, csl_header, "not one entry");
}

static void sources_are_checked(void **state)
{
    (void)state;
    struct span texts[] = {span_of_text(sdn), span_of_text(csl_header)};
    assert_int_equal(list_scene_texts(&scene, texts, 2, LIST_FORMAT_AUTO), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not one list"));
    texts[0] = texts[1];
    assert_int_equal(list_scene_texts(&scene, texts, 2, LIST_FORMAT_AUTO), FAULT_INPUT);
    assert_int_equal(list_scene_texts(&scene, texts, 0, LIST_FORMAT_AUTO), FAULT_USAGE);
    const char *path = "x";
    struct list_source source = {.list = "No Code", .paths = &path, .paths_count = 1};
    struct list_report report;
    assert_int_equal(list_read(&source, &scene.sink, &report), FAULT_USAGE);
    enum list_format format;
    assert_true(list_format_find(span_of_text("us-csl"), &format));
    assert_int_equal(format, LIST_FORMAT_US_CSL);
    assert_false(list_format_find(span_of_text("us"), &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ofac_rows_become_entries),
        cmocka_unit_test(ofac_files_are_joined),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(bad_rows_are_refused_one_by_one),
        cmocka_unit_test(a_stray_quote_is_contained),
        cmocka_unit_test(csl_rows_become_entries),
        cmocka_unit_test(sources_are_checked),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    list_scene_clear(&scene);
    return failed;
}
