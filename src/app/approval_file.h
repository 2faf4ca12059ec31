/* An order with the signatures of officers, as a file (docs/officers.md "Signing"): the text of
 * wire/order_text.h, then a line for each signature.
 *
 *     signature: anna 5m2d0QYqV9k1...==
 *
 * Signatures are looked at by the venue; here only their shape is. */
#ifndef APP_APPROVAL_FILE_H
#define APP_APPROVAL_FILE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/officers.h"
#include "wire/admin_link.h"
#include "wire/order_text.h"

#define APPROVAL_FILE_BYTES     8192U
#define APPROVAL_SIGNATURES_MAX 4U

struct approval_signature {
    char officer[CODE_NAME_BYTES];
    u8 bytes[OFFICER_SIGNATURE_BYTES];
};

struct approval {
    char text[ORDER_TEXT_BYTES];
    size_t text_bytes;
    struct order_head head;
    u8 command[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    size_t command_bytes;
    struct approval_signature signatures[APPROVAL_SIGNATURES_MAX];
    u32 signatures_count;
};

/* FAULT_INPUT with "NAME:LINE: reason". */
MUST_USE enum fault approval_read(struct span bytes, const char *name, struct approval *out);
/* "-" is standard input. */
MUST_USE enum fault approval_read_file(const char *path, struct approval *out);

/* Adds what another file of the same order has. FAULT_INPUT naming it: another order, or too many.
 */
MUST_USE enum fault approval_join(struct approval *target, const struct approval *other,
                                  const char *name);

/* Adds one, in place of an earlier one of the same officer. FAULT_INPUT: too many. */
MUST_USE enum fault approval_add(struct approval *target,
                                 const struct approval_signature *signature);

/* The file; its size. */
size_t approval_print(const struct approval *approval, char target[APPROVAL_FILE_BYTES]);

/* For the admin agent. FAULT_INPUT: more signatures than it takes. */
MUST_USE enum fault approval_order(const struct approval *approval, struct admin_order *order_out);

#endif /* APP_APPROVAL_FILE_H */
