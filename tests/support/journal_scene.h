/* A small journal with known offsets on the false disk, for tests that change it byte by byte.
 *
 * Every record has 32 bytes, so the batches of a segment stand at
 *
 *      4096  A: 100 records, one block
 *      8192  B: 200 records, two blocks
 *     16384  C: 100 records, one block
 *     20480  the seal, if any; then zeros up to 32768 */
#ifndef TESTS_SUPPORT_JOURNAL_SCENE_H
#define TESTS_SUPPORT_JOURNAL_SCENE_H

#include "tests/support/journal_world.h"
#include "tests/support/test.h"

#define SCENE_FIRST  "journal/00000000000000000001.journal"
#define SCENE_SECOND "journal/00000000000000000401.journal"
#define SCENE_THIRD  "journal/00000000000000000801.journal"

enum {
    SCENE_BLOCK = 4096,
    SCENE_SEGMENT_BYTES = 8 * SCENE_BLOCK,
    SCENE_A = 1 * SCENE_BLOCK,
    SCENE_B = 2 * SCENE_BLOCK,
    SCENE_C = 4 * SCENE_BLOCK,
    SCENE_SEAL = 5 * SCENE_BLOCK,
    SCENE_END = 6 * SCENE_BLOCK,
};

struct scene {
    struct disk_false *disk;
    struct journal_world world;
    struct sha256 sha256;
    u8 bytes[16 * SCENE_BLOCK]; /* of the file last taken */
    size_t size;
};

/* cmocka's setup and teardown. */
int scene_open(void **state);
int scene_close(void **state);

void assert_ok(enum fault fault);
void assert_fault(enum fault fault, enum fault expected, const char *text);

/* A, B, C and perhaps a seal, in one segment. */
void scene_write(struct scene *scene, bool sealed);
/* A, B, C in each of three segments, from 1, 401 and 801; without a seal, two blocks free. */
void scene_write_three(struct scene *scene);

/* Reads what may be less than was reported durable, because the test made it so. */
enum fault scene_read(struct scene *scene);
/* As scene_read, and it must be FAULT_ROT with this text. */
void scene_rots(struct scene *scene, const char *text);
/* The end of the last reading, in which every record was right. */
const struct journal_end *scene_end(struct scene *scene);

/* Copies a file to `bytes`, where it can be changed and put back. */
void scene_take(struct scene *scene, const char *path);
void scene_put(struct scene *scene, const char *path);
void scene_zero(struct scene *scene, const char *path, size_t from, size_t to);
void scene_flip(struct scene *scene, const char *path, u64 offset);

#endif /* TESTS_SUPPORT_JOURNAL_SCENE_H */
