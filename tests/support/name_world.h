/* Invented names of persons and companies, as a list may hold them, and as somebody may write them
 * down. The same random numbers give the same names. */
#ifndef TESTS_SUPPORT_NAME_WORLD_H
#define TESTS_SUPPORT_NAME_WORLD_H

#include "base/random.h"

#define NAME_WORLD_BYTES 160U

/* Two to four words; given names are few and come often, family names are many. */
void name_world_person(struct random *random, char target[NAME_WORLD_BYTES]);
/* With a legal form. */
void name_world_company(struct random *random, char target[NAME_WORLD_BYTES]);
/* The name with one small thing changed: a letter dropped, doubled, swapped with the next or
 * another, words in another order, two words as one. */
void name_world_damage(struct random *random, const char *name, char target[NAME_WORLD_BYTES]);

#endif /* TESTS_SUPPORT_NAME_WORLD_H */
