#include "role/screen/find.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

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
    struct score_facts asked_facts;
    struct score_facts found_facts;
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

static void facts_of_asked(const struct list_entry *asked, struct score_facts *facts_out)
{
    facts_out->kind = kind_of(asked);
    facts_out->births_count = asked->births_count;
    facts_out->countries_count = 0;
    memcpy(facts_out->births, asked->births, asked->births_count * sizeof(struct list_birth));
    for (u32 i = 0; i < asked->countries_count; i += 1) {
        const char *code = asked->countries[i].country.code;
        if (code[0] != 0) {
            memcpy(facts_out->countries[facts_out->countries_count], code, 2);
            facts_out->countries_count += 1;
        }
    }
}

static void facts_of_subject(const struct screen_index *index, u32 subject,
                             struct score_facts *facts_out)
{
    const struct index_subject *one = &index->subjects[subject];
    facts_out->kind = (enum name_kind)one->kind;
    facts_out->births_count = 0;
    facts_out->countries_count = 0;
    for (u32 i = 0; i < one->facts_count; i += 1) {
        const struct index_fact *fact = &index->facts[one->facts_first + i];
        if (fact->kind == INDEX_FACT_BIRTH && facts_out->births_count < LIST_BIRTHS_MAX) {
            facts_out->births[facts_out->births_count] =
                (struct list_birth){.from = fact->from, .to = fact->to, .circa = fact->is_circa};
            facts_out->births_count += 1;
        } else if (fact->kind == INDEX_FACT_COUNTRY &&
                   facts_out->countries_count < LIST_COUNTRIES_MAX) {
            memcpy(facts_out->countries[facts_out->countries_count], fact->country, 2);
            facts_out->countries_count += 1;
        }
    }
}

static u8 agreement(i32 millionths)
{
    return (u8)(millionths > 0 ? FIND_AGREES : millionths < 0 ? FIND_CONTRADICTS : FIND_UNKNOWN);
}

/* ---- asking ---- */

/* What facts say of a hit; those of find->asked are there. */
static void hit_complete(struct find *find, const struct screen_index *index, struct find_hit *hit)
{
    const struct index_subject *subject = &index->subjects[hit->subject];
    facts_of_subject(index, hit->subject, &find->found_facts);
    hit->number = subject->number;
    hit->birth = agreement(score_births(&find->asked_facts, &find->found_facts));
    hit->country = agreement(score_countries(&find->asked_facts, &find->found_facts));
    if (hit->by == FIND_BY_NAME) {
        hit->millionths =
            score_facts_add(hit->millionths, &find->asked_facts, &find->found_facts, NULL);
    }
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

static void find_code(struct find *find, const struct screen_index *index, struct span code,
                      bool is_wallet)
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
            hit_complete(find, index, hit);
        }
    }
}

static void find_codes(struct find *find, const struct screen_index *index,
                       const struct list_entry *asked)
{
    for (u32 i = 0; i < asked->identifiers_count; i += 1) {
        find_code(find, index, asked->identifiers[i].number, false);
    }
    for (u32 i = 0; i < asked->wallets_count; i += 1) {
        find_code(find, index, asked->wallets[i].address, true);
    }
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
    facts_of_asked(asked, &find->asked_facts);
    find_codes(find, index, asked);
    take_names(find, index, asked);
    u32 codes_count = find->hits_count;
    struct search_asked names = {
        .names = find->names,
        .names_count = find->names_count,
        .finding_count = find->finding_count,
    };
    /* Names that score a little less may be lifted by facts. */
    bool has_facts = asked->births_count > 0 || asked->countries_count > 0;
    u32 least = !has_facts ? needed : needed > SCORE_FACTS_MOST ? needed - SCORE_FACTS_MOST : 1;
    u32 count = search_run(find->search, index, &names, least, find->found, find->hits_max);
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
            hit_complete(find, index, hit);
            find->hits_count += hit->millionths >= needed ? 1 : 0;
        }
    }
    find_sort(find->hits, find->hits_count);
    *cut_out = search_cost(find->search)->cut;
    *hits_out = find->hits;
    return (u32)u64_min(find->hits_count, find->hits_max);
}

void find_parts(struct find *find, const struct screen_index *index, const struct find_hit *hit,
                struct score_parts *parts_out)
{
    CHECK(hit->by == FIND_BY_NAME);
    u32 sum =
        score_names(find_asked(find, hit->asked), index_name_of(index, hit->name), 0, parts_out);
    facts_of_subject(index, hit->subject, &find->found_facts);
    sum = score_facts_add(sum, &find->asked_facts, &find->found_facts, parts_out);
    CHECK(sum == hit->millionths && sum == parts_out->millionths);
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
