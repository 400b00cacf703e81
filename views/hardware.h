/*
 * hardware: a guest's devices as a tree of short lines, read off its XML.
 */
#ifndef VIEWS_HARDWARE_H
#define VIEWS_HARDWARE_H

/* depth is 1 for the machine's own parts, 2 for what hangs on a controller. */
typedef void hardware_fn(int depth, const char *label, const char *text, void *arg);

void hardware_tell(const char *xml, hardware_fn *fn, void *arg);

#endif
