#include "app/place_match.h"

#include "app/list_names.h"

static u32 number_of(const struct place *place, enum config_key key)
{
    return (u32)place->settings->config->values[key].number;
}

enum fault place_match_make(struct place *place, struct agent **agent_out)
{
    struct match_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .line = place->match_in,
        .count = place->match_count,
        .threshold = number_of(place, CONFIG_SCREEN_THRESHOLD) * 1000U,
        .per_second = number_of(place, CONFIG_SCREEN_SEARCHES),
    };
    if (options.line < 0) {
        return FAULT(FAULT_FOREIGN, "the line of %s was not handed over", place->process->name);
    }
    if (!list_names_read(place->settings->config->values[CONFIG_SCREEN_LISTS].text, options.lists,
                         &options.lists_count)) {
        return FAULT(FAULT_CONFIG, "screen.lists");
    }
    TRY(match_agent_create(&place->match, &options));
    place->match_in = -1;
    *agent_out = match_agent_of(place->match);
    return FAULT_NONE;
}

void place_match_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    match_agent_destroy(place->match);
    place->match = NULL;
}

bool place_match_is_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    return match_agent_is_ready(place->match);
}

void place_match_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_match_lists", "Lists in use for /match."},
        {"cambist_match_lists_stale", "Those that should have been loaded anew."},
        {"cambist_match_lists_missing", "Lists that are configured and were never loaded."},
        {"cambist_match_entries", "Entries of the lists in use for /match."},
        {"cambist_match_requests_total", "Requests for /match that were answered."},
        {"cambist_match_queries_total", "Queries in them: each a search."},
        {"cambist_match_results_total", "Entries that were found."},
        {"cambist_match_refused_total", "Requests for /match that were refused."},
        {"cambist_match_too_many_total", "Those refused since there were too many."},
        {"cambist_match_dropped_total", "Connections for /match that ended unanswered."},
    };
    (void)agent;
    struct match_agent_counts counts = match_agent_counts(place->match);
    const u64 values[] = {counts.lists,    counts.lists_stale, counts.lists_missing, counts.entries,
                          counts.requests, counts.queries,     counts.results,       counts.refused,
                          counts.too_many, counts.dropped};
    place_values_put(place, place->match_values, rows, values, ARRAY_COUNT(rows));
}
