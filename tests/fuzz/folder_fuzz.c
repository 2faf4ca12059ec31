/* The engine's own small files with any contents: the list of voids, a snapshot, the note of what
 * was being applied. Each is taken whole, refused by name, or begun anew. The low half of the first
 * byte says which file the rest is; with its highest bit the magic, sizes and checksums are mended
 * before, since no search finds them. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/core.h"
#include "core/snapshot.h"
#include "io/clock.h"
#include "io/digest.h"
#include "io/log.h"
#include "role/engine/poison.h"
#include "role/engine/snapshot_file.h"
#include "role/engine/voids.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_VOIDS, FILE_SNAPSHOT, FILE_APPLYING, FILES_COUNT };
enum {
    MEND = 128,
    FILE_MAX = 1 << 16,
    VOIDS_HEAD = 32,
    VOIDS_ENTRY = 24,
    SNAPSHOT_HEAD = 4096,
    CORE_BYTES_MAX = 1 << 22, /* larger limits are somebody else's test */
};

static u8 content[FILE_MAX];

/* docs/engine.md "Poison" and "Snapshots" have the layouts. */
static void mend_voids(size_t size)
{
    if (size >= VOIDS_HEAD) {
        memcpy(content, "CAMBVOID", 8);
        bytes_put_u32(content + 8, 1);
        bytes_put_u32(content + 12, (u32)((size - VOIDS_HEAD) / VOIDS_ENTRY));
        bytes_put_u32(content + 16, crc32c(span_of(content + VOIDS_HEAD, size - VOIDS_HEAD)));
    }
}

static void mend_snapshot(size_t size)
{
    struct sha256 sha256;
    if (size < SNAPSHOT_HEAD || sha256_open(&sha256) != FAULT_NONE) {
        return;
    }
    struct span records = span_of(content + SNAPSHOT_HEAD, size - SNAPSHOT_HEAD);
    memcpy(content, "CAMBSNAP", 8);
    bytes_put_u32(content + 8, 1);
    bytes_put_u64(content + 96, records.size);
    sha256_begin(&sha256);
    sha256_add(&sha256, records);
    sha256_end(&sha256, content + 112);
    sha256_close(&sha256);
    bytes_put_u32(content + 12, 0);
    bytes_put_u32(content + 12, crc32c(span_of(content, SNAPSHOT_HEAD)));
}

static void try_voids(struct disk *disk)
{
    static struct void_list list;
    static struct void_list again;
    CHECK(voids_load(disk, "voids", &list) == FAULT_NONE);
    CHECK(list.count <= VOIDS_MAX);
    for (u32 i = 0; i < list.count; i += 1) {
        CHECK(voids_find(&list, list.entries[i].seq) == &list.entries[i]);
    }
    CHECK(voids_store(disk, ".", "voids", &list) == FAULT_NONE);
    CHECK(voids_load(disk, "voids", &again) == FAULT_NONE);
    CHECK(again.count == list.count);
}

/* The records that came through, into a core of their own limits. */
static void try_restore(const struct snapshot_image *image)
{
    struct command_genesis limits;
    if (!core_snapshot_limits(image->records.data, image->records.size, false, &limits)) {
        return;
    }
    size_t bytes = core_footprint(&limits);
    if (bytes == 0 || bytes > CORE_BYTES_MAX) {
        return;
    }
    void *memory = aligned_alloc(64, bytes);
    CHECK(memory != NULL);
    memset(memory, 0, bytes);
    struct core *core = core_init(memory, bytes, &limits);
    enum fault fault = snapshot_restore(core, image->records, "fuzz");
    CHECK(fault == FAULT_NONE || (fault == FAULT_ROT && fault_text()[0] != 0));
    free(memory);
}

static void try_snapshot(struct disk *disk)
{
    u64 seqs[4];
    u32 count = 0;
    CHECK(snapshot_file_list(disk, ".", seqs, 4, &count) == FAULT_NONE);
    CHECK(count == 1);
    struct snapshot_image image;
    enum fault fault = snapshot_file_read(disk, ".", seqs[0], &image);
    CHECK(fault == FAULT_NONE || fault_text()[0] != '\0');
    if (fault == FAULT_NONE) {
        try_restore(&image);
    }
    snapshot_image_close(&image);
}

static void try_applying(struct disk *disk)
{
    struct poison poison;
    CHECK(poison_open(&poison, disk, "applying") == FAULT_NONE);
    bool careful = false;
    u64 seq = 1;
    for (u32 i = 0; i < 8; i += 1) {
        u64 reach = poison_reach(&poison, seq, &careful);
        CHECK(reach >= 1);
        (void)poison_is(&poison, seq, 7);
        seq = reach > UINT64_MAX - seq ? 1 : seq + reach;
    }
    poison_clear(&poison);
    CHECK(!poison_suspects(&poison));
    poison_close(&poison);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const char *const names[] = {"voids", "00000000000000000007.snapshot", "applying"};
    static void (*const tries[])(struct disk *) = {try_voids, try_snapshot, try_applying};
    if (size == 0 || size > FILE_MAX) {
        return 0;
    }
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    u32 file = data[0] % MEND % FILES_COUNT;
    memcpy(content, data + 1, size - 1);
    if (data[0] >= MEND && file == FILE_VOIDS) {
        mend_voids(size - 1);
    } else if (data[0] >= MEND && file == FILE_SNAPSHOT) {
        mend_snapshot(size - 1);
    }
    disk_false_put(disk, names[file], span_of(content, size - 1));
    tries[file](disk_false_disk(disk));
    disk_false_close(disk);
    return 0;
}
