/* `cambist log check`: the transcripts of key ceremonies that a log names. Each is read under
 * text/, must be the bytes that were logged and a closed ceremony of that epoch whose proofs hold;
 * a resharing must follow a transcript that the log names too, an epoch has one secret, and where
 * both groups are there they make the vault's key.
 *
 * A line stands in the log before its text can be there, so a text that is not there is said and is
 * no flaw for LOG_TEXTS_LATE_S behind its line; later it is one: a venue may be slow, but a
 * ceremony that is never shown was not shown. */
#ifndef APP_LOG_TEXTS_H
#define APP_LOG_TEXTS_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_ceremony.h"
#include "role/vault/share_text.h"
#include "role/vault/tlog_check.h"

#define LOG_TEXTS_MAX    1024U
#define LOG_TEXTS_LATE_S (30ULL * 24 * 3600)

enum log_text_state {
    LOG_TEXT_AWAITED, /* it is not there */
    LOG_TEXT_LOOSE,   /* a resharing whose earlier transcript is not there, or not named */
    LOG_TEXT_HELD,    /* everything holds */
};

struct log_text {
    struct publog_ceremony line;
    enum log_text_state state;
    bool is_read;
    struct share_group group; /* its roster once it is read; all of it where it is held */
};

struct log_texts {
    struct tlog_leaf_check leaves; /* first: it is cast back */
    struct tlog_leaf_check *next;  /* asked first; NULL: nobody */
    enum fault fault;              /* of memory, while entries were looked at */
    struct log_text *found;
    u32 count;
    u32 room;
    u64 newest_s; /* the newest slot: the log's own time */
};

void log_texts_init(struct log_texts *texts, struct tlog_leaf_check *next);
void log_texts_close(struct log_texts *texts);

/* The line that names this text; NULL: none. */
const struct log_text *log_texts_find(const struct log_texts *texts,
                                      const u8 hash[PUBLOG_HASH_BYTES]);

/* After a run of the log's check without a flaw. */
MUST_USE enum fault log_texts_check(struct log_texts *texts, struct tlog_files *files,
                                    struct sha256 *sha256, struct tlog_finding *finding);
/* How many are in a state. */
u32 log_texts_count(const struct log_texts *texts, enum log_text_state state);
/* Lines for people; nothing where no ceremony is named. */
void log_texts_print(const struct log_texts *texts);

#endif /* APP_LOG_TEXTS_H */
