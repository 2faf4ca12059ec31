#include "app/placement.h"

#include "app/place_roles.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    HANDOVER_MS = 5000,
    STOP_MS = 0, /* the supervisor has the limit */
    /* And the configuration, the public log, the sources of prices, and the files of lists. */
    PATHS_MAX = PLACE_ROLES_COUNT * PLACE_PATHS_MAX + 2 + PRICE_SOURCES_MAX +
                LIST_WATCHES_MAX * LIST_FILES_MAX,
    ASK_BYTES = 1 << 20,
    ANSWER_BYTES = 4 << 20,
    BELL_BYTES = CHANNEL_BYTES_MIN,
    PAGE_EVERY_MS = 1000,
};

#define MS_NS 1000000ULL

/* ---- the tables ---- */

struct channel_row {
    const char *name;
    u32 writer; /* enum place_role */
    u32 reader;
    u32 bytes; /* 0: engine.channel of the configuration */
};

static const struct channel_row channel_rows[PLACE_CHANNELS_COUNT] = {
    [PLACE_GATEWAY_COMMANDS] = {"gateway-commands", PLACE_GATEWAY, PLACE_ENGINE, 0},
    [PLACE_GATEWAY_BELLS] = {"gateway-bells", PLACE_ENGINE, PLACE_GATEWAY, BELL_BYTES},
    [PLACE_HISTORY_BELLS] = {"history-bells", PLACE_ENGINE, PLACE_HISTORY, BELL_BYTES},
    [PLACE_ASKS] = {"asks", PLACE_GATEWAY, PLACE_HISTORY, ASK_BYTES},
    [PLACE_ANSWERS] = {"answers", PLACE_HISTORY, PLACE_GATEWAY, ANSWER_BYTES},
    [PLACE_KEY_ASKS] = {"key-asks", PLACE_ADMIN, PLACE_GATEWAY, BELL_BYTES},
    [PLACE_KEY_ANSWERS] = {"key-answers", PLACE_GATEWAY, PLACE_ADMIN, BELL_BYTES},
    [PLACE_ADMIN_COMMANDS] = {"admin-commands", PLACE_ADMIN, PLACE_ENGINE, BELL_BYTES},
    [PLACE_ADMIN_BELLS] = {"admin-bells", PLACE_ENGINE, PLACE_ADMIN, BELL_BYTES},
    [PLACE_PRICE_COMMANDS] = {"price-commands", PLACE_PRICES, PLACE_ENGINE, BELL_BYTES},
    [PLACE_PRICE_BELLS] = {"price-bells", PLACE_ENGINE, PLACE_PRICES, BELL_BYTES},
    [PLACE_SCREEN_COMMANDS] = {"screen-commands", PLACE_SCREEN, PLACE_ENGINE, BELL_BYTES},
    [PLACE_SCREEN_BELLS] = {"screen-bells", PLACE_ENGINE, PLACE_SCREEN, BELL_BYTES},
    [PLACE_LOG_ASKS] = {"log-asks", PLACE_LOG, PLACE_KEEP, BELL_BYTES},
    [PLACE_LOG_EVENTS] = {"log-events", PLACE_KEEP, PLACE_LOG, BELL_BYTES},
    [PLACE_CUSTOMER_ACTS] = {"customer-acts", PLACE_CASES, PLACE_ADMIN, BELL_BYTES},
    [PLACE_LOGIN_COMMANDS] = {"login-commands", PLACE_LOGINS, PLACE_ENGINE, BELL_BYTES},
    [PLACE_LOGIN_BELLS] = {"login-bells", PLACE_ENGINE, PLACE_LOGINS, BELL_BYTES},
};

struct listener_row {
    const char *name;
    enum place_role role;
};

static const struct listener_row listener_rows[PLACE_LISTENERS_COUNT] = {
    [PLACE_LISTENER_GATEWAY] = {"gateway-listener", PLACE_GATEWAY},
    [PLACE_LISTENER_MONITOR] = {"monitor-listener", PLACE_MONITOR},
    [PLACE_LISTENER_ADMIN] = {"admin-listener", PLACE_ADMIN},
    [PLACE_LISTENER_SCREEN] = {"screen-listener", PLACE_SCREEN},
    [PLACE_LISTENER_KEEP] = {"keep-listener", PLACE_KEEP},
    [PLACE_LISTENER_CASES] = {"cases-listener", PLACE_CASES},
    [PLACE_LISTENER_LOG] = {"log-listener", PLACE_LOG},
    [PLACE_LISTENER_DOOR] = {"door-listener", PLACE_DOOR},
    [PLACE_LISTENER_DESK] = {"desk-listener", PLACE_DESK},
    [PLACE_LISTENER_OFFICE] = {"office-listener", PLACE_OFFICE},
};

