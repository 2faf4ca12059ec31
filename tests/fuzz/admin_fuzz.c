/* What comes over the admin socket: a head is taken only when its sizes fit, and whatever the body
 * is, the checks that look at it stay within it. */
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "wire/admin_link.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct key_ask ask;
    struct admin_order order;
    struct span command;
    const char *reason = NULL;
    if (size < sizeof(struct admin_request)) {
        return 0;
    }
    u32 bytes = admin_request_size(data);
    if (bytes == 0) {
        return 0;
    }
    CHECK(bytes >= sizeof(struct admin_request) && bytes <= ADMIN_REQUEST_BYTES_MAX);
    size_t body = size - sizeof(struct admin_request);
    u8 *copy = malloc(body + 1);
    CHECK(copy != NULL);
    memcpy(copy, data + sizeof(struct admin_request), body);
    if (body >= WIRE_UNIT && command_check(copy, body, &reason)) {
        CHECK((size_t)copy[2] * WIRE_UNIT <= body);
    }
    if (key_ask_read((struct span){copy, body}, &ask)) {
        CHECK(ask.networks_count <= KEY_LINK_NETWORKS_MAX && ask.label_bytes <= KEY_LINK_LABEL_MAX);
    }
    if (admin_order_read((struct span){copy, body}, &order, &command)) {
        CHECK(order.signatures_count <= ADMIN_SIGNATURES_MAX);
        CHECK(command.data == copy + sizeof(order) && command.size >= WIRE_UNIT);
    }
    free(copy);
    return 0;
}
