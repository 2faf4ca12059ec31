/* cambist officer: on an officer's own machine, with what the officer has pinned. It shows and
 * approves grants, and answers with a share only for what the public log shows. Nothing here talks
 * to a venue. */
#include "app/cli_officer.h"

#include "app/cli.h"
#include "app/officer_keys.h"
#include "app/officer_steps.h"
#include "base/span.h"
#include "io/sandbox.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAPER_LINES 16384U

static const struct option options[] = {
    [OFFICER_CIRCLE] = {.name = "circle",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "The officer's own copy of who may approve, and for whom."},
    [OFFICER_POLICY] = {.name = "policy",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "release, page: whose log and witnesses are believed."},
    [OFFICER_GROUP_A] = {.name = "group-a",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "release, review, page, show: the closed transcripts of group A."},
    [OFFICER_GROUP_B] = {.name = "group-b",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "release, review, page, show: the closed transcripts of group B."},
    [OFFICER_NAME] = {.name = "name",
                      .kind = OPTION_TEXT,
                      .value = "CODE",
                      .help = "approve, page: the officer's code in the circle."},
    [OFFICER_SIGN_KEY] =
        {.name = "sign-key",
         .kind = OPTION_TEXT,
         .value = "FILE",
         .help = "approve, page, sign, sign-in: the officer's private Ed25519 key, PEM "
                 "without a passphrase."},
    [OFFICER_KEY] = {.name = "key",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "release, review, page: the key file with the officer's share."},
    [OFFICER_PASSPHRASE] =
        {.name = "passphrase",
         .kind = OPTION_TEXT,
         .value = "FILE",
         .help = "release, review: the first line of this file opens the key file; - is "
                 "standard input."},
    [OFFICER_BOOK] = {.name = "book",
                      .kind = OPTION_TEXT,
                      .value = "DIR",
                      .help = "release, page: the officer's folder in which what was released "
                              "is kept."},
    [OFFICER_IDENTIFIERS] = {.name = "identifiers",
                             .kind = OPTION_TEXT,
                             .value = "FILE",
                             .help = "show: what the paper says, a line PERSON FIELD VALUE each; "
                                     "compared with the grant's hashes."},
    [OFFICER_SANDBOX] = {.name = "require-sandbox",
                         .kind = OPTION_FLAG,
                         .help = "approve, release, page: end with 26 when the kernel lacks a "
                                 "protection."},
    [OFFICER_PORT] = {.name = "port",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 0,
                      .maximum = 65535,
                      .otherwise = "0",
                      .help = "page: the port on 127.0.0.1; 0 takes any that is free."},
    [OFFICER_IDLE] = {.name = "idle",
                      .kind = OPTION_NUMBER,
                      .value = "MINUTES",
                      .minimum = 1,
                      .maximum = 240,
                      .otherwise = "20",
                      .help = "page: ends when nobody has used it for so long."},
    [OFFICER_SHOW] = {.name = "show",
                      .kind = OPTION_TEXT,
                      .value = "GROUP",
                      .help = "review: only this field group, as it is: identity, contact, address "
                              "or documents (a tar archive)."},
    [OFFICER_VERDICT] = {.name = "verdict",
                         .kind = OPTION_TEXT,
                         .value = "WORD",
                         .help = "review: accept or reject; prints the verdict and nothing of the "
                                 "record."},
    [OFFICER_FACTS] = {.name = "facts",
                       .kind = OPTION_TEXT,
                       .value = "FOLDER",
                       .help = "review, with --verdict accept: writes what the rules are told of "
                               "the person into it, an order each for officers to sign."},
    [OFFICER_VENUE] = {.name = "venue",
                       .kind = OPTION_TEXT,
                       .value = "HEX",
                       .help = "review --facts: the venue's identity, as its orders have it."},
    [OFFICER_VERIFIED] = {.name = "verified",
                          .kind = OPTION_TEXT,
                          .value = "WORDS",
                          .otherwise = "none",
                          .help = "review --facts: what the papers proved: document, "
                                  "proof_of_address, or both with a comma."},
    [OFFICER_ORIGIN] = {.name = "origin",
                        .kind = OPTION_TEXT,
                        .value = "URL",
                        .help = "sign-in: the console's address, as you know it."},
    [OFFICER_CASE] = {.name = "case",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help =
                          "show, approve: the acts of the grant's case, as \"cambist desk acts\" "
                          "printed them: whether the grant is of it, says no more than was "
                          "assessed, and is approved by nobody who proposed it."},
    [OFFICER_AT] = {.name = "at",
                    .kind = OPTION_TEXT,
                    .value = "MOMENT",
                    .help = "review --facts: from when they hold, as 2026-11-23T12:00:00Z, where "
                            "the venue's clock is not this machine's (a demo's law date)."},
};

