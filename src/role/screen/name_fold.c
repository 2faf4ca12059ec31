#include "role/screen/name_fold.h"

#include "base/check.h"
#include "base/utf8.h"
#include "role/screen/name_script.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define UNITS_MAX  (4 * NAME_TEXT_BYTES_MAX) /* UTF-16 units after the compatibility forms */
#define POINTS_MAX 64U                       /* letters of one word */

struct name_folder {
    const UNormalizer2 *compose;
    const UNormalizer2 *decompose;
    UTransliterator *to_latin;
    UChar source[UNITS_MAX];
    UChar text[UNITS_MAX];
};

/* Letters that stand together, before they are romanised. */
struct run {
    u32 points[POINTS_MAX];
    u32 count;
    enum name_script script;
    bool mixed; /* Latin and Cyrillic */
    bool joined;
    bool lower; /* has a small letter */
};

struct folding {
    struct name_folder *folder;
    struct fold *out;
    struct run run;
    bool gap;    /* a space since the last word */
    bool parted; /* syllables in several groups: the writer has parted the name himself */
};

enum fault name_folder_open(struct name_folder **folder_out)
{
    UErrorCode error = U_ZERO_ERROR;
    struct name_folder *folder = calloc(1, sizeof(*folder));
    if (folder == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a name analyser");
    }
    folder->compose = unorm2_getNFKCInstance(&error);
    folder->decompose = unorm2_getNFCInstance(&error);
    static const char rules[] = "Any-Latin; Latin-ASCII; Lower";
    UChar id[sizeof(rules)];
    u_charsToUChars(rules, id, (int32_t)sizeof(rules));
    folder->to_latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (U_FAILURE(error)) {
        name_folder_close(folder);
        return FAULT(FAULT_IO, "ICU: %s", u_errorName(error));
    }
    *folder_out = folder;
    return FAULT_NONE;
}

void name_folder_close(struct name_folder *folder)
{
    if (folder != NULL) {
        utrans_close(folder->to_latin);
        free(folder);
    }
}

/* ICU gives well-formed UTF-16: a first half has its second. */
static u32 next_point(const UChar *units, int32_t *at, int32_t count)
{
    u32 unit = units[*at];
    *at += 1;
    if (U16_IS_LEAD(unit) && *at < count) {
        unit = (unit << 10) + units[*at] - ((0xd800U << 10) + 0xdc00U - 0x10000U);
        *at += 1;
    }
    return unit;
}

static enum name_script script_of(u32 point)
{
    UErrorCode error = U_ZERO_ERROR;
    if (point < 0x80) {
        return SCRIPT_LATIN;
    }
    if (point == 0x30fc) {
        return SCRIPT_KANA; /* the long vowel of both kana */
    }
    /* ICU's codes are an enum of some two hundred scripts. */
    int code = (int)uscript_getScript((UChar32)point, &error);
    static const struct {
        int code;
        enum name_script script;
    } scripts[] = {
        {USCRIPT_LATIN, SCRIPT_LATIN},       {USCRIPT_CYRILLIC, SCRIPT_CYRILLIC},
        {USCRIPT_ARABIC, SCRIPT_ARABIC},     {USCRIPT_HEBREW, SCRIPT_HEBREW},
        {USCRIPT_HAN, SCRIPT_HAN},           {USCRIPT_HIRAGANA, SCRIPT_KANA},
        {USCRIPT_KATAKANA, SCRIPT_KANA},     {USCRIPT_HANGUL, SCRIPT_HANGUL},
        {USCRIPT_GREEK, SCRIPT_GREEK},       {USCRIPT_GEORGIAN, SCRIPT_GEORGIAN},
        {USCRIPT_ARMENIAN, SCRIPT_ARMENIAN},
    };
    for (u32 i = 0; i < ARRAY_COUNT(scripts); i += 1) {
        if (scripts[i].code == code) {
            return scripts[i].script;
        }
    }
    return SCRIPT_OTHER;
}

/* ---- words ---- */

static struct fold_word *word_begin(struct folding *folding, enum name_script script)
{
    struct fold *out = folding->out;
    if (out->words_count == FOLD_WORDS_MAX) {
        out->cut = true;
        return NULL;
    }
    struct fold_word *word = &out->words[out->words_count];
    *word = (struct fold_word){.script = (u8)script,
                               .joined = !folding->gap && out->words_count > 0,
                               .capitals = !folding->run.lower};
    return word;
}

static void word_put(struct folding *folding, struct fold_word *word, const char *letters)
{
    for (; *letters != 0; letters += 1) {
        if (word->size == FOLD_LETTERS_MAX) {
            folding->out->cut = true;
            return;
        }
        word->letters[word->size] = (u8)*letters;
        word->size += 1;
    }
}

