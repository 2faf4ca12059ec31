#include "role/vault/tlog_check.h"

#include "base/check.h"
#include "base/span.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT_FILE "checkpoint"

/* Writes the finding. A flaw is an answer, so the fault is none. */
__attribute__((format(printf, 4, 5))) static enum fault find(struct tlog_finding *finding,
                                                             enum tlog_flaw flaw, const char *file,
                                                             const char *format, ...)
{
    va_list arguments;
    CHECK(flaw != TLOG_FLAW_NONE);
    finding->flaw = flaw;
    (void)snprintf(finding->file, sizeof(finding->file), "%s", file);
    va_start(arguments, format);
    (void)vsnprintf(finding->why, sizeof(finding->why), format, arguments);
    va_end(arguments);
    return FAULT_NONE;
}

static bool found(const struct tlog_finding *finding)
{
    return finding->flaw != TLOG_FLAW_NONE;
}

/* Reads a file that must be there; missing and too long are flaws. */
static enum fault file_take(struct tlog_check *check, const char *path, u8 *target,
                            size_t bytes_max, size_t *size_out, struct tlog_finding *finding)
{
    enum fault fault = check->files->read(check->files, path, target, bytes_max, size_out);
    if (fault == FAULT_MISSING) {
        return find(finding, TLOG_FLAW_MISSING, path, "is not there");
    }
    if (fault == FAULT_LIMIT) {
        return find(finding, TLOG_FLAW_TILE_SIZE, path, "is longer than %zu bytes", bytes_max);
    }
    TRY(fault);
    return FAULT_NONE;
}

/* ---- the checkpoint ---- */

static enum fault checkpoint_take(struct tlog_check *check, struct tlog_finding *finding)
{
    TRY(file_take(check, CHECKPOINT_FILE, check->note, sizeof(check->note), &check->note_bytes,
                  finding));
    if (found(finding)) {
        return FAULT_NONE;
    }
    const struct tlog_verdict *verdict = &check->verdict;
    enum tlog_flaw flaw = tlog_policy_verify(
        check->crypto, check->policy, span_of(check->note, check->note_bytes), &check->verdict);
    if (flaw != TLOG_FLAW_NONE) {
        return find(finding, flaw, CHECKPOINT_FILE, "%s", tlog_flaw_meaning(flaw));
    }
    if (verdict->strangers > 0 && !check->strangers_allowed) {
        return find(finding, TLOG_FLAW_STRANGER, CHECKPOINT_FILE, "%s",
                    tlog_flaw_meaning(TLOG_FLAW_STRANGER));
    }
    if (check->now_s == 0) {
        return FAULT_NONE;
    }
    for (u32 i = 0; i < check->policy->witnesses_count; i += 1) {
        if (verdict->times_s[i] > check->now_s &&
            verdict->times_s[i] - check->now_s > TLOG_AHEAD_MAX_S) {
            return find(finding, TLOG_FLAW_TIME_AHEAD, CHECKPOINT_FILE,
                        "witness %s gives a time %" PRIu64 " seconds ahead",
                        check->policy->witnesses[i].name, verdict->times_s[i] - check->now_s);
        }
    }
    if (check->age_max_s > 0 && check->now_s > verdict->fresh_s &&
        check->now_s - verdict->fresh_s > check->age_max_s) {
        return find(finding, TLOG_FLAW_STALE, CHECKPOINT_FILE,
                    "a quorum of witnesses saw it last %" PRIu64 " seconds ago",
                    check->now_s - verdict->fresh_s);
    }
    return FAULT_NONE;
}

/* ---- partial files of smaller logs ---- */

/* The beginning of `whole` that a partial file of this width must be; false when it is not long
 * enough. */
static bool partial_span(struct tlog_tile_name name, struct span whole, struct span *part_out)
{
    if (name.level != TLOG_TILE_ENTRIES) {
        *part_out = span_piece(whole, 0, name.width * TLOG_HASH_BYTES);
        return part_out->data != NULL;
    }
    struct span rest = whole;
    for (u32 i = 0; i < name.width; i += 1) {
        struct span entry;
        if (!tlog_bundle_next(&rest, &entry)) {
            return false;
        }
    }
    *part_out = span_of(whole.data, whole.size - rest.size);
    return true;
}

