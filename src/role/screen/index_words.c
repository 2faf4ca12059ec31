#include "role/screen/index_words.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_FIRST = 1024,
    PREFIX = 10, /* of a word, in which letters are taken out */
    DEEP_MIN = 6,
    SHALLOW_MIN = 3,
    LETTERS = 128, /* letters and digits are below */
    SOUND_MIN = 4, /* shorter sounds must be the same */
    KEYS_MAX = 1 + PREFIX * (PREFIX + 1) / 2 + 2 + PREFIX + 2,
};

enum key_kind { KEY_TEXT = 1, KEY_SOUND, KEY_SKELETON, KEY_GROUP };

/* The keys of one word. */
struct keys {
    u32 count;
    u64 keys[KEYS_MAX];
};

/* ---- what is near ---- */

static u32 edits_max(u32 size)
{
    return size < SHALLOW_MIN ? 0 : size < DEEP_MIN ? 1 : 2;
}

static u32 u32_min(u32 a, u32 b)
{
    return a < b ? a : b;
}

/* Where each letter stands in a word, a bit for each place: a word that is compared with many is
 * laid out once. */
struct places {
    u64 of[LETTERS];
    u32 size;
};

static void places_lay(struct places *places, const u8 *word, u32 size)
{
    memset(places->of, 0, sizeof(places->of));
    places->size = size;
    for (u32 i = 0; i < size; i += 1) {
        places->of[word[i] & (LETTERS - 1)] |= 1ULL << i;
    }
}

/* Edits between two words, swapped neighbours as one. A column of the table of edits is a word of
 * bits here, which say where it rises and falls from row to row (H. Hyyrö, "A Bit-Vector Algorithm
 * for Computing Levenshtein and Damerau Edit Distances", 2003). Anything above `most` is above it,
 * but may not be told. */
static u32 edits_between(const struct places *a, const u8 *b, u32 b_size, u32 most)
{
    if (a->size > b_size + most || b_size > a->size + most) {
        return most + 1;
    }
    if (a->size == 0) {
        return b_size;
    }
    u64 rises = ~0ULL;
    u64 falls = 0;
    u64 same = 0; /* where the diagonal does not rise */
    u64 placed = 0;
    u64 last = 1ULL << (a->size - 1);
    u32 edits = a->size;
    for (u32 j = 0; j < b_size; j += 1) {
        u64 before = placed;
        placed = a->of[b[j] & (LETTERS - 1)];
        u64 swapped = ((~same & placed) << 1) & before;
        same = (((placed & rises) + rises) ^ rises) | placed | falls | swapped;
        u64 right_rises = falls | ~(same | rises);
        u64 right_falls = same & rises;
        edits += (right_rises & last) != 0 ? 1 : 0;
        edits -= (right_falls & last) != 0 ? 1 : 0;
        right_rises = right_rises << 1 | 1;
        right_falls = right_falls << 1;
        rises = right_falls | ~(same | right_rises);
        falls = right_rises & same;
    }
    return edits;
}

/* A token that is compared with many. */
struct looked {
    const struct name_token *token;
    struct places text;
    struct places sound;
};

static void looked_lay(struct looked *looked, const struct name_token *token)
{
    looked->token = token;
    places_lay(&looked->text, token->text, token->text_size);
    places_lay(&looked->sound, token->sound, token->sound_size);
}

/* An edit takes at most one letter out of the set of letters and puts one in. */
static bool may_be_near(u32 a, u32 b, u32 edits)
{
    u32 a_more = a & ~b;
    u32 b_more = b & ~a;
    for (; edits > 0; edits -= 1) {
        a_more &= a_more - 1;
        b_more &= b_more - 1;
    }
    return (a_more | b_more) == 0;
}

static bool is_consonantal(const struct name_token *token)
{
    return token->script == SCRIPT_ARABIC || token->script == SCRIPT_HEBREW;
}

