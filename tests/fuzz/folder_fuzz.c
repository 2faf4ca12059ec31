/* The engine's own small files with any contents: the list of voids, a snapshot, the note of what
 * was being applied. Each is taken whole, refused by name, or begun anew. The first byte says which
 * file the rest is. */
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/log.h"
#include "role/engine/poison.h"
#include "role/engine/snapshot_file.h"
#include "role/engine/voids.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_VOIDS, FILE_SNAPSHOT, FILE_APPLYING, FILES_COUNT };

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

static void try_snapshot(struct disk *disk)
{
    u64 seqs[4];
    u32 count = 0;
    CHECK(snapshot_file_list(disk, ".", seqs, 4, &count) == FAULT_NONE);
    CHECK(count == 1);
    struct snapshot_image image;
    enum fault fault = snapshot_file_read(disk, ".", seqs[0], &image);
    CHECK(fault == FAULT_NONE || fault_text()[0] != '\0');
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
    if (size == 0) {
        return 0;
    }
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    u32 file = data[0] % FILES_COUNT;
    disk_false_put(disk, names[file], span_of(data + 1, size - 1));
    tries[file](disk_false_disk(disk));
    disk_false_close(disk);
    return 0;
}
