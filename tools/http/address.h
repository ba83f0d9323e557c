/* SPDX-License-Identifier: GPL-2.0-only */
/* address.h - parses the address at which a server listens. */
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
 * PORT, :PORT, ADDR:PORT or [ADDR]:PORT. ADDR is numeric, or localhost, which is the default: no
 * name is looked up. Returns the length of *out; 0: not an address.
 */
socklen_t address_parse(union address *out, const char *text);

/* The address as a URL. */
void address_url(const union address *address, char url[ADDRESS_URL]);

#endif
