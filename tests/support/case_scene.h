/* What the tests of the officers' queue share: a folder, a pack with three rules, a database of the
 * queue's, and the number and time of the command whose events are told. */
#ifndef TESTS_SUPPORT_CASE_SCENE_H
#define TESTS_SUPPORT_CASE_SCENE_H

#include "base/span.h"
#include "io/digest.h"
#include "role/cases/case_store.h"
#include "tests/support/engine_scene.h"
#include "wire/notice.h"

#include <stdio.h>

#define DAY    NOTICE_DAY_US
#define START  (19103ULL * DAY) /* Thursday, 21 April 2022 */
#define FREEZE 0x3F0FU
#define PERSON 1U
#define ANNA   11U
#define BELA   12U

static const u8 venue[CASE_VENUE_BYTES] = {1, 2, 3};

/* Rule 0 freezes with reports, rule 1 has a threshold, rule 2 is nobody's business. */
static const char json[] =
    "{\"pack\":{\"id\":\"test-pack\",\"title\":{\"en\":\"T\",\"fr\":\"T\"},\"version\":\"4\"},"
    "\"rules\":[{\"id\":\"r.listed\",\"audience\":\"customer\",\"actions\":[\"freeze\","
    "{\"report\":\"ofac\",\"business_days\":\"10\"},"
    "{\"report\":\"ofac\",\"due\":\"09-30\",\"as_of\":\"06-30\"}],\"cite\":[]},"
    "{\"id\":\"r.amount\",\"audience\":\"customer\",\"actions\":[{\"wind_down\":\"futures\","
    "\"days\":\"90\"},{\"close_account\":\"assets\"}],\"threshold\":{\"amount\":\"10000.00\"},"
    "\"on_unknown\":{\"actions\":[{\"request_evidence\":\"residence\",\"days\":\"14\"}],"
    "\"days\":\"14\",\"evidence\":\"residence\"}},"
    "{\"id\":\"r.quiet\",\"audience\":\"neutral\",\"actions\":[{\"report\":\"nca\"}]}]}";

static char folder[SCENE_PATH_BYTES];
static u8 pack_hash[SHA256_BYTES];
static struct case_store *store;
static u64 seq;
static u64 now_us;

static inline void case_scene_pack(void)
{
    char path[FILE_PATH_BYTES];
    char name[CASE_HASH_BYTES * 2 + 1];
    struct sha256 sha256;
    scene_must(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(json, sizeof(json) - 1));
    sha256_end(&sha256, pack_hash);
    sha256_close(&sha256);
    for (u32 i = 0; i < CASE_HASH_BYTES; i += 1) {
        (void)snprintf(name + (size_t)i * 2, 3, "%02x", pack_hash[i]);
    }
    (void)snprintf(path, sizeof(path), "%s/%s.json", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(json, 1, sizeof(json) - 1, file), sizeof(json) - 1);
    assert_int_equal(fclose(file), 0);
}

static inline struct case_store *case_scene_open(const char *name)
{
    char path[FILE_PATH_BYTES];
    struct case_store *opened = NULL;
    scene_must(file_path(path, folder, name));
    struct case_store_options options = {
        .path = path, .access = SQL_WRITE, .venue = venue, .disk = disk_real(), .packs = folder};
    scene_must(case_store_open(&opened, &options));
    return opened;
}

static inline int case_scene_make(void **state)
{
    (void)state;
    scene_folder_make(folder);
    case_scene_pack();
    store = case_scene_open("cases.db");
    seq = 100;
    now_us = START;
    return 0;
}

static inline int case_scene_clear(void **state)
{
    (void)state;
    case_store_close(store);
    store = NULL;
    scene_folder_remove(folder);
    return 0;
}

static inline struct event_head head_of(u16 kind, size_t size, u32 account)
{
    seq += 1;
    return (struct event_head){
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .seq = seq};
}

/* ---- telling ---- */

static inline enum fault try_apply(const void *event, size_t size)
{
    enum fault fault = case_store_begin(store);
    fault =
        fault == FAULT_NONE ? case_store_apply(store, span_of(event, size), seq, now_us) : fault;
    if (fault != FAULT_NONE) {
        case_store_abandon(store);
        return fault;
    }
    return case_store_commit(store, seq);
}

/* One event of a command of its own. */
#define TELL(EVENT)                                     \
    do {                                                \
        scene_must(try_apply(&(EVENT), sizeof(EVENT))); \
    } while (0)

/* What a command of this source was, repeated behind `applied`. */
static inline void tell_applied_of(u8 source, void *command, size_t size, u16 kind, u32 account)
{
    u8 bytes[512] = {0};
    struct event_applied applied = {
        .head = head_of(EVENT_APPLIED, sizeof(struct event_applied) + size, account)};
    struct command_head head = {
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .source = source};
    memcpy(command, &head, sizeof(head));
    memcpy(bytes, &applied, sizeof(applied));
    memcpy(bytes + sizeof(applied), command, size);
    scene_must(try_apply(bytes, sizeof(applied) + size));
}

static inline void tell_applied(void *command, size_t size, u16 kind, u32 account)
{
    tell_applied_of(1, command, size, kind, account);
}

static inline void tell_link(u32 person, u32 account, bool joins)
{
    struct command_link link = {.person = person, .officer = ANNA, .second = BELA};
    tell_applied(&link, sizeof(link), joins ? COMMAND_LINK : COMMAND_UNLINK, account);
}

static inline void tell_pack(u8 number, enum pack_state pack_state)
{
    struct event_pack_state event = {.head = head_of(EVENT_PACK_STATE, sizeof(event), 0),
                                     .version = 4,
                                     .pack = number,
                                     .state = (u8)pack_state};
    memcpy(event.content_hash, pack_hash, sizeof(event.content_hash));
    memcpy(event.pack_id, "test-pack", 9);
    TELL(event);
}

#endif /* TESTS_SUPPORT_CASE_SCENE_H */
