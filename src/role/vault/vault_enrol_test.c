/* Aim: what a browser sealed is taken as it was offered and not otherwise; its reviewer alone opens
 * it, each view is an event, and the copies are gone with the verdict or after 14 days; who was
 * seen before is told to nobody but the desk, and never as whom; over the gateway's line one enrols
 * for the subject that the gateway names, and can do nothing else.
 * Method: the agent step by step, its clock moved here; enrolments, honest and not; the bytes. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/review_file.h"
#include "role/vault/seal_enrol.h"
#include "role/vault/vault_agent.h"
#include "role/vault/vault_groups.h"
#include "role/vault/vault_message.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"
#include "wire/keep_line.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEPS = 20000, ROOM = 1 << 17, REVIEWERS = 3, TEXT_BYTES = 4096 };
#define DAY_S   86400U
#define START_S (20000ULL * DAY_S)
#define EPOCH   4U

static char folder[SCENE_PATH_BYTES];
static struct sockaddr_un address;
static struct vault_agent *agent;
static struct clock_false clock_false;
static int listener;
static int client;
static int line[2];      /* the gateway's end, keep's */
static u64 line_subject; /* whom the gateway names; 0: what is asked goes to the socket */
static u8 frame[ROOM];
static u8 answer[ROOM];
static u32 answer_bytes;
static struct seal_room *room;
static struct seal_point group;
static struct seal_scalar reviewers[REVIEWERS];
static struct seal_point points[REVIEWERS];

/* ---- the scene ---- */

static void file_write(const char *name, const char *text)
{
    char path[2 * SCENE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, VAULT_FOLDER, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void pins_write(void)
{
    char hex[2 * SEAL_POINT_BYTES + 1];
    char text[REVIEWERS * 80];
    size_t size = 0;
    (void)snprintf(text, sizeof(text), "%u %s\n", EPOCH,
                   bytes_to_hex(group.bytes, sizeof(group.bytes), hex));
    file_write(VAULT_GROUPS_FILE, text);
    for (u32 i = 0; i < REVIEWERS; i += 1) {
        size += (size_t)snprintf(text + size, sizeof(text) - size, "anna-%u %s\n", i,
                                 bytes_to_hex(points[i].bytes, sizeof(points[i].bytes), hex));
    }
    file_write("reviewers", text);
}

static void agent_begin(void)
{
    struct vault_agent_options options = {.folder = folder,
                                          .disk = disk_real(),
                                          .clock = &clock_false.clock,
                                          .listener = listener,
                                          .line = line[1],
                                          .lookups_per_hour = 3,
                                          .drill_days = 100};
    scene_must(vault_agent_create(&agent, &options));
    scene_must(agent_open(vault_agent_of(agent)));
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void agent_end(void)
{
    (void)close(client);
    agent_close(vault_agent_of(agent));
    vault_agent_destroy(agent);
}

static int setup(void **state)
{
    struct seal_scalar secret;
    char path[2 * SCENE_PATH_BYTES];
    (void)state;
    scene_folder_make(folder);
    clock_false_init(&clock_false, START_S * 1000000U);
    address.sun_family = AF_UNIX;
    assert_true(strlen(folder) + sizeof("/keep.sock") <= sizeof(address.sun_path));
    memcpy(address.sun_path, folder, strlen(folder) + 1);
    memcpy(address.sun_path + strlen(folder), "/keep.sock", sizeof("/keep.sock"));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    line_subject = 0;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    seal_scalar_random(&secret);
    assert_true(seal_point_of(&secret, &group));
    for (u32 i = 0; i < REVIEWERS; i += 1) {
        seal_scalar_random(&reviewers[i]);
        assert_true(seal_point_of(&reviewers[i], &points[i]));
    }
    (void)snprintf(path, sizeof(path), "%s/%s", folder, VAULT_FOLDER);
    scene_must(disk_make_folder(disk_real(), path));
    pins_write();
    agent_begin();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    agent_end();
    (void)close(listener);
    (void)close(line[0]);
    (void)close(line[1]);
    seal_room_close(room);
    scene_folder_remove(folder);
    return 0;
}

static void work(u64 seconds)
{
    bool busy = false;
    clock_false_advance(&clock_false, seconds * 1000000000U);
    scene_must(agent_work(vault_agent_of(agent), &busy));
}

/* As the gateway: enum keep_line_code; UINT32_MAX: nobody answers. */
static u32 ask_line(const struct frame_writer *writer)
{
    static u8 message[ROOM];
    static u64 id;
    struct keep_line_answer said = {.id = 0};
    bytes_put_u64(message, id += 1);
    bytes_put_u64(message + 8, line_subject);
    memcpy(message + KEEP_LINE_FRAME_AT, writer->bytes, writer->size);
    size_t size = KEEP_LINE_FRAME_AT + writer->size;
    assert_int_equal(send(line[0], message, size, MSG_NOSIGNAL), size);
    work(0);
    ssize_t bytes = read(line[0], message, sizeof(message));
    if (bytes < 0) {
        return UINT32_MAX;
    }
    if (!keep_line_answer_read(span_of(message, (size_t)bytes), &said)) {
        assert_int_equal(bytes, KEEP_LINE_ANSWER_HEAD); /* to a kind that is none */
        said.code = bytes_u16(message + 10);
    }
    assert_int_equal(bytes_u64(message), id);
    answer_bytes = 12 + (u32)said.contents.size;
    if (said.contents.size > 0) {
        memcpy(answer + 12, said.contents.data, said.contents.size);
    }
    return said.code;
}

static u32 ask(struct frame_writer *writer)
{
    vault_writer_end(writer);
    if (line_subject != 0) {
        return ask_line(writer);
    }
    for (u32 sent = 0; sent < writer->size;) {
        ssize_t size = send(client, writer->bytes + sent, writer->size - sent, MSG_NOSIGNAL);
        sent += size > 0 ? (u32)size : 0;
        work(0);
    }
    answer_bytes = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        work(0);
        ssize_t size = read(client, answer + answer_bytes, sizeof(answer) - answer_bytes);
        answer_bytes += size > 0 ? (u32)size : 0;
        if (answer_bytes >= 12 && bytes_u32(answer) == answer_bytes) {
            u32 code = bytes_u32(answer + 8);
            if (code == VAULT_CODE_WRONG && bytes_u16(answer + 4) != (VAULT_ASK_ENROL | 0x8000)) {
                fail_msg("wrong: %.*s", (int)(answer_bytes - 12), (const char *)answer + 12);
            }
            return code;
        }
    }
    fail_msg("no answer");
    return 0;
}

static u32 ask_number(u32 kind, u64 number)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), kind);
    frame_write_u64(&writer, number);
    return ask(&writer);
}

