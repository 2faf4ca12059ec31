/* Endpoints of the wallet that move money or show how it moved: withdrawals and deposits, with and
 * without the travel rule's questions (calls_travel.h has what belongs to those alone).
 *
 * A withdrawal's texts are on the disk before its command is sent (payout.h). The fee is taken out
 * of the amount asked for. Its id is the hold's, as 32 hexadecimal digits. */
#ifndef ROLE_GATEWAY_CALLS_PAYOUT_H
#define ROLE_GATEWAY_CALLS_PAYOUT_H

#include "role/gateway/call.h"
#include "role/gateway/payout.h"

#define PAYOUT_IDS_MAX    20U /* in one list of ids */
#define PAYOUT_ROWS_MAX   1000U
#define PAYOUT_PERIOD_US  (90ULL * 24 * 3600 * 1000000)
#define PAYOUT_TIME_BYTES 20U

/* What a page of withdrawals or deposits leaves out, kept while the history is asked. */
struct payout_page {
    u64 ids[PAYOUT_IDS_MAX];
    u64 source_index; /* 0: any */
    u32 ids_count;
    u32 skip;
    u32 take;
    i32 travel_status; /* -1: any */
    bool has_ids;
    bool only_answered; /* withdrawals that came with answers */
    bool only_unanswered;
    bool include_source;
};

/* Fills call->ask and *page from coin, network, startTime, endTime, offset and limit. False with
 * *nothing_out: no row can be meant. False without: the refusal is in call->failure. */
MUST_USE bool payout_page_asked(struct call *call, struct payout_page *page, u32 kind,
                                bool *nothing_out);
/* From now on rows are left out: all are asked for, and skip and take hold for what remains. */
void payout_page_narrow(struct call *call, struct payout_page *page);
/* Whether a row with this number is wanted. */
MUST_USE bool payout_page_wants(const struct payout_page *page, u64 id);
/* Whether the next row that is wanted is shown; false with *full_out: no more are. */
MUST_USE bool payout_page_shows(struct payout_page *page, bool *full_out);

/* Takes the ids of a list "a,b,c". False: one is none, or there are too many; -1130 is in
 * call->failure. */
MUST_USE bool payout_ids(struct call *call, struct payout_page *page, enum param list,
                         bool (*read)(struct span text, u64 *id_out));
MUST_USE bool payout_decimal_read(struct span text, u64 *id_out);

/* "[]" */
enum call_end payout_nothing(struct call *call);

/* An UTC time as "2021-04-15 12:09:16". */
void payout_time_text(u64 time_us, char text_out[PAYOUT_TIME_BYTES]);

/* Checks a withdrawal, writes its row, and fills its command. `answers`: of the travel rule, or
 * NULL. */
enum call_end payout_withdraw_begin(struct call *call, const struct payout_answers *answers);
/* Settles the row; *hold_out of the hold. False: the refusal is in call->failure. */
MUST_USE bool payout_withdraw_done(struct call *call, u64 *hold_out);
/* The command of payout_withdraw_begin was never taken. */
void payout_withdraw_undo(struct call *call);

enum call_end payout_withdraw(struct call *call);
enum call_end payout_withdraw_finish(struct call *call);
enum call_end payout_withdrawals(struct call *call);
enum call_end payout_withdrawals_found(struct call *call);
enum call_end payout_deposits(struct call *call);
enum call_end payout_deposits_found(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_PAYOUT_H */
