/* Which passwords are taken: long enough to be dear to guess, and none of those that are tried
 * first. There is no rule about kinds of characters. Pure. */
#ifndef ROLE_DOOR_DOOR_PASSWORD_H
#define ROLE_DOOR_DOOR_PASSWORD_H

#include "base/base.h"
#include "wire/door_message.h"

#define DOOR_PASSWORD_BYTES_MIN 10U
#define DOOR_PASSWORD_BYTES_MAX 128U
#define DOOR_PASSWORD_KINDS_MIN 4U /* different bytes */

/* DOOR_CODE_OK, or which rule refuses it. `address` is in its form (base/email.h). */
MUST_USE enum door_code door_password_check(struct span password, struct span address);

#endif /* ROLE_DOOR_DOOR_PASSWORD_H */
