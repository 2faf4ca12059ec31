#include "role/screen/search.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNITS_MAX = 3 * NAME_TOKENS_MAX, /* tokens, two as one, one as two */
    PART_MIN = 2,                    /* letters of a part of a word */
    LONG_WORD = 10,                  /* may be two words as one, even when it is known */
    NEAR_AS_ONE = 60,
    LIGHT_POSTINGS = 4096, /* a token that only lifts candidates is walked up to here, */
    LIGHT_TIMES = 16,      /* or up to so many times the candidates */
    REMEMBERED = 2048,     /* words, and near words of each */
    REMEMBERED_NEAR_MAX = 32,
    LIKENESS_LEAST = SEARCH_LIKENESS_MAX / 5,
    LIKENESS_PART = 36, /* percent of a score that words less alike than this never reach */
};

/* What a name has in common with the one asked for, so far. */
struct cell {
    u16 sum;
    u8 unit; /* the last unit that added something, + 1 */
    u8 reserved;
};

/* One thing to look for: a token, or what tokens become together or apart. */
struct unit {
    u32 weight;
    u32 near_first;
    u32 near_count;
    u32 place; /* in the order of units; names the unit in the cells */
    u64 postings;
};

/* Near words found before: names of customers repeat the same words. */
struct remembered {
    u64 serial; /* of the index; 0: nothing */
    struct name_token token;
    u32 count;
    struct index_near found[REMEMBERED_NEAR_MAX];
};

struct search {
    struct search_sizes sizes;
    struct remembered *remembered; /* by the token's hash */
    struct index_near_search near;
    struct cell *cells; /* by name */
    u32 *met;           /* names with a cell that is not zero */
    u32 met_count;
    u32 *hit_of; /* by subject: hit + 1 */
    u32 *chosen; /* candidates, best first */
    u32 chosen_count;
    u32 wanted_count;
    struct unit wanted[UNITS_MAX];
    u32 nears_count;
    struct index_near nears[UNITS_MAX * INDEX_NEAR_MAX];
    u32 counts[SEARCH_LIKENESS_MAX + 2];
    struct search_cost cost;
};

/* ---- opening ---- */

struct search_sizes search_sizes_of(const struct screen_index *index, u32 candidates_max)
{
    return (struct search_sizes){
        .words_max = index->words.count,
        .names_max = index->names_count,
        .subjects_max = index->subjects_count,
        .candidates_max = candidates_max,
    };
}

enum fault search_open(struct search **search_out, const struct search_sizes *sizes)
{
    CHECK(sizes->candidates_max > 0 && sizes->candidates_max <= SEARCH_CANDIDATES_MAX);
    struct search *search = calloc(1, sizeof(*search));
    if (search == NULL) {
        return FAULT(FAULT_LIMIT, "search: no memory");
    }
    search->sizes = *sizes;
    search->cells = calloc((size_t)sizes->names_max + 1, sizeof(struct cell));
    search->met = calloc((size_t)sizes->names_max + 1, sizeof(u32));
    search->hit_of = calloc((size_t)sizes->subjects_max + 1, sizeof(u32));
    search->chosen = calloc(sizes->candidates_max, sizeof(u32));
    search->remembered = calloc(REMEMBERED, sizeof(struct remembered));
    enum fault fault = index_near_open(&search->near, sizes->words_max);
    if (fault == FAULT_NONE &&
        (search->cells == NULL || search->met == NULL || search->hit_of == NULL ||
         search->chosen == NULL || search->remembered == NULL)) {
        fault = FAULT(FAULT_LIMIT, "search: no memory for %u names", sizes->names_max);
    }
    if (fault != FAULT_NONE) {
        search_close(search);
        return fault;
    }
    *search_out = search;
    return FAULT_NONE;
}

void search_close(struct search *search)
{
    if (search != NULL) {
        index_near_close(&search->near);
        free(search->cells);
        free(search->met);
        free(search->hit_of);
        free(search->chosen);
        free(search->remembered);
        free(search);
    }
}

const struct search_cost *search_cost(const struct search *search)
{
    return &search->cost;
}

