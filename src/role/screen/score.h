/* How alike two names are: a whole number of millionths, 0 .. 1,000,000, that is the sum of named
 * parts, so that whoever reads a hit can add it up.
 *
 * The same two names give the same score in either order, on every machine: there is no floating
 * point in it. A name with itself gives 1,000,000, and nothing else gives more. */
#ifndef ROLE_SCREEN_SCORE_H
#define ROLE_SCREEN_SCORE_H

#include "base/base.h"
#include "role/screen/name.h"

#define SCORE_ONE       1000000U
#define SCORE_PARTS_MAX 56U /* 8 for what facts add (score_facts.h) */

enum score_part_kind {
    SCORE_PART_WORD,         /* tokens that agree: their share of the names, less the next */
    SCORE_PART_SPELLING,     /* what their letters differ by */
    SCORE_PART_OMITTED,      /* a token that the other name leaves out */
    SCORE_PART_CONTRADICTED, /* a token in whose place the other name has a different one */
    SCORE_PART_PATRONYMIC,   /* different fathers */
    SCORE_PART_NUMBER,       /* different numbers */
    SCORE_PART_LEGAL_FORM,   /* different legal forms */
    SCORE_PART_INITIAL,      /* an initial in place of a name */
    SCORE_PART_ORDER,        /* tokens in another order */
    SCORE_PART_JOINED,       /* one word here, two there */
    SCORE_PART_THIN,         /* agrees, but in too little to tell who is meant */
    SCORE_PART_BIRTH,        /* records: dates of birth */
    SCORE_PART_COUNTRY,      /* records: countries */
    SCORE_PART_IDENTIFIER,   /* records: identifiers */
    SCORE_PART_KIND,         /* records: a person against an entity */
    SCORE_PART_ALIAS,        /* records: a weak alias */
    SCORE_PART_SLIP,         /* few letters of the whole names differ: less than their words cost */
    SCORE_PART_BOUND,        /* what keeps the sum within 0 .. 1,000,000 */
    SCORE_PART_COUNT,
};

#define SCORE_NO_TOKEN 255U

struct score_part {
    i32 millionths; /* may be negative */
    u8 kind;        /* enum score_part_kind */
    u8 a;           /* token of the first name, or SCORE_NO_TOKEN */
    u8 b;
    u8 reserved;
};

struct score_parts {
    u32 millionths; /* the sum */
    u32 count;
    struct score_part parts[SCORE_PARTS_MAX];
};

/* The score of two analysed names. `parts_out` may be NULL. Without parts a score
 * that would stay below `needed` may be returned as 0, which is quicker. */
u32 score_names(const struct name *a, const struct name *b, u32 needed,
                struct score_parts *parts_out);

/* "word", "spelling", ... */
const char *score_part_name(enum score_part_kind kind);

/* "0.912345", in a buffer of SCORE_TEXT_BYTES; negative ones with a minus. */
#define SCORE_TEXT_BYTES 16U
const char *score_text(i64 millionths, char target[SCORE_TEXT_BYTES]);

#endif /* ROLE_SCREEN_SCORE_H */
