/* cambist officer review: a new customer's record on its reviewer's own machine (docs/enrolment.md
 * "The review"). It is read whole, then the sandbox is entered, then the officer's key is opened.
 */
#include "app/ceremony.h"
#include "app/cli.h"
#include "app/cli_officer.h"
#include "app/pinned.h"
#include "app/review_facts.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/block.h"
#include "io/file.h"
#include "role/vault/grant.h"
#include "role/vault/review_file.h"

#include <string.h>
#include <time.h>

#define FILES_OPEN 32U

/* What is at hand while one is reviewed. */
struct reviewing {
    const struct option_call *call;
    struct seal_room *room;
    struct span bytes;
    struct share_key groups;
    struct review_pins pins;
    struct review review;
    u8 outcome; /* 0: no verdict */
    u32 group;  /* 0: all that are texts */
    struct review_facts_options facts;
};

static enum fault facts_read(struct reviewing *reviewing)
{
    const struct option_value *values = reviewing->call->values;
    struct review_facts_options *facts = &reviewing->facts;
    if (reviewing->outcome != SEAL_OUTCOME_ACCEPT) {
        return FAULT(FAULT_USAGE, "--facts goes with --verdict accept");
    }
    TRY(pinned_wants(reviewing->call, OFFICER_VENUE));
    if (!bytes_from_hex(span_of_text(values[OFFICER_VENUE].text), facts->venue,
                        sizeof(facts->venue))) {
        return FAULT(FAULT_USAGE, "--venue: 32 hexadecimal digits");
    }
    facts->verified = values[OFFICER_VERIFIED].text;
    if (values[OFFICER_AT].given &&
        !grant_moment_read(span_of_text(values[OFFICER_AT].text), &facts->now_s)) {
        return FAULT(FAULT_USAGE, "--at: a moment as 2026-11-23T12:00:00Z");
    }
    return FAULT_NONE;
}

static enum fault words_read(struct reviewing *reviewing)
{
    const struct option_value *values = reviewing->call->values;
    if (values[OFFICER_SHOW].given && values[OFFICER_VERDICT].given) {
        return FAULT(FAULT_USAGE, "--show or --verdict, not both");
    }
    if (values[OFFICER_SHOW].given) {
        reviewing->group = seal_group_by_name(span_of_text(values[OFFICER_SHOW].text));
        if (reviewing->group == 0) {
            return FAULT(FAULT_USAGE, "--show: no field group \"%s\"", values[OFFICER_SHOW].text);
        }
    }
    if (values[OFFICER_VERDICT].given) {
        reviewing->outcome = seal_outcome_by_name(span_of_text(values[OFFICER_VERDICT].text));
        if (reviewing->outcome == 0) {
            return FAULT(FAULT_USAGE, "--verdict: accept or reject");
        }
    }
    return values[OFFICER_FACTS].given ? facts_read(reviewing) : FAULT_NONE;
}

static enum fault groups_read(struct reviewing *reviewing)
{
    static struct share_chain chains[2];
    const struct option_value *values = reviewing->call->values;
    TRY(pinned_wants(reviewing->call, OFFICER_GROUP_A));
    TRY(pinned_wants(reviewing->call, OFFICER_GROUP_B));
    TRY(ceremony_read_chain(values[OFFICER_GROUP_A].text, &chains[0]));
    TRY(ceremony_read_chain(values[OFFICER_GROUP_B].text, &chains[1]));
    TRY(share_key_form(&chains[0].group, &chains[1].group, &reviewing->groups));
    reviewing->pins.group_key = reviewing->groups.public;
    reviewing->pins.epoch = reviewing->groups.sides[0].roster.epoch;
    return FAULT_NONE;
}

static enum fault file_bytes(const char *path, struct block *block, struct span *bytes_out)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size == 0 || size > REVIEW_BYTES_MAX) {
        return FAULT(FAULT_INPUT, "%s: not what the vault gives a reviewer", path);
    }
    TRY(block_take(size, "the record", block));
    TRY(file_read_whole(&file, 0, block->memory, size));
    *bytes_out = span_of(block->memory, size);
    return FAULT_NONE;
}

/* Reads the key file and its passphrase, then no file can be opened any more. */
static enum fault key_open(struct reviewing *reviewing)
{
    const struct option_value *values = reviewing->call->values;
    struct share_holder holder;
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    size_t passphrase_bytes = 0;
    TRY(ceremony_read_own(values[OFFICER_KEY].text, text, sizeof(text), &size));
    char *passphrase = seal_room_take(reviewing->room, CEREMONY_PASSPHRASE_BYTES);
    struct share_secrets *secrets = seal_room_take(reviewing->room, sizeof(*secrets));
    TRY(ceremony_read_passphrase(values[OFFICER_PASSPHRASE].text, passphrase, &passphrase_bytes));
    TRY(pinned_sandbox_in("officer",
                          values[OFFICER_FACTS].given ? values[OFFICER_FACTS].text : NULL,
                          FILES_OPEN, values[OFFICER_SANDBOX].given));
    TRY(share_file_open(reviewing->room, span_of(text, size), values[OFFICER_KEY].text,
                        span_of(passphrase, passphrase_bytes), &holder, secrets));
    reviewing->pins.reviewer = holder.key;
    reviewing->pins.secret = &secrets->key;
    return FAULT_NONE;
}

