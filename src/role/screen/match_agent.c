#include "role/screen/match_agent.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/handover.h"
#include "io/log.h"
#include "role/screen/match_agent_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK_NS     1000000000ULL /* between two looks for new lists */
#define MS_NS        1000000ULL
#define REQUEST_ROOM (MATCH_HEAD_BYTES + MATCH_BODY_BYTES)
#define ANSWER_ROOM  (MATCH_HEAD_BYTES + MATCH_ANSWER_BYTES)
#define VISIT_BYTES  ((size_t)REQUEST_ROOM + ANSWER_ROOM)

static const struct http_limits request_limits = {.target_bytes_max = 4096,
                                                  .head_bytes_max = MATCH_HEAD_BYTES,
                                                  .headers_count_max = HTTP_HEADERS_MAX,
                                                  .body_bytes_max = MATCH_BODY_BYTES};

static struct match_agent *agent_of(struct agent *base)
{
    return (struct match_agent *)(void *)base;
}

/* ---- connections ---- */

/* What was asked and answered is wiped. */
static void visit_wipe(struct match_visit *visit)
{
    secret_wipe(visit->request, visit->request_bytes);
    secret_wipe(visit->answer, visit->answer_bytes);
    visit->request_bytes = 0;
    visit->answer_bytes = 0;
}

static void visit_end(struct match_agent *agent, struct match_visit *visit)
{
    agent->counts.dropped += visit->is_shut ? 0 : 1;
    visit_wipe(visit);
    (void)close(visit->descriptor);
    visit->descriptor = -1;
}

static void visit_begin(struct match_agent *agent, int descriptor)
{
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        struct match_visit *visit = &agent->visits[index];
        if (visit->descriptor < 0) {
            *visit = (struct match_visit){.descriptor = descriptor,
                                          .begun_ns = clock_mono_ns(agent->options.clock),
                                          .request = visit->request,
                                          .answer = visit->answer};
            return;
        }
    }
    agent->counts.dropped += 1;
    (void)close(descriptor);
}

/* Takes what the monitor has handed over, as long as there is room for it: the rest waits in the
 * line, and the monitor is told by its being full. */
static bool visits_take(struct match_agent *agent)
{
    struct pollfd waiting = {.fd = agent->options.line, .events = POLLIN};
    struct handover_item item;
    u32 count = 0;
    u32 free_count = 0;
    bool some = false;
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        free_count += agent->visits[index].descriptor < 0 ? 1 : 0;
    }
    while (free_count > 0 && poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLIN) != 0) {
        if (handover_receive(agent->options.line, &item, 1, 0, &count) != FAULT_NONE) {
            fault_forget(); /* a message of another shape: it was closed */
            return some;
        }
        visit_begin(agent, item.descriptor);
        free_count -= 1;
        some = true;
    }
    return some;
}

static bool is_for_later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Head and body into the visit's memory, and wipes what was asked. */
static void answer_make(struct match_agent *agent, struct match_visit *visit, bool is_whole)
{
    struct http_answer answer;
    u8 head[MATCH_HEAD_BYTES];
    char *body = (char *)visit->answer + MATCH_HEAD_BYTES;
    size_t body_bytes = 0;
    u32 status = 0;
    if (is_whole) {
        status = match_ask(agent, body, MATCH_ANSWER_BYTES, &body_bytes);
    } else {
        enum http_refusal refusal = (enum http_refusal)visit->reader.refusal;
        status = http_refusal_status(refusal);
        body_bytes = match_detail(body, MATCH_ANSWER_BYTES, http_refusal_text(refusal));
        agent->counts.refused += 1;
    }
    http_answer_begin(&answer, head, sizeof(head), status, false);
    http_answer_put_text(&answer, "Content-Type", "application/json");
    http_answer_put_text(&answer, "Cache-Control", "no-store");
    if (status == 429) {
        http_answer_put_text(&answer, "Retry-After", "1");
    }
    if (status == 405) {
        http_answer_put_text(&answer, "Allow", "POST");
    }
    size_t head_bytes = http_answer_end(&answer, body_bytes);
    CHECK(head_bytes > 0 && head_bytes <= MATCH_HEAD_BYTES && body_bytes > 0);
    memcpy(visit->answer, head, head_bytes);
    memmove(visit->answer + head_bytes, body, body_bytes);
    visit->answer_bytes = head_bytes + body_bytes;
    secret_wipe(visit->answer + visit->answer_bytes, MATCH_HEAD_BYTES - head_bytes);
    secret_wipe(visit->request, visit->request_bytes);
    visit->request_bytes = 0;
    secret_wipe(&agent->asked, sizeof(agent->asked));
    secret_wipe(&agent->request, sizeof(agent->request));
}

/* Reads what has come; true when something did. */
static bool visit_read(struct match_agent *agent, struct match_visit *visit)
{
    ssize_t size = read(visit->descriptor, visit->request + visit->request_bytes,
                        REQUEST_ROOM - visit->request_bytes);
    if (size <= 0) {
        if (size == 0 || !is_for_later()) {
            visit_end(agent, visit);
        }
        return false;
    }
    visit->request_bytes += (u32)size;
    switch (http_read(&visit->reader, &request_limits,
                      span_of(visit->request, visit->request_bytes), &agent->http)) {
    case HTTP_READ_MORE:
        break;
    case HTTP_READ_CONTINUE:
        /* Nothing was sent before it: it goes out whole, or the client does without. */
        (void)send(visit->descriptor, HTTP_CONTINUE, strlen(HTTP_CONTINUE), MSG_NOSIGNAL);
        break;
    case HTTP_READ_WHOLE:
        answer_make(agent, visit, true);
        break;
    case HTTP_READ_REFUSED:
        answer_make(agent, visit, false);
        break;
    }
    return true;
}

