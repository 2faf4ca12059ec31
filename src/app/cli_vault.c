/* cambist vault: asks the vault's process, and copies its files. */
#include "app/cli.h"
#include "app/log_read.h"
#include "app/log_vault.h"
#include "app/time_text.h"
#include "app/vault_client.h"
#include "app/vault_drill.h"
#include "app/vault_enrol.h"
#include "app/vault_rotate.h"
#include "app/vault_seal.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/cases/case_days.h"
#include "role/vault/blind_index.h"
#include "role/vault/share_group.h"
#include "role/vault/vault_message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_US         86400000000ULL
#define SECOND_US      1000000ULL
#define DAY_CHARS      10U /* of the text of a moment */
#define LISTED_BYTES   (SEAL_LABEL_BYTES + 4U)
#define DRILL_OPERANDS (2U + 2U * SHARE_MEMBERS_MAX) /* drill put FILE... of both groups */

enum { VAULT_DATA, VAULT_SOCKET, VAULT_LOG, VAULT_POLICY };

static const struct option options[] = {
    [VAULT_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .otherwise = "data",
                    .help = "The venue's data folder."},
    [VAULT_SOCKET] = {.name = "socket",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "The socket that vault.socket names. Without it keep.sock in the "
                              "data folder."},
    [VAULT_LOG] = {.name = "log",
                   .kind = OPTION_TEXT,
                   .value = "FOLDER|URL",
                   .help = "verify: a public log. What it says of the vault must be true of this "
                           "one."},
    [VAULT_POLICY] = {.name = "policy",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "verify: whose signatures under that log are believed."},
};

struct vault_cli {
    const struct option_call *call;
    struct vault_client client;
};

/* ---- one frame, one answer ---- */

static void begin(struct vault_cli *cli, enum vault_ask_kind kind)
{
    vault_client_begin(&cli->client, kind);
}

static enum fault connect_to(struct vault_cli *cli)
{
    const struct option_value *values = cli->call->values;
    char path[FILE_PATH_BYTES];
    if (values[VAULT_SOCKET].given) {
        return vault_client_open(&cli->client, values[VAULT_SOCKET].text);
    }
    TRY(file_path(path, values[VAULT_DATA].text, "keep.sock"));
    return vault_client_open(&cli->client, path);
}

static enum fault ask(struct vault_cli *cli)
{
    TRY(connect_to(cli));
    return vault_client_ask(&cli->client);
}

/* ---- operands ---- */

static const char *operand(const struct vault_cli *cli, u32 number)
{
    return number < cli->call->operands_count ? cli->call->operands[number] : "";
}

static enum fault number_of(const struct vault_cli *cli, u32 place, const char *what,
                            u64 *number_out)
{
    return options_number(operand(cli, place), 1, INT64_MAX, number_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "\"%s\" is not a number of %s", operand(cli, place), what);
}

static enum fault group_of(const struct vault_cli *cli, u32 place, bool may_be_all, u32 *group_out)
{
    const char *name = operand(cli, place);
    *group_out = seal_group_by_name(span_of_text(name));
    return *group_out != 0 || (may_be_all && strcmp(name, "all") == 0)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "\"%s\" is no field group", name);
}

/* SUBJECT GROUP VERSION, into the frame. */
static enum fault place_put(struct vault_cli *cli, bool has_version)
{
    struct seal_label label = {.subject = 0};
    u64 version = 0;
    u32 group = 0;
    TRY(number_of(cli, 1, "a person", &label.subject));
    TRY(group_of(cli, 2, false, &group));
    if (has_version) {
        TRY(number_of(cli, 3, "a version", &version));
    }
    if (version > UINT32_MAX) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of a version", operand(cli, 3));
    }
    label.group = (u8)group;
    label.version = (u32)version;
    vault_write_place(&cli->client.writer, &label);
    return FAULT_NONE;
}

/* ---- printing ---- */

