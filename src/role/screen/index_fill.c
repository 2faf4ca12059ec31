#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "role/screen/index_inner.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROOM_FIRST = 1024, COUNTED_WORDS_MAX = 1 << 18 };

/* Room for `count` elements; doubles. */
static enum fault room_for(void **data, u64 *room, u64 count, size_t element_bytes, u64 most)
{
    if (count <= *room) {
        return FAULT_NONE;
    }
    u64 larger = u64_max(*room * 2, u64_max(count, ROOM_FIRST));
    if (count > most) {
        return FAULT(FAULT_LIMIT, "index: more than %llu elements", (unsigned long long)most);
    }
    void *moved = realloc(*data, larger * element_bytes);
    if (moved == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory for %llu elements", (unsigned long long)larger);
    }
    *data = moved;
    *room = larger;
    return FAULT_NONE;
}

static enum fault room_for_u32(void **data, u32 *room, u64 count, size_t element_bytes, u64 most)
{
    u64 wide = *room;
    TRY(room_for(data, &wide, count, element_bytes, most));
    *room = (u32)wide;
    return FAULT_NONE;
}

/* ---- opening ---- */

static enum fault weights_open(struct index_weights **weights_out)
{
    struct index_weights *weights = calloc(1, sizeof(*weights));
    if (weights == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory for weights");
    }
    enum fault fault = name_counts_open(COUNTED_WORDS_MAX, &weights->counts);
    if (fault != FAULT_NONE) {
        free(weights);
        return fault;
    }
    atomic_init(&weights->holders, 1);
    *weights_out = weights;
    return FAULT_NONE;
}

struct index_weights *index_weights_hold(struct index_weights *weights)
{
    CHECK(atomic_fetch_add(&weights->holders, 1) > 0);
    return weights;
}

void index_weights_release(struct index_weights *weights)
{
    if (weights != NULL && atomic_fetch_sub(&weights->holders, 1) == 1) {
        name_counts_close(weights->counts);
        free(weights);
    }
}

static enum fault builder_begin(struct index_builder *builder, struct index_weights *weights)
{
    builder->index = calloc(1, sizeof(struct screen_index));
    if (builder->index == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory");
    }
    builder->own_weights = weights == NULL;
    if (weights != NULL) {
        builder->index->weights = index_weights_hold(weights);
    } else {
        TRY(weights_open(&builder->index->weights));
    }
    TRY(index_words_open(&builder->index->words));
    return name_analyser_open(&builder->analyser);
}

enum fault index_builder_open(struct index_builder **builder_out, struct index_weights *weights,
                              bool keep_texts)
{
    struct index_builder *builder = calloc(1, sizeof(*builder));
    if (builder == NULL) {
        return FAULT(FAULT_LIMIT, "index: no memory");
    }
    builder->keep_texts = keep_texts;
    enum fault fault = builder_begin(builder, weights);
    if (fault != FAULT_NONE) {
        index_builder_close(builder);
        return fault;
    }
    *builder_out = builder;
    return FAULT_NONE;
}

void index_builder_close(struct index_builder *builder)
{
    if (builder != NULL) {
        index_close(builder->index);
        name_analyser_close(builder->analyser);
        free(builder->words);
        free(builder);
    }
}

/* ---- adding ---- */

static enum fault add_text(struct index_builder *builder, struct span text, u32 *place_out)
{
    struct screen_index *index = builder->index;
    *place_out = 0;
    if (text.size == 0) {
        return FAULT_NONE; /* there may be no memory for texts at all */
    }
    TRY(room_for((void **)&index->texts, &builder->texts_room, index->texts_used + text.size, 1,
                 INDEX_TEXT_MAX));
    *place_out = (u32)index->texts_used;
    CHECK(
        span_copy(text, index->texts + index->texts_used, builder->texts_room - index->texts_used));
    index->texts_used += text.size;
    return FAULT_NONE;
}

enum fault index_add_subject(struct index_builder *builder, u32 number, enum name_kind kind,
                             u8 list, struct span label)
{
    struct screen_index *index = builder->index;
    TRY(room_for_u32((void **)&index->subjects, &builder->subjects_room,
                     (u64)index->subjects_count + 1, sizeof(struct index_subject),
                     INDEX_SUBJECTS_MAX));
    struct index_subject *subject = &index->subjects[index->subjects_count];
    *subject = (struct index_subject){
        .number = number,
        .names_first = index->names_count,
        .facts_first = index->facts_count,
        .kind = (u8)kind,
        .list = list,
    };
    if (builder->keep_texts) {
        label = span_of(label.data, (size_t)u64_min(label.size, UINT16_MAX));
        TRY(add_text(builder, label, &subject->label));
        subject->label_size = (u16)label.size;
    }
    index->subjects_count += 1;
    return FAULT_NONE;
}

