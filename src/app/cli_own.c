#include "app/cli.h"
#include "app/own_answer.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/screen/own_read_text.h"

#include <stdlib.h>

#define DAY_US 86400000000ULL

enum {
    OWN_OPTION_REGISTER,
    OWN_OPTION_LIST,
    OWN_OPTION_AT,
    OWN_OPTION_KNOWN_AT,
    OWN_OPTION_RULE,
    OWN_OPTION_CUSTOMER,
    OWN_OPTION_DOT,
    OWN_OPTION_JSON
};
enum { JSON_BYTES = 8 << 20 };

static const struct option options[] = {
    [OWN_OPTION_REGISTER] =
        {.name = "register",
         .kind = OPTION_TEXT,
         .value = "FILE",
         .help = "Registers: BODS 0.4, FollowTheMoney, GLEIF's XML, OFAC's links; told apart by "
                 "content.",
         .required = true,
         .repeats = true},
    [OWN_OPTION_LIST] =
        {.name = "list",
         .kind = OPTION_TEXT,
         .value = "FILE",
         .help =
             "Sanctions lists in any format of cambist lists, or in the normal form. CODE=FILE names "
             "the list; files of one CODE that follow each other are one.",
         .repeats = true},
    [OWN_OPTION_AT] = {.name = "at",
                       .kind = OPTION_TEXT,
                       .value = "DAY",
                       .help = "The day asked about, as 2022-04-20. Without it today."},
    [OWN_OPTION_KNOWN_AT] = {.name = "known-at",
                             .kind = OPTION_TEXT,
                             .value = "DAY",
                             .help = "As the registers said it on this day. Without it today."},
    [OWN_OPTION_RULE] = {.name = "rule",
                         .kind = OPTION_CHOICE,
                         .value = "ofac50|eu|eu-2014|eu-2024",
                         .otherwise = "ofac50",
                         .help = "By which rule. eu is the one of the day."},
    [OWN_OPTION_CUSTOMER] = {.name = "customer",
                             .help = "ENTITY has an account here: who else pays is flagged."},
    [OWN_OPTION_DOT] = {.name = "dot", .help = "Draws it, in the language of Graphviz."},
    [OWN_OPTION_JSON] = {.name = "json", .help = "Prints one line of JSON instead."},
};

struct asked {
    const char *registers[REPEATS_MAX];
    const char *lists[REPEATS_MAX];
    struct own_load_files files;
    struct own_moment moment;
};

static enum fault take_day(const struct option_call *call, u32 place, i32 *day_out)
{
    u32 second = 0;
    const struct option_value *value = &call->values[place];
    if (!value->given) {
        *day_out = (i32)(clock_wall_us(clock_real()) / DAY_US);
        return FAULT_NONE;
    }
    return own_text_day(span_of_text(value->text), day_out, &second)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "--%s: \"%s\" is no day like 2022-04-20", options[place].name,
                       value->text);
}

static u32 take_files(const struct option_call *call, u32 place, const char *files[REPEATS_MAX])
{
    u32 count = 0;
    while (options_repeat(call, place, count) != NULL) {
        CHECK(count < REPEATS_MAX);
        files[count] = options_repeat(call, place, count);
        count += 1;
    }
    return count;
}

static enum fault take_question(const struct option_call *call, struct asked *asked)
{
    TRY(take_day(call, OWN_OPTION_AT, &asked->moment.valid));
    TRY(take_day(call, OWN_OPTION_KNOWN_AT, &asked->moment.known));
    asked->files.registers = asked->registers;
    asked->files.lists = asked->lists;
    asked->files.registers_count = take_files(call, OWN_OPTION_REGISTER, asked->registers);
    asked->files.lists_count = take_files(call, OWN_OPTION_LIST, asked->lists);
    if (call->values[OWN_OPTION_DOT].given && call->values[OWN_OPTION_JSON].given) {
        return FAULT(FAULT_USAGE, "--dot and --json exclude each other");
    }
    return asked->files.registers_count > 0 ? FAULT_NONE
                                            : FAULT(FAULT_USAGE, "--register is missing");
}