static void word_end(struct folding *folding, const struct fold_word *word)
{
    if (word->size > 0) {
        folding->out->words_count += 1;
        folding->gap = false;
    }
}

/* ---- one run of a script ---- */

/* A Latin letter with its signs: the base letter, and whether a sign makes it ch, sh or zh. */
static void put_latin(struct folding *folding, struct fold_word *word, u32 point)
{
    char one[2] = {0, 0};
    if (point < 0x80) {
        one[0] = (char)point;
        word_put(folding, word, one);
        return;
    }
    const char *whole = script_latin(point);
    if (whole != NULL) {
        word_put(folding, word, whole);
        return;
    }
    UErrorCode error = U_ZERO_ERROR;
    UChar parts[8];
    u32 base = point;
    u32 sign = 0;
    for (u32 depth = 0; depth < 4 && base >= 0x80; depth += 1) {
        int32_t count = unorm2_getRawDecomposition(folding->folder->decompose, (UChar32)base, parts,
                                                   (int32_t)ARRAY_COUNT(parts), &error);
        if (count < 1 || U_FAILURE(error)) {
            break;
        }
        int32_t at = 0;
        base = next_point(parts, &at, count);
        sign = at < count ? parts[at] : sign;
    }
    if (base >= 0x80 || u_isalpha((UChar32)base) == 0) {
        whole = base == point ? NULL : script_latin(base);
        word_put(folding, word, whole == NULL ? "" : whole);
        return;
    }
    bool caron = sign == 0x030c || sign == 0x0301 || sign == 0x0327 || sign == 0x0326;
    one[0] = (char)base;
    if (caron && base == 'c') {
        one[0] = 'C';
    } else if (caron && base == 's') {
        one[0] = 'S';
    } else if ((sign == 0x030c || sign == 0x0307) && base == 'z') {
        one[0] = 'Z';
    }
    word_put(folding, word, one);
}

static void put_letters(struct folding *folding, const u32 *points, u32 count)
{
    struct run *run = &folding->run;
    struct fold_word *word = word_begin(folding, run->script);
    if (word == NULL) {
        return;
    }
    for (u32 i = 0; i < count; i += 1) {
        const char *letters = NULL;
        u32 point = points[i];
        if (run->mixed && script_look(point) != 0) {
            point = script_look(point);
        }
        switch (point < 0x80 ? SCRIPT_LATIN : script_of(point)) {
        case SCRIPT_CYRILLIC:
            letters = script_cyrillic(point);
            break;
        case SCRIPT_ARABIC:
            letters = script_arabic(point);
            /* Waw is a consonant at the start and beside an alef, else mostly a vowel. */
            if (point == 0x0648 && count > 1 &&
                (i == 0 || points[i - 1] == 0x0627 || (i + 1 < count && points[i + 1] == 0x0627))) {
                letters = "w";
            }
            break;
        case SCRIPT_HEBREW:
            letters = script_hebrew(point);
            break;
        case SCRIPT_LATIN:
        case SCRIPT_HAN:
        case SCRIPT_KANA:
        case SCRIPT_HANGUL:
        case SCRIPT_GREEK:
        case SCRIPT_GEORGIAN:
        case SCRIPT_ARMENIAN:
        case SCRIPT_OTHER:
            put_latin(folding, word, point);
            break;
        }
        if (letters != NULL) {
            word_put(folding, word, letters);
        }
    }
    word_end(folding, word);
}

static bool points_are(const u32 *points, u32 count, const u32 *wanted, u32 wanted_count)
{
    return count >= wanted_count && memcmp(points, wanted, wanted_count * sizeof(*points)) == 0;
}

/* Abd, the article and -allah, -aldin are words of their own, however they were written. */
static void put_arabic(struct folding *folding, const u32 *points, u32 count)
{
    static const u32 abd[] = {0x0639, 0x0628, 0x062f};
    static const u32 article[] = {0x0627, 0x0644};
    static const u32 allah[] = {0x0627, 0x0644, 0x0644, 0x0647};
    static const u32 din[] = {0x0627, 0x0644, 0x062f, 0x064a, 0x0646};
    static const u32 din_persian[] = {0x0627, 0x0644, 0x062f, 0x06cc, 0x0646};
    if (count > 5 && points_are(points, count, abd, 3)) {
        put_letters(folding, points, 3);
        put_arabic(folding, points + 3, count - 3);
        return;
    }
    if (count > 6 && (points_are(points + count - 5, 5, din, 5) ||
                      points_are(points + count - 5, 5, din_persian, 5))) {
        put_letters(folding, points, count - 5);
        put_arabic(folding, points + count - 5, 5);
        return;
    }
    if (count > 5 && points_are(points + count - 4, 4, allah, 4)) {
        put_letters(folding, points, count - 4);
        put_letters(folding, points + count - 4, 4);
        return;
    }
    if (count > 4 && points_are(points, count, article, 2)) {
        put_letters(folding, points, 2);
        put_arabic(folding, points + 2, count - 2);
        return;
    }
    put_letters(folding, points, count);
}

