#include "app/rotate_steps.h"

#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_file.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES (ROTATION_PIECE * ROTATION_ANSWER_BYTES)

/* An officer's answers, as far as they are there. */
struct answer {
    const char *officer;
    enum share_side side;
    u32 index;
    bool is_there;
    bool is_bad; /* not taken again */
    struct file file;
    size_t head_bytes;
    u8 piece[PIECE_BYTES];
};

struct rotate_steps {
    const struct rotation_judge *judge;
    struct rotate_folder folder;
    struct rewrapper *rewrapper;
    u32 answers_count;
    struct answer answers[REWRAPPER_ANSWERS_MAX];
    bool is_writing;
    struct rotation_writer writer;
    u32 piece; /* the next one */
    struct rotation_piece rows;
    struct opening_row wraps[ROTATION_PIECE];
    char manifest[REWRAPPER_MANIFEST_BYTES];
    size_t manifest_bytes;
};

static const struct share_roster *roster_of(const struct rotate_steps *steps, u32 side)
{
    return &steps->judge->judge->key->sides[side].roster;
}

static void answers_begin(struct rotate_steps *steps)
{
    for (u32 side = 0; side < 2; side += 1) {
        const struct share_roster *roster = roster_of(steps, side);
        for (u32 i = 0; i < roster->count; i += 1) {
            steps->answers[steps->answers_count].officer = roster->members[i].name;
            steps->answers[steps->answers_count].side = roster->side;
            steps->answers[steps->answers_count].index = i + 1;
            steps->answers_count += 1;
        }
    }
}

enum fault rotate_steps_open(struct disk *disk, const char *folder,
                             const struct rotation_judge *judge, struct rotate_steps **steps_out)
{
    *steps_out = NULL;
    struct rotate_steps *steps = calloc(1, sizeof(*steps));
    if (steps == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a rotation");
    }
    steps->judge = judge;
    enum fault fault = rotate_folder_open(disk, folder, &steps->folder);
    if (fault == FAULT_NONE) {
        fault = rotate_folder_read_shown(&steps->folder);
    }
    if (fault != FAULT_NONE) {
        rotate_steps_close(steps);
        return fault;
    }
    answers_begin(steps);
    *steps_out = steps;
    return FAULT_NONE;
}

void rotate_steps_close(struct rotate_steps *steps)
{
    if (steps == NULL) {
        return;
    }
    for (u32 i = 0; i < steps->answers_count; i += 1) {
        file_close(&steps->answers[i].file);
    }
    if (steps->is_writing) {
        rotation_writer_close(&steps->writer);
    }
    rewrapper_close(steps->rewrapper);
    rotate_folder_close(&steps->folder);
    free(steps);
}

enum fault rotate_steps_resume(struct rotate_steps *steps, bool *is_done_out)
{
    const struct rotate_folder *folder = &steps->folder;
    char path[FILE_PATH_BYTES];
    struct rotation_table wraps;
    bool has_manifest = false;
    bool has_wraps = false;
    bool has_fresh = false;
    *is_done_out = false;
    TRY(rotate_folder_has(folder, OPEN_MANIFEST, &has_manifest));
    TRY(rotate_folder_has(folder, ROTATE_WRAPS, &has_wraps));
    TRY(rotate_folder_has(folder, ROTATE_WRAPS ROTATE_FRESH, &has_fresh));
    if (!has_manifest || has_wraps || !has_fresh) {
        return FAULT_NONE;
    }
    TRY(rotate_wraps_open(folder->disk, folder->path, ROTATE_WRAPS ROTATE_FRESH, &folder->file,
                          &wraps));
    rotation_table_close(&wraps);
    TRY(file_path(path, folder->path, OPEN_MANIFEST));
    TRY(tlog_file_read(folder->disk, path, (u8 *)steps->manifest, sizeof(steps->manifest),
                       &steps->manifest_bytes));
    TRY(rotate_fresh_take(folder->disk, folder->path, ROTATE_WRAPS));
    *is_done_out = true;
    return FAULT_NONE;
}

