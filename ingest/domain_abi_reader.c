/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest's ABI from its XML, driven by tables: a row names a property and where it stands.
 *
 * A path goes down by element names from the owner and ends in an attribute ("driver@queues"), in
 * an element's text ("serial"), or, with '?', in whether the element is there. Lists take every
 * child of an element, named by itself or by an attribute, with all its attributes as its value.
 *
 * Left out: host-side details, which libvirt lets differ (sources, bridges, cache modes, aliases).
 */

#include "domain_devices_private.h"

#include <ingest/domain_abi_reader.h>
#include <libxml/parser.h>
#include <string.h>

typedef struct {
    const char *name, *path;
} AbiPath;

typedef struct {
    const char *name; /* of its properties, in front of the child's own */
    const char *path; /* of the element whose children are listed */
    const char *key;  /* the attribute that names a child; NULL: its element's name */
} AbiList;

static const AbiPath guest_paths[] = {
    {"domain type", "@type"},
    {"UUID", "uuid"},
    {"OS type", "os/type"},
    {"architecture", "os/type@arch"},
    {"SMBIOS mode", "os/smbios@mode"},
    {"memory", "memory"},
    {"maximum memory", "maxMemory"},
    {"memory slots", "maxMemory@slots"},
    {"vCPUs", "vcpu"},
    {"online vCPUs", "vcpu@current"},
    {"I/O threads", "iothreads"},
    {"CPU mode", "cpu@mode"},
    {"CPU match", "cpu@match"},
    {"CPU model", "cpu/model"},
    {"CPU vendor", "cpu/vendor"},
    {"CPU sockets", "cpu/topology@sockets"},
    {"CPU dies", "cpu/topology@dies"},
    {"CPU clusters", "cpu/topology@clusters"},
    {"CPU cores", "cpu/topology@cores"},
    {"CPU threads", "cpu/topology@threads"},
    {"physical address mode", "cpu/maxphysaddr@mode"},
    {"physical address bits", "cpu/maxphysaddr@bits"},
    {"launch security", "launchSecurity@type"},
};

static const AbiList guest_lists[] = {
    {"feature", "features", NULL},          {"Hyper-V", "features/hyperv", NULL},
    {"KVM", "features/kvm", NULL},          {"timer", "clock", "name"},
    {"CPU feature", "cpu", "name"},         {"NUMA cell", "cpu/numa", "id"},
    {"BIOS entry", "sysinfo/bios", "name"}, {"system entry", "sysinfo/system", "name"},
};

/* Of every kind of device. */
static const AbiPath device_paths[] = {
    {"ACPI index", "acpi@index"},
    {"virtio iommu", "driver@iommu"},
    {"virtio ats", "driver@ats"},
    {"virtio packed", "driver@packed"},
    {"virtio page_per_vq", "driver@page_per_vq"},
    {"queues", "driver@queues"},
    {"vectors", "@vectors"},
};

typedef struct {
    DeviceKind kind;
    AbiPath path;
} AbiKindPath;

