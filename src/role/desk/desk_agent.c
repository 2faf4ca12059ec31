#include "role/desk/desk_agent.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/line_talk.h"
#include "io/log.h"
#include "io/officers.h"
#include "role/desk/desk_letter.h"
#include "role/desk/desk_noticed.h"
#include "role/desk/desk_paper.h"
#include "role/desk/desk_register.h"
#include "role/desk/desk_search.h"
#include "role/desk/desk_tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US      1000000ULL
#define TURN_NS 1000000000ULL /* between two looks at what is over */

struct desk_agent {
    struct agent agent; /* first: it is cast back */
    struct desk_agent_options options;
    struct desk_staff staff;
    struct desk_store *store;
    struct line_talk *talk;
    struct desk_tell *tell; /* NULL: there is no public log */
    struct desk_noticed *noticed;
    struct desk_search *search;
    struct desk_agent_counts counts;
    struct desk_place *places;
    enum fault fault; /* of the store: the process begins anew */
    u64 turn_ns;
    struct desk_papers papers;
    struct desk_file file;
    struct desk_act act;
    u8 bytes[DESK_FILE_BYTES + 1];
    char letter[DESK_LETTER_BYTES];
    size_t acts_bytes;
    char acts[DESK_ACTS_BYTES_MAX];
    char line[DESK_ANSWER_BYTES_MAX + 1];
};

static struct desk_agent *agent_of(struct agent *base)
{
    return (struct desk_agent *)(void *)base;
}

static u64 now_of(struct desk_agent *agent)
{
    return clock_wall_us(agent->options.clock) / US;
}

/* ---- answers ---- */

static struct span say(struct desk_agent *agent, const char *word, const char *text)
{
    int size = snprintf(agent->line, sizeof(agent->line), "%s%s", word, text);
    CHECK(size > 0 && (size_t)size <= DESK_ANSWER_BYTES_MAX);
    for (char *at = agent->line; *at != 0; at += 1) { /* it is one line */
        *at = *at == '\n' ? ' ' : *at;
    }
    return span_of(agent->line, (size_t)size);
}

static struct span say_wrong(struct desk_agent *agent, const char *why)
{
    agent->counts.refused += 1;
    return say(agent, "wrong ", why);
}

static struct span say_missing(struct desk_agent *agent, const char *why)
{
    agent->counts.refused += 1;
    return say(agent, "missing ", why);
}

/* A refusal is an answer; anything else ends this life of the process. */
static struct span say_fault(struct desk_agent *agent, enum fault fault)
{
    char text[FAULT_TEXT_BYTES];
    (void)snprintf(text, sizeof(text), "%s", fault_text());
    agent->counts.refused += 1;
    if (fault == FAULT_REFUSED || fault == FAULT_INPUT) {
        fault_forget();
        return say(agent, fault == FAULT_REFUSED ? "refused " : "wrong ", text);
    }
    agent->fault = fault;
    return say(agent, "stopped ", "the desk begins anew");
}

static struct span say_json(struct desk_agent *agent, struct json_writer *json, size_t head)
{
    size_t size = json_end(json);
    return size == 0 ? say_missing(agent, "more than an answer has room for")
                     : span_of(agent->line, head + size);
}

/* ---- lines ---- */

/* Up to the next blank, or all that is left. */
static struct span word_cut(struct span *rest)
{
    const u8 *blank = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    size_t size = blank == NULL ? rest->size : (size_t)(blank - rest->data);
    struct span word = span_of(rest->data, size);
    *rest = blank == NULL ? span_of(NULL, 0) : span_after(*rest, size + 1);
    return word;
}

static struct span answer_list(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "cases ";
    struct desk_filter filter;
    struct json_writer json;
    const char *why = desk_filter_read(rest, &filter);
    if (why != NULL) {
        return say_wrong(agent, why);
    }
    memcpy(agent->line, head, sizeof(head));
    json_begin(&json, agent->line + sizeof(head) - 1, sizeof(agent->line) - sizeof(head));
    desk_list_put(&json, desk_store_desk(agent->store), &filter, now_of(agent), agent->places);
    return say_json(agent, &json, sizeof(head) - 1);
}

