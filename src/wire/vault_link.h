/* What the vault has to be told of in public: what the log's process asks `keep`, and what it is
 * told. Records on a pair of channels (io/channel.h) with the head of a command, never in the
 * journal.
 *
 *     VAULT_LINK_ASK    log -> keep: events from this number on
 *     VAULT_LINK_EVENT  keep -> log: one event; numbers follow each other
 *     VAULT_LINK_END    keep -> log: that was all for now that was asked from this number on
 *     VAULT_LINK_LOOK   log -> keep: what do you hold? (once a day)
 *     VAULT_LINK_ROOT   keep -> log: so many records, and the root of their rows
 *
 * Whoever asks remembers how far it has come, so an answer that is lost is asked for again, and one
 * that comes twice is known by its number. Nothing here opens or names a record. */
#ifndef WIRE_VAULT_LINK_H
#define WIRE_VAULT_LINK_H

#include "wire/link.h"
#include "wire/schema.h"

#define VAULT_LINK_ASK   230U
#define VAULT_LINK_EVENT 231U
#define VAULT_LINK_END   232U
#define VAULT_LINK_LOOK  233U
#define VAULT_LINK_ROOT  234U

#define VAULT_LINK_MATTER_BYTES 32U
#define VAULT_LINK_ROOT_BYTES   32U

/* ASK, END and LOOK, whose number says nothing. */
struct vault_link_from {
    struct command_head head;
    u64 from;       /* from 1 */
    u8 reserved[8]; /* zeros */
};

struct vault_link_event {
    struct command_head head;
    u64 number; /* from 1 */
    u64 time_us;
    u64 count;
    u16 kind; /* as the vault numbers them */
    u16 field;
    u8 reserved[4]; /* zeros, as the padding */
    u8 matter[VAULT_LINK_MATTER_BYTES];
    u8 padding[16];
};

struct vault_link_root {
    struct command_head head;
    u64 time_us;
    u64 records;
    u64 put;    /* ever */
    u64 erased; /* ever */
    u8 root[VAULT_LINK_ROOT_BYTES];
    u8 padding[16]; /* zeros */
};

_Static_assert(sizeof(struct vault_link_root) == 3 * WIRE_UNIT, "channel format");
_Static_assert(sizeof(struct vault_link_from) == WIRE_UNIT, "channel format");
_Static_assert(sizeof(struct vault_link_event) == 3 * WIRE_UNIT, "channel format");

/* Well-formed records; of event and root the head is filled in, the rest is the caller's. */
struct vault_link_from vault_link_ask(u64 from);
struct vault_link_from vault_link_end(u64 from);
struct vault_link_from vault_link_look(void);
void vault_link_event_finish(struct vault_link_event *event);
void vault_link_root_finish(struct vault_link_root *root);

/* False: the record is not well-formed. */
MUST_USE bool vault_link_from_read(struct span record, struct vault_link_from *from_out);
MUST_USE bool vault_link_event_read(struct span record, struct vault_link_event *event_out);
MUST_USE bool vault_link_root_read(struct span record, struct vault_link_root *root_out);

#endif /* WIRE_VAULT_LINK_H */
