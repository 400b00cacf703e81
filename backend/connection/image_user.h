/*
 * image_user: which of our guests has an image open.
 *
 * QEMU locks the images that it writes to and says only that somebody else
 * has one.  The definitions of the running guests tell who.
 */
#ifndef BACKEND_CONNECTION_IMAGE_USER_H
#define BACKEND_CONNECTION_IMAGE_USER_H

#include "backend/connection/internal.h"

struct image_users;

/* Whether a message is QEMU's of a lock that it did not get. */
bool image_users_needed(const char *message);

/* The running guests but this one. */
struct image_users *image_users_new(const struct connection *c, const char *but_uuid);
void image_users_free(struct image_users *u);

/* Replace the error by one that names the image and its user; false when it
 * names no image and stays.  Reads files: on a thread. */
bool image_users_explain(const struct image_users *u, const struct paths *paths,
			 struct error **err);

#endif
