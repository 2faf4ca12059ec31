#include "role/screen/reverse.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE, SMALL, LEVELS, ADDING = LEVELS };
enum { PLACES_FIRST = 1024, LEVEL_SHIFT = 24, SMALL_PART = 8 };

_Static_assert(INDEX_SUBJECTS_MAX <= 1U << LEVEL_SHIFT, "a subject and its level fit 32 bits");

/* Where a person is: the level and the subject there. */
struct place {
    u32 person;
    u32 where;
    bool is_used; /* also by a person who was removed: where is NOWHERE */
};
#define NOWHERE UINT32_MAX

struct reverse {
    struct index_weights *weights;
    struct screen_index *levels[LEVELS];
    struct index_builder *adding;
    u32 adding_count;
    u32 persons_count;
    u32 places_used;
    u64 places_count; /* a power of two */
    struct place *places;
    u64 settlements;
};

struct reverse_reader {
    struct find *finds[LEVELS];
    u64 settlement;
    struct find_hit *hits;
};

static u32 where_of(u32 level, u32 subject)
{
    return level << LEVEL_SHIFT | subject;
}

/* ---- where persons are ---- */

static struct place *place_of(const struct reverse *reverse, u32 person)
{
    u64 slot = hash_u64(person) & (reverse->places_count - 1);
    while (reverse->places[slot].is_used && reverse->places[slot].person != person) {
        slot = (slot + 1) & (reverse->places_count - 1);
    }
    return &reverse->places[slot];
}

static enum fault places_grow(struct reverse *reverse)
{
    u64 before_count = reverse->places_count;
    struct place *before = reverse->places;
    u64 count = before_count == 0 ? PLACES_FIRST : before_count * 2;
    struct place *places = calloc(count, sizeof(struct place));
    if (places == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the places of %llu persons",
                     (unsigned long long)count);
    }
    reverse->places = places;
    reverse->places_count = count;
    reverse->places_used = 0;
    for (u64 i = 0; i < before_count; i += 1) {
        if (before[i].is_used && before[i].where != NOWHERE) {
            *place_of(reverse, before[i].person) = before[i];
            reverse->places_used += 1;
        }
    }
    free(before);
    return FAULT_NONE;
}

static bool is_here(const struct reverse *reverse, u32 person, u32 where)
{
    const struct place *place = place_of(reverse, person);
    return place->is_used && place->where == where;
}

/* ---- adding ---- */

enum fault reverse_open(struct reverse **reverse_out, struct index_weights *weights)
{
    struct reverse *reverse = calloc(1, sizeof(*reverse));
    if (reverse == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for customers");
    }
    reverse->weights = index_weights_hold(weights);
    enum fault fault = places_grow(reverse);
    if (fault != FAULT_NONE) {
        reverse_close(reverse);
        return fault;
    }
    *reverse_out = reverse;
    return FAULT_NONE;
}

void reverse_close(struct reverse *reverse)
{
    if (reverse != NULL) {
        for (u32 i = 0; i < LEVELS; i += 1) {
            index_close(reverse->levels[i]);
        }
        index_builder_close(reverse->adding);
        index_weights_release(reverse->weights);
        free(reverse->places);
        free(reverse);
    }
}

bool reverse_remove(struct reverse *reverse, u32 person)
{
    struct place *place = place_of(reverse, person);
    bool was_here = place->is_used && place->where != NOWHERE;
    if (was_here) {
        place->where = NOWHERE;
        reverse->persons_count -= 1;
    }
    return was_here;
}

/* The person now is subject `subject` of `level`. */
static enum fault place_set(struct reverse *reverse, u32 person, u32 where)
{
    if ((u64)reverse->places_used * 2 >= reverse->places_count) {
        TRY(places_grow(reverse));
    }
    struct place *place = place_of(reverse, person);
    reverse->places_used += !place->is_used;
    reverse->persons_count += !place->is_used || place->where == NOWHERE;
    *place = (struct place){.person = person, .where = where, .is_used = true};
    return FAULT_NONE;
}

enum fault reverse_put(struct reverse *reverse, u32 person, const struct list_entry *known,
                       u32 *names_out)
{
    if (reverse->adding == NULL) {
        TRY(index_builder_open(&reverse->adding, reverse->weights, false));
        reverse->adding_count = 0;
    }
    TRY(index_add_entry(reverse->adding, known, person, 0, names_out));
    TRY(place_set(reverse, person, where_of(ADDING, reverse->adding_count)));
    reverse->adding_count += 1;
    return FAULT_NONE;
}

u32 reverse_count(const struct reverse *reverse)
{
    return reverse->persons_count;
}

u64 reverse_memory(const struct reverse *reverse)
{
    u64 bytes = sizeof(*reverse) + reverse->places_count * sizeof(struct place);
    for (u32 i = 0; i < LEVELS; i += 1) {
        bytes += reverse->levels[i] == NULL ? 0 : index_memory(reverse->levels[i]);
    }
    return bytes;
}

/* ---- settling ---- */

/* Copies the persons of one level who are still there, and notes where they will be. */
static enum fault copy_level(struct reverse *reverse, struct index_builder *builder,
                             const struct screen_index *from, u32 from_level, u32 to_level,
                             u32 *count)
{
    for (u32 i = 0; i < from->subjects_count; i += 1) {
        const struct index_subject *subject = &from->subjects[i];
        if (!is_here(reverse, subject->number, where_of(from_level, i))) {
            continue;
        }
        TRY(index_add_copy(builder, from, i));
        TRY(place_set(reverse, subject->number, where_of(to_level, *count)));
        *count += 1;
    }
    return FAULT_NONE;
}

