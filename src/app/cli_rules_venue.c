/* The actions of `cambist rules` on a running venue: its packs and settings. */
#include "app/admin_client.h"
#include "app/approval_file.h"
#include "app/cli.h"
#include "app/cli_rules.h"
#include "app/config.h"
#include "app/pack_store.h"
#include "app/progress.h"
#include "app/rule_read.h"
#include "app/rule_sign.h"
#include "app/rule_words.h"
#include "app/rules_view.h"
#include "app/serve.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "core/ruling.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/file.h"
#include "io/officers.h"
#include "wire/order_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define US_S         1000000ULL
#define LOOK_NS      20000000L
#define APPROVAL_US  (24 * 3600 * US_S)
#define INTERVAL_MAX (2U * RULE_WORDS_BYTES + 8U)

/* One call, and what it knows of the venue. */
struct venue_call {
    const struct option_call *call;
    const char *folder;
    struct admin_client client;
    struct admin_status status;
    struct rules_view view;
    struct json_writer json;
    char text[CLI_JSON_BYTES];
};

static struct venue_call venue;
static struct rule_source source;

static const struct option_value *value_of(enum rules_option option)
{
    return &venue.call->values[option];
}

/* For people, and for machines. */
static void tell(const char *name, const char *key, u64 number)
{
    cli_line(name, "%llu", (unsigned long long)number);
    json_key(&venue.json, key);
    json_put_u64(&venue.json, number);
}

static void tell_text(const char *name, const char *key, const char *text)
{
    cli_line(name, "%s", text);
    json_key(&venue.json, key);
    json_put_text(&venue.json, text);
}

