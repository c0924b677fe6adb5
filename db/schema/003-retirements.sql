-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Published templates that were taken out of force without another one in their place.
CREATE TABLE template_retirement (
    template_id INTEGER PRIMARY KEY REFERENCES template,
    run         INTEGER NOT NULL REFERENCES run,  -- the latest when it was retired
    retired_at  INTEGER NOT NULL                  -- seconds since 1970, UTC
) STRICT;