/* The case that a word names; NULL: there is none. */
static const struct desk_case *case_of(struct desk_agent *agent, struct span word)
{
    u8 name[DESK_NAME_BYTES];
    return bytes_from_hex(word, name, sizeof(name)) ? desk_case(desk_store_desk(agent->store), name)
                                                    : NULL;
}

static struct span answer_show(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "case ";
    struct json_writer json;
    const struct desk_case *at = case_of(agent, rest);
    if (at == NULL) {
        return say_missing(agent, "no such case");
    }
    memcpy(agent->line, head, sizeof(head));
    json_begin(&json, agent->line + sizeof(head) - 1, sizeof(agent->line) - sizeof(head));
    desk_case_put(&json, at, now_of(agent));
    return say_json(agent, &json, sizeof(head) - 1);
}

static const struct desk_authority *authority_of(struct desk_agent *agent, struct span word)
{
    char name[DESK_AUTHORITY_BYTES] = "";
    return span_copy(word, name, sizeof(name) - 1)
               ? desk_authority(desk_store_desk(agent->store), name)
               : NULL;
}

static struct span answer_authority(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "authority ";
    struct json_writer json;
    const struct desk_authority *at = authority_of(agent, rest);
    if (at == NULL) {
        return say_missing(agent, "no such authority");
    }
    memcpy(agent->line, head, sizeof(head));
    json_begin(&json, agent->line + sizeof(head) - 1, sizeof(agent->line) - sizeof(head));
    desk_authority_put(&json, at);
    return say_json(agent, &json, sizeof(head) - 1);
}

struct collecting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct desk_agent *agent;
};

static enum fault collect(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct desk_agent *agent = ((struct collecting *)(void *)visitor)->agent;
    char number[64];
    char text[DESK_FILE_BYTES];
    size_t size = desk_file_print(&row->file, text);
    int head = snprintf(number, sizeof(number), "# %llu %llu\n", (unsigned long long)row->number,
                        (unsigned long long)row->log);
    CHECK(head > 0);
    if (agent->acts_bytes + size + (size_t)head > sizeof(agent->acts)) {
        return FAULT(FAULT_REFUSED, "the case has more acts than are shown at once");
    }
    memcpy(agent->acts + agent->acts_bytes, number, (size_t)head);
    memcpy(agent->acts + agent->acts_bytes + head, text, size);
    agent->acts_bytes += size + (size_t)head;
    return FAULT_NONE;
}

/* Every act of a case as it was signed, each behind a line "# NUMBER LOG". */
static struct span answer_acts(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "acts ";
    struct collecting collecting = {.visitor = {.visit = collect}, .agent = agent};
    const struct desk_case *at = case_of(agent, rest);
    if (at == NULL) {
        return say_missing(agent, "no such case");
    }
    agent->acts_bytes = 0;
    enum fault fault = desk_store_walk(agent->store, at->name, &collecting.visitor);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    memcpy(agent->line, head, sizeof(head));
    (void)bytes_to_hex((const u8 *)agent->acts, agent->acts_bytes, agent->line + sizeof(head) - 1);
    return span_of(agent->line, sizeof(head) - 1 + 2 * agent->acts_bytes);
}
_Static_assert(2 * DESK_ACTS_BYTES_MAX + 64 < DESK_ANSWER_BYTES_MAX, "all that is shown");

static const struct desk_member *member_of(const struct desk_agent *agent, struct span code)
{
    for (u32 i = 0; i < agent->staff.count; i += 1) {
        const struct desk_member *member = &agent->staff.list[i];
        if (span_equal(span_of_text(member->officer.code), code)) {
            return member;
        }
    }
    return NULL;
}

