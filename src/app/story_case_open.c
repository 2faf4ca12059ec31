/* Steps of a story from the grant on (story_case.h). */
#include "app/report_make.h"
#include "app/story_case.h"
#include "app/venue_rules.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "wire/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_S 1000000ULL

enum { MANIFEST_LINE_BYTES = 256, TOTALS_BYTES = 256 };

/* What came of a step that the grant's code has done: as the script wants it, and told. */
static enum fault judged(struct story_case_run *run, const struct story_case_step *step,
                         enum fault fault, const char *done)
{
    if (step->ends == NULL) {
        TRY(fault);
        if (done != NULL && step->tries != NULL) {
            story_tell(&run->teller, "", "%s", done);
        }
        return FAULT_NONE;
    }
    if (fault == FAULT_NONE) {
        return FAULT(FAULT_DIVERGED, "the story: %s: done, and not refused", step->tries);
    }
    if (strstr(fault_text(), step->ends) == NULL) {
        return fault;
    }
    story_case_refused(run, step->by, fault_text());
    fault_forget();
    return FAULT_NONE;
}

static enum fault do_grant(struct story_case_run *run, const struct story_case_step *step)
{
    u8 name[DESK_NAME_BYTES];
    struct story_open_grant ask = {
        .number = step->number, .name = name, .person = step->person, .paper = step->paper};
    story_case_name(step->number, name);
    for (u32 i = 0; i < STORY_OPEN_ROWS_MAX; i += 1) {
        ask.rows[i] = step->words[i];
    }
    return judged(run, step, story_open_grant(run->open, &ask), "written");
}

static enum fault do_sign(struct story_case_run *run, const struct story_case_step *step)
{
    char path[FILE_PATH_BYTES];
    TRY(venue_rules_key(run->folder, step->officer, path));
    return judged(run, step, story_open_sign(run->open, step->officer, path), "their client signs");
}

static enum publog_kind event_of(const char *name)
{
    return strcmp(name, "grant") == 0     ? PUBLOG_KIND_GRANT
           : strcmp(name, "opening") == 0 ? PUBLOG_KIND_OPENING
                                          : PUBLOG_KIND_DELIVERED;
}

static enum fault do_process(struct story_case_run *run, const struct story_case_step *step)
{
    u32 kind = desk_word_number(DESK_WORDS_ACT, span_of_text(step->act));
    CHECK(kind != 0);
    return judged(run, step, story_open_process(run->open, (enum desk_act_kind)kind), NULL);
}

/* Its lines that tell of records; what those say is the court's to read. */
static void manifest_tell(struct story_case_run *run)
{
    struct span rest = story_open_manifest(run->open);
    struct span line;
    while (span_cut_line(&rest, &line)) {
        char text[MANIFEST_LINE_BYTES] = "";
        CHECK(line.size < sizeof(text));
        memcpy(text, line.data, line.size);
        if (strncmp(text, "compared: ", 10) == 0 || strncmp(text, "delivered: ", 11) == 0) {
            story_tell(&run->teller, "manifest", "%s", text);
        }
    }
}

static enum fault do_deliver(struct story_case_run *run, const struct story_case_step *step)
{
    TRY(judged(run, step, story_open_deliver(run->open), NULL));
    manifest_tell(run);
    return FAULT_NONE;
}

static enum fault do_pry(struct story_case_run *run, const struct story_case_step *step)
{
    u32 count = 0;
    while (count < STORY_CASE_WORDS_MAX && step->words[count] != NULL) {
        count += 1;
    }
    return judged(run, step, story_open_pry(run->open, step->words, count), NULL);
}

static enum fault do_line(struct story_case_run *run, const struct story_case_step *step)
{
    struct story_open_line line;
    TRY(story_open_line(run->open, strtoull(step->person, NULL, 10), &line));
    story_tell(&run->teller, "", "it is told of %u opening%s", line.openings,
               line.openings == 1 ? "" : "s");
    if (!line.is_ended) {
        return FAULT(FAULT_DIVERGED, "the story: the line takes another question");
    }
    if (step->ends != NULL) {
        story_tell(&run->teller, step->by, "asks it: %s", step->ends);
        story_case_refused(run, "the line's form",
                           "no sound gateway sends this; the line is closed");
    }
    return FAULT_NONE;
}