static enum fault add_words(struct index_builder *builder, const struct name *name)
{
    TRY(room_for((void **)&builder->words, &builder->words_room,
                 builder->words_count + name->tokens_count, sizeof(u32), INDEX_MAP_KEYS_MAX));
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        TRY(index_words_add(&builder->index->words, &name->tokens[i],
                            &builder->words[builder->words_count + i]));
    }
    builder->words_count += name->tokens_count;
    return FAULT_NONE;
}

enum fault index_add_analysed(struct index_builder *builder, const struct name *name,
                              enum list_quality quality, struct span text)
{
    struct screen_index *index = builder->index;
    CHECK(index->subjects_count > 0 && name->tokens_count > 0);
    u64 steps = name_bytes(name) / 8;
    TRY(room_for_u32((void **)&index->names, &builder->names_room, (u64)index->names_count + 1,
                     sizeof(struct index_name), INDEX_NAMES_MAX));
    TRY(room_for((void **)&index->memory, &builder->memory_room, index->memory_used + steps, 8,
                 UINT32_MAX));
    TRY(add_words(builder, name));
    struct index_name *one = &index->names[index->names_count];
    *one = (struct index_name){
        .subject = index->subjects_count - 1,
        .place = (u32)index->memory_used,
        .quality = (u8)quality,
    };
    if (builder->keep_texts) {
        text = span_of(text.data, (size_t)u64_min(text.size, UINT16_MAX));
        TRY(add_text(builder, text, &one->text));
        one->text_size = (u16)text.size;
    }
    memcpy(index->memory + index->memory_used, name, name_bytes(name));
    index->memory_used += steps;
    index->names_count += 1;
    index->subjects[index->subjects_count - 1].names_count += 1;
    if (builder->own_weights) {
        name_counts_add(index->weights->counts, name);
    }
    return FAULT_NONE;
}

enum fault index_add_name(struct index_builder *builder, struct span text,
                          enum list_quality quality, bool *taken_out)
{
    CHECK(builder->index->subjects_count > 0);
    u8 kind = builder->index->subjects[builder->index->subjects_count - 1].kind;
    *taken_out = name_analyse(builder->analyser, text, (enum name_kind)kind, &builder->name);
    return *taken_out ? index_add_analysed(builder, &builder->name, quality, text) : FAULT_NONE;
}

static enum fault add_fact(struct index_builder *builder, const struct index_fact *fact)
{
    struct screen_index *index = builder->index;
    CHECK(index->subjects_count > 0);
    TRY(room_for_u32((void **)&index->facts, &builder->facts_room, (u64)index->facts_count + 1,
                     sizeof(struct index_fact), INDEX_MAP_KEYS_MAX));
    index->facts[index->facts_count] = *fact;
    index->facts_count += 1;
    index->subjects[index->subjects_count - 1].facts_count += 1;
    return FAULT_NONE;
}

enum fault index_add_birth(struct index_builder *builder, const struct list_birth *birth)
{
    struct index_fact fact = {
        .kind = INDEX_FACT_BIRTH, .is_circa = birth->circa, .from = birth->from, .to = birth->to};
    return add_fact(builder, &fact);
}

enum fault index_add_country(struct index_builder *builder, const char code[2])
{
    struct index_fact fact = {.kind = INDEX_FACT_COUNTRY, .country = {code[0], code[1]}};
    return add_fact(builder, &fact);
}

/* Whether case tells nothing in an address: hexadecimal ones of 20 bytes (EIP-55 puts a checksum
 * into it) and bech32 (BIP 173: wholly small or wholly capital). In base58 it tells a lot. */
static bool wallet_is_caseless(struct span text)
{
    static const char *const prefixes[] = {"0x", "bc1", "ltc1"};
    enum { HEXADECIMAL_BYTES = 42 };
    for (u32 i = 0; i < ARRAY_COUNT(prefixes); i += 1) {
        size_t size = strlen(prefixes[i]);
        if (text.size > size && strncasecmp((const char *)text.data, prefixes[i], size) == 0) {
            return i != 0 || text.size == HEXADECIMAL_BYTES;
        }
    }
    return false;
}

