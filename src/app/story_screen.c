#include "app/own_answer.h"
#include "app/rule_words.h"
#include "app/rules_builtin.h"
#include "app/story_desk.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/span.h"
#include "role/lists/list_compile.h"
#include "role/lists/list_load.h"
#include "role/screen/own_read_text.h"
#include "role/screen/screen_chain.h"
#include "role/screen/screen_judge.h"
#include "role/screen/screen_path.h"
#include "wire/code.h"
#include "wire/link.h"

#include <stdio.h>
#include <string.h>

#define DAY_US          86400000000ULL
#define HIT_MILLIONTHS  840000U /* screen.threshold's default */
#define PERCENT_PARTS   100U    /* in hundredths of a percent */
#define COMMAND_MAX     ORDER_COMMAND_BYTES
#define PATHS_A_LIST    1U
#define LISTS_A_STORY   1U
#define LIST_OF_A_STORY 0U

/* ---- the folder ---- */

static u64 list_code(void)
{
    return code_name_of(span_of_text(STORY_LIST));
}

/* A file of the web, into a folder of the venue's, by another name. */
static enum fault file_put(const struct story_run *run, const char *folder, const char *name,
                           const char *as, char path[FILE_PATH_BYTES])
{
    const struct rules_builtin *file = rules_builtin_find(name);
    char place[FILE_PATH_BYTES];
    CHECK(file != NULL);
    TRY(file_path(place, run->folder, folder));
    TRY(disk_make_folder(disk_real(), place));
    TRY(file_path(path, place, as));
    return text_file_put(path, file->text.data, file->text.size, false);
}

/* As the screening process has it: what the registers say, with the list in use laid on it. */
static enum fault graph_make(struct story_run *run)
{
    struct story_desk *desk = &run->desk;
    char list[FILE_PATH_BYTES];
    char registers[FILE_PATH_BYTES];
    struct screen_own *own = NULL;
    u64 refused = 0;
    TRY(list_compiled_path(run->folder, list_code(), list));
    TRY(file_path(registers, run->folder, SCREEN_REGISTERS_FOLDER));
    struct screen_own_list lists[LISTS_A_STORY] = {
        {.path = list, .name = STORY_LIST, .load = desk->list.header.load}};
    TRY(screen_own_open(&own, disk_real(), registers, lists, LISTS_A_STORY, &refused));
    screen_own_close(desk->own);
    desk->own = own;
    return FAULT_NONE;
}

enum fault story_screen_register(struct story_run *run, const char *name)
{
    struct story_desk *desk = &run->desk;
    CHECK(desk->registers_count < STORY_FILES_MAX);
    char *path = desk->registers[desk->registers_count];
    char as[FILE_NAME_BYTES];
    desk->registers_count += 1;
    /* Read in the order in which they came: who is named first gives the key. */
    (void)snprintf(as, sizeof(as), "%u-%s", desk->registers_count, name);
    TRY(file_put(run, SCREEN_REGISTERS_FOLDER, name, as, path));
    story_tell(&run->teller, "registers", "%s", as);
    return FAULT_NONE;
}

/* ---- the list ---- */

/* In the name of the screening process, which has no officers. */
static enum fault send(struct story_run *run, void *command, size_t size, u16 kind)
{
    struct story_desk *desk = &run->desk;
    u64 record[COMMAND_MAX / sizeof(u64)];
    size_t bytes = 0;
    const char *field = NULL;
    desk->source_index += 1;
    struct command_head head = {.kind = kind,
                                .units = (u8)(size / WIRE_UNIT), /* raw: steps of the record */
                                .source = LINK_SOURCE_SCREEN,
                                .source_index = desk->source_index};
    CHECK(size <= sizeof(record));
    memcpy(record, command, size);
    memcpy(record, &head, sizeof(head));
    run->maker.rejects_count = 0;
    if (engine_submit(run->maker.engine, span_of(record, size), &bytes, &field) != ENGINE_TAKEN) {
        return FAULT(FAULT_DIVERGED, "the engine does not take %s of screening: %s",
                     wire_commands[kind].name, field == NULL ? "full" : field);
    }
    TRY(engine_drain(run->maker.engine));
    return run->maker.rejects_count == 0
               ? FAULT_NONE
               : FAULT(FAULT_DIVERGED, "%s of screening is refused", wire_commands[kind].name);
}