/* What an officer's next act follows, about a case or an authority: head OFFICER CASE|- NAME|-. */
static struct span answer_head(struct desk_agent *agent, struct span rest)
{
    static const u8 none[DESK_HASH_BYTES];
    char hex[2 * DESK_HASH_BYTES + 1];
    char grant[2 * DESK_HASH_BYTES + 1];
    const struct desk_member *member = member_of(agent, word_cut(&rest));
    const struct desk_case *at = case_of(agent, word_cut(&rest));
    const struct desk_authority *authority = authority_of(agent, rest);
    if (member == NULL) {
        return say_missing(agent, "no officer of the desk has this code");
    }
    const u8 *prior = at != NULL ? at->prior : authority != NULL ? authority->prior : none;
    bool is_first = span_is_zero(span_of(prior, DESK_HASH_BYTES));
    bool has_grant = at != NULL && at->is_prepared;
    int size = snprintf(agent->line, sizeof(agent->line), "head %s %s %s %s %s %s %llu",
                        agent->staff.venue, desk_word(DESK_WORDS_ROLE, member->role),
                        member->region, is_first ? "none" : bytes_to_hex(prior, 32, hex),
                        has_grant ? bytes_to_hex(at->grant, sizeof(at->grant), grant) : "none",
                        at == NULL ? "none" : at->authority, (unsigned long long)now_of(agent));
    CHECK(size > 0 && (size_t)size <= DESK_ANSWER_BYTES_MAX);
    return span_of(agent->line, (size_t)size);
}

/* ---- what an officer did ---- */

struct listing {
    struct desk_visitor visitor; /* first: it is cast back */
    struct json_writer json;
};

static enum fault list_act(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct json_writer *json = &((struct listing *)(void *)visitor)->json;
    const struct desk_act *act = &row->file.act;
    json_object_begin(json);
    json_field_u64(json, "number", row->number);
    json_field_u64(json, "time_s", row->step.now_s);
    json_field_text(json, "act", desk_word(DESK_WORDS_ACT, act->kind));
    if (!span_is_zero(span_of(act->name, sizeof(act->name)))) {
        json_field_hex(json, "case", span_of(act->name, sizeof(act->name)));
    }
    json_field_u64(json, "log", row->log);
    json_object_end(json);
    return FAULT_NONE;
}

/* "NAME=DIGITS"; false: another word, or no such number. */
static bool number_word(struct span word, const char *name, u64 *number_out)
{
    size_t head = strlen(name);
    char digits[20] = "";
    char *end = NULL;
    if (word.size <= head || memcmp(word.data, name, head) != 0 ||
        !span_copy(span_after(word, head), digits, sizeof(digits) - 1) ||
        strspn(digits, "0123456789") != strlen(digits)) {
        return false;
    }
    *number_out = strtoull(digits, &end, 10);
    return *end == 0 && *number_out <= INT64_MAX;
}

/* An officer's own acts, the newest first: by OFFICER [from=S] [until=S] [limit=N]. */
static struct span answer_by(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "by ";
    struct listing listing = {.visitor = {.visit = list_act}};
    u64 from_s = 0;
    u64 until_s = INT64_MAX;
    u64 limit = DESK_BY_LIMIT;
    const struct desk_member *member = member_of(agent, word_cut(&rest));
    if (member == NULL) {
        return say_missing(agent, "no officer of the desk has this code");
    }
    while (rest.size > 0) {
        struct span word = word_cut(&rest);
        if (!number_word(word, "from=", &from_s) && !number_word(word, "until=", &until_s) &&
            !number_word(word, "limit=", &limit)) {
            return say_wrong(agent, "a word is none of from, until, limit with a number");
        }
    }
    if (limit == 0 || limit > DESK_BY_LIMIT) {
        return say_wrong(agent, "limit: more than an answer has");
    }
    memcpy(agent->line, head, sizeof(head));
    json_begin(&listing.json, agent->line + sizeof(head) - 1, sizeof(agent->line) - sizeof(head));
    json_object_begin(&listing.json);
    json_key(&listing.json, "acts");
    json_array_begin(&listing.json);
    enum fault fault = desk_store_by(agent->store, member->officer.number, from_s, until_s,
                                     (u32)limit, &listing.visitor);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    json_array_end(&listing.json);
    json_object_end(&listing.json);
    return say_json(agent, &listing.json, sizeof(head) - 1);
}

