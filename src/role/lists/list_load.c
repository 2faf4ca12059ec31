#include "role/lists/list_load.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/lists/list_compile.h"
#include "wire/code.h"
#include "wire/moment.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US 86400000000ULL

struct list_loader {
    struct list_sink sink; /* first: it is cast back */
    struct list_store *store;
    enum fault fault; /* of the store, not of the files */
    const _Atomic u32 *is_stopping;
    struct list_report report;
    struct list_load row; /* the one in force */
    char code[CODE_NAME_BYTES];
    char line[LIST_LINE_BYTES + 1];
};

enum fault list_loader_create(struct list_loader **loader_out)
{
    *loader_out = calloc(1, sizeof(struct list_loader));
    return *loader_out == NULL ? FAULT(FAULT_LIMIT, "no memory to load lists") : FAULT_NONE;
}

void list_loader_destroy(struct list_loader *loader)
{
    free(loader);
}

/* ---- reading ---- */

static enum fault take(struct list_sink *sink, const struct list_entry *entry)
{
    struct list_loader *loader = (struct list_loader *)(void *)sink;
    size_t size = list_entry_print(entry, loader->line, sizeof(loader->line));
    if (entry->number != 0 || size < 2) {
        return FAULT(FAULT_INPUT, "an entry that has a number already, or no line");
    }
    if (loader->is_stopping != NULL && atomic_load(loader->is_stopping) != 0) {
        loader->fault = FAULT(FAULT_STOPPED, "a load was stopped");
        return loader->fault;
    }
    loader->fault = list_store_put(loader->store, entry->id, span_of(loader->line, size - 1));
    return loader->fault;
}

/* Refused rows that may hide an entry: not those that are no party at all. */
static u64 refused_of(const struct list_report *report)
{
    return report->header.rows_refused - report->refused[LIST_REFUSAL_NO_PARTY];
}

static void files_print(const struct list_load_request *request, char target[LIST_FILES_BYTES])
{
    size_t used = 0;
    target[0] = 0;
    for (u32 i = 0; i < request->paths_count; i += 1) {
        const char *name = strrchr(request->paths[i], '/');
        int size = snprintf(target + used, LIST_FILES_BYTES - used, "%s%s", i > 0 ? " " : "",
                            name == NULL ? request->paths[i] : name + 1);
        if (size < 0 || (size_t)size >= LIST_FILES_BYTES - used) {
            return; /* cut, with its zero */
        }
        used += (size_t)size;
    }
}

/* "utf8 3, no_id 1", then a line for each of the first. */
static void refusals_print(const struct list_source *source, const struct list_report *report,
                           char target[LIST_REFUSALS_BYTES])
{
    size_t used = 0;
    target[0] = 0;
    for (u32 i = 0; i < LIST_REFUSAL_COUNT; i += 1) {
        if (report->refused[i] > 0) {
            used += (size_t)snprintf(target + used, LIST_REFUSALS_BYTES - used, "%s%s %llu",
                                     used > 0 ? ", " : "", list_refusal_name((enum list_refusal)i),
                                     (unsigned long long)report->refused[i]);
            CHECK(used < LIST_REFUSALS_BYTES);
        }
    }
    for (u32 i = 0; i < report->first_count; i += 1) {
        char one[FILE_PATH_BYTES];
        list_refused_print(source, &report->first[i], one, sizeof(one));
        size_t size = strlen(one);
        if (size + 1 >= LIST_REFUSALS_BYTES - used) {
            return;
        }
        target[used] = '\n';
        memcpy(target + used + 1, one, size + 1);
        used += size + 1;
    }
}

static void load_fill(const struct list_load_request *request, const struct list_source *source,
                      const struct list_report *report, u64 recorded_us, struct list_load *load_out)
{
    const struct list_header *header = &report->header;
    *load_out = (struct list_load){.list = request->list,
                                   .recorded_us = recorded_us,
                                   .taken_us = request->now_us,
                                   .again_us = request->now_us,
                                   .times = 1,
                                   .published = header->published,
                                   .rows = header->rows_in,
                                   .entries = header->entries_count,
                                   .merged = header->rows_merged,
                                   .refused = header->rows_refused};
    memcpy(load_out->hash, header->source_hash, sizeof(load_out->hash));
    memcpy(load_out->format, header->format, sizeof(load_out->format));
    files_print(request, load_out->files);
    refusals_print(source, report, load_out->refusals);
}

/* ---- may it be believed ---- */

static struct list_date day_of(u64 time_us)
{
    char text[MOMENT_TEXT_BYTES];
    struct list_date date = {.year = 0};
    if (moment_print(time_us, text)) {
        bool is_date = list_date_parse(span_of(text, 10), &date);
        CHECK(is_date);
    }
    return date;
}

static bool refuse(struct list_load *load, enum list_outcome outcome, const char *reason)
{
    load->outcome = outcome;
    (void)snprintf(load->reason, sizeof(load->reason), "%s", reason);
    return false;
}

