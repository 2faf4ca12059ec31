/* Moments as text, in UTC: 2026-11-22T13:00:00Z, with up to six digits of a second. */
#ifndef APP_TIME_TEXT_H
#define APP_TIME_TEXT_H

#include "base/base.h"

#define TIME_TEXT_BYTES 32U

/* Microseconds since 1970. False when it is no such text, no such day, or not within 1970 to 9999.
 */
MUST_USE bool time_text_parse(const char *text, u64 *us_out);

/* With six digits. */
const char *time_text_print(u64 us, char target[TIME_TEXT_BYTES]);

#endif /* APP_TIME_TEXT_H */
