/* Making API keys when the admin agent asks (wire/key_link.h): a key is invented, stored and
 * synced, put into the table, and told. It works from the moment the view has seen the key_set that
 * the admin agent sends next. */
#ifndef ROLE_GATEWAY_KEY_SERVE_H
#define ROLE_GATEWAY_KEY_SERVE_H

#include "role/gateway/keystore.h"
#include "wire/key_link.h"

struct key_maker {
    struct keystore *store; /* NULL: no key can be made */
    struct keys *keys;
};

/* Answers one record of the admin's channel. FAULT_INPUT: it is no ask, and there is nothing to
 * answer; the caller counts it. Otherwise *answer_out is whole, whatever became of the key, and the
 * caller wipes it (secret_wipe) once it is in the channel. `now_us` is the wall clock. */
MUST_USE enum fault key_serve(struct key_maker *maker, struct span ask, u64 now_us,
                              struct key_answer *answer_out);

/* The same without a channel: of an ask that key_ask_read would take, but for its head. The caller
 * wipes *answer_out, of which name, secret, key_id and public_key are filled in; zeros unless MADE.
 */
MUST_USE enum key_answer_status key_make(struct key_maker *maker, const struct key_ask *ask,
                                         u64 now_us, struct key_answer *answer_out);

#endif /* ROLE_GATEWAY_KEY_SERVE_H */
