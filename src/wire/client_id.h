/* A client order id: up to 36 symbols of A-Z a-z 0-9 - _ (API enums: ^[a-zA-Z0-9-_]{1,36}$), six
 * bits each, so that 27 bytes and a length hold it whole. Unused bits are zero, so two ids are
 * equal exactly when their bytes are. */
#ifndef WIRE_CLIENT_ID_H
#define WIRE_CLIENT_ID_H

#include "base/base.h"

#include <string.h>

#define CLIENT_ID_SYMBOLS_MAX  36U
#define CLIENT_ID_PACKED_BYTES 27U

struct client_id {
    u8 length; /* symbols; 0: none */
    u8 packed[CLIENT_ID_PACKED_BYTES];
};

/* Bytes in use: the length byte and the packed symbols. */
ALWAYS_INLINE u8 client_id_bytes(u8 length)
{
    return (u8)(1U + (length * 6U + 7U) / 8U);
}

ALWAYS_INLINE bool client_id_equal(const struct client_id *a, const struct client_id *b)
{
    return a->length == b->length &&
           memcmp(a->packed, b->packed, client_id_bytes(a->length) - 1U) == 0;
}

/* Packs `text`. False: empty, too long, or a symbol outside the alphabet; *id_out is then zero. */
MUST_USE bool client_id_pack(struct client_id *id_out, struct span text);

/* Writes the symbols and a NUL; text_out holds at least 37 bytes. Returns the length. */
u32 client_id_print(const struct client_id *id, char *text_out);

/* Whether length is in bounds and every unused bit is zero. */
MUST_USE bool client_id_valid(const struct client_id *id);

#endif /* WIRE_CLIENT_ID_H */
