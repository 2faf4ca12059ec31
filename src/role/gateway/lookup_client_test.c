/* Aim: an answer comes whole and once, or the question ends otherwise and in time, whatever the
 * history does: slow, dead and back, or hostile. Method: the history's ends of the channels are in
 * the test's hand, and a clock that stands still until it is moved. */
#include "role/gateway/lookup_client.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>

enum { BYTES = 1 << 15, ACCOUNT = 5, SECOND_US = 1000000 };

static struct channel asks;
static struct channel answers;
static struct channel_reader asked;   /* the history's end */
static struct channel_writer replies; /* the history's end */
static struct clock_false now;
static struct lookup_client *client;
static void *memory;
static struct lookup_ask ask_seen;
static u64 generation;
static u64 position;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static void client_open(void)
{
    struct arena arena;
    struct footprint footprint = lookup_client_footprint();
    assert_false(footprint.overflown);
    memory = aligned_alloc(64, (footprint.bytes + 63) / 64 * 64);
    assert_non_null(memory);
    arena_init(&arena, memory, footprint.bytes);
    struct lookup_client_options options = {
        .clock = &now.clock, .asks = &asks, .answers = &answers, .timeout_us = SECOND_US};
    must(lookup_client_open(&client, &options, &arena));
}

static int set_up(void **state)
{
    (void)state;
    static const u16 kinds[] = {LOOKUP_RECORD_ASK};
    clock_false_init(&now, 1669100000000000);
    must(channel_create(&asks, "asks", BYTES));
    must(channel_create(&answers, "answers", BYTES));
    must(channel_reader_open(&asked, &asks, kinds, 1, LOOKUP_SOURCE_GATEWAY));
    must(channel_writer_open(&replies, &answers));
    client_open();
    generation = 1;
    position = 100;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    channel_close(&asks);
    channel_close(&answers);
    free(memory);
    return 0;
}

/* ---- the history's side ---- */

static bool question_seen(void)
{
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    const char *reason = NULL;
    if (channel_take(&asked, record, &size) != CHANNEL_RECORD) {
        return false;
    }
    channel_release(&asked);
    assert_true(lookup_ask_check(&ask_seen, record, size, &reason));
    return true;
}

static void reply(const void *record, size_t size)
{
    assert_int_equal(channel_put(&replies, span_of(record, size)), CHANNEL_PUT);
    channel_flush(&replies);
}

static void reply_rows(u64 ticket, enum lookup_kind lookup, u32 first, const void *rows, u32 count)
{
    static u8 record[LOOKUP_BYTES_MAX];
    reply(record, lookup_rows_put(record, lookup, ticket, first, rows, count));
}

static void reply_end(u64 ticket, u8 lookup, enum lookup_status status, u16 rows_count)
{
    struct lookup_answer answer = lookup_answer_of(ticket, lookup, status);
    answer.rows_count = rows_count;
    answer.position = position;
    answer.generation = generation;
    reply(&answer, sizeof(answer));
}

/* ---- the gateway's side ---- */

static struct lookup_result result;

static bool take(void)
{
    bool more = true;
    while (more) {
        if (lookup_take(client, &result, &more)) {
            assert_true(more);
            return true;
        }
    }
    return false;
}

static u64 send(enum lookup_kind lookup)
{
    u64 ticket = 0;
    struct lookup_ask ask = lookup_ask_of(lookup);
    ask.account = ACCOUNT;
    ask.position_min = 50;
    ask.limit = 1000;
    assert_true(lookup_send(client, &ask, &ticket));
    assert_true(ticket > 0);
    return ticket;
}

static void ended(u64 ticket, enum lookup_status status, u32 count)
{
    assert_true(take());
    assert_true(result.ticket == ticket);
    assert_int_equal(result.status, status);
    assert_int_equal(result.count, count);
    assert_true(status == LOOKUP_TIMEOUT || result.position == position || count == 0);
}

