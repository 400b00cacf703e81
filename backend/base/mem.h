/*
 * mem: allocation that cannot fail, and locals that clean up after themselves.
 *
 * When memory runs out the program ends: guests outlive it, so nothing is lost
 * by that.  The interface registers mem_on_exhausted() to restore the terminal
 * first.  Everything returned here is released with free().
 */
#ifndef BACKEND_BASE_MEM_H
#define BACKEND_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *old, size_t size);
/* n * size, refusing overflow. */
void *mem_reallocarray(void *old, size_t n, size_t size);
char *mem_strdup(const char *s);		/* NULL in, NULL out */
char *mem_strndup(const char *s, size_t n);
void *mem_dup(const void *data, size_t size);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* Called once before the program aborts for want of memory. */
void mem_on_exhausted(void (*restore)(void));

/*
 * Grow an array by one element and return a pointer to it (zeroed):
 *     struct thing *t = MEM_PUSH(set->things, set->n_things);
 * The capacity is the next power of two, so none has to be stored.
 */
#define MEM_PUSH(array, count) \
	((array) = mem_grow((array), (count), sizeof(*(array))), \
	 &(array)[(count)++])
void *mem_grow(void *array, size_t count, size_t size);

/* Free a string array that ends in NULL; NULL is fine. */
void mem_free_strv(char **strv);

/* For locals: `AUTO_FREE char *path = ...` is freed when it leaves scope. */
static inline void mem_auto_free(void *p)
{
	free(*(void **)p);
}
void mem_auto_close(int *fd);
#define AUTO_FREE __attribute__((cleanup(mem_auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(mem_auto_close)))

/* Hand an AUTO_FREE pointer or AUTO_CLOSE fd to its new owner. */
#define MEM_STEAL(p) \
	(__extension__({ __typeof__(p) stolen_ = (p); (p) = NULL; stolen_; }))
static inline int mem_steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
