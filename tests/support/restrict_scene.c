#include "tests/support/restrict_scene.h"

#include "base/bytes.h"
#include "base/span.h"
#include "io/sign.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST = 450, COUNTRIES = 12 }; /* that facts are about */

void restrict_scene_close(struct restrict_scene *scene)
{
    if (scene->has_key) {
        sign_key_close(&scene->key);
        signer_close(&scene->signer);
    }
    sha256_close(&scene->sha256);
}

void restrict_scene_reach(struct restrict_scene *scene, u64 time_us)
{
    u64 day = time_us / 1000000 / RESTRICT_SCENE_DAY_S;
    if (scene->days_count == 0) {
        scene->days[0] = (struct scene_day){.day = day, .first = 1};
        scene->days_count = 1;
    }
    while (scene->days[scene->days_count - 1].day < day) {
        const struct scene_day *open = &scene->days[scene->days_count - 1];
        assert_true(scene->days_count < RESTRICT_SCENE_DAYS);
        scene->days[scene->days_count] = (struct scene_day){.day = open->day + 1,
                                                            .first_leaf = scene->leaves_count,
                                                            .first = open->last + 1,
                                                            .last = open->last};
        scene->days_count += 1;
    }
}

static const char *time_text(u64 time_us)
{
    static char text[40];
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm parts;
    assert_non_null(gmtime_r(&seconds, &parts));
    size_t size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    if (time_us % 1000000 != 0) {
        (void)snprintf(text + size, sizeof(text) - size, ".%06uZ", (u32)(time_us % 1000000));
    } else {
        (void)snprintf(text + size, sizeof(text) - size, "Z");
    }
    return text;
}

static const char *kind_text(u32 kind)
{
    static const char *const names[] = {"",
                                        "kind",
                                        "nationality",
                                        "residence",
                                        "residence_permit",
                                        "establishment",
                                        "document_country"};
    return names[kind];
}

/* The leaf's facts: by kind, country, each once. */
static void model_facts(struct restrict_scene *scene, struct scene_leaf *leaf, u32 person)
{
    size_t used = 0;
    leaf->facts[0] = 0;
    for (u32 kind = 2; kind <= 6; kind += 1) {
        for (u32 country = FIRST; country < FIRST + COUNTRIES; country += 1) {
            bool holds = false;
            for (u32 i = 0; i < scene->facts_count; i += 1) {
                const struct scene_fact *fact = &scene->facts[i];
                holds = holds ||
                        (fact->person == person && fact->kind == kind && fact->country == country &&
                         fact->from <= scene->time_us && scene->time_us < fact->until);
            }
            if (holds) {
                leaf->countries[country] = true;
                used += (size_t)snprintf(leaf->facts + used, sizeof(leaf->facts) - used,
                                         "fact %s %c%c\n", kind_text(kind),
                                         'A' + (int)((country - 1) / 26),
                                         'A' + (int)((country - 1) % 26));
            }
        }
    }
    if (used == 0) {
        (void)snprintf(leaf->facts, sizeof(leaf->facts), "none\n");
    }
}

static const char *vector_text(u64 vector)
{
    static char texts[2][200];
    static u32 which;
    static const char *const operations[] = {"trade",    "place",        "cancel",      "deposit",
                                             "withdraw", "transfer_out", "transfer_in", "open"};
    static const char *const actions[] = {"allow", "hold", "refuse", "freeze"};
    which = 1 - which;
    char *text = texts[which];
    (void)snprintf(text, 200, "%s", vector == 0 ? " none" : "");
    for (u32 i = 0; i < 8; i += 1) {
        u32 action = (u32)(vector >> (2 * i)) & 3;
        if (action != 0) {
            size_t used = strlen(text);
            (void)snprintf(text + used, 200 - used, " %s=%s", operations[i], actions[action]);
        }
    }
    return text;
}

