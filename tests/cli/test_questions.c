/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Questions about a small site, as a person asks them: what is answered, and what is said to those
 * that are misspelt, incomplete, or about something that is not there.
 */

#include "ask.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const Question words[] = {
    {{"--version"}, .out = "virt-plan "},
    {{"--help"}, .out = "  drift "},
    {{"help"}, .out = "  drift "},
    {{"help", "drift"}, .out = "Usage: virt-plan drift [OPTION...]\n"},
    {{"help", "cpu", "diff"}, .out = "Usage: virt-plan cpu diff [OPTION...] FILE...\n"},
    {{"help", "drft"}, 2, .error = "no command 'drft': did you mean 'drift'?"},
    {{"drft"}, 2, .error = "no command 'drft': did you mean 'drift'?"},
    {{"rnu"}, 2, .error = "no command 'rnu': did you mean 'run'?"},
    {{"--versoin"}, 2, .error = "no option '--versoin': did you mean '--version'?"},
    {{"-c", "@plan.yaml", "hosts"},
     2,
     .error = "no option '-c': all but --help and --version stand"},
    {{"cpu-baseline"}, 2, .error = "no command 'cpu-baseline': did you mean 'cpu baseline'?"},
    {{"cpu", "--help"}, .out = "Usage: virt-plan cpu COMMAND"},
    {{"run"}, 2, .error = "which plan? name its file with -c FILE"},
    {{"run", "-c", "@nowhere.yaml"}, 2, .error = "nowhere.yaml: No such file"},
    {{"run", "-c", "@plan.yaml", "--colour", "never"}, 2, .error = "did you mean --color?"},
    {{"hosts", "--color", "perhaps"}, 2, .error = "unknown colour setting 'perhaps': use auto"},
    {{"doctor"}, .out = "hint  plan file  none given"},
    {{"doctor", "-c", "@nowhere.yaml"}, 1, .out = "problem  plan file"},
    {{"collect"}, 2, .error = "which hosts? name the plan file"},
    {{"collect", "-c", "@plan.yaml"}, 2, .error = "no hosts to ask: list their URIs"},
    {{"collect", "-c", "@nowhere.yaml"}, 2, .error = "nowhere.yaml: No such file"},
    {{"ingest"}, 2, .error = "what to read? name files, folders or archives"},
    {{"ingest", "--max-depth=-1", "@fleet"}, 2, .error = "numbers must be 1 or more"},
    {{"ingest", "--host", "", "@fleet"}, 2, .error = "a host needs a name"},
    {{"ingest", "-c", "@nowhere.yaml", "@fleet"}, 2, .error = "nowhere.yaml: No such file"},
    {{"ingest", "--cpu-map", "/nowhere", "@fleet"}, 3, .error = "/nowhere: No such file"},
};

static const Question completions[] = {
    {{"__complete", "dri"},
     .whole = "drift\tShow what changed since an earlier run, and the "
              "likely cause\n"},
    {{"__complete", "guests", "-c", "@plan.yaml", "cr"}, .whole = "crm01\n"},
    {{"__complete", "drift", "-c", "@plan.yaml", "--pool", ""}, .whole = "all\n"},
    {{"__complete", "matrix", "-d", "@inventory.db", "cmp-e"}, .whole = "cmp-e01\n"},
    {{"__complete", "template", "-c", "@plan.yaml", "--class", ""}, .out = "-"},
    {{"__complete", "accept", "-c", "@nowhere.yaml", "--class", ""}, .whole = ""},
    {{"__complete", "whatif", "--lose", "avx512-bf"}, .whole = "avx512-bf16\n"},
    {{"__complete", "hosts", "-d", "/nowhere/i.db", "x"}, .whole = ""},
    {{"ingest", "-q", "-d", "@references.db", "--host", "h", "@references.xml"},
     .error = "guest r&d is of host h"},
    {{"__complete", "guests", "-d", "@references.db", "r"}, .whole = "r&d\n"},
};

