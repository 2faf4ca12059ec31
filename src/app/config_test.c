/* Aim: a right file gives exactly its values, a wrong one is refused with file, line, key and
 * reason, and the example that is shipped names every option with its default.
 *
 * Method: small files, each mistake once; the example compared with the table and the package. */
#include "app/config.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static struct config config;

static void refused(const char *text, const char *message)
{
    assert_int_equal(config_read(span_of_text(text), "f", &config), FAULT_CONFIG);
    assert_string_equal(fault_text(), message);
}

static u64 number_of(const char *text, enum config_key key)
{
    enum fault fault = config_read(span_of_text(text), "f", &config);
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    return config.values[key].number;
}

static void what_is_given_holds(void **state)
{
    (void)state;
    static const char text[] = "venue:\n"
                               "  data: '/srv/my venue'\n"
                               "  require_sandbox: true\n"
                               "log: {level: warn}\n"
                               "gateway:\n"
                               "  address: \"::1\"\n"
                               "  port: 9000\n";
    assert_int_equal(number_of(text, CONFIG_GATEWAY_PORT), 9000);
    assert_string_equal(config.values[CONFIG_VENUE_DATA].text, "/srv/my venue");
    assert_int_equal(config.values[CONFIG_VENUE_DATA].line, 2);
    assert_int_equal(config.values[CONFIG_VENUE_REQUIRE_SANDBOX].number, 1);
    assert_int_equal(config.values[CONFIG_LOG_LEVEL].number, 2);
    assert_string_equal(config.values[CONFIG_GATEWAY_ADDRESS].text, "::1");
    /* And everything else has its default. */
    assert_int_equal(config.values[CONFIG_ENGINE_CHANNEL].number, 4 << 20);
    assert_int_equal(config.values[CONFIG_ENGINE_CHANNEL].line, 0);
    assert_int_equal(config.values[CONFIG_SUPERVISOR_PAUSE].number, 100000);
}

static void sizes_and_durations_have_units(void **state)
{
    (void)state;
    assert_int_equal(number_of("engine: {channel: 65536 B}", CONFIG_ENGINE_CHANNEL), 65536);
    assert_int_equal(number_of("engine: {channel: 64KiB}", CONFIG_ENGINE_CHANNEL), 65536);
    assert_int_equal(number_of("engine: {channel: 1 GiB}", CONFIG_ENGINE_CHANNEL), 1 << 30);
    assert_int_equal(number_of("supervisor: {stop: 2500us}", CONFIG_SUPERVISOR_STOP), 2500);
    assert_int_equal(number_of("supervisor: {stop: 3 ms}", CONFIG_SUPERVISOR_STOP), 3000);
    assert_int_equal(number_of("supervisor: {stop: 4 s}", CONFIG_SUPERVISOR_STOP), 4000000);
    assert_int_equal(number_of("supervisor: {stop: 5 min}", CONFIG_SUPERVISOR_STOP), 300000000);
    assert_int_equal(number_of("supervisor: {steady: 6 h}", CONFIG_SUPERVISOR_STEADY),
                     21600000000ULL);
    refused("engine:\n  channel: 65536\n",
            "f:2: engine.channel: \"65536\" is not a whole number and a unit: B, KiB, MiB, GiB");
    refused("engine:\n  channel: 1 kb\n",
            "f:2: engine.channel: \"1 kb\" is not a whole number and a unit: B, KiB, MiB, GiB");
    refused("engine:\n  channel: 1.5 MiB\n",
            "f:2: engine.channel: \"1.5 MiB\" is not a whole number and a unit: B, KiB, MiB, GiB");
    refused("engine:\n  channel: 3 MiB\n", "f:2: engine.channel: \"3 MiB\" is not a power of two");
    refused("engine:\n  channel: 4 B\n",
            "f:2: engine.channel: \"4 B\" is not within 32768 to 1073741824 B");
    refused("supervisor:\n  stop: 18446744073709551615 h\n",
            "f:2: supervisor.stop: \"18446744073709551615 h\" is not a whole number of h");
    refused("supervisor:\n  stop: s\n", "f:2: supervisor.stop: \"s\" is not a whole number of s");
}

static void wrong_keys_are_refused(void **state)
{
    (void)state;
    refused("gatewy:\n  port: 1\n", "f:1: gatewy: unknown key; did you mean gateway");
    refused("gateway:\n  prot: 1\n", "f:2: gateway.prot: unknown key; did you mean port");
    refused("log:\n  zzzzzzzz: 1\n", "f:2: log.zzzzzzzz: unknown key");
    refused("log:\n  port: 1\n", "f:2: log.port: unknown key");
    refused("log:\n  level: info\n\n  level: warn\n", "f:4: log.level: given before, in line 2");
    refused("log:\n  level: info\nlog:\n  format: text\n", "f:3: log: given before");
    refused("? [a]\n: b\n", "f:1: a key is a plain word");
    refused("log:\n  ? {a: b}\n  : c\n", "f:2: a key is a plain word");
}

