#include "role/vault/tlog_tile.h"

#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TLOG_LEVEL_MAX 63U

/* ---- names ---- */

/* Appends `before` and the number with at least `digits` digits. */
static size_t put(char path[TLOG_TILE_PATH_BYTES], size_t used, const char *before, int digits,
                  u64 number)
{
    int size =
        snprintf(path + used, TLOG_TILE_PATH_BYTES - used, "%s%0*" PRIu64, before, digits, number);
    CHECK(size > 0 && (size_t)size < TLOG_TILE_PATH_BYTES - used);
    return used + (size_t)size;
}

#define ENTRIES_FOLDER "tile/entries"

void tlog_tile_path(struct tlog_tile_name name, char path_out[TLOG_TILE_PATH_BYTES])
{
    CHECK(name.width >= 1 && name.width <= TLOG_TILE_WIDTH);
    CHECK(name.level <= TLOG_TILE_ENTRIES);
    size_t used = sizeof(ENTRIES_FOLDER) - 1;
    if (name.level == TLOG_TILE_ENTRIES) {
        memcpy(path_out, ENTRIES_FOLDER, sizeof(ENTRIES_FOLDER));
    } else {
        used = put(path_out, 0, "tile/", 1, name.level);
    }
    u64 unit = 1;
    while (name.index / unit >= 1000) {
        unit *= 1000;
    }
    for (; unit > 1; unit /= 1000) {
        used = put(path_out, used, "/x", 3, name.index / unit % 1000);
    }
    used = put(path_out, used, "/", 3, name.index % 1000);
    if (name.width < TLOG_TILE_WIDTH) {
        (void)put(path_out, used, ".p/", 1, name.width);
    }
}

/* Cuts off what stands before the next slash, or the rest. */
static struct span step_next(struct span *rest)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != '/') {
        size += 1;
    }
    struct span step = span_piece(*rest, 0, size);
    *rest = size < rest->size ? span_after(*rest, size + 1) : span_of(NULL, 0);
    return step;
}

/* Reads loosely; whoever wrote another path than the one of this name is refused afterwards. */
static bool name_read(struct span path, struct tlog_tile_name *name)
{
    struct span rest = path;
    u64 number = 0;
    *name = (struct tlog_tile_name){.level = TLOG_TILE_ENTRIES, .width = TLOG_TILE_WIDTH};
    if (!span_equal(step_next(&rest), span_of_text("tile"))) {
        return false;
    }
    struct span level = step_next(&rest);
    if (!span_equal(level, span_of_text("entries"))) {
        if (!tlog_number_read(level, TLOG_LEVEL_MAX, &number)) {
            return false;
        }
        name->level = (u32)number;
    }
    while (rest.size > 0) {
        struct span step = step_next(&rest);
        bool wide = step.size == 4 && step.data[0] == 'x';
        bool last = step.size == 3 || (step.size == 5 && step.data[3] == '.');
        u64 digits = 0;
        for (size_t i = wide ? 1 : 0; i < (wide ? 4U : 3U); i += 1) {
            if ((!wide && !last) || step.data[i] < '0' || step.data[i] > '9') {
                return false;
            }
            digits = digits * 10 + (u64)(step.data[i] - '0');
        }
        if (name->index > (UINT64_MAX - digits) / 1000) {
            return false;
        }
        name->index = name->index * 1000 + digits;
        if (last && step.size == 5) {
            if (!tlog_number_read(rest, TLOG_TILE_WIDTH - 1, &number) || number == 0) {
                return false;
            }
            name->width = (u32)number;
        }
        if (last) {
            return true;
        }
    }
    return false;
}

bool tlog_tile_path_read(struct span path, struct tlog_tile_name *name_out)
{
    char again[TLOG_TILE_PATH_BYTES];
    if (path.size >= TLOG_TILE_PATH_BYTES || !name_read(path, name_out)) {
        return false;
    }
    tlog_tile_path(*name_out, again);
    return span_equal(path, span_of_text(again));
}

/* How many hashes a log of `size` has at a level. */
static u64 hashes_at(u64 size, u32 level)
{
    u32 height = level == TLOG_TILE_ENTRIES ? 0 : level * TLOG_TILE_HEIGHT;
    return height > 63 ? 0 : size >> height;
}

u32 tlog_tile_width(u64 size, u32 level, u64 index)
{
    u64 hashes = hashes_at(size, level);
    if (index > hashes / TLOG_TILE_WIDTH) {
        return 0;
    }
    return (u32)u64_min(hashes - index * TLOG_TILE_WIDTH, TLOG_TILE_WIDTH);
}

u64 tlog_tile_count(u64 size, u32 level)
{
    u64 hashes = hashes_at(size, level);
    return hashes / TLOG_TILE_WIDTH + (hashes % TLOG_TILE_WIDTH != 0 ? 1 : 0);
}

