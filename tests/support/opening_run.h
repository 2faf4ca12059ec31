/* One opening from the grant to the delivery, for tests that change one thing of it and look what
 * is said and whether anything comes out. Its state is the file's own: included by one test at a
 * time.
 */
#ifndef TESTS_SUPPORT_OPENING_RUN_H
#define TESTS_SUPPORT_OPENING_RUN_H

#include "base/random.h"
#include "base/span.h"
#include "io/sign.h"
#include "role/vault/opener.h"
#include "tests/support/opening_scene.h"

#include <stdlib.h>
#include <string.h>

#define NOW_S        (GRANT_SCENE_ISSUED_S + 1800U)
#define ROOM_BYTES   262144U
#define RELEASES_MAX OPENING_SCENE_OFFICERS

static struct opening_scene scene;
static struct random chance;

/* One opening, step by step. */
static struct grant grant;
static struct grant_file file;
static struct opening_rows rows;
static struct opening_judge judge;
static struct opener *opener;
static u8 grant_shown[OPENING_SCENE_SHOWN];
static u8 opening_shown[OPENING_SCENE_SHOWN];
static size_t grant_shown_bytes;
static size_t opening_shown_bytes;
static u8 slots_text[PUBLOG_SPAN_BYTES_MAX];
static size_t slots_bytes;
static char release_texts[RELEASES_MAX][RELEASE_TEXT_BYTES];
static struct opener_release releases[RELEASES_MAX];
static u32 releases_count;
static struct opener_result result;

/* What came out. */
static struct {
    struct age_target target;
    size_t size;
    size_t limit;
    u8 bytes[ROOM_BYTES];
} output;

static inline enum fault keep(struct age_target *target, struct span bytes)
{
    (void)target;
    if (bytes.size > output.limit - output.size) {
        return FAULT(FAULT_DISK_FULL, "full");
    }
    memcpy(output.bytes + output.size, bytes.data, bytes.size);
    output.size += bytes.size;
    return FAULT_NONE;
}

static inline enum fault body_of(struct opener_bodies *bodies, u32 index, struct span *body_out)
{
    (void)bodies;
    *body_out = span_of(scene.records[index].body, scene.records[index].body_bytes);
    return FAULT_NONE;
}
static struct opener_bodies bodies = {.body = body_of};

static inline int make(void **state)
{
    (void)state;
    random_init(&chance, test_seed());
    opening_scene_open(&scene);
    return 0;
}

static inline int clear(void **state)
{
    (void)state;
    opening_scene_close(&scene);
    return 0;
}

/* ---- the steps ---- */

static inline void rows_make(void)
{
    rows.count = grant.records_count;
    for (u32 i = 0; i < rows.count; i += 1) {
        rows.list[i] =
            (struct opening_row){.label = scene.records[i].label, .wrap = scene.records[i].wrap};
        memcpy(rows.list[i].body_hash, scene.records[i].hash, SEAL_HASH_BYTES);
    }
}

static inline void sign(const char *officers)
{
    u32 list[OPENING_SCENE_OFFICERS] = {0};
    u32 count = 0;
    for (; officers[count] != 0; count += 1) {
        list[count] = (u32)(officers[count] - '0');
    }
    opening_scene_sign(&scene, &grant, list, count, &file);
}

static inline struct opening_scene_event grant_event(char text[GRANT_FILE_BYTES])
{
    return (struct opening_scene_event){.class = grant.is_emergency ? PUBLOG_CLASS_EMERGENCY
                                                                    : PUBLOG_CLASS_ORDINARY,
                                        .kind = PUBLOG_KIND_GRANT,
                                        .flags = grant_flags(&grant),
                                        .name = grant.name,
                                        .text = span_of(text, grant_file_print(&file, text)),
                                        .slot_s = GRANT_SCENE_ISSUED_S + 60,
                                        .times_s = GRANT_SCENE_ISSUED_S + 600,
                                        .witnesses = 3};
}

/* Nothing of the opening is in the log; what else is there is not looked at. */
static inline void forget_log(void)
{
    scene.leaves_count = 3;
}

static inline void log_grant(void)
{
    static char text[GRANT_FILE_BYTES];
    struct opening_scene_event event = grant_event(text);
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
}

static inline struct opening_scene_event opening_event(char text[OPENING_TEXT_BYTES], u8 salt[32])
{
    grant_mark_salt(&file.grant, file.hash, salt);
    return (struct opening_scene_event){
        .class = grant.is_emergency ? PUBLOG_CLASS_EMERGENCY : PUBLOG_CLASS_ORDINARY,
        .kind = PUBLOG_KIND_OPENING,
        .mark_salt = salt,
        .name = grant.name,
        .text = span_of(text, opening_print(opener_opening(opener), text)),
        .slot_s = judge.now_s - 600,
        .times_s = judge.now_s - 5,
        .witnesses = 3};
}

