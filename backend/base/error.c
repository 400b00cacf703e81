/*
 * error: see error.h.  A message and, apart from it, what to do.
 */
#include "backend/base/error.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

struct error {
	char *message;
	char *hint;
};

static void set(struct error **err, char *message)
{
	if (!err) {
		free(message);
		return;
	}
	if (*err)
		abort();
	*err = mem_zalloc(sizeof(**err));
	(*err)->message = message;
}

void error_set(struct error **err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, mem_vprintf(fmt, ap));
	va_end(ap);
}

void error_set_errno(struct error **err, int errnum, const char *fmt, ...)
{
	va_list ap;
	char *what;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	set(err, mem_printf("%s: %s", what, strerror(errnum)));
	free(what);
}

void error_prepend(struct error **err, const char *fmt, ...)
{
	va_list ap;
	char *what, *old;

	if (!err || !*err)
		return;
	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	old = (*err)->message;
	(*err)->message = mem_printf("%s: %s", what, old);
	free(what);
	free(old);
}

void error_hint(struct error **err, const char *fmt, ...)
{
	va_list ap;
	char *hint, *old;

	if (!err || !*err)
		return;
	va_start(ap, fmt);
	hint = mem_vprintf(fmt, ap);
	va_end(ap);
	old = (*err)->hint;
	if (old) {
		(*err)->hint = mem_printf("%s\n%s", old, hint);
		free(old);
		free(hint);
	} else {
		(*err)->hint = hint;
	}
}

void error_move(struct error **to, struct error **from)
{
	if (!from || !*from)
		return;
	if (!to) {
		error_free(*from);
	} else {
		if (*to)
			abort();
		*to = *from;
	}
	*from = NULL;
}

const char *error_message(const struct error *err)
{
	return err ? err->message : "no error";
}

const char *error_hint_text(const struct error *err)
{
	return err ? err->hint : NULL;
}

void error_free(struct error *err)
{
	if (!err)
		return;
	free(err->message);
	free(err->hint);
	free(err);
}
