/* For tests/e2e/rotate_test.py: officers of two epochs with their files, people's records, and a
 * public log that takes events and shows them, until its input ends.
 *
 *     rotate_make FOLDER N    writes everything into FOLDER, with N records of the old epoch, eight
 *                             in each file put.1, put.2, ...; then reads lines:
 *     more N                  so many records more, put.K of the next numbers
 *     draft                   FOLDER/draft, issued 73 hours ago, as FOLDER/text; the log begins
 *                             then
 *     rotation CASE [bare]    logs CASE/rotation, soon after it was issued, and writes
 *                             CASE/rotation.shown; bare: without the flag of a bulk grant
 *     opening CASE [AGE]      logs CASE/opening, writes CASE/opening.shown and CASE/slots; AGE: the
 *                             witnesses saw it so many seconds ago, and it is to be logged again
 *     grant CASE              logs CASE/grant, an ordinary one of 20 minutes ago with which the log
 *                             begins, and writes CASE/grant.shown
 *     granted CASE            logs the opening under it
 *
 * and answers each with a line. The keys are made anew each time. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/share_file.h"
#include "tests/support/rotation_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { BYTES = 131072, TOGETHER = 8, PERSON = 7, AGO_S = 73 * 3600, BEFORE_S = 3000, SLOT_S = 600 };

static struct rotation_scene scene;
static const char *folder;
static char text[BYTES];
static u32 files_count; /* put.N */
static u64 moment_s;    /* of the next opening's slot: no two stand in one */

static void put_file(const char *place, const char *name, const void *bytes, size_t size)
{
    char fresh[512];
    char path[512];
    (void)snprintf(fresh, sizeof(fresh), "%s/%s.part", place, name);
    (void)snprintf(path, sizeof(path), "%s/%s", place, name);
    FILE *file = fopen(fresh, "we");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
    CHECK(rename(fresh, path) == 0);
}

static struct span get_file(const char *place, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", place, name);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL);
    size_t size = fread(text, 1, sizeof(text), file);
    CHECK(size < sizeof(text) && fclose(file) == 0);
    return span_of(text, size);
}

/* ---- what is there from the start ---- */

/* The key file of an officer, with the share of these groups. */
static void put_share(u32 number, const struct share_scene sides[2], const char *prefix)
{
    const struct share_scene *side = &sides[number / 3];
    const struct share_roster *roster = &side->group.roster;
    u32 member = number % 3;
    struct share_holder holder = {.index = member + 1,
                                  .side = roster->side,
                                  .epoch = roster->epoch,
                                  .passes = 1,
                                  .memory_kb = SHARE_FILE_MEMORY_KB_MIN,
                                  .key = roster->members[member].key};
    char name[64];
    size_t size = 0;
    size_t mark = seal_room_mark(scene.old.room);
    struct share_secrets *secrets = seal_room_take(scene.old.room, sizeof(*secrets));
    memcpy(holder.name, roster->members[member].name, sizeof(holder.name));
    share_transcript_hash_gathered(&side->transcript, holder.transcript);
    *secrets = (struct share_secrets){.key = side->keys[member], .share = side->shares[member]};
    enum fault fault = share_file_print(scene.old.room, &holder, secrets,
                                        span_of_text("words of theirs"), text, &size);
    CHECK(fault == FAULT_NONE);
    seal_room_leave(scene.old.room, mark);
    (void)snprintf(name, sizeof(name), "%s%s.key", prefix, holder.name);
    put_file(folder, name, text, size);
}

/* Records from the one with this number on, in the form that `cambist vault put` takes. */
static void put_records(u32 from)
{
    for (u32 i = from; i < scene.records_count; i += TOGETHER) {
        u32 count = scene.records_count - i < TOGETHER ? scene.records_count - i : TOGETHER;
        u8 *at = (u8 *)text;
        char name[32];
        bytes_put_u32(at, count);
        at += 4;
        for (u32 j = i; j < i + count; j += 1) {
            const struct rotation_scene_record *record = &scene.records[j];
            memset(at, 0, 208);
            seal_label_encode(&record->label, at);
            memcpy(at + 24, &record->wrap, SEAL_WRAP_BYTES);
            memcpy(at + 168, record->hash, SEAL_HASH_BYTES);
            bytes_put_u32(at + 200, sizeof(record->body));
            memcpy(at + 208, record->body, sizeof(record->body));
            at += 208 + sizeof(record->body);
        }
        files_count += 1;
        (void)snprintf(name, sizeof(name), "put.%u", files_count);
        put_file(folder, name, text, (size_t)(at - (u8 *)text));
    }
}

