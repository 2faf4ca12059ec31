#include "app/place_door.h"

#include "role/door/door_mail.h"

#include <string.h>

#define TICKETS_MAX  4096U
#define LIMIT_PLACES 65536U

static bool is_issuer(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    size_t size = strlen(text);
    return size > 0 && size <= DOOR_MAIL_ISSUER_MAX && strspn(text, allowed) == size;
}

enum fault place_door_make(struct place *place, struct agent **agent_out)
{
    const struct config_value *values = place->settings->config->values;
    struct door_agent_options options = {
        .desk = {.disk = disk_real(),
                 .folder = place->settings->folder,
                 .issuer = values[CONFIG_DOOR_ISSUER].text,
                 .entropy = door_entropy_real(),
                 .hash = {.threads = (u32)values[CONFIG_DOOR_THREADS].number,
                          .jobs_max = (u32)values[CONFIG_DOOR_WAITING].number,
                          .memory_bytes = DOOR_HASH_MEMORY_BYTES,
                          .passes = DOOR_HASH_PASSES},
                 .tickets_max = TICKETS_MAX,
                 .mails_max = (u32)values[CONFIG_DOOR_MAILS].number,
                 .limit_places = LIMIT_PLACES},
        /* One-time codes are of the machine's time, as customers' devices are. */
        .clock = clock_real(),
        .line = place->door_in,
        .effects = place->effects_in,
        .listener = place->listeners[PLACE_LISTENER_DOOR],
    };
    if (!is_issuer(options.desk.issuer)) {
        return FAULT(FAULT_CONFIG, "door.issuer: letters, digits and -, at most %u",
                     DOOR_MAIL_ISSUER_MAX);
    }
    if (options.line < 0 || options.effects < 0 || options.listener < 0) {
        return FAULT(FAULT_FOREIGN, "the line of %s was not handed over", place->process->name);
    }
    TRY(door_agent_create(&place->door, &options));
    *agent_out = door_agent_of(place->door);
    return FAULT_NONE;
}

void place_door_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    door_agent_destroy(place->door);
    place->door = NULL;
}

static u64 asked_in_all(const struct door_counts *counts)
{
    u64 sum = 0;
    for (u32 kind = 0; kind <= DOOR_ASK_MAX; kind += 1) {
        sum += counts->asked[kind];
    }
    return sum;
}

void place_door_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_door_asked_total", "What was asked, by the gateway and the operator."},
        {"cambist_door_sign_ups_total", "Sign-ups that were asked for."},
        {"cambist_door_sign_ins_total", "Sign-ins that were tried."},
        {"cambist_door_resets_total", "New passwords that were asked for by mail."},
        {"cambist_door_wrong_total", "Passwords and codes that were wrong."},
        {"cambist_door_waits_total", "Attempts that came within a pause."},
        {"cambist_door_busy_total", "Attempts turned away: no room for a password or a mail."},
        {"cambist_door_hashes_total", "Passwords that were hashed."},
        {"cambist_door_hashes_waiting", "Passwords that wait, or are being hashed."},
        {"cambist_door_unheard_total", "Answers for which the gateway's line had no room."},
    };
    (void)agent;
    struct door_desk *desk = door_agent_desk(place->door);
    struct door_counts counts = door_desk_counts(desk);
    const u64 values[] = {asked_in_all(&counts),
                          counts.asked[DOOR_ASK_SIGN_UP],
                          counts.asked[DOOR_ASK_SIGN_IN],
                          counts.asked[DOOR_ASK_RESET],
                          counts.answered[DOOR_CODE_WRONG],
                          counts.answered[DOOR_CODE_WAIT],
                          counts.answered[DOOR_CODE_BUSY],
                          door_hash_runs(door_desk_hash(desk)),
                          door_hash_jobs(door_desk_hash(desk)),
                          door_agent_counts(place->door).line_unheard};
    place_values_put(place, place->door_values, rows, values, ARRAY_COUNT(rows));
}
