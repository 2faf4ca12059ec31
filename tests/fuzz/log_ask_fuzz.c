/* Lines to the log's socket: what is taken has one form alone, so printed again it is the same
 * line; what is refused says why. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/log_ask.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct log_ask ask;
    static char line[LOG_ASK_BYTES_MAX + 2];
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size + (size == 0));
    CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    const char *why = log_ask_read(span_of(copy, size), &ask);
    if (why != NULL) {
        CHECK(why[0] != 0 && strchr(why, '\n') == NULL);
    } else if (ask.kind == LOG_ASK_TELL) {
        CHECK(log_ask_is_taken(ask.told.kind) && (ask.told.flags & ~PUBLOG_FLAGS) == 0);
        CHECK(ask.told.text.size > 0 && ask.told.text.size <= PUBLOG_TEXT_BYTES_MAX);
        CHECK(log_ask_print(&ask.told, line) == size + 1 && line[size] == '\n');
        CHECK(memcmp(line, copy, size) == 0);
    } else if (ask.kind == LOG_ASK_FIND) {
        CHECK(publog_is_opening(ask.told.kind));
    } else if (ask.kind == LOG_ASK_SLOTS) {
        CHECK(log_ask_slots_print(ask.class, ask.from_s, ask.to_s, line) == size + 1);
        CHECK(memcmp(line, copy, size) == 0);
    } else if (ask.kind == LOG_ASK_PIECE) {
        CHECK(ask.number <= INT64_MAX && ask.offset <= PUBLOG_SPAN_BYTES_MAX);
    } else {
        CHECK(ask.kind == LOG_ASK_SHOW || ask.kind == LOG_ASK_OPENINGS);
        CHECK(ask.number <= INT64_MAX);
    }
    free(copy);
    return 0;
}