/* `rest` are the lines behind `person`. */
static void model_leaf_put(struct restrict_scene *scene, const char *code, u64 cause, u32 person,
                           const char *rest)
{
    struct scene_leaf *leaf = &scene->leaves[scene->leaves_count];
    char because[40] = "";
    assert_true(scene->leaves_count < RESTRICT_SCENE_LEAVES);
    memset(leaf, 0, sizeof(*leaf));
    scene->item = scene->item_seq == scene->seq ? scene->item + 1 : 0;
    scene->item_seq = scene->seq;
    if (cause != 0) {
        (void)snprintf(because, sizeof(because), "cause %llu\n", (unsigned long long)cause);
    }
    (void)snprintf(leaf->code, sizeof(leaf->code), "%s\n", code);
    (void)snprintf(leaf->decision, sizeof(leaf->decision),
                   "code %s\nsequence %llu\nitem %u\nat %s\n%sperson %u\n%s", code,
                   (unsigned long long)scene->seq, scene->item, time_text(scene->time_us), because,
                   person, rest);
    leaf->seq = scene->seq;
    model_facts(scene, leaf, person);
    scene->leaves_count += 1;
    scene->days[scene->days_count - 1].count += 1;
}

/* ---- hashes, byte by byte ---- */

static void hash_of(struct restrict_scene *scene, const struct span *pieces, u32 count,
                    u8 hash_out[32])
{
    sha256_begin(&scene->sha256);
    for (u32 i = 0; i < count; i += 1) {
        sha256_add(&scene->sha256, pieces[i]);
    }
    sha256_end(&scene->sha256, hash_out);
}

static void node_of(struct restrict_scene *scene, const u8 *left, const u8 *right, u8 hash_out[32])
{
    const struct span pieces[] = {span_of("\x01", 1), span_of(left, 32), span_of(right, 32)};
    hash_of(scene, pieces, 3, hash_out);
}

static void mac_of(struct restrict_scene *scene, const char *label, struct span head,
                   struct span text, u8 mac_out[32])
{
    const struct span pieces[] = {span_of_text(label), head, text};
    if (!scene->has_key) {
        assert_int_equal(signer_open(&scene->signer, scene->unused, sizeof(scene->unused)),
                         FAULT_NONE);
        assert_int_equal(
            sign_key_open_secret(&scene->signer, span_of(scene->secret, 32), &scene->key),
            FAULT_NONE);
        scene->has_key = true;
    }
    sign_hmac(&scene->key, pieces, 3, mac_out);
}

static size_t big(u8 *to, u64 value, u32 bytes)
{
    for (u32 i = 0; i < bytes; i += 1) {
        to[i] = (u8)(value >> (8 * (bytes - 1 - i)));
    }
    return bytes;
}

static void commit_of(struct restrict_scene *scene, u8 part, u64 day, u64 number, const char *text,
                      u8 hash_out[32])
{
    u8 head[13] = {part};
    u8 salt[32];
    (void)big(head + 1, day, 4);
    (void)big(head + 5, number, 8);
    mac_of(scene, "cambist/restriction-salt/v1\n", span_of(head, 13), span_of_text(text), salt);
    const struct span pieces[] = {span_of_text("cambist/restriction/v1\n"), span_of(&part, 1),
                                  span_of(salt, 32), span_of_text(text)};
    hash_of(scene, pieces, 4, hash_out);
}

static void key_of(struct restrict_scene *scene, u64 day, u32 country, u8 key_out[32])
{
    u8 head[6];
    (void)big(head, day, 4);
    (void)big(head + 4, country, 2);
    mac_of(scene, "cambist/restriction-country/v1\n", span_of(head, 6), span_of("", 0), key_out);
}

static int tag_order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

void restrict_scene_leaf(struct restrict_scene *scene, const struct scene_leaf *leaf, u64 day,
                         u64 number, u8 hash_out[32])
{
    u8 entry[40 + 64 * 16] = {'C', 'R', 'E', 'S', 1};
    u8 hashes[3][32];
    u8 inner[32];
    u32 count = 0;
    u32 wanted = 8;
    commit_of(scene, 1, day, number, leaf->code, hashes[0]);
    commit_of(scene, 2, day, number, leaf->decision, hashes[1]);
    commit_of(scene, 3, day, number, leaf->facts, hashes[2]);
    node_of(scene, hashes[1], hashes[2], inner);
    node_of(scene, inner, hashes[0], entry + 8);
    for (u32 country = 1; country <= 676; country += 1) {
        count += leaf->countries[country] ? 1 : 0;
    }
    for (; wanted < count; wanted *= 2) {
    }
    count = 0;
    for (u32 country = 1; country <= 676; country += 1) {
        if (leaf->countries[country]) {
            u8 key[32];
            u8 at[8];
            u8 tag[32];
            key_of(scene, day, country, key);
            (void)big(at, number, 8);
            const struct span pieces[] = {span_of_text("cambist/restriction-tag/v1\n"),
                                          span_of(key, 32), span_of(at, 8)};
            hash_of(scene, pieces, 3, tag);
            memcpy(entry + 40 + 16 * (size_t)count, tag, 16);
            count += 1;
        }
    }
    for (; count < wanted; count += 1) {
        u8 head[13];
        u8 pad[32];
        (void)big(head, day, 4);
        (void)big(head + 4, number, 8);
        head[12] = (u8)count;
        mac_of(scene, "cambist/restriction-pad/v1\n", span_of(head, 13), span_of("", 0), pad);
        memcpy(entry + 40 + 16 * (size_t)count, pad, 16);
    }
    qsort(entry + 40, wanted, 16, tag_order);
    entry[5] = (u8)wanted;
    const struct span pieces[] = {span_of("\0", 1), span_of(entry, 40 + 16 * (size_t)wanted)};
    hash_of(scene, pieces, 2, hash_out);
}