static u32 ask_kind(u32 kind)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), kind);
    return ask(&writer);
}

/* Whether a file of the vault has these bytes. */
static bool folder_has(struct span bytes)
{
    static const char *const below[] = {VAULT_KEYS_FOLDER, VAULT_BODIES_FOLDER};
    static u8 content[1 << 20];
    bool has = false;
    for (u32 i = 0; i < ARRAY_COUNT(below); i += 1) {
        char path[2 * SCENE_PATH_BYTES];
        (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, VAULT_FOLDER, below[i]);
        DIR *listing = opendir(path);
        assert_non_null(listing);
        for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
            char name[4 * SCENE_PATH_BYTES];
            (void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
            FILE *file = entry->d_name[0] == '.' ? NULL : fopen(name, "r");
            if (file != NULL) {
                size_t size = fread(content, 1, sizeof(content), file);
                assert_true(size < sizeof(content));
                has = has || memmem(content, size, bytes.data, bytes.size) != NULL;
                assert_int_equal(fclose(file), 0);
            }
        }
        assert_int_equal(closedir(listing), 0);
    }
    return has;
}

/* ---- what a browser does ---- */

struct offer {
    u32 version;
    u32 epoch;
    u64 until_s;
    struct seal_point group;
    struct seal_point enrol;
    struct seal_point reviewer;
};

