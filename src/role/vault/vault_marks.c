/* What is remembered of records that are gone: the highest version that a subject's group ever had,
 * under a keyed hash of the two. So a frame that is sent once more, or comes from an old copy,
 * brings nothing back, and the file does not tell whose records there were; and under the same hash
 * the day on which each was erased. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#include <sodium.h>

#define PLACE_BYTES 16U

static void mark_of(const struct vault_store *store, u64 subject, u64 group,
                    u8 mark_out[VAULT_MARK_BYTES])
{
    u8 place[PLACE_BYTES];
    bytes_put_u64(place, subject);
    bytes_put_u64(place + 8, group);
    int code = crypto_generichash(mark_out, VAULT_MARK_BYTES, place, sizeof(place), store->mark_key,
                                  VAULT_MARK_KEY_BYTES);
    CHECK(code == 0);
}

enum fault vault_marks_highest(struct vault_store *store, u64 subject, u64 group, u64 *version_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_MARK);
    u8 mark[VAULT_MARK_BYTES];
    bool row = false;
    mark_of(store, subject, group, mark);
    sql_put_bytes(&call, span_of(mark, sizeof(mark)));
    TRY(sql_next(&store->keys, &call, &row));
    *version_out = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault put(struct vault_store *store, u64 subject, u64 group, u64 version)
{
    struct sql_call call = vault_call(store, VAULT_SQL_MARK_PUT);
    u8 mark[VAULT_MARK_BYTES];
    mark_of(store, subject, group, mark);
    sql_put_bytes(&call, span_of(mark, sizeof(mark)));
    sql_put_u64(&call, version);
    return vault_do(store, VAULT_SQL_MARK_PUT, &call);
}

enum fault vault_marks_add(struct vault_store *store, const struct seal_label *label)
{
    return put(store, label->subject, label->group, label->version);
}

static bool is_same_place(const struct seal_label *a, const struct seal_label *b)
{
    return a->subject == b->subject && a->group == b->group;
}

enum fault vault_marks_check(struct vault_store *store, const struct vault_record *records,
                             u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        const struct seal_label *label = &records[i].label;
        u64 version = 0;
        TRY(vault_marks_highest(store, label->subject, label->group, &version));
        for (u32 j = 0; j < i; j += 1) {
            bool is_before = is_same_place(&records[j].label, label);
            version = is_before ? u64_max(version, records[j].label.version) : version;
        }
        if (label->version <= version) {
            return FAULT(FAULT_REFUSED,
                         "number %u: version %u of this group was put before, or a later one; what "
                         "is gone does not come back",
                         i + 1, label->version);
        }
    }
    return FAULT_NONE;
}

/* ---- what was erased ---- */

enum fault vault_marks_gone(struct vault_store *store, const struct seal_label *label, u32 day)
{
    struct sql_call call = vault_call(store, VAULT_SQL_GONE_ADD);
    u8 mark[VAULT_MARK_BYTES];
    mark_of(store, label->subject, label->group, mark);
    sql_put_bytes(&call, span_of(mark, sizeof(mark)));
    sql_put_u64(&call, label->version);
    sql_put_u64(&call, day);
    return vault_do(store, VAULT_SQL_GONE_ADD, &call);
}

enum fault vault_store_gone(struct vault_store *store, u64 subject, u8 group,
                            struct vault_gone gone_out[VAULT_LIST_MAX], u32 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_GONE);
    u8 mark[VAULT_MARK_BYTES];
    bool row = false;
    *count_out = 0;
    mark_of(store, subject, group, mark);
    sql_put_bytes(&call, span_of(mark, sizeof(mark)));
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        u64 version = sql_get_u64(&call);
        u64 day = sql_get_u64(&call);
        CHECK(*count_out < VAULT_LIST_MAX);
        if (version == 0 || version > UINT32_MAX || day > UINT32_MAX) {
            sql_end(&call);
            return vault_rot(&store->keys);
        }
        gone_out[*count_out] = (struct vault_gone){.version = (u32)version, .day = (u32)day};
        *count_out += 1;
        TRY(sql_next(&store->keys, &call, &row));
    }
    return FAULT_NONE;
}

/* ---- opening ---- */

/* Of the records that are there. */
static enum fault fill(struct vault_store *store)
{
    struct sql_call call = vault_call(store, VAULT_SQL_MARKS_FROM);
    bool row = false;
    TRY(sql_next(&store->keys, &call, &row));
    while (row) {
        u64 subject = sql_get_u64(&call);
        u64 group = sql_get_u64(&call);
        u64 version = sql_get_u64(&call);
        enum fault fault = put(store, subject, group, version);
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
        TRY(sql_next(&store->keys, &call, &row));
    }
    return put(store, 0, 0, 1);
}

/* The mark of nobody is there once the file has marks of this key. */
enum fault vault_marks_open(struct vault_store *store)
{
    u64 version = 0;
    u64 marks = 0;
    bool row = false;
    TRY(vault_marks_highest(store, 0, 0, &version));
    if (version > 0) {
        return FAULT_NONE;
    }
    struct sql_call call = vault_call(store, VAULT_SQL_MARKS);
    TRY(sql_next(&store->keys, &call, &row));
    marks = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    store->has_lost_marks = marks > 0;
    TRY(vault_begin(store, VAULT_IN_KEYS));
    return vault_end(store, VAULT_IN_KEYS, fill(store));
}
