/* Reading a file from front to end, whatever it is packed with: plain, gzip, xz or zstd, told apart
 * by their first bytes and not by the name. Several packed files one after the other are one.
 *
 * Bytes and lines come from the same place: a caller may read a header by bytes and go on by lines.
 * Memory stays bounded: a line longer than the bound is refused, and so is a packed file that wants
 * more than INPUT_UNPACK_BYTES_MAX to unpack. Faults name the file, the line or offset, the cause.
 */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define INPUT_LINE_BYTES_DEFAULT (16U << 20)
#define INPUT_UNPACK_BYTES_MAX   (256U << 20)

enum input_format { INPUT_PLAIN, INPUT_GZIP, INPUT_XZ, INPUT_ZSTD };

struct input;

/* Opens a file. `line_bytes_max` 0: INPUT_LINE_BYTES_DEFAULT. */
MUST_USE enum fault input_open(struct input **input_out, struct disk *disk, const char *path,
                               u32 line_bytes_max);

/* The same over bytes that the caller keeps; `name` stands for the path in faults. */
MUST_USE enum fault input_open_bytes(struct input **input_out, const char *name, struct span bytes,
                                     u32 line_bytes_max);

/* NULL is fine. */
void input_close(struct input *input);

/* Reads up to `size` bytes; fewer only at the end. */
MUST_USE enum fault input_read(struct input *input, void *target, size_t size, size_t *size_out);

/* Reads exactly `size` bytes; FAULT_INPUT, naming `what` and the offset, when it ends before. */
MUST_USE enum fault input_read_whole(struct input *input, void *target, size_t size,
                                     const char *what);

/* The next line without its newline (and without a carriage return before that), in place until the
 * next call. *more_out is false at the end; a last line without newline counts. */
MUST_USE enum fault input_line(struct input *input, struct span *line_out, bool *more_out);

/* All that is left, in place until the next call; FAULT_INPUT when it is more than the line bound.
 */
MUST_USE enum fault input_rest(struct input *input, struct span *rest_out);

/* FAULT_INPUT unless everything has been read. */
MUST_USE enum fault input_end(struct input *input);

const char *input_path(const struct input *input);
enum input_format input_format(const struct input *input);
/* Lines handed out so far, so the number of the last one. */
u64 input_line_number(const struct input *input);
/* Unpacked bytes handed out so far. */
u64 input_offset(const struct input *input);
/* Bytes of the file itself, for a progress line: read so far, and in all. */
void input_progress(const struct input *input, u64 *bytes_done_out, u64 *bytes_all_out);

/* Closes the input when its scope ends. */
#define SCOPED_INPUT __attribute__((cleanup(input_scope_end))) struct input
static inline void input_scope_end(struct input *const *input)
{
    input_close(*input);
}

#endif /* IO_INPUT_H */