static struct offer offer_of(u64 subject)
{
    struct offer offer = {.version = 0};
    assert_int_equal(ask_number(VAULT_ASK_OFFER, subject), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, 12 + VAULT_OFFER_BYTES);
    offer.version = bytes_u32(answer + 12);
    offer.epoch = bytes_u32(answer + 16);
    assert_int_equal(bytes_u64(answer + 20), 1);
    offer.until_s = bytes_u64(answer + 28);
    memcpy(offer.group.bytes, answer + 36, SEAL_POINT_BYTES);
    memcpy(offer.enrol.bytes, answer + 68, SEAL_POINT_BYTES);
    memcpy(offer.reviewer.bytes, answer + 100, SEAL_POINT_BYTES);
    return offer;
}

/* What is not as it should be. */
enum lie {
    HONEST,
    TELLS_ANOTHER_DOCUMENT,
    WRAPS_ANOTHER_KEY,
    TWO_HANDS,
    NO_IDENTITY,
    TEXT_WITH_ESCAPES,
    BOX_OF_ANOTHER,
};

struct person {
    u64 subject;
    const char *name;
    const char *day;
    const char *document;
    enum lie lie;
};

static u8 last_hand[VAULT_HAND_BYTES]; /* of the identity that was sealed last */

static void text_of(const struct person *person, const char *document, char text[TEXT_BYTES])
{
    (void)snprintf(text, TEXT_BYTES,
                   "name: %s\nscript: Latn\nbirth-date: %s\nnationality: FR\n"
                   "email: p%llu@example.invalid\ndocument: %s\ndocument-kind: passport\n"
                   "document-country: FR\n",
                   person->name, person->day, (unsigned long long)person->subject, document);
}

/* Writes one record; the key is left in `key`. */
static void record_put(struct frame_writer *writer, const struct offer *offer,
                       const struct person *person, u8 seal_group, const char *text,
                       u8 key[SEAL_KEY_SIZE], struct vault_record *record)
{
    static u8 body[SEAL_BODY_BYTES(TEXT_BYTES)];
    struct seal_wrap wrap;
    u8 other[SEAL_KEY_SIZE];
    record->label = (struct seal_label){.subject = person->subject,
                                        .version = offer->version,
                                        .epoch = offer->epoch,
                                        .group = seal_group,
                                        .retention = 1};
    seal_key_make(key);
    seal_key_make(other);
    seal_body_close(&record->label, key, span_of_text(text), body, record->hash);
    scene_must(seal_wrap_make(room, &record->label, &offer->group,
                              person->lie == WRAPS_ANOTHER_KEY ? other : key, record->hash, &wrap));
    memcpy(record->wrap, &wrap, sizeof(wrap));
    record->hands_count = person->lie == TWO_HANDS ? 2 : 1;
    for (u32 i = 0; i < record->hands_count; i += 1) {
        record->hands[i].until_s = offer->until_s;
        scene_must(seal_hand_make(room, &record->label, SEAL_HAND_REVIEW, &offer->reviewer,
                                  offer->until_s, key, record->hands[i].bytes));
    }
    record->body = span_of(body, SEAL_BODY_BYTES(strlen(text)));
    vault_write_record(writer, record);
}

static u32 enrol(const struct offer *offer, const struct person *person)
{
    static struct vault_record identity;
    static struct vault_record home;
    char text[TEXT_BYTES];
    u8 key[SEAL_KEY_SIZE] = {0}; /* without an identity: nobody's */
    u8 other[SEAL_KEY_SIZE];
    u8 box[SEAL_ENROL_BOX_BYTES];
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_ENROL);
    text_of(person, person->document, text);
    if (person->lie == TEXT_WITH_ESCAPES) {
        (void)strcat(text, "note: \x1b]0;x\n");
    }
    frame_write_u32(&writer, person->lie == NO_IDENTITY ? 1 : 2);
    if (person->lie != NO_IDENTITY) {
        record_put(&writer, offer, person, SEAL_GROUP_IDENTITY, text, key, &identity);
        memcpy(last_hand, identity.hands[0].bytes, sizeof(last_hand));
    }
    record_put(&writer, offer, person, SEAL_GROUP_ADDRESS, "residence: FR\naddress: x\n", other,
               &home);
    frame_write_bytes(&writer, span_of(offer->reviewer.bytes, SEAL_POINT_BYTES));
    text_of(person, person->lie == TELLS_ANOTHER_DOCUMENT ? "ZZ 1" : person->document, text);
    struct seal_label label = identity.label;
    label.subject += person->lie == BOX_OF_ANOTHER ? 1 : 0;
    scene_must(seal_enrol_box_make(room, &label, &offer->enrol, key, identity.hash,
                                   span_of_text(text), box));
    frame_write_bytes(&writer, span_of(box, sizeof(box)));
    return ask(&writer);
}

