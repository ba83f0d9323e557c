// SPDX-License-Identifier: GPL-2.0-only
/* address.c - parses the address at which a server listens. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http/address.h"

static int port_parse(const char *text, in_port_t *out)
{
	unsigned long port;
	char *end;

	errno = 0;
	port = strtoul(text, &end, 10);
	if (errno || text[0] < '0' || text[0] > '9' || *end || port > 65535)
		return -1;
	*out = htons((in_port_t)port);
	return 0;
}

socklen_t address_parse(union address *out, const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 3] = "";
	size_t len = colon ? (size_t)(colon - text) : 0;
	in_port_t port;

	memset(out, 0, sizeof(*out));
	if (len >= sizeof(host) || port_parse(colon ? colon + 1 : text, &port))
		return 0;
	memcpy(host, text, len);
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = port;
		return inet_pton(AF_INET6, host + 1, &out->v6.sin6_addr) == 1 ? sizeof(out->v6) : 0;
	}
	if (!len || !strcmp(host, "localhost"))
		strcpy(host, "127.0.0.1");
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = port;
	return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1 ? sizeof(out->v4) : 0;
}

void address_url(const union address *address, char url[ADDRESS_URL])
{
	char host[INET6_ADDRSTRLEN] = "";

	if (address->any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof(host));
		snprintf(url, ADDRESS_URL, "http://[%s]:%d/", host, ntohs(address->v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof(host));
		snprintf(url, ADDRESS_URL, "http://%s:%d/", host, ntohs(address->v4.sin_port));
	}
}
