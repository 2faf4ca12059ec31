#include "app/cli_lists.h"

#include "app/cli.h"
#include "app/time_text.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/lists/list_compile.h"
#include "role/lists/list_load.h"
#include "wire/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US          86400000000ULL
#define LISTS_MAX       256U
#define STALE_HOURS_MAX 87600U
#define LOADS_MAX       100000U
#define FIRST_FILE      2U /* load LIST FILE... */
#define FORMATS_BYTES   400U

static const struct option options[] = {
    [LISTS_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .otherwise = "data",
                    .help = "The venue's data folder."},
    [LISTS_FORMAT] = {.name = "format",
                      .kind = OPTION_TEXT,
                      .value = "FORMAT",
                      .otherwise = "auto",
                      .help = "load: the format of the files. auto tells it from their content."},
    [LISTS_RECORDED] = {.name = "recorded",
                        .kind = OPTION_TEXT,
                        .value = "MOMENT",
                        .help = "load: when these files were taken, for a history that is loaded "
                                "afterwards, the oldest first. The log keeps the time of loading "
                                "too."},
    [LISTS_AT] = {.name = "at",
                  .kind = OPTION_TEXT,
                  .value = "DAY",
                  .help = "show, status: as known on this day, or at this moment."},
    [LISTS_STALE] = {.name = "stale",
                     .kind = OPTION_NUMBER,
                     .value = "HOURS",
                     .minimum = 1,
                     .maximum = STALE_HOURS_MAX,
                     .help = "load: the list is stale when its source has not confirmed it for so "
                             "long. Kept until it is said anew; 48 at first."},
    [LISTS_KEEP] = {.name = "keep",
                    .kind = OPTION_NUMBER,
                    .value = "PERCENT",
                    .minimum = 0,
                    .maximum = 100,
                    .otherwise = "90",
                    .help = "load: a list with fewer of the entries in force is refused."},
    [LISTS_ACCEPT_SHRUNKEN] = {.name = "accept-shrunken",
                               .kind = OPTION_TEXT,
                               .value = "REASON",
                               .help = "load: takes a shrunken list all the same. The log keeps "
                                       "the reason."},
    [LISTS_ACCEPT_REFUSED] = {.name = "accept-refused",
                              .kind = OPTION_TEXT,
                              .value = "REASON",
                              .help = "load: takes a list of which rows cannot be read, and "
                                      "removes the entries that are not in it. The log keeps the "
                                      "reason."},
    [LISTS_LIMIT] = {.name = "limit",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = LOADS_MAX,
                     .otherwise = "20",
                     .help = "log: at most so many."},
    [LISTS_JSON] = {.name = "json", .help = "JSON for machines instead."},
};

/* ---- shared ---- */

enum fault lists_moment(const char *what, const char *text, u64 *us_out)
{
    struct span span = span_of_text(text);
    bool is_day = span.size == strlen("2022-04-22");
    if (!moment_parse(span, us_out) || *us_out >= LIST_TIME_OPEN - DAY_US) {
        return FAULT(FAULT_USAGE, "%s: \"%s\" is no moment like 2022-04-22 or 2022-04-22T12:00:00Z",
                     what, text);
    }
    *us_out += is_day ? DAY_US - 1 : 0;
    return FAULT_NONE;
}

enum fault lists_code(const struct option_call *call, u32 place, u64 *list_out)
{
    if (call->operands_count <= place) {
        return FAULT(FAULT_USAGE, "%s: LIST is missing", call->operands[0]);
    }
    const char *text = call->operands[place];
    *list_out = code_name_of(span_of_text(text));
    return *list_out != 0
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s: \"%s\" is no name of a list: 1 to 12 of a-z, 0-9 and -",
                       call->operands[0], text);
}

const char *lists_name(u64 list, char target[CODE_NAME_BYTES])
{
    if (!code_name_print(list, target)) {
        (void)snprintf(target, CODE_NAME_BYTES, "?");
    }
    return target;
}

