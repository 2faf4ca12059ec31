#include "wire/admin_link.h"

#include <string.h>

u32 admin_request_size(const u8 *bytes)
{
    struct admin_request head;
    static const u8 zeros[sizeof(head.reserved_more)];
    memcpy(&head, bytes, sizeof(head));
    bool is_head = head.magic == ADMIN_MAGIC && head.bytes >= sizeof(head) &&
                   head.bytes <= ADMIN_REQUEST_BYTES_MAX && head.kind >= ADMIN_COMMAND &&
                   head.kind <= ADMIN_STATUS &&
                   memcmp(head.reserved, zeros, sizeof(head.reserved)) == 0 &&
                   memcmp(head.reserved_more, zeros, sizeof(head.reserved_more)) == 0;
    return is_head ? head.bytes : 0;
}
