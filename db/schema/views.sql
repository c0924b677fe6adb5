-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- Views for people. They hold nothing and are made anew with every change of the schema; programs
-- had better read virt-plan's JSON.

-- Which readings there were.
DROP VIEW IF EXISTS runs;
CREATE VIEW runs AS
SELECT id AS run,
       datetime(started_at, 'unixepoch') AS started_utc,
       iif(finished_at IS NULL, 'not finished', finished_at - started_at) AS seconds,
       iif(is_complete, 'complete', 'added to') AS kind,
       n_sources, n_unchanged, n_quarantined,
       n_hosts, n_hosts_new, n_hosts_changed, n_hosts_gone, n_guests
FROM run;

-- The hosts that are there.
DROP VIEW IF EXISTS hosts_now;
CREATE VIEW hosts_now AS
SELECT host.name AS host,
       cpu.vendor, cpu.model AS cpu_model,
       cpu.family AS cpu_family, cpu.model_number AS cpu_model_number, cpu.stepping AS cpu_stepping,
       printf('0x%x', report.microcode) AS microcode,
       profile.physical_address_bits,
       report.tsc_hz / 1000000 AS tsc_mhz,
       report.n_cpus, report.sockets, report.cores, report.threads, report.n_numa_cells,
       round(report.memory_kib / 1048576.0, 1) AS memory_gib,
       nullif(software.qemu, '') AS qemu, nullif(software.libvirt, '') AS libvirt,
       nullif(software.kernel, '') AS kernel,
       (SELECT count(*) FROM guest_state
        WHERE guest_state.host_id = host.id AND guest_state.last_run IS NULL) AS n_guests,
       state.first_run AS unchanged_since_run,
       datetime(run.started_at, 'unixepoch') AS unchanged_since_utc,
       host.first_run AS known_since_run
FROM host_state AS state
JOIN host ON host.id = state.host_id
JOIN run ON run.id = state.first_run
LEFT JOIN host_report AS report ON report.id = state.host_report_id
LEFT JOIN cpu_profile AS profile ON profile.id = report.cpu_profile_id
LEFT JOIN cpu_definition AS cpu ON cpu.id = profile.cpu_definition_id
LEFT JOIN software ON software.id = state.software_id
WHERE state.last_run IS NULL;

-- The hosts that were there once.
DROP VIEW IF EXISTS hosts_gone;
CREATE VIEW hosts_gone AS
SELECT host.name AS host, max(state.last_run) AS last_run,
       datetime(run.started_at, 'unixepoch') AS last_seen_utc
FROM host_state AS state
JOIN host ON host.id = state.host_id
JOIN run ON run.id = state.last_run
GROUP BY host.id
HAVING NOT EXISTS (SELECT 1 FROM host_state AS open
                   WHERE open.host_id = host.id AND open.last_run IS NULL);

-- Every state that a host had, oldest first.
DROP VIEW IF EXISTS host_states;
CREATE VIEW host_states AS
SELECT host.name AS host, state.first_run, state.last_run,
       datetime(run.started_at, 'unixepoch') AS since_utc,
       cpu.model AS cpu_model,
       printf('0x%x', report.microcode) AS microcode,
       report.cpu_profile_id AS cpu_profile, report.machine_profile_id AS machine_profile,
       report.capability_profile_id AS capability_profile, state.domain_set_id AS domain_set,
       report.uuid, report.tsc_hz, report.memory_kib, report.n_cpus,
       nullif(software.qemu, '') AS qemu, nullif(software.libvirt, '') AS libvirt,
       nullif(software.kernel, '') AS kernel
FROM host_state AS state
JOIN host ON host.id = state.host_id
JOIN run ON run.id = state.first_run
LEFT JOIN host_report AS report ON report.id = state.host_report_id
LEFT JOIN cpu_profile AS profile ON profile.id = report.cpu_profile_id
LEFT JOIN cpu_definition AS cpu ON cpu.id = profile.cpu_definition_id
LEFT JOIN software ON software.id = state.software_id
ORDER BY host.name, state.first_run;

