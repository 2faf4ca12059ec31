#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/restrict_export.h"
#include "app/rule_words.h"
#include "app/why.h"

#include <stdlib.h>
#include <string.h>

enum {
    WHY_DATA,
    WHY_PERSON,
    WHY_AT,
    WHY_KNOWN_AT,
    WHY_AUDIENCE,
    WHY_PACKS,
    WHY_GENESIS,
    WHY_JSON,
    WHY_EXPORT,
    WHY_SEQUENCE
};

static const struct option options[] = {
    [WHY_DATA] = {.name = "data",
                  .kind = OPTION_TEXT,
                  .value = "DIR",
                  .otherwise = "data",
                  .help = "The venue's data folder. The venue may be running."},
    [WHY_PERSON] = {.name = "person",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 1,
                    .maximum = UINT32_MAX - 1,
                    .help = "A person, instead of an account."},
    [WHY_AT] = {.name = "at",
                .kind = OPTION_TEXT,
                .value = "TIME",
                .help = "The moment that is asked about, as 2022-04-22 or 2022-04-22T12:00:00Z. "
                        "Without it that of --known-at."},
    [WHY_KNOWN_AT] = {.name = "known-at",
                      .kind = OPTION_TEXT,
                      .value = "TIME",
                      .help = "As things were known then. Without it as the journal ends."},
    [WHY_AUDIENCE] = {.name = "audience",
                      .kind = OPTION_CHOICE,
                      .value = "officer|customer",
                      .otherwise = "officer",
                      .help = "For whom: a customer reads no list, path, officer or row."},
    [WHY_PACKS] = {.name = "packs",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .help = "Where the canonical forms of packs are, HASH.json. Without it the "
                           "folder packs in the data folder."},
    [WHY_GENESIS] = {.name = "from-genesis",
                     .help = "Leaves snapshots aside. The answer is the same, and takes longer."},
    [WHY_JSON] = {.name = "json", .help = "Prints one line of JSON instead."},
    [WHY_EXPORT] = {.name = "export",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help = "Instead of an answer: writes one decision with its proof out of the "
                            "public log, for \"cambist log check-decision\" anywhere."},
    [WHY_SEQUENCE] = {.name = "sequence",
                      .kind = OPTION_TEXT,
                      .value = "N",
                      .help = "With --export: the decision under this number of the journal, as "
                              "812, or 812-1 for one of several. Without it the newest."},
};

static enum fault take_time(const struct option_call *call, u32 place, u64 *time_out)
{
    *time_out = PAST_END;
    if (!call->values[place].given) {
        return FAULT_NONE;
    }
    return rule_words_time_of(call->values[place].text, time_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE,
                       "--%s: \"%s\" is no moment like 2022-04-22 or 2022-04-22T12:00:00Z",
                       options[place].name, call->values[place].text);
}

static enum fault take_question(const struct option_call *call, struct why_question *question)
{
    bool by_person = call->values[WHY_PERSON].given;
    u64 account = 0;
    if (by_person == (call->operands_count == 1)) {
        return FAULT(FAULT_USAGE, "an ACCOUNT is wanted, or --person");
    }
    if (!by_person && !options_number(call->operands[0], 0, UINT32_MAX - 1, &account)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not the number of an account", call->operands[0]);
    }
    *question = (struct why_question){
        .folder = call->values[WHY_DATA].text,
        .packs = call->values[WHY_PACKS].text,
        .account = (u32)account,
        .person = by_person ? (u32)call->values[WHY_PERSON].number : 0,
        .by_account = !by_person,
        .from_genesis = call->values[WHY_GENESIS].given,
    };
    TRY(take_time(call, WHY_AT, &question->at));
    return take_time(call, WHY_KNOWN_AT, &question->known_at);
}

static void print(const struct why_answer *answer, bool for_customer, bool json)
{
    static char text[WHY_JSON_BYTES];
    struct json_writer writer;
    if (!json) {
        (for_customer ? why_print_customer : why_print)(answer, stdout);
        return;
    }
    json_begin(&writer, text, sizeof(text));
    (for_customer ? why_put_customer_json : why_put_json)(answer, &writer);
    cli_print_json(&writer);
}

static enum fault export_run(const struct option_call *call, const struct why_question *question)
{
    struct restrict_export export = {.data = question->folder,
                                     .packs = question->packs,
                                     .file = call->values[WHY_EXPORT].text,
                                     .account = question->account,
                                     .person = question->person,
                                     .by_account = question->by_account,
                                     .for_customer = call->values[WHY_AUDIENCE].number == 1};
    const struct option_value *sequence = &call->values[WHY_SEQUENCE];
    if (call->values[WHY_AT].given || call->values[WHY_KNOWN_AT].given ||
        call->values[WHY_JSON].given) {
        return FAULT(FAULT_USAGE, "--export goes with neither --at, --known-at nor --json");
    }
    if (sequence->given && !restrict_export_sequence(sequence->text, &export)) {
        return FAULT(FAULT_USAGE, "--sequence: \"%s\" is no number as 812 or 812-1",
                     sequence->text);
    }
    return restrict_export_run(&export);
}

static int run(const struct option_call *call)
{
    static struct why_answer answer;
    struct why_question question;
    struct cli_recovery line;
    enum fault fault = take_question(call, &question);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[WHY_EXPORT].given) {
        fault = export_run(call, &question);
        return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
    }
    cli_recovery_init(&line, "replaying");
    question.progress = &line.recovery;
    fault = why_ask(&question, &answer);
    progress_end(&line.progress);
    if (fault == FAULT_NONE) {
        print(&answer, call->values[WHY_AUDIENCE].number == 1, call->values[WHY_JSON].given);
    }
    why_close(&answer);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Says why an account may do what it may: which rules of which packs apply to the person behind it, with act "
    "and article, what they say in plain words, the facts, verdicts, holdings and prices on which that rests, and "
    "the command that led to it. The journal is replayed: facts, packs and verdicts are those known at --known-at, "
    "balances, prices and what was remembered those of the earlier of both moments. For moments that have passed "
    "the answer never changes. Nothing is written.",
    "With --export one decision is written that is in the public log, with its salt and its way there; for customers "
    "only what they read under the reason's own name.",
    NULL,
};

static const struct option_example examples[] = {
    {"why 12 --data data", "Why account 12 is restricted, as things stand."},
    {"why 12 --data data --at 2022-04-22 --known-at 2022-04-26",
     "What the 22nd looks like, as known on the 26th."},
    {"why --person 7 --data data --audience customer", "What this customer may read of it."},
    {"why 12 --data data --audience customer --export decision.txt",
     "What this customer can prove to anybody."},
    {NULL, NULL},
};

const struct subcommand cli_why = {
    .name = "why",
    .summary = "says why an account is restricted, as known when",
    .operands = "[ACCOUNT]",
    .operands_min = 0,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