static const Question drift[] = {
    {{"drift", "-c", "@plan.yaml"}, 1, .out = "host-gone"},
    {{"drift", "-c", "@plan.yaml", "--since", "1"}, 1, .out = "Between run 1 ("},
    {{"drift", "-c", "@plan.yaml", "--since", "1"}, 1, .out = "by the plan file as it is now:\n\n"},
    {{"drift", "-c", "@plan.yaml", "--quiet"}, 1, .out = "host-gone", .absent = "Between"},
    {{"drift", "-c", "@plan.yaml", "--since", "1", "--format", "json"},
     1,
     .out = "{\"id\": \"host-gone\", \"is_actionable\": true, \"host\": \"cmp-b01\", "
            "\"subject\": null, \"text\": \"Is no longer among the hosts that were read. "
            "Its only guest mail01 is on no host now.\", "
            "\"cause\": null, \"features\": [], \"pool\": \"all\"}"},
    {{"drift", "-c", "@plan.yaml", "--format", "csv"}, 1, .out = "microcode"},
    {{"drift", "-c", "@plan.yaml", "--actionable", "--format", "csv"},
     1,
     .out = "host-gone,yes,cmp-b01,",
     .absent = ",no,"},
    {{"drift", "-c", "@plan.yaml", "--since", "9"}, 3, .error = "no finished run 9"},
    {{"drift", "-c", "@plan.yaml", "--since", "soon"}, 2, .error = "write 12 or 2026-01-31"},
    {{"drift", "-c", "@plan.yaml", "--pool", "al"}, 2, .error = "did you mean 'all'?"},
    {{"drift", "-c", "@plan.yaml", "now"},
     2,
     .error = "drift takes no argument, not 'now': leave it out"},
    {{"drift", "-c", "@plan.yaml", "--run", "1"},
     .whole = "There is no earlier run to compare "
              "with.\n"},
};

static const Question classes[] = {
    {{"classes", "-c", "@plan.yaml", "--limits"}, .out = "haswell-notsx-ibrs-"},
    {{"classes", "-c", "@plan.yaml"}, .out = "  cmp-e01"},
    {{"classes", "-c", "@plan.yaml", "--published"},
     .whole = "Nothing was published: 'virt-plan accept' does that.\n"},
};

static const Question templates[] = {
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--class", "none"},
     2,
     .error = "there is no class 'none': 'virt-plan classes' lists them"},
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--for", "nov"},
     2,
     .error = "templates are not made for 'nov': did you mean 'nova'?"},
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--for", "nova", "--format", "json"},
     .out = "\"for\": \"nova\", \"template\": \"# all-"},
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--format", "csv"},
     .out = "pool,class,for,template\nall,"},
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--for", "kubevirt"},
     .out = "\n---\n# all-"},
    {{"template", "-c", "@plan.yaml", "--pool", "all", "--format", "xml"}, .out = "<cpu mode="},
    {{"template", "-c", "@plan.yaml", "--for", "nova", "--format", "xml"},
     2,
     .error = "the form for nova is not XML: leave --format out"},
};

static const Question matrix[] = {
    {{"matrix", "-c", "@plan.yaml", "--hosts", "--format", "csv"},
     .out = "\nall,cmp-e01,cmp-g01,1,1,no,no,security-model machine-type\n",
     .absent = "cmp-g01,cmp-g01"},
    {{"matrix", "-c", "@plan.yaml", "--subject", "host-model", "--format", "json"},
     .out = "\"from\": \"cmp-e01\", \"to\": \"cmp-g01\", \"n_from\": 1, \"n_to\": 1, "
            "\"verdict\": \"no\""},
    {{"matrix", "-c", "@plan.yaml", "--subject", "tmplate"},
     2,
     .error = "no subject 'tmplate': use template"},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g01", "--format", "csv"},
     1,
     .out = "cmp-e01,cmp-g01,template,no,security-model,no,\"The guest runs under the security "
            "model selinux, which the target has not got: apparmor.\""},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g01", "crm01"}, 1, .out = "crm01"},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g01"},
     1,
     .out = "cmp-e01: class "},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g01", "nobody"},
     2,
     .error = "host cmp-e01 has no guest 'nobody'"},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-g01", "cmp-e01", "crm01"},
     2,
     .error = "host cmp-g01 has no guest 'crm01', which is on cmp-e01"},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01"}, 2, .error = "takes two hosts"},
    {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g1"},
     2,
     .error = "did you mean 'cmp-g01'?"},
};

