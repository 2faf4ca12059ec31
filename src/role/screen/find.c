#include "role/screen/find.h"

#include "base/check.h"

#include <stdlib.h>

enum { SAME_CODE_MAX = 64 };

struct find {
    struct name_analyser *analyser;
    struct search *search;
    u32 hits_max;
    u32 names_count;
    u32 finding_count;
    u32 nameless;
    u32 hits_count;
    struct search_hit *found;
    struct find_hit *hits;
    struct name names[LIST_NAMES_MAX * NAME_READINGS_MAX];
};

/* ---- opening ---- */

enum fault find_open(struct find **find_out, const struct search_sizes *sizes, u32 hits_max)
{
    CHECK(hits_max > 0);
    struct find *find = calloc(1, sizeof(*find));
    if (find == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to look for names");
    }
    find->hits_max = hits_max;
    find->found = calloc(hits_max, sizeof(struct search_hit));
    find->hits = calloc((size_t)hits_max + SAME_CODE_MAX, sizeof(struct find_hit));
    enum fault fault = find->found != NULL && find->hits != NULL
                           ? name_analyser_open(&find->analyser)
                           : FAULT(FAULT_LIMIT, "no memory for %u hits", hits_max);
    if (fault == FAULT_NONE) {
        fault = search_open(&find->search, sizes);
    }
    if (fault != FAULT_NONE) {
        find_close(find);
        return fault;
    }
    *find_out = find;
    return FAULT_NONE;
}

void find_close(struct find *find)
{
    if (find != NULL) {
        name_analyser_close(find->analyser);
        search_close(find->search);
        free(find->found);
        free(find->hits);
        free(find);
    }
}

bool find_fits(const struct find *find, const struct screen_index *index)
{
    return search_fits(find->search, index);
}

/* ---- what else agrees ---- */

/* Dates agree where what is known of both is the same or within the other's span; years that differ
 * by one are unknown: lists often have the year from another calendar or by age. */
static enum find_agreement birth_agrees(const struct list_birth *a, const struct index_fact *b)
{
    if (a->from.year == 0 || b->from.year == 0) {
        return FIND_UNKNOWN;
    }
    bool a_is_day = a->from.day != 0 && list_date_compare(a->from, a->to) == 0;
    bool b_is_day = b->from.day != 0 && list_date_compare(b->from, b->to) == 0;
    u32 a_last = a->to.year == 0 ? a->from.year : a->to.year;
    u32 b_last = b->to.year == 0 ? b->from.year : b->to.year;
    if (a->from.year > b_last + 1U || b->from.year > a_last + 1U) {
        return FIND_CONTRADICTS;
    }
    if (a_is_day && b_is_day) {
        return list_date_compare(a->from, b->from) == 0 ? FIND_AGREES : FIND_UNKNOWN;
    }
    return a->from.year > b_last || b->from.year > a_last ? FIND_UNKNOWN : FIND_AGREES;
}

/* The best of all pairs; contradicting only when nothing else is there. */
static u8 births_agree(const struct screen_index *index, u32 subject,
                       const struct list_entry *asked)
{
    const struct index_subject *one = &index->subjects[subject];
    bool contradicts = false;
    bool is_unknown = false;
    for (u32 i = 0; i < one->facts_count; i += 1) {
        const struct index_fact *fact = &index->facts[one->facts_first + i];
        for (u32 j = 0; fact->kind == INDEX_FACT_BIRTH && j < asked->births_count; j += 1) {
            switch (birth_agrees(&asked->births[j], fact)) {
            case FIND_AGREES:
                return FIND_AGREES;
            case FIND_UNKNOWN:
                is_unknown = true;
                break;
            case FIND_CONTRADICTS:
                contradicts = true;
                break;
            }
        }
    }
    return contradicts && !is_unknown ? FIND_CONTRADICTS : FIND_UNKNOWN;
}

static u8 countries_agree(const struct screen_index *index, u32 subject,
                          const struct list_entry *asked)
{
    const struct index_subject *one = &index->subjects[subject];
    bool contradicts = false;
    for (u32 i = 0; i < one->facts_count; i += 1) {
        const struct index_fact *fact = &index->facts[one->facts_first + i];
        for (u32 j = 0; fact->kind == INDEX_FACT_COUNTRY && j < asked->countries_count; j += 1) {
            const char *code = asked->countries[j].country.code;
            if (code[0] == fact->country[0] && code[1] == fact->country[1]) {
                return FIND_AGREES;
            }
            contradicts = contradicts || code[0] != 0;
        }
    }
    return contradicts ? FIND_CONTRADICTS : FIND_UNKNOWN;
}

/* ---- asking ---- */

static void hit_complete(const struct screen_index *index, const struct list_entry *asked,
                         struct find_hit *hit)
{
    const struct index_subject *subject = &index->subjects[hit->subject];
    hit->number = subject->number;
    hit->birth = births_agree(index, hit->subject, asked);
    hit->country = countries_agree(index, hit->subject, asked);
    hit->quality = subject->names_count == 0 ? 0 : index->names[hit->name].quality;
}

static struct find_hit *hit_of(struct find *find, u32 subject)
{
    for (u32 i = 0; i < find->hits_count; i += 1) {
        if (find->hits[i].subject == subject) {
            return &find->hits[i];
        }
    }
    return NULL;
}

