#include "role/vault/log_ask.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_note.h"

#include <stdio.h>
#include <string.h>

#define UNTIL_MAX     253402300799ULL /* the end of the year 9999 */
#define NUMBER_DIGITS 24U
#define BEGINNING     "the line begins with none of tell, show, find, openings, slots, piece"

_Static_assert(LOG_ASK_BYTES_MAX >= 2 * PUBLOG_TEXT_BYTES_MAX + 2 * PUBLOG_CASE_BYTES +
                                        2 * PUBLOG_SALT_BYTES + 2 * NUMBER_DIGITS + 64,
               "the longest line");

static const char *const classes[PUBLOG_CLASSES + 1] = {
    [PUBLOG_CLASS_ORDINARY] = "ordinary", [PUBLOG_CLASS_EMERGENCY] = "emergency"};

bool log_ask_is_taken(enum publog_kind kind)
{
    return publog_is_opening(kind) || publog_is_desk(kind);
}

/* Up to the next blank, or all that is left; false: it is empty. */
static bool word_cut(struct span *rest, struct span *word_out)
{
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    *word_out = span_piece(*rest, 0, size);
    *rest = end == NULL ? span_of(NULL, 0) : span_after(*rest, size + 1);
    return size > 0;
}

static bool is_word(struct span word, const char *text)
{
    return span_equal(word, span_of_text(text));
}

static bool kind_read(struct span word, enum publog_kind *kind_out)
{
    for (u32 kind = PUBLOG_KIND_PAD + 1; kind < PUBLOG_KIND_COUNT; kind += 1) {
        if (log_ask_is_taken((enum publog_kind)kind) &&
            is_word(word, publog_kind_name((enum publog_kind)kind))) {
            *kind_out = (enum publog_kind)kind;
            return true;
        }
    }
    return false;
}

static bool class_read(struct span word, enum publog_class *class_out)
{
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        if (is_word(word, classes[class])) {
            *class_out = (enum publog_class) class;
            return true;
        }
    }
    return false;
}

/* What an act of the desk may say; NULL: it does. */
static const char *desk_flaw(const struct publog_told *told)
{
    bool is_search = told->flags == PUBLOG_FLAG_SEARCH && told->kind == PUBLOG_KIND_STEP;
    if (!publog_is_desk(told->kind)) {
        return NULL;
    }
    if (told->flags != 0 && !is_search) {
        return "the flags are not those of such an act";
    }
    if ((told->until != 0) != (told->kind == PUBLOG_KIND_SILENCE)) {
        return "the end is one of a silence, and every silence has one";
    }
    return told->mark_salt == NULL ? NULL : "the salt of an act of the desk is -";
}

static const char *tell_read(struct span rest, struct log_ask *ask)
{
    struct publog_told *told = &ask->told;
    struct span word;
    u64 flags = 0;
    if (!word_cut(&rest, &word) || !kind_read(word, &told->kind)) {
        return "the kind is none of grant, opening, delivered, mismatch, or of the desk's acts";
    }
    if (!word_cut(&rest, &word) || !class_read(word, &told->class)) {
        return "the class is neither ordinary nor emergency";
    }
    if (!word_cut(&rest, &word) || !tlog_number_read(word, PUBLOG_FLAGS, &flags)) {
        return "the flags are not 0 to 3";
    }
    told->flags = (u8)flags;
    if (!word_cut(&rest, &word) || !bytes_from_hex(word, told->name, sizeof(told->name))) {
        return "the case is not 32 small hexadecimal digits";
    }
    if (!word_cut(&rest, &word) || !tlog_number_read(word, UNTIL_MAX, &told->until)) {
        return "the end of the silence is no number of seconds";
    }
    if (!word_cut(&rest, &word) ||
        (!is_word(word, "-") && !bytes_from_hex(word, ask->mark_salt, sizeof(ask->mark_salt)))) {
        return "the salt is neither - nor 64 small hexadecimal digits";
    }
    told->mark_salt = is_word(word, "-") ? NULL : ask->mark_salt;
    if (rest.size == 0 || rest.size / 2 > sizeof(ask->text) ||
        !bytes_from_hex(rest, ask->text, rest.size / 2)) {
        return "the text is not 1 to 16384 bytes in small hexadecimal digits";
    }
    told->text = span_of(ask->text, rest.size / 2);
    return desk_flaw(told);
}

