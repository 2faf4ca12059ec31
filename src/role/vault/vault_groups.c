#include "role/vault/vault_groups.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

#define POINT_DIGITS 64U
#define LINE_CHARS   75U /* ten digits, a blank, the point */
#define TEXT_MAX     (VAULT_GROUPS_MAX * (LINE_CHARS + 1U))

/* The number before the blank; 0: there is none. */
static u32 epoch_of(struct span line, size_t *digits_out)
{
    u64 epoch = 0;
    size_t at = 0;
    while (at < line.size && at < 10 && line.data[at] >= '0' && line.data[at] <= '9') {
        epoch = epoch * 10 + (u64)(line.data[at] - '0');
        at += 1;
    }
    *digits_out = at;
    return epoch > UINT32_MAX || (at > 0 && line.data[0] == '0') ? 0 : (u32)epoch;
}

static bool point_of(struct span digits, struct seal_point *point_out)
{
    return bytes_from_hex(digits, point_out->bytes, sizeof(point_out->bytes)) &&
           seal_point_is_sound(point_out);
}

static const char *line_read(struct span line, struct vault_groups *groups)
{
    size_t digits = 0;
    u32 epoch = epoch_of(line, &digits);
    if (groups->count == VAULT_GROUPS_MAX) {
        return "more than 64 epochs";
    }
    if (epoch == 0 || line.size != digits + 1 + POINT_DIGITS || line.data[digits] != ' ') {
        return "not an epoch, a blank and 64 hexadecimal digits in lower case";
    }
    if (groups->count > 0 && epoch <= groups->epochs[groups->count - 1]) {
        return "the epoch is not later than the one before";
    }
    if (!point_of(span_after(line, digits + 1), &groups->points[groups->count])) {
        return "not hexadecimal digits in lower case, or no point";
    }
    groups->epochs[groups->count] = epoch;
    groups->count += 1;
    return NULL;
}

enum fault vault_groups_read(struct span text, const char *name, struct vault_groups *groups_out)
{
    u32 number = 0;
    *groups_out = (struct vault_groups){.count = 0};
    for (size_t at = 0; at < text.size;) {
        const u8 *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end == NULL ? text.size - at : (size_t)(end - text.data) - at;
        const char *wrong = end == NULL ? "the last line is not whole"
                                        : line_read(span_of(text.data + at, size), groups_out);
        number += 1;
        if (wrong != NULL) {
            groups_out->count = 0;
            return FAULT(FAULT_INPUT, "%s:%u: %s", name, number, wrong);
        }
        at += size + 1;
    }
    return groups_out->count > 0 ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: there is no epoch", name);
}

enum fault vault_groups_open(struct disk *disk, const char *folder, struct vault_groups *groups_out)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    u8 text[TEXT_MAX + 1];
    size_t size = 0;
    bool exists = false;
    *groups_out = (struct vault_groups){.count = 0};
    TRY(file_path(path, folder, VAULT_GROUPS_FILE));
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(file_open(disk, path, 0, &file));
    TRY(file_read_at(&file, 0, text, sizeof(text), &size));
    if (size == sizeof(text)) {
        return FAULT(FAULT_INPUT, "%s: too long", path);
    }
    return vault_groups_read(span_of(text, size), path, groups_out);
}

enum fault vault_groups_check(const struct vault_groups *groups, const struct seal_label *label,
                              const u8 body_hash[SEAL_HASH_BYTES], const u8 wrap[SEAL_WRAP_BYTES])
{
    struct seal_wrap sealed;
    u32 place = 0;
    if (groups->count == 0) {
        return FAULT_NONE;
    }
    while (place < groups->count && groups->epochs[place] != label->epoch) {
        place += 1;
    }
    if (place == groups->count) {
        return FAULT(FAULT_REFUSED, "there is no group of that epoch");
    }
    memcpy(&sealed, wrap, sizeof(sealed));
    if (seal_wrap_check(label, &groups->points[place], body_hash, &sealed) != FAULT_NONE) {
        return FAULT(FAULT_REFUSED, "the proof is not for this label, group and body");
    }
    return FAULT_NONE;
}
