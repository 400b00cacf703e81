/*
 * vnc_thread: what the loop's side and the thread's side of a vnc share.
 *
 * Two eventfds wake either side; everything else is under the mutex.  Two
 * references, one for each side: whoever goes last frees.
 */
#ifndef CONSOLE_VNC_THREAD_H
#define CONSOLE_VNC_THREAD_H

#include <pthread.h>

#include "console/vnc.h"

#define VNC_NAME_MAX 256
#define VNC_INPUTS_MAX 1024
#define VNC_CONNECT_MS 15000

struct vnc_input {
	bool pointer;
	bool down;
	uint32_t keysym;
	unsigned scancode;
	int x, y;
	unsigned buttons;
};

struct vnc_shared {
	pthread_mutex_t mutex;
	int refs;
	bool stop;
	int wake_thread, wake_loop;	/* eventfds */
	int socket;			/* a duplicate, for shutdown(); -1 before */
	char *where, *password;
	int fd;				/* handed in, until the thread takes it */

	enum vnc_state state;
	char *message, *name;		/* sanitized; NULL before */
	unsigned bells;
	int64_t busy_since;		/* in the middle of a message; 0: not */
	struct picture picture;
	struct rect damage;		/* not looked at yet */
	struct vnc_input inputs[VNC_INPUTS_MAX];
	int n_inputs;
};

/* The thread; arg is the vnc_shared, of which it drops one reference. */
void *vnc_thread(void *arg);
void vnc_shared_unref(struct vnc_shared *s);
void vnc_wake(int eventfd);
/* Take everything that waits; true when there was something. */
bool vnc_woken(int eventfd);

/* Connect to where; watches wake_thread for stop.  -1 with a message. */
int vnc_connect(struct vnc_shared *s, struct error **err);

#endif
