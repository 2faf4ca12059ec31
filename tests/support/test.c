#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static u64 number_from_environment(const char *name, u64 otherwise)
{
    const char *text = getenv(name);
    if (text == NULL || text[0] < '0' || text[0] > '9') {
        return otherwise;
    }
    return strtoull(text, NULL, 10);
}

u64 test_seed(void)
{
    return number_from_environment("CAMBIST_SEED_BASE", 1);
}

u64 test_rounds(u64 full_count)
{
    u64 percent = number_from_environment("CAMBIST_TEST_PERCENT", 100);
    u64 rounds = full_count / 100 * percent + full_count % 100 * percent / 100;
    return u64_max(1, rounds);
}

const char *test_data_folder(void)
{
    const char *folder = getenv("CAMBIST_DATA");
    if (folder == NULL || folder[0] == '\0') {
        folder = "../shared/data";
    }
    struct stat status;
    return stat(folder, &status) == 0 && S_ISDIR(status.st_mode) ? folder : NULL;
}

bool test_is_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload != NULL && strstr(preload, "valgrind") != NULL;
}
