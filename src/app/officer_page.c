#include "app/officer_page.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/release_book.h"
#include "role/vault/tlog_file.h"
#include "wire/query.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CONFIRM_DIGITS 4U /* of the case, at its end */
#define QUERY_BYTES    1024U

struct officer_page {
    struct officer_page_options options;
    struct seal_room *room;
    struct officer_desk desk;
    struct open_folder folder;
    struct grant_file file;
    char made[GRANT_FILE_BYTES + RELEASE_TEXT_BYTES]; /* what an act has made */
    char answer[OFFICER_SERVE_ANSWER_BYTES];
};

/* What was asked, with its parameters. */
struct call {
    struct officer_page *page;
    const struct officer_asked *asked;
    struct query query;
    char query_text[QUERY_BYTES];
    struct officer_reply *reply;
};

/* ---- saying ---- */

static void say_json(struct call *call, struct json_writer *writer)
{
    size_t size = json_end(writer);
    call->reply->status = size > 0 ? 200 : 500;
    call->reply->body = span_of(call->page->answer, size);
}

static void say_error(struct call *call, u32 status, const char *what)
{
    struct json_writer writer;
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    json_object_begin(&writer);
    json_field_text(&writer, "error", what);
    json_object_end(&writer);
    call->reply->body = span_of(call->page->answer, json_end(&writer));
    call->reply->status = status;
}

static void say_fault(struct call *call, enum fault fault)
{
    bool is_refusal = fault == FAULT_REFUSED || fault == FAULT_INPUT || fault == FAULT_ROT ||
                      fault == FAULT_MISSING || fault == FAULT_LOCKED || fault == FAULT_USAGE;
    say_error(call, is_refusal ? 409 : 500, fault_text());
    fault_forget();
}

/* A file that an act has left, and its text. */
static void say_made(struct call *call, const char *name, size_t size)
{
    struct json_writer writer;
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    json_object_begin(&writer);
    json_field_text(&writer, "file", name);
    json_key(&writer, "text");
    json_put_span(&writer, span_of(call->page->made, size));
    json_object_end(&writer);
    say_json(call, &writer);
}

static void say_nothing(struct call *call)
{
    struct json_writer writer;
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    json_object_begin(&writer);
    json_object_end(&writer);
    say_json(call, &writer);
}

/* ---- looking ---- */

static enum fault desk_read(struct officer_page *page)
{
    const struct officer_page_options *options = &page->options;
    const struct desk_owner owner = {
        .disk = options->disk, .folder = options->folder, .pins = options->pins, .me = options->me};
    open_pins_now(options->pins);
    return officer_desk_read(&owner, &page->desk);
}

/* The grant that the call names; NULL, and answered, where there is none. */
static const struct desk_grant *grant_of(struct call *call)
{
    u8 hash[GRANT_HASH_BYTES];
    const struct desk_grant *row = NULL;
    enum fault fault = desk_read(call->page);
    if (fault != FAULT_NONE) {
        say_fault(call, fault);
        return NULL;
    }
    if (bytes_from_hex(query_value(&call->query, "grant"), hash, sizeof(hash))) {
        row = officer_desk_find(&call->page->desk, hash);
    }
    if (row == NULL) {
        say_error(call, 404, "no such grant in the folder");
    }
    return row;
}

static struct officer_page_head head_of(const struct officer_page *page)
{
    const struct officer_page_options *options = &page->options;
    struct officer_page_head head = {.pins = options->pins, .me = options->me};
    if (release_book_used(options->disk, options->book, options->pins->judge.now_s, &head.used) !=
        FAULT_NONE) {
        head.used = UINT32_MAX; /* a book that cannot be read releases nothing */
        fault_forget();
    }
    return head;
}

static void look_desk(struct call *call)
{
    struct json_writer writer;
    enum fault fault = desk_read(call->page);
    call->reply->is_quiet = true;
    if (fault != FAULT_NONE) {
        say_fault(call, fault);
        return;
    }
    struct officer_page_head head = head_of(call->page);
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    officer_page_put_desk(&writer, &head, &call->page->desk);
    say_json(call, &writer);
}

static void look_grant(struct call *call)
{
    struct json_writer writer;
    const struct desk_grant *row = grant_of(call);
    call->reply->is_quiet = true;
    if (row == NULL) {
        return;
    }
    struct officer_page_head head = head_of(call->page);
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    officer_page_put_grant(&writer, &head, &call->page->desk, row);
    say_json(call, &writer);
}

static void look_paper(struct call *call)
{
    struct json_writer writer;
    const struct desk_grant *row = grant_of(call);
    if (row == NULL) {
        return;
    }
    json_begin(&writer, call->page->answer, sizeof(call->page->answer));
    officer_page_put_paper(&writer, &row->file.grant, call->asked->body);
    say_json(call, &writer);
}

