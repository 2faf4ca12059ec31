/* The files of a public log where they are: in a folder, or on a server that hands them out. The
 * readers of role/vault ask for them by their path under the log's prefix.
 *
 * A server is asked by GET, one file after the other over one connection; 404 means that a file is
 * not there, every other answer but 200 is a fault. Redirections are not followed. */
#ifndef APP_LOG_FILES_H
#define APP_LOG_FILES_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_check.h"

#define LOG_FILES_URL_BYTES 512U

struct log_files {
    struct tlog_files files;
    struct tlog_partials partials; /* of a folder only */
    bool is_url;
    char place[LOG_FILES_URL_BYTES]; /* without a slash at the end */
    void *curl;
    u64 requests;
};

/* `place`: a folder, or an address that begins with http:// or https://. */
MUST_USE enum fault log_files_open(struct log_files *files, const char *place);
void log_files_close(struct log_files *files);

/* Calls for every file checkpoint.<size> of a folder, in no order; a server is not asked. */
struct log_checkpoints {
    enum fault (*checkpoint)(struct log_checkpoints *visitor, const char *name);
};
MUST_USE enum fault log_files_checkpoints(struct log_files *files, struct log_checkpoints *visitor);

#endif /* APP_LOG_FILES_H */
