/* What the log's process answers at its socket (log_ask.h). */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/log_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one connection at a time: one line is answered in a turn. */
struct log_answer {
    struct log_ask ask;
    u64 slots_number; /* of the text below: the last that was asked for, by whomever; 0: none yet */
    size_t slots_bytes;
    u8 slots[PUBLOG_SPAN_BYTES_MAX];
    u8 shown[PUBLOG_SHOWN_BYTES_MAX];
    char line[LOG_ANSWER_BYTES_MAX + 1];
};

static struct span say(struct log_agent *agent, const char *word, const char *text)
{
    struct log_answer *answer = agent->answer;
    int size = snprintf(answer->line, sizeof(answer->line), "%s%s", word, text);
    bool is_good = strcmp(word, LOG_SAYS_TOLD) == 0 || strcmp(word, LOG_SAYS_FOUND) == 0;
    agent->counts.refused += is_good ? 0 : 1;
    CHECK(size > 0 && (size_t)size <= LOG_ANSWER_BYTES_MAX);
    for (char *at = answer->line; *at != 0; at += 1) { /* it is one line */
        *at = *at == '\n' ? ' ' : *at;
    }
    return span_of(answer->line, (size_t)size);
}

/* What else went wrong is told in the process's own log; whether the log can go on, the next turn
 * finds out. */
static struct span say_fault(struct log_agent *agent, enum fault fault)
{
    static const struct {
        enum fault fault;
        const char *word;
    } words[] = {{FAULT_LIMIT, LOG_SAYS_FULL},
                 {FAULT_EXISTS, LOG_SAYS_EXISTS},
                 {FAULT_MISSING, LOG_SAYS_MISSING}};
    char text[FAULT_TEXT_BYTES];
    (void)snprintf(text, sizeof(text), "%s", fault_text());
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        if (words[i].fault == fault) {
            fault_forget();
            return say(agent, words[i].word, text);
        }
    }
    log_error("log.unanswered", LOG_FAULT(fault));
    fault_forget();
    return say(agent, LOG_SAYS_STOPPED, text);
}

static struct span say_later(struct log_agent *agent)
{
    char text[FAULT_TEXT_BYTES];
    (void)snprintf(text, sizeof(text), "%s", fault_text());
    fault_forget();
    return say(agent, LOG_SAYS_LATER, text);
}

static struct span answer_tell(struct log_agent *agent)
{
    char text[24];
    u64 number = 0;
    enum fault fault = publog_tell_once(agent->publog, &agent->answer->ask.told, &number);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    return say(agent, LOG_SAYS_TOLD, text);
}

static struct span answer_show(struct log_agent *agent)
{
    struct log_answer *answer = agent->answer;
    struct publog_shown shown;
    size_t size = 0;
    enum fault fault =
        publog_show(agent->publog, answer->ask.number, answer->shown, sizeof(answer->shown), &size);
    if (fault == FAULT_UNAVAILABLE) {
        return say_later(agent);
    }
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    CHECK(publog_shown_read(span_of(answer->shown, size), &shown));
    if (!log_ask_is_taken(shown.receipt.event.kind)) {
        return say(agent, LOG_SAYS_MISSING, "an event of another kind");
    }
    size_t head = strlen(LOG_SAYS_SHOWN);
    memcpy(answer->line, LOG_SAYS_SHOWN, head);
    (void)bytes_to_hex(answer->shown, size, answer->line + head);
    return span_of(answer->line, head + 2 * size);
}

/* ---- which event is about a grant ---- */

struct finding {
    struct publog_reader reader; /* first: it is cast back */
    struct log_agent *agent;
    u64 number; /* 0: none yet */
    u8 text[SHA256_BYTES];
};

static void hash_of(struct log_agent *agent, struct span bytes, u8 hash_out[SHA256_BYTES])
{
    sha256_begin(&agent->crypto.sha256);
    sha256_add(&agent->crypto.sha256, bytes);
    sha256_end(&agent->crypto.sha256, hash_out);
}

