/* cambist officer: on an officer's own machine, with what the officer has pinned. It shows and
 * approves grants, and answers with a share only for what the public log shows. Nothing here talks
 * to a venue. */
#include "app/cli.h"
#include "app/open_folder.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sandbox.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/release_book.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEY_FILE_BYTES 4096U
#define PAPER_LINES    16384U
#define FILES_OPEN     32U

enum {
    OFFICER_CIRCLE,
    OFFICER_POLICY,
    OFFICER_GROUP_A,
    OFFICER_GROUP_B,
    OFFICER_NAME,
    OFFICER_SIGN_KEY,
    OFFICER_KEY,
    OFFICER_PASSPHRASE,
    OFFICER_BOOK,
    OFFICER_IDENTIFIERS,
    OFFICER_SANDBOX,
};

static const struct option options[] = {
    [OFFICER_CIRCLE] = {.name = "circle",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "The officer's own copy of who may approve, and for whom."},
    [OFFICER_POLICY] = {.name = "policy",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "release: whose log and witnesses are believed."},
    [OFFICER_GROUP_A] = {.name = "group-a",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "release, show: the closed transcripts of group A."},
    [OFFICER_GROUP_B] = {.name = "group-b",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "release, show: the closed transcripts of group B."},
    [OFFICER_NAME] = {.name = "name",
                      .kind = OPTION_TEXT,
                      .value = "CODE",
                      .help = "approve: the officer's code in the circle."},
    [OFFICER_SIGN_KEY] = {.name = "sign-key",
                          .kind = OPTION_TEXT,
                          .value = "FILE",
                          .help = "approve: the officer's private Ed25519 key, PEM without a "
                                  "passphrase."},
    [OFFICER_KEY] = {.name = "key",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "release: the key file with the officer's share."},
    [OFFICER_PASSPHRASE] = {.name = "passphrase",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "release: the first line of this file opens the key file; - is "
                                    "standard input."},
    [OFFICER_BOOK] = {.name = "book",
                      .kind = OPTION_TEXT,
                      .value = "DIR",
                      .help = "release: the officer's folder in which what was released is kept."},
    [OFFICER_IDENTIFIERS] = {.name = "identifiers",
                             .kind = OPTION_TEXT,
                             .value = "FILE",
                             .help = "show: what the paper says, a line PERSON FIELD VALUE each; "
                                     "compared with the grant's hashes."},
    [OFFICER_SANDBOX] = {.name = "require-sandbox",
                         .kind = OPTION_FLAG,
                         .help = "approve, release: end with 26 when the kernel lacks a "
                                 "protection."},
};

/* Before a key is used: everything has been read, and but for `folder` (NULL: none) no file can be
 * opened any more. */
static enum fault enter_sandbox(const struct option_call *call, const char *folder)
{
    const struct sandbox_path path = {.path = folder, .is_writable = true};
    const struct sandbox_options sandbox = {.role = "officer",
                                            .paths = &path,
                                            .paths_count = folder == NULL ? 0 : 1,
                                            .files_max = FILES_OPEN,
                                            .is_required = call->values[OFFICER_SANDBOX].given};
    struct sandbox_report report;
    char text[SANDBOX_TEXT_BYTES];
    TRY(sandbox_enter(&sandbox, &report));
    sandbox_report_print(&report, text);
    (void)fprintf(stderr, "sandbox: %s\n", text);
    return FAULT_NONE;
}

static enum fault wants(const struct option_call *call, u32 place)
{
    return call->values[place].given
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s wants --%s", call->operands[0], options[place].name);
}

static enum fault pins_read(const struct option_call *call, struct open_pins *pins)
{
    static const u32 places[] = {OFFICER_CIRCLE, OFFICER_POLICY, OFFICER_GROUP_A, OFFICER_GROUP_B};
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        TRY(wants(call, places[i]));
    }
    const struct open_pin_paths paths = {
        .circle = call->values[OFFICER_CIRCLE].text,
        .policy = call->values[OFFICER_POLICY].text,
        .groups = {call->values[OFFICER_GROUP_A].text, call->values[OFFICER_GROUP_B].text}};
    return open_pins_read(&paths, pins);
}

static enum fault circle_read(const struct option_call *call, struct grant_circle *circle)
{
    static char text[CIRCLE_TEXT_BYTES];
    size_t size = 0;
    TRY(wants(call, OFFICER_CIRCLE));
    const char *path = call->values[OFFICER_CIRCLE].text;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return grant_circle_read(span_of(text, size), path, circle);
}

