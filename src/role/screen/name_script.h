/* Letters of other scripts in Latin letters: our own tables for Cyrillic, Arabic (with the letters
 * of Persian, Urdu and Pashto), Hebrew and Hangul, where ICU's answers do not suit comparison. */
#ifndef ROLE_SCREEN_NAME_SCRIPT_H
#define ROLE_SCREEN_NAME_SCRIPT_H

#include "base/base.h"

/* What is written for the letter: "" for a silent one, NULL for one the table does not know. For
 * Arabic and Hebrew each letter gives at most two, and capitals where one stands for a sound that
 * Latin letters write with two: C ch, H kh, J as in John, S sh, Z zh. */
const char *script_cyrillic(u32 point);
const char *script_arabic(u32 point);
const char *script_hebrew(u32 point);

/* A Latin letter of its own kind, without parts to take off (ø, ł, ß): what to write; else NULL. */
const char *script_latin(u32 point);

/* The Latin letter that looks like the Cyrillic one, or 0. */
u8 script_look(u32 point);

/* A Hangul syllable (U+AC00 .. U+D7A3) in at most SCRIPT_HANGUL_BYTES letters, zero-terminated. */
#define SCRIPT_HANGUL_BYTES 12U
void script_hangul(u32 point, bool family, char target[SCRIPT_HANGUL_BYTES]);

#endif /* ROLE_SCREEN_NAME_SCRIPT_H */
