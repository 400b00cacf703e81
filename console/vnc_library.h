/*
 * vnc_library: libvncclient, loaded when the first screen is looked at.
 *
 * It brings sixteen libraries along (TLS, SASL, JPEG ...), which would cost
 * every command three milliseconds of start and the interface two megabytes.
 * Only vnc_thread.c and vnc_message.c use this.
 */
#ifndef CONSOLE_VNC_LIBRARY_H
#define CONSOLE_VNC_LIBRARY_H

#include <rfb/rfbclient.h>
#include <stdbool.h>

#include "backend/base/error.h"

#define VNC_FUNCTIONS(X) \
	X(InitialiseRFBConnection) X(ReadFromRFBServer) X(SendKeyEvent) X(SendPointerEvent) \
	X(SetClientAuthSchemes) X(WriteToRFBServer) X(rfbClientCleanup) \
	X(rfbClientGetClientData) X(rfbClientSetClientData) X(rfbGetClient)

struct vnc_library {
#define X(name) __typeof__(&name) name;
	VNC_FUNCTIONS(X)
#undef X
	rfbClientLogProc *rfbClientLog, *rfbClientErr;
};

extern struct vnc_library vnc_library;

/* Fills vnc_library; from any thread, as often as one likes. */
bool vnc_library_load(struct error **err);

#endif
