#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/vault/tlog_store_inner.h"

#include <stdlib.h>
#include <string.h>

/* ---- checkpoints ---- */

enum fault store_note_take(struct tlog_store *store, struct span bytes, const char *path,
                           struct store_note *note)
{
    struct tlog_note read;
    struct tlog_checkpoint checkpoint;
    bool found = false;
    u64 time = 0;
    enum tlog_flaw flaw = tlog_note_read(bytes, &read);
    if (flaw == TLOG_FLAW_NONE) {
        flaw = tlog_checkpoint_read(read.text, &checkpoint);
    }
    if (flaw == TLOG_FLAW_NONE) {
        flaw = tlog_note_verify(&store->crypto, &read, &store->key, &found, &time);
    }
    if (flaw != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "%s: %s", path, tlog_flaw_meaning(flaw));
    }
    if (!found || !span_equal(checkpoint.origin, span_of(store->key.name, store->key.name_bytes))) {
        return FAULT(FAULT_FOREIGN, "%s: not signed by the key of this log", path);
    }
    CHECK(bytes.size <= sizeof(note->bytes));
    memcpy(note->bytes, bytes.data, bytes.size);
    note->size = bytes.size;
    note->checkpoint = checkpoint;
    note->checkpoint.origin = span_of(store->key.name, store->key.name_bytes);
    return FAULT_NONE;
}

