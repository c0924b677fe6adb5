/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Three pens for one tree. The picture is the text form with room around it: a row for each device,
 * indented by its depth, so that its size follows from the tree without any layout to compute.
 */

#include "address_tree.h"

#include <reports/address_drawing.h>
#include <reports/escape.h>

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

/* Draws NODE as number *NEXT and its children after it; returns its number. */
static guint
draw_dot_node(GString *out, const AddressNode *node, guint *next)
{
    guint number = (*next)++;

    g_string_append_printf(out, "  n%u [label=", number);
    escape_dot(out, node->label);
    g_string_append(out, node->is_planned ? ", style=bold];\n" : "];\n");
    for (guint i = 0; i < node->children->len; i++) {
        const AddressNode *child = g_ptr_array_index(node->children, i);
        guint below = draw_dot_node(out, child, next);

        g_string_append_printf(out, "  n%u -> n%u [label=", number, below);
        escape_dot(out, child->place);
        g_string_append(out, "];\n");
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
    g_string_append(out, " {\n  rankdir=LR;\n  node [shape=box, fontname=monospace];\n"
                         "  edge [fontname=monospace];\n");
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
    g_autoptr(GString) plain = g_string_new(NULL);

    if (node->place != NULL)
        g_string_append_printf(plain, "%s  ", node->place);
    escape_terminal(plain, node->label);
    return g_strdup(plain->str);
}

/* A line from the parent's row PARENT to this one, at the parent's depth. */
static void
draw_svg_line(SvgPen *pen, guint depth, guint parent, guint row)
{
    guint x = MARGIN + (depth - 1) * INDENT + INDENT / 2;
    guint from = MARGIN + (parent + 1) * ROW_HEIGHT - 3, to = MARGIN + row * ROW_HEIGHT + 10;

    g_string_append_printf(pen->shapes, "<path class='wire' d='M%u %uV%uH%u'/>\n", x, from, to,
                           MARGIN + depth * INDENT);
}

static void
draw_svg_node(SvgPen *pen, const AddressNode *node, guint depth, guint parent)
{
    guint row = pen->n_rows++;
    g_autofree char *text = svg_text(node);
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    guint x = MARGIN + depth * INDENT, y = MARGIN + row * ROW_HEIGHT;
    guint width = (guint)escape_width(text) * CHARACTER_WIDTH + 2 * 6;
    const char *class = node->device == NULL                      ? "bus"
                        : node->device->kind == DEVICE_CONTROLLER ? "controller"
                                                                  : "device";

    if (depth > 0)
        draw_svg_line(pen, depth, parent, row);
    g_string_append_printf(pen->shapes,
                           "<rect class='%s%s' x='%u' y='%u' width='%u' height='20' rx='3'/>\n"
                           "<text x='%u' y='%u'>%s</text>\n",
                           class, node->is_planned ? " planned" : "", x, y, width, x + 6, y + 14,
                           escaped);
    pen->width = MAX(pen->width, x + width);
    for (guint i = 0; i < node->children->len; i++)
        draw_svg_node(pen, g_ptr_array_index(node->children, i), depth + 1, row);
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
    draw_svg_node(&pen, root, 0, 0);
    g_string_append_printf(
        out,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%u' height='%u' role='img'>\n"
        "<title>%s</title>\n"
        "<style>text{font:13px monospace}rect{fill:#fff;stroke:#667}"
        ".bus{fill:#e8e8ee}.controller{fill:#dcebfa}.planned{stroke-width:2}"
        ".wire{fill:none;stroke:#99a}</style>\n%s</svg>\n",
        pen.width + MARGIN, pen.n_rows * ROW_HEIGHT + 2 * MARGIN, title, shapes->str);
    return out;
}
