#include "app/story_case.h"

#include "app/rule_read.h"
#include "app/text_file.h"
#include "app/venue_rules.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/desk/desk_agent.h"
#include "role/engine/layout.h"
#include "wire/moment.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define US_S      1000000ULL
#define HOUR_US   (3600ULL * US_S)
#define NS_US     1000ULL
#define NUMBER_AT 11U /* of the first officer in the register */

enum { PEM_BYTES = 1024, FILE_BYTES = 4096, ANSWER_BYTES = 512 };

static u64 now_s(const struct story_case_run *run)
{
    return run->now_us / US_S;
}

/* ---- the folder ---- */

static enum fault folder_in(const char *folder, const char *name)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, name));
    return disk_make_folder(disk_real(), path);
}

static const char *const folders[] = {"demo", "demo/officers", DESK_FOLDER};

static enum fault folder_make(const char *folder)
{
    struct layout_paths paths;
    char path[FILE_PATH_BYTES];
    bool has = false;
    bool has_desk = false;
    TRY(disk_make_folder(disk_real(), folder));
    TRY(layout_paths(&paths, folder));
    TRY(layout_has_journal(disk_real(), &paths, &has));
    TRY(file_path(path, folder, DESK_FOLDER));
    TRY(disk_exists(disk_real(), path, &has_desk));
    if (has || has_desk) {
        return FAULT(FAULT_EXISTS, "%s: there is a venue in this folder already", folder);
    }
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        TRY(folder_in(folder, folders[i]));
    }
    return FAULT_NONE;
}

/* Makes the officer's key; its line of the register has the public half. */
static enum fault key_make(const struct story_case_run *run, const char *code,
                           char public_out[SIGN_PUBLIC_TEXT_BYTES])
{
    char path[FILE_PATH_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    struct sign_pair pair;
    TRY(venue_rules_key(run->folder, code, path));
    TRY(sign_pair_make(&pair));
    struct span pem = span_of_text(pair.private_pem);
    enum fault fault = text_file_put(path, pem.data, pem.size, true);
    if (fault == FAULT_NONE) {
        fault = sign_with_private(pem, span_of_text("the story"), public_out, signature);
    }
    secret_wipe(&pair, sizeof(pair));
    return fault;
}

struct file_text {
    char text[FILE_BYTES];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct file_text *file, const char *format,
                                                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size =
        vsnprintf(file->text + file->size, sizeof(file->text) - file->size, format, arguments);
    va_end(arguments);
    CHECK(size > 0 && (size_t)size < sizeof(file->text) - file->size);
    file->size += (size_t)size;
}

/* The register, and the staff's file beside it. */
static enum fault people_make(struct story_case_run *run)
{
    static struct file_text people; /* one thread */
    static struct file_text staff;
    const struct story_case *script = run->script;
    char path[FILE_PATH_BYTES];
    char key[SIGN_PUBLIC_TEXT_BYTES];
    people = (struct file_text){.size = 0};
    staff = (struct file_text){.size = 0};
    put(&people, "# Officers of a story: nobody is meant.\n");
    put(&staff, "cambist desk-staff v1\nvenue: %s\nquorum: %s\n", STORY_CASE_VENUE, script->quorum);
    for (u32 i = 0; i < script->officers_count; i += 1) {
        const struct story_case_officer *officer = &script->officers[i];
        TRY(key_make(run, officer->code, key));
        if (officer->role != NULL) {
            put(&people, "%s %u %s %s\n", officer->code, NUMBER_AT + i, officer->role, key);
            put(&staff, "officer: %s %s %s\n", officer->code, officer->role, officer->region);
        }
    }
    TRY(file_path(path, run->folder, OFFICERS_FILE));
    TRY(text_file_put(path, people.text, people.size, false));
    TRY(officers_read_file(disk_real(), path, &run->officers));
    TRY(file_path(path, run->folder, DESK_STAFF_FILE));
    TRY(text_file_put(path, staff.text, staff.size, false));
    return desk_staff_read(span_of(staff.text, staff.size), path, &run->officers, &run->staff);
}

static enum fault desk_open(struct story_case_run *run)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, run->folder, DESK_FOLDER "/" DESK_STORE_FILE));
    return desk_store_open(&run->desk,
                           &(struct desk_store_options){.path = path,
                                                        .access = SQL_WRITE,
                                                        .venue = STORY_CASE_VENUE,
                                                        .cases_max = STORY_CASE_CASES_MAX});
}

