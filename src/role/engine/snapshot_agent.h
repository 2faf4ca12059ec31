/* The snapshot process as an agent: from time to time it writes a snapshot and an image
 * (snapshot_run.h), beside the engine and with low priority. It makes the next start short, lets
 * readers of events begin at the image, and so lets old segments of the event log go. Nothing
 * depends on it: a snapshot that fails is told in the log and tried again when its time has come.
 *
 * Unlike other agents it works for long at a time, so it has a process of its own. A request to
 * stop ends what is under way between two batches. */
#ifndef ROLE_ENGINE_SNAPSHOT_AGENT_H
#define ROLE_ENGINE_SNAPSHOT_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/metrics.h"
#include "role/engine/snapshot_run.h"

struct snapshot_agent_options {
    struct snapshot_options snapshot; /* `stop` and `progress` are not looked at */
    u64 every_ms;                     /* between two of them, and before the first; at least 1 */
    bool lowers_priority;             /* of the process: not where other agents share it */
    struct metrics *metrics;          /* the agent declares its own there; NULL: none */
    const struct agent_requests *requests; /* of the thread; NULL: none */
};

struct snapshot_agent {
    struct agent agent;
    struct snapshot_agent_options options;
    u64 due_ns;
    struct metric *written;
    struct metric *failed;
    struct metric *seq;
    struct metric *duration_ms;
};

/* `snapshot_agent` is the caller's memory; what the options point to stays his as well. */
void snapshot_agent_init(struct snapshot_agent *agent,
                         const struct snapshot_agent_options *options);

#endif /* ROLE_ENGINE_SNAPSHOT_AGENT_H */
