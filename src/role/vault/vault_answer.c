/* What the vault's socket is asked, and the answers. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/vault_agent_inner.h"

#define DAY_S              86400U
#define HEAD_ANSWER(kind_) ((u32)(kind_) | VAULT_ANSWER_BIT)

struct frame_writer vault_answer_begin(struct vault_agent *agent, u32 kind, enum vault_code code)
{
    struct frame_writer writer =
        vault_writer_begin(agent->answer, VAULT_FRAME_BYTES_MAX, HEAD_ANSWER(kind));
    frame_write_u32(&writer, code);
    return writer;
}

struct span vault_answer_end(struct frame_writer *writer)
{
    vault_writer_end(writer);
    return span_of(writer->bytes, writer->size);
}

struct span vault_refuse(struct vault_agent *agent, u32 kind, enum vault_code code,
                         const char *text)
{
    struct frame_writer writer = vault_answer_begin(agent, kind, code);
    frame_write_bytes(&writer, span_of_text(text));
    agent->counts.refused += 1;
    return vault_answer_end(&writer);
}

static u64 now_us(const struct vault_agent *agent)
{
    return clock_wall_us(agent->options.clock);
}

/* ---- put and search: what is plain becomes tags ---- */

/* Takes a value out of the frame, which is wiped there, into its tag. */
static bool tag_take(struct vault_agent *agent, u8 *frame, const struct vault_value *value,
                     struct vault_tag *tag_out)
{
    return personal_move(agent->value, frame + value->at, value->size) &&
           blind_index_tag(agent->index, value->field, agent->value, tag_out);
}

static bool tags_take(struct vault_agent *agent, u8 *frame)
{
    struct vault_ask *ask = &agent->ask;
    bool are_right = true;
    for (u32 i = 0; i < ask->count; i += 1) {
        struct vault_record *record = &ask->records[i];
        for (u32 at = 0; at < ask->values_counts[i]; at += 1) {
            are_right = tag_take(agent, frame, &ask->values[i][at], &record->tags[at]) && are_right;
        }
        record->tags_count = ask->values_counts[i];
    }
    return are_right;
}

/* Which hand is a reviewer's is in the box alone; what can be seen is that it has an end. */
enum fault vault_hands_check(const struct vault_record *record, u32 number, u64 now_s)
{
    for (u32 i = 0; i < record->hands_count; i += 1) {
        if (record->hands[i].until_s > now_s + (u64)VAULT_REVIEW_DAYS_MAX * DAY_S) {
            return FAULT(FAULT_REFUSED, "number %u: hand %u ends later than %u days from now",
                         number, i + 1, VAULT_REVIEW_DAYS_MAX);
        }
    }
    return FAULT_NONE;
}

static enum fault on_put(struct vault_agent *agent, u8 *frame, struct span *answer_out)
{
    if (!tags_take(agent, frame)) {
        *answer_out = vault_refuse(agent, VAULT_ASK_PUT, VAULT_CODE_WRONG,
                                   "a value has not the form of its field");
        return FAULT_NONE;
    }
    for (u32 i = 0; i < agent->ask.count; i += 1) {
        const struct vault_record *record = &agent->ask.records[i];
        TRY(vault_hands_check(record, i + 1, now_us(agent) / 1000000U));
        TRY(vault_groups_check(&agent->groups, &record->label, record->hash, record->wrap));
    }
    return vault_store_put(&agent->store, agent->ask.records, agent->ask.count);
}

/* The proof of a new wrap is for the body that is kept. */
static enum fault on_rewrap(struct vault_agent *agent)
{
    static struct vault_record kept; /* one thread */
    const struct vault_ask *ask = &agent->ask;
    for (u32 i = 0; i < ask->count; i += 1) {
        struct seal_label label = ask->rewraps[i].label;
        TRY(vault_store_head(&agent->store, label, &kept));
        label.retention = kept.label.retention;
        label.epoch = ask->rewraps[i].epoch;
        TRY(vault_groups_check(&agent->groups, &label, kept.hash, ask->rewraps[i].wrap));
    }
    return vault_store_rewrap(&agent->store, ask->rewraps, ask->count, now_us(agent));
}

