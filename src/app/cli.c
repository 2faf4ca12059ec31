#include "app/cli.h"

#include "base/amount.h"
#include "base/check.h"

#include <stdarg.h>
#include <string.h>

const struct subcommand *const cli_subcommands[] = {
    &cli_serve,     &cli_demo,     &cli_init,    &cli_admin,        &cli_approve,  &cli_replay,
    &cli_verify,    &cli_snapshot, &cli_backup,  &cli_restore,      &cli_dump,     &cli_bench,
    &cli_bots,      &cli_sim,      &cli_repair,  &cli_history,      &cli_rules,    &cli_why,
    &cli_relations, &cli_case,     &cli_inbox,   &cli_reports,      &cli_lists,    &cli_own,
    &cli_log,       &cli_screen,   &cli_people,  &cli_vault,        &cli_ceremony, &cli_officer,
    &cli_open,      &cli_rotate,   &cli_witness, &cli_check_config, &cli_man,      &cli_completion,
    &cli_version,   &cli_door,     &cli_report,  &cli_desk,         &cli_mailbox,  NULL,
};

int cli_fail(const struct subcommand *subcommand, enum fault fault)
{
    (void)fflush(stdout);
    const char *text = fault_text();
    (void)fprintf(stderr, "cambist %s: %s\n", subcommand->name,
                  text[0] != 0 ? text : fault_meaning(fault));
    return fault_exit_code(fault);
}

void cli_print_json(struct json_writer *writer)
{
    size_t length = json_end(writer);
    CHECK(length > 0);
    (void)printf("%s\n", writer->data);
}

void cli_line(const char *name, const char *format, ...)
{
    (void)printf("  %-24s ", name);
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)putchar('\n');
}

const char *cli_count(u64 count, char target[CLI_COUNT_BYTES])
{
    char digits[AMOUNT_TEXT_BYTES];
    u32 length = amount_print(amount_of(count), 0, 0, digits);
    u32 used = 0;
    for (u32 i = 0; i < length; i += 1) {
        if (i > 0 && (length - i) % 3 == 0) {
            target[used] = ',';
            used += 1;
        }
        target[used] = digits[i];
        used += 1;
    }
    target[used] = 0;
    return target;
}

const char *cli_ratio(u64 a, u64 b, u32 places, char target[CLI_COUNT_BYTES])
{
    static const u64 powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    CHECK(places < ARRAY_COUNT(powers));
    u128 scaled = b == 0 ? 0 : (u128)a * powers[places] / b;
    if (b == 0 || scaled > UINT64_MAX) {
        (void)snprintf(target, CLI_COUNT_BYTES, "-");
        return target;
    }
    char text[AMOUNT_TEXT_BYTES];
    (void)amount_print(amount_of((u64)scaled), places, places, text);
    (void)snprintf(target, CLI_COUNT_BYTES, "%.*s", (int)CLI_COUNT_BYTES - 1, text);
    return target;
}

const char *cli_percent(u64 part, u64 whole, char target[CLI_COUNT_BYTES])
{
    char text[CLI_COUNT_BYTES];
    u128 hundredfold = (u128)part * 100;
    (void)cli_ratio(hundredfold > UINT64_MAX ? UINT64_MAX : (u64)hundredfold, whole, 3, text);
    (void)snprintf(target, CLI_COUNT_BYTES, "%.*s %%", (int)CLI_COUNT_BYTES - 4, text);
    return target;
}

const char *cli_hash(const u8 hash[32], char target[CLI_HASH_BYTES])
{
    for (u32 i = 0; i < 32; i += 1) {
        (void)snprintf(target + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    return target;
}