/* What could not be read, to standard error: an answer without it may be wrong. */
static void tell_refused(const struct own_load *load)
{
    const struct own_report *report = &load->report;
    u64 refused = own_report_refused(report);
    if (refused > 0) {
        (void)fprintf(stderr,
                      "cambist own: %llu records or interests were refused, of %llu records and "
                      "%llu interests:\n",
                      (unsigned long long)refused, (unsigned long long)report->records,
                      (unsigned long long)report->interests);
    }
    for (u32 i = 0; i < report->kept; i += 1) {
        char words[OWN_WORDS_BYTES];
        (void)fprintf(stderr, "  %s\n", own_words_span(span_of_text(report->texts[i]), words));
    }
    if (load->rows_refused > 0) {
        (void)fprintf(stderr,
                      "cambist own: %llu rows of lists were refused; cambist lists load "
                      "says which\n",
                      (unsigned long long)load->rows_refused);
    }
    u32 undescribed = own_graph_counts(load->graph)->owners_undescribed;
    if (undescribed > 0) {
        (void)fprintf(stderr,
                      "cambist own: %u owners are named by others' relations only: no register has "
                      "a record of them, and no list an entry\n",
                      undescribed);
    }
}

/* Statements of the days to come: as known today they say nothing. */
static void tell_later(const struct own_load *load)
{
    u32 first = OWN_NONE;
    struct own_edge edge;
    char source[OWN_WORDS_BYTES];
    char statement[OWN_WORDS_BYTES];
    char day[OWN_DAY_TEXT_BYTES];
    i32 today = (i32)(clock_wall_us(clock_real()) / DAY_US);
    u32 later = own_graph_later(load->graph, today, &first);
    if (later == 0) {
        return;
    }
    own_graph_edge_read(load->graph, first, &edge);
    struct span from = edge.source == OWN_NONE ? (struct span){.data = NULL, .size = 0}
                                               : own_graph_source_name(load->graph, edge.source);
    (void)fprintf(
        stderr,
        "cambist own: %u statements are dated later than today, and say nothing before: %s "
        "%s of %s\n",
        later, own_words_span(from, source), own_words_span(edge.statement, statement),
        own_text_day_print(edge.times.recorded_from, day));
}

static enum fault tell(const struct option_call *call, const struct own_answer *answer)
{
    static char text[JSON_BYTES];
    struct json_writer writer;
    if (call->values[OWN_OPTION_DOT].given) {
        return own_answer_draw(answer, stdout);
    }
    if (!call->values[OWN_OPTION_JSON].given) {
        own_answer_print(answer, stdout);
        return FAULT_NONE;
    }
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    own_answer_put(answer, &writer);
    json_object_end(&writer);
    if (json_end(&writer) == 0) {
        return FAULT(FAULT_LIMIT, "the answer is larger than %u bytes of JSON", (u32)JSON_BYTES);
    }
    (void)printf("%s\n", text);
    return FAULT_NONE;
}

static enum fault answer(const struct option_call *call, struct own_load *load,
                         const struct asked *asked)
{
    static struct own_answer answer;
    struct progress progress;
    u32 node = OWN_NONE;
    progress_init(&progress, clock_real(), "reading", "bytes");
    enum fault fault = own_load_open(load, &asked->files, &progress);
    progress_end(&progress);
    TRY(fault);
    tell_refused(load);
    tell_later(load);
    TRY(own_load_find(load, call->operands[0], &node));
    load->is_customer = call->values[OWN_OPTION_CUSTOMER].given;
    fault = own_answer_make(load, node, asked->moment, call->values[OWN_OPTION_RULE].text, &answer);
    if (fault == FAULT_NONE) {
        fault = tell(call, &answer);
    }
    own_answer_close(&answer);
    return fault;
}

static int run(const struct option_call *call)
{
    static struct asked asked;
    static struct own_load load;
    enum fault fault = take_question(call, &asked);
    if (fault == FAULT_NONE) {
        fault = answer(call, &load, &asked);
        own_load_close(&load);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Says whether a company or person is blocked because the listed own it, by the registers given: blocked, clear, or "
    "undetermined where bands and unknown shares leave it open. It prints the steps that prove the verdict with their "
    "statements, the part of the profits that ends with the listed, flags for an officer, and the shortest way over "
    "payments, owners and addresses to somebody blocked.",
    "ENTITY is a key, SCHEME:ID, or a name. Everything is as of two days: what was so on --at, as the registers said it "
    "on --known-at. Lists are taken as they are: what was listed when is in the entries that say so; of others the list "
    "of that day must be given.",
    "What could not be read of a register is told on standard error, and the answer is without it; a "
    "relation whose share or days are damaged stays one, of unknown size or possibly on any day.",
    NULL,
};

static const struct option_example examples[] = {
    {"own SG-ACRA:202099991Z --register web.jsonl --list sdn.csv --at 2022-04-20",
     "Whether the listed own it, on that day."},
    {"own \"Strait Lantern\" --register *.jsonl --rule eu --dot | dot -Tsvg > web.svg",
     "A drawing of it."},
    {NULL, NULL},
};

const struct subcommand cli_own = {
    .name = "own",
    .summary = "says whether the listed own a company, and why",
    .operands = "ENTITY",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
