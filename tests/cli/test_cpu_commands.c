/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The cpu commands as a person uses them: what they print of small CPUs in each form, how they end,
 * and what they say to what cannot be. What libvirt answers is tested in cpumodel; here it is the
 * way from files and options to that answer and back.
 */

#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* CPUID registers of a Westmere; its second logical CPU of the dump lacks aes. */
#define LEAF_0 "ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
#define LEAF_1 "eax=0x000206c2 ebx=0x00100800 "
#define LEAF_2 "   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000001 edx=0x20100800\n"
#define XML_LEAF(function, registers) "<cpuid eax_in='" function "' ecx_in='0x00' " registers "/>"

static const struct {
    const char *name, *text;
} files[] = {
    {"old.xml", "<cpu><arch>x86_64</arch><model>Westmere</model><vendor>Intel</vendor>"
                "<microcode version='31'/><signature family='6' model='44' stepping='2'/>"
                "<counter name='tsc' frequency='2400000000' scaling='no'/>"
                "<feature name='pcid'/></cpu>\n"},
    {"new.xml", "<cpu><arch>x86_64</arch><model>SandyBridge</model><vendor>Intel</vendor>"
                "<feature name='vmx'/></cpu>\n"},
    {"amd.xml", "<cpu><arch>x86_64</arch><model>Opteron_G3</model><vendor>AMD</vendor></cpu>\n"},
    {"ppc.xml", "<cpu><arch>ppc64le</arch><model>POWER8</model></cpu>\n"},
    {"guest.xml", "<cpu match='exact'><model fallback='forbid'>SandyBridge</model>"
                  "<vendor>Intel</vendor><feature policy='require' name='vmx'/>"
                  "<feature policy='forbid' name='pcid'/></cpu>\n"},
    {"strict.xml", "<cpu match='strict'><model>Westmere</model></cpu>\n"},
    {"vendor.xml", "<cpu match='exact'><model>Westmere</model><vendor>AMD</vendor></cpu>\n"},
    {"live.xml", "<cpu mode='custom' match='exact' check='full'><model>Westmere</model>"
                 "<feature policy='require' name='hypervisor'/></cpu>\n"},
    {"host-model.xml", "<cpu mode='host-model'/>\n"},
    {"alien.xml", "<cpu match='exact'><model>Alien</model></cpu>\n"},
    {"no-model.xml", "<cpu><arch>x86_64</arch></cpu>\n"},
    {"unknown.xml", "<cpu><arch>x86_64</arch><model>Westmere</model>"
                    "<feature name='no-such-thing'/></cpu>\n"},
    {"domcaps.xml",
     "<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain>"
     "<machine>pc-i440fx-7.2</machine><arch>x86_64</arch><cpu>"
     "<mode name='host-passthrough' supported='yes'/>"
     "<mode name='host-model' supported='yes'><model fallback='forbid'>Westmere</model>"
     "<vendor>Intel</vendor><feature policy='require' name='pcid'/></mode>"
     "<mode name='custom' supported='yes'><model usable='yes'>Westmere</model>"
     "<model usable='no'>SandyBridge</model><blockers model='SandyBridge'>"
     "<feature name='avx'/></blockers></mode></cpu></domainCapabilities>\n"},
    {"raw.xml", "<cpudata arch='x86'>\n" XML_LEAF("0x00000000", "eax='0x0000000b' ebx='0x756e6547' "
                                                                "ecx='0x6c65746e' edx='0x49656e69'")
                    XML_LEAF("0x00000001", "eax='0x000206c2' ebx='0x00000000' ecx='0x02982203' "
                                           "edx='0x078bfbfd'")
                        XML_LEAF("0x80000001", "eax='0' ebx='0' ecx='0x00000001' "
                                               "edx='0x20100800'") "</cpudata>\n"},
    {"dump.txt", "CPU 0:\n"
                 "   0x00000000 0x00: eax=0x0000000b " LEAF_0 "   0x00000001 0x00: " LEAF_1
                 "ecx=0x02982203 edx=0x078bfbfd\n" LEAF_2 "CPU 1:\n"
                 "   0x00000000 0x00: eax=0x0000000b " LEAF_0 "   0x00000001 0x00: " LEAF_1
                 "ecx=0x00982203 edx=0x078bfbfd\n" LEAF_2},
    {"models.json", "{\"return\": [{\"name\": \"Westmere\", \"unavailable-features\": [\"aes\"]},"
                    " {\"name\": \"Penryn\", \"unavailable-features\": []}]}\n"},
    {"nothing.json", "{\"return\": {}}\n"},
    {"on.xml", "<cpudata arch='x86'>" XML_LEAF("0x1", "eax='0' ebx='0' ecx='0x00020000' "
                                                      "edx='0'") "</cpudata>\n"},
    {"off.xml", "<cpudata arch='x86'>" XML_LEAF("0x1", "eax='0' ebx='0' ecx='0x00000020' "
                                                       "edx='0'") "</cpudata>\n"},
    {"text.txt", "not a CPU\n"},
    {"empty", ""},
};

