/* The parts of the matching agent, for its own files: match_agent.c (life, connections),
 * match_load.c (lists that are new), match_ask.c (a request and its answer). */
#ifndef ROLE_SCREEN_MATCH_AGENT_INNER_H
#define ROLE_SCREEN_MATCH_AGENT_INNER_H

#include "io/block.h"
#include "role/screen/find.h"
#include "role/screen/match_agent.h"
#include "role/screen/match_answer.h"
#include "role/screen/match_request.h"
#include "role/screen/screen_list.h"
#include "wire/http.h"

#define MATCH_VISITS_MAX   8U
#define MATCH_HEAD_BYTES   16384U
#define MATCH_BODY_BYTES   (1U << 20)
#define MATCH_ANSWER_BYTES (8U << 20)
#define MATCH_TIME_MS      10000U /* of a connection, from its beginning to its end */
#define MATCH_HITS_MAX     256U   /* that one list gives to a query */

/* A connection. */
struct match_visit {
    int descriptor; /* -1: free */
    u64 begun_ns;
    struct http_reader reader;
    u8 *request; /* MATCH_HEAD_BYTES + MATCH_BODY_BYTES */
    u32 request_bytes;
    u8 *answer; /* MATCH_HEAD_BYTES + MATCH_ANSWER_BYTES: head, and right behind it the body */
    size_t answer_bytes; /* 0: the request is not there yet */
    size_t sent;
    bool is_shut; /* all is sent; what still comes is dropped */
};

struct match_slot {
    char path[FILE_PATH_BYTES];
    struct screen_list list;
    bool is_missing; /* told */
    bool has_failed; /* told, of `failed_load` */
    u32 failed_load;
};

struct match_agent {
    struct agent agent; /* first: it is cast back */
    struct match_agent_options options;
    struct match_slot slots[SCREEN_LISTS_MAX];
    struct index_weights *weights; /* of the first list that was read; all others use them */
    struct find *find;
    bool has_looked;
    u64 check_ns; /* lists are looked for next, by clock_mono_ns */
    u64 paid_ns;  /* the bound on queries: those that were answered are paid for until then */
    struct match_agent_counts counts;
    struct block block; /* of the visits */
    struct match_visit visits[MATCH_VISITS_MAX];
    struct http_request http;
    struct match_request request;
    struct match_hit hits[MATCH_LIMIT_MAX];
    struct score_parts parts;
    struct list_entry asked; /* room for one */
    struct list_entry found; /* and another */
};

/* ---- match_load.c ---- */

/* Reads lists that are there in a newer load. */
MUST_USE enum fault match_load_turn(struct match_agent *agent);
bool match_is_stale(const struct match_agent *agent, const struct match_slot *slot);

/* ---- match_ask.c ---- */

/* Answers agent->http into the memory: a JSON text, whose size is *size_out. Returns the status. */
u32 match_ask(struct match_agent *agent, char *target, size_t target_bytes, size_t *size_out);
/* {"detail": ...} */
size_t match_detail(char *target, size_t target_bytes, const char *detail);

#endif /* ROLE_SCREEN_MATCH_AGENT_INNER_H */
