#include "role/screen/own_read_texts.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "io/entropy.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST 256U

enum fault own_read_reserve(void *rows, u32 *capacity, u32 count, u32 more, size_t size,
                            const char *what)
{
    CHECK(count <= *capacity);
    u64 needed = (u64)count + more;
    if (needed <= *capacity) {
        return FAULT_NONE;
    }
    u64 wanted = u64_max(ROWS_FIRST, u64_power_of_two_ceil(needed));
    wanted = u64_min(wanted, UINT32_MAX);
    void *old = NULL;
    memcpy(&old, rows, sizeof(old));
    void *grown = needed > wanted ? NULL : realloc(old, (size_t)wanted * size);
    if (grown == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for %llu %s", (unsigned long long)wanted, what);
    }
    memcpy(rows, &grown, sizeof(grown));
    *capacity = (u32)wanted;
    return FAULT_NONE;
}

enum fault own_read_texts_open(struct own_read_texts *texts)
{
    *texts = (struct own_read_texts){.count = 0};
    return entropy_fill((u8 *)&texts->seed, sizeof(texts->seed));
}

void own_read_texts_close(struct own_read_texts *texts)
{
    free(texts->bytes);
    free(texts->rows);
    free(texts->slots);
    *texts = (struct own_read_texts){.count = 0};
}

struct span own_read_texts_get(const struct own_read_texts *texts, u32 number)
{
    CHECK(number < texts->count);
    return span_of(texts->bytes + texts->rows[number].at, texts->rows[number].size);
}

u32 *own_read_texts_value(const struct own_read_texts *texts, u32 number)
{
    CHECK(number < texts->count);
    return &texts->rows[number].value;
}

static u32 hash_of(const struct own_read_texts *texts, struct span text)
{
    return (u32)hash_bytes(text.data, text.size, texts->seed);
}

/* The slot that holds the text, or the free one where it belongs. */
static struct own_read_slot *find_slot(const struct own_read_texts *texts, struct span text,
                                       u32 hash)
{
    u32 mask = texts->slots_count - 1;
    u32 slot = hash & mask;
    for (;;) { /* at most half are filled */
        struct own_read_slot *found = &texts->slots[slot];
        if (found->filled == 0 ||
            (found->hash == hash &&
             span_equal(own_read_texts_get(texts, found->filled - 1), text))) {
            return found;
        }
        slot = (slot + 1) & mask;
    }
}

u32 own_read_texts_find(const struct own_read_texts *texts, struct span text)
{
    if (texts->slots_count == 0) {
        return UINT32_MAX;
    }
    u32 filled = find_slot(texts, text, hash_of(texts, text))->filled;
    return filled == 0 ? UINT32_MAX : filled - 1;
}

static enum fault grow_slots(struct own_read_texts *texts)
{
    if (texts->count < texts->slots_count / 2) {
        return FAULT_NONE;
    }
    u32 wanted = texts->slots_count == 0 ? 2 * ROWS_FIRST : 2 * texts->slots_count;
    struct own_read_slot *slots = calloc(wanted, sizeof(*slots));
    if (slots == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for %u texts", wanted);
    }
    for (u32 i = 0; i < texts->slots_count; i += 1) { /* all different: the next free one will do */
        u32 slot = texts->slots[i].hash & (wanted - 1);
        while (texts->slots[i].filled != 0 && slots[slot].filled != 0) {
            slot = (slot + 1) & (wanted - 1);
        }
        slots[slot] = texts->slots[i].filled != 0 ? texts->slots[i] : slots[slot];
    }
    free(texts->slots);
    texts->slots = slots;
    texts->slots_count = wanted;
    return FAULT_NONE;
}

static enum fault add_text(struct own_read_texts *texts, struct span text)
{
    if (texts->count == OWN_READ_TEXTS_MAX ||
        text.size > OWN_READ_TEXT_BYTES_MAX - texts->bytes_used) {
        return FAULT(FAULT_LIMIT, "more than %u texts, or %u bytes of them", OWN_READ_TEXTS_MAX,
                     OWN_READ_TEXT_BYTES_MAX);
    }
    TRY(own_read_reserve(&texts->rows, &texts->capacity, texts->count, 1, sizeof(*texts->rows),
                         "texts"));
    TRY(own_read_reserve(&texts->bytes, &texts->bytes_capacity, texts->bytes_used, (u32)text.size,
                         1, "bytes of text"));
    if (text.size > 0) {
        memcpy(texts->bytes + texts->bytes_used, text.data, text.size);
    }
    texts->rows[texts->count] =
        (struct own_read_text){.at = texts->bytes_used, .size = (u32)text.size};
    texts->bytes_used += (u32)text.size;
    texts->count += 1;
    return FAULT_NONE;
}

enum fault own_read_texts_put(struct own_read_texts *texts, struct span text, u32 *number_out,
                              bool *is_new_out)
{
    u32 hash = hash_of(texts, text);
    TRY(grow_slots(texts));
    struct own_read_slot *slot = find_slot(texts, text, hash);
    *is_new_out = slot->filled == 0;
    if (slot->filled == 0) {
        TRY(add_text(texts, text));
        *slot = (struct own_read_slot){.hash = hash, .filled = texts->count};
    }
    *number_out = slot->filled - 1;
    return FAULT_NONE;
}
