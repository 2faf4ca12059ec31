/* What the public log's store costs: entries a second, durable and signed, by the size of a batch.
 *
 *     log_bench [--entries N] [--batch N] [--bytes N] FOLDER
 *
 *     --entries N  in all, 200,000 if not said
 *     --batch N    entries under one signed checkpoint, 8,192 if not said
 *     --bytes N    of an entry, 512 if not said
 *
 * FOLDER must not exist; it is left behind, with its checkpoint published, to be verified. */
#include "base/span.h"
#include "io/clock.h"
#include "role/vault/tlog_file.h"
#include "role/vault/tlog_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000ULL

struct bench {
    u64 entries;
    u64 batch;
    u64 bytes;
    const char *folder;
};

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        (void)fprintf(stderr, "log_bench: %s\n", fault_text());
        exit(fault_exit_code(fault));
    }
}

static struct bench read_words(int count, char **words)
{
    struct bench bench = {.entries = 200000, .batch = 8192, .bytes = 512};
    for (int i = 1; i < count; i += 1) {
        u64 *number = strcmp(words[i], "--entries") == 0 ? &bench.entries
                      : strcmp(words[i], "--batch") == 0 ? &bench.batch
                      : strcmp(words[i], "--bytes") == 0 ? &bench.bytes
                                                         : NULL;
        if (number == NULL) {
            bench.folder = words[i];
        } else if (i + 1 < count) {
            i += 1;
            *number = strtoull(words[i], NULL, 10);
        }
    }
    if (bench.folder == NULL || bench.entries == 0 || bench.batch == 0 || bench.bytes < 8 ||
        bench.bytes > TLOG_ENTRY_BYTES_MAX) {
        (void)fprintf(stderr, "log_bench [--entries N] [--batch N] [--bytes N] FOLDER\n");
        exit(2);
    }
    return bench;
}

/* Opens a new log; its key stays in the folder above as FOLDER.key. */
static struct tlog_store *log_open(const struct bench *bench)
{
    struct tlog_store *store = NULL;
    struct tlog_key key;
    static struct tlog_secret secret; /* the store signs with it */
    char path[FILE_PATH_BYTES];
    char vkey[TLOG_VKEY_BYTES];
    (void)snprintf(path, sizeof(path), "%s.key", bench->folder);
    must(
        tlog_secret_make(disk_real(), path, span_of_text("bench.invalid/log"), TLOG_KEY_LOG, &key));
    must(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret));
    struct tlog_store_options options = {.disk = disk_real(),
                                         .folder = bench->folder,
                                         .key = key,
                                         .private_pem = span_of(secret.pem, secret.pem_bytes),
                                         .entry_bytes_max = (u32)bench->bytes};
    must(tlog_store_open(&store, &options));
    tlog_key_text(&key, vkey);
    (void)printf("log %s\n", vkey);
    return store;
}

int main(int count, char **words)
{
    static u8 entry[TLOG_ENTRY_BYTES_MAX];
    struct bench bench = read_words(count, words);
    struct tlog_store *store = log_open(&bench);
    u64 begin = clock_mono_ns(clock_real());
    u64 commits = 0;
    for (u64 index = 0; index < bench.entries; index += 1) {
        u64 place = 0;
        memcpy(entry, &index, sizeof(index));
        must(tlog_store_add(store, span_of(entry, (size_t)bench.bytes), &place));
        if ((index + 1) % bench.batch == 0 || index + 1 == bench.entries) {
            must(tlog_store_commit(store));
            commits += 1;
        }
    }
    u64 took = clock_mono_ns(clock_real()) - begin;
    must(tlog_store_publish(store, tlog_store_signed_note(store)));
    tlog_store_close(store);
    (void)printf("%llu entries of %llu bytes, %llu signed checkpoints, %llu ms: %llu entries/s\n",
                 (unsigned long long)bench.entries, (unsigned long long)bench.bytes,
                 (unsigned long long)commits, (unsigned long long)(took / 1000000),
                 (unsigned long long)((u128)bench.entries * SECOND_NS / (took + 1)));
    return 0;
}
