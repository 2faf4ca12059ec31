#include "role/gateway/limit.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL
#define TEN_US    (10 * SECOND_US)
#define MINUTE_US (60 * SECOND_US)
#define FIVE_US   (300 * SECOND_US)
#define DAY_US    (86400 * SECOND_US)
#define PEACE_US  (LIMIT_BAN_LAST_S * SECOND_US)

struct limit_entry {
    struct auth_address address;
    u64 banned_until_us; /* of the last ban; 0: never */
    u64 minute;
    u64 five;
    u32 weight[LIMIT_POOL_COUNT];
    u32 requests;
    u32 connects;
    u32 refusals;
    u32 ban_level;
    bool used;
};

struct limit_account {
    u64 ten;
    u64 day;
    u64 minute;
    u32 ten_count;
    u32 day_count;
    u32 weight;
};

static size_t entries_bytes(const struct limit_config *config)
{
    return sizeof(struct limit_entry) * config->addresses_max;
}

size_t limit_bytes(const struct limit_config *config)
{
    return entries_bytes(config) + sizeof(struct limit_account) * config->accounts_max;
}

void limit_init(struct limit *limit, const struct limit_config *config, void *memory)
{
    CHECK(config->addresses_max >= LIMIT_WAYS);
    CHECK((config->addresses_max & (config->addresses_max - 1)) == 0);
    memset(memory, 0, limit_bytes(config));
    *limit = (struct limit){.config = *config, .entries = memory};
    limit->accounts = (struct limit_account *)(limit->entries + config->addresses_max);
}

/* ---- addresses ---- */

struct auth_address limit_key(const struct auth_address *address)
{
    static const u8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct auth_address key = *address;
    if (memcmp(key.bytes, mapped, sizeof(mapped)) != 0) {
        memset(key.bytes + 8, 0, 8);
    }
    return key;
}

/* What is lost when the entry goes: more is worse. */
static u64 entry_worth(const struct limit_entry *entry, u64 now_us)
{
    if (!entry->used) {
        return 0;
    }
    if (entry->banned_until_us > now_us) {
        return (3ULL << 60) | entry->banned_until_us;
    }
    if (entry->banned_until_us != 0 && now_us - entry->banned_until_us < PEACE_US) {
        return (2ULL << 60) | entry->banned_until_us;
    }
    if (entry->minute == now_us / MINUTE_US) {
        return (1ULL << 60) | ((u64)entry->weight[LIMIT_POOL_API] + entry->weight[LIMIT_POOL_SAPI]);
    }
    return 1 + entry->minute;
}

/* What belongs to a window that is over starts again. */
static void entry_roll(struct limit_entry *entry, u64 now_us)
{
    if (entry->minute != now_us / MINUTE_US) {
        entry->minute = now_us / MINUTE_US;
        memset(entry->weight, 0, sizeof(entry->weight));
        entry->refusals = 0;
    }
    if (entry->five != now_us / FIVE_US) {
        entry->five = now_us / FIVE_US;
        entry->requests = 0;
        entry->connects = 0;
    }
}

static struct limit_entry *entry_of(struct limit *limit, const struct auth_address *address,
                                    u64 now_us)
{
    struct auth_address key = limit_key(address);
    u64 hash = hash_bytes(key.bytes, sizeof(key.bytes), limit->config.seed);
    u64 sets_count = limit->config.addresses_max / LIMIT_WAYS;
    struct limit_entry *set = limit->entries + (hash & (sets_count - 1)) * LIMIT_WAYS;
    struct limit_entry *least = set;
    for (u32 i = 0; i < LIMIT_WAYS; i += 1) {
        if (set[i].used && memcmp(set[i].address.bytes, key.bytes, sizeof(key.bytes)) == 0) {
            entry_roll(&set[i], now_us);
            return &set[i];
        }
        if (entry_worth(&set[i], now_us) < entry_worth(least, now_us)) {
            least = &set[i];
        }
    }
    limit->evictions_count += entry_worth(least, now_us) >> 60 != 0;
    *least = (struct limit_entry){.address = key, .used = true};
    entry_roll(least, now_us);
    return least;
}

/* Seconds from now to the end of the window, at least 1. */
static u32 seconds_left(u64 now_us, u64 window_us)
{
    u64 left_us = window_us - now_us % window_us;
    return (u32)((left_us + SECOND_US - 1) / SECOND_US);
}

