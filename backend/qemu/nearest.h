/*
 * nearest: order names by likeness to what somebody wrote.
 */
#ifndef BACKEND_QEMU_NEAREST_H
#define BACKEND_QEMU_NEAREST_H

#include <stddef.h>

/* Edit distance in bytes; words over 64 bytes count by their start. */
unsigned nearest_distance(const char *a, const char *b);

/* The likest first; equal ones keep their order. */
void nearest_sort(const char *word, const char **names, size_t n);

#endif
