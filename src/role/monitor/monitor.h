/* The monitor: where an operator's tools ask how the venue is, over HTTP on a port of its own.
 *
 *     GET /metrics   what every process counts (io/metrics_page.h), as Prometheus text
 *     GET /readyz    200 when every process does what it is there for, else 503 with the names
 *     GET /livez     200: somebody answers
 *
 * Where lists are screened, connections whose first request begins with /match go, before a byte of
 * them was read, to the process that knows lists and no people (role/screen/match_agent.h); while
 * that is not ready they are answered 503 here.
 *
 * The port belongs on loopback: there is no signature and no limit by address. Nothing here is a
 * customer's: names and labels of metrics are ours. An answer is made when it is asked for, one
 * request a connection, a bounded number of connections and bytes, and a time within which a
 * request has to be there and its answer taken. */
#ifndef ROLE_MONITOR_MONITOR_H
#define ROLE_MONITOR_MONITOR_H

#include "base/base.h"
#include "io/agent.h"
#include "io/block.h"
#include "io/clock.h"
#include "io/metrics.h"
#include "io/metrics_page.h"
#include "wire/http.h"

#define MONITOR_SOURCES_MAX      20U
#define MONITOR_CONNECTIONS_MAX  8U
#define MONITOR_REQUEST_BYTES    4096U
#define MONITOR_HEAD_BYTES       512U
#define MONITOR_TIME_MS          5000U /* of a connection, from its beginning to its end */
#define MONITOR_STALE_MS         5000U /* a process that has not written for so long is not ready */
#define MONITOR_LOOK_MS          20U   /* how often new connections are looked for */
#define MONITOR_ANSWER_BYTES_MAX (METRICS_TEXT_BYTES_ENOUGH * (MONITOR_SOURCES_MAX + 1U))

struct monitor_source {
    const char *name; /* of the process: letters, digits and -_./ as in a label */
    const struct metrics_page *page;
};

struct monitor_options {
    int listener; /* a listening stream socket that does not block; the monitor's from now on */
    /* Where connections for /match are handed over, the monitor's from now on; -1: nobody wants
     * them. */
    int match_line;
    const char *match_name; /* of the process behind it, among the sources */
    struct clock *clock;
    const struct monitor_source *sources; /* copied; what they point to stays the caller's */
    u32 sources_count;
};

struct monitor_connection {
    int descriptor; /* -1: free */
    bool is_ours;   /* it was looked at, and is not for /match */
    bool lingers;   /* there is more to come than is read: what does is dropped */
    u64 begun_ns;
    struct http_reader reader;
    u8 request[MONITOR_REQUEST_BYTES];
    u32 request_bytes;
    u8 *answer;          /* MONITOR_HEAD_BYTES + MONITOR_ANSWER_BYTES_MAX */
    size_t answer_bytes; /* 0: the request is not there yet */
    size_t sent;
};

struct monitor {
    struct agent agent; /* first: it is cast back */
    int listener;
    int match_line;
    u32 match_source; /* place among the sources */
    struct clock *clock;
    struct monitor_source sources[MONITOR_SOURCES_MAX];
    u32 sources_count;
    struct block block; /* the answers */
    struct monitor_connection connections[MONITOR_CONNECTIONS_MAX];
    u64 looked_ns;
    struct metrics metrics; /* our own: made anew for each answer */
    struct http_request request;
};

/* `monitor` is the caller's memory. CHECK: counts. */
void monitor_init(struct monitor *monitor, const struct monitor_options *options);

#endif /* ROLE_MONITOR_MONITOR_H */
