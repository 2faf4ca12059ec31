/* Helpers for spans: a piece of one, a line, two compared, one copied.
 *
 * A span never owns its bytes. Offsets and sizes are checked without overflow; a piece that does
 * not fit is a NULL span of size 0, and the caller decides what that means. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include "base/base.h"

#include <string.h>

ALWAYS_INLINE struct span span_of(const void *data, size_t size)
{
    return (struct span){.data = (const u8 *)data, .size = size};
}

/* The bytes of a text, its closing zero left out. */
ALWAYS_INLINE struct span span_of_text(const char *text)
{
    return span_of(text, strlen(text));
}

/* The `size` bytes at `offset`, or {NULL, 0} when the span is shorter. */
ALWAYS_INLINE struct span span_piece(struct span whole, size_t offset, size_t size)
{
    if (offset > whole.size || size > whole.size - offset || whole.data == NULL) {
        return (struct span){.data = NULL, .size = 0};
    }
    return (struct span){.data = whole.data + offset, .size = size};
}

/* What is left after the first `size` bytes, or {NULL, 0}. */
ALWAYS_INLINE struct span span_after(struct span whole, size_t size)
{
    return span_piece(whole, size, size > whole.size ? 0 : whole.size - size);
}

ALWAYS_INLINE bool span_equal(struct span a, struct span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Copies the span into `target`; false, and nothing copied, when it is larger. */
MUST_USE ALWAYS_INLINE bool span_copy(struct span source, void *target, size_t target_bytes)
{
    if (source.size > target_bytes) {
        return false;
    }
    if (source.size > 0) {
        memcpy(target, source.data, source.size);
    }
    return true;
}

/* Cuts the first line off `rest`, its newline left out; false, and nothing cut, where none ends. */
MUST_USE ALWAYS_INLINE bool span_cut_line(struct span *rest, struct span *line_out)
{
    const u8 *end = rest->size == 0 ? NULL : (const u8 *)memchr(rest->data, '\n', rest->size);
    if (end == NULL) {
        return false;
    }
    *line_out = span_of(rest->data, (size_t)(end - rest->data));
    *rest = span_after(*rest, line_out->size + 1);
    return true;
}

/* True when every byte is zero. */
bool span_is_zero(struct span bytes);

#endif /* BASE_SPAN_H */
