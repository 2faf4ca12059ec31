/* The list of the lists that are kept up to date. What is taken keeps its bounds: names that are
 * none twice, files or a command but not both, and commands whose words lie whole in their memory.
 */
#include "app/list_sources.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void command_is_whole(const struct list_sources *sources, const struct feed_command *one)
{
    size_t at = 0;
    CHECK(one->source < sources->count && sources->watches[one->source].is_fetched);
    CHECK(one->every_s >= 1 && one->limit_s >= 1 && one->limit_s <= one->every_s);
    CHECK(one->words >= 1 && one->words <= FEED_ARGUMENTS_MAX + 1);
    CHECK(one->text[0] == '/');
    for (u32 i = 0; i < one->words; i += 1) {
        size_t length = strnlen(one->text + at, sizeof(one->text) - at);
        CHECK(length > 0 && at + length < sizeof(one->text));
        at += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct list_sources sources;
    struct span text = {.data = data, .size = size};
    u32 fetched = 0;
    if (size > FEED_LIST_BYTES_MAX ||
        list_sources_read(text, "list", "/venue", &sources) != FAULT_NONE) {
        fault_forget();
        return 0;
    }
    CHECK(sources.count <= LIST_WATCHES_MAX && sources.commands_count <= sources.count);
    for (u32 i = 0; i < sources.count; i += 1) {
        const struct list_watch *watch = &sources.watches[i];
        CHECK(watch->list != 0 && watch->stale_after_us >= LIST_HOUR_US);
        CHECK(watch->paths_count <= LIST_FILES_MAX);
        CHECK(watch->is_fetched == (watch->paths_count == 0));
        fetched += watch->is_fetched ? 1 : 0;
        for (u32 path = 0; path < watch->paths_count; path += 1) {
            CHECK(watch->paths[path][0] == '/');
        }
        for (u32 other = 0; other < i; other += 1) {
            CHECK(watch->list != sources.watches[other].list);
        }
    }
    CHECK(fetched == sources.commands_count);
    for (u32 i = 0; i < sources.commands_count; i += 1) {
        command_is_whole(&sources, &sources.commands[i]);
    }
    return 0;
}
