/* Signed orders as files, and registers of officers: whatever comes is refused or read, and a file
 * that was read is written again as it was, but for the end of its last line. */
#include "app/approval_file.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct approval approval;
    static struct officers officers;
    static char again[APPROVAL_FILE_BYTES];
    struct admin_order order;
    if (size > APPROVAL_FILE_BYTES) {
        return 0;
    }
    if (officers_read(span_of(data, size), "input", &officers) == FAULT_NONE) {
        CHECK(officers.count <= OFFICERS_MAX);
    }
    if (approval_read(span_of(data, size), "input", &approval) == FAULT_NONE) {
        size_t length = approval_print(&approval, again);
        CHECK(length == size || length == size + 1);
        CHECK(memcmp(again, data, size) == 0);
        CHECK(approval.signatures_count <= APPROVAL_SIGNATURES_MAX);
        CHECK((approval_order(&approval, &order) == FAULT_NONE) ==
              (approval.signatures_count <= ADMIN_SIGNATURES_MAX));
    }
    fault_forget();
    return 0;
}
