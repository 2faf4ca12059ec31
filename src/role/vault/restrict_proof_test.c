/* Aim: an exported decision proves what was decided, and a claim counts every decision about a
 * country, to whoever has the policy of the log; what was changed, left out, closed or signed by
 * another is named, and what is kept otherwise than it was logged is not shown.
 *
 * Method: days of random decisions, logged by the agent; files of each, read back and changed;
 * counts beside those of the plain model. */
#include "role/vault/restrict_proof.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "io/log.h"
#include "io/sign_pair.h"
#include "role/vault/publog_inner.h"
#include "role/vault/restrict_claim.h"
#include "role/vault/restrict_rows.h"
#include "role/vault/tlog_file.h"
#include "tests/support/restrict_run.h"

/* ---- exported decisions ---- */

static struct {
    struct restrict_row_visitor visitor; /* first: it is cast back */
    struct restrict_rows *rows;
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_receipt receipt;
    struct restrict_proof proof;
    struct restrict_proof again;
    struct restrict_proof_verdict verdict;
    const struct scene_day *day;
    bool with_facts;
    u32 seen;
    u8 receipt_bytes[TLOG_RECEIPT_BYTES_MAX];
    u8 file[RESTRICT_PROOF_BYTES_MAX];
    u8 changed[RESTRICT_PROOF_BYTES_MAX];
    size_t size;
} shown;

static enum restrict_proof_flaw flaw_of(const u8 *bytes, size_t size)
{
    return restrict_proof_read(span_of(bytes, size), &shown.again)
               ? restrict_proof_verify(&shown.crypto, &shown.policy, &shown.again, &shown.verdict)
               : RESTRICT_PROOF_TEXT;
}

static enum fault row_shown(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    struct tlog_store *store = place.agent->store;
    const struct scene_leaf *leaf = &scene.leaves[shown.day->first_leaf + row->number];
    u64 index = 0;
    (void)visitor;
    assert_int_equal(restrict_rows_proof(shown.rows, row, shown.with_facts, &shown.proof, &index),
                     FAULT_NONE);
    assert_true(span_equal(shown.proof.code, span_of_text(leaf->code)));
    assert_true(span_equal(shown.proof.decision, span_of_text(leaf->decision)));
    assert_true(span_equal(shown.proof.facts, span_of_text(leaf->facts)));
    shown.receipt =
        (struct tlog_receipt){.index = index, .checkpoint = tlog_store_published_note(store)};
    assert_int_equal(
        tlog_store_inclusion(store, index, tlog_store_published_size(store), &shown.receipt.proof),
        FAULT_NONE);
    size_t bytes =
        tlog_receipt_write(&shown.receipt, shown.receipt_bytes, sizeof(shown.receipt_bytes));
    shown.proof.receipt = span_of(shown.receipt_bytes, bytes);
    shown.size = restrict_proof_write(&shown.proof, shown.file, sizeof(shown.file));
    assert_true(shown.size > 0);
    assert_int_equal(flaw_of(shown.file, shown.size), RESTRICT_PROOF_NONE);
    assert_int_equal(shown.again.has_facts, shown.with_facts);
    assert_int_equal(shown.verdict.seq, leaf->seq);
    shown.seen += 1;
    return FAULT_NONE;
}

/* Days with decisions, a log that shows them, and who reads it. */
static void shown_begin(struct random *random)
{
    char log[FILE_PATH_BYTES];
    memset(&shown, 0, sizeof(shown));
    agent_begin();
    for (u32 i = 0; i < 30; i += 1) {
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, random);
        clock_false_advance(&place.now, random_below(random, DAY_S / 3) * SECOND_NS);
    }
    works(60);
    shown.visitor.row = row_shown;
    (void)snprintf(log, sizeof(log), "%s/log", place.folder);
    assert_int_equal(tlog_crypto_open(&shown.crypto), FAULT_NONE);
    assert_int_equal(
        log_policy_load(disk_real(), place.folder, &shown.crypto.sha256, &shown.policy),
        FAULT_NONE);
    assert_int_equal(restrict_rows_open(&shown.rows, log), FAULT_NONE);
}