static const Question whatif[] = {
    {{"whatif", "-c", "@plan.yaml", "--add", "@new"}, .out = "Nothing would get worse."},
    {{"whatif", "-c", "@plan.yaml", "--add", "@new", "--format", "csv"},
     .out = ",,1,,Haswell-noTSX-IBRS,,"},
    {{"whatif", "-c", "@plan.yaml", "--add", "@nowhere"}, 2, .error = "check the path"},
    {{"whatif", "-c", "@plan.yaml", "--add", "@plan.yaml"}, 2, .error = "of no known kind"},
    {{"whatif", "-c", "@plan.yaml", "--add", "@guest.xml"}, 2, .error = "describes no host"},
    {{"whatif", "-c", "@plan.yaml", "--strategy", "best"}, 2, .error = "takes exact, pool, ladder"},
    {{"whatif", "-c", "@plan.yaml", "--max-classes", "2"}, 2, .error = "add --strategy auto"},
    {{"whatif", "-c", "@plan.yaml", "--strategy", "auto", "--max-classes", "3"},
     .out = "7      3\n"},
    {{"whatif", "-c", "@plan.yaml", "--lose", "avx2", "--on", "cmp-*"}, 1, .out = "get worse"},
    {{"whatif", "-c", "@plan.yaml", "--lose", "avx2", "--on", "nob*"},
     2,
     .error = "no host that 'nob*' matches has the CPU feature 'avx2'"},
    {{"whatif", "-c", "@plan.yaml", "--lose", "avx3"}, 2, .error = "did you mean 'avx'?"},
};

static const Question addresses[] = {
    {{"addresses", "-c", "@plan.yaml", "crm01"}, .out = "<address type='pci'"},
    {{"addresses", "-c", "@plan.yaml", "cmp-e01/crm01"}, .out = "<name>crm01</name>"},
    {{"addresses", "-c", "@plan.yaml", "crm1"}, 2, .error = "did you mean 'crm01'?"},
    {{"addresses", "-c", "@plan.yaml", "--list", "crm01", "@guest.xml", "--format", "csv"},
     .out = "crm01,e94a53f3-115f-49c2-bca9-5c17f6e762bc,cmp-e01,channel/org.qemu.guest_agent.0,"},
    {{"addresses", "-c", "@plan.yaml", "--list", "nobody"}, 2, .error = "nor a guest"},
    {{"addresses", "-c", "@plan.yaml", "--list", "--pool", "all"}, .out = "crm01  "},
    {{"addresses", "-c", "@plan.yaml", "--list", "--pool", "al"}, 2, .error = "did you mean"},
    {{"addresses", "-c", "@plan.yaml", "--find", "0000:00:02.0"}, .out = "video/0"},
    {{"addresses", "-c", "@plan.yaml", "--find", "0000:00:1e.7"}, 1, .absent = "crm01"},
    {{"addresses", "-c", "@plan.yaml", "--find", "there"}, 2, .error = "'there' is no address"},
    {{"addresses", "-c", "@plan.yaml", "--draw", "text", "crm01"}, .out = "controller/ide/0 *"},
    {{"addresses", "-c", "@plan.yaml", "--draw", "png", "crm01"}, 2, .error = "use text, dot or"},
    {{"addresses", "--list", "--find", "0000:00:02.0"}, 2, .error = "exclude each other"},
    {{"addresses", "--libvirt", "new", "@guest.xml"}, 2, .error = "'new' is no libvirt version"},
    {{"addresses", "--format", "json", "@guest.xml"}, 2, .error = "--format goes with --list"},
    {{"addresses", "--live", "@guest.xml"}, 2, .error = "--live goes with --attach"},
};

