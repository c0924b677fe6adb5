/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ingest_fixture.h"

#include <glib/gstdio.h>
#include <remove_tree.h>
#include <string.h>

const char fixture_capabilities[] =
    "<capabilities>\n"
    "  <host>\n"
    "    <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
    "    <cpu>\n"
    "      <arch>x86_64</arch>\n"
    "      <model>Haswell-noTSX</model>\n"
    "      <vendor>Intel</vendor>\n"
    "      <microcode version='67'/>\n"
    "      <signature family='6' model='63' stepping='2'/>\n"
    "      <counter name='tsc' frequency='2394000000' scaling='no'/>\n"
    "      <topology sockets='1' dies='1' cores='8' threads='2'/>\n"
    "      <maxphysaddr mode='emulate' bits='46'/>\n"
    "      <feature name='vmx'/>\n"
    "      <pages unit='KiB' size='4'/>\n"
    "    </cpu>\n"
    "    <power_management><suspend_mem/><suspend_disk/></power_management>\n"
    "    <iommu support='yes'/>\n"
    "    <migration_features>\n"
    "      <live/>\n"
    "      <uri_transports>\n"
    "        <uri_transport>tcp</uri_transport>\n"
    "        <uri_transport>rdma</uri_transport>\n"
    "      </uri_transports>\n"
    "    </migration_features>\n"
    "    <topology>\n"
    "      <cells num='2'>\n"
    "        <cell id='0'>\n"
    "          <memory unit='KiB'>1000</memory>\n"
    "          <cpus num='2'><cpu id='0'/><cpu id='1'/></cpus>\n"
    "        </cell>\n"
    "        <cell id='1'>\n"
    "          <memory unit='MiB'>1</memory>\n"
    "          <cpus num='1'><cpu id='2'/></cpus>\n"
    "        </cell>\n"
    "      </cells>\n"
    "    </topology>\n"
    "    <secmodel>\n"
    "      <model>dac</model>\n"
    "      <doi>0</doi>\n"
    "      <baselabel type='kvm'>+64055:+64055</baselabel>\n"
    "    </secmodel>\n"
    "  </host>\n"
    "  <guest>\n"
    "    <os_type>hvm</os_type>\n"
    "    <arch name='x86_64'>\n"
    "      <wordsize>64</wordsize>\n"
    "      <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
    "      <machine maxCpus='288'>pc-q35-7.2</machine>\n"
    "      <machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>\n"
    "      <machine maxCpus='255' deprecated='yes'>pc-i440fx-1.7</machine>\n"
    "      <domain type='qemu'/>\n"
    "      <domain type='kvm'>\n"
    "        <machine maxCpus='255'>pc-i440fx-7.2</machine>\n"
    "        <machine maxCpus='288'>pc-q35-7.2</machine>\n"
    "      </domain>\n"
    "    </arch>\n"
    "  </guest>\n"
    "</capabilities>\n";

const char fixture_domain_capabilities[] =
    "<domainCapabilities>\n"
    "  <path>/usr/bin/qemu-system-x86_64</path>\n"
    "  <domain>kvm</domain>\n"
    "  <machine>pc-q35-9.2</machine>\n"
    "  <arch>x86_64</arch>\n"
    "  <vcpu max='4096'/>\n"
    "  <os supported='yes'><enum name='firmware'><value>efi</value></enum>\n"
    "  <loader supported='yes'><value>/fw/CODE.fd</value><enum name='type'>\n"
    "  <value>rom</value></enum></loader></os>\n"
    "  <cpu>\n"
    "    <mode name='host-passthrough' supported='yes'>\n"
    "      <enum name='hostPassthroughMigratable'><value>on</value><value>off</value></enum>\n"
    "    </mode>\n"
    "    <mode name='maximum' supported='no'/>\n"
    "    <mode name='host-model' supported='yes'>\n"
    "      <model fallback='forbid'>Skylake-Server-IBRS</model>\n"
    "      <vendor>Intel</vendor>\n"
    "      <maxphysaddr mode='passthrough' limit='46'/>\n"
    "      <feature policy='require' name='ss'/>\n"
    "      <feature policy='disable' name='mpx'/>\n"
    "    </mode>\n"
    "    <mode name='custom' supported='yes'>\n"
    "      <model usable='yes' vendor='Intel' canonical='Haswell-v2'>Haswell-noTSX</model>\n"
    "      <model usable='no' vendor='AMD' deprecated='yes'>EPYC</model>\n"
    "      <blockers model='EPYC'><feature name='svm'/><feature name='sse4a'/></blockers>\n"
    "      <model vendor='unknown'>qemu64</model>\n"
    "    </mode>\n"
    "  </cpu>\n"
    "  <devices>\n"
    "  <tpm supported='no'/>\n"
    "    <disk supported='yes'>\n"
    "      <enum name='bus'><value>scsi</value><value>virtio</value></enum>\n"
    "    </disk>\n"
    "    <video supported='no'/>\n"
    "  </devices>\n"
    "  <features>\n"
    "    <sev supported='yes'>\n"
    "      <cbitpos>51</cbitpos>\n"
    "      <reducedPhysBits>5</reducedPhysBits>\n"
    "      <maxESGuests>450</maxESGuests>\n"
    "    </sev>\n"
    "    <sgx supported='no'/>\n"
    "    <hyperv supported='yes'>\n"
    "      <enum name='features'><value>vapic</value><value>relaxed</value></enum>\n"
    "    </hyperv>\n"
    "    <launchSecurity supported='yes'>\n"
    "      <enum name='sectype'><value>sev</value><value>sev-snp</value></enum>\n"
    "    </launchSecurity>\n"
    "  </features>\n"
    "</domainCapabilities>\n";