#define MATCH_OUT   "match-out"   /* the monitor's end of the line to `match` */
#define MATCH_IN    "match-in"    /* and the other */
#define MATCH_COUNT "match-count" /* an eventfd: searches, from `match` to `screen` */
#define LOG_OUT     "log-out"     /* the log's end of the line to the courier */
#define LOG_IN      "log-in"      /* and the other */
#define DOOR_OUT    "door-out"    /* the gateway's end of the line to the door */
#define DOOR_IN     "door-in"     /* and the other */
#define DESK_OUT    "desk-out"    /* the gateway's end of the line to the desk */
#define DESK_IN     "desk-in"     /* and the other */
#define EFFECTS_OUT "effects-out" /* the end of `logins` of the line to the door */
#define EFFECTS_IN  "effects-in"  /* and the other */
#define KEEP_OUT    "keep-out"    /* the gateway's end of the line to `keep` */
#define KEEP_IN     "keep-in"     /* and the other */
#define PEOPLE_OUT  "people-out"  /* the end of `keep` of the line to screening */
#define PEOPLE_IN   "people-in"   /* and the other */
#define COUNT_OUT   "count-out"   /* the desk's end of the line to `keep` */
#define COUNT_IN    "count-in"    /* and the other */
#define INBOX_OUT   "inbox-out"   /* the gateway's end of the line to the queue */
#define INBOX_IN    "inbox-in"    /* and the other */
#define PAGE_NAME   "metrics"     /* a process's own */
#define PAGES_NAME  "metrics.%u"  /* everybody's, for the monitor */

/* Of each: placement_of leaves out the first two where nobody is screened, the third where there is
 * no vault, the next two where there is no public log, one where nobody signs in, one where there
 * is no desk, one where officers have no console. */
#define SCREEN                                                                          \
    {                                                                                   \
        .name = "screen", .calls = "history", .roles = {PLACE_SCREEN}, .roles_count = 1 \
    }

#define MATCH                                                                         \
    {                                                                                 \
        .name = "match", .calls = "history", .roles = {PLACE_MATCH}, .roles_count = 1 \
    }

#define KEEP                                                                     \
    {                                                                            \
        .name = "keep", .calls = "keep", .roles = {PLACE_KEEP}, .roles_count = 1 \
    }

#define LOG                                                                   \
    {                                                                         \
        .name = "log", .calls = "log", .roles = {PLACE_LOG}, .roles_count = 1 \
    }

#define COURIER                                                                           \
    {                                                                                     \
        .name = "courier", .calls = "courier", .roles = {PLACE_COURIER}, .roles_count = 1 \
    }

#define DOOR                                                                     \
    {                                                                            \
        .name = "door", .calls = "door", .roles = {PLACE_DOOR}, .roles_count = 1 \
    }

#define DESK                                                                     \
    {                                                                            \
        .name = "desk", .calls = "desk", .roles = {PLACE_DESK}, .roles_count = 1 \
    }

#define OFFICE                                                                         \
    {                                                                                  \
        .name = "office", .calls = "office", .roles = {PLACE_OFFICE}, .roles_count = 1 \
    }

#define LOGINS                                                                          \
    {                                                                                   \
        .name = "logins", .calls = "history", .roles = {PLACE_LOGINS}, .roles_count = 1 \
    }