static const char *find_read(struct span rest, struct log_ask *ask)
{
    struct span word;
    if (!word_cut(&rest, &word) || !kind_read(word, &ask->told.kind) ||
        !publog_is_opening(ask->told.kind)) {
        return "the kind is none of grant, opening, delivered, mismatch";
    }
    if (!word_cut(&rest, &word) || !bytes_from_hex(word, ask->told.name, sizeof(ask->told.name))) {
        return "the case is not 32 small hexadecimal digits";
    }
    return bytes_from_hex(rest, ask->grant, sizeof(ask->grant))
               ? NULL
               : "the grant's hash is not 64 small hexadecimal digits";
}

static const char *slots_read(struct span rest, struct log_ask *ask)
{
    struct span word;
    if (!word_cut(&rest, &word) || !class_read(word, &ask->class)) {
        return "the class is neither ordinary nor emergency";
    }
    if (!word_cut(&rest, &word) || !tlog_number_read(word, UINT32_MAX, &ask->from_s) ||
        !tlog_number_read(rest, UINT32_MAX, &ask->to_s) || ask->to_s < ask->from_s) {
        return "no two moments in seconds, one not before the other";
    }
    return NULL;
}

static const char *piece_read(struct span rest, struct log_ask *ask)
{
    struct span word;
    return word_cut(&rest, &word) && tlog_number_read(word, INT64_MAX, &ask->number) &&
                   tlog_number_read(rest, PUBLOG_SPAN_BYTES_MAX, &ask->offset)
               ? NULL
               : "no number of a text and offset in it";
}

const char *log_ask_read(struct span line, struct log_ask *ask_out)
{
    struct span rest = line;
    struct span word;
    ask_out->told = (struct publog_told){.flags = 0};
    ask_out->number = 0;
    if (line.size > LOG_ASK_BYTES_MAX) {
        return "the line is too long";
    }
    if (!word_cut(&rest, &word)) {
        return BEGINNING;
    }
    if (is_word(word, "tell")) {
        ask_out->kind = LOG_ASK_TELL;
        return tell_read(rest, ask_out);
    }
    if (is_word(word, "show")) {
        ask_out->kind = LOG_ASK_SHOW;
        return tlog_number_read(rest, INT64_MAX, &ask_out->number) ? NULL : "no number of an event";
    }
    if (is_word(word, "find")) {
        ask_out->kind = LOG_ASK_FIND;
        return find_read(rest, ask_out);
    }
    if (is_word(word, "openings")) {
        ask_out->kind = LOG_ASK_OPENINGS;
        return tlog_number_read(rest, INT64_MAX, &ask_out->number) ? NULL : "no number of an event";
    }
    if (is_word(word, "slots")) {
        ask_out->kind = LOG_ASK_SLOTS;
        return slots_read(rest, ask_out);
    }
    if (is_word(word, "piece")) {
        ask_out->kind = LOG_ASK_PIECE;
        return piece_read(rest, ask_out);
    }
    return BEGINNING;
}

size_t log_ask_print(const struct publog_told *told, char target[LOG_ASK_BYTES_MAX + 2])
{
    char name[2 * PUBLOG_CASE_BYTES + 1];
    char salt[2 * PUBLOG_SALT_BYTES + 1] = "-";
    CHECK(log_ask_is_taken(told->kind) && told->until <= UNTIL_MAX);
    CHECK(told->text.size > 0 && told->text.size <= PUBLOG_TEXT_BYTES_MAX);
    if (told->mark_salt != NULL) {
        (void)bytes_to_hex(told->mark_salt, PUBLOG_SALT_BYTES, salt);
    }
    int size = snprintf(target, LOG_ASK_BYTES_MAX, "tell %s %s %u %s %llu %s ",
                        publog_kind_name(told->kind), classes[told->class], told->flags,
                        bytes_to_hex(told->name, PUBLOG_CASE_BYTES, name),
                        (unsigned long long)told->until, salt);
    CHECK(size > 0 && (size_t)size + 2 * told->text.size <= LOG_ASK_BYTES_MAX);
    size_t used = (size_t)size + 2 * told->text.size;
    (void)bytes_to_hex(told->text.data, told->text.size, target + size);
    target[used] = '\n';
    target[used + 1] = 0;
    return used + 1;
}

size_t log_ask_slots_print(enum publog_class class, u64 from_s, u64 to_s,
                           char target[LOG_SLOTS_BYTES_MAX])
{
    CHECK(class >= PUBLOG_CLASS_ORDINARY && class <= PUBLOG_CLASSES);
    CHECK(from_s <= to_s && to_s <= UINT32_MAX);
    int size = snprintf(target, LOG_SLOTS_BYTES_MAX, "slots %s %llu %llu\n", classes[class],
                        (unsigned long long)from_s, (unsigned long long)to_s);
    CHECK(size > 0 && (u32)size < LOG_SLOTS_BYTES_MAX);
    return (size_t)size;
}
