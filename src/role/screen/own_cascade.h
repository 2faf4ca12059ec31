/* Who is blocked by ownership: the cascade of the 50 percent rule (docs/ownership.md "Rules").
 *
 * The blocked are those listed, and every company of which the blocked together hold enough. It
 * runs twice: with what is sure, and with what is possible. Blocked in both is blocked, in neither
 * clear, else undetermined: a human looks. Each run adds every node at most once, so circles end,
 * and takes time in proportion to the edges. */
#ifndef ROLE_SCREEN_OWN_CASCADE_H
#define ROLE_SCREEN_OWN_CASCADE_H

#include "role/screen/own_view.h"

struct own_rule {
    const char *name;
    u32 threshold; /* in parts of OWN_WHOLE */
    bool strict;   /* more than the threshold, not the threshold itself */
    bool control;  /* control passes whole, too */
};

enum own_verdict { OWN_CLEAR, OWN_UNDETERMINED, OWN_BLOCKED };

enum own_run { OWN_SURE, OWN_POSSIBLE };

struct own_cascade;

/* "ofac50", "eu" as it stood on the day, "eu-2014" and "eu-2024" as they stood before and since
 * 3 July 2024. False: no such rule. */
MUST_USE bool own_rule_find(struct span name, i32 day, struct own_rule *rule_out);

/* From those who stand on one of the lists at the view's moment. The view outlives the cascade. */
MUST_USE enum fault own_cascade_run(const struct own_view *view, const struct own_rule *rule,
                                    u64 lists, struct own_cascade **cascade_out);

/* From the given nodes instead: what they own, or control, together. */
MUST_USE enum fault own_cascade_from(const struct own_view *view, const struct own_rule *rule,
                                     const u32 *nodes, u32 nodes_count,
                                     struct own_cascade **cascade_out);
void own_cascade_close(struct own_cascade *cascade); /* NULL: nothing */

enum own_verdict own_cascade_verdict(const struct own_cascade *cascade, u32 node);

/* In which order the run reached the node, from 1; 0: it did not. Who is reached was so by nodes of
 * lower rank. */
u32 own_cascade_rank(const struct own_cascade *cascade, enum own_run run, u32 node);

/* The node of a rank, 1 .. own_cascade_count. */
u32 own_cascade_nth(const struct own_cascade *cascade, enum own_run run, u32 rank);

/* The listing from which the run starts at this node, or OWN_NONE: it does not, or its start was
 * given by number. */
u32 own_cascade_listing(const struct own_cascade *cascade, enum own_run run, u32 node);

/* How many the run reached, those it started from included. */
u32 own_cascade_count(const struct own_cascade *cascade, enum own_run run);

const struct own_view *own_cascade_view(const struct own_cascade *cascade);
const struct own_rule *own_cascade_rule(const struct own_cascade *cascade);
u64 own_cascade_lists(const struct own_cascade *cascade);

/* What the blocked hold in one node. */
struct own_tally {
    u64 lower; /* directly */
    u64 upper; /* also indirectly */
    bool indirect;
};

/* What the tally must reach at a column: surely, and possibly. */
u64 own_need_sure(const struct own_column *column, u32 threshold, bool strict);
u64 own_need_possible(const struct own_column *column, u32 threshold, bool strict);
bool own_tally_reaches(const struct own_tally *tally, const struct own_column *column,
                       enum own_run run, u32 threshold, bool strict);

/* Votes give control when they are more than this. */
#define OWN_VOTES_HALF (OWN_WHOLE / 2)

const char *own_verdict_name(enum own_verdict verdict); /* "blocked" */

#endif /* ROLE_SCREEN_OWN_CASCADE_H */