enum fault lists_open(const struct option_call *call, struct list_store **store_out)
{
    enum fault fault = list_store_open(store_out, call->values[LISTS_DATA].text, SQL_READ);
    return fault == FAULT_MISSING
               ? FAULT(FAULT_MISSING, "%s: no list was ever loaded", call->values[LISTS_DATA].text)
               : fault;
}

enum fault lists_known(struct list_store *store, u64 list, struct list_state *state_out)
{
    char name[CODE_NAME_BYTES];
    TRY(list_store_state(store, list, state_out));
    return state_out->load != 0
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: no such list is in force", lists_name(list, name));
}

/* ---- printing ---- */

static void put_text(struct json_writer *json, const char *name, const char *text)
{
    if (text[0] != 0) {
        json_field_text(json, name, text);
    }
}

static void put_time(struct json_writer *json, const char *name, u64 us)
{
    char text[TIME_TEXT_BYTES];
    put_text(json, name, time_text_print(us, text));
}

static void put_load(struct json_writer *json, const struct list_load *load)
{
    char name[CODE_NAME_BYTES];
    char published[LIST_DATE_TEXT_BYTES];
    json_object_begin(json);
    json_field_u64(json, "load", load->number);
    put_text(json, "list", lists_name(load->list, name));
    put_text(json, "outcome", list_outcome_name(load->outcome));
    put_text(json, "reason", load->reason);
    put_time(json, "recorded", load->recorded_us);
    put_time(json, "taken", load->taken_us);
    put_time(json, "again", load->again_us);
    json_field_u64(json, "times", load->times);
    list_date_print(load->published, published);
    put_text(json, "published", published);
    put_text(json, "format", load->format);
    put_text(json, "files", load->files);
    json_field_hex(json, "sha256", span_of(load->hash, sizeof(load->hash)));
    json_field_u64(json, "rows", load->rows);
    json_field_u64(json, "entries", load->entries);
    json_field_u64(json, "merged", load->merged);
    json_field_u64(json, "refused", load->refused);
    put_text(json, "refusals", load->refusals);
    json_field_u64(json, "in_force", load->in_force);
    json_field_u64(json, "added", load->added);
    json_field_u64(json, "changed", load->changed);
    json_field_u64(json, "removed", load->removed);
    json_field_u64(json, "kept", load->kept);
    put_text(json, "consent", load->consent);
    json_object_end(json);
}

static void print_load(const struct list_load *load)
{
    char name[CODE_NAME_BYTES];
    char time[TIME_TEXT_BYTES];
    (void)printf("load %-5u %-12s %.19sZ %-10s %llu in force", load->number,
                 lists_name(load->list, name), time_text_print(load->recorded_us, time),
                 list_outcome_name(load->outcome), (unsigned long long)load->in_force);
    if (load->outcome == LIST_OUTCOME_ACCEPTED) {
        (void)printf(", %llu added, %llu changed, %llu removed", (unsigned long long)load->added,
                     (unsigned long long)load->changed, (unsigned long long)load->removed);
    }
    if (load->kept > 0) {
        (void)printf(", %llu kept", (unsigned long long)load->kept);
    }
    /* Of the refused rows the counts by reason; --json has the first ones too. */
    int reasons = (int)strcspn(load->refusals, "\n");
    (void)printf("; %llu rows = %llu entries + %llu merged + %llu refused%s%.*s%s; %s %s",
                 (unsigned long long)load->rows, (unsigned long long)load->entries,
                 (unsigned long long)load->merged, (unsigned long long)load->refused,
                 reasons > 0 ? " (" : "", reasons, load->refusals, reasons > 0 ? ")" : "",
                 load->format[0] != 0 ? load->format : "unknown format,", load->files);
    if (load->times > 1) {
        (void)printf("; %llu times", (unsigned long long)load->times);
    }
    if (load->consent[0] != 0) {
        (void)printf("; accepted: %s", load->consent);
    }
    (void)printf("%s%s\n", load->reason[0] != 0 ? "; " : "", load->reason);
}

