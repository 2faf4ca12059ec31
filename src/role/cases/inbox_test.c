/* Aim: a customer's appeal and evidence become commands that name no officer, and are answered out
 * of the rows; what is answered has the same bytes whatever restricts; hostile uploads are refused
 * by name. Method: the gateway's end of the line, the channel's other end, and a database of the
 * queue's, to which the commands are told as the log would. */
#include "role/cases/inbox.h"

#include "base/bytes.h"
#include "io/handover.h"
#include "role/cases/case_query.h"
#include "role/cases/evidence.h"
#include "tests/support/case_scene.h"
#include "wire/link.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCOUNT 7U
#define REVIEW  0x1500U
#define CARL    13U
#define B64     "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
#define STANZA  "-> X25519 " B64 "\n" B64 "\n"
#define SEALED  "age-encryption.org/v1\n" STANZA "--- " B64 "\n0123456789abcdef0123456789abcdef!"

/* A clock that stands where the scene's does. */
struct still {
    struct clock clock; /* first: it is cast back */
    u64 mono_ns;
};

static u64 still_wall(struct clock *clock)
{
    (void)clock;
    return now_us;
}

static u64 still_mono(struct clock *clock)
{
    return ((struct still *)(void *)clock)->mono_ns;
}

static struct still still;
static struct channel channel;
static struct channel_reader acts;
static struct inbox *inbox;
static int line[2];
static u64 ids;

static int make(void **state)
{
    static const u16 kinds[] = {COMMAND_CASE_ACT};
    char path[FILE_PATH_BYTES];
    if (case_scene_make(state) != 0) {
        return -1;
    }
    (void)snprintf(path, sizeof(path), "%s/cases", folder);
    scene_must(disk_make_folder(disk_real(), path));
    still = (struct still){.clock = {.wall_us = still_wall, .mono_ns = still_mono}, .mono_ns = 1};
    scene_must(handover_pair(line));
    scene_must(channel_create(&channel, "acts", CHANNEL_BYTES_MIN));
    scene_must(channel_reader_open(&acts, &channel, kinds, ARRAY_COUNT(kinds), LINK_SOURCE_CASES));
    const struct inbox_options options = {.line = line[1],
                                          .acts = &channel,
                                          .folder = folder,
                                          .disk = disk_real(),
                                          .clock = &still.clock};
    scene_must(inbox_open(&inbox, &options));
    tell_pack(1, PACK_STATE_ACTIVE);
    tell_link(PERSON, ACCOUNT, true);
    return 0;
}

static int clear(void **state)
{
    inbox_close(inbox);
    channel_close(&channel);
    (void)close(line[0]);
    (void)close(line[1]);
    return case_scene_clear(state);
}

static void tell_candidate(void)
{
    struct event_decision event = {.cause_seq = seq,
                                   .person = PERSON,
                                   .pack = 1,
                                   .rule = 2,
                                   .truth = TRUTH_UNKNOWN,
                                   .vector = REVIEW,
                                   .reasons = DECISION_REASON_CANDIDATE};
    event.head = head_of(EVENT_DECISION, sizeof(event), 0);
    TELL(event);
}

static void turn(void)
{
    bool busy = false;
    scene_must(inbox_turn(inbox, store, &busy));
}

static u64 ask(u16 kind, u32 account, struct span contents)
{
    static u8 bytes[INBOX_LINE_BYTES_MAX];
    ids += 1;
    struct inbox_line_ask asked = {
        .id = ids, .kind = kind, .account = account, .contents = contents};
    u32 size = inbox_line_ask_write(&asked, bytes);
    assert_true(size > 0);
    assert_int_equal(write(line[0], bytes, size), size);
    turn();
    return ids;
}

static u64 ask_appeal(u8 hash)
{
    u8 bytes[INBOX_LINE_APPEAL_BYTES] = {0};
    bytes_put_u64(bytes, START);
    memset(bytes + 8, hash, 32);
    return ask(INBOX_LINE_APPEAL, ACCOUNT, span_of(bytes, sizeof(bytes)));
}

/* False: none has come. */
static bool said(struct inbox_line_answer *answer_out)
{
    u8 bytes[INBOX_LINE_ANSWER_BYTES_MAX + 1];
    ssize_t size = recv(line[0], bytes, sizeof(bytes), MSG_DONTWAIT);
    if (size <= 0) {
        return false;
    }
    assert_true(inbox_line_answer_read(span_of(bytes, (size_t)size), answer_out));
    return true;
}

