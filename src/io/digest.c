#include "io/digest.h"

#include "base/check.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>

u32 crc32c_extend(u32 crc, struct span bytes)
{
    CHECK(bytes.size <= INT_MAX);
    /* isa-l leaves both inversions to us; and its parameter is not const, but it only reads. */
    union {
        const u8 *in;
        unsigned char *out;
    } data = {.in = bytes.data};
    return bytes.size == 0 ? crc : ~crc32_iscsi(data.out, (int)bytes.size, ~crc);
}

u32 crc32c(struct span bytes)
{
    return crc32c_extend(0, bytes);
}

void sha1_of(struct span bytes, u8 hash_out[SHA1_BYTES])
{
    unsigned size = 0;
    int good = EVP_Digest(bytes.data, bytes.size, hash_out, &size, EVP_sha1(), NULL);
    CHECK(good == 1);
    CHECK(size == SHA1_BYTES);
}

enum fault sha256_open(struct sha256 *sha256)
{
    *sha256 = (struct sha256){.algorithm = EVP_MD_fetch(NULL, "SHA256", NULL),
                              .context = EVP_MD_CTX_new()};
    if (sha256->algorithm == NULL || sha256->context == NULL) {
        sha256_close(sha256);
        return FAULT(FAULT_CONFIG, "the system's OpenSSL offers no SHA-256");
    }
    return FAULT_NONE;
}

void sha256_close(struct sha256 *sha256)
{
    EVP_MD_CTX_free(sha256->context);
    EVP_MD_free(sha256->algorithm);
    *sha256 = (struct sha256){.algorithm = NULL, .context = NULL};
}

/* With a fetched algorithm and memory at hand these cannot fail for a reason of the world. */
void sha256_begin(struct sha256 *sha256)
{
    int good = EVP_DigestInit_ex2(sha256->context, sha256->algorithm, NULL);
    CHECK(good == 1);
}

void sha256_add(struct sha256 *sha256, struct span bytes)
{
    int good = EVP_DigestUpdate(sha256->context, bytes.data, bytes.size);
    CHECK(good == 1);
}

void sha256_end(struct sha256 *sha256, u8 hash_out[SHA256_BYTES])
{
    unsigned size = 0;
    int good = EVP_DigestFinal_ex(sha256->context, hash_out, &size);
    CHECK(good == 1);
    CHECK(size == SHA256_BYTES);
}
