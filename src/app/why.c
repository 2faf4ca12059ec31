#include "app/why.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"

#include <stdlib.h>
#include <string.h>

/* What came right before a command of the same source, if it says who is behind it. */
struct prior {
    u32 actor;
    u32 reason;
    u32 officer;
    u32 second;
    u64 matter;
};

/* What is heard while the journal is replayed. */
struct ear {
    struct past_watch watch;
    struct why_answer *answer;
    bool is_deaf;  /* the earlier moment has passed */
    u32 person;    /* whose decisions are heard; 0: nobody's yet */
    bool is_fixed; /* it is the one; else the account's at the beginning */
    u64 seq_start;
    struct why_said said[RULE_STATE_PACKS_MAX][RULE_RULES_MAX];
    struct prior priors[256];
    struct why_hand *hands; /* every `restrict` there was */
    u32 hands_count;
    u32 hands_room;
    bool is_full; /* no memory for them */
};

static struct ear ear;

/* ---- hearing ---- */

static void on_begin(struct past_watch *watch, const struct recovery *recovery, u64 seq_start)
{
    struct ear *hearing = (struct ear *)(void *)watch;
    struct rule_state_account account = {.person = 0};
    bool exists = false;
    if (!hearing->is_fixed && recovery->house.core != NULL &&
        rule_state_account(recovery->house.core, hearing->answer->question.account, &account,
                           &exists) != FAULT_NONE) {
        fault_forget(); /* the moment will say what it is */
    }
    hearing->person = hearing->is_fixed ? hearing->person : account.person;
    hearing->answer->person = hearing->is_fixed ? hearing->person : 0;
    hearing->answer->accounts_count = 0;
    hearing->is_deaf = false;
    hearing->seq_start = seq_start;
    hearing->hands_count = 0;
    memset(hearing->said, 0, sizeof(hearing->said));
    memset(hearing->priors, 0, sizeof(hearing->priors));
}

static void keep_hand(struct ear *hearing, u64 seq, u64 time_us, const u8 *record)
{
    const struct prior *prior = &hearing->priors[record[offsetof(struct command_head, source)]];
    if (hearing->hands_count == hearing->hands_room) {
        u32 room = hearing->hands_room == 0 ? 64 : hearing->hands_room * 2;
        struct why_hand *hands = realloc(hearing->hands, (size_t)room * sizeof(hands[0]));
        hearing->is_full = hearing->is_full || hands == NULL;
        if (hands == NULL) {
            return;
        }
        hearing->hands = hands;
        hearing->hands_room = room;
    }
    hearing->hands[hearing->hands_count] = (struct why_hand){
        .account = bytes_u32(record + offsetof(struct command_head, account)),
        .seq = seq,
        .time_us = time_us,
        .vector = bytes_u64(record + offsetof(struct command_restrict, restrictions)),
        .actor = prior->actor,
        .reason = prior->reason,
        .officer = prior->officer,
        .second = prior->second,
        .matter = prior->matter};
    hearing->hands_count += 1;
}

static void on_command(struct past_watch *watch, u64 seq, u64 time_us, struct span span)
{
    struct ear *hearing = (struct ear *)(void *)watch;
    const u8 *record = span.data;
    u16 kind = bytes_u16(record);
    struct prior *prior = &hearing->priors[record[offsetof(struct command_head, source)]];
    if (hearing->is_deaf) {
        return;
    }
    if (kind == COMMAND_NOTE) {
        prior->actor = bytes_u32(record + offsetof(struct command_note, actor));
        prior->reason = bytes_u32(record + offsetof(struct command_note, reason));
        return;
    }
    if (kind == COMMAND_CASE_ACT) {
        prior->officer = bytes_u32(record + offsetof(struct command_case_act, officer));
        prior->second = bytes_u32(record + offsetof(struct command_case_act, second));
        prior->matter = bytes_u64(record + offsetof(struct command_case_act, matter));
        return;
    }
    if (kind == COMMAND_RESTRICT) {
        keep_hand(hearing, seq, time_us, record);
    }
    *prior = (struct prior){.actor = 0};
}

