#include "app/place_desk.h"

#include "app/serve.h"
#include "base/check.h"
#include "role/desk/desk_tell.h"
#include "role/vault/publog_leaf.h"

enum fault place_desk_make(struct place *place, struct agent **agent_out)
{
    struct desk_agent_options options = {
        .folder = place->settings->folder,
        .officers = place->desk_officers,
        .disk = disk_real(),
        /* Papers and officers' clocks are of the machine's time. */
        .clock = clock_real(),
        .listener = place->listeners[PLACE_LISTENER_DESK],
        .line = place->desk_in,
        .keep = place->count_out,
        .cases_max = (u32)place->settings->config->values[CONFIG_DESK_CASES].number,
    };
    if (options.listener < 0) {
        return FAULT(FAULT_FOREIGN, "the socket of %s was not handed over", place->process->name);
    }
    TRY(place_officers_path(place, place->desk_officers));
    if (place->desk_officers[0] == 0) {
        return FAULT(FAULT_CONFIG, "desk.on: there is no register of officers");
    }
    CHECK(publog_slot_seconds(PUBLOG_CLASS_ORDINARY) == DESK_SLOT_ORDINARY_S);
    CHECK(publog_slot_seconds(PUBLOG_CLASS_EMERGENCY) == DESK_SLOT_EMERGENCY_S);
    if (place->settings->config->values[CONFIG_PUBLOG_ON].number != 0) {
        TRY(serve_log_path(place->settings->config, place->settings->folder, place->desk_log));
        options.log = place->desk_log;
    }
    TRY(desk_agent_create(&place->desk, &options));
    *agent_out = desk_agent_of(place->desk);
    return FAULT_NONE;
}

void place_desk_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    desk_agent_destroy(place->desk);
    place->desk = NULL;
}

void place_desk_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_desk_cases", "Cases of the disclosure desk."},
        {"cambist_desk_open", "Those that are not closed."},
        {"cambist_desk_late", "Those for which something was due."},
        {"cambist_desk_alarms", "Those that somebody has to look at."},
        {"cambist_desk_asked_total", "Lines that came to the socket."},
        {"cambist_desk_taken_total", "Acts that were taken."},
        {"cambist_desk_refused_total", "Acts that a rule was against, and lines that are none."},
        {"cambist_desk_connections", "Connections of the socket."},
        {"cambist_desk_told_total", "Acts that the public log took since the start."},
        {"cambist_desk_log_waits_total", "How often the log was away, full or stopped."},
        {"cambist_desk_log_stuck", "1: the log refuses an act; none behind it is told."},
        {"cambist_desk_openings_strange", "Openings in the public log that no case has."},
        {"cambist_desk_turned_away_total", "Connections that were one too many."},
        {"cambist_desk_line_asked_total", "What the gateway asked for customers."},
        {"cambist_desk_line_ended", "1: the gateway asked what it may not, and is not heard."},
        {"cambist_desk_counted_total", "Searches whose count `keep` told."},
    };
    (void)agent;
    struct desk_agent_counts counts = desk_agent_counts(place->desk);
    const u64 values[] = {
        counts.cases,       counts.open,       counts.late,       counts.alarms,
        counts.asked,       counts.taken,      counts.refused,    counts.connections,
        counts.told,        counts.waits,      counts.stuck,      counts.strange,
        counts.turned_away, counts.line_asked, counts.line_ended, counts.counted};
    place_values_put(place, place->desk_values, rows, values, ARRAY_COUNT(rows));
}