static u32 enrol_new(const struct person *person)
{
    struct offer offer = offer_of(person->subject);
    return enrol(&offer, person);
}

/* ---- what a reviewer does ---- */

static u32 reviewer_of(const struct seal_point *point)
{
    u32 place = 0;
    while (memcmp(&points[place], point, sizeof(*point)) != 0) {
        place += 1;
        assert_true(place < REVIEWERS);
    }
    return place;
}

static u32 view(u64 subject, u32 version)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_REVIEW);
    frame_write_u64(&writer, subject);
    frame_write_u32(&writer, version);
    return ask(&writer);
}

static struct review_pins pins_of(u32 place)
{
    return (struct review_pins){.group_key = group,
                                .epoch = EPOCH,
                                .reviewer = points[place],
                                .secret = &reviewers[place],
                                .now_s = clock_wall_us(&clock_false.clock) / 1000000U};
}

/* Opens what `view` answered, as the reviewer that is assigned. */
static enum fault open_viewed(struct review *review)
{
    struct seal_point point;
    memcpy(point.bytes, answer + 12 + 24, sizeof(point.bytes));
    struct review_pins pins = pins_of(reviewer_of(&point));
    enum fault fault =
        review_open(room, span_of(answer + 12, answer_bytes - 12), "r", &pins, review);
    if (fault != FAULT_NONE) {
        fault_forget();
    }
    return fault;
}

static u32 decide(u32 place, u64 subject, u32 version, u8 outcome, const u8 *enrolment)
{
    struct seal_verdict verdict = {.subject = subject, .version = version, .outcome = outcome};
    u8 proof[SEAL_PROOF_BYTES];
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_DECIDE);
    memcpy(verdict.enrolment, enrolment, SEAL_HASH_BYTES);
    seal_verdict_sign(room, &reviewers[place], &points[place], &verdict);
    memcpy(proof, &verdict.proof, sizeof(proof));
    frame_write_u64(&writer, subject);
    frame_write_u32(&writer, version);
    frame_write_u32(&writer, outcome);
    frame_write_bytes(&writer, span_of(enrolment, SEAL_HASH_BYTES));
    frame_write_bytes(&writer, span_of(proof, sizeof(proof)));
    return ask(&writer);
}

static u32 events_of(u16 kind)
{
    u32 found = 0;
    assert_int_equal(ask_number(VAULT_ASK_EVENTS, 1), VAULT_CODE_OK);
    for (u32 i = 0; i < bytes_u32(answer + 12); i += 1) {
        found += bytes_u16(answer + 16 + (size_t)i * VAULT_EVENT_BYTES + 16) == kind ? 1 : 0;
    }
    return found;
}

static u64 hands_there(void)
{
    assert_int_equal(ask_kind(VAULT_ASK_STATUS), VAULT_CODE_OK);
    return bytes_u64(answer + 12 + 24);
}

/* ---- tests ---- */

static const struct person ilona = {17, "Ilona Quellfrost", "1990-02-03", "QF 77-310", HONEST};