#define CPU_LINE "  <model fallback='allow'>"

static const Question diff[] = {
    {{"cpu", "diff", "@old.xml", "@old.xml"}, .whole = "no difference\n"},
    {{"cpu", "diff", "--all", "@old.xml", "@old.xml"}, .out = "instruction sets  aes      "},
    {{"cpu", "diff", "@old.xml", "@new.xml"}, .out = "virtualization    vmx  ", .absent = "vendor"},
    {{"cpu", "diff", "--format", "json", "@old.xml", "@unknown.xml"},
     .out = "{\"group\": \"by name\", \"what\": \"no-such-thing\", ",
     .error = "the CPU map does not know feature 'no-such-thing': it is compared by name"},
    {{"cpu", "diff", "--json", "@old.xml", "@ppc.xml"}, .out = "\"POWER8\"}"},
    {{"cpu", "diff", "@old.xml"}, 2, .error = "two CPUs are needed: name more"},
    {{"cpu", "diff", "@old.xml", "@nowhere.xml"}, 3, .error = "nowhere.xml: No such file"},
    {{"cpu", "diff", "--cpu-map", "/nowhere", "@old.xml", "@new.xml"}, 3, .error = "/nowhere: "},
};

static const Question compare[] = {
    {{"cpu", "compare", "@old.xml", "@old.xml"}, .whole = "identical\n"},
    {{"cpu", "compare", "--json", "@old.xml", "@old.xml"},
     .whole = "{\n  \"result\": \"identical\"\n}\n"},
    {{"cpu", "compare", "@new.xml", "@old.xml"},
     1,
     .whole = "incompatible\nthe host lacks required features: pcid\n  other: pcid\n"
              "To cure it: disable these features in the definition, choose a model without them, "
              "or take a baseline of both CPUs.\n"},
    /* No host's capabilities have what a hypervisor adds to a guest that runs. */
    {{"cpu", "compare", "@old.xml", "@live.xml"},
     1,
     .whole =
         "incompatible\nthe host lacks required features: hypervisor\n"
         "  virtualization: hypervisor\n"
         "To cure it: give the host's domain capabilities in place of its capabilities: guests "
         "have 'hypervisor' of their hypervisor, never of a CPU.\n"},
    {{"cpu", "compare", "@old.xml", "@new.xml"},
     1,
     .out = "  virtualization: vmx\n    (only matter to guests that run guests of their own)\n"},
    {{"cpu", "compare", "--format", "json", "@old.xml", "@guest.xml"},
     1,
     .whole = "{\n  \"result\": \"incompatible\",\n  \"reason\": {\n"
              "    \"id\": \"forbidden-features\",\n"
              "    \"message\": \"the host has forbidden features: pcid\",\n"
              "    \"features\": [\n      {\n        \"name\": \"pcid\",\n"
              "        \"group\": \"other\"\n      }\n    ],\n"
              "    \"remedy\": \"turn these features off on the host, or use policy='disable' "
              "instead of 'forbid'\"\n  }\n}\n"},
    {{"cpu", "compare", "@old.xml", "@strict.xml"}, 1, .out = "To cure it: use match='exact'"},
    {{"cpu", "compare", "@old.xml", "@vendor.xml"}, 1, .out = "made by the required vendor: AMD"},
    {{"cpu", "compare", "--json", "@old.xml", "@vendor.xml"}, 1, .out = "\"detail\": \"AMD\""},
    {{"cpu", "compare", "@old.xml", "@ppc.xml"},
     1,
     .whole = "incompatible\nthe CPU is made for another architecture: ppc64le\n"},
    {{"cpu", "compare", "@old.xml", "@unknown.xml"},
     3,
     .error = "unknown.xml: unknown CPU feature 'no-such-thing'"},
    {{"cpu", "compare", "@old.xml", "@no-model.xml"},
     3,
     .error = "no-model.xml:1: a host CPU without <model>"},
    {{"cpu", "compare", "@old.xml"}, 2, .error = "two files are needed"},
    {{"cpu", "compare", "@nowhere", "@old.xml"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "compare", "--format", "csv", "@old.xml", "@new.xml"},
     2,
     .error = "compare has no format 'csv': use text or json"},
    {{"cpu", "compare", "--hypervisor", "@domcaps.xml", "@strict.xml"}, .whole = "superset\n"},
    {{"cpu", "compare", "--hypervisor", "@domcaps.xml", "@guest.xml"}, 1, .out = "pcid"},
    {{"cpu", "compare", "--hypervisor", "@old.xml", "@strict.xml"}, 3, .error = "no models in it"},
};

