#include "app/open_log.h"

#include "app/local_socket.h"
#include "app/open_folder.h"
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/log_ask.h"
#include "role/vault/opener.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S 30U

/* What openings leave in their folder, and where its receipt goes. */
static const struct {
    enum publog_kind kind;
    const char *name;
    const char *shown; /* NULL: nobody waits for it */
} texts[] = {
    {PUBLOG_KIND_GRANT, OPEN_GRANT, OPEN_GRANT_SHOWN},
    {PUBLOG_KIND_OPENING, OPEN_OPENING, OPEN_OPENING_SHOWN},
    {PUBLOG_KIND_DELIVERED, OPEN_MANIFEST, NULL},
    {PUBLOG_KIND_MISMATCH, OPEN_MISMATCH, NULL},
};

_Static_assert(OPENER_MANIFEST_BYTES <= PUBLOG_TEXT_BYTES_MAX, "a manifest is an event's text");

struct carrier {
    struct open_folder folder; /* its path and the grant */
    int socket;
    u8 mark_salt[PUBLOG_SALT_BYTES];
    u8 text[GRANT_FILE_BYTES];
    u8 shown[PUBLOG_SHOWN_BYTES_MAX];
    char line[LOG_ASK_BYTES_MAX + 2];
    char answer[LOG_ANSWER_BYTES_MAX + 2];
    bool is_waiting; /* for a receipt */
};

/* ---- one line, one answer ---- */

static enum fault ask(struct carrier *carrier, size_t size)
{
    size_t used = 0;
    TRY(local_socket_send(carrier->socket, span_of(carrier->line, size)));
    while (used == 0 || carrier->answer[used - 1] != '\n') {
        size_t got = 0;
        if (used == sizeof(carrier->answer) - 1) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        TRY(local_socket_receive(carrier->socket, carrier->answer + used,
                                 sizeof(carrier->answer) - 1 - used, &got));
        used += got;
    }
    carrier->answer[used - 1] = 0;
    return FAULT_NONE;
}

/* What is behind the word that the answer begins with; NULL: it begins with another one. */
static const char *behind(const struct carrier *carrier, const char *word)
{
    size_t size = strlen(word);
    return strncmp(carrier->answer, word, size) == 0 ? carrier->answer + size : NULL;
}

static enum fault refusal(const struct carrier *carrier, const char *name)
{
    static const struct {
        const char *word;
        enum fault fault;
    } words[] = {{LOG_SAYS_WRONG, FAULT_INPUT},
                 {LOG_SAYS_MISSING, FAULT_MISSING},
                 {LOG_SAYS_EXISTS, FAULT_EXISTS},
                 {LOG_SAYS_FULL, FAULT_LIMIT},
                 {LOG_SAYS_STOPPED, FAULT_UNAVAILABLE}};
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        const char *why = behind(carrier, words[i].word);
        if (why != NULL) {
            return FAULT(words[i].fault, "%s: the log says: %s", name, why);
        }
    }
    return FAULT(FAULT_FOREIGN, "%s: an answer of the log that is none", name);
}

/* ---- one text ---- */

/* In the one form that everybody judges. */
static enum fault text_read(struct carrier *carrier, u32 which, struct publog_told *told)
{
    struct open_folder *folder = &carrier->folder;
    const struct grant *grant = &folder->file.grant;
    size_t size = 0;
    *told = (struct publog_told){.kind = texts[which].kind,
                                 .class = grant->is_emergency ? PUBLOG_CLASS_EMERGENCY
                                                              : PUBLOG_CLASS_ORDINARY};
    memcpy(told->name, grant->name, sizeof(told->name));
    if (told->kind == PUBLOG_KIND_GRANT) {
        size = grant_file_print(&folder->file, (char *)carrier->text);
        told->flags = grant->is_bulk ? PUBLOG_FLAG_BULK : 0;
    } else if (told->kind == PUBLOG_KIND_OPENING) {
        TRY(open_folder_read_opening(folder));
        size = opening_print(&folder->opening, (char *)carrier->text);
        grant_mark_salt(grant, folder->file.hash, carrier->mark_salt);
        told->mark_salt = carrier->mark_salt;
    } else {
        TRY(open_folder_file(folder, texts[which].name, carrier->text, PUBLOG_TEXT_BYTES_MAX,
                             &size));
    }
    told->text = span_of(carrier->text, size);
    return size > 0 && size <= PUBLOG_TEXT_BYTES_MAX
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "%s: %zu bytes, an event's text has 1 to %u", texts[which].name,
                       size, PUBLOG_TEXT_BYTES_MAX);
}