/* The log from the grant's issue to the slot of this event. */
static inline void show_slots(const struct opening_scene_event *event)
{
    const struct opening_scene_slots slots = {.class = event->class,
                                              .from_s = grant.issued_s,
                                              .to_s = event->slot_s,
                                              .times_s = event->times_s};
    slots_bytes = opening_scene_slots(&scene, &slots, slots_text);
}

static inline void log_opening(void)
{
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    struct opening_scene_event event = opening_event(text, salt);
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    show_slots(&event);
}

static inline void begin_opener(void)
{
    opener_close(opener);
    assert_int_equal(opener_open(&opener, &file, judge.now_s - 300), FAULT_NONE);
}

static inline void release(const char *officers)
{
    releases_count = 0;
    for (; *officers != 0; officers += 1) {
        u32 officer = (u32)(*officers - '0');
        size_t size = 0;
        const struct share_scene *side = &scene.sides[officer / 3];
        if (release_make(scene.room, &scene.key, opener_opening(opener), &rows,
                         side->group.roster.side, officer % 3 + 1, &side->shares[officer % 3],
                         release_texts[releases_count], &size) != FAULT_NONE) {
            fail_msg("%s", fault_text());
        }
        releases[releases_count] =
            (struct opener_release){.name = side->group.roster.members[officer % 3].name,
                                    .text = span_of(release_texts[releases_count], size)};
        releases_count += 1;
    }
}

/* Everything up to the delivery, for so many people. */
static inline void prepare(u32 people)
{
    grant = grant_scene_make(people);
    scene.begins_s = grant.issued_s;
    forget_log();
    opening_scene_fill(&scene, &grant);
    rows_make();
    sign(people > 10 ? "012345" : "0134");
    judge = (struct opening_judge){.crypto = &scene.crypto,
                                   .policy = &scene.policy,
                                   .circle = &scene.circle,
                                   .key = &scene.key,
                                   .now_s = NOW_S + (people > 10 ? GRANT_BULK_WAIT_S : 0)};
    log_grant();
    begin_opener();
    log_opening();
    release("0134");
}

static inline enum fault deliver(void)
{
    struct opener_call call = {.judge = &judge,
                               .file = &file,
                               .grant_shown = span_of(grant_shown, grant_shown_bytes),
                               .opening_shown = span_of(opening_shown, opening_shown_bytes),
                               .slots = span_of(slots_text, slots_bytes),
                               .rows = &rows,
                               .bodies = &bodies,
                               .releases = releases,
                               .releases_count = releases_count,
                               .target = &output.target};
    memset(&output, 0, sizeof(output));
    output.target.write = keep;
    output.limit = sizeof(output.bytes) - 1;
    return opener_deliver(opener, &call, &result);
}

/* ---- what must be ---- */

static inline bool has_canary(const void *bytes, size_t size)
{
    return memmem(bytes, size, OPENING_SCENE_CANARY, strlen(OPENING_SCENE_CANARY)) != NULL;
}

static inline void assert_no_canary(void)
{
    assert_false(has_canary(output.bytes, sizeof(output.bytes)));
    assert_false(has_canary(&result, sizeof(result)));
    assert_false(has_canary(fault_text(), strlen(fault_text())));
    assert_false(has_canary(release_texts, sizeof(release_texts)));
    assert_false(has_canary(&file, sizeof(file)));
    assert_false(has_canary(grant_shown, sizeof(grant_shown)));
    assert_false(has_canary(opening_shown, sizeof(opening_shown)));
    assert_false(has_canary(slots_text, slots_bytes));
    assert_true(span_is_zero(seal_room_bytes(scene.room)));
}

static inline void assert_words(const char *words)
{
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

/* Refused with these words; nothing is written, and no manifest made. */
static inline void assert_refused(enum fault wanted, const char *words)
{
    assert_int_equal(deliver(), wanted);
    assert_words(words);
    assert_int_equal(output.size, 0);
    assert_int_equal(result.manifest_bytes, 0);
    assert_no_canary();
}

/* What an officer's client would say: the grant, or the opening. */
static inline enum fault judge_all(void)
{
    struct opening_granted granted;
    TRY(opening_judge_grant(&judge, &file, span_of(grant_shown, grant_shown_bytes), &granted));
    TRY(opening_judge_rows(&judge, &file, &rows));
    struct span shown = span_of(opening_shown, opening_shown_bytes);
    TRY(opening_judge_opening(&judge, &file, &granted, opener_opening(opener), shown));
    return opening_judge_first(&judge, &file, opener_opening(opener), shown,
                               span_of(slots_text, slots_bytes));
}

static inline void assert_judged(enum fault wanted, const char *words)
{
    assert_int_equal(judge_all(), wanted);
    assert_words(words);
    assert_refused(wanted, words);
}

static inline void assert_delivered(void)
{
    if (judge_all() != FAULT_NONE || deliver() != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

#endif /* TESTS_SUPPORT_OPENING_RUN_H */
