/* Enrolments: the review of records that came together, views, and the end of the reviewer's
 * copies; and who was seen before (docs/enrolment.md). */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/blind_index.h"
#include "role/vault/vault_store_inner.h"

#include <sodium.h>
#include <string.h>

#define LOT_TEXT   "cambist review v1"
#define LOT_BYTES  (sizeof(LOT_TEXT) + 12U)
#define GROUPS_ALL SEAL_GROUP_MAX

/* ---- who is given what ---- */

/* A hash that only the key of the blind index makes. */
static void lot_hash(const struct vault_store *store, u64 subject, u32 version, u8 hash_out[32])
{
    u8 bytes[LOT_BYTES];
    memcpy(bytes, LOT_TEXT, sizeof(LOT_TEXT));
    bytes_put_u64(bytes + sizeof(LOT_TEXT), subject);
    bytes_put_u32(bytes + sizeof(LOT_TEXT) + 8, version);
    int code = crypto_generichash(hash_out, 32, bytes, sizeof(bytes), store->mark_key,
                                  VAULT_MARK_KEY_BYTES);
    CHECK(code == 0);
}

u32 vault_store_lot(const struct vault_store *store, u64 subject, u32 version, u32 count)
{
    u8 hash[32];
    CHECK(count > 0);
    lot_hash(store, subject, version, hash);
    return (u32)(bytes_u64(hash) % count);
}

enum fault vault_store_next_version(struct vault_store *store, u64 subject, u32 *version_out)
{
    u64 most = 0;
    for (u64 group = 1; group <= GROUPS_ALL; group += 1) {
        u64 version = 0;
        TRY(vault_marks_highest(store, subject, group, &version));
        most = u64_max(most, version);
    }
    *version_out = 0;
    if (most >= UINT32_MAX) {
        return FAULT(FAULT_LIMIT, "there is no version left");
    }
    *version_out = (u32)most + 1;
    return FAULT_NONE;
}

/* ---- rows ---- */

static enum fault review_get(struct vault_store *store, struct sql_call *call,
                             struct vault_review *review_out)
{
    *review_out = (struct vault_review){.subject = sql_get_u64(call)};
    u64 version = sql_get_u64(call);
    review_out->time_us = sql_get_u64(call);
    review_out->until_s = sql_get_u64(call);
    u64 views = sql_get_u64(call);
    u64 state = sql_get_u64(call);
    u64 seen = sql_get_u64(call);
    sql_get_bytes(call, review_out->reviewer, sizeof(review_out->reviewer));
    sql_get_bytes(call, review_out->box, sizeof(review_out->box));
    sql_get_bytes(call, review_out->enrolment, sizeof(review_out->enrolment));
    if (review_out->subject == 0 || version == 0 || version > UINT32_MAX || views > UINT32_MAX ||
        state < VAULT_REVIEW_OPEN || state > VAULT_REVIEW_OVER ||
        seen > (VAULT_SEEN_DOCUMENT | VAULT_SEEN_PERSON)) {
        sql_end(call);
        return vault_rot(&store->keys);
    }
    review_out->version = (u32)version;
    review_out->views = (u32)views;
    review_out->state = (u8)state;
    review_out->seen = (u8)seen;
    return FAULT_NONE;
}

static struct sql_call call_of(struct vault_store *store, enum vault_statement statement,
                               u64 subject, u32 version)
{
    struct sql_call call = vault_call(store, statement);
    sql_put_u64(&call, subject);
    sql_put_u64(&call, version);
    return call;
}

static enum fault do_of(struct vault_store *store, enum vault_statement statement, u64 subject,
                        u32 version)
{
    struct sql_call call = call_of(store, statement, subject, version);
    return vault_do(store, statement, &call);
}

/* ---- what comes ---- */

