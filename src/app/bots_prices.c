#include "app/bots_prices.h"

#include "app/text_file.h"
#include "base/amount.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "role/prices/price_line.h"

#include <stdio.h>

enum { PLACES = 8 };

#define US_S 1000000ULL

struct world {
    u64 eur[DEMO_ASSETS_COUNT];
};

static size_t print(const struct world *world, u64 now_us, char target[BOTS_PRICES_BYTES])
{
    size_t used = 0;
    for (u32 asset = 0; asset < DEMO_ASSETS_COUNT; asset += 1) {
        char price[AMOUNT_TEXT_BYTES];
        if (asset == DEMO_EUR) {
            continue; /* 1 by definition: nobody has to say it */
        }
        (void)amount_print(amount_of(world->eur[asset]), PLACES, PLACES, price);
        int length = snprintf(target + used, BOTS_PRICES_BYTES - used, "%s %s %llu\n",
                              demo_assets[asset], price, (unsigned long long)(now_us / US_S));
        CHECK(length > 0 && (size_t)length < BOTS_PRICES_BYTES - used);
        used += (size_t)length;
    }
    return used;
}

static struct world world_of(const struct bots_model *model)
{
    struct world world = {.eur = {0}};
    for (u32 asset = 0; asset < DEMO_ASSETS_COUNT; asset += 1) {
        world.eur[asset] = bots_model_eur(model, (enum demo_asset)asset);
    }
    return world;
}

size_t bots_prices_print(const struct bots_model *model, u64 now_us, char target[BOTS_PRICES_BYTES])
{
    struct world world = world_of(model);
    return print(&world, now_us, target);
}

static enum fault put(const char *path, const struct world *world, u64 now_us)
{
    char text[BOTS_PRICES_BYTES];
    size_t bytes = print(world, now_us, text);
    return text_file_put(path, text, bytes, false);
}

enum fault bots_prices_put(const char *path, const struct bots_model *model, u64 now_us)
{
    struct world world = world_of(model);
    return put(path, &world, now_us);
}

/* Lines that are none of ours are passed over. */
static void world_read(struct span text, struct world *world)
{
    struct price_reader reader;
    struct price_line line;
    price_reader_begin(&reader, text);
    for (enum price_next next = price_reader_next(&reader, &line); next != PRICE_NEXT_END;
         next = price_reader_next(&reader, &line)) {
        for (u32 asset = 0; asset < DEMO_ASSETS_COUNT && next == PRICE_NEXT_LINE; asset += 1) {
            if (span_equal(line.asset, span_of_text(demo_assets[asset]))) {
                world->eur[asset] = line.price.units; /* raw: EUR count 10^-8 */
            }
        }
    }
}

enum fault bots_prices_again(const char *path, u64 seed, u64 now_us)
{
    u8 text[BOTS_PRICES_BYTES];
    struct bots_model model;
    size_t bytes = 0;
    bool exists = false;
    bots_model_init(&model, seed);
    struct world world = world_of(&model);
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        SCOPED_FILE file = {.disk = NULL};
        TRY(file_open(disk_real(), path, 0, &file));
        TRY(file_read_at(&file, 0, text, sizeof(text), &bytes));
        world_read(span_of(text, bytes), &world);
    }
    return put(path, &world, now_us);
}
