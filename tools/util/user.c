// SPDX-License-Identifier: GPL-2.0-only
/* user.c - run a command as a user other than root. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util/err.h"
#include "util/number.h"
#include "util/user.h"

static char *copy(const char *text)
{
	char *own = strdup(text);

	if (!own)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(ENOMEM));
	return own;
}

const struct user *user_find(const char *name)
{
	static struct user user;
	struct passwd *found = getpwnam(name);

	if (!found && name[0] >= '0' && name[0] <= '9')
		found = getpwuid((uid_t)parse_number("-u", name, 0, ~0U - 1));
	if (!found)
		die_usage("-u %s: there is no such user", name);
	user = (struct user){.uid = found->pw_uid,
			     .gid = found->pw_gid,
			     .name = copy(found->pw_name),
			     .home = copy(found->pw_dir),
			     .shell = copy(found->pw_shell)};
	return &user;
}

void user_require(const struct user *user)
{
	if (geteuid() && user->uid != geteuid())
		die(DAX_EXIT_UNSUPPORTED, "-u %s: only root can run a command as another user: use sudo",
		    user->name);
}

int user_become(const struct user *user)
{
	/* In this order: after setuid() nothing else can be set. */
	if (!geteuid() && initgroups(user->name, user->gid))
		return -errno;
	if (setgid(user->gid) || setuid(user->uid))
		return -errno;
	if (setenv("HOME", user->home, 1) || setenv("USER", user->name, 1) || setenv("LOGNAME", user->name, 1) ||
	    setenv("SHELL", user->shell, 1))
		return -errno;
	return 0;
}