/* ---- load ---- */

static enum fault format_wrong(const char *text)
{
    char names[FORMATS_BYTES];
    size_t used = 0;
    names[0] = 0;
    for (u32 i = LIST_FORMAT_AUTO; i <= LIST_FORMAT_NORMAL && used < sizeof(names); i += 1) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i > 0 ? ", " : "",
                                 list_format_name((enum list_format)i));
    }
    return FAULT(FAULT_USAGE, "--format: \"%s\" is none of %s", text, names);
}

static enum fault request_of(const struct option_call *call, struct list_load_request *request)
{
    const struct option_value *values = call->values;
    TRY(lists_code(call, 1, &request->list));
    if (call->operands_count <= FIRST_FILE) {
        return FAULT(FAULT_USAGE, "load: the files of %s are missing", call->operands[1]);
    }
    if (call->operands_count - FIRST_FILE > LIST_FILES_MAX) {
        return FAULT(FAULT_USAGE, "load: a list has at most %u files", LIST_FILES_MAX);
    }
    if (!list_format_find(span_of_text(values[LISTS_FORMAT].text), &request->format)) {
        return format_wrong(values[LISTS_FORMAT].text);
    }
    if (values[LISTS_RECORDED].given) {
        TRY(lists_moment("--recorded", values[LISTS_RECORDED].text, &request->recorded_us));
    }
    request->folder = values[LISTS_DATA].text;
    request->paths = &call->operands[FIRST_FILE];
    request->paths_count = call->operands_count - FIRST_FILE;
    request->now_us = clock_wall_us(clock_real());
    request->policy =
        (struct list_policy){.keep_percent = (u32)values[LISTS_KEEP].number,
                             .refused_permille = LIST_REFUSED_PERMILLE,
                             .stale_after_us = values[LISTS_STALE].number * LIST_HOUR_US};
    request->accept_shrunken = values[LISTS_ACCEPT_SHRUNKEN].text;
    request->accept_refused = values[LISTS_ACCEPT_REFUSED].text;
    return request->recorded_us > request->now_us
               ? FAULT(FAULT_USAGE, "--recorded: %s is still to come", values[LISTS_RECORDED].text)
               : FAULT_NONE;
}

static enum fault load_into(const struct list_load_request *request, struct list_load *load_out)
{
    struct list_loader *loader = NULL;
    struct list_store *store = NULL;
    enum fault fault = list_loader_create(&loader);
    if (fault == FAULT_NONE) {
        fault = list_store_open(&store, request->folder, SQL_WRITE);
    }
    if (fault == FAULT_NONE) {
        fault = list_load(loader, store, request, load_out);
    }
    list_store_close(store);
    list_loader_destroy(loader);
    return fault;
}

static enum fault load(const struct option_call *call)
{
    static char text[LISTS_JSON_BYTES];
    static struct list_load loaded;
    struct list_load_request request = {.list = 0};
    struct json_writer json;
    TRY(request_of(call, &request));
    TRY(load_into(&request, &loaded));
    if (call->values[LISTS_JSON].given) {
        json_begin(&json, text, sizeof(text));
        put_load(&json, &loaded);
        cli_print_json(&json);
    } else {
        print_load(&loaded);
        if (loaded.refusals[0] != 0) {
            (void)printf("refused rows: %s\n", loaded.refusals);
        }
    }
    return loaded.outcome <= LIST_OUTCOME_UNCHANGED
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "%s: %s: %s", call->operands[1],
                       list_outcome_name(loaded.outcome), loaded.reason);
}

/* ---- log ---- */

struct log_printer {
    struct list_load_visitor visitor; /* first: it is cast back */
    bool is_json;
};

/* JSON lines: a log may be long. */
static enum fault log_row(struct list_load_visitor *visitor, const struct list_load *row)
{
    static char text[LISTS_JSON_BYTES];
    struct log_printer *printer = (struct log_printer *)(void *)visitor;
    struct json_writer json;
    if (!printer->is_json) {
        print_load(row);
        return FAULT_NONE;
    }
    json_begin(&json, text, sizeof(text));
    put_load(&json, row);
    cli_print_json(&json);
    return FAULT_NONE;
}

