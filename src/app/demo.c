#include "app/demo.h"

#include "app/bots_prices.h"
#include "app/bots_recording.h"
#include "app/demo_desk.h"
#include "app/demo_file.h"
#include "app/demo_law.h"
#include "app/demo_lines.h"
#include "app/demo_lists.h"
#include "app/demo_log.h"
#include "app/demo_mail.h"
#include "app/demo_officers.h"
#include "app/demo_venue.h"
#include "app/serve.h"
#include "app/time_text.h"
#include "base/secret.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/log.h"
#include "io/sql_wipe.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "/proc/self/exe"

enum {
    LIMIT_WEIGHT = 60000,
    LIMIT_REQUESTS = 1000000,
    LIMIT_CONNECTS = 3000,
    LIMIT_ORDERS_10S = 1000,
    LIMIT_ORDERS_DAY = 5000000,
    LAW_WORDS_BYTES = 96,
};

struct demo {
    struct serve_guest guest; /* first: it is cast back */
    const struct demo_options *options;
    struct demo_file file;
    struct supervise_role roles[3 + DEMO_LOG_WITNESSES];
    struct demo_log log;
    bool has_log;
    struct demo_mail mail;
    bool has_mail;
    bool has_office;                 /* vault, desk and console too */
    struct bots_recording recording; /* closed again: which market it plays on */
    char bots_path[FILE_PATH_BYTES];
};

static struct demo *demo_of(struct serve_guest *guest)
{
    return (struct demo *)(void *)guest;
}

/* Prices come from the bots' world: the one source there is. */
static void sources_set(struct config *config)
{
    struct config_value *sources = &config->values[CONFIG_PRICES_SOURCES];
    (void)snprintf(sources->text, sizeof(sources->text), "%s", DEMO_SOURCES_FILE);
    config->values[CONFIG_PRICES_SOURCES_MIN].number = 1;
}

/* Lists of its own, unless the configuration names others. */
static void lists_set(struct config *config)
{
    struct config_value *lists = &config->values[CONFIG_SCREEN_LISTS];
    if (lists->line == 0) {
        (void)snprintf(lists->text, sizeof(lists->text), "%s", DEMO_LISTS);
    }
}

/* A public log, with witnesses on this machine, unless the configuration says itself whether. */
static bool log_set(struct config *config)
{
    struct config_value *on = &config->values[CONFIG_PUBLOG_ON];
    if (on->line != 0) {
        return false;
    }
    on->number = 1;
    return true;
}

/* Customers sign up, and their mails are shown, unless the configuration says itself whether. */
static bool mail_set(struct config *config)
{
    struct config_value *on = &config->values[CONFIG_DOOR_ON];
    if (on->line != 0) {
        return false;
    }
    on->number = 1;
    return true;
}

/* Sealed records, the desk and the console, unless the configuration says itself whether: all or
 * none of them. The console has any free port, so that two demos do not meet. */
static bool office_set(struct config *config)
{
    static const enum config_key keys[] = {CONFIG_VAULT_ON, CONFIG_DESK_ON, CONFIG_OFFICE_ON};
    struct config_value *listen = &config->values[CONFIG_OFFICE_LISTEN];
    for (u32 index = 0; index < ARRAY_COUNT(keys); index += 1) {
        if (config->values[keys[index]].line != 0) {
            return false;
        }
    }
    for (u32 index = 0; index < ARRAY_COUNT(keys); index += 1) {
        config->values[keys[index]].number = 1;
    }
    if (listen->line == 0) {
        (void)snprintf(listen->text, sizeof(listen->text), "127.0.0.1:0");
    }
    return true;
}

/* Files of evidence are sealed to a key of the demo's. */
static enum fault evidence_set(struct config *config, const char *folder)
{
    char recipient[AGE_RECIPIENT_BYTES];
    struct config_value *value = &config->values[CONFIG_CASES_RECIPIENT];
    if (value->line != 0) {
        return FAULT_NONE;
    }
    TRY(demo_officers_recipient(folder, DEMO_OFFICERS_EVIDENCE, recipient));
    (void)snprintf(value->text, sizeof(value->text), "%s", recipient);
    return FAULT_NONE;
}

/* What the configuration says itself stays. */
static void limits_raise(struct config *config)
{
    static const struct {
        enum config_key key;
        u64 number;
    } rows[] = {
        {CONFIG_LIMITS_WEIGHT, LIMIT_WEIGHT},         {CONFIG_LIMITS_REQUESTS, LIMIT_REQUESTS},
        {CONFIG_LIMITS_CONNECTS, LIMIT_CONNECTS},     {CONFIG_LIMITS_ORDERS_10S, LIMIT_ORDERS_10S},
        {CONFIG_LIMITS_ORDERS_DAY, LIMIT_ORDERS_DAY},
    };
    for (u32 index = 0; index < ARRAY_COUNT(rows); index += 1) {
        struct config_value *value = &config->values[rows[index].key];
        value->number = value->line == 0 ? rows[index].number : value->number;
    }
}

