#include "app/serve.h"

#include "app/feeds.h"
#include "app/listen.h"
#include "app/mailer.h"
#include "app/notify.h"
#include "app/place_office.h"
#include "app/placement.h"
#include "app/supervise.h"
#include "app/test_venue.h"
#include "app/text_file.h"
#include "app/venue_limits.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/log.h"
#include "role/cases/cases.h"
#include "role/engine/engine.h"
#include "role/engine/layout.h"
#include "role/screen/screen_own.h"
#include "role/vault/log_agent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND_NS 1000000000ULL
#define US_MS     1000ULL

enum {
    PAGE_EVERY_MS = 1000,
    PAGE_OLD_US = 20000000, /* a process that writes none for so long hangs */
};

#define PROCESSES_MAX \
    (PLACE_PROCESSES_MAX + SERVE_GUEST_ROLES_MAX + 2U) /* and the feeds, the mailer */

_Static_assert(PROCESSES_MAX <= SUPERVISE_ROLES_MAX, "one each");

/* Everything of one supervisor. */
struct serve {
    const struct serve_options *options;
    struct place_settings settings;
    const struct placement *placement; /* = &placed */
    struct placement placed;
    struct place_hub hub;
    struct place_call calls[PLACE_PROCESSES_MAX];
    struct supervise_role roles[PROCESSES_MAX];
    struct handover_item items[PLACE_PROCESSES_MAX][HANDOVER_ITEMS_MAX];
    struct supervise supervise;
    char run_folder[FILE_PATH_BYTES];
    char admin_path[FILE_PATH_BYTES];
    char screen_path[FILE_PATH_BYTES];
    char keep_path[FILE_PATH_BYTES];
    char log_path[FILE_PATH_BYTES];
    char door_path[FILE_PATH_BYTES];
    char desk_path[FILE_PATH_BYTES];
    char cases_path[FILE_PATH_BYTES];
    pid_t written[PROCESSES_MAX]; /* what NAME.pid says; 0: there is none */
    u16 port;
    u16 admin_port;
    u16 office_port; /* 0: there is no console */
    bool is_ready;
    u64 ready_ns;
    struct metrics metrics;
    struct metric *starts[PROCESSES_MAX];
    u32 processes_count; /* the guest's included */
    struct test_venue test;
    struct notify notify;
    struct demo_accounts demo; /* empty: nobody signs in at the page */
    struct feed_command mail;  /* no words: nobody sends mails */
    struct price_sources prices;
    struct list_sources lists;
};

static u64 number_of(const struct serve *serve, enum config_key key)
{
    return serve->options->config->values[key].number;
}

/* ---- the venue ---- */

static enum fault begin_empty(const char *folder, struct venue_size size)
{
    struct command_genesis genesis = venue_limits_genesis(size);
    struct engine_options options = {
        .disk = disk_real(), .clock = clock_real(), .folder = folder, .genesis = &genesis};
    SCOPED_ENGINE engine = NULL;
    TRY(engine_open(&engine, &options));
    return engine_finish(engine);
}

static enum fault has_venue(const char *folder, bool *has_out)
{
    struct layout_paths paths;
    TRY(layout_paths(&paths, folder));
    return layout_has_journal(disk_real(), &paths, has_out);
}

enum fault serve_begin(const char *folder, struct venue_size size)
{
    bool has = false;
    TRY(has_venue(folder, &has));
    return has ? FAULT(FAULT_EXISTS, "%s: there is a venue in this folder already", folder)
               : begin_empty(folder, size);
}

