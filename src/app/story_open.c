#include "app/story_open.h"

#include "app/grant_case.h"
#include "app/officer_steps.h"
#include "app/open_steps.h"
#include "app/rule_read.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/digest.h"
#include "io/entropy.h"
#include "role/desk/desk_noticed.h"
#include "role/vault/opener.h"
#include "role/vault/publog_shown.h"
#include "role/vault/tlog_file.h"
#include "wire/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define US_S        1000000ULL
#define FIRST_EVENT 1U

enum { PEM_BYTES = 1024, NAME_BYTES = 64, TURNS_MAX = 100 };

struct story_open {
    struct story_open_options options;
    char path[FILE_PATH_BYTES]; /* DIR/opening/NUMBER */
    struct grant_case at;
    struct grant_file file;
    const char *rows[STORY_OPEN_ROWS_MAX];
    u32 rows_count;
    char hash[2 * GRANT_HASH_BYTES + 1];
    char until[MOMENT_TEXT_BYTES];
    struct open_steps *steps;
    struct open_folder folder;
    u64 event;                   /* in the log: what was told last, */
    u8 event_hash[SHA256_BYTES]; /* and its text's hash */
    u64 grant;                   /* the event of the grant; 0: none */
    u64 opening;                 /* the event of the opening; 0: none */
    size_t manifest_bytes;
    char manifest[OPENER_MANIFEST_BYTES];
    size_t acts_bytes;
    u8 acts[GRANT_CASE_ACTS_BYTES];
};

static u64 now_s(const struct story_open *open)
{
    return clock_wall_us(open->options.clock) / US_S;
}

/* Everybody's own files, on the story's clock. */
static struct open_pins *pins_of(const struct story_open *open)
{
    struct open_pins *pins = story_vault_pins(open->options.vault);
    pins->judge.now_s = now_s(open);
    return pins;
}

static enum fault text_hash(struct span text, u8 hash_out[SHA256_BYTES])
{
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, text);
    sha256_end(&sha256, hash_out);
    sha256_close(&sha256);
    return FAULT_NONE;
}

enum fault story_open_open(struct story_open **open_out, const struct story_open_options *options)
{
    *open_out = calloc(1, sizeof(**open_out));
    if (*open_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the story's openings");
    }
    (*open_out)->options = *options;
    return FAULT_NONE;
}

void story_open_close(struct story_open *open)
{
    if (open != NULL) {
        open_steps_close(open->steps);
        free(open);
    }
}

/* ---- the acts of the case ---- */

struct collecting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct story_open *open;
};

/* As `cambist desk acts` prints them. */
static enum fault collect(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct story_open *open = ((struct collecting *)(void *)visitor)->open;
    char text[DESK_FILE_BYTES];
    char head[NAME_BYTES];
    size_t size = desk_file_print(&row->file, text);
    int head_size = snprintf(head, sizeof(head), "# %llu %llu\n", (unsigned long long)row->number,
                             (unsigned long long)row->log);
    CHECK(head_size > 0 && open->acts_bytes + (size_t)head_size + size <= sizeof(open->acts));
    memcpy(open->acts + open->acts_bytes, head, (size_t)head_size);
    memcpy(open->acts + open->acts_bytes + head_size, text, size);
    open->acts_bytes += (size_t)head_size + size;
    return FAULT_NONE;
}

static enum fault acts_take(struct story_open *open, const u8 *name)
{
    struct collecting collecting = {.visitor = {.visit = collect}, .open = open};
    open->acts_bytes = 0;
    TRY(desk_store_walk(open->options.desk, name, &collecting.visitor));
    return tlog_file_replace(disk_real(), open->path, OPEN_ACTS,
                             span_of(open->acts, open->acts_bytes));
}

/* ---- the grant ---- */

static enum fault file_make(struct story_open *open)
{
    struct grant_file *file = &open->file;
    file->text_bytes = grant_print(&file->grant, file->text);
    file->signatures_count = 0;
    TRY(text_hash(span_of(file->text, file->text_bytes), file->hash));
    (void)bytes_to_hex(file->hash, sizeof(file->hash), open->hash);
    CHECK(moment_print(file->grant.expires_s * US_S, open->until));
    return FAULT_NONE;
}

static enum fault case_read(struct story_open *open)
{
    struct grant_case *at = &open->at;
    const struct desk *desk = desk_store_desk(open->options.desk);
    TRY(grant_case_read(span_of(open->acts, open->acts_bytes), "acts", &pins_of(open)->circle, at));
    const struct desk_authority *authority = desk_authority(desk, at->asked.authority);
    CHECK(authority != NULL);
    memcpy(at->recipient, authority->recipient, sizeof(at->recipient));
    return FAULT_NONE;
}

