#include "app/demo_people.h"

#include "app/bots_model.h"
#include "app/demo_markets.h"
#include "app/time_text.h"
#include "app/venue_rules.h"
#include "base/check.h"
#include "core/rule.h"
#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAPER   RULE_VERIFIED_DOCUMENT
#define ADDRESS RULE_VERIFIED_ADDRESS

enum { ENTRY = 4711, ORDER_ABOVE = 10, ORDER_PART = 4 };

const struct demo_person demo_people[DEMO_PEOPLE_COUNT] = {
    {"mikhail", "Mikhail Sorokin", 1, 12000, LISTING_STATE_CLEAR, false,
     "Russian national in Moscow, EUR 12,000: may only withdraw",
     "Ressortissant russe à Moscou, 12 000 EUR : retraits seulement"},
    {"irina", "Irina Volkova", 2, 50000, LISTING_STATE_CLEAR, false,
     "Russian national in Lyon with a French permit, EUR 50,000: free",
     "Ressortissante russe à Lyon, titre de séjour français, 50 000 EUR : libre"},
    {"pavel", "Pavel Orlov", 3, 9990, LISTING_STATE_CLEAR, true,
     "Russian national in Kazan, EUR 9,990 while bitcoin rises: warned, noon will tell",
     "Ressortissant russe à Kazan, 9 990 EUR, bitcoin monte : averti, midi décidera"},
    {"jonas", "Jonas Weber", 4, 15000, LISTING_STATE_CLEAR, false,
     "German national in Moscow, EUR 15,000: the law exempts him, the venue's notice does not",
     "Ressortissant allemand à Moscou, 15 000 EUR : la loi l'exempte, l'avis non"},
    {"arkady", "Arkady Belov", 5, 8000, LISTING_STATE_CONFIRMED, false,
     "On the demo's invented list: frozen", "Sur la liste inventée de la démonstration : gelé"},
    {"nadia", "Nadia Frolova", 6, 3000, 0, false,
     "Bears a name like one on the list: being checked",
     "Porte un nom proche d'un nom de la liste : en cours de vérification"},
    {"vera", "Vera Kuznetsova", 7, 6000, LISTING_STATE_CLEAR, false,
     "Russian national in Tver, EUR 6,000 here and as much in a second account: the sum counts",
     "Ressortissante russe à Tver, 6 000 EUR ici et autant ailleurs : la somme compte"},
    {"vera-2", "Vera Kuznetsova, second account", 7, 6000, LISTING_STATE_CLEAR, false,
     "Her second account", "Son second compte"},
    {"olga", "Olga Petrova", 8, 11000, LISTING_STATE_CLEAR, false,
     "Russian passport, has not said where she lives, EUR 11,000: withdraws only, evidence is asked for",
     "Passeport russe, résidence non déclarée, 11 000 EUR : justificatif demandé"},
    {"lena", "Lena Sokolova", 9, 2000, 0, false,
     "Signed up just now; nobody has screened her yet: on hold",
     "Vient de s'inscrire ; pas encore contrôlée : en attente"},
};