/* Writes as much as the peer takes; true when something was. */
static bool visit_write(struct match_agent *agent, struct match_visit *visit)
{
    ssize_t size = send(visit->descriptor, visit->answer + visit->sent,
                        visit->answer_bytes - visit->sent, MSG_NOSIGNAL);
    if (size < 0) {
        if (!is_for_later()) {
            visit_end(agent, visit);
        }
        return false;
    }
    visit->sent += (size_t)size;
    if (visit->sent == visit->answer_bytes) {
        visit->is_shut = true;
        visit_wipe(visit);
        (void)shutdown(visit->descriptor, SHUT_WR);
    }
    return true;
}

/* Closing a socket with unread bytes would take back what the peer has not read yet. */
static bool visit_drop(struct match_agent *agent, struct match_visit *visit)
{
    ssize_t size = read(visit->descriptor, visit->request, REQUEST_ROOM);
    if (size > 0) {
        secret_wipe(visit->request, (size_t)size);
        return true;
    }
    if (size == 0 || !is_for_later()) {
        visit_end(agent, visit);
    }
    return false;
}

static bool visit_work(struct match_agent *agent, struct match_visit *visit, u64 now_ns)
{
    bool some = false;
    if (visit->is_shut) {
        some = visit_drop(agent, visit);
    } else if (visit->answer_bytes == 0) {
        some = visit_read(agent, visit);
    }
    if (visit->descriptor >= 0 && visit->answer_bytes > 0) {
        some = visit_write(agent, visit) || some;
    }
    if (visit->descriptor >= 0 && now_ns - visit->begun_ns > MATCH_TIME_MS * MS_NS) {
        visit_end(agent, visit);
    }
    return some;
}

/* ---- the agent ---- */

static enum fault match_open(struct agent *base)
{
    struct match_agent *agent = agent_of(base);
    TRY(block_take(VISIT_BYTES * MATCH_VISITS_MAX, "what is matched", &agent->block));
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        agent->visits[index].request = agent->block.memory + index * VISIT_BYTES;
        agent->visits[index].answer = agent->visits[index].request + REQUEST_ROOM;
    }
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        struct match_slot *slot = &agent->slots[place];
        char below[FILE_NAME_BYTES];
        slot->list.keeps_lines = true;
        (void)snprintf(below, sizeof(below), "%s/%s.list", SCREEN_LISTS_FOLDER,
                       agent->options.lists[place]);
        TRY(file_path(slot->path, agent->options.folder, below));
    }
    agent->check_ns = clock_mono_ns(agent->options.clock);
    return FAULT_NONE;
}

static enum fault match_work(struct agent *base, bool *busy_out)
{
    struct match_agent *agent = agent_of(base);
    u64 now_ns = clock_mono_ns(agent->options.clock);
    if (now_ns >= agent->check_ns) {
        TRY(match_load_turn(agent));
        agent->check_ns = clock_mono_ns(agent->options.clock) + CHECK_NS;
    }
    *busy_out = visits_take(agent) || *busy_out;
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        if (agent->visits[index].descriptor >= 0) {
            *busy_out = visit_work(agent, &agent->visits[index], now_ns) || *busy_out;
        }
    }
    return FAULT_NONE;
}

static void match_close(struct agent *base)
{
    struct match_agent *agent = agent_of(base);
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        if (agent->visits[index].descriptor >= 0) {
            visit_end(agent, &agent->visits[index]);
        }
    }
    block_give_back(&agent->block);
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        screen_list_close(&agent->slots[place].list);
    }
    find_close(agent->find);
    agent->find = NULL;
    index_weights_release(agent->weights);
    agent->weights = NULL;
    (void)close(agent->options.line);
    agent->options.line = -1;
}

static const struct agent_ops match_ops = {
    .open = match_open,
    .work = match_work,
    .close = match_close,
};

enum fault match_agent_create(struct match_agent **agent_out,
                              const struct match_agent_options *options)
{
    CHECK(options->lists_count >= 1 && options->lists_count <= SCREEN_LISTS_MAX);
    CHECK(options->threshold > 0 && options->per_second > 0 && options->line >= 0);
    *agent_out = calloc(1, sizeof(struct match_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the matching agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &match_ops, .name = "match"};
    (*agent_out)->options = *options;
    for (u32 index = 0; index < MATCH_VISITS_MAX; index += 1) {
        (*agent_out)->visits[index].descriptor = -1;
    }
    return FAULT_NONE;
}

struct agent *match_agent_of(struct match_agent *agent)
{
    return &agent->agent;
}

void match_agent_destroy(struct match_agent *agent)
{
    free(agent);
}

bool match_agent_is_ready(const struct match_agent *agent)
{
    return agent->has_looked;
}

struct match_agent_counts match_agent_counts(const struct match_agent *agent)
{
    return agent->counts;
}