static void wrong_values_are_refused(void **state)
{
    (void)state;
    refused("gateway:\n  port: 0\n", "f:2: gateway.port: \"0\" is not within 1 to 65535");
    refused("gateway:\n  port: 65536\n", "f:2: gateway.port: \"65536\" is not within 1 to 65535");
    refused("gateway:\n  port: -1\n", "f:2: gateway.port: \"-1\" is not a whole number");
    refused("gateway:\n  port: 0x50\n", "f:2: gateway.port: \"0x50\" is not a whole number");
    refused("gateway:\n  port: '80'\n", "f:2: gateway.port: \"80\" does not stand in quotes here");
    refused("gateway:\n  port:\n", "f:2: gateway.port: the value is missing");
    refused("gateway:\n  port: [1, 2]\n", "f:2: gateway.port: a single value is wanted here");
    refused("gateway:\n  port: &a 80\n", "f:2: gateway.port: a single value is wanted here");
    refused("gateway:\n  port: !!int 80\n", "f:2: gateway.port: a single value is wanted here");
    refused("gateway:\n  address: localhost\n",
            "f:2: gateway.address: \"localhost\" is not an IPv4 or IPv6 address in digits");
    refused("gateway:\n  proxies: 10.0.0.1/8\n",
            "f:2: gateway.proxies: \"10.0.0.1/8\" is not \"none\" or up to 8 addresses or networks "
            "in digits");
    refused("log:\n  level: loud\n", "f:2: log.level: \"loud\" is none of debug|info|warn|error");
    refused("venue:\n  require_sandbox: yes\n",
            "f:2: venue.require_sandbox: \"yes\" is none of false|true");
    refused("venue:\n  data: \"a\\nb\"\n", "f:2: venue.data: a control byte in it");
    refused("venue:\n  data: \"a\\0b\"\n", "f:2: venue.data: a control byte in it");
    refused("supervisor:\n  pause: 20 s\n",
            "f:2: supervisor.pause: longer than supervisor.pause_max");
    refused("admin:\n  port: 8080\n", "f:2: admin.port: the same as gateway.port");
}

static void other_yaml_is_refused(void **state)
{
    (void)state;
    refused("", "f:1: empty: one section at least is wanted");
    refused("- a\n", "f:1: sections are wanted here, each \"name:\"");
    refused("log: info\n", "f:1: log: options are wanted here, each \"name: value\"");
    refused("log: &x {level: info}\n", "f:1: log: options are wanted here, each \"name: value\"");
    refused("log: {level: info}\n---\nlog: {level: info}\n", "f:2: a second document");
    static char large[CONFIG_BYTES_MAX + 2];
    memset(large, '#', CONFIG_BYTES_MAX + 1);
    refused(large, "f:1: larger than 65536 bytes");
    assert_int_equal(config_read(span_of_text("log: {level: info"), "f", &config), FAULT_CONFIG);
    assert_non_null(strstr(fault_text(), ": not YAML: "));
    static char path[CONFIG_TEXT_BYTES + 32] = "venue:\n  data: ";
    memset(path + strlen(path), 'x', CONFIG_TEXT_BYTES);
    refused(path, "f:2: venue.data: longer than 255 bytes");
    assert_int_equal(config_read_file("/nowhere/cambist.yaml", &config), FAULT_MISSING);
}

static void the_example_is_the_table(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    config_print_example(memory);
    assert_int_equal(fclose(memory), 0);
    assert_int_equal(config_read(span_of(text, size), "example", &config), FAULT_NONE);
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        assert_int_not_equal(config.values[index].line, 0);
        assert_string_equal(config.values[index].text, config_options[index].otherwise);
    }
    static char shipped[CONFIG_BYTES_MAX];
    FILE *file = fopen("packaging/cambist.yaml", "r");
    assert_non_null(file);
    size_t shipped_size = fread(shipped, 1, sizeof(shipped), file);
    (void)fclose(file);
    assert_int_equal(shipped_size, size);
    assert_memory_equal(shipped, text, size);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_holds),    cmocka_unit_test(sizes_and_durations_have_units),
        cmocka_unit_test(wrong_keys_are_refused), cmocka_unit_test(wrong_values_are_refused),
        cmocka_unit_test(other_yaml_is_refused),  cmocka_unit_test(the_example_is_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
