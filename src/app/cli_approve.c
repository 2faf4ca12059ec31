/* On an officer's machine, without the venue: reads an order, shows it, signs it. */
#include "app/approval_file.h"
#include "app/cli.h"
#include "app/pinned.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sandbox.h"
#include "io/sign.h"
#include "io/sign_pair.h"

#include <stdlib.h>
#include <string.h>

#define KEY_FILE_BYTES 4096U
#define FILES_OPEN     32U

enum { APPROVE_KEY, APPROVE_OFFICER, APPROVE_OFFICERS };

static const struct option options[] = {
    [APPROVE_KEY] = {.name = "key",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "sign: the officer's own private Ed25519 key, PEM without a "
                             "passphrase."},
    [APPROVE_OFFICER] = {.name = "officer",
                         .kind = OPTION_TEXT,
                         .value = "CODE",
                         .help = "sign: the officer's code in the venue's register."},
    [APPROVE_OFFICERS] = {.name = "officers",
                          .kind = OPTION_TEXT,
                          .value = "FILE",
                          .help = "show: a register of officers; the signatures are looked at."},
};

static enum fault key_read(const char *path, u8 pem[KEY_FILE_BYTES], size_t *size_out)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return FAULT(FAULT_MISSING, "%s: cannot be opened", path);
    }
    *size_out = fread(pem, 1, KEY_FILE_BYTES, file);
    bool is_whole = feof(file) != 0 && ferror(file) == 0;
    (void)fclose(file);
    return is_whole ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: no key is so long", path);
}

static enum fault sign_with(const char *path, struct approval *approval, const char *officer)
{
    u8 pem[KEY_FILE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    struct approval_signature signature = {.officer = ""};
    size_t size = 0;
    if (code_name_of(span_of_text(officer)) == 0) {
        return FAULT(FAULT_USAGE, "--officer: \"%s\" is not 1 to %u small letters, digits and -",
                     officer, CODE_NAME_SYMBOLS);
    }
    TRY(sandbox_hide_memory());
    TRY(key_read(path, pem, &size));
    enum fault fault = pinned_sandbox_in("officer", NULL, FILES_OPEN, false);
    if (fault == FAULT_NONE) {
        fault = sign_with_private(span_of(pem, size), span_of(approval->text, approval->text_bytes),
                                  public_key, text);
    }
    secret_wipe(pem, sizeof(pem));
    if (fault == FAULT_INPUT) {
        return FAULT(FAULT_INPUT, "%s: %s", path, fault_text());
    }
    TRY(fault);
    memcpy(signature.officer, officer, strlen(officer));
    if (sign_decode_base64(span_of_text(text), signature.bytes, sizeof(signature.bytes)) !=
        sizeof(signature.bytes)) {
        return FAULT(FAULT_IO, "OpenSSL makes no Ed25519 signature");
    }
    return approval_add(approval, &signature);
}

/* What is signed goes to the terminal, the signed order to standard output. */
static enum fault sign(const struct option_call *call)
{
    static struct approval approval;
    static char file[APPROVAL_FILE_BYTES];
    const struct option_value *values = call->values;
    if (!values[APPROVE_KEY].given || !values[APPROVE_OFFICER].given) {
        return FAULT(FAULT_USAGE, "sign wants --key and --officer");
    }
    if (call->operands_count > 2) {
        return FAULT(FAULT_USAGE, "sign wants one FILE, or none for standard input");
    }
    TRY(approval_read_file(call->operands_count == 2 ? call->operands[1] : "-", &approval));
    (void)fprintf(stderr, "%s", approval.text);
    TRY(sign_with(values[APPROVE_KEY].text, &approval, values[APPROVE_OFFICER].text));
    size_t size = approval_print(&approval, file);
    (void)fwrite(file, 1, size, stdout); /* main looks at the stream's end */
    return FAULT_NONE;
}

static enum fault show_signatures(const struct approval *approval, const char *register_path)
{
    static struct officers officers;
    if (register_path != NULL) {
        TRY(officers_read_file(disk_real(), register_path, &officers));
    }
    for (u32 i = 0; i < approval->signatures_count; i += 1) {
        const struct approval_signature *signature = &approval->signatures[i];
        const struct officer *officer =
            officers_by_code(&officers, span_of_text(signature->officer));
        if (register_path == NULL) {
            cli_line("signed", "by %s; --officers FILE looks whether that is so",
                     signature->officer);
        } else if (officer == NULL) {
            return FAULT(FAULT_INPUT, "%s is not in %s", signature->officer, register_path);
        } else if (!officer_signed(officer, span_of(approval->text, approval->text_bytes),
                                   signature->bytes)) {
            return FAULT(FAULT_INPUT, "the signature of %s is wrong", signature->officer);
        } else {
            cli_line("signed", "by %s of %s", officer->code, officer->group);
        }
    }
    return FAULT_NONE;
}

static enum fault show(const struct option_call *call)
{
    static struct approval approval;
    static struct approval more;
    if (call->values[APPROVE_KEY].given || call->values[APPROVE_OFFICER].given) {
        return FAULT(FAULT_USAGE, "--key and --officer are for sign");
    }
    TRY(approval_read_file(call->operands_count > 1 ? call->operands[1] : "-", &approval));
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(approval_read_file(call->operands[i], &more));
        TRY(approval_join(&approval, &more, call->operands[i]));
    }
    (void)printf("%s", approval.text);
    return show_signatures(&approval, call->values[APPROVE_OFFICERS].text);
}

static int run(const struct option_call *call)
{
    const char *what = call->operands[0];
    enum fault fault = strcmp(what, "sign") == 0   ? sign(call)
                       : strcmp(what, "show") == 0 ? show(call)
                                                   : FAULT(FAULT_USAGE,
                                                           "\"%s\" is none of sign, "
                                                           "show",
                                                           what);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Signs orders to a venue on an officer's own machine; nothing here talks to a venue. An order is a text "
    "that cambist admin prints with --propose: what is to be done, field by field, for which venue, and until "
    "when the approval holds.",
    "sign [FILE] (with --key, --officer): shows the text on the terminal, and prints it with the signature "
    "below it. A file that is signed already keeps what it has. show FILE...: prints the text and who signed; "
    "with --officers it looks whether the signatures are good.",
    "Where it signs its memory is hidden from other processes of the same user; before the key is used it enters a "
    "sandbox in which no file can be opened.",
    NULL,
};

static const struct option_example examples[] = {
    {"approve sign order.txt --key anna.pem --officer anna > order.anna", "Signs an order."},
    {"approve show order.anna order.bela --officers officers.txt", "Who has signed."},
    {NULL, NULL},
};

const struct subcommand cli_approve = {
    .name = "approve",
    .summary = "shows and signs orders on an officer's machine",
    .operands = "sign|show [FILE...]",
    .operands_min = 1,
    .operands_max = 1 + APPROVAL_SIGNATURES_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
