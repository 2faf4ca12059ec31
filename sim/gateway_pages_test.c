/* Aim: over a whole connection pages come with their heads, in one piece, also to who reads slowly
 * or closes behind them; nobody gets a demo key without the table and the rules; requests for pages
 * count; a client over its limits is told so and the venue goes on. Method: engine and gateway on a
 * false disk, clock and network; answers compared, and the net's pool counted before and after. */
#include "io/log.h"
#include "tests/support/gateway_world.h"
#include "tests/support/pack_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_BYTES  300000U
#define REPEATS      40U
#define IDLE_TURNS   70000U /* a millisecond each: longer than idle_ms */
#define SIGN_IN_BODY "{\"account\":\"A\"}"

static struct gateway_world world;
static struct http_got got;
static char large[LARGE_BYTES];
static struct page pages[] = {
    {"/", "text/html; charset=utf-8", "0011", "<p>page</p>", "gzipped", 11, 7, false},
    {"/assets/a-12345678.js", "text/javascript", "2233", large, "small", LARGE_BYTES, 5, true},
};
static const struct page_table table = {pages, ARRAY_COUNT(pages)};
static const struct demo_accounts accounts = {
    .list = {{.account = "A", .name = "the first", .api_key = "key", .secret = "secret"}},
    .count = 1};

static void begin(const struct demo_accounts *demo)
{
    for (u32 i = 0; i < LARGE_BYTES; i += 1) {
        large[i] = (char)('a' + i % 23);
    }
    gateway_world_init(&world, test_seed(), false);
    world.options.pages = &table;
    world.options.demo = demo;
    gateway_world_start(&world);
}

static void ask(struct sim_client *client, const char *text)
{
    sim_client_send_text(client, text);
    assert_true(gateway_world_http(&world, client, 1000, &got));
}

static void has(const char *line)
{
    if (strcasestr(got.head, line) == NULL) {
        fail_msg("no '%s' in\n%s", line, got.head);
    }
}

static void has_not(const char *line)
{
    if (strcasestr(got.head, line) != NULL) {
        fail_msg("'%s' in\n%s", line, got.head);
    }
}

