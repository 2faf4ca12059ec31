#include "app/office_draft.h"

#include "app/desk_draft.h"
#include "base/bytes.h"
#include "base/check.h"
#include "role/desk/desk_letter.h"

#include <stdio.h>
#include <string.h>

#define LAST_SECOND 253402300799ULL /* of the year 9999 */

#define WORD_BYTES (OFFICE_FIELD_NAME_MAX + OFFICE_FIELD_VALUE_MAX + 2U)

/* Of the one draft at a time. */
static struct {
    struct desk_draft draft;
    char act[32];
    char name[40];
    char line[2U * DESK_ACT_TEXT_BYTES + 64U];
    u8 letter[DESK_LETTER_BYTES];
    const char *words[DESK_DRAFT_WORDS_MAX];
    char texts[DESK_DRAFT_WORDS_MAX][WORD_BYTES];
} made;

_Static_assert(OFFICE_FIELDS_MAX <= DESK_DRAFT_WORDS_MAX, "a word each");

static enum fault words_take(const struct office_draft *asked)
{
    if (!span_copy(asked->act, made.act, sizeof(made.act) - 1) ||
        !span_copy(asked->name, made.name, sizeof(made.name) - 1)) {
        return FAULT(FAULT_USAGE, "a name is too long");
    }
    for (u32 i = 0; i < asked->body->fields_count; i += 1) {
        struct span name = asked->body->fields[i].name;
        struct span value = asked->body->fields[i].value;
        (void)snprintf(made.texts[i], WORD_BYTES, "%.*s=%.*s", (int)name.size,
                       (const char *)name.data, (int)value.size, (const char *)value.data);
        made.words[i] = made.texts[i];
    }
    return FAULT_NONE;
}

static enum fault ask(struct office *office, int size, const char *wanted, struct span *rest_out)
{
    CHECK(size > 0 && (size_t)size < sizeof(made.line));
    return office_desk_ask(office, span_of(made.line, (size_t)size), wanted, rest_out);
}

/* The hash of the letter that goes with it stands in the text. */
static enum fault letter_take(struct office *office)
{
    struct desk_draft *draft = &made.draft;
    struct span rest;
    memcpy(made.line, "letter ", 7);
    (void)bytes_to_hex(draft->text, draft->text_bytes, made.line + 7);
    size_t size = 7 + 2 * draft->text_bytes;
    memcpy(made.line + size, "\n", 2);
    TRY(ask(office, (int)size + 1, "letter", &rest));
    if (rest.size % 2 != 0 || rest.size / 2 > sizeof(made.letter) ||
        !bytes_from_hex(rest, made.letter, rest.size / 2)) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    return desk_draft_letter(draft, span_of(made.letter, rest.size / 2));
}

enum fault office_draft_act(struct office *office, const struct office_draft *asked,
                            struct span *text_out)
{
    struct desk_draft *draft = &made.draft;
    struct span rest;
    memset(&made, 0, sizeof(made));
    TRY(words_take(asked));
    TRY(desk_draft_begin(draft, made.act, made.name, asked->officer, made.words,
                         asked->body->fields_count));
    int size = snprintf(made.line, sizeof(made.line), "head %s %s %s\n", asked->officer,
                        draft->case_hex, draft->authority);
    TRY(ask(office, size, "head", &rest));
    TRY(desk_draft_head(draft, rest));
    if (draft->act.at_s > LAST_SECOND) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    TRY(desk_draft_make(draft));
    if (desk_act_has_letter((enum desk_act_kind)draft->act.kind)) {
        TRY(letter_take(office));
    }
    *text_out = span_of(draft->text, draft->text_bytes);
    return FAULT_NONE;
}