/* ---- registers ---- */

static struct span answer_register(struct desk_agent *agent, struct span rest, const char *head,
                                   enum desk_act_kind kind)
{
    struct desk_register_asked asked;
    struct json_writer json;
    size_t size = strlen(head);
    const char *why = desk_register_read(rest, kind, &asked);
    if (why != NULL) {
        return say_wrong(agent, why);
    }
    memcpy(agent->line, head, size);
    json_begin(&json, agent->line + size, sizeof(agent->line) - size - 1);
    enum fault fault = desk_register_put(&json, agent->store, &asked);
    return fault == FAULT_NONE ? say_json(agent, &json, size) : say_fault(agent, fault);
}
_Static_assert(DESK_REGISTER_LIMIT *DESK_REGISTER_BYTES < DESK_ANSWER_BYTES_MAX, "all that fits");

static struct span answer_contacts(struct desk_agent *agent, struct span rest)
{
    return answer_register(agent, rest, "contacts ", DESK_ACT_CONTACT);
}

static struct span answer_recusals(struct desk_agent *agent, struct span rest)
{
    return answer_register(agent, rest, "recusals ", DESK_ACT_RECUSE);
}

/* The bytes behind the word; false: they are none, or too many. */
static bool bytes_take(struct desk_agent *agent, struct span rest, struct span *bytes_out)
{
    if (rest.size == 0 || rest.size % 2 != 0 || rest.size / 2 >= sizeof(agent->bytes) ||
        !bytes_from_hex(rest, agent->bytes, rest.size / 2)) {
        return false;
    }
    *bytes_out = span_of(agent->bytes, rest.size / 2);
    return true;
}

static struct span answer_letter(struct desk_agent *agent, struct span rest)
{
    static const char head[] = "letter ";
    struct span bytes;
    if (!bytes_take(agent, rest, &bytes)) {
        return say_wrong(agent, "no act in small hexadecimal digits");
    }
    enum fault fault = desk_act_read(bytes, "act", &agent->act);
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    const struct desk_case *at = desk_case(desk_store_desk(agent->store), agent->act.name);
    if (at == NULL || !desk_act_has_letter((enum desk_act_kind)agent->act.kind)) {
        return say_missing(agent, "no such case, or an act without a letter");
    }
    size_t size = desk_letter_print(at, &agent->act, agent->letter);
    memcpy(agent->line, head, sizeof(head));
    (void)bytes_to_hex((const u8 *)agent->letter, size, agent->line + sizeof(head) - 1);
    return span_of(agent->line, sizeof(head) - 1 + 2 * size);
}

static struct span answer_put(struct desk_agent *agent, struct span rest)
{
    struct span bytes;
    enum desk_rule rule = DESK_RULE_NONE;
    if (!bytes_take(agent, rest, &bytes)) {
        return say_wrong(agent, "no act in small hexadecimal digits");
    }
    enum fault fault = desk_file_read(bytes, "act", &agent->file);
    if (fault == FAULT_NONE) {
        fault = desk_store_put(agent->store, &agent->file, &agent->staff, now_of(agent), &rule);
    }
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    agent->counts.taken += 1;
    log_info("desk.taken", LOG_STR("act", desk_word(DESK_WORDS_ACT, agent->file.act.kind)));
    const struct desk_case *at = desk_case(desk_store_desk(agent->store), agent->file.act.name);
    return say(agent, "taken ", at == NULL ? "none" : desk_word(DESK_WORDS_STATE, at->state));
}

/* ---- papers ---- */

struct naming {
    struct desk_visitor visitor; /* first: it is cast back */
    const u8 *hash;
    bool is_named;
};

static enum fault named_visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct naming *naming = (struct naming *)(void *)visitor;
    const struct desk_act *act = &row->file.act;
    naming->is_named =
        naming->is_named || memcmp(act->sealed, naming->hash, sizeof(act->sealed)) == 0;
    return FAULT_NONE;
}