/* Two to four syllables are a family name and a given name; one of two syllables is known from
 * the start of a longer name. Everything else is one word. */
static u32 family_syllables(enum name_script script, const u32 *points, u32 count)
{
    static const u32 doubles[][2] = {
        {0x6b27, 0x9633}, {0x53f8, 0x9a6c}, {0x8bf8, 0x845b}, {0x4e0a, 0x5b98}, {0x7687, 0x752b},
        {0x4e1c, 0x65b9}, {0x6b50, 0x967d}, {0x53f8, 0x99ac}, {0x8af8, 0x845b}, {0x6771, 0x65b9},
        {0xb0a8, 0xad81}, {0xd669, 0xbcf4}, {0xc81c, 0xac08}, {0xc0ac, 0xacf5}, {0xc120, 0xc6b0},
    };
    if (count < 2 || count > 4 || script == SCRIPT_KANA) {
        return count;
    }
    for (u32 i = 0; i < ARRAY_COUNT(doubles) && count > 2; i += 1) {
        if (points_are(points, count, doubles[i], 2)) {
            return 2;
        }
    }
    return 1;
}

/* Runs ICU over the points and keeps the letters and digits of its answer. */
static void put_icu(struct folding *folding, struct fold_word *word, const u32 *points, u32 count)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar text[16 * POINTS_MAX];
    int32_t length = 0;
    for (u32 i = 0; i < count; i += 1) {
        U16_APPEND_UNSAFE(text, length, points[i]);
    }
    int32_t limit = length;
    utrans_transUChars(folding->folder->to_latin, text, &length, (int32_t)ARRAY_COUNT(text), 0,
                       &limit, &error);
    if (U_FAILURE(error)) {
        folding->out->cut = true;
        return;
    }
    for (int32_t i = 0; i < length; i += 1) {
        const char one[2] = {text[i] < 0x80 ? (char)text[i] : 0, 0};
        if ((one[0] >= 'a' && one[0] <= 'z') || (one[0] >= '0' && one[0] <= '9')) {
            word_put(folding, word, one);
        }
    }
}

static void put_syllables(struct folding *folding, const u32 *points, u32 count, bool family)
{
    struct run *run = &folding->run;
    struct fold_word *word = word_begin(folding, run->script);
    if (word == NULL) {
        return;
    }
    if (run->script == SCRIPT_HANGUL) {
        char syllable[SCRIPT_HANGUL_BYTES];
        for (u32 i = 0; i < count; i += 1) {
            if (points[i] >= 0xac00 && points[i] <= 0xd7a3) {
                script_hangul(points[i], family && i == 0, syllable);
                word_put(folding, word, syllable);
            }
        }
    } else {
        put_icu(folding, word, points, count);
    }
    word_end(folding, word);
}

static void run_end(struct folding *folding)
{
    struct run *run = &folding->run;
    if (run->count == 0) {
        return;
    }
    u32 first = run->count;
    switch (run->script) {
    case SCRIPT_LATIN:
    case SCRIPT_CYRILLIC:
    case SCRIPT_HEBREW:
        put_letters(folding, run->points, run->count);
        break;
    case SCRIPT_ARABIC:
        put_arabic(folding, run->points, run->count);
        break;
    case SCRIPT_HAN:
    case SCRIPT_HANGUL:
        first =
            folding->parted ? run->count : family_syllables(run->script, run->points, run->count);
        put_syllables(folding, run->points, first, first < run->count || run->count == 1);
        if (first < run->count) {
            put_syllables(folding, run->points + first, run->count - first, false);
        }
        break;
    case SCRIPT_KANA:
    case SCRIPT_GREEK:
    case SCRIPT_GEORGIAN:
    case SCRIPT_ARMENIAN:
    case SCRIPT_OTHER:
        put_syllables(folding, run->points, run->count, false);
        break;
    }
    run->count = 0;
}

static void run_add(struct folding *folding, u32 point, bool digit)
{
    struct run *run = &folding->run;
    u32 small = point < 0x80 ? (point >= 'A' && point <= 'Z' ? point | 0x20 : point)
                             : (u32)u_foldCase((UChar32)point, U_FOLD_CASE_DEFAULT);
    enum name_script script = digit && run->count > 0 ? run->script : script_of(small);
    bool looks =
        run->count > 0 && ((run->script == SCRIPT_LATIN && script == SCRIPT_CYRILLIC) ||
                           (run->script == SCRIPT_CYRILLIC && script == SCRIPT_LATIN && !digit));
    if (run->count > 0 && script != run->script && !looks) {
        run_end(folding);
        folding->gap = false;
    }
    if (run->count == 0) {
        run->script = script;
        run->mixed = false;
        run->lower = false;
    }
    run->mixed = run->mixed || looks;
    run->lower = run->lower || (!digit && small == point && script == SCRIPT_LATIN);
    if (run->count == POINTS_MAX) {
        folding->out->cut = true;
        return;
    }
    run->points[run->count] = small;
    run->count += 1;
}