static enum fault partials_take(struct tlog_check *check, struct tlog_tile_name name,
                                struct span whole, struct tlog_finding *finding)
{
    char path[TLOG_TILE_PATH_BYTES];
    bool present[TLOG_TILE_WIDTH] = {false};
    u32 width = name.width;
    if (check->partials == NULL) {
        return FAULT_NONE;
    }
    name.width = 1;
    tlog_tile_path(name, path);
    *strrchr(path, '/') = 0;
    TRY(check->partials->widths(check->partials, path, present));
    for (name.width = 1; name.width < width; name.width += 1) {
        struct span part;
        size_t size = 0;
        if (!present[name.width]) {
            continue;
        }
        tlog_tile_path(name, path);
        TRY(file_take(check, path, check->partial, TLOG_BUNDLE_BYTES_MAX, &size, finding));
        if (!found(finding) && (!partial_span(name, whole, &part) ||
                                !span_equal(part, span_of(check->partial, size)))) {
            return find(finding, TLOG_FLAW_PARTIAL, path, "is not the beginning of the wider one");
        }
        if (found(finding)) {
            return FAULT_NONE;
        }
        check->partials_count += 1;
    }
    return FAULT_NONE;
}

/* ---- tiles ---- */

/* Compares the tile that stands in the log with the hashes computed for it. */
static enum fault tile_take(struct tlog_check *check, u32 level, u64 index, u32 width,
                            struct tlog_finding *finding)
{
    struct tlog_tile_name name = {.level = level, .width = width, .index = index};
    char path[TLOG_TILE_PATH_BYTES];
    char below[TLOG_TILE_PATH_BYTES];
    u64 size = check->verdict.checkpoint.size;
    u32 read = 0;
    tlog_tile_path(name, path);
    enum fault fault = tlog_tile_read(check->files, size, level, index, check->read, &read);
    if (fault == FAULT_MISSING) {
        return find(finding, TLOG_FLAW_MISSING, path, "is not there");
    }
    if (fault == FAULT_LIMIT || fault == FAULT_ROT) {
        return find(finding, TLOG_FLAW_TILE_SIZE, path, "does not have %zu bytes",
                    (size_t)width * TLOG_HASH_BYTES);
    }
    TRY(fault);
    CHECK(read == width);
    for (u32 i = 0; i < width; i += 1) {
        if (tlog_hash_equal(&check->read[i], &check->computed[level][i])) {
            continue;
        }
        u64 place = index * TLOG_TILE_WIDTH + i;
        if (level == 0) {
            name.level = TLOG_TILE_ENTRIES;
            tlog_tile_path(name, below);
            return find(finding, TLOG_FLAW_ENTRY, path,
                        "hash %" PRIu32 " is not that of entry %" PRIu64 " in %s", i, place, below);
        }
        tlog_tile_path(
            (struct tlog_tile_name){.level = level - 1, .width = TLOG_TILE_WIDTH, .index = place},
            below);
        return find(finding, TLOG_FLAW_TILE, path, "hash %" PRIu32 " is not that of %s", i, below);
    }
    return partials_take(check, name,
                         span_of(check->computed[level][0].bytes, (size_t)width * TLOG_HASH_BYTES),
                         finding);
}

/* Adds a hash to a level; a tile that is full is compared, and its root goes one level up. */
static enum fault hash_add(struct tlog_check *check, const struct tlog_hash *leaf,
                           struct tlog_finding *finding)
{
    struct tlog_hash hash = *leaf;
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u64 place = check->counts[level];
        check->computed[level][place % TLOG_TILE_WIDTH] = hash;
        check->counts[level] = place + 1;
        if ((place + 1) % TLOG_TILE_WIDTH != 0) {
            return FAULT_NONE;
        }
        TRY(tile_take(check, level, place / TLOG_TILE_WIDTH, TLOG_TILE_WIDTH, finding));
        if (found(finding)) {
            return FAULT_NONE;
        }
        tlog_tile_root(&check->crypto->sha256, check->computed[level], 0, TLOG_TILE_HEIGHT, &hash);
        if (level == 0) {
            tlog_range_add_tree(&check->crypto->sha256, &check->range, TLOG_TILE_HEIGHT, &hash);
        }
    }
    CHECK(false); /* the sizes that are read end before */
    return FAULT_NONE;
}

