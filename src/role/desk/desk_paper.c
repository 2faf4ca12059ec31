#include "role/desk/desk_paper.h"

#include "base/bytes.h"
#include "base/check.h"

#include <string.h>

#define PART "coming" /* the name of what is being taken */

static const char first_line[] = "age-encryption.org/v1\n";

static enum fault path_of(const struct desk_papers *papers, const u8 hash[SHA256_BYTES],
                          char path_out[FILE_PATH_BYTES])
{
    char name[2 * SHA256_BYTES + sizeof(DESK_PAPER_ENDING)];
    (void)bytes_to_hex(hash, SHA256_BYTES, name);
    memcpy(name + 2 * (size_t)SHA256_BYTES, DESK_PAPER_ENDING, sizeof(DESK_PAPER_ENDING));
    return file_path(path_out, papers->folder, name);
}

static enum fault exists(const struct desk_papers *papers, const u8 hash[SHA256_BYTES],
                         bool *exists_out)
{
    char path[FILE_PATH_BYTES];
    TRY(path_of(papers, hash, path));
    return disk_exists(papers->disk, path, exists_out);
}

/* Nothing of what was being taken is left. */
static enum fault drop(struct desk_papers *papers)
{
    char part[FILE_PATH_BYTES];
    bool is_there = false;
    if (papers->file.disk != NULL) {
        file_close(&papers->file);
    }
    papers->file = (struct file){.disk = NULL};
    TRY(file_path(part, papers->folder, PART));
    TRY(disk_exists(papers->disk, part, &is_there));
    return is_there ? disk_unlink(papers->disk, part) : FAULT_NONE;
}

struct counting {
    struct disk_visitor visitor; /* first: it is cast back */
    u32 count;
};

static enum fault count_name(struct disk_visitor *visitor, const char *name)
{
    struct counting *counting = (struct counting *)(void *)visitor;
    counting->count += strstr(name, DESK_PAPER_ENDING) != NULL ? 1 : 0;
    return FAULT_NONE;
}

enum fault desk_papers_open(struct desk_papers *papers, struct disk *disk, const char *folder)
{
    struct counting counting = {.visitor = {.visit = count_name}};
    memset(papers, 0, sizeof(*papers));
    papers->disk = disk;
    TRY(sha256_open(&papers->sha256));
    TRY(file_path(papers->folder, folder, DESK_PAPERS));
    TRY(disk_make_folder(disk, papers->folder));
    TRY(disk_list(disk, papers->folder, &counting.visitor));
    papers->count = counting.count;
    return drop(papers);
}

void desk_papers_close(struct desk_papers *papers)
{
    if (papers->file.disk != NULL) {
        file_close(&papers->file);
    }
    sha256_close(&papers->sha256);
    memset(papers, 0, sizeof(*papers));
}

/* ---- taking one ---- */

static enum fault begin(struct desk_papers *papers, const u8 hash[SHA256_BYTES], u64 total,
                        struct span bytes)
{
    char part[FILE_PATH_BYTES];
    struct span head = span_piece(bytes, 0, sizeof(first_line) - 1);
    if (!span_equal(head, span_of_text(first_line))) {
        return FAULT(FAULT_REFUSED, "a paper is a file of age, sealed before it comes");
    }
    if (total > DESK_PAPER_BYTES_MAX) {
        return FAULT(FAULT_REFUSED, "a paper has %u bytes at most", DESK_PAPER_BYTES_MAX);
    }
    if (papers->count >= DESK_PAPERS_MAX) {
        return FAULT(FAULT_REFUSED, "the desk has room for %u papers", DESK_PAPERS_MAX);
    }
    TRY(drop(papers));
    TRY(file_path(part, papers->folder, PART));
    TRY(file_open(papers->disk, part, FILE_WRITE | FILE_CREATE | FILE_SECRET, &papers->file));
    memcpy(papers->hash, hash, sizeof(papers->hash));
    papers->at = 0;
    papers->total = total;
    sha256_begin(&papers->sha256);
    return FAULT_NONE;
}

static enum fault finish(struct desk_papers *papers)
{
    char part[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    u8 hash[SHA256_BYTES];
    sha256_end(&papers->sha256, hash);
    if (memcmp(hash, papers->hash, sizeof(hash)) != 0) {
        TRY(drop(papers));
        return FAULT(FAULT_REFUSED, "the paper has another hash");
    }
    TRY(file_sync(&papers->file));
    file_close(&papers->file);
    papers->file = (struct file){.disk = NULL};
    TRY(file_path(part, papers->folder, PART));
    TRY(path_of(papers, papers->hash, path));
    TRY(disk_rename(papers->disk, part, path));
    TRY(disk_sync_folder(papers->disk, papers->folder));
    papers->count += 1;
    return FAULT_NONE;
}

enum fault desk_papers_put(struct desk_papers *papers, const u8 hash[SHA256_BYTES], u64 offset,
                           u64 total, struct span bytes, u64 *at_out)
{
    bool is_there = false;
    TRY(exists(papers, hash, &is_there));
    *at_out = total;
    if (is_there) {
        return FAULT_NONE;
    }
    if (bytes.size == 0 || offset > total || bytes.size > total - offset) {
        return FAULT(FAULT_REFUSED, "not a piece of that paper");
    }
    if (offset == 0) {
        TRY(begin(papers, hash, total, bytes));
    }
    if (papers->file.disk == NULL || papers->at != offset || papers->total != total ||
        memcmp(papers->hash, hash, sizeof(papers->hash)) != 0) {
        return FAULT(FAULT_REFUSED, "not the next piece: to be begun anew");
    }
    TRY(file_write_at(&papers->file, offset, bytes.data, bytes.size));
    sha256_add(&papers->sha256, bytes);
    papers->at += bytes.size;
    *at_out = papers->at;
    return papers->at == total ? finish(papers) : FAULT_NONE;
}

enum fault desk_papers_get(struct desk_papers *papers, const u8 hash[SHA256_BYTES], u64 offset,
                           u8 target[DESK_PAPER_PIECE_READ], size_t *size_out, u64 *total_out)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    bool is_there = false;
    TRY(path_of(papers, hash, path));
    TRY(disk_exists(papers->disk, path, &is_there));
    if (!is_there) {
        return FAULT(FAULT_MISSING, "there is no such paper");
    }
    TRY(file_open(papers->disk, path, 0, &file));
    TRY(file_size(&file, total_out));
    return file_read_at(&file, offset, target, DESK_PAPER_PIECE_READ, size_out);
}
