#include "app/cli_case.h"

#include "app/admin_client.h"
#include "app/case_print.h"
#include "app/cli_progress.h"
#include "app/feed_replay.h"
#include "app/serve.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/entropy.h"
#include "io/officers.h"
#include "role/cases/cases.h"
#include "role/cases/evidence.h"
#include "wire/order_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EVIDENCE_BYTES 65536U
#define ACTS_MAX       500U
#define WAIT_TRIES     60U
#define WAIT_NS        50000000L

enum {
    CASE_DATA,
    CASE_SOCKET,
    CASE_OFFICER,
    CASE_SECOND,
    CASE_UNTIL,
    CASE_EVIDENCE,
    CASE_PROPOSE,
    CASE_KIND,
    CASE_STATE,
    CASE_PERSON,
    CASE_ACCOUNT,
    CASE_OWNER,
    CASE_DUE,
    CASE_ALL,
    CASE_LIMIT,
    CASE_HOLIDAYS,
    CASE_JOURNAL,
    CASE_JSON,
};

static const struct option options[] = {
    [CASE_DATA] = {.name = "data",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .otherwise = "data",
                   .help = "The venue's data folder."},
    [CASE_SOCKET] = {.name = "socket",
                     .kind = OPTION_TEXT,
                     .value = "PATH",
                     .help = "The admin socket. Without it admin.sock in the data folder."},
    [CASE_OFFICER] = {.name = "officer",
                      .kind = OPTION_TEXT,
                      .value = "OFFICER",
                      .help = "Who does it: a number, or a code of the register of officers."},
    [CASE_SECOND] = {.name = "second",
                     .kind = OPTION_TEXT,
                     .value = "OFFICER",
                     .help = "The second officer. What loosens is never done alone."},
    [CASE_UNTIL] = {.name = "until",
                    .kind = OPTION_TEXT,
                    .value = "DATE",
                    .help = "When a whitelist entry ends, or a case opened by hand is due: a day, "
                            "its end included, or a moment."},
    [CASE_EVIDENCE] = {.name = "evidence",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "A file of which the journal keeps the SHA-256."},
    [CASE_PROPOSE] = {.name = "propose",
                      .help = "Does nothing, and prints the text that officers sign "
                              "(\"cambist approve\")."},
    [CASE_KIND] = {.name = "kind",
                   .kind = OPTION_TEXT,
                   .value = "KIND",
                   .help = "list: only cases of this kind."},
    [CASE_STATE] = {.name = "state",
                    .kind = OPTION_TEXT,
                    .value = "STATE",
                    .help = "list: only cases in this state."},
    [CASE_PERSON] = {.name = "person",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = UINT32_MAX,
                     .help = "list: only cases of this person."},
    [CASE_ACCOUNT] = {.name = "account",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = UINT32_MAX,
                      .help = "list: only cases of this account."},
    [CASE_OWNER] = {.name = "owner",
                    .kind = OPTION_TEXT,
                    .value = "OFFICER",
                    .help = "list: only cases that this officer has."},
    [CASE_DUE] = {.name = "due",
                  .kind = OPTION_TEXT,
                  .value = "DATE",
                  .help = "list: only open cases that are late by then: a day, its end included, "
                          "or a moment."},
    [CASE_ALL] = {.name = "all", .help = "list: closed ones too."},
    [CASE_LIMIT] = {.name = "limit",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 1,
                    .maximum = CASE_CLI_ROWS_MAX,
                    .otherwise = "100",
                    .help = "list: at most so many."},
    [CASE_HOLIDAYS] = {.name = "holidays",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "Days that are no business days, one a line. Without it "
                               "holidays.txt in the data folder, if it is there."},
    [CASE_JOURNAL] = {.name = "journal",
                      .help = "rebuild: replays the journal, also where the event log would do."},
    [CASE_JSON] = {.name = "json", .help = "One line of JSON for machines instead."},
};

static struct case_cli cli;

/* ---- shared with inbox and reports ---- */

enum fault case_cli_open(struct case_cli *opened, const char *folder, const char *holidays)
{
    opened->store = NULL;
    TRY(case_holidays_load(disk_real(), folder, holidays, &opened->holidays));
    TRY(cases_reader(&opened->store, folder));
    return case_store_point(opened->store, &opened->point);
}

void case_cli_close(struct case_cli *opened)
{
    case_store_close(opened->store);
    opened->store = NULL;
}

enum fault case_cli_moment(const char *option, const char *text, u64 *us_out)
{
    u32 day = 0;
    if (case_day_parse(span_of_text(text), &day)) {
        *us_out = ((u64)day + 1) * NOTICE_DAY_US; /* the day's end */
        return FAULT_NONE;
    }
    return time_text_parse(text, us_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "--%s: \"%s\" is neither a day nor a moment", option, text);
}

