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
    const char *name; /* NULL: what was approved */
    const char *shown;
} texts[] = {
    {PUBLOG_KIND_GRANT, NULL, NULL},
    {PUBLOG_KIND_OPENING, OPEN_OPENING, OPEN_OPENING_SHOWN},
    {PUBLOG_KIND_DELIVERED, OPEN_MANIFEST, OPEN_DELIVERED_SHOWN},
    {PUBLOG_KIND_MISMATCH, OPEN_MISMATCH, OPEN_MISMATCH_SHOWN},
};

_Static_assert(OPENER_MANIFEST_BYTES <= PUBLOG_TEXT_BYTES_MAX, "a manifest is an event's text");

struct carrier {
    const struct open_log_matter *matter;
    struct open_folder folder; /* its path */
    int socket;
    u8 text[PUBLOG_TEXT_BYTES_MAX];
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

static const char *name_of(const struct carrier *carrier, u32 which)
{
    return texts[which].name == NULL ? carrier->matter->name : texts[which].name;
}

static const char *shown_of(const struct carrier *carrier, u32 which)
{
    return texts[which].shown == NULL ? carrier->matter->shown : texts[which].shown;
}

/* In the one form that everybody judges. */
static enum fault text_read(struct carrier *carrier, u32 which, struct publog_told *told)
{
    const struct open_log_matter *matter = carrier->matter;
    struct open_folder *folder = &carrier->folder;
    const char *name = name_of(carrier, which);
    size_t size = 0;
    *told = (struct publog_told){.kind = texts[which].kind, .class = matter->class};
    memcpy(told->name, matter->name_of_case, sizeof(told->name));
    if (told->kind == PUBLOG_KIND_GRANT) {
        told->text = matter->approved;
        told->flags = matter->flags;
    } else if (told->kind == PUBLOG_KIND_OPENING) {
        TRY(open_folder_read_opening(folder));
        size = opening_print(&folder->opening, (char *)carrier->text);
        told->text = span_of(carrier->text, size);
        told->mark_salt = matter->mark_salt;
    } else {
        TRY(open_folder_file(folder, name, carrier->text, PUBLOG_TEXT_BYTES_MAX, &size));
        told->text = span_of(carrier->text, size);
    }
    return told->text.size > 0 && told->text.size <= PUBLOG_TEXT_BYTES_MAX
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "%s: %zu bytes, an event's text has 1 to %u", name,
                       told->text.size, PUBLOG_TEXT_BYTES_MAX);
}

/* The bytes that an answer has behind its word. */
static enum fault bytes_take(const char *digits, const char *name, u8 *target, size_t bytes_max,
                             size_t *size_out)
{
    size_t bytes = strlen(digits) / 2;
    if (bytes == 0 || bytes > bytes_max || !bytes_from_hex(span_of_text(digits), target, bytes)) {
        return FAULT(FAULT_FOREIGN, "%s: an answer of the log that is none", name);
    }
    *size_out = bytes;
    return FAULT_NONE;
}

/* That something of this event is not to be had yet. */
static void wait_for(struct carrier *carrier, const char *name, const char *number, const char *why)
{
    (void)printf("%s: event %s; not shown yet: %s\n", name, number, why);
    carrier->is_waiting = true;
}

/* ---- the slots before an opening ---- */

/* From "NUMBER BYTES" on, piece by piece, into the folder's. */
static enum fault slots_take(struct carrier *carrier, const char *head, bool *is_whole_out)
{
    struct open_folder *folder = &carrier->folder;
    unsigned long long number = 0;
    unsigned long long bytes = 0;
    char again[LOG_SLOTS_BYTES_MAX] = "";
    if (sscanf(head, "%19llu %19llu", &number, &bytes) == 2) {
        (void)snprintf(again, sizeof(again), "%llu %llu", number, bytes);
    }
    if (strcmp(again, head) != 0 || bytes == 0 || bytes > sizeof(folder->slots)) {
        return FAULT(FAULT_FOREIGN, OPEN_SLOTS ": an answer of the log that is none");
    }
    folder->slots_bytes = 0;
    *is_whole_out = false;
    while (folder->slots_bytes < bytes) { /* each piece has a byte at least */
        size_t got = 0;
        int size = snprintf(carrier->line, sizeof(carrier->line), "piece %llu %zu\n", number,
                            folder->slots_bytes);
        TRY(ask(carrier, (size_t)size));
        const char *digits = behind(carrier, LOG_SAYS_PIECE);
        if (digits == NULL) {
            return behind(carrier, LOG_SAYS_LATER) != NULL ? FAULT_NONE
                                                           : refusal(carrier, OPEN_SLOTS);
        }
        TRY(bytes_take(digits, OPEN_SLOTS, folder->slots + folder->slots_bytes,
                       (size_t)bytes - folder->slots_bytes, &got));
        folder->slots_bytes += got;
    }
    *is_whole_out = true;
    return FAULT_NONE;
}

