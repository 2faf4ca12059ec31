/* One question to another process of the venue, over its local socket: a line goes, a line comes.
 *
 * Whoever asks waits, and nobody else of this process is answered meanwhile; so the wait is
 * bounded: OFFICE_LINE_MS from connecting to the last byte. A process that did not answer is not
 * asked again for OFFICE_LINE_REST_MS. Each conversation is a connection of its own: nothing of one
 * can be taken for an answer of the next. */
#ifndef ROLE_OFFICE_OFFICE_LINE_H
#define ROLE_OFFICE_OFFICE_LINE_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"

#define OFFICE_LINE_MS      2000U
#define OFFICE_LINE_REST_MS 1000U

struct office_line {
    const char *path; /* the socket; NULL: there is none. The caller's */
    /* NULL: the socket. Else a test's: writes the answer, without its end, into the memory. */
    bool (*hear)(struct span question, char *target, size_t target_bytes, size_t *size_out);
    struct clock *clock;
    int socket;   /* -1: no conversation */
    u64 until_ns; /* of the conversation */
    u64 rest_ns;  /* nobody is asked before */
    u64 asked_count;
    u64 away_count; /* how often there was no answer */
    char *answer;   /* the caller's memory */
    size_t answer_bytes_max;
};

/* `question` ends with its newline. *answer_out lies in line->answer, without its end, until the
 * next question. False: nobody answered in time, or more than there is room for. */
MUST_USE bool office_line_ask(struct office_line *line, struct span question,
                              struct span *answer_out);

/* Ends the conversation, if there is one; the next question begins another. */
void office_line_end(struct office_line *line);

#endif /* ROLE_OFFICE_OFFICE_LINE_H */
