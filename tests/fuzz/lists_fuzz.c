/* Lists of governments in every format: the first byte says which (0: told from the content); zero
 * bytes part the files of OFAC's family. Whatever comes, the counts add up, and every entry that
 * comes out is one that can be printed, read and printed again as the same bytes. */
#include "base/check.h"
#include "role/lists/list_read.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static char line[LIST_LINE_BYTES + 1];
static char again[LIST_LINE_BYTES + 1];
static struct list_entry entry;
static u64 taken;

static enum fault take(struct list_sink *sink, const struct list_entry *given)
{
    (void)sink;
    taken += 1;
    CHECK(!given->overflown && given->id.size > 0);
    CHECK(given->names_count + given->wallets_count > 0);
    size_t size = list_entry_print(given, line, sizeof(line));
    CHECK(size > 0);
    CHECK(list_entry_read(&entry, (struct span){.data = (const u8 *)line, .size = size}) ==
          LIST_LINE_OK);
    CHECK(list_entry_print(&entry, again, sizeof(again)) == size);
    CHECK(memcmp(line, again, size) == 0);
    return FAULT_NONE;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const char *const names[LIST_FILES_MAX] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    struct span texts[LIST_FILES_MAX];
    u32 count = 0;
    if (size < 2 || size > 65536) {
        return 0;
    }
    u8 format = (u8)(data[0] % (LIST_FORMAT_NORMAL + 1));
    for (size_t at = 1; at <= size && count < LIST_FILES_MAX; count += 1) {
        const u8 *end = at < size ? memchr(data + at, 0, size - at) : NULL;
        size_t bytes = end == NULL ? size - at : (size_t)(end - data) - at;
        texts[count] = (struct span){.data = data + at, .size = bytes};
        at += bytes + 1;
    }
    struct list_source source = {
        .list = "fuzz", .paths = names, .paths_count = count, .format = format, .texts = texts};
    struct list_sink sink = {.take = take};
    struct list_report report;
    taken = 0;
    enum fault fault = list_read(&source, &sink, &report);
    const struct list_header *header = &report.header;
    CHECK(header->entries_count == taken);
    CHECK(header->rows_in == taken + header->rows_merged + header->rows_refused);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    CHECK(fault != FAULT_NONE || taken > 0);
    return 0;
}
