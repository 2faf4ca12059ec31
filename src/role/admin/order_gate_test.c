/* Aim: what loosens passes with two good signatures of two officers over exactly this order, once,
 * in time, and never otherwise; what tightens passes with one and then waits for another.
 *
 * Method: a register of three with keys made here, an event log that an engine has left, a false
 * clock. Each condition is broken once. The agent's file is read again by a second gate, whole and
 * with a damaged row. */
#include "role/admin/order_gate.h"

#include "base/bytes.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/admin/four_eyes.h"
#include "tests/support/engine_scene.h"

#include <stdio.h>
#include <string.h>

enum { ANNA, BELA, CLEO, OFFICERS };
#define NUMBER(index) (11U + (index))
#define BEGIN_US      1795000000000000ULL
#define WITHDRAW_ONLY 0x284AULL /* trade, place, transfers refuse; deposit hold */
#define RESTRICTED    1U
#define FREE          2U

static const char *const groups[OFFICERS] = {"compliance", "law", "law"};

static struct sign_pair pairs[OFFICERS];
static char folder[SCENE_PATH_BYTES];
static char register_path[SCENE_PATH_BYTES + 32];
static struct order_gate gate;
static struct order_verdict verdict;
static struct admin_order order;
static u64 now_us;

/* As in the register. */
static u64 code_of(u32 officer)
{
    char name[CODE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "o%u", officer % 100);
    return code_name_of(span_of_text(name));
}

/* ---- the scene ---- */

static void register_write(void)
{
    FILE *file = fopen(register_path, "we");
    assert_non_null(file);
    for (u32 i = 0; i < OFFICERS; i += 1) {
        char key[SIGN_PUBLIC_TEXT_BYTES];
        char signature[SIGN_SIGNATURE_TEXT_BYTES];
        scene_must(sign_pair_make(&pairs[i]));
        scene_must(sign_with_private(span_of_text(pairs[i].private_pem), span_of_text("x"), key,
                                     signature));
        assert_true(fprintf(file, "o%u %u %s %s\n", i, NUMBER(i), groups[i], key) > 0);
    }
    assert_int_equal(fclose(file), 0);
}

/* An account that may only withdraw, and others. */
static void log_leave(void)
{
    struct command_genesis genesis = scene_genesis();
    struct scene_commands commands;
    struct command_restrict restriction = {.restrictions = WITHDRAW_ONLY, .cause = 1};
    struct engine_options options = {
        .disk = disk_real(), .clock = clock_real(), .folder = folder, .genesis = &genesis};
    struct engine *engine = NULL;
    genesis.head.source_index = 1;
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    scene_put(&commands, &restriction, COMMAND_RESTRICT, RESTRICTED);
    scene_must(engine_open(&engine, &options));
    scene_submit_all(engine, span_of(commands.bytes, commands.used));
    scene_must(engine_finish(engine));
    engine_close(engine);
    scene_commands_free(&commands);
}

static void gate_begin(void)
{
    bool busy = true;
    scene_must(order_gate_open(&gate, disk_real(), folder, register_path));
    memset(gate.venue, 0x5a, sizeof(gate.venue));
    while (busy) {
        busy = false;
        scene_must(order_gate_turn(&gate, now_us, &busy));
    }
}

static int begin(void **state)
{
    (void)state;
    now_us = BEGIN_US;
    scene_folder_make(folder);
    (void)snprintf(register_path, sizeof(register_path), "%s/register", folder);
    register_write();
    log_leave();
    gate_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    order_gate_close(&gate);
    scene_folder_remove(folder);
    return 0;
}

/* ---- orders ---- */

static struct span record_of(void *command, u16 kind, u32 account)
{
    struct command_head head = {.kind = kind, .account = account};
    size_t size = wire_commands[kind].size;
    head.units = (u8)(size / WIRE_UNIT);
    memcpy(command, &head, sizeof(head));
    return span_of(command, size);
}

