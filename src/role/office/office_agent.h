/* The officers' console as an agent: a listener of its own and what stands behind it (office.h). */
#ifndef ROLE_OFFICE_OFFICE_AGENT_H
#define ROLE_OFFICE_OFFICE_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/office/office.h"

#define OFFICE_CONNECTIONS_MAX 32U
#define OFFICE_REQUEST_MS      30000U

struct office_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    int listener;                /* a listening socket; duplicated at open */
    struct office_options inner; /* its path is filled in here */
};

struct office_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault office_agent_create(struct office_agent **agent_out,
                                        const struct office_agent_options *options);
struct agent *office_agent_of(struct office_agent *agent);
/* After agent_close. NULL is fine. */
void office_agent_destroy(struct office_agent *agent);

struct office_counts office_agent_counts(const struct office_agent *agent);

#endif /* ROLE_OFFICE_OFFICE_AGENT_H */
