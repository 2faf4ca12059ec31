/* What the subcommands of the officers' queue share: case, inbox, reports. */
#ifndef APP_CLI_CASE_H
#define APP_CLI_CASE_H

#include "app/cli.h"
#include "role/cases/case_query.h"
#include "role/cases/cases.h"

#define CASE_CLI_JSON_BYTES (1U << 20)
#define CASE_CLI_ROWS_MAX   500U

/* The queue of a venue's folder, opened for reading. */
struct case_cli {
    struct case_store *store;
    struct projection_point point;
    struct case_holidays holidays;
    struct case_row rows[CASE_CLI_ROWS_MAX];
    struct json_writer json;
    char text[CASE_CLI_JSON_BYTES];
};

/* `holidays` NULL: CASE_HOLIDAYS_FILE, if it is there. */
MUST_USE enum fault case_cli_open(struct case_cli *cli, const char *folder, const char *holidays);
void case_cli_close(struct case_cli *cli);

/* A day, of which the end is meant, or a moment. FAULT_USAGE naming the option. */
MUST_USE enum fault case_cli_moment(const char *option, const char *text, u64 *us_out);

#endif /* APP_CLI_CASE_H */