enum fault rotate_steps_begin(struct rotate_steps *steps)
{
    struct rotate_folder *folder = &steps->folder;
    struct opening_granted granted;
    char text[OPENING_TEXT_BYTES];
    bool exists = false;
    TRY(rotate_folder_has(folder, OPEN_OPENING, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: an opening was begun here; it takes another rotation",
                     folder->path);
    }
    TRY(rotation_judge_logged(steps->judge, &folder->file,
                              span_of(folder->shown, folder->shown_bytes), &granted));
    TRY(rotation_judge_rows(&folder->rows, &folder->file.rotation));
    TRY(rewrapper_open(&steps->rewrapper, &folder->file, steps->judge->judge->now_s));
    return tlog_file_replace(
        folder->disk, folder->path, OPEN_OPENING,
        span_of(text, opening_print(rewrapper_opening(steps->rewrapper), text)));
}

enum fault rotate_steps_allow(struct rotate_steps *steps, bool *is_allowed_out)
{
    struct rotate_folder *folder = &steps->folder;
    bool has_shown = false;
    bool has_slots = false;
    *is_allowed_out = false;
    TRY(rotate_folder_has(folder, OPEN_OPENING_SHOWN, &has_shown));
    TRY(rotate_folder_has(folder, ROTATE_SLOTS, &has_slots));
    if (!has_shown || !has_slots) {
        return FAULT_NONE;
    }
    TRY(rotate_folder_read_log(folder));
    const struct rewrapper_task task = {
        .judge = steps->judge,
        .file = &folder->file,
        .rows = &folder->rows,
        .shown = span_of(folder->shown, folder->shown_bytes),
        .opening_shown = span_of(folder->opening_shown, folder->opening_shown_bytes),
        .slots = span_of(folder->slots, folder->slots_bytes)};
    TRY(rewrapper_allow(steps->rewrapper, &task));
    *is_allowed_out = true;
    return FAULT_NONE;
}

/* ---- answers ---- */

static enum fault answer_take(struct rotate_steps *steps, struct answer *answer)
{
    u8 head[ROTATION_ANSWER_HEAD_BYTES];
    size_t got = 0;
    u64 bytes = 0;
    TRY(file_read_at(&answer->file, 0, head, sizeof(head), &got));
    TRY(rewrapper_take(steps->rewrapper, span_of(head, got), answer->officer, answer->side,
                       answer->index, &answer->head_bytes));
    TRY(file_size(&answer->file, &bytes));
    return bytes == answer->head_bytes + (u64)steps->folder.rows.count * ROTATION_ANSWER_BYTES
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: not an answer for each of %u records", answer->officer,
                       steps->folder.rows.count);
}

