/* From text in any script to words in plain Latin letters.
 *
 * Latin letters lose their signs (Č becomes C, ø becomes o), Cyrillic, Arabic, Hebrew and Hangul
 * are romanised by our own tables, everything else by ICU. A word that mixes Latin and Cyrillic
 * letters is read by the look of its letters: who writes "Рutin" with a Cyrillic letter means to be
 * read as Putin.
 *
 * Letters come out as a-z and 0-9, and as C S Z where a sign said ch, sh, zh (name_sound.h). */
#ifndef ROLE_SCREEN_NAME_FOLD_H
#define ROLE_SCREEN_NAME_FOLD_H

#include "base/base.h"
#include "io/fault.h"
#include "role/screen/name.h"

#define FOLD_WORDS_MAX   48U
#define FOLD_LETTERS_MAX 48U

struct fold_word {
    u8 letters[FOLD_LETTERS_MAX];
    u8 size;
    u8 script;     /* enum name_script */
    bool joined;   /* no space before it: a hyphen, a dot, an apostrophe, or nothing */
    bool capitals; /* every letter of a script that has capitals is one */
    bool dotted;   /* a dot follows */
};

struct fold {
    struct fold_word words[FOLD_WORDS_MAX];
    u32 words_count;
    u32 comma; /* words before the first comma; 0: none */
    bool cut;  /* something did not fit */
};

struct name_folder;

MUST_USE enum fault name_folder_open(struct name_folder **folder_out);
void name_folder_close(struct name_folder *folder);

/* `text` is UTF-8 (checked by the caller) of at most NAME_TEXT_BYTES_MAX bytes. */
void name_fold(struct name_folder *folder, struct span text, struct fold *fold_out);

#endif /* ROLE_SCREEN_NAME_FOLD_H */