-- What changed from run to run: each row is one host and one thing that changed in it.
DROP VIEW IF EXISTS host_changes;
CREATE VIEW host_changes AS
WITH step AS (
    SELECT host.name AS host, new.first_run AS run, old.host_id IS NULL AS is_new,
           old.domain_set_id AS old_set, new.domain_set_id AS new_set,
           was.cpu_profile_id AS old_cpu, is_.cpu_profile_id AS new_cpu,
           was.machine_profile_id AS old_machines, is_.machine_profile_id AS new_machines,
           was.capability_profile_id AS old_capabilities,
           is_.capability_profile_id AS new_capabilities,
           was.microcode AS old_microcode, is_.microcode AS new_microcode,
           was.memory_kib AS old_memory, is_.memory_kib AS new_memory,
           was.uuid AS old_uuid, is_.uuid AS new_uuid,
           nullif(had.qemu, '') AS old_qemu, nullif(has.qemu, '') AS new_qemu,
           nullif(had.libvirt, '') AS old_libvirt, nullif(has.libvirt, '') AS new_libvirt,
           nullif(had.kernel, '') AS old_kernel, nullif(has.kernel, '') AS new_kernel
    FROM host_state AS new
    JOIN host ON host.id = new.host_id
    LEFT JOIN host_report AS is_ ON is_.id = new.host_report_id
    LEFT JOIN host_state AS old
           ON old.host_id = new.host_id AND old.last_run = new.first_run - 1
    LEFT JOIN host_report AS was ON was.id = old.host_report_id
    LEFT JOIN software AS has ON has.id = new.software_id
    LEFT JOIN software AS had ON had.id = old.software_id
), gone AS (
    SELECT host.name AS host, old.last_run + 1 AS run
    FROM host_state AS old
    JOIN host ON host.id = old.host_id
    WHERE old.last_run IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM host_state AS new
                      WHERE new.host_id = old.host_id AND new.first_run = old.last_run + 1)
)
SELECT run, host, 'came' AS change, NULL AS was, NULL AS became FROM step WHERE is_new
UNION ALL SELECT run, host, 'went', NULL, NULL FROM gone
UNION ALL SELECT run, host, 'cpu', old_cpu, new_cpu FROM step
          WHERE NOT is_new AND old_cpu IS NOT new_cpu
UNION ALL SELECT run, host, 'microcode', printf('0x%x', old_microcode), printf('0x%x', new_microcode)
          FROM step WHERE NOT is_new AND old_microcode IS NOT new_microcode
UNION ALL SELECT run, host, 'machine types', old_machines, new_machines FROM step
          WHERE NOT is_new AND old_machines IS NOT new_machines
UNION ALL SELECT run, host, 'capabilities', old_capabilities, new_capabilities FROM step
          WHERE NOT is_new AND old_capabilities IS NOT new_capabilities
UNION ALL SELECT run, host, 'domain capabilities', old_set, new_set FROM step
          WHERE NOT is_new AND old_set IS NOT new_set
UNION ALL SELECT run, host, 'memory', old_memory, new_memory FROM step
          WHERE NOT is_new AND old_memory IS NOT new_memory
UNION ALL SELECT run, host, 'qemu', old_qemu, new_qemu FROM step
          WHERE NOT is_new AND old_qemu IS NOT new_qemu
UNION ALL SELECT run, host, 'libvirt', old_libvirt, new_libvirt FROM step
          WHERE NOT is_new AND old_libvirt IS NOT new_libvirt
UNION ALL SELECT run, host, 'kernel', old_kernel, new_kernel FROM step
          WHERE NOT is_new AND old_kernel IS NOT new_kernel
UNION ALL SELECT run, host, 'uuid', old_uuid, new_uuid FROM step
          WHERE NOT is_new AND old_uuid IS NOT new_uuid;

-- The distinct CPUs, and on how many hosts each is.
DROP VIEW IF EXISTS cpus_now;
CREATE VIEW cpus_now AS
SELECT profile.id AS cpu_profile, cpu.arch, cpu.vendor, cpu.model,
       cpu.family, cpu.model_number, cpu.stepping, profile.physical_address_bits,
       json_array_length(profile.expanded_json) AS n_features,
       count(*) AS n_hosts
FROM host_state AS state
JOIN host_report AS report ON report.id = state.host_report_id
JOIN cpu_profile AS profile ON profile.id = report.cpu_profile_id
JOIN cpu_definition AS cpu ON cpu.id = profile.cpu_definition_id
WHERE state.last_run IS NULL
GROUP BY profile.id;

-- The features of each distinct CPU: all of them once a plan was made, until then those that it names
-- beside its model.
DROP VIEW IF EXISTS cpu_features;
CREATE VIEW cpu_features AS
SELECT profile.id AS cpu_profile, feature.value AS feature
FROM cpu_profile AS profile
JOIN json_each(profile.expanded_json) AS feature
UNION ALL
SELECT profile.id, feature.key
FROM cpu_profile AS profile
JOIN cpu_definition AS cpu ON cpu.id = profile.cpu_definition_id
JOIN json_each(cpu.features_json) AS feature
WHERE profile.expanded_json IS NULL;

-- From when to when a host had a feature, interval by interval. Ask with "WHERE host = ...".
DROP VIEW IF EXISTS host_features;
CREATE VIEW host_features AS
SELECT host.name AS host, cpu_features.feature, state.first_run, state.last_run
FROM host
JOIN host_state AS state ON state.host_id = host.id
JOIN host_report AS report ON report.id = state.host_report_id
JOIN cpu_features ON cpu_features.cpu_profile = report.cpu_profile_id;

-- The machine types that hosts offer. Ask with "WHERE host = ...".
DROP VIEW IF EXISTS machine_types_now;
CREATE VIEW machine_types_now AS
SELECT host.name AS host, guest.arch, guest.emulator, guest.domain_types,
       machine.name AS machine, machine.canonical, machine.max_vcpus, machine.is_deprecated
