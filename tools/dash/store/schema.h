/* SPDX-License-Identifier: GPL-2.0-only */
/* schema.h - the store's tables. */
#ifndef DASH_STORE_SCHEMA_H
#define DASH_STORE_SCHEMA_H

#include "dash/store/db.h"

/* Create the tables if they do not exist. Returns 0, -1, or -3: they have another version. */
int schema_ensure(struct db *db);

#endif
