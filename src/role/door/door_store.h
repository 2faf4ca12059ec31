/* The door's store: logins, tickets, sessions, recovery codes and effects, in one SQLite file.
 *
 *     door/door.db  write-ahead log, synchronous=FULL, overwrites what it deletes
 *
 * It knows no address (its keyed hash), no password (Argon2id's text), no code and no token (their
 * hashes). What belongs together is one transaction: door_store_begin and door_store_end around the
 * calls; each call outside of one is its own. So a process that is killed leaves all of an act or
 * nothing. Rules are the caller's (door_desk.h).
 *
 * After any fault close it and open it again. One thread. */
#ifndef ROLE_DOOR_DOOR_STORE_H
#define ROLE_DOOR_DOOR_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sql.h"
#include "role/door/door_hash.h"
#include "role/door/door_key.h"
#include "role/door/door_totp.h"
#include "wire/door_message.h"

#define DOOR_FOLDER "door" /* in the venue's */
#define DOOR_FILE   "door.db"

#define DOOR_SEALED_BYTES   (DOOR_TOTP_SECRET_BYTES + SEAL_EXTRA_BYTES)
#define DOOR_WRONG_MAX      5U   /* second factors, before it is closed */
#define DOOR_RECOVERY_CODES 10U  /* of a login */
#define DOOR_SESSIONS_MAX   16U  /* of a login; one gives way: door_store_session_add */
#define DOOR_EFFECTS_MAX    64U  /* listed at once */
#define DOOR_OVER_MAX       256U /* removed in one turn */

/* A secret at rest: of TOTP. */
struct door_sealed {
    bool is_there;
    u8 bytes[DOOR_SEALED_BYTES];
};

struct door_login {
    u64 number;
    u8 address[DOOR_HASH_BYTES];
    char password[DOOR_HASH_TEXT_BYTES];
    u8 language;
    u64 made_us;
    struct door_sealed totp;   /* in force */
    struct door_sealed coming; /* shown, not confirmed yet */
    u64 coming_until_us;
    u64 step;                     /* of the last TOTP code that was taken */
    u64 wrong_us[DOOR_WRONG_MAX]; /* when second factors were wrong, oldest first; 0: none */
    u64 closed_until_us;          /* the second factor */
    u64 held_until_us;            /* withdrawals, as the effect said */
};

enum door_ticket_kind { DOOR_TICKET_SIGN_UP = 1, DOOR_TICKET_RESET = 2 };

/* A sign-up or a reset that waits for its code. Where the address has (sign-up) or has not (reset)
 * a login, there is one all the same, and its code is never right. */
struct door_ticket {
    u8 id[DOOR_TICKET_BYTES];
    enum door_ticket_kind kind;
    u8 address[DOOR_HASH_BYTES];
    u64 login; /* 0: none */
    u8 language;
    char password[DOOR_HASH_TEXT_BYTES]; /* of a sign-up */
    u8 code[DOOR_HASH_BYTES];
    u32 tries;
    u64 until_us;
};

enum door_level { DOOR_LEVEL_HALF = 1, DOOR_LEVEL_FULL = 2 };

struct door_session {
    u8 hash[DOOR_HASH_BYTES]; /* SHA-256 of the token */
    u64 handle;               /* its name in lists; stays when the token changes */
    u64 login;
    enum door_level level;
    u64 made_us;
    u64 seen_us;
    u64 strong_us; /* when a password or a second factor was last right */
};

enum door_effect_kind {
    DOOR_EFFECT_OPEN = 1,     /* open an account for this login */
    DOOR_EFFECT_HOLD = 2,     /* hold withdrawals until then */
    DOOR_EFFECT_RECOVERY = 3, /* tell the customer: a recovery code was used */
    DOOR_EFFECT_TOTP_OFF = 4, /* tell the customer: the second factor was taken off */
};

struct door_effect {
    u64 number; /* from 1, without gaps */
    u64 time_us;
    enum door_effect_kind kind;
    u64 login;
    u64 until_us;
};

struct door_totals {
    u64 logins;
    u64 tickets;
    u64 sessions;
    u64 effects;      /* that wait */
    u64 effects_last; /* the number of the last one ever */
};

enum door_statement {
    DOOR_SQL_LOGIN_BY_ADDRESS,
    DOOR_SQL_LOGIN,
    DOOR_SQL_LOGIN_ADD,
    DOOR_SQL_LOGIN_SET,
    DOOR_SQL_TICKET_ADD,
    DOOR_SQL_TICKET,
    DOOR_SQL_TICKET_TRIED,
    DOOR_SQL_TICKET_REMOVE,
    DOOR_SQL_TICKETS_OF,
    DOOR_SQL_TICKETS_OVER,
    DOOR_SQL_TICKETS,
    DOOR_SQL_SESSION_ADD,
    DOOR_SQL_SESSION,
    DOOR_SQL_SESSION_SET,
    DOOR_SQL_SESSION_REMOVE,
    DOOR_SQL_SESSION_END,
    DOOR_SQL_SESSIONS_END,
    DOOR_SQL_SESSIONS_LIST,
    DOOR_SQL_SESSIONS_CROWD,
    DOOR_SQL_SESSIONS_OVER,
    DOOR_SQL_RECOVERY_ADD,
    DOOR_SQL_RECOVERY_USE,
    DOOR_SQL_RECOVERY_REMOVE,
    DOOR_SQL_RECOVERY_LEFT,
    DOOR_SQL_EFFECT_ADD,
    DOOR_SQL_EFFECTS,
    DOOR_SQL_EFFECTS_REMOVE,
    DOOR_SQL_NUMBERS_RAISE,
    DOOR_SQL_NUMBERS_BEGIN,
    DOOR_SQL_EFFECT_COPY,
    DOOR_SQL_EFFECT_REMOVE,
    DOOR_SQL_TOTALS,
    DOOR_SQL_LAST,
    DOOR_SQL_COUNT,
};