static void signature_put(u32 place, u32 officer, const char *text, size_t size)
{
    char key[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    scene_must(sign_with_private(span_of_text(pairs[officer].private_pem), span_of(text, size), key,
                                 signature));
    order.signatures[place].officer = code_of(officer);
    assert_int_equal(sign_decode_base64(span_of_text(signature), order.signatures[place].bytes,
                                        ADMIN_SIGNATURE_BYTES),
                     ADMIN_SIGNATURE_BYTES);
}

/* Signed by so many of these, with a nonce of its own unless `again`. */
static void sign(struct span command, u32 count, u32 first, u32 second, bool again)
{
    static u8 nonces;
    char text[ORDER_TEXT_BYTES];
    struct order_head head = {.until_us = now_us + GATE_HOUR_US, .matter = 0};
    u64 until_us = again ? order.until_us : head.until_us;
    nonces = (u8)(nonces + (again ? 0 : 1));
    order = (struct admin_order){
        .until_us = until_us, .form = ADMIN_FORM_TEXT, .signatures_count = (u8)count};
    order.nonce[0] = nonces;
    head.until_us = until_us;
    memcpy(head.nonce, order.nonce, sizeof(head.nonce));
    memcpy(head.venue, gate.venue, sizeof(head.venue));
    size_t size = order_text_print(command, &head, text);
    assert_true(size > 0);
    if (count > 0) {
        signature_put(0, first, text, size);
    }
    if (count > 1) {
        signature_put(1, second, text, size);
    }
}

static enum admin_status_code judge(const struct admin_order *signed_order, struct span command)
{
    enum admin_status_code code = ADMIN_DONE;
    scene_must(order_gate_judge(&gate, signed_order, command, now_us, &verdict, &code));
    return code;
}

static void done(enum order_gate_end ended, u64 seq)
{
    scene_must(order_gate_done(&gate, &verdict, ended, seq));
}

static struct span fact(void)
{
    static struct command_fact_set set;
    set = (struct command_fact_set){
        .person = 7, .fact = FACT_KIND_RESIDENCE, .value = 5, .until = UINT64_MAX};
    set.expires = UINT64_MAX;
    return record_of(&set, COMMAND_FACT_SET, 0);
}

static struct span restriction(u32 account, u64 vector)
{
    static struct command_restrict set;
    set = (struct command_restrict){.restrictions = vector, .cause = 3};
    return record_of(&set, COMMAND_RESTRICT, account);
}

/* ---- tests ---- */

static void what_loosens_wants_two(void **state)
{
    struct command_fact_set sent;
    (void)state;
    assert_int_equal(judge(NULL, fact()), ADMIN_UNSIGNED);
    assert_int_equal(verdict.detail, 2);
    sign(fact(), 1, ANNA, ANNA, false);
    assert_int_equal(judge(&order, fact()), ADMIN_UNSIGNED);
    sign(fact(), 2, ANNA, ANNA, false);
    assert_int_equal(judge(&order, fact()), ADMIN_NOT_TWO);
    sign(fact(), 2, BELA, CLEO, false); /* one group */
    assert_int_equal(judge(&order, fact()), ADMIN_NOT_TWO);
    sign(fact(), 2, CLEO, ANNA, false);
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
    assert_int_equal(verdict.command_bytes, sizeof(sent));
    memcpy(&sent, verdict.command, sizeof(sent));
    assert_int_equal(sent.officer, NUMBER(CLEO));
    assert_int_equal(sent.second, NUMBER(ANNA));
    assert_int_equal(verdict.actor, NUMBER(CLEO));
    assert_int_equal(verdict.first_bytes, 0);
    assert_int_equal(gate.refused, 4);
}

static void a_signature_is_for_one_order_of_one_venue(void **state)
{
    struct command_fact_set other;
    (void)state;
    sign(fact(), 2, ANNA, BELA, false);
    memcpy(&other, fact().data, sizeof(other));
    other.value += 1;
    assert_int_equal(judge(&order, span_of(&other, sizeof(other))), ADMIN_BAD_SIGNATURE);
    assert_int_equal(verdict.detail, 0);
    order.until_us += 1;
    assert_int_equal(judge(&order, fact()), ADMIN_BAD_SIGNATURE);
    order.until_us -= 1;
    gate.venue[0] ^= 1;
    assert_int_equal(judge(&order, fact()), ADMIN_BAD_SIGNATURE);
    gate.venue[0] ^= 1;
    order.signatures[1].bytes[9] ^= 1;
    assert_int_equal(judge(&order, fact()), ADMIN_BAD_SIGNATURE);
    assert_int_equal(verdict.detail, 1);
    order.signatures[1].bytes[9] ^= 1;
    order.signatures[1].officer = code_of(CLEO);
    assert_int_equal(judge(&order, fact()), ADMIN_BAD_SIGNATURE);
    order.signatures[1].officer = code_of(99);
    assert_int_equal(judge(&order, fact()), ADMIN_NO_OFFICER);
    order.signatures[1].officer = code_of(BELA);
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
}

static void an_approval_is_used_once_and_in_time(void **state)
{
    (void)state;
    sign(fact(), 2, ANNA, BELA, false);
    now_us += GATE_HOUR_US;
    assert_int_equal(judge(&order, fact()), ADMIN_EXPIRED);
    now_us -= GATE_LIFE_US + 1;
    assert_int_equal(judge(&order, fact()), ADMIN_EXPIRED); /* too far away */
    now_us = BEGIN_US;
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
    done(GATE_ACCEPTED, 100);
    assert_int_equal(judge(&order, fact()), ADMIN_USED);
    assert_int_equal(gate.orders, 1);
    /* Also in another life of the agent. */
    order_gate_close(&gate);
    gate_begin();
    assert_int_equal(judge(&order, fact()), ADMIN_USED);
    /* What the writer refused was used; what never went out was not. */
    sign(fact(), 2, ANNA, BELA, false);
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
    done(GATE_REFUSED, 101);
    assert_int_equal(judge(&order, fact()), ADMIN_USED);
    sign(fact(), 2, ANNA, BELA, false);
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
    done(GATE_NOT_SENT, 0);
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
}

static struct span confirmed_listing(void)
{
    static struct command_listing_set set;
    set = (struct command_listing_set){
        .person = 9, .state = LISTING_STATE_CONFIRMED, .until = UINT64_MAX, .matter = 77};
    set.list = code_name_of(span_of_text("demo-list"));
    return record_of(&set, COMMAND_LISTING_SET, 0);
}

static void what_tightens_wants_a_second_later(void **state)
{
    struct command_case_act act;
    u8 hash[ORDER_HASH_BYTES];
    bool busy = false;
    (void)state;
    sign(confirmed_listing(), 1, BELA, BELA, false);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_DONE);
    memcpy(hash, gate.store.rows[verdict.row].hash, sizeof(hash));
    done(GATE_ACCEPTED, 200);
    order_store_count(&gate.store, now_us);
    assert_int_equal(gate.store.waiting, 1);
    assert_int_equal(gate.store.late, 0);
    order_gate_close(&gate);
    now_us += GATE_CONFIRM_US + GATE_HOUR_US;
    gate_begin();
    assert_int_equal(gate.store.waiting, 1);
    assert_int_equal(gate.store.late, 1);
    /* Not by the same again, nor one of the same group, nor nobody. */
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_NOT_TWO);
    sign(confirmed_listing(), 1, CLEO, CLEO, true);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_NOT_TWO);
    sign(confirmed_listing(), 0, 0, 0, true);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_USED);
    /* The other one, late but at last, with both signatures or with one. */
    sign(confirmed_listing(), 2, BELA, ANNA, true);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_DONE);
    sign(confirmed_listing(), 1, ANNA, ANNA, true);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_DONE);
    assert_true(verdict.confirms);
    assert_int_equal(verdict.command_bytes, sizeof(act));
    memcpy(&act, verdict.command, sizeof(act));
    assert_int_equal(act.head.kind, COMMAND_CASE_ACT);
    assert_int_equal(act.act, CASE_ACT_SECOND);
    assert_int_equal(act.matter, 77);
    assert_int_equal(act.person, 9);
    assert_int_equal(act.officer, NUMBER(BELA));
    assert_int_equal(act.second, NUMBER(ANNA));
    assert_memory_equal(act.evidence, hash, sizeof(hash));
    done(GATE_REFUSED, 0); /* it waits on */
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_DONE);
    done(GATE_ACCEPTED, 201);
    now_us += 2 * GATE_HOUR_US;
    scene_must(order_gate_turn(&gate, now_us, &busy));
    assert_int_equal(gate.store.waiting, 0);
    assert_int_equal(judge(&order, confirmed_listing()), ADMIN_USED);
}