/* ---- the bots' process ---- */

/* In the new process: becomes another program, so nothing of this one's memory is left. */
static int program_start(const struct demo *demo, int socket, const char *level, const char *option,
                         const char *value)
{
    char texts[][FILE_PATH_BYTES] = {PROGRAM, "bots",        "--keys", "", "--speed",
                                     "",      "--log-level", "warn",   "", ""};
    char *arguments[ARRAY_COUNT(texts) + 1] = {NULL};
    char *const environment[] = {NULL};
    u32 count = option == NULL ? ARRAY_COUNT(texts) - 2 : ARRAY_COUNT(texts);
    (void)snprintf(texts[3], FILE_PATH_BYTES, "%s", demo->bots_path);
    (void)snprintf(texts[5], FILE_PATH_BYTES, "%s", demo->options->speed);
    (void)snprintf(texts[7], FILE_PATH_BYTES, "%s", level);
    if (option != NULL) {
        (void)snprintf(texts[8], FILE_PATH_BYTES, "%s", option);
        (void)snprintf(texts[9], FILE_PATH_BYTES, "%s", value);
    }
    for (u32 index = 0; index < count; index += 1) {
        arguments[index] = texts[index];
    }
    (void)close(socket);
    (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
    (void)execve(PROGRAM, arguments, environment);
    log_error("demo.bots_not_started", LOG_STR("cause", strerror(errno)));
    return fault_exit_code(FAULT_IO);
}

static int bots_start(void *argument, int socket)
{
    const struct demo *demo = argument;
    bool plays = demo->options->replay != NULL;
    return program_start(demo, socket, "warn", plays ? "--without" : NULL,
                         plays ? demo_markets[demo->recording.market].market.name : NULL);
}

static int replay_start(void *argument, int socket)
{
    const struct demo *demo = argument;
    return program_start(demo, socket, "info", "--replay", demo->options->replay);
}

static void roles_fill(struct demo *demo)
{
    u32 count = 0;
    if (demo->has_log) {
        demo_log_roles(&demo->log, demo->roles);
        count += DEMO_LOG_WITNESSES;
    }
    if (demo->has_mail) {
        demo->roles[count] = demo_mail_role(&demo->mail);
        count += 1;
    }
    if (demo->options->has_bots) {
        demo->roles[count] =
            (struct supervise_role){.name = "bots", .run = bots_start, .argument = demo};
        count += 1;
    }
    if (demo->options->replay != NULL) {
        demo->roles[count] =
            (struct supervise_role){.name = "replay", .run = replay_start, .argument = demo};
        count += 1;
    }
    demo->guest.roles = demo->roles;
    demo->guest.roles_count = count;
}

/* ---- what it does besides ---- */

static enum fault law_go_on(struct demo *demo, const char *folder)
{
    const char *law = demo->options->law;
    u64 had_us = demo->file.clock_behind_us;
    u64 wish_us = 0;
    if (law != NULL) {
        TRY(demo_law_read(law, clock_wall_us(clock_real()), &wish_us));
    }
    TRY(demo_law_go_on(folder, had_us, law == NULL ? NULL : &wish_us, &demo->file.clock_behind_us));
    return demo->file.clock_behind_us == had_us ? FAULT_NONE
                                                : demo_venue_moved(folder, &demo->file);
}

static enum fault venue_begin(struct demo *demo, const char *folder, const char *keys_folder)
{
    const struct demo_options *options = demo->options;
    const char *law = options->law == NULL ? DEMO_LAW_DEFAULT : options->law;
    u64 behind_us = 0;
    TRY(demo_law_read(law, clock_wall_us(clock_real()), &behind_us));
    return demo_venue_begin(folder, keys_folder, options->seed == NULL ? DEMO_SEED : *options->seed,
                            behind_us, &demo->file);
}

static enum fault venue_find(struct demo *demo, const char *folder, const char *keys_folder,
                             bool has_venue)
{
    const u64 *seed = demo->options->seed;
    if (!has_venue) {
        return venue_begin(demo, folder, keys_folder);
    }
    TRY(demo_venue_read(folder, &demo->file));
    if (seed != NULL && *seed != demo->file.seed) {
        return FAULT(FAULT_INPUT,
                     "%s: this demo was begun with --seed %llu, and prices would jump: go on with "
                     "that, or begin in another folder",
                     folder, (unsigned long long)demo->file.seed);
    }
    return law_go_on(demo, folder);
}

static enum fault on_begin(struct serve_guest *guest, const char *folder, const char *keys_folder,
                           bool has_venue, struct demo_accounts *accounts_out)
{
    struct demo *demo = demo_of(guest);
    TRY(venue_find(demo, folder, keys_folder, has_venue));
    TRY(demo_lists_put(folder));
    if (demo->has_office) {
        TRY(demo_officers_put(folder));
    }
    sql_unuse(); /* the vault's process is to be its first user */
    demo_venue_sign(&demo->file, accounts_out);
    guest->clock_behind_us = demo->file.clock_behind_us;
    return FAULT_NONE;
}

static enum fault on_opened(struct serve_guest *guest, const struct test_addresses *addresses)
{
    struct demo *demo = demo_of(guest);
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, demo->options->folder, DEMO_PRICES_FILE));
    TRY(bots_prices_again(path, demo->file.seed,
                          clock_wall_us(clock_real()) - demo->file.clock_behind_us));
    char rest[DEMO_FILE_REST + 1];
    (void)snprintf(rest, sizeof(rest), "%s://%s", addresses->is_tls ? "https" : "http",
                   addresses->host);
    return demo_venue_tell_bots(demo->options->folder, &demo->file, rest);
}

