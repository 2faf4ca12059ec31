/* Chunks of the event log that wait to be written: a ring between the log's writer, who puts them
 * in, and whoever writes them, which is the log's helper thread, or the writer itself when it would
 * only wait. They are written one after the other, as files are written: that takes neither a fault
 * for each page nor zeros that are soon written over, and it is the same memory that readers map.
 */
#ifndef IO_EVENTLOG_JOBS_H
#define IO_EVENTLOG_JOBS_H

#include "base/base.h"
#include "io/eventlog_format.h"
#include "io/fault.h"
#include "io/file.h"

#include <stdatomic.h>

#define EVENTLOG_JOBS_MAX 16U

struct eventlog_job {
    struct file file; /* the segment's, which closes it */
    u64 offset;       /* of the chunk's header */
    struct eventlog_chunk_header header;
    struct span events;
};

struct eventlog_jobs {
    struct eventlog_job ring[EVENTLOG_JOBS_MAX];
    atomic_flag baton;      /* whoever writes one holds it */
    _Atomic u64 put_count;  /* ever put in: the writer's */
    _Atomic u64 done_count; /* ever written: under the baton */
    _Atomic u32 fault;      /* enum fault: the first, and final; publishes the trail */
    struct fault_trail trail;
};

void eventlog_jobs_init(struct eventlog_jobs *jobs);

/* The writer's side. */
bool eventlog_jobs_full(struct eventlog_jobs *jobs);
void eventlog_jobs_put(struct eventlog_jobs *jobs, const struct eventlog_job *job);
/* The position of the first chunk that is not written; `end` when all are. */
u64 eventlog_jobs_position(struct eventlog_jobs *jobs, u64 end);
/* The first fault, with its trail. */
MUST_USE enum fault eventlog_jobs_check(struct eventlog_jobs *jobs);

/* Anybody's. Everything put in so far is written: */
bool eventlog_jobs_done(struct eventlog_jobs *jobs);
bool eventlog_jobs_failed(struct eventlog_jobs *jobs);
/* Writes the next one; false when there is none, after a fault, or when somebody else is at it. */
bool eventlog_jobs_help(struct eventlog_jobs *jobs);

#endif /* IO_EVENTLOG_JOBS_H */
