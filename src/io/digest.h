/* The two checks the journal is built on: CRC32C against accidents, SHA-256 for the chain.
 *
 * CRC32C is the usual one (Castagnoli, reflected, starts and ends inverted): "123456789" gives
 * e3069283. SHA-256 is OpenSSL's, the algorithm fetched once per context. */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include "base/base.h"
#include "io/fault.h"

#define SHA1_BYTES   20
#define SHA256_BYTES 32

u32 crc32c(struct span bytes);

/* Goes on from the CRC of what came before: crc32c_extend(crc32c(a), b) is the CRC of a then b. */
u32 crc32c_extend(u32 crc, struct span bytes);

/* SHA-1, for the handshake of WebSockets alone, which is no matter of trust (RFC 6455). */
void sha1_of(struct span bytes, u8 hash_out[SHA1_BYTES]);

/* One context per thread. */
struct sha256 {
    void *algorithm;
    void *context;
};

MUST_USE enum fault sha256_open(struct sha256 *sha256);
void sha256_close(struct sha256 *sha256);

void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, struct span bytes);
void sha256_end(struct sha256 *sha256, u8 hash_out[SHA256_BYTES]);

#endif /* IO_DIGEST_H */
