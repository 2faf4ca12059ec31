/* The configuration: a YAML file with what concerns the processes of this machine. Markets, fees,
 * limits and rules are not here: they live in the journal.
 *
 * One table says which options there are; the reader, `cambist check-config`, its --example and the
 * man page come from it. The file is two levels deep, section and option. Everything else is
 * refused, with file, line, key and reason: an unknown or repeated key, a value of another kind or
 * out of range, a size or duration without its unit, lists, anchors, aliases, tags, a second
 * document. An option that is not given has its default. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/base.h"
#include "io/fault.h"

#include <stdio.h>

#define CONFIG_BYTES_MAX  65536U
#define CONFIG_TEXT_BYTES 256U

enum config_key {
    CONFIG_VENUE_DATA,
    CONFIG_VENUE_PLACEMENT,
    CONFIG_VENUE_REQUIRE_SANDBOX,
    CONFIG_LOG_LEVEL,
    CONFIG_LOG_FORMAT,
    CONFIG_ENGINE_BATCH_COMMANDS,
    CONFIG_ENGINE_CHANNEL,
    CONFIG_GATEWAY_ADDRESS,
    CONFIG_GATEWAY_PORT,
    CONFIG_GATEWAY_CONNECTIONS_MAX,
    CONFIG_GATEWAY_PROXIES,
    CONFIG_GATEWAY_CERTIFICATE,
    CONFIG_GATEWAY_KEY,
    CONFIG_LIMITS_WEIGHT,
    CONFIG_LIMITS_REQUESTS,
    CONFIG_LIMITS_CONNECTS,
    CONFIG_LIMITS_CONNECTIONS,
    CONFIG_LIMITS_ORDERS_10S,
    CONFIG_LIMITS_ORDERS_DAY,
    CONFIG_ADMIN_SOCKET,
    CONFIG_ADMIN_ADDRESS,
    CONFIG_ADMIN_PORT,
    CONFIG_ADMIN_OFFICERS,
    CONFIG_CASES_SOCKET,
    CONFIG_CASES_RECIPIENT,
    CONFIG_PRICES_SOURCES,
    CONFIG_PRICES_SOURCES_MIN,
    CONFIG_PRICES_EVERY,
    CONFIG_PRICES_FRESH,
    CONFIG_PRICES_JUMP,
    CONFIG_PRICES_STEP,
    CONFIG_LISTS_SOURCES,
    CONFIG_LISTS_EVERY,
    CONFIG_LISTS_KEEP,
    CONFIG_SCREEN_LISTS,
    CONFIG_SCREEN_SOCKET,
    CONFIG_SCREEN_THRESHOLD,
    CONFIG_SCREEN_SEARCHES,
    CONFIG_VAULT_ON,
    CONFIG_VAULT_SOCKET,
    CONFIG_VAULT_LOOKUPS,
    CONFIG_VAULT_DRILL_DAYS,
    CONFIG_VAULT_YEARS,
    CONFIG_PUBLOG_ON,
    CONFIG_PUBLOG_ORIGIN,
    CONFIG_PUBLOG_SOCKET,
    CONFIG_PUBLOG_LEDGER,
    CONFIG_PUBLOG_MONTH,
    CONFIG_DESK_ON,
    CONFIG_DESK_SOCKET,
    CONFIG_DESK_CASES,
    CONFIG_OFFICE_ON,
    CONFIG_OFFICE_LISTEN,
    CONFIG_OFFICE_ORIGIN,
    CONFIG_DOOR_ON,
    CONFIG_DOOR_SOCKET,
    CONFIG_DOOR_ISSUER,
    CONFIG_DOOR_THREADS,
    CONFIG_DOOR_WAITING,
    CONFIG_DOOR_MAILS,
    CONFIG_DOOR_COMMAND,
    CONFIG_DOOR_NEW_ACCOUNTS,
    CONFIG_SUPERVISOR_PAUSE,
    CONFIG_SUPERVISOR_PAUSE_MAX,
    CONFIG_SUPERVISOR_STEADY,
    CONFIG_SUPERVISOR_STOP,
    CONFIG_SUPERVISOR_FAILURES_MAX,
    CONFIG_SNAPSHOT_EVERY,
    CONFIG_SNAPSHOT_KEEP,
};
#define CONFIG_COUNT 69U

enum config_kind {
    CONFIG_NUMBER,   /* minimum .. maximum */
    CONFIG_SIZE,     /* in B, KiB, MiB or GiB; kept in bytes */
    CONFIG_DURATION, /* in us, ms, s, min or h; kept in microseconds */
    CONFIG_TRUTH,    /* true or false; kept as 1 or 0 */
    CONFIG_CHOICE,   /* one of `words`, separated by |; kept as its place */
    CONFIG_PATH,     /* a path, not empty */
    CONFIG_ADDRESS,  /* an IPv4 or IPv6 address in digits */
    CONFIG_NETWORKS, /* some of those, or none: app/networks.h */
    CONFIG_NAMES,    /* names of wire/code.h with a blank between, or none: app/list_names.h */
};

struct config_option {
    const char *section;
    const char *name;
    enum config_kind kind;
    u64 minimum;
    u64 maximum;
    bool is_power_of_two;
    const char *words;
    const char *otherwise; /* the default, as it would be written */
    const char *help;      /* sentences */
};

extern const struct config_option config_options[CONFIG_COUNT];

struct config_value {
    u64 number;
    char text[CONFIG_TEXT_BYTES]; /* as it was written, without quotes */
    u32 line;                     /* 0: the default */
};

struct config {
    struct config_value values[CONFIG_COUNT];
};

/* Every option has its default. */
void config_init(struct config *config);

/* Reads a whole file's bytes; `name` is what messages call it. FAULT_CONFIG with
 * "NAME:LINE: section.option: reason". */
MUST_USE enum fault config_read(struct span bytes, const char *name, struct config *config_out);
MUST_USE enum fault config_read_file(const char *path, struct config *config_out);

/* A file that names every option with its default and what it means. */
void config_print_example(FILE *target);

#endif /* APP_CONFIG_H */
