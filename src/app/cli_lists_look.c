#include "app/cli_lists.h"
#include "app/time_text.h"
#include "base/check.h"
#include "base/span.h"
#include "role/lists/list_change.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 4096U

static void write_span(struct span bytes)
{
    (void)fwrite(bytes.data, 1, bytes.size, stdout);
}

/* The entry of a line, good until the next; NULL: it cannot be read. */
static const struct list_entry *entry_of(struct span line)
{
    static struct list_entry entry;
    return list_entry_read(&entry, line) == LIST_LINE_OK ? &entry : NULL;
}

static struct span name_of(struct span line)
{
    const struct list_entry *entry = entry_of(line);
    return entry != NULL && entry->names_count > 0 ? entry->names[0].text : span_of_text("?");
}

/* Lines are JSON themselves: what is around them is printed here, and they go out as they are. */
struct head {
    struct json_writer json;
    char text[HEAD_BYTES];
};

static void head_begin(struct head *head)
{
    json_begin(&head->json, head->text, sizeof(head->text));
    json_object_begin(&head->json);
}

/* Prints it without its closing brace. */
static void head_print(struct head *head)
{
    json_object_end(&head->json);
    size_t size = json_end(&head->json);
    CHECK(size > 1);
    write_span(span_of(head->text, size - 1));
}

static void put_text(struct json_writer *json, const char *name, struct span text)
{
    json_key(json, name);
    json_put_span(json, text);
}

static void put_time(struct json_writer *json, const char *name, u64 us)
{
    char text[TIME_TEXT_BYTES];
    put_text(json, name, span_of_text(time_text_print(us, text)));
}

/* ---- show ---- */

struct show {
    struct list_version_visitor visitor; /* first: it is cast back */
    bool is_json;
    bool has_at;
    u64 at_us;
    u32 count;
    struct span before; /* the version before, a copy */
    u8 *copy;           /* LIST_LINE_BYTES */
};

/* LIST_ENTRY: a number that there is, else the source's id. */
static enum fault number_of(struct list_store *store, u64 list, const char *text, u32 *number_out)
{
    u64 number = 0;
    TRY(list_store_number(store, list, span_of_text(text), number_out));
    if (*number_out == 0 && options_number(text, 1, UINT32_MAX, &number)) {
        *number_out = (u32)number;
    }
    return FAULT_NONE;
}

static void print_date(const char *name, struct list_date date)
{
    char text[LIST_DATE_TEXT_BYTES];
    list_date_print(date, text);
    if (text[0] != 0) {
        (void)printf("  %-12s %s\n", name, text);
    }
}

static void print_text(const char *name, struct span text)
{
    if (text.size > 0) {
        (void)printf("  %-12s %.*s\n", name, (int)text.size, (const char *)text.data);
    }
}

static const char *country_text(const struct list_country *country, char target[3], u32 *size_out)
{
    memcpy(target, country->code, 3);
    *size_out = country->code[0] != 0 ? 2 : (u32)country->text.size;
    return country->code[0] != 0 ? target : (const char *)country->text.data;
}

static void print_birth(const struct list_birth *birth)
{
    char from[LIST_DATE_TEXT_BYTES];
    char to[LIST_DATE_TEXT_BYTES];
    list_date_print(birth->from, from);
    list_date_print(birth->to, to);
    (void)printf("  %-12s %s%s%s%s\n", "born", birth->circa ? "circa " : "", from,
                 strcmp(from, to) != 0 ? " to " : "", strcmp(from, to) != 0 ? to : "");
}