const struct placement placements[] = {
    {.name = "small",
     .processes =
         {{.name = "engine", .calls = "engine", .roles = {PLACE_ENGINE}, .roles_count = 1},
          {.name = "back",
           .calls = "history",
           .roles = {PLACE_HISTORY, PLACE_MONITOR, PLACE_ADMIN, PLACE_PRICES, PLACE_CASES,
                     PLACE_LISTS, PLACE_LOGINS},
           .roles_count = 7},
          {.name = "edge", .calls = "gateway", .roles = {PLACE_GATEWAY}, .roles_count = 1},
          {.name = "snapshot", .calls = "engine", .roles = {PLACE_SNAPSHOT}, .roles_count = 1},
          DESK,
          OFFICE,
          DOOR,
          SCREEN,
          MATCH,
          KEEP,
          LOG,
          COURIER},
     .processes_count = 12},
    {.name = "wide",
     .processes =
         {{.name = "engine", .calls = "engine", .roles = {PLACE_ENGINE}, .roles_count = 1},
          {.name = "history", .calls = "history", .roles = {PLACE_HISTORY}, .roles_count = 1},
          {.name = "admin", .calls = "history", .roles = {PLACE_ADMIN}, .roles_count = 1},
          {.name = "prices", .calls = "history", .roles = {PLACE_PRICES}, .roles_count = 1},
          {.name = "cases", .calls = "history", .roles = {PLACE_CASES}, .roles_count = 1},
          {.name = "lists", .calls = "history", .roles = {PLACE_LISTS}, .roles_count = 1},
          LOGINS,
          {.name = "gateway", .calls = "gateway", .roles = {PLACE_GATEWAY}, .roles_count = 1},
          {.name = "snapshot", .calls = "engine", .roles = {PLACE_SNAPSHOT}, .roles_count = 1},
          {.name = "monitor", .calls = "history", .roles = {PLACE_MONITOR}, .roles_count = 1},
          DESK,
          OFFICE,
          DOOR,
          SCREEN,
          MATCH,
          KEEP,
          LOG,
          COURIER},
     .processes_count = 18},
    {.name = "one",
     .processes = {{.name = "venue",
                    .roles = {PLACE_ENGINE, PLACE_HISTORY, PLACE_GATEWAY, PLACE_SNAPSHOT,
                              PLACE_MONITOR, PLACE_ADMIN, PLACE_PRICES, PLACE_CASES, PLACE_LISTS,
                              PLACE_LOGINS},
                    .roles_count = 10},
                   DESK,
                   OFFICE,
                   DOOR,
                   SCREEN,
                   MATCH,
                   KEEP,
                   LOG,
                   COURIER},
     .processes_count = 9},
};
const u32 placements_count = ARRAY_COUNT(placements);

/* Whether the configuration wants it. */
static bool is_wanted(const struct config *config, const struct place_process *process)
{
    if (place_has_role(process, PLACE_KEEP)) {
        return config->values[CONFIG_VAULT_ON].number != 0;
    }
    if (place_has_role(process, PLACE_DESK)) {
        return config->values[CONFIG_DESK_ON].number != 0;
    }
    if (place_has_role(process, PLACE_OFFICE)) {
        return config->values[CONFIG_OFFICE_ON].number != 0;
    }
    if (place_has_role(process, PLACE_DOOR) ||
        (process->roles_count == 1 && place_has_role(process, PLACE_LOGINS))) {
        return config->values[CONFIG_DOOR_ON].number != 0;
    }
    if (place_has_role(process, PLACE_LOG) || place_has_role(process, PLACE_COURIER)) {
        return config->values[CONFIG_PUBLOG_ON].number != 0;
    }
    return (!place_has_role(process, PLACE_SCREEN) && !place_has_role(process, PLACE_MATCH)) ||
           strcmp(config->values[CONFIG_SCREEN_LISTS].text, "none") != 0;
}

struct placement placement_of(const struct config *config)
{
    u64 number = config->values[CONFIG_VENUE_PLACEMENT].number;
    CHECK(number < placements_count);
    struct placement placement = {.name = placements[number].name};
    for (u32 index = 0; index < placements[number].processes_count; index += 1) {
        const struct place_process *process = &placements[number].processes[index];
        if (is_wanted(config, process)) {
            placement.processes[placement.processes_count] = *process;
            placement.processes_count += 1;
        }
    }
    return placement;
}

const char *place_role_name(enum place_role role)
{
    return place_roles[role].name;
}

bool place_has_role(const struct place_process *process, u32 role)
{
    for (u32 index = 0; index < process->roles_count; index += 1) {
        if ((u32)process->roles[index] == role) {
            return true;
        }
    }
    return false;
}

static bool process_uses(const struct place_process *process, const struct channel_row *row)
{
    return place_has_role(process, row->writer) || place_has_role(process, row->reader);
}

/* ---- the supervisor's end ---- */

static bool has_any(const struct placement *placement, enum place_role role)
{
    bool has = false;
    for (u32 index = 0; index < placement->processes_count; index += 1) {
        has = has || place_has_role(&placement->processes[index], role);
    }
    return has;
}

