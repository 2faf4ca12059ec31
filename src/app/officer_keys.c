#include "app/officer_keys.h"

#include "app/pinned.h"
#include "base/secret.h"
#include "base/span.h"

#define FILES_OPEN 32U

static enum fault enter_sandbox(const char *folder, bool is_required)
{
    return pinned_sandbox_in("officer", folder, FILES_OPEN, is_required);
}

enum fault officer_keys_sign(const char *path, bool is_sandbox_required,
                             const struct circle_officer *officer, struct span message,
                             u8 signature_out[OFFICER_SIGNATURE_BYTES])
{
    char pem[OFFICER_KEY_FILE_BYTES];
    size_t size = 0;
    enum fault fault = ceremony_read_own(path, pem, sizeof(pem), &size);
    const struct officer_key key = {.pem = span_of(pem, size), .name = path};
    if (fault == FAULT_NONE) {
        fault = enter_sandbox(NULL, is_sandbox_required);
    }
    if (fault == FAULT_NONE) {
        fault = officer_sign(&key, officer, message, signature_out);
    }
    secret_wipe(pem, sizeof(pem));
    return fault;
}

enum fault officer_keys_share(const struct officer_share_paths *paths, struct seal_room *room,
                              const struct open_pins *pins, struct share_holder *holder_out,
                              struct share_secrets *secrets_out)
{
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    size_t passphrase_bytes = 0;
    TRY(ceremony_read_own(paths->key, text, sizeof(text), &size));
    char *passphrase = seal_room_take(room, CEREMONY_PASSPHRASE_BYTES);
    TRY(ceremony_read_passphrase(paths->passphrase, passphrase, &passphrase_bytes));
    TRY(enter_sandbox(paths->book, paths->is_sandbox_required));
    const struct officer_share share = {.text = span_of(text, size),
                                        .name = paths->key,
                                        .passphrase = span_of(passphrase, passphrase_bytes)};
    return officer_share_open(room, pins, &share, holder_out, secrets_out);
}
