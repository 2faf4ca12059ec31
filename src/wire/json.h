/* JSON as text: a bounded printer, and any command or event as one line.
 *
 * The printer writes into the caller's memory and never beyond it: once something does not fit, it
 * remembers that and json_end returns 0. Commas and nesting are its own business; order of calls is
 * the caller's, and a CHECK. Numbers are whole or have a fixed number of places, never floating. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "base/base.h"
#include "base/span.h"

#define JSON_DEPTH_MAX 16U

struct json_writer {
    char *data;
    size_t size; /* of the memory, one byte of it kept for the NUL */
    size_t used;
    u32 depth;
    u32 open; /* bit n: the container at depth n is an object, else an array */
    bool needs_comma;
    bool after_key;
    bool overflown;
};

/* target_bytes at least 1. */
void json_begin(struct json_writer *writer, char *target, size_t target_bytes);

/* Ends the text with a NUL and returns its length without it; 0 when it did not fit. */
MUST_USE size_t json_end(struct json_writer *writer);

void json_object_begin(struct json_writer *writer);
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer);
void json_array_end(struct json_writer *writer);

/* Inside an object, before each value. The name is ours: it needs no escaping. Inline, so that the
 * compiler counts the letters of a literal. */
void json_key_span(struct json_writer *writer, struct span name);
ALWAYS_INLINE void json_key(struct json_writer *writer, const char *name)
{
    json_key_span(writer, span_of_text(name));
}

/* Text in quotes. Control characters and bytes that are no UTF-8 are escaped (the latter as if they
 * were Latin-1), so the result is always valid. */
void json_put_span(struct json_writer *writer, struct span text);
void json_put_text(struct json_writer *writer, const char *text);
/* The same for text that is known to need no escaping: names and numbers of ours. */
void json_put_plain(struct json_writer *writer, struct span text);

void json_put_u64(struct json_writer *writer, u64 number);
void json_put_i64(struct json_writer *writer, i64 number);
/* number / 10^places, all places printed; places at most 18. */
void json_put_fixed(struct json_writer *writer, u64 number, u32 places);
void json_put_bool(struct json_writer *writer, bool truth);
void json_put_null(struct json_writer *writer);
/* Text that is one JSON value already. */
void json_put_raw(struct json_writer *writer, struct span json);
/* In quotes, two digits a byte; for a number its 16 digits. */
void json_put_hex(struct json_writer *writer, struct span bytes);
void json_put_hex_u64(struct json_writer *writer, u64 number);

/* A name and its value, inside an object. */
ALWAYS_INLINE void json_field_text(struct json_writer *writer, const char *name, const char *text)
{
    json_key(writer, name);
    json_put_text(writer, text);
}

ALWAYS_INLINE void json_field_u64(struct json_writer *writer, const char *name, u64 number)
{
    json_key(writer, name);
    json_put_u64(writer, number);
}

ALWAYS_INLINE void json_field_bool(struct json_writer *writer, const char *name, bool truth)
{
    json_key(writer, name);
    json_put_bool(writer, truth);
}

ALWAYS_INLINE void json_field_hex(struct json_writer *writer, const char *name, struct span bytes)
{
    json_key(writer, name);
    json_put_hex(writer, bytes);
}

/* ---- records ---- */

/* Room for any record, nested ones included. */
#define WIRE_JSON_BYTES_MAX 8192U

/* Writes a command or event as one object: its name under "command" or "event", the fields of its
 * head, then its own in the order of the schema; amounts and prices as raw units, enums by name
 * (numbers where the schema has none), client ids as text, and `applied` with the whole command
 * inside. Fields left out: those that the record ends before, and reserved ones that are zero.
 * False, and nothing written, when the bytes are no whole record of the schema. */
MUST_USE bool json_put_record(struct json_writer *writer, struct span record, bool event);

/* The same as a text of its own, with a NUL. Returns its length; 0 when the bytes are no record or
 * the text does not fit. */
MUST_USE size_t wire_print_json(struct span record, bool event, char *target, size_t target_bytes);

#endif /* WIRE_JSON_H */
