/* The keys of a running gateway: keys.db loaded at the start, the table that requests are checked
 * against, and the admin agent's asks for new keys answered in between.
 *
 * Where keys.db cannot be opened or read, that is said loudly, no key is known, and the rest of the
 * gateway serves on. */
#ifndef ROLE_GATEWAY_GATEWAY_KEYS_H
#define ROLE_GATEWAY_GATEWAY_KEYS_H

#include "io/channel.h"
#include "role/gateway/key_serve.h"

#define GATEWAY_KEYS_TURN_MAX 2U /* asks in one turn: each waits for the disk */
#define GATEWAY_KEYS_PRUNE_US (24ULL * 3600 * 1000000) /* a key is set so soon, or never */

struct gateway_keys {
    struct keys table;
    struct keystore store;
    bool has_store;
    bool has_table;
    bool is_asked; /* there are channels */
    bool is_settled;
    struct channel_reader asks;
    struct channel_writer answers;
    u64 made_count;
    u64 misshaped_count; /* records that were no asks */
};

/* Opens keys.db in the folder (NULL: there is none) and the channels (both or neither NULL).
 * Everything that a sandbox would forbid later is done here. Only channels can fail. */
MUST_USE enum fault gateway_keys_open(struct gateway_keys *keys, const char *folder,
                                      const struct channel *asks, const struct channel *answers);

/* Makes the table in `memory` (keys_bytes of keys_max, a power of two), which follows the view from
 * here on, and loads every row. `seed` is random. */
void gateway_keys_start(struct gateway_keys *keys, struct signer *signer, const struct view *view,
                        u32 keys_max, u64 seed, void *memory);

/* The view holds everything that the engine had made durable when it recovered: once in a life,
 * lets go of rows that are older than a day and not in force. now_us is the wall clock. */
void gateway_keys_settled(struct gateway_keys *keys, u64 now_us);

/* Answers at most GATEWAY_KEYS_TURN_MAX asks. *busy_out becomes true when there may be more. */
MUST_USE enum fault gateway_keys_turn(struct gateway_keys *keys, u64 now_us, bool *busy_out);

/* As channel_poll_begin and _end, for the asks. */
MUST_USE bool gateway_keys_poll_begin(struct gateway_keys *keys);
void gateway_keys_poll_end(struct gateway_keys *keys);

/* A closed one is fine. Before signer_close. */
void gateway_keys_close(struct gateway_keys *keys);

#endif /* ROLE_GATEWAY_GATEWAY_KEYS_H */