static const AbiKindPath kind_paths[] = {
    {DEVICE_DISK, {"device", "@device"}},
    {DEVICE_DISK, {"model", "@model"}},
    {DEVICE_DISK, {"bus", "target@bus"}},
    {DEVICE_DISK, {"target", "target@dev"}},
    {DEVICE_DISK, {"rotation rate", "target@rotation_rate"}},
    {DEVICE_DISK, {"serial number", "serial"}},
    {DEVICE_DISK, {"WWN", "wwn"}},
    {DEVICE_DISK, {"vendor", "vendor"}},
    {DEVICE_DISK, {"product", "product"}},
    {DEVICE_DISK, {"read-only", "readonly?"}},
    {DEVICE_DISK, {"logical block size", "blockio@logical_block_size"}},
    {DEVICE_DISK, {"physical block size", "blockio@physical_block_size"}},
    {DEVICE_INTERFACE, {"MAC address", "mac@address"}},
    {DEVICE_INTERFACE, {"MTU", "mtu@size"}},
    {DEVICE_CONTROLLER, {"type", "@type"}},
    {DEVICE_CONTROLLER, {"ports", "@ports"}},
    {DEVICE_CONTROLLER, {"PCI hole", "pcihole64"}},
    {DEVICE_CONTROLLER, {"NUMA node", "target/node"}},
    {DEVICE_FILESYSTEM, {"target", "target@dir"}},
    {DEVICE_FILESYSTEM, {"model", "@model"}},
    {DEVICE_INPUT, {"type", "@type"}},
    {DEVICE_INPUT, {"bus", "@bus"}},
    {DEVICE_INPUT, {"model", "@model"}},
    {DEVICE_SOUND, {"model", "@model"}},
    {DEVICE_SOUND, {"codec", "codec@type"}},
    {DEVICE_VIDEO, {"RAM", "model@ram"}},
    {DEVICE_VIDEO, {"video RAM", "model@vram"}},
    {DEVICE_VIDEO, {"64-bit video RAM", "model@vram64"}},
    {DEVICE_VIDEO, {"VGA memory", "model@vgamem"}},
    {DEVICE_VIDEO, {"heads", "model@heads"}},
    {DEVICE_VIDEO, {"3D acceleration", "model/acceleration@accel3d"}},
    {DEVICE_VIDEO, {"2D acceleration", "model/acceleration@accel2d"}},
    {DEVICE_HOSTDEV, {"mode", "@mode"}},
    {DEVICE_HOSTDEV, {"type", "@type"}},
    {DEVICE_HOSTDEV, {"model", "@model"}},
    {DEVICE_SMARTCARD, {"mode", "@mode"}},
    {DEVICE_SERIAL, {"target type", "target@type"}},
    {DEVICE_SERIAL, {"port", "target@port"}},
    {DEVICE_PARALLEL, {"port", "target@port"}},
    {DEVICE_CONSOLE, {"target type", "target@type"}},
    {DEVICE_CONSOLE, {"port", "target@port"}},
    {DEVICE_CHANNEL, {"target type", "target@type"}},
    {DEVICE_CHANNEL, {"target name", "target@name"}},
    {DEVICE_CHANNEL, {"target address", "target@address"}},
    {DEVICE_CHANNEL, {"target port", "target@port"}},
    {DEVICE_WATCHDOG, {"model", "@model"}},
    {DEVICE_MEMBALLOON, {"model", "@model"}},
    {DEVICE_MEMBALLOON, {"automatic deflation", "@autodeflate"}},
    {DEVICE_MEMBALLOON, {"free page reporting", "@freePageReporting"}},
    {DEVICE_RNG, {"model", "@model"}},
    {DEVICE_HUB, {"type", "@type"}},
    {DEVICE_REDIRDEV, {"bus", "@bus"}},
    {DEVICE_SHMEM, {"name", "@name"}},
    {DEVICE_SHMEM, {"model", "model@type"}},
    {DEVICE_SHMEM, {"size", "size"}},
    {DEVICE_SHMEM, {"MSI vectors", "msi@vectors"}},
    {DEVICE_SHMEM, {"MSI ioeventfd", "msi@ioeventfd"}},
    {DEVICE_TPM, {"model", "@model"}},
    {DEVICE_TPM, {"backend version", "backend@version"}},
    {DEVICE_PANIC, {"model", "@model"}},
    {DEVICE_MEMORY, {"model", "@model"}},
    {DEVICE_MEMORY, {"size", "target/size"}},
    {DEVICE_MEMORY, {"NUMA node", "target/node"}},
    {DEVICE_MEMORY, {"block size", "target/block"}},
    {DEVICE_MEMORY, {"label size", "target/label/size"}},
    {DEVICE_IOMMU, {"model", "@model"}},
    {DEVICE_IOMMU, {"interrupt remapping", "driver@intremap"}},
    {DEVICE_IOMMU, {"caching mode", "driver@caching_mode"}},
    {DEVICE_IOMMU, {"extended interrupt mode", "driver@eim"}},
    {DEVICE_IOMMU, {"IOTLB", "driver@iotlb"}},
    {DEVICE_IOMMU, {"address width", "driver@aw_bits"}},
    {DEVICE_VSOCK, {"model", "@model"}},
    {DEVICE_PSTORE, {"backend", "@backend"}},
    {DEVICE_PSTORE, {"size", "size"}},
};

/* ---- values --------------------------------------------------------------------------------- */

/* Sizes with a unit are compared in KiB, libvirt's own unit; others as they are written. */
static char *
scale_size(const char *text, const char *unit)
{
    static const struct {
        const char *unit;
        guint64 bytes;
    } units[] = {
        {"b", 1},
        {"bytes", 1},
        {"KB", 1000},
        {"k", 1024},
        {"KiB", 1024},
        {"MB", 1000000},
        {"M", 1 << 20},
        {"MiB", 1 << 20},
        {"GB", 1000000000},
        {"G", 1 << 30},
        {"GiB", 1 << 30},
        {"TiB", G_GUINT64_CONSTANT(1) << 40},
        {"T", G_GUINT64_CONSTANT(1) << 40},
    };
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return g_strdup(text);
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_ascii_strcasecmp(units[i].unit, unit) == 0 && number <= G_MAXUINT64 / units[i].bytes)
            return g_strdup_printf("%" G_GUINT64_FORMAT " KiB", number * units[i].bytes / 1024);
    }
    return g_strdup_printf("%s %s", text, unit);
}

