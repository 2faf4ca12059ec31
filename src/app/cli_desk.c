/* cambist desk: writes and brings acts to the disclosure desk, and asks it. */
#include "app/cli.h"
#include "app/desk_count.h"
#include "app/desk_draft.h"
#include "app/grant_case.h"
#include "app/local_socket.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"
#include "io/file.h"
#include "io/sign.h"
#include "role/desk/desk_agent.h"
#include "role/desk/desk_letter.h"
#include "role/desk/desk_paper.h"
#include "role/vault/grant_circle.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S      30U
#define ROWS_BYTES  16384U
#define PAPER_BYTES 16384U

enum { DESK_DATA, DESK_SOCKET, DESK_OFFICER, DESK_LETTER, DESK_ROWS, DESK_PAPER, DESK_SIZE };

static const struct option options[] = {
    [DESK_DATA] = {.name = "data",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .otherwise = "data",
                   .help = "The venue's data folder."},
    [DESK_SOCKET] = {.name = "socket",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "The socket that desk.socket names. Without it desk.sock in the data "
                             "folder."},
    [DESK_OFFICER] = {.name = "officer",
                      .kind = OPTION_TEXT,
                      .value = "CODE",
                      .help = "draft: whose act it is, by the code in the register."},
    [DESK_LETTER] = {.name = "letter",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "draft: where the letter goes that is sent with the act. Without it "
                             "to the terminal."},
    [DESK_ROWS] = {.name = "rows",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .help = "grant: the records, as \"cambist open collect\" printed them."},
    [DESK_PAPER] = {.name = "paper",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help =
                        "grant, search: what the paper says, a line PERSON FIELD VALUE each, by "
                        "the case's numbers of people."},
    [DESK_SIZE] = {.name = "log-size",
                   .kind = OPTION_NUMBER,
                   .value = "N",
                   .minimum = 0,
                   .maximum = INT64_MAX,
                   .help = "grant: entries of the public log. Without it those that the data "
                           "folder's log has published."},
};

struct desk_cli {
    const struct option_call *call;
    int socket;
    char line[DESK_LINE_BYTES_MAX + 2];
    size_t answer_bytes;
    char answer[DESK_ANSWER_BYTES_MAX + 2];
    u8 bytes[DESK_ACTS_BYTES_MAX];
    struct desk_draft draft;
    struct grant_case at;
    struct grant grant;
    u64 persons[DESK_PERSONS_MAX];
    u32 persons_count;
    char rows[ROWS_BYTES];
    char paper[PAPER_BYTES];
    struct desk_file file;
    char text[DESK_FILE_BYTES];
};

/* ---- one line, one answer ---- */

static enum fault connect_to(struct desk_cli *cli)
{
    const struct option_value *values = cli->call->values;
    char path[FILE_PATH_BYTES];
    if (cli->socket >= 0) {
        return FAULT_NONE;
    }
    if (values[DESK_SOCKET].given) {
        return local_socket_open(values[DESK_SOCKET].text, WAIT_S, &cli->socket);
    }
    TRY(file_path(path, values[DESK_DATA].text, "desk.sock"));
    return local_socket_open(path, WAIT_S, &cli->socket);
}

/* The answer to cli->line; what is behind its first word, which must be `wanted`. */
static enum fault ask(struct desk_cli *cli, const char *wanted, struct span *rest_out)
{
    size_t used = 0;
    TRY(connect_to(cli));
    TRY(local_socket_send(cli->socket, span_of_text(cli->line)));
    while (used == 0 || cli->answer[used - 1] != '\n') {
        size_t got = 0;
        if (used + 1 >= sizeof(cli->answer)) {
            return FAULT(FAULT_FOREIGN, "an answer that is longer than one is");
        }
        TRY(local_socket_receive(cli->socket, cli->answer + used, sizeof(cli->answer) - used - 1,
                                 &got));
        used += got;
    }
    cli->answer[used - 1] = '\0';
    cli->answer_bytes = used - 1;
    size_t head = strlen(wanted);
    if (used > head && memcmp(cli->answer, wanted, head) == 0 && cli->answer[head] == ' ') {
        *rest_out = span_of(cli->answer + head + 1, cli->answer_bytes - head - 1);
        return FAULT_NONE;
    }
    static const struct {
        const char *word;
        enum fault fault;
    } words[] = {{"refused ", FAULT_REFUSED},
                 {"wrong ", FAULT_INPUT},
                 {"missing ", FAULT_MISSING},
                 {"stopped ", FAULT_UNAVAILABLE}};
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        size_t size = strlen(words[i].word);
        if (strncmp(cli->answer, words[i].word, size) == 0) {
            return FAULT(words[i].fault, "%.200s", cli->answer + size);
        }
    }
    return FAULT(FAULT_FOREIGN, "an answer that is none");
}

