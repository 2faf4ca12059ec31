#include "wire/admin_link.h"

#include "base/span.h"

#include <string.h>

u32 admin_request_size(const u8 *bytes)
{
    struct admin_request head;
    static const u8 zeros[sizeof(head.reserved_more)];
    memcpy(&head, bytes, sizeof(head));
    bool is_head = head.magic == ADMIN_MAGIC && head.bytes >= sizeof(head) &&
                   head.bytes <= ADMIN_REQUEST_BYTES_MAX && head.kind >= ADMIN_COMMAND &&
                   head.kind <= ADMIN_WAITING &&
                   memcmp(head.reserved, zeros, sizeof(head.reserved)) == 0 &&
                   memcmp(head.reserved_more, zeros, sizeof(head.reserved_more)) == 0;
    return is_head ? head.bytes : 0;
}

bool admin_order_read(struct span body, struct admin_order *order_out, struct span *command_out)
{
    struct admin_order order;
    if (body.size < sizeof(order) + WIRE_UNIT) {
        return false;
    }
    memcpy(&order, body.data, sizeof(order));
    u32 count = order.signatures_count;
    bool is_text = order.form == ADMIN_FORM_TEXT;
    bool is_pack = order.form == ADMIN_FORM_PACK && count == ADMIN_SIGNATURES_MAX &&
                   order.until_us == 0 && order.matter == 0 &&
                   span_is_zero(span_of(order.nonce, sizeof(order.nonce)));
    if ((!is_text && !is_pack) || count > ADMIN_SIGNATURES_MAX ||
        !span_is_zero(span_of(order.reserved, sizeof(order.reserved)))) {
        return false;
    }
    for (u32 i = 0; i < ADMIN_SIGNATURES_MAX; i += 1) {
        const struct admin_signature *signature = &order.signatures[i];
        bool is_there = i < count;
        if (is_there ? signature->officer == 0
                     : !span_is_zero(span_of(signature, sizeof(*signature)))) {
            return false;
        }
    }
    *order_out = order;
    *command_out = span_after(body, sizeof(order));
    return true;
}
