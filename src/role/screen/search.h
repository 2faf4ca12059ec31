/* Who in an index may be meant by a name: candidates by their words, then the score.
 *
 * Every token of the name asked for is looked up among the words of the index, with the words near
 * it, two tokens as one word and one token as two. The names in which these words occur are given
 * what the token weighs and how near the word is, tokens that tell most first. Once the tokens that
 * are left could not lift a name above SEARCH_SHARE of the whole, no further names are taken up.
 * The names that agree in most are scored, best first; of each subject found the best score of all
 * its names is kept.
 *
 * A weak alias of a subject finds nobody: it raises the score of a subject that another of its
 * names has found. Hits come in a strict order: score, what else agrees, quality of the name, the
 * subject's number.
 *
 * A search belongs to one thread and takes its memory when it is opened, for indexes up to the
 * sizes given; the index is only read. */
#ifndef ROLE_SCREEN_SEARCH_H
#define ROLE_SCREEN_SEARCH_H

#include "role/screen/index.h"
#include "role/screen/score.h"

#define SEARCH_CANDIDATES_DEFAULT 64U
#define SEARCH_CANDIDATES_MAX     (1U << 20)
#define SEARCH_SHARE              30U /* percent */

struct search_sizes {
    u32 words_max;
    u32 names_max;
    u32 subjects_max;
    u32 candidates_max; /* names scored for one name asked for */
};

struct search_hit {
    u32 subject;
    u32 name;       /* of the index: the one that scored best */
    u32 asked;      /* which of the names asked for */
    u32 millionths; /* its score */
    u32 likeness;   /* of the words, 0 .. SEARCH_LIKENESS_MAX: parts equal scores */
};
#define SEARCH_LIKENESS_MAX 1023U

/* What the last search cost. */
struct search_cost {
    u64 postings; /* walked */
    u64 candidates;
    u64 scored;
    bool cut; /* there were more candidates than are scored, or more hits than fit */
};

struct search;

MUST_USE enum fault search_open(struct search **search_out, const struct search_sizes *sizes);
/* NULL is fine. */
void search_close(struct search *search);

/* The sizes that fit `index`. */
struct search_sizes search_sizes_of(const struct screen_index *index, u32 candidates_max);

/* Whether the index is within the sizes the search was opened with. */
bool search_fits(const struct search *search, const struct screen_index *index);

/* Names of one person or entity. The first `finding_count` find subjects; those behind them, weak
 * aliases, only raise the score of what has been found. All weighed with the weights of the index.
 */
struct search_asked {
    const struct name *names;
    u32 names_count;
    u32 finding_count;
};

/* The best `hits_max` subjects with at least `needed` millionths, in order; how many there are. Who
 * is kept when there are more is decided by the names that find; other names of those kept may
 * raise them afterwards. CHECK: the index fits. */
u32 search_run(struct search *search, const struct screen_index *index,
               const struct search_asked *asked, u32 needed, struct search_hit *hits_out,
               u32 hits_max);

const struct search_cost *search_cost(const struct search *search);

#endif /* ROLE_SCREEN_SEARCH_H */
