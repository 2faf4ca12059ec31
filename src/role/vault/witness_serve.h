/* A witness over HTTP: POST /add-checkpoint and GET /HASH/checkpoint, for logs and monitors.
 *
 * Anybody may ask, nobody signs in: what is believed is the log's signature in the body. Requests
 * are bounded in size and time, connections in number; each is answered before the next of the same
 * connection is read, and all are worked on by one thread, so that comparing and keeping a
 * checkpoint are one step (role/vault/tlog_witness.h). The listener is io/http_serve.h. Plain HTTP:
 * a proxy in front brings TLS. */
#ifndef ROLE_VAULT_WITNESS_SERVE_H
#define ROLE_VAULT_WITNESS_SERVE_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/vault/tlog_witness.h"

#define WITNESS_CONNECTIONS_MAX 32U
#define WITNESS_HEAD_BYTES      4096U
#define WITNESS_REQUEST_MS      30000U /* from its first byte to its last, and to the next one's */

struct witness_serve_options {
    struct tlog_witness *witness; /* outlives the service */
    struct clock *clock;
    const char *address;
    u16 port; /* 0: any free one */
    /* 0: none; else a listening socket of the caller, which is duplicated, and address and port say
     * nothing. */
    int descriptor;
};

struct witness_serve;

MUST_USE enum fault witness_serve_open(struct witness_serve **serve_out,
                                       const struct witness_serve_options *options);
/* NULL is fine. */
void witness_serve_close(struct witness_serve *serve);
u16 witness_serve_port(const struct witness_serve *serve);
/* One turn: waits at most sleep_us for something to do. */
MUST_USE enum fault witness_serve_run(struct witness_serve *serve, u64 sleep_us);

#endif /* ROLE_VAULT_WITNESS_SERVE_H */
