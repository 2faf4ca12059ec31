/* Aim: a client order id keeps all its symbols in 27 bytes, equal ids have equal bytes, and
 * whatever is outside the alphabet or too long is refused. Method: edges by name, then random ids
 * both ways. */
#include "wire/client_id.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void pack_refuses_empty_long_and_foreign(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "a b", "a.b", "a/b", "caf\xc3\xa9",
                                        "a\n", "[x]", "a:b"};
    struct client_id id;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        memset(&id, 255, sizeof(id));
        assert_false(client_id_pack(&id, span_of_text(texts[i])));
        assert_true(span_is_zero(span_of(&id, sizeof(id))));
    }
    static const char long_id[] = "0123456789012345678901234567890123456";
    assert_int_equal(sizeof(long_id) - 1, CLIENT_ID_SYMBOLS_MAX + 1);
    assert_false(client_id_pack(&id, span_of_text(long_id)));
    assert_true(client_id_pack(&id, span_of(long_id, CLIENT_ID_SYMBOLS_MAX)));
}

static void every_symbol_survives_at_every_place(void **state)
{
    (void)state;
    for (u32 place = 0; place < CLIENT_ID_SYMBOLS_MAX; place += 1) {
        for (u32 symbol = 0; symbol < 64; symbol += 1) {
            char text[CLIENT_ID_SYMBOLS_MAX + 1] = {0};
            memset(text, 'A', place);
            text[place] = alphabet[symbol];
            struct client_id id;
            assert_true(client_id_pack(&id, span_of_text(text)));
            assert_true(client_id_valid(&id));
            assert_int_equal(id.length, place + 1);
            char back[CLIENT_ID_SYMBOLS_MAX + 1];
            assert_int_equal(client_id_print(&id, back), place + 1);
            assert_string_equal(back, text);
        }
    }
}

static void equal_ids_have_equal_bytes(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(20000); round > 0; round -= 1) {
        char first[CLIENT_ID_SYMBOLS_MAX + 1] = {0};
        u32 length = (u32)random_between(&random, 1, CLIENT_ID_SYMBOLS_MAX);
        for (u32 i = 0; i < length; i += 1) {
            first[i] = alphabet[random_below(&random, 64)];
        }
        char second[CLIENT_ID_SYMBOLS_MAX + 1];
        memcpy(second, first, sizeof(first));
        bool same = random_chance(&random, 1, 2);
        if (!same) {
            u32 place = (u32)random_below(&random, length);
            second[place] = second[place] == 'x' ? 'y' : 'x';
        }
        struct client_id a;
        struct client_id b;
        assert_true(client_id_pack(&a, span_of_text(first)));
        assert_true(client_id_pack(&b, span_of_text(second)));
        assert_int_equal(client_id_equal(&a, &b), same);
        assert_int_equal(memcmp(&a, &b, sizeof(a)) == 0, same);
    }
}

static void shorter_id_is_not_equal_to_its_padding(void **state)
{
    (void)state;
    struct client_id a;
    struct client_id b;
    assert_true(client_id_pack(&a, span_of_text("x")));
    assert_true(client_id_pack(&b, span_of_text("xA"))); /* A is six zero bits */
    assert_int_equal(memcmp(a.packed, b.packed, sizeof(a.packed)), 0);
    assert_false(client_id_equal(&a, &b));
}

static void valid_wants_zero_bits_behind_the_end(void **state)
{
    (void)state;
    struct client_id id = {0};
    assert_true(client_id_valid(&id));
    for (u32 length = 0; length <= CLIENT_ID_SYMBOLS_MAX; length += 1) {
        for (u32 bit = 0; bit < CLIENT_ID_PACKED_BYTES * 8; bit += 1) {
            id = (struct client_id){.length = (u8)length};
            id.packed[bit / 8] = (u8)(128U >> bit % 8);
            assert_int_equal(client_id_valid(&id), bit < length * 6);
        }
    }
    for (u32 length = CLIENT_ID_SYMBOLS_MAX + 1; length < 256; length += 1) {
        id = (struct client_id){.length = (u8)length};
        assert_false(client_id_valid(&id));
    }
}

static void bytes_in_use_grow_with_the_length(void **state)
{
    (void)state;
    assert_int_equal(client_id_bytes(0), 1);
    assert_int_equal(client_id_bytes(1), 2);
    assert_int_equal(client_id_bytes(4), 4);
    assert_int_equal(client_id_bytes(CLIENT_ID_SYMBOLS_MAX), sizeof(struct client_id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pack_refuses_empty_long_and_foreign),
        cmocka_unit_test(every_symbol_survives_at_every_place),
        cmocka_unit_test(equal_ids_have_equal_bytes),
        cmocka_unit_test(shorter_id_is_not_equal_to_its_padding),
        cmocka_unit_test(valid_wants_zero_bits_behind_the_end),
        cmocka_unit_test(bytes_in_use_grow_with_the_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
