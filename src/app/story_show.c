#include "app/case_print.h"
#include "app/story_ask.h"
#include "app/story_desk.h"
#include "app/venue_rules.h"
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_query.h"
#include "role/cases/case_text.h"
#include "role/cases/cases.h"

#include <stdio.h>
#include <string.h>

/* ---- the desk itself ---- */

enum fault story_desk_open(struct story_run *run)
{
    struct story_desk *desk = &run->desk;
    char path[FILE_PATH_BYTES];
    struct projection_options options = {.folder = run->folder};
    desk->is_open = true;
    screen_rows_init(&desk->rows);
    run->teller.rows = &desk->rows;
    TRY(file_path(path, run->folder, SCREEN_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    TRY(file_path(path, run->folder, OFFICERS_FILE));
    TRY(order_gate_open(&desk->gate, disk_real(), run->folder, path));
    memcpy(desk->gate.venue, run->venue, sizeof(desk->gate.venue));
    return projection_open(&desk->cases, &cases_projection, &options);
}

void story_desk_close(struct story_run *run)
{
    struct story_desk *desk = &run->desk;
    if (!desk->is_open) {
        return;
    }
    projection_close(desk->cases, false);
    order_gate_close(&desk->gate);
    screen_own_close(desk->own);
    screen_list_close(&desk->list);
    find_close(desk->find);
    screen_rows_close(&desk->rows);
    desk->is_open = false;
}

enum fault story_desk_step(struct story_run *run, const struct story_step *step)
{
    CHECK(run->desk.is_open);
    switch (step->act) {
    case STORY_REGISTER:
        return story_screen_register(run, step->value);
    case STORY_LOAD:
        return story_screen_load(run, step->value);
    case STORY_SCREEN:
        return story_screen_look(run);
    case STORY_OWN:
        return story_screen_own(run, step);
    case STORY_WAY:
        return story_screen_way(run, step);
    case STORY_WHY:
        return story_show_why(run, step);
    case STORY_INBOX:
        return story_show_inbox(run, step);
    case STORY_QUEUE:
        return story_show_queue(run);
    case STORY_CASE:
        return story_officers_act(run, step);
    case STORY_SECOND:
        return story_officers_second(run, step);
    case STORY_FACT:
    case STORY_OWNERSHIP:
    case STORY_RESTRICT:
        return story_officers_order(run, step);
    case STORY_SAY:
    case STORY_PRICE:
    case STORY_SIGN_UP:
    case STORY_DEPOSIT:
    case STORY_ORDER:
    case STORY_WITHDRAW:
    case STORY_SETTLE:
    case STORY_RETURN:
    case STORY_LISTING:
    case STORY_UNLINK:
    case STORY_LINK:
    case STORY_PACK:
    case STORY_LICENCE:
    case STORY_TABLE:
    case STORY_TRANSFER:
        break;
    }
    CHECK(false); /* the story's own acts */
    return FAULT_NONE;
}

enum fault story_show_catch_up(struct story_run *run)
{
    bool some = true;
    TRY(story_work(run));
    while (some) {
        TRY(projection_work(run->desk.cases, &some));
    }
    return FAULT_NONE;
}

/* ---- why ---- */

/* A price comes behind what is asked about: the last batch of a journal that goes on is left out.
 */
enum fault story_show_why(struct story_run *run, const struct story_step *step)
{
    static struct why_answer answer; /* one thread */
    const char *name = run->story->accounts[step->account].name;
    struct why_question question = {.folder = run->folder,
                                    .account = step->account,
                                    .by_account = true,
                                    .at = story_moment_or(step->from, PAST_END),
                                    .known_at = story_moment_or(step->until, PAST_END)};
    TRY(story_prices(run));
    TRY(story_work(run));
    enum fault fault = why_ask(&question, &answer);
    if (fault == FAULT_NONE) {
        story_tell(&run->teller, "why", "for officers%s%s%s%s:", step->from == NULL ? "" : ", on ",
                   step->from == NULL ? "" : step->from,
                   step->until == NULL ? "" : ", as known on ",
                   step->until == NULL ? "" : step->until);
        story_ask_print(&answer, name);
    }
    why_close(&answer);
    return fault;
}

/* ---- what the customer reads ---- */

static void notice_tell(struct story_run *run, const char *name, const struct notice_text *text,
                        u32 count)
{
    CHECK(text->count >= count);
    for (u32 i = 0; i < count; i += 1) {
        const struct notice_part *part = &text->parts[i];
        bool is_title = i == 0;
        story_tell(&run->teller, is_title ? "inbox" : "", "%s%s: %.*s", is_title ? "of " : "",
                   is_title ? name : part->name, (int)part->text.size,
                   (const char *)part->text.data);
    }
}

static enum fault notice_show(struct story_run *run, const char *name,
                              const struct case_notice_row *row)
{
    static u8 json[PACK_TEXT_JSON_MAX]; /* one thread */
    static struct pack_text pack;
    static struct notice_text text;
    const char *reason = NULL;
    char packs[FILE_PATH_BYTES];
    bool has_pack = !span_is_zero(span_of(row->hash, sizeof(row->hash)));
    TRY(file_path(packs, run->folder, CASES_PACKS));
    if (has_pack) {
        TRY(case_text_read(disk_real(), packs, row->hash, json, &pack, &reason));
        CHECK(reason == NULL && row->rule < pack.rules_count);
    }
    notice_print(&row->notice, has_pack ? &pack : NULL, has_pack ? &pack.rules[row->rule] : NULL,
                 LANGUAGE_EN, &text);
    notice_tell(run, name, &text, row->notice.kind == NOTICE_LIFTED ? 1 : text.count);
    return FAULT_NONE;
}

/* The notices of the last command that led to some, in their order. */
enum fault story_show_inbox(struct story_run *run, const struct story_step *step)
{
    struct case_notice_row rows[NOTICE_KINDS_MAX];
    struct case_store *store = NULL;
    u32 count = 0;
    TRY(story_show_catch_up(run));
    enum fault fault = cases_reader(&store, run->folder);
    if (fault == FAULT_NONE) {
        fault = case_query_notices(store, step->account, NULL, NOTICE_KINDS_MAX, rows, &count);
    }
    case_store_close(store);
    CHECK(fault != FAULT_NONE || count > 0);
    for (u32 i = count; fault == FAULT_NONE && i > 0; i -= 1) {
        if (rows[i - 1].seq == rows[0].seq) {
            fault = notice_show(run, run->story->accounts[step->account].name, &rows[i - 1]);
        }
    }
    return fault;
}

/* ---- the queue ---- */

static void case_tell(struct story_run *run, const struct case_row *row)
{
    const struct officer *owner = officers_by_number(&run->desk.gate.officers, row->owner);
    char number[CASE_NUMBER_BYTES];
    char date[NOTICE_DATE_BYTES];
    char about[CASE_ID_BYTES + 1] = "";
    u64 due_us = case_due_us(row, NULL);
    memcpy(about, row->what, CASE_ID_BYTES);
    story_tell(&run->teller, "case", "%s, of %s: %s%s%s, %s%s%s%s%s",
               case_print_number(row->matter, number), story_tell_person(&run->teller, row->person),
               case_kind_name(row->kind), about[0] == 0 ? "" : " ", about,
               case_state_name(row->state), owner == NULL ? "" : " by ",
               owner == NULL ? "" : owner->code,
               due_us == 0             ? ""
               : due_us <= run->now_us ? ", LATE since "
                                       : ", due ",
               due_us == 0 ? "" : notice_date(due_us - 1, date));
}

enum fault story_show_queue(struct story_run *run)
{
    static struct case_row rows[CASE_QUERY_ROWS_MAX];
    struct case_store *store = NULL;
    struct case_filter filter = {.open_only = true, .limit = CASE_QUERY_ROWS_MAX};
    u32 count = 0;
    TRY(story_show_catch_up(run));
    enum fault fault = cases_reader(&store, run->folder);
    if (fault == FAULT_NONE) {
        fault = case_query_list(store, &filter, rows, &count);
    }
    case_store_close(store);
    for (u32 i = 0; fault == FAULT_NONE && i < count; i += 1) {
        case_tell(run, &rows[i]);
    }
    return fault;
}
