/*
 * bitlist: lists of small numbers as libvirt writes them: "0-3,^2,8".
 */
#ifndef BACKEND_QEMU_BITLIST_H
#define BACKEND_QEMU_BITLIST_H

#include <stdbool.h>

#include "backend/base/buf.h"
#include "backend/base/json.h"

#define BITLIST_LIMIT 4096

bool bitlist_valid(const char *list);
bool bitlist_has(const char *list, unsigned n);
/* The highest number; 0 for an empty list. */
unsigned bitlist_max(const char *list);
/* [0, 1, 3, 8] */
struct json_object *bitlist_json(const char *list);
/* The runs, each behind a prefix: ",cpus=0-1,cpus=3". False when not valid. */
bool bitlist_each(const char *list, struct buf *to, const char *prefix);

#endif