static enum fault begin(struct serve *serve)
{
    const char *folder = serve->options->folder;
    bool has = false;
    TRY(has_venue(folder, &has));
    switch (serve->options->begin) {
    case SERVE_GO_ON:
        return has ? FAULT_NONE
                   : FAULT(FAULT_MISSING, "%s: there is no venue in this folder; --new begins one",
                           folder);
    case SERVE_NEW:
        return serve_begin(folder, venue_size_usual());
    case SERVE_TEST:
        if (has) {
            return FAULT(FAULT_EXISTS,
                         "%s: there is a venue in this folder already; without --profile it "
                         "goes on",
                         folder);
        }
        TRY(test_venue_begin(folder, serve->settings.keys_folder, &serve->test));
        test_venue_demo(&serve->test, &serve->demo);
        return FAULT_NONE;
    case SERVE_GUEST:
        TRY(serve->options->guest->begin(serve->options->guest, folder, serve->settings.keys_folder,
                                         has, &serve->demo));
        serve->settings.clock_behind_us = serve->options->guest->clock_behind_us;
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

/* ---- what is alive ---- */

static enum fault pid_write(const struct serve *serve, const char *name, pid_t pid)
{
    char path[FILE_PATH_BYTES];
    char file_name[FILE_NAME_BYTES];
    char text[32];
    (void)snprintf(file_name, sizeof(file_name), "%s.pid", name);
    TRY(file_path(path, serve->run_folder, file_name));
    if (pid == 0) {
        bool exists = false;
        TRY(disk_exists(disk_real(), path, &exists));
        return exists ? disk_unlink(disk_real(), path) : FAULT_NONE;
    }
    int length = snprintf(text, sizeof(text), "%d\n", (int)pid);
    return text_file_put(path, text, (size_t)length, false);
}

/* What cannot be written is told, and no reason to stop. */
static void pid_put(const struct serve *serve, const char *name, pid_t pid)
{
    enum fault fault = pid_write(serve, name, pid);
    if (fault != FAULT_NONE) {
        log_warn("serve.pid_not_written", LOG_STR("process", name), LOG_FAULT(fault));
        fault_forget();
    }
}

/* How often each process was started, for the monitor. */
static void page_write(struct serve *serve)
{
    struct metrics_page_state state = {.time_us = clock_wall_us(clock_real()), .is_ready = true};
    for (u32 index = 0; index < serve->processes_count; index += 1) {
        metric_set(serve->starts[index], (i64)serve->supervise.children[index].starts_count);
    }
    enum fault fault = metrics_page_put(place_hub_page(&serve->hub), &serve->metrics, &state);
    CHECK(fault == FAULT_NONE);
}

static void metrics_declare(struct serve *serve)
{
    metrics_init(&serve->metrics);
    for (u32 index = 0; index < serve->processes_count; index += 1) {
        serve->starts[index] = metrics_counter(
            &serve->metrics,
            &(struct metric_declaration){.name = "cambist_process_starts_total",
                                         .help = "How often the supervisor has started a process.",
                                         .label_name = "process",
                                         .label_value = serve->roles[index].name});
    }
}

static void pids_update(struct serve *serve)
{
    for (u32 index = 0; index < serve->processes_count; index += 1) {
        pid_t pid = serve->supervise.children[index].pid;
        if (pid != serve->written[index]) {
            pid_put(serve, serve->roles[index].name, pid);
            serve->written[index] = pid;
        }
    }
}

/* Whether every process that runs has written its page lately. A clock that was put back makes
 * pages of the future, which are fresh. */
static bool all_alive(const struct serve *serve)
{
    u64 now_us = clock_wall_us(clock_real());
    for (u32 index = 0; index < serve->placement->processes_count; index += 1) {
        const struct place_process *process = &serve->placement->processes[index];
        const struct supervise_child *child = &serve->supervise.children[index];
        u64 page_us = metrics_page_time_us(&serve->hub.pages[index]);
        if (child->state == SUPERVISE_RUNNING && !place_has_role(process, PLACE_SNAPSHOT) &&
            page_us + PAGE_OLD_US < now_us) {
            return false;
        }
    }
    return true;
}

static bool all_run(const struct serve *serve)
{
    for (u32 index = 0; index < serve->placement->processes_count; index += 1) {
        if (serve->supervise.children[index].state != SUPERVISE_RUNNING) {
            return false;
        }
    }
    return true;
}

/* Where the venue is reached, with the memory of the texts. */
struct reached {
    struct test_addresses addresses;
    char host[LISTEN_HOST_BYTES];
    char admin_host[LISTEN_HOST_BYTES];
    char admin[PATH_MAX];
};

static void reached_fill(const struct serve *serve, struct reached *reached)
{
    const struct config_value *values = serve->options->config->values;
    listen_host_print(values[CONFIG_GATEWAY_ADDRESS].text, serve->port, reached->host);
    listen_host_print(values[CONFIG_ADMIN_ADDRESS].text, serve->admin_port, reached->admin_host);
    const char *admin = realpath(serve->admin_path, reached->admin);
    reached->addresses = (struct test_addresses){
        .host = reached->host,
        .admin_host = reached->admin_host,
        .admin = admin == NULL ? serve->admin_path : admin,
        .office_port = serve->office_port,
        .is_tls = strcmp(values[CONFIG_GATEWAY_CERTIFICATE].text, "none") != 0,
    };
}

/* Once, when every process has said that it is ready. */
static enum fault ready(struct serve *serve)
{
    struct reached reached;
    reached_fill(serve, &reached);
    serve->is_ready = true;
    serve->ready_ns = clock_mono_ns(clock_real());
    log_info("serve.ready", LOG_STR("address", reached.host), LOG_STR("admin", reached.admin_host));
    if (serve->options->keys_file != NULL) {
        enum fault fault =
            test_venue_write(&serve->test, &reached.addresses, getpid(), serve->options->keys_file);
        test_venue_wipe(&serve->test);
        TRY(fault);
    }
    notify_send(&serve->notify, "READY=1\nSTATUS=ready");
    if (serve->options->guest != NULL) {
        return serve->options->guest->ready(serve->options->guest, &reached.addresses);
    }
    (void)printf("ready: %s://%s\n", reached.addresses.is_tls ? "https" : "http", reached.host);
    (void)fflush(stdout);
    return FAULT_NONE;
}

/* ---- the feeds ---- */

/* supervise_role.run: nothing of what the fork has copied is theirs. */
static int feeds_process(void *argument, int socket)
{
    struct serve *serve = argument;
    place_hub_close(&serve->hub);
    secret_wipe(&serve->demo, sizeof(serve->demo));
    test_venue_wipe(&serve->test);
    (void)close(socket);
    (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
    return feeds_run(&serve->prices, &serve->lists, serve->options->folder);
}

static int mails_process(void *argument, int socket)
{
    struct serve *serve = argument;
    place_hub_close(&serve->hub);
    secret_wipe(&serve->demo, sizeof(serve->demo));
    test_venue_wipe(&serve->test);
    (void)close(socket);
    (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
    return mailer_run(&serve->mail, serve->options->folder);
}

/* ---- the whole ---- */

static void roles_fill(struct serve *serve)
{
    for (u32 index = 0; index < serve->placement->processes_count; index += 1) {
        const struct place_process *process = &serve->placement->processes[index];
        serve->calls[index] = (struct place_call){
            .settings = &serve->settings, .process = process, .hub = &serve->hub};
        serve->roles[index] = (struct supervise_role){
            .name = process->name,
            .run = place_process_run,
            .argument = &serve->calls[index],
            .items = serve->items[index],
            .items_count = place_hub_items(&serve->hub, process, serve->items[index]),
            .tells_ready = true,
            .gives_way = place_has_role(process, PLACE_DOOR),
        };
    }
    serve->processes_count = serve->placement->processes_count;
    if (serve->prices.commands_count + serve->lists.commands_count > 0) {
        serve->roles[serve->processes_count] =
            (struct supervise_role){.name = "feeds", .run = feeds_process, .argument = serve};
        serve->processes_count += 1;
    }
    if (serve->mail.words > 0) {
        serve->roles[serve->processes_count] =
            (struct supervise_role){.name = "mailer", .run = mails_process, .argument = serve};
        serve->processes_count += 1;
    }
    const struct serve_guest *guest = serve->options->guest;
    for (u32 index = 0; guest != NULL && index < guest->roles_count; index += 1) {
        CHECK(index < SERVE_GUEST_ROLES_MAX);
        serve->roles[serve->processes_count] = guest->roles[index];
        serve->processes_count += 1;
    }
}

/* The seconds that it was to run, if it was told. */
static bool is_over(const struct serve *serve)
{
    u64 seconds = serve->options->seconds;
    return seconds > 0 && serve->is_ready &&
           clock_mono_ns(clock_real()) - serve->ready_ns >= seconds * SECOND_NS;
}

static enum fault supervised(struct serve *serve)
{
    roles_fill(serve);
    struct supervise_options options = {
        .roles = serve->roles,
        .roles_count = serve->processes_count,
        .back_off_ms = number_of(serve, CONFIG_SUPERVISOR_PAUSE) / US_MS,
        .back_off_max_ms = number_of(serve, CONFIG_SUPERVISOR_PAUSE_MAX) / US_MS,
        .steady_ms = number_of(serve, CONFIG_SUPERVISOR_STEADY) / US_MS,
        .stop_ms = number_of(serve, CONFIG_SUPERVISOR_STOP) / US_MS,
        .failures_max = (u32)number_of(serve, CONFIG_SUPERVISOR_FAILURES_MAX),
    };
    metrics_declare(serve);
    TRY(supervise_open(&serve->supervise, &options));
    enum fault fault = FAULT_NONE;
    while (fault == FAULT_NONE && !is_over(serve) &&
           supervise_step(&serve->supervise, PAGE_EVERY_MS)) {
        pids_update(serve);
        page_write(serve);
        if (all_alive(serve)) {
            notify_alive(&serve->notify, clock_mono_ns(clock_real()));
        }
        if (!serve->is_ready && all_run(serve)) {
            fault = ready(serve);
        }
    }
    notify_send(&serve->notify, "STOPPING=1\nSTATUS=stopping");
    supervise_close(&serve->supervise);
    pids_update(serve);
    return fault;
}

/* Whether anybody is screened. */
static bool screens(const struct serve *serve)
{
    return strcmp(serve->options->config->values[CONFIG_SCREEN_LISTS].text, "none") != 0;
}

/* A listener of its own: what customers reach is another. */
static enum fault office_listen(struct serve *serve, int *listener_out)
{
    char address[PLACE_OFFICE_HOST_BYTES];
    u16 port = 0;
    TRY(place_office_listen(serve->options->config->values[CONFIG_OFFICE_LISTEN].text, address,
                            &port));
    return listen_open(address, port, listener_out, &serve->office_port);
}

static enum fault listeners_open(struct serve *serve, int listeners[PLACE_LISTENERS_COUNT])
{
    const struct config_value *values = serve->options->config->values;
    TRY(listen_open(values[CONFIG_GATEWAY_ADDRESS].text, serve->options->port,
                    &listeners[PLACE_LISTENER_GATEWAY], &serve->port));
    enum fault fault = listen_open(values[CONFIG_ADMIN_ADDRESS].text, serve->options->admin_port,
                                   &listeners[PLACE_LISTENER_MONITOR], &serve->admin_port);
    if (fault == FAULT_NONE) {
        fault = listen_local_open(serve->admin_path, &listeners[PLACE_LISTENER_ADMIN]);
    }
    if (fault == FAULT_NONE && screens(serve)) {
        fault = listen_local_open(serve->screen_path, &listeners[PLACE_LISTENER_SCREEN]);
    }
    if (fault == FAULT_NONE && values[CONFIG_VAULT_ON].number != 0) {
        fault = listen_local_open(serve->keep_path, &listeners[PLACE_LISTENER_KEEP]);
    }
    if (fault == FAULT_NONE) {
        fault = listen_local_open(serve->cases_path, &listeners[PLACE_LISTENER_CASES]);
    }
    if (fault == FAULT_NONE && values[CONFIG_PUBLOG_ON].number != 0) {
        fault = listen_local_open(serve->log_path, &listeners[PLACE_LISTENER_LOG]);
    }
    if (fault == FAULT_NONE && values[CONFIG_DOOR_ON].number != 0) {
        fault = listen_local_open(serve->door_path, &listeners[PLACE_LISTENER_DOOR]);
    }
    if (fault == FAULT_NONE && values[CONFIG_DESK_ON].number != 0) {
        fault = listen_local_open(serve->desk_path, &listeners[PLACE_LISTENER_DESK]);
    }
    if (fault == FAULT_NONE && values[CONFIG_OFFICE_ON].number != 0) {
        fault = office_listen(serve, &listeners[PLACE_LISTENER_OFFICE]);
    }
    for (u32 index = 0; index < PLACE_LISTENERS_COUNT && fault != FAULT_NONE; index += 1) {
        if (listeners[index] >= 0) {
            (void)close(listeners[index]);
        }
    }
    return fault;
}

static enum fault listening(struct serve *serve)
{
    int listeners[PLACE_LISTENERS_COUNT] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    TRY(listeners_open(serve, listeners));
    TRY(place_hub_open(&serve->hub, serve->placement, serve->options->config, listeners));
    struct serve_guest *guest = serve->options->guest;
    enum fault fault = FAULT_NONE;
    if (guest != NULL) {
        struct reached reached;
        reached_fill(serve, &reached);
        fault = guest->opened(guest, &reached.addresses);
    }
    if (fault == FAULT_NONE) {
        fault = supervised(serve);
    }
    place_hub_close(&serve->hub);
    return fault;
}

static enum fault locked(struct serve *serve)
{
    struct disk_lock lock;
    TRY(disk_lock(disk_real(), serve->run_folder, &lock));
    pid_put(serve, "supervisor", getpid());
    enum fault fault = begin(serve);
    if (fault == FAULT_NONE) {
        serve->settings.demo = serve->demo.count > 0 ? &serve->demo : NULL;
        fault = listening(serve);
    }
    pid_put(serve, "supervisor", 0);
    disk_unlock(&lock);
    return fault;
}

/* An option for a socket: relative to the data folder. */
static enum fault socket_path(const struct config *config, enum config_key key, const char *folder,
                              char path_out[FILE_PATH_BYTES])
{
    const struct config_value *value = &config->values[key];
    int size = value->text[0] == '/'
                   ? snprintf(path_out, FILE_PATH_BYTES, "%s", value->text)
                   : snprintf(path_out, FILE_PATH_BYTES, "%s/%s", folder, value->text);
    return size < 0 || (size_t)size >= FILE_PATH_BYTES
               ? FAULT(FAULT_CONFIG, "%s.%s: the path is too long", config_options[key].section,
                       config_options[key].name)
               : FAULT_NONE;
}

enum fault serve_admin_path(const struct config *config, const char *folder,
                            char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_ADMIN_SOCKET, folder, path_out);
}

enum fault serve_screen_path(const struct config *config, const char *folder,
                             char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_SCREEN_SOCKET, folder, path_out);
}

enum fault serve_keep_path(const struct config *config, const char *folder,
                           char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_VAULT_SOCKET, folder, path_out);
}

enum fault serve_log_path(const struct config *config, const char *folder,
                          char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_PUBLOG_SOCKET, folder, path_out);
}

