/* What a story prints: steps, and the events that follow from them, in words (story.h). */
#ifndef APP_STORY_TELL_H
#define APP_STORY_TELL_H

#include "app/story.h"
#include "role/engine/release.h"
#include "role/screen/screen_rows.h"
#include "wire/pack_text.h"
#include "wire/schema.h"

#define STORY_PACK_NUMBERS 17U /* the core counts from 0 */

struct story_pack {
    u8 content_hash[32];
    struct pack_text text;
    u32 told; /* rules whose text was printed; bits */
};

struct story_teller {
    struct release_sink sink; /* first: it is cast back */
    const struct story *story;
    struct story_pack packs[STORY_PACKS_MAX];
    u32 packs_count;
    u8 numbers[STORY_PACK_NUMBERS]; /* of the venue's pack: 1 + place in `packs`; 0: none */
    bool is_active[STORY_PACK_NUMBERS];
    u64 vectors[STORY_ACCOUNTS_MAX];
    u64 holds[STORY_ACCOUNTS_MAX];   /* the last one opened */
    u32 persons[STORY_ACCOUNTS_MAX]; /* whose each account is; 0: nobody's */
    u64 now_us;
    const char *heading;      /* printed before the next line; NULL: it was */
    u64 headed_us;            /* the time that was printed last */
    struct screen_rows *rows; /* follow the verdicts; NULL: nobody does */
};

/* `teller` is zeros. */
void story_teller_begin(struct story_teller *teller, const struct story *story);

/* What is printed next belongs to this moment; `text` is printed with the first line, or at once.
 */
void story_tell_later(struct story_teller *teller, u64 now_us, const char *text);
void story_tell_now(struct story_teller *teller, u64 now_us, const char *text);

/* One line about somebody. */
__attribute__((format(printf, 3, 4))) void story_tell(struct story_teller *teller, const char *who,
                                                      const char *format, ...);

/* The name of the person's first account. */
const char *story_tell_person(const struct story_teller *teller, u32 person);

/* A text of several lines, one below the other. `teller` NULL: the heading was printed. */
void story_tell_lines(struct story_teller *teller, struct span text);

/* A pack's texts, before it is activated. */
MUST_USE enum fault story_tell_pack(struct story_teller *teller, struct span canonical,
                                    const u8 content_hash[32]);

/* "withdraw-only and review"; "everything" for no restriction. `target` has 256 bytes. */
#define STORY_VECTOR_BYTES 256U
const char *story_vector(u64 vector, char target[STORY_VECTOR_BYTES]);

#endif /* APP_STORY_TELL_H */