static bool has_skeleton(const struct name_token *token)
{
    return token->skeleton > 15; /* at least two consonants */
}

/* What tells words apart whose letters have been cut. */
static u64 rest_of(const struct name_token *token)
{
    return token->text_size < NAME_TOKEN_LETTERS ? 0 : token->hash;
}

static bool same_text(const struct name_token *a, const struct name_token *b)
{
    return a->text_size == b->text_size && rest_of(a) == rest_of(b) &&
           memcmp(a->text, b->text, a->text_size) == 0;
}

static u32 near_by_sound(const struct looked *looked, const struct name_token *b)
{
    const struct name_token *a = looked->token;
    u32 least = u32_min(a->sound_size, b->sound_size);
    if (least < SHALLOW_MIN) {
        return least > 0 && a->sound_size == b->sound_size && memcmp(a->sound, b->sound, least) == 0
                   ? 44
                   : 0;
    }
    u32 most = least < SOUND_MIN ? 0 : 1;
    if (!may_be_near(a->sounds, b->sounds, most)) {
        return 0;
    }
    u32 edits = edits_between(&looked->sound, b->sound, b->sound_size, most);
    return edits > most ? 0 : edits == 0 ? 58 : 58 - 58 / least;
}

static u32 compare(const struct looked *looked, const struct name_token *b)
{
    const struct name_token *a = looked->token;
    if (same_text(a, b)) {
        return INDEX_NEAR_FULL;
    }
    if (a->role == ROLE_NUMBER || b->role == ROLE_NUMBER) {
        return 0;
    }
    u32 near = a->group != 0 && a->group == b->group ? 58 : 0;
    u32 least = u32_min(a->text_size, b->text_size);
    u32 most = edits_max(least);
    u32 edits = most == 0 || !may_be_near(a->letters, b->letters, most)
                    ? most + 1
                    : edits_between(&looked->text, b->text, b->text_size, most);
    if (edits <= most) {
        u32 by_text = edits == 0 ? 60 : INDEX_NEAR_FULL - edits * INDEX_NEAR_FULL / (least + 1);
        near = by_text > near ? by_text : near;
    }
    u32 by_sound = near_by_sound(looked, b);
    near = by_sound > near ? by_sound : near;
    if (has_skeleton(a) && a->skeleton == b->skeleton) {
        u32 by_skeleton = is_consonantal(a) != is_consonantal(b) ? 54 : 40;
        near = by_skeleton > near ? by_skeleton : near;
    }
    return near;
}

u32 index_words_compare(const struct name_token *a, const struct name_token *b)
{
    struct looked looked;
    looked_lay(&looked, a);
    return compare(&looked, b);
}

/* ---- keys ---- */

static void keys_add(struct keys *keys, enum key_kind kind, const u8 *data, size_t size)
{
    CHECK_DEBUG(keys->count < KEYS_MAX);
    keys->keys[keys->count] = hash_bytes(data, size, kind);
    keys->count += 1;
}

/* The bytes, and what is left when up to `most` of them are taken out. */
static void keys_add_thinned(struct keys *keys, enum key_kind kind, const u8 *data, u32 size,
                             u32 most)
{
    size = u32_min(size, PREFIX);
    keys_add(keys, kind, data, size);
    for (u32 i = 0; most > 0 && i < size; i += 1) {
        u8 once[PREFIX];
        memcpy(once, data, i);
        memcpy(once + i, data + i + 1, size - i - 1);
        if (i > 0 && data[i] == data[i - 1]) {
            continue; /* of equal neighbours any one gives the same */
        }
        keys_add(keys, kind, once, size - 1);
        for (u32 j = i; most > 1 && j < size - 1; j += 1) {
            u8 twice[PREFIX];
            memcpy(twice, once, j);
            memcpy(twice + j, once + j + 1, size - j - 2);
            keys_add(keys, kind, twice, size - 2);
        }
    }
}

