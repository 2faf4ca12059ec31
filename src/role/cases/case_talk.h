/* The socket of the officers' queue: a question a line comes, an answer a line goes, in their
 * order. What a line means is somebody else's business (case_ask.h, case_answer.h).
 *
 *     cases.sock ─▶ lines ─▶ answer() ─▶ one line each
 *
 * One line is answered in a turn, of one connection after the other, so that nobody waits long
 * behind somebody who asks much; a connection's next line waits until its last answer is with the
 * system. What a connection has sent and is not answered is bounded: then nothing more is read from
 * it. Who takes an answer no further, or asks nothing, for CASE_TALK_IDLE_MS is cut off. */
#ifndef ROLE_CASES_CASE_TALK_H
#define ROLE_CASES_CASE_TALK_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"

#define CASE_TALK_CONNECTIONS_MAX 8U /* further ones are closed at once */
#define CASE_TALK_IDLE_MS         60000U

struct case_talk;

struct case_talk_options {
    int listener;         /* a listening local socket; duplicated at open */
    u32 line_bytes_max;   /* without its end; up to 65535 */
    u32 answer_bytes_max; /* without its end */
    struct clock *clock;
    /* The answer to a line, both without their ends; valid until the next call. A line that is too
     * long comes with line_bytes_max + 1 bytes, and its connection ends behind the answer. */
    struct span (*answer)(void *context, struct span line);
    void *context;
};

struct case_talk_counts {
    u64 connections; /* now */
    u64 turned_away; /* there were too many */
    u64 slow;        /* cut off while an answer waited */
};

/* FAULT_LIMIT without memory or descriptors. */
MUST_USE enum fault case_talk_open(struct case_talk **talk_out,
                                   const struct case_talk_options *options);
/* NULL is fine. */
void case_talk_close(struct case_talk *talk);

/* What came and what goes, at most one answer, without waiting. *busy_out becomes true when there
 * was anything. */
MUST_USE enum fault case_talk_turn(struct case_talk *talk, bool *busy_out);

struct case_talk_counts case_talk_counts(const struct case_talk *talk);

#endif /* ROLE_CASES_CASE_TALK_H */
