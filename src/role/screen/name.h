/* A name taken apart, so that two names can be compared without looking at their text again.
 *
 * Whatever the script, a name becomes a few tokens in plain lower-case Latin letters and digits.
 * Each token carries what the comparison and the index need: its letters, a sound form in which
 * the usual romanisations of one name coincide, a skeleton of its consonants (Arabic and Hebrew
 * write few vowels), what part of a name it plays, and how much it tells (a rare family name tells
 * more than "Mohammed", a legal form next to nothing).
 *
 * A name is one block of memory without pointers: name_bytes says how much of `struct name` is
 * used, and that much may be copied and read elsewhere (an index keeps only that). Equal text gives
 * equal bytes.
 *
 * An analyser owns ICU objects; one thread uses one analyser at a time. Names are read only. */
#ifndef ROLE_SCREEN_NAME_H
#define ROLE_SCREEN_NAME_H

#include "base/base.h"
#include "io/fault.h"

#define NAME_TOKENS_MAX     16U
#define NAME_TEXT_BYTES_MAX 1024U /* of the text that is analysed; the rest is left out */
#define NAME_TOKEN_LETTERS  22U
#define NAME_TOKEN_SOUNDS   14U

enum name_kind {
    NAME_UNKNOWN,
    NAME_PERSON,
    NAME_ENTITY,
    NAME_VESSEL, /* also aircraft */
};

enum name_script {
    SCRIPT_LATIN,
    SCRIPT_CYRILLIC,
    SCRIPT_ARABIC,
    SCRIPT_HEBREW,
    SCRIPT_HAN,
    SCRIPT_KANA,
    SCRIPT_HANGUL,
    SCRIPT_GREEK,
    SCRIPT_GEORGIAN,
    SCRIPT_ARMENIAN,
    SCRIPT_OTHER,
};

/* What a token is in its name. Roles that only a person's name has are told by form (an ending, a
 * particle before, a comma), never guessed from the position alone. */
enum name_role {
    ROLE_ORDINARY,
    ROLE_GIVEN,      /* after the comma of "FAMILY, Given" */
    ROLE_FAMILY,     /* before it */
    ROLE_PATRONYMIC, /* -ovich, -ovna, bin X, X oglu */
    ROLE_INITIAL,    /* one letter */
    ROLE_PARTICLE,   /* al, bin, de, von, of, the: next to no weight */
    ROLE_TITLE,      /* Mr, Sheikh, General: next to no weight */
    ROLE_LEGAL_FORM, /* Ltd, OOO, GmbH: next to no weight; `group` says which */
    ROLE_NUMBER,     /* digits, Roman numerals, number words, as digits */
    ROLE_GENERIC,    /* company, bank, trading, group: little weight */
    ROLE_PLACE,      /* a country or city in an entity's name */
};

/* One token: one cache line. */
struct name_token {
    u64 skeleton; /* consonant classes, 4 bits each, the first one lowest; 0: none */
    u32 hash;     /* of the whole token, also of letters that `text` had to leave */
    u32 letters;  /* bit i: the letter 'a' + i occurs in `text`; bit 26: a digit does */
    u32 sounds;   /* the same of `sound` */
    u16 group; /* names that are one name (Vladimir, Uladzimir), or a legal form's kind; 0: none */
    u8 text_size;
    u8 sound_size;
    u8 role;                     /* enum name_role */
    u8 script;                   /* enum name_script, as written */
    u8 weight;                   /* how much it tells, 1 .. NAME_WEIGHT_MAX */
    u8 flags;                    /* NAME_TOKEN_... */
    u8 text[NAME_TOKEN_LETTERS]; /* a-z, 0-9; zeros behind */
    u8 sound[NAME_TOKEN_SOUNDS]; /* sound classes as letters; zeros behind */
};
_Static_assert(sizeof(struct name_token) == 64, "one cache line");

#define NAME_WEIGHT_MAX   64U
#define NAME_TOKEN_JOINED 1U /* a no space stood between it and the token before */

struct name {
    u8 tokens_count;
    u8 kind;   /* NAME_PERSON or NAME_ENTITY: what it was taken apart as */
    u8 script; /* enum name_script of most letters */
    u8 cut;    /* 1: it had more tokens or bytes than fit */
    u32 hash;  /* of all tokens, in order */
    struct name_token tokens[NAME_TOKENS_MAX];
};
_Static_assert(sizeof(struct name) == 8 + 64 * NAME_TOKENS_MAX, "no padding");

struct name_analyser;

MUST_USE enum fault name_analyser_open(struct name_analyser **analyser_out);
void name_analyser_close(struct name_analyser *analyser);

/* Takes `text` apart as a name of that kind; a vessel is an entity here, and for NAME_UNKNOWN the
 * words decide (legal forms, digits). False, and no tokens, when it is not UTF-8 or holds no letter
 * and no digit. A person's name may be "FAMILY, Given Patronymic". */
MUST_USE bool name_analyse(struct name_analyser *analyser, struct span text, enum name_kind kind,
                           struct name *name_out);

/* The same for text of which nobody says the kind: what it is taken for first, and once more as an
 * entity when it looks like a person but may hold a legal form (S.A. may be initials). How many
 * names: 0 when it holds none. */
#define NAME_READINGS_MAX 2U
MUST_USE u32 name_analyse_either(struct name_analyser *analyser, struct span text,
                                 struct name names_out[NAME_READINGS_MAX]);

/* How much of `name` is used: 8 bytes and 64 a token. */
ALWAYS_INLINE size_t name_bytes(const struct name *name)
{
    return offsetof(struct name, tokens) + name->tokens_count * sizeof(struct name_token);
}

#endif /* ROLE_SCREEN_NAME_H */
