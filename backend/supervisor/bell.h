/*
 * bell: whether a console rings, which not every BEL byte means: one that ends
 * an operating system command (a window title, say) is silent.
 */
#ifndef BACKEND_SUPERVISOR_BELL_H
#define BACKEND_SUPERVISOR_BELL_H

#include <stdbool.h>
#include <stddef.h>

enum bell_state { BELL_TEXT, BELL_ESCAPE, BELL_STRING, BELL_STRING_ESCAPE };

/* The state is kept from one piece of output to the next. */
bool bell_rings(enum bell_state *state, const void *data, size_t len);

#endif