static const Question comparisons[] = {
    {{"addresses", "--compare", "@guest.xml"}, 2, .error = "give the two definitions"},
    {{"addresses", "--compare", "@guest.xml", "@guest.xml"}, .out = "the same machine"},
    {{"addresses", "--compare", "@guest.xml", "@moved.xml", "--format", "json"},
     1,
     .out = "{\"device\": \"disk/vda\", \"property\": \"serial number\", "},
    {{"addresses", "-c", "@plan.yaml", "--compare", "@guest.xml", "nobody"},
     2,
     .error = "nobody: neither a file nor a guest"},
    {{"addresses", "--compare", "@guest.xml", "@cut.xml"}, 3, .error = "cut.xml:2: "},
};

static const Question detachments[] = {
    {{"addresses", "--detach", "@disk.xml", "@guest.xml"}, .absent = "vda"},
    {{"addresses", "--detach", "@card.xml", "@guest.xml"}, .absent = "<interface"},
    {{"addresses", "--detach", "@card2.xml", "@guest.xml"}, 3, .error = "it has no device"},
    {{"addresses", "--detach", "@usb.xml", "@guest.xml"}, .out = "vda"},
    {{"addresses", "--detach", "@channel.xml", "@guest.xml"}, .absent = "<channel"},
    {{"addresses", "--detach", "@share.xml", "@guest.xml"}, .absent = "<filesystem"},
    {{"addresses", "--detach", "@rng.xml", "@guest.xml"}, 3, .error = "name it more exactly"},
    {{"addresses", "--detach", "vdx", "@guest.xml"}, 3, .error = "has no device 'vdx'"},
    {{"addresses", "--detach", "@cut.xml", "@guest.xml"}, 3, .error = "cut.xml:"},
};

#define GUEST(serial)                                                                              \
    "<domain type='kvm'><name>g</name><memory>1048576</memory><vcpu>1</vcpu>\n"                    \
    "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>\n"                      \
    "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/>"                        \
    "<serial>" serial "</serial></disk>\n"                                                         \
    "<controller type='usb' index='0' model='qemu-xhci'/>\n"                                       \
    "<interface type='user'><mac address='52:54:00:00:00:01'/><model "                             \
    "type='virtio'/></interface>\n"                                                                \
    "<filesystem type='mount'><source dir='/s'/><target dir='share'/></filesystem>\n"              \
    "<channel type='unix'><target type='virtio' name='agent'/></channel>\n"                        \
    "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>\n"                    \
    "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>\n"                    \
    "</devices></domain>\n"

static const struct {
    const char *name, *text;
} files[] = {
    {"references.xml", "<domain type='kvm'><name>r&amp;d</name><memory>1</memory></domain>"},
    {"guest.xml", GUEST("one")},
    {"moved.xml", GUEST("two")},
    {"cut.xml", "<domain type='kvm'>\n<name>g"},
    {"disk.xml", "<disk type='file'><target dev='vda' bus='virtio'/></disk>"},
    {"card.xml", "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"},
    {"card2.xml", "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>"},
    {"usb.xml", "<controller type='usb' index='0' model='qemu-xhci'/>"},
    {"channel.xml", "<channel type='unix'><target type='virtio' name='agent'/></channel>"},
    {"share.xml", "<filesystem type='mount'><source dir='/s'/><target dir='share'/></filesystem>"},
    {"rng.xml", "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>"},
};

static void
test_misspelt_and_incomplete_commands_are_told_what_to_do(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, words, G_N_ELEMENTS(words));
}

static void
test_completion_offers_names_of_the_plan_and_the_inventory(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, completions, G_N_ELEMENTS(completions));
}

static void
test_drift_is_told_since_the_run_that_is_named(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, drift, G_N_ELEMENTS(drift));
}

