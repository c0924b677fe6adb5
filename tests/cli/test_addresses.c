/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The forms of the addresses command: that attaching and detaching move nothing, that a comparison
 * tells each difference once with its lines, and that the inventory remembers where devices were.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const char domain_text[] = "<domain type='kvm'>\n"
                                  "  <name>mail</name>\n"
                                  "  <memory>1048576</memory>\n"
                                  "  <vcpu>2</vcpu>\n"
                                  "  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"
                                  "  <devices>\n"
                                  "    <!-- the system -->\n"
                                  "    <disk type='file' device='disk'>\n"
                                  "      <source file='/a'/>\n"
                                  "      <target dev='vda' bus='virtio'/>\n"
                                  "      <serial>one</serial>\n"
                                  "    </disk>\n"
                                  "    <interface type='user'>\n"
                                  "      <mac address='52:54:00:11:22:33'/>\n"
                                  "      <model type='virtio'/>\n"
                                  "    </interface>\n"
                                  "  </devices>\n"
                                  "</domain>\n";

static const char device_text[] = "<disk type='file' device='disk'>\n"
                                  "  <source file='/b'/>\n"
                                  "  <target dev='vdb' bus='virtio'/>\n"
                                  "</disk>\n";

/* A site with a guest's definition, the same with its addresses, and a device to attach. */
typedef struct {
    Site *site;
    char *domain, *planned, *device;
} Files;

static ProgramResult
addresses(const char *a, const char *b, const char *c, const char *d)
{
    const char *const argv[] = {PROGRAM, "addresses", a, b, c, d, NULL};

    return program_run(argv);
}

static int
set_up(void **state)
{
    Files *files = g_new0(Files, 1);

    files->site = site_new("  - {name: all, hosts: ['*'], strategy: ladder}\n");
    files->domain = site_write_text(files->site, "mail.xml", domain_text);
    files->device = site_write_text(files->site, "disk.xml", device_text);
    g_auto(ProgramResult) result = addresses(files->domain, NULL, NULL, NULL);
    assert_int_equal(result.status, 0);
    files->planned = site_write_text(files->site, "planned.xml", result.out);
    *state = files;
    return 0;
}

static int
tear_down(void **state)
{
    Files *files = *state;

    site_free(files->site);
    g_free(files->domain);
    g_free(files->planned);
    g_free(files->device);
    g_free(files);
    return 0;
}

/* The spare root port is used; all else is the planned document, before and after. */
static void
test_detaching_undoes_attaching(void **state)
{
    const Files *files = *state;
    g_auto(ProgramResult) planned = addresses(files->planned, NULL, NULL, NULL);
    g_auto(ProgramResult) attached = addresses("--attach", files->device, files->domain, NULL);

    assert_string_equal(attached.err, "");
    assert_int_equal(attached.status, 0);
    assert_contains(attached.out, "<target dev='vdb' bus='virtio'/>\n"
                                  "      <address type='pci' domain='0x0000' bus='0x05'");
    g_autofree char *path = site_write_text(files->site, "attached.xml", attached.out);
    g_auto(ProgramResult) again = addresses(path, NULL, NULL, NULL);
    assert_string_equal(again.out, attached.out);

    const char *const names[] = {"vdb", "disk/vdb", "0000:05:00.0", files->device};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(ProgramResult) detached = addresses("--detach", names[i], path, NULL);

        assert_string_equal(detached.err, "");
        assert_string_equal(detached.out, planned.out);
    }
}

