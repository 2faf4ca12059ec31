#include "app/own_answer.h"

#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_read_text.h"

#include <string.h>

static void data_found(void *context, const struct own_found *found)
{
    struct own_answer *answer = context;
    if (answer->data_first.node == OWN_NONE) {
        answer->data_first = *found;
    }
}

static enum fault look(struct own_answer *answer, u64 lists)
{
    struct own_flag_scene scene = {.view = answer->view,
                                   .circles = &answer->circles,
                                   .lists = lists,
                                   .is_customer = answer->load->is_customer,
                                   .limits = own_flag_limits_default};
    TRY(own_circles_open(answer->view, &answer->circles));
    answer->found_count = own_flags_of(&scene, answer->node, answer->found);
    answer->data_first.node = OWN_NONE;
    own_data_check(&scene, data_found, answer, &answer->data);
    struct own_path_query query = own_path_query_default(answer->cascade, answer->node);
    return own_path_find(&query, &answer->path);
}

enum fault own_answer_make(const struct own_load *load, u32 node, struct own_moment moment,
                           const char *rule, struct own_answer *answer)
{
    u64 lists = own_load_lists(load);
    *answer = (struct own_answer){.load = load, .node = node, .moment = moment};
    if (!own_rule_find(span_of_text(rule), moment.valid, &answer->rule)) {
        return FAULT(FAULT_USAGE, "--rule: \"%s\" is none", rule);
    }
    TRY(own_view_open(load->graph, moment, &answer->view));
    TRY(own_cascade_run(answer->view, &answer->rule, lists, &answer->cascade));
    answer->verdict = own_cascade_verdict(answer->cascade, node);
    TRY(own_proof_make(answer->cascade, node, &answer->proof));
    answer->proof_holds =
        answer->verdict == OWN_CLEAR || own_proof_check(answer->proof, load->graph, moment,
                                                        &answer->rule, lists, answer->proof_note);
    answer->held_lower = own_held(answer->cascade, OWN_SURE, node, OWN_SHARE).lower;
    answer->held_upper = own_held(answer->cascade, OWN_POSSIBLE, node, OWN_SHARE).upper;
    TRY(own_exposure_to_lists(answer->view, lists, &answer->exposure));
    return look(answer, lists);
}

void own_answer_close(struct own_answer *answer)
{
    own_circles_close(&answer->circles);
    own_exposure_close(answer->exposure);
    own_proof_close(answer->proof);
    own_cascade_close(answer->cascade);
    own_view_close(answer->view);
    *answer = (struct own_answer){.node = OWN_NONE};
}

/* ---- words ---- */

void own_words_clean(char *text)
{
    for (size_t i = 0; text[i] != 0; i += 1) {
        u8 byte = (u8)text[i];
        bool is_second = byte >= 0x80 && byte < 0xa0 && i > 0 && (u8)text[i - 1] == 0xc2;
        if (byte < 0x20 || byte == 0x7f || is_second) {
            text[i] = ' ';
        }
        if (is_second) {
            text[i - 1] = ' ';
        }
    }
}

const char *own_words_span(struct span text, char target[OWN_WORDS_BYTES])
{
    size_t size = (size_t)u64_min(text.size, OWN_WORDS_BYTES - 1);
    while (size > 0 && size < text.size && (text.data[size] & 0xc0) == 0x80) {
        size -= 1; /* no half of a letter */
    }
    for (size_t i = 0; i < size; i += 1) {
        target[i] = text.data[i] == 0 ? ' ' : (char)text.data[i];
    }
    target[size] = 0;
    own_words_clean(target);
    return target;
}

const char *own_words_name(const struct own_graph *graph, u32 node, char target[OWN_WORDS_BYTES])
{
    struct own_node read;
    own_graph_node_read(graph, node, &read);
    return own_words_span(read.name.size > 0 ? read.name : read.key, target);
}