static const Question decode[] = {
    {{"cpu", "decode", "@raw.xml"},
     .whole = "<cpu>\n  <arch>x86_64</arch>\n  <model>Westmere-v1</model>\n"
              "  <vendor>Intel</vendor>\n  <signature family='6' model='44' stepping='2'/>\n"
              "  <feature name='pclmuldq'/>\n</cpu>\n"},
    {{"cpu", "decode", "--guest", "@raw.xml"}, .out = "<model fallback='forbid'>Westmere"},
    {{"cpu", "decode", "--names", "qemu", "@raw.xml"}, .out = "<feature name='pclmulqdq'/>"},
    {{"cpu", "decode", "--features", "@raw.xml"}, .out = "<feature name='sse4.2'/>"},
    {{"cpu", "decode", "--models", "Penryn , ,", "@raw.xml"}, .out = "<model>Penryn</model>"},
    {{"cpu", "decode", "--format", "json", "@raw.xml"}, .out = "\"signature_model\": 44,"},
    {{"cpu", "decode", "--signature", "@raw.xml"},
     .whole = "0206c2\nfamily:     6 (0x06)\nmodel:     44 (0x2c)\nstepping:   2 (0x02)\n"},
    /* What one logical CPU lacks is not decoded, and that is said. */
    {{"cpu", "decode", "@dump.txt"},
     .out = "<model>Nehalem-v1</model>",
     .absent = "aes",
     .error = "dump.txt:5: 1 of 2 logical CPUs lack features that others have"},
    {{"cpu", "decode", "--raw", "@dump.txt"},
     .out = "ecx='0x00982203' edx='0x078bfbfd'/>",
     .error = "only what all have is counted"},
    {{"cpu", "decode", "@models.json"}, 3, .error = "save what QEMU answers to that"},
    {{"cpu", "decode", "@nothing.json"}, 3, .error = "nothing.json: no CPU in it: give QEMU's"},
    {{"cpu", "decode", "@text.txt"}, 3, .error = "text.txt:1: not well-formed XML"},
    {{"cpu", "decode", "@empty"}, 3, .error = "empty:1: not well-formed XML"},
    {{"cpu", "decode", "@nowhere"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "decode"}, 2, .error = "no file given"},
    {{"cpu", "decode", "--names", "nobody", "@raw.xml"}, 2, .error = "has no names of 'nobody'"},
};

