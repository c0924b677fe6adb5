-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- The inventory, version 1.
--
-- What hosts share is stored once in profiles. What changes is kept as intervals of runs: a row
-- holds from first_run to last_run, both included, and last_run is NULL while it still holds. Runs
-- are ordered by id and never by time, so a clock that jumps back does no harm.
--
-- Columns whose names end in "_json" are JSON arrays or objects; json_each() takes them apart, as
-- the views do. Nothing is ever deleted but rows of `document`, which says what is in force now.

-- One reading of the fleet's documents.
CREATE TABLE run (
    id            INTEGER PRIMARY KEY,
    started_at    INTEGER NOT NULL,           -- seconds since 1970, UTC
    finished_at   INTEGER,                    -- NULL while it runs, and for ever when it was killed
    is_complete   INTEGER NOT NULL CHECK (is_complete IN (0, 1)), -- what it did not see is gone
    reader        TEXT NOT NULL,              -- what read the documents: program version, CPU map
    n_sources     INTEGER NOT NULL DEFAULT 0, -- seen, changed or not
    n_unchanged   INTEGER NOT NULL DEFAULT 0,
    n_quarantined INTEGER NOT NULL DEFAULT 0, -- sources that are in quarantine
    n_hosts       INTEGER NOT NULL DEFAULT 0,
    n_hosts_new     INTEGER NOT NULL DEFAULT 0,
    n_hosts_changed INTEGER NOT NULL DEFAULT 0,
    n_hosts_gone    INTEGER NOT NULL DEFAULT 0,
    n_guests      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- ---- where documents come from -----------------------------------------------------------------

-- A file, a member of an archive, or a live host. A source that is read again keeps its row.
CREATE TABLE source (
    id       INTEGER PRIMARY KEY,
    path     TEXT NOT NULL,
    member   TEXT NOT NULL DEFAULT '',        -- inside an archive; '' otherwise
    size     INTEGER NOT NULL,                -- bytes
    mtime_ns INTEGER NOT NULL,                -- since 1970; 0 when there is none
    hash     BLOB NOT NULL CHECK (length(hash) = 16), -- XXH3-128 of the bytes
    read_run INTEGER NOT NULL REFERENCES run, -- when its present bytes were read
    gone_run INTEGER REFERENCES run,          -- when it was found missing; NULL while it is there
    UNIQUE (path, member)
) STRICT;
CREATE INDEX source_present ON source (read_run) WHERE gone_run IS NULL;

-- Every host that a document ever named.
CREATE TABLE host (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    first_run INTEGER NOT NULL REFERENCES run
) STRICT;

-- What the sources hold now: one row a document, with the record that it gave.
CREATE TABLE document (
    source_id INTEGER NOT NULL REFERENCES source,
    ordinal   INTEGER NOT NULL,               -- which document of its source
    host_id   INTEGER NOT NULL REFERENCES host,
    mtime_ns  INTEGER NOT NULL,               -- of its source when the document was good
    host_report_id       INTEGER REFERENCES host_report,
    domain_capability_id INTEGER REFERENCES domain_capability,
    guest_definition_id  INTEGER REFERENCES guest_definition,
    PRIMARY KEY (source_id, ordinal),
    CHECK ((host_report_id IS NOT NULL) + (domain_capability_id IS NOT NULL)
           + (guest_definition_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_of_host ON document (host_id);

-- ---- what hosts share: each stored once, found by digest ----------------------------------------

-- A CPU as a <cpu> element describes it.
CREATE TABLE cpu_definition (
    id      INTEGER PRIMARY KEY,
    type    TEXT NOT NULL CHECK (type IN ('host', 'guest')),
    arch    TEXT NOT NULL,
    mode    TEXT NOT NULL,
    match   TEXT NOT NULL,
    checked TEXT NOT NULL,                    -- the attribute check=''
    migratable          TEXT NOT NULL,        -- 'on', 'off' or 'absent', as the other switches
    deprecated_features TEXT NOT NULL,
    model     TEXT,
    fallback  TEXT NOT NULL,
    vendor    TEXT,
    vendor_id TEXT,
    microcode    INTEGER NOT NULL,            -- 0 for "not stated", as all numbers below
    family       INTEGER NOT NULL,
    model_number INTEGER NOT NULL,
    stepping     INTEGER NOT NULL,
    tsc_hz       INTEGER NOT NULL,
    tsc_scaling  TEXT NOT NULL,
    sockets  INTEGER NOT NULL,
    dies     INTEGER NOT NULL,
    clusters INTEGER NOT NULL,
    cores    INTEGER NOT NULL,
    threads  INTEGER NOT NULL,
    has_cache   INTEGER NOT NULL,
    cache_level INTEGER NOT NULL,             -- -1 for "not stated"
    cache_mode  TEXT NOT NULL,
    has_maxphysaddr         INTEGER NOT NULL,
    is_maxphysaddr_emulated INTEGER NOT NULL,
    maxphysaddr_bits        INTEGER NOT NULL, -- -1 for "not stated"
    maxphysaddr_limit       INTEGER NOT NULL,
    features_json TEXT NOT NULL               -- {"NAME": POLICY or null}, in the document's order
) STRICT;

-- What makes two hosts' CPUs the same for planning.
CREATE TABLE cpu_profile (
    id     INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    physical_address_bits INTEGER NOT NULL,   -- 0: not stated
    cpu_definition_id     INTEGER NOT NULL REFERENCES cpu_definition,
    expanded_json TEXT                        -- all its features, the model's too, as the first plan's
                                              -- CPU map has them; NULL until a plan knew the model
) STRICT;

-- The machine types of all emulators of a host.
CREATE TABLE machine_profile (
    id     INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE machine_profile_guest (
    machine_profile_id INTEGER NOT NULL REFERENCES machine_profile,
    position     INTEGER NOT NULL,
    arch         TEXT NOT NULL,
    os_type      TEXT,
    emulator     TEXT,
    domain_types TEXT NOT NULL,               -- 'kvm qemu other', those that there are
    PRIMARY KEY (machine_profile_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE machine_type (
    machine_profile_id INTEGER NOT NULL,
    guest_position INTEGER NOT NULL,
    position       INTEGER NOT NULL,
    name           TEXT NOT NULL,
    canonical      TEXT,                      -- NULL when the name is not an alias
    max_vcpus      INTEGER NOT NULL,          -- 0: not stated
    is_deprecated  INTEGER NOT NULL,
    PRIMARY KEY (machine_profile_id, guest_position, position),
    FOREIGN KEY (machine_profile_id, guest_position) REFERENCES machine_profile_guest
) STRICT, WITHOUT ROWID;

-- What a host system can do about migration and security.
CREATE TABLE capability_profile (
    id     INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    can_live_migrate INTEGER NOT NULL,
    iommu            TEXT NOT NULL,
    transports_json       TEXT NOT NULL,
    power_management_json TEXT NOT NULL
) STRICT;

CREATE TABLE security_model (
    capability_profile_id INTEGER NOT NULL REFERENCES capability_profile,
    position INTEGER NOT NULL,
    model    TEXT,
    doi      TEXT,
    baselabels_json TEXT NOT NULL,
    PRIMARY KEY (capability_profile_id, position)
) STRICT, WITHOUT ROWID;

-- What guests of one emulator, machine type and virtualization type can use.
CREATE TABLE domain_capability (
    id          INTEGER PRIMARY KEY,
    digest      TEXT NOT NULL UNIQUE,
    emulator    TEXT,
    domain_type TEXT NOT NULL,
    machine     TEXT,
    arch        TEXT NOT NULL,
    max_vcpus   INTEGER NOT NULL,
    host_passthrough            TEXT NOT NULL, -- 'yes', 'no' or 'unknown', as the others
    host_passthrough_migratable TEXT NOT NULL,
    maximum    TEXT NOT NULL,
    host_model TEXT NOT NULL,
    host_model_cpu_id INTEGER REFERENCES cpu_definition,
    hyperv     TEXT NOT NULL,
    sev        TEXT NOT NULL,
    sev_reduced_phys_bits INTEGER NOT NULL,
    sev_max_es_guests     INTEGER NOT NULL,
    tdx        TEXT NOT NULL,
    sgx        TEXT NOT NULL,
    is_qemu_reply INTEGER NOT NULL,
    hyperv_features_json TEXT NOT NULL,
    launch_security_json TEXT NOT NULL,
    device_values_json   TEXT NOT NULL         -- {"disk.bus": ["virtio", ...], ...}
) STRICT;

-- The CPU models that an emulator offers, and the features that keep one from being usable.
CREATE TABLE domain_cpu_model (
    domain_capability_id INTEGER NOT NULL REFERENCES domain_capability,
    position  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    usable    TEXT NOT NULL,
    is_deprecated INTEGER NOT NULL,
    vendor    TEXT,
    canonical TEXT,
    blockers_json TEXT NOT NULL,
    PRIMARY KEY (domain_capability_id, position)
) STRICT, WITHOUT ROWID;

-- The domain capabilities of a host, together.
CREATE TABLE domain_set (
    id INTEGER PRIMARY KEY,
    members_json TEXT NOT NULL UNIQUE         -- the ids below, ascending
) STRICT;

CREATE TABLE domain_set_member (
    domain_set_id        INTEGER NOT NULL REFERENCES domain_set,
    domain_capability_id INTEGER NOT NULL REFERENCES domain_capability,
    PRIMARY KEY (domain_set_id, domain_capability_id)
) STRICT, WITHOUT ROWID;

-- ---- hosts ---------------------------------------------------------------------------------------

-- What a host's capabilities say; NULL and 0 mean "not stated".
CREATE TABLE host_report (
    id      INTEGER PRIMARY KEY,
    host_id INTEGER NOT NULL REFERENCES host,
    uuid    TEXT,
    cpu_profile_id        INTEGER NOT NULL REFERENCES cpu_profile,
    machine_profile_id    INTEGER REFERENCES machine_profile,
    capability_profile_id INTEGER REFERENCES capability_profile,
    microcode    INTEGER NOT NULL,
    tsc_scaling  TEXT NOT NULL,
    tsc_hz       INTEGER NOT NULL,
    memory_kib   INTEGER NOT NULL,
    n_cpus       INTEGER NOT NULL,
    n_numa_cells INTEGER NOT NULL,
    sockets      INTEGER NOT NULL,
    cores        INTEGER NOT NULL,
    threads      INTEGER NOT NULL,
    is_raw_cpuid INTEGER NOT NULL             -- a CPUID dump or QEMU's reply: only the CPU is known
) STRICT;
CREATE INDEX host_report_of_host ON host_report (host_id);

-- From when to when a host was as it was. No row: it was not there.
CREATE TABLE host_state (
    host_id   INTEGER NOT NULL REFERENCES host,
    first_run INTEGER NOT NULL REFERENCES run,
    last_run  INTEGER,
    host_report_id INTEGER REFERENCES host_report, -- NULL: only domain capabilities came
    domain_set_id  INTEGER REFERENCES domain_set,  -- NULL: none came
    PRIMARY KEY (host_id, first_run),
    CHECK (last_run >= first_run)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_state_by_first_run ON host_state (first_run);
CREATE INDEX host_state_by_last_run ON host_state (last_run);

-- ---- guests --------------------------------------------------------------------------------------

-- A domain XML, stored once; the columns are a summary of it.
CREATE TABLE guest_definition (
    id        INTEGER PRIMARY KEY,
    digest    TEXT NOT NULL UNIQUE,           -- SHA-256 of the XML
    guest     TEXT NOT NULL,                  -- what tells guests of one host apart: UUID or name
    name      TEXT,
    uuid      TEXT,
    is_running INTEGER NOT NULL,
    arch      TEXT NOT NULL,
    domain_type TEXT NOT NULL,
    machine   TEXT,
    memory_kib INTEGER NOT NULL,
    n_vcpus   INTEGER NOT NULL,
    cpu_mode  TEXT,                           -- NULL: the definition has no <cpu>
    cpu_model TEXT,
    xml       TEXT NOT NULL
) STRICT;

CREATE TABLE guest_state (
    host_id   INTEGER NOT NULL REFERENCES host,
    guest     TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES run,
    last_run  INTEGER,
    guest_definition_id INTEGER NOT NULL REFERENCES guest_definition,
    PRIMARY KEY (host_id, guest, first_run),
    CHECK (last_run >= first_run)
) STRICT, WITHOUT ROWID;
CREATE INDEX guest_state_by_last_run ON guest_state (last_run);

-- ---- what is wrong, what was decided -------------------------------------------------------------

-- Findings about documents (stage 'ingest'), about hosts whose documents contradict each other
-- (stage 'inventory') and about hosts that cannot be planned with (stage 'plan').
CREATE TABLE finding (
    id        INTEGER PRIMARY KEY,
    stage     TEXT NOT NULL CHECK (stage IN ('ingest', 'inventory', 'plan')),
    source_id INTEGER REFERENCES source,      -- of stage 'ingest' only
    severity  TEXT NOT NULL,
    code      TEXT NOT NULL,                  -- stable: 'not-xml', 'unknown-model'
    host      TEXT,
    source    TEXT,                           -- file, or ARCHIVE:MEMBER
    line      INTEGER NOT NULL,               -- 0: not known
    what      TEXT NOT NULL,
    remedy    TEXT,
    first_run INTEGER NOT NULL REFERENCES run,
    last_run  INTEGER,
    CHECK (last_run >= first_run)
) STRICT;
CREATE INDEX finding_of_source ON finding (source_id);
CREATE INDEX finding_by_last_run ON finding (last_run);
CREATE INDEX finding_of_host ON finding (host) WHERE stage = 'inventory' AND last_run IS NULL;

-- Published templates of classes; the newest row of a pool and class is in force.
CREATE TABLE template (
    id    INTEGER PRIMARY KEY,
    pool  TEXT NOT NULL,
    class TEXT NOT NULL,
    run   INTEGER NOT NULL REFERENCES run,    -- the latest when it was published
    published_at INTEGER NOT NULL,            -- seconds since 1970, UTC
    cpu_definition_id     INTEGER NOT NULL REFERENCES cpu_definition,
    physical_address_bits INTEGER NOT NULL,   -- 0: none kept
    tsc_hz INTEGER NOT NULL,                  -- 0: none kept
    machines_json TEXT NOT NULL,              -- canonical names
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX template_of_class ON template (pool, class, id);

-- Device addresses of guests. A device that went keeps its last row, for when it comes back.
CREATE TABLE kept_address (
    guest      TEXT NOT NULL,                 -- UUID, or HOST/NAME
    device     TEXT NOT NULL,                 -- 'disk/vda', 'interface/52:54:00:12:34:56'
    first_run  INTEGER NOT NULL REFERENCES run,
    last_run   INTEGER,
    address    TEXT NOT NULL,                 -- 'pci 0000:00:02.0'
    is_planned INTEGER NOT NULL,              -- else it was written in the definition
    PRIMARY KEY (guest, device, first_run),
    CHECK (last_run >= first_run)
) STRICT, WITHOUT ROWID;
