/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What of a device's ABI the tables of domain_abi_rules.c cannot say: options that only some kinds
 * have, and what libvirt fills in depending on something else.
 */

#include "domain_abi_private.h"

#include <cpumodel/text_list.h>
#include <string.h>

static const AbiRule read_only_rule = {"read-only", "the guest has mounted it so", FALSE};
static const AbiRule subsystem_rule = {"subsystem", "the guest's driver is bound to this device",
                                       FALSE};
static const AbiRule serial_model_rule = {
    "target model", "the guest's driver is bound to this kind of device", FALSE};
static const AbiRule msi_rule = {"MSI", "the guest has negotiated this with its device", FALSE};
static const AbiRule ioeventfd_rule = {"MSI ioeventfd",
                                       "the guest has negotiated this with its device", FALSE};
static const AbiRule pcr_rule = {"PCR banks", "the guest's keys are sealed with them", FALSE};
static const AbiRule channel_rule = {"source type",
                                     "libvirt gives an unnamed channel its name by it", FALSE};
static const AbiRule virtio_rules[] = {
    {"virtio iommu", "the guest has negotiated this with its device", FALSE},
    {"virtio ats", "the guest has negotiated this with its device", FALSE},
    {"virtio packed", "the guest has negotiated this with its device", FALSE},
    {"virtio page_per_vq", "the guest has negotiated this with its device", FALSE},
};
static const char *const virtio_options[] = {"iommu", "ats", "packed", "page_per_vq"};
G_STATIC_ASSERT(G_N_ELEMENTS(virtio_rules) == G_N_ELEMENTS(virtio_options));
static const AbiRule driver_rule = {
    "driver element", "libvirt refuses when only one side has one, whatever is in it", FALSE};

static gboolean
has_virtio_options(DeviceKind kind)
{
    static const DeviceKind kinds[] = {
        DEVICE_DISK,  DEVICE_INTERFACE,  DEVICE_CONTROLLER, DEVICE_FILESYSTEM, DEVICE_INPUT,
        DEVICE_VIDEO, DEVICE_MEMBALLOON, DEVICE_RNG,        DEVICE_MEMORY,     DEVICE_VSOCK};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i] == kind)
            return TRUE;
    }
    return FALSE;
}

static void
read_virtio_options(const AbiList *list, const xmlNode *node, DeviceKind kind)
{
    const xmlNode *driver = xml_child(node, "driver");

    if (driver == NULL)
        return;
    if (kind != DEVICE_DISK) /* libvirt writes one into every disk */
        abi_list_add(list, &driver_rule, NULL, driver, "present");
    for (guint i = 0; i < G_N_ELEMENTS(virtio_options); i++) {
        const char *value = xml_attr(driver, virtio_options[i]);

        if (value != NULL)
            abi_list_add(list, &virtio_rules[i], NULL, driver, value);
    }
}

/* Memory of video cards that libvirt fills in, in KiB; NULL: none. */
typedef struct {
    const char *type;
    const char *memory[4]; /* in the order of video_memory */
} VideoDefaults;

static const AbiPath video_memory[] = {
    {{"RAM", "the guest has mapped the card's memory", FALSE}, "model@ram", ABI_NUMBER, NULL},
    {{"video RAM", "the guest has mapped the card's memory", FALSE},
     "model@vram",
     ABI_NUMBER,
     NULL},
    {{"64-bit video RAM", "the guest has mapped the card's memory", FALSE},
     "model@vram64",
     ABI_NUMBER,
     NULL},
    {{"VGA memory", "the guest has mapped the card's memory", FALSE},
     "model@vgamem",
     ABI_NUMBER,
     NULL},
};
static const AbiPath video_heads = {
    {"heads", "the guest has its screens so", FALSE}, "model@heads", ABI_NUMBER, "1"};

static const VideoDefaults video_defaults[] = {
    {"vga", {NULL, "16384", NULL, NULL}},       {"cirrus", {NULL, "16384", NULL, NULL}},
    {"vmvga", {NULL, "16384", NULL, NULL}},     {"bochs", {NULL, "16384", NULL, NULL}},
    {"qxl", {"65536", "65536", NULL, "16384"}},
};

