/*
 * sanitize: the one gate between text from outside and a terminal.
 *
 * Names, logs, guest agent answers, desktop names, QEMU's stderr, file
 * contents: everything that virtty did not write itself passes here before it
 * reaches any terminal, in the interface and on the command line.  What comes
 * out is valid UTF-8 without control characters (C0, DEL, C1), without
 * bidirectional overrides and isolates, line or paragraph separators,
 * zero-width and other invisible format characters; each of those, and each
 * byte that is not UTF-8, is shown as an escape: \n \t \e \xHH \u{HHHH}.
 */
#ifndef BACKEND_BASE_SANITIZE_H
#define BACKEND_BASE_SANITIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/base/buf.h"

/* Append the clean form of len bytes to out. */
void sanitize_add(struct buf *out, const char *text, size_t len);

/* The same, but line feeds and tabs pass: for documents and logs that are
 * shown as lines. */
void sanitize_add_lines(struct buf *out, const char *text, size_t len);

/* The caller frees. */
char *sanitize(const char *text);

/* Decode one character: returns its length in bytes (1 to 4) and sets *code,
 * or 0 for a byte that starts no valid UTF-8 (overlong forms, surrogates and
 * values past U+10FFFF included). */
size_t sanitize_decode(const char *text, size_t len, unsigned *code);

/* Whether a code point may reach a terminal as it is. */
bool sanitize_printable(unsigned code);

#endif