static const char *interval_of(struct rule_interval interval, char target[INTERVAL_MAX])
{
    char from[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    (void)snprintf(target, INTERVAL_MAX, "%s to %s", rule_words_time(interval.from, from),
                   rule_words_time(interval.until, until));
    return target;
}

/* ---- orders ---- */

/* A code that the journal keeps, where nobody signs. */
static enum fault officer_number(enum rules_option option, const char *name, u32 *number_out)
{
    u64 number = 0;
    const struct option_value *value = value_of(option);
    if (!value->given) {
        return FAULT(FAULT_USAGE,
                     "this venue has no register of officers: --officer N and --second N say "
                     "whose numbers the journal keeps");
    }
    if (!options_number(value->text, 1, UINT32_MAX, &number)) {
        return FAULT(FAULT_USAGE, "--%s: without a register of officers a number is wanted", name);
    }
    *number_out = (u32)number;
    return FAULT_NONE;
}

static enum fault officers_of_socket(u32 *officer_out, u32 *second_out)
{
    TRY(officer_number(RULES_OFFICER, "officer", officer_out));
    return officer_number(RULES_SECOND, "second", second_out);
}

/* What officers are to sign, on standard output. */
static enum fault propose(struct span command, u64 matter)
{
    char text[ORDER_TEXT_BYTES];
    struct order_head head = {.until_us = venue.status.now_us + APPROVAL_US, .matter = matter};
    memcpy(head.venue, venue.status.venue, sizeof(head.venue));
    TRY(entropy_fill(head.nonce, sizeof(head.nonce)));
    size_t size = order_text_print(command, &head, text);
    CHECK(size > 0);
    (void)fwrite(text, 1, size, stdout); /* main looks at the stream's end */
    return FAULT_NONE;
}

/* The order that the files approve must be the one that is given here, field for field. */
static enum fault approved(struct span command, u32 first)
{
    static struct approval approval;
    static struct approval more;
    struct admin_order signed_order;
    const char *const *files = venue.call->operands;
    TRY(approval_read_file(files[first], &approval));
    for (u32 i = first + 1; i < venue.call->operands_count; i += 1) {
        TRY(approval_read_file(files[i], &more));
        TRY(approval_join(&approval, &more, files[i]));
    }
    if (memcmp(approval.head.venue, venue.status.venue, sizeof(approval.head.venue)) != 0) {
        return FAULT(FAULT_INPUT, "%s: approves an order to another venue", files[first]);
    }
    if (!span_equal(span_of(approval.command, approval.command_bytes), command)) {
        return FAULT(FAULT_INPUT, "%s: approves another order than this one", files[first]);
    }
    TRY(approval_order(&approval, &signed_order));
    return admin_client_order(&venue.client, &signed_order, command);
}

/* The approvals are the operands from `first` on. *done_out false: it was only proposed. */
static enum fault order(void *command, u16 kind, u32 first, bool *done_out)
{
    const struct wire_record *record = &wire_commands[kind];
    struct command_head head = {.kind = kind,
                                .units = wire_units(record, 0, false)}; /* raw: steps of a record */
    const struct option_value *matter = value_of(RULES_MATTER);
    u64 beside = order_text_has_matter(kind) ? 0 : matter->number;
    *done_out = false;
    memcpy(command, &head, sizeof(head));
    struct span bytes = span_of(command, (size_t)head.units * WIRE_UNIT);
    if (value_of(RULES_PROPOSE)->given) {
        return propose(bytes, beside);
    }
    *done_out = true;
    if (venue.call->operands_count > first) {
        return approved(bytes, first);
    }
    return admin_client_command(&venue.client, command, kind, 0);
}

/* ---- waiting ---- */

static void rest(void)
{
    struct timespec time = {.tv_nsec = LOOK_NS};
    (void)nanosleep(&time, NULL);
}

/* Until everybody has been looked at, or the time is over. */
static enum fault wait_for(u64 seq)
{
    struct progress progress;
    u64 wait_s = value_of(RULES_WAIT)->number;
    u64 until_ns = clock_mono_ns(clock_real()) + wait_s * 1000 * US_S;
    rules_view_await(&venue.view, seq);
    progress_init(&progress, clock_real(), "looking at persons", "decisions");
    enum fault fault = FAULT_NONE;
    for (;;) {
        fault = rules_view_turn(&venue.view);
        if (fault != FAULT_NONE || venue.view.cause.is_over ||
            clock_mono_ns(clock_real()) >= until_ns) {
            break;
        }
        progress_update(&progress, venue.view.cause.decisions, 0);
        rest();
    }
    progress_end(&progress);
    TRY(fault);
    tell("command", "command", seq);
    if (!venue.view.cause.is_over) {
        tell_text("state", "state", "persons are still being looked at");
        return FAULT_NONE;
    }
    tell("persons looked at", "persons", venue.view.cause.persons);
    tell("persons changed", "changed", venue.view.cause.changed);
    tell("accounts changed", "accounts", venue.view.cause.restricted);
    return FAULT_NONE;
}

/* ---- activate ---- */

/* The node of the pack's map, or of one of its keys where there is that key. */
static u32 pack_node(const char *key)
{
    u32 pack = yaml_tree_find(&source.tree, 0, "pack");
    u32 node = key == NULL ? 0 : yaml_tree_find(&source.tree, pack, key);
    return node == 0 ? pack : node;
}

/* What the venue would refuse, said with the file's own words. `ended`: the number of the pack that
 * makes room for this one, or PRICE_PACKS_MAX. */
static enum fault check_against_venue(u32 ended)
{
    const struct rule_pack *pack = &source.pack;
    if (pack->is_uncertain && !value_of(RULES_CONFIRM)->given) {
        return yaml_tree_fault(&source.tree, pack_node("uncertain"),
                               "the pack rests on what is not certain; an officer confirms that "
                               "with --confirm-uncertain");
    }
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        const struct rules_view_pack *other = &venue.view.packs[number];
        if (other->state != PACK_STATE_ACTIVE) {
            continue;
        }
        if (memcmp(other->content_hash, pack->content_hash, RULE_HASH_BYTES) == 0) {
            return yaml_tree_fault(&source.tree, pack_node(NULL), "is active already, as pack %u",
                                   number);
        }
        if (number != ended && strcmp(other->id, pack->id) == 0 &&
            other->effective.from < pack->effective.until &&
            pack->effective.from < other->effective.until) {
            char text[INTERVAL_MAX];
            return yaml_tree_fault(&source.tree, pack_node("effective_from"),
                                   "overlaps version %u, which is active as pack %u (%s)",
                                   other->version, number, interval_of(other->effective, text));
        }
    }
    return FAULT_NONE;
}

/* Of an order with the two signatures of PACK.sig. */
struct signed_pack {
    struct rule_signature two[RULE_SIGN_WANTED];
    char groups[RULE_SIGN_WANTED][CODE_NAME_BYTES];
};

