/* Aim: over the gateway's line an enrolment comes in pieces and is judged as one that came whole;
 * of one that stopped nothing is there; pieces of who may not enrol take no place; what no sound
 * gateway sends ends the line. Method: the agent step by step, its clock moved here; a whole that
 * is sealed, and wholes that are none. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/seal_enrol.h"
#include "role/vault/vault_agent.h"
#include "role/vault/vault_groups.h"
#include "role/vault/vault_message.h"
#include "role/vault/vault_upload.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"
#include "wire/keep_line.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define START_S (20000ULL * 86400U)
#define EPOCH   4U
#define PAPERS  200000U /* bytes of the documents' text: four pieces in all */
#define NOBODY  UINT32_MAX

static const char text_of_identity[] =
    "name: Ilona Invented\nscript: Latn\nbirth-date: 1990-02-03\nnationality: FR\n"
    "email: ilona@example.invalid\ndocument: IV 17\ndocument-kind: passport\n"
    "document-country: FR\n";

static char folder[SCENE_PATH_BYTES];
static struct vault_agent *agent;
static struct clock_false clock_false;
static int listener;
static int line[2];
static struct seal_room *room;
static u8 message[KEEP_LINE_BYTES_MAX];
static u8 frame[PAPERS + (1U << 16)];
static u8 body[PAPERS + 4096];
static char papers[PAPERS];
static struct keep_line_answer said;

/* ---- the scene ---- */

static void pin(const char *name, const char *begin, const struct seal_point *point)
{
    char hex[2 * SEAL_POINT_BYTES + 1];
    char path[2 * SCENE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, VAULT_FOLDER, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%s %s\n", begin, bytes_to_hex(point->bytes, 32, hex)) > 0);
    assert_int_equal(fclose(file), 0);
}

static void listener_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(folder) + sizeof("/k") <= sizeof(address.sun_path));
    memcpy(address.sun_path, folder, strlen(folder) + 1);
    memcpy(address.sun_path + strlen(folder), "/k", sizeof("/k"));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
}

static int make(void **state)
{
    char path[2 * SCENE_PATH_BYTES];
    struct seal_scalar secret;
    struct seal_point point;
    (void)state;
    scene_folder_make(folder);
    clock_false_init(&clock_false, START_S * 1000000U);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, VAULT_FOLDER);
    scene_must(disk_make_folder(disk_real(), path));
    seal_scalar_random(&secret);
    assert_true(seal_point_of(&secret, &point));
    pin(VAULT_GROUPS_FILE, "4", &point);
    seal_scalar_random(&secret);
    assert_true(seal_point_of(&secret, &point));
    pin("reviewers", "anna", &point);
    listener_open();
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    struct vault_agent_options options = {.folder = folder,
                                          .disk = disk_real(),
                                          .clock = &clock_false.clock,
                                          .listener = listener,
                                          .line = line[1],
                                          .lookups_per_hour = 3,
                                          .drill_days = 100};
    scene_must(vault_agent_create(&agent, &options));
    scene_must(agent_open(vault_agent_of(agent)));
    return 0;
}

static int clear(void **state)
{
    (void)state;
    agent_close(vault_agent_of(agent));
    vault_agent_destroy(agent);
    seal_room_close(room);
    (void)close(listener);
    (void)close(line[0]);
    (void)close(line[1]);
    scene_folder_remove(folder);
    return 0;
}

static void work(u64 seconds)
{
    bool busy = false;
    clock_false_advance(&clock_false, seconds * 1000000000U);
    scene_must(agent_work(vault_agent_of(agent), &busy));
}

/* The code of the answer; NOBODY: there is none. */
static u32 ask(const struct keep_line_ask *asked)
{
    u32 size = keep_line_ask_write(asked, message);
    assert_true(size > 0);
    assert_int_equal(send(line[0], message, size, MSG_NOSIGNAL), size);
    work(0);
    ssize_t bytes = read(line[0], message, sizeof(message));
    if (bytes < 0) {
        return NOBODY;
    }
    if (!keep_line_answer_read(span_of(message, (size_t)bytes), &said)) {
        assert_int_equal(bytes, KEEP_LINE_ANSWER_HEAD); /* to what is no ask */
        said.code = bytes_u16(message + 10);
    }
    return said.code;
}

