#include "io/eventlog_jobs.h"

#include "base/check.h"

static u64 load(_Atomic u64 *counter)
{
    return atomic_load_explicit(counter, memory_order_acquire);
}

void eventlog_jobs_init(struct eventlog_jobs *jobs)
{
    atomic_flag_clear(&jobs->baton);
    atomic_init(&jobs->put_count, 0);
    atomic_init(&jobs->done_count, 0);
    atomic_init(&jobs->fault, FAULT_NONE);
}

bool eventlog_jobs_full(struct eventlog_jobs *jobs)
{
    return load(&jobs->put_count) - load(&jobs->done_count) >= EVENTLOG_JOBS_MAX;
}

void eventlog_jobs_put(struct eventlog_jobs *jobs, const struct eventlog_job *job)
{
    CHECK(!eventlog_jobs_full(jobs));
    CHECK(job->header.bytes == job->events.size);
    u64 number = atomic_load_explicit(&jobs->put_count, memory_order_relaxed);
    jobs->ring[number % EVENTLOG_JOBS_MAX] = *job;
    atomic_store_explicit(&jobs->put_count, number + 1, memory_order_release);
}

u64 eventlog_jobs_position(struct eventlog_jobs *jobs, u64 end)
{
    u64 done = load(&jobs->done_count);
    bool all = done == atomic_load_explicit(&jobs->put_count, memory_order_relaxed);
    return all ? end : jobs->ring[done % EVENTLOG_JOBS_MAX].header.position;
}

bool eventlog_jobs_failed(struct eventlog_jobs *jobs)
{
    return atomic_load_explicit(&jobs->fault, memory_order_acquire) != FAULT_NONE;
}

enum fault eventlog_jobs_check(struct eventlog_jobs *jobs)
{
    if (!eventlog_jobs_failed(jobs)) {
        return FAULT_NONE;
    }
    fault_trail_adopt(&jobs->trail);
    return (enum fault)atomic_load_explicit(&jobs->fault, memory_order_relaxed);
}

bool eventlog_jobs_done(struct eventlog_jobs *jobs)
{
    u64 put = load(&jobs->put_count);
    return load(&jobs->done_count) == put;
}

static enum fault job_write(struct eventlog_job *job)
{
    u8 header[EVENTLOG_CHUNK_HEADER];
    u64 events_offset = job->offset + EVENTLOG_CHUNK_HEADER;
    eventlog_chunk_encode(&job->header, job->events, header);
    TRY(file_write_at(&job->file, events_offset, job->events.data, job->events.size));
    TRY(file_write_at(&job->file, job->offset, header, sizeof(header)));
    return FAULT_NONE;
}

static bool next_write(struct eventlog_jobs *jobs)
{
    if (eventlog_jobs_failed(jobs) || eventlog_jobs_done(jobs)) {
        return false;
    }
    u64 number = atomic_load_explicit(&jobs->done_count, memory_order_relaxed);
    enum fault fault = job_write(&jobs->ring[number % EVENTLOG_JOBS_MAX]);
    if (fault == FAULT_NONE) {
        atomic_store_explicit(&jobs->done_count, number + 1, memory_order_release);
    } else {
        fault_trail_copy(&jobs->trail);
        atomic_store_explicit(&jobs->fault, (u32)fault, memory_order_release);
    }
    return true;
}

bool eventlog_jobs_help(struct eventlog_jobs *jobs)
{
    if (atomic_flag_test_and_set_explicit(&jobs->baton, memory_order_acquire)) {
        return false;
    }
    bool some = next_write(jobs);
    atomic_flag_clear_explicit(&jobs->baton, memory_order_release);
    return some;
}