static enum fault list_take(struct story_run *run, const char *path, struct list_load *load_out)
{
    struct list_store *store = NULL;
    struct list_loader *loader = NULL;
    const char *const paths[PATHS_A_LIST] = {path};
    struct list_load_request request = {
        .folder = run->folder,
        .list = list_code(),
        .paths = paths,
        .paths_count = PATHS_A_LIST,
        .format = LIST_FORMAT_AUTO,
        .now_us = run->now_us,
        .policy = {.keep_percent = LIST_KEEP_PERCENT, .refused_permille = LIST_REFUSED_PERMILLE}};
    enum fault fault = list_store_open(&store, run->folder, SQL_WRITE);
    if (fault == FAULT_NONE) {
        fault = list_loader_create(&loader);
    }
    if (fault == FAULT_NONE) {
        fault = list_load(loader, store, &request, load_out);
    }
    list_loader_destroy(loader);
    list_store_close(store);
    return fault != FAULT_NONE || load_out->outcome == LIST_OUTCOME_ACCEPTED
               ? fault
               : FAULT(FAULT_DIVERGED, "the list of the story is refused: %s", load_out->reason);
}

/* The new list is in use, and the public log will say so. */
static enum fault list_use(struct story_run *run, const struct list_load *load)
{
    struct story_desk *desk = &run->desk;
    struct screen_list fresh = {.index = NULL};
    struct search_sizes sizes;
    char path[FILE_PATH_BYTES];
    struct command_log_entry entry = {
        .list = list_code(), .count = load->in_force, .topic = LOG_TOPIC_LIST};
    TRY(list_compiled_path(run->folder, list_code(), path));
    TRY(screen_list_read(&fresh, disk_real(), path, NULL, &desk->entry));
    screen_list_close(&desk->list);
    desk->list = fresh;
    sizes = search_sizes_of(fresh.index, SEARCH_CANDIDATES_DEFAULT);
    find_close(desk->find);
    TRY(find_open(&desk->find, &sizes, SCREEN_HITS_MAX));
    memcpy(entry.digest, load->hash, sizeof(entry.digest));
    return send(run, &entry, sizeof(entry), COMMAND_LOG_ENTRY);
}

enum fault story_screen_load(struct story_run *run, const char *name)
{
    static struct list_load load; /* one thread */
    char path[FILE_PATH_BYTES];
    char published[LIST_DATE_TEXT_BYTES];
    TRY(file_put(run, "demo", name, name, path));
    TRY(list_take(run, path, &load));
    list_date_print(load.published, published);
    story_tell(&run->teller, STORY_LIST,
               "load %u, published %s; entries: %llu, new: %llu; sha256 %02x%02x%02x%02x...",
               load.number, published, (unsigned long long)load.in_force,
               (unsigned long long)load.added, load.hash[0], load.hash[1], load.hash[2],
               load.hash[3]);
    return list_use(run, &load);
}

/* ---- everybody is looked at ---- */

/* Nothing was cleared by officers in a story. */
static bool never_cleared(struct screen_clearances *clearances, u64 row, u32 entry)
{
    (void)clearances;
    (void)row;
    (void)entry;
    return false;
}

static enum fault look_at_names(struct story_run *run, u32 person, const char *name)
{
    struct story_desk *desk = &run->desk;
    struct screen_clearances clearances = {.holds = never_cleared};
    struct command_listing_set commands[SCREEN_HITS_MAX];
    struct screen_hit hits[SCREEN_HITS_MAX];
    const struct find_hit *found = NULL;
    bool flag = false;
    u32 count =
        find_entry(desk->find, desk->list.index, &desk->entry, HIT_MILLIONTHS, &found, &flag);
    for (u32 i = 0; i < count; i += 1) {
        hits[i] = (struct screen_hit){found[i].number, found[i].millionths};
    }
    struct screen_question question = {.list = list_code(),
                                       .now_us = run->now_us,
                                       .person = person,
                                       .list_version = desk->list.header.load,
                                       .hits = hits,
                                       .hits_count = count};
    count = screen_judge(&desk->rows, &question, &clearances, commands, &flag);
    for (u32 i = 0; i < count; i += 1) {
        bool is_clear = commands[i].state == LISTING_STATE_CLEAR;
        story_tell(&run->teller, name, "screening: %s %s",
                   is_clear ? "by name not on" : "perhaps on", STORY_LIST);
        TRY(send(run, &commands[i], sizeof(commands[i]), COMMAND_LISTING_SET));
    }
    return FAULT_NONE;
}