/* The last tiles, which are not full; and the root over all. */
static enum fault end_take(struct tlog_check *check, struct tlog_finding *finding)
{
    struct tlog_hash root;
    struct sha256 *sha256 = &check->crypto->sha256;
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u32 width = (u32)(check->counts[level] % TLOG_TILE_WIDTH);
        if (width == 0) {
            continue;
        }
        TRY(tile_take(check, level, check->counts[level] / TLOG_TILE_WIDTH, width, finding));
        if (found(finding)) {
            return FAULT_NONE;
        }
        for (u32 i = 0; level == 0 && i < width; i += 1) {
            tlog_range_add(sha256, &check->range, &check->computed[0][i]);
        }
    }
    CHECK(check->range.size == check->verdict.checkpoint.size);
    tlog_range_root(sha256, &check->range, &root);
    if (!tlog_hash_equal(&root, &check->verdict.checkpoint.root)) {
        return find(finding, TLOG_FLAW_ROOT, CHECKPOINT_FILE, "%s",
                    tlog_flaw_meaning(TLOG_FLAW_ROOT));
    }
    return FAULT_NONE;
}

/* ---- entries ---- */

/* The bundle as wide as the log's size needs it; where the partial one is gone, the beginning of
 * the full one. */
static enum fault bundle_read(struct tlog_check *check, struct tlog_tile_name name,
                              struct span *bundle_out, struct tlog_finding *finding)
{
    char path[TLOG_TILE_PATH_BYTES];
    size_t size = 0;
    tlog_tile_path(name, path);
    enum fault fault =
        check->files->read(check->files, path, check->bundle, TLOG_BUNDLE_BYTES_MAX, &size);
    if (fault == FAULT_MISSING && name.width < TLOG_TILE_WIDTH) {
        struct tlog_tile_name full = name;
        full.width = TLOG_TILE_WIDTH;
        tlog_tile_path(full, path);
        fault = check->files->read(check->files, path, check->bundle, TLOG_BUNDLE_BYTES_MAX, &size);
        if (fault == FAULT_NONE && !partial_span(name, span_of(check->bundle, size), bundle_out)) {
            return find(finding, TLOG_FLAW_BUNDLE, path, "holds fewer than %u entries", name.width);
        }
        size = fault == FAULT_NONE ? bundle_out->size : 0;
        tlog_tile_path(name, path);
    }
    if (fault == FAULT_MISSING) {
        return find(finding, TLOG_FLAW_MISSING, path, "is not there");
    }
    if (fault == FAULT_LIMIT) {
        return find(finding, TLOG_FLAW_BUNDLE, path, "is longer than 256 entries can be");
    }
    TRY(fault);
    *bundle_out = span_of(check->bundle, size);
    return FAULT_NONE;
}

static enum fault bundle_take(struct tlog_check *check, u64 index, struct tlog_finding *finding)
{
    u64 size = check->verdict.checkpoint.size;
    struct tlog_tile_name name = {.level = TLOG_TILE_ENTRIES,
                                  .width = tlog_tile_width(size, TLOG_TILE_ENTRIES, index),
                                  .index = index};
    char path[TLOG_TILE_PATH_BYTES];
    struct span bundle;
    TRY(bundle_read(check, name, &bundle, finding));
    if (found(finding)) {
        return FAULT_NONE;
    }
    tlog_tile_path(name, path);
    struct span rest = bundle;
    for (u32 i = 0; i < name.width; i += 1) {
        struct span entry;
        struct tlog_hash leaf;
        if (!tlog_bundle_next(&rest, &entry)) {
            return find(finding, TLOG_FLAW_BUNDLE, path, "ends within entry %" PRIu64,
                        index * TLOG_TILE_WIDTH + i);
        }
        tlog_hash_leaf(&check->crypto->sha256, entry, &leaf);
        TRY(hash_add(check, &leaf, finding));
        if (found(finding)) {
            return FAULT_NONE;
        }
    }
    if (rest.size > 0) {
        return find(finding, TLOG_FLAW_BUNDLE, path, "has %zu bytes behind its last entry",
                    rest.size);
    }
    rest = bundle;
    for (u32 i = 0; check->leaves != NULL && i < name.width; i += 1) {
        struct span entry;
        u64 place = index * TLOG_TILE_WIDTH + i;
        bool more = tlog_bundle_next(&rest, &entry);
        CHECK(more);
        enum tlog_flaw flaw = check->leaves->leaf(check->leaves, place, entry);
        if (flaw != TLOG_FLAW_NONE) {
            return find(finding, flaw, path, "entry %" PRIu64 ": %s", place,
                        tlog_flaw_meaning(flaw));
        }
    }
    return partials_take(check, name, bundle, finding);
}