static void
test_classes_are_shown_with_their_hosts_and_limits(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, classes, G_N_ELEMENTS(classes));
}

static void
test_templates_are_made_for_each_platform_in_each_form(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, templates, G_N_ELEMENTS(templates));
}

static void
test_matrix_explains_pairs_and_corrects_names(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, matrix, G_N_ELEMENTS(matrix));
}

static void
test_whatif_tells_what_gets_worse_or_cannot_be(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, whatif, G_N_ELEMENTS(whatif));
}

static void
test_addresses_are_planned_listed_found_and_drawn(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, addresses, G_N_ELEMENTS(addresses));
}

static void
test_definitions_are_compared_from_files_and_the_inventory(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, comparisons, G_N_ELEMENTS(comparisons));
}

static void
test_detached_is_the_device_that_is_meant(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, detachments, G_N_ELEMENTS(detachments));
}

/* The documents of the host FROM as those of another system. */
static void
make_new_host(const Site *site, const char *from)
{
    g_autofree char *folder = g_build_filename(site->folder, "new", "host", NULL);
    g_autofree char *old = g_build_filename(site->fleet, from, "capabilities.xml", NULL);
    g_autofree char *new = g_build_filename(folder, "capabilities.xml", NULL);
    g_autofree char *text = NULL;

    assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
    assert_true(g_file_get_contents(old, &text, NULL, NULL));
    memset(strstr(text, "<uuid>") + strlen("<uuid>"), '1', 8);
    assert_true(g_file_set_contents(new, text, -1, NULL));
}

/* In the host NAME's document DOCUMENT, lets CHANGE have the text that begins with BEGIN. */
static void
change_document(const Site *site, const char *name, const char *document, const char *begin,
                void (*change)(char *text))
{
    g_autofree char *path = g_build_filename(site->fleet, name, document, NULL);
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_non_null(strstr(text, begin));
    change(strstr(text, begin) + strlen(begin));
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
count_up(char *digit)
{
    (*digit)++;
}

/* "<feature policy='require' name='vmx'/>" */
static void
disable(char *policy)
{
    static const char word[] = "disable";

    for (gsize i = 0; word[i] != '\0'; i++)
        policy[i] = word[i];
}

/* Gives the host NAME other microcode, which took a feature from guests. */
static void
change_microcode(const Site *site, const char *name)
{
    static const char feature[] = "<feature policy='";

    change_document(site, name, "capabilities.xml", "<microcode version='", count_up);
    change_document(site, name, "domcapabilities-pc.xml", feature, disable);
    change_document(site, name, "domcapabilities-q35.xml", feature, disable);
}

/* Two nights; between them a host went and another lost a feature to its microcode. */
static int
set_up(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *gone = g_build_filename(site->fleet, "cmp-b01", NULL);

    site_make_hosts(site, "8");
    site_pass_night(site);
    program_remove_folder(gone);
    change_microcode(site, "web-d01");
    site_pass_night(site);
    make_new_host(site, "cmp-e01");
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        g_free(site_write_text(site, files[i].name, files[i].text));
    /* What the user of the test keeps at home is nobody's business. */
    g_setenv("XDG_DATA_HOME", site->folder, TRUE);
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misspelt_and_incomplete_commands_are_told_what_to_do),
        cmocka_unit_test(test_completion_offers_names_of_the_plan_and_the_inventory),
        cmocka_unit_test(test_drift_is_told_since_the_run_that_is_named),
        cmocka_unit_test(test_classes_are_shown_with_their_hosts_and_limits),
        cmocka_unit_test(test_templates_are_made_for_each_platform_in_each_form),
        cmocka_unit_test(test_matrix_explains_pairs_and_corrects_names),
        cmocka_unit_test(test_whatif_tells_what_gets_worse_or_cannot_be),
        cmocka_unit_test(test_addresses_are_planned_listed_found_and_drawn),
        cmocka_unit_test(test_definitions_are_compared_from_files_and_the_inventory),
        cmocka_unit_test(test_detached_is_the_device_that_is_meant),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
