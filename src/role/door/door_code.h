/* Codes that people read and type: random bytes as base32 (RFC 4648, without `=`), and six digits.
 *
 * Reading forgives what people do: small letters, blanks and dashes, and 0, 1 and 8 for O, I and B,
 * which are no digits of base32. It gives exactly the bytes that were printed, or nothing. */
#ifndef ROLE_DOOR_DOOR_CODE_H
#define ROLE_DOOR_DOOR_CODE_H

#include "base/base.h"

#define DOOR_MAIL_CODE_BYTES     5U  /* 40 bits: eight characters, five tries */
#define DOOR_RECOVERY_CODE_BYTES 10U /* 80 bits: sixteen characters */

/* Room for the text of so many bytes, a dash behind each character, and the closing zero. */
#define DOOR_CODE_TEXT_BYTES(bytes_) (2U * (((bytes_)*8U + 4U) / 5U) + 1U)

/* Writes the code, a dash between groups of `group` characters (0: none), and a closing zero. Whole
 * characters only: bytes.size is a multiple of 5. */
void door_code_print(struct span bytes, u32 group, char *text_out);

/* Reads exactly `size` bytes, a multiple of 5. */
MUST_USE bool door_code_read(struct span text, u8 *target, u32 size);

/* Six digits, blanks between them allowed. */
MUST_USE bool door_code_digits(struct span text, u32 *code_out);

#endif /* ROLE_DOOR_DOOR_CODE_H */
