#include "role/door/door_crowd.h"

#include "base/bytes.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define SITE_BITS_SIX  48U
#define SITE_BITS_FOUR 24U
#define MARK_SIX       (1ULL << 62)
#define MARK_FOUR      (1ULL << 63)

struct waiting {
    u8 id[DOOR_TICKET_BYTES];
    u64 site;
    u64 until_us;
};

struct door_crowd {
    u32 tickets_max;
    u32 count;
    u64 *sorted; /* sites, while they are counted */
    struct waiting tickets[];
};

enum fault door_crowd_open(struct door_crowd **crowd_out, u32 tickets_max)
{
    struct door_crowd *crowd =
        calloc(1, sizeof(struct door_crowd) + (size_t)tickets_max * sizeof(struct waiting));
    *crowd_out = crowd;
    if (crowd != NULL) {
        crowd->tickets_max = tickets_max;
        crowd->sorted = calloc(tickets_max, sizeof(u64));
    }
    if (crowd == NULL || crowd->sorted == NULL) {
        door_crowd_close(crowd);
        *crowd_out = NULL;
        return FAULT(FAULT_LIMIT, "no memory for where %u tickets are from", tickets_max);
    }
    return FAULT_NONE;
}

void door_crowd_close(struct door_crowd *crowd)
{
    if (crowd != NULL) {
        free(crowd->sorted);
        free(crowd);
    }
}

u64 door_crowd_site(const u8 network[DOOR_NETWORK_BYTES])
{
    static const u8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_four = memcmp(network, mapped, sizeof(mapped)) == 0;
    const u8 *at = is_four ? network + sizeof(mapped) : network;
    u64 site = 0;
    for (u32 i = 0; i < (is_four ? SITE_BITS_FOUR : SITE_BITS_SIX) / 8; i += 1) {
        site = site << 8 | at[i];
    }
    return site | (is_four ? MARK_FOUR : MARK_SIX);
}

/* ---- who is there ---- */

static void take_out(struct door_crowd *crowd, u32 place)
{
    crowd->count -= 1;
    crowd->tickets[place] = crowd->tickets[crowd->count];
}

static void let_go(struct door_crowd *crowd, u64 now_us)
{
    for (u32 i = crowd->count; i > 0; i -= 1) {
        if (crowd->tickets[i - 1].until_us <= now_us) {
            take_out(crowd, i - 1);
        }
    }
}

void door_crowd_add(struct door_crowd *crowd, const u8 id[DOOR_TICKET_BYTES], u64 site,
                    u64 until_us)
{
    CHECK(site != 0);
    if (crowd->count < crowd->tickets_max) {
        struct waiting *ticket = &crowd->tickets[crowd->count];
        *ticket = (struct waiting){.site = site, .until_us = until_us};
        memcpy(ticket->id, id, sizeof(ticket->id));
        crowd->count += 1;
    }
}

void door_crowd_forget(struct door_crowd *crowd, const u8 id[DOOR_TICKET_BYTES])
{
    for (u32 i = 0; i < crowd->count; i += 1) {
        if (memcmp(crowd->tickets[i].id, id, DOOR_TICKET_BYTES) == 0) {
            take_out(crowd, i);
            return;
        }
    }
}

/* ---- who gives way ---- */

static int compare(const void *a, const void *b)
{
    u64 one = *(const u64 *)a;
    u64 other = *(const u64 *)b;
    return (one > other) - (one < other);
}

/* The site that has most, and how many; *own_out: how many this one has. */
static u64 largest(struct door_crowd *crowd, u64 site, u32 *most_out, u32 *own_out)
{
    u64 found = 0;
    u32 run = 0;
    *most_out = 0;
    *own_out = 0;
    for (u32 i = 0; i < crowd->count; i += 1) {
        crowd->sorted[i] = crowd->tickets[i].site;
        *own_out += crowd->tickets[i].site == site ? 1 : 0;
    }
    qsort(crowd->sorted, crowd->count, sizeof(crowd->sorted[0]), compare);
    for (u32 i = 0; i < crowd->count; i += 1) {
        run = i > 0 && crowd->sorted[i] == crowd->sorted[i - 1] ? run + 1 : 1;
        if (run > *most_out) {
            *most_out = run;
            found = crowd->sorted[i];
        }
    }
    return found;
}

bool door_crowd_yields(struct door_crowd *crowd, u64 site, u64 now_us, u8 id_out[DOOR_TICKET_BYTES])
{
    u32 most = 0;
    u32 own = 0;
    const struct waiting *oldest = NULL;
    let_go(crowd, now_us);
    u64 found = largest(crowd, site, &most, &own);
    if (most <= own) {
        return false;
    }
    for (u32 i = 0; i < crowd->count; i += 1) {
        const struct waiting *ticket = &crowd->tickets[i];
        if (ticket->site == found && (oldest == NULL || ticket->until_us < oldest->until_us)) {
            oldest = ticket;
        }
    }
    CHECK(oldest != NULL);
    memcpy(id_out, oldest->id, DOOR_TICKET_BYTES);
    return true;
}
