#include "role/screen/index.h"

#include "base/check.h"
#include "role/screen/index_inner.h"

#include <stdlib.h>
#include <string.h>

/* ---- finishing ---- */

static struct name *name_at(struct screen_index *index, u32 name)
{
    return (struct name *)(void *)(index->memory + index->names[name].place);
}

static void weigh_names(struct screen_index *index)
{
    for (u32 i = 0; i < index->names_count; i += 1) {
        struct name *name = name_at(index, i);
        name_weigh(index->weights->counts, name);
        u32 weight = 0;
        for (u32 j = 0; j < name->tokens_count; j += 1) {
            weight += name->tokens[j].weight;
        }
        index->names[i].weight = (u16)weight;
    }
}

/* Whether the token's word has been met before in the same name. */
static bool met_before(const u32 *words, u32 token)
{
    for (u32 i = 0; i < token; i += 1) {
        if (words[i] == words[token]) {
            return true;
        }
    }
    return false;
}

/* A weak alias finds nobody, unless its subject has nothing better. */
static void decide_posted(struct screen_index *index)
{
    for (u32 i = 0; i < index->subjects_count; i += 1) {
        const struct index_subject *subject = &index->subjects[i];
        bool has_better = false;
        for (u32 j = 0; j < subject->names_count; j += 1) {
            has_better |= index->names[subject->names_first + j].quality != LIST_QUALITY_WEAK;
        }
        for (u32 j = 0; j < subject->names_count; j += 1) {
            struct index_name *name = &index->names[subject->names_first + j];
            name->is_posted = !has_better || name->quality != LIST_QUALITY_WEAK;
        }
    }
}

typedef void post(struct index_map *map, u32 word, u32 name);

static void post_count(struct index_map *map, u32 word, u32 name)
{
    (void)name;
    index_map_count(map, word);
}

static void post_put(struct index_map *map, u32 word, u32 name)
{
    index_map_put(map, word, name);
}

static void post_all(struct index_builder *builder, post *step)
{
    struct screen_index *index = builder->index;
    u64 first = 0;
    for (u32 i = 0; i < index->names_count; i += 1) {
        u32 tokens = name_at(index, i)->tokens_count;
        for (u32 j = 0; index->names[i].is_posted && j < tokens; j += 1) {
            if (!met_before(builder->words + first, j)) {
                step(&index->postings, builder->words[first + j], i);
            }
        }
        first += tokens;
    }
    CHECK(first == builder->words_count);
}

/* The numbers of words are below the number of buckets, so each word has a bucket for itself. */
static enum fault lay_postings(struct index_builder *builder)
{
    struct screen_index *index = builder->index;
    TRY(index_map_open(&index->postings, index->words.count));
    CHECK(index->postings.buckets >= index->words.count);
    post_all(builder, post_count);
    TRY(index_map_lay(&index->postings));
    post_all(builder, post_put);
    index_map_seal(&index->postings);
    return FAULT_NONE;
}

static u64 code_key_of(const struct screen_index *index, const struct index_fact *fact)
{
    return index_code_key(index->texts + fact->text, fact->text_size, fact->is_wallet);
}

static enum fault lay_codes(struct screen_index *index)
{
    TRY(index_map_open(&index->codes, index->facts_count));
    for (u32 i = 0; i < index->facts_count; i += 1) {
        if (index->facts[i].kind == INDEX_FACT_CODE) {
            index_map_count(&index->codes, code_key_of(index, &index->facts[i]));
        }
    }
    TRY(index_map_lay(&index->codes));
    for (u32 s = 0; s < index->subjects_count; s += 1) {
        const struct index_subject *subject = &index->subjects[s];
        for (u32 i = 0; i < subject->facts_count; i += 1) {
            const struct index_fact *fact = &index->facts[subject->facts_first + i];
            if (fact->kind == INDEX_FACT_CODE) {
                index_map_put(&index->codes, code_key_of(index, fact), s);
            }
        }
    }
    index_map_seal(&index->codes);
    return FAULT_NONE;
}

enum fault index_finish(struct index_builder *builder, struct screen_index **index_out)
{
    weigh_names(builder->index);
    decide_posted(builder->index);
    TRY(lay_postings(builder));
    TRY(lay_codes(builder->index));
    TRY(index_words_seal(&builder->index->words));
    static atomic_ullong serials;
    builder->index->serial = atomic_fetch_add(&serials, 1) + 1;
    *index_out = builder->index;
    builder->index = NULL;
    return FAULT_NONE;
}

void index_close(struct screen_index *index)
{
    if (index != NULL) {
        free(index->subjects);
        free(index->names);
        free(index->facts);
        free(index->memory);
        free(index->texts);
        index_words_close(&index->words);
        index_map_close(&index->postings);
        index_map_close(&index->codes);
        index_weights_release(index->weights);
        free(index);
    }
}

u64 index_memory(const struct screen_index *index)
{
    return sizeof(*index) + index->subjects_count * sizeof(struct index_subject) +
           index->names_count * sizeof(struct index_name) +
           index->facts_count * sizeof(struct index_fact) + index->memory_used * 8 +
           index->texts_used + index_words_memory(&index->words) +
           index_map_memory(&index->postings) + index_map_memory(&index->codes);
}

/* ---- reading ---- */

const struct name *index_name_of(const struct screen_index *index, u32 name)
{
    CHECK_DEBUG(name < index->names_count);
    return (const struct name *)(const void *)(index->memory + index->names[name].place);
}

static bool has_code(const struct screen_index *index, u32 subject, const u8 *folded, u32 size,
                     bool is_wallet)
{
    const struct index_subject *one = &index->subjects[subject];
    for (u32 i = 0; i < one->facts_count; i += 1) {
        const struct index_fact *fact = &index->facts[one->facts_first + i];
        if (fact->kind == INDEX_FACT_CODE && fact->is_wallet == is_wallet &&
            fact->text_size == size && memcmp(index->texts + fact->text, folded, size) == 0) {
            return true;
        }
    }
    return false;
}

u32 index_find_code(const struct screen_index *index, struct span text, bool is_wallet,
                    u32 *subjects_out, u32 subjects_max)
{
    u8 folded[INDEX_CODE_BYTES_MAX];
    u32 size = index_code_fold(text, is_wallet, folded);
    struct index_run run = index_map_find(&index->codes, index_code_key(folded, size, is_wallet));
    u32 count = 0;
    for (u32 i = 0; i < run.count && count < subjects_max; i += 1) {
        bool again = count > 0 && subjects_out[count - 1] == run.numbers[i];
        if (!again && has_code(index, run.numbers[i], folded, size, is_wallet)) {
            subjects_out[count] = run.numbers[i];
            count += 1;
        }
    }
    return count;
}
