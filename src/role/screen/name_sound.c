#include "role/screen/name_sound.h"

#include "base/check.h"

#include <string.h>

/* What a group of letters sounds like. The longest that fits is taken; `where` narrows it. */
enum sound_where { ANYWHERE, AT_START, BEFORE_VOWEL_OR_END, BEFORE_FRONT_VOWEL, BEFORE_VOWEL };

struct sound_rule {
    const char *letters;
    const char *sound;
    u8 where; /* enum sound_where */
};

/* All rules of a letter together, the longest first. */
/* clang-format off */
static const struct sound_rule rules[] = {
    {"ae", "e", ANYWHERE},
    {"bh", "b", ANYWHERE},
    {"cch", "q", ANYWHERE}, {"ch", "q", ANYWHERE}, {"ck", "k", ANYWHERE}, {"cz", "q", ANYWHERE},
    {"c", "s", BEFORE_FRONT_VOWEL}, {"c", "k", ANYWHERE},
    {"dsch", "j", ANYWHERE}, {"dzh", "j", ANYWHERE}, {"dZ", "j", ANYWHERE}, {"dj", "j", ANYWHERE},
    {"dh", "d", ANYWHERE}, {"dz", "z", ANYWHERE},
    {"ee", "i", ANYWHERE}, {"eu", "u", AT_START},
    {"gh", "g", ANYWHERE},
    {"hs", "x", AT_START},
    {"j", "j", BEFORE_VOWEL}, {"j", "i", ANYWHERE},
    {"kh", "h", ANYWHERE}, {"ks", "ks", ANYWHERE},
    {"lj", "li", ANYWHERE},
    {"nj", "ni", ANYWHERE},
    {"oe", "o", ANYWHERE}, {"oo", "u", ANYWHERE}, {"ou", "u", ANYWHERE},
    {"ph", "f", ANYWHERE},
    {"qu", "k", ANYWHERE}, {"q", "k", ANYWHERE},
    {"rh", "r", ANYWHERE}, {"rj", "ri", ANYWHERE},
    {"schtsch", "x", ANYWHERE}, {"shch", "x", ANYWHERE}, {"sjtj", "x", ANYWHERE},
    {"szcz", "x", ANYWHERE}, {"sch", "x", ANYWHERE}, {"sh", "x", ANYWHERE},
    {"sj", "x", BEFORE_VOWEL_OR_END}, {"sz", "x", ANYWHERE},
    {"tsch", "q", ANYWHERE}, {"tch", "q", ANYWHERE}, {"tj", "q", ANYWHERE}, {"tS", "q", ANYWHERE},
    {"th", "t", ANYWHERE}, {"ts", "c", ANYWHERE}, {"tz", "c", ANYWHERE},
    {"ue", "u", ANYWHERE},
    {"wh", "v", ANYWHERE}, {"w", "v", ANYWHERE},
    {"xh", "j", ANYWHERE}, {"x", "x", AT_START}, {"x", "ks", ANYWHERE},
    {"y", "i", ANYWHERE},
    {"zh", "y", ANYWHERE}, {"zj", "y", BEFORE_VOWEL_OR_END},
    {"C", "q", ANYWHERE}, {"H", "h", ANYWHERE}, {"J", "j", ANYWHERE}, {"S", "x", ANYWHERE},
    {"Z", "y", ANYWHERE},
};
/* By letter: where its rules begin, + 1; 0: it has none. */
static const u8 rules_first[128] = {
    ['a'] = 1, ['b'] = 2, ['c'] = 3, ['d'] = 9, ['e'] = 15, ['g'] = 17, ['h'] = 18, ['j'] = 19,
    ['k'] = 21, ['l'] = 23, ['n'] = 24, ['o'] = 25, ['p'] = 28, ['q'] = 29, ['r'] = 31, ['s'] = 33,
    ['t'] = 41, ['u'] = 48, ['w'] = 49, ['x'] = 51, ['y'] = 54, ['z'] = 55, ['C'] = 57, ['H'] = 58,
    ['J'] = 59, ['S'] = 60, ['Z'] = 61,
};
/* clang-format on */

