/*
 * units: sizes and times, as libvirt spells them in and as people read them.
 */
#ifndef BACKEND_BASE_UNITS_H
#define BACKEND_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * libvirt's scaled integers (formatdomain, "Memory Allocation"): unit is b or
 * bytes, KB (1000), k or KiB (1024), MB, M or MiB, GB, G or GiB, TB, T or TiB,
 * up to E; letter case does not matter. unit NULL or "" means default_scale.
 * False on an unknown unit, a malformed number or overflow.
 */
bool units_bytes(const char *number, const char *unit, uint64_t default_scale,
		 uint64_t *bytes);

/* A decimal number and nothing else; false on sign, blank, junk or overflow. */
bool units_u64(const char *text, uint64_t *value);
bool units_i64(const char *text, int64_t *value);

/* "512K", "2.0G", "41G": at most 5 characters; out holds UNITS_SIZE_TEXT. */
#define UNITS_TEXT 32
const char *units_size_text(uint64_t bytes, char out[UNITS_TEXT]);

/* "12s", "5m", "3h", "3d 4h": at most 7 characters. */
const char *units_span_text(uint64_t seconds, char out[UNITS_TEXT]);

#endif
