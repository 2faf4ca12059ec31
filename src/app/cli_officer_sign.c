/* cambist officer sign-in: what the console asks to be signed, on the officer's own machine, so
 * that no page is shown the key. Text and key are read, then no file can be opened any more. */
#include "app/ceremony.h"
#include "app/cli.h"
#include "app/cli_officer.h"
#include "app/office_text.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sign_pair.h"

#include <stdio.h>

#define KEY_FILE_BYTES 4096U
#define FILES_OPEN     32U

static enum fault sign_with(const struct option_call *call, struct span text)
{
    char pem[KEY_FILE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    const char *path = call->values[OFFICER_SIGN_KEY].text;
    size_t size = 0;
    TRY(ceremony_read_own(path, pem, sizeof(pem), &size));
    enum fault fault =
        pinned_sandbox_in("officer", NULL, FILES_OPEN, call->values[OFFICER_SANDBOX].given);
    if (fault == FAULT_NONE) {
        fault = sign_with_private(span_of(pem, size), text, public_key, signature);
    }
    secret_wipe(pem, sizeof(pem));
    if (fault == FAULT_INPUT) {
        return FAULT(FAULT_INPUT, "%s: %s", path, fault_text());
    }
    TRY(fault);
    (void)printf("%s\n", signature);
    return FAULT_NONE;
}

enum fault cli_officer_sign_in(const struct option_call *call)
{
    static char text[OFFICE_TEXT_BYTES_MAX];
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
    return sign_with(call, span_of(text, size));
}
