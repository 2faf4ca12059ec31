#include "app/demo_desk.h"

#include "app/ceremony.h"
#include "app/demo_officers.h"
#include "app/desk_draft.h"
#include "app/local_socket.h"
#include "app/text_file.h"
#include "app/time_text.h"
#include "app/venue_rules.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/desk/desk_agent.h"
#include "role/desk/desk_letter.h"
#include "role/vault/age_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S       10U
#define WORDS_MAX    20U
#define WORD_BYTES   (FILE_PATH_BYTES + 32U)
#define ANSWER_BYTES 65536U
#define PEM_BYTES    1024U
#define PAPER_BYTES  1024U
#define DAY_US       86400000000ULL
#define SECOND_US    1000000ULL
#define FOREIGN      "karsk-prosecutor"

enum { CASE_ACCOUNT, CASE_FRESH, CASE_FOREIGN, CASES_COUNT };

/* Nobody and no authority is meant. */
static const struct paper {
    const char *name;
    const char *text;
} papers[CASES_COUNT] = {
    [CASE_ACCOUNT] = {"zvolt-court-17",
                      "The court of Zvolt, order 17/2026\n\nThe venue shall hand over the bank "
                      "details of the holder of document VN 5520-K.\n"},
    [CASE_FRESH] = {"zvolt-police-4",
                    "The police of Zvolt, file 4/2026\n\nWe ask for whatever you have of the "
                    "holder of the telephone +999 4410 220 319.\n"},
    [CASE_FOREIGN] = {"karsk-9",
                      "The prosecutor of Karsk, letter 9/2026\n\nYou are ordered to hand over the "
                      "records of the holder of document KX 100.\n"},
};

/* In a word, $N is what `word_fill` says. */
#define RECEIVED                                                                                  \
    "request=disclose", "opening=authority", "class=plain", "urgency=ordinary", "instrument=@$P", \
        "sealed=@$S", "evidence=@$P", "dated=$D"

/* One after the other. */
static const struct act {
    const char *officer;
    const char *act;
    bool is_register; /* of no case */
    u32 which;        /* case, and paper */
    const char *words[WORDS_MAX];
} acts[] = {
    {DEMO_OFFICERS_LEGAL,
     "authority",
     true,
     CASE_ACCOUNT,
     {"authority=" DEMO_OFFICERS_COURT, "country=LV", "type=court", "recipient=$R",
      "telephone=+999 100 1", "evidence=@$P"}},
    {DEMO_OFFICERS_OTHER,
     "confirm",
     true,
     CASE_ACCOUNT,
     {"authority=" DEMO_OFFICERS_COURT, "evidence=@$P"}},
    {DEMO_OFFICERS_LEGAL,
     "authority",
     true,
     CASE_FRESH,
     {"authority=" DEMO_OFFICERS_POLICE, "country=LV", "type=police", "recipient=$R",
      "telephone=+999 100 2", "evidence=@$P"}},
    {DEMO_OFFICERS_OTHER,
     "confirm",
     true,
     CASE_FRESH,
     {"authority=" DEMO_OFFICERS_POLICE, "evidence=@$P"}},
    {DEMO_OFFICERS_LEGAL,
     "authority",
     true,
     CASE_FOREIGN,
     {"authority=" FOREIGN, "country=CH", "type=prosecutor", "recipient=$R", "telephone=+999 200 1",
      "evidence=@$P"}},
    {DEMO_OFFICERS_OTHER, "confirm", true, CASE_FOREIGN, {"authority=" FOREIGN, "evidence=@$P"}},
    {DEMO_OFFICERS_CLERK,
     "receive",
     false,
     CASE_ACCOUNT,
     {RECEIVED, "mark=order", "basis=union-law", "country=LV", "authority=" DEMO_OFFICERS_COURT,
      "reference=17/2026", "identifier=1 document VN 5520-K", "record=1 bank none"}},
    {DEMO_OFFICERS_CLERK,
     "call-back",
     false,
     CASE_ACCOUNT,
     {"authority=" DEMO_OFFICERS_COURT, "telephone=+999 100 1", "evidence=@$P"}},
    {DEMO_OFFICERS_CLERK, "authenticate", false, CASE_ACCOUNT, {"evidence=@$P"}},
    {DEMO_OFFICERS_ASSESSES, "assess", false, CASE_ACCOUNT, {"evidence=@$P", "record=1 bank none"}},
    {DEMO_OFFICERS_CLERK,
     "receive",
     false,
     CASE_FOREIGN,
     {RECEIVED, "mark=foreign", "basis=none", "country=CH", "authority=" FOREIGN,
      "reference=9/2026", "identifier=1 document KX 100", "record=1 identity none"}},
    {DEMO_OFFICERS_OTHER, "reject", false, CASE_FOREIGN, {"reason=SendViaTreaty", "evidence=@$P"}},
    {DEMO_OFFICERS_CLERK,
     "receive",
     false,
     CASE_FRESH,
     {RECEIVED, "mark=order", "basis=union-law", "country=LV", "authority=" DEMO_OFFICERS_POLICE,
      "reference=4/2026", "identifier=1 phone +999 4410 220 319", "record=1 identity none",
      "record=1 contact none", "record=1 logins none"}},
};

