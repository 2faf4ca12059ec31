/* Orders of the operator: each line of the table is a noun and a verb, what they want, and the
 * function that gives the order over the admin socket. */
#include "app/cli_admin.h"

#include "app/config.h"
#include "app/restriction_modes.h"
#include "app/serve.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/digest.h"
#include "io/input.h"
#include "role/gateway/auth.h"
#include "role/gateway/keys.h"
#include "role/gateway/networks.h"
#include "role/gateway/view_person.h"
#include "wire/order_value.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_GROUP UINT32_MAX

static const struct option options[] = {
    [ADMIN_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .otherwise = "data",
                    .help = "The venue's data folder: names and scales are read there."},
    [ADMIN_SOCKET] = {.name = "socket",
                      .kind = OPTION_TEXT,
                      .value = "PATH",
                      .help = "The admin socket. Without it admin.sock in the data folder."},
    [ADMIN_ACTOR] = {.name = "actor",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .maximum = UINT32_MAX,
                     .help = "Who gives the order, as a number that the journal keeps. Without it "
                             "the number of the system's user."},
    [ADMIN_SECOND] = {.name = "second",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .maximum = UINT32_MAX,
                      .otherwise = "0",
                      .help = "The second officer's number, where the venue has no register of "
                              "officers: the first is the actor."},
    [ADMIN_MATTER] = {.name = "matter",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .maximum = UINT64_MAX,
                      .otherwise = "0",
                      .help = "The number of the case that an order belongs to."},
    [ADMIN_PROPOSE] = {.name = "propose",
                       .help = "Prints what officers sign for this order (cambist approve), and "
                               "gives none."},
    [ADMIN_HOURS] = {.name = "hours",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = 168,
                     .otherwise = "24",
                     .help = "How long what is proposed may be submitted."},
    [ADMIN_REASON] = {.name = "reason",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .maximum = UINT32_MAX,
                      .otherwise = "0",
                      .help = "Why, as a code that the journal keeps."},
    [ADMIN_RIGHTS] = {.name = "rights",
                      .kind = OPTION_TEXT,
                      .value = "LIST",
                      .otherwise = "read",
                      .help = "Of a new key: read, trade, withdraw, separated by commas."},
    [ADMIN_IP] = {.name = "ip",
                  .kind = OPTION_TEXT,
                  .value = "LIST",
                  .help = "Of a new key: the addresses or networks it may come from, separated by "
                          "commas. Without it from anywhere."},
    [ADMIN_PUBLIC] = {.name = "public-key",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "Of a new key: the PEM file of an Ed25519 or RSA key. Without it a "
                              "key with a secret (HMAC) is made, which is shown once."},
    [ADMIN_LABEL] = {.name = "label",
                     .kind = OPTION_TEXT,
                     .value = "TEXT",
                     .help = "Of a new key: what it is called, up to 32 bytes."},
    [ADMIN_TRADE_GROUP] = {.name = "group",
                           .kind = OPTION_NUMBER,
                           .value = "N",
                           .maximum = NO_GROUP,
                           .help = "Of an account: accounts of one trade group do not trade with "
                                   "each other. 4294967295: none."},
    [ADMIN_TIER] = {.name = "tier",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .maximum = UINT16_MAX,
                    .otherwise = "0",
                    .help = "The fee tier of an account or of fees."},
    [ADMIN_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

void admin_tell(struct order_of *order, const char *name, u64 number)
{
    cli_line(name, "%llu", (unsigned long long)number);
    json_key(&order->json, name);
    json_put_u64(&order->json, number);
}

void admin_tell_text(struct order_of *order, const char *name, const char *text)
{
    cli_line(name, "%s", text);
    json_key(&order->json, name);
    json_put_text(&order->json, text);
}

static enum fault number_of(const char *text, u64 maximum, u64 *number_out)
{
    return options_number(text, 0, maximum, number_out)
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "\"%s\" is not a number up to %llu", text,
                       (unsigned long long)maximum);
}

enum fault admin_account_of(const struct order_of *order, const char *text, u32 *account_out)
{
    u64 number = 0;
    TRY(number_of(text, UINT32_MAX - 1, &number));
    *account_out = (u32)number;
    return view_account_of(order->venue.view, *account_out) != NULL
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: the venue has no such account", text);
}

/* ---- accounts ---- */

static enum fault account_create(struct order_of *order)
{
    const struct option_value *values = order->call->values;
    u32 group = values[ADMIN_TRADE_GROUP].given ? (u32)values[ADMIN_TRADE_GROUP].number : NO_GROUP;
    struct command_account_add add = {.trade_group = group,
                                      .fee_tier = (u16)values[ADMIN_TIER].number};
    TRY(admin_client_command(&order->client, &add, COMMAND_ACCOUNT_ADD, 0));
    const struct event_head *applied = admin_client_event(&order->client, EVENT_APPLIED);
    if (applied != NULL) {
        admin_tell(order, "account", applied->account);
    }
    return FAULT_NONE;
}

/* Which account each login of the door has. */
static void logins_tell(struct order_of *order, u32 count)
{
    json_key(&order->json, "logins");
    json_array_begin(&order->json);
    for (u32 number = 0; number < count; number += 1) {
        u64 login = view_login_of(order->venue.view, number);
        if (login != 0) {
            json_object_begin(&order->json);
            json_key(&order->json, "login");
            json_put_u64(&order->json, login);
            json_key(&order->json, "account");
            json_put_u64(&order->json, number);
            json_key(&order->json, "person");
            json_put_u64(&order->json, view_person_of(order->venue.view, number));
            json_object_end(&order->json);
        }
    }
    json_array_end(&order->json);
}

static enum fault account_list(struct order_of *order)
{
    u32 count = view_accounts_count(order->venue.view);
    json_key(&order->json, "accounts");
    json_array_begin(&order->json);
    for (u32 number = 0; number < count; number += 1) {
        const struct view_account *account = view_account_of(order->venue.view, number);
        if (account != NULL) {
            (void)printf("%8u  %-14s tier %u", number, restriction_mode_name(account->restrictions),
                         account->fee_tier);
            u64 login = view_login_of(order->venue.view, number);
            (void)(login == 0 ? printf("\n") : printf("  login %llu\n", (unsigned long long)login));
            json_put_u64(&order->json, number);
        }
    }
    json_array_end(&order->json);
    logins_tell(order, count);
    return FAULT_NONE;
}

static enum fault account_restrict(struct order_of *order)
{
    struct command_restrict restriction = {.cause = order->client.reason};
    u32 account = 0;
    TRY(admin_account_of(order, order->arguments[0], &account));
    const struct wire_field *field = order_field_of(COMMAND_RESTRICT, span_of_text("restrictions"));
    restriction.head.kind = COMMAND_RESTRICT;
    CHECK(field != NULL);
    if (!restriction_mode_of(order->arguments[1], &restriction.restrictions) &&
        order_value_parse((u8 *)&restriction, field, span_of_text(order->arguments[1])) != NULL) {
        return FAULT(FAULT_INPUT, "\"%s\": one of %s, or OPERATION=hold|refuse|freeze with commas",
                     order->arguments[1], RESTRICTION_MODES);
    }
    return admin_give(order, &restriction, COMMAND_RESTRICT, account);
}

static enum fault account_set(struct order_of *order)
{
    const struct option_value *values = order->call->values;
    u32 account = 0;
    TRY(admin_account_of(order, order->arguments[0], &account));
    const struct view_account *now = view_account_of(order->venue.view, account);
    struct command_account_set set = {.trade_group = now->trade_group,
                                      .fee_tier = (u16)now->fee_tier};
    if (values[ADMIN_TRADE_GROUP].given) {
        set.trade_group = (u32)values[ADMIN_TRADE_GROUP].number;
    }
    if (values[ADMIN_TIER].given) {
        set.fee_tier = (u16)values[ADMIN_TIER].number;
    }
    return admin_client_command(&order->client, &set, COMMAND_ACCOUNT_SET, account);
}

/* ---- keys ---- */

static enum fault rights_of(const char *text, u32 *rights_out)
{
    static const struct {
        const char *name;
        u32 right;
    } names[] = {
        {"read", KEY_RIGHT_READ}, {"trade", KEY_RIGHT_TRADE}, {"withdraw", KEY_RIGHT_WITHDRAW}};
    *rights_out = 0;
    while (*text != 0) {
        size_t size = strcspn(text, ",");
        u32 right = 0;
        for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
            if (strlen(names[i].name) == size && strncmp(names[i].name, text, size) == 0) {
                right = names[i].right;
            }
        }
        if (right == 0) {
            return FAULT(FAULT_INPUT, "--rights: \"%s\" is none of read, trade, withdraw", text);
        }
        *rights_out |= right;
        text += size + (text[size] == ',');
    }
    return FAULT_NONE;
}

