#include "app/review_facts.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/entropy.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

#define US_S    1000000U
#define HOUR_US (3600ULL * US_S)

/* The bits of `verified`, as the schema's field has them. */
enum { METHOD_DOCUMENT = 1, METHOD_ADDRESS = 2 };

struct making {
    const struct review *review;
    const struct review_facts_options *options;
    struct review_fact *facts;
    u32 count;
    u8 verified;
};

static enum fault field_set(u8 *command, const char *name, struct span value)
{
    const struct wire_field *field = order_field_of(COMMAND_FACT_SET, span_of_text(name));
    CHECK(field != NULL);
    const char *wanted = order_value_parse(command, field, value);
    return wanted == NULL ? FAULT_NONE
                          : FAULT(FAULT_INPUT, "%s: \"%.*s\" is not %s", name, (int)value.size,
                                  (const char *)value.data, wanted);
}

/* One order. `number` 0: the only one of its kind. */
static enum fault fact_make(struct making *making, const char *fact, struct span value, u8 methods,
                            u32 number)
{
    u8 record[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    struct command_fact_set *command = (struct command_fact_set *)(void *)record;
    struct review_fact *made = &making->facts[making->count];
    struct order_head head = {.until_us =
                                  (making->options->now_s * US_S) + REVIEW_FACTS_HOURS * HOUR_US};
    CHECK(making->count < REVIEW_FACTS_MAX);
    size_t size = order_text_begin(COMMAND_FACT_SET, record);
    CHECK(size == sizeof(*command));
    TRY(field_set(record, "fact", span_of_text(fact)));
    TRY(field_set(record, "value", value));
    command->person = (u32)making->review->subject;
    command->verified = making->verified & methods;
    command->from = making->options->now_s * US_S;
    command->until = UINT64_MAX;
    command->expires = UINT64_MAX;
    command->evidence = bytes_u64(making->review->enrolment);
    command->head.kind = COMMAND_FACT_SET;
    command->head.units = (u8)(size / WIRE_UNIT);
    memcpy(head.venue, making->options->venue, sizeof(head.venue));
    TRY(entropy_fill(head.nonce, sizeof(head.nonce)));
    made->bytes = order_text_print(span_of(record, size), &head, made->text);
    CHECK(made->bytes > 0);
    (void)(number == 0 ? snprintf(made->name, sizeof(made->name), "%s.order", fact)
                       : snprintf(made->name, sizeof(made->name), "%s-%u.order", fact, number));
    making->count += 1;
    return FAULT_NONE;
}

/* The texts of a field group. FAULT_INPUT: the record has none. */
static enum fault group_of(const struct review *review, u8 group, struct span *text_out)
{
    for (u32 i = 0; i < review->count; i += 1) {
        if (review->groups[i] == group) {
            *text_out = span_of(review->texts[i], review->sizes[i]);
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "the record has no %s", seal_group_name(group));
}

/* The value of the next line `field: VALUE` behind *at. False: there is none. */
static bool line_next(struct span text, size_t *at, const char *field, struct span *value_out)
{
    size_t name_bytes = strlen(field);
    while (*at < text.size) {
        struct span rest = span_after(text, *at);
        const u8 *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        *at += size + (end == NULL ? 0 : 1);
        if (size > name_bytes + 2 && memcmp(rest.data, field, name_bytes) == 0 &&
            memcmp(rest.data + name_bytes, ": ", 2) == 0) {
            *value_out = span_of(rest.data + name_bytes + 2, size - name_bytes - 2);
            return true;
        }
    }
    return false;
}

static enum fault one_make(struct making *making, struct span text, const char *field,
                           const char *fact, u8 methods)
{
    struct span value = {.data = NULL};
    size_t at = 0;
    if (!line_next(text, &at, field, &value)) {
        return FAULT(FAULT_INPUT, "the record has no %s", field);
    }
    return fact_make(making, fact, value, methods, 0);
}

static enum fault all_make(struct making *making)
{
    struct span identity = {.data = NULL};
    struct span address = {.data = NULL};
    struct span value = {.data = NULL};
    size_t at = 0;
    u32 number = 0;
    TRY(group_of(making->review, SEAL_GROUP_IDENTITY, &identity));
    TRY(group_of(making->review, SEAL_GROUP_ADDRESS, &address));
    TRY(fact_make(making, "kind", span_of_text("natural"), METHOD_DOCUMENT, 0));
    while (number < SEAL_ENROL_NAMES_MAX && line_next(identity, &at, "nationality", &value)) {
        number += 1;
        TRY(fact_make(making, "nationality", value, METHOD_DOCUMENT, number));
    }
    if (number == 0) {
        return FAULT(FAULT_INPUT, "the record has no nationality");
    }
    TRY(one_make(making, identity, "document-country", "document_country", METHOD_DOCUMENT));
    return one_make(making, address, "residence", "residence", METHOD_ADDRESS);
}

enum fault review_facts_make(const struct review *review,
                             const struct review_facts_options *options,
                             struct review_fact facts_out[REVIEW_FACTS_MAX], u32 *count_out)
{
    u8 record[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    struct making making = {.review = review, .options = options, .facts = facts_out};
    *count_out = 0;
    CHECK(order_text_begin(COMMAND_FACT_SET, record) > 0);
    const struct wire_field *field = order_field_of(COMMAND_FACT_SET, span_of_text("verified"));
    const char *wanted = order_value_parse(record, field, span_of_text(options->verified));
    if (wanted != NULL) {
        return FAULT(FAULT_USAGE, "--verified: \"%s\" is not %s", options->verified, wanted);
    }
    if (review->subject > UINT32_MAX) {
        return FAULT(FAULT_INPUT, "no person of the venue has that number");
    }
    making.verified = ((const struct command_fact_set *)(const void *)record)->verified;
    TRY(all_make(&making));
    *count_out = making.count;
    return FAULT_NONE;
}
