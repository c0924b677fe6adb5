-- SPDX-License-Identifier: LGPL-2.1-or-later

-- A host's UUID is kept as libvirt writes it, however a document wrote it.
UPDATE host_report SET uuid = replace(replace(lower(trim(uuid)), '-', ''), ' ', '')
WHERE uuid IS NOT NULL
  AND length(replace(replace(trim(uuid), '-', ''), ' ', '')) = 32
  AND replace(replace(lower(trim(uuid)), '-', ''), ' ', '') NOT GLOB '*[^0-9a-f]*';
UPDATE host_report
SET uuid = substr(uuid, 1, 8) || '-' || substr(uuid, 9, 4) || '-' || substr(uuid, 13, 4) || '-'
           || substr(uuid, 17, 4) || '-' || substr(uuid, 21)
WHERE length(uuid) = 32 AND uuid NOT GLOB '*[^0-9a-f]*';
