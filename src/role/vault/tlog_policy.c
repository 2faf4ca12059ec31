#include "role/vault/tlog_policy.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

#define WORDS_MAX 72U /* of a line: a group of every witness and every group */

_Static_assert(TLOG_POLICY_WITNESSES_MAX <= 32, "members are bits of a u32");
_Static_assert(TLOG_POLICY_GROUPS_MAX <= 32, "members are bits of a u32");

struct reader {
    struct sha256 *sha256;
    struct tlog_policy *policy;
    u32 line;
    bool has_quorum;
    bool has_independent;
    u32 used_witnesses; /* members of some group */
    u32 used_groups;
    u32 words_count;
    struct span words[WORDS_MAX];
};

static bool is_word(struct span word, const char *text)
{
    return span_equal(word, span_of_text(text));
}

static enum fault refuse(const struct reader *reader, const char *why)
{
    return FAULT(FAULT_INPUT, "policy line %u: %s", reader->line, why);
}

static enum fault words_cut(struct reader *reader, struct span line)
{
    reader->words_count = 0;
    for (size_t at = 0; at < line.size;) {
        u8 byte = line.data[at];
        if (byte == ' ' || byte == '\t') {
            at += 1;
            continue;
        }
        size_t end = at;
        while (end < line.size && line.data[end] != ' ' && line.data[end] != '\t') {
            if (line.data[end] < 0x20 || line.data[end] == 0x7f) {
                return refuse(reader, "a control character");
            }
            end += 1;
        }
        if (reader->words_count == WORDS_MAX) {
            return refuse(reader, "too many words");
        }
        reader->words[reader->words_count] = span_of(line.data + at, end - at);
        reader->words_count += 1;
        at = end;
    }
    return FAULT_NONE;
}

/* ---- names ---- */

static u32 witness_find(const struct tlog_policy *policy, struct span name)
{
    u32 place = 0;
    while (place < policy->witnesses_count && !is_word(name, policy->witnesses[place].name)) {
        place += 1;
    }
    return place;
}

static u32 group_find(const struct tlog_policy *policy, struct span name)
{
    u32 place = 0;
    while (place < policy->groups_count && !is_word(name, policy->groups[place].name)) {
        place += 1;
    }
    return place;
}

static bool word_copy(struct span word, char target[TLOG_POLICY_WORD_BYTES])
{
    memset(target, 0, TLOG_POLICY_WORD_BYTES);
    return span_copy(word, target, TLOG_POLICY_WORD_BYTES - 1);
}

/* A new name for a witness or a group: they share theirs. */
static enum fault name_take(const struct reader *reader, char target[TLOG_POLICY_WORD_BYTES])
{
    const struct tlog_policy *policy = reader->policy;
    struct span name = reader->words[1];
    if (!word_copy(name, target)) {
        return refuse(reader, "a name is too long");
    }
    if (is_word(name, "none") || witness_find(policy, name) < policy->witnesses_count ||
        group_find(policy, name) < policy->groups_count) {
        return refuse(reader, "this name is taken");
    }
    return FAULT_NONE;
}

/* ---- lines ---- */

static enum fault key_take(const struct reader *reader, struct span vkey, enum tlog_key_kind kind,
                           struct tlog_key *key)
{
    enum tlog_flaw flaw = tlog_key_read(reader->sha256, vkey, key);
    if (flaw != TLOG_FLAW_NONE) {
        return refuse(reader, tlog_flaw_meaning(flaw));
    }
    if (key->kind != kind) {
        return refuse(reader, kind == TLOG_KEY_LOG ? "this is not a log's key"
                                                   : "this is not a witness's key");
    }
    return FAULT_NONE;
}

