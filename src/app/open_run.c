#include "app/open_run.h"

#include "base/span.h"
#include "io/sandbox.h"
#include "role/vault/opener.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FRESH_SUFFIX ".new"
#define PAUSE_NS     100000000L
#define FILES_OPEN   32U

/* An officer's answer, as far as it is there. */
struct answer {
    const char *officer;
    enum share_side side;
    u32 index;
    bool is_there;
    bool is_bad; /* it was tried and is not taken again */
    size_t size;
    char text[RELEASE_TEXT_BYTES];
};

struct opening_run {
    struct open_pins pins;
    struct open_folder folder;
    struct opener *opener;
    struct opener_bodies bodies; /* their bytes are below */
    struct age_target target;
    struct file delivery;
    u64 delivery_bytes;
    u32 answers_count;
    struct answer answers[OPENER_RELEASES_MAX];
    struct opener_result result;
    u8 body[SEAL_BODY_BYTES_MAX];
};

/* ---- the folder's side of the opener ---- */

static enum fault body_read(struct opener_bodies *bodies, u32 index, struct span *body_out)
{
    u8 *base = (u8 *)bodies - offsetof(struct opening_run, bodies);
    struct opening_run *run = (struct opening_run *)(void *)base;
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    open_body_name(index, name);
    TRY(open_folder_file(&run->folder, name, run->body, sizeof(run->body), &size));
    *body_out = span_of(run->body, size);
    return FAULT_NONE;
}

static enum fault delivery_write(struct age_target *target, struct span bytes)
{
    u8 *base = (u8 *)target - offsetof(struct opening_run, target);
    struct opening_run *run = (struct opening_run *)(void *)base;
    TRY(file_write_at(&run->delivery, run->delivery_bytes, bytes.data, bytes.size));
    run->delivery_bytes += bytes.size;
    return FAULT_NONE;
}

/* A file that a try before left, or a process that was killed, goes first. */
static enum fault delivery_begin(struct opening_run *run)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, run->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        TRY(disk_unlink(disk_real(), path));
    }
    run->delivery_bytes = 0;
    return file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &run->delivery);
}