static void law_print(const struct demo *demo, char target[LAW_WORDS_BYTES])
{
    char now[TIME_TEXT_BYTES];
    u64 behind_us = demo->file.clock_behind_us;
    target[0] = 0;
    if (behind_us > 0) {
        (void)time_text_print(clock_wall_us(clock_real()) - behind_us, now);
        (void)snprintf(target, LAW_WORDS_BYTES,
                       "Its clock is set to the law date: there it is %.10s, %.5s UTC.\n", now,
                       now + 11);
    }
}

/* Each can be pasted as it stands, wherever one is. */
static void lines_print(const struct demo *demo, const char *host, const char *admin_host)
{
    char program[FILE_PATH_BYTES];
    char data[PATH_MAX];
    ssize_t size = readlink(PROGRAM, program, sizeof(program) - 1);
    if (size <= 0 || realpath(demo->options->folder, data) == NULL) {
        return;
    }
    program[size] = 0;
    const struct demo_holder *nadia = demo_file_find(&demo->file, "nadia");
    (void)printf("\nWho may be on a list, who owns whom, what officers see; paste into a shell:\n\n"
                 "c='%s' d='%s'\n"
                 "\"$c\" screen 'Надя Фролова' --data \"$d\"   # in any script\n"
                 "\"$c\" case list --data \"$d\"   # the officers' queue, with deadlines\n"
                 "\"$c\" why --person 6 --data \"$d\"   # Nadia, as officers see her\n"
                 "\"$c\" inbox %u --data \"$d\"   # what she reads of it\n"
                 "\"$c\" people put \"$d/" DEMO_LENA "\" --data \"$d\"   # who Lena is\n"
                 "\"$c\" own SG-ACRA:202099991Z --register \"$d\"/registers/*.jsonl --list "
                 "\"$d/lists/us-sdn.list\" --at 2022-04-20\n"
                 "curl -s -H 'Content-Type: application/json' http://%s/match/default -d "
                 "'{\"queries\":{\"q\":{\"schema\":\"Person\",\"properties\":{\"name\":"
                 "[\"Nadja Frolowa\"]}}}}'\n",
                 program, data, nadia == NULL ? 0 : nadia->number, admin_host);
    if (demo->has_log) {
        (void)printf(
            "\"$c\" log check --policy \"$d/log/policy.txt\" http://%s/log/   # the public "
            "log, as outsiders check it\n",
            host);
    }
}

