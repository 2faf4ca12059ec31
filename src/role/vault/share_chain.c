#include "role/vault/share_chain.h"

#include "base/span.h"

#include <stdio.h>
#include <string.h>

/* Where the next transcript begins behind the first line, or the end. */
static size_t transcript_end(struct span text)
{
    static const char first[] = "\ncambist ceremony 1\n";
    const u8 *next = text.size == 0 ? NULL : memmem(text.data, text.size, first, sizeof(first) - 1);
    return next == NULL ? text.size : (size_t)(next - text.data) + 1;
}

static enum fault transcript_take(struct span text, const char *name, struct share_chain *chain)
{
    static _Thread_local struct share_transcript transcript;
    static _Thread_local struct share_group group;
    TRY(share_transcript_read(text, name, &transcript));
    enum fault fault = share_transcript_check(&transcript, chain->count == 0 ? NULL : &chain->group,
                                              chain->hash, &group);
    if (fault == FAULT_INPUT) {
        char why[FAULT_TEXT_BYTES];
        (void)snprintf(why, sizeof(why), "%s", fault_text());
        return FAULT(FAULT_INPUT, "%s: %s", name, why);
    }
    TRY(fault);
    chain->group = group;
    share_transcript_hash(&transcript, chain->hash);
    chain->count += 1;
    return FAULT_NONE;
}

enum fault share_chain_read(struct span text, const char *name, struct share_chain *chain_out)
{
    memset(chain_out, 0, sizeof(*chain_out));
    for (size_t at = 0; at < text.size || chain_out->count == 0;) {
        struct span rest = span_after(text, at);
        size_t end = transcript_end(rest);
        enum fault fault = transcript_take(span_of(rest.data, end), name, chain_out);
        if (fault != FAULT_NONE) {
            chain_out->count = 0;
            return fault;
        }
        at += end;
    }
    return FAULT_NONE;
}
