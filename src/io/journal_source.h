/* The bytes of one segment from its beginning to its end, whether the file is raw or packed.
 *
 * Reads go forward; a raw source may be set back, which following a live journal needs. Sizes are
 * multiples of a block, as are the buffers' addresses. */
#ifndef IO_JOURNAL_SOURCE_H
#define IO_JOURNAL_SOURCE_H

#include "base/arena.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

struct journal_source {
    struct file file;
    bool packed;
    u64 offset; /* of the next byte of the segment */
    /* Packed only. */
    void *unpacker;
    u8 *input;
    u64 input_offset; /* in the packed file, of what follows `input` */
    size_t input_size;
    size_t input_used;
    bool frame_ended;
};

size_t journal_source_footprint(void);
void journal_source_init(struct journal_source *source, struct arena *arena);

/* Opens a segment's file; closes the one before. */
MUST_USE enum fault journal_source_open(struct journal_source *source, struct disk *disk,
                                        const char *path, bool packed);

/* The next `size` bytes, fewer only at the end. Damaged packed data: FAULT_ROT. */
MUST_USE enum fault journal_source_read(struct journal_source *source, u8 *target, size_t size,
                                        size_t *size_out);

/* Raw only: goes on reading at `offset`. */
void journal_source_seek(struct journal_source *source, u64 offset);

void journal_source_close(struct journal_source *source);

#endif /* IO_JOURNAL_SOURCE_H */
