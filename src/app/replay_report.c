#include "app/replay_report.h"

#include "app/cli.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_SHOWN_MAX 12U

/* Tenths of a nanosecond per command. */
static u64 ns_tenths(const struct replay_report *report)
{
    return report->commands == 0 ? 0 : (u64)((u128)report->elapsed_ns * 10 / report->commands);
}

static u64 per_second(const struct replay_report *report)
{
    return report->elapsed_ns == 0
               ? 0
               : (u64)((u128)report->commands * 1000000000U / report->elapsed_ns);
}

/* ---- for people ---- */

static void print_agreement(const char *name, const struct flow_agreement *agreement)
{
    char snapshots[CLI_COUNT_BYTES];
    char levels[CLI_COUNT_BYTES];
    char whole[CLI_COUNT_BYTES];
    char late[CLI_COUNT_BYTES];
    char prices[CLI_COUNT_BYTES];
    cli_line(name, "%s of levels, %s of their prices; %s whole of %s, %s more a moment late",
             cli_percent(agreement->levels_equal, agreement->levels, levels),
             cli_percent(agreement->prices_equal, agreement->levels, prices),
             cli_percent(agreement->snapshots_equal, agreement->snapshots, whole),
             cli_count(agreement->snapshots, snapshots),
             cli_count(agreement->snapshots_late, late));
}

static const char *kind_name(const struct flow *flow, u32 kind)
{
    return flow->snapshot_names[kind] != NULL ? flow->snapshot_names[kind] : "snapshots";
}

static void print_groups(const struct flow *flow, const struct flow_check *check, u32 kind)
{
    size_t count = check->groups[kind].used / sizeof(struct flow_agreement);
    const struct flow_agreement *groups =
        (const struct flow_agreement *)(const void *)check->groups[kind].data;
    if (count == 0) {
        return;
    }
    (void)printf("\nbook against the recording's %s\n", kind_name(flow, kind));
    for (size_t i = 0; i < count && count <= GROUPS_SHOWN_MAX; i += 1) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%llu to %llu",
                       (unsigned long long)(i * check->group_size + 1),
                       (unsigned long long)(i * check->group_size + groups[i].snapshots));
        print_agreement(name, &groups[i]);
    }
    if (count > 1) {
        struct flow_agreement all = flow_check_sum(check, kind, 0);
        print_agreement("all", &all);
        struct flow_agreement warm = flow_check_sum(check, kind, 1);
        char name[64];
        (void)snprintf(name, sizeof(name), "after the first %llu",
                       (unsigned long long)check->group_size);
        print_agreement(name, &warm);
    }
}

static void print_rejects(const struct flow_check *check)
{
    char number[CLI_COUNT_BYTES];
    cli_line("refused commands", "%s", cli_count(check->rejected, number));
    for (u32 i = 0; i < REJECT_COUNT; i += 1) {
        if (check->rejected_by[i] > 0) {
            cli_line("", "%s %s", cli_count(check->rejected_by[i], number), reject_name(i));
        }
    }
}