/* A number in its one form: at most 9 digits, which is more than papers have. */
static bool number_cut(struct span *rest, u64 *number_out)
{
    struct span word = word_cut(rest);
    *number_out = 0;
    for (size_t i = 0; i < word.size; i += 1) {
        if (word.data[i] < '0' || word.data[i] > '9' ||
            (i == 0 && word.size > 1 && *word.data == '0')) {
            return false;
        }
        *number_out = *number_out * 10 + (u64)(word.data[i] - '0');
    }
    return word.size > 0 && word.size <= 9;
}

/* put-paper CASE HASH OFFSET TOTAL BYTES: of a paper that an act of the case names as sealed. */
static struct span answer_paper_put(struct desk_agent *agent, struct span rest)
{
    u8 hash[DESK_HASH_BYTES];
    char text[24];
    struct span bytes;
    u64 offset = 0;
    u64 total = 0;
    struct naming naming = {.visitor = {.visit = named_visit}, .hash = hash};
    const struct desk_case *at = case_of(agent, word_cut(&rest));
    if (at == NULL) {
        return say_missing(agent, "no such case");
    }
    if (!bytes_from_hex(word_cut(&rest), hash, sizeof(hash)) || !number_cut(&rest, &offset) ||
        !number_cut(&rest, &total) || !bytes_take(agent, rest, &bytes)) {
        return say_wrong(agent, "not CASE HASH OFFSET TOTAL and bytes");
    }
    enum fault fault = desk_store_walk(agent->store, at->name, &naming.visitor);
    if (fault == FAULT_NONE && !naming.is_named) {
        fault = FAULT(FAULT_REFUSED, "no act of the case names it as sealed");
    }
    if (fault == FAULT_NONE) {
        fault = desk_papers_put(&agent->papers, hash, offset, total, bytes, &offset);
    }
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)offset);
    return say(agent, "stored ", text);
}

/* paper HASH OFFSET: "paper TOTAL BYTES" */
static struct span answer_paper(struct desk_agent *agent, struct span rest)
{
    u8 hash[DESK_HASH_BYTES];
    u64 offset = 0;
    u64 total = 0;
    size_t size = 0;
    if (!bytes_from_hex(word_cut(&rest), hash, sizeof(hash)) || !number_cut(&rest, &offset) ||
        rest.size > 0) {
        return say_wrong(agent, "not HASH OFFSET");
    }
    enum fault fault =
        desk_papers_get(&agent->papers, hash, offset, (u8 *)agent->acts, &size, &total);
    if (fault == FAULT_MISSING) {
        fault_forget();
        return say_missing(agent, "no such paper");
    }
    if (fault != FAULT_NONE) {
        return say_fault(agent, fault);
    }
    int head = snprintf(agent->line, sizeof(agent->line), "paper %llu ", (unsigned long long)total);
    CHECK(head > 0);
    (void)bytes_to_hex((const u8 *)agent->acts, size, agent->line + head);
    return span_of(agent->line, (size_t)head + 2 * size);
}
_Static_assert(DESK_PAPER_PIECE < DESK_FILE_BYTES, "a piece is a line");
_Static_assert(DESK_PAPER_PIECE_READ <= DESK_ACTS_BYTES_MAX, "and an answer");

/* ---- the count of a search ---- */

/* search CASE [BYTES]: with what is searched for it is asked, without it what became of that. */
static struct span answer_search(struct desk_agent *agent, struct span rest)
{
    struct span bytes;
    const struct desk_case *at = case_of(agent, word_cut(&rest));
    if (at == NULL) {
        return say_missing(agent, "no such case");
    }
    if (rest.size == 0) {
        return say(agent, "search ", desk_search_state(agent->search, at));
    }
    if (!bytes_take(agent, rest, &bytes)) {
        secret_wipe(agent->bytes, sizeof(agent->bytes));
        return say_wrong(agent, "no value in small hexadecimal digits");
    }
    enum fault fault = desk_search_ask(agent->search, at, bytes, now_of(agent));
    secret_wipe(agent->bytes, bytes.size);
    return fault == FAULT_NONE ? say(agent, "search ", desk_search_state(agent->search, at))
                               : say_fault(agent, fault);
}