static void on_event(struct past_watch *watch, u64 time_us, struct span span)
{
    struct ear *hearing = (struct ear *)(void *)watch;
    u16 kind = bytes_u16(span.data);
    if (hearing->is_deaf) {
        return;
    }
    if (kind == EVENT_PACK_STATE && span.size >= sizeof(struct event_pack_state)) {
        u8 pack = span.data[offsetof(struct event_pack_state, pack)];
        u8 state = span.data[offsetof(struct event_pack_state, state)];
        if (pack < RULE_STATE_PACKS_MAX && state != PACK_STATE_ENDING) {
            memset(hearing->said[pack], 0, sizeof(hearing->said[pack]));
        }
    } else if (kind == EVENT_DECISION && span.size >= sizeof(struct event_decision)) {
        struct why_said said = {.time_us = time_us};
        memcpy(&said.event, span.data, sizeof(said.event));
        if (hearing->person != 0 && said.event.person == hearing->person &&
            said.event.pack < RULE_STATE_PACKS_MAX && said.event.rule < RULE_RULES_MAX) {
            hearing->said[said.event.pack][said.event.rule] = said;
        }
    }
}

/* ---- the moments ---- */

/* Who is asked about, by the core as it stands. */
static enum fault find_person(struct why_answer *answer, const struct core *core, u32 which)
{
    const struct why_question *question = &answer->question;
    struct rule_state_account account;
    bool exists = false;
    if (answer->person != 0) {
        return FAULT_NONE;
    }
    TRY(rule_state_account(core, question->account, &account, &exists));
    if (!exists && which == 0 && answer->states[1].wanted != 0) {
        return FAULT_NONE; /* it may come before the later moment */
    }
    if (!exists) {
        return FAULT(FAULT_MISSING, "%s: there is no account %u at that time", question->folder,
                     question->account);
    }
    if (account.person != 0) {
        answer->person = account.person;
    } else if (answer->accounts_count == 0) {
        /* Nobody's: what was set by hand is all there is. */
        answer->accounts[0].account = account;
        answer->accounts_count = 1;
    }
    return FAULT_NONE;
}

static enum fault on_moment(struct past_watch *watch, u32 which, const struct past_look *look)
{
    struct ear *hearing = (struct ear *)(void *)watch;
    struct why_answer *answer = hearing->answer;
    const struct core *core = look->recovery->house.core;
    hearing->is_deaf = true;
    answer->looks[which] = *look;
    answer->looks[which].recovery = NULL;
    TRY(find_person(answer, core, which));
    rule_state_close(&answer->states[which]);
    return rule_state_take(core, answer->person == 0 ? RULE_STATE_NOBODY : answer->person,
                           &answer->states[which]);
}

static enum fault replay(struct why_answer *answer, bool from_genesis)
{
    const struct why_question *question = &answer->question;
    bool is_earlier = question->at != PAST_END && question->at < question->known_at;
    struct past_options options = {
        .folder = question->folder,
        .moments = {is_earlier ? question->at : question->known_at, question->known_at},
        .moments_count = is_earlier ? 2 : 1,
        .from_genesis = from_genesis,
        .watch = &ear.watch,
        .progress = question->progress};
    answer->states[1].wanted = is_earlier ? RULE_STATE_NOBODY : 0;
    TRY(past_run(&options));
    if (answer->person != ear.person) {
        /* Only now it is known whose decisions are to be heard. */
        ear.person = answer->person;
        ear.is_fixed = true;
        TRY(past_run(&options));
    }
    answer->money = &answer->states[0];
    answer->known = &answer->states[is_earlier ? 1 : 0];
    const struct past_look *last = &answer->looks[is_earlier ? 1 : 0];
    answer->known_at = question->known_at == PAST_END ? last->time_us : question->known_at;
    answer->at = question->at == PAST_END ? answer->known_at : question->at;
    if (!question->by_account && question->person > answer->known->persons) {
        return FAULT(FAULT_MISSING, "%s: there is no person %u at that time", question->folder,
                     question->person);
    }
    return ear.is_full ? FAULT(FAULT_LIMIT, "out of memory to hold what was set by hand")
                       : FAULT_NONE;
}

/* ---- putting it together ---- */