static void pages_are_served(void **state)
{
    (void)state;
    begin(NULL);
    struct sim_client *client = sim_connect(world.net, 1);
    ask(client, "GET /?lang=fr HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "<p>page</p>");
    has("\r\nETag: \"0011\"\r\n");
    has("\r\nContent-Security-Policy: default-src 'none'; ");
    ask(client, "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n");
    assert_string_equal(got.body, "gzipped");
    has("\r\nContent-Encoding: gzip\r\n");
    ask(client, "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"0011-gz\"\r\n\r\n");
    assert_int_equal(got.status, 304);
    ask(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(got.status, 405);
    has("\r\nAllow: GET, HEAD\r\n");
    ask(client, "GET /assets/none.js HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 404);
    has("\r\nContent-Type: application/json");
    ask(client, "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_string_equal(got.body, "{}");
    gateway_world_close(&world);
}

static void file_put(const char *folder, const char *path, u32 bytes)
{
    struct file file = {.disk = NULL};
    struct disk *disk = world.options.disk;
    char whole[FILE_PATH_BYTES];
    char part[FILE_PATH_BYTES] = "";
    for (const char *at = path; (at = strchr(at, '/')) != NULL; at += 1) {
        (void)snprintf(part, sizeof(part), "%s/%.*s", folder, (int)(at - path), path);
        assert_int_equal(disk_make_folder(disk, part), FAULT_NONE);
    }
    assert_int_equal(file_path(whole, folder, path), FAULT_NONE);
    assert_int_equal(file_open(disk, whole, FILE_CREATE | FILE_WRITE, &file), FAULT_NONE);
    assert_int_equal(file_write_at(&file, 0, large, bytes), FAULT_NONE);
    file_close(&file);
}

/* The public log's files come as they are, the checkpoint never out of a cache; no other name is
 * looked for, and without the log the paths are as unknown as any. */
static void the_public_log_is_served(void **state)
{
    (void)state;
    begin(NULL);
    struct sim_client *client = sim_connect(world.net, 1);
    ask(client, "GET /log/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 404);
    gateway_world_close(&world);
    gateway_world_init(&world, test_seed(), false);
    world.options.log_folder = "public";
    gateway_world_start(&world);
    assert_int_equal(disk_make_folder(world.options.disk, "public"), FAULT_NONE);
    file_put("public", "checkpoint", 60);
    file_put("public", "secret", 60);
    file_put("public", "tile/0/x001/067.p/3", 96);
    file_put("public", "tile/entries/000", LARGE_BYTES / 100);
    client = sim_connect(world.net, 1);
    for (u32 round = 0; round < 50; round += 1) {
        ask(client, "GET /log/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(got.status, 200);
        assert_memory_equal(got.body, large, 60);
        has("\r\nCache-Control: no-store\r\n");
        has("\r\nContent-Length: 60\r\n");
    }
    ask(client, "GET /log/tile/0/x001/067.p/3 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 200);
    has("immutable\r\n");
    ask(client, "GET /log/tile/entries/000 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_memory_equal(got.body, large, LARGE_BYTES / 100);
    ask(client, "GET /log/tile/0/000 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 404);
    ask(client, "GET /log/secret HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(got.status, 404);
    ask(client, "POST /log/checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(got.status, 405);
    gateway_world_close(&world);
}

/* The head says how long the body is, and the next answer follows at once. */
static void head_has_no_body(void **state)
{
    (void)state;
    begin(NULL);
    struct sim_client *client = sim_connect(world.net, 1);
    sim_client_send_text(client, "HEAD /assets/a-12345678.js HTTP/1.1\r\nHost: a\r\n\r\n"
                                 "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n");
    gateway_world_turns(&world, 20);
    struct span text = sim_client_received(client);
    char *end = memmem(text.data, text.size, "\r\n\r\n", 4);
    assert_non_null(end);
    assert_non_null(memmem(text.data, text.size, "Content-Length: 300000\r\n", 24));
    assert_memory_equal(end + 4, "HTTP/1.1 200 OK\r\n", 17);
    gateway_world_close(&world);
}

/* Takes what has come; true: it is the next piece of the large page behind its head. */
static u64 take_large(struct sim_client *client, u64 taken)
{
    struct span text = sim_client_received(client);
    size_t from = 0;
    if (text.size == 0) {
        return taken;
    }
    if (taken == 0) {
        u8 *end = memmem(text.data, text.size, "\r\n\r\n", 4);
        if (end == NULL) {
            return 0;
        }
        from = (size_t)(end + 4 - text.data);
    }
    assert_true(taken + text.size - from <= LARGE_BYTES);
    assert_memory_equal(text.data + from, large + taken, text.size - from);
    taken += text.size - from;
    sim_client_take(client, text.size);
    return taken;
}

/* Ten seconds for one body, far beyond what a flush may take. */
static void who_reads_slowly_gets_all_of_it(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "Connection: close\r\n"};
    for (u32 i = 0; i < ARRAY_COUNT(ends); i += 1) {
        begin(NULL);
        char text[128];
        (void)snprintf(text, sizeof(text),
                       "GET /assets/a-12345678.js HTTP/1.1\r\nHost: a\r\n%s\r\n", ends[i]);
        struct sim_client *client = sim_connect(world.net, 1);
        sim_client_send_text(client, text);
        sim_client_reads(client, 4000);
        u64 taken = 0;
        for (u32 turn = 0; turn < 10000 && taken < LARGE_BYTES; turn += 1) {
            gateway_world_turns(&world, 1);
            taken = take_large(client, taken);
        }
        assert_int_equal(taken, LARGE_BYTES);
        gateway_world_turns(&world, 10);
        assert_int_equal(sim_client_is_closed(client), i == 1);
        gateway_world_close(&world);
    }
}

/* Who asks again and again and never reads holds heads, and no bodies of its own. */
static void who_never_reads_holds_little(void **state)
{
    (void)state;
    begin(NULL);
    struct sim_client *client = sim_connect(world.net, 1);
    const struct net_pool *pool = sim_net_pool(world.net);
    gateway_world_turns(&world, 5);
    u64 before = pool->used_bytes;
    sim_client_reads(client, 0);
    for (u32 i = 0; i < REPEATS; i += 1) {
        sim_client_send_text(client, "GET /assets/a-12345678.js HTTP/1.1\r\nHost: a\r\n\r\n");
        gateway_world_turns(&world, 2);
        assert_true(pool->used_bytes - before < LARGE_BYTES);
    }
    assert_true(sim_client_is_closed(client));
    assert_int_equal(sim_client_why(client), NET_END_SLOW);
    assert_int_equal(pool->used_bytes, before);
    struct sim_client *idle = sim_connect(world.net, 2);
    sim_client_reads(idle, 0);
    sim_client_send_text(idle, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    gateway_world_turns(&world, IDLE_TURNS);
    assert_true(sim_client_is_closed(idle));
    assert_int_equal(pool->used_bytes, before);
    gateway_world_close(&world);
}

static void nobody_signs_in_without_a_table(void **state)
{
    (void)state;
    begin(NULL);
    struct sim_client *client = sim_connect_local(world.net);
    ask(client, "GET /demo/accounts HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(got.status, 404);
    ask(client, "POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n"
                "Content-Type: application/json\r\n\r\n" SIGN_IN_BODY);
    assert_int_equal(got.status, 404);
    assert_null(strstr(got.body, "secret"));
    gateway_world_close(&world);
}

static void a_page_of_this_machine_signs_in(void **state)
{
    (void)state;
    begin(&accounts);
    struct sim_client *client = sim_connect_local(world.net);
    ask(client, "GET /demo/accounts HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "{\"accounts\":[{\"account\":\"A\",\"name\":\"the first\"}]}");
    has("\r\nCache-Control: no-store\r\n");
    has_not("Access-Control-");
    ask(client, "POST /demo/sign-in HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 15\r\n"
                "Origin: http://localhost:1\r\n"
                "Content-Type: application/json\r\n\r\n" SIGN_IN_BODY);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "{\"account\":\"A\",\"name\":\"the first\",\"apiKey\":\"key\","
                                  "\"secret\":\"secret\"}");
    has("\r\nCache-Control: no-store\r\n");
    has_not("Access-Control-");
    gateway_world_close(&world);
}

static void foreign_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        u32 status;
    } cases[] = {
        {"POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n", 415},
        {"POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonp\r\n",
         415},
        {"POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\n", 415},
        {"POST /demo/sign-in HTTP/1.1\r\nHost: a.invalid\r\nContent-Type: application/json\r\n",
         403},
        {"POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a.invalid\r\n"
         "Content-Type: application/json\r\n",
         403},
        {"POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"
         "Content-Type: application/json\r\n",
         403},
        {"OPTIONS /demo/sign-in HTTP/1.1\r\nHost: localhost\r\n", 405},
        {"PUT /demo/sign-in HTTP/1.1\r\nHost: localhost\r\n", 405},
        {"POST /demo/accounts HTTP/1.1\r\nHost: localhost\r\n", 405},
    };
    begin(&accounts);
    for (u32 i = 0; i <= ARRAY_COUNT(cases); i += 1) {
        /* The last one is sound but for where it comes from. */
        bool is_last = i == ARRAY_COUNT(cases);
        struct sim_client *client =
            is_last ? sim_connect(world.net, 1) : sim_connect_local(world.net);
        char text[512];
        (void)snprintf(text, sizeof(text), "%sContent-Length: 15\r\n\r\n" SIGN_IN_BODY,
                       is_last ? "POST /demo/sign-in HTTP/1.1\r\nHost: localhost\r\n"
                                 "Content-Type: application/json\r\n"
                               : cases[i].head);
        ask(client, text);
        assert_int_equal(got.status, is_last ? 403 : cases[i].status);
        assert_null(strstr(got.body, "secret"));
        has_not("Access-Control-");
        sim_client_free(client);
    }
    gateway_world_close(&world);
}

static void requests_for_pages_count(void **state)
{
    (void)state;
    gateway_world_init(&world, test_seed(), false);
    world.options.pages = &table;
    world.options.limits.requests_max = 3;
    gateway_world_start(&world);
    for (u32 i = 0; i < 4; i += 1) {
        struct sim_client *client = sim_connect(world.net, 1);
        ask(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(got.status, i < 3 ? 200 : 429);
        sim_client_free(client);
    }
    has("\r\nretry-after: ");
    gateway_world_close(&world);
}

/* Too many WebSockets of one address: a text with two places, and one that bans with another. */
static void too_many_connections_are_told_so(void **state)
{
    (void)state;
    static const char upgrade[] =
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    gateway_world_init(&world, test_seed(), false);
    world.options.limits.connects_max = 1;
    world.options.limits.refusals_max = 1;
    gateway_world_start(&world);
    static const u32 expected[] = {101, 429, 418, 418};
    for (u32 i = 0; i < ARRAY_COUNT(expected); i += 1) {
        struct sim_client *client = sim_connect(world.net, 1);
        ask(client, upgrade);
        assert_int_equal(got.status, expected[i]);
        if (expected[i] == 429) {
            assert_string_equal(got.body, "{\"code\":-1034,\"msg\":\"Too many connection attempts "
                                          "from IP; current limit is 1 per '5 MINUTE'.\"}");
        }
        sim_client_free(client);
    }
    assert_non_null(strstr(got.body, "IP banned until 1"));
    gateway_world_close(&world);
}

/* Anybody reads them, on venues with and without a page. */
static void rules_are_public(void **state)
{
    (void)state;
    struct pack_scene packs;
    u8 hash[32];
    char target[256];
    for (u32 has_page = 0; has_page < 2; has_page += 1) {
        gateway_world_init(&world, test_seed(), false);
        pack_scene_at(&packs, world.options.disk, "/packs");
        pack_scene_write(&packs, NULL, pack_scene_text, hash);
        world.options.packs_folder = packs.folder;
        world.options.pages = has_page ? &table : NULL;
        gateway_world_start(&world);
        struct sim_client *client = sim_connect(world.net, 1);
        gateway_world_get(&world, client, "/rules", &got);
        assert_int_equal(got.status, has_page ? 200 : 404);
        gateway_world_get(&world, client, "/rules.txt", &got);
        assert_int_equal(got.status, 200);
        has("\r\ncontent-type: text/plain; charset=utf-8\r\n");
        has("\r\nx-content-type-options: nosniff\r\n");
        assert_non_null(strstr(got.body, "law-a, version 1: not in force"));
        gateway_world_get(&world, client, "/rules/list.json", &got);
        assert_int_equal(got.status, 200);
        char *name = strstr(got.body, "{\"hash\":\"");
        assert_non_null(name);
        name += strlen("{\"hash\":\"");
        (void)snprintf(target, sizeof target, "/rules/%.64s.json", name);
        gateway_world_get(&world, client, target, &got);
        assert_int_equal(got.status, 200);
        assert_string_equal(got.body, pack_scene_text);
        target[sizeof("/rules/") - 1] ^= 1;
        gateway_world_get(&world, client, target, &got);
        assert_int_equal(got.status, 404);
        ask(client, "POST /rules.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assert_int_equal(got.status, 405);
        gateway_world_close(&world);
    }
}

/* A table that cannot be is found before anybody is let in. */
static void unsound_tables_do_not_start(void **state)
{
    (void)state;
    const struct page_table twice = {(const struct page[]){pages[0], pages[0]}, 2};
    gateway_world_init(&world, test_seed(), false);
    world.options.pages = &twice;
    struct gateway *gateway = NULL;
    gateway_world_engine_start(&world);
    gateway_world_turns(&world, 10);
    struct gateway_options options = world.options;
    assert_int_equal(gateway_create(&gateway, &options), FAULT_NONE);
    assert_int_equal(agent_open(gateway_agent(gateway)), FAULT_CONFIG);
    agent_close(gateway_agent(gateway));
    gateway_destroy(gateway);
    gateway_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_served),
        cmocka_unit_test(the_public_log_is_served),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(who_reads_slowly_gets_all_of_it),
        cmocka_unit_test(who_never_reads_holds_little),
        cmocka_unit_test(nobody_signs_in_without_a_table),
        cmocka_unit_test(a_page_of_this_machine_signs_in),
        cmocka_unit_test(foreign_requests_are_refused),
        cmocka_unit_test(requests_for_pages_count),
        cmocka_unit_test(too_many_connections_are_told_so),
        cmocka_unit_test(rules_are_public),
        cmocka_unit_test(unsound_tables_do_not_start),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