/* What was added and the levels from `level` on become that level anew. A person is copied from one
 * place only, and the place it gets is of the new level, which is not among those copied later. */
static enum fault merge(struct reverse *reverse, const struct screen_index *added, u32 level,
                        struct index_builder *builder)
{
    u32 count = 0;
    u32 fresh = ADDING + 1; /* told apart from the old places of the same level */
    for (u32 i = level; i < LEVELS; i += 1) {
        if (reverse->levels[i] != NULL) {
            TRY(copy_level(reverse, builder, reverse->levels[i], i, fresh, &count));
        }
    }
    TRY(copy_level(reverse, builder, added, ADDING, fresh, &count));
    struct screen_index *index = NULL;
    TRY(index_finish(builder, &index));
    for (u32 i = 0; i < count; i += 1) {
        TRY(place_set(reverse, index->subjects[i].number, where_of(level, i)));
    }
    for (u32 i = level; i < LEVELS; i += 1) {
        index_close(reverse->levels[i]);
        reverse->levels[i] = NULL;
    }
    reverse->levels[level] = index;
    return FAULT_NONE;
}

/* The first customers of all: their index is the large one as it is. */
static enum fault adopt(struct reverse *reverse, struct screen_index *added)
{
    for (u32 i = 0; i < added->subjects_count; i += 1) {
        u32 person = added->subjects[i].number;
        if (is_here(reverse, person, where_of(ADDING, i))) {
            TRY(place_set(reverse, person, where_of(LARGE, i)));
        }
    }
    reverse->levels[LARGE] = added;
    return FAULT_NONE;
}

static u32 subjects_of(const struct screen_index *index)
{
    return index == NULL ? 0 : index->subjects_count;
}

enum fault reverse_settle(struct reverse *reverse)
{
    if (reverse->adding == NULL) {
        return FAULT_NONE;
    }
    struct screen_index *added = NULL;
    struct index_builder *builder = NULL;
    TRY(index_finish(reverse->adding, &added));
    index_builder_close(reverse->adding);
    reverse->adding = NULL;
    reverse->settlements += 1;
    if (reverse->levels[LARGE] == NULL && reverse->levels[SMALL] == NULL) {
        return adopt(reverse, added);
    }
    u32 small = subjects_of(reverse->levels[SMALL]) + added->subjects_count;
    u32 large = subjects_of(reverse->levels[LARGE]);
    u32 level = small > REVERSE_SMALL_MAX || small > large / SMALL_PART ? LARGE : SMALL;
    enum fault fault = index_builder_open(&builder, reverse->weights, false);
    if (fault == FAULT_NONE) {
        fault = merge(reverse, added, level, builder);
    }
    index_builder_close(builder);
    index_close(added);
    return fault;
}

/* ---- asking ---- */

enum fault reverse_reader_open(struct reverse_reader **reader_out, const struct reverse *reverse,
                               u32 candidates_max, u32 hits_max)
{
    CHECK(hits_max > 0 && reverse->adding == NULL);
    struct reverse_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to ask for customers");
    }
    reader->settlement = reverse->settlements;
    reader->hits = calloc((size_t)hits_max * LEVELS, sizeof(struct find_hit));
    enum fault fault = reader->hits != NULL
                           ? FAULT_NONE
                           : FAULT(FAULT_LIMIT, "no memory for %u customers found", hits_max);
    for (u32 i = 0; i < LEVELS && fault == FAULT_NONE; i += 1) {
        if (reverse->levels[i] != NULL) {
            struct search_sizes sizes = search_sizes_of(reverse->levels[i], candidates_max);
            fault = find_open(&reader->finds[i], &sizes, hits_max);
        }
    }
    if (fault != FAULT_NONE) {
        reverse_reader_close(reader);
        return fault;
    }
    *reader_out = reader;
    return FAULT_NONE;
}

void reverse_reader_close(struct reverse_reader *reader)
{
    if (reader != NULL) {
        for (u32 i = 0; i < LEVELS; i += 1) {
            find_close(reader->finds[i]);
        }
        free(reader->hits);
        free(reader);
    }
}

u32 reverse_find(const struct reverse *reverse, struct reverse_reader *reader,
                 const struct list_entry *asked, u32 needed, const struct find_hit **hits_out,
                 bool *cut_out)
{
    CHECK(reverse->adding == NULL && reader->settlement == reverse->settlements);
    u32 count = 0;
    *cut_out = false;
    for (u32 level = 0; level < LEVELS; level += 1) {
        if (reverse->levels[level] == NULL) {
            continue;
        }
        const struct find_hit *found = NULL;
        bool cut = false;
        u32 found_count =
            find_entry(reader->finds[level], reverse->levels[level], asked, needed, &found, &cut);
        *cut_out |= cut;
        for (u32 i = 0; i < found_count; i += 1) {
            if (is_here(reverse, found[i].number, where_of(level, found[i].subject))) {
                reader->hits[count] = found[i];
                count += 1;
            }
        }
    }
    find_sort(reader->hits, count);
    *hits_out = reader->hits;
    return count;
}
