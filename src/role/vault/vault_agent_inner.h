/* The parts of the vault's agent, for its own files: vault_agent.c (life, what it does by itself),
 * vault_talk.c (the socket), vault_answer.c (what is asked), vault_shares.c (the officers' shares),
 * vault_line.c (the gateway's line), vault_people_line.c (screening's), vault_count_line.c (the
 * desk's), vault_held.c (what a person is told that there is), vault_enrol.c (what comes from
 * customers, and its review), vault_tell.c (what the log is told). */
#ifndef ROLE_VAULT_VAULT_AGENT_INNER_H
#define ROLE_VAULT_VAULT_AGENT_INNER_H

#include "io/block.h"
#include "io/channel.h"
#include "io/net_loop.h"
#include "role/vault/blind_index.h"
#include "role/vault/vault_agent.h"
#include "role/vault/vault_groups.h"
#include "role/vault/vault_message.h"
#include "role/vault/vault_upload.h"
#include "wire/code.h"
#include "wire/keep_line.h"

#define VAULT_REVIEWERS_FILE "reviewers"
#define VAULT_REVIEWERS_MAX  16U
#define VAULT_ENROL_KEY_FILE "enrol.key"

/* Whose client may open what is new; the file has a line "NAME POINT" for each. */
struct vault_reviewers {
    u32 count; /* 0: there is no file, and nobody enrols */
    char names[VAULT_REVIEWERS_MAX][CODE_NAME_BYTES];
    struct seal_point points[VAULT_REVIEWERS_MAX];
};

#define VAULT_VISITS_MAX 8U
#define VAULT_IDLE_MS    60000U

#define VAULT_LINE_ASKS_MAX 8U /* taken from the line in one turn */

/* A connection, and the frame that it is sending. */
struct vault_visit {
    struct net_conn *conn; /* NULL: free */
    struct vault_agent *agent;
    u8 *frame;
    u32 frame_bytes;
};

/* What was last told of a group's shares. */
struct vault_alarm {
    bool is_on;
    u32 live;
    u32 spares_live;
    u64 again_ns;
};

struct vault_agent {
    struct agent agent; /* first: it is cast back */
    struct vault_agent_options options;
    struct vault_store store;
    struct blind_index *index;
    struct vault_groups groups;
    struct vault_drills drills;
    struct vault_alarm alarms[VAULT_SIDES];
    struct personal *value;
    struct vault_reviewers reviewers;
    struct seal_room *room;        /* NULL: memory cannot be locked, and nobody enrols */
    struct seal_scalar *enrol_key; /* in the room */
    struct seal_point enrol_point;
    u8 person[VAULT_PERSON_SEALED_MAX]; /* of the enrolment at hand, sealed, for screening */
    u32 person_bytes;
    struct vault_agent_counts counts;
    u64 check_ns; /* what is over is looked for next, by clock_mono_ns */
    u64 count_ns; /* and the totals */
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct block block; /* frames, a body, an answer, uploads */
    u8 *body;
    u8 *answer;
    struct vault_visit visits[VAULT_VISITS_MAX];
    struct vault_ask ask;
    struct channel_reader asks; /* of the log's process */
    struct channel_writer events;
    struct vault_person *people; /* locked; NULL: nobody asks */
    bool has_line;               /* and what came over it was what may come */
    bool has_count_line;         /* the same of the desk's */
    u8 line_message[KEEP_LINE_BYTES_MAX + 1];
    struct vault_uploads uploads;
    enum fault turn_fault;
    bool is_damaged; /* rows that are due cannot be */
    bool is_busy;
};

/* ---- vault_answer.c ---- */

/* Does what a frame asks, and answers into agent->answer. What is plain in the frame is wiped. A
 * fault is one that the agent does not survive. *wrong_out: it was no frame of ours. */
MUST_USE enum fault vault_answer(struct vault_agent *agent, u8 *frame, u32 frame_bytes,
                                 struct span *answer_out, bool *wrong_out);
/* An answer that says no. */
struct span vault_refuse(struct vault_agent *agent, u32 kind, enum vault_code code,
                         const char *text);

struct frame_writer vault_answer_begin(struct vault_agent *agent, u32 kind, enum vault_code code);
struct span vault_answer_end(struct frame_writer *writer);
/* FAULT_REFUSED: a record, `number` of those that came, has a hand that ends too late. */
MUST_USE enum fault vault_hands_check(const struct vault_record *record, u32 number, u64 now_s);

/* ---- vault_enrol.c ---- */

/* The key for what comes, and who reviews it. FAULT_INPUT: the file of reviewers. */
MUST_USE enum fault vault_enrol_open(struct vault_agent *agent, const char *folder);
void vault_enrol_close(struct vault_agent *agent);
/* The kinds of enrolment, from ENROL to DOUBLES. */
MUST_USE enum fault vault_enrol_answer(struct vault_agent *agent, struct span *answer_out);
/* Leaves the reviewer's copies out of a record that is got without a view. */
MUST_USE enum fault vault_enrol_hide(struct vault_agent *agent, struct vault_record *record);

/* ---- vault_held.c ---- */

/* What there is of a subject, for the subject: wire/keep_held.h. */
MUST_USE enum fault vault_held_answer(struct vault_agent *agent, struct span *answer_out);

/* ---- vault_shares.c ---- */

/* What drill, shown and shares ask. */
MUST_USE enum fault vault_answer_drill(struct vault_agent *agent, struct span *answer_out);
/* Counts the shares that live. */
MUST_USE enum fault vault_shares_look(struct vault_agent *agent);
/* The same, and tells where too few do. */
MUST_USE enum fault vault_shares_turn(struct vault_agent *agent);

/* ---- vault_tell.c ---- */

MUST_USE enum fault vault_tell_open(struct vault_agent *agent);
MUST_USE enum fault vault_tell_turn(struct vault_agent *agent);

/* ---- vault_line.c ---- */

MUST_USE enum fault vault_line_open(struct vault_agent *agent);
/* Answers what has come over it. */
MUST_USE enum fault vault_line_turn(struct vault_agent *agent);

/* ---- vault_people_line.c ---- */

MUST_USE enum fault vault_people_open(struct vault_agent *agent);
void vault_people_close(struct vault_agent *agent);
/* Tells screening what it asks for. */
MUST_USE enum fault vault_people_turn(struct vault_agent *agent);

/* ---- vault_count_line.c ---- */

MUST_USE enum fault vault_count_open(struct vault_agent *agent);
/* Tells the desk how many people have what it asks for. */
MUST_USE enum fault vault_count_turn(struct vault_agent *agent);

/* ---- vault_talk.c ---- */

MUST_USE enum fault vault_talk_open(struct vault_agent *agent);
void vault_talk_close(struct vault_agent *agent);

#endif /* ROLE_VAULT_VAULT_AGENT_INNER_H */