static struct span role_of_person(u16 value)
{
    static struct command_fact_set set;
    set = (struct command_fact_set){.person = 9,
                                    .fact = FACT_KIND_ROLE,
                                    .value = value,
                                    .until = UINT64_MAX,
                                    .expires = UINT64_MAX,
                                    .matter = 77};
    return record_of(&set, COMMAND_FACT_SET, 0);
}

static void a_route_of_payments_stands_in_the_log(void **state)
{
    static const u16 routes[] = {CODE_ROLE_ENTITY, CODE_ROLE_ROUTE};
    struct command_log_entry entry;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(routes); i += 1) {
        sign(role_of_person(routes[i]), 2, ANNA, BELA, false);
        assert_int_equal(judge(&order, role_of_person(routes[i])), ADMIN_DONE);
        assert_int_equal(verdict.first_bytes, sizeof(entry));
        memcpy(&entry, verdict.first, sizeof(entry));
        assert_int_equal(entry.head.kind, COMMAND_LOG_ENTRY);
        assert_int_equal(entry.topic, LOG_TOPIC_ROUTE);
        assert_int_equal(entry.person, 9);
        assert_int_equal(entry.matter, 77);
        assert_int_equal(entry.officer, NUMBER(ANNA));
        assert_int_equal(entry.second, NUMBER(BELA));
        assert_memory_equal(entry.digest, gate.store.rows[verdict.row].hash, sizeof(entry.digest));
        done(GATE_ACCEPTED, 300 + i);
    }
    sign(role_of_person(1), 2, ANNA, BELA, false);
    assert_int_equal(judge(&order, role_of_person(1)), ADMIN_DONE);
    assert_int_equal(verdict.first_bytes, 0);
}