static void shown_end(void)
{
    restrict_rows_close(shown.rows);
    tlog_crypto_close(&shown.crypto);
}

static void an_export_proves_one_decision(void **state)
{
    struct random random;
    u32 wanted = 0;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    for (u32 i = 0; i + 1 < scene.days_count; i += 1) {
        shown.day = &scene.days[i];
        shown.with_facts = i % 2 == 0;
        wanted += scene.days[i].count;
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
    }
    assert_true(wanted > 10);
    assert_int_equal(shown.seen, wanted);
    struct restrict_row open = {.day = (u32)scene.days[scene.days_count - 1].day + 2};
    u64 index = 0;
    /* It is not over. */
    assert_int_equal(restrict_rows_proof(shown.rows, &open, true, &shown.proof, &index),
                     FAULT_UNAVAILABLE);
    fault_forget();
    shown_end();
}

/* No byte may be another one, none may be missing, and no decision stands in for another. */
static void a_changed_export_is_named(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    for (u32 with_facts = 0; with_facts < 2; with_facts += 1) {
        shown.day = &scene.days[0];
        shown.with_facts = with_facts == 1;
        for (u32 i = 0; shown.day->count == 0; i += 1) {
            shown.day = &scene.days[i];
        }
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
        for (size_t at = 0; at < shown.size; at += 1) {
            memcpy(shown.changed, shown.file, shown.size);
            shown.changed[at] ^= (u8)(1U << random_below(&random, 8));
            if (flaw_of(shown.changed, shown.size) == RESTRICT_PROOF_NONE) {
                fail_msg("seed %llu: byte %zu", (unsigned long long)test_seed(), at);
            }
            if (at % 7 == 0) {
                assert_int_not_equal(flaw_of(shown.file, at), RESTRICT_PROOF_NONE);
            }
        }
        shown.again = shown.proof;
        shown.again.number += 1;
        size_t size = restrict_proof_write(&shown.again, shown.changed, sizeof(shown.changed));
        assert_int_not_equal(flaw_of(shown.changed, size), RESTRICT_PROOF_NONE);
    }
    shown_end();
}

static enum fault row_refused(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    u64 index = 0;
    (void)visitor;
    assert_int_equal(restrict_rows_proof(shown.rows, row, true, &shown.proof, &index),
                     FAULT_DIVERGED);
    fault_forget();
    shown.seen += 1;
    return FAULT_NONE;
}

/* What was kept is not what was logged: nothing is shown. */
static void a_changed_book_shows_nothing(void **state)
{
    static const char *const changes[] = {
        "UPDATE restrict_leaves SET facts = CAST('none' || char(10) AS BLOB), hash = x'00'",
        "UPDATE restrict_leaves SET decision = CAST(replace(decision, 'item 0', 'item 7') AS BLOB)",
        "DELETE FROM restrict_leaves WHERE number = 0"};
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    struct sql *sql = &place.agent->publog->sql;
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        shown.day = &scene.days[0];
        for (u32 k = 0; shown.day->count < 2; k += 1) {
            shown.day = &scene.days[k];
        }
        assert_int_equal(sql_run(sql, "SAVEPOINT change"), FAULT_NONE);
        assert_int_equal(sql_run(sql, changes[i]), FAULT_NONE);
        assert_int_equal(sql_run(sql, "RELEASE change"), FAULT_NONE);
        shown.visitor.row = row_refused;
        shown.seen = 0;
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
        assert_true(shown.seen > 0);
        fault_forget();
    }
    shown_end();
}

/* ---- claims ---- */

static struct {
    struct tlog_files files;
    struct sign_pair ombud;
    struct restrict_claim_check check;
    u8 *bytes;
    size_t size;
} claimed;

static enum fault claimed_read(struct tlog_files *files, const char *path, u8 *target,
                               size_t bytes_max, size_t *size_out)
{
    char whole[FILE_PATH_BYTES];
    (void)files;
    (void)snprintf(whole, sizeof(whole), "%s/log/public/%s", place.folder, path);
    return tlog_file_read(disk_real(), whole, target, bytes_max, size_out);
}

