/*
 * error: what went wrong, told once, growing on its way up.
 *
 * A function that can fail takes `struct error **err` last and also shows the
 * failure in its return value; control flow looks at that value, never inside
 * err.  The leaf that fails sets the message (error_set); every caller on the
 * way up prepends only what it alone knows (error_prepend); whoever shows the
 * message frees it (error_free).  err may be NULL where nobody wants to know.
 *
 *     start domain 'web': spawn /usr/bin/qemu-system-x86_64: Permission denied
 *
 * Messages: lower case, no full stop, the operation first, names in 'quotes',
 * and what to do about it where that is known (error_hint).
 */
#ifndef BACKEND_BASE_ERROR_H
#define BACKEND_BASE_ERROR_H

#include <stdarg.h>

struct error;

/* Set *err, which must be NULL before: the first message wins nothing, a
 * second set on the same err is a bug and aborts. */
void error_set(struct error **err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, with ": " and strerror(errnum) behind. */
void error_set_errno(struct error **err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "fmt: " before the message.  Nothing happens without err or *err. */
void error_prepend(struct error **err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What the user can do about it; shown on a line of its own, "  → hint".
 * Later hints are appended as further lines. */
void error_hint(struct error **err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Hand the error *from over to *to (which may be NULL: then it is freed). */
void error_move(struct error **to, struct error **from);

/* Borrowed until the error is changed or freed; never NULL. */
const char *error_message(const struct error *err);

/* Borrowed; NULL where there is no hint. Lines are separated by '\n'. */
const char *error_hint_text(const struct error *err);

/* NULL is fine. */
void error_free(struct error *err);

#endif
