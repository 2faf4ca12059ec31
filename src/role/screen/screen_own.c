#include "role/screen/screen_own.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "io/log.h"
#include "role/screen/own_proof.h"
#include "role/screen/own_read.h"
#include "role/screen/screen_chain.h"
#include "role/screen/screen_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PERCENT      5000U /* half, in hundredths of a percent */
#define PERCENT_ALL  10000U
#define PARTS_A_STEP (OWN_WHOLE / PERCENT_ALL)

/* What is more than this damaged or lost is not believed. */
enum { REFUSED_PARTS = 100, KEEP_PERCENT = 90, RECORDS_JUDGED_MIN = 100 };

/* One list under its rule on the day. */
struct under {
    struct own_cascade *shares; /* by shares alone */
    struct own_cascade *all;    /* with control; NULL: the rule knows none */
    struct own_rule rule;       /* of shares */
};

struct screen_own {
    struct own_graph *graph;
    struct own_view *view;
    struct under under[SCREEN_LISTS_MAX];
    const char *rules[SCREEN_LISTS_MAX];
    u64 records;   /* of the registers */
    u64 registers; /* a digest of their names */
    struct own_groups webs;
    struct own_circles circles;
    u32 lists_count;
    i32 day;
};

/* ---- the folder ---- */

struct names {
    struct disk_visitor visitor; /* first: it is cast back */
    char names[SCREEN_REGISTERS_MAX][FILE_NAME_BYTES];
    u32 count;
};

static enum fault name_take(struct disk_visitor *visitor, const char *name)
{
    struct names *names = (struct names *)(void *)visitor;
    if (name[0] == '.') {
        return FAULT_NONE;
    }
    if (names->count == SCREEN_REGISTERS_MAX || strlen(name) >= FILE_NAME_BYTES) {
        return FAULT(FAULT_LIMIT, "%s: at most %u registers, with names below %u bytes", name,
                     SCREEN_REGISTERS_MAX, FILE_NAME_BYTES);
    }
    (void)snprintf(names->names[names->count], FILE_NAME_BYTES, "%s", name);
    names->count += 1;
    return FAULT_NONE;
}

static int name_order(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* In the order of their names, so that the same files give the same graph. */
static enum fault names_take(struct disk *disk, const char *folder, struct names *names)
{
    bool exists = false;
    *names = (struct names){.visitor = {.visit = name_take}};
    TRY(disk_exists(disk, folder, &exists));
    if (exists) {
        TRY(disk_list(disk, folder, &names->visitor));
        qsort(names->names, names->count, FILE_NAME_BYTES, name_order);
    }
    return FAULT_NONE;
}

/* One that is gone meanwhile counts by its name, and is found out when it is read. */
static enum fault stamp_of(const char *folder, const struct names *names, u64 *stamp_out)
{
    u64 stamp = names->count;
    for (u32 index = 0; index < names->count; index += 1) {
        char path[FILE_PATH_BYTES];
        struct stat about;
        TRY(file_path(path, folder, names->names[index]));
        stamp = hash_bytes((const u8 *)names->names[index], strlen(names->names[index]), stamp);
        if (stat(path, &about) == 0) {
            u64 changed = hash_pair((u64)about.st_mtim.tv_sec, (u64)about.st_mtim.tv_nsec);
            stamp = hash_pair(hash_pair(stamp, changed),
                              hash_pair((u64)about.st_ino, (u64)about.st_size));
        }
    }
    *stamp_out = stamp;
    return FAULT_NONE;
}

enum fault screen_own_stamp(struct disk *disk, const char *folder, u64 *stamp_out)
{
    struct names *names = malloc(sizeof(*names));
    *stamp_out = 0;
    if (names == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the names of registers");
    }
    enum fault fault = names_take(disk, folder, names);
    if (fault == FAULT_NONE && names->count > 0) {
        fault = stamp_of(folder, names, stamp_out);
    }
    free(names);
    return fault;
}

/* ---- reading ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* By whose list it is: its format says so, else its name. */
static const char *rule_of(const char *name, const char *format)
{
    if (begins(format, "ofac-") || begins(format, "us-") || begins(name, "ofac-") ||
        begins(name, "us-")) {
        return "ofac50";
    }
    /* Of the United Kingdom half was never enough. */
    return begins(format, "uk-") || begins(name, "uk-") ? "eu-2014" : "eu";
}

static enum fault list_lay(struct screen_own *own, struct own_reader *reader, struct disk *disk,
                           const struct screen_own_list *list, u32 number)
{
    struct list_header header;
    TRY(own_reader_list(reader, disk, list->path, number, &header));
    own->rules[number] = rule_of(list->name, header.format);
    return header.load == list->load
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: load %u is in use, and load %u is there", list->path,
                       list->load, header.load);
}

