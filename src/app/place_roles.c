#include "app/place_roles.h"

#include "app/list_names.h"
#include "app/place_cases.h"
#include "app/place_desk.h"
#include "app/place_door.h"
#include "app/place_keep.h"
#include "app/place_log.h"
#include "app/place_logins.h"
#include "app/place_match.h"
#include "app/place_office.h"
#include "app/venue_pages.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/engine/engine_agent.h"
#include "role/gateway/networks.h"
#include "role/history/history_agent.h"
#include "role/lists/list_agent.h"
#include "role/screen/screen_own.h"
#include "role/vault/age_file.h"
#include "wire/link.h"

#include <string.h>

#define US_MS              1000ULL
#define GENEROUS_COUNT     100000000U
#define GENEROUS_PER_ORDER 1000000U

static u64 number_of(const struct place *place, enum config_key key)
{
    return place->settings->config->values[key].number;
}

_Static_assert(PLACE_PAGES_MAX <= MONITOR_SOURCES_MAX, "one each");

/* This process has it: CHECK. */
static const struct channel *channel_of(const struct place *place, enum place_channel channel)
{
    CHECK(place->channels[channel].ring != NULL);
    return &place->channels[channel];
}

/* ---- engine ---- */

static enum fault engine_make(struct place *place, struct agent **agent_out)
{
    const struct engine_agent_input inputs[] = {
        {.channel = channel_of(place, PLACE_GATEWAY_COMMANDS),
         .source = LINK_SOURCE_GATEWAY,
         .kinds = engine_agent_gateway_kinds,
         .kinds_count = engine_agent_gateway_kinds_count},
        {.channel = channel_of(place, PLACE_ADMIN_COMMANDS),
         .source = LINK_SOURCE_ADMIN,
         .kinds = engine_agent_admin_kinds,
         .kinds_count = engine_agent_admin_kinds_count},
        {.channel = channel_of(place, PLACE_PRICE_COMMANDS),
         .source = LINK_SOURCE_PRICES,
         .kinds = engine_agent_price_kinds,
         .kinds_count = engine_agent_price_kinds_count},
        {.channel = channel_of(place, PLACE_SCREEN_COMMANDS),
         .source = LINK_SOURCE_SCREEN,
         .kinds = engine_agent_screen_kinds,
         .kinds_count = engine_agent_screen_kinds_count},
        {.channel = channel_of(place, PLACE_LOGIN_COMMANDS),
         .source = LINK_SOURCE_LOGINS,
         .kinds = engine_agent_login_kinds,
         .kinds_count = engine_agent_login_kinds_count},
    };
    const struct engine_agent_listener listeners[] = {
        {.channel = channel_of(place, PLACE_GATEWAY_BELLS), .source = LINK_SOURCE_GATEWAY},
        {.channel = channel_of(place, PLACE_HISTORY_BELLS), .source = LINK_SOURCE_NONE},
        {.channel = channel_of(place, PLACE_ADMIN_BELLS), .source = LINK_SOURCE_ADMIN},
        {.channel = channel_of(place, PLACE_PRICE_BELLS), .source = LINK_SOURCE_PRICES},
        {.channel = channel_of(place, PLACE_SCREEN_BELLS), .source = LINK_SOURCE_SCREEN},
        {.channel = channel_of(place, PLACE_LOGIN_BELLS), .source = LINK_SOURCE_LOGINS},
    };
    struct engine_agent_options options = {
        .engine = {.disk = disk_real(),
                   .clock = &place->clock.clock,
                   .folder = place->settings->folder,
                   .batch_commands = (u32)number_of(place, CONFIG_ENGINE_BATCH_COMMANDS),
                   .threads = true},
        .inputs = inputs,
        .inputs_count = ARRAY_COUNT(inputs),
        .listeners = listeners,
        .listeners_count = ARRAY_COUNT(listeners),
        .metrics = &place->metrics,
    };
    return engine_agent_open(agent_out, &options);
}

static void engine_unmake(struct place *place, struct agent *agent)
{
    (void)place;
    engine_agent_close(agent);
}

/* ---- history ---- */