u32 index_code_fold(struct span text, bool is_wallet, u8 target[INDEX_CODE_BYTES_MAX])
{
    u32 size = 0;
    bool keeps_case = is_wallet && !wallet_is_caseless(text);
    for (size_t i = 0; i < text.size && size < INDEX_CODE_BYTES_MAX; i += 1) {
        u8 byte = text.data[i];
        bool is_small = byte >= 'a' && byte <= 'z';
        bool is_letter = is_small || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
        if (is_letter || (byte >= '0' && byte <= '9')) {
            target[size] = is_small && !keeps_case ? (u8)(byte - 'a' + 'A') : byte;
            size += 1;
        }
    }
    return size;
}

u64 index_code_key(const u8 *folded, u32 size, bool is_wallet)
{
    return hash_bytes(folded, size, is_wallet);
}

enum fault index_add_code(struct index_builder *builder, struct span text, bool is_wallet,
                          const char country[2])
{
    u8 folded[INDEX_CODE_BYTES_MAX];
    u32 size = index_code_fold(text, is_wallet, folded);
    if (size < INDEX_CODE_LEAST) {
        return FAULT_NONE;
    }
    struct index_fact fact = {
        .kind = INDEX_FACT_CODE,
        .is_wallet = is_wallet,
        .country = {country[0], country[1]},
        .text_size = size,
    };
    TRY(add_text(builder, span_of(folded, size), &fact.text));
    return add_fact(builder, &fact);
}

/* ---- entries ---- */

static enum name_kind kind_of(enum list_entry_kind kind)
{
    switch (kind) {
    case LIST_KIND_UNKNOWN:
        return NAME_UNKNOWN;
    case LIST_KIND_PERSON:
        return NAME_PERSON;
    case LIST_KIND_ENTITY:
        return NAME_ENTITY;
    case LIST_KIND_VESSEL:
    case LIST_KIND_AIRCRAFT:
        return NAME_VESSEL;
    }
    return NAME_UNKNOWN;
}

static enum fault add_facts(struct index_builder *builder, const struct list_entry *entry)
{
    for (u32 i = 0; i < entry->births_count; i += 1) {
        TRY(index_add_birth(builder, &entry->births[i]));
    }
    for (u32 i = 0; i < entry->countries_count; i += 1) {
        const char *code = entry->countries[i].country.code;
        if (code[0] != 0) {
            TRY(index_add_country(builder, code));
        }
    }
    for (u32 i = 0; i < entry->identifiers_count; i += 1) {
        const struct list_identifier *one = &entry->identifiers[i];
        TRY(index_add_code(builder, one->number, false, one->country.code));
    }
    for (u32 i = 0; i < entry->wallets_count; i += 1) {
        TRY(index_add_code(builder, entry->wallets[i].address, true, "\0"));
    }
    return FAULT_NONE;
}

enum fault index_add_entry(struct index_builder *builder, const struct list_entry *entry,
                           u32 number, u8 list, u32 *names_out)
{
    *names_out = 0;
    TRY(index_add_subject(builder, number, kind_of((enum list_entry_kind)entry->kind), list,
                          entry->id));
    for (u32 i = 0; i < entry->names_count; i += 1) {
        bool taken = false;
        TRY(index_add_name(builder, entry->names[i].text,
                           (enum list_quality)entry->names[i].quality, &taken));
        *names_out += taken;
    }
    return add_facts(builder, entry);
}

/* ---- from another index ---- */

/* A text of another index; nothing where it keeps none. */
static struct span text_of(const struct screen_index *index, u32 place, u32 size)
{
    return size == 0 ? (struct span){NULL, 0} : span_of(index->texts + place, size);
}

static enum fault copy_fact(struct index_builder *builder, const struct screen_index *from,
                            const struct index_fact *fact)
{
    struct index_fact copy = *fact;
    if (fact->kind == INDEX_FACT_CODE) {
        TRY(add_text(builder, text_of(from, fact->text, fact->text_size), &copy.text));
    }
    return add_fact(builder, &copy);
}

enum fault index_add_copy(struct index_builder *builder, const struct screen_index *from,
                          u32 subject)
{
    const struct index_subject *one = &from->subjects[subject];
    TRY(index_add_subject(builder, one->number, (enum name_kind)one->kind, one->list,
                          text_of(from, one->label, one->label_size)));
    for (u32 i = 0; i < one->names_count; i += 1) {
        const struct index_name *name = &from->names[one->names_first + i];
        TRY(index_add_analysed(builder, index_name_of(from, one->names_first + i),
                               (enum list_quality)name->quality,
                               text_of(from, name->text, name->text_size)));
    }
    for (u32 i = 0; i < one->facts_count; i += 1) {
        TRY(copy_fact(builder, from, &from->facts[one->facts_first + i]));
    }
    return FAULT_NONE;
}
