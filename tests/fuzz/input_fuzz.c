/* Packed files: bytes and lines come out, or a fault with a text, and both ways of reading see the
 * same number of bytes. */
#include "base/check.h"
#include "base/span.h"
#include "io/input.h"
#include "tests/fuzz/fuzz.h"

#define LINE_MAX_BYTES 4096U
#define READ_MAX       (1U << 22) /* unpacked bytes looked at: a small file may hold gigabytes */

static enum fault read_bytes(struct input *input, u64 *bytes_out)
{
    u8 bytes[997];
    size_t got = sizeof(bytes);
    while (got == sizeof(bytes) && *bytes_out < READ_MAX) {
        TRY(input_read(input, bytes, sizeof(bytes), &got));
        *bytes_out += got;
    }
    return FAULT_NONE;
}

static enum fault read_lines(struct input *input)
{
    bool more = true;
    while (more && input_offset(input) < READ_MAX) {
        struct span line;
        TRY(input_line(input, &line, &more));
        CHECK(line.size <= LINE_MAX_BYTES);
    }
    return FAULT_NONE;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct input *input = NULL;
    if (input_open_bytes(&input, "fuzz", span_of(data, size), LINE_MAX_BYTES) != FAULT_NONE) {
        return 0;
    }
    u64 bytes = 0;
    enum fault fault = read_bytes(input, &bytes);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    input_close(input);

    if (input_open_bytes(&input, "fuzz", span_of(data, size), LINE_MAX_BYTES) != FAULT_NONE) {
        CHECK(false);
    }
    enum fault again = read_lines(input);
    CHECK(again == FAULT_NONE || fault_text()[0] != 0);
    if (fault == FAULT_NONE && again == FAULT_NONE && bytes < READ_MAX) {
        CHECK(input_offset(input) == bytes);
        CHECK(input_end(input) == FAULT_NONE);
    }
    input_close(input);
    return 0;
}