/* The monitor waits for nobody. */
static enum fault match_line_open(struct place_hub *hub)
{
    TRY(handover_pair(hub->match_line));
    hub->match_count = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fcntl(hub->match_line[0], F_SETFL, O_NONBLOCK) == 0 && hub->match_count >= 0
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "the line to %s", place_role_name(PLACE_MATCH));
}

static enum fault hub_open(struct place_hub *hub, const struct config *config)
{
    for (u32 index = 0; index < PLACE_CHANNELS_COUNT; index += 1) {
        const struct channel_row *row = &channel_rows[index];
        u32 bytes =
            row->bytes == 0 ? (u32)config->values[CONFIG_ENGINE_CHANNEL].number : row->bytes;
        TRY(channel_create(&hub->channels[index], row->name, bytes));
    }
    for (u32 index = 0; index <= hub->placement->processes_count; index += 1) {
        TRY(metrics_page_create(&hub->pages[index], PAGE_NAME));
    }
    if (has_any(hub->placement, PLACE_LOG)) {
        TRY(handover_pair(hub->log_line));
    }
    if (has_any(hub->placement, PLACE_DOOR)) {
        TRY(handover_pair(hub->door_line));
        TRY(handover_pair(hub->effects_line));
    }
    if (has_any(hub->placement, PLACE_KEEP)) {
        TRY(handover_pair(hub->keep_line));
    }
    if (has_any(hub->placement, PLACE_KEEP) && has_any(hub->placement, PLACE_SCREEN)) {
        TRY(handover_pair(hub->people_line));
    }
    if (has_any(hub->placement, PLACE_DESK)) {
        TRY(handover_pair(hub->desk_line));
    }
    if (has_any(hub->placement, PLACE_DESK) && has_any(hub->placement, PLACE_KEEP)) {
        TRY(handover_pair(hub->count_line));
    }
    TRY(handover_pair(hub->inbox_line));
    return has_any(hub->placement, PLACE_MATCH) ? match_line_open(hub) : FAULT_NONE;
}

enum fault place_hub_open(struct place_hub *hub, const struct placement *placement,
                          const struct config *config, const int listeners[PLACE_LISTENERS_COUNT])
{
    hub->placement = placement;
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT; index += 1) {
        hub->listeners[index] = listeners[index];
    }
    int *const lines[] = {hub->match_line,   hub->log_line,   hub->door_line,
                          hub->effects_line, hub->keep_line,  hub->people_line,
                          hub->desk_line,    hub->count_line, hub->inbox_line};
    for (u32 index = 0; index < ARRAY_COUNT(lines); index += 1) {
        lines[index][0] = -1;
        lines[index][1] = -1;
    }
    hub->match_count = -1;
    for (u32 index = 0; index < PLACE_CHANNELS_COUNT; index += 1) {
        hub->channels[index] = (struct channel){.memory = -1, .wake = -1};
    }
    for (u32 index = 0; index < PLACE_PAGES_MAX; index += 1) {
        hub->pages[index].shared = (struct shared_memory){.descriptor = -1};
    }
    enum fault fault = hub_open(hub, config);
    if (fault != FAULT_NONE) {
        place_hub_close(hub);
    }
    return fault;
}

/* What is mapped; in a role's process too, which the fork has given a copy. */
static void hub_unmap(struct place_hub *hub)
{
    for (u32 index = 0; index < PLACE_CHANNELS_COUNT; index += 1) {
        channel_close(&hub->channels[index]);
    }
    for (u32 index = 0; index < PLACE_PAGES_MAX; index += 1) {
        metrics_page_close(&hub->pages[index]);
    }
}

static void line_close(int line[2])
{
    for (u32 end = 0; end < 2; end += 1) {
        if (line[end] >= 0) {
            (void)close(line[end]);
            line[end] = -1;
        }
    }
}

void place_hub_close(struct place_hub *hub)
{
    hub_unmap(hub);
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT; index += 1) {
        if (hub->listeners[index] >= 0) {
            (void)close(hub->listeners[index]);
            hub->listeners[index] = -1;
        }
    }
    line_close(hub->match_line);
    line_close(hub->log_line);
    line_close(hub->door_line);
    line_close(hub->effects_line);
    line_close(hub->keep_line);
    line_close(hub->people_line);
    line_close(hub->desk_line);
    line_close(hub->count_line);
    line_close(hub->inbox_line);
    if (hub->match_count >= 0) {
        (void)close(hub->match_count);
        hub->match_count = -1;
    }
}

