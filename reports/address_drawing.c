/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Three pens for one tree. The picture is the text form with room around it: a row for each device,
 * indented by its depth, so that its size follows from the tree without any layout to compute. What
 * is alone on a root port stands beside it.
 */

#include "address_tree.h"

#include <reports/address_drawing.h>
#include <reports/escape.h>
#include <string.h>

/* ---- text ----------------------------------------------------------------------------------- */

static void
draw_text_node(GString *out, const AddressNode *node, const char *indent)
{
    for (guint i = 0; i < node->children->len; i++) {
        const AddressNode *child = g_ptr_array_index(node->children, i);
        gboolean is_last = i + 1 == node->children->len;
        g_autofree char *deeper = g_strconcat(indent, is_last ? "   " : "│  ", NULL);

        g_string_append_printf(out, "%s%s ", indent, is_last ? "└─" : "├─");
        if (child->place != NULL)
            g_string_append_printf(out, "%s ", child->place);
        escape_terminal(out, child->label);
        g_string_append(out, child->is_planned ? " *\n" : "\n");
        draw_text_node(out, child, deeper);
    }
}

GString *
address_drawing_text(const DomainDevices *devices, const char *name)
{
    g_autoptr(AddressNode) root = address_tree_new(devices, name);
    GString *out = g_string_new(NULL);

    escape_terminal(out, root->label);
    g_string_append_c(out, '\n');
    draw_text_node(out, root, "");
    return out;
}

/* ---- Graphviz ------------------------------------------------------------------------------- */

/* "03.0 controller/pci/3 pcie-root-port" */
static char *
placed_label(const AddressNode *node)
{
    return node->place != NULL ? g_strdup_printf("%s %s", node->place, node->label)
                               : g_strdup(node->label);
}

/* A colour for each kind of box, in both pictures. */
static const char *
box_class(const AddressNode *node)
{
    return node->device == NULL                      ? "bus"
           : node->device->kind == DEVICE_CONTROLLER ? "controller"
                                                     : "device";
}

static const char *
box_colour(const AddressNode *node)
{
    return node->device == NULL                      ? "#e8e8ee"
           : node->device->kind == DEVICE_CONTROLLER ? "#dcebfa"
                                                     : "#ffffff";
}

/* Draws NODE as number *NEXT and its children after it; returns its number. */
static guint
draw_dot_node(GString *out, const AddressNode *node, guint *next)
{
    guint number = (*next)++;
    g_autofree char *label = placed_label(node);

    g_string_append_printf(out, "  n%u [fillcolor=\"%s\"%s, label=", number, box_colour(node),
                           node->is_planned ? ", penwidth=2" : "");
    escape_dot(out, label);
    g_string_append(out, "];\n");
    for (guint i = 0; i < node->children->len; i++) {
        guint below = draw_dot_node(out, g_ptr_array_index(node->children, i), next);

        g_string_append_printf(out, "  n%u -> n%u;\n", number, below);
    }
    return number;
}

GString *
address_drawing_dot(const DomainDevices *devices, const char *name)
{
    g_autoptr(AddressNode) root = address_tree_new(devices, name);
    GString *out = g_string_new("digraph ");
    guint next = 0;

    escape_dot(out, name);
    g_string_append(out, " {\n  rankdir=LR; ordering=out; nodesep=0.06; ranksep=0.35;\n"
                         "  node [shape=box, style=\"filled,rounded\", color=\"#666677\", "
                         "fontname=monospace, fontsize=11, height=0.26, margin=\"0.08,0.02\"];\n"
                         "  edge [arrowhead=none, color=\"#9999aa\", headport=w, tailport=e];\n");
    draw_dot_node(out, root, &next);
    g_string_append(out, "}\n");
    return out;
}

/* ---- SVG ------------------------------------------------------------------------------------ */

#define ROW_HEIGHT 24
#define INDENT 28
#define MARGIN 12
#define CHARACTER_WIDTH 8 /* of the font below, generously */

typedef struct {
    GString *shapes;
    guint n_rows, width;
} SvgPen;

/* Text for an element's content: what XML cannot hold is shown as an escape. */
static char *
svg_text(const AddressNode *node)
{
    g_autofree char *label = placed_label(node);
    g_autoptr(GString) plain = g_string_new(NULL);

    escape_terminal(plain, label);
    return g_strdup(plain->str);
}