static enum fault line_make(struct desk_cli *cli, const char *word, const char *rest)
{
    int size =
        snprintf(cli->line, sizeof(cli->line), "%s%s%s\n", word, rest[0] == 0 ? "" : " ", rest);
    return size > 0 && (size_t)size < sizeof(cli->line)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s: more than a line has", word);
}

/* The same with bytes behind the word. */
static void line_of_bytes(struct desk_cli *cli, const char *word, const char *text, size_t bytes)
{
    size_t head = strlen(word);
    memcpy(cli->line, word, head);
    (void)bytes_to_hex((const u8 *)text, bytes, cli->line + head);
    memcpy(cli->line + head + 2 * bytes, "\n", 2);
}

static enum fault bytes_of(struct desk_cli *cli, struct span hex, struct span *bytes_out)
{
    if (hex.size % 2 != 0 || hex.size / 2 > sizeof(cli->bytes) ||
        !bytes_from_hex(hex, cli->bytes, hex.size / 2)) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    *bytes_out = span_of(cli->bytes, hex.size / 2);
    return FAULT_NONE;
}

/* ---- asking ---- */

static enum fault print_answer(struct desk_cli *cli, const char *wanted)
{
    struct span rest = span_of(NULL, 0);
    TRY(ask(cli, wanted, &rest));
    (void)fwrite(rest.data, 1, rest.size, stdout);
    (void)putchar('\n');
    return FAULT_NONE;
}

/* A question of words, as they were given: NAME=VALUE. */
static enum fault words_ask(struct desk_cli *cli, const char *wanted)
{
    const char *verb = cli->call->operands[0];
    char words[1024] = "";
    size_t used = 0;
    for (u32 i = 1; i < cli->call->operands_count; i += 1) {
        int size = snprintf(words + used, sizeof(words) - used, "%s%s", i == 1 ? "" : " ",
                            cli->call->operands[i]);
        if (size < 0 || (size_t)size >= sizeof(words) - used) {
            return FAULT(FAULT_USAGE, "%s: more words than there are", verb);
        }
        used += (size_t)size;
    }
    TRY(line_make(cli, verb, words));
    return print_answer(cli, wanted);
}

static enum fault list(struct desk_cli *cli)
{
    return words_ask(cli, "cases");
}

static enum fault contacts(struct desk_cli *cli)
{
    return words_ask(cli, "contacts");
}

static enum fault recusals(struct desk_cli *cli)
{
    return words_ask(cli, "recusals");
}

static enum fault operand_wanted(const struct desk_cli *cli, u32 count, const char *what)
{
    return cli->call->operands_count == count + 1
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s: %s is wanted", cli->call->operands[0], what);
}

static enum fault show(struct desk_cli *cli)
{
    TRY(operand_wanted(cli, 1, "one CASE"));
    TRY(line_make(cli, "show", cli->call->operands[1]));
    return print_answer(cli, "case");
}

static enum fault authority(struct desk_cli *cli)
{
    TRY(operand_wanted(cli, 1, "one NAME"));
    TRY(line_make(cli, "authority", cli->call->operands[1]));
    return print_answer(cli, "authority");
}

static enum fault acts(struct desk_cli *cli)
{
    struct span rest = span_of(NULL, 0);
    struct span bytes = span_of(NULL, 0);
    TRY(operand_wanted(cli, 1, "one CASE"));
    TRY(line_make(cli, "acts", cli->call->operands[1]));
    TRY(ask(cli, "acts", &rest));
    TRY(bytes_of(cli, rest, &bytes));
    (void)fwrite(bytes.data, 1, bytes.size, stdout);
    return FAULT_NONE;
}