enum fault story_open_grant(struct story_open *open, const struct story_open_grant *ask)
{
    char lines[STORY_VAULT_LINES];
    char paper[GRANT_VALUE_BYTES_MAX];
    char name[NAME_BYTES];
    u64 person = strtoull(ask->person, NULL, 10);
    u32 count = 0;
    struct grant_case_parts parts = {.now_s = now_s(open),
                                     .log_size = story_log_size(open->options.log),
                                     .persons = &person,
                                     .persons_count = 1};
    while (count < STORY_OPEN_ROWS_MAX && ask->rows[count] != NULL) {
        open->rows[count] = ask->rows[count];
        count += 1;
    }
    open->rows_count = count;
    open_steps_close(open->steps);
    open->steps = NULL;
    (void)snprintf(name, sizeof(name), "opening/%u", ask->number);
    TRY(file_path(open->path, open->options.folder, name));
    TRY(story_vault_collect(open->options.vault, open->path, ask->rows, count, lines));
    TRY(acts_take(open, ask->name));
    TRY(case_read(open));
    (void)snprintf(paper, sizeof(paper), "%s\n", ask->paper);
    parts.rows = span_of_text(lines);
    parts.paper = span_of_text(paper);
    TRY(entropy_fill(parts.nonce, sizeof(parts.nonce)));
    TRY(grant_case_write(&open->at, &parts, &open->file.grant));
    return file_make(open);
}

const char *story_open_hash(const struct story_open *open)
{
    return open->hash;
}

const char *story_open_until(const struct story_open *open)
{
    return open->until;
}

/* ---- approvals ---- */

/* What `cambist officer approve` looks at before it signs. */
static enum fault may_sign(struct story_open *open, const struct circle_officer *officer)
{
    struct open_pins *pins = pins_of(open);
    TRY(acts_take(open, open->file.grant.name));
    TRY(officer_may_approve(&pins->circle, officer, &open->file, "grant", now_s(open)));
    TRY(grant_case_judge(span_of(open->acts, open->acts_bytes), "acts", &pins->circle, &open->file,
                         &open->at));
    return grant_case_may_approve(&open->at, &pins->circle, officer);
}

enum fault story_open_sign(struct story_open *open, const char *code, const char *key_path)
{
    u8 pem[PEM_BYTES];
    u8 signature[OFFICER_SIGNATURE_BYTES];
    size_t size = 0;
    const struct circle_officer *officer =
        grant_circle_officer(&pins_of(open)->circle, span_of_text(code));
    CHECK(officer != NULL);
    TRY(may_sign(open, officer));
    TRY(rule_read_bytes(key_path, pem, sizeof(pem), &size));
    const struct officer_key key = {.pem = span_of(pem, size), .name = "key"};
    enum fault fault =
        officer_sign(&key, officer, span_of(open->file.text, open->file.text_bytes), signature);
    secret_wipe(pem, sizeof(pem));
    TRY(fault);
    return officer_approval_add(officer, signature, &open->file);
}

/* ---- the log ---- */

static enum fault opening_told(struct story_open *open, struct publog_told *told,
                               char text[OPENING_TEXT_BYTES], u8 salt[PUBLOG_SALT_BYTES])
{
    CHECK(open->steps != NULL);
    told->text = span_of(text, opening_print(open_steps_opening(open->steps), text));
    grant_mark_salt(&open->file.grant, open->file.hash, salt);
    told->mark_salt = salt;
    return FAULT_NONE;
}

/* Grant and acts are in the opening's folder from now on. */
static enum fault grant_put(struct story_open *open, char text[GRANT_FILE_BYTES],
                            struct span *text_out)
{
    *text_out = span_of(text, grant_file_print(&open->file, text));
    TRY(acts_take(open, open->file.grant.name));
    return tlog_file_replace(disk_real(), open->path, OPEN_GRANT, *text_out);
}