struct desk_fill {
    const char *folder;
    int socket;
    u64 now_us;
    char cases[CASES_COUNT][2 * DESK_NAME_BYTES + 1];
    struct desk_draft draft;
    struct desk_file file;
    char line[DESK_LINE_BYTES_MAX + 2];
    char answer[ANSWER_BYTES];
    u8 bytes[ANSWER_BYTES];
};

/* ---- one line, one answer ---- */

/* What is behind the answer's first word, which must be `wanted`. */
static enum fault ask(struct desk_fill *fill, const char *wanted, struct span *rest_out)
{
    size_t used = 0;
    size_t head = strlen(wanted);
    TRY(local_socket_send(fill->socket, span_of_text(fill->line)));
    while (used == 0 || fill->answer[used - 1] != '\n') {
        size_t got = 0;
        if (used == sizeof(fill->answer)) {
            return FAULT(FAULT_FOREIGN, "the desk: an answer that is longer than one is");
        }
        TRY(local_socket_receive(fill->socket, fill->answer + used, sizeof(fill->answer) - used,
                                 &got));
        used += got;
    }
    bool is_it =
        used > head + 1 && memcmp(fill->answer, wanted, head) == 0 && fill->answer[head] == ' ';
    *rest_out = is_it ? span_of(fill->answer + head + 1, used - head - 2) : span_of(NULL, 0);
    return is_it ? FAULT_NONE
                 : FAULT(FAULT_REFUSED, "the desk: %.*s", (int)(used - 1), fill->answer);
}

static void line_of_bytes(struct desk_fill *fill, const char *head, const char *text, size_t bytes)
{
    size_t size = strlen(head);
    CHECK(size + 2 * bytes + 2 <= sizeof(fill->line));
    memcpy(fill->line, head, size);
    (void)bytes_to_hex((const u8 *)text, bytes, fill->line + size);
    memcpy(fill->line + size + 2 * bytes, "\n", 2);
}

/* ---- papers ---- */

static enum fault paper_path(const struct desk_fill *fill, u32 which, const char *ending,
                             char path[FILE_PATH_BYTES])
{
    char name[FILE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "demo/papers/%s%s", papers[which].name, ending);
    return file_path(path, fill->folder, name);
}

struct sealed {
    struct age_target target; /* first: it is cast back */
    size_t size;
    char bytes[PAPER_BYTES];
};

static enum fault sealed_write(struct age_target *target, struct span bytes)
{
    struct sealed *sealed = (struct sealed *)(void *)target;
    CHECK(bytes.size <= sizeof(sealed->bytes) - sealed->size);
    memcpy(sealed->bytes + sealed->size, bytes.data, bytes.size);
    sealed->size += bytes.size;
    return FAULT_NONE;
}