static enum fault history_make(struct place *place, struct agent **agent_out)
{
    struct history_agent_options options = {
        .folder = place->settings->folder,
        .clock = &place->clock.clock,
        .asks = channel_of(place, PLACE_ASKS),
        .answers = channel_of(place, PLACE_ANSWERS),
        .bell = channel_of(place, PLACE_HISTORY_BELLS),
        .gather_us = HISTORY_GATHER_US,
    };
    struct arena arena;
    TRY(block_take(history_agent_footprint().bytes, "the history", &place->history));
    arena_init(&arena, place->history.memory, place->history.bytes);
    return history_agent_init(agent_out, &options, &arena);
}

static void history_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    block_give_back(&place->history);
}

static bool history_is_ready(const struct place *place, const struct agent *agent)
{
    (void)place;
    struct history_agent_counts counts = history_agent_counts(agent);
    return counts.released > 0 && counts.position >= counts.released;
}

/* A counter by its name, or a gauge. */
static struct metric *value_declare(struct metrics *metrics, const struct place_value *row)
{
    struct metric_declaration given = {.name = row->name, .help = row->help};
    size_t length = strlen(row->name);
    bool is_counter = length > 6 && strcmp(row->name + length - 6, "_total") == 0;
    return is_counter ? metrics_counter(metrics, &given) : metrics_gauge(metrics, &given);
}

void place_values_put(struct place *place, struct metric **metrics, const struct place_value *rows,
                      const u64 *values, u32 count)
{
    CHECK(count <= PLACE_VALUES_MAX);
    for (u32 index = 0; index < count; index += 1) {
        if (metrics[index] == NULL) {
            metrics[index] = value_declare(&place->metrics, &rows[index]);
        }
        metric_set(metrics[index], (i64)u64_min(values[index], INT64_MAX));
    }
}

static u64 behind_of(u64 position, u64 released)
{
    return released > position ? released - position : 0;
}

static void history_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_history_position", "Position of the event log up to which rows are stored."},
        {"cambist_history_behind_steps", "Steps of 32 bytes of the event log not stored yet."},
        {"cambist_history_transactions_total", "Transactions of the database."},
        {"cambist_history_answered_total", "Questions answered."},
        {"cambist_history_failed_total", "Questions that the database could not be read for."},
        {"cambist_history_too_late_total", "Questions that had waited too long for events."},
        {"cambist_history_waiting", "Questions that wait."},
    };
    struct history_agent_counts counts = history_agent_counts(agent);
    const u64 values[] = {counts.position,     behind_of(counts.position, counts.released),
                          counts.transactions, counts.answered,
                          counts.failed,       counts.behind,
                          counts.waiting};
    place_values_put(place, place->history_values, rows, values, ARRAY_COUNT(rows));
}

/* ---- gateway ---- */

static void limits_loosen(struct limit_config *limits)
{
    for (u32 pool = 0; pool < LIMIT_POOL_COUNT; pool += 1) {
        limits->weight_max[pool] = GENEROUS_COUNT;
    }
    limits->account_weight_max = GENEROUS_COUNT;
    limits->requests_max = GENEROUS_COUNT;
    limits->connects_max = GENEROUS_COUNT;
    limits->open_max = GENEROUS_COUNT;
    limits->orders_10s_max = GENEROUS_PER_ORDER;
    limits->orders_day_max = GENEROUS_COUNT;
    limits->refusals_max = GENEROUS_COUNT;
}

static void limits_of(const struct config *config, struct limit_config *limits)
{
    const struct config_value *values = config->values;
    limits->weight_max[LIMIT_POOL_API] = (u32)values[CONFIG_LIMITS_WEIGHT].number;
    limits->requests_max = (u32)values[CONFIG_LIMITS_REQUESTS].number;
    limits->connects_max = (u32)values[CONFIG_LIMITS_CONNECTS].number;
    limits->open_max = (u32)values[CONFIG_LIMITS_CONNECTIONS].number;
    limits->orders_10s_max = (u32)values[CONFIG_LIMITS_ORDERS_10S].number;
    limits->orders_day_max = (u32)values[CONFIG_LIMITS_ORDERS_DAY].number;
}

