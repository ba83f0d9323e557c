// SPDX-License-Identifier: GPL-2.0-only
/* test-address.c - where --listen listens: what is an address, what is none, and the URL that is shown for it. */
#include <string.h>
#include "http/address.h"
#include "unit.h"

static void listens(const char *text, const char *wanted)
{
	char url[ADDRESS_URL] = "";
	union address address;
	socklen_t len = address_parse(&address, text);

	if (len)
		address_url(&address, url);
	CHECK(!strcmp(url, wanted), "%s: %s%s", text, *wanted ? wanted : "refused", len == 0 || *wanted ? "" : ", but it is taken");
}

int main(void)
{
	listens("9741", "http://127.0.0.1:9741/");
	listens(":9741", "http://127.0.0.1:9741/");
	listens("localhost:0", "http://127.0.0.1:0/");
	listens("0.0.0.0:65535", "http://0.0.0.0:65535/");
	listens("[::1]:80", "http://[::1]:80/");
	listens("[2001:db8:1111:2222:3333:4444:255.255.255.255]:65535", "http://[2001:db8:1111:2222:3333:4444:ffff:ffff]:65535/");

	listens("", "");
	listens("65536", "");
	listens("99999999999999999999", "");
	listens("-1", "");
	listens("+80", "");
	listens(" 80", "");
	listens("80x", "");
	listens("127.0.0.1", "");
	listens("127.0.0.1:", "");
	listens("127.1:80", "");
	listens("host.example:80", "");
	listens("::1:80", "");
	listens("[]:80", "");
	listens("[::1:80", "");
	listens("[fe80::1%eth0]:80", "");
	listens("[0000000000000000000000000000000000000000000000000000000000000000::1]:80", "");
	return UNIT_STATUS;
}