enum fault story_open_tell(struct story_open *open, enum publog_kind kind)
{
    static char text[GRANT_FILE_BYTES]; /* one thread */
    u8 salt[PUBLOG_SALT_BYTES];
    struct publog_told told = {.class = PUBLOG_CLASS_ORDINARY, .kind = kind};
    _Static_assert(GRANT_FILE_BYTES >= OPENING_TEXT_BYTES, "both are printed into it");
    memcpy(told.name, open->file.grant.name, sizeof(told.name));
    if (kind == PUBLOG_KIND_GRANT) {
        TRY(grant_put(open, text, &told.text));
    } else if (kind == PUBLOG_KIND_OPENING) {
        TRY(opening_told(open, &told, text, salt));
    } else {
        told.text = story_open_manifest(open);
    }
    TRY(story_log_event(open->options.log, &told, &open->event));
    open->grant = kind == PUBLOG_KIND_GRANT ? open->event : open->grant;
    open->opening = kind == PUBLOG_KIND_OPENING ? open->event : open->opening;
    return text_hash(told.text, open->event_hash);
}

enum fault story_open_process(struct story_open *open, enum desk_act_kind kind)
{
    enum desk_rule rule = DESK_RULE_NONE;
    struct desk_act act = {.kind = (u8)kind, .number = open->event};
    memcpy(act.name, open->file.grant.name, sizeof(act.name));
    memcpy(act.grant, open->file.hash, sizeof(act.grant));
    memcpy(act.evidence, open->event_hash, sizeof(act.evidence));
    return desk_store_process(open->options.desk, &act, open->options.staff, now_s(open), &rule);
}

/* ---- the opening ---- */

static enum fault begin_with(struct story_open *open, u64 event)
{
    TRY(story_log_show(open->options.log, event, open->path, OPEN_GRANT_SHOWN));
    open_steps_close(open->steps);
    open->steps = NULL;
    TRY(open_steps_open(disk_real(), open->path, &pins_of(open)->judge, &open->steps));
    return open_steps_begin(open->steps);
}

enum fault story_open_begin(struct story_open *open)
{
    return begin_with(open, open->event);
}

enum fault story_open_hush(struct story_open *open)
{
    static char text[GRANT_FILE_BYTES]; /* one thread */
    struct span grant;
    TRY(grant_put(open, text, &grant));
    return begin_with(open, FIRST_EVENT);
}

enum fault story_open_again(struct story_open *open)
{
    static char text[GRANT_FILE_BYTES]; /* one thread */
    char lines[STORY_VAULT_LINES];
    struct span grant;
    CHECK(strlen(open->path) + sizeof("-again") <= sizeof(open->path));
    memcpy(open->path + strlen(open->path), "-again", sizeof("-again"));
    TRY(story_vault_collect(open->options.vault, open->path, open->rows, open->rows_count, lines));
    TRY(grant_put(open, text, &grant));
    return begin_with(open, open->grant);
}

/* Receipt and slots come once, with the first officer who wants them. */
static enum fault opening_shown(struct story_open *open)
{
    struct open_folder *folder = &open->folder;
    bool is_there = false;
    TRY(open_folder_read(disk_real(), open->path, folder));
    TRY(open_folder_has(folder, OPEN_OPENING_SHOWN, &is_there));
    if (is_there) {
        return FAULT_NONE;
    }
    const struct opening *opening = open_steps_opening(open->steps);
    TRY(story_log_slots(open->options.log, open->file.grant.issued_s, opening->begins_s, open->path,
                        OPEN_SLOTS));
    return story_log_show(open->options.log, open->opening, open->path, OPEN_OPENING_SHOWN);
}

static enum fault release_put(struct story_open *open, const struct share_holder *holder,
                              const struct share_secrets *secrets)
{
    static char text[RELEASE_TEXT_BYTES]; /* one thread */
    char name[FILE_NAME_BYTES];
    char book_name[NAME_BYTES];
    char book[FILE_PATH_BYTES];
    size_t size = 0;
    struct open_pins *pins = pins_of(open);
    (void)snprintf(book_name, sizeof(book_name), "opening/book-%s", holder->name);
    TRY(file_path(book, open->options.folder, book_name));
    TRY(disk_make_folder(disk_real(), book));
    TRY(open_folder_judge(&pins->judge, &open->folder));
    TRY(officer_share_may(pins, holder, &open->file));
    TRY(officer_release(story_vault_room(open->options.vault), pins, &open->folder, book, holder,
                        secrets, text, &size));
    open_release_name(holder->name, name);
    return tlog_file_replace(disk_real(), open->path, name, span_of(text, size));
}

enum fault story_open_release(struct story_open *open, const char *code)
{
    struct share_holder holder;
    struct share_secrets secrets;
    TRY(opening_shown(open));
    story_vault_share(open->options.vault, code, &holder, &secrets);
    enum fault fault = release_put(open, &holder, &secrets);
    secret_wipe(&secrets, sizeof(secrets));
    return fault;
}

