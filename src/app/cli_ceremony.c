/* The vault's key ceremony, on the officers' own machines: each step reads files and prints one,
 * and nothing here talks to anybody. */
#include "app/ceremony.h"
#include "app/ceremony_publish.h"
#include "app/cli.h"
#include "app/text_file.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/share_file.h"
#include "role/vault/share_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Of what was confirmed, in the name of a file with an earlier share. */
#define KEPT_HASH_BYTES 4U

enum {
    CEREMONY_KEY,
    CEREMONY_PASSPHRASE,
    CEREMONY_NAME,
    CEREMONY_VENUE,
    CEREMONY_GROUP,
    CEREMONY_EPOCH,
    CEREMONY_THRESHOLD,
    CEREMONY_BEFORE,
    CEREMONY_NONCE,
    CEREMONY_QUICK,
    CEREMONY_DATA,
};

static const struct option options[] = {
    [CEREMONY_KEY] = {.name = "key",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "join, deal, confirm, prove: the officer's key file."},
    [CEREMONY_PASSPHRASE] = {.name = "passphrase",
                             .kind = OPTION_TEXT,
                             .value = "FILE",
                             .help = "join, deal, confirm, prove: the first line of this file "
                                     "opens the key file; - is standard input."},
    [CEREMONY_NAME] = {.name = "name",
                       .kind = OPTION_TEXT,
                       .value = "CODE",
                       .help = "join: the officer's code."},
    [CEREMONY_VENUE] = {.name = "venue",
                        .kind = OPTION_TEXT,
                        .value = "NAME",
                        .help = "roster: the venue's name, as in its public log."},
    [CEREMONY_GROUP] = {.name = "group",
                        .kind = OPTION_CHOICE,
                        .value = "A|B",
                        .help = "roster: which of the two groups."},
    [CEREMONY_EPOCH] = {.name = "epoch",
                        .kind = OPTION_NUMBER,
                        .value = "N",
                        .minimum = 1,
                        .maximum = SHARE_EPOCH_MAX,
                        .otherwise = "1",
                        .help = "roster: the number of the secret; in a resharing it follows from "
                                "--before."},
    [CEREMONY_THRESHOLD] = {.name = "threshold",
                            .kind = OPTION_NUMBER,
                            .value = "K",
                            .minimum = SHARE_THRESHOLD_MIN,
                            .maximum = SHARE_MEMBERS_MAX - 1,
                            .otherwise = "2",
                            .help = "roster: how many of the group it takes; in a resharing, as "
                                    "many as before unless it is given."},
    [CEREMONY_BEFORE] = {.name = "before",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "A resharing: the closed transcripts of the group so far, one "
                                 "behind the other."},
    [CEREMONY_NONCE] = {.name = "nonce",
                        .kind = OPTION_TEXT,
                        .value = "HEX",
                        .help = "prove, drill: 32 bytes that whoever asks has chosen."},
    [CEREMONY_QUICK] = {.name = "quick",
                        .kind = OPTION_FLAG,
                        .help = "join: a passphrase of little cost, for tests and "
                                "demonstrations."},
    [CEREMONY_DATA] = {.name = "data",
                       .kind = OPTION_TEXT,
                       .value = "DIR",
                       .help = "publish: the venue's data folder."},
};

static struct seal_room *room;

/* ---- what the steps share ---- */

static enum fault read_before(const struct option_call *call, struct share_chain *before_out)
{
    before_out->count = 0;
    return call->values[CEREMONY_BEFORE].given
               ? ceremony_read_chain(call->values[CEREMONY_BEFORE].text, before_out)
               : FAULT_NONE;
}

static const struct share_group *group_of(const struct share_chain *before)
{
    return before->count == 0 ? NULL : &before->group;
}

static enum fault wants(const struct option_call *call, u32 place, const char *step)
{
    return call->values[place].given
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s wants --%s", step, options[place].name);
}