/* About all days that are over. */
static enum fault claim_make(u16 country, bool small_cells)
{
    struct restrict_claim_wish wish = {.rows = shown.rows,
                                       .files = &claimed.files,
                                       .country = country,
                                       .from = (u32)scene.days[0].day,
                                       .to = (u32)scene.days[scene.days_count - 2].day,
                                       .now_us = now_us(),
                                       .small_cells = small_cells,
                                       .private_pem = span_of_text(claimed.ombud.private_pem)};
    free(claimed.bytes);
    return restrict_claim_write(&wish, &claimed.bytes, &claimed.size);
}

static enum restrict_claim_flaw claim_flaw(const u8 *bytes, size_t size)
{
    enum restrict_claim_flaw flaw = RESTRICT_CLAIM_NONE;
    claimed.check.crypto = &shown.crypto;
    claimed.check.policy = &shown.policy;
    claimed.check.ombud_pem = span_of_text(claimed.ombud.public_pem);
    assert_int_equal(restrict_claim_verify(&claimed.check, span_of(bytes, size), &flaw),
                     FAULT_NONE);
    return flaw;
}

static void claim_begin(struct random *random)
{
    memset(&claimed, 0, sizeof(claimed));
    claimed.files.read = claimed_read;
    assert_int_equal(sign_pair_make(&claimed.ombud), FAULT_NONE);
    shown_begin(random);
}

static void claim_end(void)
{
    free(claimed.bytes);
    shown_end();
}

static void a_claim_counts_every_decision(void **state)
{
    struct random random;
    u32 all = 0;
    (void)state;
    random_init(&random, test_seed());
    claim_begin(&random);
    u32 leaves = scene.days[scene.days_count - 1].first_leaf; /* of days that are over */
    for (u16 country = 448; country < 463; country += 1) {
        const struct restrict_claim *claim = &claimed.check.claim;
        u32 of = 0;
        assert_int_equal(claim_make(country, true), FAULT_NONE);
        assert_int_equal(claim_flaw(claimed.bytes, claimed.size), RESTRICT_CLAIM_NONE);
        for (u32 i = 0; i < leaves; i += 1) {
            of += scene.leaves[i].countries[country] ? 1 : 0;
        }
        assert_int_equal(claim->of, of);
        assert_int_equal(claim->decisions, leaves);
        for (u32 k = 0; k < claim->counts_count; k += 1) {
            u32 count = 0;
            for (u32 i = 0; i < leaves; i += 1) {
                bool is_it = strcmp(scene.leaves[i].code, claim->counts[k].code) == 0;
                count += is_it && scene.leaves[i].countries[country] ? 1 : 0;
            }
            assert_int_equal(claim->counts[k].count, count);
        }
        all += of;
    }
    assert_true(all > 0);
    claim_end();
}

static u8 *line_find(const char *begin)
{
    return memmem(claimed.bytes, claimed.size, begin, strlen(begin));
}

/* No leaf can be left out or closed, no byte changed, no other ombud put in the place of this. */
static void a_changed_claim_is_named(void **state)
{
    struct random random;
    u32 closed = 0;
    (void)state;
    random_init(&random, test_seed());
    claim_begin(&random);
    for (u16 country = 450; country < 462; country += 1) {
        assert_int_equal(claim_make(country, true), FAULT_NONE);
        u8 *changed = malloc(claimed.size);
        assert_non_null(changed);
        for (u32 i = 0; i < 60; i += 1) {
            size_t at = (size_t)random_below(&random, claimed.size);
            memcpy(changed, claimed.bytes, claimed.size);
            changed[at] ^= (u8)(1U << random_below(&random, 8));
            if (claim_flaw(changed, claimed.size) == RESTRICT_CLAIM_NONE) {
                fail_msg("seed %llu: byte %zu", (unsigned long long)test_seed(), at);
            }
            assert_int_not_equal(claim_flaw(claimed.bytes, at), RESTRICT_CLAIM_NONE);
        }
        const char *const marks[] = {"\n- ", "\n+ ", "\nday "};
        for (u32 i = 0; i < ARRAY_COUNT(marks); i += 1) {
            u8 *line = line_find(marks[i]);
            if (line == NULL) {
                continue;
            }
            const u8 *end =
                memchr(line + 1, '\n', claimed.size - (size_t)(line + 1 - claimed.bytes));
            size_t before = (size_t)(line - claimed.bytes);
            size_t after = claimed.size - (size_t)(end - claimed.bytes);
            memcpy(changed, claimed.bytes, before);
            memcpy(changed + before, end, after);
            enum restrict_claim_flaw flaw = claim_flaw(changed, before + after);
            assert_true(flaw == RESTRICT_CLAIM_LEAF || flaw == RESTRICT_CLAIM_OPEN ||
                        flaw == RESTRICT_CLAIM_DAY);
            closed += i == 1 ? 1 : 0;
        }
        free(changed);
    }
    assert_true(closed > 0);
    assert_int_equal(sign_pair_make(&claimed.ombud), FAULT_NONE);
    assert_int_equal(claim_flaw(claimed.bytes, claimed.size), RESTRICT_CLAIM_SIGNATURE);
    claim_end();
}

