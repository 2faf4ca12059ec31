/* Aim: the file of prices is one that the price agent reads, line by line, with the model's prices
 * and the venue's time; the largest prices fit.
 *
 * Method: what is printed is read by the price agent's reader, for many steps and seeds. */
#include "app/bots_prices.h"

#include "base/span.h"
#include "io/file.h"
#include "role/prices/price_line.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_US 1650628680999999ULL

static void the_price_agent_reads_it(void **state)
{
    (void)state;
    for (u64 seed = 1; seed <= 20; seed += 1) {
        struct bots_model model;
        bots_model_init(&model, seed);
        for (u32 step = 0; step < 200; step += 1) {
            char text[BOTS_PRICES_BYTES];
            struct price_reader reader;
            struct price_line line;
            u32 lines = 0;
            size_t bytes = bots_prices_print(&model, NOW_US, text);
            assert_int_equal(strlen(text), bytes);
            price_reader_begin(&reader, span_of(text, bytes));
            for (u32 asset = 0; asset < DEMO_ASSETS_COUNT; asset += 1) {
                if (asset == DEMO_EUR) {
                    continue;
                }
                assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_LINE);
                assert_true(span_equal(line.asset, span_of_text(demo_assets[asset])));
                assert_int_equal(line.price.units, bots_model_eur(&model, (enum demo_asset)asset));
                assert_int_equal(line.time_us, NOW_US - 999999);
                lines += 1;
            }
            assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_END);
            assert_int_equal(lines, DEMO_ASSETS_COUNT - 1);
            bots_model_advance(&model);
        }
    }
}

static void a_file_is_replaced(void **state)
{
    char path[] = "/tmp/cambist-bots-prices-XXXXXX";
    char text[BOTS_PRICES_BYTES];
    u8 found[BOTS_PRICES_BYTES];
    size_t bytes = 0;
    struct file file;
    struct bots_model model;
    (void)state;
    bots_model_init(&model, 1);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    for (u32 time = 0; time < 3; time += 1) {
        assert_int_equal(bots_prices_put(path, &model, NOW_US + time * 1000000ULL), FAULT_NONE);
        size_t length = bots_prices_print(&model, NOW_US + time * 1000000ULL, text);
        assert_int_equal(file_open(disk_real(), path, 0, &file), FAULT_NONE);
        assert_int_equal(file_read_at(&file, 0, found, sizeof(found), &bytes), FAULT_NONE);
        file_close(&file);
        assert_int_equal(bytes, length);
        assert_memory_equal(found, text, length);
    }
    assert_int_equal(remove(path), 0);
    assert_int_equal(bots_prices_put("/tmp/cambist-no-folder/prices", &model, NOW_US),
                     FAULT_MISSING);
}

static void read_all(const char *path, char text[BOTS_PRICES_BYTES])
{
    size_t bytes = 0;
    struct file file;
    assert_int_equal(file_open(disk_real(), path, 0, &file), FAULT_NONE);
    assert_int_equal(file_read_at(&file, 0, text, BOTS_PRICES_BYTES - 1, &bytes), FAULT_NONE);
    text[bytes] = 0;
    file_close(&file);
}

static void the_world_stands_still_between(void **state)
{
    char path[] = "/tmp/cambist-bots-prices-XXXXXX";
    char wanted[BOTS_PRICES_BYTES];
    char found[BOTS_PRICES_BYTES];
    struct bots_model model;
    (void)state;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0 && remove(path) == 0);
    bots_model_init(&model, 5);
    (void)bots_prices_print(&model, NOW_US, wanted);
    assert_int_equal(bots_prices_again(path, 5, NOW_US), FAULT_NONE); /* there is none */
    read_all(path, found);
    assert_string_equal(found, wanted);
    for (u32 step = 0; step < 50; step += 1) {
        bots_model_advance(&model);
    }
    assert_int_equal(bots_prices_put(path, &model, NOW_US), FAULT_NONE);
    (void)bots_prices_print(&model, NOW_US + 86400000000ULL, wanted);
    assert_int_equal(bots_prices_again(path, 5, NOW_US + 86400000000ULL), FAULT_NONE);
    read_all(path, found);
    assert_string_equal(found, wanted);
    assert_int_equal(remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_price_agent_reads_it),
        cmocka_unit_test(a_file_is_replaced),
        cmocka_unit_test(the_world_stands_still_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
