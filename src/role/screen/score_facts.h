/* What birth dates, countries and kinds of two records add to the score of their names, or take
 * away, as named parts that add up with those of the names.
 *
 * What only one record says changes nothing: omission is not contradiction. Of several birth dates
 * the kindest pair counts, since one of them may be the true one. */
#ifndef ROLE_SCREEN_SCORE_FACTS_H
#define ROLE_SCREEN_SCORE_FACTS_H

#include "role/screen/score.h"
#include "wire/list_entry.h"

/* The most that facts add, in millionths. */
#define SCORE_FACTS_MOST 70000U

/* Known of one record besides its names. */
struct score_facts {
    enum name_kind kind; /* NAME_UNKNOWN: not said */
    u32 births_count;
    u32 countries_count;
    struct list_birth births[LIST_BIRTHS_MAX];
    char countries[LIST_COUNTRIES_MAX][2];
};

/* Millionths that the birth dates, or the countries, add (above 0) or take away (below). The same
 * either way round. */
i32 score_births(const struct score_facts *a, const struct score_facts *b);
i32 score_countries(const struct score_facts *a, const struct score_facts *b);

/* The score of two records whose names score `millionths`, at most SCORE_ONE; of 0 it stays 0,
 * since facts alone mean nobody. The same either way round. `parts`, which has the parts of the
 * names and may be NULL, gets those of the facts. */
u32 score_facts_add(u32 millionths, const struct score_facts *a, const struct score_facts *b,
                    struct score_parts *parts);

#endif /* ROLE_SCREEN_SCORE_FACTS_H */