static void print_people(const struct flow *flow, const struct replay_config *config,
                         const struct flow_check *check, const struct replay_report *report)
{
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    (void)printf("market %s\n", flow->market.name);
    cli_line("accounts", "%s", cli_count(report->accounts, a));
    cli_line("commands", "%s before the clock, %s measured",
             cli_count(flow->setup_count + flow->prefill_count, a), cli_count(report->commands, b));
    if (report->taken_before > 0) {
        cli_line("continued after", "%s commands that the journal held already",
                 cli_count(report->taken_before, a));
    }
    cli_line("time", "%s ms, %s ns a command", cli_ratio(report->elapsed_ns, 1000000, 3, a),
             cli_ratio(ns_tenths(report), 10, 1, b));
    cli_line("rate", "%s commands/s, batches of %u", cli_count(per_second(report), a),
             config->batch);
    if (config->journal != NULL) {
        cli_line("journal", "%s, each command on the disk before its result was seen",
                 config->journal);
    }
    cli_line("trades", "%s, %s lots", cli_count(check->trades, a), cli_count(check->qty, b));
    cli_line("trade digest", "%016llx", (unsigned long long)check->hash);
    cli_line("resting orders", "%s", cli_count(report->resting, a));
    cli_line("events", "%s in %s bytes", cli_count(check->events, a),
             cli_count(check->events_bytes, b));
    if (report->hashed) {
        char hash[CLI_HASH_BYTES];
        cli_line("state hash", "%s", cli_hash(report->state_hash, hash));
    }
    cli_line("memory of the core", "%s bytes", cli_count(report->core_bytes, a));
    print_rejects(check);
    if (flow->oracle.given) {
        cli_line("oracle", "%s",
                 flow_check_verdict(check, report->resting) == FAULT_NONE
                     ? "trades, quantity, digest and resting orders are the same"
                     : "differs");
    }
    if (flow->book.used > 0) {
        char c[CLI_COUNT_BYTES];
        cli_line("book", "%s of %s orders equal in place, id, price and amount; %s rest",
                 cli_count(report->book.equal, a), cli_count(report->book.expected, b),
                 cli_count(report->book.found, c));
        cli_line("snapshot and restore", "%s, %s bytes, written in %s ms, restored in %s ms",
                 report->trip.equal ? "the same bytes" : "DIFFERENT",
                 cli_count(report->trip.records_bytes, a),
                 cli_ratio(report->trip.snapshot_ns, 1000000, 1, b),
                 cli_ratio(report->trip.restore_ns, 1000000, 1, c));
    }
    if (flow->needs_capped) {
        cli_line("funding", "capped: the flow asks for more than an asset may hold");
    }
    if (flow->notes_count > 0) {
        (void)printf("\nhow the recording was read\n");
    }
    for (u32 i = 0; i < flow->notes_count; i += 1) {
        (void)printf("  %14s  %s\n", cli_count(flow->notes[i].count, a), flow->notes[i].name);
    }
    for (u32 kind = 0; kind < FLOW_KINDS_MAX; kind += 1) {
        print_groups(flow, check, kind);
    }
}

/* ---- for machines ---- */

static void put_agreement(struct json_writer *writer, const struct flow_agreement *agreement)
{
    json_object_begin(writer);
    json_key(writer, "snapshots");
    json_put_u64(writer, agreement->snapshots);
    json_key(writer, "snapshots_equal");
    json_put_u64(writer, agreement->snapshots_equal);
    json_key(writer, "snapshots_late");
    json_put_u64(writer, agreement->snapshots_late);
    json_key(writer, "levels");
    json_put_u64(writer, agreement->levels);
    json_key(writer, "levels_equal");
    json_put_u64(writer, agreement->levels_equal);
    json_key(writer, "prices_equal");
    json_put_u64(writer, agreement->prices_equal);
    json_object_end(writer);
}

