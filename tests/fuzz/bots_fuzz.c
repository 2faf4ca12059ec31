/* What the demo's bots read: answers with their orders and with limits, and the file of their keys.
 * What is taken keeps its bounds; a file that is taken is the same when it is read again. */
#include "app/bots_read.h"
#include "app/demo_file.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct bots_own own[BOTS_OWN_MAX];
    static struct demo_file file;
    static struct demo_file again;
    struct bots_limits limits;
    struct span body = {.data = data, .size = size};
    u32 count = 0;
    if (bots_read_orders(body, own, &count)) {
        CHECK(count <= BOTS_OWN_MAX);
        for (u32 index = 0; index < count; index += 1) {
            CHECK(own[index].side == SIDE_BUY || own[index].side == SIDE_SELL);
        }
    }
    bool is_info = bots_read_limits(body, &limits);
    CHECK(is_info || count == 0 || limits.orders_10s == 0);
    if (demo_file_parse("file", body, &file) == FAULT_NONE) {
        CHECK(file.holders_count <= DEMO_HOLDERS_MAX);
        for (u32 index = 0; index < file.holders_count; index += 1) {
            CHECK(strlen(file.holders[index].key.name) == AUTH_KEY_BYTES);
            CHECK(demo_file_find(&file, file.holders[index].account) != NULL);
        }
        CHECK(demo_file_parse("file", body, &again) == FAULT_NONE);
        CHECK(memcmp(&file, &again, sizeof(file)) == 0);
    }
    fault_forget();
    return 0;
}
