/* Countries by what lists call them: names in English, adjectives ("Tunisian"), ISO 3166 codes of
 * two and three letters. Case, blanks, marks and punctuation do not matter. Kosovo is XK, which the
 * ISO leaves to its users. */
#ifndef WIRE_COUNTRY_H
#define WIRE_COUNTRY_H

#include "base/base.h"

/* The code of two letters and a zero; false, and an empty text, when no country is called so. */
MUST_USE bool country_find(struct span text, char code_out[3]);

#endif /* WIRE_COUNTRY_H */
