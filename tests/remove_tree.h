/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_REMOVE_TREE_H
#define TESTS_REMOVE_TREE_H

/* Removes a folder that a test made and all below it; links are removed, not followed. */
void remove_tree(const char *path);

#endif
