/* Texts of orders: whatever comes, one that is read is written again as it was, byte for byte, and
 * the command in it is well-formed. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/order_text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static char again[ORDER_TEXT_BYTES];
    u8 command[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    struct order_head head;
    struct order_mistake mistake;
    const char *reason = NULL;
    size_t bytes = order_text_parse(span_of(data, size), command, &head, &mistake);
    if (bytes == 0) {
        CHECK(mistake.wanted != NULL && strlen(mistake.name) < sizeof(mistake.name));
        return 0;
    }
    CHECK(command_check(command, bytes, &reason));
    size_t length = order_text_print(span_of(command, bytes), &head, again);
    CHECK(length == size && memcmp(again, data, size) == 0);
    return 0;
}
