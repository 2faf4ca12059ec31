#include "wire/keep_held.h"

#include "base/bytes.h"
#include "base/check.h"

u32 keep_held_write(const struct keep_held *held, u8 target[KEEP_HELD_BYTES_MAX])
{
    u8 *at = target + KEEP_HELD_HEAD_BYTES;
    CHECK(held->records_count <= KEEP_HELD_ROWS_MAX && held->reviews_count <= KEEP_HELD_ROWS_MAX &&
          held->gone_count <= KEEP_HELD_ROWS_MAX);
    bytes_put_u16(target, (u16)held->records_count);
    bytes_put_u16(target + 2, (u16)held->reviews_count);
    bytes_put_u16(target + 4, (u16)held->gone_count);
    target[6] = held->has_more ? 1 : 0;
    target[7] = held->has_quorum ? 1 : 0;
    for (u32 i = 0; i < 2; i += 1) {
        target[8 + 2 * i] = held->threshold[i];
        target[9 + 2 * i] = held->members[i];
    }
    for (u32 i = 0; i < held->records_count; i += 1, at += KEEP_HELD_ROW_BYTES) {
        bytes_put_u32(at, held->records[i].version);
        bytes_put_u32(at + 4, held->records[i].retention);
        bytes_put_u64(at + 8, held->records[i].since_us);
        bytes_put_u32(at + 16, held->records[i].until_day);
        bytes_put_u32(at + 20, held->records[i].group);
    }
    for (u32 i = 0; i < held->reviews_count; i += 1, at += KEEP_HELD_ROW_BYTES) {
        bytes_put_u32(at, held->reviews[i].version);
        bytes_put_u32(at + 4, held->reviews[i].views);
        bytes_put_u64(at + 8, held->reviews[i].came_us);
        bytes_put_u64(at + 16, held->reviews[i].until_s);
    }
    for (u32 i = 0; i < held->gone_count; i += 1, at += KEEP_HELD_GONE_BYTES) {
        bytes_put_u32(at, held->gone[i].version);
        bytes_put_u32(at + 4, held->gone[i].day);
        bytes_put_u64(at + 8, held->gone[i].group);
    }
    return (u32)(at - target);
}

static bool group_read(u64 number, u8 *group_out)
{
    *group_out = (u8)number;
    return number > 0 && number <= KEEP_HELD_GROUP_MAX;
}

static bool head_read(struct span bytes, struct keep_held *held)
{
    if (bytes.size < KEEP_HELD_HEAD_BYTES || bytes.data[6] > 1 || bytes.data[7] > 1) {
        return false;
    }
    held->records_count = bytes_u16(bytes.data);
    held->reviews_count = bytes_u16(bytes.data + 2);
    held->gone_count = bytes_u16(bytes.data + 4);
    held->has_more = bytes.data[6] == 1;
    held->has_quorum = bytes.data[7] == 1;
    for (u32 i = 0; i < 2; i += 1) {
        held->threshold[i] = bytes.data[8 + 2 * i];
        held->members[i] = bytes.data[9 + 2 * i];
    }
    return held->records_count <= KEEP_HELD_ROWS_MAX && held->reviews_count <= KEEP_HELD_ROWS_MAX &&
           held->gone_count <= KEEP_HELD_ROWS_MAX &&
           bytes.size == KEEP_HELD_HEAD_BYTES +
                             (held->records_count + held->reviews_count) * KEEP_HELD_ROW_BYTES +
                             held->gone_count * KEEP_HELD_GONE_BYTES;
}

bool keep_held_read(struct span bytes, struct keep_held *held_out)
{
    bool is_right = true;
    *held_out = (struct keep_held){.records_count = 0};
    if (!head_read(bytes, held_out)) {
        return false;
    }
    const u8 *at = bytes.data + KEEP_HELD_HEAD_BYTES;
    for (u32 i = 0; i < held_out->records_count; i += 1, at += KEEP_HELD_ROW_BYTES) {
        struct keep_held_record *record = &held_out->records[i];
        record->version = bytes_u32(at);
        record->retention = bytes_u32(at + 4);
        record->since_us = bytes_u64(at + 8);
        record->until_day = bytes_u32(at + 16);
        is_right = group_read(bytes_u32(at + 20), &record->group) && is_right;
    }
    for (u32 i = 0; i < held_out->reviews_count; i += 1, at += KEEP_HELD_ROW_BYTES) {
        held_out->reviews[i] = (struct keep_held_review){.version = bytes_u32(at),
                                                         .views = bytes_u32(at + 4),
                                                         .came_us = bytes_u64(at + 8),
                                                         .until_s = bytes_u64(at + 16)};
    }
    for (u32 i = 0; i < held_out->gone_count; i += 1, at += KEEP_HELD_GONE_BYTES) {
        held_out->gone[i].version = bytes_u32(at);
        held_out->gone[i].day = bytes_u32(at + 4);
        is_right = group_read(bytes_u64(at + 8), &held_out->gone[i].group) && is_right;
    }
    return is_right;
}