static void entry_ban(struct limit *limit, struct limit_entry *entry, u64 now_us)
{
    if (entry->banned_until_us == 0 || now_us - entry->banned_until_us >= PEACE_US) {
        entry->ban_level = 0;
    }
    u64 seconds = u64_min((u64)LIMIT_BAN_FIRST_S << entry->ban_level, LIMIT_BAN_LAST_S);
    entry->ban_level += seconds < LIMIT_BAN_LAST_S;
    entry->banned_until_us = now_us + seconds * SECOND_US;
    entry->refusals = 0;
    limit->bans_count += 1;
}

static struct limit_answer banned(const struct limit_entry *entry, u32 used, u64 now_us)
{
    u64 left_us = entry->banned_until_us - now_us;
    return (struct limit_answer){.verdict = LIMIT_BANNED,
                                 .used = used,
                                 .retry_after_s = (u32)((left_us + SECOND_US - 1) / SECOND_US),
                                 .banned_until_ms = entry->banned_until_us / 1000};
}

static struct limit_answer refuse(struct limit *limit, struct limit_entry *entry,
                                  enum limit_verdict verdict, u32 most, u32 used, u64 now_us)
{
    entry->refusals += 1;
    if (entry->refusals > limit->config.refusals_max) {
        entry_ban(limit, entry, now_us);
        return banned(entry, used, now_us);
    }
    u64 window_us = verdict == LIMIT_WEIGHT ? MINUTE_US : FIVE_US;
    return (struct limit_answer){.verdict = verdict,
                                 .limit = most,
                                 .used = used,
                                 .retry_after_s = seconds_left(now_us, window_us)};
}

void limit_set(struct limit *limit, const struct limit_config *config)
{
    struct limit_config now = *config;
    now.addresses_max = limit->config.addresses_max;
    now.accounts_max = limit->config.accounts_max;
    now.seed = limit->config.seed;
    limit->config = now;
}

struct limit_answer limit_request(struct limit *limit, const struct auth_address *address,
                                  enum limit_pool pool, u32 weight, u64 now_us)
{
    CHECK((u32)pool < LIMIT_POOL_COUNT);
    struct limit_entry *entry = entry_of(limit, address, now_us);
    u32 most = limit->config.weight_max[pool];
    u32 used = entry->weight[pool];
    if (entry->banned_until_us > now_us) {
        return banned(entry, used, now_us);
    }
    if (entry->requests >= limit->config.requests_max) {
        return refuse(limit, entry, LIMIT_REQUESTS, limit->config.requests_max, used, now_us);
    }
    entry->requests += 1;
    if (weight > most || used > most - weight) {
        return refuse(limit, entry, LIMIT_WEIGHT, most, used, now_us);
    }
    entry->weight[pool] += weight;
    return (struct limit_answer){.verdict = LIMIT_ADMITTED, .used = entry->weight[pool]};
}

u32 limit_refund(struct limit *limit, const struct auth_address *address, enum limit_pool pool,
                 u32 weight, u64 taken_us, u64 now_us)
{
    CHECK((u32)pool < LIMIT_POOL_COUNT);
    struct limit_entry *entry = entry_of(limit, address, now_us);
    if (taken_us / MINUTE_US == entry->minute) {
        entry->weight[pool] -= (u32)u64_min(weight, entry->weight[pool]);
    }
    return entry->weight[pool];
}

struct limit_answer limit_connect(struct limit *limit, const struct auth_address *address,
                                  u64 now_us)
{
    struct limit_entry *entry = entry_of(limit, address, now_us);
    u32 used = entry->weight[LIMIT_POOL_API];
    if (entry->banned_until_us > now_us) {
        return banned(entry, used, now_us);
    }
    if (entry->connects >= limit->config.connects_max) {
        return refuse(limit, entry, LIMIT_CONNECTS, limit->config.connects_max, used, now_us);
    }
    entry->connects += 1;
    return (struct limit_answer){.verdict = LIMIT_ADMITTED, .used = used};
}

/* ---- accounts ---- */