static struct span answer_line(void *context, struct span line)
{
    static const struct {
        const char *word;
        struct span (*answer)(struct desk_agent *agent, struct span rest);
    } rows[] = {{"list", answer_list},           {"show", answer_show},
                {"acts", answer_acts},           {"head", answer_head},
                {"letter", answer_letter},       {"put", answer_put},
                {"authority", answer_authority}, {"by", answer_by},
                {"put-paper", answer_paper_put}, {"paper", answer_paper},
                {"contacts", answer_contacts},   {"recusals", answer_recusals},
                {"search", answer_search}};
    struct desk_agent *agent = context;
    struct span rest = line;
    struct span word = word_cut(&rest);
    agent->counts.asked += 1;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (span_equal(word, span_of_text(rows[i].word)) && line.size <= DESK_LINE_BYTES_MAX) {
            return rows[i].answer(agent, rest);
        }
    }
    return say_wrong(
        agent,
        "the line begins with none of list, show, acts, head, letter, put, authority, by, put-paper, paper, "
        "contacts, recusals, search");
}

/* ---- the agent ---- */

static void count_cases(struct desk_agent *agent, u64 now_s)
{
    const struct desk *desk = desk_store_desk(agent->store);
    struct desk_agent_counts *counts = &agent->counts;
    counts->cases = desk->cases_count;
    counts->open = 0;
    counts->late = 0;
    counts->alarms = 0;
    for (u32 i = 0; i < desk->cases_count; i += 1) {
        const struct desk_case *at = &desk->cases[i];
        counts->open += desk_case_is_over(at) ? 0 : 1;
        counts->late += desk_case_due(at) < now_s ? 1 : 0;
        counts->alarms += desk_alarm(at, now_s) != 0 ? 1 : 0;
    }
}

