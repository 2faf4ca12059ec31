/* The sources of prices: their files, and what was told of them. */
#include "base/span.h"
#include "io/log.h"
#include "role/prices/price_agent_inner.h"

#include <stdio.h>
#include <string.h>

static const char euro[] = "EUR";

/* A reason is told when it is another one than before. */
static void tell_of(struct price_agent *agent, u32 source, const char *reason)
{
    struct source_state *state = &agent->sources[source];
    if (strncmp(state->reason, reason, sizeof(state->reason) - 1) == 0) {
        return;
    }
    (void)snprintf(state->reason, sizeof(state->reason), "%s", reason);
    if (state->reason[0] == 0) {
        log_info("prices.source_good", LOG_STR("source", agent->options.sources[source].name));
    } else {
        log_warn("prices.source", LOG_STR("source", agent->options.sources[source].name),
                 LOG_STR("reason", state->reason));
    }
}

/* NULL: the line is taken, or is about an asset that the venue does not have. */
static const char *take_line(struct price_agent *agent, u32 source, const struct price_line *line,
                             u64 now_us)
{
    if (span_equal(line->asset, span_of_text(euro))) {
        return "EUR is 1 by definition";
    }
    if (line->time_us > now_us) {
        return "the time has not come yet";
    }
    struct venue_asset *asset = price_venue_find(&agent->venue, line->asset);
    if (asset == NULL) {
        return NULL;
    }
    struct price_quote *quote = &agent->assets[asset - agent->venue.assets].quotes[source];
    if (line->time_us >= quote->time_us) { /* of several lines the newest counts */
        *quote = (struct price_quote){.price = line->price, .time_us = line->time_us};
    }
    return NULL;
}

/* The first mistake of the text, with its line; empty: none. */
static void take_text(struct price_agent *agent, u32 source, struct span text, u64 now_us,
                      char reason_out[PRICE_REASON_BYTES])
{
    struct price_reader reader;
    struct price_line line;
    u32 refused = 0;
    u32 first_line = 0;
    const char *first = NULL;
    price_reader_begin(&reader, text);
    for (enum price_next next = price_reader_next(&reader, &line); next != PRICE_NEXT_END;
         next = price_reader_next(&reader, &line)) {
        const char *reason =
            next == PRICE_NEXT_LINE ? take_line(agent, source, &line, now_us) : reader.reason;
        refused += reason != NULL ? 1 : 0;
        if (reason != NULL && first == NULL) {
            first = reason;
            first_line = reader.line;
        }
    }
    agent->counts.lines_refused += refused;
    reason_out[0] = 0;
    if (first != NULL) {
        (void)snprintf(reason_out, PRICE_REASON_BYTES, "line %u: %s", first_line, first);
    }
}

static enum fault read_file(struct price_agent *agent, const char *path, size_t *size_out)
{
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(agent->options.disk, path, 0, &file));
    TRY(file_read_at(&file, 0, agent->bytes, PRICE_TEXT_BYTES_MAX + 1, size_out));
    return *size_out > PRICE_TEXT_BYTES_MAX
               ? FAULT(FAULT_LIMIT, "%s: larger than %u bytes", path, PRICE_TEXT_BYTES_MAX)
               : FAULT_NONE;
}

void price_read_sources(struct price_agent *agent)
{
    u64 now_us = clock_wall_us(agent->options.clock);
    agent->counts.sources_failed = 0;
    for (u32 source = 0; source < agent->options.sources_count; source += 1) {
        char reason[PRICE_REASON_BYTES];
        size_t size = 0;
        enum fault fault = read_file(agent, agent->options.sources[source].path, &size);
        if (fault != FAULT_NONE) {
            /* What it said before holds for as long as it is fresh. */
            agent->counts.sources_failed += 1;
            tell_of(agent, source, fault_text());
            fault_forget();
            continue;
        }
        take_text(agent, source, span_of(agent->bytes, size), now_us, reason);
        tell_of(agent, source, reason);
    }
}
