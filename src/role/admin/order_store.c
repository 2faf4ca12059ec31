#include "role/admin/order_store.h"

#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/log.h"

#include <stdlib.h>
#include <string.h>

static u32 crc_of(const struct order_row *row)
{
    return crc32c(span_of((const u8 *)row + sizeof(row->crc), sizeof(*row) - sizeof(row->crc)));
}

static bool is_whole(const struct order_row *row)
{
    return row->crc == crc_of(row) && row->state <= ORDER_ROW_WAITING &&
           row->bytes <= ORDER_COMMAND_BYTES;
}

/* ---- the file ---- */

static enum fault file_make(struct order_store *store, struct disk *disk, const char *folder,
                            const char *path)
{
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        return file_open(disk, path, FILE_WRITE, &store->file);
    }
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &store->file));
    TRY(file_sync(&store->file));
    return disk_sync_folder(disk, folder);
}

static enum fault rows_read(struct order_store *store)
{
    size_t size = 0;
    u32 damaged = 0;
    TRY(file_read_at(&store->file, 0, store->rows, (size_t)ORDER_ROWS_MAX * ORDER_ROW_BYTES,
                     &size));
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        struct order_row *row = &store->rows[i];
        bool is_there = (size_t)(i + 1) * ORDER_ROW_BYTES <= size;
        bool is_empty = span_is_zero(span_of(row, sizeof(*row)));
        if (!is_there || !is_whole(row)) {
            damaged += is_there && !is_empty;
            *row = (struct order_row){.state = ORDER_ROW_FREE};
        }
    }
    if (damaged > 0) {
        /* A row that was being written when the power went: its order never went out. */
        log_warn("admin.approvals_damaged", LOG_STR("file", store->file.path),
                 LOG_U64("rows", damaged));
    }
    return FAULT_NONE;
}

static enum fault store_open(struct order_store *store, struct disk *disk, const char *folder)
{
    char place[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(file_path(place, folder, ORDER_STORE_FOLDER));
    TRY(file_path(path, place, ORDER_STORE_FILE));
    TRY(disk_make_folder(disk, place));
    store->rows = calloc(ORDER_ROWS_MAX, sizeof(*store->rows));
    if (store->rows == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for %u approvals", ORDER_ROWS_MAX);
    }
    TRY(file_make(store, disk, place, path));
    return rows_read(store);
}

enum fault order_store_open(struct order_store *store, struct disk *disk, const char *folder)
{
    *store = (struct order_store){.rows = NULL};
    enum fault fault = store_open(store, disk, folder);
    if (fault != FAULT_NONE) {
        order_store_close(store);
    }
    return fault;
}

void order_store_close(struct order_store *store)
{
    if (store->file.disk != NULL) {
        file_close(&store->file);
    }
    free(store->rows);
    *store = (struct order_store){.rows = NULL};
}

/* ---- rows ---- */

u32 order_store_find(const struct order_store *store, const u8 nonce[ORDER_NONCE_BYTES])
{
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        if (store->rows[i].state != ORDER_ROW_FREE &&
            memcmp(store->rows[i].nonce, nonce, ORDER_NONCE_BYTES) == 0) {
            return i;
        }
    }
    return ORDER_ROW_NONE;
}

u32 order_store_find_hash(const struct order_store *store, const u8 hash[ORDER_HASH_BYTES])
{
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        if (store->rows[i].state != ORDER_ROW_FREE &&
            memcmp(store->rows[i].hash, hash, ORDER_HASH_BYTES) == 0) {
            return i;
        }
    }
    return ORDER_ROW_NONE;
}

enum fault order_store_put(struct order_store *store, u32 index)
{
    CHECK(index < ORDER_ROWS_MAX);
    struct order_row *row = &store->rows[index];
    row->crc = crc_of(row);
    TRY(file_write_at(&store->file, (u64)index * ORDER_ROW_BYTES, row, sizeof(*row)));
    return file_sync(&store->file);
}

static bool is_free(const struct order_row *row, u64 now_us)
{
    return row->state == ORDER_ROW_FREE || (row->state == ORDER_ROW_USED && row->until_us < now_us);
}

enum fault order_store_add(struct order_store *store, const struct order_row *row, u64 now_us,
                           u32 *index_out)
{
    u32 index = 0;
    while (index < ORDER_ROWS_MAX && !is_free(&store->rows[index], now_us)) {
        index += 1;
    }
    *index_out = ORDER_ROW_NONE;
    if (index == ORDER_ROWS_MAX) {
        return FAULT_NONE;
    }
    store->rows[index] = *row;
    TRY(order_store_put(store, index));
    *index_out = index;
    return FAULT_NONE;
}

enum fault order_store_remove(struct order_store *store, u32 index)
{
    CHECK(index < ORDER_ROWS_MAX);
    store->rows[index] = (struct order_row){.state = ORDER_ROW_FREE};
    return order_store_put(store, index);
}

void order_store_count(struct order_store *store, u64 now_us)
{
    store->waiting = 0;
    store->late = 0;
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        bool waits = store->rows[i].state == ORDER_ROW_WAITING;
        store->waiting += waits;
        store->late += waits && store->rows[i].due_us < now_us;
    }
}
