/* The story of the payouts as a script: docs/story-ownership.md. The listing of BITRIVER AG and its
 * day are OFAC's; companies, persons, shares and sums beside it are invented
 * (rules/demo/ownership). */
#include "app/story.h"
#include "core/rule.h"
#include "role/cases/case_rows.h"
#include "wire/wire_gen.h"

enum account { KUROMORI, LANTERN, SETTLEMENT, HOUSE };

/* In the order of their sign-ups, from 1. */
enum person { P_KUROMORI = 1, P_LANTERN, P_SETTLEMENT, P_HOUSE };

enum asset { BTC, EUR };

enum { SIXTY = 6000, THIRTY = 3000 };

#define REGISTER RULE_VERIFIED_REGISTER

static const struct story_account accounts[] = {
    [KUROMORI] = {"kuromori", P_KUROMORI, "Kuromori Denshi K.K., a miner in Hokkaido"},
    [LANTERN] = {"lantern", P_LANTERN,
                 "Strait Lantern Trading Pte. Ltd. in Singapore, who pays it"},
    [SETTLEMENT] = {"settlement", P_SETTLEMENT,
                    "Cambist Settlement (Singapore) Pte. Ltd., which the venue's desk has founded"},
    [HOUSE] = {"house", P_HOUSE, "Cambist Demo K.K.: the venue's own account"},
};

static const struct story_fact facts[] = {
    {P_KUROMORI, FACT_KIND_KIND, REGISTER, "legal", NULL, 8101, NULL},
    {P_KUROMORI, FACT_KIND_ESTABLISHMENT, REGISTER, "JP", NULL, 8101, NULL},
    {P_LANTERN, FACT_KIND_KIND, REGISTER, "legal", NULL, 8201, NULL},
    {P_LANTERN, FACT_KIND_ESTABLISHMENT, REGISTER, "SG", NULL, 8201, NULL},
    {P_SETTLEMENT, FACT_KIND_KIND, REGISTER, "legal", NULL, 8301, NULL},
    {P_SETTLEMENT, FACT_KIND_ESTABLISHMENT, REGISTER, "SG", NULL, 8301, NULL},
    {P_HOUSE, FACT_KIND_KIND, REGISTER, "legal", NULL, 8401, NULL},
    {P_HOUSE, FACT_KIND_ESTABLISHMENT, REGISTER, "JP", NULL, 8401, NULL},
};

#define RECORD(number, name, scheme, id, country)                                               \
    {                                                                                           \
        "{\"number\":" number ",\"id\":\"" number                                               \
        "\",\"kind\":\"entity\",\"names\":[{\"text\":\"" name                                   \
        "\",\"quality\":\"primary\"}],\"countries\":[{\"country\":\"" country                   \
        "\",\"tie\":\"registration\"}],\"identifiers\":[{\"type\":\"" scheme "\",\"number\":\"" \
        "" id "\"}]}",                                                                          \
            scheme ":" id                                                                       \
    }

static const struct story_record records[] = {
    RECORD("1", "Kuromori Denshi K.K.", "JP-JCN", "0000000000226", "JP"),
    RECORD("2", "Strait Lantern Trading Pte. Ltd.", "SG-ACRA", "202099991Z", "SG"),
    RECORD("3", "Cambist Settlement (Singapore) Pte. Ltd.", "SG-ACRA", "202299992K", "SG"),
    RECORD("4", "Cambist Demo K.K.", "JP-JCN", "0000000000334", "JP"),
};

