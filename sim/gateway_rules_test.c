/* Aim: what the core decides about a person shows over REST, the WebSocket API and user data as
 * docs/wallet.md and docs/customers.md say: withdraw-only, freeze, a rule about an asset; and a
 * candidate shows as what somebody held by hand. Method: engine and gateway on a false disk, clock
 * and network; one pack in both its forms, a few facts and verdicts, and every answer looked at. */
#include "core/rule_form.h"
#include "io/log.h"
#include "tests/support/gateway_world.h"
#include "tests/support/pack_scene.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_RIGHTS (KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW)
#define COIN       100000000ULL
#define DISABLED   "{\"code\":-2010,\"msg\":\"This action is disabled on this account.\"}"
#define BITS(o, r) ((u64)(r) << (2 * (o)))
#define WITHDRAW_ONLY                                                                        \
    (BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) | \
     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD) |                                             \
     BITS(OPERATION_TRANSFER_OUT, RESTRICTION_REFUSE) |                                      \
     BITS(OPERATION_TRANSFER_IN, RESTRICTION_REFUSE))
#define REVIEW \
    (BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD) | BITS(OPERATION_TRANSFER_OUT, RESTRICTION_HOLD))
#define FREEZE                                                                                    \
    (BITS(OPERATION_TRADE, RESTRICTION_FREEZE) | BITS(OPERATION_PLACE, RESTRICTION_FREEZE) |      \
     BITS(OPERATION_DEPOSIT, RESTRICTION_FREEZE) | BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE) | \
     BITS(OPERATION_TRANSFER_OUT, RESTRICTION_FREEZE) |                                           \
     BITS(OPERATION_TRANSFER_IN, RESTRICTION_FREEZE))

enum { RUSSIAN = 1, EUROPEAN, BY_HAND, PERSONS = 3 }; /* accounts, and their persons' numbers */

static struct gateway_world world;
static struct pack_scene packs;
static struct http_got got;
static struct world_key keys[SCENE_ACCOUNTS];
static struct sim_client *clients[SCENE_ACCOUNTS];
static struct rule_pack pack;
static u8 pack_hash[32];

/* ---- the pack ---- */

static struct rule *rule_add(const char *id, u8 scope)
{
    struct rule *rule = &pack.rules[pack.rules_count];
    pack.rules_count += 1;
    memcpy(rule->id, id, strlen(id));
    rule->effective = pack.effective;
    rule->scope = scope;
    rule->subject_first = pack.nodes_count;
    return rule;
}

/* The rules of pack_scene_text: nationality RU, on the list, residence RU; and one of the asset. */
static void pack_make(bool has_asset)
{
    memset(&pack, 0, sizeof pack);
    memcpy(pack.id, "law-a", 5);
    memcpy(pack.content_hash, pack_hash, sizeof pack.content_hash);
    pack.version = 1;
    pack.effective = (struct rule_interval){1, RULE_TIME_OPEN};
    pack.values[0] = rule_country_of(span_of_text("RU")); /* of each set, one */
    pack.values[1] = pack.values[0];
    pack.values_count = 2;
    struct rule *rule = rule_add("a.over", RULE_SCOPE_PERSON);
    rule->subject_count = 1;
    rule->vector = WITHDRAW_ONLY;
    pack.nodes[pack.nodes_count++] = (struct rule_node){
        .op = RULE_OP_HAS, .detail = RULE_FACT_NATIONALITY, .parent = RULE_NONE, .count = 1};
    rule = rule_add("a.listed", RULE_SCOPE_PERSON);
    rule->subject_count = 1;
    rule->vector = FREEZE;
    rule->candidate_vector = REVIEW;
    pack.nodes[pack.nodes_count++] = (struct rule_node){.op = RULE_OP_LISTED,
                                                        .detail = RULE_LISTING_CONFIRMED,
                                                        .parent = RULE_NONE,
                                                        .list = rule_name_of(span_of_text("l"))};
    rule = rule_add("a.quiet", RULE_SCOPE_PERSON);
    rule->subject_count = 1;
    rule->vector = REVIEW;
    rule->flags = RULE_FLAG_NEUTRAL;
    pack.nodes[pack.nodes_count++] = (struct rule_node){.op = RULE_OP_HAS,
                                                        .detail = RULE_FACT_RESIDENCE,
                                                        .parent = RULE_NONE,
                                                        .first = 1,
                                                        .count = 1};
    for (u32 i = 0; i < 3; i += 1) { /* who must prove it is asked, and nothing is held meanwhile */
        pack.rules[i].evidence = RULE_FACT_NATIONALITY;
        pack.rules[i].evidence_days = 14;
    }
    if (has_asset) {
        rule = rule_add("a.asset", RULE_SCOPE_ASSET);
        rule->subject_first = 0;
        rule->vector = BITS(OPERATION_TRADE, RESTRICTION_REFUSE) |
                       BITS(OPERATION_PLACE, RESTRICTION_REFUSE) |
                       BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
        rule->assets_count = 1;
        pack.names[0] = rule_name_of(span_of_text("btc"));
        pack.names_count = 1;
    }
}