static void root_of(struct restrict_scene *scene, u8 (*leaves)[32], u32 count, u8 hash_out[32])
{
    if (count == 0) {
        hash_of(scene, NULL, 0, hash_out);
    } else if (count == 1) {
        memcpy(hash_out, leaves[0], 32);
    } else {
        u8 halves[2][32];
        u32 left = 1;
        while (2 * left < count) {
            left *= 2;
        }
        root_of(scene, leaves, left, halves[0]);
        root_of(scene, leaves + left, count - left, halves[1]);
        node_of(scene, halves[0], halves[1], hash_out);
    }
}

/* The line of a day up to the moment at which it was told. */
void restrict_scene_line(struct restrict_scene *scene, const struct scene_day *day,
                         char target[RESTRICT_LINE_BYTES])
{
    static u8 leaves[RESTRICT_SCENE_LEAVES][32];
    u8 root[32];
    u8 keys[32];
    char root_text[65];
    char keys_text[65];
    for (u32 i = 0; i < day->count; i += 1) {
        restrict_scene_leaf(scene, &scene->leaves[day->first_leaf + i], day->day, i, leaves[i]);
    }
    root_of(scene, leaves, day->count, root);
    for (u32 country = 1; country <= 676 && day->count > 0; country += 1) {
        u8 key[32];
        key_of(scene, day->day, country, key);
        const struct span pieces[] = {span_of("\0", 1), span_of(key, 32)};
        hash_of(scene, pieces, 2, leaves[country - 1]);
    }
    root_of(scene, leaves, day->count > 0 ? 676 : 0, keys);
    (void)snprintf(target, RESTRICT_LINE_BYTES,
                   "restrictions %.10s count %u root %s keys %s first %llu last %llu%s at ",
                   time_text(day->day * RESTRICT_SCENE_DAY_S * 1000000), day->count,
                   bytes_to_hex(root, 32, root_text), bytes_to_hex(keys, 32, keys_text),
                   (unsigned long long)day->first, (unsigned long long)day->last,
                   day->missed ? " missed" : "");
}

/* ---- writing events ---- */

static void record_put(struct restrict_scene *scene, const void *record, size_t size)
{
    assert_true(size % 32 == 0 && scene->used + size <= sizeof(scene->buffer));
    memcpy(scene->buffer + scene->used, record, size);
    scene->used += size;
}

static struct event_head head_of(struct restrict_scene *scene, u16 kind, size_t size, u32 account)
{
    return (struct event_head){
        .kind = kind, .units = (u8)(size / 32), .account = account, .seq = scene->seq};
}

static void applied_put(struct restrict_scene *scene, const void *command, size_t size)
{
    struct {
        struct event_applied applied;
        u8 command[256];
    } record = {.applied = {.source_index = 1}};
    memcpy(record.command, command, size);
    record.applied.head = head_of(scene, EVENT_APPLIED, sizeof(record.applied) + size, 0);
    record_put(scene, &record, sizeof(record.applied) + size);
}

#define COMMAND_HEAD(number, type, of)                                      \
    {                                                                       \
        .kind = (number), .units = (u8)(sizeof(type) / 32), .account = (of) \
    }

