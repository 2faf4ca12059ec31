/* What the log's process is asked over its socket, log.sock, a line each: to take an event of an
 * opening, to show one, and to show all slots between two moments.
 *
 *     tell KIND CLASS FLAGS CASE UNTIL SALT TEXT
 *     find KIND CASE GRANT
 *     openings NUMBER
 *     show NUMBER
 *     slots CLASS FROM TO
 *     piece NUMBER OFFSET
 *
 * One blank between words, nothing else. KIND is grant, opening, delivered or mismatch, or,
 * for `tell`, a kind of the desk's acts (publog_is_desk). CLASS is ordinary or emergency, FLAGS 0
 * to 3 (publog_leaf.h), CASE 16 bytes, UNTIL the end of a silence in seconds or 0, SALT the mark's
 * 32 bytes, or - for a random one, TEXT 1 to PUBLOG_TEXT_BYTES_MAX bytes; bytes are small
 * hexadecimal digits. An act of the desk has a random salt, an end when and only when it is a
 * silence, no flag but that of a search, and that on a step alone. GRANT is the SHA-256 of a
 * grant's text: `find` asks which event is about it. `openings` asks for the
 * first opening behind an event, of whatever case. FROM and TO are seconds. docs/public-log.md
 * "The socket" has the answers. */
#ifndef ROLE_VAULT_LOG_ASK_H
#define ROLE_VAULT_LOG_ASK_H

#include "base/base.h"
#include "role/vault/publog.h"
#include "role/vault/publog_span.h"

/* Of a line, without its end. */
#define LOG_ASK_BYTES_MAX    (2U * PUBLOG_TEXT_BYTES_MAX + 256U)
#define LOG_ANSWER_BYTES_MAX (2U * PUBLOG_SHOWN_BYTES_MAX + 64U)
/* Of a text that shows slots, in one answer. */
#define LOG_PIECE_BYTES 65536U
_Static_assert(LOG_PIECE_BYTES <= PUBLOG_SHOWN_BYTES_MAX, "a piece fits into an answer");
/* Of a line that asks for slots. */
#define LOG_SLOTS_BYTES_MAX 96U

/* The first word of an answer. */
#define LOG_SAYS_TOLD    "told "  /* and the event's number */
#define LOG_SAYS_FOUND   "found " /* the event's number, and the SHA-256 of its text, or its case */
#define LOG_SAYS_SHOWN   "shown " /* and its bytes (publog_shown.h), in hexadecimal digits */
#define LOG_SAYS_SLOTS   "slots " /* the text's number, and its bytes: to be had in pieces */
#define LOG_SAYS_PIECE   "piece " /* and its bytes, in hexadecimal digits */
#define LOG_SAYS_LATER   "later " /* and why: its slot, or the witnesses; ask again */
#define LOG_SAYS_WRONG   "wrong " /* and why: no such line */
#define LOG_SAYS_MISSING "missing " /* no such event of an opening */
#define LOG_SAYS_EXISTS  "exists "  /* the text was told before with another case, salt, ... */
#define LOG_SAYS_FULL    "full "    /* the slot: the next one takes it; a text with these slots */
#define LOG_SAYS_STOPPED "stopped " /* the log is, or could not keep it */

enum log_ask_kind {
    LOG_ASK_TELL = 1,
    LOG_ASK_SHOW,
    LOG_ASK_SLOTS,
    LOG_ASK_PIECE,
    LOG_ASK_FIND,
    LOG_ASK_OPENINGS
};

struct log_ask {
    enum log_ask_kind kind;
    struct publog_told told; /* TELL: its text and salt lie below. FIND: kind and case */
    u8 grant[SHA256_BYTES];  /* FIND */
    u64 number;              /* SHOW, OPENINGS: of the event. PIECE: of the text */
    u64 offset;              /* PIECE: within the text */
    enum publog_class class; /* SLOTS */
    u64 from_s;              /* SLOTS: the slots that these two moments are in, and all between */
    u64 to_s;                /* not before from_s */
    u8 mark_salt[PUBLOG_SALT_BYTES];
    u8 text[PUBLOG_TEXT_BYTES_MAX];
};

/* Why the line is none, as a text without any of it; NULL: it is one. */
MUST_USE const char *log_ask_read(struct span line, struct log_ask *ask_out);

/* The line that tells an event, with its end. CHECK: the kind is an opening's or the desk's, the
 * text neither empty nor too long. Returns its bytes. */
size_t log_ask_print(const struct publog_told *told, char target[LOG_ASK_BYTES_MAX + 2]);

/* The line that asks for slots, with its end. CHECK: a class, from_s at most to_s, which is at most
 * UINT32_MAX. Returns its bytes. */
size_t log_ask_slots_print(enum publog_class class, u64 from_s, u64 to_s,
                           char target[LOG_SLOTS_BYTES_MAX]);

/* The kinds of events that are taken and shown here: those of openings and of the desk. */
bool log_ask_is_taken(enum publog_kind kind);

#endif /* ROLE_VAULT_LOG_ASK_H */
