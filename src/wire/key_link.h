/* How a new API key is made: what the admin agent asks the gateway, and what it is told. Records on
 * a pair of channels (io/channel.h) with the head of a command, never in the journal.
 *
 *     KEY_ASK      admin -> gateway: make a key of this kind, and keep it
 *     KEY_ANSWER   gateway -> admin: its name, its secret, and what a key_set must say
 *
 * A secret is made where it is kept, and the gateway may not give rights: so the gateway invents
 * and stores first, and the key works only once the admin's key_set command is durable. An ask that
 * is not answered, or whose key_set never came, leaves a key that nobody can use. An answer carries
 * the same source_index as its ask, the asker's own number. Both sides wipe an answer once they
 * have handed it on: it is the only place where a secret is in the clear. */
#ifndef WIRE_KEY_LINK_H
#define WIRE_KEY_LINK_H

#include "base/base.h"
#include "wire/link.h"
#include "wire/schema.h"

#define KEY_ASK    220U
#define KEY_ANSWER 221U

#define KEY_LINK_NAME_BYTES    64U /* of a key's name: letters and digits */
#define KEY_LINK_SECRET_BYTES  64U
#define KEY_LINK_LABEL_MAX     32U /* bytes of the text its owner calls it by */
#define KEY_LINK_NETWORKS_MAX  30U
#define KEY_LINK_PUBLIC_MAX    1024U /* a public key as PEM or DER */
#define KEY_LINK_NETWORK_BYTES 17U   /* an IPv6 address, then how many of its bits count */

struct key_ask {
    struct command_head head; /* account: whose key it will be; source: the admin's */
    u32 public_bytes;         /* 0 exactly for hmac */
    u8 key_kind;              /* enum key_kind */
    u8 label_bytes;
    u8 networks_count; /* 0: every address */
    u8 reserved;       /* 0 */
    u8 label[KEY_LINK_LABEL_MAX];
    u8 networks[KEY_LINK_NETWORKS_MAX * KEY_LINK_NETWORK_BYTES]; /* IPv4 as ::ffff:a.b.c.d */
    u8 public_key[KEY_LINK_PUBLIC_MAX];
    u8 padding[10]; /* zeros, as is everything behind what is counted above */
};

enum key_answer_status {
    KEY_ANSWER_MADE = 0,
    KEY_ANSWER_BAD_PUBLIC = 1, /* not an Ed25519 or RSA key, or not of the kind asked for */
    KEY_ANSWER_FULL = 2,       /* no room for another key */
    KEY_ANSWER_FAILED = 3,     /* it could not be stored: the gateway's log says why */
    KEY_ANSWER_STATUSES,
};

struct key_answer {
    struct command_head head; /* account and source_index: the ask's; source: the gateway's */
    u8 status;                /* enum key_answer_status; when not MADE the rest is zeros */
    u8 key_kind;
    u8 reserved[6];
    u8 name[KEY_LINK_NAME_BYTES];
    u8 secret[KEY_LINK_SECRET_BYTES]; /* zeros unless hmac */
    u8 key_id[KEY_ID_BYTES];          /* these two for key_set */
    u8 public_key[32];
    u8 padding[8];
};

_Static_assert(sizeof(struct key_ask) == 50 * WIRE_UNIT, "channel format");
_Static_assert(sizeof(struct key_answer) == 7 * WIRE_UNIT, "channel format");

/* Fills in kind, units and source; the caller has set the rest. CHECK: key_ask_read would take it.
 */
void key_ask_finish(struct key_ask *ask);
void key_answer_finish(struct key_answer *answer);

/* Copies a record that came over a channel; false when it is not well-formed: another size, kind or
 * source, a count beyond its bound, an unknown key kind or status, a name that is no name, a byte
 * that must be zero. Nothing is left in *out then. The public key itself is not looked at. */
MUST_USE bool key_ask_read(struct span record, struct key_ask *ask_out);
MUST_USE bool key_answer_read(struct span record, struct key_answer *answer_out);

#endif /* WIRE_KEY_LINK_H */