static const struct story_step steps[] = {
    {.at = "2022-04-19T08:00",
     .act = STORY_REGISTER,
     .value = "register.jsonl",
     .text = "What registers of four countries say of the companies, and the list as it is."},
    {.act = STORY_LOAD, .value = "list-before.jsonl"},
    {.at = "2022-04-19T09:00",
     .act = STORY_SIGN_UP,
     .account = KUROMORI,
     .text = "The miner and the company that buys what it mines have accounts."},
    {.act = STORY_SIGN_UP, .account = LANTERN},
    {.act = STORY_DEPOSIT, .account = LANTERN, .asset = EUR, .amount = "120000"},
    {.act = STORY_SCREEN, .text = "Screening looks at both: by name, and at who owns them."},
    {.at = "2022-04-19T09:30",
     .act = STORY_PACK,
     .value = "us-ofac-sdn.v1.yaml",
     .text = "Two officers sign and activate the pack of the list."},
    {.at = "2022-04-19T10:00",
     .act = STORY_TRANSFER,
     .account = LANTERN,
     .target = KUROMORI,
     .asset = EUR,
     .amount = "18400",
     .text = "The payout of 19 April goes."},
    {.act = STORY_WHY, .account = LANTERN},

    {.at = "2022-04-20T19:00",
     .act = STORY_LOAD,
     .value = "list.jsonl",
     .text =
         "OFAC has listed BITRIVER AG. Of Strait Lantern the register has said since July that a "
         "company of BITRIVER's holds 60 percent."},
    {.act = STORY_SCREEN},
    {.at = "2022-04-20T20:00",
     .act = STORY_TRANSFER,
     .account = LANTERN,
     .target = KUROMORI,
     .asset = EUR,
     .amount = "18150.50",
     .text = "The payout of 20 April is refused."},
    {.act = STORY_WHY, .account = LANTERN},
    {.act = STORY_INBOX, .account = LANTERN},
    {.act = STORY_CASE,
     .account = LANTERN,
     .state = CASE_KIND_FREEZE,
     .fact = CASE_ACT_TAKE,
     .by = "liv",
     .text = "An officer takes the case. The report to OFAC is due in ten business days."},
    {.act = STORY_QUEUE},

    {.at = "2022-04-21T09:00",
     .act = STORY_SCREEN,
     .text = "The register of the day: half of the 60 percent were sold, with a right to buy them "
             "back, to a company of which the same owner holds 25 to 50 percent."},
    {.at = "2022-04-21T10:00",
     .act = STORY_OWNERSHIP,
     .account = LANTERN,
     .lower = SIXTY,
     .upper = SIXTY,
     .from = "2022-04-20T19:00",
     .until = "2022-04-21T00:00",
     .replaces = "lantern-2022-04-20",
     .by = "liv mara",
     .text = "To end the 60 percent on that day loosens. Two officers of one group are not two."},
    {.act = STORY_OWNERSHIP,
     .account = LANTERN,
     .lower = THIRTY,
     .upper = SIXTY,
     .from = "2022-04-21T00:00",
     .label = "lantern-bounds",
     .by = "liv tomas",
     .text =
         "Two of different groups record what the register says: 30 percent surely, and perhaps "
         "60. Nothing that was frozen comes free by it."},
    {.act = STORY_OWNERSHIP,
     .account = LANTERN,
     .lower = SIXTY,
     .upper = SIXTY,
     .from = "2022-04-20T19:00",
     .until = "2022-04-21T00:00",
     .replaces = "lantern-2022-04-20",
     .label = "lantern-blocked",
     .by = "liv tomas"},
    {.at = "2022-04-21T11:00",
     .act = STORY_TRANSFER,
     .account = LANTERN,
     .target = KUROMORI,
     .asset = EUR,
     .amount = "18777.25",
     .text = "The payout of 21 April is held back: a human looks."},
    {.act = STORY_WHY, .account = LANTERN},
    {.act = STORY_INBOX, .account = LANTERN},
    {.act = STORY_CASE,
     .account = LANTERN,
     .state = CASE_KIND_UNDETERMINED,
     .fact = CASE_ACT_TAKE,
     .by = "tomas",
     .text = "What the customer reads is a hold like any other. Officers have the case:"},
    {.act = STORY_QUEUE},

    {.at = "2022-04-21T13:00",
     .act = STORY_SIGN_UP,
     .account = SETTLEMENT,
     .text = "The venue's own desk has found a way round: payments are to come over a company in "
             "Singapore that belongs to the venue."},
    {.act = STORY_SIGN_UP, .account = HOUSE},
    {.act = STORY_SCREEN},
    {.at = "2022-04-21T13:30",
     .act = STORY_FACT,
     .account = SETTLEMENT,
     .value = "own_entity",
     .verified = REGISTER,
     .evidence = 8302,
     .by = "liv",
     .text =
         "It is to become a company of the venue's own, and a route. One officer is too few, and "
         "two of one group are too."},
    {.act = STORY_FACT,
     .account = SETTLEMENT,
     .value = "own_entity",
     .verified = REGISTER,
     .evidence = 8302,
     .by = "liv mara"},
    {.at = "2022-04-21T14:00",
     .act = STORY_FACT,
     .account = SETTLEMENT,
     .value = "own_entity",
     .verified = REGISTER,
     .evidence = 8302,
     .by = "mara tomas",
     .text = "Two groups may; and everybody will read of it in the public log."},
    {.act = STORY_FACT,
     .account = SETTLEMENT,
     .value = "payment_route",
     .verified = REGISTER,
     .evidence = 8302,
     .by = "mara tomas"},
    {.at = "2022-04-21T15:00",
     .act = STORY_DEPOSIT,
     .account = SETTLEMENT,
     .asset = EUR,
     .amount = "250000",
     .text =
         "The first payment comes, to be passed on to the venue. The payments that are known go "
         "to the registers."},
    {.act = STORY_REGISTER, .value = "payments.jsonl"},
    {.act = STORY_WAY,
     .account = HOUSE,
     .text = "Nobody listed owns the venue or its route. But whose money is it?"},
    {.at = "2022-04-21T15:10",
     .act = STORY_CASE,
     .account = SETTLEMENT,
     .fact = CASE_ACT_OPEN,
     .by = "mara",
     .text =
         "A way is a reason to look and never a verdict: an officer looks, and holds the account "
         "at once. What tightens wants one signature, and a second within a day."},
    {.act = STORY_RESTRICT,
     .account = SETTLEMENT,
     .state = CASE_KIND_MANUAL,
     .value = "review",
     .by = "mara"},
    {.at = "2022-04-21T15:30",
     .act = STORY_TRANSFER,
     .account = SETTLEMENT,
     .target = HOUSE,
     .asset = EUR,
     .amount = "250000",
     .text = "The desk passes the money on, to the venue's own account. It stays where it is."},
    {.at = "2022-04-22T09:00",
     .act = STORY_SECOND,
     .by = "tomas",
     .text = "The second officer confirms."},
    {.act = STORY_QUEUE},

    {.at = "2022-05-02T10:00",
     .act = STORY_REGISTER,
     .value = "register-late.jsonl",
     .text =
         "A filing: the sale of 21 April, it says, was made on the 18th, before the listing. It "
         "changes what was so on the 20th, and not what was known then."},
    {.act = STORY_OWN, .account = LANTERN, .from = "2022-04-20", .until = "2022-04-20"},
    {.act = STORY_OWN, .account = LANTERN, .from = "2022-04-20", .until = "2022-05-01"},
    {.act = STORY_OWN, .account = LANTERN, .from = "2022-04-20", .until = "2022-05-02"},
    {.act = STORY_SCREEN},
    {.act = STORY_OWNERSHIP,
     .account = LANTERN,
     .lower = THIRTY,
     .upper = SIXTY,
     .from = "2022-04-18T00:00",
     .until = "2022-04-21T00:00",
     .replaces = "lantern-blocked",
     .by = "liv tomas",
     .text = "Two officers record that as well. Asked of the 20th, the venue has two answers, and "
             "knows since when it has which."},
    {.at = "2022-05-03T09:00",
     .act = STORY_WHY,
     .account = LANTERN,
     .from = "2022-04-20T20:00",
     .until = "2022-05-01T00:00",
     .text = "The evening of 20 April, as known on 1 May and today."},
    {.act = STORY_WHY, .account = LANTERN, .from = "2022-04-20T20:00", .until = "2022-05-03T09:00"},
    {.at = "2022-05-04T12:00",
     .act = STORY_QUEUE,
     .text = "Nobody has filed the report, and its last day is here."},
    {.act = STORY_TABLE, .text = "The end of the story."},
};

static const char *const ending[] = {
    "",
    "The folder DIR holds a venue now, whose journal says all of this:",
    "    cambist verify DIR                              it replays, and adds up",
    "    cambist why 1 --data DIR --at 2022-04-20T20:00:00Z --known-at 2022-05-01",
    "                                                    the whole answer, texts of the law included",
    "    cambist case list --data DIR                    the officers' queue",
    "    cambist inbox 1 --data DIR                      what the customer has read",
    "    cambist own SG-ACRA:202099991Z --register DIR/registers/*.jsonl --list DIR/lists/us-sdn.list \\",
    "        --at 2022-04-20 --known-at 2022-05-01       the registers, asked again",
    NULL,
};

const struct story story_ownership = {
    .name = "ownership",
    .title = "April 2022: three payouts of one payer, and a way round. Companies and sums are "
             "invented.",
    .begin = "2022-04-19T07:00",
    .accounts = accounts,
    .accounts_count = ARRAY_COUNT(accounts),
    .facts = facts,
    .facts_count = ARRAY_COUNT(facts),
    .steps = steps,
    .steps_count = ARRAY_COUNT(steps),
    .ending = ending,
    .records = records,
    .records_count = ARRAY_COUNT(records),
};
