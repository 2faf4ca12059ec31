/* An image from outside, its frame good: a new history takes it or refuses it, and after a refusal
 * nothing of it is there. What it took can be asked for, and the answers are such as can be sent.
 */
#include "base/span.h"
#include "io/eventlog.h"
#include "role/history/image.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_history.h"

enum { ACCOUNTS = 4, MARKETS = 2, POSITION = 77 };

#define FOLDER "/events"

static const u8 venue[STORE_VENUE_BYTES] = {1};

static void image_write(struct disk *disk, struct span content)
{
    struct eventlog_image image;
    struct eventlog_point point = {.position = POSITION, .seq = 5};
    CHECK(disk_make_folder(disk, FOLDER) == FAULT_NONE);
    CHECK(eventlog_image_create(&image, disk, FOLDER, venue, point) == FAULT_NONE);
    CHECK(eventlog_image_add(&image, content) == FAULT_NONE);
    CHECK(eventlog_image_finish(&image) == FAULT_NONE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    struct store *store = NULL;
    struct store_point point;
    image_write(disk_false_disk(disk), span_of(data, size));
    CHECK(store_open(&store, ":memory:", SQL_WRITE, venue) == FAULT_NONE);
    enum fault fault = image_apply(store, disk_false_disk(disk), FOLDER);
    CHECK(store_point(store, &point) == FAULT_NONE);
    CHECK(point.position == (fault == FAULT_NONE ? POSITION : 0));
    CHECK(point.began_position == point.position);
    for (u32 account = 0; account < ACCOUNTS; account += 1) {
        for (u16 market = 0; market < MARKETS; market += 1) {
            fuzz_history_ask(store, account, market);
        }
    }
    store_close(store);
    disk_false_close(disk);
    return 0;
}