static struct limit_account *account_of(struct limit *limit, u32 account, u64 now_us)
{
    CHECK(account < limit->config.accounts_max);
    struct limit_account *row = &limit->accounts[account];
    if (row->ten != now_us / TEN_US) {
        row->ten = now_us / TEN_US;
        row->ten_count = 0;
    }
    if (row->day != now_us / DAY_US) {
        row->day = now_us / DAY_US;
        row->day_count = 0;
    }
    if (row->minute != now_us / MINUTE_US) {
        row->minute = now_us / MINUTE_US;
        row->weight = 0;
    }
    return row;
}

struct limit_answer limit_account_weight(struct limit *limit, u32 account, u32 weight, u64 now_us)
{
    struct limit_account *row = account_of(limit, account, now_us);
    u32 most = limit->config.account_weight_max;
    if (weight > most || row->weight > most - weight) {
        return (struct limit_answer){.verdict = LIMIT_WEIGHT,
                                     .limit = most,
                                     .used = row->weight,
                                     .retry_after_s = seconds_left(now_us, MINUTE_US)};
    }
    row->weight += weight;
    return (struct limit_answer){.verdict = LIMIT_ADMITTED, .used = row->weight};
}

struct limit_answer limit_orders_take(struct limit *limit, u32 account, u32 count, u64 now_us)
{
    struct limit_account *row = account_of(limit, account, now_us);
    u32 ten_most = limit->config.orders_10s_max;
    u32 day_most = limit->config.orders_day_max;
    if (count > ten_most || row->ten_count > ten_most - count) {
        return (struct limit_answer){.verdict = LIMIT_ORDERS_10S,
                                     .limit = ten_most,
                                     .retry_after_s = seconds_left(now_us, TEN_US)};
    }
    if (count > day_most || row->day_count > day_most - count) {
        return (struct limit_answer){.verdict = LIMIT_ORDERS_DAY,
                                     .limit = day_most,
                                     .retry_after_s = seconds_left(now_us, DAY_US)};
    }
    row->ten_count += count;
    row->day_count += count;
    return (struct limit_answer){.verdict = LIMIT_ADMITTED};
}

void limit_orders_return(struct limit *limit, u32 account, u32 count, u64 taken_us, u64 now_us)
{
    struct limit_account *row = account_of(limit, account, now_us);
    if (taken_us / TEN_US == row->ten) {
        row->ten_count -= (u32)u64_min(count, row->ten_count);
    }
    if (taken_us / DAY_US == row->day) {
        row->day_count -= (u32)u64_min(count, row->day_count);
    }
}

void limit_orders_filled(struct limit *limit, u32 account, bool maker, u64 now_us)
{
    limit_orders_return(limit, account, maker ? LIMIT_FILL_MAKER : LIMIT_FILL_TAKER, now_us,
                        now_us);
}

struct limit_orders limit_orders_count(struct limit *limit, u32 account, u64 now_us)
{
    const struct limit_account *row = account_of(limit, account, now_us);
    return (struct limit_orders){.count_10s = row->ten_count, .count_day = row->day_count};
}

bool limit_fail(const struct limit_answer *answer, struct api_failure *failure_out)
{
    char number[16];
    int size = snprintf(number, sizeof(number), "%u", answer->limit);
    CHECK(size > 0 && (size_t)size < sizeof(number));
    switch (answer->verdict) {
    case LIMIT_ADMITTED:
        break;
    case LIMIT_WEIGHT:
        return api_fail_pair(failure_out, API_ERROR_TOO_MUCH_WEIGHT, number, "1 MINUTE");
    case LIMIT_REQUESTS:
        return api_fail(failure_out, API_ERROR_TOO_MANY_REQUESTS);
    case LIMIT_CONNECTS:
        return api_fail_pair(failure_out, API_ERROR_TOO_MANY_CONNECTIONS, number, "5 MINUTE");
    case LIMIT_ORDERS_10S:
        return api_fail_pair(failure_out, API_ERROR_TOO_MANY_ORDERS_PER, number, "10 SECOND");
    case LIMIT_ORDERS_DAY:
        return api_fail_pair(failure_out, API_ERROR_TOO_MANY_ORDERS_PER, number, "1 DAY");
    case LIMIT_BANNED:
        return api_fail_numbers(failure_out, API_ERROR_IP_BANNED, answer->banned_until_ms, 0);
    }
    CHECK(answer->verdict != LIMIT_ADMITTED);
    return false;
}
