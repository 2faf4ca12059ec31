#include "app/story_tell.h"

#include "app/restriction_modes.h"
#include "app/rule_words.h"
#include "base/amount.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/reject.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* An event that is told is no longer. */
#define EVENT_WORDS 64U

enum { INDENT = 18, COLUMNS = 100, PLACES = 8, TEXT_BYTES = 512, OPEN_SHIFT = 2 * 7 };

/* ---- lines ---- */

/* Words, in lines that begin below the first one. */
static void words_print(size_t column, struct span text)
{
    while (text.size > 0) {
        size_t word = 0;
        while (word < text.size && text.data[word] != ' ') {
            word += 1;
        }
        if (column + 1 + word > COLUMNS) {
            (void)printf("\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            (void)printf(" ");
            column += 1;
        }
        (void)printf("%.*s", (int)word, (const char *)text.data);
        column += word;
        text = span_after(text, word < text.size ? word + 1 : word);
    }
    (void)printf("\n");
}

static void heading_print(struct story_teller *teller)
{
    if (teller->heading == NULL) {
        return;
    }
    char time[RULE_WORDS_BYTES];
    const char *day = rule_words_time(teller->now_us, time);
    u64 minute = teller->now_us / 60000000 % 1440;
    bool is_new = teller->headed_us != teller->now_us;
    if (is_new) {
        (void)printf("\n%.10s %02u:%02u  ", day, (u32)(minute / 60), (u32)(minute % 60));
    } else {
        (void)printf("%*s", INDENT, "");
    }
    words_print(INDENT, span_of_text(teller->heading));
    teller->headed_us = teller->now_us;
    teller->heading = NULL;
}

void story_tell_later(struct story_teller *teller, u64 now_us, const char *text)
{
    teller->now_us = now_us;
    teller->heading = text;
}

void story_tell_now(struct story_teller *teller, u64 now_us, const char *text)
{
    story_tell_later(teller, now_us, text);
    heading_print(teller);
}

void story_tell(struct story_teller *teller, const char *who, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    CHECK(length >= 0 && (size_t)length < sizeof(text));
    heading_print(teller);
    (void)printf("    %-*s", INDENT - 4, who);
    words_print(INDENT, span_of_text(text));
}

void story_tell_lines(struct story_teller *teller, struct span text)
{
    if (teller != NULL) {
        heading_print(teller);
    }
    while (text.size > 0) {
        size_t size = 0;
        size_t blanks = 0;
        while (size < text.size && text.data[size] != '\n') {
            size += 1;
        }
        while (blanks < size && text.data[blanks] == ' ') {
            blanks += 1;
        }
        (void)printf("%*s%s", INDENT, "", blanks == 0 ? "" : "-");
        words_print(blanks == 0 ? INDENT : INDENT + 1, span_of(text.data + blanks, size - blanks));
        text = span_after(text, size < text.size ? size + 1 : size);
    }
}

/* ---- vectors ---- */

const char *story_vector(u64 vector, char target[STORY_VECTOR_BYTES])
{
    static const char *const names[] = {"withdraw-only", "review", "freeze"};
    char words[RULE_WORDS_BYTES];
    u64 open = vector >> OPEN_SHIFT & 3;
    u64 rest = vector & ~(3ULL << OPEN_SHIFT);
    const char *more = open == 0 ? "" : ", no new service";
    for (u32 mask = 1; mask < 1U << ARRAY_COUNT(names) && rest != 0; mask += 1) {
        u64 joined = 0;
        int used = 0;
        for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
            u64 mode = 0;
            if ((mask >> i & 1U) != 0 && restriction_mode_of(names[i], &mode)) {
                joined = rule_vector_join(joined, mode);
                used += snprintf(target + used, STORY_VECTOR_BYTES - (size_t)used, "%s%s",
                                 used == 0 ? "" : " and ", names[i]);
            }
        }
        if (joined == rest) {
            (void)snprintf(target + used, STORY_VECTOR_BYTES - (size_t)used, "%s", more);
            return target;
        }
    }
    (void)snprintf(target, STORY_VECTOR_BYTES, "%s",
                   vector == 0 ? "everything is possible" : rule_words_vector(vector, words));
    return target;
}