static enum fault seal(struct span text, const u8 key[AGE_KEY_BYTES], struct sealed *sealed)
{
    struct age_writer *writer = NULL;
    enum fault fault = age_writer_open(&writer, key, &sealed->target);
    if (fault == FAULT_NONE) {
        fault = age_writer_put(writer, text);
    }
    if (fault == FAULT_NONE) {
        fault = age_writer_end(writer);
    }
    age_writer_close(writer);
    return fault;
}

static enum fault papers_put(const struct desk_fill *fill)
{
    char path[FILE_PATH_BYTES];
    char recipient[AGE_RECIPIENT_BYTES];
    u8 key[AGE_KEY_BYTES];
    TRY(file_path(path, fill->folder, "demo/papers"));
    TRY(disk_make_folder(disk_real(), path));
    TRY(demo_officers_recipient(fill->folder, DEMO_OFFICERS_EVIDENCE, recipient));
    CHECK(age_recipient_read(span_of_text(recipient), key));
    for (u32 i = 0; i < CASES_COUNT; i += 1) {
        struct sealed sealed = {.target = {.write = sealed_write}};
        struct span text = span_of_text(papers[i].text);
        TRY(seal(text, key, &sealed));
        TRY(paper_path(fill, i, ".txt", path));
        TRY(text_file_put(path, text.data, text.size, true));
        TRY(paper_path(fill, i, ".age", path));
        TRY(text_file_put(path, sealed.bytes, sealed.size, false));
    }
    return FAULT_NONE;
}

/* The sealed paper itself, behind the act that names it. */
static enum fault paper_bring(struct desk_fill *fill, u32 which)
{
    char path[FILE_PATH_BYTES];
    char bytes[PAPER_BYTES];
    char hash[2 * DESK_HASH_BYTES + 1];
    char head[256];
    size_t size = 0;
    struct span rest = span_of(NULL, 0);
    TRY(paper_path(fill, which, ".age", path));
    TRY(ceremony_read_file(path, bytes, sizeof(bytes), &size));
    TRY(desk_draft_file_hash(path, hash));
    (void)snprintf(head, sizeof(head), "put-paper %s %s 0 %zu ", fill->cases[which], hash, size);
    line_of_bytes(fill, head, bytes, size);
    return ask(fill, "stored", &rest);
}

/* ---- acts ---- */

/* $P: the paper; $S: it sealed; $D: when it was written; $R: the authority's key. */
static enum fault word_fill(const struct desk_fill *fill, const struct act *act, const char *word,
                            char target[WORD_BYTES])
{
    const char *sign = strchr(word, '$');
    char value[FILE_PATH_BYTES] = "";
    char recipient[AGE_RECIPIENT_BYTES];
    if (sign == NULL) {
        (void)snprintf(target, WORD_BYTES, "%s", word);
        return FAULT_NONE;
    }
    if (sign[1] == 'P' || sign[1] == 'S') {
        TRY(paper_path(fill, act->which, sign[1] == 'P' ? ".txt" : ".age", value));
    } else if (sign[1] == 'D') {
        char moment[TIME_TEXT_BYTES];
        u64 dated_us = fill->now_us - DAY_US;
        (void)time_text_print(dated_us - dated_us % SECOND_US, moment);
        (void)snprintf(value, sizeof(value), "%.19sZ", moment);
    } else {
        CHECK(sign[1] == 'R');
        TRY(demo_officers_recipient(fill->folder, act->words[0] + strlen("authority="), recipient));
        (void)snprintf(value, sizeof(value), "%s", recipient);
    }
    int size = snprintf(target, WORD_BYTES, "%.*s%s", (int)(sign - word), word, value);
    CHECK(size > 0 && (size_t)size < WORD_BYTES);
    return FAULT_NONE;
}

