#include "io/input.h"

#include "base/check.h"
#include "base/span.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define PACKED_BYTES        65536U
#define WINDOW_BYTES        262144U
#define ZSTD_WINDOW_LOG_MAX 27 /* 128 MiB */
_Static_assert((1ULL << ZSTD_WINDOW_LOG_MAX) <= INPUT_UNPACK_BYTES_MAX, "the bound holds for zstd");

struct input {
    char path[FILE_PATH_BYTES];
    struct file file;  /* closed when it reads from `bytes` */
    struct span bytes; /* the whole, when there is no file */
    u64 packed_bytes_all;
    u64 packed_bytes_read; /* from the file, decoded or not */
    bool packed_end;

    enum input_format format;
    z_stream gzip;
    lzma_stream xz;
    ZSTD_DStream *zstd;
    bool inside; /* gzip, zstd: a member or frame has begun and not ended */
    bool done;   /* nothing more will come out */

    u8 *packed; /* what was read and not yet decoded: [packed_begin, packed_size) */
    size_t packed_begin;
    size_t packed_size;

    u8 *window; /* what was decoded and not yet handed out: [begin, end) */
    size_t window_bytes;
    size_t begin;
    size_t end;
    size_t line_bytes_max;
    u64 lines;
    u64 offset;
};

/* ---- the packed side ---- */

static enum fault packed_fill(struct input *input)
{
    if (input->packed_begin < input->packed_size || input->packed_end) {
        return FAULT_NONE;
    }
    size_t size = 0;
    if (input->file.disk != NULL) {
        TRY(file_read_at(&input->file, input->packed_bytes_read, input->packed, PACKED_BYTES,
                         &size));
    } else {
        size = input->bytes.size - (size_t)input->packed_bytes_read;
        size = size < PACKED_BYTES ? size : PACKED_BYTES;
        if (size > 0) {
            memcpy(input->packed, input->bytes.data + input->packed_bytes_read, size);
        }
    }
    input->packed_begin = 0;
    input->packed_size = size;
    input->packed_bytes_read += size;
    input->packed_end = size == 0;
    return FAULT_NONE;
}

static u64 packed_offset(const struct input *input)
{
    return input->packed_bytes_read - (input->packed_size - input->packed_begin);
}

static enum fault damaged(const struct input *input, const char *format, const char *cause)
{
    return FAULT(FAULT_INPUT, "%s: byte %llu of the %s file: %s", input->path,
                 (unsigned long long)packed_offset(input), format, cause);
}

/* ---- one decoder each: some packed bytes become some window bytes ---- */

static enum fault decode_plain(struct input *input)
{
    TRY(packed_fill(input));
    size_t size =
        u64_min(input->packed_size - input->packed_begin, input->window_bytes - input->end);
    memcpy(input->window + input->end, input->packed + input->packed_begin, size);
    input->packed_begin += size;
    input->end += size;
    input->done = input->packed_end;
    return FAULT_NONE;
}

/* Between two gzip members: zeros may pad the file, anything else must be a member. */
static enum fault gzip_between(struct input *input)
{
    while (input->packed_begin < input->packed_size && input->packed[input->packed_begin] == 0) {
        input->packed_begin += 1;
    }
    if (input->packed_begin == input->packed_size) {
        return FAULT_NONE;
    }
    if (input->packed[input->packed_begin] != 0x1f) {
        return damaged(input, "gzip", "something that is not gzip follows");
    }
    CHECK(inflateReset(&input->gzip) == Z_OK);
    input->inside = true;
    return FAULT_NONE;
}

static enum fault decode_gzip(struct input *input)
{
    TRY(packed_fill(input));
    if (!input->inside) {
        TRY(gzip_between(input));
    }
    if (!input->inside) {
        input->done = input->packed_end;
        return FAULT_NONE;
    }
    z_stream *stream = &input->gzip;
    stream->next_in = input->packed + input->packed_begin;
    stream->avail_in = (uInt)(input->packed_size - input->packed_begin);
    stream->next_out = input->window + input->end;
    stream->avail_out = (uInt)u64_min(input->window_bytes - input->end, UINT32_MAX);
    uInt room = stream->avail_out;
    int verdict = inflate(stream, Z_NO_FLUSH);
    bool stuck = stream->avail_out == room && verdict != Z_STREAM_END;
    input->packed_begin = input->packed_size - stream->avail_in;
    input->end += room - stream->avail_out;
    if (verdict == Z_STREAM_END) {
        input->inside = false;
    } else if (stuck && input->packed_end) {
        return damaged(input, "gzip", "the file ends inside");
    } else if (verdict != Z_OK && verdict != Z_BUF_ERROR) {
        return damaged(input, "gzip", stream->msg != NULL ? stream->msg : "the data is damaged");
    }
    return FAULT_NONE;
}