static enum inbox_line_code code_of(u64 id)
{
    struct inbox_line_answer answer;
    assert_true(said(&answer));
    assert_int_equal(answer.id, id);
    return (enum inbox_line_code)answer.code;
}

/* The command that was put on its way comes back as an event; how many did. */
static u32 journal(void)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    u32 count = 0;
    while (channel_take(&acts, bytes, &size) == CHANNEL_RECORD) {
        struct command_case_act command;
        assert_int_equal(size, sizeof(command));
        memcpy(&command, bytes, sizeof(command));
        assert_true(command.matter == 0 && command.officer == 0 && command.second == 0);
        assert_int_equal(command.person, PERSON);
        tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, command.head.account);
        count += 1;
    }
    channel_release(&acts);
    turn();
    return count;
}

static void an_appeal_is_answered_by_its_clock(void **state)
{
    (void)state;
    struct inbox_line_answer answer;
    tell_candidate();
    u64 id = ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    assert_true(said(&answer) && answer.id == id && answer.appeal.state == INBOX_STATE_NONE);
    id = ask_appeal(0);
    assert_true(inbox_waits(inbox) && !said(&answer)); /* before the journal has it */
    assert_int_equal(journal(), 1);
    assert_true(said(&answer) && answer.id == id && answer.code == INBOX_LINE_OK);
    assert_true(answer.appeal.until_us == now_us + CASE_APPEAL_US && !inbox_waits(inbox));
    u64 until = answer.appeal.until_us;
    now_us += DAY;
    id = ask_appeal(0); /* a repeat is no other command */
    assert_true(said(&answer) && answer.id == id && answer.appeal.until_us == until);
    assert_int_equal(journal(), 0);
}

static void nothing_stands_still_where_nothing_comes_back(void **state)
{
    (void)state;
    tell_candidate();
    u64 id = ask_appeal(0);
    still.mono_ns += (u64)INBOX_WAIT_MS * 1000000U;
    turn();
    assert_int_equal(code_of(id), INBOX_LINE_AWAY);
    assert_int_equal(inbox_counts(inbox).late, 1);
    for (u32 i = 0; i < INBOX_WAITS_MAX; i += 1) {
        struct inbox_line_answer answer;
        (void)ask_appeal(0);
        assert_false(said(&answer));
    }
    assert_int_equal(code_of(ask_appeal(0)), INBOX_LINE_AWAY); /* one too many */
}

static void nobody_is_heard_for_an_account_of_nobody(void **state)
{
    (void)state;
    assert_int_equal(code_of(ask(INBOX_LINE_LOOK, ACCOUNT + 1, span_of(NULL, 0))),
                     INBOX_LINE_UNKNOWN);
    bool busy = false;
    u64 id = ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    assert_int_equal(code_of(id), INBOX_LINE_OK);
    static u8 bytes[INBOX_LINE_BYTES_MAX];
    struct inbox_line_ask asked = {.id = 1000, .kind = INBOX_LINE_LOOK, .account = ACCOUNT};
    assert_true(write(line[0], bytes, inbox_line_ask_write(&asked, bytes)) > 0);
    scene_must(inbox_turn(inbox, NULL, &busy)); /* no queue yet */
    assert_int_equal(code_of(1000), INBOX_LINE_AWAY);
}

static void evidence_is_kept_and_named(void **state)
{
    (void)state;
    struct inbox_line_answer answer;
    tell_candidate();
    u64 id = ask(INBOX_LINE_EVIDENCE, ACCOUNT, span_of_text(SEALED));
    assert_false(said(&answer));
    assert_int_equal(journal(), 1);
    assert_true(said(&answer) && answer.id == id && answer.code == INBOX_LINE_OK);
    char path[FILE_PATH_BYTES];
    char name[EVIDENCE_NAME_BYTES];
    bool exists = false;
    evidence_name(answer.hash, name);
    (void)snprintf(path, sizeof(path), "%s/" EVIDENCE_FOLDER "/%s", folder, name);
    scene_must(disk_exists(disk_real(), path, &exists));
    assert_true(exists);
    (void)ask(INBOX_LINE_EVIDENCE, ACCOUNT, span_of_text(SEALED)); /* the same once more */
    assert_true(said(&answer) && answer.code == INBOX_LINE_OK);
    assert_int_equal(journal(), 0);
    u8 bytes[INBOX_LINE_APPEAL_BYTES] = {0};
    bytes_put_u64(bytes, START);
    memcpy(bytes + 8, answer.hash, 32);
    (void)ask(INBOX_LINE_APPEAL, ACCOUNT, span_of(bytes, sizeof(bytes)));
    assert_int_equal(journal(), 1);
    assert_true(said(&answer) && answer.code == INBOX_LINE_OK);
}