void tlog_tile_root(struct sha256 *sha256, const struct tlog_hash *hashes, u32 first, u32 height,
                    struct tlog_hash *root_out)
{
    struct tlog_hash level[TLOG_TILE_WIDTH / 2];
    CHECK(height <= TLOG_TILE_HEIGHT);
    CHECK(first % (1U << height) == 0 && first + (1U << height) <= TLOG_TILE_WIDTH);
    if (height == 0) {
        *root_out = hashes[first];
        return;
    }
    u32 count = 1U << (height - 1);
    for (u32 i = 0; i < count; i += 1) {
        tlog_hash_node(sha256, &hashes[first + 2 * i], &hashes[first + 2 * i + 1], &level[i]);
    }
    for (count /= 2; count > 0; count /= 2) {
        for (u32 i = 0; i < count; i += 1) {
            tlog_hash_node(sha256, &level[2 * i], &level[2 * i + 1], &level[i]);
        }
    }
    *root_out = level[0];
}

/* ---- bundles ---- */

bool tlog_bundle_next(struct span *rest, struct span *entry_out)
{
    *entry_out = span_of(NULL, 0);
    if (rest->size < 2) {
        return false;
    }
    size_t size = (size_t)rest->data[0] << 8 | rest->data[1];
    if (size > rest->size - 2) {
        return false;
    }
    *entry_out = span_of(rest->data + 2, size);
    *rest = span_after(*rest, 2 + size);
    return true;
}

size_t tlog_bundle_put(u8 *bundle, size_t bundle_bytes, size_t used, struct span entry)
{
    CHECK(used <= bundle_bytes);
    if (entry.size > TLOG_ENTRY_BYTES_MAX || bundle_bytes - used < 2 + entry.size) {
        return 0;
    }
    bundle[used] = (u8)(entry.size >> 8);
    bundle[used + 1] = (u8)entry.size;
    if (entry.size > 0) {
        memcpy(bundle + used + 2, entry.data, entry.size);
    }
    return used + 2 + entry.size;
}

/* ---- subtrees out of tiles ---- */

enum fault tlog_tile_read(struct tlog_files *files, u64 size, u32 level, u64 index,
                          struct tlog_hash hashes_out[TLOG_TILE_WIDTH], u32 *width_out)
{
    struct tlog_tile_name name = {
        .level = level, .width = tlog_tile_width(size, level, index), .index = index};
    char path[TLOG_TILE_PATH_BYTES];
    size_t read = 0;
    CHECK(level < TLOG_TILE_ENTRIES);
    CHECK(name.width > 0);
    *width_out = name.width;
    size_t wanted = name.width * sizeof(struct tlog_hash);
    tlog_tile_path(name, path);
    enum fault fault = files->read(files, path, hashes_out[0].bytes, TLOG_TILE_BYTES, &read);
    if (fault == FAULT_MISSING && name.width < TLOG_TILE_WIDTH) {
        name.width = TLOG_TILE_WIDTH;
        tlog_tile_path(name, path);
        fault = files->read(files, path, hashes_out[0].bytes, TLOG_TILE_BYTES, &read);
        if (fault == FAULT_NONE && read == TLOG_TILE_BYTES) {
            read = wanted;
        }
    }
    TRY(fault);
    return read == wanted ? FAULT_NONE
                          : FAULT(FAULT_ROT, "%s: %zu bytes, %zu expected", path, read, wanted);
}

_Static_assert(sizeof(struct tlog_hash) == TLOG_HASH_BYTES, "a tile is an array of hashes");

static enum fault tile_node(struct tlog_nodes *nodes, u32 level, u64 index,
                            struct tlog_hash *hash_out)
{
    struct tlog_tiles *tiles = (struct tlog_tiles *)nodes;
    u32 tile_level = level / TLOG_TILE_HEIGHT;
    u32 height = level % TLOG_TILE_HEIGHT;
    CHECK(tile_level < TLOG_TILE_LEVELS);
    u64 first = index << height;
    u64 tile = first / TLOG_TILE_WIDTH;
    struct tlog_hash *hashes = tiles->hashes[tile_level];
    if (!tiles->held[tile_level] || tiles->index[tile_level] != tile) {
        u32 width = 0;
        tiles->held[tile_level] = false;
        TRY(tlog_tile_read(tiles->files, tiles->nodes.size, tile_level, tile, hashes, &width));
        tiles->held[tile_level] = true;
        tiles->index[tile_level] = tile;
    }
    CHECK(first % TLOG_TILE_WIDTH + (1U << height) <=
          tlog_tile_width(tiles->nodes.size, tile_level, tile));
    tlog_tile_root(tiles->sha256, hashes, (u32)(first % TLOG_TILE_WIDTH), height, hash_out);
    return FAULT_NONE;
}

_Static_assert(offsetof(struct tlog_tiles, nodes) == 0, "tile_node casts");

void tlog_tiles_init(struct tlog_tiles *tiles, struct sha256 *sha256, struct tlog_files *files,
                     u64 size)
{
    CHECK(size <= TLOG_SIZE_MAX);
    memset(tiles->held, 0, sizeof(tiles->held));
    tiles->nodes = (struct tlog_nodes){.size = size, .node = tile_node};
    tiles->sha256 = sha256;
    tiles->files = files;
}