static enum fault receipt_get(struct carrier *carrier, u32 which, const char *number)
{
    const char *name = texts[which].name;
    int size = snprintf(carrier->line, sizeof(carrier->line), "show %s\n", number);
    TRY(ask(carrier, (size_t)size));
    const char *why = behind(carrier, LOG_SAYS_LATER);
    if (why != NULL) {
        (void)printf("%s: event %s; not shown yet: %s\n", name, number, why);
        carrier->is_waiting = true;
        return FAULT_NONE;
    }
    const char *digits = behind(carrier, LOG_SAYS_SHOWN);
    if (digits == NULL) {
        return refusal(carrier, name);
    }
    size_t bytes = strlen(digits) / 2;
    if (bytes > sizeof(carrier->shown) ||
        !bytes_from_hex(span_of_text(digits), carrier->shown, bytes)) {
        return FAULT(FAULT_FOREIGN, "%s: an answer of the log that is none", name);
    }
    TRY(tlog_file_replace(disk_real(), carrier->folder.path, texts[which].shown,
                          span_of(carrier->shown, bytes)));
    (void)printf("%s: event %s; %s is there\n", name, number, texts[which].shown);
    return FAULT_NONE;
}

static enum fault carry(struct carrier *carrier, u32 which)
{
    struct publog_told told;
    char number[24];
    u64 value = 0;
    bool is_there = false;
    TRY(open_folder_has(&carrier->folder, texts[which].name, &is_there));
    if (!is_there) {
        return FAULT_NONE;
    }
    TRY(text_read(carrier, which, &told));
    TRY(ask(carrier, log_ask_print(&told, carrier->line)));
    const char *answer = behind(carrier, LOG_SAYS_TOLD);
    if (answer == NULL) {
        return refusal(carrier, texts[which].name);
    }
    if (!tlog_number_read(span_of_text(answer), INT64_MAX, &value)) {
        return FAULT(FAULT_FOREIGN, "%s: an answer of the log that is none", texts[which].name);
    }
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
    is_there = true;
    if (texts[which].shown != NULL) {
        TRY(open_folder_has(&carrier->folder, texts[which].shown, &is_there));
    }
    if (!is_there) {
        return receipt_get(carrier, which, number);
    }
    (void)printf("%s: event %s\n", texts[which].name, number);
    return FAULT_NONE;
}

/* ---- the folder ---- */

static enum fault carry_all(struct carrier *carrier)
{
    for (u32 which = 0; which < ARRAY_COUNT(texts); which += 1) {
        TRY(carry(carrier, which));
    }
    return carrier->is_waiting ? FAULT(FAULT_UNAVAILABLE, "the log does not show all of it yet")
                               : FAULT_NONE;
}

enum fault open_log(const char *folder, const char *socket)
{
    static struct carrier carrier;
    char path[FILE_PATH_BYTES];
    carrier.is_waiting = false;
    carrier.folder.disk = disk_real();
    carrier.folder.path = folder;
    TRY(file_path(path, folder, OPEN_GRANT));
    TRY(open_grant_read(path, &carrier.folder.file));
    TRY(local_socket_open(socket, WAIT_S, &carrier.socket));
    enum fault fault = carry_all(&carrier);
    (void)close(carrier.socket);
    return fault;
}