struct metrics_page *place_hub_page(struct place_hub *hub)
{
    return &hub->pages[hub->placement->processes_count];
}

static void item_put(struct handover_item *items, u32 *count, const char *name, const char *end,
                     u64 number, int descriptor)
{
    CHECK(*count < HANDOVER_ITEMS_MAX);
    struct handover_item *item = &items[*count];
    *item = (struct handover_item){.number = number, .descriptor = descriptor};
    (void)snprintf(item->name, sizeof(item->name), "%s%s", name, end);
    *count += 1;
}

/* The ends of lines that are the process's. */
static void lines_put(const struct place_hub *hub, const struct place_process *process,
                      struct handover_item *items, u32 *count)
{
    const struct {
        const char *name;
        enum place_role role;
        int end; /* -1: there is no such line */
    } rows[] = {
        {MATCH_OUT, PLACE_MONITOR, hub->match_line[0]},
        {MATCH_IN, PLACE_MATCH, hub->match_line[1]},
        {LOG_OUT, PLACE_LOG, hub->log_line[0]},
        {LOG_IN, PLACE_COURIER, hub->log_line[1]},
        {DOOR_OUT, PLACE_GATEWAY, hub->door_line[0]},
        {DOOR_IN, PLACE_DOOR, hub->door_line[1]},
        {EFFECTS_OUT, PLACE_LOGINS, hub->effects_line[0]},
        {EFFECTS_IN, PLACE_DOOR, hub->effects_line[1]},
        {KEEP_OUT, PLACE_GATEWAY, hub->keep_line[0]},
        {KEEP_IN, PLACE_KEEP, hub->keep_line[1]},
        {DESK_OUT, PLACE_GATEWAY, hub->desk_line[0]},
        {DESK_IN, PLACE_DESK, hub->desk_line[1]},
        {COUNT_OUT, PLACE_DESK, hub->count_line[0]},
        {COUNT_IN, PLACE_KEEP, hub->count_line[1]},
        {INBOX_OUT, PLACE_GATEWAY, hub->inbox_line[0]},
        {INBOX_IN, PLACE_CASES, hub->inbox_line[1]},
        {PEOPLE_OUT, PLACE_KEEP, hub->people_line[0]},
        {PEOPLE_IN, PLACE_SCREEN, hub->people_line[1]},
    };
    for (u32 index = 0; index < ARRAY_COUNT(rows); index += 1) {
        if (rows[index].end >= 0 && place_has_role(process, rows[index].role)) {
            item_put(items, count, rows[index].name, "", 0, rows[index].end);
        }
    }
}

u32 place_hub_items(const struct place_hub *hub, const struct place_process *process,
                    struct handover_item items_out[HANDOVER_ITEMS_MAX])
{
    u32 count = 0;
    for (u32 index = 0; index < PLACE_CHANNELS_COUNT; index += 1) {
        const struct channel_row *row = &channel_rows[index];
        const struct channel *channel = &hub->channels[index];
        if (process_uses(process, row)) {
            item_put(items_out, &count, row->name, "", channel->data_bytes, channel->memory);
            item_put(items_out, &count, row->name, ".wake", 0, channel->wake);
        }
    }
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT; index += 1) {
        if (hub->listeners[index] >= 0 && place_has_role(process, listener_rows[index].role)) {
            item_put(items_out, &count, listener_rows[index].name, "", 0, hub->listeners[index]);
        }
    }
    lines_put(hub, process, items_out, &count);
    if (hub->match_count >= 0 &&
        (place_has_role(process, PLACE_MATCH) || place_has_role(process, PLACE_SCREEN))) {
        item_put(items_out, &count, MATCH_COUNT, "", 0, hub->match_count);
    }
    u32 place = (u32)(process - hub->placement->processes);
    item_put(items_out, &count, PAGE_NAME, "", 0, hub->pages[place].shared.descriptor);
    for (u32 index = 0;
         index <= hub->placement->processes_count && place_has_role(process, PLACE_MONITOR);
         index += 1) {
        char name[HANDOVER_NAME_BYTES];
        (void)snprintf(name, sizeof(name), PAGES_NAME, index);
        item_put(items_out, &count, name, "", 0, hub->pages[index].shared.descriptor);
    }
    return count;
}

