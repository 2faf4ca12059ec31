/* Records that come, and wraps of a new epoch. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#include <string.h>

/* ---- put ---- */

/* What would make it fail half-way is found before. */
static enum fault may_come(struct vault_store *store, const struct vault_record *record)
{
    struct vault_record found;
    u8 hash[VAULT_HASH_BYTES];
    bool is_there = false;
    CHECK(seal_label_is_sound(&record->label));
    CHECK(record->hands_count <= VAULT_HANDS_MAX && record->tags_count <= VAULT_TAGS_MAX);
    CHECK(record->body.size <= VAULT_BODY_BYTES_MAX);
    seal_body_hash(record->body, hash);
    if (memcmp(hash, record->hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_REFUSED, "the hash is not that of the body");
    }
    TRY(vault_find(store, &record->label, &found, &is_there));
    return is_there ? FAULT(FAULT_EXISTS, "there is such a record already") : FAULT_NONE;
}

static enum fault bodies_add(struct vault_store *store, const struct vault_record *records,
                             u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        struct sql_call call = vault_call(store, VAULT_SQL_BODY_ADD);
        vault_put_place(&call, &records[i].label);
        sql_put_bytes(&call, records[i].body);
        TRY(vault_do(store, VAULT_SQL_BODY_ADD, &call));
        TRY(vault_do_place(store, VAULT_SQL_COMING_ADD, &records[i].label));
    }
    return FAULT_NONE;
}

static enum fault key_add(struct vault_store *store, const struct vault_record *record)
{
    struct sql_call call = vault_call(store, VAULT_SQL_WRAP_ADD);
    vault_put_place(&call, &record->label);
    sql_put_u64(&call, record->label.epoch);
    sql_put_u64(&call, record->label.retention);
    sql_put_u64(&call, record->until_day);
    sql_put_bytes(&call, span_of(record->wrap, sizeof(record->wrap)));
    sql_put_bytes(&call, span_of(record->hash, sizeof(record->hash)));
    TRY(vault_do(store, VAULT_SQL_WRAP_ADD, &call));
    for (u32 i = 0; i < record->hands_count; i += 1) {
        call = vault_call(store, VAULT_SQL_HAND_ADD);
        vault_put_place(&call, &record->label);
        sql_put_u64(&call, i);
        sql_put_u64(&call, record->hands[i].until_s);
        sql_put_bytes(&call, span_of(record->hands[i].bytes, VAULT_HAND_BYTES));
        TRY(vault_do(store, VAULT_SQL_HAND_ADD, &call));
    }
    for (u32 i = 0; i < record->tags_count; i += 1) {
        call = vault_call(store, VAULT_SQL_TAG_ADD);
        sql_put_u64(&call, record->tags[i].field);
        sql_put_bytes(&call, span_of(record->tags[i].bytes, VAULT_TAG_BYTES));
        vault_put_place(&call, &record->label);
        TRY(vault_do(store, VAULT_SQL_TAG_ADD, &call));
    }
    return FAULT_NONE;
}

enum fault vault_count(struct vault_store *store, u64 put, u64 erased)
{
    struct sql_call call = vault_call(store, VAULT_SQL_TOTALS_ADD);
    sql_put_u64(&call, put);
    sql_put_u64(&call, erased);
    return vault_do(store, VAULT_SQL_TOTALS_ADD, &call);
}

static enum fault keys_add(struct vault_store *store, const struct vault_record *records, u32 count,
                           struct vault_review *review)
{
    for (u32 i = 0; i < count; i += 1) {
        TRY(key_add(store, &records[i]));
        TRY(vault_marks_add(store, &records[i].label));
    }
    if (review != NULL) {
        TRY(vault_review_add(store, records, count, review));
    }
    return vault_count(store, count, 0);
}

static enum fault put(struct vault_store *store, const struct vault_record *records, u32 count,
                      struct vault_review *review)
{
    CHECK(count > 0 && count <= VAULT_PUT_MAX);
    for (u32 i = 0; i < count; i += 1) {
        TRY(may_come(store, &records[i]));
        for (u32 j = 0; j < i; j += 1) {
            if (records[j].label.subject == records[i].label.subject &&
                records[j].label.group == records[i].label.group &&
                records[j].label.version == records[i].label.version) {
                return FAULT(FAULT_EXISTS, "the same record twice");
            }
        }
    }
    TRY(vault_marks_check(store, records, count));
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_BODIES));
    TRY(vault_end(store, VAULT_IN_BODIES, bodies_add(store, records, count)));
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_KEYS));
    TRY(vault_end(store, VAULT_IN_KEYS, keys_add(store, records, count, review)));
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_BODIES));
    enum fault fault = FAULT_NONE;
    for (u32 i = 0; i < count && fault == FAULT_NONE; i += 1) {
        fault = vault_do_place(store, VAULT_SQL_COMING_REMOVE, &records[i].label);
    }
    TRY(vault_end(store, VAULT_IN_BODIES, fault));
    vault_step(store);
    return FAULT_NONE;
}

enum fault vault_store_put(struct vault_store *store, const struct vault_record *records, u32 count)
{
    return put(store, records, count, NULL);
}

enum fault vault_store_enrol(struct vault_store *store, const struct vault_record *records,
                             u32 count, struct vault_review *review)
{
    CHECK(review->subject == records[0].label.subject &&
          review->version == records[0].label.version);
    return put(store, records, count, review);
}

/* ---- epochs ---- */

static enum fault wraps_set(struct vault_store *store, const struct vault_rewrap *rewraps,
                            u32 count, u64 now_us)
{
    struct vault_event event = {.time_us = now_us, .count = count, .kind = VAULT_EVENT_REWRAPPED};
    for (u32 i = 0; i < count; i += 1) {
        struct sql_call call = vault_call(store, VAULT_SQL_WRAP_SET);
        if (rewraps[i].epoch <= rewraps[i].label.epoch) {
            return FAULT(FAULT_REFUSED, "the new epoch is not later");
        }
        sql_put_u64(&call, rewraps[i].epoch);
        sql_put_bytes(&call, span_of(rewraps[i].wrap, VAULT_WRAP_BYTES));
        vault_put_place(&call, &rewraps[i].label);
        sql_put_u64(&call, rewraps[i].label.epoch);
        TRY(vault_do(store, VAULT_SQL_WRAP_SET, &call));
        if (sql_changes(&store->keys) != 1) {
            return FAULT(FAULT_MISSING, "number %u: there is no such record of that epoch", i + 1);
        }
        vault_step(store);
    }
    return vault_event_add(store, &event);
}

enum fault vault_store_rewrap(struct vault_store *store, const struct vault_rewrap *rewraps,
                              u32 count, u64 now_us)
{
    CHECK(count > 0 && count <= VAULT_REWRAP_MAX);
    TRY(vault_begin(store, VAULT_IN_KEYS));
    TRY(vault_end(store, VAULT_IN_KEYS, wraps_set(store, rewraps, count, now_us)));
    vault_step(store);
    return FAULT_NONE;
}