static enum fault networks_of(const char *text, struct key_ask *ask)
{
    struct auth_network networks[KEY_LINK_NETWORKS_MAX];
    u32 count = 0;
    if (text == NULL) {
        return FAULT_NONE;
    }
    if (!networks_read(text, networks, ARRAY_COUNT(networks), &count) || count == 0) {
        return FAULT(FAULT_INPUT, "--ip: \"%s\" is not up to %u addresses or networks in digits",
                     text, KEY_LINK_NETWORKS_MAX);
    }
    for (u32 i = 0; i < count; i += 1) {
        u8 *place = ask->networks + (size_t)i * KEY_LINK_NETWORK_BYTES;
        memcpy(place, networks[i].address.bytes, sizeof(networks[i].address.bytes));
        place[KEY_LINK_NETWORK_BYTES - 1] = (u8)networks[i].bits;
    }
    ask->networks_count = (u8)count;
    return FAULT_NONE;
}

static enum fault public_of(const char *path, struct key_ask *ask)
{
    ask->key_kind = KEY_KIND_HMAC;
    if (path == NULL) {
        return FAULT_NONE;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return FAULT(FAULT_MISSING, "%s: cannot be opened", path);
    }
    size_t size = fread(ask->public_key, 1, sizeof(ask->public_key), file);
    bool is_whole = feof(file) != 0;
    (void)fclose(file);
    struct sign_key key;
    if (!is_whole || sign_key_open_public(span_of(ask->public_key, size), &key) != FAULT_NONE) {
        return FAULT(FAULT_INPUT, "%s: neither an Ed25519 nor an RSA public key in PEM", path);
    }
    ask->key_kind = key.kind == SIGN_KIND_ED25519 ? KEY_KIND_ED25519 : KEY_KIND_RSA;
    ask->public_bytes = (u32)size;
    sign_key_close(&key);
    return FAULT_NONE;
}