static void print_entry(const struct list_entry *entry)
{
    char code[3];
    u32 size = 0;
    for (u32 i = 0; i < entry->names_count; i += 1) {
        const struct list_name *name = &entry->names[i];
        (void)printf("  %-12s %.*s%s\n", list_quality_name((enum list_quality)name->quality),
                     (int)name->text.size, (const char *)name->text.data,
                     name->former ? " (former)" : "");
    }
    for (u32 i = 0; i < entry->births_count; i += 1) {
        print_birth(&entry->births[i]);
    }
    for (u32 i = 0; i < entry->countries_count; i += 1) {
        const struct list_tied_country *tied = &entry->countries[i];
        const char *text = country_text(&tied->country, code, &size);
        (void)printf("  %-12s %.*s\n", list_tie_name((enum list_tie)tied->tie), (int)size, text);
    }
    for (u32 i = 0; i < entry->programmes_count; i += 1) {
        print_text("programme", entry->programmes[i]);
    }
    for (u32 i = 0; i < entry->identifiers_count; i += 1) {
        const struct list_identifier *identifier = &entry->identifiers[i];
        (void)printf("  %-12s %.*s %.*s\n", "identifier", (int)identifier->type.size,
                     (const char *)identifier->type.data, (int)identifier->number.size,
                     (const char *)identifier->number.data);
    }
    for (u32 i = 0; i < entry->wallets_count; i += 1) {
        const struct list_wallet *wallet = &entry->wallets[i];
        (void)printf("  %-12s %.*s %.*s\n", "wallet", (int)wallet->asset.size,
                     (const char *)wallet->asset.data, (int)wallet->address.size,
                     (const char *)wallet->address.data);
    }
    for (u32 i = 0; i < entry->links_count; i += 1) {
        print_text("linked to",
                   entry->links[i].name.size > 0 ? entry->links[i].name : entry->links[i].id);
    }
    print_date("listed", entry->listed);
    print_text("act", entry->act);
    print_text("remarks", entry->remarks);
}

static void version_print(const struct show *show, const struct list_version *version)
{
    char from[TIME_TEXT_BYTES];
    char until[TIME_TEXT_BYTES];
    char change[LIST_CHANGE_BYTES];
    const struct list_entry *entry = entry_of(version->line);
    bool is_open = version->until_us == LIST_TIME_OPEN;
    if (show->count == 0) {
        (void)printf("entry %u, %.*s, %s\n", version->number, (int)version->id.size,
                     (const char *)version->id.data,
                     entry != NULL ? list_kind_name((enum list_entry_kind)entry->kind) : "?");
    }
    (void)printf("from %.19sZ (load %u) %s", time_text_print(version->from_us, from),
                 version->first_load, is_open ? "until now" : "until ");
    if (!is_open) {
        (void)printf("%.19sZ (load %u)", time_text_print(version->until_us, until),
                     version->until_load);
    }
    (void)printf("%s%s\n", show->before.size > 0 ? ", changed: " : "",
                 show->before.size > 0 ? list_change_print(show->before, version->line, change)
                                       : "");
    if (entry != NULL && (is_open || show->has_at)) {
        print_entry(entry);
    }
}

static void version_put(const struct show *show, const struct list_version *version)
{
    static struct head head;
    char change[LIST_CHANGE_BYTES];
    (void)fputs(show->count > 0 ? "," : "", stdout);
    head_begin(&head);
    put_time(&head.json, "from", version->from_us);
    json_field_u64(&head.json, "first_load", version->first_load);
    if (version->until_us != LIST_TIME_OPEN) {
        put_time(&head.json, "until", version->until_us);
        json_field_u64(&head.json, "until_load", version->until_load);
    }
    if (show->before.size > 0) {
        put_text(&head.json, "changed",
                 span_of_text(list_change_print(show->before, version->line, change)));
    }
    head_print(&head);
    (void)fputs(",\"entry\":", stdout);
    write_span(version->line);
    (void)fputs("}", stdout);
}

static enum fault show_version(struct list_version_visitor *visitor,
                               const struct list_version *version)
{
    struct show *show = (struct show *)(void *)visitor;
    bool is_then = version->from_us <= show->at_us && version->until_us > show->at_us;
    if (!show->has_at || is_then) {
        if (show->is_json) {
            version_put(show, version);
        } else {
            version_print(show, version);
        }
        show->count += 1;
    }
    if (span_copy(version->line, show->copy, LIST_LINE_BYTES)) {
        show->before = span_of(show->copy, version->line.size);
    }
    return FAULT_NONE;
}

