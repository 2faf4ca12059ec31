#include "app/case_print.h"
#include "app/restriction_modes.h"
#include "app/rule_sign.h"
#include "app/story_desk.h"
#include "app/venue_rules.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/cases/case_query.h"
#include "role/cases/cases.h"
#include "wire/code.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HOUR_US 3600000000ULL

enum { PEM_BYTES = 1024, WHO_BYTES = 128, HALF = 5000, PERCENT = 100 };

/* Who signs. */
struct signers {
    const struct officer *list[ADMIN_SIGNATURES_MAX];
    u32 count;
    char words[WHO_BYTES]; /* "liv (compliance) and tomas (legal)" */
};

static void signers_find(const struct story_run *run, const char *by, struct signers *signers_out)
{
    struct span rest = span_of_text(by);
    int used = 0;
    *signers_out = (struct signers){.count = 0};
    while (rest.size > 0) {
        size_t size = 0;
        while (size < rest.size && rest.data[size] != ' ') {
            size += 1;
        }
        const struct officer *officer =
            officers_by_code(&run->desk.gate.officers, span_of(rest.data, size));
        CHECK(officer != NULL && signers_out->count < ADMIN_SIGNATURES_MAX);
        used += snprintf(signers_out->words + used, WHO_BYTES - (size_t)used, "%s%s (%s)",
                         used == 0 ? "" : " and ", officer->code, officer->group);
        CHECK(used < (int)WHO_BYTES);
        signers_out->list[signers_out->count] = officer;
        signers_out->count += 1;
        rest = span_after(rest, size < rest.size ? size + 1 : size);
    }
}

/* ---- signing, as on the officers' machines ---- */

static enum fault sign_one(const struct story_run *run, const struct officer *officer,
                           struct span text, struct admin_signature *signature_out)
{
    u8 pem[PEM_BYTES];
    char path[FILE_PATH_BYTES];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t size = 0;
    TRY(venue_rules_key(run->folder, officer->code, path));
    TRY(rule_read_bytes(path, pem, sizeof(pem), &size));
    enum fault fault = sign_with_private(span_of(pem, size), text, public_text, signature);
    secret_wipe(pem, sizeof(pem));
    TRY(fault);
    signature_out->officer = code_name_of(span_of_text(officer->code));
    size = sign_decode_base64(span_of_text(signature), signature_out->bytes,
                              sizeof(signature_out->bytes));
    CHECK(size == ADMIN_SIGNATURE_BYTES);
    return FAULT_NONE;
}

static enum fault sign(const struct story_run *run, const struct signers *signers,
                       struct admin_order *order_out)
{
    char text[ORDER_TEXT_BYTES];
    const struct story_order *last = &run->desk.last;
    size_t size = order_text_print(span_of(last->command, last->bytes), &last->head, text);
    CHECK(size > 0);
    *order_out = (struct admin_order){.until_us = last->head.until_us,
                                      .matter = last->head.matter,
                                      .form = ADMIN_FORM_TEXT,
                                      .signatures_count = (u8)signers->count};
    memcpy(order_out->nonce, last->head.nonce, sizeof(order_out->nonce));
    for (u32 i = 0; i < signers->count; i += 1) {
        TRY(sign_one(run, signers->list[i], span_of(text, size), &order_out->signatures[i]));
    }
    return FAULT_NONE;
}

/* ---- the gate ---- */

static const char *refusal(enum admin_status_code code)
{
    return code == ADMIN_UNSIGNED  ? "it wants the signatures of 2 officers"
           : code == ADMIN_NOT_TWO ? "two officers of different groups must sign"
                                   : "the gate does not take it";
}

static void log_tell(struct story_run *run, const u8 *record, const struct signers *signers)
{
    struct command_log_entry entry;
    memcpy(&entry, record, sizeof(entry));
    if (entry.head.kind == COMMAND_LOG_ENTRY) {
        story_tell(&run->teller, "the log",
                   "entry: a route, person %u, by %s, order %02x%02x%02x%02x...", entry.person,
                   signers->words, entry.digest[0], entry.digest[1], entry.digest[2],
                   entry.digest[3]);
    }
}

static enum fault put(struct story_run *run, const u8 *record, size_t size)
{
    u64 command[COMMAND_BYTES_MAX / sizeof(u64)];
    struct command_head head;
    memcpy(command, record, size);
    memcpy(&head, record, sizeof(head));
    return venue_maker_put(&run->maker, command, size, head.kind, head.account);
}

