#include "role/vault/share_shown.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/publog_words.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { WORD_DRILL, WORD_SIDE, WORD_EPOCH, WORD_GENERATION, WORD_INDEX, WORD_ASKED, WORD_OWN };
#define WORD_PROOF  7U
#define WORDS_COUNT 8U

_Static_assert(6 + 2 + 11 + 11 + 4 + 2 * (2 * SHARE_NONCE_BYTES + 1) + 2 * SEAL_PROOF_BYTES + 2 <=
                   SHARE_SHOWN_TEXT_BYTES,
               "the longest line");

void share_shown_nonce(const u8 asked[SHARE_NONCE_BYTES], const u8 own[SHARE_NONCE_BYTES],
                       u8 nonce_out[SHARE_NONCE_BYTES])
{
    const struct span parts[] = {span_of(asked, SHARE_NONCE_BYTES),
                                 span_of(own, SHARE_NONCE_BYTES)};
    seal_hash("drill-nonce", parts, ARRAY_COUNT(parts), nonce_out);
}

enum fault share_shown_make(struct seal_room *room, const struct share_group *group, u32 index,
                            const struct seal_scalar *share, const u8 asked[SHARE_NONCE_BYTES],
                            struct share_shown *shown_out)
{
    u8 nonce[SHARE_NONCE_BYTES];
    memset(shown_out, 0, sizeof(*shown_out));
    randombytes_buf(shown_out->own, sizeof(shown_out->own));
    memcpy(shown_out->asked, asked, sizeof(shown_out->asked));
    share_shown_nonce(asked, shown_out->own, nonce);
    TRY(share_drill(room, group, index, share, nonce, &shown_out->proof));
    share_place_encode(&group->roster, index, shown_out->place);
    return FAULT_NONE;
}

enum fault share_shown_check(const struct share_group *group, const u8 asked[SHARE_NONCE_BYTES],
                             const struct share_shown *shown)
{
    const struct share_roster *roster = &group->roster;
    u32 index = shown->place[1];
    u8 place[SHARE_PLACE_BYTES];
    u8 nonce[SHARE_NONCE_BYTES];
    if (shown->place[0] != roster->side || bytes_u32(shown->place + 4) != roster->epoch ||
        bytes_u32(shown->place + 8) != roster->generation || index == 0 || index > roster->count) {
        return FAULT(FAULT_INPUT,
                     "drill: of no member of group %c in epoch %u and generation %u, as it is now",
                     share_side_letter(roster->side), roster->epoch, roster->generation);
    }
    const char *name = roster->members[index - 1].name;
    share_place_encode(roster, index, place);
    if (memcmp(shown->asked, asked, SHARE_NONCE_BYTES) != 0) {
        return FAULT(FAULT_INPUT, "drill of %s (group %c): for another nonce", name,
                     share_side_letter(roster->side));
    }
    share_shown_nonce(asked, shown->own, nonce);
    if (memcmp(place, shown->place, sizeof(place)) != 0 ||
        !share_drill_holds(group, index, nonce, &shown->proof)) {
        return FAULT(FAULT_INPUT, "drill of %s (group %c): not by this officer's share", name,
                     share_side_letter(roster->side));
    }
    return FAULT_NONE;
}

/* ---- as text and bytes ---- */

static bool place_is_one(const u8 place[SHARE_PLACE_BYTES])
{
    return place[0] >= SHARE_SIDE_A && place[0] <= SHARE_SIDE_B && place[1] > 0 &&
           place[1] <= SHARE_MEMBERS_MAX && bytes_u16(place + 2) == 0 && bytes_u32(place + 4) > 0;
}

enum fault share_shown_decode(struct span bytes, struct share_shown *shown_out)
{
    if (bytes.size != SHARE_SHOWN_BYTES || !span_copy(bytes, shown_out, sizeof(*shown_out)) ||
        !place_is_one(shown_out->place)) {
        return FAULT(FAULT_INPUT, "drill: not %u bytes of one", SHARE_SHOWN_BYTES);
    }
    return FAULT_NONE;
}

size_t share_shown_print(const struct share_shown *shown, char target[SHARE_SHOWN_TEXT_BYTES])
{
    char asked[2 * SHARE_NONCE_BYTES + 1];
    char own[2 * SHARE_NONCE_BYTES + 1];
    char proof[2 * SEAL_PROOF_BYTES + 1];
    int size = snprintf(target, SHARE_SHOWN_TEXT_BYTES, "drill %c %u %u %u %s %s %s\n",
                        share_side_letter((enum share_side)shown->place[0]),
                        bytes_u32(shown->place + 4), bytes_u32(shown->place + 8), shown->place[1],
                        bytes_to_hex(shown->asked, sizeof(shown->asked), asked),
                        bytes_to_hex(shown->own, sizeof(shown->own), own),
                        bytes_to_hex((const u8 *)&shown->proof, sizeof(shown->proof), proof));
    CHECK(size > 0 && (u32)size < SHARE_SHOWN_TEXT_BYTES);
    return (size_t)size;
}

static bool number_of(const struct publog_words *words, u32 place, u32 low, u32 high,
                      u32 *number_out)
{
    u64 number = 0;
    bool is_one = publog_words_number(words, place, &number) && number >= low && number <= high;
    *number_out = is_one ? (u32)number : 0;
    return is_one;
}

static bool line_read(struct span line, struct share_shown *shown)
{
    struct publog_words words;
    u32 epoch = 0;
    u32 generation = 0;
    u32 index = 0;
    if (!publog_words_cut(line, &words) || words.count != WORDS_COUNT ||
        !publog_words_is(&words, WORD_DRILL, "drill") || words.words[WORD_SIDE].size != 1 ||
        !number_of(&words, WORD_EPOCH, 1, SHARE_EPOCH_MAX, &epoch) ||
        !number_of(&words, WORD_GENERATION, 0, UINT32_MAX, &generation) ||
        !number_of(&words, WORD_INDEX, 1, SHARE_MEMBERS_MAX, &index) ||
        !bytes_from_hex(words.words[WORD_ASKED], shown->asked, sizeof(shown->asked)) ||
        !bytes_from_hex(words.words[WORD_OWN], shown->own, sizeof(shown->own)) ||
        !bytes_from_hex(words.words[WORD_PROOF], (u8 *)&shown->proof, sizeof(shown->proof))) {
        return false;
    }
    u8 side = words.words[WORD_SIDE].data[0];
    shown->place[0] = side == 'A' ? SHARE_SIDE_A : SHARE_SIDE_B;
    shown->place[1] = (u8)index;
    bytes_put_u32(shown->place + 4, epoch);
    bytes_put_u32(shown->place + 8, generation);
    return side == 'A' || side == 'B';
}

enum fault share_shown_read(struct span text, const char *name, struct share_shown *shown_out)
{
    char again[SHARE_SHOWN_TEXT_BYTES];
    memset(shown_out, 0, sizeof(*shown_out));
    if (text.size < 2 || text.data[text.size - 1] != '\n' ||
        !line_read(span_of(text.data, text.size - 1), shown_out) ||
        !span_equal(text, span_of(again, share_shown_print(shown_out, again)))) {
        return FAULT(FAULT_INPUT,
                     "%s: not one line \"drill SIDE EPOCH GENERATION INDEX ASKED OWN PROOF\"",
                     name);
    }
    return FAULT_NONE;
}