/* ---- what is drafted ---- */

/* What the story does not know beforehand; NULL: nothing of that. */
static const char *value_of(const struct story_case_run *run, const char *word)
{
    return strstr(word, "=$court") != NULL   ? story_vault_recipient(run->vault)
           : strstr(word, "=$grant") != NULL ? story_open_hash(run->open)
           : strstr(word, "=$until") != NULL ? story_open_until(run->open)
                                             : NULL;
}

/* "FIELD=#TEXT" as "FIELD=" and the text's SHA-256; "FIELD=$NAME" with what that stands for. */
static enum fault word_print(const struct story_case_run *run, const char *word,
                             char target[STORY_CASE_WORD_BYTES])
{
    const char *value = value_of(run, word);
    const char *text = strstr(word, "=#");
    int size = 0;
    if (value != NULL) {
        size = snprintf(target, STORY_CASE_WORD_BYTES, "%.*s=%s", (int)strcspn(word, "="), word,
                        value);
    } else if (text == NULL) {
        size = snprintf(target, STORY_CASE_WORD_BYTES, "%s", word);
    } else {
        struct sha256 sha256;
        u8 hash[SHA256_BYTES];
        char hex[2 * SHA256_BYTES + 1];
        TRY(sha256_open(&sha256));
        sha256_begin(&sha256);
        sha256_add(&sha256, span_of_text(text + 2));
        sha256_end(&sha256, hash);
        sha256_close(&sha256);
        size = snprintf(target, STORY_CASE_WORD_BYTES, "%.*s=%s", (int)(text - word), word,
                        bytes_to_hex(hash, sizeof(hash), hex));
    }
    return size > 0 && (size_t)size < STORY_CASE_WORD_BYTES
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "a word of the story is too long");
}

enum fault story_case_words(struct story_case_run *run, const struct story_case_step *step,
                            const char *words_out[STORY_CASE_WORDS_MAX], u32 *count_out)
{
    u32 count = 0;
    while (count < STORY_CASE_WORDS_MAX && step->words[count] != NULL) {
        TRY(word_print(run, step->words[count], run->words[count]));
        words_out[count] = run->words[count];
        count += 1;
    }
    *count_out = count;
    return FAULT_NONE;
}

static const struct story_case_officer *officer_of(const struct story_case_run *run,
                                                   const char *code)
{
    const struct story_case *script = run->script;
    for (u32 i = 0; i < script->officers_count; i += 1) {
        if (strcmp(script->officers[i].code, code) == 0) {
            return &script->officers[i];
        }
    }
    CHECK(false);
    return NULL;
}

void story_case_name(u8 number, u8 name_out[DESK_NAME_BYTES])
{
    memset(name_out, 0xc0 + number, DESK_NAME_BYTES);
}

/* What the desk would answer to `head`: what the act follows. */
static enum fault head_take(struct story_case_run *run, const struct story_case_step *step)
{
    static const u8 none[DESK_HASH_BYTES];
    char hex[2 * DESK_HASH_BYTES + 1];
    char grant[2 * DESK_HASH_BYTES + 1];
    char answer[ANSWER_BYTES];
    const struct story_case_officer *officer = officer_of(run, step->officer);
    const struct desk *desk = desk_store_desk(run->desk);
    const struct desk_case *at = desk_case(desk, run->draft.act.name);
    const struct desk_authority *authority = desk_authority(desk, run->draft.authority);
    const u8 *prior = at != NULL ? at->prior : authority != NULL ? authority->prior : none;
    bool is_first = span_is_zero(span_of(prior, DESK_HASH_BYTES));
    bool has_grant = at != NULL && at->is_prepared;
    int size = snprintf(answer, sizeof(answer), "%s %s %s %s %s %s %llu", STORY_CASE_VENUE,
                        officer->role == NULL ? "legal" : officer->role, officer->region,
                        is_first ? "none" : bytes_to_hex(prior, DESK_HASH_BYTES, hex),
                        has_grant ? bytes_to_hex(at->grant, DESK_HASH_BYTES, grant) : "none",
                        at == NULL ? "none" : at->authority, (unsigned long long)now_s(run));
    CHECK(size > 0 && (size_t)size < sizeof(answer));
    return desk_draft_head(&run->draft, span_of(answer, (size_t)size));
}