static void day_print(u32 day, char target[TIME_TEXT_BYTES])
{
    (void)time_text_print(day * DAY_US, target);
    target[day == 0 ? 0 : DAY_CHARS] = 0;
}

/* Labels, with their last day where `bytes` has room for it. */
static enum fault listed_print(const struct vault_cli *cli, u32 bytes)
{
    u32 count = cli->client.contents.size < 4 ? 0 : bytes_u32(cli->client.contents.data);
    if (cli->client.contents.size != 4 + (size_t)count * bytes) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = cli->client.contents.data + 4 + (size_t)i * bytes;
        struct seal_label label;
        char day[TIME_TEXT_BYTES];
        TRY(seal_label_decode(span_of(at, SEAL_LABEL_BYTES), &label));
        (void)printf("%lu %s version %u epoch %u class %u", label.subject,
                     seal_group_name(label.group), label.version, label.epoch, label.retention);
        if (bytes > SEAL_LABEL_BYTES) {
            day_print(bytes_u32(at + SEAL_LABEL_BYTES), day);
            (void)printf(" until %s", day[0] == 0 ? "-" : day);
        }
        (void)printf("\n");
    }
    return FAULT_NONE;
}

static enum fault numbers_print(const struct vault_cli *cli, const char *const *names, u32 count,
                                size_t more)
{
    char text[CLI_COUNT_BYTES];
    if (cli->client.contents.size != (size_t)count * sizeof(u64) + more) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    for (u32 i = 0; i < count; i += 1) {
        cli_line(names[i], "%s",
                 cli_count(bytes_u64(cli->client.contents.data + (size_t)i * sizeof(u64)), text));
    }
    return FAULT_NONE;
}

/* ---- verbs ---- */

static enum fault status(struct vault_cli *cli)
{
    static const char *const names[] = {"records",
                                        "ever put",
                                        "ever erased",
                                        "hands",
                                        "values to search for",
                                        "events",
                                        "look-ups in this hour",
                                        "coming",
                                        "dead"};
    begin(cli, VAULT_ASK_STATUS);
    TRY(ask(cli));
    TRY(numbers_print(cli, names, ARRAY_COUNT(names), 0));
    return vault_drill_status(&cli->client);
}

static enum fault put(struct vault_cli *cli)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    begin(cli, VAULT_ASK_PUT);
    TRY(file_open(disk_real(), operand(cli, 1), 0, &file));
    TRY(file_size(&file, &size));
    if (size > sizeof(cli->client.frame) - VAULT_HEAD_BYTES) {
        return FAULT(FAULT_INPUT, "%s: too long for one frame", operand(cli, 1));
    }
    TRY(file_read_whole(&file, 0, cli->client.frame + VAULT_HEAD_BYTES, size));
    cli->client.writer.size += (u32)size;
    return ask(cli);
}

static enum fault get(struct vault_cli *cli)
{
    bool has_version = cli->call->operands_count == 5;
    const char *path = operand(cli, has_version ? 4 : 3);
    begin(cli, VAULT_ASK_GET);
    TRY(place_put(cli, has_version));
    TRY(ask(cli));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    return file_write_at(&file, 0, cli->client.contents.data, cli->client.contents.size);
}

static enum fault list(struct vault_cli *cli)
{
    u64 subject = 0;
    TRY(number_of(cli, 1, "a person", &subject));
    begin(cli, VAULT_ASK_LIST);
    frame_write_u64(&cli->client.writer, subject);
    TRY(ask(cli));
    return listed_print(cli, LISTED_BYTES);
}

static enum fault stale(struct vault_cli *cli)
{
    u64 epoch = 0;
    TRY(number_of(cli, 1, "an epoch", &epoch));
    begin(cli, VAULT_ASK_STALE);
    frame_write_u32(&cli->client.writer, (u32)(epoch > UINT32_MAX ? UINT32_MAX : epoch));
    TRY(ask(cli));
    return listed_print(cli, SEAL_LABEL_BYTES);
}