static bool dates_are_good(const struct list_state *state, struct list_load *load)
{
    char reason[LIST_REASON_BYTES];
    char published[LIST_DATE_TEXT_BYTES];
    char other[LIST_DATE_TEXT_BYTES];
    struct list_date tomorrow = day_of(load->recorded_us + DAY_US);
    list_date_print(load->published, published);
    if (load->published.year == 0) {
        return true;
    }
    if (list_date_compare(load->published, tomorrow) > 0) {
        list_date_print(day_of(load->recorded_us), other);
        (void)snprintf(reason, sizeof(reason), "published on %s, which is after %s", published,
                       other);
        return refuse(load, LIST_OUTCOME_FUTURE, reason);
    }
    if (state->published.year != 0 && list_date_compare(load->published, state->published) < 0) {
        list_date_print(state->published, other);
        (void)snprintf(reason, sizeof(reason), "published on %s; the one in force is of %s",
                       published, other);
        return refuse(load, LIST_OUTCOME_OLDER, reason);
    }
    return true;
}

/* Less than what is kept of `before`? */
static bool is_less(u64 now, u64 before, u32 percent)
{
    return (u128)now * 100 < (u128)before * percent;
}

/* A list shrinks in three ways: it has fewer entries; others in the place of those in force; or
 * fewer rows about the same ones, as when a file of aliases is missing. */
static bool shrinks(const struct list_loader *loader, const struct list_load_request *request,
                    const struct list_state *state, const struct list_load *load,
                    char reason[LIST_REASON_BYTES])
{
    u32 percent = request->policy.keep_percent;
    bool is_removing = load->refused == 0 || request->accept_refused != NULL;
    u64 stay = state->entries - u64_min(list_store_missing(loader->store), state->entries);
    if (is_less(load->entries, state->entries, percent)) {
        (void)snprintf(
            reason, LIST_REASON_BYTES, "%llu entries, fewer than %u %% of the %llu in force",
            (unsigned long long)load->entries, percent, (unsigned long long)state->entries);
        return true;
    }
    if (is_removing && is_less(stay, state->entries, percent)) {
        (void)snprintf(reason, LIST_REASON_BYTES,
                       "has %llu of the %llu entries in force, fewer than %u %%",
                       (unsigned long long)stay, (unsigned long long)state->entries, percent);
        return true;
    }
    if (is_less(load->rows, loader->row.rows, percent)) {
        (void)snprintf(reason, LIST_REASON_BYTES,
                       "%llu rows, fewer than %u %% of the %llu of the load in force",
                       (unsigned long long)load->rows, percent,
                       (unsigned long long)loader->row.rows);
        return true;
    }
    return false;
}

static bool size_is_good(const struct list_loader *loader, const struct list_load_request *request,
                         const struct list_state *state, struct list_load *load)
{
    char reason[LIST_REASON_BYTES];
    if (load->entries == 0) {
        return refuse(load, LIST_OUTCOME_EMPTY, "it has no entry");
    }
    if (state->load != 0 && request->accept_shrunken == NULL &&
        shrinks(loader, request, state, load, reason)) {
        return refuse(load, LIST_OUTCOME_SHRUNKEN, reason);
    }
    return true;
}

static bool rows_are_good(const struct list_load_request *request, struct list_load *load,
                          u64 refused)
{
    char reason[LIST_REASON_BYTES];
    u32 permille = request->policy.refused_permille;
    if ((u128)refused * 1000 > (u128)load->rows * permille && request->accept_refused == NULL) {
        (void)snprintf(reason, sizeof(reason),
                       "%llu of %llu rows could not be read, more than %u in a thousand",
                       (unsigned long long)refused, (unsigned long long)load->rows, permille);
        return refuse(load, LIST_OUTCOME_SPOILT, reason);
    }
    return true;
}

static void consent_print(const struct list_load_request *request, struct list_load *load)
{
    int size = 0;
    if (request->accept_shrunken != NULL) {
        size = snprintf(load->consent, sizeof(load->consent), "shrunken: %s",
                        request->accept_shrunken);
    }
    if (request->accept_refused != NULL && size >= 0 && (size_t)size < sizeof(load->consent)) {
        (void)snprintf(load->consent + size, sizeof(load->consent) - (size_t)size,
                       "%srefused rows: %s", size > 0 ? "; " : "", request->accept_refused);
    }
}

/* ---- the end ---- */

/* It is what is in force already, and nothing would come of taking it again. */
static enum fault unchanged(struct list_loader *loader, const struct list_load_request *request,
                            const struct list_state *state, const struct list_load *load,
                            bool *is_out)
{
    bool found = false;
    *is_out = false;
    if (state->load == 0) {
        return FAULT_NONE;
    }
    TRY(list_store_load(loader->store, state->load, &loader->row, &found));
    *is_out = found && list_store_is_same(loader->store, loader->row.kept) &&
              memcmp(loader->row.hash, load->hash, sizeof(load->hash)) == 0 &&
              (request->accept_refused == NULL || loader->row.kept == 0);
    return FAULT_NONE;
}