static enum fault wants_operands(const struct option_call *call, u32 least, u32 most,
                                 const char *what)
{
    u32 count = call->operands_count - 1;
    return count >= least && count <= most
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s wants %s", call->operands[0], what);
}

static enum fault read_passphrase(const struct option_call *call,
                                  char target[CEREMONY_PASSPHRASE_BYTES], size_t *size_out)
{
    TRY(wants(call, CEREMONY_PASSPHRASE, call->operands[0]));
    return ceremony_read_passphrase(call->values[CEREMONY_PASSPHRASE].text, target, size_out);
}

/* Opens the key file with its passphrase, which stays in the room for share_file_print. */
struct opened {
    char text[SHARE_FILE_BYTES]; /* the file as it was */
    size_t text_bytes;
    struct share_holder holder;
    struct share_secrets *secrets;
    char *passphrase;
    size_t passphrase_bytes;
};

static enum fault open_key(const struct option_call *call, struct opened *opened)
{
    const char *path = call->values[CEREMONY_KEY].text;
    TRY(wants(call, CEREMONY_KEY, call->operands[0]));
    TRY(ceremony_read_own(path, opened->text, sizeof(opened->text), &opened->text_bytes));
    opened->secrets = seal_room_take(room, sizeof(*opened->secrets));
    opened->passphrase = seal_room_take(room, CEREMONY_PASSPHRASE_BYTES);
    TRY(read_passphrase(call, opened->passphrase, &opened->passphrase_bytes));
    return share_file_open(room, span_of(opened->text, opened->text_bytes), path,
                           span_of(opened->passphrase, opened->passphrase_bytes), &opened->holder,
                           opened->secrets);
}

static enum fault write_key(const struct option_call *call, const struct opened *opened)
{
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    TRY(share_file_print(room, &opened->holder, opened->secrets,
                         span_of(opened->passphrase, opened->passphrase_bytes), text, &size));
    return text_file_put(call->values[CEREMONY_KEY].text, text, size, true);
}

/* A share that the key file has from another ceremony stays in a file beside it: this ceremony may
 * never be closed, and records of an earlier epoch open with that share alone. */
static enum fault keep_share(const struct option_call *call, const struct opened *opened,
                             const u8 confirmed[SHARE_HASH_BYTES])
{
    const struct share_holder *holder = &opened->holder;
    char path[FILE_PATH_BYTES];
    char found[SHARE_FILE_BYTES];
    char hex[2 * KEPT_HASH_BYTES + 1];
    size_t size = 0;
    bool exists = false;
    if (holder->index == 0 || memcmp(holder->transcript, confirmed, SHARE_HASH_BYTES) == 0) {
        return FAULT_NONE;
    }
    int length = snprintf(path, sizeof(path), "%s.%c-%u-%u-%s", call->values[CEREMONY_KEY].text,
                          share_side_letter(holder->side), holder->epoch, holder->generation,
                          bytes_to_hex(holder->transcript, KEPT_HASH_BYTES, hex));
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return FAULT(FAULT_LIMIT, "%s: the path is too long", call->values[CEREMONY_KEY].text);
    }
    TRY(disk_exists(disk_real(), path, &exists));
    if (!exists) {
        return text_file_put(path, opened->text, opened->text_bytes, true);
    }
    TRY(ceremony_read_file(path, found, sizeof(found), &size));
    return size == opened->text_bytes && memcmp(found, opened->text, size) == 0
               ? FAULT_NONE
               : FAULT(FAULT_EXISTS, "%s: another file is there already", path);
}

static void print_text(const char *text, size_t size)
{
    (void)fwrite(text, 1, size, stdout); /* main looks at the stream's end */
}

/* ---- steps ---- */