static void keys_of(const struct name_token *token, struct keys *keys)
{
    keys->count = 0;
    if (token->role == ROLE_NUMBER) {
        keys_add_thinned(keys, KEY_TEXT, token->text, token->text_size, 0);
        return;
    }
    keys_add_thinned(keys, KEY_TEXT, token->text, token->text_size, edits_max(token->text_size));
    if (token->sound_size > 0) {
        keys_add_thinned(keys, KEY_SOUND, token->sound, token->sound_size,
                         token->sound_size < SOUND_MIN ? 0 : 1);
    }
    if (has_skeleton(token)) {
        keys->keys[keys->count] = hash_pair(KEY_SKELETON, token->skeleton);
        keys->count += 1;
    }
    if (token->group != 0) {
        keys->keys[keys->count] = hash_pair(KEY_GROUP, token->group);
        keys->count += 1;
    }
}

/* ---- filling ---- */

/* What makes a word: its letters, and whether vowels were written. */
static u64 word_hash(const struct name_token *token)
{
    return hash_pair(hash_bytes(token->text, token->text_size, rest_of(token)),
                     (u64)is_consonantal(token) * 2 + (token->role == ROLE_NUMBER));
}

static bool same_word(const struct name_token *a, const struct name_token *b)
{
    return same_text(a, b) && is_consonantal(a) == is_consonantal(b) &&
           (a->role == ROLE_NUMBER) == (b->role == ROLE_NUMBER);
}

/* The slot of the word, or the empty one where it would go. */
static u64 slot_of(const struct index_words *words, const struct name_token *token)
{
    u64 slot = word_hash(token) & (words->slots_count - 1);
    while (words->slots[slot] != 0 && !same_word(&words->words[words->slots[slot] - 1], token)) {
        slot = (slot + 1) & (words->slots_count - 1);
    }
    return slot;
}

static enum fault words_grow(struct index_words *words)
{
    u32 room = words->room == 0 ? ROOM_FIRST : words->room * 2;
    if (room > INDEX_WORDS_MAX) {
        return FAULT(FAULT_LIMIT, "index: more than %u distinct words", INDEX_WORDS_MAX);
    }
    struct name_token *larger = realloc(words->words, room * sizeof(struct name_token));
    if (larger == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory for %u words", room);
    }
    words->words = larger;
    u32 *slots = calloc((size_t)room * 2, sizeof(u32));
    if (slots == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory for %u words", room);
    }
    free(words->slots);
    words->slots = slots;
    words->slots_count = (u64)room * 2;
    words->room = room;
    for (u32 i = 0; i < words->count; i += 1) {
        words->slots[slot_of(words, &words->words[i])] = i + 1;
    }
    return FAULT_NONE;
}

enum fault index_words_open(struct index_words *words)
{
    *words = (struct index_words){.count = 0};
    return words_grow(words);
}

enum fault index_words_add(struct index_words *words, const struct name_token *token, u32 *word_out)
{
    CHECK(words->keys.buckets == 0);
    if (words->count == words->room) {
        TRY(words_grow(words));
    }
    u64 slot = slot_of(words, token);
    if (words->slots[slot] == 0) {
        words->words[words->count] = *token;
        words->count += 1;
        words->slots[slot] = words->count;
    }
    *word_out = words->slots[slot] - 1;
    return FAULT_NONE;
}

u32 index_words_find(const struct index_words *words, const struct name_token *token)
{
    u32 word = words->slots[slot_of(words, token)];
    return word == 0 ? INDEX_WORD_UNKNOWN : word - 1;
}

