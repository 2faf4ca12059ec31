/* Fields of a command as words that an officer reads, there and back (docs/officers.md "The text"):
 * countries as two letters, moments as dates, lists by name, restrictions by operation, euros with
 * eight places. Each value has exactly one text, so that what is signed is what is done. */
#ifndef WIRE_ORDER_VALUE_H
#define WIRE_ORDER_VALUE_H

#include "base/base.h"
#include "wire/schema.h"

#define ORDER_VALUE_BYTES 256U /* of a text, with the zero */

/* Left out of the text: room without meaning, and whose signatures say it. */
MUST_USE bool order_field_is_hidden(const struct wire_field *field);

/* How many it takes in a record; 0: of a type that no text stands for. */
MUST_USE u32 order_field_bytes(const struct wire_field *field);

/* The field of this name that the text has; NULL: none. */
const struct wire_field *order_field_of(u16 kind, struct span name);

/* `command` is whole. False: no text stands for what it holds. */
MUST_USE bool order_value_print(const u8 *command, const struct wire_field *field,
                                char target[ORDER_VALUE_BYTES]);

/* Writes the field. NULL: done; else what was wanted instead, half a sentence. A fact's value is
 * read as its kind says, which is written before. */
MUST_USE const char *order_value_parse(u8 *command, const struct wire_field *field,
                                       struct span text);

#endif /* WIRE_ORDER_VALUE_H */
