/* How a word sounds, roughly, whatever alphabet and country it was romanised in.
 *
 * The sound form is a word over 24 letters in which the usual romanisations of one name coincide or
 * come close: Chaika, Tjajka, Czajka and Čajka are `qaika`. q stands for ch, x for sh, y for zh, c
 * for ts, j for the sound of John; the other letters are themselves.
 *
 * The skeleton keeps only consonants, in 15 classes of 4 bits, the first consonant lowest: what
 * Arabic and Hebrew write surely. W (w, v) and H are kept though a writer may drop them. */
#ifndef ROLE_SCREEN_NAME_SOUND_H
#define ROLE_SCREEN_NAME_SOUND_H

#include "base/base.h"

/* Letters as name_fold writes them: a-z, and capitals for what a sign or another script says
 * surely: C ch, H kh, J as in John, S sh, Z zh. `single`: every letter is a sound of its own, as in
 * Arabic, where s and h side by side are not sh. Returns the size, at most sound_max (below 256).
 */
u8 name_sound(const u8 *letters, u32 count, bool single, u8 *sound_out, u32 sound_max);

enum name_consonant {
    CONSONANT_NONE,
    CONSONANT_B, /* b p */
    CONSONANT_T, /* t th */
    CONSONANT_D, /* d dh */
    CONSONANT_J, /* j zh ch */
    CONSONANT_K, /* k q g gh */
    CONSONANT_H, /* h kh */
    CONSONANT_S, /* s ts */
    CONSONANT_X, /* sh */
    CONSONANT_Z,
    CONSONANT_R,
    CONSONANT_L,
    CONSONANT_M,
    CONSONANT_N,
    CONSONANT_F,
    CONSONANT_W, /* w v */
};

/* The first 16 consonants of a sound form. */
u64 name_skeleton(const u8 *sound, u32 count);

/* Which of the letters a-z occur; bit 26: a digit. */
u32 name_letters(const u8 *text, u32 count);

ALWAYS_INLINE bool name_is_vowel(u8 letter)
{
    return letter == 'a' || letter == 'e' || letter == 'i' || letter == 'o' || letter == 'u';
}

#endif /* ROLE_SCREEN_NAME_SOUND_H */
