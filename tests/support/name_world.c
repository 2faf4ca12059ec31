#include "tests/support/name_world.h"

#include <stdio.h>
#include <string.h>

enum { GIVEN_NAMES = 60, FAMILY_NAMES = 100000, FIRM_WORDS = 3000, WORDS_MAX = 8 };

static const char *const openings[] = {"b",  "d", "f",  "g", "h", "k",  "l", "m",
                                       "n",  "p", "r",  "s", "t", "v",  "z", "ch",
                                       "sh", "k", "kr", "m", "n", "tr", "y", "j"};
static const char *const vowels[] = {"a", "e", "i", "o", "u", "a", "o", "ai"};
static const char *const closings[] = {"", "", "n", "r", "l", "s", "k", "m", "t", "nd", "rt", "v"};

/* Word number `number` of its kind: always the same. */
static void word_of(u64 kind, u64 number, u32 syllables, char *target, size_t target_bytes)
{
    struct random random;
    random_init(&random, random_seed_derive(kind, number));
    size_t used = 0;
    target[0] = 0;
    for (u32 i = 0; i < syllables; i += 1) {
        (void)snprintf(target + used, target_bytes - used, "%s%s%s",
                       openings[random_below(&random, ARRAY_COUNT(openings))],
                       vowels[random_below(&random, ARRAY_COUNT(vowels))],
                       closings[random_below(&random, ARRAY_COUNT(closings))]);
        used = strlen(target);
    }
    if (target[0] >= 'a') {
        target[0] = (char)(target[0] - 'a' + 'A');
    }
}

/* A small number more often than a large one. */
static u64 often_small(struct random *random, u64 bound)
{
    u64 a = random_below(random, bound);
    u64 b = random_below(random, bound);
    return a < b ? a : b;
}

void name_world_person(struct random *random, char target[NAME_WORLD_BYTES])
{
    char given[24];
    char middle[24] = "";
    char family[32];
    word_of(1, often_small(random, GIVEN_NAMES), 2, given, sizeof(given));
    if (random_chance(random, 1, 2)) {
        word_of(1, often_small(random, GIVEN_NAMES), 2, middle, sizeof(middle));
    }
    word_of(2, random_below(random, FAMILY_NAMES), 2 + (u32)random_below(random, 2), family,
            sizeof(family));
    (void)snprintf(target, NAME_WORLD_BYTES, "%s%s%s %s", given, middle[0] != 0 ? " " : "", middle,
                   family);
}

void name_world_company(struct random *random, char target[NAME_WORLD_BYTES])
{
    static const char *const forms[] = {"LLC", "Ltd", "GmbH", "S.A.", "JSC"};
    static const char *const trades[] = {"Trading", "Shipping", "Bank", "Holding", "Petroleum"};
    char word[32];
    char second[32];
    word_of(3, random_below(random, FIRM_WORDS), 3, word, sizeof(word));
    word_of(3, random_below(random, FIRM_WORDS), 2, second, sizeof(second));
    (void)snprintf(target, NAME_WORLD_BYTES, "%s %s %s %s", word, second,
                   trades[random_below(random, ARRAY_COUNT(trades))],
                   forms[random_below(random, ARRAY_COUNT(forms))]);
}

/* ---- damage ---- */

static void words_reverse(const char *name, char *target)
{
    const char *words[WORDS_MAX];
    size_t sizes[WORDS_MAX];
    u32 count = 0;
    for (const char *at = name; *at != 0 && count < WORDS_MAX;) {
        words[count] = at;
        sizes[count] = strcspn(at, " ");
        at += sizes[count] + (at[sizes[count]] == ' ');
        count += 1;
    }
    size_t used = 0;
    target[0] = 0;
    for (u32 i = count; i > 0; i -= 1) {
        (void)snprintf(target + used, NAME_WORLD_BYTES - used, "%s%.*s", used > 0 ? " " : "",
                       (int)sizes[i - 1], words[i - 1]);
        used = strlen(target);
    }
}

static void words_join(const char *name, char *target)
{
    (void)snprintf(target, NAME_WORLD_BYTES, "%s", name);
    char *space = strrchr(target, ' ');
    if (space != NULL) {
        memmove(space, space + 1, strlen(space));
    }
}

void name_world_damage(struct random *random, const char *name, char target[NAME_WORLD_BYTES])
{
    size_t size = strlen(name);
    size_t at = (size_t)random_below(random, size - 1);
    while (name[at] == ' ' || name[at + 1] == ' ') {
        at = (at + 1) % (size - 1);
    }
    int head = (int)at;
    switch (random_below(random, 6)) {
    case 0:
        (void)snprintf(target, NAME_WORLD_BYTES, "%.*s%s", head, name, name + at + 1);
        return;
    case 1:
        (void)snprintf(target, NAME_WORLD_BYTES, "%.*s%c%s", head, name, name[at], name + at);
        return;
    case 2:
        (void)snprintf(target, NAME_WORLD_BYTES, "%.*s%c%c%s", head, name, name[at + 1], name[at],
                       name + at + 2);
        return;
    case 3:
        (void)snprintf(target, NAME_WORLD_BYTES, "%.*s%c%s", head, name,
                       (char)('a' + random_below(random, 26)), name + at + 1);
        return;
    case 4:
        words_reverse(name, target);
        return;
    default: /* not an enum: what is left */
        words_join(name, target);
        return;
    }
}
