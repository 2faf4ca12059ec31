/* The markets of the demo: what they are (for demo_venue.h) and how they are quoted (for
 * bots_model.h). Prices, quantities and amounts count 10^-8. */
#ifndef APP_DEMO_MARKETS_H
#define APP_DEMO_MARKETS_H

#include "app/venue_maker.h"

enum demo_asset { DEMO_BTC, DEMO_ETH, DEMO_USDT, DEMO_EUR, DEMO_RUB };
#define DEMO_ASSETS_COUNT 5U

enum demo_market {
    DEMO_BTCUSDT,
    DEMO_BTCRUB,
    DEMO_USDTRUB,
    DEMO_ETHUSDT,
    DEMO_BTCEUR,
};
#define DEMO_MARKETS_COUNT 5U

struct demo_market_row {
    struct venue_market market;
    u64 grid;          /* steps of the ladder of quotes; whole ticks */
    u64 maker_unit;    /* quantity of the innermost quote; whole lots */
    u64 taker_unit;    /* of a small order that takes */
    u32 taker_silence; /* 2^32 e^-n where n orders that take come in a step */
};

extern const char *const demo_assets[DEMO_ASSETS_COUNT];
extern const struct demo_market_row demo_markets[DEMO_MARKETS_COUNT];

#endif /* APP_DEMO_MARKETS_H */
