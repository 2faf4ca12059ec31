/* The value of one option of the configuration, from its text. */
#ifndef APP_CONFIG_VALUE_H
#define APP_CONFIG_VALUE_H

#include "app/config.h"

#define CONFIG_REASON_BYTES 160U

/* False with a reason; is_plain: written without quotes. */
MUST_USE bool config_value_read(const struct config_option *option, const char *text, size_t length,
                                bool is_plain, struct config_value *value_out,
                                char reason_out[CONFIG_REASON_BYTES]);

#endif /* APP_CONFIG_VALUE_H */