static void owned_tell(struct story_run *run, const char *name, const struct screen_owned *owned,
                       const char *more)
{
    story_tell(&run->teller, name, "screening: those on %s hold %u.%02u to %u.%02u percent%s",
               STORY_LIST, owned->lower / PERCENT_PARTS, owned->lower % PERCENT_PARTS,
               owned->upper / PERCENT_PARTS, owned->upper % PERCENT_PARTS, more);
}

/* "lantern-2022-04-20", for the officers. */
static void row_label(struct story_run *run, const char *name)
{
    char label[STORY_LABEL_BYTES];
    char day[RULE_WORDS_BYTES];
    (void)snprintf(label, sizeof(label), "%.16s-%.10s", name, rule_words_time(run->now_us, day));
    story_row_name(run, label, engine_status(run->maker.engine).seq_durable);
}

/* Whether the writer has just these bounds already. */
static bool is_held_to(const struct screen_rows *rows, u32 person, const struct screen_owned *owned)
{
    for (const struct screen_row *row = screen_rows_first(rows, person); row != NULL;
         row = screen_rows_next(rows, row)) {
        if (row->kind == SCREEN_ROW_OWNERSHIP && row->lower == owned->lower &&
            row->upper == owned->upper) {
            return true;
        }
    }
    return false;
}

static enum fault look_at_owners(struct story_run *run, u32 person, const char *name)
{
    struct story_desk *desk = &run->desk;
    struct command_ownership_set command;
    struct screen_owned owned;
    size_t size = 0;
    u64 path = 0;
    bool is_less = false;
    struct screen_question question = {.list = list_code(),
                                       .now_us = run->now_us,
                                       .person = person,
                                       .list_version = desk->list.header.load};
    u32 node = screen_own_find(desk->own, &desk->entry.identifiers[0]);
    CHECK(desk->entry.identifiers_count == 1 && node != OWN_NONE);
    TRY(screen_own_ask(desk->own, LIST_OF_A_STORY, node, &owned, desk->path, &size));
    bool is_new = screen_judge_owned(&desk->rows, &question, &owned, 0, &command, &is_less);
    if (size > 0) {
        TRY(screen_path_keep(disk_real(), run->folder, &desk->gate.sha256,
                             span_of(desk->path, size), &path));
    }
    desk->proofs[person] = path;
    if (!is_new) {
        if (size > 0 && !is_held_to(&desk->rows, person, &owned)) {
            owned_tell(run, name, &owned,
                       "; the venue holds the company to more, and only officers may loosen");
        }
        return FAULT_NONE;
    }
    command.path = path;
    owned_tell(run, name, &owned, "");
    TRY(send(run, &command, sizeof(command), COMMAND_OWNERSHIP_SET));
    row_label(run, name);
    return FAULT_NONE;
}

enum fault story_screen_look(struct story_run *run)
{
    struct story_desk *desk = &run->desk;
    TRY(graph_make(run));
    TRY(screen_own_day(desk->own, (i32)(run->now_us / DAY_US)));
    for (u32 person = 1; person <= run->persons_count; person += 1) {
        const char *line = run->story->records[person - 1].line;
        CHECK(list_entry_read(&desk->entry, span_of_text(line)) == LIST_LINE_OK);
        CHECK(desk->entry.number == person);
        list_entry_settle(&desk->entry);
        const char *name = story_tell_person(&run->teller, person);
        TRY(look_at_names(run, person, name));
        TRY(look_at_owners(run, person, name));
    }
    return FAULT_NONE;
}

/* ---- as cambist own ---- */

static i32 day_of(const char *text)
{
    i32 day = 0;
    u32 second = 0;
    CHECK(own_text_day(span_of_text(text), &day, &second));
    return day;
}

