#include "role/vault/tlog_store.h"

#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_store_inner.h"

#include <stdio.h>
#include <string.h>

/* A fault after which nobody knows what is on the disk. */
static enum fault broken(struct tlog_store *store, enum fault fault)
{
    store->is_broken = store->is_broken || fault != FAULT_NONE;
    return fault;
}

static enum fault check_whole(const struct tlog_store *store)
{
    return store->is_broken
               ? FAULT(FAULT_UNAVAILABLE, "%s: stopped after an earlier fault", store->folder)
               : FAULT_NONE;
}

/* ---- what there is ---- */

u64 tlog_store_signed_size(const struct tlog_store *store)
{
    return store->is_signed.checkpoint.size;
}

u64 tlog_store_published_size(const struct tlog_store *store)
{
    return store->published.size == 0 ? 0 : store->published.checkpoint.size;
}

u64 tlog_store_size(const struct tlog_store *store)
{
    return store->size;
}

struct span tlog_store_signed_note(const struct tlog_store *store)
{
    return span_of(store->is_signed.bytes, store->is_signed.size);
}

struct tlog_checkpoint tlog_store_signed_checkpoint(const struct tlog_store *store)
{
    return store->is_signed.checkpoint;
}

struct span tlog_store_published_note(const struct tlog_store *store)
{
    return span_of(store->published.bytes, store->published.size);
}

/* ---- adding ---- */

static enum fault tile_write(struct tlog_store *store, u32 level, u64 index)
{
    const struct store_edge *edge = &store->edges[level];
    struct tlog_tile_name name = {.level = level, .width = edge->width, .index = index};
    _Static_assert(sizeof(struct tlog_hash) == TLOG_HASH_BYTES, "a tile is its hashes");
    TRY(store_file_write(store, name,
                         span_of(edge->hashes, (size_t)edge->width * TLOG_HASH_BYTES)));
    if (level == 0) {
        name.level = TLOG_TILE_ENTRIES;
        TRY(store_file_write(store, name, span_of(store->bundle, store->bundle_bytes)));
    }
    return FAULT_NONE;
}

/* Full tiles are written, and become a hash of the level above. */
static enum fault full_tiles_write(struct tlog_store *store)
{
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        struct store_edge *edge = &store->edges[level];
        if (edge->width < TLOG_TILE_WIDTH) {
            return FAULT_NONE;
        }
        CHECK(level + 1 < TLOG_TILE_LEVELS);
        struct store_edge *above = &store->edges[level + 1];
        u64 index = (store->size >> ((level + 1) * TLOG_TILE_HEIGHT)) - 1;
        TRY(tile_write(store, level, index));
        tlog_tile_root(&store->crypto.sha256, edge->hashes, 0, TLOG_TILE_HEIGHT,
                       &above->hashes[above->width]);
        above->width += 1;
        edge->width = 0;
        if (level == 0) {
            store->bundle_bytes = 0;
        }
    }
    return FAULT_NONE;
}

enum fault tlog_store_add(struct tlog_store *store, struct span entry, u64 *index_out)
{
    struct store_edge *edge = &store->edges[0];
    TRY(check_whole(store));
    if (entry.size > store->entry_bytes_max) {
        return FAULT(FAULT_LIMIT, "an entry of %zu bytes; at most %u are allowed", entry.size,
                     store->entry_bytes_max);
    }
    if (store->size - store->is_signed.checkpoint.size >= TLOG_STORE_WAITING_MAX) {
        return FAULT(FAULT_LIMIT, "%u entries wait for a commit already", TLOG_STORE_WAITING_MAX);
    }
    size_t used =
        tlog_bundle_put(store->bundle, store->bundle_bytes_max, store->bundle_bytes, entry);
    CHECK(used > store->bundle_bytes && edge->width < TLOG_TILE_WIDTH);
    store->bundle_bytes = used;
    tlog_hash_leaf(&store->crypto.sha256, entry, &edge->hashes[edge->width]);
    edge->width += 1;
    *index_out = store->size;
    store->size += 1;
    return broken(store, full_tiles_write(store));
}

