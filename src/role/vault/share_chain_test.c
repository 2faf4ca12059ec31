/* Aim: a chain is read to the group that holds the shares now, and one with a transcript missing,
 * twice, in another order, cut or of another group is refused with its name. Method: officers who
 * hold a ceremony and two resharings. */
#include "role/vault/share_chain.h"

#include "base/span.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <string.h>

enum { LINKS = 3 };

static struct seal_room *room;
static struct share_scene scenes[LINKS];
static char texts[LINKS][SHARE_TEXT_BYTES];
static size_t sizes[LINKS];
static char chain_text[SHARE_CHAIN_BYTES];
static struct share_chain chain;

static int hold(void **state)
{
    static const u32 dealers[] = {1, 3};
    (void)state;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    share_scene_hold(room, &scenes[0], SHARE_SIDE_A, 1, 2, 3);
    share_scene_reshare(room, &scenes[0], &scenes[1], dealers, 2, 4);
    share_scene_reshare(room, &scenes[1], &scenes[2], dealers, 3, 4);
    for (u32 i = 0; i < LINKS; i += 1) {
        sizes[i] = share_transcript_print(&scenes[i].transcript, texts[i]);
    }
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

static size_t join(const u32 *places, u32 count)
{
    size_t size = 0;
    for (u32 i = 0; i < count; i += 1) {
        memcpy(chain_text + size, texts[places[i]], sizes[places[i]]);
        size += sizes[places[i]];
    }
    return size;
}

static void a_chain_says_who_holds_the_shares_now(void **state)
{
    (void)state;
    static const u32 all[] = {0, 1, 2};
    u8 hash[SHARE_HASH_BYTES];
    for (u32 count = 1; count <= LINKS; count += 1) {
        size_t size = join(all, count);
        assert_int_equal(share_chain_read(span_of(chain_text, size), "chain", &chain), FAULT_NONE);
        assert_int_equal(chain.count, count);
        assert_int_equal(chain.group.roster.generation, count - 1);
        assert_memory_equal(chain.group.shares, scenes[count - 1].group.shares,
                            sizeof(chain.group.shares[0]) * chain.group.roster.count);
        assert_memory_equal(&chain.group.public, &scenes[0].group.public,
                            sizeof(chain.group.public));
        share_transcript_hash(&scenes[count - 1].transcript, hash);
        assert_memory_equal(chain.hash, hash, sizeof(hash));
    }
}

static void what_is_no_chain_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        u32 places[LINKS];
        u32 count;
    } wrong[] = {{{1}, 1}, {{0, 2}, 2}, {{0, 0}, 2}, {{1, 0}, 2}, {{0, 1, 1}, 3}};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        size_t size = join(wrong[i].places, wrong[i].count);
        assert_int_equal(share_chain_read(span_of(chain_text, size), "chain", &chain), FAULT_INPUT);
        assert_memory_equal(fault_text(), "chain:", 6);
        assert_int_equal(chain.count, 0);
        fault_forget();
    }
    assert_int_equal(share_chain_read(span_of(chain_text, 0), "chain", &chain), FAULT_INPUT);
    fault_forget();
    static const u32 all[] = {0, 1, 2};
    size_t size = join(all, LINKS);
    for (size_t cut = 1; cut < size; cut += 397) {
        if (cut != sizes[0] && cut != sizes[0] + sizes[1]) {
            assert_int_equal(share_chain_read(span_of(chain_text, cut), "chain", &chain),
                             FAULT_INPUT);
            fault_forget();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_says_who_holds_the_shares_now),
        cmocka_unit_test(what_is_no_chain_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, hold, close_room);
}
