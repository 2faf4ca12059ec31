/* The gateway: the agent that speaks to the world. It reads requests, checks who signed them, sends
 * commands to the engine, follows the event log, and answers from what it has read there.
 *
 *     sockets ─▶ sessions (HTTP, WebSocket) ─▶ calls ─▶ commands ─▶ engine
 *                    ▲                                                │
 *                    └── answers, streams, user data ◀── feed ◀── event log
 *
 * It knows no sockets: connections come through io/net.h, from libuv or from the simulator. One
 * thread. docs/gateway.md tells what flows where. */
#ifndef ROLE_GATEWAY_GATEWAY_H
#define ROLE_GATEWAY_GATEWAY_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/metrics.h"
#include "io/net.h"
#include "role/gateway/auth.h"
#include "role/gateway/demo_sign.h"
#include "role/gateway/limit.h"
#include "role/gateway/pages.h"
#include "wire/http.h"

#define GATEWAY_TRUSTED_MAX 8U

struct gateway;

/* Who brings connections: io/net_loop.h for the machine's, the simulator for its own. */
struct gateway_network {
    enum fault (*open)(struct gateway_network *network, const struct net_handler *handler,
                       void *context, struct net **net_out);
    void (*close)(struct gateway_network *network, struct net *net);
};

struct gateway_options {
    const char *folder; /* the venue's: events are read there, keys.db is there */
    struct disk *disk;
    struct clock *clock;
    u64 clock_behind_us; /* how far it is behind the machine's, which callers stamp with */
    struct gateway_network *network;
    /* The channels; they outlive the gateway. */
    const struct channel *commands;    /* to the engine, source LINK_SOURCE_GATEWAY */
    const struct channel *bell;        /* from the engine */
    const struct channel *asks;        /* to history */
    const struct channel *answers;     /* from history */
    const struct channel *key_asks;    /* from the admin agent: wire/key_link.h; NULL: none */
    const struct channel *key_answers; /* to it; NULL with key_asks */
    const char *keys_folder;    /* of keys.db; NULL: keys live in memory only (gateway_key_put) */
    const char *packs_folder;   /* of canonical packs; NULL: "packs" in `folder` */
    const char *payouts_folder; /* of payouts.db; NULL: keys_folder, and without that nothing can
                                   be withdrawn */
    struct limit_config limits; /* accounts_max and seed: not looked at */
    struct http_limits http;
    u32 sessions_max;      /* connections at a time */
    u32 keys_max;          /* API keys ever made; a power of two, three quarters can be used */
    u32 page_keys_max;     /* page keys at a time; a power of two */
    u32 pending_max;       /* calls that wait, in all; a power of two */
    u32 answer_ms;         /* so long may a call wait before it is answered -1007 */
    u32 request_ms;        /* so long may a request take to arrive */
    u32 idle_ms;           /* so long may a connection without a request stay */
    u32 closed_orders_max; /* of the view: view_config */
    u32 fills_max;
    u32 trades_max;
    u32 changes_max;
    u32 notices_max;
    u32 withdraw_fee_bp;
    struct auth_network trusted[GATEWAY_TRUSTED_MAX]; /* proxies whose X-Forwarded-For counts */
    u32 trusted_count;
    /* Asked on a reload: the limits that hold from now on, as `limits` above. May be NULL. */
    enum fault (*limits_again)(void *argument, struct limit_config *limits_out);
    void *argument;
    struct metrics *metrics; /* may be NULL */
    /* Both outlive the gateway. */
    const struct page_table *pages;   /* NULL: none */
    const char *log_folder;           /* the public log's files, for /log/; NULL: none */
    const char *reports_folder;       /* published transparency reports; NULL: none */
    const struct demo_accounts *demo; /* NULL: nobody signs in (docs/pages.md) */
    int door;  /* the line to the door, SOCK_SEQPACKET; -1: customers have no logins */
    int keep;  /* the line to `keep`, SOCK_SEQPACKET; -1: nobody enrols here */
    int desk;  /* the line to the desk, SOCK_SEQPACKET; -1: customers are told of no openings */
    int inbox; /* the line to the officers' queue, SOCK_SEQPACKET; -1: nobody appeals here */
    const char *evidence_recipient; /* age1..., for whom evidence is sealed; NULL: none is taken */
    u32 keep_years; /* how long records are kept when a customer has left, for them to read */
};

/* Numbers that suit a venue of one machine. Folder, disk, clock, network and channels: the caller.
 */
extern const struct gateway_options gateway_defaults;

/* Memory for the agent; everything else is taken in its open and start. The options are copied,
 * what they point to stays. FAULT_LIMIT. */
MUST_USE enum fault gateway_create(struct gateway **gateway_out,
                                   const struct gateway_options *options);
struct agent *gateway_agent(struct gateway *gateway);
/* After agent_close. NULL is fine. */
void gateway_destroy(struct gateway *gateway);

/* Puts a key into the table of a started gateway, beside those of keys.db; it works while the view
 * has it. Faults of keys_put. */
struct keys_new;
MUST_USE enum fault gateway_key_put(struct gateway *gateway, const struct keys_new *key);

struct gateway_status {
    u64 position;        /* of the event log, in the view */
    u64 behind;          /* of what is released: 32-byte steps */
    u64 source_index;    /* of the last command sent */
    u32 sessions;        /* open connections */
    u32 pending;         /* calls that wait */
    u64 refused_address; /* connections refused since their address had too many */
    bool engine_ready;   /* commands can be sent */
    bool is_ready;       /* it listens, and the view had reached the released position once */
};
struct gateway_status gateway_status(const struct gateway *gateway);

#endif /* ROLE_GATEWAY_GATEWAY_H */
