/* What officers' clients and the opener judge, each for itself and with what it has pinned. */
#include "base/span.h"
#include "role/vault/opening.h"
#include "role/vault/publog_span.h"

#include <stdio.h>
#include <string.h>

static enum publog_class class_of(const struct grant *grant)
{
    return grant->is_emergency ? PUBLOG_CLASS_EMERGENCY : PUBLOG_CLASS_ORDINARY;
}

static void matter_of(const struct grant_file *file, struct opening_matter *matter)
{
    const struct grant *grant = &file->grant;
    *matter = (struct opening_matter){.word = "grant",
                                      .venue = grant->venue,
                                      .name = grant->name,
                                      .hash = file->hash,
                                      .class = class_of(grant),
                                      .flags = grant_flags(grant),
                                      .issued_s = grant->issued_s,
                                      .expires_s = grant->expires_s,
                                      .log_size = grant->log_size,
                                      .opening_s = OPENING_SECONDS};
    grant_mark_salt(grant, file->hash, matter->mark_salt);
}

static enum fault judge_time(const struct opening_judge *judge, const struct opening_matter *matter,
                             const struct publog_seen *seen)
{
    char moment[GRANT_MOMENT_BYTES];
    const char *word = matter->word;
    if (judge->now_s > matter->expires_s) {
        grant_moment_print(matter->expires_s, moment);
        return FAULT(FAULT_REFUSED, "%s: expired at %s", word, moment);
    }
    if (matter->issued_s > judge->now_s + OPENING_AHEAD_S) {
        grant_moment_print(matter->issued_s, moment);
        return FAULT(FAULT_REFUSED, "%s: issued at %s, which is to come", word, moment);
    }
    if (seen->index < matter->log_size ||
        seen->slot + publog_slot_seconds(matter->class) <= matter->issued_s) {
        return FAULT(FAULT_REFUSED, "%s: in the log before it was written", word);
    }
    if (seen->verdict.known_s == 0) {
        return FAULT(FAULT_REFUSED, "%s: no witness says when it was logged", word);
    }
    if (matter->flags != 0 && judge->now_s < seen->verdict.known_s + GRANT_BULK_WAIT_S) {
        grant_moment_print(seen->verdict.known_s + GRANT_BULK_WAIT_S, moment);
        return FAULT(FAULT_REFUSED, "%s: %s waits until %s", word,
                     matter->flags == PUBLOG_FLAG_SEARCH ? "what a search found" : "a bulk grant",
                     moment);
    }
    return FAULT_NONE;
}

enum fault opening_judge_logged(const struct opening_judge *judge,
                                const struct opening_matter *matter, struct span approved,
                                struct span shown, struct opening_granted *granted_out)
{
    struct publog_shown read;
    if (!publog_shown_read(shown, &read)) {
        return FAULT(FAULT_INPUT, "%s: its receipt is not \"cambist-shown/v1\"", matter->word);
    }
    struct publog_wanted wanted = {.kind = PUBLOG_KIND_GRANT,
                                   .class = matter->class,
                                   .flags = matter->flags,
                                   .name = matter->name,
                                   .text = approved};
    TRY(publog_shown_verify(judge->crypto, judge->policy, matter->word, &read, &wanted,
                            &granted_out->seen));
    return judge_time(judge, matter, &granted_out->seen);
}

enum fault opening_judge_grant(const struct opening_judge *judge, const struct grant_file *file,
                               struct span shown, struct opening_granted *granted_out)
{
    static _Thread_local char text[GRANT_FILE_BYTES];
    struct opening_matter matter;
    TRY(grant_approved(judge->circle, judge->key, file));
    matter_of(file, &matter);
    return opening_judge_logged(judge, &matter, span_of(text, grant_file_print(file, text)), shown,
                                granted_out);
}

enum fault opening_judge_rows(const struct opening_judge *judge, const struct grant_file *file,
                              const struct opening_rows *rows)
{
    if (rows->count != file->grant.records_count) {
        return FAULT(FAULT_REFUSED, "rows: %u, the grant has %u records", rows->count,
                     file->grant.records_count);
    }
    for (u32 i = 0; i < rows->count; i += 1) {
        const struct opening_row *row = &rows->list[i];
        u8 hash[32];
        u8 label[2][SEAL_LABEL_BYTES];
        seal_label_encode(&row->label, label[0]);
        seal_label_encode(&file->grant.records[i].label, label[1]);
        grant_row_hash(&row->label, &row->wrap, row->body_hash, hash);
        if (memcmp(hash, file->grant.records[i].row, sizeof(hash)) != 0) {
            return FAULT(FAULT_REFUSED, "row %u: not the one that the grant names", i + 1);
        }
        if (memcmp(label[0], label[1], SEAL_LABEL_BYTES) != 0) {
            return FAULT(FAULT_REFUSED, "row %u: of another record than the grant names", i + 1);
        }
        if (row->label.epoch != judge->key->sides[0].roster.epoch) {
            return FAULT(FAULT_REFUSED, "row %u: of epoch %u, the shares are of epoch %u", i + 1,
                         row->label.epoch, judge->key->sides[0].roster.epoch);
        }
        TRY(seal_wrap_check(&row->label, &judge->key->public, row->body_hash, &row->wrap));
    }
    return FAULT_NONE;
}