static u32 offer(u64 subject)
{
    const struct keep_line_ask asked = {.id = 1, .subject = subject, .kind = KEEP_LINE_OFFER};
    return ask(&asked);
}

static u32 piece(u64 subject, u64 upload, struct span whole, u32 offset)
{
    static u8 contents[KEEP_LINE_CONTENTS_MAX];
    u64 bytes = u64_min(whole.size - offset, KEEP_LINE_PIECE_BYTES);
    const struct keep_line_ask asked = {
        .id = 7,
        .subject = subject,
        .kind = KEEP_LINE_PIECE,
        .contents = span_of(contents, KEEP_LINE_PIECE_HEAD + (size_t)bytes)};
    bytes_put_u64(contents, upload);
    bytes_put_u32(contents + 8, (u32)whole.size);
    bytes_put_u32(contents + 12, offset);
    memcpy(contents + KEEP_LINE_PIECE_HEAD, whole.data + offset, (size_t)bytes);
    return ask(&asked);
}

/* All of them, each at where the answer before said; the last code. */
static u32 send_whole(u64 subject, struct span whole)
{
    u32 next = 0;
    u32 code = KEEP_LINE_OK;
    while (code == KEEP_LINE_OK && next < whole.size) {
        code = piece(subject, 5, whole, next);
        next = code == KEEP_LINE_OK ? bytes_u32(said.contents.data) : next;
    }
    return code;
}

/* ---- what a browser does ---- */

static void record_put(struct frame_writer *writer, const struct seal_label *label,
                       struct span text, const struct seal_point *group,
                       const struct seal_point *reviewer, u64 until_s, u8 key[SEAL_KEY_SIZE],
                       struct vault_record *record)
{
    struct seal_wrap wrap;
    record->label = *label;
    seal_key_make(key);
    seal_body_close(label, key, text, body, record->hash);
    scene_must(seal_wrap_make(room, label, group, key, record->hash, &wrap));
    memcpy(record->wrap, &wrap, sizeof(wrap));
    record->hands_count = 1;
    record->hands[0].until_s = until_s;
    scene_must(seal_hand_make(room, label, SEAL_HAND_REVIEW, reviewer, until_s, key,
                              record->hands[0].bytes));
    record->body = span_of(body, SEAL_BODY_BYTES(text.size));
    vault_write_record(writer, record);
}

/* Identity and papers as they are offered to the subject now: the contents of an ENROL. */
static struct span sealed_for(u64 subject)
{
    static struct vault_record record;
    struct seal_label label = {.subject = subject, .epoch = EPOCH, .retention = 1};
    struct seal_label first;
    struct seal_point group;
    struct seal_point enrol;
    struct seal_point reviewer;
    u8 key[SEAL_KEY_SIZE];
    u8 other[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    u8 box[SEAL_ENROL_BOX_BYTES];
    assert_int_equal(offer(subject), KEEP_LINE_OK);
    label.version = bytes_u32(said.contents.data);
    u64 until_s = bytes_u64(said.contents.data + 16);
    memcpy(group.bytes, said.contents.data + 24, SEAL_POINT_BYTES);
    memcpy(enrol.bytes, said.contents.data + 56, SEAL_POINT_BYTES);
    memcpy(reviewer.bytes, said.contents.data + 88, SEAL_POINT_BYTES);
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_ENROL);
    frame_write_u32(&writer, 2);
    label.group = SEAL_GROUP_IDENTITY;
    first = label;
    record_put(&writer, &label, span_of_text(text_of_identity), &group, &reviewer, until_s, key,
               &record);
    memcpy(hash, record.hash, sizeof(hash));
    label.group = SEAL_GROUP_DOCUMENTS;
    memset(papers, 'p', sizeof(papers));
    record_put(&writer, &label, span_of(papers, sizeof(papers)), &group, &reviewer, until_s, other,
               &record);
    frame_write_bytes(&writer, span_of(reviewer.bytes, SEAL_POINT_BYTES));
    scene_must(
        seal_enrol_box_make(room, &first, &enrol, key, hash, span_of_text(text_of_identity), box));
    frame_write_bytes(&writer, span_of(box, sizeof(box)));
    vault_writer_end(&writer);
    return span_of(writer.bytes + VAULT_HEAD_BYTES, writer.size - VAULT_HEAD_BYTES);
}

