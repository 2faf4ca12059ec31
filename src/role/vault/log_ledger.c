/* Ledger roots: the journal's chain as the engine shows it, and the state hash of the newest image,
 * as lines of the log. Each number is logged once by each of the two; an idle venue logs nothing. A
 * number that went back is logged as it is: it says that the journal was put back. */
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_ledger.h"

#include <string.h>

#define STATE_EVERY_NS 10000000000ULL /* a folder is listed */

/* The line and what it says was logged last, in one step. */
static enum fault root_keep(struct log_agent *agent, enum publog_source source,
                            struct publog_source_point *point, const struct eventlog_head *head)
{
    char line[PUBLOG_LEDGER_LINE_BYTES];
    struct publog_source_point next = *point;
    if (head->seq == 0 || (point->is_known && head->seq == point->position) ||
        !publog_ledger_line(head, line)) {
        return FAULT_NONE;
    }
    if (point->is_known && head->seq < point->position) {
        log_error("log.ledger_back", LOG_U64("from", point->position), LOG_U64("to", head->seq));
    }
    memcpy(next.name, agent->journal.name, sizeof(next.name));
    next.position = head->seq;
    next.is_known = true;
    TRY(publog_take_begin(agent->publog));
    enum fault fault = publog_line_keep(agent->publog, span_of_text(line));
    if (fault != FAULT_NONE) {
        publog_take_drop(agent->publog);
        return fault;
    }
    TRY(publog_take_end(agent->publog, source, &next));
    agent->has_line = true;
    *point = next;
    return FAULT_NONE;
}

static enum fault state_take(struct log_agent *agent)
{
    struct disk *disk = agent->options.disk;
    struct eventlog_head head;
    u64 position = 0;
    TRY(eventlog_image_newest(disk, agent->events, &position));
    enum fault fault = eventlog_image_head(disk, agent->events, position, &head);
    if (fault == FAULT_MISSING) { /* none yet, or replaced by a newer one just now */
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    return root_keep(agent, PUBLOG_SOURCE_STATE, &agent->state, &head);
}

enum fault log_ledger_load(struct log_agent *agent)
{
    TRY(publog_source(agent->publog, PUBLOG_SOURCE_LEDGER, &agent->ledger));
    TRY(publog_source(agent->publog, PUBLOG_SOURCE_STATE, &agent->state));
    agent->ledger_ns = 0;
    agent->state_ns = 0;
    return FAULT_NONE;
}

enum fault log_ledger_turn(struct log_agent *agent, u64 now_ns)
{
    struct eventlog_head head;
    if (now_ns >= agent->state_ns) {
        agent->state_ns = now_ns + STATE_EVERY_NS;
        TRY(state_take(agent));
    }
    if (now_ns < agent->ledger_ns) {
        return FAULT_NONE;
    }
    eventlog_reader_head(agent->registration, &head);
    if (head.seq == 0) { /* the venue has not begun: at the next look */
        return FAULT_NONE;
    }
    agent->ledger_ns = now_ns + agent->options.ledger_every_us * 1000;
    return root_keep(agent, PUBLOG_SOURCE_LEDGER, &agent->ledger, &head);
}
