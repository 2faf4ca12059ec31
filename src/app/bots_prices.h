/* What the demo's world pays for each asset, in EUR, as a file that the venue's price agent reads
 * (docs/prices.md): the prices of the bots' model, which lie outside the venue's own book, whatever
 * is traded there. */
#ifndef APP_BOTS_PRICES_H
#define APP_BOTS_PRICES_H

#include "app/bots_model.h"
#include "io/fault.h"

#define BOTS_PRICES_BYTES 256U
#define BOTS_PRICES_STEPS 10U /* they are written once in so many steps */

/* Lines "ASSET PRICE TIME", with a zero at the end; their length. */
size_t bots_prices_print(const struct bots_model *model, u64 now_us,
                         char target[BOTS_PRICES_BYTES]);

/* Replaces the file, whole or not at all. `now_us` is the venue's time. */
MUST_USE enum fault bots_prices_put(const char *path, const struct bots_model *model, u64 now_us);

/* Between two lives of the bots the world stands still: what the file says holds now, too. Where
 * there is none, the world is at its first step. */
MUST_USE enum fault bots_prices_again(const char *path, u64 seed, u64 now_us);

#endif /* APP_BOTS_PRICES_H */