enum fault serve_desk_path(const struct config *config, const char *folder,
                           char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_DESK_SOCKET, folder, path_out);
}

enum fault serve_cases_path(const struct config *config, const char *folder,
                            char path_out[FILE_PATH_BYTES])
{
    return socket_path(config, CONFIG_CASES_SOCKET, folder, path_out);
}

/* What the gateway serves is there before the log is. */
static enum fault log_folders_make(const char *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, LOG_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    TRY(file_path(path, folder, PLACE_LOG_PUBLIC));
    return disk_make_folder(disk_real(), path);
}

/* The folders of prices, packs, cases, lists, registers, screening and reports, and the sources of
 * prices and lists. */
static enum fault sources_begin(struct serve *serve)
{
    static const char *const names[] = {PRICE_FOLDER,  PRICE_PACKS_FOLDER,  CASES_FOLDER,
                                        LISTS_FOLDER,  LIST_FETCHED_FOLDER, SCREEN_REGISTERS_FOLDER,
                                        SCREEN_FOLDER, PLACE_REPORTS};
    const struct config_value *values = serve->options->config->values;
    const char *folder = serve->options->folder;
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[FILE_PATH_BYTES];
        TRY(file_path(path, folder, names[i]));
        TRY(disk_make_folder(disk_real(), path));
    }
    if (values[CONFIG_PUBLOG_ON].number != 0) {
        TRY(log_folders_make(folder));
    }
    serve->settings.prices = &serve->prices;
    serve->settings.lists = &serve->lists;
    if (values[CONFIG_DOOR_ON].number != 0) {
        TRY(mailer_command(values[CONFIG_DOOR_COMMAND].text, &serve->mail));
    }
    TRY(list_sources_read_file(values[CONFIG_LISTS_SOURCES].text, folder, &serve->lists));
    return price_sources_read_file(values[CONFIG_PRICES_SOURCES].text, folder, &serve->prices);
}

