/*
 * mem: see mem.h.
 */
#include "backend/base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void (*restore_terminal)(void);

void mem_on_exhausted(void (*restore)(void))
{
	restore_terminal = restore;
}

static void *checked(void *p)
{
	static const char message[] = "virtty: out of memory\n";
	ssize_t ignored;

	if (p)
		return p;
	if (restore_terminal)
		restore_terminal();
	ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
	(void)ignored;
	abort();
}

void *mem_alloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *mem_zalloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_realloc(void *old, size_t size)
{
	return checked(realloc(old, size ? size : 1));
}

void *mem_reallocarray(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return s ? checked(strdup(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

void *mem_dup(const void *data, size_t size)
{
	void *copy = mem_alloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return checked(s);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

void *mem_grow(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) == 0)
		array = mem_reallocarray(array, count ? count * 2 : 1, size);
	memset((char *)array + count * size, 0, size);
	return array;
}

void mem_free_strv(char **strv)
{
	if (!strv)
		return;
	for (size_t i = 0; strv[i]; i++)
		free(strv[i]);
	free(strv);
}

void mem_auto_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}
