#include "app/officer_page.h"
#include "base/span.h"

#include <string.h>

static void put_letter(struct json_writer *writer, enum share_side side)
{
    const char letter[] = {share_side_letter(side), '\0'};
    json_field_text(writer, "group", letter);
}

static void put_officer(struct json_writer *writer, const struct circle_officer *officer)
{
    json_field_text(writer, "name", officer->signer.code);
    put_letter(writer, officer->side);
    json_field_text(writer, "region", officer->region);
}

/* ---- the rows of the desk ---- */

static void put_folders(struct json_writer *writer, const struct officer_desk *desk, u32 place)
{
    json_key(writer, "folders");
    json_array_begin(writer);
    for (u32 i = 0; i < desk->folders_count; i += 1) {
        const struct desk_folder *folder = &desk->folders[i];
        if (folder->grant != place) {
            continue;
        }
        json_object_begin(writer);
        json_field_text(writer, "name", folder->name);
        json_field_text(writer, "step", desk_step_name(folder->step));
        json_field_text(writer, "why", folder->why);
        if (folder->is_logged) {
            json_field_u64(writer, "entry", folder->log_index);
            json_field_u64(writer, "seen", folder->log_known_s);
        }
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_groups(struct json_writer *writer, const struct desk_grant *row)
{
    json_key(writer, "groups");
    json_array_begin(writer);
    for (u32 side = 0; side < 2; side += 1) {
        json_object_begin(writer);
        put_letter(writer, side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B);
        json_field_u64(writer, "have", row->people[side]);
        json_field_u64(writer, "want", row->wanted[side]);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_row(struct json_writer *writer, const struct officer_desk *desk,
                    const struct desk_grant *row)
{
    const struct grant *grant = &row->file.grant;
    json_field_hex(writer, "hash", span_of(row->file.hash, sizeof(row->file.hash)));
    json_field_text(writer, "file", row->name);
    json_field_hex(writer, "case", span_of(grant->name, sizeof(grant->name)));
    json_field_text(writer, "kind", grant_kind_name(grant->kind));
    json_field_text(writer, "authority", grant->authority);
    json_field_text(writer, "country", grant->country);
    json_field_bool(writer, "bulk", grant->class == GRANT_CLASS_BULK);
    json_field_bool(writer, "search", grant->class == GRANT_CLASS_SEARCH);
    json_field_bool(writer, "emergency", grant->is_emergency);
    json_field_u64(writer, "issued", grant->issued_s);
    json_field_u64(writer, "expires", grant->expires_s);
    json_field_u64(writer, "people", grant->subjects_count);
    json_field_u64(writer, "records", grant->records_count);
    json_field_text(writer, "state", desk_state_name(row->state));
    json_field_text(writer, "why", row->why);
    json_field_bool(writer, "mine", row->is_mine);
    json_field_bool(writer, "refused", row->is_refused);
    json_field_bool(writer, "maySign", row->may_sign);
    put_groups(writer, row);
    put_folders(writer, desk, (u32)(row - desk->grants));
}

static void put_flaws(struct json_writer *writer, const struct officer_desk *desk)
{
    json_key(writer, "flaws");
    json_array_begin(writer);
    for (u32 i = 0; i < desk->flaws_count; i += 1) {
        json_object_begin(writer);
        json_field_text(writer, "file", desk->flaws[i].name);
        json_field_text(writer, "why", desk->flaws[i].why);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_field_u64(writer, "leftOut", desk->left_out);
}

void officer_page_put_desk(struct json_writer *writer, const struct officer_page_head *head,
                           const struct officer_desk *desk)
{
    json_object_begin(writer);
    json_field_u64(writer, "now", head->pins->judge.now_s);
    json_field_text(writer, "venue", head->pins->circle.venue);
    json_key(writer, "me");
    json_object_begin(writer);
    put_officer(writer, head->me);
    json_object_end(writer);
    json_key(writer, "budget");
    json_object_begin(writer);
    json_field_u64(writer, "used", head->used);
    json_field_u64(writer, "limit", head->pins->circle.records_a_day);
    json_object_end(writer);
    json_key(writer, "grants");
    json_array_begin(writer);
    for (u32 i = 0; i < desk->grants_count; i += 1) {
        json_object_begin(writer);
        put_row(writer, desk, &desk->grants[i]);
        json_object_end(writer);
    }
    json_array_end(writer);
    put_flaws(writer, desk);
    json_object_end(writer);
}

/* ---- one grant ---- */

static void put_approvals(struct json_writer *writer, const struct desk_grant *row)
{
    json_key(writer, "approvals");
    json_array_begin(writer);
    for (u32 i = 0; i < row->approvals_count; i += 1) {
        const struct desk_approval *approval = &row->approvals[i];
        json_object_begin(writer);
        if (approval->officer != NULL) {
            put_officer(writer, approval->officer);
        } else {
            json_field_text(writer, "name", approval->code);
        }
        json_field_bool(writer, "counts", approval->counts);
        json_field_text(writer, "why", approval->why);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* Officers of the circle who may not take part, by name. */
static void put_recused(struct json_writer *writer, const struct officer_page_head *head,
                        const struct grant *grant)
{
    const struct grant_circle *circle = &head->pins->circle;
    json_key(writer, "recused");
    json_array_begin(writer);
    for (u32 i = 0; i < circle->officers_count; i += 1) {
        if (grant_circle_may(circle, &circle->officers[i], grant) != FAULT_NONE) {
            json_put_text(writer, circle->officers[i].signer.code);
        }
    }
    json_array_end(writer);
}

void officer_page_put_grant(struct json_writer *writer, const struct officer_page_head *head,
                            const struct officer_desk *desk, const struct desk_grant *row)
{
    const struct grant *grant = &row->file.grant;
    bool is_pinned = grant_circle_allows(&head->pins->circle, grant) == FAULT_NONE;
    json_object_begin(writer);
    json_field_u64(writer, "now", head->pins->judge.now_s);
    put_row(writer, desk, row);
    json_key(writer, "text");
    json_put_span(writer, span_of(row->file.text, row->file.text_bytes));
    json_field_bool(writer, "allowed", is_pinned);
    json_field_bool(writer, "pinned", is_pinned && grant->kind != GRANT_CUSTOMER);
    put_approvals(writer, row);
    put_recused(writer, head, grant);
    json_object_end(writer);
}

/* ---- the paper ---- */

static void put_line(struct json_writer *writer, const struct grant *grant, struct span line,
                     u32 number, bool met[GRANT_IDENTIFIERS_MAX])
{
    struct officer_paper_line read;
    bool is_form = officer_paper_read(grant, line, &read);
    json_object_begin(writer);
    json_field_u64(writer, "line", number);
    json_field_bool(writer, "form", is_form);
    json_field_bool(writer, "fits", is_form && read.place >= 0);
    if (is_form) {
        json_field_u64(writer, "person", read.person);
        json_field_text(writer, "field", grant_field_name(read.field));
    }
    json_object_end(writer);
    if (is_form && read.place >= 0) {
        met[read.place] = true;
    }
}

void officer_page_put_paper(struct json_writer *writer, const struct grant *grant,
                            struct span lines)
{
    bool met[GRANT_IDENTIFIERS_MAX] = {false};
    u32 number = 0;
    json_object_begin(writer);
    json_key(writer, "lines");
    json_array_begin(writer);
    while (lines.size > 0) {
        struct span line = lines;
        if (!span_cut_line(&lines, &line)) {
            lines.size = 0;
        }
        number += 1;
        if (line.size > 0 && !span_equal(line, span_of_text("\r"))) {
            put_line(writer, grant, line, number, met);
        }
    }
    json_array_end(writer);
    json_key(writer, "met");
    json_array_begin(writer);
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        json_put_bool(writer, met[i]);
    }
    json_array_end(writer);
    json_object_end(writer);
}