/* ---- files ---- */

static enum fault input_read(const char *path, u8 *target, size_t bytes_max, size_t *size_out)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (file == NULL) {
        return FAULT(FAULT_MISSING, "%s: cannot be opened", path);
    }
    *size_out = fread(target, 1, bytes_max, file);
    bool is_whole = ferror(file) == 0 && *size_out < bytes_max;
    if (file != stdin) {
        (void)fclose(file);
    }
    return is_whole ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: longer than it may be", path);
}

/* ---- what acts say of a case ---- */

static enum fault case_fetch(struct desk_cli *cli, const char *case_hex)
{
    struct span rest = span_of(NULL, 0);
    struct span bytes = span_of(NULL, 0);
    TRY(line_make(cli, "acts", case_hex));
    TRY(ask(cli, "acts", &rest));
    TRY(bytes_of(cli, rest, &bytes));
    return grant_case_read(bytes, "acts", NULL, &cli->at);
}

/* The key to which answers of the case's authority go, as it is registered now. */
static enum fault recipient_fetch(struct desk_cli *cli)
{
    static const char field[] = "\"recipient\":\"";
    struct span rest = span_of(NULL, 0);
    if (strcmp(cli->at.asked.authority, "none") == 0) {
        return FAULT_NONE;
    }
    TRY(line_make(cli, "authority", cli->at.asked.authority));
    TRY(ask(cli, "authority", &rest));
    const char *begin = memmem(rest.data, rest.size, field, sizeof(field) - 1);
    size_t size = begin == NULL ? 0 : strcspn(begin + sizeof(field) - 1, "\"");
    if (size == 0 || size >= sizeof(cli->at.recipient)) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    memcpy(cli->at.recipient, begin + sizeof(field) - 1, size);
    return FAULT_NONE;
}

/* "1 7": the case's person 1 is number 7; "1 none" has none. */
static enum fault person_take(struct desk_cli *cli, const char *value)
{
    char *end = NULL;
    unsigned long ordinal = strtoul(value, &end, 10);
    bool is_none = *end == ' ' && strcmp(end + 1, "none") == 0;
    u64 number = 0;
    if (*end != ' ' || ordinal != cli->persons_count + 1UL || ordinal > DESK_PERSONS_MAX ||
        (!is_none && !tlog_number_read(span_of_text(end + 1), UINT64_MAX, &number))) {
        return FAULT(FAULT_USAGE, "person=\"%s\": people are \"1 NUMBER\", \"2 NUMBER\" and so on",
                     value);
    }
    cli->persons[cli->persons_count] = number;
    cli->persons_count += 1;
    return FAULT_NONE;
}

/* A preparation of a grant that is at hand: it says what was assessed and no more. */
static enum fault grant_look(struct desk_cli *cli, const char *path)
{
    static struct grant_file file;
    u8 bytes[GRANT_FILE_BYTES];
    const struct desk_act *act = &cli->draft.act;
    size_t size = 0;
    TRY(case_fetch(cli, cli->draft.case_hex));
    TRY(recipient_fetch(cli));
    TRY(input_read(path, bytes, sizeof(bytes), &size));
    TRY(grant_file_read(span_of(bytes, size), path, &file));
    if (memcmp(file.hash, act->grant, sizeof(act->grant)) != 0) {
        return FAULT(FAULT_INPUT, "%s: prepared is the grant's text alone, without signatures",
                     path);
    }
    if (file.grant.expires_s != act->until_s) {
        return FAULT(FAULT_REFUSED, "%s: it does not expire when the act says", path);
    }
    return grant_case_holds(&cli->at, &file.grant, act->persons, act->persons_count);
}

/* What is prepared of a disclosure is a grant, where the act was given the file. */
static enum fault preparation_look(struct desk_cli *cli)
{
    const struct option_call *call = cli->call;
    for (u32 i = 3; i < call->operands_count; i += 1) {
        if (strncmp(call->operands[i], "grant=@", 7) == 0 && cli->draft.act.persons_count > 0) {
            enum fault fault = grant_look(cli, call->operands[i] + 7);
            if (fault == FAULT_REFUSED && cli->at.asked.request != DESK_REQUEST_DISCLOSE) {
                fault_forget(); /* an order is no grant */
                fault = FAULT_NONE;
            }
            return fault;
        }
    }
    return FAULT_NONE;
}

