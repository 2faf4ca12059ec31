/* Days and shares as the registers write them.
 *
 * A share is a percentage in text, "76.5", and becomes parts of OWN_WHOLE: a lower limit is rounded
 * down, an upper one up, so that a band never loses what the register meant. */
#ifndef ROLE_SCREEN_OWN_READ_TEXT_H
#define ROLE_SCREEN_OWN_READ_TEXT_H

#include "base/base.h"
#include "role/screen/own_graph.h"

/* "2021-04-03", "2021-04", "2021" (its first day), each perhaps with a time behind it, which
 * *second_out is (0: none). False: no such day, or not in the years 1 to 9999. */
MUST_USE bool own_text_day(struct span text, i32 *day_out, u32 *second_out);

/* YYYY-MM-DD and a zero; "ever" and "never" for the open ends. */
#define OWN_DAY_TEXT_BYTES 16U
const char *own_text_day_print(i32 day, char target[OWN_DAY_TEXT_BYTES]);

/* A percentage of 0 to 100 with any number of decimals; no sign, no exponent. */
MUST_USE bool own_text_percent(struct span text, bool rounds_up, u32 *parts_out);

struct own_share {
    u32 lower;
    u32 upper;
    u32 flags; /* OWN_EDGE_BAND, OWN_EDGE_UNKNOWN or 0 */
};

#define OWN_SHARE_UNKNOWN \
    ((struct own_share){.lower = 0, .upper = OWN_WHOLE, .flags = OWN_EDGE_UNKNOWN})

/* A share in words of a register: "51", "51%", "33,3 %", "25-50", "25 to 50 %", ">25", ">= 25",
 * "<50", "up to 50", "more than 25". Empty text: unknown. False: none of these. */
MUST_USE bool own_text_share(struct span text, struct own_share *share_out);

/* "51.5 %", "25 to 50 %" or "an unknown part". */
#define OWN_SHARE_TEXT_BYTES 48U
const char *own_text_share_print(u32 lower, u32 upper, char target[OWN_SHARE_TEXT_BYTES]);

/* Letters' case, punctuation and white space made equal: "Foo-Bar,  Ltd." is "FOO BAR LTD". Returns
 * the size; what does not fit is left out. */
size_t own_fold(struct span text, char *target, size_t target_bytes);

#endif /* ROLE_SCREEN_OWN_READ_TEXT_H */
