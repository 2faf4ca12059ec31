#include "app/place_keep.h"

enum fault place_keep_make(struct place *place, struct agent **agent_out)
{
    const struct config_value *values = place->settings->config->values;
    struct vault_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        /* Officers' machines agree with it on when a review ends: not of the day that a demo is
         * set to. */
        .clock = clock_real(),
        .listener = place->listeners[PLACE_LISTENER_KEEP],
        .line = place->keep_in,
        .people_line = place->people_out,
        .count_line = place->count_in,
        .lookups_per_hour = (u32)values[CONFIG_VAULT_LOOKUPS].number,
        .drill_days = (u32)values[CONFIG_VAULT_DRILL_DAYS].number,
    };
    if (values[CONFIG_PUBLOG_ON].number != 0) {
        options.asks = &place->channels[PLACE_LOG_ASKS];
        options.events = &place->channels[PLACE_LOG_EVENTS];
    }
    if (options.listener < 0 || options.line < 0) {
        return FAULT(FAULT_FOREIGN, "a socket of %s was not handed over", place->process->name);
    }
    TRY(vault_agent_create(&place->keep, &options));
    *agent_out = vault_agent_of(place->keep);
    return FAULT_NONE;
}

void place_keep_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    vault_agent_destroy(place->keep);
    place->keep = NULL;
}

static u64 groups_short(const struct vault_agent_counts *counts)
{
    u64 count = 0;
    for (u32 i = 0; i < VAULT_SIDES; i += 1) {
        const struct vault_shares *shares = &counts->shares[i];
        count += shares->count > 0 && vault_shares_are_short(shares) ? 1 : 0;
    }
    return count;
}

void place_keep_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_vault_records", "Sealed records."},
        {"cambist_vault_put_total", "Records ever put."},
        {"cambist_vault_erased_total", "Records ever erased."},
        {"cambist_vault_hands", "Copies of a data key for one reader."},
        {"cambist_vault_tags", "Values that can be searched for."},
        {"cambist_vault_events", "Events for the public log."},
        {"cambist_vault_asked_total", "Frames that came to the socket."},
        {"cambist_vault_refused_total", "Frames that were refused."},
        {"cambist_vault_wrong_total", "Those that were no frames."},
        {"cambist_vault_lookups_total", "Searches for a value that were answered."},
        {"cambist_vault_lookups_refused_total", "Those refused: too many in an hour."},
        {"cambist_vault_uploads", "Enrolments that are coming in pieces."},
        {"cambist_vault_uploads_full_total", "Those for which there was no place."},
        {"cambist_vault_count_ended", "1: the desk asked what it may not, and is not heard."},
        {"cambist_vault_unswept_seconds", "Since when something erased waits for the next sweep."},
        {"cambist_vault_locked", "1 where keys are locked in memory."},
        {"cambist_vault_shares_a", "Shares of group A that were shown within vault.drill_days."},
        {"cambist_vault_shares_b", "Shares of group B that were shown within vault.drill_days."},
        {"cambist_vault_threshold_a", "Shares of group A that it takes; 0 where none are known."},
        {"cambist_vault_threshold_b", "Shares of group B that it takes; 0 where none are known."},
        {"cambist_vault_spares_a", "Spare shares of group A among those that were shown."},
        {"cambist_vault_spares_b", "Spare shares of group B among those that were shown."},
        {"cambist_vault_shares_short", "Groups of which no share more may be lost, or whose spare "
                                       "is not known to live."},
    };
    (void)agent;
    struct vault_agent_counts counts = vault_agent_counts(place->keep);
    const u64 values[] = {counts.totals.records,
                          counts.totals.put,
                          counts.totals.erased,
                          counts.totals.hands,
                          counts.totals.tags,
                          counts.totals.events,
                          counts.asked,
                          counts.refused,
                          counts.wrong,
                          counts.lookups,
                          counts.limited,
                          counts.uploads,
                          counts.uploads_full,
                          counts.count_ended,
                          counts.unswept,
                          counts.locked,
                          counts.shares[0].live,
                          counts.shares[1].live,
                          counts.shares[0].threshold,
                          counts.shares[1].threshold,
                          counts.shares[0].spares_live,
                          counts.shares[1].spares_live,
                          groups_short(&counts)};
    place_values_put(place, place->keep_values, rows, values, ARRAY_COUNT(rows));
}