/* A leaf with the country's tag that is shown closed, root and all. */
static void a_closed_leaf_is_found(void **state)
{
    struct random random;
    struct tlog_hash inner;
    struct tlog_hash code;
    struct tlog_hash parts;
    u8 salt[RESTRICT_SALT_BYTES];
    char hex[2 * TLOG_HASH_BYTES + 1];
    u16 country = 450;
    (void)state;
    random_init(&random, test_seed());
    claim_begin(&random);
    u8 *line = NULL;
    for (; line == NULL && country < 462; country += 1) {
        assert_int_equal(claim_make(country, true), FAULT_NONE);
        line = line_find("\n+ ");
    }
    assert_non_null(line);
    line += 3;
    assert_true(bytes_from_hex(span_of(line, 64), inner.bytes, 32));
    assert_true(bytes_from_hex(span_of(line + 65, 64), salt, 32));
    u8 *tags = line + 130;
    u8 *text = memchr(tags, ' ', 4096);
    u8 *end = memchr(tags, '\n', 4096);
    restrict_commit(&shown.crypto.sha256, RESTRICT_PART_CODE, salt,
                    span_of(text + 1, (size_t)(end - text)), &code);
    tlog_hash_node(&shown.crypto.sha256, &inner, &code, &parts);
    line[-2] = '-';
    memcpy(line, bytes_to_hex(parts.bytes, 32, hex), 64);
    size_t rest = claimed.size - (size_t)(end - claimed.bytes);
    memmove(line + 65, tags, (size_t)(text - tags));
    memmove(line + 65 + (text - tags), end, rest);
    size_t size = (size_t)(line - claimed.bytes) + 65 + (size_t)(text - tags) + rest;
    assert_int_equal(claim_flaw(claimed.bytes, size), RESTRICT_CLAIM_OPEN);
    claim_end();
}

static void small_cells_are_refused(void **state)
{
    struct random random;
    u32 refused = 0;
    (void)state;
    random_init(&random, test_seed());
    claim_begin(&random);
    for (u16 country = 450; country < 462; country += 1) {
        assert_int_equal(claim_make(country, true), FAULT_NONE);
        assert_int_equal(claim_flaw(claimed.bytes, claimed.size), RESTRICT_CLAIM_NONE);
        bool is_small = false;
        for (u32 k = 0; k < claimed.check.claim.counts_count; k += 1) {
            is_small = is_small || claimed.check.claim.counts[k].count < 5;
        }
        assert_int_equal(claim_make(country, false), is_small ? FAULT_REFUSED : FAULT_NONE);
        fault_forget();
        refused += is_small ? 1 : 0;
    }
    assert_true(refused > 0);
    claim_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_export_proves_one_decision, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_export_is_named, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_book_shows_nothing, make, clear),
        cmocka_unit_test_setup_teardown(a_claim_counts_every_decision, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_claim_is_named, make, clear),
        cmocka_unit_test_setup_teardown(a_closed_leaf_is_found, make, clear),
        cmocka_unit_test_setup_teardown(small_cells_are_refused, make, clear),
    };
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    return cmocka_run_group_tests_name("restrict_proof", tests, NULL, NULL);
}