static enum fault count_print(const struct vault_cli *cli, const char *what)
{
    if (cli->client.contents.size != sizeof(u32)) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    (void)printf("%u %s\n", bytes_u32(cli->client.contents.data), what);
    return FAULT_NONE;
}

static enum fault retain(struct vault_cli *cli)
{
    u64 subject = 0;
    u32 group = 0;
    u32 day = 0;
    TRY(number_of(cli, 1, "a person", &subject));
    TRY(group_of(cli, 2, true, &group));
    if (strcmp(operand(cli, 3), "none") != 0 &&
        !case_day_parse(span_of_text(operand(cli, 3)), &day)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no day: 2026-11-22, or none", operand(cli, 3));
    }
    begin(cli, VAULT_ASK_RETAIN);
    frame_write_u64(&cli->client.writer, subject);
    frame_write_u32(&cli->client.writer, group);
    frame_write_u32(&cli->client.writer, day);
    TRY(ask(cli));
    return count_print(cli, "records");
}

static enum fault erase(struct vault_cli *cli)
{
    begin(cli, VAULT_ASK_ERASE);
    TRY(place_put(cli, true));
    return ask(cli);
}

static enum fault drop(struct vault_cli *cli)
{
    begin(cli, VAULT_ASK_DROP);
    TRY(place_put(cli, true));
    TRY(ask(cli));
    return count_print(cli, "hands");
}

/* The value comes by standard input: operands stand in the list of processes. */
static enum fault lookup(struct vault_cli *cli)
{
    u8 matter[VAULT_CASE_BYTES];
    u8 value[VAULT_VALUE_BYTES_MAX + 1];
    u32 field = blind_field_by_name(span_of_text(operand(cli, 1)));
    size_t size = 0;
    if (field == 0 || !bytes_from_hex(span_of_text(operand(cli, 2)), matter, sizeof(matter))) {
        return FAULT(FAULT_USAGE, "lookup FIELD CASE: email, phone, document or account, and 64 "
                                  "hex digits in lower case");
    }
    ssize_t got = read(STDIN_FILENO, value, sizeof(value));
    for (; got > 0 && size < sizeof(value) && size + (size_t)got <= sizeof(value);
         got = read(STDIN_FILENO, value + size, sizeof(value) - size)) {
        size += (size_t)got;
    }
    size -= size > 0 && value[size - 1] == '\n' ? 1 : 0;
    begin(cli, VAULT_ASK_LOOKUP);
    frame_write_bytes(&cli->client.writer, span_of(matter, sizeof(matter)));
    frame_write_u16(&cli->client.writer, (u16)field);
    frame_write_u16(&cli->client.writer, (u16)size);
    frame_write_bytes(&cli->client.writer, span_of(value, size));
    secret_wipe(value, sizeof(value));
    TRY(ask(cli));
    return listed_print(cli, SEAL_LABEL_BYTES);
}

static enum fault sweep(struct vault_cli *cli)
{
    begin(cli, VAULT_ASK_SWEEP);
    return ask(cli);
}

static void since_add(const u8 *event, u64 time_us, struct publog_vault_since *since)
{
    u64 event_us = bytes_u64(event + 8);
    u16 kind = bytes_u16(event + 16);
    since->rewraps += event_us >= time_us && kind == VAULT_EVENT_REWRAPPED ? 1 : 0;
    if (kind == VAULT_EVENT_ERASED) {
        since->erased_most += event_us >= time_us ? 1 : 0;
        since->erased_least += event_us >= time_us + SECOND_US ? 1 : 0;
    }
}

