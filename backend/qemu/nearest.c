/*
 * nearest: see nearest.h.
 */
#include "backend/qemu/nearest.h"

#include <string.h>

#define LONGEST 64

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance with one row of the matrix. */
unsigned nearest_distance(const char *a, const char *b)
{
	size_t n = strnlen(a, LONGEST), m = strnlen(b, LONGEST);
	unsigned row[LONGEST + 1];

	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned up = row[j];

			row[j] = least(up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = up;
		}
	}
	return row[m];
}

/* Insertion sort: stable, and lists here have some hundred names. */
void nearest_sort(const char *word, const char **names, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *name = names[i];
		unsigned distance = nearest_distance(word, name);
		size_t j = i;

		while (j > 0 && nearest_distance(word, names[j - 1]) > distance) {
			names[j] = names[j - 1];
			j--;
		}
		names[j] = name;
	}
}
