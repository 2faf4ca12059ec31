/* Aim: networks mean what they say, and whatever is doubtful is none. Method: examples, compared
 * with what auth_network_holds makes of them. */
#include "role/gateway/networks.h"

#include "tests/support/test.h"

#include <arpa/inet.h>

enum { MAX = 3 };

static struct auth_network networks[MAX];
static u32 count;

static bool holds(const char *text)
{
    struct auth_address address = {{0}};
    if (inet_pton(AF_INET, text, address.bytes + 12) == 1) {
        address.bytes[10] = 0xff;
        address.bytes[11] = 0xff;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, address.bytes), 1);
    }
    return auth_network_holds(networks, count, &address);
}

static void networks_hold_what_they_say(void **state)
{
    (void)state;
    assert_true(networks_read("none", networks, MAX, &count));
    assert_int_equal(count, 0);
    assert_true(networks_read("127.0.0.1", networks, MAX, &count));
    assert_int_equal(count, 1);
    assert_true(holds("127.0.0.1"));
    assert_false(holds("127.0.0.2"));
    assert_true(networks_read("10.0.0.0/8, ::1 ,fd00::/9", networks, MAX, &count));
    assert_int_equal(count, 3);
    assert_true(holds("10.255.0.1"));
    assert_false(holds("11.0.0.1"));
    assert_true(holds("::1"));
    assert_false(holds("::2"));
    assert_true(holds("fd7f::1"));
    assert_false(holds("fd80::1"));
    assert_true(networks_read("0.0.0.0/0", networks, MAX, &count));
    assert_true(holds("203.0.113.1"));
    assert_false(holds("::1"));
}

static void doubtful_ones_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "localhost",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "::1/129",
        "10.0.0.0/",
        "10.0.0.0/x",
        "10.0.0.0/-1",
        "::1,",
        ",::1",
        "::1 ::2",
        "::1,,::2",
        "None",
        "10.0.0",
        "::1,none",
        "::1,::2,::3,::4",
        "fd00::/7",
        "00000000000000000000000000000000000000000000000000000000000000000000000000001"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        if (networks_read(texts[i], networks, MAX, &count)) {
            fail_msg("\"%s\" is taken for networks", texts[i]);
        }
    }
}

static bool words(const char *text)
{
    return networks_read_words(span_of_text(text), networks, MAX, &count);
}

static void words_are_the_same_with_blanks(void **state)
{
    static const char *const wrong[] = {"",         " ",        "::1 ",          " ::1",
                                        "::1  ::2", "::1,::2",  "10.0.0.1/8",    "1.2.3.4/33",
                                        "none",     "1.2.3.4/", "::/4294967296", "::1 ::2 ::3 ::4"};
    char text[NETWORKS_TEXT_BYTES];
    (void)state;
    assert_true(words("10.0.0.0/8 ::1 fd00::/9"));
    assert_int_equal(count, 3);
    static const char *const printed[] = {"10.0.0.0/8", "::1/128", "fd00::/9"};
    for (u32 i = 0; i < count; i += 1) {
        networks_print(&networks[i], text);
        assert_string_equal(text, printed[i]);
    }
    assert_true(words("::/0"));
    networks_print(&networks[0], text);
    assert_string_equal(text, "::/0");
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(words(wrong[i]));
        assert_int_equal(count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_hold_what_they_say),
        cmocka_unit_test(words_are_the_same_with_blanks),
        cmocka_unit_test(doubtful_ones_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