/* gateway_options.limits_again */
static enum fault limits_again(void *argument, struct limit_config *limits_out)
{
    static struct config config;
    const struct place *place = argument;
    if (place->settings->config_path == NULL) {
        return FAULT(FAULT_MISSING, "there is no configuration file to read again");
    }
    TRY(config_read_file(place->settings->config_path, &config));
    limits_of(&config, limits_out);
    return FAULT_NONE;
}

/* Of an option for a file; NULL: none. */
static const char *file_of(const struct place *place, enum config_key key)
{
    const char *text = place->settings->config->values[key].text;
    return strcmp(text, "none") == 0 ? NULL : text;
}

static enum fault gateway_make(struct place *place, struct agent **agent_out)
{
    struct gateway_options options = gateway_defaults;
    u8 recipient[AGE_KEY_BYTES];
    struct gateway_net_options network = GATEWAY_NET_OPTIONS_DEFAULT;
    CHECK(place->listeners[PLACE_LISTENER_GATEWAY] >= 0);
    network.address = NULL;
    network.descriptor = place->listeners[PLACE_LISTENER_GATEWAY];
    network.connections_max = (u32)number_of(place, CONFIG_GATEWAY_CONNECTIONS_MAX);
    network.certificate = file_of(place, CONFIG_GATEWAY_CERTIFICATE);
    network.key = file_of(place, CONFIG_GATEWAY_KEY);
    if ((network.certificate == NULL) != (network.key == NULL)) {
        return FAULT(FAULT_CONFIG, "gateway.certificate and gateway.key: one without the other");
    }
    gateway_net_init(&place->network, &network);
    options.folder = place->settings->folder;
    options.disk = disk_real();
    options.clock = &place->clock.clock;
    options.clock_behind_us = place->settings->clock_behind_us;
    options.network = &place->network.network;
    options.commands = channel_of(place, PLACE_GATEWAY_COMMANDS);
    options.bell = channel_of(place, PLACE_GATEWAY_BELLS);
    options.asks = channel_of(place, PLACE_ASKS);
    options.answers = channel_of(place, PLACE_ANSWERS);
    options.key_asks = channel_of(place, PLACE_KEY_ASKS);
    options.key_answers = channel_of(place, PLACE_KEY_ANSWERS);
    options.keys_folder = place->settings->keys_folder;
    options.sessions_max = network.connections_max;
    options.metrics = &place->metrics;
    options.pages = &venue_pages;
    options.demo = place->settings->demo;
    options.door = place->door_out;
    options.keep = place->keep_out;
    options.desk = place->desk_out;
    options.inbox = place->inbox_out;
    options.evidence_recipient = file_of(place, CONFIG_CASES_RECIPIENT);
    if (options.evidence_recipient != NULL &&
        !age_recipient_read(span_of_text(options.evidence_recipient), recipient)) {
        return FAULT(FAULT_CONFIG, "cases.recipient: not a key as age1...");
    }
    options.keep_years = (u32)number_of(place, CONFIG_VAULT_YEARS);
    if (number_of(place, CONFIG_PUBLOG_ON) != 0) {
        TRY(file_path(place->log_public, place->settings->folder, PLACE_LOG_PUBLIC));
        options.log_folder = place->log_public;
    }
    TRY(file_path(place->reports, place->settings->folder, PLACE_REPORTS));
    options.reports_folder = place->reports;
    if (!networks_read(place->settings->config->values[CONFIG_GATEWAY_PROXIES].text,
                       options.trusted, GATEWAY_TRUSTED_MAX, &options.trusted_count)) {
        return FAULT(FAULT_CONFIG, "gateway.proxies");
    }
    limits_of(place->settings->config, &options.limits);
    if (place->settings->is_generous) {
        limits_loosen(&options.limits);
    } else {
        options.limits_again = limits_again;
        options.argument = place;
    }
    TRY(gateway_create(&place->gateway, &options));
    *agent_out = gateway_agent(place->gateway);
    return FAULT_NONE;
}

static void gateway_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    gateway_destroy(place->gateway);
    place->gateway = NULL;
}

static bool gateway_is_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    struct gateway_status status = gateway_status(place->gateway);
    return status.is_ready && status.engine_ready;
}

