/* SPDX-License-Identifier: GPL-2.0-only */
/* schema.h - the store's tables. */
#ifndef DASH_STORE_SCHEMA_H
#define DASH_STORE_SCHEMA_H

#include "dash/store/db.h"

/* Make the tables where they are not there. 0, -1, or -3: they are of another version. */
int schema_ensure(struct db *db);

#endif
