/* Aim: a paper is there whole and under its hash, or not at all; nothing but the next piece of the
 * one that is coming is taken.
 *
 * Method: a folder of its own; one thing wrong at a time. */
#include "role/desk/desk_paper.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "age-encryption.org/v1\n"

static struct desk_papers papers;
static char folder[64];
static u8 paper[100000];
static u8 hash[SHA256_BYTES];

static void hash_make(void)
{
    struct sha256 sha256;
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(paper, sizeof(paper)));
    sha256_end(&sha256, hash);
    sha256_close(&sha256);
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-paper-XXXXXX");
    assert_non_null(mkdtemp(folder));
    memset(paper, 'x', sizeof(paper));
    memcpy(paper, HEAD, sizeof(HEAD) - 1);
    hash_make();
    assert_int_equal(desk_papers_open(&papers, disk_real(), folder), FAULT_NONE);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    desk_papers_close(&papers);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static enum fault put(u64 offset, u64 size, u64 *at_out)
{
    enum fault fault = desk_papers_put(&papers, hash, offset, sizeof(paper),
                                       span_of(paper + offset, (size_t)size), at_out);
    fault_forget();
    return fault;
}

static void put_all(void)
{
    u64 at = 0;
    while (at < sizeof(paper)) {
        u64 left = sizeof(paper) - at;
        assert_int_equal(put(at, left < DESK_PAPER_PIECE ? left : DESK_PAPER_PIECE, &at),
                         FAULT_NONE);
    }
}

static bool is_there(void)
{
    static u8 piece[DESK_PAPER_PIECE_READ];
    size_t size = 0;
    u64 total = 0;
    enum fault fault = desk_papers_get(&papers, hash, 0, piece, &size, &total);
    fault_forget();
    if (fault == FAULT_NONE) {
        assert_int_equal(total, sizeof(paper));
        assert_memory_equal(piece, paper, size);
        assert_int_equal(desk_papers_get(&papers, hash, size, piece, &size, &total), FAULT_NONE);
        assert_int_equal(size, sizeof(paper) - DESK_PAPER_PIECE_READ);
    }
    return fault == FAULT_NONE;
}

static void a_paper_comes_in_pieces(void **state)
{
    (void)state;
    u64 at = 0;
    assert_false(is_there());
    put_all();
    assert_true(is_there());
    assert_int_equal(papers.count, 1);
    assert_int_equal(put(0, 10, &at), FAULT_NONE); /* it is there: nothing is wanted any more */
    assert_int_equal(at, sizeof(paper));
    desk_papers_close(&papers);
    assert_int_equal(desk_papers_open(&papers, disk_real(), folder), FAULT_NONE);
    assert_int_equal(papers.count, 1);
    assert_true(is_there());
}

static void only_the_next_piece_is_taken(void **state)
{
    (void)state;
    u64 at = 0;
    assert_int_equal(put(100, 100, &at), FAULT_REFUSED); /* nothing is coming */
    assert_int_equal(put(0, 100, &at), FAULT_NONE);
    assert_int_equal(at, 100);
    assert_int_equal(put(99, 100, &at), FAULT_REFUSED);
    assert_int_equal(put(101, 100, &at), FAULT_REFUSED);
    assert_int_equal(put(100, 0, &at), FAULT_REFUSED);
    assert_int_equal(desk_papers_put(&papers, hash, 100, 150, span_of(paper, 51), &at),
                     FAULT_REFUSED);
    u8 other[SHA256_BYTES] = {1};
    assert_int_equal(desk_papers_put(&papers, other, 100, sizeof(paper), span_of(paper, 10), &at),
                     FAULT_REFUSED);
    assert_int_equal(put(100, 100, &at), FAULT_NONE);
    put_all(); /* from the first byte on, whatever was coming */
    assert_true(is_there());
    fault_forget();
}

static void what_is_no_sealed_paper_is_refused(void **state)
{
    (void)state;
    u64 at = 0;
    paper[0] = '%';
    assert_int_equal(put(0, 100, &at), FAULT_REFUSED); /* nobody sealed it */
    paper[0] = 'a';
    assert_int_equal(
        desk_papers_put(&papers, hash, 0, DESK_PAPER_BYTES_MAX + 1, span_of(paper, 100), &at),
        FAULT_REFUSED);
    hash[0] ^= 1;
    assert_int_equal(desk_papers_put(&papers, hash, 0, 100, span_of(paper, 100), &at),
                     FAULT_REFUSED);
    assert_int_equal(put(0, 100, &at), FAULT_NONE); /* begun, and nothing of it was left */
    papers.count = DESK_PAPERS_MAX;
    assert_int_equal(put(0, 100, &at), FAULT_REFUSED);
    fault_forget();
}

/* Killed in the middle: what had come is gone, and it comes anew. */
static void a_paper_that_was_coming(void **state)
{
    (void)state;
    char path[96];
    u64 at = 0;
    assert_int_equal(put(0, 5000, &at), FAULT_NONE);
    desk_papers_close(&papers);
    assert_int_equal(desk_papers_open(&papers, disk_real(), folder), FAULT_NONE);
    (void)snprintf(path, sizeof(path), "%s/papers/coming", folder);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(papers.count, 0);
    assert_int_equal(put(5000, 5000, &at), FAULT_REFUSED);
    put_all();
    assert_true(is_there());
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(a_paper_comes_in_pieces),
        TEST(only_the_next_piece_is_taken),
        TEST(what_is_no_sealed_paper_is_refused),
        TEST(a_paper_that_was_coming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
