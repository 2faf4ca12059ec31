#include "app/vault_rotate.h"

#include "app/rotate_folder.h"
#include "base/bytes.h"
#include "base/span.h"

#include <stdio.h>
#include <string.h>

#define TRIES 3U /* of a batch of which something changed meanwhile */

_Static_assert(VAULT_LIST_MAX == ROTATION_PIECE, "a page is a piece");
_Static_assert(VAULT_REWRAP_MAX >= VAULT_LIST_MAX, "a page is put at once");
_Static_assert(VAULT_WRAPPED_BYTES == SEAL_LABEL_BYTES + SEAL_HASH_BYTES + SEAL_WRAP_BYTES,
               "a row");

/* ---- what stands at an epoch ---- */

/* The records of `epoch` behind `after`; none: *count_out is 0. */
static enum fault page_get(struct vault_client *client, u32 epoch, const struct seal_label *after,
                           struct opening_row rows_out[ROTATION_PIECE], u32 *count_out)
{
    vault_client_begin(client, VAULT_ASK_WRAPS);
    frame_write_u32(&client->writer, epoch);
    vault_write_place(&client->writer, after);
    TRY(vault_client_ask(client));
    struct span contents = client->contents;
    u32 count = contents.size < 4 ? 0 : bytes_u32(contents.data);
    if (count > ROTATION_PIECE || contents.size != 4 + (size_t)count * VAULT_WRAPPED_BYTES) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = contents.data + 4 + (size_t)i * VAULT_WRAPPED_BYTES;
        TRY(seal_label_decode(span_of(at, SEAL_LABEL_BYTES), &rows_out[i].label));
        memcpy(rows_out[i].body_hash, at + SEAL_LABEL_BYTES, SEAL_HASH_BYTES);
        memcpy(&rows_out[i].wrap, at + SEAL_LABEL_BYTES + SEAL_HASH_BYTES, SEAL_WRAP_BYTES);
    }
    *count_out = count;
    return FAULT_NONE;
}

/* ---- collect ---- */

static enum fault collect_all(struct vault_client *client, struct rotation_writer *writer,
                              u32 epoch)
{
    static struct opening_row rows[ROTATION_PIECE];
    struct seal_label after = {.subject = 0};
    u32 count = 0;
    do {
        TRY(page_get(client, epoch, &after, rows, &count));
        if (count > 0) {
            TRY(rotation_writer_put(writer, rows, count));
            after = rows[count - 1].label;
        }
    } while (count > 0);
    return writer->count > 0 ? FAULT_NONE : FAULT(FAULT_MISSING, "no record is of epoch %u", epoch);
}

enum fault vault_rotate_collect(struct vault_client *client, const char *folder, u32 epoch,
                                u32 *count_out)
{
    struct rotation_writer writer;
    char path[FILE_PATH_BYTES];
    u8 hash[SHA256_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, ROTATE_ROWS));
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: there already", path);
    }
    TRY(rotate_fresh_drop(disk_real(), folder, ROTATE_ROWS));
    TRY(file_path(path, folder, ROTATE_ROWS ROTATE_FRESH));
    enum fault fault = rotation_writer_open(disk_real(), path, true, &writer);
    if (fault == FAULT_NONE) {
        fault = collect_all(client, &writer, epoch);
    }
    if (fault == FAULT_NONE) {
        fault = rotation_writer_end(&writer, hash);
    }
    rotation_writer_close(&writer);
    TRY(fault);
    *count_out = writer.count;
    return rotate_fresh_take(disk_real(), folder, ROTATE_ROWS);
}

/* ---- put ---- */

/* Rows and wraps side by side, from the first on. */
struct pairs {
    struct rotation_table rows;
    struct rotation_table wraps;
    u32 at; /* row */
    struct rotation_piece row;
    struct rotation_piece wrap;
};

/* Wraps that have no name yet are none: whoever waits for them is told what to do. */
static enum fault wraps_wanted(const char *folder)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, ROTATE_WRAPS));
    TRY(disk_exists(disk_real(), path, &exists));
    return exists ? FAULT_NONE
                  : FAULT(FAULT_MISSING,
                          "%s: no " ROTATE_WRAPS " yet; cambist rotate run says whether they can "
                          "still come, or it takes another rotation",
                          folder);
}

static enum fault pairs_open(struct pairs *pairs, const char *folder)
{
    struct rotation_file file;
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, ROTATE_ROTATION));
    TRY(rotate_read(path, &file));
    TRY(file_path(path, folder, ROTATE_ROWS));
    TRY(rotation_table_open(disk_real(), path, true, &pairs->rows));
    TRY(rotation_judge_rows(&pairs->rows, &file.rotation));
    TRY(wraps_wanted(folder));
    return rotate_wraps_open(disk_real(), folder, ROTATE_WRAPS, &file, &pairs->wraps);
}

static void pairs_close(struct pairs *pairs)
{
    rotation_table_close(&pairs->rows);
    rotation_table_close(&pairs->wraps);
}