static void
read_video(const AbiList *list, const xmlNode *node)
{
    const char *type = xml_child_attr(node, "model", "type");
    const VideoDefaults *defaults = NULL;

    for (guint i = 0; type != NULL && i < G_N_ELEMENTS(video_defaults); i++) {
        if (strcmp(video_defaults[i].type, type) == 0)
            defaults = &video_defaults[i];
    }
    for (guint i = 0; i < G_N_ELEMENTS(video_memory); i++) {
        const char *attribute = strchr(video_memory[i].path, '@') + 1;
        const char *value = xml_child_attr(node, "model", attribute);

        if (defaults != NULL && g_strcmp0(value, defaults->memory[i]) == 0)
            continue;
        abi_read_path(list->tree, node, &video_memory[i], list->element);
    }
    abi_read_path(list->tree, node, &video_heads, list->element);
}

/* The model that libvirt fills in for each type of target. */
static const char *const usual_serial_models[] = {
    "isa-serial", "pci-serial", "usb-serial",   "spapr-vty", "sclpconsole",
    "pl011",      "16550a",     "isa-debugcon", NULL,
};

static void
read_serial(const AbiList *list, const xmlNode *node)
{
    const xmlNode *target = xml_child(node, "target");
    const char *model = target == NULL ? NULL : xml_child_attr(target, "model", "name");

    if (model != NULL && !g_strv_contains(usual_serial_models, model))
        abi_list_add(list, &serial_model_rule, NULL, target, model);
}

/* A doorbell has interrupts, written or not. */
static void
read_shmem(const AbiList *list, const xmlNode *node)
{
    if (g_strcmp0(xml_child_attr(node, "model", "type"), "ivshmem-doorbell") != 0)
        return;
    abi_list_add(list, &msi_rule, NULL, node, "yes");
    abi_list_add(list, &ioeventfd_rule, NULL, node, "on");
}

/* libvirt lets a PCI device become a mediated one and back. */
static void
read_hostdev(const AbiList *list, const xmlNode *node)
{
    const char *type = xml_attr(node, "type");

    if (type != NULL)
        abi_list_add(list, &subsystem_rule, NULL, node, strcmp(type, "mdev") == 0 ? "pci" : type);
}

static void
read_pcr_banks(const AbiList *list, const xmlNode *node)
{
    const xmlNode *banks =
        abi_follow(node, "backend/active_pcr_banks", strlen("backend/active_pcr_banks"));
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const xmlNode *bank = abi_first_element(banks, NULL); bank != NULL;
         bank = abi_next_element(bank->next, NULL))
        g_ptr_array_add(names, (gpointer)(guintptr)bank->name);
    if (names->len == 0)
        return;
    text_list_sort(names);
    g_ptr_array_add(names, NULL);
    g_autofree char *value = g_strjoinv(" ", (char **)names->pdata);
    abi_list_add(list, &pcr_rule, NULL, banks, value);
}

void
abi_read_device_lists(const DomainTree *tree, const xmlNode *node, DeviceKind kind,
                      AbiElement *element)
{
    const AbiList list = {tree, element};

    if (has_virtio_options(kind))
        read_virtio_options(&list, node, kind);
    if (kind == DEVICE_VIDEO)
        read_video(&list, node);
    if (kind == DEVICE_HOSTDEV)
        read_hostdev(&list, node);
    if (kind == DEVICE_SERIAL)
        read_serial(&list, node);
    if (kind == DEVICE_SHMEM)
        read_shmem(&list, node);
    if (kind == DEVICE_TPM)
        read_pcr_banks(&list, node);
    if (kind == DEVICE_DISK && !xml_attr_is(node, "device", "cdrom") &&
        xml_child(node, "readonly") != NULL)
        abi_list_add(&list, &read_only_rule, NULL, xml_child(node, "readonly"), "yes");
    if (kind == DEVICE_CHANNEL && xml_child_attr(node, "target", "name") == NULL &&
        xml_attr_is(node, "type", "spicevmc"))
        abi_list_add(&list, &channel_rule, NULL, node, "spicevmc");
}
