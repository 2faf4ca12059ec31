#include "app/mailbox.h"

#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "io/http_serve.h"
#include "role/door/door_mail.h"
#include "role/door/door_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_NAME_BYTES 64U
#define PAGE_BYTES      (64U << 10)
#define ENTITY_BYTES    8U
#define HOST_BYTES      32U

_Static_assert(PAGE_BYTES <= HTTP_SERVE_ANSWER_BYTES, "an answer fits");

static const struct http_limits limits = {.target_bytes_max = 256,
                                          .head_bytes_max = 8192,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = 0};
static const struct http_field fields[] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; "
                                "base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
};

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1d21;background:#fff}article{border:1px solid #c9ced6;border-radius:6px;"
    "padding:.75rem 1rem;margin:1rem 0}h2{font-size:1rem;margin:0}p{margin:.25rem 0;color:#4a515c}"
    "pre{white-space:pre-wrap;font:inherit;margin:.75rem 0 0}"
    "@media(prefers-color-scheme:dark){body{color:#e7eaef;background:#14171b}"
    "article{border-color:#3a414b}p{color:#aab2bd}}\n";

static const char page_head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" "
    "content=\"3\"><meta name=\"viewport\" content=\"width=device-width\"><title>Mailbox of the "
    "demo</title><link rel=\"stylesheet\" href=\"/style.css\"><h1>Mailbox of the demo</h1>"
    "<p>What the venue would send by e-mail, whoever it is for. The newest is first.</p>"
    "<p lang=\"fr\">Ce que la plateforme enverrait par courriel, quel que soit le destinataire. Le "
    "plus r\xc3\xa9"
    "cent d'abord.</p>";
static const char page_nothing[] = "<p>No mail yet. <span lang=\"fr\">Aucun courriel.</span></p>";

struct names {
    struct disk_visitor visitor;
    u32 count;
    char names[MAILBOX_KEPT + 1][MAIL_NAME_BYTES]; /* the newest, in rising order; the first may be
                                                    * one too many */
};

struct mailbox {
    struct http_serve *http;
    char folder[FILE_PATH_BYTES];
    struct names names;
    u8 mail[DOOR_MAIL_BYTES_MAX];
    char page[PAGE_BYTES];
};

/* ---- the files ---- */

/* Keeps the newest MAILBOX_KEPT + 1: names begin with the moment. */
static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct names *names = (struct names *)(void *)visitor;
    size_t bytes = strlen(name) + 1;
    u32 place = names->count;
    if (name[0] == '.' || bytes > MAIL_NAME_BYTES) {
        return FAULT_NONE;
    }
    while (place > 0 && strcmp(names->names[place - 1], name) > 0) {
        place -= 1;
    }
    if (names->count > MAILBOX_KEPT) {
        if (place == 0) {
            return FAULT_NONE;
        }
        memmove(names->names[0], names->names[1], sizeof(names->names[0]) * (place - 1));
        place -= 1;
    } else {
        memmove(names->names[place + 1], names->names[place],
                sizeof(names->names[0]) * (names->count - place));
        names->count += 1;
    }
    memcpy(names->names[place], name, bytes);
    return FAULT_NONE;
}

/* Lists them, and removes the oldest until no more than are kept are there. */
static void look(struct mailbox *mailbox)
{
    struct names *names = &mailbox->names;
    char path[FILE_PATH_BYTES];
    bool is_one_too_many = true;
    while (is_one_too_many) {
        names->visitor = (struct disk_visitor){.visit = visit};
        names->count = 0;
        if (disk_list(disk_real(), mailbox->folder, &names->visitor) != FAULT_NONE) {
            fault_forget(); /* the door has not made it yet */
        }
        is_one_too_many = names->count > MAILBOX_KEPT;
        if (is_one_too_many && (file_path(path, mailbox->folder, names->names[0]) != FAULT_NONE ||
                                disk_unlink(disk_real(), path) != FAULT_NONE)) {
            fault_forget();
            return;
        }
    }
}

static struct span mail_read(struct mailbox *mailbox, const char *name)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    if (file_path(path, mailbox->folder, name) != FAULT_NONE ||
        file_open(disk_real(), path, 0, &file) != FAULT_NONE ||
        file_read_at(&file, 0, mailbox->mail, sizeof(mailbox->mail), &size) != FAULT_NONE) {
        fault_forget(); /* taken meanwhile */
        size = 0;
    }
    return span_of(mailbox->mail, size);
}