static void network_measure(struct place *place)
{
    static const struct place_value rows[] = {
        {"cambist_net_accepted_total", "Connections taken."},
        {"cambist_net_refused_total", "Connections closed at once: a limit, or no descriptor."},
        {"cambist_net_slow_total", "Connections cut off because their client did not read."},
        {"cambist_net_broken_total", "Connections that their client or the network reset."},
        {"cambist_net_tls_failed_total", "Connections whose TLS failed, or took too long."},
        {"cambist_net_input_bytes_total", "Bytes received."},
        {"cambist_net_output_bytes_total", "Bytes sent."},
        {"cambist_net_waiting_bytes", "Bytes that wait to be sent, shared ones for each client."},
        {"cambist_net_buffer_bytes", "Room in use for bytes to be sent."},
        {"cambist_net_buffer_failed_total", "Times that there was no such room."},
    };
    if (place->network.loop == NULL) {
        return;
    }
    const struct net_counts *counts = &net_loop_net(place->network.loop)->counts;
    const u64 refused = u64_add_capped(
        u64_add_capped(counts->refused_limit, counts->refused_handler), counts->refused_descriptor);
    const u64 values[] = {counts->accepted,
                          refused,
                          counts->ended[NET_END_SLOW],
                          counts->ended[NET_END_BROKEN],
                          counts->ended[NET_END_TLS],
                          counts->input_bytes,
                          counts->output_bytes,
                          counts->queue_bytes,
                          place->network.pool.used_bytes,
                          place->network.pool.exhausted_count};
    place_values_put(place, place->network_values, rows, values, ARRAY_COUNT(rows));
}

static void gateway_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_gateway_position", "Position of the event log up to which the view has come."},
        {"cambist_gateway_behind_steps", "Steps of 32 bytes of the event log not in the view yet."},
        {"cambist_gateway_connections", "Open connections."},
        {"cambist_gateway_refused_address_total",
         "Connections refused since their address had too many open."},
        {"cambist_gateway_pending", "Calls that wait for the engine or the history."},
        {"cambist_gateway_source_index", "Number of the last command sent."},
        {"cambist_gateway_engine_ready", "1 while commands can be sent to the engine."},
    };
    (void)agent;
    struct gateway_status status = gateway_status(place->gateway);
    const u64 values[] = {status.position,
                          status.behind,
                          status.sessions,
                          status.refused_address,
                          status.pending,
                          status.source_index,
                          status.engine_ready ? 1 : 0};
    place_values_put(place, place->gateway_values, rows, values, ARRAY_COUNT(rows));
    network_measure(place);
}

/* ---- admin ---- */

enum fault place_officers_path(const struct place *place, char path_out[FILE_PATH_BYTES])
{
    const struct config_value *value = &place->settings->config->values[CONFIG_ADMIN_OFFICERS];
    const char *text = file_of(place, CONFIG_ADMIN_OFFICERS);
    path_out[0] = 0;
    if (text == NULL) {
        return FAULT_NONE;
    }
    if (text[0] == '/') {
        (void)snprintf(path_out, FILE_PATH_BYTES, "%s", text);
        return FAULT_NONE;
    }
    TRY(file_path(path_out, place->settings->folder, text));
    bool exists = true;
    if (value->line == 0) {
        TRY(disk_exists(disk_real(), path_out, &exists));
    }
    path_out[0] = exists ? path_out[0] : 0;
    return FAULT_NONE;
}

static enum fault admin_make(struct place *place, struct agent **agent_out)
{
    CHECK(place->listeners[PLACE_LISTENER_ADMIN] >= 0);
    char *officers = place->officers;
    TRY(place_officers_path(place, officers));
    struct admin_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .listener = place->listeners[PLACE_LISTENER_ADMIN],
        .commands = channel_of(place, PLACE_ADMIN_COMMANDS),
        .bell = channel_of(place, PLACE_ADMIN_BELLS),
        .key_asks = channel_of(place, PLACE_KEY_ASKS),
        .key_answers = channel_of(place, PLACE_KEY_ANSWERS),
        .acts = channel_of(place, PLACE_CUSTOMER_ACTS),
        .kinds = engine_agent_admin_kinds,
        .kinds_count = engine_agent_admin_kinds_count,
        .officers = officers[0] == 0 ? NULL : officers,
    };
    TRY(admin_agent_create(&place->admin, &options));
    *agent_out = admin_agent_of(place->admin);
    return FAULT_NONE;
}