static enum fault key_create(struct order_of *order)
{
    const struct option_value *values = order->call->values;
    struct key_ask ask = {.reserved = 0};
    struct key_answer key;
    u32 rights = 0;
    u32 account = 0;
    TRY(admin_account_of(order, order->arguments[0], &account));
    TRY(rights_of(values[ADMIN_RIGHTS].text, &rights));
    TRY(networks_of(values[ADMIN_IP].text, &ask));
    TRY(public_of(values[ADMIN_PUBLIC].text, &ask));
    const char *label = values[ADMIN_LABEL].given ? values[ADMIN_LABEL].text : "";
    if (strlen(label) > KEY_LINK_LABEL_MAX) {
        return FAULT(FAULT_INPUT, "--label: longer than %u bytes", KEY_LINK_LABEL_MAX);
    }
    ask.label_bytes = (u8)strlen(label);
    memcpy(ask.label, label, ask.label_bytes);
    ask.head.account = account;
    TRY(admin_client_key(&order->client, &ask, rights, &key));
    char name[KEY_LINK_NAME_BYTES + 1] = {0};
    char secret[KEY_LINK_SECRET_BYTES + 1] = {0};
    memcpy(name, key.name, sizeof(key.name));
    memcpy(secret, key.secret, sizeof(key.secret));
    admin_tell_text(order, "api_key", name);
    if (key.key_kind == KEY_KIND_HMAC) {
        admin_tell_text(order, "secret", secret);
        (void)fprintf(stderr, "cambist admin: the secret is shown this once\n");
    }
    secret_wipe(&key, sizeof(key));
    secret_wipe(secret, sizeof(secret));
    return FAULT_NONE;
}