/* Both signatures, by the register. */
static enum fault check_signatures(const char *path, struct signed_pack *signed_out)
{
    static u8 signatures[RULE_SIGN_FILE_BYTES];
    static struct officers officers;
    char name[FILE_PATH_BYTES];
    char register_path[FILE_PATH_BYTES];
    size_t size = 0;
    int length = snprintf(name, sizeof(name), "%s.sig", path);
    if (length < 0 || (size_t)length >= sizeof(name)) {
        return FAULT(FAULT_USAGE, "%s: the path is too long", path);
    }
    TRY(file_path(register_path, venue.folder, OFFICERS_FILE));
    const char *given = value_of(RULES_OFFICERS)->text;
    const char *officers_path = given == NULL ? register_path : given;
    TRY(officers_read_file(disk_real(), officers_path, &officers));
    TRY(rule_read_bytes(name, signatures, sizeof(signatures), &size));
    TRY(rule_sign_read(span_of(signatures, size), name, &officers, officers_path,
                       source.pack.content_hash, signed_out->two));
    for (u32 i = 0; i < RULE_SIGN_WANTED; i += 1) {
        const struct officer *officer = officers_by_number(&officers, signed_out->two[i].officer);
        CHECK(officer != NULL);
        memcpy(signed_out->groups[i], officer->group, sizeof(signed_out->groups[i]));
    }
    return FAULT_NONE;
}

static enum fault send_form(size_t *size_out)
{
    static u8 form[RULE_FORM_BYTES_MAX];
    size_t size = rule_form_encode(&source.pack, form);
    for (size_t offset = 0; offset < size;) {
        struct command_pack_part part = {.offset = (u32)offset};
        size_t piece = u64_min(size - offset, sizeof(part.data));
        part.size = (u16)piece;
        memcpy(part.data, form + offset, piece);
        TRY(admin_client_command(&venue.client, &part, COMMAND_PACK_PART, 0));
        offset += piece;
    }
    *size_out = size;
    return FAULT_NONE;
}

static enum fault activate_signed(struct command_pack_activate *activate,
                                  const struct signed_pack *signed_by)
{
    struct admin_order order = {.form = ADMIN_FORM_PACK, .signatures_count = RULE_SIGN_WANTED};
    activate->head = (struct command_head){.kind = COMMAND_PACK_ACTIVATE,
                                           .units = sizeof(*activate) / WIRE_UNIT};
    for (u32 i = 0; i < RULE_SIGN_WANTED; i += 1) {
        order.signatures[i].officer = signed_by->two[i].code;
        memcpy(order.signatures[i].bytes, signed_by->two[i].signature,
               sizeof(order.signatures[i].bytes));
    }
    return admin_client_order(&venue.client, &order, span_of(activate, sizeof(*activate)));
}

/* The same with the end of another one. */
static enum fault replace_by_order(const struct command_pack_activate *activate, u32 ended,
                                   bool *done_out)
{
    struct command_pack_replace command = {.size = activate->size,
                                           .officer = activate->officer,
                                           .second = activate->second,
                                           .confirmed = activate->confirmed,
                                           .matter = activate->matter};
    memcpy(command.content_hash, activate->content_hash, RULE_HASH_BYTES);
    memcpy(command.ended_hash, venue.view.packs[ended].content_hash, RULE_HASH_BYTES);
    return order(&command, COMMAND_PACK_REPLACE, 2, done_out);
}

static enum fault activate_with(struct command_pack_activate *activate,
                                const struct signed_pack *signed_by, u32 ended, bool *done_out)
{
    bool has_register = venue.status.officers > 0;
    bool is_replacing = ended < PRICE_PACKS_MAX;
    bool by_text = is_replacing || activate->confirmed != 0 || value_of(RULES_PROPOSE)->given ||
                   venue.call->operands_count > 2;
    *done_out = true;
    if (has_register && !by_text) {
        return activate_signed(activate, signed_by);
    }
    if (!has_register) {
        TRY(officers_of_socket(&activate->officer, &activate->second));
    }
    return is_replacing ? replace_by_order(activate, ended, done_out)
                        : order(activate, COMMAND_PACK_ACTIVATE, 2, done_out);
}