static void admin_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    admin_agent_destroy(place->admin);
    place->admin = NULL;
}

static void admin_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_admin_officers", "Officers in the register; 0: nothing needs a signature."},
        {"cambist_admin_waiting", "Orders that a second officer has yet to confirm."},
        {"cambist_admin_late", "Orders that no second officer has confirmed in time."},
        {"cambist_admin_orders_total", "Orders carried out with signatures of officers."},
        {"cambist_admin_refused_total", "Orders refused for want of good signatures."},
    };
    (void)agent;
    struct admin_counts counts = admin_agent_counts(place->admin);
    const u64 values[] = {counts.officers, counts.waiting, counts.late, counts.orders,
                          counts.refused};
    place_values_put(place, place->admin_values, rows, values, ARRAY_COUNT(rows));
}

static bool admin_is_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    return admin_agent_is_ready(place->admin);
}

/* ---- prices ---- */

static enum fault prices_make(struct place *place, struct agent **agent_out)
{
    const struct price_sources *sources = place->settings->prices;
    struct price_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .commands = channel_of(place, PLACE_PRICE_COMMANDS),
        .bell = channel_of(place, PLACE_PRICE_BELLS),
        .policy = {.fresh_us = number_of(place, CONFIG_PRICES_FRESH),
                   .sources_min = (u32)number_of(place, CONFIG_PRICES_SOURCES_MIN),
                   .jump = (u32)number_of(place, CONFIG_PRICES_JUMP),
                   .step = (u32)number_of(place, CONFIG_PRICES_STEP)},
        .every_us = number_of(place, CONFIG_PRICES_EVERY),
    };
    if (sources != NULL) {
        memcpy(options.sources, sources->sources, sizeof(options.sources));
        options.sources_count = sources->count;
    }
    TRY(price_agent_create(&place->prices, &options));
    *agent_out = price_agent_of(place->prices);
    return FAULT_NONE;
}

static void prices_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    price_agent_destroy(place->prices);
    place->prices = NULL;
}

static bool prices_are_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    return price_agent_is_ready(place->prices);
}

static void prices_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_prices_position", "Position of the event log up to which the agent has come."},
        {"cambist_prices_sources_failed", "Sources of prices whose file cannot be read."},
        {"cambist_prices_assets", "Assets of the venue."},
        {"cambist_prices_assets_missing", "Assets for which the sources give no price."},
        {"cambist_prices_assets_stale", "Assets without a price in the core, or with a stale one."},
        {"cambist_prices_outliers", "Prices of sources that are left out: too far from others."},
        {"cambist_prices_lines_refused_total", "Lines of sources that were refused."},
        {"cambist_prices_submitted_total", "Prices sent to the engine."},
        {"cambist_prices_refused_total", "Prices and valuations that the engine has refused."},
        {"cambist_prices_valuations_total", "Valuations sent to the engine."},
        {"cambist_prices_valuations_due", "Packs whose time of valuation has come and gone."},
    };
    (void)agent;
    struct price_agent_counts counts = price_agent_counts(place->prices);
    const u64 values[] = {counts.position,       counts.sources_failed, counts.assets,
                          counts.assets_missing, counts.assets_stale,   counts.outliers,
                          counts.lines_refused,  counts.submitted,      counts.refused,
                          counts.valuations,     counts.valuations_due};
    place_values_put(place, place->price_values, rows, values, ARRAY_COUNT(rows));
}

/* ---- lists ---- */

static enum fault lists_make(struct place *place, struct agent **agent_out)
{
    const struct list_sources *sources = place->settings->lists;
    struct list_agent_options options = {.folder = place->settings->folder,
                                         .clock = &place->clock.clock,
                                         .keep_percent = (u32)number_of(place, CONFIG_LISTS_KEEP),
                                         .every_us = number_of(place, CONFIG_LISTS_EVERY)};
    if (sources != NULL) {
        options.watches = sources->watches;
        options.watches_count = sources->count;
    }
    return list_agent_create(agent_out, &options);
}