static enum fault key_revoke(struct order_of *order)
{
    struct command_key_revoke revoke = {.actor = order->client.actor,
                                        .reason = order->client.reason};
    u32 account = 0;
    TRY(admin_account_of(order, order->arguments[0], &account));
    TRY(keys_id(span_of_text(order->arguments[1]), revoke.key_id));
    return admin_client_command(&order->client, &revoke, COMMAND_KEY_REVOKE, account);
}

/* ---- money ---- */

static enum fault deposit(struct order_of *order)
{
    struct command_deposit command = {.reference = clock_wall_us(clock_real())};
    u32 account = 0;
    TRY(admin_account_of(order, order->arguments[0], &account));
    TRY(admin_venue_asset(&order->venue, order->arguments[1], &command.asset));
    TRY(admin_venue_amount(&order->venue, command.asset, order->arguments[2], &command.amount));
    TRY(admin_client_command(&order->client, &command, COMMAND_DEPOSIT, account));
    const struct event_ledger *entry = admin_client_event(&order->client, EVENT_LEDGER);
    if (entry != NULL) {
        admin_tell(order, "entry", entry->entry);
    }
    return FAULT_NONE;
}

static enum fault withdraw_settle(struct order_of *order)
{
    struct command_withdraw_settle settle = {.reference = clock_wall_us(clock_real())};
    TRY(number_of(order->arguments[0], UINT64_MAX, &settle.hold_id));
    return admin_client_command(&order->client, &settle, COMMAND_WITHDRAW_SETTLE, 0);
}

static enum fault withdraw_release(struct order_of *order)
{
    struct command_hold_release release = {.cause = order->client.reason};
    TRY(number_of(order->arguments[0], UINT64_MAX, &release.hold_id));
    return admin_give(order, &release, COMMAND_HOLD_RELEASE, 0);
}

/* ---- markets ---- */

static enum fault market_state(struct order_of *order)
{
    static const char *const names[MARKET_STATE_COUNT] = {"trading", "halt", "break",
                                                          "cancel-only"};
    struct command_market_state state = {.market = 0};
    TRY(admin_venue_market(&order->venue, order->arguments[0], &state.market));
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (strcmp(order->arguments[1], names[i]) == 0) {
            state.state = (u8)i;
            return admin_client_command(&order->client, &state, COMMAND_MARKET_STATE, 0);
        }
    }
    return FAULT(FAULT_INPUT, "\"%s\": one of trading, halt, break, cancel-only",
                 order->arguments[1]);
}

/* A share as a decimal number, 0.001 for 0.1 %. */
static enum fault rate_of(const char *text, u32 *rate_out)
{
    struct amount rate;
    if (amount_parse(span_of_text(text), 8, &rate) != AMOUNT_OK ||
        !amount_less(rate, amount_of(RATE_ONE + 1ULL))) {
        return FAULT(FAULT_INPUT, "\"%s\" is not a share from 0 to 1", text);
    }
    *rate_out = (u32)rate.units; /* raw: a rate counts the same 10^-8 */
    return FAULT_NONE;
}

static enum fault market_fee(struct order_of *order)
{
    struct command_fee_set fee = {.tier = (u16)order->call->values[ADMIN_TIER].number};
    TRY(admin_venue_market(&order->venue, order->arguments[0], &fee.market));
    const struct command_fee_set *now = view_market_fees(order->venue.view, fee.market, fee.tier);
    if (now != NULL) {
        u16 market = fee.market;
        fee = *now;
        fee.head = (struct command_head){.kind = 0};
        fee.market = market;
    }
    TRY(rate_of(order->arguments[1], &fee.standard_maker));
    TRY(rate_of(order->arguments[2], &fee.standard_taker));
    return admin_client_command(&order->client, &fee, COMMAND_FEE_SET, 0);
}