static void put_count(struct json_writer *json, u64 count)
{
    json_key(json, "count");
    json_put_u64(json, count);
}

static enum fault officer_of(const struct option_call *call, u32 option, u32 *number_out)
{
    static struct officers officers;
    const char *text = call->values[option].text;
    char path[FILE_PATH_BYTES];
    u64 number = 0;
    *number_out = 0;
    if (text == NULL) {
        return FAULT_NONE;
    }
    if (options_number(text, 1, UINT32_MAX, &number)) {
        *number_out = (u32)number;
        return FAULT_NONE;
    }
    TRY(file_path(path, call->values[CASE_DATA].text, OFFICERS_FILE));
    TRY(officers_read_file(disk_real(), path, &officers));
    const struct officer *officer = officers_by_code(&officers, span_of_text(text));
    if (officer == NULL) {
        return FAULT(FAULT_INPUT, "--%s: the register has no officer %s",
                     call->subcommand->options[option].name, text);
    }
    *number_out = officer->number;
    return FAULT_NONE;
}

/* ---- looking ---- */

/* The place of a word among names; FAULT_USAGE: it is none of them. */
static enum fault word_of(const struct option_call *call, u32 option, u32 count,
                          const char *(*name)(u32), u32 *place_out)
{
    const char *text = call->values[option].text;
    *place_out = 0;
    if (text == NULL) {
        return FAULT_NONE;
    }
    for (u32 i = 1; i < count; i += 1) {
        if (strcmp(name(i), text) == 0) {
            *place_out = i;
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_USAGE, "--%s: there is no \"%s\"", call->subcommand->options[option].name,
                 text);
}

static enum fault filter_of(const struct option_call *call, struct case_filter *filter)
{
    *filter = (struct case_filter){.open_only = !call->values[CASE_ALL].given,
                                   .person = (u32)call->values[CASE_PERSON].number,
                                   .account = (u32)call->values[CASE_ACCOUNT].number,
                                   .limit = (u32)call->values[CASE_LIMIT].number};
    TRY(word_of(call, CASE_KIND, CASE_KIND_COUNT, case_kind_name, &filter->kind));
    TRY(word_of(call, CASE_STATE, CASE_STATE_COUNT, case_state_name, &filter->state));
    TRY(officer_of(call, CASE_OWNER, &filter->owner));
    return call->values[CASE_DUE].given
               ? case_cli_moment("due", call->values[CASE_DUE].text, &filter->due_us)
               : FAULT_NONE;
}

static enum fault look_list(const struct option_call *call)
{
    struct case_filter filter;
    u32 count = 0;
    u32 left = (u32)call->values[CASE_LIMIT].number;
    TRY(filter_of(call, &filter));
    json_key(&cli.json, "cases");
    json_array_begin(&cli.json);
    do {
        TRY(case_query_list(cli.store, &filter, cli.rows, &count));
        for (u32 i = 0; i < count && left > 0; i += 1) {
            filter.after = case_place_of(&cli.rows[i]);
            if (filter.due_us != 0 && !case_is_due(&cli.rows[i], &cli.holidays, filter.due_us)) {
                continue;
            }
            left -= 1;
            case_put_json(&cli.json, &cli.rows[i], &cli.holidays, cli.point.time_us);
            if (!call->values[CASE_JSON].given) {
                case_print_line(&cli.rows[i], &cli.holidays, cli.point.time_us);
            }
        }
    } while (count == filter.limit && left > 0);
    json_array_end(&cli.json);
    put_count(&cli.json, call->values[CASE_LIMIT].number - left);
    return FAULT_NONE;
}

static enum fault case_of(const struct option_call *call, struct case_row *row_out)
{
    const char *text = call->operands_count > 1 ? call->operands[1] : "";
    u64 matter = 0;
    bool found = false;
    if (!case_parse_number(span_of_text(text), &matter)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of a case, like 81723-0", text);
    }
    TRY(case_query_one(cli.store, matter, row_out, &found));
    return found ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: there is no such case", text);
}

static enum fault look_show(const struct option_call *call)
{
    static struct case_act_row acts[ACTS_MAX];
    struct case_row row;
    u32 count = 0;
    TRY(case_of(call, &row));
    TRY(case_query_acts(cli.store, row.matter, 0, ACTS_MAX, acts, &count));
    json_key(&cli.json, "case");
    case_put_json(&cli.json, &row, &cli.holidays, cli.point.time_us);
    json_key(&cli.json, "acts");
    json_array_begin(&cli.json);
    if (!call->values[CASE_JSON].given) {
        case_print_whole(&row, &cli.holidays, cli.point.time_us);
    }
    for (u32 i = 0; i < count; i += 1) {
        case_put_act_json(&cli.json, &acts[i]);
        if (!call->values[CASE_JSON].given) {
            case_print_act(&acts[i]);
        }
    }
    json_array_end(&cli.json);
    return FAULT_NONE;
}

static enum fault look_whitelist(const struct option_call *call)
{
    static struct case_whitelist_row rows[CASE_CLI_ROWS_MAX];
    char number[CASE_NUMBER_BYTES];
    char date[NOTICE_DATE_BYTES];
    char list[CODE_NAME_BYTES] = {0};
    u32 count = 0;
    TRY(case_query_whitelist(cli.store, 0, CASE_CLI_ROWS_MAX, rows, &count));
    json_key(&cli.json, "whitelist");
    json_array_begin(&cli.json);
    for (u32 i = 0; i < count; i += 1) {
        bool is_over = rows[i].until_us <= cli.point.time_us;
        const char *name = code_name_print(rows[i].list, list) ? list : "?";
        case_put_whitelist_json(&cli.json, &rows[i], cli.point.time_us);
        if (!call->values[CASE_JSON].given) {
            (void)printf("person %-10u %-12s entry %-8u %s %s  case %s\n", rows[i].person, name,
                         rows[i].entry, is_over ? "ended" : "until",
                         notice_date(rows[i].until_us - 1, date),
                         case_print_number(rows[i].matter, number));
        }
    }
    json_array_end(&cli.json);
    return FAULT_NONE;
}

/* ---- doing ---- */

static enum fault evidence_of(const struct option_call *call, u8 hash_out[SHA256_BYTES])
{
    static u8 bytes[EVIDENCE_BYTES];
    const char *path = call->values[CASE_EVIDENCE].text;
    struct sha256 sha256;
    u64 offset = 0;
    size_t size = 1;
    struct file file;
    if (path == NULL) {
        return FAULT_NONE;
    }
    TRY(file_open(disk_real(), path, 0, &file));
    enum fault fault = sha256_open(&sha256);
    if (fault != FAULT_NONE) {
        file_close(&file);
        return fault;
    }
    sha256_begin(&sha256);
    while (fault == FAULT_NONE && size > 0) {
        fault = file_read_at(&file, offset, bytes, sizeof(bytes), &size);
        sha256_add(&sha256, span_of(bytes, fault == FAULT_NONE ? size : 0));
        offset += size;
    }
    sha256_end(&sha256, hash_out);
    sha256_close(&sha256);
    file_close(&file);
    return fault;
}

static enum fault propose(const struct admin_status *status, const struct command_case_act *command)
{
    static char target[ORDER_TEXT_BYTES];
    struct order_head head = {.until_us = status->now_us + NOTICE_DAY_US};
    memcpy(head.venue, status->venue, sizeof(head.venue));
    TRY(entropy_fill(head.nonce, sizeof(head.nonce)));
    if (order_text_print(span_of(command, sizeof(*command)), &head, target) == 0) {
        return FAULT(FAULT_INPUT, "this act has no text that officers could sign");
    }
    (void)printf("%s", target);
    return FAULT_NONE;
}

/* What has come of it is in the queue as soon as its agent has seen the command. */
static enum fault wait_for(u64 seq)
{
    const struct timespec pause = {.tv_nsec = WAIT_NS};
    for (u32 i = 0; i < WAIT_TRIES && cli.point.seq < seq; i += 1) {
        (void)nanosleep(&pause, NULL);
        TRY(case_store_point(cli.store, &cli.point));
    }
    return cli.point.seq >= seq
               ? FAULT_NONE
               : FAULT(FAULT_TIMEOUT, "it is journalled as command %llu; the queue lags behind",
                       (unsigned long long)seq);
}

static enum fault tell(const struct option_call *call, u64 seq, u64 matter)
{
    struct case_row row;
    bool found = false;
    TRY(wait_for(seq));
    TRY(case_query_one(cli.store, matter, &row, &found));
    if (!found) {
        return FAULT(FAULT_REFUSED, "command %llu did not count", (unsigned long long)seq);
    }
    json_key(&cli.json, "seq");
    json_put_u64(&cli.json, seq);
    json_key(&cli.json, "case");
    case_put_json(&cli.json, &row, &cli.holidays, cli.point.time_us);
    if (!call->values[CASE_JSON].given) {
        case_print_line(&row, &cli.holidays, cli.point.time_us);
    }
    return FAULT_NONE;
}

static enum fault give(const struct option_call *call, struct admin_client *client,
                       struct command_case_act *command)
{
    struct admin_status status;
    enum case_void is_void = CASE_VOID_NONE;
    bool opens = command->act == CASE_ACT_OPEN || command->act == CASE_ACT_APPEAL;
    TRY(admin_client_status(client, &status));
    TRY(case_query_check(cli.store, command, status.now_us, &is_void));
    if (is_void != CASE_VOID_NONE) {
        return FAULT(FAULT_REFUSED, "%s: %s", call->operands[0], case_void_name(is_void));
    }
    if (call->values[CASE_PROPOSE].given) {
        command->head.kind = COMMAND_CASE_ACT;
        command->head.units = sizeof(*command) / WIRE_UNIT;
        return propose(&status, command);
    }
    TRY(admin_client_command(client, command, COMMAND_CASE_ACT, 0));
    u64 seq = client->answer.seq;
    return tell(call, seq, opens ? seq << CASE_ITEM_BITS : command->matter);
}

static enum fault act(const struct option_call *call, enum case_act what)
{
    static struct config config;
    struct admin_client client = {.socket = -1, .actor = (u32)geteuid()};
    struct command_case_act command = {.act = (u16)what};
    struct case_row row = {.person = 0};
    char path[FILE_PATH_BYTES];
    u64 person = 0;
    if (what == CASE_ACT_OPEN) {
        const char *operand = call->operands_count > 1 ? call->operands[1] : "";
        if (!options_number(operand, 1, UINT32_MAX, &person)) {
            return FAULT(FAULT_USAGE, "open: \"%s\" is not a number of a person", operand);
        }
        row.person = (u32)person;
    } else {
        TRY(case_of(call, &row));
    }
    command.matter = row.matter;
    command.person = row.person;
    TRY(officer_of(call, CASE_OFFICER, &command.officer));
    TRY(officer_of(call, CASE_SECOND, &command.second));
    TRY(evidence_of(call, command.evidence));
    if (call->values[CASE_UNTIL].given) {
        TRY(case_cli_moment("until", call->values[CASE_UNTIL].text, &command.until));
    }
    config_init(&config);
    TRY(serve_admin_path(&config, call->values[CASE_DATA].text, path));
    TRY(admin_client_open(&client,
                          call->values[CASE_SOCKET].given ? call->values[CASE_SOCKET].text : path));
    client.actor = command.officer != 0 ? command.officer : client.actor;
    enum fault fault = give(call, &client, &command);
    admin_client_close(&client);
    return fault;
}

/* From the event log, which is quick; where it does not reach back, from the journal. */
static enum fault rebuild_from(const struct option_call *call, struct projection_report *report)
{
    const char *folder = call->values[CASE_DATA].text;
    struct cli_recovery line;
    if (!call->values[CASE_JOURNAL].given) {
        enum fault fault = projection_rebuild(&cases_projection, folder, NULL, report);
        if (fault != FAULT_MISSING) {
            return fault;
        }
        fault_forget();
    }
    cli_recovery_init(&line, "replaying");
    enum fault fault = feed_replay(&cases_projection, folder, &line.recovery, report);
    progress_end(&line.progress);
    return fault;
}

static enum fault rebuild(const struct option_call *call)
{
    struct projection_report report;
    char count[CLI_COUNT_BYTES];
    TRY(rebuild_from(call, &report));
    json_key(&cli.json, "seq");
    json_put_u64(&cli.json, report.point.seq);
    if (!call->values[CASE_JSON].given) {
        cli_line("up to command", "%s", cli_count(report.point.seq, count));
        cli_line("bytes of events", "%s", cli_count(report.event_bytes, count));
    }
    return FAULT_NONE;
}

/* A file that a customer sent, as it came, for `age -d`. */
static enum fault evidence_print(const struct option_call *call, const u8 hash[SHA256_BYTES])
{
    static u8 bytes[EVIDENCE_BYTES_MAX];
    SCOPED_FILE file = {.disk = NULL};
    char folder[FILE_PATH_BYTES];
    char name[EVIDENCE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    evidence_name(hash, name);
    TRY(file_path(folder, call->values[CASE_DATA].text, EVIDENCE_FOLDER));
    TRY(file_path(path, folder, name));
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_read_at(&file, 0, bytes, sizeof(bytes), &size));
    return fwrite(bytes, 1, size, stdout) == size ? FAULT_NONE
                                                  : FAULT(FAULT_ROT, "standard output");
}

/* "evidence HASH", where another operand is the number of a case. */
static bool evidence_is(const struct option_call *call, u8 hash_out[SHA256_BYTES])
{
    struct span text = span_of_text(call->operands_count > 1 ? call->operands[1] : "");
    return strcmp(call->operands[0], "evidence") == 0 && text.size == 2 * SHA256_BYTES &&
           bytes_from_hex(text, hash_out, SHA256_BYTES);
}

struct action {
    const char *name;
    enum fault (*look)(const struct option_call *call); /* NULL: an act */
    enum case_act act;
};

static enum fault dispatch(const struct option_call *call)
{
    static const struct action actions[] = {
        {.name = "list", .look = look_list},
        {.name = "show", .look = look_show},
        {.name = "whitelisted", .look = look_whitelist},
        {.name = "open", .act = CASE_ACT_OPEN},
        {.name = "take", .act = CASE_ACT_TAKE},
        {.name = "evidence", .act = CASE_ACT_EVIDENCE},
        {.name = "decide", .act = CASE_ACT_DECIDE},
        {.name = "second", .act = CASE_ACT_SECOND},
        {.name = "clear", .act = CASE_ACT_CLEAR},
        {.name = "whitelist", .act = CASE_ACT_WHITELIST},
        {.name = "appeal", .act = CASE_ACT_APPEAL},
        {.name = "uphold", .act = CASE_ACT_UPHOLD},
        {.name = "overturn", .act = CASE_ACT_OVERTURN},
        {.name = "filed", .act = CASE_ACT_REPORT_FILED},
        {.name = "close", .act = CASE_ACT_CLOSE},
    };
    if (strcmp(call->operands[0], "rebuild") == 0) {
        return rebuild(call);
    }
    for (u32 i = 0; i < ARRAY_COUNT(actions); i += 1) {
        if (strcmp(call->operands[0], actions[i].name) == 0) {
            TRY(case_cli_open(&cli, call->values[CASE_DATA].text,
                              call->values[CASE_HOLIDAYS].text));
            return actions[i].look != NULL ? actions[i].look(call) : act(call, actions[i].act);
        }
    }
    return FAULT(FAULT_USAGE, "\"%s\" is no action; see --help", call->operands[0]);
}

static int run(const struct option_call *call)
{
    u8 hash[SHA256_BYTES];
    if (evidence_is(call, hash)) {
        enum fault fault = evidence_print(call, hash);
        return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
    }
    json_begin(&cli.json, cli.text, sizeof(cli.text));
    json_object_begin(&cli.json);
    enum fault fault = dispatch(call);
    case_cli_close(&cli);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    json_object_end(&cli.json);
    if (call->values[CASE_JSON].given && !call->values[CASE_PROPOSE].given) {
        cli_print_json(&cli.json);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "The officers' queue. list (with --kind, --state, --person, --account, --owner, --due, --all) gives "
    "open cases, the next deadline first; show CASE one case with all that was done in it; "
    "whitelisted the entries of lists that persons were cleared of, and until when.",
    "What officers do is journalled: open PERSON; take CASE; evidence CASE --evidence FILE; decide "
    "CASE (what holds is confirmed; a second officer follows within a day with second CASE "
    "--officer FIRST --second SECOND); clear CASE and whitelist CASE --until DATE (two officers); "
    "appeal CASE (the customer's; without an officer too); uphold CASE and overturn CASE (officers "
    "who took no part; overturn two); filed CASE (a report was sent); close CASE.",
    "evidence HASH prints the file with this SHA-256 that a customer has sent, sealed as it came, for \"age -d\".",
    "An act that may not be, such as the same officer twice, is refused before it is journalled. "
    "Where the venue has a register of officers, decide, uphold and second want one signature, "
    "clear, whitelist and overturn two: --propose prints the text to be signed.",
    "rebuild makes the database of cases anew: from the event log, or, where that does not reach back "
    "to its first event, by replaying the journal. Only the process that follows the event log must "
    "be stopped.",
    NULL,
};

static const struct option_example examples[] = {
    {"case list --data data", "Lists open cases."},
    {"case show 81723-0 --data data", "Shows one."},
    {"case take 81723-0 --data data --officer anna", "Takes it."},
    {"case evidence HASH --data data | age -d -i officers.key > paper.pdf",
     "Reads what a customer has sent."},
    {"case whitelist 81723-0 --data data --officer anna --second bela --until 2027-05-01",
     "Clears a person of an entry, until then."},
    {NULL, NULL},
};

const struct subcommand cli_case = {
    .name = "case",
    .summary = "works on the officers' queue",
    .operands = "ACTION [CASE...]",
    .operands_min = 1,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
