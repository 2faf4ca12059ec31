/* A hub of market streams with listeners that take each frame apart as a client would: what it
 * says, and whether it has the form that the listener asked for. */
#ifndef TESTS_SUPPORT_STREAM_EAR_H
#define TESTS_SUPPORT_STREAM_EAR_H

#include "role/gateway/stream.h"

enum {
    EAR_TEXT_BYTES = 1 << 20,
};

struct ear_client {
    struct stream_client client; /* first: it is cast back */
    /* What came, as text with a NUL, without the wrapping of combined streams. May be NULL. */
    void (*heard)(struct ear_client *client, const char *stream, const char *data);
    void *user;
    u32 count;
    u32 lost;
    const struct net_buffer *frame; /* the last one; it may be gone */
    char *log;                      /* all that came, a line each; NULL: not kept */
    size_t log_used;
};

struct stream_ear {
    struct stream_sink sink; /* first */
    struct net_pool pool;
    struct frame_codec *codec;
    struct stream_hub *hub;
    struct arena arena;
    void *memory;
};

/* pool_bytes: of the memory for frames. */
void ear_open(struct stream_ear *ear, const struct stream_config *config, u64 pool_bytes);
void ear_close(struct stream_ear *ear);

/* Subscribes to one stream by name. */
void ear_listen(struct stream_ear *ear, struct ear_client *client, const char *name);

/* The log so far, which is then empty. */
const char *ear_said(struct ear_client *client);
void ear_log_open(struct ear_client *client);
void ear_log_close(struct ear_client *client);

#endif /* TESTS_SUPPORT_STREAM_EAR_H */