static enum fault shown(const struct option_call *call, struct list_store *store, u64 list,
                        struct show *show)
{
    static struct head head;
    struct list_state state;
    char name[CODE_NAME_BYTES];
    u32 number = 0;
    TRY(lists_known(store, list, &state));
    TRY(number_of(store, list, call->operands[2], &number));
    if (show->is_json) {
        head_begin(&head);
        put_text(&head.json, "list", span_of_text(lists_name(list, name)));
        json_field_u64(&head.json, "number", number);
        head_print(&head);
        (void)fputs(",\"versions\":[", stdout);
    }
    TRY(list_store_versions(store, list, number, &show->visitor));
    if (show->is_json) {
        (void)fputs("]}\n", stdout);
    }
    return show->count > 0 ? FAULT_NONE
                           : FAULT(FAULT_INPUT, "%s: %s has no such entry%s", call->operands[2],
                                   lists_name(list, name), show->has_at ? " then" : "");
}

enum fault lists_show(const struct option_call *call)
{
    struct show show = {.visitor.visit = show_version, .is_json = call->values[LISTS_JSON].given};
    struct list_store *store = NULL;
    u64 list = 0;
    TRY(lists_code(call, 1, &list));
    if (call->operands_count != 3) {
        return FAULT(FAULT_USAGE, "show: LIST and ENTRY are wanted");
    }
    if (call->values[LISTS_AT].given) {
        show.has_at = true;
        TRY(lists_moment("--at", call->values[LISTS_AT].text, &show.at_us));
    }
    TRY(lists_open(call, &store));
    show.copy = malloc(LIST_LINE_BYTES);
    enum fault fault = show.copy == NULL ? FAULT(FAULT_LIMIT, "no memory for an entry")
                                         : shown(call, store, list, &show);
    free(show.copy);
    list_store_close(store);
    return fault;
}

/* ---- diff ---- */

struct diff {
    struct list_difference_visitor visitor; /* first: it is cast back */
    bool is_json;
    u64 added;
    u64 changed;
    u64 removed;
};

static void difference_put(const struct diff *diff, const struct list_difference *difference,
                           const char *change)
{
    static struct head head;
    bool is_first = diff->added + diff->changed + diff->removed == 1;
    (void)fputs(is_first ? "" : ",", stdout);
    head_begin(&head);
    json_field_u64(&head.json, "number", difference->number);
    put_text(&head.json, "id", difference->id);
    put_text(&head.json, "change", span_of_text(change));
    head_print(&head);
    if (difference->before.size > 0) {
        (void)fputs(",\"before\":", stdout);
        write_span(difference->before);
    }
    if (difference->after.size > 0) {
        (void)fputs(",\"after\":", stdout);
        write_span(difference->after);
    }
    (void)fputs("}", stdout);
}

static enum fault difference_show(struct list_difference_visitor *visitor,
                                  const struct list_difference *difference)
{
    struct diff *diff = (struct diff *)(void *)visitor;
    char change[LIST_CHANGE_BYTES];
    bool is_new = difference->before.size == 0;
    bool is_gone = difference->after.size == 0;
    diff->added += is_new ? 1 : 0;
    diff->removed += is_gone ? 1 : 0;
    diff->changed += !is_new && !is_gone ? 1 : 0;
    (void)list_change_print(difference->before, difference->after, change);
    if (diff->is_json) {
        difference_put(diff, difference, change);
        return FAULT_NONE;
    }
    struct span name = name_of(is_gone ? difference->before : difference->after);
    (void)printf("%c %-8u %.*s%s%s\n",
                 is_new    ? '+'
                 : is_gone ? '-'
                           : '~',
                 difference->number, (int)name.size, (const char *)name.data,
                 is_new || is_gone ? "" : ": ", is_new || is_gone ? "" : change);
    return FAULT_NONE;
}