/* The grant, joined with the signatures of further files of it. */
static enum fault grants_read(const struct option_call *call, struct grant_file *file)
{
    static struct grant_file more;
    TRY(open_grant_read(call->operands[1], file));
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(open_grant_read(call->operands[i], &more));
        TRY(grant_file_join(file, &more, call->operands[i]));
    }
    return FAULT_NONE;
}

static void print_file(const struct grant_file *file)
{
    static char text[GRANT_FILE_BYTES];
    (void)fwrite(text, 1, grant_file_print(file, text),
                 stdout); /* main looks at the stream's end */
}

/* ---- show ---- */

/* One line of what the paper says: whether the grant has that hash. */
static enum fault identifier_look(const struct grant *grant, const char *line, const char *path,
                                  u32 number, bool seen[GRANT_IDENTIFIERS_MAX])
{
    unsigned long long person = 0;
    char field[16];
    int begin = 0;
    u8 hash[32];
    if (sscanf(line, "%20llu %15s %n", &person, field, &begin) != 2 || begin == 0 ||
        grant_field_by_name(span_of_text(field)) == 0 ||
        !grant_identifier_hash(grant->nonce, person,
                               (enum grant_field)grant_field_by_name(span_of_text(field)),
                               span_of(line + begin, strcspn(line + begin, "\r\n")), hash)) {
        return FAULT(FAULT_INPUT, "%s:%u: not \"PERSON FIELD VALUE\"", path, number);
    }
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        if (grant->identifiers[i].subject == person &&
            memcmp(grant->identifiers[i].hash, hash, sizeof(hash)) == 0) {
            seen[i] = true;
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_REFUSED, "%s:%u: the grant does not have this %s of person %llu", path,
                 number, field, person);
}

static enum fault identifiers_look(const struct grant *grant, const char *path)
{
    static char text[PAPER_LINES + 1];
    bool seen[GRANT_IDENTIFIERS_MAX] = {false};
    size_t size = 0;
    u32 number = 1;
    TRY(ceremony_read_file(path, text, PAPER_LINES, &size));
    text[size] = '\0';
    for (const char *line = text; *line != '\0'; number += 1) {
        TRY(identifier_look(grant, line, path, number, seen));
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        if (!seen[i]) {
            return FAULT(FAULT_REFUSED, "%s: nothing of the %s that the grant has of person %llu",
                         path, grant_field_name(grant->identifiers[i].field),
                         (unsigned long long)grant->identifiers[i].subject);
        }
    }
    cli_line("identifiers", "all %u are what %s says", grant->identifiers_count, path);
    return FAULT_NONE;
}

static void print_summary(const struct grant_file *file)
{
    char hex[CLI_HASH_BYTES];
    const struct grant *grant = &file->grant;
    (void)printf("%s", file->text);
    cli_line("hash", "%s", cli_hash(file->hash, hex));
    cli_line("people", "%u", grant->subjects_count);
    cli_line("records", "%u", grant->records_count);
    if (grant->is_bulk) {
        cli_line("bulk", "one more officer of each group, and 72 hours");
    }
}

static enum fault show(const struct option_call *call)
{
    static struct grant_file file;
    static struct grant_circle circle;
    static struct ceremony_chain chains[2];
    static struct share_key key;
    const struct option_value *values = call->values;
    TRY(grants_read(call, &file));
    print_summary(&file);
    for (u32 i = 0; i < file.signatures_count; i += 1) {
        cli_line("signed", "by %s", file.signatures[i].officer);
    }
    if (values[OFFICER_IDENTIFIERS].given) {
        TRY(identifiers_look(&file.grant, values[OFFICER_IDENTIFIERS].text));
    }
    if (!values[OFFICER_CIRCLE].given) {
        return FAULT_NONE;
    }
    TRY(circle_read(call, &circle));
    TRY(grant_circle_allows(&circle, &file.grant));
    cli_line("recipient", "pinned for %s", file.grant.authority);
    if (values[OFFICER_GROUP_A].given && values[OFFICER_GROUP_B].given) {
        TRY(ceremony_read_chain(values[OFFICER_GROUP_A].text, &chains[0]));
        TRY(ceremony_read_chain(values[OFFICER_GROUP_B].text, &chains[1]));
        TRY(share_key_form(&chains[0].group, &chains[1].group, &key));
        TRY(grant_approved(&circle, &key, &file));
        cli_line("approved", "by enough officers of both groups");
    }
    return FAULT_NONE;
}