/* Both are at row pairs->at, which is one of theirs. */
static enum fault pairs_load(struct pairs *pairs)
{
    u32 in = pairs->at % ROTATION_PIECE;
    if (in == 0) {
        TRY(rotation_table_piece(&pairs->rows, pairs->at / ROTATION_PIECE, &pairs->row));
        TRY(rotation_table_piece(&pairs->wraps, pairs->at / ROTATION_PIECE, &pairs->wrap));
    }
    return rotation_order(&pairs->row.rows[in].label, &pairs->wrap.rows[in].label) == 0 &&
                   pairs->row.rows[in].label.retention == pairs->wrap.rows[in].label.retention
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: wrap %u is of another record than row %u",
                       pairs->wraps.file.path, pairs->at + 1, pairs->at + 1);
}

/* The row of this label, if there is one; labels come in order. */
static enum fault pairs_find(struct pairs *pairs, const struct seal_label *label,
                             const struct opening_row **row_out,
                             const struct opening_row **wrap_out)
{
    *row_out = NULL;
    for (; pairs->at < pairs->rows.count; pairs->at += 1) {
        u32 in = pairs->at % ROTATION_PIECE;
        TRY(pairs_load(pairs));
        int order = rotation_order(&pairs->row.rows[in].label, label);
        if (order == 0) {
            *row_out = &pairs->row.rows[in];
            *wrap_out = &pairs->wrap.rows[in];
        }
        if (order >= 0) {
            return FAULT_NONE; /* it stays at that row */
        }
    }
    return FAULT_NONE;
}

static bool is_same(const struct opening_row *a, const struct opening_row *b)
{
    return a->label.epoch == b->label.epoch && a->label.retention == b->label.retention &&
           memcmp(a->body_hash, b->body_hash, SEAL_HASH_BYTES) == 0 &&
           memcmp(&a->wrap, &b->wrap, SEAL_WRAP_BYTES) == 0;
}

/* Puts the new wraps of a page's rows, all or none. FAULT_MISSING: one has changed since. */
static enum fault page_put(struct vault_client *client, struct pairs *pairs,
                           const struct opening_row *page, u32 count,
                           struct vault_rotate_counts *counts)
{
    u32 put = 0;
    vault_client_begin(client, VAULT_ASK_REWRAP);
    u32 at = client->writer.size;
    frame_write_u32(&client->writer, 0);
    for (u32 i = 0; i < count; i += 1) {
        const struct opening_row *row = NULL;
        const struct opening_row *wrap = NULL;
        TRY(pairs_find(pairs, &page[i].label, &row, &wrap));
        if (row != NULL && is_same(row, &page[i])) {
            vault_write_label(&client->writer, &row->label);
            frame_write_u32(&client->writer, wrap->label.epoch);
            frame_write_bytes(&client->writer, span_of(&wrap->wrap, SEAL_WRAP_BYTES));
            put += 1;
        }
    }
    if (put == 0) {
        return FAULT_NONE;
    }
    bytes_put_u32(client->frame + at, put);
    TRY(vault_client_ask(client));
    counts->put += put;
    return FAULT_NONE;
}

/* One page from behind `after` on, which moves to its last label; *count_out 0: there is none. */
static enum fault page_turn(struct vault_client *client, struct pairs *pairs, u32 epoch,
                            struct seal_label *after, struct vault_rotate_counts *counts,
                            u32 *count_out)
{
    static struct opening_row page[ROTATION_PIECE];
    enum fault fault = FAULT_MISSING;
    for (u32 i = 0; i < TRIES && fault == FAULT_MISSING; i += 1) {
        u32 begin = pairs->at / ROTATION_PIECE * ROTATION_PIECE;
        TRY(page_get(client, epoch, after, page, count_out));
        if (*count_out == 0) {
            return FAULT_NONE;
        }
        fault = page_put(client, pairs, page, *count_out, counts);
        if (fault == FAULT_MISSING) {
            pairs->at = begin; /* an earlier row of the same page is looked for again */
        }
    }
    *after = page[*count_out - 1].label;
    return fault;
}

static enum fault left_count(struct vault_client *client, u32 epoch, u32 *left_out)
{
    static struct opening_row page[ROTATION_PIECE];
    struct seal_label after = {.subject = 0};
    u32 count = 0;
    *left_out = 0;
    do {
        TRY(page_get(client, epoch, &after, page, &count));
        *left_out += count;
        after = count > 0 ? page[count - 1].label : after;
    } while (count > 0);
    return FAULT_NONE;
}

static enum fault put_all(struct vault_client *client, struct pairs *pairs,
                          struct vault_rotate_counts *counts)
{
    struct seal_label after = {.subject = 0};
    u32 count = 1;
    TRY(pairs_load(pairs));
    u32 epoch = pairs->row.rows[0].label.epoch;
    while (count > 0) {
        TRY(page_turn(client, pairs, epoch, &after, counts, &count));
    }
    counts->passed = pairs->rows.count - counts->put;
    TRY(left_count(client, epoch, &counts->left));
    return counts->left == 0 ? FAULT_NONE
                             : FAULT(FAULT_UNAVAILABLE,
                                     "%u records of epoch %u are left; they "
                                     "take a rotation of their own",
                                     counts->left, epoch);
}

enum fault vault_rotate_put(struct vault_client *client, const char *folder,
                            struct vault_rotate_counts *counts_out)
{
    static struct pairs pairs;
    memset(&pairs, 0, sizeof(pairs));
    *counts_out = (struct vault_rotate_counts){.put = 0};
    enum fault fault = pairs_open(&pairs, folder);
    if (fault == FAULT_NONE) {
        fault = put_all(client, &pairs, counts_out);
    }
    pairs_close(&pairs);
    return fault;
}
