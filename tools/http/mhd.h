/* SPDX-License-Identifier: GPL-2.0-only */
/* mhd.h - loads libmicrohttpd when a server is needed; all other uses do without the library. */
#ifndef DAX_HTTP_MHD_H
#define DAX_HTTP_MHD_H

#include <microhttpd.h>
#include <stddef.h>

#define MHD_FUNCTIONS(X)                                                                           \
	X(start_daemon) X(stop_daemon) X(get_daemon_info) X(run) X(get_timeout)                    \
	X(create_response_from_buffer) X(add_response_header) X(queue_response) X(destroy_response) \
	X(lookup_connection_value) X(get_connection_info)

struct mhd {
#define MHD_POINTER(name) __typeof__(&MHD_##name) name;
	MHD_FUNCTIONS(MHD_POINTER)
#undef MHD_POINTER
};

/* The functions, which stay loaded; NULL with the reason in @err. */
const struct mhd *mhd_load(char *err, size_t size);

#endif