static void take_accounts(struct why_answer *answer)
{
    u32 count = 0;
    const struct rule_state_account *accounts =
        answer->person == 0 ? NULL
                            : rule_state_of(&answer->money->accounts, answer->person, &count);
    CHECK(count <= WHY_ACCOUNTS_MAX);
    for (u32 i = 0; i < count; i += 1) {
        answer->accounts[i].account = accounts[i];
    }
    answer->accounts_count = answer->person == 0 ? answer->accounts_count : count;
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        struct why_account *account = &answer->accounts[i];
        memset(&account->hand, 0, sizeof(account->hand));
        for (u32 k = ear.hands_count; k > 0 && account->hand.seq == 0; k -= 1) {
            const struct why_hand *hand = &ear.hands[k - 1];
            bool fits =
                hand->account == account->account.account && hand->vector == account->account.hand;
            account->hand = fits ? *hand : account->hand;
        }
    }
}

/* What counts is what is in force as known then, and what was there at the earlier moment and has
 * only been ended since. */
static void take_packs(struct why_answer *answer)
{
    const struct rule_state *states[] = {answer->known, answer->money};
    answer->packs_count = 0;
    for (u32 i = 0; i < ARRAY_COUNT(states); i += 1) {
        for (u32 k = 0; k < states[i]->packs_count; k += 1) {
            const struct rule_state_pack *pack = &states[i]->packs[k];
            bool is_there = false;
            for (u32 n = 0; n < answer->packs_count; n += 1) {
                is_there |= memcmp(answer->packs[n].pack->pack.content_hash,
                                   pack->pack.content_hash, RULE_HASH_BYTES) == 0;
            }
            if (!is_there && pack->state == PACK_STATE_ACTIVE &&
                answer->packs_count < RULE_STATE_PACKS_MAX) {
                answer->packs[answer->packs_count].pack = pack;
                answer->packs[answer->packs_count].ended_since = i == 1;
                answer->packs_count += 1;
            }
        }
    }
}

static void take_rules(struct why_answer *answer, u32 place)
{
    struct why_pack *ruling = &answer->packs[place];
    const struct rule_state_pack *then =
        rule_state_pack(answer->money, ruling->pack->pack.content_hash);
    struct rule_memory memories[RULE_RULES_MAX];
    struct rule_instant instant = {.at = answer->at, .known_at = answer->known_at};
    memset(memories, 0, sizeof(memories));
    if (then != NULL) {
        rule_state_memories(answer->money, answer->person, then, memories);
    }
    rule_evaluate(&ruling->pack->pack, &answer->rows.person, instant, memories, &ruling->outcome);
    answer->vector = rule_vector_join(answer->vector, ruling->outcome.vector);
    for (u32 i = 0; i < ruling->pack->pack.rules_count; i += 1) {
        struct why_rule *rule = &answer->rules[answer->rules_count];
        if (ruling->pack->pack.rules[i].scope == RULE_SCOPE_ASSET) {
            continue;
        }
        memset(rule, 0, sizeof(*rule));
        rule->pack = place;
        rule->rule = i;
        rule->law = &ruling->pack->pack.rules[i];
        rule->result = &ruling->outcome.results[i];
        if (then != NULL && then->number < RULE_STATE_PACKS_MAX) {
            rule->said = ear.said[then->number][i];
        }
        answer->rules_count += 1;
    }
}

/* What stands at the earlier moment, and what did not: only of the former the cause is told. */
static bool stands(const struct why_answer *answer, const struct why_rule *rule)
{
    u32 count = 0;
    const struct state_finding *findings =
        rule_state_of(&answer->money->findings, answer->person, &count);
    const struct rule_state_pack *then =
        rule_state_pack(answer->money, answer->packs[rule->pack].pack->pack.content_hash);
    for (u32 i = 0; i < count && then != NULL; i += 1) {
        if (findings[i].pack == then->number && findings[i].rule == rule->rule) {
            return findings[i].truth != TRUTH_NO;
        }
    }
    return false;
}

/* False: something stands whose cause was not heard, since it lies before the snapshot. */
static bool settle_causes(struct why_answer *answer)
{
    bool is_whole = true;
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        struct why_rule *rule = &answer->rules[i];
        if (!stands(answer, rule)) {
            rule->said.event.head.seq = 0;
        } else if (rule->said.event.head.seq == 0) {
            is_whole = false;
        }
    }
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        is_whole = is_whole && (account->account.hand == 0 || account->hand.seq != 0);
    }
    return is_whole;
}