/* FAULT_INPUT, FAULT_USAGE: no act says that. */
static enum fault draft(struct story_case_run *run, const struct story_case_step *step)
{
    const char *words[STORY_CASE_WORDS_MAX];
    char case_word[2 * DESK_NAME_BYTES + 1] = "none";
    u8 name[DESK_NAME_BYTES];
    u32 count = 0;
    if (step->number > 0) {
        story_case_name(step->number, name);
        (void)bytes_to_hex(name, sizeof(name), case_word);
    }
    TRY(story_case_words(run, step, words, &count));
    TRY(desk_draft_begin(&run->draft, step->act, case_word, step->officer, words, count));
    TRY(head_take(run, step));
    TRY(desk_draft_make(&run->draft));
    const struct desk_case *at = desk_case(desk_store_desk(run->desk), run->draft.act.name);
    if (at == NULL || !desk_act_has_letter((enum desk_act_kind)run->draft.act.kind)) {
        return FAULT_NONE;
    }
    run->letter_bytes = desk_letter_print(at, &run->draft.act, run->letter);
    return desk_draft_letter(&run->draft, span_of(run->letter, run->letter_bytes));
}

/* As on the officer's machine. */
static enum fault sign(const struct story_case_run *run, const struct story_case_step *step,
                       struct desk_file *file_out)
{
    u8 pem[PEM_BYTES];
    char path[FILE_PATH_BYTES];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t size = 0;
    memset(file_out, 0, sizeof(*file_out));
    file_out->act = run->draft.act;
    file_out->text_bytes = run->draft.text_bytes;
    memcpy(file_out->text, run->draft.text, run->draft.text_bytes);
    TRY(venue_rules_key(run->folder, step->key == NULL ? step->officer : step->key, path));
    TRY(rule_read_bytes(path, pem, sizeof(pem), &size));
    enum fault fault = sign_with_private(
        span_of(pem, size), span_of(file_out->text, file_out->text_bytes), public_text, signature);
    secret_wipe(pem, sizeof(pem));
    TRY(fault);
    size = sign_decode_base64(span_of_text(signature), file_out->signature,
                              sizeof(file_out->signature));
    CHECK(size == OFFICER_SIGNATURE_BYTES);
    file_out->is_signed = true;
    return FAULT_NONE;
}

/* ---- steps ---- */

/* The story would tell something else than what happens. */
static enum fault otherwise(const struct story_case_step *step, const char *ended)
{
    return FAULT(FAULT_DIVERGED, "the story: %s %s: %s, and not %s", step->officer, step->act,
                 ended, step->ends == NULL ? "taken" : step->ends);
}

void story_case_refused(struct story_case_run *run, const char *who, const char *why)
{
    char number[24];
    run->refused += 1;
    (void)snprintf(number, sizeof(number), "REFUSED %u", run->refused);
    story_tell(&run->teller, number, "by %s: %s", who, why);
}

static void refused(struct story_case_run *run, const char *who, const char *rule, const char *why)
{
    char words[STORY_CASE_WORD_BYTES];
    int size = snprintf(words, sizeof(words), "%s, %s", who, rule);
    CHECK(size > 0 && (size_t)size < sizeof(words));
    story_case_refused(run, words, why);
}

void story_case_tries(struct story_case_run *run, const struct story_case_step *step)
{
    const struct story_case_officer *officer =
        step->officer == NULL ? NULL : officer_of(run, step->officer);
    if (step->tries == NULL) {
        return;
    }
    if (officer == NULL) {
        story_tell(&run->teller, step->what == STORY_CASE_RECEIPT ? "customer" : "", "%s",
                   step->tries);
    } else {
        story_tell(&run->teller, step->officer, "(%s, %s) %s",
                   officer->role == NULL ? "a stranger" : officer->role, officer->region,
                   step->tries);
    }
}

