/* Who may give which order: looks at the signatures of an order before it goes to the engine
 * (docs/officers.md). Without a register everything passes.
 *
 *     request ─▶ order_gate_judge ─▶ a code that refuses it, or a verdict ─▶ sent ─▶
 * order_gate_done
 *
 * What is signed is made anew from the command, with the venue's own identity, so nothing that the
 * sender says is believed. An approval is on the disk as used before its order goes out. */
#ifndef ROLE_ADMIN_ORDER_GATE_H
#define ROLE_ADMIN_ORDER_GATE_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/officers.h"
#include "role/admin/order_store.h"
#include "role/admin/vectors.h"
#include "wire/admin_link.h"

#define GATE_HOUR_US    3600000000ULL
#define GATE_LIFE_US    (7 * 24 * GATE_HOUR_US) /* an approval's time is not further away */
#define GATE_CONFIRM_US (24 * GATE_HOUR_US)     /* the second officer's time */
#define GATE_LATE_US    GATE_HOUR_US            /* late ones are told so often */

struct order_gate {
    struct officers officers; /* count 0: no register */
    struct order_store store;
    struct vectors vectors;
    struct sha256 sha256;
    u8 venue[ORDER_VENUE_BYTES];
    u64 counted_us;
    u64 told_us; /* when late orders were last told */
    u64 orders;  /* carried out with signatures */
    u64 refused;
    bool is_open;
};

/* What is to be sent. `first` goes before the command: of a company of the venue's own or a route
 * of its payments the entry for the public log, else a case_act where the command has no room for
 * the officers; a confirmation is a case_act alone. */
struct order_verdict {
    u8 first[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    u8 command[COMMAND_BYTES_MAX] __attribute__((aligned(8)));
    size_t first_bytes; /* 0: none */
    size_t command_bytes;
    u32 actor; /* of the note; 0: as the request says */
    u32 row;   /* ORDER_ROW_NONE: nothing is remembered */
    bool confirms;
    u8 detail; /* of a refusal */
};

/* `register_path` NULL: no register. */
MUST_USE enum fault order_gate_open(struct order_gate *gate, struct disk *disk, const char *folder,
                                    const char *register_path);
void order_gate_close(struct order_gate *gate);

MUST_USE enum fault order_gate_turn(struct order_gate *gate, u64 now_us, bool *busy_out);

/* A command as it came, well-formed, of a kind that the socket may send. `order` NULL: nobody says
 * that it is signed. ADMIN_DONE: the verdict holds; else why not. */
MUST_USE enum fault order_gate_judge(struct order_gate *gate, const struct admin_order *order,
                                     struct span command, u64 now_us,
                                     struct order_verdict *verdict_out,
                                     enum admin_status_code *code_out);

/* What came of it: accepted by the writer, refused by it, or never sent. */
enum order_gate_end { GATE_ACCEPTED, GATE_REFUSED, GATE_NOT_SENT };
MUST_USE enum fault order_gate_done(struct order_gate *gate, const struct order_verdict *verdict,
                                    enum order_gate_end end, u64 seq);

#endif /* ROLE_ADMIN_ORDER_GATE_H */