/* ---- packs ---- */

enum fault story_tell_pack(struct story_teller *teller, struct span canonical,
                           const u8 content_hash[32])
{
    CHECK(teller->packs_count < STORY_PACKS_MAX);
    struct story_pack *pack = &teller->packs[teller->packs_count];
    const char *wrong = pack_text_read(canonical, &pack->text);
    if (wrong != NULL) {
        return FAULT(FAULT_DIVERGED, "the pack's canonical form: %s", wrong);
    }
    memcpy(pack->content_hash, content_hash, sizeof(pack->content_hash));
    teller->packs_count += 1;
    return FAULT_NONE;
}

static struct story_pack *pack_of(struct story_teller *teller, u32 number)
{
    CHECK(number < STORY_PACK_NUMBERS && teller->numbers[number] != 0);
    return &teller->packs[teller->numbers[number] - 1];
}

static void on_pack_state(struct story_teller *teller, const struct event_pack_state *event)
{
    static const char *const words[PACK_STATE_COUNT] = {"", "active", "ending", "ended"};
    char from[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    CHECK(event->pack < STORY_PACK_NUMBERS && event->state < PACK_STATE_COUNT);
    for (u32 i = 0; i < teller->packs_count; i += 1) {
        if (memcmp(teller->packs[i].content_hash, event->content_hash, 32) == 0) {
            teller->numbers[event->pack] = (u8)(i + 1);
        }
    }
    teller->is_active[event->pack] = event->state == PACK_STATE_ACTIVE;
    const struct story_pack *pack = pack_of(teller, event->pack);
    char id[64];
    (void)snprintf(id, sizeof(id), "%.*s v%u", (int)pack->text.id.size,
                   (const char *)pack->text.id.data, event->version);
    story_tell(teller, "the pack", "%s is %s; in force %s to %s", id, words[event->state],
               rule_words_time(event->from, from), rule_words_time(event->until, until));
}

/* ---- persons ---- */

static const char *account_name(const struct story_teller *teller, u32 account)
{
    return account < teller->story->accounts_count ? teller->story->accounts[account].name
                                                   : "the venue";
}

const char *story_tell_person(const struct story_teller *teller, u32 person)
{
    for (u32 i = 0; i < teller->story->accounts_count; i += 1) {
        if (teller->story->accounts[i].person == person) {
            return teller->story->accounts[i].name;
        }
    }
    return "?";
}

static void on_restricted(struct story_teller *teller, const struct event_restricted *event)
{
    char before[STORY_VECTOR_BYTES];
    char after[STORY_VECTOR_BYTES];
    u32 account = event->head.account;
    CHECK(account < STORY_ACCOUNTS_MAX);
    teller->vectors[account] = event->after;
    story_tell(teller, account_name(teller, account), "%s -> %s",
               story_vector(event->before, before), story_vector(event->after, after));
}

/* Why it is not known, what is missing, how much there is, until when. */
static void details_print(const struct event_decision *event, const struct pack_rule_text *rule,
                          char target[TEXT_BYTES])
{
    static const char *const reasons[] = {NULL,
                                          "a candidate, for an officer to look at",
                                          "ownership is not determined",
                                          "no fresh price",
                                          "not screened",
                                          "the evidence did not come"};
    char words[RULE_WORDS_BYTES];
    int used = 0;
    target[0] = 0;
    for (u32 i = 0; i < ARRAY_COUNT(reasons); i += 1) {
        if ((event->reasons >> i & 1U) != 0 && reasons[i] != NULL) {
            used += snprintf(target + used, TEXT_BYTES - (size_t)used, "; %s", reasons[i]);
        }
    }
    if (event->missing != 0) {
        used += snprintf(target + used, TEXT_BYTES - (size_t)used, "; missing: %s",
                         rule_words_facts(event->missing, words));
    }
    if (rule->has_threshold && (event->flags & DECISION_FLAG_HOLDINGS_KNOWN) != 0) {
        used += snprintf(target + used, TEXT_BYTES - (size_t)used, "; EUR %s%s",
                         rule_words_eur(event->holdings, words),
                         (event->flags & DECISION_FLAG_WARNED) != 0 ? ", warned: 90 %" : "");
    }
    if (event->deadline != 0) {
        used += snprintf(target + used, TEXT_BYTES - (size_t)used, "; evidence by %.16s",
                         rule_words_time(event->deadline, words));
    }
    CHECK(used < TEXT_BYTES);
}

static bool has_account(const struct story_teller *teller, u32 person)
{
    for (u32 i = 0; i < teller->story->accounts_count; i += 1) {
        if (teller->persons[i] == person) {
            return true;
        }
    }
    return false;
}

static void on_decision(struct story_teller *teller, const struct event_decision *event)
{
    struct story_pack *pack = pack_of(teller, event->pack);
    CHECK(event->rule < pack->text.rules_count);
    const struct pack_rule_text *rule = &pack->text.rules[event->rule];
    char details[TEXT_BYTES];
    char change[64];
    if (!has_account(teller, event->person)) {
        return; /* the number that an evader left behind */
    }
    details_print(event, rule, details);
    if (event->truth == event->truth_before) {
        (void)snprintf(change, sizeof(change), "%s", rule_words_truth(event->truth));
    } else {
        (void)snprintf(change, sizeof(change), "%s -> %s", rule_words_truth(event->truth_before),
                       rule_words_truth(event->truth));
    }
    story_tell(teller, story_tell_person(teller, event->person), "%.*s: %s%s", (int)rule->id.size,
               (const char *)rule->id.data, change, details);
    u32 bit = 1U << event->rule;
    if (event->truth == TRUTH_YES && (pack->told & bit) == 0) {
        pack->told |= bit;
        (void)printf("%*s", INDENT, "");
        words_print(INDENT, rule->explain[LANGUAGE_EN]);
    }
}

/* ---- orders and money ---- */

static void on_ledger(struct story_teller *teller, const struct event_ledger *event)
{
    static const char *const words[LEDGER_CAUSE_COUNT] = {
        [LEDGER_CAUSE_DEPOSIT] = "comes in",
        [LEDGER_CAUSE_DEPOSIT_HELD] = "comes in, and is held",
        [LEDGER_CAUSE_WITHDRAWAL_HOLD] = "is to leave",
        [LEDGER_CAUSE_WITHDRAWAL_SETTLE] = "has left",
        [LEDGER_CAUSE_WITHDRAWAL_RELEASE] = "stays: the withdrawal is taken back",
        [LEDGER_CAUSE_WITHDRAWAL_FALLBACK] = "stays: the withdrawal may not leave",
        [LEDGER_CAUSE_TRANSFER] = "is paid",
        [LEDGER_CAUSE_DEPOSIT_RELEASE] = "is released to the account",
        [LEDGER_CAUSE_DEPOSIT_RETURN] = "has gone back to its sender",
    };
    static const char *const assets[] = {"BTC", "EUR"};
    char amount[AMOUNT_TEXT_BYTES];
    u32 account = event->head.account;
    CHECK(account < STORY_ACCOUNTS_MAX);
    if (event->cause == LEDGER_CAUSE_DEPOSIT_HELD || event->cause == LEDGER_CAUSE_WITHDRAWAL_HOLD) {
        teller->holds[account] = event->reference;
    }
    if (event->cause >= LEDGER_CAUSE_COUNT || words[event->cause] == NULL) {
        return;
    }
    bool is_transfer = event->cause == LEDGER_CAUSE_TRANSFER;
    (void)amount_print(event->amount, PLACES, PLACES, amount);
    story_tell(teller, account_name(teller, account), "%s %s %s%s%s", amount,
               event->asset < ARRAY_COUNT(assets) ? assets[event->asset] : "?", words[event->cause],
               is_transfer ? " to " : "",
               is_transfer ? account_name(teller, event->other_account) : "");
}

static void on_rejected(struct story_teller *teller, const struct event_rejected *event)
{
    story_tell(teller, account_name(teller, event->head.account), "refused: %d %s (%s)",
               reject_code(event->reject), reject_text(event->reject), reject_name(event->reject));
}

static void on_order_new(struct story_teller *teller, const struct event_order_new *event)
{
    char qty[AMOUNT_TEXT_BYTES];
    (void)amount_print(event->qty, PLACES, PLACES, qty);
    story_tell(teller, account_name(teller, event->head.account), "order %llu is taken: %s %s BTC",
               (unsigned long long)event->order_id, event->side == SIDE_BUY ? "buy" : "sell", qty);
}

static void on_order_done(struct story_teller *teller, const struct event_order_done *event)
{
    char released[AMOUNT_TEXT_BYTES];
    (void)amount_print(event->released, PLACES, PLACES, released);
    story_tell(teller, account_name(teller, event->head.account), "order %llu %s, %s is free again",
               (unsigned long long)event->order_id,
               event->reason == EXPIRY_REASON_EXCHANGE_CANCELED ? "expires (EXCHANGE_CANCELED)"
                                                                : "is over",
               released);
}

static void on_licence(struct story_teller *teller, const struct event_licence_spent *event)
{
    char eur[RULE_WORDS_BYTES];
    char used[RULE_WORDS_BYTES];
    char ceiling[RULE_WORDS_BYTES];
    story_tell(teller, story_tell_person(teller, event->person),
               "licence %u: EUR %s %s, EUR %s of %s used", event->licence,
               rule_words_eur(event->eur, eur),
               event->direction == DIRECTION_OUT ? "spent" : "given back",
               rule_words_eur(event->used, used), rule_words_eur(event->ceiling, ceiling));
}

/* ---- events ---- */

static void event_tell(struct story_teller *teller, const void *event)
{
    const struct event_head *head = event;
    switch (head->kind) {
    case EVENT_REJECTED:
        on_rejected(teller, event);
        break;
    case EVENT_ORDER_NEW:
        on_order_new(teller, event);
        break;
    case EVENT_ORDER_DONE:
        on_order_done(teller, event);
        break;
    case EVENT_LEDGER:
        on_ledger(teller, event);
        break;
    case EVENT_RESTRICTED:
        on_restricted(teller, event);
        break;
    case EVENT_DECISION:
        on_decision(teller, event);
        break;
    case EVENT_PACK_STATE:
        on_pack_state(teller, event);
        break;
    case EVENT_LICENCE_SPENT:
        on_licence(teller, event);
        break;
    default: /* not an enum: the kinds that a story has nothing to say about */
        break;
    }
}

static void on_release(struct release_sink *sink, const struct release *release)
{
    struct story_teller *teller = (struct story_teller *)(void *)sink;
    struct span events = release->events;
    while (events.size > 0) {
        u64 record[EVENT_WORDS];
        struct event_head head;
        memcpy(&head, events.data, sizeof(head));
        size_t size = (size_t)head.units * WIRE_UNIT;
        memset(record, 0, sizeof(record));
        memcpy(record, events.data, size < sizeof(record) ? size : sizeof(record));
        CHECK(teller->rows == NULL || screen_rows_event(teller->rows, events.data, size));
        event_tell(teller, record);
        events = span_after(events, size);
    }
}

void story_teller_begin(struct story_teller *teller, const struct story *story)
{
    teller->sink.release = on_release;
    teller->story = story;
    for (u32 account = 0; account < story->accounts_count; account += 1) {
        teller->persons[account] = story->accounts[account].person;
    }
}