const char fixture_domain[] =
    "<domain type='kvm' id='7'>\n"
    "  <name>mail</name>\n"
    "  <uuid>aaaaaaaa-2222-3333-4444-555555555555</uuid>\n"
    "  <memory unit='GiB'>2</memory>\n"
    "  <vcpu placement='static' cpuset='0-3'>4</vcpu>\n"
    "  <os>\n"
    "    <type arch='x86_64' machine='pc-q35-9.2'>hvm</type>\n"
    "    <nvram>/var/lib/libvirt/qemu/nvram/mail.fd</nvram>\n"
    "  </os>\n"
    "  <features><hyperv mode='custom'><relaxed state='on'/><vapic "
    "state='off'/></hyperv></features>\n"
    "  <cpu mode='custom' match='exact' check='partial'>\n"
    "    <model fallback='forbid'>Haswell-noTSX</model>\n"
    "    <feature policy='require' name='invtsc'/>\n"
    "  </cpu>\n"
    "  <clock offset='utc'><timer name='tsc' frequency='2394000000'/></clock>\n"
    "  <devices>\n"
    "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
    "    <disk type='file' device='disk'>\n"
    "      <driver name='qemu' type='qcow2' cache='none'/>\n"
    "      <source file='/images/mail &amp; news.qcow2'/>\n"
    "      <backingStore type='file'><source file='/images/base.qcow2'/></backingStore>\n"
    "      <target dev='vda' bus='virtio'/>\n"
    "    </disk>\n"
    "    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>\n"
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
    "      <source><address domain='0x0000' bus='0x06' slot='0x12' function='0x5'/></source>\n"
    "    </hostdev>\n"
    "  </devices>\n"
    "  <seclabel type='static' model='selinux'><label>a:b:c</label></seclabel>\n"
    "</domain>\n";

SourceReading *
fixture_read_bytes(const char *name, const char *bytes, gsize length)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};

    return ingest_buffer(name, bytes, length, &options);
}

SourceReading *
fixture_read(const char *name, const char *text)
{
    return fixture_read_bytes(name, text, strlen(text));
}

static void
fail_on_findings(const SourceReading *reading)
{
    for (guint i = 0; i < reading->findings->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(reading->findings, i));

        fail_msg("unexpected finding: %s", line);
    }
}

Document *
fixture_document(SourceReading *reading)
{
    fail_on_findings(reading);
    assert_int_equal(reading->documents->len, 1);
    return g_ptr_array_index(reading->documents, 0);
}

const Finding *
fixture_finding(SourceReading *reading)
{
    assert_int_equal(reading->documents->len, 0);
    assert_int_equal(reading->findings->len, 1);
    return g_ptr_array_index(reading->findings, 0);
}

/* ---- sinks ---------------------------------------------------------------------------------- */

void
fixture_kept_init(Kept *kept)
{
    memset(kept, 0, sizeof *kept);
    kept->readings =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)source_reading_free);
    kept->unchanged = g_ptr_array_new_with_free_func(g_free);
}

void
fixture_kept_clear(Kept *kept)
{
    g_hash_table_unref(kept->readings);
    g_ptr_array_unref(kept->unchanged);
}

static gboolean
is_known(const Source *source, gboolean has_hash, gpointer user_data)
{
    assert_true(has_hash == (source->hash[0] != 0));
    return ((Kept *)user_data)->is_all_known;
}

static gboolean
take_unchanged(const Source *source, gpointer user_data, GError **error)
{
    (void)error;
    g_ptr_array_add(((Kept *)user_data)->unchanged, source_format(source));
    return TRUE;
}

static gboolean
take_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    Kept *kept = user_data;
    char *name = source_format(reading->source);

    assert_false(g_hash_table_contains(kept->readings, name));
    g_hash_table_insert(kept->readings, name, reading);
    if (kept->stop_after == 0 || g_hash_table_size(kept->readings) < kept->stop_after)
        return TRUE;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
    return FALSE;
}

void
fixture_ingest(Kept *kept, const char *path, const IngestOptions *options)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    IngestOptions with_map = options == NULL ? (IngestOptions){0} : *options;
    const IngestSink sink = {
        .is_known = is_known, .unchanged = take_unchanged, .read = take_reading, .user_data = kept};
    g_autoptr(GError) error = NULL;

    with_map.map = map;
    gboolean is_well = ingest_paths(&path, 1, &with_map, &sink, &error);
    assert_int_equal(is_well, kept->stop_after == 0);
    assert_int_equal(is_well, error == NULL);
}

SourceReading *
fixture_find(const Kept *kept, const char *suffix)
{
    GHashTableIter iter;
    gpointer name, reading;

    g_hash_table_iter_init(&iter, kept->readings);
    while (g_hash_table_iter_next(&iter, &name, &reading)) {
        if (g_str_has_suffix(name, suffix))
            return reading;
    }
    fail_msg("no reading of '%s'", suffix);
    return NULL;
}

/* ---- folders -------------------------------------------------------------------------------- */

char *
fixture_folder_new(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("virt-plan-ingest-XXXXXX", &error);

    assert_non_null(folder);
    return folder;
}

void
fixture_folder_remove(char *folder)
{
    remove_tree(folder);
    g_free(folder);
}

void
fixture_write(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}
