/* Images beside the event log: the state at one position, for readers that begin there. */
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"
#include "io/log.h"

#include <string.h>

enum { IMAGES_MAX = 256, CHECK_BYTES = 1 << 16 };

static enum fault image_path(char path_out[FILE_PATH_BYTES], const struct eventlog_image *image,
                             const char *suffix)
{
    return eventlog_path(path_out, image->folder, image->point.position, suffix);
}

static enum fault image_init(struct eventlog_image *image, const char *folder)
{
    *image = (struct eventlog_image){.file = {.disk = NULL}};
    if (!span_copy(span_of(folder, strlen(folder) + 1), image->folder, sizeof(image->folder))) {
        return FAULT(FAULT_LIMIT, "%.200s...: the path is too long", folder);
    }
    return FAULT_NONE;
}

enum fault eventlog_image_create(struct eventlog_image *image, struct disk *disk,
                                 const char *folder, const u8 venue[EVENTLOG_VENUE_BYTES],
                                 struct eventlog_point point)
{
    TRY(image_init(image, folder));
    memcpy(image->venue, venue, EVENTLOG_VENUE_BYTES);
    image->point = point;
    char path[FILE_PATH_BYTES];
    TRY(image_path(path, image, EVENTLOG_IMAGE_SUFFIX ".tmp"));
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        TRY(disk_unlink(disk, path));
    }
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE, &image->file));
    return FAULT_NONE;
}

enum fault eventlog_image_add(struct eventlog_image *image, struct span part)
{
    TRY(file_write_at(&image->file, EVENTLOG_BLOCK_BYTES + image->bytes, part.data, part.size));
    image->crc = crc32c_extend(image->crc, part);
    image->bytes += part.size;
    return FAULT_NONE;
}

enum fault eventlog_image_finish(struct eventlog_image *image)
{
    struct eventlog_header header = {
        .kind = EVENTLOG_KIND_IMAGE,
        .position = image->point.position,
        .seq = image->point.seq,
        .bytes = image->bytes,
        .payload_crc = image->crc,
    };
    memcpy(header.venue, image->venue, EVENTLOG_VENUE_BYTES);
    u8 block[EVENTLOG_BLOCK_BYTES];
    eventlog_header_encode(&header, block);
    if (image->head.seq != 0) {
        eventlog_image_head_encode(&image->head, block);
    }
    TRY(file_write_at(&image->file, 0, block, sizeof(block)));
    TRY(file_sync(&image->file));
    char path[FILE_PATH_BYTES];
    TRY(image_path(path, image, EVENTLOG_IMAGE_SUFFIX));
    TRY(disk_rename(image->file.disk, image->file.path, path));
    TRY(disk_sync_folder(image->file.disk, image->folder));
    file_close(&image->file);
    return FAULT_NONE;
}

/* Header, size and checksum. */
static enum fault image_check(struct eventlog_image *image)
{
    u8 block[EVENTLOG_BLOCK_BYTES];
    TRY(file_read_whole(&image->file, 0, block, sizeof(block)));
    struct eventlog_header header;
    TRY(eventlog_header_decode(span_of(block, sizeof(block)), EVENTLOG_KIND_IMAGE, image->file.path,
                               &header));
    image->point = (struct eventlog_point){.position = header.position, .seq = header.seq};
    image->bytes = header.bytes;
    image->crc = header.payload_crc;
    memcpy(image->venue, header.venue, EVENTLOG_VENUE_BYTES);
    u32 crc = 0;
    for (u64 offset = 0; offset < image->bytes;) {
        u8 part[CHECK_BYTES];
        size_t size = (size_t)u64_min(sizeof(part), image->bytes - offset);
        TRY(file_read_whole(&image->file, EVENTLOG_BLOCK_BYTES + offset, part, size));
        crc = crc32c_extend(crc, span_of(part, size));
        offset += size;
    }
    if (crc != image->crc) {
        return FAULT(FAULT_ROT, "%s: damaged: the contents do not match their checksum",
                     image->file.path);
    }
    return FAULT_NONE;
}

static enum fault image_open_at(struct eventlog_image *image, struct disk *disk, const char *folder,
                                u64 position)
{
    TRY(image_init(image, folder));
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, folder, position, EVENTLOG_IMAGE_SUFFIX));
    TRY(file_open(disk, path, 0, &image->file));
    enum fault fault = image_check(image);
    if (fault != FAULT_NONE) {
        file_close(&image->file);
    }
    return fault;
}

enum fault eventlog_image_newest(struct disk *disk, const char *folder, u64 *position_out)
{
    u64 positions[IMAGES_MAX];
    u32 count = 0;
    *position_out = 0;
    TRY(eventlog_list(disk, folder, EVENTLOG_IMAGE_SUFFIX, positions, IMAGES_MAX, &count));
    *position_out = count == 0 ? 0 : positions[count - 1];
    return FAULT_NONE;
}

enum fault eventlog_image_head(struct disk *disk, const char *folder, u64 position,
                               struct eventlog_head *head_out)
{
    u8 block[EVENTLOG_BLOCK_BYTES];
    char path[FILE_PATH_BYTES];
    struct eventlog_header header;
    SCOPED_FILE file = {.disk = NULL};
    *head_out = (struct eventlog_head){.seq = 0};
    TRY(eventlog_path(path, folder, position, EVENTLOG_IMAGE_SUFFIX));
    TRY(file_open(disk, path, 0, &file));
    TRY(file_read_whole(&file, 0, block, sizeof(block)));
    enum fault fault =
        eventlog_header_decode(span_of(block, sizeof(block)), EVENTLOG_KIND_IMAGE, path, &header);
    if (fault == FAULT_ROT) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    eventlog_image_head_decode(block, head_out);
    return FAULT_NONE;
}

enum fault eventlog_image_open(struct eventlog_image *image, struct disk *disk, const char *folder)
{
    u64 positions[IMAGES_MAX];
    u32 count = 0;
    TRY(eventlog_list(disk, folder, EVENTLOG_IMAGE_SUFFIX, positions, IMAGES_MAX, &count));
    for (; count > 0; count -= 1) {
        enum fault fault = image_open_at(image, disk, folder, positions[count - 1]);
        if (fault != FAULT_ROT && fault != FAULT_MISSING) {
            return fault;
        }
        /* An older one serves as well: it only means more increments. */
        log_warn("eventlog.image_damaged", LOG_FAULT(fault));
        fault_forget();
    }
    return FAULT(FAULT_MISSING, "%s: there is no image", folder);
}

enum fault eventlog_image_read(struct eventlog_image *image, u64 offset, void *target,
                               size_t target_bytes, size_t *size_out)
{
    u64 left = offset < image->bytes ? image->bytes - offset : 0;
    *size_out = (size_t)u64_min(left, target_bytes);
    if (*size_out > 0) {
        TRY(file_read_whole(&image->file, EVENTLOG_BLOCK_BYTES + offset, target, *size_out));
    }
    return FAULT_NONE;
}

void eventlog_image_close(struct eventlog_image *image)
{
    file_close(&image->file);
}
