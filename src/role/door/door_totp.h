/* One-time codes from a shared secret and the time: RFC 6238 with SHA-1, steps of 30 seconds and
 * six digits, as every authenticator understands it. Pure. */
#ifndef ROLE_DOOR_DOOR_TOTP_H
#define ROLE_DOOR_DOOR_TOTP_H

#include "base/base.h"

#define DOOR_TOTP_SECRET_BYTES 20U
#define DOOR_TOTP_STEP_S       30U
#define DOOR_TOTP_DIGITS       6U
#define DOOR_TOTP_SPAN         1U /* steps to either side that are taken too */
#define DOOR_TOTP_URI_BYTES    192U

/* The code of a step: below 10^digits; digits is 6 to 8. RFC 4226 section 5.3. */
u32 door_totp_code(struct span secret, u64 step, u32 digits);

/* Whether `code` is that of a step near `now_s` and later than `last_step` (0: none yet).
 * *step_out is that step. All steps are computed, whichever fits. */
MUST_USE bool door_totp_fits(struct span secret, u64 now_s, u32 code, u64 last_step, u64 *step_out);

/* "otpauth://totp/ISSUER:login-N?secret=...": what a page shows as a picture. `issuer` has letters,
 * digits and `-` only. False: it does not fit. */
MUST_USE bool door_totp_uri(struct span secret, const char *issuer, u64 login,
                            char uri_out[DOOR_TOTP_URI_BYTES]);

#endif /* ROLE_DOOR_DOOR_TOTP_H */
