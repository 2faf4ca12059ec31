/* Argon2id off the loop: a few worker threads behind a queue of fixed length.
 *
 * One hash takes 64 MiB and about a tenth of a second of one core, so whoever may ask for one could
 * keep the machine busy. Here never more than `threads` are made at once, at the lowest priority,
 * and when the queue is full the caller is told so at once.
 *
 *     door_hash_put ─▶ queue ─▶ worker ─▶ door_hash_take
 *
 * Passwords lie in locked memory from put to the end of the work, then they are wiped. With no
 * threads the work is done by door_hash_take: for tests. One thread puts and takes. */
#ifndef ROLE_DOOR_DOOR_HASH_H
#define ROLE_DOOR_DOOR_HASH_H

#include "base/base.h"
#include "io/fault.h"

#define DOOR_HASH_JOBS_MAX     64U
#define DOOR_HASH_THREADS_MAX  4U
#define DOOR_HASH_TEXT_BYTES   128U /* of an encoded hash, zeros behind it */
#define DOOR_HASH_SECRET_BYTES 128U

struct door_hash_options {
    u32 threads;
    u32 jobs_max;     /* waiting, at work and not taken, together */
    u64 memory_bytes; /* of one hash */
    u32 passes;
};

/* 64 MiB, two passes. */
#define DOOR_HASH_MEMORY_BYTES (64ULL << 20)
#define DOOR_HASH_PASSES       2U

enum door_hash_kind { DOOR_HASH_MAKE, DOOR_HASH_VERIFY };

struct door_hash_result {
    u32 job; /* as door_hash_put told */
    enum door_hash_kind kind;
    bool is_failed;                  /* there was no memory: nothing is known */
    bool is_right;                   /* VERIFY */
    char text[DOOR_HASH_TEXT_BYTES]; /* MAKE */
};

struct door_hash;

MUST_USE enum fault door_hash_open(struct door_hash **hash_out,
                                   const struct door_hash_options *options);
/* The threads begin: behind the sandbox. */
MUST_USE enum fault door_hash_start(struct door_hash *hash);
/* Waits for what is at work. NULL is fine. */
void door_hash_close(struct door_hash *hash);

/* Whether a job would be taken now. */
bool door_hash_has_room(struct door_hash *hash);
/* `text` is what a password is compared with, for VERIFY. False: there is no room. What of the
 * password is longer than DOOR_HASH_SECRET_BYTES is cut, and such a VERIFY is never right. */
MUST_USE bool door_hash_put(struct door_hash *hash, enum door_hash_kind kind, struct span password,
                            const char text[DOOR_HASH_TEXT_BYTES], u32 *job_out);
/* The next one that is done; false: none is. */
MUST_USE bool door_hash_take(struct door_hash *hash, struct door_hash_result *result_out);

/* How often Argon2id ran since opening, and the jobs that are not taken yet. */
u64 door_hash_runs(const struct door_hash *hash);
u32 door_hash_jobs(struct door_hash *hash);

#endif /* ROLE_DOOR_DOOR_HASH_H */