static void one_is_taken_seen_and_decided(void **state)
{
    struct review review;
    struct offer offer = offer_of(17);
    (void)state;
    assert_int_equal(offer.version, 1);
    assert_int_equal(offer.epoch, EPOCH);
    assert_int_equal(offer.until_s, START_S + 14U * DAY_S);
    u32 place = reviewer_of(&offer.reviewer);
    assert_int_equal(enrol(&offer, &ilona), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, 12); /* nothing is said to the customer */
    assert_int_equal(ask_kind(VAULT_ASK_REVIEWS), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    assert_int_equal(bytes_u64(answer + 16), 17);
    assert_memory_equal(answer + 16 + 32, offer.reviewer.bytes, SEAL_POINT_BYTES);
    /* What is got without a view has no copy for the reviewer. */
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_GET);
    const struct seal_label label = {.subject = 17, .group = SEAL_GROUP_IDENTITY};
    vault_write_place(&writer, &label);
    assert_int_equal(ask(&writer), VAULT_CODE_OK);
    assert_int_equal(answer[12 + 204], 0);
    assert_int_equal(events_of(VAULT_EVENT_VIEW), 0);
    assert_int_equal(view(17, 1), VAULT_CODE_OK);
    assert_int_equal(open_viewed(&review), FAULT_NONE);
    assert_int_equal(review.count, 2);
    assert_int_equal(review.seen, 0);
    assert_memory_equal(review.texts[0], "name: Ilona Quellfrost\n", 23);
    assert_int_equal(events_of(VAULT_EVENT_VIEW), 1);
    /* Another officer's verdict, one on something else, one that is none; then theirs. */
    u8 other[SEAL_HASH_BYTES] = {1};
    u32 stranger = (place + 1) % REVIEWERS;
    assert_int_equal(decide(stranger, 17, 1, SEAL_OUTCOME_ACCEPT, review.enrolment),
                     VAULT_CODE_REFUSED);
    assert_int_equal(decide(place, 17, 1, SEAL_OUTCOME_ACCEPT, other), VAULT_CODE_REFUSED);
    assert_int_equal(decide(place, 18, 1, SEAL_OUTCOME_ACCEPT, review.enrolment),
                     VAULT_CODE_MISSING);
    assert_int_equal(hands_there(), 2);
    assert_true(folder_has(span_of(last_hand + 8, 32)));
    assert_int_equal(decide(place, 17, 1, SEAL_OUTCOME_ACCEPT, review.enrolment), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 2);
    assert_int_equal(hands_there(), 0);
    assert_int_equal(ask_kind(VAULT_ASK_SWEEP), VAULT_CODE_OK);
    assert_false(folder_has(span_of(last_hand + 8, 32)));
    assert_int_equal(decide(place, 17, 1, SEAL_OUTCOME_REJECT, review.enrolment),
                     VAULT_CODE_REFUSED);
    assert_int_equal(view(17, 1), VAULT_CODE_REFUSED);
    assert_int_equal(events_of(VAULT_EVENT_VIEW), 1);
    review_close(&review);
}

static void what_nobody_decided_is_over(void **state)
{
    struct review review;
    (void)state;
    assert_int_equal(enrol_new(&ilona), VAULT_CODE_OK);
    work(14U * DAY_S - 60);
    assert_int_equal(view(17, 1), VAULT_CODE_OK);
    assert_int_equal(open_viewed(&review), FAULT_NONE);
    review_close(&review);
    u8 kept[ROOM / 4];
    u32 kept_bytes = answer_bytes;
    assert_true(kept_bytes < sizeof(kept));
    memcpy(kept, answer, kept_bytes);
    work(120);
    work(20);
    assert_int_equal(view(17, 1), VAULT_CODE_REFUSED);
    assert_int_equal(hands_there(), 0);
    assert_int_equal(ask_kind(VAULT_ASK_REVIEWS), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 0);
    assert_int_equal(ask_kind(VAULT_ASK_SWEEP), VAULT_CODE_OK);
    assert_false(folder_has(span_of(last_hand + 8, 32)));
    memcpy(answer, kept, kept_bytes); /* an old copy of the file */
    answer_bytes = kept_bytes;
    assert_int_equal(open_viewed(&review), FAULT_REFUSED);
    /* They may come again. */
    assert_int_equal(offer_of(17).version, 2);
    assert_int_equal(enrol_new(&ilona), VAULT_CODE_OK);
    assert_int_equal(view(17, 2), VAULT_CODE_OK);
    assert_int_equal(open_viewed(&review), FAULT_NONE);
    assert_int_equal(review.seen, 0); /* as themselves: that is nobody else */
    review_close(&review);
}

static u32 refused(struct offer offer, struct person person)
{
    u32 code = enrol(&offer, &person);
    assert_int_equal(code, VAULT_CODE_REFUSED);
    return code;
}

