/* The other end of the admin socket (wire/admin_link.h): sends one request and waits for its
 * answer. Blocking; for the command line. */
#ifndef APP_ADMIN_CLIENT_H
#define APP_ADMIN_CLIENT_H

#include "base/base.h"
#include "io/fault.h"
#include "wire/admin_link.h"

struct admin_client {
    int socket; /* -1: closed */
    u32 actor;
    u32 reason;
    u8 *bytes; /* of the last answer */
    size_t bytes_count;
    struct admin_answer answer;
    struct span body; /* of the last answer */
};

/* FAULT_MISSING: nobody listens there. FAULT_PERMISSION: not for us. */
MUST_USE enum fault admin_client_open(struct admin_client *client, const char *path);
void admin_client_close(struct admin_client *client);

/* Each waits for the answer, and is FAULT_NONE when the venue has done it: what came is in answer
 * and body. FAULT_REFUSED: the venue refused it, the text says why. FAULT_UNAVAILABLE: nothing
 * happened. FAULT_TIMEOUT: nobody knows. */
MUST_USE enum fault admin_client_command(struct admin_client *client, void *command, u16 kind,
                                         u32 account);
MUST_USE enum fault admin_client_key(struct admin_client *client, struct key_ask *ask, u32 rights,
                                     struct key_answer *key_out);
MUST_USE enum fault admin_client_status(struct admin_client *client,
                                        struct admin_status *status_out);

/* A command, whole but for source and officers, with what the officers signed (docs/officers.md).
 */
MUST_USE enum fault admin_client_order(struct admin_client *client, const struct admin_order *order,
                                       struct span command);
/* Orders that a second officer has yet to confirm: so many struct admin_waiting in `body`. */
MUST_USE enum fault admin_client_waiting(struct admin_client *client, u32 *count_out);

/* The first event of a kind in the last answer's body; NULL: none. */
const void *admin_client_event(const struct admin_client *client, u16 kind);

#endif /* APP_ADMIN_CLIENT_H */