/* ---- what to look for ---- */

static struct index_run names_with(const struct screen_index *index, u32 word)
{
    return index_map_find(&index->postings, word);
}

static struct unit *unit_begin(struct search *search, u32 weight)
{
    CHECK(search->wanted_count < UNITS_MAX);
    struct unit *unit = &search->wanted[search->wanted_count];
    *unit = (struct unit){.weight = weight, .near_first = search->nears_count};
    search->wanted_count += 1;
    return unit;
}

static void unit_add(struct search *search, const struct screen_index *index, struct unit *unit,
                     u32 word, u32 near)
{
    CHECK(search->nears_count < ARRAY_COUNT(search->nears));
    search->nears[search->nears_count] = (struct index_near){.word = word, .near = near};
    search->nears_count += 1;
    unit->near_count += 1;
    unit->postings += names_with(index, word).count;
}

/* Letters as a token of their own, only to look for the same word. */
static struct name_token plain_token(const u8 *text, u32 size)
{
    struct name_token token = {.text_size = (u8)size};
    memcpy(token.text, text, size);
    return token;
}

/* The one token was written as two here: the two parts that occur least. */
static void units_apart(struct search *search, const struct screen_index *index,
                        const struct name_token *token)
{
    u32 best[2] = {INDEX_WORD_UNKNOWN, INDEX_WORD_UNKNOWN};
    u32 best_size = 0;
    u64 best_postings = UINT64_MAX;
    for (u32 size = PART_MIN; size + PART_MIN <= token->text_size; size += 1) {
        struct name_token a = plain_token(token->text, size);
        struct name_token b = plain_token(token->text + size, token->text_size - size);
        u32 first = index_words_find(&index->words, &a);
        u32 second = first == INDEX_WORD_UNKNOWN ? first : index_words_find(&index->words, &b);
        if (second == INDEX_WORD_UNKNOWN) {
            continue;
        }
        u64 postings = (u64)names_with(index, first).count + (u64)names_with(index, second).count;
        if (postings < best_postings) {
            best[0] = first;
            best[1] = second;
            best_size = size;
            best_postings = postings;
        }
    }
    if (best_postings < UINT64_MAX) {
        u32 weight = token->weight * best_size / token->text_size;
        unit_add(search, index, unit_begin(search, weight), best[0], NEAR_AS_ONE);
        unit_add(search, index, unit_begin(search, token->weight - weight), best[1], NEAR_AS_ONE);
    }
}

/* Two neighbours were written as one here. */
static void unit_together(struct search *search, const struct screen_index *index,
                          const struct name_token *a, const struct name_token *b)
{
    if (a->text_size + b->text_size >= NAME_TOKEN_LETTERS) {
        return;
    }
    struct name_token both = plain_token(a->text, a->text_size);
    memcpy(both.text + a->text_size, b->text, b->text_size);
    both.text_size = (u8)(a->text_size + b->text_size);
    u32 word = index_words_find(&index->words, &both);
    if (word != INDEX_WORD_UNKNOWN) {
        unit_add(search, index, unit_begin(search, (u32)a->weight + b->weight), word, NEAR_AS_ONE);
    }
}

static bool has_token_before(const struct name *name, u32 token)
{
    for (u32 i = 0; i < token; i += 1) {
        if (name->tokens[i].text_size == name->tokens[token].text_size &&
            memcmp(name->tokens[i].text, name->tokens[token].text, NAME_TOKEN_LETTERS) == 0) {
            return true;
        }
    }
    return false;
}

/* Heaviest first; of equals the one with fewer postings, then the earlier one. */
static void units_sort(struct search *search)
{
    for (u32 i = 1; i < search->wanted_count; i += 1) {
        struct unit unit = search->wanted[i];
        u32 place = i;
        while (place > 0 && (search->wanted[place - 1].weight < unit.weight ||
                             (search->wanted[place - 1].weight == unit.weight &&
                              search->wanted[place - 1].postings > unit.postings))) {
            search->wanted[place] = search->wanted[place - 1];
            place -= 1;
        }
        search->wanted[place] = unit;
    }
}