static enum fault decide(struct list_loader *loader, const struct list_load_request *request,
                         const struct list_state *state, u64 confirmed_us, struct list_load *load)
{
    struct list_store *store = loader->store;
    const struct list_header *header = &loader->report.header;
    u64 refused = refused_of(&loader->report);
    bool is_same = false;
    if (load->outcome == LIST_OUTCOME_UNREADABLE) {
        return list_store_refuse(store, load);
    }
    if (header->rows_in != header->entries_count + header->rows_merged + header->rows_refused) {
        (void)refuse(load, LIST_OUTCOME_UNREADABLE, "its rows do not add up");
        return list_store_refuse(store, load);
    }
    TRY(unchanged(loader, request, state, load, &is_same));
    if (is_same) {
        load->outcome = LIST_OUTCOME_UNCHANGED;
        load->number = state->load;
        load->in_force = state->entries;
        return list_store_confirm(store, request->now_us, confirmed_us);
    }
    if (!size_is_good(loader, request, state, load) || !dates_are_good(state, load) ||
        !rows_are_good(request, load, refused)) {
        return list_store_refuse(store, load);
    }
    consent_print(request, load);
    return list_store_accept(store, load, confirmed_us,
                             refused > 0 && request->accept_refused == NULL);
}

static enum fault begun(struct list_loader *loader, const struct list_load_request *request,
                        const struct list_state *state, u64 recorded_us, struct list_load *load_out)
{
    const struct list_source source = {.list = loader->code,
                                       .paths = request->paths,
                                       .paths_count = request->paths_count,
                                       .format = (u8)request->format};
    u64 stale_after_us = request->policy.stale_after_us;
    if (stale_after_us == 0 && state->stale_after_us == 0) {
        stale_after_us = LIST_STALE_AFTER_DEFAULT;
    }
    list_store_stale_after(loader->store, stale_after_us);
    loader->fault = FAULT_NONE;
    memset(&loader->report, 0, sizeof(loader->report));
    enum fault fault = list_read(&source, &loader->sink, &loader->report);
    if (loader->fault != FAULT_NONE && loader->fault != FAULT_LIMIT) {
        return fault; /* our own disk, not the list */
    }
    load_fill(request, &source, &loader->report, recorded_us, load_out);
    if (fault != FAULT_NONE) {
        (void)refuse(load_out, LIST_OUTCOME_UNREADABLE, fault_text());
        fault_forget();
    }
    return decide(loader, request, state,
                  request->confirmed_us == 0 ? recorded_us : request->confirmed_us, load_out);
}

enum fault list_load(struct list_loader *loader, struct list_store *store,
                     const struct list_load_request *request, struct list_load *load_out)
{
    struct list_state state;
    struct list_state now;
    u64 recorded_us = request->recorded_us;
    CHECK(request->paths_count > 0);
    if (!code_name_print(request->list, loader->code)) {
        return FAULT(FAULT_USAGE, "no such name of a list");
    }
    TRY(list_store_state(store, request->list, &now));
    if (recorded_us == 0) { /* the clock may have been set back a little */
        recorded_us = request->now_us > now.recorded_us ? request->now_us : now.recorded_us + 1;
    }
    if (recorded_us > request->now_us + DAY_US) {
        return FAULT(FAULT_USAGE, "%s: its last load is recorded more than a day after now",
                     loader->code);
    }
    loader->sink.take = take;
    loader->store = store;
    loader->is_stopping = request->is_stopping;
    TRY(list_store_begin(store, request->list, recorded_us, &state));
    enum fault fault = begun(loader, request, &state, recorded_us, load_out);
    if (fault != FAULT_NONE) {
        list_store_abandon(store);
        return fault;
    }
    TRY(list_store_state(store, request->list, &now));
    return list_compiled_is_good(request->folder, &now, request->now_us)
               ? FAULT_NONE
               : list_compile(store, request->folder, request->list, request->now_us);
}

void list_load_tell(const struct list_load *load)
{
    char code[CODE_NAME_BYTES] = {0};
    const char *outcome = list_outcome_name(load->outcome);
    bool is_name = code_name_print(load->list, code);
    CHECK(is_name);
    if (load->outcome == LIST_OUTCOME_UNCHANGED) {
        log_debug("lists.unchanged", LOG_STR("list", code));
    } else if (load->outcome == LIST_OUTCOME_ACCEPTED) {
        log_info("lists.loaded", LOG_STR("list", code), LOG_U64("load", load->number),
                 LOG_U64("entries", load->in_force), LOG_U64("added", load->added),
                 LOG_U64("changed", load->changed), LOG_U64("removed", load->removed),
                 LOG_U64("kept", load->kept), LOG_U64("rows_refused", load->refused));
    } else {
        log_error("lists.refused", LOG_STR("list", code), LOG_U64("load", load->number),
                  LOG_STR("outcome", outcome), LOG_STR("reason", load->reason));
    }
    if (load->outcome == LIST_OUTCOME_ACCEPTED && load->kept > 0) {
        log_warn("lists.kept", LOG_STR("list", code), LOG_U64("kept", load->kept),
                 LOG_U64("rows_refused", load->refused));
    }
}