static enum fault log_show(const struct option_call *call)
{
    struct log_printer printer = {.visitor.visit = log_row,
                                  .is_json = call->values[LISTS_JSON].given};
    struct list_store *store = NULL;
    u64 list = 0;
    if (call->operands_count > 1) {
        TRY(lists_code(call, 1, &list));
    }
    TRY(lists_open(call, &store));
    enum fault fault =
        list_store_loads(store, list, (u32)call->values[LISTS_LIMIT].number, &printer.visitor);
    list_store_close(store);
    return fault;
}

/* ---- status ---- */

struct status {
    u64 now_us;
    u32 alarms;
    const char *folder;
    struct json_writer json;
    bool is_json;
};

static void status_put(struct status *status, const struct list_state *state,
                       const struct list_load *last, bool is_stale, bool is_compiled)
{
    char name[CODE_NAME_BYTES];
    char published[LIST_DATE_TEXT_BYTES];
    struct json_writer *json = &status->json;
    json_object_begin(json);
    put_text(json, "list", lists_name(state->list, name));
    json_field_u64(json, "load", state->load);
    json_field_u64(json, "entries", state->entries);
    list_date_print(state->published, published);
    put_text(json, "published", published);
    if (state->load != 0) {
        put_time(json, "recorded", state->recorded_us);
        put_time(json, "confirmed", state->confirmed_us);
        put_time(json, "stale_from", list_stale_us(state));
    }
    json_field_bool(json, "stale", is_stale);
    json_field_bool(json, "compiled", is_compiled);
    json_field_u64(json, "last_load", state->last_load);
    put_text(json, "last_outcome", list_outcome_name(state->last_outcome));
    put_text(json, "last_reason", last->reason);
    json_object_end(json);
}

static void status_print(const struct list_state *state, const struct list_load *last,
                         bool is_stale, bool is_compiled)
{
    char name[CODE_NAME_BYTES];
    char time[TIME_TEXT_BYTES];
    char until[TIME_TEXT_BYTES];
    char published[LIST_DATE_TEXT_BYTES];
    if (state->load == 0) {
        (void)printf("%-12s nothing in force", lists_name(state->list, name));
    } else {
        list_date_print(state->published, published);
        (void)printf(
            "%-12s load %u, %llu entries%s%s, confirmed %.19sZ, %s %.19sZ%s",
            lists_name(state->list, name), state->load, (unsigned long long)state->entries,
            published[0] != 0 ? ", published " : "", published,
            time_text_print(state->confirmed_us, time), is_stale ? "STALE since" : "good until",
            time_text_print(list_stale_us(state), until), is_compiled ? "" : ", NOT COMPILED");
    }
    if (state->last_outcome != LIST_OUTCOME_ACCEPTED) {
        (void)printf("; load %u was REFUSED: %s: %s", state->last_load,
                     list_outcome_name(state->last_outcome), last->reason);
    }
    (void)printf("\n");
}

static enum fault status_of(struct status *status, struct list_store *store,
                            const struct list_state *state)
{
    static struct list_load last;
    struct list_header header;
    bool is_there = false;
    bool is_stale = state->load == 0 || status->now_us >= list_stale_us(state);
    bool is_compiled = state->load != 0 &&
                       list_compiled_look(status->folder, state->list, &header) &&
                       header.load == state->load;
    bool is_bad = is_stale || !is_compiled || state->last_outcome != LIST_OUTCOME_ACCEPTED;
    status->alarms += is_bad ? 1 : 0;
    TRY(list_store_load(store, state->last_load, &last, &is_there));
    if (status->is_json) {
        status_put(status, state, &last, is_stale, is_compiled);
    } else {
        status_print(state, &last, is_stale, is_compiled);
    }
    return FAULT_NONE;
}