/* ---- the operator ---- */

static void order(const void *command, u16 kind, u32 account)
{
    struct scene_commands commands;
    scene_commands_init(&commands);
    scene_put(&commands, command, kind, account);
    gateway_world_admin(&world, &commands);
    scene_commands_free(&commands);
}

static void pack_activate(bool has_asset)
{
    u8 form[RULE_FORM_BYTES_MAX];
    pack_make(has_asset);
    const char *wrong = rule_pack_check(&pack);
    if (wrong != NULL) {
        fail_msg("%s", wrong);
    }
    size_t size = rule_form_encode(&pack, form);
    struct command_pack_part part = {.size = (u16)size};
    assert_true(size <= sizeof part.data);
    memcpy(part.data, form, size);
    order(&part, COMMAND_PACK_PART, 0);
    struct command_pack_activate activate = {.size = (u32)size, .officer = 1, .second = 2};
    memcpy(activate.content_hash, pack.content_hash, sizeof activate.content_hash);
    order(&activate, COMMAND_PACK_ACTIVATE, 0);
}

/* Facts and verdicts of a person, so that nothing is unknown: neither Russian nor listed. */
static void person_make(u32 person, u32 account)
{
    struct command_person_add add = {.person = person, .officer = 1};
    struct command_link link = {.person = person, .officer = 1};
    struct command_listing_set listing = {.person = person,
                                          .state = LISTING_STATE_CLEAR,
                                          .list = rule_name_of(span_of_text("l")),
                                          .from = 1,
                                          .until = RULE_TIME_OPEN,
                                          .officer = 1,
                                          .second = 2};
    static const u8 facts[] = {FACT_KIND_NATIONALITY, FACT_KIND_RESIDENCE};
    order(&add, COMMAND_PERSON_ADD, 0);
    for (u32 i = 0; i < ARRAY_COUNT(facts); i += 1) {
        struct command_fact_set fact = {.person = person,
                                        .fact = facts[i],
                                        .value = rule_country_of(span_of_text("FR")),
                                        .from = 1,
                                        .until = RULE_TIME_OPEN,
                                        .expires = RULE_TIME_OPEN,
                                        .officer = 1,
                                        .second = 2};
        order(&fact, COMMAND_FACT_SET, 0);
    }
    order(&listing, COMMAND_LISTING_SET, 0);
    order(&link, COMMAND_LINK, account);
}

static void fact_add(u32 person, u8 kind, const char *country)
{
    struct command_fact_set fact = {.person = person,
                                    .fact = kind,
                                    .value = rule_country_of(span_of_text(country)),
                                    .from = 1,
                                    .until = RULE_TIME_OPEN,
                                    .expires = RULE_TIME_OPEN,
                                    .officer = 1,
                                    .second = 2};
    order(&fact, COMMAND_FACT_SET, 0);
}

static void listing_add(u32 person, u8 state, u32 entry)
{
    struct command_listing_set listing = {.person = person,
                                          .state = state,
                                          .list = rule_name_of(span_of_text("l")),
                                          .entry = entry,
                                          .from = 1,
                                          .until = RULE_TIME_OPEN,
                                          .officer = 1,
                                          .second = 2};
    order(&listing, COMMAND_LISTING_SET, 0);
}