/* ---- signing ---- */

static bool is_confirmed(const struct call *call, const struct grant *grant)
{
    char hex[2 * PUBLOG_CASE_BYTES + 1];
    (void)bytes_to_hex(grant->name, sizeof(grant->name), hex);
    return span_equal(query_value(&call->query, "confirm"),
                      span_of(hex + sizeof(hex) - 1 - CONFIRM_DIGITS, CONFIRM_DIGITS));
}

/* Beside the acts of its case, in a file CASE.acts of the folder of work. */
static enum fault judge_case(const struct officer_page_options *options,
                             const struct grant_file *file)
{
    char path[FILE_PATH_BYTES];
    char name[2 * PUBLOG_CASE_BYTES + sizeof(DESK_ACTS)];
    (void)bytes_to_hex(file->grant.name, sizeof(file->grant.name), name);
    memcpy(name + 2 * (size_t)PUBLOG_CASE_BYTES, DESK_ACTS, sizeof(DESK_ACTS));
    TRY(file_path(path, options->folder, name));
    return open_acts_judge(options->disk, path, &options->pins->circle, file, options->me);
}

static enum fault make_approval(struct officer_page *page, const struct desk_grant *row,
                                const char *name, size_t *size_out)
{
    const struct officer_page_options *options = &page->options;
    u8 signature[OFFICER_SIGNATURE_BYTES];
    page->file = row->file;
    TRY(officer_may_approve(&options->pins->circle, options->me, &page->file, row->name,
                            options->pins->judge.now_s));
    TRY(judge_case(options, &page->file));
    TRY(officer_sign(&options->sign_key, options->me,
                     span_of(page->file.text, page->file.text_bytes), signature));
    TRY(officer_approval_add(options->me, signature, &page->file));
    *size_out = grant_file_print(&page->file, page->made);
    return tlog_file_replace(options->disk, options->folder, name, span_of(page->made, *size_out));
}

static void act_approve(struct call *call)
{
    struct officer_page *page = call->page;
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    const struct desk_grant *row = grant_of(call);
    if (row == NULL) {
        return;
    }
    if (!is_confirmed(call, &row->file.grant)) {
        say_error(call, 409, "those are not the last 4 characters of the case");
        return;
    }
    officer_desk_name(&row->file, page->options.me->signer.code, DESK_GRANT, name);
    enum fault fault = make_approval(page, row, name, &size);
    if (fault != FAULT_NONE) {
        say_fault(call, fault);
        return;
    }
    page->options.log("approved", name);
    say_made(call, name, size);
}

static enum fault make_refusal(struct officer_page *page, const struct desk_grant *row,
                               struct span reason, const char *name, size_t *size_out)
{
    const struct officer_page_options *options = &page->options;
    struct grant_refusal refusal;
    char text[REFUSAL_TEXT_BYTES];
    grant_refusal_make(&row->file, options->me->signer.code, reason, options->pins->judge.now_s,
                       &refusal);
    size_t size = grant_refusal_print_signed(&refusal, text);
    TRY(officer_sign(&options->sign_key, options->me, span_of(text, size), refusal.signature));
    *size_out = grant_refusal_print(&refusal, page->made);
    return tlog_file_replace(options->disk, options->folder, name, span_of(page->made, *size_out));
}

static void act_refuse(struct call *call)
{
    struct officer_page *page = call->page;
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    const struct desk_grant *row = grant_of(call);
    if (row == NULL) {
        return;
    }
    if (!grant_refusal_reason_fits(call->asked->body)) {
        say_error(call, 409, "the reason: one line of 1 to 400 bytes, without blanks at its ends");
        return;
    }
    officer_desk_name(&row->file, page->options.me->signer.code, DESK_REFUSAL, name);
    enum fault fault = make_refusal(page, row, call->asked->body, name, &size);
    if (fault != FAULT_NONE) {
        say_fault(call, fault);
        return;
    }
    page->options.log("refused", name);
    say_made(call, name, size);
}

/* ---- answering ---- */

/* All that `cambist officer release` does, in its order. */
static enum fault make_release(struct officer_page *page, const char *path, const char *name,
                               struct span passphrase, size_t *size_out)
{
    const struct officer_page_options *options = &page->options;
    const struct officer_share share = {
        .text = options->key_text, .name = options->key_name, .passphrase = passphrase};
    struct share_holder holder;
    TRY(open_folder_read(options->disk, path, &page->folder));
    TRY(open_folder_judge(&options->pins->judge, &page->folder));
    struct share_secrets *secrets = seal_room_take(page->room, sizeof(*secrets));
    TRY(officer_share_open(page->room, options->pins, &share, &holder, secrets));
    TRY(officer_share_may(options->pins, &holder, &page->folder.file));
    if (strcmp(holder.name, options->me->signer.code) != 0) {
        return FAULT(FAULT_REFUSED, "%s: of %s, not %s", options->key_name, holder.name,
                     options->me->signer.code);
    }
    open_pins_now(options->pins); /* the passphrase took its time */
    TRY(open_folder_judge(&options->pins->judge, &page->folder));
    TRY(officer_release(page->room, options->pins, &page->folder, options->book, &holder, secrets,
                        page->made, size_out));
    return tlog_file_replace(options->disk, path, name, span_of(page->made, *size_out));
}

