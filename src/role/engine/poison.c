#include "role/engine/poison.h"

#include "base/check.h"

#include <string.h>

static const u64 POISON_MAGIC = 0x474e49594c505041ULL; /* "APPLYING" */

_Static_assert(sizeof(struct poison_note) <= POISON_FILE_BYTES, "one block");

/* What the end of the last process means for this one. */
static void take_over(struct poison *poison)
{
    struct poison_note *note = poison->note;
    if (note->single_seq != 0) {
        poison->unclean = true;
        bool again =
            note->suspect_seq == note->single_seq && note->suspect_hash == note->single_hash;
        note->suspect_crashes = again ? note->suspect_crashes + 1 : 1;
        note->suspect_seq = note->single_seq;
        note->suspect_hash = note->single_hash;
        note->single_seq = 0;
    } else if (note->range_count != 0) {
        poison->unclean = true;
        note->careful_first = note->range_first;
        note->careful_count = note->range_count;
    }
    note->range_count = 0;
}

static enum fault map_note(struct poison *poison, const char *path)
{
    bool exists = false;
    TRY(disk_exists(poison->disk, path, &exists));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(poison->disk, path, FILE_WRITE | (exists ? 0U : (u32)FILE_CREATE), &file));
    u64 size = 0;
    TRY(file_size(&file, &size));
    if (size != POISON_FILE_BYTES) {
        TRY(file_resize(&file, 0));
        TRY(file_reserve(&file, POISON_FILE_BYTES));
    }
    u8 *memory = NULL;
    TRY(file_map(&file, POISON_FILE_BYTES, &memory));
    poison->note = (struct poison_note *)(void *)memory;
    return FAULT_NONE;
}

enum fault poison_open(struct poison *poison, struct disk *disk, const char *path)
{
    *poison = (struct poison){.disk = disk};
    TRY(map_note(poison, path));
    if (poison->note->magic == POISON_MAGIC) {
        take_over(poison);
    } else {
        memset((void *)poison->note, 0, sizeof(*poison->note));
        poison->note->magic = POISON_MAGIC;
    }
    return FAULT_NONE;
}

void poison_close(struct poison *poison)
{
    if (poison->note != NULL) {
        file_unmap(poison->disk, (u8 *)poison->note, POISON_FILE_BYTES);
        poison->note = NULL;
    }
}

void poison_enter_single(struct poison *poison, u64 seq, u64 hash)
{
    CHECK(seq != 0);
    if (poison->note != NULL) {
        poison->note->single_hash = hash;
        poison->note->single_seq = seq;
    }
}

void poison_leave_single(struct poison *poison)
{
    if (poison->note != NULL) {
        poison->note->single_seq = 0;
    }
}

u64 poison_reach(const struct poison *poison, u64 seq, bool *careful_out)
{
    *careful_out = false;
    if (poison->note == NULL) {
        return UINT64_MAX;
    }
    u64 first = poison->note->careful_first;
    u64 count = poison->note->careful_count;
    if (seq < first) {
        return count == 0 ? UINT64_MAX : first - seq;
    }
    if (seq - first >= count) {
        return UINT64_MAX;
    }
    *careful_out = true;
    return count - (seq - first);
}

bool poison_is(const struct poison *poison, u64 seq, u64 hash)
{
    const struct poison_note *note = poison->note;
    return note != NULL && note->suspect_crashes >= POISON_CRASHES_MAX &&
           note->suspect_seq == seq && note->suspect_hash == hash;
}

bool poison_suspects(const struct poison *poison)
{
    return poison->note != NULL && poison->note->suspect_seq != 0;
}

void poison_clear(struct poison *poison)
{
    if (poison->note != NULL) {
        CHECK(poison->note->single_seq == 0);
        CHECK(poison->note->range_count == 0);
        poison->note->careful_count = 0;
        poison->note->suspect_seq = 0;
        poison->note->suspect_crashes = 0;
    }
}