/* ---- clients ---- */

static void ask(u32 account, const char *method, const char *path, const char *query)
{
    gateway_world_request(&world, clients[account], &keys[account], method, path, query);
    assert_true(gateway_world_http(&world, clients[account], 2000, &got));
}

static void says(u32 account, const char *method, const char *path, const char *query,
                 const char *piece)
{
    ask(account, method, path, query);
    if (strstr(got.body, piece) == NULL) {
        fail_msg("%s %s: no \"%s\" in %s", method, path, piece, got.body);
    }
}

static u64 place(u32 account, const char *side, const char *price)
{
    char query[256];
    (void)snprintf(query, sizeof query,
                   "symbol=BTCUSDT&side=%s&type=LIMIT&timeInForce=GTC&price=%s&quantity=0.01", side,
                   price);
    ask(account, "POST", "/api/v3/order", query);
    if (got.status != 200) {
        fail_msg("%s", got.body);
    }
    const char *id = strstr(got.body, "\"orderId\":");
    assert_non_null(id);
    return strtoull(id + strlen("\"orderId\":"), NULL, 10);
}

static struct sim_client *user_stream(u32 account)
{
    char message[1024];
    char text[8192];
    char signature[256];
    u8 opcode = 0;
    unsigned long long now = clock_wall_us(&world.clock.clock) / 1000;
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    (void)snprintf(message, sizeof message, "apiKey=%s&timestamp=%llu", keys[account].name, now);
    world_key_sign(&keys[account], message, signature);
    (void)snprintf(message, sizeof message,
                   "{\"id\":1,\"method\":\"userDataStream.subscribe.signature\",\"params\":{"
                   "\"apiKey\":\"%s\",\"timestamp\":%llu,\"signature\":\"%s\"}}",
                   keys[account].name, now, signature);
    gateway_world_send(client, message);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "\"status\":200"));
    return client;
}

/* The next event of the stream; false: nothing comes. */
static bool hears(struct sim_client *client, char *text, size_t size)
{
    u8 opcode = 0;
    return gateway_world_frame(&world, client, 50, text, size, &opcode);
}

/* An order over the WebSocket API. */
static void ws_order(struct sim_client *client, u32 account, const char *piece)
{
    char message[2048];
    char text[8192];
    char signature[256];
    u8 opcode = 0;
    unsigned long long now = clock_wall_us(&world.clock.clock) / 1000;
    (void)snprintf(message, sizeof message,
                   "apiKey=%s&price=100&quantity=0.01&side=BUY&symbol=BTCUSDT&timeInForce=GTC&"
                   "timestamp=%llu&type=LIMIT",
                   keys[account].name, now);
    world_key_sign(&keys[account], message, signature);
    (void)snprintf(message, sizeof message,
                   "{\"id\":9,\"method\":\"order.place\",\"params\":{\"apiKey\":\"%s\","
                   "\"price\":\"100\",\"quantity\":\"0.01\",\"side\":\"BUY\","
                   "\"symbol\":\"BTCUSDT\",\"timeInForce\":\"GTC\",\"timestamp\":%llu,"
                   "\"type\":\"LIMIT\",\"signature\":\"%s\"}}",
                   keys[account].name, now, signature);
    gateway_world_send(client, message);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    if (strstr(text, piece) == NULL) {
        fail_msg("no \"%s\" in %s", piece, text);
    }
}

static void begin(bool has_asset)
{
    gateway_world_init(&world, test_seed(), false);
    world.genesis.persons_max = PERSONS;
    world.genesis.person_rows_max = 64;
    world.options.limits.weight_max[LIMIT_POOL_API] = 1000000;
    pack_scene_at(&packs, world.options.disk, "/packs");
    pack_scene_write(&packs, NULL, pack_scene_text, pack_hash);
    world.options.packs_folder = packs.folder;
    gateway_world_start(&world);
    for (u32 account = 0; account < SCENE_ACCOUNTS; account += 1) {
        gateway_world_key(&world, account, KEY_KIND_HMAC, ALL_RIGHTS, &keys[account]);
        clients[account] = sim_connect(world.net, 1);
    }
    pack_activate(has_asset);
    for (u32 person = 1; person <= PERSONS; person += 1) {
        person_make(person, person);
    }
}

