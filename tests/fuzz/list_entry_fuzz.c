/* The normal form of lists: a line that is read as a header or an entry is printed and read again
 * as the same; anything else is refused. */
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "wire/list_entry.h"

#include <string.h>

static struct list_entry entry;
static char line[LIST_LINE_BYTES + 1];
static char again[LIST_LINE_BYTES + 1];

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct span text = {.data = data, .size = size};
    struct list_header header;
    if (list_entry_read(&entry, text) == LIST_LINE_OK) {
        list_entry_settle(&entry);
        size_t bytes = list_entry_print(&entry, line, sizeof(line));
        CHECK(bytes > 0);
        struct span printed = {.data = (const u8 *)line, .size = bytes};
        CHECK(list_entry_read(&entry, printed) == LIST_LINE_OK);
        CHECK(list_entry_print(&entry, again, sizeof(again)) == bytes);
        CHECK(memcmp(line, again, bytes) == 0);
    }
    if (list_header_read(&header, text) == LIST_LINE_OK) {
        size_t bytes = list_header_print(&header, line, sizeof(line));
        CHECK(bytes > 0);
        struct span printed = {.data = (const u8 *)line, .size = bytes};
        CHECK(list_header_read(&header, printed) == LIST_LINE_OK);
        CHECK(list_header_print(&header, again, sizeof(again)) == bytes);
        CHECK(memcmp(line, again, bytes) == 0);
    }
    return 0;
}