static void what_was_not_offered_is_refused(void **state)
{
    struct offer good = offer_of(17);
    struct offer bad = good;
    struct person person = ilona;
    (void)state;
    bad.reviewer = points[(reviewer_of(&good.reviewer) + 1) % REVIEWERS];
    (void)refused(bad, ilona);
    bad = good;
    bad.version = 2;
    (void)refused(bad, ilona);
    bad = good;
    bad.epoch = EPOCH - 1;
    (void)refused(bad, ilona);
    bad = good;
    bad.group = points[0];
    (void)refused(bad, ilona);
    bad = good;
    bad.until_s += 1;
    (void)refused(bad, ilona);
    bad.until_s = START_S;
    (void)refused(bad, ilona);
    bad.until_s = 0;
    (void)refused(bad, ilona);
    person.lie = TWO_HANDS;
    (void)refused(good, person);
    person.lie = NO_IDENTITY;
    (void)refused(good, person);
    person.lie = BOX_OF_ANOTHER;
    assert_int_equal(enrol(&good, &person), VAULT_CODE_WRONG);
    bad = good;
    bad.enrol = points[0];
    assert_int_equal(enrol(&bad, &ilona), VAULT_CODE_WRONG);
    person = ilona;
    person.document = "#";
    assert_int_equal(enrol(&good, &person), VAULT_CODE_WRONG);
    person = ilona;
    person.day = "1990-2-3";
    assert_int_equal(enrol(&good, &person), VAULT_CODE_WRONG);
    assert_int_equal(hands_there(), 0);
    assert_int_equal(enrol(&good, &ilona), VAULT_CODE_OK);
    good.version = 2; /* nobody draws another reviewer while one has it */
    (void)refused(good, ilona);
}

static void a_reviewer_sees_what_does_not_fit(void **state)
{
    static const enum lie lies[] = {TELLS_ANOTHER_DOCUMENT, WRAPS_ANOTHER_KEY, TEXT_WITH_ESCAPES};
    struct review review;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(lies); i += 1) {
        struct person person = ilona;
        person.subject = 30 + i;
        person.lie = lies[i];
        assert_int_equal(enrol_new(&person), VAULT_CODE_OK);
        assert_int_equal(view(person.subject, 1), VAULT_CODE_OK);
        assert_int_equal(open_viewed(&review), FAULT_INPUT);
        assert_int_equal(review.count, 0);
    }
    assert_int_equal(enrol_new(&ilona), VAULT_CODE_OK);
    assert_int_equal(view(17, 1), VAULT_CODE_OK);
    for (u32 at = 12; at < answer_bytes; at += 61) { /* nothing of it can be another */
        if (at == 12 + 12) {
            continue; /* seen before: what keep says, and nobody can prove */
        }
        bool is_reviewer = at >= 12 + 24 && at < 12 + 56;
        answer[at] ^= 1;
        if (!is_reviewer) {
            assert_int_not_equal(open_viewed(&review), FAULT_NONE);
        }
        answer[at] ^= 1;
    }
    assert_int_equal(open_viewed(&review), FAULT_NONE);
    review_close(&review);
    struct seal_point point;
    memcpy(point.bytes, answer + 12 + 24, sizeof(point.bytes));
    u32 place = reviewer_of(&point);
    struct span whole = span_of(answer + 12, answer_bytes - 12);
    struct review_pins pins = pins_of((place + 1) % REVIEWERS);
    assert_int_equal(review_open(room, whole, "r", &pins, &review), FAULT_REFUSED);
    pins = pins_of(place);
    pins.group_key = points[0];
    assert_int_equal(review_open(room, whole, "r", &pins, &review), FAULT_INPUT);
    pins = pins_of(place);
    pins.epoch += 1;
    assert_int_equal(review_open(room, whole, "r", &pins, &review), FAULT_REFUSED);
    pins = pins_of(place);
    for (size_t size = 0; size < whole.size; size += 97) {
        assert_int_not_equal(review_open(room, span_of(whole.data, size), "r", &pins, &review),
                             FAULT_NONE);
    }
}

static u8 seen_of(u64 subject)
{
    struct review review;
    assert_int_equal(view(subject, 1), VAULT_CODE_OK);
    assert_int_equal(open_viewed(&review), FAULT_NONE);
    u8 seen = review.seen;
    review_close(&review);
    return seen;
}