enum fault cli_officer_pins(const struct option_call *call, struct open_pins *pins)
{
    struct open_pin_paths paths;
    TRY(pinned_paths(call, &paths));
    return open_pins_read(&paths, pins);
}

static enum fault circle_read(const struct option_call *call, struct grant_circle *circle)
{
    TRY(pinned_wants(call, OFFICER_CIRCLE));
    return officer_circle_read(call->values[OFFICER_CIRCLE].text, circle);
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
static enum fault identifier_look(const struct grant *grant, struct span line, const char *path,
                                  u32 number, bool seen[GRANT_IDENTIFIERS_MAX])
{
    struct officer_paper_line read;
    if (!officer_paper_read(grant, line, &read)) {
        return FAULT(FAULT_INPUT, "%s:%u: not \"PERSON FIELD VALUE\"", path, number);
    }
    if (read.place < 0) {
        return FAULT(FAULT_REFUSED, "%s:%u: the grant does not have this %s of person %llu", path,
                     number, grant_field_name(read.field), (unsigned long long)read.person);
    }
    seen[read.place] = true;
    return FAULT_NONE;
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
        size_t bytes = strcspn(line, "\n");
        TRY(identifier_look(grant, span_of(line, bytes), path, number, seen));
        line += bytes;
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
    if (grant_waits(grant)) {
        cli_line(grant_class_name(grant->class), "one more officer of each group, and 72 hours");
    }
}

static enum fault show(const struct option_call *call)
{
    static struct grant_file file;
    static struct grant_circle circle;
    static struct share_chain chains[2];
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
    if (values[OFFICER_CIRCLE].given) {
        TRY(circle_read(call, &circle));
    }
    if (values[OFFICER_CASE].given) {
        TRY(cli_officer_case(call, &file, values[OFFICER_CIRCLE].given ? &circle : NULL, NULL));
    }
    if (!values[OFFICER_CIRCLE].given) {
        return FAULT_NONE;
    }
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

static enum fault approve_with(const struct option_call *call, const struct circle_officer *officer,
                               struct grant_file *file)
{
    u8 signature[OFFICER_SIGNATURE_BYTES];
    TRY(officer_keys_sign(call->values[OFFICER_SIGN_KEY].text, call->values[OFFICER_SANDBOX].given,
                          officer, span_of(file->text, file->text_bytes), signature));
    return officer_approval_add(officer, signature, file);
}

static enum fault approve(const struct option_call *call)
{
    static struct grant_file file;
    static struct grant_circle circle;
    TRY(pinned_wants(call, OFFICER_NAME));
    TRY(pinned_wants(call, OFFICER_SIGN_KEY));
    TRY(grants_read(call, &file));
    TRY(circle_read(call, &circle));
    const char *name = call->values[OFFICER_NAME].text;
    const struct circle_officer *officer = grant_circle_officer(&circle, span_of_text(name));
    if (officer == NULL) {
        return FAULT(FAULT_USAGE, "--name: the circle knows no officer \"%s\"", name);
    }
    TRY(officer_may_approve(&circle, officer, &file, call->operands[1], (u64)time(NULL)));
    if (circle.wants_case) {
        TRY(pinned_wants(call, OFFICER_CASE));
    }
    if (call->values[OFFICER_CASE].given) {
        TRY(cli_officer_case(call, &file, &circle, officer));
    }
    (void)fprintf(stderr, "%s", file.text);
    TRY(approve_with(call, officer, &file));
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

static enum fault release_with(const struct option_call *call, struct seal_room *room,
                               const struct open_pins *pins, struct open_folder *folder)
{
    static char text[RELEASE_TEXT_BYTES];
    const struct officer_share_paths paths = {.key = call->values[OFFICER_KEY].text,
                                              .passphrase = call->values[OFFICER_PASSPHRASE].text,
                                              .book = call->values[OFFICER_BOOK].text,
                                              .is_sandbox_required =
                                                  call->values[OFFICER_SANDBOX].given};
    struct share_holder holder;
    size_t size = 0;
    TRY(open_folder_judge(&pins->judge, folder));
    struct share_secrets *secrets = seal_room_take(room, sizeof(*secrets));
    TRY(officer_keys_share(&paths, room, pins, &holder, secrets));
    TRY(officer_share_may(pins, &holder, &folder->file));
    TRY(officer_release(room, pins, folder, call->values[OFFICER_BOOK].text, &holder, secrets, text,
                        &size));
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
    TRY(pinned_wants(call, OFFICER_KEY));
    TRY(pinned_wants(call, OFFICER_PASSPHRASE));
    TRY(pinned_wants(call, OFFICER_BOOK));
    TRY(open_folder_read(disk_real(), call->operands[1], &folder));
    TRY(cli_officer_pins(call, &pins));
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
} steps[] = {{"show", show},
             {"approve", approve},
             {"join", join},
             {"release", release},
             {"review", cli_officer_review},
             {"page", cli_officer_page},
             {"sign", cli_officer_sign},
             {"sign-in", cli_officer_sign_in}};

static int run(const struct option_call *call)
{
    enum fault fault = FAULT(
        FAULT_USAGE, "\"%s\" is none of show, approve, join, release, review, page, sign, sign-in",
        call->operands[0]);
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
    "(with --circle, --name, --sign-key, and --case where the circle wants cases): prints the grant with the "
    "officer's signature below it. join GRANT...: one file with the signatures of all.",
    "release FOLDER (with --circle, --policy, --group-a, --group-b, --key, --passphrase, --book): prints the "
    "answers for the opener, when the approved grant is in the log, the opening is in the log behind it and at "
    "most 15 minutes old, witnesses saw both, and the day's budget holds. A grant is answered for one opening "
    "alone: the folder's file slots shows the log from the grant's issue to the opening, with no earlier one, and "
    "the book in the officer's folder remembers.",
    "review FILE (with --group-a, --group-b, --key, --passphrase): what cambist vault review wrote of a new "
    "customer's record, opened with the officer's own copies of its keys. The wrap for the officers and the box that "
    "the vault read are made again; where one is another, nothing is shown. With --verdict prints what cambist vault "
    "decide takes.",
    "sign FILE (with --sign-key): shows an act of the disclosure desk on the terminal, as cambist desk draft or the "
    "console wrote it, and prints it with the signature.",
    "sign-in FILE (with --name, --sign-key, --origin): prints the signature of a text that the officers' console asks "
    "for, to sign in or to add a security key. A text of another form, console or officer is not signed.",
    "page FOLDER (with all of --circle, --policy, --group-a, --group-b, --name, --sign-key, --key, --book): the same "
    "in a browser, for the grants and openings in FOLDER. It listens at 127.0.0.1 alone and prints its address, "
    "which holds a secret of its own and is nobody else's; it ends when it is told to, or when nobody has used it "
    "for --idle minutes.",
    "Its memory is hidden from other processes of the same user, and leaves no core dump. approve, sign, sign-in and release "
    "read their files first; before a key is used they enter a sandbox without sockets, in which no file but "
    "the book can be opened; for page its folder too.",
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
    .operands = "VERB FILE... | release|page FOLDER",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
