#include "app/config_value.h"

#include "app/list_names.h"
#include "app/options.h"
#include "role/gateway/gateway.h"
#include "role/gateway/networks.h"

#include <arpa/inet.h>
#include <string.h>

struct unit {
    const char *name;
    u64 factor;
};

static const struct unit size_units[] = {
    {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {NULL, 0}};
static const struct unit duration_units[] = {
    {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"min", 60000000}, {"h", 3600000000ULL}, {NULL, 0}};

#define REASON(...) ((void)snprintf(reason_out, CONFIG_REASON_BYTES, __VA_ARGS__), false)

static bool number_check(const struct config_option *option, u64 number, const char *text,
                         char reason_out[CONFIG_REASON_BYTES])
{
    if (number < option->minimum || number > option->maximum) {
        return REASON("\"%.40s\" is not within %llu to %llu%s", text,
                      (unsigned long long)option->minimum, (unsigned long long)option->maximum,
                      option->kind == CONFIG_SIZE       ? " B"
                      : option->kind == CONFIG_DURATION ? " us"
                                                        : "");
    }
    if (option->is_power_of_two && (number & (number - 1)) != 0) {
        return REASON("\"%.40s\" is not a power of two", text);
    }
    return true;
}

static bool read_number(const struct config_option *option, struct config_value *value,
                        char reason_out[CONFIG_REASON_BYTES])
{
    if (!options_number(value->text, 0, UINT64_MAX, &value->number)) {
        return REASON("\"%.40s\" is not a whole number", value->text);
    }
    return number_check(option, value->number, value->text, reason_out);
}

/* "4 MiB" or "4MiB". */
static bool read_quantity(const struct config_option *option, const struct unit *units,
                          const char *names, struct config_value *value,
                          char reason_out[CONFIG_REASON_BYTES])
{
    char digits[CONFIG_TEXT_BYTES];
    size_t count = strspn(value->text, "0123456789");
    memcpy(digits, value->text, count);
    digits[count] = 0;
    const char *name = value->text + count;
    name += *name == ' ' ? 1 : 0;
    for (; units->name != NULL; units += 1) {
        if (strcmp(units->name, name) != 0) {
            continue;
        }
        if (!options_number(digits, 0, UINT64_MAX, &value->number) ||
            __builtin_mul_overflow(value->number, units->factor, &value->number)) {
            return REASON("\"%.40s\" is not a whole number of %s", value->text, name);
        }
        return number_check(option, value->number, value->text, reason_out);
    }
    return REASON("\"%.40s\" is not a whole number and a unit: %s", value->text, names);
}

static bool read_choice(const char *words, struct config_value *value,
                        char reason_out[CONFIG_REASON_BYTES])
{
    size_t length = strlen(value->text);
    value->number = 0;
    for (const char *word = words; word != NULL; value->number += 1) {
        const char *end = strchr(word, '|');
        size_t size = end == NULL ? strlen(word) : (size_t)(end - word);
        if (size == length && memcmp(word, value->text, size) == 0) {
            return true;
        }
        word = end == NULL ? NULL : end + 1;
    }
    return REASON("\"%.40s\" is none of %s", value->text, words);
}

static bool read_address(struct config_value *value, char reason_out[CONFIG_REASON_BYTES])
{
    u8 address[16];
    if (inet_pton(AF_INET, value->text, address) != 1 &&
        inet_pton(AF_INET6, value->text, address) != 1) {
        return REASON("\"%.40s\" is not an IPv4 or IPv6 address in digits", value->text);
    }
    return true;
}

static bool read_names(struct config_value *value, char reason_out[CONFIG_REASON_BYTES])
{
    char names[SCREEN_LISTS_MAX][SCREEN_LIST_NAME];
    u32 count = 0;
    if (!list_names_read(value->text, names, &count)) {
        return REASON("\"%.40s\" is not \"none\" or up to %u different names of 1 to 12 of a-z, "
                      "0-9 and -",
                      value->text, SCREEN_LISTS_MAX);
    }
    return true;
}

static bool read_networks(struct config_value *value, char reason_out[CONFIG_REASON_BYTES])
{
    struct auth_network networks[GATEWAY_TRUSTED_MAX];
    u32 count = 0;
    if (!networks_read(value->text, networks, GATEWAY_TRUSTED_MAX, &count)) {
        return REASON("\"%.40s\" is not \"none\" or up to %u addresses or networks in digits",
                      value->text, GATEWAY_TRUSTED_MAX);
    }
    return true;
}

/* Only printed where it has passed: no control byte gets into a message. */
static bool is_printable(const char *text, size_t length)
{
    for (size_t index = 0; index < length; index += 1) {
        if ((u8)text[index] < 0x20 || (u8)text[index] == 0x7f) {
            return false;
        }
    }
    return true;
}

bool config_value_read(const struct config_option *option, const char *text, size_t length,
                       bool is_plain, struct config_value *value_out,
                       char reason_out[CONFIG_REASON_BYTES])
{
    if (length == 0) {
        return REASON("the value is missing");
    }
    if (length >= CONFIG_TEXT_BYTES) {
        return REASON("longer than %u bytes", CONFIG_TEXT_BYTES - 1);
    }
    if (!is_printable(text, length)) {
        return REASON("a control byte in it");
    }
    memcpy(value_out->text, text, length);
    value_out->text[length] = 0;
    bool takes_quotes = option->kind == CONFIG_PATH || option->kind == CONFIG_ADDRESS ||
                        option->kind == CONFIG_NETWORKS;
    if (!is_plain && !takes_quotes) {
        return REASON("\"%.40s\" does not stand in quotes here", value_out->text);
    }
    switch (option->kind) {
    case CONFIG_NUMBER:
        return read_number(option, value_out, reason_out);
    case CONFIG_SIZE:
        return read_quantity(option, size_units, "B, KiB, MiB, GiB", value_out, reason_out);
    case CONFIG_DURATION:
        return read_quantity(option, duration_units, "us, ms, s, min, h", value_out, reason_out);
    case CONFIG_TRUTH:
        return read_choice("false|true", value_out, reason_out);
    case CONFIG_CHOICE:
        return read_choice(option->words, value_out, reason_out);
    case CONFIG_PATH:
        return true;
    case CONFIG_ADDRESS:
        return read_address(value_out, reason_out);
    case CONFIG_NETWORKS:
        return read_networks(value_out, reason_out);
    case CONFIG_NAMES:
        return read_names(value_out, reason_out);
    }
    return REASON("an option of no kind");
}
