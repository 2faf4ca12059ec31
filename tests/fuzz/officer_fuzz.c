/* What a browser, or another program, sends to an officer's page: the listener, who is heard, what
 * is asked, over a folder of work with two grants and an opening.
 *
 * The first byte says in which pieces the rest comes. Bytes 1 to 5 in it stand for what no fuzzer
 * can guess: the token, the listener's name, the page's origin, the hash of a grant, the last
 * characters of its case. What does not have them gets nowhere: each request that is asked behind
 * the listener has the token twice and the name once, a POST the origin; the disk is changed by an
 * act alone, which is logged, and an act is a POST. Answers are answers, and as many and as long
 * whatever the pieces were. */
#include "app/officer_page.h"
#include "app/officer_pages.h"
#include "base/bytes.h"
#include "base/check.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/net_memory.h"
#include "tests/support/opening_scene.h"
#include "wire/http.h"

#include <string.h>
#include <time.h>

enum { PEOPLE = 2, ME = 0, INPUT_BYTES_MAX = 1 << 15, STREAM_BYTES = 1 << 17 };

static struct opening_scene scene;
static struct grant_file file;
static struct open_pins pins;
static char key_text[SHARE_FILE_BYTES];
static size_t key_bytes;
static char approved[GRANT_FILE_BYTES];
static size_t approved_bytes;
static struct disk_false *disk;
static struct officer_page *page;
static struct net_memory net;
static struct clock_false now;
static struct officer_serve *serve;
static u32 asked_count;
static u32 posted_count;
static u32 logged;
static char stream[STREAM_BYTES];

/* ---- the world ---- */

static void log_it(const char *what, const char *name)
{
    CHECK(strcmp(what, "approved") == 0 || strcmp(what, "refused") == 0);
    CHECK(name[0] != '\0');
    logged += 1;
}

static void answer(void *context, const struct officer_asked *asked, struct officer_reply *reply)
{
    (void)context;
    asked_count += 1;
    posted_count += asked->is_post;
    officer_page_answer(page, asked, reply);
    CHECK(reply->status == 200 || (reply->status >= 400 && reply->status < 500));
    CHECK(reply->body.size > 0 && reply->body.data[0] == '{');
}

static void make_key(void)
{
    const struct share_scene *side = &scene.sides[0];
    const struct share_roster *roster = &side->group.roster;
    struct share_holder holder = {.index = 1,
                                  .side = roster->side,
                                  .epoch = roster->epoch,
                                  .passes = 1,
                                  .memory_kb = SHARE_FILE_MEMORY_KB_MIN,
                                  .key = roster->members[0].key};
    size_t mark = seal_room_mark(scene.room);
    struct share_secrets *secrets = seal_room_take(scene.room, sizeof(*secrets));
    memcpy(holder.name, roster->members[0].name, sizeof(holder.name));
    *secrets = (struct share_secrets){.key = side->keys[0], .share = side->shares[0]};
    CHECK(share_file_print(scene.room, &holder, secrets, span_of_text("words of mine"), key_text,
                           &key_bytes) == FAULT_NONE);
    seal_room_leave(scene.room, mark);
}

static void make_grant(void)
{
    static const u32 officers[] = {1, 3};
    struct grant grant = grant_scene_make(PEOPLE);
    grant.issued_s = (u64)time(NULL);
    grant.expires_s = grant.issued_s + GRANT_PLAIN_S;
    grant.silence_s = 0;
    grant.log_size = scene.leaves_count;
    opening_scene_fill(&scene, &grant);
    opening_scene_sign(&scene, &grant, officers, ARRAY_COUNT(officers), &file);
    approved_bytes = grant_file_print(&file, approved);
}

/* A folder of work as nobody has touched it. */
static void make_work(void)
{
    officer_page_close(page);
    if (disk != NULL) {
        disk_false_close(disk);
    }
    disk = disk_false_open(&(struct disk_false_config){.seed = 1});
    static const char *const folders[] = {"work", "work/case", "book"};
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        CHECK(disk_make_folder(disk_false_disk(disk), folders[i]) == FAULT_NONE);
    }
    disk_false_put(disk, "work/one.grant", span_of(approved, approved_bytes));
    disk_false_put(disk, "work/none.grant", span_of_text("no grant"));
    disk_false_put(disk, "work/case/grant", span_of(approved, approved_bytes));
    disk_false_put(disk, "work/case/grant.shown", span_of_text("no receipt"));
    const struct officer_page_options options = {
        .disk = disk_false_disk(disk),
        .folder = "work",
        .book = "book",
        .pins = &pins,
        .me = &pins.circle.officers[ME],
        .sign_key = {.pem = span_of_text(scene.signers[ME].pair.private_pem), .name = "me.pem"},
        .key_text = span_of(key_text, key_bytes),
        .key_name = "me.key",
        .log = log_it};
    CHECK(officer_page_open(&page, &options) == FAULT_NONE);
}

