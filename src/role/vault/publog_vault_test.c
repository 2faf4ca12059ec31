/* Aim: what the vault holds becomes a line, and comes back from it; no other text does; and what
 * does not fit a line is named. Method: lines by hand and by chance, every byte changed; each way
 * in which a vault can differ from what was logged. */
#include "role/vault/publog_vault.h"

#include "base/random.h"
#include "role/vault/publog.h"
#include "tests/support/test.h"

#include <string.h>

#define A5 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"

static struct publog_vault vault_of(u64 records, u64 put, u64 erased, u8 root)
{
    struct publog_vault vault = {
        .records = records, .put = put, .erased = erased, .time_us = 1650553200123456ULL};
    memset(vault.root, root, sizeof(vault.root));
    return vault;
}

static void the_line_is_this(void **state)
{
    (void)state;
    char line[PUBLOG_VAULT_LINE_BYTES];
    struct publog_vault vault = vault_of(12, 15, 3, 0xa5);
    assert_true(publog_vault_line(&vault, line));
    assert_string_equal(line,
                        "vault records 12 put 15 erased 3 root " A5 " at 2022-04-21T15:00:00Z");
    assert_true(publog_line_valid(span_of_text(line)));
    vault.time_us = UINT64_MAX;
    assert_false(publog_vault_line(&vault, line));
    vault = vault_of(UINT64_MAX, 15, 3, 0xa5);
    assert_false(publog_vault_line(&vault, line));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 count = test_rounds(200); count > 0; count -= 1) {
        char line[PUBLOG_VAULT_LINE_BYTES];
        char other[PUBLOG_VAULT_LINE_BYTES];
        struct publog_vault read;
        struct publog_vault written =
            vault_of(random_below(&random, INT64_MAX) >> random_below(&random, 60),
                     random_below(&random, INT64_MAX) >> random_below(&random, 60),
                     random_below(&random, 1000), 0);
        random_fill(&random, written.root, sizeof(written.root));
        assert_true(publog_vault_line(&written, line));
        assert_true(publog_vault_is(span_of_text(line)));
        assert_true(publog_vault_read(span_of_text(line), &read));
        assert_true(read.records == written.records && read.put == written.put &&
                    read.erased == written.erased);
        assert_memory_equal(read.root, written.root, sizeof(read.root));
        for (size_t at = 0; line[at] != 0; at += 1) {
            char kept = line[at];
            line[at] = (char)random_between(&random, 1, 127);
            if (publog_vault_read(span_of_text(line), &read)) {
                assert_true(publog_vault_line(&read, other));
                assert_string_equal(other, line);
            }
            line[at] = kept;
            assert_false(publog_vault_read(span_of(line, at), &read));
        }
    }
}

static void no_other_text_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "vault",
        "vault ",
        "vault records 01 put 1 erased 0 root " A5 " at 2022-04-21T15:00:00Z",
        "vault records 1 put 1 erased -0 root " A5 " at 2022-04-21T15:00:00Z",
        "vault records 1 put 1 erased 0 root " A5 " at 2022-04-21T15:00:00.000001Z",
        "vault records 1 put 1 erased 0 root " A5 " at 2022-04-21T15:00:00Z ",
        "vault records 1 put 1 erases 0 root " A5 " at 2022-04-21T15:00:00Z",
        "vault records 9223372036854775808 put 1 erased 0 root " A5 " at 2022-04-21T15:00:00Z",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        struct publog_vault vault;
        assert_false(publog_vault_read(span_of_text(texts[i]), &vault));
    }
    assert_false(publog_vault_is(span_of_text("vaults records")));
}

static void what_does_not_fit_is_named(void **state)
{
    (void)state;
    const struct publog_vault then = vault_of(12, 15, 3, 1);
    static const struct {
        u64 records, put, erased;
        u8 root;
        struct publog_vault_since since;
        const char *why; /* NULL: it fits */
        bool is_compared;
    } cases[] = {
        {12, 15, 3, 1, {0}, NULL, true},
        {12, 15, 3, 1, {0, 0, 2}, NULL, true},            /* erased in the line's second */
        {12, 15, 3, 2, {0}, "the root is another", true}, /* a row changed or exchanged */
        {12, 15, 3, 2, {1, 0, 0}, NULL, false},           /* wrapped anew */
        {13, 16, 3, 2, {0}, NULL, false},                 /* one more */
        {11, 15, 4, 2, {0, 1, 1}, NULL, false},           /* one erased */
        {11, 15, 4, 2, {0, 0, 1}, NULL, false},           /* in the line's second */
        {11, 15, 4, 2, {0}, "number of erasures", false}, /* one deleted, the counts changed */
        {11, 15, 4, 2, {0, 2, 2}, "number of erasures", false},
        {11, 15, 3, 2, {0}, "not as many records", false}, /* one deleted */
        {13, 15, 3, 2, {0}, "not as many records", false}, /* one slipped in */
        {12, 16, 3, 1, {0}, "not as many records", false}, /* the counts changed */
        {2, 1, 3, 1, {0}, "not as many records", false},   /* and round zero */
        {12, 14, 2, 2, {0}, "an older file was put back", false},
        {9, 12, 3, 2, {0}, "an older file was put back", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i += 1) {
        bool is_compared = false;
        const struct publog_vault now =
            vault_of(cases[i].records, cases[i].put, cases[i].erased, cases[i].root);
        const char *why = publog_vault_differs(&then, &now, &cases[i].since, &is_compared);
        if ((why == NULL) != (cases[i].why == NULL) || is_compared != cases[i].is_compared ||
            (why != NULL && strstr(why, cases[i].why) == NULL)) {
            fail_msg("case %zu: %s", i, why == NULL ? "it fits" : why);
        }
    }
    bool is_compared = false;
    const struct publog_vault odd = vault_of(12, 15, 4, 1);
    assert_non_null(
        strstr(publog_vault_differs(&odd, &then, &cases[0].since, &is_compared), "logged records"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_this),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(no_other_text_is_read),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