/* What was written is worth nothing; why is told, unless even that cannot be removed. */
static enum fault delivery_drop(struct opening_run *run)
{
    char path[FILE_PATH_BYTES];
    struct fault_trail trail;
    fault_trail_copy(&trail);
    file_close(&run->delivery);
    TRY(file_path(path, run->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(disk_unlink(disk_real(), path));
    fault_trail_adopt(&trail);
    return trail.fault;
}

/* The manifest first: a delivery is never there without it. */
static enum fault delivery_end(struct opening_run *run)
{
    char fresh[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(file_sync(&run->delivery));
    file_close(&run->delivery);
    TRY(tlog_file_replace(disk_real(), run->folder.path, OPEN_MANIFEST,
                          span_of(run->result.manifest, run->result.manifest_bytes)));
    TRY(file_path(fresh, run->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(file_path(path, run->folder.path, OPEN_DELIVERY));
    TRY(disk_rename(disk_real(), fresh, path));
    return disk_sync_folder(disk_real(), run->folder.path);
}

/* ---- waiting ---- */

static enum fault pause_or_end(struct opening_run *run, const char *what)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    (void)nanosleep(&pause, NULL);
    open_pins_now(&run->pins);
    return run->pins.judge.now_s <= opener_opening(run->opener)->begins_s + OPENING_SECONDS
               ? FAULT_NONE
               : FAULT(FAULT_TIMEOUT, "no %s within %u seconds; it takes another grant", what,
                       OPENING_SECONDS);
}

static enum fault wait_shown(struct opening_run *run)
{
    bool is_there = false;
    while (!is_there) {
        TRY(pause_or_end(run, OPEN_OPENING_SHOWN));
        TRY(open_folder_has(&run->folder, OPEN_OPENING_SHOWN, &is_there));
    }
    return open_folder_read_shown(&run->folder);
}

static void answers_begin(struct opening_run *run)
{
    for (u32 side = 0; side < 2; side += 1) {
        const struct share_roster *roster = &run->pins.key.sides[side].roster;
        for (u32 i = 0; i < roster->count; i += 1) {
            run->answers[run->answers_count].officer = roster->members[i].name;
            run->answers[run->answers_count].side = roster->side;
            run->answers[run->answers_count].index = i + 1;
            run->answers_count += 1;
        }
    }
}

/* Looks for answers that have come, and whether they are enough. */
static enum fault answers_look(struct opening_run *run, bool *is_enough_out)
{
    u32 count[2] = {0, 0};
    for (u32 i = 0; i < run->answers_count; i += 1) {
        struct answer *answer = &run->answers[i];
        char name[FILE_NAME_BYTES];
        open_release_name(answer->officer, name);
        if (!answer->is_there) {
            TRY(open_folder_has(&run->folder, name, &answer->is_there));
            if (answer->is_there) {
                TRY(open_folder_file(&run->folder, name, (u8 *)answer->text, sizeof(answer->text),
                                     &answer->size));
            }
        }
        count[answer->side == SHARE_SIDE_A ? 0 : 1] += answer->is_there && !answer->is_bad;
    }
    *is_enough_out = count[0] >= run->pins.key.sides[0].roster.threshold &&
                     count[1] >= run->pins.key.sides[1].roster.threshold;
    return FAULT_NONE;
}

/* ---- delivering ---- */

static enum fault deliver(struct opening_run *run)
{
    struct opener_release releases[OPENER_RELEASES_MAX];
    u32 places[OPENER_RELEASES_MAX];
    u32 count = 0;
    for (u32 i = 0; i < run->answers_count; i += 1) {
        if (run->answers[i].is_there && !run->answers[i].is_bad) {
            releases[count] = (struct opener_release){
                .name = run->answers[i].officer,
                .side = run->answers[i].side,
                .index = run->answers[i].index,
                .text = span_of(run->answers[i].text, run->answers[i].size)};
            places[count] = i;
            count += 1;
        }
    }
    const struct opener_call call = {
        .judge = &run->pins.judge,
        .file = &run->folder.file,
        .grant_shown = span_of(run->folder.grant_shown, run->folder.grant_shown_bytes),
        .opening_shown = span_of(run->folder.opening_shown, run->folder.opening_shown_bytes),
        .rows = &run->folder.rows,
        .bodies = &run->bodies,
        .releases = releases,
        .releases_count = count,
        .target = &run->target};
    TRY(delivery_begin(run));
    enum fault fault = opener_deliver(run->opener, &call, &run->result);
    if (fault == FAULT_NONE) {
        return delivery_end(run);
    }
    if (run->result.is_release && run->result.release < count) {
        run->answers[places[run->result.release]].is_bad = true;
    }
    return delivery_drop(run);
}

/* The opening's text, for the log, when it turned out that somebody was another person. */
static enum fault mismatch_tell(struct opening_run *run)
{
    char text[OPENING_TEXT_BYTES];
    struct fault_trail trail;
    fault_trail_copy(&trail);
    TRY(tlog_file_replace(disk_real(), run->folder.path, OPEN_MISMATCH,
                          span_of(text, opening_print(opener_opening(run->opener), text))));
    fault_trail_adopt(&trail);
    return trail.fault;
}

/* With what has come; again with others, as long as only an answer was at fault. */
static enum fault answers_wait(struct opening_run *run)
{
    for (;;) {
        bool is_enough = false;
        TRY(pause_or_end(run, "answers of enough officers"));
        TRY(answers_look(run, &is_enough));
        if (!is_enough) {
            continue;
        }
        enum fault fault = deliver(run);
        if (fault == FAULT_NONE) {
            return FAULT_NONE;
        }
        if (run->result.is_mismatch) {
            return mismatch_tell(run);
        }
        if (!run->result.is_release) {
            return fault;
        }
        (void)fprintf(stderr, "not taken: %s\n", fault_text());
    }
}

/* ---- the process ---- */

static enum fault enter_sandbox(const struct opening_run *run, bool is_required)
{
    const struct sandbox_path path = {.path = run->folder.path, .is_writable = true};
    const struct sandbox_options options = {.role = "opener",
                                            .paths = &path,
                                            .paths_count = 1,
                                            .files_max = FILES_OPEN,
                                            .is_required = is_required};
    struct sandbox_report report;
    char text[SANDBOX_TEXT_BYTES];
    TRY(sandbox_enter(&options, &report));
    sandbox_report_print(&report, text);
    (void)fprintf(stderr, "sandbox: %s\n", text);
    return FAULT_NONE;
}

static enum fault begin(struct opening_run *run)
{
    struct opening_granted granted;
    char text[OPENING_TEXT_BYTES];
    bool exists = false;
    TRY(open_folder_has(&run->folder, OPEN_OPENING, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: an opening was begun here; it takes another grant",
                     run->folder.path);
    }
    TRY(opening_judge_grant(&run->pins.judge, &run->folder.file,
                            span_of(run->folder.grant_shown, run->folder.grant_shown_bytes),
                            &granted));
    TRY(opening_judge_rows(&run->pins.judge, &run->folder.file, &run->folder.rows));
    TRY(opener_open(&run->opener, &run->folder.file, run->pins.judge.now_s));
    TRY(tlog_file_replace(disk_real(), run->folder.path, OPEN_OPENING,
                          span_of(text, opening_print(opener_opening(run->opener), text))));
    (void)fprintf(stderr, "opening: written; waiting for %s\n", OPEN_OPENING_SHOWN);
    return FAULT_NONE;
}

static enum fault go(struct opening_run *run, bool is_sandbox_required)
{
    TRY(enter_sandbox(run, is_sandbox_required));
    TRY(begin(run));
    TRY(wait_shown(run));
    answers_begin(run);
    (void)fprintf(stderr, "opening: in the log; waiting for answers\n");
    TRY(answers_wait(run));
    (void)printf("%.*s", (int)run->result.manifest_bytes, run->result.manifest);
    return FAULT_NONE;
}

enum fault open_run(const char *folder, const struct open_pin_paths *paths,
                    bool is_sandbox_required)
{
    struct opening_run *run = calloc(1, sizeof(*run));
    if (run == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for an opening");
    }
    run->bodies.body = body_read;
    run->target.write = delivery_write;
    enum fault fault = open_folder_read(folder, &run->folder);
    if (fault == FAULT_NONE) {
        fault = open_pins_read(paths, &run->pins);
        if (fault == FAULT_NONE) {
            fault = go(run, is_sandbox_required);
            opener_close(run->opener);
            open_pins_close(&run->pins);
        }
    }
    free(run);
    return fault;
}
