#include "role/lists/list_store.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/lists/list_store_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_APPLICATION 0x434d424cU /* CMBL */

enum {
    TWINS_MAX = 100,        /* entries under one id in one load */
    NUMBER_DIGITS_MAX = 10, /* of an id that is a number */
    NUMBER_OF_ID_MAX = INT32_MAX,
};

static const struct sql_format format = {
    .application = LIST_APPLICATION,
    .version = LIST_STORE_VERSION,
    .what = "sanctions lists",
    .schema = list_schema,
};

const char *list_outcome_name(enum list_outcome outcome)
{
    static const char *const names[LIST_OUTCOME_COUNT] = {
        "accepted", "unchanged", "unreadable", "empty", "shrunken", "future", "older", "spoilt",
    };
    return (u32)outcome < LIST_OUTCOME_COUNT ? names[outcome] : "unknown";
}

struct sql_call list_call(struct list_store *store, enum list_statement statement)
{
    return sql_call(store->statements[statement]);
}

enum fault list_run(struct list_store *store, enum list_statement statement)
{
    struct sql_call call = list_call(store, statement);
    return sql_do(&store->sql, &call);
}

/* ---- opening ---- */

static enum fault open_inner(struct list_store *store, const char *folder, enum sql_access access)
{
    char path[FILE_PATH_BYTES];
    char lists[FILE_PATH_BYTES];
    TRY(file_path(path, folder, LISTS_FILE));
    if (access == SQL_WRITE) {
        TRY(file_path(lists, folder, LISTS_FOLDER));
        TRY(disk_make_folder(disk_real(), lists));
    }
    TRY(sql_open(&store->sql, path, access, &format));
    for (u32 i = 0; i < LIST_STATEMENTS; i += 1) {
        CHECK(list_texts[i] != NULL);
        TRY(sql_prepare(&store->sql, list_texts[i], &store->statements[i]));
    }
    TRY(sha256_open(&store->sha256));
    store->has_sha256 = true;
    return FAULT_NONE;
}