/* ---- the text ---- */

static void separator(struct folding *folding, u32 point)
{
    run_end(folding);
    struct fold *out = folding->out;
    if (point == ',' || point == 0x060c || point == 0xff0c) {
        if (out->comma == 0 && out->words_count > 0) {
            out->comma = out->words_count;
        }
        folding->gap = true;
    } else if (point == '&' || point == '+') {
        folding->run.lower = true;
        struct fold_word *word = word_begin(folding, SCRIPT_LATIN);
        if (word != NULL) {
            word->joined = false;
            word_put(folding, word, "and");
            word_end(folding, word);
        }
        folding->gap = true;
    } else if (point == '.') {
        if (out->words_count > 0) {
            out->words[out->words_count - 1].dotted = true;
        }
    } else if (point != '-' && point != 0x2010 && point != 0x2011 && point != '_') {
        folding->gap = true;
    }
}

static bool is_silent(u32 point)
{
    /* Apostrophes of every look stand inside words: Ba'asyir, Ch'o'l, O'Brien. */
    return point == '\'' || point == '`' || point == 0x2018 || point == 0x2019 || point == 0x201b ||
           point == 0xb4 || (point >= 0x02b0 && point <= 0x02ff) || point == 0x200c ||
           point == 0x200d || point == 0xad || point == 0x0640 || point == 0x2032;
}

static void point_add(struct folding *folding, u32 point)
{
    if (point < 0x80) {
        u32 small = point | 0x20;
        bool digit = point >= '0' && point <= '9';
        if (digit || (small >= 'a' && small <= 'z')) {
            run_add(folding, point, digit);
        } else if (point != '\'' && point != '`') {
            separator(folding, point);
        }
        return;
    }
    if (is_silent(point)) {
        return;
    }
    int kind = u_charType((UChar32)point);
    if (kind == U_NON_SPACING_MARK || kind == U_ENCLOSING_MARK ||
        kind == U_COMBINING_SPACING_MARK) {
        /* Signs on letters that have no composed form; other scripts write vowels so. */
        bool romanised = folding->run.count > 0 && folding->run.script > SCRIPT_HEBREW;
        if (romanised) {
            run_add(folding, point, true);
        }
    } else if (kind == U_DECIMAL_DIGIT_NUMBER) {
        run_add(folding, (u32)('0' + u_charDigitValue((UChar32)point)), true);
    } else if (u_isalpha((UChar32)point) != 0) {
        run_add(folding, point, false);
    } else {
        separator(folding, point);
    }
}

static bool is_parted(const struct name_folder *folder, int32_t count)
{
    u32 groups = 0;
    bool inside = false;
    for (int32_t at = 0; at < count;) {
        enum name_script script = script_of(next_point(folder->text, &at, count));
        bool syllable = script == SCRIPT_HAN || script == SCRIPT_HANGUL;
        groups += syllable && !inside ? 1 : 0;
        inside = syllable;
    }
    return groups > 1;
}

void name_fold(struct name_folder *folder, struct span text, struct fold *fold_out)
{
    CHECK(text.size <= NAME_TEXT_BYTES_MAX);
    struct folding folding = {.folder = folder, .out = fold_out, .gap = true};
    fold_out->words_count = 0;
    fold_out->comma = 0;
    fold_out->cut = false;
    bool plain = true;
    for (size_t i = 0; i < text.size; i += 1) {
        plain = plain && text.data[i] < 0x80;
    }
    if (plain) {
        for (size_t i = 0; i < text.size; i += 1) {
            point_add(&folding, text.data[i]);
        }
        run_end(&folding);
        return;
    }
    UErrorCode error = U_ZERO_ERROR;
    int32_t count = 0;
    u_strFromUTF8(folder->source, (int32_t)ARRAY_COUNT(folder->source), &count,
                  (const char *)text.data, (int32_t)text.size, &error);
    count = unorm2_normalize(folder->compose, folder->source, count, folder->text,
                             (int32_t)ARRAY_COUNT(folder->text), &error);
    if (U_FAILURE(error)) {
        /* Some signs stand for long phrases: what does not fit is not compared. */
        fold_out->cut = true;
        return;
    }
    folding.parted = is_parted(folder, count);
    for (int32_t at = 0; at < count;) {
        point_add(&folding, next_point(folder->text, &at, count));
    }
    run_end(&folding);
}
