/* Files of cases: refused with file, line and reason, or run to their end with what does not hold
 * counted. One pack is there already, as rules/p.yaml; there are no others. */
#include "app/rule_case.h"
#include "app/rule_read.h"
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char pack[] =
    "pack: {id: p, version: 1, title: {en: a, fr: b}, jurisdiction: X, origin: law, sources: [s],\n"
    "  published: 2022-01-01, effective_from: 2022-01-01}\n"
    "rules:\n"
    "  - {id: r, scope: person, cite: [{source: s, article: 1}], explain: {en: a, fr: b},\n"
    "     subject: {any: [{has: residence, in: [RU]}, {listed: {list: l, min_state: confirmed}},\n"
    "       {owned: {by: l, method: cascade, op: '>=', percent: 50, aggregate: 'true'}}]},\n"
    "     threshold: {measure: holdings, op: '>', amount: 10, currency: EUR, lift_margin: 1,\n"
    "       dwell: 24h, sticky: 'false', warn_percent: 90}, actions: [withdraw_only],\n"
    "     on_unknown: {actions: [review], evidence: residence, days: 14, then: [withdraw_only]},\n"
    "     derogation: {source: s, article: 1, grounds: [a]}, audience: customer,\n"
    "     keep_records_years: 5}\n"
    "  - {id: t, scope: asset, cite: [{source: s, article: 1}], explain: {en: a, fr: b},\n"
    "     assets: [btc], actions: [{set: {trade: refuse}}], audience: customer,\n"
    "     keep_records_years: 5}\n";

static struct rule_case_suite suite;

static void begin(void)
{
    static struct rule_source source;
    if (suite.failures == NULL) {
        enum fault fault = rule_read(span_of_text(pack), "p", &source);
        CHECK(fault == FAULT_NONE);
        suite.packs[0].pack = source.pack;
        (void)snprintf(suite.packs[0].path, sizeof(suite.packs[0].path), "rules/p.yaml");
        suite.failures = fopen("/dev/null", "w");
        CHECK(suite.failures != NULL);
    }
    suite.packs_count = 1;
    suite.failed = 0;
    suite.expectations = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    begin();
    enum fault fault = rule_case_read(&suite, span_of(data, size), "rules/cases/fuzz.yaml");
    CHECK(fault != FAULT_INPUT || strncmp(fault_text(), "rules/", 6) == 0);
    CHECK(suite.failed <= suite.expectations);
    return 0;
}
