/* Aim: CRC32C, SHA-1 and SHA-256 are the published ones and can be taken in parts.
 *
 * Method: published values; every way to cut a text in two. */
#include "io/digest.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void crc32c_is_the_published_one(void **state)
{
    (void)state;
    u8 bytes[32];
    assert_int_equal(crc32c(span_of_text("123456789")), 0xe3069283U);
    assert_int_equal(crc32c(span_of(bytes, 0)), 0);
    /* RFC 3720, B.4 */
    memset(bytes, 0, sizeof(bytes));
    assert_int_equal(crc32c(span_of(bytes, sizeof(bytes))), 0x8a9136aaU);
    memset(bytes, 0xff, sizeof(bytes));
    assert_int_equal(crc32c(span_of(bytes, sizeof(bytes))), 0x62a8ab43U);
}

static void sha1_is_the_published_one(void **state)
{
    (void)state;
    u8 hash[SHA1_BYTES]; /* RFC 3174, section 7.3 */
    sha1_of(span_of_text("abc"), hash);
    assert_memory_equal(hash,
                        "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e"
                        "\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d",
                        SHA1_BYTES);
}

static void crc32c_goes_on(void **state)
{
    (void)state;
    struct span whole = span_of_text("a journal that loses nothing, and shows it");
    for (size_t cut = 0; cut <= whole.size; cut += 1) {
        u32 crc = crc32c(span_piece(whole, 0, cut));
        crc = crc32c_extend(crc, span_after(whole, cut));
        assert_int_equal(crc, crc32c(whole));
    }
}

static void sha256_is_the_published_one(void **state)
{
    (void)state;
    static const u8 expected[SHA256_BYTES] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                              0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                              0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                              0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    struct sha256 sha256;
    u8 hash[SHA256_BYTES];
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    for (size_t cut = 0; cut <= 3; cut += 1) {
        sha256_begin(&sha256);
        sha256_add(&sha256, span_of("abc", cut));
        sha256_add(&sha256, span_of(&"abc"[cut], 3 - cut));
        sha256_end(&sha256, hash);
        assert_memory_equal(hash, expected, sizeof(hash));
    }
    sha256_close(&sha256);
    sha256_close(&sha256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32c_is_the_published_one),
        cmocka_unit_test(sha1_is_the_published_one),
        cmocka_unit_test(crc32c_goes_on),
        cmocka_unit_test(sha256_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
