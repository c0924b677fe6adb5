-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Versions of the software of a host, each combination stored once.
CREATE TABLE software (
    id      INTEGER PRIMARY KEY,
    qemu    TEXT NOT NULL,                    -- '7.2.22'; '' for "not told", as the others
    libvirt TEXT NOT NULL,
    kernel  TEXT NOT NULL,
    UNIQUE (qemu, libvirt, kernel)
) STRICT;

ALTER TABLE host_state ADD COLUMN software_id INTEGER REFERENCES software; -- NULL: no document tells any

-- A document may tell of software: the table is made again, since its CHECK cannot be changed.
DROP INDEX document_of_host;
ALTER TABLE document RENAME TO document_6;
CREATE TABLE document (
    source_id INTEGER NOT NULL REFERENCES source,
    ordinal   INTEGER NOT NULL,               -- which document of its source
    host_id   INTEGER NOT NULL REFERENCES host,
    mtime_ns  INTEGER NOT NULL,               -- of its source when the document was good
    host_report_id       INTEGER REFERENCES host_report,
    domain_capability_id INTEGER REFERENCES domain_capability,
    guest_definition_id  INTEGER REFERENCES guest_definition,
    software_id          INTEGER REFERENCES software,
    PRIMARY KEY (source_id, ordinal),
    CHECK ((host_report_id IS NOT NULL) + (domain_capability_id IS NOT NULL)
           + (guest_definition_id IS NOT NULL) + (software_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
INSERT INTO document SELECT source_id, ordinal, host_id, mtime_ns, host_report_id,
                            domain_capability_id, guest_definition_id, NULL FROM document_6;
DROP TABLE document_6;
CREATE INDEX document_of_host ON document (host_id);

-- What was of no known kind may be now: such sources are read again.
UPDATE source SET mtime_ns = 0, hash = zeroblob(16)
WHERE id IN (SELECT source_id FROM finding WHERE code = 'unknown-document' AND last_run IS NULL);
