/* Names in any bytes: taken apart within their bounds, the same each time, one with themselves. */
#include "base/check.h"
#include "base/span.h"
#include "role/screen/score.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct name_analyser *analyser;
    if (analyser == NULL) {
        CHECK(name_analyser_open(&analyser) == FAULT_NONE);
    }
    size_t half = size / 2;
    struct name names[2];
    for (u32 kind = 0; kind < 4; kind += 1) {
        bool first = name_analyse(analyser, span_of(data, half), (enum name_kind)kind, &names[0]);
        bool second = name_analyse(analyser, span_of(data + half, size - half),
                                   (enum name_kind)kind, &names[1]);
        CHECK(first == (names[0].tokens_count > 0));
        if (first && second) {
            struct score_parts parts;
            u32 score = score_names(&names[0], &names[1], 0, &parts);
            CHECK(score == score_names(&names[1], &names[0], 0, NULL));
            CHECK(score_names(&names[0], &names[0], 0, NULL) == SCORE_ONE);
            i64 sum = 0;
            for (u32 i = 0; i < parts.count; i += 1) {
                sum += parts.parts[i].millionths;
            }
            CHECK(sum == score);
        }
    }
    return 0;
}
