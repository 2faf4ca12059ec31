/* Orders of `cambist admin` that officers sign: persons, facts, verdicts, licences, from fields by
 * name; what is proposed, submitted and confirmed (docs/officers.md). */
#include "app/approval_file.h"
#include "app/cli_admin.h"
#include "base/check.h"
#include "base/span.h"
#include "io/entropy.h"
#include "wire/order_text.h"

#include <string.h>

#define HOUR_US     3600000000ULL
#define NAMES_MAX   8U
#define WORDS_BYTES 256U

/* Arguments in their order; what is not here may follow as NAME=VALUE. */
struct rules_row {
    const char *noun;
    const char *verb;
    const char *arguments;
    const char *names[NAMES_MAX];
    u16 kind;
};

static const struct rules_row rows[] = {
    {"person", "add", "PERSON", {"person"}, COMMAND_PERSON_ADD},
    {"person", "link", "PERSON ACCOUNT", {"person", "account"}, COMMAND_LINK},
    {"person", "unlink", "PERSON ACCOUNT", {"person", "account"}, COMMAND_UNLINK},
    {"person", "group", "PERSON GROUP", {"person", "group"}, COMMAND_PERSON_GROUP},
    {"fact", "set", "PERSON FACT VALUE", {"person", "fact", "value"}, COMMAND_FACT_SET},
    {"listing", "set", "PERSON LIST STATE", {"person", "list", "state"}, COMMAND_LISTING_SET},
    {"ownership",
     "set",
     "PERSON LIST above|at_least PERCENT LOWER UPPER",
     {"person", "list", "compare", "percent", "lower", "upper"},
     COMMAND_OWNERSHIP_SET},
    {"row", "end", "PERSON ROW", {"person", "row"}, COMMAND_ROW_END},
    {"licence",
     "set",
     "LICENCE PERSON PACK_ID RULE_ID GROUND CEILING OPERATIONS",
     {"licence", "person", "pack_id", "rule_id", "ground", "ceiling", "operations"},
     COMMAND_LICENCE_SET},
    {"threshold", "lift", "PERSON PACK RULE", {"person", "pack", "rule"}, COMMAND_LIFT},
    {"case", "act", "ACT MATTER", {"act", "matter"}, COMMAND_CASE_ACT},
    {"log", "entry", "TOPIC", {"topic"}, COMMAND_LOG_ENTRY},
};

/* ---- fields ---- */

static enum fault wrong(const struct wire_field *field, const char *value, const char *wanted)
{
    char words[WORDS_BYTES] = "";
    size_t used = 0;
    for (u32 i = 0; i < field->names_count && used < sizeof(words); i += 1) {
        if (field->names[i] != NULL) {
            used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
                                     used == 0 ? "one of " : ", ", field->names[i]);
        }
    }
    return FAULT(FAULT_INPUT, "%s: \"%s\": %s is wanted", field->name, value,
                 field->names_count > 0 ? words : wanted);
}

static enum fault field_put(const struct order_of *order, u8 *command, struct span name,
                            const char *value)
{
    struct command_head *head = (void *)command;
    if (span_equal(name, span_of_text("account")) && order_text_has_account(head->kind)) {
        return admin_account_of(order, value, &head->account);
    }
    const struct wire_field *field = order_field_of(head->kind, name);
    if (field == NULL) {
        return FAULT(FAULT_USAGE, "\"%.*s\": %s has no such field", (int)name.size,
                     (const char *)name.data, wire_commands[head->kind].name);
    }
    const char *wanted = order_value_parse(command, field, span_of_text(value));
    return wanted == NULL ? FAULT_NONE : wrong(field, value, wanted);
}

static enum fault assignment_put(const struct order_of *order, u8 *command, const char *text)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL) {
        return FAULT(FAULT_USAGE, "\"%s\": NAME=VALUE is wanted here", text);
    }
    return field_put(order, command, span_of(text, (size_t)(equals - text)), equals + 1);
}