static enum fault log_line(struct reader *reader)
{
    struct tlog_policy *policy = reader->policy;
    if (reader->words_count < 2 || reader->words_count > 3) {
        return refuse(reader, "log <vkey> [<url>] is wanted");
    }
    if (policy->logs_count == TLOG_POLICY_LOGS_MAX) {
        return refuse(reader, "too many logs");
    }
    struct tlog_key *key = &policy->logs[policy->logs_count];
    TRY(key_take(reader, reader->words[1], TLOG_KEY_LOG, key));
    for (u32 i = 0; i < policy->logs_count; i += 1) {
        if (memcmp(policy->logs[i].public_key, key->public_key, TLOG_KEY_BYTES) == 0) {
            return refuse(reader, "this log's key was there already");
        }
    }
    policy->logs_count += 1;
    return FAULT_NONE;
}

static bool url_copy(struct span word, char target[TLOG_POLICY_URL_BYTES])
{
    memset(target, 0, TLOG_POLICY_URL_BYTES);
    while (word.size > 0 && word.data[word.size - 1] == '/') {
        word.size -= 1;
    }
    return span_copy(word, target, TLOG_POLICY_URL_BYTES - 1);
}

static enum fault witness_line(struct reader *reader)
{
    struct tlog_policy *policy = reader->policy;
    if (reader->words_count < 3 || reader->words_count > 4) {
        return refuse(reader, "witness <name> <vkey> [<url>] is wanted");
    }
    if (policy->witnesses_count == TLOG_POLICY_WITNESSES_MAX) {
        return refuse(reader, "too many witnesses");
    }
    struct tlog_policy_witness *witness = &policy->witnesses[policy->witnesses_count];
    TRY(name_take(reader, witness->name));
    TRY(key_take(reader, reader->words[2], TLOG_KEY_WITNESS, &witness->key));
    if (reader->words_count == 4 && !url_copy(reader->words[3], witness->url)) {
        return refuse(reader, "an address is too long");
    }
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        if (memcmp(policy->witnesses[i].key.public_key, witness->key.public_key, TLOG_KEY_BYTES) ==
            0) {
            return refuse(reader, "this witness's key was there already");
        }
    }
    policy->witnesses_count += 1;
    return FAULT_NONE;
}

/* Adds a member; each name may be one of one group alone, so that nobody counts twice. */
static enum fault member_add(struct reader *reader, struct span name,
                             struct tlog_policy_group *group)
{
    const struct tlog_policy *policy = reader->policy;
    u32 witness = witness_find(policy, name);
    u32 place = group_find(policy, name);
    if (witness == policy->witnesses_count && place == policy->groups_count) {
        return refuse(reader, "a member is no witness and no group of the lines above");
    }
    bool is_witness = witness < policy->witnesses_count;
    u32 bit = 1U << (is_witness ? witness : place);
    u32 *used = is_witness ? &reader->used_witnesses : &reader->used_groups;
    if ((*used & bit) != 0) {
        return refuse(reader, "a member is one of another group already");
    }
    *used |= bit;
    *(is_witness ? &group->witnesses : &group->groups) |= bit;
    return FAULT_NONE;
}

static enum fault group_line(struct reader *reader)
{
    struct tlog_policy *policy = reader->policy;
    u64 wanted = 0;
    if (reader->words_count < 4) {
        return refuse(reader, "group <name> all|any|<k> <member>... is wanted");
    }
    if (policy->groups_count == TLOG_POLICY_GROUPS_MAX) {
        return refuse(reader, "too many groups");
    }
    struct tlog_policy_group *group = &policy->groups[policy->groups_count];
    TRY(name_take(reader, group->name));
    u32 members = reader->words_count - 3;
    if (is_word(reader->words[2], "all")) {
        wanted = members;
    } else if (is_word(reader->words[2], "any")) {
        wanted = 1;
    } else if (!tlog_number_read(reader->words[2], members, &wanted) || wanted == 0) {
        return refuse(reader, "all, any or a number from 1 to the members' is wanted");
    }
    group->wanted = (u32)wanted;
    for (u32 i = 0; i < members; i += 1) {
        TRY(member_add(reader, reader->words[3 + i], group));
    }
    policy->groups_count += 1;
    return FAULT_NONE;
}