static void a_restriction_has_the_direction_of_what_is_there(void **state)
{
    struct command_case_act act;
    u64 vector = 0;
    (void)state;
    assert_true(vectors_of(&gate.vectors, RESTRICTED, &vector));
    assert_true(vector == WITHDRAW_ONLY);
    /* By the socket alone: more, and it waits for somebody. */
    assert_int_equal(judge(NULL, restriction(FREE, WITHDRAW_ONLY)), ADMIN_DONE);
    assert_int_equal(verdict.actor, 0);
    done(GATE_ACCEPTED, 300);
    order_store_count(&gate.store, now_us);
    assert_int_equal(gate.store.waiting, 1);
    /* Less in any operation: not without two. */
    assert_int_equal(judge(NULL, restriction(RESTRICTED, 0)), ADMIN_UNSIGNED);
    assert_int_equal(judge(NULL, restriction(RESTRICTED, WITHDRAW_ONLY ^ 2)), ADMIN_UNSIGNED);
    assert_int_equal(judge(NULL, restriction(RESTRICTED, WITHDRAW_ONLY | 3)), ADMIN_DONE);
    done(GATE_ACCEPTED, 301);
    sign(restriction(RESTRICTED, 0), 2, ANNA, BELA, false);
    order.matter = 0;
    assert_int_equal(judge(&order, restriction(RESTRICTED, 0)), ADMIN_DONE);
    /* It has no room for officers: a case_act goes before. */
    assert_int_equal(verdict.first_bytes, sizeof(act));
    memcpy(&act, verdict.first, sizeof(act));
    assert_int_equal(act.act, CASE_ACT_DECIDE);
    assert_int_equal(act.officer, NUMBER(ANNA));
    assert_int_equal(act.second, NUMBER(BELA));
    /* While the log has not been read, nothing is known to tighten. */
    gate.vectors.follow.is_drained = false; /* it reads on */
    assert_int_equal(judge(NULL, restriction(FREE, WITHDRAW_ONLY)), ADMIN_DONE);
    gate.vectors.is_short = true;
    assert_int_equal(judge(NULL, restriction(FREE, WITHDRAW_ONLY)), ADMIN_UNSIGNED);
}

