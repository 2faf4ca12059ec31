/* Grants: what is read prints the same bytes, names every record, and holds for no longer than its
 * class may. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/grant.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct grant grant;
    static char again[GRANT_TEXT_BYTES];
    CHECK(sodium_init() >= 0);
    struct span text = span_of(data, size);
    if (grant_read(text, "fuzz", &grant) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, grant_print(&grant, again))));
        CHECK(grant.records_count >= 1 && grant.subjects_count >= 1);
        CHECK(grant_waits(&grant) || grant.subjects_count <= GRANT_SUBJECTS_PLAIN);
        CHECK(grant_waits(&grant) == (grant_flags(&grant) != 0));
        CHECK(grant.expires_s - grant.issued_s <= grant_longest_s(&grant));
        for (u32 i = 0; i < grant.records_count; i += 1) {
            CHECK(seal_label_is_sound(&grant.records[i].label));
        }
    }
    fault_forget();
    return 0;
}