static enum fault activate(void)
{
    char hash[CLI_HASH_BYTES];
    char text[INTERVAL_MAX];
    static struct signed_pack signed_by;
    bool is_done = false;
    size_t size = 0;
    u32 ended = PRICE_PACKS_MAX;
    const char *path = venue.call->operands[1];
    TRY(rule_read_file(path, &source));
    if (venue.status.officers > 0 || value_of(RULES_OFFICERS)->given) {
        TRY(check_signatures(path, &signed_by));
    }
    if (value_of(RULES_REPLACES)->given) {
        TRY(rules_view_find(&venue.view, value_of(RULES_REPLACES)->text, &ended));
    }
    TRY(check_against_venue(ended));
    struct command_pack_activate activate = {
        .confirmed = value_of(RULES_CONFIRM)->given && source.pack.is_uncertain ? 1 : 0,
        .matter = value_of(RULES_MATTER)->number};
    memcpy(activate.content_hash, source.pack.content_hash, RULE_HASH_BYTES);
    if (!value_of(RULES_PROPOSE)->given) {
        const char *const groups[] = {signed_by.groups[0], signed_by.groups[1]};
        TRY(pack_store_put(venue.folder, &source, groups[0][0] == 0 ? NULL : groups));
        TRY(send_form(&size));
    } else {
        static u8 form[RULE_FORM_BYTES_MAX];
        size = rule_form_encode(&source.pack, form);
    }
    activate.size = (u32)size;
    TRY(activate_with(&activate, &signed_by, ended, &is_done));
    if (!is_done) {
        return FAULT_NONE;
    }
    (void)snprintf(text, sizeof(text), "%s version %u", source.pack.id, source.pack.version);
    tell_text("pack", "pack", text);
    tell_text("content hash", "hash", cli_hash(source.pack.content_hash, hash));
    tell_text("in force", "inForce", interval_of(source.pack.effective, text));
    if (ended < PRICE_PACKS_MAX) {
        char ended_hash[CLI_HASH_BYTES];
        tell_text("ended", "ended", cli_hash(venue.view.packs[ended].content_hash, ended_hash));
    }
    return wait_for(venue.client.answer.seq);
}

/* ---- end, value ---- */

static enum fault end(void)
{
    struct command_pack_end command = {.matter = value_of(RULES_MATTER)->number};
    u32 number = 0;
    bool is_done = false;
    TRY(rules_view_find(&venue.view, venue.call->operands[1], &number));
    memcpy(command.content_hash, venue.view.packs[number].content_hash, RULE_HASH_BYTES);
    if (venue.status.officers == 0) {
        TRY(officers_of_socket(&command.officer, &command.second));
    }
    TRY(order(&command, COMMAND_PACK_END, 2, &is_done));
    if (!is_done) {
        return FAULT_NONE;
    }
    tell_text("ended", "ended", venue.view.packs[number].id);
    return wait_for(venue.client.answer.seq);
}

static enum fault value(void)
{
    struct command_valuation command = {.pack = 0};
    u32 number = 0;
    TRY(rules_view_find(&venue.view, venue.call->operands[1], &number));
    command.pack = (u16)number;
    TRY(admin_client_command(&venue.client, &command, COMMAND_VALUATION, 0));
    tell_text("valued for", "valued", venue.view.packs[number].id);
    return wait_for(venue.client.answer.seq);
}

/* ---- settings ---- */

static void tell_settings(u64 reevaluations, u64 stale_s)
{
    tell("persons per command", "personsPerCommand", reevaluations);
    tell("price is stale after (s)", "staleSeconds", stale_s);
}

static enum fault settings(void)
{
    const struct option_value *persons = value_of(RULES_PERSONS);
    const struct option_value *stale = value_of(RULES_STALE);
    bool is_done = true;
    struct command_rules_set command = {
        .reevaluations_per_command_max =
            persons->given ? (u32)persons->number : venue.view.reevaluations,
        .price_stale_seconds =
            stale->given ? (u32)stale->number : (u32)(venue.view.venue.stale_us / US_S)};
    if (persons->given || stale->given) {
        TRY(order(&command, COMMAND_RULES_SET, 1, &is_done));
    }
    if (is_done) {
        tell_settings(command.reevaluations_per_command_max, command.price_stale_seconds);
    }
    return FAULT_NONE;
}

/* ---- list ---- */

static void list_pack(u32 number, const struct rules_view_pack *pack)
{
    char text[INTERVAL_MAX];
    char hash[CLI_HASH_BYTES];
    const char *state = pack->state == PACK_STATE_ACTIVE ? "active" : "ending";
    (void)printf("%u  %s version %u, %s\n", number, pack->id, pack->version, state);
    cli_line("content hash", "%s", cli_hash(pack->content_hash, hash));
    cli_line("in force", "%s", interval_of(pack->effective, text));
    json_object_begin(&venue.json);
    json_key(&venue.json, "number");
    json_put_u64(&venue.json, number);
    json_key(&venue.json, "id");
    json_put_text(&venue.json, pack->id);
    json_key(&venue.json, "version");
    json_put_u64(&venue.json, pack->version);
    json_key(&venue.json, "hash");
    json_put_text(&venue.json, hash);
    json_key(&venue.json, "state");
    json_put_text(&venue.json, state);
    json_object_end(&venue.json);
}