static void put_groups(struct json_writer *writer, const struct flow *flow,
                       const struct flow_check *check)
{
    json_key(writer, "agreement");
    json_array_begin(writer);
    for (u32 kind = 0; kind < FLOW_KINDS_MAX; kind += 1) {
        size_t count = check->groups[kind].used / sizeof(struct flow_agreement);
        if (count == 0) {
            continue;
        }
        struct flow_agreement all = flow_check_sum(check, kind, 0);
        struct flow_agreement warm = flow_check_sum(check, kind, 1);
        json_object_begin(writer);
        json_key(writer, "with");
        json_put_text(writer, kind_name(flow, kind));
        json_key(writer, "all");
        put_agreement(writer, &all);
        json_key(writer, "after_first_group");
        put_agreement(writer, &warm);
        json_key(writer, "groups");
        json_array_begin(writer);
        for (size_t i = 0; i < count && count <= GROUPS_SHOWN_MAX; i += 1) {
            put_agreement(
                writer,
                &((const struct flow_agreement *)(const void *)check->groups[kind].data)[i]);
        }
        json_array_end(writer);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_counts(struct json_writer *writer, const struct flow *flow,
                       const struct flow_check *check)
{
    json_key(writer, "rejected");
    json_put_u64(writer, check->rejected);
    json_key(writer, "rejects");
    json_object_begin(writer);
    for (u32 i = 0; i < REJECT_COUNT; i += 1) {
        if (check->rejected_by[i] > 0) {
            json_key(writer, reject_name(i));
            json_put_u64(writer, check->rejected_by[i]);
        }
    }
    json_object_end(writer);
    json_key(writer, "notes");
    json_object_begin(writer);
    for (u32 i = 0; i < flow->notes_count; i += 1) {
        json_key(writer, flow->notes[i].name);
        json_put_u64(writer, flow->notes[i].count);
    }
    json_object_end(writer);
}

static void put_number(struct json_writer *writer, const char *name, u64 number)
{
    json_key(writer, name);
    json_put_u64(writer, number);
}

static void print_machines(const struct flow *flow, const struct replay_config *config,
                           const struct flow_check *check, const struct replay_report *report,
                           enum fault verdict)
{
    char *text = malloc(CLI_JSON_BYTES);
    if (text == NULL) {
        return;
    }
    struct json_writer writer;
    json_begin(&writer, text, CLI_JSON_BYTES);
    json_object_begin(&writer);
    put_number(&writer, "ops", report->commands);
    put_number(&writer, "trades", check->trades);
    put_number(&writer, "qty", check->qty);
    json_key(&writer, "trade_hash");
    json_put_hex_u64(&writer, check->hash);
    put_number(&writer, "resting", report->resting);
    json_key(&writer, "ns_per_op");
    json_put_fixed(&writer, ns_tenths(report), 1);
    put_number(&writer, "ops_per_s", per_second(report));
    json_key(&writer, "state_hash");
    if (report->hashed) {
        json_put_hex(&writer, span_of(report->state_hash, sizeof(report->state_hash)));
    } else {
        json_put_null(&writer);
    }
    json_key(&writer, "verdict");
    json_put_text(&writer, verdict == FAULT_NONE ? "ok" : fault_name(verdict));
    put_number(&writer, "batch", config->batch);
    json_key(&writer, "journal");
    json_put_bool(&writer, config->journal != NULL);
    put_number(&writer, "elapsed_ns", report->elapsed_ns);
    put_number(&writer, "setup", flow->setup_count);
    put_number(&writer, "prefill", flow->prefill_count);
    put_number(&writer, "accounts", report->accounts);
    put_number(&writer, "events", check->events);
    put_number(&writer, "events_bytes", check->events_bytes);
    put_number(&writer, "commands_bytes", report->commands_bytes);
    put_number(&writer, "core_bytes", report->core_bytes);
    put_number(&writer, "fees_base", check->fees_base);
    put_number(&writer, "fees_quote", check->fees_quote);
    put_number(&writer, "taken_before", report->taken_before);
    put_number(&writer, "drains", report->drains);
    if (flow->book.used > 0) {
        put_number(&writer, "book_expected", report->book.expected);
        put_number(&writer, "book_found", report->book.found);
        put_number(&writer, "book_equal", report->book.equal);
        json_key(&writer, "restore_equal");
        json_put_bool(&writer, report->trip.equal);
        put_number(&writer, "snapshot_bytes", report->trip.records_bytes);
        put_number(&writer, "snapshot_ns", report->trip.snapshot_ns);
        put_number(&writer, "restore_ns", report->trip.restore_ns);
    }
    put_counts(&writer, flow, check);
    put_groups(&writer, flow, check);
    json_object_end(&writer);
    cli_print_json(&writer);
    free(text);
}

void replay_report_print(const struct flow *flow, const struct replay_config *config,
                         const struct flow_check *check, const struct replay_report *report,
                         bool json, enum fault verdict)
{
    print_people(flow, config, check, report);
    if (json) {
        print_machines(flow, config, check, report, verdict);
    }
}