static void put_all(u32 records)
{
    char recipient[AGE_RECIPIENT_BYTES];
    char hex[2][2 * SEAL_POINT_BYTES + 1];
    u8 key[AGE_KEY_BYTES];
    rotation_scene_open(&scene);
    rotation_scene_add(&scene, PERSON, records);
    for (u32 i = 0; i < OPENING_SCENE_OFFICERS; i += 1) {
        char name[64];
        put_share(i, scene.old.sides, "");
        put_share(i, scene.sides, "to-");
        (void)snprintf(name, sizeof(name), "%s.pem",
                       scene.sides[i / 3].group.roster.members[i % 3].name);
        put_file(folder, name, scene.old.signers[i].pair.private_pem,
                 strlen(scene.old.signers[i].pair.private_pem));
    }
    for (u32 i = 0; i < 2; i += 1) {
        put_file(folder, i == 0 ? "a.chain" : "b.chain", text,
                 share_transcript_print(&scene.old.sides[i].transcript, text));
        put_file(folder, i == 0 ? "to-a.chain" : "to-b.chain", text,
                 share_transcript_print(&scene.sides[i].transcript, text));
    }
    put_file(folder, "circle", scene.old.circle_text, strlen(scene.old.circle_text));
    put_file(folder, "policy.txt", scene.old.policy_text, strlen(scene.old.policy_text));
    put_file(folder, "words", "words of theirs\n", 16);
    CHECK(crypto_scalarmult_base(key, scene.old.recipient_secret) == 0);
    age_recipient_print(key, recipient);
    put_file(folder, "recipient", recipient, strlen(recipient));
    int size = snprintf(text, sizeof(text), "1 %s\n2 %s\n",
                        bytes_to_hex(&scene.old.key.public, SEAL_POINT_BYTES, hex[0]),
                        bytes_to_hex(&scene.key.public, SEAL_POINT_BYTES, hex[1]));
    put_file(folder, "groups", text, (size_t)size);
    put_records(0);
}

/* ---- the log ---- */

struct logged {
    const char *place;
    const char *name; /* of the file with its text */
    u64 slots_from_s; /* 0: no slots are shown */
    struct opening_scene_event event;
};

static void show(struct logged *logged)
{
    static u8 bytes[PUBLOG_SPAN_BYTES_MAX];
    char name[64];
    logged->event.text = get_file(logged->place, logged->name);
    logged->event.class = PUBLOG_CLASS_ORDINARY;
    logged->event.witnesses = OPENING_SCENE_WITNESSES;
    size_t size = opening_scene_show(&scene.old, &logged->event, bytes);
    (void)snprintf(name, sizeof(name), "%s.shown", logged->name);
    put_file(logged->place, name, bytes, size);
    if (logged->slots_from_s > 0) {
        const struct opening_scene_slots wanted = {.class = PUBLOG_CLASS_ORDINARY,
                                                   .from_s = logged->slots_from_s,
                                                   .to_s = logged->event.slot_s,
                                                   .times_s = logged->event.times_s};
        size = opening_scene_slots(&scene.old, &wanted, bytes);
        CHECK(size > 0);
        put_file(logged->place, "slots", bytes, size);
    }
}

static void log_begins(u64 begins_s)
{
    scene.old.begins_s = begins_s;
    scene.old.leaves_count = 0;
    moment_s = (u64)time(NULL) - BEFORE_S;
}

