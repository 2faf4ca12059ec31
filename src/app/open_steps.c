#include "app/open_steps.h"

#include "base/span.h"
#include "role/vault/opener.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRESH_SUFFIX ".new"

/* An officer's answer, as far as it is there. */
struct answer {
    const char *officer;
    enum share_side side;
    u32 index;
    bool is_there;
    bool is_bad; /* it was tried, and is not tried again as it is */
    size_t size;
    char text[RELEASE_TEXT_BYTES];
};

struct open_steps {
    const struct opening_judge *judge;
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
    u8 *base = (u8 *)bodies - offsetof(struct open_steps, bodies);
    struct open_steps *steps = (struct open_steps *)(void *)base;
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    open_body_name(index, name);
    TRY(open_folder_file(&steps->folder, name, steps->body, sizeof(steps->body), &size));
    *body_out = span_of(steps->body, size);
    return FAULT_NONE;
}

static enum fault delivery_write(struct age_target *target, struct span bytes)
{
    u8 *base = (u8 *)target - offsetof(struct open_steps, target);
    struct open_steps *steps = (struct open_steps *)(void *)base;
    TRY(file_write_at(&steps->delivery, steps->delivery_bytes, bytes.data, bytes.size));
    steps->delivery_bytes += bytes.size;
    return FAULT_NONE;
}

/* A file that a try before left, or a process that was killed, goes first. */
static enum fault delivery_begin(struct open_steps *steps)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, steps->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(disk_exists(steps->folder.disk, path, &exists));
    if (exists) {
        TRY(disk_unlink(steps->folder.disk, path));
    }
    steps->delivery_bytes = 0;
    return file_open(steps->folder.disk, path, FILE_WRITE | FILE_CREATE | FILE_SECRET,
                     &steps->delivery);
}

