#include "app/cli_case.h"
#include "app/rule_words.h"
#include "base/span.h"
#include "role/cases/case_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICES_MAX 100U

enum { INBOX_DATA, INBOX_LANGUAGE, INBOX_LIMIT, INBOX_JSON };

static const struct option options[] = {
    [INBOX_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .otherwise = "data",
                    .help = "The venue's data folder."},
    [INBOX_LANGUAGE] = {.name = "language",
                        .kind = OPTION_CHOICE,
                        .value = "en|fr",
                        .otherwise = "en",
                        .help = "English or French."},
    [INBOX_LIMIT] = {.name = "limit",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = NOTICES_MAX,
                     .otherwise = "20",
                     .help = "The newest so many."},
    [INBOX_JSON] = {.name = "json", .help = "One line of JSON for machines instead."},
};

/* The inbox, and the text of the pack that was looked at last. */
struct inbox {
    struct case_cli cli;
    struct case_notice_row notices[NOTICES_MAX];
    struct pack_text pack;
    u8 hash[CASE_HASH_BYTES]; /* of `pack`; zeros: none */
    struct notice_text text;
    u8 json[PACK_TEXT_JSON_MAX];
};

static enum fault rule_of(struct inbox *inbox, const char *folder,
                          const struct case_notice_row *row, const struct pack_rule_text **rule_out)
{
    const char *reason = NULL;
    char packs[FILE_PATH_BYTES];
    *rule_out = NULL;
    if (span_is_zero(span_of(row->hash, sizeof(row->hash)))) {
        return FAULT_NONE;
    }
    if (memcmp(inbox->hash, row->hash, sizeof(row->hash)) != 0) {
        TRY(file_path(packs, folder, CASES_PACKS));
        TRY(case_text_read(disk_real(), packs, row->hash, inbox->json, &inbox->pack, &reason));
        memset(inbox->hash, 0, sizeof(inbox->hash));
        if (reason != NULL) {
            return FAULT_NONE;
        }
        memcpy(inbox->hash, row->hash, sizeof(row->hash));
    }
    if (row->rule < inbox->pack.rules_count) {
        *rule_out = &inbox->pack.rules[row->rule];
    }
    return FAULT_NONE;
}

static void put_json(struct inbox *inbox, const struct case_notice_row *row)
{
    struct json_writer *json = &inbox->cli.json;
    json_object_begin(json);
    json_key(json, "seq");
    json_put_u64(json, row->seq);
    json_key(json, "time_us");
    json_put_u64(json, row->notice.time_us);
    json_key(json, "kind");
    json_put_text(json, notice_name(row->notice.kind));
    for (u32 i = 0; i < inbox->text.count; i += 1) {
        json_key(json, inbox->text.parts[i].name);
        json_put_span(json, inbox->text.parts[i].text);
    }
    json_object_end(json);
}

static void print(const struct inbox *inbox, const struct case_notice_row *row)
{
    char time[RULE_WORDS_BYTES];
    (void)printf("%s  ", rule_words_time(row->notice.time_us, time));
    for (u32 i = 0; i < inbox->text.count; i += 1) {
        const struct notice_part *part = &inbox->text.parts[i];
        (void)printf("%s%.*s\n", i == 0 ? "" : "  ", (int)part->text.size,
                     (const char *)part->text.data);
    }
    (void)putchar('\n');
}

static enum fault show(const struct option_call *call, struct inbox *inbox)
{
    const char *folder = call->values[INBOX_DATA].text;
    enum language language = (enum language)call->values[INBOX_LANGUAGE].number;
    u64 account = 0;
    u32 count = 0;
    if (!options_number(call->operands[0], 0, UINT32_MAX - 1, &account)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of an account", call->operands[0]);
    }
    TRY(case_cli_open(&inbox->cli, folder, NULL));
    TRY(case_query_notices(inbox->cli.store, (u32)account, 0, (u32)call->values[INBOX_LIMIT].number,
                           inbox->notices, &count));
    json_object_begin(&inbox->cli.json);
    json_key(&inbox->cli.json, "notices");
    json_array_begin(&inbox->cli.json);
    for (u32 i = 0; i < count; i += 1) {
        const struct pack_rule_text *rule = NULL;
        TRY(rule_of(inbox, folder, &inbox->notices[i], &rule));
        notice_print(&inbox->notices[i].notice, rule == NULL ? NULL : &inbox->pack, rule, language,
                     &inbox->text);
        if (call->values[INBOX_JSON].given) {
            put_json(inbox, &inbox->notices[i]);
        } else {
            print(inbox, &inbox->notices[i]);
        }
    }
    json_array_end(&inbox->cli.json);
    json_object_end(&inbox->cli.json);
    return FAULT_NONE;
}

static int run(const struct option_call *call)
{
    static struct inbox inbox;
    json_begin(&inbox.cli.json, inbox.cli.text, sizeof(inbox.cli.text));
    enum fault fault = show(call, &inbox);
    case_cli_close(&inbox.cli);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[INBOX_JSON].given) {
        cli_print_json(&inbox.cli.json);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Shows the notices that the owner of an account reads, the newest first: what restricts the "
    "account, under which act and in plain words, what is still possible, how to leave, which "
    "evidence is wanted by when, how to appeal. What officers know beyond that is not in them.",
    NULL,
};

static const struct option_example examples[] = {
    {"inbox 12 --data data --language fr", "Shows the inbox of account 12 in French."},
    {NULL, NULL},
};

const struct subcommand cli_inbox = {
    .name = "inbox",
    .summary = "shows an account's notices",
    .operands = "ACCOUNT",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
