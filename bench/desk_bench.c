/* What the disclosure desk costs: the transparency report of a file, and its queue.
 *
 *     desk_bench [ACTS [FILE]]
 *
 * 1,000,000 acts by default, of cases that go from their receipt to their end over ten half-years,
 * five countries and six types of authorities. They are written to FILE (made anew; a temporary
 * one unless it is given) as the desk writes them, with signatures that nobody made, and then read
 * as `cambist report transparency FILE` reads them: each row's form and chain are checked.
 * Then 10,000 open cases are listed, all of them and filtered. Processor time. */
#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "io/sql.h"
#include "role/desk/desk_list.h"
#include "role/desk/desk_store.h"
#include "role/desk/report_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BEGINS_S 1451606400U /* 2016-01-01 */
#define YEARS_S  157000000U  /* almost five years */
#define VENUE    "bench.invalid"

static void die(const char *what)
{
    (void)fprintf(stderr, "desk_bench: %s: %s\n", what, fault_text());
    exit(1);
}

static void must(enum fault fault, const char *what)
{
    if (fault != FAULT_NONE) {
        die(what);
    }
}

/* Processor time of this process: the machine may do other work beside. */
static u64 now_ns(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) {
        die("clock");
    }
    return (u64)time.tv_sec * 1000000000ULL + (u64)time.tv_nsec;
}

/* ---- a file ---- */

struct making {
    struct sql sql;
    struct sqlite3_stmt *put;
    struct sqlite3_stmt *tell;
    struct sha256 sha256;
    u8 head[DESK_HASH_BYTES];
    u64 number;
    struct desk_file file;
    char bytes[DESK_FILE_BYTES];
};

/* The chain as docs/desk.md "The store" says it. */
static void chain(struct making *making, u64 now_s, struct span text)
{
    u8 numbers[20];
    u8 key[OFFICER_KEY_BYTES] = {0};
    bytes_put_u64(numbers, now_s);
    bytes_put_u32(numbers + 8, 11);
    bytes_put_u32(numbers + 12, 2);
    bytes_put_u32(numbers + 16, 2);
    sha256_begin(&making->sha256);
    sha256_add(&making->sha256, span_of_text("cambist/desk/v1\n"));
    sha256_add(&making->sha256, span_of(making->head, sizeof(making->head)));
    sha256_add(&making->sha256, span_of(numbers, sizeof(numbers)));
    sha256_add(&making->sha256, span_of(key, sizeof(key)));
    sha256_add(&making->sha256, text);
    sha256_end(&making->sha256, making->head);
}

static void write_act(struct making *making, const struct desk_act *act, u64 now_s)
{
    u8 hash[DESK_HASH_BYTES];
    u8 key[OFFICER_KEY_BYTES] = {0};
    making->file.act = *act;
    making->file.text_bytes = desk_act_print(act, making->file.text);
    making->file.is_signed = act->role != DESK_ROLE_PROCESS;
    struct span text = span_of(making->bytes, desk_file_print(&making->file, making->bytes));
    making->number += 1;
    sha256_begin(&making->sha256);
    sha256_add(&making->sha256, span_of(making->file.text, making->file.text_bytes));
    sha256_end(&making->sha256, hash);
    chain(making, now_s, text);
    struct sql_call put = sql_call(making->put);
    sql_put_u64(&put, making->number);
    sql_put_bytes(&put, span_of(hash, sizeof(hash)));
    sql_put_bytes(&put, span_of(act->name, sizeof(act->name)));
    sql_put_u64(&put, act->kind);
    sql_put_u64(&put, now_s);
    sql_put_u64(&put, 11);
    sql_put_u64(&put, 2);
    sql_put_u64(&put, 2);
    sql_put_bytes(&put, span_of(key, sizeof(key)));
    sql_put_bytes(&put, text);
    sql_put_bytes(&put, span_of(making->head, sizeof(making->head)));
    must(sql_do(&making->sql, &put), "row");
    struct sql_call tell = sql_call(making->tell);
    sql_put_u64(&tell, making->number);
    sql_put_u64(&tell, making->number);
    must(sql_do(&making->sql, &tell), "number");
}

/* What every act has. */
static struct desk_act act_of(enum desk_act_kind kind, const u8 *name, u64 number, u64 now_s)
{
    struct desk_act act = {
        .kind = (u8)kind, .role = DESK_ROLE_CLERK, .at_s = now_s, .reason = DESK_REASON_NONE};
    memcpy(act.venue, VENUE, sizeof(VENUE));
    memcpy(act.officer, "cleo", sizeof("cleo"));
    memcpy(act.region, "fr", sizeof("fr"));
    bytes_put_u64(act.evidence, number + 1);
    bytes_put_u64(act.prior, number + 1);
    bytes_put_u64(act.grant, number + 1);
    bytes_put_u64(act.letter, number + 1);
    act.number = number + 1;
    act.until_s = now_s + 86400;
    if (kind >= DESK_ACT_LOGGED && kind <= DESK_ACT_MISMATCH) {
        act.role = DESK_ROLE_PROCESS;
        memcpy(act.officer, "none", sizeof("none"));
        memcpy(act.region, "none", sizeof("none"));
    }
    if (name != NULL) {
        memcpy(act.name, name, sizeof(act.name));
    }
    return act;
}