/* Puts the log from the grant's issue to the opening there, which carrier->shown shows. */
static enum fault slots_get(struct carrier *carrier, const char *number, size_t shown_bytes,
                            bool *is_there_out)
{
    const struct open_log_matter *matter = carrier->matter;
    struct publog_shown shown;
    *is_there_out = false;
    if (!publog_shown_read(span_of(carrier->shown, shown_bytes), &shown)) {
        return FAULT(FAULT_FOREIGN, OPEN_OPENING_SHOWN ": shows nothing");
    }
    const struct publog_leaf *leaf = &shown.receipt.leaf;
    u64 last_s = leaf->slot + publog_slot_seconds(leaf->class) - 1;
    if (last_s < matter->issued_s || last_s > UINT32_MAX) {
        return FAULT(FAULT_REFUSED, "opening: in the log before the %s was issued", matter->name);
    }
    TRY(ask(carrier, log_ask_slots_print(leaf->class, matter->issued_s, last_s, carrier->line)));
    const char *head = behind(carrier, LOG_SAYS_SLOTS);
    const char *why = behind(carrier, LOG_SAYS_LATER);
    if (head == NULL && why == NULL) {
        return refusal(carrier, OPEN_SLOTS);
    }
    if (head != NULL) {
        TRY(slots_take(carrier, head, is_there_out));
        why = carrier->answer + strlen(LOG_SAYS_LATER); /* unless all of it is there */
    }
    if (!*is_there_out) {
        wait_for(carrier, OPEN_SLOTS, number, why);
        return FAULT_NONE;
    }
    TRY(tlog_file_replace(disk_real(), carrier->folder.path, OPEN_SLOTS,
                          span_of(carrier->folder.slots, carrier->folder.slots_bytes)));
    (void)printf(OPEN_OPENING ": event %s; " OPEN_SLOTS " is there\n", number);
    return FAULT_NONE;
}

/* ---- the receipt of a text ---- */

/* Slots come before the opening's receipt, and are of the same log or a longer one: whoever sees
 * the receipt has both. */
static enum fault receipt_get(struct carrier *carrier, u32 which, const char *number)
{
    const char *name = name_of(carrier, which);
    const char *shown = shown_of(carrier, which);
    size_t bytes = 0;
    bool is_there = true;
    int size = snprintf(carrier->line, sizeof(carrier->line), "show %s\n", number);
    TRY(ask(carrier, (size_t)size));
    const char *why = behind(carrier, LOG_SAYS_LATER);
    if (why != NULL) {
        wait_for(carrier, name, number, why);
        return FAULT_NONE;
    }
    const char *digits = behind(carrier, LOG_SAYS_SHOWN);
    if (digits == NULL) {
        return refusal(carrier, name);
    }
    TRY(bytes_take(digits, name, carrier->shown, sizeof(carrier->shown), &bytes));
    if (texts[which].kind == PUBLOG_KIND_OPENING) {
        TRY(slots_get(carrier, number, bytes, &is_there));
    }
    if (is_there) {
        TRY(tlog_file_replace(disk_real(), carrier->folder.path, shown,
                              span_of(carrier->shown, bytes)));
        (void)printf("%s: event %s; %s is there\n", name, number, shown);
    }
    return FAULT_NONE;
}

/* What is there already stays; slots that are missing behind an opening's receipt come. */
static enum fault receipt_keep(struct carrier *carrier, u32 which, const char *number)
{
    size_t bytes = 0;
    bool is_there = true;
    if (texts[which].kind == PUBLOG_KIND_OPENING) {
        TRY(open_folder_has(&carrier->folder, OPEN_SLOTS, &is_there));
    }
    if (!is_there) {
        TRY(open_folder_file(&carrier->folder, shown_of(carrier, which), carrier->shown,
                             sizeof(carrier->shown), &bytes));
        return slots_get(carrier, number, bytes, &is_there);
    }
    (void)printf("%s: event %s\n", name_of(carrier, which), number);
    return FAULT_NONE;
}

static enum fault carry(struct carrier *carrier, u32 which)
{
    struct publog_told told;
    char number[24];
    u64 value = 0;
    bool is_there = false;
    const char *name = name_of(carrier, which);
    TRY(open_folder_has(&carrier->folder, name, &is_there));
    if (!is_there) {
        return FAULT_NONE;
    }
    TRY(text_read(carrier, which, &told));
    TRY(ask(carrier, log_ask_print(&told, carrier->line)));
    const char *answer = behind(carrier, LOG_SAYS_TOLD);
    if (answer == NULL) {
        return refusal(carrier, name);
    }
    if (!tlog_number_read(span_of_text(answer), INT64_MAX, &value)) {
        return FAULT(FAULT_FOREIGN, "%s: an answer of the log that is none", name);
    }
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
    TRY(open_folder_has(&carrier->folder, shown_of(carrier, which), &is_there));
    if (texts[which].kind == PUBLOG_KIND_OPENING && carrier->matter->is_shown_anew) {
        TRY(open_folder_has(&carrier->folder, OPEN_MANIFEST, &is_there));
    }
    return is_there ? receipt_keep(carrier, which, number) : receipt_get(carrier, which, number);
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

enum fault open_log_carry(const char *folder, const struct open_log_matter *matter,
                          const char *socket)
{
    static struct carrier carrier;
    carrier.is_waiting = false;
    carrier.matter = matter;
    carrier.folder.disk = disk_real();
    carrier.folder.path = folder;
    TRY(local_socket_open(socket, WAIT_S, &carrier.socket));
    enum fault fault = carry_all(&carrier);
    (void)close(carrier.socket);
    return fault;
}

enum fault open_log(const char *folder, const char *socket)
{
    static struct grant_file file;
    static char text[GRANT_FILE_BYTES];
    const struct grant *grant = &file.grant;
    char path[FILE_PATH_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    TRY(file_path(path, folder, OPEN_GRANT));
    TRY(open_grant_read(path, &file));
    grant_mark_salt(grant, file.hash, salt);
    const struct open_log_matter matter = {.name = OPEN_GRANT,
                                           .shown = OPEN_GRANT_SHOWN,
                                           .approved = span_of(text, grant_file_print(&file, text)),
                                           .name_of_case = grant->name,
                                           .class = grant->is_emergency ? PUBLOG_CLASS_EMERGENCY
                                                                        : PUBLOG_CLASS_ORDINARY,
                                           .flags = grant_flags(grant),
                                           .issued_s = grant->issued_s,
                                           .mark_salt = salt};
    return open_log_carry(folder, &matter, socket);
}