static void draft(void)
{
    struct rotation rotation;
    enum fault fault = rotation_read(get_file(folder, "draft"), "draft", &rotation);
    CHECK(fault == FAULT_NONE);
    rotation.issued_s = (u64)time(NULL) - AGO_S;
    rotation.expires_s = rotation.issued_s + GRANT_BULK_S;
    put_file(folder, "text", text, rotation_print(&rotation, text));
    log_begins(rotation.issued_s);
}

static struct rotation_file rotation_of(const char *place)
{
    struct rotation_file file;
    enum fault fault = rotation_file_read(get_file(place, "rotation"), "rotation", &file);
    CHECK(fault == FAULT_NONE);
    return file;
}

static void log_rotation(const char *place, bool is_bare)
{
    struct rotation_file file = rotation_of(place);
    struct logged logged = {.place = place,
                            .name = "rotation",
                            .event = {.kind = PUBLOG_KIND_GRANT,
                                      .flags = is_bare ? 0 : PUBLOG_FLAG_BULK,
                                      .name = file.rotation.name,
                                      .slot_s = file.rotation.issued_s + 60,
                                      .times_s = file.rotation.issued_s + 700}};
    show(&logged);
}

static void log_opening(const char *place, unsigned age)
{
    u8 salt[PUBLOG_SALT_BYTES];
    struct rotation_file file = rotation_of(place);
    struct logged logged = {.place = place,
                            .name = "opening",
                            .slots_from_s = file.rotation.issued_s,
                            .event = {.kind = PUBLOG_KIND_OPENING,
                                      .mark_salt = salt,
                                      .name = file.rotation.name,
                                      .slot_s = moment_s,
                                      .times_s = (u64)time(NULL) - age}};
    u32 leaves = scene.old.leaves_count;
    rotation_mark_salt(&file, salt);
    show(&logged);
    if (age > 0) { /* taken back: it is one event, however often it is shown */
        scene.old.leaves_count = leaves;
    } else {
        moment_s += SLOT_S;
    }
}

/* ---- an ordinary opening, afterwards ---- */

static void log_grant(const char *place, bool is_opening)
{
    static struct grant_file file;
    u8 salt[PUBLOG_SALT_BYTES];
    u64 now = (u64)time(NULL);
    enum fault fault = grant_file_read(get_file(place, "grant"), "grant", &file);
    CHECK(fault == FAULT_NONE);
    grant_mark_salt(&file.grant, file.hash, salt);
    struct logged logged = {.place = place,
                            .name = is_opening ? "opening" : "grant",
                            .slots_from_s = is_opening ? file.grant.issued_s : 0,
                            .event = {.kind = is_opening ? PUBLOG_KIND_OPENING : PUBLOG_KIND_GRANT,
                                      .mark_salt = is_opening ? salt : NULL,
                                      .name = file.grant.name,
                                      .slot_s = is_opening ? now : file.grant.issued_s + 60,
                                      .times_s = now}};
    if (!is_opening) {
        log_begins(file.grant.issued_s);
    }
    show(&logged);
}

int main(int count, char **arguments)
{
    char line[512];
    CHECK(count == 3);
    folder = arguments[1];
    (void)umask(S_IRWXG | S_IRWXO); /* keys are among what is written */
    put_all((u32)strtoul(arguments[2], NULL, 10));
    (void)printf("ready\n");
    while (fflush(stdout) == 0 && fgets(line, sizeof(line), stdin) != NULL) {
        char what[16] = "";
        char place[256] = "";
        char more[16] = "";
        (void)sscanf(line, "%15s %255s %15s", what, place, more);
        if (strcmp(what, "more") == 0) {
            u32 before = scene.records_count;
            rotation_scene_add(&scene, PERSON + before, (u32)strtoul(place, NULL, 10));
            put_records(before);
        } else if (strcmp(what, "draft") == 0) {
            draft();
        } else if (strcmp(what, "rotation") == 0) {
            log_rotation(place, strcmp(more, "bare") == 0);
        } else if (strcmp(what, "opening") == 0) {
            log_opening(place, (unsigned)strtoul(more, NULL, 10));
        } else {
            log_grant(place, strcmp(what, "granted") == 0);
        }
        (void)printf("done\n");
    }
    rotation_scene_close(&scene);
    return 0;
}
