/* The parts of the price agent, for its own files: price_agent.c (life, rounds), price_read.c
 * (sources), price_packs.c (texts of packs, and when they were valued), price_log.c (the event
 * log).
 */
#ifndef ROLE_PRICES_PRICE_AGENT_INNER_H
#define ROLE_PRICES_PRICE_AGENT_INNER_H

#include "io/engine_line.h"
#include "io/event_follow.h"
#include "role/prices/price_agent.h"
#include "role/prices/price_line.h"
#include "role/prices/price_venue.h"
#include "role/prices/valuation_times.h"

#define PRICE_REASON_BYTES 160U
#define PRICE_PACK_BYTES   524288U /* the largest canonical form */
#define PRICE_HASH_DIGITS  (2U * SHA256_BYTES)
#define PRICE_VALUED_BYTES 4096U

/* What was told of a source, so that it is told once. */
struct source_state {
    char reason[PRICE_REASON_BYTES]; /* empty: it is good */
};

/* What the sources say of an asset, and what was told of it. */
struct asset_state {
    struct price_quote quotes[PRICE_SOURCES_MAX];
    struct price_choice choice;
    enum price_outcome told;
    u32 outliers_told;
};

struct pack_times {
    u8 hash[SHA256_BYTES]; /* whose times these are */
    struct valuation_times times;
    bool has_times;
    bool has_told; /* that its text is missing */
};

struct valued_row {
    u8 hash[SHA256_BYTES];
    u64 time_us; /* 0: free */
};

struct price_agent {
    struct agent agent; /* first: it is cast back */
    struct price_agent_options options;
    struct engine_line line;
    struct event_sink sink;
    struct event_follow log;
    struct price_venue venue;
    struct source_state sources[PRICE_SOURCES_MAX];
    struct asset_state assets[PRICE_ASSETS_MAX];
    struct pack_times packs[PRICE_PACKS_MAX];
    struct valued_row valued[PRICE_PACKS_MAX]; /* as the file has it */
    struct sha256 sha256;
    u64 round_ns;   /* the next one, by clock_mono_ns */
    u64 refused_ns; /* nothing is sent before, by clock_mono_ns */
    u64 started_us;
    struct price_agent_counts counts;
    u8 bytes[PRICE_PACK_BYTES]; /* of a file that is read */
};

_Static_assert(PRICE_PACK_BYTES >= PRICE_TEXT_BYTES_MAX, "both are read there");

/* ---- price_read.c ---- */

/* Reads all sources into `quotes`, and tells what has changed of them. */
void price_read_sources(struct price_agent *agent);

/* ---- price_packs.c ---- */

/* What the file prices/valued says; a damaged one says nothing, and is told. */
void price_packs_open(struct price_agent *agent);
/* Times of packs that have become active; and what the file knows of their valuations. */
void price_packs_turn(struct price_agent *agent);
/* The newest time at which this pack was to be valued and was not; 0: none. */
u64 price_packs_due(const struct price_agent *agent, u32 pack, u64 now_us);

/* ---- price_log.c ---- */

MUST_USE enum fault price_log_open(struct price_agent *agent);
/* *busy_out becomes true when there were events. */
MUST_USE enum fault price_log_turn(struct price_agent *agent, bool *busy_out);

#endif /* ROLE_PRICES_PRICE_AGENT_INNER_H */