/* What makes near words what they are: all of the token but its weight and place. */
static bool same_token(const struct name_token *a, const struct name_token *b)
{
    return a->hash == b->hash && a->text_size == b->text_size && a->skeleton == b->skeleton &&
           a->role == b->role && a->script == b->script && a->group == b->group &&
           a->sound_size == b->sound_size && memcmp(a->text, b->text, sizeof(a->text)) == 0 &&
           memcmp(a->sound, b->sound, sizeof(a->sound)) == 0;
}

/* The words near `token`, in search->near. */
static void near_find(struct search *search, const struct screen_index *index,
                      const struct name_token *token)
{
    struct remembered *place = &search->remembered[token->hash % REMEMBERED];
    struct index_near_search *near = &search->near;
    if (place->serial == index->serial && same_token(&place->token, token)) {
        near->found_count = place->count;
        memcpy(near->found, place->found, place->count * sizeof(struct index_near));
        return;
    }
    index_near_find(near, &index->words, token);
    if (near->found_count <= REMEMBERED_NEAR_MAX) {
        place->serial = index->serial;
        place->token = *token;
        place->count = near->found_count;
        memcpy(place->found, near->found, place->count * sizeof(struct index_near));
    }
}

/* Whether the word itself stands in a name that may be found. */
static bool is_known(const struct search *search, const struct screen_index *index)
{
    return search->near.found_count > 0 && search->near.found[0].near == INDEX_NEAR_FULL &&
           names_with(index, search->near.found[0].word).count > 0;
}

static void units_find(struct search *search, const struct screen_index *index,
                       const struct name *name)
{
    search->wanted_count = 0;
    search->nears_count = 0;
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        const struct name_token *token = &name->tokens[i];
        if (has_token_before(name, i)) {
            continue;
        }
        struct unit *unit = unit_begin(search, token->weight);
        near_find(search, index, token);
        for (u32 j = 0; j < search->near.found_count; j += 1) {
            unit_add(search, index, unit, search->near.found[j].word, search->near.found[j].near);
        }
        if (!is_known(search, index) || token->text_size >= LONG_WORD) {
            units_apart(search, index, token);
        }
    }
    for (u32 i = 0; i + 1 < name->tokens_count; i += 1) {
        unit_together(search, index, &name->tokens[i], &name->tokens[i + 1]);
    }
    units_sort(search);
}

/* ---- walking ---- */

static void walk_run(struct search *search, struct index_run run, u32 value, u8 mark, bool is_new)
{
    struct cell *cells = search->cells;
    for (u32 i = 0; i < run.count; i += 1) {
        u32 name = run.numbers[i];
        struct cell *cell = &cells[name];
        if (cell->unit == 0) {
            if (!is_new) {
                continue;
            }
            search->met[search->met_count] = name;
            search->met_count += 1;
        } else if (cell->unit == mark) {
            continue; /* a nearer word of the same unit was there */
        }
        cell->sum = (u16)(cell->sum + value);
        cell->unit = mark;
    }
    search->cost.postings += run.count;
}

static void walk_unit(struct search *search, const struct screen_index *index, u32 place,
                      bool is_new)
{
    const struct unit *unit = &search->wanted[place];
    for (u32 i = 0; i < unit->near_count; i += 1) {
        const struct index_near *near = &search->nears[unit->near_first + i];
        u32 value = unit->weight * near->near / (INDEX_NEAR_FULL / 8);
        walk_run(search, names_with(index, near->word), value, (u8)(place + 1), is_new);
    }
}

static void walk(struct search *search, const struct screen_index *index, u32 weight)
{
    u32 left = 0;
    for (u32 i = 0; i < search->wanted_count; i += 1) {
        left += search->wanted[i].weight;
    }
    for (u32 i = 0; i < search->wanted_count; i += 1) {
        bool is_new = (u64)left * 100 >= (u64)weight * SEARCH_SHARE || search->met_count == 0;
        bool is_light = search->wanted[i].postings <= LIGHT_POSTINGS ||
                        search->wanted[i].postings <= (u64)search->met_count * LIGHT_TIMES;
        if (is_new || is_light) {
            walk_unit(search, index, i, is_new);
        }
        left -= search->wanted[i].weight;
    }
}