/* ---- what is printed ---- */

static void put_text(const struct review *review, u32 place)
{
    (void)fwrite(review->texts[place], 1, review->sizes[place],
                 stdout); /* main looks at the stream's end */
}

static enum fault show(const struct reviewing *reviewing)
{
    const struct review *review = &reviewing->review;
    for (u32 i = 0; i < review->count; i += 1) {
        if (review->groups[i] == reviewing->group) {
            put_text(review, i);
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_MISSING, "the record has no such field group");
}

static void show_all(const struct review *review)
{
    cli_line("person", "%llu", (unsigned long long)review->subject);
    cli_line("version", "%u", review->version);
    cli_line("seen before", "%s%s%s", (review->seen & VAULT_SEEN_DOCUMENT) != 0 ? "document " : "",
             (review->seen & VAULT_SEEN_PERSON) != 0 ? "person" : "",
             review->seen == 0 ? "nothing" : "");
    for (u32 i = 0; i < review->count; i += 1) {
        (void)printf("\n%s\n", seal_group_name(review->groups[i]));
        if (review->groups[i] == SEAL_GROUP_DOCUMENTS) {
            (void)printf("a tar archive of %zu bytes: --show documents\n", review->sizes[i]);
        } else {
            put_text(review, i);
        }
    }
}

static void verdict_print(const struct reviewing *reviewing)
{
    char text[SEAL_VERDICT_BYTES];
    struct seal_verdict verdict = {.subject = reviewing->review.subject,
                                   .version = reviewing->review.version,
                                   .outcome = reviewing->outcome};
    memcpy(verdict.enrolment, reviewing->review.enrolment, sizeof(verdict.enrolment));
    seal_verdict_sign(reviewing->room, reviewing->pins.secret, &reviewing->pins.reviewer, &verdict);
    (void)fwrite(text, 1, seal_verdict_print(&verdict, text), stdout);
}

/* Never over a file that is there. */
static enum fault fact_write(const char *folder, const struct review_fact *fact)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, fact->name));
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s", path);
    }
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE, &file));
    TRY(file_write_at(&file, 0, fact->text, fact->bytes));
    return file_sync(&file);
}

/* Before the verdict: a verdict is decided once, and facts that could not be written are made
 * anew. */
static enum fault facts_write(struct reviewing *reviewing)
{
    static struct review_fact facts[REVIEW_FACTS_MAX];
    const char *folder = reviewing->call->values[OFFICER_FACTS].text;
    u32 count = 0;
    if (!reviewing->call->values[OFFICER_AT].given) {
        reviewing->facts.now_s = reviewing->pins.now_s;
    }
    TRY(review_facts_make(&reviewing->review, &reviewing->facts, facts, &count));
    for (u32 i = 0; i < count; i += 1) {
        TRY(fact_write(folder, &facts[i]));
    }
    (void)fprintf(stderr, "%u orders to sign in %s\n", count, folder);
    return FAULT_NONE;
}

static enum fault outcome_give(struct reviewing *reviewing)
{
    if (reviewing->call->values[OFFICER_FACTS].given) {
        TRY(facts_write(reviewing));
    }
    verdict_print(reviewing);
    return FAULT_NONE;
}

static enum fault review_with(struct reviewing *reviewing)
{
    TRY(key_open(reviewing));
    reviewing->pins.now_s = (u64)time(NULL);
    TRY(review_open(reviewing->room, reviewing->bytes, reviewing->call->operands[1],
                    &reviewing->pins, &reviewing->review));
    enum fault fault = FAULT_NONE;
    if (reviewing->outcome != 0) {
        fault = outcome_give(reviewing);
    } else if (reviewing->group != 0) {
        fault = show(reviewing);
    } else {
        show_all(&reviewing->review);
    }
    review_close(&reviewing->review);
    return fault;
}

enum fault cli_officer_review(const struct option_call *call)
{
    static struct reviewing reviewing;
    SCOPED_BLOCK block = {.memory = NULL};
    reviewing.call = call;
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "review wants one FILE");
    }
    TRY(pinned_wants(call, OFFICER_KEY));
    TRY(pinned_wants(call, OFFICER_PASSPHRASE));
    TRY(words_read(&reviewing));
    TRY(groups_read(&reviewing));
    TRY(file_bytes(call->operands[1], &block, &reviewing.bytes));
    TRY(seal_room_open(&reviewing.room));
    enum fault fault = review_with(&reviewing);
    seal_room_close(reviewing.room);
    return fault;
}
