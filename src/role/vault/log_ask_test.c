/* Aim: a line is taken exactly when it is one in its one form, and what is wrong is said without
 * repeating any of it. Method: the printed line of an event is read again; then lines with one
 * thing wrong each. */
#include "role/vault/log_ask.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define CASE "0102030405060708090a0b0c0d0e0f10"
#define SALT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct log_ask ask;
static char line[LOG_ASK_BYTES_MAX + 2];

static void what_is_printed_is_read(void **state)
{
    static u8 text[PUBLOG_TEXT_BYTES_MAX];
    static const u8 salt[PUBLOG_SALT_BYTES] = {7};
    (void)state;
    memset(text, 0xfe, sizeof(text));
    for (u32 kind = PUBLOG_KIND_GRANT; kind <= PUBLOG_KIND_MISMATCH; kind += 1) {
        struct publog_told told = {.class = kind % 2 == 0 ? PUBLOG_CLASS_ORDINARY
                                                          : PUBLOG_CLASS_EMERGENCY,
                                   .kind = (enum publog_kind)kind,
                                   .flags = (u8)(kind - PUBLOG_KIND_GRANT),
                                   .name = {(u8)kind, 1},
                                   .until = kind == PUBLOG_KIND_GRANT ? 0 : 253402300799ULL,
                                   .text = span_of(text, kind == 5 ? 1 : sizeof(text)),
                                   .mark_salt = kind == 6 ? salt : NULL};
        size_t size = log_ask_print(&told, line);
        assert_true(size <= LOG_ASK_BYTES_MAX + 1);
        assert_int_equal(line[size - 1], '\n');
        assert_null(log_ask_read(span_of(line, size - 1), &ask));
        assert_int_equal(ask.kind, LOG_ASK_TELL);
        assert_int_equal(ask.told.kind, told.kind);
        assert_int_equal(ask.told.class, told.class);
        assert_int_equal(ask.told.flags, told.flags);
        assert_int_equal(ask.told.until, told.until);
        assert_memory_equal(ask.told.name, told.name, PUBLOG_CASE_BYTES);
        assert_true(span_equal(ask.told.text, told.text));
        assert_true((ask.told.mark_salt == NULL) == (told.mark_salt == NULL));
        if (told.mark_salt != NULL) {
            assert_memory_equal(ask.told.mark_salt, salt, sizeof(salt));
        }
    }
}

static void a_line_for_slots_is_read(void **state)
{
    (void)state;
    size_t size = log_ask_slots_print(PUBLOG_CLASS_EMERGENCY, 7, UINT32_MAX, line);
    assert_int_equal(line[size - 1], '\n');
    assert_null(log_ask_read(span_of(line, size - 1), &ask));
    assert_int_equal(ask.kind, LOG_ASK_SLOTS);
    assert_int_equal(ask.class, PUBLOG_CLASS_EMERGENCY);
    assert_int_equal(ask.from_s, 7);
    assert_int_equal(ask.to_s, UINT32_MAX);
}

struct row {
    const char *line;
    const char *why; /* NULL: nothing */
};

static void rows_are_read(const struct row *rows, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        const char *why = log_ask_read(span_of_text(rows[i].line), &ask);
        if (rows[i].why == NULL ? why != NULL : why == NULL || strstr(why, rows[i].why) == NULL) {
            fail_msg("\"%s\": %s", rows[i].line, why == NULL ? "taken" : why);
        }
    }
}

static void acts_of_the_desk_have_their_own_form(void **state)
{
    static const struct row rows[] = {
        {"tell received ordinary 0 " CASE " 0 - 00", NULL},
        {"tell step ordinary 2 " CASE " 0 - 00", NULL},
        {"tell silence ordinary 0 " CASE " 7 - 00", NULL},
        {"tell registry ordinary 0 " CASE " 0 - 00", NULL},
        {"find opening " CASE " " SALT, NULL},
        {"tell shredded ordinary 0 " CASE " 0 - 00", "the kind"},
        {"tell received ordinary 2 " CASE " 0 - 00", "the flags"},
        {"tell step ordinary 1 " CASE " 0 - 00", "the flags"},
        {"tell notice ordinary 0 " CASE " 7 - 00", "the end"},
        {"tell silence ordinary 0 " CASE " 0 - 00", "the end"},
        {"tell assessed ordinary 0 " CASE " 0 " SALT " 00", "the salt"},
        {"openings 0", NULL},
        {"openings 12", NULL},
        {"openings", "no number"},
        {"openings -1", "no number"},
        {"find", "the kind"},
        {"find received " CASE " " SALT, "the kind"},
        {"find grant 01 " SALT, "the case"},
        {"find grant " CASE, "the grant"},
        {"find grant " CASE " " CASE, "the grant"},
        {"find grant " CASE " " SALT " ", "the grant"},
    };
    (void)state;
    rows_are_read(rows, ARRAY_COUNT(rows));
}

