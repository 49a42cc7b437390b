// Package capsule builds the kernel that the capsule boots: a User-Mode Linux whose time is virtual.
//
//	capsule.config  +  Debian's linux-source-6.12  ──make ARCH=um──>  ~/.cache/dcdrill/capsule/CONFIG-SOURCE/linux
//
// It is built once per machine, with the patches of patches/. The name of its folder is made of the configuration with
// these and of the source, so that a change of any builds another, and a kernel that is there is always the right one. What
// it needs (a compiler, flex, bison, bc) is looked for before anything begins.
package capsule
