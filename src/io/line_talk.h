/* A local socket that is asked in lines: a question a line comes, an answer a line goes, in their
 * order. What a line means is the caller's business.
 *
 *     cases.sock, log.sock ─▶ lines ─▶ answer() ─▶ one line each
 *
 * One line is answered in a turn, of one connection after the other, so that nobody waits long
 * behind somebody who asks much; a connection's next line waits until its last answer is with the
 * system. What a connection has sent and is not answered is bounded: then nothing more is read from
 * it. Who takes an answer no further, or asks nothing, for LINE_TALK_IDLE_MS is cut off. */
#ifndef IO_LINE_TALK_H
#define IO_LINE_TALK_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"

#define LINE_TALK_CONNECTIONS_MAX 8U /* further ones are closed at once */
#define LINE_TALK_IDLE_MS         60000U

struct line_talk;

struct line_talk_options {
    const char *what;     /* whose socket, for faults: "the officers' queue" */
    int listener;         /* a listening local socket; duplicated at open */
    u32 line_bytes_max;   /* without its end; up to 65535 */
    u32 answer_bytes_max; /* without its end */
    bool wipes;           /* lines are wiped behind their answers */
    struct clock *clock;
    /* The answer to a line, both without their ends; valid until the next call. A line that is too
     * long comes with line_bytes_max + 1 bytes, and its connection ends behind the answer. */
    struct span (*answer)(void *context, struct span line);
    void *context;
};

struct line_talk_counts {
    u64 connections; /* now */
    u64 turned_away; /* there were too many */
    u64 slow;        /* cut off while an answer waited */
};

/* FAULT_LIMIT without memory or descriptors. */
MUST_USE enum fault line_talk_open(struct line_talk **talk_out,
                                   const struct line_talk_options *options);
/* NULL is fine. */
void line_talk_close(struct line_talk *talk);

/* What came and what goes, at most one answer, without waiting. *busy_out becomes true when there
 * was anything. */
MUST_USE enum fault line_talk_turn(struct line_talk *talk, bool *busy_out);

struct line_talk_counts line_talk_counts(const struct line_talk *talk);

#endif /* IO_LINE_TALK_H */