/* An approved grant is its text with signatures below; the others name it in a line. */
static bool is_about(struct log_agent *agent, struct span text)
{
    static const char signature[] = "signature: ";
    static const char grant[] = "grant: ";
    struct span rest = text;
    struct span line;
    u8 hash[SHA256_BYTES];
    const u8 *wanted = agent->answer->ask.grant;
    while (span_cut_line(&rest, &line)) {
        bool is_end =
            span_equal(span_piece(line, 0, sizeof(signature) - 1), span_of_text(signature));
        if (agent->answer->ask.told.kind == PUBLOG_KIND_GRANT && is_end) {
            hash_of(agent, span_of(text.data, (size_t)(line.data - text.data)), hash);
            return memcmp(hash, wanted, sizeof(hash)) == 0;
        }
        if (agent->answer->ask.told.kind != PUBLOG_KIND_GRANT &&
            span_equal(span_piece(line, 0, sizeof(grant) - 1), span_of_text(grant))) {
            struct span word = span_piece(line, sizeof(grant) - 1, 2 * sizeof(hash));
            return bytes_from_hex(word, hash, sizeof(hash)) &&
                   memcmp(hash, wanted, sizeof(hash)) == 0;
        }
    }
    return false;
}

static bool finding_read(struct publog_reader *reader, u64 number, struct span text)
{
    struct finding *finding = (struct finding *)(void *)reader;
    if (is_about(finding->agent, text)) {
        finding->number = number;
        hash_of(finding->agent, text, finding->text);
    }
    return finding->number == 0;
}

static struct span answer_find(struct log_agent *agent)
{
    struct finding finding = {.reader = {.read = finding_read}, .agent = agent};
    const struct log_ask *ask = &agent->answer->ask;
    char text[2 * SHA256_BYTES + 32];
    char hex[2 * SHA256_BYTES + 1];
    enum fault fault =
        publog_of_case(agent->publog, ask->told.name, ask->told.kind, &finding.reader);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    if (finding.number == 0) {
        return say(agent, LOG_SAYS_MISSING, "no such event of this grant");
    }
    (void)snprintf(text, sizeof(text), "%llu %s", (unsigned long long)finding.number,
                   bytes_to_hex(finding.text, sizeof(finding.text), hex));
    return say(agent, LOG_SAYS_FOUND, text);
}

static struct span answer_openings(struct log_agent *agent)
{
    char text[2 * PUBLOG_CASE_BYTES + 32];
    char hex[2 * PUBLOG_CASE_BYTES + 1];
    u8 name[PUBLOG_CASE_BYTES];
    u64 number = 0;
    enum fault fault =
        publog_opening_after(agent->publog, agent->answer->ask.number, &number, name);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    if (number == 0) {
        return say(agent, LOG_SAYS_MISSING, "no opening behind it");
    }
    (void)snprintf(text, sizeof(text), "%llu %s", (unsigned long long)number,
                   bytes_to_hex(name, sizeof(name), hex));
    return say(agent, LOG_SAYS_FOUND, text);
}

/* ---- slots ---- */

/* The log as it is published, as anybody reads it. */
struct public_files {
    struct tlog_files files; /* first: it is cast back */
    const struct log_agent *agent;
};

static enum fault public_read(struct tlog_files *files, const char *path, u8 *target,
                              size_t bytes_max, size_t *size_out)
{
    const struct log_agent *agent = ((struct public_files *)files)->agent;
    char folder[FILE_PATH_BYTES];
    char whole[FILE_PATH_BYTES];
    TRY(file_path(folder, agent->folder, "public"));
    TRY(file_path(whole, folder, path));
    return tlog_file_read(agent->options.disk, whole, target, bytes_max, size_out);
}