static void lists_unmake(struct place *place, struct agent *agent)
{
    (void)place;
    list_agent_destroy(agent);
}

static void lists_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_lists_in_force", "Sanctions lists in force."},
        {"cambist_lists_entries", "Their entries."},
        {"cambist_lists_stale", "Lists that their source has not confirmed in time."},
        {"cambist_lists_missing", "Configured lists of which none is in force."},
        {"cambist_lists_refused", "Lists of which the newest load was refused."},
        {"cambist_lists_rounds_total", "Times that the files of lists were looked at."},
        {"cambist_lists_loads_total", "Loads of lists that were accepted."},
        {"cambist_lists_refusals_total", "Loads of lists that were refused."},
        {"cambist_lists_faults_total", "Loads of lists that failed for a fault of ours."},
    };
    struct list_agent_counts counts = list_agent_counts(agent);
    const u64 values[] = {counts.in_force, counts.entries,  counts.stale,
                          counts.missing,  counts.refused,  counts.rounds,
                          counts.loads,    counts.refusals, counts.faults};
    place_values_put(place, place->list_values, rows, values, ARRAY_COUNT(rows));
}

/* ---- snapshots ---- */

static enum fault snapshot_make(struct place *place, struct agent **agent_out)
{
    struct snapshot_agent_options options = {
        .snapshot = {.disk = disk_real(),
                     .clock = &place->clock.clock,
                     .folder = place->settings->folder,
                     .keep_count = (u32)number_of(place, CONFIG_SNAPSHOT_KEEP),
                     .image = true,
                     .threads = true,
                     .leaves_lock = true},
        .every_ms = number_of(place, CONFIG_SNAPSHOT_EVERY) / US_MS,
        .lowers_priority = place->process->roles_count == 1,
        .metrics = &place->metrics,
        .requests = &place->requests,
    };
    snapshot_agent_init(&place->snapshot, &options);
    *agent_out = &place->snapshot.agent;
    return FAULT_NONE;
}

/* ---- monitor ---- */

static enum fault monitor_make(struct place *place, struct agent **agent_out)
{
    struct monitor_source sources[PLACE_PAGES_MAX];
    u32 count = place->placement->processes_count;
    CHECK(place->listeners[PLACE_LISTENER_MONITOR] >= 0);
    for (u32 index = 0; index <= count; index += 1) {
        sources[index] = (struct monitor_source){
            .name = index == count ? PLACE_SUPERVISOR : place->placement->processes[index].name,
            .page = &place->pages[index]};
    }
    struct monitor_options options = {.listener = place->listeners[PLACE_LISTENER_MONITOR],
                                      .match_line = place->match_out,
                                      .match_name = place_role_name(PLACE_MATCH),
                                      .clock = clock_real(),
                                      .sources = sources,
                                      .sources_count = count + 1};
    place->listeners[PLACE_LISTENER_MONITOR] = -1;
    place->match_out = -1;
    monitor_init(&place->monitor, &options);
    *agent_out = &place->monitor.agent;
    return FAULT_NONE;
}

/* ---- screen ---- */

static enum fault screen_make(struct place *place, struct agent **agent_out)
{
    struct screen_agent_options options = {
        .folder = place->settings->folder,
        .disk = disk_real(),
        .clock = &place->clock.clock,
        .listener = place->listeners[PLACE_LISTENER_SCREEN],
        .commands = channel_of(place, PLACE_SCREEN_COMMANDS),
        .bell = channel_of(place, PLACE_SCREEN_BELLS),
        .vault_line = place->people_in,
        .match_count = place->match_count,
        .threshold = (u32)number_of(place, CONFIG_SCREEN_THRESHOLD) * 1000U,
        .per_second = (u32)number_of(place, CONFIG_SCREEN_SEARCHES),
    };
    CHECK(options.listener >= 0);
    if (!list_names_read(place->settings->config->values[CONFIG_SCREEN_LISTS].text, options.lists,
                         &options.lists_count)) {
        return FAULT(FAULT_CONFIG, "screen.lists");
    }
    TRY(screen_agent_create(&place->screen, &options));
    *agent_out = screen_agent_of(place->screen);
    return FAULT_NONE;
}