/* ---- drafts ---- */

/* The letter that goes with the draft: shown, and its hash in the act. */
static enum fault letter_take(struct desk_cli *cli)
{
    struct span rest = span_of(NULL, 0);
    struct span letter = span_of(NULL, 0);
    line_of_bytes(cli, "letter ", cli->draft.text, cli->draft.text_bytes);
    TRY(ask(cli, "letter", &rest));
    TRY(bytes_of(cli, rest, &letter));
    TRY(desk_draft_letter(&cli->draft, letter));
    if (!cli->call->values[DESK_LETTER].given) {
        (void)fwrite(letter.data, 1, letter.size, stderr);
        return FAULT_NONE;
    }
    FILE *file = fopen(cli->call->values[DESK_LETTER].text, "wbe");
    if (file == NULL || fwrite(letter.data, 1, letter.size, file) != letter.size ||
        fclose(file) != 0) {
        return FAULT(FAULT_IO, "%s: cannot be written", cli->call->values[DESK_LETTER].text);
    }
    return FAULT_NONE;
}

static enum fault draft(struct desk_cli *cli)
{
    const struct option_call *call = cli->call;
    char words[256];
    struct span rest = span_of(NULL, 0);
    if (call->operands_count < 3 || !call->values[DESK_OFFICER].given) {
        return FAULT(FAULT_USAGE, "draft wants --officer, an ACT and a CASE, new or none");
    }
    TRY(desk_draft_begin(&cli->draft, call->operands[1], call->operands[2],
                         call->values[DESK_OFFICER].text, call->operands + 3,
                         call->operands_count - 3));
    int size = snprintf(words, sizeof(words), "%s %s %s", call->values[DESK_OFFICER].text,
                        cli->draft.case_hex, cli->draft.authority);
    if (size < 0 || (size_t)size >= sizeof(words)) {
        return FAULT(FAULT_USAGE, "draft: a name is too long");
    }
    TRY(line_make(cli, "head", words));
    TRY(ask(cli, "head", &rest));
    TRY(desk_draft_head(&cli->draft, rest));
    TRY(desk_draft_make(&cli->draft));
    if (cli->draft.act.kind == DESK_ACT_PREPARE) {
        TRY(preparation_look(cli));
    }
    if (desk_act_has_letter((enum desk_act_kind)cli->draft.act.kind)) {
        TRY(letter_take(cli));
    }
    (void)fwrite(cli->draft.text, 1, cli->draft.text_bytes, stdout);
    return FAULT_NONE;
}

/* ---- the grant of a case ---- */

static enum fault log_size_take(const struct desk_cli *cli, u64 *size_out)
{
    const struct option_value *values = cli->call->values;
    char path[FILE_PATH_BYTES];
    u8 bytes[4096];
    size_t size = 0;
    struct span line;
    if (values[DESK_SIZE].given) {
        *size_out = values[DESK_SIZE].number;
        return FAULT_NONE;
    }
    TRY(file_path(path, values[DESK_DATA].text, "log/public/" TLOG_STORE_CHECKPOINT));
    TRY(input_read(path, bytes, sizeof(bytes), &size));
    struct span rest = span_of(bytes, size);
    return span_cut_line(&rest, &line) && span_cut_line(&rest, &line) &&
                   tlog_number_read(line, INT64_MAX, size_out)
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: no checkpoint of a log", path);
}

static enum fault grant_word_take(struct desk_cli *cli, const char *word,
                                  struct grant_case_parts *parts)
{
    if (strncmp(word, "person=", 7) == 0) {
        return person_take(cli, word + 7);
    }
    if (strncmp(word, "until=", 6) == 0 &&
        grant_moment_read(span_of_text(word + 6), &parts->until_s)) {
        return FAULT_NONE;
    }
    if (strncmp(word, "recipient=", 10) == 0 && cli->at.recipient[0] == '\0' &&
        span_copy(span_of_text(word + 10), cli->at.recipient, sizeof(cli->at.recipient) - 1)) {
        return FAULT_NONE;
    }
    return FAULT(FAULT_USAGE,
                 "grant: \"%s\" is none of person=, until=, and recipient= where no "
                 "authority is named",
                 word);
}

