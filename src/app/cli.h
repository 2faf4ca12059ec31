/* The subcommands of `cambist`: a table each (cli_NAME.c), and what they share. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "app/options.h"
#include "wire/json.h"

extern const struct subcommand cli_replay;
extern const struct subcommand cli_verify;
extern const struct subcommand cli_snapshot;
extern const struct subcommand cli_dump;
extern const struct subcommand cli_bench;
extern const struct subcommand cli_sim;
extern const struct subcommand cli_serve;
extern const struct subcommand cli_demo;
extern const struct subcommand cli_bots;
extern const struct subcommand cli_init;
extern const struct subcommand cli_admin;
extern const struct subcommand cli_approve;
extern const struct subcommand cli_repair;
extern const struct subcommand cli_backup;
extern const struct subcommand cli_restore;
extern const struct subcommand cli_history;
extern const struct subcommand cli_rules;
extern const struct subcommand cli_why;
extern const struct subcommand cli_relations;
extern const struct subcommand cli_screen;
extern const struct subcommand cli_case;
extern const struct subcommand cli_inbox;
extern const struct subcommand cli_people;
extern const struct subcommand cli_door;
extern const struct subcommand cli_mailbox;
extern const struct subcommand cli_vault;
extern const struct subcommand cli_desk;
extern const struct subcommand cli_report;
extern const struct subcommand cli_reports;
extern const struct subcommand cli_lists;
extern const struct subcommand cli_own;
extern const struct subcommand cli_witness;
extern const struct subcommand cli_log;
extern const struct subcommand cli_ceremony;
extern const struct subcommand cli_officer;
extern const struct subcommand cli_open;
extern const struct subcommand cli_rotate;
extern const struct subcommand cli_check_config;
extern const struct subcommand cli_man;
extern const struct subcommand cli_completion;
extern const struct subcommand cli_version;

/* All of them, in the order of --help; NULL at the end. */
extern const struct subcommand *const cli_subcommands[];

#define CAMBIST_VERSION "0.1.0"
#define CLI_JSON_BYTES  65536U

/* The commit this binary was built from, with a + when something was changed; "unknown" outside a
 * repository (commit.c.in). */
extern const char cli_commit[];

/* Prints "cambist NAME: cause" to standard error; returns the fault's exit code. */
int cli_fail(const struct subcommand *subcommand, enum fault fault);

/* Prints the JSON object as the last line. CHECK: it fits CLI_JSON_BYTES. */
void cli_print_json(struct json_writer *writer);

/* One line of a report: a name, filled up, and a value. */
__attribute__((format(printf, 2, 3))) void cli_line(const char *name, const char *format, ...);

/* A count with a separator every three digits, in a buffer of CLI_COUNT_BYTES. */
#define CLI_COUNT_BYTES 32U
const char *cli_count(u64 count, char target[CLI_COUNT_BYTES]);

/* part / whole in thousandths of a percent, as "99.900 %"; the same buffer size. */
const char *cli_percent(u64 part, u64 whole, char target[CLI_COUNT_BYTES]);

/* a / b with `places` decimals, as text; "-" when b is 0. */
const char *cli_ratio(u64 a, u64 b, u32 places, char target[CLI_COUNT_BYTES]);

/* A hash of 32 bytes as 64 digits. */
#define CLI_HASH_BYTES 65U
const char *cli_hash(const u8 hash[32], char target[CLI_HASH_BYTES]);

#endif /* APP_CLI_H */
