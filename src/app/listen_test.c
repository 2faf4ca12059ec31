/* Aim: a socket that listens at the address and port asked for, connections wait at it while nobody
 * accepts, and the port can be had again at once.
 *
 * Method: loopback only, with ports the system chooses. */
#include "app/listen.h"

#include "tests/support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(u16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    if (connect(client, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        (void)close(client);
        return -1;
    }
    return client;
}

static void connections_wait(void **state)
{
    int listener = -1;
    u16 port = 0;
    (void)state;
    assert_int_equal(listen_open("127.0.0.1", 0, &listener, &port), FAULT_NONE);
    assert_true(port > 0);
    int client = connect_to(port);
    assert_true(client >= 0);
    int server = accept(listener, NULL, NULL);
    assert_true(server >= 0);
    int other = -1;
    u16 other_port = 0;
    assert_int_equal(listen_open("127.0.0.1", port, &other, &other_port), FAULT_IO);
    assert_int_equal(other, -1);
    (void)close(server); /* first: its side stays in TIME_WAIT */
    (void)close(client);
    (void)close(listener);
    assert_int_equal(connect_to(port), -1);
    assert_int_equal(listen_open("127.0.0.1", port, &listener, &other_port), FAULT_NONE);
    assert_int_equal(other_port, port);
    (void)close(listener);
}

static void only_digits_are_an_address(void **state)
{
    int listener = 0;
    u16 port = 0;
    (void)state;
    assert_int_equal(listen_open("localhost", 0, &listener, &port), FAULT_CONFIG);
    assert_int_equal(listener, -1);
}

static void hosts_are_printed_as_in_a_url(void **state)
{
    char text[LISTEN_HOST_BYTES];
    (void)state;
    listen_host_print("127.0.0.1", 8080, text);
    assert_string_equal(text, "127.0.0.1:8080");
    listen_host_print("::1", 65535, text);
    assert_string_equal(text, "[::1]:65535");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(connections_wait),
                                       cmocka_unit_test(only_digits_are_an_address),
                                       cmocka_unit_test(hosts_are_printed_as_in_a_url)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