static enum fault status_show(const struct option_call *call)
{
    static struct list_state states[LISTS_MAX];
    static char text[CLI_JSON_BYTES];
    struct status status = {.now_us = clock_wall_us(clock_real()),
                            .folder = call->values[LISTS_DATA].text,
                            .is_json = call->values[LISTS_JSON].given};
    struct list_store *store = NULL;
    u32 count = 0;
    if (call->values[LISTS_AT].given) {
        TRY(lists_moment("--at", call->values[LISTS_AT].text, &status.now_us));
    }
    TRY(lists_open(call, &store));
    enum fault fault = list_store_lists(store, states, LISTS_MAX, &count);
    json_begin(&status.json, text, sizeof(text));
    json_object_begin(&status.json);
    json_key(&status.json, "lists");
    json_array_begin(&status.json);
    for (u32 i = 0; i < count && fault == FAULT_NONE; i += 1) {
        fault = status_of(&status, store, &states[i]);
    }
    list_store_close(store);
    TRY(fault);
    json_array_end(&status.json);
    json_field_u64(&status.json, "alarms", status.alarms);
    json_object_end(&status.json);
    if (status.is_json) {
        cli_print_json(&status.json);
    }
    return status.alarms == 0
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "%u of %u lists are stale, refused or not compiled",
                       status.alarms, count);
}

/* ---- the command ---- */

static enum fault dispatch(const struct option_call *call)
{
    static const struct {
        const char *name;
        enum fault (*run)(const struct option_call *call);
    } actions[] = {
        {"load", load},       {"log", log_show},    {"status", status_show},
        {"show", lists_show}, {"diff", lists_diff}, {"at", lists_at},
    };
    for (u32 i = 0; i < ARRAY_COUNT(actions); i += 1) {
        if (strcmp(call->operands[0], actions[i].name) == 0) {
            return actions[i].run(call);
        }
    }
    return FAULT(FAULT_USAGE, "\"%s\" is no action: load, log, status, show, diff or at",
                 call->operands[0]);
}

static int run(const struct option_call *call)
{
    enum fault fault = dispatch(call);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "load LIST FILE...: reads the files of one list, puts it in force and compiles it for screening. A list that is "
    "damaged, empty, shrunken, dated in the future, older than the one in force or of which too many rows cannot be "
    "read is refused with exit code 27, and what was in force stays. A list of which some rows cannot be read is "
    "taken, but removes no entry. LIST is a name of 1 to 12 of a-z, 0-9 and -.",
    "log [LIST]: the loads, the newest first, refused ones too; with --json an object a line.",
    "status: what is in force, when its source last confirmed it, and what is wrong: a list that is stale, was refused "
    "or is not compiled makes the exit code 27.",
    "show LIST ENTRY: the versions of an entry, by its number or the source's id; with --at the one of that day.",
    "diff LIST DAY1 DAY2: what was added, changed and removed between the two.",
    "at LIST DAY: the whole list as known then, in the normal form.",
    "A day stands for its end, UTC: what was known on it. Times are those at which the venue recorded a load.",
    NULL,
};

static const struct option_example examples[] = {
    {"lists load us-sdn SDN.CSV ADD.CSV ALT.CSV SDN_COMMENTS.CSV",
     "Takes OFAC's four files as one list."},
    {"lists load un UN.xml --accept-shrunken 'delisting of 14 March'",
     "An officer takes a list that has lost more than a tenth."},
    {"lists diff us-sdn 2022-04-08 2022-04-22", "What came, changed and went in two weeks."},
    {"lists show us-sdn 36518 --at 2022-04-21", "One entry as known on a day."},
    {"lists status --json", "For an alarm."},
    {NULL, NULL},
};

const struct subcommand cli_lists = {
    .name = "lists",
    .summary = "loads sanctions lists and shows them as known on any day",
    .operands = "load|log|status|show|diff|at [LIST] [...]",
    .operands_min = 1,
    .operands_max = FIRST_FILE + LIST_FILES_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