static enum fault is_known(struct vault_store *store, const struct vault_tag *tag, u64 subject,
                           bool *known_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_SEEN);
    bool row = false;
    sql_put_u64(&call, tag->field);
    sql_put_bytes(&call, span_of(tag->bytes, sizeof(tag->bytes)));
    sql_put_u64(&call, subject);
    TRY(sql_next(&store->keys, &call, &row));
    *known_out = row && sql_get_u64(&call) > 0;
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault seen_before(struct vault_store *store, const struct vault_record *record,
                              u8 *seen)
{
    for (u32 i = 0; i < record->tags_count; i += 1) {
        u8 bit = record->tags[i].field == BLIND_DOCUMENT ? VAULT_SEEN_DOCUMENT
                 : record->tags[i].field == BLIND_PERSON ? VAULT_SEEN_PERSON
                                                         : 0;
        bool known = false;
        TRY(is_known(store, &record->tags[i], record->label.subject, &known));
        *seen |= known ? bit : 0;
    }
    return FAULT_NONE;
}

static enum fault double_add(struct vault_store *store, const struct vault_review *review)
{
    struct sql_call call = vault_call(store, VAULT_SQL_DOUBLE_ADD);
    sql_put_u64(&call, review->time_us);
    sql_put_u64(&call, review->subject);
    sql_put_u64(&call, review->version);
    sql_put_u64(&call, review->seen);
    return vault_do(store, VAULT_SQL_DOUBLE_ADD, &call);
}

enum fault vault_review_add(struct vault_store *store, const struct vault_record *records,
                            u32 count, struct vault_review *review)
{
    review->seen = 0;
    for (u32 i = 0; i < count; i += 1) {
        TRY(seen_before(store, &records[i], &review->seen));
    }
    struct sql_call call = call_of(store, VAULT_SQL_REVIEW_ADD, review->subject, review->version);
    sql_put_u64(&call, review->time_us);
    sql_put_u64(&call, review->until_s);
    sql_put_u64(&call, review->seen);
    sql_put_bytes(&call, span_of(review->reviewer, sizeof(review->reviewer)));
    sql_put_bytes(&call, span_of(review->box, sizeof(review->box)));
    sql_put_bytes(&call, span_of(review->enrolment, sizeof(review->enrolment)));
    TRY(vault_do(store, VAULT_SQL_REVIEW_ADD, &call));
    if (review->person.size > 0) {
        TRY(vault_person_put(store, review->subject, review->version, review->person));
    }
    return review->seen == 0 ? FAULT_NONE : double_add(store, review);
}

/* ---- views and decisions ---- */

enum fault vault_store_review(struct vault_store *store, u64 subject, u32 version,
                              struct vault_review *review_out, bool *found_out)
{
    struct sql_call call = call_of(store, VAULT_SQL_REVIEW, subject, version);
    TRY(sql_next(&store->keys, &call, found_out));
    if (*found_out) {
        TRY(review_get(store, &call, review_out));
        sql_end(&call);
    }
    return FAULT_NONE;
}

enum fault vault_store_is_reviewed(struct vault_store *store, u64 subject, u64 now_us,
                                   bool *open_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_REVIEW_OPEN);
    bool row = false;
    sql_put_u64(&call, subject);
    sql_put_u64(&call, now_us / VAULT_US_S);
    TRY(sql_next(&store->keys, &call, &row));
    *open_out = row && sql_get_u64(&call) > 0;
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault open_one(struct vault_store *store, u64 subject, u32 version, u64 now_us,
                           struct vault_review *review_out)
{
    bool found = false;
    TRY(vault_store_review(store, subject, version, review_out, &found));
    if (!found) {
        return FAULT(FAULT_MISSING, "there is no such enrolment");
    }
    if (review_out->state != VAULT_REVIEW_OPEN) {
        return FAULT(FAULT_REFUSED, "the review has ended");
    }
    return now_us / VAULT_US_S > review_out->until_s
               ? FAULT(FAULT_REFUSED, "the review is over: nobody decided in time")
               : FAULT_NONE;
}

/* The event says which enrolment by a hash with the index's key, not whose. */
static enum fault view_note(struct vault_store *store, const struct vault_review *review,
                            u64 now_us)
{
    struct vault_event event = {.time_us = now_us, .count = 1, .kind = VAULT_EVENT_VIEW};
    lot_hash(store, review->subject, review->version, event.matter);
    TRY(do_of(store, VAULT_SQL_REVIEW_VIEW, review->subject, review->version));
    return vault_event_add(store, &event);
}