static enum fault read_all(struct screen_own *own, struct own_reader *reader, struct disk *disk,
                           const char *folder, const struct names *names,
                           const struct screen_own_list *lists)
{
    for (u32 index = 0; index < names->count; index += 1) {
        char path[FILE_PATH_BYTES];
        TRY(file_path(path, folder, names->names[index]));
        TRY(own_reader_file(reader, disk, path));
    }
    TRY(own_reader_end(reader));
    for (u32 index = 0; index < own->lists_count; index += 1) {
        if (lists[index].path != NULL) {
            TRY(list_lay(own, reader, disk, &lists[index], index));
        }
    }
    return own_reader_lists_end(reader);
}

/* Registers of which much is refused are damaged; little is told and left out. */
static enum fault report_judge(const struct own_report *report)
{
    u64 refused = own_report_refused(report);
    u64 all = report->records + report->interests;
    if (refused * REFUSED_PARTS > all) {
        return FAULT(FAULT_INPUT,
                     "registers: %llu of %llu records and interests were refused, at first %.*s",
                     (unsigned long long)refused, (unsigned long long)all,
                     (int)strcspn(report->texts[0], " "), report->texts[0]);
    }
    for (u32 reason = 0; reason < OWN_REFUSALS; reason += 1) {
        u64 count = report->refused[reason] + report->interests_refused[reason];
        if (count > 0) {
            log_error("screen.registers_refused",
                      LOG_STR("why", own_refusal_text((enum own_refusal)reason)),
                      LOG_U64("refused", count), LOG_U64("records", report->records));
        }
    }
    return FAULT_NONE;
}

static enum fault graph_make(struct screen_own *own, struct disk *disk, const char *folder,
                             const struct names *names, const struct screen_own_list *lists,
                             u64 *refused_out)
{
    static struct own_report report; /* one thread */
    struct own_build *build = NULL;
    struct own_reader *reader = NULL;
    memset(&report, 0, sizeof(report));
    enum fault fault = own_build_open(&build);
    if (fault == FAULT_NONE) {
        fault = own_reader_open(&reader, build, &report);
    }
    if (fault == FAULT_NONE) {
        fault = read_all(own, reader, disk, folder, names, lists);
    }
    if (fault == FAULT_NONE) {
        fault = own_graph_seal(build, &own->graph);
    }
    own_reader_close(reader);
    own_build_close(build);
    *refused_out = own_report_refused(&report);
    own->records = report.records;
    own->registers = names->count;
    for (u32 index = 0; index < names->count; index += 1) {
        own->registers = hash_bytes((const u8 *)names->names[index], strlen(names->names[index]),
                                    own->registers);
    }
    return fault == FAULT_NONE ? report_judge(&report) : fault;
}

enum fault screen_own_open(struct screen_own **own_out, struct disk *disk, const char *folder,
                           const struct screen_own_list *lists, u32 lists_count, u64 *refused_out)
{
    CHECK(lists_count <= SCREEN_LISTS_MAX);
    *own_out = NULL;
    *refused_out = 0;
    struct names *names = malloc(sizeof(*names));
    struct screen_own *own = calloc(1, sizeof(*own));
    enum fault fault = names == NULL || own == NULL
                           ? FAULT(FAULT_LIMIT, "no memory for the registers")
                           : names_take(disk, folder, names);
    if (fault == FAULT_NONE && names->count > 0) {
        own->lists_count = lists_count;
        own->day = OWN_DAY_EVER;
        for (u32 index = 0; index < lists_count; index += 1) {
            own->rules[index] = rule_of(lists[index].name, "");
        }
        fault = graph_make(own, disk, folder, names, lists, refused_out);
        *own_out = fault == FAULT_NONE ? own : NULL;
    }
    free(names);
    if (*own_out == NULL) {
        screen_own_close(own);
    }
    return fault;
}