static void who_was_seen_before_is_told_to_the_desk(void **state)
{
    static const struct {
        struct person person;
        u8 seen;
    } people[] = {
        {{17, "Ilona Quellfrost", "1990-02-03", "QF 77-310", HONEST}, 0},
        {{18, "Bela Other", "1980-01-01", "XX 1", HONEST}, 0},
        {{19, "Quite Different", "1970-01-01", "qf-77310", HONEST}, VAULT_SEEN_DOCUMENT},
        {{20, "QUELLFROST, ilona", "1990-02-03", "XX 2", HONEST}, VAULT_SEEN_PERSON},
        {{21, "Quell-Frost Ilona", "1990-02-03", "XX 3", HONEST}, 0},
        {{22, "Ilona Quellfrost", "1990-02-04", "XX 4", HONEST}, 0},
        {{23, "Ilona Quellfrost", "1990-02-03", "XX.1", HONEST},
         VAULT_SEEN_PERSON | VAULT_SEEN_DOCUMENT},
        {{24, "Zoé Ñandú", "1990-02-03", "XX 5", HONEST}, 0},
        {{25, "ZOÉ ÑANDÚ", "1990-02-03", "XX 6", HONEST}, VAULT_SEEN_PERSON},
        {{26, "Илона Квельфрост", "1990-02-03", "XX 7", HONEST}, 0},
        {{27, "КВЕЛЬФРОСТ Илона", "1990-02-03", "XX 8", HONEST}, VAULT_SEEN_PERSON},
    };
    u32 doubles = 0;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(people); i += 1) {
        assert_int_equal(enrol_new(&people[i].person), VAULT_CODE_OK);
        assert_int_equal(answer_bytes, 12);
        assert_int_equal(seen_of(people[i].person.subject), people[i].seen);
        doubles += people[i].seen != 0 ? 1 : 0;
    }
    assert_int_equal(ask_number(VAULT_ASK_DOUBLES, 1), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), doubles);
    assert_int_equal(answer_bytes, 16 + doubles * VAULT_DOUBLE_BYTES);
    assert_int_equal(bytes_u64(answer + 16), 1);
    assert_int_equal(bytes_u64(answer + 16 + 16), 19); /* who came, and never who was there */
    assert_int_equal(bytes_u32(answer + 16 + 28), VAULT_SEEN_DOCUMENT);
    assert_int_equal(ask_number(VAULT_ASK_DOUBLES, doubles), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    assert_false(folder_has(span_of_text("Quellfrost")));
    assert_false(folder_has(span_of_text("QUELLFROST")));
}

static void an_erased_identity_takes_its_rows_along(void **state)
{
    struct frame_writer writer;
    struct person again = ilona;
    (void)state;
    assert_int_equal(enrol_new(&ilona), VAULT_CODE_OK);
    again.subject = 18;
    assert_int_equal(enrol_new(&again), VAULT_CODE_OK);
    writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_RETAIN);
    frame_write_u64(&writer, 18);
    frame_write_u32(&writer, 0);
    frame_write_u32(&writer, 20000);
    assert_int_equal(ask(&writer), VAULT_CODE_OK);
    assert_int_equal(ask_number(VAULT_ASK_DOUBLES, 1), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    work(DAY_S);
    work(20);
    assert_int_equal(ask_number(VAULT_ASK_DOUBLES, 1), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 0);
    assert_int_equal(view(18, 1), VAULT_CODE_MISSING);
    assert_int_equal(view(17, 1), VAULT_CODE_OK);
}

static void the_line_is_for_the_subject_that_is_named(void **state)
{
    (void)state;
    const struct person person = {18, ilona.name, ilona.day, ilona.document, HONEST};
    line_subject = 18;
    struct offer offer = offer_of(18);
    line_subject = 17;
    assert_int_equal(enrol(&offer, &person), KEEP_LINE_REFUSED); /* another's, offered to them */
    offer = offer_of(17);
    assert_int_equal(enrol(&offer, &ilona), KEEP_LINE_OK);
    assert_int_equal(enrol(&offer, &ilona), KEEP_LINE_REVIEWED); /* not offered any more */
    assert_int_equal(ask_number(VAULT_ASK_OFFER, 17), KEEP_LINE_REVIEWED);
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_ENROL);
    frame_write_u64(&writer, 1);
    assert_int_equal(ask(&writer), KEEP_LINE_WRONG); /* a browser's bytes: the line goes on */
    line_subject = 18;
    assert_int_equal(enrol_new(&person), KEEP_LINE_OK); /* as everybody is answered */
    line_subject = 0;
    assert_int_equal(seen_of(18), VAULT_SEEN_DOCUMENT | VAULT_SEEN_PERSON);
}

