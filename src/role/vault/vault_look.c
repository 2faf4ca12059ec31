/* Search by tags, events for the public log, and the walk through everything. */
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "role/vault/vault_store_inner.h"

#include <string.h>

#define HOUR_US   3600000000ULL
#define ROOT_HEAD "cambist vault root v1\n"

/* ---- events ---- */

enum fault vault_event_add(struct vault_store *store, const struct vault_event *event)
{
    struct sql_call call = vault_call(store, VAULT_SQL_EVENT_ADD);
    sql_put_u64(&call, event->time_us);
    sql_put_u64(&call, event->kind);
    sql_put_u64(&call, event->field);
    sql_put_u64(&call, event->count);
    sql_put_bytes(&call, span_of(event->matter, sizeof(event->matter)));
    return vault_do(store, VAULT_SQL_EVENT_ADD, &call);
}

enum fault vault_store_events(struct vault_store *store, u64 from, struct vault_event *events_out,
                              u32 room, u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_EVENTS);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, from);
    sql_put_u64(&call, room);
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        struct vault_event *event = &events_out[*count_out];
        event->number = sql_get_u64(&call);
        event->time_us = sql_get_u64(&call);
        event->kind = (u16)sql_get_u64(&call);
        event->field = (u16)sql_get_u64(&call);
        event->count = sql_get_u64(&call);
        sql_get_bytes(&call, event->matter, sizeof(event->matter));
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}

/* ---- search ---- */

enum fault vault_store_lookups(struct vault_store *store, u64 now_us, u64 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_EVENTS_SINCE);
    bool row = false;
    sql_put_u64(&call, VAULT_EVENT_LOOKUP);
    sql_put_u64(&call, now_us < HOUR_US ? 0 : now_us - HOUR_US);
    TRY(sql_next(&store->keys, &call, &row));
    *count_out = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault tag_find(struct vault_store *store, const struct vault_tag *tag,
                           struct seal_label labels_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_TAGS_FIND);
    struct vault_listed listed;
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, tag->field);
    sql_put_bytes(&call, span_of(tag->bytes, sizeof(tag->bytes)));
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        CHECK(*count_out < VAULT_LIST_MAX);
        TRY(vault_get_sound(store, &call, &listed));
        labels_out[*count_out] = listed.label;
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}

static enum fault limit_check(struct vault_store *store, u64 now_us, u32 per_hour)
{
    u64 used = 0;
    TRY(vault_store_lookups(store, now_us, &used));
    return used >= per_hour ? FAULT(FAULT_LIMIT, "too many look-ups in this hour") : FAULT_NONE;
}

static enum fault lookup_add(struct vault_store *store, u32 field, u32 count,
                             const u8 matter[VAULT_CASE_BYTES], u64 now_us)
{
    struct vault_event event = {
        .time_us = now_us, .kind = VAULT_EVENT_LOOKUP, .field = (u16)field, .count = count};
    memcpy(event.matter, matter, sizeof(event.matter));
    return vault_event_add(store, &event);
}

enum fault vault_store_lookup(struct vault_store *store, const struct vault_tag *tag,
                              const u8 matter[VAULT_CASE_BYTES], u64 now_us, u32 per_hour,
                              struct seal_label labels_out[VAULT_LIST_MAX], u32 *count_out)
{
    *count_out = 0;
    TRY(limit_check(store, now_us, per_hour));
    TRY(tag_find(store, tag, labels_out, count_out));
    return lookup_add(store, tag->field, *count_out, matter, now_us);
}

enum fault vault_store_count(struct vault_store *store, const struct vault_tag *tag,
                             const u8 matter[VAULT_CASE_BYTES], u64 now_us, u32 per_hour,
                             u32 *people_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_TAGS_COUNT);
    bool row = false;
    *people_out = 0;
    TRY(limit_check(store, now_us, per_hour));
    sql_put_u64(&call, tag->field);
    sql_put_bytes(&call, span_of(tag->bytes, sizeof(tag->bytes)));
    TRY(sql_next(&store->keys, &call, &row));
    *people_out = row ? (u32)u64_min(sql_get_u64(&call), UINT32_MAX) : 0;
    sql_end(&call);
    return lookup_add(store, tag->field, *people_out, matter, now_us);
}

/* ---- integrity ---- */

enum fault vault_store_totals(struct vault_store *store, struct vault_totals *totals_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_TOTALS);
    bool row = false;
    *totals_out = (struct vault_totals){.records = 0};
    TRY(sql_next(&store->keys, &call, &row));
    if (!row) {
        return FAULT(FAULT_ROT, "%s: the counts are gone", store->keys.path);
    }
    totals_out->records = sql_get_u64(&call);
    totals_out->put = sql_get_u64(&call);
    totals_out->erased = sql_get_u64(&call);
    totals_out->hands = sql_get_u64(&call);
    totals_out->tags = sql_get_u64(&call);
    totals_out->events = sql_get_u64(&call);
    totals_out->dead = sql_get_u64(&call);
    sql_end(&call);
    call = vault_call(store, VAULT_SQL_COMING_COUNT);
    TRY(sql_next(&store->bodies, &call, &row));
    totals_out->coming = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}

