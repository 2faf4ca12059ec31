#include "role/cases/case_answer.h"

#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_json.h"
#include "role/cases/case_text.h"

#include <stdio.h>
#include <stdlib.h>

#define NEXT_BYTES 72U

_Static_assert(CASE_ASK_ROWS_MAX < CASE_QUERY_ROWS_MAX, "one more than is given is looked for");

struct case_view {
    struct disk *disk;
    const char *packs;
    u32 bytes;
    char *text; /* the answer */
    struct json_writer json;
    char next[NEXT_BYTES]; /* where the answer ends early; else empty */
    struct projection_point point;
    struct case_row rows[CASE_ASK_ROWS_MAX + 1];
    struct case_act_row acts[CASE_ASK_ROWS_MAX + 1];
    struct case_notice_row notices[CASE_ASK_NOTICES_MAX + 1];
    struct case_whitelist_row whitelist[CASE_ASK_ROWS_MAX + 1];
    struct case_inbox inbox;
};

enum fault case_view_create(struct case_view **view_out, struct disk *disk, const char *packs,
                            u32 bytes)
{
    CHECK(bytes == 0 || bytes > CASE_ANSWER_TAIL);
    bytes = bytes == 0 ? CASE_ANSWER_BYTES : bytes;
    struct case_view *view = calloc(1, sizeof(struct case_view));
    char *text = calloc(1, bytes);
    *view_out = NULL;
    if (view == NULL || text == NULL) {
        free(view);
        free(text);
        return FAULT(FAULT_LIMIT, "no memory for answers of the officers' queue");
    }
    view->disk = disk;
    view->packs = packs;
    view->bytes = bytes;
    view->text = text;
    *view_out = view;
    return FAULT_NONE;
}

void case_view_destroy(struct case_view *view)
{
    if (view != NULL) {
        free(view->text);
        free(view);
    }
}

/* ---- rows ---- */

/* Whether the row that was put since `before` leaves room for the end; else it is taken back. The
 * first of an answer stays: if it is too long alone, there is no answer, and that is told. */
static bool row_fits(struct case_view *view, const struct json_writer *before, bool is_first)
{
    bool has_room = view->json.size - view->json.used >= CASE_ANSWER_TAIL;
    if (is_first || (has_room && !view->json.overflown)) {
        return true;
    }
    view->json = *before;
    return false;
}

static void next_row(struct case_view *view, const struct case_row *row)
{
    struct case_place place = case_place_of(row);
    (void)snprintf(view->next, sizeof(view->next), "%d.%llu.%llu", place.is_closed ? 1 : 0,
                   (unsigned long long)place.order, (unsigned long long)place.matter);
}

/* One page of cases. A row that is too long for the rest of the answer begins the next page. */
static void put_rows(struct case_view *view, const struct case_ask *ask,
                     const struct case_holidays *holidays, u64 now_us, u32 found, u32 *count_out,
                     u32 *late_out)
{
    *count_out = 0;
    *late_out = 0;
    for (u32 i = 0; i < found; i += 1) {
        const struct case_row *row = &view->rows[i];
        struct json_writer before = view->json;
        bool is_out = ask->filter.due_us != 0 && !case_is_due(row, holidays, ask->filter.due_us);
        if (i == ask->limit) {
            next_row(view, &view->rows[i - 1]);
            return;
        }
        if (is_out) {
            continue;
        }
        case_put_json(&view->json, row, holidays, now_us);
        if (!row_fits(view, &before, *count_out == 0)) {
            next_row(view, &view->rows[i - 1]);
            return;
        }
        *count_out += 1;
        *late_out += case_is_due(row, holidays, now_us) ? 1 : 0;
    }
}

static enum fault answer_list(struct case_view *view, struct case_store *store,
                              const struct case_holidays *holidays, const struct case_ask *ask)
{
    bool is_reports = ask->kind == CASE_ASK_REPORTS;
    struct case_filter filter = ask->filter;
    u64 at_us = ask->at_us == 0 ? view->point.time_us : ask->at_us;
    u32 found = 0;
    u32 count = 0;
    u32 late = 0;
    filter.limit = ask->limit + 1;
    TRY(case_query_list(store, &filter, view->rows, &found));
    json_key(&view->json, is_reports ? "reports" : "cases");
    json_array_begin(&view->json);
    put_rows(view, ask, holidays, at_us, found, &count, &late);
    json_array_end(&view->json);
    json_field_u64(&view->json, "count", count);
    if (is_reports) {
        json_field_u64(&view->json, "late", late);
    }
    return FAULT_NONE;
}

static enum fault answer_show(struct case_view *view, struct case_store *store,
                              const struct case_holidays *holidays, const struct case_ask *ask,
                              struct case_refusal *refusal)
{
    bool found = false;
    u32 count = 0;
    TRY(case_query_one(store, ask->matter, &view->rows[0], &found));
    if (!found) {
        case_refuse(refusal, "case", "there is no such case");
        return FAULT_NONE;
    }
    TRY(case_query_acts(store, ask->matter, ask->acts_before, ask->limit + 1, view->acts, &count));
    json_key(&view->json, "case");
    case_put_json(&view->json, &view->rows[0], holidays, view->point.time_us);
    json_key(&view->json, "acts");
    json_array_begin(&view->json);
    for (u32 i = 0; i < count; i += 1) {
        struct json_writer before = view->json;
        if (i < ask->limit) {
            case_put_act_json(&view->json, &view->acts[i]);
        }
        if (i == ask->limit || !row_fits(view, &before, i == 0)) {
            (void)snprintf(view->next, sizeof(view->next), "%u", ask->acts_before + i);
            break;
        }
    }
    json_array_end(&view->json);
    return FAULT_NONE;
}

