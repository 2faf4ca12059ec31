/* Random decisions of a venue as the event log tells them, and beside them the same said plainly:
 * lists of facts and links, texts printed here, hashes put together byte by byte, a root by
 * recursion. For the tests of restrictions in the public log (docs/restriction-log.md). */
#ifndef TESTS_SUPPORT_RESTRICT_SCENE_H
#define TESTS_SUPPORT_RESTRICT_SCENE_H

#include "base/random.h"
#include "io/digest.h"
#include "io/eventlog.h"
#include "io/sign.h"
#include "role/vault/restrict_leaf.h"
#include "role/vault/restrict_line.h"

#define RESTRICT_SCENE_DAY_S 86400ULL

enum {
    RESTRICT_SCENE_PERSONS = 6,
    RESTRICT_SCENE_ACCOUNTS = 9,
    RESTRICT_SCENE_ROWS = 2048,
    RESTRICT_SCENE_LEAVES = 2048,
    RESTRICT_SCENE_DAYS = 4096,
    RESTRICT_SCENE_BYTES = 1 << 14,
};

struct scene_fact {
    u64 row;
    u32 person;
    u32 kind;
    u32 country;
    u64 from;
    u64 until;
};

struct scene_leaf {
    char code[200];
    char decision[4096];
    char facts[4096];
    bool countries[677];
    u64 seq;
};

struct scene_day {
    u64 day;
    u32 first_leaf;
    u32 count;
    u64 first;
    u64 last;
    bool missed;
};

/* Large: static. */
struct restrict_scene {
    struct sha256 sha256;
    u8 secret[32]; /* the venue's key, when it is known */
    bool has_key;
    struct signer signer;
    u8 unused[8];
    struct sign_key key;
    struct scene_fact facts[RESTRICT_SCENE_ROWS];
    u32 facts_count;
    u32 owners[RESTRICT_SCENE_ACCOUNTS + 1];
    u8 packs[4][32];
    struct scene_leaf leaves[RESTRICT_SCENE_LEAVES];
    u32 leaves_count;
    struct scene_day days[RESTRICT_SCENE_DAYS];
    u32 days_count; /* the last one is open */
    u64 item_seq;
    u32 item;
    u64 seq;
    u64 time_us; /* of the chunk being made */
    u8 buffer[RESTRICT_SCENE_BYTES];
    size_t used;
};

/* The caller has opened sha256 in a zeroed scene. */
void restrict_scene_close(struct restrict_scene *scene);
/* Days end before `time_us`. */
void restrict_scene_reach(struct restrict_scene *scene, u64 time_us);
/* A few commands at scene->time_us: their events are appended and shown; `log` NULL: they stay in
 * the scene's buffer, as much as is used of it. */
void restrict_scene_put(struct restrict_scene *scene, struct eventlog *log, struct random *random);

/* The line of a day up to the moment at which it was told. */
void restrict_scene_line(struct restrict_scene *scene, const struct scene_day *day,
                         char target[RESTRICT_LINE_BYTES]);
void restrict_scene_leaf(struct restrict_scene *scene, const struct scene_leaf *leaf, u64 day,
                         u64 number, u8 hash_out[32]);

#endif /* TESTS_SUPPORT_RESTRICT_SCENE_H */