/* ---- committing ---- */

void store_edge_root(struct tlog_store *store, struct tlog_hash *root_out)
{
    struct tlog_range range = {.size = 0};
    for (u32 level = TLOG_TILE_LEVELS; level > 0; level -= 1) {
        const struct store_edge *edge = &store->edges[level - 1];
        for (u32 index = 0; index < edge->width; index += 1) {
            tlog_range_add_tree(&store->crypto.sha256, &range, (level - 1) * TLOG_TILE_HEIGHT,
                                &edge->hashes[index]);
        }
    }
    CHECK(range.size == store->size);
    tlog_range_root(&store->crypto.sha256, &range, root_out);
}

static enum fault partial_tiles_write(struct tlog_store *store)
{
    u64 old = store->is_signed.checkpoint.size;
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u64 index = (store->size >> (level * TLOG_TILE_HEIGHT)) / TLOG_TILE_WIDTH;
        u32 width = store->edges[level].width;
        if (width > 0 && tlog_tile_width(old, level, index) != width) {
            TRY(tile_write(store, level, index));
        }
    }
    return FAULT_NONE;
}

/* The tree as the disk has it now: its root is the one that would be signed, and it begins with the
 * tree that was signed before. */
static enum fault disk_check(struct tlog_store *store, const struct tlog_hash *root)
{
    struct sha256 *sha256 = &store->crypto.sha256;
    const struct tlog_checkpoint *old = &store->is_signed.checkpoint;
    struct tlog_hash read;
    struct tlog_proof proof;
    tlog_tiles_init(&store->tiles, sha256, &store->files.files, store->size);
    TRY(tlog_root_of(sha256, &store->tiles.nodes, store->size, &read));
    TRY(tlog_consistency_make(sha256, &store->tiles.nodes, old->size, store->size, &proof));
    if (!tlog_hash_equal(&read, root) ||
        (old->size > 0 &&
         !tlog_consistency_verify(sha256, old->size, store->size, &old->root, root, &proof))) {
        return FAULT(FAULT_ROT, "%s: what was written is not what would be signed",
                     store->public_folder);
    }
    return FAULT_NONE;
}

enum fault store_sign(struct tlog_store *store, u64 size, const struct tlog_hash *root)
{
    struct tlog_checkpoint checkpoint = {
        .origin = span_of(store->key.name, store->key.name_bytes), .size = size, .root = *root};
    char text[TLOG_CHECKPOINT_BYTES];
    char line[TLOG_LINE_BYTES];
    size_t bytes = tlog_checkpoint_write(&checkpoint, text);
    TRY(tlog_note_sign(store->pem, &store->key, 0, span_of(text, bytes), line));
    int whole = snprintf((char *)store->note_bytes, STORE_NOTE_BYTES, "%s\n%s", text, line);
    CHECK(whole > 0 && (u32)whole < STORE_NOTE_BYTES);
    struct span note = span_of(store->note_bytes, (size_t)whole);
    TRY(tlog_file_replace(store->disk, store->folder, TLOG_STORE_SIGNED, note));
    return store_note_take(store, note, TLOG_STORE_SIGNED, &store->is_signed);
}

static enum fault commit(struct tlog_store *store)
{
    struct tlog_hash root;
    TRY(disk_lock_check(&store->lock));
    TRY(partial_tiles_write(store));
    TRY(store_folders_sync(store));
    store_edge_root(store, &root);
    TRY(disk_check(store, &root));
    return store_sign(store, store->size, &root);
}

enum fault tlog_store_commit(struct tlog_store *store)
{
    TRY(check_whole(store));
    if (store->size == store->is_signed.checkpoint.size) {
        return FAULT_NONE;
    }
    return broken(store, commit(store));
}

/* ---- publishing ---- */