enum fault screen_own_follows(const struct screen_own *before, const struct screen_own *after)
{
    bool is_judged = before != NULL && before->registers == after->registers &&
                     before->records >= RECORDS_JUDGED_MIN;
    return is_judged && after->records * 100 < before->records * KEEP_PERCENT
               ? FAULT(FAULT_INPUT, "registers: %llu records, the same files had %llu",
                       (unsigned long long)after->records, (unsigned long long)before->records)
               : FAULT_NONE;
}

u32 screen_own_undescribed(const struct screen_own *own)
{
    return own_graph_counts(own->graph)->owners_undescribed;
}

u32 screen_own_later(const struct screen_own *own, i32 day)
{
    u32 first = OWN_NONE;
    return own_graph_later(own->graph, day, &first);
}

static void under_close(struct under *under)
{
    own_cascade_close(under->shares);
    own_cascade_close(under->all);
    *under = (struct under){.shares = NULL};
}

void screen_own_close(struct screen_own *own)
{
    if (own == NULL) {
        return;
    }
    for (u32 index = 0; index < SCREEN_LISTS_MAX; index += 1) {
        under_close(&own->under[index]);
    }
    own_groups_close(&own->webs);
    own_circles_close(&own->circles);
    own_view_close(own->view);
    own_graph_close(own->graph);
    free(own);
}

/* ---- a day ---- */

static enum fault under_make(const struct own_view *view, const char *name, u32 list, i32 day,
                             struct under *under_out)
{
    struct own_rule rule;
    CHECK(own_rule_find(span_of_text(name), day, &rule));
    under_out->rule = rule;
    under_out->rule.control = false;
    TRY(own_cascade_run(view, &under_out->rule, 1ULL << list, &under_out->shares));
    return rule.control ? own_cascade_run(view, &rule, 1ULL << list, &under_out->all) : FAULT_NONE;
}

enum fault screen_own_day(struct screen_own *own, i32 day)
{
    struct own_view *view = NULL;
    struct under under[SCREEN_LISTS_MAX];
    struct own_groups webs = {.group = NULL};
    struct own_circles circles = {.group = NULL};
    struct own_moment moment = {.valid = day, .known = day};
    if (day == own->day) {
        return FAULT_NONE;
    }
    memset(under, 0, sizeof(under));
    enum fault fault = own_view_open(own->graph, moment, &view);
    for (u32 list = 0; fault == FAULT_NONE && list < own->lists_count; list += 1) {
        fault = under_make(view, own->rules[list], list, day, &under[list]);
    }
    if (fault == FAULT_NONE) {
        fault = own_circles_open(view, &circles);
    }
    if (fault == FAULT_NONE) {
        fault = own_groups_open(own->graph, moment, &webs);
    }
    for (u32 list = 0; list < own->lists_count; list += 1) {
        under_close(fault == FAULT_NONE ? &own->under[list] : &under[list]);
    }
    own_view_close(fault == FAULT_NONE ? own->view : view);
    if (fault != FAULT_NONE) {
        own_circles_close(&circles);
    } else {
        own_groups_close(&own->webs);
        own_circles_close(&own->circles);
        own->webs = webs;
        own->circles = circles;
        own->view = view;
        memcpy(own->under, under, sizeof(under));
        own->day = day;
    }
    return fault;
}

/* ---- asking ---- */

u32 screen_own_find(const struct screen_own *own, const struct list_identifier *identifier)
{
    char key[OWN_TEXT_MAX];
    int size = snprintf(key, sizeof(key), "%.*s:%.*s", (int)identifier->type.size,
                        (const char *)identifier->type.data, (int)identifier->number.size,
                        (const char *)identifier->number.data);
    return size > 0 && (size_t)size < sizeof(key)
               ? own_graph_find(own->graph, span_of(key, (size_t)size))
               : OWN_NONE;
}

