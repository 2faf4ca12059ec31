#include "role/door/door_hash.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#define NICE 19

enum state { STATE_FREE, STATE_WAITING, STATE_AT_WORK, STATE_DONE };

struct job {
    enum state state;
    enum door_hash_kind kind;
    u64 order; /* jobs are worked off as they came */
    u32 password_bytes;
    bool is_cut;
    bool is_failed;
    bool is_right;
    u8 password[DOOR_HASH_SECRET_BYTES];
    char text[DOOR_HASH_TEXT_BYTES];
};

struct door_hash {
    struct door_hash_options options;
    pthread_mutex_t mutex; /* of the jobs and is_over */
    pthread_cond_t came;
    pthread_t threads[DOOR_HASH_THREADS_MAX];
    u32 threads_count;
    bool is_over;
    u64 order_next;
    _Atomic u64 runs;
    struct job jobs[DOOR_HASH_JOBS_MAX];
};

_Static_assert(DOOR_HASH_TEXT_BYTES == crypto_pwhash_STRBYTES, "the library's size");

static void lock(struct door_hash *hash)
{
    int error = pthread_mutex_lock(&hash->mutex);
    CHECK(error == 0);
}

static void unlock(struct door_hash *hash)
{
    int error = pthread_mutex_unlock(&hash->mutex);
    CHECK(error == 0);
}

enum fault door_hash_open(struct door_hash **hash_out, const struct door_hash_options *options)
{
    struct door_hash *hash = NULL;
    *hash_out = NULL;
    CHECK(options->jobs_max >= 1 && options->jobs_max <= DOOR_HASH_JOBS_MAX);
    CHECK(options->threads <= DOOR_HASH_THREADS_MAX);
    if (sodium_init() >= 0) {
        hash = sodium_malloc(sizeof(*hash));
    }
    if (hash == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the queue of passwords");
    }
    memset(hash, 0, sizeof(*hash));
    hash->options = *options;
    if (pthread_mutex_init(&hash->mutex, NULL) != 0 || pthread_cond_init(&hash->came, NULL) != 0) {
        sodium_free(hash);
        return FAULT(FAULT_LIMIT, "no lock for the queue of passwords");
    }
    *hash_out = hash;
    return FAULT_NONE;
}

/* The first in its order with this state, or NULL. Locked. */
static struct job *first_of(struct door_hash *hash, enum state state)
{
    struct job *first = NULL;
    for (u32 i = 0; i < hash->options.jobs_max; i += 1) {
        struct job *job = &hash->jobs[i];
        if (job->state == state && (first == NULL || job->order < first->order)) {
            first = job;
        }
    }
    return first;
}

/* Without the lock: the job is this thread's. */
static void work_one(struct door_hash *hash, struct job *job)
{
    const char *password = (const char *)job->password;
    if (job->kind == DOOR_HASH_MAKE) {
        job->is_failed = crypto_pwhash_str(job->text, password, job->password_bytes,
                                           hash->options.passes, hash->options.memory_bytes) != 0;
    } else {
        bool fits = crypto_pwhash_str_verify(job->text, password, job->password_bytes) == 0;
        job->is_right = fits && !job->is_cut;
    }
    secret_wipe(job->password, sizeof(job->password));
    (void)atomic_fetch_add_explicit(&hash->runs, 1, memory_order_relaxed);
}

static void *thread_run(void *argument)
{
    struct door_hash *hash = argument;
    (void)setpriority(PRIO_PROCESS, 0, NICE); /* of this thread alone */
    lock(hash);
    while (!hash->is_over) {
        struct job *job = first_of(hash, STATE_WAITING);
        if (job == NULL) {
            int error = pthread_cond_wait(&hash->came, &hash->mutex);
            CHECK(error == 0);
            continue;
        }
        job->state = STATE_AT_WORK;
        unlock(hash);
        work_one(hash, job);
        lock(hash);
        job->state = STATE_DONE;
    }
    unlock(hash);
    return NULL;
}

enum fault door_hash_start(struct door_hash *hash)
{
    CHECK(hash->threads_count == 0);
    for (u32 i = 0; i < hash->options.threads; i += 1) {
        int error = pthread_create(&hash->threads[i], NULL, thread_run, hash);
        if (error != 0) {
            return FAULT_ERRNO(error, "a thread for passwords");
        }
        hash->threads_count += 1;
    }
    return FAULT_NONE;
}

void door_hash_close(struct door_hash *hash)
{
    if (hash == NULL) {
        return;
    }
    lock(hash);
    hash->is_over = true;
    (void)pthread_cond_broadcast(&hash->came);
    unlock(hash);
    for (u32 i = 0; i < hash->threads_count; i += 1) {
        (void)pthread_join(hash->threads[i], NULL);
    }
    (void)pthread_cond_destroy(&hash->came);
    (void)pthread_mutex_destroy(&hash->mutex);
    sodium_free(hash);
}

bool door_hash_has_room(struct door_hash *hash)
{
    lock(hash);
    bool has = first_of(hash, STATE_FREE) != NULL;
    unlock(hash);
    return has;
}

bool door_hash_put(struct door_hash *hash, enum door_hash_kind kind, struct span password,
                   const char text[DOOR_HASH_TEXT_BYTES], u32 *job_out)
{
    lock(hash);
    struct job *job = first_of(hash, STATE_FREE);
    if (job != NULL) {
        *job = (struct job){.state = STATE_WAITING, .kind = kind, .order = hash->order_next};
        hash->order_next += 1;
        job->is_cut = password.size > sizeof(job->password);
        job->password_bytes = job->is_cut ? (u32)sizeof(job->password) : (u32)password.size;
        if (job->password_bytes > 0) {
            memcpy(job->password, password.data, job->password_bytes);
        }
        if (kind == DOOR_HASH_VERIFY) {
            memcpy(job->text, text, sizeof(job->text));
        }
        *job_out = (u32)(job - hash->jobs);
        (void)pthread_cond_signal(&hash->came);
    }
    unlock(hash);
    return job != NULL;
}

bool door_hash_take(struct door_hash *hash, struct door_hash_result *result_out)
{
    lock(hash);
    if (hash->options.threads == 0) {
        struct job *waiting = first_of(hash, STATE_WAITING);
        if (waiting != NULL) {
            work_one(hash, waiting);
            waiting->state = STATE_DONE;
        }
    }
    struct job *job = first_of(hash, STATE_DONE);
    if (job != NULL) {
        *result_out = (struct door_hash_result){.job = (u32)(job - hash->jobs),
                                                .kind = job->kind,
                                                .is_failed = job->is_failed,
                                                .is_right = job->is_right};
        memcpy(result_out->text, job->text, sizeof(result_out->text));
        secret_wipe(job, sizeof(*job)); /* free */
    }
    unlock(hash);
    return job != NULL;
}

u64 door_hash_runs(const struct door_hash *hash)
{
    return atomic_load_explicit(&hash->runs, memory_order_relaxed);
}

u32 door_hash_jobs(struct door_hash *hash)
{
    u32 count = 0;
    lock(hash);
    for (u32 i = 0; i < hash->options.jobs_max; i += 1) {
        count += hash->jobs[i].state != STATE_FREE ? 1 : 0;
    }
    unlock(hash);
    return count;
}
