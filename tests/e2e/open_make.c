/* For tests/e2e/open_test.py: officers with their files, people's records, a grant, and a public
 * log that takes events and shows them, until its input ends.
 *
 *     open_make FOLDER         writes everything into FOLDER, then reads lines:
 *     grant CASE               logs CASE/grant, writes CASE/grant.shown
 *     opening CASE [AGE] [N]   logs CASE/opening, writes CASE/slots and CASE/opening.shown;
 *                              witnesses saw it AGE seconds ago, N of them
 *     now                      the next event is in the slot of this moment
 *     again                    another grant of the same records, FOLDER/grant.text
 *     fork                     from now on another log, which forks off before the first opening of
 *                              this grant, and all witnesses cosign that too
 *
 * and answers each with a line. The keys and texts are made anew each time. Each event has a slot
 * of its own, the first one some hours ago: nobody waits for one to end. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/opening.h"
#include "role/vault/share_file.h"
#include "tests/support/opening_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { PEOPLE = 2, BYTES = 131072, BEFORE_S = 12 * 3600, SLOT_S = 600 };

static struct opening_scene scene;
static struct grant grant;
static u64 moment_s;    /* in the next event's slot */
static u32 fork_leaves; /* of the log before the grant's first opening; 0: there is none yet */
static const char *folder;
static char text[BYTES];

static void put_file(const char *name, const void *bytes, size_t size)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static size_t get_file(const char *place, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", place, name);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL);
    size_t size = fread(text, 1, sizeof(text), file);
    CHECK(size < sizeof(text) && fclose(file) == 0);
    return size;
}

/* Key file, passphrase and signing key of an officer, by name. */
static void put_officer(u32 number)
{
    const struct share_scene *side = &scene.sides[number / 3];
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
    size_t mark = seal_room_mark(scene.room);
    struct share_secrets *secrets = seal_room_take(scene.room, sizeof(*secrets));
    memcpy(holder.name, roster->members[member].name, sizeof(holder.name));
    share_transcript_hash_gathered(&side->transcript, holder.transcript);
    *secrets = (struct share_secrets){.key = side->keys[member], .share = side->shares[member]};
    enum fault fault = share_file_print(scene.room, &holder, secrets,
                                        span_of_text("words of theirs"), text, &size);
    CHECK(fault == FAULT_NONE);
    seal_room_leave(scene.room, mark);
    (void)snprintf(name, sizeof(name), "%s.key", holder.name);
    put_file(name, text, size);
    (void)snprintf(name, sizeof(name), "%s.pem", holder.name);
    put_file(name, scene.signers[number].pair.private_pem,
             strlen(scene.signers[number].pair.private_pem));
}

/* A record as `cambist vault get` writes it: no hands. */
static void put_record(u32 number)
{
    const struct opening_scene_record *record = &scene.records[number];
    u8 *bytes = (u8 *)text;
    char name[32];
    memset(bytes, 0, 208);
    seal_label_encode(&record->label, bytes);
    memcpy(bytes + 24, &record->wrap, SEAL_WRAP_BYTES);
    memcpy(bytes + 168, record->hash, SEAL_HASH_BYTES);
    bytes_put_u32(bytes + 200, (u32)record->body_bytes);
    memcpy(bytes + 208, record->body, record->body_bytes);
    (void)snprintf(name, sizeof(name), "record.%u", number + 1);
    put_file(name, bytes, 208 + record->body_bytes);
}

static void put_grant(void)
{
    grant.issued_s = moment_s;
    grant.expires_s = moment_s + GRANT_PLAIN_S;
    fork_leaves = 0;
    grant.silence_s = 0;
    randombytes_buf(grant.nonce, sizeof(grant.nonce));
    grant.log_size = scene.leaves_count;
    for (u32 i = 0; i < grant.identifiers_count; i += 1) {
        char number[16];
        (void)snprintf(number, sizeof(number), "xy %06u", 100 + i);
        CHECK(grant_identifier_hash(grant.nonce, grant.identifiers[i].subject, GRANT_FIELD_DOCUMENT,
                                    span_of_text(number), grant.identifiers[i].hash));
    }
    put_file("grant.text", text, grant_print(&grant, text));
}

