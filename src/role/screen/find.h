/* Whom a record may mean: names, dates of birth, countries, identifiers and addresses of wallets of
 * one person or entity against an index. The command line, the process and reverse screening all
 * ask here.
 *
 * An identifier or an address that is the same is a hit by itself, with SCORE_ONE. Names go through
 * the search; birth dates, countries and kinds then add to the score or take away (score_facts.h).
 * Hits of equal score are put in order by what else agrees: birth dates, then countries (agreeing
 * before unknown before contradicting), then the name's quality and the number. A weak alias raises
 * a subject that another name of its own has found and finds nobody by itself. */
#ifndef ROLE_SCREEN_FIND_H
#define ROLE_SCREEN_FIND_H

#include "role/screen/score_facts.h"
#include "role/screen/search.h"

enum find_by { FIND_BY_NAME, FIND_BY_IDENTIFIER, FIND_BY_WALLET };

enum find_agreement { FIND_AGREES, FIND_UNKNOWN, FIND_CONTRADICTS };

struct find_hit {
    u32 number;  /* of the entry, or the person */
    u32 subject; /* of the index */
    u32 name;    /* of the index: the one that scored best; by identifier or wallet: its first */
    u32 asked;   /* which of the names asked for */
    u32 millionths;
    u32 likeness;
    u8 by;      /* enum find_by */
    u8 birth;   /* enum find_agreement */
    u8 country; /* enum find_agreement */
    u8 quality; /* enum list_quality, of the name */
};

struct find;

/* For indexes up to these sizes, and at most `hits_max` hits a question. */
MUST_USE enum fault find_open(struct find **find_out, const struct search_sizes *sizes,
                              u32 hits_max);
/* NULL is fine. */
void find_close(struct find *find);
bool find_fits(const struct find *find, const struct screen_index *index);

/* The subjects whom the settled `asked` may mean with at least `needed` millionths, in order; how
 * many. They live until the next question. *cut_out: there may be more. */
u32 find_entry(struct find *find, const struct screen_index *index, const struct list_entry *asked,
               u32 needed, const struct find_hit **hits_out, bool *cut_out);

/* Hits of several questions in one order. */
void find_sort(struct find_hit *hits, u32 count);

/* The parts of a hit by name of the last question, which add up to its score. */
void find_parts(struct find *find, const struct screen_index *index, const struct find_hit *hit,
                struct score_parts *parts_out);

/* Names of the last question, as they were taken apart and weighed; how many of the entry's names
 * hold none. `asked` of a hit counts those that do. */
const struct name *find_asked(const struct find *find, u32 asked);
u32 find_nameless(const struct find *find);

#endif /* ROLE_SCREEN_FIND_H */