/* Both files side by side, in the order of labels. */
struct walk {
    struct vault_store *store;
    struct sql_call keys;
    struct sql_call bodies;
    bool has_key;
    bool has_body;
    struct seal_label key;
    struct seal_label body;
    u8 wrap[VAULT_WRAP_BYTES];
    u8 hash[VAULT_HASH_BYTES];      /* as the key's row says */
    u8 body_hash[VAULT_HASH_BYTES]; /* as it is */
    struct sha256 sha256;
    struct vault_verdict *verdict;
};

static enum fault next_key(struct walk *walk)
{
    TRY(sql_next(&walk->store->keys, &walk->keys, &walk->has_key));
    if (walk->has_key) {
        walk->key = vault_get_listed(&walk->keys).label;
        sql_get_bytes(&walk->keys, walk->wrap, sizeof(walk->wrap));
        sql_get_bytes(&walk->keys, walk->hash, sizeof(walk->hash));
    }
    return FAULT_NONE;
}

static enum fault next_body(struct walk *walk)
{
    TRY(sql_next(&walk->store->bodies, &walk->bodies, &walk->has_body));
    if (walk->has_body) {
        walk->body.subject = sql_get_u64(&walk->bodies);
        walk->body.group = (u8)sql_get_u64(&walk->bodies);
        walk->body.version = (u32)sql_get_u64(&walk->bodies);
        seal_body_hash(sql_get_span(&walk->bodies), walk->body_hash);
    }
    return FAULT_NONE;
}

/* In the order of SQLite, whose numbers are signed. */
static i32 order_of(const struct seal_label *a, const struct seal_label *b)
{
    if (a->subject != b->subject) {
        return (i64)a->subject < (i64)b->subject ? -1 : 1;
    }
    if (a->group != b->group) {
        return a->group < b->group ? -1 : 1;
    }
    return a->version < b->version ? -1 : a->version > b->version ? 1 : 0;
}

static void root_add(struct walk *walk)
{
    u8 label[SEAL_LABEL_BYTES] = {0};
    if (seal_label_is_sound(&walk->key)) { /* else the root will differ from that of before */
        seal_label_encode(&walk->key, label);
    }
    sha256_add(&walk->sha256, span_of(label, sizeof(label)));
    sha256_add(&walk->sha256, span_of(walk->wrap, sizeof(walk->wrap)));
    sha256_add(&walk->sha256, span_of(walk->hash, sizeof(walk->hash)));
    walk->verdict->records += 1;
}

static enum fault walk_all(struct walk *walk)
{
    TRY(next_key(walk));
    TRY(next_body(walk));
    while (walk->has_key || walk->has_body) {
        i32 order = !walk->has_body ? -1 : !walk->has_key ? 1 : order_of(&walk->key, &walk->body);
        walk->verdict->without_body += order < 0 ? 1 : 0;
        walk->verdict->without_key += order > 0 ? 1 : 0;
        walk->verdict->changed +=
            order == 0 && memcmp(walk->hash, walk->body_hash, sizeof(walk->hash)) != 0 ? 1 : 0;
        if (order <= 0) {
            root_add(walk);
            TRY(next_key(walk));
        }
        if (order >= 0) {
            TRY(next_body(walk));
        }
    }
    return FAULT_NONE;
}

static enum fault walk_keys(struct walk *walk)
{
    TRY(next_key(walk));
    while (walk->has_key) {
        root_add(walk);
        TRY(next_key(walk));
    }
    return FAULT_NONE;
}

static enum fault verify(struct vault_store *store, bool has_bodies,
                         struct vault_verdict *verdict_out)
{
    struct vault_totals totals;
    struct walk walk = {.store = store, .verdict = verdict_out};
    *verdict_out = (struct vault_verdict){.records = 0};
    TRY(vault_store_totals(store, &totals));
    verdict_out->put = totals.put;
    verdict_out->erased = totals.erased;
    TRY(sha256_open(&walk.sha256));
    sha256_begin(&walk.sha256);
    sha256_add(&walk.sha256, span_of_text(ROOT_HEAD));
    walk.keys = vault_call(store, VAULT_SQL_WALK);
    walk.bodies = vault_call(store, VAULT_SQL_BODIES_WALK);
    enum fault fault = has_bodies ? walk_all(&walk) : walk_keys(&walk);
    sql_end(&walk.keys);
    sql_end(&walk.bodies);
    sha256_end(&walk.sha256, verdict_out->root);
    sha256_close(&walk.sha256);
    return fault;
}

enum fault vault_store_root(struct vault_store *store, struct vault_verdict *verdict_out)
{
    return verify(store, false, verdict_out);
}

enum fault vault_store_verify(struct vault_store *store, struct vault_verdict *verdict_out)
{
    return verify(store, true, verdict_out);
}