static void an_unsigned_one_is_confirmed_by_anybody(void **state)
{
    (void)state;
    assert_int_equal(judge(NULL, restriction(FREE, WITHDRAW_ONLY)), ADMIN_DONE);
    const struct order_row *row = &gate.store.rows[verdict.row];
    u8 nonce[ORDER_NONCE_BYTES];
    u64 until_us = row->until_us;
    memcpy(nonce, row->nonce, sizeof(nonce));
    done(GATE_ACCEPTED, 400);
    struct order_head head = {.until_us = until_us};
    char text[ORDER_TEXT_BYTES];
    memcpy(head.nonce, nonce, sizeof(nonce));
    memcpy(head.venue, gate.venue, sizeof(head.venue));
    size_t size = order_text_print(restriction(FREE, WITHDRAW_ONLY), &head, text);
    order =
        (struct admin_order){.until_us = until_us, .form = ADMIN_FORM_TEXT, .signatures_count = 1};
    memcpy(order.nonce, nonce, sizeof(nonce));
    signature_put(0, CLEO, text, size);
    assert_int_equal(judge(&order, restriction(FREE, WITHDRAW_ONLY)), ADMIN_DONE);
    assert_true(verdict.confirms);
    done(GATE_ACCEPTED, 401);
    assert_int_equal(judge(&order, restriction(FREE, WITHDRAW_ONLY)), ADMIN_USED);
}

static struct span activation(u8 confirmed)
{
    static struct command_pack_activate set;
    set = (struct command_pack_activate){.size = 100, .confirmed = confirmed};
    memset(set.content_hash, 0xab, sizeof(set.content_hash));
    return record_of(&set, COMMAND_PACK_ACTIVATE, 0);
}

static void a_pack_is_signed_as_a_pack(void **state)
{
    char text[ORDER_PACK_TEXT_BYTES];
    (void)state;
    u8 hash[ORDER_PACK_HASH_BYTES];
    memset(hash, 0xab, sizeof(hash));
    size_t size = order_text_pack(hash, text);
    order = (struct admin_order){.form = ADMIN_FORM_PACK, .signatures_count = 2};
    signature_put(0, ANNA, text, size);
    signature_put(1, BELA, text, size);
    assert_int_equal(judge(&order, activation(1)), ADMIN_MALFORMED); /* dates to be confirmed */
    assert_int_equal(judge(&order, fact()), ADMIN_MALFORMED);
    assert_int_equal(judge(&order, activation(0)), ADMIN_DONE);
    done(GATE_REFUSED, 0); /* the parts were missing, say */
    assert_int_equal(judge(&order, activation(0)), ADMIN_DONE);
    done(GATE_ACCEPTED, 500);
    now_us += 1000 * GATE_LIFE_US;
    assert_int_equal(judge(&order, activation(0)), ADMIN_USED); /* for ever */
    sign(activation(1), 2, ANNA, BELA, false);
    assert_int_equal(judge(&order, activation(1)), ADMIN_DONE);
}

static void without_a_register_everything_passes(void **state)
{
    (void)state;
    order_gate_close(&gate);
    scene_must(order_gate_open(&gate, disk_real(), folder, NULL));
    assert_int_equal(judge(NULL, fact()), ADMIN_DONE);
    assert_int_equal(verdict.row, ORDER_ROW_NONE);
    assert_int_equal(judge(NULL, restriction(RESTRICTED, 0)), ADMIN_DONE);
    assert_int_equal(judge(&order, fact()), ADMIN_NO_REGISTER);
}

