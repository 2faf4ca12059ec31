#include "app/officer_steps.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/release_book.h"
#include "role/vault/tlog_checkpoint.h"

#include <string.h>

enum fault officer_circle_read(const char *path, struct grant_circle *circle_out)
{
    static char text[CIRCLE_TEXT_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return grant_circle_read(span_of(text, size), path, circle_out);
}

/* ---- the paper ---- */

/* The next word, and *rest behind the blanks that follow it. */
static struct span word_cut(struct span *rest)
{
    size_t size = 0;
    size_t blanks = 0;
    while (size < rest->size && rest->data[size] != ' ' && rest->data[size] != '\t') {
        size += 1;
    }
    struct span word = span_of(rest->data, size);
    while (size + blanks < rest->size &&
           (rest->data[size + blanks] == ' ' || rest->data[size + blanks] == '\t')) {
        blanks += 1;
    }
    *rest = span_after(*rest, size + blanks);
    return word;
}

bool officer_paper_read(const struct grant *grant, struct span line,
                        struct officer_paper_line *line_out)
{
    u8 hash[GRANT_HASH_BYTES];
    struct span rest = line;
    *line_out = (struct officer_paper_line){.place = -1};
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        rest.size -= 1;
    }
    struct span person = word_cut(&rest);
    struct span field = word_cut(&rest);
    u32 number = grant_field_by_name(field);
    if (!tlog_number_read(person, UINT64_MAX, &line_out->person) || number == 0 ||
        !grant_identifier_hash(grant->nonce, line_out->person, (enum grant_field)number, rest,
                               hash)) {
        return false;
    }
    line_out->field = (enum grant_field)number;
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        if (grant->identifiers[i].subject == line_out->person &&
            memcmp(grant->identifiers[i].hash, hash, sizeof(hash)) == 0) {
            line_out->place = (i32)i;
        }
    }
    return true;
}

/* ---- the signing key ---- */

enum fault officer_may_approve(const struct grant_circle *circle,
                               const struct circle_officer *officer, const struct grant_file *file,
                               const char *name, u64 now_s)
{
    TRY(grant_circle_allows(circle, &file->grant));
    TRY(grant_circle_may(circle, officer, &file->grant));
    if (now_s > file->grant.expires_s) {
        return FAULT(FAULT_REFUSED, "%s: the grant has expired", name);
    }
    return FAULT_NONE;
}

enum fault officer_sign(const struct officer_key *key, const struct circle_officer *officer,
                        struct span message, u8 signature_out[OFFICER_SIGNATURE_BYTES])
{
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    enum fault fault = sign_with_private(key->pem, message, public_key, text);
    if (fault == FAULT_INPUT) {
        return FAULT(FAULT_INPUT, "%s: not a private Ed25519 key", key->name);
    }
    TRY(fault);
    if (sign_decode_base64(span_of_text(text), signature_out, OFFICER_SIGNATURE_BYTES) !=
            OFFICER_SIGNATURE_BYTES ||
        !officer_signed(&officer->signer, message, signature_out)) {
        return FAULT(FAULT_INPUT, "%s: not the key that the circle has for %s", key->name,
                     officer->signer.code);
    }
    return FAULT_NONE;
}

enum fault officer_approval_add(const struct circle_officer *officer,
                                const u8 signature[OFFICER_SIGNATURE_BYTES],
                                struct grant_file *file)
{
    struct grant_signature added = {.officer = ""};
    memcpy(added.officer, officer->signer.code, sizeof(added.officer));
    memcpy(added.bytes, signature, sizeof(added.bytes));
    return grant_file_add(file, &added);
}

/* ---- the share ---- */

enum fault officer_share_open(struct seal_room *room, const struct open_pins *pins,
                              const struct officer_share *share, struct share_holder *holder_out,
                              struct share_secrets *secrets_out)
{
    TRY(share_file_open(room, share->text, share->name, share->passphrase, holder_out,
                        secrets_out));
    if (holder_out->index == 0) {
        return FAULT(FAULT_INPUT, "%s: no share in it yet", share->name);
    }
    const struct circle_officer *officer =
        grant_circle_officer(&pins->circle, span_of_text(holder_out->name));
    if (officer == NULL || officer->side != holder_out->side) {
        return FAULT(FAULT_REFUSED, "%s: the circle has no %s in group %c", share->name,
                     holder_out->name, share_side_letter(holder_out->side));
    }
    const struct share_roster *roster =
        &pins->key.sides[holder_out->side == SHARE_SIDE_A ? 0 : 1].roster;
    if (holder_out->epoch != roster->epoch || holder_out->generation != roster->generation) {
        return FAULT(FAULT_REFUSED, "%s: a share of epoch %u and generation %u, not %u and %u",
                     share->name, holder_out->epoch, holder_out->generation, roster->epoch,
                     roster->generation);
    }
    return FAULT_NONE;
}

enum fault officer_share_may(const struct open_pins *pins, const struct share_holder *holder,
                             const struct grant_file *file)
{
    const struct circle_officer *officer =
        grant_circle_officer(&pins->circle, span_of_text(holder->name));
    CHECK(officer != NULL);
    return grant_circle_may(&pins->circle, officer, &file->grant);
}

enum fault officer_release(struct seal_room *room, const struct open_pins *pins,
                           const struct open_folder *folder, const char *book,
                           const struct share_holder *holder, const struct share_secrets *secrets,
                           char target[RELEASE_TEXT_BYTES], size_t *size_out)
{
    TRY(release_make(room, &pins->key, &folder->opening, &folder->rows, holder->side, holder->index,
                     &secrets->share, target, size_out));
    const struct release_budget budget = grant_circle_budget(&pins->circle, &folder->file.grant);
    return release_book_enter(disk_real(), book, &folder->file, &folder->opening, &budget,
                              pins->judge.now_s);
}
