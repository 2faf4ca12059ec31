/* The general way of every command: trigger steps left over, the command itself, trigger steps. */
#ifndef CORE_DISPATCH_H
#define CORE_DISPATCH_H

#include "core/state.h"

/* Applies a command whose sequence number has been taken and whose time has been told. */
void dispatch(struct core *core, const struct command_head *command);

#endif /* CORE_DISPATCH_H */
