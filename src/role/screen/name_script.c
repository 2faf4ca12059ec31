#include "role/screen/name_script.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
#define CYRILLIC_FIRST 0x0430U

/* From U+0430; capitals are folded before. */
static const char *const cyrillic[] = {
    [0x0430 - CYRILLIC_FIRST] = "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m",
    "n",
    "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
    [0x0450 - CYRILLIC_FIRST] = "e", "e", "dj", "g", "ye", "dz", "i", "yi", "y", "lj", "nj", "C",
    "k",
    "i", "u", "dzh",
    [0x0491 - CYRILLIC_FIRST] = "g", [0x0493 - CYRILLIC_FIRST] = "g",
    [0x0495 - CYRILLIC_FIRST] = "g",
    [0x0497 - CYRILLIC_FIRST] = "zh", [0x0499 - CYRILLIC_FIRST] = "z",
    [0x049b - CYRILLIC_FIRST] = "k",
    [0x049d - CYRILLIC_FIRST] = "k", [0x049f - CYRILLIC_FIRST] = "k",
    [0x04a1 - CYRILLIC_FIRST] = "k",
    [0x04a3 - CYRILLIC_FIRST] = "ng", [0x04a5 - CYRILLIC_FIRST] = "ng",
    [0x04ab - CYRILLIC_FIRST] = "s", [0x04ad - CYRILLIC_FIRST] = "t",
    [0x04af - CYRILLIC_FIRST] = "u",
    [0x04b1 - CYRILLIC_FIRST] = "u", [0x04b3 - CYRILLIC_FIRST] = "h",
    [0x04b7 - CYRILLIC_FIRST] = "j",
    [0x04b9 - CYRILLIC_FIRST] = "j", [0x04bb - CYRILLIC_FIRST] = "h",
    [0x04cf - CYRILLIC_FIRST] = "",
    [0x04d1 - CYRILLIC_FIRST] = "a", [0x04d9 - CYRILLIC_FIRST] = "a",
    [0x04e3 - CYRILLIC_FIRST] = "i",
    [0x04e9 - CYRILLIC_FIRST] = "o", [0x04ef - CYRILLIC_FIRST] = "u",
};

#define ARABIC_FIRST 0x0621U

static const char *const arabic[] = {
    [0x0621 - ARABIC_FIRST] = "", "a", "a", "u", "i", "i", "a", "b", "a", "t", "t", "J", "h", "H",
    "d", "d", "r", "z", "s", "S", "s", "d", "t", "z", "a", "g",
    [0x0640 - ARABIC_FIRST] = "", "f", "q", "k", "l", "m", "n", "h", "u", "a", "i",
    [0x064b - ARABIC_FIRST] = "", "", "", "a", "u", "i", "", "", "", "", "",
    [0x0670 - ARABIC_FIRST] = "a", "a",
    [0x0679 - ARABIC_FIRST] = "t", [0x067a - ARABIC_FIRST] = "t", [0x067b - ARABIC_FIRST] = "b",
    [0x067c - ARABIC_FIRST] = "t", [0x067d - ARABIC_FIRST] = "t", [0x067e - ARABIC_FIRST] = "p",
    [0x067f - ARABIC_FIRST] = "t", [0x0680 - ARABIC_FIRST] = "b", [0x0681 - ARABIC_FIRST] = "dz",
    [0x0683 - ARABIC_FIRST] = "n", [0x0684 - ARABIC_FIRST] = "C", [0x0685 - ARABIC_FIRST] = "ts",
    [0x0686 - ARABIC_FIRST] = "C", [0x0687 - ARABIC_FIRST] = "C", [0x0688 - ARABIC_FIRST] = "d",
    [0x0689 - ARABIC_FIRST] = "d", [0x068a - ARABIC_FIRST] = "d", [0x068c - ARABIC_FIRST] = "d",
    [0x068d - ARABIC_FIRST] = "d", [0x068f - ARABIC_FIRST] = "d", [0x0691 - ARABIC_FIRST] = "r",
    [0x0693 - ARABIC_FIRST] = "r", [0x0695 - ARABIC_FIRST] = "r", [0x0696 - ARABIC_FIRST] = "g",
    [0x0698 - ARABIC_FIRST] = "Z", [0x0699 - ARABIC_FIRST] = "r", [0x069a - ARABIC_FIRST] = "S",
    [0x069c - ARABIC_FIRST] = "s", [0x06a0 - ARABIC_FIRST] = "g", [0x06a1 - ARABIC_FIRST] = "f",
    [0x06a4 - ARABIC_FIRST] = "v", [0x06a5 - ARABIC_FIRST] = "f", [0x06a6 - ARABIC_FIRST] = "p",
    [0x06a7 - ARABIC_FIRST] = "q", [0x06a8 - ARABIC_FIRST] = "q", [0x06a9 - ARABIC_FIRST] = "k",
    [0x06aa - ARABIC_FIRST] = "k", [0x06ab - ARABIC_FIRST] = "g", [0x06ad - ARABIC_FIRST] = "ng",
    [0x06af - ARABIC_FIRST] = "g", [0x06b0 - ARABIC_FIRST] = "g", [0x06b1 - ARABIC_FIRST] = "g",
    [0x06b3 - ARABIC_FIRST] = "g", [0x06b5 - ARABIC_FIRST] = "l", [0x06ba - ARABIC_FIRST] = "n",
    [0x06bb - ARABIC_FIRST] = "n", [0x06bc - ARABIC_FIRST] = "n", [0x06be - ARABIC_FIRST] = "h",
    [0x06c0 - ARABIC_FIRST] = "h", [0x06c1 - ARABIC_FIRST] = "h", [0x06c2 - ARABIC_FIRST] = "h",
    [0x06c3 - ARABIC_FIRST] = "t", [0x06c4 - ARABIC_FIRST] = "u", [0x06c5 - ARABIC_FIRST] = "o",
    [0x06c6 - ARABIC_FIRST] = "o", [0x06c7 - ARABIC_FIRST] = "u", [0x06c8 - ARABIC_FIRST] = "u",
    [0x06c9 - ARABIC_FIRST] = "u", [0x06ca - ARABIC_FIRST] = "u", [0x06cb - ARABIC_FIRST] = "v",
    [0x06cc - ARABIC_FIRST] = "i", [0x06cd - ARABIC_FIRST] = "e", [0x06ce - ARABIC_FIRST] = "e",
    [0x06d0 - ARABIC_FIRST] = "e", [0x06d2 - ARABIC_FIRST] = "e", [0x06d3 - ARABIC_FIRST] = "e",
    [0x06d5 - ARABIC_FIRST] = "a",
};