static enum fault draft(struct desk_fill *fill, const struct act *act)
{
    static char words[WORDS_MAX][WORD_BYTES]; /* one thread */
    const char *pointers[WORDS_MAX];
    u32 count = 0;
    struct span rest = span_of(NULL, 0);
    for (; count < WORDS_MAX && act->words[count] != NULL; count += 1) {
        TRY(word_fill(fill, act, act->words[count], words[count]));
        pointers[count] = words[count];
    }
    TRY(desk_draft_begin(&fill->draft, act->act,
                         act->is_register ? "none" : fill->cases[act->which], act->officer,
                         pointers, count));
    (void)snprintf(fill->line, sizeof(fill->line), "head %s %s %s\n", act->officer,
                   fill->draft.case_hex, fill->draft.authority);
    TRY(ask(fill, "head", &rest));
    TRY(desk_draft_head(&fill->draft, rest));
    TRY(desk_draft_make(&fill->draft));
    if (!desk_act_has_letter((enum desk_act_kind)fill->draft.act.kind)) {
        return FAULT_NONE;
    }
    line_of_bytes(fill, "letter ", fill->draft.text, fill->draft.text_bytes);
    TRY(ask(fill, "letter", &rest));
    if (rest.size % 2 != 0 || !bytes_from_hex(rest, fill->bytes, rest.size / 2)) {
        return FAULT(FAULT_FOREIGN, "the desk: a letter that is none");
    }
    return desk_draft_letter(&fill->draft, span_of(fill->bytes, rest.size / 2));
}

static enum fault sign(struct desk_fill *fill, const char *officer)
{
    char path[FILE_PATH_BYTES];
    char pem[PEM_BYTES];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t size = 0;
    struct desk_file *file = &fill->file;
    TRY(desk_file_read(span_of(fill->draft.text, fill->draft.text_bytes), "draft", file));
    TRY(venue_rules_key(fill->folder, officer, path));
    TRY(ceremony_read_own(path, pem, sizeof(pem), &size));
    enum fault fault = sign_with_private(span_of(pem, size), span_of(file->text, file->text_bytes),
                                         public_text, signature);
    secret_wipe(pem, sizeof(pem));
    TRY(fault);
    size = sign_decode_base64(span_of_text(signature), file->signature, sizeof(file->signature));
    CHECK(size == sizeof(file->signature));
    file->is_signed = true;
    return FAULT_NONE;
}

static enum fault bring(struct desk_fill *fill, const struct act *act)
{
    char text[DESK_FILE_BYTES];
    struct span rest = span_of(NULL, 0);
    TRY(draft(fill, act));
    TRY(sign(fill, act->officer));
    line_of_bytes(fill, "put ", text, desk_file_print(&fill->file, text));
    TRY(ask(fill, "taken", &rest));
    return strcmp(act->act, "receive") == 0 ? paper_bring(fill, act->which) : FAULT_NONE;
}

static enum fault is_begun(struct desk_fill *fill, bool *begun_out)
{
    struct span rest = span_of(NULL, 0);
    (void)snprintf(fill->line, sizeof(fill->line), "list all=yes limit=1\n");
    TRY(ask(fill, "cases", &rest));
    *begun_out = memmem(rest.data, rest.size, "\"case\":", strlen("\"case\":")) != NULL;
    return FAULT_NONE;
}

static enum fault bring_all(struct desk_fill *fill)
{
    bool begun = false;
    TRY(is_begun(fill, &begun));
    if (begun) {
        return FAULT_NONE;
    }
    TRY(papers_put(fill));
    for (u32 i = 0; i < CASES_COUNT; i += 1) {
        u8 number[DESK_NAME_BYTES];
        TRY(entropy_fill(number, sizeof(number)));
        (void)bytes_to_hex(number, sizeof(number), fill->cases[i]);
    }
    for (u32 i = 0; i < ARRAY_COUNT(acts); i += 1) {
        TRY(bring(fill, &acts[i]));
    }
    return FAULT_NONE;
}

enum fault demo_desk_fill(const char *folder, const char *socket)
{
    static struct desk_fill fill; /* one thread */
    memset(&fill, 0, sizeof(fill));
    fill.folder = folder;
    fill.now_us = clock_wall_us(clock_real());
    TRY(local_socket_open(socket, WAIT_S, &fill.socket));
    enum fault fault = bring_all(&fill);
    (void)close(fill.socket);
    return fault;
}
