/* Feeds each file of the given folders to a fuzzer once. Builds without libFuzzer use it to replay
 * the corpus, so that every input ever found is tried with every compiler and sanitizer. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES_MAX = 4096, INPUT_BYTES_MAX = 1 << 24 };

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    /* The exact size on the heap, so that a sanitizer sees one byte read too many. */
    u8 *whole = malloc(INPUT_BYTES_MAX);
    size_t size = whole == NULL ? 0 : fread(whole, 1, INPUT_BYTES_MAX, file);
    bool complete = whole != NULL && size < INPUT_BYTES_MAX && ferror(file) == 0;
    (void)fclose(file);
    u8 *exact = complete ? malloc(size == 0 ? 1 : size) : NULL;
    if (exact == NULL) {
        (void)fprintf(stderr, "%s: cannot be read whole\n", path);
        free(whole);
        return false;
    }
    memcpy(exact, whole, size);
    free(whole);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return true;
}

static bool replay_folder(const char *folder, u64 *count)
{
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        (void)fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return false;
    }
    bool good = true;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[PATH_BYTES_MAX];
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || length < 0 || (size_t)length >= sizeof(path)) {
            continue;
        }
        good = replay_file(path) && good;
        *count += 1;
    }
    (void)closedir(directory);
    return good;
}

int main(int argc, char **argv)
{
    u64 count = 0;
    bool good = true;
    for (int index = 1; index < argc; index += 1) {
        good = replay_folder(argv[index], &count) && good;
    }
    (void)printf("%llu inputs replayed\n", (unsigned long long)count);
    return good && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