static void end(void)
{
    gateway_world_close(&world);
}

/* ---- withdraw-only ---- */

static void withdraw_only_shows_everywhere(void **state)
{
    (void)state;
    char text[8192];
    begin(false);
    struct sim_client *stream = user_stream(RUSSIAN);
    u64 id = place(RUSSIAN, "BUY", "100");
    (void)place(EUROPEAN, "BUY", "100");
    while (hears(stream, text, sizeof text)) {
    }
    fact_add(RUSSIAN, FACT_KIND_NATIONALITY, "RU");
    /* The order expired by the venue's own doing, and its money is free in the same command. */
    assert_true(hears(stream, text, sizeof text));
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",");
    assert_non_null(strstr(text, "\"e\":\"executionReport\""));
    assert_non_null(strstr(text, wanted));
    (void)snprintf(wanted, sizeof wanted, "\"i\":%" PRIu64 ",", id);
    assert_non_null(strstr(text, wanted));
    assert_non_null(strstr(text, "\"eR\":\"EXCHANGE_CANCELED\""));
    assert_true(hears(stream, text, sizeof text));
    assert_non_null(strstr(text, "\"e\":\"outboundAccountPosition\""));
    assert_non_null(
        strstr(text, "{\"a\":\"USDT\",\"f\":\"1000000.00000000\",\"l\":\"0.00000000\"}"));
    says(RUSSIAN, "GET", "/api/v3/account", "",
         "\"canTrade\":false,\"canWithdraw\":true,\"canDeposit\":false,");
    says(RUSSIAN, "GET", "/api/v3/openOrders", "", "[]");
    (void)snprintf(wanted, sizeof wanted, "symbol=BTCUSDT&orderId=%" PRIu64, id);
    says(RUSSIAN, "GET", "/api/v3/order", wanted, "\"status\":\"EXPIRED\"");
    says(RUSSIAN, "GET", "/api/v3/order", wanted, "\"expiryReason\":\"EXCHANGE_CANCELED\"");
    says(RUSSIAN, "POST", "/api/v3/order",
         "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=100&quantity=0.01", DISABLED);
    assert_int_equal(got.status, 400);
    ws_order(stream, RUSSIAN,
             "\"error\":{\"code\":-2010,\"msg\":\"This action is disabled on "
             "this account.\"}");
    says(RUSSIAN, "DELETE", "/api/v3/order", wanted,
         "{\"code\":-2011,\"msg\":\"Unknown order sent.\"}");
    says(RUSSIAN, "GET", "/sapi/v1/account/status", "", "{\"data\":\"Withdrawal only\"}");
    says(RUSSIAN, "GET", "/sapi/v1/account/apiTradingStatus", "", "\"isLocked\":true,");
    says(RUSSIAN, "GET", "/sapi/v1/account/apiRestrictions", "", "\"enableWithdrawals\":true,");
    says(RUSSIAN, "GET", "/sapi/v1/account/apiRestrictions", "",
         "\"enableSpotAndMarginTrading\":false,");
    says(RUSSIAN, "GET", "/sapi/v1/capital/deposit/address", "coin=BTC", "\"code\":-2010,");
    says(RUSSIAN, "GET", "/page/v1/standing", "", "\"reasons\":[{\"kind\":\"restricted\",");
    says(RUSSIAN, "GET", "/page/v1/standing", "",
         "[\"text\",\"Above the amount only withdrawals.\"]");
    /* Deposits wait; what is asked for by others goes on. */
    struct command_deposit money = {.amount = amount_of(COIN), .asset = 0};
    order(&money, COMMAND_DEPOSIT, RUSSIAN);
    says(RUSSIAN, "POST", "/sapi/v3/asset/getUserAsset", "asset=BTC", "\"freeze\":\"1.00000000\",");
    says(EUROPEAN, "GET", "/api/v3/account", "",
         "\"canTrade\":true,\"canWithdraw\":true,\"canDeposit\":true,");
    says(EUROPEAN, "GET", "/api/v3/openOrders", "", "\"price\":\"100.00000000\"");
    end();
}

