/* Packs as YAML: refused with file, line and reason, or good, with a canonical form that is YAML of
 * the same meaning. */
#include "app/rule_read.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct rule_source source;
    static struct rule_source again;
    u8 form[RULE_FORM_BYTES_MAX];
    if (rule_read(span_of(data, size), "fuzz", &source) != FAULT_NONE) {
        CHECK(strncmp(fault_text(), "fuzz:", 5) == 0);
        return 0;
    }
    CHECK(rule_form_encode(&source.pack, form) <= sizeof(form));
    if (source.canonical_bytes <= YAML_TREE_BYTES_MAX) {
        struct span canonical = span_of(source.canonical, source.canonical_bytes);
        enum fault fault = rule_read(canonical, "fuzz", &again);
        CHECK(fault == FAULT_NONE);
        CHECK(memcmp(&source.pack, &again.pack, sizeof(source.pack)) == 0);
    }
    return 0;
}
