#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/screen/match_agent_inner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CUTOFF_OTHERWISE (SCORE_ONE / 2)
#define SECOND_NS        1000000000ULL
#define PATH_BEGIN       "/match/"
#define EVERY_LIST       "default"

#define STATUS_OK          200U
#define STATUS_WRONG       400U
#define STATUS_MISSING     404U
#define STATUS_METHOD      405U
#define STATUS_TOO_LARGE   413U
#define STATUS_TYPE        415U
#define STATUS_TOO_MANY    429U
#define STATUS_UNAVAILABLE 503U

size_t match_detail(char *target, size_t target_bytes, const char *detail)
{
    struct json_writer writer;
    json_begin(&writer, target, target_bytes);
    json_object_begin(&writer);
    json_key(&writer, "detail");
    json_put_text(&writer, detail);
    json_object_end(&writer);
    return json_end(&writer);
}

/* ---- which lists ---- */

/* Bits by the places of the lists; 0: there is no such data set. */
static u32 lists_asked(const struct match_agent *agent, struct span name)
{
    u32 lists = 0;
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        if (span_equal(name, span_of_text(EVERY_LIST)) ||
            span_equal(name, span_of_text(agent->options.lists[place]))) {
            lists |= 1U << place;
        }
    }
    return lists;
}

/* Whoever asks for a list that is not there is not told that nobody is on it. */
static bool all_there(const struct match_agent *agent, u32 lists)
{
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        if ((lists & 1U << place) != 0 && agent->slots[place].list.index == NULL) {
            return false;
        }
    }
    return agent->find != NULL;
}

/* A bound on what somebody can try out: as many queries in a second as the venue says, and a
 * second's worth of them at a time. A larger batch is taken when nothing is owed, and paid for in
 * the seconds behind it. */
static bool may_search(struct match_agent *agent, u32 count)
{
    u64 now_ns = clock_mono_ns(agent->options.clock);
    u64 cost_ns = count * (SECOND_NS / agent->options.per_second);
    u64 paid_ns = u64_max(agent->paid_ns, now_ns) + cost_ns;
    if (agent->paid_ns > now_ns && paid_ns > now_ns + SECOND_NS) {
        return false;
    }
    agent->paid_ns = paid_ns;
    return true;
}

/* ---- one query ---- */

/* What has been found so far, the best first. */
struct findings {
    u32 count; /* kept in agent->hits */
    u32 total;
    bool is_cut; /* there may be more than `total` */
};

static void parts_add(struct match_agent *agent, const struct screen_index *index,
                      const struct find_hit *found, struct match_hit *hit)
{
    if (found->by != FIND_BY_NAME) {
        return;
    }
    find_parts(agent->find, index, found, &agent->parts);
    for (u32 part = 0; part < agent->parts.count; part += 1) {
        hit->features[agent->parts.parts[part].kind] += agent->parts.parts[part].millionths;
    }
}

/* Behind all that score as much: lists in the order of the configuration. */
static void hit_keep(struct match_agent *agent, struct findings *findings, u32 limit,
                     const struct match_hit *hit)
{
    u32 at = findings->count < limit ? findings->count : limit - 1;
    if (findings->count == limit && agent->hits[at].millionths >= hit->millionths) {
        return;
    }
    for (; at > 0 && agent->hits[at - 1].millionths < hit->millionths; at -= 1) {
        agent->hits[at] = agent->hits[at - 1];
    }
    agent->hits[at] = *hit;
    findings->count += findings->count < limit ? 1 : 0;
}

/* A person is no company and no ship; who says neither is compared with all. */
static bool kinds_agree(enum list_entry_kind asked, u8 found)
{
    switch (asked) {
    case LIST_KIND_UNKNOWN:
        return true;
    case LIST_KIND_PERSON:
        return found == NAME_PERSON || found == NAME_UNKNOWN;
    case LIST_KIND_ENTITY:
        return found == NAME_ENTITY || found == NAME_UNKNOWN;
    case LIST_KIND_VESSEL:
    case LIST_KIND_AIRCRAFT:
        return found == NAME_VESSEL || found == NAME_UNKNOWN;
    }
    return true;
}

/* agent->asked under one list. */
static void list_search(struct match_agent *agent, u32 place, const struct match_options *options,
                        struct findings *findings)
{
    const struct screen_index *index = agent->slots[place].list.index;
    const struct find_hit *found = NULL;
    bool is_cut = false;
    u32 count = find_entry(agent->find, index, &agent->asked, options->cutoff, &found, &is_cut);
    findings->is_cut = findings->is_cut || is_cut;
    for (u32 at = 0; at < count; at += 1) {
        struct match_hit hit = {.list = place,
                                .number = found[at].number,
                                .millionths = found[at].millionths,
                                .by = found[at].by};
        if (kinds_agree((enum list_entry_kind)agent->asked.kind,
                        index->subjects[found[at].subject].kind)) {
            parts_add(agent, index, &found[at], &hit);
            hit_keep(agent, findings, options->limit, &hit);
            findings->total += 1;
        }
    }
}

/* Whether anything of agent->asked was compared: else nobody may think that it was found clear. */
static bool was_compared(const struct match_agent *agent)
{
    return find_nameless(agent->find) < agent->asked.names_count ||
           agent->asked.identifiers_count > 0 || agent->asked.wallets_count > 0;
}