static void a_question_arrives_and_its_answer_comes_back(void **state)
{
    (void)state;
    static struct history_trade rows[1000];
    struct lookup_ask ask = lookup_ask_of(LOOKUP_TRADES);
    u64 ticket = 0;
    ask.market = 3;
    ask.from_id = 9;
    ask.limit = 1000;
    assert_true(lookup_send(client, &ask, &ticket));
    assert_true(question_seen());
    assert_true(ask_seen.ticket == ticket && ask_seen.market == 3 && ask_seen.from_id == 9);
    assert_false(question_seen());
    u32 each = lookup_rows_per_record(LOOKUP_TRADES);
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        rows[i] = (struct history_trade){.trade_id = i + 9, .buyer_is_maker = i % 3 == 0};
    }
    u32 sent = 0;
    while (sent < 1000) {
        assert_false(take());
        u32 count = 1000 - sent < each ? 1000 - sent : each;
        reply_rows(ticket, LOOKUP_TRADES, sent, &rows[sent], count);
        sent += count;
    }
    assert_false(take());
    reply_end(ticket, LOOKUP_TRADES, LOOKUP_OK, 1000);
    ended(ticket, LOOKUP_OK, 1000);
    assert_int_equal(result.kind, LOOKUP_TRADES);
    for (u32 i = 0; i < 1000; i += 1) {
        assert_int_equal(result.trades[i].trade_id, i + 9);
        assert_int_equal(result.trades[i].buyer_is_maker, i % 3 == 0);
    }
    assert_true(lookup_position(client) == position);
    assert_false(take());
    assert_int_equal(lookup_client_counts(client).out, 0);
    assert_int_equal(lookup_client_counts(client).misshaped, 0);
}

/* Answers in another order than the questions, one of each kind of end. */
static void every_end_is_told(void **state)
{
    (void)state;
    static const struct history_order order = {.account = ACCOUNT, .order_id = 4};
    u64 first = send(LOOKUP_ORDERS);
    u64 second = send(LOOKUP_ORDERS);
    u64 third = send(LOOKUP_KLINES);
    u64 fourth = send(LOOKUP_BAR);
    u64 fifth = send(LOOKUP_ORDER_BY_ID);
    reply_end(fifth, LOOKUP_ORDER_BY_ID, LOOKUP_OK, 0);
    reply_rows(second, LOOKUP_ORDERS, 0, &order, 1);
    reply_end(second, LOOKUP_ORDERS, LOOKUP_OK, 1);
    reply_end(first, LOOKUP_ORDERS, LOOKUP_BEHIND, 0);
    reply_end(third, LOOKUP_KLINES, LOOKUP_COSTLY, 0);
    reply_end(fourth, LOOKUP_BAR, LOOKUP_FAILED, 0);
    ended(fifth, LOOKUP_OK, 0);
    ended(second, LOOKUP_OK, 1);
    assert_true(result.orders[0].order_id == 4);
    ended(first, LOOKUP_BEHIND, 0);
    ended(third, LOOKUP_COSTLY, 0);
    ended(fourth, LOOKUP_FAILED, 0);
    assert_false(take());
}

static void what_is_told_without_a_question_moves_the_position(void **state)
{
    (void)state;
    assert_true(lookup_position(client) == 0);
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    assert_true(lookup_position(client) == 100);
    position = 200;
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    assert_true(lookup_position(client) == 200);
    assert_int_equal(lookup_client_counts(client).lives, 1);
}

static void only_so_many_are_out(void **state)
{
    (void)state;
    struct lookup_ask ask = lookup_ask_of(LOOKUP_TRADES);
    u64 first = 0;
    u64 ticket = 0;
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        assert_true(lookup_send(client, &ask, &ticket));
        first = i == 0 ? ticket : first;
        assert_true(question_seen()); /* the channel alone holds fewer */
        assert_true(ask_seen.ticket == ticket && ticket == first + i);
    }
    assert_false(lookup_send(client, &ask, &ticket));
    assert_true(ticket == 0);
    assert_false(question_seen());
    reply_end(first + 7, LOOKUP_TRADES, LOOKUP_OK, 0);
    ended(first + 7, LOOKUP_OK, 0);
    assert_true(lookup_send(client, &ask, &ticket));
    assert_false(lookup_send(client, &ask, &ticket));
    lookup_forget(client, first);
    lookup_forget(client, first);
    assert_true(lookup_send(client, &ask, &ticket));
    assert_int_equal(lookup_client_counts(client).out, LOOKUP_QUESTIONS_MAX);
    assert_int_equal(lookup_client_counts(client).refused, 2);
}

