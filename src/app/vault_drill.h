/* Drills of a running venue, for the command line: what `keep` asks, what officers answered, and
 * which shares live (docs/vault.md "Drills"). The client is connected. */
#ifndef APP_VAULT_DRILL_H
#define APP_VAULT_DRILL_H

#include "app/vault_client.h"
#include "base/base.h"
#include "io/fault.h"

/* Begins a drill and prints what is asked: 64 hexadecimal digits. */
MUST_USE enum fault vault_drill_begin(struct vault_client *client);

/* Puts answers (files of lines that `cambist ceremony prove` printed) and prints what each shows.
 * One that was put before is passed over; the first that is refused ends it, with its path. */
MUST_USE enum fault vault_drill_put(struct vault_client *client, const char *const *paths,
                                    u32 count);

/* Prints of both groups how many shares live, when each was shown and until when that counts. */
MUST_USE enum fault vault_drill_status(struct vault_client *client);

#endif /* APP_VAULT_DRILL_H */