static const Question resolve[] = {
    {{"cpu", "resolve", "@new.xml", "@guest.xml"}, .out = "<feature policy='forbid' name='pcid'/>"},
    {{"cpu", "resolve", "@old.xml", "@host-model.xml"},
     .whole = "<cpu mode='custom' match='exact'>\n" CPU_LINE "Westmere</model>\n"
              "  <vendor>Intel</vendor>\n  <feature policy='require' name='pcid'/>\n</cpu>\n"},
    {{"cpu", "resolve", "--json", "@new.xml", "@guest.xml"},
     .out = "\"match\": \"exact\",\n  \"check\": \"default\",\n  \"fallback\": \"forbid\",\n"},
    {{"cpu", "resolve", "--update-only", "@new.xml", "@host-model.xml"},
     .out = CPU_LINE "SandyBridge</model>"},
    {{"cpu", "resolve", "@domcaps.xml", "@host-model.xml"}, .out = CPU_LINE "Westmere</model>"},
    {{"cpu", "resolve", "--models", "Penryn", "@domcaps.xml", "@host-model.xml"},
     .out = CPU_LINE "Penryn</model>"},
    {{"cpu", "resolve", "--models-from", "@models.json", "@old.xml", "@host-model.xml"},
     .out = CPU_LINE "Westmere</model>"},
    {{"cpu", "resolve", "@old.xml", "@guest.xml"}, 3, .error = "cannot run on this host"},
    {{"cpu", "resolve", "@old.xml", "@new.xml"}, 3, .error = "where a guest's is needed"},
    {{"cpu", "resolve", "@old.xml"}, 2, .error = "two files are needed"},
    {{"cpu", "resolve", "@old.xml", "@nowhere"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "resolve", "--models-from", "@text.txt", "@old.xml", "@host-model.xml"},
     3,
     .error = "text.txt: no models in it"},
    {{"cpu", "resolve", "--models-from", "@nothing.json", "@old.xml", "@host-model.xml"},
     3,
     .error = "nothing.json: no CPU in it"},
};

static const Question live[] = {
    {{"cpu", "live", "@guest.xml", "@on.xml", "@off.xml"},
     .out = "<feature policy='disable' name='vmx'/>",
     .absent = "policy='forbid'"},
    {{"cpu", "live", "@guest.xml", "@on.xml"}, 2, .error = "three files are needed"},
    {{"cpu", "live", "@guest.xml", "@on.xml", "@nowhere"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "live", "@guest.xml", "@text.txt", "@off.xml"}, 3, .error = "text.txt:1: not well-"},
    {{"cpu", "live", "@old.xml", "@on.xml", "@off.xml"}, 3, .error = "old.xml:1: a host CPU"},
    {{"cpu", "live", "@alien.xml", "@on.xml", "@off.xml"}, 3, .error = "alien.xml:1: unknown"},
};

static const Question baseline[] = {
    {{"cpu", "baseline", "--format", "json", "@old.xml", "@new.xml"},
     .out = "\"model\": \"Westmere\",\n  \"vendor\": \"Intel\",\n  \"features\": [\n  ]"},
    {{"cpu", "baseline", "--models", "Penryn,core2duo", "@old.xml", "@new.xml"},
     .out = CPU_LINE "Penryn</model>"},
    {{"cpu", "baseline", "--models-from", "@models.json", "@old.xml"},
     .out = "<feature policy='disable' name='aes'/>"},
    {{"cpu", "baseline", "--driver", "qemu", "@old.xml"}, .out = "Westmere"},
    {{"cpu", "baseline", "--driver", "xen", "@old.xml"}, 2, .error = "use test or qemu"},
    {{"cpu", "baseline", "--models", "A", "--models-from", "@old.xml", "@old.xml"},
     2,
     .error = "exclude each other"},
    {{"cpu", "baseline", "@amd.xml", "@old.xml"}, 3, .error = "old.xml:1: vendor 'Intel' differs"},
    {{"cpu", "baseline", "@text.txt"}, 3, .error = "text.txt: no CPU in it"},
    {{"cpu", "baseline", "@nowhere"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "baseline", "--names", "nobody", "@old.xml"}, 2, .error = "has no names of 'nobody'"},
    {{"cpu", "baseline"}, 2, .error = "no file given"},
};