static void a_full_channel_refuses(void **state)
{
    (void)state;
    struct lookup_ask ask = lookup_ask_of(LOOKUP_TRADES);
    u64 ticket = 0;
    u32 count = 0;
    while (lookup_send(client, &ask, &ticket)) {
        count += 1;
    }
    assert_true(count > 100 && count < LOOKUP_QUESTIONS_MAX);
    assert_int_equal(lookup_client_counts(client).out, count);
    assert_true(question_seen());
    assert_true(lookup_send(client, &ask, &ticket));
}

static void late_answers_are_timeouts(void **state)
{
    (void)state;
    u64 first = send(LOOKUP_TRADES);
    clock_false_advance(&now, 600ULL * SECOND_US);
    u64 second = send(LOOKUP_TRADES);
    assert_false(take());
    clock_false_advance(&now, 400ULL * SECOND_US - 1);
    assert_false(take());
    clock_false_advance(&now, 1);
    ended(first, LOOKUP_TIMEOUT, 0);
    assert_false(take());
    reply_end(first, LOOKUP_TRADES, LOOKUP_OK, 0); /* nobody waits for it any more */
    assert_false(take());
    assert_int_equal(lookup_client_counts(client).unknown, 1);
    clock_false_advance(&now, 600ULL * SECOND_US);
    ended(second, LOOKUP_TIMEOUT, 0);
    assert_int_equal(lookup_client_counts(client).timeouts, 2);
    assert_int_equal(lookup_client_counts(client).out, 0);
}

/* The history dies in the middle of an answer. Its successor tells that it is another one: then all
 * that is out is asked again, and what had come is forgotten. */
static void a_new_life_is_asked_again(void **state)
{
    (void)state;
    static const struct history_fill rows[3] = {{.trade_id = 1}, {.trade_id = 2}, {.trade_id = 3}};
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    u64 first = send(LOOKUP_FILLS);
    u64 second = send(LOOKUP_FILLS);
    u64 third = send(LOOKUP_FILLS);
    assert_true(question_seen() && question_seen() && question_seen());
    reply_end(third, LOOKUP_FILLS, LOOKUP_OK, 0);
    ended(third, LOOKUP_OK, 0);
    reply_rows(first, LOOKUP_FILLS, 0, rows, 2);
    generation = 2;
    position = 90;
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    assert_int_equal(lookup_client_counts(client).lives, 2);
    assert_true(question_seen());
    assert_true(ask_seen.ticket == first && ask_seen.position_min == 50);
    assert_true(question_seen());
    assert_true(ask_seen.ticket == second);
    assert_false(question_seen());
    reply_rows(first, LOOKUP_FILLS, 0, rows, 3);
    reply_end(first, LOOKUP_FILLS, LOOKUP_OK, 3);
    reply_end(second, LOOKUP_FILLS, LOOKUP_OK, 0);
    ended(first, LOOKUP_OK, 3);
    assert_true(result.fills[2].trade_id == 3);
    ended(second, LOOKUP_OK, 0);
    assert_false(take());
    assert_false(question_seen());
    assert_int_equal(lookup_client_counts(client).misshaped, 0);
}

/* A gateway that begins beside a history that is at work: the first it sees of that life may be an
 * answer of its own. All else is asked again, for it may have been asked of an earlier life. */
static void a_life_may_be_seen_first_in_an_answer(void **state)
{
    (void)state;
    static const struct history_fill rows[2] = {{.trade_id = 1}, {.trade_id = 2}};
    u64 first = send(LOOKUP_FILLS);
    u64 second = send(LOOKUP_FILLS);
    assert_true(question_seen() && question_seen());
    reply_rows(second, LOOKUP_FILLS, 0, rows, 2);
    reply_end(second, LOOKUP_FILLS, LOOKUP_OK, 2);
    ended(second, LOOKUP_OK, 2);
    assert_true(question_seen());
    assert_true(ask_seen.ticket == first);
    assert_false(question_seen());
    assert_int_equal(lookup_client_counts(client).lives, 1);
}

