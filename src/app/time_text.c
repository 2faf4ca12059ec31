#include "app/time_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define S_US 1000000ULL

enum { FRACTION_DIGITS = 6 };

static const char shape[] = "0000-00-00T00:00:00";

static u32 number_at(const char *text, size_t at, size_t digits)
{
    u32 number = 0;
    for (size_t i = 0; i < digits; i += 1) {
        number = number * 10 + (u32)(text[at + i] - '0');
    }
    return number;
}

static bool has_shape(const char *text)
{
    for (size_t i = 0; i + 1 < sizeof(shape); i += 1) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) {
            return false; /* also at the text's end */
        }
    }
    return true;
}

/* ".123" as microseconds, then Z and nothing else. */
static bool fraction_parse(const char *text, u64 *us_out)
{
    *us_out = 0;
    if (text[0] == '.') {
        text += 1;
        u32 digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < FRACTION_DIGITS; digits += 1, text += 1) {
            *us_out = *us_out * 10 + (u64)(*text - '0');
        }
        if (digits == 0) {
            return false;
        }
        for (; digits < FRACTION_DIGITS; digits += 1) {
            *us_out *= 10;
        }
    }
    return strcmp(text, "Z") == 0;
}

bool time_text_parse(const char *text, u64 *us_out)
{
    u64 fraction_us = 0;
    if (!has_shape(text) || !fraction_parse(text + sizeof(shape) - 1, &fraction_us)) {
        return false;
    }
    struct tm given = {.tm_year = (int)number_at(text, 0, 4) - 1900,
                       .tm_mon = (int)number_at(text, 5, 2) - 1,
                       .tm_mday = (int)number_at(text, 8, 2),
                       .tm_hour = (int)number_at(text, 11, 2),
                       .tm_min = (int)number_at(text, 14, 2),
                       .tm_sec = (int)number_at(text, 17, 2)};
    struct tm real = given;
    time_t seconds = timegm(&real);
    /* A 31st of November becomes another day. */
    if (seconds < 0 || real.tm_year != given.tm_year || real.tm_mon != given.tm_mon ||
        real.tm_mday != given.tm_mday || real.tm_hour != given.tm_hour ||
        real.tm_min != given.tm_min || real.tm_sec != given.tm_sec) {
        return false;
    }
    *us_out = (u64)seconds * S_US + fraction_us;
    return true;
}

const char *time_text_print(u64 us, char target[TIME_TEXT_BYTES])
{
    time_t seconds = (time_t)(us / S_US);
    struct tm moment;
    if (gmtime_r(&seconds, &moment) == NULL || moment.tm_year > 9999 - 1900) {
        (void)snprintf(target, TIME_TEXT_BYTES, "-");
        return target;
    }
    size_t used = strftime(target, TIME_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &moment);
    (void)snprintf(target + used, TIME_TEXT_BYTES - used, ".%06lluZ",
                   (unsigned long long)(us % S_US));
    return target;
}