enum fault tlog_store_publish(struct tlog_store *store, struct span note)
{
    struct tlog_note read;
    struct tlog_checkpoint checkpoint;
    struct tlog_hash root;
    u64 old = tlog_store_published_size(store);
    TRY(check_whole(store));
    if (note.size > STORE_NOTE_BYTES || tlog_note_read(note, &read) != TLOG_FLAW_NONE ||
        tlog_checkpoint_read(read.text, &checkpoint) != TLOG_FLAW_NONE) {
        return FAULT(FAULT_INPUT, "what is to be published is no signed checkpoint");
    }
    if (checkpoint.size < old || checkpoint.size > tlog_store_signed_size(store)) {
        return FAULT(FAULT_INPUT, "a checkpoint of %llu entries; %llu are served, %llu signed",
                     (unsigned long long)checkpoint.size, (unsigned long long)old,
                     (unsigned long long)tlog_store_signed_size(store));
    }
    tlog_tiles_init(&store->tiles, &store->crypto.sha256, &store->files.files,
                    tlog_store_signed_size(store));
    TRY(tlog_root_of(&store->crypto.sha256, &store->tiles.nodes, checkpoint.size, &root));
    if (!tlog_hash_equal(&root, &checkpoint.root)) {
        return FAULT(FAULT_INPUT, "a checkpoint of another log than the one on the disk");
    }
    memcpy(store->note_bytes, note.data, note.size);
    if (store_note_take(store, span_of(store->note_bytes, note.size), "a checkpoint to publish",
                        &store->published) != FAULT_NONE) {
        return FAULT(FAULT_INPUT, "a checkpoint that this log's key has not signed");
    }
    TRY(broken(store, tlog_file_replace(store->disk, store->public_folder, TLOG_STORE_CHECKPOINT,
                                        tlog_store_published_note(store))));
    return broken(store, store_partials_remove(store, old, checkpoint.size));
}

/* ---- looking ---- */

static enum fault within(const struct tlog_store *store, u64 size)
{
    return size <= tlog_store_signed_size(store)
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "%llu entries; %llu are signed", (unsigned long long)size,
                       (unsigned long long)tlog_store_signed_size(store));
}

enum fault tlog_store_consistency(struct tlog_store *store, u64 old, u64 size,
                                  struct tlog_proof *proof_out)
{
    TRY(within(store, size));
    CHECK(old <= size);
    tlog_tiles_init(&store->tiles, &store->crypto.sha256, &store->files.files,
                    tlog_store_signed_size(store));
    return tlog_consistency_make(&store->crypto.sha256, &store->tiles.nodes, old, size, proof_out);
}

enum fault tlog_store_inclusion(struct tlog_store *store, u64 index, u64 size,
                                struct tlog_proof *proof_out)
{
    TRY(within(store, size));
    CHECK(index < size);
    tlog_tiles_init(&store->tiles, &store->crypto.sha256, &store->files.files,
                    tlog_store_signed_size(store));
    return tlog_inclusion_make(&store->crypto.sha256, &store->tiles.nodes, index, size, proof_out);
}

enum fault tlog_store_entry(struct tlog_store *store, u64 index, struct span *entry_out)
{
    u64 size = tlog_store_signed_size(store);
    struct tlog_tile_name name = {.level = TLOG_TILE_ENTRIES, .index = index / TLOG_TILE_WIDTH};
    char path[TLOG_TILE_PATH_BYTES];
    struct span rest = {.data = store->read, .size = 0};
    TRY(within(store, index < UINT64_MAX ? index + 1 : index));
    name.width = tlog_tile_width(size, 0, name.index);
    tlog_tile_path(name, path);
    TRY(store->files.files.read(&store->files.files, path, store->read, store->bundle_bytes_max,
                                &rest.size));
    for (u64 place = 0; place <= index % TLOG_TILE_WIDTH; place += 1) {
        if (!tlog_bundle_next(&rest, entry_out)) {
            return FAULT(FAULT_ROT, "%s: entry %llu is not there", path, (unsigned long long)index);
        }
    }
    return FAULT_NONE;
}
