#include "wire/event_source.h"

#include "base/bytes.h"
#include "wire/schema.h"

/* Where a kind of event carries the source_index of its command; 0: nowhere. */
static u32 offset_of(u16 kind)
{
    switch ((enum event_kind)kind) {
    case EVENT_REJECTED:
    case EVENT_APPLIED:
    case EVENT_ORDER_NEW:
    case EVENT_ORDER_DONE:
    case EVENT_ORDER_AMENDED:
    case EVENT_LEDGER:
        return offsetof(struct event_rejected, source_index);
    case EVENT_LIST_NEW:
        return offsetof(struct event_list_new, source_index);
    case EVENT_TIME:
    case EVENT_ORDER_DETAIL:
    case EVENT_ORDER_BOOKED:
    case EVENT_TRADE:
    case EVENT_PREVENTED:
    case EVENT_ORDER_TRIGGERED:
    case EVENT_LIST_DONE:
    case EVENT_RESTRICTED:
    case EVENT_DECISION:
    case EVENT_PACK_STATE:
    case EVENT_LICENCE_SPENT:
    case EVENT_REEVALUATED:
        break;
    default: /* not an enum: a number from a file */
        break;
    }
    return 0;
}

bool event_source_of(struct span events, u8 *source_out, u64 *source_index_out)
{
    for (size_t at = 0; at < events.size;) {
        const u8 *record = events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        u32 offset = offset_of(bytes_u16(record));
        if (size == 0 || size > events.size - at) {
            return false;
        }
        if (offset > 0 && offset + sizeof(u64) <= size && bytes_u64(record + offset) != 0) {
            *source_out = record[3];
            *source_index_out = bytes_u64(record + offset);
            return true;
        }
        at += size;
    }
    return false;
}