static void find_code(struct find *find, const struct screen_index *index,
                      const struct list_entry *asked, struct span code, bool is_wallet)
{
    u32 subjects[SAME_CODE_MAX];
    u32 count = index_find_code(index, code, is_wallet, subjects, SAME_CODE_MAX);
    for (u32 i = 0; i < count; i += 1) {
        struct find_hit *hit = hit_of(find, subjects[i]);
        if (hit == NULL && find->hits_count < SAME_CODE_MAX) {
            hit = &find->hits[find->hits_count];
            find->hits_count += 1;
            *hit = (struct find_hit){.name = index->subjects[subjects[i]].names_first};
        }
        if (hit != NULL) {
            hit->subject = subjects[i];
            hit->millionths = SCORE_ONE;
            hit->likeness = SEARCH_LIKENESS_MAX;
            hit->by = is_wallet ? FIND_BY_WALLET : FIND_BY_IDENTIFIER;
            hit_complete(index, asked, hit);
        }
    }
}

static void find_codes(struct find *find, const struct screen_index *index,
                       const struct list_entry *asked)
{
    for (u32 i = 0; i < asked->identifiers_count; i += 1) {
        find_code(find, index, asked, asked->identifiers[i].number, false);
    }
    for (u32 i = 0; i < asked->wallets_count; i += 1) {
        find_code(find, index, asked, asked->wallets[i].address, true);
    }
}

static enum name_kind kind_of(const struct list_entry *asked)
{
    switch ((enum list_entry_kind)asked->kind) {
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

static u32 readings(struct find *find, struct span text, enum name_kind kind,
                    struct name names_out[NAME_READINGS_MAX])
{
    if (kind == NAME_UNKNOWN) {
        return name_analyse_either(find->analyser, text, names_out);
    }
    return name_analyse(find->analyser, text, kind, names_out) ? 1 : 0;
}

/* The weak aliases, or all others. */
static void take_names_of(struct find *find, const struct screen_index *index,
                          const struct list_entry *asked, bool weak)
{
    for (u32 i = 0; i < asked->names_count; i += 1) {
        struct name *name = &find->names[find->names_count];
        if ((asked->names[i].quality == LIST_QUALITY_WEAK) != weak) {
            continue;
        }
        u32 count = readings(find, asked->names[i].text, kind_of(asked), name);
        for (u32 j = 0; j < count; j += 1) {
            name_weigh(index->weights->counts, &name[j]);
        }
        find->names_count += count;
        find->nameless += count == 0 ? 1 : 0;
    }
}

/* Weak aliases last, in whatever order the names were asked. */
static void take_names(struct find *find, const struct screen_index *index,
                       const struct list_entry *asked)
{
    find->names_count = 0;
    find->nameless = 0;
    take_names_of(find, index, asked, false);
    find->finding_count = find->names_count;
    take_names_of(find, index, asked, true);
    if (find->finding_count == 0) {
        find->finding_count = find->names_count; /* it has nothing better */
    }
}

static int hit_order(const void *a, const void *b)
{
    const struct find_hit *x = a;
    const struct find_hit *y = b;
    if (x->millionths != y->millionths) {
        return x->millionths > y->millionths ? -1 : 1;
    }
    int codes = (x->by == FIND_BY_NAME) - (y->by == FIND_BY_NAME);
    int birth = (int)x->birth - (int)y->birth;
    int country = (int)x->country - (int)y->country;
    int likeness = (x->likeness < y->likeness) - (x->likeness > y->likeness);
    int quality = (int)x->quality - (int)y->quality;
    int number = (x->number > y->number) - (x->number < y->number);
    int subject = (x->subject > y->subject) - (x->subject < y->subject);
    return codes != 0      ? codes
           : birth != 0    ? birth
           : country != 0  ? country
           : likeness != 0 ? likeness
           : quality != 0  ? quality
           : number != 0   ? number
                           : subject;
}

void find_sort(struct find_hit *hits, u32 count)
{
    qsort(hits, count, sizeof(struct find_hit), hit_order);
}

u32 find_entry(struct find *find, const struct screen_index *index, const struct list_entry *asked,
               u32 needed, const struct find_hit **hits_out, bool *cut_out)
{
    find->hits_count = 0;
    find_codes(find, index, asked);
    take_names(find, index, asked);
    u32 codes_count = find->hits_count;
    struct search_asked names = {
        .names = find->names,
        .names_count = find->names_count,
        .finding_count = find->finding_count,
    };
    u32 count = search_run(find->search, index, &names, needed, find->found, find->hits_max);
    for (u32 i = 0; i < count; i += 1) {
        const struct search_hit *found = &find->found[i];
        bool is_there = false;
        for (u32 j = 0; j < codes_count; j += 1) {
            is_there = is_there || find->hits[j].subject == found->subject;
        }
        if (!is_there) {
            struct find_hit *hit = &find->hits[find->hits_count];
            *hit = (struct find_hit){
                .subject = found->subject,
                .name = found->name,
                .asked = found->asked,
                .millionths = found->millionths,
                .likeness = found->likeness,
                .by = FIND_BY_NAME,
            };
            hit_complete(index, asked, hit);
            find->hits_count += 1;
        }
    }
    find_sort(find->hits, find->hits_count);
    *cut_out = search_cost(find->search)->cut;
    *hits_out = find->hits;
    return (u32)u64_min(find->hits_count, find->hits_max);
}

const struct name *find_asked(const struct find *find, u32 asked)
{
    CHECK(asked < find->names_count);
    return &find->names[asked];
}

u32 find_nameless(const struct find *find)
{
    return find->nameless;
}