/* What the admin agent does with an order that the gate has let through. */
static enum fault carry_out(struct story_run *run, const struct order_verdict *verdict)
{
    struct command_note note = {.actor = verdict->actor};
    TRY(venue_maker_put(&run->maker, &note, sizeof(note), COMMAND_NOTE, 0));
    if (verdict->first_bytes > 0) {
        TRY(put(run, verdict->first, verdict->first_bytes));
    }
    TRY(put(run, verdict->command, verdict->command_bytes));
    return order_gate_done(&run->desk.gate, verdict, GATE_ACCEPTED,
                           engine_status(run->maker.engine).seq_durable);
}

/* `order` NULL: nobody's signature is asked for. */
static enum fault submit(struct story_run *run, const struct admin_order *order,
                         const struct signers *signers, bool *passed_out)
{
    static struct order_verdict verdict; /* one thread */
    enum admin_status_code code = ADMIN_DONE;
    const struct story_order *last = &run->desk.last;
    TRY(order_gate_judge(&run->desk.gate, order, span_of(last->command, last->bytes), run->now_us,
                         &verdict, &code));
    *passed_out = code == ADMIN_DONE;
    if (code == ADMIN_DONE && verdict.first_bytes > 0) {
        log_tell(run, verdict.first, signers);
    }
    bool waits = code == ADMIN_DONE && verdict.row != ORDER_ROW_NONE && signers->count == 1;
    story_tell(&run->teller, "officers", "%s %s%s: %s", signers->words,
               order == NULL         ? ""
               : signers->count == 1 ? "signs "
                                     : "sign ",
               last->words,
               code != ADMIN_DONE ? refusal(code)
               : verdict.confirms ? "confirmed"
               : waits            ? "done at once; another one confirms it within a day"
                                  : "done");
    return code == ADMIN_DONE ? carry_out(run, &verdict) : FAULT_NONE;
}

/* A record of its kind, with a nonce that no other order of the story has. */
static void begin(struct story_run *run, void *command, size_t size, u16 kind, u32 account)
{
    struct story_order *last = &run->desk.last;
    struct command_head head = {.kind = kind,
                                .units = (u8)(size / WIRE_UNIT), /* raw: steps of the record */
                                .account = account};
    CHECK(size <= sizeof(last->command));
    run->desk.orders_count += 1;
    *last = (struct story_order){.bytes = size};
    memcpy(last->command, command, size);
    memcpy(last->command, &head, sizeof(head));
    memcpy(last->head.venue, run->venue, sizeof(last->head.venue));
    memcpy(last->head.nonce, &run->desk.orders_count, sizeof(run->desk.orders_count));
    last->head.until_us = run->now_us + HOUR_US;
}

__attribute__((format(printf, 2, 3))) static void words_set(struct story_run *run,
                                                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(run->desk.last.words, sizeof(run->desk.last.words), format, arguments);
    va_end(arguments);
    CHECK(size > 0 && (size_t)size < sizeof(run->desk.last.words));
}

static enum fault signed_submit(struct story_run *run, const struct story_step *step)
{
    struct signers signers;
    struct admin_order order;
    bool has_passed = false;
    signers_find(run, step->by, &signers);
    TRY(sign(run, &signers, &order));
    TRY(submit(run, &order, &signers, &has_passed));
    if (has_passed) {
        story_row_name(run, step->label, engine_status(run->maker.engine).seq_durable);
    }
    return FAULT_NONE;
}

static u32 person_of(const struct story_run *run, const struct story_step *step)
{
    return run->story->accounts[step->account].person;
}

/* The person's open case of the kind. */
static enum fault case_find(struct story_run *run, const struct story_step *step, u64 *matter_out)
{
    static struct case_row rows[CASE_QUERY_ROWS_MAX];
    struct case_store *store = NULL;
    struct case_filter filter = {.open_only = true,
                                 .kind = step->state,
                                 .person = person_of(run, step),
                                 .limit = CASE_QUERY_ROWS_MAX};
    u32 count = 0;
    TRY(story_show_catch_up(run));
    enum fault fault = cases_reader(&store, run->folder);
    if (fault == FAULT_NONE) {
        fault = case_query_list(store, &filter, rows, &count);
    }
    case_store_close(store);
    CHECK(fault != FAULT_NONE || count == 1);
    *matter_out = rows[0].matter;
    return fault;
}

