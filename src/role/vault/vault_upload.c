#include "role/vault/vault_upload.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"

#include <string.h>

_Static_assert(VAULT_UPLOAD_GIVES_MS < VAULT_UPLOAD_IDLE_MS &&
                   VAULT_UPLOAD_IDLE_MS < VAULT_UPLOAD_MS,
               "who is slow gives way before it is over");

void vault_uploads_init(struct vault_uploads *uploads, u8 *room)
{
    *uploads = (struct vault_uploads){.list = {{.subject = 0}}};
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        uploads->list[i].frame = room + (size_t)i * VAULT_UPLOAD_ROOM;
    }
}

static struct vault_upload *upload_of(struct vault_uploads *uploads, u64 subject)
{
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        if (uploads->list[i].subject == subject) {
            return &uploads->list[i];
        }
    }
    return NULL;
}

/* The one that was quiet for longest, and for long enough. NULL: none was. */
static struct vault_upload *quiet_one(struct vault_uploads *uploads, u64 now_ms)
{
    struct vault_upload *found = NULL;
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        struct vault_upload *upload = &uploads->list[i];
        if (now_ms - upload->last_ms >= VAULT_UPLOAD_GIVES_MS &&
            (found == NULL || upload->last_ms < found->last_ms)) {
            found = upload;
        }
    }
    return found;
}

/* A place for what begins here. NULL: there is none. */
static struct vault_upload *begin(struct vault_uploads *uploads, u64 subject,
                                  const struct keep_line_piece *piece, u64 now_ms)
{
    struct vault_upload *upload = upload_of(uploads, subject);
    upload = upload == NULL ? upload_of(uploads, 0) : upload;
    upload = upload == NULL ? quiet_one(uploads, now_ms) : upload;
    if (upload == NULL) {
        return NULL;
    }
    vault_upload_end(upload);
    upload->subject = subject;
    upload->upload = piece->upload;
    upload->total = piece->total;
    upload->begun_ms = now_ms;
    return upload;
}

enum vault_upload_said vault_uploads_take(struct vault_uploads *uploads, u64 subject,
                                          const struct keep_line_piece *piece, u64 now_ms,
                                          struct vault_upload **upload_out)
{
    CHECK(subject != 0);
    CHECK(piece->total <= KEEP_LINE_WHOLE_MAX && piece->bytes.size <= piece->total - piece->offset);
    vault_uploads_turn(uploads, now_ms);
    struct vault_upload *upload = upload_of(uploads, subject);
    bool is_same =
        upload != NULL && upload->upload == piece->upload && upload->total == piece->total;
    *upload_out = NULL;
    if (!is_same) {
        if (piece->offset != 0) {
            return VAULT_UPLOAD_GONE;
        }
        upload = begin(uploads, subject, piece, now_ms);
        if (upload == NULL) {
            return VAULT_UPLOAD_FULL;
        }
    }
    if (piece->offset > upload->have) {
        return VAULT_UPLOAD_GONE;
    }
    if (piece->offset == upload->have) {
        memcpy(upload->frame + VAULT_UPLOAD_HEAD_BYTES + upload->have, piece->bytes.data,
               piece->bytes.size);
        upload->have += (u32)piece->bytes.size;
        upload->last_ms = now_ms;
    }
    *upload_out = upload;
    return upload->have == upload->total ? VAULT_UPLOAD_WHOLE : VAULT_UPLOAD_GOES_ON;
}

u32 vault_uploads_count(const struct vault_uploads *uploads)
{
    u32 count = 0;
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        count += uploads->list[i].subject != 0 ? 1 : 0;
    }
    return count;
}

void vault_uploads_turn(struct vault_uploads *uploads, u64 now_ms)
{
    for (u32 i = 0; i < VAULT_UPLOADS_MAX; i += 1) {
        struct vault_upload *upload = &uploads->list[i];
        if (upload->subject != 0 && (now_ms - upload->begun_ms >= VAULT_UPLOAD_MS ||
                                     now_ms - upload->last_ms >= VAULT_UPLOAD_IDLE_MS)) {
            vault_upload_end(upload);
        }
    }
}

u32 vault_upload_frame(struct vault_upload *upload)
{
    CHECK(upload->subject != 0 && upload->have == upload->total);
    u32 size = VAULT_UPLOAD_HEAD_BYTES + upload->total;
    bytes_put_u32(upload->frame, size);
    bytes_put_u16(upload->frame + 4, KEEP_LINE_ENROL);
    bytes_put_u16(upload->frame + 6, KEEP_LINE_VERSION);
    return size;
}

void vault_upload_end(struct vault_upload *upload)
{
    if (upload->subject != 0) {
        secret_wipe(upload->frame, VAULT_UPLOAD_HEAD_BYTES + upload->have);
    }
    *upload = (struct vault_upload){.frame = upload->frame};
}
