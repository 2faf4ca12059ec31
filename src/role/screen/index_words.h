/* The distinct words of an index, and which of them are near a given one.
 *
 * A word is a token of an analysed name. Two words are near when their letters differ by no more
 * edits than words of their length may (an edit is a letter more, less, another, or two neighbours
 * swapped), or when they have the same sound, sounds that differ by one, the same skeleton of
 * consonants, or belong to one group of variants. Nearness is symmetric, and a number from 1 to
 * INDEX_NEAR_FULL says how near.
 *
 * Near words are found without a walk through all of them: every word stands in a map under its
 * letters, under what is left of its first letters when one or two are taken out, under its sound,
 * that with one taken out, its skeleton and its group. Two near words share one of these keys, so
 * looking up the keys of the word asked for finds them; what else is found is measured and dropped.
 *
 * Filled by one thread, then sealed and only read. */
#ifndef ROLE_SCREEN_INDEX_WORDS_H
#define ROLE_SCREEN_INDEX_WORDS_H

#include "role/screen/index_map.h"
#include "role/screen/name.h"
#include "role/screen/name_counts.h"

#define INDEX_NEAR_FULL    64U
#define INDEX_NEAR_MAX     256U /* near words of one word that are kept: the nearest */
#define INDEX_WORDS_MAX    (1U << 26)
#define INDEX_WORD_UNKNOWN UINT32_MAX

struct index_words {
    struct name_token *words;
    u32 count;
    u32 room;
    u32 *slots; /* word + 1 by hash, while and after filling; 0: empty */
    u64 slots_count;
    struct index_map keys;
};

struct index_near {
    u32 word;
    u32 near; /* 1 .. INDEX_NEAR_FULL */
};

/* What one thread needs to look for near words. */
struct index_near_search {
    u32 *seen; /* by word: the number of the search that last met it */
    u32 *met;  /* words of this search */
    u32 seen_count;
    u32 search;
    u32 found_count;
    struct index_near found[INDEX_NEAR_MAX];
};

MUST_USE enum fault index_words_open(struct index_words *words);
/* The number of the token's word, a new one where it is the first such. */
MUST_USE enum fault index_words_add(struct index_words *words, const struct name_token *token,
                                    u32 *word_out);
MUST_USE enum fault index_words_seal(struct index_words *words);
/* Also of one that is all zero. */
void index_words_close(struct index_words *words);

u64 index_words_memory(const struct index_words *words);

/* INDEX_WORD_UNKNOWN when there is no such word. */
u32 index_words_find(const struct index_words *words, const struct name_token *token);

/* How near two words are; 0: they are not. */
u32 index_words_compare(const struct name_token *a, const struct name_token *b);

/* For any set of up to `words_max` words. */
MUST_USE enum fault index_near_open(struct index_near_search *search, u32 words_max);
void index_near_close(struct index_near_search *search);

/* All words near `token` in search->found, the nearest first, equally near ones by number. */
void index_near_find(struct index_near_search *search, const struct index_words *words,
                     const struct name_token *token);

#endif /* ROLE_SCREEN_INDEX_WORDS_H */