struct door_store {
    struct sql sql;
    struct sqlite3_stmt *statements[DOOR_SQL_COUNT];
    void (*step)(void *argument); /* called between two calls; for tests, else NULL */
    void *argument;
};

/* Makes the file where there is none. `folder` is the door's. */
MUST_USE enum fault door_store_open(struct door_store *store, struct disk *disk,
                                    const char *folder);
/* Also after a fault. */
void door_store_close(struct door_store *store);

MUST_USE enum fault door_store_begin(struct door_store *store);
/* Keeps what was done since begin; after a fault of that, passed here, undoes it. */
MUST_USE enum fault door_store_end(struct door_store *store, enum fault fault);

/* ---- logins ---- */

MUST_USE enum fault door_store_login_find(struct door_store *store,
                                          const u8 address[DOOR_HASH_BYTES],
                                          struct door_login *login_out, bool *found_out);
MUST_USE enum fault door_store_login(struct door_store *store, u64 number,
                                     struct door_login *login_out, bool *found_out);
/* Fills in the number. */
MUST_USE enum fault door_store_login_add(struct door_store *store, struct door_login *login);
/* Everything but number, address, language and when it was made. */
MUST_USE enum fault door_store_login_set(struct door_store *store, const struct door_login *login);

/* ---- tickets ---- */

MUST_USE enum fault door_store_ticket_add(struct door_store *store,
                                          const struct door_ticket *ticket);
MUST_USE enum fault door_store_ticket(struct door_store *store, const u8 id[DOOR_TICKET_BYTES],
                                      struct door_ticket *ticket_out, bool *found_out);
MUST_USE enum fault door_store_ticket_tried(struct door_store *store,
                                            const u8 id[DOOR_TICKET_BYTES]);
MUST_USE enum fault door_store_ticket_remove(struct door_store *store,
                                             const u8 id[DOOR_TICKET_BYTES]);
/* All of a kind of an address. */
MUST_USE enum fault door_store_tickets_remove(struct door_store *store, enum door_ticket_kind kind,
                                              const u8 address[DOOR_HASH_BYTES]);
MUST_USE enum fault door_store_tickets_count(struct door_store *store, u64 *count_out);

/* ---- sessions ---- */

/* Where the login has DOOR_SESSIONS_MAX, one goes: of those without their second factor, else of
 * all, the one that was seen longest ago, and *gave_way_out says so. */
MUST_USE enum fault door_store_session_add(struct door_store *store,
                                           const struct door_session *session, bool *gave_way_out);
MUST_USE enum fault door_store_session(struct door_store *store, const u8 hash[DOOR_HASH_BYTES],
                                       struct door_session *session_out, bool *found_out);
/* What is under `hash` becomes this: token, level, seen, strong. */
MUST_USE enum fault door_store_session_set(struct door_store *store, const u8 hash[DOOR_HASH_BYTES],
                                           const struct door_session *session);
MUST_USE enum fault door_store_session_remove(struct door_store *store,
                                              const u8 hash[DOOR_HASH_BYTES]);
/* The login's with this handle, or all (0). */
MUST_USE enum fault door_store_sessions_end(struct door_store *store, u64 login, u64 handle,
                                            u64 *count_out);
/* Those last seen come first. */
MUST_USE enum fault door_store_sessions(struct door_store *store, u64 login,
                                        struct door_session sessions_out[DOOR_SESSIONS_MAX],
                                        u32 *count_out);

/* ---- recovery codes ---- */

/* These, instead of all there were; none where count is 0. */
MUST_USE enum fault door_store_recovery_set(struct door_store *store, u64 login,
                                            const u8 (*hashes)[DOOR_HASH_BYTES], u32 count);
/* Uses it up. *used_out: it was there. */
MUST_USE enum fault door_store_recovery_use(struct door_store *store, u64 login,
                                            const u8 hash[DOOR_HASH_BYTES], bool *used_out);
MUST_USE enum fault door_store_recovery_left(struct door_store *store, u64 login, u64 *count_out);

/* Logins that are added from here on have numbers above this one, as far as they have not already.
 * A number is never given twice, also when an older copy was put back, or none: the journal knows
 * its account. */
MUST_USE enum fault door_store_logins_above(struct door_store *store, u64 number);

/* ---- effects ---- */

MUST_USE enum fault door_store_effect_add(struct door_store *store,
                                          const struct door_effect *effect);
/* From a number on. */
MUST_USE enum fault door_store_effects(struct door_store *store, u64 from,
                                       struct door_effect effects_out[DOOR_EFFECTS_MAX],
                                       u32 *count_out);
/* Those up to this number have been taken over by somebody else. */
MUST_USE enum fault door_store_effects_done(struct door_store *store, u64 upto, u64 *count_out);
/* This one alone. */
MUST_USE enum fault door_store_effect_done(struct door_store *store, u64 number, u64 *count_out);
/* The same effect, its time too, gets the next number. *count_out 0: there is none of this one. */
MUST_USE enum fault door_store_effect_again(struct door_store *store, u64 number, u64 *count_out);

/* ---- by itself ---- */

/* Tickets that are over, and sessions last seen before then: DOOR_OVER_MAX of each. */
MUST_USE enum fault door_store_over(struct door_store *store, u64 now_us, u64 seen_before_us,
                                    u64 *count_out);
MUST_USE enum fault door_store_totals(struct door_store *store, struct door_totals *totals_out);

#endif /* ROLE_DOOR_DOOR_STORE_H */
