/* E-mail addresses in one form, so that what is meant to be one address is one value.
 *
 * The form: no blanks around; lower case of A to Z; exactly one `@` with something on both sides;
 * no blank or control character. Letters beyond ASCII stay as they are: who sends them sends NFC.
 * The part in front of the `@` is folded too, though a server may tell cases apart: nobody gives
 * two customers addresses that differ in nothing else. */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include "base/base.h"

#define EMAIL_BYTES_MAX 254U

/* Brings it into the form in place; *size only shrinks. False: it is no address, and what is in
 * `bytes` means nothing. It must be UTF-8 already. */
MUST_USE bool email_form(u8 *bytes, u32 *size);

/* Whether an address in the form may stand in the head of a mail between `<` and `>`, and be handed
 * to a program: no quotes, brackets, separators or backslash, no `-` and no dot at the front of
 * either side, no two dots in a row, and not longer than EMAIL_BYTES_MAX. */
MUST_USE bool email_may_be_written_to(struct span address);

#endif /* BASE_EMAIL_H */
