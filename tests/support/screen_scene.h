/* Lists and customers of invented names, for tests of screening: entries that are kept as they were
 * given, an index over them, and the naive way to ask, which scores every pair. */
#ifndef TESTS_SUPPORT_SCREEN_SCENE_H
#define TESTS_SUPPORT_SCREEN_SCENE_H

#include "base/span.h"
#include "role/screen/find.h"
#include "role/screen/name_counts.h"
#include "tests/support/name_world.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { SCENE_NAMES_MAX = 4 };

/* One entry, small enough to keep many of. */
struct scene_entry {
    u32 number;
    enum list_entry_kind kind;
    u32 names_count;
    char names[SCENE_NAMES_MAX][NAME_WORLD_BYTES];
    u32 weak_count; /* the last ones */
    u16 birth_year; /* 0: not known */
    char country[3];
    char identifier[16];
};

/* `entry` in the lists' form. */
static inline void scene_fill(const struct scene_entry *scene, struct list_entry *entry)
{
    list_entry_clear(entry);
    entry->kind = (u8)scene->kind;
    for (u32 i = 0; i < scene->names_count; i += 1) {
        bool is_weak = i >= scene->names_count - scene->weak_count;
        struct list_name name = {
            .text = span_of_text(scene->names[i]),
            .quality = i == 0    ? LIST_QUALITY_PRIMARY
                       : is_weak ? LIST_QUALITY_WEAK
                                 : LIST_QUALITY_STRONG,
        };
        list_entry_add_name(entry, &name);
    }
    if (scene->birth_year != 0) {
        struct list_birth birth = {.from = {.year = scene->birth_year}};
        birth.to = birth.from;
        list_entry_add_birth(entry, &birth);
    }
    if (scene->country[0] != 0) {
        struct list_tied_country tied = {.tie = LIST_TIE_NATIONALITY};
        memcpy(tied.country.code, scene->country, sizeof(tied.country.code));
        list_entry_add_country(entry, &tied);
    }
    if (scene->identifier[0] != 0) {
        struct list_identifier one = {.type = span_of_text("Passport"),
                                      .number = span_of_text(scene->identifier)};
        list_entry_add_identifier(entry, &one);
    }
    list_entry_settle(entry);
}

/* Invented, with up to `names_most` names; each further one is the first, damaged. */
static inline void scene_invent(struct random *random, u32 number, u32 names_most,
                                struct scene_entry *scene)
{
    *scene = (struct scene_entry){
        .number = number,
        .kind = random_chance(random, 1, 3) ? LIST_KIND_ENTITY : LIST_KIND_PERSON,
        .names_count = (u32)random_between(random, 1, names_most),
    };
    if (scene->kind == LIST_KIND_ENTITY) {
        name_world_company(random, scene->names[0]);
    } else {
        name_world_person(random, scene->names[0]);
    }
    for (u32 i = 1; i < scene->names_count; i += 1) {
        name_world_damage(random, scene->names[0], scene->names[i]);
    }
}

static inline struct screen_index *scene_index(const struct scene_entry *entries, u32 count,
                                               struct index_weights *weights)
{
    struct index_builder *builder = NULL;
    struct screen_index *index = NULL;
    struct list_entry *entry = malloc(sizeof(*entry));
    assert_non_null(entry);
    assert_int_equal(index_builder_open(&builder, weights, true), FAULT_NONE);
    for (u32 i = 0; i < count; i += 1) {
        u32 names = 0;
        scene_fill(&entries[i], entry);
        assert_int_equal(index_add_entry(builder, entry, entries[i].number, 0, &names), FAULT_NONE);
        assert_int_equal(names, entry->names_count);
    }
    assert_int_equal(index_finish(builder, &index), FAULT_NONE);
    index_builder_close(builder);
    free(entry);
    return index;
}

static inline void scene_analyse(struct name_analyser *analyser, const struct screen_index *index,
                                 const char *text, struct name *name)
{
    assert_true(name_analyse(analyser, span_of_text(text), NAME_UNKNOWN, name));
    name_weigh(index->weights->counts, name);
}

/* The best score of all the subject's names; *finds_out: of those that may find it. */
static inline u32 scene_score(const struct screen_index *index, u32 subject,
                              const struct name *asked, u32 *finds_out)
{
    const struct index_subject *one = &index->subjects[subject];
    u32 best = 0;
    *finds_out = 0;
    for (u32 i = 0; i < one->names_count; i += 1) {
        u32 name = one->names_first + i;
        u32 score = score_names(asked, index_name_of(index, name), 0, NULL);
        best = score > best ? score : best;
        *finds_out = index->names[name].is_posted && score > *finds_out ? score : *finds_out;
    }
    return best;
}

#endif /* TESTS_SUPPORT_SCREEN_SCENE_H */