static enum fault join(const struct option_call *call)
{
    struct opened opened = {.passphrase_bytes = 0};
    char hex[2 * SEAL_POINT_BYTES + 1];
    TRY(wants_operands(call, 0, 0, "no operands"));
    TRY(wants(call, CEREMONY_KEY, "join"));
    TRY(wants(call, CEREMONY_NAME, "join"));
    const char *name = call->values[CEREMONY_NAME].text;
    if (code_name_of(span_of_text(name)) == 0) {
        return FAULT(FAULT_USAGE, "--name: \"%s\" is not 1 to %u small letters, digits and -", name,
                     CODE_NAME_SYMBOLS);
    }
    if (access(call->values[CEREMONY_KEY].text, F_OK) == 0) {
        return FAULT(FAULT_EXISTS, "%s: there already", call->values[CEREMONY_KEY].text);
    }
    bool is_quick = call->values[CEREMONY_QUICK].given;
    opened.holder = (struct share_holder){.passes = is_quick ? 1 : SHARE_FILE_PASSES,
                                          .memory_kb = is_quick ? SHARE_FILE_MEMORY_KB_MIN
                                                                : SHARE_FILE_MEMORY_KB};
    memcpy(opened.holder.name, name, strlen(name));
    opened.secrets = seal_room_take(room, sizeof(*opened.secrets));
    opened.passphrase = seal_room_take(room, CEREMONY_PASSPHRASE_BYTES);
    TRY(read_passphrase(call, opened.passphrase, &opened.passphrase_bytes));
    seal_scalar_random(&opened.secrets->key);
    if (!seal_point_of(&opened.secrets->key, &opened.holder.key)) {
        return FAULT(FAULT_IO, "libsodium makes no key");
    }
    TRY(write_key(call, &opened));
    (void)printf("member %s %s\n", name,
                 bytes_to_hex(opened.holder.key.bytes, SEAL_POINT_BYTES, hex));
    return FAULT_NONE;
}

static enum fault roster(const struct option_call *call)
{
    static struct share_chain before;
    static struct share_transcript made;
    struct share_roster *out = &made.roster;
    TRY(wants_operands(call, SHARE_THRESHOLD_MIN + 1, SHARE_MEMBERS_MAX, "3 to 16 MEMBER files"));
    TRY(read_before(call, &before));
    if (before.count > 0) {
        *out = before.group.roster;
        out->generation += 1;
        out->count = 0;
        memset(out->members, 0, sizeof(out->members));
        memcpy(out->before, before.hash, sizeof(out->before));
    } else {
        TRY(wants(call, CEREMONY_VENUE, "roster"));
        TRY(wants(call, CEREMONY_GROUP, "roster"));
        out->side = call->values[CEREMONY_GROUP].number == 0 ? SHARE_SIDE_A : SHARE_SIDE_B;
        out->epoch = (u32)call->values[CEREMONY_EPOCH].number;
        out->threshold = (u32)call->values[CEREMONY_THRESHOLD].number;
        if (!span_copy(span_of_text(call->values[CEREMONY_VENUE].text), out->venue,
                       SHARE_VENUE_SYMBOLS)) {
            return FAULT(FAULT_USAGE, "--venue: at most %u bytes", SHARE_VENUE_SYMBOLS);
        }
    }
    if (call->values[CEREMONY_THRESHOLD].given) {
        out->threshold = (u32)call->values[CEREMONY_THRESHOLD].number;
    }
    for (u32 i = 1; i < call->operands_count; i += 1) {
        TRY(ceremony_read_member(call->operands[i], &out->members[out->count]));
        out->count += 1;
    }
    TRY(share_roster_check(out));
    ceremony_print(&made);
    return FAULT_NONE;
}