static struct span answer_slots(struct log_agent *agent)
{
    struct log_answer *answer = agent->answer;
    struct public_files files = {.files = {.read = public_read}, .agent = agent};
    const struct publog_span_range range = {.folder = agent->folder,
                                            .files = &files.files,
                                            .class = answer->ask.class,
                                            .from_s = answer->ask.from_s,
                                            .to_s = answer->ask.to_s};
    answer->slots_number += 1; /* nobody goes on with another text */
    enum fault fault =
        publog_span_write(&range, answer->slots, sizeof(answer->slots), &answer->slots_bytes);
    if (fault != FAULT_NONE) {
        answer->slots_bytes = 0;
        bool is_early =
            fault == FAULT_REFUSED ||
            (fault == FAULT_MISSING && tlog_store_published_note(agent->store).size == 0);
        return is_early ? say_later(agent) : say_fault(agent, fault);
    }
    int size = snprintf(answer->line, sizeof(answer->line), LOG_SAYS_SLOTS "%llu %zu",
                        (unsigned long long)answer->slots_number, answer->slots_bytes);
    return span_of(answer->line, (size_t)size);
}

static struct span answer_piece(struct log_agent *agent)
{
    struct log_answer *answer = agent->answer;
    size_t head = strlen(LOG_SAYS_PIECE);
    if (answer->slots_number == 0 || answer->ask.number != answer->slots_number) {
        return say(agent, LOG_SAYS_LATER, "another text was asked for since: to be begun again");
    }
    if (answer->ask.offset >= answer->slots_bytes) {
        return say(agent, LOG_SAYS_WRONG, "the text has no more bytes");
    }
    size_t left = answer->slots_bytes - (size_t)answer->ask.offset;
    size_t size = left < LOG_PIECE_BYTES ? left : LOG_PIECE_BYTES;
    memcpy(answer->line, LOG_SAYS_PIECE, head);
    (void)bytes_to_hex(answer->slots + answer->ask.offset, size, answer->line + head);
    return span_of(answer->line, head + 2 * size);
}

/* ---- a line ---- */

static struct span answer_line(void *context, struct span line)
{
    struct log_agent *agent = context;
    agent->counts.asked += 1;
    const char *wrong = log_ask_read(line, &agent->answer->ask);
    if (wrong != NULL) {
        return say(agent, LOG_SAYS_WRONG, wrong);
    }
    if (agent->publog == NULL) {
        return say(agent, LOG_SAYS_STOPPED, "nothing is written to the log now");
    }
    switch (agent->answer->ask.kind) {
    case LOG_ASK_TELL:
        return answer_tell(agent);
    case LOG_ASK_SHOW:
        return answer_show(agent);
    case LOG_ASK_SLOTS:
        return answer_slots(agent);
    case LOG_ASK_FIND:
        return answer_find(agent);
    case LOG_ASK_OPENINGS:
        return answer_openings(agent);
    case LOG_ASK_PIECE:
        return answer_piece(agent);
    }
    CHECK(false);
}

enum fault log_answer_open(struct log_agent *agent)
{
    const struct line_talk_options options = {.what = "the public log",
                                              .listener = agent->options.listener,
                                              .line_bytes_max = LOG_ASK_BYTES_MAX,
                                              .answer_bytes_max = LOG_ANSWER_BYTES_MAX,
                                              .clock = agent->options.clock,
                                              .answer = answer_line,
                                              .context = agent};
    if (options.listener < 0) {
        return FAULT_NONE;
    }
    agent->answer = calloc(1, sizeof(struct log_answer));
    return agent->answer == NULL ? FAULT(FAULT_LIMIT, "no memory for the log's answers")
                                 : line_talk_open(&agent->talk, &options);
}

void log_answer_close(struct log_agent *agent)
{
    line_talk_close(agent->talk);
    agent->talk = NULL;
    free(agent->answer);
    agent->answer = NULL;
}

enum fault log_answer_turn(struct log_agent *agent, bool *busy_out)
{
    if (agent->talk == NULL) {
        return FAULT_NONE;
    }
    TRY(line_talk_turn(agent->talk, busy_out));
    struct line_talk_counts counts = line_talk_counts(agent->talk);
    agent->counts.connections = counts.connections;
    agent->counts.turned_away = counts.turned_away;
    agent->counts.slow = counts.slow;
    return FAULT_NONE;
}