enum fault index_words_seal(struct index_words *words)
{
    struct keys keys;
    u64 count = 0;
    for (u32 i = 0; i < words->count; i += 1) {
        keys_of(&words->words[i], &keys);
        count += keys.count;
    }
    TRY(index_map_open(&words->keys, count));
    for (u32 i = 0; i < words->count; i += 1) {
        keys_of(&words->words[i], &keys);
        for (u32 j = 0; j < keys.count; j += 1) {
            index_map_count(&words->keys, keys.keys[j]);
        }
    }
    TRY(index_map_lay(&words->keys));
    for (u32 i = 0; i < words->count; i += 1) {
        keys_of(&words->words[i], &keys);
        for (u32 j = 0; j < keys.count; j += 1) {
            index_map_put(&words->keys, keys.keys[j], i);
        }
    }
    index_map_seal(&words->keys);
    return FAULT_NONE;
}

void index_words_close(struct index_words *words)
{
    free(words->words);
    free(words->slots);
    index_map_close(&words->keys);
    *words = (struct index_words){.count = 0};
}

u64 index_words_memory(const struct index_words *words)
{
    return words->room * sizeof(struct name_token) + words->slots_count * sizeof(u32) +
           index_map_memory(&words->keys);
}

/* ---- searching ---- */

enum fault index_near_open(struct index_near_search *search, u32 words_max)
{
    search->search = 0;
    search->found_count = 0;
    search->seen_count = words_max;
    search->seen = calloc((size_t)words_max + 1, sizeof(u32));
    search->met = calloc((size_t)words_max + 1, sizeof(u32));
    return search->seen != NULL && search->met != NULL
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "index: no memory to search %u words", words_max);
}

void index_near_close(struct index_near_search *search)
{
    free(search->seen);
    free(search->met);
    search->seen = NULL;
    search->met = NULL;
}

/* Whether a stands before b: nearer, or found under a smaller number. */
static bool stands_before(const struct index_near *a, const struct index_near *b)
{
    return a->near != b->near ? a->near > b->near : a->word < b->word;
}

/* Keeps the list in order; when it is full the last one falls out. */
static void near_add(struct index_near_search *search, u32 word, u32 near)
{
    struct index_near one = {.word = word, .near = near};
    u32 place = search->found_count;
    if (place == INDEX_NEAR_MAX) {
        if (!stands_before(&one, &search->found[place - 1])) {
            return;
        }
        place -= 1;
    } else {
        search->found_count += 1;
    }
    while (place > 0 && stands_before(&one, &search->found[place - 1])) {
        search->found[place] = search->found[place - 1];
        place -= 1;
    }
    search->found[place] = one;
}

void index_near_find(struct index_near_search *search, const struct index_words *words,
                     const struct name_token *token)
{
    CHECK(words->count <= search->seen_count);
    search->search += 1;
    if (search->search == 0) { /* the numbers of searches began anew */
        memset(search->seen, 0, search->seen_count * sizeof(u32));
        search->search = 1;
    }
    search->found_count = 0;
    struct keys keys;
    keys_of(token, &keys);
    struct index_run runs[KEYS_MAX];
    for (u32 i = 0; i < keys.count; i += 1) {
        __builtin_prefetch(&words->keys.starts[keys.keys[i] & (words->keys.buckets - 1)]);
    }
    for (u32 i = 0; i < keys.count; i += 1) {
        runs[i] = index_map_find(&words->keys, keys.keys[i]);
        __builtin_prefetch(runs[i].numbers);
    }
    u32 met = 0;
    for (u32 i = 0; i < keys.count; i += 1) {
        for (u32 j = 0; j < runs[i].count; j += 1) {
            u32 word = runs[i].numbers[j];
            if (search->seen[word] != search->search) {
                search->seen[word] = search->search;
                search->met[met] = word;
                met += 1;
                __builtin_prefetch(&words->words[word]);
            }
        }
    }
    struct looked looked;
    looked_lay(&looked, token);
    for (u32 i = 0; i < met; i += 1) {
        u32 near = compare(&looked, &words->words[search->met[i]]);
        if (near > 0) {
            near_add(search, search->met[i], near);
        }
    }
}