static void screen_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    screen_agent_destroy(place->screen);
    place->screen = NULL;
}

static bool screen_is_ready(const struct place *place, const struct agent *agent)
{
    (void)agent;
    return screen_agent_is_ready(place->screen);
}

static void screen_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_screen_people", "People whom screening knows."},
        {"cambist_screen_waiting", "1 while somebody has yet to be looked at."},
        {"cambist_screen_lists", "Lists in use."},
        {"cambist_screen_lists_stale", "Lists that should have been loaded anew."},
        {"cambist_screen_lists_missing", "Lists that are configured and were never loaded."},
        {"cambist_screen_entries", "Entries of the lists in use."},
        {"cambist_screen_screened_total", "Times that a person was looked at under a list."},
        {"cambist_screen_candidates_total", "Candidates that the writer was told."},
        {"cambist_screen_doubles_total", "People told to the officers' queue as seen before."},
        {"cambist_screen_cleared_total", "People of whom the writer was told that they are clear."},
        {"cambist_screen_refused_total", "Verdicts that the writer refused."},
        {"cambist_screen_full_total", "Times that a person had too many verdicts for another."},
        {"cambist_screen_searches_total", "Searches answered at the socket."},
        {"cambist_screen_searches_refused_total", "Searches refused: too many in a second."},
        {"cambist_screen_registers_failed",
         "1 while registers that cannot be read are left aside."},
        {"cambist_screen_registers_refused",
         "Records and interests of registers that were refused when the graph was last made."},
        {"cambist_screen_owners_undescribed",
         "Owners in the registers of whom no record says who they are."},
        {"cambist_screen_owned_total", "Verdicts of ownership that the writer was told."},
        {"cambist_screen_owned_less_total",
         "Times that registers said less than what holds somebody."},
        {"cambist_screen_matched_total", "Searches of /match that were counted for the journal."},
        {"cambist_screen_grouped_total", "Times that somebody was put into a trade group."},
        {"cambist_screen_apart",
         "People in a trade group with others from whom the registers keep them apart."},
    };
    (void)agent;
    struct screen_agent_counts counts = screen_agent_counts(place->screen);
    const u64 values[] = {counts.people,
                          counts.waiting,
                          counts.lists,
                          counts.lists_stale,
                          counts.lists_missing,
                          counts.entries,
                          counts.screened,
                          counts.candidates,
                          counts.doubles,
                          counts.cleared,
                          counts.refused,
                          counts.full,
                          counts.searches,
                          counts.searches_refused,
                          counts.registers_failed,
                          counts.registers_refused,
                          counts.owners_undescribed,
                          counts.owned,
                          counts.owned_less,
                          counts.matched,
                          counts.grouped,
                          counts.apart};
    place_values_put(place, place->screen_values, rows, values, ARRAY_COUNT(rows));
}

/* ---- the table ---- */