/* ---- orders ---- */

static void fact_begin(struct story_run *run, const struct story_step *step)
{
    bool is_route = strcmp(step->value, "payment_route") == 0;
    CHECK(is_route || strcmp(step->value, "own_entity") == 0);
    struct command_fact_set set = {.person = person_of(run, step),
                                   .fact = FACT_KIND_ROLE,
                                   .verified = step->verified,
                                   .value = is_route ? CODE_ROLE_ROUTE : CODE_ROLE_ENTITY,
                                   .from = run->now_us,
                                   .until = VENUE_RULES_OPEN,
                                   .expires = VENUE_RULES_OPEN,
                                   .evidence = step->evidence};
    begin(run, &set, sizeof(set), COMMAND_FACT_SET, 0);
    words_set(run, "role %s", step->value);
}

/* The proof of the row that it replaces where it says the same, else the one found last. */
static u64 proof_of(const struct story_run *run, const struct story_step *step, u64 replaces)
{
    const struct screen_rows *rows = &run->desk.rows;
    for (const struct screen_row *row = screen_rows_first(rows, person_of(run, step)); row != NULL;
         row = screen_rows_next(rows, row)) {
        if (row->row == replaces && row->lower == step->lower && row->upper == step->upper) {
            return row->path;
        }
    }
    return run->desk.proofs[person_of(run, step)];
}

static void ownership_begin(struct story_run *run, const struct story_step *step)
{
    u64 replaces = story_row_of(run, step->replaces);
    struct command_ownership_set set = {.person = person_of(run, step),
                                        .compare = SHARE_COMPARE_AT_LEAST,
                                        .control = TRUTH_NO,
                                        .percent = HALF,
                                        .lower = step->lower,
                                        .upper = step->upper,
                                        .list = code_name_of(span_of_text(STORY_LIST)),
                                        .path = proof_of(run, step, replaces),
                                        .from = story_moment(step->from),
                                        .until = story_moment_or(step->until, VENUE_RULES_OPEN),
                                        .replaces = replaces};
    begin(run, &set, sizeof(set), COMMAND_OWNERSHIP_SET, 0);
    words_set(run, "%u to %u percent, %.10s to %.10s", step->lower / PERCENT, step->upper / PERCENT,
              step->from, step->until == NULL ? "open" : step->until);
}

/* In the open case of the kind. */
static enum fault restrict_begin(struct story_run *run, const struct story_step *step)
{
    struct command_restrict command = {.restrictions = 0};
    u64 matter = 0;
    CHECK(restriction_mode_of(step->value, &command.restrictions));
    TRY(case_find(run, step, &matter));
    begin(run, &command, sizeof(command), COMMAND_RESTRICT, step->account);
    run->desk.last.head.matter = matter;
    words_set(run, "restrict to %s", step->value);
    return FAULT_NONE;
}

enum fault story_officers_order(struct story_run *run, const struct story_step *step)
{
    if (step->act == STORY_FACT) {
        fact_begin(run, step);
    } else if (step->act == STORY_OWNERSHIP) {
        ownership_begin(run, step);
    } else {
        CHECK(step->act == STORY_RESTRICT);
        TRY(restrict_begin(run, step));
    }
    return signed_submit(run, step);
}

enum fault story_officers_second(struct story_run *run, const struct story_step *step)
{
    return signed_submit(run, step);
}

/* ---- cases ---- */

/* Taking and opening ask for nobody's signature. */
enum fault story_officers_act(struct story_run *run, const struct story_step *step)
{
    struct signers signers;
    char number[CASE_NUMBER_BYTES];
    bool has_passed = false;
    bool takes = step->fact == CASE_ACT_TAKE;
    struct command_case_act act = {.person = person_of(run, step), .act = step->fact};
    CHECK(takes || step->fact == CASE_ACT_OPEN);
    signers_find(run, step->by, &signers);
    act.officer = signers.list[0]->number;
    if (takes) {
        TRY(case_find(run, step, &act.matter));
    }
    begin(run, &act, sizeof(act), COMMAND_CASE_ACT, 0);
    words_set(run, takes ? "takes the case %s" : "opens a case%s",
              takes ? case_print_number(act.matter, number) : "");
    return submit(run, NULL, &signers, &has_passed);
}