/* A gateway that begins anew, from the log's first event, says the same. */
static void a_restart_says_the_same(void **state)
{
    (void)state;
    begin(false);
    fact_add(RUSSIAN, FACT_KIND_NATIONALITY, "RU");
    ask(RUSSIAN, "GET", "/page/v1/standing", "");
    char *before = strdup(got.body);
    assert_non_null(before);
    gateway_world_gateway_kill(&world);
    gateway_world_gateway_start(&world);
    gateway_world_turns(&world, 200);
    gateway_world_key(&world, RUSSIAN, KEY_KIND_HMAC, ALL_RIGHTS, &keys[RUSSIAN]);
    clients[RUSSIAN] = sim_connect(world.net, 1);
    ask(RUSSIAN, "GET", "/page/v1/standing", "");
    assert_string_equal(got.body, before);
    free(before);
    end();
}

/* ---- freeze ---- */

static void freeze_keeps_everything_where_it_is(void **state)
{
    (void)state;
    begin(false);
    u64 id = place(RUSSIAN, "BUY", "100");
    char query[128];
    listing_add(RUSSIAN, LISTING_STATE_CONFIRMED, 7654321);
    says(RUSSIAN, "GET", "/api/v3/account", "",
         "\"canTrade\":false,\"canWithdraw\":false,\"canDeposit\":false,");
    says(RUSSIAN, "GET", "/sapi/v1/account/status", "", "{\"data\":\"Restricted\"}");
    (void)snprintf(query, sizeof query, "symbol=BTCUSDT&orderId=%" PRIu64, id);
    says(RUSSIAN, "GET", "/api/v3/order", query, "\"status\":\"EXPIRED\"");
    says(RUSSIAN, "GET", "/sapi/v1/capital/withdraw/quota", "", "\"wdQuota\":\"0");
    says(RUSSIAN, "GET", "/page/v1/standing", "", "[\"text\",\"All of it is frozen.\"]");
    assert_null(strstr(got.body, "7654321"));
    /* What is sent is credited, and stays. */
    struct command_deposit money = {.amount = amount_of(COIN), .asset = 0};
    order(&money, COMMAND_DEPOSIT, RUSSIAN);
    says(RUSSIAN, "POST", "/sapi/v3/asset/getUserAsset", "asset=BTC",
         "\"free\":\"1000001.00000000\",\"locked\":\"0.00000000\",\"freeze\":\"0.00000000\",");
    end();
}

/* ---- a candidate ---- */

/* Asked of two accounts, the answers are the same bytes; but for the account's own number. */
static void same(u32 a, u32 b, const char *method, const char *path, const char *query)
{
    char uid[32];
    ask(a, method, path, query);
    u32 status = got.status;
    char *body = strdup(got.body);
    assert_non_null(body);
    size_t head = strcspn(got.head, "\r");
    char line[128] = {0};
    assert_true(head < sizeof line);
    memcpy(line, got.head, head);
    ask(b, method, path, query);
    (void)snprintf(uid, sizeof uid, "\"uid\":%u", b);
    char *at = strstr(got.body, uid);
    if (at != NULL) {
        at[strlen(uid) - 1] = (char)('0' + a);
    }
    assert_int_equal(got.status, status);
    assert_memory_equal(got.head, line, head);
    if (strcmp(got.body, body) != 0) {
        fail_msg("%s %s:\n%s\n%s", method, path, body, got.body);
    }
    free(body);
}

