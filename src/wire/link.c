#include "wire/link.h"

#include "base/check.h"

#include <string.h>

struct link_hello link_hello_make(u8 source, u64 hello)
{
    CHECK(hello != 0);
    return (struct link_hello){.head = {.kind = LINK_HELLO,
                                        .units = sizeof(struct link_hello) / WIRE_UNIT,
                                        .source = source},
                               .hello = hello};
}

struct link_bell link_bell_make(const struct link_bell *bell)
{
    struct link_bell made = *bell;
    made.head.kind = LINK_BELL;
    made.head.units = sizeof(struct link_bell) / WIRE_UNIT;
    made.head.account = 0;
    made.reserved = 0;
    CHECK(made.generation != 0);
    CHECK((made.flags & ~LINK_BELL_FLAGS) == 0);
    return made;
}

bool link_hello_read(struct span record, struct link_hello *hello_out)
{
    static const struct link_hello zeros;
    if (record.size != sizeof(*hello_out)) {
        return false;
    }
    memcpy(hello_out, record.data, sizeof(*hello_out));
    const struct command_head *head = &hello_out->head;
    return head->kind == LINK_HELLO && head->units == sizeof(*hello_out) / WIRE_UNIT &&
           head->account == 0 && head->source_index == 0 && hello_out->hello != 0 &&
           memcmp(hello_out->reserved, zeros.reserved, sizeof(zeros.reserved)) == 0;
}

bool link_bell_read(struct span record, struct link_bell *bell_out)
{
    if (record.size != sizeof(*bell_out)) {
        return false;
    }
    memcpy(bell_out, record.data, sizeof(*bell_out));
    const struct command_head *head = &bell_out->head;
    return head->kind == LINK_BELL && head->units == sizeof(*bell_out) / WIRE_UNIT &&
           head->account == 0 && bell_out->generation != 0 && bell_out->reserved == 0 &&
           (bell_out->flags & ~LINK_BELL_FLAGS) == 0;
}