static void make_world(void)
{
    opening_scene_open(&scene);
    make_key();
    make_grant();
    CHECK(tlog_crypto_open(&pins.crypto) == FAULT_NONE);
    pins.circle = scene.circle;
    pins.key = scene.key;
    pins.policy = scene.policy;
    pins.judge = (struct opening_judge){
        .crypto = &pins.crypto, .policy = &pins.policy, .circle = &pins.circle, .key = &pins.key};
    make_work();
    clock_false_init(&now, 1700000000000000ULL);
    net_memory_open(&net, &http_serve_handler, NULL);
    const struct officer_serve_options options = {.clock = &now.clock,
                                                  .pages = &officer_pages,
                                                  .idle_ms = 60000,
                                                  .net = &net.net,
                                                  .answer = answer};
    CHECK(officer_serve_open(&serve, &options) == FAULT_NONE);
    net.context = officer_serve_http(serve);
}

/* ---- what comes ---- */

static const char *meant_by(u8 byte)
{
    static char hex[2 * GRANT_HASH_BYTES + 1];
    switch (byte) {
    case 1:
        return officer_serve_token(serve);
    case 2:
        return "127.0.0.1:0";
    case 3:
        return "http://127.0.0.1:0";
    case 4:
        return bytes_to_hex(file.hash, sizeof(file.hash), hex);
    case 5:
        return "3c3c";
    default: /* not an enum: a byte from outside */
        return NULL;
    }
}

static size_t write_stream(const u8 *data, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < size && used < sizeof(stream) - 2 * OFFICER_TOKEN_BYTES; i += 1) {
        const char *words = meant_by(data[i]);
        size_t bytes = words == NULL ? 1 : strlen(words);
        memcpy(stream + used, words == NULL ? (const char *)&data[i] : words, bytes);
        used += bytes;
    }
    return used;
}

static u32 count_of(const void *bytes, size_t size, const char *words)
{
    u32 count = 0;
    size_t words_bytes = strlen(words);
    const char *at = bytes;
    const char *end = at + size;
    for (const char *found = memmem(at, size, words, words_bytes); found != NULL;
         found = memmem(found + 1, (size_t)(end - found - 1), words, words_bytes)) {
        count += 1;
    }
    return count;
}

/* ---- what must hold ---- */

/* Sends it in such pieces; the bytes that came back. */
static struct span talk(size_t size, size_t piece)
{
    asked_count = 0;
    posted_count = 0;
    logged = 0;
    u64 before = disk_false_operations(disk);
    i32 place = net_memory_connect(&net);
    CHECK(place >= 0);
    (void)net_memory_give(&net, place, span_of(stream, size), piece);
    net_memory_leave(&net, place);
    CHECK((disk_false_operations(disk) != before) == (logged > 0));
    CHECK(logged <= posted_count && posted_count <= asked_count);
    CHECK(count_of(stream, size, officer_serve_token(serve)) >= 2 * asked_count);
    CHECK(count_of(stream, size, "127.0.0.1:0") >= asked_count + posted_count);
    CHECK(count_of(stream, size, "http://127.0.0.1:0") >= posted_count);
    struct span sent = net_memory_sent(&net, place);
    CHECK(sent.size == 0 || (sent.size > 12 && memcmp(sent.data, "HTTP/1.1 ", 9) == 0));
    if (logged == 0) { /* a reason of a refusal may say anything */
        CHECK(count_of(sent.data, sent.size, officer_serve_token(serve)) == 0);
    }
    return sent;
}

/* What came back without the interim answers; an answer's own words are none. */
static size_t final_bytes(struct span sent)
{
    const size_t interim = sizeof(HTTP_CONTINUE) - 1;
    return sent.size - interim * count_of(sent.data, sent.size, HTTP_CONTINUE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (serve == NULL) {
        make_world();
    }
    if (size == 0 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    size_t bytes = write_stream(data + 1, size - 1);
    struct span sent = talk(bytes, 1 + (size_t)data[0] * 7);
    u32 asked = asked_count;
    if (logged > 0) {
        make_work(); /* and what was done cannot be done once more: nothing to compare */
        return 0;
    }
    /* But for the time, which stands in answers with as many digits, and for what asks on: a body
     * that came with its head is not asked for (RFC 9110, 10.1.1). */
    size_t answered = final_bytes(sent);
    CHECK(final_bytes(talk(bytes, NET_INPUT_BYTES_MAX)) == answered && asked_count == asked);
    return 0;
}