static enum fault grant_make(struct desk_cli *cli, struct grant_case_parts *parts)
{
    const struct option_value *values = cli->call->values;
    size_t size = 0;
    TRY(input_read(values[DESK_ROWS].text, (u8 *)cli->rows, sizeof(cli->rows), &size));
    parts->rows = span_of(cli->rows, size);
    if (values[DESK_PAPER].given) {
        TRY(input_read(values[DESK_PAPER].text, (u8 *)cli->paper, sizeof(cli->paper), &size));
        parts->paper = span_of(cli->paper, size);
    }
    TRY(log_size_take(cli, &parts->log_size));
    TRY(entropy_fill(parts->nonce, sizeof(parts->nonce)));
    return grant_case_write(&cli->at, parts, &cli->grant);
}

static enum fault grant(struct desk_cli *cli)
{
    const struct option_call *call = cli->call;
    struct grant_case_parts parts = {.now_s = (u64)time(NULL), .persons = cli->persons};
    char text[GRANT_TEXT_BYTES];
    if (call->operands_count < 3 || !call->values[DESK_ROWS].given) {
        return FAULT(FAULT_USAGE, "grant wants --rows, a CASE and person=\"1 NUMBER\"");
    }
    TRY(case_fetch(cli, call->operands[1]));
    TRY(recipient_fetch(cli));
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(grant_word_take(cli, call->operands[i], &parts));
    }
    parts.persons_count = cli->persons_count;
    enum fault fault = grant_make(cli, &parts);
    secret_wipe(cli->paper, sizeof(cli->paper));
    TRY(fault);
    (void)fwrite(text, 1, grant_print(&cli->grant, text), stdout);
    return FAULT_NONE;
}

/* ---- bringing ---- */

static enum fault file_take(struct desk_cli *cli)
{
    const char *path = cli->call->operands_count > 1 ? cli->call->operands[1] : "-";
    u8 bytes[DESK_FILE_BYTES];
    size_t size = 0;
    TRY(input_read(path, bytes, sizeof(bytes), &size));
    return desk_file_read(span_of(bytes, size), path, &cli->file);
}

static enum fault put(struct desk_cli *cli)
{
    struct span rest = span_of(NULL, 0);
    if (cli->call->operands_count > 2) {
        return FAULT(FAULT_USAGE, "put wants one FILE, or standard input");
    }
    TRY(file_take(cli));
    size_t size = desk_file_print(&cli->file, cli->text);
    line_of_bytes(cli, "put ", cli->text, size);
    TRY(ask(cli, "taken", &rest));
    (void)printf("taken: %.*s\n", (int)rest.size, (const char *)rest.data);
    return FAULT_NONE;
}

/* ---- the count of a search ---- */

#define SEARCH_BYTES     1024U
#define SEARCH_POLLS_MAX 1300U /* more than the desk waits for `keep` */
#define SEARCH_POLL_NS   50000000L

/* What became of the question; "waits" while it is under way. */
static enum fault search_state(struct desk_cli *cli, struct span *state_out)
{
    const struct timespec pause = {.tv_nsec = SEARCH_POLL_NS};
    for (u32 polls = 0; polls < SEARCH_POLLS_MAX; polls += 1) {
        TRY(line_make(cli, "search", cli->call->operands[1]));
        TRY(ask(cli, "search", state_out));
        if (!span_equal(*state_out, span_of_text("waits"))) {
            return FAULT_NONE;
        }
        (void)nanosleep(&pause, NULL);
    }
    return FAULT(FAULT_UNAVAILABLE, "the desk waits for the count");
}