static enum fault judge_fresh(const struct opening_judge *judge,
                              const struct opening_matter *matter, const struct opening *opening,
                              const struct publog_seen *seen)
{
    u64 fresh = seen->verdict.fresh_s;
    if (fresh > judge->now_s + OPENING_AHEAD_S) {
        return FAULT(FAULT_REFUSED, "opening: the witnesses' time lies in the future: is this "
                                    "machine's clock right?");
    }
    if (fresh + judge->circle->fresh_s < judge->now_s) {
        return FAULT(FAULT_REFUSED,
                     "opening: the checkpoint is stale: witnesses saw it %llu seconds ago, at most "
                     "%u are allowed",
                     (unsigned long long)(judge->now_s - fresh), judge->circle->fresh_s);
    }
    if (opening->begins_s > judge->now_s + OPENING_AHEAD_S) {
        return FAULT(FAULT_REFUSED, "opening: it begins in the future");
    }
    if (judge->now_s > opening->begins_s + matter->opening_s) {
        return FAULT(FAULT_REFUSED,
                     "opening: over %u seconds after it began; it takes another "
                     "%s",
                     matter->opening_s, matter->word);
    }
    return FAULT_NONE;
}

/* That the log has exactly this opening, with the mark of what it is of. */
static enum fault opening_seen(const struct opening_judge *judge,
                               const struct opening_matter *matter, const struct opening *opening,
                               struct span shown, struct publog_shown *shown_out,
                               struct publog_seen *seen_out)
{
    char text[OPENING_TEXT_BYTES];
    if (memcmp(opening->grant, matter->hash, sizeof(opening->grant)) != 0 ||
        strcmp(opening->venue, matter->venue) != 0) {
        return FAULT(FAULT_REFUSED, "opening: of another %s", matter->word);
    }
    if (!publog_shown_read(shown, shown_out)) {
        return FAULT(FAULT_INPUT, "opening: its receipt is not \"cambist-shown/v1\"");
    }
    struct publog_wanted wanted = {.kind = PUBLOG_KIND_OPENING,
                                   .class = matter->class,
                                   .name = matter->name,
                                   .text = span_of(text, opening_print(opening, text)),
                                   .mark_salt = matter->mark_salt};
    return publog_shown_verify(judge->crypto, judge->policy, "opening", shown_out, &wanted,
                               seen_out);
}

enum fault opening_judge_begun(const struct opening_judge *judge,
                               const struct opening_matter *matter,
                               const struct opening_granted *granted, const struct opening *opening,
                               struct span shown)
{
    struct publog_shown read;
    struct publog_seen seen;
    TRY(opening_seen(judge, matter, opening, shown, &read, &seen));
    if (seen.slot < granted->seen.slot || seen.index <= granted->seen.index) {
        return FAULT(FAULT_REFUSED, "opening: in the log before its %s", matter->word);
    }
    return judge_fresh(judge, matter, opening, &seen);
}

enum fault opening_judge_opening(const struct opening_judge *judge, const struct grant_file *file,
                                 const struct opening_granted *granted,
                                 const struct opening *opening, struct span shown)
{
    struct opening_matter matter;
    matter_of(file, &matter);
    return opening_judge_begun(judge, &matter, granted, opening, shown);
}

enum fault opening_judge_alone(const struct opening_judge *judge,
                               const struct opening_matter *matter, const struct opening *opening,
                               struct span shown, struct span slots)
{
    static _Thread_local struct publog_span_slot room;
    struct publog_shown read;
    struct publog_seen seen;
    struct publog_span_counts counts;
    TRY(opening_seen(judge, matter, opening, shown, &read, &seen));
    struct publog_span_wanted wanted = {
        .first_s = matter->issued_s, .receipt = &read.receipt, .seen = &seen};
    enum publog_span_flaw flaw =
        publog_span_verify(judge->crypto, judge->policy, slots, &wanted, &room, &counts);
    if (flaw == PUBLOG_SPAN_FLAW_AGAIN) {
        return FAULT(FAULT_REFUSED, "slots: an earlier opening of this %s is in the log",
                     matter->word);
    }
    return flaw == PUBLOG_SPAN_FLAW_NONE
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "slots: the log is not shown from %s to opening: %s",
                       matter->word, publog_span_flaw_text(flaw));
}

enum fault opening_judge_first(const struct opening_judge *judge, const struct grant_file *file,
                               const struct opening *opening, struct span shown, struct span slots)
{
    struct opening_matter matter;
    matter_of(file, &matter);
    return opening_judge_alone(judge, &matter, opening, shown, slots);
}