FROM host
JOIN host_state AS state ON state.host_id = host.id AND state.last_run IS NULL
JOIN host_report AS report ON report.id = state.host_report_id
JOIN machine_profile_guest AS guest ON guest.machine_profile_id = report.machine_profile_id
JOIN machine_type AS machine
  ON machine.machine_profile_id = guest.machine_profile_id
 AND machine.guest_position = guest.position;

-- The CPU models that hosts offer to guests. Ask with "WHERE host = ...".
DROP VIEW IF EXISTS cpu_models_now;
CREATE VIEW cpu_models_now AS
SELECT host.name AS host, capability.arch, capability.domain_type, capability.machine,
       model.name AS model, model.usable, model.is_deprecated, model.canonical,
       model.blockers_json AS blockers
FROM host
JOIN host_state AS state ON state.host_id = host.id AND state.last_run IS NULL
JOIN domain_set_member AS member ON member.domain_set_id = state.domain_set_id
JOIN domain_capability AS capability ON capability.id = member.domain_capability_id
JOIN domain_cpu_model AS model ON model.domain_capability_id = capability.id;

-- The guests that are there.
DROP VIEW IF EXISTS guests_now;
CREATE VIEW guests_now AS
SELECT nullif(host.name, '') AS host, definition.name AS guest, definition.uuid,
       iif(definition.is_running, 'running', 'defined') AS state,
       definition.arch, definition.domain_type, definition.machine,
       definition.cpu_mode, definition.cpu_model, definition.n_vcpus,
       round(definition.memory_kib / 1048576.0, 1) AS memory_gib,
       guest_state.first_run AS unchanged_since_run
FROM guest_state
JOIN host ON host.id = guest_state.host_id
JOIN guest_definition AS definition ON definition.id = guest_state.guest_definition_id
WHERE guest_state.last_run IS NULL;

-- What is wrong now, worst first by its place.
DROP VIEW IF EXISTS quarantine_now;
CREATE VIEW quarantine_now AS
SELECT ifnull(finding.source, finding.host) AS place, finding.line, finding.code, finding.what,
       finding.remedy, finding.host, finding.first_run AS since_run,
       datetime(run.started_at, 'unixepoch') AS since_utc
FROM finding
JOIN run ON run.id = finding.first_run
WHERE finding.last_run IS NULL AND finding.severity = 'error'
ORDER BY place, finding.line, finding.code;

-- Everything that was published, and what became of it.
DROP VIEW IF EXISTS template_history;
CREATE VIEW template_history AS
SELECT template.pool, template.class, cpu.model,
       datetime(template.published_at, 'unixepoch') AS published_utc, template.run,
       CASE WHEN retirement.template_id IS NOT NULL THEN 'retired'
            WHEN template.id = (SELECT max(id) FROM template AS newest
                                WHERE newest.pool = template.pool
                                  AND newest.class = template.class) THEN 'in force'
            ELSE 'replaced' END AS state,
       datetime(retirement.retired_at, 'unixepoch') AS retired_utc,
       template.digest
FROM template
JOIN cpu_definition AS cpu ON cpu.id = template.cpu_definition_id
LEFT JOIN template_retirement AS retirement ON retirement.template_id = template.id
ORDER BY template.pool, template.class, template.id;

-- The templates in force, and how often each was published.
DROP VIEW IF EXISTS templates_now;
CREATE VIEW templates_now AS
SELECT template.pool, template.class, cpu.model, cpu.vendor,
       (SELECT group_concat(feature.key || '=' || feature.value, ' ')
        FROM json_each(cpu.features_json) AS feature) AS features,
       template.physical_address_bits, template.tsc_hz, template.run,
       datetime(template.published_at, 'unixepoch') AS published_utc,
       (SELECT count(*) FROM template AS any_
        WHERE any_.pool = template.pool AND any_.class = template.class) AS n_published,
       template.digest
FROM template
JOIN cpu_definition AS cpu ON cpu.id = template.cpu_definition_id
WHERE template.id = (SELECT max(id) FROM template AS newest
                     WHERE newest.pool = template.pool AND newest.class = template.class)
  AND template.id NOT IN (SELECT template_id FROM template_retirement);

-- The addresses of guests' devices, and since when each has been known.
DROP VIEW IF EXISTS addresses_now;
CREATE VIEW addresses_now AS
SELECT guest, device, address, iif(is_planned, 'planned', 'written') AS origin,
       first_run AS since_run,
       datetime(run.started_at, 'unixepoch') AS since_utc
FROM kept_address
JOIN run ON run.id = first_run
WHERE last_run IS NULL;

-- The files, archive members and live hosts that the present state comes from.
DROP VIEW IF EXISTS sources_now;
CREATE VIEW sources_now AS
SELECT source.path, source.member, source.size, lower(hex(source.hash)) AS hash, source.read_run,
       (SELECT count(*) FROM document WHERE document.source_id = source.id) AS n_documents
FROM source
WHERE source.gone_run IS NULL;
