/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One small reader for each kind of device that has little to say, and the table of all of them.
 */

#include "domain_devices_private.h"

#include <cpumodel/text_list.h>
#include <string.h>

/* Reads the enumeration attribute of NODE into FIELD of DEVICE. */
#define READ_WORD(tree, node, attribute, words, field)                                             \
    G_STMT_START                                                                                   \
    {                                                                                              \
        guint value_ = (guint)(field);                                                             \
        if (!domain_tree_word(tree, node, attribute, words, &value_))                              \
            return FALSE;                                                                          \
        (field) = value_;                                                                          \
    }                                                                                              \
    G_STMT_END

static gboolean
require(DomainTree *tree, const xmlNode *node, const char *name)
{
    if (xml_attr(node, name) != NULL)
        return TRUE;
    g_autofree char *remedy = g_strdup_printf("give it one with %s=''", name);
    return domain_tree_refuse(tree, node, remedy, "<%s> has no %s", (const char *)node->name, name);
}

static gboolean
read_sound(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "model"))
        return FALSE;
    READ_WORD(tree, node, "model", &sound_model_words, device->sound.model);
    return TRUE;
}

static gboolean
read_video(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *model = xml_child(node, "model");

    if (model == NULL)
        return TRUE;
    device->video.model_place = domain_tree_place(tree, model);
    device->video.is_primary = xml_attr_is(model, "primary", "yes");
    READ_WORD(tree, model, "type", &video_model_words, device->video.model);
    if (device->video.model == VIDEO_MODEL_DEFAULT)
        device->video.model = VIDEO_MODEL_NONE_WRITTEN;
    return TRUE;
}

static gboolean
read_smartcard(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "mode"))
        return FALSE;
    device->smartcard.mode = g_strdup(xml_attr(node, "mode"));
    return TRUE;
}

static gboolean
read_serial(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *target = xml_child(node, "target");

    device->serial.port = -1;
    if (target == NULL)
        return TRUE;
    device->serial.target_place = domain_tree_place(tree, target);
    READ_WORD(tree, target, "type", &serial_target_words, device->serial.target);
    /* The default name of the default target says nothing that its absence would not. */
    if (device->serial.target == SERIAL_TARGET_ISA)
        device->serial.target = SERIAL_TARGET_NONE;
    return domain_tree_int(tree, target, "port", 0, G_MAXINT, &device->serial.port);
}

static gboolean
read_parallel(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *target = xml_child(node, "target");

    device->serial.port = -1;
    return target == NULL ||
           domain_tree_int(tree, target, "port", 0, G_MAXINT, &device->serial.port);
}

static gboolean
read_channel(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *target = xml_child(node, "target");

    if (target == NULL || xml_attr(target, "type") == NULL)
        return domain_tree_refuse(tree, node, "give it one with <target type='virtio'/>",
                                  "the channel has no target type");
    READ_WORD(tree, target, "type", &channel_target_words, device->channel.target);
    device->channel.name = g_strdup(xml_attr(target, "name"));
    return TRUE;
}

static gboolean
read_console(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *target = xml_child(node, "target");

    device->console.port = -1;
    if (target == NULL)
        return TRUE;
    device->console.target_place = domain_tree_place(tree, target);
    READ_WORD(tree, target, "type", &console_target_words, device->console.target);
    return domain_tree_int(tree, target, "port", 0, G_MAXINT, &device->console.port);
}

static gboolean
read_input(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "type"))
        return FALSE;
    READ_WORD(tree, node, "type", &input_type_words, device->input.type);
    READ_WORD(tree, node, "bus", &input_bus_words, device->input.bus);
    READ_WORD(tree, node, "model", &virtio_model_words, device->input.model);
    return TRUE;
}

static gboolean
read_filesystem(DomainTree *tree, const xmlNode *node, Device *device)
{
    const xmlNode *driver = xml_child(node, "driver");

    device->filesystem.target = g_strdup(xml_child_attr(node, "target", "dir"));
    READ_WORD(tree, node, "model", &virtio_model_words, device->filesystem.model);
    if (driver != NULL)
        READ_WORD(tree, driver, "type", &filesystem_driver_words, device->filesystem.driver);
    return TRUE;
}

static gboolean
read_watchdog(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "model"))
        return FALSE;
    READ_WORD(tree, node, "model", &watchdog_model_words, device->watchdog.model);
    return TRUE;
}

static gboolean
read_memballoon(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "model"))
        return FALSE;
    READ_WORD(tree, node, "model", &balloon_model_words, device->memballoon.model);
    return TRUE;
}

static gboolean
read_virtio(DomainTree *tree, const xmlNode *node, Device *device)
{
    device->virtio.model = VIRTIO_MODEL_VIRTIO;
    READ_WORD(tree, node, "model", &virtio_model_words, device->virtio.model);
    return TRUE;
}

static gboolean
read_rng(DomainTree *tree, const xmlNode *node, Device *device)
{
    return require(tree, node, "model") && read_virtio(tree, node, device);
}

static gboolean
read_hub(DomainTree *tree, const xmlNode *node, Device *device)
{
    (void)device;
    if (!xml_attr_is(node, "type", "usb"))
        return domain_tree_refuse(tree, node, "write type='usb'",
                                  "the hub has no type that libvirt knows");
    return TRUE;
}

static gboolean
read_shmem(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "name"))
        return FALSE;
    device->shmem.name = g_strdup(xml_attr(node, "name"));
    return TRUE;
}

static gboolean
read_tpm(DomainTree *tree, const xmlNode *node, Device *device)
{
    READ_WORD(tree, node, "model", &tpm_model_words, device->tpm.model);
    return TRUE;
}

