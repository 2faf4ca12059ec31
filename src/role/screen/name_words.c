#include "role/screen/name_words.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "role/screen/name_sound.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS          8192U /* a power of two, more than twice the words */
#define PHRASES_MAX    64U
#define WORD_BYTES_MAX 40U

struct slot {
    u64 key; /* 0: free */
    const struct word_row *row;
};

struct phrase {
    u8 sounds[WORD_PHRASE_WORDS_MAX][WORD_BYTES_MAX];
    u8 sizes[WORD_PHRASE_WORDS_MAX];
    u32 count;
    u16 group;
};

struct name_words {
    struct slot slots[SLOTS];
    struct slot skeletons[SLOTS]; /* of names, by skeleton */
    struct phrase phrases[PHRASES_MAX];
};

static u64 key_of(struct span word, u8 where, u8 by)
{
    return hash_bytes(word.data, word.size, (u64)where * 4 + by + 1) | 1;
}

/* The slot that holds `key`, or the free one where it belongs. */
static u32 place_of(const struct slot *slots, u64 key)
{
    u32 at = (u32)(key >> 32) % SLOTS;
    for (u32 tries = 0; tries < SLOTS; tries += 1) {
        if (slots[at].key == key || slots[at].key == 0) {
            return at;
        }
        at = (at + 1) % SLOTS;
    }
    CHECK(false); /* the tables are ours and smaller */
    return 0;
}

/* The first row that names a word keeps it. */
static void put(struct slot *slots, u64 key, const struct word_row *row)
{
    struct slot *slot = &slots[place_of(slots, key)];
    if (slot->key == 0) {
        *slot = (struct slot){.key = key, .row = row};
    }
}

static void add_row(struct name_words *words, const struct word_row *row)
{
    const char *at = row->words;
    while (*at != 0) {
        size_t size = strcspn(at, " ");
        CHECK(size > 0 && size < WORD_BYTES_MAX);
        struct span word = span_of(at, size);
        u8 sound[WORD_BYTES_MAX];
        if (row->by == WORD_BY_SOUND) {
            u8 sound_size = name_sound(word.data, (u32)size, false, sound, WORD_BYTES_MAX);
            put(words->skeletons, name_skeleton(sound, sound_size) | 1ULL << 63, row);
            word = span_of(sound, sound_size);
        }
        put(words->slots, key_of(word, row->where, row->by), row);
        at += size;
        at += *at == ' ' ? 1 : 0;
    }
}

static void add_phrase(struct phrase *phrase, const struct word_phrase *from)
{
    const char *at = from->words;
    phrase->group = from->group;
    while (*at != 0) {
        size_t size = strcspn(at, " ");
        CHECK(phrase->count < WORD_PHRASE_WORDS_MAX);
        phrase->sizes[phrase->count] = name_sound((const u8 *)at, (u32)size, false,
                                                  phrase->sounds[phrase->count], WORD_BYTES_MAX);
        phrase->count += 1;
        at += size;
        at += *at == ' ' ? 1 : 0;
    }
}

enum fault name_words_open(struct name_words **words_out)
{
    struct name_words *words = calloc(1, sizeof(*words));
    if (words == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the table of words");
    }
    for (u32 i = 0; i < name_word_rows_count; i += 1) {
        add_row(words, &name_word_rows[i]);
    }
    CHECK(name_word_phrases_count <= PHRASES_MAX);
    for (u32 i = 0; i < name_word_phrases_count; i += 1) {
        add_phrase(&words->phrases[i], &name_word_phrases[i]);
    }
    *words_out = words;
    return FAULT_NONE;
}

void name_words_close(struct name_words *words)
{
    free(words);
}

static const struct word_row *look(const struct name_words *words, struct span word, u8 where,
                                   u8 by)
{
    u64 key = key_of(word, where, by);
    return words->slots[place_of(words->slots, key)].row;
}

