#include "role/office/office_agent.h"

#include "base/check.h"
#include "io/http_serve.h"
#include "io/sql.h"

#include <stdlib.h>

struct office_agent {
    struct agent agent; /* first: it is cast back */
    struct office_agent_options options;
    struct office *office;
    struct http_serve *http;
    char path[FILE_PATH_BYTES];
};

static struct office_agent *agent_of(struct agent *base)
{
    return (struct office_agent *)(void *)base;
}

static enum fault open_agent(struct agent *base)
{
    struct office_agent *agent = agent_of(base);
    char folder[FILE_PATH_BYTES];
    TRY(file_path(folder, agent->options.folder, OFFICE_FOLDER));
    TRY(disk_make_folder(agent->options.disk, folder));
    TRY(file_path(agent->path, folder, OFFICE_STORE_FILE));
    TRY(sql_file_make(folder, agent->path));
    agent->options.inner.path = agent->path;
    TRY(office_open(&agent->office, &agent->options.inner));
    const struct http_serve_options http = {.clock = agent->options.inner.clock,
                                            .descriptor = agent->options.listener,
                                            .connections_max = OFFICE_CONNECTIONS_MAX,
                                            .request_ms = OFFICE_REQUEST_MS,
                                            .answer_bytes_max = OFFICE_ANSWER_BYTES,
                                            .limits = office_limits,
                                            .fields = office_fields,
                                            .fields_count = office_fields_count,
                                            .answer = office_answer,
                                            .context = agent->office};
    return http_serve_open(&agent->http, &http);
}

static enum fault work(struct agent *base, bool *busy_out)
{
    struct office_agent *agent = agent_of(base);
    (void)busy_out; /* what came is answered within the turn */
    TRY(http_serve_run(agent->http, 0));
    return office_fault(agent->office);
}

/* What a turn met is told by the next work. */
static void wait(struct agent *base, u64 sleep_us)
{
    struct office_agent *agent = agent_of(base);
    if (http_serve_run(agent->http, sleep_us) != FAULT_NONE) {
        fault_forget();
    }
}

static void close_agent(struct agent *base)
{
    struct office_agent *agent = agent_of(base);
    http_serve_close(agent->http);
    office_close(agent->office);
    agent->http = NULL;
    agent->office = NULL;
}

static const struct agent_ops ops = {
    .open = open_agent,
    .work = work,
    .close = close_agent,
    .wait = wait,
};

enum fault office_agent_create(struct office_agent **agent_out,
                               const struct office_agent_options *options)
{
    CHECK(options->listener >= 0);
    *agent_out = calloc(1, sizeof(struct office_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the officers' console");
    }
    (*agent_out)->agent = (struct agent){.ops = &ops, .name = "office"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *office_agent_of(struct office_agent *agent)
{
    return &agent->agent;
}

void office_agent_destroy(struct office_agent *agent)
{
    free(agent);
}

struct office_counts office_agent_counts(const struct office_agent *agent)
{
    return agent->office == NULL ? (struct office_counts){.sessions = 0}
                                 : office_counts(agent->office);
}
