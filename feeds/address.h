// SPDX-License-Identifier: MIT
//
// Which network addresses a feed's address may lead to: those of the public internet, and the rest only where the
// administrator allowed it. Checked on the address that is about to be connected to, so that neither a redirect nor a
// name that changes its address leads into the private network.
#ifndef FEEDS_ADDRESS_H
#define FEEDS_ADDRESS_H

#include "base/str.h"

// Tells whether 4 (IPv4) or 16 (IPv6) bytes in network order are an address of the public internet by IANA's
// special-purpose registries (RFC 6890 and successors): not private, shared, loopback, link-local, multicast,
// documentation, benchmarking, reserved, unspecified or broadcast; an IPv6 address that carries an IPv4 one
// (v4-mapped, v4-compatible, NAT64, 6to4, Teredo, ISATAP) is as public as that one. Any other n is false.
bool is_public_address(const unsigned char *bytes, size_t n);

// Tells whether the address is one where clouds answer with credentials (169.254/16, fe80::/10, fd00:ec2::254 and
// their forms in IPv6): refused to receivers of alerts even where private addresses are allowed.
bool is_metadata_address(const unsigned char *bytes, size_t n);

// Reads an address as text: dotted decimal with four parts, or RFC 4291 section 2.2 without zone and brackets.
// Returns how many bytes it has (4 or 16), or 0 where it is no address. Loose forms (0x7f.1, 017700000001) are none.
size_t address_read(struct str text, unsigned char out[16]);

#endif