static enum fault answer_inbox(struct case_view *view, struct case_store *store,
                               const struct case_ask *ask)
{
    u32 count = 0;
    TRY(case_query_notices(store, ask->account, ask->has_newer ? &ask->newer : NULL, ask->limit + 1,
                           view->notices, &count));
    json_key(&view->json, "notices");
    json_array_begin(&view->json);
    view->inbox.is_read = false;
    for (u32 i = 0; i < count; i += 1) {
        const struct case_notice_row *row = &view->notices[i];
        struct json_writer before = view->json;
        if (i < ask->limit) {
            TRY(case_inbox_print(&view->inbox, view->disk, view->packs, row, ask->language));
            case_put_notice_json(&view->json, row, &view->inbox.text);
        }
        if (i == ask->limit || !row_fits(view, &before, i == 0)) {
            (void)snprintf(view->next, sizeof(view->next), "%llu.%u",
                           (unsigned long long)view->notices[i - 1].seq, view->notices[i - 1].item);
            break;
        }
    }
    json_array_end(&view->json);
    return FAULT_NONE;
}

static enum fault answer_whitelisted(struct case_view *view, struct case_store *store,
                                     const struct case_ask *ask)
{
    u32 count = 0;
    TRY(case_query_whitelist(store, ask->rows_before, ask->limit + 1, view->whitelist, &count));
    json_key(&view->json, "whitelist");
    json_array_begin(&view->json);
    for (u32 i = 0; i < count; i += 1) {
        struct json_writer before = view->json;
        if (i < ask->limit) {
            case_put_whitelist_json(&view->json, &view->whitelist[i], view->point.time_us);
        }
        if (i == ask->limit || !row_fits(view, &before, i == 0)) {
            (void)snprintf(view->next, sizeof(view->next), "%u", ask->rows_before + i);
            break;
        }
    }
    json_array_end(&view->json);
    return FAULT_NONE;
}

static enum fault answer_acts(struct case_view *view, struct case_store *store,
                              const struct case_ask *ask)
{
    u32 count = 0;
    TRY(case_query_acts_by(store, ask->filter.owner, ask->from_us, ask->until_us, ask->rows_before,
                           ask->limit + 1, view->acts, &count));
    json_key(&view->json, "acts");
    json_array_begin(&view->json);
    for (u32 i = 0; i < count; i += 1) {
        struct json_writer before = view->json;
        if (i < ask->limit) {
            case_put_own_act_json(&view->json, &view->acts[i]);
        }
        if (i == ask->limit || !row_fits(view, &before, i == 0)) {
            (void)snprintf(view->next, sizeof(view->next), "%u", ask->rows_before + i);
            break;
        }
    }
    json_array_end(&view->json);
    return FAULT_NONE;
}

/* ---- answers ---- */

struct span case_answer_refusal(struct case_view *view, const struct case_refusal *refusal)
{
    json_begin(&view->json, view->text, view->bytes);
    json_object_begin(&view->json);
    json_key(&view->json, "error");
    json_object_begin(&view->json);
    json_field_text(&view->json, "field", refusal->field);
    json_field_text(&view->json, "reason", refusal->reason);
    json_object_end(&view->json);
    json_object_end(&view->json);
    return span_of(view->text, json_end(&view->json));
}

static enum fault answer_kind(struct case_view *view, struct case_store *store,
                              const struct case_holidays *holidays, const struct case_ask *ask,
                              struct case_refusal *refusal)
{
    switch (ask->kind) {
    case CASE_ASK_LIST:
    case CASE_ASK_REPORTS:
        return answer_list(view, store, holidays, ask);
    case CASE_ASK_SHOW:
        return answer_show(view, store, holidays, ask, refusal);
    case CASE_ASK_INBOX:
        return answer_inbox(view, store, ask);
    case CASE_ASK_WHITELISTED:
        return answer_whitelisted(view, store, ask);
    case CASE_ASK_ACTS:
        return answer_acts(view, store, ask);
    }
    return FAULT_NONE;
}

enum fault case_answer(struct case_view *view, struct case_store *store,
                       const struct case_holidays *holidays, const struct case_ask *ask,
                       struct span *answer_out, bool *refused_out)
{
    struct case_refusal refusal = {.reason = {0}};
    *answer_out = (struct span){.data = NULL};
    *refused_out = false;
    view->next[0] = 0;
    TRY(case_store_point(store, &view->point));
    json_begin(&view->json, view->text, view->bytes);
    json_object_begin(&view->json);
    json_field_u64(&view->json, "seq", view->point.seq);
    json_field_u64(&view->json, "time_us", view->point.time_us);
    TRY(answer_kind(view, store, holidays, ask, &refusal));
    if (refusal.reason[0] == 0) {
        if (view->next[0] != 0) {
            json_field_text(&view->json, "next", view->next);
        }
        json_object_end(&view->json);
        *answer_out = span_of(view->text, json_end(&view->json));
    }
    if (answer_out->size == 0) {
        if (refusal.reason[0] == 0) {
            case_refuse(&refusal, "", "one row alone is longer than an answer may be");
        }
        *refused_out = true;
        *answer_out = case_answer_refusal(view, &refusal);
    }
    return FAULT_NONE;
}