enum fault tlog_check_run(struct tlog_check *check, struct tlog_finding *finding_out)
{
    memset(finding_out, 0, sizeof(*finding_out));
    memset(&check->range, 0, sizeof(check->range));
    memset(check->counts, 0, sizeof(check->counts));
    check->partials_count = 0;
    TRY(checkpoint_take(check, finding_out));
    u64 size = check->verdict.checkpoint.size;
    u64 bundles = found(finding_out) ? 0 : tlog_tile_count(size, TLOG_TILE_ENTRIES);
    for (u64 i = 0; i < bundles && !found(finding_out); i += 1) {
        TRY(bundle_take(check, i, finding_out));
        if (check->progress != NULL) {
            check->progress->entries(check->progress, check->counts[0], size);
        }
    }
    return found(finding_out) ? FAULT_NONE : end_take(check, finding_out);
}

/* ---- earlier checkpoints ---- */

/* On a larger log a witness gives no earlier time than it gave on the smaller one. */
static u32 witness_gone_back(const struct tlog_policy *policy, const struct tlog_verdict *earlier,
                             const struct tlog_verdict *later)
{
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        bool both = (earlier->cosigned & later->cosigned & 1U << i) != 0;
        if (both && later->times_s[i] < earlier->times_s[i]) {
            return i;
        }
    }
    return policy->witnesses_count;
}

/* Whether the log that was checked begins with the earlier one. Tiles are read anew for it, and a
 * server may show others now: so they make a proof, which must lead to the root that was checked.
 */
static enum fault beginning_check(struct tlog_check *check, const struct tlog_checkpoint *earlier,
                                  bool *begins_out)
{
    const struct tlog_checkpoint *whole = &check->verdict.checkpoint;
    struct sha256 *sha256 = &check->crypto->sha256;
    struct tlog_proof proof;
    struct tlog_hash empty;
    tlog_hash_empty(sha256, &empty);
    *begins_out = earlier->size == 0 && tlog_hash_equal(&earlier->root, &empty);
    if (earlier->size == 0) {
        return FAULT_NONE;
    }
    struct tlog_tiles *tiles = malloc(sizeof(*tiles));
    if (tiles == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for tiles");
    }
    tlog_tiles_init(tiles, sha256, check->files, whole->size);
    enum fault fault =
        tlog_consistency_make(sha256, &tiles->nodes, earlier->size, whole->size, &proof);
    free(tiles);
    TRY(fault);
    *begins_out = tlog_consistency_verify(sha256, earlier->size, whole->size, &earlier->root,
                                          &whole->root, &proof);
    return FAULT_NONE;
}

enum fault tlog_check_earlier(struct tlog_check *check, const char *path, struct span note,
                              struct tlog_finding *finding_out)
{
    struct tlog_verdict earlier;
    bool begins = false;
    u64 size = check->verdict.checkpoint.size;
    memset(finding_out, 0, sizeof(*finding_out));
    enum tlog_flaw flaw = tlog_policy_verify(check->crypto, check->policy, note, &earlier);
    if (flaw == TLOG_FLAW_NONE &&
        !span_equal(earlier.checkpoint.origin, check->verdict.checkpoint.origin)) {
        flaw = TLOG_FLAW_ORIGIN;
    }
    if (flaw == TLOG_FLAW_NONE && earlier.strangers > 0 && !check->strangers_allowed) {
        flaw = TLOG_FLAW_STRANGER;
    }
    if (flaw != TLOG_FLAW_NONE) {
        return find(finding_out, flaw, path, "%s", tlog_flaw_meaning(flaw));
    }
    if (earlier.checkpoint.size > size) {
        return find(finding_out, TLOG_FLAW_TRUNCATED, CHECKPOINT_FILE,
                    "says %" PRIu64 " entries, and %s said %" PRIu64, size, path,
                    earlier.checkpoint.size);
    }
    TRY(beginning_check(check, &earlier.checkpoint, &begins));
    if (!begins) {
        return find(finding_out, TLOG_FLAW_FORK, path,
                    "its %" PRIu64 " entries are not the first ones of this log",
                    earlier.checkpoint.size);
    }
    u32 witness = witness_gone_back(check->policy, &earlier, &check->verdict);
    if (earlier.checkpoint.size < size && witness < check->policy->witnesses_count) {
        return find(finding_out, TLOG_FLAW_TIME_BACK, CHECKPOINT_FILE,
                    "witness %s gives %" PRIu64 ", and in %s for fewer entries %" PRIu64,
                    check->policy->witnesses[witness].name, check->verdict.times_s[witness], path,
                    earlier.times_s[witness]);
    }
    return FAULT_NONE;
}
