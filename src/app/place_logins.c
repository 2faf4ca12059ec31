#include "app/place_logins.h"

#include "app/restriction_modes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/link.h"
#include "wire/order_text.h"
#include "wire/order_value.h"

bool place_logins_restrictions(const char *words, u64 *restrictions_out)
{
    struct command_restrict command = {.head = {.kind = COMMAND_RESTRICT}};
    const struct wire_field *field = order_field_of(COMMAND_RESTRICT, span_of_text("restrictions"));
    CHECK(field != NULL);
    bool is_good = restriction_mode_of(words, &command.restrictions) ||
                   order_value_parse((u8 *)&command, field, span_of_text(words)) == NULL;
    *restrictions_out = command.restrictions;
    return is_good;
}

enum fault place_logins_make(struct place *place, struct agent **agent_out)
{
    const struct config_value *values = place->settings->config->values;
    CHECK(place->channels[PLACE_LOGIN_COMMANDS].ring != NULL);
    CHECK(place->channels[PLACE_LOGIN_BELLS].ring != NULL);
    struct login_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .clock_behind_us = place->settings->clock_behind_us,
        .commands = &place->channels[PLACE_LOGIN_COMMANDS],
        .bell = &place->channels[PLACE_LOGIN_BELLS],
        .line = place->effects_out, /* -1 where nobody signs in */
    };
    if (!place_logins_restrictions(values[CONFIG_DOOR_NEW_ACCOUNTS].text, &options.restrictions)) {
        return FAULT(FAULT_CONFIG, "door.new_accounts: one of %s, or OPERATION=RESTRICTION,...",
                     RESTRICTION_MODES);
    }
    if (options.line < 0 && values[CONFIG_DOOR_ON].number != 0) {
        return FAULT(FAULT_FOREIGN, "the line of %s was not handed over", place->process->name);
    }
    TRY(login_agent_create(&place->logins, &options));
    *agent_out = login_agent_of(place->logins);
    return FAULT_NONE;
}

void place_logins_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    login_agent_destroy(place->logins);
    place->logins = NULL;
}

bool place_logins_are_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    return login_agent_is_ready(place->logins);
}

void place_logins_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_logins_position", "Position of the event log up to which the agent has come."},
        {"cambist_logins_opened_total", "Logins that got an account."},
        {"cambist_logins_paused_total", "Pauses of what leaves an account."},
        {"cambist_logins_told_total", "Other effects of the door that are in the journal."},
        {"cambist_logins_refused_total", "Commands for logins that were refused."},
        {"cambist_logins_waiting", "Effects of the door that wait for another try."},
        {"cambist_logins_full", "1: there is no room for another account or person."},
        {"cambist_logins_again_total", "Effects of the door that got another number."},
    };
    (void)agent;
    struct login_agent_counts counts = login_agent_counts(place->logins);
    const u64 values[] = {counts.position, counts.opened,  counts.paused, counts.told,
                          counts.refused,  counts.waiting, counts.full,   counts.again};
    place_values_put(place, place->login_values, rows, values, ARRAY_COUNT(rows));
}