/* The same with more out than the channel takes at once. */
static void asking_again_goes_on_when_there_is_room(void **state)
{
    (void)state;
    u64 first = 0;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        u64 ticket = send(LOOKUP_FILLS);
        first = i == 0 ? ticket : first;
        assert_true(question_seen());
    }
    reply_end(0, 0, LOOKUP_OK, 0);
    assert_false(take());
    u32 seen = 0;
    u8 times[LOOKUP_QUESTIONS_MAX] = {0};
    for (u32 round = 0; round < 3; round += 1) {
        while (question_seen()) {
            times[ask_seen.ticket - first] += 1;
            seen += 1;
        }
        assert_true(round > 0 || seen < LOOKUP_QUESTIONS_MAX);
        assert_false(take());
    }
    assert_int_equal(seen, LOOKUP_QUESTIONS_MAX);
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        assert_int_equal(times[i], 1);
    }
}

/* ---- a hostile history ---- */

enum lie {
    LIE_FIRST,      /* rows that do not follow */
    LIE_KIND,       /* of another kind of question */
    LIE_ACCOUNT,    /* of another account */
    LIE_MANY,       /* more than were wanted */
    LIE_COUNT,      /* the end tells another number */
    LIE_END_KIND,   /* the end is of another kind of question */
    LIE_POSITION,   /* older than what was wanted */
    LIE_INTERLEAVE, /* rows of two answers, mixed */
    LIES
};

static void tell(enum lie lie, u64 ticket, u64 other)
{
    static const struct history_order orders[3] = {
        {.account = ACCOUNT}, {.account = ACCOUNT}, {.account = ACCOUNT + 1}};
    static const struct history_list list = {.account = ACCOUNT};
    switch (lie) {
    case LIE_FIRST:
        reply_rows(ticket, LOOKUP_ORDERS, 0, orders, 1);
        reply_rows(ticket, LOOKUP_ORDERS, 2, orders, 1);
        break;
    case LIE_KIND:
        reply_rows(ticket, LOOKUP_LISTS, 0, &list, 1);
        break;
    case LIE_ACCOUNT:
        reply_rows(ticket, LOOKUP_ORDERS, 0, &orders[1], 2);
        break;
    case LIE_MANY:
        reply_rows(ticket, LOOKUP_ORDERS, 0, orders, 2);
        reply_rows(ticket, LOOKUP_ORDERS, 2, orders, 1);
        break;
    case LIE_COUNT:
        reply_rows(ticket, LOOKUP_ORDERS, 0, orders, 2);
        reply_end(ticket, LOOKUP_ORDERS, LOOKUP_OK, 1);
        break;
    case LIE_END_KIND:
        reply_end(ticket, LOOKUP_LISTS, LOOKUP_OK, 0);
        break;
    case LIE_POSITION:
        position = 49;
        reply_end(ticket, LOOKUP_ORDERS, LOOKUP_OK, 0);
        position = 100;
        break;
    case LIE_INTERLEAVE:
        reply_rows(ticket, LOOKUP_ORDERS, 0, orders, 1);
        reply_rows(other, LOOKUP_ORDERS, 0, orders, 1);
        reply_rows(ticket, LOOKUP_ORDERS, 1, orders, 1);
        break;
    case LIES:
        break;
    }
}

static void lies_end_the_question(void **state)
{
    (void)state;
    for (u32 lie = 0; lie < LIES; lie += 1) {
        u64 tickets[2];
        u64 before = lookup_client_counts(client).misshaped;
        for (u32 i = 0; i < 2; i += 1) {
            struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
            ask.account = ACCOUNT;
            ask.limit = 2;
            ask.position_min = 50;
            assert_true(lookup_send(client, &ask, &tickets[i]));
            assert_true(question_seen());
        }
        tell((enum lie)lie, tickets[0], tickets[1]);
        assert_true(take());
        assert_true(result.ticket == tickets[0]);
        assert_int_equal(result.status, LOOKUP_FAILED);
        assert_int_equal(result.count, 0);
        assert_false(take());
        assert_int_equal(lookup_client_counts(client).misshaped, before + 1);
        lookup_forget(client, tickets[1]);
    }
}