/* What the vault's events say of the time since a line. */
static enum fault since_take(struct vault_cli *cli, u64 time_us, struct publog_vault_since *since)
{
    u32 count = 1;
    *since = (struct publog_vault_since){.rewraps = 0};
    for (u64 from = 1; count > 0;) {
        begin(cli, VAULT_ASK_EVENTS);
        frame_write_u64(&cli->client.writer, from);
        TRY(ask(cli));
        const u8 *at = cli->client.contents.data + 4;
        count = cli->client.contents.size < 4 ? 0 : bytes_u32(cli->client.contents.data);
        if (cli->client.contents.size != 4 + (size_t)count * VAULT_EVENT_BYTES) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        for (u32 i = 0; i < count; i += 1, at += VAULT_EVENT_BYTES) {
            if (bytes_u64(at) < from) {
                return FAULT(FAULT_FOREIGN, "an answer that is none");
            }
            since_add(at, time_us, since);
            from = bytes_u64(at) + 1;
        }
    }
    return FAULT_NONE;
}

static enum fault log_compare(struct vault_cli *cli, const struct publog_vault *now)
{
    const struct option_value *values = cli->call->values;
    struct log_vault said;
    char time[TIME_TEXT_BYTES];
    struct publog_vault_since since;
    bool is_compared = false;
    if (!values[VAULT_POLICY].given) {
        return FAULT(FAULT_USAGE, "verify --log wants --policy");
    }
    log_vault_init(&said, NULL);
    TRY(log_read(values[VAULT_LOG].text, values[VAULT_POLICY].text, &said.leaves));
    if (said.count == 0) {
        return FAULT(FAULT_MISSING, "the log says nothing of the vault");
    }
    TRY(since_take(cli, said.newest.time_us, &since));
    const char *why = publog_vault_differs(&said.newest, now, &since, &is_compared);
    (void)time_text_print(said.newest.time_us, time);
    if (why != NULL) {
        return FAULT(FAULT_DIVERGED, "against the log's line of %s: %s", time, why);
    }
    cli_line("as logged", "%s%s", time,
             is_compared ? ", with the same root"
                         : "; the root is another, as something was put, erased or wrapped since");
    return FAULT_NONE;
}

static enum fault verify(struct vault_cli *cli)
{
    static const char *const names[] = {"records", "ever put",     "ever erased",
                                        "changed", "without body", "without key"};
    char hash[CLI_HASH_BYTES];
    struct publog_vault now;
    begin(cli, VAULT_ASK_VERIFY);
    TRY(ask(cli));
    TRY(numbers_print(cli, names, ARRAY_COUNT(names), VAULT_HASH_BYTES));
    const u8 *at = cli->client.contents.data;
    const u8 *root = at + sizeof(u64) * ARRAY_COUNT(names);
    now = (struct publog_vault){
        .records = bytes_u64(at), .put = bytes_u64(at + 8), .erased = bytes_u64(at + 16)};
    memcpy(now.root, root, sizeof(now.root));
    cli_line("root", "%s", cli_hash(root, hash));
    if (!publog_vault_adds_up(&now) || !span_is_zero(span_of(at + 24, 24))) {
        return FAULT(FAULT_ROT, "the vault's files do not agree");
    }
    return cli->call->values[VAULT_LOG].given ? log_compare(cli, &now) : FAULT_NONE;
}

static enum fault events(struct vault_cli *cli)
{
    static const char *const names[] = {
        "?", "lookup", "erased", "rewrapped", "swept", "hands", "restored", "drill", "view",
    };
    u64 from = 1;
    if (cli->call->operands_count == 2) {
        TRY(number_of(cli, 1, "an event", &from));
    }
    begin(cli, VAULT_ASK_EVENTS);
    frame_write_u64(&cli->client.writer, from);
    TRY(ask(cli));
    u32 count = cli->client.contents.size < 4 ? 0 : bytes_u32(cli->client.contents.data);
    if (cli->client.contents.size != 4 + (size_t)count * VAULT_EVENT_BYTES) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = cli->client.contents.data + 4 + (size_t)i * VAULT_EVENT_BYTES;
        u32 kind = bytes_u16(at + 16);
        (void)printf("%lu %lu %s field %u count %lu\n", bytes_u64(at), bytes_u64(at + 8),
                     names[kind < ARRAY_COUNT(names) ? kind : 0], bytes_u16(at + 18),
                     bytes_u64(at + 24));
    }
    return FAULT_NONE;
}

