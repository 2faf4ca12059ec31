/* Prints docs/api-coverage.md from the table of endpoints (tools/generate_coverage.py). */
#include "role/gateway/endpoint.h"

#include <stdio.h>

int main(void)
{
    char line[512];
    for (u32 number = 0; endpoint_coverage_line(number, line, sizeof(line)); number += 1) {
        if (puts(line) < 0) {
            return 1;
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