static enum fault note_load(struct tlog_store *store, const char *folder, const char *name,
                            struct store_note *note)
{
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    bool exists = false;
    note->size = 0;
    TRY(file_path(path, folder, name));
    TRY(disk_exists(store->disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(tlog_file_read(store->disk, path, store->note_bytes, STORE_NOTE_BYTES, &size));
    return store_note_take(store, span_of(store->note_bytes, size), path, note);
}

/* ---- the right edge ---- */

/* The entries under the tile of level 0 that is not full: each must hash to what the tile says. */
static enum fault bundle_load(struct tlog_store *store)
{
    u64 size = store->is_signed.checkpoint.size;
    struct store_edge *edge = &store->edges[0];
    struct tlog_tile_name name = {
        .level = TLOG_TILE_ENTRIES, .width = edge->width, .index = size / TLOG_TILE_WIDTH};
    char path[TLOG_TILE_PATH_BYTES];
    struct span rest;
    u32 count = 0;
    store->bundle_bytes = 0;
    if (edge->width == 0) {
        return FAULT_NONE;
    }
    tlog_tile_path(name, path);
    TRY(store->files.files.read(&store->files.files, path, store->bundle, store->bundle_bytes_max,
                                &store->bundle_bytes));
    for (rest = span_of(store->bundle, store->bundle_bytes); rest.size > 0; count += 1) {
        struct span entry;
        struct tlog_hash hash;
        if (count == edge->width || !tlog_bundle_next(&rest, &entry)) {
            return FAULT(FAULT_ROT, "%s: not %u entries", path, edge->width);
        }
        tlog_hash_leaf(&store->crypto.sha256, entry, &hash);
        if (!tlog_hash_equal(&hash, &edge->hashes[count])) {
            return FAULT(FAULT_ROT, "%s: entry %u is not what its tile says", path, count);
        }
    }
    return count == edge->width
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: %u of %u entries", path, count, edge->width);
}

enum fault store_edge_load(struct tlog_store *store)
{
    const struct tlog_checkpoint *checkpoint = &store->is_signed.checkpoint;
    struct tlog_hash root;
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u64 hashes = checkpoint->size >> (level * TLOG_TILE_HEIGHT);
        struct store_edge *edge = &store->edges[level];
        u32 width = 0;
        edge->width = (u32)(hashes % TLOG_TILE_WIDTH);
        if (edge->width > 0) {
            TRY(tlog_tile_read(&store->files.files, checkpoint->size, level,
                               hashes / TLOG_TILE_WIDTH, edge->hashes, &width));
            CHECK(width == edge->width);
        }
    }
    TRY(bundle_load(store));
    store->size = checkpoint->size;
    store_edge_root(store, &root);
    if (!tlog_hash_equal(&root, &checkpoint->root)) {
        return FAULT(FAULT_ROT, "%s: its tiles do not lead to the signed root",
                     store->public_folder);
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

/* A log without a signed checkpoint is a new one, unless there is something of an old one. */
static enum fault log_begin(struct tlog_store *store)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    struct tlog_hash empty;
    TRY(file_path(path, store->public_folder, "tile"));
    TRY(disk_exists(store->disk, path, &exists));
    if (exists || store->published.size > 0) {
        return FAULT(FAULT_ROT, "%s: there is a log, and no checkpoint that was signed last",
                     store->folder);
    }
    tlog_hash_empty(&store->crypto.sha256, &empty);
    return store_sign(store, 0, &empty);
}

/* What is served is never more than what was signed. */
static enum fault published_size_check(const struct tlog_store *store)
{
    u64 served = tlog_store_published_size(store);
    u64 newest = tlog_store_signed_size(store);
    return served <= newest
               ? FAULT_NONE
               : FAULT(FAULT_ROT,
                       "%s: the served checkpoint covers %llu entries, the one signed last %llu: "
                       "is this an old copy?",
                       store->folder, (unsigned long long)served, (unsigned long long)newest);
}

/* What is served must be what was signed before, or the same. */
static enum fault published_check(struct tlog_store *store)
{
    const struct tlog_checkpoint *served = &store->published.checkpoint;
    struct tlog_hash root;
    if (store->published.size == 0) {
        return FAULT_NONE;
    }
    TRY(tlog_root_of(&store->crypto.sha256, &store->tiles.nodes, served->size, &root));
    return tlog_hash_equal(&root, &served->root)
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: the log does not begin with the one that is served",
                       store->folder);
}

static enum fault store_load(struct tlog_store *store)
{
    TRY(note_load(store, store->public_folder, TLOG_STORE_CHECKPOINT, &store->published));
    TRY(note_load(store, store->folder, TLOG_STORE_SIGNED, &store->is_signed));
    if (store->is_signed.size == 0) {
        TRY(log_begin(store));
    }
    TRY(published_size_check(store)); /* before anything is removed */
    TRY(store_leftovers_remove(store));
    TRY(store_edge_load(store));
    tlog_tiles_init(&store->tiles, &store->crypto.sha256, &store->files.files, store->size);
    return published_check(store);
}

static enum fault store_begin(struct tlog_store *store, const struct tlog_store_options *options)
{
    char line[TLOG_LINE_BYTES];
    store->pem = options->private_pem;
    store->bundle_bytes_max = (size_t)TLOG_TILE_WIDTH * (2U + options->entry_bytes_max);
    TRY(tlog_crypto_open(&store->crypto));
    TRY(tlog_note_sign(store->pem, &store->key, 0, span_of_text("is it the key?\n"), line));
    TRY(block_take(2 * store->bundle_bytes_max + STORE_NOTE_BYTES, "bundles of the log",
                   &store->block));
    store->bundle = store->block.memory;
    store->read = store->bundle + store->bundle_bytes_max;
    store->note_bytes = store->read + store->bundle_bytes_max;
    TRY(file_path(store->folder, options->folder, ""));
    store->folder[strlen(store->folder) - 1] = '\0';
    TRY(file_path(store->public_folder, store->folder, TLOG_STORE_PUBLIC));
    store_files_init(store);
    TRY(tlog_folder_make(store->disk, store->folder));
    TRY(disk_lock(store->disk, store->folder, &store->lock));
    store->is_locked = true;
    TRY(tlog_folder_make(store->disk, store->public_folder));
    return store_load(store);
}

enum fault tlog_store_open(struct tlog_store **store_out, const struct tlog_store_options *options)
{
    CHECK(options->entry_bytes_max > 0 && options->entry_bytes_max <= TLOG_ENTRY_BYTES_MAX);
    CHECK(options->key.kind == TLOG_KEY_LOG);
    struct tlog_store *store = calloc(1, sizeof(*store));
    *store_out = NULL;
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the log's store");
    }
    store->disk = options->disk;
    store->key = options->key;
    store->entry_bytes_max = options->entry_bytes_max;
    enum fault fault = store_begin(store, options);
    if (fault != FAULT_NONE) {
        tlog_store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void tlog_store_close(struct tlog_store *store)
{
    if (store == NULL) {
        return;
    }
    if (store->is_locked) {
        disk_unlock(&store->lock);
    }
    block_give_back(&store->block);
    tlog_crypto_close(&store->crypto);
    free(store);
}
