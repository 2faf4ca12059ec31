/* payouts.db: what clients say about their withdrawals and deposits that the journal has no place
 * for, since it holds numbers only: addresses, tags, the clients' own ids, and of answers to the
 * travel rule's questions a salted hash and nothing else (DECISIONS 18).
 *
 * A withdrawal's row is on the disk before its command is sent, under the source_index of that
 * command; the command's event then settles it: the hold's id is noted, or the row goes. A row that
 * was not settled is found by its source_index. So after a crash
 *
 *     the engine never took the command    payouts_taken deletes the row
 *     it took it, and the event is read    payouts_follow settles the row
 *     the event lies before the image      the row stays, and its withdrawOrderId stays taken
 *
 * Gateway only; one thread. */
#ifndef ROLE_GATEWAY_PAYOUT_H
#define ROLE_GATEWAY_PAYOUT_H

#include "base/amount.h"
#include "base/base.h"
#include "io/sql.h"

#define PAYOUT_FILE          "payouts.db"
#define PAYOUT_ADDRESS_BYTES 128U
#define PAYOUT_TAG_BYTES     128U
#define PAYOUT_ORDER_BYTES   64U
#define PAYOUT_SALT_BYTES    16U
#define PAYOUT_HASH_BYTES    32U
#define PAYOUT_WAITING_MAX   64U /* unsettled rows that payouts_follow knows; the newest */
#define PAYOUT_PLACES_MAX    200U
#define PAYOUT_PLACED_MAX    1000U /* withdrawals that payouts_places looks at; the newest */

/* Salted, so that a guess of the answers cannot be looked up. All zero: none. */
struct payout_answers {
    u8 salt[PAYOUT_SALT_BYTES];
    u8 hash[PAYOUT_HASH_BYTES];
};

/* A withdrawal. Texts end with a NUL; empty: not sent. */
struct payout {
    u64 source_index;
    u64 hold_id; /* 0: not settled */
    u64 time_us;
    u32 account;
    u16 asset;
    u16 network;
    struct amount amount; /* that leaves */
    struct amount fee;
    char address[PAYOUT_ADDRESS_BYTES + 1];
    char tag[PAYOUT_TAG_BYTES + 1];
    char order_id[PAYOUT_ORDER_BYTES + 1];
    struct payout_answers answers;
};

/* Where an account has sent an asset. */
struct payout_place {
    u16 asset;
    u16 network;
    char address[PAYOUT_ADDRESS_BYTES + 1];
    char tag[PAYOUT_TAG_BYTES + 1];
};

enum payout_statement {
    PAYOUT_BEGIN,
    PAYOUT_READ,
    PAYOUT_COMMIT,
    PAYOUT_ABANDON,
    PAYOUT_ADD,
    PAYOUT_DROP,
    PAYOUT_SETTLE,
    PAYOUT_DROP_AFTER,
    PAYOUT_WAITING,
    PAYOUT_OF_HOLD,
    PAYOUT_UNSETTLED,
    PAYOUT_OF_ORDER,
    PAYOUT_PLACES,
    PAYOUT_ANSWER,
    PAYOUT_ANSWERED,
    PAYOUT_STATEMENTS,
};

/* For the test of their plans. */
extern const char *const payout_texts[PAYOUT_STATEMENTS];

struct payouts {
    struct sql sql;
    struct sqlite3_stmt *statements[PAYOUT_STATEMENTS];
    u64 waiting[PAYOUT_WAITING_MAX]; /* source_index of unsettled rows */
    u32 waiting_count;
};

/* Opens or makes the database in the folder, which exists; only its owner may read it. Faults of
 * sql_open. */
MUST_USE enum fault payouts_open(struct payouts *payouts, const char *folder);
/* A closed one is fine. */
void payouts_close(struct payouts *payouts);

/* Adds an unsettled row and returns once it is on the disk. A row that an earlier command left
 * under this source_index goes: the command was never taken, since numbers are not given twice.
 * FAULT_EXISTS: the account has a withdrawal with this order_id. */
MUST_USE enum fault payouts_add(struct payouts *payouts, const struct payout *payout);

/* The command was refused, or never taken. */
MUST_USE enum fault payouts_drop(struct payouts *payouts, u64 source_index);
/* It made this hold. `source_index` is the one of the row, `real_index` the command's. */
MUST_USE enum fault payouts_settle(struct payouts *payouts, u64 source_index, u64 real_index,
                                   u64 hold_id);

/* The events of a command of this gateway that nobody waits for any more. */
MUST_USE enum fault payouts_follow(struct payouts *payouts, u64 source_index, struct span events);

/* The engine has taken this gateway's commands up to this one and no later ones. */
MUST_USE enum fault payouts_taken(struct payouts *payouts, u64 source_index);

/* Forgets what lies behind a point of the journal: withdrawals of later commands of this gateway,
 * and answers given later. For a folder that is put back to that point, where numbers are given
 * anew. *dropped_out: withdrawals forgotten. */
MUST_USE enum fault payouts_cut(struct payouts *payouts, u64 source_index, u64 time_us,
                                u64 *dropped_out);

/* Around many reads, which then need no lock each; nothing is written in between. */
MUST_USE enum fault payouts_read_begin(struct payouts *payouts);
MUST_USE enum fault payouts_read_end(struct payouts *payouts);

/* The withdrawal of a hold; `source_index` of the command that made it. */
MUST_USE enum fault payouts_of_hold(struct payouts *payouts, u32 account, u64 hold_id,
                                    u64 source_index, struct payout *payout_out, bool *found_out);
MUST_USE enum fault payouts_of_order(struct payouts *payouts, u32 account, struct span order_id,
                                     struct payout *payout_out, bool *found_out);
/* Where the account has sent money to, each place once, the newest first. */
MUST_USE enum fault payouts_places(struct payouts *payouts, u32 account,
                                   struct payout_place places_out[PAYOUT_PLACES_MAX],
                                   u32 *count_out);

/* Hashes answers under a new salt. */
MUST_USE enum fault payout_answers_hash(struct span text, struct payout_answers *answers_out);
MUST_USE bool payout_answers_given(const struct payout_answers *answers);

/* Answers about a deposit, named by its ledger entry; later ones take the place of earlier ones. */
MUST_USE enum fault payouts_answer(struct payouts *payouts, u32 account, u64 entry, u64 time_us,
                                   const struct payout_answers *answers);
MUST_USE enum fault payouts_answered(struct payouts *payouts, u32 account, u64 entry,
                                     bool *answered_out);

#endif /* ROLE_GATEWAY_PAYOUT_H */