/* ---- approve, join ---- */

static enum fault sign_with(const struct option_call *call, const struct circle_officer *officer,
                            const struct grant_file *file, struct grant_signature *signature)
{
    char pem[KEY_FILE_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    const char *path = call->values[OFFICER_SIGN_KEY].text;
    size_t size = 0;
    enum fault fault = ceremony_read_file(path, pem, sizeof(pem), &size);
    if (fault == FAULT_NONE) {
        fault = enter_sandbox(call, NULL);
    }
    if (fault == FAULT_NONE) {
        fault = sign_with_private(span_of(pem, size), span_of(file->text, file->text_bytes),
                                  public_key, text);
    }
    secret_wipe(pem, sizeof(pem));
    if (fault == FAULT_INPUT) {
        return FAULT(FAULT_INPUT, "%s: not a private Ed25519 key", path);
    }
    TRY(fault);
    if (sign_decode_base64(span_of_text(text), signature->bytes, sizeof(signature->bytes)) !=
            sizeof(signature->bytes) ||
        !officer_signed(&officer->signer, span_of(file->text, file->text_bytes),
                        signature->bytes)) {
        return FAULT(FAULT_INPUT, "%s: not the key that the circle has for %s", path,
                     officer->signer.code);
    }
    return FAULT_NONE;
}

static enum fault approve(const struct option_call *call)
{
    static struct grant_file file;
    static struct grant_circle circle;
    struct grant_signature signature = {.officer = ""};
    TRY(wants(call, OFFICER_NAME));
    TRY(wants(call, OFFICER_SIGN_KEY));
    TRY(grants_read(call, &file));
    TRY(circle_read(call, &circle));
    const char *name = call->values[OFFICER_NAME].text;
    const struct circle_officer *officer = grant_circle_officer(&circle, span_of_text(name));
    if (officer == NULL) {
        return FAULT(FAULT_USAGE, "--name: the circle knows no officer \"%s\"", name);
    }
    TRY(grant_circle_allows(&circle, &file.grant));
    TRY(grant_circle_may(&circle, officer, &file.grant));
    if ((u64)time(NULL) > file.grant.expires_s) {
        return FAULT(FAULT_REFUSED, "%s: the grant has expired", call->operands[1]);
    }
    (void)fprintf(stderr, "%s", file.text);
    TRY(sign_with(call, officer, &file, &signature));
    memcpy(signature.officer, officer->signer.code, sizeof(signature.officer));
    TRY(grant_file_add(&file, &signature));
    print_file(&file);
    return FAULT_NONE;
}

static enum fault join(const struct option_call *call)
{
    static struct grant_file file;
    TRY(grants_read(call, &file));
    print_file(&file);
    return FAULT_NONE;
}

/* ---- release ---- */

/* Opens the key file, in the sandbox. The officer must be a member of the group as it is now, and
 * not recused. */
static enum fault share_read(const struct option_call *call, struct seal_room *room,
                             const struct open_pins *pins, const struct grant_file *file,
                             struct share_holder *holder, struct share_secrets *secrets)
{
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    size_t passphrase_bytes = 0;
    const char *path = call->values[OFFICER_KEY].text;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    char *passphrase = seal_room_take(room, CEREMONY_PASSPHRASE_BYTES);
    TRY(ceremony_read_passphrase(call->values[OFFICER_PASSPHRASE].text, passphrase,
                                 &passphrase_bytes));
    TRY(enter_sandbox(call, call->values[OFFICER_BOOK].text));
    TRY(share_file_open(room, span_of(text, size), path, span_of(passphrase, passphrase_bytes),
                        holder, secrets));
    if (holder->index == 0) {
        return FAULT(FAULT_INPUT, "%s: no share in it yet", path);
    }
    const struct circle_officer *officer =
        grant_circle_officer(&pins->circle, span_of_text(holder->name));
    if (officer == NULL || officer->side != holder->side) {
        return FAULT(FAULT_REFUSED, "%s: the circle has no %s in group %c", path, holder->name,
                     share_side_letter(holder->side));
    }
    const struct share_roster *roster =
        &pins->key.sides[holder->side == SHARE_SIDE_A ? 0 : 1].roster;
    if (holder->epoch != roster->epoch || holder->generation != roster->generation) {
        return FAULT(FAULT_REFUSED, "%s: a share of epoch %u and generation %u, not %u and %u",
                     path, holder->epoch, holder->generation, roster->epoch, roster->generation);
    }
    return grant_circle_may(&pins->circle, officer, &file->grant);
}

static enum fault release_with(const struct option_call *call, struct seal_room *room,
                               const struct open_pins *pins, struct open_folder *folder)
{
    static char text[RELEASE_TEXT_BYTES];
    struct share_holder holder;
    size_t size = 0;
    TRY(open_folder_judge(&pins->judge, folder));
    struct share_secrets *secrets = seal_room_take(room, sizeof(*secrets));
    TRY(share_read(call, room, pins, &folder->file, &holder, secrets));
    TRY(release_make(room, &pins->key, &folder->opening, &folder->rows, holder.side, holder.index,
                     &secrets->share, text, &size));
    TRY(release_book_enter(disk_real(), call->values[OFFICER_BOOK].text, &folder->file,
                           &folder->opening, pins->circle.records_a_day, pins->judge.now_s));
    (void)fprintf(stderr, "%s", folder->file.text);
    (void)fwrite(text, 1, size, stdout); /* main looks at the stream's end */
    return FAULT_NONE;
}

static enum fault release(const struct option_call *call)
{
    static struct open_pins pins;
    static struct open_folder folder;
    struct seal_room *room = NULL;
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "release wants one FOLDER");
    }
    TRY(wants(call, OFFICER_KEY));
    TRY(wants(call, OFFICER_PASSPHRASE));
    TRY(wants(call, OFFICER_BOOK));
    TRY(open_folder_read(disk_real(), call->operands[1], &folder));
    TRY(pins_read(call, &pins));
    enum fault fault = seal_room_open(&room);
    if (fault == FAULT_NONE) {
        fault = release_with(call, room, &pins, &folder);
    }
    seal_room_close(room);
    open_pins_close(&pins);
    return fault;
}