static enum fault staff_load(struct desk_agent *agent)
{
    static struct officers officers;
    static char text[DESK_STAFF_BYTES];
    char path[FILE_PATH_BYTES];
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    TRY(officers_read_file(agent->options.disk, agent->options.officers, &officers));
    TRY(file_path(path, agent->options.folder, DESK_STAFF_FILE));
    TRY(file_open(agent->options.disk, path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > sizeof(text)) {
        return FAULT(FAULT_INPUT, "%s: longer than a staff is", path);
    }
    TRY(file_read_whole(&file, 0, text, (size_t)size));
    TRY(desk_staff_read(span_of(text, (size_t)size), path, &officers, &agent->staff));
    const char *lack = desk_staff_lack(&agent->staff);
    if (lack != NULL) {
        log_warn("desk.staff_lacks", LOG_STR("for", lack));
    }
    return FAULT_NONE;
}

static enum fault desk_open(struct agent *base)
{
    struct desk_agent *agent = agent_of(base);
    char folder[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    struct desk_store_options options = {.path = path,
                                         .access = SQL_WRITE,
                                         .venue = agent->staff.venue,
                                         .cases_max = agent->options.cases_max};
    const struct line_talk_options talk = {.what = "the disclosure desk",
                                           .listener = agent->options.listener,
                                           .line_bytes_max = DESK_LINE_BYTES_MAX,
                                           .answer_bytes_max = DESK_ANSWER_BYTES_MAX,
                                           .wipes = true, /* what is searched for */
                                           .clock = agent->options.clock,
                                           .answer = answer_line,
                                           .context = agent};
    TRY(staff_load(agent));
    TRY(file_path(folder, agent->options.folder, DESK_FOLDER));
    TRY(disk_make_folder(agent->options.disk, folder));
    TRY(file_path(path, folder, DESK_STORE_FILE));
    TRY(sql_file_make(folder, path));
    TRY(desk_store_open(&agent->store, &options));
    TRY(desk_papers_open(&agent->papers, agent->options.disk, folder));
    if (agent->options.log != NULL) {
        TRY(desk_tell_open(&agent->tell, agent->options.log, agent->options.clock,
                           agent->options.cases_max));
    }
    TRY(desk_noticed_open(&agent->noticed, agent->options.line, agent->options.log,
                          agent->options.clock));
    TRY(desk_search_open(&agent->search, agent->options.keep, agent->options.clock));
    return line_talk_open(&agent->talk, &talk);
}

static enum fault clock_turn(struct desk_agent *agent, bool *busy_out)
{
    u64 now_ns = clock_mono_ns(agent->options.clock);
    u32 ended = 0;
    if (now_ns < agent->turn_ns) {
        return FAULT_NONE;
    }
    agent->turn_ns = now_ns + TURN_NS;
    TRY(desk_store_turn(agent->store, &agent->staff, now_of(agent), &ended));
    if (ended > 0) {
        log_info("desk.ended", LOG_U64("count", ended));
        *busy_out = true;
    }
    count_cases(agent, now_of(agent));
    return FAULT_NONE;
}

static enum fault tell_turn(struct desk_agent *agent, bool *busy_out)
{
    if (agent->tell == NULL) {
        return FAULT_NONE;
    }
    TRY(desk_tell_turn(agent->tell, agent->store, &agent->staff, now_of(agent), busy_out));
    struct desk_tell_counts counts = desk_tell_counts(agent->tell);
    agent->counts.told = counts.told;
    agent->counts.waits = counts.waits;
    agent->counts.stuck = counts.stuck;
    agent->counts.strange = counts.strange;
    return FAULT_NONE;
}

static enum fault desk_work(struct agent *base, bool *busy_out)
{
    struct desk_agent *agent = agent_of(base);
    TRY(line_talk_turn(agent->talk, busy_out));
    TRY(agent->fault);
    struct line_talk_counts counts = line_talk_counts(agent->talk);
    agent->counts.connections = counts.connections;
    agent->counts.turned_away = counts.turned_away;
    TRY(tell_turn(agent, busy_out));
    TRY(desk_noticed_turn(agent->noticed, agent->store, busy_out));
    agent->counts.line_asked = desk_noticed_counts(agent->noticed).asked;
    agent->counts.line_ended = desk_noticed_counts(agent->noticed).wrong;
    TRY(desk_search_turn(agent->search, agent->store, &agent->staff, now_of(agent), busy_out));
    agent->counts.counted = desk_search_counts(agent->search).counted;
    return clock_turn(agent, busy_out);
}

static void desk_close(struct agent *base)
{
    struct desk_agent *agent = agent_of(base);
    line_talk_close(agent->talk);
    desk_tell_close(agent->tell);
    desk_noticed_close(agent->noticed);
    desk_search_close(agent->search);
    desk_papers_close(&agent->papers);
    desk_store_close(agent->store);
    agent->talk = NULL;
    agent->noticed = NULL;
    agent->search = NULL;
    agent->tell = NULL;
    agent->store = NULL;
}

static const struct agent_ops desk_ops = {
    .open = desk_open,
    .work = desk_work,
    .close = desk_close,
};

enum fault desk_agent_create(struct desk_agent **agent_out,
                             const struct desk_agent_options *options)
{
    CHECK(options->listener >= 0 && options->cases_max > 0);
    *agent_out = calloc(1, sizeof(struct desk_agent));
    if (*agent_out != NULL) {
        (*agent_out)->places = calloc(options->cases_max, sizeof(struct desk_place));
    }
    if (*agent_out == NULL || (*agent_out)->places == NULL) {
        free(*agent_out);
        *agent_out = NULL;
        return FAULT(FAULT_LIMIT, "no memory for the desk's agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &desk_ops, .name = "desk"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *desk_agent_of(struct desk_agent *agent)
{
    return &agent->agent;
}

void desk_agent_destroy(struct desk_agent *agent)
{
    if (agent != NULL) {
        free(agent->places);
    }
    free(agent);
}

struct span desk_agent_answer(struct desk_agent *agent, struct span line)
{
    return answer_line(agent, line);
}

struct desk_agent_counts desk_agent_counts(const struct desk_agent *agent)
{
    return agent->counts;
}
