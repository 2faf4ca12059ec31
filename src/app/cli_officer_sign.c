/* cambist officer sign, sign-in: acts of the desk, and what the console asks to be signed, on the
 * officer's own machine, so that no page is shown the key. Text and key are read, then no file can
 * be opened any more. */
#include "app/ceremony.h"
#include "app/cli.h"
#include "app/cli_officer.h"
#include "app/office_text.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/desk/desk_act.h"

#include <stdio.h>

#define KEY_FILE_BYTES 4096U
#define FILES_OPEN     32U

/* `signature` in base64, by the key that the call names. */
static enum fault sign_with(const struct option_call *call, struct span text,
                            char signature[SIGN_SIGNATURE_TEXT_BYTES])
{
    char pem[KEY_FILE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    const char *path = call->values[OFFICER_SIGN_KEY].text;
    size_t size = 0;
    TRY(ceremony_read_own(path, pem, sizeof(pem), &size));
    enum fault fault =
        pinned_sandbox_in("officer", NULL, FILES_OPEN, call->values[OFFICER_SANDBOX].given);
    if (fault == FAULT_NONE) {
        fault = sign_with_private(span_of(pem, size), text, public_key, signature);
    }
    secret_wipe(pem, sizeof(pem));
    return fault == FAULT_INPUT ? FAULT(FAULT_INPUT, "%s: %s", path, fault_text()) : fault;
}

enum fault cli_officer_sign_in(const struct option_call *call)
{
    static char text[OFFICE_TEXT_BYTES_MAX];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t size = 0;
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "sign-in wants one FILE");
    }
    TRY(pinned_wants(call, OFFICER_NAME));
    TRY(pinned_wants(call, OFFICER_SIGN_KEY));
    TRY(pinned_wants(call, OFFICER_ORIGIN));
    TRY(ceremony_read_file(call->operands[1], text, sizeof(text), &size));
    TRY(office_text_check(span_of(text, size), call->operands[1], call->values[OFFICER_ORIGIN].text,
                          call->values[OFFICER_NAME].text));
    (void)fwrite(text, 1, size, stderr);
    TRY(sign_with(call, span_of(text, size), signature));
    (void)printf("%s\n", signature);
    return FAULT_NONE;
}

/* What is signed goes to the terminal, the signed act to standard output. */
enum fault cli_officer_sign(const struct option_call *call)
{
    static struct desk_file file;
    static char text[DESK_FILE_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t size = 0;
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "sign wants one FILE");
    }
    TRY(pinned_wants(call, OFFICER_SIGN_KEY));
    TRY(ceremony_read_file(call->operands[1], text, sizeof(text), &size));
    TRY(desk_file_read(span_of(text, size), call->operands[1], &file));
    (void)fwrite(file.text, 1, file.text_bytes, stderr);
    TRY(sign_with(call, span_of(file.text, file.text_bytes), signature));
    if (sign_decode_base64(span_of_text(signature), file.signature, sizeof(file.signature)) !=
        sizeof(file.signature)) {
        return FAULT(FAULT_IO, "OpenSSL makes no Ed25519 signature");
    }
    file.is_signed = true;
    (void)fwrite(text, 1, desk_file_print(&file, text),
                 stdout); /* main looks at the stream's end */
    return FAULT_NONE;
}