/* ---- in the process ---- */

/* Closes everything but standard input, output and error, the supervisor's socket and what was
 * handed over: also what the fork has copied. */
static void others_close(const struct handover_item *items, u32 count, int socket)
{
    u32 keep[HANDOVER_ITEMS_MAX + 1];
    u32 kept = 1;
    keep[0] = (u32)socket;
    for (u32 index = 0; index < count; index += 1, kept += 1) {
        u32 place = kept;
        for (; place > 0 && keep[place - 1] > (u32)items[index].descriptor; place -= 1) {
            keep[place] = keep[place - 1];
        }
        keep[place] = (u32)items[index].descriptor;
    }
    u32 first = STDERR_FILENO + 1;
    for (u32 index = 0; index < kept; index += 1) {
        if (keep[index] > first) {
            (void)close_range(first, keep[index] - 1, 0);
        }
        first = keep[index] < first ? first : keep[index] + 1;
    }
    (void)close_range(first, UINT32_MAX, 0);
}

static enum fault channels_attach(struct place *place, const struct handover_item *items, u32 count)
{
    for (u32 index = 0; index < PLACE_CHANNELS_COUNT; index += 1) {
        const struct channel_row *row = &channel_rows[index];
        char wake_name[HANDOVER_NAME_BYTES];
        (void)snprintf(wake_name, sizeof(wake_name), "%s.wake", row->name);
        const struct handover_item *memory = handover_find(items, count, row->name);
        const struct handover_item *wake = handover_find(items, count, wake_name);
        if (!process_uses(place->process, row)) {
            continue;
        }
        if (memory == NULL || wake == NULL || memory->number > CHANNEL_BYTES_MAX) {
            return FAULT(FAULT_FOREIGN, "%s was not handed over", row->name);
        }
        TRY(channel_attach(&place->channels[index], memory->descriptor, wake->descriptor,
                           (u32)memory->number));
    }
    return FAULT_NONE;
}

static enum fault page_attach(struct metrics_page *page, const char *name,
                              const struct handover_item *items, u32 count)
{
    const struct handover_item *item = handover_find(items, count, name);
    return item == NULL ? FAULT(FAULT_FOREIGN, "%s was not handed over", name)
                        : metrics_page_attach(page, item->descriptor);
}

/* -1: not of this process. */
static int descriptor_of(const struct handover_item *items, u32 count, const char *name)
{
    const struct handover_item *item = handover_find(items, count, name);
    return item == NULL ? -1 : item->descriptor;
}

static enum fault rest_attach(struct place *place, const struct handover_item *items, u32 count)
{
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT; index += 1) {
        const struct listener_row *row = &listener_rows[index];
        const struct handover_item *item = handover_find(items, count, row->name);
        if (place_has_role(place->process, row->role) && item == NULL) {
            return FAULT(FAULT_FOREIGN, "%s was not handed over", row->name);
        }
        place->listeners[index] = item == NULL ? -1 : item->descriptor;
    }
    place->match_out = descriptor_of(items, count, MATCH_OUT);
    place->match_in = descriptor_of(items, count, MATCH_IN);
    place->match_count = descriptor_of(items, count, MATCH_COUNT);
    place->log_out = descriptor_of(items, count, LOG_OUT);
    place->log_in = descriptor_of(items, count, LOG_IN);
    place->door_out = descriptor_of(items, count, DOOR_OUT);
    place->door_in = descriptor_of(items, count, DOOR_IN);
    place->effects_out = descriptor_of(items, count, EFFECTS_OUT);
    place->effects_in = descriptor_of(items, count, EFFECTS_IN);
    place->keep_out = descriptor_of(items, count, KEEP_OUT);
    place->keep_in = descriptor_of(items, count, KEEP_IN);
    place->people_out = descriptor_of(items, count, PEOPLE_OUT);
    place->people_in = descriptor_of(items, count, PEOPLE_IN);
    place->desk_out = descriptor_of(items, count, DESK_OUT);
    place->desk_in = descriptor_of(items, count, DESK_IN);
    place->count_out = descriptor_of(items, count, COUNT_OUT);
    place->count_in = descriptor_of(items, count, COUNT_IN);
    place->inbox_out = descriptor_of(items, count, INBOX_OUT);
    place->inbox_in = descriptor_of(items, count, INBOX_IN);
    TRY(page_attach(&place->page, PAGE_NAME, items, count));
    for (u32 index = 0; index <= place->placement->processes_count &&
                        place_has_role(place->process, PLACE_MONITOR);
         index += 1) {
        char name[HANDOVER_NAME_BYTES];
        (void)snprintf(name, sizeof(name), PAGES_NAME, index);
        TRY(page_attach(&place->pages[index], name, items, count));
    }
    return FAULT_NONE;
}