static void fact_put(struct restrict_scene *scene, struct random *random)
{
    struct scene_fact fact = {.row = scene->seq,
                              .person = 1 + (u32)random_below(random, RESTRICT_SCENE_PERSONS),
                              .kind = 1 + (u32)random_below(random, 6),
                              .country = FIRST + (u32)random_below(random, COUNTRIES),
                              .from = 0,
                              .until = UINT64_MAX};
    if (random_chance(random, 1, 5)) {
        fact.until = scene->time_us + random_below(random, 3 * RESTRICT_SCENE_DAY_S * 1000000);
    }
    u64 replaces = 0;
    if (scene->facts_count > 0 && random_chance(random, 1, 3)) {
        u32 which = (u32)random_below(random, scene->facts_count);
        replaces = scene->facts[which].row;
        scene->facts_count -= 1;
        scene->facts[which] = scene->facts[scene->facts_count];
    }
    struct command_fact_set command = {
        .head = COMMAND_HEAD(COMMAND_FACT_SET, struct command_fact_set, 0),
        .person = fact.person,
        .fact = (u8)fact.kind,
        .value = (u16)fact.country,
        .from = fact.from,
        .until = fact.until,
        .replaces = replaces};
    applied_put(scene, &command, sizeof(command));
    assert_true(scene->facts_count < RESTRICT_SCENE_ROWS);
    if (fact.kind != 1) {
        scene->facts[scene->facts_count] = fact;
        scene->facts_count += 1;
    }
}

static void fact_end(struct restrict_scene *scene, struct random *random)
{
    struct command_row_end command = {.head =
                                          COMMAND_HEAD(COMMAND_ROW_END, struct command_row_end, 0)};
    if (scene->facts_count == 0) {
        return;
    }
    u32 which = (u32)random_below(random, scene->facts_count);
    command.row = scene->facts[which].row;
    scene->facts_count -= 1;
    scene->facts[which] = scene->facts[scene->facts_count];
    applied_put(scene, &command, sizeof(command));
}

static void link_put(struct restrict_scene *scene, struct random *random)
{
    u32 account = 1 + (u32)random_below(random, RESTRICT_SCENE_ACCOUNTS);
    bool is_linked = scene->owners[account] != 0;
    struct command_link command = {
        .head =
            COMMAND_HEAD(is_linked ? COMMAND_UNLINK : COMMAND_LINK, struct command_link, account),
        .person = is_linked ? scene->owners[account]
                            : 1 + (u32)random_below(random, RESTRICT_SCENE_PERSONS)};
    scene->owners[account] = is_linked ? 0 : command.person;
    applied_put(scene, &command, sizeof(command));
}

static void pack_put(struct restrict_scene *scene, struct random *random, u8 number)
{
    struct event_pack_state event = {.head = head_of(scene, EVENT_PACK_STATE, sizeof(event), 0),
                                     .pack = number,
                                     .state = PACK_STATE_ACTIVE,
                                     .pack_id = "test-pack"};
    random_fill(random, event.content_hash, sizeof(event.content_hash));
    memcpy(scene->packs[event.pack], event.content_hash, sizeof(event.content_hash));
    record_put(scene, &event, sizeof(event));
}

static void rule_put(struct restrict_scene *scene, struct random *random)
{
    static const char *const truths[] = {"no", "unknown", "yes"};
    char code[160];
    char rest[2048];
    char hash[65];
    char holdings[40] = "unknown";
    size_t used = 0;
    struct event_decision event = {.head = head_of(scene, EVENT_DECISION, sizeof(event), 0),
                                   .cause_seq = 1 + random_below(random, scene->seq),
                                   .holdings = random_u64(random),
                                   .person = 1 + (u32)random_below(random, RESTRICT_SCENE_PERSONS),
                                   .vector = (u16)random_u64(random),
                                   .pack = (u8)random_below(random, 4),
                                   .rule = (u8)random_below(random, 32),
                                   .truth = (u8)random_below(random, 3),
                                   .truth_before = (u8)random_below(random, 3),
                                   .reasons = (u8)random_below(random, 64),
                                   .missing = (u8)random_below(random, 128),
                                   .flags = (u8)random_below(random, 16)};
    if (random_chance(random, 1, 2)) {
        event.deadline = scene->time_us + random_below(random, RESTRICT_SCENE_DAY_S * 1000000);
    }
    record_put(scene, &event, sizeof(event));
    (void)snprintf(code, sizeof(code), "rule %s %u %s %s",
                   bytes_to_hex(scene->packs[event.pack], 32, hash), event.rule,
                   truths[event.truth_before], truths[event.truth]);
    for (u32 account = 1; account <= RESTRICT_SCENE_ACCOUNTS; account += 1) {
        if (scene->owners[account] == event.person) {
            used += (size_t)snprintf(rest + used, sizeof(rest) - used, "%s %u",
                                     used == 0 ? "accounts" : "", account);
        }
    }
    if ((event.flags & DECISION_FLAG_HOLDINGS_KNOWN) != 0) {
        (void)snprintf(holdings, sizeof(holdings), "%llu", (unsigned long long)event.holdings);
    }
    (void)snprintf(rest + used, sizeof(rest) - used,
                   "%s\nvector%s\nreasons %u\nmissing %u\nflags %u\nholdings %s\ndeadline %s\n",
                   used == 0 ? "accounts none" : "", vector_text(event.vector), event.reasons,
                   event.missing, event.flags, holdings,
                   event.deadline == 0 ? "none" : time_text(event.deadline));
    model_leaf_put(scene, code, event.cause_seq, event.person, rest);
}