static char *
element_text(const xmlNode *node)
{
    const xmlNode *child = node->children;
    const char *unit = xml_attr(node, "unit");

    while (child != NULL && child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE)
        child = child->next;
    if (child == NULL || child->content == NULL)
        return NULL;
    g_autofree char *text = g_strstrip(g_strdup((const char *)child->content));
    gboolean is_memory = strcmp((const char *)node->name, "memory") == 0 ||
                         strcmp((const char *)node->name, "maxMemory") == 0;
    if (unit == NULL && is_memory)
        unit = "KiB";
    return unit != NULL ? scale_size(text, unit) : g_steal_pointer(&text);
}

static gint
compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All attributes of NODE, sorted by name; "on" when it has none. */
static char *
all_attributes(const xmlNode *node)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *value =
            attribute->children == NULL ? NULL : (const char *)attribute->children->content;

        g_ptr_array_add(words, g_strdup_printf("%s=%s", (const char *)attribute->name,
                                               value == NULL ? "" : value));
    }
    if (words->len == 0)
        return g_strdup("on");
    g_ptr_array_sort(words, compare_words);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(" ", (char **)words->pdata);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static const xmlNode *
follow(const xmlNode *node, const char *path, gsize length)
{
    g_autofree char *names = g_strndup(path, length);
    g_auto(GStrv) parts = g_strsplit(names, "/", 0);

    for (guint i = 0; parts[i] != NULL && node != NULL; i++)
        node = xml_child(node, parts[i]);
    return node;
}

static void
read_path(const DomainReader *reader, const xmlNode *owner, const AbiPath *row, AbiElement *element)
{
    gsize length = strcspn(row->path, "@?");
    const xmlNode *node = follow(owner, row->path, length);
    const char *rest = row->path + length;

    if (node == NULL)
        return;
    guint line = domain_reader_place(reader, node).line;
    if (*rest == '@') {
        const char *value = xml_attr(node, rest + 1);

        if (value != NULL)
            abi_element_add(element, row->name, value, line);
    } else if (*rest == '?') {
        abi_element_add(element, row->name, "yes", line);
    } else {
        g_autofree char *text = element_text(node);

        if (text != NULL && *text != '\0')
            abi_element_add(element, row->name, text, line);
    }
}

static void
read_list(const DomainReader *reader, const xmlNode *owner, const AbiList *list,
          AbiElement *element)
{
    const xmlNode *node = follow(owner, list->path, strlen(list->path));

    for (const xmlNode *child = node == NULL ? NULL : node->children; child != NULL;
         child = child->next) {
        const char *key;

        if (child->type != XML_ELEMENT_NODE)
            continue;
        key = list->key == NULL ? (const char *)child->name : xml_attr(child, list->key);
        if (key == NULL)
            continue;
        g_autofree char *name = g_strdup_printf("%s %s", list->name, key);
        g_autofree char *text = element_text(child);
        g_autofree char *value =
            text != NULL && *text != '\0' ? g_strdup(text) : all_attributes(child);
        abi_element_add(element, name, value, domain_reader_place(reader, child).line);
    }
}

/* ---- the document --------------------------------------------------------------------------- */

static void
read_device(const DomainReader *reader, const xmlNode *node, DeviceKind kind, GuestAbi *abi)
{
    ElementPlace place = domain_reader_place(reader, node);
    AbiElement *element = guest_abi_device(abi, place.begin, place.line);

    for (guint i = 0; i < G_N_ELEMENTS(kind_paths); i++) {
        if (kind_paths[i].kind == kind)
            read_path(reader, node, &kind_paths[i].path, element);
    }
    for (guint i = 0; i < G_N_ELEMENTS(device_paths); i++)
        read_path(reader, node, &device_paths[i], element);
}

static void
read_guest(const DomainReader *reader, const xmlNode *domain, GuestAbi *abi)
{
    const xmlNode *devices = xml_child(domain, "devices");

    abi->guest->line = domain_reader_place(reader, domain).line;
    for (guint i = 0; i < G_N_ELEMENTS(guest_paths); i++)
        read_path(reader, domain, &guest_paths[i], abi->guest);
    for (guint i = 0; i < G_N_ELEMENTS(guest_lists); i++)
        read_list(reader, domain, &guest_lists[i], abi->guest);
    for (const xmlNode *child = devices == NULL ? NULL : devices->children; child != NULL;
         child = child->next) {
        DeviceKind kind;

        if (child->type == XML_ELEMENT_NODE && child->ns == NULL &&
            device_kind_from_name((const char *)child->name, &kind))
            read_device(reader, child, kind, abi);
    }
}

GuestAbi *
domain_abi_read(const char *text, gsize length, Finding **ret_refusal)
{
    g_auto(DomainText) scan = {0};
    xmlDoc *document = domain_document_parse(text, length, &scan, ret_refusal);
    DomainReader reader = {.places = scan.elements};

    if (document == NULL)
        return NULL;
    const xmlNode *domain = domain_document_find(document, ret_refusal);
    GuestAbi *abi = domain == NULL ? NULL : guest_abi_new();
    if (abi != NULL)
        read_guest(&reader, domain, abi);
    xmlFreeDoc(document);
    return abi;
}