#define HEBREW_FIRST 0x05d0U

static const char *const hebrew[] = {
    [0x05d0 - HEBREW_FIRST] = "a", "b", "g", "d", "h", "u", "z", "h", "t", "i", "k", "k", "l", "m",
    "m", "n", "n", "s", "a", "p", "p", "ts", "ts", "k", "r", "S", "t",
};

static const struct {
    u32 point;
    const char *letters;
} latin[] = {
    {0x00df, "ss"}, {0x00e6, "ae"}, {0x00f0, "d"},  {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"},
    {0x0127, "h"},  {0x0131, "i"},  {0x0138, "k"},  {0x0140, "l"}, {0x0142, "l"},  {0x0149, "n"},
    {0x014b, "ng"}, {0x0153, "oe"}, {0x0167, "t"},  {0x017f, "s"}, {0x0180, "b"},  {0x018f, "a"},
    {0x0192, "f"},  {0x0199, "k"},  {0x01b4, "y"},  {0x01dd, "e"}, {0x0253, "b"},  {0x0257, "d"},
    {0x0259, "a"},  {0x025b, "e"},  {0x0268, "i"},  {0x0254, "o"}, {0x0289, "u"},  {0x1e9e, "ss"},
};

static const char look_of[] = "avekmhopctyx"; /* the letters that the points below look like */
static const u32 look_points[] = {
    0x0430, 0x0432, 0x0435, 0x043a, 0x043c, 0x043d, 0x043e, 0x0440, 0x0441, 0x0442, 0x0443, 0x0445,
};
/* clang-format on */

static const char *entry(const char *const *table, size_t count, u32 first, u32 point)
{
    return point >= first && point - first < count ? table[point - first] : NULL;
}

const char *script_cyrillic(u32 point)
{
    return entry(cyrillic, ARRAY_COUNT(cyrillic), CYRILLIC_FIRST, point);
}

const char *script_arabic(u32 point)
{
    return entry(arabic, ARRAY_COUNT(arabic), ARABIC_FIRST, point);
}

const char *script_hebrew(u32 point)
{
    return entry(hebrew, ARRAY_COUNT(hebrew), HEBREW_FIRST, point);
}

const char *script_latin(u32 point)
{
    for (u32 i = 0; i < ARRAY_COUNT(latin); i += 1) {
        if (latin[i].point == point) {
            return latin[i].letters;
        }
    }
    return NULL;
}

u8 script_look(u32 point)
{
    switch (point) {
    case 0x0456:
        return 'i';
    case 0x0455:
        return 's';
    case 0x0458:
        return 'j';
    default: /* not an enum: a letter */
        break;
    }
    for (u32 i = 0; i < ARRAY_COUNT(look_points); i += 1) {
        if (look_points[i] == point) {
            /* В looks like B, everything else like the letter itself. */
            return look_of[i] == 'v' ? 'b' : (u8)look_of[i];
        }
    }
    return 0;
}

void script_hangul(u32 point, bool family, char target[SCRIPT_HANGUL_BYTES])
{
    static const char *const heads[] = {"k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s",
                                        "s", "",   "j", "j", "ch", "k", "t", "p", "h"};
    static const char *const vowels[] = {"a",  "ae", "ya", "ae",  "o",  "e",  "yo",
                                         "ye", "o",  "wa", "wae", "oe", "yo", "u",
                                         "wo", "we", "wi", "yu",  "u",  "ui", "i"};
    static const char *const tails[] = {"",  "k",  "k", "k", "n", "n", "n", "t", "l", "k",
                                        "m", "l",  "l", "l", "p", "l", "m", "p", "p", "t",
                                        "t", "ng", "t", "t", "k", "t", "p", "t"};
    CHECK(point >= 0xac00 && point <= 0xd7a3);
    u32 at = point - 0xac00;
    u32 head = at / (21 * 28);
    u32 vowel = at / 28 % 21;
    u32 tail = at % 28;
    /* The family names I and Im are written Lee, Li, Ri and Lim, Rim. */
    const char *first = family && head == 11 && vowel == 20 ? "l" : heads[head];
    int size = snprintf(target, SCRIPT_HANGUL_BYTES, "%s%s%s", first, vowels[vowel], tails[tail]);
    CHECK(size > 0 && size < (int)SCRIPT_HANGUL_BYTES);
}