static enum fault rotate_collect(struct vault_cli *cli, const char *folder)
{
    u64 epoch = 0;
    u32 count = 0;
    TRY(number_of(cli, 3, "an epoch", &epoch));
    if (epoch > SHARE_EPOCH_MAX) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of an epoch", operand(cli, 3));
    }
    TRY(vault_rotate_collect(&cli->client, folder, (u32)epoch, &count));
    cli_line("rows", "%u", count);
    return FAULT_NONE;
}

/* What was done is told, also where something is left. */
static enum fault rotate_put(struct vault_cli *cli, const char *folder)
{
    struct vault_rotate_counts counts;
    enum fault fault = vault_rotate_put(&cli->client, folder, &counts);
    if (fault == FAULT_NONE || fault == FAULT_UNAVAILABLE) {
        cli_line("wrapped anew", "%u", counts.put);
        cli_line("passed over", "%u", counts.passed);
        cli_line("left", "%u", counts.left);
    }
    return fault;
}

static enum fault rotate(struct vault_cli *cli)
{
    bool is_put = strcmp(operand(cli, 1), "put") == 0;
    if (cli->call->operands_count != (is_put ? 3U : 4U) ||
        (!is_put && strcmp(operand(cli, 1), "collect") != 0)) {
        return FAULT(FAULT_USAGE, "rotate collect FOLDER EPOCH, or rotate put FOLDER");
    }
    TRY(connect_to(cli));
    return is_put ? rotate_put(cli, operand(cli, 2)) : rotate_collect(cli, operand(cli, 2));
}

/* ---- enrolments ---- */

static enum fault offer(struct vault_cli *cli)
{
    u64 subject = 0;
    TRY(number_of(cli, 1, "a person", &subject));
    TRY(connect_to(cli));
    return vault_enrol_offer(&cli->client, subject);
}

static enum fault enrol(struct vault_cli *cli)
{
    TRY(connect_to(cli));
    return vault_enrol_put(&cli->client, operand(cli, 1));
}

static enum fault review(struct vault_cli *cli)
{
    u64 subject = 0;
    u64 version = 0;
    TRY(number_of(cli, 1, "a person", &subject));
    TRY(number_of(cli, 2, "a version", &version));
    if (version > UINT32_MAX) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of a version", operand(cli, 2));
    }
    TRY(connect_to(cli));
    return vault_enrol_review(&cli->client, subject, (u32)version, operand(cli, 3));
}

static enum fault decide(struct vault_cli *cli)
{
    TRY(connect_to(cli));
    return vault_enrol_decide(&cli->client, operand(cli, 1));
}

static enum fault reviews(struct vault_cli *cli)
{
    TRY(connect_to(cli));
    return vault_enrol_reviews(&cli->client);
}

static enum fault doubles(struct vault_cli *cli)
{
    u64 from = 1;
    if (cli->call->operands_count == 2) {
        TRY(number_of(cli, 1, "an enrolment that was seen before", &from));
    }
    TRY(connect_to(cli));
    return vault_enrol_doubles(&cli->client, from);
}

/* ---- what is gathered ---- */

/* The whole of standard input; FAULT_INPUT: nothing, or more than one record has. */
static enum fault input_read(u8 text[VAULT_SEAL_TEXT_MAX + 1], size_t *size_out)
{
    ssize_t got = 1;
    *size_out = 0;
    while (got > 0 && *size_out <= VAULT_SEAL_TEXT_MAX) {
        got = read(STDIN_FILENO, text + *size_out, VAULT_SEAL_TEXT_MAX + 1 - *size_out);
        *size_out += got > 0 ? (size_t)got : 0;
    }
    return got == 0 && *size_out > 0
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "standard input: %s",
                       *size_out == 0 ? "nothing" : "more than a record has, 7 MiB");
}

