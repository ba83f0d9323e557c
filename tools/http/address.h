/* SPDX-License-Identifier: GPL-2.0-only */
/* address.h - the address that a server listens at, from what the user wrote. */
#ifndef DAX_HTTP_ADDRESS_H
#define DAX_HTTP_ADDRESS_H

#include <stddef.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define ADDRESS_URL 80 /* bytes of "http://[ADDR]:PORT/" */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/*
 * PORT, :PORT, ADDR:PORT or [ADDR]:PORT; ADDR is numeric or localhost, which it is when missing: no name
 * is looked up. Returns the length of *out, or 0.
 */
socklen_t address_parse(union address *out, const char *text);

/* As a browser takes it. */
void address_url(const union address *address, char url[ADDRESS_URL]);

#endif