static void what_is_wrong_is_said(void **state)
{
    static const struct row rows[] = {
        {"show 1", NULL},
        {"show 9223372036854775807", NULL},
        {"tell grant ordinary 0 " CASE " 0 - 00", NULL},
        {"tell mismatch emergency 3 " CASE " 1 " SALT " ff00", NULL},
        {"slots ordinary 0 0", NULL},
        {"slots emergency 1 4294967295", NULL},
        {"piece 1 0", NULL},
        {"piece 9223372036854775807 4194304", NULL},
        {"", "none of tell, show"},
        {"Tell", "none of tell, show"},
        {" tell", "none of tell, show"},
        {"slot", "none of tell, show"},
        {"slots", "the class"},
        {"slots often 0 0", "the class"},
        {"slots ordinary", "no two moments"},
        {"slots ordinary 0", "no two moments"},
        {"slots ordinary 0 ", "no two moments"},
        {"slots ordinary 2 1", "no two moments"},
        {"slots ordinary 01 2", "no two moments"},
        {"slots ordinary 1 2 ", "no two moments"},
        {"slots ordinary 1 4294967296", "no two moments"},
        {"piece", "no number of a text"},
        {"piece 1", "no number of a text"},
        {"piece 1 ", "no number of a text"},
        {"piece 1 00", "no number of a text"},
        {"piece 1 4194305", "no number of a text"},
        {"piece 9223372036854775808 0", "no number of a text"},
        {"piece 1 0 0", "no number of a text"},
        {"show", "no number"},
        {"show ", "no number"},
        {"show 01", "no number"},
        {"show 1 ", "no number"},
        {"show 9223372036854775808", "no number"},
        {"tell", "the kind"},
        {"tell lookup ordinary 0 " CASE " 0 - 00", "the kind"},
        {"tell pad ordinary 0 " CASE " 0 - 00", "the kind"},
        {"tell  grant ordinary 0 " CASE " 0 - 00", "the kind"},
        {"tell grant", "the class"},
        {"tell grant often 0 " CASE " 0 - 00", "the class"},
        {"tell grant ordinary 4 " CASE " 0 - 00", "the flags"},
        {"tell grant ordinary 0 0102 0 - 00", "the case"},
        {"tell grant ordinary 0 0102030405060708090A0b0c0d0e0f10 0 - 00", "the case"},
        {"tell grant ordinary 0 " CASE " 253402300800 - 00", "the silence"},
        {"tell grant ordinary 0 " CASE " 0 -- 00", "the salt"},
        {"tell grant ordinary 0 " CASE " 0 00 00", "the salt"},
        {"tell grant ordinary 0 " CASE " 0 -", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - ", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - 0", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - 000", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - 0g", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - 00 ", "the text"},
        {"tell grant ordinary 0 " CASE " 0 - 00\n", "the text"},
    };
    (void)state;
    rows_are_read(rows, ARRAY_COUNT(rows));
}

static void what_is_too_long_is_refused(void **state)
{
    int head = snprintf(line, sizeof(line), "tell grant ordinary 0 " CASE " 0 - ");
    size_t size = (size_t)head + 2U * PUBLOG_TEXT_BYTES_MAX;
    (void)state;
    memset(line + head, '0', sizeof(line) - (size_t)head);
    assert_null(log_ask_read(span_of(line, size), &ask));
    assert_int_equal(ask.told.text.size, PUBLOG_TEXT_BYTES_MAX);
    assert_non_null(strstr(log_ask_read(span_of(line, size + 2), &ask), "the text"));
    assert_non_null(strstr(log_ask_read(span_of(line, LOG_ASK_BYTES_MAX + 1), &ask), "too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_is_read),
        cmocka_unit_test(a_line_for_slots_is_read),
        cmocka_unit_test(acts_of_the_desk_have_their_own_form),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(what_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