enum fault story_open_deliver(struct story_open *open)
{
    bool is_there = false;
    bool is_enough = false;
    bool is_over = false;
    (void)pins_of(open);
    TRY(open_steps_shown(open->steps, &is_there));
    TRY(open_steps_answers(open->steps, &is_enough));
    CHECK(is_there && is_enough);
    TRY(open_steps_deliver(open->steps, &is_over));
    struct span manifest = open_steps_manifest(open->steps);
    CHECK(manifest.size <= sizeof(open->manifest));
    memcpy(open->manifest, manifest.data, manifest.size);
    open->manifest_bytes = manifest.size;
    return FAULT_NONE;
}

struct span story_open_manifest(const struct story_open *open)
{
    return span_of(open->manifest, open->manifest_bytes);
}

/* ---- ways past it ---- */

enum fault story_open_pry(struct story_open *open, const char *const *codes, u32 count)
{
    static struct opening_rows rows; /* one thread */
    static u8 text[OPENING_ROWS_BYTES];
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    TRY(file_path(path, open->path, OPEN_ROWS));
    TRY(tlog_file_read(disk_real(), path, text, sizeof(text), &size));
    TRY(opening_rows_read(span_of(text, size), OPEN_ROWS, &rows));
    return story_vault_pry(open->options.vault, &rows, codes, count);
}

static enum fault line_ask(struct story_open *open, const int line[2], u64 person,
                           u32 *openings_out)
{
    static u8 message[DESK_LINE_MESSAGE_MAX + 1]; /* one thread */
    static struct desk_line_answer answer;
    struct desk_noticed *noticed = NULL;
    u8 ask[DESK_LINE_ASK_BYTES];
    bool is_busy = true;
    desk_line_ask_write(1, person, ask);
    if (send(line[0], ask, sizeof(ask), 0) != (ssize_t)sizeof(ask)) {
        return FAULT(FAULT_IO, "the desk's line");
    }
    TRY(desk_noticed_open(&noticed, line[1], NULL, open->options.clock));
    enum fault fault = FAULT_NONE;
    for (u32 turn = 0; turn < TURNS_MAX && is_busy && fault == FAULT_NONE; turn += 1) {
        fault = desk_noticed_turn(noticed, open->options.desk, &is_busy);
    }
    desk_noticed_close(noticed);
    TRY(fault);
    ssize_t size = recv(line[0], message, sizeof(message), MSG_DONTWAIT);
    if (size <= 0 || !desk_line_read(span_of(message, (size_t)size), &answer)) {
        return FAULT(FAULT_FOREIGN, "the desk's line: an answer that is none");
    }
    *openings_out = answer.count;
    return FAULT_NONE;
}

enum fault story_open_line(struct story_open *open, u64 person, struct story_open_line *line_out)
{
    static const char other[] = "show every case";
    int line[2];
    u64 id = 0;
    u64 asked = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line) != 0) {
        return FAULT(FAULT_IO, "the desk's line");
    }
    enum fault fault = line_ask(open, line, person, &line_out->openings);
    (void)close(line[0]);
    (void)close(line[1]);
    line_out->is_ended = !desk_line_ask_read(span_of(other, sizeof(other) - 1), &id, &asked);
    return fault;
}

/* ---- the customer ---- */

enum fault story_open_receipt(struct story_open *open, u64 *slot_out, u32 *cosigned_out)
{
    static u8 bytes[PUBLOG_SHOWN_BYTES_MAX]; /* one thread */
    struct open_pins *pins = pins_of(open);
    struct publog_shown shown;
    struct publog_seen seen;
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    const struct desk_case *at =
        desk_case(desk_store_desk(open->options.desk), open->file.grant.name);
    CHECK(at != NULL && at->opened_log > 0);
    TRY(story_log_show(open->options.log, at->opened_log, open->path, "customer.shown"));
    TRY(file_path(path, open->path, "customer.shown"));
    TRY(tlog_file_read(disk_real(), path, bytes, sizeof(bytes), &size));
    if (!publog_shown_read(span_of(bytes, size), &shown)) {
        return FAULT(FAULT_ROT, "the customer's receipt: none");
    }
    enum tlog_flaw flaw =
        publog_shown_judge(&pins->crypto, &pins->policy, &shown, open->file.grant.name, &seen);
    if (flaw != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "the customer's receipt: %s", tlog_flaw_name(flaw));
    }
    *slot_out = seen.slot;
    *cosigned_out = (u32)__builtin_popcount(seen.verdict.cosigned);
    return FAULT_NONE;
}
