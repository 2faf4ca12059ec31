/* The desk's file, desk.db: every act as it was signed, in its order; all else is made from them
 * (docs/desk.md "The store").
 *
 *     put ─▶ who signed? may it be? ─▶ events (on the disk) ─▶ the state
 *                                        └── next_untold ─▶ the public log ─▶ told
 *
 * Rows are added and never changed, which the database refuses too. Each row is chained to the one
 * before. Opening the file runs every act again through the same rules: a row that they refuse, or
 * that breaks the chain, is FAULT_ROT. No text in it names a person: identifiers are hashes, and
 * papers are sealed before they come. */
#ifndef ROLE_DESK_DESK_STORE_H
#define ROLE_DESK_DESK_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/sql.h"
#include "role/desk/desk.h"
#include "role/desk/desk_staff.h"

struct desk_store;

struct desk_store_options {
    const char *path;
    enum sql_access access;
    const char *venue;
    u32 cases_max;
    bool verifies; /* every signature once more when it is opened */
};

/* One act as it lies there. */
struct desk_row {
    u64 number; /* from 1 */
    u64 log;    /* the event's number in the public log; 0: not told yet, or another text is */
    struct desk_step step; /* its act is the file's */
    struct desk_file file;
};

/* What the public log is to be told. */
struct desk_told {
    u64 number;       /* the row's */
    const char *kind; /* the log's word for it */
    bool is_emergency;
    bool ends_silence; /* a notice, where one was ordered: in a later slot than that one */
    u8 flags;          /* 2: a search across accounts is approved */
    u64 until;         /* of the silence that this begins; 0 */
    u8 name[DESK_NAME_BYTES];
    size_t text_bytes;
    char text[DESK_FILE_BYTES]; /* the act and its signature */
};

/* FAULT_FOREIGN: of another venue. FAULT_ROT: damaged, or acts that could not follow each other. */
MUST_USE enum fault desk_store_open(struct desk_store **store_out,
                                    const struct desk_store_options *options);
/* NULL is fine. */
void desk_store_close(struct desk_store *store);

const struct desk *desk_store_desk(const struct desk_store *store);

/* Takes a signed act: it is on the disk when this returns, and the state has it. FAULT_REFUSED:
 * *rule_out says by which rule, and the fault's text "RULE: why"; nothing happened. After another
 * fault the store takes nothing until it is opened again (FAULT_UNAVAILABLE). */
MUST_USE enum fault desk_store_put(struct desk_store *store, const struct desk_file *file,
                                   const struct desk_staff *staff, u64 now_s,
                                   enum desk_rule *rule_out);

/* The same for an act of the process itself, which nobody signs: for the caller that has looked at
 * the log or the clock, never for what came over a socket. Fills in venue, prior, officer, role,
 * region and time. */
MUST_USE enum fault desk_store_process(struct desk_store *store, struct desk_act *act,
                                       const struct desk_staff *staff, u64 now_s,
                                       enum desk_rule *rule_out);

/* What is due by the clock (`expire`, `lapse`), for all cases. *count_out says how many acts. */
MUST_USE enum fault desk_store_turn(struct desk_store *store, const struct desk_staff *staff,
                                    u64 now_s, u32 *count_out);

/* The first act of which the log was not told. *some_out false: there is none. */
MUST_USE enum fault desk_store_untold(struct desk_store *store, struct desk_told *told_out,
                                      bool *some_out);
/* The log has it under this number. Once for each row, in their order. */
MUST_USE enum fault desk_store_log(struct desk_store *store, u64 number, u64 log);

struct desk_visitor {
    enum fault (*visit)(struct desk_visitor *visitor, const struct desk_row *row);
};
/* Every row from the first on; of one case where `name` is given. */
MUST_USE enum fault desk_store_walk(struct desk_store *store, const u8 *name,
                                    struct desk_visitor *visitor);

/* The acts of one person (a number of the register), taken from `from_s` to before `until_s`, the
 * newest first, at most `limit`. */
MUST_USE enum fault desk_store_by(struct desk_store *store, u32 person, u64 from_s, u64 until_s,
                                  u32 limit, struct desk_visitor *visitor);

/* Acts of one kind of the registers (desk_act_is_register) with numbers below `before`, taken from
 * `from_s` to before `until_s`, the newest first, at most `limit`. */
MUST_USE enum fault desk_store_kind(struct desk_store *store, enum desk_act_kind kind, u64 before,
                                    u64 from_s, u64 until_s, u32 limit,
                                    struct desk_visitor *visitor);

/* The same as desk_store_walk for a file that nobody opened, of any venue, while it is written too:
 * form and chain of each row are checked, rules and signatures are not. The row's desk_step has
 * what the file says. FAULT_ROT: damaged. FAULT_MISSING: nothing was ever written there. */
MUST_USE enum fault desk_store_scan(const char *path, char venue_out[DESK_VENUE_BYTES],
                                    struct desk_visitor *visitor);

/* The chain's head: equal for stores with the same rows. */
void desk_store_head(const struct desk_store *store, u8 head_out[DESK_HASH_BYTES]);

#endif /* ROLE_DESK_DESK_STORE_H */
