-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Archives as they were when all of what is in them had been read, and nothing was wrong with them but in
-- their documents. Their members are rows of `source`; a row here says nothing if these are not as
-- `members` says. A row that is out of date is overwritten.
CREATE TABLE archive (
    path     TEXT PRIMARY KEY,
    size     INTEGER NOT NULL,                -- bytes, of the archive itself
    mtime_ns INTEGER NOT NULL,                -- since 1970
    hash     BLOB NOT NULL CHECK (length(hash) = 16),   -- XXH3-128 of its bytes
    members  BLOB NOT NULL CHECK (length(members) = 16) -- sum over its members' names and hashes
) STRICT, WITHOUT ROWID;
