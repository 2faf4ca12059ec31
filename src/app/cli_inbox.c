#include "app/cli_case.h"
#include "app/rule_words.h"
#include "role/cases/case_json.h"
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

struct inbox {
    struct case_cli cli;
    struct case_notice_row notices[NOTICES_MAX];
    struct case_inbox words;
};

static void print(const struct notice_text *text, const struct case_notice_row *row)
{
    char time[RULE_WORDS_BYTES];
    (void)printf("%s  ", rule_words_time(row->notice.time_us, time));
    for (u32 i = 0; i < text->count; i += 1) {
        const struct notice_part *part = &text->parts[i];
        (void)printf("%s%.*s\n", i == 0 ? "" : "  ", (int)part->text.size,
                     (const char *)part->text.data);
    }
    (void)putchar('\n');
}

/* How the newest appeal stands, in the words that the page has. */
static enum fault appeal_print(struct case_cli *cli, u32 account, enum language language)
{
    static const char *const words[][2] = {
        {"Your appeal was received; you have the answer by",
         "Votre recours a été reçu ; vous aurez la réponse au plus tard le"},
        {"Your appeal was answered: what was decided stays. At",
         "Réponse à votre recours : ce qui a été décidé demeure. Le"},
        {"Your appeal was answered: what was decided will be changed. At",
         "Réponse à votre recours : ce qui a été décidé sera modifié. Le"},
    };
    struct case_row appeal;
    char made[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    bool found = false;
    u32 person = 0;
    TRY(case_query_person(cli->store, account, &person));
    TRY(case_query_appeal(cli->store, person, &appeal, &found));
    if (!found) {
        return FAULT_NONE;
    }
    u32 row = appeal.closed_us == 0 ? 0 : appeal.outcome == CASE_OUTCOME_OVERTURNED ? 2 : 1;
    u64 time_us = appeal.closed_us == 0 ? appeal.deadline_us : appeal.closed_us;
    (void)printf("%s  %s %s\n\n", rule_words_time(appeal.opened_us, made),
                 words[row][language == LANGUAGE_FR ? 1 : 0], rule_words_time(time_us, until));
    return FAULT_NONE;
}

static enum fault show(const struct option_call *call, struct inbox *inbox)
{
    const char *folder = call->values[INBOX_DATA].text;
    enum language language = (enum language)call->values[INBOX_LANGUAGE].number;
    char packs[FILE_PATH_BYTES];
    u64 account = 0;
    u32 count = 0;
    if (!options_number(call->operands[0], 0, UINT32_MAX - 1, &account)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of an account", call->operands[0]);
    }
    TRY(file_path(packs, folder, CASES_PACKS));
    TRY(case_cli_open(&inbox->cli, folder, NULL));
    TRY(case_query_notices(inbox->cli.store, (u32)account, NULL,
                           (u32)call->values[INBOX_LIMIT].number, inbox->notices, &count));
    if (!call->values[INBOX_JSON].given) {
        TRY(appeal_print(&inbox->cli, (u32)account, language));
    }
    json_object_begin(&inbox->cli.json);
    json_key(&inbox->cli.json, "notices");
    json_array_begin(&inbox->cli.json);
    for (u32 i = 0; i < count; i += 1) {
        const struct case_notice_row *row = &inbox->notices[i];
        TRY(case_inbox_print(&inbox->words, disk_real(), packs, row, language));
        if (call->values[INBOX_JSON].given) {
            case_put_notice_json(&inbox->cli.json, row, &inbox->words.text);
        } else {
            print(&inbox->words.text, row);
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
    "evidence is wanted by when, how to appeal; above them how the newest appeal stands. What officers know beyond that is not in them.",
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
