/*
 * rotate: PATH, PATH.1, PATH.2, PATH.3, the newest first.
 */
#ifndef BACKEND_SUPERVISOR_ROTATE_H
#define BACKEND_SUPERVISOR_ROTATE_H

#define ROTATE_KEEP 3

/* Push the older ones one further, the oldest out; PATH itself becomes
 * PATH.1.  A file that is not there is left out. */
void rotate_rename(const char *path);

/* The same for a file that another process has open for appending: its content
 * is copied to PATH.1 and it is emptied in place. */
void rotate_copy(const char *path);

#endif