/* The opening's folder that the call names, of the grant that it names. */
static const struct desk_folder *folder_of(const struct call *call, const struct desk_grant *row)
{
    const struct officer_desk *desk = &call->page->desk;
    struct span name = query_value(&call->query, "folder");
    for (u32 i = 0; i < desk->folders_count; i += 1) {
        const struct desk_folder *folder = &desk->folders[i];
        if (&desk->grants[folder->grant] == row && span_equal(span_of_text(folder->name), name)) {
            return folder;
        }
    }
    return NULL;
}

static void act_release(struct call *call)
{
    struct officer_page *page = call->page;
    char path[FILE_PATH_BYTES];
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    const struct desk_grant *row = grant_of(call);
    if (row == NULL) {
        return;
    }
    const struct desk_folder *folder = folder_of(call, row);
    if (folder == NULL) {
        say_error(call, 404, "no such folder of this grant");
        return;
    }
    size_t mark = seal_room_mark(page->room);
    open_release_name(page->options.me->signer.code, name);
    enum fault fault = file_path(path, page->options.folder, folder->name);
    if (fault == FAULT_NONE) {
        fault = make_release(page, path, name, call->asked->body, &size);
    }
    seal_room_leave(page->room, mark);
    if (fault != FAULT_NONE) {
        say_fault(call, fault);
        return;
    }
    page->options.log("released", folder->name);
    say_made(call, name, size);
}

/* ---- the rest ---- */

static void act_stay(struct call *call)
{
    say_nothing(call);
}

static void act_end(struct call *call)
{
    say_nothing(call);
    call->reply->is_end = true;
}

static const struct {
    const char *path;
    bool is_post;
    size_t body_bytes_max;
    void (*run)(struct call *call);
} routes[] = {
    {"desk", false, 0, look_desk},
    {"grant", false, 0, look_grant},
    {"paper", true, OFFICER_SERVE_BODY_BYTES, look_paper},
    {"approve", true, 0, act_approve},
    {"refuse", true, REFUSAL_REASON_BYTES + 1, act_refuse},
    {"release", true, SHARE_PASSPHRASE_MAX, act_release},
    {"stay", true, 0, act_stay},
    {"end", true, 0, act_end},
};

void officer_page_answer(void *page, const struct officer_asked *asked,
                         struct officer_reply *reply_out)
{
    static struct call call;
    call.page = page;
    call.asked = asked;
    call.reply = reply_out;
    for (u32 i = 0; i < ARRAY_COUNT(routes); i += 1) {
        if (!span_equal(asked->path, span_of_text(routes[i].path))) {
            continue;
        }
        if (asked->is_post != routes[i].is_post) {
            say_error(&call, 405, routes[i].is_post ? "POST" : "GET");
        } else if (asked->body.size > routes[i].body_bytes_max) {
            say_error(&call, 413, "the body is too long");
        } else if (query_read(&call.query, asked->query, span_of(NULL, 0), call.query_text,
                              sizeof(call.query_text)) != QUERY_OK) {
            say_error(&call, 400, "the parameters are wrong");
        } else {
            routes[i].run(&call);
        }
        return;
    }
    say_error(&call, 404, "there is nothing here");
}

/* ---- the page ---- */

static enum fault page_begin(struct officer_page *page)
{
    const struct officer_page_options *options = &page->options;
    struct share_holder holder;
    TRY(share_file_look(options->key_text, options->key_name, &holder));
    if (strcmp(holder.name, options->me->signer.code) != 0 || holder.side != options->me->side) {
        return FAULT(FAULT_REFUSED, "%s: of %s, and the circle has %s in group %c",
                     options->key_name, holder.name, options->me->signer.code,
                     share_side_letter(options->me->side));
    }
    return seal_room_open(&page->room);
}

enum fault officer_page_open(struct officer_page **page_out,
                             const struct officer_page_options *options)
{
    struct officer_page *page = calloc(1, sizeof(*page));
    *page_out = NULL;
    if (page == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the page");
    }
    page->options = *options;
    enum fault fault = page_begin(page);
    if (fault != FAULT_NONE) {
        officer_page_close(page);
        return fault;
    }
    *page_out = page;
    return FAULT_NONE;
}

void officer_page_close(struct officer_page *page)
{
    if (page != NULL) {
        seal_room_close(page->room);
        free(page);
    }
}
