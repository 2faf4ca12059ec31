/* What comes to an opener or an officer's client from outside, beside the grant's text: approved
 * grants and rotations, refusals, circles, openings, rows, answers, shown events. What has one form
 * prints as it came. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/grant_refusal.h"
#include "role/vault/opening.h"
#include "role/vault/rewrapper.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

static void grants(struct span text)
{
    static struct grant_file file;
    static char again[GRANT_FILE_BYTES];
    if (grant_file_read(text, "fuzz", &file) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, grant_file_print(&file, again))));
        CHECK(file.signatures_count <= CIRCLE_OFFICERS_MAX);
    }
}

static void refusals(struct span text)
{
    struct grant_refusal refusal;
    char again[REFUSAL_TEXT_BYTES];
    if (grant_refusal_read(text, "fuzz", &refusal) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, grant_refusal_print(&refusal, again))));
        CHECK(grant_refusal_reason_fits(span_of_text(refusal.reason)));
    }
}

static void openings(struct span text)
{
    static struct opening_rows rows;
    static char again[OPENING_ROWS_BYTES];
    struct opening opening;
    char opening_again[OPENING_TEXT_BYTES];
    if (opening_read(text, "fuzz", &opening) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(opening_again, opening_print(&opening, opening_again))));
    }
    if (opening_rows_read(text, "fuzz", &rows) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, opening_rows_print(&rows, again))));
    }
}

static void shown_events(struct span text)
{
    static u8 again[PUBLOG_SHOWN_BYTES_MAX];
    struct publog_shown shown;
    if (publog_shown_read(text, &shown) && text.size < sizeof(again)) {
        CHECK(span_equal(text, span_of(again, publog_shown_write(&shown, again, sizeof(again)))));
    }
}

static void circles(struct span text)
{
    static struct grant_circle circle;
    if (grant_circle_read(text, "fuzz", &circle) == FAULT_NONE) {
        CHECK(circle.officers_count <= CIRCLE_OFFICERS_MAX && circle.records_a_day > 0);
        for (u32 i = 0; i < circle.recused_count; i += 1) {
            CHECK(circle.recused[i].officer < circle.officers_count);
            CHECK(circle.recused[i].authority < circle.authorities_count);
        }
    }
}

/* Answers of officers, for an opener with a known key and one row. */
static void releases(struct span text)
{
    static const struct opening opening = {.venue = "demo.invalid", .begins_s = 1};
    static const struct opening_rows rows = {.count = 1};
    static struct seal_room *room;
    struct seal_scalar key = seal_scalar_of(7);
    struct share_partial partials[GRANT_RECORDS_MAX];
    if (room == NULL) {
        CHECK(seal_room_open(&room) == FAULT_NONE);
    }
    CHECK(release_read(room, text, "fuzz", &opening, &key, &rows, partials) != FAULT_NONE);
}

static void rotations(struct span text)
{
    static struct rotation_file file;
    static struct rotation_file none;
    static struct rewrapper *rewrapper;
    static char again[ROTATION_FILE_BYTES];
    size_t bytes = 0;
    if (rotation_file_read(text, "fuzz", &file) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(again, rotation_file_print(&file, again))));
        CHECK(file.signatures_count <= APPROVALS_MAX);
    }
    if (rewrapper == NULL) {
        CHECK(rewrapper_open(&rewrapper, &none, 1) == FAULT_NONE);
    }
    CHECK(rewrapper_take(rewrapper, text, "fuzz", SHARE_SIDE_A, 1, &bytes) != FAULT_NONE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct span text = span_of(data, size);
    CHECK(sodium_init() >= 0);
    grants(text);
    refusals(text);
    openings(text);
    shown_events(text);
    circles(text);
    releases(text);
    rotations(text);
    fault_forget();
    return 0;
}
