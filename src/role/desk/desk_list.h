/* The desk's queue: which cases there are, what is due, as JSON for consoles and the command line.
 *
 * A filter is words with one blank between them: `state=assessed country=FR alarm=yes`. Cases come
 * by what is due first, then as they came. */
#ifndef ROLE_DESK_DESK_LIST_H
#define ROLE_DESK_DESK_LIST_H

#include "base/base.h"
#include "base/span.h"
#include "role/desk/desk.h"
#include "wire/json.h"

#define DESK_LIST_LIMIT 10000U /* cases in one answer, at most and unless it is said */
#define DESK_LIST_BYTES 640U   /* of one of them as JSON, at most */

#define DESK_ANSWER_S           864000U /* 10 days to answer: Regulation 2023/1543 article 10 */
#define DESK_ANSWER_EMERGENCY_S 28800U  /* and 8 hours */

/* Zeros: every case that is not closed. */
struct desk_filter {
    u8 state;
    u8 request;
    u8 class;
    u8 urgency;
    bool is_all; /* closed ones too */
    bool is_alarmed;
    char country[3];
    char authority[DESK_AUTHORITY_BYTES];
    u32 limit; /* 0: DESK_LIST_LIMIT */
};

/* Why the words are none, for people; NULL: they are one. */
MUST_USE const char *desk_filter_read(struct span words, struct desk_filter *filter_out);

/* When the next thing has to be done about the case, by its clocks; UINT64_MAX: nothing is due. */
u64 desk_case_due(const struct desk_case *at);

/* Room for sorting: as many as the desk has cases. */
struct desk_place {
    u64 due_s;
    u32 place;
};

/* {"cases":[...],"count":N,"all":M}: N are listed of M that fit. */
void desk_list_put(struct json_writer *json, const struct desk *desk,
                   const struct desk_filter *filter, u64 now_s, struct desk_place *places);

/* One case with what was asked and granted, approvals, and the hash that the next act follows. */
void desk_case_put(struct json_writer *json, const struct desk_case *at, u64 now_s);

/* Everything that is registered of an authority. */
void desk_authority_put(struct json_writer *json, const struct desk_authority *at);

#endif /* ROLE_DESK_DESK_LIST_H */
