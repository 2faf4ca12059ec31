/* Aim: what clients of `/match` send is understood as they mean it, and what is damaged, too much
 * or of no known kind is refused with a reason. Method: bodies by hand. */
#include "role/screen/match_request.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct match_request request;
static struct list_entry entry;
static struct match_subject subject;
static char why[MATCH_WHY_BYTES];

static bool takes(const char *body)
{
    why[0] = 0;
    return match_request_read(&request, span_of_text(body), why);
}

/* One query with these properties, read. */
static bool takes_one(const char *schema, const char *properties)
{
    static char body[8192];
    (void)snprintf(body, sizeof(body),
                   "{\"queries\": {\"q\": {\"schema\": \"%s\", \"properties\": %s}}}", schema,
                   properties);
    assert_true(takes(body));
    return match_query_read(&request.queries[0], &entry, &subject, why);
}

static void texts_equal(struct span found, const char *expected)
{
    assert_true(span_equal(found, span_of_text(expected)));
}

static void a_batch_is_taken(void **state)
{
    (void)state;
    assert_true(takes("{\"weights\": {\"a\": 1.5}, \"queries\": {"
                      "\"first\": {\"schema\": \"Person\", \"properties\": {\"name\": [\"A B\"]}},"
                      "\"none\": null,"
                      "\"sec\\u006fnd\": {\"properties\": {\"name\": \"C\"}, \"id\": \"x-1\","
                      " \"schema\": \"Company\", \"more\": [{}]}}, \"config\": {}}"));
    assert_int_equal(request.count, 2);
    texts_equal(request.queries[0].key, "first");
    texts_equal(request.queries[1].key, "sec\\u006fnd");
    assert_true(match_query_read(&request.queries[0], &entry, &subject, why));
    assert_string_equal(subject.schema, "Person");
    assert_null(subject.id.data);
    assert_int_equal(entry.kind, LIST_KIND_PERSON);
    texts_equal(entry.names[0].text, "A B");
    assert_true(match_query_read(&request.queries[1], &entry, &subject, why));
    assert_int_equal(entry.kind, LIST_KIND_ENTITY);
    texts_equal(subject.id, "x-1");
    texts_equal(entry.names[0].text, "C");
}

static void properties_are_understood(void **state)
{
    (void)state;
    assert_true(takes_one(
        "Person", "{\"name\": [\"Zorvan  Quillfeather\", null], \"weakAlias\": \"Zo\","
                  "\"previousName\": [\"Zorvan Brackwater\"], \"firstName\": [\"Zorvan\", \"Z\"],"
                  "\"middleName\": \"Q\", \"lastName\": [\"Pelt\"],"
                  "\"birthDate\": [\"1962-03-25T00:00:00\", 1963, \"soon\"],"
                  "\"nationality\": [\"Russia\", \"RUS\", \"xq\"], \"country\": \"de\","
                  "\"passportNumber\": [\"AB\\u00200012\"], \"innCode\": 7701,"
                  "\"publicKey\": \"bc1qinvented\", \"hobby\": {\"a\": [1, {}]},"
                  "\"address\": [\"Nowhere 1\"], \"alias\": [[\"x\"], {\"a\": 1}, true]}"));
    assert_int_equal(entry.names_count, 4);
    texts_equal(entry.names[0].text, "Zorvan Q Pelt");
    texts_equal(entry.names[1].text, "Zorvan Quillfeather");
    assert_true(entry.names[2].former);
    assert_int_equal(entry.names[3].quality, LIST_QUALITY_WEAK);
    assert_int_equal(entry.births_count, 2);
    assert_int_equal(entry.births[0].from.day, 25);
    assert_int_equal(entry.births[1].to.year, 1963);
    assert_int_equal(entry.countries_count, 3);
    u32 russia = 0;
    for (u32 index = 0; index < entry.countries_count; index += 1) {
        russia += strcmp(entry.countries[index].country.code, "RU") == 0 ? 1 : 0;
    }
    assert_int_equal(russia, 1);
    assert_int_equal(entry.identifiers_count, 2);
    assert_string_equal(match_identifier_property(&entry.identifiers[0], LIST_KIND_PERSON),
                        "innCode");
    texts_equal(entry.identifiers[1].number, "AB 0012");
    assert_int_equal(entry.wallets_count, 1);
    assert_int_equal(entry.addresses_count, 0);
}

static void schemata_have_kinds(void **state)
{
    (void)state;
    assert_true(takes_one("Vessel", "{\"imoNumber\": \"9000001\"}"));
    assert_int_equal(entry.kind, LIST_KIND_VESSEL);
    assert_true(takes_one("LegalEntity", "{}"));
    assert_int_equal(entry.kind, LIST_KIND_UNKNOWN);
    assert_true(takes_one("CryptoWallet", "{\"publicKey\": [\"0xinvented\"]}"));
    assert_int_equal(entry.kind, LIST_KIND_UNKNOWN);
    assert_false(takes_one("Banana", "{}"));
    assert_non_null(strstr(why, "schema"));
    assert_true(takes("{\"queries\": {\"q\": {\"properties\": {\"name\": \"Banana\"}}}}"));
    assert_false(match_query_read(&request.queries[0], &entry, &subject, why));
    assert_true(takes("{\"queries\": {\"q\": {\"schema\": \"Person\"}}}"));
    assert_false(match_query_read(&request.queries[0], &entry, &subject, why));
    assert_true(takes("{\"queries\": {\"q\": {\"schema\": \"Person\", \"properties\": []}}}"));
    assert_false(match_query_read(&request.queries[0], &entry, &subject, why));
}