static void findings_put(struct match_agent *agent, struct json_writer *writer,
                         const struct findings *findings, const struct match_options *options)
{
    json_key(writer, "status");
    json_put_u64(writer, STATUS_OK);
    json_key(writer, "results");
    json_array_begin(writer);
    for (u32 at = 0; at < findings->count && !writer->overflown; at += 1) {
        const struct match_hit *hit = &agent->hits[at];
        struct span line = screen_list_line(&agent->slots[hit->list].list, hit->number);
        CHECK(list_entry_read(&agent->found, line) == LIST_LINE_OK); /* it was, for the index */
        match_put_result(writer, &agent->found, agent->options.lists[hit->list], hit,
                         options->threshold);
    }
    json_array_end(writer);
    json_key(writer, "total");
    json_object_begin(writer);
    json_key(writer, "value");
    json_put_u64(writer, findings->total);
    json_key(writer, "relation");
    json_put_text(writer, findings->is_cut ? "gte" : "eq");
    json_object_end(writer);
}

/* ---- all of them ---- */

static bool query_put(struct match_agent *agent, struct json_writer *writer, u32 lists,
                      const struct match_query *query, const struct match_options *options,
                      char why_out[MATCH_WHY_BYTES])
{
    struct match_subject subject;
    struct findings findings = {.count = 0};
    if (!match_query_read(query, &agent->asked, &subject, why_out)) {
        return false;
    }
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        if ((lists & 1U << place) != 0) {
            list_search(agent, place, options, &findings);
        }
    }
    if (!was_compared(agent)) {
        (void)snprintf(why_out, MATCH_WHY_BYTES,
                       "a query has no name, identifier or address that can be compared");
        return false;
    }
    json_key_span(writer, query->key);
    json_object_begin(writer);
    findings_put(agent, writer, &findings, options);
    json_key(writer, "query");
    match_put_query(writer, &agent->asked, &subject);
    json_object_end(writer);
    agent->counts.results += findings.total;
    return true;
}

/* agent->request, which was read. */
static u32 queries_answer(struct match_agent *agent, u32 lists, const struct match_options *options,
                          struct json_writer *writer, char why_out[MATCH_WHY_BYTES])
{
    json_object_begin(writer);
    json_key(writer, "responses");
    json_object_begin(writer);
    for (u32 at = 0; at < agent->request.count; at += 1) {
        if (!query_put(agent, writer, lists, &agent->request.queries[at], options, why_out)) {
            return STATUS_WRONG;
        }
    }
    json_object_end(writer);
    json_key(writer, "matcher");
    match_put_matcher(writer);
    json_key(writer, "limit");
    json_put_u64(writer, options->limit);
    json_key(writer, "lists");
    json_array_begin(writer);
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        const struct match_slot *slot = &agent->slots[place];
        if ((lists & 1U << place) != 0) {
            match_put_list(writer, &slot->list.header, agent->options.lists[place],
                           match_is_stale(agent, slot));
        }
    }
    json_array_end(writer);
    json_object_end(writer);
    return STATUS_OK;
}

static u32 answer(struct match_agent *agent, struct json_writer *writer,
                  char why_out[MATCH_WHY_BYTES])
{
    const struct http_request *http = &agent->http;
    size_t begin = strlen(PATH_BEGIN);
    struct match_options options = {.limit = MATCH_LIMIT_OTHERWISE,
                                    .threshold = agent->options.threshold,
                                    .cutoff = CUTOFF_OTHERWISE};
    u32 lists = 0;
    const char *why = NULL;
    u32 status = STATUS_OK;
    if (span_equal(span_piece(http->path, 0, begin), span_of_text(PATH_BEGIN))) {
        lists = lists_asked(agent, span_after(http->path, begin));
    }
    if (lists == 0) {
        status = STATUS_MISSING;
        why = "no such dataset: /match/default asks all lists, /match/NAME one";
    } else if (http->verb != HTTP_VERB_POST) {
        status = STATUS_METHOD;
        why = "only POST";
    } else if (!http_list_has(http, HTTP_NAME_CONTENT_TYPE, "application/json")) {
        status = STATUS_TYPE;
        why = "only application/json";
    } else if (!all_there(agent, lists)) {
        status = STATUS_UNAVAILABLE;
        why = "a list was never loaded";
    }
    if (why != NULL) {
        (void)snprintf(why_out, MATCH_WHY_BYTES, "%s", why);
        return status;
    }
    if (!match_options_read(&options, http->query, why_out) ||
        !match_request_read(&agent->request, http->body, why_out)) {
        return STATUS_WRONG;
    }
    if (!may_search(agent, agent->request.count)) {
        agent->counts.too_many += 1;
        (void)snprintf(why_out, MATCH_WHY_BYTES, "too many queries: %u in a second",
                       agent->options.per_second);
        return STATUS_TOO_MANY;
    }
    return queries_answer(agent, lists, &options, writer, why_out);
}

/* Whoever journals the count reads it long before it is full. */
static void count_tell(int count, u64 queries)
{
    if (count >= 0 && write(count, &queries, sizeof(queries)) != (ssize_t)sizeof(queries)) {
        log_warn("match.count", LOG_U64("queries", queries));
    }
}

u32 match_ask(struct match_agent *agent, char *target, size_t target_bytes, size_t *size_out)
{
    char why[MATCH_WHY_BYTES] = "";
    struct json_writer writer;
    json_begin(&writer, target, target_bytes);
    u32 status = answer(agent, &writer, why);
    if (status == STATUS_OK) {
        *size_out = json_end(&writer);
        if (*size_out > 0) {
            agent->counts.requests += 1;
            agent->counts.queries += agent->request.count;
            count_tell(agent->options.count, agent->request.count);
            return status;
        }
        status = STATUS_TOO_LARGE;
        (void)snprintf(why, sizeof(why), "the answer is too large: ask for less at a time");
    }
    agent->counts.refused += 1;
    *size_out = match_detail(target, target_bytes, why);
    return status;
}
