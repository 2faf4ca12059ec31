/* The text of an act that is to be signed, out of words on the command line (role/desk/desk_act.h).
 *
 *     begin ── what was typed ──▶ head ── what the desk says that it follows ──▶ make ──▶ text
 *
 * Nothing is signed here. The text is read again as the desk reads it, so that a mistake names its
 * line before anybody signs. */
#ifndef APP_DESK_DRAFT_H
#define APP_DESK_DRAFT_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "role/desk/desk_act.h"

#define DESK_DRAFT_WORDS_MAX 96U

struct desk_draft {
    struct desk_act act; /* what does not come from words; after desk_draft_make the whole */
    char case_hex[2 * DESK_NAME_BYTES + 1]; /* "-": an act of the registers */
    char authority[DESK_AUTHORITY_BYTES];   /* that such an act is about; "-": none */
    const char *const *words;               /* FIELD=VALUE; the caller's */
    u32 words_count;
    size_t text_bytes;
    char text[DESK_ACT_TEXT_BYTES];
};

/* `case_word`: 32 digits, "new" for a random one, "none" for an act of the registers. FAULT_USAGE.
 */
MUST_USE enum fault desk_draft_begin(struct desk_draft *draft, const char *act,
                                     const char *case_word, const char *officer,
                                     const char *const *words, u32 words_count);

/* What the desk answers to `head`, behind that word. FAULT_FOREIGN. */
MUST_USE enum fault desk_draft_head(struct desk_draft *draft, struct span answer);

/* The text; FAULT_INPUT with the line that no act has. */
MUST_USE enum fault desk_draft_make(struct desk_draft *draft);

/* Puts the letter's hash into the text. */
MUST_USE enum fault desk_draft_letter(struct desk_draft *draft, struct span letter);

/* SHA-256 of a file, as text. FAULT_MISSING, FAULT_LIMIT: more than 64 MiB. */
MUST_USE enum fault desk_draft_file_hash(const char *path, char hex_out[2 * DESK_HASH_BYTES + 1]);

#endif /* APP_DESK_DRAFT_H */
