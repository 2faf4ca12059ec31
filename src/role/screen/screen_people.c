#include "role/screen/screen_people.h"

#include "base/check.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024U

void screen_people_init(struct screen_people *people)
{
    *people = (struct screen_people){.count_max = SCREEN_PEOPLE_MAX};
}

static void forget(struct screen_person *person)
{
    if (person->line != NULL) {
        secret_wipe(person->line, person->line_bytes);
        free(person->line);
    }
    *person = (struct screen_person){.line = NULL};
}

void screen_people_close(struct screen_people *people)
{
    for (u32 number = 0; number < people->room; number += 1) {
        forget(&people->people[number]);
    }
    free(people->people);
    screen_people_init(people);
}

static bool fits(struct screen_people *people, u32 number)
{
    if (number < people->room) {
        return true;
    }
    u32 room = people->room == 0 ? ROOM_FIRST : people->room;
    while (room <= number) {
        room *= 2;
    }
    struct screen_person *grown = realloc(people->people, room * sizeof(people->people[0]));
    if (grown == NULL) {
        return false;
    }
    memset(grown + people->room, 0, (room - people->room) * sizeof(grown[0]));
    people->people = grown;
    people->room = room;
    return true;
}

enum fault screen_people_put(struct screen_people *people, const struct list_entry *entry,
                             const u8 digest[SHA256_BYTES], struct span line, bool *changed_out)
{
    u32 number = entry->number;
    if (number == 0 || number >= SCREEN_PEOPLE_MAX || line.size > LIST_LINE_BYTES) {
        return FAULT(FAULT_LIMIT, "person %u: not within 1 to %u", number, SCREEN_PEOPLE_MAX - 1);
    }
    if (people->count >= people->count_max && screen_people_find(people, number) == NULL) {
        return FAULT(FAULT_LIMIT, "person %u: %u are known, which are all", number, people->count);
    }
    u8 *copy = fits(people, number) ? malloc(line.size) : NULL;
    if (copy == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for person %u", number);
    }
    struct screen_person *person = &people->people[number];
    bool is_new = person->line == NULL;
    u32 pending = person->pending;
    *changed_out = is_new || memcmp(person->digest, digest, SHA256_BYTES) != 0;
    forget(person);
    memcpy(copy, line.data, line.size);
    person->line = copy;
    person->line_bytes = (u32)line.size;
    person->pending = pending;
    memcpy(person->digest, digest, SHA256_BYTES);
    people->count += is_new ? 1 : 0;
    people->number_max = number > people->number_max ? number : people->number_max;
    return FAULT_NONE;
}

bool screen_people_drop(struct screen_people *people, u32 number)
{
    if (screen_people_find(people, number) == NULL) {
        return false;
    }
    forget(&people->people[number]);
    CHECK(people->count > 0);
    people->count -= 1;
    return true;
}

struct screen_person *screen_people_find(struct screen_people *people, u32 number)
{
    return number < people->room && people->people[number].line != NULL ? &people->people[number]
                                                                        : NULL;
}
