#include "app/place_cases.h"

enum fault place_cases_make(struct place *place, struct agent **agent_out)
{
    struct cases_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .listener = place->listeners[PLACE_LISTENER_CASES],
        .line = place->inbox_in,
        .acts = &place->channels[PLACE_CUSTOMER_ACTS],
    };
    if (options.listener < 0 || options.line < 0) {
        return FAULT(FAULT_FOREIGN, "the socket of %s was not handed over", place->process->name);
    }
    return cases_agent_create(agent_out, &options);
}

void place_cases_unmake(struct place *place, struct agent *agent)
{
    (void)place;
    cases_agent_destroy(agent);
}

/* As far as the log was released; one that has lost its place keeps nobody waiting. */
bool place_cases_are_ready(const struct place *place, const struct agent *agent)
{
    (void)place;
    struct cases_agent_counts counts = cases_agent_counts(agent);
    return counts.is_lost || (counts.released > 0 && counts.position >= counts.released);
}

void place_cases_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_cases_position", "Position of the event log up to which cases are stored."},
        {"cambist_cases_behind_steps", "Steps of 32 bytes of the event log not stored yet."},
        {"cambist_cases_transactions_total", "Transactions of the officers' queue."},
        {"cambist_cases_packs_without_text", "Packs whose canonical form is not to be had."},
        {"cambist_cases_open", "Open cases of the officers' queue."},
        {"cambist_cases_late", "Open cases whose clock is over."},
        {"cambist_cases_lost", "1: the queue must be made anew (cambist case rebuild)."},
        {"cambist_cases_asked_total", "Questions that came to the queue's socket."},
        {"cambist_cases_refused_total", "Those answered by an error."},
        {"cambist_cases_connections", "Connections of the queue's socket."},
        {"cambist_cases_turned_away_total", "Connections that were one too many."},
        {"cambist_cases_slow_total", "Connections cut off while an answer waited."},
        {"cambist_cases_customers_total", "Questions, appeals and files that came from customers."},
        {"cambist_cases_customers_refused_total", "Those refused."},
        {"cambist_cases_customers_late_total", "Those whose command nothing was heard of."},
    };
    struct cases_agent_counts counts = cases_agent_counts(agent);
    const u64 values[] = {counts.position,
                          counts.released > counts.position ? counts.released - counts.position : 0,
                          counts.transactions,
                          counts.textless,
                          counts.open,
                          counts.late,
                          counts.is_lost ? 1 : 0,
                          counts.asked,
                          counts.refused,
                          counts.connections,
                          counts.turned_away,
                          counts.slow,
                          counts.inbox_asked,
                          counts.inbox_refused,
                          counts.inbox_late};
    place_values_put(place, place->cases_values, rows, values, ARRAY_COUNT(rows));
}