/* What was written is worth nothing; why is told, unless even that cannot be removed. */
static enum fault delivery_drop(struct open_steps *steps)
{
    char path[FILE_PATH_BYTES];
    struct fault_trail trail;
    fault_trail_copy(&trail);
    file_close(&steps->delivery);
    TRY(file_path(path, steps->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(disk_unlink(steps->folder.disk, path));
    fault_trail_adopt(&trail);
    return trail.fault;
}

/* The manifest first: a delivery is never there without it. */
static enum fault delivery_end(struct open_steps *steps)
{
    char fresh[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(file_sync(&steps->delivery));
    file_close(&steps->delivery);
    TRY(tlog_file_replace(steps->folder.disk, steps->folder.path, OPEN_MANIFEST,
                          span_of(steps->result.manifest, steps->result.manifest_bytes)));
    TRY(file_path(fresh, steps->folder.path, OPEN_DELIVERY FRESH_SUFFIX));
    TRY(file_path(path, steps->folder.path, OPEN_DELIVERY));
    TRY(disk_rename(steps->folder.disk, fresh, path));
    return disk_sync_folder(steps->folder.disk, steps->folder.path);
}

static void answers_begin(struct open_steps *steps)
{
    for (u32 side = 0; side < 2; side += 1) {
        const struct share_roster *roster = &steps->judge->key->sides[side].roster;
        for (u32 i = 0; i < roster->count; i += 1) {
            steps->answers[steps->answers_count].officer = roster->members[i].name;
            steps->answers[steps->answers_count].side = roster->side;
            steps->answers[steps->answers_count].index = i + 1;
            steps->answers_count += 1;
        }
    }
}

/* Reads an answer that was not there, or was not taken: what was seen while it was being written,
 * or was mended, is another one now. */
static enum fault answer_read(struct open_steps *steps, struct answer *answer)
{
    static char text[RELEASE_TEXT_BYTES]; /* one thread */
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    bool is_there = false;
    open_release_name(answer->officer, name);
    TRY(open_folder_has(&steps->folder, name, &is_there));
    if (!is_there) {
        return FAULT_NONE;
    }
    TRY(open_folder_file(&steps->folder, name, (u8 *)text, sizeof(text), &size));
    bool is_same = answer->is_there && size == answer->size &&
                   (size == 0 || memcmp(text, answer->text, size) == 0);
    if (!is_same) {
        memcpy(answer->text, text, size);
        answer->size = size;
        answer->is_there = true;
        answer->is_bad = false;
    }
    return FAULT_NONE;
}

enum fault open_steps_answers(struct open_steps *steps, bool *is_enough_out)
{
    u32 count[2] = {0, 0};
    for (u32 i = 0; i < steps->answers_count; i += 1) {
        struct answer *answer = &steps->answers[i];
        if (!answer->is_there || answer->is_bad) {
            TRY(answer_read(steps, answer));
        }
        count[answer->side == SHARE_SIDE_A ? 0 : 1] += answer->is_there && !answer->is_bad;
    }
    *is_enough_out = count[0] >= steps->judge->key->sides[0].roster.threshold &&
                     count[1] >= steps->judge->key->sides[1].roster.threshold;
    return FAULT_NONE;
}

/* ---- delivering ---- */

static enum fault try_once(struct open_steps *steps)
{
    struct opener_release releases[OPENER_RELEASES_MAX];
    u32 places[OPENER_RELEASES_MAX];
    u32 count = 0;
    for (u32 i = 0; i < steps->answers_count; i += 1) {
        if (steps->answers[i].is_there && !steps->answers[i].is_bad) {
            releases[count] = (struct opener_release){
                .name = steps->answers[i].officer,
                .side = steps->answers[i].side,
                .index = steps->answers[i].index,
                .text = span_of(steps->answers[i].text, steps->answers[i].size)};
            places[count] = i;
            count += 1;
        }
    }
    const struct opener_call call = {
        .judge = steps->judge,
        .file = &steps->folder.file,
        .grant_shown = span_of(steps->folder.grant_shown, steps->folder.grant_shown_bytes),
        .opening_shown = span_of(steps->folder.opening_shown, steps->folder.opening_shown_bytes),
        .slots = span_of(steps->folder.slots, steps->folder.slots_bytes),
        .rows = &steps->folder.rows,
        .bodies = &steps->bodies,
        .releases = releases,
        .releases_count = count,
        .target = &steps->target};
    memset(&steps->result, 0, sizeof(steps->result)); /* of a try before */
    TRY(delivery_begin(steps));
    enum fault fault = opener_deliver(steps->opener, &call, &steps->result);
    if (fault == FAULT_NONE) {
        return delivery_end(steps);
    }
    if (steps->result.is_release && steps->result.release < count) {
        steps->answers[places[steps->result.release]].is_bad = true;
    }
    return delivery_drop(steps);
}

/* The opening's text, for the log, when it turned out that somebody was another person. */
static enum fault mismatch_tell(struct open_steps *steps)
{
    char text[OPENING_TEXT_BYTES];
    struct fault_trail trail;
    fault_trail_copy(&trail);
    TRY(tlog_file_replace(steps->folder.disk, steps->folder.path, OPEN_MISMATCH,
                          span_of(text, opening_print(opener_opening(steps->opener), text))));
    fault_trail_adopt(&trail);
    return trail.fault;
}

/* ---- the steps ---- */

enum fault open_steps_deliver(struct open_steps *steps, bool *is_over_out)
{
    enum fault fault = try_once(steps);
    *is_over_out = fault == FAULT_NONE || !steps->result.is_release;
    return fault != FAULT_NONE && steps->result.is_mismatch ? mismatch_tell(steps) : fault;
}

enum fault open_steps_begin(struct open_steps *steps)
{
    struct opening_granted granted;
    char text[OPENING_TEXT_BYTES];
    bool exists = false;
    TRY(open_folder_has(&steps->folder, OPEN_OPENING, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: an opening was begun here; it takes another grant",
                     steps->folder.path);
    }
    TRY(opening_judge_grant(steps->judge, &steps->folder.file,
                            span_of(steps->folder.grant_shown, steps->folder.grant_shown_bytes),
                            &granted));
    TRY(open_folder_judge_case(steps->judge, &steps->folder));
    TRY(opening_judge_rows(steps->judge, &steps->folder.file, &steps->folder.rows));
    TRY(opener_open(&steps->opener, &steps->folder.file, steps->judge->now_s));
    TRY(tlog_file_replace(steps->folder.disk, steps->folder.path, OPEN_OPENING,
                          span_of(text, opening_print(opener_opening(steps->opener), text))));
    return FAULT_NONE;
}

enum fault open_steps_open(struct disk *disk, const char *folder, const struct opening_judge *judge,
                           struct open_steps **steps_out)
{
    *steps_out = NULL;
    struct open_steps *steps = calloc(1, sizeof(*steps));
    if (steps == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for an opening");
    }
    steps->judge = judge;
    steps->bodies.body = body_read;
    steps->target.write = delivery_write;
    enum fault fault = open_folder_read(disk, folder, &steps->folder);
    if (fault != FAULT_NONE) {
        free(steps);
        return fault;
    }
    answers_begin(steps);
    *steps_out = steps;
    return FAULT_NONE;
}

void open_steps_close(struct open_steps *steps)
{
    if (steps != NULL) {
        file_close(&steps->delivery);
        opener_close(steps->opener);
        free(steps);
    }
}

enum fault open_steps_shown(struct open_steps *steps, bool *is_there_out)
{
    TRY(open_folder_has(&steps->folder, OPEN_OPENING_SHOWN, is_there_out));
    if (*is_there_out) {
        TRY(open_folder_has(&steps->folder, OPEN_SLOTS, is_there_out));
    }
    return *is_there_out ? open_folder_read_shown(&steps->folder) : FAULT_NONE;
}

const struct grant_file *open_steps_grant(const struct open_steps *steps)
{
    return &steps->folder.file;
}

const struct opening *open_steps_opening(const struct open_steps *steps)
{
    return opener_opening(steps->opener);
}

struct span open_steps_manifest(const struct open_steps *steps)
{
    return span_of(steps->result.manifest, steps->result.manifest_bytes);
}