static void kinds_without_a_text_pass_unsigned(void **state)
{
    static struct command_deposit deposit;
    static struct command_case_act act;
    (void)state;
    assert_int_equal(judge(NULL, record_of(&deposit, COMMAND_DEPOSIT, 1)), ADMIN_DONE);
    order = (struct admin_order){.form = ADMIN_FORM_TEXT};
    assert_int_equal(judge(&order, record_of(&deposit, COMMAND_DEPOSIT, 1)), ADMIN_MALFORMED);
    act.act = CASE_ACT_TAKE;
    assert_int_equal(judge(NULL, record_of(&act, COMMAND_CASE_ACT, 0)), ADMIN_DONE);
    assert_int_equal(verdict.row, ORDER_ROW_NONE);
    act.act = CASE_ACT_WHITELIST;
    assert_int_equal(judge(NULL, record_of(&act, COMMAND_CASE_ACT, 0)), ADMIN_UNSIGNED);
    act.act = CASE_ACT_DECIDE;
    assert_int_equal(judge(NULL, record_of(&act, COMMAND_CASE_ACT, 0)), ADMIN_UNSIGNED);
    assert_int_equal(verdict.detail, 1);
    sign(record_of(&act, COMMAND_CASE_ACT, 0), 1, ANNA, ANNA, false);
    assert_int_equal(judge(&order, record_of(&act, COMMAND_CASE_ACT, 0)), ADMIN_DONE);
    struct command_case_act sent;
    memcpy(&sent, verdict.command, sizeof(sent));
    assert_int_equal(sent.officer, NUMBER(ANNA));
    assert_int_equal(sent.second, 0);
    act.act = CASE_ACT_SECOND; /* whose name is the second one's place */
    sign(record_of(&act, COMMAND_CASE_ACT, 0), 1, BELA, BELA, false);
    assert_int_equal(judge(&order, record_of(&act, COMMAND_CASE_ACT, 0)), ADMIN_DONE);
    memcpy(&sent, verdict.command, sizeof(sent));
    assert_int_equal(sent.officer, 0);
    assert_int_equal(sent.second, NUMBER(BELA));
}

static void directions_are_those_of_the_writer(void **state)
{
    struct command_ownership_set share = {
        .compare = SHARE_COMPARE_ABOVE, .percent = 5000, .lower = 5000, .upper = 9000};
    struct command_listing_set listing = {.state = LISTING_STATE_CANDIDATE};
    struct command_pack_replace replace = {.size = 1};
    const u8 *bytes = record_of(&share, COMMAND_OWNERSHIP_SET, 0).data;
    (void)state;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2); /* 50 is not above 50 */
    share.compare = SHARE_COMPARE_AT_LEAST;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 1);
    assert_true(four_eyes_of(bytes, 0, true).wants_confirmed);
    share.lower = 4999;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
    share.control = TRUTH_YES;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 1);
    share.upper = 4999; /* control with a small share is a "no" for rules about shares */
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
    share.upper = 9000;
    share.replaces = 1;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
    bytes = record_of(&listing, COMMAND_LISTING_SET, 0).data;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 1);
    listing.replaces = 4;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
    listing.replaces = 0;
    listing.state = LISTING_STATE_CLEAR;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
    bytes = record_of(&replace, COMMAND_PACK_REPLACE, 0).data;
    assert_int_equal(four_eyes_of(bytes, 0, true).signatures, 2);
}

static void a_full_table_refuses_and_a_damaged_row_is_free(void **state)
{
    (void)state;
    sign(fact(), 2, ANNA, BELA, false);
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        gate.store.rows[i].state = ORDER_ROW_USED;
        gate.store.rows[i].until_us = now_us;
    }
    assert_int_equal(judge(&order, fact()), ADMIN_FULL);
    gate.store.rows[7].until_us = now_us - 1; /* its time is over */
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
    assert_int_equal(verdict.row, 7);
    order_gate_close(&gate);
    struct file file;
    char path[FILE_PATH_BYTES];
    u8 byte = 0xff;
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, ORDER_STORE_FOLDER, ORDER_STORE_FILE);
    scene_must(file_open(disk_real(), path, FILE_WRITE, &file));
    scene_must(file_write_at(&file, 7 * ORDER_ROW_BYTES + 40, &byte, 1));
    file_close(&file);
    gate_begin();
    assert_int_equal(judge(&order, fact()), ADMIN_DONE);
}

