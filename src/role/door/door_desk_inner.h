/* The parts of the door's desk, for its own files: door_desk.c (life, which act), door_sign.c
 * (sign-up, sign-in), door_reset.c (new passwords), door_second.c (second factors), door_session.c
 * (sessions, effects). */
#ifndef ROLE_DOOR_DOOR_DESK_INNER_H
#define ROLE_DOOR_DOOR_DESK_INNER_H

#include "role/door/door_crowd.h"
#include "role/door/door_desk.h"
#include "role/door/door_limit.h"
#include "role/door/door_mail.h"

#define DOOR_ENDED_MAX 32U /* noted and not told: more than one act can end */

/* An ask that waits for a password to be hashed. In locked memory. */
struct door_pending {
    struct door_ask ask;
    u64 origin;
    u64 login; /* 0: none */
    u8 address[DOOR_HASH_BYTES];
    char password[DOOR_HASH_TEXT_BYTES]; /* that it was compared with */
    bool has_second;                     /* a second factor was right */
};

struct door_desk {
    struct door_desk_options options;
    struct door_store store;
    struct door_key *key;
    struct door_hash *hash;
    struct door_limit *limit;
    struct door_crowd *crowd;
    struct door_mails mails;
    bool is_unmailed;                 /* the last one had no room, and that was told */
    struct door_pending *pending;     /* by job */
    char dummy[DOOR_HASH_TEXT_BYTES]; /* compared with where there is no login */
    u64 sweep_us;
    struct door_ended ended[DOOR_ENDED_MAX];
    u32 ended_count;
    struct door_counts counts;
};

/* One act at work. */
struct door_act {
    struct door_desk *desk;
    const struct door_ask *ask;
    u64 origin;
    u64 now_us;
    struct door_answer *answer;
    bool is_answered;
};

/* ---- door_desk.c ---- */

/* An answer without contents. */
enum fault door_say(struct door_act *act, enum door_code code);
struct frame_writer door_say_begin(struct door_act *act, enum door_code code, u32 wait_s);
enum fault door_say_end(struct door_act *act, struct frame_writer *writer);

MUST_USE enum fault door_random(struct door_act *act, u8 *target, size_t bytes);
/* How long ago; 0 where the clock went back. */
u64 door_age(const struct door_act *act, u64 then_us);

/* The address of the ask in its form, and its hash. False: it is none that can be written to. */
struct door_address {
    u8 bytes[DOOR_ADDRESS_BYTES_MAX];
    u32 size;
    u8 hash[DOOR_HASH_BYTES];
};
MUST_USE bool door_address_take(struct door_act *act, struct door_address *address_out);

/* Whether both may try now; then both are counted. Else the answer has been written. `address` may
 * be NULL: only the network is asked. */
MUST_USE bool door_admit(struct door_act *act, enum door_limit_kind of_address, const u8 *address,
                         enum door_limit_kind of_network);
/* What was admitted was right: it is not counted. */
void door_admitted_well(struct door_act *act, enum door_limit_kind of_address, const u8 *address,
                        enum door_limit_kind of_network);

/* Notes that a login's session has ended, or all (0). */
void door_ended_note(struct door_desk *desk, u64 login, u64 handle);

/* Hashes the ask's password; the answer comes later. There must be room. */
void door_wait(struct door_act *act, enum door_hash_kind kind, const struct door_pending *pending);

/* ---- what is answered at once; later: a password has been hashed ---- */

MUST_USE enum fault door_sign_up(struct door_act *act);
MUST_USE enum fault door_sign_up_later(struct door_act *act, const struct door_pending *pending,
                                       const struct door_hash_result *result);
MUST_USE enum fault door_sign_up_confirm(struct door_act *act);
MUST_USE enum fault door_sign_in(struct door_act *act);
MUST_USE enum fault door_sign_in_later(struct door_act *act, const struct door_pending *pending,
                                       const struct door_hash_result *result);