const struct place_role_row place_roles[PLACE_ROLES_COUNT] = {
    [PLACE_ENGINE] = {.name = "engine",
                      .make = engine_make,
                      .unmake = engine_unmake,
                      .paths = {{.below = "", .is_writable = true}},
                      .sleep_us = ENGINE_AGENT_SLEEP_US},
    [PLACE_HISTORY] = {.name = "history",
                       .make = history_make,
                       .unmake = history_unmake,
                       .is_ready = history_is_ready,
                       .measure = history_measure,
                       .paths = {{.below = "events"}, {.below = "history", .is_writable = true}},
                       .sleep_us = HISTORY_GATHER_US},
    [PLACE_GATEWAY] = {.name = "gateway",
                       .make = gateway_make,
                       .unmake = gateway_unmake,
                       .is_ready = gateway_is_ready,
                       .measure = gateway_measure,
                       .paths = {{.below = "events"},
                                 {.below = PRICE_PACKS_FOLDER},
                                 {.below = PLACE_REPORTS},
                                 {.below = PLACE_KEYS_FOLDER, .is_writable = true}}},
    [PLACE_ADMIN] = {.name = "admin",
                     .make = admin_make,
                     .unmake = admin_unmake,
                     .is_ready = admin_is_ready,
                     .measure = admin_measure,
                     .paths = {{.below = "events"}, {.below = "officers", .is_writable = true}},
                     .sleep_us = ADMIN_SLEEP_US},
    [PLACE_PRICES] = {.name = "prices",
                      .make = prices_make,
                      .unmake = prices_unmake,
                      .is_ready = prices_are_ready,
                      .measure = prices_measure,
                      .paths = {{.below = "events"},
                                {.below = PRICE_PACKS_FOLDER},
                                {.below = PRICE_FOLDER, .is_writable = true}}},
    [PLACE_CASES] = {.name = "cases",
                     .make = place_cases_make,
                     .unmake = place_cases_unmake,
                     .is_ready = place_cases_are_ready,
                     .measure = place_cases_measure,
                     .paths = {{.below = "events"},
                               {.below = PRICE_PACKS_FOLDER},
                               {.below = CASES_FOLDER, .is_writable = true}},
                     .sleep_us = CASES_SLEEP_US},
    [PLACE_LISTS] = {.name = "lists",
                     .make = lists_make,
                     .unmake = lists_unmake,
                     .measure = lists_measure,
                     .paths = {{.below = LISTS_FOLDER, .is_writable = true}}},
    [PLACE_SNAPSHOT] = {.name = "snapshot",
                        .make = snapshot_make,
                        .paths = {{.below = "", .is_writable = true}}},
    [PLACE_MONITOR] = {.name = "monitor", .make = monitor_make},
    [PLACE_SCREEN] = {.name = "screen",
                      .make = screen_make,
                      .unmake = screen_unmake,
                      .is_ready = screen_is_ready,
                      .measure = screen_measure,
                      .paths = {{.below = "events"},
                                {.below = SCREEN_LISTS_FOLDER},
                                {.below = SCREEN_REGISTERS_FOLDER},
                                {.below = SCREEN_FOLDER, .is_writable = true}},
                      .sleep_us = SCREEN_SLEEP_US},
    [PLACE_MATCH] = {.name = "match",
                     .make = place_match_make,
                     .unmake = place_match_unmake,
                     .is_ready = place_match_is_ready,
                     .measure = place_match_measure,
                     .paths = {{.below = SCREEN_LISTS_FOLDER}},
                     .sleep_us = MATCH_SLEEP_US},
    [PLACE_KEEP] = {.name = "keep",
                    .make = place_keep_make,
                    .unmake = place_keep_unmake,
                    .measure = place_keep_measure,
                    .paths = {{.below = VAULT_FOLDER, .is_writable = true}},
                    .sleep_us = VAULT_SLEEP_US},
    [PLACE_LOG] = {.name = "log",
                   .make = place_log_make,
                   .unmake = place_log_unmake,
                   .measure = place_log_measure,
                   .paths = {{.below = "events"}, {.below = LOG_FOLDER, .is_writable = true}},
                   .sleep_us = LOG_SLEEP_US},
    [PLACE_COURIER] = {.name = "courier",
                       .make = place_courier_make,
                       .unmake = place_courier_unmake,
                       .measure = place_courier_measure,
                       .sleep_us = COURIER_SLEEP_US},
    [PLACE_DESK] = {.name = "desk",
                    .make = place_desk_make,
                    .unmake = place_desk_unmake,
                    .measure = place_desk_measure,
                    .sleep_us = DESK_SLEEP_US,
                    .paths = {{.below = DESK_FOLDER, .is_writable = true}}},
    [PLACE_OFFICE] = {.name = "office",
                      .make = place_office_make,
                      .unmake = place_office_unmake,
                      .measure = place_office_measure,
                      .paths = {{.below = OFFICE_FOLDER, .is_writable = true}}},
    [PLACE_DOOR] = {.name = "door",
                    .make = place_door_make,
                    .unmake = place_door_unmake,
                    .measure = place_door_measure,
                    .paths = {{.below = DOOR_FOLDER, .is_writable = true}}},
    [PLACE_LOGINS] = {.name = "logins",
                      .make = place_logins_make,
                      .unmake = place_logins_unmake,
                      .is_ready = place_logins_are_ready,
                      .measure = place_logins_measure,
                      .paths = {{.below = "events"}}},
};
