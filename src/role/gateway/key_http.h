/* Keys of customers who are signed in, over HTTP: requests for page keys and for API keys become a
 * struct key_http_ask. Pure. docs/sign-in.md "Keys" has the whole shape.
 *
 *     POST /page/v1/page-key      a page's own key (page_keys.h)
 *     POST /page/v1/keys          which API keys the account has
 *     POST /page/v1/keys/new
 *     POST /page/v1/keys/revoke
 *
 * Headers and bodies are those of sign-in (door_http.h): one object of texts, each name once. */
#ifndef ROLE_GATEWAY_KEY_HTTP_H
#define ROLE_GATEWAY_KEY_HTTP_H

#include "base/base.h"
#include "io/sign.h"
#include "role/gateway/door_http.h"
#include "wire/http.h"
#include "wire/key_link.h"

#define KEY_HTTP_BODY_BYTES_MAX 4096U

enum key_http_kind {
    KEY_HTTP_NONE,
    KEY_HTTP_PAGE,
    KEY_HTTP_LIST,
    KEY_HTTP_NEW,
    KEY_HTTP_REVOKE,
};

struct key_http_ask {
    enum key_http_kind kind;
    u8 public_key[SIGN_PUBLIC_BYTES]; /* of a page key: Ed25519 */
    u8 key_id[KEY_ID_BYTES];          /* of a key to revoke */
    u32 rights;                       /* of a new key: of enum key_right */
    struct key_ask make;              /* of a new key: kind, label, networks, public key */
};

enum key_http_kind key_http_kind_of(struct span path);
/* What the door is asked first: a look for reading, else also the cross-site token. */
u16 key_http_door_kind(enum key_http_kind kind);

/* Fills *ask_out, but for heads. Else why not. */
MUST_USE enum door_http_no key_http_read(const struct http_request *request,
                                         enum key_http_kind kind, struct key_http_ask *ask_out);

#endif /* ROLE_GATEWAY_KEY_HTTP_H */
