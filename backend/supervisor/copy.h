/*
 * copy: a file that a guest gets as its own, such as its UEFI variables.
 */
#ifndef BACKEND_SUPERVISOR_COPY_H
#define BACKEND_SUPERVISOR_COPY_H

#include <stdbool.h>

#include "backend/base/error.h"

/* Unless there is something at to already: copy from there (0600, whole and on
 * the disk before it appears; missing directories are made). */
bool copy_if_missing(const char *from, const char *to, struct error **err);

#endif
