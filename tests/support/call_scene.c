#include "tests/support/call_scene.h"

#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys are named by 63 letters A and the account's digit, and every signature is right. */
enum { KEYS_COUNT = WORLD_ACCOUNTS + 2 }; /* also of accounts that a test opens */
static char key_names[KEYS_COUNT][AUTH_KEY_BYTES + 1];

static bool find_key(struct key_view *view, struct span api_key, struct key_entry *entry_out)
{
    (void)view;
    u32 account = (u32)(api_key.data[AUTH_KEY_BYTES - 1] - '0');
    assert_true(account < KEYS_COUNT);
    *entry_out = (struct key_entry){.account = account,
                                    .rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW,
                                    .enabled = true,
                                    .created_us = CALL_SCENE_TIME_US};
    return true;
}

static void limits_open(struct call_scene *scene)
{
    struct limit_config config = {.weight_max = {6000, 12000},
                                  .account_weight_max = 180000,
                                  .requests_max = 300000,
                                  .connects_max = 300,
                                  .orders_10s_max = 100,
                                  .orders_day_max = 200000,
                                  .refusals_max = 1000,
                                  .addresses_max = 8,
                                  .accounts_max = WORLD_ACCOUNTS,
                                  .seed = 1};
    scene->limit_memory = aligned_alloc(16, (limit_bytes(&config) + 15) & ~(size_t)15);
    assert_non_null(scene->limit_memory);
    limit_init(&scene->limit, &config, scene->limit_memory);
}

void call_scene_open(struct call_scene *scene, struct lookup_ask *ask)
{
    memset(scene, 0, sizeof *scene);
    struct command_genesis limits = world_limits();
    world_open_empty(&scene->world, &limits);
    struct view_config config = view_scene_config(&limits);
    view_scene_open(&scene->view, &config);
    view_history_passed(scene->view.view, UINT64_MAX);
    core_set_time(scene->world.core, CALL_SCENE_TIME_US);
    world_close(&scene->world);
    world_open(&scene->world);
    core_set_time(scene->world.core, CALL_SCENE_TIME_US);
    size_t size = 0;
    u8 *snapshot = world_snapshot(&scene->world, &size);
    view_scene_image(&scene->view, snapshot, size, 1);
    free(snapshot);
    limits_open(scene);
    scene->keys.find = find_key;
    scene->venue = (struct venue){.view = scene->view.view,
                                  .limit = &scene->limit,
                                  .keys = &scene->keys,
                                  .now_us = CALL_SCENE_TIME_US,
                                  .random = 1};
    scene->ask = ask;
    scene->text = malloc(CALL_SCENE_TEXT_BYTES);
    scene->command = malloc(COMMAND_BYTES_MAX);
    assert_true(scene->text != NULL && scene->command != NULL);
    for (u32 i = 0; i < KEYS_COUNT; i++) {
        memset(key_names[i], 'A', AUTH_KEY_BYTES - 1);
        key_names[i][AUTH_KEY_BYTES - 1] = (char)('0' + i);
    }
}

void call_scene_close(struct call_scene *scene)
{
    world_close(&scene->world);
    view_scene_close(&scene->view);
    free(scene->limit_memory);
    free(scene->text);
    free(scene->command);
    memset(scene, 0, sizeof *scene);
}

void call_scene_follow(struct call_scene *scene)
{
    view_scene_events(&scene->view, scene->world.output.data, scene->world.output.used);
}

void call_scene_fees(struct call_scene *scene)
{
    struct command_fee_set fees = {.standard_maker = 100000,
                                   .standard_taker = 200000,
                                   .standard_buyer = 10000,
                                   .standard_seller = 20000,
                                   .special_maker = 1,
                                   .special_taker = 2,
                                   .special_seller = 3,
                                   .tax_taker = 4,
                                   .tax_buyer = 5};
    world_apply(&scene->world, &fees, COMMAND_FEE_SET, 0);
    call_scene_follow(scene);
}

void call_scene_clock(struct call_scene *scene, u64 time_us)
{
    scene->venue.now_us = time_us;
    core_set_time(scene->world.core, time_us);
}

/* ---- a call ---- */

