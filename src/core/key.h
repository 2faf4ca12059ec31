/* API keys: which key ids there are, whose they are and what they may. docs/semantics.md
 * section 13.
 *
 * The core looks at none of it: it keeps what key_set says until key_revoke, so that every reader
 * of events and snapshots knows the same keys. */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include "core/state.h"

void key_set(struct core *core, const struct command_key_set *command);
void key_revoke(struct core *core, const struct command_key_revoke *command);

/* The slot of a key, or 0. */
MUST_USE u32 key_find(const struct core *core, const u8 id[KEY_ID_BYTES]);

/* Whether a key's fields go together: a known kind, an id, and a public key exactly where there is
 * one. REJECT_NONE, REJECT_BAD_ENUM or REJECT_BAD_DEFINITION. */
MUST_USE enum reject key_shape(u8 kind, const u8 id[KEY_ID_BYTES], const u8 public_key[32]);

/* Takes up a key that is not there yet; there is a slot left. */
void key_insert(struct core *core, const struct key *key);

#endif /* CORE_KEY_H */