static enum fault differed(struct list_store *store, u64 list, u64 before_us, u64 after_us,
                           struct diff *diff)
{
    static struct head head;
    struct list_state state;
    char name[CODE_NAME_BYTES];
    TRY(lists_known(store, list, &state));
    if (diff->is_json) {
        head_begin(&head);
        put_text(&head.json, "list", span_of_text(lists_name(list, name)));
        put_time(&head.json, "from", before_us);
        put_time(&head.json, "to", after_us);
        head_print(&head);
        (void)fputs(",\"entries\":[", stdout);
    }
    TRY(list_store_difference(store, list, before_us, after_us, &diff->visitor));
    (void)printf(diff->is_json ? "],\"added\":%llu,\"changed\":%llu,\"removed\":%llu}\n"
                               : "%llu added, %llu changed, %llu removed\n",
                 (unsigned long long)diff->added, (unsigned long long)diff->changed,
                 (unsigned long long)diff->removed);
    return FAULT_NONE;
}

enum fault lists_diff(const struct option_call *call)
{
    struct diff diff = {.visitor.visit = difference_show,
                        .is_json = call->values[LISTS_JSON].given};
    struct list_store *store = NULL;
    u64 list = 0;
    u64 before_us = 0;
    u64 after_us = 0;
    TRY(lists_code(call, 1, &list));
    if (call->operands_count != 4) {
        return FAULT(FAULT_USAGE, "diff: LIST and two days are wanted");
    }
    TRY(lists_moment("diff", call->operands[2], &before_us));
    TRY(lists_moment("diff", call->operands[3], &after_us));
    if (before_us > after_us) {
        return FAULT(FAULT_USAGE, "diff: the first day is behind the second");
    }
    TRY(lists_open(call, &store));
    enum fault fault = differed(store, list, before_us, after_us, &diff);
    list_store_close(store);
    return fault;
}

/* ---- at ---- */

static enum fault at_entry(struct list_version_visitor *visitor, const struct list_version *version)
{
    (void)visitor;
    (void)printf("{\"number\":%u,", version->number);
    write_span(span_after(version->line, 1));
    (void)fputs("\n", stdout);
    return FAULT_NONE;
}

/* The load that was in force then: the newest accepted one of before. */
struct at {
    struct list_load_visitor visitor; /* first: it is cast back */
    u64 at_us;
    struct list_load load; /* number 0: none */
};

static enum fault at_load(struct list_load_visitor *visitor, const struct list_load *load)
{
    struct at *at = (struct at *)(void *)visitor;
    if (at->load.number == 0 && load->outcome == LIST_OUTCOME_ACCEPTED &&
        load->recorded_us <= at->at_us) {
        at->load = *load;
    }
    return FAULT_NONE;
}

static enum fault listed(struct list_store *store, u64 list, u64 at_us)
{
    static char line[HEAD_BYTES];
    static struct at at;
    char name[CODE_NAME_BYTES];
    struct list_version_visitor visitor = {.visit = at_entry};
    struct list_state state;
    TRY(lists_known(store, list, &state));
    at = (struct at){.visitor.visit = at_load, .at_us = at_us};
    TRY(list_store_loads(store, list, UINT32_MAX, &at.visitor));
    if (at.load.number == 0) {
        return FAULT(FAULT_INPUT, "%s: no load was in force then", lists_name(list, name));
    }
    struct list_header header = {.published = at.load.published,
                                 .rows_in = at.load.rows,
                                 .entries_count = at.load.in_force,
                                 .rows_merged = at.load.merged,
                                 .rows_refused = at.load.refused,
                                 .load = at.load.number,
                                 .kept = at.load.kept,
                                 .recorded_us = at.load.recorded_us};
    (void)lists_name(list, header.list);
    memcpy(header.format, at.load.format, sizeof(header.format));
    memcpy(header.source_hash, at.load.hash, sizeof(header.source_hash));
    size_t size = list_header_print(&header, line, sizeof(line));
    CHECK(size > 0);
    write_span(span_of(line, size));
    return list_store_at(store, list, at_us, &visitor);
}

enum fault lists_at(const struct option_call *call)
{
    struct list_store *store = NULL;
    u64 list = 0;
    u64 at_us = 0;
    TRY(lists_code(call, 1, &list));
    if (call->operands_count != 3) {
        return FAULT(FAULT_USAGE, "at: LIST and a day are wanted");
    }
    TRY(lists_moment("at", call->operands[2], &at_us));
    TRY(lists_open(call, &store));
    enum fault fault = listed(store, list, at_us);
    list_store_close(store);
    return fault;
}