static u32 split(char *text, struct param_pair *pairs, u32 pairs_max)
{
    u32 count = 0;
    while (*text != 0) {
        size_t size = strcspn(text, "&");
        size_t name = strcspn(text, "=");
        assert_true(name < size && count < pairs_max);
        pairs[count] = (struct param_pair){span_of(text, name),
                                           span_of(text + name + 1, size - name - 1), false};
        count += 1;
        text += size + (text[size] == '&');
    }
    return count;
}

static enum call_end take_command(struct call_scene *scene)
{
    struct call *call = &scene->call;
    struct command_head *head = (void *)scene->command;
    const char *reason = NULL;
    if (!command_check(scene->command, call->record.size, &reason)) {
        fail_msg("malformed command: %s", reason);
    }
    scene->world.source_index += 1;
    head->source = 1;
    head->source_index = scene->world.source_index;
    scene->world.output.used = 0;
    core_apply(scene->world.core, head, &scene->world.output);
    call_scene_follow(scene);
    scene->events = span_of(scene->world.output.data, scene->world.output.used);
    call->events = scene->events;
    return call_resume(call);
}

static void finish(struct call_scene *scene, struct json_writer *json, enum call_end end)
{
    const struct call *call = &scene->call;
    if (end == CALL_ANSWERED || call->failure_data) {
        assert_true(json_end(json) > 0);
        return;
    }
    assert_int_equal(end, CALL_REFUSED);
    (void)snprintf(scene->text, CALL_SCENE_TEXT_BYTES, "{\"code\":%" PRId32 ",\"msg\":\"%s\"}",
                   api_error_code(call->failure.error), call->failure.text);
}

u32 call_scene_run(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                   const char *query)
{
    char text[8192];
    bool is_signed = endpoint_at(endpoint)->security != ENDPOINT_SECURITY_N;
    int size = is_signed ? snprintf(text, sizeof text, "%s%stimestamp=%" PRIu64, query,
                                    query[0] == 0 ? "" : "&", scene->venue.now_us / 1000)
                         : snprintf(text, sizeof text, "%s", query);
    assert_true(size >= 0 && (size_t)size < sizeof text);
    struct param_pair pairs[80];
    struct json_writer json;
    json_begin(&json, scene->text, CALL_SCENE_TEXT_BYTES);
    scene->venue.index_next = scene->world.source_index + 1;
    scene->call.venue = &scene->venue;
    scene->call.json = &json;
    scene->call.command = scene->command;
    scene->call.ask = scene->ask;
    struct call_request request = {.endpoint = endpoint_at(endpoint),
                                   .pairs = pairs,
                                   .pairs_count = split(text, pairs, ARRAY_COUNT(pairs)),
                                   .microseconds = scene->microseconds,
                                   .session_key = span_of(key_names[account], AUTH_KEY_BYTES)};
    enum call_end end = call_begin(&scene->call, &request, &scene->params);
    while (end == CALL_COMMANDED || end == CALL_ASKED) {
        memset(text, '#', sizeof text); /* the request is gone */
        if (end == CALL_COMMANDED && scene->abandon != API_ERROR_NONE) {
            end = call_abandon(&scene->call, scene->abandon);
        } else if (end == CALL_COMMANDED) {
            end = take_command(scene);
        } else {
            assert_non_null(scene->answer);
            scene->call.found = scene->answer(scene, scene->ask);
            end = call_resume(&scene->call);
        }
    }
    finish(scene, &json, end);
    return scene->call.status;
}

void call_scene_does(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                     const char *query)
{
    u32 status = call_scene_run(scene, account, endpoint, query);
    if (status != 200) {
        fail_msg("%s: %u %s", query, status, scene->text);
    }
}

void call_scene_expect(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                       const char *query, const char *json)
{
    u32 status = call_scene_run(scene, account, endpoint, query);
    if (status != 200 || strcmp(scene->text, json) != 0) {
        fail_msg("%s: %u\n%s\nexpected\n%s", query, status, scene->text, json);
    }
}

void call_scene_refuses(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                        const char *query, i32 code, const char *message)
{
    u32 status = call_scene_run(scene, account, endpoint, query);
    if (status == 200 || api_error_code(scene->call.failure.error) != code ||
        strcmp(scene->call.failure.text, message) != 0) {
        fail_msg("%s: %u\n%s\nexpected %d %s", query, status, scene->text, code, message);
    }
}
