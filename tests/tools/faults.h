// SPDX-License-Identifier: MIT
//
// A scene whose daemon has tests/faults loaded: the page by which its calls are made to fail.
#ifndef TESTS_TOOLS_FAULTS_H
#define TESTS_TOOLS_FAULTS_H

#include "tests/faults/fault.h"
#include "tests/tools/scene.h"

// Has every daemon of the scene that starts from now on load it, and returns the page, by which nothing fails yet.
struct fault_page *faults_load(struct scene *s);

// Gives the page back.
void faults_done(struct fault_page *page);

#endif