/* A line from the parent's row PARENT to this one, at the parent's left edge X. */
static void
draw_svg_line(SvgPen *pen, guint x, guint parent, guint row)
{
    guint from = MARGIN + (parent + 1) * ROW_HEIGHT - 3, to = MARGIN + row * ROW_HEIGHT + 10;

    g_string_append_printf(pen->shapes, "<path class='wire' d='M%u %uV%uH%u'/>\n", x + INDENT / 2,
                           from, to, x + INDENT);
}

/* Draws NODE's box in ROW from X on; returns its right edge. */
static guint
draw_svg_box(SvgPen *pen, const AddressNode *node, guint x, guint row)
{
    g_autofree char *text = svg_text(node);
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    guint y = MARGIN + row * ROW_HEIGHT;
    guint width = (guint)escape_width(text) * CHARACTER_WIDTH + 2 * 6;

    g_string_append_printf(pen->shapes,
                           "<rect class='%s%s' x='%u' y='%u' width='%u' height='20' rx='3'/>\n"
                           "<text x='%u' y='%u'>%s</text>\n",
                           box_class(node), node->is_planned ? " planned" : "", x, y, width, x + 6,
                           y + 14, escaped);
    pen->width = MAX(pen->width, x + width);
    return x + width;
}

/* A port and what is alone on it share a row, which halves the height of most guests. */
static gboolean
is_row_shared(const AddressNode *node)
{
    return node->device != NULL && node->children->len == 1 &&
           node->device->kind == DEVICE_CONTROLLER &&
           node->device->controller.model == CONTROLLER_MODEL_PCIE_ROOT_PORT;
}

/* Draws NODE from X on, and what is behind it in the rows that follow. */
static void
draw_svg_node(SvgPen *pen, const AddressNode *node, guint x)
{
    guint row = pen->n_rows++;
    guint right = draw_svg_box(pen, node, x, row);

    while (is_row_shared(node)) {
        node = g_ptr_array_index(node->children, 0);
        x = right + INDENT / 2;
        g_string_append_printf(pen->shapes, "<path class='wire' d='M%u %uH%u'/>\n", right,
                               MARGIN + row * ROW_HEIGHT + 10, x);
        right = draw_svg_box(pen, node, x, row);
    }
    for (guint i = 0; i < node->children->len; i++) {
        draw_svg_line(pen, x, row, pen->n_rows);
        draw_svg_node(pen, g_ptr_array_index(node->children, i), x + INDENT);
    }
}

#define LEGEND "thick frame: chosen by the plan, not written in the definition"

static void
draw_svg_legend(SvgPen *pen)
{
    guint y = MARGIN + pen->n_rows++ * ROW_HEIGHT + 18;

    g_string_append_printf(pen->shapes, "<text class='legend' x='%u' y='%u'>" LEGEND "</text>\n",
                           MARGIN, y);
    pen->width = MAX(pen->width, MARGIN + (guint)strlen(LEGEND) * CHARACTER_WIDTH);
}

GString *
address_drawing_svg(const DomainDevices *devices, const char *name)
{
    g_autoptr(AddressNode) root = address_tree_new(devices, name);
    g_autoptr(GString) shapes = g_string_new(NULL);
    SvgPen pen = {.shapes = shapes};
    GString *out = g_string_new(NULL);
    g_autoptr(GString) shown = g_string_new(NULL);

    escape_terminal(shown, name);
    g_autofree char *title = g_markup_escape_text(shown->str, -1);
    draw_svg_node(&pen, root, MARGIN);
    draw_svg_legend(&pen);
    guint width = pen.width + MARGIN, height = pen.n_rows * ROW_HEIGHT + 2 * MARGIN;
    g_string_append_printf(
        out,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%u' height='%u' viewBox='0 0 %u %u' "
        "role='img'>\n"
        "<title>%s</title>\n"
        "<style>text{font:13px monospace;fill:#222}rect{fill:#fff;stroke:#667}"
        ".paper{stroke:none}.bus{fill:#e8e8ee}.controller{fill:#dcebfa}.planned{stroke-width:2}"
        ".wire{fill:none;stroke:#99a}.legend{fill:#667;font-size:12px}</style>\n"
        "<rect class='paper' width='100%%' height='100%%'/>\n%s</svg>\n",
        width, height, width, height, title, shapes->str);
    return out;
}