/* ---- text ---- */

struct writing {
    char *target;
    size_t size;
    size_t room;
    bool is_full;
};

static void put(struct writing *writing, const char *bytes, size_t size)
{
    if (writing->is_full || size > writing->room - writing->size) {
        writing->is_full = true;
        return;
    }
    memcpy(writing->target + writing->size, bytes, size);
    writing->size += size;
}

static void put_text(struct writing *writing, struct span text)
{
    for (size_t at = 0; at < text.size; at += 1) {
        char byte = (char)text.data[at];
        const char *entity = byte == '<'   ? "&lt;"
                             : byte == '>' ? "&gt;"
                             : byte == '&' ? "&amp;"
                                           : NULL;
        put(writing, entity == NULL ? &byte : entity, entity == NULL ? 1 : strlen(entity));
    }
}

static u32 hex_of(u8 byte)
{
    return byte <= '9' ? (u32)byte - '0' : (u32)byte - 'A' + 10;
}

/* "=?utf-8?Q?...?=" anywhere in a subject, as door_mail.c writes it; everything else as it is. */
static void put_subject(struct writing *writing, struct span text)
{
    static const char begins[] = "=?utf-8?Q?";
    const u8 *found = memmem(text.data, text.size, begins, sizeof(begins) - 1);
    if (found == NULL) {
        put_text(writing, text);
        return;
    }
    size_t at = (size_t)(found - text.data);
    put_text(writing, span_of(text.data, at));
    for (at += sizeof(begins) - 1; at < text.size && text.data[at] != '?'; at += 1) {
        u8 byte = text.data[at] == '_' ? ' ' : text.data[at];
        if (byte == '=' && at + 2 < text.size) {
            byte = (u8)(hex_of(text.data[at + 1]) * 16 + hex_of(text.data[at + 2]));
            at += 2;
        }
        put_text(writing, span_of(&byte, 1));
    }
}

/* The value of a line of the head. */
static struct span head_value(struct span head, const char *field)
{
    size_t bytes = strlen(field);
    while (head.size > 0) {
        const u8 *end = memchr(head.data, '\n', head.size);
        size_t size = end == NULL ? head.size : (size_t)(end - head.data);
        if (size >= bytes && memcmp(head.data, field, bytes) == 0) {
            return span_of(head.data + bytes, size - bytes);
        }
        head = span_after(head, size + (end == NULL ? 0 : 1));
    }
    return (struct span){.data = NULL};
}

size_t mailbox_html(struct span mail, char *target, size_t target_bytes)
{
    struct writing writing = {.target = target, .room = target_bytes};
    const u8 *empty = mail.size == 0 ? NULL : memmem(mail.data, mail.size, "\n\n", 2);
    size_t head_bytes = empty == NULL ? mail.size : (size_t)(empty - mail.data) + 1;
    struct span head = span_of(mail.data, head_bytes);
    if (mail.size == 0) {
        return 0;
    }
    put(&writing, "<article><h2>", 13);
    put_subject(&writing, head_value(head, "Subject: "));
    put(&writing, "</h2><p>", 8);
    put_text(&writing, head_value(head, "To: "));
    put(&writing, "</p><pre>", 9);
    put_text(&writing, span_after(mail, u64_min(head_bytes + 1, mail.size)));
    put(&writing, "</pre></article>", 16);
    return writing.is_full ? 0 : writing.size;
}

static void put_json(struct writing *writing, struct span text)
{
    for (size_t at = 0; at < text.size; at += 1) {
        char escaped[ENTITY_BYTES];
        u8 byte = text.data[at];
        bool is_odd = byte < ' ' || byte == '"' || byte == '\\' || byte == 0x7f;
        (void)snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
        put(writing, is_odd ? escaped : (const char *)&byte, is_odd ? 6 : 1);
    }
}

/* ---- answers ---- */

static size_t page_make(struct mailbox *mailbox)
{
    size_t size = sizeof(page_head) - 1;
    memcpy(mailbox->page, page_head, size);
    look(mailbox);
    for (u32 i = mailbox->names.count; i > 0; i -= 1) {
        struct span mail = mail_read(mailbox, mailbox->names.names[i - 1]);
        size += mailbox_html(mail, mailbox->page + size, PAGE_BYTES - size);
    }
    if (mailbox->names.count == 0) {
        memcpy(mailbox->page + size, page_nothing, sizeof(page_nothing) - 1);
        size += sizeof(page_nothing) - 1;
    }
    return size;
}

