#include "app/log_files.h"

#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_file.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_MS 5000L
#define WHOLE_MS   60000L
#define HTTP_OK    200
#define HTTP_NONE  404
#define PATH_BYTES 96U /* the longest: text/ and a hash */

/* ---- a folder ---- */

static enum fault folder_read(struct tlog_files *base, const char *path, u8 *target,
                              size_t bytes_max, size_t *size_out)
{
    const struct log_files *files = (const struct log_files *)base;
    char whole[FILE_PATH_BYTES];
    *size_out = 0;
    TRY(file_path(whole, files->place, path));
    return tlog_file_read(disk_real(), whole, target, bytes_max, size_out);
}

struct widths {
    struct disk_visitor visitor;
    bool *present;
};

static enum fault width_take(struct disk_visitor *visitor, const char *name)
{
    struct widths *widths = (struct widths *)visitor;
    u64 width = 0;
    if (tlog_number_read(span_of_text(name), TLOG_TILE_WIDTH - 1, &width)) {
        widths->present[width] = true;
    }
    return FAULT_NONE;
}

static enum fault folder_widths(struct tlog_partials *partials, const char *folder,
                                bool present[TLOG_TILE_WIDTH])
{
    const u8 *base = (const u8 *)partials - offsetof(struct log_files, partials);
    const struct log_files *files = (const struct log_files *)(const void *)base;
    struct widths widths = {.visitor = {.visit = width_take}, .present = present};
    char whole[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(whole, files->place, folder));
    TRY(disk_exists(disk_real(), whole, &exists));
    if (exists) {
        TRY(disk_list(disk_real(), whole, &widths.visitor));
    }
    return FAULT_NONE;
}

struct checkpoint_names {
    struct disk_visitor visitor;
    struct log_checkpoints *checkpoints;
};

static enum fault checkpoint_name(struct disk_visitor *visitor, const char *name)
{
    static const char prefix[] = "checkpoint.";
    const struct checkpoint_names *names = (const struct checkpoint_names *)visitor;
    u64 size = 0;
    if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
        !tlog_number_read(span_of_text(name + sizeof(prefix) - 1), TLOG_SIZE_MAX, &size)) {
        return FAULT_NONE;
    }
    return names->checkpoints->checkpoint(names->checkpoints, name);
}

enum fault log_files_checkpoints(struct log_files *files, struct log_checkpoints *visitor)
{
    struct checkpoint_names names = {.visitor = {.visit = checkpoint_name}, .checkpoints = visitor};
    return files->is_url ? FAULT_NONE : disk_list(disk_real(), files->place, &names.visitor);
}

/* ---- a server ---- */

struct answer {
    u8 *target;
    size_t bytes_max;
    size_t used;
    bool is_full;
};

static size_t answer_take(char *bytes, size_t one, size_t count, void *argument)
{
    struct answer *answer = argument;
    size_t size = one * count;
    if (!span_copy(span_of(bytes, size), answer->target + answer->used,
                   answer->bytes_max - answer->used)) {
        answer->is_full = true;
        return 0;
    }
    answer->used += size;
    return size;
}

static enum fault server_read(struct tlog_files *base, const char *path, u8 *target,
                              size_t bytes_max, size_t *size_out)
{
    struct log_files *files = (struct log_files *)base;
    struct answer answer = {.target = target, .bytes_max = bytes_max};
    char url[LOG_FILES_URL_BYTES + PATH_BYTES + 2];
    long status = 0;
    *size_out = 0;
    (void)snprintf(url, sizeof(url), "%s/%s", files->place, path);
    bool fine = curl_easy_setopt(files->curl, CURLOPT_URL, url) == CURLE_OK &&
                curl_easy_setopt(files->curl, CURLOPT_WRITEDATA, &answer) == CURLE_OK;
    if (!fine) {
        return FAULT(FAULT_LIMIT, "%s: no memory for a request", url);
    }
    CURLcode code = curl_easy_perform(files->curl);
    (void)curl_easy_getinfo(files->curl, CURLINFO_RESPONSE_CODE, &status);
    files->requests += 1;
    if (status == HTTP_NONE) {
        return FAULT(FAULT_MISSING, "%s: not found", url);
    }
    if (answer.is_full) {
        return FAULT(FAULT_LIMIT, "%s is longer than %zu bytes", url, bytes_max);
    }
    if (code != CURLE_OK) {
        return FAULT(code == CURLE_OPERATION_TIMEDOUT ? FAULT_TIMEOUT : FAULT_IO, "%s: %s", url,
                     curl_easy_strerror(code));
    }
    if (status != HTTP_OK) {
        return FAULT(FAULT_IO, "%s: the server answers %ld", url, status);
    }
    *size_out = answer.used;
    return FAULT_NONE;
}

static bool curl_prepare(CURL *curl)
{
    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "cambist") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, answer_take) == CURLE_OK;
}

/* ---- either ---- */

enum fault log_files_open(struct log_files *files, const char *place)
{
    size_t size = strlen(place);
    memset(files, 0, sizeof(*files));
    while (size > 1 && place[size - 1] == '/') {
        size -= 1;
    }
    if (size == 0 || size >= sizeof(files->place)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no folder and no address", place);
    }
    memcpy(files->place, place, size);
    files->partials.widths = folder_widths;
    files->is_url = strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0;
    files->files.read = files->is_url ? server_read : folder_read;
    if (!files->is_url) {
        return FAULT_NONE;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return FAULT(FAULT_LIMIT, "libcurl does not start");
    }
    files->curl = curl_easy_init();
    if (files->curl == NULL || !curl_prepare(files->curl)) {
        log_files_close(files);
        return FAULT(FAULT_LIMIT, "libcurl has no memory");
    }
    return FAULT_NONE;
}

void log_files_close(struct log_files *files)
{
    if (files->is_url) {
        curl_easy_cleanup(files->curl);
        curl_global_cleanup();
    }
    memset(files, 0, sizeof(*files));
}
