/* Prints docs/api-coverage.md from the tables of the gateway (tools/generate_coverage.py). */
#include "role/gateway/endpoint.h"
#include "role/gateway/stream_name.h"
#include "wire/api_error.h"
#include "wire/reject.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool filter_of(u32 reject, const char **name_out)
{
    static const char head[] = "Filter failure: ";
    bool is_filter = strncmp(reject_text(reject), head, sizeof(head) - 1) == 0;
    *name_out = reject_text(reject) + sizeof(head) - 1;
    return is_filter;
}

static void print_filters(void)
{
    (void)printf("\n## Filters\n\n"
                 "A test that is told of it, and one that is refused by it.\n\n"
                 "| filter | code | told | refused |\n|---|---|---|---|\n");
    const char *name = NULL;
    for (u32 reject = 0; reject < REJECT_COUNT; reject += 1) {
        if (filter_of(reject, &name)) {
            i32 code = reject_code(reject);
            (void)printf("| %s | %" PRId32 " | @filter %s@ | @text %" PRId32 " %s@ |\n", name, code,
                         name, code, reject_text(reject));
        }
    }
}

static bool core_says(enum api_error error)
{
    for (u32 reject = 1; reject < REJECT_COUNT; reject += 1) {
        if (strcmp(reject_name(reject), "UNKNOWN") != 0 && api_error_of_reject(reject) == error) {
            return true;
        }
    }
    return false;
}

static void print_errors(void)
{
    (void)printf(
        "\n## Errors\n\n"
        "Who answers it: the gateway, or the core's refusal; and a test that sees its text. "
        "Errors that\nnobody answers belong to what the venue does not offer.\n\n"
        "| code | HTTP | text | who | test |\n|---|---|---|---|---|\n");
    for (u32 i = API_ERROR_NONE + 1; i < API_ERROR_COUNT; i += 1) {
        enum api_error error = (enum api_error)i;
        i32 code = api_error_code(error);
        const char *text = api_error_template(error);
        (void)printf("| %" PRId32 " | %" PRIu32 " | %s | @error %s %" PRId32 " %d %s@ |\n", code,
                     api_error_http(error), text, api_error_name(error), code,
                     core_says(error) ? 1 : 0, text);
    }
}

/* The name with something else for each '@', which the generator takes for its own. */
static void print_stream(struct stream_name name, const char *speed)
{
    char text[STREAM_NAME_BYTES_MAX];
    (void)stream_name_print(&name, text);
    (void)printf("| ");
    for (const char *at = text; *at != 0; at += 1) {
        (void)(*at == '@' ? printf("&#64;") : printf("%c", *at));
    }
    (void)printf(" | %s | @stream ", speed);
    for (const char *at = text; *at != 0; at += 1) {
        (void)printf("%c", *at == '@' ? '%' : *at);
    }
    (void)printf("@ |\n");
}

static void print_streams(void)
{
    static const char *const speeds[STREAM_VARIANTS] = {
        [STREAM_TRADE] = "real time",         [STREAM_AGG_TRADE] = "real time",
        [STREAM_BOOK_TICKER] = "real time",   [STREAM_DEPTH_FAST] = "100 ms",
        [STREAM_DEPTH_5_FAST] = "100 ms",     [STREAM_DEPTH_10_FAST] = "100 ms",
        [STREAM_DEPTH_20_FAST] = "100 ms",    [STREAM_BLOCK_TRADE] = "never: there are none",
        [STREAM_KLINE + INTERVAL_1M] = "2 s", [STREAM_KLINE + INTERVAL_COUNT + INTERVAL_1D] = "2 s",
        [STREAM_KLINE + INTERVAL_1S] = "1 s",
    };
    static const u8 all[] = {STREAM_MINI_TICKER, STREAM_TICKER_1H, STREAM_TICKER_4H,
                             STREAM_TICKER_1D};
    (void)printf(
        "\n## Streams\n\n"
        "A test that hears each. Klines have sixteen intervals in two time zones; of these "
        "three rows.\n\n"
        "| stream | at the most each | test |\n|---|---|---|\n");
    for (u8 variant = 0; variant < STREAM_VARIANTS; variant += 1) {
        if (variant < STREAM_KLINE || speeds[variant] != NULL) {
            print_stream((struct stream_name){.symbol = "BTCUSDT", .variant = variant},
                         speeds[variant] == NULL ? "1 s" : speeds[variant]);
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(all); i += 1) {
        print_stream((struct stream_name){.variant = all[i], .is_all = true}, "1 s");
    }
}

int main(void)
{
    char line[512];
    for (u32 number = 0; endpoint_coverage_line(number, line, sizeof(line)); number += 1) {
        if (puts(line) < 0) {
            return 1;
        }
    }
    print_streams();
    print_filters();
    print_errors();
    return fflush(stdout) == 0 ? 0 : 1;
}