const struct word_row *name_words_find(const struct name_words *words, struct span letters,
                                       struct span sound, enum name_kind kind)
{
    u8 where = kind == NAME_PERSON ? WORD_PERSON : WORD_ENTITY;
    const struct word_row *row = look(words, letters, where, WORD_BY_LETTERS);
    if (row == NULL) {
        row = look(words, letters, WORD_ANY, WORD_BY_LETTERS);
    }
    /* Names are also what companies are called after, but tell more there. */
    if (row == NULL && kind == NAME_PERSON && sound.size > 1) {
        row = look(words, sound, WORD_PERSON, WORD_BY_SOUND);
    }
    /* Jelena is Yelena: a j may stand for either sound. */
    u8 softer[WORD_BYTES_MAX];
    if (row == NULL && kind == NAME_PERSON && sound.size > 2 && sound.size <= WORD_BYTES_MAX &&
        memchr(sound.data, 'j', sound.size) != NULL) {
        u32 size = 0;
        for (size_t i = 0; i < sound.size; i += 1) {
            u8 letter = sound.data[i] == 'j' ? 'i' : sound.data[i];
            if (size == 0 || letter != 'i' || softer[size - 1] != 'i') {
                softer[size] = letter;
                size += 1;
            }
        }
        row = look(words, span_of(softer, size), WORD_PERSON, WORD_BY_SOUND);
    }
    return row;
}

u8 name_words_skeleton_weight(const struct name_words *words, u64 skeleton)
{
    const struct word_row *row =
        words->skeletons[place_of(words->skeletons, skeleton | 1ULL << 63)].row;
    return row == NULL ? 0 : row->weight;
}

u32 name_words_number(struct span letters)
{
    static const struct {
        const char *words;
        u32 value;
    } numbers[] = {
        {"one first", 1},  {"two second", 2},    {"three third", 3},   {"four fourth", 4},
        {"five fifth", 5}, {"six sixth", 6},     {"seven seventh", 7}, {"eight eighth", 8},
        {"nine ninth", 9}, {"ten tenth", 10},    {"eleven", 11},       {"twelve twelfth", 12},
        {"thirteen", 13},  {"fourteen", 14},     {"fifteen", 15},      {"sixteen", 16},
        {"seventeen", 17}, {"eighteen", 18},     {"nineteen", 19},     {"twenty", 20},
        {"thirty", 30},    {"forty fourty", 40}, {"fifty", 50},        {"sixty", 60},
        {"seventy", 70},   {"eighty", 80},       {"ninety", 90},       {"hundred", 100},
    };
    for (u32 i = 0; i < ARRAY_COUNT(numbers); i += 1) {
        const char *at = numbers[i].words;
        while (*at != 0) {
            size_t size = strcspn(at, " ");
            if (span_equal(span_of(at, size), letters)) {
                return numbers[i].value;
            }
            at += size;
            at += *at == ' ' ? 1 : 0;
        }
    }
    return 0;
}

bool name_words_nearly_equal(struct span a, struct span b)
{
    if (span_equal(a, b)) {
        return true;
    }
    struct span shorter = a.size < b.size ? a : b;
    struct span longer = a.size < b.size ? b : a;
    if (shorter.size < 4 || longer.size > shorter.size + 1) {
        return false;
    }
    size_t head = 0;
    while (head < shorter.size && a.data[head] == b.data[head]) {
        head += 1;
    }
    size_t tail = 0;
    while (tail < shorter.size - head && a.data[a.size - 1 - tail] == b.data[b.size - 1 - tail]) {
        tail += 1;
    }
    size_t rest = longer.size - head - tail;
    bool swapped = rest == 2 && a.size == b.size && a.data[head] == b.data[head + 1] &&
                   a.data[head + 1] == b.data[head];
    return rest <= 1 || swapped;
}

u32 name_words_phrase(const struct name_words *words, const struct span *sounds, u32 count,
                      u16 *group_out)
{
    u32 best = 0;
    for (u32 i = 0; i < name_word_phrases_count; i += 1) {
        const struct phrase *phrase = &words->phrases[i];
        u32 same = 0;
        while (same < phrase->count && same < count &&
               name_words_nearly_equal(sounds[same],
                                       span_of(phrase->sounds[same], phrase->sizes[same]))) {
            same += 1;
        }
        if (same == phrase->count && same > best) {
            best = same;
            *group_out = phrase->group;
        }
    }
    return best;
}
