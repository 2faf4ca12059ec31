/* The test venue of `cambist serve --profile test`: assets, markets, accounts and keys, made in a
 * fresh folder before any role runs, all by journalled commands of source LINK_SOURCE_ADMIN.
 *
 *     assets    BTC USDT ETH BNB EUR RUB, eight places each
 *     markets   BTCUSDT, last price 30,000; ETHUSDT, 2,000; ETHBTC, 0.06666; fees 0.1 %
 *     accounts  two of the house, which made the last prices; A and B with money in BTC, USDT, ETH
 *               and BNB; W with the same, which may cancel and withdraw but not trade
 *     keys      HMAC for A, B and W; Ed25519 for A as well
 *     officers  anna (11, compliance) and bela (12, law), in the register officers.txt; their
 *               private keys lie in test_officers/, so here four eyes are only a rehearsal
 *
 * No filter is tighter than 10 % around the last price. Secrets are kept here until the venue is
 * ready, then written once and wiped. */
#ifndef APP_TEST_VENUE_H
#define APP_TEST_VENUE_H

#include "app/venue_maker.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sign_pair.h"
#include "role/gateway/demo_sign.h"
#include "wire/json.h"

#include <sys/types.h>

enum test_account { TEST_ACCOUNT_A, TEST_ACCOUNT_B, TEST_ACCOUNT_W };
#define TEST_ACCOUNTS_COUNT 3U

#define TEST_OFFICERS_COUNT  2U
#define TEST_OFFICERS_FOLDER "test_officers"

/* One whose keys this venue has made itself. */
struct test_officer {
    const char *code;
    const char *group;
    u32 number;
};
extern const struct test_officer test_officers[TEST_OFFICERS_COUNT];

struct test_venue {
    u32 accounts[TEST_ACCOUNTS_COUNT]; /* their numbers */
    struct venue_key hmac[TEST_ACCOUNTS_COUNT];
    struct venue_key ed25519; /* of A; secret empty */
    struct sign_pair pair;    /* its keys */
    char folder[FILE_PATH_BYTES];
};

/* Begins the venue. The folder exists, without a journal; the folder of the keys is made.
 * Afterwards both are like any other venue's: whole, sealed, and nobody has them open. */
MUST_USE enum fault test_venue_begin(const char *folder, const char *keys_folder,
                                     struct test_venue *venue_out);

/* Where a venue is reached. */
struct test_addresses {
    const char *host;       /* of the API, like "127.0.0.1:8080" */
    const char *admin_host; /* of the operator's port */
    const char *admin;      /* path of the admin socket */
    u16 office_port;        /* of the officers' console; 0: there is none */
    bool is_tls;            /* the API is https: and wss: */
};

/* The members of a keys file that say so: rest, ws_stream, ws_api, metrics, pid, admin. */
void test_addresses_put(struct json_writer *json, const struct test_addresses *addresses,
                        pid_t pid);

/* Writes the keys file, which only its owner may read, whole or not at all: JSON with the members
 * rest, ws_stream, ws_api, metrics, pid, admin, accounts and officers. */
MUST_USE enum fault test_venue_write(const struct test_venue *venue,
                                     const struct test_addresses *addresses, pid_t pid,
                                     const char *path);

/* Who may sign in at the page: each account by its HMAC key. */
void test_venue_demo(const struct test_venue *venue, struct demo_accounts *accounts_out);

void test_venue_wipe(struct test_venue *venue);

#endif /* APP_TEST_VENUE_H */
