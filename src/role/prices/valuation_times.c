#include "role/prices/valuation_times.h"

#include "base/span.h"
#include "wire/json_pull.h"

#define MINUTE_US  60000000ULL
#define DAY_US     (1440ULL * MINUTE_US)
#define TIME_BYTES 5U

static bool digit_of(u8 symbol, u32 below, u32 *digit_out)
{
    *digit_out = (u32)symbol - '0';
    return symbol >= '0' && *digit_out < below;
}

/* "HH:MM" */
static bool minutes_of(struct span text, u16 *minutes_out)
{
    u32 digits[4];
    if (text.size != TIME_BYTES || text.data[2] != ':' || !digit_of(text.data[0], 3, &digits[0]) ||
        !digit_of(text.data[1], 10, &digits[1]) || !digit_of(text.data[3], 6, &digits[2]) ||
        !digit_of(text.data[4], 10, &digits[3])) {
        return false;
    }
    u32 hours = digits[0] * 10 + digits[1];
    *minutes_out = (u16)(hours * 60 + digits[2] * 10 + digits[3]);
    return hours < 24;
}

static bool read_times(struct json_pull *pull, struct valuation_times *times_out)
{
    if (json_pull_next(pull) != JSON_TOKEN_ARRAY_BEGIN) {
        return false;
    }
    for (;;) {
        enum json_token token = json_pull_next(pull);
        if (token == JSON_TOKEN_ARRAY_END) {
            return true;
        }
        if (token != JSON_TOKEN_STRING || times_out->count == VALUATION_TIMES_MAX ||
            !minutes_of(pull->raw, &times_out->minutes[times_out->count])) {
            return false;
        }
        times_out->count += 1;
    }
}

static bool skip_value(struct json_pull *pull)
{
    enum json_token token = json_pull_next(pull);
    bool is_deep = token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN;
    return token != JSON_TOKEN_BAD && (!is_deep || json_pull_skip(pull));
}

/* The object whose key is `wanted`: `read` takes its value, the others are read over. */
static bool read_object(struct json_pull *pull, const char *wanted,
                        bool (*read)(struct json_pull *, struct valuation_times *),
                        struct valuation_times *times_out)
{
    if (json_pull_next(pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    for (;;) {
        enum json_token token = json_pull_next(pull);
        if (token != JSON_TOKEN_KEY) {
            return token == JSON_TOKEN_OBJECT_END;
        }
        bool is_wanted = span_equal(pull->raw, span_of_text(wanted));
        if (!(is_wanted ? read(pull, times_out) : skip_value(pull))) {
            return false;
        }
    }
}

static bool read_pack(struct json_pull *pull, struct valuation_times *times_out)
{
    return read_object(pull, "valuation", read_times, times_out);
}

bool valuation_times_read(struct span canonical, struct valuation_times *times_out)
{
    struct json_pull pull;
    *times_out = (struct valuation_times){.count = 0};
    json_pull_begin(&pull, canonical);
    bool is_good =
        read_object(&pull, "pack", read_pack, times_out) && json_pull_next(&pull) == JSON_TOKEN_END;
    times_out->count = is_good ? times_out->count : 0;
    return is_good;
}

u64 valuation_times_last(const struct valuation_times *times, u64 now_us)
{
    u64 last_us = 0;
    u64 day_us = now_us - now_us % DAY_US;
    for (u32 i = 0; i < times->count; i += 1) {
        u64 at_us = day_us + times->minutes[i] * MINUTE_US;
        if (at_us > now_us) {
            at_us = at_us >= DAY_US ? at_us - DAY_US : 0;
        }
        last_us = u64_max(last_us, at_us);
    }
    return last_us;
}