static void words_print(const struct demo *demo, const struct test_addresses *addresses,
                        const char *keys_path)
{
    const char *host = addresses->host;
    const struct demo_holder *first = &demo->file.holders[0];
    const struct demo_holder *second = &demo->file.holders[1];
    char law[LAW_WORDS_BYTES];
    law_print(demo, law);
    (void)printf("\nA venue is running%s. Ctrl-C ends everything; the next start goes on.\n%s\n"
                 "  trading page    http://%s/\n"
                 "  REST            http://%s\n"
                 "  streams         ws://%s\n"
                 "  WebSocket API   ws://%s/ws-api/v3\n"
                 "  metrics         http://%s/metrics\n"
                 "  all keys        %s\n",
                 demo->options->replay != NULL ? ", and a recording plays"
                 : demo->options->has_bots     ? ", and bots trade on five markets"
                                               : ", without bots",
                 law, host, host, host, host, addresses->admin_host, keys_path);
    if (demo->has_mail) {
        (void)printf("  mailbox         http://127.0.0.1:%u/   what sign-ups are sent\n",
                     demo->mail.port);
    }
    if (demo->has_office) {
        (void)printf("  console         http://localhost:%u/   for officers: " DEMO_OFFICERS_LEGAL
                     ", " DEMO_OFFICERS_OTHER ", " DEMO_OFFICERS_CLERK " and others\n",
                     addresses->office_port);
    }
    (void)printf("\n  %-15s key    %s\n                  secret %s\n"
                 "\n  %-15s key    %s\n                  secret %s\n",
                 first->name, first->key.name, first->key.secret, second->name, second->key.name,
                 second->key.secret);
    lines_print(demo, addresses->host, addresses->admin_host);
    if (demo->has_office && demo->has_mail) {
        demo_lines_officers(addresses);
    }
    (void)printf("\nWith ccxt (npm install ccxt), paste this into node:\n\n"
                 "const { default: ccxt } = await import('ccxt');\n"
                 "const x = new ccxt.binance({ apiKey: '%s', secret: '%s' });\n"
                 "for (const n in x.urls.api) if (typeof x.urls.api[n] === 'string') x.urls.api[n] "
                 "= x.urls.api[n].replace(/^https:..[a-z]*api.binance.com/, 'http://%s');\n"
                 "console.log((await x.fetchOrderBook('BTC/USDT', 5)).bids);\n"
                 "console.log((await x.createOrder('BTC/USDT', 'market', 'buy', 0.01)).average);\n",
                 first->key.name, first->key.secret, host);
    (void)fflush(stdout);
}

/* A demo goes on without requests, too. */
static void desk_fill(const struct demo *demo)
{
    char path[FILE_PATH_BYTES];
    enum fault fault = serve_desk_path(demo->options->config, demo->options->folder, path);
    if (fault == FAULT_NONE) {
        fault = demo_desk_fill(demo->options->folder, path);
    }
    if (fault != FAULT_NONE) {
        log_warn("demo.desk_not_filled", LOG_FAULT(fault));
        fault_forget();
    }
}

static enum fault on_ready(struct serve_guest *guest, const struct test_addresses *addresses)
{
    struct demo *demo = demo_of(guest);
    char path[FILE_PATH_BYTES];
    if (strcmp(demo->options->config->values[CONFIG_SCREEN_LISTS].text, DEMO_LISTS) == 0) {
        TRY(serve_screen_path(demo->options->config, demo->options->folder, path));
        TRY(demo_lists_tell(path));
    }
    if (demo->has_office) {
        desk_fill(demo);
    }
    TRY(file_path(path, demo->options->folder, DEMO_KEYS_FILE));
    TRY(demo_venue_tell_all(&demo->file, addresses, getpid(), path));
    words_print(demo, addresses, path);
    return FAULT_NONE;
}

enum fault demo_run(const struct demo_options *options, int *exit_code_out)
{
    static struct demo demo;
    demo = (struct demo){.guest = {.begin = on_begin, .opened = on_opened, .ready = on_ready},
                         .options = options};
    TRY(file_path(demo.bots_path, options->folder, DEMO_BOTS_FILE));
    if (options->replay != NULL) {
        /* Whatever is wrong with it is told before anything is begun. */
        enum fault fault = bots_recording_open(&demo.recording, options->replay);
        bots_recording_close(&demo.recording);
        TRY(fault);
    }
    limits_raise(options->config);
    sources_set(options->config);
    lists_set(options->config);
    TRY(demo_venue_sources(options->folder));
    demo.has_log = log_set(options->config);
    if (demo.has_log) {
        TRY(demo_log_open(&demo.log, options->folder));
    }
    demo.has_mail = mail_set(options->config);
    if (demo.has_mail) {
        TRY(demo_mail_open(&demo.mail, options->folder));
    }
    demo.has_office = office_set(options->config);
    if (demo.has_office) {
        TRY(evidence_set(options->config, options->folder));
    }
    roles_fill(&demo);
    struct serve_options serve = {.config = options->config,
                                  .folder = options->folder,
                                  .port = options->port,
                                  .begin = SERVE_GUEST,
                                  .guest = &demo.guest,
                                  .seconds = options->seconds};
    enum fault fault = serve_run(&serve, exit_code_out);
    if (demo.has_log) {
        demo_log_close(&demo.log);
    }
    if (demo.has_mail) {
        demo_mail_close(&demo.mail);
    }
    secret_wipe(&demo, sizeof(demo));
    return fault;
}