static void
test_running_guest_has_its_spare_port_and_no_more(void **state)
{
    const Files *files = *state;
    g_auto(ProgramResult) first = addresses("--live", "--attach", files->device, files->planned);

    assert_string_equal(first.err, "");
    assert_contains(first.out, "bus='0x05' slot='0x00'");
    g_autofree char *path = site_write_text(files->site, "live.xml", first.out);
    g_autofree char *other =
        site_write_text(files->site, "rng.xml",
                        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>");
    g_auto(ProgramResult) second = addresses("--live", "--attach", other, path);
    assert_int_equal(second.status, 3);
    assert_contains(second.err, "rng.xml:1: no PCI slot that takes hotplug is free");
    g_auto(ProgramResult) stored = addresses("--attach", other, path, NULL);
    assert_int_equal(stored.status, 0);
}

static void
test_what_cannot_be_attached_or_detached_is_refused(void **state)
{
    const Files *files = *state;
    static const struct {
        const char *device, *error;
    } cases[] = {
        {"<video><model type='vga'/></video>", "libvirt attaches no <video>"},
        {"\n<disk type='file'><target dev='vda' bus='virtio'/></disk>",
         "2: the guest has this <disk>"},
        {"<controller type='pci' model='pcie-root-port'/>", "some are missing"},
        {"<sofa/>", "<sofa> is no device"},
        {"<lease/>", "<lease> is no device that has an address"},
        {"<disk", "not well-formed"},
        {"<interface type='user'><address type='pci' bus='3' slot='0'/></interface>", "in use"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = site_write_text(files->site, "wrong.xml", cases[i].device);
        g_auto(ProgramResult) result = addresses("--attach", path, files->planned, NULL);

        assert_int_equal(result.status, 3);
        assert_contains(result.err, cases[i].error);
        assert_string_equal(result.out, "");
    }
    g_auto(ProgramResult) none = addresses("--detach", "vdz", files->planned, NULL);
    assert_int_equal(none.status, 3);
    assert_contains(none.err, "no device 'vdz'");
}

static void
test_list_and_compare_exclude_each_other(void **state)
{
    const Files *files = *state;
    g_auto(ProgramResult) result = addresses("--list", "--compare", files->planned, files->planned);

    assert_int_equal(result.status, 2);
    assert_contains(result.err, "exclude each other");
}

/* The definition with FROM replaced by TO, compared with the definition itself. */
static ProgramResult
compare_changed(const Files *files, const char *from, const char *to)
{
    g_autoptr(GString) text = g_string_new(domain_text);

    assert_int_equal(g_string_replace(text, from, to, 1), 1);
    g_autofree char *path = site_write_text(files->site, "other.xml", text->str);
    return addresses("--compare", files->domain, path, NULL);
}

static void
test_comparing_tells_what_the_guest_would_notice(void **state)
{
    const Files *files = *state;
    static const struct {
        const char *from, *to;
        int status;
        const char *part;
    } cases[] = {
        {"/a", "/c", 0, "same machine"},
        {"1048576", "1073741824", 1, "guest: memory: 1048576 KiB"},
        {"<memory>1048576", "<memory unit='GiB'>1", 0, "same machine"},
        {">one<", ">two<", 1, "mail.xml:11: disk/vda: serial number: one; "},
        {"  </devices>",
         "    <input type='tablet' bus='usb'>"
         "<address type='usb' bus='0' port='2'/></input>\n  </devices>",
         1, "input/usb tablet: presence: absent; "},
        {">one<", ">two<", 1, ":11: two (the guest finds the disk by it)"},
        {"<vcpu>2", "<iothreads>4</iothreads><vcpu>2", 0, "same machine"},
        {"<vcpu>2",
         "<sysinfo type='smbios'><system><entry name='serial'>x</entry></system>"
         "</sysinfo><vcpu>2",
         1, "guest: SMBIOS system serial: not written; "},
        {"<vcpu>2", "<vcpu>3", 1, "mail.xml:4: guest: vCPUs: 2; "},
        {"q35-7.2", "q35-7.1", 1, "machine type: pc-q35-7.2"},
        {"<model type='virtio'/>", "<model type='e1000e'/>", 1, "model: virtio; "},
        {"<model type='virtio'/>", "<model type='virtio'/><driver queues='4'/>", 1, "queues: not"},
        {"  </devices>", "    <rng model='virtio'/>\n  </devices>", 1, "presence: absent"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = compare_changed(files, cases[i].from, cases[i].to);

        assert_string_equal(result.err, "");
        assert_contains(result.out, cases[i].part);
        assert_int_equal(result.status, cases[i].status);
    }
    g_auto(ProgramResult) planned = addresses("--compare", files->domain, files->planned, NULL);
    assert_int_equal(planned.status, 0);
}

static void
test_each_drawing_has_the_devices_at_their_places(void **state)
{
    const Files *files = *state;
    static const struct {
        const char *form, *part;
    } cases[] = {
        {"text", "│  └─ 00.0 interface/52:54:00:11:22:33 virtio"},
        {"dot", "label=\"00.0 disk/vda virtio\""},
        {"svg", "00.0 disk/vda virtio</text>"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = addresses("--draw", cases[i].form, files->planned, NULL);

        assert_int_equal(result.status, 0);
        assert_contains(result.out, cases[i].part);
    }
}

static void
test_find_tells_who_has_an_address(void **state)
{
    const Files *files = *state;
    g_auto(ProgramResult) nobody = addresses("--find", "05:00.0", files->planned, NULL);
    g_auto(ProgramResult) disk = addresses("--find", "0000:03:00.0", files->planned, NULL);

    assert_int_equal(nobody.status, 1);
    assert_int_equal(disk.status, 0);
    assert_contains(disk.out, "disk/vda");
}

/* ---- over runs ------------------------------------------------------------------------------ */

static void
test_disk_has_its_place_until_another_is_written(void **state)
{
    const Site *site = ((const Files *)*state)->site;
    static const char wish[] = "<target dev='vda' bus='virtio'/>";
    g_autoptr(GString) moved = g_string_new(domain_text);
    g_autofree char *guest = g_build_filename(site->fleet, "mail.xml", NULL);

    site_make_hosts(site, "1");
    assert_true(g_file_set_contents(guest, domain_text, -1, NULL));
    g_auto(ProgramResult) first = site_run_night(site);
    assert_string_equal(first.err, "");

    /* One more card in front: planned from nothing, the disk would have to make room. */
    g_string_replace(
        moved, "    <interface type='user'>\n",
        "    <interface type='user'>\n      <mac address='52:54:00:00:00:01'/>\n"
        "      <model type='virtio'/>\n    </interface>\n    <interface type='user'>\n",
        1);
    assert_true(g_file_set_contents(guest, moved->str, -1, NULL));
    g_auto(ProgramResult) second = site_run_night(site);
    g_autofree char *kept = site_read_report(site, "addresses.csv");
    g_autofree char *no_findings = site_read_report(site, "findings.csv");
    assert_contains(kept, "disk/vda,pci 0000:03:00.0");
    assert_null(strstr(no_findings, "address-moved"));

    g_string_replace(moved, wish,
                     "<target dev='vda' bus='virtio'/><address type='pci' bus='0' slot='9'/>", 1);
    assert_true(g_file_set_contents(guest, moved->str, -1, NULL));
    g_auto(ProgramResult) third = site_run_night(site);
    g_autofree char *findings = site_read_report(site, "findings.csv");
    g_autofree char *drift = site_read_report(site, "drift.csv");
    assert_contains(findings, "disk/vda is at pci 0000:00:09.0, and was at pci 0000:03:00.0");
    assert_contains(drift, "address-moved");
}

/*
 * A card that is there twice does not stop the night; of a guest that two hosts define, the one
 * that runs is remembered, and where the other differs is said each night.
 */
static void
test_guest_of_two_hosts_is_remembered_where_it_runs(void **state)
{
    const Site *site = ((const Files *)*state)->site;
    static const char card[] = "    <interface type='user'>\n"
                               "      <mac address='52:54:00:11:22:33'/>\n"
                               "      <model type='virtio'/>\n"
                               "    </interface>\n";
    static const char uuid[] = "  <uuid>00000000-0000-4000-8000-00000000000a</uuid>\n  <memory>";
    g_autofree char *running = g_build_filename(site->fleet, "here.mail.domain.xml", NULL);
    g_autofree char *old = g_build_filename(site->fleet, "there.mail.domain.xml", NULL);
    g_autoptr(GString) text = g_string_new(domain_text);
    g_autoptr(GString) moved = g_string_new(NULL);

    site_make_hosts(site, "1");
    g_string_replace(text, "  <memory>", uuid, 1);
    g_string_replace(text, "  </devices>\n", card, 1);
    g_string_replace(text, "</domain>", "  </devices>\n</domain>", 1);
    g_string_assign(moved, text->str);
    g_string_replace(text, "<domain type='kvm'>", "<domain type='kvm' id='3'>", 1);
    g_string_replace(moved, "<target dev='vda' bus='virtio'/>",
                     "<target dev='vda' bus='virtio'/><address type='pci' bus='0' slot='9'/>", 1);
    assert_true(g_file_set_contents(running, text->str, -1, NULL));
    assert_true(g_file_set_contents(old, moved->str, -1, NULL));
    for (guint i = 0; i < 2; i++) {
        g_auto(ProgramResult) result = site_run_night(site);
        g_autofree char *findings = site_read_report(site, "findings.csv");
        g_autofree char *listed = site_read_report(site, "addresses.csv");

        assert_string_equal(result.err, "");
        assert_contains(findings, "disk/vda is at pci 0000:00:09.0 in the definition on there, and "
                                  "at pci 0000:04:00.0 in the one on here");
        assert_null(strstr(findings, "address-moved"));
        assert_contains(listed, "interface/52:54:00:11:22:33#2");
    }
    g_autofree char *plan = g_build_filename(site->folder, "plan.yaml", NULL);
    const char *const guests[] = {PROGRAM, "guests", "-c", plan, NULL};
    g_auto(ProgramResult) list = program_run(guests);
    assert_contains(list.out, "another host's too: mail (runs on here)");

    /* Who asks for another guest is not told of this one. */
    g_autofree char *other = g_build_filename(site->fleet, "there.other.domain.xml", NULL);
    g_string_replace(moved, "<name>mail</name>", "<name>other</name>", 1);
    g_string_replace(moved, "-00000000000a", "-00000000000b", 1);
    assert_true(g_file_set_contents(other, moved->str, -1, NULL));
    g_auto(ProgramResult) night = site_run_night(site);
    const char *const other_guest[] = {PROGRAM, "guests", "-c", plan, "other", NULL};
    const char *const this_guest[] = {PROGRAM, "guests", "-c", plan, "mail", NULL};
    g_auto(ProgramResult) of_other = program_run(other_guest);
    g_auto(ProgramResult) of_this = program_run(this_guest);
    assert_contains(of_other.out, "\nother ");
    assert_null(strstr(of_other.out, "another host's too"));
    assert_contains(of_this.out, "another host's too: mail (runs on here)");
}

/* `virsh dumpxml` may have been stored without its last line's end. */
static void
test_planned_guest_ends_with_a_line(void **state)
{
    const Files *files = *state;
    g_autofree char *cut = g_strchomp(g_strdup(domain_text));
    g_autofree char *path = site_write_text(files->site, "cut.xml", cut);
    g_auto(ProgramResult) whole = addresses(files->domain, NULL, NULL, NULL);
    g_auto(ProgramResult) without = addresses(path, NULL, NULL, NULL);

    assert_int_equal(without.status, 0);
    assert_string_equal(without.out, whole.out);
    assert_true(g_str_has_suffix(without.out, "</domain>\n"));
}

/* A guest that libvirt would refuse is told of with the line, the reason and what to do. */
static void
test_refused_guest_is_told_with_its_remedy(void **state)
{
    const Site *site = ((const Files *)*state)->site;
    static const char what[] = "mail: there are two disks 'vda'";
    static const char remedy[] = "give one of them another name";
    g_autoptr(GString) text = g_string_new(domain_text);
    g_autofree char *guest = g_build_filename(site->fleet, "mail.xml", NULL);
    g_autofree char *inventory = g_build_filename(site->folder, "inventory.db", NULL);

    site_make_hosts(site, "1");
    g_string_replace(text, "  </devices>",
                     "<disk type='file'><target dev='vda' bus='virtio'/></disk></devices>", 1);
    assert_true(g_file_set_contents(guest, text->str, -1, NULL));
    g_auto(ProgramResult) night = site_run_night(site);
    assert_string_equal(night.err, "");
    g_autofree char *findings = site_read_report(site, "findings.csv");
    g_autofree char *json = site_read_report(site, "plan.json");
    const char *row = strstr(findings, "warning,domain-refused,");
    assert_non_null(row);
    assert_contains(row, what);
    assert_contains(row, remedy);
    assert_contains(json, remedy);
    g_auto(ProgramResult) list = addresses("-d", inventory, "--list", "mail");
    assert_int_equal(list.status, 3);
    assert_contains(list.err, remedy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_detaching_undoes_attaching, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_running_guest_has_its_spare_port_and_no_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_attached_or_detached_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_list_and_compare_exclude_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_comparing_tells_what_the_guest_would_notice, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_each_drawing_has_the_devices_at_their_places, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_find_tells_who_has_an_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_planned_guest_ends_with_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_guest_is_told_with_its_remedy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_disk_has_its_place_until_another_is_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_guest_of_two_hosts_is_remembered_where_it_runs, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
