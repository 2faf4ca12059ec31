#include "role/engine/voids.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/log.h"

#include <string.h>

/* The file: a head of 32 bytes, then the entries; all numbers little-endian.
 *
 *     0  "CAMBVOID"   8  u32 version   12  u32 count   16  u32 CRC32C of the entries   20  zeros
 *     u64 seq, u64 seq_record, u32 code, u32 zero */
enum { HEAD_BYTES = 32, ENTRY_BYTES = 24, VOIDS_VERSION = 1 };

static const u8 magic[8] = {'C', 'A', 'M', 'B', 'V', 'O', 'I', 'D'};

static const char *decode(struct span bytes, struct void_list *list)
{
    if (bytes.size < HEAD_BYTES || memcmp(bytes.data, magic, sizeof(magic)) != 0 ||
        bytes_u32(bytes.data + 8) != VOIDS_VERSION) {
        return "not a list of voids";
    }
    u32 count = bytes_u32(bytes.data + 12);
    if (count > VOIDS_MAX || bytes.size != HEAD_BYTES + (size_t)count * ENTRY_BYTES) {
        return "impossible size";
    }
    struct span entries = span_after(bytes, HEAD_BYTES);
    if (crc32c(entries) != bytes_u32(bytes.data + 16)) {
        return "checksum";
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = entries.data + (size_t)i * ENTRY_BYTES;
        struct void_entry entry = {
            .seq = bytes_u64(at), .seq_record = bytes_u64(at + 8), .code = bytes_u32(at + 16)};
        if (entry.seq == 0 || (i > 0 && list->entries[i - 1].seq >= entry.seq)) {
            return "order";
        }
        list->entries[i] = entry;
        list->count = i + 1;
    }
    return NULL;
}

enum fault voids_load(struct disk *disk, const char *path, struct void_list *list_out)
{
    list_out->count = 0;
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    static const size_t bytes_max = HEAD_BYTES + (size_t)VOIDS_MAX * ENTRY_BYTES;
    u8 bytes[HEAD_BYTES + VOIDS_MAX * ENTRY_BYTES + 1];
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, 0, &file));
    size_t size = 0;
    TRY(file_read_at(&file, 0, bytes, bytes_max + 1, &size));
    const char *reason = decode(span_of(bytes, size), list_out);
    if (reason != NULL) {
        log_warn("voids.damaged", LOG_STR("file", path), LOG_STR("reason", reason),
                 LOG_STR("effect", "the journal's own records are used"));
        list_out->count = 0;
    }
    return FAULT_NONE;
}

enum fault voids_store(struct disk *disk, const char *folder, const char *path,
                       const struct void_list *list)
{
    u8 bytes[HEAD_BYTES + VOIDS_MAX * ENTRY_BYTES] = {0};
    CHECK(list->count <= VOIDS_MAX);
    for (u32 i = 0; i < list->count; i += 1) {
        u8 *at = bytes + HEAD_BYTES + (size_t)i * ENTRY_BYTES;
        bytes_put_u64(at, list->entries[i].seq);
        bytes_put_u64(at + 8, list->entries[i].seq_record);
        bytes_put_u32(at + 16, list->entries[i].code);
    }
    size_t size = HEAD_BYTES + (size_t)list->count * ENTRY_BYTES;
    memcpy(bytes, magic, sizeof(magic));
    bytes_put_u32(bytes + 8, VOIDS_VERSION);
    bytes_put_u32(bytes + 12, list->count);
    bytes_put_u32(bytes + 16, crc32c(span_of(bytes + HEAD_BYTES, size - HEAD_BYTES)));
    char temporary[FILE_PATH_BYTES];
    TRY(file_path(temporary, folder, "voids.tmp"));
    bool exists = false;
    TRY(disk_exists(disk, temporary, &exists));
    if (exists) {
        TRY(disk_unlink(disk, temporary));
    }
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, temporary, FILE_WRITE | FILE_CREATE, &file));
    TRY(file_write_at(&file, 0, bytes, size));
    TRY(file_sync(&file));
    TRY(disk_rename(disk, temporary, path));
    TRY(disk_sync_folder(disk, folder));
    return FAULT_NONE;
}

/* The first entry that is not before seq. */
static u32 lower_bound(const struct void_list *list, u64 seq)
{
    u32 low = 0;
    u32 high = list->count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (list->entries[middle].seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct void_entry *voids_find(struct void_list *list, u64 seq)
{
    u32 at = lower_bound(list, seq);
    return at < list->count && list->entries[at].seq == seq ? &list->entries[at] : NULL;
}

u64 voids_next(const struct void_list *list, u64 seq)
{
    u32 at = lower_bound(list, seq);
    return at < list->count ? list->entries[at].seq : UINT64_MAX;
}

enum fault voids_add(struct void_list *list, const struct void_entry *entry)
{
    if (list->count == VOIDS_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u voided commands", VOIDS_MAX);
    }
    u32 at = lower_bound(list, entry->seq);
    CHECK(at == list->count || list->entries[at].seq != entry->seq);
    memmove(&list->entries[at + 1], &list->entries[at],
            (list->count - at) * sizeof(list->entries[0]));
    list->entries[at] = *entry;
    list->count += 1;
    return FAULT_NONE;
}

void voids_remove(struct void_list *list, u64 seq)
{
    u32 at = lower_bound(list, seq);
    CHECK(at < list->count && list->entries[at].seq == seq);
    memmove(&list->entries[at], &list->entries[at + 1],
            (list->count - at - 1) * sizeof(list->entries[0]));
    list->count -= 1;
}
