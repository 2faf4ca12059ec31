/* Signing in on a demo: the list of demo accounts, and the key of the one that is chosen.
 *
 *     GET  /demo/accounts             {"accounts":[{"account":"A","name":"...","about":{"en":"...",
 *                                     "fr":"..."}}]}
 *     POST /demo/sign-in  {"account":"A"}
 *                                     {"account":"A","name":"...","apiKey":"...","secret":"..."}
 *
 * Whoever begins a demo venue hands the gateway a table; without one neither path exists. With one,
 * only a browser or program on this machine is heard: demo_sign_allowed. docs/pages.md has the
 * whole shape and the reasons. */
#ifndef ROLE_GATEWAY_DEMO_SIGN_H
#define ROLE_GATEWAY_DEMO_SIGN_H

#include "base/base.h"
#include "role/gateway/auth.h"
#include "role/gateway/keys.h"
#include "wire/api_error.h"
#include "wire/http.h"
#include "wire/json.h"

#define DEMO_ACCOUNTS_MAX  16U
#define DEMO_ACCOUNT_BYTES 15U
#define DEMO_NAME_BYTES    63U
#define DEMO_SIGN_BYTES    8192U /* no answer is longer */

/* All texts end with a NUL. */
struct demo_account {
    char account[DEMO_ACCOUNT_BYTES + 1]; /* what the page sends: letters, digits, '-' */
    char name[DEMO_NAME_BYTES + 1];       /* what it shows */
    char api_key[AUTH_KEY_BYTES + 1];     /* HMAC-SHA256 */
    char secret[KEYS_SECRET_BYTES + 1];
    const char *about_en; /* who that is, in a line; NULL: nothing is said */
    const char *about_fr;
};

struct demo_accounts {
    struct demo_account list[DEMO_ACCOUNTS_MAX];
    u32 count;
};

enum demo_path { DEMO_PATH_NONE, DEMO_PATH_ACCOUNTS, DEMO_PATH_SIGN_IN };

enum demo_path demo_sign_path(struct span path);

/* Whether who asks sits at this machine and means it: `peer` is the address of the connection. */
MUST_USE bool demo_sign_allowed(const struct http_request *request,
                                const struct auth_address *peer);

/* The account that the body asks for; NULL: *failure_out. */
const struct demo_account *demo_sign_read(const struct demo_accounts *accounts, struct span body,
                                          struct api_failure *failure_out);

void demo_accounts_print(struct json_writer *json, const struct demo_accounts *accounts);
/* With the secret: what is sent is wiped afterwards. */
void demo_account_print(struct json_writer *json, const struct demo_account *account);

#endif /* ROLE_GATEWAY_DEMO_SIGN_H */