static bool is_written_vowel(u8 letter)
{
    return name_is_vowel(letter) || letter == 'y';
}

static bool fits(const struct sound_rule *rule, const u8 *letters, u32 count, u32 at, bool single)
{
    u32 size = (u32)strlen(rule->letters);
    if (single && (size > 1 || rule->where != ANYWHERE)) {
        return false;
    }
    if (size > count - at || memcmp(letters + at, rule->letters, size) != 0) {
        return false;
    }
    u8 next = at + size < count ? letters[at + size] : 0;
    switch ((enum sound_where)rule->where) {
    case ANYWHERE:
        return true;
    case AT_START:
        return at == 0;
    case BEFORE_VOWEL_OR_END:
        return next == 0 || is_written_vowel(next);
    case BEFORE_FRONT_VOWEL:
        return next == 'e' || next == 'i' || next == 'y';
    case BEFORE_VOWEL:
        return is_written_vowel(next);
    }
    return false;
}

u8 name_sound(const u8 *letters, u32 count, bool single, u8 *sound_out, u32 sound_max)
{
    CHECK(sound_max < 256);
    u32 size = 0;
    for (u32 at = 0; at < count;) {
        const char one[2] = {(char)letters[at], 0};
        const char *sound = one;
        u32 step = 1;
        u32 first = letters[at] < ARRAY_COUNT(rules_first) ? rules_first[letters[at]] : 0U;
        CHECK(first == 0 || (rules[first - 1].letters[0] == one[0] &&
                             (first == 1 || rules[first - 2].letters[0] != one[0])));
        for (u32 i = first - 1;
             first > 0 && i < ARRAY_COUNT(rules) && rules[i].letters[0] == one[0]; i += 1) {
            if (fits(&rules[i], letters, count, at, single)) {
                sound = rules[i].sound;
                step = (u32)strlen(rules[i].letters);
                break;
            }
        }
        for (; *sound != 0; sound += 1) {
            bool again =
                size > 0 && sound_out[size - 1] == (u8)*sound && !(*sound >= '0' && *sound <= '9');
            if (!again && size < sound_max) {
                sound_out[size] = (u8)*sound;
                size += 1;
            }
        }
        at += step;
    }
    return (u8)size;
}

/* By letter of the sound form. */
static const u8 consonants[26] = {
    ['b' - 'a'] = CONSONANT_B, ['p' - 'a'] = CONSONANT_B, ['t' - 'a'] = CONSONANT_T,
    ['d' - 'a'] = CONSONANT_D, ['j' - 'a'] = CONSONANT_J, ['y' - 'a'] = CONSONANT_J,
    ['q' - 'a'] = CONSONANT_J, ['k' - 'a'] = CONSONANT_K, ['g' - 'a'] = CONSONANT_K,
    ['h' - 'a'] = CONSONANT_H, ['s' - 'a'] = CONSONANT_S, ['c' - 'a'] = CONSONANT_S,
    ['x' - 'a'] = CONSONANT_X, ['z' - 'a'] = CONSONANT_Z, ['r' - 'a'] = CONSONANT_R,
    ['l' - 'a'] = CONSONANT_L, ['m' - 'a'] = CONSONANT_M, ['n' - 'a'] = CONSONANT_N,
    ['f' - 'a'] = CONSONANT_F, ['v' - 'a'] = CONSONANT_W,
};

u64 name_skeleton(const u8 *sound, u32 count)
{
    u64 skeleton = 0;
    u32 size = 0;
    for (u32 i = 0; i < count && size < 16; i += 1) {
        u8 letter = sound[i];
        u8 class = letter >= 'a' && letter <= 'z' ? consonants[letter - 'a'] : CONSONANT_NONE;
        if (class != CONSONANT_NONE) {
            skeleton |= (u64) class << (4 * size);
            size += 1;
        }
    }
    return skeleton;
}

u32 name_letters(const u8 *text, u32 count)
{
    u32 letters = 0;
    for (u32 i = 0; i < count; i += 1) {
        letters |= text[i] >= 'a' && text[i] <= 'z' ? 1U << (text[i] - 'a') : 1U << 26;
    }
    return letters;
}