/* ---- choosing ---- */

/* Twice what is common by what both are. */
static u32 likeness_of(const struct search *search, const struct screen_index *index, u32 name,
                       u32 weight)
{
    u32 both = (weight + index->names[name].weight) * 4;
    u32 likeness = both == 0 ? 0 : search->cells[name].sum * SEARCH_LIKENESS_MAX / both;
    return likeness > SEARCH_LIKENESS_MAX ? SEARCH_LIKENESS_MAX : likeness;
}

/* The candidates, those that agree in most first, equal ones in the order in which they were met.
 * Counts how many there are of each likeness, then puts each where it belongs. */
static void choose(struct search *search, const struct screen_index *index, u32 weight)
{
    u32 *counts = search->counts;
    memset(counts, 0, sizeof(search->counts));
    for (u32 i = 0; i < search->met_count; i += 1) {
        u32 likeness = likeness_of(search, index, search->met[i], weight);
        counts[likeness] += likeness >= LIKENESS_LEAST;
    }
    u32 sum = 0;
    for (u32 i = SEARCH_LIKENESS_MAX + 1; i > 0; i -= 1) {
        u32 count = counts[i - 1];
        counts[i - 1] = sum;
        sum += count;
    }
    for (u32 i = 0; i < search->met_count; i += 1) {
        u32 likeness = likeness_of(search, index, search->met[i], weight);
        if (likeness >= LIKENESS_LEAST) {
            if (counts[likeness] < search->sizes.candidates_max) {
                search->chosen[counts[likeness]] = search->met[i];
            }
            counts[likeness] += 1;
        }
    }
    search->chosen_count = (u32)u64_min(sum, search->sizes.candidates_max);
    search->cost.candidates += sum;
    search->cost.cut |= sum > search->sizes.candidates_max;
}

/* ---- scoring ---- */

struct hits {
    struct search_hit *hits;
    u32 count;
    u32 most;
    u32 worst; /* when there is no more room: the last in order */
    u32 needed;
};

static bool hit_before(const struct screen_index *index, const struct search_hit *a,
                       const struct search_hit *b)
{
    if (a->millionths != b->millionths) {
        return a->millionths > b->millionths;
    }
    if (a->likeness != b->likeness) {
        return a->likeness > b->likeness;
    }
    u8 a_quality = index->names[a->name].quality;
    u8 b_quality = index->names[b->name].quality;
    if (a_quality != b_quality) {
        return a_quality < b_quality;
    }
    u32 a_number = index->subjects[a->subject].number;
    u32 b_number = index->subjects[b->subject].number;
    return a_number != b_number ? a_number < b_number : a->subject < b->subject;
}

static void hits_find_worst(struct hits *hits, const struct screen_index *index)
{
    hits->worst = 0;
    for (u32 i = 1; i < hits->count; i += 1) {
        if (hit_before(index, &hits->hits[hits->worst], &hits->hits[i])) {
            hits->worst = i;
        }
    }
    hits->needed = hits->hits[hits->worst].millionths;
}

static void hits_add(struct search *search, const struct screen_index *index, struct hits *hits,
                     const struct search_hit *hit)
{
    u32 place = search->hit_of[hit->subject];
    if (place != 0) {
        if (!hit_before(index, hit, &hits->hits[place - 1])) {
            return;
        }
        hits->hits[place - 1] = *hit;
    } else if (hits->count < hits->most) {
        hits->hits[hits->count] = *hit;
        hits->count += 1;
        search->hit_of[hit->subject] = hits->count;
    } else {
        search->cost.cut = true;
        if (!hit_before(index, hit, &hits->hits[hits->worst])) {
            return;
        }
        search->hit_of[hits->hits[hits->worst].subject] = 0;
        hits->hits[hits->worst] = *hit;
        search->hit_of[hit->subject] = hits->worst + 1;
    }
    if (hits->count == hits->most) {
        hits_find_worst(hits, index);
    }
}

