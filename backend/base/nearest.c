/*
 * nearest: see nearest.h.  The distance is the optimal string alignment, in
 * three rows of the matrix.
 */
#include "backend/base/nearest.h"

#include <ctype.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	size_t n = strnlen(a, NEAREST_MAX), m = strnlen(b, NEAREST_MAX);

	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[m];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	size_t len = strnlen(n->word, NEAREST_MAX), other = strnlen(candidate, NEAREST_MAX);
	unsigned limit = (unsigned)((len > other ? len : other) + 2) / 3;
	unsigned distance = nearest_distance(n->word, candidate);

	if (distance <= limit && distance < n->distance) {
		n->best = candidate;
		n->distance = distance;
	}
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