static void ask(struct desk_act *act, struct random *random, u32 which)
{
    static const char *const countries[] = {"FR", "DE", "IT", "AT", "ES"};
    u32 people = (u32)random_between(random, 1, 4);
    act->request = DESK_REQUEST_DISCLOSE;
    act->mark = DESK_MARK_ORDER;
    act->opening = DESK_OPENING_AUTHORITY;
    act->basis = DESK_BASIS_UNION_LAW;
    act->class = DESK_CLASS_PLAIN;
    act->urgency = DESK_URGENCY_ORDINARY;
    memcpy(act->country, countries[which % ARRAY_COUNT(countries)], 3);
    (void)snprintf(act->authority, sizeof(act->authority), "authority-%u", which);
    memcpy(act->instrument, act->evidence, sizeof(act->instrument));
    memcpy(act->sealed, act->evidence, sizeof(act->sealed));
    memcpy(act->reference, "7/2026", sizeof("7/2026"));
    act->dated_s = act->at_s;
    for (u32 i = 0; i < people; i += 1) {
        act->subjects[i] = (struct desk_subject){.ordinal = i + 1, .field = DESK_FIELD_DOCUMENT};
        act->records[i] = (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_BANK};
    }
    act->subjects_count = people;
    act->records_count = people;
}

static void make(struct making *making, u64 acts)
{
    static const enum desk_act_kind way[] = {
        DESK_ACT_RECEIVE, DESK_ACT_CALL_BACK, DESK_ACT_AUTHENTICATE, DESK_ACT_ASSESS,
        DESK_ACT_PREPARE, DESK_ACT_APPROVE,   DESK_ACT_APPROVE,      DESK_ACT_APPROVE,
        DESK_ACT_APPROVE, DESK_ACT_LOGGED,    DESK_ACT_OPENED,       DESK_ACT_DELIVERED,
        DESK_ACT_NOTICE,  DESK_ACT_CLOSE};
    struct random random;
    random_init(&random, 1);
    u8 name[DESK_NAME_BYTES] = {0};
    struct desk_act request = {.kind = 0};
    must(sql_run(&making->sql, "BEGIN"), "begin");
    for (u32 i = 0; i < 30; i += 1) {
        struct desk_act act = act_of(DESK_ACT_AUTHORITY, NULL, making->number, BEGINS_S);
        ask(&act, &random, i);
        act.subjects_count = 0;
        act.records_count = 0;
        act.type = (u8)(1 + i % DESK_TYPES_LAST);
        memcpy(act.recipient, "age1invented", sizeof("age1invented"));
        memcpy(act.telephone, "+00 1 23", sizeof("+00 1 23"));
        write_act(making, &act, BEGINS_S);
    }
    for (u64 i = 30; i < acts; i += 1) {
        enum desk_act_kind kind = way[(i - 30) % ARRAY_COUNT(way)];
        u64 now_s = BEGINS_S + i * YEARS_S / acts;
        if (kind == DESK_ACT_RECEIVE) {
            bytes_put_u64(name, random_u64(&random));
        }
        struct desk_act act = act_of(kind, name, making->number, now_s);
        if (kind == DESK_ACT_RECEIVE) {
            ask(&act, &random, (u32)random_below(&random, 30));
            request = act;
        }
        if (kind == DESK_ACT_CALL_BACK) {
            memcpy(act.authority, request.authority, sizeof(act.authority));
            memcpy(act.telephone, "+00 1 23", sizeof("+00 1 23"));
        }
        if (kind == DESK_ACT_ASSESS) {
            memcpy(act.records, request.records, sizeof(act.records));
            act.records_count = (u32)random_between(&random, 1, request.records_count);
        }
        write_act(making, &act, now_s);
    }
    must(sql_run(&making->sql, "COMMIT"), "commit");
}