/* An interval begins now and is open, a document does not expire; a case as --matter says. */
static enum fault defaults_put(struct order_of *order, u8 *command)
{
    static const char *const opens[] = {"until", "expires"};
    const struct option_value *matter = &order->call->values[ADMIN_MATTER];
    struct admin_status status;
    u16 kind = ((const struct command_head *)(const void *)command)->kind;
    const struct wire_field *from = order_field_of(kind, span_of_text("from"));
    const struct wire_field *its_matter = order_field_of(kind, span_of_text("matter"));
    TRY(admin_client_status(&order->client, &status));
    if (from != NULL) {
        memcpy(command + from->offset, &status.now_us, sizeof(status.now_us));
    }
    for (u32 i = 0; i < ARRAY_COUNT(opens) && kind != COMMAND_CASE_ACT; i += 1) {
        const struct wire_field *field = order_field_of(kind, span_of_text(opens[i]));
        if (field != NULL) {
            memset(command + field->offset, 0xff, sizeof(u64));
        }
    }
    if (its_matter != NULL && matter->given) {
        memcpy(command + its_matter->offset, &matter->number, sizeof(matter->number));
    }
    return FAULT_NONE;
}

static enum fault row_give(struct order_of *order, const struct rules_row *row)
{
    u8 command[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    u32 count = 0;
    size_t size = order_text_begin(row->kind, command);
    CHECK(size > 0);
    while (count < NAMES_MAX && row->names[count] != NULL) {
        count += 1;
    }
    if (order->arguments_count < count) {
        return FAULT(FAULT_USAGE, "%s %s %s [NAME=VALUE...]", row->noun, row->verb, row->arguments);
    }
    TRY(defaults_put(order, command));
    for (u32 i = 0; i < order->arguments_count; i += 1) {
        TRY(i < count ? field_put(order, command, span_of_text(row->names[i]), order->arguments[i])
                      : assignment_put(order, command, order->arguments[i]));
    }
    u32 account = ((const struct command_head *)(const void *)command)->account;
    return admin_give(order, command, row->kind, account);
}

/* ---- giving ---- */

static u64 head_matter_of(const struct order_of *order, u16 kind)
{
    return order_text_has_matter(kind) ? 0 : order->call->values[ADMIN_MATTER].number;
}

static enum fault propose(struct order_of *order, struct span command)
{
    char text[ORDER_TEXT_BYTES];
    struct admin_status status;
    u16 kind = ((const struct command_head *)(const void *)command.data)->kind;
    struct order_head head = {.matter = head_matter_of(order, kind)};
    TRY(admin_client_status(&order->client, &status));
    head.until_us = status.now_us + order->call->values[ADMIN_HOURS].number * HOUR_US;
    head.until_us -= head.until_us % 1000000;
    memcpy(head.venue, status.venue, sizeof(head.venue));
    TRY(entropy_fill(head.nonce, sizeof(head.nonce)));
    size_t size = order_text_print(command, &head, text);
    if (size == 0) {
        return FAULT(FAULT_INPUT, "%s: a field is not set, or officers do not sign such orders",
                     wire_commands[kind].name);
    }
    (void)fwrite(text, 1, size, stdout); /* main looks at the stream's end */
    return FAULT_NONE;
}

enum fault admin_give(struct order_of *order, void *command, u16 kind, u32 account)
{
    const struct option_value *values = order->call->values;
    struct command_head head = {.kind = kind, .account = account};
    size_t size = wire_commands[kind].size;
    head.units = (u8)(size / WIRE_UNIT);
    memcpy(command, &head, sizeof(head));
    if (values[ADMIN_PROPOSE].given) {
        return propose(order, span_of(command, size));
    }
    order_text_officers(command, order->client.actor, (u32)values[ADMIN_SECOND].number);
    TRY(admin_client_command(&order->client, command, kind, account));
    admin_tell(order, "command", order->client.answer.seq);
    return FAULT_NONE;
}

/* ---- approvals ---- */

static enum fault submit(struct order_of *order)
{
    static struct approval approval;
    static struct approval more;
    struct admin_order signed_order;
    struct admin_status status;
    if (order->arguments_count == 0) {
        return FAULT(FAULT_USAGE, "order submit FILE...");
    }
    TRY(approval_read_file(order->arguments[0], &approval));
    for (u32 i = 1; i < order->arguments_count; i += 1) {
        TRY(approval_read_file(order->arguments[i], &more));
        TRY(approval_join(&approval, &more, order->arguments[i]));
    }
    TRY(approval_order(&approval, &signed_order));
    TRY(admin_client_status(&order->client, &status));
    if (memcmp(status.venue, approval.head.venue, sizeof(status.venue)) != 0) {
        return FAULT(FAULT_INPUT, "%s: an order to another venue", order->arguments[0]);
    }
    TRY(admin_client_order(&order->client, &signed_order,
                           span_of(approval.command, approval.command_bytes)));
    admin_tell(order, "command", order->client.answer.seq);
    return FAULT_NONE;
}

static void hex_of(const u8 *bytes, u32 count, char *target)
{
    for (u32 i = 0; i < count; i += 1) {
        (void)snprintf(target + (size_t)2 * i, 3, "%02x", bytes[i]);
    }
}

/* Those that wait, one after the other; with a nonce the text of that one alone. */
static enum fault pending(struct order_of *order)
{
    const char *wanted = order->arguments_count > 0 ? order->arguments[0] : NULL;
    struct admin_status status;
    u32 count = 0;
    u32 shown = 0;
    TRY(admin_client_status(&order->client, &status));
    TRY(admin_client_waiting(&order->client, &count));
    for (u32 i = 0; i < count; i += 1) {
        struct admin_waiting row;
        char nonce[2 * ORDER_NONCE_BYTES + 1];
        char text[ORDER_TEXT_BYTES];
        memcpy(&row, order->client.body.data + i * sizeof(row), sizeof(row));
        hex_of(row.nonce, sizeof(row.nonce), nonce);
        if (wanted != NULL && strcmp(wanted, nonce) != 0) {
            continue;
        }
        struct order_head head = {.until_us = row.until_us, .matter = row.matter};
        memcpy(head.nonce, row.nonce, sizeof(head.nonce));
        memcpy(head.venue, status.venue, sizeof(head.venue));
        if (row.bytes > sizeof(row.command) ||
            order_text_print(span_of(row.command, row.bytes), &head, text) == 0) {
            return FAULT(FAULT_FOREIGN, "the admin socket: an answer of another version");
        }
        shown += 1;
        if (wanted == NULL) {
            cli_line(nonce, "%s, command %llu, by %u, %s", wire_commands[row.command[0]].name,
                     (unsigned long long)row.seq, row.officer,
                     row.due_us < status.now_us ? "late" : "waits");
        } else {
            (void)printf("%s", text);
        }
    }
    if (wanted != NULL) {
        return shown == 1 ? FAULT_NONE : FAULT(FAULT_INPUT, "\"%s\": no such order waits", wanted);
    }
    admin_tell(order, "waiting", count);
    return FAULT_NONE;
}

enum fault admin_rules_give(struct order_of *order, bool *found_out)
{
    const char *noun = order->call->operands[0];
    const char *verb = order->call->operands[1];
    *found_out = true;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (strcmp(rows[i].noun, noun) == 0 && strcmp(rows[i].verb, verb) == 0) {
            return row_give(order, &rows[i]);
        }
    }
    if (strcmp(noun, "order") == 0 && strcmp(verb, "submit") == 0) {
        return submit(order);
    }
    if (strcmp(noun, "order") == 0 && strcmp(verb, "pending") == 0) {
        return pending(order);
    }
    *found_out = false;
    return FAULT_NONE;
}
