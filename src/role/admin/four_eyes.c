#include "role/admin/four_eyes.h"

#include "base/bytes.h"
#include "wire/schema.h"

#include <string.h>

#define RESTRICTION_BITS 2U
#define VECTOR_BITS      64U

static const struct four_eyes loosens = {.signatures = 2};
static const struct four_eyes tightens = {.signatures = 1, .wants_confirmed = true};
static const struct four_eyes neither = {.signatures = 1};
static const struct four_eyes ordinary = {.signatures = 0};
/* By hand and at once, by whoever may open the socket. */
static const struct four_eyes emergency = {.signatures = 0, .wants_confirmed = true};

static struct four_eyes of_restrict(const u8 *command, u64 now, bool is_known)
{
    u64 vector = bytes_u64(command + offsetof(struct command_restrict, restrictions));
    for (u32 bit = 0; bit < VECTOR_BITS; bit += RESTRICTION_BITS) {
        if ((vector >> bit & 3) < (now >> bit & 3)) {
            return loosens;
        }
    }
    return is_known ? emergency : loosens;
}

/* docs/rules.md "Four eyes": the same conditions as the writer's own. */
static struct four_eyes of_listing(const u8 *command)
{
    struct command_listing_set set;
    memcpy(&set, command, sizeof(set));
    return set.replaces != 0 || set.state == LISTING_STATE_CLEAR ? loosens : tightens;
}

static struct four_eyes of_ownership(const u8 *command)
{
    struct command_ownership_set set;
    memcpy(&set, command, sizeof(set));
    bool is_above = set.compare == SHARE_COMPARE_ABOVE;
    bool reaches = is_above ? set.lower > set.percent : set.lower >= set.percent;
    bool may_reach = is_above ? set.upper > set.percent : set.upper >= set.percent;
    bool is_owned = reaches || (set.control == TRUTH_YES && may_reach);
    return set.replaces != 0 || !is_owned ? loosens : tightens;
}

static struct four_eyes of_case_act(const u8 *command)
{
    u16 act = bytes_u16(command + offsetof(struct command_case_act, act));
    switch ((enum case_act)act) {
    case CASE_ACT_CLEAR:
    case CASE_ACT_WHITELIST:
    case CASE_ACT_OVERTURN:
        return loosens;
    case CASE_ACT_DECIDE:
    case CASE_ACT_UPHOLD:
    case CASE_ACT_SECOND:
        return neither;
    case CASE_ACT_OPEN:
    case CASE_ACT_TAKE:
    case CASE_ACT_EVIDENCE:
    case CASE_ACT_APPEAL:
    case CASE_ACT_REPORT_FILED:
    case CASE_ACT_CLOSE:
    case CASE_ACT_NOTICE:
        return ordinary;
    }
    return loosens; /* no such act: the writer refuses it */
}

struct four_eyes four_eyes_of(const u8 *command, u64 restrictions, bool is_known)
{
    u16 kind = bytes_u16(command);
    switch (kind) {
    case COMMAND_RESTRICT:
        return of_restrict(command, restrictions, is_known);
    case COMMAND_LISTING_SET:
        return of_listing(command);
    case COMMAND_OWNERSHIP_SET:
        return of_ownership(command);
    case COMMAND_CASE_ACT:
        return of_case_act(command);
    case COMMAND_LOG_ENTRY: /* a route of payments needs two groups: it is not taken back */
        return bytes_u16(command + offsetof(struct command_log_entry, topic)) == LOG_TOPIC_ROUTE
                   ? loosens
                   : neither;
    case COMMAND_PERSON_ADD:
        return neither;
    case COMMAND_LINK:
        return tightens;
    default: /* not an enum: the rest of the kinds that have a text */
        return loosens;
    }
}