/* What an image says, and what came after it. */
static void restrictions_are_read_from_an_image_too(void **state)
{
    bool busy = true;
    u64 vector = 0;
    struct vectors vectors;
    (void)state;
    assert_true(scene_image(folder, clock_real()) > 0);
    scene_must(vectors_open(&vectors, disk_real(), folder));
    assert_false(vectors_of(&vectors, RESTRICTED, &vector));
    while (busy) {
        busy = false;
        scene_must(vectors_turn(&vectors, &busy));
    }
    assert_true(vectors_of(&vectors, RESTRICTED, &vector));
    assert_true(vector == WITHDRAW_ONLY);
    assert_true(vectors_of(&vectors, FREE, &vector) && vector == 0);
    assert_true(vectors_of(&vectors, VECTORS_ACCOUNTS_MAX - 1, &vector) && vector == 0);
    assert_false(vectors_of(&vectors, VECTORS_ACCOUNTS_MAX, &vector));
    /* Of a linked account what is set by hand counts, not what comes of the rules. */
    struct state_account account = {.head = {.kind = STATE_ACCOUNT, .account = FREE},
                                    .restrictions = 3};
    struct state_link link = {.head = {.kind = STATE_LINK, .account = FREE}, .hand = 1};
    assert_true(vectors.sink.state(&vectors.sink, (const u8 *)&account, sizeof(account)));
    assert_true(vectors_of(&vectors, FREE, &vector) && vector == 3);
    assert_true(vectors.sink.state(&vectors.sink, (const u8 *)&link, sizeof(link)));
    assert_true(vectors_of(&vectors, FREE, &vector) && vector == 1);
    /* So it does of one that is paused and has no person, and of new ones. */
    struct state_login login = {.head = {.kind = STATE_LOGIN, .account = FREE}, .hand = 2};
    assert_true(vectors.sink.state(&vectors.sink, (const u8 *)&login, sizeof(login)));
    assert_true(vectors_of(&vectors, FREE, &vector) && vector == 2);
    struct {
        struct event_applied event;
        struct command_login_open open;
    } opened = {
        .event = {.head = {.kind = EVENT_APPLIED}},
        .open = {.head = {.kind = COMMAND_LOGIN_OPEN, .account = FREE + 1}, .restrictions = 3}};
    assert_true(vectors.sink.event(&vectors.sink, (const u8 *)&opened, sizeof(opened), 0));
    assert_true(vectors_of(&vectors, FREE + 1, &vector) && vector == 3);
    struct {
        struct event_applied event;
        struct command_account_add add;
    } added = {
        .event = {.head = {.kind = EVENT_APPLIED}},
        .add = {.head = {.kind = COMMAND_ACCOUNT_ADD, .account = FREE + 2}, .restrictions = 1}};
    assert_true(vectors.sink.event(&vectors.sink, (const u8 *)&added, sizeof(added), 0));
    assert_true(vectors_of(&vectors, FREE + 2, &vector) && vector == 1);
    vectors_close(&vectors);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_loosens_wants_two),
        TEST(a_signature_is_for_one_order_of_one_venue),
        TEST(an_approval_is_used_once_and_in_time),
        TEST(what_tightens_wants_a_second_later),
        TEST(a_route_of_payments_stands_in_the_log),
        TEST(a_restriction_has_the_direction_of_what_is_there),
        TEST(an_unsigned_one_is_confirmed_by_anybody),
        TEST(a_pack_is_signed_as_a_pack),
        TEST(without_a_register_everything_passes),
        TEST(kinds_without_a_text_pass_unsigned),
        TEST(directions_are_those_of_the_writer),
        TEST(a_full_table_refuses_and_a_damaged_row_is_free),
        TEST(restrictions_are_read_from_an_image_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