enum fault vault_store_view(struct vault_store *store, u64 subject, u32 version, u64 now_us,
                            struct vault_review *review_out)
{
    TRY(open_one(store, subject, version, now_us, review_out));
    review_out->views += 1;
    TRY(vault_begin(store, VAULT_IN_KEYS));
    return vault_end(store, VAULT_IN_KEYS, view_note(store, review_out, now_us));
}

static enum fault decide(struct vault_store *store, const struct vault_review *review,
                         enum vault_review_state state, u64 now_us, u64 *hands_out)
{
    struct vault_event event = {.time_us = now_us, .kind = VAULT_EVENT_HANDS};
    struct sql_call call = vault_call(store, VAULT_SQL_REVIEW_DECIDE);
    sql_put_u64(&call, state);
    sql_put_u64(&call, review->subject);
    sql_put_u64(&call, review->version);
    TRY(vault_do(store, VAULT_SQL_REVIEW_DECIDE, &call));
    TRY(do_of(store, VAULT_SQL_REVIEW_HANDS, review->subject, review->version));
    *hands_out = sql_changes(&store->keys);
    event.count = *hands_out;
    return *hands_out > 0 ? vault_event_add(store, &event) : FAULT_NONE;
}

enum fault vault_store_decide(struct vault_store *store, u64 subject, u32 version,
                              enum vault_review_state state, u64 now_us, u64 *hands_out)
{
    struct vault_review review;
    CHECK(state == VAULT_REVIEW_ACCEPTED || state == VAULT_REVIEW_REJECTED);
    TRY(open_one(store, subject, version, now_us, &review));
    TRY(vault_begin(store, VAULT_IN_KEYS));
    return vault_end(store, VAULT_IN_KEYS, decide(store, &review, state, now_us, hands_out));
}

enum fault vault_reviews_over(struct vault_store *store, u64 now_us)
{
    struct sql_call call = vault_call(store, VAULT_SQL_REVIEWS_OVER);
    sql_put_u64(&call, now_us / VAULT_US_S);
    return vault_do(store, VAULT_SQL_REVIEWS_OVER, &call);
}

enum fault vault_review_remove(struct vault_store *store, const struct seal_label *label)
{
    if (label->group != SEAL_GROUP_IDENTITY) {
        return FAULT_NONE;
    }
    TRY(vault_person_erase(store, label));
    TRY(do_of(store, VAULT_SQL_REVIEW_REMOVE, label->subject, label->version));
    return do_of(store, VAULT_SQL_DOUBLES_REMOVE, label->subject, label->version);
}

/* ---- lists ---- */

static enum fault reviews_get(struct vault_store *store, struct sql_call *call,
                              struct vault_review reviews_out[VAULT_LIST_MAX], u32 *count_out)
{
    bool row = false;
    *count_out = 0;
    TRY(sql_next(&store->keys, call, &row));
    while (row) {
        CHECK(*count_out < VAULT_LIST_MAX);
        TRY(review_get(store, call, &reviews_out[*count_out]));
        *count_out += 1;
        TRY(sql_next(&store->keys, call, &row));
    }
    return FAULT_NONE;
}

enum fault vault_store_reviews(struct vault_store *store,
                               struct vault_review reviews_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_REVIEWS);
    return reviews_get(store, &call, reviews_out, count_out);
}

enum fault vault_store_reviews_of(struct vault_store *store, u64 subject,
                                  struct vault_review reviews_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_REVIEWS_OF);
    sql_put_u64(&call, subject);
    return reviews_get(store, &call, reviews_out, count_out);
}

enum fault vault_store_doubles(struct vault_store *store, u64 from,
                               struct vault_double doubles_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_DOUBLES);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&call, from);
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        struct vault_double *one = &doubles_out[*count_out];
        CHECK(*count_out < VAULT_LIST_MAX);
        one->number = sql_get_u64(&call);
        one->time_us = sql_get_u64(&call);
        one->subject = sql_get_u64(&call);
        one->version = (u32)sql_get_u64(&call);
        one->seen = (u8)sql_get_u64(&call);
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}