static enum fault seal(struct vault_cli *cli)
{
    static u8 text[VAULT_SEAL_TEXT_MAX + 1];
    struct seal_label label = {.retention = 1};
    char folder[FILE_PATH_BYTES];
    u32 group = 0;
    size_t size = 0;
    TRY(number_of(cli, 1, "a person", &label.subject));
    TRY(group_of(cli, 2, false, &group));
    TRY(vault_seal_group(group));
    label.group = (u8)group;
    TRY(file_path(folder, cli->call->values[VAULT_DATA].text, VAULT_FOLDER));
    TRY(connect_to(cli));
    enum fault fault = input_read(text, &size);
    if (fault == FAULT_NONE) {
        fault = vault_seal_put(&cli->client, folder, span_of(text, size), &label);
    }
    secret_wipe(text, sizeof(text));
    TRY(fault);
    (void)printf("%llu %s version %u epoch %u class %u\n", (unsigned long long)label.subject,
                 seal_group_name(label.group), label.version, label.epoch, label.retention);
    return FAULT_NONE;
}

/* ---- drills ---- */

static enum fault drill(struct vault_cli *cli)
{
    u32 count = cli->call->operands_count;
    bool is_put = strcmp(operand(cli, 1), "put") == 0;
    if (is_put ? count < 3 : count != 2 || strcmp(operand(cli, 1), "begin") != 0) {
        return FAULT(FAULT_USAGE, "drill begin, or drill put FILE...");
    }
    TRY(connect_to(cli));
    return is_put ? vault_drill_put(&cli->client, &cli->call->operands[2], count - 2)
                  : vault_drill_begin(&cli->client);
}

/* Keys first: a body without its key says nothing, a key without its body would be damage. */
static enum fault backup(struct vault_cli *cli)
{
    static const char *const below[2][2] = {{VAULT_KEYS_FOLDER, VAULT_KEYS_FILE},
                                            {VAULT_BODIES_FOLDER, VAULT_BODIES_FILE}};
    char vault[FILE_PATH_BYTES];
    TRY(file_path(vault, cli->call->values[VAULT_DATA].text, VAULT_FOLDER));
    for (u32 i = 0; i < 2; i += 1) {
        char folder[FILE_PATH_BYTES];
        char path[FILE_PATH_BYTES];
        char target[FILE_PATH_BYTES];
        TRY(file_path(folder, vault, below[i][0]));
        TRY(file_path(path, folder, below[i][1]));
        TRY(file_path(target, operand(cli, i + 1), below[i][1]));
        TRY(sql_copy(path, operand(cli, i + 1), target));
        if (i == 0) {
            TRY(vault_copy_finish(target));
        }
    }
    return FAULT_NONE;
}

static const struct {
    const char *name;
    u32 operands_min; /* the verb among them */
    u32 operands_max;
    enum fault (*run)(struct vault_cli *cli);
} verbs[] = {
    {"status", 1, 1, status},   {"put", 2, 2, put},         {"get", 4, 5, get},
    {"list", 2, 2, list},       {"stale", 2, 2, stale},     {"retain", 4, 4, retain},
    {"erase", 4, 4, erase},     {"drop", 4, 4, drop},       {"lookup", 3, 3, lookup},
    {"sweep", 1, 1, sweep},     {"verify", 1, 1, verify},   {"events", 1, 2, events},
    {"backup", 3, 3, backup},   {"rotate", 3, 4, rotate},   {"offer", 2, 2, offer},
    {"enrol", 2, 2, enrol},     {"review", 4, 4, review},   {"decide", 2, 2, decide},
    {"reviews", 1, 1, reviews}, {"doubles", 1, 2, doubles}, {"drill", 2, DRILL_OPERANDS, drill},
    {"seal", 3, 3, seal},
};

