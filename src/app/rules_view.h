/* What the command line knows of a running venue's rules: packs, settings and prices, read from the
 * event log in its folder; and what has become of one command. */
#ifndef APP_RULES_VIEW_H
#define APP_RULES_VIEW_H

#include "base/base.h"
#include "core/rule.h"
#include "core/rule_form.h"
#include "io/event_follow.h"
#include "role/prices/price_venue.h"

struct rules_view_pack {
    u8 state; /* enum pack_state; 0: there is none of this number */
    u8 content_hash[RULE_HASH_BYTES];
    char id[RULE_ID_BYTES];
    u32 version;
    struct rule_interval effective;
    u64 since_us; /* when it became active; 0: before the newest image */
};

/* What came of the command with this number. */
struct rules_view_cause {
    u64 seq;
    u32 decisions;
    u32 restricted; /* accounts whose vector has changed */
    u32 persons;
    u32 changed;
    bool is_over; /* its mass re-evaluation has ended; the two above are known */
};

/* Large: in static memory. */
struct rules_view {
    struct event_sink sink;
    struct event_follow follow;
    struct price_venue venue;
    struct rules_view_pack packs[PRICE_PACKS_MAX];
    u8 forms[PRICE_PACKS_MAX][RULE_FORM_BYTES_MAX]; /* of an image */
    u32 form_bytes[PRICE_PACKS_MAX];
    u32 reevaluations;
    struct rules_view_cause cause;
};

/* Reads all that is there. FAULT_MISSING: the folder holds no event log. */
MUST_USE enum fault rules_view_open(struct rules_view *view, const char *folder);
void rules_view_close(struct rules_view *view);

/* Reads what has come since. */
MUST_USE enum fault rules_view_turn(struct rules_view *view);

/* From here on the events of this command are counted: before they are read. */
void rules_view_await(struct rules_view *view, u64 seq);

/* The active pack of this id, or whose content hash begins so. FAULT_INPUT: none, or several. */
MUST_USE enum fault rules_view_find(const struct rules_view *view, const char *name,
                                    u32 *number_out);

#endif /* APP_RULES_VIEW_H */
