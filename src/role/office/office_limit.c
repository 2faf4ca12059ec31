#include "role/office/office_limit.h"

#include "base/bytes.h"

#include <string.h>

#define MINUTE_MS 60000U

void office_limit_init(struct office_limit *limit, const u8 key[OFFICE_LIMIT_KEY_BYTES])
{
    memset(limit, 0, sizeof(*limit));
    memcpy(limit->key, key, sizeof(limit->key));
}

static u32 place_of(const struct office_limit *limit, struct sha256 *sha256, struct span code)
{
    u8 hash[SHA256_BYTES];
    sha256_begin(sha256);
    sha256_add(sha256, span_of(limit->key, sizeof(limit->key)));
    sha256_add(sha256, code);
    sha256_end(sha256, hash);
    return bytes_u32(hash) % OFFICE_LIMIT_PLACES;
}

static u64 pause_of(u32 wrong)
{
    u32 beyond = wrong - OFFICE_LIMIT_FREE;
    return beyond >= 16 ? OFFICE_LIMIT_LONG_MS
                        : u64_min((u64)OFFICE_LIMIT_FIRST_MS << beyond, OFFICE_LIMIT_LONG_MS);
}

u64 office_limit_try(struct office_limit *limit, struct sha256 *sha256, struct span code,
                     u64 now_ms)
{
    u32 place = place_of(limit, sha256, code);
    u64 until_ms = limit->places[place].until_ms;
    if (now_ms - limit->minute_ms >= MINUTE_MS) {
        limit->minute_ms = now_ms;
        limit->tried = 0;
    }
    if (until_ms <= now_ms && limit->tried >= OFFICE_LIMIT_ALL) {
        until_ms = limit->minute_ms + MINUTE_MS;
    }
    if (until_ms > now_ms) {
        limit->waits_count += 1;
        return until_ms - now_ms;
    }
    limit->tried += 1;
    return 0;
}

void office_limit_tell(struct office_limit *limit, struct sha256 *sha256, struct span code,
                       bool is_right, u64 now_ms)
{
    u32 place = place_of(limit, sha256, code);
    if (is_right || now_ms - limit->places[place].wrong_ms >= OFFICE_LIMIT_FORGET_MS) {
        limit->places[place].wrong = 0;
    }
    if (is_right) {
        return;
    }
    limit->places[place].wrong += 1;
    limit->places[place].wrong_ms = now_ms;
    if (limit->places[place].wrong >= OFFICE_LIMIT_FREE) {
        limit->places[place].until_ms = now_ms + pause_of(limit->places[place].wrong);
    }
}
