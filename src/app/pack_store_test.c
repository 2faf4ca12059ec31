/* Aim: the text of a pack lies under its content hash, and the groups beside it. Method: a shipped
 * pack, stored twice; the bytes of the file have the hash in its name. */
#include "app/pack_store.h"

#include "base/span.h"
#include "io/digest.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rule_source source;
static u8 bytes[RULE_CANONICAL_BYTES_MAX];

static void expect(const char *path, const void *text, size_t size)
{
    size_t found = 0;
    assert_int_equal(rule_read_bytes(path, bytes, sizeof(bytes), &found), FAULT_NONE);
    assert_int_equal(found, size);
    assert_memory_equal(bytes, text, size);
}

static void texts_lie_under_their_hash(void **state)
{
    (void)state;
    static const char groups[] = "{\"groups\":[\"compliance\",\"legal\"]}\n";
    static const char none[] = "{\"groups\":[]}\n";
    char folder[64] = "/tmp/pack_store.XXXXXX";
    char text[256];
    char groups_path[320];
    char packs[128];
    struct sha256 sha256;
    u8 hash[SHA256_BYTES];
    size_t used = 0;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(rule_read_file("rules/eu-833-5b2.v1.yaml", &source), FAULT_NONE);
    assert_int_equal(pack_store_put(folder, &source, NULL), FAULT_NONE);
    used = (size_t)snprintf(text, sizeof(text), "%s/packs/", folder);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(source.canonical, source.canonical_bytes));
    sha256_end(&sha256, hash);
    sha256_close(&sha256);
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%02x", hash[i]);
    }
    (void)snprintf(groups_path, sizeof(groups_path), "%s.groups.json", text);
    (void)snprintf(text + used, sizeof(text) - used, ".json");
    expect(text, source.canonical, source.canonical_bytes);
    expect(groups_path, none, sizeof(none) - 1);
    assert_int_equal(pack_store_put(folder, &source, (const char *const[]){"compliance", "legal"}),
                     FAULT_NONE);
    expect(groups_path, groups, sizeof(groups) - 1);
    (void)snprintf(packs, sizeof(packs), "%s/packs", folder);
    assert_int_equal(unlink(text), 0);
    assert_int_equal(unlink(groups_path), 0);
    assert_int_equal(rmdir(packs), 0); /* nothing else was left there */
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_lie_under_their_hash)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
