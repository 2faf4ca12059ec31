/* Aim: the table of words answers by letters and by sound, for the kind of name asked, and its rows
 * are well formed. Method: every word of every row is looked up again; words and phrases by hand.
 */
#include "role/screen/name_words.h"

#include "base/span.h"
#include "role/screen/name_sound.h"
#include "tests/support/test.h"

#include <string.h>

static struct name_words *words;

static int open_words(void **state)
{
    (void)state;
    return name_words_open(&words) == FAULT_NONE ? 0 : -1;
}

static int close_words(void **state)
{
    (void)state;
    name_words_close(words);
    return 0;
}

static const struct word_row *find(const char *word, enum name_kind kind)
{
    u8 sound[64];
    u8 size = name_sound((const u8 *)word, (u32)strlen(word), false, sound, sizeof(sound));
    return name_words_find(words, span_of_text(word), span_of(sound, size), kind);
}

static void every_word_is_found(void **state)
{
    (void)state;
    u32 count = 0;
    for (u32 i = 0; i < name_word_rows_count; i += 1) {
        const struct word_row *row = &name_word_rows[i];
        const char *at = row->words;
        assert_true(row->weight <= NAME_WEIGHT_MAX);
        while (*at != 0) {
            char word[64] = {0};
            size_t size = strcspn(at, " ");
            assert_in_range(size, 1, sizeof(word) - 1);
            memcpy(word, at, size);
            for (size_t j = 0; j < size; j += 1) {
                assert_in_range(word[j], 'a', 'z');
            }
            assert_non_null(find(word, row->where == WORD_ENTITY ? NAME_ENTITY : NAME_PERSON));
            count += 1;
            at += size;
            at += *at == ' ' ? 1 : 0;
        }
    }
    assert_in_range(count, 1000, 4000);
    assert_null(find("zzyzx", NAME_PERSON));
}

static void kinds_are_kept_apart(void **state)
{
    (void)state;
    assert_int_equal(find("sheikh", NAME_PERSON)->role, ROLE_TITLE);
    assert_null(find("sheikh", NAME_ENTITY));
    assert_int_equal(find("ltd", NAME_ENTITY)->role, ROLE_LEGAL_FORM);
    assert_null(find("ltd", NAME_PERSON));
    assert_int_equal(find("bank", NAME_ENTITY)->group, find("banque", NAME_ENTITY)->group);
}

static void one_name_has_one_group(void **state)
{
    (void)state;
    static const char *const names[] = {"wladimir", "uladzimir", "vladimir", "volodymyr"};
    for (u32 i = 1; i < ARRAY_COUNT(names); i += 1) {
        assert_int_equal(find(names[i], NAME_PERSON)->group, find("vladimir", NAME_PERSON)->group);
    }
    assert_int_not_equal(find("ivan", NAME_PERSON)->group, find("igor", NAME_PERSON)->group);
}

static u32 phrase(const char *a, const char *b, const char *c)
{
    const char *const texts[] = {a, b, c};
    u8 sounds[3][32];
    struct span spans[3];
    u32 count = 0;
    while (count < 3 && texts[count] != NULL) {
        u8 size = name_sound((const u8 *)texts[count], (u32)strlen(texts[count]), false,
                             sounds[count], sizeof(sounds[count]));
        spans[count] = span_of(sounds[count], size);
        count += 1;
    }
    u16 group = 0;
    return name_words_phrase(words, spans, count, &group);
}

static void phrases_are_found(void **state)
{
    (void)state;
    assert_int_equal(phrase("limited", "liability", "company"), 3);
    assert_int_equal(phrase("limited", "liablity", "cmopany"), 3);
    assert_int_equal(phrase("joint", "stock", "company"), 3);
    assert_int_equal(phrase("joint", "stock", NULL), 0);
    assert_int_equal(phrase("orel", "stock", "company"), 0);
}

static void numbers_are_read(void **state)
{
    (void)state;
    assert_int_equal(name_words_number(span_of_text("forty")), 40);
    assert_int_equal(name_words_number(span_of_text("ninth")), 9);
    assert_int_equal(name_words_number(span_of_text("fort")), 0);
    assert_int_equal(name_words_number(span_of_text("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found),    cmocka_unit_test(kinds_are_kept_apart),
        cmocka_unit_test(one_name_has_one_group), cmocka_unit_test(phrases_are_found),
        cmocka_unit_test(numbers_are_read),
    };
    return cmocka_run_group_tests(tests, open_words, close_words);
}
