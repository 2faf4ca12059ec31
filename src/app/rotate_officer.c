#include "app/rotate_officer.h"

#include "base/span.h"
#include "role/vault/rotation_book.h"

#include <stdio.h>
#include <string.h>

/* ---- approve ---- */

enum fault rotate_approve(const struct rotate_pins *pins, const char *code, const char *key_path,
                          bool is_sandbox_required, struct rotation_file *file)
{
    struct grant_signature signature = {.officer = ""};
    const struct circle_officer *officer =
        grant_circle_officer(&pins->old.circle, span_of_text(code));
    if (officer == NULL) {
        return FAULT(FAULT_USAGE, "--name: the circle knows no officer \"%s\"", code);
    }
    if (pins->old.judge.now_s > file->rotation.expires_s) {
        return FAULT(FAULT_REFUSED, "the rotation has expired");
    }
    TRY(officer_keys_sign(key_path, is_sandbox_required, officer,
                          span_of(file->text, file->text_bytes), signature.bytes));
    memcpy(signature.officer, officer->signer.code, sizeof(signature.officer));
    return rotation_file_add(file, &signature);
}

/* ---- answer ---- */

/* Row by row, as they were judged. */
static enum fault write_answers(struct rotation_answerer *answerer, struct rotate_folder *folder)
{
    static struct rotation_piece piece;
    static u8 bytes[ROTATION_PIECE * ROTATION_ANSWER_BYTES];
    for (u32 i = 0; i < rotation_table_pieces(&folder->rows); i += 1) {
        TRY(rotation_table_piece(&folder->rows, i, &piece));
        TRY(rotation_answer_piece(answerer, &piece, bytes));
        (void)fwrite(bytes, 1, (size_t)piece.count * ROTATION_ANSWER_BYTES,
                     stdout); /* main looks at the stream's end */
    }
    return FAULT_NONE;
}

static enum fault answer_with(struct rotate_pins *pins, const struct rotate_answer_call *call,
                              struct rotate_folder *folder, struct seal_room *room)
{
    char head[ROTATION_ANSWER_HEAD_BYTES];
    struct share_holder holder;
    size_t size = 0;
    TRY(rotate_folder_judge(folder, &pins->judge));
    struct share_secrets *secrets = seal_room_take(room, sizeof(*secrets));
    TRY(officer_keys_share(&call->share, room, &pins->old, &holder, secrets));
    struct rotation_answerer answerer = {.room = room,
                                         .key = &pins->old.key,
                                         .share = &secrets->share,
                                         .side = holder.side,
                                         .index = holder.index};
    TRY(rotation_book_enter(disk_real(), call->share.book, &folder->file, &folder->opening,
                            pins->old.judge.now_s));
    TRY(rotation_answer_begin(&answerer, &folder->opening, head, &size));
    (void)fprintf(stderr, "%s", folder->file.text);
    (void)fwrite(head, 1, size, stdout);
    return write_answers(&answerer, folder);
}

enum fault rotate_answer(struct rotate_pins *pins, const struct rotate_answer_call *call)
{
    static struct rotate_folder folder;
    struct seal_room *room = NULL;
    enum fault fault = rotate_folder_open(disk_real(), call->folder, &folder);
    if (fault == FAULT_NONE) {
        fault = seal_room_open(&room);
    }
    if (fault == FAULT_NONE) {
        fault = answer_with(pins, call, &folder, room);
    }
    seal_room_close(room);
    rotate_folder_close(&folder);
    return fault;
}