static enum fault answer_look(struct rotate_steps *steps, struct answer *answer)
{
    char name[FILE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    open_release_name(answer->officer, name);
    TRY(rotate_folder_has(&steps->folder, name, &answer->is_there));
    if (!answer->is_there) {
        return FAULT_NONE;
    }
    answer->is_bad = true; /* unless it is taken */
    TRY(file_path(path, steps->folder.path, name));
    TRY(file_open(steps->folder.disk, path, 0, &answer->file));
    TRY(answer_take(steps, answer));
    answer->is_bad = false;
    return FAULT_NONE;
}

enum fault rotate_steps_answers(struct rotate_steps *steps, bool *is_enough_out)
{
    u32 count[2] = {0, 0};
    *is_enough_out = false;
    for (u32 i = 0; i < steps->answers_count; i += 1) {
        struct answer *answer = &steps->answers[i];
        if (!answer->is_there) {
            TRY(answer_look(steps, answer));
        }
        count[answer->side == SHARE_SIDE_A ? 0 : 1] += answer->is_there && !answer->is_bad;
    }
    *is_enough_out =
        count[0] >= roster_of(steps, 0)->threshold && count[1] >= roster_of(steps, 1)->threshold;
    return FAULT_NONE;
}

/* ---- wrapping ---- */

/* Of each group the first who were not refused, as many as it takes; where each is. */
static enum fault choose(struct rotate_steps *steps, struct rewrapper_answer *chosen, u32 *places,
                         u32 *count_out)
{
    u32 taken[2] = {0, 0};
    u32 first = steps->rows.first;
    *count_out = 0;
    for (u32 i = 0; i < steps->answers_count; i += 1) {
        struct answer *answer = &steps->answers[i];
        u32 side = answer->side == SHARE_SIDE_A ? 0 : 1;
        size_t bytes = (size_t)steps->rows.count * ROTATION_ANSWER_BYTES;
        if (!answer->is_there || answer->is_bad ||
            taken[side] == roster_of(steps, side)->threshold) {
            continue;
        }
        TRY(file_read_whole(&answer->file, answer->head_bytes + (u64)first * ROTATION_ANSWER_BYTES,
                            answer->piece, bytes));
        chosen[*count_out] = (struct rewrapper_answer){.name = answer->officer,
                                                       .side = answer->side,
                                                       .index = answer->index,
                                                       .bytes = span_of(answer->piece, bytes)};
        places[*count_out] = i;
        *count_out += 1;
        taken[side] += 1;
    }
    return FAULT_NONE;
}

static enum fault writer_begin(struct rotate_steps *steps)
{
    char path[FILE_PATH_BYTES];
    if (steps->is_writing) {
        return FAULT_NONE;
    }
    TRY(rotate_fresh_drop(steps->folder.disk, steps->folder.path, ROTATE_WRAPS));
    TRY(file_path(path, steps->folder.path, ROTATE_WRAPS ROTATE_FRESH));
    TRY(rotation_writer_open(steps->folder.disk, path, false, &steps->writer));
    steps->is_writing = true;
    return FAULT_NONE;
}

enum fault rotate_steps_piece(struct rotate_steps *steps, bool *is_last_out, bool *is_answer_out)
{
    struct rewrapper_answer chosen[REWRAPPER_ANSWERS_MAX];
    u32 places[REWRAPPER_ANSWERS_MAX];
    u32 count = 0;
    u32 wrong = UINT32_MAX;
    *is_last_out = false;
    *is_answer_out = false;
    TRY(writer_begin(steps));
    TRY(rotation_table_piece(&steps->folder.rows, steps->piece, &steps->rows));
    TRY(choose(steps, chosen, places, &count));
    enum fault fault =
        rewrapper_piece(steps->rewrapper, &steps->rows, chosen, count, steps->wraps, &wrong);
    if (fault != FAULT_NONE) {
        *is_answer_out = wrong != UINT32_MAX;
        if (*is_answer_out) {
            steps->answers[places[wrong]].is_bad = true;
        }
        return fault;
    }
    TRY(rotation_writer_put(&steps->writer, steps->wraps, steps->rows.count));
    steps->piece += 1;
    *is_last_out = steps->piece == rotation_table_pieces(&steps->folder.rows);
    return FAULT_NONE;
}

enum fault rotate_steps_end(struct rotate_steps *steps)
{
    const struct rotate_folder *folder = &steps->folder;
    u8 hash[SHA256_BYTES];
    TRY(rotation_writer_end(&steps->writer, hash));
    rotation_writer_close(&steps->writer);
    steps->is_writing = false;
    steps->manifest_bytes = rewrapper_manifest(steps->rewrapper, hash, steps->manifest);
    TRY(tlog_file_replace(folder->disk, folder->path, OPEN_MANIFEST,
                          span_of(steps->manifest, steps->manifest_bytes)));
    return rotate_fresh_take(folder->disk, folder->path, ROTATE_WRAPS);
}

const struct opening *rotate_steps_opening(const struct rotate_steps *steps)
{
    return rewrapper_opening(steps->rewrapper);
}

struct span rotate_steps_manifest(const struct rotate_steps *steps)
{
    return span_of(steps->manifest, steps->manifest_bytes);
}