static enum fault assemble(struct why_answer *answer)
{
    take_accounts(answer);
    take_packs(answer);
    rule_state_gather(answer->known, answer->person, &answer->rows);
    free(answer->assets);
    answer->assets = calloc((size_t)answer->money->assets.count + 1, sizeof(answer->assets[0]));
    if (answer->assets == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory to hold the assets");
    }
    answer->holdings =
        rule_state_holdings(answer->money, answer->person, answer->assets, &answer->assets_count);
    answer->rows.person.holdings = answer->holdings;
    answer->vector = 0;
    answer->rules_count = 0;
    for (u32 i = 0; i < answer->packs_count && answer->person != 0; i += 1) {
        take_rules(answer, i);
    }
    return FAULT_NONE;
}

static enum fault find_causes(struct why_answer *answer)
{
    static struct past_command command;
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        struct why_rule *rule = &answer->rules[i];
        bool found = false;
        if (rule->said.event.head.seq == 0) {
            continue;
        }
        TRY(past_find(answer->question.folder, rule->said.event.cause_seq, &command, &found));
        if (found) {
            rule->cause.seq = rule->said.event.cause_seq;
            rule->cause.time_us = command.time_us;
            rule->cause.kind = bytes_u16(command.record);
            rule->cause.size = command.size;
            memcpy(rule->cause.record, command.record, command.size);
        }
    }
    return FAULT_NONE;
}

/* ---- texts ---- */

enum fault why_pack_text(const char *folder, const u8 hash[RULE_HASH_BYTES],
                         struct pack_text *text_out, bool *has_out)
{
    static u8 canonical[PACK_TEXT_JSON_MAX];
    char name[2 * RULE_HASH_BYTES + 6];
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    u8 found[SHA256_BYTES];
    struct sha256 sha256;
    for (u32 i = 0; i < RULE_HASH_BYTES; i += 1) {
        (void)snprintf(name + 2 * (size_t)i, 3, "%02x", hash[i]);
    }
    memcpy(name + 2 * (size_t)RULE_HASH_BYTES, ".json", 6);
    TRY(file_path(path, folder, name));
    TRY(disk_exists(disk_real(), path, has_out));
    if (!*has_out) {
        return FAULT_NONE;
    }
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_read_at(&file, 0, canonical, sizeof(canonical), &size));
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(canonical, size));
    sha256_end(&sha256, found);
    sha256_close(&sha256);
    if (memcmp(found, hash, RULE_HASH_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: it is not the pack that its name says", path);
    }
    const char *reason = pack_text_read(span_of(canonical, size), text_out);
    return reason == NULL ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: %s", path, reason);
}

static enum fault read_texts(struct why_answer *answer)
{
    char folder[FILE_PATH_BYTES];
    TRY(file_path(folder, answer->question.folder, "packs"));
    const char *packs = answer->question.packs == NULL ? folder : answer->question.packs;
    for (u32 i = 0; i < answer->packs_count; i += 1) {
        struct why_pack *pack = &answer->packs[i];
        TRY(why_pack_text(packs, pack->pack->pack.content_hash, &pack->text, &pack->has_text));
        if (pack->has_text && pack->text.rules_count != pack->pack->pack.rules_count) {
            return FAULT(FAULT_FOREIGN, "%s: the text of %s has another number of rules", packs,
                         pack->pack->pack.id);
        }
    }
    return FAULT_NONE;
}

/* ---- asking ---- */

static enum fault ask(struct why_answer *answer)
{
    TRY(replay(answer, answer->question.from_genesis));
    TRY(assemble(answer));
    if (!settle_causes(answer) && ear.seq_start != 0) {
        TRY(replay(answer, true));
        TRY(assemble(answer));
        (void)settle_causes(answer);
    }
    TRY(find_causes(answer));
    return read_texts(answer);
}

enum fault why_ask(const struct why_question *question, struct why_answer *answer_out)
{
    memset(answer_out, 0, sizeof(*answer_out));
    memset(&ear, 0, sizeof(ear));
    answer_out->question = *question;
    ear.watch = (struct past_watch){
        .begin = on_begin, .command = on_command, .event = on_event, .moment = on_moment};
    ear.answer = answer_out;
    ear.person = question->by_account ? 0 : question->person;
    ear.is_fixed = !question->by_account;
    enum fault fault = ask(answer_out);
    free(ear.hands);
    ear.hands = NULL;
    return fault;
}

void why_close(struct why_answer *answer)
{
    rule_state_close(&answer->states[0]);
    rule_state_close(&answer->states[1]);
    free(answer->assets);
    answer->assets = NULL;
}
