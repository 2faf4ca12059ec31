#include "base/check.h"
#include "base/span.h"
#include "role/lists/list_store.h"
#include "role/lists/list_store_inner.h"

#include <string.h>

static struct list_date date_of(u64 number)
{
    return (struct list_date){.year = (u16)(number / 10000),
                              .month = (u8)(number / 100 % 100),
                              .day = (u8)(number % 100)};
}

/* ---- lists ---- */

static void state_take(struct sql_call *call, struct list_state *state_out)
{
    state_out->list = sql_get_u64(call);
    state_out->load = (u32)sql_get_u64(call);
    state_out->recorded_us = sql_get_u64(call);
    state_out->confirmed_us = sql_get_u64(call);
    state_out->stale_after_us = sql_get_u64(call);
    state_out->published = date_of(sql_get_u64(call));
    state_out->entries = sql_get_u64(call);
    state_out->last_load = (u32)sql_get_u64(call);
    state_out->last_outcome = (enum list_outcome)sql_get_u64(call);
}

enum fault list_store_state(struct list_store *store, u64 list, struct list_state *state_out)
{
    struct sql_call call = list_call(store, LIST_STATE);
    bool row = false;
    *state_out = (struct list_state){.list = list};
    sql_put_u64(&call, list);
    TRY(sql_next(&store->sql, &call, &row));
    if (row) {
        state_take(&call, state_out);
    }
    sql_end(&call);
    return FAULT_NONE;
}

enum fault list_store_lists(struct list_store *store, struct list_state *states_out, u32 max,
                            u32 *count_out)
{
    struct sql_call call = list_call(store, LIST_ALL);
    bool row = false;
    *count_out = 0;
    TRY(sql_next(&store->sql, &call, &row));
    while (row && *count_out < max) {
        state_take(&call, &states_out[*count_out]);
        *count_out += 1;
        TRY(sql_next(&store->sql, &call, &row));
    }
    sql_end(&call);
    return FAULT_NONE;
}

/* ---- loads ---- */

static void text_take(struct sql_call *call, char *target, size_t bytes)
{
    sql_get_bytes(call, target, bytes);
    target[bytes - 1] = 0;
}

void list_load_take(struct sql_call *call, struct list_load *load_out)
{
    load_out->number = (u32)sql_get_u64(call);
    load_out->list = sql_get_u64(call);
    load_out->outcome = (enum list_outcome)sql_get_u64(call);
    load_out->recorded_us = sql_get_u64(call);
    load_out->taken_us = sql_get_u64(call);
    load_out->again_us = sql_get_u64(call);
    load_out->times = sql_get_u64(call);
    load_out->published = date_of(sql_get_u64(call));
    sql_get_bytes(call, load_out->hash, sizeof(load_out->hash));
    load_out->rows = sql_get_u64(call);
    load_out->entries = sql_get_u64(call);
    load_out->merged = sql_get_u64(call);
    load_out->refused = sql_get_u64(call);
    load_out->in_force = sql_get_u64(call);
    load_out->added = sql_get_u64(call);
    load_out->changed = sql_get_u64(call);
    load_out->removed = sql_get_u64(call);
    load_out->kept = sql_get_u64(call);
    text_take(call, load_out->format, sizeof(load_out->format));
    text_take(call, load_out->files, sizeof(load_out->files));
    text_take(call, load_out->reason, sizeof(load_out->reason));
    text_take(call, load_out->consent, sizeof(load_out->consent));
    text_take(call, load_out->refusals, sizeof(load_out->refusals));
}

enum fault list_store_loads(struct list_store *store, u64 list, u32 limit,
                            struct list_load_visitor *visitor)
{
    struct sql_call call = list_call(store, list == 0 ? LIST_LOADS_ALL : LIST_LOADS);
    struct list_load load;
    bool row = false;
    if (list != 0) {
        sql_put_u64(&call, list);
    }
    sql_put_u64(&call, limit);
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        list_load_take(&call, &load);
        enum fault fault = visitor->visit(visitor, &load);
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

enum fault list_store_load(struct list_store *store, u32 number, struct list_load *load_out,
                           bool *found_out)
{
    struct sql_call call = list_call(store, LIST_LOAD_GET);
    sql_put_u64(&call, number);
    TRY(sql_next(&store->sql, &call, found_out));
    if (*found_out) {
        list_load_take(&call, load_out);
    }
    sql_end(&call);
    return FAULT_NONE;
}

/* ---- entries ---- */

static enum fault versions_visit(struct list_store *store, struct sql_call *call,
                                 struct list_version_visitor *visitor)
{
    bool row = false;
    TRY(sql_next(&store->sql, call, &row));
    while (row) {
        struct list_version version;
        version.number = (u32)sql_get_u64(call);
        version.first_load = (u32)sql_get_u64(call);
        version.until_load = (u32)sql_get_u64(call);
        version.from_us = sql_get_u64(call);
        version.until_us = sql_get_u64(call);
        version.id = sql_get_span(call);
        version.line = sql_get_span(call);
        enum fault fault = visitor->visit(visitor, &version);
        if (fault != FAULT_NONE) {
            sql_end(call);
            return fault;
        }
        TRY(sql_next(&store->sql, call, &row));
    }
    return FAULT_NONE;
}

enum fault list_store_at(struct list_store *store, u64 list, u64 at_us,
                         struct list_version_visitor *visitor)
{
    struct sql_call call = list_call(store, LIST_AT);
    CHECK(at_us < LIST_TIME_OPEN);
    sql_put_u64(&call, list);
    sql_put_u64(&call, at_us);
    return versions_visit(store, &call, visitor);
}

enum fault list_store_versions(struct list_store *store, u64 list, u32 number,
                               struct list_version_visitor *visitor)
{
    struct sql_call call = list_call(store, LIST_VERSIONS);
    sql_put_u64(&call, list);
    sql_put_u64(&call, number);
    return versions_visit(store, &call, visitor);
}

enum fault list_store_number(struct list_store *store, u64 list, struct span id, u32 *number_out)
{
    struct sql_call call = list_call(store, LIST_NUMBER);
    bool row = false;
    sql_put_u64(&call, list);
    sql_put_bytes(&call, id);
    TRY(sql_next(&store->sql, &call, &row));
    *number_out = row ? (u32)sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}

enum fault list_store_difference(struct list_store *store, u64 list, u64 before_us, u64 after_us,
                                 struct list_difference_visitor *visitor)
{
    struct sql_call call = list_call(store, LIST_DIFFERENCE);
    bool row = false;
    CHECK(before_us <= after_us && after_us < LIST_TIME_OPEN);
    sql_put_u64(&call, list);
    sql_put_u64(&call, before_us);
    sql_put_u64(&call, after_us);
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        struct list_difference difference;
        difference.number = (u32)sql_get_u64(&call);
        difference.id = sql_get_span(&call);
        difference.before = sql_get_span(&call);
        difference.after = sql_get_span(&call);
        enum fault fault = span_equal(difference.before, difference.after)
                               ? FAULT_NONE
                               : visitor->visit(visitor, &difference);
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}
