/* The demo's accounts and their keys as a file: JSON that only its owner may read.
 *
 *     {"seed":"7","clockBehindUs":"0","rest":"http://127.0.0.1:8080","accounts":[{"account":"ada",
 * "name":"Ada Lindqvist","id":0,"isBot":false,"apiKey":"...","secret":"..."}, ...]}
 *
 * DATA/demo/accounts.json holds everybody and is written as the last step of making the venue, and
 * again where the law date moves; DATA/demo/bots.json holds the bots alone, with where the venue is
 * reached and where prices go, and is written at each start: that file is all that the bots know.
 */
#ifndef APP_DEMO_FILE_H
#define APP_DEMO_FILE_H

#include "app/venue_maker.h"
#include "base/base.h"
#include "io/fault.h"

#define DEMO_FOLDER         "demo"
#define DEMO_ACCOUNTS_FILE  "demo/accounts.json"
#define DEMO_BOTS_FILE      "demo/bots.json"
#define DEMO_HOLDERS_MAX    32U
#define DEMO_HOLDER_BYTES   15U
#define DEMO_HOLDER_NAME    63U
#define DEMO_FILE_REST      127U
#define DEMO_FILE_PRICES    1023U
#define DEMO_FILE_BYTES_MAX 16384U

struct demo_holder {
    char account[DEMO_HOLDER_BYTES + 1]; /* small letters, digits, '-' */
    char name[DEMO_HOLDER_NAME + 1];
    u32 number; /* the venue's */
    bool is_bot;
    struct venue_key key;
};

struct demo_file {
    u64 seed;
    u64 clock_behind_us;               /* of the venue's clock: demo_law.h */
    char rest[DEMO_FILE_REST + 1];     /* empty: not known */
    char prices[DEMO_FILE_PRICES + 1]; /* where the bots write prices; empty: nowhere */
    struct demo_holder holders[DEMO_HOLDERS_MAX];
    u32 holders_count;
};

/* FAULT_MISSING: there is none. FAULT_INPUT: it is not such a file. */
MUST_USE enum fault demo_file_read(const char *path, struct demo_file *file_out);
/* The text of one; `name` is what faults call it. */
MUST_USE enum fault demo_file_parse(const char *name, struct span text, struct demo_file *file_out);
MUST_USE enum fault demo_file_write(const char *path, const struct demo_file *file);

/* NULL: nobody is called so. */
const struct demo_holder *demo_file_find(const struct demo_file *file, const char *account);

#endif /* APP_DEMO_FILE_H */