static void damaged_bodies_are_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "[]",
        "{",
        "{}",
        "{\"queries\": []}",
        "{\"queries\": {}}",
        "{\"queries\": {\"a\": null}}",
        "{\"queries\": {\"a\": 1}}",
        "{\"queries\": {\"a\": {\"schema\": \"Person\", \"properties\": {\"name\": [}}}}",
        "{\"queries\": {\"a\": {}}} x",
        "{\"queries\": {\"a\": {}, \"a\": {}}}",
        "{\"queries\": {\"a\": {}}, \"queries\": {\"b\": {}}}",
        "{\"queries\": {\"a\": {}}",
        "{\"queries\": {\"a\": {\"\xff\": 1}}}",
    };
    for (u32 index = 0; index < ARRAY_COUNT(bodies); index += 1) {
        assert_false(takes(bodies[index]));
        assert_true(strlen(why) > 0);
    }
}

static void more_than_fits_is_refused(void **state)
{
    static char body[1 << 20];
    size_t used = 0;
    (void)state;
    for (u32 queries = MATCH_QUERIES_MAX; queries <= MATCH_QUERIES_MAX + 1; queries += 1) {
        used = (size_t)snprintf(body, sizeof(body), "{\"queries\": {");
        for (u32 index = 0; index < queries; index += 1) {
            used += (size_t)snprintf(body + used, sizeof(body) - used, "%s\"%u\": {}",
                                     index == 0 ? "" : ",", index);
        }
        (void)snprintf(body + used, sizeof(body) - used, "}}");
        assert_int_equal(takes(body), queries == MATCH_QUERIES_MAX);
    }
    for (u32 names = LIST_NAMES_MAX; names <= LIST_NAMES_MAX + 1; names += 1) {
        used = (size_t)snprintf(body, sizeof(body),
                                "{\"queries\": {\"q\": {\"schema\": \"Person\", \"properties\": "
                                "{\"name\": [");
        for (u32 index = 0; index < names; index += 1) {
            used += (size_t)snprintf(body + used, sizeof(body) - used, "%s\"N%u\"",
                                     index == 0 ? "" : ",", index);
        }
        (void)snprintf(body + used, sizeof(body) - used, "]}}}}");
        assert_true(takes(body));
        assert_int_equal(match_query_read(&request.queries[0], &entry, &subject, why),
                         names == LIST_NAMES_MAX);
    }
    used = (size_t)snprintf(body, sizeof(body),
                            "{\"queries\": {\"q\": {\"schema\": \"Person\", \"properties\": "
                            "{\"name\": \"");
    memset(body + used, 'n', LIST_TEXT_BYTES + 1);
    (void)snprintf(body + used + LIST_TEXT_BYTES + 1, 16, "\"}}}}");
    assert_true(takes(body));
    assert_false(match_query_read(&request.queries[0], &entry, &subject, why));
}

static bool asks(struct match_options *options, const char *query)
{
    *options = (struct match_options){.limit = 5, .threshold = 700000, .cutoff = 500000};
    return match_options_read(options, span_of_text(query), why);
}

static void parameters_are_read(void **state)
{
    (void)state;
    struct match_options options;
    assert_true(asks(&options, ""));
    assert_int_equal(options.limit, 5);
    assert_true(asks(&options, "limit=100&threshold=0.85&algorithm=logic-v2&cutoff=1"));
    assert_int_equal(options.limit, MATCH_LIMIT_MAX);
    assert_int_equal(options.threshold, 850000);
    assert_int_equal(options.cutoff, 850000); /* never above the threshold */
    assert_true(asks(&options, "threshold=0.30000001"));
    assert_int_equal(options.threshold, 300000);
    assert_int_equal(options.cutoff, 300000);
    assert_true(asks(&options, "threshold=1.0&cutoff=0"));
    assert_int_equal(options.threshold, 1000000);
    assert_int_equal(options.cutoff, 0);
    static const char *const wrong[] = {
        "limit=0",      "limit=101",       "limit=",        "limit=-1",
        "limit=5x",     "limit=99999999",  "threshold=1.1", "threshold=2",
        "threshold=0.", "threshold=.5",    "threshold=0,5", "threshold=",
        "cutoff=-0.1",  "limit=5&limit=6", "limit=%zz",     "cutoff=1.0001",
    };
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        assert_false(asks(&options, wrong[index]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_taken),          cmocka_unit_test(properties_are_understood),
        cmocka_unit_test(schemata_have_kinds),       cmocka_unit_test(damaged_bodies_are_refused),
        cmocka_unit_test(more_than_fits_is_refused), cmocka_unit_test(parameters_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
