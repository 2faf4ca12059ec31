#include "app/rotate_officer.h"

#include "base/secret.h"
#include "base/span.h"
#include "io/sandbox.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/rotation_book.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEY_FILE_BYTES 4096U
#define FILES_OPEN     32U

/* But for `folder` (NULL: none) no file can be opened any more. */
static enum fault enter_sandbox(const char *folder, bool is_required)
{
    const struct sandbox_path path = {.path = folder, .is_writable = true};
    const struct sandbox_options sandbox = {.role = "officer",
                                            .paths = &path,
                                            .paths_count = folder == NULL ? 0 : 1,
                                            .files_max = FILES_OPEN,
                                            .is_required = is_required};
    struct sandbox_report report;
    char text[SANDBOX_TEXT_BYTES];
    TRY(sandbox_enter(&sandbox, &report));
    sandbox_report_print(&report, text);
    (void)fprintf(stderr, "sandbox: %s\n", text);
    return FAULT_NONE;
}

/* ---- approve ---- */

static enum fault sign_with(const char *path, bool is_sandbox_required, struct span message,
                            char text[SIGN_SIGNATURE_TEXT_BYTES])
{
    char pem[KEY_FILE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    size_t size = 0;
    enum fault fault = ceremony_read_own(path, pem, sizeof(pem), &size);
    if (fault == FAULT_NONE) {
        fault = enter_sandbox(NULL, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = sign_with_private(span_of(pem, size), message, public_key, text);
    }
    secret_wipe(pem, sizeof(pem));
    return fault == FAULT_INPUT ? FAULT(FAULT_INPUT, "%s: not a private Ed25519 key", path) : fault;
}

enum fault rotate_approve(const struct rotate_pins *pins, const char *code, const char *key_path,
                          bool is_sandbox_required, struct rotation_file *file)
{
    struct grant_signature signature = {.officer = ""};
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    const struct span message = span_of(file->text, file->text_bytes);
    const struct circle_officer *officer =
        grant_circle_officer(&pins->old.circle, span_of_text(code));
    if (officer == NULL) {
        return FAULT(FAULT_USAGE, "--name: the circle knows no officer \"%s\"", code);
    }
    if (pins->old.judge.now_s > file->rotation.expires_s) {
        return FAULT(FAULT_REFUSED, "the rotation has expired");
    }
    TRY(sign_with(key_path, is_sandbox_required, message, text));
    if (sign_decode_base64(span_of_text(text), signature.bytes, sizeof(signature.bytes)) !=
            sizeof(signature.bytes) ||
        !officer_signed(&officer->signer, message, signature.bytes)) {
        return FAULT(FAULT_INPUT, "%s: not the key that the circle has for %s", key_path, code);
    }
    memcpy(signature.officer, officer->signer.code, sizeof(signature.officer));
    return rotation_file_add(file, &signature);
}

/* ---- answer ---- */

/* Opens the key file, in the sandbox. The officer must be a member of the old group as it is now.
 */
static enum fault share_read(const struct rotate_pins *pins, const struct rotate_answer_call *call,
                             struct seal_room *room, struct share_holder *holder,
                             struct share_secrets *secrets)
{
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    size_t passphrase_bytes = 0;
    TRY(ceremony_read_own(call->key, text, sizeof(text), &size));
    char *passphrase = seal_room_take(room, CEREMONY_PASSPHRASE_BYTES);
    TRY(ceremony_read_passphrase(call->passphrase, passphrase, &passphrase_bytes));
    TRY(enter_sandbox(call->book, call->is_sandbox_required));
    TRY(share_file_open(room, span_of(text, size), call->key, span_of(passphrase, passphrase_bytes),
                        holder, secrets));
    if (holder->index == 0) {
        return FAULT(FAULT_INPUT, "%s: no share in it yet", call->key);
    }
    const struct circle_officer *officer =
        grant_circle_officer(&pins->old.circle, span_of_text(holder->name));
    if (officer == NULL || officer->side != holder->side) {
        return FAULT(FAULT_REFUSED, "%s: the circle has no %s in group %c", call->key, holder->name,
                     share_side_letter(holder->side));
    }
    const struct share_roster *roster =
        &pins->old.key.sides[holder->side == SHARE_SIDE_A ? 0 : 1].roster;
    return holder->epoch == roster->epoch && holder->generation == roster->generation
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "%s: a share of epoch %u and generation %u, not %u and %u",
                       call->key, holder->epoch, holder->generation, roster->epoch,
                       roster->generation);
}

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
    TRY(share_read(pins, call, room, &holder, secrets));
    struct rotation_answerer answerer = {.room = room,
                                         .key = &pins->old.key,
                                         .share = &secrets->share,
                                         .side = holder.side,
                                         .index = holder.index};
    TRY(rotation_book_enter(disk_real(), call->book, &folder->file, &folder->opening,
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
