#include "app/place_log.h"

#include <string.h>

/* ---- the log ---- */

enum fault place_log_make(struct place *place, struct agent **agent_out)
{
    const struct config_value *values = place->settings->config->values;
    bool has_vault = values[CONFIG_VAULT_ON].number != 0;
    const char *origin = values[CONFIG_PUBLOG_ORIGIN].text;
    if (place->log_out < 0) {
        return FAULT(FAULT_FOREIGN, "the line of %s was not handed over", place->process->name);
    }
    /* Slots are of the machine's time, as witnesses': not of the day that a demo is set to. */
    TRY(courier_line_open(&place->log_line, clock_real(), place->log_out));
    place->log_out = -1;
    if (place->listeners[PLACE_LISTENER_LOG] < 0) {
        return FAULT(FAULT_FOREIGN, "the socket of %s was not handed over", place->process->name);
    }
    struct log_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = clock_real(),
        .venue_clock = &place->clock.clock,
        .origin = strcmp(origin, "none") == 0 ? "" : origin,
        .transport = courier_line_transport(place->log_line),
        .asks = has_vault ? &place->channels[PLACE_LOG_ASKS] : NULL,
        .events = has_vault ? &place->channels[PLACE_LOG_EVENTS] : NULL,
        .month_after_us = values[CONFIG_PUBLOG_MONTH].number,
        .ledger_every_us = values[CONFIG_PUBLOG_LEDGER].number,
        .listener = place->listeners[PLACE_LISTENER_LOG],
    };
    TRY(log_agent_create(&place->log, &options));
    *agent_out = log_agent_of(place->log);
    return FAULT_NONE;
}

void place_log_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    log_agent_destroy(place->log);
    courier_line_close(place->log_line);
    place->log = NULL;
    place->log_line = NULL;
}

void place_log_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_log_entries", "Entries that the public log has signed."},
        {"cambist_log_shown_entries", "Entries that it shows."},
        {"cambist_log_lag_seconds", "Since when something that is to be shown is not."},
        {"cambist_log_stopped", "1 while nothing is written to the public log."},
        {"cambist_log_stops_total", "How often it stopped."},
        {"cambist_log_events_total", "Private events that were told to it."},
        {"cambist_log_lines_total", "Readable lines that were told to it."},
        {"cambist_log_slots_total", "Slots that were closed."},
        {"cambist_log_open_slots", "Slots that have ended and are not closed."},
        {"cambist_log_rounds_total", "Rounds in which witnesses were asked."},
        {"cambist_log_cosignatures_total", "Cosignatures that were given."},
        {"cambist_log_refusals_total", "Witnesses that did not cosign in a round."},
        {"cambist_log_below_quorum_total", "Rounds after which nothing could be shown."},
        {"cambist_log_witnesses", "Witnesses that cosigned in the last round."},
        {"cambist_log_position", "Position of the event log up to which it was read."},
        {"cambist_log_behind_steps", "Steps of 32 bytes of the event log not read yet."},
        {"cambist_log_vault_next", "The vault's event that is read next."},
        {"cambist_log_asked_total", "Lines that came to the log's socket."},
        {"cambist_log_refused_total", "Those whose event was neither taken nor shown."},
        {"cambist_log_connections", "Connections of the log's socket."},
        {"cambist_log_turned_away_total", "Connections that were one too many."},
        {"cambist_log_slow_total", "Connections cut off while an answer waited."},
    };
    (void)agent;
    struct log_agent_counts counts = log_agent_counts(place->log);
    u64 behind = counts.released > counts.position ? counts.released - counts.position : 0;
    const u64 values[] = {counts.size,
                          counts.shown,
                          counts.lag_s,
                          counts.stopped,
                          counts.stops,
                          counts.publog.events,
                          counts.publog.lines,
                          counts.publog.slots,
                          counts.publog.open_slots,
                          counts.ask.rounds,
                          counts.ask.cosignatures,
                          counts.ask.failed,
                          counts.ask.below_quorum,
                          counts.ask.reached,
                          counts.position,
                          behind,
                          counts.keep_next,
                          counts.asked,
                          counts.refused,
                          counts.connections,
                          counts.turned_away,
                          counts.slow};
    place_values_put(place, place->log_values, rows, values, ARRAY_COUNT(rows));
}

/* ---- the courier ---- */

enum fault place_courier_make(struct place *place, struct agent **agent_out)
{
    if (place->log_in < 0) {
        return FAULT(FAULT_FOREIGN, "the line of %s was not handed over", place->process->name);
    }
    struct courier_options options = {.folder = place->settings->folder,
                                      .disk = disk_real(),
                                      .clock = clock_real(),
                                      .socket = place->log_in};
    place->log_in = -1;
    TRY(courier_create(&place->courier, &options));
    *agent_out = courier_of(place->courier);
    return FAULT_NONE;
}

void place_courier_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    courier_destroy(place->courier);
    place->courier = NULL;
}

void place_courier_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_courier_posts_total", "Checkpoints that were carried to a witness."},
        {"cambist_courier_answered_total", "Those that were answered."},
        {"cambist_courier_refused_total", "Those for somebody whom the policy does not name."},
    };
    (void)agent;
    struct courier_counts counts = courier_counts(place->courier);
    const u64 values[] = {counts.posts, counts.answered, counts.refused};
    place_values_put(place, place->courier_values, rows, values, ARRAY_COUNT(rows));
}