static const Question expand[] = {
    {{"cpu", "expand", "@ppc.xml", "@amd.xml"},
     .out = "<model>POWER8</model>\n</cpu>\n<cpu>\n  <arch>x86_64</arch>\n"},
    {{"cpu", "expand", "@host-model.xml"}, .whole = "<cpu mode='host-model'/>\n"},
    {{"cpu", "expand", "@amd.xml", "@alien.xml"}, 3, .error = "alien.xml:1: unknown CPU model"},
    {{"cpu", "expand", "--names", "nobody", "@old.xml"}, 2, .error = "has no names of 'nobody'"},
    {{"cpu", "expand", "@nowhere"}, 3, .error = "nowhere: No such file"},
    {{"cpu", "expand"}, 2, .error = "no file given"},
    {{"cpu", "expand", "--features", "@old.xml"}, 2, .error = "see 'virt-plan cpu expand --help'"},
};

static const Question words[] = {
    {{"cpu", "basline", "@old.xml"}, 2, .error = "did you mean 'baseline'?"},
    {{"cpu"}, 2, .error = "'virt-plan cpu' needs a command"},
};

static void
test_cpu_diff_shows_which_cpu_has_what(void **state)
{
    ask_all(*state, diff, G_N_ELEMENTS(diff));
}

static void
test_cpu_compare_tells_the_reason_and_its_cure(void **state)
{
    ask_all(*state, compare, G_N_ELEMENTS(compare));
}

static void
test_cpu_decode_names_the_model_of_raw_data(void **state)
{
    ask_all(*state, decode, G_N_ELEMENTS(decode));
}

static void
test_cpu_resolve_makes_the_cpu_of_a_guest(void **state)
{
    ask_all(*state, resolve, G_N_ELEMENTS(resolve));
}

static void
test_cpu_live_is_what_qemu_turned_on_and_off(void **state)
{
    ask_all(*state, live, G_N_ELEMENTS(live));
}

static void
test_cpu_baseline_has_models_that_may_be_named(void **state)
{
    ask_all(*state, baseline, G_N_ELEMENTS(baseline));
}

static void
test_cpu_expand_takes_each_cpu_by_itself(void **state)
{
    ask_all(*state, expand, G_N_ELEMENTS(expand));
}

static void
test_cpu_without_a_command_or_with_a_misspelt_one_is_told(void **state)
{
    ask_all(*state, words, G_N_ELEMENTS(words));
}

static int
set_up(void **state)
{
    char *folder = program_make_folder();

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i].name, NULL);

        assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
    }
    *state = folder;
    return 0;
}

static int
tear_down(void **state)
{
    program_remove_folder(*state);
    g_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpu_diff_shows_which_cpu_has_what),
        cmocka_unit_test(test_cpu_compare_tells_the_reason_and_its_cure),
        cmocka_unit_test(test_cpu_decode_names_the_model_of_raw_data),
        cmocka_unit_test(test_cpu_resolve_makes_the_cpu_of_a_guest),
        cmocka_unit_test(test_cpu_live_is_what_qemu_turned_on_and_off),
        cmocka_unit_test(test_cpu_baseline_has_models_that_may_be_named),
        cmocka_unit_test(test_cpu_expand_takes_each_cpu_by_itself),
        cmocka_unit_test(test_cpu_without_a_command_or_with_a_misspelt_one_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