static enum fault do_receipt(struct story_case_run *run)
{
    char moment[MOMENT_TEXT_BYTES];
    u64 slot_s = 0;
    u32 cosigned = 0;
    TRY(story_open_receipt(run->open, &slot_s, &cosigned));
    CHECK(moment_print(slot_s * US_S, moment));
    story_tell(&run->teller, "",
               "it verifies: an opening of this case, in the slot of %s, %u "
               "witnesses",
               moment, cosigned);
    return FAULT_NONE;
}

static void report_tell(struct story_case_run *run, const struct report_half *half)
{
    static const enum report_cell cells[] = {
        REPORT_CELL_REQUESTS,  REPORT_CELL_ASKED,   REPORT_CELL_REJECTED,
        REPORT_CELL_EMERGENCY, REPORT_CELL_FULL,    REPORT_CELL_PARTIAL,
        REPORT_CELL_ANSWERED,  REPORT_CELL_NOTICES, REPORT_CELL_OWN_MOTION};
    char text[TOTALS_BYTES];
    int used = 0;
    for (u32 i = 0; i < ARRAY_COUNT(cells); i += 1) {
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s %llu", i == 0 ? "" : ", ",
                         report_cell_name(cells[i]), (unsigned long long)half->totals[cells[i]]);
        CHECK(used > 0 && (size_t)used < sizeof(text));
    }
    story_tell(&run->teller, "the report", "%s; meetings with authorities %llu", text,
               (unsigned long long)half->contacts[0]);
}

static enum fault do_report(struct story_case_run *run)
{
    char path[FILE_PATH_BYTES];
    char venue[DESK_VENUE_BYTES];
    struct report *report = NULL;
    TRY(story_log_tell(run->log, run->desk));
    TRY(file_path(path, run->folder, REPORT_DESK_PATH));
    enum fault fault = report_make(path, run->now_us / US_S, venue, &report);
    if (fault == FAULT_NONE) {
        CHECK(report_halves(report) == 1);
        report_tell(run, report_half(report, 0));
    }
    report_close(report);
    return fault;
}

enum fault story_case_open_step(struct story_case_run *run, const struct story_case_step *step)
{
    story_case_tries(run, step);
    switch (step->what) {
    case STORY_CASE_GRANT:
        return do_grant(run, step);
    case STORY_CASE_SIGN:
        return do_sign(run, step);
    case STORY_CASE_TELL:
        return judged(run, step, story_open_tell(run->open, event_of(step->act)), NULL);
    case STORY_CASE_PROCESS:
        return do_process(run, step);
    case STORY_CASE_BEGIN:
        return judged(run, step, story_open_begin(run->open),
                      "it judges all of it, and makes its "
                      "keys");
    case STORY_CASE_HUSH:
        return judged(run, step, story_open_hush(run->open), NULL);
    case STORY_CASE_AGAIN:
        return judged(run, step, story_open_again(run->open), "it makes new keys");
    case STORY_CASE_RELEASE:
        return judged(run, step, story_open_release(run->open, step->officer),
                      "their client judges all of it, and answers");
    case STORY_CASE_DELIVER:
        return do_deliver(run, step);
    case STORY_CASE_PRY:
        return do_pry(run, step);
    case STORY_CASE_LINE:
        return do_line(run, step);
    case STORY_CASE_RECEIPT:
        return do_receipt(run);
    case STORY_CASE_REPORT:
        return do_report(run);
    case STORY_CASE_SAY:
    case STORY_CASE_ACT:
    case STORY_CASE_LETTER:
    case STORY_CASE_SEEN:
    case STORY_CASE_FORGE:
        break;
    }
    CHECK(false);
    return FAULT_NONE;
}