/* Whether the draft is there; one that cannot be written is the end that the step wants. */
static enum fault drafted(struct story_case_run *run, const struct story_case_step *step,
                          bool *is_there_out)
{
    bool is_refused = step->ends != NULL && strcmp(step->ends, "text") == 0;
    enum fault fault = draft(run, step);
    *is_there_out = fault == FAULT_NONE;
    if (fault == FAULT_NONE) {
        return is_refused ? otherwise(step, "a text") : FAULT_NONE;
    }
    if (!is_refused || (fault != FAULT_INPUT && fault != FAULT_USAGE)) {
        return fault;
    }
    refused(run, "the form of acts", "no text can say it", fault_text());
    fault_forget();
    return FAULT_NONE;
}

static const char *state_of(const struct story_case_run *run, const struct story_case_step *step)
{
    u8 name[DESK_NAME_BYTES];
    story_case_name(step->number, name);
    const struct desk_case *at = desk_case(desk_store_desk(run->desk), name);
    return at == NULL ? "none" : desk_word(DESK_WORDS_STATE, at->state);
}

static enum fault do_act(struct story_case_run *run, const struct story_case_step *step)
{
    static struct desk_file file; /* one thread */
    enum desk_rule rule = DESK_RULE_NONE;
    bool is_there = false;
    story_case_tries(run, step);
    TRY(drafted(run, step, &is_there));
    if (!is_there) {
        return FAULT_NONE;
    }
    TRY(sign(run, step, &file));
    enum fault fault = desk_store_put(run->desk, &file, &run->staff, now_s(run), &rule);
    const char *ended = rule == DESK_RULE_NONE ? NULL : desk_rule_name(rule);
    if (fault != FAULT_NONE && fault != FAULT_REFUSED) {
        return fault;
    }
    fault_forget();
    if ((ended == NULL) != (step->ends == NULL) ||
        (ended != NULL && strcmp(ended, step->ends) != 0)) {
        return otherwise(step, ended == NULL ? "taken" : ended);
    }
    if (ended != NULL) {
        char words[STORY_CASE_WORD_BYTES];
        (void)snprintf(words, sizeof(words), "rule %s", ended);
        refused(run, "the desk", words, desk_rule_why(rule));
    } else if (step->tries != NULL && step->number > 0) {
        story_tell(&run->teller, "", "taken; the case is %s", state_of(run, step));
    } else if (step->tries != NULL) {
        story_tell(&run->teller, "", "taken into the register");
    }
    return FAULT_NONE;
}

/* The English part, without what a machine reads. */
static void do_letter(struct story_case_run *run)
{
    const char *from = strstr(run->letter, "[en]\n");
    const char *to = strstr(run->letter, "\n[fr]");
    char text[STORY_CASE_LETTER_BYTES];
    CHECK(from != NULL && to != NULL && from + 5 < to);
    size_t size = (size_t)(to - from - 5);
    CHECK(size < sizeof(text));
    memcpy(text, from + 5, size);
    text[size] = 0;
    for (size_t i = 0; i < size; i += 1) {
        text[i] = text[i] == '\n' ? ' ' : text[i]; /* in the story's own lines */
    }
    story_tell(&run->teller, "the letter", "%s", text);
}

/* ---- the log ---- */

static u64 moment_of(const char *text)
{
    char whole[MOMENT_TEXT_BYTES];
    u64 us = 0;
    (void)snprintf(whole, sizeof(whole), "%s:00Z", text);
    CHECK(moment_parse(span_of_text(whole), &us));
    return us;
}

/* Who holds the log's key and its disk is not held up: others see it. */
static enum fault do_forge(struct story_case_run *run, const struct story_case_step *step)
{
    struct story_log_verdict verdict;
    char words[STORY_CASE_WORD_BYTES];
    u64 moment_s = step->slot == NULL ? 0 : moment_of(step->slot) / US_S;
    story_tell(&run->teller, "root", "(with the log's key) %s", step->tries);
    TRY(story_log_forge(run->log, step->how, moment_s, &verdict));
    const char *flaw = tlog_flaw_name(verdict.finding.flaw);
    if (strcmp(flaw, step->ends) != 0 || verdict.cosigned > 0) {
        return FAULT(FAULT_DIVERGED, "the story: a forged log: %s, and not %s; %u witnesses", flaw,
                     step->ends, verdict.cosigned);
    }
    if (verdict.witnesses[0] != 0) {
        refused(run, "the witnesses", "none of 3 cosigns", verdict.witnesses);
    }
    (void)snprintf(words, sizeof(words), "flaw %s", flaw);
    refused(run, "whoever runs cambist log check", words, tlog_flaw_meaning(verdict.finding.flaw));
    return FAULT_NONE;
}

