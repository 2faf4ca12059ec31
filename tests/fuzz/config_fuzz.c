/* Configuration files: refused with file, line and reason, or every value is what its table
 * allows. */
#include "app/config.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct config config;
    if (config_read(span_of(data, size), "fuzz", &config) != FAULT_NONE) {
        CHECK(strncmp(fault_text(), "fuzz:", 5) == 0);
        return 0;
    }
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        const struct config_value *value = &config.values[index];
        CHECK(value->text[0] != 0);
        if (option->maximum > 0) {
            CHECK(value->number >= option->minimum && value->number <= option->maximum);
        }
        CHECK(!option->is_power_of_two || (value->number & (value->number - 1)) == 0);
    }
    return 0;
}