/* Gives up the supervisor's mappings, which the fork has copied, and every descriptor but those
 * that this process is handed: that is all it may reach. */
static enum fault take_over(struct place *place, struct place_hub *hub, int socket)
{
    struct handover_item items[HANDOVER_ITEMS_MAX];
    u32 count = 0;
    hub_unmap(hub);
    TRY(handover_receive(socket, items, ARRAY_COUNT(items), HANDOVER_MS, &count));
    others_close(items, count, socket);
    TRY(channels_attach(place, items, count));
    return rest_attach(place, items, count);
}

static enum fault agents_make(struct place *place)
{
    for (u32 index = 0; index < place->process->roles_count; index += 1) {
        TRY(place_roles[place->process->roles[index]].make(place, &place->agents[index]));
        place->agents_count += 1;
    }
    return FAULT_NONE;
}

static void agents_unmake(struct place *place)
{
    for (u32 index = place->agents_count; index > 0; index -= 1) {
        const struct place_role_row *row = &place_roles[place->process->roles[index - 1]];
        if (row->unmake != NULL) {
            row->unmake(place, place->agents[index - 1]);
        }
    }
}

/* The sandbox of the roles together: each one's paths. */
struct walls {
    struct sandbox_options options;
    struct sandbox_path paths[PATHS_MAX];
    char texts[PATHS_MAX][FILE_PATH_BYTES];
};

/* A file's folder may be read: who changes a file often puts a new one in its place. */
static void folder_open(struct walls *walls, u32 *count, const char *path)
{
    char *text = walls->texts[*count];
    CHECK(*count < PATHS_MAX);
    (void)snprintf(text, sizeof(walls->texts[*count]), "%s", path);
    char *slash = strrchr(text, '/');
    CHECK(slash != NULL);
    slash[slash == text ? 1 : 0] = 0;
    walls->paths[*count] = (struct sandbox_path){.path = text};
    *count += 1;
}

static enum fault walls_build(struct walls *walls, const struct place *place)
{
    u32 count = 0;
    walls->options = (struct sandbox_options){
        .role = place->process->calls,
        .paths = walls->paths,
        .has_network = place_has_role(place->process, PLACE_COURIER),
        .is_required = place->settings->config->values[CONFIG_VENUE_REQUIRE_SANDBOX].number != 0};
    for (u32 role = 0; role < place->process->roles_count; role += 1) {
        const struct place_role_row *row = &place_roles[place->process->roles[role]];
        for (u32 index = 0; index < PLACE_PATHS_MAX && row->paths[index].below != NULL;
             index += 1) {
            const struct place_path *path = &row->paths[index];
            TRY(file_path(walls->texts[count], place->settings->folder, path->below));
            walls->paths[count] = (struct sandbox_path){.path = walls->texts[count],
                                                        .is_writable = path->is_writable};
            count += 1;
        }
    }
    if (place_has_role(place->process, PLACE_GATEWAY) &&
        place->settings->config->values[CONFIG_PUBLOG_ON].number != 0) {
        TRY(file_path(walls->texts[count], place->settings->folder, PLACE_LOG_PUBLIC));
        walls->paths[count] = (struct sandbox_path){.path = walls->texts[count]};
        count += 1;
    }
    if (place_has_role(place->process, PLACE_GATEWAY) && place->settings->config_path != NULL) {
        folder_open(walls, &count, place->settings->config_path);
    }
    const struct price_sources *prices = place->settings->prices;
    for (u32 index = 0;
         prices != NULL && place_has_role(place->process, PLACE_PRICES) && index < prices->count;
         index += 1) {
        folder_open(walls, &count, prices->sources[index].path);
    }
    const struct list_sources *lists = place->settings->lists;
    for (u32 index = 0;
         lists != NULL && place_has_role(place->process, PLACE_LISTS) && index < lists->count;
         index += 1) {
        for (u32 file = 0; file < lists->watches[index].paths_count; file += 1) {
            folder_open(walls, &count, lists->watches[index].paths[file]);
        }
    }
    walls->options.paths_count = count;
    return FAULT_NONE;
}

