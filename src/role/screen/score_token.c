#include "role/screen/score_token.h"

#include "base/check.h"
#include "role/screen/name_sound.h"

#include <string.h>

#define EDIT        8U /* one letter for another; costs are eighths of it */
#define WORD_MAX    64U
#define COST_VOWELS 4U
#define COST_NEAR   3U
#define COST_VOWEL  6U /* a vowel more or less */
#define COST_TWICE  3U /* a letter doubled */
#define COST_WEAK   4U /* an h, or an i or j beside a vowel, more or less */
#define COST_SWAP   6U /* two letters changed places */
#define COST_LEAST  3U /* nothing costs less */
#define COST_FIRST  3U /* more for the first letter: few mistake it */

#define COST_MAX    0x4000U /* above all that words can cost */
#define SPELT_SAME  950U    /* likeness: from here the sound adds nothing */
#define VARIANT     970U    /* the likeness of names that are one name */
#define ANAGRAM     650U    /* the likeness of words that are each other's letters shuffled */
#define COST_LETTER 6U      /* what a letter that the other word lacks will cost, about */

#define BIT(letter) (1U << ((letter) - 'a'))
#define VOWELS      (BIT('a') | BIT('e') | BIT('i') | BIT('o') | BIT('u'))

/* Letters that romanisations and ears take for each other: as written, and in sound forms. */
/* clang-format off */
static const u32 near_letters[26] = {
    ['b' - 'a'] = BIT('p') | BIT('v'), ['p' - 'a'] = BIT('b') | BIT('f'),
    ['c' - 'a'] = BIT('k') | BIT('s') | BIT('z'),
    ['k' - 'a'] = BIT('c') | BIT('q') | BIT('g') | BIT('x'),
    ['d' - 'a'] = BIT('t'), ['t' - 'a'] = BIT('d'),
    ['f' - 'a'] = BIT('v') | BIT('p'), ['v' - 'a'] = BIT('f') | BIT('w') | BIT('b') | BIT('u'),
    ['w' - 'a'] = BIT('v') | BIT('u'), ['u' - 'a'] = BIT('w') | BIT('v'),
    ['g' - 'a'] = BIT('k') | BIT('j') | BIT('q') | BIT('h'), ['q' - 'a'] = BIT('k') | BIT('g'),
    ['h' - 'a'] = BIT('g'), ['i' - 'a'] = BIT('j') | BIT('y'), ['y' - 'a'] = BIT('i') | BIT('j'),
    ['j' - 'a'] = BIT('i') | BIT('y') | BIT('g') | BIT('z'),
    ['s' - 'a'] = BIT('z') | BIT('c'), ['z' - 'a'] = BIT('s') | BIT('c') | BIT('j'),
    ['x' - 'a'] = BIT('k'), ['m' - 'a'] = BIT('n'), ['n' - 'a'] = BIT('m'),
    ['l' - 'a'] = 0, ['r' - 'a'] = 0,
};
static const u32 near_sounds[26] = {
    ['b' - 'a'] = BIT('p') | BIT('v'), ['p' - 'a'] = BIT('b'), ['d' - 'a'] = BIT('t') | BIT('z'),
    ['t' - 'a'] = BIT('d') | BIT('f'), ['f' - 'a'] = BIT('v') | BIT('t'),
    ['v' - 'a'] = BIT('f') | BIT('u') | BIT('b'),
    ['u' - 'a'] = BIT('v'), ['g' - 'a'] = BIT('k') | BIT('h') | BIT('j'),
    ['k' - 'a'] = BIT('g') | BIT('h'),
    ['h' - 'a'] = BIT('g') | BIT('q') | BIT('k'),
    ['q' - 'a'] = BIT('h') | BIT('j') | BIT('x') | BIT('c'),
    ['x' - 'a'] = BIT('q') | BIT('s') | BIT('y'), ['y' - 'a'] = BIT('j') | BIT('x') | BIT('z'),
    ['j' - 'a'] = BIT('i') | BIT('y') | BIT('q') | BIT('g'), ['i' - 'a'] = BIT('j'),
    ['s' - 'a'] = BIT('z') | BIT('c') | BIT('x'),
    ['z' - 'a'] = BIT('s') | BIT('c') | BIT('y') | BIT('d'),
    ['c' - 'a'] = BIT('s') | BIT('z') | BIT('q'), ['m' - 'a'] = BIT('n'), ['n' - 'a'] = BIT('m'),
};
/* clang-format on */

