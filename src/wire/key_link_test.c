/* Aim: what one side makes the other reads, and nothing else passes. Method: records as made, then
 * with each byte changed in turn; which bytes are free is known; each bound, and one beyond. */
#include "wire/key_link.h"

#include "tests/support/test.h"

#include <string.h>

static struct span as_span(const void *record, size_t size)
{
    return (struct span){.data = record, .size = size};
}

static struct key_ask ask_of(u8 kind)
{
    struct key_ask ask = {.head = {.account = 9, .source_index = 44},
                          .key_kind = kind,
                          .label_bytes = 3,
                          .networks_count = 2,
                          .public_bytes = kind == KEY_KIND_HMAC ? 0 : 5};
    memcpy(ask.label, "bot", 3);
    ask.networks[16] = 128;
    ask.networks[17 + 16] = 96;
    memset(ask.public_key, 'P', ask.public_bytes);
    key_ask_finish(&ask);
    return ask;
}

static struct key_answer answer_of(u8 kind)
{
    struct key_answer answer = {.head = {.account = 9, .source_index = 44}, .key_kind = kind};
    memset(answer.name, 'a', sizeof(answer.name));
    memset(answer.key_id, 7, sizeof(answer.key_id));
    memset(kind == KEY_KIND_HMAC ? answer.secret : answer.public_key, 'Z',
           kind == KEY_KIND_HMAC ? sizeof(answer.secret) : sizeof(answer.public_key));
    key_answer_finish(&answer);
    return answer;
}

static bool ask_passes(const struct key_ask *ask)
{
    static const struct key_ask zeros;
    struct key_ask read;
    bool passes = key_ask_read(as_span(ask, sizeof(*ask)), &read);
    assert_memory_equal(&read, passes ? ask : &zeros, sizeof(read));
    return passes;
}

static bool answer_passes(const struct key_answer *answer)
{
    static const struct key_answer zeros;
    struct key_answer read;
    bool passes = key_answer_read(as_span(answer, sizeof(*answer)), &read);
    assert_memory_equal(&read, passes ? answer : &zeros, sizeof(read));
    return passes;
}

static void what_was_made_is_read(void **state)
{
    (void)state;
    struct key_ask ask;
    struct key_answer answer;
    for (u8 kind = KEY_KIND_HMAC; kind <= KEY_KIND_RSA; kind += 1) {
        struct key_ask made = ask_of(kind);
        assert_true(ask_passes(&made));
        assert_false(key_ask_read(as_span(&made, sizeof(made) - WIRE_UNIT), &ask));
        struct key_answer told = answer_of(kind);
        assert_true(answer_passes(&told));
        assert_false(key_answer_read(as_span(&told, sizeof(told) - 1), &answer));
    }
    assert_false(key_ask_read(as_span(NULL, 0), &ask));
    assert_false(key_answer_read(as_span(NULL, 0), &answer));
}

/* Bytes of an ask that may be anything: account, number, and the contents that are counted. */
static bool ask_byte_is_free(size_t index)
{
    struct {
        size_t first;
        size_t count;
    } free[] = {
        {offsetof(struct key_ask, head.account), 4},
        {offsetof(struct key_ask, head.source_index), 8},
        {offsetof(struct key_ask, label), 3},
        {offsetof(struct key_ask, networks), 16},
        {offsetof(struct key_ask, networks) + 17, 16},
        {offsetof(struct key_ask, public_key), 5},
    };
    for (u32 i = 0; i < ARRAY_COUNT(free); i += 1) {
        if (index >= free[i].first && index - free[i].first < free[i].count) {
            return true;
        }
    }
    return false;
}

static void every_byte_of_an_ask_is_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(struct key_ask); i += 1) {
        struct key_ask ask = ask_of(KEY_KIND_RSA);
        ((u8 *)&ask)[i] ^= 0x80;
        /* None of the bits count; the key is longer and ends with zeros. */
        bool other = i == offsetof(struct key_ask, networks) + 16 ||
                     i == offsetof(struct key_ask, public_bytes);
        assert_int_equal(ask_passes(&ask), ask_byte_is_free(i) || other);
    }
}

static bool answer_byte_is_free(size_t index)
{
    return (index >= offsetof(struct key_answer, head.account) &&
            index < offsetof(struct key_answer, status)) ||
           (index >= offsetof(struct key_answer, key_id) &&
            index < offsetof(struct key_answer, padding));
}

static void every_byte_of_an_answer_is_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(struct key_answer); i += 1) {
        struct key_answer answer = answer_of(KEY_KIND_ED25519);
        ((u8 *)&answer)[i] ^= 0x80;
        assert_int_equal(answer_passes(&answer), answer_byte_is_free(i));
    }
}

static void counts_have_their_bounds(void **state)
{
    (void)state;
    struct key_ask ask = ask_of(KEY_KIND_ED25519);
    ask.label_bytes = KEY_LINK_LABEL_MAX;
    ask.networks_count = KEY_LINK_NETWORKS_MAX;
    ask.public_bytes = KEY_LINK_PUBLIC_MAX;
    assert_true(ask_passes(&ask));
    ask.label_bytes += 1;
    assert_false(ask_passes(&ask));
    ask.label_bytes -= 1;
    ask.networks_count += 1;
    assert_false(ask_passes(&ask));
    ask.networks_count -= 1;
    ask.public_bytes += 1;
    assert_false(ask_passes(&ask));
    ask = ask_of(KEY_KIND_HMAC);
    ask.networks[16] = 129;
    assert_false(ask_passes(&ask));
    ask = ask_of(KEY_KIND_HMAC);
    ask.public_bytes = 1; /* a shared secret is ours to invent */
    assert_false(ask_passes(&ask));
    ask = ask_of(KEY_KIND_RSA);
    ask.public_bytes = 0;
    memset(ask.public_key, 0, sizeof(ask.public_key));
    assert_false(ask_passes(&ask));
}

static void a_refusal_tells_nothing_else(void **state)
{
    (void)state;
    for (u8 status = KEY_ANSWER_BAD_PUBLIC; status < KEY_ANSWER_STATUSES; status += 1) {
        struct key_answer answer = {.status = status, .key_kind = KEY_KIND_HMAC};
        key_answer_finish(&answer);
        assert_true(answer_passes(&answer));
        answer.secret[0] = 'a';
        assert_false(answer_passes(&answer));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_is_read),
        cmocka_unit_test(every_byte_of_an_ask_is_looked_at),
        cmocka_unit_test(every_byte_of_an_answer_is_looked_at),
        cmocka_unit_test(counts_have_their_bounds),
        cmocka_unit_test(a_refusal_tells_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