const struct own_groups *screen_own_webs(const struct screen_own *own)
{
    CHECK(own->view != NULL); /* there was a day */
    return &own->webs;
}

static struct own_flag_scene scene_of(const struct screen_own *own)
{
    CHECK(own->view != NULL);
    return (struct own_flag_scene){.view = own->view,
                                   .circles = &own->circles,
                                   .lists = (1ULL << own->lists_count) - 1,
                                   .is_customer = true,
                                   .limits = own_flag_limits_default};
}

struct own_data_counts screen_own_data(const struct screen_own *own)
{
    struct own_flag_scene scene = scene_of(own);
    struct own_data_counts counts;
    own_data_check(&scene, NULL, NULL, &counts);
    return counts;
}

u32 screen_own_flags(const struct screen_own *own, u32 node,
                     struct own_found found_out[OWN_FOUND_MAX])
{
    struct own_flag_scene scene = scene_of(own);
    return own_flags_of(&scene, node, found_out);
}

const struct own_view *screen_own_view(const struct screen_own *own)
{
    return own->view;
}

static u16 steps_down(u64 parts)
{
    return (u16)u64_min(parts / PARTS_A_STEP, PERCENT_ALL);
}

static u16 steps_up(u64 parts)
{
    return (u16)u64_min((parts + PARTS_A_STEP - 1) / PARTS_A_STEP, PERCENT_ALL);
}

/* The bounds say what the cascade has found, also where it rests on something else than shares. */
static void bounds_fit(struct screen_owned *owned, enum own_verdict verdict)
{
    u16 first = owned->compare == SHARE_COMPARE_ABOVE ? PERCENT + 1U : PERCENT; /* that reaches */
    switch (verdict) {
    case OWN_BLOCKED:
        owned->lower = owned->lower < first ? first : owned->lower;
        break;
    case OWN_UNDETERMINED:
        owned->lower = owned->lower >= first ? (u16)(first - 1U) : owned->lower;
        owned->upper = owned->upper < first ? first : owned->upper;
        break;
    case OWN_CLEAR:
        owned->upper = owned->upper >= first ? (u16)(first - 1U) : owned->upper;
        break;
    }
    owned->upper = owned->upper < owned->lower ? owned->lower : owned->upper;
    owned->lower = owned->lower > owned->upper ? owned->upper : owned->lower;
}

enum fault screen_own_ask(const struct screen_own *own, u32 list, u32 node,
                          struct screen_owned *owned_out, char *path_out, size_t *path_size_out)
{
    CHECK(list < own->lists_count && own->view != NULL);
    const struct under *under = &own->under[list];
    enum own_verdict verdict = own_cascade_verdict(under->shares, node);
    enum own_verdict all = under->all == NULL ? verdict : own_cascade_verdict(under->all, node);
    struct own_tally sure = own_held(under->shares, OWN_SURE, node, OWN_SHARE);
    struct own_tally possible = own_held(under->shares, OWN_POSSIBLE, node, OWN_SHARE);
    struct own_proof *proof = NULL;
    *owned_out = (struct screen_owned){.compare = under->rule.strict ? SHARE_COMPARE_ABOVE
                                                                     : SHARE_COMPARE_AT_LEAST,
                                       .control = all == verdict       ? TRUTH_NO
                                                  : all == OWN_BLOCKED ? TRUTH_YES
                                                                       : TRUTH_UNKNOWN,
                                       .percent = PERCENT,
                                       .lower = steps_down(sure.lower),
                                       .upper = steps_up(possible.upper)};
    bounds_fit(owned_out, verdict);
    *path_size_out = 0;
    if (all == OWN_CLEAR) {
        return FAULT_NONE;
    }
    const struct own_cascade *why =
        under->all == NULL || all == verdict ? under->shares : under->all;
    TRY(own_proof_make(why, node, &proof));
    *path_size_out = screen_chain_print(why, proof, path_out, SCREEN_PATH_BYTES);
    own_proof_close(proof);
    return FAULT_NONE;
}
