#include "role/gateway/enrol_pace.h"

#define US_S   1000000U
#define HOUR_S 3600U

u32 enrol_pace_take(struct enrol_pace *pace, u32 account, u64 now_us)
{
    u64 now_s = now_us / US_S;
    u32 wait_s = (u32)(HOUR_S - now_s % HOUR_S);
    u32 place = 0;
    if (pace->hour != now_s / HOUR_S) {
        pace->hour = now_s / HOUR_S;
        pace->used = 0;
    }
    while (place < pace->used && pace->accounts[place] != account) {
        place += 1;
    }
    if (place == ENROL_PACE_PLACES) {
        return wait_s;
    }
    if (place == pace->used) {
        pace->accounts[place] = account;
        pace->counts[place] = 0;
        pace->used += 1;
    }
    if (pace->counts[place] >= ENROL_PACE_AN_HOUR) {
        return wait_s;
    }
    pace->counts[place] += 1;
    return 0;
}
