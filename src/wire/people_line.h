/* What the process `screen` asks `keep`, and is told: whom screening has to know (docs/enrolment.md
 * "Screening"). Messages over a line that keeps their bounds.
 *
 *     ask     id 8 | people from 8 | doubles from 8
 *     answer  id 8 | people 4 | doubles 4 | rows of people | rows of doubles
 *     person  number 8 | person 4 | bytes 2 | zero 2 | the text, of that many bytes
 *     double  number 8 | person 4 | version 4 | seen 4 | zero 4
 *
 * Numbers are little-endian; rows come in the order of their numbers, each at least the one that
 * was asked from. A text has the lines `name`, `birth-date` and `nationality` of an enrolment's
 * form, in its order; an empty one: the person is gone. Who asks for what is behind the last row is
 * told everything in the end; two empty counts: that is all for now. */
#ifndef WIRE_PEOPLE_LINE_H
#define WIRE_PEOPLE_LINE_H

#include "base/base.h"

#define PEOPLE_LINE_ASK_BYTES    24U
#define PEOPLE_LINE_TEXT_MAX     1024U
#define PEOPLE_LINE_PEOPLE_MAX   16U
#define PEOPLE_LINE_DOUBLES_MAX  64U
#define PEOPLE_LINE_HEAD_BYTES   16U
#define PEOPLE_LINE_PERSON_BYTES 16U /* before the text */
#define PEOPLE_LINE_DOUBLE_BYTES 24U
#define PEOPLE_LINE_BYTES_MAX                                                     \
    (PEOPLE_LINE_HEAD_BYTES +                                                     \
     PEOPLE_LINE_PEOPLE_MAX * (PEOPLE_LINE_PERSON_BYTES + PEOPLE_LINE_TEXT_MAX) + \
     PEOPLE_LINE_DOUBLES_MAX * PEOPLE_LINE_DOUBLE_BYTES)

struct people_line_ask {
    u64 id;
    u64 people_from;
    u64 doubles_from;
};

struct people_line_person {
    u64 number;
    u32 person;
    struct span text; /* empty: gone */
};

struct people_line_double {
    u64 number;
    u32 person;
    u32 version;
    u32 seen; /* VAULT_SEEN_... of role/vault/vault_store.h */
};

struct people_line_answer {
    u64 id;
    u32 people_count;
    u32 doubles_count;
    struct people_line_person people[PEOPLE_LINE_PEOPLE_MAX];
    struct people_line_double doubles[PEOPLE_LINE_DOUBLES_MAX];
};

void people_line_ask_write(const struct people_line_ask *ask, u8 target[PEOPLE_LINE_ASK_BYTES]);
MUST_USE bool people_line_ask_read(struct span message, struct people_line_ask *ask_out);

/* The size of the message. CHECK: counts and texts within their bounds. */
u32 people_line_answer_write(const struct people_line_answer *answer,
                             u8 target[PEOPLE_LINE_BYTES_MAX]);
/* False: no sound `keep` sends this. Texts lie in the message. */
MUST_USE bool people_line_answer_read(struct span message, struct people_line_answer *answer_out);

#endif /* WIRE_PEOPLE_LINE_H */