static enum fault act(struct vault_cli *cli)
{
    u32 count = cli->call->operands_count;
    for (u32 i = 0; i < ARRAY_COUNT(verbs); i += 1) {
        if (strcmp(operand(cli, 0), verbs[i].name) == 0 && count >= verbs[i].operands_min &&
            count <= verbs[i].operands_max) {
            return verbs[i].run(cli);
        }
    }
    return FAULT(FAULT_USAGE,
                 "one of: status, put FILE, get PERSON GROUP [VERSION] FILE, list "
                 "PERSON, stale EPOCH, retain PERSON GROUP|all DAY|none, erase PERSON "
                 "GROUP VERSION, drop PERSON GROUP VERSION, lookup FIELD CASE, sweep, "
                 "verify, events [FROM], backup KEYS BODIES, rotate collect FOLDER "
                 "EPOCH, rotate put FOLDER, offer PERSON, enrol FILE, review PERSON VERSION FILE, "
                 "decide FILE, reviews, doubles [FROM], drill begin, drill put FILE...");
}

static int run(const struct option_call *call)
{
    static struct vault_cli cli;
    cli.call = call;
    cli.client.socket = -1;
    enum fault fault = act(&cli);
    vault_client_close(&cli.client);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Asks the process that keeps sealed records, where vault.on is true. It has no key that opens "
    "one: what is put and got are sealed bytes, in the form of docs/vault.md.",
    "status counts; put sends records of a file; get writes one into a new file; list tells what "
    "there is of a person, stale which records are of older epochs than one. retain sets the last "
    "day of a person's records; erase deletes the key of one whose last day has passed, drop the "
    "copies of its data key; sweep rewrites the keys' file, so that nothing of what was erased is "
    "left in it. lookup reads a value from standard input and tells whose it is: CASE is 64 small "
    "hex digits, the look-up is counted and stands in events. verify walks through everything; with --log "
    "and --policy it holds counts and root against the newest line of the public log about them, and "
    "ends with 22 where they do not fit.",
    "backup copies the keys and the bodies into two folders, to be kept for different times.",
    "rotate collect FOLDER EPOCH writes the rows of all records of an epoch into the folder of a rotation (cambist "
    "rotate); rotate put FOLDER replaces their wraps with those that it made. It may be ended anywhere and run again, "
    "and ends with 21 when records of the old epoch are left, which were put meanwhile.",
    "offer prints what a customer's page seals for, enrol sends what it made. reviews lists what waits for its "
    "reviewer; review writes one into a new file for cambist officer review, which is logged before; decide takes the "
    "verdict that it printed, and the reviewer's copies of the keys are gone. doubles lists who was seen before, "
    "never as whom.",
    "seal takes a text from standard input, seals it for both groups and puts it as the next version of the person's "
    "bank, logins, trades or transfers: what the venue's machines have is gathered for a case that asks for it "
    "(cambist history lines), and opened by a grant as every record.",
    "drill begin asks the officers of both groups to show that their shares are there, and prints what is asked: "
    "each answers with cambist ceremony prove --nonce within 14 days. drill put takes their answers. status tells "
    "which shares live, which are due, and where too few do.",
    NULL,
};

static const struct option_example examples[] = {
    {"vault status --data data", "How many records there are."},
    {"vault retain 17 all 2031-11-22 --data data", "From the 23rd on they are erased."},
    {"vault backup /mnt/keys /mnt/bodies --data data", "Two copies, apart."},
    {"vault drill put anna.drill bela.drill --data data", "What two officers answered."},
    {NULL, NULL},
};

const struct subcommand cli_vault = {
    .name = "vault",
    .summary = "asks the process that keeps sealed records",
    .operands = "VERB [ARGUMENT]...",
    .operands_min = 1,
    .operands_max = DRILL_OPERANDS,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
