// SPDX-License-Identifier: GPL-2.0-only
/* mhd.c - loads libmicrohttpd when a server is needed. */
#include <dlfcn.h>
#include <stdio.h>
#include "http/mhd.h"

#define LIBRARY "libmicrohttpd.so.12"

const struct mhd *mhd_load(char *err, size_t size)
{
	static struct mhd mhd;
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const char *missing = NULL;

	if (!library) {
		snprintf(err, size, "%s: install Debian's package libmicrohttpd12", dlerror());
		return NULL;
	}
	/* POSIX lets a pointer to an object hold one to a function; ISO C has no cast for it. */
#define MHD_FIND(name)                                                 \
	*(void **)&mhd.name = dlsym(library, "MHD_" #name);            \
	if (!mhd.name)                                                 \
		missing = "MHD_" #name;
	MHD_FUNCTIONS(MHD_FIND)
#undef MHD_FIND
	if (!missing)
		return &mhd;
	snprintf(err, size, LIBRARY " has no %s: install one of 0.9.75 or newer", missing);
	dlclose(library);
	return NULL;
}