static void evidence_that_was_never_sent_is_not_named(void **state)
{
    (void)state;
    tell_candidate();
    assert_int_equal(code_of(ask_appeal(9)), INBOX_LINE_UNKNOWN);
    assert_int_equal(journal(), 0);
}

static void a_file_that_is_not_sealed_is_refused(void **state)
{
    (void)state;
    tell_candidate();
    assert_int_equal(code_of(ask(INBOX_LINE_EVIDENCE, ACCOUNT, span_of_text("%PDF-1.7"))),
                     INBOX_LINE_WRONG);
    assert_int_equal(code_of(ask(INBOX_LINE_EVIDENCE, ACCOUNT,
                                 span_of_text("age-encryption.org/v1\n" STANZA STANZA "--- " B64
                                              "\n0123456789abcdef0123456789abcdef!"))),
                     INBOX_LINE_WRONG);
    assert_int_equal(journal(), 0);
}

static void a_person_has_so_many_files(void **state)
{
    (void)state;
    struct inbox_line_answer answer;
    tell_candidate();
    for (u32 i = 0; i <= EVIDENCE_OF_PERSON; i += 1) {
        char text[sizeof(SEALED) + 16];
        (void)snprintf(text, sizeof(text), "%s%u", SEALED, i);
        (void)ask(INBOX_LINE_EVIDENCE, ACCOUNT, span_of_text(text));
        assert_int_equal(journal(), i < EVIDENCE_OF_PERSON ? 1 : 0);
        assert_true(said(&answer));
        assert_int_equal(answer.code, i < EVIDENCE_OF_PERSON ? INBOX_LINE_OK : INBOX_LINE_FULL);
    }
}

static void what_no_gateway_asks_ends_the_line(void **state)
{
    (void)state;
    struct inbox_line_answer answer;
    assert_int_equal(write(line[0], "nonsense", 8), 8);
    turn();
    (void)ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    assert_false(said(&answer));
}

/* ---- the invariant ---- */

struct heard {
    u32 count;
    u8 bytes[8][INBOX_LINE_ANSWER_BYTES_MAX];
    ssize_t sizes[8];
};

static void hear(struct heard *heard)
{
    heard->sizes[heard->count] =
        recv(line[0], heard->bytes[heard->count], INBOX_LINE_ANSWER_BYTES_MAX, MSG_DONTWAIT);
    heard->count += 1;
}

/* Everything that a customer can ask, from the first look to the outcome. */
static struct heard all_of(bool by_hand)
{
    struct heard heard;
    struct case_row appeal;
    bool found = false;
    memset(&heard, 0, sizeof(heard));
    ids = 0;
    if (!by_hand) {
        tell_candidate();
    }
    now_us = START + DAY;
    (void)ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    hear(&heard);
    (void)ask(INBOX_LINE_EVIDENCE, ACCOUNT, span_of_text(SEALED));
    (void)journal();
    hear(&heard);
    (void)ask_appeal(0);
    (void)journal();
    hear(&heard);
    (void)ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    hear(&heard);
    now_us += DAY;
    scene_must(case_query_appeal(store, PERSON, &appeal, &found));
    struct command_case_act command = {
        .matter = appeal.matter, .person = PERSON, .officer = CARL, .act = CASE_ACT_UPHOLD};
    tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
    (void)ask(INBOX_LINE_LOOK, ACCOUNT, span_of(NULL, 0));
    hear(&heard);
    return heard;
}

static void answers_are_the_same_whatever_restricts(void **state)
{
    (void)state;
    struct heard first = all_of(false);
    assert_int_equal(clear(state), 0);
    assert_int_equal(make(state), 0);
    struct heard second = all_of(true);
    assert_true(first.count == 5 && first.sizes[4] > 0);
    assert_memory_equal(&first, &second, sizeof(first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_appeal_is_answered_by_its_clock, make, clear),
        cmocka_unit_test_setup_teardown(nothing_stands_still_where_nothing_comes_back, make, clear),
        cmocka_unit_test_setup_teardown(nobody_is_heard_for_an_account_of_nobody, make, clear),
        cmocka_unit_test_setup_teardown(evidence_is_kept_and_named, make, clear),
        cmocka_unit_test_setup_teardown(evidence_that_was_never_sent_is_not_named, make, clear),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_sealed_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(a_person_has_so_many_files, make, clear),
        cmocka_unit_test_setup_teardown(what_no_gateway_asks_ends_the_line, make, clear),
        cmocka_unit_test_setup_teardown(answers_are_the_same_whatever_restricts, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
