/*
 * buf: a growing run of bytes that always ends in NUL.
 *
 * `struct buf b = BUF_INIT;` ... buf_done(&b).  buf.data is never NULL after
 * the first add, and buf_text() is never NULL at all.  Bytes may include NUL;
 * buf.len counts.
 */
#ifndef BACKEND_BASE_BUF_H
#define BACKEND_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

#define BUF_INIT { NULL, 0, 0 }
#define AUTO_BUF __attribute__((cleanup(buf_done)))

void buf_done(struct buf *b);
void buf_clear(struct buf *b);			/* keeps the memory */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_repeat(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Drop the first n bytes. */
void buf_drop(struct buf *b, size_t n);
/* Room for n more bytes; returns where they go, buf.len unchanged. */
char *buf_reserve(struct buf *b, size_t n);
/* Borrowed; "" when empty. */
const char *buf_text(const struct buf *b);
/* The caller owns the string; the buf is empty afterwards. Never NULL. */
char *buf_steal(struct buf *b);

#endif