static u32 index_by_key(const struct share_roster *of, const struct seal_point *key)
{
    for (u32 i = 0; i < of->count; i += 1) {
        if (memcmp(&of->members[i].key, key, sizeof(*key)) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static enum fault deal(const struct option_call *call)
{
    static struct share_chain before;
    static struct share_transcript begun;
    static struct share_deal dealt;
    static char text[SHARE_TEXT_BYTES];
    struct opened opened;
    TRY(wants_operands(call, 1, 1, "the ROSTER"));
    TRY(read_before(call, &before));
    TRY(ceremony_read(call->operands[1], &begun));
    TRY(ceremony_check_follows(&begun.roster, &before));
    TRY(open_key(call, &opened));
    const struct share_roster *dealers = before.count == 0 ? &begun.roster : &before.group.roster;
    u32 dealer = index_by_key(dealers, &opened.holder.key);
    if (dealer == 0) {
        return FAULT(FAULT_INPUT, "%s is not among those who deal", opened.holder.name);
    }
    if (before.count > 0 && !share_is_of(&before.group, dealer, &opened.secrets->share)) {
        return FAULT(FAULT_INPUT, "%s: not the share of the ceremony before",
                     call->values[CEREMONY_KEY].text);
    }
    share_deal_make(room, &begun.roster, dealer, before.count == 0 ? NULL : &opened.secrets->share,
                    &dealt);
    print_text(text, share_deal_print(&begun.roster, &dealt, text));
    return FAULT_NONE;
}

static enum fault gather(const struct option_call *call)
{
    static struct share_chain before;
    static struct share_transcript begun;
    static struct share_group group;
    TRY(wants_operands(call, 3, 1 + SHARE_MEMBERS_MAX, "the ROSTER and the DEALs"));
    TRY(read_before(call, &before));
    TRY(ceremony_read(call->operands[1], &begun));
    TRY(ceremony_check_follows(&begun.roster, &before));
    if (begun.deals_count > 0) {
        return FAULT(FAULT_INPUT, "%s: has deals already", call->operands[1]);
    }
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(ceremony_add_deal(call->operands[i], &begun));
    }
    TRY(share_deals_check(&begun.roster, begun.deals, begun.deals_count, group_of(&before),
                          &group));
    begun.public = group.public;
    ceremony_print(&begun);
    return FAULT_NONE;
}

static enum fault confirm(const struct option_call *call)
{
    static struct share_chain before;
    static struct share_transcript gathered;
    static struct share_group group;
    static char text[SHARE_TEXT_BYTES];
    struct opened opened;
    struct seal_proof proof;
    u8 hash[SHARE_HASH_BYTES];
    TRY(wants_operands(call, 1, 1, "the GATHERED file"));
    TRY(read_before(call, &before));
    TRY(ceremony_read(call->operands[1], &gathered));
    TRY(ceremony_check_gathered(&gathered, &before, &group));
    TRY(open_key(call, &opened));
    u32 index = index_by_key(&group.roster, &opened.holder.key);
    if (index == 0) {
        return FAULT(FAULT_INPUT, "%s is not in the roster", opened.holder.name);
    }
    TRY(share_deals_take(room, &group, gathered.deals, gathered.deals_count, index,
                         &opened.secrets->key, &opened.secrets->share));
    share_transcript_hash_gathered(&gathered, hash);
    TRY(share_drill(room, &group, index, &opened.secrets->share, hash, &proof));
    TRY(keep_share(call, &opened, hash));
    opened.holder.index = index;
    opened.holder.side = group.roster.side;
    opened.holder.epoch = group.roster.epoch;
    opened.holder.generation = group.roster.generation;
    memcpy(opened.holder.transcript, hash, sizeof(hash));
    TRY(write_key(call, &opened));
    print_text(text, share_confirm_print(hash, index, &proof, text));
    return FAULT_NONE;
}

static enum fault close_ceremony(const struct option_call *call)
{
    static struct share_chain before;
    static struct share_transcript gathered;
    static struct share_group group;
    TRY(wants_operands(call, 2, 1 + SHARE_MEMBERS_MAX, "the GATHERED file and CONFIRMations"));
    TRY(read_before(call, &before));
    TRY(ceremony_read(call->operands[1], &gathered));
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(ceremony_add_confirmation(call->operands[i], &gathered, i - 1));
    }
    TRY(share_transcript_check(&gathered, group_of(&before), before.hash, &group));
    ceremony_print(&gathered);
    return FAULT_NONE;
}

static void print_group(const struct share_chain *chain)
{
    const struct share_roster *of = &chain->group.roster;
    char hex[2 * SHARE_HASH_BYTES + 1];
    cli_line("group", "%c of %s, epoch %u, generation %u: %u of %u", share_side_letter(of->side),
             of->venue, of->epoch, of->generation, of->threshold, of->count);
    for (u32 i = 0; i < of->count; i += 1) {
        cli_line(i == 0 ? "members" : "", "%s", of->members[i].name);
    }
    cli_line("transcript", "%s", bytes_to_hex(chain->hash, SHARE_HASH_BYTES, hex));
    cli_line("point", "%s", bytes_to_hex(chain->group.public.bytes, SEAL_POINT_BYTES, hex));
}

static enum fault check(const struct option_call *call)
{
    static struct share_chain chains[2];
    static struct share_key key;
    char hex[2 * SEAL_POINT_BYTES + 1];
    TRY(wants_operands(call, 1, 2, "one or two files of closed transcripts"));
    for (u32 i = 0; i + 1 < call->operands_count; i += 1) {
        TRY(ceremony_read_chain(call->operands[i + 1], &chains[i]));
        print_group(&chains[i]);
    }
    if (call->operands_count == 3) {
        TRY(share_key_form(&chains[0].group, &chains[1].group, &key));
        cli_line("key of the vault", "%s", bytes_to_hex(key.public.bytes, SEAL_POINT_BYTES, hex));
    }
    return FAULT_NONE;
}

static enum fault publish(const struct option_call *call)
{
    static struct share_chain before;
    u8 hash[SHARE_HASH_BYTES];
    char hex[2 * SHARE_HASH_BYTES + 1];
    TRY(wants_operands(call, 1, 1, "the closed TRANSCRIPT"));
    TRY(wants(call, CEREMONY_DATA, "publish"));
    TRY(read_before(call, &before));
    TRY(ceremony_publish(call->operands[1], &before, call->values[CEREMONY_DATA].text, hash));
    (void)printf("/log/text/%s\n", bytes_to_hex(hash, sizeof(hash), hex));
    return FAULT_NONE;
}

static enum fault prove(const struct option_call *call)
{
    static struct share_chain chain;
    static char text[SHARE_SHOWN_TEXT_BYTES];
    struct opened opened;
    struct share_shown shown;
    u8 asked[SHARE_NONCE_BYTES];
    TRY(wants_operands(call, 1, 1, "the closed TRANSCRIPT"));
    TRY(wants(call, CEREMONY_NONCE, "prove"));
    TRY(ceremony_read_nonce(call->values[CEREMONY_NONCE].text, asked));
    TRY(ceremony_read_chain(call->operands[1], &chain));
    TRY(open_key(call, &opened));
    TRY(share_shown_make(room, &chain.group, opened.holder.index, &opened.secrets->share, asked,
                         &shown));
    print_text(text, share_shown_print(&shown, text));
    return FAULT_NONE;
}

static enum fault drill(const struct option_call *call)
{
    static struct share_chain chain;
    u8 nonce[SHARE_NONCE_BYTES];
    u32 live = 0;
    TRY(wants_operands(call, 2, 1 + SHARE_MEMBERS_MAX, "the closed TRANSCRIPT and ANSWERs"));
    TRY(wants(call, CEREMONY_NONCE, "drill"));
    TRY(ceremony_read_nonce(call->values[CEREMONY_NONCE].text, nonce));
    TRY(ceremony_read_chain(call->operands[1], &chain));
    TRY(ceremony_count_live(&chain.group, nonce, &call->operands[2], call->operands_count - 2,
                            &live));
    const struct share_roster *of = &chain.group.roster;
    cli_line("shares that are there", "%u of %u; it takes %u", live, of->count, of->threshold);
    return live > of->threshold
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "group %c: only %u shares were shown, and it takes %u",
                       share_side_letter(of->side), live, of->threshold);
}