/* What of a market's definition can be changed here: by name, as a decimal or whole number. */
enum field_kind { FIELD_PRICE, FIELD_BASE, FIELD_QUOTE, FIELD_COUNT };

static const struct {
    const char *name;
    enum field_kind kind;
    u32 offset;
} fields[] = {
#define FIELD(name, kind, member)                               \
    {                                                           \
        name, kind, offsetof(struct command_market_add, member) \
    }
    FIELD("price-min", FIELD_PRICE, price_min),
    FIELD("price-max", FIELD_PRICE, price_max),
    FIELD("tick", FIELD_PRICE, tick),
    FIELD("qty-min", FIELD_BASE, qty_min),
    FIELD("qty-max", FIELD_BASE, qty_max),
    FIELD("lot", FIELD_BASE, lot),
    FIELD("market-qty-max", FIELD_BASE, market_qty_max),
    FIELD("notional-min", FIELD_QUOTE, notional_min),
    FIELD("notional-max", FIELD_QUOTE, notional_max),
    FIELD("position-max", FIELD_BASE, position_max),
    FIELD("orders-max", FIELD_COUNT, orders_max),
    FIELD("algo-orders-max", FIELD_COUNT, algo_orders_max),
    FIELD("iceberg-orders-max", FIELD_COUNT, iceberg_orders_max),
    FIELD("lists-max", FIELD_COUNT, lists_max),
    FIELD("amends-max", FIELD_COUNT, amends_max),
    FIELD("bid-percent-up", FIELD_COUNT, bid_percent_up),
    FIELD("bid-percent-down", FIELD_COUNT, bid_percent_down),
    FIELD("ask-percent-up", FIELD_COUNT, ask_percent_up),
    FIELD("ask-percent-down", FIELD_COUNT, ask_percent_down),
#undef FIELD
};

static enum fault field_put(const struct order_of *order, struct command_market_add *market,
                            const char *name, const char *text)
{
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        if (strcmp(fields[i].name, name) != 0) {
            continue;
        }
        u8 *place = (u8 *)market + fields[i].offset;
        struct amount amount;
        u64 count = 0;
        u32 number = 0;
        switch (fields[i].kind) {
        case FIELD_PRICE:
            if (amount_parse(span_of_text(text), PRICE_SCALE, &amount) != AMOUNT_OK) {
                return FAULT(FAULT_INPUT, "%s: \"%s\" is not a price", name, text);
            }
            memcpy(place, &amount, sizeof(amount));
            return FAULT_NONE;
        case FIELD_BASE:
        case FIELD_QUOTE:
            TRY(admin_venue_amount(&order->venue,
                                   fields[i].kind == FIELD_BASE ? market->base : market->quote,
                                   text, &amount));
            memcpy(place, &amount, sizeof(amount));
            return FAULT_NONE;
        case FIELD_COUNT:
            TRY(number_of(text, UINT32_MAX, &count));
            number = (u32)count;
            memcpy(place, &number, sizeof(number));
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "\"%s\": a market has no such field here", name);
}

static enum fault market_set(struct order_of *order)
{
    u16 number = 0;
    TRY(admin_venue_market(&order->venue, order->arguments[0], &number));
    struct command_market_add market = view_market_of(order->venue.view, number)->definition;
    market.state = view_market_of(order->venue.view, number)->state;
    TRY(field_put(order, &market, order->arguments[1], order->arguments[2]));
    return admin_client_command(&order->client, &market, COMMAND_MARKET_SET, 0);
}

static enum fault market_cancel(struct order_of *order)
{
    struct command_cancel_all cancel = {.market = 0};
    u32 account = 0;
    TRY(admin_venue_market(&order->venue, order->arguments[0], &cancel.market));
    TRY(admin_account_of(order, order->arguments[1], &account));
    return admin_client_command(&order->client, &cancel, COMMAND_CANCEL_ALL, account);
}

