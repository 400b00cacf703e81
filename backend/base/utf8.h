/*
 * utf8: code points to bytes; backend/base/sanitize.h has the way back.
 */
#ifndef BACKEND_BASE_UTF8_H
#define BACKEND_BASE_UTF8_H

#include <stddef.h>

#include "backend/base/buf.h"

/* What is no character (a surrogate, past U+10FFFF) becomes U+FFFD. */
void utf8_add(struct buf *out, unsigned code);
/* Writes at most 4 bytes, no NUL; returns how many. */
size_t utf8_encode(unsigned code, char out[4]);

#endif
