/* The list of the sources of prices. What is taken keeps its bounds: names that are none twice,
 * paths, and commands whose words lie whole in their memory. */
#include "app/price_sources.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void command_is_whole(const struct price_sources *sources, const struct feed_command *one)
{
    size_t at = 0;
    CHECK(one->source < sources->count);
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
    static struct price_sources sources;
    struct span text = {.data = data, .size = size};
    if (size > FEED_LIST_BYTES_MAX ||
        price_sources_read(text, "list", "/venue", &sources) != FAULT_NONE) {
        fault_forget();
        return 0;
    }
    CHECK(sources.count <= PRICE_SOURCES_MAX && sources.commands_count <= sources.count);
    for (u32 i = 0; i < sources.count; i += 1) {
        CHECK(strlen(sources.sources[i].name) >= 1);
        CHECK(sources.sources[i].path[0] == '/');
        for (u32 other = 0; other < i; other += 1) {
            CHECK(strcmp(sources.sources[i].name, sources.sources[other].name) != 0);
        }
    }
    for (u32 i = 0; i < sources.commands_count; i += 1) {
        command_is_whole(&sources, &sources.commands[i]);
    }
    return 0;
}