static enum fault quorum_line(struct reader *reader)
{
    struct tlog_policy *policy = reader->policy;
    if (reader->words_count != 2 || reader->has_quorum) {
        return refuse(reader, "one quorum <name>|none is wanted");
    }
    reader->has_quorum = true;
    u32 witness = witness_find(policy, reader->words[1]);
    u32 group = group_find(policy, reader->words[1]);
    if (is_word(reader->words[1], "none")) {
        return FAULT_NONE;
    }
    if (witness == policy->witnesses_count && group == policy->groups_count) {
        return refuse(reader, "the quorum is no witness and no group of the lines above");
    }
    policy->quorum.wanted = 1;
    policy->quorum.witnesses = witness < policy->witnesses_count ? 1U << witness : 0;
    policy->quorum.groups = group < policy->groups_count ? 1U << group : 0;
    return FAULT_NONE;
}

static enum fault operator_line(struct reader *reader)
{
    struct tlog_policy *policy = reader->policy;
    if (reader->words_count < 3) {
        return refuse(reader, "operator <name> <witness>... is wanted");
    }
    if (policy->operators_count == TLOG_POLICY_OPERATORS_MAX) {
        return refuse(reader, "too many operators");
    }
    char *name = policy->operators[policy->operators_count];
    if (!word_copy(reader->words[1], name)) {
        return refuse(reader, "a name is too long");
    }
    for (u32 i = 0; i < policy->operators_count; i += 1) {
        if (strcmp(policy->operators[i], name) == 0) {
            return refuse(reader, "this operator was there already");
        }
    }
    policy->operators_count += 1;
    for (u32 i = 2; i < reader->words_count; i += 1) {
        u32 witness = witness_find(policy, reader->words[i]);
        if (witness == policy->witnesses_count) {
            return refuse(reader, "an operator's witness is none of the lines above");
        }
        if (policy->witnesses[witness].operator_place != 0) {
            return refuse(reader, "a witness has one operator");
        }
        policy->witnesses[witness].operator_place = policy->operators_count;
    }
    return FAULT_NONE;
}

static enum fault independent_line(struct reader *reader)
{
    u64 count = 0;
    if (reader->words_count != 2 || reader->has_independent ||
        !tlog_number_read(reader->words[1], TLOG_POLICY_OPERATORS_MAX, &count)) {
        return refuse(reader, "one independent <n> is wanted");
    }
    reader->has_independent = true;
    reader->policy->independent = (u32)count;
    return FAULT_NONE;
}

static enum fault line_read(struct reader *reader, struct span line)
{
    static const struct {
        const char *word;
        enum fault (*read)(struct reader *reader);
    } kinds[] = {
        {"log", log_line},       {"witness", witness_line},   {"group", group_line},
        {"quorum", quorum_line}, {"operator", operator_line}, {"independent", independent_line},
    };
    TRY(words_cut(reader, line));
    if (reader->words_count == 0 || reader->words[0].data[0] == '#') {
        return FAULT_NONE;
    }
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        if (is_word(reader->words[0], kinds[i].word)) {
            return kinds[i].read(reader);
        }
    }
    return refuse(reader, "log, witness, group, quorum, operator or independent is wanted");
}

