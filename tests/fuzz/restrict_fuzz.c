/* Files about restrictions in the public log: exported decisions and days' lines are read only
 * where writing them again gives the very same bytes; a claim is judged or refused, whatever it
 * is. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/restrict_claim.h"
#include "role/vault/restrict_line.h"
#include "role/vault/restrict_proof.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void take_proof(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                       struct span bytes)
{
    static struct restrict_proof proof;
    static struct restrict_proof_verdict verdict;
    if (!restrict_proof_read(bytes, &proof)) {
        return;
    }
    /* One byte more, for the zero that is written and then overwritten. */
    u8 *again = malloc(bytes.size + 1);
    CHECK(again != NULL);
    size_t size = restrict_proof_write(&proof, again, bytes.size + 1);
    CHECK(size == bytes.size && memcmp(again, bytes.data, size) == 0);
    free(again);
    /* Nobody's log is believed. */
    CHECK(restrict_proof_verify(crypto, policy, &proof, &verdict) != RESTRICT_PROOF_NONE);
}

static void take_line(struct span bytes)
{
    char line[RESTRICT_LINE_BYTES];
    struct restrict_day day;
    if (restrict_line_read(bytes, &day)) {
        CHECK(restrict_line_is(bytes) && restrict_line_print(&day, line));
        CHECK(span_equal(bytes, span_of_text(line)));
    }
}

static void take_claim(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                       struct span bytes)
{
    static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
                              "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                              "-----END PUBLIC KEY-----\n";
    static struct restrict_claim_check check;
    enum restrict_claim_flaw flaw = RESTRICT_CLAIM_NONE;
    check.crypto = crypto;
    check.policy = policy;
    check.ombud_pem = span_of_text(pem);
    CHECK(restrict_claim_verify(&check, bytes, &flaw) == FAULT_NONE);
    CHECK(flaw != RESTRICT_CLAIM_NONE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct tlog_crypto crypto;
    static struct tlog_policy policy; /* of nobody */
    static bool is_open;
    if (!is_open) {
        CHECK(tlog_crypto_open(&crypto) == FAULT_NONE);
        is_open = true;
    }
    take_proof(&crypto, &policy, span_of(data, size));
    take_line(span_of(data, size));
    take_claim(&crypto, &policy, span_of(data, size));
    return 0;
}
