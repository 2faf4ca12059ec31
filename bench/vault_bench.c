/* What sealing and opening cost, on one core.
 *
 *     vault_bench [RECORDS [ROUNDS]]
 *
 * Two groups of officers, 2 of 3 each; records of 1 KiB of text (2,000 by default). Printed in
 * processor time, the least and the median of the rounds (5), as times a second: sealing (key,
 * body, wrap with proof), sealing with a copy for a reviewer, the check that a store makes, a
 * reviewer's check, one officer's answer, and opening with 2 + 2 answers that are there. */
#include "base/span.h"
#include "role/vault/share_part.h"
#include "role/vault/share_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS_MAX  99U
#define RECORDS_MAX 100000U
#define TEXT_BYTES  1024U

enum figure { SEAL, SEAL_REVIEWED, CHECK_WRAP, REVIEW, ANSWER, OPEN, FIGURES };
static const char *const names[FIGURES] = {"seal",   "seal, with a copy for a reviewer",
                                           "check",  "review",
                                           "answer", "open with 2 + 2 answers"};

struct record {
    struct seal_label label;
    u8 key[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
    struct share_partial partials[4];
};

static u64 figures[FIGURES][ROUNDS_MAX];
static struct seal_room *room;
static struct share_key key;
static struct seal_scalar shares[2][3];
static const u8 context[SHARE_HASH_BYTES];

static void must(enum fault fault, const char *what)
{
    if (fault != FAULT_NONE) {
        (void)fprintf(stderr, "vault_bench: %s: %s\n", what, fault_text());
        exit(1);
    }
}

/* Processor time of this process: the machine may do other work beside. */
static u64 now_ns(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 ? FAULT_NONE : FAULT_IO, "clock");
    return (u64)time.tv_sec * 1000000000ULL + (u64)time.tv_nsec;
}

static struct seal_point fresh(struct seal_scalar *scalar)
{
    struct seal_point point;
    seal_scalar_random(scalar);
    must(seal_point_of(scalar, &point) ? FAULT_NONE : FAULT_IO, "a point");
    return point;
}

static void hold_ceremony(u32 side)
{
    static struct share_deal deals[3];
    struct seal_scalar keys[3];
    struct share_roster roster = {.venue = "bench.invalid",
                                  .side = side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B,
                                  .epoch = 1,
                                  .threshold = 2,
                                  .count = 3};
    for (u32 i = 0; i < 3; i += 1) {
        (void)snprintf(roster.members[i].name, CODE_NAME_BYTES, "%c%u", side == 0 ? 'a' : 'b',
                       i + 1);
        roster.members[i].key = fresh(&keys[i]);
    }
    share_roster_hash(&roster);
    for (u32 i = 0; i < 3; i += 1) {
        share_deal_make(room, &roster, i + 1, NULL, &deals[i]);
    }
    must(share_deals_check(&roster, deals, 3, NULL, &key.sides[side]), "deals");
    for (u32 i = 0; i < 3; i += 1) {
        must(share_deals_take(room, &key.sides[side], deals, 3, i + 1, &keys[i], &shares[side][i]),
             "share");
    }
}

static void seal(struct record *record)
{
    static u8 text[TEXT_BYTES];
    static u8 body[SEAL_BODY_BYTES(TEXT_BYTES)];
    seal_key_make(record->key);
    seal_body_close(&record->label, record->key, span_of(text, sizeof(text)), body, record->hash);
    must(
        seal_wrap_make(room, &record->label, &key.public, record->key, record->hash, &record->wrap),
        "seal");
}

static void answer(struct record *record, u32 number)
{
    const struct share_case about = {.key = &key,
                                     .label = record->label,
                                     .wrap = &record->wrap,
                                     .body_hash = record->hash,
                                     .context = context};
    u32 side = number / 2;
    must(share_answer(room, &about, side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B, number % 2 + 1,
                      &shares[side][number % 2], &record->partials[number]),
         "answer");
}

