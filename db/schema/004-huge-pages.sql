-- SPDX-License-Identifier: LGPL-2.1-or-later

-- The huge pages of a host, '2048:1024 1048576:0': size in KiB and how many, of all NUMA cells.
ALTER TABLE host_report ADD COLUMN huge_pages TEXT; -- NULL: not stated, or read before this column