static void put_all(void)
{
    char hex[65];
    opening_scene_open(&scene);
    moment_s = (u64)time(NULL) - BEFORE_S;
    scene.begins_s = moment_s;
    grant = grant_scene_make(PEOPLE);
    opening_scene_fill(&scene, &grant);
    for (u32 i = 0; i < OPENING_SCENE_OFFICERS; i += 1) {
        put_officer(i);
    }
    for (u32 i = 0; i < scene.records_count; i += 1) {
        put_record(i);
    }
    for (u32 i = 0; i < 2; i += 1) {
        put_file(i == 0 ? "a.chain" : "b.chain", text,
                 share_transcript_print(&scene.sides[i].transcript, text));
    }
    put_file("circle", scene.circle_text, strlen(scene.circle_text));
    put_file("policy.txt", scene.policy_text, strlen(scene.policy_text));
    put_file("secret", bytes_to_hex(scene.recipient_secret, 32, hex), 64);
    put_file("words", "words of theirs\n", 16);
    put_grant();
}

/* There at once, as programs find it. */
static void put_at_once(const char *place, const char *name, struct span bytes)
{
    char fresh[512];
    char path[512];
    (void)snprintf(fresh, sizeof(fresh), "%s/%s.new", place, name);
    (void)snprintf(path, sizeof(path), "%s/%s", place, name);
    FILE *file = fopen(fresh, "we");
    CHECK(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size &&
          fclose(file) == 0);
    CHECK(rename(fresh, path) == 0);
}

static void show_slots(const char *place, const struct grant *of)
{
    static u8 slots[PUBLOG_SPAN_BYTES_MAX];
    const struct opening_scene_slots wanted = {.class = PUBLOG_CLASS_ORDINARY,
                                               .from_s = of->issued_s,
                                               .to_s = moment_s,
                                               .times_s = (u64)time(NULL)};
    size_t size = opening_scene_slots(&scene, &wanted, slots);
    CHECK(size > 0);
    put_at_once(place, "slots", span_of(slots, size));
}

/* Logs it and shows it, behind slots from this grant's issue on, unless that is NULL. */
static void show(const char *place, const char *name, struct opening_scene_event *event,
                 const struct grant *slots_of)
{
    static u8 shown[OPENING_SCENE_SHOWN];
    char shown_name[64];
    event->text = span_of(text, get_file(place, name));
    event->name = grant.name;
    event->class = PUBLOG_CLASS_ORDINARY;
    event->slot_s = moment_s;
    size_t size = opening_scene_show(&scene, event, shown);
    if (slots_of != NULL) {
        show_slots(place, slots_of);
    }
    (void)snprintf(shown_name, sizeof(shown_name), "%s.shown", name);
    put_at_once(place, shown_name, span_of(shown, size));
    moment_s += SLOT_S;
}

static void show_opening(const char *place, unsigned age, unsigned witnesses)
{
    struct grant_file file;
    u8 salt[PUBLOG_SALT_BYTES];
    size_t size = get_file(place, "grant");
    enum fault fault = grant_file_read(span_of(text, size), "grant", &file);
    CHECK(fault == FAULT_NONE);
    grant_mark_salt(&file.grant, file.hash, salt);
    struct opening_scene_event event = {.kind = PUBLOG_KIND_OPENING,
                                        .mark_salt = salt,
                                        .times_s = (u64)time(NULL) - age,
                                        .witnesses = witnesses};
    fork_leaves = fork_leaves == 0 ? scene.leaves_count : fork_leaves;
    show(place, "opening", &event, &file.grant);
}

int main(int count, char **arguments)
{
    char line[512];
    CHECK(count == 2);
    folder = arguments[1];
    (void)umask(S_IRWXG | S_IRWXO); /* keys are among what is written */
    put_all();
    (void)printf("ready\n");
    while (fflush(stdout) == 0 && fgets(line, sizeof(line), stdin) != NULL) {
        char what[16] = "";
        char place[256] = "";
        unsigned age = 0;
        unsigned witnesses = OPENING_SCENE_WITNESSES;
        (void)sscanf(line, "%15s %255s %u %u", what, place, &age, &witnesses);
        struct opening_scene_event event = {.kind = PUBLOG_KIND_GRANT,
                                            .times_s = (u64)time(NULL),
                                            .witnesses = OPENING_SCENE_WITNESSES};
        if (strcmp(what, "grant") == 0) {
            show(place, "grant", &event, NULL);
        } else if (strcmp(what, "opening") == 0) {
            show_opening(place, age, witnesses);
        } else if (strcmp(what, "now") == 0) {
            moment_s = (u64)time(NULL);
        } else if (strcmp(what, "fork") == 0) {
            scene.leaves_count = fork_leaves;
        } else {
            put_grant();
        }
        (void)printf("done\n");
    }
    opening_scene_close(&scene);
    return 0;
}
