/* What is posted to a witness: refused with a status, or read as a request whose parts lie within
 * the bytes. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_witness.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct tlog_witness_ask ask;

static void is_within(struct span part, struct span whole)
{
    CHECK(part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size + 1);
    CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    u8 *body = realloc(copy, size > 0 ? size : 1);
    CHECK(body != NULL);
    struct span bytes = span_of(body, size);
    u32 refusal = tlog_witness_ask_read(bytes, &ask);
    CHECK(refusal == 0 || refusal == 400 || refusal == 403);
    if (refusal == 0) {
        CHECK(ask.proof.count <= TLOG_WITNESS_PROOF_MAX && ask.old <= TLOG_SIZE_MAX);
        is_within(ask.note_bytes, bytes);
        is_within(ask.note.text, ask.note_bytes);
        is_within(ask.checkpoint.origin, ask.note.text);
    }
    free(body);
    return 0;
}
