/*
 * nearest: the word that was probably meant.
 *
 * Words are compared by edit distance (a swap of neighbours counts one, letter
 * case counts nothing); one is near when at most about a third of it differs.
 */
#ifndef BACKEND_BASE_NEAREST_H
#define BACKEND_BASE_NEAREST_H

#include <stddef.h>

/* How many letters differ; words are compared up to NEAREST_MAX bytes. */
#define NEAREST_MAX 64
unsigned nearest_distance(const char *a, const char *b);

/* The best of several: start with NEAREST_INIT, offer each candidate, then
 * read best (borrowed from the candidates; NULL when none is near). */
struct nearest {
	const char *word;
	const char *best;
	unsigned distance;
};
#define NEAREST_INIT(word_) { .word = (word_), .best = NULL, .distance = ~0u }
void nearest_offer(struct nearest *n, const char *candidate);

/* The likest first; equal ones keep their order. */
void nearest_sort(const char *word, const char **names, size_t n);

#endif