static void account_put(struct restrict_scene *scene, struct random *random)
{
    char code[40];
    char rest[600];
    u32 account = 1 + (u32)random_below(random, RESTRICT_SCENE_ACCOUNTS);
    struct event_restricted event = {
        .head = head_of(scene, EVENT_RESTRICTED, sizeof(event), account),
        .before = random_chance(random, 1, 3) ? 0 : random_below(random, 1 << 16),
        .after = random_chance(random, 1, 3) ? 0 : random_below(random, 1 << 16),
        .cause_seq = scene->seq,
        .person = scene->owners[account]};
    record_put(scene, &event, sizeof(event));
    (void)snprintf(code, sizeof(code), "account %s",
                   event.before == 0  ? "restricted"
                   : event.after == 0 ? "released"
                                      : "changed");
    (void)snprintf(rest, sizeof(rest), "account %u\nbefore%s\nafter%s\n", account,
                   vector_text(event.before), vector_text(event.after));
    model_leaf_put(scene, code, event.cause_seq, event.person, rest);
}

static void hand_put(struct restrict_scene *scene, struct random *random)
{
    char rest[300];
    u32 account = 1 + (u32)random_below(random, RESTRICT_SCENE_ACCOUNTS);
    struct command_restrict command = {
        .head = COMMAND_HEAD(COMMAND_RESTRICT, struct command_restrict, account),
        .restrictions = random_chance(random, 1, 3) ? 0 : random_below(random, 1 << 14)};
    applied_put(scene, &command, sizeof(command));
    (void)snprintf(rest, sizeof(rest), "account %u\nvector%s\n", account,
                   vector_text(command.restrictions));
    model_leaf_put(scene, command.restrictions == 0 ? "hand cleared" : "hand set", 0,
                   scene->owners[account], rest);
}

void restrict_scene_put(struct restrict_scene *scene, struct eventlog *log, struct random *random)
{
    /* A command is applied once; behind it come decisions. */
    static void (*const ops[])(struct restrict_scene *, struct random *) = {
        rule_put, rule_put, account_put, hand_put, fact_put,
        fact_put, fact_put, fact_end,    link_put};
    u64 commands = 1 + random_below(random, 4);
    restrict_scene_reach(scene, scene->time_us);
    scene->used = 0;
    for (u64 i = 0; i < commands; i += 1) {
        u64 events = 1 + random_below(random, 3);
        scene->seq += 1;
        if (scene->seq == 1) { /* packs are there before anything is decided by them */
            for (u8 k = 0; k < 4; k += 1) {
                pack_put(scene, random, k);
            }
        }
        for (u64 k = 0; scene->seq > 1 && k < events; k += 1) {
            u64 which = random_below(random, k == 0 ? ARRAY_COUNT(ops) : 3);
            ops[which](scene, random);
        }
    }
    if (scene->used == 0) {
        link_put(scene, random);
    }
    scene->days[scene->days_count - 1].last = scene->seq;
    assert_int_equal(
        eventlog_append(log, scene->seq, scene->time_us, span_of(scene->buffer, scene->used)),
        FAULT_NONE);
    eventlog_release(log, eventlog_end(log));
}
