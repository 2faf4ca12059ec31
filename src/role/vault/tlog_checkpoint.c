#include "role/vault/tlog_checkpoint.h"

#include "base/check.h"
#include "base/span.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool tlog_number_read(struct span text, u64 max, u64 *number_out)
{
    u64 number = 0;
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        if (byte < '0' || byte > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (u64)(byte - '0'), &number)) {
            return false;
        }
    }
    if (number > max) {
        return false;
    }
    *number_out = number;
    return true;
}

/* Cuts a line off, its newline not part of it; false when there is none or it is empty. */
static bool line_next(struct span *rest, struct span *line_out)
{
    return span_cut_line(rest, line_out) && line_out->size > 0;
}

enum tlog_flaw tlog_checkpoint_read(struct span text, struct tlog_checkpoint *checkpoint_out)
{
    struct tlog_checkpoint checkpoint = {.size = 0};
    struct span rest = text;
    struct span size;
    struct span root;
    if (!line_next(&rest, &checkpoint.origin) || !line_next(&rest, &size) ||
        !line_next(&rest, &root) || !tlog_number_read(size, TLOG_SIZE_MAX, &checkpoint.size) ||
        !tlog_hash_read(root, &checkpoint.root)) {
        return TLOG_FLAW_CHECKPOINT;
    }
    while (rest.size > 0) {
        struct span extension;
        if (!line_next(&rest, &extension)) {
            return TLOG_FLAW_CHECKPOINT;
        }
    }
    *checkpoint_out = checkpoint;
    return TLOG_FLAW_NONE;
}

size_t tlog_checkpoint_write(const struct tlog_checkpoint *checkpoint,
                             char text_out[TLOG_CHECKPOINT_BYTES])
{
    char root[TLOG_HASH_TEXT_BYTES];
    CHECK(tlog_name_valid(checkpoint->origin));
    CHECK(checkpoint->size <= TLOG_SIZE_MAX);
    tlog_hash_text(&checkpoint->root, root);
    int size = snprintf(text_out, TLOG_CHECKPOINT_BYTES, "%.*s\n%" PRIu64 "\n%s\n",
                        (int)checkpoint->origin.size, (const char *)checkpoint->origin.data,
                        checkpoint->size, root);
    CHECK(size > 0 && (size_t)size < TLOG_CHECKPOINT_BYTES);
    return (size_t)size;
}
