/* Aim: fields come out as they were put in, whatever they hold; damaged rows are refused with their
 * line.
 *
 * Method: texts by hand; random tables written with quotes and read again. */
#include "app/csv_rows.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct csv_rows *open_text(const char *text)
{
    struct csv_rows *rows = NULL;
    assert_int_equal(csv_rows_open_bytes(&rows, "names.csv", span_of_text(text)), FAULT_NONE);
    return rows;
}

static void field_is(const struct csv_rows *rows, u32 place, const char *text)
{
    assert_true(span_equal(csv_rows_field(rows, place), span_of_text(text)));
}

static bool next(struct csv_rows *rows)
{
    bool more = false;
    assert_int_equal(csv_rows_next(rows, &more), FAULT_NONE);
    return more;
}

static void quotes_and_lines(void **state)
{
    (void)state;
    u32 place = 99;
    struct csv_rows *rows = open_text("\xef\xbb\xbf"
                                      "id,\"full name\"\r\n1,\"A, B\"\r\n\r\n"
                                      "2,\"say \"\"so\"\"\"\n3,\"two\nlines\"\n4,un\"quoted\n5,");
    assert_true(csv_rows_column(rows, "id", &place));
    assert_int_equal(place, 0);
    assert_true(csv_rows_column(rows, "full name", &place));
    assert_int_equal(place, 1);
    assert_false(csv_rows_column(rows, "name", &place));
    static const char *const expected[] = {"A, B", "say \"so\"", "two\nlines", "un\"quoted", ""};
    for (u32 i = 0; i < ARRAY_COUNT(expected); i += 1) {
        assert_true(next(rows));
        field_is(rows, 1, expected[i]);
    }
    assert_false(next(rows));
    csv_rows_close(rows);
}

static void refused(const char *text, const char *cause)
{
    bool more = true;
    struct csv_rows *rows = open_text(text);
    enum fault fault = FAULT_NONE;
    while (more && fault == FAULT_NONE) {
        fault = csv_rows_next(rows, &more);
    }
    assert_int_equal(fault, FAULT_INPUT);
    assert_string_equal(fault_text(), cause);
    csv_rows_close(rows);
}

static void damaged_rows_are_refused(void **state)
{
    (void)state;
    struct csv_rows *rows = NULL;
    refused("a,b\n1\n", "names.csv: line 2: not as many fields as the first row names");
    refused("a,b\n1,2\n1,2,3\n", "names.csv: line 3: not as many fields as the first row names");
    refused("a,b\n1,\"2\n3\n", "names.csv: line 3: a quote is never closed");
    assert_int_equal(csv_rows_open_bytes(&rows, "names.csv", span_of_text("")), FAULT_INPUT);
    assert_int_equal(csv_rows_open(&rows, "no/such/file.csv"), FAULT_MISSING);
}

static void too_many_fields_are_refused(void **state)
{
    (void)state;
    char text[CSV_FIELDS_MAX + 2];
    struct csv_rows *rows = NULL;
    memset(text, ',', sizeof(text));
    text[CSV_FIELDS_MAX] = 0; /* one field more than commas */
    assert_int_equal(csv_rows_open_bytes(&rows, "names.csv", span_of_text(text)), FAULT_INPUT);
    text[CSV_FIELDS_MAX - 1] = 0;
    rows = open_text(text);
    csv_rows_close(rows);
}

enum { TABLE_ROWS = 40, TABLE_COLUMNS = 4, FIELD_BYTES = 12 };

static char table[TABLE_ROWS][TABLE_COLUMNS][FIELD_BYTES];

/* Writes it with quotes, needed or not. */
static void write_table(struct random *random, char *target)
{
    static const char letters[] = "ab,\"\n x";
    char *at = target + sprintf(target, "c0,c1,c2,c3\n");
    for (u32 i = 0; i < TABLE_ROWS; i += 1) {
        for (u32 j = 0; j < TABLE_COLUMNS; j += 1) {
            u32 size = (u32)random_below(random, FIELD_BYTES);
            *at++ = '"';
            for (u32 k = 0; k < size; k += 1) {
                char letter = letters[random_below(random, sizeof(letters) - 1)];
                table[i][j][k] = letter;
                *at++ = letter;
                if (letter == '"') {
                    *at++ = letter;
                }
            }
            table[i][j][size] = 0;
            *at++ = '"';
            *at++ = j + 1 == TABLE_COLUMNS ? '\n' : ',';
        }
    }
    *at = 0;
}

static void tables_come_back(void **state)
{
    (void)state;
    static char text[TABLE_ROWS * TABLE_COLUMNS * (2 * FIELD_BYTES + 4) + 64];
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(100); round += 1) {
        write_table(&random, text);
        struct csv_rows *rows = open_text(text);
        for (u32 i = 0; i < TABLE_ROWS; i += 1) {
            assert_true(next(rows));
            for (u32 j = 0; j < TABLE_COLUMNS; j += 1) {
                field_is(rows, j, table[i][j]);
            }
        }
        assert_false(next(rows));
        csv_rows_close(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_and_lines),
        cmocka_unit_test(damaged_rows_are_refused),
        cmocka_unit_test(too_many_fields_are_refused),
        cmocka_unit_test(tables_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