/* ---- tests ---- */

static void pieces_are_one_enrolment(void **state)
{
    (void)state;
    struct span whole = sealed_for(17);
    assert_int_equal(send_whole(17, whole), KEEP_LINE_OK);
    assert_int_equal(bytes_u32(said.contents.data), whole.size);  /* all of it, and taken */
    assert_int_equal(offer(17), KEEP_LINE_REVIEWED);              /* it is under review */
    assert_int_equal(piece(17, 6, whole, 0), KEEP_LINE_REVIEWED); /* and nobody is sending */
    assert_int_equal(piece(17, 5, whole, KEEP_LINE_PIECE_BYTES), KEEP_LINE_REFUSED);
    assert_int_equal(offer(18), KEEP_LINE_OK);
}

static void a_whole_that_is_none_is_refused(void **state)
{
    static u8 nothing[2 * KEEP_LINE_PIECE_BYTES];
    (void)state;
    assert_int_equal(send_whole(17, span_of(nothing, sizeof(nothing))), KEEP_LINE_WRONG);
    struct span whole = sealed_for(18);
    assert_int_equal(send_whole(17, whole), KEEP_LINE_REFUSED); /* of somebody else */
    frame[VAULT_HEAD_BYTES + whole.size / 2] ^= 1;
    assert_int_equal(send_whole(18, whole), KEEP_LINE_REFUSED);
    frame[VAULT_HEAD_BYTES + whole.size / 2] ^= 1;
    assert_int_equal(send_whole(18, whole), KEEP_LINE_OK);
}

static void what_stopped_was_never_there(void **state)
{
    (void)state;
    struct span whole = sealed_for(17);
    assert_int_equal(piece(17, 5, whole, 0), KEEP_LINE_OK);
    assert_int_equal(bytes_u32(said.contents.data), KEEP_LINE_PIECE_BYTES);
    assert_int_equal(piece(17, 5, whole, 0), KEEP_LINE_OK); /* the answer was lost */
    assert_int_equal(bytes_u32(said.contents.data), KEEP_LINE_PIECE_BYTES);
    work(VAULT_UPLOAD_IDLE_MS / 1000);
    assert_int_equal(piece(17, 5, whole, KEEP_LINE_PIECE_BYTES), KEEP_LINE_REFUSED);
    assert_int_equal(offer(17), KEEP_LINE_OK);
    assert_int_equal(bytes_u32(said.contents.data), 1); /* no version was used */
    assert_int_equal(send_whole(17, whole), KEEP_LINE_OK);
}

static void so_many_send_at_once(void **state)
{
    (void)state;
    struct span whole = sealed_for(17);
    for (u64 subject = 1; subject <= VAULT_UPLOADS_MAX; subject += 1) {
        assert_int_equal(piece(subject, 5, whole, 0), KEEP_LINE_OK);
    }
    assert_int_equal(piece(17, 5, whole, 0), KEEP_LINE_FULL);
    work(0);
    assert_int_equal(vault_agent_counts(agent).uploads, VAULT_UPLOADS_MAX);
    assert_int_equal(vault_agent_counts(agent).uploads_full, 1);
    work(VAULT_UPLOAD_GIVES_MS / 1000);
    assert_int_equal(send_whole(17, whole), KEEP_LINE_OK);
    work(VAULT_UPLOAD_IDLE_MS / 1000);
    assert_int_equal(vault_agent_counts(agent).uploads, 0);
}

static void what_is_no_piece_ends_the_line(void **state)
{
    static u8 contents[KEEP_LINE_PIECE_HEAD + 9];
    const struct keep_line_ask asked = {.id = 7,
                                        .subject = 17,
                                        .kind = KEEP_LINE_PIECE,
                                        .contents = span_of(contents, sizeof(contents))};
    (void)state;
    assert_int_equal(offer(17), KEEP_LINE_OK);
    assert_int_equal(ask(&asked), KEEP_LINE_WRONG);
    assert_int_equal(offer(17), NOBODY);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(pieces_are_one_enrolment),       TEST(a_whole_that_is_none_is_refused),
        TEST(what_stopped_was_never_there),   TEST(so_many_send_at_once),
        TEST(what_is_no_piece_ends_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