static gboolean
read_panic(DomainTree *tree, const xmlNode *node, Device *device)
{
    READ_WORD(tree, node, "model", &panic_model_words, device->panic.model);
    return TRUE;
}

static gboolean
read_memory(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "model"))
        return FALSE;
    READ_WORD(tree, node, "model", &memory_model_words, device->memory.model);
    return TRUE;
}

static gboolean
read_redirdev(DomainTree *tree, const xmlNode *node, Device *device)
{
    const char *bus = xml_attr(node, "bus");

    (void)tree;
    device->redirdev.bus = g_strdup(bus == NULL ? "usb" : bus);
    return TRUE;
}

static gboolean
read_iommu(DomainTree *tree, const xmlNode *node, Device *device)
{
    if (!require(tree, node, "model"))
        return FALSE;
    READ_WORD(tree, node, "model", &iommu_model_words, device->iommu.model);
    return TRUE;
}

static gboolean
read_nothing(DomainTree *tree, const xmlNode *node, Device *device)
{
    (void)tree;
    (void)node;
    (void)device;
    return TRUE;
}

static gboolean (*const kind_readers[])(DomainTree *, const xmlNode *, Device *) = {
    [DEVICE_DISK] = domain_tree_disk,      [DEVICE_INTERFACE] = domain_tree_interface,
    [DEVICE_SOUND] = read_sound,           [DEVICE_HOSTDEV] = domain_tree_hostdev,
    [DEVICE_VIDEO] = read_video,           [DEVICE_CONTROLLER] = domain_tree_controller,
    [DEVICE_SMARTCARD] = read_smartcard,   [DEVICE_SERIAL] = read_serial,
    [DEVICE_PARALLEL] = read_parallel,     [DEVICE_CHANNEL] = read_channel,
    [DEVICE_CONSOLE] = read_console,       [DEVICE_INPUT] = read_input,
    [DEVICE_FILESYSTEM] = read_filesystem, [DEVICE_WATCHDOG] = read_watchdog,
    [DEVICE_MEMBALLOON] = read_memballoon, [DEVICE_RNG] = read_rng,
    [DEVICE_NVRAM] = read_nothing,         [DEVICE_HUB] = read_hub,
    [DEVICE_SHMEM] = read_shmem,           [DEVICE_TPM] = read_tpm,
    [DEVICE_PANIC] = read_panic,           [DEVICE_MEMORY] = read_memory,
    [DEVICE_REDIRDEV] = read_redirdev,     [DEVICE_IOMMU] = read_iommu,
    [DEVICE_VSOCK] = read_virtio,          [DEVICE_CRYPTO] = read_nothing,
    [DEVICE_PSTORE] = read_nothing,
};
G_STATIC_ASSERT(G_N_ELEMENTS(kind_readers) == DEVICE_KIND_COUNT);

/* ---- what tells one from another ------------------------------------------------------------ */

/* Appends NODE, whatever the order of its attributes and the space between its elements. */
static void
describe(GString *text, const xmlNode *node)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        g_ptr_array_add(
            words,
            g_strdup_printf(" %s='%s'", (const char *)attr->name,
                            attr->children == NULL ? "" : (const char *)attr->children->content));
    text_list_sort(words);
    g_string_append_printf(text, "<%s", (const char *)node->name);
    for (guint i = 0; i < words->len; i++)
        g_string_append(text, g_ptr_array_index(words, i));
    g_string_append_c(text, '>');
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            describe(text, child);
        } else if (child->type == XML_TEXT_NODE) {
            g_autofree char *trimmed = g_strstrip(g_strdup((const char *)child->content));

            g_string_append(text, trimmed);
        }
    }
}

/* A pseudo-terminal is another each time, so the one that is written does not matter. */
static char *
describe_character(const xmlNode *node)
{
    const char *type = xml_attr(node, "type");
    GString *text = g_string_new(type);

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        gboolean is_part =
            child->type == XML_ELEMENT_NODE && (strcmp((const char *)child->name, "source") == 0 ||
                                                strcmp((const char *)child->name, "protocol") == 0);

        if (is_part && g_strcmp0(type, "pty") != 0)
            describe(text, child);
    }
    return g_string_free(text, FALSE);
}

static char *
describe_shmem(const xmlNode *node)
{
    GString *text = g_string_new(xml_attr(node, "name"));

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, "address") != 0 &&
            strcmp((const char *)child->name, "alias") != 0)
            describe(text, child);
    }
    return g_string_free(text, FALSE);
}

static char *
describe_content(const xmlNode *node, DeviceKind kind)
{
    switch ((guint)kind) {
    case DEVICE_SERIAL:
    case DEVICE_PARALLEL:
    case DEVICE_CHANNEL:
    case DEVICE_CONSOLE:
        return describe_character(node);
    case DEVICE_SHMEM:
        return describe_shmem(node);
    default:
        return NULL;
    }
}

Device *
domain_tree_device(DomainTree *tree, const xmlNode *node, DeviceKind kind)
{
    g_autoptr(Device) device = device_new(kind);
    const char *alias = xml_child_attr(node, "alias", "name");

    device->place = domain_tree_place(tree, node);
    device->alias = g_strdup(alias);
    device->content = describe_content(node, kind);
    device->is_spice =
        xml_attr_is(node, "type", "spicevmc") || xml_attr_is(node, "type", "spiceport");
    if (!domain_tree_address(tree, node, &device->address, &device->address_place))
        return NULL;
    device->written = device->address;
    if (!kind_readers[kind](tree, node, device))
        return NULL;
    return g_steal_pointer(&device);
}
