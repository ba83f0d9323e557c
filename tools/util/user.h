/* SPDX-License-Identifier: GPL-2.0-only */
/* user.h - run a command as a user other than root. */
#ifndef DAX_UTIL_USER_H
#define DAX_UTIL_USER_H

#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
	char *name, *home, *shell; /* kept until the program ends */
};

/* The user that --user names, by name or number. Ends the program with status 2 when there is none. */
const struct user *user_find(const char *name);

/* Ends the program with status 3 when only root could become @user, and we are not root. */
void user_require(const struct user *user);

/* Become @user permanently, with groups and environment. Returns 0 or a negative errno. */
int user_become(const struct user *user);

#endif
