/* The venue of `cambist demo`: the markets of demo_markets.h, accounts with invented names and
 * money in every asset, and the bots' accounts, all made in a fresh folder before any role runs
 * (venue_maker.h). No trade is made up: the first ones are the bots'.
 *
 * What there is to know about accounts and keys stands in DATA/demo/accounts.json, which is written
 * last. A folder with a journal and without that file was not finished, or is no demo. */
#ifndef APP_DEMO_VENUE_H
#define APP_DEMO_VENUE_H

#include "app/demo_file.h"
#include "app/demo_markets.h"
#include "app/test_venue.h"
#include "base/base.h"
#include "io/fault.h"

#include <sys/types.h>

#define DEMO_KEYS_FILE     "keys.json"
#define DEMO_PRICES_FILE   "prices/world.txt"
#define DEMO_SOURCES_FILE  "demo/sources.txt"
#define DEMO_MAKER_PREFIX  "maker-" /* and the market, in small letters */
#define DEMO_TAKERS_COUNT  2U
#define DEMO_TAKER_ACCOUNT "taker-%u" /* from 1 */

/* Makes the venue, whose clock is `behind_us` behind the machine's. The folder exists, without a
 * journal; the folder of the keys is made. */
MUST_USE enum fault demo_venue_begin(const char *folder, const char *keys_folder, u64 seed,
                                     u64 behind_us, struct demo_file *file_out);

/* Writes down another law date. */
MUST_USE enum fault demo_venue_moved(const char *folder, const struct demo_file *file);

/* What an earlier demo_venue_begin has written. FAULT_MISSING: no demo was finished here. */
MUST_USE enum fault demo_venue_read(const char *folder, struct demo_file *file_out);

/* Makes the folder, and in it the list of sources of prices (docs/prices.md). */
MUST_USE enum fault demo_venue_sources(const char *folder);

/* Who may sign in at the page: all but the bots. */
void demo_venue_sign(const struct demo_file *file, struct demo_accounts *accounts_out);

/* Writes DATA/demo/bots.json. */
MUST_USE enum fault demo_venue_tell_bots(const char *folder, const struct demo_file *file,
                                         const char *rest);

/* Writes the keys file that everybody's clients read, in the shape of test_venue_write. */
MUST_USE enum fault demo_venue_tell_all(const struct demo_file *file,
                                        const struct test_addresses *addresses, pid_t pid,
                                        const char *path);

#endif /* APP_DEMO_VENUE_H */