static enum fault on_lookup(struct vault_agent *agent, u8 *frame, struct span *answer_out)
{
    struct seal_label labels[VAULT_LIST_MAX];
    struct vault_tag tag;
    u32 count = 0;
    if (!tag_take(agent, frame, &agent->ask.value, &tag)) {
        *answer_out = vault_refuse(agent, VAULT_ASK_LOOKUP, VAULT_CODE_WRONG,
                                   "the value has not the form of its field");
        return FAULT_NONE;
    }
    enum fault fault = vault_store_lookup(&agent->store, &tag, agent->ask.matter, now_us(agent),
                                          agent->options.lookups_per_hour, labels, &count);
    agent->counts.lookups += fault == FAULT_NONE ? 1 : 0;
    agent->counts.limited += fault == FAULT_LIMIT ? 1 : 0;
    TRY(fault);
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_LOOKUP, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        vault_write_label(&writer, &labels[i]);
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

/* ---- reading ---- */

static struct seal_label place_of(const struct vault_ask *ask)
{
    return (struct seal_label){
        .subject = ask->subject, .group = ask->group, .version = ask->version};
}

static enum fault on_get(struct vault_agent *agent, struct span *answer_out)
{
    static struct vault_record record; /* one thread */
    TRY(vault_store_get(&agent->store, place_of(&agent->ask), now_us(agent) / 1000000U, agent->body,
                        &record));
    TRY(vault_enrol_hide(agent, &record));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_GET, VAULT_CODE_OK);
    vault_write_record(&writer, &record);
    secret_wipe(agent->body, record.body.size);
    secret_wipe(&record, sizeof(record));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_list(struct vault_agent *agent, struct span *answer_out)
{
    struct vault_listed listed[VAULT_LIST_MAX];
    const struct vault_ask *ask = &agent->ask;
    bool is_stale = ask->kind == VAULT_ASK_STALE;
    u32 count = 0;
    TRY(is_stale ? vault_store_stale(&agent->store, ask->epoch, listed, &count)
                 : vault_store_list(&agent->store, ask->subject, listed, &count));
    struct frame_writer writer = vault_answer_begin(agent, ask->kind, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        vault_write_label(&writer, &listed[i].label);
        if (!is_stale) {
            frame_write_u32(&writer, listed[i].until_day);
        }
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_wraps(struct vault_agent *agent, struct span *answer_out)
{
    static struct vault_wrapped wrapped[VAULT_LIST_MAX]; /* one thread */
    struct seal_label after = place_of(&agent->ask);
    u32 count = 0;
    TRY(vault_store_wraps(&agent->store, agent->ask.epoch, &after, wrapped, &count));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_WRAPS, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        vault_write_label(&writer, &wrapped[i].label);
        frame_write_bytes(&writer, span_of(wrapped[i].hash, sizeof(wrapped[i].hash)));
        frame_write_bytes(&writer, span_of(wrapped[i].wrap, sizeof(wrapped[i].wrap)));
    }
    secret_wipe(wrapped, sizeof(wrapped));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_status(struct vault_agent *agent, struct span *answer_out)
{
    struct vault_totals totals;
    u64 lookups = 0;
    TRY(vault_store_totals(&agent->store, &totals));
    TRY(vault_store_lookups(&agent->store, now_us(agent), &lookups));
    const u64 numbers[] = {totals.records, totals.put, totals.erased, totals.hands, totals.tags,
                           totals.events,  lookups,    totals.coming, totals.dead};
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_STATUS, VAULT_CODE_OK);
    for (u32 i = 0; i < ARRAY_COUNT(numbers); i += 1) {
        frame_write_u64(&writer, numbers[i]);
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_verify(struct vault_agent *agent, struct span *answer_out)
{
    struct vault_verdict verdict;
    TRY(vault_store_verify(&agent->store, &verdict));
    const u64 numbers[] = {verdict.records, verdict.put,          verdict.erased,
                           verdict.changed, verdict.without_body, verdict.without_key};
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_VERIFY, VAULT_CODE_OK);
    for (u32 i = 0; i < ARRAY_COUNT(numbers); i += 1) {
        frame_write_u64(&writer, numbers[i]);
    }
    frame_write_bytes(&writer, span_of(verdict.root, sizeof(verdict.root)));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_events(struct vault_agent *agent, struct span *answer_out)
{
    static struct vault_event events[VAULT_EVENTS_MAX]; /* one thread */
    u32 count = 0;
    TRY(vault_store_events(&agent->store, agent->ask.from, events, VAULT_EVENTS_MAX, &count));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_EVENTS, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        frame_write_u64(&writer, events[i].number);
        frame_write_u64(&writer, events[i].time_us);
        frame_write_u16(&writer, events[i].kind);
        frame_write_u16(&writer, events[i].field);
        frame_write_u32(&writer, 0);
        frame_write_u64(&writer, events[i].count);
        frame_write_bytes(&writer, span_of(events[i].matter, sizeof(events[i].matter)));
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

/* ---- changes that are told by a count ---- */

static enum fault on_count(struct vault_agent *agent, struct span *answer_out)
{
    const struct vault_ask *ask = &agent->ask;
    u64 count = 0;
    TRY(ask->kind == VAULT_ASK_RETAIN
            ? vault_store_retain(&agent->store, ask->subject, ask->group, ask->until_day, &count)
            : vault_store_hands_drop(&agent->store, place_of(ask), now_us(agent), &count));
    struct frame_writer writer = vault_answer_begin(agent, ask->kind, VAULT_CODE_OK);
    frame_write_u32(&writer, (u32)count);
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault act(struct vault_agent *agent, u8 *frame, struct span *answer_out)
{
    struct vault_ask *ask = &agent->ask;
    switch ((enum vault_ask_kind)ask->kind) {
    case VAULT_ASK_STATUS:
        return on_status(agent, answer_out);
    case VAULT_ASK_PUT:
        return on_put(agent, frame, answer_out);
    case VAULT_ASK_GET:
        return on_get(agent, answer_out);
    case VAULT_ASK_LIST:
    case VAULT_ASK_STALE:
        return on_list(agent, answer_out);
    case VAULT_ASK_WRAPS:
        return on_wraps(agent, answer_out);
    case VAULT_ASK_REWRAP:
        return on_rewrap(agent);
    case VAULT_ASK_RETAIN:
    case VAULT_ASK_DROP:
        return on_count(agent, answer_out);
    case VAULT_ASK_ERASE:
        return vault_store_erase(&agent->store, place_of(ask), now_us(agent));
    case VAULT_ASK_LOOKUP:
        return on_lookup(agent, frame, answer_out);
    case VAULT_ASK_ENROL:
    case VAULT_ASK_OFFER:
    case VAULT_ASK_REVIEW:
    case VAULT_ASK_DECIDE:
    case VAULT_ASK_REVIEWS:
    case VAULT_ASK_DOUBLES:
        return vault_enrol_answer(agent, answer_out);
    case VAULT_ASK_HELD:
        return vault_held_answer(agent, answer_out);
    case VAULT_ASK_SWEEP:
        return vault_store_sweep(&agent->store, now_us(agent));
    case VAULT_ASK_VERIFY:
        return on_verify(agent, answer_out);
    case VAULT_ASK_EVENTS:
        return on_events(agent, answer_out);
    case VAULT_ASK_DRILL:
    case VAULT_ASK_SHOWN:
    case VAULT_ASK_SHARES:
        return vault_answer_drill(agent, answer_out);
    }
    CHECK(false); /* vault_ask_read knows no other */
    return FAULT_NONE;
}

/* Which answer a fault is that the store survives; VAULT_CODE_OK: none. */
static enum vault_code code_of(enum fault fault)
{
    if (fault == FAULT_MISSING) {
        return VAULT_CODE_MISSING;
    }
    if (fault == FAULT_EXISTS) {
        return VAULT_CODE_EXISTS;
    }
    if (fault == FAULT_LIMIT) {
        return VAULT_CODE_LIMIT;
    }
    return fault == FAULT_REFUSED || fault == FAULT_LOCKED || fault == FAULT_ROT
               ? VAULT_CODE_REFUSED
               : VAULT_CODE_OK;
}

enum fault vault_answer(struct vault_agent *agent, u8 *frame, u32 frame_bytes,
                        struct span *answer_out, bool *wrong_out)
{
    const char *wrong = vault_ask_read(span_of(frame, frame_bytes), &agent->ask);
    u16 kind = agent->ask.kind;
    enum fault fault = FAULT_NONE;
    *answer_out = (struct span){.data = NULL};
    *wrong_out = wrong != NULL;
    agent->counts.asked += 1;
    if (wrong != NULL) {
        agent->counts.wrong += 1;
        *answer_out = vault_refuse(agent, kind, VAULT_CODE_WRONG, wrong);
    } else {
        fault = act(agent, frame, answer_out);
    }
    secret_wipe(frame, frame_bytes);
    secret_wipe(&agent->ask, sizeof(agent->ask)); /* keys of records among it */
    if (fault == FAULT_ROT) {
        log_error("vault.damaged", LOG_FAULT(fault));
    }
    if (code_of(fault) != VAULT_CODE_OK) {
        *answer_out = vault_refuse(agent, kind, code_of(fault), fault_text());
        fault_forget();
        return FAULT_NONE;
    }
    if (fault == FAULT_NONE && answer_out->data == NULL) {
        struct frame_writer writer = vault_answer_begin(agent, kind, VAULT_CODE_OK);
        *answer_out = vault_answer_end(&writer);
    }
    return fault;
}
