/* A question about one company, person or wallet, and all that answers it: the verdict with its
 * proof, the part of the profits, flags, and the way that payments went (docs/ownership.md "cambist
 * own"). As text, as JSON and as a drawing. */
#ifndef APP_OWN_ANSWER_H
#define APP_OWN_ANSWER_H

#include "app/own_load.h"
#include "role/screen/own_flags.h"
#include "role/screen/own_integrated.h"
#include "role/screen/own_path.h"
#include "role/screen/own_proof.h"
#include "wire/json.h"

#include <stdio.h>

struct own_answer {
    const struct own_load *load;
    u32 node;
    struct own_moment moment;
    struct own_rule rule;
    struct own_view *view;
    struct own_cascade *cascade;
    enum own_verdict verdict;
    struct own_proof *proof;
    bool proof_holds; /* by the checker that shares nothing with the engine; also of clear: true */
    char proof_note[OWN_PROOF_NOTE_BYTES];
    u64 held_lower; /* what the blocked surely, and at most, hold of its shares */
    u64 held_upper;
    struct own_exposure *exposure;
    struct own_circles circles;
    struct own_found found[OWN_FOUND_MAX];
    struct own_data_counts data; /* what is wrong with the registers as a whole ... */
    struct own_found data_first; /* ... and the first of it; node OWN_NONE: nothing */
    u32 found_count;
    struct own_path path;
};

/* FAULT_USAGE: no such rule. After a fault, close as well. */
MUST_USE enum fault own_answer_make(const struct own_load *load, u32 node, struct own_moment moment,
                                    const char *rule, struct own_answer *answer);
void own_answer_close(struct own_answer *answer);

void own_answer_print(const struct own_answer *answer, FILE *target);

/* The members of one object, which the caller begins and ends. */
void own_answer_put(const struct own_answer *answer, struct json_writer *writer);

/* Everybody above the node, up to OWN_DRAWN_MAX, in the language of Graphviz. */
#define OWN_DRAWN_MAX 256U
MUST_USE enum fault own_answer_draw(const struct own_answer *answer, FILE *target);

/* ---- words ---- */

#define OWN_WORDS_BYTES 512U

/* "NAME (KEY, CC)", without control characters, cut to size. */
const char *own_words_node(const struct own_graph *graph, u32 node, char target[OWN_WORDS_BYTES]);
/* The name, else the key. */
const char *own_words_name(const struct own_graph *graph, u32 node, char target[OWN_WORDS_BYTES]);
/* Control characters become spaces. */
void own_words_clean(char *text);
const char *own_words_span(struct span text, char target[OWN_WORDS_BYTES]);

/* "60 % share", "board", "payment of 18150.50 EUR". */
const char *own_words_edge(const struct own_edge *edge, char target[OWN_WORDS_BYTES]);

/* "2021-07-01 to 2022-04-21". */
const char *own_words_days(i32 from, i32 until, char target[OWN_WORDS_BYTES]);

/* Parts as a percentage, from `lower` to `upper`; sums may be over the whole. */
const char *own_words_parts(u64 lower, u64 upper, char target[OWN_WORDS_BYTES]);

#endif /* APP_OWN_ANSWER_H */