static void list_price(const struct venue_asset *asset, u64 now_us)
{
    char eur[RULE_WORDS_BYTES];
    char time[RULE_WORDS_BYTES];
    const struct price_quote *price = &asset->price;
    bool is_stale = price->time_us == 0 || (now_us > price->time_us &&
                                            now_us - price->time_us >= venue.view.venue.stale_us);
    if (price->time_us == 0) {
        cli_line(asset->name, "no price");
    } else {
        cli_line(asset->name, "%s EUR at %s%s",
                 rule_words_eur(price->price.units, eur), /* raw: 10^-8 EUR, to be printed */
                 rule_words_time(price->time_us, time), is_stale ? ", stale" : "");
    }
    json_object_begin(&venue.json);
    json_key(&venue.json, "asset");
    json_put_text(&venue.json, asset->name);
    if (price->time_us != 0) {
        json_key(&venue.json, "eur");
        json_put_text(&venue.json, eur);
        json_key(&venue.json, "time");
        json_put_u64(&venue.json, price->time_us);
    }
    json_key(&venue.json, "stale");
    json_put_bool(&venue.json, is_stale);
    json_object_end(&venue.json);
}

static enum fault list(void)
{
    u32 count = 0;
    json_key(&venue.json, "packs");
    json_array_begin(&venue.json);
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        if (venue.view.packs[number].state != 0) {
            list_pack(number, &venue.view.packs[number]);
            count += 1;
        }
    }
    json_array_end(&venue.json);
    if (count == 0) {
        cli_line("packs", "none");
    }
    json_key(&venue.json, "prices");
    json_array_begin(&venue.json);
    (void)printf("prices\n");
    for (u32 i = 0; i < venue.view.venue.assets_count; i += 1) {
        if (venue.view.venue.assets[i].name[0] != 0) {
            list_price(&venue.view.venue.assets[i], venue.status.now_us);
        }
    }
    json_array_end(&venue.json);
    tell_settings(venue.view.reevaluations, venue.view.venue.stale_us / US_S);
    return FAULT_NONE;
}

/* ---- the calls ---- */

static enum fault connect(void)
{
    static struct config config;
    char path[FILE_PATH_BYTES];
    config_init(&config);
    TRY(serve_admin_path(&config, venue.folder, path));
    venue.client.actor = (u32)geteuid();
    const struct option_value *socket = value_of(RULES_SOCKET);
    TRY(admin_client_open(&venue.client, socket->given ? socket->text : path));
    TRY(admin_client_status(&venue.client, &venue.status));
    return rules_view_open(&venue.view, venue.folder);
}

/* `operands`: behind the action, at least. */
static int run(const struct option_call *call, u32 operands, const char *wanted,
               enum fault (*act)(void))
{
    venue.call = call;
    venue.client.socket = -1;
    venue.folder = call->values[RULES_DATA].text;
    json_begin(&venue.json, venue.text, sizeof(venue.text));
    json_object_begin(&venue.json);
    enum fault fault = call->operands_count < operands + 1
                           ? FAULT(FAULT_USAGE, "%s %s", call->operands[0], wanted)
                           : connect();
    if (fault == FAULT_NONE) {
        fault = act();
    }
    json_object_end(&venue.json);
    admin_client_close(&venue.client);
    rules_view_close(&venue.view);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[RULES_JSON].given) {
        cli_print_json(&venue.json);
    }
    return EXIT_SUCCESS;
}

int cli_rules_activate(const struct option_call *call)
{
    return run(call, 1, "PACK [APPROVAL...]", activate);
}

int cli_rules_end(const struct option_call *call)
{
    return run(call, 1, "ID|HASH [APPROVAL...]", end);
}

int cli_rules_list(const struct option_call *call)
{
    return run(call, 0, "", list);
}

int cli_rules_settings(const struct option_call *call)
{
    return run(call, 0, "[APPROVAL...]", settings);
}

int cli_rules_value(const struct option_call *call)
{
    return run(call, 1, "ID|HASH", value);
}