static void the_line_has_three_kinds(void **state)
{
    (void)state;
    line_subject = 17;
    for (u32 kind = 0; kind < VAULT_ASK_HELD; kind += kind == VAULT_ASK_ENROL - 1 ? 3 : 1) {
        assert_int_equal(offer_of(17).version, 1);
        assert_int_equal(ask_number(kind, 17), KEEP_LINE_WRONG);
        assert_int_equal(ask_number(VAULT_ASK_OFFER, 17), UINT32_MAX);
        agent_end();
        agent_begin(); /* what was not heard is answered now: the message is whole */
        work(0);
        assert_true(read(line[0], answer, sizeof(answer)) > 0);
    }
    assert_int_equal(ask_number(VAULT_ASK_OFFER, 18), KEEP_LINE_WRONG); /* another is named */
    assert_int_equal(ask_number(VAULT_ASK_OFFER, 17), UINT32_MAX);
    line_subject = 0; /* operators go on */
    assert_int_equal(ask_number(VAULT_ASK_OFFER, 18), VAULT_CODE_OK);
}

static void keys_and_reviewers_stay_over_a_restart(void **state)
{
    struct offer before = offer_of(17);
    (void)state;
    agent_end();
    agent_begin();
    struct offer after = offer_of(17);
    assert_memory_equal(&before, &after, sizeof(before));
    assert_int_equal(enrol(&before, &ilona), VAULT_CODE_OK);
    u32 given[REVIEWERS] = {0};
    for (u64 subject = 100; subject < 160; subject += 1) {
        struct offer offer = offer_of(subject);
        given[reviewer_of(&offer.reviewer)] += 1;
    }
    assert_true(given[0] > 0 && given[1] > 0 && given[2] > 0);
}

static void without_reviewers_nobody_enrols(void **state)
{
    char path[2 * SCENE_PATH_BYTES];
    (void)state;
    struct offer offer = offer_of(17);
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/%s/reviewers", folder, VAULT_FOLDER);
    assert_int_equal(unlink(path), 0);
    agent_begin();
    assert_int_equal(ask_number(VAULT_ASK_OFFER, 17), VAULT_CODE_REFUSED);
    assert_int_equal(enrol(&offer, &ilona), VAULT_CODE_REFUSED);
    static const char *const wrong[] = {"\n", "anna\n", "anna 00\n", "Anna x\n", "anna"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        struct vault_agent *other = NULL;
        struct vault_agent_options options = {.folder = folder,
                                              .disk = disk_real(),
                                              .clock = &clock_false.clock,
                                              .listener = listener,
                                              .lookups_per_hour = 3,
                                              .drill_days = 100};
        file_write("reviewers", wrong[i]);
        agent_end();
        scene_must(vault_agent_create(&other, &options));
        assert_int_equal(agent_open(vault_agent_of(other)), FAULT_INPUT);
        fault_forget();
        agent_close(vault_agent_of(other));
        vault_agent_destroy(other);
        assert_int_equal(unlink(path), 0);
        agent_begin();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_taken_seen_and_decided, setup, teardown),
        cmocka_unit_test_setup_teardown(what_nobody_decided_is_over, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_not_offered_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reviewer_sees_what_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(who_was_seen_before_is_told_to_the_desk, setup, teardown),
        cmocka_unit_test_setup_teardown(an_erased_identity_takes_its_rows_along, setup, teardown),
        cmocka_unit_test_setup_teardown(the_line_is_for_the_subject_that_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(the_line_has_three_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_and_reviewers_stay_over_a_restart, setup, teardown),
        cmocka_unit_test_setup_teardown(without_reviewers_nobody_enrols, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
