#include "sim/coverage.h"

#include "wire/link.h"

#include <inttypes.h>
#include <string.h>

#define EVENTS_BYTES (1U << 22)

void coverage_count(struct coverage *coverage, const struct command_head *command, const u8 *events,
                    size_t bytes)
{
    if (command->kind < COMMAND_KIND_COUNT) {
        coverage->commands[command->kind] += 1;
    }
    for (size_t at = 0; at < bytes;) {
        struct event_head head;
        memcpy(&head, events + at, sizeof head);
        if (head.kind == EVENT_APPLIED) {
            coverage->taken[command->source == LINK_SOURCE_SCREEN][command->kind] += 1;
        }
        coverage->events[head.kind] += 1;
        if (head.kind == EVENT_REJECTED) {
            struct event_rejected event;
            memcpy(&event, events + at, sizeof event);
            coverage->rejects[event.reject] += 1;
        } else if (head.kind == EVENT_ORDER_DONE) {
            struct event_order_done event;
            memcpy(&event, events + at, sizeof event);
            coverage->ends[event.status][event.reason] += 1;
        } else if (head.kind == EVENT_PREVENTED) {
            struct event_prevented event;
            memcpy(&event, events + at, sizeof event);
            coverage->modes[event.mode] += 1;
        }
        at += (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    }
}

void coverage_run(struct coverage *coverage, struct flow *flow, u64 commands)
{
    static u8 events[EVENTS_BYTES];
    struct model *model = model_create(flow_limits(flow));
    struct flow_step step;
    for (u64 i = 0; i < commands; i++) {
        flow_next(flow, model, &step);
        size_t bytes = flow_step_model(&step, model, events, sizeof events);
        const void *command = step.record;
        coverage_count(coverage, command, events, bytes);
    }
    model_free(model);
    flow_free(flow);
}

/* Refusals of the rules, which have a flow of their own. */
static bool is_of_rules(u32 reject)
{
    return reject == REJECT_ASSET_DISABLED ||
           (reject >= REJECT_UNKNOWN_LICENCE && reject <= REJECT_LICENCE_NO_RULE) ||
           (reject >= REJECT_UNKNOWN_PERSON && reject <= REJECT_UNKNOWN_PACK) ||
           (reject >= REJECT_LIMIT_PERSONS && reject <= REJECT_LIMIT_LINKS);
}

/* Refusals that no well-formed command of this flow can meet. */
static bool is_unreachable(u32 reject)
{
    return reject == REJECT_BAD_CLIENT_ID || reject == REJECT_ZERO_NOTIONAL || is_of_rules(reject);
}

/* 4,096 licences, or 256 accounts of one person, are too many for a random flow. */
static bool is_far(u32 reject)
{
    return reject == REJECT_LIMIT_LICENCES || reject == REJECT_LIMIT_LINKS;
}

u32 coverage_missed_rules(const struct coverage *coverage)
{
    u32 missed = 0;
    for (u32 i = 0; i < REJECT_COUNT; i++) {
        bool is_known = strcmp(reject_name(i), "UNKNOWN") != 0;
        missed += is_known && is_of_rules(i) && !is_far(i) && coverage->rejects[i] == 0;
    }
    for (u32 i = COMMAND_PERSON_ADD; i <= COMMAND_WITHDRAW_PAUSE; i++) {
        missed += coverage->taken[0][i] == 0;
    }
    missed += coverage->taken[1][COMMAND_LISTING_SET] == 0;
    missed += coverage->taken[1][COMMAND_OWNERSHIP_SET] == 0;
    missed += coverage->taken[1][COMMAND_PERSON_GROUP] == 0;
    for (u32 i = EVENT_RESTRICTED; i <= EVENT_REEVALUATED; i++) {
        missed += coverage->events[i] == 0;
    }
    return missed;
}

u32 coverage_missed(const struct coverage *coverage)
{
    u32 missed = 0;
    for (u32 i = 0; i < REJECT_COUNT; i++) { /* 0: a test order that passed */
        bool is_known = strcmp(reject_name(i), "UNKNOWN") != 0;
        missed += is_known && !is_unreachable(i) && coverage->rejects[i] == 0;
    }
    return missed;
}

void coverage_print(const struct coverage *coverage, FILE *out)
{
    for (u32 i = 0; i < COMMAND_KIND_COUNT; i++) {
        if (wire_commands[i].name != NULL) {
            fprintf(out, "command %-22s %10" PRIu64 " applied %10" PRIu64 " + %" PRIu64 "\n",
                    wire_commands[i].name, coverage->commands[i], coverage->taken[0][i],
                    coverage->taken[1][i]);
        }
    }
    for (u32 i = 0; i < EVENT_KIND_COUNT; i++) {
        if (wire_events[i].name != NULL) {
            fprintf(out, "event %-24s %10" PRIu64 "\n", wire_events[i].name, coverage->events[i]);
        }
    }
    for (u32 status = 0; status < DONE_STATUS_COUNT; status++) {
        for (u32 reason = 0; reason < EXPIRY_REASON_COUNT; reason++) {
            if (coverage->ends[status][reason] > 0) {
                fprintf(out, "end status %u reason %u %17" PRIu64 "\n", status, reason,
                        coverage->ends[status][reason]);
            }
        }
    }
    for (u32 i = 0; i < STP_MODE_COUNT; i++) {
        fprintf(out, "prevented mode %u %24" PRIu64 "\n", i, coverage->modes[i]);
    }
    for (u32 i = 0; i < REJECT_COUNT; i++) {
        if (strcmp(reject_name(i), "UNKNOWN") != 0) {
            fprintf(out, "reject %-40s %10" PRIu64 "%s\n", reject_name(i), coverage->rejects[i],
                    coverage->rejects[i] == 0 && !is_unreachable(i) ? "  never" : "");
        }
    }
}
