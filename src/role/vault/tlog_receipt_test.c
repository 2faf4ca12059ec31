/* Aim: a receipt reads back as it was written, and nothing almost like one is read.
 *
 * Method: receipts with and without extra data, with every count of hashes; texts with one thing
 * wrong; the whole cut short at every byte. */
#include "role/vault/tlog_receipt.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define NOTE \
    "demo.invalid\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 a AAAAAAE=\n"
#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static u8 target[TLOG_RECEIPT_BYTES_MAX];

static void written_and_read(void **state)
{
    (void)state;
    static struct tlog_receipt receipt;
    static struct tlog_receipt again;
    for (u32 count = 0; count <= TLOG_HASHES_MAX; count += 1) {
        receipt.index = count * 1000003ULL;
        receipt.proof.count = count;
        receipt.extra = count % 2 == 0 ? span_of(NULL, 0) : span_of_text("ZXh0cmE=");
        receipt.checkpoint = span_of_text(NOTE);
        memset(receipt.proof.hashes, (int)count, sizeof(receipt.proof.hashes));
        size_t size = tlog_receipt_write(&receipt, target, sizeof(target));
        assert_true(size > 0);
        assert_int_equal(tlog_receipt_read(span_of(target, size), &again), TLOG_FLAW_NONE);
        assert_int_equal(again.index, receipt.index);
        assert_int_equal(again.proof.count, count);
        assert_memory_equal(again.proof.hashes, receipt.proof.hashes, count * TLOG_HASH_BYTES);
        assert_true(span_equal(again.extra, receipt.extra));
        assert_true(span_equal(again.checkpoint, receipt.checkpoint));
        assert_int_equal(tlog_receipt_write(&receipt, target, size - 1), 0);
        /* Cut short before the checkpoint it is none; the checkpoint is its reader's matter. */
        for (size_t cut = 0; cut <= size - strlen(NOTE); cut += 1) {
            assert_int_equal(tlog_receipt_read(span_of(target, cut), &again), TLOG_FLAW_RECEIPT);
        }
    }
    receipt.proof.count = 1;
    receipt.extra = span_of(NULL, 0);
    receipt.index = 7;
    assert_true(tlog_hash_read(span_of(HASH, 44), &receipt.proof.hashes[0]));
    size_t size = tlog_receipt_write(&receipt, target, sizeof(target));
    assert_true(span_equal(span_of(target, size),
                           span_of_text("c2sp.org/tlog-proof@v1\nindex 7\n" HASH "\n" NOTE)));
}

static void almost_receipts(void **state)
{
    (void)state;
#define HEAD "c2sp.org/tlog-proof@v1\n"
    static const char *const refused[] = {
        "",
        HEAD,
        "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
        " " HEAD "index 0\n\n" NOTE,
        HEAD "\nindex 0\n\n" NOTE,
        HEAD "index\n\n" NOTE,
        HEAD "index \n\n" NOTE,
        HEAD "index 00\n\n" NOTE,
        HEAD "index -1\n\n" NOTE,
        HEAD "index 9223372036854775808\n\n" NOTE,
        HEAD "index 0 \n\n" NOTE,
        HEAD "extra \nindex 0\n\n" NOTE,
        HEAD "extra !\nindex 0\n\n" NOTE,
        HEAD "extra AAAA\nextra AAAA\nindex 0\n\n" NOTE,
        HEAD "index 0\nextra AAAA\n\n" NOTE,
        HEAD "index 0\nAAAA\n\n" NOTE,
        HEAD "index 0\n" HASH NOTE,
        HEAD "index 0\r\n\r\n" NOTE,
        HEAD "index 0\n\n",
    };
    static struct tlog_receipt receipt;
    assert_int_equal(tlog_receipt_read(span_of_text(HEAD "index 0\n\n" NOTE), &receipt),
                     TLOG_FLAW_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(refused); i += 1) {
        if (tlog_receipt_read(span_of_text(refused[i]), &receipt) != TLOG_FLAW_RECEIPT) {
            fail_msg("number %zu is read", i);
        }
    }
    /* One hash too many. */
    size_t used = (size_t)snprintf((char *)target, sizeof(target), HEAD "index 0\n");
    for (u32 i = 0; i <= TLOG_HASHES_MAX; i += 1) {
        memcpy(target + used, HASH, strlen(HASH));
        used += strlen(HASH);
    }
    memcpy(target + used, "\n" NOTE, strlen(NOTE) + 1);
    used += strlen(NOTE) + 1;
    assert_int_equal(tlog_receipt_read(span_of(target, used), &receipt), TLOG_FLAW_RECEIPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(almost_receipts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