enum fault serve_run(const struct serve_options *options, int *exit_code_out)
{
    static struct serve serve;
    memset(&serve, 0, sizeof(serve));
    serve.options = options;
    serve.placed = placement_of(options->config);
    serve.placement = &serve.placed;
    char config_path[PATH_MAX];
    bool has_file =
        options->config_path != NULL && realpath(options->config_path, config_path) != NULL;
    serve.settings = (struct place_settings){.config = options->config,
                                             .config_path = has_file ? config_path : NULL,
                                             .folder = options->folder,
                                             .is_generous = options->begin == SERVE_TEST};
    (void)signal(SIGPIPE, SIG_IGN); /* whoever reads our log may go away */
    TRY(disk_make_folder(disk_real(), options->folder));
    TRY(file_path(serve.run_folder, options->folder, SERVE_RUN_FOLDER));
    TRY(file_path(serve.settings.keys_folder, options->folder, PLACE_KEYS_FOLDER));
    TRY(serve_admin_path(options->config, options->folder, serve.admin_path));
    TRY(serve_screen_path(options->config, options->folder, serve.screen_path));
    TRY(serve_keep_path(options->config, options->folder, serve.keep_path));
    TRY(serve_cases_path(options->config, options->folder, serve.cases_path));
    TRY(serve_log_path(options->config, options->folder, serve.log_path));
    TRY(socket_path(options->config, CONFIG_DOOR_SOCKET, options->folder, serve.door_path));
    TRY(serve_desk_path(options->config, options->folder, serve.desk_path));
    TRY(disk_make_folder(disk_real(), serve.run_folder));
    TRY(disk_make_folder(disk_real(), serve.settings.keys_folder));
    TRY(sources_begin(&serve));
    notify_open(&serve.notify);
    enum fault fault = locked(&serve);
    notify_close(&serve.notify);
    test_venue_wipe(&serve.test);
    secret_wipe(&serve.demo, sizeof(serve.demo));
    *exit_code_out = serve.supervise.exit_code;
    return fault;
}
