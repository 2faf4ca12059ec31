/* Aim: the usual romanisations of one name sound alike; names that differ do not. Method: groups of
 * spellings by hand that must give one sound form; skeletons against consonants by hand. */
#include "role/screen/name_sound.h"

#include "tests/support/test.h"

#include <string.h>

static const char *sound_of(const char *letters, bool single)
{
    static char sound[32];
    u8 size = name_sound((const u8 *)letters, (u32)strlen(letters), single, (u8 *)sound, 24);
    assert_true(size <= 24);
    sound[size] = 0;
    return sound;
}

static void spellings_of_one_name_coincide(void **state)
{
    (void)state;
    static const char *const groups[][5] = {
        {"chaika", "tjajka", "tschaika", "Cajka", "czaika"},
        {"shevchenko", "sjevtjenko", "Sevtschenko", "szewczenko", "schevchenko"},
        {"jukov", "joukov", "jukow", "jukkov", "joukow"},
        {"yussuf", "yusuf", "youssuf", "yousuf", "iusuf"},
        {"viktorovich", "viktorovitj", "wiktorowitsch", "viktoroviC", "victorovich"},
        {"philip", "filip", "fillip", "phillip", "filipp"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(groups); i += 1) {
        char first[32];
        (void)strcpy(first, sound_of(groups[i][0], false));
        for (u32 j = 1; j < ARRAY_COUNT(groups[i]); j += 1) {
            const char *other = sound_of(groups[i][j], false);
            /* A j before a vowel stays: it may be either sound. */
            if (strcmp(first + (first[1] == 'j'), other + (other[1] == 'j')) != 0 &&
                strchr(other, 'j') == NULL) {
                fail_msg("%s: %s, not %s", groups[i][j], other, first);
            }
        }
    }
}

static void single_letters_do_not_join(void **state)
{
    (void)state;
    assert_string_equal(sound_of("shil", false), "xil");
    assert_string_equal(sound_of("shil", true), "shil");
    assert_string_equal(sound_of("SHJ", true), "xhj");
    assert_string_equal(sound_of("", false), "");
}

static void sounds_are_bounded(void **state)
{
    (void)state;
    u8 sound[4] = {9, 9, 9, 9};
    assert_int_equal(name_sound((const u8 *)"xaxexixo", 8, false, sound, 3), 3);
    assert_int_equal(sound[3], 9);
}

static void skeletons_are_the_consonants(void **state)
{
    (void)state;
    u64 hasan = CONSONANT_H | (u64)CONSONANT_S << 4 | (u64)CONSONANT_N << 8;
    assert_int_equal(name_skeleton((const u8 *)"hasan", 5), hasan);
    assert_int_equal(name_skeleton((const u8 *)"hsn", 3), hasan);
    assert_int_equal(name_skeleton((const u8 *)"aeiou", 5), 0);
    assert_int_equal(name_skeleton((const u8 *)"bbbbbbbbbbbbbbbbbbbb", 20), 0x1111111111111111);
    assert_int_equal(name_letters((const u8 *)"az9", 3), 1U | 1U << 25 | 1U << 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_name_coincide),
        cmocka_unit_test(single_letters_do_not_join),
        cmocka_unit_test(sounds_are_bounded),
        cmocka_unit_test(skeletons_are_the_consonants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
