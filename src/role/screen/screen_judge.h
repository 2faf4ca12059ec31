/* From hits to verdicts: what screening tells the writer of one person and one list, given what the
 * writer holds of the person already. A pure function.
 *
 * A hit without a verdict becomes a candidate. One that an officer has cleared stays cleared until
 * the person or the entry has changed; then it is a candidate in the place of that clearance. A
 * person without a hit, of whom nobody has said anything under this list, is clear. Who has more
 * hits than the writer keeps rows is never free by clearances alone: once none of the rows holds,
 * the best hit without a row takes the place of a clearance. Nothing else is ever told: what
 * officers have decided stays theirs (docs/rules.md "Screening's own verdicts"). */
#ifndef ROLE_SCREEN_SCREEN_JUDGE_H
#define ROLE_SCREEN_SCREEN_JUDGE_H

#include "base/base.h"
#include "role/screen/screen_rows.h"
#include "wire/schema.h"

#define SCREEN_HITS_MAX    64U /* of one person under one list; the best */
#define SCREEN_LISTING_MAX 32U /* rows that the writer keeps of a person */

struct screen_hit {
    u32 entry;
    u32 millionths; /* its score */
};

/* Whether what was cleared by `row` is as it was then: the person and the entry. */
struct screen_clearances {
    bool (*holds)(struct screen_clearances *clearances, u64 row, u32 entry);
};

struct screen_question {
    u64 list; /* wire/code.h */
    u64 now_us;
    u32 person;
    u32 list_version;
    const struct screen_hit *hits; /* best first */
    u32 hits_count;
};

/* The commands to send; how many. *full_out: the writer has no room for all of the person's hits.
 */
u32 screen_judge(const struct screen_rows *rows, const struct screen_question *question,
                 struct screen_clearances *clearances,
                 struct command_listing_set commands_out[SCREEN_HITS_MAX], bool *full_out);

struct screen_owned;

/* The same of ownership: whether to tell the writer what the registers say of a person under a
 * list. What holds somebody back is told unless that is held already; what does not, only of whom
 * nobody has said anything. *less_out: the writer holds more than the registers now say, which
 * officers may loosen. */
bool screen_judge_owned(const struct screen_rows *rows, const struct screen_question *question,
                        const struct screen_owned *owned, u64 path,
                        struct command_ownership_set *command_out, bool *less_out);

#endif /* ROLE_SCREEN_SCREEN_JUDGE_H */
