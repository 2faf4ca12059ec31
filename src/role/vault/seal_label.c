#include "role/vault/seal_label.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#define GROUP_NAME_ROW(constant, number, name) [SEAL_GROUP_##constant] = (name),
static const char *const names[SEAL_GROUP_MAX + 1] = {SEAL_GROUP_TABLE(GROUP_NAME_ROW)};
#undef GROUP_NAME_ROW

const char *seal_group_name(u32 group)
{
    return group <= SEAL_GROUP_MAX ? names[group] : NULL;
}

u32 seal_group_by_name(struct span name)
{
    for (u32 group = 1; group <= SEAL_GROUP_MAX; group += 1) {
        if (span_equal(name, span_of_text(names[group]))) {
            return group;
        }
    }
    return 0;
}

bool seal_label_is_sound(const struct seal_label *label)
{
    return label->subject != 0 && label->version != 0 && label->epoch != 0 &&
           label->retention != 0 && seal_group_name(label->group) != NULL;
}

void seal_label_encode(const struct seal_label *label, u8 target[SEAL_LABEL_BYTES])
{
    CHECK(seal_label_is_sound(label));
    bytes_put_u64(target, label->subject);
    bytes_put_u32(target + 8, label->version);
    target[12] = label->group;
    target[13] = label->retention;
    bytes_put_u16(target + 14, 0);
    bytes_put_u32(target + SEAL_FIXED_BYTES, label->epoch);
}

enum fault seal_label_decode(struct span bytes, struct seal_label *label_out)
{
    if (bytes.size != SEAL_LABEL_BYTES || bytes_u16(bytes.data + 14) != 0) {
        return FAULT(FAULT_INPUT, "label: not %u bytes of a label", SEAL_LABEL_BYTES);
    }
    *label_out = (struct seal_label){
        .subject = bytes_u64(bytes.data),
        .version = bytes_u32(bytes.data + 8),
        .epoch = bytes_u32(bytes.data + SEAL_FIXED_BYTES),
        .group = bytes.data[12],
        .retention = bytes.data[13],
    };
    if (!seal_label_is_sound(label_out)) {
        return FAULT(FAULT_INPUT, "label: a field is out of its range");
    }
    return FAULT_NONE;
}