static const char *xz_cause(lzma_ret verdict)
{
    switch ((u32)verdict) {
    case LZMA_MEMLIMIT_ERROR:
        return "unpacking it needs more memory than allowed";
    case LZMA_BUF_ERROR:
        return "the file ends inside";
    case LZMA_OPTIONS_ERROR:
        return "it uses options of a newer format";
    case LZMA_MEM_ERROR:
        return "out of memory";
    default: /* not an enum: the library's other codes */
        return "the data is damaged";
    }
}

static enum fault decode_xz(struct input *input)
{
    TRY(packed_fill(input));
    lzma_stream *stream = &input->xz;
    stream->next_in = input->packed + input->packed_begin;
    stream->avail_in = input->packed_size - input->packed_begin;
    stream->next_out = input->window + input->end;
    stream->avail_out = input->window_bytes - input->end;
    lzma_ret verdict = lzma_code(stream, input->packed_end ? LZMA_FINISH : LZMA_RUN);
    input->packed_begin = input->packed_size - stream->avail_in;
    input->end = input->window_bytes - stream->avail_out;
    if (verdict == LZMA_STREAM_END) {
        input->done = true;
    } else if (verdict != LZMA_OK) {
        return damaged(input, "xz", xz_cause(verdict));
    }
    return FAULT_NONE;
}

static enum fault decode_zstd(struct input *input)
{
    TRY(packed_fill(input));
    if (input->packed_end && !input->inside) {
        input->done = true;
        return FAULT_NONE;
    }
    ZSTD_inBuffer in = {
        .src = input->packed, .size = input->packed_size, .pos = input->packed_begin};
    ZSTD_outBuffer out = {.dst = input->window, .size = input->window_bytes, .pos = input->end};
    size_t verdict = ZSTD_decompressStream(input->zstd, &out, &in);
    bool stuck = out.pos == input->end && in.pos == input->packed_begin;
    input->packed_begin = in.pos;
    input->end = out.pos;
    if (ZSTD_isError(verdict) != 0) {
        return damaged(input, "zstd", ZSTD_getErrorName(verdict));
    }
    input->inside = verdict != 0;
    if (input->packed_end && input->inside && stuck) {
        return damaged(input, "zstd", "the file ends inside");
    }
    return FAULT_NONE;
}

/* Puts at least one more byte into the window, or finds the end. The window must have room. */
static enum fault window_fill(struct input *input)
{
    CHECK(input->end < input->window_bytes);
    size_t before = input->end;
    while (input->end == before && !input->done) {
        switch (input->format) {
        case INPUT_PLAIN:
            TRY(decode_plain(input));
            break;
        case INPUT_GZIP:
            TRY(decode_gzip(input));
            break;
        case INPUT_XZ:
            TRY(decode_xz(input));
            break;
        case INPUT_ZSTD:
            TRY(decode_zstd(input));
            break;
        }
    }
    return FAULT_NONE;
}

/* ---- opening ---- */

static enum input_format format_of(const u8 *bytes, size_t size)
{
    static const u8 gzip[] = {0x1f, 0x8b};
    static const u8 xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    static const u8 zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (size >= sizeof(gzip) && memcmp(bytes, gzip, sizeof(gzip)) == 0) {
        return INPUT_GZIP;
    }
    if (size >= sizeof(xz) && memcmp(bytes, xz, sizeof(xz)) == 0) {
        return INPUT_XZ;
    }
    if (size >= sizeof(zstd) && memcmp(bytes, zstd, sizeof(zstd)) == 0) {
        return INPUT_ZSTD;
    }
    return INPUT_PLAIN;
}