static enum fault step_do(struct story_case_run *run, const struct story_case_step *step)
{
    switch (step->what) {
    case STORY_CASE_SAY:
        return FAULT_NONE;
    case STORY_CASE_ACT:
        return do_act(run, step);
    case STORY_CASE_LETTER:
        do_letter(run);
        return FAULT_NONE;
    case STORY_CASE_SEEN:
        story_log_remember(run->log);
        return FAULT_NONE;
    case STORY_CASE_FORGE:
        return do_forge(run, step);
    case STORY_CASE_GRANT:
    case STORY_CASE_SIGN:
    case STORY_CASE_TELL:
    case STORY_CASE_PROCESS:
    case STORY_CASE_BEGIN:
    case STORY_CASE_HUSH:
    case STORY_CASE_AGAIN:
    case STORY_CASE_RELEASE:
    case STORY_CASE_DELIVER:
    case STORY_CASE_PRY:
    case STORY_CASE_LINE:
    case STORY_CASE_RECEIPT:
    case STORY_CASE_REPORT:
        return story_case_open_step(run, step);
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

/* The log has what was done before the clock is moved, and closes its slots behind it. */
static enum fault clock_move(struct story_case_run *run, u64 us)
{
    CHECK(us >= run->now_us);
    if (us == run->now_us) {
        return FAULT_NONE;
    }
    TRY(story_log_tell(run->log, run->desk));
    clock_false_advance(&run->clock, (us - run->now_us) * NS_US);
    run->now_us = us;
    return story_log_turn(run->log);
}

static enum fault steps_do(struct story_case_run *run)
{
    const struct story_case *script = run->script;
    (void)printf("%s\n", script->story->title);
    for (u32 i = 0; i < script->steps_count; i += 1) {
        const struct story_case_step *step = &script->steps[i];
        if (step->at != NULL) {
            TRY(clock_move(run, moment_of(step->at)));
        }
        if (step->text != NULL) {
            story_tell_now(&run->teller, run->now_us, step->text);
        }
        TRY(step_do(run, step));
    }
    return FAULT_NONE;
}

static enum fault run_in(struct story_case_run *run)
{
    TRY(folder_make(run->folder));
    TRY(people_make(run));
    TRY(desk_open(run));
    TRY(story_log_open(&run->log, run->folder, &run->clock.clock));
    TRY(story_vault_open(&run->vault, run->folder, &run->staff, run->script->court));
    TRY(story_open_open(&run->open, &(struct story_open_options){.folder = run->folder,
                                                                 .clock = &run->clock.clock,
                                                                 .desk = run->desk,
                                                                 .staff = &run->staff,
                                                                 .log = run->log,
                                                                 .vault = run->vault}));
    TRY(steps_do(run));
    return clock_move(run, run->now_us + HOUR_US); /* all of it is in the log, and shown */
}

enum fault story_case_run(const struct story_case *script, const char *folder)
{
    static struct story_case_run run; /* one thread */
    memset(&run, 0, sizeof(run));
    run.script = script;
    run.folder = folder;
    run.now_us = moment_of(script->story->begin);
    clock_false_init(&run.clock, run.now_us);
    story_teller_begin(&run.teller, script->story);
    enum fault fault = run_in(&run);
    story_open_close(run.open);
    story_vault_close(run.vault);
    story_log_close(run.log);
    desk_store_close(run.desk);
    TRY(fault);
    (void)printf("\nRefused: %u times, each by the code that is named. ", run.refused);
    for (const char *const *line = script->story->ending; *line != NULL; line += 1) {
        (void)printf("%s\n", *line);
    }
    return FAULT_NONE;
}