/* How two words are compared. */
enum edits_by {
    EDITS_LETTERS,
    EDITS_SOUND,
    EDITS_SYLLABLES, /* sound, and one side was written in syllables: r and l, vowels between */
};

static bool is_vowel(u8 letter)
{
    return letter >= 'a' && (VOWELS >> (letter - 'a') & 1) != 0;
}

/* Every letter has a bit, also digits, which are near to nothing. */
static u32 bit_of(u8 letter)
{
    return 1U << ((letter - 'a') & 31);
}

/* What it costs to leave a letter out. A letter that stands there twice is named by the second. */
static u32 dropped(const u8 *word, u32 size, u32 at, enum edits_by by)
{
    static const u32 weak = BIT('i') | BIT('j') | BIT('y'); /* beside a vowel */
    u8 letter = word[at];
    u8 before = at > 0 ? word[at - 1] : 0;
    if (before == letter) {
        return COST_TWICE;
    }
    u32 bit = bit_of(letter);
    if (letter < 'a') {
        return EDIT;
    }
    if (letter == 'h' ||
        ((weak & bit) != 0 && (is_vowel(before) || (at + 1 < size && is_vowel(word[at + 1]))))) {
        return COST_WEAK;
    }
    return (VOWELS & bit) == 0 ? EDIT : by == EDITS_SYLLABLES ? COST_WEAK : COST_VOWEL;
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

/* The columns of the table of edits that are within `limit` lie beside the diagonals on which both
 * words begin and end: whoever leaves them comes back, at COST_LEAST a letter each way. */
struct band {
    u32 below; /* columns left of the row's number */
    u32 above;
};

static struct band band_of(u32 a_size, u32 b_size, u32 limit)
{
    u32 gap = a_size > b_size ? a_size - b_size : b_size - a_size;
    u32 slack = (limit / COST_LEAST - gap) / 2;
    return (struct band){.below = slack + (a_size > b_size ? gap : 0),
                         .above = slack + (b_size > a_size ? gap : 0)};
}

/* One word, and what it takes to leave its letters out. */
struct edited {
    const u8 *text;
    u32 size;
    u16 drops[WORD_MAX];
    u32 bits[WORD_MAX];
};

static void edited_lay(struct edited *edited, const u8 *text, u32 size, enum edits_by by)
{
    edited->text = text;
    edited->size = size;
    for (u32 j = 0; j < size; j += 1) {
        edited->drops[j] = (u16)dropped(text, size, j, by);
        edited->bits[j] = bit_of(text[j]);
    }
}

/* The cells first .. end of row i + 1; the least of them. */
static u32 edits_row(const u8 *a, u32 i, u32 drop, const struct edited *b, u16 *const rows[3],
                     u32 first, u32 end, u32 a_near)
{
    const u16 *before = rows[0];
    const u16 *above = rows[1];
    u16 *row = rows[2];
    u32 a_vowels = is_vowel(a[i]) ? VOWELS : 0;
    u32 left = row[first];
    u32 lowest = left;
    for (u32 j = first; j < end; j += 1) {
        u32 change = (a_vowels & b->bits[j]) != 0 ? COST_VOWELS : EDIT;
        change = (a_near & b->bits[j]) != 0 ? COST_NEAR : change;
        change += i == 0 && j == 0 && change == EDIT ? COST_FIRST : 0;
        change = a[i] == b->text[j] ? 0 : change;
        u32 best = least(above[j] + change, above[j + 1] + drop);
        best = least(best, left + b->drops[j]);
        if (i > 0 && j > 0 && a[i] == b->text[j - 1] && a[i - 1] == b->text[j]) {
            best = least(best, (u32)before[j - 1] + COST_SWAP);
        }
        row[j + 1] = (u16)best;
        left = best;
        lowest = least(lowest, best);
    }
    return lowest;
}

/* A weighted edit distance in eighths of an edit, or a number above `limit`. Both words have 1 to
 * WORD_MAX letters. */
static u32 token_edits(const u8 *a, u32 a_size, const u8 *b, u32 b_size, enum edits_by by,
                       u32 limit)
{
    CHECK(a_size > 0 && a_size <= WORD_MAX && b_size > 0 && b_size <= WORD_MAX);
    if (a_size * COST_LEAST > b_size * COST_LEAST + limit ||
        b_size * COST_LEAST > a_size * COST_LEAST + limit) {
        return limit + 1;
    }
    const u32 *near = by == EDITS_LETTERS ? near_letters : near_sounds;
    const u32 liquid = by == EDITS_SYLLABLES ? BIT('l') | BIT('r') : 0;
    struct band band = band_of(a_size, b_size, limit);
    struct edited other;
    edited_lay(&other, b, b_size, by);
    u16 cells[3][WORD_MAX + 2];
    u32 lowest_above = 0;
    cells[0][0] = 0;
    for (u32 j = 0; j < b_size; j += 1) {
        cells[0][j + 1] = (u16)(cells[0][j] + other.drops[j]);
    }
    for (u32 i = 0; i < a_size; i += 1) {
        u16 *const rows[3] = {cells[(i + 2) % 3], cells[i % 3], cells[(i + 1) % 3]};
        u32 first = i > band.below ? i - band.below : 0;
        u32 end = least(i + band.above + 1, b_size);
        u32 drop = dropped(a, a_size, i, by);
        u32 a_near = a[i] >= 'a' ? near[a[i] - 'a'] : 0;
        a_near |= (bit_of(a[i]) & liquid) != 0 ? liquid : 0;
        rows[2][first] = first == 0 ? (u16)(rows[1][0] + drop) : COST_MAX;
        u32 lowest = edits_row(a, i, drop, &other, rows, first, end, a_near);
        rows[2][end + 1] = COST_MAX;
        /* Two letters that changed places pass over this row. */
        if (lowest > limit && lowest_above + COST_SWAP > limit) {
            return limit + 1;
        }
        lowest_above = lowest;
    }
    return cells[a_size % 3][b_size];
}

/* ---- skeletons ---- */

static u32 skeleton_size(u64 skeleton)
{
    return skeleton == 0 ? 0 : (u32)(67 - __builtin_clzll(skeleton)) / 4;
}

/* What a consonant more or less costs: w, h and j may be a vowel or silent. */
static u32 consonant_dropped(u32 class)
{
    return class == CONSONANT_W ? 2 : class == CONSONANT_H ? 4 : EDIT;
}

static u32 consonant_replaced(u32 a, u32 b)
{
    static const u16 near[16] = {
        [CONSONANT_T] = 1U << CONSONANT_D | 1U << CONSONANT_S,
        [CONSONANT_D] = 1U << CONSONANT_T | 1U << CONSONANT_Z,
        [CONSONANT_Z] = 1U << CONSONANT_D | 1U << CONSONANT_S | 1U << CONSONANT_J,
        [CONSONANT_S] = 1U << CONSONANT_X | 1U << CONSONANT_T | 1U << CONSONANT_Z,
        [CONSONANT_X] = 1U << CONSONANT_S | 1U << CONSONANT_J,
        [CONSONANT_J] =
            1U << CONSONANT_K | 1U << CONSONANT_X | 1U << CONSONANT_Z | 1U << CONSONANT_H,
        [CONSONANT_K] = 1U << CONSONANT_J | 1U << CONSONANT_H,
        [CONSONANT_H] = 1U << CONSONANT_K | 1U << CONSONANT_J,
        [CONSONANT_F] = 1U << CONSONANT_W | 1U << CONSONANT_B,
        [CONSONANT_W] = 1U << CONSONANT_F | 1U << CONSONANT_B,
        [CONSONANT_B] = 1U << CONSONANT_F | 1U << CONSONANT_W,
    };
    return a == b ? 0 : (near[a] >> b & 1) != 0 ? COST_NEAR : EDIT;
}

static u32 skeleton_edits(u64 a, u64 b)
{
    u32 a_size = skeleton_size(a);
    u32 b_size = skeleton_size(b);
    u16 rows[2][17];
    rows[0][0] = 0;
    for (u32 j = 0; j < b_size; j += 1) {
        rows[0][j + 1] = (u16)(rows[0][j] + consonant_dropped(b >> (4 * j) & 15));
    }
    for (u32 i = 0; i < a_size; i += 1) {
        const u16 *above = rows[i % 2];
        u16 *row = rows[(i + 1) % 2];
        u32 class = a >> (4 * i) & 15;
        u32 drop = consonant_dropped(class);
        row[0] = (u16)(above[0] + drop);
        for (u32 j = 0; j < b_size; j += 1) {
            u32 other = b >> (4 * j) & 15;
            u32 best = least(above[j] + consonant_replaced(class, other), above[j + 1] + drop);
            row[j + 1] = (u16)least(best, (u32)row[j] + consonant_dropped(other));
        }
    }
    return rows[a_size % 2][b_size];
}

/* ---- likeness ---- */

static const struct {
    u32 distance; /* thousandths of the word */
    u32 likeness;
} curve[] = {{0, 1000}, {60, 940}, {125, 810}, {200, 660}, {250, 590}, {310, 350}, {400, 0}};

/* Edits in eighths against the letters of the longer word, to thousandths. */
static u32 likeness_of(u32 edits, u32 size)
{
    u32 distance = edits * 1000 / (EDIT * size);
    for (u32 i = 1; i < ARRAY_COUNT(curve); i += 1) {
        if (distance <= curve[i].distance) {
            u32 fall = curve[i - 1].likeness - curve[i].likeness;
            u32 width = curve[i].distance - curve[i - 1].distance;
            return curve[i - 1].likeness - fall * (distance - curve[i - 1].distance) / width;
        }
    }
    return 0;
}

/* The most edits that leave the likeness 1 .. LIKENESS_ONE. */
static u32 edits_leaving(u32 likeness, u32 size)
{
    u32 i = 1;
    while (i + 1 < ARRAY_COUNT(curve) && curve[i].likeness >= likeness) {
        i += 1;
    }
    u32 fall = curve[i - 1].likeness - curve[i].likeness;
    u32 width = curve[i].distance - curve[i - 1].distance;
    u32 distance =
        curve[i - 1].distance + ((curve[i - 1].likeness - likeness + 1) * width - 1) / fall;
    return ((distance + 1) * EDIT * size - 1) / 1000;
}

/* The most edits that leave any likeness. Words that begin otherwise are seldom the same word, and
 * most pairs of words end here: they may differ by one letter, or half as much as others. */
static u32 edits_max(u32 size, bool same_first)
{
    u32 most = EDIT * size * 400 / 1000;
    if (same_first) {
        return most;
    }
    return most / 2 > EDIT + COST_FIRST ? most / 2 : least(most, EDIT + COST_FIRST);
}

/* One or two consonants are in many words. */
static u32 skeleton_likeness(u64 a, u64 b)
{
    static const u32 most[] = {0, 550, 850, 960};
    u32 size = skeleton_size(a) > skeleton_size(b) ? skeleton_size(a) : skeleton_size(b);
    u32 likeness = likeness_of(skeleton_edits(a, b), size);
    return likeness * most[size < 3 ? size : 3] / 1000;
}

struct word {
    const u8 *text;
    const u8 *sound;
    u32 text_size;
    u32 sound_size;
    u32 letters;
    u32 sounds;
    u64 skeleton;
    bool abjad;
    bool foreign;   /* not written in Latin letters */
    bool syllables; /* Han, kana, Hangul */
};

#define DIGITS (1U << 26) /* in a set of letters */

/* Too many letters that the other lacks. Some changes cost less than is reckoned here, but not so
 * many of them in one word. Portable builds have no instruction that counts bits. */
static bool too_different(u32 a, u32 b, u32 limit)
{
    u32 a_more = a & ~b;
    u32 b_more = b & ~a;
    for (; limit >= COST_LETTER && (a_more | b_more) != 0; limit -= COST_LETTER) {
        a_more &= a_more - 1;
        b_more &= b_more - 1;
    }
    return (a_more | b_more) != 0;
}

/* What the letters of one word that the other has nowhere cost at least: whichever they are changed
 * into, or left out. */
static u32 letters_cost(u32 more, u32 other, const u32 *near)
{
    static const u32 soft = VOWELS | BIT('h') | BIT('j') | BIT('y');
    u32 cost = 0;
    for (; more != 0; more &= more - 1) {
        u32 letter = (u32)__builtin_ctz(more);
        cost += (near[letter] & other) != 0    ? COST_NEAR
                : (soft & (1U << letter)) != 0 ? COST_WEAK
                                               : EDIT;
    }
    return cost;
}

/* Whether the letters that are in one word alone, and the letters that one has more, cost above
 * `limit` by themselves: token_edits would be above it too. */
static bool is_beyond(u32 a, u32 a_size, u32 b, u32 b_size, enum edits_by by, u32 limit)
{
    if (by == EDITS_SYLLABLES || ((a | b) & DIGITS) != 0) {
        return false;
    }
    const u32 *near = by == EDITS_LETTERS ? near_letters : near_sounds;
    u32 a_cost = letters_cost(a & ~b, b, near);
    u32 b_cost = letters_cost(b & ~a, a, near);
    /* The longer word loses letters besides those that become another. */
    a_cost += a_size < b_size ? (b_size - a_size) * COST_LEAST : 0;
    b_cost += b_size < a_size ? (a_size - b_size) * COST_LEAST : 0;
    return a_cost > limit || b_cost > limit;
}

/* The same letters in another order: a word read backwards, or shuffled. */
static bool is_anagram(const struct word *a, const struct word *b)
{
    u8 counts[32] = {0};
    if (a->text_size != b->text_size || a->letters != b->letters || a->text_size < 5) {
        return false;
    }
    for (u32 i = 0; i < a->text_size; i += 1) {
        counts[a->text[i] & 31] += 1;
        counts[b->text[i] & 31] -= 1;
    }
    for (u32 i = 0; i < ARRAY_COUNT(counts); i += 1) {
        if (counts[i] != 0) {
            return false;
        }
    }
    return true;
}

/* A likeness below `lowest` may be returned as 0. */
static u32 words_likeness(const struct word *a, const struct word *b, u32 lowest)
{
    u32 best = 0;
    u32 size = a->text_size > b->text_size ? a->text_size : b->text_size;
    bool same_first =
        a->foreign != b->foreign || a->text[0] == b->text[0] || a->sound[0] == b->sound[0];
    u32 limit = edits_max(size, same_first);
    if (!too_different(a->letters, b->letters, limit)) {
        limit = least(limit, edits_leaving(lowest, size));
        u32 edits =
            is_beyond(a->letters, a->text_size, b->letters, b->text_size, EDITS_LETTERS, limit)
                ? limit + 1
                : token_edits(a->text, a->text_size, b->text, b->text_size, EDITS_LETTERS, limit);
        best = edits > limit ? 0 : likeness_of(edits, size);
    }
    if (best < ANAGRAM && is_anagram(a, b)) {
        best = ANAGRAM;
    }
    if (a->sound_size == 0 || b->sound_size == 0) {
        return best;
    }
    size = a->sound_size > b->sound_size ? a->sound_size : b->sound_size;
    limit = edits_max(size, same_first);
    if (best < SPELT_SAME && !too_different(a->sounds, b->sounds, limit)) {
        /* What sounds alike and is written otherwise is nearly the same word; across scripts there
         * is only the sound. */
        enum edits_by by = a->syllables != b->syllables ? EDITS_SYLLABLES : EDITS_SOUND;
        u32 more = a->foreign != b->foreign ? 0 : 1;
        limit = least(limit, edits_leaving(best < lowest ? lowest : best + 1, size));
        u32 edits = is_beyond(a->sounds, a->sound_size, b->sounds, b->sound_size, by, limit)
                        ? limit + 1
                        : token_edits(a->sound, a->sound_size, b->sound, b->sound_size, by, limit);
        u32 likeness = likeness_of(edits + more, size);
        best = edits <= limit && likeness > best ? likeness : best;
    }
    if (a->syllables != b->syllables) {
        /* Syllables are few, and many names differ in one letter of theirs. */
        u32 lack = (LIKENESS_ONE - best) * 3;
        best = lack < LIKENESS_ONE ? LIKENESS_ONE - lack : 0;
    }
    if (a->abjad != b->abjad && a->skeleton != 0 && b->skeleton != 0) {
        u32 likeness = skeleton_likeness(a->skeleton, b->skeleton);
        best = likeness > best ? likeness : best;
    }
    return best;
}

static bool is_abjad(const struct name_token *token)
{
    return token->script == SCRIPT_ARABIC || token->script == SCRIPT_HEBREW;
}

static bool is_syllables(const struct name_token *token)
{
    return token->script == SCRIPT_HAN || token->script == SCRIPT_KANA ||
           token->script == SCRIPT_HANGUL;
}

static struct word word_of(const struct name_token *token)
{
    return (struct word){
        .text = token->text,
        .sound = token->sound,
        .text_size = token->text_size,
        .sound_size = token->sound_size,
        .letters = token->letters,
        .sounds = token->sounds,
        .skeleton = token->skeleton,
        .abjad = is_abjad(token),
        .foreign = token->script != SCRIPT_LATIN,
        .syllables = is_syllables(token),
    };
}

static u32 initial_likeness(const struct name_token *initial, const struct name_token *name)
{
    bool same =
        initial->text[0] == name->text[0] ||
        (initial->sound_size > 0 && name->sound_size > 0 && initial->sound[0] == name->sound[0]);
    return same ? 880 : 0;
}

u32 token_written_soon(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    if (is_abjad(a) != is_abjad(b) && a->skeleton != 0 && b->skeleton != 0) {
        return LIKENESS_OPEN;
    }
    bool same_first = (a->script != SCRIPT_LATIN) != (b->script != SCRIPT_LATIN) ||
                      a->text[0] == b->text[0] || a->sound[0] == b->sound[0];
    u32 size = a->text_size > b->text_size ? a->text_size : b->text_size;
    u32 limit = edits_max(size, same_first);
    if (!too_different(a->letters, b->letters, limit)) {
        limit = least(limit, edits_leaving(lowest, size));
        if (a->letters == b->letters ||
            !is_beyond(a->letters, a->text_size, b->letters, b->text_size, EDITS_LETTERS, limit)) {
            return LIKENESS_OPEN;
        }
    }
    if (a->sound_size == 0 || b->sound_size == 0) {
        return 0;
    }
    size = a->sound_size > b->sound_size ? a->sound_size : b->sound_size;
    limit = edits_max(size, same_first);
    if (too_different(a->sounds, b->sounds, limit)) {
        return 0;
    }
    limit = least(limit, edits_leaving(lowest, size));
    enum edits_by by = is_syllables(a) != is_syllables(b) ? EDITS_SYLLABLES : EDITS_SOUND;
    return is_beyond(a->sounds, a->sound_size, b->sounds, b->sound_size, by, limit) ? 0
                                                                                    : LIKENESS_OPEN;
}

u32 token_likeness_soon(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    if (a->hash == b->hash && a->text_size == b->text_size) {
        return LIKENESS_ONE;
    }
    if (a->role == ROLE_NUMBER || b->role == ROLE_NUMBER) {
        return 0;
    }
    if (a->role == ROLE_LEGAL_FORM || b->role == ROLE_LEGAL_FORM) {
        return a->role == b->role && a->group == b->group ? LIKENESS_ONE : 0;
    }
    if (a->role == ROLE_INITIAL || b->role == ROLE_INITIAL) {
        return a->role == b->role        ? 0
               : a->role == ROLE_INITIAL ? initial_likeness(a, b)
                                         : initial_likeness(b, a);
    }
    if (a->group != 0 && a->group == b->group) {
        return VARIANT;
    }
    return token_written_soon(a, b, lowest);
}

u32 token_likeness(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    u32 likeness = token_likeness_soon(a, b, lowest);
    return likeness == LIKENESS_OPEN ? token_likeness_written(a, b, lowest) : likeness;
}

u32 token_likeness_written(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    struct word x = word_of(a);
    struct word y = word_of(b);
    return words_likeness(&x, &y, lowest);
}

/* Without vowels two words easily look like any third: only what is one name (abu, abd, -din). */
static bool is_abjad_join(const struct name_token *tokens, u32 count)
{
    return tokens[0].role == ROLE_PARTICLE ||
           (tokens[0].group >= 1138 && tokens[0].group <= 1141) ||
           (tokens[count - 1].group >= 1138 && tokens[count - 1].group <= 1141);
}

bool token_may_join(const struct name_token *tokens, u32 count, const struct name_token *one,
                    u32 lowest)
{
    u32 letters = 0;
    u32 sounds = 0;
    u32 size = 0;
    u32 sound_size = 0;
    bool by_sets = !is_abjad(one) && !is_syllables(one);
    for (u32 i = 0; i < count; i += 1) {
        letters |= tokens[i].letters;
        sounds |= tokens[i].sounds;
        size += tokens[i].text_size;
        sound_size += tokens[i].sound_size;
        by_sets = by_sets && !is_abjad(&tokens[i]) && !is_syllables(&tokens[i]);
    }
    if (is_abjad(&tokens[0]) != is_abjad(one) && !is_abjad_join(tokens, count)) {
        return false;
    }
    if (tokens[0].script == one->script &&
        too_different(letters, one->letters, edits_max(one->text_size, true))) {
        return false;
    }
    if (!by_sets) {
        return true;
    }
    u32 limit = edits_leaving(lowest, size > one->text_size ? size : one->text_size);
    if (!is_beyond(letters, size, one->letters, one->text_size, EDITS_LETTERS, limit)) {
        return true;
    }
    limit = edits_leaving(lowest, sound_size > one->sound_size ? sound_size : one->sound_size);
    return sound_size > 0 &&
           !is_beyond(sounds, sound_size, one->sounds, one->sound_size, EDITS_SOUND, limit);
}

u32 token_likeness_joined(const struct name_token *tokens, u32 count, const struct name_token *one,
                          u32 lowest)
{
    u8 text[WORD_MAX];
    u8 sound[WORD_MAX] = {0};
    struct word joined = {.text = text, .sound = sound};
    struct word other = word_of(one);
    if (!token_may_join(tokens, count, one, lowest)) {
        return 0;
    }
    for (u32 i = 0; i < count; i += 1) {
        const struct name_token *token = &tokens[i];
        if (joined.text_size + token->text_size > WORD_MAX ||
            joined.sound_size + token->sound_size > WORD_MAX) {
            return 0;
        }
        memcpy(text + joined.text_size, token->text, token->text_size);
        memcpy(sound + joined.sound_size, token->sound, token->sound_size);
        joined.text_size += token->text_size;
        joined.sound_size += token->sound_size;
        joined.letters |= token->letters;
        joined.sounds |= token->sounds;
        u32 size = skeleton_size(joined.skeleton);
        joined.skeleton |= size < 16 ? token->skeleton << (4 * size) : 0;
        joined.abjad = joined.abjad || is_abjad(token);
        joined.foreign = joined.foreign || token->script != SCRIPT_LATIN;
        joined.syllables = joined.syllables || is_syllables(token);
    }
    return words_likeness(&joined, &other, lowest);
}

/* ---- plain edits ---- */

static u32 run_letters(const struct name_token *tokens, u32 count, u8 target[WORD_MAX])
{
    u32 size = 0;
    for (u32 i = 0; i < count && size + tokens[i].text_size <= WORD_MAX; i += 1) {
        memcpy(target + size, tokens[i].text, tokens[i].text_size);
        size += tokens[i].text_size;
    }
    return size;
}

static u32 plain_edits(const u8 *a, u32 a_size, const u8 *b, u32 b_size)
{
    u8 rows[3][WORD_MAX + 1];
    for (u32 j = 0; j <= b_size; j += 1) {
        rows[0][j] = (u8)j;
    }
    for (u32 i = 0; i < a_size; i += 1) {
        const u8 *above = rows[i % 3];
        const u8 *before = rows[(i + 2) % 3];
        u8 *row = rows[(i + 1) % 3];
        row[0] = (u8)(i + 1);
        for (u32 j = 0; j < b_size; j += 1) {
            u32 best = least(above[j] + (a[i] == b[j] ? 0U : 1U), above[j + 1] + 1U);
            best = least(best, row[j] + 1U);
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
                best = least(best, before[j - 1] + 1U);
            }
            row[j + 1] = (u8)best;
        }
    }
    return rows[a_size % 3][b_size];
}

u32 token_letters_apart(const struct name_token *a, u32 a_count, const struct name_token *b,
                        u32 b_count, u32 *letters_out)
{
    u8 a_text[WORD_MAX];
    u8 b_text[WORD_MAX];
    u32 a_size = run_letters(a, a_count, a_text);
    u32 b_size = run_letters(b, b_count, b_text);
    *letters_out = least(a_size, b_size);
    bool same = a_size == b_size && memcmp(a_text, b_text, a_size) == 0;
    return same ? 0 : plain_edits(a_text, a_size, b_text, b_size);
}
