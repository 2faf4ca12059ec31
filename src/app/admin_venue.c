#include "app/admin_venue.h"

#include "base/span.h"

#include <string.h>

#define STEP_COMMANDS 65536U

static void pass_over(struct feed_sink *sink, const struct feed_command *command)
{
    (void)sink;
    (void)command;
}

enum fault admin_venue_open(struct admin_venue *venue, const char *folder)
{
    *venue = (struct admin_venue){.sink = {.command = pass_over}};
    struct feed_options options = {.disk = disk_real(),
                                   .folder = folder,
                                   .config = {.closed_orders_max = 1024,
                                              .closed_lists_max = 1024,
                                              .fills_max = 1024,
                                              .trades_max = 64,
                                              .changes_max = 64,
                                              .hash_seed = 1},
                                   .sink = &venue->sink};
    TRY(feed_open(&venue->feed, &options));
    venue->view = feed_view(venue->feed);
    view_history_passed(venue->view, UINT64_MAX); /* what is over is of no interest here */
    bool some = true;
    while (some) {
        TRY(feed_step(venue->feed, STEP_COMMANDS, &some));
    }
    return FAULT_NONE;
}

void admin_venue_close(struct admin_venue *venue)
{
    feed_close(venue->feed);
    venue->feed = NULL;
}

enum fault admin_venue_asset(const struct admin_venue *venue, const char *name, u16 *asset_out)
{
    u32 count = view_assets_count(venue->view);
    for (u32 i = 0; i < count; i += 1) {
        const struct view_asset *asset = view_asset_of(venue->view, (u16)i);
        if (asset != NULL && strlen(name) <= sizeof(asset->name) &&
            strncmp((const char *)asset->name, name, sizeof(asset->name)) == 0) {
            *asset_out = (u16)i;
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "\"%s\": the venue has no such asset", name);
}

enum fault admin_venue_market(const struct admin_venue *venue, const char *name, u16 *market_out)
{
    u8 padded[16] = {0};
    if (strlen(name) <= sizeof(padded)) {
        memcpy(padded, name, strlen(name));
        if (view_market_by_name(venue->view, padded, market_out)) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "\"%s\": the venue has no such market", name);
}

enum fault admin_venue_amount(const struct admin_venue *venue, u16 asset, const char *text,
                              struct amount *amount_out)
{
    u32 scale = view_asset_of(venue->view, asset)->scale;
    switch (amount_parse(span_of_text(text), scale, amount_out)) {
    case AMOUNT_OK:
        return FAULT_NONE;
    case AMOUNT_MALFORMED:
        return FAULT(FAULT_INPUT, "\"%s\" is not a decimal number", text);
    case AMOUNT_PRECISION:
        return FAULT(FAULT_INPUT, "\"%s\" has more than %u decimals", text, scale);
    case AMOUNT_OVERFLOW:
        break;
    }
    return FAULT(FAULT_INPUT, "\"%s\" is too large", text);
}