/* ---- the command ---- */

static const struct {
    const char *name;
    enum fault (*run)(const struct option_call *call);
} steps[] = {{"show", show}, {"approve", approve}, {"join", join}, {"release", release}};

static int run(const struct option_call *call)
{
    enum fault fault =
        FAULT(FAULT_USAGE, "\"%s\" is none of show, approve, join, release", call->operands[0]);
    for (u32 i = 0; i < ARRAY_COUNT(steps); i += 1) {
        if (strcmp(call->operands[0], steps[i].name) == 0) {
            fault = sodium_init() < 0 ? FAULT(FAULT_IO, "libsodium does not start")
                                      : sandbox_hide_memory();
            fault = fault == FAULT_NONE ? steps[i].run(call) : fault;
        }
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "On an officer's own machine: shows and approves grants, and answers for an opening with the officer's "
    "share. Everything that is believed comes from the officer's own files; nothing here talks to a venue, and "
    "no page of a venue has a share.",
    "show GRANT...: the text that is signed, who has signed, and, with --circle and both groups, whether that "
    "is enough; with --identifiers, whether the grant's hashes stand for what the paper says. approve GRANT "
    "(with --circle, --name, --sign-key): prints the grant with the officer's signature below it. join "
    "GRANT...: one file with the signatures of all.",
    "release FOLDER (with --circle, --policy, --group-a, --group-b, --key, --passphrase, --book): prints the "
    "answers for the opener, when the approved grant is in the log, the opening is in the log behind it and at "
    "most 15 minutes old, witnesses saw both, and the day's budget holds. A grant is answered for one opening "
    "alone: the folder's file slots shows the log from the grant's issue to the opening, with no earlier one, and "
    "the book in the officer's folder remembers.",
    "Its memory is hidden from other processes of the same user, and leaves no core dump. approve and release "
    "read their files first; before a key is used they enter a sandbox without sockets, in which no file but "
    "the book can be opened.",
    NULL,
};

static const struct option_example examples[] = {
    {"officer show grant --circle circle --identifiers paper.txt", "What is asked for."},
    {"officer approve grant --circle circle --name anna --sign-key anna.pem > grant.anna",
     "An approval."},
    {"officer join grant.anna grant.bela grant.dora grant.emil > approved", "All of them."},
    {NULL, NULL},
};

const struct subcommand cli_officer = {
    .name = "officer",
    .summary = "approves grants and answers for openings, on an officer's machine",
    .operands = "show|approve|join GRANT... | release FOLDER",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