static void score_chosen(struct search *search, const struct screen_index *index,
                         const struct name *name, u32 asked, u32 weight, struct hits *hits)
{
    for (u32 i = 0; i < search->chosen_count; i += 1) {
        u32 candidate = search->chosen[i];
        u32 likeness = likeness_of(search, index, candidate, weight);
        if ((u64)likeness * SCORE_ONE * 100 <
            (u64)hits->needed * LIKENESS_PART * SEARCH_LIKENESS_MAX) {
            return; /* nor do those that follow */
        }
        if (i + 4 < search->chosen_count) {
            const u8 *next = (const u8 *)index_name_of(index, search->chosen[i + 4]);
            for (u32 line = 0; line < 4; line += 1) {
                __builtin_prefetch(next + (size_t)64 * line);
            }
        }
        struct search_hit hit = {
            .subject = index->names[candidate].subject,
            .name = candidate,
            .asked = asked,
            .likeness = likeness,
        };
        hit.millionths = score_names(name, index_name_of(index, candidate), hits->needed, NULL);
        search->cost.scored += 1;
        if (hit.millionths >= hits->needed && hit.millionths > 0) {
            hits_add(search, index, hits, &hit);
        }
    }
}

static void cells_clear(struct search *search)
{
    for (u32 i = 0; i < search->met_count; i += 1) {
        search->cells[search->met[i]] = (struct cell){.sum = 0};
    }
    search->met_count = 0;
}

static void hits_sort(struct hits *hits, const struct screen_index *index)
{
    for (u32 gap = hits->count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (u32 i = gap; i < hits->count; i += 1) {
            struct search_hit hit = hits->hits[i];
            u32 place = i;
            while (place >= gap && hit_before(index, &hit, &hits->hits[place - gap])) {
                hits->hits[place] = hits->hits[place - gap];
                place -= gap;
            }
            hits->hits[place] = hit;
        }
    }
}

bool search_fits(const struct search *search, const struct screen_index *index)
{
    return index->words.count <= search->sizes.words_max &&
           index->names_count <= search->sizes.names_max &&
           index->subjects_count <= search->sizes.subjects_max;
}

/* A subject that has been found is scored by all its names and all those asked for: also by weak
 * aliases, and by names that share too few words to have found it. */
static void raise_hit(const struct screen_index *index, const struct search_asked *asked,
                      struct search_hit *hit)
{
    const struct index_subject *subject = &index->subjects[hit->subject];
    for (u32 i = 0; i < asked->names_count; i += 1) {
        for (u32 j = 0; j < subject->names_count; j += 1) {
            u32 name = subject->names_first + j;
            u32 millionths =
                score_names(&asked->names[i], index_name_of(index, name), hit->millionths, NULL);
            if (millionths > hit->millionths) {
                hit->millionths = millionths;
                hit->name = name;
                hit->asked = i;
            }
        }
    }
}

u32 search_run(struct search *search, const struct screen_index *index,
               const struct search_asked *asked, u32 needed, struct search_hit *hits_out,
               u32 hits_max)
{
    CHECK(search_fits(search, index) && hits_max > 0);
    CHECK(asked->finding_count <= asked->names_count);
    struct hits hits = {.hits = hits_out, .most = hits_max, .needed = needed};
    search->cost = (struct search_cost){.postings = 0};
    for (u32 i = 0; i < asked->finding_count; i += 1) {
        const struct name *name = &asked->names[i];
        u32 weight = 0;
        for (u32 j = 0; j < name->tokens_count; j += 1) {
            weight += name->tokens[j].weight;
        }
        units_find(search, index, name);
        walk(search, index, weight);
        choose(search, index, weight);
        score_chosen(search, index, name, i, weight, &hits);
        cells_clear(search);
    }
    for (u32 i = 0; i < hits.count; i += 1) {
        search->hit_of[hits.hits[i].subject] = 0;
        raise_hit(index, asked, &hits.hits[i]);
    }
    hits_sort(&hits, index);
    return hits.count;
}
