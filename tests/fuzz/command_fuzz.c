/* Records from outside: whatever command_check lets through can be printed, and printing survives
 * everything it does not, as a command and as an event. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json.h"
#include "wire/schema.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static char text[WIRE_JSON_BYTES_MAX];
    const char *reason = NULL;
    bool good = command_check(data, size, &reason);
    CHECK(good || reason != NULL);
    size_t length = wire_print_json(span_of(data, size), false, text, sizeof(text));
    CHECK(length > 0 || !good);
    CHECK(strlen(text) == length);
    length = wire_print_json(span_of(data, size), true, text, sizeof(text));
    CHECK(strlen(text) == length);
    /* A small target is never overrun and never half a text. */
    length = wire_print_json(span_of(data, size), false, text, 64);
    CHECK(length < 64 && strlen(text) == length);
    return 0;
}