/* ---- the venue ---- */

static enum fault asset_add(struct order_of *order)
{
    struct command_asset_add add = {.asset = (u16)view_assets_count(order->venue.view)};
    u64 scale = 0;
    TRY(number_of(order->arguments[1], AMOUNT_SCALE_MAX, &scale));
    if (strlen(order->arguments[0]) > sizeof(add.name)) {
        return FAULT(FAULT_INPUT, "\"%s\": longer than %zu letters", order->arguments[0],
                     sizeof(add.name));
    }
    add.scale = (u8)scale;
    memcpy(add.name, order->arguments[0], strlen(order->arguments[0]));
    return admin_client_command(&order->client, &add, COMMAND_ASSET_ADD, 0);
}

static enum fault status(struct order_of *order)
{
    struct admin_status now;
    TRY(admin_client_status(&order->client, &now));
    admin_tell_text(order, "engine", now.engine_is_away != 0 ? "away" : "running");
    admin_tell(order, "command", now.seq);
    admin_tell(order, "position", now.position);
    admin_tell(order, "accounts", view_accounts_count(order->venue.view));
    admin_tell(order, "markets", view_markets_count(order->venue.view));
    admin_tell(order, "officers", now.officers);
    admin_tell(order, "waiting", now.waiting);
    admin_tell(order, "late", now.late);
    return FAULT_NONE;
}

/* ---- the table ---- */

static const struct {
    const char *noun;
    const char *verb;
    const char *arguments;
    u32 count;
    enum fault (*give)(struct order_of *order);
} orders[] = {
    {"account", "create", "", 0, account_create},
    {"account", "list", "", 0, account_list},
    {"account", "restrict", "ACCOUNT none|withdraw-only|review|freeze|OPERATION=...", 2,
     account_restrict},
    {"account", "set", "ACCOUNT", 1, account_set},
    {"asset", "add", "NAME SCALE", 2, asset_add},
    {"deposit", "credit", "ACCOUNT ASSET AMOUNT", 3, deposit},
    {"key", "create", "ACCOUNT", 1, key_create},
    {"key", "revoke", "ACCOUNT API_KEY", 2, key_revoke},
    {"market", "cancel", "SYMBOL ACCOUNT", 2, market_cancel},
    {"market", "fee", "SYMBOL MAKER TAKER", 3, market_fee},
    {"market", "set", "SYMBOL FIELD VALUE", 3, market_set},
    {"market", "state", "SYMBOL trading|halt|break|cancel-only", 2, market_state},
    {"venue", "status", "", 0, status},
    {"withdraw", "release", "HOLD", 1, withdraw_release},
    {"withdraw", "settle", "HOLD", 1, withdraw_settle},
};

static enum fault give(struct order_of *order)
{
    const struct option_call *call = order->call;
    bool is_found = false;
    order->arguments = call->operands + 2;
    order->arguments_count = call->operands_count - 2;
    enum fault fault = admin_rules_give(order, &is_found);
    if (is_found) {
        return fault;
    }
    for (u32 i = 0; i < ARRAY_COUNT(orders); i += 1) {
        if (strcmp(orders[i].noun, call->operands[0]) != 0 ||
            strcmp(orders[i].verb, call->operands[1]) != 0) {
            continue;
        }
        if (call->operands_count != orders[i].count + 2) {
            return FAULT(FAULT_USAGE, "%s %s %s", orders[i].noun, orders[i].verb,
                         orders[i].arguments);
        }
        return orders[i].give(order);
    }
    return FAULT(FAULT_USAGE, "%s %s: no such order; see --help", call->operands[0],
                 call->operands[1]);
}

