#include "wire/vault_link.h"

#include "base/check.h"

#include <string.h>

static bool is_zero(const u8 *bytes, size_t size)
{
    u8 all = 0;
    for (size_t i = 0; i < size; i += 1) {
        all |= bytes[i];
    }
    return all == 0;
}

static struct vault_link_from from_make(u16 kind, u8 source, u64 from)
{
    struct vault_link_from made;
    CHECK(from > 0);
    memset(&made, 0, sizeof(made));
    made.head.kind = kind;
    made.head.units = sizeof(made) / WIRE_UNIT;
    made.head.source = source;
    made.from = from;
    return made;
}

struct vault_link_from vault_link_ask(u64 from)
{
    return from_make(VAULT_LINK_ASK, LINK_SOURCE_LOG, from);
}

struct vault_link_from vault_link_end(u64 from)
{
    return from_make(VAULT_LINK_END, LINK_SOURCE_KEEP, from);
}

struct vault_link_from vault_link_look(void)
{
    return from_make(VAULT_LINK_LOOK, LINK_SOURCE_LOG, 1);
}

void vault_link_event_finish(struct vault_link_event *event)
{
    event->head.kind = VAULT_LINK_EVENT;
    event->head.units = sizeof(*event) / WIRE_UNIT;
    event->head.source = LINK_SOURCE_KEEP;
    CHECK(event->number > 0 && is_zero(event->reserved, sizeof(event->reserved)));
}

void vault_link_root_finish(struct vault_link_root *root)
{
    root->head.kind = VAULT_LINK_ROOT;
    root->head.units = sizeof(*root) / WIRE_UNIT;
    root->head.source = LINK_SOURCE_KEEP;
}

bool vault_link_from_read(struct span record, struct vault_link_from *from_out)
{
    memset(from_out, 0, sizeof(*from_out));
    if (record.size != sizeof(*from_out)) {
        return false;
    }
    memcpy(from_out, record.data, sizeof(*from_out));
    bool is_ask = from_out->head.kind == VAULT_LINK_ASK || from_out->head.kind == VAULT_LINK_LOOK;
    return (is_ask || from_out->head.kind == VAULT_LINK_END) &&
           from_out->head.units == sizeof(*from_out) / WIRE_UNIT &&
           from_out->head.source == (is_ask ? LINK_SOURCE_LOG : LINK_SOURCE_KEEP) &&
           from_out->from > 0 && is_zero(from_out->reserved, sizeof(from_out->reserved));
}

bool vault_link_event_read(struct span record, struct vault_link_event *event_out)
{
    memset(event_out, 0, sizeof(*event_out));
    if (record.size != sizeof(*event_out)) {
        return false;
    }
    memcpy(event_out, record.data, sizeof(*event_out));
    return event_out->head.kind == VAULT_LINK_EVENT &&
           event_out->head.units == sizeof(*event_out) / WIRE_UNIT &&
           event_out->head.source == LINK_SOURCE_KEEP && event_out->number > 0 &&
           is_zero(event_out->reserved, sizeof(event_out->reserved)) &&
           is_zero(event_out->padding, sizeof(event_out->padding));
}

bool vault_link_root_read(struct span record, struct vault_link_root *root_out)
{
    memset(root_out, 0, sizeof(*root_out));
    if (record.size != sizeof(*root_out)) {
        return false;
    }
    memcpy(root_out, record.data, sizeof(*root_out));
    return root_out->head.kind == VAULT_LINK_ROOT &&
           root_out->head.units == sizeof(*root_out) / WIRE_UNIT &&
           root_out->head.source == LINK_SOURCE_KEEP &&
           is_zero(root_out->padding, sizeof(root_out->padding));
}
