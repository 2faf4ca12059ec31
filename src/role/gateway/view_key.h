/* API keys as the engine has them: whose a key id is, what it may, and that it is in force. The
 * names and secrets are not here (keystore.h): a key works when both know it. */
#ifndef ROLE_GATEWAY_VIEW_KEY_H
#define ROLE_GATEWAY_VIEW_KEY_H

#include "role/gateway/view.h"

struct view_key {
    u8 id[KEY_ID_BYTES]; /* SHA-256 of the key's name */
    u8 public_key[32];   /* ed25519: raw; rsa: SHA-256 of the key as DER; hmac: zeros */
    u32 account;
    u32 rights; /* as key_set said; enum key_right of auth.h */
    u8 kind;    /* enum key_kind */
    u32 index_next;
};

/* NULL: never set, or revoked. Good until the next view_apply. */
const struct view_key *view_key_of(const struct view *view, const u8 id[KEY_ID_BYTES]);

/* The account's: how many, the first of them in *keys_out. Looks at all there are. */
u32 view_keys_of(const struct view *view, u32 account, const struct view_key **keys_out,
                 u32 keys_max);

/* How many are in force. */
u32 view_keys_count(const struct view *view);

#endif /* ROLE_GATEWAY_VIEW_KEY_H */