static void file_make(const char *path, u64 acts)
{
    static struct making making;
    static const struct sql_format format = {
        .application = 0x434d4244U, .version = 1, .what = "a desk"};
    struct desk_store *store = NULL;
    struct desk_store_options options = {
        .path = path, .access = SQL_WRITE, .venue = VENUE, .cases_max = 1};
    (void)unlink(path);
    must(desk_store_open(&store, &options), "store");
    desk_store_close(store);
    must(sha256_open(&making.sha256), "hash");
    must(sql_open(&making.sql, path, SQL_WRITE, &format), "file");
    must(sql_prepare(&making.sql,
                     "INSERT INTO events(number, hash, name, kind, now_s, person, quorum_a,"
                     " quorum_b, key, text, chain) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     &making.put),
         "statement");
    must(sql_prepare(&making.sql, "INSERT INTO told(number, log) VALUES(?, ?)", &making.tell),
         "statement");
    make(&making, acts);
    sql_give_back(&making.put);
    sql_give_back(&making.tell);
    sql_close(&making.sql);
    sha256_close(&making.sha256);
}

/* ---- the report ---- */

struct counting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct report *report;
};

static enum fault visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct counting *counting = (struct counting *)(void *)visitor;
    return report_take(counting->report, &row->file.act, row->log, row->step.now_s);
}

/* ---- the queue ---- */

#define CASES 10000U

static void list_time(const struct desk *desk, const char *words)
{
    static struct desk_place places[CASES];
    static char text[CASES * DESK_LIST_BYTES];
    struct desk_filter filter;
    struct json_writer json;
    if (desk_filter_read(span_of_text(words), &filter) != NULL) {
        die(words);
    }
    u64 begun_ns = now_ns();
    json_begin(&json, text, sizeof(text));
    desk_list_put(&json, desk, &filter, BEGINS_S, places);
    size_t size = json_end(&json);
    (void)printf("list      %8.2f ms, %zu bytes: \"%s\"\n", (double)(now_ns() - begun_ns) / 1e6,
                 size, words);
}

static void queue_time(void)
{
    static struct desk desk;
    struct random random;
    random_init(&random, 1);
    must(desk_init(&desk, VENUE, CASES), "desk");
    desk.cases_count = CASES;
    for (u32 i = 0; i < CASES; i += 1) {
        struct desk_case *at = &desk.cases[i];
        struct desk_act act = act_of(DESK_ACT_RECEIVE, NULL, i, BEGINS_S);
        ask(&act, &random, i);
        *at = (struct desk_case){.state = (u8)random_between(&random, 1, DESK_STATE_OPENED),
                                 .request = act.request,
                                 .mark = act.mark,
                                 .opening = act.opening,
                                 .basis = act.basis,
                                 .class = act.class,
                                 .urgency = act.urgency,
                                 .people_count = act.subjects_count,
                                 .received_s = BEGINS_S - random_below(&random, 2000000),
                                 .moved_s = BEGINS_S,
                                 .grant_until_s = BEGINS_S + random_below(&random, 86400),
                                 .until_s = BEGINS_S + random_below(&random, 5000000)};
        bytes_put_u64(at->name, random_u64(&random));
        memcpy(at->country, act.country, sizeof(at->country));
        memcpy(at->authority, act.authority, sizeof(at->authority));
        memcpy(at->reference, act.reference, sizeof(at->reference));
        memcpy(at->instrument, act.instrument, sizeof(at->instrument));
    }
    list_time(&desk, "");
    list_time(&desk, "state=assessed country=FR");
    list_time(&desk, "alarm=yes limit=50");
    desk_free(&desk);
}

int main(int argc, char **argv)
{
    char made[] = "/tmp/cambist-desk-bench.XXXXXX";
    u64 acts = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    char *text = NULL;
    size_t size = 0;
    if (acts < 100 || acts > 100000000 || argc > 3) {
        (void)fprintf(stderr, "desk_bench [ACTS [FILE]]: 100 to 100,000,000 acts\n");
        return 2;
    }
    int fd = argc > 2 ? -1 : mkstemp(made);
    if (argc < 3 && (fd < 0 || close(fd) != 0)) {
        die("a temporary file");
    }
    const char *path = argc > 2 ? argv[2] : made;
    u64 begun_ns = now_ns();
    file_make(path, acts);
    (void)printf("made      %8.2f s\n", (double)(now_ns() - begun_ns) / 1e9);
    struct counting counting = {.visitor = {.visit = visit}};
    char venue[DESK_VENUE_BYTES];
    begun_ns = now_ns();
    must(report_open(&counting.report, BEGINS_S + YEARS_S), "report");
    must(desk_store_scan(path, venue, &counting.visitor), "scan");
    must(report_end(counting.report), "report");
    must(report_json(counting.report, venue, &text, &size), "text");
    (void)printf("report    %8.2f s for %" PRIu64 " acts, %u half-years, %zu bytes\n",
                 (double)(now_ns() - begun_ns) / 1e9, acts, report_halves(counting.report), size);
    free(text);
    report_close(counting.report);
    if (argc < 3) {
        (void)unlink(made);
    }
    queue_time();
    return 0;
}