enum fault tlog_policy_read(struct sha256 *sha256, struct span text, struct tlog_policy *policy_out)
{
    struct reader reader = {.sha256 = sha256, .policy = policy_out};
    memset(policy_out, 0, sizeof(*policy_out));
    if (text.size > TLOG_POLICY_BYTES_MAX) {
        return FAULT(FAULT_INPUT, "a policy of %zu bytes; at most %u are read", text.size,
                     TLOG_POLICY_BYTES_MAX);
    }
    struct span rest = text;
    while (rest.size > 0) {
        const u8 *end = memchr(rest.data, '\n', rest.size);
        reader.line += 1;
        if (end == NULL) {
            return refuse(&reader, "the last line has no end");
        }
        size_t size = (size_t)(end - rest.data);
        TRY(line_read(&reader, span_piece(rest, 0, size)));
        rest = span_after(rest, size + 1);
    }
    reader.line += 1;
    if (policy_out->logs_count == 0) {
        return refuse(&reader, "no log was named");
    }
    return reader.has_quorum ? FAULT_NONE : refuse(&reader, "no quorum was named");
}

/* ---- trial or production ---- */

static bool is_trial(const struct tlog_key *log)
{
    static const char last[] = "invalid";
    const size_t last_bytes = sizeof(last) - 1;
    const char *slash = memchr(log->name, '/', log->name_bytes);
    size_t host_bytes = slash == NULL ? log->name_bytes : (size_t)(slash - log->name);
    return host_bytes >= last_bytes &&
           memcmp(log->name + host_bytes - last_bytes, last, last_bytes) == 0 &&
           (host_bytes == last_bytes || log->name[host_bytes - last_bytes - 1] == '.');
}

const char *tlog_policy_lacks(const struct tlog_policy *policy)
{
    bool all_trial = true;
    for (u32 i = 0; i < policy->logs_count; i += 1) {
        all_trial = all_trial && is_trial(&policy->logs[i]);
    }
    if (all_trial) {
        return NULL;
    }
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        if (policy->witnesses[i].operator_place == 0) {
            return "a witness has no line `operator`: only the log of a trial, under .invalid, "
                   "may leave open who runs it";
        }
    }
    return policy->independent == 0
               ? "no line `independent 1`: only the log of a trial, under .invalid, may do "
                 "without a witness that somebody else runs"
               : NULL;
}

/* ---- verdicts ---- */

static bool group_holds(const struct tlog_policy_group *group, u32 witnesses, u32 groups)
{
    u32 count = (u32)__builtin_popcount(group->witnesses & witnesses) +
                (u32)__builtin_popcount(group->groups & groups);
    return count >= group->wanted;
}

/* Groups refer to groups above them only, so one pass is enough. */
static bool quorum_holds(const struct tlog_policy *policy, u32 witnesses)
{
    u32 groups = 0;
    for (u32 i = 0; i < policy->groups_count; i += 1) {
        groups |= group_holds(&policy->groups[i], witnesses, groups) ? 1U << i : 0;
    }
    return group_holds(&policy->quorum, witnesses, groups);
}

static u32 independent_count(const struct tlog_policy *policy, u32 witnesses)
{
    u32 operators = 0;
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        u32 place = policy->witnesses[i].operator_place;
        if ((witnesses & 1U << i) != 0 && place != 0 &&
            strcmp(policy->operators[place - 1], "venue") != 0) {
            operators |= 1U << (place - 1);
        }
    }
    return (u32)__builtin_popcount(operators);
}

/* Those of the witnesses whose time is at or after (or, before: at or before) `time_s`. */
static u32 at_time(const struct tlog_policy *policy, const struct tlog_verdict *verdict, u64 time_s,
                   bool before)
{
    u32 witnesses = 0;
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        u64 time = verdict->times_s[i];
        bool counts = before ? time <= time_s : time >= time_s;
        witnesses |= counts ? verdict->cosigned & 1U << i : 0;
    }
    return witnesses;
}

static void times_find(const struct tlog_policy *policy, struct tlog_verdict *verdict)
{
    if (policy->quorum.wanted == 0) {
        return;
    }
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        u64 time = verdict->times_s[i];
        if ((verdict->cosigned & 1U << i) == 0) {
            continue;
        }
        if (quorum_holds(policy, at_time(policy, verdict, time, false))) {
            verdict->fresh_s = u64_max(verdict->fresh_s, time);
        }
        if (quorum_holds(policy, at_time(policy, verdict, time, true)) &&
            (verdict->known_s == 0 || time < verdict->known_s)) {
            verdict->known_s = time;
        }
    }
}