/* The paper's value goes to the desk, which passes it to `keep` and forgets it. */
static enum fault search(struct desk_cli *cli)
{
    const struct option_call *call = cli->call;
    char word[64];
    size_t size = 0;
    struct span rest = span_of(NULL, 0);
    if (call->operands_count != 2 || !call->values[DESK_PAPER].given ||
        strlen(call->operands[1]) != 2UL * DESK_NAME_BYTES) {
        return FAULT(FAULT_USAGE, "search wants one CASE and --paper");
    }
    TRY(input_read(call->values[DESK_PAPER].text, (u8 *)cli->paper, SEARCH_BYTES, &size));
    (void)snprintf(word, sizeof(word), "search %s ", call->operands[1]);
    line_of_bytes(cli, word, cli->paper, size);
    secret_wipe(cli->paper, sizeof(cli->paper));
    enum fault fault = ask(cli, "search", &rest);
    secret_wipe(cli->line, sizeof(cli->line));
    TRY(fault);
    TRY(search_state(cli, &rest));
    TRY(desk_count_end(rest));
    TRY(line_make(cli, "show", call->operands[1]));
    TRY(ask(cli, "case", &rest));
    return desk_count_print(rest);
}

/* ---- sealed papers ---- */

static enum fault paper_piece(struct desk_cli *cli, const char *hash, u64 total, u64 offset,
                              struct span piece, u64 *at_out)
{
    struct span rest = span_of(NULL, 0);
    int head =
        snprintf(cli->line, sizeof(cli->line), "put-paper %s %s %llu %llu ", cli->call->operands[2],
                 hash, (unsigned long long)offset, (unsigned long long)total);
    if (head < 0 || (size_t)head + 2 * piece.size + 2 > sizeof(cli->line)) {
        return FAULT(FAULT_USAGE, "paper put: \"%s\" is no case", cli->call->operands[2]);
    }
    (void)bytes_to_hex(piece.data, piece.size, cli->line + head);
    memcpy(cli->line + head + 2 * piece.size, "\n", 2);
    TRY(ask(cli, "stored", &rest));
    return tlog_number_read(rest, total, at_out) && *at_out > offset
               ? FAULT_NONE
               : FAULT(FAULT_FOREIGN, "an answer that is none");
}

static enum fault paper_send(struct desk_cli *cli, struct file *file)
{
    char hash[2 * DESK_HASH_BYTES + 1];
    u8 piece[DESK_PAPER_PIECE];
    u64 total = 0;
    size_t size = 0;
    TRY(desk_draft_file_hash(cli->call->operands[3], hash));
    TRY(file_size(file, &total));
    for (u64 at = 0; at < total;) {
        TRY(file_read_at(file, at, piece, sizeof(piece), &size));
        if (size == 0) {
            return FAULT(FAULT_ROT, "%s: it became shorter meanwhile", file->path);
        }
        TRY(paper_piece(cli, hash, total, at, span_of(piece, size), &at));
    }
    (void)printf("stored: %s\n", hash);
    return total > 0 ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: it is empty", file->path);
}

/* To standard output; whole, or the hash does not fit. */
static enum fault paper_get(struct desk_cli *cli)
{
    u64 total = 1;
    for (u64 at = 0; at < total;) {
        struct span rest = span_of(NULL, 0);
        struct span bytes = span_of(NULL, 0);
        int size = snprintf(cli->line, sizeof(cli->line), "paper %s %llu\n", cli->call->operands[2],
                            (unsigned long long)at);
        if (size < 0 || (size_t)size >= sizeof(cli->line)) {
            return FAULT(FAULT_USAGE, "paper get: no hash");
        }
        TRY(ask(cli, "paper", &rest));
        const u8 *blank = memchr(rest.data, ' ', rest.size);
        size_t digits = blank == NULL ? 0 : (size_t)(blank - rest.data);
        if (!tlog_number_read(span_of(rest.data, digits), DESK_PAPER_BYTES_MAX, &total)) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        TRY(bytes_of(cli, span_after(rest, digits + 1), &bytes));
        if (bytes.size == 0) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        (void)fwrite(bytes.data, 1, bytes.size, stdout);
        at += bytes.size;
    }
    return FAULT_NONE;
}

