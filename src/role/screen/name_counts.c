#include "role/screen/name_counts.h"

#include "base/check.h"

#include <stdlib.h>

#define NAMES_TELLING 8192U /* in fewer names a word is rare or common by chance */

struct count {
    u32 hash; /* with `names` 0: a free slot */
    u32 names;
};

struct name_counts {
    u64 names;
    u32 words;
    u32 words_max;
    u32 slots; /* a power of two, at least twice words_max */
    struct count table[];
};

enum fault name_counts_open(u32 tokens_max, struct name_counts **counts_out)
{
    if (tokens_max == 0 || tokens_max > 1U << 28) {
        return FAULT(FAULT_LIMIT, "counts of %u words", tokens_max);
    }
    u32 slots = (u32)u64_power_of_two_ceil((u64)tokens_max * 2);
    struct name_counts *counts = calloc(1, sizeof(*counts) + slots * sizeof(struct count));
    if (counts == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the counts of %u words", tokens_max);
    }
    counts->words_max = tokens_max;
    counts->slots = slots;
    *counts_out = counts;
    return FAULT_NONE;
}

void name_counts_close(struct name_counts *counts)
{
    free(counts);
}

/* The slot of a word, or the free one where it belongs: at least half of them are free. */
static u32 place_of(const struct name_counts *counts, u32 hash)
{
    u32 at = hash & (counts->slots - 1);
    while (counts->table[at].names != 0 && counts->table[at].hash != hash) {
        at = (at + 1) & (counts->slots - 1);
    }
    return at;
}

void name_counts_add(struct name_counts *counts, const struct name *name)
{
    counts->names += 1;
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        struct count *count = &counts->table[place_of(counts, name->tokens[i].hash)];
        if (count->names == 0) {
            if (counts->words == counts->words_max) {
                continue;
            }
            counts->words += 1;
            count->hash = name->tokens[i].hash;
        }
        count->names += count->names < UINT32_MAX ? 1 : 0;
    }
}

/* The logarithm of x to the base of two, in eighths, between powers of two in a straight line. */
static u32 log2_eighths(u64 x)
{
    u32 whole = 63 - (u32)__builtin_clzll(x);
    u64 rest = x - (1ULL << whole);
    return whole * 8 + (u32)(whole >= 3 ? rest >> (whole - 3) : rest << (3 - whole));
}

void name_weigh(const struct name_counts *counts, struct name *name)
{
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        struct name_token *token = &name->tokens[i];
        bool word = token->role == ROLE_ORDINARY || token->role == ROLE_GIVEN ||
                    token->role == ROLE_FAMILY || token->role == ROLE_GENERIC;
        u32 names = counts->table[place_of(counts, token->hash)].names;
        if (!word || names == 0) {
            continue;
        }
        /* A word of one name in a thousand weighs 28, of one in thirty 14. */
        u64 all = counts->names < NAMES_TELLING ? NAMES_TELLING : counts->names;
        u64 rarity = (all + names) / names;
        u32 weight = log2_eighths(rarity) * 23 / 64;
        weight = weight < 6 ? 6 : weight;
        CHECK(token->weight <= NAME_WEIGHT_MAX);
        token->weight = weight < token->weight ? (u8)weight : token->weight;
    }
}