static enum fault load_open(const struct story_run *run, struct own_load *load)
{
    const char *registers[STORY_FILES_MAX];
    char list[FILE_PATH_BYTES];
    const char *const lists[LISTS_A_STORY] = {list};
    for (u32 i = 0; i < run->desk.registers_count; i += 1) {
        registers[i] = run->desk.registers[i];
    }
    TRY(list_compiled_path(run->folder, list_code(), list));
    struct own_load_files files = {.registers = registers,
                                   .registers_count = run->desk.registers_count,
                                   .lists = lists,
                                   .lists_count = LISTS_A_STORY};
    return own_load_open(load, &files, NULL);
}

/* Its steps, with their statements. */
static void proof_tell(struct story_run *run, const struct own_answer *answer)
{
    size_t size = answer->proof->steps_count == 0
                      ? 0
                      : screen_chain_print(answer->cascade, answer->proof, run->desk.path,
                                           sizeof(run->desk.path));
    CHECK(answer->proof_holds);
    story_tell_lines(&run->teller, span_of(run->desk.path, size));
}

static enum fault ask(struct story_run *run, const char *key, struct own_moment moment,
                      struct own_load *load, struct own_answer *answer)
{
    u32 node = OWN_NONE;
    TRY(load_open(run, load));
    TRY(own_load_find(load, key, &node));
    return own_answer_make(load, node, moment, "ofac50", answer);
}

static const char *key_of(const struct story_run *run, const struct story_step *step)
{
    return run->story->records[run->story->accounts[step->account].person - 1].key;
}

enum fault story_screen_own(struct story_run *run, const struct story_step *step)
{
    static struct own_answer answer;
    struct own_load load = {.build = NULL};
    char held[OWN_WORDS_BYTES];
    struct own_moment moment = {.valid = day_of(step->from), .known = day_of(step->until)};
    enum fault fault = ask(run, key_of(run, step), moment, &load, &answer);
    if (fault == FAULT_NONE) {
        story_tell(&run->teller, run->story->accounts[step->account].name,
                   "on %s, as known on %s: %s; the listed hold %s", step->from, step->until,
                   own_verdict_name(answer.verdict),
                   own_words_parts(answer.held_lower, answer.held_upper, held));
        CHECK(answer.proof_holds);
    }
    own_answer_close(&answer);
    own_load_close(&load);
    return fault;
}

static void hops_tell(struct story_run *run, const struct own_answer *answer)
{
    const struct own_graph *graph = answer->load->graph;
    for (u32 i = 0; i < answer->path.hops_count; i += 1) {
        const struct own_hop *hop = &answer->path.hops[i];
        struct own_edge edge;
        char from[OWN_WORDS_BYTES];
        char to[OWN_WORDS_BYTES];
        char what[OWN_WORDS_BYTES];
        char days[OWN_WORDS_BYTES];
        own_graph_edge_read(graph, hop->edge, &edge);
        story_tell(&run->teller, "", "%u. %s %s %s: %s, %s", i + 1,
                   own_words_name(graph, hop->from, from), hop->from == edge.holder ? "-->" : "<--",
                   own_words_name(graph, hop->to, to), own_words_edge(&edge, what),
                   own_words_days(edge.times.valid_from, edge.times.valid_until, days));
    }
}

enum fault story_screen_way(struct story_run *run, const struct story_step *step)
{
    static struct own_answer answer;
    static struct own_answer goal;
    struct own_load load = {.build = NULL};
    char name[OWN_WORDS_BYTES];
    i32 day = (i32)(run->now_us / DAY_US);
    struct own_moment moment = {.valid = day, .known = day};
    enum fault fault = ask(run, key_of(run, step), moment, &load, &answer);
    if (fault == FAULT_NONE) {
        CHECK(answer.path.found);
        fault = own_answer_make(&load, answer.path.goal, moment, "ofac50", &goal);
    }
    if (fault == FAULT_NONE) {
        story_tell(&run->teller, run->story->accounts[step->account].name,
                   "%s itself; the way to %s, which is %s:", own_verdict_name(answer.verdict),
                   own_words_node(load.graph, answer.path.goal, name),
                   own_verdict_name(answer.path.verdict));
        hops_tell(run, &answer);
        proof_tell(run, &goal);
    }
    own_answer_close(&goal);
    own_answer_close(&answer);
    own_load_close(&load);
    return fault;
}