/* Who takes a bar looks at it without counting. */
static void a_bar_is_told_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct bar bar = {.trades = 3};
    u64 first = send(LOOKUP_BAR);
    u64 second = send(LOOKUP_BAR);
    reply_rows(first, LOOKUP_BAR, 0, &bar, 1);
    reply_end(first, LOOKUP_BAR, LOOKUP_OK, 1);
    ended(first, LOOKUP_OK, 1);
    assert_int_equal(result.bar->trades, 3);
    reply_end(second, LOOKUP_BAR, LOOKUP_OK, 0);
    ended(second, LOOKUP_FAILED, 0);
    assert_int_equal(lookup_client_counts(client).misshaped, 1);
}

static void other_records_are_passed_over(void **state)
{
    (void)state;
    static const struct history_order order = {.account = ACCOUNT};
    u64 ticket = send(LOOKUP_ORDERS);
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    reply(&ask, sizeof(ask)); /* a kind that does not come from there */
    struct lookup_answer answer = lookup_answer_of(ticket, LOOKUP_ORDERS, LOOKUP_TIMEOUT);
    reply(&answer, sizeof(answer));
    reply_rows(ticket + 5, LOOKUP_ORDERS, 0, &order, 1);
    assert_false(take());
    assert_int_equal(lookup_client_counts(client).misshaped, 2);
    assert_int_equal(lookup_client_counts(client).unknown, 1);
    for (u32 i = 0; i < LOOKUP_RECORDS_MAX; i += 1) { /* more than one call looks at */
        reply_end(ticket + 1 + i, LOOKUP_ORDERS, LOOKUP_OK, 0);
    }
    reply_rows(ticket, LOOKUP_ORDERS, 0, &order, 1);
    reply_end(ticket, LOOKUP_ORDERS, LOOKUP_OK, 1);
    bool more = false;
    assert_false(lookup_take(client, &result, &more));
    assert_true(more);
    ended(ticket, LOOKUP_OK, 1);
}

static void a_broken_channel_is_told(void **state)
{
    (void)state;
    u64 ticket = send(LOOKUP_ORDERS);
    answers.ring->written = 1ULL << 40; /* more than the ring holds */
    assert_false(take());
    assert_true(lookup_client_counts(client).broken);
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    u64 other = 0;
    assert_false(lookup_send(client, &ask, &other));
    clock_false_advance(&now, 1000ULL * SECOND_US);
    ended(ticket, LOOKUP_TIMEOUT, 0);
    assert_false(take());
}

/* The gateway dies and comes back: its new tickets are not those of before. */
static void tickets_differ_between_lives(void **state)
{
    (void)state;
    u64 before = send(LOOKUP_TRADES);
    clock_false_advance(&now, 5000000);
    free(memory);
    client_open();
    u64 after = send(LOOKUP_TRADES);
    assert_true(after > before);
    reply_end(before, LOOKUP_TRADES, LOOKUP_OK, 0);
    reply_end(after, LOOKUP_TRADES, LOOKUP_OK, 0);
    ended(after, LOOKUP_OK, 0);
    assert_int_equal(lookup_client_counts(client).unknown, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_question_arrives_and_its_answer_comes_back),
        TEST(every_end_is_told),
        TEST(what_is_told_without_a_question_moves_the_position),
        TEST(only_so_many_are_out),
        TEST(a_full_channel_refuses),
        TEST(late_answers_are_timeouts),
        TEST(a_new_life_is_asked_again),
        TEST(a_life_may_be_seen_first_in_an_answer),
        TEST(asking_again_goes_on_when_there_is_room),
        TEST(lies_end_the_question),
        TEST(a_bar_is_told_whole_or_not_at_all),
        TEST(other_records_are_passed_over),
        TEST(a_broken_channel_is_told),
        TEST(tickets_differ_between_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
