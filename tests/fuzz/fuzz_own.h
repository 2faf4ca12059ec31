/* Registers of ownership from any bytes: every record is counted, and what was taken can be sealed.
 */
#ifndef TESTS_FUZZ_FUZZ_OWN_H
#define TESTS_FUZZ_FUZZ_OWN_H

#include "base/check.h"
#include "role/screen/own_read.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_own_counts(const struct own_report *report)
{
    u64 records = report->described + report->linked + report->repeated + report->passed;
    u64 interests = report->interests_taken;
    for (u32 i = 0; i < OWN_REFUSALS; i += 1) {
        records += report->refused[i];
        interests += report->interests_refused[i];
    }
    CHECK(report->records == records);
    CHECK(report->interests == interests);
}

static inline void fuzz_own(const u8 *data, size_t size)
{
    struct own_build *build = NULL;
    struct own_reader *reader = NULL;
    struct own_graph *graph = NULL;
    struct own_report report;
    CHECK(own_build_open(&build) == FAULT_NONE);
    CHECK(own_reader_open(&reader, build, &report) == FAULT_NONE);
    enum fault fault = own_reader_bytes(reader, "fuzz", (struct span){.data = data, .size = size});
    CHECK(fault == FAULT_NONE || fault == FAULT_INPUT);
    if (fault == FAULT_NONE) {
        fuzz_own_counts(&report);
        CHECK(own_reader_end(reader) == FAULT_NONE);
        CHECK(own_build_edges_count(build) == report.edges);
        CHECK(own_graph_seal(build, &graph) == FAULT_NONE);
    }
    fault_forget();
    own_graph_close(graph);
    own_reader_close(reader);
    own_build_close(build);
}

#endif /* TESTS_FUZZ_FUZZ_OWN_H */