/* What the hooks of the thread's loop need. */
struct life {
    struct place *place;
    struct sandbox_report report;
    int socket;
    bool has_told;   /* the supervisor that we are ready */
    bool was_ready;  /* as the page says */
    u64 page_due_ns; /* when it is written next */
};

static void page_write(struct life *life, bool is_ready)
{
    struct metrics_page_state state = {.time_us = clock_wall_us(clock_real()),
                                       .is_ready = is_ready};
    struct place *place = life->place;
    for (u32 index = 0; index < place->agents_count; index += 1) {
        const struct place_role_row *row = &place_roles[place->process->roles[index]];
        if (row->measure != NULL) {
            row->measure(place, place->agents[index]);
        }
    }
    life->was_ready = is_ready;
    life->page_due_ns = clock_mono_ns(clock_real()) + PAGE_EVERY_MS * MS_NS;
    if (metrics_page_put(&place->page, &place->metrics, &state) != FAULT_NONE) {
        log_warn("process.metrics_too_long", LOG_STR("process", place->process->name));
        fault_forget();
    }
}

static void on_started(void *argument)
{
    struct life *life = argument;
    char text[SANDBOX_TEXT_BYTES];
    sandbox_report_print(&life->report, text);
    log_info("process.protected", LOG_STR("process", life->place->process->name),
             LOG_STR("protections", life->place->process->calls == NULL ? "none" : text));
    page_write(life, false);
}

static bool all_ready(const struct place *place)
{
    for (u32 index = 0; index < place->agents_count; index += 1) {
        const struct place_role_row *row = &place_roles[place->process->roles[index]];
        if (row->is_ready != NULL && !row->is_ready(place, place->agents[index])) {
            return false;
        }
    }
    return true;
}

static void on_round(void *argument)
{
    struct life *life = argument;
    bool is_ready = all_ready(life->place);
    if (is_ready && !life->has_told) {
        life->has_told = true;
        if (supervise_tell_ready(life->socket) != FAULT_NONE) {
            fault_forget(); /* it has died; its end is ours too */
        }
    }
    if (is_ready != life->was_ready || clock_mono_ns(clock_real()) >= life->page_due_ns) {
        page_write(life, is_ready);
    }
}

static enum fault live(struct place *place, int socket)
{
    static struct walls walls;
    struct life life = {.place = place, .socket = socket};
    u64 sleep_us = AGENT_SLEEP_DEFAULT_US;
    TRY(walls_build(&walls, place));
    for (u32 index = 0; index < place->process->roles_count; index += 1) {
        const struct place_role_row *row = &place_roles[place->process->roles[index]];
        sleep_us = row->sleep_us == 0 ? sleep_us : u64_min(sleep_us, row->sleep_us);
    }
    struct agents_options options = {
        .sandbox = place->process->calls == NULL ? NULL : &walls.options,
        .report_out = &life.report,
        .requests = &place->requests,
        .on_started = on_started,
        .on_round = on_round,
        .argument = &life,
        .spin_ns = AGENT_SPIN_DEFAULT_NS,
        .sleep_us = sleep_us,
        .stop_ms = STOP_MS,
    };
    return agents_run(place->agents, place->agents_count, &options);
}

static enum fault process_live(struct place *place, struct place_hub *hub, int socket)
{
    if (place->settings->demo != NULL && !place_has_role(place->process, PLACE_GATEWAY)) {
        secret_wipe(place->settings->demo, sizeof(*place->settings->demo));
    }
    TRY(take_over(place, hub, socket));
    metrics_init(&place->metrics);
    agent_requests_of_signals(&place->requests);
    enum fault fault = agents_make(place);
    if (fault == FAULT_NONE) {
        fault = live(place, socket);
    }
    agents_unmake(place);
    return fault;
}

int place_process_run(void *argument, int socket)
{
    static struct place place;
    const struct place_call *call = argument;
    place.settings = call->settings;
    place.process = call->process;
    place.placement = call->hub->placement;
    clock_behind_init(&place.clock, place.settings->clock_behind_us);
    enum fault fault = process_live(&place, call->hub, socket);
    if (fault != FAULT_NONE) {
        log_error("process.failed", LOG_STR("process", call->process->name), LOG_FAULT(fault));
    }
    return fault_exit_code(fault);
}