/* A ticket for the ask's address, and its mail, answered. `login` may be 0. */
MUST_USE enum fault door_ticket_make(struct door_act *act, const struct door_address *address,
                                     enum door_ticket_kind kind, u64 login, const char *password);
/* Whether there is room for a ticket, or somebody's gives way; for a sign-up also for its mail. */
MUST_USE enum fault door_ticket_room(struct door_act *act, enum door_ticket_kind kind,
                                     bool *room_out);
/* The ask's ticket. *right_out: it is in force, for somebody, and its code is the ask's. */
MUST_USE enum fault door_ticket_check(struct door_act *act, enum door_ticket_kind kind,
                                      struct door_ticket *ticket_out, bool *right_out);

MUST_USE enum fault door_reset(struct door_act *act);
MUST_USE enum fault door_reset_set(struct door_act *act);
MUST_USE enum fault door_reset_set_later(struct door_act *act, const struct door_pending *pending,
                                         const struct door_hash_result *result);
MUST_USE enum fault door_password(struct door_act *act);
MUST_USE enum fault door_password_later(struct door_act *act, const struct door_pending *pending,
                                        const struct door_hash_result *result);

/* Whether the text is the login's TOTP code or, where these count, a recovery code; the login's row
 * is written. Within a transaction. */
MUST_USE enum fault door_second_check(struct door_act *act, struct door_login *login,
                                      struct span text, bool with_recovery, bool *right_out);
MUST_USE enum fault door_second(struct door_act *act);
MUST_USE enum fault door_totp_begin(struct door_act *act);
MUST_USE enum fault door_totp_confirm(struct door_act *act);
MUST_USE enum fault door_totp_off(struct door_act *act);
MUST_USE enum fault door_recovery_new(struct door_act *act);

enum door_want {
    DOOR_WANT_ANY,    /* password right, second factor perhaps not yet */
    DOOR_WANT_FULL,   /* signed in */
    DOOR_WANT_STRONG, /* and proven within DOOR_STRONG_US */
};
/* The session of the ask's token, and its login. Not *good_out: the answer has been written. */
MUST_USE enum fault door_session_of(struct door_act *act, enum door_want want,
                                    struct door_session *session_out, struct door_login *login_out,
                                    bool *good_out);
/* A new session, or a new token for one that has stepped up, within a transaction; the contents of
 * the answer follow with door_session_write. */
MUST_USE enum fault door_session_make(struct door_act *act, const struct door_login *login,
                                      u8 token_out[DOOR_TOKEN_BYTES],
                                      struct door_session *session_out);
MUST_USE enum fault door_session_step(struct door_act *act, struct door_session *session,
                                      u8 token_out[DOOR_TOKEN_BYTES]);
MUST_USE enum fault door_session_write(struct door_act *act, struct frame_writer *writer,
                                       const u8 token[DOOR_TOKEN_BYTES],
                                       const struct door_session *session);
MUST_USE enum fault door_look(struct door_act *act);
MUST_USE enum fault door_again(struct door_act *act);
MUST_USE enum fault door_again_later(struct door_act *act, const struct door_pending *pending,
                                     const struct door_hash_result *result);
MUST_USE enum fault door_sign_out(struct door_act *act);
MUST_USE enum fault door_sessions(struct door_act *act);
MUST_USE enum fault door_session_end(struct door_act *act);
MUST_USE enum fault door_effects(struct door_act *act);
MUST_USE enum fault door_effects_done(struct door_act *act);
MUST_USE enum fault door_effect_done(struct door_act *act);
MUST_USE enum fault door_effect_again(struct door_act *act);
MUST_USE enum fault door_status(struct door_act *act);
MUST_USE enum fault door_login_sessions(struct door_act *act);
MUST_USE enum fault door_login_sessions_end(struct door_act *act);

#endif /* ROLE_DOOR_DOOR_DESK_INNER_H */