static void a_candidate_is_any_other_hold(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        const char *path;
        const char *query;
    } asked[] = {
        {"GET", "/api/v3/account", "omitZeroBalances=true"},
        {"GET", "/sapi/v1/account/status", ""},
        {"GET", "/sapi/v1/account/apiTradingStatus", ""},
        {"GET", "/sapi/v1/account/info", ""},
        {"GET", "/sapi/v1/capital/withdraw/quota", ""},
        {"GET", "/sapi/v1/capital/config/getall", ""},
        {"GET", "/page/v1/standing", ""},
        {"POST", "/sapi/v3/asset/getUserAsset", ""},
        {"POST", "/api/v3/order/test",
         "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=100&quantity=0.01"},
        {"POST", "/sapi/v1/capital/withdraw/apply",
         "coin=BTC&amount=1&address=demo-x&network=DEMO"},
    };
    char text[8192];
    for (u32 quiet = 0; quiet < 2; quiet += 1) {
        begin(false);
        struct sim_client *candidate = user_stream(EUROPEAN);
        struct sim_client *other = user_stream(BY_HAND);
        /* In one go, so that both begin in the same batch. */
        struct scene_commands commands;
        struct command_listing_set listing = {.person = EUROPEAN,
                                              .state = LISTING_STATE_CANDIDATE,
                                              .list = rule_name_of(span_of_text("l")),
                                              .entry = 7654321,
                                              .from = 1,
                                              .until = RULE_TIME_OPEN,
                                              .officer = 1,
                                              .second = 2};
        struct command_fact_set fact = {.person = EUROPEAN,
                                        .fact = FACT_KIND_RESIDENCE,
                                        .value = rule_country_of(span_of_text("RU")),
                                        .from = 1,
                                        .until = RULE_TIME_OPEN,
                                        .expires = RULE_TIME_OPEN,
                                        .officer = 1,
                                        .second = 2};
        struct command_restrict by_hand = {.restrictions = REVIEW, .cause = 1};
        scene_commands_init(&commands);
        if (quiet) {
            scene_put(&commands, &fact, COMMAND_FACT_SET, 0);
        } else {
            scene_put(&commands, &listing, COMMAND_LISTING_SET, 0);
        }
        scene_put(&commands, &by_hand, COMMAND_RESTRICT, BY_HAND);
        gateway_world_admin(&world, &commands);
        scene_commands_free(&commands);
        says(EUROPEAN, "GET", "/api/v3/account", "",
             "\"canTrade\":true,\"canWithdraw\":false,\"canDeposit\":true,");
        says(EUROPEAN, "GET", "/page/v1/standing", "", "\"reasons\":[{\"kind\":\"checking\",");
        for (u32 i = 0; i < ARRAY_COUNT(asked); i += 1) {
            same(EUROPEAN, BY_HAND, asked[i].method, asked[i].path, asked[i].query);
            assert_null(strstr(got.body, "7654321"));
        }
        assert_false(hears(candidate, text, sizeof text));
        assert_false(hears(other, text, sizeof text));
        end();
    }
}

/* ---- an asset ---- */

static void an_asset_rule_closes_its_market_for_all(void **state)
{
    (void)state;
    char text[8192];
    begin(false);
    struct sim_client *stream = user_stream(EUROPEAN);
    (void)place(EUROPEAN, "BUY", "100");
    while (hears(stream, text, sizeof text)) {
    }
    struct command_pack_end end_pack = {.officer = 1, .second = 2};
    memcpy(end_pack.content_hash, pack_hash, sizeof end_pack.content_hash);
    order(&end_pack, COMMAND_PACK_END, 0);
    gateway_world_turns(&world, 200); /* until it has ended for everybody */
    pack_activate(true);
    assert_true(hears(stream, text, sizeof text));
    assert_non_null(strstr(text, "\"x\":\"EXPIRED\""));
    assert_non_null(strstr(text, "\"eR\":\"EXCHANGE_CANCELED\""));
    says(EUROPEAN, "POST", "/api/v3/order",
         "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=100&quantity=0.01", DISABLED);
    /* The account itself may do everything. */
    says(EUROPEAN, "GET", "/api/v3/account", "",
         "\"canTrade\":true,\"canWithdraw\":true,\"canDeposit\":true,");
    says(EUROPEAN, "GET", "/page/v1/standing", "", "\"reasons\":[]");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(withdraw_only_shows_everywhere),
        cmocka_unit_test(a_restart_says_the_same),
        cmocka_unit_test(freeze_keeps_everything_where_it_is),
        cmocka_unit_test(a_candidate_is_any_other_hold),
        cmocka_unit_test(an_asset_rule_closes_its_market_for_all),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