static enum fault nonce(const struct option_call *call)
{
    u8 bytes[SHARE_NONCE_BYTES];
    char hex[2 * SHARE_NONCE_BYTES + 1];
    TRY(wants_operands(call, 0, 0, "no operands"));
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        return FAULT_ERRNO(errno, "no random bytes");
    }
    (void)printf("%s\n", bytes_to_hex(bytes, sizeof(bytes), hex));
    return FAULT_NONE;
}

/* ---- the command ---- */

static const struct {
    const char *name;
    enum fault (*run)(const struct option_call *call);
} steps[] = {{"join", join},     {"roster", roster},   {"deal", deal},
             {"gather", gather}, {"confirm", confirm}, {"close", close_ceremony},
             {"check", check},   {"nonce", nonce},     {"prove", prove},
             {"drill", drill},   {"publish", publish}};

static int run(const struct option_call *call)
{
    enum fault fault = FAULT_NONE;
    bool is_known = false;
    for (u32 i = 0; i < ARRAY_COUNT(steps); i += 1) {
        if (strcmp(call->operands[0], steps[i].name) == 0) {
            is_known = true;
            fault = seal_room_open(&room);
            if (fault == FAULT_NONE) {
                fault = steps[i].run(call);
                seal_room_close(room);
            }
        }
    }
    if (!is_known) {
        fault = FAULT(FAULT_USAGE,
                      "\"%s\" is none of join, roster, deal, gather, confirm, close, check, nonce, "
                      "prove, drill, publish",
                      call->operands[0]);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "The ceremony in which one of the vault's two groups of officers comes to hold its secret, without anybody "
    "ever having it whole, and what follows from it. Every step reads files and prints one; officers bring the "
    "files to each other as they like. Nothing here talks to a venue but publish, which writes into its folder.",
    "join makes an officer's key file and prints a line for the roster. roster prints who takes part. deal "
    "prints a member's part; gather puts all parts together; confirm takes the member's share into the key file "
    "(an earlier share stays in a file beside it, FILE.GROUP-EPOCH-GENERATION-HASH) and prints a confirmation; close prints the transcript with all of them. Before they deal, members compare "
    "the roster's hash (sha256sum) over another way than the one it came by.",
    "check says what a closed transcript says, and of those of both groups the vault's key. With --before, the "
    "same steps give the secret to other officers: the threshold of the old ones deal, the new ones confirm. "
    "nonce, prove and drill show which shares are there; drill ends with 5 when no more than the threshold are. "
    "prove also answers a drill of a running venue (cambist vault drill begin).",
    "publish puts a closed transcript, a line of whose hash is in the venue's public log, where readers of the log "
    "find it, and prints its path. It runs on the venue's machine; a resharing wants --before.",
    NULL,
};

static const struct option_example examples[] = {
    {"ceremony join --key anna.key --passphrase - --name anna > anna.member", "An officer's key."},
    {"ceremony roster --venue demo.invalid --group A *.member > roster", "Three officers."},
    {"ceremony deal --key anna.key --passphrase - roster > anna.deal", "One officer's part."},
    {"ceremony check a.transcript b.transcript", "Both groups, and the key of the vault."},
    {"ceremony publish a.transcript --data data", "For everybody to read."},
    {NULL, NULL},
};

const struct subcommand cli_ceremony = {
    .name = "ceremony",
    .summary = "holds the key ceremony of the vault's officers",
    .operands = "STEP [FILE...]",
    .operands_min = 1,
    .operands_max = 2 + SHARE_MEMBERS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
