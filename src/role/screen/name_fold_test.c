/* Aim: text of any script becomes words of plain letters, with where they stood. Method: texts by
 * hand; a text of more words and letters than fit. */
#include "role/screen/name_fold.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct name_folder *folder;
static struct fold fold;

static int open_folder(void **state)
{
    (void)state;
    return name_folder_open(&folder) == FAULT_NONE ? 0 : -1;
}

static int close_folder(void **state)
{
    (void)state;
    name_folder_close(folder);
    return 0;
}

static const char *folded(const char *text)
{
    static char line[256];
    size_t used = 0;
    name_fold(folder, span_of_text(text), &fold);
    line[0] = 0;
    for (u32 i = 0; i < fold.words_count; i += 1) {
        int size = snprintf(line + used, sizeof(line) - used, "%s%.*s", i > 0 ? " " : "",
                            fold.words[i].size, (const char *)fold.words[i].letters);
        used += (size_t)size;
        assert_true(used < sizeof(line));
    }
    return line;
}

static void letters_become_plain(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"Sørensen Łódź", "sorensen lodz"},
        {"Kovačić Šmid Žak", "kovaCiC Smid Zak"},
        {"Straße & Co", "strasse and co"},
        {"Ｆｕｌｌ", "full"},
        {"Щукин", "shchukin"},
        {"شيخ", "SiH"},
        {"משה", "mSh"},
        {"諸葛亮", "zhuge liang"},
        {"Ba'asyir", "baasyir"},
        {"  --  ", ""},
    };
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_string_equal(folded(texts[i][0]), texts[i][1]);
    }
}

static void places_are_kept(void **state)
{
    (void)state;
    (void)folded("ORLOV, Ivan J.-C. iv");
    assert_int_equal(fold.words_count, 5);
    assert_int_equal(fold.comma, 1);
    assert_true(fold.words[0].capitals && !fold.words[1].capitals);
    assert_true(fold.words[2].dotted && fold.words[3].dotted && !fold.words[4].dotted);
    assert_true(fold.words[3].joined && !fold.words[4].joined);
    assert_false(fold.cut);
}

static void bounds_are_kept(void **state)
{
    (void)state;
    char text[NAME_TEXT_BYTES_MAX];
    memset(text, 'x', sizeof(text));
    name_fold(folder, span_of(text, sizeof(text)), &fold);
    assert_int_equal(fold.words_count, 1);
    assert_int_equal(fold.words[0].size, FOLD_LETTERS_MAX);
    assert_true(fold.cut);
    for (size_t i = 0; i < sizeof(text); i += 2) {
        text[i] = ' ';
    }
    name_fold(folder, span_of(text, sizeof(text)), &fold);
    assert_int_equal(fold.words_count, FOLD_WORDS_MAX);
    assert_true(fold.cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_become_plain),
        cmocka_unit_test(places_are_kept),
        cmocka_unit_test(bounds_are_kept),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
