/* What customers do at the door: sign up, sign in, prove themselves again, end sessions, and get a
 * new password; and what of it the venue is to be told (docs/sign-in.md).
 *
 *     door_ask ─▶ door_desk ─▶ answer, at once or when a password has been hashed
 *                   │  rules: limits, tickets, levels, times
 *                   ├─▶ door_store   logins, sessions, effects: one transaction an act
 *                   ├─▶ door_hash    Argon2id, off the loop
 *                   └─▶ door_mail    a code, or that there is none
 *
 * Nothing that is answered, how often Argon2id runs, and what is written depends on whether an
 * address has a login. Time and randomness come from outside. One thread. */
#ifndef ROLE_DOOR_DOOR_DESK_H
#define ROLE_DOOR_DOOR_DESK_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/door/door_hash.h"
#include "role/door/door_store.h"
#include "wire/door_message.h"

#define DOOR_US_S             1000000ULL
#define DOOR_TICKET_US        (30 * 60 * DOOR_US_S)
#define DOOR_TICKET_TRIES_MAX 5U
#define DOOR_SESSION_US       (12 * 3600 * DOOR_US_S) /* since it was made */
#define DOOR_IDLE_US          (30 * 60 * DOOR_US_S)   /* since it was seen */
#define DOOR_SEEN_US          (60 * DOOR_US_S)        /* so exactly that is known */
#define DOOR_HALF_US          (5 * 60 * DOOR_US_S)    /* between password and second factor */
#define DOOR_STRONG_US        (5 * 60 * DOOR_US_S)    /* so long a proof is fresh */
#define DOOR_COMING_US        (10 * 60 * DOOR_US_S)   /* to confirm a second factor */
#define DOOR_WRONG_US         (15 * 60 * DOOR_US_S)   /* wrong ones are counted together */
#define DOOR_CLOSED_US        (15 * 60 * DOOR_US_S)
#define DOOR_HOLD_US          (48 * 3600 * DOOR_US_S) /* of withdrawals, behind a reset */
#define DOOR_SWEEP_US         (10 * DOOR_US_S)

/* Where random bytes come from. */
struct door_entropy {
    enum fault (*fill)(struct door_entropy *entropy, u8 *target, size_t bytes);
};

/* The system's. */
struct door_entropy *door_entropy_real(void);

struct door_desk_options {
    struct disk *disk;
    const char *folder; /* the door's */
    const char *issuer; /* the venue's name: letters, digits and `-` */
    struct door_entropy *entropy;
    struct door_hash_options hash;
    u32 tickets_max;
    u32 mails_max;
    u32 limit_places; /* a multiple of 8 */
};

/* Counted since opening; for metrics. */
struct door_counts {
    u64 asked[DOOR_ASK_MAX + 1];
    u64 answered[DOOR_CODE_MAX + 1];
};

struct door_answer {
    u64 origin; /* as it was given with what was asked */
    u32 size;
    u8 bytes[DOOR_ANSWER_BYTES_MAX];
};

/* Sessions that have ended before their time. */
struct door_ended {
    u64 login;  /* 0: of every login */
    u64 handle; /* 0: all of the login */
};

struct door_desk;

MUST_USE enum fault door_desk_open(struct door_desk **desk_out,
                                   const struct door_desk_options *options);
/* Threads begin: behind the sandbox. */
MUST_USE enum fault door_desk_start(struct door_desk *desk);
/* NULL is fine. */
void door_desk_close(struct door_desk *desk);

/* Does what is asked. *now_out: it is answered; else the answer comes from door_desk_turn. A fault
 * is one that the process does not survive. */
MUST_USE enum fault door_desk_ask(struct door_desk *desk, const struct door_ask *ask, u64 origin,
                                  u64 now_us, struct door_answer *answer_out, bool *now_out);
/* The next answer that waited for a password; *is_out: there is one. And what is over goes. */
MUST_USE enum fault door_desk_turn(struct door_desk *desk, u64 now_us,
                                   struct door_answer *answer_out, bool *is_out);

/* Sessions that have ended since the last call, each once: whoever holds something for them lets go
 * of it. To be told before the answer to what has ended them. False: no more. */
MUST_USE bool door_desk_ended(struct door_desk *desk, struct door_ended *ended_out);

struct door_counts door_desk_counts(const struct door_desk *desk);
/* For tests and metrics. */
struct door_hash *door_desk_hash(struct door_desk *desk);
struct door_store *door_desk_store(struct door_desk *desk);

#endif /* ROLE_DOOR_DOOR_DESK_H */