/* Whether a log of the policy that has this origin as its name signed the note. */
static enum tlog_flaw log_verify(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                 const struct tlog_note *note, struct span origin)
{
    enum tlog_flaw flaw = TLOG_FLAW_ORIGIN;
    for (u32 i = 0; i < policy->logs_count; i += 1) {
        const struct tlog_key *key = &policy->logs[i];
        bool found = false;
        u64 time = 0;
        if (!span_equal(origin, span_of(key->name, key->name_bytes))) {
            continue;
        }
        enum tlog_flaw one = tlog_note_verify(crypto, note, key, &found, &time);
        if (one != TLOG_FLAW_NONE) {
            return one;
        }
        if (found) {
            flaw = TLOG_FLAW_NONE;
        } else if (flaw == TLOG_FLAW_ORIGIN) {
            flaw = TLOG_FLAW_UNSIGNED;
        }
    }
    return flaw;
}

static bool is_known(const struct tlog_policy *policy, const struct tlog_signature *signature)
{
    for (u32 i = 0; i < policy->logs_count; i += 1) {
        if (tlog_signature_is_of(signature, &policy->logs[i])) {
            return true;
        }
    }
    for (u32 i = 0; i < policy->witnesses_count; i += 1) {
        if (tlog_signature_is_of(signature, &policy->witnesses[i].key)) {
            return true;
        }
    }
    return false;
}

enum tlog_flaw tlog_policy_verify(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                  struct span note, struct tlog_verdict *verdict_out)
{
    struct tlog_note read;
    memset(verdict_out, 0, sizeof(*verdict_out));
    enum tlog_flaw flaw = tlog_note_read(note, &read);
    if (flaw == TLOG_FLAW_NONE) {
        flaw = tlog_checkpoint_read(read.text, &verdict_out->checkpoint);
    }
    if (flaw == TLOG_FLAW_NONE) {
        flaw = log_verify(crypto, policy, &read, verdict_out->checkpoint.origin);
    }
    for (u32 i = 0; flaw == TLOG_FLAW_NONE && i < policy->witnesses_count; i += 1) {
        bool found = false;
        flaw = tlog_note_verify(crypto, &read, &policy->witnesses[i].key, &found,
                                &verdict_out->times_s[i]);
        verdict_out->cosigned |= found ? 1U << i : 0;
    }
    if (flaw != TLOG_FLAW_NONE) {
        return flaw;
    }
    for (u32 i = 0; i < read.signatures_count; i += 1) {
        verdict_out->strangers += is_known(policy, &read.signatures[i]) ? 0 : 1;
    }
    verdict_out->independent = independent_count(policy, verdict_out->cosigned);
    times_find(policy, verdict_out);
    if (!quorum_holds(policy, verdict_out->cosigned)) {
        return TLOG_FLAW_QUORUM;
    }
    return verdict_out->independent >= policy->independent ? TLOG_FLAW_NONE : TLOG_FLAW_INDEPENDENT;
}

enum tlog_flaw tlog_receipt_verify(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                   const struct tlog_receipt *receipt, const struct tlog_hash *leaf,
                                   struct tlog_verdict *verdict_out)
{
    enum tlog_flaw flaw = tlog_policy_verify(crypto, policy, receipt->checkpoint, verdict_out);
    if (flaw != TLOG_FLAW_NONE) {
        return flaw;
    }
    return tlog_inclusion_verify(&crypto->sha256, receipt->index, verdict_out->checkpoint.size,
                                 leaf, &receipt->proof, &verdict_out->checkpoint.root)
               ? TLOG_FLAW_NONE
               : TLOG_FLAW_INCLUSION;
}
