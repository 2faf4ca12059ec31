/* Enrolments that come in pieces (docs/enrolment.md "In pieces"): an area of memory of fixed size,
 * a place for each person who is sending.
 *
 *     first piece ─▶ a place ─▶ piece, piece, ... in their order ─▶ whole: a frame, as if it had
 *                       │                                            come in one
 *                       └── a minute without a piece, or five in all: gone
 *
 * Nothing of it is on a disk, and what has not come whole was never there. Bytes are as a browser
 * has sealed them; a place that ends is wiped all the same. */
#ifndef ROLE_VAULT_VAULT_UPLOAD_H
#define ROLE_VAULT_VAULT_UPLOAD_H

#include "base/base.h"
#include "wire/keep_line.h"

#define VAULT_UPLOADS_MAX        8U
#define VAULT_UPLOAD_MS          300000U /* from the first piece on */
#define VAULT_UPLOAD_IDLE_MS     60000U  /* without a piece */
#define VAULT_UPLOAD_GIVES_MS    10000U  /* without a piece: it gives way where there is no place */
#define VAULT_UPLOAD_HEAD_BYTES  8U      /* of a frame of the vault's */
#define VAULT_UPLOAD_ROOM        ((VAULT_UPLOAD_HEAD_BYTES + KEEP_LINE_WHOLE_MAX + 4095U) & ~4095U)
#define VAULT_UPLOADS_ROOM_BYTES ((size_t)VAULT_UPLOADS_MAX * VAULT_UPLOAD_ROOM)

struct vault_upload {
    u64 subject; /* 0: free */
    u64 upload;
    u32 total;
    u32 have;
    u64 begun_ms;
    u64 last_ms;
    u8 *frame; /* VAULT_UPLOAD_ROOM bytes: head and contents of an enrol */
};

struct vault_uploads {
    struct vault_upload list[VAULT_UPLOADS_MAX];
};

enum vault_upload_said {
    VAULT_UPLOAD_GOES_ON, /* the next piece is at `have` */
    VAULT_UPLOAD_WHOLE,   /* the frame is whole; vault_upload_end when it was looked at */
    VAULT_UPLOAD_GONE,    /* behind no first piece, or not the one that comes next */
    VAULT_UPLOAD_FULL,    /* a first piece: there is no place */
};

/* `room` has VAULT_UPLOADS_ROOM_BYTES and outlives it. */
void vault_uploads_init(struct vault_uploads *uploads, u8 *room);

/* A piece of this subject's, read by keep_line_piece_read. A first one takes a place, and the one
 * that the subject had is over. One that came before is passed over: who lost an answer asks again.
 * *upload_out: with GOES_ON and WHOLE. now_ms: a clock that never goes back. */
enum vault_upload_said vault_uploads_take(struct vault_uploads *uploads, u64 subject,
                                          const struct keep_line_piece *piece, u64 now_ms,
                                          struct vault_upload **upload_out);
/* How many are there. */
u32 vault_uploads_count(const struct vault_uploads *uploads);
/* Wipes what is over. */
void vault_uploads_turn(struct vault_uploads *uploads, u64 now_ms);

/* The whole of it as a frame, of so many bytes. */
u32 vault_upload_frame(struct vault_upload *upload);
/* Wipes it, and the place is free. */
void vault_upload_end(struct vault_upload *upload);

#endif /* ROLE_VAULT_VAULT_UPLOAD_H */
