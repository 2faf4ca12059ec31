#include "app/demo_markets.h"

#define ONE       VENUE_MAKER_ONE
#define CENT      (ONE / 100)
#define MICRO     (ONE / 1000000)
#define FEE_MAKER 80000U  /* 0.08 % */
#define FEE_TAKER 100000U /* 0.1 % */

const char *const demo_assets[DEMO_ASSETS_COUNT] = {
    [DEMO_BTC] = "BTC", [DEMO_ETH] = "ETH", [DEMO_USDT] = "USDT",
    [DEMO_EUR] = "EUR", [DEMO_RUB] = "RUB",
};

const struct demo_market_row demo_markets[DEMO_MARKETS_COUNT] = {
    [DEMO_BTCUSDT] = {{"BTCUSDT", DEMO_BTC, DEMO_USDT, CENT, 10 * MICRO, 5 * ONE, 9000 * ONE,
                       FEE_MAKER, FEE_TAKER},
                      .grid = 4 * ONE,
                      .maker_unit = 4 * CENT,
                      .taker_unit = CENT / 2,
                      .taker_silence = 2605029347}, /* 0.5 */
    [DEMO_BTCRUB] = {{"BTCRUB", DEMO_BTC, DEMO_RUB, ONE, 10 * MICRO, 100 * ONE, 9000 * ONE,
                      FEE_MAKER, FEE_TAKER},
                     .grid = 350 * ONE,
                     .maker_unit = 2 * CENT,
                     .taker_unit = CENT / 4,
                     .taker_silence = 3809294270}, /* 0.12 */
    [DEMO_USDTRUB] = {{"USDTRUB", DEMO_USDT, DEMO_RUB, CENT, ONE / 10, 100 * ONE, 9000000 * ONE,
                       FEE_MAKER, FEE_TAKER},
                      .grid = CENT,
                      .maker_unit = 1500 * ONE,
                      .taker_unit = 200 * ONE,
                      .taker_silence = 3516421809}, /* 0.2 */
    [DEMO_ETHUSDT] = {{"ETHUSDT", DEMO_ETH, DEMO_USDT, CENT, 100 * MICRO, 5 * ONE, 90000 * ONE,
                       FEE_MAKER, FEE_TAKER},
                      .grid = 20 * CENT,
                      .maker_unit = ONE / 2,
                      .taker_unit = 6 * CENT,
                      .taker_silence = 3181790030}, /* 0.3 */
    [DEMO_BTCEUR] = {{"BTCEUR", DEMO_BTC, DEMO_EUR, CENT, 10 * MICRO, 5 * ONE, 9000 * ONE,
                      FEE_MAKER, FEE_TAKER},
                     .grid = 4 * ONE,
                     .maker_unit = 2 * CENT,
                     .taker_unit = CENT / 4,
                     .taker_silence = 3696712610}, /* 0.15 */
};
