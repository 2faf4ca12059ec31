#include "role/engine/release.h"

#include "base/bytes.h"
#include "base/check.h"
#include "wire/schema.h"

/* Fetched while the walk goes on: the events are out of the nearer caches by then. */
enum { UNITS_OFFSET = 2, SEQ_OFFSET = 8, AHEAD_BYTES = 1536 };

/* Both facts are the schema's. */
_Static_assert(offsetof(struct event_head, units) == UNITS_OFFSET, "head of an event");
_Static_assert(offsetof(struct event_head, seq) == SEQ_OFFSET, "head of an event");

size_t release_cut(struct span bytes, bool more, u64 *seq_out)
{
    if (!more && bytes.size <= RELEASE_CHUNK_BYTES) {
        return bytes.size;
    }
    size_t end = 0;
    size_t last = 0;
    while (end < bytes.size) {
        __builtin_prefetch(bytes.data + u64_min(end + AHEAD_BYTES, bytes.size));
        size_t size = (size_t)bytes.data[end + UNITS_OFFSET] * WIRE_UNIT;
        CHECK(size > 0);
        CHECK(size <= bytes.size - end);
        if (end + size > RELEASE_CHUNK_BYTES) {
            *seq_out = bytes_u64(bytes.data + last + SEQ_OFFSET);
            return end;
        }
        last = end;
        end += size;
    }
    CHECK(more);
    return 0;
}