const char *own_words_node(const struct own_graph *graph, u32 node, char target[OWN_WORDS_BYTES])
{
    struct own_node read;
    char name[OWN_WORDS_BYTES];
    char key[OWN_WORDS_BYTES];
    own_graph_node_read(graph, node, &read);
    const char *comma = read.country[0] != 0 ? ", " : "";
    if (read.name.size == 0) {
        return own_words_span(read.key, target);
    }
    (void)snprintf(target, OWN_WORDS_BYTES, "%.300s (%.180s%s%s)", own_words_span(read.name, name),
                   own_words_span(read.key, key), comma, read.country);
    return target;
}

const char *own_words_parts(u64 lower, u64 upper, char target[OWN_WORDS_BYTES])
{
    char text[OWN_SHARE_TEXT_BYTES];
    if (lower > OWN_WHOLE || upper > OWN_WHOLE) {
        (void)snprintf(
            target, OWN_WORDS_BYTES, "%llu.%02llu to %llu.%02llu %%",
            (unsigned long long)(lower / 10000000), (unsigned long long)(lower / 100000 % 100),
            (unsigned long long)(upper / 10000000), (unsigned long long)(upper / 100000 % 100));
        return target;
    }
    (void)snprintf(target, OWN_WORDS_BYTES, "%s",
                   own_text_share_print((u32)lower, (u32)upper, text));
    return target;
}

const char *own_words_days(i32 from, i32 until, char target[OWN_WORDS_BYTES])
{
    char first[OWN_DAY_TEXT_BYTES];
    char last[OWN_DAY_TEXT_BYTES];
    if (until == OWN_DAY_NEVER) {
        (void)snprintf(target, OWN_WORDS_BYTES, "since %s", own_text_day_print(from, first));
    } else if (until == from + 1) {
        (void)snprintf(target, OWN_WORDS_BYTES, "on %s", own_text_day_print(from, first));
    } else {
        (void)snprintf(target, OWN_WORDS_BYTES, "from %s until %s", own_text_day_print(from, first),
                       own_text_day_print(until, last));
    }
    return target;
}

/* What the holder does, in a word or two. */
static const char *kind_words(const struct own_edge *edge)
{
    static const char *const words[] = {
        [OWN_SHARE] = "shares",
        [OWN_VOTES] = "votes",
        [OWN_BOARD] = "appoints the board",
        [OWN_INFLUENCE] = "influence",
        [OWN_CONSOLIDATED] = "consolidates its accounts",
        [OWN_BEHALF] = "acts on its behalf",
        [OWN_NOMINEE] = "nominee",
        [OWN_DIRECTOR] = "director",
        [OWN_PAYMENT] = "payment",
        [OWN_ATTRIBUTE] = "has it",
        [OWN_LINKED] = "linked to",
        [OWN_OTHER] = "another interest",
    };
    _Static_assert(ARRAY_COUNT(words) == OWN_KINDS, "words for each");
    bool is_right = edge->kind == OWN_OTHER && (edge->flags & OWN_EDGE_BUY_BACK) != 0;
    return is_right ? "may buy back" : words[edge->kind];
}

const char *own_words_edge(const struct own_edge *edge, char target[OWN_WORDS_BYTES])
{
    char share[OWN_SHARE_TEXT_BYTES];
    const char *possible = (edge->flags & OWN_EDGE_POSSIBLE) != 0 ? "possible " : "";
    const char *indirect = (edge->flags & OWN_EDGE_INDIRECT) != 0 ? "indirect " : "";
    if (edge->kind == OWN_SHARE || edge->kind == OWN_VOTES) {
        (void)snprintf(target, OWN_WORDS_BYTES, "%s%s%s of the %s", possible, indirect,
                       own_text_share_print(edge->lower, edge->upper, share), kind_words(edge));
    } else if (edge->kind == OWN_PAYMENT && edge->amount_cents > 0) {
        (void)snprintf(target, OWN_WORDS_BYTES, "payment of %llu.%02llu EUR",
                       (unsigned long long)(edge->amount_cents / 100),
                       (unsigned long long)(edge->amount_cents % 100));
    } else {
        (void)snprintf(target, OWN_WORDS_BYTES, "%s%s%s", possible, indirect, kind_words(edge));
    }
    return target;
}