enum fault list_store_open(struct list_store **store_out, const char *folder,
                           enum sql_access access)
{
    *store_out = NULL;
    struct list_store *store = calloc(1, sizeof(struct list_store));
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the lists");
    }
    store->access = access;
    enum fault fault = open_inner(store, folder, access);
    if (fault != FAULT_NONE) {
        list_store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void list_store_close(struct list_store *store)
{
    if (store == NULL) {
        return;
    }
    list_store_abandon(store);
    for (u32 i = 0; i < LIST_STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    if (store->has_sha256) {
        sha256_close(&store->sha256);
    }
    free(store);
}

/* ---- a load begins ---- */

static enum fault number_of(struct list_store *store, struct sql_call *call, u64 *number_out,
                            bool *found_out)
{
    TRY(sql_next(&store->sql, call, found_out));
    *number_out = *found_out ? sql_get_u64(call) : 0;
    sql_end(call);
    return FAULT_NONE;
}

static enum fault current_read(struct list_store *store)
{
    struct sql_call call = list_call(store, LIST_CURRENT);
    bool row = false;
    sql_put_u64(&call, store->state.list);
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        if (store->current_count == store->state.entries) {
            sql_end(&call);
            return FAULT(FAULT_ROT, "%s: more entries in force than the list counts",
                         store->sql.path);
        }
        struct list_current *current = &store->current[store->current_count];
        store->current_count += 1;
        current->number = (u32)sql_get_u64(&call);
        current->row = sql_get_i64(&call);
        current->is_seen = false;
        current->is_changed = false;
        sql_get_bytes(&call, current->hash, sizeof(current->hash));
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

/* The slot of a hash: its own, or a free one. There are more slots than entries. */
static u32 *slot_of(struct list_store *store, const u8 *hash)
{
    u64 at = bytes_u64(hash) & (store->slots_count - 1);
    while (store->slots[at] != 0 &&
           memcmp(store->current[store->slots[at] - 1].hash, hash, SHA256_BYTES) != 0) {
        at = (at + 1) & (store->slots_count - 1);
    }
    return &store->slots[at];
}

static enum fault slots_fill(struct list_store *store)
{
    store->slots_count = 1;
    while (store->slots_count <= store->current_count * 2) {
        store->slots_count *= 2;
    }
    store->slots = calloc(store->slots_count, sizeof(u32));
    if (store->slots == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the entries of a list");
    }
    for (u64 i = 0; i < store->current_count; i += 1) {
        *slot_of(store, store->current[i].hash) = (u32)i + 1;
    }
    return FAULT_NONE;
}

static enum fault list_make(struct list_store *store, u64 list)
{
    struct sql_call call = list_call(store, LIST_MAKE);
    sql_put_u64(&call, list);
    return sql_do(&store->sql, &call);
}

static enum fault begin_inner(struct list_store *store, u64 list, u64 recorded_us)
{
    u64 number = 0;
    bool found = false;
    TRY(list_store_state(store, list, &store->state));
    if (store->state.last_load == 0) {
        TRY(list_make(store, list));
    }
    if (recorded_us <= store->state.recorded_us) {
        return FAULT(FAULT_USAGE, "a load is recorded later than the one before it");
    }
    struct sql_call call = list_call(store, LIST_LOAD_LAST);
    TRY(number_of(store, &call, &number, &found));
    store->load = (u32)number + 1;
    call = list_call(store, LIST_NUMBER_LAST);
    sql_put_u64(&call, list);
    TRY(number_of(store, &call, &number, &found));
    store->number_last = (u32)number;
    store->recorded_us = recorded_us;
    if (store->state.entries > LIST_ENTRIES_MAX) {
        return FAULT(FAULT_ROT, "%s: more entries than a list may have", store->sql.path);
    }
    store->current = calloc(store->state.entries + 1, sizeof(struct list_current));
    if (store->current == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the entries of a list");
    }
    TRY(current_read(store));
    return slots_fill(store);
}

enum fault list_store_begin(struct list_store *store, u64 list, u64 recorded_us,
                            struct list_state *state_out)
{
    CHECK(store->access == SQL_WRITE);
    CHECK(!store->is_open);
    CHECK(list != 0 && recorded_us < LIST_TIME_OPEN);
    TRY(list_run(store, LIST_BEGIN));
    store->is_open = true;
    store->stale_after_us = 0;
    store->entries = 0;
    store->repeats = 0;
    store->added = 0;
    store->changed = 0;
    store->current_count = 0;
    enum fault fault = begin_inner(store, list, recorded_us);
    *state_out = store->state;
    if (fault != FAULT_NONE) {
        list_store_abandon(store);
    }
    return fault;
}

static void load_forget(struct list_store *store)
{
    free(store->current);
    free(store->slots);
    store->current = NULL;
    store->slots = NULL;
    store->is_open = false;
}

void list_store_abandon(struct list_store *store)
{
    if (!store->is_open) {
        return;
    }
    load_forget(store);
    struct fault_trail trail;
    fault_trail_copy(&trail);
    enum fault fault = list_run(store, LIST_ABANDON);
    if (fault != FAULT_NONE) {
        fault_forget(); /* the library has rolled back itself */
    }
    fault_trail_adopt(&trail);
}

static enum fault commit(struct list_store *store)
{
    if (store->stale_after_us != 0) {
        struct sql_call call = list_call(store, LIST_STALE_AFTER);
        sql_put_u64(&call, store->state.list);
        sql_put_u64(&call, store->stale_after_us);
        TRY(sql_do(&store->sql, &call));
    }
    TRY(list_run(store, LIST_COMMIT));
    load_forget(store);
    return FAULT_NONE;
}

/* ---- its entries ---- */

/* The id as a number, if it is written as one; else 0. */
static u32 number_in(struct span id)
{
    u64 number = 0;
    if (id.size == 0 || id.size > NUMBER_DIGITS_MAX || id.data[0] == '0') {
        return 0;
    }
    for (size_t at = 0; at < id.size; at += 1) {
        if (id.data[at] < '0' || id.data[at] > '9') {
            return 0;
        }
        number = number * 10 + (u64)(id.data[at] - '0');
    }
    return number <= NUMBER_OF_ID_MAX ? (u32)number : 0;
}

static enum fault entry_make(struct list_store *store, struct span id, u32 *number_out)
{
    u64 one = 0;
    bool is_taken = false;
    u32 number = number_in(id);
    if (number != 0) {
        struct sql_call call = list_call(store, LIST_NUMBER_TAKEN);
        sql_put_u64(&call, store->state.list);
        sql_put_u64(&call, number);
        TRY(number_of(store, &call, &one, &is_taken));
    }
    if (number == 0 || is_taken) {
        if (store->number_last == UINT32_MAX) {
            return FAULT(FAULT_LIMIT, "the list has no more numbers");
        }
        number = store->number_last + 1;
    }
    store->number_last = number > store->number_last ? number : store->number_last;
    struct sql_call call = list_call(store, LIST_ENTRY_PUT);
    sql_put_u64(&call, store->state.list);
    sql_put_u64(&call, number);
    sql_put_bytes(&call, id);
    *number_out = number;
    return sql_do(&store->sql, &call);
}

static enum fault version_make(struct list_store *store, u32 number, const u8 *hash,
                               struct span line)
{
    struct sql_call call = list_call(store, LIST_VERSION_PUT);
    sql_put_u64(&call, store->state.list);
    sql_put_u64(&call, number);
    sql_put_u64(&call, store->recorded_us);
    sql_put_u64(&call, store->load);
    sql_put_bytes(&call, span_of(hash, SHA256_BYTES));
    sql_put_bytes(&call, line);
    return sql_do(&store->sql, &call);
}

static enum fault version_end(struct list_store *store, const struct list_current *current)
{
    struct sql_call call = list_call(store, LIST_VERSION_END);
    sql_put_i64(&call, current->row);
    sql_put_u64(&call, store->recorded_us);
    sql_put_u64(&call, store->load);
    return sql_do(&store->sql, &call);
}

static struct list_current *current_of(struct list_store *store, u32 number)
{
    u64 low = 0;
    u64 high = store->current_count;
    while (low < high) {
        u64 middle = low + (high - low) / 2;
        if (store->current[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < store->current_count && store->current[low].number == number ? &store->current[low]
                                                                              : NULL;
}

enum put_result { PUT_DONE, PUT_REPEATED, PUT_TWIN };

/* An entry that was not: new, back again, or put in this load already. */
static enum fault other_put(struct list_store *store, u32 number, const u8 *hash, struct span line,
                            enum put_result *result_out)
{
    u8 before[SHA256_BYTES];
    bool row = false;
    struct sql_call call = list_call(store, LIST_IN_FORCE);
    sql_put_u64(&call, store->state.list);
    sql_put_u64(&call, number);
    TRY(sql_next(&store->sql, &call, &row));
    if (row) {
        sql_get_bytes(&call, before, sizeof(before));
        sql_end(&call);
        *result_out = memcmp(before, hash, SHA256_BYTES) == 0 ? PUT_REPEATED : PUT_TWIN;
        return FAULT_NONE;
    }
    *result_out = PUT_DONE;
    store->added += 1;
    return version_make(store, number, hash, line);
}

/* An entry that was in force when the load began, with another line. */
static enum fault current_put(struct list_store *store, struct list_current *current,
                              const u8 *hash, struct span line, enum put_result *result_out)
{
    if (current->is_changed) {
        return other_put(store, current->number, hash, line, result_out);
    }
    *result_out = current->is_seen ? PUT_TWIN : PUT_DONE;
    if (current->is_seen) {
        return FAULT_NONE;
    }
    current->is_seen = true;
    current->is_changed = true;
    store->changed += 1;
    TRY(version_end(store, current));
    return version_make(store, current->number, hash, line);
}

static enum fault put_as(struct list_store *store, struct span id, const u8 *hash, struct span line,
                         enum put_result *result_out)
{
    u64 known = 0;
    bool found = false;
    struct sql_call call = list_call(store, LIST_NUMBER);
    sql_put_u64(&call, store->state.list);
    sql_put_bytes(&call, id);
    TRY(number_of(store, &call, &known, &found));
    u32 number = (u32)known;
    if (!found) {
        TRY(entry_make(store, id, &number));
    }
    struct list_current *current = current_of(store, number);
    return current != NULL ? current_put(store, current, hash, line, result_out)
                           : other_put(store, number, hash, line, result_out);
}

/* What is not in force as it is: under its id, or as a further one of that id. */
static enum fault put_new(struct list_store *store, struct span id, const u8 *hash,
                          struct span line, enum put_result *result_out)
{
    char key[LIST_KEY_BYTES];
    *result_out = PUT_TWIN;
    for (u32 twin = 1; twin <= TWINS_MAX && *result_out == PUT_TWIN; twin += 1) {
        int size =
            twin == 1
                ? snprintf(key, sizeof(key), "%.*s", (int)id.size, (const char *)id.data)
                : snprintf(key, sizeof(key), "%.*s#%u", (int)id.size, (const char *)id.data, twin);
        if (size <= 0 || (size_t)size >= sizeof(key)) {
            return FAULT(FAULT_LIMIT, "an entry's id is empty, or longer than %u bytes",
                         LIST_KEY_BYTES);
        }
        TRY(put_as(store, span_of(key, (size_t)size), hash, line, result_out));
    }
    return *result_out != PUT_TWIN
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "more than %u entries under one id", TWINS_MAX);
}

enum fault list_store_put(struct list_store *store, struct span id, struct span line)
{
    u8 hash[SHA256_BYTES];
    enum put_result result = PUT_DONE;
    CHECK(store->is_open && store->current != NULL);
    if (store->entries == LIST_ENTRIES_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u entries", LIST_ENTRIES_MAX);
    }
    sha256_begin(&store->sha256);
    sha256_add(&store->sha256, id);
    sha256_add(&store->sha256, span_of("", 1));
    sha256_add(&store->sha256, line);
    sha256_end(&store->sha256, hash);
    u32 slot = *slot_of(store, hash);
    struct list_current *current = slot == 0 ? NULL : &store->current[slot - 1];
    if (current != NULL && !current->is_changed) { /* as most are, when a list comes again */
        result = current->is_seen ? PUT_REPEATED : PUT_DONE;
        current->is_seen = true;
    } else {
        TRY(put_new(store, id, hash, line, &result));
    }
    store->entries += result == PUT_DONE ? 1 : 0;
    store->repeats += result == PUT_REPEATED ? 1 : 0;
    return FAULT_NONE;
}

u64 list_store_entries(const struct list_store *store)
{
    return store->entries;
}

u64 list_store_missing(const struct list_store *store)
{
    return store->current_count + store->added - store->entries;
}

bool list_store_is_same(const struct list_store *store, u64 missing)
{
    return store->added == 0 && store->changed == 0 &&
           store->entries + missing == store->current_count;
}

/* ---- its end ---- */

static u64 date_number(struct list_date date)
{
    return (u64)date.year * 10000 + (u64)date.month * 100 + date.day;
}

static struct span text_of(const char *text)
{
    return span_of_text(text);
}

static enum fault load_put(struct list_store *store, const struct list_load *load)
{
    struct sql_call call = list_call(store, LIST_LOAD_PUT);
    const u64 head[] = {
        load->number,   load->list,     load->outcome, load->recorded_us,
        load->taken_us, load->again_us, load->times,   date_number(load->published)};
    const u64 counts[] = {load->rows,  load->entries, load->merged,  load->refused, load->in_force,
                          load->added, load->changed, load->removed, load->kept};
    for (u32 i = 0; i < ARRAY_COUNT(head); i += 1) {
        sql_put_u64(&call, head[i]);
    }
    sql_put_bytes(&call, span_of(load->hash, sizeof(load->hash)));
    for (u32 i = 0; i < ARRAY_COUNT(counts); i += 1) {
        sql_put_u64(&call, counts[i]);
    }
    sql_put_bytes(&call, text_of(load->format));
    sql_put_bytes(&call, text_of(load->files));
    sql_put_bytes(&call, text_of(load->reason));
    sql_put_bytes(&call, text_of(load->consent));
    sql_put_bytes(&call, text_of(load->refusals));
    return sql_do(&store->sql, &call);
}

static enum fault missing_end(struct list_store *store, struct list_load *load, bool keeps)
{
    for (u64 i = 0; i < store->current_count; i += 1) {
        if (store->current[i].is_seen) {
            continue;
        }
        if (keeps) {
            load->kept += 1;
        } else {
            load->removed += 1;
            TRY(version_end(store, &store->current[i]));
        }
    }
    return FAULT_NONE;
}

enum fault list_store_accept(struct list_store *store, struct list_load *load, u64 confirmed_us,
                             bool keeps)
{
    CHECK(store->is_open && store->current != NULL);
    load->number = store->load;
    load->list = store->state.list;
    load->outcome = LIST_OUTCOME_ACCEPTED;
    load->recorded_us = store->recorded_us;
    load->entries -= u64_min(store->repeats, load->entries);
    load->merged += store->repeats;
    load->added = store->added;
    load->changed = store->changed;
    load->removed = 0;
    load->kept = 0;
    TRY(missing_end(store, load, keeps));
    load->in_force = store->entries + load->kept;
    CHECK(load->in_force == store->current_count - load->removed + load->added);
    TRY(load_put(store, load));
    struct sql_call call = list_call(store, LIST_TAKEN);
    sql_put_u64(&call, load->list);
    sql_put_u64(&call, load->number);
    sql_put_u64(&call, load->recorded_us);
    sql_put_u64(&call, confirmed_us);
    sql_put_u64(&call, date_number(load->published));
    sql_put_u64(&call, load->in_force);
    TRY(sql_do(&store->sql, &call));
    return commit(store);
}

static bool says_the_same(const struct list_load *a, const struct list_load *b)
{
    return a->outcome == b->outcome && memcmp(a->hash, b->hash, sizeof(a->hash)) == 0 &&
           strcmp(a->reason, b->reason) == 0;
}

static enum fault again(struct list_store *store, u32 number, u64 now_us)
{
    struct sql_call call = list_call(store, LIST_LOAD_AGAIN);
    sql_put_u64(&call, number);
    sql_put_u64(&call, now_us);
    return sql_do(&store->sql, &call);
}

static enum fault refuse_inner(struct list_store *store, struct list_load *load)
{
    static const struct list_load none;
    struct list_load last = none;
    struct list_state state;
    u64 number = 0;
    bool found = false;
    TRY(list_store_state(store, load->list, &state));
    if (state.last_load == 0) {
        TRY(list_make(store, load->list));
    } else {
        TRY(list_store_load(store, state.last_load, &last, &found));
    }
    load->in_force = state.entries;
    if (found && says_the_same(&last, load)) {
        load->number = last.number;
        TRY(again(store, last.number, load->taken_us));
        return commit(store);
    }
    struct sql_call call = list_call(store, LIST_LOAD_LAST);
    TRY(number_of(store, &call, &number, &found));
    load->number = (u32)number + 1;
    TRY(load_put(store, load));
    call = list_call(store, LIST_TOLD);
    sql_put_u64(&call, load->list);
    sql_put_u64(&call, load->number);
    sql_put_u64(&call, load->outcome);
    TRY(sql_do(&store->sql, &call));
    return commit(store);
}

enum fault list_store_refuse(struct list_store *store, struct list_load *load)
{
    CHECK(load->outcome > LIST_OUTCOME_UNCHANGED);
    load->list = store->state.list;
    list_store_abandon(store);
    load->added = 0;
    load->changed = 0;
    load->removed = 0;
    load->kept = 0;
    TRY(list_run(store, LIST_BEGIN));
    store->is_open = true;
    enum fault fault = refuse_inner(store, load);
    if (fault != FAULT_NONE) {
        list_store_abandon(store);
    }
    return fault;
}

enum fault list_store_confirm(struct list_store *store, u64 now_us, u64 confirmed_us)
{
    CHECK(store->is_open && store->state.load != 0);
    CHECK(store->added == 0 && store->changed == 0);
    TRY(again(store, store->state.load, now_us));
    struct sql_call call = list_call(store, LIST_CONFIRMED);
    sql_put_u64(&call, store->state.list);
    sql_put_u64(&call, confirmed_us);
    TRY(sql_do(&store->sql, &call));
    return commit(store);
}

void list_store_stale_after(struct list_store *store, u64 stale_after_us)
{
    CHECK(store->is_open);
    store->stale_after_us = stale_after_us;
}

enum fault list_store_look_begin(struct list_store *store)
{
    CHECK(!store->is_open);
    TRY(list_run(store, LIST_LOOK));
    store->is_open = true;
    return FAULT_NONE;
}

void list_store_look_end(struct list_store *store)
{
    list_store_abandon(store);
}

enum fault list_store_hold(struct list_store *store)
{
    CHECK(!store->is_open && store->access == SQL_WRITE);
    TRY(list_run(store, LIST_BEGIN));
    store->is_open = true;
    return FAULT_NONE;
}