static enum fault paper(struct desk_cli *cli)
{
    const struct option_call *call = cli->call;
    SCOPED_FILE file = {.disk = NULL};
    if (call->operands_count == 3 && strcmp(call->operands[1], "get") == 0) {
        return paper_get(cli);
    }
    if (call->operands_count != 4 || strcmp(call->operands[1], "put") != 0) {
        return FAULT(FAULT_USAGE, "paper wants put CASE FILE, or get HASH");
    }
    TRY(file_open(disk_real(), call->operands[3], 0, &file));
    return paper_send(cli, &file);
}

/* ---- the command ---- */

static enum fault act(struct desk_cli *cli)
{
    static const struct {
        const char *verb;
        enum fault (*run)(struct desk_cli *cli);
    } verbs[] = {{"list", list},           {"show", show},    {"acts", acts},
                 {"authority", authority}, {"draft", draft},  {"put", put},
                 {"grant", grant},         {"paper", paper},  {"contacts", contacts},
                 {"recusals", recusals},   {"search", search}};
    for (u32 i = 0; i < ARRAY_COUNT(verbs); i += 1) {
        if (strcmp(cli->call->operands[0], verbs[i].verb) == 0) {
            return verbs[i].run(cli);
        }
    }
    return FAULT(FAULT_USAGE,
                 "\"%s\" is none of list, show, acts, authority, contacts, recusals, draft, put, "
                 "grant, paper, search",
                 cli->call->operands[0]);
}

static int run(const struct option_call *call)
{
    static struct desk_cli cli;
    cli.call = call;
    cli.socket = -1;
    enum fault fault = act(&cli);
    if (cli.socket >= 0) {
        (void)close(cli.socket);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Works with the disclosure desk, where desk.on is true: docs/desk.md. What happens there are acts, "
    "each a text that one officer signs.",
    "draft ACT CASE FIELD=VALUE... (with --officer) prints the text of an act: receive, authenticate, "
    "assess, reject, narrow, challenge, approve and the others, for a case, for a new one (new) or of a "
    "register (none). It is filled in with what it follows; where a letter goes with it, that is shown. "
    "FIELD=@FILE stands for the file's SHA-256. identifier=\"PERSON FIELD VALUE\" is what the paper says, "
    "and becomes the hash of a subject.",
    "cambist officer sign shows it on the officer's machine and prints it with the signature. put [FILE] brings it to the desk, which takes it or names the rule against it.",
    "grant CASE person=\"1 NUMBER\"... (with --rows and --paper) prints the grant of an assessed "
    "case: its people, records and days as assessed, its authority, instrument and recipient as "
    "registered, what the paper says as hashes; until= when it expires. prepare with grant=@FILE "
    "refuses one that says more.",
    "paper put CASE FILE stores a paper that an act of the case names as sealed, a file of age; paper get "
    "HASH prints it as it is, for who can open it.",
    "search CASE --paper FILE has a search counted that is logged and has waited: FILE has what is searched "
    "for, one line or a name and a birth date. A number of people comes back, and becomes an act of the "
    "case.",
    "list [WORD...] prints cases that are not closed as JSON, what is due first: state=, request=, class=, "
    "urgency=, country=, authority=, alarm=yes, all=yes, limit=. show CASE prints one, acts CASE every act "
    "as it was signed, authority NAME what is registered. contacts [WORD...] prints which officer had to do "
    "with which authority, recusals [WORD...] who has ties to one, each with who signed it, the newest first: "
    "authority=, member=, from= and until= (seconds since 1970), before= (a number), limit=.",
    NULL,
};

static const struct option_example examples[] = {
    {"desk draft reject 00112233445566778899aabbccddeeff reason=TooWide --officer anna > act",
     "Writes a refusal, with its letter."},
    {"desk put signed", "Brings it to the desk."},
    {"desk grant 00112233445566778899aabbccddeeff person=\"1 7\" --rows rows --paper paper",
     "Writes the grant of a case."},
    {"desk list state=assessed country=FR", "Lists the cases that wait for approvals."},
    {"desk contacts authority=fr-court", "Lists meetings and calls with a court."},
    {NULL, NULL},
};

const struct subcommand cli_desk = {
    .name = "desk",
    .summary = "writes and brings acts to the disclosure desk, and lists its cases",
    .operands = "VERB [ARGUMENT]...",
    .operands_min = 1,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
