/* Grants and openings in a story of the disclosure desk: what `cambist desk grant`, `cambist
 * officer`, `cambist open` and the processes around them do, on the story's clock
 * (docs/opening.md). One grant at a time, in DIR/opening/NUMBER.
 *
 *     grant ─▶ sign ... ─▶ log grant ─▶ begin ─▶ log opening ─▶ release ... ─▶ deliver ─▶ log
 */
#ifndef APP_STORY_OPEN_H
#define APP_STORY_OPEN_H

#include "app/story_log.h"
#include "app/story_vault.h"
#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"

#define STORY_OPEN_ROWS_MAX 4U

struct story_open;

struct story_open_options {
    const char *folder;
    struct clock *clock;
    struct desk_store *desk;
    const struct desk_staff *staff;
    struct story_log *log;
    struct story_vault *vault;
};

MUST_USE enum fault story_open_open(struct story_open **open_out,
                                    const struct story_open_options *options);
/* NULL is fine. */
void story_open_close(struct story_open *open);

/* What of a case is granted, and to whom it names. */
struct story_open_grant {
    u8 number;                             /* of the case in the story */
    const u8 *name;                        /* of the case: DESK_NAME_BYTES */
    const char *person;                    /* its number, of the first person of the case */
    const char *paper;                     /* "1 document ..." */
    const char *rows[STORY_OPEN_ROWS_MAX]; /* "7 identity"; NULL behind the last */
};
MUST_USE enum fault story_open_grant(struct story_open *open, const struct story_open_grant *ask);
/* Of the grant that was written last: its hash, and its end as an act says it. */
const char *story_open_hash(const struct story_open *open);
const char *story_open_until(const struct story_open *open);

/* An officer's client signs under the grant, if it lets it. */
MUST_USE enum fault story_open_sign(struct story_open *open, const char *code,
                                    const char *key_path);
/* Tells the log the grant, the opening, the manifest; each once. */
MUST_USE enum fault story_open_tell(struct story_open *open, enum publog_kind kind);
/* What the desk's process makes of the last event that was told: logged, opened, delivered. */
MUST_USE enum fault story_open_process(struct story_open *open, enum desk_act_kind kind);
/* The opener judges, and makes its keys. */
MUST_USE enum fault story_open_begin(struct story_open *open);
/* The same with a grant of which the log was told nothing, and the receipt of the log's first event
 * in place of its own. */
MUST_USE enum fault story_open_hush(struct story_open *open);
/* The same once more with the last grant that was logged, in a folder of its own. */
MUST_USE enum fault story_open_again(struct story_open *open);
/* An officer's client judges, and answers with a share. */
MUST_USE enum fault story_open_release(struct story_open *open, const char *code);
/* The opener opens, compares and delivers. */
MUST_USE enum fault story_open_deliver(struct story_open *open);
/* "person 7: ..." of the manifest: what was delivered, line by line. */
struct span story_open_manifest(const struct story_open *open);

/* Shares of these officers without any of that; none: a made-up key. */
MUST_USE enum fault story_open_pry(struct story_open *open, const char *const *codes, u32 count);

/* Root on the gateway asks the desk's line for a person, then for something else. */
struct story_open_line {
    u32 openings;  /* that it is told of */
    bool is_ended; /* the line, by the second question */
};
MUST_USE enum fault story_open_line(struct story_open *open, u64 person,
                                    struct story_open_line *line_out);
/* The customer's receipt of the opening, as anybody checks it. FAULT_ROT: it is none. */
MUST_USE enum fault story_open_receipt(struct story_open *open, u64 *slot_out, u32 *cosigned_out);

#endif /* APP_STORY_OPEN_H */