static bool decoder_open(struct input *input)
{
    switch (input->format) {
    case INPUT_PLAIN:
        return true;
    case INPUT_GZIP:
        input->inside = true;
        return inflateInit2(&input->gzip, 15 + 16) == Z_OK; /* window of 32 KiB, gzip wrapping */
    case INPUT_XZ:
        return lzma_stream_decoder(&input->xz, INPUT_UNPACK_BYTES_MAX, LZMA_CONCATENATED) ==
               LZMA_OK;
    case INPUT_ZSTD:
        input->zstd = ZSTD_createDStream();
        return input->zstd != NULL &&
               ZSTD_isError(ZSTD_DCtx_setParameter(input->zstd, ZSTD_d_windowLogMax,
                                                   ZSTD_WINDOW_LOG_MAX)) == 0;
    }
    return false;
}

static enum fault start(struct input *input, u32 line_bytes_max)
{
    input->line_bytes_max = line_bytes_max == 0 ? INPUT_LINE_BYTES_DEFAULT : line_bytes_max;
    input->window_bytes = WINDOW_BYTES;
    input->packed = malloc(PACKED_BYTES);
    input->window = malloc(input->window_bytes);
    if (input->packed == NULL || input->window == NULL) {
        return FAULT(FAULT_LIMIT, "%s: out of memory", input->path);
    }
    TRY(packed_fill(input));
    input->format = format_of(input->packed, input->packed_size);
    if (!decoder_open(input)) {
        return FAULT(FAULT_LIMIT, "%s: out of memory to unpack it", input->path);
    }
    return FAULT_NONE;
}

static struct input *make(const char *name)
{
    struct input *input = calloc(1, sizeof(*input));
    if (input != NULL) {
        input->xz = (lzma_stream)LZMA_STREAM_INIT;
        input->file.handle = -1;
        (void)strncpy(input->path, name, sizeof(input->path) - 1);
    }
    return input;
}

static enum fault open_file(struct input *input, struct disk *disk, const char *path)
{
    TRY(file_open(disk, path, 0, &input->file));
    TRY(file_size(&input->file, &input->packed_bytes_all));
    return FAULT_NONE;
}

enum fault input_open(struct input **input_out, struct disk *disk, const char *path,
                      u32 line_bytes_max)
{
    *input_out = NULL;
    struct input *input = make(path);
    if (input == NULL) {
        return FAULT(FAULT_LIMIT, "%s: out of memory", path);
    }
    enum fault fault = open_file(input, disk, path);
    if (fault == FAULT_NONE) {
        fault = start(input, line_bytes_max);
    }
    if (fault != FAULT_NONE) {
        input_close(input);
        return fault;
    }
    *input_out = input;
    return FAULT_NONE;
}

enum fault input_open_bytes(struct input **input_out, const char *name, struct span bytes,
                            u32 line_bytes_max)
{
    *input_out = NULL;
    struct input *input = make(name);
    if (input == NULL) {
        return FAULT(FAULT_LIMIT, "%s: out of memory", name);
    }
    input->bytes = bytes;
    input->packed_bytes_all = bytes.size;
    enum fault fault = start(input, line_bytes_max);
    if (fault != FAULT_NONE) {
        input_close(input);
        return fault;
    }
    *input_out = input;
    return FAULT_NONE;
}

void input_close(struct input *input)
{
    if (input == NULL) {
        return;
    }
    if (input->format == INPUT_GZIP) {
        (void)inflateEnd(&input->gzip);
    }
    lzma_end(&input->xz);
    (void)ZSTD_freeDStream(input->zstd);
    file_close(&input->file);
    free(input->packed);
    free(input->window);
    free(input);
}

/* ---- handing out ---- */

/* Room for more behind what is there: by moving it to the front, or else by growing. */
static enum fault window_make_room(struct input *input)
{
    if (input->begin > 0) {
        memmove(input->window, input->window + input->begin, input->end - input->begin);
        input->end -= input->begin;
        input->begin = 0;
    }
    if (input->end < input->window_bytes) {
        return FAULT_NONE;
    }
    u8 *wider = realloc(input->window, input->window_bytes * 2);
    if (wider == NULL) {
        return FAULT(FAULT_LIMIT, "%s: out of memory for a line of %zu bytes", input->path,
                     input->window_bytes * 2);
    }
    input->window = wider;
    input->window_bytes *= 2;
    return FAULT_NONE;
}