static size_t json_make(struct mailbox *mailbox)
{
    struct writing writing = {.target = mailbox->page, .size = 1, .room = PAGE_BYTES - 1};
    mailbox->page[0] = '[';
    look(mailbox);
    for (u32 i = mailbox->names.count; i > 0 && !writing.is_full; i -= 1) {
        const char *name = mailbox->names.names[i - 1];
        struct writing row = writing;
        put(&row, ",{\"name\":\"", row.size == 1 ? 0 : 1);
        put(&row, "{\"name\":\"", 9);
        put_json(&row, span_of_text(name));
        put(&row, "\",\"text\":\"", 10);
        put_json(&row, mail_read(mailbox, name));
        put(&row, "\"}", 2);
        writing.size = row.is_full ? writing.size : row.size;
        writing.is_full = row.is_full;
    }
    mailbox->page[writing.size] = ']';
    return writing.size + 1;
}

static struct http_reply say(u32 status, const char *type, struct span body)
{
    return (struct http_reply){.status = status, .type = type, .body = body};
}

static bool is_ours(const struct mailbox *mailbox, const struct http_request *request)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    struct span host = http_header(request, HTTP_NAME_HOST);
    bool is_one = false;
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char wanted[HOST_BYTES];
        (void)snprintf(wanted, sizeof(wanted), "%s:%u", names[i], mailbox_port(mailbox));
        is_one = is_one || span_equal(host, span_of_text(wanted));
    }
    return is_one;
}

static void answer(void *context, const struct http_request *request, struct http_reply *reply_out)
{
    struct mailbox *mailbox = context;
    static const char text_type[] = "text/plain; charset=utf-8";
    if (!is_ours(mailbox, request)) {
        *reply_out = say(403, text_type, span_of_text("not this host\n"));
    } else if (request->verb != HTTP_VERB_GET && request->verb != HTTP_VERB_HEAD) {
        *reply_out = say(405, text_type, span_of_text("only to be read\n"));
        reply_out->allow = "GET, HEAD";
    } else if (span_equal(request->path, span_of_text("/"))) {
        size_t size = page_make(mailbox);
        *reply_out = say(200, "text/html; charset=utf-8", span_of(mailbox->page, size));
    } else if (span_equal(request->path, span_of_text("/mails.json"))) {
        size_t size = json_make(mailbox);
        *reply_out = say(200, "application/json", span_of(mailbox->page, size));
    } else if (span_equal(request->path, span_of_text("/style.css"))) {
        *reply_out = say(200, "text/css; charset=utf-8", span_of(style, sizeof(style) - 1));
    } else {
        *reply_out = say(404, text_type, span_of_text("there is nothing here\n"));
    }
}

/* ---- life ---- */

enum fault mailbox_open(struct mailbox **mailbox_out, const char *folder, int descriptor,
                        struct clock *clock)
{
    struct mailbox *mailbox = calloc(1, sizeof(*mailbox));
    *mailbox_out = NULL;
    if (mailbox == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the mailbox");
    }
    struct http_serve_options options = {.clock = clock,
                                         .address = "127.0.0.1",
                                         .descriptor = descriptor,
                                         .connections_max = 8,
                                         .request_ms = 10000,
                                         .limits = limits,
                                         .fields = fields,
                                         .fields_count = ARRAY_COUNT(fields),
                                         .answer = answer,
                                         .context = mailbox};
    enum fault fault = file_path(mailbox->folder, folder, DOOR_FOLDER "/" DOOR_MAIL_FOLDER);
    if (fault == FAULT_NONE) {
        fault = http_serve_open(&mailbox->http, &options);
    }
    if (fault != FAULT_NONE) {
        free(mailbox);
        return fault;
    }
    *mailbox_out = mailbox;
    return FAULT_NONE;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (mailbox != NULL) {
        http_serve_close(mailbox->http);
        free(mailbox);
    }
}

u16 mailbox_port(const struct mailbox *mailbox)
{
    return http_serve_port(mailbox->http);
}

enum fault mailbox_run(struct mailbox *mailbox, u64 sleep_us)
{
    return http_serve_run(mailbox->http, sleep_us);
}
