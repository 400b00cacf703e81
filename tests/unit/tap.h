/*
 * tap: the few words a unit test needs; prints TAP.
 *
 *     int main(void)
 *     {
 *             ok(1 + 1 == 2, "sums");
 *             is_str(sanitize("a\nb"), "a\\nb", "line feed is shown");
 *             return tap_done();
 *     }
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Times are measured without sanitizers; with them, everything takes longer. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAP_PATIENCE 10
#endif
#endif
#ifndef TAP_PATIENCE
#define TAP_PATIENCE 1
#endif

static int tap_count, tap_failed;

__attribute__((unused, format(printf, 4, 5)))
static bool tap_result(bool good, const char *file, int line, const char *fmt, ...)
{
	__builtin_va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	__builtin_va_start(ap, fmt);
	vprintf(fmt, ap);
	__builtin_va_end(ap);
	printf("\n");
	if (!good) {
		tap_failed++;
		printf("#   failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

__attribute__((unused))
static bool tap_str(const char *got, const char *want, const char *name, const char *file, int line)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	tap_result(same, file, line, "%s", name);
	if (!same)
		printf("#   got:  %s\n#   want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

__attribute__((unused))
static bool tap_int(long long got, long long want, const char *name, const char *file, int line)
{
	tap_result(got == want, file, line, "%s", name);
	if (got != want)
		printf("#   got:  %lld\n#   want: %lld\n", got, want);
	return got == want;
}

#define ok(cond, ...) tap_result((cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, name) tap_str((got), (want), (name), __FILE__, __LINE__)
#define is_int(got, want, name) tap_int((long long)(got), (long long)(want), (name), __FILE__, __LINE__)

__attribute__((unused))
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

/* A private directory, removed by nobody: pass it to file_remove_tree(). */
__attribute__((unused))
static char *tap_directory(void)
{
	const char *base = getenv("TMPDIR");
	static char path[4096];

	snprintf(path, sizeof(path), "%s/virtty-unit-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(path))
		abort();
	return path;
}

#endif