static struct span take(struct input *input, size_t size, size_t skipped)
{
    struct span taken = span_of(input->window + input->begin, size);
    input->begin += size + skipped;
    input->offset += size + skipped;
    return taken;
}

enum fault input_read(struct input *input, void *target, size_t size, size_t *size_out)
{
    *size_out = 0;
    while (*size_out < size) {
        if (input->begin == input->end) {
            input->begin = 0;
            input->end = 0;
            TRY(window_fill(input));
            if (input->begin == input->end) {
                break;
            }
        }
        size_t step = u64_min(input->end - input->begin, size - *size_out);
        struct span taken = take(input, step, 0);
        memcpy((u8 *)target + *size_out, taken.data, taken.size);
        *size_out += step;
    }
    return FAULT_NONE;
}

enum fault input_read_whole(struct input *input, void *target, size_t size, const char *what)
{
    u64 offset = input->offset;
    size_t got = 0;
    TRY(input_read(input, target, size, &got));
    if (got != size) {
        return FAULT(FAULT_INPUT, "%s: offset %llu: %s needs %zu bytes, the file ends after %zu",
                     input->path, (unsigned long long)offset, what, size, got);
    }
    return FAULT_NONE;
}

enum fault input_line(struct input *input, struct span *line_out, bool *more_out)
{
    size_t seen = 0;
    for (;;) {
        const u8 *from = input->window + input->begin + seen;
        size_t left = input->end - input->begin - seen;
        const u8 *newline = left > 0 ? memchr(from, '\n', left) : NULL;
        size_t size = newline != NULL ? seen + (size_t)(newline - from) : seen + left;
        if (size > input->line_bytes_max) {
            return FAULT(FAULT_INPUT, "%s: line %llu: longer than %zu bytes", input->path,
                         (unsigned long long)(input->lines + 1), input->line_bytes_max);
        }
        if (newline != NULL || (input->done && size > 0)) {
            *line_out = take(input, size, newline != NULL ? 1 : 0);
            if (size > 0 && line_out->data[size - 1] == '\r') {
                line_out->size -= 1;
            }
            input->lines += 1;
            *more_out = true;
            return FAULT_NONE;
        }
        if (input->done) {
            *line_out = (struct span){.data = NULL, .size = 0};
            *more_out = false;
            return FAULT_NONE;
        }
        seen = size;
        if (input->end == input->window_bytes) {
            TRY(window_make_room(input));
        }
        TRY(window_fill(input));
    }
}

enum fault input_rest(struct input *input, struct span *rest_out)
{
    while (!input->done) {
        if (input->end - input->begin > input->line_bytes_max) {
            break;
        }
        if (input->end == input->window_bytes) {
            TRY(window_make_room(input));
        }
        TRY(window_fill(input));
    }
    if (input->end - input->begin > input->line_bytes_max) {
        return FAULT(FAULT_INPUT, "%s: offset %llu: more than %zu bytes in one piece", input->path,
                     (unsigned long long)input->offset, input->line_bytes_max);
    }
    *rest_out = take(input, input->end - input->begin, 0);
    return FAULT_NONE;
}

enum fault input_end(struct input *input)
{
    if (input->begin == input->end && !input->done) {
        input->begin = 0;
        input->end = 0;
        TRY(window_fill(input));
    }
    if (input->begin != input->end) {
        return FAULT(FAULT_INPUT, "%s: offset %llu: the file goes on where it should end",
                     input->path, (unsigned long long)input->offset);
    }
    return FAULT_NONE;
}

const char *input_path(const struct input *input)
{
    return input->path;
}

enum input_format input_format(const struct input *input)
{
    return input->format;
}

u64 input_line_number(const struct input *input)
{
    return input->lines;
}

u64 input_offset(const struct input *input)
{
    return input->offset;
}

void input_progress(const struct input *input, u64 *bytes_done_out, u64 *bytes_all_out)
{
    *bytes_done_out = packed_offset(input);
    *bytes_all_out = input->packed_bytes_all;
}
