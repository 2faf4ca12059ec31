/* Bells and hellos as records of a channel: what is taken is what could have been made. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/link.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct link_hello hello;
    struct link_bell bell;
    if (link_hello_read(span_of(data, size), &hello)) {
        struct link_hello made = link_hello_make(hello.head.source, hello.hello);
        CHECK(memcmp(&made, data, size) == 0);
    }
    if (link_bell_read(span_of(data, size), &bell)) {
        struct link_bell made = link_bell_make(&bell);
        CHECK(memcmp(&made, data, size) == 0);
    }
    return 0;
}