static const struct {
    u32 person;
    u8 kind;
    u8 verified;
    const char *value;
} facts[] = {
    {1, FACT_KIND_NATIONALITY, PAPER, "RU"},        {1, FACT_KIND_RESIDENCE, ADDRESS, "RU"},
    {1, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"}, {2, FACT_KIND_NATIONALITY, PAPER, "RU"},
    {2, FACT_KIND_RESIDENCE, ADDRESS, "FR"},        {2, FACT_KIND_RESIDENCE_PERMIT, PAPER, "FR"},
    {3, FACT_KIND_NATIONALITY, PAPER, "RU"},        {3, FACT_KIND_RESIDENCE, ADDRESS, "RU"},
    {3, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"}, {4, FACT_KIND_NATIONALITY, PAPER, "DE"},
    {4, FACT_KIND_RESIDENCE, ADDRESS, "RU"},        {5, FACT_KIND_NATIONALITY, PAPER, "RS"},
    {5, FACT_KIND_RESIDENCE, ADDRESS, "RS"},        {5, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"},
    {6, FACT_KIND_NATIONALITY, PAPER, "GE"},        {6, FACT_KIND_RESIDENCE, ADDRESS, "GE"},
    {6, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"}, {7, FACT_KIND_NATIONALITY, PAPER, "RU"},
    {7, FACT_KIND_RESIDENCE, ADDRESS, "RU"},        {7, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"},
    {8, FACT_KIND_NATIONALITY, PAPER, "RU"},        {8, FACT_KIND_DOCUMENT_COUNTRY, PAPER, "RU"},
    {9, FACT_KIND_NATIONALITY, PAPER, "AM"},        {9, FACT_KIND_RESIDENCE, ADDRESS, "AM"},
    {9, FACT_KIND_RESIDENCE_PERMIT, PAPER, "none"},
};

/* Those whose time has not ended are activated, in this order. */
static const char *const packs[] = {
    "demo-list.v1.yaml",  "eu-833-5b2.v1.yaml", "venue-notice-ru.v1.yaml",
    "eu-833-5b2.v2.yaml", "eu-833-5b2.v3.yaml",
};

const struct demo_person *demo_person_find(const char *account)
{
    for (u32 i = 0; i < DEMO_PEOPLE_COUNT; i += 1) {
        if (strcmp(demo_people[i].account, account) == 0) {
            return &demo_people[i];
        }
    }
    return NULL;
}

/* ---- prices ---- */

u64 demo_people_price(u64 seed, u16 asset)
{
    struct bots_model model;
    bots_model_init(&model, seed);
    return bots_model_eur(&model, (enum demo_asset)asset);
}

static enum fault prices_put(struct venue_maker *maker, u64 seed)
{
    for (u16 asset = 0; asset < DEMO_ASSETS_COUNT; asset += 1) {
        TRY(venue_rules_price(maker, asset, demo_people_price(seed, asset)));
    }
    return FAULT_NONE;
}

/* ---- people ---- */

/* Whole lots of bitcoin, down. */
static u64 bitcoin_of(u64 eur, u64 price)
{
    return (u64)((u128)eur * VENUE_MAKER_ONE * VENUE_MAKER_ONE / price);
}

static enum fault money_put(struct venue_maker *maker, const struct demo_person *person,
                            u32 account, u64 price)
{
    struct command_deposit deposit = {.amount = amount_of(bitcoin_of(person->eur, price)),
                                      .reference = maker->source_index,
                                      .asset = DEMO_BTC};
    TRY(venue_maker_put(maker, &deposit, sizeof(deposit), COMMAND_DEPOSIT, account));
    if (!person->has_order) {
        return FAULT_NONE;
    }
    const struct venue_market *market = &demo_markets[DEMO_BTCEUR].market;
    u64 above = price + price / ORDER_ABOVE;
    u64 part = deposit.amount.units / ORDER_PART; /* raw: a part of an amount */
    struct command_order order = {.price = price_of(above - above % market->tick),
                                  .qty = amount_of(part - part % market->lot),
                                  .market = DEMO_BTCEUR,
                                  .side = SIDE_SELL,
                                  .type = ORDER_TYPE_LIMIT,
                                  .tif = TIME_IN_FORCE_GTC,
                                  .stp = STP_MODE_MARKET_DEFAULT};
    return venue_maker_put(maker, &order, sizeof(order), COMMAND_ORDER, account);
}

static enum fault fact_put(struct venue_maker *maker, u32 person, u8 kind, u8 verified,
                           const char *value)
{
    return venue_rules_fact(maker,
                            &(struct venue_fact){.person = person,
                                                 .kind = kind,
                                                 .verified = verified,
                                                 .value = value,
                                                 .evidence = 7000 + person},
                            NULL);
}

static enum fault person_put(struct venue_maker *maker, const struct demo_person *person)
{
    TRY(venue_rules_person(maker, person->person));
    TRY(fact_put(maker, person->person, FACT_KIND_KIND, PAPER, "natural"));
    for (u32 i = 0; i < ARRAY_COUNT(facts); i += 1) {
        if (facts[i].person == person->person) {
            TRY(fact_put(maker, facts[i].person, facts[i].kind, facts[i].verified, facts[i].value));
        }
    }
    if (person->listing == 0) {
        return FAULT_NONE;
    }
    u32 entry = person->listing == LISTING_STATE_CLEAR ? 0 : ENTRY;
    return venue_rules_verdict(
        maker,
        &(struct venue_verdict){
            .person = person->person, .state = person->listing, .entry = entry, .from = 0},
        NULL);
}

/* ---- packs ---- */

static enum fault packs_put(struct venue_maker *maker)
{
    struct rule_source *source = malloc(sizeof(*source));
    u64 now_us = clock_wall_us(maker->options.clock);
    enum fault fault = source != NULL ? FAULT_NONE : FAULT(FAULT_LIMIT, "no memory for a pack");
    for (u32 i = 0; i < ARRAY_COUNT(packs) && fault == FAULT_NONE; i += 1) {
        fault = venue_rules_read(packs[i], source);
        if (fault == FAULT_NONE && source->pack.effective.until > now_us) {
            fault = venue_rules_activate(maker, packs[i], source);
        }
    }
    free(source);
    return fault;
}

enum fault demo_people_put(struct venue_maker *maker, u64 seed, u32 first)
{
    u64 price = demo_people_price(seed, DEMO_BTC);
    u32 known = 0;
    TRY(prices_put(maker, seed));
    for (u32 i = 0; i < DEMO_PEOPLE_COUNT; i += 1) {
        const struct demo_person *person = &demo_people[i];
        TRY(money_put(maker, person, first + i, price));
        if (person->person > known) {
            CHECK(person->person == known + 1);
            known += 1;
            TRY(person_put(maker, person));
        }
        TRY(venue_rules_link(maker, person->person, first + i));
    }
    return packs_put(maker);
}
