// Package foreign turns what other tools say of a plant into topologies of ours: containerlab files and lists of cables.
//
//	nodes:                                    networks:
//	  leaf1: {kind: nokia_srlinux}              leaf1-hosts: {subnet: 100.64.0.0/24, gateway: leaf1}
//	  web:   {kind: linux}             -->    nodes:
//	links:                                      leaf1: {kind: switch, model: nokia_srlinux}
//	  - endpoints: ["leaf1:e1-1", "web:eth1"]   web:   {kind: host}
//
// Everything keeps its place in the file, so that errors and findings point at what somebody typed. Such files say what is
// wired to what, and leave addresses to the devices' own configurations: networks are made up, one for the hosts of each
// switch and for each bridge, and fabrics are routed. What has no meaning here (images, licences, management addresses)
// becomes a comment.
package foreign
