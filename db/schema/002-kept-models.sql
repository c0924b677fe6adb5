-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What kind of controller a PCI bus hangs on, so that the bus can be made again as it was.
ALTER TABLE kept_address ADD COLUMN model TEXT; -- 'pcie-root-port'; NULL: not a PCI controller