static enum fault connect_and_give(struct order_of *order)
{
    const struct option_value *values = order->call->values;
    static struct config config;
    char path[FILE_PATH_BYTES];
    config_init(&config);
    TRY(serve_admin_path(&config, values[ADMIN_DATA].text, path));
    order->client.actor =
        values[ADMIN_ACTOR].given ? (u32)values[ADMIN_ACTOR].number : (u32)geteuid();
    order->client.reason = (u32)values[ADMIN_REASON].number;
    TRY(admin_venue_open(&order->venue, values[ADMIN_DATA].text));
    TRY(admin_client_open(&order->client,
                          values[ADMIN_SOCKET].given ? values[ADMIN_SOCKET].text : path));
    return give(order);
}

static int run(const struct option_call *call)
{
    static struct order_of order;
    order.call = call;
    order.client.socket = -1;
    json_begin(&order.json, order.text, sizeof(order.text));
    json_object_begin(&order.json);
    enum fault fault = connect_and_give(&order);
    json_object_end(&order.json);
    admin_client_close(&order.client);
    admin_venue_close(&order.venue);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[ADMIN_JSON].given) {
        cli_print_json(&order.json);
    }
    secret_wipe(order.text, sizeof(order.text));
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Gives an order to a running venue over its admin socket; who may open that file may give "
    "orders. Every order becomes a journalled command, behind a note that says who gave it and why.",
    "Accounts: account create; account list; account restrict ACCOUNT "
    "none|withdraw-only|review|freeze (or single operations, trade=refuse,deposit=hold); account set ACCOUNT (with --group, --tier; what is not given "
    "stays).",
    "Keys: key create ACCOUNT (with --rights, --ip, --public-key, --label); key revoke ACCOUNT "
    "API_KEY. A secret is shown once and kept sealed.",
    "Money of the demo network: deposit credit ACCOUNT ASSET AMOUNT; withdraw settle HOLD; withdraw "
    "release HOLD.",
    "Markets: market state SYMBOL trading|halt|break|cancel-only; market fee SYMBOL MAKER TAKER "
    "(shares, 0.001 is 0.1 percent); market set SYMBOL FIELD VALUE; market cancel SYMBOL ACCOUNT. "
    "Fields: price-min price-max tick qty-min qty-max lot market-qty-max notional-min notional-max "
    "position-max orders-max algo-orders-max iceberg-orders-max lists-max amends-max bid-percent-up "
    "bid-percent-down ask-percent-up ask-percent-down.",
    "The venue: asset add NAME SCALE; venue status.",
    "Persons, by number: person add PERSON; person link PERSON ACCOUNT; person unlink PERSON ACCOUNT; fact "
    "set PERSON FACT VALUE; listing set PERSON LIST STATE; ownership set PERSON LIST above|at_least PERCENT "
    "LOWER UPPER; row end PERSON ROW; licence set LICENCE PERSON PACK_ID RULE_ID GROUND CEILING OPERATIONS; "
    "threshold lift PERSON PACK RULE; case act ACT MATTER. Every other field of the command may follow as "
    "NAME=VALUE: from, until and expires as days or moments (from now, open, open), verified, evidence, "
    "replaces, matter and so on.",
    "Orders that officers sign: with --propose an order is not given, but printed as they sign it; order submit "
    "FILE... gives it with their signatures; order pending lists what a second officer has yet to confirm, order "
    "pending NONCE prints the text of one. Where the venue has no register of officers, --actor and --second are "
    "their numbers.",
    NULL,
};

static const struct option_example examples[] = {
    {"admin --data data account create --tier 0", "Opens an account and prints its number."},
    {"admin --data data key create 3 --rights read,trade --ip 10.0.0.0/8",
     "Makes a key for account 3 and shows its secret once."},
    {"admin --data data deposit credit 3 USDT 10000 --reason 7", "Credits a deposit."},
    {"admin --data data market state BTCUSDT halt --reason 12", "Halts a market."},
    {"admin fact set 7 residence FR from=2022-01-01 verified=document --propose > order.txt",
     "What two officers sign, so that person 7 lives in France."},
    {"admin order submit order.anna order.bela", "Gives it."},
    {NULL, NULL},
};

const struct subcommand cli_admin = {
    .name = "admin",
    .summary = "gives orders to a running venue",
    .operands = "NOUN VERB [ARGUMENT...]",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
