/* Aim: whoever has a /48 of networks holds up nobody else: their mails, sign-ins and codes are
 * counted together, and their tickets give way. Method: the desk with few tickets, networks of two
 * sites, mails taken as they come. */
#include "base/bytes.h"
#include "role/door/door_desk_inner.h"
#include "tests/support/door_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"
#define TICKETS  64U /* of the scene */

static struct door_scene scene;
static u32 numbers; /* of addresses and networks that were used */

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 11);
    numbers = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

/* Another /64 of the site. */
static void network(u8 site)
{
    numbers += 1;
    memset(scene.ask.network, 0x20, DOOR_NETWORK_BYTES);
    scene.ask.network[5] = site;
    bytes_put_u16(scene.ask.network + 6, (u16)numbers);
}

/* A reset for a new address from there; its ticket. */
static u32 resets(u8 site, u8 ticket_out[DOOR_TICKET_BYTES])
{
    char address[64];
    network(site);
    (void)snprintf(address, sizeof(address), "nobody%u@example.org", numbers);
    door_scene_texts(&scene, address, "", "");
    u32 code = door_scene_act(&scene, DOOR_ASK_RESET);
    if (code == DOOR_CODE_OK) {
        memcpy(ticket_out, scene.head.contents.data, DOOR_TICKET_BYTES);
        assert_true(door_scene_mail(&scene));
    }
    return code;
}

static bool is_there(const u8 ticket[DOOR_TICKET_BYTES])
{
    struct door_ticket found_ticket;
    bool found = false;
    scene_must(door_store_ticket(door_desk_store(scene.desk), ticket, &found_ticket, &found));
    return found;
}

static u64 tickets(void)
{
    u64 count = 0;
    scene_must(door_store_tickets_count(door_desk_store(scene.desk), &count));
    return count;
}

static void mails_of_a_site_are_counted_together(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    for (u32 i = 0; i < 60; i += 1) {
        scene.now_us += DOOR_US_S; /* so that mails that were taken are seen */
        assert_int_equal(resets(1, ticket), DOOR_CODE_OK);
    }
    assert_int_equal(resets(1, ticket), DOOR_CODE_WAIT);
    assert_int_equal(scene.head.wait_s, 2);
    assert_int_equal(resets(2, ticket), DOOR_CODE_OK);
    scene.now_us += 2 * DOOR_US_S;
    assert_int_equal(resets(1, ticket), DOOR_CODE_OK);
    assert_int_equal(resets(1, ticket), DOOR_CODE_WAIT);
    assert_int_equal(scene.head.wait_s, 4);
    /* Never more than a minute: others may live there. */
    for (u32 i = 0; i < 10; i += 1) {
        scene.now_us += 60 * DOOR_US_S;
        assert_int_equal(resets(1, ticket),
                         i < 2 || tickets() < TICKETS ? DOOR_CODE_OK : DOOR_CODE_BUSY);
    }
}

static void sign_ins_of_a_site_are_counted_together(void **state)
{
    (void)state;
    (void)door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < 200; i += 1) {
        char address[64];
        network(1);
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", numbers);
        door_scene_texts(&scene, address, PASSWORD, "");
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_IN), DOOR_CODE_WRONG);
    }
    network(1);
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_IN), DOOR_CODE_WAIT);
    network(2);
    for (u32 i = 0; i < 300; i += 1) { /* right ones are not counted */
        door_scene_texts(&scene, ADDRESS, PASSWORD, "");
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_IN), DOOR_CODE_OK);
    }
}

static void the_tickets_of_a_flood_give_way(void **state)
{
    u8 first[DOOR_TICKET_BYTES];
    u8 mine[DOOR_TICKET_BYTES];
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    assert_int_equal(resets(2, mine), DOOR_CODE_OK);
    assert_int_equal(resets(1, first), DOOR_CODE_OK);
    while (tickets() < TICKETS) {
        scene.now_us += 10 * DOOR_US_S;
        (void)resets(1, ticket);
    }
    scene.now_us += 60 * DOOR_US_S;
    assert_true(is_there(mine) && is_there(first));
    assert_int_equal(resets(1, ticket), DOOR_CODE_BUSY);
    assert_int_equal(resets(3, ticket), DOOR_CODE_OK); /* from elsewhere there is room */
    assert_true(is_there(mine) && is_there(ticket) && !is_there(first));
    assert_int_equal(tickets(), TICKETS);
    assert_int_equal(resets(2, ticket), DOOR_CODE_OK);
    assert_true(is_there(mine) && is_there(ticket));
    assert_int_equal(tickets(), TICKETS);
    /* What an earlier life has made gives way to nobody. */
    door_scene_reopen(&scene);
    assert_int_equal(resets(4, ticket), DOOR_CODE_BUSY);
}

/* A reset for that address, from the other end of the world; how many mails wait behind it. */
static u32 asks_for_a_password(const char *address)
{
    network((u8)(100 + numbers));
    door_scene_texts(&scene, address, "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    return scene.desk->mails.files_count;
}

/* Of 16 mails that may wait, four are for new passwords of logins that there are. */
static void who_has_a_login_is_mailed_in_a_flood_of_sign_ups(void **state)
{
    u32 code = DOOR_CODE_OK;
    u32 signed_up = 0;
    (void)state;
    (void)door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    (void)door_scene_sign_up(&scene, "bob.invented@example.org", PASSWORD);
    (void)door_scene_sign_up(&scene, "cy.invented@example.org", PASSWORD);
    scene.now_us += 2 * DOOR_US_S;
    while (code == DOOR_CODE_OK) { /* from as many sites, nobody takes the mails */
        char address[64];
        network((u8)(100 + numbers));
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", numbers);
        door_scene_texts(&scene, address, PASSWORD, "");
        code = door_scene_act(&scene, DOOR_ASK_SIGN_UP);
        signed_up += code == DOOR_CODE_OK ? 1 : 0;
    }
    u32 waiting = scene.desk->mails.files_count;
    assert_int_equal(code, DOOR_CODE_BUSY);
    assert_true(waiting == 12 && signed_up >= waiting);
    assert_int_equal(asks_for_a_password("nobody@example.org"), waiting); /* not mailed */
    u64 bytes = scene.head.contents.size;
    assert_int_equal(asks_for_a_password(ADDRESS), waiting + 1);
    assert_int_equal(scene.head.contents.size, bytes); /* answered alike */
    assert_int_equal(asks_for_a_password("nobody2@example.org"), waiting + 1);
    assert_int_equal(asks_for_a_password(ADDRESS), waiting + 2);
    assert_int_equal(asks_for_a_password("bob.invented@example.org"), waiting + 3);
    assert_int_equal(asks_for_a_password("bob.invented@example.org"), 16);
    assert_int_equal(asks_for_a_password("cy.invented@example.org"), 16); /* not mailed */
    assert_int_equal(scene.head.contents.size, bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mails_of_a_site_are_counted_together),
        TEST(sign_ins_of_a_site_are_counted_together),
        TEST(the_tickets_of_a_flood_give_way),
        TEST(who_has_a_login_is_mailed_in_a_flood_of_sign_ups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
