/* What is held of one person, as they are told it themselves: which groups of fields, until when,
 * who has looked while it was reviewed, and what was erased (docs/vault.md "What a person is
 * told"). Rows of labels and dates alone are read: no body, no wrap, no reviewer. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_agent_inner.h"
#include "wire/keep_held.h"

_Static_assert(KEEP_HELD_GROUP_MAX == SEAL_GROUP_MAX, "the line has the vault's groups");

static enum fault reviews_take(struct vault_agent *agent, u64 subject, struct keep_held *held)
{
    static struct vault_review reviews[VAULT_LIST_MAX]; /* one thread */
    u32 count = 0;
    TRY(vault_store_reviews_of(&agent->store, subject, reviews, &count));
    held->has_more = held->has_more || count > KEEP_HELD_ROWS_MAX;
    held->reviews_count = count < KEEP_HELD_ROWS_MAX ? count : KEEP_HELD_ROWS_MAX;
    for (u32 i = 0; i < held->reviews_count; i += 1) {
        bool is_open = reviews[i].state == VAULT_REVIEW_OPEN;
        held->reviews[i] = (struct keep_held_review){.version = reviews[i].version,
                                                     .views = reviews[i].views,
                                                     .came_us = reviews[i].time_us,
                                                     .until_s = is_open ? reviews[i].until_s : 0};
    }
    return FAULT_NONE;
}

/* When the enrolment came that a version belongs to; 0: it came another way. */
static u64 since_of(const struct keep_held *held, u32 version)
{
    for (u32 i = 0; i < held->reviews_count; i += 1) {
        if (held->reviews[i].version == version) {
            return held->reviews[i].came_us;
        }
    }
    return 0;
}

static enum fault records_take(struct vault_agent *agent, u64 subject, struct keep_held *held)
{
    struct vault_listed listed[VAULT_LIST_MAX];
    u32 count = 0;
    TRY(vault_store_list(&agent->store, subject, listed, &count));
    held->has_more = held->has_more || count > KEEP_HELD_ROWS_MAX;
    held->records_count = count < KEEP_HELD_ROWS_MAX ? count : KEEP_HELD_ROWS_MAX;
    for (u32 i = 0; i < held->records_count; i += 1) {
        const struct seal_label *label = &listed[i].label;
        held->records[i] = (struct keep_held_record){.version = label->version,
                                                     .retention = label->retention,
                                                     .since_us = since_of(held, label->version),
                                                     .until_day = listed[i].until_day,
                                                     .group = label->group};
    }
    return FAULT_NONE;
}

static enum fault gone_take(struct vault_agent *agent, u64 subject, struct keep_held *held)
{
    struct vault_gone gone[VAULT_LIST_MAX];
    for (u8 group = 1; group <= SEAL_GROUP_MAX; group += 1) {
        u32 count = 0;
        TRY(vault_store_gone(&agent->store, subject, group, gone, &count));
        for (u32 i = 0; i < count; i += 1) {
            if (held->gone_count == KEEP_HELD_ROWS_MAX) {
                held->has_more = true;
                return FAULT_NONE;
            }
            held->gone[held->gone_count] = (struct keep_held_gone){
                .version = gone[i].version, .day = gone[i].day, .group = group};
            held->gone_count += 1;
        }
    }
    return FAULT_NONE;
}

enum fault vault_held_answer(struct vault_agent *agent, struct span *answer_out)
{
    static struct keep_held held; /* one thread */
    u8 bytes[KEEP_HELD_BYTES_MAX];
    u64 subject = agent->ask.subject;
    const struct vault_drills *drills = &agent->drills;
    held = (struct keep_held){.has_quorum = drills->is_known};
    for (u32 side = 0; drills->is_known && side < VAULT_SIDES; side += 1) {
        held.threshold[side] = (u8)drills->key.sides[side].roster.threshold;
        held.members[side] = (u8)drills->key.sides[side].roster.count;
    }
    TRY(reviews_take(agent, subject, &held));
    TRY(records_take(agent, subject, &held));
    TRY(gone_take(agent, subject, &held));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_HELD, VAULT_CODE_OK);
    frame_write_bytes(&writer, span_of(bytes, keep_held_write(&held, bytes)));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}
