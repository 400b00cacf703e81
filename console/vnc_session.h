/*
 * vnc_session: the thread's own side of a session.
 *
 * Of libvncclient the handshake, the authentication and the transport are used.
 * What the server says afterwards is read by vnc_message.c: the library would
 * decode whatever encoding a server sends, asked for or not, and take the
 * memory for it that the server names.
 */
#ifndef CONSOLE_VNC_SESSION_H
#define CONSOLE_VNC_SESSION_H

#include <rfb/rfbclient.h>

#include "console/vnc_thread.h"

struct vnc_session {
	struct vnc_shared *shared;
	rfbClient *client;
	struct picture picture;
	struct rect damage;		/* since the last publication */
	bool extended_keys;		/* the server takes QEMU's */
	bool asked_password;
	bool requested;			/* an update is owed to us */
	bool want_all;			/* the next request is for everything */
	const char *fault;		/* what the server did wrong; NULL: nothing we noticed */
};

/* Start with a picture of that size; false past the bound. */
bool vnc_session_size(struct vnc_session *s, int width, int height);

/* Read one whole message; waits for the rest of it.  False when the session is
 * over, fault then says why, or the library's log. */
bool vnc_message_read(struct vnc_session *s);

#endif