static void open_record(const struct record *record)
{
    u8 opened[SEAL_KEY_SIZE];
    struct share_wrong wrong;
    const struct share_case about = {.key = &key,
                                     .label = record->label,
                                     .wrap = &record->wrap,
                                     .body_hash = record->hash,
                                     .context = context};
    must(share_open(room, &about, record->partials, 4, opened, &wrong), "open");
    must(memcmp(opened, record->key, sizeof(opened)) == 0 ? FAULT_NONE : FAULT_ROT, "open");
}

static void measure(struct record *records, u32 count, u32 round)
{
    struct seal_scalar reviewer;
    struct seal_point reviewer_key = fresh(&reviewer);
    u64 begin[FIGURES + 1];
    u8 hand[SEAL_HAND_BYTES];
    begin[SEAL] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        seal(&records[i]);
    }
    begin[SEAL_REVIEWED] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        seal(&records[i]);
        must(seal_hand_make(room, &records[i].label, SEAL_HAND_REVIEW, &reviewer_key, 0,
                            records[i].key, hand),
             "hand");
    }
    begin[CHECK_WRAP] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        must(seal_wrap_check(&records[i].label, &key.public, records[i].hash, &records[i].wrap),
             "check");
    }
    begin[REVIEW] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        must(seal_wrap_recompute(room, &records[i].label, &key.public, records[i].key,
                                 records[i].hash, &records[i].wrap),
             "review");
    }
    begin[ANSWER] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        answer(&records[i], 0);
    }
    u64 answered = now_ns();
    for (u32 i = 0; i < count * 3; i += 1) {
        answer(&records[i / 3], i % 3 + 1);
    }
    begin[OPEN] = now_ns();
    for (u32 i = 0; i < count; i += 1) {
        open_record(&records[i]);
    }
    begin[FIGURES] = now_ns();
    for (u32 i = 0; i < FIGURES; i += 1) {
        figures[i][round] = (i == ANSWER ? answered : begin[i + 1]) - begin[i];
    }
}

static int by_size(const void *a, const void *b)
{
    u64 left = *(const u64 *)a;
    u64 right = *(const u64 *)b;
    return left < right ? -1 : left > right;
}

int main(int arguments_count, char **arguments)
{
    u32 count = arguments_count > 1 ? (u32)strtoul(arguments[1], NULL, 10) : 2000;
    u32 rounds = arguments_count > 2 ? (u32)strtoul(arguments[2], NULL, 10) : 5;
    if (count == 0 || count > RECORDS_MAX || rounds == 0 || rounds > ROUNDS_MAX) {
        (void)fprintf(stderr, "usage: vault_bench [RECORDS [ROUNDS]]\n");
        return 2;
    }
    must(seal_room_open(&room), "room");
    hold_ceremony(0);
    hold_ceremony(1);
    must(share_key_form(&key.sides[0], &key.sides[1], &key), "key");
    struct record *records = calloc(count, sizeof(*records));
    must(records == NULL ? FAULT_LIMIT : FAULT_NONE, "memory");
    for (u32 i = 0; i < count; i += 1) {
        records[i].label = (struct seal_label){.subject = i + 1,
                                               .version = 1,
                                               .epoch = 1,
                                               .group = (u8)(i % SEAL_GROUP_MAX + 1),
                                               .retention = 1};
    }
    for (u32 round = 0; round < rounds; round += 1) {
        measure(records, count, round);
    }
    for (u32 i = 0; i < FIGURES; i += 1) {
        qsort(figures[i], rounds, sizeof(u64), by_size);
        (void)printf("%-34s best %8llu/s  median %8llu/s\n", names[i],
                     (unsigned long long)(count * 1000000000ULL / figures[i][0]),
                     (unsigned long long)(count * 1000000000ULL / figures[i][rounds / 2]));
    }
    free(records);
    seal_room_close(room);
    return 0;
}
